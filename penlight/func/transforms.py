"""`grad`, `vjp`, `jvp`, `jacrev`, `hessian` of functions, by running backward on a private copy of their inputs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from penlight.base.mode import mode
from penlight.engine.node import EDGES, LEAF, OP
from penlight.func.tree import leaves, rebuilt, tensors_only, tree_map
from penlight.tensor import backward
from penlight.tensor.install import tensor_ops
from penlight.tensor.tensor import Tensor

__all__ = [
    "functionalize", "grad", "grad_and_value", "hessian", "jacfwd", "jacrev", "jvp", "linearize", "vjp", "vmap",
]  # fmt: skip

_NOT_A_TENSOR = "Thing passed to transform API must be Tensor, got {}"


class _Level:
    """One transform's own copies of its inputs, and what depends on nothing else."""

    def __init__(self) -> None:
        self.own: set[int] = set()

    def __enter__(self) -> _Level:
        self.before = mode.grad
        mode.set(grad=True)
        return self

    def __exit__(self, *exc_info: Any) -> None:
        mode.set(grad=self.before)

    def enter(self, tree: Any) -> Any:
        """The tensors of `tree` as inputs to differentiate by, connected to what the caller differentiates by."""

        def copy(t: Tensor) -> Tensor:
            if t._node is not None:
                c = t.view_as(t)
            else:
                c = t.detach().requires_grad_(True)
                self.own.add(id(c._node))
            return c

        tensors_only(tree, _NOT_A_TENSOR)
        return tree_map(copy, tree)

    def leave(self, tree: Any) -> Any:
        """The results; those that depend on this level's own copies only are outside the graph."""

        def release(t: Any) -> Any:
            if not isinstance(t, Tensor) or t._node is None or self._reaches_others(t._node):
                return t
            return t.detach()

        return tree_map(release, tree)

    def _reaches_others(self, root: list) -> bool:
        seen: set[int] = set()
        stack = [root]
        while stack:
            node = stack.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            if node[OP] is LEAF and id(node) not in self.own:
                return True
            stack.extend(e for e in node[EDGES] if e is not None)
        return False


def _pull(outputs: list, inputs: list, gs: list) -> list:
    """Recorded gradients; zeros where nothing is reached."""
    live = [(o, g) for o, g in zip(outputs, gs) if o._node is not None]
    found: tuple = (None,) * len(inputs)
    if live and inputs:
        found = backward.grad([o for o, _ in live], inputs, [g for _, g in live], create_graph=True, allow_unused=True)
    return [Tensor._wrap(np.zeros(t._a.shape, t._a.dtype)) if d is None else d for d, t in zip(found, inputs)]


def _ones(t: Tensor) -> Tensor:
    return Tensor._wrap(np.ones(t._a.shape, t._a.dtype))


def _selected(args: tuple, argnums: Any) -> Any:
    """The arguments to differentiate by: one, or a tuple."""
    for n in (argnums,) if isinstance(argnums, int) else argnums:
        if not -len(args) <= n < len(args):
            raise RuntimeError(f"Got argnum={n}, but only {len(args)} positional inputs")
    return args[argnums] if isinstance(argnums, int) else tuple([args[n] for n in argnums])


def _replaced(args: tuple, argnums: Any, values: Any) -> tuple:
    new = list(args)
    if isinstance(argnums, int):
        new[argnums] = values
    else:
        for n, v in zip(argnums, values):
            new[n] = v
    return tuple(new)


def grad_and_value(func: Callable, argnums: Any = 0, has_aux: bool = False) -> Callable:
    """A function giving (gradient, value) of a scalar function; with `has_aux`, (gradient, (value, aux)).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.grad_and_value.html

    >>> import penlight as torch
    >>> torch.func.grad_and_value(lambda x: x * x)(torch.tensor(3.))
    (tensor(6.), tensor(9.))
    """

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with _Level() as level:
            given = level.enter(_selected(args, argnums))
            output = func(*_replaced(args, argnums, given), **kwargs)
            aux = None
            if has_aux:
                if not isinstance(output, tuple) or len(output) != 2:
                    raise RuntimeError(
                        "grad_and_value(f)(*args): output of function f should be a tuple: (output, aux) if has_aux "
                        "is True"
                    )
                output, aux = output
            if not isinstance(output, Tensor):
                raise RuntimeError(
                    f"grad_and_value(f)(*args): Expected f(*args) to return a Tensor, got {type(output)}"
                )
            if output._a.ndim:
                raise RuntimeError(
                    "grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor with "
                    f"{output._a.ndim} dims. Maybe you wanted to use the vjp or jacrev APIs instead?"
                )
            slopes = rebuilt(given, _pull([output], leaves(given), [_ones(output)]))
            result = (slopes, (output, aux)) if has_aux else (slopes, output)
            return level.leave(result)

    return wrapper


def grad(func: Callable, argnums: Any = 0, has_aux: bool = False) -> Callable:
    """A function giving the gradient of a scalar function; with `has_aux`, (gradient, aux).

    Args: argnums: which positional arguments to differentiate by; nested dicts, lists and tuples of tensors too.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.grad.html

    >>> import penlight as torch
    >>> torch.func.grad(torch.func.grad(lambda x: x ** 3))(torch.tensor(2.))
    tensor(12.)
    """
    both = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        slopes, value = both(*args, **kwargs)
        return (slopes, value[1]) if has_aux else slopes

    return wrapper


def vjp(func: Callable, *primals: Any, has_aux: bool = False) -> tuple:
    """(func(*primals), vjp_fn[, aux]), where `vjp_fn(cotangents)` gives one gradient per primal.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.vjp.html
    """
    level = _Level()
    with level:
        given = level.enter(primals)
        output = func(*given)
        aux = None
        if has_aux:
            if not isinstance(output, tuple) or len(output) != 2:
                raise RuntimeError(
                    "vjp(f, *primals): output of function f should be a tuple: (output, aux) if has_aux is True"
                )
            output, aux = output
    outputs = tensors_only(output, "vjp(f, *primals): Expected f(*primals) to return only tensors, got {}")

    def vjp_fn(cotangents: Any, retain_graph: bool = True, create_graph: bool | None = None) -> tuple:
        gs = leaves(cotangents)
        if len(gs) != len(outputs):
            raise RuntimeError(
                f"Expected pytree structure of cotangents to be the same as pytree structure of outputs to the "
                f"function: {len(outputs)} tensors, got {len(gs)}"
            )
        with level:
            return level.leave(rebuilt(given, _pull(outputs, leaves(given), gs)))

    results = (level.leave(output), vjp_fn)
    return (*results, level.leave(aux)) if has_aux else results


def _push(level: _Level, outputs: list, inputs: list, tangents: list) -> list:
    """J v: g -> g^T J is linear in g, so that its own vjp with v is J v, whatever g is."""
    gs = leaves(level.enter([Tensor._wrap(np.zeros(o._a.shape, o._a.dtype)) for o in outputs]))
    pulled = _pull(outputs, inputs, gs)
    live = [(p, v) for p, v in zip(pulled, tangents) if p._node is not None]
    return _pull([p for p, _ in live], gs, [v for _, v in live])


def jvp(func: Callable, primals: tuple, tangents: tuple, *, strict: bool = False, has_aux: bool = False) -> tuple:
    """(func(*primals), J tangents[, aux]), by differentiating the vjp with respect to its vector.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.jvp.html

    >>> import penlight as torch
    >>> torch.func.jvp(lambda x: x * x, (torch.tensor(3.),), (torch.tensor(1.),))
    (tensor(9.), tensor(6.))
    """
    for name, value in (("primals", primals), ("tangents", tangents)):
        if not isinstance(value, tuple):
            raise RuntimeError(
                f"jvp(f, primals, tangents): Expected {name} to be a tuple. E.g. it should be valid to call "
                "f(*primals)."
            )
    if [t._a.shape for t in leaves(primals)] != [t._a.shape for t in leaves(tangents)]:
        raise RuntimeError("jvp(f, primals, tangents): Expected primals and tangents to have the same shapes")
    with _Level() as level:
        given = level.enter(primals)
        output = func(*given)
        aux = None
        if has_aux:
            output, aux = output
        outputs = tensors_only(output, "jvp(f, primals, tangents): Expected f(*primals) to return only tensors, got {}")
        pushed = rebuilt(output, _push(level, outputs, leaves(given), leaves(tangents)))
        results = (level.leave(output), level.leave(pushed))
        return (*results, level.leave(aux)) if has_aux else results


def linearize(func: Callable, *primals: Any) -> tuple:
    """(func(*primals), jvp_fn), where `jvp_fn(*tangents)` gives J tangents.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.linearize.html
    """
    level = _Level()
    with level:
        given = level.enter(primals)
        output = func(*given)
    outputs = tensors_only(output, "linearize(f, *primals): Expected f(*primals) to return only tensors, got {}")

    def jvp_fn(*tangents: Any) -> Any:
        with level:
            return level.leave(rebuilt(output, _push(level, outputs, leaves(given), leaves(tangents))))

    return level.leave(output), jvp_fn


def jacrev(
    func: Callable,
    argnums: Any = 0,
    *,
    has_aux: bool = False,
    chunk_size: int | None = None,
    _preallocate_and_copy: bool = False,
) -> Callable:
    """A function giving the Jacobian of `func`, one backward pass per output element.

    Shape per output and input: (*output's shape, *input's shape). `chunk_size` is accepted and changes nothing.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.jacrev.html

    >>> import penlight as torch
    >>> torch.func.jacrev(torch.sin)(torch.zeros(2))
    tensor([[1., 0.],
            [0., 1.]])
    """

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with _Level() as level:
            given = level.enter(_selected(args, argnums))
            output = func(*_replaced(args, argnums, given), **kwargs)
            aux = None
            if has_aux:
                output, aux = output
            tensors_only(output, "jacrev(f)(*args): Expected f(*args) to return only tensors, got unsupported type {}")
            inputs = leaves(given)
            rows = [rebuilt(given, _jacobian_rows(o, inputs)) for o in leaves(output)]
            result = level.leave(_nested(output, rows))
            return (result, level.leave(aux)) if has_aux else result

    return wrapper


def _nested(output: Any, rows: list) -> Any:
    """`output` with a tree at each of its leaves."""
    rest = iter(rows)

    def build(node: Any) -> Any:
        if isinstance(node, dict):
            return type(node)((key, build(value)) for key, value in node.items())
        if isinstance(node, (tuple, list)):
            return type(node)([build(value) for value in node])
        return None if node is None else next(rest)

    return build(output)


def _jacobian_rows(output: Tensor, inputs: list) -> list:
    columns: list[list] = [[] for _ in inputs]
    for index in np.ndindex(output._a.shape):
        g = np.zeros(output._a.shape, output._a.dtype)
        g[index] = 1
        for column, d in zip(columns, _pull([output], inputs, [Tensor._wrap(g)])):
            column.append(d)
    shape = output._a.shape
    return [
        tensor_ops.stack(c, 0).reshape((*shape, *t._a.shape))
        if c
        else Tensor._wrap(np.zeros((*shape, *t._a.shape), t._a.dtype))
        for c, t in zip(columns, inputs)
    ]


def jacfwd(func: Callable, argnums: Any = 0, has_aux: bool = False, *, randomness: str = "error") -> Callable:
    """The Jacobian of `func`; computed as `jacrev` computes it, since there is no forward mode.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.jacfwd.html
    """
    return jacrev(func, argnums, has_aux=has_aux)


def hessian(func: Callable, argnums: Any = 0) -> Callable:
    """A function giving the Hessian of `func`: the Jacobian of its Jacobian.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.hessian.html

    >>> import penlight as torch
    >>> torch.func.hessian(lambda x: (x ** 3).sum())(torch.tensor([1., 2.]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    return jacrev(jacrev(func, argnums), argnums)


def vmap(
    func: Callable, in_dims: Any = 0, out_dims: Any = 0, randomness: str = "error", *, chunk_size: Any = None
) -> Any:
    """Not offered: map over a dimension with a loop and `torch.stack`."""
    raise NotImplementedError(
        "penlight does not have torch.vmap yet; see docs/coverage.md. "
        "torch.stack([func(row) for row in x.unbind(0)]) computes the same"
    )


def functionalize(func: Callable, *, remove: str = "mutations") -> Callable:
    """Not offered: there is no tracer that would need it."""
    raise NotImplementedError("penlight does not have torch.func.functionalize; see docs/coverage.md")


vmap.__penlight_missing__ = True  # type: ignore[attr-defined]  # for `penlight check` and the ledger
functionalize.__penlight_missing__ = True  # type: ignore[attr-defined]
