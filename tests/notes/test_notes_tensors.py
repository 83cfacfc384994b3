"""The notes' first chapter on tensors: one test per block of code, results as PyTorch prints them."""

import numpy as np
import pytest

import penlight as torch


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_the_package_works_beside_numpy():
    assert torch.tensor(np.array([1, 2])).numpy().tolist() == [1, 2]


def test_tensor_from_lists():
    data = [[1, 2], [3, 4]]
    assert str(torch.tensor(data)) == ("tensor([[1, 2],\n        [3, 4]])")


def test_tensor_from_a_numpy_array():
    np_array = np.array([[1, 2], [3, 4]], dtype=np.int64)
    assert str(torch.from_numpy(np_array)) == ("tensor([[1, 2],\n        [3, 4]])")


def test_tensor_like_another_one():
    x = torch.tensor([5.5, 3])
    x = x.new_ones(5, 3, dtype=torch.double)
    assert str(x) == (
        "tensor([[1., 1., 1.],\n"
        "        [1., 1., 1.],\n"
        "        [1., 1., 1.],\n"
        "        [1., 1., 1.],\n"
        "        [1., 1., 1.]], dtype=torch.float64)"
    )
    x = torch.randn_like(x, dtype=torch.float)
    assert x.size() == (5, 3)
    assert str(x) == (
        "tensor([[ 1.5410, -0.2934, -2.1788],\n"
        "        [ 0.5684, -1.0845, -1.3986],\n"
        "        [ 0.4033,  0.8380, -0.7193],\n"
        "        [-0.4033, -0.5966,  0.1820],\n"
        "        [-0.8567,  1.1006, -1.0712]])"
    )


def test_uninitialised_tensor():
    x = torch.empty(5, 3)
    assert x.shape == (5, 3) and x.dtype is torch.float32


def test_uniform_random_tensor():
    assert str(torch.rand(5, 3)) == (
        "tensor([[0.4963, 0.7682, 0.0885],\n"
        "        [0.1320, 0.3074, 0.6341],\n"
        "        [0.4901, 0.8964, 0.4556],\n"
        "        [0.6323, 0.3489, 0.4017],\n"
        "        [0.0223, 0.1689, 0.2939]])"
    )


def test_zeros_of_type_long():
    assert str(torch.zeros(5, 3, dtype=torch.long)) == (
        "tensor([[0, 0, 0],\n        [0, 0, 0],\n        [0, 0, 0],\n        [0, 0, 0],\n        [0, 0, 0]])"
    )


def test_tensor_of_given_numbers():
    assert str(torch.tensor([5.5, 3])) == "tensor([5.5000, 3.0000])"


def test_shape_dtype_and_device():
    tensor = torch.rand(3, 4)
    assert f"Shape of tensor: {tensor.shape}" == "Shape of tensor: torch.Size([3, 4])"
    assert f"Datatype of tensor: {tensor.dtype}" == "Datatype of tensor: torch.float32"
    assert f"Device tensor is stored on: {tensor.device}" == "Device tensor is stored on: cpu"


def test_size_is_a_tuple():
    x = torch.rand(5, 3)
    assert str(x.size()) == "torch.Size([5, 3])"
    height, width = x.size()
    assert (height, width) == (5, 3) and isinstance(x.size(), tuple)


def test_move_to_the_gpu_if_there_is_one():
    tensor = torch.ones(2)
    if torch.cuda.is_available():
        tensor = tensor.to("cuda")
    assert tensor.is_cuda == torch.cuda.is_available()


def test_assign_to_a_column():
    tensor = torch.ones(4, 4)
    tensor[:, 1] = 0
    assert str(tensor) == (
        "tensor([[1., 0., 1., 1.],\n        [1., 0., 1., 1.],\n        [1., 0., 1., 1.],\n        [1., 0., 1., 1.]])"
    )


def test_cat_and_stack():
    tensor = torch.ones(4, 4)
    tensor[:, 1] = 0
    t1 = torch.cat([tensor, tensor, tensor], dim=1)
    assert str(t1) == (
        "tensor([[1., 0., 1., 1., 1., 0., 1., 1., 1., 0., 1., 1.],\n"
        "        [1., 0., 1., 1., 1., 0., 1., 1., 1., 0., 1., 1.],\n"
        "        [1., 0., 1., 1., 1., 0., 1., 1., 1., 0., 1., 1.],\n"
        "        [1., 0., 1., 1., 1., 0., 1., 1., 1., 0., 1., 1.]])"
    )
    assert torch.stack([tensor, tensor]).shape == (2, 4, 4)


def test_products():
    tensor = torch.ones(4, 4)
    tensor[:, 1] = 0
    assert f"tensor.mul(tensor) \n {tensor.mul(tensor)} \n" == (
        "tensor.mul(tensor) \n"
        " tensor([[1., 0., 1., 1.],\n"
        "        [1., 0., 1., 1.],\n"
        "        [1., 0., 1., 1.],\n"
        "        [1., 0., 1., 1.]]) \n"
    )
    assert str(tensor * tensor) == str(tensor.mul(tensor))
    assert str(tensor.matmul(tensor.T)) == (
        "tensor([[3., 3., 3., 3.],\n        [3., 3., 3., 3.],\n        [3., 3., 3., 3.],\n        [3., 3., 3., 3.]])"
    )
    assert str(tensor @ tensor.T) == str(tensor.matmul(tensor.T))


def test_add_in_place():
    tensor = torch.ones(4, 4)
    tensor[:, 1] = 0
    assert tensor.add_(5) is tensor
    assert str(tensor) == (
        "tensor([[6., 5., 6., 6.],\n        [6., 5., 6., 6.],\n        [6., 5., 6., 6.],\n        [6., 5., 6., 6.]])"
    )


def test_three_ways_to_add():
    x = torch.randn(5, 3)
    y = torch.rand(5, 3)
    assert str(x + y) == (
        "tensor([[ 1.7169, -0.0236, -2.0281],\n"
        "        [ 0.6002, -0.8764, -0.4688],\n"
        "        [ 1.1265,  1.5804, -0.1930],\n"
        "        [-0.1597, -0.0120,  0.2152],\n"
        "        [-0.7180,  1.3428, -0.2557]])"
    )
    assert torch.equal(torch.add(x, y), x + y)
    result = torch.empty(5, 3)
    assert torch.add(x, y, out=result) is result
    assert torch.equal(result, x + y)


def test_add_into_the_left_side():
    x, y = torch.randn(5, 3), torch.rand(5, 3)
    y.add_(x)
    assert str(y) == (
        "tensor([[ 1.7169, -0.0236, -2.0281],\n"
        "        [ 0.6002, -0.8764, -0.4688],\n"
        "        [ 1.1265,  1.5804, -0.1930],\n"
        "        [-0.1597, -0.0120,  0.2152],\n"
        "        [-0.7180,  1.3428, -0.2557]])"
    )
    x.t_()
    assert x.shape == (3, 5)


def test_index_a_column():
    x = torch.randn(5, 3)
    assert str(x[:, 1]) == "tensor([-0.2934, -1.0845,  0.8380, -0.5966,  1.1006])"


def test_view():
    x = torch.rand(4, 4)
    y, z = x.view(16), x.view(2, -1)
    assert " ".join(str(t.size()) for t in (x, y, z)) == "torch.Size([4, 4]) torch.Size([16]) torch.Size([2, 8])"
    y[0] = 7
    assert x[0, 0] == 7 and z[0, 0] == 7


def test_item():
    x = torch.randn(1)
    assert str(x) == "tensor([1.5410])"
    assert repr(x.item()) == "1.5409960746765137"


def test_clamp_and_t():
    x = torch.tensor([[-2.0, 0.5, 3.0]])
    assert str(torch.clamp(x, min=-1, max=1)) == "tensor([[-1.0000,  0.5000,  1.0000]])"
    assert str(x.t()) == ("tensor([[-2.0000],\n        [ 0.5000],\n        [ 3.0000]])")


def test_tensor_and_array_share_memory():
    t = torch.ones(5)
    n = t.numpy()
    assert f"t: {t} n: {n}" == "t: tensor([1., 1., 1., 1., 1.]) n: [1. 1. 1. 1. 1.]"
    t.add_(1)
    assert f"t: {t} n: {n}" == "t: tensor([2., 2., 2., 2., 2.]) n: [2. 2. 2. 2. 2.]"


def test_array_and_tensor_share_memory():
    n = np.ones(5)
    t = torch.from_numpy(n)
    np.add(n, 1, out=n)
    assert f"t: {t} n: {n}" == "t: tensor([2., 2., 2., 2., 2.], dtype=torch.float64) n: [2. 2. 2. 2. 2.]"


def test_to_device_and_type():
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    x = torch.rand(2, 2)
    y = torch.ones_like(x, device=device)
    z = x.to(device) + y
    assert str(z.to("cpu", torch.double)) == (
        "tensor([[1.4963, 1.7682],\n        [1.0885, 1.1320]], dtype=torch.float64)"
    )
