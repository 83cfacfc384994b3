"""Differences that are meant or that are PyTorch's own: a small strict table.

An entry names the kinds of difference, what the statement must contain, what the difference's text must contain (both
regular expressions), and why. `python -m tests.fuzz` counts what each entry took and names those that took nothing in a
long run: they are to be removed.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LONG_RUN = 100_000  # cases in which every entry should have matched


class Explained(NamedTuple):
    kinds: str
    statement: str
    text: str
    reason: str


GAUGE = r"\.?\b(svd|eigh?|qr|lu|svd_lowrank|slogdet)\("
ENTRIES = (
    Explained("raises", "", r"complex32 has no NumPy counterpart", "NumPy has no half-precision complex type; penlight says so"),
    Explained("raises", r"out=", r"don't support automatic differentiation", "PyTorch records the copy into `out` where the function is a composite; penlight refuses"),
    Explained("raises accepts exception", "", r"not implemented for", "PyTorch looks at the dtype inside of a kernel, so not for empty tensors, and lacks kernels for dtypes that penlight computes"),
    Explained("value gradient", GAUGE, "", "factors are defined up to signs, phases, or the order of equal singular values"),
    Explained("value", r"cholesky_ex\(|inv_ex\(|solve_ex\(|ldl_factor", "", "where `info` is not 0 the other results are what LAPACK left there"),
    Explained("value", r"matrix_exp\(", r"want np\.float(16|32)\((inf|nan)", "PyTorch computes it in half precision itself and overflows"),
    Explained("value gradient", r"digamma|polygamma|lgamma|grad\(", r"got np\.float\d\d\(-?inf\)|want np\.float\d\d\(-?inf\)|e[+]\d\d\d?\)", "poles: infinite, or as large as the rounding of pi allows"),
    Explained("value", r"\.(int|long|byte|short|char)\(\)|\.to\(torch\.u?int|copy_|type_as|\] = |out=", "", "C leaves the conversion of NaN, infinity and of what is out of range to the machine"),
    Explained("value", r"torch\.cov\(.*weights=|\.cov\(.*weights=", "", "PyTorch subtracts the mean from its input, in place"),
    Explained("value", r"^x\d+ = ", r"", "an input that `cov` with weights has changed, see above"),
    Explained("shape", r"torch\.unique_consecutive\(\w+, True", "", "PyTorch forgets a `return_inverse` that is given by position"),
    Explained("requires_grad gradient", r"lstsq|triangular_solve|native_group_norm|native_layer_norm|detach_copy", "", "all outputs of one node of PyTorch's require grad, also those that have no derivative"),
    Explained("accepts", "", r"not differentiable with respect to argument|derivative for .* is not implemented|Autograd not support dtype|does not support automatic differentiation", "PyTorch has no derivative there; penlight has one, or none is needed"),
    Explained("accepts exception raises", "", r"mixed dtype|expected scalar type|(same|common|joint) dtype|[Ee]xpected .*dtype|did not match|needs_dynamic_casting|same scalar type|type Half|type BFloat16|can't be cast", "PyTorch's kernels want one dtype, or its message differs; penlight promotes"),
    Explained("accepts", "", r"MKL FFT error|INTERNAL ASSERT|view size is not compatible|could this error message be improved", "PyTorch fails, by its own words, for want of a case"),
    Explained("alias", r"conj\(|mH|adjoint|\.H", "", "PyTorch conjugates when it reads; penlight at once, into new memory"),
    Explained("raises", "", r"more than one element of the written-to tensor", "penlight refuses to write into expanded memory where PyTorch writes the same place several times"),
    Explained("value", "airy_ai|bessel_y1|bessel_j1", "", "half of the digits of PyTorch's are wrong (docs/parity.md)"),
    Explained("value gradient", r"logical_(and|or|xor|not)_\(|g\d+ = torch.autograd.grad", r"got np.(float|complex)\d+\((-?0.0|0j)\)", "PyTorch passes the gradient through a logical operation in place as if nothing had changed"),
    Explained("value", r"native_group_norm", "", "PyTorch reads weights that lie apart in memory as if they did not"),
)  # fmt: skip


def explanation(difference) -> int | None:
    """The number of the entry that explains a difference."""
    for i, e in enumerate(ENTRIES):
        if difference.kind in e.kinds.split() and re.search(e.statement, difference.where) and re.search(e.text, difference.text):
            return i
    return None
