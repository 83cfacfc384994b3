"""Run libraries' own tests, from their source distributions, on penlight and on PyTorch, and compare what passes.

    python tests/thirdparty/suites.py FOLDER [einops zuko]   these libraries or all, on what this interpreter has
    python tests/thirdparty/suites.py FOLDER --write         the table of docs/third-party.md from both records

The source distributions are downloaded into FOLDER and unpacked there; the tests run inside them, on PyTorch where the
interpreter has it and on penlight otherwise. Each test's outcome is appended to FOLDER/NAME.torch or FOLDER/NAME.penlight,
and what is recorded isn't run again. A test gets 10 seconds, a library --seconds a run: run it again for the rest.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import signal
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
DOC = HERE.parents[1] / "docs" / "third-party.md"
SECONDS_A_TEST = 10
BEGIN, END = "<!-- suites -->", "<!-- end of suites -->"

# The version and where its tests are; what follows is left out, for the reason said.
SUITES = {
    "einops": ("0.8.2", "einops/tests"), "entmax": ("1.0", "entmax"), "linear_operator": ("0.6.1", "test"),
    "gpytorch": ("1.15.2", "test", "test/examples"),  # whole trainings: minutes each
    "nflows": ("0.14", "tests"), "opt_einsum": ("3.4.0", "opt_einsum/tests"), "tensorly": ("0.10.0", "tensorly"),
    "pytorch-ignite": ("0.5.5", "tests/ignite", "tests/ignite/distributed"),  # several processes
    "pytorch_optimizer": ("4.1.0", "tests"), "skorch": ("1.4.0", "skorch/tests"), "zuko": ("1.6.0", "tests"),
    "torch-optimizer": ("0.3.0", "tests"), "torchsde": ("0.2.6", "tests"), "xitorch": ("0.5.1", "xitorch/_tests"),
}  # fmt: skip
BACKENDS = {"EINOPS_TEST_BACKENDS": "numpy,torch", "TENSORLY_BACKEND": "pytorch"}


# What follows is a pytest plugin: a time limit for each test, a line of JSON for each outcome, and nothing twice.
RECORD, seen = Path(os.environ.get("SUITES_RECORD", "")), {}


def write(test: str, outcome: str, message: str = "") -> None:
    with open(RECORD, "a", encoding="utf-8") as file:
        file.write(json.dumps([test, outcome, message]) + "\n")


def too_long(*_: object) -> None:
    raise TimeoutError(f"more than {SECONDS_A_TEST} s")


def pytest_collection_modifyitems(items: list) -> None:
    done = outcomes(RECORD)
    items[:] = [item for item in items if item.nodeid not in done]


def pytest_collectreport(report) -> None:
    if report.failed and report.nodeid not in outcomes(RECORD):
        write(report.nodeid, "failed", str(report.longrepr)[-3000:])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    seen.update(outcome="passed", message="")
    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(SECONDS_A_TEST)
    try:
        return (yield)
    finally:
        signal.alarm(0)
        write(item.nodeid, **seen)


def pytest_runtest_logreport(report) -> None:
    if report.outcome != "passed" and seen["outcome"] != "failed":
        seen.update(outcome=report.outcome, message=str(report.longrepr)[-3000:] if report.failed else "")


def outcomes(path: Path) -> dict[str, str]:
    """What is recorded: {test: outcome}."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {test: outcome for test, outcome, _ in map(json.loads, lines)}


def unpacked(folder: Path, name: str) -> Path:
    """The library's source, downloaded when it isn't there."""
    wanted = f"{name}-{SUITES[name][0]}"
    found = [p for p in folder.iterdir() if p.is_dir() and p.name.replace("_", "-") == wanted.replace("_", "-")]
    if not found:
        options = ["download", "-q", "--no-binary", ":all:", "--no-deps", "-d", str(folder)]
        subprocess.run([sys.executable, "-m", "pip", *options, f"{name}=={SUITES[name][0]}"], check=True)
        for archive in folder.glob("*.tar.gz"):
            with tarfile.open(archive) as tar:
                tar.extractall(folder, filter="data")
        return unpacked(folder, name)
    return found[0]


def run(folder: Path, name: str, seconds: float) -> None:
    """Run what isn't recorded yet."""
    on = "torch" if importlib.util.find_spec("torch") else "penlight"
    (_, tests, *left_out), path, source = SUITES[name], folder / f"{name}.{on}", unpacked(folder, name)
    places = os.pathsep.join([str(HERE), str(source), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, **BACKENDS, "SUITES_RECORD": str(path), "PYTHONPATH": places}
    command = [sys.executable, *(["-m", "penlight"] if on == "penlight" else [])]
    command += ["-m", "pytest", "-q", "-p", "suites", "-p", "no:cacheprovider", "-o", "addopts=", "--tb=short", tests]
    command += ["--continue-on-collection-errors", *(f"--ignore={path}" for path in left_out)]
    try:
        with open(folder / f"{name}.{on}.log", "w", encoding="utf-8") as log:
            subprocess.run(command, cwd=source, env=environment, stdout=log, stderr=log, timeout=seconds)
    except subprocess.TimeoutExpired:
        print("unfinished:", end=" ")  # the test under way runs again
    found = list(outcomes(path).values())
    print(name, on, {outcome: found.count(outcome) for outcome in sorted(set(found))}, flush=True)


def table(folder: Path) -> list[str]:
    """The rows: what passes on PyTorch, how much of it on penlight, and what else of penlight's passes unskipped."""
    rows = ["| library | pass on PyTorch | of these on penlight | run on penlight only: pass |", "|---|---|---|---|"]
    for name, (version, *_) in SUITES.items():
        theirs, ours = outcomes(folder / f"{name}.torch"), outcomes(folder / f"{name}.penlight")
        passed = [test for test, outcome in theirs.items() if outcome == "passed"]
        found = [ours.get(test) or ours.get(test.split("::")[0]) for test in passed]  # a module that can't be imported
        both = [outcome == "passed" for outcome in found if outcome]
        rest = [o == "passed" for test, o in ours.items() if test not in theirs and o != "skipped" and "::" in test]
        if both or rest:
            alone = f"{sum(rest)} of {len(rest)}" if rest else ""
            rows.append(f"| {name} {version} | {len(both) or ''} | {sum(both) if both else ''} | {alone} |")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    for name in () if options.write else options.names or SUITES:
        run(options.folder.resolve(), name, options.seconds)
    if options.write:
        head, rest = DOC.read_text(encoding="utf-8").split(BEGIN)
        DOC.write_text("\n".join([head + BEGIN, *table(options.folder), END + rest.split(END)[1]]), encoding="utf-8")


if __name__ == "__main__":
    main()
