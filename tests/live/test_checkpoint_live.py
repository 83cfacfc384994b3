"""Checkpoints in both directions with real PyTorch in the same process."""

from __future__ import annotations

import collections
import io
import zipfile

import numpy as np
import pytest

torch = pytest.importorskip("torch")
if not torch.__version__[:1].isdigit() or "penlight" in (torch.__file__ or ""):
    pytest.skip("the alias is installed: this is not PyTorch", allow_module_level=True)

import penlight  # noqa: E402
from penlight.base.device import device  # noqa: E402
from penlight.base.dtypes import DTYPES  # noqa: E402
from penlight.base.size import Size  # noqa: E402
from penlight.io import load, safetensors, save  # noqa: E402
from penlight.nn.parameter import Parameter  # noqa: E402
from penlight.tensor.tensor import Tensor  # noqa: E402

pytestmark = pytest.mark.live
DTYPE_NAMES = (
    "bool uint8 int8 int16 int32 int64 uint16 uint32 uint64 float16 bfloat16 float32 float64 complex64 complex128 "
    "float8_e4m3fn float8_e5m2"
).split()


def theirs(obj, **options):
    buffer = io.BytesIO()
    torch.save(obj, buffer, **options)
    return buffer.getvalue()


def ours(obj, **options):
    buffer = io.BytesIO()
    save(obj, buffer, **options)
    return buffer.getvalue()


def same(mine, real):
    """Assert that a penlight object is what the PyTorch object is, types and values."""
    if isinstance(real, torch.Tensor):
        assert isinstance(mine, Parameter) == isinstance(real, torch.nn.Parameter)
        assert mine.requires_grad == real.requires_grad and mine._a.dtype == DTYPES[str(real.dtype)[6:]].np
        assert mine._a.shape == tuple(real.shape)
        plain = real.detach().resolve_conj().contiguous()
        raw = plain.reshape(-1).view(torch.uint8).numpy().tobytes() if plain.numel() else b""
        assert np.ascontiguousarray(mine._a).tobytes() == raw
    elif isinstance(real, (torch.Size, torch.device, torch.dtype)):
        assert isinstance(mine, (Size, device, penlight.dtype)) and str(mine) == str(real)
    elif isinstance(real, dict):
        assert type(mine) is type(real) and list(mine) == list(real)
        for key, value in real.items():
            same(mine[key], value)
        if hasattr(real, "_metadata"):
            assert mine._metadata == real._metadata
    elif isinstance(real, (list, tuple)):
        assert type(mine) is type(real) and len(mine) == len(real)
        for a, b in zip(mine, real):
            same(a, b)
    else:
        assert type(mine) is type(real) and mine == real


def cases():
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2), torch.nn.Flatten())
    optimizer = torch.optim.Adam(net.parameters())
    net(torch.randn(2, 1, 5, 5)).sum().backward()
    optimizer.step()
    base = torch.arange(24.0).reshape(4, 6)
    views = [base, base.t(), base[1], base[1:3, ::2], base[0].expand(2, 6), torch.empty(0), torch.empty(2, 0, 3),
             torch.tensor(3.5)]  # fmt: skip
    values = [torch.Size([2, 3]), torch.device("cuda", 1), torch.float16, 1 + 2j, {1, 2}, b"ab", bytearray(b"xy"),
              2**70, -5, 300, 70000, None, True, 1.5, "é", collections.Counter("aab")]  # fmt: skip
    return {
        "state": net.state_dict(),
        "optimizer": {"o": optimizer.state_dict(), "nested": [({"w": net.state_dict()},)]},
        "views": views,
        "dtypes": {n: torch.arange(3).to(getattr(torch, n)) for n in DTYPE_NAMES},
        "values": values,
        "parameters": [torch.nn.Parameter(base), torch.nn.Parameter(base, False), base.clone().requires_grad_()],
    }


@pytest.mark.parametrize("name", cases())
@pytest.mark.parametrize("weights_only", [True, False])
def test_theirs_to_ours_and_back(name, weights_only):
    real = cases()[name]
    data = theirs(real)
    mine = load(io.BytesIO(data), weights_only=weights_only)
    same(mine, real)
    written = ours(mine)
    returned = torch.load(io.BytesIO(written), weights_only=weights_only)
    same(load(io.BytesIO(theirs(returned))), real)
    if name in ("state", "optimizer", "dtypes", "parameters"):
        rows = [[(i.filename, i.header_offset, i.file_size, i.CRC) for i in zipfile.ZipFile(io.BytesIO(d)).infolist()]
                for d in (data, written)]  # fmt: skip
        assert rows[0][:-1] == rows[1][:-1]  # all but the serialization id


@pytest.mark.parametrize("name", ["state", "optimizer", "views", "values", "parameters"])
def test_legacy(name):
    real = cases()[name]
    mine = load(io.BytesIO(theirs(real, _use_new_zipfile_serialization=False)))
    same(mine, real)
    returned = torch.load(io.BytesIO(ours(mine, _use_new_zipfile_serialization=False)))
    same(load(io.BytesIO(theirs(returned))), real)


def test_storage_is_shared_in_both(tmp_path):
    base, row = load(io.BytesIO(theirs(cases()["views"][:3:2])))
    assert np.shares_memory(base._a, row._a)
    save([base, row], tmp_path / "x.pth")
    for mmap in (False, True):
        a, b = torch.load(tmp_path / "x.pth", mmap=mmap)
        a[1, 0] = 50
        assert b[0] == 50


def test_attributes_and_conjugates():
    tensor = torch.ones(2)
    tensor.label = "here"
    mine = load(io.BytesIO(theirs(tensor)))
    assert mine.label == "here" and torch.load(io.BytesIO(ours(mine))).label == "here"
    real = torch.ones(2, dtype=torch.complex64).mul(1j).conj()
    same(load(io.BytesIO(theirs(real))), real)


def test_whole_module_both_ways():
    pytest.importorskip("penlight.nn.modules.linear")
    real = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU())
    mine = load(io.BytesIO(theirs(real)), weights_only=False)
    assert type(mine) is penlight.nn.Sequential and type(mine[0]) is penlight.nn.Linear
    x = np.arange(6, dtype=np.float32).reshape(2, 3)
    expected = real(torch.from_numpy(x)).detach().numpy()
    np.testing.assert_allclose(mine(Tensor._wrap(x))._a, expected, rtol=1e-6)  # float32 sums of three products
    returned = torch.load(io.BytesIO(ours(mine)), weights_only=False)
    assert type(returned) is torch.nn.Sequential
    np.testing.assert_array_equal(returned(torch.from_numpy(x)).detach().numpy(), expected)


def test_safetensors_both_ways():
    library = pytest.importorskip("safetensors.torch")
    real = {"a": torch.arange(6.0).reshape(2, 3), "b": torch.ones(3).bfloat16(), "c": torch.tensor(True),
            "e": torch.ones(2).to(torch.float8_e4m3fn), "z": torch.empty(0, 3)}  # fmt: skip
    mine = safetensors.load(library.save(real, {"k": "v"}))
    same({k: mine[k] for k in real}, real)
    back = library.load(safetensors.save(mine))
    same({k: mine[k] for k in real}, {k: back[k] for k in real})
    turned = Tensor._wrap(mine["a"]._a.T)
    assert torch.equal(library.load(safetensors.save({"t": turned}))["t"], real["a"].T)
