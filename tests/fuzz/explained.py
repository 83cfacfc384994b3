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
    Explained("gradient requires_grad", r"", r"", "placeholder"),
)[:-1]  # fmt: skip


def explanation(difference) -> int | None:
    """The number of the entry that explains a difference."""
    for i, e in enumerate(ENTRIES):
        if difference.kind in e.kinds.split() and re.search(e.statement, difference.where) and re.search(e.text, difference.text):
            return i
    return None
