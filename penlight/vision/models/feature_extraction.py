"""Outputs of layers inside a model, as in `torchvision.models.feature_extraction`.

torchvision traces the model's Python code. penlight has no tracer: it listens to the submodules while the model runs, so
names of submodules work, names of function calls ("add", "flatten") do not, and the layers behind those asked for are run.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from penlight import nn

__all__ = ["create_feature_extractor", "get_graph_node_names"]


class FeatureExtractor(nn.Module):
    """A model that returns a dict of its submodules' outputs, in the order in which they are computed."""

    def __init__(self, model: nn.Module, train_nodes: dict[str, str], eval_nodes: dict[str, str]):
        super().__init__()
        object.__setattr__(self, "_source", model)  # not a submodule: the children below keep the model's names
        self._nodes = {True: _resolved(model, train_nodes), False: _resolved(model, eval_nodes)}
        self._share()
        self.train(model.training)

    def _share(self) -> None:
        for name, module in self._source.named_children():
            self.add_module(name, module)
        for name, parameter in self._source.named_parameters(recurse=False):
            self.register_parameter(name, parameter)
        for name, buffer in self._source.named_buffers(recurse=False):
            self.register_buffer(name, buffer, persistent=name not in self._source._non_persistent_buffers_set)

    def _apply(self, fn: Callable, recurse: bool = True) -> FeatureExtractor:
        self._source._apply(fn, recurse)
        self._share()
        return self

    def train(self, mode: bool = True) -> FeatureExtractor:
        super().train(mode)
        self._source.training = mode
        return self

    def forward(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        handles = []
        modules = dict(self._source.named_modules())
        try:
            for path, calls in self._nodes[self.training].items():
                handles.append(modules[path].register_forward_hook(_listener(calls, found)))
            self._source(*args, **kwargs)
        finally:
            for handle in handles:
                handle.remove()
        missing = [out for calls in self._nodes[self.training].values() for _, out in calls if out not in found]
        if missing:
            raise ValueError(f"the outputs {missing} were not computed: their submodules did not run (as often)")
        return found


def _listener(calls: list[tuple[int | None, str]], found: dict[str, Any]) -> Callable:
    seen = 0

    def hook(module: nn.Module, args: Any, output: Any) -> None:
        nonlocal seen
        for number, name in calls:
            if number is None or number == seen:
                found.pop(name, None)  # the order is that of the last call
                found[name] = output
        seen += 1

    return hook


def _resolved(model: nn.Module, nodes: dict[str, str]) -> dict[str, list[tuple[int | None, str]]]:
    """Submodule's path -> [(which call of it, None for the last; name of the output)]."""
    modules = dict(model.named_modules())
    result: dict[str, list[tuple[int | None, str]]] = {}
    for node, output in nodes.items():
        path, number = node, 0
        repeated = re.fullmatch(r"(.+)_(\d+)", node)
        if node not in modules and repeated is not None:  # relu_1 is the second call of relu
            path, number = repeated[1], int(repeated[2])
        if not path or path not in modules:
            raise ValueError(
                f"node: '{node}' is not present in model as a submodule (such as {list(modules)[1:4]}); penlight finds "
                "the outputs of submodules only, not those of functions: use a forward hook or change the model's forward"
            )
        whole = next(modules[path].children(), None) is not None and number == 0
        result.setdefault(path, []).append((None if whole else number, output))
    return result


def create_feature_extractor(
    model: nn.Module, return_nodes: list[str] | dict[str, str] | None = None,
    train_return_nodes: list[str] | dict[str, str] | None = None,
    eval_return_nodes: list[str] | dict[str, str] | None = None, tracer_kwargs: dict[str, Any] | None = None,
    suppress_diff_warning: bool = False, concrete_args: dict[str, Any] | None = None,
) -> FeatureExtractor:  # fmt: skip
    """Make a model that returns a dict of outputs of a model's submodules; weights are shared.

    Args:
        return_nodes: paths of submodules (`layer1.0.relu`, `layer1.0.relu_1` for its second call), or a dict from them
            to names of outputs; or one for training and one for evaluation.
        tracer_kwargs, suppress_diff_warning, concrete_args: accepted; there is no tracer.

    Differs from torchvision: names of function calls are not known, and submodules that are not needed stay.
    Raises: ValueError for nodes that are no submodules, or when nodes are given for one mode only.
    Source: https://docs.pytorch.org/vision/stable/feature_extraction.html

    >>> net = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
    >>> list(create_feature_extractor(net, {"0": "hidden"}).state_dict())
    ['0.weight', '0.bias']
    """
    if return_nodes is None and (train_return_nodes is None or eval_return_nodes is None):
        raise ValueError(
            "Either `return_nodes` or `train_return_nodes` and `eval_return_nodes` together, should be specified"
        )
    if return_nodes is not None and (train_return_nodes is not None or eval_return_nodes is not None):
        raise ValueError("If `train_return_nodes` and `eval_return_nodes` are specified, `return_nodes` should not be")
    chosen = []
    for nodes in (train_return_nodes, eval_return_nodes) if return_nodes is None else (return_nodes,) * 2:
        names = nodes if isinstance(nodes, dict) else {name: name for name in nodes or ()}
        chosen.append({str(node): str(output) for node, output in names.items()})
    return FeatureExtractor(model, *chosen)


def get_graph_node_names(model: nn.Module, *args: Any, **kwargs: Any) -> tuple[list[str], list[str]]:
    """Raises NotImplementedError: the names come from a tracer, which penlight does not have."""
    raise NotImplementedError(
        "penlight does not trace models, so it cannot list their nodes: create_feature_extractor takes the names that "
        "model.named_modules() gives"
    )
