"""What schedules share: stepping, the check of the call order, state dicts."""

from __future__ import annotations

import contextlib
import functools
import warnings
from collections.abc import Iterator
from typing import Any
from weakref import ref

from penlight.optim.optimizer import Optimizer
from penlight.tensor import Tensor

__all__ = ["EPOCH_DEPRECATION_WARNING", "LRScheduler", "per_group", "rates_of", "set_option", "warn_if_not_stepping"]

EPOCH_DEPRECATION_WARNING = (
    "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. Please use "
    "`scheduler.step()` to step the scheduler. During the deprecation, if epoch is different from None, the closed "
    "form is used instead of the new chainable form, where available. Please open an issue if you are unable to "
    "replicate your use case: https://github.com/pytorch/pytorch/issues/new/choose."
)
_ORDER_PAGE = "See more details at https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate"


def _own(value: Any) -> Any:
    return value.clone() if isinstance(value, Tensor) else value


def rates_of(optimizer: Optimizer, key: str = "lr") -> list:
    """The groups' values of an option, detached from later changes."""
    return [_own(group[key]) for group in optimizer.param_groups]


def set_option(group: dict, key: str, value: Any) -> None:
    """Set an option; a tensor keeps its identity and takes the value."""
    if isinstance(group[key], Tensor):
        group[key].fill_(value.item() if isinstance(value, Tensor) else value)
    else:
        group[key] = value


def per_group(name: str, optimizer: Optimizer, value: Any) -> list:
    """One value per parameter group, from a list of them or a single one."""
    groups = optimizer.param_groups
    if isinstance(value, (list, tuple)):
        if len(value) != len(groups):
            raise ValueError(
                f"{name} must have the same length as optimizer.param_groups. {name} has {len(value)} values, "
                f"param_groups has {len(groups)}."
            )
        return [_own(v) for v in value]
    return [_own(value) for _ in groups]


class LRScheduler:
    """Base of the schedules: `step()` after each epoch (or batch) sets the groups' `lr` to what `get_lr()` says.

    A subclass implements `get_lr`, which sees `last_epoch` already counted up; a `_get_closed_form_lr`, where there is
    one, answers `step(epoch)`. With `last_epoch` >= 0 a schedule resumes, from the groups' `initial_lr`.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LRScheduler.html

    >>> import penlight as torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    >>> schedule = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.5)
    >>> optimizer.step(); schedule.step(); schedule.get_last_lr()
    [0.05]
    """

    _get_lr_called_within_step = False
    _is_initial = False

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
        self.optimizer = optimizer
        if last_epoch == -1:
            for group in optimizer.param_groups:
                group.setdefault("initial_lr", _own(group["lr"]))
        else:
            for i, group in enumerate(optimizer.param_groups):
                if "initial_lr" not in group:
                    raise KeyError(
                        f"param 'initial_lr' is not specified in param_groups[{i}] when resuming scheduler with "
                        "last_epoch >= 0.\nThis typically happens when:\n1. You're trying to resume training from a "
                        "checkpoint but haven't properly loaded the optimizer state\n2. You're using last_epoch >= 0 "
                        "for a fresh training run (not recommended)"
                    )
        self.base_lrs = rates_of(optimizer, "initial_lr")
        self.last_epoch = last_epoch
        _note_steps(optimizer)
        self._initial_step()

    def _initial_step(self) -> None:
        """Set the rates of the first epoch."""
        self._step_count = 0
        self._is_initial = True
        try:
            self.step()
        finally:
            self._is_initial = False
        self._step_count = 1

    def state_dict(self) -> dict[str, Any]:
        """All attributes but the optimizer."""
        return {key: value for key, value in self.__dict__.items() if key != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Continue from a state dict."""
        self.__dict__.update(state_dict)

    def get_last_lr(self) -> list:
        """The rates that the last step set, one per group."""
        return self._last_lr

    def get_lr(self) -> list:
        """The rates of epoch `last_epoch`; subclasses implement it."""
        raise NotImplementedError

    def step(self, epoch: int | None = None) -> None:
        """Go to the next epoch (or, deprecated, to `epoch`) and set its rates."""
        if self._step_count == 1:
            warn_if_not_stepping(self.optimizer)
        self._step_count += 1
        if epoch is not None:
            warnings.warn(EPOCH_DEPRECATION_WARNING, UserWarning, stacklevel=2)
        self._update_lr(epoch)

    def _update_lr(self, epoch: int | None = None) -> None:
        with self._stepping():
            if epoch is None:
                self.last_epoch += 1
                rates = self.get_lr()
            else:
                self.last_epoch = epoch
                closed_form = getattr(self, "_get_closed_form_lr", None)
                rates = closed_form() if closed_form is not None else self.get_lr()
        for group, rate in zip(self.optimizer.param_groups, rates):
            set_option(group, "lr", rate)
        self._last_lr = rates_of(self.optimizer)

    @contextlib.contextmanager
    def _stepping(self) -> Iterator[None]:
        self._get_lr_called_within_step = True
        try:
            yield
        finally:
            self._get_lr_called_within_step = False

    def _warn_outside_step(self) -> None:
        if not self._get_lr_called_within_step:
            warnings.warn(
                "To get the last learning rate computed by the scheduler, please use `get_last_lr()`.",
                UserWarning,
                stacklevel=3,
            )


class _LRScheduler(LRScheduler):
    """The base's old name."""


def _note_steps(optimizer: Optimizer) -> None:
    """Let the optimizer remember that its `step` was called."""
    step = optimizer.step
    if getattr(step, "_wrapped_by_lr_sched", False):
        return
    optimizer_reference = ref(optimizer)
    function = step.__func__

    @functools.wraps(function)
    def noted(*args: Any, **kwargs: Any) -> Any:
        owner = optimizer_reference()
        owner._opt_called = True
        return function.__get__(owner, type(owner))(*args, **kwargs)

    noted._wrapped_by_lr_sched = True
    optimizer.step = noted  # type: ignore[method-assign]


def warn_if_not_stepping(optimizer: Optimizer) -> None:
    """Warn when a schedule steps for the first time before its optimizer did."""
    if not getattr(optimizer.step, "_wrapped_by_lr_sched", False):
        warnings.warn(
            "Seems like `optimizer.step()` has been overridden after learning rate scheduler initialization. Please, "
            f"make sure to call `optimizer.step()` before `lr_scheduler.step()`. {_ORDER_PAGE}",
            UserWarning,
            stacklevel=3,
        )
    elif not getattr(optimizer, "_opt_called", False):
        warnings.warn(
            "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, you should "
            "call them in the opposite order: `optimizer.step()` before `lr_scheduler.step()`.  Failure to do this "
            f"will result in PyTorch skipping the first value of the learning rate schedule. {_ORDER_PAGE}",
            UserWarning,
            stacklevel=3,
        )
