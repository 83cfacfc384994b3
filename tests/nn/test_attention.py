"""Attention, Transformers and tables against what PyTorch recorded, and what is particular to them."""

import json
import warnings

import pytest

import penlight as torch
from penlight import nn
from penlight.nn import functional as F

from . import attention_cases

RECORDED = json.loads(attention_cases.DATA.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("case", "expected"), list(zip(attention_cases.CASES, RECORDED["results"])), ids=str)
def test_result_is_as_recorded(case, expected):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        seen = attention_cases.observe(torch, case)
    assert len(seen) == len(expected)
    for found, wanted in zip(seen, expected):
        # float64: sums of up to about 200 products; the next random number and default masks are float32 but exact
        assert found == (pytest.approx(wanted, rel=1e-9, abs=1e-9) if isinstance(wanted, float) else wanted)


@pytest.mark.parametrize(("source", "expected"), list(zip(attention_cases.ERRORS, RECORDED["errors"])), ids=str)
def test_error_is_as_recorded(source, expected):
    kind, text = attention_cases.error(torch, source)
    assert expected[0] and kind == expected[0]
    assert expected[1] in text  # some of ours go on with what was given


def test_a_float_mask_is_added_in_inference_as_in_training():
    """PyTorch's native call for a layer in inference reads any number but 0 in it as -inf."""
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(8, 2, 16, 0.0, batch_first=True)
    x, mask = torch.randn(2, 4, 8), torch.randn(4, 4)
    wanted = layer(x, mask)
    with torch.no_grad():
        assert torch.allclose(layer.eval()(x, mask), wanted, atol=1e-6)


def test_a_rows_gradient_is_divided_by_its_own_frequency():
    """PyTorch's CPU kernel divides by the frequency of another index here: row 2 gets 0.5."""
    weight = torch.ones(4, 1, requires_grad=True)
    F.embedding_bag(
        torch.tensor([1, 1, 2]), weight, torch.tensor([0]), mode="sum", scale_grad_by_freq=True
    ).sum().backward()
    assert weight.grad.tolist() == [[0], [1], [1], [0]]


@pytest.mark.parametrize("table", [nn.Embedding(3, 2, sparse=True), nn.EmbeddingBag(3, 2, sparse=True)], ids=repr)
def test_gradients_of_sparse_tables_hold_the_rows_that_were_read(table):
    table(torch.tensor([[1, 2]])).sum().backward()
    gradient = table.weight.grad
    assert gradient.is_sparse and gradient.coalesce().indices().tolist() == [[1, 2]]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_half_precision_attention_is_rounded_once(dtype):
    if dtype is torch.bfloat16:
        pytest.importorskip("ml_dtypes")
    torch.manual_seed(0)
    q, k, v = (torch.randn(2, 3, 5, 4).to(dtype) for _ in range(3))
    out = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    wide = F.scaled_dot_product_attention(q.float(), k.float(), v.float(), is_causal=True)
    assert out.dtype is dtype and torch.equal(out, wide.to(dtype))
