"""Which elements are among others: isin."""

from __future__ import annotations

from penlight.ops.kinds import NUMBERS
from penlight.ops.table import composite, op

__all__: list[str] = []


@op("_isin(Tensor elements, Tensor test_elements, bool unique, bool invert)", on="", promote="arith")
def _isin(xp, elements, test_elements, unique, invert):
    """Membership, elementwise."""
    if xp.isscalar(elements) or elements.ndim == 0:
        found = bool((test_elements == elements).any())
        return xp.asarray(found != invert)
    if test_elements.size < 4:  # comparing with each is faster than sorting
        found = xp.zeros(elements.shape, bool)
        for value in test_elements.reshape(-1):
            xp.logical_or(found, elements == value, found)
        return xp.logical_not(found, found) if invert else found
    return xp.isin(elements, test_elements, assume_unique=False, invert=invert)


@composite(
    "isin(Tensor|Number elements, Tensor|Number test_elements, *, bool assume_unique=False, bool invert=False)",
    on="torch",
    out=True,
)
def isin(k, elements, test_elements, assume_unique, invert):
    """Whether each element is among `test_elements`. Shape: (*), (**) -> (*), bool.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.isin.html

    >>> import penlight as torch
    >>> torch.isin(torch.tensor([1, 2, 3]), torch.tensor([2, 5]))
    tensor([False,  True, False])
    """
    if isinstance(elements, NUMBERS) and isinstance(test_elements, NUMBERS):
        raise TypeError("isin(): expected at least one Tensor among elements and test_elements, but got two numbers")
    for value in (elements, test_elements):
        dtype = getattr(value, "dtype", None)
        if value.__class__ is bool:
            raise RuntimeError("Unsupported input type encountered for isin(): Bool")
        if dtype is not None and (dtype.is_complex or dtype.name == "bool"):
            raise RuntimeError(f"Unsupported input type encountered for isin(): {dtype.legacy}")
    elements, test_elements = [k._constant(v) if isinstance(v, NUMBERS) else v for v in (elements, test_elements)]
    return k._isin(elements, test_elements, assume_unique, invert)
