"""TensorBoard's protocol buffers, from tensorboardX or from tensorboard itself, whichever is installed."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

__all__ = [
    "AttrValue", "Event", "GraphDef", "HistogramProto", "NodeDef", "SessionLog", "Summary", "SummaryMetadata",
    "TaggedRunMetadata", "TensorProto", "TensorShapeProto", "VersionDef", "hparams_api", "hparams_data", "layout_data",
    "mesh_data", "pr_curve_data", "text_data",
]  # fmt: skip


def _load(light: str, full: str) -> ModuleType:
    """A module of messages: its name under `tensorboardX.proto`, and under `tensorboard`."""
    for name in (f"tensorboardX.proto.{light}", f"tensorboard.{full}"):
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name not in ("tensorboardX", "tensorboard"):
                raise
    raise ImportError(
        "torch.utils.tensorboard needs the package tensorboardX (or tensorboard), which is not installed: "
        "pip install 'penlight[tensorboard]'",
        name="tensorboardX",
    )


def _core(name: str) -> Any:
    return _load(f"{name}_pb2", f"compat.proto.{name}_pb2")


_event, _summary, _tensor = _core("event"), _core("summary"), _core("tensor")
Event, SessionLog, TaggedRunMetadata = _event.Event, _event.SessionLog, _event.TaggedRunMetadata
Summary, SummaryMetadata, HistogramProto = _summary.Summary, _summary.SummaryMetadata, _summary.HistogramProto
TensorProto, TensorShapeProto = _tensor.TensorProto, _core("tensor_shape").TensorShapeProto
AttrValue, NodeDef = _core("attr_value").AttrValue, _core("node_def").NodeDef
GraphDef, VersionDef = _core("graph").GraphDef, _core("versions").VersionDef
layout_data: Any = _load("layout_pb2", "plugins.custom_scalar.layout_pb2")
hparams_api: Any = _load("api_pb2", "plugins.hparams.api_pb2")
hparams_data: Any = _load("plugin_hparams_pb2", "plugins.hparams.plugin_data_pb2")
pr_curve_data: Any = _load("plugin_pr_curve_pb2", "plugins.pr_curve.plugin_data_pb2")
text_data: Any = _load("plugin_text_pb2", "plugins.text.plugin_data_pb2")
mesh_data: Any = _load("plugin_mesh_pb2", "plugins.mesh.plugin_data_pb2")
