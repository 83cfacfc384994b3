"""The graph of a module's forward pass, for TensorBoard's page of graphs.

PyTorch traces TorchScript; here the inputs are tensors of a class that writes down every function it is passed to. The
nodes are therefore the calls of the Python API: one `linear`, with its numbers as attributes, where PyTorch shows
`aten::linear` and a `prim::Constant` node for each number. Scopes, inputs, outputs, parameters and shapes are PyTorch's.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from penlight.nn.modules.module import Module
from penlight.tensor.subclass import DisableTorchFunctionSubclass
from penlight.tensor.tensor import Tensor
from penlight.utils.tensorboard.protocol import AttrValue, GraphDef, NodeDef, TensorShapeProto, VersionDef

__all__ = ["RUN_METADATA", "graph"]

# RunMetadata(step_stats=StepStats(dev_stats=[DeviceStepStats(device="/device:CPU:0")])), which the light package of
# messages lacks: three messages that each hold field 1 only.
RUN_METADATA = b"\n\x11\n\x0f\n\x0d/device:CPU:0"


class _Traced(Tensor):
    """A tensor whose origin is known to a recorder."""

    _recorder: Any = None
    _origin = ""

    @classmethod
    def __torch_function__(cls, func: Callable, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        kwargs = kwargs or {}
        recorder = next(t._recorder for t in _tensors((args, kwargs)) if isinstance(t, _Traced) and t._recorder)
        return recorder.call(func, args, kwargs)


def _tensors(value: Any) -> list[Tensor]:
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [t for item in value for t in _tensors(item)] if isinstance(value, (list, tuple)) else []


def _mapped(value: Any, change: Callable[[Tensor], Tensor]) -> Any:
    if isinstance(value, Tensor):
        return change(value)
    if isinstance(value, dict):
        return type(value)((key, _mapped(item, change)) for key, item in value.items())
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(_mapped(item, change) for item in value))
    return type(value)(_mapped(item, change) for item in value) if isinstance(value, (list, tuple)) else value


class _Recorder:
    """The nodes that a forward pass makes."""

    def __init__(self, model: Module):
        self.nodes: dict[str, Any] = {}
        self.scopes: list[str] = []
        self.kept: list[Tensor] = []  # alive, so that no other tensor gets their id
        self.origins: dict[int, str] = {}
        self.scope_of = {
            id(m): f"{type(m).__name__}[{name.rpartition('.')[2]}]" if name else type(m).__name__
            for name, m in model.named_modules()
        }
        kept = [*model.named_parameters(), *model.named_buffers()]
        self.attributes = {id(t): name.rpartition(".")[2] for name, t in kept}

    def add(self, name: str, op: str, inputs: list[str], attributes: str, shape: Any) -> str:
        """Add a node, under another name if that is taken; return its name."""
        unique, number = name, 1
        while unique in self.nodes:
            number += 1
            unique = f"{name}_{number}"
        node = NodeDef(name=unique, op=op, input=inputs)
        node.attr["attr"].CopyFrom(AttrValue(s=attributes.encode()))
        if shape is not None:
            dims = TensorShapeProto(dim=[TensorShapeProto.Dim(size=size) for size in shape])
            node.attr["_output_shapes"].CopyFrom(AttrValue(list=AttrValue.ListValue(shape=[dims])))
        self.nodes[unique] = node
        return unique

    def wrap(self, tensor: Tensor, origin: str) -> Tensor:
        """The tensor with an origin, itself if it is followed already."""
        if not isinstance(tensor, _Traced):
            with DisableTorchFunctionSubclass():
                tensor = tensor.as_subclass(_Traced)
        tensor._recorder, tensor._origin = self, origin
        return tensor

    def origin(self, tensor: Tensor) -> str:
        """The node that made a tensor: a function, a parameter or a constant."""
        if isinstance(tensor, _Traced):
            return tensor._origin
        if id(tensor) not in self.origins:
            name = self.attributes.get(id(tensor))
            path = "/".join([*self.scopes, name or "constant"])
            kind, text = ("prim::GetAttr", f"{{ name : {name}}}") if name else ("prim::Constant", "{}")
            self.origins[id(tensor)] = self.add(path, kind, [], text, tensor.shape)
            self.kept.append(tensor)
        return self.origins[id(tensor)]

    def call(self, func: Callable, args: tuple, kwargs: dict) -> Any:
        """Carry out a function and note it."""
        sources = [self.origin(t) for t in _tensors((args, kwargs))]
        with DisableTorchFunctionSubclass():
            result = func(*args, **kwargs)
        name = getattr(func, "__name__", type(func).__name__)
        name = name.strip("_") if name.startswith("__") else name
        outputs = _tensors(result)
        if not outputs and name != "setitem":
            return result  # a number, a size: what it is used for is not followed
        numbers = {key: value for key, value in _named(func, args, kwargs).items() if not _tensors(value)}
        text = "".join(f" {key} : {value!r}," for key, value in numbers.items() if value is not None)
        shape = outputs[0].shape if outputs else args[0].shape
        node = self.add("/".join([*self.scopes, name]), f"aten::{name}", sources, f"{{{text.rstrip(',')}}}", shape)
        if not outputs:
            self.wrap(args[0], node)
            return result
        return _mapped(result, lambda t: self.wrap(t, node))

    def enter(self, module: Module, args: Any) -> None:
        """Open the module's scope."""
        self.scopes.append(self.scope_of[id(module)])

    def leave(self, module: Module, args: Any, result: Any) -> Any:
        """Close the scope. A module that computes out of sight of its inputs' class becomes one node itself."""
        name = type(module).__name__
        if any(not isinstance(t, _Traced) and id(t) not in self.origins for t in _tensors(result)):
            sources = [self.origin(t) for t in _tensors(args)]
            first = _tensors(result)[0]
            node = self.add("/".join([*self.scopes, name]), name, sources, f"{{ {module.extra_repr()} }}", first.shape)
            result = _mapped(result, lambda t: t if isinstance(t, _Traced) else self.wrap(t, node))
        self.scopes.pop()
        return result


def _named(func: Callable, args: tuple, kwargs: dict) -> dict[str, Any]:
    """The arguments by name, or by number where the function does not tell."""
    try:
        return dict(inspect.signature(func).bind(*args, **kwargs).arguments)
    except (TypeError, ValueError):
        return {**{str(i): value for i, value in enumerate(args)}, **kwargs}


def _argument_names(model: Module, count: int) -> list[str]:
    try:
        names = list(inspect.signature(model.forward).parameters)
    except (TypeError, ValueError):
        names = []
    return [names[i] if i < len(names) else f"input_{i}" for i in range(count)]


def graph(model: Module, args: Any, verbose: bool = False, use_strict_trace: bool = True) -> tuple[Any, bytes]:
    """Run a module in eval mode and return (GraphDef, serialized RunMetadata).

    Args: args: the input, or a tuple of inputs. use_strict_trace: accepted; there is no tracer to be strict.
    Raises: TypeError for anything but a module; RuntimeError without inputs; what the module raises.
    """
    if not isinstance(model, Module):
        raise TypeError(f"add_graph expected a torch.nn.Module, got {type(model)}")
    if args is None:
        raise RuntimeError(
            "add_graph runs the model: expected input_to_model to be its input or a tuple of inputs, got None"
        )
    args = tuple(args) if isinstance(args, (tuple, list)) else (args,)
    recorder = _Recorder(model)
    inputs = []
    for name, value in zip(_argument_names(model, len(args)), args):
        inputs.append(
            _mapped(
                value, lambda t, name=name: recorder.wrap(t, recorder.add(f"input/{name}", "IO Node", [], "", t.shape))
            )
        )
    handles, modes = [], [(m, m.training) for m in model.modules()]
    try:
        model.train(False)
        for module, _ in modes:
            handles.append(module.register_forward_pre_hook(recorder.enter, prepend=True))
            handles.append(module.register_forward_hook(recorder.leave))
        outputs = model(*inputs)
    finally:
        for handle in handles:
            handle.remove()
        for module, training in modes:
            module.training = training
    for number, tensor in enumerate(_tensors(outputs), 1):
        recorder.add(f"output/output.{number}", "IO Node", [recorder.origin(tensor)], "", tensor.shape)
    used = {name for node in recorder.nodes.values() for name in node.input}
    # An input that nothing uses is left out, as in PyTorch.
    nodes = [node for name, node in recorder.nodes.items() if name in used or not name.startswith("input/")]
    if verbose:
        print("\n".join(f"{node.name} = {node.op}({', '.join(node.input)})" for node in nodes))
    return GraphDef(node=nodes, versions=VersionDef(producer=22)), RUN_METADATA
