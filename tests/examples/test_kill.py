"""A program that is killed and resumed ends with the files of one that was not; a broken file is told from a whole one."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from kill_and_resume import broken_files, differences, is_same, kill_and_resume

import penlight as torch

PROGRAM = """
import sys
sys.path.insert(0, {examples!r})
from common.start import start
import torch
from common.checkpoint import Run
from common.files import write_atomically
from common.options import read_options
from common.record import Recorder

options = read_options("Fit a line.", epochs=20, resumable=True)
start(options)
recorder = Recorder(options)
net = torch.nn.Sequential(torch.nn.Linear(4, 200), torch.nn.Dropout(0.2), torch.nn.Linear(200, 1))
optimizer = torch.optim.Adam(net.parameters())
run = Run("line", options, recorder, every=1, net=net, optimizer=optimizer)
for epoch in run.epochs():
    for _ in run.batches(range(4)):
        x = torch.rand(64, 4)
        loss = ((net(x)[:, 0] - x.sum(1)) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        recorder.step(loss.item())
write_atomically(options.out / "line.pth", lambda path: torch.save(net.state_dict(), path))
"""


def test_killed_and_resumed(tmp_path):
    script = tmp_path / "line.py"
    script.write_text(PROGRAM.format(examples=str(Path(__file__).resolve().parents[2] / "examples")), encoding="utf-8")
    reports = []
    kill_and_resume([str(script)], tmp_path, kills=2, seed=1, report=reports.append)
    assert reports[-1].endswith("bit for bit") and sum(line.startswith("kill") for line in reports) == 2


def test_broken_files_are_found(tmp_path):
    for name, content in {
        "a.pth": b"PK\x03\x04", "b.json": b'{"a": 1', "c.png": b"\x89PNG\r\n\x1a\n", "d.txt": b"", "e.json": b"[]",
        ".unfinished-f.pth": b"PK",
    }.items():  # fmt: skip
        (tmp_path / name).write_bytes(content)
    broken, count = broken_files(tmp_path)
    assert (sorted(broken), count) == (["a.pth", "b.json", "c.png", "d.txt"], 5)


def test_differences(tmp_path):
    for folder, names in (("a", "xyz"), ("b", "xyw")):
        (tmp_path / folder).mkdir()
        for name in names:
            (tmp_path / folder / name).write_text(folder if name == "x" else name)
    assert differences(tmp_path / "a", tmp_path / "b") == ["w", "x", "z"]


def test_checkpoints_are_compared_by_their_values(tmp_path):
    def saved(name, *values):
        torch.save(values, tmp_path / name)
        return tmp_path / name

    text = "".join(["MT", "19937"])
    first = saved("a.pth", text, text, torch.tensor([1.0, -0.0]), float("nan"))
    again = saved("b.pth", text, "".join(["MT", "19937"]), torch.tensor([1.0, -0.0]), float("nan"))
    assert first.read_bytes() != again.read_bytes() and is_same(first, again)
    assert not is_same(first, saved("c.pth", text, text, torch.tensor([1.0, 0.0]), float("nan")))
    assert not is_same(first, saved("d.pth", text, text, torch.tensor([1.0, -0.0]), 0.0))
    assert not is_same(first, saved("e.pth", text, text))
    assert not is_same(first, tmp_path / "f.pth")
