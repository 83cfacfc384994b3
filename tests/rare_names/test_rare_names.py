"""Rarely used names against results recorded from PyTorch (tests/record/rare_names.py), and what goes beyond it."""

from __future__ import annotations

import json

import pytest

import penlight as torch
from penlight.nn.attention.flex_attention import create_block_mask, flex_attention
from tests.rare_names.cases import FOLDER, Shower, cases

RECORDED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
shown = Shower(torch)


@pytest.mark.parametrize("start", range(0, len(cases()), 20))
def test_recorded(start):
    assert len(cases()) == len(RECORDED)
    for case, expected in list(zip(cases(), RECORDED))[start : start + 20]:
        assert shown(case) == expected, case


def test_flex_attention_has_the_gradients_of_plain_attention():
    torch.manual_seed(0)
    inputs = [torch.randn(1, 2, 5, 4).double().requires_grad_() for _ in range(3)]
    mask = create_block_mask(lambda b, h, i, j: i >= j, None, None, 5, 5, BLOCK_SIZE=2)
    ours = torch.autograd.grad(flex_attention(*inputs, block_mask=mask).sin().sum(), inputs)
    plain = torch.nn.functional.scaled_dot_product_attention(*inputs, is_causal=True)
    for a, b in zip(ours, torch.autograd.grad(plain.sin().sum(), inputs)):
        torch.testing.assert_close(a, b)


def test_from_file_shares_or_copies(tmp_path):
    path = str(tmp_path / "numbers.bin")
    shared = torch.from_file(path, shared=True, size=3, dtype=torch.int32)
    shared.fill_(7)
    private = torch.from_file(path, size=3, dtype=torch.int32)
    private[0] = 1
    assert torch.from_file(path, shared=False, size=3, dtype=torch.int32).tolist() == [7, 7, 7]
    assert private.tolist() == [1, 7, 7]
    with pytest.raises(RuntimeError, match="size <12> is smaller than the required mapping size <16>"):
        torch.from_file(path, size=4, dtype=torch.int32)


def test_cond_and_while_loop_have_gradients():
    x = torch.tensor(2.0, requires_grad=True)
    y = torch.cond(x > 1, lambda t: t * t, lambda t: -t, (x,))
    _, z = torch.while_loop(lambda i, t: i < 2, lambda i, t: (i + 1, t * x), (torch.tensor(0), y))
    z.backward()
    assert x.grad == 4 * 2.0**3
    with pytest.raises(RuntimeError, match="keep shapes and dtypes"):
        torch.while_loop(lambda t: True, lambda t: (t.reshape(1),), (torch.tensor(0),))


def test_lobpcg_solves_the_generalised_problem():
    torch.manual_seed(0)
    a = torch.randn(9, 9).double()
    a, b = a + a.T, torch.eye(9).double() + a @ a.T / 9
    values, vectors = torch.lobpcg(a, k=2, B=b)
    torch.testing.assert_close(a @ vectors, b @ vectors * values)
    torch.testing.assert_close(vectors.T @ b @ vectors, torch.eye(2).double())
    assert values[0] > values[1]


def test_functionalize_shows_what_the_function_shows():
    x = torch.zeros(2)
    assert torch.func.functionalize(lambda t: t.add_(1))(x).tolist() == x.tolist() == [1, 1]
    view = torch.func.functionalize(lambda t: t.view(2, 1), remove="mutations_and_views")(x)
    view.add_(1)
    assert x.tolist() == [2, 2]
    with pytest.raises(RuntimeError, match="Valid options"):
        torch.func.functionalize(lambda t: t, remove="nope")
