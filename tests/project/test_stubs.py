"""The type stubs are up to date, true to what the functions take and return, and enough for a checker."""

from __future__ import annotations

import ast
import contextlib
import importlib
import inspect
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

import penlight
from penlight.ledger import stubs
from tests.parity.replay import Decoder, load, target

PACKAGE = Path(penlight.__file__).parent
LARGEST = 400_000  # bytes, all stubs together
MODULES = {
    "__init__.pyi": "penlight",
    "linalg/__init__.pyi": "penlight.linalg",
    "special/__init__.pyi": "penlight.special",
    "fft/__init__.pyi": "penlight.fft",
    "nn/__init__.pyi": "penlight.nn",
    "nn/functional.pyi": "penlight.nn.functional",
}

PROGRAM = """\
import penlight as torch
import penlight.nn.functional as F
from penlight import nn

x: torch.Tensor = torch.ones(2) + 1
y: torch.Tensor = 1 - x
x.requires_grad_().sum(dim=0).backward()
total: torch.Tensor = x.sum(axis=0, keepdims=True)
cast: torch.Tensor = x.float().to(torch.float64).add_(1).clamp_(0, 1)
values, indices = x.max(dim=0)
position: torch.Tensor = torch.max(x, 0).indices
largest: torch.Tensor = torch.max(x)
chances: torch.Tensor = torch.softmax(x, dim=0)
parts: tuple[torch.Tensor, ...] = x.split(1)
same: bool = torch.equal(x, y)
loss: torch.Tensor = F.relu(x) @ torch.linalg.inv(torch.eye(2)) + torch.special.expit(y)
count: int = len(x) + x.dim() + x.shape[0]
kind: torch.dtype = x.dtype
parameter: torch.Tensor = nn.Parameter(x)
model: nn.Module = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for row in x:
    row.exp_()
with torch.no_grad():
    x -= 0.1 * y
if x.grad is not None:
    x.grad.zero_()
"""
MISTAKES = """\
import penlight as torch

torch.no_such_name
torch.ones(2).no_such_method()
torch.ones(2).sum(no_such_argument=1)
number: int = torch.ones(2) + 1
torch.equal(1, 2)
"""


@pytest.mark.parametrize("path", stubs.STUBS)
def test_a_stub_is_up_to_date(path):
    written = (PACKAGE / path).read_text(encoding="utf-8") if (PACKAGE / path).exists() else ""
    assert written == stubs.STUBS[path](), f"{path} is out of date: run `python -m penlight stubs --write`"


def test_the_stubs_are_of_modest_size():
    assert sum((PACKAGE / path).stat().st_size for path in stubs.STUBS) <= LARGEST


def check(folder: Path, program: str) -> subprocess.CompletedProcess:
    pytest.importorskip("mypy", reason="needs mypy")
    (folder / "program.py").write_text(program, encoding="utf-8")
    (folder / "mypy.ini").write_text("[mypy]\nfollow_imports = silent\nignore_missing_imports = True\n")
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--cache-dir", str(folder / "cache"), "program.py"],
        cwd=folder, env={**os.environ, "MYPYPATH": str(PACKAGE.parent)}, capture_output=True, text=True,
    )  # fmt: skip


def test_mypy_accepts_a_program(tmp_path):
    done = check(tmp_path, PROGRAM)
    assert done.returncode == 0, done.stdout + done.stderr


def test_mypy_sees_mistakes(tmp_path):
    """The stubs are not Any throughout: each wrong line is reported."""
    done = check(tmp_path, MISTAKES)
    assert {int(line.split(":")[1]) for line in done.stdout.splitlines() if ": error:" in line} == {3, 4, 5, 6, 7}


def stated(path: str) -> dict[str, ast.Module | ast.ClassDef | list[ast.FunctionDef]]:
    tree: ast.AST = ast.parse((PACKAGE / path).read_text(encoding="utf-8"))
    if path == "tensor/tensor.pyi":
        tree = next(n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and n.name == "Tensor")
    found: dict = {}
    for node in tree.body:  # type: ignore[attr-defined]
        if isinstance(node, ast.FunctionDef):
            found.setdefault(node.name, []).append(node)
    return found


@pytest.mark.parametrize("path", [*MODULES, "tensor/tensor.pyi"])
def test_every_name_is_there_with_its_arguments(path):
    """What a stub states, the library has, and takes the arguments of the same names."""
    owner = penlight.Tensor if path == "tensor/tensor.pyi" else importlib.import_module(MODULES[path])
    wrong = []
    for name, definitions in stated(path).items():
        function = inspect.getattr_static(owner, name) if inspect.isclass(owner) else getattr(owner, name)
        if isinstance(function, property) or name == "__hash__":
            continue
        function = getattr(owner, name)
        with contextlib.suppress(TypeError, ValueError):  # builtins without a signature
            taken = inspect.signature(function).parameters
            if any(p.kind is p.VAR_KEYWORD for p in taken.values()) or name.endswith("_"):
                continue
            for definition in definitions:
                arguments = definition.args
                names = {a.arg for a in (*arguments.args, *arguments.kwonlyargs)} - {"self", "cls", "axis", "keepdims"}
                if len(definitions) == 1 and not names <= set(taken):
                    wrong.append(f"{name}: the stub has {sorted(names)}, the function {list(taken)}")
    assert not wrong, "\n".join(wrong)


def fits(result: object, annotation: str) -> bool:
    if annotation == "_Any":
        return True
    if annotation == "Tensor":
        return isinstance(result, penlight.Tensor)
    if annotation.startswith("_return_types."):
        return type(result).__name__ == annotation.removeprefix("_return_types.")
    if annotation.startswith("_tuple[Tensor"):
        right = isinstance(result, tuple) and all(isinstance(r, penlight.Tensor) for r in result)
        return right and (annotation.endswith("...]") or len(result) == annotation.count("Tensor"))  # type: ignore
    return type(result).__name__ == annotation.removeprefix("_")


def test_results_are_what_the_stubs_say():
    """The recorded samples of PyTorch's operator database, by the type of what comes back."""
    samples, flat = load()
    owners = {"": "__init__.pyi", "nn.functional": "nn/functional.pyi", "Tensor": "tensor/tensor.pyi"}
    owners.update({n: f"{n}/__init__.pyi" for n in ("linalg", "special", "fft")})
    functions = {owner: stated(path) for owner, path in owners.items()}
    wrong, tried = set(), set()
    for sample in (s for group in samples.values() for s in group):
        owner, _, name = sample["path"].rpartition(".")
        if owner not in functions or name not in functions[owner]:
            continue
        decoder = Decoder(penlight, flat)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                result = target(penlight, sample["path"])(*decoder(sample["args"]), **decoder(sample["kwargs"]))
        except Exception:  # what fails is the parity tests' affair
            continue
        tried.add(sample["path"])
        annotations = [ast.unparse(d.returns) for d in functions[owner][name]]
        if not any(fits(result, a) for a in annotations):
            wrong.add(f"{sample['path']} returns {type(result).__name__}, the stub says {' or '.join(annotations)}")
    assert not wrong, "\n".join(sorted(wrong))
    assert len(tried) > 200
