"""Run PyTorch's optimizer database against penlight, and report the differences.

    python -m tests.parity.optimizers Adam SGD
    python -m tests.parity.optimizers --all --json optimizers.json

Each set of options that the database has is combined with each flag (`foreach`, `fused`, `capturable`,
`differentiable`, `maximize`, a tensor as learning rate) and run on parameters of several shapes, dtypes and memory
layouts, with missing and zero gradients. Then: state dicts and whole optimizers cross between the libraries and
continue, derivatives through the steps, hooks and closures, schedulers on top, refused inputs.
"""

from __future__ import annotations

import argparse
import copy
import importlib
import io
import sys
import warnings

import torch
from torch.testing._internal.common_optimizers import OptimizerErrorEnum, optim_db

from .checks import Tally, short
from .compare import Comparison
from .convert import Carrier, to_torch
from .modules import add_run_options, exactly, run_each
from .resolve import FunctionMap

CHECKS = ("steps", "state", "files", "derivatives", "hooks", "schedulers", "errors")
STEPS = 6
FLAGS = (
    {},
    {"foreach": True},
    {"foreach": False},
    {"fused": True},
    {"capturable": True},
    {"differentiable": True},
    {"maximize": True},
    {"amsgrad": True},
    {"nesterov": True, "momentum": 0.9},
    {"lr": torch.tensor(0.01)},
    {"lr": torch.tensor(0.01, dtype=torch.float64), "foreach": True},
)
SHAPES = ((7, 5), (5,), (3, 2, 4), (), (0, 3))
# name -> (dtype, shape, memory layout) of each parameter
SETS = {
    **{
        name: [(name, shape, "plain") for shape in SHAPES]
        for name in ("float32", "float64", "bfloat16", "float16", "complex64", "complex128")
    },
    "mixed": [("float32", (3, 2), "plain"), ("float64", (2,), "plain"), ("bfloat16", (4,), "plain")],
    "large": [("float32", (150, 130), "plain"), ("float64", (130, 150), "plain")],
    "views": [
        ("float32", (4, 6), "transposed"),
        ("float32", (5, 3), "spaced"),
        ("float32", (2, 3, 4, 5), "channels_last"),
    ],
}
# Of the largest value of a tensor: some units in the last place. Half precision: PyTorch's kernels round differently
# in and after the last full vector.
TOLERANCE = {
    torch.float32: 2.0**-20,
    torch.float64: 2.0**-46,
    torch.complex64: 2.0**-20,
    torch.complex128: 2.0**-46,
    torch.float16: 2.0**-8,
    torch.bfloat16: 2.0**-5,
}


def drawn(dtype: str, shape, generator, scale=1.0):
    return (
        torch.randn(shape, dtype=torch.complex128 if "complex" in dtype else torch.float64, generator=generator) * scale
    ).to(getattr(torch, dtype))


class Problem:
    """Parameters and gradients, drawn once in PyTorch and carried to either library."""

    def __init__(self, specs, steps=STEPS):
        generator = torch.Generator().manual_seed(1)
        self.specs = specs
        self.start = [drawn(dtype, shape, generator) for dtype, shape, _ in specs]
        self.gradients = [[drawn(dtype, shape, generator, 0.5) for dtype, shape, _ in specs] for _ in range(steps)]
        self.gradients[2][0] = torch.zeros_like(self.gradients[2][0])
        if len(specs) > 1:
            self.gradients[1][1] = None

    def parameters(self, library, values=None):
        """Leaves in their memory layout."""
        carry = Carrier(library, FunctionMap(library))
        made = []
        for (_, _, layout), value in zip(self.specs, values or self.start):
            if layout == "transposed":
                tensor = carry(value.t().contiguous()).t()
            elif layout == "spaced":
                tensor = carry(torch.stack((value, value), -1)).select(-1, 0)
            elif layout == "channels_last":
                tensor = carry(value.contiguous(memory_format=torch.channels_last))
            else:
                tensor = carry(value.clone())
            made.append(tensor.detach().requires_grad_())
        return made

    def set_gradients(self, library, params, step):
        """In the parameters' memory layout, as backward gives them; PyTorch's fused kernels rely on it."""
        carry = Carrier(library, FunctionMap(library))
        for p, g in zip(params, self.gradients[step]):
            p.grad = None if g is None else library.empty_like(p.detach()).copy_(carry(g))


def option_values(library, options):
    carry = Carrier(library, FunctionMap(library))
    return {name: carry(value) for name, value in options.items()}


class OptimizerCheck:
    """Runs the checks of one entry of the optimizer database."""

    def __init__(self, info, backend, checks=CHECKS, sets=tuple(SETS), examples: int = 1):
        self.info, self.backend, self.checks, self.sets = info, backend, checks, sets
        self.tallies = {name: Tally(examples) for name in checks}
        self.names = info.optim_cls.__init__.__code__.co_varnames
        self.own_nans = False  # PyTorch's NaNs are its own, and are not asked for
        self.rounded = 0.0  # what numbers computed in float32, from tensors among the options, are good for
        # It orthogonalises in bfloat16. The order of a large sum decides how its product is rounded there: up to a
        # hundredth of a step, that is of lr.
        self.factor = 2.0**6 if info.name == "Muon" else 1.0
        if info.name == "LBFGS":  # each curvature is a small difference, and the number of iterations hangs on it
            self.factor, self.sets = 2.0**12, [s for s in sets if s not in ("bfloat16", "float16", "mixed")]

    def run(self) -> dict:
        if self.info.only_supports_sparse_grads:
            self.checks = tuple(c for c in self.checks if c == "errors")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for options in self._options():
                tensors = [v for v in (*options.values(), *options.get("betas", ())) if isinstance(v, torch.Tensor)]
                inexact = tensors or options.get("differentiable")
                inexact = inexact or (self.info.name == "ASGD" and options.get("foreach"))  # its eta is such a tensor
                self.rounded = 2.0**-21 if inexact else 0.0
                # in float32 the rounding of the loss decides where a line search stops
                doubles = ("float64", "complex128") if "line_search_fn" in options else self.sets
                if self.info.name == "SGD" and options.get("fused"):  # PyTorch's leaves whole vectors as they are
                    doubles = [name for name in doubles if name not in ("float16", "bfloat16", "mixed")]
                for name in self.sets:
                    # PyTorch's foreach formula is 0 / 0 where a second moment underflows; its loop has no such NaNs
                    self.own_nans = self.info.name == "RAdam" and options.get("foreach") and name == "float16"
                    if name in doubles:
                        self._steps(options, name)
                self.own_nans = False
                self._crossing(options)
            self.rounded = 2.0**-21  # the number of steps is a float32 tensor there
            for options in self._inputs():
                self._derivatives(options)
            self.rounded = 0.0
            self._hooks()
            self._schedulers()
            self._errors()
        checks = {name: tally.as_dict() for name, tally in self.tallies.items()}
        return {"module": self.info.name, "missing": None, "checks": checks}

    def _inputs(self):
        """The database's options, those for a GPU included: without their flag most run on a CPU."""
        found = [item.kwargs for item in self.info.optim_inputs_func(device="cuda", dtype=torch.float32)]
        return found + [{k: v for k, v in item.items() if k != "capturable"} for item in found if "capturable" in item]

    def _options(self):
        seen = []
        for options in self._inputs():
            for flag in FLAGS:
                merged = {**options, **flag}
                if "line_search_fn" in merged and "lr" in flag:
                    continue  # PyTorch then searches in float32, and other points are met
                if set(flag) <= set(self.names) and repr(merged) not in seen:
                    seen.append(repr(merged))
                    yield merged

    def _class(self, library):
        return getattr(importlib.import_module(f"{library.__name__}.optim"), self.info.name)

    def _specs(self, name, fused=False):
        specs = SETS[name]
        if fused and name == "views":  # PyTorch's kernel walks memory and takes gaps for elements
            specs = [spec for spec in specs if spec[2] != "spaced"]
        if self.info.name == "Muon":
            specs = [spec if len(spec[1]) == 2 else (spec[0], (3, 4), "plain") for spec in specs if 0 not in spec[1]]
        if not self.info.supports_complex and "complex" in name:
            return None
        return specs

    # -- a run --------------------------------------------------------------------------------------------------

    def _make(self, library, params, options):
        fewer = {"max_iter": 3} if self.info.name == "LBFGS" else {}
        return self._class(library)(params, **{**fewer, **option_values(library, options)})

    def _advance(self, library, optimizer, params, problem, steps):
        for step in steps:
            problem.set_gradients(library, params, step)
            if self.info.step_requires_closure:
                optimizer.step(self._closure(library, params, problem, step))
            else:
                optimizer.step()

    def _closure(self, library, params, problem, step):
        """A bowl around the step's gradients; PyTorch's LBFGS needs a loss that it can evaluate anew."""
        carry = Carrier(library, FunctionMap(library))
        centres = [None if g is None else carry(g) for g in problem.gradients[0]]

        def closure():
            for p in params:
                p.grad = None
            loss = sum(((p - c).abs() ** 2).sum() for p, c in zip(params, centres))
            loss = loss + sum((p.abs() ** 4).sum() * 0.1 for p in params)
            loss.backward()
            return loss

        return closure

    def _whole(self, library, options, specs):
        """(parameters, optimizer) after all steps. A differentiable step needs copies of leaves."""
        problem = Problem(specs)
        params = problem.parameters(library)
        if options.get("differentiable"):
            params = [p.clone() for p in params]
            for p in params:
                p.retain_grad()
        optimizer = self._make(library, params, options)
        self._advance(library, optimizer, params, problem, range(STEPS))
        return params, optimizer

    def _steps(self, options, name):
        if "steps" not in self.checks or (specs := self._specs(name, options.get("fused"))) is None:
            return
        want = refused = None
        try:
            want = self._whole(torch, options, specs)
        except Exception as error:
            refused = error
            if name == "views" and "view size is not compatible" in str(error):
                return  # what PyTorch's implementation cannot do is no rule

        def body():
            if refused is not None:
                return self._must_raise(lambda: self._whole(self.backend, options, specs), refused)
            got = self._whole(self.backend, options, specs)
            comparison = Comparison(self.backend)
            self._same(comparison, got, want)
            exactly(comparison, _printed(got[1]), _printed(want[1]), "repr")
            return comparison

        kept = self.rounded
        if name == "large" and self.info.name == "Muon":
            self.rounded = 2.0**-20
        elif name == "large" and self.info.name == "LBFGS":
            # It takes both parameters for one vector, so the rounding of the float32 one reaches the float64 one: a last
            # bit of the former changed moves the latter by 4e-3 of its size in PyTorch itself.
            self.rounded = TOLERANCE[torch.float32]
        self._attempt("steps", f"{options} on {name}", body)
        self.rounded = kept

    def _same(self, comparison, got, want, factor=None):
        factor = factor or self.factor
        for index, (a, b) in enumerate(zip(got[0], want[0])):
            self._close(comparison, a, b, f"parameter {index}", factor)
        mine, theirs = got[1].state_dict(), want[1].state_dict()
        exactly(comparison, list(mine["state"]), list(theirs["state"]), "parameters with a state")
        for number, entries in theirs["state"].items():
            own = mine["state"].get(number, {})
            exactly(comparison, list(own), list(entries), f"state names of {number}")
            for key, value in entries.items():
                # LBFGS: weights of nearly parallel directions have few good digits; the parameters are compared
                loose = 2.0**22 if key == "al" else 1.0
                self._close(comparison, own.get(key), value, f"state {number}.{key}", factor * loose)
        for group, other in zip(mine["param_groups"], theirs["param_groups"]):
            exactly(comparison, list(group), list(other), "names of group options")

    def _close(self, comparison, got, want, where, factor):
        if got is None or want is None:
            exactly(comparison, got is None, want is None, f"{where} is None")
        elif isinstance(want, (list, tuple)):
            exactly(comparison, len(got), len(want), f"{where}: length")
            for index, (a, b) in enumerate(zip(got, want)):
                self._close(comparison, a, b, f"{where}[{index}]", factor)
        elif not isinstance(want, torch.Tensor) or isinstance(got, float):
            want = want.item() if isinstance(want, torch.Tensor) else want  # LBFGS's step with a tensor rate
            if isinstance(want, float):
                same = abs(got - want) <= 1e-6 * abs(want) * factor or got == want
                exactly(comparison, bool(same), True, f"{where}: got {got}, want {want}")
            else:
                exactly(comparison, got, want, where)
        else:
            comparison.values = False
            comparison(got.detach(), want.detach(), where)
            comparison.values = True
            if comparison.differences or not want.numel():
                return
            mine, theirs = to_torch(self.backend, got), want.detach()
            wide = torch.complex128 if want.is_complex() else torch.float64
            difference = (mine.to(wide) - theirs.to(wide)).abs()
            size = (
                theirs.to(wide).abs().nan_to_num(0, 0, 0).max().clamp_min(0.05)
            )  # a lone moment may cancel to nearly nothing
            allowed = max(TOLERANCE.get(want.dtype, 0.0), self.rounded) * factor * size
            wrong = ~((difference <= allowed) | (mine == theirs) | (mine.isnan() & theirs.isnan()))
            if self.own_nans:
                wrong &= ~theirs.isnan()
            if wrong.any():
                comparison._add("value", where, f"off by {difference[wrong].max():.3g} of {size:.3g}")

    def _attempt(self, check, text, body):
        if check not in self.checks:
            return
        tally = self.tallies[check]
        try:
            comparison = body()
        except NotImplementedError as error:
            tally.failed("missing", text, short(error))
        except Exception as error:
            tally.failed("raises", text, short(error))
        else:
            if comparison.differences:
                tally.failed("differs", text, "; ".join(str(item) for item in comparison.differences[:3]))
            else:
                tally.passed(0)

    def _must_raise(self, call, refused):
        comparison = Comparison(self.backend)
        wanted = next(base for base in type(refused).__mro__ if base.__module__ == "builtins")
        try:
            call()
        except Exception as error:
            if not isinstance(error, wanted):
                comparison._add("error", "", f"got {short(error)}, want {wanted.__name__}: {str(refused)[:200]}")
        else:
            comparison._add("error", "", f"no error, want {wanted.__name__}: {str(refused)[:200]}")
        return comparison

    # -- crossing between the libraries -------------------------------------------------------------------------

    def _crossing(self, options):
        """State dicts (with named parameters and two groups) and whole optimizers, through files, both ways."""
        specs = [spec for spec in self._specs("float64") if 0 not in spec[1]]
        half = range(STEPS // 2)
        rest = range(STEPS // 2, STEPS)
        problem = Problem(specs)
        if options.get("differentiable"):
            return

        def grouped(params):
            if not self.info.supports_param_groups:
                return params
            first = [(f"weight{i}", p) for i, p in enumerate(params[:2])]
            return [{"params": first, "lr": 0.02}, {"params": [("rest", p) for p in params[2:]]}]

        def run(library, steps, values=None, state=None):
            params = problem.parameters(library, values)
            optimizer = self._make(library, grouped(params), options)
            if state is not None:
                optimizer.load_state_dict(state)
            self._advance(library, optimizer, params, problem, steps)
            return params, optimizer

        def written(library, thing):
            stream = io.BytesIO()
            library.save(thing, stream)
            stream.seek(0)
            return stream

        def resumed(first, second):
            params, optimizer = run(first, half)
            file = written(first, {"params": [p.detach() for p in params], "optimizer": optimizer.state_dict()})
            loaded = second.load(file, weights_only=True)
            values = [to_torch(second, v) for v in loaded["params"]]
            return run(second, rest, values, loaded["optimizer"])

        try:
            want = resumed(torch, torch)
            whole = run(torch, range(STEPS))
        except Exception:
            return  # `steps` has seen it

        def state_body(first, second):
            last = resumed(first, second)
            comparison = Comparison(self.backend)
            if second is torch:  # compare in the usual direction
                for index, (a, b) in enumerate(zip(last[0], want[0])):
                    ours = self.backend.tensor(a.detach().numpy(), requires_grad=True)
                    self._close(comparison, ours, b, f"parameter {index}", self.factor * 16)
            else:
                self._same(comparison, last, want, self.factor * 16)
                exactly(comparison, _printed(last[1]), _printed(want[1]), "repr")
            return comparison

        def file_body(first, second):
            _, optimizer = run(first, half)
            again = second.load(written(first, optimizer), weights_only=False)
            params = [p for group in again.param_groups for p in group["params"]]
            self._advance(second, again, params, problem, rest)
            comparison = Comparison(self.backend)
            for index, (a, b) in enumerate(zip(params, whole[0])):
                ours = a if second is not torch else self.backend.tensor(a.detach().numpy(), requires_grad=True)
                self._close(comparison, ours, b, f"parameter {index}", self.factor * 16)
            return comparison

        for first, second in ((torch, self.backend), (self.backend, torch), (self.backend, self.backend)):
            text = f"{options} from {first.__name__} to {second.__name__}"
            self._attempt("state", text, lambda a=first, b=second: state_body(a, b))
            if self.info.name != "LBFGS" or second is not torch:  # PyTorch's own does not step after pickling
                self._attempt("files", text, lambda a=first, b=second: file_body(a, b))

    # -- derivatives, hooks, schedulers -------------------------------------------------------------------------

    def _derivatives(self, options):
        """`differentiable=True`: how the parameters after three steps depend on the first ones, and on the gradients."""
        if "differentiable" not in self.info.supported_impls or "capturable" in options:
            return

        def run(library):
            problem = Problem([("float64", (3, 2), "plain"), ("float64", (4,), "plain")])
            carry = Carrier(library, FunctionMap(library))
            leaves = problem.parameters(library)
            slopes = [carry(g).requires_grad_() for g in problem.gradients[0]]
            params = [p.clone() for p in leaves]
            optimizer = self._make(library, params, {**options, "differentiable": True})
            for _ in range(3):
                for p, s, start in zip(params, slopes, leaves):
                    p.grad = s * (start + 1.5)
                optimizer.step()
            total = sum((p * p).sum() for p in params)
            return library.autograd.grad(total, [*leaves, *slopes], allow_unused=True)

        try:
            want = run(torch)
        except Exception:
            return

        def body():
            comparison = Comparison(self.backend)
            for index, (a, b) in enumerate(zip(run(self.backend), want)):
                self._close(comparison, a, b, f"derivative {index}", 64)
            return comparison

        self._attempt("derivatives", str(options), body)

    def _hooks(self):
        """Which hooks run, in which order, with what; what a step with a closure returns; `add_param_group`."""

        def run(library):
            problem = Problem(self._specs("float64")[:3])
            params = problem.parameters(library)
            optimizer = self._make(library, params[:2], {})
            events = []
            handles = [
                optimizer.register_step_pre_hook(lambda o, a, k: events.append(("pre", len(a), sorted(k)))),
                optimizer.register_step_post_hook(lambda o, a, k: events.append(("post", len(a), sorted(k)))),
                optimizer.register_state_dict_pre_hook(lambda o: events.append("before saving")),
                optimizer.register_state_dict_post_hook(lambda o, s: events.append(sorted(s))),
                optimizer.register_load_state_dict_pre_hook(lambda o, s: events.append(("loading", sorted(s)))),
                optimizer.register_load_state_dict_post_hook(lambda o: events.append("loaded")),
            ]
            handles.append(
                optimizer.register_state_dict_pre_hook(lambda o: events.append("first of all"), prepend=True)
            )
            everywhere = importlib.import_module(f"{library.__name__}.optim.optimizer")
            handles.append(everywhere.register_optimizer_step_pre_hook(lambda o, a, k: events.append(type(o).__name__)))
            loss = optimizer.step(self._closure(library, params[:2], problem, 0))
            events.append(round(float(loss), 9))
            if self.info.supports_param_groups:
                optimizer.add_param_group({"params": params[2], "lr": 0.5})
            optimizer.zero_grad()
            events.append([p.grad is None for p in params])
            optimizer.step(closure=self._closure(library, params[:2], problem, 0))
            optimizer.zero_grad(set_to_none=False)
            events.append([None if p.grad is None else p.grad.abs().sum().item() for p in params])
            optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))
            for handle in handles:
                handle.remove()
            optimizer.step(self._closure(library, params[:2], problem, 0))
            return events, (params, optimizer)

        if not self.info.only_supports_sparse_grads and "hooks" in self.checks:
            want = run(torch)

            def body():
                got = run(self.backend)
                comparison = Comparison(self.backend)
                exactly(comparison, got[0], want[0], "events")
                self._same(comparison, got[1], want[1])
                return comparison

            self._attempt("hooks", "", body)

    def _schedulers(self):
        """The schedulers that the database sets on this optimizer, several at once where it has several."""
        if self.info.only_supports_sparse_grads or "schedulers" not in self.checks:
            return
        for makers in self.info.scheduler_inputs:

            def run(library, makers=makers):
                functions = FunctionMap(library)
                problem = Problem(self._specs("float64")[:2])
                params = problem.parameters(library)
                optimizer = self._make(library, params, {"lr": 0.5})
                schedules = [_rebuilt(maker, library, functions)(optimizer) for maker in makers]
                rates = []
                for step in range(12):
                    self._advance(library, optimizer, params, problem, [step % STEPS])
                    for schedule in schedules:
                        schedule.step(*([1.0] if type(schedule).__name__ == "ReduceLROnPlateau" else []))
                    rates += [group["lr"] for group in optimizer.param_groups]
                return rates, (params, optimizer)

            want = run(torch)

            def body(run=run, want=want):
                got = run(self.backend)
                comparison = Comparison(self.backend)
                self._close(comparison, got[0], want[0], "rates", 1e-6)
                self._same(comparison, got[1], want[1], 16 * self.factor)
                return comparison

            self._attempt("schedulers", f"{len(makers)} schedulers", body)

    # -- refused inputs -----------------------------------------------------------------------------------------

    def _errors(self):
        for case in self.info.optim_error_inputs_func(device="cpu", dtype=torch.float32):
            given = case.optimizer_error_input

            def attempt(library, given=given, case=case):
                carry = Carrier(library, FunctionMap(library))
                params = [torch.nn.Parameter(torch.ones(2, 3))] if given.params is None else given.params
                params = [*params] if isinstance(params, tuple) else params
                optimizer = self._class(library)(carry(params), **option_values(library, given.kwargs))
                if case.error_on == OptimizerErrorEnum.STEP_ERROR:
                    for group in optimizer.param_groups:
                        for p in group["params"]:
                            p.grad = library.ones_like(p) if p.layout is library.strided else p.grad
                    optimizer.step()

            with warnings.catch_warnings():
                warnings.simplefilter("error")
                try:
                    attempt(torch)
                    continue
                except Exception as error:
                    refused = error

            def body(attempt=attempt, refused=refused):
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    return self._must_raise(lambda: attempt(self.backend), refused)

            self._attempt("errors", given.desc, body)


def _printed(optimizer) -> str:
    """The optimizer as printed; numbers of tensors in it are the same in both libraries."""
    return "\n".join(line for line in repr(optimizer).splitlines() if "tensor(" not in line)


def _rebuilt(maker, library, functions):
    """The database's `lambda opt: StepLR(opt, …)` with the other library's schedulers."""
    if library is torch:
        return maker
    names = importlib.import_module(f"{library.__name__}.optim.lr_scheduler")
    namespace = {
        **maker.__globals__,
        **{name: getattr(names, name) for name in maker.__code__.co_names if hasattr(names, name)},
    }
    return type(maker)(maker.__code__, namespace)


def select(names):
    """Entries of the database by name; all of them without any."""
    return [info for info in optim_db if not names or info.name in names]


def main(argv=None) -> int:
    parser = argparse.ArgumentParser(prog="optimizers", description=__doc__.split("\n\n")[0])
    parser.add_argument("optimizers", nargs="*")
    parser.add_argument("--checks", default=",".join(CHECKS))
    parser.add_argument("--sets", default=",".join(SETS), help="kinds of parameters")
    add_run_options(parser)
    options = parser.parse_args(argv)
    if not options.optimizers and not options.all:
        parser.error("name some optimizers, or give --all")
    backend, checks = importlib.import_module(options.backend), tuple(options.checks.split(","))
    check = lambda info: OptimizerCheck(info, backend, checks, options.sets.split(","), options.examples)
    return run_each(select(options.optimizers), check, options)


if __name__ == "__main__":
    sys.exit(main())
