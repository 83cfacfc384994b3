"""`autograd.backward` and `autograd.grad`: reading their arguments and running the engine."""

from __future__ import annotations

import warnings
from typing import Any
from weakref import ref as weak

import numpy as np

from penlight.engine import engine
from penlight.engine.node import EXTRAS, LEAF, OP, PORT, SAVED
from penlight.base.mode import mode

__all__ = ["backward", "grad", "grad_of", "set_tensor_class", "weak"]

_Tensor: Any = None  # the class; this module is below it


def set_tensor_class(cls: Any) -> None:
    global _Tensor
    _Tensor = cls


def _row_major_like(array: np.ndarray, like: np.ndarray) -> np.ndarray:
    """A copy in the leaf's dtype and layout."""
    result = np.empty_like(like) if like.size and 0 not in like.strides else np.empty(like.shape, like.dtype)
    np.copyto(result, array, casting="unsafe")
    return result


class RawValues:
    """Gradients as raw arrays: the ordinary backward pass."""

    on_tensors = False

    @staticmethod
    def own(g: Any) -> Any:
        return np.array(g)

    @staticmethod
    def is_view(g: Any) -> bool:
        return g.__class__ is np.ndarray and g.base is not None

    @staticmethod
    def accumulate(reference: Any, g: Any) -> None:
        leaf = reference()
        if leaf is None:
            return
        held = leaf._grad
        array = leaf._a
        if g.__class__ is not np.ndarray or g.dtype is not array.dtype or g.strides != array.strides:
            g = _row_major_like(g, array)
        if held is None:
            leaf._grad = _Tensor._wrap(g)
        elif held._node is not None:
            leaf._grad = _Tensor._wrap(held._a + g)
        else:
            np.add(held._a, g, out=held._a)
            if held._v is not None:
                held._v.changed()

    @staticmethod
    def tensor_hooks(extras: dict, g: Any) -> Any:
        g = np.asarray(g)
        t = _Tensor._wrap(g)
        with _recording(False):
            t = _call_tensor_hooks(extras, t)
        return t._a

    @staticmethod
    def node_pre_hooks(node: list, g: Any) -> Any:
        with _recording(False):
            return _unwrap(_call_pre_hooks(node, _wrap(g)))

    @staticmethod
    def node_post_hooks(node: list, results: tuple, g: Any) -> tuple:
        with _recording(False):
            out = _call_post_hooks(node, tuple(_wrap(r) for r in results), _wrap(g))
        return tuple(_unwrap(r) for r in out)

    @staticmethod
    def post_accumulate(node: list) -> None:
        leaf = node[SAVED]()
        if leaf is not None:
            with _recording(False):
                for hook in list(node[EXTRAS]["post_accumulate"].values()):
                    hook(leaf)


class TensorValues(RawValues):
    """Gradients as Tensors: the backward pass is itself recorded (create_graph)."""

    on_tensors = True

    @staticmethod
    def own(g: Any) -> Any:
        return g

    @staticmethod
    def is_view(g: Any) -> bool:
        return False

    @staticmethod
    def accumulate(reference: Any, g: Any) -> None:
        leaf = reference()
        if leaf is not None:
            if g._a.dtype is not leaf._a.dtype:
                g = g.to(leaf.dtype)
            leaf._grad = g.clone() if leaf._grad is None else leaf._grad + g

    @staticmethod
    def tensor_hooks(extras: dict, g: Any) -> Any:
        return _call_tensor_hooks(extras, g)

    @staticmethod
    def node_pre_hooks(node: list, g: Any) -> Any:
        return _call_pre_hooks(node, g)

    @staticmethod
    def node_post_hooks(node: list, results: tuple, g: Any) -> tuple:
        return _call_post_hooks(node, results, g)


class _recording:
    """Set grad mode for a block."""

    def __init__(self, on: bool) -> None:
        self.on = on

    def __enter__(self) -> None:
        self.before = mode.grad
        mode.set(grad=self.on)

    def __exit__(self, *exc_info: Any) -> None:
        mode.set(grad=self.before)


def _wrap(g: Any) -> Any:
    if g is None:
        return None
    if isinstance(g, dict):
        return {i: _wrap(v) for i, v in g.items()}
    return _Tensor._wrap(np.asarray(g))


def _unwrap(t: Any) -> Any:
    if isinstance(t, dict):
        return {i: _unwrap(v) for i, v in t.items()}
    return None if t is None else t._a


def _call_tensor_hooks(extras: dict, t: Any) -> Any:
    for hook in list(extras.get("hooks", {}).values()):
        replaced = hook(t)
        if replaced is not None:
            if not isinstance(replaced, _Tensor):
                raise TypeError(f"hook on tensor must return a Tensor or None, got {type(replaced).__name__}")
            if replaced._a.shape != t._a.shape:
                raise RuntimeError(
                    f"hook has changed the size of value: expected {list(t._a.shape)}, got {list(replaced._a.shape)}"
                )
            t = replaced
    keeper = extras.get("retain")
    if keeper is not None:
        tensor = keeper()
        if tensor is not None:
            tensor._grad = t if tensor._grad is None else tensor._grad + t
    return t


def _as_tuple(g: Any) -> tuple:
    return tuple(g.get(i) for i in range(max(g) + 1)) if isinstance(g, dict) else (g,)


def _call_pre_hooks(node: list, g: Any) -> Any:
    for hook in list(node[EXTRAS]["pre_hooks"].values()):
        replaced = hook(_as_tuple(g))
        if replaced is not None:
            replaced = replaced if isinstance(replaced, tuple) else (replaced,)
            g = {i: v for i, v in enumerate(replaced) if v is not None} if isinstance(g, dict) else replaced[0]
    return g


def _call_post_hooks(node: list, results: tuple, g: Any) -> tuple:
    for hook in list(node[EXTRAS]["post_hooks"].values()):
        replaced = hook(results, _as_tuple(g))
        if replaced is not None:
            results = replaced if isinstance(replaced, tuple) else (replaced,)
            if len(results) != len(node[2]):
                raise RuntimeError(
                    f"hook returned an incorrect number of values: expected {len(node[2])}, got {len(results)}"
                )
    return results


def _tuple_of(value: Any) -> tuple:
    return (value,) if isinstance(value, _Tensor) or value is None else tuple(value)


def _root_gradients(outputs: tuple, gradients: tuple, create_graph: bool) -> list:
    roots = []
    for output, gradient in zip(outputs, gradients):
        if gradient is None:
            if output._node is not None or len(outputs) == 1:
                if output._a.size != 1:
                    raise RuntimeError("grad can be implicitly created only for scalar outputs")
                if output._a.dtype.kind not in "fV" and output._node is not None:
                    raise RuntimeError(
                        f"grad can be implicitly created only for real scalar outputs but got {output.dtype!r}"
                    )
            g = _Tensor._wrap(np.ones(output._a.shape, output._a.dtype))
        elif not isinstance(gradient, _Tensor):
            raise TypeError(
                f"gradients can be either Tensors or None, but got {type(gradient).__name__}"
            )
        else:
            if gradient._a.shape != output._a.shape:
                raise RuntimeError(
                    f"Mismatch in shape: grad_output[{len(roots)}] has a shape of {gradient.shape} and "
                    f"output[{len(roots)}] has a shape of {output.shape}."
                )
            if (gradient._a.dtype.kind == "c") != (output._a.dtype.kind == "c"):
                raise RuntimeError(
                    "For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in "
                    f"dtype: grad_output[{len(roots)}] has a dtype of {gradient.dtype!r} and output[{len(roots)}] has a "
                    f"dtype of {output.dtype!r}."
                )
            g = gradient
        if output._node is None:
            raise RuntimeError(
                f"element {len(roots)} of tensors does not require grad and does not have a grad_fn"
            )
        roots.append((output._node, g if create_graph else g._a))
    return roots


def backward(
    tensors: Any, grad_tensors: Any = None, retain_graph: bool | None = None, create_graph: bool = False,
    grad_variables: Any = None, inputs: Any = None,
) -> None:
    """Accumulate the gradients of `tensors` into the leaves' `.grad`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.backward.html

    >>> import penlight as torch
    >>> x = torch.ones(2, requires_grad=True); torch.autograd.backward((x * 3).sum()); x.grad
    tensor([3., 3.])
    """
    if grad_variables is not None:
        warnings.warn("`grad_variables` is deprecated. Use `grad_tensors` instead.", FutureWarning, stacklevel=2)
        grad_tensors = grad_variables
    outputs = _tuple_of(tensors)
    gradients = (None,) * len(outputs) if grad_tensors is None else _tuple_of(grad_tensors)
    if len(gradients) != len(outputs):
        raise RuntimeError(f"got {len(outputs)} tensors and {len(gradients)} gradients")
    targets = None
    if inputs is not None:
        targets = _tuple_of(inputs)
        if not targets:
            raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
        for t in targets:
            if t._node is None:
                raise RuntimeError("One of the differentiated Tensors does not require grad")
    roots = _root_gradients(outputs, gradients, create_graph)
    retain = create_graph if retain_graph is None else retain_graph
    if targets is None:
        _execute(roots, retain, create_graph)
        return
    needed = engine.needed_nodes([n for n, _ in roots], [t._node for t in targets])
    captures: dict[int, Any] = {id(t._node): None for t in targets if t._node[OP] is not LEAF}
    kept = {id(t._node): t for t in targets}
    _execute(roots, retain, create_graph, needed=needed, captures=captures)
    for key, g in captures.items():
        if g is not None:
            t = kept[key]
            g = g if create_graph else _Tensor._wrap(np.array(g))
            t._grad = g if t._grad is None else t._grad + g


def grad(
    outputs: Any, inputs: Any, grad_outputs: Any = None, retain_graph: bool | None = None, create_graph: bool = False,
    only_inputs: bool = True, allow_unused: bool | None = None, is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple:
    """The gradients of `outputs` with respect to `inputs`, without touching `.grad`.

    Returns one tensor per input (None for unused ones if `allow_unused`, zeros if `materialize_grads`).
    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.grad.html

    >>> import penlight as torch
    >>> x = torch.tensor(3., requires_grad=True)
    >>> torch.autograd.grad(x ** 2, x)
    (tensor(6.),)
    """
    if is_grads_batched:
        raise NotImplementedError("penlight's autograd.grad does not have is_grads_batched yet; see docs/coverage.md")
    if materialize_grads and allow_unused is False:
        raise ValueError("Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False")
    outputs, inputs = _tuple_of(outputs), _tuple_of(inputs)
    gradients = (None,) * len(outputs) if grad_outputs is None else _tuple_of(grad_outputs)
    if len(gradients) != len(outputs):
        raise RuntimeError(f"got {len(outputs)} tensors and {len(gradients)} gradients")
    for t in inputs:
        if not isinstance(t, _Tensor):
            raise TypeError(f"grad(): argument 'inputs' must be tuple of Tensors, not {type(t).__name__}")
    roots = _root_gradients(outputs, gradients, create_graph)
    for t in inputs:
        if t._node is None:
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    retain = create_graph if retain_graph is None else retain_graph
    needed = engine.needed_nodes([n for n, _ in roots], [t._node for t in inputs])
    captures: dict[int, Any] = {id(t._node): None for t in inputs}
    _execute(roots, retain, create_graph, needed=needed, captures=captures, accumulate=False)
    results = []
    for t in inputs:
        g = captures[id(t._node)]
        if g is None:
            if not (allow_unused or materialize_grads):
                raise RuntimeError(
                    "One of the differentiated Tensors appears to not have been used in the graph. Set "
                    "allow_unused=True if this is the desired behavior."
                )
            results.append(_Tensor._wrap(np.zeros(t._a.shape, t._a.dtype)) if materialize_grads else None)
            continue
        if not create_graph:
            g = g if g.__class__ is np.ndarray else np.asarray(g)
            if g.dtype is not t._a.dtype:
                g = g.astype(t._a.dtype)
            if g.base is not None and not g.flags.writeable:
                g = np.array(g)
            g = _Tensor._wrap(g)
        elif g._a.dtype is not t._a.dtype:
            g = g.to(t.dtype)
        results.append(g)
    return tuple(results)


def grad_of(node: list) -> str:
    return node[OP].grad_name if node[OP] is not PORT else node[2][0][OP].grad_name


def _execute(roots: list, retain: bool, create_graph: bool, **options: Any) -> None:
    before = mode.in_backward
    mode.in_backward = True
    try:
        with _recording(create_graph):
            engine.run(
                roots,
                TensorValues if create_graph else RawValues,
                retain=bool(retain),
                guard=_name_the_forward if mode.anomaly else None,
                **options,
            )
    finally:
        mode.in_backward = before


def _name_the_forward(node: list, error: Exception) -> None:
    """In anomaly mode: show the line of the forward pass whose gradient failed."""
    trace = node[EXTRAS].get("trace") if node[EXTRAS] else None
    text = "".join(trace) if trace else "(no forward call was recorded: anomaly mode was off then)\n"
    warnings.warn(
        f"Error detected in {grad_of(node)}. Traceback of forward call that caused the error:\n{text}",
        UserWarning,
        stacklevel=6,
    )
