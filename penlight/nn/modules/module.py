"""Module: the base class of layers and models."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, TypeVar

from penlight.nn.modules._hooks import (
    HookMethods,
    _global_buffer_registration_hooks,
    _global_module_registration_hooks,
    _global_parameter_registration_hooks,
    register_module_backward_hook,
    register_module_buffer_registration_hook,
    register_module_forward_hook,
    register_module_forward_pre_hook,
    register_module_full_backward_hook,
    register_module_full_backward_pre_hook,
    register_module_module_registration_hook,
    register_module_parameter_registration_hook,
)
from penlight.nn.modules._members import MemberMethods
from penlight.nn.modules._registry import HookTable, Registry, any_global_hook, plain_getattr
from penlight.nn.modules._state import EXTRA_STATE, IncompatibleKeys, StateMethods
from penlight.nn.parameter import Buffer, Parameter
from penlight.tensor.legacy import typename
from penlight.tensor.override import adopt_methods
from penlight.tensor.tensor import Tensor

__all__ = [
    "Module", "register_module_backward_hook", "register_module_buffer_registration_hook",
    "register_module_forward_hook", "register_module_forward_pre_hook", "register_module_full_backward_hook",
    "register_module_full_backward_pre_hook", "register_module_module_registration_hook",
    "register_module_parameter_registration_hook",
]  # fmt: skip

_EXTRA_STATE_KEY_SUFFIX, _IncompatibleKeys = EXTRA_STATE, IncompatibleKeys  # PyTorch's names for them, which are used
_REGISTRIES = ("_parameters", "_buffers", "_modules")
_CALL_HOOKS = ("_backward_pre_hooks", "_backward_hooks", "_forward_hooks", "_forward_pre_hooks")
_OTHER_HOOKS = (
    "_forward_hooks_with_kwargs", "_forward_hooks_always_called", "_forward_pre_hooks_with_kwargs", "_state_dict_hooks",
    "_state_dict_pre_hooks", "_load_state_dict_pre_hooks", "_load_state_dict_post_hooks",
)  # fmt: skip


def _addindent(text: str, spaces: int) -> str:
    first, *rest = text.split("\n")
    return "\n".join([first, *(" " * spaces + line for line in rest)])


class Module(HookMethods, StateMethods, MemberMethods):
    """The base class of layers and models: assign parameters and other modules to attributes, define `forward`.

    Parameters, buffers and submodules stand in `_parameters`, `_buffers`, `_modules`, and in `__dict__` as well, so
    that reading one is a plain attribute lookup (in PyTorch `__dict__` does not have them).
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html

    >>> import penlight as torch
    >>> class Scale(torch.nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.factor = torch.nn.Parameter(torch.tensor(2.0))
    ...     def forward(self, x): return x * self.factor
    >>> Scale()(torch.tensor(3.0))
    tensor(6., grad_fn=<MulBackward0>)
    """

    T_destination = TypeVar("T_destination", bound=dict)
    training: bool
    _parameters: dict
    _buffers: dict
    _modules: dict
    call_super_init = False
    _hooked = True  # the instance says False as long as it has no hooks

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not self.call_super_init:
            if kwargs:
                raise TypeError(
                    f"{type(self).__name__}.__init__() got an unexpected keyword argument '{next(iter(kwargs))}'"
                )
            if args:
                raise TypeError(
                    f"{type(self).__name__}.__init__() takes 1 positional argument but {len(args) + 1} were given"
                )
        own = self.__dict__
        own["training"] = True
        own["_parameters"] = Registry(self)
        own["_buffers"] = Registry(self)
        own["_non_persistent_buffers_set"] = set()
        own["_is_full_backward_hook"] = None
        for name in _CALL_HOOKS:
            own[name] = HookTable(self)
        for name in _OTHER_HOOKS:
            own[name] = OrderedDict()
        own["_modules"] = Registry(self)
        own["_hooked"] = False
        if self.call_super_init:
            super().__init__(*args, **kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._hooked or any_global_hook:
            return self._call_impl(*args, **kwargs)
        return self.forward(*args, **kwargs)

    def forward(self, *input: Any) -> Any:
        """What a call computes; every module defines its own."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    # --- members -----------------------------------------------------------------------------------------------

    def _registry(self, kind: str) -> Registry:
        """The registry to write into; a plain dict that someone put in its place becomes one."""
        held = self.__dict__[kind]
        if type(held) is not Registry or held._owner() is not self:
            held = self.__dict__[kind] = Registry(self, held)
        return held

    def _check_name(self, kind: str, name: Any, present: Any) -> None:
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {typename(name)}")
        if kind == "module" and hasattr(self, name) and name not in present:
            raise KeyError(f"attribute '{name}' already exists")
        if "." in name:
            raise KeyError(f'{kind} name can\'t contain "."' + (f", got: {name}" if kind == "module" else ""))
        if name == "":
            raise KeyError(f'{kind} name can\'t be empty string ""')
        if hasattr(self, name) and name not in present:
            raise KeyError(f"attribute '{name}' already exists")

    def register_buffer(self, name: str, tensor: Any, persistent: bool = True) -> None:
        """Add a tensor that belongs to the state but is no parameter; a persistent one is in the state dict."""
        if "_buffers" not in self.__dict__:
            raise AttributeError("cannot assign buffer before Module.__init__() call")
        self._check_name("buffer", name, self._buffers)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{typename(tensor)}' object to buffer '{name}' (torch Tensor or None required)"
            )
        for hook in _global_buffer_registration_hooks.values():
            replaced = hook(self, name, tensor)
            tensor = tensor if replaced is None else replaced
        self._registry("_buffers")[name] = tensor
        if persistent:
            self._non_persistent_buffers_set.discard(name)
        else:
            self._non_persistent_buffers_set.add(name)

    def register_parameter(self, name: str, param: Any) -> None:
        """Add a parameter (or None, to say that there is none of that name)."""
        if "_parameters" not in self.__dict__:
            raise AttributeError("cannot assign parameter before Module.__init__() call")
        self._check_name("parameter", name, self._parameters)
        if param is not None:
            if not isinstance(param, Parameter):
                raise TypeError(
                    f"cannot assign '{typename(param)}' object to parameter '{name}' (torch.nn.Parameter or None "
                    "required)"
                )
            if param.grad_fn:
                raise ValueError(
                    f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be created "
                    "explicitly. To "
                    f"express '{name}' as a function of another Tensor, compute the value in the forward() method."
                )
            for hook in _global_parameter_registration_hooks.values():
                replaced = hook(self, name, param)
                param = param if replaced is None else replaced
        self._registry("_parameters")[name] = param

    def add_module(self, name: str, module: Any) -> None:
        """Add a submodule (or None)."""
        if not isinstance(module, Module) and module is not None:
            raise TypeError(f"{typename(module)} is not a Module subclass")
        self._check_name("module", name, self._modules)
        self._registry("_modules")[name] = self._registered_module(name, module)

    def register_module(self, name: str, module: Any) -> None:
        """The same as add_module."""
        self.add_module(name, module)

    def _registered_module(self, name: str, module: Any) -> Any:
        for hook in _global_module_registration_hooks.values():
            replaced = hook(self, name, module)
            module = module if replaced is None else replaced
        return module

    def __getattr__(self, name: str) -> Any:
        # reached only for what is neither in __dict__ nor on the class
        own = self.__dict__
        for kind in _REGISTRIES:
            members = own.get(kind)
            if members is not None and name in members:
                return members[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        own = self.__dict__
        parameters = own.get("_parameters")
        if isinstance(value, Parameter):
            if parameters is None:
                raise AttributeError("cannot assign parameters before Module.__init__() call")
            self._forget(name, "_parameters")
            self.register_parameter(name, value)
            return
        if parameters is not None and name in parameters:
            if value is not None:
                raise TypeError(
                    f"cannot assign '{typename(value)}' as parameter '{name}' (torch.nn.Parameter or None expected)"
                )
            self.register_parameter(name, None)
            return
        modules = own.get("_modules")
        if isinstance(value, Module):
            if modules is None:
                raise AttributeError("cannot assign module before Module.__init__() call")
            self._forget(name, "_modules")
            self._registry("_modules")[name] = self._registered_module(name, value)
            return
        if modules is not None and name in modules:
            if value is not None:
                raise TypeError(
                    f"cannot assign '{typename(value)}' as child module '{name}' (torch.nn.Module or None expected)"
                )
            self._registry("_modules")[name] = self._registered_module(name, None)
            return
        buffers = own.get("_buffers")
        if buffers is not None and (name in buffers or isinstance(value, Buffer)):
            if value is not None and not isinstance(value, Tensor):
                raise TypeError(
                    f"cannot assign '{typename(value)}' as buffer '{name}' (torch.nn.Buffer, torch.Tensor or None "
                    "expected)"
                )
            self._assign_buffer(name, value)
            return
        if name in _REGISTRIES and not isinstance(value, Registry):
            self._replace_registry(name, value)
            return
        if name in _CALL_HOOKS and not isinstance(value, HookTable):
            value = HookTable(self, value)
        super().__setattr__(name, value)

    def _assign_buffer(self, name: str, value: Any) -> None:
        buffers = self._registry("_buffers")
        marked = isinstance(value, Buffer)
        persistent = value.persistent if marked else name not in self._non_persistent_buffers_set
        if marked and name not in buffers:
            self._forget(name, "_buffers")
            self.register_buffer(name, value, persistent)
            return
        for hook in _global_buffer_registration_hooks.values():
            replaced = hook(self, name, value)
            value = value if replaced is None else replaced
        buffers[name] = value
        (self._non_persistent_buffers_set.discard if persistent else self._non_persistent_buffers_set.add)(name)

    def _forget(self, name: str, kept: str) -> None:
        """Remove an attribute of this name, unless it is a member of the `kept` kind."""
        own = self.__dict__
        if name in own[kept]:
            return
        for kind in _REGISTRIES:
            if kind != kept and name in own.get(kind, ()):
                del self._registry(kind)[name]
        own.pop(name, None)
        self._non_persistent_buffers_set.discard(name)

    def _replace_registry(self, kind: str, members: Any) -> None:
        old = self.__dict__.get(kind)
        if isinstance(old, Registry) and old._owner() is self:
            old.clear()
        self.__dict__[kind] = Registry(self, members)

    def __delattr__(self, name: str) -> None:
        for kind in _REGISTRIES:
            if name in self.__dict__.get(kind, ()):
                del self._registry(kind)[name]
                self.__dict__.pop(name, None)
                if kind == "_buffers":
                    self._non_persistent_buffers_set.discard(name)
                return
        try:
            super().__delattr__(name)
        except AttributeError:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'") from None

    # --- printing, copying -------------------------------------------------------------------------------------

    def _get_name(self) -> str:
        return type(self).__name__

    def extra_repr(self) -> str:
        """What stands in the parentheses of the printed module; override it."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        extra_lines = extra.split("\n") if extra else []
        children = [f"({name}): {_addindent(repr(module), 2)}" for name, module in self._modules.items()]
        if len(extra_lines) == 1 and not children:
            return f"{self._get_name()}({extra_lines[0]})"
        lines = extra_lines + children
        if not lines:
            return f"{self._get_name()}()"
        return f"{self._get_name()}(\n  " + "\n  ".join(lines) + "\n)"

    def __dir__(self) -> list:
        names = [*dir(type(self)), *self.__dict__, *self._parameters, *self._modules, *self._buffers]
        return sorted({name for name in names if not name[0].isdigit()})

    def __getstate__(self) -> dict:
        state = {}
        for name, value in self.__dict__.items():
            if name == "_hooked" or any(
                name in self.__dict__.get(k, ()) and self.__dict__[k][name] is value for k in _REGISTRIES
            ):
                continue
            if type(value) is Registry:
                value = dict(value)
            elif type(value) is HookTable:
                value = OrderedDict(value)
            state[name] = value
        return state

    def __setstate__(self, state: dict) -> None:
        own = self.__dict__
        own.update(state)
        own["_hooked"] = False
        own.setdefault("_non_persistent_buffers_set", set())
        own.setdefault("_is_full_backward_hook", None)
        for kind in _REGISTRIES:
            own[kind] = Registry(self, own.get(kind, ()))
        for name in _CALL_HOOKS:
            own[name] = HookTable(self, own.get(name, ()))
        for name in _OTHER_HOOKS:
            own.setdefault(name, OrderedDict())

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Does nothing: penlight has no compiler; the module runs as before, with the same results."""


adopt_methods(Module)
plain_getattr.append(Module.__getattr__)
