"""Differences that are meant or that are PyTorch's own: a small strict table.

An entry names the kinds of difference, what the statement must contain (the ops; nothing where a message alone says it
all), what the difference's text must contain, the reason, and what else must stand in the program (ops that came before,
dtypes, values); all are regular expressions. Two refusals of different types stand in a list of their own.
`python -m tests.fuzz` counts what each entry took and names those that took nothing in a long run: they are to be removed.
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


_NONFINITE = r"(inf|nan)"
_POLE = r"(got|want) \S*(inf|nan|e[+]\d+)"
_SPECIAL_INPUT = r"\b(nan|inf)\b|e\+(3|30)\d"
_INTO_INTEGERS = r"(u?int\d+|bool)\b"

# both refuse, PyTorch for the first of several faults, in the order of its own checks: (op, penlight's type, PyTorch's)
REFUSALS = (
    (r"\brenorm_?\(", "IndexError", "RuntimeError"),  # a dimension out of range, of a vector
    (r"\b(batch|instance)_norm\(", "RuntimeError", "IndexError"),
    (r"\binstance_norm\(", "ValueError", "RuntimeError"),  # one of two running statistics is missing
    (r"\binstance_norm\(", "ValueError", "IndexError"),
    (r"\bembedding\(", "IndexError", "RuntimeError"),
    (r"\bembedding_bag\(", "RuntimeError", "ValueError"),
    (r"\bihfft2\(", "RuntimeError", "IndexError"),  # complex, and without dimensions
    (r"\bscatter\(", "IndexError", "TypeError"),
    (r"\bindex_(reduce|add|copy)_?\(", "RuntimeError", "IndexError"),
    (r"\bindex_(fill|put|select)_?\(", "IndexError", "RuntimeError"),
    (r"\bsplit\(", "IndexError", "RuntimeError"),
    (r"\bctc_loss\(", "RuntimeError", "IndexError"),
    (r"\bupsample\(", "NotImplementedError", "ValueError"),
    (r"\bcumprod_\(", "RuntimeError", "IndexError"),  # expanded memory, and a dimension out of range
    (r"\baffine_grid_generator\(", "ValueError", "IndexError"),
    (r"\baffine_grid_generator\(", "ValueError", "RuntimeError"),
    (r"\b(b?addbmm|addmv)\(", "RuntimeError", "IndexError"),
    (r"\bnll_loss\(", "IndexError", "RuntimeError"),
    (r"\bnll_loss\(", "ValueError", "IndexError"),
    (r"^\w\d+\[.*\] \S?= ", "RuntimeError", "IndexError"),
    (r"\brnn_(relu|tanh)_cell\(", "RuntimeError", "IndexError"),
    (r"\brnn_(relu|tanh)_cell\(", "IndexError", "RuntimeError"),
    (r"\bavg_pool2d\(", "RuntimeError", "IndexError"),
    (r"\bindex_copy_?\(", "IndexError", "RuntimeError"),
    (r"\bindex_put_\(", "RuntimeError", "IndexError"),
    (r"\bscatter_\(", "IndexError", "TypeError"),
    (r"\bsum\(.*out=", "RuntimeError", "TypeError"),  # a derivative, and no dimension
)
_LEAKED = re.compile(  # never explained: NumPy's or Python's own words
    r"penlight: [^;]*(ufunc|reshape array|[Nn]um[Pp]y|could not broadcast|be broadcast together|attribute|unpack|_blend|"
    r"tuple index|argument must be|negative dimensions|axis1|axis \d)"
)


ENTRIES = (
    # --- what penlight refuses, loudly ---
    Explained("raises", "", r"complex32 has no NumPy counterpart", "NumPy has no half-precision complex type"),
    Explained("raises", r"out=", r"don't support automatic differentiation", "PyTorch records the copy into `out` where the function is made of others"),
    Explained("raises", "", r"^penlight: \w+: .*(not implemented for|Low precision|floating point (or complex tensor|dtypes|type)|does not support complex|expected scalar type)", "penlight looks at the dtype first, PyTorch's kernels not where there is nothing to compute"),
    Explained("raises", "", r"more than one element of the written-to tensor", "PyTorch lets some functions write into expanded memory, several times to the same place"),
    Explained("raises", r"grad\(", r"a recorded backward pass through", "penlight records no second derivative of a change in place of a strided base"),
    Explained("raises", r"(margin_ranking|triplet_margin|huber|mse|l1|ctc)_loss\(|cross_entropy_with_logits\(", r"Target size|out of bounds|All input tensors|margin must be|same size|same number", "penlight checks for `torch.f` of a loss what PyTorch checks for `nn.functional.f` only"),
    Explained("raises", r"view_copy\(", "view size is not compatible", "PyTorch's copies where its `view` would raise"),
    Explained("raises", r"pool|conv|linear\(|interpolate|norm\(|cond\(|matrix_rank|bincount|_cell\(|bilinear|as_strided|diff\(|dot_product", r"non-zero size|kernel size|cannot reshape|more than 1 value|square matrices|same length|Expected weights|out of bounds|out of range|must match|output size|output padding|must be a matrix|Kernel size|should be the same", "empty batches or sizes that PyTorch lets through"),
    Explained("raises", r"\.mT$", "only supported on matrices", "PyTorch deprecated `mT` of a number; penlight refuses it"),
    Explained("raises", r"_\(|=", r"a leaf Variable that requires grad|cannot resize variables", "PyTorch records some changes in place of leaves that have no derivative"),
    Explained("raises", r"logical_\w+_\(|_norm\(|grad\(|lu_factor|lu\(|cholesky\(|index_add|cummax|cummin|\w+\[", "leaf Variable|elements not|both be None|does not require grad|without pivoting|U\\[|square|out of range|out of bounds", "PyTorch does not look at arguments where the result is empty, and pads statistics"),
    # --- what penlight computes and PyTorch refuses ---
    Explained("accepts exception", "", r"not implemented for|Unsupported dtype|doesn't support tensors of type|not support(ed)? (for )?(bool|complex|integral|half)|are not supported|inputs not supported|Autograd not support|only supports|supports? floating|not yet implemented|check_random_bounds|[Uu]nsupported input|floating point or complex tensor|scalar types?", "the kernel that PyTorch lacks for a dtype"),
    Explained("accepts exception raises", "", r"mixed dtype|(same|common|joint) (d?type|scalar type)|[Ee]xpected .*(dtype|scalar_?type)|did not match|does not match dtype|needs_dynamic_casting|can't be cast|should match|dtypes? match|same size|floating point output tensor|infer output dtype", "penlight promotes, or casts into `out`, where PyTorch wants one dtype"),
    Explained("accepts exception", "", r"not differentiable with respect|derivative for .* is not implemented|not support automatic differentiation|derivative|backward: The (singular |eigen)vectors|Expected isFloatingType", "PyTorch has no derivative there, or says so earlier"),
    Explained("accepts", r"grad\(", r"modified by an inplace operation", "PyTorch's own backward changes what it saved", r"\b(vander|cond|cumprod|prod)\("),
    Explained("accepts", r"grad\(", r"does not have a device", "PyTorch's own backward fails where a bias is given and no weight", r"\bgroup_norm\("),
    Explained("accepts", r"grad\(", r"with a bool tensor is not supported", "PyTorch subtracts 1 from a boolean exponent", r"\*\*|pow"),
    Explained("accepts", r"(clamp\w*|clip|ihfft\w*)\(.*out=", r"Found dtype \w+ but expected \w+", "penlight casts into `out`"),
    Explained("accepts", "", r"MKL|INTERNAL ASSERT|view size is not compatible|[Cc]ould this error message be improved|unexpected error|`shifts` required|no dimensions|without overflow|TensorAccessor|range of \[-inf", "PyTorch fails, by its own words, for want of a case"),
    Explained("accepts", "", r"missing \d|unexpected keyword|invalid combination of arguments|takes from|positional argument|must be Tensor|must be (tuple of ints|bool|int)", "an overload of PyTorch's that wants other arguments together; penlight has one signature"),
    Explained("accepts", "", r"smaller than kernel|zero batch or zero channel|non-zero size|kernel size should|non-empty|must match the size|dimension .* being empty|of size \[0\]|square matrices|does not match the broadcast|doesn't match the broadcast|same number of dimensions|either both be None|to be defined|cannot compute the|sum to zero|out of range|invalid slice|pivot|single integer value or a list|argument (alpha|beta)|diagonal element|all \d+ classes|at least one element|half of kernel size|narrowing|dtype .* does not match|out of bounds for dimension|out of bounds for storage|0 sized dimensions|invalid gradient|stride equals|with size 0|zero sized dimensions|to have size|step must be|Non-empty|Expected reduction dim|must be float|must match dtype|inconsistent tensor size|with stride 1|length must be|primitive descriptor|Complex windows|output tensor.s dtype|requires dtype|to be at least|is not finite|cannot be broadcast|divisible", "sizes that PyTorch's kernels refuse, without a result that would be wrong"),
    Explained("accepts", r"detach_\(|_\(|\[.*\] \S?=|^\w+ \S+= ", r"detach views|is being (used in an|modified) in-?place|argument alpha|Bad in-place|boolean masks|memory location|beta must", "changes in place that PyTorch refuses beforehand: of parts without elements, or of what penlight does not call a view"),
    # --- values ---
    Explained("value", r"\b(svd|eigh?|qr|lu|lu_factor\w*)\(", "", "factors are defined up to signs, phases and the order of equal values"),
    Explained("gradient", r"grad\(", r"e\+\d\d|inf|nan|e-\d\d", "the same, of a matrix singular but for rounding", r"\b(nuclear_norm|matrix_norm|pinv|lstsq|cond|slogdet|logdet|det|inv|inverse|solve|tensorinv)\("),
    Explained("value", r"\bcholesky_inverse\(", r"complex", "of a factor whose diagonal is complex LAPACK reads the real part"),
    Explained("value", r"\b(inv_ex|cholesky_ex|solve_ex|ldl_factor(_ex)?|ldl_solve|lu_solve|lu_unpack|householder_product|orgqr|ormqr)\(", "", "of a matrix without that factor LAPACK leaves anything"),
    Explained("value gradient", r"\bmatrix_exp\(|grad\(", r"want np\.\w+\(-?(inf|nan)", "PyTorch overflows on the way, in half precision often", r"matrix_exp\("),
    Explained("value gradient", r"", _POLE, "poles of the gamma functions: infinite of either sign, or as large as the rounding of pi allows", r"\b(digamma|psi|polygamma|lgamma|gammaln|multigammaln|mvlgamma)_?\("),
    Explained("value", r"\.(int|long|byte|short|char)\(\)|\.to\(torch\.u?int|dtype=torch\.u?int|copy_|type_as", r"got np\.u?int", "C leaves the conversion of NaN, infinity and of what is out of range to the machine", _SPECIAL_INPUT + r"|\d{5,}|-\d"),
    Explained("value", r"^x\d+ = .*dtype=torch\.float", "", "PyTorch subtracts the mean from its input, in place", r"\bcov\(.*weights="),
    Explained("value", r"\b(airy_ai|bessel_[jy]1|modified_bessel_\w+)\(", r"float64", "docs/parity.md: half of the digits of PyTorch's are wrong"),
    Explained("value", r"\bzeta\(", r"got np\.\w+\(nan\), want np\.\w+\(inf\)", "no limit is taken at the pole of a negative argument"),
    Explained("value", r"\bzeta\(", r"got np\.\w+\(0\.0\), want np\.\w+\(nan\)", "PyTorch overflows on the way where the exponent is one of the largest numbers", r"e\+(3|30)\d"),
    Explained("value", r"^[xyv]\d+ = ", "", "PyTorch's `out=` reads input that lies apart in memory as if it did not", r"native_batch_norm\(.*out="),
    Explained("value", r"^x\d+ = ", "", "PyTorch has changed the running statistics when it refuses the weight's or bias's dtype", r"\b(batch|instance)_norm\("),
    Explained("value", r"\bmulti_margin_loss\(", r"got np\.\w+\(nan\)", "PyTorch returns what lay in memory for no rows", r"zeros\(\(0,"),
    Explained("value", r"\b(nan)?median\(", "", "PyTorch selects in place what shares its memory", r"expand\("),
    Explained("value", r"^o\d+ = .*\.(mT|transpose|t\()|^o\d+ = .*\[", "", "PyTorch writes into memory that lies apart as if it did not", r"\bnarrow_copy\(.*out="),
    Explained("value", r"^o\d+ = .*float64", r"got np\.float64", "of integers PyTorch computes in float32, whatever `out` has", r"(digamma|psi)\(.*out="),
    Explained("value", r"\bnanmedian\(", r"got np\.int", "of nothing: NaN as an integer"),
    Explained("raises", r"\btake_along_dim\(|\bvecdot\(|\broll\(", r"out of range|out of bounds", "PyTorch does not look at the dimension of vectors, or where the input is empty"),
    Explained("accepts", r"\bcov\(", "in-place operation", "PyTorch subtracts the mean from its input, in place"),
    Explained("accepts", r"\bmvlgamma\(|multigammaln\(", "boolean tensor", "the values of False and True are those of 0 and 1"),
    Explained("accepts", r"\blstsq\(", r"input\.dim\(\) must be", "a matrix for several right hand sides"),
    Explained("accepts", r"\bindex_add_?\(", r"source tensor shape must match.*self\.shape = \[\]", "several values added to a number"),
    Explained("value shape", r"^[or]\d+(_\d)? = ", "", "PyTorch writes nothing into `out`, docs/parity.md", r"(ihfft\w*|hfft\w*)\(.*out="),
    Explained("value", r"\b(put|index_copy|scatter|index_put)_?\(", "", "of several values for one place any may stay; the indices are drawn from few places"),
    Explained("value gradient", r"native_group_norm\(|grad\(", "", "PyTorch reads weights that lie apart in memory as if they did not", r"native_group_norm\("),
    Explained("value shape requires_grad structure", r"\bunique(_consecutive)?\(", "", "PyTorch forgets a `return_inverse` given by position, takes every NaN for another, and the count of a single slice"),
    Explained("value", r"grad\(", r"want None", "PyTorch's residuals have no derivative where there are none, and floored quotients in place none for the divisor", r"\blstsq\(|//= "),
    Explained("structure", r"grad\(", "got NoneType None", "the second result is a copy of the coefficients, through which PyTorch gives zeros", r"\btriangular_solve\("),
    Explained("requires_grad", r"\b(lstsq|triangular_solve|native_\w+_norm|detach_copy|histogramdd|lu_unpack|vander|trapezoid|trapz|combinations)\(", "", "all outputs of one node of PyTorch's require grad, also those that have no derivative; some functions begin with a new tensor"),
    Explained("requires_grad gradient structure", r"^[xyrvg]\d+", r"want True|want a tensor|got np\.\w+\(0\.0|got None", "PyTorch's comparisons in place and its writing into integers leave a history; its logical operations in place leave the old one", r"\.(eq|ne|lt|le|gt|ge|less\w*|greater\w*|not_equal|logical_\w+)_\(|\] \S?= |masked_fill_|copy_|//= "),
    Explained("value gradient requires_grad alias", r"", "", "PyTorch's `unsafe_` functions share memory and do not say so", r"unsafe_(split|chunk)\("),
    Explained("alias", r"\bconj\(|\.mH|adjoint|\.H\b", "not shared", "PyTorch conjugates when it reads, penlight at once, into new memory"),
    Explained("value", r"\b(gcd|lcm)\(", r"int\d+\(-", "the magnitude of the smallest integer overflows", r"-(32768|2147483648|9223372036854775808|128)\b"),
    Explained("value", r"scaled_dot_product_attention\(", _NONFINITE, "PyTorch gives 0 where a row of scores is NaN or -inf", _NONFINITE),
    Explained("value", r"\b(normalize|renorm|logcumsumexp|histogram)\(", "", "numbers whose squares or differences overflow", _SPECIAL_INPUT),
    Explained("value", r"\b(angle|copysign|signbit|atan2|reciprocal|div)\(| / ", r"inf|3\.14|True|False", "the sign of a zero that was a sum", r"\b(sum|\w*pool\w*|conv\w*|matmul|bmm|mm|arcsin|mean|addmm|linear)\w*\("),
    Explained("gradient", r"grad\(", "", "PyTorch shares the gradient of an expanded leaf among its elements, in functions that look at its memory", r"expand\(.*requires_grad_"),
    Explained("value", r"\bmultinomial\(", "", "equal ratios of 16-bit weights may come in any order", r"float16"),
    Explained("value", "", r"want np\.\w+\(nan\)", "PyTorch's vectorised remainder of the largest numbers, and of the smallest, is NaN", r"(fmod|remainder)_?\(|%"),
    Explained("value", r"", "", "random numbers fill a result as its memory lies, and not every op lays its result as PyTorch does", r"\b(dropout|multinomial|bernoulli_?|rand\w*|rrelu_?|normal_|uniform_|exponential_|random_)\("),
    Explained("value", r"\b(bucketize|searchsorted)\(", r"got np\.int", "the boundaries are not sorted: any place is right"),
    Explained("value", r"\b(kthvalue|sort|argsort|topk|argm\w+|median)\(", r"got np\.int", "what differs only by rounding in double precision comes in another order", r"window|fft|expm1|linspace|gammaincc?"),
    Explained("gradient", r"grad\(", _NONFINITE, "gradients at NaN and infinity: of an extreme that is NaN, of a quotient or square that overflows", r"\b(amin|amax|max|min|log_softmax|normalize|glu|group_norm|cosine_similarity|silu|xlog1py|maximum|minimum|fmax|fmin|clamp\w*|hypot|logaddexp2?|softmax|norm)\w*\("),
    Explained("gradient", r"grad\(", r"want np\.\w+\(nan\)", "PyTorch multiplies by a boolean exponent and not by 0", r"pow\(.*(False|True)"),
    Explained("gradient", r"grad\(", "", "PyTorch's gradient of a negative absolute value has the other sign, and its second one is rounding where it is 0", r"\bpolar\("),
    Explained("gradient", r"grad\(", r"got np\.(float16|float32)", "rounding of a quotient of norms in 16 bits", r"\b(renorm_?|cosine_\w+)\((.|\n)*float16|float16(.|\n)*\b(renorm_?|cosine_\w+)\("),
    Explained("gradient", r"grad\(", r"complex", "PyTorch multiplies complex numbers with cumulative products that it took of their real parts", r"cumprod\(.*dtype="),
    Explained("shape", r"\baddmv\(", r"want \(\)", "PyTorch's result of an empty product has the shape of a number"),
    Explained("dtype", r"(hinge_embedding|margin_ranking)_loss\(|binary_cross_entropy", "", "losses of integers and of mixed dtypes, whose result PyTorch casts to the first one's", r"\.(b?float16|float32|float64|u?int\d+|bool)"),
    Explained("value", r"\.(stride|is_contiguous)\(\)", r"got (True|False|\(|\d)", "NumPy gives dimensions of size 1 other strides, and fewer layouts survive"),
    Explained("shape", r"pixel_(un)?shuffle\(", r"\b0\b", "PyTorch returns an empty input as it is"),
    Explained("shape", r"^o\d+ = ", "", "PyTorch does not resize an `out` of several", r"out=\(o"),
    Explained("value", r"\b(cos|sin|tan)\(", r"float32", "of a large number that is itself rounded", r"chebyshev|hermite|polynomial|exp|pow"),
)  # fmt: skip


def explanation(difference, statements) -> int | None:
    """The number of the entry that explains a difference; beyond the last one, of the refusal."""
    program = "\n".join(statements)
    for i, e in enumerate(ENTRIES):
        where, text = re.search(e.statement, difference.where), re.search(e.text, difference.text)
        if difference.kind in e.kinds.split() and where and text and re.search(e.program, program, re.MULTILINE):
            return i
    if difference.kind == "exception" and not _LEAKED.search(difference.text):
        for i, (op, ours, theirs) in enumerate(REFUSALS):
            types = rf"^penlight: {ours}: .*; PyTorch: {theirs}: "
            if re.search(op, difference.where) and re.match(types, difference.text):
                return len(ENTRIES) + i
    return None
