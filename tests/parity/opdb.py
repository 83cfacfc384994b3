"""Run PyTorch's operator database against another library with PyTorch's names, and report the differences.

    python -m tests.parity.opdb add exp nn.functional.conv2d --grad --gradgrad --variants --errors
    python -m tests.parity.opdb --all --jobs 2 --json parity.json
    python -m tests.parity.opdb --self-test

Needs an interpreter with PyTorch, expecttest, SciPy and the library. Each operator runs in a process of its own: one
that crashes or hangs costs its own row only.
"""

from __future__ import annotations

import argparse
import fnmatch
import importlib
import json
import os
import select
import signal
import sys
import time

import torch
from torch.testing._internal.common_methods_invocations import op_db

from . import faults
from .checks import CHECKS, OperatorCheck, Settings
from .convert import Carrier
from .resolve import full_name, in_scope


def select_operators(patterns, everything: bool):
    """Entries by name, by `name/variant`, or by a shell pattern; or all that are in scope."""
    if everything:
        return [op for op in op_db if in_scope(op)]
    chosen = []
    for pattern in patterns:
        found = [op for op in op_db if op.name == pattern or fnmatch.fnmatch(full_name(op), pattern)]
        if not found:
            raise SystemExit(f"no operator in the database is named {pattern!r}; see --list")
        chosen += [op for op in found if op not in chosen]
    return chosen


def check_here(op, backend, settings) -> dict:
    started = time.perf_counter()
    try:
        report = OperatorCheck(op, backend, settings).run()
    except Exception as error:
        report = crashed(op, f"{type(error).__name__}: {error}")
    report["seconds"] = round(time.perf_counter() - started, 2)
    return report


def crashed(op, why: str) -> dict:
    return {"op": full_name(op), "missing": None, "crashed": why, "dtypes": {}, "checks": {}, "seconds": 0.0}


def status(report) -> str:
    """One word for a row, the worst first."""
    if report.get("crashed"):
        return "crashed"
    if report["missing"]:
        return "missing"
    checks = report["checks"].values()
    for word in ("differs", "raises", "missing"):
        if any(check[word] for check in checks):
            return "partly" if word == "missing" else word
    return "pass" if any(check["passed"] for check in checks) else "empty"


class Pool:
    """Runs operators in forked children, `jobs` at a time, each under a time limit."""

    def __init__(self, backend, settings, jobs: int, limit: float):
        self.backend, self.settings, self.jobs, self.limit = backend, settings, jobs, limit

    def run(self, operators):
        waiting, running = list(operators), {}
        while waiting or running:
            while waiting and len(running) < self.jobs:
                op = waiting.pop(0)
                reader, child = self._start(op)
                running[reader] = [op, child, time.monotonic() + self.limit, b""]
            ready, _, _ = select.select(list(running), [], [], 0.2)
            for reader in list(running):
                op, child, deadline, _ = running[reader]
                if reader in ready:
                    chunk = os.read(reader, 1 << 16)
                    if chunk:
                        running[reader][3] += chunk
                        continue
                    yield self._finish(op, child, running.pop(reader)[3], reader)
                elif time.monotonic() > deadline:
                    running.pop(reader)
                    os.kill(child, signal.SIGKILL)
                    os.waitpid(child, 0)
                    os.close(reader)
                    yield crashed(op, f"no end after {self.limit:g} s")

    def _start(self, op):
        reader, writer = os.pipe()
        sys.stdout.flush()
        child = os.fork()
        if child:
            os.close(writer)
            return reader, child
        try:
            os.close(reader)
            data = json.dumps(check_here(op, self.backend, self.settings)).encode()
            while data:
                data = data[os.write(writer, data) :]
        finally:
            os._exit(0)

    def _finish(self, op, child, data, reader):
        os.close(reader)
        _, code = os.waitpid(child, 0)
        try:
            return json.loads(data)
        except ValueError:
            return crashed(op, f"the process ended with status {code}")


def table(reports, checks) -> str:
    """passed/all for each check, a status, and below it the first example of each thing that is not right."""
    width = max([len(report["op"]) for report in reports] + [8])
    lines = ["  ".join(["operator".ljust(width), *(name.rjust(9) for name in checks), "status"])]
    for report in reports:
        cells = []
        for name in checks:
            counts = report["checks"].get(name)
            total = counts and sum(counts[key] for key in ("passed", "differs", "raises", "missing"))
            cells.append((f"{counts['passed']}/{total}" if total else "-").rjust(9))
        lines.append("  ".join([report["op"].ljust(width), *cells, status(report)]))
    return "\n".join(lines)


def details(reports) -> str:
    lines = []
    for report in reports:
        if report.get("crashed") or report["missing"]:
            lines.append(f"{report['op']}: {report.get('crashed') or report['missing']}")
            continue
        for name, check in report["checks"].items():
            lines += [f"{report['op']} [{name}] {example}" for example in check["examples"]]
            lines += [f"{report['op']} [{name}] note ({check['notes']}): {note}" for note in check["note_examples"]]
    return "\n".join(lines)


def summary(reports) -> dict:
    words = [status(report) for report in reports]
    result = {"operators": len(reports), **{word: words.count(word) for word in sorted(set(words))}}
    for key in ("passed", "by_precision", "differs", "raises", "missing"):
        result[f"samples_{key}"] = sum(c[key] for r in reports for c in r["checks"].values())
    return result


def arguments(argv):
    parser = argparse.ArgumentParser(prog="opdb", description=__doc__.split("\n\n")[0])
    parser.add_argument("operators", nargs="*", help="names, name/variant, or shell patterns such as 'linalg.*'")
    parser.add_argument("--all", action="store_true", help="every operator in scope")
    parser.add_argument("--list", action="store_true", help="print the names in scope")
    parser.add_argument("--backend", default="penlight", help="the library to compare (a module name)")
    parser.add_argument("--dtypes", default=",".join(Settings.dtypes))
    parser.add_argument("--samples", type=int, default=20, help="samples for an operator and dtype")
    parser.add_argument("--reference", action="store_true", help="the database's larger set of inputs")
    parser.add_argument("--grad", action="store_true")
    parser.add_argument("--gradgrad", action="store_true", help="second gradients (float64 and complex128)")
    parser.add_argument("--variants", action="store_true", help="methods, in-place methods and out=")
    parser.add_argument("--errors", action="store_true", help="inputs that must be refused")
    parser.add_argument("--full", action="store_true", help="all of the four above")
    parser.add_argument("--strict-alias", action="store_true", help="sharing memory otherwise than PyTorch is an error")
    parser.add_argument("--spaced", action="store_true", help="inputs that are not contiguous: each second element")
    parser.add_argument("--examples", type=int, default=1, help="examples to show of each kind and check")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds for one operator")
    parser.add_argument("--no-fork", action="store_true", help="run here, for a debugger")
    parser.add_argument("--progress", action="store_true", help="what differs, on stderr, as each operator ends")
    parser.add_argument("--json", help="write everything to this file")
    parser.add_argument("--quiet", action="store_true", help="only the summary")
    parser.add_argument("--self-test", action="store_true", help="PyTorch against itself: all must pass")
    parser.add_argument("--self-test-faults", action="store_true", help="PyTorch with planted faults: all must be seen")
    return parser.parse_args(argv)


def settings_from(options) -> Settings:
    wanted = {"forward"}
    wanted |= {"grad"} if options.grad or options.full else set()
    wanted |= {"gradgrad"} if options.gradgrad or options.full else set()
    wanted |= {"method", "inplace", "out"} if options.variants or options.full else set()
    wanted |= {"errors"} if options.errors or options.full else set()
    return Settings(
        dtypes=tuple(options.dtypes.split(",")),
        checks=tuple(name for name in CHECKS if name in wanted),
        samples=options.samples,
        reference=options.reference,
        strict_alias=options.strict_alias,
        examples=options.examples,
    )


def main(argv=None) -> int:
    options = arguments(argv)
    torch.set_num_threads(1)
    if options.list:
        print("\n".join(full_name(op) for op in op_db if in_scope(op)))
        return 0
    if options.self_test_faults:
        return faults.check(select_operators, check_here, status)
    backend = faults.Faulty() if options.self_test else importlib.import_module(options.backend)
    Carrier.spaced = options.spaced
    operators = select_operators(options.operators, options.all)
    if not operators:
        raise SystemExit("name some operators, or give --all")
    settings = settings_from(options)
    if options.no_fork:
        reports = [check_here(op, backend, settings) for op in operators]
    else:
        reports = []
        for report in Pool(backend, settings, options.jobs, options.timeout).run(operators):
            reports.append(report)
            if options.progress and status(report) not in ("pass", "empty"):
                print(details([report]), file=sys.stderr, flush=True)
    order = {full_name(op): index for index, op in enumerate(operators)}
    reports.sort(key=lambda report: order[report["op"]])
    if not options.quiet:
        print(table(reports, settings.checks))
        print(details(reports))
    totals = summary(reports)
    print(", ".join(f"{key} {value}" for key, value in totals.items()))
    if options.json:
        temporary = f"{options.json}.part"
        with open(temporary, "w") as file:
            json.dump({"summary": totals, "settings": vars(options), "reports": reports}, file, indent=1)
        os.replace(temporary, options.json)
    good = ("pass", "empty")
    return 0 if all(status(report) in good for report in reports) else 1


if __name__ == "__main__":
    sys.exit(main())
