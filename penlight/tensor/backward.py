"""`autograd.backward` and `autograd.grad`: reading their arguments and running the engine."""

from __future__ import annotations

import importlib
import threading
import warnings
from collections.abc import Callable
from typing import Any
from weakref import ref as weak

import numpy as np

from penlight.base.coo import Coo, SparseRefused
from penlight.base.mode import mode
from penlight.base.warning import warn_once
from penlight.engine import engine
from penlight.engine.node import EDGES, EXTRAS, LEAF, OP, PORT, SAVED
from penlight.tensor.graph import name_of
from penlight.tensor.memory import memory_of

__all__ = ["backward", "grad", "grad_of", "running_pass", "set_tensor_class", "weak"]

_Tensor: Any = None  # the class; this module is below it


def set_tensor_class(cls: Any) -> None:
    global _Tensor
    _Tensor = cls


def _row_major_like(array: np.ndarray, like: np.ndarray) -> np.ndarray:
    """A copy in the leaf's dtype and layout."""
    result = np.empty_like(like) if like.size and 0 not in like.strides else np.empty(like.shape, like.dtype)
    np.copyto(result, array, casting="unsafe")
    return result


def _accumulate_sparse(leaf: Any, g: Any) -> None:
    """A gradient into `.grad` where either, or the leaf itself, is sparse: sparse as long as all of them are."""
    held = leaf._grad
    g = g if isinstance(g, Coo) else np.asarray(g)
    if g.dtype is not leaf._a.dtype:
        g = g.astype(leaf._a.dtype)
    if held is None:
        leaf._grad = _wrap(g)
    elif held._a.__class__ is np.ndarray:
        g.add_into(held._a) if isinstance(g, Coo) else np.add(held._a, g, out=held._a)
        memory_of(held).changed()
    elif isinstance(g, Coo):
        held._put(_wrap(held._a + g))
    else:
        leaf._grad = _wrap(held._a + g)


class RawValues:
    """Gradients as raw arrays: the ordinary backward pass."""

    on_tensors = False

    @staticmethod
    def own(g: Any) -> Any:
        try:
            return np.array(g)
        except SparseRefused:
            return g.copy()

    @staticmethod
    def accumulate(reference: Any, g: Any) -> None:
        leaf = reference()
        if leaf is None:
            return
        held = leaf._grad
        array = leaf._a
        if g.__class__ is not np.ndarray or g.dtype is not array.dtype or g.strides != array.strides:
            if isinstance(g, Coo) or isinstance(array, Coo):
                _accumulate_sparse(leaf, g)
                return
            g = _row_major_like(g, array)
        if held is None:
            leaf._grad = _Tensor._wrap(g)
        elif held._a.__class__ is np.ndarray:
            np.add(held._a, g, out=held._a)
            memory_of(held).changed()
        else:
            _accumulate_sparse(leaf, g)

    @staticmethod
    def tensor_hooks(extras: dict, g: Any) -> Any:
        with _recording(False):
            return _call_tensor_hooks(extras, _wrap(g))._a

    @staticmethod
    def before_node(node: list, g: Any) -> Any:
        extras = node[EXTRAS]
        if "pre_hooks" in extras:
            with _recording(False):
                g = _unwrap(_call_pre_hooks(node, _wrap(g)))
        if "packed" in extras:
            with _recording(False):
                node[SAVED] = extras["packed"].unpack(node, False)
        return g

    @staticmethod
    def after_node(node: list, results: tuple, g: Any) -> tuple:
        extras = node[EXTRAS]
        if "packed" in extras:
            node[SAVED] = extras["packed"].placeholder
        if "post_hooks" not in extras:
            return results
        with _recording(False):
            out = _call_post_hooks(node, tuple(_wrap(r) for r in results), _wrap(g))
        return tuple(_unwrap(r) for r in out)

    @staticmethod
    def after_leaf(node: list, g: Any) -> None:
        extras = node[EXTRAS]
        leaf = node[SAVED]()
        if "post_hooks" in extras:
            with _recording(False):
                for hook in list(extras["post_hooks"].values()):
                    hook((), (_wrap(g),))
        if leaf is not None and "post_accumulate" in extras:
            with _recording(False):
                _call_accumulate_hooks(extras, leaf)


class TensorValues(RawValues):
    """Gradients as Tensors: the backward pass is itself recorded (create_graph)."""

    on_tensors = True

    @staticmethod
    def own(g: Any) -> Any:
        return g

    @staticmethod
    def accumulate(reference: Any, g: Any) -> None:
        leaf = reference()
        if leaf is not None:
            if g._a.dtype is not leaf._a.dtype:
                g = g.to(leaf.dtype)
            held = leaf._grad
            if held is not None and isinstance(held._a, Coo) and not isinstance(g._a, Coo):
                held, g = g, held  # PyTorch adds sparse to dense, not the other way round
            leaf._grad = g.clone() if held is None else held + g

    @staticmethod
    def tensor_hooks(extras: dict, g: Any) -> Any:
        return _call_tensor_hooks(extras, g)

    @staticmethod
    def before_node(node: list, g: Any) -> Any:
        extras = node[EXTRAS]
        if "pre_hooks" in extras:
            g = _call_pre_hooks(node, g)
        if "packed" in extras:
            node[SAVED] = extras["packed"].unpack(node, True)
        return g

    @staticmethod
    def after_node(node: list, results: tuple, g: Any) -> tuple:
        extras = node[EXTRAS]
        if "packed" in extras:
            node[SAVED] = extras["packed"].placeholder
        return _call_post_hooks(node, results, g) if "post_hooks" in extras else results

    @staticmethod
    def after_leaf(node: list, g: Any) -> None:
        extras = node[EXTRAS]
        leaf = node[SAVED]()
        for hook in list(extras.get("post_hooks", {}).values()):
            hook((), (g,))
        if leaf is not None:
            _call_accumulate_hooks(extras, leaf)


class Watch:
    """Anomaly mode: a failing rule is reported with the line of the forward pass that recorded it; NaN raises."""

    @staticmethod
    def failed(node: list, error: Exception) -> None:
        _name_the_forward(node)

    @staticmethod
    def check(node: list, results: tuple) -> None:
        if not mode.anomaly_check_nan:
            return
        for i, r in enumerate(results):
            a = getattr(r, "_a", r)
            if a is None or node[EDGES][i] is None:
                continue
            if not np.array_equal(a, a):  # only NaN differs from itself
                _name_the_forward(node)
                raise RuntimeError(f"Function '{grad_of(node)}' returned nan values in its {i}th output.")


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
    return g.tensor() if isinstance(g, Coo) else _Tensor._wrap(np.asarray(g))


def _unwrap(t: Any) -> Any:
    if isinstance(t, dict):
        return {i: _unwrap(v) for i, v in t.items()}
    return None if t is None else t._a


def _hook_name(hook: Any) -> str:
    return getattr(hook, "__name__", None) or type(hook).__name__


def _replacing(hook: Any, t: Any, replaced: Any) -> Any:
    """What a hook returned instead of the gradient `t`."""
    if not isinstance(replaced, _Tensor):
        raise TypeError(f"expected Variable, but hook returned '{type(replaced).__name__}'")
    if replaced._a.shape != t._a.shape:
        raise RuntimeError(f"hook '{_hook_name(hook)}' has changed the size of value")
    if replaced._a.dtype is not t._a.dtype:
        raise RuntimeError(
            f"hook '{_hook_name(hook)}' has changed the type of value (was {t.type()} got {replaced.type()})"
        )
    return replaced


def _call_tensor_hooks(extras: dict, t: Any) -> Any:
    for hook in list(extras.get("hooks", {}).values()):
        replaced = hook(t)
        if replaced is not None:
            t = _replacing(hook, t, replaced)
    keeper = extras.get("retain")
    if keeper is not None:
        tensor = keeper()
        if tensor is not None:
            if tensor._grad is None:
                tensor._grad = t.clone()
            else:
                tensor._grad = tensor._grad + t
    return t


def _outputs_of(node: list) -> int:
    """How many outputs a node has: as many gradients its hooks are shown."""
    count = getattr(node[OP], "count_outputs", None)
    if count is not None:
        return count(node)
    return len(getattr(node[OP], "outputs", ())) or 1


def _as_tuple(node: list, g: Any) -> tuple:
    if isinstance(g, dict):
        return tuple(g.get(i) for i in range(max(max(g) + 1, _outputs_of(node))))
    return (g,)


def _call_accumulate_hooks(extras: dict, leaf: Any) -> None:
    for hook in list(extras.get("post_accumulate", {}).values()):
        returned = hook(leaf)
        if returned is None or returned is leaf:
            continue
        kind = RuntimeError if hasattr(returned, "_node") else TypeError
        raise kind(f"post accumulate grad hooks should return None, but '{_hook_name(hook)}' returned {returned!r}")


def _call_pre_hooks(node: list, g: Any) -> Any:
    for hook in list(node[EXTRAS]["pre_hooks"].values()):
        shown = _as_tuple(node, g)
        replaced = hook(shown)
        if replaced is not None:
            replaced = replaced if isinstance(replaced, tuple) else (replaced,)
            if len(replaced) != len(shown):
                raise _wrong_count(hook, len(replaced), len(shown))
            g = {i: v for i, v in enumerate(replaced) if v is not None} if isinstance(g, dict) else replaced[0]
    return g


def _call_post_hooks(node: list, results: tuple, g: Any) -> tuple:
    for hook in list(node[EXTRAS]["post_hooks"].values()):
        replaced = hook(results, _as_tuple(node, g))
        if replaced is not None:
            replaced = replaced if isinstance(replaced, tuple) else (replaced,)
            if len(replaced) != len(results):
                raise _wrong_count(hook, len(replaced), len(results))
            results = tuple(
                new if new is None or old is None else _replacing(hook, old, new) for old, new in zip(results, replaced)
            )
    return results


def _wrong_count(hook: Any, got: int, expected: int) -> RuntimeError:
    return RuntimeError(
        f"hook '{_hook_name(hook)}' has returned an incorrect number of values (got {got}, but expected {expected})"
    )


def _tuple_of(value: Any) -> tuple:
    return (value,) if isinstance(value, _Tensor) or value is None else tuple(value)


def _targets(values: Any, function: str) -> tuple:
    """The `inputs` of `grad` and `backward` as (node, tensor or None) pairs; graph edges are taken too."""
    given = (values,) if isinstance(values, _Tensor) or hasattr(values, "node") else tuple(values)
    if not given:
        raise RuntimeError(f"`inputs` argument to `{function}()` cannot be empty.")
    pairs = []
    for v in given:
        if isinstance(v, _Tensor):
            if v._node is None:
                raise RuntimeError("One of the differentiated Tensors does not require grad")
            pairs.append((v._node, v))
        elif hasattr(v, "node") and hasattr(v, "output_nr"):
            pairs.append((v._record, None))
        else:
            raise TypeError(f"{function}(): argument 'inputs' must be tuple of Tensors, not {type(v).__name__}")
    return tuple(pairs)


def _root_gradients(outputs: tuple, gradients: tuple, create_graph: bool) -> list:
    roots = []
    for i, (output, gradient) in enumerate(zip(outputs, gradients)):
        if not isinstance(output, _Tensor):
            if not (hasattr(output, "node") and hasattr(output, "output_nr")):
                raise TypeError(f"outputs must be Tensors, but element {i} is of type {type(output).__name__}")
            if gradient is None:
                raise RuntimeError("grad can be implicitly created only for scalar outputs, not for graph edges")
            roots.append((output._record, gradient if create_graph else gradient._a))
            continue
        if output.is_meta:
            raise NotImplementedError("penlight has no backward pass over meta tensors; run it on the CPU")
        if gradient is None:
            if output._node is not None:
                if output._a.size != 1:
                    raise RuntimeError("grad can be implicitly created only for scalar outputs")
                if output._a.dtype.kind not in "fV":
                    raise RuntimeError(
                        f"grad can be implicitly created only for real scalar outputs but got {output.dtype!r}"
                    )
            g = _Tensor._wrap(np.ones(output._a.shape, output._a.dtype))
        elif not isinstance(gradient, _Tensor):
            raise TypeError(f"gradients can be either Tensors or None, but got {type(gradient).__name__}")
        else:
            if gradient._a.shape != output._a.shape:
                raise RuntimeError(
                    f"Mismatch in shape: grad_output[{i}] has a shape of {gradient.shape} and "
                    f"output[{i}] has a shape of {output.shape}."
                )
            if (gradient._a.dtype.kind == "c") != (output._a.dtype.kind == "c"):
                raise RuntimeError(
                    "For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in "
                    f"dtype: grad_output[{i}] has a dtype of {gradient.dtype!r} and output[{i}] has a "
                    f"dtype of {output.dtype!r}."
                )
            g = gradient
            if g._a.dtype is not output._a.dtype:
                g = g.to(output.dtype)
        if output._node is None:
            raise RuntimeError(f"element {i} of tensors does not require grad and does not have a grad_fn")
        roots.append((output._node, g if create_graph else g._a))
    return roots


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Any = None,
) -> None:
    """Accumulate the gradients of `tensors` into the leaves' `.grad`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.backward.html

    >>> import penlight as torch
    >>> x = torch.ones(2, requires_grad=True); torch.autograd.backward((x * 3).sum()); x.grad
    tensor([3., 3.])
    """
    if mode.levels and any(level.functional for level in mode.levels):
        raise RuntimeError(
            "backward() called inside a functorch transform. This is not supported, please use functorch.grad or "
            "functorch.vjp instead or call backward() outside of functorch transforms."
        )
    if grad_variables is not None:
        warnings.warn("`grad_variables` is deprecated. Use `grad_tensors` instead.", FutureWarning, stacklevel=2)
        grad_tensors = grad_variables
    if create_graph:
        warn_once(
            "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient "
            "which can cause a memory leak. We recommend using autograd.grad when creating the graph to avoid this. If "
            "you have to use this function, make sure to reset the .grad fields of your parameters to None after use to "
            "break the cycle and avoid the leak."
        )
    outputs = _tuple_of(tensors)
    gradients = (None,) * len(outputs) if grad_tensors is None else _tuple_of(grad_tensors)
    if len(gradients) != len(outputs):
        raise RuntimeError(f"got {len(outputs)} tensors and {len(gradients)} gradients")
    targets = None if inputs is None else _targets(inputs, "backward")
    roots = _root_gradients(outputs, gradients, create_graph)
    retain = create_graph if retain_graph is None else retain_graph
    if targets is None:
        _execute(roots, retain, create_graph)
        return
    needed = engine.needed_nodes([n for n, _ in roots], [n for n, _ in targets])
    captures: dict[int, Any] = {id(n): None for n, _ in targets if n[OP] is not LEAF}
    kept = {id(n): t for n, t in targets}
    retaining = {key for key, t in kept.items() if t is not None and t._retains}  # their hooks fill `.grad` already
    _execute(roots, retain, create_graph, needed=needed, captures=captures)
    for key, g in captures.items():
        t = kept[key]
        if g is not None and t is not None and key not in retaining:
            g = g if create_graph else _wrap(RawValues.own(g))
            t._grad = g if t._grad is None else t._grad + g


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
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
        batched = importlib.import_module("penlight.transforms.gradients").batched_grad
        return batched(outputs, inputs, grad_outputs, retain_graph, create_graph, allow_unused, materialize_grads)
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False."
        )
    outputs = _tuple_of(outputs)
    gradients = (None,) * len(outputs) if grad_outputs is None else _tuple_of(grad_outputs)
    if len(gradients) != len(outputs):
        raise RuntimeError(f"got {len(outputs)} tensors and {len(gradients)} gradients")
    if mode.levels and any(hasattr(o, "_level") for o in outputs):
        through = importlib.import_module("penlight.transforms.gradients").grad_through_levels
        return through(outputs, _tuple_of(inputs), gradients, create_graph, allow_unused, materialize_grads)
    on_tensors = create_graph or any(hasattr(g, "_level") for g in gradients)  # gradients inside a function transform
    roots = _root_gradients(outputs, gradients, on_tensors)
    targets = _targets(inputs, "grad")
    retain = create_graph if retain_graph is None else retain_graph
    needed = engine.needed_nodes([n for n, _ in roots], [n for n, _ in targets])
    captures: dict[int, Any] = {id(n): None for n, _ in targets}
    _execute(roots, retain, create_graph, on_tensors, needed=needed, captures=captures, accumulate=False)
    results: list = []
    given: set[int] = set()
    for i, (node, t) in enumerate(targets):
        g = captures[id(node)]
        if g is None:
            if not (allow_unused or materialize_grads):
                raise RuntimeError(
                    f"The differentiated Tensor at index {i} appears to not have been used in the graph. Set "
                    "allow_unused=True if this is the desired behavior."
                )
            zeros = materialize_grads and t is not None
            results.append(_Tensor._wrap(np.zeros(t._a.shape, t._a.dtype)) if zeros else None)
        elif on_tensors:
            results.append(g if t is None or g._a.dtype is t._a.dtype else g.to(t.dtype))
        elif isinstance(g, Coo):
            results.append(g.tensor())
        else:
            g = g if g.__class__ is np.ndarray else np.asarray(g)
            if t is not None and g.dtype is not t._a.dtype:
                g = g.astype(t._a.dtype)
            # each result is the caller's own: no view of what the graph or another result holds
            if g.base is not None or id(g) in given or any(g is other for _, other in roots):
                g = np.array(g)
            given.add(id(g))
            results.append(_Tensor._wrap(g))
    return tuple(results)


def grad_of(node: list) -> str:
    """The name of a node as PyTorch's."""
    return name_of(node[EDGES][0] if node[OP] is PORT else node)


class _Execution(threading.local):
    """The backward pass that runs in this thread: [roots, nodes that may run, ids of the nodes that it reaches]."""

    current: list | None = None


_execution = _Execution()


def running_pass() -> tuple[list, Callable[[], set]]:
    """(an object that stands for the running backward pass, a function giving the ids of the nodes that it reaches)."""
    current = _execution.current
    assert current is not None

    def reached() -> set:
        roots, needed, found = current
        if found is None:
            found = engine.needed_nodes([n for n, _ in roots], None)
            current[2] = found = found if needed is None else found & needed
        return found

    return current, reached


def _execute(
    roots: list, retain: bool, create_graph: bool, on_tensors: bool = False, needed: set | None = None, **options: Any
) -> None:
    outer, _execution.current = _execution.current, [roots, needed, None]
    grad = mode.grad
    if grad is not create_graph:
        mode.set(grad=create_graph)
    try:
        engine.run(
            roots,
            TensorValues if create_graph or on_tensors else RawValues,
            retain=bool(retain),
            needed=needed,
            watch=Watch if mode.anomaly else None,
            **options,
        )
    finally:
        if grad is not create_graph:
            mode.set(grad=grad)
        _execution.current = outer


def _name_the_forward(node: list) -> None:
    """In anomaly mode: show the line of the forward pass whose gradient failed."""
    trace = node[EXTRAS].get("trace") if node[EXTRAS] else None
    if trace:
        text = f"Error detected in {grad_of(node)}. Traceback of forward call that caused the error:\n{''.join(trace)}"
    else:
        text = (
            f"Error detected in {grad_of(node)}. No forward pass information available. Enable detect anomaly during "
            "forward pass for more information."
        )
    warnings.warn(text, UserWarning, stacklevel=6)
