"""Differences that are meant or that are PyTorch's own: a small strict table.

An entry names the kinds of difference, what the statement must contain (the ops; nothing where a message alone says it
all), what the difference's text must contain, the reason, and what else must stand in the program (ops that came before,
dtypes, values); all are regular expressions. In the text, `[nothing]` and `[empty]` say that the result, or something that
the statement uses, has no elements; `(as of …)` that PyTorch itself gives penlight's numbers in the program changed so.
Two refusals of different types stand in a list of their own. `python -m tests.fuzz` counts what each entry took and names
those that took nothing in a long run: they are to be removed.
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
_HUGE = r"e\+3(0?8)"
_NO_ELEMENTS = r"\[(nothing|empty)\]"

# both refuse, PyTorch for the first of several faults, in the order of its own checks: (op, penlight's type, PyTorch's)
REFUSALS = (
    (r"\brenorm_?\(", "IndexError", "RuntimeError"),  # a dimension out of range, of a vector
    (r"\b(batch|instance)_norm\(", "(RuntimeError|NotImplementedError)", "IndexError"),
    (r"\bbatch_norm\(", "ValueError", "RuntimeError"),
    (r"\bbatch_norm\(", "RuntimeError", "ValueError"),
    (r"\binstance_norm\(", "ValueError", "RuntimeError"),  # one of two running statistics is missing
    (r"\binstance_norm\(", "ValueError", "IndexError"),
    (r"\bembedding\(", "IndexError", "RuntimeError"),
    (r"\bembedding_bag\(", "RuntimeError", "ValueError"),
    (r"\br?fftfreq\(", "RuntimeError", "TypeError"),  # a dtype, and a complex spacing
    (r"\bihfft2\(", "RuntimeError", "IndexError"),  # complex, and without dimensions
    (r"\bscatter_?\(", "(IndexError|RuntimeError)", "TypeError"),  # neither `src` nor `value`
    (r"\bindex_(reduce|add|copy)_?\(", "RuntimeError", "IndexError"),
    (r"\bindex_(reduce|add|copy)_?\(", "IndexError", "RuntimeError"),
    (r"\bindex_(fill|put|select)_?\(", "IndexError", "RuntimeError"),
    (r"\b(unsafe_)?(split|chunk)\w*\(", "IndexError", "RuntimeError"),  # a dimension out of range, of a number
    (r"\bctc_loss\(", "RuntimeError", "IndexError"),
    (r"\b(upsample|interpolate)\(", "NotImplementedError", "ValueError"),
    (r"\bcumprod_\(", "RuntimeError", "IndexError"),  # expanded memory, and a dimension out of range
    (r"\baffine_grid_generator\(", "ValueError", "(IndexError|RuntimeError)"),
    (r"\b(b?addbmm|addmv)_?\(", "(RuntimeError|NotImplementedError)", "IndexError"),
    (r"\b(nll_loss|cross_entropy)\(", "IndexError", "RuntimeError"),
    (r"\bnll_loss\(", "ValueError", "IndexError"),
    (r"\blinear_cross_entropy\(", "ValueError", "RuntimeError"),
    (r"^\w\d+(_\d)?\[.*\] \S?= ", "RuntimeError", "IndexError"),
    (r"^\w\d+(_\d)?\[.*\] \S?= ", "IndexError", "RuntimeError"),
    (r"\b(rnn_relu|rnn_tanh|gru|lstm)_cell\(", "RuntimeError", "IndexError"),
    (r"\b(rnn_relu|rnn_tanh|gru|lstm)_cell\(", "IndexError", "RuntimeError"),
    (r"\b(avg|lp)_pool2d\(", "RuntimeError", "IndexError"),
    (r"\b(conv(_transpose)?\dd|convolution)\(", "RuntimeError", "IndexError"),  # a kernel without elements
    (r"\bindex_put_?\(", "RuntimeError", "IndexError"),
    (r"\bsum\(.*out=", "RuntimeError", "TypeError"),  # a derivative, and no dimension
    (r"\bmap2?_\(", "RuntimeError", "TypeError"),  # shapes and dtypes
    (r"\b((nan)?median|aminmax|amin|amax|max|min)\(", "NotImplementedError", "IndexError"),  # a dtype, and nothing to choose from
    (r"\bclamp_?\(", "RuntimeError", "TypeError"),  # a number and a tensor
    (r"\bstack\(.*out=", "RuntimeError", "TypeError"),
    (r"\bwhere\(", "RuntimeError", "TypeError"),  # a number given by name
    (r"\bnonzero\(.*out=", "RuntimeError", "TypeError"),
    (r"\bsign_\(", "RuntimeError", "NotImplementedError"),  # expanded memory, and complex numbers
    (r"\bput_\(", "IndexError", "RuntimeError"),  # expanded memory, and a place out of range
    (r"\bgradient\(", "IndexError", "RuntimeError"),  # a dtype, and a dimension out of range
    (r"\brenorm_\(", "RuntimeError", "IndexError"),  # expanded memory, and a dimension out of range
)

ENTRIES = (
    # --- what penlight refuses, loudly ---
    Explained("raises", "", r"complex32 has no NumPy counterpart", "NumPy has no half-precision complex type"),
    Explained("raises", r"out=", r"don't support automatic differentiation", "PyTorch records the copy into `out` where the function is made of others"),
    Explained("raises", "", rf"(not implemented for|Low precision|floating point|does not support complex|expected scalar type|one dtype|needs floating).*{_NO_ELEMENTS}", "penlight looks at the dtype first, PyTorch's kernels not where there is nothing to compute"),
    Explained("raises", r"\baffine_grid_generator\(", r"Expected theta to have floating point type", "penlight checks for `torch.f` what PyTorch checks for `nn.functional.affine_grid` only"),
    Explained("raises", r"\b(softmax|log_softmax|softmin|scaled_dot_product_attention|bernoulli|clamp|clip|matmul|inner|einsum|tensordot|grid_sample|randn_like|normal_|adaptive_avg_pool\dd|amin|amax)\(", r"not implemented for", "the kernel that PyTorch finds in another form for numbers, or for a single element"),
    Explained("raises", r"\b(addmv|baddbmm)_\(", r"more than one element of the written-to tensor", "PyTorch adds the products of all elements that lie on one place, in the order of its BLAS"),
    Explained("raises", r"grad\(", r"derivative for aten::floor_divide", "PyTorch forgets that it has none where a view of what needs no gradient was changed in place", r"//= |floor_divide_\("),
    Explained("raises", r"grad\(", r"derivative for aten::heaviside", "PyTorch forgets a function without derivative that has changed a view", r"heaviside_\("),
    Explained("raises", r"view_copy\(", "view size is not compatible", "PyTorch's copies where its `view` would raise"),
    Explained("raises", r"pool|conv|linear\(|interpolate|norm\(|cond\(|matrix_rank|pinv|bincount|bilinear|as_strided|diff\(|dot_product|index_\w+\(|take_along_dim|vecdot|roll\(|cholesky\(|cumm\w+\(|\w+\[", rf"(non-zero size|kernel size|cannot reshape|more than 1 value|square matrices|same length|out of bounds|out of range|must match|output size|output padding|Kernel size|should be the same|should contain|both be None|Expected size).*{_NO_ELEMENTS}", "empty batches or sizes that PyTorch lets through"),
    Explained("raises", r"\bconv_tbc\(", r"Kernel size|should be the same", "penlight's checks of a convolution, which PyTorch's `conv_tbc` has not"),
    Explained("raises", r"\bconv(_transpose)?\dd\(|\bconvolution\(", r"bias type \(torch\.\w+\) should be the same", "PyTorch adds a bias of another dtype where a gradient is recorded"),
    Explained("raises", r"\binner\(.*out=", r"Expected out tensor to have dtype", "PyTorch multiplies a number into any `out`"),
    Explained("raises", r"\b(linalg\.)?matrix_power\(.*out=", r"Expected out tensor to have dtype", "PyTorch copies the powers 0 and 1 into any `out`"),
    Explained("raises", r"\blinear\(", r"a bias needs a weight", "PyTorch adds a bias to a weight without rows"),
    Explained("raises", r"\b(take_along_dim|vecdot|roll)\(", r"out of range|out of bounds", "PyTorch does not look at the dimension of vectors"),
    Explained("raises", r"_cell\(", r"Expected weights and biases", "PyTorch broadcasts a bias of one element"),
    Explained("raises", r"\brnn_\w+_cell\(", r"a recurrent layer needs floating point", "PyTorch's cells are sums of products, of integers too"),
    Explained("raises", r"\beinsum\(", r"expected scalar type|same dtype", "PyTorch multiplies and promotes where nothing is summed"),
    Explained("raises", r"\b(lstsq|split_copy)\(.*out=", r"Expected out tensor to have dtype", "PyTorch casts, or writes nothing, into these"),
    Explained("raises", r"\bnansum\(", r"does not support complex", "PyTorch sums booleans and integers in a complex dtype"),
    Explained("raises", r"\.mT$", "only supported on matrices", "PyTorch deprecated `mT` of a number; penlight refuses it"),
    Explained("raises", r"\blogical_\w+_\(", r"a leaf Variable that requires grad", "PyTorch does not notice a change in place by a function without derivative"),
    Explained("raises", r"\baddbmm_\(", r"cannot resize variables", "PyTorch gives `addbmm_` the shape of the product"),
    Explained("raises", r"grad\(", "does not require grad", "PyTorch's graph goes on where a gradient is zero, penlight's ends there"),
    Explained("raises", r"\blu_factor\(", r"U\[\d+,\d+\] is zero", "rounding decides whether a pivot is zero"),
    # --- what penlight computes and PyTorch refuses ---
    Explained("accepts exception", "", r"PyTorch: \w+: (\"\w+(<>)?\" not implemented for|\w+ is not (implemented|supported) for complex|clamp is not supported|nansum on CPU|[\w: ]*Unsupported dtype|MKL FFT doesn't support|argm\w+\(\): does not support|linalg\.(vander|vecdot)|Unsupported input type|kl_div: Integral|heaviside is not yet|Autograd not support|check_random_bounds|masked_fill_ only supports boolean|Expected tensor for argument|[\w.]+: Expected a floating point or complex)", "the kernel that PyTorch lacks for a dtype"),
    Explained("accepts exception", "", r"PyTorch: \w+: ([\w.():, ]*mixed dtype|[\w.():, ]*(same|common|joint) (d?type|scalar.?type)|[\w.():' ]*[Ee]xpected .*(dtype|scalar.?type)|\w+ did not match \w+$|.*tau dtype \w+ does not match|.*needs_dynamic_casting|.*can't be cast|.*dtype should match|.*must have the same dtype|.*dtype \w+ should match|.*should match$|.*destination dtypes match|.*floating point output tensor|.*infer output dtype|.*dtype must match dtype of result|.*output tensor's dtype is wrong|.*requires dtype|Found dtype \w+ but expected)", "penlight promotes, or casts into `out`, where PyTorch wants one dtype"),
    Explained("exception", r"\[.*\] \S?= |index_put_?\(", r"penlight: RuntimeError: Index put requires the source and destination dtypes match", "both refuse: PyTorch reads the index first"),
    Explained("accepts exception", "", r"PyTorch: \w+: (.*not differentiable with respect|.*derivative for .* is not implemented|.*does not support automatic differentiation for outputs with complex|.*_backward: The (singular |eigen)vectors|Expected isFloatingType)", "PyTorch has no derivative there, or says so earlier"),
    Explained("accepts", r"grad\(", r"modified by an inplace operation.*\(as of a copy\)", "PyTorch saved for backward what penlight does not need; the gradient is that of the same program with a copy changed instead"),
    Explained("accepts", r"grad\(", r"modified by an inplace operation.*output 0 of Ldexp,", "PyTorch saves the result for the exponent's gradient, also where that needs none"),
    Explained("accepts", r"grad\(", r"modified by an inplace operation", "PyTorch's logical operations in place leave the history of before", r"\blogical_\w+_\("),
    Explained("accepts", r"grad\(", r"setStorage", "PyTorch's own backward reads its gradient with the strides of a slice of more memory", r"\bas_strided_scatter\("),
    Explained("accepts", r"grad\(", r"modified by an inplace operation", "PyTorch's own backward changes what it saved", r"\b(vander|cond|cumprod|prod)\("),
    Explained("accepts", r"grad\(", r"more than one element of the written-to.*\[nothing\]", "PyTorch's own backward copies into expanded memory, where nothing was assigned"),
    Explained("accepts", r"\blinear\(.*out=", r"The size of tensor a \(\d+\) must match", "PyTorch fails where the weight is a vector and `out` lies transposed", r"\bo\d+ = .*\.(mT|transpose)"),
    Explained("accepts", r"grad\(", r"does not have a device|shape '\[0\]' is invalid", "PyTorch's own backward fails where a bias is given and no weight", r"\bgroup_norm\("),
    Explained("accepts", r"grad\(", r"Expected a proper Tensor but got None", "PyTorch's own backward fails", r"\bdist\(.*p=0|\bdist\(.*, 0"),
    Explained("accepts", r"grad\(", r"with a bool tensor is not supported", "PyTorch subtracts 1 from a boolean exponent, or one boolean from another", r"\*\*|pow|logaddexp"),
    Explained("accepts", r"grad\(", r"returned an invalid gradient", "PyTorch's own backward fails for an empty input", r"pixel_(un)?shuffle\("),
    Explained("accepts", r"grad\(", r"returned an invalid gradient", "PyTorch's own backward fails where a mask chooses nothing, or one element, of a value with more dimensions", r"index_put_?\(|\] = "),
    Explained("accepts", r"grad\(", r"view size is not compatible", "PyTorch's own backward fails for gradients that lie apart", r"(max_unpool\dd|conv_tbc)\("),
    Explained("accepts", r"grad\(", r"must match the size", "PyTorch's derivative of `narrow_copy` has the wrong place for a negative start", r"\bnarrow_copy\("),
    Explained("accepts", "", r"MKL FFT error|INTERNAL ASSERT", "PyTorch fails, by its own words, for want of a case"),
    Explained("accepts", r"\bnative_group_norm\(", r"is_contiguous", "PyTorch wants contiguous memory"),
    Explained("accepts", r"\bnative_batch_norm\(.*out=", r"TensorAccessor", "PyTorch reads an `out` of another shape before it resizes it"),
    Explained("raises", r"\bnative_batch_norm\(.*out=", rf"Expected out tensor to have dtype.*{_NO_ELEMENTS}", "PyTorch looks at the dtype of an `out` only where it writes into it: not of nothing, nor beside memory that lies apart"),
    Explained("raises", r"batch_norm\(", r"mixed dtype", "where memory lies apart PyTorch casts a running variance of another dtype, which it refuses otherwise", r"^x\d+ = .*(transpose\(.*\)|expand\(.*\)|\])(\.requires_grad_\(\))?$"),
    Explained("raises", r"batch_norm\(.*True", r"more than one element of the written-to tensor", "PyTorch blends running statistics of all channels one after another in the one place where they lie", r"^x\d+ = .*expand\("),
    Explained("accepts", r"\binstance_norm\(", r"leaf Variable.*\[empty\]", "PyTorch writes into running statistics that require grad, which it refuses of anything else for another reason"),
    Explained("accepts", r"\b(conv_tbc|kron|matrix_exp|take_along_dim)\(", r"view size is not compatible", "PyTorch views what lies apart in memory where it might reshape"),
    Explained("accepts", r"\b(take_along_dim)\(", "no dimensions", "a number and an index"),
    Explained("accepts", r"\b(nonzero|sum|where|fftfreq|rfftfreq)\(", r"missing \d|invalid combination of arguments|takes from|must be (Tensor|float)", "an overload of PyTorch's that wants other arguments together; penlight has one signature"),
    Explained("accepts", "", rf"(smaller than kernel|zero batch or zero channel|non-zero (size|dimensions)|[Nn]on-empty|must match the size|dimension .* being empty|square matrices|to be defined|cannot compute the|at least one element|out of range|out of bounds|half of kernel size|dimension with size|[zZ]ero sized dimensions|0 sized dimensions|step must be nonzero|not finite|broadcast shape|inconsistent tensor size|sum to zero).*{_NO_ELEMENTS}", "PyTorch refuses sizes of 0 that penlight lets through"),
    Explained("accepts", r"\bconvolution\(", r"expected output_padding to be", "not transposed, it is not used"),
    Explained("accepts", r"\bview_as_complex(_copy)?\(", r"storage_offset divisible|stride", "NumPy reads complex numbers from any place"),
    Explained("accepts", r"\bsplit_copy\(.*out=", r"must match the size|broadcast shape", "penlight resizes every `out`"),
    Explained("accepts", r"\bbinary_cross_entropy_with_logits\(", r"doesn't match the broadcast shape", "PyTorch adds in place to the logarithms of a smaller input"),
    Explained("accepts", r"grad\(", r"doesn't match the broadcast shape", "the same, backward", r"\bbinary_cross_entropy_with_logits\("),
    Explained("accepts", r"\bsoft_margin_loss\(", r"doesn't match the broadcast shape", "the input broadcasts"),
    Explained("accepts", r"\bmax_pool\dd_with_indices\(", r"half of kernel size", "padding beyond half of the kernel's size, but not of its reach"),
    Explained("accepts", r"\bmatmul\(.*out=", r"must match the size", "PyTorch writes a folded product into an `out` that lies apart"),
    Explained("accepts", r"\bistft\(", r"Complex windows", "no window is given"),
    Explained("accepts", r"\bcov\(", "in-place operation", "PyTorch subtracts the mean from its input, in place"),
    Explained("accepts", r"\b(mvlgamma|multigammaln)\(", "boolean tensor", "the values of False and True are those of 0 and 1"),
    Explained("accepts", r"\b(abs|absolute|neg|negative|lgamma|\w+)_\(|\[.*\] \S?= |^\w+ \S+= ", r"leaf Variable|is a view and is being modified|view was created in no_grad", "PyTorch's views of what needs no gradient remember it; a change in place of them is not refused here"),
    # --- PyTorch's numbers depend on where they lie ---
    Explained("value gradient", "", r"\(as of contiguous memory\)", "PyTorch reads or writes memory that lies apart, or that elements share, as if it did not; of contiguous memory its numbers are penlight's"),
    # --- values ---
    Explained("value", r"\b(svd|eigh?|qr)\(|^o\d+ = ", r"\(factors of one product\)", "factors are defined up to signs, phases and the order of equal values"),
    Explained("value", r"\b(svd|eigh?|qr)\(", "", "the same, and the factors were changed in place", r"(?m)\b(svd|eigh?|qr)\((.|\n)*^\w\d+_\d \S?= "),
    Explained("value", r"^o\d+ = ", "", "the same: what was changed in place is seen in the `out`", r"\b(svd|eigh?|qr)\(.*out=(.|\n)*(_\(|\] \S?= |^\w+ \S+= )"),
    Explained("gradient", r"grad\(", r"e\+\d\d|inf|nan|e-\d\d", "the same, of a matrix singular but for rounding", r"\b(nuclear_norm|matrix_norm|pinv|pinverse|lstsq|cond|slogdet|logdet|det|inv|inverse|solve|lu_solve|tensorinv)\("),
    Explained("gradient", r"grad\(", r"\(rounding of zero\)|inf|nan|e-\d\d|\(-?0\.0\)|0j", "PyTorch's derivative of a determinant of 0 is not exact", r"\bdet\("),
    Explained("value", r"\bcholesky_inverse\(", r"complex", "of a factor whose diagonal is complex LAPACK reads the real part"),
    Explained("value", r"\b(inv|cholesky|solve|ldl_factor|lu_factor)_ex\(", r"\(no factor\)|(inf|nan)", "of a matrix without that factor LAPACK leaves anything"),
    Explained("value", r"\bldl_solve\(.*True", "complex", "of a factor whose diagonal is complex LAPACK reads the real part"),
    Explained("value gradient", r"\bmatrix_exp\(|grad\(", r"want np\.\w+\(-?(inf|nan)", "PyTorch overflows on the way, in half precision often", r"matrix_exp\("),
    Explained("value gradient", r"", _POLE, "poles of the gamma functions: infinite of either sign, or as large as the rounding of pi allows", r"\b(digamma|psi|polygamma|lgamma|gammaln|multigammaln|mvlgamma|igammac?|gammaincc?)_?\("),
    Explained("value", r"^[xr]\d+ = (?!.*\bcov\()", "", "PyTorch subtracts the mean from its input, in place", r"\bcov\(.*weights="),
    Explained("value", r"\b(airy_ai|bessel_[jy][01])\(", r"float64\((-?\d+\.\d\d)\S*\), want np\.float64\(\1|float64\(-?0\.0\d|e-\d\d", "docs/parity.md: half of the digits of PyTorch's are wrong (penlight's were held against SciPy's)"),
    Explained("value", r"\bmodified_bessel_k[01]\(", "", "the same, of which a steep function is taken", r"\bairy_ai\("),
    Explained("value", r"\bzeta\(", r"got np\.\w+\(0\.0\), want np\.\w+\(nan\)", "PyTorch overflows on the way where an argument is infinite or one of the largest numbers", _SPECIAL_INPUT + r"|\d{15,}|zeta\((.|\n)*zeta\("),
    Explained("value shape", r"^[or]\d+(_\d)? = ", "", "PyTorch writes nothing into `out`, docs/parity.md", r"(ihfft\w*|hfft\w*)\(.*out="),
    Explained("value structure", r"grad\(", r"want None", "PyTorch's means and deviations of `native_group_norm`, and its residuals, have no derivative where there are none", r"\blstsq\(|native_group_norm\("),
    Explained("value", r"grad\(", r"got tensor\(\[\], size=.*want None", "PyTorch leaves out the gradient of nothing where a detached view was assigned to", r"\bdetach\(\)(.|\n)*\] = "),
    Explained("shape structure value", r"\bunique(_consecutive)?\(", r"got (\(|tuple)|got np\.int", "PyTorch forgets a `return_inverse` given by position, takes every NaN for another, and the count of a single slice"),
    Explained("structure", r"grad\(", "got NoneType None", "the second result is a copy of the coefficients, through which PyTorch gives zeros", r"\btriangular_solve\("),
    Explained("requires_grad", r"\b(lstsq|triangular_solve|native_\w+_norm|detach_copy|histogramdd|lu_unpack)\(", r"want True", "all outputs of one node of PyTorch's require grad, also those that have no derivative"),
    Explained("requires_grad", r"\b(vander|trapezoid|trapz)\(", r"got True", "PyTorch begins with a new tensor where nothing is left of the input"),
    Explained("gradient requires_grad structure", r"^[xyrvgo]\d+", r"", "PyTorch's logical operations in place leave the history of before", r"\blogical_\w+_\("),
    Explained("requires_grad structure", r"^[xyrvgo]\d+", r"want True|got NoneType None", "PyTorch's comparisons in place leave a history of zeros", r"\.(eq|ne|lt|le|gt|ge|less\w*|greater\w*|not_equal)_\("),
    Explained("requires_grad", r"^[xyrvo]\d+(_\d)? = ", r"want True", "PyTorch's integers have a history where something that requires grad was written into them", r"\] \S?= |masked_fill_|copy_|index_put_|masked_scatter_"),
    Explained("value", r"^x\d+ = ", "", "PyTorch resizes the memory that a view of it is a part of", r"\baddbmm_\("),
    Explained("alias", r"\b(flatten|contiguous|reshape|reshape_as|ravel|to|view_as)\(", r"shared", "quantiles and special functions keep another order of the dimensions, and so do operands that lie differently", r"\.(transpose\(|m?[TH]\b)|\bspecial\.|quantile\(|\b(digamma|erfinv|lgamma|polygamma|mvlgamma|i0|igammac?|kron|polar|sort|gelu|logsigmoid|rrelu)_?\("),
    Explained("value", r"\blayer_norm\(", r"got np\.\w+\(-?\d\S*\), want np\.\w+\(nan\)", "PyTorch's squares of one of the largest numbers overflow", _HUGE),
    Explained("gradient", r"grad\(", "", "PyTorch raises 2 to integer powers in integers: what is negative or too large for them gives no gradient", r"(?s)dtype=torch\.u?int\d+\).*\bldexp_?\("),
    Explained("gradient", r"create_graph", r"got np\.float64\(-?inf\), want np\.float64\(nan\)", "both overflow: sums of the largest numbers, in another order", r"(?s)\blayer_norm\(.*" + _HUGE),
    Explained("value", "", r"np\.\w+\(nan\)", "PyTorch's Bessel functions of the largest numbers have any sign", r"(?s)e\+\d\d.*\bbessel_[jy]"),
    Explained("value", r"\btopk\(.*(sorted=False|(True|False), False)", "", "in no order: any is right"),
    Explained("value", r"\b(sum|sum_to_size|mean|nansum|nanmean|cumsum|std|var|trace|trapezoid|trapz|multi_dot)\(", r"(got|want) np\.\w+\(-?(inf|nan)", "numbers whose sum overflows in one order and not in another", _HUGE),
    Explained("value", r"\baddcmul_?\(", r"got np\.\w+\((-?inf|nan)\)", "PyTorch's product and sum are one instruction, which does not overflow between", _HUGE),
    Explained("value", r"\blerp_?\(|^x\d+ = ", r"got np\.\w+\((-?inf|nan)\)", "the same", r"(?s)(?=.*e\+3).*\blerp_?\("),
    Explained("value", r"\bsignbit\(", r"got np\.True_", "the sign of the NaN that a remainder by 0 is depends on its place in a vector", r"(fmod|remainder)_?\(|%"),
    Explained("value", r"\b(angle|copysign|signbit|(arc|a)tan2|reciprocal|div)\(| / ", r"inf|3\.14|True|False", "the sign of a zero that was a sum", r"\b(sum|\w*pool\w*|conv\w*|matmul|bmm|mm|arcsin|mean|addmm|linear|grid_sample)\w*\("),
    Explained("value", r"\b(angle|copysign|signbit|atan2|reciprocal|div)\(| / ", r"inf|3\.14|True|False", "the zeros of `softshrink` lose their sign in the body of PyTorch's vectors and keep it in their tail", r"\bsoftshrink\("),
    Explained("value", r"\bsignbit\(", "", "the sign of the NaN outside of an inverse function's domain", r"\b(asin|acos|arcsin|arccos|log\d*)h?_?\("),
    Explained("value", r"\b(add|sub|subtract)_?\(.*alpha=", r"got np\.float16\(-?inf\), want np\.float16\(nan\)", "PyTorch rounds alpha * other to float16 in the tail of its vectors, not in their body"),
    Explained("value", r"\bmultinomial\(", "", "equal ratios of 16-bit weights, or of rows that are one, may come in any order", r"float16|expand\("),
    Explained("value", r"", "", "random numbers fill a result as its memory lies, and not every op lays its result as PyTorch does", r"(?s)(?=.*(transpose|expand|permute|movedim|swap|\)\[|\.m?[TH]\b|\bt\()).*\b(dropout|multinomial|bernoulli_?|rand\w*|rrelu_?|normal_|uniform_)\("),
    Explained("value", r"\b(bucketize|searchsorted)\(", r"\(not sorted\)", "the boundaries are not sorted: any place is right"),
    Explained("value", r"\bmax_pool\dd_with_indices\(|\bmax_pool\dd\(.*(True|return_indices)", r"got np\.int64\(-1\)", "of a window that meets nothing but padding PyTorch gives a place beyond the input"),
    Explained("gradient", r"grad\(", r"want np\.\w+\(\S*(nan|inf)", "gradients at NaN and infinity: of a quotient or square that overflows", r"\b(corrcoef|log_softmax|normalize|group_norm|cosine_similarity|silu|log_ndtr|logaddexp2?|logcumsumexp|softmax)\w*\("),
    Explained("gradient", r"grad\(", r"got np\.\w+\((-?0\.0|nan)\), want np\.\w+\(-?\d", "at NaN PyTorch's loops over vectors give 0 (exponential units NaN), and for the few numbers left over at their end what comes in", r"(?s)(?=.*(\bnan|\binf|log|sqrt|acos|asin|atanh|pow|erfinv|ndtri)).*\b(hardtanh|relu6|hardswish|hardshrink|softshrink|[sc]?elu)_?\("),
    Explained("gradient", r"grad\(", r"got np\.\w+\(-?0\.0\), want np\.\w+\(nan\)", "PyTorch multiplies a slope of 0 with a gradient that is NaN", r"\bmultilabel_margin_loss\("),
    Explained("gradient", r"grad\(", r"(got|want) np\.\w+\(-?0\.0\)", "a group of equal numbers is its bias, which lies on the edge, and PyTorch's product and sum miss it by a rounding error", r"norm\((.|\n)*\b(soft|hard)shrink\("),
    Explained("gradient", r"grad\(", "", "PyTorch's gradient of a negative absolute value has the other sign, and its second one is rounding where it is 0", r"\bpolar\("),
    Explained("gradient", r"grad\(", r"complex", "PyTorch multiplies complex numbers with cumulative products that it took of their real parts", r"cumprod\(.*dtype="),
    Explained("gradient", r"grad\(", r"rounding of zero", "the vectors of a singular value that is zero are any", r"expand\((.|\n)*\bsvdvals\("),
    Explained("gradient", r"grad\(", r"got tensor.*want None", "PyTorch loses the bias's second gradient where no weight is given", r"(batch|instance|layer)_norm\("),
    Explained("gradient", r"grad\(", "", "PyTorch's derivative of `narrow_copy` has the wrong place for a negative start", r"\bnarrow_copy\("),
    Explained("gradient", r"^h\d+ = |^g\d+ = .*create_graph", "", "PyTorch's second derivative at 0 is that of the other side", r"\bprelu\("),
    Explained("gradient", r"^h\d+ = ", r"got np\.\w+\(-?0\.0\), want np\.\w+\(nan\)", "PyTorch's second derivative squares numbers that overflow, beside an exponential that is 0", r"\bgelu\("),
    Explained("gradient", r"^h\d+ = ", r"want np\.\w+\(-?inf\)", "PyTorch takes a difference first, of whose terms penlight multiplies each by a number that overflows, or the reverse", rf"({_SPECIAL_INPUT}|60000)(.|\n)*\bglu\("),
    Explained("gradient", r"^h\d+ = ", r"got np\.\w+\(nan\), want np\.\w+\(-?inf\)", "a remainder by 0 has an infinite quotient, which meets another infinity in either order", r"\bsqrt_?\((.|\n)*(%|remainder)"),
    Explained("gradient", r"grad\(", "", "PyTorch shares the gradient of an extreme also with what `include_self=False` leaves out", r"\b(scatter|index)_reduce_?\(.*'am(ax|in)'.*include_self=False"),
    Explained("gradient", r"grad\(", r"got np\.\w+\(-?\S*\d\), want np\.\w+\(-?\S*\d\)", "what a chain of normalisations, or of cells in bfloat16, leaves of a gradient is rounding: PyTorch's is as far from double precision", r"(_norm\((.|\n)*){4}|bfloat16(.|\n)*(\blstm_cell\((.|\n)*){3}"),
    Explained("gradient", r"grad\(", r"\(rounding of zero\)", "the gradients of a softmax add up to 0, in 16 bits to what an exponential or a second derivative makes large", r"(?s)^(?=.*float16)(?=.*(\blogcumsumexp\(.*create_graph|\bmatrix_exp\(.*\bsoftmax\())"),
    Explained("gradient", r"^h\d+ = ", r"got np\.\w+\(-?(0\.0|[\d.]+e-\d+)\), want np\.\w+\(-?(0\.0|[\d.]+e-\d+)\)", "the same of single numbers, whose quotient is constant: 0, but for rounding", r"\b(cosine_similarity|cosine_embedding_loss|normalize|lp_pool\dd)\("),
    Explained("value", r"\bunique\(", r"nan", "NaN has no place in an order of slices"),
    Explained("value", r"\ball\(|^o\d+ = ", r"np\.uint8\(", "PyTorch casts numbers to the uint8 of `out` before it looks at them", r"\ball\((.|\n)*out="),
    Explained("value", r"\bhistc\(", "", "PyTorch's product with the number of bins overflows, and what is then no number counts in the first bin", _HUGE),
    Explained("value", r"\b(slogdet|logdet)\(", r"got np\.\w+\((nan|-inf|0j)\), want np\.\w+\((nan|-inf|\S+j)\)", "the same: what rounding leaves may have any sign, or none", r"expand\("),
    Explained("value", r"\b(slogdet|logdet)\(", r"got np\.\w+\(-(1[3-9]|[2-9]\d)\..*want np\.\w+\(-(1[3-9]|[2-9]\d|inf)|got np\.\w+\(-inf.*want np\.\w+\(-(1[3-9]|[2-9]\d)\.", "the determinant of a singular matrix is what rounding leaves of it"),
    Explained("gradient", r"grad\(", r"e\+\d\d", "PyTorch's derivative of the matrix exponential loses the matrix beside a large gradient", r"\bmatrix_exp\("),
    Explained("gradient", r"grad\(", "", "PyTorch's derivative undoes the reflections, which amplifies rounding where they are nearly singular", r"(orgqr|householder_product)\((.|\n)*(orgqr|householder_product)\("),
    Explained("value", "", r"want np\.\w+\(-?(nan|inf)\)", "the same: NaN for an exponent of 5, and infinities", r"float16(.|\n)*matrix_exp\("),
    Explained("value", r"\bhistogram\(.*density=True", "", "equal numbers lie on the edge in the middle, and rounding decides on which side"),
    Explained("value", r"\bgeqrf\(", "", "a column that depends on others but for rounding has no direction", r"expand\("),
    Explained("value", r"\bgeqrf\(", r"(got|want) np\.\w+\(-?0(\.0)?[+-]?(0j)?j?\)", "a column that is zero but for rounding has no direction"),
    Explained("value", r"\b(slice|select|diagonal)_scatter\(", "", "PyTorch writes into a copy whose windows overlap as its input's do", r"\b(unfold|as_strided)_?\("),
    Explained("shape", r"\baddmv\(", r"want \(\)", "PyTorch's result of an empty product has the shape of a number"),
    Explained("dtype", r"\bbinary_cross_entropy\(", "", "losses of mixed dtypes, whose result PyTorch casts to the first one's", r"\.(b?float16|float32|float64)"),
    Explained("value", r"\bas_strided(_copy)?_?\(|^v\d+ = ", "", "NumPy's empty slices do not keep where they began", r"(?s)(?=.*as_strided).*^[xrv]\d+ = .*\[[^]]*:[^]]*\](\.requires_grad_\(\))?$"),
    Explained("raises", r"\bas_strided(_copy)?_?\(", "out of bounds for storage", "PyTorch reduces this loss within the memory of its terms", r"\b(smooth_l1_loss|mse_loss|binary_cross_entropy|soft_margin_loss)\("),
    Explained("gradient", r"grad\(", "", "docs/parity.md: PyTorch's gradient is that of what was overwritten", r"\bas_strided_scatter\("),
    Explained("alias", r"\bresolve_conj\(", ": shared", "the conjugate of `ihfft` is carried out at once here", r"\bihfft\w*\("),
    Explained("accepts", r"\bview\(", "view size is not compatible", "NumPy lays the result of operands that lie differently in rows, PyTorch as the first of them lies", r"^[xvor]\d+ = .*(\.transpose\(|\.m?[TH]\b)"),
    Explained("gradient", r"grad\(", "", "PyTorch's backward copies where input and output have one size, whatever the scale", r"\b(interpolate|upsample\w*)\(.*scale_factor=\W*1\.\d"),
    Explained("value", r"\.(stride|is_contiguous)\(\)", r"got (True|False|\(|\d)", "NumPy gives dimensions of size 1 other strides, and fewer layouts survive"),
    Explained("shape", r"pixel_(un)?shuffle\(", r"\b0\b", "PyTorch returns an empty input as it is"),
    Explained("shape", r"^o\d+ = ", "", "PyTorch does not resize an `out` of several", r"out=\(o"),
)  # fmt: skip


def explanation(difference, statements) -> int | None:
    """The number of the entry that explains a difference; beyond the last one, of the refusal. Leaked words: never."""
    program = "\n".join(statements)
    for i, e in enumerate(ENTRIES):
        where, text = re.search(e.statement, difference.where), re.search(e.text, difference.text)
        if difference.kind in e.kinds.split() and where and text and re.search(e.program, program, re.MULTILINE):
            return i
    if difference.kind == "exception":
        for i, (op, ours, theirs) in enumerate(REFUSALS):
            types = rf"^penlight: {ours}: .*; PyTorch: {theirs}: "
            if re.search(op, difference.where) and re.match(types, difference.text):
                return len(ENTRIES) + i
    return None
