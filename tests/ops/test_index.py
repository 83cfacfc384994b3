"""x[...]: every form of index, against NumPy where the rules agree, by name where PyTorch differs."""

import numpy as np
import pytest

import penlight as torch


@pytest.fixture(params=["whole", "view"])
def x(request):
    x = torch.arange(24.0).reshape(2, 3, 4)
    return x if request.param == "view" else x.clone()


@pytest.mark.parametrize(
    "index",
    [0, -1, slice(1, None), slice(None, None, 2), None, ..., (), (0, 1), (slice(None), 1), (..., 0),
     (0, None, slice(1, 3)),
     (1, 2, 3), (slice(5, 9),), [0, 1], ([0, 1], [1, 0]), (slice(None), [2, 0]), np.array([1, 0]), range(2),
     np.int64(1), [True, False], True, False],
    ids=repr,
)  # fmt: skip
def test_values_are_numpys(x, index):
    want = x.numpy()[list(index) if isinstance(index, range) else index]
    got = x[index]
    assert got.shape == want.shape
    np.testing.assert_array_equal(got.numpy(), want)


def test_basic_indices_are_views_that_share_memory_and_version(x):
    v = x[0, 1:, None, ::2]
    v.zero_()
    assert (
        x[0, 1:, ::2].sum() == 0
        and x._version == 1
        and v._version == 1
        and v._base is (x if x._base is None else x._base)
    )


def test_advanced_indices_are_copies(x):
    c = x[torch.tensor([0])]
    c.zero_()
    assert x[0].sum() == 66 and c._base is None


def test_an_integer_beside_a_list_is_applied_first(x):
    # NumPy counts the integer among the advanced indices and would give (2, 3)
    assert x[0, :, [0, 1]].shape == (3, 2)


def test_separated_advanced_indices_come_first(x):
    assert x[torch.tensor([[0]]), :, torch.tensor([0, 1])].shape == (1, 2, 3)


def test_masks_of_several_dimensions(x):
    mask = x[..., 0] > 5
    np.testing.assert_array_equal(x[mask].numpy(), x.numpy()[mask.numpy()])
    np.testing.assert_array_equal(x[:, torch.ones(3, 4, dtype=torch.bool)].numpy(), x.numpy().reshape(2, 12))


def test_zero_dim_tensors_select(x):
    assert x[torch.tensor(1)]._base is not None and x[torch.tensor(1), torch.tensor(-1)].shape == (4,)
    assert x[torch.tensor(True)].shape == (1, 2, 3, 4)


def test_a_list_with_sequences_means_a_tuple_and_warns(x):
    with pytest.warns(UserWarning, match="non-tuple sequence"):
        assert x[[[0, 1], [1, 0]]].shape == (2, 4)


@pytest.mark.parametrize(
    "index, error, text",
    [
        (5, IndexError, "index 5 is out of bounds for dimension 0 with size 2"),
        ((0, 5), IndexError, "index 5 is out of bounds for dimension 1 with size 3"),
        ((0, 0, 0, 0), IndexError, "too many indices for tensor of dimension 3"),
        (slice(None, None, -1), ValueError, "step must be greater than zero"),
        (slice(None, None, 0), ValueError, "slice step cannot be zero"),
        (1.5, IndexError, r"only integers, slices .* are valid indices \(got float\)"),
        ([5], IndexError, "index 5 is out of bounds for dimension 0 with size 2"),
        ((slice(None), [3]), IndexError, "index 3 is out of bounds for dimension 1 with size 3"),
        (([0, 1], [0, 1, 2]), IndexError, r"could not be broadcast together with shapes \[2\], \[3\]"),
        ("a", TypeError, "invalid data type 'str'"),
        ([True, False, True], IndexError, r"The shape of the mask \[3\] at index 0 does not match"),
    ],
    ids=str,
)
def test_errors(x, index, error, text):
    with pytest.raises(error, match=text):
        x[index]


def test_errors_of_zero_dim_tensors():
    t = torch.tensor(3.0)
    with pytest.raises(IndexError, match="invalid index of a 0-dim tensor"):
        t[0]
    with pytest.raises(IndexError, match="cannot be applied to a 0-dim tensor"):
        t[:]
    assert t[None].shape == (1,) and t[...].shape == ()


def test_float_and_small_integer_indices_are_refused(x):
    for bad in (torch.ones(2), torch.ones(2, dtype=torch.int16)):
        with pytest.raises(IndexError, match="long, int, byte or bool"):
            x[bad]


@pytest.mark.parametrize(
    "index, name",
    [(0, "Select"), (slice(0, 1), "Slice"), (..., "Alias"), (None, "Unsqueeze"), ([0, 1], "Index"), (True, "Index"),
     ((0, slice(None), 1), "Select"), ((0, None), "Unsqueeze")],
    ids=repr,
)  # fmt: skip
def test_grad_fn_names(x, index, name):
    y = x.requires_grad_() * 1
    assert type(y[index].grad_fn).__name__ == name + "Backward0"


def test_gradients_count_repeated_indices():
    x = torch.zeros(3, 2, requires_grad=True)
    (x[torch.tensor([0, 0, -1])] * torch.tensor([[1.0], [2.0], [4.0]])).sum().backward()
    assert x.grad.tolist() == [[3, 3], [0, 0], [4, 4]]
    x.grad = None
    x[torch.tensor([0, 1, 0]), torch.tensor([1, 0, 1])].sum().backward()
    assert x.grad.tolist() == [[0, 2], [1, 0], [0, 0]]


def test_gradient_through_a_mask_and_a_view():
    x = torch.arange(6.0).reshape(2, 3).requires_grad_()
    (x[x > 2] * 2).sum().backward()
    assert x.grad.tolist() == [[0, 0, 0], [2, 2, 2]]
    x.grad = None
    (x[:, 1] * x[0, 1:].sum()).sum().backward()
    assert x.grad.tolist() == [[0, 8, 5], [0, 3, 0]]


def test_a_changed_index_is_noticed():
    x = torch.zeros(3, requires_grad=True)
    i = torch.tensor([0, 1])
    y = x[i].sum()
    i[0] = 2
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()


def test_second_derivatives_through_an_index():
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    (g,) = torch.autograd.grad((x[torch.tensor([0, 0, 2])] ** 3).sum(), x, create_graph=True)
    (h,) = torch.autograd.grad(g.sum(), x)
    assert h.tolist() == [12, 0, 18]


# --- storing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "index",
    [0, slice(0, 1), (slice(None), 1), ..., None, (0, 1, 2), [1, 0], ([0, 1], [1, 2]), (0, slice(None), [0, 3])],
    ids=repr,
)  # fmt: skip
@pytest.mark.parametrize("value", [5.0, 3, True], ids=repr)
def test_numbers_are_stored_as_numpy_does(x, index, value):
    want = x.numpy().copy()
    want[index] = value
    x[index] = value
    np.testing.assert_array_equal(x.numpy(), want)
    assert x._version == 1


def test_stored_tensors_broadcast_and_are_cast(x):
    x[0] = torch.tensor([1, 2, 3, 4])
    assert x[0, 2].tolist() == [1, 2, 3, 4]
    x[1] = torch.ones(1, 1, 3, 4)
    assert x[1].sum() == 12
    x[x > 3] = torch.tensor(0.0)
    assert x.max() == 3
    whole = torch.zeros(3, dtype=torch.int64)
    whole[0] = 1.7
    whole[1:] = torch.tensor([-2.9, 3.2])
    assert whole.tolist() == [1, -2, 3]


def test_storing_a_part_of_itself(x):
    x[:, 1:] = x[:, :-1]
    assert x[0].tolist() == [[0, 1, 2, 3], [0, 1, 2, 3], [4, 5, 6, 7]]
    v = torch.arange(4)
    with pytest.raises(RuntimeError, match="some elements of the input tensor and the written-to tensor"):
        v[torch.tensor([1, 2, 3])] = v[:3]


@pytest.mark.parametrize(
    "index, value, error, text",
    [
        (0, torch.ones(5), RuntimeError, r"expanded size of the tensor \(4\) must match the existing size \(5\)"),
        ([0], torch.ones(5), RuntimeError, r"shape mismatch: value tensor of shape \[5\] cannot be broadcast"),
        ([0], torch.ones(4, dtype=torch.float64), RuntimeError, "source and destination dtypes match, got Float"),
        (0, [1, 2, 3, 4], TypeError, "can't assign a list to a torch.FloatTensor"),
        (9, 1.0, IndexError, "out of bounds"),
        (slice(None, None, -1), 1.0, ValueError, "step must be greater than zero"),
    ],
    ids=str,
)
def test_errors_when_storing(x, index, value, error, text):
    before = x.tolist()
    with pytest.raises(error, match=text):
        x[index] = value
    assert x.tolist() == before and x._version == 0


def test_integers_that_do_not_fit_raise():
    with pytest.raises(RuntimeError, match="without overflow"):
        torch.zeros(2, dtype=torch.int8)[0] = 300
    with pytest.raises(RuntimeError, match="without overflow"):
        torch.zeros(2, dtype=torch.int64)[0] = float("nan")


def test_expanded_tensors_are_not_written():
    with pytest.raises(RuntimeError, match="more than one element of the written-to tensor"):
        torch.zeros(1).expand(3)[:] = torch.arange(3.0)


def test_leaves_are_not_changed_while_recording():
    w = torch.zeros(3, requires_grad=True)
    with pytest.raises(RuntimeError, match="a view of a leaf Variable"):
        w[0] = 1.0
    with pytest.raises(RuntimeError, match="a leaf Variable"):
        w[torch.tensor([0])] = 1.0
    with torch.no_grad():
        w[0] = 1.0
    assert w.tolist() == [1, 0, 0]


def test_gradients_of_what_was_stored_and_of_what_remains():
    leaf = torch.ones(2, 3, requires_grad=True)
    value = torch.ones(3, requires_grad=True)
    x = leaf * 2
    x[0] = value
    x[1, torch.tensor([0])] = 7.0
    (x * torch.tensor([[1.0, 2, 3], [4, 5, 6]])).sum().backward()
    assert leaf.grad.tolist() == [[0, 0, 0], [0, 10, 12]]
    assert value.grad.tolist() == [1, 2, 3]


def test_storing_into_a_plain_tensor_a_recorded_value():
    value = torch.ones(2, requires_grad=True)
    x = torch.zeros(2, 2)
    x[0] = value * 3
    x[torch.tensor([1])] = value * 5
    x.sum().backward()
    assert value.grad.tolist() == [8, 8]


def test_a_view_follows_its_base():
    leaf = torch.ones(3, requires_grad=True)
    x = leaf * 1
    v = x[1:]
    x[1] = 5.0
    assert type(v.grad_fn).__name__ == "AsStridedBackward0"
    v.sum().backward()
    assert leaf.grad.tolist() == [0, 0, 1]
