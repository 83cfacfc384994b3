"""`map_location`: where loaded storages are placed. On the CPU or, without data, on the meta device; others are refused."""

from __future__ import annotations

from typing import Any

from penlight.io.errors import CheckpointError

__all__ = ["location_restorer"]

_ACCELERATORS = ("cuda", "xpu", "hpu", "mtia")


def _restore(storage: Any, location: str) -> Any:
    """Return the storage there if `location` is the CPU or meta; PyTorch's error for other devices."""
    kind = location.partition(":")[0]
    if kind == "cpu":
        return storage
    if kind in _ACCELERATORS:
        raise CheckpointError(
            f"Attempting to deserialize object on a {kind.upper()} device but torch.{kind}.is_available() is False. If "
            "you are running on a CPU-only machine, please use torch.load with map_location=torch.device('cpu') to map "
            "your storages to the CPU."
        )
    if kind == "meta":
        return storage.on_meta()
    if kind == "mps":
        raise CheckpointError("torch.UntypedStorage(): Storage device not recognized: mps; use map_location='cpu'")
    raise CheckpointError(
        f"don't know how to restore data location of torch.storage.UntypedStorage (tagged with {location}); use "
        "map_location='cpu'"
    )


def location_restorer(map_location: Any, device_class: type) -> Any:
    """Return restore(storage, location) for torch.load's `map_location`.

    Args: map_location, None, a device or its name, {from: to}XX
    Raises: TypeError for any other map_location.
    """

    if map_location is None:
        return _restore
    if isinstance(map_location, dict):
        return lambda storage, location: _restore(storage, str(map_location.get(location, location)))
    if isinstance(map_location, (str, device_class)):
        target = str(map_location)
        return lambda storage, location: _restore(storage, target)
    if not callable(map_location):
        raise TypeError(
            "torch.load: map_location must be None, a device, a string, a dict of these or a function "
            f"(storage, location) -> storage; got {type(map_location).__name__}, which is not callable"
        )

    def mapped(storage: Any, location: str) -> Any:
        found = map_location(storage, location)
        return _restore(storage, location) if found is None else found

    return mapped
