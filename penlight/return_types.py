"""Named tuples of ops with several results, `torch.return_types`."""

from __future__ import annotations

from collections import namedtuple

__all__: list[str] = []


def _make(name: str, fields: str) -> None:
    cls = namedtuple(name, fields)
    cls.__module__ = "torch.return_types"
    cls.__new__ = _from_sequence(cls.__new__)  # type: ignore[method-assign]

    def shown(self: tuple) -> str:
        inside = ",\n".join(f"{field}={value!r}" for field, value in zip(self._fields, self))  # type: ignore[attr-defined]
        return f"torch.return_types.{name}(\n{inside})"

    cls.__repr__ = shown  # type: ignore[method-assign]
    globals()[name] = cls
    if not name.startswith("_"):
        __all__.append(name)


def _from_sequence(original):
    def new(cls, *values):
        return original(cls, *(values[0] if len(values) == 1 and isinstance(values[0], (tuple, list)) else values))

    return new


for _name, _fields in {
    "max": "values indices", "min": "values indices", "median": "values indices", "nanmedian": "values indices",
    "mode": "values indices", "kthvalue": "values indices", "sort": "values indices", "topk": "values indices",
    "cummax": "values indices", "cummin": "values indices", "aminmax": "min max", "frexp": "mantissa exponent",
    "slogdet": "sign logabsdet", "qr": "Q R", "svd": "U S V", "geqrf": "a tau", "lu_unpack": "P L U",
    "triangular_solve": "solution cloned_coefficient", "histogram": "hist bin_edges", "histogramdd": "hist bin_edges",
    "linalg_eig": "eigenvalues eigenvectors", "linalg_eigh": "eigenvalues eigenvectors", "linalg_svd": "U S Vh",
    "linalg_qr": "Q R", "linalg_slogdet": "sign logabsdet", "linalg_lu": "P L U", "linalg_lu_factor": "LU pivots",
    "linalg_lu_factor_ex": "LU pivots info", "linalg_cholesky_ex": "L info", "linalg_inv_ex": "inverse info",
    "linalg_lstsq": "solution residuals rank singular_values", "linalg_ldl_factor": "LD pivots",
    "linalg_ldl_factor_ex": "LD pivots info", "linalg_solve_ex": "result info", "_lu_with_info": "LU pivots info",
}.items():  # fmt: skip
    _make(_name, _fields)
