"""`torch.gradient`: slopes by finite differences of neighbours."""

from __future__ import annotations

from penlight.base.dims import items, read, refused
from penlight.ops.kinds import NUMBERS
from penlight.ops.table import composite

__all__: list[str] = []


def _slopes(k, input, d, spacing, edge_order):
    """Second order inside, `edge_order` at the ends; `spacing` is a step, or a tensor of coordinates."""
    n = input.shape[d]
    at = lambda start, length: k.narrow(input, d, start, length)
    if isinstance(spacing, NUMBERS):
        inside = (at(2, n - 2) - at(0, n - 2)) / (2 * spacing)
        before = after = spacing
    else:
        shape = [1] * input.ndim
        shape[d] = -1
        steps = k.reshape(k.diff(spacing), shape)
        a, b = k.narrow(steps, d, 0, n - 2), k.narrow(steps, d, 1, n - 2)
        # the parabola through three points: weights of their values in the slope at the middle one
        inside = (
            at(0, n - 2) * (-b / (a * (a + b)))
            + at(1, n - 2) * ((b - a) / (a * b))
            + at(2, n - 2) * (a / (b * (a + b)))
        )
        before, after = k.narrow(steps, d, 0, edge_order), k.narrow(steps, d, n - 1 - edge_order, edge_order)
    if edge_order == 1:
        first, last = (at(1, 1) - at(0, 1)) / before, (at(n - 1, 1) - at(n - 2, 1)) / after
    elif isinstance(spacing, NUMBERS):
        first = (at(1, 1) * 2 - at(0, 1) * 1.5 - at(2, 1) * 0.5) / spacing
        last = (at(n - 1, 1) * 1.5 - at(n - 2, 1) * 2 + at(n - 3, 1) * 0.5) / spacing
    else:
        a, b = k.narrow(before, d, 0, 1), k.narrow(before, d, 1, 1)
        first = (
            at(0, 1) * (-(2 * a + b) / (a * (a + b))) + at(1, 1) * ((a + b) / (a * b)) - at(2, 1) * (a / (b * (a + b)))
        )
        a, b = k.narrow(after, d, 1, 1), k.narrow(after, d, 0, 1)
        last = at(n - 1, 1) * ((2 * a + b) / (a * (a + b))) - at(n - 2, 1) * ((a + b) / (a * b))
        last = last + at(n - 3, 1) * (a / (b * (a + b)))
    return k.cat([first, inside, last], d)


@composite("gradient(Tensor input, *, any spacing=None, any dim=None, int edge_order=1)", on="torch")
def gradient(k, input, spacing, dim, edge_order):
    """The slopes along each dimension (or those of `dim`), as a tuple of tensors of the input's shape.

    spacing: a step, one step for each dimension, or one tensor of coordinates for each dimension.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.gradient.html

    >>> import penlight as torch
    >>> torch.gradient(torch.tensor([1.0, 2.0, 4.0, 8.0]))
    (tensor([1.0000, 1.5000, 3.0000, 4.0000]),)
    """
    count = input.ndim
    if dim is None:
        dims = range(count)
    else:
        dims = items(dim, "dim") if isinstance(dim, (tuple, list)) else (read("int", dim, "dim", "gradient"),)
    wrapped = []
    for d in dims:
        if not -count <= d < count:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [{-count}, {count - 1}], but got {d})"
            )
        if d % count in wrapped:
            raise RuntimeError(f"dim {d % count} appears multiple times in the list of dims")
        wrapped.append(d % count)
    if input.dtype.name == "uint8":
        raise RuntimeError("torch.gradient does not support uint8 input.")
    if edge_order not in (1, 2):
        raise RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.")
    spacing = 1 if spacing is None else spacing
    if not isinstance(spacing, (tuple, list)):
        spacing = [read("number", spacing, "spacing", "gradient")] * len(wrapped)
    elif len(spacing) != len(wrapped):
        raise RuntimeError(
            "torch.gradient expected spacing to be unspecified, a scalar, or a list of length equal to 'self.dim() = "
            f"{count}', since dim argument was not given, but got a list of length {len(spacing)}"
            if dim is None
            else "torch.gradient expected spacing to be unspecified, a scalar or it's spacing and dim arguments to have "
            f"the same length, but got a spacing argument of length {len(spacing)} and a dim argument of length {len(wrapped)}."
        )
    tensors = [hasattr(step, "_a") for step in spacing]
    if not all(tensors):
        if any(tensors):
            raise refused(spacing[tensors.index(True)], "spacing", "tuple of Scalars", "gradient")
        spacing = [read("number", step, "spacing", "gradient") for step in spacing]
    for d, step in zip(wrapped, spacing):
        if input.shape[d] < edge_order + 1:
            raise RuntimeError("torch.gradient expected each dimension size to be at least edge_order+1")
        if not isinstance(step, NUMBERS) and step.ndim != 1:
            raise RuntimeError(
                f"torch.gradient expected each element of spacing to have one dimension, but got an element with {step.ndim} "
                "dimensions!"
            )
    return tuple([_slopes(k, input, d, step, edge_order) for d, step in zip(wrapped, spacing)])
