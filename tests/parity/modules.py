"""Run PyTorch's module database against penlight, and report the differences.

    python -m tests.parity.modules nn.Linear 'nn.LSTM*'
    python -m tests.parity.modules --all --json modules.json

Each sample (arguments of a constructor and of a call) is checked in float32 and float64, in training and evaluation:
the same seed must give the same weights, outputs, gradients and second gradients; state dicts and whole modules must
cross between the libraries through files; copies, other memory layouts and refused inputs must behave alike.
"""

from __future__ import annotations

import argparse
import copy
import fnmatch
import importlib
import io
import itertools
import json
import os
import pickle
import sys
import time
import warnings

import torch
from torch.testing._internal.common_modules import ModuleErrorEnum, module_db

from .checks import Tally, leaves, seed_all, short
from .compare import Comparison
from .convert import CannotCarry, Carrier, describe, dtype_name, owns_its_memory, to_torch
from .resolve import FunctionMap, Missing, lookup

CHECKS = ("weights", "factory", "forward", "grad", "gradgrad", "state", "files", "copies", "layout", "errors")
DTYPES = (torch.float32, torch.float64)
_FORMATS = {4: torch.channels_last, 5: torch.channels_last_3d}
_SEED = 20


class ModuleCarrier(Carrier):
    """A carrier whose modules with parameters go through a file, and that can give tensors another layout."""

    integers = True  # spaced as well; PyTorch's CTC loss takes the gaps of its targets for elements
    layout = None  # "spaced": each second element of a larger tensor; "channels_last": that order in memory

    def _module(self, module):
        if self.backend is torch:
            return copy.deepcopy(module).double() if self.widen else copy.deepcopy(module)
        return from_file(self.backend, module)

    def _storage_copy(self, source):
        if (
            self.layout == "spaced"
            and source.dim()
            and (self.integers or source.is_floating_point())
            and owns_its_memory(source)
        ):
            return super()._storage_copy(torch.stack((source, source), -1).select(-1, 0))
        if self.layout == "channels_last" and source.dim() in _FORMATS and owns_its_memory(source):
            return super()._storage_copy(source.contiguous(memory_format=_FORMATS[source.dim()]))
        return super()._storage_copy(source)


def from_file(library, module):
    """What `library` loads from the file that the module's own library wrote."""
    return library.load(io.BytesIO(written(module)), weights_only=False)


def written(thing) -> bytes:
    """The file that the thing's own library writes."""
    inner = next(iter(thing.values()), None) if isinstance(thing, dict) else thing
    library = importlib.import_module(type(inner).__module__.split(".")[0]) if inner is not None else torch
    stream = io.BytesIO()
    library.save(thing, stream)
    return stream.getvalue()


class ModuleCheck:
    """Runs the checks of one entry of the module database."""

    def __init__(self, info, backend, checks=CHECKS, samples: int = 1000, examples: int = 1):
        self.info, self.backend, self.checks, self.samples = info, backend, checks, samples
        self.functions, self.torch_functions = FunctionMap(backend), FunctionMap(torch)
        self.tallies = {name: Tally(examples) for name in checks}

    def run(self) -> dict:
        try:
            self.cls = lookup(self.backend, self.info.name)
        except Missing as missing:
            return {"module": self.info.name, "missing": f"no {missing}", "checks": {}}
        for dtype, training in itertools.product(DTYPES, (True, False)):
            if dtype not in self.info.supported_dtypes("cpu"):
                continue
            for number, sample in enumerate(self._drawn(self.info.module_inputs_func, dtype, training)):
                self._sample(sample, dtype, training, number)
            if "errors" in self.checks and training and self.info.module_error_inputs_func is not None:
                for case in self._drawn(self.info.module_error_inputs_func, dtype, training):
                    self._error(case, dtype)
        checks = {name: tally.as_dict() for name, tally in self.tallies.items()}
        return {"module": self.info.name, "missing": None, "checks": checks}

    def _drawn(self, source, dtype, training):
        torch.manual_seed(_SEED)
        found = list(source(self.info, device="cpu", dtype=dtype, requires_grad=True, training=training))
        if len(found) <= self.samples:
            return found
        return [found[index * len(found) // self.samples] for index in range(self.samples)]

    # -- making and calling -------------------------------------------------------------------------------------

    def _side(self, backend, layout=None, widen=False):
        functions = self.torch_functions if backend is torch else self.functions
        carrier = ModuleCarrier(backend, functions, widen)
        carrier.layout, carrier.integers = layout, self.info.name != "nn.CTCLoss"
        return carrier

    def _make(self, backend, sample, dtype, training, widen=False, factory=False):
        carrier = self._side(backend, widen=widen)
        given = sample.constructor_input
        arguments, options = carrier(given.args), carrier(given.kwargs)
        seed_all(backend)
        cls = self.info.module_cls if backend is torch else self.cls
        dtype = getattr(backend, dtype_name(dtype))
        module = cls(*arguments, **options, **({"device": "cpu", "dtype": dtype} if factory else {}))
        if not factory:
            module.to(dtype)
        return module.train(training)

    def _call(self, backend, module, sample, layout=None, widen=False):
        """(result, the call's tensors that require grad)"""
        carrier = self._side(backend, layout, widen)
        given = sample.forward_input
        arguments, options = carrier(given.args), carrier(given.kwargs)
        seed_all(backend)
        result = module(*arguments, **options)
        return result, [t for _, t in carrier.tensors if t.requires_grad and t.is_leaf]

    def _widened(self, sample, training, initial):
        """PyTorch's module with the same weights in double precision."""
        module = self._make(torch, sample, torch.float64, training, widen=True)
        if not isinstance(module, torch.nn.modules.lazy.LazyModuleMixin) or not module.has_uninitialized_params():
            module.load_state_dict(initial)
        return module

    # -- one sample ---------------------------------------------------------------------------------------------

    def _sample(self, sample, dtype, training, number):
        self.text = f"{dtype_name(dtype)}{' training' if training else ''} sample {number} ({shown(sample)})"
        self.single = dtype is torch.float32
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                theirs = self._make(torch, sample, dtype, training)
                initial = copy.deepcopy(theirs.state_dict())
                want = self._call(torch, theirs, sample)
            except Exception:
                return  # PyTorch itself refuses the sample
            self._attempt("weights", lambda: self._weights(sample, dtype, training))
            self._attempt("factory", lambda: self._factory(sample, dtype))
            precise = None
            if self.single:
                precise = lambda: self._call(torch, self._widened(sample, training, initial), sample, widen=True)[0]
            self._attempt("forward", lambda: self._forward(sample, dtype, training, theirs, want[0], precise))
            self._gradients(sample, dtype, training, initial)
            if want[0] is not None:
                self._attempt("state", lambda: self._state(sample, dtype, training))
                self._attempt("files", lambda: self._files(sample, dtype, training))
                self._attempt("copies", lambda: self._copies(sample, dtype, training))
                for layout in ("spaced", "channels_last"):
                    self._attempt("layout", lambda layout=layout: self._layout(sample, dtype, training, layout))

    def _attempt(self, check, body):
        if check not in self.checks:
            return
        tally = self.tallies[check]
        try:
            comparison = body()
        except CannotCarry:
            return
        except (Missing, NotImplementedError) as error:
            tally.failed("missing", self.text, short(error))
        except Exception as error:
            tally.failed("raises", self.text, short(error))
        else:
            if comparison is None:
                return
            if comparison.differences:
                tally.failed("differs", self.text, "; ".join(str(item) for item in comparison.differences[:3]))
            else:
                tally.passed(comparison.by_precision)

    def _weights(self, sample, dtype, training, factory=False):
        """The same members with the same names, values, modes and printed form."""
        theirs, ours = (self._make(side, sample, dtype, training, factory=factory) for side in (torch, self.backend))
        comparison = Comparison(self.backend)
        exactly(comparison, repr(ours), repr(theirs), "repr")
        for listed in ("named_parameters", "named_buffers", "named_modules"):
            names = [[name for name, _ in getattr(m, listed)()] for m in (ours, theirs)]
            exactly(comparison, *names, listed)
        exactly(comparison, list(ours.state_dict()), list(theirs.state_dict()), "state_dict keys")
        flags = [[m.training for m in module.modules()] for module in (ours, theirs)]
        exactly(comparison, *flags, "training")
        public = [{n for n in vars(m) if not n.startswith("_")} for m in (ours, theirs)]
        exactly(comparison, sorted(public[1] - public[0]), [], "attributes that lack")
        for (name, p), q in zip(theirs.named_parameters(), ours.parameters()):
            exactly(comparison, q.requires_grad, p.requires_grad, f"{name}.requires_grad")
        for name, value in theirs.state_dict().items():
            got = ours.state_dict()[name]
            if isinstance(value, torch.nn.parameter.UninitializedTensorMixin):
                exactly(comparison, type(got).__name__, type(value).__name__, name)
            else:
                comparison(got, value, name)
                if not comparison.differences and not torch.equal(to_torch(self.backend, got), value):
                    comparison._add("value", name, "initial values are not the same bits")
        return comparison

    def _factory(self, sample, dtype):
        """`device=` and `dtype=` of the constructor, where there are such."""
        try:
            self._make(torch, sample, dtype, True, factory=True)
        except (TypeError, RuntimeError):
            return None
        return self._weights(sample, dtype, True, factory=True)

    def _forward(self, sample, dtype, training, theirs, want, precise):
        ours = self._make(self.backend, sample, dtype, training)
        got, _ = self._call(self.backend, ours, sample)
        comparison = Comparison(self.backend, precise=precise)(got, want)
        comparison.precise = None
        for name, value in theirs.state_dict().items():  # running statistics, and lazy members now made
            comparison(ours.state_dict()[name], value, f"{name} after the call")
        exactly(comparison, repr(ours), repr(theirs), "repr after the call")
        return comparison

    def _grads(self, backend, sample, dtype, training, cotangents, second=False, initial=None, layout=None):
        widen = initial is not None
        module = self._widened(sample, training, initial) if widen else self._make(backend, sample, dtype, training)
        result, inputs = self._call(backend, module, sample, layout, widen)
        inputs += [p for p in module.parameters() if p.requires_grad]
        outputs = [leaf for leaf in leaves(result, backend.Tensor) if leaf.requires_grad]
        if not outputs or not inputs:
            return None
        vectors = self._vectors(backend, outputs, cotangents, 0, widen)
        first = backend.autograd.grad(outputs, inputs, vectors, create_graph=second, allow_unused=True)
        if not second:
            return first
        again = [g for g in first if g is not None and g.requires_grad]
        if not again:
            return None
        vectors = self._vectors(backend, again, cotangents, 1, widen)
        return backend.autograd.grad(again, inputs, vectors, allow_unused=True)

    def _vectors(self, backend, outputs, cotangents, order, widen):
        if len(cotangents) <= order:  # PyTorch's run comes first and draws them
            generator = torch.Generator().manual_seed(_SEED + order)
            cotangents.append([torch.randn(o.shape, dtype=o.dtype, generator=generator) for o in outputs])
        carrier = self._side(backend, widen=widen)
        return [carrier(item) for item in cotangents[order]]

    def _gradients(self, sample, dtype, training, initial):
        for check in ("grad", "gradgrad"):
            second = check == "gradgrad"
            if check not in self.checks or (second and (self.single or not self.info.supports_gradgrad)):
                continue
            cotangents: list = []
            try:
                want = self._grads(torch, sample, dtype, training, cotangents, second)
            except Exception:
                continue
            if want is None:
                continue

            def body(second=second, cotangents=cotangents, want=want):
                got = self._grads(self.backend, sample, dtype, training, cotangents, second)
                precise = None
                if self.single:
                    precise = lambda: self._grads(torch, sample, dtype, training, cotangents, second, initial)
                return self._same_gradients(got, want, precise)

            self._attempt(check, body)

    def _same_gradients(self, got, want, precise=None):
        comparison = Comparison(self.backend, precise=precise)
        if got is None or len(got) != len(want):
            comparison._add("structure", "", f"got {None if got is None else len(got)} gradients, want {len(want)}")
            return comparison
        for index, (ours, theirs) in enumerate(zip(got, want)):
            if (ours is None) != (theirs is None):
                comparison._add("none", f"gradient {index}", f"got {ours is not None}, want {theirs is not None}")
            elif ours is not None:
                comparison(ours.detach(), theirs.detach(), f"gradient {index}", (index,))
        return comparison

    # -- files and copies ---------------------------------------------------------------------------------------

    def _ready(self, backend, sample, dtype, training):
        """A module that was called once, so that nothing lazy is left."""
        module = self._make(backend, sample, dtype, training)
        self._call(backend, module, sample)
        return module

    def _state(self, sample, dtype, training):
        """A state dict written by either library is read by the other, into a module with other weights."""
        comparison = Comparison(self.backend)
        for first, second in ((torch, self.backend), (self.backend, torch)):
            source, target = (self._ready(library, sample, dtype, training) for library in (first, second))
            with second.no_grad():
                for value in itertools.chain(target.parameters(), target.buffers()):
                    value.zero_()
            loaded = second.load(io.BytesIO(written(source.state_dict())), weights_only=True)
            exactly(
                comparison, str(target.load_state_dict(loaded)), "<All keys matched successfully>", "load_state_dict"
            )
            self._agree(comparison, *((source, target) if second is torch else (target, source)), sample)
        return comparison

    def _agree(self, comparison, ours, theirs, sample):
        """Two modules with the same state give the same; and still have the same state."""
        for name, value in theirs.state_dict().items():
            comparison(ours.state_dict()[name], value, name)
        got, want = self._call(self.backend, ours, sample)[0], self._call(torch, theirs, sample)[0]
        loose = Comparison(self.backend, {torch.float32: (1e-4, 1e-4)})  # the exact check is `forward`
        comparison.differences += loose(got, want).differences

    def _files(self, sample, dtype, training):
        """Whole modules (pickled) in both directions."""
        comparison = Comparison(self.backend)
        theirs = self._ready(torch, sample, dtype, training)
        try:
            data = written(theirs)
        except Exception:
            return None  # PyTorch itself cannot pickle it (a lambda)
        ours = self.backend.load(io.BytesIO(data), weights_only=False)
        exactly(comparison, repr(ours), repr(theirs), "repr of a module from PyTorch's file")
        self._agree(comparison, ours, theirs, sample)
        ours = self._ready(self.backend, sample, dtype, training)
        theirs = torch.load(io.BytesIO(written(ours)), weights_only=False)
        exactly(comparison, repr(ours), repr(theirs), "repr of a module from penlight's file")
        self._agree(comparison, ours, theirs, sample)
        return comparison

    def _copies(self, sample, dtype, training):
        """`pickle`, `copy.deepcopy` and `copy.copy` give the same module, the first two with memory of its own."""
        comparison = Comparison(self.backend)
        try:
            pickle.dumps(self._make(torch, sample, dtype, training))
        except Exception:
            return None
        module = self._ready(self.backend, sample, dtype, training)
        twins = pickle.loads(pickle.dumps(module)), copy.deepcopy(module)
        want = self._call(self.backend, copy.copy(module).eval(), sample)[0]
        for twin in twins:
            exactly(comparison, repr(twin), repr(module), "repr")
            got = self._call(self.backend, twin.eval(), sample)[0]
            for a, b in zip(leaves(got, self.backend.Tensor), leaves(want, self.backend.Tensor)):
                exactly(comparison, bool(self.backend.equal(a, b) or bool((a != a).any())), True, "output of a copy")
            for a, b in zip(twin.parameters(), module.parameters()):
                exactly(comparison, a.data_ptr() == b.data_ptr() and a.numel() > 0, False, "shared memory")
        return comparison

    def _layout(self, sample, dtype, training, layout):
        """Inputs of another memory layout: values, gradients, and the layout of the result."""
        tensors = leaves([sample.forward_input.args, sample.forward_input.kwargs], torch.Tensor)
        if not any(t.dim() if layout == "spaced" else t.dim() in _FORMATS for t in tensors):
            return None
        cotangents: list = []
        try:
            theirs = self._make(torch, sample, dtype, training)
            want, _ = self._call(torch, theirs, sample, layout)
            gradients = self._grads(torch, sample, dtype, training, cotangents, layout=layout)
        except Exception:
            return None
        got, _ = self._call(self.backend, self._make(self.backend, sample, dtype, training), sample, layout)
        loose = {torch.float32: (1e-4, 1e-4)}  # the exact check is `forward`
        comparison = Comparison(self.backend, loose)(got, want)
        if gradients is not None:
            mine = self._grads(self.backend, sample, dtype, training, cotangents, layout=layout)
            found = self._same_gradients(mine, gradients)
            found.granted = loose
            comparison.differences += [d for d in found.differences if dtype is torch.float64]
        for ours, reference in zip(leaves(got, self.backend.Tensor), leaves(want, torch.Tensor)):
            if tuple(ours.stride()) != reference.stride() and reference.numel():
                self.tallies["layout"].note(
                    f"strides {tuple(ours.stride())}, want {reference.stride()}: {layout} {self.text}"
                )
        return comparison

    # -- refused inputs -----------------------------------------------------------------------------------------

    def _error(self, case, dtype):
        sample = case.module_error_input
        self.text = f"{dtype_name(dtype)} error ({shown(sample)})"
        constructs = case.error_on == ModuleErrorEnum.CONSTRUCTION_ERROR

        def attempt(backend):
            module = self._make(backend, sample, dtype, True)
            return None if constructs else self._call(backend, module, sample)

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                attempt(torch)
            return
        except CannotCarry:
            return
        except Exception as error:
            refused = error

        def body():
            comparison = Comparison(self.backend)
            wanted = next(base for base in type(refused).__mro__ if base.__module__ == "builtins")
            try:
                attempt(self.backend)
            except Exception as error:
                if isinstance(error, NotImplementedError) and not issubclass(wanted, NotImplementedError):
                    raise
                if not isinstance(error, wanted):
                    comparison._add("error", "", f"got {short(error)}, want {wanted.__name__}: {str(refused)[:200]}")
            else:
                comparison._add("error", "", f"no error, want {wanted.__name__}: {str(refused)[:200]}")
            return comparison

        self._attempt("errors", body)


def exactly(comparison, got, want, where):
    if got != want:
        comparison._add("type", where, f"got {got!r:.300}, want {want!r:.300}")


def shown(sample) -> str:
    """The constructor's and the call's arguments, from which a sample can be rebuilt by hand."""
    parts = []
    for given in (sample.constructor_input, sample.forward_input):
        if given is not None:
            parts.append(
                ", ".join([*map(describe, given.args), *(f"{k}={describe(v)}" for k, v in given.kwargs.items())])
            )
    return " | ".join(parts)[:600]


def select(patterns):
    """Entries of the database by shell patterns; all of them without any."""
    return [info for info in module_db if not patterns or any(fnmatch.fnmatch(info.name, p) for p in patterns)]


def totals(reports) -> dict:
    """check -> [passed, tried]"""
    result: dict = {}
    for report in reports:
        for check, counts in report["checks"].items():
            row = result.setdefault(check, [0, 0])
            row[0] += counts["passed"]
            row[1] += sum(counts[key] for key in ("passed", "differs", "raises", "missing"))
    return result


def write_json(path, content) -> None:
    temporary = f"{path}.part"
    with open(temporary, "w") as file:
        json.dump(content, file, indent=1)
    os.replace(temporary, path)


def add_run_options(parser) -> None:
    parser.add_argument("--all", action="store_true", help="every entry of the database")
    parser.add_argument(
        "--backend", default="penlight", help="the library to compare; torch compares PyTorch with itself"
    )
    parser.add_argument("--examples", type=int, default=1)
    parser.add_argument("--json", help="write everything to this file; entries that stand in it are not run again")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no entry after this time")


def run_each(entries, check, options) -> int:
    """Reports of `check(entry)`, printed and kept; a run that is cut short goes on where it ended."""
    torch.set_num_threads(1)
    start, reports = time.monotonic(), []
    if options.json and os.path.exists(options.json):
        with open(options.json) as file:
            reports = json.load(file)["reports"]
    found = {report["module"] for report in reports}
    for info in entries:
        if info.name in found:
            continue
        if time.monotonic() - start > options.seconds:
            print("time is up; the same command goes on from here")
            return 2
        report = check(info).run()
        reports.append(report)
        line = " ".join(f"{name} {row[0]}/{row[1]}" for name, row in totals([report]).items() if row[1])
        print(f"{info.name}: {report['missing'] or line}", flush=True)
        for name, counts in report["checks"].items():
            for example in counts["examples"]:
                print(f"    [{name}] {example}")
            for note in counts["note_examples"]:
                print(f"    [{name}] note ({counts['notes']}): {note}")
        if options.json:
            write_json(options.json, {"samples": getattr(options, "samples", 0), "reports": reports})
    print(totals(reports))
    return 0


def main(argv=None) -> int:
    parser = argparse.ArgumentParser(prog="modules", description=__doc__.split("\n\n")[0])
    parser.add_argument("modules", nargs="*", help="names or shell patterns such as 'nn.LSTM*'")
    parser.add_argument("--samples", type=int, default=1000, help="samples for a module, dtype and mode")
    parser.add_argument("--checks", default=",".join(CHECKS))
    add_run_options(parser)
    options = parser.parse_args(argv)
    if not options.modules and not options.all:
        parser.error("name some modules, or give --all")
    backend, checks = importlib.import_module(options.backend), tuple(options.checks.split(","))
    check = lambda info: ModuleCheck(info, backend, checks, options.samples, options.examples)
    return run_each(select(options.modules), check, options)


if __name__ == "__main__":
    sys.exit(main())
