"""Settings for all pipes of a graph: what the DataLoader tells them."""

from __future__ import annotations

import inspect
import warnings
from typing import Any

from penlight.tensor.generator import Generator
from penlight.utils.data.datapipes.iter.sharding import SHARDING_PRIORITIES, ShardingFilterIterDataPipe
from penlight.utils.data.graph import traverse_dps
from penlight.utils.data.sampler import draw_seed

__all__ = ["apply_random_seed", "apply_sharding", "apply_shuffle_seed", "apply_shuffle_settings", "get_all_graph_pipes"]


def get_all_graph_pipes(graph: dict[int, tuple[Any, dict]]) -> list[Any]:
    """All pipes of `traverse_dps`'s graph, each once."""
    found: dict[int, Any] = {}
    for number, (pipe, inner) in graph.items():
        found.setdefault(number, pipe)
        for other in get_all_graph_pipes(inner):
            found.setdefault(id(other), other)
    return list(found.values())


def _has(pipe: Any, *names: str) -> bool:
    return all(inspect.ismethod(getattr(pipe, name, None)) for name in names)


def apply_sharding(
    datapipe: Any, num_of_instances: int, instance_id: int, sharding_group: Any = SHARDING_PRIORITIES.DEFAULT
) -> Any:
    """Let each sharding pipe give one of `num_of_instances` parts.

    Raises: RuntimeError where one sharding pipe lies behind another.
    """

    def share(graph: dict, before: Any) -> None:
        for pipe, inner in graph.values():
            shards = isinstance(pipe, ShardingFilterIterDataPipe) or _has(pipe, "apply_sharding")
            if shards:
                if before is not None:
                    raise RuntimeError(
                        "Sharding twice on a single pipeline is likely unintended and will cause data loss. Sharding "
                        f"already applied to {before} while trying to apply to {pipe}"
                    )
                try:
                    pipe.apply_sharding(num_of_instances, instance_id, sharding_group=sharding_group)
                except TypeError:  # a pipe that knows no groups
                    pipe.apply_sharding(num_of_instances, instance_id)
            share(inner, pipe if shards else before)

    share(traverse_dps(datapipe), None)
    return datapipe


def apply_shuffle_settings(datapipe: Any, shuffle: bool | None = None) -> Any:
    """Turn the shuffling pipes on or off; with shuffle=True and none there, one is put at the end."""
    if shuffle is None:
        return datapipe
    shufflers = [p for p in get_all_graph_pipes(traverse_dps(datapipe)) if _has(p, "set_shuffle", "set_seed")]
    if not shufflers and shuffle:
        warnings.warn(
            "`shuffle=True` was set, but the datapipe does not contain a `Shuffler`. Adding one at the end. Be aware "
            "that the default buffer size might not be sufficient for your task.",
            stacklevel=2,
        )
        datapipe = datapipe.shuffle()
        shufflers = [datapipe]
    for shuffler in shufflers:
        shuffler.set_shuffle(shuffle)
    return datapipe


def apply_shuffle_seed(datapipe: Any, rng: Any) -> Any:
    """`apply_random_seed` (its name before)."""
    return apply_random_seed(datapipe, rng)


def apply_random_seed(datapipe: Any, rng: Generator) -> Any:
    """Give each pipe with `set_seed` a seed of its own, drawn from `rng`."""
    for pipe in get_all_graph_pipes(traverse_dps(datapipe)):
        if _has(pipe, "set_seed"):
            pipe.set_seed(draw_seed(rng))
    return datapipe
