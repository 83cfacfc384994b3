"""The text of random tensors: shapes, dtypes, values and strides."""

from __future__ import annotations

import math

FLOATS = ("float32", "float64", "float16", "bfloat16")
INTEGERS = ("int64", "int32", "int16", "int8", "uint8")
COMPLEX = ("complex64", "complex128")
DTYPES = (*FLOATS, *INTEGERS, "bool", *COMPLEX)
WEIGHTS = (30, 14, 6, 6, 11, 5, 3, 3, 4, 7, 7, 4)
LARGEST = {"float32": 3e38, "float64": 1e308, "float16": 6e4, "bfloat16": 3e38, "complex64": 1e38, "complex128": 1e308}
SPECIAL = (math.nan, math.inf, -math.inf, -0.0, 0.0, 1e-8, 0.5, 1.0, -1.0, 2.5, 100.0, -50.0, 1e-40, 3.0)
LIMITS = {"uint8": (0, 255), "int8": (-128, 127), "int16": (-(2**15), 2**15 - 1), "int32": (-(2**31), 2**31 - 1)}
MOST_ELEMENTS = 40


def draw_dtype(rng, of=DTYPES):
    if of is DTYPES:
        return rng.choices(DTYPES, WEIGHTS)[0]
    return rng.choice(of)


def draw_size(rng):
    return rng.choices((0, 1, 2, 3, 4, 5), (3, 18, 34, 27, 12, 6))[0]


def draw_shape(rng, most=4):
    shape = [draw_size(rng) for _ in range(rng.choices((0, 1, 2, 3, 4), (8, 25, 36, 22, 9))[0])][:most]
    while math.prod(shape) > MOST_ELEMENTS:
        shape.pop()
    return tuple(shape)


def broadcast_partner(rng, shape):
    """A shape that broadcasts with `shape`: the same, with ones, with fewer or more dimensions."""
    if rng.random() < 0.5:
        return shape
    other = [1 if rng.random() < 0.3 else n for n in shape]
    if rng.random() < 0.4:
        other = other[rng.randint(0, len(other)) :]
    elif rng.random() < 0.15 and math.prod(other) < 30:
        other = [2, *other]
    return tuple(other)


def _float(rng, dtype, kind):
    if kind == "rough":
        return round(rng.gauss(0, 2), 2)
    if kind == "unit":
        return round(rng.random(), 2)
    if kind == "positive":
        return round(abs(rng.gauss(0, 2)), 2) + 0.25
    if kind == "sign":
        return rng.choice((-1.0, 1.0))
    if kind == "special" and rng.random() < 0.5:
        return rng.choice((*SPECIAL, LARGEST[dtype], -LARGEST[dtype]))
    return rng.randint(-12, 12) / 4


def _integer(rng, dtype, kind):
    low, high = LIMITS.get(dtype, (-(2**63), 2**63 - 1))
    if kind == "special" and rng.random() < 0.3:
        return rng.choice((low, high, low + 1, high - 1, high // 2, 77))
    if kind in ("unit", "positive"):
        return rng.randint(kind == "positive", 1 + 4 * (kind == "positive"))
    if kind == "sign":
        return rng.choice((-1, 1)) if low else 1
    return rng.randint(0 if low == 0 else -4, 6)


def draw_value(rng, dtype, kind):
    if isinstance(kind, int):  # an index below `kind`
        return rng.randrange(kind) if kind and rng.random() < 0.99 else kind
    if dtype == "bool":
        return rng.random() < 0.5
    if dtype in INTEGERS:
        return _integer(rng, dtype, kind)
    if dtype in COMPLEX:
        return complex(_float(rng, dtype, kind), _float(rng, dtype, kind))
    return _float(rng, dtype, kind)


def text_of(value):
    """The source of a number; inf and nan are names of the program."""
    if isinstance(value, complex):
        if math.isfinite(value.real) and math.isfinite(value.imag):
            return repr(value).strip("()")
        return f"complex({value.real!r}, {value.imag!r})"
    return repr(value)


def nested(shape, flat, start=0):
    """The source of nested lists, and how many values it took."""
    if not shape:
        return text_of(flat[start]), 1
    parts, used = [], 0
    for _ in range(shape[0]):
        part, count = nested(shape[1:], flat, start + used)
        parts.append(part)
        used += count
    return f"[{', '.join(parts)}]", used


def literal(rng, shape, dtype, kind):
    """`torch.tensor(...)` of this shape."""
    count = math.prod(shape)
    if kind in ("matrix", "symmetric"):
        flat = _matrices(rng, shape, dtype, kind == "symmetric")
    else:
        flat = [draw_value(rng, dtype, kind if kind != "sorted" else "plain") for _ in range(count)]
    if kind == "sorted" and count and dtype not in COMPLEX:
        n = shape[-1] if shape else 1
        flat = [v for i in range(0, count, n) for v in sorted(flat[i : i + n])]
    if not count:
        return f"torch.zeros({shape!r}, dtype=torch.{dtype})"
    return f"torch.tensor({nested(shape, flat)[0]}, dtype=torch.{dtype})"


def _matrices(rng, shape, dtype, symmetric):
    """Matrices with a large diagonal, so that every library finds the same inverse."""
    flat = [draw_value(rng, dtype, "unit") for _ in range(math.prod(shape))]
    if len(shape) < 2 or dtype == "bool":
        return flat
    rows, columns = shape[-2:]
    for at in range(len(flat)):
        matrix, place = divmod(at, rows * columns)
        i, j = divmod(place, columns)
        if i == j:
            flat[at] = (flat[at].real if symmetric else flat[at]) + rows + i
        elif symmetric and i < rows and j < i:
            mirrored = flat[matrix * rows * columns + j * columns + i] if j * columns + i < rows * columns else 0
            flat[at] = mirrored.conjugate() if dtype in COMPLEX else mirrored
    return flat


def tensor_text(rng, shape, dtype, kind="plain", strided=0.3):
    """The source of a tensor: often contiguous, else transposed, sliced or expanded."""
    shape = tuple(shape)
    if rng.random() >= strided or not shape or kind in ("matrix", "symmetric"):
        return literal(rng, shape, dtype, kind)
    form, dim = rng.randrange(4), rng.randrange(len(shape))
    if form == 0 and len(shape) > 1:
        other = rng.randrange(len(shape))
        swapped = list(shape)
        swapped[dim], swapped[other] = swapped[other], swapped[dim]
        return f"{literal(rng, tuple(swapped), dtype, kind)}.transpose({dim}, {other})"
    if form == 1:
        one = (*shape[:dim], 1, *shape[dim + 1 :])
        return f"{literal(rng, one, dtype, kind)}.expand({', '.join(map(str, shape))})"
    step = 2 if form == 2 else 1
    longer = (*shape[:dim], shape[dim] * step + (step == 1), *shape[dim + 1 :])
    piece = "::2" if step == 2 else "1:"
    return f"{literal(rng, longer, dtype, kind)}[{':, ' * dim}{piece}]"
