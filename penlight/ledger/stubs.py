"""Type stubs for editors and type checkers, written from the op table and from what the modules hold.

The public functions of the op table come into being when they are first asked for, so a checker that reads the source
sees none of them. `write(folder)` states them, one signature and one line of documentation each, beside the modules
that offer them.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import re
import sys
import tempfile
from collections.abc import Iterable
from typing import Any

import penlight
from penlight import return_types
from penlight.ops.catalog import load_all
from penlight.ops.schema import Parameter
from penlight.ops.table import COMPOSITES, OPS
from penlight.tensor import Tensor, legacy, operators, public_function, public_names
from penlight.tensor.codegen import takes_axis

__all__ = ["STUBS", "write"]

NOTE = "# Written by `penlight stubs --write`; not to be edited.\n"
LONGEST_LINE_OF_DOC = 96

# `torch.float`, `Tensor.int` … hide the built-in names in these stubs
_BUILTINS = "bool bytes complex dict float int list object set slice str tuple type".split()
HEADER = (
    NOTE
    + "from builtins import "
    + ", ".join(f"{n} as _{n}" for n in _BUILTINS)
    + """
from collections.abc import Callable as _Callable, Iterator as _Iterator, Sequence as _Sequence
from typing import Any as _Any, overload as _overload

import numpy as _np

_Number = _float | _complex
"""
)
_NUMBER = "_Number"
_TYPES = {
    "Tensor": "Tensor", "Tensor?": "Tensor | None", "Tensors": "_Sequence[Tensor]",
    "Tensor|Number": f"Tensor | {_NUMBER}",
    "number": _NUMBER, "real": _NUMBER, "dim": "_int", "dims": "_int | _Sequence[_int]", "int": "_int", "size": "_int",
    "ints": "_Sequence[_int]", "ints1": "_int | _Sequence[_int]",
    "float": "_float", "bool": "_bool", "str": "_str", "dtype": "_dtype", "any": "_Any",
}  # fmt: skip
# Names that annotations of the modules may hold, as the stubs spell them; an annotation with any other becomes Any.
_KNOWN = {
    **{n: f"_{n}" for n in _BUILTINS}, "Any": "_Any", "Callable": "_Callable", "Sequence": "_Sequence", "None": "None",
    "Tensor": "Tensor", "Size": "_Size", "device": "_device", "dtype": "_dtype", "dtypes.dtype": "_dtype",
    "layout": "_layout", "memory_format": "_memory_format", "Generator": "_Generator", "np.ndarray": "_np.ndarray",
    "device_class": "_device", "dtype_class": "_dtype",
}  # fmt: skip

# Classes that annotations name, and where they are
_PLAIN_TYPES = {
    "Generator": "penlight.tensor.generator", "Size": "penlight.base.size", "device": "penlight.base.device",
    "dtype": "penlight.base.dtypes", "layout": "penlight.base.formats", "memory_format": "penlight.base.formats",
}  # fmt: skip
_TYPE_IMPORTS = "".join(f"from {source} import {n} as _{n}\n" for n, source in _PLAIN_TYPES.items())

_TENSORS = "_tuple[Tensor, ...]"
# What does not return one Tensor. Where it hangs on the arguments in a way `_OVERLOADS` does not say, it is Any.
_RETURNS = {
    **dict.fromkeys(("allclose", "equal", "is_complex", "is_floating_point", "is_nonzero"), "_bool"),
    **dict.fromkeys(
        ("broadcast_tensors", "meshgrid", "chunk", "unsafe_chunk", "split", "_split_method", "split_with_sizes", "unsafe_split",
         "unsafe_split_with_sizes", "tensor_split", "hsplit", "vsplit", "dsplit", "unbind", "align_tensors",
         "gradient", "split_copy", "split_with_sizes_copy", "unbind_copy", "unravel_index"),
        _TENSORS,
    ),
    **dict.fromkeys(("var_mean", "std_mean"), "_tuple[Tensor, Tensor]"),
    **dict.fromkeys(("native_group_norm", "native_layer_norm"), "_tuple[Tensor, Tensor, Tensor]"),
    **dict.fromkeys((f"adaptive_max_pool{n}d_with_indices" for n in (1, 2, 3)), "_tuple[Tensor, Tensor]"),
    **dict.fromkeys((f"max_pool{n}d_with_indices" for n in (1, 2, 3)), "_tuple[Tensor, Tensor]"),
    **dict.fromkeys((f"fractional_max_pool{n}d_with_indices" for n in (2, 3)), "_tuple[Tensor, Tensor]"),
    **dict.fromkeys((f"{a}max_pool{n}d" for a in ("", "adaptive_", "fractional_") for n in (1, 2, 3)), "_Any"),
    **dict.fromkeys(("unique", "unique_consecutive", "nonzero", "embedding_bag", "native_batch_norm", "lu"), "_Any"),
    **dict.fromkeys((f"atleast_{n}d" for n in (1, 2, 3)), "_Any"),
    **dict.fromkeys(("multi_head_attention_forward", "linalg_ldl_factor", "linalg_ldl_factor_ex"), "_Any"),
    "result_type": "_dtype", "broadcast_shapes": "_Size",
}  # fmt: skip
_RETURN_TYPES = set(return_types.__all__)
# Overloads: the arguments without the first one, and the result
_OVERLOADS = {
    **{
        n: (("", "Tensor"), ("dim: _int, keepdim: _bool = False, *, out: _Any = None", f"_return_types.{n}"), *more)
        for n, more in {
            "max": (("other: Tensor, *, out: Tensor | None = None", "Tensor"),),
            "min": (("other: Tensor, *, out: Tensor | None = None", "Tensor"),),
            "median": (), "nanmedian": (),
        }.items()
    },
    "where": (
        ("", "_tuple[Tensor, ...]"),
        (f"input: Tensor | {_NUMBER}, other: Tensor | {_NUMBER}, *, out: _Any = None", "Tensor"),
    ),
}  # fmt: skip
# Methods written by hand on classes that know no Tensor, so that their annotations say Any
_METHODS = {
    **dict.fromkeys(
        ("to", "type_as", "cpu", "cuda", "xpu", "float", "double", "half", "short", "int", "long", "cfloat", "cdouble",
         "chalf", "bool", "byte", "char", "bfloat16", "share_memory_", "__getitem__", "T", "mT", "H", "mH", "real",
         "imag", "pin_memory", "__deepcopy__", "__copy__", "new"),
        "Tensor",
    ),
    "grad": "_Any", "__iter__": "_Iterator[Tensor]", "device": "_device",
}  # fmt: skip
_COMPARISONS = ("__eq__", "__ne__")


def _rows() -> list[Any]:
    load_all()
    return [row for _, row in sorted({**OPS, **COMPOSITES}.items())]


def _by_name(home: str = "") -> dict[str, Any]:
    """Rows by name; those that only `home` shows, under another name than the table's, come first."""
    found = {name: row for row in _rows() for name in (row.name, *row.aliases)}
    for row in _rows():
        found.update({shown.partition(":")[2]: row for shown in row.on if home and shown.startswith(f"{home}:")})
    return found


def _first_line(doc: str | None) -> str:
    line = next(iter((doc or "").strip().splitlines()), "").replace("\\", "\\\\").replace('"""', "'''").strip()
    if len(line) > LONGEST_LINE_OF_DOC:
        line = line[:LONGEST_LINE_OF_DOC].rsplit(" ", 1)[0] + " …"
    return line + " " if line.endswith('"') else line


def _define(name: str, arguments: str, result: str, doc: str | None, indent: str = "", note: str = "") -> str:
    line = _first_line(doc)
    body = f'\n{indent}    """{line}"""' if line else " ..."
    return f"{indent}def {name}({arguments}) -> {result}:{note}{body}\n"


# --- rows of the op table ------------------------------------------------------------------------------------------


def _parameter(p: Parameter) -> str:
    base, other = p.type.removesuffix("|any").partition("|")[::2]
    if other not in ("", "Number"):
        return f"{_TYPES[base]} | {_TYPES[other]}" + " | None" * (p.default == "None")
    base, optional = p.type.removesuffix("|any"), False
    if base not in _TYPES:
        base, optional = base.rstrip("?"), True
    text = _TYPES[base]
    if (optional or p.default == "None") and text != "_Any" and "None" not in text:
        text += " | None"
    return text


def _default(text: str) -> str:
    return text if re.fullmatch(r"-?[\d.]+(e-?\d+)?|True|False|None|'\w*'|\(\)", text) else "..."


def _row_arguments(row: Any, method: bool, inplace: bool = False) -> str:
    """The argument list; a method's first tensor is `self`."""
    parts, starred, axis = [], False, takes_axis(row)
    parameters = row.schema.parameters
    receiver = next((i for i, p in enumerate(parameters) if p.is_tensor), 0) if method else -1
    if method:
        parts.append("self")
        if receiver > 0:  # where(condition, input, …) as a method: the tensor is not the first argument
            receiver = 0
    optional = False
    for i, p in enumerate(parameters):
        if i == receiver:
            continue
        if p.variadic:
            parts.append(f"*{p.name}: _Any")
            starred = True
            continue
        if p.keyword_only and not starred:
            parts.append("*")
            starred = True
        optional = optional or (axis and p.name == "dim")  # it may come as `axis`, see codegen.py
        default = p.default if p.default is not None else "..." if optional and not p.keyword_only else None
        parts.append(f"{p.name}: {_parameter(p)}" + (f" = {_default(default)}" if default is not None else ""))
    named = ["out: _Any = None"] if row.out and not inplace else []
    if axis:
        named.append("axis: _Any = ...")
        if any(p.name == "keepdim" for p in parameters):
            named.append("keepdims: _bool = ...")
    if named and not starred:
        parts.append("*")
    return ", ".join(parts + named)


def _row_result(row: Any) -> str:
    known = _RETURNS.get(row.name)
    if known:
        return known
    returns = getattr(row, "returns", None) or (row.name if row.name in _RETURN_TYPES else None)
    if returns:
        return f"_return_types.{returns}"
    count = len(getattr(row, "outputs", ("out",)))
    return "Tensor" if count == 1 else f"_tuple[{', '.join(['Tensor'] * count)}]"


def _row_stub(name: str, row: Any, method: bool, indent: str = "") -> str:
    overloads = _OVERLOADS.get(row.name)
    if not overloads:
        return _define(name, _row_arguments(row, method), _row_result(row), row.doc, indent)
    first = "self" if method else f"{row.schema.parameters[0].name}: Tensor"
    return "".join(
        f"{indent}@_overload\n"
        + _define(name, f"{first}, {arguments}" if arguments else first, result, "" if i else row.doc, indent)
        for i, (arguments, result) in enumerate(overloads)
    )


# --- functions, properties and values written by hand --------------------------------------------------------------


def _annotation(text: Any, missing: str = "_Any") -> str:
    """An annotation in the stubs' spelling; Any where it names what they do not know."""
    if text is inspect.Parameter.empty or text is None:
        return missing
    text = text if isinstance(text, str) else getattr(text, "__name__", "Any")
    names = re.findall(r"[A-Za-z_][\w.]*", text)
    if not all(n in _KNOWN for n in names) or not re.fullmatch(r"[\w.\[\], |]+", text):
        return "_Any"
    return re.sub(r"[A-Za-z_][\w.]*", lambda m: _KNOWN[m.group()], text)


def _function_arguments(function: Any, method: bool) -> str:
    parts, starred, slash = [], False, False
    for i, p in enumerate(inspect.signature(function).parameters.values()):
        if slash and p.kind is not p.POSITIONAL_ONLY:
            parts.append("/")
        slash = p.kind is p.POSITIONAL_ONLY
        if p.kind is p.KEYWORD_ONLY and not starred:
            parts.append("*")
        starred = starred or p.kind in (p.VAR_POSITIONAL, p.KEYWORD_ONLY)
        text = ("*" if p.kind is p.VAR_POSITIONAL else "**" if p.kind is p.VAR_KEYWORD else "") + p.name
        if not (method and i == 0):
            text += f": {_annotation(p.annotation)}"
            if p.default is not p.empty:
                optional = p.default is None and not text.endswith(("_Any", "None"))
                text += (" | None" if optional else "") + f" = {_default(repr(p.default))}"
        parts.append(text)
    return ", ".join(parts + (["/"] if slash else []))


def _function_stub(name: str, function: Any, indent: str = "", method: bool = False, result: str = "") -> str:
    try:
        arguments = _function_arguments(function, method)
        result = result or _annotation(inspect.signature(function).return_annotation)
    except (TypeError, ValueError):  # a builtin without a signature
        arguments = ("self, " if method else "") + "*args: _Any, **kwargs: _Any"
        result = result or "_Any"
    return _define(name, arguments, result, function.__doc__, indent)


def _value_stub(name: str, value: Any) -> str:
    for cls in (penlight.dtype, penlight.device, penlight.layout, penlight.memory_format, penlight.Generator):
        if type(value) is cls:
            return f"{name}: _{cls.__name__}\n"
    kind = type(value).__name__
    if value is None:
        return f"{name}: None\n"
    return f"{name}: {'_' + kind if kind in _BUILTINS else '_Any'}\n"


# --- the Tensor class ----------------------------------------------------------------------------------------------


def _tensor_methods() -> dict[str, tuple[Any, bool]]:
    """Method name -> (row, whether it is the in-place form)."""
    found: dict[str, tuple[Any, bool]] = {}
    for row in _rows():
        for home in row.on:
            home, _, own_name = home.partition(":")
            if own_name:
                found[own_name] = (row, False)
            elif home == "Tensor":
                for name in (row.name, *row.aliases):
                    found.setdefault(name, (row, False))
                    if row.inplace:
                        found.setdefault(name + "_", (row, True))
    return found


def _is_from_table(value: Any) -> bool:
    """Whether an attribute of Tensor is an op, before or after it was first asked for."""
    in_place = getattr(value, "__module__", "") == "penlight.tensor.inplace" and value.__qualname__.endswith("_")
    return type(value).__name__ == "_LazyMethod" or hasattr(value, "op") or in_place


def _operator_stub(name: str) -> str:
    if name in {f"__{n}__" for n in operators._UNARY}:
        return f"    def {name}(self) -> Tensor: ...\n"
    note = "  # type: ignore[override]" if name in _COMPARISONS else ""
    return f"    def {name}(self, other: _Any) -> Tensor: ...{note}\n"


def _operator_names() -> set[str]:
    names = {f"__{n}__" for n in operators._UNARY} | {"__div__"}
    for n in operators._BINARY:
        names |= {f"__{n}__", f"__r{n}__", f"__i{n}__"}
    return names & set(dir(Tensor))


def _member_stub(name: str, value: Any) -> str:
    if isinstance(value, property):
        result = _METHODS.get(name) or _annotation((value.fget.__annotations__ or {}).get("return"))
        line = _first_line(value.__doc__)
        body = f'\n        """{line}"""' if line else " ..."
        text = f"    @property\n    def {name}(self) -> {result}:{body}\n"
        if value.fset is not None:
            text += f"    @{name}.setter\n    def {name}(self, value: {result}) -> None: ...\n"
        if value.fdel is not None:
            text += f"    @{name}.deleter\n    def {name}(self) -> None: ...\n"
        return text
    if isinstance(value, (staticmethod, classmethod)):
        kind = type(value).__name__
        return f"    @{kind}\n" + _function_stub(name, value.__func__, "    ", kind == "classmethod")
    if name == "__new__":
        return "    def __new__(cls, *args: _Any, **kwargs: _Any) -> Tensor: ...\n"
    if callable(value):
        return _function_stub(name, value, "    ", True, _METHODS.get(name, ""))
    return "    " + _value_stub(name, value)


def _tensor_class() -> str:
    rows, operator_names = _tensor_methods(), _operator_names()
    members: dict[str, Any] = {}
    for cls in reversed(Tensor.__mro__[:-1]):
        members.update(vars(cls))
    lines = []
    hidden = {"__module__", "__doc__", "__dict__", "__weakref__", "__annotations__", "__hash__", "__torch_function__"}
    for name in sorted(members):
        if name in hidden or (name.startswith("_") and not name.startswith("__")) or name in operator_names:
            continue
        value = members[name]
        if hasattr(type(value), "late"):
            value = getattr(Tensor, name)
        kinds = (property, staticmethod, classmethod)
        if name.startswith("__") and not (callable(value) or isinstance(value, kinds) or _is_from_table(value)):
            continue  # what Python itself leaves in a class, which differs between its versions
        if name in rows and _is_from_table(value):
            row, inplace = rows[name]
            if inplace:
                doc = f"`{row.name}` in place."
                lines.append(_define(name, _row_arguments(row, True, True), "Tensor", doc, "    "))
            else:
                lines.append(_row_stub(name, row, True, "    "))
        else:
            lines.append(_member_stub(name, value))
    lines += [_operator_stub(name) for name in sorted(operator_names)]
    doc = f'    """{_first_line(Tensor.__doc__)}"""\n'
    private = "    def __getattr__(self, name: _str) -> _Any: ...\n" if hasattr(Tensor, "__getattr__") else ""
    internal = "    _a: _np.ndarray\n    _node: _Any\n    _v: _Any\n    _view: _Any\n"
    internal += "    def __hash__(self) -> _int: ...\n"
    return f"class Tensor(metaclass=TensorMeta):\n{doc}{internal}{private}" + "".join(lines)


def _tensor_stub() -> str:
    return (
        HEADER
        + "\nfrom penlight import return_types as _return_types\n"
        + _TYPE_IMPORTS
        + "\n"
        + "class TensorMeta(_type): ...\n\n"
        + _tensor_class()
        + "\ndef legacy_array(args: _tuple, d: _dtype) -> _np.ndarray: ...\n"
    )


# --- modules -------------------------------------------------------------------------------------------------------


def _imports(tree: ast.Module) -> dict[str, str]:
    """Public name -> the `from … import` that brings it."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("penlight."):
            if node.module == "penlight.ledger.missing":
                continue
            for alias in node.names:
                if alias.name == "*":
                    found.update(dict.fromkeys(sys.modules[node.module].__all__, node.module))
                elif not (alias.asname or alias.name).startswith(("_", "public_")):
                    found[alias.asname or alias.name] = node.module
    return found


def _module_stub(module_name: str, homes: tuple[str, ...], prefix: str = "", elsewhere: Iterable[str] = ()) -> str:
    """A module whose names are its own, imported ones, and the op table's of `homes`, less `prefix`.

    elsewhere: names that the module finds by other means when they are first asked for.
    """
    module = importlib.import_module(module_name)
    with open(module.__file__ or "", encoding="utf-8") as file:
        tree = ast.parse(file.read())
    imported, rows = _imports(tree), _by_name(homes[0] if homes else "")
    own = {n.name for n in tree.body if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
    from_table = {}
    for home in homes:
        for name in public_names(home):
            if not name.startswith("_"):
                from_table[name.removeprefix(prefix)] = name
    names = {n for n in vars(module) if n in imported or n in own or _is_value(vars(module)[n])} | set(elsewhere)
    names = {n for n in names if not n.startswith("_")}
    here, lines = {"Tensor", *_PLAIN_TYPES} if module_name == "penlight" else set(), []
    for name in sorted(names | set(from_table)):
        if name in from_table and not (name in imported or name in own):
            full = from_table[name]
            if full in rows:
                lines.append(_row_stub(name, rows[full], False))
            elif full.endswith("_") and full[:-1] in rows:
                row = rows[full[:-1]]
                lines.append(_define(name, _row_arguments(row, False, True), "Tensor", f"`{row.name}` in place."))
            else:
                lines.append(_function_stub(name, public_function(homes[0], full)))
            continue
        value = getattr(module, name)
        source = imported.get(name) or getattr(value, "__module__", None) or module_name
        if inspect.isclass(value):
            if name not in here:
                lines.append(_class_stub(name, value, source))
        elif inspect.ismodule(value):
            package, _, short_name = value.__name__.rpartition(".")
            lines.append(f"from {package} import {short_name} as {name}\n")
        elif callable(value):
            lines.append(_function_stub(name, value))
        else:
            lines.append(_value_stub(name, value))
    if module_name == "penlight":
        home = (
            "\nfrom penlight import return_types as _return_types\n"
            + _TYPE_IMPORTS
            + "".join(
                f"from {source} import {n} as {n}\n"
                for n, source in {"Tensor": "penlight.tensor", **_PLAIN_TYPES}.items()
            )
        )
    else:
        home = "\nfrom penlight import Tensor\nfrom penlight import return_types as _return_types\n" + _TYPE_IMPORTS
    text = "".join(lines)
    return HEADER + home + "\n" + _alone(text)


def _is_value(value: Any) -> bool:
    """Whether a module's global is a constant, rather than something that an import left behind."""
    return type(value) in (int, float, str, bool, type(None)) or type(value).__module__ == "penlight"


def _class_stub(name: str, value: type, source: str) -> str:
    module = sys.modules.get(source)
    if module is None or vars(module).get(name) is not value or source == "penlight":
        source = next(
            (m for m, loaded in sorted(sys.modules.items())
             if m.startswith("penlight.") and getattr(loaded, "__dict__", {}).get(value.__name__) is value
             and getattr(loaded, "__file__", None)),
            "",
        )  # fmt: skip
    if not source or "<locals>" in value.__qualname__:
        return f"{name}: _Any\n"
    return f"from {source} import {value.__name__} as {name}\n"


def _alone(text: str) -> str:
    """Imports first."""
    lines = text.splitlines(keepends=True)
    moved = sorted({line for line in lines if line.startswith("from ")})
    return "".join(moved) + ("\n" if moved else "") + "".join(line for line in lines if not line.startswith("from "))


def _top_stub() -> str:
    elsewhere = [n for n in penlight._ELSEWHERE if _loads(n)]
    text = _module_stub("penlight", ("torch",), elsewhere=elsewhere)
    packages = sorted(n for n in penlight._SUBPACKAGES if _is_package(n))
    imports = "".join(f"from penlight import {n} as {n}\n" for n in packages if n != "return_types")
    for name in sorted(legacy.CLASSES):
        text += f"class {name}(Tensor): ...\n"
    text += "__version__: _str\n"
    head, mark, rest = text.partition("\nfrom penlight import return_types as _return_types\n")
    return head + mark + "from penlight import return_types as return_types\n" + imports + rest


def _loads(name: str) -> bool:
    try:
        getattr(penlight, name)
    except (AttributeError, ImportError):
        return False
    return True


def _is_package(name: str) -> bool:
    folder = os.path.dirname(penlight.__file__ or "")
    return any(os.path.exists(os.path.join(folder, *path)) for path in ((f"{name}.py",), (name, "__init__.py")))


def _return_types_stub() -> str:
    lines = [NOTE, "from typing import NamedTuple\n\nfrom penlight.tensor import Tensor\n"]
    for name in sorted(_RETURN_TYPES):
        fields = "".join(f"    {field}: Tensor\n" for field in getattr(return_types, name)._fields)
        lines.append(f"\nclass {name}(NamedTuple):\n{fields}")
    return "".join(lines)


# File, relative to the package -> what makes its text
STUBS = {
    "__init__.pyi": _top_stub,
    "tensor/tensor.pyi": _tensor_stub,
    "return_types.pyi": _return_types_stub,
    "linalg/__init__.pyi": lambda: _module_stub("penlight.linalg", ("linalg",), "linalg_"),
    "special/__init__.pyi": lambda: _module_stub("penlight.special", ("special",), "special_"),
    "fft/__init__.pyi": lambda: _module_stub("penlight.fft", ("fft",), "fft_"),
    "nn/__init__.pyi": lambda: _module_stub("penlight.nn", (), elsewhere=penlight.nn.__all__),
    "nn/functional.pyi": lambda: _module_stub("penlight.nn.functional", ("F",)),
}


def write(folder: str) -> list[str]:
    """Write the stubs into a package folder, replacing each file in one step; return the files that changed."""
    changed = []
    for path, make in STUBS.items():
        text = make()
        target = os.path.join(folder, *path.split("/"))
        if os.path.exists(target):
            with open(target, encoding="utf-8") as file:
                if file.read() == text:
                    continue
        descriptor, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".stub")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            os.chmod(temporary, 0o644)
            os.replace(temporary, target)
        except BaseException:
            os.unlink(temporary)
            raise
        changed.append(path)
    return changed
