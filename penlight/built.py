"""What `torch.has_*` answer: which libraries the numbers are computed with."""

from penlight.backends import mkl, openmp

__all__ = ["compiled_with_cxx11_abi", "has_lapack", "has_mkl", "has_openmp", "has_spectral"]

has_lapack = True  # NumPy's
has_spectral = True
has_mkl = mkl.is_available()
has_openmp = openmp.is_available()


def compiled_with_cxx11_abi() -> bool:
    """True, as PyTorch's builds answer; penlight itself has no C++ that an extension could be linked with."""
    return True
