"""PyTorch's operator database under `vmap`, against a loop over the batch, and in forward mode, against PyTorch's.

Each run takes every sixth operator, others each day, so that a run stays within a minute; PENLIGHT_LIVE_ALL=1
takes all.
"""

from __future__ import annotations

import datetime
import os
import warnings

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("expecttest")  # the database needs it

from torch.testing._internal.common_methods_invocations import op_db  # noqa: E402

import penlight  # noqa: E402
from penlight.utils._pytree import tree_flatten  # noqa: E402
from tests.parity.checks import Settings, draw_samples  # noqa: E402
from tests.parity.convert import CannotCarry, Carrier, to_torch  # noqa: E402
from tests.parity.resolve import FunctionMap, Missing, full_name, function_of, in_scope  # noqa: E402

SETTINGS = Settings(samples=3)
# random numbers, uninitialised memory, and (`as_strided`) memory outside the tensor
_NOT_REPEATED = (
    "bernoulli multinomial normal rand randn randint uniform cauchy exponential geometric log_normal empty new_empty resize "
    "as_strided nn.functional.dropout nn.functional.alpha_dropout nn.functional.feature_alpha nn.functional.rrelu "
    "nn.functional.fractional nn.functional.scaled_dot nn.functional.multi_head svd_lowrank pca_lowrank"
).split()
# what differs between samples in shape or in control flow, and in PyTorch raises too
_REFUSED = (
    "linspace logspace masked_select unique nonzero argwhere narrow tensor_split repeat_interleave nn.functional.embedding "
    "nn.functional.ctc nn.functional.instance_norm nn.functional.batch_norm native_batch_norm nn.functional.gaussian"
).split()
# tangents that are no Hermitian or triangular matrices, where PyTorch reads one half; eigenvectors have a free phase
_ANOTHER_TANGENT = "linalg.cholesky triangular_solve linalg.eig cholesky_inverse".split()
# 1e-6 off in PyTorch, NaN for complex numbers there
_LESS_EXACT = ["logcumsumexp"]

_day = datetime.date.today().toordinal() % 6
OPERATORS = [
    op
    for i, op in enumerate(op_db)
    if in_scope(op)
    and not op.name.startswith(tuple(_NOT_REPEATED))
    and (i % 6 == _day or os.environ.get("PENLIGHT_LIVE_ALL"))
]


def _samples(op, dtype, requires_grad):
    """(function, leaves, containers, PyTorch's sample) per sample."""
    functions = FunctionMap(penlight)
    try:
        function = function_of(op, functions)
    except Missing:
        pytest.skip("not there yet")
    for sample in draw_samples(op, dtype, requires_grad, SETTINGS):
        given = ((sample.input, *sample.args), dict(sample.kwargs))
        try:
            carried = Carrier(penlight, functions)(given)
        except (CannotCarry, Missing):
            continue
        yield function, *tree_flatten(carried), given


def _call(function, leaves, spec, places, values):
    own = list(leaves)
    for i, v in zip(places, values):
        own[i] = v
    args, kwargs = spec.unflatten(own)
    return [t for t in tree_flatten(function(*args, **kwargs))[0] if isinstance(t, penlight.Tensor)]


def _same(a, b, rtol=1e-6):
    x, y = a.detach()._a, b.detach()._a
    if x.dtype.kind == "V":
        x, y = x.astype(np.float32), y.astype(np.float32)
    return a.shape == b.shape and a.dtype is b.dtype and np.allclose(x, y, rtol=rtol, atol=1e-8, equal_nan=True)


def _dtype_of(op):
    return next(
        (d for d in (torch.float64, torch.complex128, torch.int64, torch.bool) if d in op.supported_dtypes("cpu")), None
    )


@pytest.mark.parametrize("op", OPERATORS, ids=[full_name(op) for op in OPERATORS])
def test_vmap_is_a_loop(op):
    """All tensors batched, and each alone: the results of vmap are those of a loop over the batch."""
    if op.name.startswith(tuple(_REFUSED)):
        pytest.skip("not for all samples")
    for function, leaves, spec, _ in _samples(op, _dtype_of(op), False):
        tensors = [i for i, t in enumerate(leaves) if isinstance(t, penlight.Tensor)]
        for places in [tensors, *([[i] for i in tensors[:3]] if len(tensors) > 1 else [])]:
            rows = [[leaves[i].clone() for i in places], [leaves[i].clone() for i in places]]
            rows[1] = [t * 0.875 if t.is_floating_point() else t for t in rows[1]]
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    one, two = [_call(function, leaves, spec, places, [t.clone() for t in row]) for row in rows]
                except Exception:
                    continue  # not defined for this sample
                if not places or not one:
                    continue
                stacked = [penlight.stack(pair, 0) for pair in zip(*rows)]
                found = penlight.vmap(lambda *v, p=places, s=spec, ls=leaves, f=function: _call(f, ls, s, p, v))(
                    *stacked
                )
            for t, a, b in zip(found, one, two):
                assert _same(t, penlight.stack([a, b], 0)), (places, [tuple(leaves[i].shape) for i in tensors])


def _tangents(module, flatten, call, leaves, places, tangents):
    forward = module.autograd.forward_ad
    with forward.dual_level():
        duals = [forward.make_dual(leaves[i].detach(), t) for i, t in zip(places, tangents)]
        outputs = [o for o in flatten(call(duals)) if isinstance(o, module.Tensor)]
        outputs = [o for o in outputs if o.dtype.is_floating_point or o.dtype.is_complex]
        return [forward.unpack_dual(o).tangent for o in outputs]


@pytest.mark.parametrize("op", OPERATORS, ids=[full_name(op) for op in OPERATORS])
def test_forward_mode_is_pytorchs(op):
    """Tangents of random directions, real and complex."""
    if not op.supports_forward_ad or op.name.startswith((*_ANOTHER_TANGENT, *_LESS_EXACT)):
        pytest.skip("no forward mode to compare")
    import torch.utils._pytree as pytree

    torch.set_num_threads(1)
    for dtype in (torch.float64, torch.complex128):
        if dtype not in op.supported_backward_dtypes("cpu"):
            continue
        for function, leaves, spec, given in _samples(op, dtype, True):
            theirs, their_spec = pytree.tree_flatten(given)
            places = [i for i, t in enumerate(theirs) if isinstance(t, torch.Tensor) and t.requires_grad]
            torch.manual_seed(1)
            directions = [torch.randn(theirs[i].shape, dtype=theirs[i].dtype) for i in places]
            mine = [Carrier(penlight, None)(t) for t in directions]
            theirs = [t.detach() if isinstance(t, torch.Tensor) else t for t in theirs]
            leaves = [t.detach() if isinstance(t, penlight.Tensor) else t for t in leaves]

            def their_call(values, theirs=theirs, places=places, their_spec=their_spec):
                own = list(theirs)
                for i, v in zip(places, values):
                    own[i] = v
                args, kwargs = pytree.tree_unflatten(own, their_spec)
                return op.op(*args, **kwargs)

            def my_call(values, leaves=leaves, places=places, spec=spec, function=function):
                return _call(function, leaves, spec, places, values)

            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                want = _tangents(torch, pytree.tree_leaves, their_call, theirs, places, directions)
                found = _tangents(penlight, lambda tree: tree, my_call, leaves, places, mine)
            for a, b in zip(found, want):
                a = torch.zeros(()) if a is None else to_torch(penlight, a)
                b = torch.zeros(()) if b is None else b.resolve_conj()
                if a.dim() and b.dim():
                    assert a.dtype == b.dtype
                    assert torch.allclose(a, b, rtol=1e-6, atol=1e-8, equal_nan=True), [t.shape for t in directions]
                else:  # one of them, or both, has no tangent: the other's must be zero
                    assert (
                        (not a.dim() and not b.dim())
                        and torch.allclose(a, b.to(a.dtype), equal_nan=True)
                        or not (a.any() or b.any())
                    )


@pytest.mark.parametrize("op", OPERATORS, ids=[full_name(op) for op in OPERATORS])
def test_jacrev_is_row_by_row(op):
    """The batched backward pass against one pass per output element, on small samples."""
    if not op.supports_autograd or torch.float64 not in op.supported_backward_dtypes("cpu"):
        pytest.skip("no gradient")
    for function, leaves, spec, _ in _samples(op, torch.float64, True):
        places = [i for i, t in enumerate(leaves) if isinstance(t, penlight.Tensor) and t.requires_grad]
        if not 0 < sum(leaves[i].numel() for i in places) <= 80:
            continue
        plain = [t.detach() if isinstance(t, penlight.Tensor) else t for t in leaves]

        def real_outputs(*values, plain=plain, places=places, spec=spec, function=function):
            found = _call(function, plain, spec, places, values)
            return tuple([t for t in found if t.is_floating_point()])

        given = [plain[i].clone().requires_grad_() for i in places]
        outputs = real_outputs(*given)
        if not 0 < sum(t.numel() for t in outputs) <= 60:
            continue
        jacobians = penlight.func.jacrev(real_outputs, tuple(range(len(places))))(*[plain[i] for i in places])
        for o, row in zip(outputs, jacobians):
            for index in np.ndindex(tuple(o.shape)):
                if not o.requires_grad:
                    assert not any(j.any() for j in row)
                    break
                g = penlight.zeros_like(o)
                g[index] = 1
                expected = penlight.autograd.grad(o, given, g, retain_graph=True, materialize_grads=True)
                for j, e in zip(row, expected):
                    assert np.allclose(j[index]._a, e._a, rtol=1e-8, atol=1e-9, equal_nan=True)
