"""Tokenizers, fields, examples, tables and scores."""

from __future__ import annotations

import copy
import json
import random
import sys
import types

import pytest

import penlight
from penlight.text import data
from penlight.text.data.functional import to_map_style_dataset
from penlight.text.data.utils import get_tokenizer


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("You can now install TorchText using pip!", "you can now install torchtext using pip !"),
        ("Basic English Normalization for a Line of Text", "basic english normalization for a line of text"),
        ("Don't say \"it's\"; (really): 3.5, ok?<br />End.", "don ' t say it ' s ( really ) 3 . 5 , ok ? end ."),
    ],
)
def test_basic_english(line, expected):
    assert get_tokenizer("basic_english")(line) == expected.split(" ")


def test_other_tokenizers():
    assert get_tokenizer(None)("Don't  say, ok ") == ["Don't", "say,", "ok"]
    assert get_tokenizer(list)("ab") == ["a", "b"]
    with pytest.raises(ValueError, match="only available for English"):
        get_tokenizer("basic_english", language="de")
    with pytest.raises(ValueError, match="Requested tokenizer 'words'"):
        get_tokenizer("words")


@pytest.mark.parametrize(
    ("name", "module", "package"),
    [
        ("spacy", "spacy", "spacy"),
        ("moses", "sacremoses", "sacremoses"),
        ("toktok", "nltk.tokenize.toktok", "nltk"),
        ("revtok", "revtok", "revtok"),
        ("subword", "revtok", "revtok"),
    ],
)
def test_a_tokenizer_whose_package_is_absent_names_it(monkeypatch, name, module, package):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=f"needs the package {package}.*pip install {package}") as problem:
        get_tokenizer(name)
    assert problem.value.name == package


def test_spacy_is_used_where_it_is_installed(monkeypatch):
    class Model:
        def tokenizer(self, line):
            return [types.SimpleNamespace(text=part) for part in line.split("-")]

    loaded = []
    module = types.SimpleNamespace(load=lambda name: loaded.append(name) or Model())
    monkeypatch.setitem(sys.modules, "spacy", module)
    assert get_tokenizer("spacy", language="de_core_news_sm")("a-b") == ["a", "b"]
    assert loaded == ["de_core_news_sm"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [["a", "b", "c"], ["d", "<pad>", "<pad>"]]),
        ({"init_token": "<s>", "eos_token": "</s>"}, [["<s>", "a", "b", "c", "</s>"], ["<s>", "d", "</s>", "<pad>", "<pad>"]]),
        ({"fix_length": 2}, [["a", "b"], ["d", "<pad>"]]),
        ({"fix_length": 2, "truncate_first": True}, [["b", "c"], ["d", "<pad>"]]),
        ({"fix_length": 4, "init_token": "<s>", "eos_token": "</s>"}, [["<s>", "a", "b", "</s>"], ["<s>", "d", "</s>", "<pad>"]]),
        ({"pad_first": True, "eos_token": "."}, [["a", "b", "c", "."], ["<pad>", "<pad>", "d", "."]]),
        ({"include_lengths": True, "eos_token": "."}, ([["a", "b", "c", "."], ["d", ".", "<pad>", "<pad>"]], [4, 2])),
        ({"sequential": False}, [["a", "b", "c"], ["d"]]),
    ],
)  # fmt: skip
def test_pad(options, expected):
    assert data.Field(**options).pad([["a", "b", "c"], ["d"]]) == expected


def test_preprocess():
    assert data.Field(lower=True).preprocess("Hello World\n") == ["hello", "world"]
    assert data.Field(stop_words=["the"], lower=True).preprocess("The end") == ["end"]
    assert data.Field(tokenize=list, preprocessing=lambda x: x[::-1]).preprocess("abc") == ["c", "b", "a"]
    assert data.Field(sequential=False, lower=True).preprocess("A b") == "a b"
    assert data.Field(sequential=False, use_vocab=False).preprocess(3) == 3
    with pytest.raises(ValueError, match="Stop words"):
        data.Field(stop_words=3)


def test_numericalize_is_time_first_unless_told_otherwise():
    field = data.Field()
    field.build_vocab([["a", "a", "b"], ["b", "c", "a"]])
    assert field.vocab.itos == ["<unk>", "<pad>", "a", "b", "c"]
    rows = field.numericalize([["a", "b", "z"], ["c", "<pad>", "<pad>"]])
    assert rows.tolist() == [[2, 4], [3, 1], [0, 1]]
    assert rows.dtype is penlight.int64 and rows.is_contiguous()
    field.batch_first = True
    assert field.process([["a", "b", "z"], ["c"]]).tolist() == [[2, 3, 0], [4, 1, 1]]


def test_lengths_come_with_the_tensor():
    field = data.Field(include_lengths=True)
    field.build_vocab([["a", "b"]])
    rows, lengths = field.process([["a", "b"], ["b"]])
    assert (rows.tolist(), lengths.tolist()) == ([[2, 3], [3, 1]], [2, 1])
    with pytest.raises(ValueError, match="include_lengths set to True, but input data is not a tuple"):
        field.numericalize([["a"]])


def test_numbers_without_a_vocabulary():
    field = data.Field(sequential=False, use_vocab=False, dtype=penlight.float)
    assert field.process(["0.5", 2]).tolist() == [0.5, 2.0] and field.process(["1"]).dtype is penlight.float32
    assert data.Field(sequential=False, use_vocab=False).process(["3"]).tolist() == [3]
    with pytest.raises(ValueError, match="can not be used with use_vocab=False"):
        data.Field(sequential=False, use_vocab=False, dtype=penlight.bool).process(["1"])


def test_postprocessing_sees_numbers_and_vocabulary():
    field = data.Field(postprocessing=lambda rows, vocab: [[x + len(vocab) for x in row] for row in rows])
    field.build_vocab([["a"]])
    assert field.process([["a"]]).tolist() == [[5]]


def test_a_field_without_vocabulary_says_what_to_do():
    with pytest.raises(AttributeError, match="call build_vocab"):
        data.Field().process([["a"]])


def test_build_vocab_takes_its_own_columns_of_a_dataset():
    text, label = data.Field(init_token="<s>", lower=True), data.LabelField()
    fields = [("text", text), ("other", text), ("label", label), ("raw", data.RawField())]
    rows = [("A b", "c", "pos", 1), ("b", "c", "neg", 2), ("c d", "", "pos", 3)]
    table = data.Dataset([data.Example.fromlist(row, fields) for row in rows], fields)
    text.build_vocab(table, specials=["<x>"], max_size=3, min_freq=1)
    label.build_vocab(table)
    assert text.vocab.itos == ["<unk>", "<pad>", "<s>", "<x>", "c", "b", "a"]
    assert label.vocab.itos == ["pos", "neg"] and dict(label.vocab.stoi) == {"pos": 0, "neg": 1}
    assert label.process(["neg", "pos"]).tolist() == [1, 0]
    batch = data.Batch(table.examples[:2], table)
    assert batch.text.tolist() == [[2, 2], [6, 5], [5, 1]]
    assert batch.label.tolist() == [0, 1] and batch.raw == [1, 2] and len(batch) == 2
    (first, second, raw), target = batch
    assert first is batch.text and second is batch.other and raw is batch.raw and target is batch.label
    assert "[torchtext.data.batch.Batch of size 2]\n\t[.text]:[torch.LongTensor of size 3x2]\n" in str(batch)


def test_fields_are_copied_and_compared():
    field = data.Field(lower=True)
    assert copy.deepcopy(field) == field != data.Field()


@pytest.mark.parametrize("name", ["SubwordField", "filter_wikipedia_xml"])
def test_what_is_lacking_raises(name):
    with pytest.raises(NotImplementedError, match=f"penlight does not have torchtext.data.*{name}"):
        getattr(data, name)()


def test_example_of_a_dictionary_and_of_json():
    text, number = data.Field(), data.Field(sequential=False, use_vocab=False)
    fields = {"a": ("text", text), "b": [("number", number), ("again", number)], "d": None}
    given = {"a": "x y", "b": 3, "d": 0, "e": 1}
    for example in (data.Example.fromdict(given, fields), data.Example.fromJSON(json.dumps(given), fields)):
        assert vars(example) == {"text": ["x", "y"], "number": 3, "again": 3}
    with pytest.raises(ValueError, match="Specified key a was not found"):
        data.Example.fromdict({"b": 1}, fields)
    nested = data.Example.fromJSON(
        '{"p": {"q": "x y"}, "l": [{"m": 1}, {"m": 2}]}', {"p.q": ("t", text), "l.m": ("n", number)}
    )
    assert (nested.t, nested.n) == (["x", "y"], [1, 2])


def test_example_of_a_list():
    text, characters = data.Field(), data.Field(tokenize=list)
    example = data.Example.fromlist(["skipped", "ab c\n"], [("x", None), (("words", "characters"), (text, characters))])
    assert vars(example) == {"words": ["ab", "c"], "characters": ["a", "b", " ", "c"]}


@pytest.fixture
def tables(tmp_path):
    (tmp_path / "t.csv").write_text('label,text\npos,"good, very"\nneg,bad\n', encoding="utf-8")
    (tmp_path / "t.tsv").write_text("label\ttext\npos\tgood, very\nneg\tbad\n", encoding="utf-8")
    lines = ['{"label": "pos", "text": "good, very"}', '{"label": "neg", "text": "bad"}']
    (tmp_path / "t.json").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("kind", ["csv", "tsv", "json"])
@pytest.mark.parametrize("by_name", [True, False])
def test_tabular_dataset(tables, kind, by_name):
    text, label = data.Field(), data.LabelField()
    fields = {"text": ("t", text), "label": ("l", label)} if by_name else [("l", label), ("t", text)]
    if kind == "json" and not by_name:
        with pytest.raises(ValueError, match="fields must be a dictionary"):
            data.TabularDataset(tables / "t.json", "json", fields)
        return
    (table,) = data.TabularDataset.splits(
        path=str(tables), train=f"t.{kind}", format=kind, fields=fields, skip_header=not by_name
    )
    assert list(table.t) == [["good,", "very"], ["bad"]] and list(table.l) == ["pos", "neg"]
    assert set(table.fields) == {"t", "l"}


def test_wrong_tables(tables):
    fields = {"text": ("t", data.Field())}
    with pytest.raises(ValueError, match="skip_header must be False"):
        data.TabularDataset(tables / "t.csv", "csv", fields, skip_header=True)
    with pytest.raises(ValueError, match="'csv', 'tsv' or 'json'"):
        data.TabularDataset(tables / "t.csv", "xml", fields)
    with pytest.raises(ValueError, match="columns \\['missing'\\] are not in the header"):
        data.TabularDataset(tables / "t.csv", "csv", {"missing": ("t", data.Field())})


def test_bleu_score():
    candidates = [["My", "full", "pytorch", "test"], ["Another", "Sentence"]]
    references = [[["My", "full", "pytorch", "test"], ["Completely", "Different"]], [["No", "Match"]]]
    # torchtext's documentation; one ulp of float32 is 6e-8
    assert data.bleu_score(candidates, references) == pytest.approx(0.8408964276313782, abs=1e-7)
    assert data.bleu_score([["a"]], [[["b"]]]) == 0.0
    # the second line is half as long as its reference: exp(1 - 4/2)
    brevity = data.bleu_score([["a", "b"]], [[["a", "b", "c", "d"]]], max_n=2, weights=[0.5, 0.5])
    assert brevity == pytest.approx(0.36787944117144233, abs=1e-7)
    with pytest.raises(AssertionError, match="equal to max_n=4"):
        data.bleu_score(candidates, references, weights=[0.5, 0.5])
    with pytest.raises(AssertionError, match="same, got 2 and 1"):
        data.bleu_score(candidates, references[:1])


def test_to_map_style_dataset():
    dataset = to_map_style_dataset(iter([(1, "a"), (2, "b")]))
    assert len(dataset) == 2 and dataset[1] == (2, "b") and isinstance(dataset, penlight.utils.data.Dataset)


def test_split_shuffles_as_python_does():
    field = data.Field(sequential=False, use_vocab=False)
    fields = [("n", field), ("label", field)]
    whole = data.Dataset([data.Example.fromlist([i, i % 2], fields) for i in range(10)], fields)
    random.seed(3)
    state, order = random.getstate(), random.sample(range(10), 10)
    train, test = whole.split(0.7, random_state=state)
    assert list(train.n) == order[:7] and list(test.n) == order[7:]
    train, valid, test = whole.split([5, 3, 2], random_state=state)  # relative sizes of train, test, validation
    assert (list(train.n), list(test.n), list(valid.n)) == (order[:5], order[5:8], order[8:])
    train, test = whole.split(0.6, stratified=True)
    assert (len(train), sum(train.label), len(test), sum(test.label)) == (6, 3, 4, 2)
    with pytest.raises(ValueError, match="strata_field"):
        whole.split(stratified=True, strata_field="x")
    with pytest.raises(AssertionError):
        whole.split(1.5)
    with pytest.raises(ValueError, match="float or a list"):
        whole.split("half")


def test_dataset_filters_and_names_its_fields():
    field = data.Field()
    fields = [("text", field)]
    lines = ["a b c", "d"]
    whole = data.Dataset([data.Example.fromlist([t], fields) for t in lines], fields, lambda e: len(e.text) > 1)
    assert list(whole.text) == [["a", "b", "c"]] and [e.text for e in whole] == [["a", "b", "c"]]
    with pytest.raises(AttributeError, match="no attribute 'label', and its fields are \\['text'\\]"):
        whole.label
    field.build_vocab([["a", "c"]])
    whole.filter_examples(["text"])
    assert whole[0].text == ["a", "c"]


def test_unknown_names_raise():
    with pytest.raises(AttributeError, match="module 'torchtext.data' has no attribute 'no_such_name'"):
        data.no_such_name
