"""What is compared with PyTorch on sparse tensors: expressions and short programs, and how a result is shown."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data"
SETUP = """
S = lambda: torch.sparse_coo_tensor([[0, 1, 1], [2, 0, 2]], [3., 4., 5.], (2, 3))
C = lambda: S().coalesce()
U = lambda: torch.sparse_coo_tensor([[0, 1, 1, 1], [2, 0, 2, 0]], [3., 4., 5., 6.], (2, 3))
H = lambda: torch.sparse_coo_tensor([[0, 2]], [[3., 4.], [5., 6.]], (4, 2)).coalesce()
D = lambda: torch.arange(6.).reshape(2, 3)
SG = lambda: C().requires_grad_()
E0 = lambda: torch.sparse_coo_tensor(size=(2, 3))
F = torch.nn.functional
"""


def cases() -> list[str]:
    """One a line; a program is one whose results go through P(...), `;` and `\\n` separating its statements."""
    lines = (FOLDER / "cases.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def shown(torch: Any, case: str) -> str:
    """The text of the results, or the type of the exception."""
    out: list[str] = []

    def show(value: Any) -> None:
        text = repr(value)
        if "P(" not in case and isinstance(value, torch.Tensor) and value.layout is torch.sparse_coo:
            text += f" coalesced={value.is_coalesced()}"
        out.append(re.sub("0x[0-9a-f]+", "0x", text))

    names: dict[str, Any] = {"torch": torch, "P": lambda *values: [show(v) for v in values]}
    exec(SETUP, names)
    torch.manual_seed(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if "P(" in case:
                exec(case.replace("\\n", "\n"), names)
            else:
                show(eval(case, names))
    except Exception as error:
        out.append("NotImplementedError" if isinstance(error, NotImplementedError) else type(error).__name__)
    return "\n".join(out)


def same(ours: str, theirs: str) -> bool:
    """Equal texts; where PyTorch raises RuntimeError, its subclass NotImplementedError will do."""
    return ours == theirs or (ours, theirs) == ("NotImplementedError", "RuntimeError")
