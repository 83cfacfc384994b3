"""Compare a backend's result with PyTorch's: structure, dtype, shape, values.

Tolerances are `torch.testing`'s own defaults for a dtype, or what the operator database itself grants an operator.
When a float32 (or narrower) value is outside, both are held against PyTorch in double precision: a result passes if its
error is at most four times PyTorch's own largest error there (the order of a sum is free, its quality is not).
"""

from __future__ import annotations

import dataclasses
import numbers

import torch

from .convert import dtype_name, to_torch

TOLERANCES = {  # (relative, absolute)
    torch.float16: (1e-3, 1e-5),
    torch.bfloat16: (1.6e-2, 1e-5),
    torch.float32: (1.3e-6, 1e-5),
    torch.float64: (1e-7, 1e-7),
    torch.complex64: (1.3e-6, 1e-5),
    torch.complex128: (1e-7, 1e-7),
}
_GRANTED_BY = ("TestCommon", "TestUnaryUfuncs", "TestBinaryUfuncs", "TestReductions", "TestLinalg", None)
OWN_ERROR_FACTOR = 4.0
# Share of the largest value up to which a difference between the two precisions is taken for rounding.
_TRUSTED_ERROR = {torch.float16: 2e-2, torch.bfloat16: 1e-1, torch.float32: 1e-3, torch.complex64: 1e-3}


@dataclasses.dataclass
class Difference:
    kind: str  # structure | type | dtype | shape | value | requires_grad | none | device
    where: str
    text: str

    def __str__(self):
        return f"{self.kind}{' at ' + self.where if self.where else ''}: {self.text}"


def granted_tolerances(op) -> dict:
    """The loosest tolerances that the database's own comparison tests grant this operator on the CPU."""
    granted: dict = {}
    for decorate in getattr(op, "decorators", ()):
        if getattr(decorate, "device_type", None) not in (None, "cpu"):
            continue
        if getattr(decorate, "cls_name", None) not in _GRANTED_BY:
            continue
        for item in getattr(decorate, "decorators", ()):
            for dtype, tolerance in getattr(item, "d", {}).items():
                relative, absolute = granted.get(dtype, (0.0, 0.0))
                if isinstance(tolerance, float):  # the database's older form: absolute only
                    granted[dtype] = (relative, max(absolute, tolerance))
                else:
                    granted[dtype] = (max(relative, tolerance.rtol or 0.0), max(absolute, tolerance.atol or 0.0))
    return granted


class Comparison:
    """Compares nested results; `precise` (a function without arguments) gives the same result in double precision."""

    def __init__(self, backend, granted=None, precise=None, values: bool = True, coarse=None):
        self.backend = backend
        self.granted = granted or {}
        self.precise = precise
        self.values = values  # False for uninitialised memory: only shape and dtype can be compared
        self.coarse = coarse  # the least precise dtype among the inputs: no result can be better than that
        self.differences: list[Difference] = []
        self.by_precision = 0
        self._precise_result = None

    def __call__(self, got, want, where: str = "", path: tuple = ()):
        if isinstance(want, torch.Tensor):
            self._tensor(got, want, where, path)
        elif isinstance(want, torch.Size):
            if tuple(got) != tuple(want):
                self._add("shape", where, f"got {got!r}, want {want!r}")
        elif isinstance(want, (tuple, list)):
            self._sequence(got, want, where, path)
        elif isinstance(want, dict):
            if not isinstance(got, dict) or set(got) != set(want):
                self._add("structure", where, f"got keys {list(got)}, want {list(want)}")
                return self
            for key in want:
                self(got[key], want[key], f"{where}[{key!r}]", (*path, key))
        elif isinstance(want, numbers.Number) and not isinstance(want, torch.Tensor):
            self._number(got, want, where)
        elif isinstance(want, (torch.dtype, torch.layout, torch.device)):
            if dtype_name(got) != dtype_name(want):
                self._add("type", where, f"got {got!r}, want {want!r}")
        elif got is not want and got != want:
            self._add("type", where, f"got {got!r}, want {want!r}")
        return self

    def _add(self, kind, where, text):
        self.differences.append(Difference(kind, where, text))

    def _sequence(self, got, want, where, path):
        if not isinstance(got, (tuple, list)) or isinstance(want, tuple) != isinstance(got, tuple):
            return self._add("structure", where, f"got {type(got).__name__}, want {type(want).__name__}")
        if len(got) != len(want):
            return self._add("structure", where, f"got {len(got)} items, want {len(want)}")
        if type(want) not in (tuple, list):
            plain = set(dir(tuple)) | {"n_fields", "n_sequence_fields", "n_unnamed_fields", "count", "index"}
            fields = [name for name in dir(want) if name not in plain and not name.startswith("_")]
            absent = [name for name in fields if not hasattr(got, name)]
            if absent:
                self._add("structure", where, f"no field {absent} (a {type(want).__name__})")
        for index, (got_item, want_item) in enumerate(zip(got, want)):
            self(got_item, want_item, f"{where}[{index}]", (*path, index))

    def _number(self, got, want, where):
        if type(got) is not type(want):
            return self._add("type", where, f"got {type(got).__name__} {got!r}, want {type(want).__name__} {want!r}")
        close = torch.isclose(torch.tensor(got), torch.tensor(want), rtol=1e-6, atol=1e-8, equal_nan=True)
        if self.values and not close.item():
            self._add("value", where, f"got {got!r}, want {want!r}")

    def _tensor(self, got, want, where, path):
        if not isinstance(got, self.backend.Tensor):
            return self._add("type", where, f"got {type(got).__name__}, want a tensor of {dtype_name(want.dtype)}")
        if dtype_name(got.dtype) != dtype_name(want.dtype):
            return self._add("dtype", where, f"got {dtype_name(got.dtype)}, want {dtype_name(want.dtype)}")
        if tuple(got.shape) != tuple(want.shape):
            return self._add("shape", where, f"got {tuple(got.shape)}, want {tuple(want.shape)}")
        if bool(got.requires_grad) != want.requires_grad:
            self._add("requires_grad", where, f"got {got.requires_grad}, want {want.requires_grad}")
        if not self.values or want.numel() == 0 or want.layout is not torch.strided:
            return
        self._values(to_torch(self.backend, got), want.detach().resolve_conj().resolve_neg(), where, path)

    def _values(self, got, want, where, path):
        if not (want.is_floating_point() or want.is_complex()):
            wrong = got != want
        else:
            relative, absolute = TOLERANCES.get(want.dtype, (1e-3, 1e-5))
            granted = self.granted.get(want.dtype, (0.0, 0.0))
            coarse = TOLERANCES[self.coarse] if self.coarse is not None else (0.0, 0.0)
            relative, absolute = (max(values) for values in zip((relative, absolute), granted, coarse))
            wrong = ~torch.isclose(got, want, rtol=relative, atol=absolute, equal_nan=True)
            if wrong.any() and self._good_as_torch(got, want, wrong, path):
                self.by_precision += 1
                return
        if wrong.any():
            first = tuple(wrong.nonzero()[0].tolist())
            difference = (got[wrong].to(torch.complex128) - want[wrong].to(torch.complex128)).abs().max().item()
            self._add(
                "value",
                where,
                f"{int(wrong.sum())} of {want.numel()} elements; at {first} got "
                f"{got[first].item()!r}, want {want[first].item()!r}; largest difference {difference:.3g}",
            )

    def _good_as_torch(self, got, want, wrong, path) -> bool:
        if self.precise is None or want.dtype in (torch.float64, torch.complex128):
            return False
        try:
            if self._precise_result is None:
                self._precise_result = self.precise()
            exact = self._precise_result
            for step in path:
                exact = exact[step]
            exact = exact.detach().to(torch.complex128)
        except Exception:
            return False
        if exact.shape != want.shape:
            return False
        ours, theirs = (got.to(torch.complex128) - exact).abs(), (want.to(torch.complex128) - exact).abs()
        finite = torch.isfinite(theirs)
        if not finite[wrong].all() or not torch.isfinite(ours[wrong]).all():
            return False
        if (ours[wrong] <= 0.1 * theirs[wrong]).all():  # ten times nearer everywhere: the rounding is PyTorch's
            return True
        own_error = theirs[finite].max()
        trusted = _TRUSTED_ERROR[want.dtype] * exact[torch.isfinite(exact)].abs().max()
        if own_error > trusted:  # not rounding: the two runs computed different things (random numbers, a branch)
            return False
        return bool((ours[wrong] <= OWN_ERROR_FACTOR * own_error).all())
