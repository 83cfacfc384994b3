"""Record what PyTorch's layers and modules do: `python -m tests.nn.record`, where torch can be imported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from . import behaviour_cases, module_cases, utils_cases

DATA = Path(__file__).parent / "data"


def pack(seen: list[dict[str, Any]]) -> tuple[dict[str, np.ndarray], list[dict[str, Any]]]:
    """All numbers in one float32 array; in the list, arrays are replaced by their shapes."""
    chunks, listed = [], []
    for item in seen:
        entry = {}
        for key, value in item.items():
            if isinstance(value, np.ndarray):
                chunks.append(value.astype(np.float32).ravel())
                entry[key] = {"shape": list(value.shape)}
            else:
                entry[key] = value
        listed.append(entry)
    return {"numbers": np.concatenate(chunks)}, listed


def unpack(numbers: np.ndarray, listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The inverse of `pack`."""
    start, seen = 0, []
    for entry in listed:
        item: dict[str, Any] = {}
        for key, value in entry.items():
            if isinstance(value, dict):
                count = int(np.prod(value["shape"]))
                item[key] = numbers[start : start + count].reshape(value["shape"]).astype(np.float64)
                start += count
            else:
                item[key] = value
        seen.append(item)
    return seen


def main() -> None:
    import torch

    DATA.mkdir(exist_ok=True)
    arrays, listed = pack([module_cases.observe(torch, *case) for case in module_cases.CASES])
    np.savez_compressed(DATA / "modules.npz", **arrays)
    answers = [behaviour_cases.answer(torch, *case) for case in behaviour_cases.CASES]
    of_utils = [behaviour_cases.answer(torch, *case) for case in utils_cases.CASES]
    (DATA / "utils.json").write_text(json.dumps(of_utils, separators=(",", ":")) + "\n")
    recorded = {"torch": torch.__version__, "modules": listed, "behaviour": answers}
    (DATA / "recorded.json").write_text(json.dumps(recorded, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
