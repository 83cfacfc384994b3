"""From the op table to functions: compiled on first use, so that importing costs nothing per op.

`tensor_ops` is the namespace of ops over Tensors, `raw_ops` the same over arrays: the two meanings of `k` in rules.
"""

from __future__ import annotations

import importlib
from functools import partial
from typing import Any

import numpy as np

from penlight.backends.registry import numpy_backend
from penlight.base import dtypes
from penlight.base.dims import dimension, dimensions, int_list
from penlight.base.mode import mode, tick
from penlight.engine.node import PORT
from penlight.ops import catalog
from penlight.ops.table import Composite, Op
from penlight.tensor import codegen, runtime
from penlight.tensor.arguments import NUMBERS
from penlight.tensor.inference import BUILTINS
from penlight.tensor.inplace import make_inplace
from penlight.tensor.narrow import narrowed, promoted
from penlight.tensor.out import DTYPE_OF_OUT
from penlight.tensor.override import MADE, PLAIN, Unreadable, overridden, override
from penlight.tensor.tensor import Tensor

__all__ = ["compile_composite", "public_function", "raw_ops", "source_of", "tensor_ops"]

runtime.np_backend = numpy_backend
_NUMBER_SET = frozenset((int, float, bool, complex, type(None)))
_ALIASES: dict[str, str] = {}


def _globals(op: Any) -> dict[str, Any]:
    names: dict[str, Any] = {f"_{name}": value for name, value in runtime.Runtime.names.items()}
    names.update(
        __name__="penlight.nn.functional" if op.on == ["F"] else "penlight",  # where pickle finds it
        _Tensor=Tensor, _PLAIN=PLAIN, __builtins__=BUILTINS, _ndarray=np.ndarray, _asarray=np.asarray,
        _NUMBERS=NUMBERS, _NUMBER_SET=_NUMBER_SET, _tick=tick, _mode=mode, _PORT=PORT, _xp=numpy_backend,
        _dimension=dimension, _dimensions=dimensions, _int_list=int_list, _read_dtype=dtypes.of,
        _overridden=overridden, _override=override, _Unreadable=Unreadable, _RuntimeError=RuntimeError, inf=float("inf"),
    )  # fmt: skip
    names["_OP"] = op
    if isinstance(op, Op):
        names["_kernel"] = op.kernel
        if op.ufunc:
            names["_ufunc"] = getattr(np, op.ufunc)
        if op.returns:
            names["_returns"] = _return_type(op.returns)
    return names


def _return_type(name: str) -> Any:
    return getattr(importlib.import_module("penlight.return_types"), name)


def _compile(source: str, names: dict[str, Any], what: str, function: str) -> Any:
    exec(compile(source, f"<penlight op {what}>", "exec"), names)
    return names[function]


def _compile_op(op: Op) -> Any:
    names = _globals(op)
    function = _compile(codegen.forward_source(op), names, op.name, op.name)
    names["_self"] = function
    function.__doc__ = op.doc
    function.__qualname__ = op.name
    function.op = op
    return function


def compile_composite(row: Composite, **replaced: Any) -> Any:
    """The composite's public function; `replaced` are other values for names that its source uses."""
    names = {**_globals(row), **replaced}
    names["_body"], names["_k"] = row.body, tensor_ops
    lines: list[str] = []
    codegen._read_numpy_names(row, lines)
    codegen._read_arguments(row, lines, arrays=True)
    codegen._read_statics(row, lines)
    if row.out and row.name in DTYPE_OF_OUT:
        lines.append("if out is not None: dtype = _dtype_of_out(out, dtype)")
    arguments = ", ".join(p.name for p in row.schema.parameters)
    everything = "".join(f"{'*' * p.variadic}{p.name}, " for p in row.schema.parameters if not p.keyword_only)
    keywords = ", ".join(f"{p.name}={p.name}" for p in row.schema.parameters if p.keyword_only)
    lines += [
        "try:",
        f"    r = _body(_k, {arguments})",
        "except _Unreadable:",  # an argument of no tensor type is inside a function transform
        f"    if not _overridden(({everything}*dict({keywords}).values(),)):",
        "        raise",
        f"    return _override(_self, ({everything}), dict({keywords}))",
    ]
    if row.out:
        tensors = "".join(f"{p.name}, " for p in row.schema.parameters if p in row.schema.tensors or p.type == "any")
        lines += ["if out is not None:", f"    return _write_out('{row.name}', out, r, ({tensors}))"]
    lines.append("return r")
    source = f"def {row.name}({codegen.signature_source(row)}):\n" + "\n".join("    " + line for line in lines) + "\n"
    function = _compile(source, names, row.name, row.name)
    names["_self"] = function
    function.__doc__ = row.doc
    function.__qualname__ = row.name
    function.op = row
    return function


def _make_backward(op: Op, on_tensors: bool, half: bool = False) -> Any:
    names = _globals(op)
    names["_k"] = tensor_ops if on_tensors else half_ops if half else raw_ops
    names["_in_half"] = partial(_first_backward_half, op, names)
    for argument, rule in op.rules():
        names[f"_rule_{argument}" if argument else "_joint"] = rule
    if on_tensors:
        names["_fit"] = _fit_tensor
    function = _compile(codegen.backward_source(op, on_tensors, half), names, f"{op.name} backward", "backward")
    return _linked(function, op.linked) if on_tensors and op.linked else function


class _Link:
    """Hangs a result that does not depend on the inputs into the graph of those that do; it has no gradient."""

    grad_name = "ConstantBackward0"
    saves = False

    @staticmethod
    def backward(node: list, g: Any) -> tuple:
        return (None,)

    backward_tensor = backward


_LINK = _Link()


class _Flat:
    """Hangs a first gradient that does not depend on the inputs into their graph, where PyTorch's second one is zero."""

    grad_name = "ZerosLikeBackward0"
    saves = False

    @staticmethod
    def backward(node: list, g: Any) -> tuple:
        shape, d = node[3]
        return (np.zeros(shape, d),)

    @staticmethod
    def backward_tensor(node: list, g: Any) -> tuple:
        return (Tensor._wrap(np.zeros(*node[3])),)


_FLAT = _Flat()


def _linked(joint: Any, reaches: Any) -> Any:
    """As in PyTorch, all results of one recorded backward node require grad: when one does, or else with slope zero."""

    def backward(node: list, g: Any) -> tuple:
        results = joint(node, g)
        if not mode.grad:
            return results
        source = next((r._node for r in results if r is not None and r._node is not None), None)
        for r, edge in zip(results, node[2]):
            if r is None or r._node is not None:
                continue
            if source is not None:
                r._node = [tick(), _LINK, (source,), None, None]
            elif edge is not None:
                edge = edge if reaches is True or reaches(*node[3]) else None
                r._node = [tick(), _FLAT, (edge,), (r._a.shape, r._a.dtype), None]
        return results

    return backward


def _fit_tensor(g: Tensor, like: tuple) -> Tensor:
    shape, d = like
    if g._a.shape != shape:
        g = (
            tensor_ops.sum_to_size(g, shape)
            if g._a.ndim >= len(shape) and (not g._a.size or g._a.size >= np.prod(shape))
            else g.expand(shape)
        )
    if g._a.dtype is not d:
        if g._a.dtype.kind == "c" and d.kind != "c":
            g = tensor_ops.real(g)
        g = tensor_ops.cast(g, d) if g._a.dtype is not d else g
    return g


def _first_backward(self: Op, node: list, g: Any) -> tuple:
    self.backward = _make_backward(self, False)
    return self.backward(node, g)


def _first_backward_tensor(self: Op, node: list, g: Any) -> tuple:
    self.backward_tensor = _make_backward(self, True)
    return self.backward_tensor(node, g)


def _first_backward_half(op: Op, names: dict, node: list, g: Any) -> tuple:
    names["_in_half"] = _make_backward(op, False, True)
    return names["_in_half"](node, g)


Op.backward = _first_backward  # type: ignore[method-assign]
Op.backward_tensor = _first_backward_tensor  # type: ignore[method-assign]


def _row(name: str) -> Any:
    return catalog.find(_ALIASES.get(name, name))


class _Namespace:
    """Ops by name, compiled on first use."""

    def __repr__(self) -> str:
        return f"<ops over {'Tensors' if self is tensor_ops else 'arrays'}>"


class _TensorOps(_Namespace):
    recorded = True  # what rules compute with this namespace is itself recorded

    def __getattr__(self, name: str) -> Any:
        row = _row(name)
        if row is None:
            base = _row(name[:-1]) if name.endswith("_") else None
            if base is None or not base.inplace:
                raise AttributeError(f"there is no op '{name}'")
            function = make_inplace(base, getattr(self, base.name))
        elif row.name != name:
            function = getattr(self, row.name)
        else:
            function = _compile_op(row) if isinstance(row, Op) else compile_composite(row)
        setattr(self, name, function)
        for note in MADE:
            note(function)
        return function


class _RawOps(_Namespace):
    recorded = False

    def __getattr__(self, name: str) -> Any:
        row = _row(name)
        if row is None:
            raise AttributeError(f"there is no op '{name}' over arrays")
        if isinstance(row, Op):
            function = _compile(codegen.raw_source(row), _globals(row), f"{row.name} on arrays", row.name)
        else:
            function = partial(row.body, raw_ops)
        setattr(self, name, function)
        return function


class _HalfOps(_Namespace):
    """The ops over arrays, whose 16-bit results are `Narrow`."""

    recorded = False

    def __getattr__(self, name: str) -> Any:
        row = _row(name)
        on_arrays = getattr(raw_ops, name) if row is None or isinstance(row, Op) else partial(row.body, half_ops)
        function = lambda *arguments, **options: narrowed(on_arrays(*arguments, **options))
        if isinstance(row, Op) and row.kind == "pointwise" and row.promote not in ("none", "where"):
            function = lambda *arguments: narrowed(on_arrays(*promoted(arguments)))
        setattr(self, name, function)
        return function


tensor_ops = _TensorOps()
raw_ops = _RawOps()
half_ops = _HalfOps()


def source_of(name: str) -> str:
    """The generated source of an op: forward and backward."""
    op = _row(name)
    parts = [codegen.forward_source(op)]
    if op.differentiable:
        parts.append(codegen.backward_source(op, False))
    return "\n\n".join(parts)


class _LazyMethod:
    """Stands for an op on the Tensor class until it is first asked for."""

    def __init__(self, name: str, own_name: str = "") -> None:
        self.name = name
        self.own_name = own_name or name

    def __get__(self, instance: Any, owner: Any) -> Any:
        function = getattr(tensor_ops, self.name)
        if self.own_name != self.name:  # a method of its own: known by the name that programs call it by
            function.__name__, function.__qualname__ = self.own_name, f"Tensor.{self.own_name}"
        setattr(Tensor, self.own_name, function)
        return function if instance is None else function.__get__(instance, owner)


def _attribute(name: str) -> property:
    return property(
        lambda self: getattr(tensor_ops, name)(self),
        lambda self, value: getattr(tensor_ops, name)(self).copy_(value),
    )


_PUBLIC: dict[str, set[str]] = {}
_RENAMED: dict[tuple[str, str], str] = {}


def install() -> None:
    """Read the catalog: names, aliases, methods."""
    for entry in catalog.entries():
        names = [entry.name, *entry.aliases]
        for alias in entry.aliases:
            _ALIASES[alias] = entry.name
        if entry.inplace:
            names += [n + "_" for n in names]
            for alias in entry.aliases:
                _ALIASES[alias + "_"] = entry.name + "_"
        for home in entry.on:
            if home == "property":  # `x.real`, with `x.real = y` writing into the view
                setattr(Tensor, entry.name, _attribute(entry.name))
                continue
            home, _, own_name = home.partition(":")
            if own_name:  # "Tensor:where": public there under another name, where the signatures differ
                if home == "Tensor":
                    setattr(Tensor, own_name, _LazyMethod(entry.name, own_name))
                else:
                    _PUBLIC.setdefault(home, set()).add(own_name)
                    _RENAMED[home, own_name] = entry.name
                continue
            _PUBLIC.setdefault(home, set()).update(names)
            if home == "Tensor":
                for name in names:
                    if name not in Tensor.__dict__:
                        setattr(Tensor, name, _LazyMethod(name, name))
    Tensor._cast = _LazyMethod("cast", "_cast")  # type: ignore[attr-defined]


def public_names(home: str) -> set[str]:
    return _PUBLIC.get(home, set())


def public_function(home: str, name: str) -> Any:
    """The op's public function in a namespace; None where it has none of that name."""
    return getattr(tensor_ops, _RENAMED.get((home, name), name)) if name in _PUBLIC.get(home, ()) else None
