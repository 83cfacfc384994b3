"""L-BFGS, with an optional line search by the strong Wolfe conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from penlight.autograd.grad_mode import enable_grad, no_grad
from penlight.optim.arithmetic import namespace_of
from penlight.optim.optimizer import Optimizer, check_lr, number_of
from penlight.tensor import Tensor
from penlight.tensor.memory import memory_of

__all__ = ["LBFGS"]


def _flat(p: Tensor) -> np.ndarray:
    """The gradient in a row; of a complex one the real and imaginary parts side by side."""
    grad = p._grad
    if grad is None:
        a = np.zeros(p._a.size, p._a.dtype)
    else:
        a = (grad.to_dense() if grad.is_sparse else grad)._a.ravel()
    return a.view(a.real.dtype) if a.dtype.kind == "c" else a


class LBFGS(Optimizer):
    """Quasi-Newton steps from the last `history_size` gradients; `step(closure)` evaluates the closure several times.

    `closure` clears the gradients, computes the loss, calls `backward` and returns the loss. One group of parameters.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.LBFGS.html; Nocedal and Wright, Numerical
    Optimization, algorithms 3.5, 3.6 and 7.5

    >>> import penlight as torch
    >>> w = torch.tensor([3., -2.], requires_grad=True)
    >>> optimizer = torch.optim.LBFGS([w], line_search_fn="strong_wolfe")
    >>> def closure():
    ...     optimizer.zero_grad(); loss = ((w - 1) ** 2).sum(); loss.backward(); return loss
    >>> _ = optimizer.step(closure)
    >>> w
    tensor([1.0000, 1.0000], requires_grad=True)
    """

    def __init__(
        self, params: Iterable, lr: Any = 1, max_iter: int = 20, max_eval: int | None = None,
        tolerance_grad: float = 1e-7, tolerance_change: float = 1e-9, history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:  # fmt: skip
        check_lr(lr)
        if max_eval is None:
            max_eval = max_iter * 5 // 4
        defaults = {
            "lr": lr, "max_iter": max_iter, "max_eval": max_eval, "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change, "history_size": history_size, "line_search_fn": line_search_fn,
        }  # fmt: skip
        super().__init__(params, defaults)
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")
        self._params = self.param_groups[0]["params"]

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._params = self.param_groups[0]["params"]

    def _flat_gradient(self) -> np.ndarray:
        return np.concatenate([_flat(p) for p in self._params])

    def _move(self, step: float, direction: np.ndarray) -> None:
        """p += step * direction"""
        start = 0
        for p in self._params:
            a = p._a
            size = a.size * 2 if a.dtype.kind == "c" else a.size
            piece = direction[start : start + size]
            if size != a.size:
                piece = np.ascontiguousarray(piece, a.real.dtype).view(a.dtype)
            namespace_of(a.dtype, a.size).add_scaled_(a, piece.reshape(a.shape), step)
            memory_of(p).changed()
            start += size

    def _evaluate_at(self, closure: Callable, origin: list, step: float, direction: np.ndarray) -> tuple:
        """Loss and gradient at origin + step * direction; the parameters are put back."""
        self._move(step, direction)
        loss = float(closure())
        gradient = self._flat_gradient()
        for p, a in zip(self._params, origin):
            p._a[...] = a
            memory_of(p).changed()
        return loss, gradient

    @no_grad()
    def step(self, closure: Callable) -> Any:  # type: ignore[override]
        """Iterate up to `max_iter` times. Returns the loss of the closure's first call."""
        group = self.param_groups[0]
        lr, max_iter = number_of(group["lr"]), group["max_iter"]
        tolerance_grad, tolerance_change = group["tolerance_grad"], group["tolerance_change"]
        line_search = group["line_search_fn"]
        evaluate = enable_grad()(closure)

        first_loss = evaluate()
        loss = float(first_loss)
        state = self.state[self._params[0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        state["func_evals"] += 1
        evaluations = 1
        g = self._flat_gradient()
        if np.abs(g).max() <= tolerance_grad:
            return first_loss

        memory = _History.of(state, group["history_size"])
        for iteration in range(1, max_iter + 1):
            state["n_iter"] += 1
            if state["n_iter"] == 1:
                memory.direction, memory.scale = -g, 1
                t = min(1.0, 1.0 / float(np.abs(g).sum())) * lr
            else:
                memory.learn(g)
                memory.direction = memory.newton_direction(g, state.setdefault("al", [None] * memory.size))
                t = lr
            d = memory.direction
            memory.gradient, memory.loss, memory.step = g, loss, t
            slope = float(np.dot(g, d))
            if slope > -tolerance_change:
                break
            calls = 0
            if line_search is not None:
                if line_search != "strong_wolfe":
                    raise RuntimeError("only 'strong_wolfe' is supported")
                origin = [p._a.copy() for p in self._params]
                at = lambda step: self._evaluate_at(evaluate, origin, step, d)  # noqa: B023 (called at once)
                (t, loss, g, _), calls = _strong_wolfe(at, t, d, loss, g, slope)
                self._move(t, d)
            else:
                self._move(t, d)
                if iteration != max_iter:  # the last evaluation would be wasted
                    loss = float(evaluate())
                    g = self._flat_gradient()
                    calls = 1
            memory.step = t
            evaluations += calls
            state["func_evals"] += calls
            if (
                evaluations >= group["max_eval"]
                or np.abs(g).max() <= tolerance_grad
                or np.abs(d * t).max() <= tolerance_change
                or abs(loss - memory.loss) < tolerance_change
            ):
                break
        memory.save(state)
        return first_loss


class _History:
    """The last gradient changes y and steps s, and the direction they give."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.changes: list = []  # y
        self.steps: list = []  # s
        self.inverse: list = []  # 1 / (y . s)
        self.direction: Any = None
        self.step: Any = None
        self.scale: Any = None
        self.gradient: Any = None
        self.loss: Any = None

    @classmethod
    def of(cls, state: dict, size: int) -> _History:
        self = cls(size)
        if "d" in state:
            self.changes = [t._a for t in state["old_dirs"]]
            self.steps = [t._a for t in state["old_stps"]]
            self.inverse = [_array(t) for t in state["ro"]]
            self.direction, self.gradient = state["d"]._a, state["prev_flat_grad"]._a
            self.step, self.scale, self.loss = (
                number_of(state["t"]),
                _array(state["H_diag"]),
                number_of(state["prev_loss"]),
            )
        return self

    def save(self, state: dict) -> None:
        wrap = Tensor._wrap
        scale = self.scale if isinstance(self.scale, int) else wrap(np.asarray(self.scale))
        state.update(
            d=wrap(self.direction), t=self.step, old_dirs=[wrap(y) for y in self.changes],
            old_stps=[wrap(s) for s in self.steps], ro=[wrap(np.asarray(r)) for r in self.inverse], H_diag=scale,
            prev_flat_grad=wrap(self.gradient), prev_loss=self.loss,
        )  # fmt: skip

    def learn(self, g: np.ndarray) -> None:
        y = g - self.gradient
        s = self.direction * self.step
        curvature = np.dot(y, s)
        if curvature > 1e-10:
            if len(self.changes) == self.size:
                for column in (self.changes, self.steps, self.inverse):
                    column.pop(0)
            self.changes.append(y)
            self.steps.append(s)
            self.inverse.append(g.dtype.type(1) / curvature)
            self.scale = curvature / np.dot(y, y)

    def newton_direction(self, g: np.ndarray, kept: list) -> np.ndarray:
        """-H g by the two-loop recursion; the first loop's weights go into `kept`, which PyTorch's state has too."""
        k = namespace_of(g.dtype, g.size)
        q = -g
        weights: list[Any] = [None] * len(self.steps)
        for i in reversed(range(len(self.steps))):
            weights[i] = np.dot(self.steps[i], q) * self.inverse[i]
            kept[i] = Tensor._wrap(np.asarray(weights[i]))
            k.add_scaled_(q, self.changes[i], -weights[i])
        q = q * self.scale
        for y, s, r, w in zip(self.changes, self.steps, self.inverse, weights):
            k.add_scaled_(q, s, w - np.dot(y, q) * r)
        return q


def _array(value: Any) -> Any:
    return value._a if isinstance(value, Tensor) else value


class _Point(NamedTuple):
    """A place on the search line: step, loss, gradient, slope along the line."""

    t: float
    loss: float
    gradient: Any
    slope: float


def _strong_wolfe(
    evaluate: Callable, t: float, d: np.ndarray, loss: float, gradient: np.ndarray, slope: float
) -> tuple[_Point, int]:
    """A step that meets the strong Wolfe conditions, or the best one found; and the number of evaluations."""
    sufficient, curvature, most = 1e-4, 0.9, 25
    calls = 0

    def visit(step: float) -> _Point:
        nonlocal calls
        calls += 1
        value, g = evaluate(step)
        return _Point(step, value, g, float(np.dot(g, d)))

    def too_high(point: _Point) -> bool:
        return point.loss > loss + sufficient * point.t * slope

    start = _Point(0.0, loss, gradient, slope)
    before, now = start, visit(t)
    rounds, done = 0, False
    # first a bracket: go further out until an end of the valley lies between two points
    while rounds < most:
        if too_high(now) or (rounds > 1 and now.loss >= before.loss):
            bracket = [before, now]
            break
        if abs(now.slope) <= -curvature * slope:
            return now, calls
        if now.slope >= 0:
            bracket = [before, now]
            break
        further = _minimum_between(before, now, (now.t + 0.01 * (now.t - before.t), now.t * 10))
        before, now = now, visit(further)
        rounds += 1
    else:
        bracket = [start, now]
    # then narrow it
    stalled = False
    width = float(np.abs(d).max())
    low, high = (0, 1) if bracket[0].loss <= bracket[1].loss else (1, 0)
    while not done and rounds < most:
        left, right = min(p.t for p in bracket), max(p.t for p in bracket)
        if (right - left) * width < 1e-9:
            break
        step = _minimum_between(*bracket)
        margin = 0.1 * (right - left)
        if min(right - step, step - left) < margin:  # close to an end: once is fine, twice is no progress
            if stalled or step >= right or step <= left:
                step = right - margin if abs(step - right) < abs(step - left) else left + margin
                stalled = False
            else:
                stalled = True
        else:
            stalled = False
        now = visit(step)
        rounds += 1
        if too_high(now) or now.loss >= bracket[low].loss:
            bracket[high] = now
            low, high = (0, 1) if bracket[0].loss <= bracket[1].loss else (1, 0)
        else:
            if abs(now.slope) <= -curvature * slope:
                done = True
            elif now.slope * (bracket[high].t - bracket[low].t) >= 0:
                bracket[high] = bracket[low]
            bracket[low] = now
    return bracket[low], calls


def _minimum_between(a: _Point, b: _Point, bounds: tuple | None = None) -> float:
    """Where the cubic through both points, with their slopes, is smallest; cut to `bounds` (default: the points)."""
    if a.t > b.t:
        a, b = b, a
    low, high = bounds or (a.t, b.t)
    first = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.t - b.t) if a.t != b.t else float("nan")
    square = first**2 - a.slope * b.slope
    if not square >= 0:
        return (low + high) / 2.0
    root = square**0.5
    divisor = b.slope - a.slope + 2 * root
    if divisor == 0:
        return (low + high) / 2.0
    return min(max(b.t - (b.t - a.t) * ((b.slope + root - first) / divisor), low), high)
