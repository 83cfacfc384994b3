"""Text of a tensor, as PyTorch prints it: number formats, line breaks, summaries and suffixes.

This file knows arrays, names and options only; the Tensor class hands over what it is made of.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

__all__ = ["format_sparse", "format_tensor", "get_printoptions", "printoptions", "set_printoptions"]

_PROFILES: dict[str, dict[str, Any]] = {
    "default": {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80},
    "short": {"precision": 2, "threshold": 1000, "edgeitems": 2, "linewidth": 80},
    "full": {"precision": 4, "threshold": math.inf, "edgeitems": 3, "linewidth": 80},
}

_options: dict[str, Any] = {**_PROFILES["default"], "sci_mode": None}

# An array of one of these scalar types becomes exact Python numbers by `tolist`; every other
# element type (bfloat16, float8) fits into float32 without loss.
_NATIVE_TYPE_CODES = frozenset("?bhilqpBHILQPefdFD")

# PyTorch leaves zeros and non-finite values out of the choice of a format, by tests done in the
# tensor's dtype. This one holds neither zero nor infinity, so the tests say otherwise: its smallest
# value passes for zero, and nan for finite.
_E8M0 = "float8_e8m0fnu"
_E8M0_SMALLEST = 2.0**-127

_NumberFormat = Callable[[Any], str]


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Set how tensors are printed from now on.

    Args:
        precision: digits after the decimal point (4).
        threshold: tensors of more elements than this are summarised (1000).
        edgeitems: items shown at each end of a summarised dimension (3).
        linewidth: characters in a line (80).
        profile: "default", "short" or "full"; set first, the other arguments then refine it.
            Any other name changes nothing, as in PyTorch.
        sci_mode: scientific notation always (True), never (False) or where needed (None). Each
            call sets it, so leaving it out turns an earlier choice off.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.set_printoptions.html

    >>> set_printoptions(precision=2)
    >>> format_tensor(np.array([0.5, 3.14159], np.float32), "float32")
    'tensor([0.50, 3.14])'
    >>> set_printoptions(profile="default")
    """
    if profile is not None:
        _options.update(_PROFILES.get(profile, {}))
    given = {
        "precision": precision,
        "threshold": threshold,
        "edgeitems": edgeitems,
        "linewidth": linewidth,
    }
    _options.update({name: value for name, value in given.items() if value is not None})
    _options["sci_mode"] = sci_mode


def get_printoptions() -> dict[str, Any]:
    """Return the print options in force, as a new dict.

    >>> get_printoptions()["linewidth"]
    80
    """
    return dict(_options)


@contextmanager
def printoptions(**kwargs: Any) -> Iterator[None]:
    """Change the print options inside a `with` block; takes what `set_printoptions` takes.

    >>> with printoptions(precision=1):
    ...     format_tensor(np.array([0.25, 2.0]), "float64", default_dtype_name="float64")
    'tensor([0.2, 2.0])'
    """
    saved = get_printoptions()
    set_printoptions(**kwargs)
    try:
        yield
    finally:
        set_printoptions(**saved)


def format_tensor(
    array: np.ndarray,
    dtype_name: str,
    *,
    requires_grad: bool = False,
    grad_fn_name: str | None = None,
    default_dtype_name: str = "float32",
    default_complex_name: str = "complex64",
    class_name: str = "tensor",
    is_parameter: bool = False,
    device_suffix: str | None = None,
    size_when_empty: bool = True,
    tensor_contents_override: str | None = None,
) -> str:
    """Return the text `repr` gives for a tensor of these elements.

    Args:
        array: the elements; bfloat16 and float8 either as such (`ml_dtypes`) or as float32.
        dtype_name: the tensor's dtype, without "torch.".
        requires_grad: whether it asks for gradients; shown where there is no `grad_fn_name`.
        grad_fn_name: class name of the node that made it, such as "AddBackward0".
        default_dtype_name: the floating dtype that is not shown.
        default_complex_name: the complex dtype that is not shown.
        class_name: what stands before the parenthesis: "tensor", or a subclass's name.
        is_parameter: whether it is a Parameter, printed under "Parameter containing:".
        device_suffix: the device, where it is to be shown. On "meta" there are no elements: the
            contents are "..." and the size is always shown.
        size_when_empty: whether a tensor without elements shows its size (it does unless its
            shape is `(0,)`).
        tensor_contents_override: text to show in place of the elements.

    Shape: any.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.set_printoptions.html

    >>> format_tensor(np.array([[1, 2], [3, 40]]), "int64")
    'tensor([[ 1,  2],\\n        [ 3, 40]])'
    >>> format_tensor(np.zeros((0, 3), np.float32), "float32", requires_grad=True)
    'tensor([], size=(0, 3), requires_grad=True)'
    """
    prefix = class_name + "("
    indent = len(prefix)
    is_meta = device_suffix == "meta"
    is_empty = array.size == 0

    suffixes = []
    if device_suffix is not None:
        suffixes.append(f"device='{device_suffix}'")
    if is_meta:
        size_shown = True
    elif is_empty:
        size_shown = size_when_empty and array.ndim != 1
    else:
        # With no edge items a summary says nothing of the size; PyTorch then names it, summary or not.
        size_shown = _options["edgeitems"] == 0
    if size_shown:
        suffixes.append(f"size={array.shape}")
    if dtype_name not in (default_dtype_name, default_complex_name, "int64", "bool"):
        dtype_shown = True
    else:
        # Without elements nothing else tells a dtype apart from the default one.
        dtype_shown = (is_empty or is_meta) and dtype_name != default_dtype_name
    if dtype_shown:
        suffixes.append(f"dtype=torch.{dtype_name}")
    if grad_fn_name is not None:
        suffixes.append(f"grad_fn=<{grad_fn_name}>")
    elif requires_grad:
        suffixes.append("requires_grad=True")

    if tensor_contents_override is not None:
        contents = tensor_contents_override
    elif is_meta:
        contents = "..."
    elif is_empty:
        contents = "[]"
    else:
        contents = _format_elements(array, dtype_name, indent)

    text = add_suffixes(prefix + contents, suffixes, indent)
    if not is_parameter:
        return text
    if class_name != "tensor":
        text = f"Parameter({text})"
    return "Parameter containing:\n" + text


def format_sparse(indices: np.ndarray, values: np.ndarray, shape: tuple, dtype_name: str, suffixes: list[str]) -> str:
    """The text of a sparse tensor in coordinate form; `suffixes` follow its size and number of entries."""
    inner = 7 * " "  # under what follows "tensor("
    parts = []
    for name, array, kind in (("indices", indices, "int64"), ("values", values, dtype_name)):
        head = f"{name}=tensor("
        if array.size:
            parts.append(head + _format_elements(array, kind, 7 + len(head)) + ")")
        else:
            parts.append(f"{head}[], size={array.shape})")
    text = "tensor(" + (",\n" + inner).join([*parts, f"size={tuple(shape)}"])
    return add_suffixes(text, [f"nnz={len(values)}", *suffixes], 7, extra=-2)


def add_suffixes(text: str, suffixes: Sequence[str], indent: int, extra: int = 0) -> str:
    """Append suffixes and the closing parenthesis, each on a new line where it would not fit.

    extra: how many more characters than there are the last line counts for.
    """
    linewidth = _options["linewidth"]
    # One more than the last line has, as in PyTorch: room for the closing parenthesis.
    used = len(text) - text.rfind("\n") + 1 + extra
    parts = [text]
    for suffix in suffixes:
        if used + len(suffix) + 2 > linewidth:
            parts.append(",\n" + " " * indent + suffix)
            used = indent + len(suffix)
        else:
            parts.append(", " + suffix)
            used += len(suffix) + 2
    parts.append(")")
    return "".join(parts)


def _format_elements(array: np.ndarray, dtype_name: str, indent: int) -> str:
    """Return the bracketed elements of a non-empty array, whose lines start at column `indent`."""
    if array.dtype.char not in _NATIVE_TYPE_CODES:
        array = array.astype(np.float32)
    edge_items = _options["edgeitems"]
    summarised = array.size > _options["threshold"]
    shape = array.shape
    if summarised:
        if edge_items == 0 and shape:
            return "[...]"
        array = _keep_edges(array, edge_items)  # what is not shown has no say in the format
    cut = [summarised and size > 2 * edge_items for size in shape]

    flat = array.ravel()
    if array.dtype.kind == "c":
        format_real, real_width = _choose_float_format(flat.real.tolist())
        format_imaginary, imaginary_width = _choose_float_format(flat.imag.tolist())
        elements = [_join_complex(format_real(value.real), format_imaginary(value.imag)) for value in flat.tolist()]
        width = real_width + imaginary_width + 1
    elif array.dtype.kind == "f":
        values = flat.tolist()
        format_number, width = _choose_float_format(values, is_e8m0=dtype_name == _E8M0)
        elements = [format_number(value) for value in values]
    else:
        elements = [str(value) for value in flat.tolist()]
        width = max(map(len, elements))
        elements = [element.rjust(width) for element in elements]

    if not shape:
        return elements[0]
    return _bracket(elements, array.shape, cut, edge_items, width + 2, indent)  # 2 for ", "


def _keep_edges(array: np.ndarray, edge_items: int) -> np.ndarray:
    """Keep the first and last `edge_items` along each dimension longer than both together."""
    for axis, size in enumerate(array.shape):
        if size > 2 * edge_items:
            kept = [*range(edge_items), *range(size - edge_items, size)]
            array = array.take(kept, axis=axis)
    return array


def _choose_float_format(values: list[float], is_e8m0: bool = False) -> tuple[_NumberFormat, int]:
    """Choose the common format of floating values: whole ("1."), fixed or scientific.

    Returns the format and the width that lines are broken by. Both come from the finite non-zero
    values alone, so others (`nan`, `-0.0`) may stand out of the column, as in PyTorch.
    """
    precision, forced_scientific = _options["precision"], _options["sci_mode"]
    whole = True
    scientific = False
    width = 1
    if is_e8m0:
        deciding = [value for value in values if value != _E8M0_SMALLEST]
    else:
        deciding = [value for value in values if value and math.isfinite(value)]
    if deciding:
        whole = all(value.is_integer() for value in deciding)
        if not any(map(math.isnan, deciding)):  # comparisons with nan are false
            magnitudes = [abs(value) for value in deciding]
            largest, smallest = max(magnitudes), min(magnitudes)
            scientific = largest / smallest > 1000.0 or largest > 1.0e8 or (not whole and smallest < 1.0e-4)
        if forced_scientific is not None:
            scientific = forced_scientific
        pattern = f"%.{precision}e" if scientific else "%.0f." if whole else f"%.{precision}f"
        width = max([len(pattern % value) for value in deciding])

    if scientific:
        return f"%{width}.{precision}e".__mod__, width
    if not whole:
        return f"%{width}.{precision}f".__mod__, width

    def format_whole(value: float) -> str:
        # No point after nan and inf.
        return (f"{value:.0f}." if math.isfinite(value) else f"{value:.0f}").rjust(width)

    return format_whole, width


def _join_complex(real: str, imaginary: str) -> str:
    imaginary = imaginary.lstrip()
    sign = "" if imaginary[0] == "-" else "+"
    return f"{real}{sign}{imaginary}j"


def _bracket(
    elements: list[str],
    shape: Sequence[int],
    cut: Sequence[bool],
    edge_items: int,
    element_length: int,
    indent: int,
) -> str:
    """Join row-major elements of an array of `shape` into nested brackets, "..." in cut dimensions."""
    if len(shape) == 1:
        per_line = max(1, math.floor((_options["linewidth"] - indent) / element_length))
        if cut[0]:
            elements = [*elements[:edge_items], " ...", *elements[edge_items:]]
        lines = [", ".join(elements[start : start + per_line]) for start in range(0, len(elements), per_line)]
        return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"

    step = len(elements) // shape[0]
    parts = [
        _bracket(elements[start : start + step], shape[1:], cut[1:], edge_items, element_length, indent + 1)
        for start in range(0, len(elements), step)
    ]
    if cut[0]:
        parts.insert(edge_items, "...")
    return "[" + ("," + "\n" * (len(shape) - 1) + " " * (indent + 1)).join(parts) + "]"
