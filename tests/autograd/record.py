"""Record what real PyTorch prints for every case: `python -m tests.autograd.record`, where torch can be imported."""

from __future__ import annotations

import json
from pathlib import Path

from . import (
    cases_conjugate,
    cases_function,
    cases_functional,
    cases_graph,
    cases_hooks,
    cases_inplace,
    cases_memory,
    cases_subclass,
)
from .cases import cases_of, run

PARTS = (cases_graph, cases_inplace, cases_memory, cases_conjugate, cases_hooks, cases_function, cases_functional, cases_subclass)
EXPECTED = Path(__file__).parent / "data" / "expected.json"


def main() -> None:
    import torch

    torch.set_num_threads(1)
    outputs = {name: run(case, torch).splitlines() for part in PARTS for name, case in cases_of(part).items()}
    document = {"pytorch": torch.__version__.partition("+")[0], "cases": outputs}
    EXPECTED.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
