"""Short-time Fourier transforms and window functions."""

from __future__ import annotations

import math
import warnings

from penlight.base.defaults import defaults
from penlight.base.device import read_device
from penlight.ops.table import composite, op

__all__: list[str] = []


@op(
    "_overlap_add(Tensor frames, int hop)",
    on="",
    vjp={"frames": lambda k, g, frames_shape, hop: k.unfold(g, len(frames_shape) - 2, frames_shape[-1], hop)},
)
def _overlap_add(xp, frames, hop):
    """Frames added up, each `hop` later than the one before. Shape: (*, frames, n) -> (*, length)."""
    *batch, count, n = frames.shape
    result = xp.zeros((*batch, n + hop * (count - 1)), frames.dtype)
    for i in range(count):
        result[..., i * hop : i * hop + n] += frames[..., i, :]
    return result


def _describe(window):
    return "None" if window is None else f"torch.{window.dtype.legacy}Tensor{{{list(window.shape)}}}"


def _window_of(k, name, window, win_length, n_fft):
    """The window, centred in n_fft points; None for a rectangular one of full length."""
    if window is not None and (window.ndim != 1 or window.shape[0] != win_length):
        raise RuntimeError(
            f"{name}: expected a 1D window tensor of size equal to win_length={win_length}, but got window with size "
            f"{list(window.shape)}"
        )
    if window is None:
        if win_length == n_fft:
            return None
        window = k._window("ones", win_length, True, defaults.float_dtype, 0.0, 0.0)
    if win_length < n_fft:
        before = (n_fft - win_length) // 2
        window = k._constant_pad(window, (before, n_fft - win_length - before), 0)
    return window


@composite(
    "stft(Tensor input, int n_fft, int hop_length=None, int win_length=None, Tensor? window=None, bool|any center=True, "
    "str pad_mode='reflect', bool normalized=False, bool onesided=None, bool return_complex=None, any align_to_window=None)"
)
def stft(
    k,
    input,
    n_fft,
    hop_length,
    win_length,
    window,
    center,
    pad_mode,
    normalized,
    onesided,
    return_complex,
    align_to_window,
):
    """Fourier transforms of overlapping windows of a signal. Shape: (*, length) -> (*, frequencies, frames), complex.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.stft.html
    """
    hop = n_fft // 4 if hop_length is None else hop_length
    win_length = n_fft if win_length is None else win_length
    is_complex = input.dtype.is_complex or (window is not None and window.dtype.is_complex)
    if return_complex is None:
        if not is_complex:
            raise RuntimeError(
                "stft requires the return_complex parameter be given for real inputs, and will further require that "
                "return_complex=True in a future PyTorch release."
            )
        return_complex = True
    if not return_complex:
        warnings.warn(
            "stft with return_complex=False is deprecated. In a future pytorch release, stft will return complex tensors "
            "for all inputs, and return_complex=False will raise an error.", UserWarning, stacklevel=3,
        )  # fmt: skip
    if not (input.dtype.is_floating_point or input.dtype.is_complex):
        raise RuntimeError(f"stft: expected a tensor of floating point or complex values, but got {input.dtype!r}")
    if input.dtype.is_half:
        raise RuntimeError(f"MKL FFT doesn't support tensors of type: {input.dtype.legacy}")
    if not 1 <= input.ndim <= 2:
        raise RuntimeError(f"stft: expected a 1D or 2D tensor, but got one of shape {list(input.shape)}")
    if window is None:
        warnings.warn(
            "A window was not provided. A rectangular window will be applied,which is known to cause spectral leakage. "
            "Other windows such as torch.hann_window or torch.hamming_window are recommended to reduce spectral leakage."
            "To suppress this warning and use a rectangular window, explicitly set "
            "`window=torch.ones(n_fft, device=<device>)`.",
            UserWarning,
            stacklevel=3,
        )
    if center:
        pad = n_fft // 2
        if pad_mode == "reflect" and pad >= input.shape[-1]:
            raise RuntimeError(
                f"Argument #4: Padding size should be less than the corresponding input dimension, but got: padding "
                f"({pad}, {pad}) at dimension 2 of input {[1, *input.shape]}"
            )
        if pad_mode == "constant":
            input = k._constant_pad(input, (pad, pad), 0)
        elif pad_mode in ("reflect", "replicate", "circular"):
            input = getattr(k, f"_{pad_mode}_pad1")(input, (pad, pad))
        else:
            raise NotImplementedError(f"Unrecognised padding mode {pad_mode}")
    length = input.shape[-1]
    if not 0 < n_fft <= length:
        raise RuntimeError(f"stft: expected 0 < n_fft < {length}, but got n_fft={n_fft}")
    if hop <= 0:
        raise RuntimeError(f"stft: expected hop_length > 0, but got hop_length={hop}")
    if not 0 < win_length <= n_fft:
        raise RuntimeError(f"stft: expected 0 < win_length <= n_fft, but got win_length={win_length}")
    window = _window_of(k, "stft", window, win_length, n_fft)
    onesided = not is_complex if onesided is None else onesided
    if onesided and is_complex:
        raise RuntimeError("Cannot have onesided output if window or input is complex")
    frames = k.unfold(k.contiguous(input), input.ndim - 1, n_fft, hop)  # (*, frames, n_fft)
    if window is not None:
        frames = frames * window
    last = frames.ndim - 1
    scale = 1.0 / math.sqrt(n_fft) if normalized else 1.0
    if is_complex:
        result = k._fft_c2c(frames, (last,), scale, True)
    else:
        result = k._fft_r2c(frames, (last,), scale, True, onesided)
    result = k.transpose(result, last - 1, last)
    return result if return_complex else k.view_as_real(result)


@composite(
    "istft(Tensor input, int n_fft, int hop_length=None, int win_length=None, Tensor? window=None, bool|any center=True, "
    "bool normalized=False, bool onesided=None, int length=None, bool return_complex=False)"
)
def istft(k, input, n_fft, hop_length, win_length, window, center, normalized, onesided, length, return_complex):
    """The inverse of `stft` by overlap-add, divided by the sum of squared windows.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.istft.html
    """
    if not input.dtype.is_complex:
        raise RuntimeError(
            "istft requires a complex-valued input tensor matching the output from stft with return_complex=True."
        )
    hop = n_fft // 4 if hop_length is None else hop_length
    win_length = n_fft if win_length is None else win_length
    if not 2 <= input.ndim <= 3 or not math.prod(input.shape):
        raise RuntimeError(f"istft: expected a tensor with 2 or 3 dimensions and elements, but got {list(input.shape)}")
    onesided = input.shape[-2] != n_fft if onesided is None else onesided
    frequencies = n_fft // 2 + 1 if onesided else n_fft
    if input.shape[-2] != frequencies:
        size = "n_fft / 2 + 1 when onesided=True" if onesided else "n_fft when onesided=False"
        raise RuntimeError(
            f"istft: expected the frequency dimension (3rd to the last) of the input tensor to match {size}, but got "
            f"{input.shape[-2]}"
        )
    if not 0 < hop <= win_length:
        raise RuntimeError(f"istft: expected 0 < hop_length <= win_length, but got hop_length={hop}")
    if not 0 < win_length <= n_fft:
        raise RuntimeError(f"istft: expected 0 < win_length <= n_fft, but got win_length={win_length}")
    window = _window_of(k, "istft", window, win_length, n_fft)
    if window is None:
        window = k._window("ones", n_fft, True, input.dtype.to_real(), 0.0, 0.0)
    last = input.ndim - 1
    spectrum = k.transpose(input, last - 1, last)  # (*, frames, frequencies)
    scale = 1.0 / math.sqrt(n_fft) if normalized else 1.0 / n_fft
    if return_complex:
        if onesided:
            raise RuntimeError(
                "istft: complex output is not possible with onesided=True: a real signal was transformed"
            )
        frames = k._fft_c2c(spectrum, (last,), scale, False)
    else:
        if not onesided:
            spectrum = k.narrow(spectrum, last, 0, n_fft // 2 + 1)
        frames = k._fft_c2r(spectrum, (last,), scale, False, n_fft)
    signal = k._overlap_add(frames * window, hop)
    count = input.shape[-1]
    envelope = k._overlap_add(k.expand(k.unsqueeze(window * window, 0), (count, n_fft)), hop)
    start = n_fft // 2 if center else 0
    full = signal.shape[-1]
    end = start + length if length is not None else full - n_fft // 2 if center else full
    stop = min(end, full)
    if stop <= start:
        raise RuntimeError(f"istft: nothing is left of a signal of {full} points from {start} to {end}")
    signal = k.narrow(signal, signal.ndim - 1, start, stop - start)
    envelope = k.narrow(envelope, 0, start, stop - start)
    if not bool((k.abs(envelope) > 1e-11).all()):
        raise RuntimeError(
            "istft: window overlap add min: the squared windows add up to 0 somewhere, so nothing can be inverted"
        )
    signal = signal / envelope
    if end > stop:
        warnings.warn(
            "The length of signal is shorter than the length parameter. Result is being padded with zeros in the tail. "
            "Please check your center and hop_length settings.",
            UserWarning,
            stacklevel=3,
        )
        signal = k._constant_pad(signal, (0, end - stop), 0)
    return signal


# --- windows ----------------------------------------------------------------------------------------------------------


@op("_window(str shape, int n, bool periodic, any dtype, number a, number b)", on="", half="direct")
def _window(xp, shape, n, periodic, dtype, a, b):
    """A window over n points, one period of n (or of n - 1, both ends included)."""
    if shape == "ones" or n < 2:
        return xp.ones(n, dtype.np)

    def rounded(values):  # every number and every step, as PyTorch does
        return xp.asarray(values).astype(dtype.np).astype("float32") if dtype.itemsize == 2 else values

    points = rounded(xp.arange(n + periodic).astype("float64" if dtype.itemsize == 8 or shape == "kaiser" else "float32"))
    steps = n - 1 + periodic

    def cosine(times, factor):
        angle = rounded(points * rounded(math.pi / steps * (2 if shape == "cosine" else 1)))
        return rounded(rounded(xp.cos(rounded(angle * times) if times > 1 else angle)) * rounded(factor))

    if shape == "cosine":  # Hann: a = b = 0.5; Hamming: 0.54, 0.46
        values = cosine(1, -b) + rounded(a)
    elif shape == "blackman":
        values = rounded(cosine(4, 0.08) - cosine(2, 0.5)) + rounded(0.42)
    elif shape == "bartlett":
        values = rounded(points * rounded(2 / steps))
        values[steps // 2 + 1 :] = 2 - values[steps // 2 + 1 :]
    else:  # Kaiser, with beta = a
        ratio = 2 * points / steps - 1
        values = xp.i0(a * xp.sqrt(xp.maximum(0, 1 - ratio * ratio))) / xp.i0(xp.float64(a))
    return values.astype(dtype.np)[:n]  # of memory for the number that closes the period, as PyTorch's


_MAKE = "*, dtype dtype=None, any layout=None, any device=None, bool pin_memory=False, bool requires_grad=False"
_WINDOWS = {
    "hann": ("cosine", "", lambda: (0.5, 0.5), "0.5 - 0.5 cos(2 pi i / n)"),
    "hamming": ("cosine", "float alpha=0.54, float beta=0.46, ", None, "alpha - beta cos(2 pi i / n)"),
    "blackman": ("blackman", "", lambda: (0.0, 0.0), "0.42 - 0.5 cos(2 pi i / n) + 0.08 cos(4 pi i / n)"),
    "bartlett": ("bartlett", "", lambda: (0.0, 0.0), "1 - |2 i / n - 1|"),
    "kaiser": ("kaiser", "float beta=12.0, ", None, "I0(beta sqrt(1 - (2 i / n - 1)^2)) / I0(beta)"),
}


def _declare(name, shape, extra, fixed, formula):
    def body(k, window_length, periodic, *rest):
        *numbers, dtype, layout, device, pin_memory, requires_grad = rest
        read_device(device)
        dtype = dtype or defaults.float_dtype
        if window_length < 0:
            raise RuntimeError(f"{name}_window requires non-negative window_length, got window_length={window_length}")
        if not dtype.is_floating_point:
            raise RuntimeError(f"{name}_window expects floating point dtypes, got: {dtype!r}")
        a, b = map(float, (fixed() if fixed is not None else (*numbers, 0.0))[:2])
        result = k._window(shape, window_length, periodic, dtype, a, b)
        return result.requires_grad_(True) if requires_grad else result

    body.__doc__ = f"""The window {formula}.

    periodic: for use with `stft`; False makes it symmetric.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.{name}_window.html
    """
    composite(f"{name}_window(int window_length, bool periodic=True, {extra}{_MAKE})", on="torch")(body)


for _name, (_shape, _extra, _fixed, _formula) in _WINDOWS.items():
    _declare(_name, _shape, _extra, _fixed, _formula)
