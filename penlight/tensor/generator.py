"""The generator of random numbers as users see it, and the global stream."""

from __future__ import annotations

from typing import Any

import numpy as np

from penlight.base.device import CPU, device, read_device
from penlight.base.random import Generator as ArrayGenerator
from penlight.tensor.tensor import Tensor

__all__ = [
    "Generator", "default_generator", "get_rng_state", "initial_seed", "manual_seed", "seed", "set_rng_state",
]  # fmt: skip


class Generator(ArrayGenerator):
    """A random stream of its own, equal to PyTorch's CPU generator bit for bit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Generator.html

    >>> import penlight as torch
    >>> torch.rand(2, generator=torch.Generator().manual_seed(0))
    tensor([0.4963, 0.7682])
    """

    __module__ = "penlight._C"

    def __init__(self, device: Any = "cpu") -> None:
        read_device(device)
        super().__init__()

    @property
    def device(self) -> device:
        return CPU

    @device.setter
    def device(self, value: Any) -> None:
        pass

    def get_state(self) -> Tensor:
        """The state as a uint8 tensor. Shape: () -> (5056,)."""
        return Tensor._wrap(self.get_state_bytes())

    def set_state(self, new_state: Tensor) -> Generator:
        """Continue from a state that `get_state` gave."""
        if not isinstance(new_state, Tensor) or new_state._a.dtype != np.uint8:
            raise TypeError("expected a torch.ByteTensor, but got " + type(new_state).__name__)
        self.set_state_bytes(new_state._a)
        return self

    def get_offset(self) -> int:
        """Raises RuntimeError, as PyTorch's CPU generator."""
        raise RuntimeError("CPU Generator does not use offset")

    def set_offset(self, offset: int) -> Generator:
        """Raises RuntimeError, as PyTorch's CPU generator."""
        raise RuntimeError("CPU Generator does not use offset")

    def graphsafe_get_state(self) -> Generator:
        """Raises NotImplementedError, as PyTorch's CPU generator."""
        raise NotImplementedError("graphsafe_get_state is not supported in this Generator")

    def graphsafe_set_state(self, state: Generator) -> Generator:
        """Raises NotImplementedError, as PyTorch's CPU generator."""
        raise NotImplementedError("graphsafe_set_state is not supported in this Generator")

    def clone_state(self) -> Generator:
        other = Generator()
        other.set_state_bytes(self.get_state_bytes())
        return other

    def manual_seed(self, seed: int) -> Generator:
        if isinstance(seed, np.integer):
            raise TypeError(f"manual_seed expected an int, but got {type(seed).__name__}: convert it with int()")
        if isinstance(seed, bool) or not isinstance(seed, int):
            raise RuntimeError(f"manual_seed expected a long, but got {type(seed).__name__}")
        super().manual_seed(seed)
        return self


default_generator = Generator()


def stream_of(generator: Any) -> ArrayGenerator:
    if generator is None:
        return default_generator
    if not isinstance(generator, ArrayGenerator):
        raise TypeError(f"argument 'generator' must be torch.Generator, not {type(generator).__name__}")
    return generator


def manual_seed(seed: int) -> Generator:
    """Seed the global stream; returns its generator.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.manual_seed.html
    """
    return default_generator.manual_seed(int(seed))


def seed() -> int:
    """Seed the global stream from the system's entropy; returns the seed."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed that the global stream was last given."""
    return default_generator.initial_seed()


def get_rng_state() -> Tensor:
    """The global stream's state."""
    return default_generator.get_state()


def set_rng_state(new_state: Tensor) -> None:
    """Continue the global stream from a state."""
    default_generator.set_state(new_state)
