"""`torch._higher_order_ops`: the scan that state-space models import."""

from penlight._higher_order_ops.associative_scan import associative_scan
from penlight.ledger.missing import module_getattr

__all__ = ["associative_scan"]

__getattr__ = module_getattr(__name__)
