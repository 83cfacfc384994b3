"""The torchtext release whose interface is followed; the parts that it dropped follow torchtext 0.8."""

from penlight.ledger.emulated import TorchVersion

__all__ = ["__version__", "disable_torchtext_deprecation_warning"]

__version__ = TorchVersion("0.18.0+penlight")


def disable_torchtext_deprecation_warning() -> None:
    """Do nothing: the warning that torchtext 0.18 gives when it is imported is not given here."""
