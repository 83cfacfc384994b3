"""`torch._subclasses`: tensors without values, which penlight has none of."""

from __future__ import annotations

from penlight.ledger.absent import mark_absent
from penlight.ledger.missing import placeholder, placeholder_module

__all__ = ["FakeTensor", "FakeTensorMode"]

_REASON = "every tensor has values"
FakeTensor, FakeTensorMode = (placeholder(f"torch._subclasses.{n}", _REASON) for n in ("FakeTensor", "FakeTensorMode"))
mark_absent(__name__, _REASON)
placeholder_module(
    "torch._subclasses.fake_tensor",
    _REASON,
    FakeTensor=FakeTensor,
    FakeTensorMode=FakeTensorMode,
    is_fake=lambda x: False,
)
