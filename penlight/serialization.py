"""`torch.serialization`: saving and loading; the work is done in `penlight.io`.

Source: https://docs.pytorch.org/docs/stable/notes/serialization.html
"""

from penlight.io.serialization import (
    DEFAULT_PROTOCOL,
    MAP_LOCATION,
    add_safe_globals,
    clear_safe_globals,
    get_crc32_options,
    get_default_mmap_options,
    get_safe_globals,
    get_unsafe_globals_in_checkpoint,
    load,
    safe_globals,
    save,
    set_crc32_options,
    set_default_mmap_options,
)
from penlight.ledger.missing import module_getattr

__all__ = [
    "DEFAULT_PROTOCOL", "MAP_LOCATION", "SourceChangeWarning", "add_safe_globals", "clear_safe_globals",
    "get_crc32_options", "get_default_mmap_options", "get_safe_globals", "get_unsafe_globals_in_checkpoint", "load",
    "safe_globals", "save", "set_crc32_options", "set_default_mmap_options",
]  # fmt: skip


class SourceChangeWarning(Warning):
    """A pickled module's source differs from today's. Never given here: sources are not saved."""


__getattr__ = module_getattr(__name__)
