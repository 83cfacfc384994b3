"""Interpolation to other sizes."""

from __future__ import annotations

import warnings

from penlight.base.dims import items, read, refused
from penlight.ops.table import composite, op

__all__: list[str] = []

_DIMS = {"nearest": None, "nearest-exact": None, "area": None, "linear": 3, "bilinear": 4, "bicubic": 4, "trilinear": 5}
_GRAD_NAME = {
    "nearest": "UpsampleNearest{}D", "nearest-exact": "UpsampleNearestExact{}D", "linear": "UpsampleLinear1D",
    "bilinear": "UpsampleBilinear2D", "bicubic": "UpsampleBicubic2D", "trilinear": "UpsampleTrilinear3D",
}  # fmt: skip


def _shown_name(record):
    shape, mode = record[3][0], record[3][1]
    return _GRAD_NAME[mode].format(len(shape) - 2) + "Backward0"


@op(
    "_interpolate(Tensor input, any size, str mode, bool align_corners, any scales, bool antialias)",
    on="",
    dense="channels",
    half="direct",
    grad_name=_shown_name,
    vjp={
        "input": lambda k, g, input_shape, mode, align_corners, scales, antialias: k._interpolate_grad(
            g, input_shape, mode, align_corners, scales, antialias
        )
    },
)
def _interpolate(xp, input, size, mode, align_corners, scales, antialias):
    """Resample (N, C, *in) to (N, C, *size)."""
    return xp.interpolate_forward(input, size, mode, align_corners, scales, antialias)


@op(
    "_interpolate_grad(Tensor grad, any shape, str mode, bool align_corners, any scales, bool antialias)",
    on="",
    half="direct",
    vjp={
        "grad": lambda k, h, grad_shape, mode, align_corners, scales, antialias: k._interpolate(
            h, grad_shape[2:], mode, align_corners, scales, antialias
        )
    },
)
def _interpolate_grad(xp, grad, shape, mode, align_corners, scales, antialias):
    """The transpose of `_interpolate`."""
    return xp.interpolate_backward(grad, shape, mode, align_corners, scales, antialias)


@composite(
    "interpolate(Tensor input, any size=None, any scale_factor=None, str|any mode='nearest', any align_corners=None, "
    "any recompute_scale_factor=None, bool|any antialias=False)",
    on="F",
)
def interpolate(k, input, size, scale_factor, mode, align_corners, recompute_scale_factor, antialias):
    """Resample a batch to another size. Shape: (N, C, *in) -> (N, C, *out).

    Args: size or scale_factor (one number or one per dimension); mode nearest, nearest-exact, linear, bilinear, bicubic,
    trilinear or area.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html
    """
    if mode in ("nearest", "area", "nearest-exact"):
        if align_corners is not None:
            raise ValueError(
                "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear"
            )
    elif align_corners is None:
        align_corners = False
    elif align_corners is not False:
        align_corners = read("bool", align_corners, "align_corners", "interpolate", 5)
    shape = tuple(input.shape)
    dims = len(shape) - 2
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    if size is None and scale_factor is None:
        raise ValueError("either size or scale_factor should be defined")
    if mode.__class__ is not str or mode not in _DIMS or dims not in (1, 2, 3):
        raise NotImplementedError(
            f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {len(shape)}D) for the modes: nearest | linear | "
            f"bilinear | bicubic | trilinear | lanczos | area | nearest-exact (got {mode})"
        )
    if antialias and (mode not in ("bilinear", "bicubic") or dims != 2):
        raise ValueError(
            "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as input"
        )
    if _DIMS[mode] not in (None, len(shape)):
        raise NotImplementedError(f"Got {len(shape)}D input, but {mode} mode needs {_DIMS[mode]}D input")
    scales = None
    if size is not None:
        size = items(size if isinstance(size, (tuple, list)) else (size,) * dims, "size", "interpolate", 2)
        if len(size) != dims:
            raise ValueError(
                "Input and output must have the same number of spatial dimensions, but got input with spatial dimensions of "
                f"{list(shape[2:])} and output size of {list(size)}. Please provide input tensor in (N, C, d1, d2, ...,dK) "
                "format and output size in (o1, o2, ...,oK) format."
            )
        if recompute_scale_factor:
            raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
    else:
        scales = tuple(scale_factor) if isinstance(scale_factor, (tuple, list)) else (scale_factor,) * dims
        if len(scales) != dims:
            raise ValueError(
                "Input and scale_factor must have the same number of spatial dimensions, but got input with spatial dimensions "
                f"of {list(shape[2:])} and scale_factor of shape {list(scales)}."
            )
        for scale in scales if mode != "area" else ():
            if scale.__class__ is not float and scale.__class__ is not int:
                if hasattr(scale, "_a"):
                    raise refused(scale, "scale_factor", "float or a tuple of floats", "interpolate", 3)
                read("float", scale, "scale_factor", "interpolate", 3)
        size = tuple(int(n * float(s)) for n, s in zip(shape[2:], scales))
        if recompute_scale_factor:
            scales = None
        elif mode == "nearest" and dims == 2:  # where the size stays or doubles, that counts and not the scale
            scales = tuple(None if out in (n, 2 * n) else s for out, n, s in zip(size, shape[2:], scales))
    if any(n <= 0 for n in (*shape[2:], *(size if mode != "area" else ()))):
        raise RuntimeError(
            f"Input and output sizes should be greater than 0, but got input {list(shape[2:])} output {list(size)}"
        )
    if not shape[1] and (mode != "area" or dims == 3):
        raise RuntimeError(f"Non-empty {dims + 2}D data tensor expected but got a tensor with sizes {list(shape)}")
    if mode == "area":
        return getattr(k, f"adaptive_avg_pool{dims}d")(input, size)
    return k._interpolate(input, size, mode, bool(align_corners), scales, antialias)


@composite(
    "upsample(Tensor input, any size=None, any scale_factor=None, str|any mode='nearest', any align_corners=None)", on="F"
)
def upsample(k, input, size, scale_factor, mode, align_corners):
    """`interpolate` by its old name."""
    warnings.warn(
        "`nn.functional.upsample` is deprecated. Use `nn.functional.interpolate` instead.", UserWarning, stacklevel=3
    )
    return interpolate.body(k, input, size, scale_factor, mode, align_corners, None, False)
