"""Record the losses of tests/text/programs under real PyTorch with torchtext 0.6, the last one that has fields.

    PYTHONPATH=folder/with/torchtext-0.6 python tests/record/text_programs.py

torchtext lists IMDB's files in the order of the disk; here they are sorted, as penlight sorts them.
torchtext 0.6.0 is pure Python and runs with today's PyTorch. `news.py` needs torchtext 0.9 or later, which loads with no
PyTorch of today: its losses are not recorded. Writes tests/text/data/programs.json.
"""

import glob
import json
import os
import runpy
import sys
import tempfile
from pathlib import Path

import torch

TEXT = Path(__file__).resolve().parents[1] / "text"
PROGRAMS = ("sentiment", "translation", "language_model", "tables", "tagging")

if __name__ == "__main__":
    torch.set_num_threads(1)
    unsorted = glob.iglob
    glob.iglob = lambda *args, **kwargs: iter(sorted(unsorted(*args, **kwargs)))
    sys.path.insert(0, str(TEXT))
    from program_data import write_all

    with tempfile.TemporaryDirectory() as folder:
        write_all(Path(folder))
        os.chdir(folder)
        recorded = {}
        for name in PROGRAMS:
            losses = runpy.run_path(str(TEXT / "programs" / f"{name}.py"))["losses"]
            recorded[name] = [float(f"{loss:.7g}") for loss in losses]
    text = ",\n".join(f' "{name}": {json.dumps(losses)}' for name, losses in recorded.items())
    (TEXT / "data" / "programs.json").write_text("{\n" + text + "\n}\n", encoding="utf-8")
