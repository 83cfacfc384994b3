"""`torch.signal.windows`: weights for the points of a signal, computed in float64.

Every window takes `M` points. `sym=True` puts both ends into the window (for filters); `sym=False` gives one period of
M points (for spectra). `dtype` is float32 or float64. Raises ValueError for anything else.
Source: https://docs.pytorch.org/docs/stable/signal.html
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from penlight.backends.registry import numpy_backend
from penlight.base import dtypes
from penlight.base.defaults import defaults
from penlight.base.device import read_device
from penlight.base.dims import read
from penlight.ledger.missing import module_getattr
from penlight.tensor.create import finish
from penlight.tensor.tensor import Tensor

__all__ = [
    "bartlett", "blackman", "cosine", "exponential", "gaussian", "general_cosine", "general_hamming", "hamming", "hann",
    "kaiser", "nuttall",
]  # fmt: skip
__getattr__ = module_getattr("torch.signal.windows")


def _window(name: str, M: int, values: Callable, sym: bool, made: dict[str, Any]) -> Tensor:
    """`values(i, steps)` for the points i = 0 … M - 1, `steps` apart from their repetition."""
    dtype = defaults.float_dtype if made["dtype"] is None else dtypes.of(made["dtype"])
    layout = made["layout"]
    if M < 0:
        raise ValueError(f"{name} requires non-negative window length, got M={M}")
    if layout is not None and layout.name != "strided":
        raise ValueError(f"{name} is implemented for strided tensors only, got: {layout}")
    if dtype.name not in ("float32", "float64"):
        raise ValueError(f"{name} expects float32 or float64 dtypes, got: {dtype}")
    if M not in (0, 1):
        M = read("int", M, "M", name, 1)
    read_device(made["device"])
    steps = M - 1 if sym else M
    array = values(np.arange(M, dtype=np.float64), steps) if M > 1 else np.ones(int(M))
    return finish(array.astype(dtype.np), made["requires_grad"], None, name)


def bartlett(
    M: int, *, sym: bool = True, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """The triangle 1 - |2 i / steps - 1|.

    >>> bartlett(5)
    tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])
    """
    made = {"dtype": dtype, "layout": layout, "device": device, "requires_grad": requires_grad}
    return _window("bartlett", M, lambda i, steps: 1 - np.abs(2 * i / steps - 1), sym, made)


def cosine(
    M: int, *, sym: bool = True, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Half a wave of the sine: sin(pi (i + 1/2) / (steps + 1)).

    >>> cosine(3)
    tensor([0.5000, 1.0000, 0.5000])
    """
    made = {"dtype": dtype, "layout": layout, "device": device, "requires_grad": requires_grad}
    return _window("cosine", M, lambda i, steps: np.sin(math.pi * (i + 0.5) / (steps + 1)), sym, made)


def exponential(
    M: int,
    *,
    center: float | None = None,
    tau: float = 1.0,
    sym: bool = True,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """exp(-|i - center| / tau), `center` by default in the middle; it may be given for sym=False only.

    >>> exponential(3)
    tensor([0.3679, 1.0000, 0.3679])
    """
    if tau <= 0:
        raise ValueError(f"Tau must be positive, got: {tau} instead.")
    if sym and center is not None:
        raise ValueError("Center must be None for symmetric windows")
    made = {"dtype": dtype, "layout": layout, "device": device, "requires_grad": requires_grad}

    def values(i: np.ndarray, steps: int) -> np.ndarray:
        return np.exp(-np.abs(i - (steps / 2 if center is None else center)) / tau)

    return _window("exponential", M, values, sym, made)


def gaussian(
    M: int,
    *,
    std: float = 1.0,
    sym: bool = True,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """exp(-((i - steps / 2) / std)^2 / 2).

    >>> gaussian(3)
    tensor([0.6065, 1.0000, 0.6065])
    """
    if std <= 0:
        raise ValueError(f"Standard deviation must be positive, got: {std} instead.")
    made = {"dtype": dtype, "layout": layout, "device": device, "requires_grad": requires_grad}
    return _window("gaussian", M, lambda i, steps: np.exp(-0.5 * ((i - steps / 2) / std) ** 2), sym, made)


def kaiser(
    M: int,
    *,
    beta: float = 12.0,
    sym: bool = True,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """I0(beta sqrt(1 - (2 i / steps - 1)^2)) / I0(beta).

    >>> kaiser(3, beta=1.0)
    tensor([0.7898, 1.0000, 0.7898])
    """
    if beta < 0:
        raise ValueError(f"beta must be non-negative, got: {beta} instead.")
    made = {"dtype": dtype, "layout": layout, "device": device, "requires_grad": requires_grad}
    i0 = numpy_backend.i0

    def values(i: np.ndarray, steps: int) -> np.ndarray:
        return i0(beta * np.sqrt(np.maximum(1 - (2 * i / steps - 1) ** 2, 0))) / i0(np.float64(beta))

    return _window("kaiser", M, values, sym, made)


def general_cosine(
    M: int,
    *,
    a: Iterable,
    sym: bool = True,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """a[0] - a[1] cos(w) + a[2] cos(2 w) - …, with w = 2 pi i / steps.

    >>> general_cosine(3, a=[0.5, 0.5])
    tensor([0., 1., 0.])
    """
    if not isinstance(a, Iterable):
        raise TypeError("Coefficients must be a list/tuple")
    weights = [float(w) for w in a]
    if not weights:
        raise ValueError("Coefficients cannot be empty")
    made = {"dtype": dtype, "layout": layout, "device": device, "requires_grad": requires_grad}

    def values(i: np.ndarray, steps: int) -> np.ndarray:
        total = np.zeros_like(i)
        for n, w in enumerate(weights):
            total += (-1) ** n * w * np.cos(2 * math.pi * n / steps * i)
        return total

    return _window("general_cosine", M, values, sym, made)


def general_hamming(
    M: int,
    *,
    alpha: float = 0.54,
    sym: bool = True,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """alpha - (1 - alpha) cos(2 pi i / steps).

    >>> general_hamming(3, alpha=0.6)
    tensor([0.2000, 1.0000, 0.2000])
    """
    return general_cosine(
        M, a=[alpha, 1 - alpha], sym=sym, dtype=dtype, layout=layout, device=device, requires_grad=requires_grad
    )


def _fixed(name: str, weights: tuple[float, ...]) -> Callable[..., Tensor]:
    def window(
        M: int,
        *,
        sym: bool = True,
        dtype: Any = None,
        layout: Any = None,
        device: Any = None,
        requires_grad: bool = False,
    ) -> Tensor:
        return general_cosine(
            M, a=weights, sym=sym, dtype=dtype, layout=layout, device=device, requires_grad=requires_grad
        )

    window.__name__ = window.__qualname__ = name
    window.__doc__ = f"""`general_cosine` with the weights {", ".join(map(str, weights))}.

    >>> {name}(5)[2]
    tensor(1.)
    """
    return window


hann = _fixed("hann", (0.5, 0.5))
hamming = _fixed("hamming", (0.54, 0.46))
blackman = _fixed("blackman", (0.42, 0.5, 0.08))
nuttall = _fixed("nuttall", (0.3635819, 0.4891775, 0.1365995, 0.0106411))
