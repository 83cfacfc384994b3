"""Calls of `torch.utils.data`'s datasets, samplers, collation and loader; the tests and the recording run the same.

`python -m tests.data.data_cases`, run with a Python that has PyTorch, records the expectations.
"""

import collections
import importlib
import json
import pathlib
import warnings

import numpy as np  # noqa: F401  (in expressions)

FILE = pathlib.Path(__file__).parent / "data" / "calls.json"
Point = collections.namedtuple("Point", "x y")
EXPRESSIONS = """\
d.TensorDataset(t([1, 2, 3]), t([[4], [5], [6]]))[1]
d.TensorDataset(t([1, 2, 3]), t([[4], [5], [6]]))[[0, 2]]
d.TensorDataset(t([1, 2, 3]), t([[4], [5]]))
len(d.TensorDataset(t([1, 2, 3])))
d.StackDataset([1, 2], "ab")[1]
d.StackDataset(a=[1, 2], b="ab")[1]
d.StackDataset(a=[1, 2], b="ab").__getitems__([1, 0])
d.StackDataset([1, 2], "ab").__getitems__([1, 0])
d.StackDataset([1, 2], "abc")
d.StackDataset(a=[1], b="abc")
d.StackDataset([1], b=[1])
d.StackDataset()
len(d.StackDataset([1, 2], "ab"))
d.ConcatDataset([[1, 2], [3], range(5)])[4]
d.ConcatDataset([[1, 2], [3]])[-1]
d.ConcatDataset([[1, 2], [3]])[-4]
d.ConcatDataset([[1, 2], [3]])[3]
d.ConcatDataset([])
d.ConcatDataset([d.ChainDataset([])])
d.ConcatDataset([[1, 2], [3]]).cumulative_sizes
d.ConcatDataset([[1, 2], [3]]).cummulative_sizes
list(d.ChainDataset([stream(3), stream(2)]))
len(d.ChainDataset([stream(3), stream(2)]))
list(d.ChainDataset([[1]]))
list(stream(2) + stream(1))
(d.TensorDataset(t([1])) + d.TensorDataset(t([2])))[1]
d.Dataset()[0]
d.IterableDataset()
d.Subset(range(10, 20), [3, 5])[1]
d.Subset(range(10, 20), [3, 5])[[0, 1]]
d.Subset(d.StackDataset([1, 2, 3]), [2, 0]).__getitems__([0, 1])
[list(x) for x in d.random_split(range(5), [2, 3])]
[len(x) for x in d.random_split(range(10), [0.33, 0.33, 0.34])]
[len(x) for x in d.random_split(range(7), [0.5, 0.5])]
d.random_split(range(5), [2, 2])
d.random_split(range(5), [0.5, 0.6])
d.random_split(range(5), [-1.0, 2.0])
[len(x) for x in d.random_split(range(2), [0.1, 0.9])]
list(d.SequentialSampler(range(3)))
list(d.RandomSampler(range(10)))
list(d.RandomSampler(range(10), num_samples=4))
list(d.RandomSampler(range(5), replacement=True, num_samples=40))
len(d.RandomSampler(range(5), num_samples=12))
d.RandomSampler(range(5), replacement=1)
d.RandomSampler(range(5), num_samples=0)
d.RandomSampler([])
list(d.SubsetRandomSampler([4, 5, 6, 7]))
list(d.SubsetRandomSampler("abc"))
list(d.WeightedRandomSampler([1, 2, 3.0], 6))
list(d.WeightedRandomSampler([1, 2, 3.0], 3, replacement=False))
list(d.WeightedRandomSampler([1, 2, 0.0], 3, replacement=False))
d.WeightedRandomSampler([1, 2], 0)
d.WeightedRandomSampler([1, 2], 2, replacement=1)
d.WeightedRandomSampler([[1, 2]], 2)
list(d.BatchSampler(range(7), 3, False))
list(d.BatchSampler(range(7), 3, True))
(len(d.BatchSampler(range(7), 3, False)), len(d.BatchSampler(range(7), 3, True)))
d.BatchSampler(range(7), 0, False)
d.BatchSampler(range(7), 2.0, False)
d.BatchSampler(range(7), True, False)
d.BatchSampler(range(7), 2, 1)
[list(d.DistributedSampler(range(10), num_replicas=3, rank=r)) for r in range(3)]
[list(d.DistributedSampler(range(10), num_replicas=3, rank=r, shuffle=False)) for r in range(3)]
[list(d.DistributedSampler(range(10), num_replicas=3, rank=r, drop_last=True)) for r in range(3)]
[list(d.DistributedSampler(range(2), num_replicas=5, rank=r, shuffle=False)) for r in range(5)]
(lambda s: [list(s), s.set_epoch(1), list(s), s.set_epoch(0), list(s)])(d.DistributedSampler(range(6), 2, 1, seed=7))
len(d.DistributedSampler(range(10), 3, 0))
len(d.DistributedSampler(range(10), 3, 0, drop_last=True))
d.DistributedSampler(range(10), 3, 3)
d.DistributedSampler(range(10), 3, -1)
d.default_collate([1, 2])
d.default_collate([1.5, 2.5])
d.default_collate(["a", "b"])
d.default_collate([b"a", b"b"])
d.default_collate([True, False])
d.default_collate([t([1, 2]), t([3, 4])])
d.default_collate([t([1, 2]), t([3])])
d.default_collate([np.array([1.0, 2.0]), np.array([3.0, 4.0])])
d.default_collate([np.float32(1), np.float32(2)])
d.default_collate([np.int64(1), np.int64(2)])
d.default_collate([np.array(1), np.array(2)])
d.default_collate([np.array(["a"]), np.array(["b"])])
d.default_collate([(1, "a"), (2, "b")])
d.default_collate([[1, 2], [3, 4]])
d.default_collate([[1, 2], [3]])
d.default_collate([{"a": 1, "b": [2]}, {"a": 3, "b": [4]}])
d.default_collate([{"a": 1}, {"b": 3}])
d.default_collate([Point(1, 2), Point(3, 4)])
d.default_collate([Point(1, [2, 5]), Point(3, [4, 6])])
d.default_collate([collections.OrderedDict(a=1), collections.OrderedDict(a=2)])
d.default_collate([collections.defaultdict(int, a=1), collections.defaultdict(int, a=2)])
d.default_collate([None, None])
d.default_collate([{1, 2}, {3}])
d.default_collate([])
d.default_collate([1, 2.5])
d.default_collate([2.5, 1])
d.default_collate([range(2), range(2)])
d.default_convert(3)
d.default_convert(np.array([1, 2]))
d.default_convert(np.float32(2))
d.default_convert(np.array(["a"]))
d.default_convert({"a": np.array([1]), "b": (np.array(2), "x")})
d.default_convert(Point(np.array([1]), 2))
d.default_convert([np.array([1]), b"x"])
d.default_convert((np.array([1]), None))
list(d.DataLoader(range(5), 2))
list(d.DataLoader(range(5), 2, drop_last=True))
list(d.DataLoader(range(4), None))
list(d.DataLoader(range(4), batch_size=None, sampler=[3, 1]))
list(d.DataLoader(range(4), sampler=[3, 1, 2], batch_size=2))
list(d.DataLoader(range(4), batch_sampler=[[3], [1, 2]]))
list(d.DataLoader([np.array([1]), np.array([2])], None))
list(d.DataLoader({"a": 1, "b": 2}, None, sampler="ab"))
list(d.DataLoader(stream(5), 2))
list(d.DataLoader(stream(5), 2, drop_last=True))
list(d.DataLoader(stream(3), None))
list(d.DataLoader(range(5), 2, collate_fn=sum))
list(d.DataLoader(range(4), 2, pin_memory=True))
list(d.DataLoader(range(4), 2, num_workers=2, worker_init_fn=print_nothing, timeout=20))
list(d.DataLoader(stream(4), 2, num_workers=2, prefetch_factor=1))
list(d.DataLoader(range(4), 2, num_workers=1, worker_init_fn=fail))
list(d.DataLoader(range(4), 2, num_workers=1, collate_fn=fail))
list(d.DataLoader(range(4), 2, collate_fn=fail))
list(d.DataLoader(Picky(), 2))
(len(d.DataLoader(range(5), 2)), len(d.DataLoader(range(5), 2, drop_last=True)), len(d.DataLoader(range(5), None)))
len(d.DataLoader(stream(5), 2))
d.DataLoader(range(4), 0)
d.DataLoader(range(4), num_workers=-1)
d.DataLoader(range(4), timeout=-1)
d.DataLoader(range(4), prefetch_factor=2)
d.DataLoader(range(4), num_workers=1, prefetch_factor=-2)
d.DataLoader(range(4), persistent_workers=True)
d.DataLoader(range(4), shuffle=True, sampler=[1])
d.DataLoader(range(4), batch_sampler=[[1]], batch_size=2)
d.DataLoader(range(4), batch_sampler=[[1]], shuffle=True)
d.DataLoader(range(4), None, drop_last=True)
d.DataLoader(stream(4), shuffle=True)
d.DataLoader(stream(4), sampler=[1])
d.DataLoader(stream(4), batch_sampler=[1])
d.DataLoader(range(4), multiprocessing_context="fork")
d.DataLoader(range(4), num_workers=1, multiprocessing_context="x")
setattr(d.DataLoader(range(4)), "batch_size", 3)
d.DataLoader(range(4)).multiprocessing_context
list(d.DataLoader(range(3), timeout=3))
d.DataLoader([], shuffle=True)
list(d.DataLoader([]))
d.get_worker_info()
[d.DataLoader(range(3), 2).batch_size, d.DataLoader(range(3), 2).drop_last, d.DataLoader(range(3)).in_order, d.DataLoader(range(3)).prefetch_factor]
""".splitlines()  # noqa: E501


def print_nothing(worker):
    pass


def fail(anything):
    raise KeyError("missing")


def made(torch):
    d = importlib.import_module(torch.__name__ + ".utils.data")

    class Stream(d.IterableDataset):
        def __init__(self, n):
            self.n = n

        def __iter__(self):
            info = d.get_worker_info()
            return iter(range(info.id if info else 0, self.n, info.num_workers if info else 1))

        def __len__(self):
            return self.n

    class Picky(d.Dataset):
        def __len__(self):
            return 3

        def __getitem__(self, i):
            raise LookupError(f"no {i}")

    return {"d": d, "stream": Stream, "Picky": Picky, "t": torch.tensor}


def shown(torch, value):
    if isinstance(value, torch.Tensor):
        return [str(value.dtype), value.tolist()]
    if isinstance(value, dict):
        return [type(value).__name__, {str(k): shown(torch, v) for k, v in value.items()}]
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, [shown(torch, v) for v in value]]
    return value if isinstance(value, (int, str, float, type(None))) else f"{type(value).__name__}: {bytes}"


def run(torch):
    names = {**globals(), "torch": torch, **made(torch)}
    found = {}
    for expression in EXPRESSIONS:
        torch.manual_seed(17)
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            try:
                result = shown(torch, eval(expression, dict(names)))
            except Exception as error:
                text = str(error).split("\nOriginal Traceback")[0].split(" at 0x")[0]
                result = ["error", type(error).__name__, text]
        texts = [str(w.message) for w in seen if issubclass(w.category, (UserWarning, FutureWarning))]
        found[expression] = [result, texts, torch.randint(1000, (1,)).item()]
    return json.loads(json.dumps(found))


if __name__ == "__main__":
    import torch

    FILE.write_text(json.dumps(run(torch), indent=0) + "\n")
