"""Planted faults: PyTorch with one thing wrong at a time, to know that the runner sees each kind of wrong answer."""

from __future__ import annotations

import types

import torch

from .checks import CHECKS, Settings


class Faulty(types.ModuleType):
    """PyTorch under another name, with some names replaced."""

    def __init__(self, **replaced):
        super().__init__("faulty")
        self.__dict__.update(replaced)

    def __getattr__(self, name):
        return getattr(torch, name)


class _SlightlyWrongGradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.sin(x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * torch.cos(x) * 1.001


class _NoSecondGradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.sin(x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * torch.cos(x.detach())


def _widens(a, b, **options):
    return torch.mul(a, b, **options).to(torch.float64)


def _changes_input(x, **options):
    result = torch.exp(x, **options)
    with torch.no_grad():
        x.add_(1)
    return result


def _unfinished(*args, **options):
    raise NotImplementedError("not written yet")


def _accepts_anything(*tensors, **options):
    try:
        return torch.cat(*tensors, **options)
    except (RuntimeError, ValueError, IndexError, TypeError):
        return torch.zeros(1)


def _ignores_out(a, b, **options):
    options.pop("out", None)
    return torch.atan2(a, b, **options)


class _Crash:
    def __call__(self, *args, **options):
        raise SystemError("a crash")


SETTINGS = Settings(dtypes=("float32", "float64"), checks=CHECKS, samples=8)
FAULTS = {
    "a value": ("add", "forward", "differs", {"add": lambda a, b, **o: torch.add(a, b, **o) * 1.0001}),
    "a dtype": ("mul", "forward", "differs", {"mul": _widens}),
    "a shape": ("sum", "forward", "differs", {"sum": lambda *a, **o: torch.sum(*a, **o).unsqueeze(0)}),
    "a changed input": ("exp", "forward", "differs", {"exp": _changes_input}),
    "a tuple's type": ("cummax", "forward", "differs", {"cummax": lambda *a, **o: tuple(torch.cummax(*a, **o))}),
    "a gradient": ("sin", "grad", "differs", {"sin": lambda x, **o: _SlightlyWrongGradient.apply(x)}),
    "a second gradient": ("sin", "gradgrad", "differs", {"sin": lambda x, **o: _NoSecondGradient.apply(x)}),
    "out= ignored": ("atan2", "out", "differs", {"atan2": _ignores_out}),
    "an error swallowed": ("cat", "errors", "differs", {"cat": _accepts_anything}),
    "another stream": ("bernoulli", "forward", "differs", {"manual_seed": lambda seed: torch.manual_seed(seed + 1)}),
    "an absent op": ("tanh", "forward", "missing", {"tanh": _unfinished}),
    "a crash": ("neg", "forward", "raises", {"neg": _Crash()}),
}


def check(select_operators, check_here, status) -> int:
    """Run each fault; print whether it was seen; 1 if any was not."""
    unseen = 0
    for what, (name, where, verdict, replaced) in FAULTS.items():
        report = check_here(select_operators([name], False)[0], Faulty(**replaced), SETTINGS)
        seen = not report.get("crashed") and report["checks"][where][verdict] > 0
        unseen += not seen
        print(f"{'seen' if seen else 'NOT SEEN':8}  {what} ({name}, {where})  {status(report)}")
        if not seen:
            print("         ", report)
    return 1 if unseen else 0
