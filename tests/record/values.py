"""Record PyTorch's results of the expressions in tests/values/data/cases.txt: `python -m tests.record.values`."""

from __future__ import annotations

import json

import torch

from tests.values.cases import FOLDER, Shower, cases


def main() -> None:
    show = Shower(torch)
    recorded = [show(case) for case in cases()]
    (FOLDER / "expected.json").write_text(json.dumps(recorded, separators=(",\n", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
