"""`torch._dynamo`: what programs call beside `torch.compile`; nothing is compiled, so there is nothing to steer."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from penlight.compiler import (
    OptimizedModule,
    allow_in_graph,
    assume_constant_result,
    disable,
    is_compiling,
    list_backends,
    reset,
)
from penlight.ledger.missing import module_getattr, placeholder_module

__all__ = [
    "OptimizedModule", "allow_in_graph", "assume_constant_result", "config", "disable", "graph_break", "is_compiling",
    "is_dynamo_supported", "list_backends", "mark_dynamic", "mark_static", "mark_static_address", "maybe_mark_dynamic", "reset",
]  # fmt: skip

config = SimpleNamespace(suppress_errors=False, cache_size_limit=8, verbose=False)  # remembered, without effect


def graph_break(msg: str = "") -> None:
    """Nothing to break: functions run as they are."""


def is_dynamo_supported() -> bool:
    """False: nothing is compiled."""
    return False


def mark_dynamic(t: Any, index: Any, **bounds: Any) -> None:
    """Nothing to mark: every size may change."""


maybe_mark_dynamic = mark_static = mark_static_address = mark_dynamic
_REASON = "nothing is compiled; torch.compile runs modules as they are"
placeholder_module("torch._dynamo.eval_frame", _REASON, OptimizedModule=OptimizedModule)
for _name in ("exc", "testing", "utils", "_trace_wrapped_higher_order_op"):
    placeholder_module(f"torch._dynamo.{_name}", _REASON)
__getattr__ = module_getattr(__name__)
