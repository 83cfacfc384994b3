"""SummaryWriter beside PyTorch's: the same messages and files for the same calls."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("tensorboard")
pytest.importorskip("PIL")

from torch.utils.tensorboard import SummaryWriter as TorchWriter  # noqa: E402

import penlight  # noqa: E402
from penlight.utils.tensorboard import SummaryWriter  # noqa: E402
from penlight.utils.tensorboard.protocol import Summary  # noqa: E402
from tests.utils import tensorboard_cases as cases  # noqa: E402


@pytest.mark.parametrize("call", cases.CALLS + cases.IMAGES)
def test_same_message(call):
    mine, real = cases.outcome(SummaryWriter, penlight, call), cases.outcome(TorchWriter, torch, call)
    assert mine[1:] == real[1:]
    if isinstance(real[0], bytes):
        assert Summary.FromString(mine[0]) == Summary.FromString(real[0])
    else:
        assert mine[0] == real[0]


def test_same_files(tmp_path):
    contents = []
    for number, (t, writer_class) in enumerate(((penlight, SummaryWriter), (torch, TorchWriter))):
        folder = tmp_path / str(number)
        known = cases.names(t)
        T = known["T"]
        with writer_class(folder) as writer:
            writer.add_embedding(T(5, 3), list("abcdé"), T(5, 3, 4, 6), global_step=2, tag='t/a"')
            writer.add_embedding(T(2, 2), [["x", 1], ["y", 2]], metadata_header=["n", "k"])
            writer.add_embedding(known["r"].rand(3, 2), tag="é\\")
            writer.add_hparams({"lr": 0.1, "name": "x", "on": True}, {"acc": 1.0}, {"lr": [0.1, 1.0]}, "run")
            writer.add_scalars("a/b", {"p": 1.0, "q": 2.0}, 1)
        files = [path for path in folder.rglob("*") if path.is_file()]
        contents.append({str(p.relative_to(folder)): p.read_bytes() for p in files if "tfevents" not in p.name})
        contents[-1].update((str(p.parent.relative_to(folder)), None) for p in files if "tfevents" in p.name)
    assert contents[0] == contents[1]
