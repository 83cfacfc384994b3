"""Record what PyTorch raises for every case of the bad-input table, into tests/errors/data/expected.json.

Run `python -m tests.record.errors` in the repository root, where torch can be imported.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import torch

from tests.errors import cases_autograd, cases_dtypes, cases_nn, cases_shapes, cases_training
from tests.errors.table import facts, run, shortcomings

TARGET = Path(__file__).parents[1] / "errors" / "data" / "expected.json"
PARTS = (cases_shapes, cases_autograd, cases_dtypes, cases_nn, cases_training)
LONGEST_MESSAGE = 700


def record() -> dict:
    torch.set_num_threads(1)
    expected, trouble = {}, []
    for case in (case for part in PARTS for case in part.CASES):
        outcome = run(case, torch)
        kind = "warns" if case.warns else "raises"
        message = outcome.message
        if case.name in expected:
            trouble.append(f"{case.name}: twice in the table")
        if outcome.kind != kind:
            trouble.append(f"{case.name}: expected it {kind}, but it {outcome.kind}: {message[:200]}")
            continue
        absent = [word for word in case.keywords if word.lower() not in message.lower()]
        if absent:
            trouble.append(f"{case.name}: {outcome.exception} does not say {absent}: {message[:300]}")
        expected[case.name] = {
            "kind": outcome.kind,
            "module": outcome.module,
            "exception": outcome.exception,
            "message": message[:LONGEST_MESSAGE],
            "facts": sorted(facts(message[:LONGEST_MESSAGE])),
        }
        trouble += [f"{case.name}: PyTorch itself: {text}" for text in shortcomings(case, outcome, expected[case.name])]
    if trouble:
        raise SystemExit("\n".join(trouble))
    return {"pytorch": torch.__version__, "cases": expected}


if __name__ == "__main__":
    result = record()
    TARGET.parent.mkdir(exist_ok=True)
    temporary = TARGET.with_suffix(".part")
    temporary.write_text(json.dumps(result, indent=0, sort_keys=True) + "\n")
    os.replace(temporary, TARGET)
    print(f"{len(result['cases'])} cases, PyTorch {result['pytorch']}, {TARGET.stat().st_size} bytes")
