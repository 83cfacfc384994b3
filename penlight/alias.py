"""Let `import torch`, `torchvision` and `torchtext` find penlight, for programs that are to run unmodified.

While the alias is installed, `torch.nn` and `penlight.nn` are one module object under two names, so classes, isinstance
and pickles are the same through both. Processes that multiprocessing starts see the alias when their parent does.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.machinery
import importlib.util
import os
import sys
import types
from collections.abc import Iterator, Sequence
from typing import Any

from penlight.ledger.emulated import TorchVersion
from penlight.ledger.missing import lacks
from penlight.ledger.recorded import INNER_MODULES, PACKAGES, VERSION, is_recorded, kind_of, penlight_name, torch_name

try:
    import multiprocessing.spawn as _spawn_module

    _spawn: Any = _spawn_module
except ImportError:  # no processes on this platform (the browser)
    _spawn = None

# What importlib.metadata and __version__ answer: the releases whose interfaces are followed.
VERSIONS = {"torch": VERSION, "torchvision": "0.28.0", "torchtext": "0.18.0"}


def _stand_in(name: str) -> str | None:
    """Return the module behind "torch.nn" and the like; None for other names and for penlight's own inner modules."""
    here = penlight_name(name)
    if name.startswith("torch."):
        first = name.split(".")[1]
        if f"penlight.{first}" in INNER_MODULES or (kind_of("torch", first) != "module" and not first.startswith("_")):
            return None
    return here


def _find(module_name: str) -> importlib.machinery.ModuleSpec | None:
    """Find a penlight module's spec without loading it."""
    try:
        return importlib.util.find_spec(module_name)
    except (ModuleNotFoundError, ValueError):  # a parent is missing; a module without a spec
        return None


def _is_import(depth: int) -> bool:
    """Tell whether a finder was called by an import statement, not by importlib.util.find_spec."""
    code = sys._getframe(depth).f_code
    return code.co_name == "_find_and_load_unlocked" and "importlib" in code.co_filename


def _mirror() -> None:
    """Give every loaded penlight module its second name."""
    for here, module in list(sys.modules.items()):
        if here == "penlight" or here.startswith("penlight."):
            there = torch_name(here)
            loading = getattr(getattr(module, "__spec__", None), "_initializing", False)
            if there not in sys.modules and not loading and _stand_in(there) == here:
                sys.modules[there] = module


def _rename(module: types.ModuleType) -> None:
    """Let classes say that they come from "torch.nn.modules.linear", which libraries look for at the front."""
    home = torch_name(module.__name__)
    if _stand_in(home) == module.__name__ or module.__name__ == "penlight":
        for value in list(vars(module).values()):
            own = value.__module__ if isinstance(value, type) else ""
            # of a part that PyTorch does not have: its pickles look in the package
            inner = own.startswith(home + ".") and is_recorded(home) and not kind_of(home, own[len(home) + 1 :])
            if inner or own in ("penlight", module.__name__) or (home == "torch" and own.startswith("penlight.tensor.")):
                _own_homes.setdefault(value, own)
                value.__module__ = "torch" if own == "penlight" else home
            elif own.startswith("penlight.") and _stand_in(torch_name(own)) == own:  # says itself where it belongs
                _own_homes.setdefault(value, own)
                value.__module__ = torch_name(own)


class _RenamingLoader:
    """Loads one of penlight's own modules, and renames its classes."""

    def __init__(self, loader: Any):
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def exec_module(self, module: types.ModuleType) -> None:
        self._loader.exec_module(module)
        _rename(module)


class _Loader:
    """Hands out the penlight module under its second name; never runs it twice."""

    def __init__(self, here: str):
        self._here = here

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        module = importlib.import_module(self._here)
        self._own_spec = getattr(module, "__spec__", None)
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        module.__spec__ = self._own_spec  # the import system has just put the alias's there
        _dress(module)
        _mirror()

    def _own(self, method: str):
        spec = _find(self._here)
        if spec is None:
            raise ImportError(f"no module named {self._here}", name=self._here)
        return getattr(spec.loader, method)(spec.name)

    # For runpy and inspect, which ask a loader for the code.
    def is_package(self, name: str) -> bool:
        return self._own("is_package")

    def get_code(self, name: str) -> types.CodeType | None:
        return self._own("get_code")

    def get_source(self, name: str) -> str | None:
        return self._own("get_source")

    def get_filename(self, name: str) -> str:
        return self._own("get_filename")


class _Finder:
    """Finds modules and distributions under PyTorch's names."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None):
        here = penlight_name(name)
        if here is None:
            spec = importlib.machinery.PathFinder.find_spec(name, path) if name.startswith("penlight.") else None
            if spec is not None and spec.loader is not None:
                spec.loader = _RenamingLoader(spec.loader)
            return spec
        own = _find(here)
        is_inner = own is not None and _stand_in(name) is None
        if own is not None and not is_inner:
            package = own.submodule_search_locations is not None
            loader: Any = _Loader(here)
            return importlib.machinery.ModuleSpec(name, loader, origin=own.origin, is_package=package)
        # Without this, Python would look into penlight's folder, and load an inner module a second time.
        if is_inner or _is_import(3):
            namespace, _, short_name = name.rpartition(".")
            known = kind_of(namespace, short_name) == "module"
            text = f"No module named '{name}' (penlight stands for {name.split('.')[0]} here)"
            raise ModuleNotFoundError(lacks(name) if known else text, name=name)
        return None

    def find_distributions(self, context: object = None) -> Iterator[object]:
        wanted = getattr(context, "name", None)
        for name, version in VERSIONS.items():
            if wanted is None or wanted.lower() == name:
                yield _distribution(name, version)

    def invalidate_caches(self) -> None:
        """Nothing is cached."""


@functools.cache
def _distribution(name: str, version: str) -> object:
    # By name: importlib.metadata costs 20 ms, and only its own callers come here.
    metadata: Any = importlib.import_module("importlib.metadata")

    class Distribution(metadata.Distribution):
        """The little that is known about a package that penlight stands for."""

        def read_text(self, filename: str) -> str | None:
            if filename == "METADATA":
                summary = "stood for by penlight"
                return f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: {summary}\n"
            return f"{name}\n" if filename == "top_level.txt" else None

        def locate_file(self, path: object):
            raise FileNotFoundError(f"{path}: penlight stands for {name}, which is not installed")

    return Distribution()


_finder = _Finder()
_own_names: dict[types.ModuleType, dict[str, object]] = {}
_own_homes: dict[Any, str] = {}


def _dress(module: types.ModuleType) -> None:
    """Let `torch.__name__` and `torch.__version__` answer as PyTorch's do, for as long as the alias is installed."""
    name = torch_name(module.__name__)
    if name in VERSIONS and module not in _own_names:
        _own_names[module] = {"__name__": module.__name__, "__version__": getattr(module, "__version__", None)}
        vars(module).update(__name__=name, __version__=TorchVersion(f"{VERSIONS[name]}+penlight"))


_IN_CHILD = """\
import sys
sys.path.insert(0, {folder!r})
try:
    import penlight.alias
finally:
    sys.path.remove({folder!r})
penlight.alias.install()
"""


class _InstallInChild:
    """Installs the alias where it is unpickled: in a new process, before that imports the program's main module."""

    def __reduce__(self):
        # A name to import would not do: the child gets its parent's sys.path only after unpickling.
        folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        return exec, (_IN_CHILD.format(folder=folder), {})


if _spawn is not None:
    _plain_preparation_data = _spawn.get_preparation_data


def _preparation_data(name: str) -> dict[str, object]:
    """What multiprocessing's spawn and forkserver methods tell a new process first."""
    data = _plain_preparation_data(name)
    if name == "ignore":
        # The fork server itself, which takes chosen entries only, so not the alias: it must not import the program.
        data.pop("init_main_from_path", None)
        data.pop("init_main_from_name", None)
    return {"penlight_alias": _InstallInChild(), **data}


def is_installed() -> bool:
    """Tell whether `import torch` finds penlight now."""
    return _finder in sys.meta_path


def install() -> None:
    """Make `import torch`, `torchvision` and `torchtext` find penlight from now on. Installing twice is harmless.

    Raises:
        RuntimeError: PyTorch itself (or torchvision, torchtext) is imported in this process already.

    >>> install()
    >>> import torch.nn, penlight.nn
    >>> torch.nn is penlight.nn
    True
    >>> uninstall()
    """
    if is_installed():
        return
    for here, there in PACKAGES:
        module = sys.modules.get(there)
        if module is not None and module is not sys.modules.get(here):
            place = getattr(module, "__file__", None) or "an unknown place"
            raise RuntimeError(
                f"expected no {there} in this process yet, but it is imported already, from {place}; "
                f"install penlight's alias before `import {there}`, in a fresh process"
            )
        sys.modules.pop(there, None)  # None there forbids the import
    sys.meta_path.insert(0, _finder)
    for name in [name for name in sys.modules if name.startswith("penlight")]:
        _rename(sys.modules[name])
    _dress(sys.modules["penlight"])
    if _spawn is not None:
        _spawn.get_preparation_data = _preparation_data


def uninstall() -> None:
    """Undo `install`: new imports of `torch` no longer find penlight. Names already bound keep what they have."""
    if not is_installed():
        return
    sys.meta_path.remove(_finder)
    for name, module in list(sys.modules.items()):
        here = penlight_name(name)
        if here is not None and module is sys.modules.get(here):
            del sys.modules[name]
    for module, own in _own_names.items():
        for name, value in own.items():
            if value is None:
                del vars(module)[name]
            else:
                vars(module)[name] = value
    _own_names.clear()
    for value, home in _own_homes.items():
        value.__module__ = home
    _own_homes.clear()
    if _spawn is not None and _spawn.get_preparation_data is _preparation_data:
        _spawn.get_preparation_data = _plain_preparation_data


@contextlib.contextmanager
def installed() -> Iterator[types.ModuleType]:
    """Install the alias for a `with` block, and leave it as it was before."""
    was_installed = is_installed()
    install()
    try:
        yield sys.modules["penlight"]
    finally:
        if not was_installed:
            uninstall()


def as_torch() -> types.ModuleType:
    """Install the alias and return penlight: `torch = penlight.as_torch()` at the top of a notebook."""
    install()
    return sys.modules["penlight"]
