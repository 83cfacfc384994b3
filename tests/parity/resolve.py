"""Find, in a library with PyTorch's names, the counterpart of a PyTorch function or of a small wrapper around some.

Many entries of the operator database are not `torch.f` itself but a lambda that calls `torch.f` or a method. Those are
rebuilt with the name `torch` bound to the other library, so that the other library runs exactly the same wrapper.
"""

from __future__ import annotations

import functools
import types

import torch

_PLACES = (
    "",
    "Tensor",
    "nn.functional",
    "linalg",
    "fft",
    "special",
    "signal.windows",
    "masked",
    "nn.init",
)


class Missing(Exception):
    """The backend has no such name."""


def lookup(root, path: str):
    for name in filter(None, path.split(".")):
        try:
            root = getattr(root, name)
        except AttributeError as error:
            raise Missing(path) from error
    return root


@functools.cache
def _paths() -> dict[int, tuple[object, str]]:
    found: dict[int, tuple[object, str]] = {}  # the object is kept, or another could get its id
    for place in _PLACES:
        owner = lookup(torch, place)
        for name in dir(owner):
            try:
                value = getattr(owner, name)
            except Exception:
                continue
            if callable(value) and not isinstance(value, type):
                found.setdefault(id(value), (value, f"{place}.{name}".strip(".")))
    return found


def path_of(function) -> str | None:
    """The public dotted path of a PyTorch function: `nn.functional.relu`."""
    kept, path = _paths().get(id(function), (None, None))
    return path if kept is function else None


class FunctionMap:
    """Maps PyTorch callables to the backend's, by identity, then by rebuilding Python wrappers."""

    def __init__(self, backend):
        self.backend = backend
        self._rebuilt: dict[types.FunctionType, types.FunctionType] = {}

    def __call__(self, function):
        if self.backend is torch:
            return function
        if isinstance(function, functools.partial):
            return functools.partial(self(function.func), *function.args, **function.keywords)
        path = path_of(function)
        if path is not None:
            return lookup(self.backend, path)
        if isinstance(function, types.FunctionType):
            if function.__module__.startswith("torch.") and not function.__module__.startswith("torch.testing"):
                raise Missing(f"{function.__module__}.{function.__qualname__}")
            return self._rebuild(function)
        if getattr(function, "__module__", "") in ("_operator", "builtins", "math"):
            return function
        raise Missing(repr(function))

    def _rebuild(self, function: types.FunctionType):
        if function in self._rebuilt:
            return self._rebuilt[function]
        namespace = dict(function.__globals__)
        closure = tuple(types.CellType(self._value(cell.cell_contents)) for cell in function.__closure__ or ())
        copy = types.FunctionType(function.__code__, namespace, function.__name__, function.__defaults__, closure)
        copy.__kwdefaults__ = function.__kwdefaults__
        self._rebuilt[function] = copy  # before the recursion: wrappers may call one another
        for name in _names_used(function.__code__):
            if name in namespace:
                namespace[name] = self._value(namespace[name])
        return copy

    def _seeded(self, function, *arguments, **options):
        """What the database wraps random operators in, without its use of torch's internals."""
        self.backend.manual_seed(42)
        return function(*arguments, **options)

    def _value(self, value):
        if value is torch:
            return self.backend
        if isinstance(value, types.ModuleType) and value.__name__.startswith("torch."):
            if value.__name__.startswith("torch.testing"):
                return value
            return lookup(self.backend, value.__name__.removeprefix("torch."))
        if isinstance(value, torch.dtype):
            return getattr(self.backend, str(value).removeprefix("torch."))
        if getattr(value, "__name__", "") == "wrapper_set_seed":
            return self._seeded
        if isinstance(value, functools.partial) or (
            isinstance(value, types.FunctionType) and value.__module__ and value.__module__.startswith("torch.")
        ):
            return self(value)
        if callable(value) and path_of(value) is not None:
            return self(value)
        return value


def _names_used(code) -> set[str]:
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= _names_used(constant)
    return names


def function_of(op, functions: FunctionMap):
    """The backend's counterpart of `op.op`, by the entry's own name where that is the same function."""
    backend = functions.backend
    if backend is torch:
        return op.op
    for path in (op.name, f"Tensor.{op.name}"):
        try:
            same = lookup(torch, path) is op.op
        except Missing:
            continue
        if same:
            return lookup(backend, path)
    return functions(op.op)


def method_of(variant, functions: FunctionMap):
    """The backend's counterpart of a method or in-place variant: of `torch.Tensor`, or a wrapper around a function."""
    name = getattr(variant, "__name__", "")
    if functions.backend is not torch and getattr(torch.Tensor, name, None) is variant:
        return lookup(functions.backend, f"Tensor.{name}")
    return functions(variant)


# Entries that are not part of the eager public API on the CPU.
_OUT_OF_SCOPE_PREFIXES = ("sparse.", "jiterator_", "torch.", "to_sparse", "_")


def in_scope(op) -> bool:
    """Whether an entry is public eager API: not sparse, nested, quantised, jit, or private to ATen."""
    dunder = op.name.startswith("__")
    if op.name.startswith(_OUT_OF_SCOPE_PREFIXES) and not dunder:
        return False
    if op.variant_test_name == "triton_optimized" or op.name.endswith("_backward"):
        return False
    return not type(op.op).__module__.startswith("torch._ops")


def full_name(op) -> str:
    return f"{op.name}/{op.variant_test_name}" if op.variant_test_name else op.name
