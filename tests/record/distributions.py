"""Record what real PyTorch answers: `python -m tests.record.distributions` where torch can be imported."""

import json
import os

import torch

from tests.system.distribution_cases import EXPRESSIONS, evaluate

if __name__ == "__main__":
    path = os.path.join(os.path.dirname(__file__), "..", "system", "data", "distributions.json")
    with open(path, "w") as file:
        json.dump({e: evaluate(torch, e) for e in EXPRESSIONS}, file, indent=0)
        file.write("\n")
