"""Recorded samples of PyTorch's operator database: how they are stored, rebuilt and judged. Needs no PyTorch.

`data/recorded.npz` holds one flat array for each dtype and, as bytes, a JSON text with the samples. A tensor in that
text is `{"tensor": dtype, "at": offset, "shape": [...]}` and, where it is not contiguous, the strides over the `length`
stored elements. bfloat16 is stored by its bits.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy

DATA = Path(__file__).parent / "data" / "recorded.npz"
SEED = 42  # what the database itself seeds its random operators with
TOLERANCES = {  # (relative, absolute): torch.testing's own
    "float16": (1e-3, 1e-5),
    "bfloat16": (1.6e-2, 1e-5),
    "float32": (1.3e-6, 1e-5),
    "float64": (1e-7, 1e-7),
    "complex64": (1.3e-6, 1e-5),
    "complex128": (1e-7, 1e-7),
}


@cache
def load() -> tuple[dict, dict]:
    """The samples by operator, and the flat arrays by dtype."""
    with numpy.load(DATA) as file:
        flat = {name: file[name] for name in file.files}
    return json.loads(flat.pop("samples").tobytes()), flat


class Decoder:
    """Rebuilds a recorded value for a library with PyTorch's names."""

    def __init__(self, library, flat):
        self.library, self.flat = library, flat
        self.differentiable: list = []

    def __call__(self, value):
        if isinstance(value, list):
            return [self(item) for item in value]
        if not isinstance(value, dict):
            return value
        if "tensor" in value:
            return self._tensor(value)
        (kind, content), *_ = value.items()
        if kind == "tuple":
            return tuple(self(item) for item in content)
        if kind == "size":
            return self.library.Size(content)
        if kind == "dict":
            return {key: self(item) for key, item in content.items()}
        if kind == "slice":
            return slice(*(self(item) for item in content))
        if kind == "complex":
            return complex(*content)
        if kind == "ellipsis":
            return ...
        if kind == "name":  # a dtype, layout or memory format
            return getattr(self.library, content)
        if kind == "device":
            return self.library.device(content)
        raise AssertionError(f"unknown record {value}")

    def _tensor(self, record):
        name, shape = record["tensor"], record["shape"]
        length = record.get("length", int(numpy.prod(shape, dtype=numpy.int64)))
        values = self.flat[name][record["at"] : record["at"] + length].copy()
        if "stride" in record:
            tensor = self.library.as_strided(
                self._typed(values, name), tuple(shape), tuple(record["stride"]), record.get("offset", 0)
            )
        else:
            tensor = self._typed(values.reshape(shape), name)
        if record.get("grad"):
            tensor.requires_grad_()
            self.differentiable.append(tensor)
        return tensor

    def _typed(self, values, name):
        tensor = self.library.from_numpy(values)
        return tensor.view(self.library.bfloat16) if name == "bfloat16" else tensor


def target(library, path: str):
    for name in path.split("."):
        library = getattr(library, name)
    return library


class Judge:
    """Collects what differs between a result and its record."""

    def __init__(self, library, flat, sample):
        self.library, self.flat, self.sample = library, flat, sample
        self.found: list[str] = []

    def __call__(self, got, want, where="result"):
        if isinstance(want, dict) and "tensor" in want:
            self._tensor(got, want, where)
        elif isinstance(want, (list, dict)) and "name" not in want and "device" not in want:
            self._nested(got, want, where)
        elif want is None:
            if got is not None:
                self.found.append(f"{where}: got {type(got).__name__}, want None")
        elif isinstance(want, dict):
            if str(got).rsplit(".", 1)[-1] != want.get("name", want.get("device")):
                self.found.append(f"{where}: got {got}, want {want}")
        elif type(got) is not type(want) or (got != want and not numpy.isclose(got, want, rtol=1e-6, equal_nan=True)):
            self.found.append(f"{where}: got {got!r}, want {want!r}")
        return self

    def _nested(self, got, want, where):
        if isinstance(want, dict):
            (kind, want), *_ = want.items()
            if kind == "dict":
                if set(got) != set(want):
                    self.found.append(f"{where}: got keys {list(got)}, want {list(want)}")
                    return
                for key in want:
                    self(got[key], want[key], f"{where}[{key!r}]")
                return
            if kind == "complex":
                if not isinstance(got, complex) or not numpy.isclose(got, complex(*want), rtol=1e-6, equal_nan=True):
                    self.found.append(f"{where}: got {got!r}, want {complex(*want)!r}")
                return
            if not isinstance(got, tuple):
                self.found.append(f"{where}: got {type(got).__name__}, want a tuple")
                return
        elif not isinstance(got, list):
            self.found.append(f"{where}: got {type(got).__name__}, want a list")
            return
        if len(got) != len(want):
            self.found.append(f"{where}: got {len(got)} items, want {len(want)}")
            return
        for index, (got_item, want_item) in enumerate(zip(got, want, strict=True)):
            self(got_item, want_item, f"{where}[{index}]")

    def _tensor(self, got, want, where):
        name, shape = want["tensor"], tuple(want["shape"])
        if not isinstance(got, self.library.Tensor):
            self.found.append(f"{where}: got {type(got).__name__}, want a tensor")
            return
        if str(got.dtype) != f"torch.{name}" or tuple(got.shape) != shape:
            self.found.append(f"{where}: got {got.dtype} {tuple(got.shape)}, want {name} {shape}")
            return
        if where.startswith("result") and bool(got.requires_grad) != bool(want.get("grad")):
            self.found.append(f"{where}: requires_grad is {got.requires_grad}, want {bool(want.get('grad'))}")
        if self.sample.get("uninitialised"):
            return
        want_values = self.flat[name][want["at"] : want["at"] + int(numpy.prod(shape, dtype=numpy.int64))]
        want_values = want_values.reshape(shape)
        got_values = self._values(got.detach(), name)
        if name not in TOLERANCES:
            wrong = got_values != want_values
        else:
            if name in ("bfloat16", "float16"):
                got_values, want_values = (self._widened(values, name) for values in (got_values, want_values))
            relative, absolute = TOLERANCES[name]
            granted = self.sample.get("tolerance", {}).get(name, (0.0, 0.0))
            relative, absolute = max(relative, granted[0]), max(absolute, granted[1], want.get("slack", 0.0))
            wrong = ~numpy.isclose(got_values, want_values, rtol=relative, atol=absolute, equal_nan=True)
        if wrong.any():
            first = tuple(int(i) for i in numpy.argwhere(wrong)[0])
            self.found.append(
                f"{where}: {int(wrong.sum())} of {wrong.size} elements; at {first} got {got_values[first]!r}, "
                f"want {want_values[first]!r}"
            )

    def _values(self, tensor, name):
        for resolve in ("resolve_conj", "resolve_neg"):  # a library without lazy conjugation may lack them
            tensor = getattr(tensor, resolve)() if hasattr(tensor, resolve) else tensor
        if name == "bfloat16":
            tensor = tensor.contiguous().view(self.library.int16)
        values = numpy.asarray(tensor.numpy())
        if str(values.dtype) != ("int16" if name == "bfloat16" else name):
            raise AssertionError(f"the tensor says {name}, its array is {values.dtype}")
        return values

    @staticmethod
    def _widened(values, name):
        if name == "bfloat16":  # a bfloat16 is the upper half of a float32
            return (values.astype(numpy.uint16).astype(numpy.uint32) << 16).view(numpy.float32)
        return values.astype(numpy.float32)


def replay(library, sample: dict, flat: dict) -> list[str]:
    """Run one recorded sample; what is wrong, in words."""
    decoder = Decoder(library, flat)
    arguments, options = decoder(sample["args"]), decoder(sample["kwargs"])
    library.manual_seed(SEED)
    result = target(library, sample["path"])(*arguments, **options)
    judge = Judge(library, flat, sample)(result, sample["want"])
    if "gradients" not in sample or judge.found:
        return judge.found
    outputs = [leaf for leaf in leaves(result, library.Tensor) if leaf.requires_grad]
    gradients = library.autograd.grad(
        outputs, decoder.differentiable, Decoder(library, flat)(sample["cotangents"]), allow_unused=True
    )
    for index, (got, want) in enumerate(zip(gradients, sample["gradients"], strict=True)):
        judge(got, want, f"gradient of input {index}")
    return judge.found


def leaves(value, tensor_type) -> list:
    if isinstance(value, tensor_type):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, (tuple, list)):
        return []
    return [leaf for item in value for leaf in leaves(item, tensor_type)]
