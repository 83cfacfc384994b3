"""`torch.quasirandom`: sequences that fill space evenly, which penlight does not have; its name raises when used."""

from penlight.ledger.missing import module_getattr, placeholder

__all__ = ["SobolEngine"]

SobolEngine = placeholder(
    "torch.quasirandom.SobolEngine",
    "the table of direction numbers is not part of it; scipy.stats.qmc.Sobol draws them",
)
__getattr__ = module_getattr(__name__)
