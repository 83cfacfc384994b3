"""Matrix products."""

from __future__ import annotations

from penlight.ops.table import op

__all__: list[str] = []


def _check_2d(name, a, b):
    if a.ndim != 2 or b.ndim != 2:
        which = "self" if a.ndim != 2 else "mat2"
        raise RuntimeError(f"{which} must be a matrix, got shapes {list(a.shape)} and {list(b.shape)} for {name}()")
    if a.shape[1] != b.shape[0]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({a.shape[0]}x{a.shape[1]} and {b.shape[0]}x{b.shape[1]})"
        )


def _check_dtype(a, b):
    if a.dtype is not b.dtype:
        raise RuntimeError(
            f"expected m1 and m2 to have the same dtype, but got: {_cpp(a)} != {_cpp(b)}"
        )


_CPP = {"float32": "float", "float64": "double", "int64": "long", "int32": "int", "float16": "c10::Half", "int16": "short",
        "bfloat16": "c10::BFloat16", "bool": "bool", "uint8": "unsigned char", "int8": "signed char",
        "complex64": "c10::complex<float>", "complex128": "c10::complex<double>"}  # fmt: skip


def _cpp(a):
    return _CPP.get(a.dtype.name, a.dtype.name)


@op(
    "mm(Tensor input, Tensor mat2)",
    out=True,
    vjp={
        "input": lambda k, g, mat2: k.mm(g, k.conj(k.t(mat2))),
        "mat2": lambda k, g, input: k.mm(k.conj(k.t(input)), g),
    },
)
def mm(xp, input, mat2):
    """The matrix product. Shape: (n, m), (m, p) -> (n, p).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.mm.html
    """
    _check_2d("mm", input, mat2)
    _check_dtype(input, mat2)
    return xp.matmul(input, mat2)
