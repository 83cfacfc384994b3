"""`gradcheck` and `gradgradcheck`: gradients against central differences."""

from __future__ import annotations

import importlib
import warnings
from typing import Any

import numpy as np

from penlight.base.mode import mode
from penlight.tensor.backward import grad
from penlight.tensor.random import randn_like
from penlight.tensor.tensor import Tensor

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]


class GradcheckError(RuntimeError):
    """A gradient that differs from the numerical one."""


def _tuple(value: Any) -> tuple:
    return value if isinstance(value, tuple) else tuple(value) if isinstance(value, list) else (value,)


def _tensors(value: Any) -> list[Tensor]:
    return [t for t in _tuple(value) if isinstance(t, Tensor)]


def _real_parts(a: np.ndarray) -> np.ndarray:
    """All numbers of an array in a row; complex ones as their real parts, then their imaginary parts."""
    flat = np.array(a).ravel()
    return np.concatenate([flat.real, flat.imag]) if flat.dtype.kind == "c" else flat


def _numerical(function: Any, inputs: tuple, t: Tensor, eps: float, count: int) -> list[np.ndarray]:
    """d output / d t per output by (f(t + eps) - f(t - eps)) / 2 eps. Shape: (numbers of t, numbers of the output)."""
    array = t._a
    rows: list[list] = [[] for _ in range(count)]
    steps = (eps, 1j * eps) if array.dtype.kind == "c" else (eps,)
    for step in steps:
        for index in np.ndindex(array.shape):
            before = array[index]
            ends = []
            for sign in (1, -1):
                array[index] = before + sign * step
                ends.append([_real_parts(o._a) for o in _tensors(function(*inputs))])
                array[index] = before
            for row, above, below in zip(rows, *ends):
                row.append((above - below) / (2 * eps))
    return [np.array(r).reshape(len(r), -1) for r in rows]


def _analytical(output: Tensor, inputs: list[Tensor]) -> list[np.ndarray | None]:
    """The same by backward, one unit gradient at a time; None for an input that is not reached."""
    columns: list[list] = [[] for _ in inputs]
    units = (1, 1j) if output._a.dtype.kind == "c" else (1,)
    reached = [False] * len(inputs)
    for unit in units:
        for index in np.ndindex(output._a.shape):
            g = np.zeros(output._a.shape, output._a.dtype)
            g[index] = unit
            found = grad(output, inputs, Tensor._wrap(g), retain_graph=True, allow_unused=True)
            for i, (d, t) in enumerate(zip(found, inputs)):
                reached[i] |= d is not None
                columns[i].append(_real_parts(np.zeros(t._a.shape, t._a.dtype) if d is None else _checked(d, t, i)))
    sizes = [_real_parts(t._a).size for t in inputs]
    return [np.array(c).reshape(-1, n).T if hit else None for c, hit, n in zip(columns, reached, sizes)]


def _checked(d: Tensor, t: Tensor, i: int) -> np.ndarray:
    if d._a.shape != t._a.shape:
        raise GradcheckError(f"backward returned a gradient of shape {d.shape} for input {i}, which has {t.shape}")
    return d._a


def gradcheck(
    func: Any,
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Compare gradients with central differences: |analytical - numerical| <= atol + rtol * |numerical|.

    Args: func: of tensors, returning one or a tuple; inputs: tensors, float64 or complex128 where they require grad.
    Complex numbers are compared as pairs of real ones. `fast_mode` runs the same full comparison.
    Returns True; Raises GradcheckError (or returns False without `raise_exception`).
    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradcheck.html

    >>> import penlight as torch
    >>> torch.autograd.gradcheck(torch.sin, torch.ones(2, dtype=torch.float64, requires_grad=True))
    True
    """
    if not (check_forward_ad or check_backward_ad):
        raise AssertionError("Expected at least one of check_forward_ad and check_backward_ad to be True")
    if check_batched_grad and not check_backward_ad:
        raise AssertionError("Setting check_batched_grad=True requires check_backward_ad to be True")
    if check_batched_forward_grad and not check_forward_ad:
        raise AssertionError("Setting check_batched_forward_grad=True requires check_forward_ad to be True")
    inputs = _tuple(inputs)
    try:
        _check_inputs(inputs)
        numerical = _numerical_all(func, inputs, eps)
        if check_forward_ad:
            _check_forward(func, inputs, numerical, atol, rtol, check_batched_forward_grad)
        if check_backward_ad:
            _check(func, inputs, numerical, atol, rtol, nondet_tol, check_grad_dtypes)
        if check_batched_grad:
            _check_batched(func, inputs, atol, rtol)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _check_inputs(inputs: tuple) -> None:
    wanted = False
    for i, t in enumerate(inputs):
        if isinstance(t, Tensor) and t._node is not None:
            wanted = True
            if t._a.dtype.name not in ("float64", "complex128"):
                warnings.warn(
                    f"Input #{i} requires gradient and is not a double precision floating point or complex. This check "
                    "will likely fail if all the inputs are not of double precision floating point or complex. ",
                    stacklevel=4,
                )
            if any(s == 0 and n > 1 for s, n in zip(t._a.strides, t._a.shape)):
                raise RuntimeError(
                    f"The {i}th input has a dimension with stride 0. gradcheck only supports inputs that are "
                    "non-overlapping to be able to compute the numerical gradients correctly. You should call "
                    ".contiguous on the input before passing it to gradcheck."
                )
    if not wanted:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True."
        )


def _wanted(inputs: tuple) -> list[int]:
    return [i for i, t in enumerate(inputs) if isinstance(t, Tensor) and t._node is not None]


def _numerical_all(function: Any, inputs: tuple, eps: float) -> list[list[np.ndarray]]:
    """[input][output] numerical Jacobians."""
    count = len(_tensors(function(*inputs)))
    return [_numerical(function, inputs, inputs[i], eps, count) for i in _wanted(inputs)]


def _check_forward(function: Any, inputs: tuple, numerical: list, atol: float, rtol: float, batched: bool) -> None:
    """Compare J t of forward mode with the numerical columns, one unit tangent at a time."""
    forward = importlib.import_module("penlight.transforms.jacobians")  # late: few programs need it
    for n, position in enumerate(_wanted(inputs)):
        t = inputs[position]
        units = (1, 1j) if t._a.dtype.kind == "c" else (1,)
        tangents = []
        for unit in units:
            for index in np.ndindex(t._a.shape):
                tangent = np.zeros(t._a.shape, t._a.dtype)
                tangent[index] = unit
                tangents.append(Tensor._wrap(tangent))
        given = [v.detach().requires_grad_(v.requires_grad) if isinstance(v, Tensor) else v for v in inputs]

        def along(tangent: Tensor, given: list = given, position: int = position) -> tuple:
            def at(own: Tensor) -> Any:
                return function(*given[:position], own, *given[position + 1 :])

            result, level = forward.pushed(at, [given[position]], [tangent])
            outputs = _tensors(result)
            return tuple(forward.filled([level.tangent(o) for o in outputs], [level.primal(o) for o in outputs]))

        columns = [along(tangent) for tangent in tangents]
        for o in range(len(numerical[n])):
            found = np.array([_real_parts(c[o]._a) for c in columns]).reshape(numerical[n][o].shape)
            if not np.allclose(found, numerical[n][o], rtol=rtol, atol=atol):
                raise GradcheckError(
                    f"Jacobian computed with forward mode mismatch for output {o} with respect to input {position},\n"
                    f"numerical:{Tensor._wrap(numerical[n][o])}\nanalytical:{Tensor._wrap(found)}\n"
                )
        if batched and tangents:
            stacked = Tensor._wrap(np.stack([tangent._a for tangent in tangents]))
            for o, values in enumerate(forward.vmap(along)(stacked)):
                one_by_one = np.stack([c[o]._a for c in columns])
                if not np.allclose(values._a, one_by_one, rtol=rtol, atol=atol):
                    raise GradcheckError(f"Batched forward-mode gradient of output {o} differs from those one by one")


def _check_batched(function: Any, inputs: tuple, atol: float, rtol: float) -> None:
    """Compare a batched backward pass with single ones."""
    wanted = [inputs[i] for i in _wanted(inputs)]
    for o, output in enumerate(_tensors(function(*inputs))):
        if output._node is None:
            continue
        gs = [randn_like(output) for _ in range(2)]
        single = [grad(output, wanted, g, retain_graph=True, allow_unused=True) for g in gs]
        stacked = Tensor._wrap(np.stack([g._a for g in gs]))
        found = grad(output, wanted, stacked, retain_graph=True, allow_unused=True, is_grads_batched=True)
        for i, d in enumerate(found):
            if d is not None and not np.allclose(d._a, np.stack([s[i]._a for s in single]), rtol=rtol, atol=atol):
                raise GradcheckError(
                    f"Batched gradient of output {o} with respect to input {i} differs from single ones"
                )


def _check(
    function: Any, inputs: tuple, numerical: list, atol: float, rtol: float, nondet_tol: float, dtypes: bool
) -> None:
    positions = _wanted(inputs)
    wanted = [inputs[i] for i in positions]
    all_outputs = _tensors(function(*inputs))
    for o, output in enumerate(all_outputs):
        if output._node is None:
            if output._a.dtype.kind in "fcV" and any(np.any(np.abs(n[o]) > atol) for n in numerical):
                raise GradcheckError(
                    f"Numerical gradient for function expected to be zero: output {o} does not require grad"
                )
            continue
        analytical = _analytical(output, wanted)
        again = _analytical(output, wanted)
        for i, (found, repeated) in enumerate(zip(analytical, again)):
            n = numerical[i][o]
            a = np.zeros(n.shape) if found is None else found
            if not np.allclose(a, n, rtol=rtol, atol=atol):
                raise GradcheckError(
                    f"Jacobian mismatch for output {o} with respect to input {positions[i]},\n"
                    f"numerical:{Tensor._wrap(n)}\nanalytical:{Tensor._wrap(a)}\n"
                )
            if found is not None and repeated is not None and np.any(np.abs(found - repeated) > nondet_tol):
                raise GradcheckError(
                    "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times "
                    "gives different values, although analytical gradient matches numerical gradient. The tolerance "
                    f"for nondeterminism was {nondet_tol}."
                )
        zero = Tensor._wrap(np.zeros(output._a.shape, output._a.dtype))
        for i, d in enumerate(grad(output, wanted, zero, retain_graph=True, allow_unused=True)):
            if d is None:
                continue
            if np.any(d._a != 0):
                raise GradcheckError("backward not multiplied by grad_output")
            if dtypes and d._a.dtype is not wanted[i]._a.dtype:
                raise GradcheckError(f"the gradient of input {positions[i]} has dtype {d.dtype}")


def gradgradcheck(
    func: Any,
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """Compare gradients of gradients with central differences; see `gradcheck`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradgradcheck.html
    """
    if not (check_fwd_over_rev or check_rev_over_rev):
        raise AssertionError("Expected at least one of check_fwd_over_rev and check_rev_over_rev to be True")
    inputs = _tuple(inputs)
    if grad_outputs is None:
        before = mode.grad
        mode.set(grad=True)
        try:
            outputs = [o for o in _tensors(func(*inputs)) if o._node is not None]
        finally:
            mode.set(grad=before)
        make = importlib.import_module("penlight.testing").make_tensor  # draws from the global stream, as PyTorch does
        given = {"device": "cpu", "requires_grad": True, "noncontiguous": gen_non_contig_grad_outputs}
        gradients = tuple([make(o.shape, dtype=o.dtype, low=-1, high=1, **given) for o in outputs])
    else:
        gradients = _tuple(grad_outputs)
    count = len(gradients)

    def differentiated(*values: Any) -> tuple:
        given, gs = values[: len(values) - count], values[len(values) - count :]
        outputs = [o for o in _tensors(func(*given)) if o._node is not None]
        wanted = [t for t in given if isinstance(t, Tensor) and t._node is not None]
        found = grad(outputs, wanted, gs, create_graph=True, allow_unused=True)
        return tuple([d for d in found if d is not None])

    return gradcheck(
        differentiated, (*inputs, *gradients), eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception,
        nondet_tol=nondet_tol, check_undefined_grad=check_undefined_grad, check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad, fast_mode=fast_mode, check_forward_ad=check_fwd_over_rev,
        check_backward_ad=check_rev_over_rev,
    )  # fmt: skip
