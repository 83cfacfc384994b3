"""Expressions whose exact values (bits, dtypes, strides, errors) are compared with PyTorch's."""

from __future__ import annotations

import re
import warnings
import zlib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data"
SETUP = """
import itertools, math
F = torch.nn.functional
nan, inf = math.nan, math.inf
bits = torch.arange(65536).to(torch.int16)
H = torch.cat((bits[:31745], bits[32768:64513])).view(torch.float16)  # every float16 but nan
B = torch.cat((bits[:32641], bits[32768:65409])).view(torch.bfloat16)
HF, BF = H.flip(0), B.flip(0)
h = torch.tensor([-3.3, -0.7, -0.1, 0.0, 0.05, 0.3, 0.7, 3.3, 60.0]).half()
b = h.bfloat16()
X = torch.arange(24.0).reshape(2, 3, 4)
P = X.permute(2, 0, 1)
T = torch.arange(12.0).reshape(3, 4).t()
IMAGE = torch.arange(2 * 3 * 5 * 7).mul(37).remainder(256).to(torch.uint8).reshape(2, 3, 5, 7)
LAST = torch.arange(2 * 3 * 4 * 5.0).reshape(2, 3, 4, 5).contiguous(memory_format=torch.channels_last)
def leaf(*values): return torch.tensor(values, requires_grad=True)
def grad(f, *xs):
    xs = [x.clone().detach().requires_grad_() for x in xs]
    return torch.autograd.grad(f(*xs).sum(), xs)
def kind(f):
    try: return f()
    except Exception as error: return type(error).__name__
def told(f):
    import warnings
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        return f(), [w.category.__name__ for w in caught]
"""


def cases() -> list[str]:
    """One expression a line."""
    lines = (FOLDER / "cases.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


class Shower:
    """Shows the results of expressions on one module; the names of SETUP are made once."""

    def __init__(self, torch: Any) -> None:
        self.torch = torch
        self.names: dict[str, Any] = {"torch": torch}
        exec(SETUP, self.names)

    def __call__(self, case: str) -> str:
        """The text of the result, or the type of the exception and the start of its message."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return self.text(eval(case, dict(self.names)))
        except Exception as error:
            return f"{type(error).__name__}: {str(error)[:40]}"

    def text(self, value: Any) -> str:
        """Small tensors by their numbers, large ones by a checksum of their bits (all nan alike)."""
        torch = self.torch
        if isinstance(value, torch.Tensor):
            value, d = value.detach(), str(value.dtype)[6:]
            if value.numel() <= 40:
                return re.sub(r"\s+", " ", f"{d} {tuple(value.shape)} {value.tolist()}")
            if value.is_floating_point():
                value = torch.where(value != value, torch.full_like(value, torch.nan), value)
            data = value.contiguous().view(torch.uint8).numpy().tobytes()
            return f"{d} {tuple(value.shape)} crc {zlib.crc32(data):08x}"
        if isinstance(value, (tuple, list)):
            return "(" + ", ".join(self.text(v) for v in value) + ")"
        return str(value)
