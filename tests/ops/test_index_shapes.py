"""Views, joins, gathers, orders: the special cases of the data-moving ops."""

import math

import numpy as np
import pytest

import penlight as torch

nan = math.nan


def test_reshape_is_a_view_where_strides_allow():
    x = torch.arange(6.0)
    assert x.reshape(2, 3)._base is x and x.reshape(2, 3).t().reshape(6)._base is None
    with pytest.raises(RuntimeError, match="view size is not compatible"):
        x.view(2, 3).t().view(6)
    with pytest.raises(RuntimeError, match=r"shape '\[4\]' is invalid for input of size 6"):
        x.view(4)


@pytest.mark.parametrize(
    "function, name",
    [(lambda x: x.view(6), "View"), (lambda x: x.t().reshape(3, 2), "ReshapeAlias"),
     (lambda x: x.t().reshape(6), "UnsafeView"),
     (lambda x: x.squeeze(), "Squeeze"), (lambda x: x.unbind()[0], "Unbind"), (lambda x: x.split(1)[0], "Split"),
     (lambda x: x.split([1, 1])[0], "SplitWithSizes"), (lambda x: x.T, "Permute"), (lambda x: x.mT, "Transpose")],
)  # fmt: skip
def test_names_of_view_nodes(function, name):
    x = torch.zeros(2, 3, requires_grad=True)
    assert type(function(x).grad_fn).__name__ == name + "Backward0"


def test_several_views_share_one_node():
    x = torch.arange(6.0).reshape(3, 2).requires_grad_()
    a, b, c = x
    assert a.grad_fn is b.grad_fn
    (a * 2 + c).sum().backward()
    assert x.grad.tolist() == [[2, 2], [0, 0], [1, 1]]
    first, _ = x.detach().split([1, 2])
    first.zero_()


def test_views_of_several_results_cannot_be_changed_in_place():
    x = torch.ones(2, 2, requires_grad=True) * 1
    a, _ = x.unbind()
    with pytest.raises(RuntimeError, match="returns multiple views"):
        a[0] = 1.0


def test_flip_and_rot90_copy_so_that_strides_stay_positive():
    x = torch.arange(6).reshape(2, 3)
    for y in (x.flip(0, 1), torch.flip(x, dims=[0]), x.rot90()):
        assert min(y.stride()) > 0 and y._base is None


def test_keywords_for_sizes_and_dims():
    x = torch.zeros(2, 3)
    assert torch.permute(x, dims=(1, 0)).shape == (3, 2) and x.reshape(shape=(3, 2)).shape == (3, 2)
    with pytest.raises(TypeError):
        x.permute(1, 0, axes=(0, 1))


def test_in_place_changes_of_geometry():
    x = torch.arange(6).reshape(2, 3).clone()
    assert (
        x.t_().shape == (3, 2)
        and x.unsqueeze_(0).shape == (1, 3, 2)
        and x.squeeze_().tolist() == [[0, 3], [1, 4], [2, 5]]
    )


def test_resize_keeps_the_memory_where_it_is_large_enough():
    x = torch.arange(6)
    address = x.data_ptr()
    assert x.resize_(2, 2).tolist() == [[0, 1], [2, 3]] and x.data_ptr() == address
    assert x.resize_(8)[:6].tolist() == [0, 1, 2, 3, 4, 5]


def test_as_strided_reads_the_storage():
    x = torch.arange(9.0, requires_grad=True)
    y = torch.as_strided(x, (3, 3), (1, 1))
    assert y.tolist() == [[0, 1, 2], [1, 2, 3], [2, 3, 4]]
    y.sum().backward()
    assert x.grad.tolist() == [1, 2, 3, 2, 1, 0, 0, 0, 0]
    assert x.detach()[4:].as_strided((2,), (1,), 0).tolist() == [0, 1]
    with pytest.raises(RuntimeError, match="out of bounds for storage"):
        torch.as_strided(x, (5, 5), (2, 1))


def test_cat_promotes_and_ignores_empty_vectors():
    assert torch.cat([torch.zeros(0), torch.ones(2, 3)]).shape == (2, 3)
    assert torch.cat([torch.ones(1, dtype=torch.int32), torch.ones(1)]).dtype is torch.float32
    with pytest.raises(
        RuntimeError, match="Sizes of tensors must match except in dimension 0. Expected size 3 but got size 2"
    ):
        torch.cat([torch.zeros(1, 3), torch.zeros(1, 2)])
    with pytest.raises(RuntimeError, match="stack expects each tensor to be equal size"):
        torch.stack([torch.zeros(1), torch.zeros(2)])


def test_meshgrid_orders():
    a, b = torch.arange(2), torch.arange(3)
    assert torch.meshgrid(a, b, indexing="ij")[0].shape == (2, 3)
    x, y = torch.meshgrid(a, b, indexing="xy")
    np.testing.assert_array_equal(x.numpy(), np.meshgrid([0, 1], [0, 1, 2])[0])


def test_nan_is_the_largest():
    x = torch.tensor([1.0, nan, 3.0])
    assert x.sort().indices.tolist() == [0, 2, 1] and x.sort(descending=True).indices.tolist() == [1, 2, 0]
    assert math.isnan(x.max()) and math.isnan(x.min()) and x.argmax() == 1 and x.topk(1).indices.item() == 1
    assert x.cummax(0).indices.tolist() == [0, 1, 1]


def test_stable_descending_order():
    assert torch.tensor([1, 2, 1, 2]).sort(descending=True, stable=True).indices.tolist() == [1, 3, 0, 2]
    assert [part.shape for part in torch.zeros(2, 100).topk(0)] == [(2, 0), (2, 0)]


def test_cummax_takes_the_latest_of_equal_ones():
    assert torch.tensor([1, 1, 0, 1]).cummax(0).indices.tolist() == [0, 1, 1, 3]


def test_gradient_of_max_is_shared_by_equal_elements():
    x = torch.tensor([2.0, 2.0, 1.0], requires_grad=True)
    x.max().backward()
    assert x.grad.tolist() == [0.5, 0.5, 0]
    x.grad = None
    x.max(0).values.backward()
    assert x.grad.tolist() == [1, 0, 0]


def test_gather_and_scatter_refuse_negative_indices():
    with pytest.raises(RuntimeError, match="index -1 is out of bounds for dimension 0 with size 3"):
        torch.arange(3).gather(0, torch.tensor([-1]))
    with pytest.raises(RuntimeError, match="out of bounds"):
        torch.arange(3).scatter(0, torch.tensor([3]), 1)


def test_scatter_add_counts_repetitions():
    x = torch.zeros(3)
    x.scatter_add_(0, torch.tensor([0, 0, 2]), torch.ones(3))
    assert x.tolist() == [2, 0, 1] and x._version == 1


def test_embedding_rows_and_their_gradient():
    w = torch.arange(6.0).reshape(3, 2).requires_grad_()
    y = torch.embedding(w, torch.tensor([[2, 0], [2, 1]]), 1)
    assert y[0, 0].tolist() == [4, 5]
    y.sum().backward()
    assert w.grad.tolist() == [[1, 1], [0, 0], [2, 2]]
    with pytest.raises(IndexError, match="index out of range in self"):
        torch.embedding(w, torch.tensor([3]))


def test_cumprod_gradient_with_zeros():
    x = torch.tensor([2.0, 0.0, 3.0], requires_grad=True)
    x.cumprod(0).sum().backward()
    assert x.grad.tolist() == [1, 8, 0]


def test_logcumsumexp_does_not_overflow():
    x = torch.tensor([1000.0, 1000.0], requires_grad=True)
    y = x.logcumsumexp(0)
    assert y.tolist() == pytest.approx([1000, 1000 + math.log(2)])
    y.sum().backward()
    assert x.grad.tolist() == pytest.approx([1.5, 0.5], abs=1e-4)  # float32 near 1000 has steps of 6e-5


def test_unique_keeps_each_nan():
    values, counts = torch.unique(torch.tensor([nan, 1.0, nan, 1.0]), return_counts=True)
    assert values[0] == 1 and counts.tolist() == [2, 1, 1]


def test_out_of_two_results():
    values, indices = torch.empty(0), torch.empty(0, dtype=torch.int64)
    result = torch.sort(torch.tensor([3.0, 1.0]), out=(values, indices))
    assert result.values is values and indices.tolist() == [1, 0]


def test_copy_and_fill():
    x = torch.zeros(2, 2)
    x.copy_(torch.tensor([1, 2]))
    assert x.tolist() == [[1, 2], [1, 2]]
    with pytest.raises(RuntimeError, match=r"must match the size of tensor b \(3\)"):
        x.copy_(torch.zeros(3))
    assert x.fill_(torch.tensor(3.0)).sum() == 12 and x.zero_().sum() == 0
    assert torch.zeros(3, 3).fill_diagonal_(2.0).sum() == 6


def test_gradient_of_copy_goes_to_the_source():
    source = torch.ones(2, requires_grad=True)
    leaf = torch.ones(2, 2, requires_grad=True)
    x = leaf * 2
    x.copy_(source)
    x.sum().backward()
    assert source.grad.tolist() == [2, 2] and leaf.grad.tolist() == [[0, 0], [0, 0]]
