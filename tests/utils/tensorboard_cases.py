"""Calls of a SummaryWriter `w`, evaluated alike with PyTorch and with penlight; each writes one summary, or raises."""

from __future__ import annotations

import tempfile

import numpy as np

CALLS = """
w.add_scalar("a/b", 0.1, 3)
w.add_scalar("a/c", t.tensor(2.5), t.tensor(4), walltime=12.5)
w.add_scalar("x", np.float64(3), new_style=True)
w.add_scalar("x", 1 / 3, 5, new_style=True, double_precision=True)
w.add_scalar("x", True)
w.add_scalar("x", t.tensor(1.5, dtype=t.bfloat16))
w.add_scalar("bad", T(2))
w.add_scalar("bad", [1])
w.add_tensor("t", T(2, 3), 1)
w.add_tensor("t", T(2).double())
w.add_tensor("t", t.tensor([True, False]))
w.add_tensor("t", t.tensor([[1, -2]]))
w.add_tensor("t", t.tensor([1, -2], dtype=t.int8))
w.add_tensor("t", t.tensor([1 + 2j]))
w.add_histogram("h", T(40) - 0.5, 1)
w.add_histogram("h", r.randn(50), 2, bins="auto")
w.add_histogram("h", T(300) * 100 - 20, max_bins=30)
w.add_histogram("h", T(99), bins=100, max_bins=7)
w.add_histogram("h", t.arange(10), bins=5)
w.add_histogram("h", t.zeros(4))
w.add_histogram("h", t.tensor([1e30]))
w.add_histogram("h", t.zeros(0))
w.add_histogram("h", [1, 2])
w.add_histogram_raw("h", 0.0, 1.0, 3, 1.5, 2.5, [0.0, 1.0], [1, 2], 4)
w.add_histogram_raw("h", 0.0, 1.0, 3, 1.5, 2.5, [0.0, 1.0], [1], 4)
w.add_audio("s", T(1, 20) * 2 - 1, 1, sample_rate=8000)
w.add_audio("s", T(20) * 4 - 2)
w.add_audio("s", T(2, 20))
w.add_text("t", "hello **x** é", 1)
w.add_pr_curve("p", t.tensor(r.randint(0, 2, 50)), T(50), 1, num_thresholds=20)
w.add_pr_curve("p", r.randint(0, 2, 50), r.rand(50), num_thresholds=9, weights=r.rand(50))
w.add_pr_curve("p", r.randint(0, 2, 9), r.rand(9), num_thresholds=300)
w.add_pr_curve_raw("p", *[list(range(4)) for _ in range(6)], num_thresholds=4)
w.add_custom_scalars_multilinechart(["a", "b"], "c", "t")
w.add_custom_scalars_marginchart(["a", "b", "c"])
w.add_custom_scalars_marginchart(["a"])
w.add_custom_scalars({"A": {"x": ["Multiline", ["a/.*"]], "y": ["Margin", ["a", "b", "c"]]}, "B": {}})
w.add_mesh("m", T(1, 4, 3), (T(1, 4, 3) * 255).int(), t.tensor([[[0, 1, 2]]]), {"k": [1]}, 3)
w.add_mesh("m", T(1, 4, 3))
w.add_mesh("m", T(4, 3))
w.add_hparams([], {})
w.add_hparams({"a": []}, {})
w.add_hparams({"a": 1}, {}, {"a": ["q"]})
w.add_image("i", T(8, 9))
w.add_image("i", T(3, 8, 9), dataformats="CCH")
w.add_image("i", T(5, 8, 9))
w.add_images("i", T(3, 2, 4, 5))
w.add_embedding(T(3))
w.add_embedding(T(3, 1), ["a"])
w.add_embedding(T(3, 1), label_img=T(2, 3, 4, 4))
w.add_text("t", 3)
""".strip().splitlines()

# These hold PNG files, whose bytes depend on Pillow: compared as pictures here, byte for byte where PyTorch runs.
IMAGES = """
w.add_image("i", T(3, 8, 9), 1)
w.add_image("i", (T(8, 9, 3) * 255).to(t.uint8), dataformats="HWC")
w.add_image("i", T(8, 9), dataformats="HW")
w.add_image("i", T(1, 8, 9) * 2 - 0.5)
w.add_image("i", T(4, 8, 9))
w.add_images("i", T(10, 3, 4, 5), 2)
w.add_images("i", r.rand(3, 4, 5, 1), dataformats="NHWC")
w.add_image_with_boxes("i", T(3, 40, 50), t.tensor([[3.0, 4, 20, 30], [5, 6, 40, 39]]), labels=["cat", "dog"], rescale=2)
w.add_image_with_boxes("i", T(3, 40, 50), np.array([[3.0, 4, 20, 30]]), labels=["one", "too many"])
""".strip().splitlines()


def names(t) -> dict[str, object]:
    r = np.random.RandomState(0)
    return {"t": t, "np": np, "r": r, "T": lambda *shape: t.tensor(r.rand(*shape).astype(np.float32))}


class Collector:
    """Stands where a FileWriter does, and keeps the summaries."""

    def __init__(self):
        self.written = []
        self.folder = tempfile.TemporaryDirectory()  # for calls that write files of their own

    def get_logdir(self) -> str:
        return self.folder.name

    def add_summary(self, summary, global_step=None, walltime=None) -> None:
        self.written.append((summary.SerializeToString(), None if global_step is None else int(global_step), walltime))


def outcome(writer_class, t, call: str) -> list:
    """[the serialized summary, step, time] of a call, or [the exception's name]."""
    writer = writer_class.__new__(writer_class)
    writer.file_writer = collector = Collector()
    writer.all_writers = {"": collector}
    writer.default_bins = DEFAULT_BINS
    try:
        eval(call, {**names(t), "w": writer})
    except Exception as error:
        return [type(error).__name__]
    (written,) = collector.written
    return list(written)


DEFAULT_BINS: list[float] = []
limit = 1e-12
while limit < 1e20:
    DEFAULT_BINS.append(limit)
    limit *= 1.1
DEFAULT_BINS = [-x for x in reversed(DEFAULT_BINS)] + [0.0] + DEFAULT_BINS
