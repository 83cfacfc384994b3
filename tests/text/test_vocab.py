"""Vocabularies: of torchtext 0.9 to 0.18, of counts, and word vectors."""

from __future__ import annotations

import copy
import pickle
from collections import Counter, OrderedDict

import pytest

import penlight
from penlight.text.legacy.vocab import Vocab as CountedVocab
from penlight.text.legacy.vocab import build_vocab_from_iterator as legacy_builder
from penlight.text.vocab import (
    CharNGram,
    GloVe,
    Vectors,
    Vocab,
    build_vocab_from_iterator,
    pretrained_aliases,
    vocab,
)

TOKENS = [["c", "a", "b"], ["a", "d", "b"], ["a"]]  # a 3, b 2, c 1, d 1


def test_frequent_tokens_come_first_then_by_the_alphabet():
    words = build_vocab_from_iterator(iter(TOKENS), specials=["<unk>", "<pad>"])
    assert words.get_itos() == ["<unk>", "<pad>", "a", "b", "c", "d"]
    assert words.get_stoi() == {"<unk>": 0, "<pad>": 1, "a": 2, "b": 3, "c": 4, "d": 5}
    assert len(words) == 6 and "a" in words and "z" not in words
    assert words["b"] == 3
    assert words(["a", "d"]) == words.forward(["a", "d"]) == words.lookup_indices(["a", "d"]) == [2, 5]
    assert words.lookup_token(5) == "d" and words.lookup_tokens([5, 0]) == ["d", "<unk>"]
    assert isinstance(words, Vocab) and isinstance(words, penlight.nn.Module)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"min_freq": 2}, ["a", "b"]),
        ({"specials": ["<unk>"], "special_first": False}, ["a", "b", "c", "d", "<unk>"]),
        ({"specials": ["<unk>"], "max_tokens": 3}, ["<unk>", "a", "b"]),
        ({"specials": ["b"]}, ["b", "a", "c", "d"]),
    ],
)
def test_options_of_build_vocab_from_iterator(options, expected):
    assert build_vocab_from_iterator(TOKENS, **options).get_itos() == expected


def test_specials_must_leave_room():
    with pytest.raises(AssertionError, match="entirely special tokens"):
        build_vocab_from_iterator(TOKENS, specials=["<unk>", "<pad>"], max_tokens=2)


def test_vocab_keeps_the_order_of_the_dictionary():
    counts = OrderedDict([("b", 1), ("a", 4), ("c", 2)])
    assert vocab(counts).get_itos() == ["b", "a", "c"]
    assert vocab(counts, min_freq=2, specials=["<unk>"]).get_itos() == ["<unk>", "a", "c"]
    assert list(counts) == ["b", "a", "c"]


def test_unknown_tokens_and_the_default_index():
    words = vocab({"a": 1}, specials=["<unk>"])
    assert words.get_default_index() is None
    with pytest.raises(RuntimeError, match="Token z not found and default index is not set"):
        words["z"]
    with pytest.raises(RuntimeError, match="Token z not found"):
        words(["a", "z"])
    words.set_default_index(words["<unk>"])
    assert (words.get_default_index(), words["z"], words(["z", "a"])) == (0, 0, [0, 1])
    words.set_default_index(None)
    with pytest.raises(RuntimeError):
        words["z"]


def test_tokens_are_inserted_and_appended():
    words = vocab({"a": 1, "b": 1})
    words.insert_token("<unk>", 0)
    words.append_token("c")
    assert words.get_itos() == ["<unk>", "a", "b", "c"]
    assert words.get_stoi() == {"<unk>": 0, "a": 1, "b": 2, "c": 3}
    for wrong in (lambda: words.append_token("a"), lambda: words.insert_token("a", 0)):
        with pytest.raises(RuntimeError, match="Token a already exists in the Vocab with index: 1"):
            wrong()
    for wrong in (lambda: words.insert_token("d", 5), lambda: words.lookup_token(4), lambda: words.lookup_token(-1)):
        with pytest.raises(RuntimeError, match="out of bounds for vocab of size 4"):
            wrong()


def test_a_vocabulary_is_copied_and_pickled():
    words = vocab({"a": 1}, specials=["<unk>"])
    words.set_default_index(0)
    for other in (copy.deepcopy(words), pickle.loads(pickle.dumps(words))):
        assert other.get_itos() == ["<unk>", "a"] and other["z"] == 0
        other.append_token("b")
    assert len(words) == 2


def test_duplicates_and_other_objects_are_errors():
    with pytest.raises(RuntimeError, match="Duplicate token found in tokens list: x"):
        vocab({"a": 1}, specials=["x", "x"])
    with pytest.raises(TypeError, match="expected a Counter"):
        Vocab(["a"])


def test_the_legacy_builder_counts():
    words = legacy_builder(iter([["a", "b"], ["b"]]))
    assert words.itos == ["<unk>", "<pad>", "b", "a"] and words["z"] == 0 and words.freqs["b"] == 2


def test_the_vocabulary_of_counts():
    counter = Counter("aaabbcd")
    words = Vocab(counter, specials=["<unk>", "<pad>", "<bos>"])
    assert isinstance(words, CountedVocab)
    assert words.freqs is counter and words.freqs["a"] == 3
    assert words.itos == ["<unk>", "<pad>", "<bos>", "a", "b", "c", "d"]
    assert (words.stoi["b"], words["b"], words["z"], words.stoi["z"], len(words)) == (4, 4, 0, 0, 7)
    assert words.vectors is None and words.unk_index == 0
    assert words.lookup_indices(["a", "z"]) == [3, 0]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"max_size": 2}, ["<unk>", "<pad>", "a", "b"]),
        ({"min_freq": 2}, ["<unk>", "<pad>", "a", "b"]),
        ({"min_freq": 0, "specials": []}, ["a", "b", "c", "d"]),
        ({"specials": ["a"]}, ["a", "b", "c", "d"]),
        ({"specials": ["<unk>"], "specials_first": False}, ["a", "b", "c", "d", "<unk>"]),
        # only specials that come first extend the size
        ({"specials": ["<unk>"], "specials_first": False, "max_size": 2}, ["a", "b", "<unk>"]),
    ],
)
def test_options_of_the_vocabulary_of_counts(options, expected):
    assert CountedVocab(Counter("aaabbcd"), **options).itos == expected


def test_without_an_unknown_token_a_missing_one_is_a_key_error():
    words = CountedVocab(Counter("ab"), specials=["<pad>"])
    assert words["z"] is None
    with pytest.raises(KeyError):
        words.stoi["z"]
    assert CountedVocab(Counter("ab"), specials=["<unk>"], specials_first=False).stoi["z"] == 2


def test_a_vocabulary_of_counts_is_pickled_compared_and_extended():
    words = CountedVocab(Counter("aab"))
    other = pickle.loads(pickle.dumps(words))
    assert other == words and other.stoi["z"] == 0
    other.extend(CountedVocab(Counter("ddac")), sort=True)
    assert other.itos == ["<unk>", "<pad>", "a", "b", "c", "d"] and other.stoi["d"] == 5
    assert other != words


@pytest.fixture
def vector_file(tmp_path):
    path = tmp_path / "glove.6B.2d.txt"
    path.write_text("the 0.5 -1\ncat 2 3\n", encoding="utf-8")
    return path


def test_word_vectors(vector_file):
    vectors = Vectors(str(vector_file))
    assert (vectors.itos, vectors.stoi, vectors.dim, len(vectors)) == (["the", "cat"], {"the": 0, "cat": 1}, 2, 2)
    assert vectors.vectors.tolist() == [[0.5, -1.0], [2.0, 3.0]] and vectors.vectors.dtype is penlight.float32
    assert vectors["cat"].tolist() == [2.0, 3.0] and vectors["dog"].tolist() == [0.0, 0.0]
    assert vectors.get_vecs_by_tokens(["The", "cat"]).tolist() == [[0.0, 0.0], [2.0, 3.0]]
    assert vectors.get_vecs_by_tokens("The", lower_case_backup=True).tolist() == [0.5, -1.0]
    assert Vectors(vector_file.name, cache=str(vector_file.parent), max_vectors=1).itos == ["the"]
    assert Vectors(str(vector_file), unk_init=lambda t: t + 7)["dog"].tolist() == [7.0, 7.0]


def test_vectors_of_a_vocabulary(vector_file):
    folder = str(vector_file.parent)
    glove = GloVe(name="6B", dim=2, cache=folder)
    words = CountedVocab(
        Counter(["cat", "dog"]), specials=["<unk>"], vectors=[glove, "glove.6B.2d"], vectors_cache=folder
    )
    assert words.vectors.tolist() == [[0.0] * 4, [2.0, 3.0, 2.0, 3.0], [0.0] * 4]
    words.set_vectors(glove.stoi, glove.vectors, 2)
    assert words.vectors.tolist() == [[0.0, 0.0], [2.0, 3.0], [0.0, 0.0]]
    with pytest.raises(ValueError, match="allowed pretrained vectors"):
        words.load_vectors("word2vec")


def test_wrong_vector_files(tmp_path):
    with pytest.raises(RuntimeError, match="no vectors found at .*absent.txt"):
        Vectors("absent.txt", cache=str(tmp_path))
    (tmp_path / "wrong.txt").write_text("2 3\na 1 2 3\nb 1 2\n")
    with pytest.raises(RuntimeError, match="has 2 dimensions, but previously read vectors have 3"):
        Vectors(str(tmp_path / "wrong.txt"))


def test_character_n_grams(tmp_path):
    """Values: torchtext 0.6 on the same file."""
    lines = ["2gram-#BEGIN#a 1 2 0", "2gram-ab 3 4 0", "3gram-ab#END# 5 6 1", "4gram-#BEGIN#ab#END# 9 9 1"]
    (tmp_path / "charNgram.txt").write_text("\n".join(lines) + "\n")
    vectors = CharNGram(cache=str(tmp_path))
    assert vectors["ab"].tolist() == [[4.5, 5.25, 0.5]] and vectors["a"].tolist() == [[1.0, 2.0, 0.0]]
    assert vectors["zz"].tolist() == vectors["<unk>"].tolist() == vectors[""].tolist() == [[0.0] * 3]
    assert vectors.get_vecs_by_tokens(["ab", "zz"]).shape == (2, 1, 3)
    words = CountedVocab(Counter(["ab", "zz"]), specials=[], vectors="charngram.100d", vectors_cache=str(tmp_path))
    assert words.vectors.tolist() == [[4.5, 5.25, 0.5], [0.0] * 3]
    assert pretrained_aliases["charngram.100d"] is CharNGram and len(pretrained_aliases) == 13
