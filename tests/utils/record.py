"""Record what PyTorch's SummaryWriter writes: run with a Python that has PyTorch 2.13 and tensorboard.

python tests/utils/record.py
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import torch  # noqa: E402
from torch.utils.tensorboard import SummaryWriter  # noqa: E402

from tests.utils import tensorboard_cases as cases  # noqa: E402


def main() -> None:
    recorded = {}
    for call in cases.CALLS:
        outcome = cases.outcome(SummaryWriter, torch, call)
        if isinstance(outcome[0], bytes):
            outcome[0] = base64.b64encode(outcome[0]).decode()
        recorded[call] = outcome
    path = ROOT / "tests" / "utils" / "data" / "tensorboard.json"
    path.write_text(json.dumps(recorded, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
