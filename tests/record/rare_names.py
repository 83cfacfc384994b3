"""Record PyTorch's results of the expressions in tests/rare_names/data/cases.txt: `python -m tests.record.rare_names`."""

from __future__ import annotations

import json

import torch

from tests.rare_names.cases import FOLDER, Shower, cases


def main() -> None:
    show = Shower(torch)
    recorded = [show(case) for case in cases()]
    (FOLDER / "expected.json").write_text(json.dumps(recorded, separators=(",\n", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
