"""Transforms of transforms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import penlight as torch
from penlight.nn import ModuleList
from penlight.vision.transforms.v2.transform import Transform

__all__ = ["Compose", "RandomApply", "RandomChoice", "RandomOrder"]


class _Container(Transform):
    """What they share; p, if set, follows the transforms."""

    _kinds: tuple[type, ...] = (Sequence,)
    _wanted = "a sequence of callables"

    def __init__(self, transforms: Any) -> None:
        if not isinstance(transforms, self._kinds):
            raise TypeError(f"Argument transforms should be {self._wanted}")
        if not transforms:
            raise ValueError("Pass at least one transform")
        super().__init__()
        self.transforms: Any = transforms

    @staticmethod
    def _in_turn(transforms: Sequence[Callable], inputs: tuple) -> Any:
        several = len(inputs) > 1
        for transform in transforms:
            outputs = transform(*inputs)
            inputs = outputs if several else (outputs,)
        return outputs


class _Listed(_Container):
    def extra_repr(self) -> str:
        return "\n".join(f"    {transform}" for transform in self.transforms)


class Compose(_Listed):
    """Apply transforms one after the other, to any number of inputs.

    >>> Compose([lambda x: x + 1, lambda x: x * 2])(1)
    4
    """

    def forward(self, *inputs: Any) -> Any:
        return self._in_turn(self.transforms, inputs)


class RandomApply(_Listed):
    """Apply all the transforms with probability `p`, else none."""

    _kinds = (Sequence, ModuleList)
    _wanted = "a sequence of callables or a `nn.ModuleList`"

    def __init__(self, transforms: Any, p: float = 0.5) -> None:
        super().__init__(transforms)
        if not (0.0 <= p <= 1.0):
            raise ValueError("`p` should be a floating point value in the interval [0.0, 1.0].")
        self.p = p

    def forward(self, *inputs: Any) -> Any:
        if torch.rand(1) >= self.p:
            return inputs if len(inputs) > 1 else inputs[0]
        return self._in_turn(self.transforms, inputs)


class RandomChoice(_Container):
    """Apply one of the transforms, drawn from torch's stream with weights `p`."""

    def __init__(self, transforms: Sequence[Callable], p: Sequence[float] | None = None) -> None:
        super().__init__(transforms)
        weights = [1] * len(transforms) if p is None else p
        if len(weights) != len(transforms):
            raise ValueError(f"Length of p doesn't match the number of transforms: {len(weights)} != {len(transforms)}")
        self.p = [weight / sum(weights) for weight in weights]

    def forward(self, *inputs: Any) -> Any:
        return self.transforms[int(torch.multinomial(torch.tensor(self.p), 1))](*inputs)


class RandomOrder(_Container):
    """Apply the transforms in an order drawn from torch's stream."""

    def forward(self, *inputs: Any) -> Any:
        return self._in_turn([self.transforms[i] for i in torch.randperm(len(self.transforms)).tolist()], inputs)
