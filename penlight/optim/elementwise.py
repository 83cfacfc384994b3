"""The step of optimizers whose rule treats every element of a parameter alike.

Small parameters with the same numbers (learning rate, step …) are laid end to end and updated by one call of the rule;
large ones are walked block by block, so that temporaries stay in the cache. Neither changes a result.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from penlight.autograd.grad_mode import enable_grad, no_grad
from penlight.backends.registry import numpy_backend as xp
from penlight.optim.arithmetic import EXACT_LIMIT, Tensors, namespace_of
from penlight.optim.optimizer import Optimizer, number_of, recording, step_dtype
from penlight.tensor import Tensor
from penlight.tensor.install import tensor_ops as ops
from penlight.tensor.memory import memory_of

__all__ = ["Elementwise", "new_step", "zeros_like"]

SMALL = 4096  # parameters up to this size are laid end to end
_wrap = Tensor._wrap


def new_step(group: dict | None = None) -> Tensor:
    """The counter of a parameter's steps: a 0-dim tensor, as PyTorch keeps it."""
    return _wrap(np.zeros((), step_dtype(bool(group and group.get("fused")))))


def zeros_like(p: Tensor) -> Tensor:
    """Zeros in the parameter's shape, dtype and memory layout."""
    return _wrap(np.zeros_like(p._a))


class Elementwise(Optimizer):
    """An optimizer with a `rule(k, p, g, *arrays, *numbers)` over arrays.

    A subclass gives `rule`, `arrays` (the state's names, in the rule's order), `new_state` and `numbers`.
    """

    rule: Callable
    counts = True  # the state has a `step`
    foreach_records = False  # whether PyTorch's foreach implementation allows `differentiable`
    no_sparse = "{} does not support sparse gradients"
    kernel = ""  # of the backend: what does the whole rule on float32 arrays at once, where it can
    complex_rule = False  # whether the rule takes complex numbers as they are; else their real and imaginary parts

    def arrays(self, group: dict) -> tuple[str, ...]:
        """Names of the state tensors that the rule is handed."""
        raise NotImplementedError

    def new_state(self, p: Tensor, group: dict) -> dict[str, Any]:
        """A parameter's state before its first step."""
        raise NotImplementedError

    def numbers(self, group: dict, step: float) -> tuple:
        """What the rule is handed after the arrays, for a parameter at its `step`-th step (1, 2, …)."""
        raise NotImplementedError

    def _numbers(self, group: dict, step: float) -> tuple:
        return tuple(map(number_of, self.numbers(group, step)))

    def parameter_numbers(self, p: Tensor, state: Any, numbers: tuple) -> tuple:
        """The numbers of one parameter, where they depend on its state."""
        return numbers

    def step(self, closure: Callable | None = None) -> Any:
        """Update the parameters once. Returns what `closure` returned, if one was given."""
        loss = self._loss_of(closure)
        for group in self.param_groups:
            _check_capturable(self, group)
            if group.get("differentiable"):
                with enable_grad():
                    self._step_on_tensors(group)
            else:
                with np.errstate(all="ignore"):  # infinities and NaNs are results, as in PyTorch
                    self._step_on_arrays(group)
        return loss

    def sparse_step(self, group: dict, p: Tensor, grad: Any, state: Any) -> None:
        """One parameter's update by a sparse gradient. Raises RuntimeError where the optimizer has none."""
        raise RuntimeError(self.no_sparse.format(type(self).__name__))

    def _step_on_sparse(self, group: dict, p: Tensor, grad: Any) -> None:
        state = self.state[p] if self.counts or self.arrays(group) else None
        if state is not None and not state:
            state.update(self.new_state(p, group))
        with no_grad():
            self.sparse_step(group, p, -grad if group.get("maximize") else grad, state)

    def _step_on_arrays(self, group: dict) -> None:
        names = self.arrays(group)
        numbers_at: dict = {}  # step -> numbers
        small: dict = {}  # (dtype, numbers) -> columns
        all_state = self.state
        counts = self.counts
        stateful = counts or bool(names)
        adjusts = type(self).parameter_numbers is not Elementwise.parameter_numbers
        numbers = self._numbers(group, 0) if not counts else ()
        last: Any = None  # the numbers and dtype of `rows`
        last_dtype: Any = None
        at_once = getattr(xp, self.kernel) if self.kernel and xp.fuses() else None
        for p in group["params"]:
            grad = p._grad
            if grad.__class__ is not Tensor:
                if grad is None:
                    continue
                if grad.is_sparse:
                    self._step_on_sparse(group, p, grad)
                    continue
            state = None
            if stateful:
                state = all_state[p]
                if not state:
                    state.update(self.new_state(p, group))
            if counts:
                counter = state["step"]._a
                step = counter.item() + 1
                counter[()] = step
                numbers = numbers_at.get(step)
                if numbers is None:
                    numbers = numbers_at[step] = self._numbers(group, step)
            own = self.parameter_numbers(p, state, numbers) if adjusts else numbers
            a = p._a
            row = [a, grad._a]
            for name in names:
                row.append(state[name]._a)
            d = a.dtype
            if d.kind == "c":
                row = [_as_real(x) for x in row] if not self.complex_rule else row
                d = row[0].dtype
            if at_once is not None and d.char == "f" and at_once(row, own):
                pass
            elif a.size <= SMALL and d.kind == "f" and d.itemsize > 2:
                if own is not last or d is not last_dtype:
                    rows = small.setdefault((d, own), [])
                    last, last_dtype = own, d
                rows.append(row)
            elif d.itemsize == 2 and group.get("fused"):
                self._update_wide(row, own)
            else:
                self._update_one(row, own)
            memory = p._v
            if memory is None:
                memory = memory_of(p)
            memory.changed()
        for (_, own), rows in small.items():
            self._update_small(rows, own)

    def _steps_to_tensors(self, *more: str) -> None:
        """Very old pickles hold `step` (and its like) as Python numbers."""
        for p, state in self.state.items():
            if isinstance(p, Tensor):
                for name in ("step", *more):
                    if name in state and not isinstance(state[name], Tensor):
                        state[name] = _wrap(np.array(float(state[name]), step_dtype()))

    def _update_one(self, row: list, numbers: tuple) -> None:
        p = row[0]
        k = namespace_of(p.dtype, p.size)
        if p.size <= EXACT_LIMIT or not all(a.flags.c_contiguous for a in row):
            self.rule(k, *row, *numbers)
            return
        flat = [a.reshape(-1) for a in row]
        for start in range(0, p.size, EXACT_LIMIT):
            self.rule(k, *[a[start : start + EXACT_LIMIT] for a in flat], *numbers)

    def _update_wide(self, row: list, numbers: tuple) -> None:
        """PyTorch's fused kernels compute a step of half-precision arrays in float32 and round what they store."""
        wide = [a.astype(np.float32) for a in row]
        self._update_one(wide, numbers)
        for place in (0, *range(2, len(row))):
            row[place][...] = wide[place].astype(row[place].dtype)

    def _update_small(self, rows: list, numbers: tuple) -> None:
        while rows:
            taken, size = 0, 0
            for row in rows:
                if size + row[0].size > EXACT_LIMIT:
                    break
                size += row[0].size
                taken += 1
            batch, rows = rows[:taken], rows[taken:]
            if taken == 1:
                self.rule(namespace_of(batch[0][0].dtype, size), *batch[0], *numbers)
                continue
            flat = [np.concatenate([a.ravel() for a in column]) for column in zip(*batch)]
            self.rule(namespace_of(flat[0].dtype, size), *flat, *numbers)
            del flat[1]  # the gradients, which no rule changes
            start = 0
            for row in batch:
                a = row[0]
                stop = start + a.size
                shape = a.shape
                if len(shape) == 1:
                    a[:] = flat[0][start:stop]
                    for target, source in zip(row[2:], flat[1:]):
                        target[:] = source[start:stop]
                else:
                    a[...] = flat[0][start:stop].reshape(shape)
                    for target, source in zip(row[2:], flat[1:]):
                        target[...] = source[start:stop].reshape(shape)
                start = stop

    def _step_on_tensors(self, group: dict) -> None:
        names = self.arrays(group)
        for p in group["params"]:
            if p._grad is None:
                continue
            if group.get("foreach") and not self.foreach_records:
                raise AssertionError("_foreach ops don't support autograd")
            if p._grad.is_sparse:
                raise NotImplementedError(f"{type(self).__name__}: differentiable=True with a sparse gradient")
            state = self.state[p] if self.counts or names else {}
            if not state and (self.counts or names):
                state.update(self.new_state(p, group))
            step = 0
            if self.counts:
                state["step"]._a += 1
                step = state["step"]._a[()]  # float32: PyTorch computes with that tensor here
            recording.on = True
            try:
                numbers = self.parameter_numbers(p, state, self.numbers(group, step))
            finally:
                recording.on = False
            numbers = tuple(n.item() if isinstance(n, np.generic) else n for n in numbers)
            row = [p, p._grad, *[state[name] for name in names]]
            if p.is_complex() and not self.complex_rule:
                row = [ops.view_as_real(t) for t in row]
            self.rule(Tensors, *row, *numbers)


def _as_real(a: np.ndarray) -> np.ndarray:
    """Real and imaginary parts side by side, on the same memory."""
    if not a.flags.c_contiguous:
        raise NotImplementedError("optimizing a complex parameter whose memory, or whose gradient's, is not contiguous")
    return a.reshape(-1).view(a.real.dtype)


def _check_capturable(optimizer: Optimizer, group: dict) -> None:
    if group.get("capturable") and not group.get("fused"):
        tensors = getattr(optimizer, "capturable_tensors", "params and state_steps")
        devices = ["cuda", "xpu", "hpu", "privateuseone"] + ["xla"] * (not group.get("foreach"))
        raise AssertionError(f"If capturable=True, {tensors} must be on supported devices: {devices}.")
