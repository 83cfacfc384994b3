"""Data pipelines: samplers, workers, iterable data, collating, splits, printing options, saving models"""
# ruff: noqa -- written as people write such programs

import io
import pickle
import random

import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import *
from torch.utils.data import default_collate, get_worker_info, random_split

torch.manual_seed(3)
random.seed(3)
np.random.seed(3)


class Landmarks(Dataset):
    def __init__(self, n=10, transform=None):
        self.n, self.transform = n, transform

    def __len__(self):
        return self.n

    def __getitem__(self, idx):
        if torch.is_tensor(idx):
            idx = idx.tolist()
        s = {
            "image": np.full((6, 5, 3), idx, dtype=np.float64),
            "landmarks": np.arange(4).reshape(-1, 2) + idx,
            "name": f"p{idx}",
            "w": 1.5 * idx,
            "k": idx,
        }
        return self.transform(s) if self.transform else s


class Crop(object):
    def __init__(self, s):
        self.s = s

    def __call__(self, s):
        t = torch.randint(0, 6 - self.s + 1, (1,)).item()
        s["image"] = s["image"][t : t + self.s, : self.s]
        return s


class ToT(object):
    def __call__(self, s):
        return {
            **s,
            "image": torch.from_numpy(s["image"].transpose((2, 0, 1)).copy()),
            "landmarks": torch.from_numpy(s["landmarks"]),
        }


def main():
    from torchvision import transforms

    ds = Landmarks(10, transforms.Compose([Crop(4), ToT()]))
    print(len(ds), ds[3]["image"].shape, ds[torch.tensor(2)]["name"])
    for nw in (0, 2):
        dl = DataLoader(ds, batch_size=4, shuffle=True, num_workers=nw, drop_last=False)
        for b in dl:
            print(nw, b["image"].size(), b["image"].dtype, b["landmarks"][0].tolist(), b["name"], b["w"], b["k"])

    class It(IterableDataset):
        def __init__(self, a, b):
            super().__init__()
            self.a, self.b = a, b

        def __iter__(self):
            wi = get_worker_info()
            lo, hi = self.a, self.b
            if wi is not None:
                per = -(-(hi - lo) // wi.num_workers)
                lo = self.a + wi.id * per
                hi = min(lo + per, self.b)
            return iter(range(lo, hi))

    print(
        list(DataLoader(It(3, 9), num_workers=0)),
        list(DataLoader(It(3, 9), num_workers=2)),
        list(DataLoader(It(3, 9), num_workers=2, batch_size=2)),
        list(DataLoader(ChainDataset([It(0, 2), It(5, 7)]), batch_size=3)),
    )

    def pad(batch):
        xs, ys = zip(*batch)
        l = torch.tensor([len(x) for x in xs])
        return nn.utils.rnn.pad_sequence(xs, batch_first=True, padding_value=-1), torch.tensor(ys), l

    seqs = [(torch.arange(random.randint(1, 6)), i % 2) for i in range(7)]
    [print(*b) for b in DataLoader(seqs, 3, collate_fn=pad)]

    class Bucket(Sampler):
        def __init__(self, l, bs):
            self.l, self.bs = l, bs

        def __iter__(self):
            order = sorted(range(len(self.l)), key=lambda i: self.l[i])
            bs = [order[i : i + self.bs] for i in range(0, len(order), self.bs)]
            random.shuffle(bs)
            return iter(bs)

        def __len__(self):
            return -(-len(self.l) // self.bs)

    dl = DataLoader(
        seqs, batch_sampler=Bucket([len(s[0]) for s in seqs], 3), collate_fn=lambda b: [len(x[0]) for x in b]
    )
    print(list(dl), len(dl), dl.batch_size)
    td = TensorDataset(torch.arange(10), torch.arange(10) * 2)
    a, b = random_split(td, [7, 3], generator=torch.Generator().manual_seed(42))
    print(
        a.indices,
        [x for x, _ in b],
        [len(x) for x in random_split(td, [0.5, 0.3, 0.2])],
        (a + b)[8],
        ConcatDataset([a, b]).cumulative_sizes,
        Subset(td, [1, 2])[0],
        StackDataset(td, td)[3] if "StackDataset" in globals() else 0,
    )
    g = torch.Generator()
    g.manual_seed(0)

    def seed_worker(wid):
        s = torch.initial_seed() % 2**32
        np.random.seed(s)
        random.seed(s)

    class R(Dataset):
        def __len__(self):
            return 6

        def __getitem__(self, i):
            return np.random.randint(1000), random.randint(0, 1000), torch.randint(1000, (1,)).item()

    print(
        [
            [t.tolist() for t in b]
            for b in DataLoader(R(), batch_size=2, num_workers=2, worker_init_fn=seed_worker, generator=g)
        ]
    )
    print(
        [
            [t.tolist() for t in b]
            for b in DataLoader(R(), batch_size=3, num_workers=2, persistent_workers=True, prefetch_factor=2)
        ]
    )
    print(
        list(BatchSampler(SequentialSampler(range(7)), 3, True)),
        list(RandomSampler(range(5), replacement=True, num_samples=7)),
        list(SubsetRandomSampler([3, 4, 5])),
        list(WeightedRandomSampler([1, 9, 0, 3.0], 5)),
        [list(DistributedSampler(range(10), 3, r, seed=1)) for r in range(3)],
    )
    print(
        default_collate([{"a": 1, "b": (2.0, np.float32(3))}, {"a": 4, "b": (5.0, np.float32(6))}]),
        default_collate([["x", 1], ["y", 2]]),
        default_collate([np.ones(2), np.zeros(2)]),
        default_collate([None and 0 or True, False]),
    )
    for f in (
        lambda: default_collate([torch.ones(2), torch.ones(3)]),
        lambda: default_collate([None, None]),
        lambda: next(iter(DataLoader([object()], 1))),
        lambda: DataLoader(td, batch_size=0),
        lambda: DataLoader(td, shuffle=True, sampler=RandomSampler(td)),
        lambda: len(DataLoader(It(0, 3))),
        lambda: DataLoader(td, num_workers=-1),
        lambda: DataLoader(It(0, 3), shuffle=True),
    ):
        try:
            print(f())
        except Exception as e:
            print(type(e).__name__, str(e)[:110])
    m = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
    torch.set_printoptions(precision=3, sci_mode=False)
    print(torch.randn(3), torch.tensor([1e-6, 1e6]))
    torch.set_printoptions(profile="short")
    print(torch.randn(30, 4))
    torch.set_printoptions(profile="default", linewidth=60)
    print(torch.randn(2, 12))
    torch.set_printoptions(profile="default")
    print(torch.arange(2000), torch.zeros(40, 40))
    print(m, sum(p.numel() for p in m.parameters() if p.requires_grad), [tuple(p.shape) for p in m.parameters()])
    b = io.BytesIO()
    torch.save(m.state_dict(), b)
    print(b.getbuffer().nbytes > 500)
    b.seek(0)
    print(m.load_state_dict(torch.load(b)))
    s = pickle.dumps(m)
    print(torch.equal(pickle.loads(s)(torch.ones(1, 4)), m(torch.ones(1, 4))))
    whole = io.BytesIO()
    torch.save(m, whole)
    whole.seek(0)
    print(torch.load(whole, weights_only=False))
    try:
        m.load_state_dict({"0.weight": torch.ones(8, 5), "x": torch.ones(1)})
    except RuntimeError as e:
        print(e)
    print(m.load_state_dict({"0.weight": torch.ones(8, 4)}, strict=False))
    print(
        torch.get_default_dtype(),
        torch.get_num_threads() > 0,
        torch.is_grad_enabled(),
        torch.finfo(torch.float32),
        torch.iinfo(torch.int8),
        torch.__version__[:4],
        torch.version.cuda,
    )


if __name__ == "__main__":
    main()
