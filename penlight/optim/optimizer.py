"""`Optimizer`: parameter groups, state, state dicts and hooks; what all optimizers share."""

from __future__ import annotations

import contextlib
import functools
import threading
import warnings
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from itertools import chain, islice
from typing import Any

import numpy as np

from penlight.autograd.grad_mode import enable_grad
from penlight.base.defaults import defaults as default_dtypes
from penlight.base.mode import mode
from penlight.tensor import Tensor
from penlight.tensor.graph import RemovableHandle

__all__ = [
    "Optimizer", "check_betas", "check_flags", "check_foreach_lr", "check_lr", "check_range", "number_of", "recording",
    "register_optimizer_step_post_hook", "register_optimizer_step_pre_hook", "required", "step_dtype",
    "swap_in_optimizer_params_and_state",
]  # fmt: skip


class _RequiredParameter:
    """The default of an option that every parameter group must state."""

    def __repr__(self) -> str:
        return "<required parameter>"


required = _RequiredParameter()

_global_pre_hooks: dict = OrderedDict()
_global_post_hooks: dict = OrderedDict()


def register_optimizer_step_pre_hook(hook: Callable) -> RemovableHandle:
    """Call `hook(optimizer, args, kwargs)` before every step of every optimizer."""
    return RemovableHandle(_global_pre_hooks, hook)


def register_optimizer_step_post_hook(hook: Callable) -> RemovableHandle:
    """Call `hook(optimizer, args, kwargs)` after every step of every optimizer."""
    return RemovableHandle(_global_post_hooks, hook)


def _with_hooks(step: Callable) -> Callable:
    """`step` between the hooks; recording is on inside only for `differentiable=True`."""

    @functools.wraps(step)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        self = args[0]
        before = self._optimizer_step_pre_hooks
        if before or _global_pre_hooks:
            for hook in [*_global_pre_hooks.values(), *before.values()]:
                result = hook(self, args, kwargs)
                if result is None:
                    continue
                if not isinstance(result, tuple) or len(result) != 2:
                    raise RuntimeError(
                        f"{step} must return None or a tuple of (new_args, new_kwargs), but got {result}."
                    )
                args, kwargs = result
        outcome = step(*args, **kwargs)
        after = self._optimizer_step_post_hooks
        if after or _global_post_hooks:
            for hook in [*after.values(), *_global_post_hooks.values()]:
                hook(self, args, kwargs)
        return outcome

    wrapper.hooked = True
    return wrapper


def check_range(message: str, fits: bool) -> None:
    """Raise ValueError with `message` unless the option's value fits."""
    if not fits:
        raise ValueError(message)


def check_flags(foreach: Any, fused: Any, differentiable: bool) -> None:
    """PyTorch's rules on the flags that choose an implementation; here all of them compute the same."""
    if fused:
        if differentiable:
            raise RuntimeError("`fused` does not support `differentiable`")
        if foreach:
            raise RuntimeError("`fused` and `foreach` cannot be `True` together.")


def check_lr(lr: Any, message: str = "Invalid learning rate: {}") -> None:
    """Raise ValueError for a negative learning rate or a tensor of several."""
    if isinstance(lr, Tensor) and lr._a.size != 1:
        raise ValueError("Tensor lr must be 1-element")
    if not 0.0 <= lr:
        raise ValueError(message.format(lr))


def check_betas(betas: Any) -> None:
    """Raise ValueError unless both are in [0, 1)."""
    for i in (0, 1):
        if not 0.0 <= betas[i] < 1.0:
            raise ValueError(f"Invalid beta parameter at index {i}: {betas[i]}")


def check_foreach_lr(lr: Any, foreach: Any, capturable: bool) -> None:
    """PyTorch's rule of Adam: no tensor as learning rate with `foreach`."""
    if isinstance(lr, Tensor) and foreach and not capturable:
        raise ValueError("lr as a Tensor is not supported for capturable=False and foreach=True")


class _Recording(threading.local):
    on = False  # inside a differentiable step, whose options may require grad


recording = _Recording()


def number_of(value: Any) -> Any:
    """A number from an option that may be a tensor of one element or a 0-dim array; in a recorded step that tensor."""
    if isinstance(value, Tensor):
        return value if recording.on and value.requires_grad else value.item()
    return value[()] if isinstance(value, np.ndarray) else value


def _check_fused(groups: list) -> None:
    for group in groups:
        for p in group["params"] if group.get("fused") else ():
            if not p.is_floating_point():
                raise RuntimeError(
                    "`fused=True` requires all the params to be floating point Tensors of supported devices: ['mps', "
                    f"'cuda', 'xpu', 'hpu', 'cpu', 'mtia', 'privateuseone'] but {p.dtype} and {p.device.type}"
                )


def step_dtype(is_fused: bool = False) -> np.dtype:
    """The dtype of a parameter's `step`."""
    double = default_dtypes.float_dtype.np == np.float64 and not is_fused
    return np.dtype(np.float64 if double else np.float32)


def _typename(value: Any) -> str:
    if isinstance(value, Tensor):
        return value.type()
    cls = type(value)
    return cls.__name__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"


class Optimizer:
    """Base of all optimizers: `param_groups` (options and parameters) and `state` (per parameter).

    A subclass hands `params` and its options' `defaults` to `__init__` and implements `step`.
    Source: https://docs.pytorch.org/docs/stable/optim.html

    >>> import penlight as torch
    >>> w = torch.ones(2, requires_grad=True)
    >>> optimizer = torch.optim.SGD([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.8000, 0.8000], requires_grad=True)
    """

    OptimizerPreHook = Callable[[Any, tuple, dict], Any]
    OptimizerPostHook = Callable[[Any, tuple, dict], None]
    _hook_tables = (
        "_optimizer_step_pre_hooks", "_optimizer_step_post_hooks", "_optimizer_state_dict_pre_hooks",
        "_optimizer_state_dict_post_hooks", "_optimizer_load_state_dict_pre_hooks",
        "_optimizer_load_state_dict_post_hooks",
    )  # fmt: skip

    def __init__(self, params: Iterable, defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self._add_hook_tables()
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, but got "
                + _typename(params)
            )
        self.state: dict[Any, Any] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        groups: list = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)
        _check_fused(self.param_groups)

    def _default_options(self, **options: Any) -> None:
        """Give groups of older pickles the options that came later."""
        for group in self.param_groups:
            for name, value in options.items():
                group.setdefault(name, value)

    def _add_hook_tables(self) -> None:
        for name in self._hook_tables:
            self.__dict__.setdefault(name, OrderedDict())
        self._patch_step_function()

    def _patch_step_function(self) -> None:
        """Let the class's `step` run hooks; optimizers around others call this instead of `Optimizer.__init__`."""
        step = type(self).step
        if not getattr(step, "hooked", None):
            type(self).step = _with_hooks(step)  # type: ignore[method-assign]

    def __getstate__(self) -> dict[str, Any]:
        return {"defaults": self.defaults, "state": self.state, "param_groups": self.param_groups}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._add_hook_tables()
        self.defaults.setdefault("differentiable", False)

    def __repr__(self) -> str:
        text = type(self).__name__ + " ("
        for i, group in enumerate(self.param_groups):
            text += f"\nParameter Group {i}\n"
            for key in sorted(group):
                if key != "params":
                    text += f"    {key}: {group[key]}\n"
        return text + ")"

    @staticmethod
    def profile_hook_step(func: Callable) -> Callable:
        """Wrap a `step` so that the hooks run; the constructor does this to every class's step."""
        return _with_hooks(func)

    # --- parameter groups ----------------------------------------------------------------------------------------

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Optimize more parameters, with options of their own.

        Raises TypeError for what is no dict or no tensor, ValueError for non-leaves, parameters of other groups and
        missing required options.
        """
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        params = param_group["params"]
        if isinstance(params, Tensor):
            param_group["params"] = [params]
        elif isinstance(params, set):
            raise TypeError(
                "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets "
                "will change between runs. Please use a list instead."
            )
        else:
            param_group["params"] = list(params)
        self._split_names(param_group)
        for p in param_group["params"]:
            if not isinstance(p, Tensor):
                raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {_typename(p)}")
            if not self.defaults.get("differentiable") and not (p.is_leaf or p.retains_grad):
                raise ValueError("can't optimize a non-leaf Tensor")
            if p.is_neg():
                raise NotImplementedError("optimizing the imaginary part of a conjugate view: take resolve_neg() of it")
        for name, default in self.defaults.items():
            if default is required and name not in param_group:
                raise ValueError(f"parameter group didn't specify a value of required optimization parameter {name}")
            param_group.setdefault(name, default)
        own = {id(p) for p in param_group["params"]}
        if len(own) != len(param_group["params"]):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; "
                "see github.com/pytorch/pytorch/issues/40967 for more information",
                stacklevel=3,
            )
        if any(id(p) in own for group in self.param_groups for p in group["params"]):
            raise ValueError("some parameters appear in more than one parameter group")
        self.param_groups.append(param_group)

    def _split_names(self, group: dict[str, Any]) -> None:
        """`("weight", tensor)` pairs become `params` and `param_names`."""
        names, tensors = [], []
        for p in group["params"]:
            if isinstance(p, tuple):
                names.append(p[0])
                tensors.append(p[1])
            else:
                tensors.append(p)
        if not names:
            if any("param_names" in other for other in self.param_groups):
                raise ValueError(_mixed("without"))
            return
        if len(names) != len(tensors):
            raise ValueError("all optimizer params should be with/without names. Some param names are missing")
        if any("param_names" not in other for other in self.param_groups):
            raise ValueError(_mixed("with"))
        group["params"], group["param_names"] = tensors, names

    # --- stepping ------------------------------------------------------------------------------------------------

    def step(self, closure: Callable[[], float] | None = None) -> Any:
        """Update the parameters once; subclasses implement it."""
        raise NotImplementedError

    def _loss_of(self, closure: Callable | None) -> Any:
        """What the closure returns, computed with recording on."""
        if closure is None:
            return None
        if mode.grad:
            return closure()
        with enable_grad():
            return closure()

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget all gradients; `set_to_none=False` fills them with zeros instead.

        Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.Optimizer.zero_grad.html
        """
        if set_to_none:
            for group in self.param_groups:
                for p in group["params"]:
                    p._grad = None
            return
        for group in self.param_groups:
            for p in group["params"]:
                grad = p._grad
                if grad is not None:
                    if grad.grad_fn is not None:
                        grad.detach_()
                    else:
                        grad.requires_grad_(False)
                    grad.zero_()

    # --- state dicts ---------------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """`{"state": {number: …}, "param_groups": […]}`; parameters are numbered over all groups, in order.

        Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.Optimizer.state_dict.html
        """
        for hook in self._optimizer_state_dict_pre_hooks.values():
            hook(self)
        numbers: dict[int, int] = {}
        groups = []
        for group in self.param_groups:
            for p in group["params"]:
                numbers.setdefault(id(p), len(numbers))
            packed = {k: v for k, v in group.items() if k != "params"}
            packed["params"] = [numbers[id(p)] for p in group["params"]]
            groups.append(packed)
        state = {(numbers[id(k)] if isinstance(k, Tensor) else k): v for k, v in self.state.items()}
        result = {"state": state, "param_groups": groups}
        for hook in self._optimizer_state_dict_post_hooks.values():
            changed = hook(self, result)
            if changed is not None:
                result = changed
        return result

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Continue from a state dict; floating-point state takes the parameters' dtypes, `step` is kept as it is.

        Raises ValueError where the groups do not match.
        Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.Optimizer.load_state_dict.html
        """
        state_dict = state_dict.copy()
        for hook in self._optimizer_load_state_dict_pre_hooks.values():
            changed = hook(self, state_dict)
            if changed is not None:
                state_dict = changed
        saved_groups = deepcopy(state_dict["param_groups"])
        if len(self.param_groups) != len(saved_groups):
            raise ValueError("loaded state dict has a different number of parameter groups")
        lengths = ((len(g["params"]), len(s["params"])) for g, s in zip(self.param_groups, saved_groups))
        if any(here != there for here, there in lengths):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
            )
        numbers = chain.from_iterable(g["params"] for g in saved_groups)
        tensors = chain.from_iterable(g["params"] for g in self.param_groups)
        of_number = dict(zip(numbers, tensors))
        group_of = {id(p): s for g, s in zip(self.param_groups, saved_groups) for p in g["params"]}
        state: dict[Any, Any] = defaultdict(dict)
        for key, value in state_dict["state"].items():
            if key in of_number:
                p = of_number[key]
                state[p] = _fitted(p, value, group_of[id(p)])
            else:
                state[key] = value
        groups = []
        for group, saved in zip(self.param_groups, saved_groups):
            saved["params"] = group["params"]
            if "param_names" in group and "param_names" not in saved:
                saved["param_names"] = group["param_names"]
            groups.append(saved)
        self.__setstate__({"state": state, "param_groups": groups})
        for hook in self._optimizer_load_state_dict_post_hooks.values():
            hook(self)

    # --- hooks ---------------------------------------------------------------------------------------------------

    def register_step_pre_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` before each step; it may return new `(args, kwargs)`."""
        return RemovableHandle(self._optimizer_step_pre_hooks, hook)

    def register_step_post_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` after each step."""
        return RemovableHandle(self._optimizer_step_post_hooks, hook)

    def register_state_dict_pre_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer)` before `state_dict` collects."""
        return _register(self._optimizer_state_dict_pre_hooks, hook, prepend)

    def register_state_dict_post_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer, state_dict)` after `state_dict` collected; it may return another dict."""
        return _register(self._optimizer_state_dict_post_hooks, hook, prepend)

    def register_load_state_dict_pre_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer, state_dict)` before loading; it may return another dict."""
        return _register(self._optimizer_load_state_dict_pre_hooks, hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer)` after loading."""
        return _register(self._optimizer_load_state_dict_post_hooks, hook, prepend)


@contextlib.contextmanager
def swap_in_optimizer_params_and_state(
    optimizer: Optimizer, swapin_parameters: dict[str, Tensor], swapin_optim_state: dict[str, Any]
) -> Iterator[None]:
    """Inside the `with`, the optimizer works on other parameters and on another state, shaped as its own.

    swapin_parameters: in the order of the optimizer's own; swapin_optim_state: as from `state_dict`, changed in place.
    Raises RuntimeError where the optimizer has no state yet, or the state does not fit.
    Source: https://docs.pytorch.org/docs/stable/optim.html
    """
    if not optimizer.state:
        raise RuntimeError("swap_in_optimizer_params_and_state requires initialized optimizer state.")
    own_state, own_groups = optimizer.state, optimizer.param_groups
    if len(swapin_optim_state["param_groups"]) != len(own_groups):
        raise RuntimeError("swapin_optim_state has a different number of parameter groups than the live optimizer.")
    given = iter(swapin_parameters.values())
    groups, state = [], defaultdict(dict)
    for own, other in zip(own_groups, swapin_optim_state["param_groups"]):
        taken = list(islice(given, len(own["params"])))
        if not len(taken) == len(own["params"]) == len(other["params"]):
            raise RuntimeError(
                "swap_in_optimizer_params_and_state requires the explicit parameter state to match "
                "optimizer.param_groups ordering."
            )
        groups.append({**own, **other, "params": taken})
        for p, number in zip(taken, other["params"]):
            if number in swapin_optim_state["state"]:
                state[p] = dict(swapin_optim_state["state"][number])
    optimizer.state, optimizer.param_groups = state, groups
    try:
        yield
    finally:
        optimizer.state, optimizer.param_groups = own_state, own_groups


def _register(table: OrderedDict, hook: Callable, prepend: bool) -> RemovableHandle:
    handle = RemovableHandle(table, hook)
    if prepend:
        table.move_to_end(handle.id, last=False)
    return handle


def _mixed(which: str) -> str:
    return (
        "all optimizer param groups should be with/without names. cannot add param group "
        f"{which} names to the optimizer"
    )


def _fitted(p: Tensor, value: Any, group: dict, key: Any = None) -> Any:
    """A loaded state value in the parameter's dtype; containers of such values likewise."""
    if isinstance(value, Tensor):
        if key == "step":
            return value.float() if group.get("capturable") or group.get("fused") else value
        return value.to(dtype=p.dtype) if p.is_floating_point() else value
    if isinstance(value, dict):
        return {k: _fitted(p, v, group, k) for k, v in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        return type(value)(_fitted(p, v, group) for v in value)  # type: ignore[call-arg]
    return value
