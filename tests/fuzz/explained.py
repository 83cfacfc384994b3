"""Differences that are meant or that are PyTorch's own: a small strict table.

An entry names the kinds of difference, what the statement must contain, what the difference's text must contain (both
regular expressions), and why. `python -m tests.fuzz` counts what each entry took and names those that took nothing in a
long run: they are to be removed.
"""
# ruff: noqa: E501 - an entry is a line

from __future__ import annotations

import re
from typing import NamedTuple

LONG_RUN = 100_000  # cases in which every entry should have matched


class Explained(NamedTuple):
    kinds: str
    statement: str
    text: str
    reason: str
    program: str = ""  # what must stand in some statement


ENTRIES = (
    # --- what penlight refuses, loudly ---
    Explained("raises", "", r"complex32 has no NumPy counterpart", "NumPy has no half-precision complex type"),
    Explained("raises", r"out=", r"don't support automatic differentiation", "PyTorch records the copy into `out` where the function is made of others"),
    Explained("raises", "", r"not implemented for|Low precision|floating point (or complex tensor|dtypes|type)|does not support complex|expected scalar type", "penlight looks at the dtype first, PyTorch's kernels not where there is nothing to compute"),
    Explained("raises", "", r"more than one element of the written-to tensor", "PyTorch lets some functions write into expanded memory, several times to the same place"),
    Explained("raises", r"grad\(", r"a recorded backward pass through", "penlight records no second derivative of a change in place of a strided base"),
    Explained("raises", r"(margin_ranking|triplet_margin|huber|mse|l1|ctc)_loss\(|cross_entropy_with_logits\(", r"Target size|out of bounds|All input tensors|margin must be|same size|same number", "penlight checks for `torch.f` of a loss what PyTorch checks for `nn.functional.f` only"),
    Explained("raises", r"view_copy\(", "view size is not compatible", "PyTorch's copies where its `view` would raise"),
    Explained("raises", r"pool|conv|linear\(|interpolate|norm\(|cond\(|matrix_rank|bincount|_cell\(|bilinear|as_strided|diff\(|dot_product", r"non-zero size|kernel size|cannot reshape|more than 1 value|square matrices|same length|Expected weights|out of bounds|out of range|must match|output size|output padding|must be a matrix|Kernel size|should be the same", "empty batches or sizes that PyTorch lets through"),
    Explained("raises", r"clamp|clip", r"without overflow|invalid combination", "PyTorch wraps a limit that does not fit around"),
    Explained("raises exception", r"%|//|fmod|remainder|floor_divide", "ZeroDivisionError", "PyTorch finds a zero divisor only where there is an element to divide"),
    Explained("raises", r"\.mT$", "only supported on matrices", "PyTorch deprecated `mT` of a number; penlight refuses it"),
    Explained("raises", r"_\(|=", r"a leaf Variable that requires grad|cannot resize variables", "PyTorch records some changes in place of leaves that have no derivative"),
    Explained("raises", r"logical_\w+_\(|_norm\(|grad\(|lu_factor|lu\(|cholesky\(|index_add|cummax|cummin|\w+\[", "leaf Variable|elements not|both be None|does not require grad|without pivoting|U\\[|square|out of range|out of bounds", "PyTorch does not look at arguments where the result is empty, and pads statistics"),
    # --- what penlight computes and PyTorch refuses ---
    Explained("accepts exception", "", r"not implemented for|Unsupported dtype|doesn't support tensors of type|not support(ed)? (for )?(bool|complex|integral|half)|are not supported|inputs not supported|Autograd not support|only supports|supports? floating|not yet implemented|check_random_bounds|[Uu]nsupported input|floating point or complex tensor|scalar types?", "the kernel that PyTorch lacks for a dtype"),
    Explained("accepts exception raises", "", r"mixed dtype|(same|common|joint) (d?type|scalar type)|[Ee]xpected .*(dtype|scalar_?type)|did not match|does not match dtype|needs_dynamic_casting|can't be cast|should match|dtypes? match|same size|floating point output tensor|infer output dtype", "penlight promotes, or casts into `out`, where PyTorch wants one dtype"),
    Explained("accepts exception", "", r"not differentiable with respect|derivative for .* is not implemented|not support automatic differentiation|derivative|backward: The (singular |eigen)vectors|Expected isFloatingType", "PyTorch has no derivative there, or says so earlier"),
    Explained("accepts", r"grad\(", r"modified by an inplace operation|does not have a device|is invalid for input", "PyTorch's own backward fails: vander, cumulative products, undefined gradients"),
    Explained("accepts", "", r"MKL|INTERNAL ASSERT|view size is not compatible|[Cc]ould this error message be improved|unexpected error|`shifts` required|no dimensions|without overflow|TensorAccessor|range of \[-inf", "PyTorch fails, by its own words, for want of a case"),
    Explained("accepts", "", r"missing \d|unexpected keyword|invalid combination of arguments|takes from|positional argument|must be Tensor|must be (tuple of ints|bool|int)", "an overload of PyTorch's that wants other arguments together; penlight has one signature"),
    Explained("accepts", "", r"smaller than kernel|zero batch or zero channel|non-zero size|kernel size should|non-empty|must match the size|dimension .* being empty|of size \[0\]|square matrices|does not match the broadcast|doesn't match the broadcast|same number of dimensions|either both be None|to be defined|cannot compute the|sum to zero|out of range|invalid slice|pivot|single integer value or a list|argument (alpha|beta)|diagonal element|all \d+ classes|at least one element|half of kernel size|narrowing|dtype .* does not match|out of bounds for dimension|out of bounds for storage|0 sized dimensions|invalid gradient|stride equals|with size 0|zero sized dimensions|to have size|step must be|Non-empty|Expected reduction dim|must be float|must match dtype|inconsistent tensor size|with stride 1|length must be|primitive descriptor|Complex windows|output tensor.s dtype|requires dtype|to be at least|is not finite|cannot be broadcast|divisible", "sizes that PyTorch's kernels refuse, without a result that would be wrong"),
    Explained("accepts", r"detach_\(|_\(|\[.*\] \S?=|^\w+ \S+= ", r"detach views|is being (used in an|modified) in-?place|argument alpha|Bad in-place|boolean masks|memory location|beta must", "changes in place that PyTorch refuses beforehand: of parts without elements, or of what penlight does not call a view"),
    # --- errors: both refuse ---
    Explained("exception", "", r"^penlight: (?!.*(ufunc|reshape array|numpy|could not broadcast|be broadcast together|attribute|unpack|_blend))", "both refuse; PyTorch's kernels raise whatever their first check raises, often for another of several faults"),
    # --- values ---
    Explained("value gradient dtype", r"\b(svd|eigh?|qr|lu|lu_factor\w*|slogdet|nuclear_norm)\(", "", "factors are defined up to signs, phases and the order of equal values"),
    Explained("gradient", "", "", "the same, in the gradient of what was made of them", r"\b(svd|eigh?|qr|lu|nuclear_norm|matrix_norm|pinv|lstsq|cond|slogdet)\("),
    Explained("value", r"cholesky(_ex|_inverse|_solve)?\(|inv_ex\(|solve_ex\(|ldl_factor|lu_unpack|ldl_solve|lu_solve|householder|orgqr|ormqr", "", "of a matrix without that factor LAPACK leaves anything"),
    Explained("dtype value", r"solve_triangular\(", "", "PyTorch reads the memory of a complex matrix as real numbers"),
    Explained("gradient", r"grad\(", r"want np\.\w+\(-?(inf|nan)", "the same", r"matrix_exp\("),
    Explained("value", r"matrix_exp\(", r"want np\.\w+\(-?(inf|nan)", "PyTorch overflows on the way, in half precision often"),
    Explained("value gradient", r"digamma|psi\(|polygamma|lgamma|gammaln|multigammaln|\w = ", r"inf\)|nan\)|e[+]\d+\)", "poles of the gamma functions: infinite of either sign, or as large as the rounding of pi allows", r"digamma|psi\(|polygamma|lgamma|gammaln"),
    Explained("value", r"\.(int|long|byte|short|char)\(\)|\.to\(torch\.u?int|dtype=torch\.u?int|copy_|type_as|\] \S?= |out=|^[xyv]\d+ = |_\(", r"got np\.u?int", "C leaves the conversion of NaN, infinity and of what is out of range to the machine"),
    Explained("value", "", "", "PyTorch subtracts the mean from its input, in place", r"\bcov\(.*weights="),
    Explained("value", "airy_ai|bessel_[jy]1|modified_bessel|zeta|gammainc", "", "docs/parity.md: half of the digits of PyTorch's are wrong; no limit is taken at 3e38"),
    Explained("value shape", r"^[or]\d+(_\d)? = ", "", "PyTorch writes nothing into `out`, docs/parity.md", r"(ihfft\w*|hfft\w*)\(.*out="),
    Explained("value", "", "", "of several values for one place any may stay", r"(put_?|index_copy_?|scatter_?|index_put_?|masked_scatter_?)\(|\] = "),
    Explained("value gradient", r"native_group_norm|grad\(", "", "PyTorch reads weights that lie apart in memory as if they did not", "native_group_norm|batch_norm|instance_norm"),
    Explained("value shape requires_grad", r"unique", "", "PyTorch forgets a `return_inverse` given by position, and the count of a single slice"),
    Explained("requires_grad gradient value structure", "", "", "all outputs of one node of PyTorch's require grad, also those that have no derivative", r"lstsq|triangular_solve|native_\w+_norm|detach_copy|histogramdd|unique|lu_unpack|vander|trapezoid|trapz"),
    Explained("requires_grad gradient value structure", "", "", "PyTorch's comparisons in place and its writing into integers leave a history; its logical operations in place leave the old one", r"\.(eq|ne|lt|le|gt|ge|less\w*|greater\w*|not_equal|logical_\w+)_\(|\] \S?= |masked_fill_|copy_|//= "),
    Explained("value gradient requires_grad alias", "", "", "PyTorch's `unsafe_` functions share memory and do not say so", r"unsafe_(split|chunk)"),
    Explained("alias", r"conj\(|mH|adjoint|\.H|contiguous\(\)|ravel\(|reshape\(|as_strided", "", "PyTorch conjugates when it reads, penlight at once, into new memory; some results of PyTorch's lie column by column"),
    Explained("value", r"normalize\(|gcd|lcm|bilinear|logcumsumexp|histogram|renorm|dot_product_attention", r"", "numbers whose squares or differences overflow"),
    Explained("value", r"psi|atan|angle|copysign|signbit|atan2|/|reciprocal|div", r"inf|3\.14|True|False", "the sign of a zero that was a sum"),
    Explained("gradient", "", "", "PyTorch shares the gradient of an expanded leaf among its elements, in functions that look at its memory", r"expand\(.*requires_grad_"),
    Explained("gradient", "", "", "PyTorch's gradient of a negative start is that of another place", r"narrow_copy\(|slice_copy\("),
    Explained("value", r"multinomial\(", "", "equal ratios of 16-bit weights may come in any order", r"float16"),
    Explained("value", r"fmod|remainder|%", "nan", "the smallest numbers, which PyTorch's kernels round to 0 and NumPy does not"),
    Explained("value", r"dropout|multinomial|bernoulli|rand\w*\(|rrelu|normal_|uniform_", "", "random numbers fill a result as its memory lies, and not every op lays its result as PyTorch does"),
    Explained("value", r"sort\(|topk|argm|kthvalue|median|searchsorted|bucketize", r"got np\.int", "what differs only by rounding in double precision comes in another order", r"window|fft|expm1|linspace"),
    Explained("gradient", r"grad\(", "nan|inf", "gradients at NaN and infinity: of a maximum, of a limit that is NaN, of a quotient that overflows", r"nan|inf|e\+3"),
    Explained("value gradient", r"cond\(|logdet|slogdet|det\(|inv|solve|pinv|matrix_rank|lstsq|tensorinv|grad\(", r"e\+\d\d|inf|nan|e-\d\d", "matrices that are singular but for rounding", r"cond\(|det\(|inv|solve|lstsq|matrix_power"),
    Explained("value", r"logit\(", r"float16", "PyTorch rounds 1 - eps to 1 in half precision"),
    Explained("raises", r"solve_ex\(|solve_triangular\(", "singular|one dtype", "penlight refuses a singular matrix, and two dtypes, where PyTorch returns what lay in memory"),
    Explained("shape", r"addmv\(", "", "PyTorch's result of an empty product has the shape of a number"),
    Explained("value", r"median\(", "", "PyTorch selects in place what shares its memory", r"expand\("),
    Explained("dtype", r"(hinge_embedding|margin_ranking)_loss\(|binary_cross_entropy", "", "losses of integers and of mixed dtypes, whose result PyTorch casts to the first one's"),
    Explained("value", r"\.(stride|is_contiguous)\(\)", "", "NumPy gives dimensions of size 1 other strides, and fewer layouts survive"),
    Explained("shape", r"pixel_(un)?shuffle\(|split_copy\(|^o\d+ = ", "", "PyTorch returns an empty input as it is, and does not resize an `out` of several"),
)  # fmt: skip


def explanation(difference, statements) -> int | None:
    """The number of the entry that explains a difference."""
    program = "\n".join(statements)
    for i, e in enumerate(ENTRIES):
        where, text = re.search(e.statement, difference.where), re.search(e.text, difference.text)
        if difference.kind in e.kinds.split() and where and text and re.search(e.program, program):
            return i
    return None
