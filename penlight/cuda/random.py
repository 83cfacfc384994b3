"""GPU random streams: seeding is accepted, since scripts seed everything; there is no stream to read.

Source: https://docs.pytorch.org/docs/stable/cuda.html#random-number-generator
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from penlight.cuda.errors import not_compiled
from penlight.ledger.missing import module_getattr

__all__ = [
    "get_rng_state", "get_rng_state_all", "initial_seed", "manual_seed", "manual_seed_all", "seed", "seed_all",
    "set_rng_state", "set_rng_state_all",
]  # fmt: skip


def manual_seed(seed: int) -> None:
    """Accepted: it would seed a GPU, once there is one."""
    int(seed)


def manual_seed_all(seed: int) -> None:
    """Accepted: it would seed every GPU, once there are some."""
    int(seed)


def seed() -> None:
    """Accepted."""


def seed_all() -> None:
    """Accepted."""


def get_rng_state_all() -> list:
    """An empty list: one state per GPU."""
    return []


def set_rng_state(new_state: Any, device: Any = "cuda") -> None:
    """Accepted, as PyTorch puts it off until CUDA starts."""


def set_rng_state_all(new_states: Iterable[Any]) -> None:
    """Accepted for any number of states, as PyTorch does."""


def get_rng_state(device: Any = "cuda") -> Any:
    """Raises AssertionError: there is no GPU."""
    return not_compiled()


def initial_seed() -> int:
    """Raises AssertionError: there is no GPU."""
    return not_compiled()  # type: ignore[return-value]


__getattr__ = module_getattr(__name__)
