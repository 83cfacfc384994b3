"""Models whose totals torchinfo gives; the tests and the recording run the same.

`python -m tests.utils.summary_cases`, run with a Python that has PyTorch, torchvision and torchinfo, records them.
"""

import importlib
import json
import pathlib

FILE = pathlib.Path(__file__).parent / "data" / "summary.json"


def plain(torch):
    nn = torch.nn
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, bias=False), nn.ReLU(), nn.Conv2d(8, 8, 3, 2, 1, groups=4, bias=False), nn.Flatten(),
        nn.Linear(8 * 49, 10, bias=False),
    )  # fmt: skip


def partly_frozen(torch):
    net = plain(torch)
    net[0].weight.requires_grad_(False)
    return net


def vision(name):
    def make(torch):
        home = "torchvision" if torch.__name__ == "torch" else "penlight.vision"
        return getattr(importlib.import_module(home + ".models"), name)(num_classes=10)

    return make


# name -> (model, input size)
CASES = {
    "plain": (plain, (2, 3, 16, 16)),
    "partly frozen": (partly_frozen, (1, 3, 16, 16)),
    "resnet18": (vision("resnet18"), (1, 3, 64, 64)),
    "mobilenet_v2": (vision("mobilenet_v2"), (1, 3, 64, 64)),
    "squeezenet1_1": (vision("squeezenet1_1"), (1, 3, 64, 64)),
}

if __name__ == "__main__":
    import torch
    import torchinfo

    found = {}
    for name, (make, size) in CASES.items():
        s = torchinfo.summary(make(torch), size, verbose=0)
        found[name] = {
            "total_params": s.total_params, "trainable_params": s.trainable_params, "mult_adds": s.total_mult_adds,
            "total_output_bytes": s.total_output_bytes, "total_param_bytes": s.total_param_bytes,
        }  # fmt: skip
    FILE.write_text(json.dumps(found, indent=0) + "\n")
