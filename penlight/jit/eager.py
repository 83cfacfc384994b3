"""The functions of `torch.jit`, for programs that run eagerly: decorators return what they decorate.

Source: https://docs.pytorch.org/docs/stable/jit.html
"""

from __future__ import annotations

import builtins
import collections
import contextlib
import typing
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from penlight.futures import Future

__all__ = [
    "Attribute", "Error", "Final", "Future", "ScriptWarning", "TracerWarning", "TracingCheckError", "annotate",
    "enable_onednn_fusion", "export", "fork", "freeze", "fuser", "ignore", "interface", "is_scripting", "is_tracing",
    "isinstance", "load", "onednn_fusion_enabled", "optimize_for_inference", "optimized_execution", "save", "script",
    "script_if_tracing", "script_method", "set_fusion_strategy", "strict_fusion", "trace", "trace_module",
    "unused", "wait",
]  # fmt: skip

Final = typing.Final
Attribute = collections.namedtuple("Attribute", ["value", "type"])


class Error(RuntimeError):
    """What TorchScript raises. Never raised here."""


class TracerWarning(Warning):
    """What tracing warns of. Never given here: nothing is traced."""

    @staticmethod
    def ignore_lib_warnings() -> None:
        """Nothing to ignore."""


class ScriptWarning(Warning):
    """What scripting warns of. Never given here: nothing is scripted."""


class TracingCheckError(Exception):
    """What checking a trace raises. Never raised here."""


def _deprecated(name: str) -> None:
    warnings.warn(
        f"`torch.jit.{name}` is deprecated. Please switch to `torch.compile` or `torch.export`.",
        DeprecationWarning,
        stacklevel=1,  # from a library: not shown, as PyTorch's
    )


def script(obj: Any, optimize: Any = None, _frames_up: int = 0, _rcb: Any = None, example_inputs: Any = None) -> Any:
    """Return the function, class or module itself: it runs as it is, with the same results.

    Differs from PyTorch: nothing is compiled, so nothing is refused that TorchScript cannot express,
    `is_scripting()` stays
    False, and the result has no `code` or `graph` and is no ScriptModule.
    Raises: RuntimeError for an object that cannot be called.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.jit.script.html

    >>> import penlight as torch
    >>> torch.jit.script(lambda x: x + 1)(torch.zeros(1))
    tensor([1.])
    """
    if not callable(obj) and not builtins.isinstance(obj, (list, dict)):
        raise RuntimeError(f"script: expected a function, class or module, got {type(obj).__name__}")
    _deprecated("script")
    return obj


def trace(func: Any, example_inputs: Any = None, *args: Any, example_kwarg_inputs: Any = None, **options: Any) -> Any:
    """Return the function or module itself: it is run anew at each call, so no control flow is frozen.

    Differs from PyTorch: nothing is recorded, and the example inputs are not used; the result has no `graph`.
    Raises: RuntimeError when no example inputs are given, as PyTorch does.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.jit.trace.html
    """
    if example_inputs is None and example_kwarg_inputs is None:
        raise RuntimeError("example_kwarg_inputs should be a dict")
    if not callable(func):
        raise RuntimeError(f"trace: expected a function or a module, got {type(func).__name__}")
    _deprecated("trace")
    return func


def trace_module(mod: Any, inputs: dict[str, Any], *args: Any, **options: Any) -> Any:
    """Return the module itself; see `trace`."""
    if not builtins.isinstance(inputs, dict):
        raise AttributeError(f"expected a dictionary of (method_name, input) pairs, got {type(inputs).__name__}")
    for name in inputs:
        getattr(mod, name)
    _deprecated("trace_module")
    return mod


def script_if_tracing(fn: Callable) -> Callable:
    """Return the function itself: nothing is traced."""
    return fn


def script_method(fn: Callable) -> Callable:
    """Return the method itself."""
    _deprecated("script_method")
    return fn


def export(fn: Callable) -> Callable:
    """Return the method itself."""
    return fn


def ignore(drop: Any = False, **kwargs: Any) -> Any:
    """Return the function itself; as `@ignore` and as `@ignore(drop=True)`."""
    return drop if callable(drop) else lambda fn: fn


def unused(fn: Any) -> Any:
    """Return the function itself."""
    return fn


def interface(obj: type) -> type:
    """Return the class itself."""
    return obj


def _overload(func: Callable) -> Callable:
    return func


def _overload_method(func: Callable) -> Callable:
    return func


def is_scripting() -> bool:
    """False: this is always Python."""
    return False


def is_tracing() -> bool:
    """False: nothing is traced."""
    return False


def annotate(the_type: Any, the_value: Any) -> Any:
    """Return the value."""
    return the_value


def isinstance(obj: Any, target_type: Any) -> bool:
    """Whether a value is of a type such as List[int] or Optional[Tensor], elements included.

    Raises: RuntimeError for a bare container, as PyTorch does.

    >>> import penlight as torch
    >>> torch.jit.isinstance([1, 2], list[int])
    True
    """
    if builtins.isinstance(target_type, tuple):
        return any(isinstance(obj, t) for t in target_type)
    bare = {list: "list", dict: "dict", tuple: "tuple", typing.List: "List", typing.Dict: "Dict", typing.Tuple: "Tuple"}
    with contextlib.suppress(TypeError):
        if target_type in bare:
            name = bare[target_type]
            inside = "str, int" if name.lower() == "dict" else "int"
            raise RuntimeError(
                f"Attempted to use {name} without a contained type. Please add a contained type, e.g. {name}[{inside}]"
            )
    origin, arguments = typing.get_origin(target_type), typing.get_args(target_type)
    if origin is None:
        return obj is None if target_type in (None, type(None)) else builtins.isinstance(obj, target_type)
    if origin is list:
        return builtins.isinstance(obj, list) and all(isinstance(v, arguments[0]) for v in obj)
    if origin is dict:
        return builtins.isinstance(obj, dict) and all(
            isinstance(k, arguments[0]) and isinstance(v, arguments[1]) for k, v in obj.items()
        )
    if origin is tuple:
        fits = builtins.isinstance(obj, tuple) and len(obj) == len(arguments)
        return fits and all(isinstance(v, t) for v, t in zip(obj, arguments))
    return any(isinstance(obj, t) for t in arguments)  # Union, Optional


def save(m: Any, f: Any, _extra_files: Any = None) -> None:
    """Raises NotImplementedError: there is no TorchScript archive to write."""
    raise NotImplementedError(
        "penlight does not write TorchScript archives: save `module.state_dict()` with torch.save instead"
    )


def load(f: Any, map_location: Any = None, _extra_files: Any = None, _restore_shapes: bool = False) -> Any:
    """Raises NotImplementedError: the code in a TorchScript archive cannot be run."""
    raise NotImplementedError(
        "penlight does not run TorchScript archives: in PyTorch, save `torch.jit.load(path).state_dict()` "
        "with torch.save, "
        "and load that into a module written in Python"
    )


def freeze(mod: Any, preserved_attrs: Any = None, optimize_numerics: bool = True) -> Any:
    """Return the module itself, which must be in evaluation mode."""
    if getattr(mod, "training", False):
        raise RuntimeError(
            "Freezing is currently only implemented for modules in eval mode. Please call .eval() on your module "
            "before "
            "freezing."
        )
    return mod


def optimize_for_inference(mod: Any, other_methods: Any = None) -> Any:
    """Return the module itself, which must be in evaluation mode."""
    return freeze(mod)


def fork(func: Callable, *args: Any, **kwargs: Any) -> Future:
    """Run the function at once; `wait` gives its result."""
    future: Future = Future()
    future.set_result(func(*args, **kwargs))
    return future


def wait(future: Future) -> Any:
    """The result of `fork`."""
    return future.wait()


_settings = {"onednn_fusion": False}


def enable_onednn_fusion(enabled: bool) -> None:
    """Remembered; nothing is fused."""
    _settings["onednn_fusion"] = bool(enabled)


def onednn_fusion_enabled() -> bool:
    """What was last set; nothing is fused."""
    return _settings["onednn_fusion"]


def set_fusion_strategy(strategy: list) -> list:
    """Accepted; nothing is fused. Returns PyTorch's initial strategy."""
    return [("STATIC", 2), ("DYNAMIC", 10)]


@contextlib.contextmanager
def optimized_execution(should_optimize: bool) -> Iterator[None]:
    """A block that changes nothing."""
    yield


@contextlib.contextmanager
def fuser(name: str) -> Iterator[None]:
    """A block that changes nothing.

    Raises: Exception for a name PyTorch does not know.
    """
    if name not in ("fuser0", "fuser1", "fuser2", "fuser3"):
        raise Exception(f"unrecognized fuser option (name: {name})")
    yield


class strict_fusion:
    """A block that changes nothing outside TorchScript, as in PyTorch."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc_info: Any) -> None:
        pass
