"""What running libraries' own tests brought to light."""

import numpy as np
import pytest

import penlight as torch
from penlight import distributions, nn


def test_a_tensor_offers_numpy_only_what_pytorchs_offers():
    t = torch.arange(3)
    assert not any(hasattr(t, name) for name in ("__array_interface__", "__array_struct__", "__buffer__"))
    assert np.shares_memory(np.asarray(t), t.numpy())
    assert bytes(t.byte()) == b"\0\1\2"
    with pytest.raises(TypeError, match="bytes-like"):
        memoryview(t)


def test_a_module_can_be_given_other_parameters_for_a_while():
    layer, weight = nn.Linear(2, 1, bias=False), torch.tensor([[2.0, 3.0]])
    own = layer.weight
    with nn.utils.stateless._reparametrize_module(layer, {"weight": weight}):
        assert layer.weight is weight and layer(torch.ones(2)).item() == 5.0
    assert layer.weight is own


def test_the_inverse_of_a_transform_has_a_class_of_that_name():
    transform = distributions.transforms.ExpTransform()
    assert type(transform.inv) is distributions.transforms._InverseTransform


def test_what_libraries_import_around_compilation_and_loading():
    assert torch._dynamo.is_dynamo_supported() is False
    with pytest.raises(NotImplementedError, match="nothing is compiled"):
        torch._dynamo.testing.CompileCounter()
    assert torch.utils.data.dataloader._collate_fn_t[int]
