"""Record PyTorch's results of the cases in tests/sparse/data/cases.txt. Run `python -m tests.record.sparse` there."""

from __future__ import annotations

import json

import torch

from tests.sparse.cases import FOLDER, cases, shown


def main() -> None:
    results = [shown(torch, case) for case in cases()]
    texts = sorted(set(results), key=results.index)  # most cases share one with others
    recorded = {"texts": texts, "cases": [texts.index(result) for result in results]}
    (FOLDER / "expected.json").write_text(json.dumps(recorded, separators=(",", ":")) + "\n", encoding="utf-8")
    s = torch.sparse_coo_tensor([[0, 1, 1, 1], [2, 0, 2, 0]], [3.0, 4.0, 5.0, 6.0], (2, 3))
    h = torch.sparse_coo_tensor([[0, 2]], torch.tensor([[3, 4], [5, 6]]), (4, 2)).coalesce()
    values = [s, h, torch.sparse_coo_tensor(size=(2, 3)), torch.nn.Parameter(s.double()), torch.sparse_coo]
    for name in ("plain", "legacy"):
        torch.save(values, FOLDER / f"{name}.pth", _use_new_zipfile_serialization=name == "plain")


if __name__ == "__main__":
    main()
