"""Print random tensors with PyTorch and record the texts for `tests/tensor/test_printing.py`.

Run `python -m tests.record.printing` in the repository root, where torch can be imported.
A case is a dict: dtype, shape, values (repeated in row-major order until the shape is full),
options (of `set_printoptions`), default (floating dtype), transposed, grad, kind, expected.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import torch

DATA_FILE = Path(__file__).parents[1] / "tensor" / "data" / "printing.json"
RECORDED_CASES = 220
LONGEST_TEXT = 500

WIDE_FLOATS = ["float32", "float64"]
NARROW_FLOATS = ["float16", "bfloat16", "float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz"]
SIGNED = ["int8", "int16", "int32", "int64"]
UNSIGNED = ["uint8", "uint16", "uint32", "uint64"]
COMPLEX = ["complex64", "complex128"]
DTYPES = (
    WIDE_FLOATS * 6 + ["float16", "bfloat16"] * 2 + NARROW_FLOATS + ["float8_e8m0fnu"] + SIGNED + UNSIGNED
    + COMPLEX * 3 + ["bool"] * 2
)  # fmt: skip

NODES = {
    "CloneBackward0": lambda t: t.clone(),
    "AliasBackward0": lambda t: torch.ops.aten.alias(t),
    "UnsafeViewBackward0": lambda t: torch.ops.aten._unsafe_view(t, t.shape),
    "IndexSelectBackward0": lambda t: t.index_select(0, torch.arange(t.shape[0])) if t.dim() else t.clone(),
}


class Subclass(torch.Tensor):
    """A tensor subclass with a longer name than its base."""


class NamedParameter(torch.nn.Parameter):
    """A Parameter subclass."""


KINDS = {
    "tensor": ("tensor", False),
    "subclass": ("Subclass", False),
    "parameter": ("tensor", True),
    "parameter subclass": ("NamedParameter", True),
}


def _random_float(source: random.Random, style: str, exponents: tuple[int, int]) -> float:
    special = source.random()
    if "special" in style and special < 0.15:
        return source.choice([float("nan"), float("inf"), float("-inf"), -0.0, 0.0])
    if special > 0.95:
        return 0.0
    sign = source.choice([-1, 1])
    if "whole" in style:
        return float(sign * source.randrange(10 ** source.randint(1, max(1, exponents[1]))))
    if "edge" in style:  # on the borders of the rules
        return sign * source.choice([1e-4, 9.999e-5, 1.0, 1000.0, 1000.5, 999.5, 1e8, 100000008.0, 0.1, 2.5, 0.99995])
    return sign * source.randint(1, 99999) * 10.0 ** source.randint(*exponents)


def _random_values(source: random.Random, dtype: str, count: int) -> list[Any]:
    if dtype == "bool":
        return [source.random() < 0.5 for _ in range(count)]
    if dtype in SIGNED + UNSIGNED:
        bits = min(int(dtype.lstrip("uint")) - dtype.startswith("int"), source.randint(1, 64))
        return [source.getrandbits(bits) * (source.choice([-1, 1]) if dtype in SIGNED else 1) for _ in range(count)]

    def floats() -> list[float]:
        style = source.choice(["plain", "plain special", "whole", "whole special", "edge", "edge special"])
        low = source.randint(-12, 4) if dtype in WIDE_FLOATS + COMPLEX else source.randint(-9, -1)
        exponents = (low, low + source.choice([0, 0, 1, 2, 3, 8]))
        return [_random_float(source, style, exponents) for _ in range(count)]

    if dtype in COMPLEX:
        return [list(pair) for pair in zip(floats(), floats(), strict=True)]
    return floats()


def _random_options(source: random.Random) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if source.random() < 0.5:
        return options
    if source.random() < 0.3:
        options["profile"] = source.choice(["short", "full", "default"])
    if source.random() < 0.4:
        options["precision"] = source.randint(0, 12)
    if source.random() < 0.4:
        options["threshold"] = source.choice([0, 1, 5, 20, 100])
    if source.random() < 0.4:
        options["edgeitems"] = source.choice([0, 1, 2, 3, 4, 7])
    if source.random() < 0.4:
        options["linewidth"] = source.choice([1, 10, 20, 40, 60, 79, 81, 120, 200])
    if source.random() < 0.3:
        options["sci_mode"] = source.choice([True, False])
    return options


def _random_shape(source: random.Random, largest: int) -> tuple[int, ...]:
    dimensions = source.choice([0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5])
    if source.random() < 0.05:
        return tuple(source.randint(0, 3) for _ in range(dimensions))
    shape: list[int] = []
    count = 1
    for _ in range(dimensions):
        size = source.choice([1, 2, 3, 4, 5, 7, 8, 12, 20, 60, 1200])
        size = max(1, min(size, largest // count))
        shape.append(size)
        count *= size
    source.shuffle(shape)
    return tuple(shape)


def random_case(seed: int, largest: int = 3000, most_values: int = 3000) -> dict[str, Any]:
    """Make the case of a seed, without its expected text."""
    source = random.Random(seed)
    dtype = source.choice(DTYPES)
    shape = _random_shape(source, largest)
    count = max(1, min(int(np.prod(shape)), most_values))
    case: dict[str, Any] = {
        "dtype": dtype,
        "shape": list(shape),
        "values": _random_values(source, dtype, count),
        "options": _random_options(source),
        "default": source.choice(["float32"] * 4 + ["float64", "float16", "bfloat16"]),
        "transposed": source.random() < 0.2,
        "grad": None,
        "kind": source.choice(["tensor"] * 6 + list(KINDS)),
    }
    differentiable = dtype in [*WIDE_FLOATS, *COMPLEX, "float16", "bfloat16"]
    if differentiable:
        case["grad"] = source.choice([None, None, "leaf", *NODES])
    if "parameter" in case["kind"] and case["grad"] in NODES:
        case["grad"] = "leaf"
    if case["kind"] == "subclass" and case["grad"] in NODES:
        case["kind"] = "tensor"  # __torch_function__ would add a node of its own
    return case


def case_tensor(case: dict[str, Any]) -> torch.Tensor:
    """Build the tensor of a case; rewrites its values as the dtype rounds them."""
    dtype = getattr(torch, case["dtype"])
    if case["dtype"] in COMPLEX:
        values = torch.tensor([complex(*pair) for pair in case["values"]], dtype=dtype)
    elif case["dtype"] in [*NARROW_FLOATS, "float8_e8m0fnu"]:
        values = torch.tensor(case["values"], dtype=torch.float32).to(dtype)
        case["values"] = values.float().tolist()
    else:
        values = torch.tensor(case["values"], dtype=dtype)
    count = int(np.prod(case["shape"]))
    index = torch.arange(count) % len(values)
    if values.dtype.itemsize == 1 and dtype.is_floating_point:
        tensor = values.view(torch.uint8)[index].view(dtype)
    elif dtype in (torch.uint16, torch.uint32, torch.uint64):
        signed = getattr(torch, case["dtype"][1:])
        tensor = values.view(signed)[index].view(dtype)
    else:
        tensor = values[index]
    tensor = tensor.reshape(case["shape"])
    if case["transposed"]:
        tensor = tensor.permute(tuple(reversed(range(tensor.dim()))))
    leaf = case["grad"] is not None
    if case["kind"] == "parameter":
        return torch.nn.Parameter(tensor, requires_grad=leaf)
    if case["kind"] == "parameter subclass":
        return NamedParameter(tensor, requires_grad=leaf)
    if case["kind"] == "subclass":
        tensor = tensor.as_subclass(Subclass)
    if leaf:
        tensor.requires_grad_()
    if case["grad"] in NODES:
        tensor = NODES[case["grad"]](tensor)
        case["grad"] = type(tensor.grad_fn).__name__
    return tensor


def expected_text(case: dict[str, Any]) -> str:
    """Print the case with PyTorch, under its options and default dtype."""
    tensor = case_tensor(case)
    torch.set_printoptions(profile="default")
    torch.set_printoptions(**case["options"])
    torch.set_default_dtype(getattr(torch, case["default"]))
    try:
        return repr(tensor)
    finally:
        torch.set_default_dtype(torch.float32)
        torch.set_printoptions(profile="default")


def main() -> None:
    cases = []
    seed = 0
    while len(cases) < RECORDED_CASES:
        case = random_case(seed, largest=1500, most_values=12)
        seed += 1
        case["expected"] = expected_text(case)
        if len(case["expected"]) < LONGEST_TEXT:
            defaults = {"options": {}, "default": "float32", "transposed": False, "grad": None, "kind": "tensor"}
            cases.append({name: value for name, value in case.items() if value != defaults.get(name, Ellipsis)})
    document = {"torch": torch.__version__, "cases": cases}
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    text = f'{{"torch":{json.dumps(document["torch"])},"cases":[\n{lines}\n]}}\n'
    temporary = DATA_FILE.with_suffix(".tmp")
    temporary.write_text(text)
    temporary.replace(DATA_FILE)
    print(f"{len(cases)} cases, {len(text)} bytes, from {seed} seeds")


if __name__ == "__main__":
    main()
