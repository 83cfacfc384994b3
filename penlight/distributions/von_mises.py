"""The von Mises distribution.

Source: https://docs.pytorch.org/docs/stable/distributions.html
"""

from __future__ import annotations

import math
from typing import Any

from penlight.autograd.grad_mode import no_grad
from penlight.base import dtypes
from penlight.base.size import Size
from penlight.distributions import constraints
from penlight.distributions.distribution import Distribution
from penlight.distributions.utils import broadcast_all, lazy_property
from penlight.ledger.missing import module_getattr
from penlight.tensor.create import empty, zeros
from penlight.tensor.install import tensor_ops as k
from penlight.tensor.random import rand
from penlight.tensor.tensor import Tensor

__all__ = ["VonMises"]

_SMALL = 1e-5  # concentrations below which the formula for the proposal loses its digits


class VonMises(Distribution):
    """exp(concentration cos(x - loc)) / (2 pi I0(concentration)), on the circle.

    Sampling is Best and Fisher's rejection from a wrapped Cauchy distribution (1979), in float64.
    """

    arg_constraints = {"loc": constraints.real, "concentration": constraints.positive}
    support = constraints.real
    has_rsample = False

    def __init__(self, loc: Any, concentration: Any, validate_args: bool | None = None) -> None:
        self.loc, self.concentration = broadcast_all(loc, concentration)
        super().__init__(self.loc.shape, Size(), validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        return self._expanded(VonMises, batch_shape, _instance, "loc concentration")

    mean = property(lambda self: self.loc)
    mode = property(lambda self: self.loc)

    @lazy_property
    def variance(self) -> Tensor:  # type: ignore[override]
        return 1 - k.i1e(self.concentration) / k.i0e(self.concentration)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        a = self.concentration
        return a * k.cos(value - self.loc) - math.log(2 * math.pi) - (k.i0e(a).log() + a)

    @lazy_property
    def _proposal_r(self) -> Tensor:
        kappa = self.concentration.to(dtypes.float64)
        tau = 1 + (1 + 4 * kappa**2).sqrt()
        rho = (tau - (2 * tau).sqrt()) / (2 * kappa)
        return k.where(kappa < _SMALL, 1 / kappa + kappa, (1 + rho**2) / (2 * rho))

    def sample(self, sample_shape: Any = Size()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        loc, concentration = self.loc.to(dtypes.float64), self.concentration.to(dtypes.float64)
        with no_grad():
            x = empty(shape, dtype=dtypes.float64)
            done = zeros(shape, dtype=dtypes.bool_)
            while not done.all():
                u1, u2, u3 = rand((3, *shape), dtype=dtypes.float64).unbind()
                z = k.cos(math.pi * u1)
                f = (1 + self._proposal_r * z) / (self._proposal_r + z)
                c = concentration * (self._proposal_r - f)
                accept = ((c * (2 - c) - u2) > 0) | ((c / u2).log() + 1 - c >= 0)
                if accept.any():
                    x = k.where(accept, (u3 - 0.5).sign() * f.acos(), x)
                    done = done | accept
            return ((x + math.pi + loc) % (2 * math.pi) - math.pi).to(self.loc.dtype)


__getattr__ = module_getattr(__name__)
