"""Layers of a model by name, as in `torchvision.models._utils`."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from penlight import Tensor, nn
from penlight.vision.models.common import make_divisible as _make_divisible

__all__ = ["IntermediateLayerGetter", "_make_divisible"]


class IntermediateLayerGetter(nn.ModuleDict):
    """The children of a model up to the last one asked for, run in turn: x -> OrderedDict of their outputs.

    Args: return_layers: name of a child -> name of its output.
    Raises: ValueError for a name that is none of a child.

    >>> net = nn.Sequential(OrderedDict(a=nn.ReLU(), b=nn.Flatten(), c=nn.Tanh()))
    >>> IntermediateLayerGetter(net, {"b": "flat"})(Tensor([[[1.0], [2.0]]]))["flat"].shape
    torch.Size([1, 2])
    """

    def __init__(self, model: nn.Module, return_layers: dict[str, str]):
        children = OrderedDict(model.named_children())
        unknown = [name for name in return_layers if str(name) not in children]
        if unknown:
            raise ValueError(f"return_layers are not present in model: {unknown} are none of {list(children)}")
        self_layers = {str(name): str(out) for name, out in return_layers.items()}
        last = max(list(children).index(name) for name in self_layers) + 1 if self_layers else len(children)
        super().__init__(dict(list(children.items())[:last]))
        self.return_layers: dict[str, str] = self_layers

    def forward(self, x: Tensor) -> Any:
        found: OrderedDict[str, Tensor] = OrderedDict()
        for name, module in self.items():
            x = module(x)
            if name in self.return_layers:
                found[self.return_layers[name]] = x
        return found
