"""Run unmodified third-party libraries on penlight and compare what they print with what they print on PyTorch.

    python tests/thirdparty/run.py                  every program whose libraries are installed
    python tests/thirdparty/run.py timm pyro        some of them
    python tests/thirdparty/run.py --write          the table of docs/third-party.md too
    python tests/thirdparty/run.py --record timm    record, in an environment with PyTorch and without penlight

The libraries are installed with `pip install --no-deps`, beside what they need of the rest, never with PyTorch. Every
program prints labels and numbers; a line agrees when its words do and its numbers do, to a tolerance of 1e-4 of the
line's own scale (one percent of its largest number) unless the program states another with the reason.
"""

from __future__ import annotations

import argparse
import ast
import importlib.metadata
import math
import os
import re
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DOC = ROOT / "docs" / "third-party.md"
TOLERANCE = 1e-4
_BEGIN, _END = "<!-- table -->\n", "<!-- end -->"
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|[-+]?(inf|nan)")
_SPLIT = re.compile(r"[\s,()\[\]{}]+")
_OURS = {"torch", "torchvision", "report", "numpy", "sklearn"}


def programs(names: list[str]) -> list[Path]:
    """The programs of these names, all without names. The underscore keeps them from hiding the libraries."""
    found = sorted(HERE.glob("programs/*_.py"))
    wanted = [p for p in found if not names or p.stem.rstrip("_") in names]
    unknown = set(names) - {p.stem.rstrip("_") for p in wanted}
    if unknown:
        raise SystemExit(f"no such program: {', '.join(sorted(unknown))}")
    return wanted


def libraries(program: Path) -> list[str]:
    """The distributions behind a program's imports, such as "pyro-ppl 1.9.2"; raises where one is missing."""
    modules = set()
    for node in ast.walk(ast.parse(program.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            modules.add((node.module or "").split(".")[0])
    modules -= _OURS | set(sys.stdlib_module_names)
    owners = importlib.metadata.packages_distributions()
    names = sorted({owners[m][0] for m in modules})  # KeyError: not installed
    return [f"{name} {importlib.metadata.version(name)}" for name in names]


def tolerance(program: Path) -> float:
    """What the program's own line `# tolerance: 1e-2, because …` states."""
    stated = re.search(r"^# tolerance: (\S+?),", program.read_text(encoding="utf-8"), re.MULTILINE)
    return float(stated[1]) if stated else TOLERANCE


def output(program: Path, command: list[str]) -> str:
    """What a program prints; CalledProcessError when it fails."""
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    environment = {**os.environ, **threads, "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "-W", "ignore", *command, program.name]
    done = subprocess.run(command, cwd=program.parent, env=environment, capture_output=True, text=True, timeout=600)
    done.check_returncode()
    return done.stdout


def difference(expected: str, found: str) -> float:
    """The largest relative difference between two lines; infinite where words or the number of words differ."""
    pairs = list(zip(_SPLIT.split(expected), _SPLIT.split(found)))
    if len(_SPLIT.split(expected)) != len(_SPLIT.split(found)):
        return math.inf
    numbers = [float(a) for a, _ in pairs if _NUMBER.fullmatch(a)]
    scale = 0.01 * max([abs(v) for v in numbers if math.isfinite(v)], default=0.0)
    worst = 0.0
    for a, b in pairs:
        if a == b:
            continue
        if not (_NUMBER.fullmatch(a) and _NUMBER.fullmatch(b)) or not math.isfinite(float(a)):
            return math.inf
        worst = max(worst, abs(float(a) - float(b)) / max(abs(float(a)), scale, 1e-30))
    return worst


def compare(program: Path) -> tuple[bool, str]:
    """(whether the program's lines are PyTorch's, the result in words)."""
    recorded = HERE / "recorded" / f"{program.stem.rstrip('_')}.txt"
    expected = recorded.read_text(encoding="utf-8").splitlines()[1:]
    try:
        found = output(program, ["-m", "penlight"]).splitlines()
    except subprocess.CalledProcessError as problem:
        lines = problem.stdout.splitlines()
        last = problem.stderr.strip().splitlines()[-1][:150]
        return False, f"stops after {len(lines)} of {len(expected)} lines: {last}"
    limit = tolerance(program)
    differences = [difference(a, b) for a, b in zip(expected, found)]
    wrong = [i for i, d in enumerate(differences) if not d <= limit]
    if len(expected) != len(found) or wrong:
        first = f"; line {wrong[0] + 1}: {expected[wrong[0]][:60]}" if wrong else ""
        return False, f"{len(wrong)} of {len(expected)} lines differ, {len(found)} printed{first}"
    worst = max(differences, default=0.0)
    return True, f"the same {len(expected)} lines, " + (f"numbers to {worst:.0e}" if worst else "to the last digit")


def record(program: Path) -> None:
    """Write what the program prints on PyTorch, with the versions that printed it."""
    title = ", ".join([*libraries(program), f"torch {importlib.metadata.version('torch')}"])
    text = f"# {title}\n{output(program, [])}"
    (HERE / "recorded" / f"{program.stem.rstrip('_')}.txt").write_text(text, encoding="utf-8")
    print(f"{program.stem.rstrip('_')}: recorded")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    rows, failed = {}, 0
    for program in programs(options.names):
        name = program.stem.rstrip("_")
        try:
            versions = libraries(program)
        except KeyError as missing:
            print(f"{name}: skipped, {missing.args[0]} is not installed")
            continue
        if options.record:
            record(program)
            continue
        begun = time.perf_counter()
        good, result = compare(program)
        failed += not good
        print(f"{name}: {result} ({time.perf_counter() - begun:.0f} s)", flush=True)
        what = ast.get_docstring(ast.parse(program.read_text(encoding="utf-8"))) or ""
        title = what.splitlines()[0].rstrip(".")
        rows[title] = f"| {', '.join(versions) or 'scripts'} | {title} | {result} |"
    if options.write and rows:
        text = DOC.read_text(encoding="utf-8")
        head, rest = text.split(_BEGIN)
        before, tail = rest.split(_END)
        for row in before.splitlines()[2:]:  # of programs that did not run now
            rows.setdefault(row.split(" | ")[1], row)
        table = "\n".join(
            ["| libraries | what is run | result |", "|---|---|---|", *sorted(rows.values(), key=str.lower)]
        )
        DOC.write_text(f"{head}{_BEGIN}{table}\n{_END}{tail}", encoding="utf-8")
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
