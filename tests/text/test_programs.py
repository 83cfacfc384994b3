"""Programs in the styles of old tutorials run unmodified, and train as with torchtext 0.6 on PyTorch.

The recordings are made by tests/record/text_programs.py.
"""

from __future__ import annotations

import json
import math
import runpy
from pathlib import Path

import pytest

from penlight import alias

from .program_data import write_all

HERE = Path(__file__).parent
RECORDED = json.loads((HERE / "data" / "programs.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("programs")
    write_all(path)
    return path


def run(name, folder, monkeypatch):
    monkeypatch.chdir(folder)
    with alias.installed():
        return runpy.run_path(str(HERE / "programs" / f"{name}.py"))


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_same_losses(name, folder, monkeypatch):
    losses = run(name, folder, monkeypatch)["losses"]
    # float32 rounding (6e-8), amplified by some tens of updates
    assert losses == pytest.approx(RECORDED[name], rel=1e-4)


def test_the_tutorial_with_raw_iterators(folder, monkeypatch):
    program = run("news", folder, monkeypatch)
    assert len(program["vocab"]) > 10 and program["vocab"]["never seen"] == 0 and program["classes"] == 4
    assert len(program["losses"]) == 12 and program["losses"][0] == pytest.approx(math.log(4), rel=0.2)


def test_every_program_is_run():
    assert {path.stem for path in (HERE / "programs").glob("*.py")} == {*RECORDED, "news"}
