"""Backward hooks of modules: an identity in the graph at a module's inputs and one at its outputs."""

from __future__ import annotations

import warnings
from typing import Any

from penlight.autograd.function import Function
from penlight.base.mode import mode
from penlight.tensor.tensor import Tensor

__all__ = ["BackwardHook", "BackwardHookFunction"]


class BackwardHookFunction(Function):
    """The identity, whose node carries the hooks."""

    @staticmethod
    def forward(ctx: Any, *args: Any) -> Any:
        ctx.mark_non_differentiable(*[a for a in args if not a.requires_grad])
        return args

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        return gradients


class BackwardHook:
    """The backward hooks of one call of a module: grad_outputs are noted at its outputs, hooks run at its inputs."""

    def __init__(self, module: Any, user_hooks: list, user_pre_hooks: list) -> None:
        self.module = module
        self.user_hooks = user_hooks
        self.user_pre_hooks = user_pre_hooks
        self.grad_outputs: Any = None
        self.input_count = 0
        self.output_count = 0
        self.input_places: list[int] | None = None
        self.output_places: list[int] | None = None

    def _named(self) -> str:
        return type(self.module).__name__

    def _check(self, replaced: Any, given: tuple, what: str) -> tuple:
        if len(replaced) != len(given):
            raise RuntimeError(
                f"Backward {what}hook returned an invalid number of grad_{'output' if what else 'input'}, got "
                f"{len(replaced)}, but expected {len(given)}"
            )
        return replaced

    @staticmethod
    def _spread(places: list[int], values: Any, count: int) -> tuple:
        result: list = [None] * count
        for place, value in zip(places, values):
            result[place] = value
        return tuple(result)

    def _through_identity(self, values: tuple, node_hook: Any) -> tuple[tuple, list[int] | None]:
        places = [i for i, v in enumerate(values) if isinstance(v, Tensor)]
        if not mode.grad or not any(values[i].requires_grad for i in places):
            return values, None
        passed = BackwardHookFunction.apply(*[values[i] for i in places])
        nodes = [t.grad_fn for t in passed if t.grad_fn is not None]
        nodes = [n for n in nodes if n.name() == "BackwardHookFunctionBackward"]
        if not nodes:
            raise RuntimeError(
                "Error while setting up backward hooks. Please open an issue with a code sample to reproduce this."
            )
        nodes[0].register_hook(node_hook)
        result = list(values)
        for place, tensor in zip(places, passed):
            result[place] = tensor
        if type(values) is tuple:
            return tuple(result), places
        return type(values)(*result), places  # a named tuple

    def setup_input_hook(self, args: tuple) -> tuple:
        """Pass the inputs through an identity whose node calls the user's hooks."""
        self.input_count = len(args)
        args, self.input_places = self._through_identity(args, self._at_inputs)
        return args

    def _at_inputs(self, gradients: tuple, _: Any) -> Any:
        if self.grad_outputs is None:
            raise RuntimeError(
                "Module backward hook for grad_input is called before the grad_output one. This happens because the "
                "gradient in your nn.Module flows to the Module's input without passing through the Module's "
                "output. Make "
                "sure that the output depends on the input and that the loss is computed based on the output."
            )
        places = self.input_places or []
        given = self._spread(places, gradients, self.input_count)
        for hook in self.user_hooks:
            replaced = hook(self.module, given, self.grad_outputs)
            if replaced is not None:
                given = self._check(replaced, given, "")
        self.grad_outputs = None
        return tuple(given[i] for i in places)

    def setup_output_hook(self, result: Any) -> Any:
        """Pass the outputs through an identity whose node notes their gradients."""
        single = isinstance(result, Tensor)
        values = (result,) if single else result
        if not isinstance(values, tuple):
            return result
        self.output_count = len(values)
        values, self.output_places = self._through_identity(values, self._at_outputs)
        return values[0] if single else values

    def _at_outputs(self, _: Any, gradients: tuple) -> Any:
        places = self.output_places or []
        given = self._spread(places, gradients, self.output_count)
        changed = False
        for hook in self.user_pre_hooks:
            replaced = hook(self.module, given)
            if replaced is not None:
                given = self._check(replaced, given, "pre ")
                changed = True
        self.grad_outputs = given
        if self.input_places is None:  # no input leads to the graph: there is no other moment for the hooks
            if self.user_hooks:
                warnings.warn(
                    "Full backward hook is firing when gradients are computed with respect to module outputs since no "
                    "inputs require gradients. See https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html"
                    "#torch.nn.Module.register_full_backward_hook for more details.",
                    stacklevel=5,
                )
            for hook in self.user_hooks:
                replaced = hook(self.module, (None,) * self.input_count, given)
                if replaced is not None and not (isinstance(replaced, tuple) and all(r is None for r in replaced)):
                    raise RuntimeError(
                        "Backward hook for Modules where no input requires gradient should always return None or "
                        "None for "
                        "all gradients."
                    )
            self.grad_outputs = None
        return tuple(given[i] for i in places) if changed else None
