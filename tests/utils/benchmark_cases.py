"""Measurements and how they are printed; the tests and the recording run the same.

`python -m tests.utils.benchmark_cases`, run with a Python that has PyTorch, records the expectations.
"""

import importlib
import itertools
import json
import pathlib
import random

FILE = pathlib.Path(__file__).parent / "data" / "benchmark.json"


def made(b, t, label="lab", sub="sub", desc="desc", env=None, nt=1, spread=0.02, stmt="f(x)"):
    spec = b.TaskSpec(stmt, "pass", label=label, sub_label=sub, description=desc, env=env, num_threads=nt)
    return b.Measurement(10, [10 * t * (1 + spread * i) for i in range(-2, 3)], spec)


def grid(b, subs, descs, scale=1e-6, **options):
    """Measurements for all of both, and of other options that are lists."""
    names = list(options)
    found = []
    for i, (sub, desc, *rest) in enumerate(itertools.product(subs, descs, *options.values())):
        found.append(made(b, scale * (i + 1), sub=sub, desc=desc, **dict(zip(names, rest))))
    return found


def random_grid(b, seed):
    draw = random.Random(seed)
    found = []
    for sub, desc, nt in itertools.product("xyz", ("a", "bb", "a longer one"), (1, 8)):
        if draw.random() < 0.9:
            t, n = 10 ** draw.uniform(-5, -3), draw.randint(1, 30)
            spec = b.TaskSpec("f", "s", "", "random", sub, desc, None, nt)
            found.append(
                b.Measurement(7, [t * (1 + draw.random() * 10 ** draw.uniform(-3, 0)) for _ in range(n)], spec)
            )
    return found


LAYOUTS = {
    "one": lambda b: [made(b, 1e-3)],
    "grid": lambda b: grid(b, ("x", "yy", "zzz"), "ab", 1e-3),
    "scattered": lambda b: [*grid(b, ("x", "yy"), "ab"), made(b, 2e-6, sub="w", desc="a", spread=0.4)],
    "threads": lambda b: grid(b, "xy", "ab", nt=(1, 4)),
    "environments": lambda b: grid(b, "xy", "ab", 1e-4, env=("m", "branch", "a long name")),
    "labels": lambda b: [made(b, t, label=n, desc=n) for t, n in ((1e-4, "one"), (1e-2, "two"), (3, "three"))],
    "no label": lambda b: [
        made(b, 1e-4, label=None, sub=None),
        made(b, 1e-4, label=None, sub=None, stmt="a = 1\nb = 2"),
    ],
    "missing": lambda b: [made(b, 1e-4, sub="x", desc="d1"), made(b, 1e-2, sub="y", desc="d2")],
    "merged": lambda b: [made(b, 1e-4), made(b, 3e-4), made(b, 2e-4)],
    "widths": lambda b: [made(b, 123.456, sub="a" * 30, desc="d" * 40), made(b, 5e-9, sub="b", desc="e")],
    "long label": lambda b: [made(b, 1e-4, label="L" * 80)],
    "ratios": lambda b: [made(b, 1e-3 * f, desc=str(f)) for f in (1, 1.009, 1.05, 1.2, 1.9, 2.1, 3, 5, 11)],
    "near the clock's": lambda b: [made(b, 5e-8 * f, desc=str(f)) for f in (1, 1.5, 2.9, 3.1, 6)],
    **{f"random {seed}": lambda b, seed=seed: random_grid(b, seed) for seed in range(3)},
}
SHOWN = {
    "plain": lambda c: None,
    "trimmed": lambda c: c.trim_significant_figures(),
    "coloured, marked": lambda c: (c.colorize(), c.highlight_warnings()),
    "coloured by row, trimmed": lambda c: (c.colorize(rowwise=True), c.trim_significant_figures()),
}
TIMES = {
    "one": [1e-3], "two": [1e-3, 1.2e-3], "three": [1e-3] * 3, "equal": [1e-3] * 5, "tail": [1e-3, 1.1e-3, 1.2e-3, 0.9e-3, 5e-3],
    "slow rise": [1e-3 * (1 + i / 100) for i in range(100)], "rise": [1e-3 * (1 + i) for i in range(50)], "hours": [7200.0, 7201.0],  # noqa: E501
    "steady": [1e-3 * (1 + 1e-6 * (i % 7)) for i in range(50)], "tiny": [2e-9, 3e-9],
}  # fmt: skip
SPECS = {
    "bare": ("x + y", "pass"),
    "all": ("a\nb", "x=1\ny=2", "", "L", "S", "D", "E", 3),
    "sub-label": ("a b", "x=1", "", None, "S"),
    "long": ("a b" * 50, "x=1\ny=2", "", None, None, "desc"),
}


def run(torch):
    b = importlib.import_module(torch.__name__ + ".utils.benchmark")
    found = {}
    for name, layout in LAYOUTS.items():
        for how, change in SHOWN.items():
            table = b.Compare(layout(b))
            change(table)
            found[f"{name}, {how}"] = str(table)
    for times, spec in itertools.product(TIMES, SPECS):
        m = b.Measurement(10, TIMES[times], b.TaskSpec(*SPECS[spec]))
        found[f"{times}, {spec}"] = {
            "repr": repr(m).split("\n", 1)[1], "figures": m.significant_figures, "iqr": m.iqr, "median": m.median,
            "mean": m.mean, "warns": m.has_warnings, "title": m.title, "env": m.env, "row": m.as_row_name,
            "setup": m.task_spec.setup_str(), "summary": m.task_spec.summarize(),
        }  # fmt: skip
    found["units"] = [list(b.select_unit(t)) for t in (1e-12, 1e-10, 1e-9, 1e-7, 2e-6, 999e-6, 1e-3, 0.9, 1.0, 3, 1e5)]
    found["trimmed"] = [b.trim_sigfig(x, n) for x in (123.456, 0.000123456, -12.5, 3.7) for n in (1, 2, 3)]
    return found


if __name__ == "__main__":
    import torch

    FILE.write_text(json.dumps(run(torch), indent=0) + "\n")
