"""The typing names that scripts import from `torch.jit.annotations`."""

from typing import Any, Dict, List, Optional, Tuple, Union  # noqa: UP035  (these names are the module's content)

from penlight.ledger.missing import module_getattr

__all__ = ["Any", "Dict", "List", "Optional", "Tuple", "Union"]
__getattr__ = module_getattr(__name__)
