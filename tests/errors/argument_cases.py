"""Calls whose argument `v` is given values of many kinds, and which kinds PyTorch takes.

Run `python -m tests.errors.argument_cases` in the repository root, where torch can be imported, to record them anew.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data" / "argument_kinds.json"
VALUES = """
1|True|np.bool_(True)|np.int32(1)|np.uint64(1)|np.float32(1)|np.complex64(1)|1.0|0.5|1 + 0j|1 + 1j|Index()|Whole(1)
torch.tensor(1)|torch.tensor(True)|torch.tensor(1.0)|torch.tensor(1.0, requires_grad=True)|torch.tensor([1])
torch.tensor([True])|torch.tensor([1.0])|torch.tensor([1, 1])|'a'|b'a'|None|[1]|(1,)|[0, True]|[0, 1.0]|[True]|()
torch.Size([1])|{1}|range(1, 2)|np.array(1)|np.array([1])|{}|torch.float32|float
""".replace("\n", "|").strip("|").split("|")
CALLS = """
x.cumsum(v)|x.diag(v)|torch.narrow(x, 1, v, 1)|torch.select(x, 0, v)|x.triu(v)|torch.repeat_interleave(x, v, 0)
x.sum(v)|x.sum([v])|x.sum((0, v))|x.amax(v)|torch.flip(x, [v])|torch.roll(x, v, 0)|torch.rot90(x, v)|x.permute(0, v)
ones.reshape(3, v)|ones.reshape([v, 3])|ones.expand(3, v)|ones.repeat(3, v)|torch.as_strided(x, (1,), (1,), v)
torch.zeros(v)|torch.zeros(2, v)|torch.full(v, 1.0)|torch.full((2, v), 1.0)|torch.randint(3, v)|torch.eye(v)|torch.randperm(v)
F.conv2d(plane, kernel, None, v)|F.max_pool2d(plane, v)|F.avg_pool2d(plane, (1, v))|F.adaptive_avg_pool2d(plane, v)
F.unfold(plane, v)|F.interpolate(plane, v)|F.interpolate(plane, scale_factor=v)|F.layer_norm(ones, v)|F.pad(x, v)
torch.nn.functional.dropout(x, v)|F.dropout(x, 0.5, v)|F.cosine_similarity(x, x, 1, v)|torch.nan_to_num(x, v)|x.quantile(v)
torch.add(x, x, alpha=v)|torch.add(x.int(), x.int(), alpha=v)|F.leaky_relu(x, v)|torch.addmm(ones, ones, row, beta=v)
torch.full((2,), v)|torch.full((2,), v).dtype|torch.mul(torch.ones(2).bool(), v)|torch.mul(x, v)|torch.eq(x, v)
torch.arange(v)|torch.linspace(0, v, 3)|torch.linspace(0, 1, v)|torch.scalar_tensor(v)|torch.lerp(x, x, v)
torch.sum(x, 1, v)|torch.sort(x, 0, v)|torch.multinomial(torch.ones(3), 1, v)|torch.zeros(2, requires_grad=v)|x.std(1, v)
torch.sum(x, dtype=v)|torch.zeros(2, dtype=v)|torch.div(x, x, rounding_mode=v)|torch.zeros(2, device=v)
F.mse_loss(x, x, reduction=v)|torch.split(x, v)|torch.tensor_split(x, v, 1)|torch.chunk(x, v)
torch.tensordot(x, x, v)|torch.unravel_index(torch.tensor(1), v)
torch.special.polygamma(v, x)|torch.histogram(x, v)|torch.searchsorted(torch.ones(2), v)|torch.gradient(x, spacing=v)
torch.max(x, v)|torch.linalg.matrix_norm(x, v)
torch.index_fill(x, 0, torch.tensor([0]), v)
F.embedding(torch.tensor([0]), x.clone(), None, v)
x.to(torch.float64, v)|torch.signal.windows.hann(v)|torch.poisson(v)|torch.meshgrid(v, x)
torch.squeeze(x, v)|torch.max(x, v)[0]|torch.median(x, v)|torch.prod(x, v)|torch.trapezoid(x, dx=v)|torch.trapz(x, dx=v)
x.std(1, unbiased=v)|torch.eye(2, v)|torch.arange(3, end=v)|torch.movedim(x, 0, v)|torch.sort(x, dim=0, stable=v)
torch.max(x, dim=v)|torch.einsum(v, x)|torch.einsum('ij', v)|torch.broadcast_tensors(x, v)|torch.broadcast_shapes(v)
torch.masked.median(x, v)|torch.masked.var(x, 0, correction=v)|torch.sum(a=x, axis=v)|torch.sum(x, 0, a=v)
x.new_zeros(2, nosuch=v)|x.uniform_(nosuch=v)|x.random_(v)|x.bernoulli_(v)|torch.zeros(1, pin_memory=v)|x[v]
x.flip(v)|x.permute(dims=v)|x.addcdiv(v, x)|torch.rand_like(x, memory_format=v)|torch.Generator().manual_seed(v)
torch.hsplit(x, sections=v)|torch.linalg.pinv(x, rtol=v)|torch.nn.Parameter(x, v)|torch.logspace(0, 1, 2, v)
F.conv2d(plane, kernel, None, (v, 1))|torch.round(x, decimals=v)|F.lp_pool2d(plane, 2, v)|F.cosine_similarity(x, x, 1, v)
x.requires_grad_(v)|torch.zeros(1, layout=v)|x.sum(nosuch=v)|x.sum(1, dim=v)|torch.stack(v)|torch.cat([x], dim=v)
""".replace("\n", "|").strip("|").split("|")
MARKS = {"TypeError": "T", "RuntimeError": "R", "ValueError": "V", "IndexError": "I", "NotImplementedError": "N"}


class Index:
    def __index__(self) -> int:
        return 1


class Whole(int):
    pass


def outcomes(torch: Any) -> dict[str, str]:
    """For each call one letter a value: `.` where it is taken, else the exception."""
    import numpy as np  # the names that VALUES and CALLS use

    x = torch.arange(6.0).reshape(2, 3)
    names = {
        "torch": torch, "np": np, "F": torch.nn.functional, "Index": Index, "Whole": Whole, "x": x, "ones": torch.ones(3, 1),
        "row": torch.ones(1, 1), "plane": torch.ones(1, 1, 3, 3), "kernel": torch.ones(1, 1, 1, 1),
    }  # fmt: skip
    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for call in CALLS:
            marks = ""
            for value in VALUES:
                names["v"] = eval(value, names)
                try:
                    eval(call, names)
                    marks += "."
                except Exception as error:
                    marks += MARKS.get(type(error).__name__, "?")
            found[call] = marks
    return found


if __name__ == "__main__":
    import torch

    DATA.write_text(json.dumps(outcomes(torch), indent=0) + "\n", encoding="utf-8")
