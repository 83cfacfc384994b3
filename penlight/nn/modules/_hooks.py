"""A module's hooks: registering them and the call that runs them."""

from __future__ import annotations

import warnings
from typing import Any
from weakref import ref

from penlight.nn.modules._functions import BackwardHook
from penlight.nn.modules._registry import global_table
from penlight.tensor.graph import RemovableHandle
from penlight.tensor.tensor import Tensor

__all__ = [
    "HookMethods", "register_module_backward_hook", "register_module_buffer_registration_hook",
    "register_module_forward_hook", "register_module_forward_pre_hook", "register_module_full_backward_hook",
    "register_module_full_backward_pre_hook", "register_module_module_registration_hook",
    "register_module_parameter_registration_hook",
]  # fmt: skip

_global_backward_pre_hooks = global_table()
_global_backward_hooks = global_table()
_global_forward_pre_hooks = global_table()
_global_forward_hooks = global_table()
_global_forward_hooks_always_called: dict = {}
_global_forward_hooks_with_kwargs: dict = {}
_global_buffer_registration_hooks: dict = {}
_global_module_registration_hooks: dict = {}
_global_parameter_registration_hooks: dict = {}
_global_is_full_backward_hook: bool | None = None


def register_module_buffer_registration_hook(hook: Any) -> RemovableHandle:
    """Call `hook(module, name, buffer)` at every register_buffer; a returned tensor is registered instead."""
    return RemovableHandle(_global_buffer_registration_hooks, hook)


def register_module_module_registration_hook(hook: Any) -> RemovableHandle:
    """Call `hook(module, name, submodule)` whenever a submodule is added; a returned module is added instead."""
    return RemovableHandle(_global_module_registration_hooks, hook)


def register_module_parameter_registration_hook(hook: Any) -> RemovableHandle:
    """Call `hook(module, name, parameter)` at every register_parameter; a returned parameter is registered instead."""
    return RemovableHandle(_global_parameter_registration_hooks, hook)


def register_module_forward_pre_hook(hook: Any) -> RemovableHandle:
    """Call `hook(module, args)` before every module's forward."""
    return RemovableHandle(_global_forward_pre_hooks, hook)


def register_module_forward_hook(hook: Any, *, with_kwargs: bool = False, always_call: bool = False) -> RemovableHandle:
    """Call `hook(module, args, output)` after every module's forward."""
    extra = [_global_forward_hooks_with_kwargs, _global_forward_hooks_always_called]
    handle = RemovableHandle(_global_forward_hooks, hook, extra)
    if with_kwargs:
        _global_forward_hooks_with_kwargs[handle.id] = True
    if always_call:
        _global_forward_hooks_always_called[handle.id] = True
    return handle


def _register_global_backward(hook: Any, full: bool) -> RemovableHandle:
    global _global_is_full_backward_hook
    if _global_is_full_backward_hook is (not full):
        raise RuntimeError(
            "Cannot use both regular backward hooks and full backward hooks as a global Module hook. Please use "
            "only one "
            "of them."
        )
    _global_is_full_backward_hook = full
    return RemovableHandle(_global_backward_hooks, hook)


def register_module_backward_hook(hook: Any) -> RemovableHandle:
    """Deprecated: the old kind of backward hook, for every module."""
    return _register_global_backward(hook, False)


def register_module_full_backward_hook(hook: Any) -> RemovableHandle:
    """Call `hook(module, grad_input, grad_output)` when the gradients of any module's inputs are computed."""
    return _register_global_backward(hook, True)


def register_module_full_backward_pre_hook(hook: Any) -> RemovableHandle:
    """Call `hook(module, grad_output)` when the gradients of any module's outputs are computed."""
    return RemovableHandle(_global_backward_pre_hooks, hook)


class BoundHook:
    """A hook that is handed the module first, without keeping it alive."""

    def __init__(self, hook: Any, module: Any = None) -> None:
        self.hook = hook
        self.with_module = module is not None
        if module is not None:
            self.module = ref(module)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not self.with_module:
            return self.hook(*args, **kwargs)
        module = self.module()
        if module is None:
            raise RuntimeError("You are trying to call the hook of a dead Module!")
        return self.hook(module, *args, **kwargs)

    def __getstate__(self) -> dict:
        return {
            "hook": self.hook,
            "with_module": self.with_module,
            "module": self.module() if self.with_module else None,
        }

    def __setstate__(self, state: dict) -> None:
        self.hook, self.with_module = state["hook"], state["with_module"]
        if self.with_module:
            if state["module"] is None:
                raise RuntimeError("You are trying to revive the hook of a dead Module!")
            self.module = ref(state["module"])


def _add(table: Any, hook: Any, prepend: bool, extra: Any = None) -> RemovableHandle:
    handle = RemovableHandle(table, hook, extra)
    if prepend:
        table.move_to_end(handle.id, last=False)
    return handle


class HookMethods:
    """Mixed into Module."""

    def register_forward_pre_hook(
        self, hook: Any, *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args)` (or `hook(module, args, kwargs)`) before forward; what it returns replaces them."""
        handle = _add(self._forward_pre_hooks, hook, prepend, self._forward_pre_hooks_with_kwargs)
        if with_kwargs:
            self._forward_pre_hooks_with_kwargs[handle.id] = True
        return handle

    def register_forward_hook(
        self, hook: Any, *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args, output)` (or `hook(module, args, kwargs, output)`) after forward.

        What it returns replaces the output. always_call: also when forward or another hook raises.
        """
        extra = [self._forward_hooks_with_kwargs, self._forward_hooks_always_called]
        handle = _add(self._forward_hooks, hook, prepend, extra)
        if with_kwargs:
            self._forward_hooks_with_kwargs[handle.id] = True
        if always_call:
            self._forward_hooks_always_called[handle.id] = True
        return handle

    def register_full_backward_pre_hook(self, hook: Any, prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_output)` when the outputs' gradients are computed; it may replace them."""
        return _add(self._backward_pre_hooks, hook, prepend)

    def register_full_backward_hook(self, hook: Any, prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_input, grad_output)` when the inputs' gradients are there; it may replace them.

        Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html
        """
        self._choose_backward_kind(True)
        return _add(self._backward_hooks, hook, prepend)

    def register_backward_hook(self, hook: Any) -> RemovableHandle:
        """Deprecated in favour of register_full_backward_hook: sees only the node that made the output."""
        self._choose_backward_kind(False)
        return _add(self._backward_hooks, hook, False)

    def _choose_backward_kind(self, full: bool) -> None:
        if self._is_full_backward_hook is (not full):
            raise RuntimeError(
                "Cannot use both regular backward hooks and full backward hooks on a single Module. Please use "
                "only one of "
                "them."
            )
        self._is_full_backward_hook = full

    def _get_backward_hooks(self) -> tuple[list, list]:
        full: list = []
        old: list = []
        if _global_is_full_backward_hook is not None:
            (full if _global_is_full_backward_hook else old).extend(_global_backward_hooks.values())
        if self._is_full_backward_hook is not None:
            (full if self._is_full_backward_hook else old).extend(self._backward_hooks.values())
        return full, old

    def _get_backward_pre_hooks(self) -> list:
        return [*_global_backward_pre_hooks.values(), *self._backward_pre_hooks.values()]

    def _call_impl(self, *args: Any, **kwargs: Any) -> Any:
        """A call with all hooks."""
        full: list = []
        old: list = []
        if self._backward_hooks or _global_backward_hooks:
            full, old = self._get_backward_hooks()
        before = self._get_backward_pre_hooks() if self._backward_pre_hooks or _global_backward_pre_hooks else []
        called: set = set()
        result = None
        try:
            args, kwargs = self._run_pre_hooks(args, kwargs)
            watch = BackwardHook(self, full, before) if full or before else None
            if watch is not None:
                args = watch.setup_input_hook(args)
            result = self.forward(*args, **kwargs)
            for key, hook in [*_global_forward_hooks.items(), *self._forward_hooks.items()]:
                called.add(key)
                replaced = self._run_forward_hook(key, hook, args, kwargs, result)
                result = result if replaced is None else replaced
            if watch is not None:
                if not isinstance(result, (Tensor, tuple)):
                    warnings.warn(
                        "For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but "
                        f"received {type(result)}",
                        stacklevel=3,
                    )
                result = watch.setup_output_hook(result)
            if old:
                self._attach_old_hooks(old, args, result)
            return result
        except Exception:
            self._run_always_called(called, args, kwargs, result)
            raise

    def _run_pre_hooks(self, args: tuple, kwargs: dict) -> tuple:
        for key, hook in [*_global_forward_pre_hooks.items(), *self._forward_pre_hooks.items()]:
            if key in self._forward_pre_hooks_with_kwargs:
                replaced = hook(self, args, kwargs)
                if replaced is not None:
                    if not isinstance(replaced, tuple) or len(replaced) != 2:
                        raise RuntimeError(
                            "forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got "
                            f"{replaced}."
                        )
                    args, kwargs = replaced
            else:
                replaced = hook(self, args)
                if replaced is not None:
                    args = replaced if isinstance(replaced, tuple) else (replaced,)
        return args, kwargs

    def _run_forward_hook(self, key: int, hook: Any, args: tuple, kwargs: dict, result: Any) -> Any:
        if key in self._forward_hooks_with_kwargs or key in _global_forward_hooks_with_kwargs:
            return hook(self, args, kwargs, result)
        return hook(self, args, result)

    def _run_always_called(self, called: set, args: tuple, kwargs: dict, result: Any) -> None:
        always = {**_global_forward_hooks_always_called, **self._forward_hooks_always_called}
        if not always:
            return
        for key, hook in [*_global_forward_hooks.items(), *self._forward_hooks.items()]:
            if key in always and key not in called:
                try:
                    replaced = self._run_forward_hook(key, hook, args, kwargs, result)
                    result = result if replaced is None else replaced
                except Exception as error:
                    warnings.warn(
                        "forward hook with ``always_call=True`` raised an exception that was silenced as another "
                        "error "
                        f"was raised in forward: {error!s}",
                        stacklevel=4,
                    )

    def _attach_old_hooks(self, hooks: list, args: tuple, result: Any) -> None:
        found = result
        while not isinstance(found, Tensor):
            found = next(v for v in found.values() if isinstance(v, Tensor)) if isinstance(found, dict) else found[0]
        node = found.grad_fn
        if node is None:
            return
        for hook in hooks:
            node.register_hook(BoundHook(hook, self))
        problem = _old_hook_problem(args, result, node)
        if problem:
            warnings.warn(
                f"Using {problem} is deprecated and will be removed in future versions. This hook will be missing some "
                "grad_input. Please use register_full_backward_hook to get the documented behavior.",
                FutureWarning,
                stacklevel=4,
            )


def _old_hook_problem(args: tuple, result: Any, node: Any) -> str:
    """Why the old kind of backward hook sees only a part of the gradients; "" where it sees all."""
    outputs = result if isinstance(result, tuple) else (result,)
    if not all(isinstance(o, Tensor) for o in outputs):
        return "non-full backward hooks on a Module that does not return a single Tensor or a tuple of Tensors"
    if not all(isinstance(a, Tensor) for a in args):
        return "non-full backward hooks on a Module that does not take as input a single Tensor or a tuple of Tensors"
    if len(outputs) > 1:
        return "a non-full backward hook when outputs are generated by different autograd Nodes"
    if {a.grad_fn for a in args} != {n for n, _ in node.next_functions}:
        return "a non-full backward hook when the forward contains multiple autograd Nodes"
    return ""
