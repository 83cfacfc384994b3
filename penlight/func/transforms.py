"""`grad`, `vjp`, `jvp`, `jacrev`, `jacfwd`, `hessian`, `linearize` of functions."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from penlight.tensor.tensor import Tensor
from penlight.transforms.batched import BatchedTensor
from penlight.transforms.dual import DualTensor
from penlight.transforms.jacobians import columns, filled, pushed, rows
from penlight.transforms.pull import GradLevel, pull, zeros_for
from penlight.transforms.pytree import TreeSpec, tree_flatten, tree_map
from penlight.transforms.tangents import recorded
from penlight.transforms.vmap import check_randomness_flag

__all__ = ["functionalize", "grad", "grad_and_value", "hessian", "jacfwd", "jacrev", "jvp", "linearize", "vjp"]


def _only_tensors(leaves: list, message: str, error: type = RuntimeError) -> list[Tensor]:
    for leaf in leaves:
        if not isinstance(leaf, Tensor):
            raise error(message.format(type(leaf)))
    return leaves


def _copies(level: GradLevel, tree: Any) -> tuple[Any, list, TreeSpec]:
    """(the tree with copies to differentiate by, the copies, the containers)."""
    leaves, spec = tree_flatten(tree)
    _only_tensors(leaves, "Thing passed to transform API must be Tensor, got {}", ValueError)
    copies = [level.copy(t) for t in leaves]
    return spec.unflatten(copies), copies, spec


def _with_aux(output: Any, has_aux: bool, name: str) -> tuple[Any, Any]:
    if not has_aux:
        return output, None
    if not isinstance(output, tuple) or len(output) != 2:
        raise RuntimeError(f"{name}: output of function f should be a tuple: (output, aux) if has_aux is True")
    return output


def _selected(args: tuple, argnums: Any) -> Any:
    """The arguments to differentiate by: one, or a tuple."""
    if not isinstance(argnums, int) and not (isinstance(argnums, tuple) and all(isinstance(n, int) for n in argnums)):
        raise RuntimeError(f"argnum must be int or tuple, got: {type(argnums)}")
    for n in (argnums,) if isinstance(argnums, int) else argnums:
        if not -len(args) <= n < len(args):
            raise RuntimeError(f"Got argnum={n}, but only {len(args)} positional inputs")
    if argnums == ():
        raise RuntimeError("argnums must be non-empty")
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
        with GradLevel() as level:
            given, copies, spec = _copies(level, _selected(args, argnums))
            output, aux = _with_aux(
                func(*_replaced(args, argnums, given), **kwargs), has_aux, "grad_and_value(f)(*args)"
            )
            if not isinstance(output, Tensor):
                raise RuntimeError(
                    f"grad_and_value(f)(*args): Expected f(*args) to return a Tensor, got {type(output)}"
                )
            if output._a.ndim:
                raise RuntimeError(
                    "grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor with "
                    f"{output._a.ndim} dims. Maybe you wanted to use the vjp or jacrev APIs instead?"
                )
            one = Tensor._wrap(np.ones((), output._a.dtype))
            slopes = filled(pull([output], copies, [one], level), copies)
        return spec.unflatten([level.leave(d) for d in slopes]), tree_map(
            level.leave, (output, aux) if has_aux else output
        )

    return wrapper


def grad(func: Callable, argnums: Any = 0, has_aux: bool = False) -> Callable:
    """A function giving the gradient of a scalar function; with `has_aux`, (gradient, aux).

    Inside `torch.vmap`, every sample's own gradient.
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
    with GradLevel() as level:
        given, copies, spec = _copies(level, primals)
        output, aux = _with_aux(func(*given), has_aux, "vjp(f, *primals)")
    outputs, out_spec = tree_flatten(output)
    _only_tensors(outputs, "vjp(f, *primals): Expected f(*primals) to return only tensors, got unsupported type {}")

    def vjp_fn(*cotangents: Any, retain_graph: bool = True, create_graph: bool | None = None) -> Any:
        gs, g_spec = tree_flatten(cotangents[0] if len(cotangents) == 1 else cotangents)
        if g_spec != out_spec:
            raise RuntimeError(
                f"Expected pytree structure of cotangents to be the same as pytree structure of outputs to the "
                f"function. cotangents: {g_spec!r}, primal output: {out_spec!r}"
            )
        with recorded():
            found = filled(pull(outputs, copies, gs, level), copies)
        return spec.unflatten([level.leave(d) for d in found])

    results = (tree_map(level.leave, output), vjp_fn)
    return (*results, tree_map(level.leave, aux)) if has_aux else results


# --- forward mode -----------------------------------------------------------------------------------------------------


def _check_jvp(primals: Any, tangents: Any) -> tuple[list, list, TreeSpec]:
    name = "jvp(f, primals, tangents)"
    if not isinstance(primals, tuple):
        raise RuntimeError(f"{name}: Expected primals to be a tuple. E.g. it should be valid to call f(*primals).")
    points, spec = tree_flatten(primals)
    directions, other = tree_flatten(tangents)
    if spec != other:
        raise RuntimeError(
            f"{name}: Expected primals and tangents to have the same python structure. For example, if primals is a tuple "
            f"of 3 tensors, tangents also must be. Got primals with structure {spec!r} and tangents with structure "
            f"{other!r}"
        )
    _only_tensors([*points, *directions], name + ": Expected primals and tangents to contain only tensors, got {}")
    if not points:
        raise RuntimeError(f"{name}: Expected primals to contain at least one Tensor.")
    return points, directions, spec


def _pushed(func: Callable, points: list, directions: list, spec: TreeSpec, strict: bool, has_aux: bool) -> tuple:
    name = "jvp(f, primals, tangents)"
    result, level = pushed(lambda *duals: func(*spec.unflatten(duals)), points, directions)
    output, aux = _with_aux(result, has_aux, name)
    outputs, out_spec = tree_flatten(output)
    _only_tensors(outputs, name + ": expected f(*primals) to return only tensors, got unsupported type {}")
    values = [level.primal(o) for o in outputs]
    moved = [level.tangent(o) for o in outputs]
    if strict and any(t is None for t in moved):
        raise RuntimeError(
            "jvp(f, primals, tangents, strict=True): The output of f is independent of the inputs. This is not allowed "
            "with strict=True."
        )
    results = (out_spec.unflatten(values), out_spec.unflatten(filled(moved, values)))
    return (*results, tree_map(level.primal, aux)) if has_aux else results


def jvp(func: Callable, primals: tuple, tangents: tuple, *, strict: bool = False, has_aux: bool = False) -> tuple:
    """(func(*primals), J tangents[, aux]), in forward mode.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.jvp.html

    >>> import penlight as torch
    >>> torch.func.jvp(lambda x: x * x, (torch.tensor(3.),), (torch.tensor(1.),))
    (tensor(9.), tensor(6.))
    """
    return _pushed(func, *_check_jvp(primals, tangents), strict, has_aux)


def linearize(func: Callable, *primals: Any) -> tuple:
    """(func(*primals), jvp_fn), where `jvp_fn(*tangents)` gives J tangents without running `func` again.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.linearize.html
    """
    with GradLevel() as level:
        given, copies, spec = _copies(level, primals)
        output = func(*given)
        outputs, out_spec = tree_flatten(output)
        _only_tensors(outputs, "linearize(f, *primals): expected f(*primals) to return only tensors, got {}")
        gs = [level.copy(zeros_for(o)) for o in outputs]
        # g -> g^T J is linear in g, so that its own vjp with v is J v, whatever g is
        pulled = pull(outputs, copies, gs, level, record=True)

    def jvp_fn(*tangents: Any) -> Any:
        directions, given_spec = tree_flatten(tangents)
        if given_spec != spec:
            raise RuntimeError(
                "Expected the tangents to have the same pytree structure as the primals: got "
                f"{given_spec!r}, expected {spec!r}"
            )
        for p, t in zip(copies, directions):
            if p._a.shape != t._a.shape or p._a.dtype is not t._a.dtype:
                raise ValueError(
                    f"The shape or dtype of a tangent, {list(t.shape)} {t.dtype!r}, does not match the primal's: "
                    f"{list(p.shape)} {p.dtype!r}"
                )
        pairs = [(p, t) for p, t in zip(pulled, directions) if p is not None and p._node is not None]
        with recorded():
            found = pull([p for p, _ in pairs], gs, [t for _, t in pairs], level) if pairs else [None] * len(gs)
            return out_spec.unflatten([level.leave(d) for d in filled(found, outputs)])

    return tree_map(level.leave, output), jvp_fn


# --- Jacobians --------------------------------------------------------------------------------------------------------


def _check_chunk(name: str, chunk_size: int | None) -> None:
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError(f"{name}: `chunk_size` should be greater than 0.")


def jacrev(
    func: Callable,
    argnums: Any = 0,
    *,
    has_aux: bool = False,
    chunk_size: int | None = None,
    _preallocate_and_copy: bool = False,
) -> Callable:
    """A function giving the Jacobian of `func` in reverse mode, all rows in one batched backward pass.

    Args: chunk_size: so many rows at a time.
    Shape per pair: (*output's shape, *input's shape).
    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.jacrev.html

    >>> import penlight as torch
    >>> torch.func.jacrev(torch.sin)(torch.zeros(2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    _check_chunk("jacrev", chunk_size)

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with GradLevel() as level:
            given, inputs, spec = _copies(level, _selected(args, argnums))
            output, aux = _with_aux(func(*_replaced(args, argnums, given), **kwargs), has_aux, "jacrev(f)(*args)")
            outputs, out_spec = tree_flatten(output)
            _only_tensors(
                outputs, "jacrev(f)(*args): expected f(*args) to return only tensors, got unsupported type {}"
            )
            found = rows(outputs, inputs, level, chunk_size)
        trees = [spec.unflatten([level.leave(d) for d in row]) for row in found]
        result = out_spec.unflatten(trees)
        return (result, tree_map(level.leave, aux)) if has_aux else result

    return wrapper


def jacfwd(
    func: Callable, argnums: Any = 0, has_aux: bool = False, *, chunk_size: int | None = None, randomness: str = "error"
) -> Callable:
    """A function giving the Jacobian of `func` in forward mode, all columns in one batched pass.

    Shape per pair: (*output's shape, *input's shape).
    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.jacfwd.html

    >>> import penlight as torch
    >>> torch.func.jacfwd(torch.sin)(torch.zeros(2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    _check_chunk("jacfwd", chunk_size)
    check_randomness_flag(randomness)

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        leaves, spec = tree_flatten(_selected(args, argnums))
        _only_tensors(leaves, "jacfwd(f)(*args): expected tensors to differentiate by, got {}")
        kept: dict[str, Any] = {}

        def at(*duals: Any) -> Any:
            return func(*_replaced(args, argnums, spec.unflatten(list(duals))), **kwargs)

        def read(result: Any) -> list:
            output, aux = _with_aux(result, has_aux, "jvp(f, primals, tangents)")
            outputs, kept["spec"] = tree_flatten(output)
            kept["aux"] = aux
            return _only_tensors(
                outputs,
                "jvp(f, primals, tangents): expected f(*primals) to return only tensors, got unsupported type {}",
            )

        found = columns(at, leaves, chunk_size, randomness, read)
        result = kept["spec"].unflatten([spec.unflatten(row) for row in found])
        return (result, tree_map(_value_of, kept["aux"])) if has_aux else result

    return wrapper


def _value_of(t: Any) -> Any:
    """An auxiliary result outside the levels of one Jacobian: its value, which all columns share."""
    while isinstance(t, (DualTensor, BatchedTensor)) and not t._level.alive:
        t = t._p[0] if isinstance(t, BatchedTensor) else t._p
    return t


def hessian(func: Callable, argnums: Any = 0) -> Callable:
    """A function giving the Hessian of `func`: the Jacobian of its Jacobian.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.hessian.html

    >>> import penlight as torch
    >>> torch.func.hessian(lambda x: (x ** 3).sum())(torch.tensor([1., 2.]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    return jacrev(jacrev(func, argnums), argnums)


def functionalize(func: Callable, *, remove: str = "mutations") -> Callable:
    """`func` under the same results: changes in place that its caller can see happen, on the arguments too.

    In PyTorch a tracer inside sees ops without changes in place (`remove="mutations"`) or views
    (`"mutations_and_views"`). There is no tracer here, so nobody sees the difference and `func` runs as it is.
    Raises RuntimeError for another `remove`.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.functionalize.html

    >>> import penlight as torch
    >>> torch.func.functionalize(lambda x: x.clone().add_(1))(torch.zeros(2))
    tensor([1., 1.])
    """
    if remove not in ("mutations", "mutations_and_views"):
        raise RuntimeError(
            f"functionalize(f, remove='mutations'): received invalid argument for remove={remove}. Valid options are "
            "'mutations' and 'mutations_and_views'"
        )

    @functools.wraps(func)
    def functionalized(*args: Any, **kwargs: Any) -> Any:
        return func(*args, **kwargs)

    return functionalized
