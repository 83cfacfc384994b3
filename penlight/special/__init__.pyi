# Written by `penlight stubs --write`; not to be edited.
from builtins import bool as _bool, bytes as _bytes, complex as _complex, dict as _dict, float as _float, int as _int, list as _list, object as _object, set as _set, slice as _slice, str as _str, tuple as _tuple, type as _type
from collections.abc import Callable as _Callable, Iterator as _Iterator, Sequence as _Sequence
from typing import Any as _Any, overload as _overload

import numpy as _np

_Number = _float | _complex

from penlight import Tensor
from penlight import return_types as _return_types
from penlight.tensor.generator import Generator as _Generator
from penlight.base.size import Size as _Size
from penlight.base.device import device as _device
from penlight.base.dtypes import dtype as _dtype
from penlight.base.formats import layout as _layout
from penlight.base.formats import memory_format as _memory_format

def airy_ai(input: Tensor, *, out: _Any = None) -> Tensor:
    """The Airy function Ai; no gradient."""
def bessel_j0(input: Tensor, *, out: _Any = None) -> Tensor:
    """The Bessel function of the first kind of order 0; no gradient."""
def bessel_j1(input: Tensor, *, out: _Any = None) -> Tensor:
    """The Bessel function of the first kind of order 1; no gradient."""
def bessel_y0(input: Tensor, *, out: _Any = None) -> Tensor:
    """The Bessel function of the second kind of order 0; no gradient."""
def bessel_y1(input: Tensor, *, out: _Any = None) -> Tensor:
    """The Bessel function of the second kind of order 1; no gradient."""
def chebyshev_polynomial_t(input: Tensor | _Number, n: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """Chebyshev polynomial t_n of `input`, degree `n`, elementwise."""
def chebyshev_polynomial_u(input: Tensor | _Number, n: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """Chebyshev polynomial u_n of `input`, degree `n`, elementwise."""
def chebyshev_polynomial_v(input: Tensor | _Number, n: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """Chebyshev polynomial v_n of `input`, degree `n`, elementwise."""
def chebyshev_polynomial_w(input: Tensor | _Number, n: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """Chebyshev polynomial w_n of `input`, degree `n`, elementwise."""
def digamma(input: Tensor, *, out: _Any = None) -> Tensor:
    """The derivative of log(gamma(input))."""
def digamma_(input: Tensor) -> Tensor:
    """`digamma` in place."""
def entr(input: Tensor, *, out: _Any = None) -> Tensor:
    """-input * log(input); 0 at 0 and -inf below."""
def erf(input: Tensor, *, out: _Any = None) -> Tensor:
    """2 / sqrt(pi) * integral of exp(-t^2) from 0 to input."""
def erf_(input: Tensor) -> Tensor:
    """`erf` in place."""
def erfc(input: Tensor, *, out: _Any = None) -> Tensor:
    """1 - erf(input), accurate where that is tiny."""
def erfc_(input: Tensor) -> Tensor:
    """`erfc` in place."""
def erfcx(input: Tensor, *, out: _Any = None) -> Tensor:
    """exp(input^2) * erfc(input)."""
def erfinv(input: Tensor, *, out: _Any = None) -> Tensor:
    """The x with erf(x) = input; infinite at -1 and 1."""
def erfinv_(input: Tensor) -> Tensor:
    """`erfinv` in place."""
def exp2(input: Tensor, *, out: _Any = None) -> Tensor:
    """2 ** input, elementwise."""
def exp2_(input: Tensor) -> Tensor:
    """`exp2` in place."""
def expit(input: Tensor, *, out: _Any = None) -> Tensor:
    """The same as `torch.sigmoid`."""
def expm1(input: Tensor, *, out: _Any = None) -> Tensor:
    """e ** input - 1, elementwise, exact near 0."""
def expm1_(input: Tensor) -> Tensor:
    """`expm1` in place."""
def gammainc(input: Tensor, other: Tensor, *, out: _Any = None) -> Tensor:
    """The same as `torch.igamma`."""
def gammaincc(input: Tensor, other: Tensor, *, out: _Any = None) -> Tensor:
    """The same as `torch.igammac`."""
def gammaln(input: Tensor, *, out: _Any = None) -> Tensor:
    """The same as `torch.lgamma`."""
def hermite_polynomial_h(input: Tensor | _Number, n: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """Hermite polynomial h_n of `input`, degree `n`, elementwise."""
def hermite_polynomial_he(input: Tensor | _Number, n: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """Hermite polynomial he_n of `input`, degree `n`, elementwise."""
def i0(input: Tensor, *, out: _Any = None) -> Tensor:
    """The modified Bessel function of the first kind, order 0."""
def i0_(input: Tensor) -> Tensor:
    """`i0` in place."""
def i0e(input: Tensor, *, out: _Any = None) -> Tensor:
    """exp(-|input|) * i0(input)."""
def i1(input: Tensor, *, out: _Any = None) -> Tensor:
    """The modified Bessel function of the first kind, order 1."""
def i1e(input: Tensor, *, out: _Any = None) -> Tensor:
    """exp(-|input|) * i1(input)."""
def laguerre_polynomial_l(input: Tensor | _Number, n: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """Laguerre polynomial l_n of `input`, degree `n`, elementwise."""
def legendre_polynomial_p(input: Tensor | _Number, n: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """Legendre polynomial p_n of `input`, degree `n`, elementwise."""
def log1p(input: Tensor, *, out: _Any = None) -> Tensor:
    """log(1 + input), elementwise, exact near 0."""
def log1p_(input: Tensor) -> Tensor:
    """`log1p` in place."""
def log_ndtr(input: Tensor, *, out: _Any = None) -> Tensor:
    """The logarithm of the normal distribution function."""
def log_softmax(input: Tensor, dim: _int = ..., *, dtype: _dtype | None = None, axis: _Any = ...) -> Tensor:
    """The same as `torch.log_softmax`."""
def logit(input: Tensor, eps: _float | None = None, *, out: _Any = None) -> Tensor:
    """log(input / (1 - input)); with `eps`, the input is first clamped to [eps, 1 - eps]."""
def logit_(input: Tensor, eps: _float | None = None) -> Tensor:
    """`logit` in place."""
def logsumexp(input: Tensor, dim: _int | _Sequence[_int] = ..., keepdim: _bool = False, *, out: _Any = None, axis: _Any = ..., keepdims: _bool = ...) -> Tensor:
    """log(sum(exp(input))) over `dim`, without overflow."""
def modified_bessel_i0(input: Tensor, *, out: _Any = None) -> Tensor:
    """The modified Bessel function of the first kind of order 0; no gradient."""
def modified_bessel_i1(input: Tensor, *, out: _Any = None) -> Tensor:
    """The modified Bessel function of the first kind of order 1; no gradient."""
def modified_bessel_k0(input: Tensor, *, out: _Any = None) -> Tensor:
    """The modified Bessel function of the second kind of order 0; no gradient."""
def modified_bessel_k1(input: Tensor, *, out: _Any = None) -> Tensor:
    """The modified Bessel function of the second kind of order 1; no gradient."""
def multigammaln(input: Tensor, p: _int, *, out: _Any = None) -> Tensor:
    """The same as `torch.mvlgamma`."""
def ndtr(input: Tensor, *, out: _Any = None) -> Tensor:
    """The normal distribution function: (1 + erf(x / sqrt(2))) / 2."""
def ndtri(input: Tensor, *, out: _Any = None) -> Tensor:
    """The x at which the normal distribution function is `input`."""
def polygamma(n: Tensor | _Number, input: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """The n-th derivative of digamma: torch.polygamma(n, x) or x.polygamma(n)."""
def psi(input: Tensor, *, out: _Any = None) -> Tensor:
    """The same as `torch.digamma`."""
def round(input: Tensor, *, decimals: _int = ..., out: _Any = None) -> Tensor:
    """The nearest whole number, halves to even; with `decimals`, at that decimal place."""
def round_(input: Tensor, *, decimals: _int = ...) -> Tensor:
    """`round` in place."""
def scaled_modified_bessel_k0(input: Tensor, *, out: _Any = None) -> Tensor:
    """exp(input) times the modified Bessel function of the second kind of order 0; no gradient."""
def scaled_modified_bessel_k1(input: Tensor, *, out: _Any = None) -> Tensor:
    """exp(input) times the modified Bessel function of the second kind of order 1; no gradient."""
def shifted_chebyshev_polynomial_t(input: Tensor | _Number, n: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """Shifted chebyshev polynomial t_n of `input`, degree `n`, elementwise."""
def shifted_chebyshev_polynomial_u(input: Tensor | _Number, n: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """Shifted chebyshev polynomial u_n of `input`, degree `n`, elementwise."""
def shifted_chebyshev_polynomial_v(input: Tensor | _Number, n: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """Shifted chebyshev polynomial v_n of `input`, degree `n`, elementwise."""
def shifted_chebyshev_polynomial_w(input: Tensor | _Number, n: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """Shifted chebyshev polynomial w_n of `input`, degree `n`, elementwise."""
def sinc(input: Tensor, *, out: _Any = None) -> Tensor:
    """sin(pi x) / (pi x), 1 at 0."""
def sinc_(input: Tensor) -> Tensor:
    """`sinc` in place."""
def softmax(input: Tensor, dim: _int = ..., *, dtype: _dtype | None = None, axis: _Any = ...) -> Tensor:
    """The same as `torch.softmax`."""
def spherical_bessel_j0(input: Tensor, *, out: _Any = None) -> Tensor:
    """The spherical Bessel function of order 0: sin(input) / input, 1 at 0; no gradient."""
def xlog1py(input: Tensor | _Number, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """input * log1p(other), elementwise; 0 where input is 0, unless other is nan."""
def xlogy(input: Tensor | _Number, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """input * log(other), elementwise; 0 where input is 0, unless other is nan."""
def xlogy_(input: Tensor | _Number, other: Tensor | _Number) -> Tensor:
    """`xlogy` in place."""
def zeta(input: Tensor | _Number, other: Tensor | _Number, *, out: _Any = None) -> Tensor:
    """The Hurwitz zeta function: the sum of (other + i)^-input over i >= 0."""
