"""The architecture, enforced: imports point upward only, no cycles, no file too long, no late imports of our own."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "penlight"
FILES = sorted(ROOT.rglob("*.py"))

# Each layer may import from itself and from those before it.
LAYERS = [
    ["version", "return_types", "ledger", "ledger.recorded", "ledger.missing", "ledger.emulated", "base"],
    ["backends"],
    ["ops"],
    ["engine"],
    ["tensor", "overrides"],
    ["sparse"],
    ["transforms"],
    ["autograd"],
    ["nn", "optim", "linalg", "fft", "special", "signal", "masked", "distributions", "func", "utils", "testing"],
    ["meta"],
    ["io"],
    ["system", "utils.model_zoo", "utils.checkpoint"],  # around the library: PyTorch's cuda, jit, distributed, …
    [""],  # penlight/__init__.py
    ["vision", "text"],
    ["alias", "ledger.resolve", "ledger.coverage", "ledger.stubs"],
    ["cli", "__main__"],
]
LONGEST = 650


def module_name(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(p): p for p in FILES}


def layer_of(module: str) -> int:
    best, length = next(i for i, names in enumerate(LAYERS) if "system" in names), -1
    for i, names in enumerate(LAYERS):
        for name in names:
            inside = module == name or (name and module.startswith(name + "."))
            if inside and len(name) > length:
                best, length = i, len(name)
    return best


def imports_of(path: Path, module: str) -> list[tuple[str, bool, int]]:
    """(imported module of ours, whether inside a function, line)."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    late = {
        id(n) for f in ast.walk(tree) if isinstance(f, (ast.FunctionDef, ast.AsyncFunctionDef)) for n in ast.walk(f)
    }
    found = []
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [a.name for a in node.names if a.name.split(".")[0] == "penlight"]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
                package = package[: len(package) - node.level + 1]
                base = ".".join(["penlight", *(p for p in package if p), *([base] if base else [])])
            if base.split(".")[0] == "penlight":
                for alias in node.names:
                    full = f"{base}.{alias.name}".removeprefix("penlight").lstrip(".")
                    names.append(f"penlight.{full}" if full in MODULES else base)
        for name in names:
            short = name.removeprefix("penlight").lstrip(".")
            while short and short not in MODULES:
                short = short.rpartition(".")[0]
            found.append((short, id(node) in late, node.lineno))
    return found


IMPORTS = {m: imports_of(p, m) for m, p in MODULES.items()}


def test_imports_point_upward():
    wrong = [
        f"{m} (layer {layer_of(m)}) imports {target} (layer {layer_of(target)}), line {line}"
        for m, found in IMPORTS.items()
        for target, late, line in found
        if layer_of(target) > layer_of(m) and not late
    ]
    assert not wrong, "\n".join(wrong)


def test_no_import_cycles():
    graph = {m: {t for t, late, _ in found if not late and t != m} for m, found in IMPORTS.items()}
    state: dict[str, int] = {}
    cycles: list[str] = []

    def visit(module: str, path: list[str]) -> None:
        state[module] = 1
        for target in graph.get(module, ()):
            if state.get(target) == 1:
                cycles.append(" -> ".join([*path[path.index(target) :], target]) if target in path else target)
            elif target not in state:
                visit(target, [*path, target])
        state[module] = 2

    for module in graph:
        if module not in state:
            visit(module, [module])
    assert not cycles, "\n".join(cycles)


def test_no_imports_of_our_own_inside_functions():
    wrong = [f"{m}:{line} imports {t}" for m, found in IMPORTS.items() for t, late, line in found if late]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_file_is_too_long(path):
    if path.name == "catalog_rows.py":
        pytest.skip("generated")
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST, f"{path.name} has {lines} lines; one topic a file, at most {LONGEST}"


def test_packages_only_re_export():
    """`__init__.py` files hold imports, lists of names and lazy lookups, no classes or algorithms."""
    wrong = []
    for module, path in MODULES.items():
        if path.name != "__init__.py":
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                wrong.append(f"{module}: class {node.name}")
            if isinstance(node, ast.FunctionDef) and node.name not in ("__getattr__", "__dir__"):
                wrong.append(f"{module}: def {node.name}")
    assert not wrong, "\n".join(wrong)
