"""`torch.compile` and `torch.compiler`: functions run as they are, which is what PyTorch's mode "eager" computes.

Source: https://docs.pytorch.org/docs/stable/torch.compiler.html
"""

from __future__ import annotations

import functools
from typing import Any

from penlight.ledger.missing import module_getattr
from penlight.nn.modules.module import Module

__all__ = [
    "allow_in_graph", "assume_constant_result", "compile", "cudagraph_mark_step_begin", "disable", "is_compiling",
    "is_dynamo_compiling", "is_exporting", "list_backends", "reset", "set_stance",
]  # fmt: skip

_MODES = ("default", "lite", "reduce-overhead", "max-autotune-no-cudagraphs", "max-autotune")


def compile(
    model: Any = None,
    *,
    fullgraph: bool = False,
    dynamic: bool | None = None,
    backend: Any = "inductor",
    mode: str | None = None,
    options: dict[str, Any] | None = None,
    disable: bool = False,
    **more: Any,
) -> Any:
    """Return the function itself, or a module wrapped: nothing is compiled, the results are those of the plain one.

    The names in the `state_dict` of a wrapped module begin with `_orig_mod.`; nothing is checked for graph breaks.
    Raises: RuntimeError when both `mode` and `options` are given, or for a mode that PyTorch does not know.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.compile.html

    >>> import penlight as torch
    >>> @torch.compile(mode="max-autotune")
    ... def double(x): return 2 * x
    >>> double(torch.ones(1))
    tensor([2.])
    """
    if mode is not None and options is not None:
        raise RuntimeError("Either mode or options can be specified, but both can't be specified at the same time.")
    if mode is not None and mode not in _MODES:
        raise RuntimeError(f"Unrecognized mode={mode}, should be one of: {', '.join(_MODES)}")
    if model is None:
        return functools.partial(
            compile, fullgraph=fullgraph, dynamic=dynamic, backend=backend, mode=mode, options=options, disable=disable
        )
    if not callable(model):
        raise TypeError(f"compile(): expected a function or a module, got {type(model).__name__}")
    return OptimizedModule(model) if isinstance(model, Module) and not disable else model


class OptimizedModule(Module):
    """What `torch.compile` makes of a module: the module as `_orig_mod`, whose attributes show through."""

    __module__ = "penlight._dynamo.eval_frame"

    def __init__(self, mod: Module) -> None:
        super().__init__()
        self._modules["_orig_mod"] = mod

    @property
    def training(self) -> bool:  # type: ignore[override]
        return self._modules["_orig_mod"].training

    @training.setter
    def training(self, value: bool) -> None:
        self._modules["_orig_mod"].training = value

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self._modules["_orig_mod"](*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        modules = self.__dict__.get("_modules", {})
        if name == "_orig_mod" or "_orig_mod" not in modules:
            return super().__getattr__(name)
        return getattr(modules["_orig_mod"], name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "training" or name in self.__dict__ or hasattr(Module, name):
            super().__setattr__(name, value)
        else:
            setattr(self._modules["_orig_mod"], name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._modules["_orig_mod"], name)

    def __len__(self) -> int:
        return len(self._modules["_orig_mod"])  # type: ignore[arg-type]

    def __bool__(self) -> bool:
        return True

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *dir(self._modules["_orig_mod"])})


def is_compiling() -> bool:
    """False: nothing is compiled."""
    return False


def is_dynamo_compiling() -> bool:
    """False: nothing is compiled."""
    return False


def is_exporting() -> bool:
    """False: nothing is exported."""
    return False


def reset() -> None:
    """Nothing to forget: nothing is compiled."""


def cudagraph_mark_step_begin() -> None:
    """Nothing to mark: there are no CUDA graphs."""


def list_backends(exclude_tags: Any = ("debug", "experimental")) -> list[str]:
    """An empty list: there are no compilers."""
    return []


def disable(fn: Any = None, recursive: bool = True, *, reason: str | None = None) -> Any:
    """Return the function itself; also as a decorator with arguments."""
    return (lambda f: f) if fn is None else fn


def allow_in_graph(fn: Any) -> Any:
    """Return the function itself."""
    return fn


def assume_constant_result(fn: Any) -> Any:
    """Return the function itself."""
    return fn


class set_stance:
    """Accepted as a function, a block and a decorator: functions always run as they are.

    Raises: RuntimeError for a stance that PyTorch does not know.
    """

    _STANCES = (
        "default", "force_eager", "eager_on_recompile", "fail_on_recompile", "eager_then_compile",
        "aot_eager_then_compile",
    )  # fmt: skip

    def __init__(
        self, stance: str = "default", *, skip_guard_eval_unsafe: bool = False, force_backend: Any = None
    ) -> None:
        if stance not in self._STANCES:
            raise RuntimeError(f"invalid torch.compile stance '{stance}', expected one of {', '.join(self._STANCES)}")

    def __call__(self, fn: Any) -> Any:
        return fn

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc_info: Any) -> None:
        pass


__getattr__ = module_getattr(__name__)
