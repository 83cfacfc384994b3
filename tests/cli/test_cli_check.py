"""`penlight check` finds what programs use and penlight lacks."""

import json
import textwrap

import pytest

from penlight.cli import check
from penlight.ledger import resolve
from penlight.ledger.missing import placeholder

# What the stand-in for penlight has in these tests: everything else is missing or unknown to it.
SUPPORTED = """
torch torch.nn torch.nn.functional torch.nn.Linear torch.nn.Module torch.nn.functional.relu torch.utils
torch.utils.data torch.zeros torchvision torchvision.transforms torch.float32 torch.backends torch.backends.cudnn
""".split()


@pytest.fixture(autouse=True)
def stand_in(monkeypatch):
    def look_up(name):
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            prefix = ".".join(parts[:length])
            if prefix == "torch.jit.script":
                return resolve.Finding("raises", prefix, placeholder(prefix, "run it as it is"))
            if prefix == "torch.jit":
                continue
            if prefix not in SUPPORTED:
                return resolve.Finding("missing", prefix)
        return resolve.Finding("supported", name)

    monkeypatch.setattr(check, "_look_up", look_up)
    monkeypatch.setattr(check, "star_names", lambda namespace: {"relu", "gelu"})
    monkeypatch.setattr(check, "tensor_only_missing", lambda: frozenset({"erfinv_", "swapdims"}))


def problems(tmp_path, capsys, text, name="program.py"):
    path = tmp_path / name
    path.write_text(textwrap.dedent(text))
    code = check.main([str(path)])
    lines = capsys.readouterr().out.replace(str(tmp_path) + "/", "").splitlines()
    assert code == (1 if any("[guarded" not in line for line in lines[:-1]) else 0)
    return [":".join(line.split(":")[1:3]) + (" guarded" if "[guarded" in line else "") for line in lines[:-1]]


CASES = {
    "nothing": ("import torch\ntorch.zeros(1)\n", []),
    "chain": ("import torch\ntorch.nn.Foo(1).bar()\n", ["2: torch.nn.Foo"]),
    "as": ("import torch.nn.functional as F\nF.relu(1)\nF.gelu(1)\n", ["3: torch.nn.functional.gelu"]),
    "from": ("from torch import nn as n, zeros\nn.Foo\nzeros(1)\n", ["2: torch.nn.Foo"]),
    "from a missing name": ("from torch.nn import Foo\nFoo(1)\n", ["1: torch.nn.Foo"]),
    "a missing module": ("import torch.fx\ntorch.fx.wrap(1)\n", ["1: torch.fx"]),
    "star": ("from torch.nn.functional import *\nrelu(1)\ngelu(1)\n", ["3: torch.nn.functional.gelu"]),
    "assigned": ("import torch\nnn = torch.nn\nnn.Foo()\n", ["3: torch.nn.Foo"]),
    "torchvision": ("from torchvision import transforms as T\nT.Foo()\n", ["2: torchvision.transforms.Foo"]),
    "getattr": ("import torch\ngetattr(torch, 'foo')\ngetattr(torch, 'bar', None)\n", ["2: torch.foo"]),
    "annotations, defaults, bases, decorators": (
        """
        import torch
        @torch.a
        class C(torch.b):
            def f(self, x: torch.c = torch.d) -> torch.e: ...
        """,
        ["3: torch.a", "4: torch.b", "5: torch.c", "5: torch.d", "5: torch.e"],
    ),
    "another F": ("import torch.nn.functional as F\ndef f(F): return F.gelu\ng = lambda F: F.gelu\n", []),
    "a local name": ("import torch\ndef f():\n    torch = 3\n    torch.foo\n", []),
    "an import inside": ("def f():\n    import torch\n    torch.foo\ndef g(torch): torch.foo\n", ["3: torch.foo"]),
    "relative": ("from .torch import foo\nfrom . import torch\ntorch.foo\n", []),
    "not torch": ("import torchaudio, numpy as np\ntorchaudio.foo\nnp.foo\n", []),
    "try": (
        """
        try:
            from torch.fx import wrap
        except ImportError:
            wrap = None
        """,
        ["3: torch.fx guarded"],
    ),
    "guarded import, used later": (
        "try:\n    import torch.fx as fx\nexcept ImportError:\n    fx = None\nfx.wrap(1)\n",
        ["2: torch.fx guarded"],
    ),
    "try for another error": ("import torch\ntry:\n    torch.foo\nexcept ValueError:\n    pass\n", ["3: torch.foo"]),
    "hasattr": (
        """
        import torch
        if hasattr(torch, "foo"):
            torch.foo()
        else:
            torch.bar()
        x = torch.foo() if hasattr(torch, "foo") else None
        hasattr(torch, "foo") and torch.foo()
        """,
        ["4: torch.foo guarded", "6: torch.bar"],
    ),
    "not hasattr": (
        "import torch\nif not hasattr(torch, 'foo'):\n    torch.bar\nelse:\n    torch.foo\n",
        ["3: torch.bar", "5: torch.foo guarded"],
    ),
    "type checking": ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from torch import foo\n", []),
    "setting": ("import torch\ntorch.backends.cudnn.benchmark = True\ntorch.foo.bar = 1\n", ["3: torch.foo"]),
    "refused when used": ("import torch\n@torch.jit.script\ndef f(): ...\n", ["2: torch.jit.script"]),
    "refused, only imported": ("from torch.jit import script\n", []),
    "tensor methods": (
        """
        import numpy as np
        class C:
            def f(self, x):
                x.erfinv_()
                x.y[0].swapdims(0, 1).relu()
                self.swapdims()
                np.ones(3).swapdims()
                "".swapdims()
                x.swapdims
        """,
        ["5: .erfinv_", "6: .swapdims"],
    ),
    "own methods": ("class C:\n    def swapdims(self): ...\ndef f(c): c.swapdims()\n", []),
}


@pytest.mark.parametrize("case", CASES)
def test_uses(tmp_path, capsys, case):
    text, expected = CASES[case]
    assert problems(tmp_path, capsys, text) == expected


def test_lines_are_gathered(tmp_path, capsys):
    path = tmp_path / "program.py"
    path.write_text("import torch\n" + "torch.foo\n" * 3)
    assert check.main([str(path)]) == 1
    out = capsys.readouterr().out
    assert out.splitlines()[0].endswith("has it (also lines 3, 4)")
    assert out.splitlines()[1] == "1 file, 2 names of PyTorch's: 1 lacking"


def test_what_is_missing_is_told_from_what_pytorch_lacks(tmp_path, capsys):
    path = tmp_path / "program.py"
    path.write_text("import torch\ntorch.compile\ntorch.set_deterministic\n")
    check.main([str(path)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("2: torch.compile: penlight does not have it yet")
    assert lines[1].endswith("3: torch.set_deterministic: neither penlight nor PyTorch 2.13.0 has it")


def test_folders_notebooks_and_unreadable_files(tmp_path, capsys):
    (tmp_path / "a").mkdir()
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "x.py").write_text("import torch.fx")
    (tmp_path / "a" / "fine.py").write_text("import torch")
    cells = [
        {"cell_type": "markdown", "source": ["import torch.fx"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "import torch\n", "if True:\n", "    !ls"]},
        {"cell_type": "code", "source": "torch.foo"},
    ]
    (tmp_path / "a" / "book.ipynb").write_text(json.dumps({"cells": cells}))
    assert check.main([str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "book.ipynb:5: torch.foo" in out
    assert "torch.fx" not in out
    (tmp_path / "a" / "broken.py").write_text("x = = 1")
    assert check.main([str(tmp_path)]) == 2
    assert "broken.py:1: cannot be read: invalid syntax" in capsys.readouterr().out
    assert check.main([str(tmp_path / "absent.py")]) == 2
