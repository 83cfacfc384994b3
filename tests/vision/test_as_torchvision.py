"""A program that says `import torchvision` runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("PIL")

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
import torch, torchvision
import torchvision.transforms as transforms
import torchvision.transforms.functional as TF
from torchvision import datasets, models
from torchvision.datasets import MNIST
from torchvision.models.resnet import ResNet, BasicBlock
from torchvision.transforms.transforms import Normalize
from torchvision.transforms import InterpolationMode
from torchvision.ops.boxes import box_area
from torchvision.utils import make_grid, save_image

transform = transforms.Compose([transforms.ToTensor(), Normalize((0.1307,), (0.3081,))])
loader = torch.utils.data.DataLoader(MNIST(sys.argv[1], train=False, transform=transform), batch_size=4)
images, labels = next(iter(loader))
save_image(make_grid(images, normalize=True), sys.argv[1] + "/grid.png")
print(images.shape, labels.tolist(), torchvision.__version__.split("+")[0], type(models.resnet18()).__module__)
try:
    from torchvision.models import raft_large
except ImportError as error:
    print(error)
"""


def test_program(tmp_path):
    folder = tmp_path / "MNIST" / "raw"
    folder.mkdir(parents=True)
    for path in (ROOT / "examples" / "data" / "mnist").glob("*.gz"):
        shutil.copy(path, folder)
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "penlight", "program.py", str(tmp_path)], cwd=tmp_path, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first.startswith("torch.Size([4, 1, 28, 28]) [7, 2, 1, 0] 0.28.0")
    assert second == "penlight does not have torchvision.models.raft_large; dir(torchvision.models) lists what it has"
    assert (tmp_path / "grid.png").is_file()
