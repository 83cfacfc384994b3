"""Record a small part of PyTorch's operator database with results and gradients, for a suite that has no PyTorch.

    python -m tests.parity.record            # every operator in scope that can be replayed by its name
    python -m tests.parity.record --check    # afterwards: PyTorch itself must pass its own record

An entry that is a wrapper in the database is recorded under the public function or method of its name if that gives the
same result here; entries with a gauge freedom (signs of vectors) are left to the live runner.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import warnings

import numpy
import torch
from torch.testing._internal.common_methods_invocations import op_db

from . import replay
from .checks import UNINITIALISED, draw_samples, leaves
from .checks import Settings as DrawSettings
from .compare import _TRUSTED_ERROR, OWN_ERROR_FACTOR, granted_tolerances
from .convert import CannotCarry, Carrier, dtype_name, owns_its_memory
from .resolve import FunctionMap, Missing, full_name, in_scope, lookup, path_of

# dtype: how many samples of an operator are kept
COUNTS = {"float32": 2, "float64": 3, "int64": 2, "bool": 1, "complex64": 1, "bfloat16": 1}
MOST_ELEMENTS = 64  # in and out, for one sample
MOST_BYTES = 2_000_000


class CannotRecord(Exception):
    """A value has no form in the record."""


def dense(tensor):
    """The values alone, in memory of their own. PyTorch's lazy zeros have none until then."""
    if tensor._is_zerotensor():
        return torch.zeros(tensor.shape, dtype=tensor.dtype)
    return tensor.detach().resolve_conj().resolve_neg().contiguous().clone()


class Encoder:
    """Turns values into JSON and collects the tensors' elements in one list for each dtype."""

    def __init__(self):
        self.chunks: dict[str, list[numpy.ndarray]] = {}
        self.lengths: dict[str, int] = {}
        self._seen: dict[tuple, int] = {}

    def __call__(self, value):
        if isinstance(value, torch.Tensor):
            return self._tensor(value)
        if isinstance(value, torch.Size):
            return {"size": list(value)}
        if isinstance(value, tuple):
            return {"tuple": [self(item) for item in value]}
        if isinstance(value, list):
            return [self(item) for item in value]
        if isinstance(value, dict):
            return {"dict": {key: self(item) for key, item in value.items()}}
        if isinstance(value, slice):
            return {"slice": [self(value.start), self(value.stop), self(value.step)]}
        if value is ...:
            return {"ellipsis": True}
        if isinstance(value, complex):
            return {"complex": [value.real, value.imag]}
        if isinstance(value, (torch.dtype, torch.layout, torch.memory_format)):
            return {"name": dtype_name(value)}
        if isinstance(value, torch.device):
            return {"device": str(value)}
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        raise CannotRecord(type(value).__name__)

    def _tensor(self, tensor):
        if tensor.layout is not torch.strided or tensor.dtype is torch.complex32:
            raise CannotRecord(str(tensor.layout))
        record = {"tensor": dtype_name(tensor.dtype), "at": 0, "shape": list(tensor.shape)}
        if tensor.requires_grad:
            record["grad"] = 1
        tensor = tensor.detach().resolve_conj().resolve_neg()
        if not owns_its_memory(tensor):
            length = tensor.untyped_storage().nbytes() // tensor.element_size()
            record |= {"stride": list(tensor.stride()), "length": length, "offset": tensor.storage_offset()}
            tensor = tensor.as_strided((length,), (1,), 0)
        if tensor.dtype is torch.bfloat16:
            tensor = tensor.view(torch.int16)
        record["at"] = self._store(record["tensor"], tensor.contiguous().numpy().ravel())
        return record

    def _store(self, name, values) -> int:
        key = (name, values.tobytes())
        if key not in self._seen:
            self._seen[key] = self.lengths.get(name, 0)
            self.chunks.setdefault(name, []).append(values.copy())
            self.lengths[name] = self._seen[key] + values.size
        return self._seen[key]

    def result(self, value):
        """A result: PyTorch's named tuples are tuples in the record, and its strides are not asked for."""
        if isinstance(value, torch.Tensor):
            return self(dense(value).requires_grad_() if value.requires_grad else dense(value))
        if isinstance(value, (tuple, list)) and not isinstance(value, torch.Size):
            items = [self.result(item) for item in value]
            return {"tuple": items} if isinstance(value, tuple) else items
        return self(value)


def call(function, sample, widen=False):
    carrier = Carrier(torch, FunctionMap(torch), widen)
    arguments, options = (carrier(sample.input), *carrier(sample.args)), carrier(sample.kwargs)
    torch.manual_seed(replay.SEED)
    return carrier, function(*arguments, **options)


def public_path(op, sample) -> str:
    """A public name whose function gives what the entry's own callable gives for this sample."""
    direct = path_of(op.op)
    if direct:
        return direct
    _, want = call(op.op, sample)
    for path in (op.name, f"Tensor.{op.name}"):
        try:
            _, got = call(lookup(torch, path), sample)
            if op.name in UNINITIALISED:  # only the shape and dtype mean anything
                got, want_there = torch.zeros_like(got), torch.zeros_like(want)
            else:
                want_there = want
            torch.testing.assert_close(got, want_there, rtol=0, atol=0, equal_nan=True)
        except Exception:
            continue
        return path
    raise CannotRecord("no public name")


def slack_of(record, want, exact):
    """Add to a recorded tensor how far a result may be away because PyTorch itself is not exact there."""
    if not isinstance(want, torch.Tensor) or want.dtype not in _TRUSTED_ERROR or want.numel() == 0:
        return
    if not isinstance(exact, torch.Tensor) or exact.shape != want.shape:
        return
    exact = exact.detach().to(torch.complex128)
    errors = (want.detach().to(torch.complex128) - exact).abs()
    if not torch.isfinite(errors).any():
        return
    own = errors[torch.isfinite(errors)].max().item()
    if 0 < own <= _TRUSTED_ERROR[want.dtype] * exact[torch.isfinite(exact)].abs().max().item():
        record["slack"] = float(f"{OWN_ERROR_FACTOR * own:.3g}")


def record_sample(op, sample, encoder, differentiable):
    path = public_path(op, sample)
    carrier, want = call(op.op, sample)
    if sample.output_process_fn_grad(want) is not want:
        raise CannotRecord("a gauge freedom")
    entry = {
        "path": path,
        "args": [encoder(item) for item in (sample.input, *sample.args)],
        "kwargs": {},
        "want": encoder.result(want),
    }
    entry["kwargs"] = encoder(sample.kwargs)
    if op.name in UNINITIALISED:
        entry["uninitialised"] = True
    granted = {dtype_name(dtype): pair for dtype, pair in granted_tolerances(op).items()}
    if granted:
        entry["tolerance"] = granted
    try:
        wide_carrier, wide = call(op.op, sample, widen=True)
    except Exception:
        wide_carrier = wide = None
    records = leaves_of_record(entry["want"])
    for record, ours, exact in zip(records, leaves(want, torch.Tensor), leaves(wide, torch.Tensor)):
        slack_of(record, ours, exact)
    inputs = [t for _, t in carrier.tensors if t.requires_grad and t.is_leaf]
    outputs = [leaf for leaf in leaves(want, torch.Tensor) if leaf.requires_grad]
    if differentiable and inputs and outputs:
        generator = torch.Generator().manual_seed(replay.SEED)
        cotangents = [torch.randn(o.shape, dtype=o.dtype, generator=generator) for o in outputs]
        gradients = torch.autograd.grad(outputs, inputs, cotangents, allow_unused=True)
        gradients = [None if g is None else dense(g) for g in gradients]
        entry["cotangents"] = [encoder(item) for item in cotangents]
        entry["gradients"] = [encoder(item) for item in gradients]
        if wide is not None:
            slack_of_gradients(entry, gradients, wide_carrier, wide, cotangents)
    return entry


def slack_of_gradients(entry, gradients, carrier, wide, cotangents):
    inputs = [t for _, t in carrier.tensors if t.requires_grad and t.is_leaf]
    outputs = [leaf for leaf in leaves(wide, torch.Tensor) if leaf.requires_grad]
    if len(outputs) != len(cotangents) or len(inputs) != len(gradients):
        return
    wide_cotangents = [c.to(o.dtype) for c, o in zip(cotangents, outputs)]
    exact = torch.autograd.grad(outputs, inputs, wide_cotangents, allow_unused=True)
    for record, ours, theirs in zip(entry["gradients"], gradients, exact):
        if record is not None:
            slack_of(record, ours, theirs)


def leaves_of_record(value):
    if isinstance(value, dict) and "tensor" in value:
        return [value]
    if isinstance(value, dict):
        value = next(iter(value.values()))
        value = list(value.values()) if isinstance(value, dict) else value
    return [leaf for item in value for leaf in leaves_of_record(item)] if isinstance(value, list) else []


def size_of(sample) -> int:
    total = 0
    for tensor in leaves([sample.input, list(sample.args), sample.kwargs], torch.Tensor):
        total += tensor.numel()
    return total


def record_operator(op, encoder) -> list:
    entries = []
    for name, count in COUNTS.items():
        dtype = getattr(torch, name)
        if dtype not in op.supported_dtypes("cpu"):
            continue
        differentiable = (
            op.supports_autograd
            and dtype in op.supported_backward_dtypes("cpu")
            and (dtype.is_floating_point or dtype.is_complex)
        )
        try:
            drawn = draw_samples(op, dtype, differentiable, DrawSettings(samples=400))
        except Exception as error:
            print(f"{full_name(op)} {name}: {error}", file=sys.stderr)
            continue
        small = [sample for sample in drawn if size_of(sample) <= MOST_ELEMENTS]
        small = small or sorted(drawn, key=size_of)[:1]
        kept = 0
        for index in spread(len(small), 3 * count):
            if kept == count:
                break
            marks = {name: (len(chunks), encoder.lengths[name]) for name, chunks in encoder.chunks.items()}
            seen = dict(encoder._seen)
            try:
                entry = record_sample(op, small[index], encoder, differentiable)
                if max((numpy.prod(r["shape"]) for r in leaves_of_record(entry["want"])), default=0) > 500:
                    raise CannotRecord("a large result")
            except (CannotRecord, CannotCarry, Missing, Exception):
                rewind(encoder, marks, seen)
                continue
            entry["dtype"] = name
            entries.append(entry)
            kept += 1
    return entries


def rewind(encoder, marks, seen):
    encoder._seen = seen
    for name in list(encoder.chunks):
        count, length = marks.get(name, (0, 0))
        del encoder.chunks[name][count:]
        encoder.lengths[name] = length


def spread(total: int, wanted: int) -> list[int]:
    """Indices over the whole range, well apart ones first."""
    if total <= wanted:
        return list(range(total))
    return [index * (total - 1) // (wanted - 1) for index in range(wanted)]


def record(patterns) -> None:
    encoder, samples = Encoder(), {}
    for op in op_db:
        if not in_scope(op) or (patterns and op.name not in patterns):
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            entries = record_operator(op, encoder)
        if entries:
            samples[full_name(op)] = entries
    text = json.dumps(samples, separators=(",", ":")).encode()
    arrays = {name: numpy.concatenate(chunks) for name, chunks in encoder.chunks.items() if chunks}
    replay.DATA.parent.mkdir(exist_ok=True)
    temporary = replay.DATA.with_name("recorded.part.npz")
    numpy.savez_compressed(temporary, samples=numpy.frombuffer(text, numpy.uint8), **arrays)
    size = temporary.stat().st_size
    if size > MOST_BYTES:
        raise SystemExit(f"{size} bytes is more than {MOST_BYTES}: record fewer or smaller samples")
    os.replace(temporary, replay.DATA)
    count = sum(len(entries) for entries in samples.values())
    with_gradient = sum("gradients" in entry for entries in samples.values() for entry in entries)
    print(f"{len(samples)} operators, {count} samples, {with_gradient} with gradients, {size} bytes")


def check() -> int:
    samples, flat = replay.load()
    wrong = 0
    for name, entries in samples.items():
        for entry in entries:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    found = replay.replay(torch, entry, flat)
                except Exception as error:
                    found = [] if "ZeroTensor" in str(error) else [repr(error)]  # PyTorch's lazy zeros: no numpy()
            if found:
                wrong += 1
                print(name, entry["path"], entry["dtype"], found[:2])
    print(f"{wrong} samples differ from their own record")
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("operators", nargs="*")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.check:
        sys.exit(check())
    record(options.operators)
