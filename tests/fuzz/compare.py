"""Run a program in a library, and compare what two libraries made of it.

Tolerances are `torch.testing`'s own. What is outside of them in a narrow dtype is held against PyTorch in double
precision: an error of at most four times PyTorch's own largest one is rounding. So is one of at most four times what
PyTorch's double precision makes of rounding errors put into every inexact number of the program (into every number where
a gradient differs, whose backward pass has results without a name). What rounding decides (an index, a comparison) is
excused where PyTorch's own double precision, or one with such errors, decides otherwise.
"""

from __future__ import annotations

import contextlib
import linecache
import math
import re
import warnings
from typing import NamedTuple

import numpy as np
import torch

import penlight
from tests.fuzz.crashes import crashes

NAMES = {"nan": math.nan, "inf": math.inf}
TOLERANCES = {  # (relative, absolute)
    "float16": (1e-3, 1e-5), "bfloat16": (1.6e-2, 1e-5), "float32": (1.3e-6, 1e-5), "complex64": (1.3e-6, 1e-5),
    "float64": (1e-7, 1e-7), "complex128": (1e-7, 1e-7),
}  # fmt: skip
NARROW = re.compile(r"torch\.(bfloat16|float16|float32|complex64)\b|\.(half|bfloat16|float|cfloat)\(\)")
USED = re.compile(r"\b[xrvyog]\d+(?:_\d+)?\b")
NAMED = re.compile(
    "|".join(sorted(TOLERANCES, key=len, reverse=True))
)  # no result is better than the coarsest dtype before
CHANGES = re.compile(r"_\(|out=|\] \S?=|^\w+ \S+= ")
IN_PLACE = re.compile(r"^(?:\w+ = )?(?:torch\.\w+_\()?(\w+)(?:\.\w*[a-z]_\(|\[.*\] \S?= | \S+= |[,)])")
FACTORS = re.compile(r"\b(?:qr|(?:linalg\.)?(?:svd|eigh?))\(")
APART = re.compile(r"^([xo]\d+ = .*(?:\.transpose\(.*\)|\.expand\(.*\)|\]|\.mT))(\.requires_grad_\(\))?$")
UNIT = {"float16": 2**-11, "bfloat16": 2**-8, "float32": 2**-24, "complex64": 2**-24}  # a rounding error
LEAST = {"float16": 2**-25, "bfloat16": 2**-134, "float32": 2**-150, "complex64": 2**-150}  # one below the normal numbers
TRIALS = 5
OWN_ERROR = 4.0
SECOND = {"": 2**-44, "float32": 2**-16, "complex64": 2**-16, "float16": 2**-9, "bfloat16": 2**-6}  # share of the largest
UNSTABLE = 0.25  # the share of a number that rounding errors change where it is decided by rounding
NOTHING = 1e-10
ZERO = 1e-8  # what rounding may leave of a second gradient that is none
POLE = 1e6
HALF_TRUSTED, TRUSTED = (
    0.15,
    0.03,
)  # share of the largest value up to which a difference between precisions is taken for rounding


class Difference(NamedTuple):
    kind: str  # value dtype shape strides alias requires_grad structure raises accepts exception gradient leak
    at: int  # the statement
    where: str  # the variable
    text: str

    def __str__(self):
        return f"{self.kind} at {self.where}: {self.text}"


class Outcome(NamedTuple):
    namespace: dict
    error: BaseException | None
    at: int  # how many statements ran


def run(library, codes, statements=()) -> Outcome:
    """What the codes make; of a statement that would crash, a ValueError."""
    namespace = {"torch": library, **NAMES}
    for at, code in enumerate(codes):
        if statements and crashes(statements[at], namespace):
            raise ValueError(f"PyTorch would crash: {statements[at]}")
        try:
            exec(code, namespace)
        except Exception as error:
            return Outcome(namespace, error, at)
    return Outcome(namespace, None, len(codes))


def _nothing(value, everything):
    """Whether a tensor, all tensors of a sequence, or one of them, has no elements."""
    if isinstance(value, (tuple, list)):
        found = [_nothing(v, everything) for v in value if v is not None]
        return bool(found) and (all(found) if everything else any(found))
    return hasattr(value, "numel") and not value.numel()


def compiled(statements):
    return [compile(s, f"<statement {i}>", "exec") for i, s in enumerate(statements)]


def examine(statements, want: Outcome | None = None, codes=None) -> Difference | None:
    """Run both (PyTorch unless its outcome is given) and compare."""
    codes = codes or compiled(statements)
    want = want or run(torch, codes, statements)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        got = run(penlight, codes)
        return Comparison(statements, got, want).difference()


class Comparison:
    def __init__(self, statements, got: Outcome, want: Outcome):
        self.statements, self.got, self.want = statements, got, want
        self.wide: dict | None = None
        self.noise = False  # whether what differs is as large as rounding errors are
        self.at = 0

    def difference(self) -> Difference | None:
        got, want = self.got, self.want
        if want.error is None or got.error is None or got.at != want.at:
            if got.error is not None and (want.error is None or got.at < want.at):
                kind = "leak" if leaked(got.error) else "raises"
                return self._before(got.at) or self._failed(kind, got.at, f"penlight: {told(got.error)}")
            if want.error is not None:
                copied = " (as of a copy)" * ("modified by an inplace" in str(want.error) and self._as_of_a_copy())
                text = f"PyTorch: {told(want.error)}{copied}"
                return self._before(want.at) or self._failed("accepts", want.at, text)
        if want.error is not None:
            if leaked(got.error) and str(got.error) != str(want.error):  # Python's own words in both
                return self._failed("leak", want.at, f"penlight: {told(got.error)}; PyTorch: {told(want.error)}")
            if type(want.error).__name__.lstrip("_") not in [c.__name__.lstrip("_") for c in type(got.error).__mro__]:
                return self._failed("exception", want.at, f"penlight: {told(got.error)}; PyTorch: {told(want.error)}")
            if CHANGES.search(self.statements[want.at]):  # how much was written before the error is nobody's promise
                return None
            return self._named(want.at)
        return self._named(len(self.statements))

    def _before(self, end):
        """A difference made by the statements before the one that only one of the two refuses."""
        return examine(self.statements[:end]) if end > 1 else None

    def _as_of_a_copy(self):
        """Whether what PyTorch refuses because of a change in place is what it gives when a copy is changed instead."""
        end, inserted = self.want.at, []
        for at, statement in enumerate(self.statements[:end]):
            changed, made = IN_PLACE.match(statement), re.match(r"([ryv]\d+) = ", statement)
            if changed:
                inserted.append((at, f"{changed[1]} = {changed[1]}.clone()"))
            if made:  # what PyTorch saved is the result: the change is one of its copy
                names = f"{changed[1]} = {made[1]}" if changed else made[1]
                inserted.append((at + 1, f"{names} = {made[1]}.clone()"))
        for copies in [*([copy] for copy in inserted), inserted]:  # each, then all of them
            program = list(self.statements[: end + 1])
            for at, copy in reversed(copies):
                program.insert(at, copy)
            want = run(torch, compiled(program))
            if want.error is None and Comparison(program, self.got, want).equal(self.statements[end]):
                return True
        return False

    def equal(self, statement):
        """Whether the gradients that a statement of both programs names are the same."""
        name = statement.split(" ", 1)[0]
        self.at = len(self.statements) - 1
        return self._value(self.got.namespace[name], self.want.namespace[name], (name,)) is None

    def _failed(self, kind, at, text):
        """With a word on what has no elements: a result, or something that the statement uses."""
        statement, names = self.statements[at], self.got.namespace if kind == "accepts" else self.want.namespace
        if _nothing(names.get(statement.split(" ", 1)[0]), True):
            text += " [nothing]"
        if any(_nothing(self.want.namespace.get(name), False) for name in USED.findall(statement.partition("=")[2])):
            text += " [empty]"
        return Difference(kind, at, statement, text)

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
                text = kind[1] + " (as of contiguous memory)" * (kind[0] in ("value", "gradient") and self._laid_out(name))
                if kind[0] == "value":
                    text += " (factors of one product)" * self._one_product(name) + self._noted(self.want.namespace[name])
                return Difference(kind[0], at, self.statements[at], text)
        return None

    def _laid_out(self, name):
        """Whether PyTorch gives what penlight gives once its tensors lie in memory row by row."""
        program = [APART.sub(r"\1.contiguous()\2", s) for s in self.statements[: self.want.at]]
        if program == self.statements[: self.want.at]:
            return False
        want = run(torch, compiled(program))
        if want.error is not None:
            return False
        left = self._value(self.got.namespace[name], want.namespace[name], (name,))
        return left is None or left[0] == "requires_grad"  # which counts as a difference of its own

    def _noted(self, want):
        """A word on a factor that there is not, and on boundaries out of order."""
        infos = want[-1:] if isinstance(want, tuple) else ()
        if any(t.dtype == torch.int32 and bool(t.any()) for t in infos if isinstance(t, torch.Tensor)):
            return " (no factor)"
        statement = self.statements[self.at]
        if "bucketize" in statement or "searchsorted" in statement:
            used = [self.want.namespace[name] for name in USED.findall(statement.partition("=")[2])]
            if any(t.dim() and not bool((t.diff() >= 0).all()) for t in used if not t.is_complex()):
                return " (not sorted)"
        return ""

    def _one_product(self, name):
        """Whether both libraries' factors, those that an `out` has too, are orthogonal and have one product."""
        made = next((s for s in self.statements[self.at : self.want.at] if FACTORS.search(s) and name in s), "= ")
        theirs, ours = (o.namespace.get(made.split(" ", 1)[0]) for o in (self.want, self.got))
        if not isinstance(theirs, tuple) or not all(t.numel() for t in theirs):
            return False
        named, scale = FACTORS.search(made)[0], 1 + max(t.abs().max().item() for t in theirs)
        limit = 1e-4 if any(t.dtype in (torch.float32, torch.complex64) for t in theirs) else 1e-10
        found = [_product(named, [array_of(t).astype(complex) for t in factors]) for factors in (ours, theirs)]
        return all(np.abs(a - b).max() <= limit * scale for a, b in zip(*found))

    def _value(self, got, want, path):
        if path[0][0] == "h" and (got is None or want is None):  # a second gradient that is zero may be None
            return (
                None
                if got is want or not ((want if got is None else got).abs() > ZERO).any()
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
            ours = self.got.namespace[other]
            arrays = [t._plain()._a for t in (got, ours)]
            if shared != (root(arrays[0]) is root(arrays[1]) or np.may_share_memory(*arrays)):
                return "alias", f"memory of {other}: {'not ' * shared}shared"
            if shared and ours.stride() == theirs.stride():
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
            if wrong.any():
                wrong = self._unexcused(got, want, wrong, path)
            if not wrong.any():
                return None
        first = tuple(np.argwhere(wrong)[0].tolist())
        kind = "gradient" if path[0][0] in "gh" else "value"
        text = f"{int(wrong.sum())} of {want.size}; at {first} got {got[first]!r}, want {want[first]!r}"
        return kind, text + " (rounding of zero)" * self.noise

    def _unexcused(self, got, want, wrong, path):
        """Where rounding does not explain it: see above."""
        if self.wide is None:
            statements = [NARROW.sub(widened, s) for s in self.statements]
            with wide_default():
                self.wide = run(torch, compiled(statements)).namespace
        exact = self.wide.get(path[0])
        try:
            for step in path[1:]:
                exact = exact[step]
        except (TypeError, IndexError):
            return wrong
        if not isinstance(exact, torch.Tensor) or tuple(exact.shape) != want.shape:
            return wrong
        exact = array_of(exact)
        if want.dtype.kind not in "fc":
            decided = exact != want
            for other in () if decided[wrong].all() else self._disturbed(path):
                decided |= other != want
            return wrong & ~decided
        inexact = [exact, *self._disturbed(path)]
        if any(o.shape != want.shape for o in inexact):  # rounding errors decide how many there are
            return np.zeros_like(wrong)
        disturbed = [exact, *self._disturbed(path, True)] if path[0][0] in "gh" else inexact
        finite = np.isfinite(inexact)
        wrong = wrong & ~(finite.any(0) & ~finite.all(0))  # rounding errors decide whether it is infinite, or NaN
        spread = np.max([np.abs(o - exact) for o in disturbed], 0)
        spread = np.nan_to_num(spread, nan=math.inf, posinf=math.inf)
        ours, theirs = np.abs(got.astype(complex) - exact), np.abs(want.astype(complex) - exact)
        if path[0][0] not in "gh":
            unstable = (spread >= UNSTABLE * np.abs(exact)) | (ours <= OWN_ERROR * spread)
            wrong = wrong & ~(np.isfinite(exact) & (spread > 0) & unstable)
        finite = np.isfinite(theirs)
        if finite.any():  # what a pole makes of rounding says nothing about the others
            finite &= np.abs(exact) <= POLE * max(np.median(np.abs(exact[finite])), 1)
        poles = wrong & ~(finite & np.isfinite(ours))
        rest = wrong & ~poles
        unsure = np.maximum(theirs, spread)  # a pole's own rounding, where it leaves digits
        poles &= ~((ours <= OWN_ERROR * unsure) & (unsure <= TRUSTED * np.abs(exact)))
        if not rest.any() or (ours[rest] <= 0.1 * theirs[rest]).all():  # ten times nearer: the rounding is PyTorch's
            return poles
        self.noise = bool(
            (unsure[rest] >= 0.5 * np.abs(exact[rest])).any() and (ours[rest] <= OWN_ERROR * unsure[finite].max()).all()
        )
        own, spread = theirs[finite].max(), spread[finite].max()
        largest = np.abs(exact[finite]).max()
        names = NAMED.findall(" ".join(self.statements))
        trusted = (HALF_TRUSTED if any("float16" in name for name in names) else TRUSTED) * largest  # bfloat16 too
        errors = [error for error in (own, spread) if error <= trusted]
        if path[0][0] == "h":  # second gradients add up terms that cancel
            errors.append(max(SECOND.get(name, 0) for name in ("", *names)) * largest)
        if largest <= NOTHING:  # zero, but for rounding
            errors.append(own)
        return poles if (ours[rest] <= OWN_ERROR * max(errors, default=-1)).all() else wrong

    def _disturbed(self, path, everything=False):
        """What PyTorch's double precision makes of a variable when its inexact numbers have errors as if rounded again."""
        program = compiled([NARROW.sub(widened, s) for s in self.statements[: self.want.at]])
        for trial in range(TRIALS):
            random, namespace = np.random.default_rng(trial), {"torch": torch, **NAMES}
            done: set = set()
            try:
                for statement, code in zip(self.statements, program):
                    with wide_default():
                        exec(code, namespace)
                    name = statement.split(" ", 1)[0]
                    made, narrow = namespace.get(name), self.want.namespace.get(name)
                    if name[0] in "xry" and name not in done and isinstance(made, torch.Tensor):
                        done.add(name)
                        disturb(made, narrow, self.got.namespace.get(name), everything, name[0] != "x", random)
                found = namespace[path[0]]
                for step in path[1:]:
                    found = found[step]
                yield array_of(found)
            except (RuntimeError, IndexError, TypeError, KeyError, AttributeError):
                return


def _product(named, factors):
    """The product of factors, the singular values or eigenvalues, and how far the orthogonal ones are from it."""
    if "qr" in named:
        orthogonal, product, values = factors[:1], factors[0] @ factors[1], np.zeros(1)
    elif "eig" in named:
        values, vectors = factors
        inverse = _adjoint(vectors) if "eigh" in named else np.linalg.pinv(vectors)
        orthogonal, product = [vectors] * ("eigh" in named), (vectors * values[..., None, :]) @ inverse
    else:
        left, values, right = factors
        right, n = right if "linalg" in named else _adjoint(right), values.shape[-1]
        orthogonal, product = [left, _adjoint(right)], (left[..., :n] * values[..., None, :]) @ right[..., :n, :]
    return product, values, *(_adjoint(m) @ m - np.eye(m.shape[-1]) for m in orthogonal)


def _adjoint(array):
    return array.conj().swapaxes(-1, -2)


@contextlib.contextmanager
def wide_default():
    """Double precision for what is made of integers and Python numbers."""
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(torch.float32)


def disturb(tensor, narrow, ours, everything, computed, random):
    """Put rounding errors of the narrow tensor's dtype into the numbers of its wide counterpart: all, or those that are
    inexact or that the libraries round differently."""
    unit = UNIT.get(str(narrow.dtype)[6:], 2**-53) if isinstance(narrow, torch.Tensor) else 0
    if not unit or narrow.shape != tensor.shape or not (tensor.is_floating_point() or tensor.is_complex()):
        return
    changed = np.asarray(array_of(narrow) != array_of(tensor))
    if hasattr(ours, "_a") and tuple(ours.shape) == tuple(narrow.shape):
        changed |= array_of(ours) != array_of(narrow)
    inexact = everything or (computed if unit == 2**-53 else torch.from_numpy(changed))
    errors = torch.from_numpy(np.asarray(random.choice((-unit, unit), tuple(tensor.shape))))
    own = tuple(slice(None if step else 1) for step in tensor.stride())  # what an expanded tensor holds
    with torch.no_grad():
        least = errors * (LEAST.get(str(narrow.dtype)[6:], 0) / unit) * (tensor.data != 0)
        tensor.data[own] += (inexact * (errors * tensor.data + least))[own]


def leaked(error):
    """Whether the words are NumPy's or Python's own: no `raise` of penlight's is where the error comes from."""
    at = error.__traceback__
    while at.tb_next is not None:
        at = at.tb_next
    name = at.tb_frame.f_code.co_filename
    return not name.startswith("<") and "raise" not in linecache.getline(name, at.tb_lineno)


def root(array):
    """The array that owns the memory."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


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
