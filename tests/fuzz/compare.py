"""Run a program in a library, and compare what two libraries made of it.

Tolerances are `torch.testing`'s own. What is outside of them in a narrow dtype is held against PyTorch in double
precision: an error of at most four times PyTorch's own largest one is rounding. What rounding decides (an index, a
comparison) is excused where PyTorch's own double precision decides otherwise.
"""

from __future__ import annotations

import math
import re
import warnings
from typing import NamedTuple

import numpy as np
import torch

import penlight

NAMES = {"nan": math.nan, "inf": math.inf}
TOLERANCES = {  # (relative, absolute)
    "float16": (1e-3, 1e-5), "bfloat16": (1.6e-2, 1e-5), "float32": (1.3e-6, 1e-5), "complex64": (1.3e-6, 1e-5),
    "float64": (1e-7, 1e-7), "complex128": (1e-7, 1e-7),
}  # fmt: skip
NARROW = re.compile(r"torch\.(bfloat16|float16|float32|complex64)\b|\.(half|bfloat16|float|cfloat)\(\)")
USED = re.compile(r"\b[xrvy]\d+\b")
NAMED = re.compile(
    "|".join(sorted(TOLERANCES, key=len, reverse=True))
)  # no result is better than the coarsest dtype before
CHANGES = re.compile(r"_\(|out=|\] \S?=|^\w+ \S+= ")
OWN_ERROR = 4.0
HALF_TRUSTED, TRUSTED = (
    0.15,
    0.03,
)  # share of the largest value up to which a difference between precisions is taken for rounding


class Difference(NamedTuple):
    kind: str  # value dtype shape strides alias requires_grad structure raises accepts exception gradient
    at: int  # the statement
    where: str  # the variable
    text: str

    def __str__(self):
        return f"{self.kind} at {self.where}: {self.text}"


class Outcome(NamedTuple):
    namespace: dict
    error: BaseException | None
    at: int  # how many statements ran


def run(library, codes) -> Outcome:
    namespace = {"torch": library, **NAMES}
    for at, code in enumerate(codes):
        try:
            exec(code, namespace)
        except Exception as error:
            return Outcome(namespace, error, at)
    return Outcome(namespace, None, len(codes))


def compiled(statements):
    return [compile(s, f"<statement {i}>", "exec") for i, s in enumerate(statements)]


def examine(statements, want: Outcome | None = None, codes=None) -> Difference | None:
    """Run both (PyTorch unless its outcome is given) and compare."""
    codes = codes or compiled(statements)
    want = want or run(torch, codes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        got = run(penlight, codes)
        return Comparison(statements, got, want).difference()


class Comparison:
    def __init__(self, statements, got: Outcome, want: Outcome):
        self.statements, self.got, self.want = statements, got, want
        self.wide: dict | None = None
        self.at = 0

    def difference(self) -> Difference | None:
        got, want = self.got, self.want
        if want.error is None or got.error is None or got.at != want.at:
            if got.error is not None and (want.error is None or got.at < want.at):
                return self._before(got.at) or self._failed("raises", got.at, f"penlight: {told(got.error)}")
            if want.error is not None:
                return self._before(want.at) or self._failed("accepts", want.at, f"PyTorch: {told(want.error)}")
        if want.error is not None:
            if type(want.error).__name__.lstrip("_") not in [c.__name__ for c in type(got.error).__mro__]:
                return self._failed("exception", want.at, f"penlight: {told(got.error)}; PyTorch: {told(want.error)}")
            if CHANGES.search(self.statements[want.at]):  # how much was written before the error is nobody's promise
                return None
            return self._named(want.at)
        return self._named(len(self.statements))

    def _before(self, end):
        """A difference made by the statements before the one that only one of the two refuses."""
        return examine(self.statements[:end]) if end > 1 else None

    def _failed(self, kind, at, text):
        return Difference(kind, at, self.statements[at], text)

    def _named(self, end) -> Difference | None:
        """The first difference among the variables of the statements before `end`."""
        changed: dict[str, int] = {}
        for at, statement in enumerate(self.statements[:end]):
            name = statement.split(" ", 1)[0]
            if name in self.want.namespace:
                changed.setdefault(name, at)
        for name, at in changed.items():
            self.at = at
            kind = self._value(self.got.namespace.get(name), self.want.namespace[name], (name,)) or self._memory(name)
            if kind is not None:
                return Difference(kind[0], at, self.statements[at], kind[1])
        return None

    def _value(self, got, want, path):
        if path[0][0] == "h" and (got is None or want is None):  # a second gradient that is zero may be None
            return (
                None
                if got is want or not (want if got is None else got).any()
                else ("gradient", f"got {got}, want {want}")
            )
        if isinstance(want, torch.Tensor):
            return self._tensor(got, want, path)
        if isinstance(want, (tuple, list)):
            if (
                not isinstance(got, (tuple, list))
                or len(got) != len(want)
                or isinstance(got, tuple) != isinstance(want, tuple)
            ):
                return "structure", f"got {short(got)}, want {short(want)}"
            for i, (a, b) in enumerate(zip(got, want)):
                found = self._value(a, b, (*path, i))
                if found is not None:
                    return found
            return None
        if isinstance(want, torch.dtype):
            return None if str(got) == str(want) else ("dtype", f"got {got}, want {want}")
        if isinstance(want, (float, complex)):
            same = type(got) is type(want) and np.isclose(got, want, 1e-5, 1e-6, equal_nan=True)
        else:
            same = type(got) is type(want) and got == want
        return None if same else ("value", f"got {got!r}, want {want!r}")

    def _tensor(self, got, want, path):
        if not isinstance(got, penlight.Tensor):
            return "structure", f"got {short(got)}, want a tensor"
        if str(got.dtype) != str(want.dtype):
            return "dtype", f"got {got.dtype}, want {want.dtype}"
        if tuple(got.shape) != tuple(want.shape):
            return "shape", f"got {tuple(got.shape)}, want {tuple(want.shape)}"
        if got.requires_grad != want.requires_grad and path[0][0] not in "gh":
            return "requires_grad", f"got {got.requires_grad}, want {want.requires_grad}"
        if want.numel() == 0:
            return None
        return self._values(array_of(got), array_of(want), want, path)

    def _memory(self, name):
        """Whether a result shares memory with what it was made from, and then its strides where sizes are above 1."""
        want, got = self.want.namespace[name], self.got.namespace[name]
        if name[0] not in "rv" or not isinstance(want, torch.Tensor) or not want.numel():
            return None
        for other in USED.findall(self.statements[self.at].partition("=")[2]):
            theirs = self.want.namespace[other]
            if not isinstance(theirs, torch.Tensor) or not theirs.numel():
                continue
            shared = want.untyped_storage().data_ptr() == theirs.untyped_storage().data_ptr()
            if shared != np.may_share_memory(got._a, self.got.namespace[other]._a):
                return "alias", f"memory of {other}: {'not ' * shared}shared"
            if shared and self.got.namespace[other].stride() == theirs.stride():
                strides = [pair for n, *pair in zip(want.shape, got.stride(), want.stride()) if n > 1]
                if any(ours != wanted for ours, wanted in strides):
                    return "strides", f"got {got.stride()}, want {want.stride()}"
        return None

    def _values(self, got, want, tensor, path):
        if got.dtype != want.dtype:
            return "dtype", f"says {tensor.dtype} and holds {got.dtype}"
        if got.tobytes() == want.tobytes():
            return None
        with np.errstate(all="ignore"):
            if want.dtype.kind not in "fc":
                wrong = got != want
            else:
                coarse = {TOLERANCES[name] for name in NAMED.findall(" ".join(self.statements[: self.at + 1]))}
                relative, absolute = max({TOLERANCES[str(tensor.dtype)[6:]], *coarse})
                wrong = ~close(got, want, relative, absolute)
            if not wrong.any() or self._excused(got, want, wrong, path):
                return None
        first = tuple(np.argwhere(wrong)[0].tolist())
        kind = "gradient" if path[0][0] in "gh" else "value"
        return kind, f"{int(wrong.sum())} of {want.size}; at {first} got {got[first]!r}, want {want[first]!r}"

    def _excused(self, got, want, wrong, path):
        """Whether rounding explains it: see above."""
        if self.wide is None:
            statements = [NARROW.sub(widened, s) for s in self.statements]
            self.wide = run(torch, compiled(statements)).namespace
        exact = self.wide.get(path[0])
        try:
            for step in path[1:]:
                exact = exact[step]
        except (TypeError, IndexError):
            return False
        if not isinstance(exact, torch.Tensor) or tuple(exact.shape) != want.shape:
            return False
        exact = array_of(exact)
        if want.dtype.kind not in "fc":
            return bool((exact[wrong] != want[wrong]).all())
        ours, theirs = np.abs(got.astype(complex) - exact), np.abs(want.astype(complex) - exact)
        finite = np.isfinite(theirs)
        if not finite[wrong].all() or not np.isfinite(ours[wrong]).all():
            return False
        if (ours[wrong] <= 0.1 * theirs[wrong]).all():  # ten times nearer everywhere: the rounding is PyTorch's
            return True
        own = theirs[finite].max()
        largest = np.abs(exact[np.isfinite(exact)]).max()
        narrowest = any("float16" in name for name in NAMED.findall(" ".join(self.statements)))  # bfloat16 too
        trusted = (HALF_TRUSTED if narrowest else TRUSTED) * largest
        return bool(own <= trusted and (ours[wrong] <= OWN_ERROR * own).all())


def close(got, want, relative, absolute):
    """Elementwise: equal, both NaN, or within the tolerance; complex numbers also where neither is finite."""
    if want.dtype.kind == "c":
        # C leaves it open which parts of a product are infinite and which NaN
        return np.isclose(got, want, relative, absolute) | ~(np.isfinite(got) | np.isfinite(want))
    return np.isclose(got, want, relative, absolute, equal_nan=True)


def widened(match):
    if match[2]:
        return ".cdouble()" if match[2] == "cfloat" else ".double()"
    return "torch.complex128" if match[1] == "complex64" else "torch.float64"


def array_of(tensor):
    tensor = tensor.detach()
    if "bfloat16" in str(tensor.dtype):
        tensor = tensor.float()
    return tensor.numpy(force=True)


def told(error):
    return f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"


def short(value):
    name = type(value).__name__
    return f"{name} of {len(value)}" if isinstance(value, (tuple, list)) else f"{name} {value!r}"[:80]
