"""`torch.fx`: program graphs, which penlight does not have; its names can be imported and raise when used."""

from typing import Any

from penlight.ledger.absent import mark_absent


def wrap(fn_or_name: Any) -> Any:
    """Return the argument: a decorator that only matters to tracing."""
    if not callable(fn_or_name) and not isinstance(fn_or_name, str):
        raise RuntimeError("Unsupported type for global function! Must be either a callable or string name")
    return fn_or_name


mark_absent(
    __name__,
    "functions run as they are and are not recorded as graphs",
    ("experimental", "node", "proxy", "graph", "graph_module", "passes"),
)
