"""Programs with data pipes; the tests and the recording run the same.

`python -m tests.data.pipe_cases`, run with a Python that has PyTorch, records the expectations.
"""

import functools
import importlib
import io
import json
import os
import pathlib
import pickle
import tempfile
import warnings

FILE = pathlib.Path(__file__).parent / "data" / "pipes.json"


def double(x):
    return 2 * x


def add(a, b):
    return a + b


def is_odd(x):
    return x % 2 == 1


def third(x):
    return x % 3


def third_or_none(x):
    return None if x % 3 == 2 else x % 3


def wrapper(torch):
    return importlib.import_module(torch.__name__ + ".utils.data.datapipes.iter").IterableWrapper


class Odd:
    """A callable object."""

    def __call__(self, x):
        return x % 2 == 1


# W: IterableWrapper, S: SequenceWrapper, I, M: the modules, d: torch.utils.data; every expression is listed or shown
EXPRESSIONS = """\
W(range(5)).map(double)
W(range(5)).map(lambda x: x + 1)
W([(1, 2), (3, 4)]).map(double, input_col=0)
W([[1, 2], [3, 4]]).map(double, input_col=1)
W([(1, 2), (3, 4)]).map(add, input_col=[0, 1])
W([(1, 2, 9), (3, 4, 9)]).map(add, input_col=[0, 1])
W([(1, 2), (3, 4)]).map(double, input_col=0, output_col=1)
W([(1, 2), (3, 4)]).map(double, input_col=0, output_col=-1)
W([(1, 2), (3, 4)]).map(double, input_col=0, output_col=[1])
W([(1, 2), (3, 4)]).map(double, input_col=0, output_col=[0, 1])
W([{"a": 1, "b": 2}]).map(double, input_col="a")
W([{"a": 1, "b": 2}]).map(add, input_col=["a", "b"], output_col="c")
W([{"a": 1, "b": 2}]).map(add, input_col=("b", "a"))
W(range(5)).map(double, output_col=1)
W(range(5)).map(add, input_col=0)
W(range(5)).map(double, input_col=[0, 1])
W(range(5)).map(functools.partial(add, 3))
len(W(range(5)).map(double))
len(W(iter(range(5))).map(double))
W(range(10)).filter(is_odd)
W(range(10)).filter(Odd())
W([(1, 2), (2, 3)]).filter(is_odd, input_col=1)
W(range(3)).filter(double)
W(range(3)).filter(str)
len(W(range(10)).filter(is_odd))
W(range(10)).batch(3)
W(range(10)).batch(3, drop_last=True)
W(range(10)).batch(0)
(len(W(range(10)).batch(3)), len(W(range(10)).batch(3, drop_last=True)))
[type(b).__name__ for b in W(range(4)).batch(2)]
[repr(b) for b in W(range(4)).batch(2)]
[(b.as_str("  "), list(b.raw_iterator())) for b in W(range(4)).batch(2)]
W(range(4)).batch(2, wrapper_class=tuple)
W(range(12)).batch(3).batch(2).unbatch()
W(range(12)).batch(3).batch(2).unbatch(unbatch_level=2)
W(range(12)).batch(3).batch(2).unbatch(unbatch_level=-1)
W(range(4)).unbatch()
W(range(4)).batch(2).unbatch(unbatch_level=-2)
W(range(10)).shuffle()
W(range(10)).shuffle(buffer_size=3)
W(range(10)).shuffle().set_seed(5)
(lambda p: [list(p), list(p), list(p.set_seed(3))])(W(range(10)).shuffle(buffer_size=4))
W(range(10)).shuffle().set_shuffle(False)
W(range(10)).shuffle(buffer_size=0)
W(range(6)).batch(2).shuffle(unbatch_level=1)
W(range(6)).batch(2).batch(1).shuffle(unbatch_level=-1)
len(W(range(10)).shuffle())
W(range(3)).zip(W("abcd"))
len(W(range(3)).zip(W("abcd")))
W(range(3)).zip()
I.Zipper(W(range(3)), 4)
W(range(3)).concat(W("ab"), W([]))
len(W(range(3)).concat(W("ab")))
W(range(3)).concat([1])
I.Concater()
W(range(3)).mux(W(range(10, 15)), W(range(20, 22)))
len(W(range(3)).mux(W(range(10, 15))))
list(map(list, W(range(4)).fork(2)))
list(zip(*W(range(4)).fork(3)))
W(range(4)).fork(0)
(lambda a, b: [next(iter(a)), list(b), list(a)])(*W(range(4)).fork(2))
(lambda a, b: [list(a), list(b)])(*W(range(6)).fork(2, buffer_size=3))
(lambda a, b: [list(a), list(b)])(*W(range(6)).fork(2, buffer_size=-1))
list(zip(*W([[1], [2]]).fork(2, copy="shallow")))
W(range(4)).fork(2, copy="other")
[len(p) for p in W(range(4)).fork(2)]
[str(p) for p in W(range(4)).fork(2)]
list(map(list, W(range(9)).demux(3, third)))
list(map(list, W(range(9)).demux(2, third)))
list(map(list, W(range(9)).demux(2, third_or_none)))
list(map(list, W(range(9)).demux(2, third_or_none, drop_none=True)))
(lambda a, b: [list(b), list(a)])(*W(range(6)).demux(2, is_odd, buffer_size=2))
(lambda a, b: [[next(i) for i in [iter(a)] * 3], list(b)])(*W(range(6)).fork(2, buffer_size=3))
(lambda a, b: [next(i) for i in [iter(a)] * 4])(*W(range(6)).fork(2, buffer_size=3))
(lambda a, b: [[next(i) for i in [iter(b)] * 2], list(a)])(*W(range(6)).demux(2, is_odd, buffer_size=2))
(lambda a, b: [next(i) for i in [iter(b)] * 3])(*W(range(6)).demux(2, is_odd, buffer_size=2))
(lambda a, b: [next(i) for i in [iter(b)] * 3])(*W(range(6)).demux(2, is_odd, buffer_size=-1))
interleaved(*W(range(6)).fork(2))
list(W(range(3)).fork(1))
(lambda a, b: [list(a), list(a)])(*W(range(3)).fork(2))
list(pickle.loads(pickle.dumps(W(range(4)).fork(2)[1])))
list(W(range(4)).fork(2)[1].map(double))
list(map(list, W(range(4)).fork(2)[0].fork(2)))
sorted(map(str, d.graph_settings.get_all_graph_pipes(d.graph.traverse_dps(W(range(3)).fork(2)[0].map(double)))))
d.graph.traverse_dps(3)
d.non_deterministic(int)
d.non_deterministic(3)
W(range(3)).map(3)
W(range(3)).map(keyword_only)
(lambda p: (p.apply_sharding(2, 0), p.apply_sharding(2, 1, I.sharding.SHARDING_PRIORITIES.DISTRIBUTED)))(W(range(9)).sharding_filter())
(lambda p: (p.apply_sharding(2, 1, I.sharding.SHARDING_PRIORITIES.DISTRIBUTED), p.apply_sharding(2, 0, I.sharding.SHARDING_PRIORITIES.MULTIPROCESSING), list(p)))(W(range(9)).sharding_filter())
list(d.DataLoader(W(range(9)).sharding_filter(), 2, num_workers=2, worker_init_fn=set_nothing))
I.FileLister(folder + "/absent")
I.FileOpener(W([3]))
I.FileOpener(W([folder + "/a.txt"]), "rb", encoding="utf8")
[x[0] for x in d.DataLoader(W([1, 2, 3]).batch(2), None)]
W(range(4)).demux(0, third)
W(range(4)).demux(1, third)
W(["aa", "b", "ac", "bb", "c", "a"]).groupby(first)
W(["aa", "b", "ac", "bb", "c", "a"]).groupby(first, group_size=2)
W(["aa", "b", "ac", "bb", "c", "a"]).groupby(first, keep_key=True)
W(["aa", "b", "ac", "bb", "c", "a"]).groupby(first, group_size=2, drop_remaining=True)
W(["aa", "b", "ac", "bb", "c", "a", "ad"]).groupby(first, buffer_size=3, group_size=3)
W(["aa", "b", "ac", "bb", "c", "a", "ad"]).groupby(first, buffer_size=3, group_size=3, guaranteed_group_size=2)
W(["aa", "b", "ac", "bb", "c", "a", "ad"]).groupby(first, buffer_size=3, group_size=3, guaranteed_group_size=2, drop_remaining=True)
W(["aa", "b"]).groupby(first, buffer_size=0)
W(["aa", "b"]).groupby(first, buffer_size=2, group_size=3)
W(["aa", "b"]).groupby(first, group_size=3, guaranteed_group_size=4)
W(["aa", "b"]).groupby(first, guaranteed_group_size=4)
I.Sampler(W(range(5)))
I.Sampler(W(range(5)), d.RandomSampler)
I.Sampler(W(range(5)), d.RandomSampler, sampler_kwargs={"replacement": True, "num_samples": 7})
len(I.Sampler(W(range(5))))
I.Sampler(W(iter(range(5))))
W([1, 2, 3]).batch(2).collate()
W([(1, 2.0), (3, 4.0)]).batch(2).collate()
W([(1, 2)]).batch(1).collate(collate_fn=len)
W([(1, 2)]).batch(1).collate(len)
W(range(10)).sharding_filter()
(lambda p: (d.graph_settings.apply_sharding(p, 3, 1), list(p), len(p)))(W(range(10)).sharding_filter())[1:]
(lambda p: (p.apply_sharding(3, 3), list(p)))(W(range(10)).sharding_filter())
(lambda p: (p.apply_sharding(3, 0), list(p)))(W(range(10)).map(double))
d.graph_settings.apply_sharding(W(range(10)).sharding_filter().map(double).sharding_filter(), 2, 0)
list(d.graph_settings.apply_sharding(W(range(10)).sharding_filter(I.sharding.SHARDING_PRIORITIES.DISTRIBUTED).sharding_filter(I.sharding.SHARDING_PRIORITIES.MULTIPROCESSING), 2, 0))
W([1]).is_shardable() if hasattr(W([1]), "is_shardable") else None
W(range(3))
(lambda x: [list(W(x)), x])([1, [2]])
len(W(range(3)))
len(W(iter([1])))
W(iter([1, 2]), deepcopy=False)
W((i for i in range(3)))
(lambda p: [next(iter(p)), list(p), list(p)])(W(range(3)))
two_iterators(W(range(3)))
W(range(3)).nothing
W(range(3)).map
[str(W([1])), repr(W([1]).map(double)), type(W([1]).map(double)).__name__]
W(range(3)) + W("ab")
S(range(5))
S({"a": 1, "b": 2})["b"]
[S(range(5))[i] for i in range(5)]
S(range(5)).map(double)
S(range(5)).map(double)[3]
S(range(7)).batch(3)
S(range(7)).batch(3)[2]
S(range(7)).batch(3)[3]
S(range(7)).batch(3, drop_last=True)[2]
(len(S(range(7)).batch(3)), len(S(range(7)).batch(3, drop_last=True)))
S(range(3)).concat(S("ab"))
S(range(3)).concat(S("ab"))[4]
S(range(3)).concat(S("ab"))[5]
S(range(3)).zip(S("abcd"))
S(range(3)).zip(S("abcd"))[3]
len(S(range(3)).zip(S("abcd")))
S(range(8)).shuffle()
S(range(8)).shuffle().set_seed(4)
S(range(8)).shuffle(indices=[5, 2])
(lambda p: [list(p), list(p)])(S(range(8)).shuffle().set_seed(4))
list(S(range(8)).shuffle().set_shuffle(False))
len(S(range(8)).shuffle())
S(range(3)).nothing
[str(S([1])), repr(S([1]).map(double)), str(S([1]).shuffle())]
W(range(3)).zip(S(range(3)))
S(range(3)).concat(W(range(3)))
sorted(os.path.basename(p) for p in I.FileLister(folder))
sorted(os.path.basename(p) for p in I.FileLister(folder, "*.txt"))
sorted(os.path.basename(p) for p in I.FileLister(folder, ["*.txt", "b*"], recursive=True))
sorted(os.path.basename(p) for p in I.FileLister([folder, folder + "/sub"]))
sorted(os.path.basename(p) for p in W([folder]).list_files())
len(I.FileLister(folder))
len(I.FileLister(folder, length=3))
[(os.path.basename(p), f.read()) for p, f in I.FileLister(folder, "a.txt").open_files()]
[(os.path.basename(p), f.read()) for p, f in I.FileOpener(W([folder + "/a.txt"]), "rb")]
I.FileOpener(W([folder]), "x")
I.FileLister(folder, "a.txt").open_files("b").read_from_stream().map(len, input_col=1).map(os.path.basename, input_col=0)
I.StreamReader(W([("x", io.BytesIO(b"abcdef"))]), chunk=4)
len(I.StreamReader(W([("x", io.BytesIO(b"abcdef"))]), chunk=4))
own(range(3)).plus(5).map(double)
own(range(3)).plus(5)
d.functional_datapipe("map")(type("Again", (d.IterDataPipe,), {}))
d.functional_datapipe("something")(int)
d.functional_datapipe(3)
sorted(map(str, d.graph_settings.get_all_graph_pipes(d.graph.traverse_dps(W(range(3)).zip(W("ab")).map(double)))))
len(d.graph.traverse_dps(W(range(3)).zip(W("ab")).map(double)))
list(d.DataLoader(W(range(6)).map(double), 2))
list(d.DataLoader(W(range(6)).shuffle(), 2, shuffle=True))
list(d.DataLoader(W(range(6)).shuffle(), 2))
list(d.DataLoader(W(range(6)).shuffle(), 2, shuffle=False))
(lambda l: [list(l), list(l)])(d.DataLoader(W(range(6)).shuffle(), 2, shuffle=True))
list(d.DataLoader(W(range(10)).shuffle().sharding_filter(), 2, num_workers=2))
(lambda l: [list(l), list(l)])(d.DataLoader(W(range(10)).shuffle().sharding_filter(), 2, shuffle=True, num_workers=2))
(lambda l: [list(l), list(l)])(d.DataLoader(W(range(10)).shuffle().sharding_filter(), 2, shuffle=True, num_workers=2, persistent_workers=True))
(lambda l: [list(l), list(l)])(d.DataLoader(W(range(10)).shuffle().sharding_filter(), 2, generator=torch.Generator().manual_seed(2)))
list(d.DataLoader(W(range(4)), 2, num_workers=2))
list(d.DataLoader(S(range(6)).shuffle(), 2))
list(d.DataLoader(S(range(6)).shuffle(), 2, shuffle=True))
list(d.DataLoader(S(range(6)).shuffle(), 2, shuffle=False))
list(d.DataLoader(S(range(6)), 2, shuffle=True))
list(d.DataLoader(S(range(6)), 2, num_workers=2))
len(d.DataLoader(W(range(6)).map(double), 4))
list(pickle.loads(pickle.dumps(W(range(10)).map(double).shuffle().set_seed(1).batch(2))))
pickle.dumps(W(range(10)).map(lambda x: x)) and None
list(pickle.loads(pickle.dumps(half(W(range(6)).map(double)))))
""".splitlines()  # noqa: E501


def first(x):
    return x[0]


def half(pipe):
    next(iter(pipe))
    return pipe


def keyword_only(*, x):
    return x


def set_nothing(worker):
    pass


def interleaved(a, b):
    """The first reads, the second reads, then the first begins anew."""
    first, second = iter(a), iter(b)
    found = [next(first), next(first), next(second)]
    again = iter(a)
    return [*found, next(again), next(second)]


def two_iterators(pipe):
    a = iter(pipe)
    next(a)
    b = iter(pipe)
    return [next(b), next(a)]


def makers(torch):
    d = importlib.import_module(torch.__name__ + ".utils.data")

    class Own(d.IterDataPipe):
        def __init__(self, source):
            self.source = source

        def __iter__(self):
            yield from self.source

    if "plus" not in d.IterDataPipe.functions:

        @d.functional_datapipe("plus")
        class Plus(d.IterDataPipe):
            """Adds."""

            def __init__(self, source, number):
                self.source, self.number = source, number

            def __iter__(self):
                for x in self.source:
                    yield x + self.number

    return Own


def shown(torch, value, d):
    if isinstance(value, torch.Tensor):
        return value.tolist()
    if isinstance(value, (d.IterDataPipe, d.MapDataPipe)):
        return ["pipe", [shown(torch, v, d) for v in value]]
    if isinstance(value, dict):
        return {str(k): shown(torch, v, d) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, [shown(torch, v, d) for v in value]]
    return value if isinstance(value, (int, str)) else repr(value) if isinstance(value, bytes) else type(value).__name__


def run(torch, expressions=None):
    d = importlib.import_module(torch.__name__ + ".utils.data")
    iters, maps = (importlib.import_module(f"{torch.__name__}.utils.data.datapipes.{n}") for n in ("iter", "map"))
    importlib.import_module(f"{torch.__name__}.utils.data.datapipes.iter.sharding")
    names = {
        **globals(), "torch": torch, "d": d, "I": iters, "M": maps, "W": iters.IterableWrapper, "S": maps.SequenceWrapper,
        "own": makers(torch), "functools": functools, "io": io, "os": os, "pickle": pickle,
    }  # fmt: skip
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(folder + "/sub")
        for name, text in (("a.txt", "first"), ("b.bin", "second"), ("sub/c.txt", "third"), ("sub/b2", "")):
            pathlib.Path(folder, name).write_text(text)
        names["folder"] = folder
        for expression in expressions or EXPRESSIONS:
            torch.manual_seed(11)
            with warnings.catch_warnings(record=True) as seen:
                warnings.simplefilter("always")
                try:
                    result = shown(torch, eval(expression, dict(names)), d)
                except Exception as error:
                    text = str(error).replace(folder, "FOLDER").split(" at 0x")[0]
                    text = text.partition("\nFor feedback")[0].rstrip("'")  # their address; a quote that they leave out
                    result = ["error", type(error).__name__, text]
            texts = [
                str(w.message).replace(folder, "FOLDER")
                for w in seen
                if issubclass(w.category, (UserWarning, FutureWarning))
            ]
            found[expression] = [result, texts, torch.randint(1000, (1,)).item()]
    return json.loads(json.dumps(found))


if __name__ == "__main__":
    import torch

    FILE.write_text(json.dumps(run(torch), indent=0) + "\n")
