"""What the installed NumPy must be."""

from __future__ import annotations

import numpy as np

__all__ = ["check_numpy"]


def check_numpy() -> None:
    """Raise ImportError for NumPy before 2.1, where a single number may widen the result of an operation (NEP 50).

    NumPy 2.0 still does so with bfloat16. Source: https://numpy.org/neps/nep-0050-scalar-promotion.html
    """
    if tuple(int(part) for part in np.__version__.split(".")[:2]) < (2, 1):
        raise ImportError(
            f"penlight needs NumPy 2.1 or later, whose results have PyTorch's dtypes, but found NumPy {np.__version__}; "
            "install it with: pip install -U numpy"
        )
