"""Run libraries' own tests, from their source distributions, on penlight and on PyTorch, and compare what passes.

    python tests/thirdparty/suites.py FOLDER                 every library of SUITES, on what this interpreter has
    python tests/thirdparty/suites.py FOLDER einops zuko     some of them
    python tests/thirdparty/suites.py FOLDER --write         the table of docs/third-party.md from both records

The source distributions are downloaded into FOLDER and unpacked there; the tests run inside them, on PyTorch where the
interpreter has it and on penlight otherwise. Each test's outcome is appended to FOLDER/NAME.torch or FOLDER/NAME.penlight,
and what is recorded isn't run again, so an interrupted run goes on. A test gets 10 seconds,
and a library --seconds a run: run it again for the rest.
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
_BEGIN, _END = "<!-- suites -->\n", "<!-- end of suites -->"

# The version and where its tests are; what follows is left out, for the reason said.
SUITES = {
    "backpack-for-pytorch": ("1.7.1", "test"),
    "e3nn": ("0.6.0", "tests"),
    "einops": ("0.8.2", "einops/tests"),
    "entmax": ("1.0", "entmax"),
    "gpytorch": ("1.15.2", "test", "test/examples"),  # whole trainings: minutes each
    "linear_operator": ("0.6.1", "test"),
    "nflows": ("0.14", "tests"),
    "normflows": ("1.7.3", "normflows"),
    "opacus": ("1.6.0", "opacus/tests"),
    "opt_einsum": ("3.4.0", "opt_einsum/tests"),
    "pyro-ppl": ("1.9.2", "tests", "tests/test_examples.py"),  # starts programs that the archive lacks
    "pytorch-ignite": ("0.5.5", "tests/ignite", "tests/ignite/distributed"),  # several processes
    "pytorch_optimizer": ("4.1.0", "tests"),
    "pytorch_wavelets": ("1.3.0", "tests"),
    "sbi": ("0.27.0", "tests"),
    "skorch": ("1.4.0", "skorch/tests"),
    "tensorly": ("0.10.0", "tensorly"),
    "torch-optimizer": ("0.3.0", "tests"),
    "torchsde": ("0.2.6", "tests"),
    "xitorch": ("0.5.1", "xitorch/_tests"),
    "zuko": ("1.6.0", "tests"),
}
BACKENDS = {"EINOPS_TEST_BACKENDS": "numpy,torch", "TENSORLY_BACKEND": "pytorch"}


class Recorder:
    """The pytest plugin: a time limit for each test, a line of JSON for each outcome, and nothing twice."""

    def __init__(self, path: Path):
        self.path, self.begun = path, path.with_suffix(path.suffix + ".begun")
        if self.begun.exists():  # the process ended inside this test
            self.write(self.begun.read_text(encoding="utf-8"), "ended", "the process ended, or its time")

    def write(self, test: str, outcome: str, message: str = "") -> None:
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps([test, outcome, message]) + "\n")
        self.begun.unlink(missing_ok=True)

    def pytest_collection_modifyitems(self, items: list) -> None:
        done = outcomes(self.path)
        items[:] = [item for item in items if item.nodeid not in done]

    def pytest_collectreport(self, report) -> None:
        if report.failed and report.nodeid not in outcomes(self.path):
            self.write(report.nodeid, "failed", str(report.longrepr)[-3000:])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        def stop(*_):
            raise TimeoutError(f"more than {SECONDS_A_TEST} s")

        self.begun.write_text(item.nodeid, encoding="utf-8")
        self.seen = ("passed", "")
        signal.signal(signal.SIGALRM, stop)
        signal.alarm(SECONDS_A_TEST)
        try:
            return (yield)
        finally:
            signal.alarm(0)
            self.write(item.nodeid, *self.seen)

    def pytest_runtest_logreport(self, report) -> None:
        if report.outcome != "passed" and self.seen[0] != "failed":
            self.seen = (report.outcome, str(report.longrepr)[-3000:] if report.failed else "")


def outcomes(path: Path) -> dict[str, str]:
    """What is recorded: {test: outcome}."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {test: outcome for test, outcome, _ in map(json.loads, lines)}


def unpacked(folder: Path, name: str) -> Path:
    """The library's source, downloaded when it isn't there."""
    stem, version = name.replace("-", "_"), SUITES[name][0]
    for again in (True, False):
        for archive in folder.glob("*.tar.gz"):
            if archive.name.replace("-", "_").lower() == f"{stem}_{version}.tar.gz":
                source = archive.with_name(archive.name.removesuffix(".tar.gz"))
                if not source.exists():
                    with tarfile.open(archive) as tar:
                        tar.extractall(folder, filter="data")
                return source
        if again:
            options = ["download", "-q", "--no-binary", ":all:", "--no-deps", "-d", str(folder)]
            subprocess.run([sys.executable, "-m", "pip", *options, f"{name}=={version}"], check=True)
    raise SystemExit(f"{name}: no source distribution of {version}")


def run(folder: Path, name: str, seconds: float) -> None:
    """Run what isn't recorded yet."""
    on = "torch" if importlib.util.find_spec("torch") else "penlight"
    _, tests, *left_out = SUITES[name]
    path, source = folder / f"{name}.{on}", unpacked(folder, name)
    places = os.pathsep.join([str(HERE), str(source), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, **BACKENDS, "SUITES_RECORD": str(path), "PYTHONPATH": places}
    command = [sys.executable, *(["-m", "penlight"] if on == "penlight" else [])]
    command += ["-m", "pytest", "-q", "-p", "suites", "-p", "no:cacheprovider", "-o", "addopts=", "--tb=short", tests]
    command += ["--continue-on-collection-errors", *(f"--ignore={path}" for path in left_out)]
    ended = "unfinished"
    with open(folder / f"{name}.{on}.log", "w", encoding="utf-8") as log:
        try:
            done = subprocess.run(command, cwd=source, env=environment, stdout=log, stderr=log, timeout=seconds)
            ended = "finished" if done.returncode >= 0 else ended
        except subprocess.TimeoutExpired:
            pass
    found = list(outcomes(path).values())
    print(name, on, ended, {outcome: found.count(outcome) for outcome in sorted(set(found))}, flush=True)


def table(folder: Path) -> list[str]:
    rows = ["| library | pass on PyTorch | of these on penlight |", "|---|---|---|"]
    for name, (version, *_) in SUITES.items():
        theirs, ours = outcomes(folder / f"{name}.torch"), outcomes(folder / f"{name}.penlight")
        passed = {test for test, outcome in theirs.items() if outcome == "passed"}
        if passed:
            rows.append(f"| {name} {version} | {len(passed)} | {sum(ours.get(t) == 'passed' for t in passed)} |")
    return rows


if "SUITES_RECORD" in os.environ and __name__ == "suites":  # inside pytest

    def pytest_configure(config) -> None:
        config.pluginmanager.register(Recorder(Path(os.environ["SUITES_RECORD"])))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seconds", type=float, default=180, help="a library's time in one run")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if not options.write:
        for name in options.names or SUITES:
            run(options.folder.resolve(), name, options.seconds)
        return
    head, rest = DOC.read_text(encoding="utf-8").split(_BEGIN)
    text = "\n".join(table(options.folder))
    DOC.write_text(f"{head}{_BEGIN}{text}\n{_END}{rest.split(_END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
