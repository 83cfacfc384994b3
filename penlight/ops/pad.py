"""Padding: with a constant, mirrored, repeated or wrapped around."""

from __future__ import annotations

from penlight.base.dims import int_list
from penlight.ops.kinds import as_element
from penlight.ops.table import composite, op

__all__: list[str] = []


def _per_dim(pad, ndim):
    """(before, after) for each dimension, from PyTorch's list that starts at the last one."""
    result = [(0, 0)] * ndim
    for i in range(len(pad) // 2):
        result[ndim - 1 - i] = (pad[2 * i], pad[2 * i + 1])
    return result


def _negated(pad):
    return tuple([-n for n in pad])


def _too_long(pad, input):
    return (
        "Padding length should be less than or equal to two times the input dimension but got padding length "
        f"{len(pad)} and input of dimension {input.ndim}"
    )


@op(
    "_constant_pad(Tensor input, any pad, any value)",
    on="",
    dense="channels",
    half="direct",
    grad_name="ConstantPadNdBackward0",
    vjp={"input": lambda k, g, pad: k._constant_pad(g, _negated(pad), 0)},
)
def _constant_pad(xp, input, pad, value):
    """A border of one value; negative widths cut off."""
    if len(pad) % 2:
        raise RuntimeError(f"Padding length must be divisible by 2, but got {len(pad)}: {list(pad)}")
    if len(pad) > 2 * input.ndim:
        raise RuntimeError(_too_long(pad, input))
    pads = _per_dim(pad, input.ndim)
    shape = tuple([n + a + b for n, (a, b) in zip(input.shape, pads)])
    if any(n < 0 for n in shape):
        d = next(d for d, n in enumerate(shape) if n < 0)
        raise RuntimeError(
            f"The input size {input.shape[d]}, plus negative padding {pads[d][0]} and {pads[d][1]} resulted in a "
            "negative "
            "output size, which is invalid. Check dimension " + f"{d} of your input."
        )
    for n, (a, b) in zip(input.shape, pads):
        if n + min(a, 0) + min(b, 0) < 0:
            raise RuntimeError(f"narrow(): length must be non-negative: widths {a} and {b} cut more than the {n} there are")
    result = xp.full(shape, as_element(xp, value, input.dtype), input.dtype) if value else xp.zeros(shape, input.dtype)
    inner = tuple([slice(max(a, 0), max(n - max(b, 0), 0)) for n, (a, b) in zip(shape, pads)])
    kept = tuple([slice(max(-a, 0), max(n - max(-b, 0), 0)) for n, (a, b) in zip(input.shape, pads)])
    result[inner] = input[kept]
    return result


@composite("constant_pad_nd(Tensor input, ints pad, number value=0)", on="torch")
def constant_pad_nd(k, input, pad, value=0):
    """A border of one value; `pad` gives (before, after) from the last dimension backward."""
    return k._constant_pad(input, int_list(pad), value)


def _sources(xp, mode, n, before, after):
    """Where each position of the padded dimension comes from."""
    positions = xp.arange(-before, n + after)
    if mode == "replicate":
        return positions.clip(0, n - 1)
    if mode == "circular":  # what negative widths cut off does not come around
        first, last = max(-before, 0), n - max(-after, 0)
        return first + (positions - first) % max(last - first, 1)
    positions = xp.abs(positions)
    return n - 1 - xp.abs(n - 1 - positions)


def _check_border(mode, input, pad, dims):
    if mode != "circular" and 0 in input.shape[input.ndim == dims + 2 :]:
        raise RuntimeError(
            f"Expected {dims + 1}D or {dims + 2}D (batch mode) tensor with possibly 0 batch size and other non-zero "
            f"dimensions for input, but got: {list(input.shape)}"
        )
    sizes = input.shape[input.ndim - dims :]
    for i, n in enumerate(reversed(sizes)):
        before, after = pad[2 * i], pad[2 * i + 1]
        if mode == "reflect" and (before >= n or after >= n):
            d = input.ndim - 1 - i
            raise RuntimeError(
                "Argument #4: Padding size should be less than the corresponding input dimension, but got: padding "
                f"({before}, "
                f"{after}) at dimension {d} of input {list(input.shape)}"
            )
        if mode == "circular" and (before > n or after > n):
            raise RuntimeError("Padding value causes wrapping around more than once.")
        length = n + before + after
        if mode == "circular" and input.size and length > 0 and n + min(before, 0) + min(after, 0) < 1:
            raise RuntimeError(f"Padding by {before} and {after} leaves nothing of {n} to wrap around")
        if length < 0 or mode != "circular" and not (n and length):
            raise RuntimeError(
                f"Expected a non-empty result: input {list(input.shape)} with padding {list(pad)} has length "
                f"{length} at dimension {input.ndim - 1 - i}"
            )


def _declare_border(mode, dims, grad_name):
    name = f"_{mode}_pad{dims}"

    def kernel(xp, input, pad):
        _check_border(mode, input, pad, dims)
        for d, (before, after) in enumerate(_per_dim(pad, input.ndim)):
            if before or after:
                input = xp.take(input, _sources(xp, mode, input.shape[d], before, after), d)
        return input if input.flags.owndata else input.copy()

    kernel.__doc__ = f"A border by {mode}."

    def back(xp, g, shape, pad):
        for d in reversed(range(len(shape))):
            before, after = _per_dim(pad, len(shape))[d]
            if not (before or after):
                continue
            n = shape[d]
            sources = _sources(xp, mode, n, before, after)
            ahead = (slice(None),) * d
            length = n + before + after
            low, high = max(before, 0), min(before + n, length)  # the positions that are the input itself
            result = xp.zeros((*g.shape[:d], n, *g.shape[d + 1 :]), g.dtype)
            result[(*ahead, slice(low - before, high - before))] = g[(*ahead, slice(low, high))]
            for j in [*range(low), *range(high, length)]:
                result[(*ahead, int(sources[j]))] += g[(*ahead, j)]
            g = result
        return g

    back.__doc__ = "The border's gradient added to where it came from."
    op(
        f"{name}(Tensor input, any pad)",
        on="",
        half="direct",
        dense=mode != "circular" and "channels",
        grad_name=grad_name,
        linked=mode != "circular",
        vjp={"input": lambda k, g, input_shape, pad: getattr(k, name + "_back")(g, input_shape, pad)},
    )(kernel)
    op(
        f"{name}_back(Tensor grad, any shape, any pad)",
        on="",
        grad_name=grad_name.replace("Backward0", "BackwardBackward0"),
        vjp={"grad": lambda k, g, pad: getattr(k, name)(g, pad)},
    )(back)


for _dims in (1, 2, 3):
    _declare_border("reflect", _dims, f"ReflectionPad{_dims}DBackward0")
    _declare_border("replicate", _dims, f"ReplicationPad{_dims}DBackward0")
    _declare_border("circular", _dims, "CircularPadBackward0")


@composite("pad(Tensor input, ints pad, str mode='constant', float value=None)", on="F")
def pad(k, input, pad, mode="constant", value=None):
    """A border around the last dimensions: `pad` is (left, right, top, bottom, …), negative widths cut off.

    mode: "constant" (with `value`), "reflect", "replicate", "circular".
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pad.html
    """
    pad = int_list(pad)
    if mode == "constant":
        return k._constant_pad(input, pad, 0 if value is None else value)
    if len(pad) % 2:
        raise RuntimeError("Padding length must be divisible by 2")
    if mode not in ("reflect", "replicate", "circular"):
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    if value is not None and value != 0:
        raise RuntimeError(f'Padding mode "{mode}" doesn\'t take in value argument')
    dims = len(pad) // 2
    if dims > input.ndim:
        raise RuntimeError(_too_long(pad, input))
    if not 1 <= dims <= 3 or input.ndim not in (dims + 1, dims + 2):
        raise NotImplementedError("Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now")
    if input.dtype.name == "bool" and mode != "circular":
        raise NotImplementedError(f"{mode} padding of bool tensors")
    return getattr(k, f"_{mode}_pad{dims}")(input, pad)
