"""TensorBoard logs: the messages beside PyTorch's, and the files read back with TensorBoard where it is installed."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tensorboardX")
pytest.importorskip("PIL")

import penlight as torch
from penlight import nn
from penlight.utils.tensorboard import FileWriter, SummaryWriter, records
from penlight.utils.tensorboard.graph import RUN_METADATA, graph
from penlight.utils.tensorboard.protocol import Event, Summary
from tests.utils import tensorboard_cases as cases

RECORDED = json.loads((Path(__file__).parent / "data" / "tensorboard.json").read_text(encoding="utf-8"))


def read(folder) -> list:
    """The events of the files of a folder, checked record by record."""
    events = []
    for path in sorted(Path(folder).glob("events.out.tfevents.*")):
        data = path.read_bytes()
        while data:
            size = int.from_bytes(data[:8], "little")
            body = data[12 : 12 + size]
            assert data[8:12] == records._masked(data[:8]) and data[12 + size : 16 + size] == records._masked(body)
            events.append(Event.FromString(body))
            data = data[16 + size :]
    return events


@pytest.mark.parametrize("call", cases.CALLS)
def test_message(call):
    content, *others = cases.outcome(SummaryWriter, torch, call)
    expected, *expected_others = RECORDED[call]
    assert others == expected_others
    if isinstance(content, bytes):
        assert Summary.FromString(content) == Summary.FromString(base64.b64decode(expected))
    else:
        assert content == expected


@pytest.mark.parametrize("call", cases.IMAGES)
def test_images_are_png_files_of_their_size(call):
    from PIL import Image

    message = Summary.FromString(cases.outcome(SummaryWriter, torch, call)[0]).value[0].image
    picture = Image.open(io.BytesIO(message.encoded_image_string))
    scale = 2 if "rescale=2" in call else 1
    assert picture.format == "PNG" and picture.size == (message.width * scale, message.height * scale)
    assert len(picture.getbands()) == message.colorspace


def test_pixels_of_a_grid(tmp_path):
    from PIL import Image

    images = torch.arange(3 * 3 * 2 * 2).reshape(3, 3, 2, 2).to(torch.uint8)
    with SummaryWriter(tmp_path) as writer:
        writer.add_images("i", images)
    content = read(tmp_path)[1].summary.value[0].image.encoded_image_string
    pixels = np.asarray(Image.open(io.BytesIO(content)))
    assert np.array_equal(pixels, np.concatenate(list(images.permute(0, 2, 3, 1).numpy()), axis=1))


@pytest.mark.parametrize("size", [0, 1, 4, 100, 2047, 2048, 2049, 5000, 70001])
def test_checksum(size):
    data = np.random.RandomState(size).bytes(size)
    state = 0xFFFFFFFF
    for byte in data:  # by its definition, bit by bit
        state ^= byte
        for _ in range(8):
            state = state >> 1 ^ 0x82F63B78 * (state & 1)
    assert records.crc32c(data) == state ^ 0xFFFFFFFF


def test_files_and_folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    writer = SummaryWriter(comment="_note", filename_suffix=".end")
    folder = writer.get_logdir()
    host = re.escape(socket.gethostname())
    assert re.fullmatch(rf"runs/[A-Z]\w\w\d\d_\d\d-\d\d-\d\d_{host}_note", folder.replace(os.sep, "/"))
    (name,) = os.listdir(folder)
    assert re.fullmatch(rf"events\.out\.tfevents\.\d{{10}}\.{host}\.{os.getpid()}\.\d+\.end", name)
    writer.add_scalars("losses/all", {"train": 1.0, "test": torch.tensor(2.0)}, 3)
    writer.close()
    writer.close()
    assert sorted(os.listdir(folder)) == sorted([name, "losses_all_test", "losses_all_train"])
    (event,) = read(Path(folder) / "losses_all_test")[1:]
    assert (event.summary.value[0].tag, event.summary.value[0].simple_value, event.step) == ("losses/all", 2.0, 3)
    writer.add_scalar("after", 1)  # a new file
    writer.close()
    assert len([n for n in os.listdir(folder) if "tfevents" in n]) == 2


def test_events_are_readable_after_flush_and_in_time(tmp_path):
    writer = SummaryWriter(tmp_path, max_queue=2, flush_secs=0.05)
    writer.add_scalar("a", 1, 1)
    writer.flush()
    assert len(read(tmp_path)) == 2
    for step in range(4):
        writer.add_scalar("a", 1, step)
    assert len(read(tmp_path)) >= 4  # the queue is of two
    deadline = time.time() + 5
    while len(read(tmp_path)) < 6 and time.time() < deadline:
        time.sleep(0.02)
    assert [e.step for e in read(tmp_path)] == [0, 1, 0, 1, 2, 3]
    writer.close()


def test_purge_step_and_reopen(tmp_path):
    with SummaryWriter(tmp_path, purge_step=7) as writer:
        writer.add_scalar("a", 1, 7)
    first, version, start, last = read(tmp_path)
    assert (first.file_version, version.file_version, version.step, start.step) == ("brain.Event:2",) * 2 + (7, 7)
    assert start.session_log.status == start.session_log.START and last.step == 7
    file = FileWriter(str(tmp_path / "other"))
    file.close()
    with pytest.raises(ValueError, match="closed"):
        file.add_event(Event())
    file.reopen()
    file.add_event(Event(), 2, 1.5)
    file.close()
    assert (read(tmp_path / "other")[-1].step, read(tmp_path / "other")[-1].wall_time) == (2, 1.5)


def test_what_is_not_closed_is_written_at_exit(tmp_path):
    code = (
        f"from penlight.utils.tensorboard import SummaryWriter as W\nw = W({str(tmp_path)!r})\nw.add_scalar('a', 1, 9)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert read(tmp_path)[-1].step == 9


def test_hparams_are_a_run_of_their_own(tmp_path):
    with SummaryWriter(tmp_path) as writer:
        writer.add_hparams({"lr": 0.1, "name": "x", "on": True, "no": None}, {"acc": torch.tensor(0.5)}, None, "run", 4)
    tags = [e.summary.value[0].tag for e in read(tmp_path / "run")[1:]]
    names = ["experiment", "session_start_info", "session_end_info"]
    assert tags == [f"_hparams_/{name}" for name in names] + ["acc"]
    assert all(e.step == 4 for e in read(tmp_path / "run")[1:])


def test_embedding_files(tmp_path):
    from PIL import Image

    writer = SummaryWriter(tmp_path)
    images = torch.rand(5, 3, 4, 6)
    writer.add_embedding(torch.tensor([[0.1, 2.0]] * 5), list("abcdé"), images, global_step=2, tag="t/a")
    writer.add_embedding(torch.eye(2), [["x", 1], ["y", 2]], metadata_header=["n", "k"])
    writer.close()
    folder = tmp_path / "00002" / "t%2fa"
    assert (folder / "tensors.tsv").read_text().splitlines() == ["0.10000000149011612\t2.0"] * 5
    assert (folder / "metadata.tsv").read_text(encoding="utf-8") == "a\nb\nc\nd\né\n"
    sprite = np.asarray(Image.open(folder / "sprite.png"))
    assert sprite.shape == (18, 18, 3)
    assert np.array_equal(sprite[4:8, :6].transpose(2, 0, 1), (images[3] * 255).to(torch.uint8).numpy())
    assert (tmp_path / "00000" / "default" / "metadata.tsv").read_text() == "n\tk\nx\t1\ny\t2\n"
    page = (tmp_path / "projector_config.pbtxt").read_text()
    assert page.count("embeddings {") == 2 and "single_image_dim: 6\n    single_image_dim: 4" in page
    assert not list(tmp_path.rglob("*.tmp"))


def test_figures_and_videos(tmp_path):
    from PIL import Image

    with SummaryWriter(tmp_path) as writer:
        video = torch.zeros(3, 4, 3, 8, 6)
        video[0, 1] = 1.0
        writer.add_video("v", video, fps=10)
    message = read(tmp_path)[1].summary.value[0].image
    picture = Image.open(io.BytesIO(message.encoded_image_string))
    assert picture.format == "GIF" and (message.width, message.height) == picture.size == (24, 8)
    picture.seek(1)
    frame = np.asarray(picture.convert("RGB"))
    assert picture.info["duration"] == 100 and frame[:, :6].min() == 255 and frame[:, 6:].max() == 0
    pyplot = pytest.importorskip("matplotlib.pyplot")
    with SummaryWriter(tmp_path / "f") as writer:
        figure = pyplot.figure(figsize=(2, 1))
        writer.add_figure("f", figure)
        assert not pyplot.fignum_exists(figure.number)
    assert read(tmp_path / "f")[1].summary.value[0].image.width == 2 * figure.dpi


def test_what_is_missing_says_so(tmp_path, monkeypatch):
    with SummaryWriter(tmp_path) as writer:
        with pytest.raises(NotImplementedError, match="ONNX"):
            writer.add_onnx_graph("x.onnx")

        def absent(name):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name.partition(".")[0])

        monkeypatch.setattr("importlib.import_module", absent)
        with pytest.raises(ModuleNotFoundError, match="Pillow.*penlight\\[images\\]"):
            writer.add_image("i", torch.zeros(3, 2, 2))
        with pytest.raises(ModuleNotFoundError, match="matplotlib.*penlight\\[plots\\]"):
            writer.add_figure("f", None)
    with pytest.raises(ValueError, match="local folder"):
        SummaryWriter("s3://bucket/logs")
    code = """import sys, penlight.utils
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name in ("tensorboardX", "tensorboard"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
try:
    from penlight.utils.tensorboard import SummaryWriter
except ImportError as error:
    print(error)
"""
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "pip install 'penlight[tensorboard]'" in shown


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3)
        self.body = nn.Sequential(nn.Linear(8, 4), nn.ReLU(), nn.Dropout(0.5))
        self.body[1].eval()

    def forward(self, picture, unused=None):
        x = torch.relu(self.conv(picture)).flatten(1)
        x = self.body(x)
        x += torch.ones(4)
        x[0] = 1
        return {"all": x, "mean": x.mean(dim=1)}


def test_graph_of_a_module(capsys):
    model = Net()
    modes = [m.training for m in model.modules()]
    found, metadata = graph(model, torch.rand(1, 1, 4, 4), verbose=True)
    assert modes == [m.training for m in model.modules()] and not model._forward_hooks and not model.conv._forward_hooks
    assert metadata == RUN_METADATA
    shown = [(n.name, n.op, list(n.input)) for n in found.node]
    conv, linear = "Net/Conv2d[conv]", "Net/Sequential[body]/Linear[0]"
    assert shown == [
        ("input/picture", "IO Node", []),
        (f"{conv}/weight", "prim::GetAttr", []),
        (f"{conv}/bias", "prim::GetAttr", []),
        (f"{conv}/conv2d", "aten::conv2d", ["input/picture", f"{conv}/weight", f"{conv}/bias"]),
        ("Net/relu", "aten::relu", [f"{conv}/conv2d"]),
        ("Net/flatten", "aten::flatten", ["Net/relu"]),
        (f"{linear}/weight", "prim::GetAttr", []),
        (f"{linear}/bias", "prim::GetAttr", []),
        (f"{linear}/linear", "aten::linear", ["Net/flatten", f"{linear}/weight", f"{linear}/bias"]),
        ("Net/Sequential[body]/ReLU[1]/relu", "aten::relu", [f"{linear}/linear"]),
        ("Net/constant", "prim::Constant", []),
        ("Net/add_", "aten::add_", ["Net/Sequential[body]/ReLU[1]/relu", "Net/constant"]),
        ("Net/setitem", "aten::setitem", ["Net/add_"]),
        ("Net/mean", "aten::mean", ["Net/setitem"]),
        ("output/output.1", "IO Node", ["Net/setitem"]),
        ("output/output.2", "IO Node", ["Net/mean"]),
    ]
    sizes = {n.name: [d.size for d in n.attr["_output_shapes"].list.shape[0].dim] for n in found.node}
    assert sizes[f"{conv}/conv2d"] == [1, 2, 2, 2] and sizes[f"{linear}/weight"] == [4, 8]
    assert b"dim : 1" in found.node[-3].attr["attr"].s
    assert capsys.readouterr().out.count("\n") == len(found.node)


def test_graph_of_a_module_that_computes_out_of_sight():
    class Hidden(nn.Module):
        def forward(self, x):
            return torch.from_numpy(x.detach().numpy() * 2)

    found, _ = graph(nn.Sequential(Hidden(), nn.ReLU()), torch.rand(2))
    assert [(n.op, list(n.input)) for n in found.node][1:] == [
        ("aten::detach", ["input/input"]),
        ("Hidden", ["input/input"]),
        ("aten::relu", ["Sequential/Hidden[0]/Hidden"]),
        ("IO Node", ["Sequential/ReLU[1]/relu"]),
    ]


def test_graph_errors_leave_the_module_as_it_was():
    model = Net()
    with pytest.raises(RuntimeError, match="input_to_model"):
        graph(model, None)
    with pytest.raises(TypeError, match="Module"):
        graph(3, torch.ones(1))
    with pytest.raises(RuntimeError):
        graph(model, torch.ones(2, 2))
    assert model.training and not model._forward_pre_hooks and not model.body[0]._forward_hooks


def test_tensorboard_reads_it(tmp_path):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    from tensorboard.util import tensor_util

    with SummaryWriter(tmp_path) as writer:
        for step in range(3):
            writer.add_scalar("loss", 1.0 / (step + 1), step)
        writer.add_histogram("weights", torch.arange(10.0), 1)
        writer.add_image("image", torch.rand(3, 4, 5))
        writer.add_text("note", "text")
        writer.add_audio("sound", torch.zeros(1, 10))
        writer.add_graph(Net(), torch.rand(1, 1, 4, 4))
        half = torch.tensor([1.0, -2.5])
        for dtype in (torch.float16, torch.float32, torch.uint8, torch.complex64):
            writer.add_tensor(f"tensor/{dtype}", half.abs().to(dtype) if dtype is torch.uint8 else half.to(dtype))
    events = accumulator.EventAccumulator(str(tmp_path))
    events.Reload()
    assert [(e.step, round(e.value, 3)) for e in events.Scalars("loss")] == [(0, 1.0), (1, 0.5), (2, 0.333)]
    histogram = events.Histograms("weights")[0].histogram_value
    assert (histogram.min, histogram.max, histogram.num, histogram.sum) == (0, 9, 10, 45)
    assert (events.Images("image")[0].height, events.Images("image")[0].width) == (4, 5)
    assert events.Tensors("note/text_summary")[0].tensor_proto.string_val[0] == b"text"
    assert events.Audio("sound")[0].length_frames == 10
    assert any(node.op == "aten::conv2d" for node in events.Graph().node)
    assert events.Tags()["run_metadata"] == ["step1"]
    for name, wanted in (("float16", [1, -2.5]), ("float32", [1, -2.5]), ("uint8", [1, 2]), ("complex64", [1, -2.5])):
        proto = events.Tensors(f"tensor/torch.{name}")[0].tensor_proto
        assert tensor_util.make_ndarray(proto).tolist() == wanted
