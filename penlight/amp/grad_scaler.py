"""`GradScaler`: scale the loss so that float16 gradients do not vanish, and skip steps whose gradients overflow.

Source: https://docs.pytorch.org/docs/stable/amp.html#gradient-scaling
"""

from __future__ import annotations

import math
import warnings
from collections import defaultdict
from enum import Enum
from typing import Any

import numpy as np

from penlight.amp.state import device_name
from penlight.autograd.grad_mode import no_grad
from penlight.base import dtypes
from penlight.tensor.create import tensor
from penlight.tensor.tensor import Tensor

__all__ = ["GradScaler", "OptState"]


class OptState(Enum):
    """What was done with an optimizer since the last `update`."""

    READY = 0
    UNSCALED = 1
    STEPPED = 2


class _PerOptimizer(dict):
    def __init__(self) -> None:
        super().__init__(stage=OptState.READY, found_inf=None)


class GradScaler:
    """Scales losses, unscales gradients before the optimizer's step, and adapts the scale.

    With device "cuda" (PyTorch's default) it warns and does nothing, as PyTorch's does without a GPU:
    `scale` returns its
    argument, `step` calls the optimizer. With device "cpu" it works.
    Args: device; init_scale; growth_factor, by which the scale grows after growth_interval steps without overflow;
        backoff_factor, by which it shrinks after one; enabled.
    Source: https://docs.pytorch.org/docs/stable/amp.html#torch.amp.GradScaler

    >>> import penlight as torch
    >>> torch.amp.GradScaler("cpu").get_scale()
    65536.0
    """

    def __init__(
        self,
        device: str = "cuda",
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        self._device = device_name(device)
        self._enabled = enabled
        if enabled and self._device == "cuda":
            warnings.warn(
                "torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling.",
                UserWarning,
                stacklevel=2,
            )
            self._enabled = False
        if not self._enabled:
            return
        if self._device != "cpu":
            raise RuntimeError(
                f"GradScaler: expected device 'cpu' (or 'cuda', which does nothing here), got '{self._device}'"
            )
        if growth_factor <= 1.0:
            raise AssertionError("The growth factor must be > 1.0.")
        if backoff_factor >= 1.0:
            raise AssertionError("The backoff factor must be < 1.0.")
        self._init_scale = init_scale
        self._scale: Tensor | None = None
        self._growth_factor = growth_factor
        self._backoff_factor = backoff_factor
        self._growth_interval = growth_interval
        self._init_growth_tracker = 0
        self._growth_tracker: Tensor | None = None
        self._per_optimizer_states: dict[int, dict] = defaultdict(_PerOptimizer)

    def _check_scale_growth_tracker(self, funcname: str) -> tuple[Tensor, Tensor]:
        if self._scale is None or self._growth_tracker is None:
            raise AssertionError(
                f"Attempted {funcname} but _scale is None.  This may indicate your script did not use "
                "scaler.scale(loss or "
                "outputs) earlier in the iteration."
            )
        return self._scale, self._growth_tracker

    def _start(self) -> Tensor:
        self._scale = tensor(self._init_scale, dtype=dtypes.float32)
        self._growth_tracker = tensor(self._init_growth_tracker, dtype=dtypes.int32)
        return self._scale

    def scale(self, outputs: Any) -> Any:
        """A tensor, or a list, tuple or other iterable of tensors, times the scale."""
        if not self._enabled:
            return outputs
        scale = self._scale if self._scale is not None else self._start()
        return self._scaled(outputs, scale)

    def _scaled(self, outputs: Any, scale: Tensor) -> Any:
        if isinstance(outputs, Tensor):
            return outputs * scale
        if not hasattr(outputs, "__iter__"):
            raise ValueError("outputs must be a Tensor or an iterable of Tensors")
        scaled = (self._scaled(o, scale) for o in outputs)
        return type(outputs)(scaled) if isinstance(outputs, (list, tuple)) else scaled

    def _unscale_grads_(self, optimizer: Any, inverse: Tensor, allow_fp16: bool) -> Tensor:
        found = 0.0
        with no_grad():
            for group in optimizer.param_groups:
                for parameter in group["params"]:
                    grad = parameter.grad
                    if grad is None:
                        continue
                    if not allow_fp16 and grad.dtype is dtypes.float16:
                        raise ValueError("Attempting to unscale FP16 gradients.")
                    if grad.is_sparse:
                        parameter.grad = grad * inverse.item()  # its values may lie in shared memory
                        grad = grad._values()
                    # asked before unscaling: what overflowed stays visible
                    if not np.isfinite(grad._a.astype(np.float32) if grad._a.dtype.kind == "V" else grad._a).all():
                        found = 1.0
                    if not parameter.grad.is_sparse:
                        grad.mul_(inverse)
        return tensor(found, dtype=dtypes.float32)

    def unscale_(self, optimizer: Any) -> None:
        """Divide the gradients of the optimizer's parameters by the scale, to clip or look at them before `step`."""
        if not self._enabled:
            return
        scale, _ = self._check_scale_growth_tracker("unscale_")
        per_optimizer = self._per_optimizer_states[id(optimizer)]
        if per_optimizer["stage"] is OptState.UNSCALED:
            raise RuntimeError("unscale_() has already been called on this optimizer since the last update().")
        if per_optimizer["stage"] is OptState.STEPPED:
            raise RuntimeError("unscale_() is being called after step().")
        inverse = tensor(1.0 / scale.item(), dtype=dtypes.float32)
        per_optimizer["found_inf"] = self._unscale_grads_(optimizer, inverse, False)
        per_optimizer["stage"] = OptState.UNSCALED

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """Unscale unless that was done, and call `optimizer.step(*args, **kwargs)` unless a gradient overflowed."""
        if not self._enabled:
            return optimizer.step(*args, **kwargs)
        if "closure" in kwargs:
            raise RuntimeError("Closure use is not currently supported if GradScaler is enabled.")
        self._check_scale_growth_tracker("step")
        per_optimizer = self._per_optimizer_states[id(optimizer)]
        if per_optimizer["stage"] is OptState.STEPPED:
            raise RuntimeError("step() has already been called since the last update().")
        if per_optimizer["stage"] is OptState.READY:
            self.unscale_(optimizer)
        if not any(p.grad is not None for group in optimizer.param_groups for p in group["params"]):
            raise AssertionError("No inf checks were recorded for this optimizer.")
        result = None
        if not per_optimizer["found_inf"].item():
            result = optimizer.step(*args, **kwargs)
        per_optimizer["stage"] = OptState.STEPPED
        return result

    def update(self, new_scale: float | Tensor | None = None) -> None:
        """Adapt the scale to what the steps since the last `update` found, or set it."""
        if not self._enabled:
            return
        scale, tracker = self._check_scale_growth_tracker("update")
        if new_scale is not None:
            if isinstance(new_scale, Tensor) and (new_scale.numel() != 1 or new_scale.requires_grad):
                raise AssertionError(
                    "new_scale should be a float or a 1-element torch.cuda.FloatTensor or torch.FloatTensor with "
                    "requires_grad=False."
                )
            if isinstance(new_scale, Tensor):
                scale.copy_(new_scale)
            else:
                scale.fill_(new_scale)
        else:
            found = [s["found_inf"] for s in self._per_optimizer_states.values() if s["found_inf"] is not None]
            if not found:
                raise AssertionError("No inf checks were recorded prior to update.")
            self._adapt(scale._a, tracker._a, any(f.item() for f in found))
        self._per_optimizer_states = defaultdict(_PerOptimizer)

    def _adapt(self, scale: np.ndarray, tracker: np.ndarray, overflowed: bool) -> None:
        if overflowed:
            scale[...] = scale * np.float32(self._backoff_factor)
            tracker[...] = 0
            return
        if tracker + 1 < self._growth_interval:
            tracker[...] += 1
            return
        with np.errstate(over="ignore"):
            grown = scale * np.float32(self._growth_factor)
        if math.isfinite(grown):  # never grows to infinity
            scale[...] = grown
        tracker[...] = 0

    def get_scale(self) -> float:
        """The scale, 1.0 when disabled."""
        if not self._enabled:
            return 1.0
        return self._init_scale if self._scale is None else self._scale.item()

    def get_growth_factor(self) -> float:
        """By what the scale grows."""
        return self._growth_factor

    def set_growth_factor(self, new_factor: float) -> None:
        """Set by what the scale grows."""
        self._growth_factor = new_factor

    def get_backoff_factor(self) -> float:
        """By what the scale shrinks."""
        return self._backoff_factor

    def set_backoff_factor(self, new_factor: float) -> None:
        """Set by what the scale shrinks."""
        self._backoff_factor = new_factor

    def get_growth_interval(self) -> int:
        """After how many steps without overflow the scale grows."""
        return self._growth_interval

    def set_growth_interval(self, new_interval: int) -> None:
        """Set after how many steps without overflow the scale grows."""
        self._growth_interval = new_interval

    def _get_growth_tracker(self) -> int:
        if not self._enabled:
            return 0
        return self._init_growth_tracker if self._growth_tracker is None else int(self._growth_tracker.item())

    def is_enabled(self) -> bool:
        """Whether it scales."""
        return self._enabled

    def state_dict(self) -> dict[str, Any]:
        """The scale and its settings; empty when disabled."""
        if not self._enabled:
            return {}
        return {
            "scale": self.get_scale(),
            "growth_factor": self._growth_factor,
            "backoff_factor": self._backoff_factor,
            "growth_interval": self._growth_interval,
            "_growth_tracker": self._get_growth_tracker(),
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Continue from what `state_dict` gave."""
        if not self._enabled:
            return
        if len(state_dict) == 0:
            raise RuntimeError(
                "The source state dict is empty, possibly because it was saved from a disabled instance of GradScaler."
            )
        self._init_scale = state_dict["scale"]
        self._growth_factor = state_dict["growth_factor"]
        self._backoff_factor = state_dict["backoff_factor"]
        self._growth_interval = state_dict["growth_interval"]
        self._init_growth_tracker = state_dict["_growth_tracker"]
        if self._scale is not None:
            self._start()
