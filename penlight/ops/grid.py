"""Sampling images at the places of a grid: spatial transformers."""

from __future__ import annotations

import warnings

from penlight.base.dims import int_list
from penlight.ops.kinds import not_implemented
from penlight.ops.statistics import pick
from penlight.ops.table import composite, op, underivable

__all__: list[str] = []

_MODES = ("bilinear", "nearest", "bicubic")
_PADDINGS = ("zeros", "border", "reflection")


def _shown_name(record):
    return f"GridSampler{record[3][0]._a.ndim - 2}DBackward0"


@op(
    "_grid_sample(Tensor input, Tensor grid, str mode, str padding, bool align_corners)",
    on="",
    grad_name=_shown_name,
    joint=lambda k, g, need, input, grid, mode, padding, align_corners: k._grid_sample_grad(
        g, input, grid, mode, padding, align_corners, need
    ),
)
def _grid_sample(xp, input, grid, mode, padding, align_corners):
    """Shape: (N, C, *size), (N, *out, d) -> (N, C, *out)."""
    return xp.grid_sample_forward(input, grid, mode, padding, align_corners)


@op(
    "_grid_sample_grad(Tensor grad, Tensor input, Tensor grid, str mode, str padding, bool align_corners, any need)",
    on="",
    outputs="for_input for_grid",
    linked=True,
    grad_name=lambda record: _shown_name(record).replace("Backward0", "BackwardBackward0"),
    joint=lambda k, g, need, grad, input, grid, mode, padding, align_corners: _second_rule(
        k, g, grad, input, grid, mode, padding, align_corners
    ),
)
def _grid_sample_grad(xp, grad, input, grid, mode, padding, align_corners, need):
    """The gradients of `_grid_sample`."""
    return xp.grid_sample_backward(grad, input, grid, mode, padding, align_corners, need)


def _second_rule(k, g, grad, input, grid, mode, padding, align_corners):
    to_grad, to_input, to_grid = k._grid_sample_second(
        pick(g, 0), pick(g, 1), grad, input, grid, mode, padding, align_corners
    )
    return to_grad, None if mode == "nearest" else to_input, to_grid


_NO_THIRD = underivable("aten::grid_sampler_backward_backward")


@op(
    "_grid_sample_second(Tensor? for_input, Tensor? for_grid, Tensor grad, Tensor input, Tensor grid, str mode, "
    "str padding, bool align_corners)",
    on="",
    outputs="to_grad to_input to_grid",
    vjp=dict.fromkeys(("for_input", "for_grid", "grad", "input", "grid"), _NO_THIRD),
)
def _grid_sample_second(xp, for_input, for_grid, grad, input, grid, mode, padding, align_corners):
    """The gradients of `_grid_sample_grad`."""
    return xp.grid_sample_second(for_input, for_grid, grad, input, grid, mode, padding, align_corners)


def _check(input, grid, mode):
    shape, places = tuple(input.shape), tuple(grid.shape)
    if input.dtype is not grid.dtype:
        raise RuntimeError(f"expected scalar type {input.dtype.legacy} but found {grid.dtype.legacy}")
    if not shape or not places or shape[0] != places[0]:
        raise RuntimeError(
            "grid_sampler(): expected grid and input to have same batch size, but got input with sizes "
            f"{list(shape)} and grid with sizes {list(places)}"
        )
    if len(shape) not in (4, 5) or len(places) != len(shape):
        raise RuntimeError(
            "grid_sampler(): expected 4D or 5D input and grid with same number of dimensions, but got input with sizes "
            f"{list(shape)} and grid with sizes {list(places)}"
        )
    if places[-1] != len(shape) - 2:
        raise RuntimeError(
            f"grid_sampler(): expected grid to have size {len(shape) - 2} in last dimension, but got grid with sizes "
            f"{list(places)}"
        )
    for d, n in enumerate(shape[2:], 2):
        if n <= 0:
            raise RuntimeError(
                "grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes "
                f"{list(shape)} with dimension {d} being empty"
            )
    if mode == "bicubic" and len(shape) == 5:
        raise RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input")
    if not input.dtype.is_floating_point:
        raise not_implemented(f"grid_sampler_{len(shape) - 2}d_cpu_kernel_impl", input.dtype.np)


@composite(
    "grid_sample(Tensor input, Tensor grid, str|any mode='bilinear', str|any padding_mode='zeros', bool align_corners=None)",
    on="F",
)
def grid_sample(k, input, grid, mode, padding_mode, align_corners):
    """`input` interpolated at the places of `grid`, whose coordinates (x first) run from -1 to 1 over the image.

    Args: mode bilinear, nearest or bicubic; padding_mode zeros, border or reflection; align_corners: whether -1 and 1
    are the centres of the border elements, not their outer edges.
    Shape: (N, C, H, W), (N, h, w, 2) -> (N, C, h, w), or with three dimensions each.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.grid_sample.html

    >>> import penlight as torch
    >>> image = torch.arange(4.).reshape(1, 1, 2, 2)
    >>> torch.nn.functional.grid_sample(image, torch.zeros(1, 1, 1, 2), align_corners=False).item()
    1.5
    """
    if mode not in _MODES:
        raise ValueError(
            f"nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'"
        )
    if padding_mode not in _PADDINGS:
        raise ValueError(
            "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: "
            f"'{padding_mode}'"
        )
    if align_corners is None:
        warnings.warn(
            "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify "
            "align_corners=True if the old behavior is desired. See the documentation of grid_sample for details.",
            UserWarning,
            stacklevel=3,
        )
        align_corners = False
    _check(input, grid, mode)
    return k._grid_sample(input, grid, mode, padding_mode, bool(align_corners))


def _declare_sampler(name, ndim):
    @composite(
        f"{name}(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners)", on="torch"
    )
    def body(k, input, grid, interpolation_mode, padding_mode, align_corners):
        _check(input, grid, _MODES[interpolation_mode])
        if ndim and len(input.shape) != ndim:
            raise RuntimeError(f"{name}(): expected {ndim}D input, but got input with sizes {list(input.shape)}")
        return k._grid_sample(input, grid, _MODES[interpolation_mode], _PADDINGS[padding_mode], align_corners)

    body.body.__doc__ = "`grid_sample` with its modes as numbers: bilinear nearest bicubic, zeros border reflection."


for _name, _ndim in (("grid_sampler", 0), ("grid_sampler_2d", 4), ("grid_sampler_3d", 5)):
    _declare_sampler(_name, _ndim)


@op(
    "_affine_grid(Tensor theta, any size, bool align_corners)",
    on="",
    aux="base",
    grad_name="AffineGridGeneratorBackward0",
    vjp={
        "theta": lambda k, g, base, theta_shape: k.matmul(
            k.transpose(k.reshape(g, (theta_shape[0], base.shape[0], theta_shape[1])), 1, 2), base
        )
    },
)
def _affine_grid(xp, theta, size, align_corners):
    """Shape: (N, d, d + 1) -> (N, *size, d)."""
    base = xp.affine_base(size, align_corners, theta.dtype)
    grid = xp.matmul(base, theta.transpose(0, 2, 1))
    return grid.reshape(theta.shape[0], *size, theta.shape[1]), base


@composite("affine_grid(Tensor theta, any size, bool align_corners=None)", on="F")
def affine_grid(k, theta, size, align_corners):
    """The grid of places that affine maps give, for `grid_sample`. Shape: (N, 2, 3) -> (N, H, W, 2); size (N, C, H, W).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.affine_grid.html
    """
    if align_corners is None:
        warnings.warn(
            "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify "
            "align_corners=True if the old behavior is desired. See the documentation of grid_sample for details.",
            UserWarning,
            stacklevel=3,
        )
        align_corners = False
    size, shape = int_list(size), tuple(theta.shape)
    if not theta.dtype.is_floating_point:
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    if len(size) not in (4, 5):
        raise NotImplementedError(
            "affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size "
            f"{size}."
        )
    d = len(size) - 2
    if len(shape) != 3 or shape[1:] != (d, d + 1):
        raise ValueError(
            f"Expected a batch of {d}D affine matrices of shape Nx{d}x{d + 1} for size {size}. Got {theta.shape}."
        )
    if min(size) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {size}")
    if shape[0] != size[0]:
        raise RuntimeError(f"affine_grid: theta is a batch of {shape[0]} matrices, but size {size} asks for {size[0]}")
    return k._affine_grid(theta, size[2:], bool(align_corners))
