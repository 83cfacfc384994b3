"""`torch.testing`: comparing values and making tensors for tests.

Source: https://docs.pytorch.org/docs/stable/testing.html
"""

from penlight.ledger.missing import module_getattr
from penlight.testing.comparison import assert_allclose, assert_close
from penlight.testing.creation import make_tensor

__all__ = ["assert_allclose", "assert_close", "make_tensor"]
__getattr__ = module_getattr(__name__)
