"""The view ops' `_copy` forms: the same result in memory of its own."""

from __future__ import annotations

from penlight.ops.table import composite, op

__all__: list[str] = []


@op(
    "_stored(Tensor input, str shown_as)",
    on="",
    half="direct",
    grad_name=lambda record: record[3][0],
    vjp={"input": lambda k, g, shown_as: g},
)
def _stored(xp, input, shown_as):
    """A row-major copy whose history bears the view's name."""
    return input.copy()


def _declare(name, signature, arguments, node=None):
    shown = (node or "".join(word.capitalize() for word in name.split("_"))) + "Backward0_copy"
    given = [a.strip(" *").split("=")[0].split()[-1] for a in arguments.split(",")] if arguments else []

    @composite(f"{name}_copy({signature})", on="torch", out=True)
    def body(k, input, *values):
        result = getattr(k, name)(input, *values)
        if isinstance(result, (tuple, list)):
            return tuple([k._stored(part, shown) for part in result])
        return k._stored(result, shown)

    body.body.__doc__ = f"`{name}`, copied." + (f" Arguments: {', '.join(given)}." if given else "")


for _name, _arguments in (
    ("expand", "ints size"),
    ("permute", "ints dims"),
    ("t", ""),
    ("transpose", "int dim0, int dim1"),
    ("unbind", "int dim=0"),
    ("unfold", "int dimension, int size, int step"),
    ("unsqueeze", "int dim"),
    ("select", "int dim, size index"),
    ("split", "size split_size, int dim=0"),
    ("split_with_sizes", "ints split_sizes, int dim=0"),
    ("view_as_real", ""),
    ("view_as_complex", ""),
):
    _declare(_name, "Tensor input" + (f", {_arguments}" if _arguments else ""), _arguments)


@composite("alias_copy(Tensor input)", on="torch", out=True)
def alias_copy(k, input):
    """A copy in row-major order."""
    return k._stored(input, "AliasBackward0_copy")


@composite("detach_copy(Tensor input)", on="torch", out=True)
def detach_copy(k, input):
    """A copy without history."""
    return k._stored(input.detach(), "")


@composite("squeeze_copy(Tensor input, ints1 dim=_MISSING)", on="torch", out=True)
def squeeze_copy(k, input, dim):
    """`squeeze`, copied."""
    number = 0 if dim is None else 2 if isinstance(dim, (tuple, list)) else 1
    return k._stored(k.squeeze(input) if dim is None else k.squeeze(input, dim), f"SqueezeBackward{number}_copy")


@composite("view_copy(Tensor input, any size)", on="torch", out=True)
def view_copy(k, input, size):
    """`view`, copied; with a dtype, the same bytes read as that dtype."""
    return k._stored(input.view(size), "ViewBackward0_copy")


@composite("slice_copy(Tensor input, int dim=0, size start=None, size end=None, size step=1)", on="torch", out=True)
def slice_copy(k, input, dim, start, end, step):
    """input[start:end:step] on dimension `dim`, copied."""
    return k._stored(k.slice_of(input, dim, start, end, step), "SliceBackward0_copy")


@composite("as_strided_copy(Tensor input, ints size, ints stride, size storage_offset=None)", on="torch", out=True)
def as_strided_copy(k, input, size, stride, storage_offset):
    """`as_strided`, copied."""
    return k._stored(k.as_strided(input, size, stride, storage_offset), "AsStridedBackward0_copy")
