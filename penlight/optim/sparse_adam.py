"""SparseAdam, which updates the rows that a sparse gradient has."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from penlight.autograd.grad_mode import no_grad
from penlight.optim.elementwise import zeros_like
from penlight.optim.optimizer import Optimizer, check_betas, check_range, number_of
from penlight.sparse.tensor import make
from penlight.tensor import Tensor

__all__ = ["SparseAdam"]


class SparseAdam(Optimizer):
    """Adam whose moments and parameters change only at the entries of a sparse gradient, as `Embedding(sparse=True)`
    gives it.

    Raises: ValueError for sparse parameters, RuntimeError for a dense gradient.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.SparseAdam.html

    >>> import penlight as torch
    >>> table = torch.nn.Embedding(3, 1, sparse=True)
    >>> optimizer = torch.optim.SparseAdam(table.parameters(), lr=0.1)
    >>> table(torch.tensor([1])).sum().backward(); optimizer.step()
    """

    def __init__(
        self, params: Iterable, lr: Any = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
        maximize: bool = False,
    ) -> None:  # fmt: skip
        if isinstance(lr, Tensor) and lr._a.size != 1:
            raise ValueError("Tensor lr must be 1-element")
        check_range(f"Invalid learning rate: {lr}", 0.0 < lr)
        check_range(f"Invalid epsilon value: {eps}", 0.0 < eps)
        check_betas(betas)
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "maximize": maximize})
        every = [([i, j], p) for i, group in enumerate(self.param_groups) for j, p in enumerate(group["params"])]
        sparse = [place for place, p in every if p.is_sparse]
        if sparse:
            raise ValueError(f"Sparse params at indices {sparse}: SparseAdam requires dense parameter tensors")
        complex_ones = [place for place, p in every if p.is_complex()]
        if complex_ones:
            raise ValueError(
                f"Complex params at indices {complex_ones}: SparseAdam does not support complex parameters"
            )

    def step(self, closure: Callable | None = None) -> Any:
        """Update the parameters once. Returns what `closure` returned, if one was given."""
        loss = self._loss_of(closure)
        with no_grad():
            for group in self.param_groups:
                for p in group["params"]:
                    if p._grad is None:
                        continue
                    if not p._grad.is_sparse:
                        raise RuntimeError("SparseAdam does not support dense gradients, please consider Adam instead")
                    self._update(group, p, p._grad)
        return loss

    def _update(self, group: dict, p: Tensor, grad: Any) -> None:
        state = self.state[p]
        if not state:
            state.update(step=0, exp_avg=zeros_like(p), exp_avg_sq=zeros_like(p))
        state["step"] += 1
        beta1, beta2 = group["betas"]
        grad = (-grad if group["maximize"] else grad).coalesce()
        if not grad._nnz():
            return
        g = grad.values()

        def moved(moment: Tensor, target: Tensor, beta: float) -> Tensor:
            """The moment's entries after a step towards `target`, which is stored as a sparse change."""
            old = moment.sparse_mask(grad).values()
            change = (target - old) * (1 - beta)
            moment.add_(self._at(grad, change))
            return change + old

        average = moved(state["exp_avg"], g, beta1)
        square = moved(state["exp_avg_sq"], g.pow(2), beta2)
        size = number_of(group["lr"]) * math.sqrt(1 - beta2 ** state["step"]) / (1 - beta1 ** state["step"])
        p.add_(self._at(grad, average / square.sqrt_().add_(group["eps"]) * -size))

    @staticmethod
    def _at(grad: Any, values: Tensor) -> Any:
        return make(grad._a.indices, values, grad._a.shape, True, "")
