"""What is asked of one operator: forward, method, in-place, out=, gradients, second gradients, error inputs."""

from __future__ import annotations

import dataclasses
import itertools
import traceback
import warnings

import torch

from .compare import Comparison, granted_tolerances
from .convert import CannotCarry, Carrier, describe_sample, dtype_name
from .resolve import FunctionMap, Missing, full_name, function_of, method_of

CHECKS = ("forward", "method", "inplace", "out", "grad", "gradgrad", "errors")
UNINITIALISED = {
    "empty",
    "empty_like",
    "new_empty",
    "new_empty_strided",
    "empty_strided",
    "empty_permuted",
    "resize_",
    "resize_as_",
}
_SEED = 20


@dataclasses.dataclass
class Settings:
    dtypes: tuple[str, ...] = ("float32", "float64", "int64", "bool", "complex64")
    checks: tuple[str, ...] = ("forward",)
    samples: int = 20
    reference: bool = False
    strict_alias: bool = False
    examples: int = 1


class Tally:
    """Counts and the first examples of one check of one operator."""

    def __init__(self, examples: int):
        self.counts = {"passed": 0, "by_precision": 0, "differs": 0, "raises": 0, "missing": 0, "notes": 0}
        self.examples: list[str] = []
        self.notes: list[str] = []
        self._limit = examples
        self._kept = {"differs": 0, "raises": 0, "missing": 0}

    def passed(self, by_precision: int):
        self.counts["passed"] += 1
        self.counts["by_precision"] += bool(by_precision)

    def failed(self, kind: str, sample: str, text: str):
        self.counts[kind] += 1
        if self._kept[kind] < self._limit:
            self._kept[kind] += 1
            self.examples.append(f"{kind}: {sample}\n      {text}")

    def note(self, text: str):
        self.counts["notes"] += 1
        if not self.notes:
            self.notes.append(text)

    def as_dict(self):
        return {**self.counts, "examples": self.examples, "note_examples": self.notes}


def seed_all(backend):
    torch.manual_seed(_SEED)
    if backend is not torch:
        backend.manual_seed(_SEED)


def short(error: BaseException) -> str:
    text = " ".join(str(error).split())
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "/parity/" not in f.filename]
    place = f" ({frames[-1].filename.rsplit('/', 2)[-2:]}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {text[:300]}{place.replace(chr(39), '')}"


def leaves(value, tensor_type):
    """The tensors of a nested result, in order."""
    if isinstance(value, tensor_type):
        return [value]
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, (tuple, list)):
        return []
    return [leaf for item in value for leaf in leaves(item, tensor_type)]


def draw_samples(op, dtype, requires_grad: bool, settings: Settings):
    """Up to `settings.samples` samples, spread evenly over what the database has for this dtype."""
    torch.manual_seed(_SEED)
    source = op.reference_inputs if settings.reference else op.sample_inputs
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = list(itertools.islice(source("cpu", dtype, requires_grad=requires_grad), 3000))
    if len(found) <= settings.samples:
        return found
    return [found[index * len(found) // settings.samples] for index in range(settings.samples)]


class OperatorCheck:
    """Runs the chosen checks of one entry of the operator database."""

    def __init__(self, op, backend, settings: Settings):
        self.op, self.backend, self.settings = op, backend, settings
        self.functions = FunctionMap(backend)
        self.torch_functions = FunctionMap(torch)
        self.granted = granted_tolerances(op)
        self.values = op.name not in UNINITIALISED
        self.tallies = {name: Tally(settings.examples) for name in settings.checks}
        self.dtypes: dict[str, int] = {}

    def run(self) -> dict:
        try:
            self.function = function_of(self.op, self.functions)
        except Missing as missing:
            return self._report(f"missing: {missing}")
        for name in self.settings.dtypes:
            dtype = getattr(torch, name)
            if dtype in self.op.supported_dtypes("cpu"):
                self._dtype(dtype)
        if "errors" in self.tallies and self.op.error_inputs_func is not None:
            self._errors()
        return self._report(None)

    def _report(self, missing):
        return {
            "op": full_name(self.op),
            "missing": missing,
            "dtypes": self.dtypes,
            "checks": {name: tally.as_dict() for name, tally in self.tallies.items()},
        }

    def _dtype(self, dtype):
        differentiable = (
            self.op.supports_autograd
            and dtype in self.op.supported_backward_dtypes("cpu")
            and (dtype.is_floating_point or dtype.is_complex)
        )
        try:
            samples = draw_samples(self.op, dtype, differentiable, self.settings)
        except Exception as error:
            self.tallies[self.settings.checks[0]].note(f"no samples for {dtype_name(dtype)}: {short(error)}")
            return
        self.dtypes[dtype_name(dtype)] = len(samples)
        for sample in samples:
            self._sample(sample, differentiable, dtype)

    # -- one sample ---------------------------------------------------------------------------------------------

    def _carry(self, backend, functions, sample, widen=False):
        carrier = Carrier(backend, functions, widen)
        return carrier, (carrier(sample.input), *carrier(sample.args)), carrier(sample.kwargs)

    def _call_torch(self, function, sample, widen=False):
        carrier, arguments, options = self._carry(torch, self.torch_functions, sample, widen)
        seed_all(torch)
        before = torch.get_default_dtype()
        try:
            torch.set_default_dtype(torch.float64 if widen else before)  # what integers become
            return carrier, function(*arguments, **options)
        finally:
            torch.set_default_dtype(before)

    def _sample(self, sample, differentiable, dtype):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                carrier, want = self._call_torch(self.op.op, sample)
            except Exception:
                return  # PyTorch itself refuses the sample: nothing to compare
            if "forward" in self.tallies:
                self._forward(sample, carrier, want)
            if "method" in self.tallies and self.op.method_variant is not None:
                self._variant("method", self.op.method_variant, sample)
            if "inplace" in self.tallies and self.op.inplace_variant is not None:
                self._variant("inplace", self.op.inplace_variant, sample)
            if "out" in self.tallies and self.op.supports_out:
                self._out(sample, want)
            if differentiable and ("grad" in self.tallies or "gradgrad" in self.tallies):
                self._gradients(sample, dtype)

    def _compare(self, function, sample):
        return Comparison(self.backend, self.granted, lambda: self._call_torch(function, sample, True)[1], self.values)

    def _attempt(self, check: str, sample, body):
        """Run `body`, which returns a Comparison, and write down what came of it."""
        tally, text = self.tallies[check], describe_sample(sample)
        try:
            comparison = body()
        except CannotCarry:
            return
        except Missing as missing:
            tally.failed("missing", text, f"no {missing}")
        except NotImplementedError as error:
            tally.failed("missing", text, short(error))
        except Exception as error:
            tally.failed("raises", text, short(error))
        else:
            if comparison is None:
                return
            if comparison.differences:
                tally.failed("differs", text, "; ".join(str(item) for item in comparison.differences[:3]))
            else:
                tally.passed(comparison.by_precision)

    def _forward(self, sample, torch_carrier, want):
        def body():
            carrier, arguments, options = self._carry(self.backend, self.functions, sample)
            seed_all(self.backend)
            got = self.function(*arguments, **options)
            comparison = self._gauge(sample, got, want, self.op.op)
            for index, ((_, ours), (_, theirs)) in enumerate(zip(carrier.tensors, torch_carrier.tensors)):
                comparison(ours, theirs, f"argument {index} after the call", ("after",))
            self._alias(sample, comparison, (carrier, got), (torch_carrier, want))
            return comparison

        self._attempt("forward", sample, body)

    def _gauge(self, sample, got, want, function):
        """Compare as they are; where PyTorch declares a gauge freedom (signs of vectors), up to that freedom."""
        comparison = self._compare(function, sample)(got, want)
        if not comparison.differences:
            return comparison
        fixed = sample.output_process_fn_grad
        theirs = fixed(want)
        if theirs is want:
            return comparison
        return Comparison(self.backend, self.granted)(self.functions(fixed)(got), theirs)

    def _alias(self, sample, comparison, ours, theirs):
        """Whether an output shares memory with an argument decides what a later in-place change does."""

        def shared(carrier, result, tensor_type):
            pointers = [t.untyped_storage().data_ptr() for _, t in carrier.tensors if t.numel()]
            return [
                [leaf.untyped_storage().data_ptr() == p for p in pointers]
                for leaf in leaves(result, tensor_type)
                if leaf.numel()
            ]

        try:
            got, want = shared(*ours, self.backend.Tensor), shared(*theirs, torch.Tensor)
        except Exception as error:
            self.tallies["forward"].note(f"whether an output shares memory is unknown: {short(error)}")
            return
        if got != want:
            text = f"an output shares memory with an argument: got {got}, want {want}; {describe_sample(sample)}"
            self.tallies["forward"].note(text)
            if self.settings.strict_alias:
                comparison._add("alias", "", text)

    def _variant(self, check: str, variant, sample):
        """`Tensor.f` and `Tensor.f_`; where PyTorch refuses (an in-place result that does not fit) so must we."""
        if not isinstance(sample.input, torch.Tensor):
            return

        def prepare(backend, functions):
            with backend.no_grad():
                _, arguments, options = self._carry(backend, functions, sample)
                if check == "inplace":  # a leaf that requires grad cannot be changed in place
                    arguments = tuple(a.detach() if isinstance(a, backend.Tensor) else a for a in arguments)
            seed_all(backend)
            return arguments, options

        want = refused = None
        arguments, options = prepare(torch, self.torch_functions)
        try:
            want = variant(*arguments, **options)
            changed = arguments[0]
        except Exception as error:
            refused = error

        def body():
            method = method_of(variant, self.functions)
            arguments, options = prepare(self.backend, self.functions)
            if refused is not None:
                return self._must_raise(lambda: method(*arguments, **options), type(refused), str(refused))
            got = method(*arguments, **options)
            comparison = (
                self._gauge(sample, got, want, variant)
                if check == "method"
                else self._compare(self.op.op, sample)(got, want)
            )
            if check == "inplace":
                comparison(arguments[0], changed, "self")
                if want is changed and got is not arguments[0]:
                    comparison._add("type", "", "in-place call did not return self")
            return comparison

        self._attempt(check, sample, body)

    def _out(self, sample, want):
        tensors = leaves(want, torch.Tensor)
        if not tensors or any(t.layout is not torch.strided for t in tensors):
            return
        many = not isinstance(want, torch.Tensor)

        def call(backend, functions, function):
            with backend.no_grad():
                _, arguments, options = self._carry(backend, functions, sample)
                arguments = tuple(a.detach() if isinstance(a, backend.Tensor) else a for a in arguments)
                place = [backend.zeros(tuple(t.shape), dtype=getattr(backend, dtype_name(t.dtype))) for t in tensors]
                seed_all(backend)
                result = function(*arguments, **options, out=tuple(place) if many else place[0])
            return result, place

        try:
            with torch.no_grad():
                theirs, their_places = call(torch, self.torch_functions, self.op.op)
        except Exception:
            return  # this sample has no out= in PyTorch

        def body():
            ours, our_places = call(self.backend, self.functions, self.function)
            comparison = self._compare(self.op.op, sample)
            if sample.output_process_fn_grad(theirs) is theirs:
                comparison(ours, theirs)
                comparison(*((our_places, their_places) if many else (our_places[0], their_places[0])), "out")
            else:
                return self._gauge(sample, ours, theirs, self.op.op)
            if not many and ours is not our_places[0]:
                comparison._add("type", "", "out= was not returned itself")
            return comparison

        self._attempt("out", sample, body)

    # -- gradients ----------------------------------------------------------------------------------------------

    def _gradients(self, sample, dtype):
        second = (
            "gradgrad" in self.tallies
            and self.op.supports_gradgrad
            and dtype.itemsize >= 8
            and (dtype in (torch.float64, torch.complex128))
        )
        try:
            cotangents: list = []
            first_want, second_want = self._grads(torch, self.torch_functions, self.op.op, sample, second, cotangents)
        except Exception:
            return  # PyTorch itself has no such derivative
        if first_want is None:
            return

        def precise(which):
            return lambda: self._grads(torch, self.torch_functions, self.op.op, sample, second, cotangents, True)[which]

        results: list = []

        def body():
            results.append(self._grads(self.backend, self.functions, self.function, sample, False, cotangents))
            comparison = Comparison(self.backend, self.granted, precise(0))
            return self._compare_gradients(comparison, results[0][0], first_want)

        def second_body():
            got = self._grads(self.backend, self.functions, self.function, sample, True, cotangents)[1]
            carrier = self._carry(torch, self.torch_functions, sample)[0]
            single = any(t.dtype in (torch.float32, torch.complex64) for t, _ in carrier.tensors)
            coarse = torch.float32 if single else None
            return self._compare_gradients(Comparison(self.backend, self.granted, coarse=coarse), got, second_want)

        if "grad" in self.tallies:
            self._attempt("grad", sample, body)
        if second and second_want is not None:
            self._attempt("gradgrad", sample, second_body)

    @staticmethod
    def _compare_gradients(comparison, got, want):
        if got is None or len(got) != len(want):
            comparison._add("structure", "", f"got {None if got is None else len(got)} gradients, want {len(want)}")
            return comparison
        for index, (ours, theirs) in enumerate(zip(got, want)):
            where = f"gradient of input {index}"
            if (ours is None) != (theirs is None):
                comparison._add(
                    "none",
                    where,
                    f"got {'None' if ours is None else 'a tensor'}, want {'None' if theirs is None else 'a tensor'}",
                )
            elif ours is not None:
                # Whether a first gradient itself requires grad depends on create_graph only where it is asked for.
                comparison(ours.detach(), theirs.detach(), where, (index,))
        return comparison

    def _grads(self, backend, functions, function, sample, second, cotangents, widen=False):
        """First (and second) gradients with respect to the inputs; `cotangents` is filled by the first caller."""
        carrier, arguments, options = self._carry(backend, functions, sample, widen)
        inputs = [t for _, t in carrier.tensors if t.requires_grad and t.is_leaf]
        if not inputs:
            return None, None
        seed_all(backend)
        result = functions(sample.output_process_fn_grad)(function(*arguments, **options))
        outputs = [leaf for leaf in leaves(result, backend.Tensor) if leaf.requires_grad]
        if not outputs:
            return None, None
        vectors = self._cotangents(backend, functions, outputs, cotangents, 0, widen)
        first = backend.autograd.grad(outputs, inputs, vectors, create_graph=second, allow_unused=True)
        if not second:
            return first, None
        again = [g for g in first if g is not None and g.requires_grad]
        if not again:
            return first, None
        return first, backend.autograd.grad(
            again, inputs, self._cotangents(backend, functions, again, cotangents, 1, widen), allow_unused=True
        )

    @staticmethod
    def _cotangents(backend, functions, outputs, cotangents, order, widen):
        if len(cotangents) <= order:  # PyTorch's run comes first and draws them
            generator = torch.Generator().manual_seed(_SEED + order)
            cotangents.append([torch.randn(o.shape, dtype=o.dtype, generator=generator) for o in outputs])
        carrier = Carrier(backend, functions, widen)
        return [carrier(item) for item in cotangents[order]]

    # -- errors -------------------------------------------------------------------------------------------------

    def _must_raise(self, call, kind, message):
        comparison = Comparison(self.backend)
        wanted = (
            kind
            if kind.__module__ == "builtins"
            else next(base for base in kind.__mro__ if base.__module__ == "builtins")
        )
        try:
            result = call()
        except NotImplementedError:
            if not issubclass(wanted, NotImplementedError):
                raise
        except Exception as error:
            if not isinstance(error, wanted):
                comparison._add("error", "", f"got {short(error)}, want {wanted.__name__}: {message[:200]}")
        else:
            got = f"{tuple(result.shape)}" if isinstance(result, self.backend.Tensor) else type(result).__name__
            comparison._add("error", "", f"no error (result {got}), want {wanted.__name__}: {message[:200]}")
        return comparison

    def _errors(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                cases = list(self.op.error_inputs("cpu"))
            except Exception as error:
                self.tallies["errors"].note(f"no error inputs: {short(error)}")
                return
            for case in cases:
                sample = case.sample_input
                try:
                    self._call_torch(self.op.op, sample)
                    continue  # PyTorch accepts it on this build
                except CannotCarry:
                    continue
                except Exception as error:
                    refused = error

                def body(sample=sample, refused=refused):
                    _, arguments, options = self._carry(self.backend, self.functions, sample)
                    return self._must_raise(lambda: self.function(*arguments, **options), type(refused), str(refused))

                self._attempt("errors", sample, body)
