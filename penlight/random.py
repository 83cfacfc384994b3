"""`torch.random`: the global random stream of the CPU, and a block that leaves it as it was.

Source: https://docs.pytorch.org/docs/stable/random.html
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

from penlight.base.device import device as _device_class
from penlight.ledger.missing import module_getattr
from penlight.tensor.generator import default_generator, get_rng_state, initial_seed, manual_seed, seed, set_rng_state

__all__ = ["default_generator", "fork_rng", "get_rng_state", "initial_seed", "manual_seed", "seed", "set_rng_state"]


@contextlib.contextmanager
def fork_rng(
    devices: Iterable[Any] | None = None,
    enabled: bool = True,
    _caller: str = "fork_rng",
    _devices_kw: str = "devices",
    device_type: str = "cuda",
) -> Iterator[None]:
    """A block after which the random stream continues as if the block had not drawn.

    Raises: AssertionError when GPUs are named in `devices`, as PyTorch does without CUDA.
    Source: https://docs.pytorch.org/docs/stable/random.html#torch.random.fork_rng

    >>> import penlight as torch
    >>> _ = torch.manual_seed(0)
    >>> with torch.random.fork_rng():
    ...     _ = torch.rand(3)
    >>> torch.rand(1)
    tensor([0.4963])
    """
    device_type = _device_class(device_type).type
    if not enabled:
        yield
        return
    if device_type not in ("cpu", "meta") and list(devices or ()):
        raise AssertionError(f"Torch not compiled with {device_type.upper()} enabled")
    state = default_generator.get_state()
    try:
        yield
    finally:
        default_generator.set_state(state)


__getattr__ = module_getattr(__name__)
