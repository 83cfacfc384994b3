"""A parameter or buffer computed from other tensors by a chain of modules, each time it is read.

The module gets a class of its own (`ParametrizedLinear`) with a property in the parameter's place, and a submodule
`parametrizations` that holds, by name, the modules and the tensors from which they compute.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from penlight.autograd.grad_mode import no_grad
from penlight.nn.modules.container import ModuleDict, ModuleList
from penlight.nn.modules.module import Module
from penlight.nn.parameter import Parameter
from penlight.tensor.tensor import Tensor

__all__ = [
    "ParametrizationList", "cached", "is_parametrized", "register_parametrization", "remove_parametrizations",
    "transfer_parametrizations_and_params", "type_before_parametrizations",
]  # fmt: skip


class _Cache:
    """Values read inside `cached()`, by module and name."""

    depth = 0
    values: dict[tuple[int, str], Any] = {}


@contextmanager
def cached() -> Iterator[None]:
    """Inside, a parametrized tensor is computed when first read, and then kept.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.cached.html
    """
    _Cache.depth += 1
    try:
        yield
    finally:
        _Cache.depth -= 1
        if not _Cache.depth:
            _Cache.values.clear()


def _register(module: Module, name: str, tensor: Tensor) -> None:
    if isinstance(tensor, Parameter):
        module.register_parameter(name, tensor)
    else:
        module.register_buffer(name, tensor)


def _expect_alike(value: Tensor, like: Tensor, before: str, after: str) -> None:
    """Raise unless both have one dtype and one shape."""
    for kind, have, want in (("dtype", value.dtype, like.dtype), ("shape", value.shape, like.shape)):
        if have != want:
            raise ValueError(
                f"Registering a parametrization may not change the {kind} of the tensor, unless the `unsafe` flag is "
                f"enabled.\n{before}.{kind}: {want}\n{after}.{kind}: {have}"
            )


class ParametrizationList(ModuleList):
    """The modules that compute one tensor, and the tensors `original` (or `original0`, `original1`, …) they start from.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.ParametrizationList.html
    """

    def __init__(self, modules: Sequence[Module], original: Tensor, unsafe: bool = False) -> None:
        if not modules:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        start: Any = original
        with no_grad():
            for module in reversed(self):
                if hasattr(module, "right_inverse"):
                    with suppress(NotImplementedError):  # then the tensor itself is what the modules start from
                        start = module.right_inverse(start)
        if not isinstance(start, (Tensor, Sequence)):
            raise ValueError(
                f"'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got "
                f"{type(start).__name__}"
            )
        self.is_tensor = isinstance(start, Tensor)
        self.ntensors = 1 if self.is_tensor else len(start)
        if self.is_tensor:
            if start.dtype != original.dtype:
                raise ValueError(
                    "When `right_inverse` outputs one tensor, it may not change the dtype: expected "
                    f"{original.dtype}, got {start.dtype}"
                )
            with no_grad():
                original.data = start.data  # the same object: an optimizer may hold it
            _register(self, "original", original)
        else:
            for i, tensor in enumerate(start):
                if not isinstance(tensor, Tensor):
                    raise ValueError(
                        "When `right_inverse` outputs a Sequence of tensors, each must be a Tensor. Got element "
                        f"{i} of type {type(tensor).__name__}."
                    )
                if isinstance(original, Parameter):
                    tensor = Parameter(tensor, original.requires_grad)
                tensor.requires_grad_(original.requires_grad)
                _register(self, f"original{i}", tensor)
        if not unsafe:
            value = self()
            if not isinstance(value, Tensor):
                raise ValueError(f"A parametrization must return a tensor. Got {type(value).__name__}.")
            shape, dtype = original.shape if self.is_tensor else value.shape, original.dtype
            if value.dtype != dtype or value.shape != shape:
                kind = "dtype" if value.dtype != dtype else "shape"
                have, want = (value.dtype, dtype) if kind == "dtype" else (value.shape, shape)
                raise ValueError(
                    f"Registering a parametrization may not change the {kind} of the tensor, unless `unsafe` flag is "
                    f"enabled.\nunparametrized {kind}: {want}\nparametrized {kind}: {have}"
                )

    def _originals(self) -> list[Tensor]:
        return [self.original] if self.is_tensor else [getattr(self, f"original{i}") for i in range(self.ntensors)]

    def right_inverse(self, value: Tensor) -> None:
        """Set the originals so that the parametrized tensor becomes `value`."""
        start: Any = value
        with no_grad():
            for module in reversed(self):
                if not hasattr(module, "right_inverse"):
                    raise RuntimeError(f"parametrization {type(module).__name__} does not implement right_inverse.")
                start = module.right_inverse(start)
            if self.is_tensor:
                if not isinstance(start, Tensor):
                    raise ValueError(f"`right_inverse` should return a tensor. Got {type(start).__name__}")
                given = [start]
            else:
                if not isinstance(start, Sequence) or len(start) != self.ntensors:
                    got = f"{len(start)} tensors" if isinstance(start, Sequence) else type(start).__name__
                    raise ValueError(f"'right_inverse' must return a sequence of {self.ntensors} tensors. Got {got}.")
                given = list(start)
            for original, tensor in zip(self._originals(), given):
                if tensor.dtype != original.dtype:
                    raise ValueError(
                        f"The tensor returned by `right_inverse` has dtype {tensor.dtype} while `original` has dtype "
                        f"{original.dtype}"
                    )
                original.data = tensor.data

    def forward(self) -> Tensor:
        value = self[0](*self._originals())
        for module in list(self)[1:]:
            value = module(value)
        return value


def _parametrized_class(base: type) -> type:
    """A subclass of a module's class, of that one module's own."""

    def getstate(self: Module) -> Any:
        raise RuntimeError(
            "Serialization of parametrized modules is only supported through state_dict(): save "
            "module.state_dict(), and load it into a module with the same parametrizations."
        )

    def deep_copy(self: Module, memo: dict) -> Module:
        replica = self.__new__(type(self))
        memo[id(self)] = replica
        replica.__setstate__(copy.deepcopy(Module.__getstate__(self), memo))
        return replica

    members = {"__getstate__": getstate, "__module__": __name__}
    if not hasattr(base, "__deepcopy__"):
        members["__deepcopy__"] = deep_copy
    return type(f"Parametrized{base.__name__}", (base,), members)


def _inject_property(module: Module, name: str) -> None:
    def read(self: Module) -> Tensor:
        if not _Cache.depth:
            return self.parametrizations[name]()
        key = (id(self), name)
        if key not in _Cache.values:
            _Cache.values[key] = self.parametrizations[name]()
        return _Cache.values[key]

    def write(self: Module, value: Tensor) -> None:
        self.parametrizations[name].right_inverse(value)

    setattr(type(module), name, property(read, write))


def _append_checked(module: Module, name: str, parametrization: Module) -> None:
    """Raise unless one more parametrization keeps the dtype and shape of the tensor it is put on."""
    before = getattr(module, name)
    after = parametrization(before)
    if not isinstance(after, Tensor):
        raise ValueError(f"A parametrization must return a tensor. Got {type(after).__name__}.")
    _expect_alike(after, before, f"module.{name}", f"parametrization(module.{name})")
    if hasattr(parametrization, "right_inverse"):
        try:
            back = parametrization.right_inverse(after)
        except NotImplementedError:
            return
        if not isinstance(back, Tensor):
            raise ValueError(f"parametrization.right_inverse must return a tensor. Got: {type(back).__name__}")
        _expect_alike(back, before, f"module.{name}", "parametrization.right_inverse of it")


def register_parametrization(
    module: Module, tensor_name: str, parametrization: Module, *, unsafe: bool = False
) -> Module:
    """Let `parametrization` compute the parameter or buffer `tensor_name` from what it was; returns the module.

    Several on one tensor are applied in the order of their registration. `parametrization.right_inverse`, where it
    exists, gives what to start from, now and on assignment; it may return several tensors.

    Args: unsafe: the parametrization may change the tensor's dtype or shape (no check is made).
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.register_parametrization.html

    >>> import penlight as torch
    >>> class Symmetric(torch.nn.Module):
    ...     def forward(self, x):
    ...         return x.triu() + x.triu(1).T
    >>> layer = torch.nn.utils.parametrize.register_parametrization(torch.nn.Linear(3, 3), "weight", Symmetric())
    >>> torch.equal(layer.weight, layer.weight.T)
    True
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        if not unsafe:
            _append_checked(module, tensor_name, parametrization)
        present = module.parametrizations[tensor_name]
        present.append(parametrization)
        present.unsafe |= unsafe
    elif tensor_name in module._buffers or tensor_name in module._parameters:
        original = getattr(module, tensor_name)
        chain = ParametrizationList([parametrization], original, unsafe=unsafe)
        delattr(module, tensor_name)
        if not is_parametrized(module):
            module.__class__ = _parametrized_class(type(module))
            module.parametrizations = ModuleDict()
        _inject_property(module, tensor_name)
        module.parametrizations[tensor_name] = chain
    else:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name "
            f"'{tensor_name}'"
        )
    return module


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether the module (or its tensor of that name) has parametrizations."""
    chains = getattr(module, "parametrizations", None)
    if not isinstance(chains, ModuleDict):
        return False
    return len(chains) > 0 if tensor_name is None else tensor_name in chains


def remove_parametrizations(module: Module, tensor_name: str, leave_parametrized: bool = True) -> Module:
    """Make the tensor a plain parameter or buffer again, with its computed value or with the original one.

    Raises: ValueError where it has no parametrization, or the original one is asked for and there are several.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.remove_parametrizations.html
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    chain = module.parametrizations[tensor_name]
    if chain.is_tensor:
        original = chain.original
        if leave_parametrized:
            with no_grad():
                original.data = getattr(module, tensor_name).data
    elif leave_parametrized:
        value = getattr(module, tensor_name)
        original = Parameter(value.detach()) if value.requires_grad else value
    else:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a "
            "sequence of tensors."
        )
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    _register(module, tensor_name, original)
    if not is_parametrized(module):
        delattr(module, "parametrizations")
        module.__class__ = type(module).__bases__[0]
    return module


def type_before_parametrizations(module: Module) -> type:
    """The module's class without what parametrizing it added."""
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def transfer_parametrizations_and_params(
    from_module: Module, to_module: Module, tensor_name: str | None = None
) -> Module:
    """Put copies of one module's parametrizations, and the tensors they start from, on another module."""
    if not is_parametrized(from_module):
        return to_module
    for name in [tensor_name] if tensor_name is not None else list(from_module.parametrizations):
        if not hasattr(to_module, name):  # e.g. a parameter that only the first has
            setattr(to_module, name, Parameter(getattr(from_module, name).detach()))
        for parametrization in from_module.parametrizations[name]:
            register_parametrization(to_module, name, copy.deepcopy(parametrization))
        source, target = from_module.parametrizations[name], to_module.parametrizations[name]
        for i, original in enumerate(source._originals()):
            setattr(target, "original" if source.is_tensor else f"original{i}", original)
    return to_module
