"""Discrete Fourier transforms. All are made of three ops: complex to complex, real to complex, complex to real."""

from __future__ import annotations

import math

from penlight.base.defaults import defaults
from penlight.base.device import read_device
from penlight.base.dims import dimension, int_list, needs_dimension
from penlight.ops.table import composite, op

__all__: list[str] = []


def _aligned(input, dims, last=0):
    """How a result lies in memory: the dimensions that stay by their strides, then `dims` so, but for the `last` ones."""
    step = lambda d: -abs(input.strides[d])
    moved = len(dims) - last
    rest = [d for d in range(input.ndim) if d not in dims]
    return (*sorted(rest, key=step), *sorted(dims[:moved], key=step), *dims[moved:])


def _transform(xp, input, dims, forward):
    """The unscaled transform of complex values over `dims`."""
    for d in dims:  # pocketfft's one-dimensional transforms; norm chooses the unscaled direction
        input = xp.fft.fft(input, axis=d) if forward else xp.fft.ifft(input, axis=d, norm="forward")
    return input


def _finish(xp, result, scale, like, order):
    """Scale, in the precision of `like`, and put the dimensions back."""
    single = like.dtype in ("float32", "complex64")
    kind = ("complex64" if single else "complex128") if result.dtype.kind == "c" else "float32" if single else "float64"
    result = xp.ascontiguousarray(result.astype(kind, copy=False))
    if scale != 1:  # parts apart: a complex factor would turn -0 into 0
        result = (result.view(result.real.dtype) * result.real.dtype.type(scale)).view(kind)
    return result.transpose(sorted(range(len(order)), key=order.__getitem__))


@op(
    "_fft_c2c(Tensor input, any dims, float scale, bool forward)",
    on="",
    grad_name="FftC2CBackward0",
    vjp={"input": lambda k, g, dims, scale, forward: k._fft_c2c(g, dims, scale, not forward)},
)
def _fft_c2c(xp, input, dims, scale, forward):
    """The transform of complex values over `dims`: sum x exp(-+ 2 pi i j k / n), times `scale`."""
    if not input.size:
        return input.copy()
    order = _aligned(input, dims)
    result = _transform(xp, input.transpose(order), [order.index(d) for d in dims], forward)
    return _finish(xp, result, scale, input, order)


def _r2c_rule(k, g, input_shape, dims, scale, forward, onesided):
    if onesided:
        g = k._resize_dims(g, (dims[-1],), (input_shape[dims[-1]],))
    return k.real(k._fft_c2c(g, dims, scale, not forward))


@op(
    "_fft_r2c(Tensor input, any dims, float scale, bool forward, bool onesided)",
    on="",
    grad_name="FftR2CBackward0",
    vjp={"input": _r2c_rule},
)
def _fft_r2c(xp, input, dims, scale, forward, onesided):
    """The transform of real values; `onesided` leaves out the conjugate half of the last of `dims`."""
    order = _aligned(input, dims, 1)
    result = (xp.fft.rfft if onesided else xp.fft.fft)(input.transpose(order))
    if not forward:
        result = xp.conj(result)
    result = _transform(xp, result, [order.index(d) for d in dims[:-1]], forward)
    return _finish(xp, result, scale, input, order)


def _c2r_rule(k, g, dims, scale, forward, input_shape):
    last = dims[-1]
    n = g.shape[last]
    d = k._fft_r2c(g, dims, scale, not forward, True)
    # every frequency but 0 (and n / 2) stands for its conjugate too
    half = n // 2 + 1
    twice = half - (1 if n % 2 else 2)
    if twice > 0:
        parts = [k.narrow(d, last, 0, 1), k.narrow(d, last, 1, twice) * 2]
        if half > 1 + twice:
            parts.append(k.narrow(d, last, 1 + twice, half - 1 - twice))
        d = k.cat(parts, last)
    return d


@op(
    "_fft_c2r(Tensor input, any dims, float scale, bool forward, int last_size)",
    on="",
    grad_name="FftC2RBackward0",
    vjp={"input": _c2r_rule},
)
def _fft_c2r(xp, input, dims, scale, forward, last_size):
    """Real values from the non-negative frequencies along the last of `dims`."""
    order = _aligned(input, dims, 1)
    result = _transform(xp, input.transpose(order), [order.index(d) for d in dims[:-1]], forward)
    if forward:
        result = xp.conj(result)
    return _finish(xp, xp.fft.irfft(result, last_size, norm="forward"), scale, input, order)


@op(
    "_resize_dims(Tensor input, any dims, any sizes)",
    on="",
    grad_name="ConstantPadNdBackward0",
    vjp={
        "input": lambda k, g, dims, input_shape: k._resize_dims(g, dims, tuple([input_shape[d] for d in dims])),
    },
)
def _resize_dims(xp, input, dims, sizes):
    """Cut or fill with zeros at the end of dimensions."""
    shape = list(input.shape)
    for d, n in zip(dims, sizes):
        shape[d] = n
    common = tuple(slice(0, min(a, b)) for a, b in zip(shape, input.shape))
    if all(a <= b for a, b in zip(shape, input.shape)):
        return input[common]
    result = xp.zeros(shape, input.dtype)
    result[common] = input[common]
    return result


# --- reading arguments ------------------------------------------------------------------------------------------------


def _scale(norm, n, forward):
    """The factor of the unscaled transform over n points."""
    if norm is None or norm == "backward":
        return 1.0 if forward else 1.0 / n
    if norm == "ortho":
        return 1.0 / math.sqrt(n)
    if norm == "forward":
        return 1.0 / n if forward else 1.0
    raise RuntimeError(f'Invalid normalization mode: "{norm}"')


def _floating(k, input, to_complex=False):
    d = input.dtype
    if d.itemsize == 2 and d.is_floating_point:
        raise RuntimeError(f"Unsupported dtype {d.legacy}")
    if not (d.is_floating_point or d.is_complex):
        d = defaults.float_dtype
    if to_complex and not d.is_complex:
        d = d.to_complex()
    return input if input.dtype is d else input.to(d)


def _one_dim(input, dim):
    if not input.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    return dimension(dim, input.ndim)


def _check_points(n):
    if n < 1:
        raise RuntimeError(f"Invalid number of data points ({n}) specified")


def _several(input, s, dim):
    """(dims, sizes) of an n-dimensional transform."""
    if dim is not None:
        dims = [dimension(d, input.ndim) for d in int_list(dim)]
        if len(set(dims)) != len(dims):
            raise RuntimeError("FFT dims must be unique")
    if s is not None:
        s = int_list(s)
        if dim is not None and len(s) != len(dims):
            raise RuntimeError("When given, dim and shape arguments must have the same length")
        if len(s) > input.ndim:
            raise RuntimeError(f"Got shape with {len(s)} values but input tensor only has {input.ndim} dimensions.")
        if dim is None:
            dims = list(range(input.ndim - len(s), input.ndim))
        sizes = [input.shape[d] if n == -1 else n for n, d in zip(s, dims)]
    else:
        if dim is None:
            dims = list(range(input.ndim))
        sizes = [input.shape[d] for d in dims]
    for n in sizes:
        _check_points(n)
    return tuple(dims), tuple(sizes)


def _need_real(name, input):
    if input.dtype.is_complex:
        raise RuntimeError(f"{name} expects a real input tensor, but got {input.dtype.legacy}")


# --- one dimension ----------------------------------------------------------------------------------------------------


def _complex_1d(k, input, n, dim, norm, forward):
    dim = _one_dim(input, dim)
    n = input.shape[dim] if n is None else n
    _check_points(n)
    input = k._resize_dims(_floating(k, input), (dim,), (n,))
    scale = _scale(norm, n, forward)
    if input.dtype.is_complex:
        return k._fft_c2c(input, (dim,), scale, forward)
    return k._fft_r2c(input, (dim,), scale, forward, False)


def _real_1d(k, name, input, n, dim, norm, forward):
    _need_real(name, input)
    dim = _one_dim(input, dim)
    n = input.shape[dim] if n is None else n
    _check_points(n)
    input = k._resize_dims(_floating(k, input), (dim,), (n,))
    return k._fft_r2c(input, (dim,), _scale(norm, n, forward), forward, True)


def _half_1d(k, input, n, dim, norm, forward):
    dim = _one_dim(input, dim)
    n = 2 * (input.shape[dim] - 1) if n is None else n
    _check_points(n)
    input = k._resize_dims(_floating(k, input, True), (dim,), (n // 2 + 1,))
    return k._fft_c2r(input, (dim,), _scale(norm, n, forward), forward, n)


def _complex_nd(k, input, s, dim, norm, forward):
    dims, sizes = _several(input, s, dim)
    input = _floating(k, input, True)
    if not dims:
        return k.clone(input)
    return k._fft_c2c(k._resize_dims(input, dims, sizes), dims, _scale(norm, math.prod(sizes), forward), forward)


def _real_nd(k, name, input, s, dim, norm, forward):
    _need_real(name, input)
    dims, sizes = _several(input, s, dim)
    if not dims:
        raise RuntimeError(f"{name} must transform at least one axis")
    input = k._resize_dims(_floating(k, input), dims, sizes)
    scale = _scale(norm, math.prod(sizes), forward)
    if forward or len(dims) == 1:
        return k._fft_r2c(input, dims, scale, forward, True)
    return k._fft_c2c(k._fft_r2c(input, dims[-1:], scale, False, True), dims[:-1], 1.0, False)


def _half_nd(k, name, input, s, dim, norm, forward):
    if s is None and (dim is None or len(int_list(dim))):
        at = _several(input, None, dim)[0]
        dims = at
        if not dims:
            raise RuntimeError(f"{name} must transform at least one axis")
        sizes = [*(input.shape[d] for d in dims[:-1]), 2 * (input.shape[dims[-1]] - 1)]
    else:
        dims, sizes = _several(input, s, dim)
        if not dims:
            raise RuntimeError(f"{name} must transform at least one axis")
        sizes = list(sizes)
        if int_list(s)[-1] == -1:
            sizes[-1] = 2 * (input.shape[dims[-1]] - 1)
    for n in sizes:
        _check_points(n)
    last = sizes[-1]
    input = k._resize_dims(_floating(k, input, True), dims, (*sizes[:-1], last // 2 + 1))
    return k._fft_c2r(input, dims, _scale(norm, math.prod(sizes), forward), forward, last)


_KINDS = {
    "fft": (lambda k, *a: _complex_1d(k, *a, True), "The discrete Fourier transform over one dimension"),
    "ifft": (lambda k, *a: _complex_1d(k, *a, False), "The inverse of `fft`"),
    "rfft": (lambda k, *a: _real_1d(k, "rfft", *a, True), "The non-negative frequencies of a real signal"),
    "ihfft": (lambda k, *a: _real_1d(k, "ihfft", *a, False), "The inverse of `hfft`"),
    "irfft": (lambda k, *a: _half_1d(k, *a, False), "The inverse of `rfft`: n real values (2 (m - 1) unless given)"),
    "hfft": (lambda k, *a: _half_1d(k, *a, True), "The real transform of a signal given by its non-negative half"),
}
_KINDS_ND = {
    "fft": (lambda k, name, *a: _complex_nd(k, *a, True), "The discrete Fourier transform over several dimensions"),
    "ifft": (lambda k, name, *a: _complex_nd(k, *a, False), "The inverse of `fftn`"),
    "rfft": (
        lambda k, name, *a: _real_nd(k, name, *a, True),
        "`fftn` of real values, the last dimension's half left out",
    ),
    "ihfft": (lambda k, name, *a: _real_nd(k, name, *a, False), "The inverse of `hfftn`"),
    "irfft": (lambda k, name, *a: _half_nd(k, name, *a, False), "The inverse of `rfftn`"),
    "hfft": (lambda k, name, *a: _half_nd(k, name, *a, True), "The real transform of values given by half a dimension"),
}


def _declare(name, signature, run, text):
    def body(k, *arguments):
        return run(k, *arguments)

    body.__doc__ = f"""{text}.

    norm: "backward" (1/n in the inverse), "ortho" (1/sqrt(n) in both) or "forward".
    Source: https://docs.pytorch.org/docs/stable/generated/torch.fft.{name}.html
    """
    composite(f"fft_{name}(Tensor input, {signature}, str norm=None)", on="fft", out=True)(body)


for _name, (_run, _text) in _KINDS.items():
    _declare(_name, "size n=None, int dim=-1", _run, _text)
for _name, (_run, _text) in _KINDS_ND.items():
    for _suffix, _dims in (("2", "(-2, -1)"), ("n", "None")):
        _full = _name + _suffix

        def _call(k, *a, _run=_run, _full=_full):
            return _run(k, _full, *a)

        _declare(_full, f"ints1 s=None, ints1 dim={_dims}", _call, _text)


# --- frequencies and shifts -------------------------------------------------------------------------------------------


@op("_frequencies(int n, number d, any dtype, bool half)", on="", half="direct")
def _frequencies(xp, n, d, dtype, half):
    """Multiples of 1 / (n d): 0 … n/2, and unless `half` the negative ones."""
    if dtype.np.kind not in "fcV":
        raise RuntimeError(f"{'r' * half}fftfreq requires a floating point or complex dtype, but got {dtype}")
    if n < 0 and not half:
        raise RuntimeError(f"fftfreq: expected a number of points that is not negative, but got {n}")
    values = xp.arange(int(n / 2) + 1 if half else n)  # half of it towards 0
    if not half:
        values = xp.where(values >= (n + 1) // 2, values - n, values)
    with xp.errstate(divide="ignore", invalid="ignore"):
        return values.astype(dtype.np) * dtype.np.type(xp.divide(1.0, n * d))


def _made(tensor, requires_grad):
    if requires_grad:
        tensor.requires_grad_(True)
    return tensor


_MAKE = "*, dtype dtype=None, any layout=None, any device=None, bool requires_grad=False"


@composite(f"fft_fftfreq(int n, float d=1.0, {_MAKE})", on="fft", out=True)
def fft_fftfreq(k, n, d, dtype, layout, device, requires_grad):
    """The frequencies of `fft`'s results for a sample spacing of d.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.fft.fftfreq.html
    """
    read_device(device)
    return _made(k._frequencies(n, d, dtype or defaults.float_dtype, False), requires_grad)


@composite(f"fft_rfftfreq(int n, float d=1.0, {_MAKE})", on="fft", out=True)
def fft_rfftfreq(k, n, d, dtype, layout, device, requires_grad):
    """The frequencies of `rfft`'s results for a sample spacing of d.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.fft.rfftfreq.html
    """
    read_device(device)
    return _made(k._frequencies(n, d, dtype or defaults.float_dtype, True), requires_grad)


def _shift(k, input, dim, sign):
    dims = tuple(range(input.ndim)) if dim is None else int_list(dim)
    if not dims:
        raise RuntimeError("`shifts` required")
    needs_dimension("roll", input.ndim)
    dims = [dimension(d, input.ndim) for d in dims]
    shifts = [input.shape[d] // 2 if sign > 0 else (input.shape[d] + 1) // 2 for d in dims]
    return k.roll(input, tuple(shifts), tuple(dims))


@composite("fft_fftshift(Tensor input, ints1 dim=None)", on="fft")
def fft_fftshift(k, input, dim=None):
    """Move the zero frequency to the middle.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.fft.fftshift.html
    """
    return _shift(k, input, dim, 1)


@composite("fft_ifftshift(Tensor input, ints1 dim=None)", on="fft")
def fft_ifftshift(k, input, dim=None):
    """The inverse of `fftshift`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.fft.ifftshift.html
    """
    return _shift(k, input, dim, -1)
