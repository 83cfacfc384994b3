"""`functional_call`: a module run with other parameters and buffers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from penlight.tensor.install import tensor_ops
from penlight.tensor.tensor import Tensor

__all__ = ["functional_call", "stack_module_state"]


def _members(module: Any) -> dict[str, tuple[dict, str]]:
    """Full name -> (the dict that holds the parameter or buffer, its name there), shared members under every name."""
    found = {}
    for prefix, owner in module.named_modules(remove_duplicate=False):
        for registry in (owner._parameters, owner._buffers):
            for name, value in registry.items():
                if value is not None:
                    found[f"{prefix}.{name}" if prefix else name] = (registry, name)
    return found


def functional_call(
    module: Any,
    parameter_and_buffer_dicts: Any,
    args: Any = None,
    kwargs: dict | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """Call `module(*args, **kwargs)` with the given tensors in the places of its parameters and buffers.

    Args: tie_weights: a tensor given for a shared parameter takes the place of all its uses; strict: all members
    must be given, and no others.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.functional_call.html
    """
    arguments = () if args is None else args if isinstance(args, tuple) else (args,)
    with reparametrized(module, _merged(parameter_and_buffer_dicts), tie_weights=tie_weights, strict=strict):
        return module(*arguments, **(kwargs or {}))


@contextmanager
def reparametrized(module: Any, given: dict, *, tie_weights: bool = False, strict: bool = False) -> Iterator[None]:
    """Put the given tensors in the places of the module's parameters and buffers, while the context lasts."""
    members = _members(module)
    if strict:
        unexpected, missing = sorted(given.keys() - members.keys()), sorted(members.keys() - given.keys())
        if unexpected or missing:
            lines = [f"Error(s) in reparametrizing for {type(module).__name__}:"]
            if unexpected:
                lines.append("\tUnexpected key(s): " + ", ".join(f"'{n}'" for n in unexpected) + ".")
            if missing:
                lines.append("\tMissing key(s): " + ", ".join(f"'{n}'" for n in missing) + ".")
            raise RuntimeError("\n".join(lines))
    replaced = {n: t for n, t in given.items() if n in members}
    if tie_weights:
        by_identity = {id(members[n][0][members[n][1]]): t for n, t in replaced.items()}
        for n, (registry, own) in members.items():
            if n not in replaced and id(registry[own]) in by_identity:
                replaced[n] = by_identity[id(registry[own])]
    before = [(members[n], members[n][0][members[n][1]]) for n in replaced]
    try:
        for n, t in replaced.items():
            registry, own = members[n]
            registry[own] = t
        yield
    finally:
        for (registry, own), value in before:
            registry[own] = value


def _merged(given: Any) -> dict[str, Tensor]:
    if isinstance(given, dict):
        return given
    if not isinstance(given, Sequence) or not all(isinstance(d, dict) for d in given):
        raise ValueError(
            "Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got "
            f"{type(given).__name__}"
        )
    merged: dict[str, Tensor] = {}
    for d in given:
        repeated = merged.keys() & d.keys()
        if repeated:
            raise ValueError(
                f"{sorted(repeated)} appear in multiple dictionaries; behavior of functional call is ambiguous"
            )
        merged.update(d)
    return merged


def stack_module_state(models: Sequence[Any]) -> tuple[dict, dict]:
    """(parameters, buffers) of modules of one kind, each stacked along a new first dimension.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.stack_module_state.html
    """
    if not models:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if len({m.training for m in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to have the same training/eval mode.")
    if len({type(m) for m in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")
    states = []
    for named in ("named_parameters", "named_buffers"):
        rows = [dict(getattr(m, named)()) for m in models]
        stacked = {}
        for name, first in rows[0].items():
            value = tensor_ops.stack([r[name] for r in rows], 0)
            stacked[name] = value.detach().requires_grad_(first.requires_grad)
        states.append(stacked)
    return states[0], states[1]
