"""What running libraries' own tests brought to light."""

import importlib
import pickle

import numpy as np
import pytest

import penlight as torch
from penlight import alias, distributions, nn


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


def test_an_expanded_independent_has_its_parts_before_its_base_is_initialised():
    class Delegating(distributions.Independent):
        @property
        def _validate_args(self):
            return self.base_dist._validate_args

        @_validate_args.setter
        def _validate_args(self, value):
            self.base_dist._validate_args = value

    wide = Delegating(distributions.Normal(torch.zeros(3), 1.0), 1).expand((2,))
    assert wide.batch_shape == (2,) and wide.event_shape == (3,) and wide.log_prob(torch.zeros(2, 3)).shape == (2,)


def test_a_tensor_with_history_is_pickled_as_a_leaf_but_not_sent_to_other_processes():
    made = torch.ones(2, requires_grad=True) * 2
    again = pickle.loads(pickle.dumps(made))
    assert again.requires_grad and again.is_leaf and again.tolist() == [2.0, 2.0]
    pickler = torch.multiprocessing.reducer.ForkingPickler
    assert pickle.loads(pickler.dumps(made.detach())).tolist() == [2.0, 2.0]
    with pytest.raises(RuntimeError, match="non-leaf tensor which requires_grad"):
        pickler.dumps(made)


def test_an_optimizer_around_another_gets_hooks_without_the_constructor():
    class Around(torch.optim.Optimizer):
        def __init__(self, inner):
            self.inner, self._optimizer_step_pre_hooks, self._optimizer_step_post_hooks = inner, {}, {}
            self._patch_step_function()

        def step(self, closure=None):
            return self.inner.step(closure)

    weight = torch.ones(1, requires_grad=True)
    weight.grad, seen = torch.ones(1), []
    around = Around(torch.optim.SGD([weight], lr=0.5))
    around.register_step_post_hook(lambda *arguments: seen.append(weight.item()))
    around.step()
    assert seen == [0.5]


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, np.int64])
def test_limits_may_be_numpys_numbers(kind):
    x, one = torch.tensor([-2.0, 0.0, 2.0]), kind(1)
    for limited in (x.clamp(-one, one), torch.clip(x, -one, one), x.clamp(-1, one), x.clone().clamp_(-one, one)):
        assert limited.dtype == torch.float32 and limited.tolist() == [-1.0, 0.0, 1.0]
    assert x.clamp(min=one).tolist() == [1.0, 1.0, 2.0] and x.clamp(max=one).dtype == torch.float32


def test_closeness_of_shapes_that_do_not_broadcast():
    for call in (torch.isclose, torch.allclose):
        with pytest.raises(RuntimeError, match=r"size of tensor a \(4\) must match the size of tensor b \(3\).*1"):
            call(torch.ones(3, 4), torch.ones(4, 3))


def test_functorch_is_found_and_stacks_models():
    with alias.installed():
        functorch = importlib.import_module("functorch")
    nets = [nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3)).eval() for _ in range(2)]
    with pytest.warns(FutureWarning, match="torch.func.stack_module_state"):
        function, params, buffers = functorch.combine_state_for_ensemble(nets)
    assert [p.shape for p in params] == [(2, 3, 2), (2, 3), (2, 3), (2, 3)] and not params[0].requires_grad
    x = torch.arange(8.0).view(4, 2)
    found = torch.vmap(function, in_dims=(0, 0, None))(params, buffers, x)
    assert torch.allclose(found, torch.stack([net(x) for net in nets]))
    with pytest.warns(FutureWarning), pytest.raises(RuntimeError, match="make_functional_with_buffers"):
        functorch.make_functional(nets[0])
    with pytest.warns(FutureWarning, match="torch.func.functional_call"):
        function, params = functorch.make_functional(nets[0][0])
    assert params[0] is not nets[0][0].weight and torch.equal(function(params, x), nets[0][0](x))
    with pytest.raises(RuntimeError, match=r"expected 2 params \(weight, bias\), but got 1"):
        function(params[:1], x)


def test_the_type_torch_tensor_is_the_default_one():
    mask = torch.tensor([True, False])
    assert mask.type(torch.Tensor).dtype == mask.type("torch.Tensor").dtype == torch.float32
    torch.set_default_dtype(torch.float64)
    try:
        assert mask.type(torch.Tensor).dtype == mask.type("torch.Tensor").dtype == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("kind", [distributions.HalfNormal, distributions.HalfCauchy])
def test_a_parameter_that_belongs_to_the_base_distribution_is_checked(kind):
    with pytest.raises(ValueError, match=r"Expected parameter scale .*GreaterThan\(lower_bound=0.0\)"):
        kind(-1.0, validate_args=True)
    assert kind(1.0, validate_args=True).scale.item() == 1.0
