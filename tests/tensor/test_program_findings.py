"""What unmodified programs ran into: each was found by comparing what a program prints here and on PyTorch 2.13."""

import subprocess
import sys

import numpy as np
import pytest

import penlight as torch
from penlight import nn


def test_views_made_without_gradients_show_their_base_s_wish():
    weight = nn.Parameter(torch.ones(2, 3))
    with torch.no_grad():
        row = weight[:, 0]
        views = (row, weight.t(), weight.view(6), weight.unbind(0)[1], weight[0][1:], next(iter(weight)))
        assert all(v.requires_grad and v.is_leaf and v.grad_fn is None for v in views)
        assert repr(row) == "tensor([1., 1.], requires_grad=True)" and row.numpy().tolist() == [1.0, 1.0]
        assert not any(
            v.requires_grad for v in (row.detach(), row.data, row.clone(), weight.detach()[0], weight.view(torch.int32))
        )
    with pytest.raises(RuntimeError, match="requires grad"):
        row.numpy()
    base = torch.zeros(3)
    view = base[:2]
    base.requires_grad_()
    assert view.requires_grad and base.detach()[0].requires_grad is False


def test_affine_grid_of_the_identity_has_linspace_s_bits():
    # bits from PyTorch 2.13: the last one decides which cell a place falls into, so its gradient jumps
    expected = [3210440119, 3205646628, 3197258020, 3000724919, 1049774372, 1058162980, 1062956471]
    theta = torch.tensor([[[1.0, 0, 0], [0, 1, 0]]])
    grid = nn.functional.affine_grid(theta, (1, 1, 7, 7), align_corners=False)
    assert grid[0, 0, :, 0].contiguous().numpy().view(np.uint32).tolist() == expected
    assert grid[0, :, 3, 1].contiguous().numpy().view(np.uint32).tolist() == expected


def test_gradgradcheck_draws_from_the_global_stream():
    torch.manual_seed(0)
    x = torch.rand(3, 3, requires_grad=True, dtype=torch.double)
    torch.autograd.gradcheck(lambda t: t**2, x)
    assert round(torch.rand(1).item(), 4) == 0.1610
    torch.autograd.gradgradcheck(lambda t: t**2, x)
    assert round(torch.rand(1).item(), 4) == 0.9298


def test_number_minus_tensor_is_named_as_pytorch_s():
    p = torch.ones(2, requires_grad=True)
    assert (4.2 - p).grad_fn.name() == torch.rsub(p, 2).grad_fn.name() == "RsubBackward1"
    assert (
        torch.rsub(p, p).grad_fn.name() == "RsubBackward0" and (torch.tensor(1.0) - p).grad_fn.name() == "SubBackward0"
    )
    (4.2 - p).sum().backward()
    assert p.grad.tolist() == [-1.0, -1.0]


def test_converting_to_float_warns_once_of_a_lost_gradient():
    code = (
        "import warnings, penlight as torch\n"
        "x = torch.ones(1, requires_grad=True)\n"
        "with warnings.catch_warnings(record=True) as seen:\n"
        "    warnings.simplefilter('always')\n"
        "    x.item(), int(x), float(x.detach()); assert not seen\n"
        "    float(x), float(x), complex(x); assert len(seen) == 1 and 'requires_grad=True to a scalar' in str(seen[0].message)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_lazy_modules_do_not_warn(recwarn):
    nn.LazyLinear(3)
    assert not recwarn.list


def test_histogram_has_a_hundred_bins_unless_told_otherwise():
    counts, edges = torch.histogram(torch.arange(200.0))
    assert counts.shape == (100,) and edges.shape == (101,) and counts.tolist() == [2.0] * 100


def test_hooks_print_as_the_dictionary_they_are():
    assert repr(nn.Linear(1, 1)._forward_hooks) == "OrderedDict()"


@pytest.mark.parametrize(
    "call", [lambda v: torch.full((2,), v), lambda v: torch.ones(2).new_full((2,), v), lambda v: torch.arange(v)]
)
def test_a_number_that_would_lose_its_gradient_is_refused(call):
    wanted = torch.tensor(2.0, requires_grad=True)
    for value in (wanted, torch.tensor([2.0])):
        with pytest.raises(TypeError, match="must be Number, not Tensor"):
            call(value)
    assert call(wanted.detach()).numel() == 2


@pytest.mark.filterwarnings("ignore:This overload")
def test_the_order_of_arguments_before_pytorch_1_5():
    a, b, eye = torch.ones(3), torch.arange(3.0), torch.eye(3)
    assert torch.add(a, 2, b).tolist() == a.add(2, b).tolist() == [1.0, 3.0, 5.0]
    assert torch.sub(a, 2, b).tolist() == a.clone().sub_(2, b).tolist() == [1.0, -1.0, -3.0]
    assert torch.equal(torch.addmm(2, eye, 3, eye, eye), 5 * eye) and torch.equal(eye.addmm(2, eye, eye), 3 * eye)
    assert torch.equal(eye.clone().addmm_(2, 3, eye, eye), 5 * eye)
    assert torch.addmv(2, b, 3, eye, b).tolist() == [0.0, 5.0, 10.0]
    assert torch.addr(1, eye, 2, b, b).tolist() == [[1.0, 0.0, 0.0], [0.0, 3.0, 4.0], [0.0, 4.0, 9.0]]
    assert torch.equal(torch.baddbmm(1, eye[None], 2, eye[None], eye[None])[0], 3 * eye)
    p = torch.ones(2, requires_grad=True)
    torch.add(a[:2], 3, p).sum().backward()
    assert p.grad.tolist() == [3.0, 3.0]
    for wrong in (lambda: torch.add(a, b, 2), lambda: a.add(1, 2), lambda: torch.addmm(eye, eye, eye, 2, 3)):
        with pytest.raises(TypeError, match="positional arguments"):
            wrong()


def test_causal_biases_of_unequal_lengths():
    from penlight.nn.attention.bias import causal_lower_right, causal_upper_left

    attend = nn.functional.scaled_dot_product_attention
    q, k = torch.randn(1, 2, 3, 4), torch.randn(1, 2, 5, 4)
    ones = torch.ones(3, 5, dtype=torch.bool)
    assert torch.equal(attend(q, k, k, causal_lower_right(3, 5)), attend(q, k, k, ones.tril(2)))
    assert torch.equal(attend(q, k, k, attn_mask=causal_upper_left(3, 5)), attend(q, k, k, is_causal=True))
    with pytest.raises(ValueError, match="causal=True"):
        attend(q, q, q, attn_mask=causal_upper_left(3, 3), is_causal=True)


def test_arithmetic_of_two_numbers_gives_a_tensor():
    results = [
        torch.add(1, 2, alpha=3), torch.sub(1, 2.5), torch.mul(True, False), torch.div(7, 2), torch.add(1j, 2),
        torch.div(512, 256, rounding_mode="trunc"), torch.floor_divide(7, 2), torch.div(1, 0),
    ]  # fmt: skip
    assert [r.item() for r in results] == [7, -1.5, False, 3.5, 2 + 1j, 2, 3, float("inf")]
    names = ("int64", "float32", "bool", "float32", "complex64", "int64", "int64", "float32")
    assert [r.dtype for r in results] == [getattr(torch, n) for n in names]
    for refused in (torch.pow, torch.remainder, torch.eq, torch.bitwise_and):
        with pytest.raises(TypeError):
            refused(7, 2)


def test_legacy_constructors_take_any_sequence_and_storages():
    from collections import deque

    assert torch.LongTensor(range(3)).tolist() == torch.zeros(1).long().new(deque([0, 1, 2])).tolist() == [0, 1, 2]
    assert torch.ByteTensor(bytearray(b"ab")).tolist() == [97, 98]
    storage = torch.FloatTensor([1, 2]).untyped_storage()
    kept = torch.FloatTensor([1, 2]).storage()
    torch.FloatTensor(kept)[0] = 5
    assert kept[0] == 5 and storage.nbytes() == 8
    for bad in ("12", b"12", {0: 1}, {1}):
        with pytest.raises(TypeError):
            torch.LongTensor(bad)


def test_what_has_no_dtype_is_not_guessed_at():
    from fractions import Fraction

    with pytest.raises(RuntimeError, match="Could not infer dtype of Fraction"):
        torch.tensor([Fraction(1, 2)])
    assert torch.tensor(Fraction(1, 2), dtype=torch.float32).item() == 0.5
    with pytest.raises(TypeError, match="interpreted as an integer"):
        torch.tensor([Fraction(1, 2)], dtype=torch.int64)


def test_formats_are_for_plain_tensors_of_no_dimension():
    assert f"{torch.tensor(1.25):.1f} {torch.ones(1)}" == "1.2 tensor([1.])"
    for t, name in ((torch.ones(2), "Tensor"), (nn.Parameter(torch.tensor(1.0)), "Parameter")):
        with pytest.raises(TypeError, match=f"unsupported format string passed to {name}.__format__"):
            f"{t:.2f}"
        assert f"{t}" == str(t)


def test_deprecated_names_warn_as_pytorch_does():
    square = torch.eye(2)
    with pytest.warns(UserWarning, match="volatile was removed"):
        torch.autograd.Variable(square, volatile=True)
    for call, said in (
        (lambda: square.volatile, "volatile was removed"), (lambda: torch.qr(square), "torch.qr is deprecated"),
        (lambda: torch.cholesky(square), "torch.cholesky is deprecated"),
        (lambda: torch.chain_matmul(square, square), "torch.chain_matmul is deprecated"),
        (lambda: torch.where(torch.ByteTensor([1, 0]), square, 0.0), "uint8 condition"),
        (lambda: torch.set_default_tensor_type("torch.FloatTensor"), "set_default_tensor_type"),
        (lambda: square.resize(4), "non-inplace resize"),
        (lambda: torch.stft(torch.ones(16), 8, window=torch.ones(8), return_complex=False), "return_complex=False"),
    ):  # fmt: skip
        with pytest.warns(UserWarning, match=said):
            call()
    with pytest.raises(TypeError, match=r"Tensor\.backward\(\)"):
        square.backward(retain_variables=True)


def test_deprecated_names_warn_at_the_line_that_uses_them():
    program = (  # in a process of its own: after the first use of autocast a call goes through its wrapper
        "import warnings, penlight as torch\n"
        "with warnings.catch_warnings(record=True) as caught:\n"
        "    warnings.simplefilter('always')\n"
        "    torch.eye(2).volatile, torch.qr(torch.eye(2)), torch.where(torch.ByteTensor([1]), torch.ones(1), 0.0)\n"
        "    torch.ones(2).resize(2), torch.stft(torch.ones(16), 8, window=torch.ones(8), return_complex=False)\n"
        "print([(w.filename, w.lineno) for w in caught])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == str([("<string>", 4)] * 3 + [("<string>", 5)] * 2), done.stderr


def test_names_of_classes_and_methods_are_pytorch_s():
    program = (
        "import torch, pickle\n"
        "o = torch.optim.SGD([torch.ones(1, requires_grad=True)], 0.1)\n"
        "s = torch.optim.lr_scheduler.StepLR(o, 1)\n"
        "h = torch.nn.Linear(1, 1).register_forward_hook(print)\n"
        "print(type(s), type(h), torch.distributions.Transform.__module__, torch.optim.SGD.__module__)\n"
        "print(torch.nn.Linear(1, 1).parameters().__qualname__, b'torch.optim.lr_scheduler\\n' in pickle.dumps(type(s), 0))"
    )
    done = subprocess.run([sys.executable, "-m", "penlight", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "<class 'torch.optim.lr_scheduler.StepLR'> <class 'torch.utils.hooks.RemovableHandle'> torch.distributions "
        "torch.optim.sgd",
        "Module.parameters True",
    ]


def test_asarray_shares_reads_buffers_and_leaves_the_graph():
    x = torch.ones(2, requires_grad=True)
    assert torch.asarray(x) is x and not torch.asarray(x + 1, requires_grad=False).requires_grad
    assert torch.asarray(bytearray(b"\1\0\2\0"), dtype=torch.int16).tolist() == [1, 2]
    assert torch.asarray(bytearray(4)).dtype == torch.float32
    for obj, wanted, error in (
        (x, torch.float64, ValueError), (np.ones(2), torch.float32, ValueError), (np.float32(1), None, RuntimeError),
        ([1, 2], None, ValueError),
    ):  # fmt: skip
        with pytest.raises(error, match="can't alias"):
            torch.asarray(obj, dtype=wanted, copy=False)


def test_a_hook_after_accumulation_may_return_its_leaf():
    v = torch.zeros(3, requires_grad=True)
    handle = v.register_post_accumulate_grad_hook(lambda p: p.add_(p.grad, alpha=-0.1))
    v.backward(torch.tensor([1.0, 2.0, 3.0]))
    assert v.tolist() == pytest.approx([-0.1, -0.2, -0.3])
    handle.remove()
    for returned, error in ((torch.ones(3), RuntimeError), (3, TypeError)):
        handle = v.register_post_accumulate_grad_hook(lambda p, returned=returned: returned)
        with pytest.raises(error, match="should return None"):
            v.backward(torch.ones(3))
        handle.remove()


def test_one_sequence_alone_has_a_ctc_loss():
    scores, labels = torch.randn(5, 3).log_softmax(1), torch.tensor([1, 2])
    alone = torch.nn.CTCLoss()(scores, labels, torch.tensor(5), torch.tensor(2))
    assert alone.equal(torch.nn.CTCLoss()(scores[:, None], labels[None], (5,), (2,)))
    with pytest.raises(TypeError, match="one of each"):
        torch.nn.CTCLoss()(scores, labels, torch.tensor([5]), (2,))


def test_the_order_of_dimensions_may_be_open():
    assert torch.empty(2, 3).t().dim_order(ambiguity_check=True) == (1, 0)
    with pytest.raises(RuntimeError, match="unique dim order"):
        torch.empty(1, 2).dim_order(ambiguity_check=True)


def test_scaled_transforms_keep_the_sign_of_zero():
    assert torch.fft.ihfft(torch.arange(5.0)).imag[0].signbit()


def test_sizes_that_do_not_fit_are_named_as_pytorch_does():
    x = torch.ones(3, 4)
    with pytest.raises(RuntimeError, match=r"size of the tensor \(2\) must match the existing size \(4\) at .* dimension 1\."):
        x.expand(2, 2)
    for call in (torch.randn, torch.empty, x.new_zeros, lambda *size: torch.empty_strided(size, (1,) * len(size))):
        with pytest.raises(RuntimeError, match=r"Trying to create tensor with negative dimension -3: \[2, -3\]"):
            call(2, -3)
    with pytest.raises(RuntimeError, match="zeros: Dimension size must be non-negative"):
        torch.zeros(-1)
    assert torch.ones(3).broadcast_to(2, 3).shape == (2, 3)


@pytest.mark.parametrize(
    "call",
    [
        "torch.var(torch.ones(1))", "torch.ones(2, 1).std(1)", "torch.std_mean(torch.ones(2, 0), 0, correction=0)",
        "torch.var_mean(torch.ones(2), correction=2)", "torch.cov(torch.ones(1))",
    ],
)  # fmt: skip
def test_spreads_without_degrees_of_freedom_warn(call):
    with pytest.warns(UserWarning, match=r"\w+\(\): degrees of freedom is <= 0") as caught:
        eval(call)
    assert caught[0].filename == "<string>"


def test_spreads_with_degrees_of_freedom_do_not_warn(recwarn):
    torch.var(torch.ones(1), correction=0), torch.ones(2, 0).std(0, correction=-1), torch.cov(torch.ones(2))
    assert not recwarn


def test_what_pytorch_warns_of_once():
    program = (
        "import warnings, penlight as torch\n"
        "with warnings.catch_warnings(record=True) as caught:\n"
        "    warnings.simplefilter('always')\n"
        "    for _ in range(2):\n"
        "        torch.ones(3).T, torch.tensor([1j]).float(), torch.cross(torch.ones(3), torch.ones(3)), torch.lu(torch.eye(2))\n"
        "        (torch.ones(2, requires_grad=True) ** 2).sum().backward(create_graph=True)\n"
        "print([(w.filename, w.lineno, str(w.message)[:22]) for w in caught])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    said = ["The use of `x.T` on te", "Casting complex values", "Using torch.cross with", "torch.lu is deprecated"]
    expected = [("<string>", 5, text) for text in said] + [("<string>", 6, "Using backward() with ")]
    assert done.stdout.strip() == str(expected), done.stderr


def test_embedding_bag_takes_its_old_order():
    table, indices = torch.arange(6.0).view(3, 2), torch.tensor([0, 2])
    with pytest.warns(UserWarning, match="Argument order of nn.functional.embedding_bag was changed"):
        assert nn.functional.embedding_bag(table, indices, torch.tensor([0])).tolist() == [[2.0, 3.0]]


@pytest.mark.parametrize(
    "values, dtype, error",
    [
        ([None, 1.0], torch.float32, TypeError), ([None], torch.complex64, TypeError), ([None, True], torch.bool, TypeError),
        ([torch.tensor(2.5)], torch.int8, TypeError), ([np.float32(1.5)], torch.bool, TypeError),
        ([np.True_, 2], torch.uint8, TypeError), ([1e300], torch.int8, RuntimeError), ([300], torch.int8, RuntimeError),
        ([[2**63], [1]], torch.int8, ValueError), ([2**63], None, ValueError), ([[1, 2], [3]], None, ValueError),
    ],
)  # fmt: skip
def test_elements_that_are_no_numbers_of_the_dtype(values, dtype, error):
    with pytest.raises(error):
        torch.tensor(values, dtype=dtype)


def test_lists_of_one_shape():
    assert torch.tensor(([1, 2.5], (True, -3))).tolist() == [[1.0, 2.5], [1.0, -3.0]]
    assert torch.tensor([[np.True_], [True]]).dtype is torch.bool
    assert torch.tensor([-1, True], dtype=torch.uint8).tolist() == [255, 1]
    mixed = torch.tensor([torch.tensor(2, dtype=torch.uint8), torch.tensor(1.5), np.float64(3)])
    assert mixed.dtype is torch.float64 and mixed.tolist() == [2.0, 1.5, 3.0]
    assert torch.tensor([[], []]).shape == (2, 0) and torch.tensor([[[1]], [[2]]]).shape == (2, 1, 1)


def test_gradients_of_cross_entropy_in_the_graph_are_named_as_pytorch_s():
    x = torch.randn(2, 3, requires_grad=True)
    g = torch.autograd.grad(nn.functional.cross_entropy(x, torch.tensor([0, 2])), x, create_graph=True)[0]
    assert g.grad_fn.name() == "LogSoftmaxBackwardDataBackward0"
    assert g.grad_fn.next_functions[0][0].name() == "NllLossBackwardBackward0"
