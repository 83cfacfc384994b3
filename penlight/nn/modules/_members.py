"""Walking a tree of modules: members by name, iterators, and what is done to all members."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from penlight.autograd.grad_mode import no_grad
from penlight.nn.parameter import Parameter, is_lazy
from penlight.tensor.conversion import place_and_rest, read_to
from penlight.tensor.create import empty_like

__all__ = ["MemberMethods"]


def _no_device(kind: type[Exception], text: str) -> None:
    raise kind(text)


class MemberMethods:
    """Mixed into Module."""

    # --- by name -----------------------------------------------------------------------------------------------

    def get_submodule(self, target: str) -> Any:
        """The submodule of a dotted name; "" is the module itself. Raises AttributeError."""
        module: Any = self
        for name in target.split(".") if target else ():
            if not hasattr(module, name):
                raise AttributeError(f"{type(module).__name__} has no attribute `{name}`")
            module = getattr(module, name)
            if not isinstance(module, MemberMethods):
                raise AttributeError(f"`{name}` is not an nn.Module")
        return module

    def set_submodule(self, target: str, module: Any, strict: bool = False) -> None:
        """Put a module in the place of a dotted name. strict: the place must hold a module already."""
        if target == "":
            raise ValueError("Cannot set the submodule without a target name!")
        if not isinstance(module, MemberMethods):
            raise ValueError(f"`module` is not an nn.Module, found {type(module)}")
        parent_name, _, name = target.rpartition(".")
        parent = self.get_submodule(parent_name)
        present = hasattr(parent, name)
        if strict and not present:
            raise AttributeError(f"{type(parent).__name__} has no attribute `{name}`")
        if present and not isinstance(getattr(parent, name), MemberMethods):
            raise AttributeError(f"`{name}` is not an nn.Module")
        setattr(parent, name, module)

    def _get_member(self, target: str) -> tuple[Any, str]:
        parent_name, _, name = target.rpartition(".")
        module = self.get_submodule(parent_name)
        if not hasattr(module, name):
            raise AttributeError(f"{type(module).__name__} has no attribute `{name}`")
        return module, name

    def get_parameter(self, target: str) -> Any:
        """The parameter of a dotted name. Raises AttributeError."""
        module, name = self._get_member(target)
        found = getattr(module, name)
        if not isinstance(found, Parameter):
            raise AttributeError(f"`{name}` is not an nn.Parameter")
        return found

    def get_buffer(self, target: str) -> Any:
        """The buffer of a dotted name. Raises AttributeError."""
        module, name = self._get_member(target)
        if name not in module._buffers:
            raise AttributeError(f"`{name}` is not a buffer")
        return getattr(module, name)

    # --- iterators ---------------------------------------------------------------------------------------------

    def _named_members(
        self, get_members_fn: Callable, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator:
        seen: set = set()
        modules = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else [(prefix, self)]
        for module_prefix, module in modules:
            for name, member in get_members_fn(module):
                if member is None or member in seen:
                    continue
                if remove_duplicate:
                    seen.add(member)
                yield module_prefix + ("." if module_prefix else "") + name, member

    def parameters(self, recurse: bool = True) -> Iterator:
        """The parameters of this module and, unless `recurse` is off, of its submodules."""
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter

    def named_parameters(self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True) -> Iterator:
        """(dotted name, parameter) pairs; a shared parameter comes once unless `remove_duplicate` is off."""
        yield from self._named_members(lambda m: m._parameters.items(), prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator:
        """The buffers of this module and its submodules."""
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def named_buffers(self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True) -> Iterator:
        """(dotted name, buffer) pairs."""
        yield from self._named_members(lambda m: m._buffers.items(), prefix, recurse, remove_duplicate)

    def children(self) -> Iterator:
        """The direct submodules."""
        for _, module in self.named_children():
            yield module

    def named_children(self) -> Iterator:
        """(name, module) pairs of the direct submodules; a module used twice comes once."""
        seen: set = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def modules(self, remove_duplicate: bool = True) -> Iterator:
        """This module and all modules below it."""
        for _, module in self.named_modules(remove_duplicate=remove_duplicate):
            yield module

    def named_modules(self, memo: set | None = None, prefix: str = "", remove_duplicate: bool = True) -> Iterator:
        """(dotted name, module) pairs of this module ("") and all modules below it."""
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, module in self._modules.items():
            if module is not None:
                yield from module.named_modules(memo, prefix + ("." if prefix else "") + name, remove_duplicate)

    # --- done to all -------------------------------------------------------------------------------------------

    def apply(self, fn: Callable) -> Any:
        """Call `fn` on every submodule, then on this module; returns the module.

        Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html
        """
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def _apply(self, fn: Callable, recurse: bool = True) -> Any:
        """Replace the data of every parameter, its gradient and every buffer by `fn` of it."""
        if recurse:
            for module in self.children():
                module._apply(fn)
        for name, parameter in self._parameters.items():
            if parameter is None:
                continue
            with no_grad():
                changed = fn(parameter)
                if changed.is_meta is not parameter.is_meta:
                    moved = Parameter(changed, parameter.requires_grad)
                    if parameter._grad is not None:
                        moved._grad = fn(parameter._grad)
                    self._parameters[name] = moved
                    continue
                if changed is not parameter:
                    parameter.data = changed
                gradient = parameter._grad
                if gradient is not None:
                    changed = fn(gradient)
                    if changed is not gradient:
                        requires_grad = gradient.requires_grad
                        parameter.grad = None
                        parameter._grad = changed.detach().requires_grad_(requires_grad)
        for name, buffer in self._buffers.items():
            if buffer is not None:
                if is_lazy(buffer):
                    buffer.data = fn(buffer)
                else:
                    self._buffers[name] = fn(buffer)
        return self

    def to(self, *args: Any, **kwargs: Any) -> Any:
        """Convert floating point parameters and buffers to a dtype and/or move all to a device, in place.

        `to(device)`, `to(dtype)`, `to(device, dtype)`, `to(tensor)`, each with `non_blocking` and `memory_format`.
        Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html
        """
        place, args, kwargs = place_and_rest(args, kwargs)
        dtype, _, memory_format = read_to(args, kwargs)
        if dtype is not None and not (dtype.is_floating_point or dtype.is_complex):
            raise TypeError(
                f"nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={dtype!r}"
            )

        def convert(t: Any) -> Any:
            wanted = dtype if dtype is not None and (t.is_floating_point() or t.is_complex()) else t.dtype
            if place is not None and place.type != t.device.type:
                if t.is_meta:
                    raise NotImplementedError(
                        "Cannot copy out of meta tensor; no data! Please use torch.nn.Module.to_empty() instead of "
                        "torch.nn.Module.to() when moving module from meta to a different device."
                    )
                t = t.to(place)
            if memory_format is not None and t.dim() in (4, 5):
                return t.to(wanted, memory_format=memory_format)
            return t.to(wanted)

        return self._apply(convert)

    def type(self, dst_type: Any) -> Any:
        """Cast all parameters and buffers."""
        return self._apply(lambda t: t.type(dst_type))

    def float(self) -> Any:
        """Cast floating point parameters and buffers to float32."""
        return self._apply(lambda t: t.float() if t.is_floating_point() else t)

    def double(self) -> Any:
        """Cast floating point parameters and buffers to float64."""
        return self._apply(lambda t: t.double() if t.is_floating_point() else t)

    def half(self) -> Any:
        """Cast floating point parameters and buffers to float16."""
        return self._apply(lambda t: t.half() if t.is_floating_point() else t)

    def bfloat16(self) -> Any:
        """Cast floating point parameters and buffers to bfloat16."""
        return self._apply(lambda t: t.bfloat16() if t.is_floating_point() else t)

    def cpu(self) -> Any:
        """Move all to the CPU, where they are."""
        return self._apply(lambda t: t.cpu())

    def cuda(self, device: Any = None) -> Any:
        """Raises unless the module is empty: there is no CUDA device."""
        return self._apply(lambda t: t.cuda(device))

    def ipu(self, device: Any = None) -> Any:
        """Raises unless the module is empty: there is no such device."""
        return self._apply(lambda t: _no_device(RuntimeError, "PyTorch is not linked with support for ipu devices"))

    def mtia(self, device: Any = None) -> Any:
        """Raises unless the module is empty: there is no such device."""
        return self._apply(lambda t: _no_device(AssertionError, "Torch not compiled with MTIA enabled"))

    def xpu(self, device: Any = None) -> Any:
        """Raises unless the module is empty: there is no such device."""
        return self._apply(lambda t: t.xpu(device))

    def to_empty(self, *, device: Any, recurse: bool = True) -> Any:
        """Move to a device without the values: all memory is uninitialised afterwards."""
        return self._apply(lambda t: empty_like(t, device=device), recurse=recurse)

    def share_memory(self) -> Any:
        """Move all tensors to shared memory; see `Tensor.share_memory_`."""
        for t in chain(self.parameters(), self.buffers()):
            t.share_memory_()
            if t.grad is not None:
                t.grad.share_memory_()
        return self

    def train(self, mode: bool = True) -> Any:
        """Set training mode for this module and all below it."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self) -> Any:
        """Set evaluation mode: `train(False)`."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Any:
        """Set `requires_grad` of all parameters."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drop all gradients, or set them to zero."""
        if getattr(self, "_is_replica", False):
            warnings.warn(
                "Calling .zero_grad() from a module created with nn.DataParallel() has no effect.", stacklevel=2
            )
        for parameter in self.parameters():
            gradient = parameter._grad
            if gradient is None:
                continue
            if set_to_none:
                parameter._grad = None
            else:
                if gradient.grad_fn is not None:
                    gradient.detach_()
                else:
                    gradient.requires_grad_(False)
                gradient.zero_()
