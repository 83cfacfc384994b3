"""The chi-squared distribution.

Source: https://docs.pytorch.org/docs/stable/distributions.html#chi2
"""

from __future__ import annotations

from typing import Any

from penlight.distributions import constraints
from penlight.distributions.gamma import Gamma
from penlight.ledger.missing import module_getattr
from penlight.tensor.tensor import Tensor

__all__ = ["Chi2"]


class Chi2(Gamma):
    """Gamma(df / 2, 1 / 2): the sum of `df` squared standard normal numbers."""

    arg_constraints = {"df": constraints.positive}

    def __init__(self, df: Any, validate_args: bool | None = None) -> None:
        super().__init__(0.5 * df, 0.5, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        return super().expand(batch_shape, self._get_checked_instance(Chi2, _instance))

    @property
    def df(self) -> Tensor:
        return self.concentration * 2


__getattr__ = module_getattr(__name__)
