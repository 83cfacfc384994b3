"""Run a program as Python would, with `import torch` finding penlight.

The program gets a `__main__` module, `sys.argv` and `sys.path[0]` of its own, and a traceback shows its own lines only.
"""

from __future__ import annotations

import io
import os
import sys
import types
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import find_spec

from penlight import alias
from penlight.cli.traceback_filter import OwnFramesHidden

# The module that was `__main__` before: its globals must outlive the program.
_kept: list[types.ModuleType] = []


class _CannotRun(Exception):
    """The program cannot be found; the text says why."""

    def __init__(self, text: str, exit_code: int):
        super().__init__(text)
        self.exit_code = exit_code


def run(arguments: Sequence[str]) -> int:
    """Run `SCRIPT args`, `-m MODULE args`, `-c CODE args` or `- args`; return the exit code when the program ends.

    Whatever the program raises, SystemExit and KeyboardInterrupt included, goes on to Python, which prints it and
    chooses the exit code as it does for any program.
    """
    alias.install()
    option, rest = arguments[0], list(arguments[1:])
    if option in ("-m", "-c"):
        if not rest:
            print(f"penlight: expected an argument for {option}, got nothing", file=sys.stderr)
            return 2
        target, rest = rest[0], rest[1:]
        prepare = _prepare_module if option == "-m" else _prepare_text
    else:
        target, prepare = option, _prepare_text if option == "-" else _prepare_script
    try:
        with OwnFramesHidden():
            main, code = prepare(option, target, rest)
            _kept.append(sys.modules["__main__"])
            sys.modules["__main__"] = main
            exec(code, main.__dict__)
    except _CannotRun as problem:
        print(f"penlight: {problem}", file=sys.stderr)
        return problem.exit_code
    return 0


def _main_module(file: str | None, loader: object, spec: ModuleSpec | None) -> types.ModuleType:
    main = types.ModuleType("__main__")
    main.__dict__.update(
        __builtins__=sys.modules["builtins"],
        __loader__=loader,
        __package__=spec.parent if spec else None,
        __spec__=spec,
    )
    if file is not None:
        main.__dict__.update(__file__=file, __cached__=spec.cached if spec else None)
    return main


def _set_arguments(first: str, rest: list[str], folder: str) -> None:
    sys.argv[:] = [first, *rest]
    # Python put penlight's own start folder there; with -P or -I it put nothing.
    if not (getattr(sys.flags, "safe_path", False) or sys.flags.isolated):
        sys.path[:1] = [folder]


def _prepare_text(option: str, target: str, rest: list[str]) -> tuple[types.ModuleType, types.CodeType]:
    """-c and standard input."""
    _set_arguments(option, rest, "")
    text = target if option == "-c" else sys.stdin.read()
    name = "<string>" if option == "-c" else "<stdin>"
    return _main_module(None if option == "-c" else name, None, None), _compile(text, name)


def _prepare_script(option: str, target: str, rest: list[str]) -> tuple[types.ModuleType, types.CodeType]:
    """A file, or a folder or zip archive with a `__main__.py`."""
    path = os.path.abspath(target)
    spec = PathFinder.find_spec("__main__", [path])
    if sys.path_importer_cache.get(path) is not None:  # Python found that modules can be imported from there
        if spec is None or spec.loader is None:
            raise _CannotRun(f"can't find '__main__' module in '{path}'", 1)
        _set_arguments(target, rest, path)
        main = _main_module(spec.origin, spec.loader, spec)
        return main, _code_of(spec)
    try:
        with io.open_code(path) as file:
            source = file.read()
    except OSError as problem:
        text = f"can't open file '{path}': [Errno {problem.errno}] {problem.strerror}"
        raise _CannotRun(f"{text} (penlight --help lists the commands)", 2) from None
    _set_arguments(target, rest, os.path.dirname(os.path.realpath(path)))
    return _main_module(path, SourceFileLoader("__main__", path), None), _compile(source, path)


def _prepare_module(option: str, target: str, rest: list[str]) -> tuple[types.ModuleType, types.CodeType]:
    """A module or package, found on the search path as `python -m` does."""
    _set_arguments("-m", rest, os.getcwd())
    spec = _find_module(target)
    if spec.submodule_search_locations is not None:
        package, target = target, f"{target}.__main__"
        try:
            spec = _find_module(target)
        except _CannotRun as problem:
            text = f"{problem}; '{package}' is a package and cannot be directly executed"
            raise _CannotRun(text, problem.exit_code) from None
    code = _code_of(spec)
    sys.argv[0] = spec.origin or target
    return _main_module(spec.origin, spec.loader, spec), code


def _find_module(name: str) -> ModuleSpec:
    try:
        spec = find_spec(name)
    except ModuleNotFoundError as problem:
        missing = problem.name or ""
        if name != missing and not name.startswith(missing + "."):
            raise  # the program's own import fails, while a parent package is loaded
        spec = None
    except ValueError:  # already imported, and without a spec
        spec = None
    if spec is None or (spec.loader is None and spec.submodule_search_locations is None):
        raise _CannotRun(f"No module named {name}", 1)
    return spec


def _code_of(spec: ModuleSpec) -> types.CodeType:
    get_code: Callable[[str], types.CodeType | None] | None = getattr(spec.loader, "get_code", None)
    code = get_code(spec.name) if get_code else None
    if code is None:
        raise _CannotRun(f"No code object available for {spec.name}", 1)
    return code


def _compile(source: str | bytes, name: str) -> types.CodeType:
    return compile(source, name, "exec", dont_inherit=True)
