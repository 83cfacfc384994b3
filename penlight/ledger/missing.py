"""Errors that name what penlight lacks: for attributes, for functions and classes, for whole modules.

Nothing here reads the recorded names before an error is shown: `hasattr` on a module stays cheap.
"""

from __future__ import annotations

import functools
import importlib
import importlib.machinery
import sys
import types
from collections.abc import Callable, Iterable
from opcode import opmap

from .recorded import VERSION, is_recorded, kind_of, torch_name

_IMPORT_FROM = opmap["IMPORT_FROM"]


def lacks(name: str) -> str:
    """Return the sentence that says that penlight lacks a name of PyTorch's.

    >>> lacks("torch.compile")
    'penlight does not have torch.compile yet (PyTorch 2.13 has it); see docs/coverage.md or run `penlight coverage`'
    """
    release = VERSION.rpartition(".")[0]
    return (
        f"penlight does not have {name} yet (PyTorch {release} has it); see docs/coverage.md or run `penlight coverage`"
    )


class _MissingAttribute(AttributeError):
    """An AttributeError that looks the name up only when its text is asked for."""

    def __init__(self, message: str, namespace: str = "", attribute: str = ""):
        super().__init__(message)
        self._namespace = namespace
        self._attribute = attribute

    def __str__(self) -> str:
        if self._namespace and kind_of(self._namespace, self._attribute):
            return lacks(f"{self._namespace}.{self._attribute}")
        return super().__str__()

    def __reduce__(self):
        return AttributeError, (str(self),)


# Tracebacks call it what it is to the reader.
_MissingAttribute.__name__ = _MissingAttribute.__qualname__ = "AttributeError"
_MissingAttribute.__module__ = "builtins"


def _missing_attribute(module_name: str, name: str) -> Exception:
    """Make the error for a name that a module lacks; to be called by a module's own `__getattr__`."""
    namespace = torch_name(module_name)
    caller = sys._getframe(2)
    is_from_import = caller.f_lasti >= 0 and caller.f_code.co_code[caller.f_lasti] == _IMPORT_FROM
    if is_from_import and kind_of(namespace, name):
        # `from torch import name` would replace an AttributeError's text by its own.
        return ImportError(lacks(f"{namespace}.{name}"), name=module_name)
    error = _MissingAttribute(f"module '{namespace}' has no attribute '{name}'", namespace, name)
    error.name, error.obj = name, sys.modules.get(module_name)
    return error


def module_getattr(module_name: str, lazy: Iterable[str] = ()) -> Callable[[str], object]:
    """Make a module-level `__getattr__` whose error names what penlight lacks.

    Args:
        module_name: the module's `__name__`.
        lazy: names of submodules that are imported when they are first asked for.

    Returns:
        The function to assign: `__getattr__ = module_getattr(__name__)`. It raises AttributeError, so that `hasattr`
        answers False; for `from module import name` ImportError, when PyTorch has the name.

    >>> module_getattr("penlight")("no_such_name")
    Traceback (most recent call last):
    AttributeError: module 'torch' has no attribute 'no_such_name'
    """
    submodules = frozenset(lazy)

    def __getattr__(name: str) -> object:
        if name[:2] == "__":  # copy, pickle and inspect ask for these
            raise AttributeError(f"module '{module_name}' has no attribute '{name}'")
        if name in submodules:
            return importlib.import_module(f"{module_name}.{name}")
        raise _missing_attribute(module_name, name)

    return __getattr__


def _describe(name: str, reason: str) -> str:
    return f"penlight does not have {name}: {reason}" if reason else f"penlight does not have {name}"


def placeholder(name: str, reason: str = "") -> type:
    """Make a stand-in for a function or class that penlight lacks; using it raises NotImplementedError.

    It may be imported, named in annotations, tested with isinstance (nothing is an instance) and subclassed; calling
    it, or making an instance of a subclass, raises.

    Args:
        name: full PyTorch name, such as "torch.jit.script".
        reason: why it is missing, or what to use instead.

    >>> placeholder("torch.jit.script", "run the function as it is")(len)
    Traceback (most recent call last):
    NotImplementedError: penlight does not have torch.jit.script: run the function as it is
    """
    message = _describe(name, reason)
    namespace, _, short_name = name.rpartition(".")

    def __new__(cls, *args, **kwargs):
        if short_name[0] == "_" and not kwargs and len(args) == 1 and type(args[0]) is types.FunctionType:

            @functools.wraps(args[0])  # an inner decorator, applied at import: its function raises when called
            def refused(*args, **kwargs):
                raise NotImplementedError(message)

            return refused
        raise NotImplementedError(message)

    members = {
        "__doc__": message,
        "__module__": "penlight" + namespace[len("torch") :] if namespace.split(".")[0] == "torch" else namespace,
        "__new__": __new__,
        "__class_getitem__": classmethod(lambda cls, item: cls),
        "__penlight_missing__": True,
    }
    return type(short_name, (), members)


class _PlaceholderModule(types.ModuleType):
    """A module whose functions and classes raise when used."""

    def __getattr__(self, name: str) -> object:
        if name[:2] == "__":
            raise AttributeError(f"module '{self.__name__}' has no attribute '{name}'")
        namespace = torch_name(self.__name__)
        kind = kind_of(namespace, name)
        if kind == "module":
            made: object = placeholder_module(f"{namespace}.{name}", self.__dict__["_reason"])
        elif kind in ("class", "function") or (not is_recorded(namespace) and not name.isupper()):
            # of the inner modules only the existence is known: what is no constant is taken for a function or class
            made = placeholder(f"{namespace}.{name}", self.__dict__["_reason"])
        else:
            raise _missing_attribute(self.__name__, name)
        setattr(self, name, made)  # the same object each time
        return made

    def __dir__(self) -> list[str]:
        return sorted(name for name in self.__dict__ if name != "_reason")


def placeholder_module(name: str, reason: str = "", **defined: object) -> types.ModuleType:
    """Make and register a module that may be imported, and whose names say what is missing when they are used.

    Args:
        name: PyTorch's name of the module, such as "torch.onnx".
        reason: why it is missing, or what to use instead.
        defined: what the module does have, such as `is_available=lambda: False`.

    Returns:
        The module, in `sys.modules` under penlight's name. PyTorch's functions and classes are placeholders in it,
        PyTorch's values and unknown names raise AttributeError.
    """
    here = "penlight" + name[len("torch") :]
    module = sys.modules.get(here)
    if module is None:
        module = _PlaceholderModule(here, _describe(name, reason))
        module.__spec__ = importlib.machinery.ModuleSpec(here, None, is_package=True)
        module.__path__ = []
        module.__package__ = here
        module.__dict__.update(_reason=reason, __penlight_missing__=True)
        sys.modules[here] = module
        parent, _, short_name = here.rpartition(".")
        if parent in sys.modules:  # `import a.b` sets this only when it loads b itself
            setattr(sys.modules[parent], short_name, module)
    module.__dict__.update(defined)
    return module
