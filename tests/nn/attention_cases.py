"""Attention, Transformers and tables in many configurations, observed through one number for each result.

`python -m tests.nn.attention_cases` records what PyTorch gives, where torch can be imported.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data" / "attention.json"

# Programs whose last part (after the last ;;) is observed. x(…) are random inputs that get a gradient, c(…) are constants,
# b(…) booleans that are True in three of ten places.
_SDPA = "F.scaled_dot_product_attention(x(2, 3, 4, 6), x(2, 3, 5, 6), x(2, 3, 5, 7)"
_GQA = "F.scaled_dot_product_attention(x(2, 8, 3, 4), x(2, 2, 5, 4), x(2, 2, 5, 4), enable_gqa=True"
_SELF = "q = x(2, 4, 8);; m(q, q, q"
_THREE = "m(x(4, 2, 8), x(5, 2, 8), x(5, 2, 8)"
_LAYER = "8, 2, 16, 0.3, batch_first=True, dtype=d"
_ENCODER = f"m = nn.TransformerEncoder(nn.TransformerEncoderLayer({_LAYER}"
_DECODER = f"m = nn.TransformerDecoder(nn.TransformerDecoderLayer({_LAYER}"
_LAST = "torch.arange(4)[None].expand(2, 4) >= torch.tensor([[3], [4]])"
_CAUSAL = "nn.Transformer.generate_square_subsequent_mask(4, dtype=d)"
_BAG = "torch.tensor([1, 2, 4, 5, 4, 3, 0]), torch.tensor([0, 2, 2, 5])"
CASES = [
    *(
        f"{_SDPA}{more})"
        for more in (
            "", ", is_causal=True", ", scale=-0.3", ", b(4, 5)", ", x(4, 5)", ", c(2, 1, 4, 5)", ", dropout_p=0.4",
            ", b(4, 5), 0.4", ", None, 0.3, True, scale=2", ", b(4, 5) & False", ", c(4, 5).float()", ", dropout_p=1.0",
            ", torch.full((4, 5), -torch.inf).to(d)",
        )
    ),
    "F.scaled_dot_product_attention(x(4, 6), x(5, 6), x(5, 6), b(4, 5))",
    "F.scaled_dot_product_attention(x(2, 3, 6, 0), x(2, 3, 3, 0), x(2, 3, 3, 6))",
    *(
        f"{_GQA}{more})"
        for more in (
            "", ", is_causal=True", ", dropout_p=0.3", ", attn_mask=c(2, 8, 3, 5)", ", attn_mask=b(3, 5), is_causal=True",
        )
    ),
    *(
        f"m = nn.MultiheadAttention({made}, dtype=d);; {call})"
        for made, call in (
            ("8, 2", _THREE), ("8, 2, bias=False", f"{_THREE}, average_attn_weights=False"),
            ("8, 2, 0.4", f"{_THREE}, need_weights=False"), ("8, 2, 0.4", f"{_THREE}, attn_mask=b(4, 5)"),
            ("8, 2", f"{_THREE}, attn_mask=c(4, 4, 5), key_padding_mask=c(2, 5)"),
            ("8, 4, add_bias_kv=True, add_zero_attn=True", f"{_THREE}, b(2, 5), attn_mask=c(4, 5) > 0"),
            ("8, 4, add_bias_kv=True", f"{_THREE}, key_padding_mask=b(2, 5), need_weights=False"),
            ("8, 2, kdim=5, vdim=6", "m(x(4, 2, 8), x(5, 2, 5), x(5, 2, 6)"),
            ("8, 2, vdim=6, batch_first=True", "m(x(2, 4, 8), x(2, 5, 8), x(2, 5, 6), b(2, 5)"),
            ("8, 2", "m(x(4, 8), x(5, 8), x(5, 8), b(5), attn_mask=c(2, 4, 5)"),
            ("8, 2, batch_first=True", f"{_SELF}, attn_mask={_CAUSAL}, is_causal=True, need_weights=False"),
            ("8, 2, batch_first=True", f"{_SELF}, attn_mask=c(4, 4), is_causal=True, need_weights=False"),
        )
    ),
    *(
        f"m = nn.MultiheadAttention(8, 2, batch_first=True, dtype=d).eval().requires_grad_(False);; q = c(2, 4, 8);; {call}"
        for call in (
            "m(q, q, q, is_causal=True)", f"m(q, q, q, {_LAST}, attn_mask=b(4, 4))",
            "m(q, q, q, b(2, 4) | True, need_weights=False)", "m(q, q, q, c(2, 4), attn_mask=c(4, 4))",
        )
    ),
    f"m = nn.TransformerEncoderLayer({_LAYER});; m(x(2, 4, 8), b(4, 4), b(2, 4))",
    f"m = nn.TransformerEncoderLayer({_LAYER}, activation='gelu', norm_first=True);; m(x(2, 4, 8), {_CAUSAL}, is_causal=True)",
    f"m = nn.TransformerEncoderLayer({_LAYER}, activation=torch.tanh, layer_norm_eps=0.1, bias=False);; m(x(4, 8))",
    f"m = nn.TransformerDecoderLayer({_LAYER});; m(x(2, 4, 8), x(2, 5, 8), {_CAUSAL}, b(4, 5), b(2, 4), b(2, 5))",
    f"m = nn.TransformerDecoderLayer({_LAYER}, norm_first=True, bias=False);; "
    f"m(x(4, 8), x(5, 8), tgt_mask={_CAUSAL}, tgt_is_causal=True)",
    f"{_ENCODER}), 2, nn.LayerNorm(8, dtype=d));; m(x(2, 4, 8), {_CAUSAL}, {_LAST})",
    *(
        f"{_ENCODER}{more}), 2).eval().requires_grad_(False);; m(c(2, 4, 8){call})"
        for more, call in (
            ("", ""), ("", f", src_key_padding_mask={_LAST}"), ("", ", b(4, 4)"), ("", ", is_causal=True"),
            (", norm_first=True", ", None, b(2, 4) | torch.tensor([[True], [False]])"),
            (", activation=torch.tanh", ", None, b(2, 4) | torch.tensor([[True], [False]])"),
            (", activation=nn.GELU()", f", None, {_LAST}"),
        )
    ),
    f"{_DECODER}, activation=nn.GELU()), 2);; m(x(2, 4, 8), x(2, 5, 8), tgt_is_causal=False)",
    f"{_DECODER}), 2, nn.LayerNorm(8, dtype=d)).eval();; m(x(2, 4, 8), x(2, 5, 8), {_CAUSAL})",
    "m = nn.Transformer(8, 2, 2, 1, 16, dtype=d);; m(x(5, 2, 8), x(4, 2, 8), b(5, 5), None, b(4, 5), b(2, 5), b(2, 4), b(2, 5))",
    "m = nn.Transformer(8, 2, 1, 1, 16, 0.0, 'gelu', norm_first=True, batch_first=True, bias=False, dtype=d);; "
    f"m(x(2, 5, 8), x(2, 4, 8), tgt_mask={_CAUSAL}, tgt_is_causal=True)",
    "m = nn.Transformer(8, 2, 1, 1, 16, custom_encoder=nn.Linear(8, 8, dtype=d), dtype=d);; "
    "m.encoder.forward = lambda src, **_: src * 2;; m(x(5, 8), x(4, 8))",
    "nn.Transformer.generate_square_subsequent_mask(3)",
    "nn.Transformer.generate_square_subsequent_mask(3, dtype=torch.float64, device='cpu')",
    *(
        f"m = nn.Embedding(10, 4{more}, dtype=d);; m(torch.tensor([[1, 2, 2], [0, 9, 3]]))"
        for more in (
            "", ", 2", ", -1", ", max_norm=1.0", ", 2, 0.5, 1.0", ", max_norm=0.5, norm_type=float('inf')",
            ", 2, scale_grad_by_freq=True",
        )
    ),
    "F.embedding(torch.tensor([1, 2]), x(4, 3) * 2, max_norm=1.0)",
    "m = nn.Embedding.from_pretrained(c(5, 3), padding_idx=1, max_norm=1.0);; m(torch.tensor([0, 1, 4, 4]))",
    "m = nn.Embedding.from_pretrained(c(5, 3), freeze=False, padding_idx=-1);; m(torch.tensor([0, 1, 4, 4]))",
    *(
        f"m = nn.EmbeddingBag(6, 4{more}, dtype=d);; m({_BAG})"
        for more in (
            "", ", mode='sum', padding_idx=4", ", mode='max'", ", 0.7, 1.0", ", mode='max', padding_idx=-2",
            ", mode='sum', max_norm=1.0, include_last_offset=True",
        )
    ),
    f"m = nn.EmbeddingBag(6, 4, mode='sum', padding_idx=4, dtype=d);; m({_BAG}, x(7))",
    "m = nn.EmbeddingBag(6, 4, mode='sum', dtype=d);; m(torch.tensor([[1, 2], [5, 5]]), per_sample_weights=x(2, 2))",
    "m = nn.EmbeddingBag(6, 4, mode='max', dtype=d);; m(torch.tensor([], dtype=torch.int64), torch.tensor([0, 0]))",
    "m = nn.EmbeddingBag.from_pretrained(c(5, 3), freeze=False, mode='sum', padding_idx=0);; m(torch.tensor([[0, 1, 4, 4]]))",
]  # fmt: skip

_Q, _K = "c(2, 3, 4, 6)", "c(2, 3, 5, 6)"
_TABLE = "nn.Embedding(10, 4)"
ERRORS = [
    f"F.scaled_dot_product_attention({_Q}, {_K}.float(), {_K})", f"F.scaled_dot_product_attention(c(6), {_K}, {_K})",
    f"F.scaled_dot_product_attention({_Q}, {_K}, {_K}, torch.zeros(4, 5).long())",
    f"F.scaled_dot_product_attention({_Q}, {_K}, {_K}, torch.zeros(4, 5).half())",
    f"F.scaled_dot_product_attention({_Q}, {_K}, {_K}, None, 1.5)",
    "F.scaled_dot_product_attention(x(4, 6), c(5, 6), c(5, 6), b(4, 5), 0.0, True)",
    f"F.scaled_dot_product_attention({_Q}, {_K}, {_K}, x(4, 5), 0.0, True)",
    f"F.scaled_dot_product_attention({_Q}, {_K}, {_K}, b(2, 2, 4, 5))",
    f"F.scaled_dot_product_attention({_Q}, {_K}, {_K}, b(4, 6))",
    f"F.scaled_dot_product_attention({_Q}, {_K}, {_K}, c(1, 2, 3, 4, 5))",
    "F.scaled_dot_product_attention(c(3, 4), c(5, 4), c(5, 4), enable_gqa=True)",
    "nn.MultiheadAttention(8, 3)", "nn.MultiheadAttention(0, 1)",
    *(
        f"nn.MultiheadAttention(8, 2, dtype=d)({given})"
        for given in (
            "c(8), c(8), c(8)", "c(4, 2, 8), c(5, 8), c(5, 8)", "c(4, 8), c(5, 2, 8), c(5, 8)",
            "c(4, 2, 7), c(5, 2, 8), c(5, 2, 8)",
            "c(4, 2, 8), c(5, 2, 8), c(6, 2, 8)", "c(4, 2, 8), c(5, 2, 8), c(5, 2, 8), b(5, 2)",
            "c(4, 2, 8), c(5, 2, 8), c(5, 2, 8), b(5)", "c(4, 2, 8), c(5, 2, 8), c(5, 2, 8), attn_mask=b(5, 4)",
            "c(4, 2, 8), c(5, 2, 8), c(5, 2, 8), attn_mask=b(2, 4, 5)", "c(4, 2, 8), c(5, 2, 8), c(5, 2, 8), is_causal=True",
            "c(4, 2, 8), c(5, 2, 8), c(5, 2, 8), attn_mask=b(4)", "c(4, 2, 8), c(5, 2, 8), c(5, 2, 8), attn_mask=b(4, 5).long()",
            "c(4, 8), c(5, 8), c(5, 8), attn_mask=b(3, 4, 5)",
        )
    ),
    "nn.TransformerEncoderLayer(8, 2, activation='tanh')", "nn.Transformer(8, 2)(c(4, 2, 8), c(4, 3, 8))",
    "nn.Transformer(8, 2)(c(4, 2, 7), c(4, 2, 7))", "nn.Transformer.generate_square_subsequent_mask(-1)",
    f"{_TABLE}(torch.tensor([10]))", f"{_TABLE}(torch.tensor([-1]))", f"{_TABLE}(torch.tensor([1.0]))",
    f"{_TABLE}(torch.tensor([1], dtype=torch.int16))", "nn.Embedding(10, 4, max_norm=1.0)(torch.tensor([1.0]))",
    "nn.Embedding(10, 4, 10)", "nn.Embedding(10, 4, -11)", "nn.Embedding(3, 4, _weight=c(3, 5))",
    "nn.Embedding.from_pretrained(c(5))", "F.embedding(torch.tensor([1]), c(4))",
    *(
        f"nn.EmbeddingBag(4, 3{more})({given})"
        for more, given in (
            (", mode='x'", "torch.tensor([[1]])"), ("", "torch.tensor([1])"), ("", "torch.tensor(1)"),
            ("", "torch.tensor([1]), torch.tensor([[0]])"), ("", "torch.tensor([5]), torch.tensor([0])"),
            ("", "torch.tensor([-1]), torch.tensor([0])"), ("", "torch.tensor([1.0]), torch.tensor([0])"),
            ("", "torch.tensor([1]), torch.tensor([0, 3])"), (", mode='max', scale_grad_by_freq=True", "torch.tensor([[1]])"),
            (", include_last_offset=True", "torch.tensor([1]), torch.tensor([], dtype=torch.int64)"),
            (", include_last_offset=True", "torch.tensor([1]), torch.tensor([0, 4])"),
            (", mode='mean'", "torch.tensor([[1]]), per_sample_weights=torch.ones(1, 1)"),
            (", mode='sum'", "torch.tensor([[1]]), per_sample_weights=torch.ones(2, 2)"),
            (", mode='sum'", "torch.tensor([[1]]), per_sample_weights=torch.ones(1, 1).double()"),
        )
    ),
]  # fmt: skip


def _names(torch: Any, inputs: list) -> dict[str, Any]:
    def leaf(*shape: int) -> Any:
        inputs.append(torch.randn(*shape, dtype=torch.float64).requires_grad_())
        return inputs[-1]

    return {
        "torch": torch, "nn": torch.nn, "F": torch.nn.functional, "d": torch.float64, "x": leaf,
        "c": lambda *shape: torch.randn(*shape, dtype=torch.float64), "b": lambda *shape: torch.rand(*shape) < 0.3,
    }  # fmt: skip


def _number(torch: Any, t: Any) -> float | str | None:
    """The sum against uneven weights, which tells places apart; how many are nan, where some are."""
    if t is None:
        return None
    flat = t.detach().double().reshape(-1)
    weighted = flat * torch.arange(1, len(flat) + 1, dtype=torch.float64).sin()
    hidden = int(flat.isnan().sum())
    total = float(weighted.nan_to_num(0.0, 0.0, 0.0).sum())
    return f"{hidden} nan, {total:.6g}" if hidden else float(f"{total:.12g}")


def observe(torch: Any, program: str) -> list:
    """Outputs, initial weights, gradients, and the next random number, one number each."""
    torch.manual_seed(7)
    inputs: list = []
    names = _names(torch, inputs)
    *before, last = program.split(";;")
    for part in before:
        exec(part.strip(), names)
    parameters = list(names["m"].parameters()) if "m" in names else []
    results = [p.clone() for p in parameters]
    given = eval(last.strip(), names)
    outputs = [t for t in (given if isinstance(given, tuple) else (given,)) if t is not None]
    loss = sum((t * t.detach().cos()).sum() for t in outputs)
    if loss.requires_grad:
        loss.backward()
    results += [*outputs, *(t.grad for t in [*inputs, *parameters]), torch.rand(1)]
    return [_number(torch, r) for r in results]


def error(torch: Any, source: str) -> list[str]:
    """The type and the text of what an expression raises."""
    try:
        eval(source, _names(torch, []))
    except Exception as raised:
        return [type(raised).__name__, str(raised)]
    return ["", ""]


def main() -> None:
    import torch

    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    recorded = {"torch": torch.__version__, "results": [observe(torch, c) for c in CASES],
                "errors": [error(torch, s) for s in ERRORS]}  # fmt: skip
    DATA.write_text(json.dumps(recorded, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
