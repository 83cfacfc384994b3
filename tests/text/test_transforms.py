"""Transforms and tokenizers. Expected tokens: of the packages tokenizers 0.23 and torchtext 0.18 on the same files."""

from __future__ import annotations

import json
import pickle
import sys

import pytest

import penlight
from penlight.text import functional as F
from penlight.text import transforms
from penlight.text.subwords import byte_symbols
from penlight.text.vocab import vocab


@pytest.mark.parametrize(
    ("function", "given", "expected"),
    [
        (F.truncate, ([1, 2, 3], 2), [1, 2]),
        (F.truncate, ([["a", "b", "c"], ["d"]], 2), [["a", "b"], ["d"]]),
        (F.add_token, ([], 7), [7]),
        (F.add_token, ([["a"], []], "q", False), [["a", "q"], ["q"]]),
        (F.str_to_int, ([["1"], ["3", "4"]],), [[1], [3, 4]]),
    ],
)
def test_functions(function, given, expected):
    assert function(*given) == expected


@pytest.mark.parametrize(
    ("function", "given"),
    [
        (F.truncate, ("abc", 2)),
        (F.truncate, ((1, 2), 2)),
        (F.truncate, ([1, "a"], 2)),
        (F.add_token, (["a"], 7)),
        (F.add_token, ([1], "q")),
        (F.str_to_int, ([1],)),
        (F.to_tensor, (["a"],)),
        (F.to_tensor, (3,)),
    ],
)
def test_other_input_is_a_type_error(function, given):
    with pytest.raises(TypeError, match="Input type not supported"):
        function(*given)


def test_to_tensor():
    assert F.to_tensor([1, 2], 0, penlight.float32).dtype is penlight.int64  # as in torchtext
    padded = F.to_tensor([[1, 2], [3]], padding_value=9, dtype=penlight.float32)
    assert padded.tolist() == [[1, 2], [3, 9]] and padded.dtype is penlight.float32
    assert F.to_tensor([[]]).shape == (1, 0) and F.to_tensor([[1], [2]]).tolist() == [[1], [2]]
    with pytest.raises(ValueError, match="expected sequence of length 2 at dim 1"):
        F.to_tensor([[1, 2], [3]])


def test_a_pipeline_of_transforms():
    words = vocab({"a": 1, "b": 1}, specials=["<pad>", "<unk>", "<s>"])
    words.set_default_index(1)
    pipeline = transforms.Sequential(
        transforms.Truncate(3), transforms.AddToken("<s>"), transforms.VocabTransform(words),
        transforms.ToTensor(padding_value=0), transforms.PadTransform(5, 0),
    )  # fmt: skip
    assert pipeline([["a", "b", "a", "b"], ["z"]]).tolist() == [[2, 3, 4, 3, 0], [2, 1, 0, 0, 0]]
    assert isinstance(pipeline, penlight.nn.Sequential) and pipeline([["a"]]).dtype is penlight.int64
    assert transforms.StrToIntTransform()(["3"]) == [3]
    with pytest.raises(TypeError):
        transforms.VocabTransform(words)("a")
    with pytest.raises(AssertionError, match="expected a torchtext.vocab.Vocab"):
        transforms.VocabTransform({"a": 1})


def test_labels(tmp_path):
    (tmp_path / "labels.txt").write_text("pos\n\nneg\n")
    read = transforms.LabelToIndex(label_path=str(tmp_path / "labels.txt"))
    assert read.label_names == ["pos", "neg"] and read("neg") == 1 and read(["pos"]) == [0]
    assert transforms.LabelToIndex(["b", "a"], sort_names=True)("b") == 1
    with pytest.raises(AssertionError, match="label_names or label_path is required"):
        transforms.LabelToIndex()
    with pytest.raises(RuntimeError, match="Duplicate token"):
        transforms.LabelToIndex(["a", "a"])
    with pytest.raises(RuntimeError, match="not found"):
        read("neutral")


@pytest.fixture
def gpt2(tmp_path):
    merges = ["Ġ t", "h e", "Ġt he", "i n", "1 2", "Ġ Ġ", "' s"]
    tokens = [*byte_symbols().values(), *(merge.replace(" ", "") for merge in merges)]
    (tmp_path / "encoder.json").write_text(json.dumps({token: i for i, token in enumerate(tokens)}), encoding="utf-8")
    (tmp_path / "vocab.bpe").write_text("#version: 0.2\n" + "\n".join(merges) + "\n", encoding="utf-8")
    return str(tmp_path / "encoder.json"), str(tmp_path / "vocab.bpe")


def test_gpt2(gpt2):
    tokenize = transforms.GPT2BPETokenizer(*gpt2, return_tokens=True)
    assert tokenize("the thin  cat's 12½\n") == [
        "t", "he", "Ġt", "h", "in", "Ġ", "Ġ", "c", "a", "t", "'s", "Ġ", "12", "Â", "½", "Ċ",
    ]  # fmt: skip
    assert tokenize("in   the") == ["in", "ĠĠ", "Ġthe"] and tokenize(["in", ""]) == [["in"], []]
    numbers = transforms.GPT2BPETokenizer(*gpt2)
    text = "the thin  cat's 12½ 你好\n"
    assert numbers("in the") == ["259", "258"] and numbers.decode(numbers(text)) == text
    assert pickle.loads(pickle.dumps(numbers))("in the") == ["259", "258"]
    assert numbers.add_special_tokens({"bos_token": "<s>", "additional_special_tokens": ["<x>", "in"]}) == 2
    assert numbers("<s>in <x>") == ["263", "259", str(list(byte_symbols()).index(32)), "264"]
    assert numbers.decode(["263", "259"]) == "<s>in"
    with pytest.raises(AssertionError, match="not a special token"):
        numbers.add_special_tokens({"first_token": "<s>"})
    with pytest.raises(TypeError):
        numbers(3)


def test_clip(gpt2, tmp_path):
    (tmp_path / "merges.txt").write_text("#version: 0.2\nh e</w>\nt he</w>\n")
    tokenize = transforms.CLIPTokenizer(str(tmp_path / "merges.txt"), return_tokens=True)
    assert tokenize("<|startoftext|>The  cat's 12<|endoftext|>") == [
        "<|startoftext|>", "the</w>", "c", "a", "t</w>", "'", "s</w>", "1</w>", "2</w>", "<|endoftext|>",
    ]  # fmt: skip
    numbers = transforms.CLIPTokenizer(str(tmp_path / "merges.txt"))
    assert numbers("the<|endoftext|>") == ["513", "515"]  # 512 for bytes, two merges, two special tokens
    assert transforms.CLIPTokenizer(str(tmp_path / "merges.txt"), num_merges=1)("the<|endoftext|>")[-1] == "514"


def test_bpe_of_characters(tmp_path):
    encoder = dict(zip("l o w</w> lo low</w> e r</w> er</w> <unk> w low <s>".split(), range(12)))
    (tmp_path / "e.json").write_text(json.dumps(encoder))
    (tmp_path / "m.txt").write_text("#version: 0.2\nl o\nlo w</w>\ne r</w>\nlo w\n")
    files = str(tmp_path / "e.json"), str(tmp_path / "m.txt")
    tokenizer = transforms.CharBPETokenizer(*files, unk_token="<unk>", suffix="</w>", special_tokens=["<s>"])
    assert tokenizer("lower low Low, <s>") == [10, 7, 4, 8, 1, 9, 8, 11] and tokenizer.vocab_size == 12
    assert tokenizer(["low"]) == [[4]] and tokenizer.decode([4, 10, 7, 99]) == "low lower <unk>"
    assert transforms.CharBPETokenizer(*files, suffix="</w>", return_tokens=True)("lower") == ["low", "er</w>"]
    with pytest.raises(KeyError):
        transforms.CharBPETokenizer(*files)("lower")
    with pytest.raises(RuntimeError, match="Special token <new> not found in encoder"):
        transforms.CharBPETokenizer(*files, special_tokens=["<new>"])


@pytest.mark.parametrize(
    ("options", "text", "expected"),
    [
        ({}, "Unwanted, Café $5 (x)", "un ##want ##ed , cafe $ [UNK] ( [UNK] )"),
        ({"do_lower_case": False}, "Unwanted unwanted", "[UNK] un ##want ##ed"),
        ({"do_lower_case": False, "strip_accents": True}, "café", "cafe"),
        ({"strip_accents": False}, "CAFÉ cafe", "[UNK] cafe"),
        ({"never_split": ["[MASK]"]}, "un [MASK] [sep]", "un [MASK] [UNK] [UNK] [UNK]"),
        ({}, "世界un\u200b\x00wanted " + "x" * 101, "世 界 un ##want ##ed [UNK]"),
    ],
)
def test_bert(tmp_path, options, text, expected):
    pieces = "[PAD] [UNK] [MASK] un ##want ##ed , cafe $ ( ) 世 界".split()
    (tmp_path / "vocab.txt").write_text("\n".join(pieces) + "\n", encoding="utf-8")
    path = str(tmp_path / "vocab.txt")
    assert transforms.BERTTokenizer(path, return_tokens=True, **options)(text) == expected.split()
    numbers = transforms.BERTTokenizer(path, **options)
    assert numbers([text]) == [[str(pieces.index(piece)) for piece in expected.split()]]


def test_regex_and_sentencepiece(monkeypatch):
    tokenize = transforms.RegexTokenizer([("'", " ' "), (r"([a-z])(\d)", r"\1 \2"), ("<br />", " ")])
    assert tokenize("it's a1<br />b") == ["it", "'", "s", "a", "1", "b"] and tokenize(["a b"]) == [["a", "b"]]
    monkeypatch.setitem(sys.modules, "sentencepiece", None)
    with pytest.raises(ImportError, match="needs the package sentencepiece.*pip install sentencepiece"):
        transforms.SentencePieceTokenizer("model")


def test_sentencepiece_where_it_is_installed(tmp_path):
    pytest.importorskip("sentencepiece")
    from penlight.text.data import generate_sp_model, load_sp_model, sentencepiece_numericalizer

    (tmp_path / "t.txt").write_text("\n".join(f"some words and {n} others" for n in range(50)))
    generate_sp_model(str(tmp_path / "t.txt"), vocab_size=40, model_prefix=str(tmp_path / "m"))
    pieces = transforms.SentencePieceTokenizer(str(tmp_path / "m.model"))("some words")
    assert "".join(pieces) == "▁some▁words"
    with open(tmp_path / "m.model", "rb") as file:
        model = load_sp_model(file)
    assert list(sentencepiece_numericalizer(model)(["some words"])) == [[model.piece_to_id(p) for p in pieces]]


# Of torchtext 0.18 with PyTorch 2.13: manual_seed(seed), then MaskTransform(7, 4, 6, 5, mask_bos, mask_prob)(tokens)
MASKED = [
    (
        0, False, 0.3, [[6, 4, 1, 2, 3, 0, 4, 2], [6, 0, 4, 2, 5, 5, 5, 5]],
        [0, 1, 1], [[0, 1, 0, 0, 0, 0, 1, 0], [0, 0, 1, 0, 0, 0, 0, 0]],
    ),
    (
        1, True, 0.5, [[6, 0, 4, 2, 3, 4, 4, 2], [6, 4, 4, 2, 5, 5, 5, 5]],
        [1, 0, 1, 2, 0, 1], [[0, 0, 1, 0, 0, 1, 1, 1], [0, 1, 1, 0, 0, 0, 0, 0]],
    ),
    (
        2, False, 0.05, [[4, 0, 1, 2, 3, 0, 1, 2], [6, 0, 1, 2, 5, 5, 5, 5]],
        [6], [[1, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0]],
    ),
]  # fmt: skip
TOKENS = [[6, 0, 1, 2, 3, 0, 1, 2], [6, 0, 1, 2, 5, 5, 5, 5]]


@pytest.mark.parametrize(("seed", "mask_bos", "mask_prob", "hidden", "targets", "mask"), MASKED)
def test_masking_draws_as_torchtext_does(seed, mask_bos, mask_prob, hidden, targets, mask):
    penlight.manual_seed(seed)
    got = transforms.MaskTransform(7, 4, 6, 5, mask_bos, mask_prob)(penlight.tensor(TOKENS))
    assert [part.tolist() for part in got] == [hidden, targets, mask] and got[2].dtype is penlight.int32
