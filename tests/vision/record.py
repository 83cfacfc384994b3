"""Record what torchvision computes, for tests/vision: run with a Python that has PyTorch and torchvision 0.28.

    python tests/vision/record.py [transforms] [v2] [models] [ops]

(torchvision's wheel of another build of PyTorch works beside it once `_meta_registrations` is dropped from the imports in
its `__init__`.)
"""

from __future__ import annotations

import json
import lzma
import sys
import warnings
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "vision" / "data"
sys.path.insert(0, str(ROOT))

import torch  # noqa: E402
import torchvision  # noqa: E402
import torchvision.transforms.v2  # noqa: E402

from tests.vision import model_cases, op_cases, transform_cases, v2_cases  # noqa: E402


def record_transforms() -> None:
    known = transform_cases.names(torch, torchvision.transforms, torchvision.transforms.functional)
    arrays, kinds = {}, {}
    for number, (expression, image) in enumerate(transform_cases.VALUES):
        for place, leaf in enumerate(transform_cases.evaluate(expression, image, known)):
            arrays[f"{number}.{place}"] = np.asarray(leaf)
    np.savez_compressed(DATA / "transforms.npz", **arrays)
    kinds["texts"] = {e: repr(eval(e, dict(known))) for e in transform_cases.TEXTS}
    kinds["errors"] = {}
    for expression in transform_cases.ERRORS:
        try:
            eval(expression, dict(known))
        except Exception as error:
            kinds["errors"][expression] = type(error).__name__
    (DATA / "transforms.json").write_text(json.dumps(kinds, indent=0) + "\n", encoding="utf-8")


def record_v2() -> None:
    v2 = torchvision.transforms.v2
    known = v2_cases.names(torch, torchvision.transforms, v2, torchvision.tv_tensors)
    values, pieces = [], []
    for expression, image in v2_cases.RECORDED:
        found = v2_cases.evaluate(expression, image, known)
        pieces += [np.ascontiguousarray(leaf).tobytes() for leaf in found if isinstance(leaf, np.ndarray)]
        values.append([[x.dtype.str, x.shape] if isinstance(x, np.ndarray) else str(x) for x in found])
    (DATA / "v2.xz").write_bytes(lzma.compress(b"".join(pieces)))
    texts = {text: repr(eval(text, dict(known))) for text in v2_cases.TEXTS}
    rows = ",\n".join(json.dumps(row) for row in values)
    content = f'{{"values": [\n{rows}\n],\n"texts": {json.dumps(texts, indent=0)}}}\n'
    (DATA / "v2.json").write_text(content, encoding="utf-8")


def record_models() -> None:
    (DATA / "models.json").write_text(
        json.dumps({name: model_cases.facts(torch, torchvision.models, name) for name in model_cases.RECORDED}, indent=0)
        + "\n", encoding="utf-8",
    )  # fmt: skip


def record_ops() -> None:
    known = op_cases.names(torch, torchvision)
    recorded = {}
    for expression in op_cases.VALUES:
        torch.manual_seed(3)
        recorded[expression] = op_cases.leaves(eval(expression, dict(known)))
    (DATA / "ops.json").write_text(json.dumps(recorded, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for part in sys.argv[1:] or ("transforms", "v2", "models", "ops"):
        globals()[f"record_{part}"]()
