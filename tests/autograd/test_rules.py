"""Every gradient rule of the op table against central differences, first and second order."""

from __future__ import annotations

from typing import Any

import pytest

import penlight as torch
from penlight.engine.node import EDGES, OP
from penlight.ops.catalog import load_all
from penlight.ops.table import OPS

from .samples import SAMPLES, arguments_of

# expressions without a second derivative: PyTorch has none either
FIRST_ORDER_ONLY = {s.expression for s in SAMPLES if s.expression.startswith("F.ctc_loss")}
# rules that no sample can check
WITHOUT_SAMPLE = {
    "_ctc_loss": "its gradient is checked to first order, its graph ends there",
    "_ctc_loss_grad": "raises, as in PyTorch: the gradient of ctc_loss has no derivative",
    "_embedding_sparse": "its gradient is a sparse tensor: tests/sparse",
    "_divide_by": "part of ctc_loss with reduction='mean', reached to first order only",
    **dict.fromkeys(
        ("_geqrf", "_ldl_factor", "_ldl_solve"), "raises, as in PyTorch: this factorisation has no derivative"
    ),
    "_sampled": "its values are random and its gradient is zero by definition",
    "_sampled_by_two": "its values are random and its gradient is zero by definition",
    "_zeta_by_number": "raises, as in PyTorch: zeta has no gradient in its first argument",
    **dict.fromkeys(
        (
            "_histogram_edges _histogram_of_rows _histogram_uniform _scatter_combine _unique _unique_consecutive bincount "
            "_floor_divide heaviside"
        ).split(),
        "raises, as in PyTorch: it has no derivative",
    ),
}


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_gradients_are_those_of_central_differences(sample):
    function, inputs = arguments_of(sample)
    torch.autograd.gradcheck(function, inputs)
    if sample.expression not in FIRST_ORDER_ONLY:
        torch.autograd.gradgradcheck(function, inputs)


def _reached(roots: list) -> set[str]:
    names: set[str] = set()
    stack, seen = list(roots), set()
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        names.add(getattr(node[OP], "name", ""))
        stack.extend(e for e in node[EDGES] if e is not None)
    return names


def ops_used(sample: Any) -> set[str]:
    """The ops in the graphs of a sample's outputs and of its recorded gradients."""
    function, inputs = arguments_of(sample)
    outputs = function(*inputs)
    outputs = [o for o in (outputs if isinstance(outputs, tuple) else (outputs,)) if getattr(o, "_node", None)]
    roots = [o._node for o in outputs]
    wanted = [t for t in inputs if t.requires_grad]
    gs = [torch.ones_like(o).requires_grad_() for o in outputs]
    found = torch.autograd.grad(outputs, wanted, gs, create_graph=True, allow_unused=True)
    again = [g for g in found if g is not None and g.requires_grad]
    roots += [g._node for g in again]
    if again:
        ones = [torch.ones_like(g).requires_grad_() for g in again]
        last = torch.autograd.grad(again, [*wanted, *gs], ones, create_graph=True, allow_unused=True)
        roots += [g._node for g in last if g is not None and g.requires_grad]
    return _reached(roots)


def test_every_rule_is_reached_by_a_sample():
    load_all()
    used = set().union(*(ops_used(s) for s in SAMPLES if s.expression not in FIRST_ORDER_ONLY))
    missing = sorted(n for n, op in OPS.items() if op.differentiable and n not in used and n not in WITHOUT_SAMPLE)
    assert not missing, f"add samples that use these ops to samples.py: {missing}"
