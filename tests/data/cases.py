"""Orders that the seeded DataLoader and samplers visit their data in; the tests and the recording run the same.

    python -m tests.data.cases

run with a Python that has PyTorch, records the expectations into tests/data/data.
"""

import importlib
import json
import pathlib
import random

import numpy as np

FILE = pathlib.Path(__file__).parent / "data" / "orders.json"
TEN = list(range(10))


def lists(loader):
    return [batch.tolist() if hasattr(batch, "tolist") else batch for batch in loader]


def epochs(loader):
    return [lists(loader) for _ in range(3)]


class Drawn:
    """What a worker's random streams give."""

    def __init__(self, torch, get_worker_info):
        self.torch, self.get_worker_info = torch, get_worker_info

    def __len__(self):
        return 4

    def __getitem__(self, index):
        info = self.get_worker_info()
        draws = [self.torch.randint(1000, (1,)).item(), random.randint(0, 1000), np.random.randint(1000)]
        return self.torch.tensor([info.id, info.seed % 1000003, *draws])


CASES = {
    "in order": lambda d, g: lists(d.DataLoader(TEN, 3)),
    "shuffled": lambda d, g: epochs(d.DataLoader(TEN, 4, shuffle=True, drop_last=True)),
    "shuffled, own generator": lambda d, g: epochs(d.DataLoader(TEN, 4, shuffle=True, generator=g)),
    "single samples": lambda d, g: lists(d.DataLoader(TEN, None, shuffle=True)),
    "with replacement": lambda d, g: lists(d.DataLoader(TEN, 7, sampler=d.RandomSampler(TEN, True, 70))),
    "more than there are": lambda d, g: list(d.RandomSampler(TEN, num_samples=23)),
    "own generator, twice": lambda d, g: [list(s) for s in [d.RandomSampler(TEN, generator=g)] * 2],
    "subset": lambda d, g: epochs(d.DataLoader(TEN, 3, sampler=d.SubsetRandomSampler([1, 3, 5, 7]))),
    "weighted": lambda d, g: list(d.WeightedRandomSampler([0.1, 0.5, 0.2, 3, 0, 0, 1], 12)),
    "weighted, no repeats": lambda d, g: list(d.WeightedRandomSampler([0.1, 0.5, 0.2, 3, 0, 0, 1], 5, False)),
    "split": lambda d, g: [list(part) for part in d.random_split(range(11), [0.5, 0.3, 0.2])],
    "split, own generator": lambda d, g: [list(part) for part in d.random_split(TEN, [3, 7], g)],
    "distributed": lambda d, g: [list(d.DistributedSampler(TEN, 3, r, seed=4, drop_last=b)) for r in (0, 2) for b in (True, False)],  # noqa: E501
    "workers": lambda d, g: epochs(d.DataLoader(TEN, 4, shuffle=True, num_workers=2)),
    "persistent workers": lambda d, g: epochs(d.DataLoader(TEN, 4, shuffle=True, num_workers=2, persistent_workers=True)),
}  # fmt: skip


def run(torch, name):
    """The case's result under seed 3, and the next number of the global stream."""
    d = importlib.import_module(torch.__name__ + ".utils.data")
    torch.manual_seed(3)
    if name == "worker seeds":
        result = lists(d.DataLoader(Drawn(torch, d.get_worker_info), 1, num_workers=2))
    else:
        result = CASES[name](d, torch.Generator().manual_seed(5))
    return [result, torch.rand(1).item()]


NAMES = [*CASES, "worker seeds"]

if __name__ == "__main__":
    import torch

    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps({name: run(torch, name) for name in NAMES}, indent=0) + "\n")
