"""`torch.library`: operators that a program declares, run eagerly."""

from __future__ import annotations

import pytest

import penlight as torch
from penlight import library


@library.custom_op("tests::scaled", mutates_args=())
def scaled(x: torch.Tensor, s: float = 2.0) -> torch.Tensor:
    return torch.from_numpy(x.numpy() * s)


def test_an_operator_runs_and_is_found_by_name():
    x = torch.ones(2)
    for call in (scaled, torch.ops.tests.scaled, torch.ops.tests.scaled.default):
        assert call(x).tolist() == [2, 2] and call(x, s=3.0).tolist() == [3, 3]
    assert repr(scaled) == "<CustomOpDef(tests::scaled)>" and scaled._schema.text == "(Tensor x, float s=2.) -> Tensor"
    with pytest.raises(AttributeError, match="'tests' object has no attribute 'absent'"):
        _ = torch.ops.tests.absent
    with pytest.raises(RuntimeError, match="of type 'Tensor' for argument 'x' but instead found type 'int'"):
        scaled(3)
    with pytest.raises(RuntimeError, match="Declaration"):
        scaled()


def test_gradients_are_those_registered():
    x = torch.ones(2, requires_grad=True)
    y = scaled(x)
    assert type(y.grad_fn).__name__ == "GeneratedBackwardFor_tests_scaled_defaultBackward"
    with pytest.raises(RuntimeError, match=r"through tests\.scaled\.default but no autograd formula was registered"):
        y.sum().backward()

    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[0])
        ctx.s = inputs[1]

    scaled.register_autograd(lambda ctx, g: (g * ctx.s * ctx.saved_tensors[0], None), setup_context=setup_context)
    scaled(x, s=5.0).sum().backward()
    assert x.grad.tolist() == [5, 5]

    @library.custom_op("tests::two", mutates_args=())
    def two(x: torch.Tensor, ys: list[torch.Tensor], n: int | None = None) -> tuple[torch.Tensor, torch.Tensor]:
        return x + 1, ys[0] * 2

    library.register_autograd("tests::two", lambda ctx, a, b: (a, [2 * b], None))
    a, b = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    first, second = two(a, [b])
    (first + second).sum().backward()
    assert a.grad.tolist() == [1, 1] and b.grad.tolist() == [2, 2]


def test_results_must_be_fresh_and_changes_declared():
    @library.custom_op("tests::same", mutates_args=())
    def same(x: torch.Tensor) -> torch.Tensor:
        return x

    @library.custom_op("tests::add_one", mutates_args={"x"})
    def add_one(x: torch.Tensor) -> None:
        x.add_(1)

    with pytest.raises(RuntimeError, match="must not be an input"):
        same(torch.ones(1))
    x = torch.zeros(2)
    version = x._version
    assert add_one(x) is None and x.tolist() == [1, 1] and x._version > version
    with pytest.raises(RuntimeError, match="non-functional operator tests::add_one"):
        add_one.register_autograd(lambda ctx: None)


def test_declarations_without_functions():
    lib = library.Library("tests2", "DEF")
    assert lib.define("add1(Tensor x, *, float[] s=[1, 2]) -> Tensor") == "add1"
    library.impl(lib, "add1", "CPU")(lambda x, *, s: x + sum(s))
    assert torch.ops.tests2.add1(torch.zeros(1)).item() == 3
    assert torch.ops.tests2.add1(torch.zeros(1), s=[4.0]).item() == 4
    library.define("tests2::times", "(Tensor x, int n=3) -> Tensor")
    with pytest.raises(NotImplementedError, match="tests2::times: no kernel"):
        torch.ops.tests2.times(torch.ones(1))
    library.impl("tests2::times", "cpu")(lambda x, n: x * n)
    assert torch.ops.tests2.times(torch.ones(1), n=4).item() == 4
    lib.define("square(Tensor x) -> Tensor")
    lib.impl("square", lambda x: x * x, "CompositeImplicitAutograd")
    x = torch.tensor(3.0, requires_grad=True)
    torch.ops.tests2.square(x).backward()
    assert x.grad.item() == 6


def test_schemas_are_read_off_annotations():
    def function(
        x: torch.Tensor, ys: list[torch.Tensor], *, n: int | None = None, s: str = "a"
    ) -> list[torch.Tensor]: ...

    text = '(Tensor(a0!) x, Tensor[] ys, *, SymInt? n=None, str s="a") -> Tensor[]'
    assert library.infer_schema(function, mutates_args={"x"}) == text
    for wrong in (lambda x: x, lambda: 0):
        with pytest.raises(ValueError, match="annotation"):
            library.infer_schema(wrong, mutates_args=())
    with pytest.raises(ValueError):
        library.custom_op("no_namespace", function, mutates_args=())
    with pytest.raises(NotImplementedError, match=r"torch\.library\.opcheck"):
        library.opcheck(scaled, ())


def test_numpy_of_a_parameter_without_gradients():
    p = torch.nn.Parameter(torch.ones(2))
    with torch.no_grad():
        assert p.numpy().tolist() == [1, 1]
    with pytest.raises(RuntimeError, match="requires grad"):
        p.numpy()


def test_inner_operators_that_libraries_name():
    aten, x, w = torch.ops.aten, torch.ones(1, 1, 4, 4), torch.ones(1, 1, 3, 3)
    told = aten._convolution.default(x, w, None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1, False, False, True, True)
    assert told.sum().item() == 36 and aten._local_scalar_dense(torch.tensor(3)) == 3
    with pytest.raises(NotImplementedError, match="_scaled_dot_product_flash_attention"):
        aten._scaled_dot_product_flash_attention.default(x, x, x)
