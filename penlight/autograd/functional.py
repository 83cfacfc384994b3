"""`torch.autograd.functional`: Jacobians, Hessians and their products with vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from penlight.base.mode import mode
from penlight.tensor.backward import grad
from penlight.tensor.install import tensor_ops
from penlight.tensor.tensor import Tensor
from penlight.transforms.jacobians import columns, filled
from penlight.transforms.jacobians import rows as batched_rows
from penlight.transforms.pull import GradLevel, pull

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]


class _recorded:
    """A block in which ops are recorded, whatever the mode outside."""

    def __enter__(self) -> None:
        self.before = mode.grad
        mode.set(grad=True)

    def __exit__(self, *exc_info: Any) -> None:
        mode.set(grad=self.before)


# --- reading arguments, checking results ------------------------------------------------------------------------------


def _as_tuple(value: Any, what: str, function: str) -> tuple[tuple, bool]:
    single = not isinstance(value, tuple)
    values = (value,) if single else value
    for i, v in enumerate(values):
        if not isinstance(v, Tensor):
            if single:
                raise TypeError(
                    f"The {what} given to {function} must be either a Tensor or a tuple of Tensors but the given "
                    f"{what} has type {type(v)}."
                )
            raise TypeError(
                f"The {what} given to {function} must be either a Tensor or a tuple of Tensors but the value at "
                f"index {i} has type {type(v)}."
            )
    return values, single


def _fresh(inputs: tuple, create_graph: bool) -> tuple:
    """The inputs as new tensors that require grad; still connected to the caller's graph with `create_graph`."""
    result = []
    for t in inputs:
        if create_graph and t._node is not None:
            result.append(t.view_as(t))
        else:
            result.append(t.detach().requires_grad_(True))
    return tuple(result)


def _apply(function: Any, inputs: tuple, name: str) -> tuple[tuple, bool]:
    return _as_tuple(function(*inputs), "outputs of the user-provided function", name)


def _released(values: tuple, single: bool, create_graph: bool) -> Any:
    if not create_graph:
        values = tuple([v.detach() if isinstance(v, Tensor) else v for v in values])
    return values[0] if single else values


def _check_outputs(outputs: tuple, strict: bool) -> None:
    for i, o in enumerate(outputs):
        if strict and o._node is None:
            raise RuntimeError(
                f"Output {i} of the user-provided function does not require gradients. The outputs must be computed "
                "in a differentiable manner from the input when running in strict mode."
            )


def _check_vector(v: Any, others: tuple, of_outputs: bool, name: str) -> tuple:
    if v is None:
        if len(others) != 1 or others[0]._a.size != 1:
            subject = "the user-provided function returns"
            if not of_outputs:
                subject = "the input to the user-provided function is"
            raise RuntimeError(f"The vector v can only be None if {subject} a single Tensor with a single element.")
        return tuple([Tensor._wrap(np.ones(o._a.shape, o._a.dtype)) for o in others])
    values, _ = _as_tuple(v, "v", name)
    if len(values) != len(others):
        raise RuntimeError(f"v is a tuple of invalid length: should be {len(others)} but got {len(values)}.")
    for i, (a, b) in enumerate(zip(values, others)):
        if a._a.shape != b._a.shape:
            prefix = f"Entry {i} in v" if len(values) > 1 else "v"
            raise RuntimeError(f"{prefix} has invalid size: should be {b.shape} but got {a.shape}.")
    return values


def _gradients(outputs: tuple, inputs: tuple, gs: tuple, create_graph: bool) -> tuple:
    """Gradients of the outputs that are in the graph; None where nothing is reached."""
    live = [(o, g) for o, g in zip(outputs, gs) if o._node is not None]
    if not live:
        return (None,) * len(inputs)
    reachable = [t for t in inputs if t._node is not None]
    found = iter(
        grad([o for o, _ in live], reachable, [g for _, g in live], create_graph=create_graph, allow_unused=True)
        if reachable
        else ()
    )
    return tuple([next(found) if t._node is not None else None for t in inputs])


def _independent(i: int, what: str, name: str) -> RuntimeError:
    if what == "outputs":
        return RuntimeError(
            f"The output of the user-provided function is independent of input {i}. This is not allowed in strict mode."
        )
    return RuntimeError(
        f"While computing the {name}, found that the {what} of the user-provided function with respect to input {i} is "
        "independent of the input. This is not allowed in strict mode. You should ensure that your function is twice "
        f"differentiable and that the {what} depends on the inputs (this would be violated by a linear function for "
        "example)."
    )


def _filled(values: tuple, likes: tuple, strict: bool, what: str, name: str) -> tuple:
    """Zeros for what the function does not depend on, or the complaint of strict mode."""
    result = []
    for i, (v, like) in enumerate(zip(values, likes)):
        if v is None and strict:
            raise _independent(i, what, name)
        result.append(Tensor._wrap(np.zeros(like._a.shape, like._a.dtype)) if v is None else v)
    return tuple(result)


def _check_recorded(values: tuple, strict: bool, create_graph: bool, what: str, inputs_wanted: bool) -> None:
    if not (strict and create_graph and inputs_wanted):
        return
    for i, v in enumerate(values):
        if v._node is None:
            raise RuntimeError(
                f"The {what} of the user-provided function with respect to input {i} is independent of the inputs when "
                "create_graph=True. This is not allowed in strict mode as it would prevent from double-backpropagating."
            )


# --- products ---------------------------------------------------------------------------------------------------------


def vjp(func: Any, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple:
    """(func(inputs), v^T J): a vector times the Jacobian of `func`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.vjp.html

    >>> import penlight as torch
    >>> torch.autograd.functional.vjp(lambda x: x * x, torch.tensor([3.]))
    (tensor([9.]), tensor([6.]))
    """
    with _recorded():
        given, single = _as_tuple(inputs, "inputs", "vjp")
        given = _fresh(given, create_graph)
        outputs, single_output = _apply(func, given, "vjp")
        _check_outputs(outputs, strict)
        gs = _check_vector(v, outputs, True, "vjp")
        found = _filled(_gradients(outputs, given, gs, create_graph), given, strict, "outputs", "vjp")
        _check_recorded(found, strict, create_graph, "vjp", True)
    return _released(outputs, single_output, create_graph), _released(found, single, create_graph)


def jvp(func: Any, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple:
    """(func(inputs), J v): the Jacobian of `func` times a vector, by differentiating the vjp by its vector.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.jvp.html

    >>> import penlight as torch
    >>> torch.autograd.functional.jvp(lambda x: x * x, torch.tensor([3.]), torch.tensor([2.]))
    (tensor([9.]), tensor([12.]))
    """
    with _recorded():
        given, _ = _as_tuple(inputs, "inputs", "jvp")
        given = _fresh(given, create_graph)
        vectors = _check_vector(v, given, False, "jvp")
        outputs, single = _apply(func, given, "jvp")
        _check_outputs(outputs, strict)
        tangents = _push(outputs, given, vectors, create_graph)
        found = _filled(tangents, outputs, strict, "outputs", "jvp")
        _check_recorded(found, strict, create_graph, "jvp", True)
    return _released(outputs, single, create_graph), _released(found, single, create_graph)


def _push(outputs: tuple, inputs: tuple, vectors: tuple, create_graph: bool) -> tuple:
    """J v. g -> g^T J is linear in g, so that its own vjp with v is J v, whatever g is."""
    gs = tuple([Tensor._wrap(np.zeros(o._a.shape, o._a.dtype)).requires_grad_(True) for o in outputs])
    pulled = _gradients(outputs, inputs, gs, True)
    live = [(p, v) for p, v in zip(pulled, vectors) if p is not None and p._node is not None]
    if not live:
        return (None,) * len(outputs)
    return grad([p for p, _ in live], gs, [v for _, v in live], create_graph=create_graph, allow_unused=True)


def _scalar(outputs: tuple, single: bool, name: str) -> None:
    if not single:
        raise RuntimeError(f"The function given to {name} should return a single Tensor")
    if outputs[0]._a.size != 1:
        raise RuntimeError(f"The Tensor returned by the function given to {name} should contain a single element")


def vhp(func: Any, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple:
    """(func(inputs), v^T H): a vector times the Hessian of a scalar function.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.vhp.html
    """
    return _hessian_product(func, inputs, v, create_graph, strict, "vhp", False)


def hvp(func: Any, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple:
    """(func(inputs), H v): the Hessian of a scalar function times a vector.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.hvp.html

    >>> import penlight as torch
    >>> torch.autograd.functional.hvp(lambda x: (x ** 3).sum(), torch.tensor([2.]), torch.tensor([1.]))
    (tensor(8.), tensor([12.]))
    """
    return _hessian_product(func, inputs, v, create_graph, strict, "hvp", True)


def _hessian_product(
    func: Any, inputs: Any, v: Any, create_graph: bool, strict: bool, name: str, on_the_right: bool
) -> tuple:
    with _recorded():
        given, single = _as_tuple(inputs, "inputs", name)
        given = _fresh(given, create_graph)
        vectors = _check_vector(v, given, False, name)
        outputs, single_output = _apply(func, given, name)
        _scalar(outputs, single_output, name)
        _check_outputs(outputs, strict)
        one = (Tensor._wrap(np.ones(outputs[0]._a.shape, outputs[0]._a.dtype)),)
        slopes = _filled(_gradients(outputs, given, one, True), given, strict, "outputs", name)
        if on_the_right:
            found = _push(slopes, given, vectors, create_graph)
        else:
            found = _gradients(slopes, given, vectors, create_graph)
        found = _filled(found, given, strict, "jacobian", name)
        _check_recorded(found, strict, create_graph, name, True)
    return _released(outputs, single_output, create_graph), _released(found, single, create_graph)


# --- matrices ---------------------------------------------------------------------------------------------------------


def _check_strategy(strategy: str, strict: bool, vectorize: bool) -> None:
    if strategy not in ("reverse-mode", "forward-mode"):
        raise ValueError(
            'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your function has more outputs '
            'than inputs, "forward-mode" tends to be more performant. Otherwise, prefer to use "reverse-mode".'
        )
    if strategy == "forward-mode" and strict:
        raise RuntimeError(
            'torch.autograd.functional.jacobian: `strict=True` and `strategy="forward-mode"` are not supported together '
            '(yet). Please either set `strict=False` or `strategy="reverse-mode"`.'
        )
    if strategy == "forward-mode" and not vectorize:
        raise NotImplementedError(
            "Computing Jacobian using forward-AD or forward-over-reverse Hessian is only implemented for `vectorize=True`."
        )
    if vectorize and strict:
        raise RuntimeError(
            "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. "
            "Please either set `strict=False` or `vectorize=False`."
        )


def jacobian(
    func: Any,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The Jacobian of `func`. Shape per pair: (*output's shape, *input's shape).

    One backward pass per output element, or with `vectorize` one batched pass; strategy "forward-mode" (with
    `vectorize`) takes one batched forward pass.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.jacobian.html

    >>> import penlight as torch
    >>> torch.autograd.functional.jacobian(lambda x: x * x, torch.tensor([1., 2.]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    _check_strategy(strategy, strict, vectorize)
    with _recorded():
        given, single_input = _as_tuple(inputs, "inputs", "jacobian")
        given = _fresh(given, create_graph)
        if strategy == "forward-mode":
            kept: dict = {}

            def read(result: Any) -> list:
                values, kept["single"] = _as_tuple(result, "outputs of the user-provided function", "jacobian")
                return list(values)

            rows = tuple([tuple(row) for row in columns(func, list(given), None, "error", read)])
            return _picked(rows, single_input, kept["single"], create_graph)
        outputs, single_output = _apply(func, given, "jacobian")
        _check_outputs(outputs, strict)
        if vectorize:
            found = batched_rows(list(outputs), list(given), None, None, create_graph)
            return _picked(tuple([tuple(row) for row in found]), single_input, single_output, create_graph)
        rows = tuple([_rows(o, i, given, create_graph, strict) for i, o in enumerate(outputs)])
    return _picked(rows, single_input, single_output, create_graph)


def _picked(rows: tuple, single_input: bool, single_output: bool, create_graph: bool) -> Any:
    if not create_graph:
        rows = tuple([tuple([j.detach() for j in row]) for row in rows])
    picked = tuple([row[0] if single_input else row for row in rows])
    return picked[0] if single_output else picked


def _rows(output: Tensor, number: int, inputs: tuple, create_graph: bool, strict: bool) -> tuple:
    """The Jacobians of one output with respect to each input."""
    parts: list[list] = [[] for _ in inputs]
    for index in np.ndindex(output._a.shape):
        found: tuple = (None,) * len(inputs)
        if output._node is not None:
            g = np.zeros(output._a.shape, output._a.dtype)
            g[index] = 1
            found = grad(output, inputs, Tensor._wrap(g), True, create_graph, allow_unused=True)
        for i, (d, t) in enumerate(zip(found, inputs)):
            if strict and (d is None or create_graph and d._node is None):
                raise RuntimeError(
                    f"Output {number} of the user-provided function is independent of input {i}. This is not allowed "
                    "in strict mode."
                    if d is None
                    else f"The jacobian of the user-provided function is independent of input {i}. This is not "
                    "allowed in strict mode when create_graph=True."
                )
            parts[i].append(Tensor._wrap(np.zeros(t._a.shape, t._a.dtype)) if d is None else d)
    shape = output._a.shape
    return tuple(
        [
            tensor_ops.stack(p, 0).reshape((*shape, *t._a.shape))
            if p
            else Tensor._wrap(np.zeros((*shape, *t._a.shape), t._a.dtype))
            for p, t in zip(parts, inputs)
        ]
    )


def hessian(
    func: Any,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The Hessian of a scalar function: the Jacobian of its gradient. Shape per pair: (*input's shape, *input's shape).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.hessian.html

    >>> import penlight as torch
    >>> torch.autograd.functional.hessian(lambda x: (x ** 3).sum(), torch.tensor([1., 2.]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    _check_strategy(outer_jacobian_strategy, strict, vectorize)
    given, single = _as_tuple(inputs, "inputs", "hessian")

    def gradient(*values: Tensor) -> tuple:
        if outer_jacobian_strategy == "forward-mode":
            with GradLevel() as level:
                copies = [level.copy(v) for v in values]
                outputs, single_output = _apply(func, tuple(copies), "hessian")
                _scalar(outputs, single_output, "hessian")
                one_of = [Tensor._wrap(np.ones(outputs[0]._a.shape, outputs[0]._a.dtype))]
                return tuple(filled(pull(list(outputs), copies, one_of, level), copies))
        outputs, single_output = _apply(func, values, "hessian")
        _scalar(outputs, single_output, "hessian")
        _check_outputs(outputs, strict)
        one = (Tensor._wrap(np.ones(outputs[0]._a.shape, outputs[0]._a.dtype)),)
        found = _filled(_gradients(outputs, values, one, True), values, strict, "outputs", "hessian")
        for i, d in enumerate(found):
            if strict and d._node is None:
                raise _independent(i, "jacobian", "hessian")
        return found

    rows = jacobian(gradient, given, create_graph, strict, vectorize, outer_jacobian_strategy)
    return rows[0][0] if single else rows
