"""Record what PyTorch's CPU generator draws: run with a Python that has torch.

    PYTHONPATH=. python tests/record/random_draws.py

Writes tests/base/data/random.json.gz: the cases of tests/base/random_cases.py under several
seeds, each case continuing where the one before it left the stream.
"""

import gzip
import json
import os
import pathlib
import sys

import torch

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "base"))

import random_cases  # noqa: E402


def record():
    draws = {}
    for seed in random_cases.SEEDS:
        generator = torch.Generator().manual_seed(seed)
        recorded = {}
        for name, (call, *arguments) in random_cases.cases().items():
            tensor = random_cases.torch_draw(torch, generator, call, arguments)
            recorded[name] = random_cases.encode(random_cases.torch_array(torch, tensor))
            if name in random_cases.STATE_AFTER:
                recorded[name + " state"] = random_cases.encode(
                    generator.get_state().numpy(), whole=seed == random_cases.STATE_SEED
                )
        draws[str(seed)] = recorded
    return {"torch": torch.__version__, "draws": draws}


if __name__ == "__main__":
    target = ROOT / "base" / "data" / "random.json.gz"
    partial = target.with_suffix(".partial")
    text = json.dumps(record(), sort_keys=True, indent=0).encode()
    partial.write_bytes(gzip.compress(text, mtime=0))
    os.replace(partial, target)
    print(target, target.stat().st_size, "bytes")
