"""`penlight.finfo` and `penlight.iinfo` against values recorded from PyTorch 2.13."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from penlight.base import defaults
from penlight.base.dtypes import DTYPES
from penlight.base.typeinfo import finfo, iinfo

# bits, eps, max, min, tiny, resolution: hexadecimal floats
FLOATS = {
    "float16": (16, "0x1p-10", "0x1.ffcp+15", "-0x1.ffcp+15", "0x1p-14", 0.001),
    "bfloat16": (16, "0x1p-7", "0x1.fep+127", "-0x1.fep+127", "0x1p-126", 0.01),
    "float32": (32, "0x1p-23", "0x1.fffffep+127", "-0x1.fffffep+127", "0x1p-126", 1e-06),
    "float64": (64, "0x1p-52", "0x1.fffffffffffffp+1023", "-0x1.fffffffffffffp+1023", "0x1p-1022", 1e-15),
    "float8_e4m3fn": (8, "0x1p-3", "0x1.cp+8", "-0x1.cp+8", "0x1p-6", 1.0),
    "float8_e4m3fnuz": (8, "0x1p-3", "0x1.ep+7", "-0x1.ep+7", "0x1p-7", 1.0),
    "float8_e5m2": (8, "0x1p-2", "0x1.cp+15", "-0x1.cp+15", "0x1p-14", 1.0),
    "float8_e5m2fnuz": (8, "0x1p-3", "0x1.cp+15", "-0x1.cp+15", "0x1p-15", 1.0),
    "float8_e8m0fnu": (8, "0x1p+0", "0x1p+127", "0x1p-127", "0x1p-127", 1.0),
}
INTEGERS = {
    "uint8": (8, 255, 0, "iinfo(min=0, max=255, dtype=uint8)"),
    "uint16": (16, 65535, 0, "iinfo(min=0, max=65535, dtype=uint16)"),
    "uint32": (32, 4294967295, 0, "iinfo(min=0, max=4.29497e+09, dtype=uint32)"),
    "uint64": (64, 18446744073709551615, 0, "iinfo(min=0, max=1.84467e+19, dtype=uint64)"),
    "int8": (8, 127, -128, "iinfo(min=-128, max=127, dtype=int8)"),
    "int16": (16, 32767, -32768, "iinfo(min=-32768, max=32767, dtype=int16)"),
    "int32": (32, 2147483647, -2147483648, "iinfo(min=-2.14748e+09, max=2.14748e+09, dtype=int32)"),
    "int64": (
        64,
        9223372036854775807,
        -9223372036854775808,
        "iinfo(min=-9.22337e+18, max=9.22337e+18, dtype=int64)",
    ),
}
TEXTS = {
    "float16": "finfo(resolution=0.001, min=-65504, max=65504, eps=0.000976562, smallest_normal=6.10352e-05, "
    "tiny=6.10352e-05, dtype=float16)",
    "bfloat16": "finfo(resolution=0.01, min=-3.38953e+38, max=3.38953e+38, eps=0.0078125, "
    "smallest_normal=1.17549e-38, tiny=1.17549e-38, dtype=bfloat16)",
    "float32": "finfo(resolution=1e-06, min=-3.40282e+38, max=3.40282e+38, eps=1.19209e-07, "
    "smallest_normal=1.17549e-38, tiny=1.17549e-38, dtype=float32)",
    "float64": "finfo(resolution=1e-15, min=-1.79769e+308, max=1.79769e+308, eps=2.22045e-16, "
    "smallest_normal=2.22507e-308, tiny=2.22507e-308, dtype=float64)",
    "float8_e4m3fn": "finfo(resolution=1, min=-448, max=448, eps=0.125, smallest_normal=0.015625, tiny=0.015625, "
    "dtype=float8_e4m3fn)",
    "float8_e8m0fnu": "finfo(resolution=1, min=5.87747e-39, max=1.70141e+38, eps=1, smallest_normal=5.87747e-39, "
    "tiny=5.87747e-39, dtype=float8_e8m0fnu)",
}


@pytest.mark.parametrize("name", FLOATS)
def test_floating_limits(name):
    bits, *hexadecimal, resolution = FLOATS[name]
    eps, largest, lowest, tiny = map(float.fromhex, hexadecimal)
    info = finfo(DTYPES[name])
    assert (info.bits, info.eps, info.max, info.min) == (bits, eps, largest, lowest)
    assert (info.tiny, info.smallest_normal, info.resolution, info.dtype) == (tiny, tiny, resolution, name)
    assert type(info.bits) is int
    assert type(info.max) is float


@pytest.mark.parametrize("name", TEXTS)
def test_floating_text(name):
    assert repr(finfo(DTYPES[name])) == str(finfo(DTYPES[name])) == TEXTS[name]


@pytest.mark.parametrize("name", ["float16", "float32", "float64"])
def test_floating_limits_are_numpys(name):
    ours, theirs = finfo(DTYPES[name]), np.finfo(name)
    for attribute in ("bits", "eps", "max", "min", "tiny", "resolution"):
        assert np.dtype(name).type(getattr(ours, attribute)) == getattr(theirs, attribute)


@pytest.mark.parametrize("name", INTEGERS)
def test_integer_limits(name):
    info = iinfo(DTYPES[name])
    assert (info.bits, info.max, info.min, repr(info)) == INTEGERS[name]
    assert info.dtype == name
    assert type(info.max) is int


@pytest.mark.parametrize(
    ("name", "part"), [("complex32", "float16"), ("complex64", "float32"), ("complex128", "float64")]
)
def test_complex_dtypes_have_the_limits_of_their_parts(name, part):
    assert finfo(DTYPES[name]) == finfo(DTYPES[part])
    assert finfo(DTYPES[name]).dtype == part


def test_ways_to_say_the_dtype(monkeypatch):
    assert finfo().dtype == "float32"
    monkeypatch.setattr(defaults.defaults, "float_dtype", DTYPES["float64"])
    assert finfo().dtype == "float64"
    assert finfo(type=DTYPES["float16"]).dtype == "float16"
    assert (finfo(float).dtype, finfo(complex).dtype, iinfo(int).dtype) == ("float64", "float64", "int64")


def test_wrong_dtypes():
    with pytest.raises(TypeError, match="requires a floating point input type. Use torch.iinfo to handle 'torch.int8'"):
        finfo(DTYPES["int8"])
    with pytest.raises(TypeError, match="requires an integer input type. Use torch.finfo to handle 'torch.float16'"):
        iinfo(DTYPES["float16"])
    with pytest.raises(TypeError, match="^torch.bool is not supported by torch.iinfo$"):
        iinfo(bool)
    with pytest.raises(TypeError, match="requires a floating point"):
        finfo(bool)
    with pytest.raises(NotImplementedError, match="qint8"):
        iinfo(DTYPES["qint8"])
    with pytest.raises(TypeError, match=r"^finfo\(\): argument 'type' \(position 1\) must be torch.dtype, not str$"):
        finfo("float32")
    with pytest.raises(TypeError, match=r"^finfo\(\): argument 'type' must be torch.dtype, not NoneType$"):
        finfo(type=None)
    with pytest.raises(TypeError, match=r"must be torch.dtype, not list"):
        finfo([])
    with pytest.raises(TypeError, match='^iinfo.. missing 1 required positional arguments: "type"$'):
        iinfo()
    with pytest.raises(TypeError, match='^finfo.. missing 1 required positional arguments: "type"$'):
        finfo(dtype=DTYPES["float16"])
    with pytest.raises(TypeError, match="takes one dtype, but 2 arguments were given"):
        finfo(DTYPES["float16"], 1)


def test_comparison():
    single, integer = finfo(DTYPES["float32"]), iinfo(DTYPES["int32"])
    assert single == finfo(DTYPES["float32"])
    assert single != finfo(DTYPES["float64"])
    assert single != integer
    assert single != 3
    assert integer != iinfo(DTYPES["uint32"])
    with pytest.raises(TypeError, match="unhashable"):
        hash(single)
    with pytest.raises(TypeError, match="not supported between"):
        single < single  # noqa: B015


def test_read_only():
    info = finfo(DTYPES["float32"])
    with pytest.raises(AttributeError, match="attribute 'eps' of 'torch.finfo' objects is not writable"):
        info.eps = 1.0
    with pytest.raises(AttributeError, match="'torch.finfo' object has no attribute 'other'"):
        info.other = 1.0
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="cannot pickle 'torch.finfo' object"):
            attempt(info)


def test_against_pytorch():
    torch = pytest.importorskip("torch")
    for name, ours in DTYPES.items():
        if name.startswith("complex") or not (ours.is_floating_point or name in INTEGERS):
            continue
        kind, reference = (finfo, torch.finfo) if ours.is_floating_point else (iinfo, torch.iinfo)
        got, wanted = kind(ours), reference(getattr(torch, name))
        assert repr(got) == repr(wanted)
        for attribute in [attribute for attribute in dir(wanted) if not attribute.startswith("_")]:
            assert getattr(got, attribute) == getattr(wanted, attribute), (name, attribute)
