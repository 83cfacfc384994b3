"""Fields of fields, reversible fields, trees. Expected values: of torchtext 0.6 with PyTorch 2.13."""

from __future__ import annotations

import sys

import pytest

import penlight
from penlight.text import data
from penlight.text.nn import InProjContainer, MultiheadAttentionContainer, ScaledDotProduct

NAMES = [[list("john"), list("loves")], [list("mary")]]


@pytest.mark.parametrize(
    ("inner", "outer", "expected"),
    [
        ({"pad_token": "-"}, {}, [["john-", "loves"], ["mary-", "-----"]]),
        ({"fix_length": 3, "truncate_first": True}, {"fix_length": 1}, [["ohn"], ["ary"]]),
        (
            {"pad_token": "-", "init_token": "(", "eos_token": ")", "fix_length": 5},
            {"init_token": "<", "eos_token": ">"},
            [["(<)--", "(joh)", "(lov)", "(>)--"], ["(<)--", "(mar)", "(>)--", "-----"]],
        ),
        ({"pad_token": "-", "pad_first": True}, {"pad_first": True}, [["-john", "loves"], ["-----", "-mary"]]),
    ],
)
def test_nested_padding(inner, outer, expected):
    field = data.NestedField(data.Field(tokenize=list, **inner), **outer)
    assert [["".join(word) for word in row] for row in field.pad(NAMES)] == expected


def test_nested_lengths_and_numbers():
    inner = data.Field(tokenize=list, init_token="<w>", eos_token="</w>")
    field = data.NestedField(inner, init_token="<s>", eos_token="</s>", include_lengths=True)
    field.build_vocab(NAMES, max_size=2, specials=["<x>"])
    assert field.vocab.itos == ["<unk>", "<pad>", "<s>", "</s>", "<w>", "</w>", "<x>", "o", "a"]
    assert inner.vocab is field.vocab
    numbers, lengths, word_lengths = field.process(NAMES)
    assert numbers.shape == (2, 4, 7) and numbers[1, 1].tolist() == [4, 0, 8, 0, 0, 5, 1]
    assert lengths.tolist() == [4, 3] and word_lengths.tolist() == [[3, 6, 7, 3], [3, 6, 3, 0]]


def test_nested_preprocessing():
    inner = data.Field(tokenize=list, lower=True, preprocessing=lambda x: x[::-1])
    field = data.NestedField(inner, tokenize=lambda line: line.split("-"), preprocessing=lambda x: [*x, ["Z"]])
    assert field.preprocess("Jo-Lo") == [["o", "j"], ["o", "l"], ["z"]]
    with pytest.raises(ValueError, match="cannot have include_lengths"):
        data.NestedField(data.Field(include_lengths=True))


def test_letters_beside_words_in_one_column():
    words, letters = data.Field(), data.NestedField(data.Field(tokenize=list))
    fields = [(("words", "letters"), (words, letters)), ("label", data.LabelField())]
    whole = data.Dataset([data.Example.fromlist(row, fields) for row in (("ab c", "x"), ("a", "y"))], fields)
    for field in whole.fields.values():
        field.build_vocab(whole)
    batch = next(iter(data.Iterator(whole, 2, sort=False, train=False)))
    assert list(whole.fields) == ["label", "words", "letters"]
    assert batch.words.shape == (2, 2) and batch.letters.tolist() == [[[2, 3], [4, 1]], [[2, 1], [1, 1]]]


def test_reversible_field():
    field = data.ReversibleField(tokenize=list, batch_first=True, init_token="<s>", eos_token="</s>")
    field.build_vocab(["hello you"])
    assert field.vocab.itos[:4] == [" UNK ", "<pad>", "<s>", "</s>"]
    assert field.reverse(field.process(["hello you", "he"])) == ["hello you", "he"]


def test_reversible_field_needs_revtok(monkeypatch):
    monkeypatch.setitem(sys.modules, "revtok", None)
    with pytest.raises(ImportError, match="needs the package revtok"):
        data.ReversibleField()
    field = data.ReversibleField(tokenize=str.split)
    field.build_vocab([["a"]])
    with pytest.raises(ImportError, match="ReversibleField.reverse needs the package revtok"):
        field.reverse(penlight.tensor([[2]]))


def test_trees():
    fields = [("text", data.Field()), ("label", data.Field(sequential=False))]
    tree = "(3 (2 (2 The) (2 Rock)) (4 (3 is) (1 bad)))"
    whole = data.Example.fromtree(tree, fields)
    assert (whole.text, whole.label) == (["The", "Rock", "is", "bad"], "3")
    parts = data.Example.fromtree(tree, fields, subtrees=True)
    assert [(part.label, " ".join(part.text)) for part in parts] == [
        ("3", "The Rock is bad"), ("2", "The Rock"), ("2", "The"), ("2", "Rock"), ("4", "is bad"), ("3", "is"),
        ("1", "bad"),
    ]  # fmt: skip
    for wrong in ("", "word", "(3 a", "(3 a))", "(3 (2 a)"):
        with pytest.raises(ValueError, match="expected a tree"):
            data.Example.fromtree(wrong, fields)


@pytest.mark.parametrize("batch_first", [False, True])
def test_attention_from_parts_is_multi_head_attention(batch_first):
    penlight.manual_seed(0)
    whole = penlight.nn.MultiheadAttention(6, 3, batch_first=batch_first)
    projections = [penlight.nn.Linear(6, 6) for _ in range(3)]
    with penlight.no_grad():
        for part, weight, bias in zip(projections, whole.in_proj_weight.chunk(3), whole.in_proj_bias.chunk(3)):
            part.weight.copy_(weight)
            part.bias.copy_(bias)
    parts = MultiheadAttentionContainer(
        3, InProjContainer(*projections), ScaledDotProduct(), whole.out_proj, batch_first=batch_first
    )
    query, key = (penlight.rand(*((2, n, 6) if batch_first else (n, 2, 6))) for n in (4, 5))
    mask = penlight.rand(4, 5) > 0.7
    mask[:, 0] = False
    out, weights = parts(query, key, key, attn_mask=mask[None])
    expected, average = whole(query, key, key, attn_mask=mask)
    penlight.testing.assert_close(out, expected)
    penlight.testing.assert_close(weights.view(2, 3, 4, 5).mean(1), average)


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (penlight.zeros(2, 3, dtype=penlight.bool), "must be a 3D tensor"),
        (penlight.zeros(5, 2, 3, dtype=penlight.bool), "size of the attn_mask is not correct"),
        (penlight.zeros(1, 2, 3), "Only bool tensor"),
    ],
)
def test_wrong_masks(mask, message):
    with pytest.raises(RuntimeError, match=message):
        ScaledDotProduct()(penlight.zeros(2, 6, 4), penlight.zeros(3, 6, 4), penlight.zeros(3, 6, 4), mask)
