"""Checkpoints of the examples' training loops: a run that is cut off goes on bit for bit."""

import argparse
import random
import sys
from pathlib import Path

import numpy as np
import pytest

import penlight as torch

ROOT = Path(__file__).resolve().parents[2]

# A program that draws random numbers wherever programs do: order, augmentation in Python, NumPy and torch, dropout.
PROGRAM = """
import random
import numpy as np
import torch
from torch import nn
from common.start import start
from common.options import option_parser
from common.record import Recorder
from common.checkpoint import Run

class Noisy(torch.utils.data.Dataset):
    def __len__(self):
        return 23
    def __getitem__(self, index):
        noise = random.random() + np.random.rand() + torch.rand(1).item()
        return torch.full((3,), index / 23 + noise), index / 23

parser = option_parser("A test.", epochs=3, resumable=True)
parser.add_argument("--cut", default=None, help="EPOCH.BATCH: leave the program without a word after that batch")
parser.add_argument("--workers", type=int, default=0)
options = parser.parse_args()
start(options)
cut = vars(options).pop("cut")  # no setting of the training
recorder = Recorder(options, print_every=4)
net = nn.Sequential(nn.Linear(3, 8), nn.Dropout(0.3), nn.BatchNorm1d(8), nn.Linear(8, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
schedule = torch.optim.lr_scheduler.StepLR(optimizer, 3, 0.5)
run = Run("test", options, recorder, every=2, net=net, optimizer=optimizer, schedule=schedule)
loader = torch.utils.data.DataLoader(Noisy(), 3, shuffle=True, num_workers=options.workers)
for epoch in run.epochs():
    for x, y in run.batches(loader):
        loss = ((net(x)[:, 0] - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        recorder.step(loss.item())
        run.kept["hidden"] = (run.kept.get("hidden", torch.zeros(1)) + torch.rand(1)).detach()
        if cut == f"{epoch}.{run.done + 1}":
            raise SystemExit("cut off")
torch.save([net.state_dict(), optimizer.state_dict(), recorder.state_dict(), run.kept, torch.rand(3),
            random.random(), float(np.random.rand())], options.out / "final.pth")
"""


@pytest.fixture
def common(monkeypatch):
    """The modules of examples/common over penlight, importable for one test."""
    monkeypatch.syspath_prepend(str(ROOT / "examples"))
    monkeypatch.setitem(sys.modules, "torch", torch)
    import common.checkpoint
    import common.files
    import common.options
    import common.record
    import common.start

    yield common
    for name in [name for name in sys.modules if name == "common" or name.startswith("common.")]:
        del sys.modules[name]


@pytest.fixture
def program(common, tmp_path, monkeypatch, capsys):
    """Run the program in a folder below tmp_path; return what it printed."""
    code = compile(PROGRAM, "program", "exec")

    def run(folder, *arguments, wanted=None):
        monkeypatch.setattr(sys, "argv", ["program", "--out", str(tmp_path / folder), *arguments])
        try:
            exec(code, {"__name__": "__main__"})
        except SystemExit as end:
            assert wanted is not None and wanted in str(end)
        else:
            assert wanted is None
        return capsys.readouterr().out

    return run


def test_goes_on_bit_for_bit(program, tmp_path):
    program("whole")
    program("cut", "--cut", "1.3", wanted="cut off")
    assert "resume epoch 1 batch 2 step 2\n" in program("cut", "--cut", "2.8", "--resume", wanted="cut off")
    assert "resume epoch 2 batch 6 step 14\n" in program("cut", "--resume")
    assert (tmp_path / "whole" / "final.pth").read_bytes() == (tmp_path / "cut" / "final.pth").read_bytes()
    assert "resume epoch 4 batch 0 step 24\n" in program("cut", "--resume")
    assert (tmp_path / "whole" / "final.pth").read_bytes() == (tmp_path / "cut" / "final.pth").read_bytes()
    program("cut", "--resume", "--epochs", "4", wanted="was made with epochs 3, this run has epochs 4: give the same")


def test_says_what_is_wrong_with_a_file(common, program, tmp_path):
    path = tmp_path / "out" / "net.pth"
    with pytest.raises(SystemExit, match="net.pth is missing: train first, or give the folder with net.pth to --out"):
        common.checkpoint.load_saved("net", path)
    path.parent.mkdir()
    for content in (b"", b"PK\x03\x04 cut short", b"no checkpoint"):
        path.write_bytes(content)
        with pytest.raises(SystemExit, match="net.pth cannot be read: train anew"):
            common.checkpoint.load_saved("net", path)
    for content in ({"weights": 1}, [1, 2]):
        torch.save(content, path)
        with pytest.raises(SystemExit, match="net.pth holds something else, expected the net: give the folder with"):
            common.checkpoint.load_saved("net", path)
    common.checkpoint.save_as("net", path, weights=1)
    assert common.checkpoint.load_saved("net", path)["weights"] == 1
    program("out/net.pth", wanted="expected a folder, this is a file")
    program("out", "--device", "tpu", wanted="--device tpu: Expected one of cpu")
    path.rename(path.with_name("test_checkpoint.pth"))
    program("out", "--resume", wanted="holds the net, expected the state of the training test: give")
    program("cut", "--cut", "1.3", wanted="cut off")
    state = common.checkpoint.load_saved("state of the training test", tmp_path / "cut" / "test_checkpoint.pth")
    state["parts"]["net"]["0.weight"] = torch.zeros(8, 4)
    torch.save(state, tmp_path / "cut" / "test_checkpoint.pth")
    program("cut", "--resume", wanted="test_checkpoint.pth is from a training on other data: see --data, --resume")


def test_goes_on_bit_for_bit_with_workers(program, tmp_path):
    program("whole", "--workers", "2", "--epochs", "1")
    assert "resume no checkpoint" in program(
        "cut", "--workers", "2", "--epochs", "1", "--cut", "1.3", "--resume", wanted="cut off"
    )
    program("cut", "--workers", "2", "--epochs", "1", "--resume")
    assert (tmp_path / "whole" / "final.pth").read_bytes() == (tmp_path / "cut" / "final.pth").read_bytes()


def test_random_states_come_back(common):
    states = common.checkpoint.random_states()

    def draw():
        return random.random(), np.random.randn(), torch.randn(3).tolist()

    first = draw()
    common.checkpoint.set_random_states(states)
    assert draw() == first


def test_a_failed_write_leaves_the_old_file(common, tmp_path):
    path = tmp_path / "new" / "a.txt"
    common.files.write_atomically(path, lambda unfinished: unfinished.write_text("whole"))

    def fail(unfinished):
        unfinished.write_text("ha")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        common.files.write_atomically(path, fail)
    assert path.read_text() == "whole"
    common.files.write_atomically(path, lambda unfinished: unfinished.write_text("new"))
    assert path.read_text() == "new" and [file.name for file in path.parent.iterdir()] == ["a.txt"]


def test_commands(common, capsys):
    calls = []

    def train(options):
        calls.append(options)

    def predict(options):
        return options.words

    def made():
        commands = common.options.Commands("Does things.\n\nMore.")
        commands.add(train, "fit the model", epochs=3, data="names", resumable=True)
        commands.add(predict, "guess").add_argument("words", nargs="+")
        return commands

    made().run([])
    made().run(["--epochs", "2", "--resume"])
    made().run(["train", "--seed", "5"])
    assert [(options.epochs, options.resume, options.seed) for options in calls] == [
        (3, False, 0), (2, True, 0), (3, False, 5)
    ]  # fmt: skip
    assert made().run(["predict", "a", "b"]) == ["a", "b"]
    with pytest.raises(SystemExit):
        made().run(["predict", "a", "--epochs", "3"])
    for wrong, wanted in ((["pedict", "a"], "invalid choice: 'pedict'"), (["--epochs", "x"], "at least 1, got x")):
        with pytest.raises(SystemExit):
            made().run(wrong)
        assert wanted in capsys.readouterr().err
    capsys.readouterr()
    with pytest.raises(SystemExit):
        made().run(["--help"])
    printed = capsys.readouterr().out
    for wanted in ("Does things.\n\nMore.", "COMMAND --help lists", "done where no command is named", "predict"):
        assert wanted in printed


def test_option_types(common):
    whole, number = common.options.whole, common.options.number
    assert (whole()("3"), whole(2)("4"), number()("0.5"), number(1)("1")) == (3, 4, 0.5, 1.0)
    for parse, text, wanted in (
        (whole(), "0", "a whole number of at least 1, got 0"), (whole(), "2.5", "at least 1, got 2.5"),
        (whole(4), "6", "a positive multiple of 4, got 6"), (number(), "-1", "a number of at least 0, got -1"),
        (number(1), "1.5", "a number from 0 to 1, got 1.5"), (number(), "nan", "got nan"), (number(), "x", "got x"),
    ):  # fmt: skip
        with pytest.raises(argparse.ArgumentTypeError, match=wanted):
            parse(text)
