"""The torchtext release whose interface is followed; the parts that it dropped follow torchtext 0.8."""

from penlight.ledger.emulated import TorchVersion

__all__ = ["__version__"]

__version__ = TorchVersion("0.18.0+penlight")
