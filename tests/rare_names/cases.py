"""Rarely used names of torch, as expressions whose results are compared with PyTorch's."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data"
SETUP = """
import importlib
FX = importlib.import_module(torch.__name__ + ".nn.attention.flex_attention")
D = torch.arange(6.).reshape(2, 3)
stream = torch.Stream(device="cpu")
event = torch.Event()
q, k, v = [torch.linspace(-a, a, 64).sin().reshape(1, 2, 8, 4) for a in (3, 4, 5)]
causal = lambda b, h, i, j: i >= j
block = lambda *lengths, mod=causal, **options: FX.create_block_mask(mod, None, None, *lengths, device="cpu", **options)
masks = block(8, 8, BLOCK_SIZE=4)
large = FX.create_block_mask(causal, 2, 2, 300, 200, device="cpu")
bias = torch.linspace(0, 1, 128).reshape(2, 8, 8)
aten = torch.ops.aten
"""


def cases() -> list[str]:
    """One expression a line."""
    lines = (FOLDER / "cases.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


class Shower:
    """Shows the results of expressions on one module; the names of SETUP are made once."""

    def __init__(self, torch: Any) -> None:
        self.names: dict[str, Any] = {"torch": torch}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(SETUP, self.names)

    def __call__(self, case: str) -> str:
        """The text of the result, or the type of the exception."""
        self.names["torch"].manual_seed(0)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return re.sub(" at 0x[0-9a-f]+", "", repr(eval(case, dict(self.names))))
        except Exception as error:
            return type(error).__name__
