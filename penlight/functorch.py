"""What `import functorch` gives under the runner: `torch.func`'s transforms and modules as functions of parameters.

Source: https://docs.pytorch.org/docs/stable/func.migrating.html
"""

from __future__ import annotations

import copy
import functools
import warnings
from collections.abc import Callable
from typing import Any

from penlight import func
from penlight.func.functional_call import reparametrized
from penlight.ledger.missing import placeholder
from penlight.nn.modules.module import Module
from penlight.tensor.install import tensor_ops
from penlight.version import torch_version as __version__  # noqa: F401

__all__ = [
    "FunctionalModule", "FunctionalModuleWithBuffers", "combine_state_for_ensemble", "functionalize", "grad",
    "grad_and_value", "hessian", "jacfwd", "jacrev", "jvp", "make_functional", "make_functional_with_buffers",
    "make_fx", "vjp", "vmap",
]  # fmt: skip

make_fx = placeholder("functorch.make_fx", "functions run as they are, and no graph is made of them")


def _deprecated(function: Callable, instead: str = "") -> Callable:
    name = function.__name__

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        warnings.warn(
            f"We've integrated functorch into PyTorch. `functorch.{name}` is deprecated as of PyTorch 2.0 and will be "
            f"deleted in a future version of PyTorch >= 2.3. Please use `torch.{instead or 'func.' + name}` instead",
            FutureWarning,
            stacklevel=2,
        )
        return function(*args, **kwargs)

    return wrapper


class FunctionalModuleWithBuffers(Module):
    """A module as a function of its parameters and buffers: `f(params, buffers, *args)`."""

    def __init__(self, stateless_model: Module):
        super().__init__()
        self.stateless_model = stateless_model
        self.param_names = tuple([name for name, _ in stateless_model.named_parameters()])
        self.buffer_names = tuple([name for name, _ in stateless_model.named_buffers()])

    def forward(self, params: Any, buffers: Any, *args: Any, **kwargs: Any) -> Any:
        given = {}
        for kind, names, values in (("params", self.param_names, params), ("buffers", self.buffer_names, buffers)):
            if len(names) != len(values):
                raise RuntimeError(f"expected {len(names)} {kind} ({', '.join(names)}), but got {len(values)}")
            given.update(zip(names, values))
        with reparametrized(self.stateless_model, given, tie_weights=True):
            return self.stateless_model(*args, **kwargs)


class FunctionalModule(FunctionalModuleWithBuffers):
    """A module without buffers as a function of its parameters: `f(params, *args)`."""

    def forward(self, params: Any, *args: Any, **kwargs: Any) -> Any:
        return super().forward(params, (), *args, **kwargs)


def _functional(kind: type, model: Module, disable_autograd_tracking: bool) -> tuple:
    model = copy.deepcopy(model)
    params, buffers = tuple(model.parameters()), tuple(model.buffers())
    if disable_autograd_tracking:
        for p in params:
            p.requires_grad_(False)
    return kind(model), params, buffers


def make_functional(model: Module, disable_autograd_tracking: bool = False) -> tuple:
    """(a function of parameters and inputs, copies of the model's parameters). Raises RuntimeError for buffers.

    >>> import penlight as torch, warnings
    >>> warnings.simplefilter("ignore")
    >>> function, params = make_functional(torch.nn.Linear(2, 1))
    >>> function(params, torch.ones(3, 2)).shape
    torch.Size([3, 1])
    """
    if any(True for _ in model.buffers()):
        raise RuntimeError(
            "make_functional(model): `model` has buffers. Please use make_functional_with_buffers(model) instead."
        )
    return _functional(FunctionalModule, model, disable_autograd_tracking)[:2]


def make_functional_with_buffers(model: Module, disable_autograd_tracking: bool = False) -> tuple:
    """(a function of parameters, buffers and inputs, copies of the model's parameters, of its buffers)."""
    return _functional(FunctionalModuleWithBuffers, model, disable_autograd_tracking)


def combine_state_for_ensemble(models: Any) -> tuple:
    """(a function of parameters, buffers and inputs, stacked parameters, stacked buffers) of models of one kind."""
    models = list(models)
    if not models:
        raise RuntimeError("combine_state_for_ensemble: Expected at least one model, got 0.")
    if len({m.training for m in models}) > 1:
        raise RuntimeError("combine_state_for_ensemble: Expected all models to have the same training/eval mode.")
    if len({type(m) for m in models}) > 1:
        raise RuntimeError("combine_state_for_ensemble: Expected all models to be of the same class.")
    made = [_functional(FunctionalModuleWithBuffers, m, False) for m in models]
    params, buffers = (
        tuple([tensor_ops.stack(list(same), 0).detach() for same in zip(*parts)])
        for parts in ([m[1] for m in made], [m[2] for m in made])
    )
    return made[0][0], params, buffers


make_functional = _deprecated(make_functional, "func.functional_call")
make_functional_with_buffers = _deprecated(make_functional_with_buffers, "func.functional_call")
combine_state_for_ensemble = _deprecated(combine_state_for_ensemble, "func.stack_module_state")
vmap = _deprecated(func.vmap, "vmap")
functionalize, grad, grad_and_value, hessian, jacfwd, jacrev, jvp, vjp = (
    _deprecated(getattr(func, _name))
    for _name in ("functionalize", "grad", "grad_and_value", "hessian", "jacfwd", "jacrev", "jvp", "vjp")
)
