"""`torch.fx`: program graphs, which penlight does not have; its names can be imported and raise when used."""

from typing import Any

from penlight.ledger.absent import mark_absent
from penlight.ledger.missing import placeholder_module


def wrap(fn_or_name: Any) -> Any:
    """Return the argument: a decorator that only matters to tracing."""
    if not callable(fn_or_name) and not isinstance(fn_or_name, str):
        raise RuntimeError("Unsupported type for global function! Must be either a callable or string name")
    return fn_or_name


_REASON = "functions run as they are and are not recorded as graphs"
mark_absent(
    __name__,
    _REASON,
    (
        "_pytree _symbolic_trace experimental.proxy_tensor experimental.symbolic_shapes graph graph_module immutable_collections "
        "interpreter node operator_schemas passes.infra.pass_base passes.shape_prop proxy"
    ).split(),
)
# What the inner modules answer where nothing is traced and every size is a number
_GUARDS: dict[str, Any] = dict.fromkeys(
    ("guard_or_false", "guard_or_true", "guard_size_oblivious", "statically_known_true"), bool
)
placeholder_module("torch.fx.experimental.symbolic_shapes", **_GUARDS)
placeholder_module("torch.fx.experimental.proxy_tensor", get_proxy_mode=lambda: None)
