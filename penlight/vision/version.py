"""The torchvision release whose interface is followed."""

from penlight.ledger.emulated import TorchVersion

__all__ = ["__version__"]

__version__ = TorchVersion("0.28.0+penlight")
