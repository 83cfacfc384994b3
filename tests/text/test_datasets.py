"""Datasets in their original files, what is said when those are absent, and the names under the runner."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pytest

import penlight as torch
from penlight import alias
from penlight.text import data, datasets, utils
from penlight.text.data.utils import get_tokenizer

ROOT = Path(__file__).parent / "data"


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*args, **kwargs):
        raise urllib.error.URLError("no network")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)


def test_the_tutorial_on_wikitext2():
    """As the notes have it: the field's vocabulary, and the text as columns."""
    with alias.installed():
        import torchtext
        from torchtext.data.utils import get_tokenizer as tokenizer

        text = torchtext.data.Field(
            tokenize=tokenizer("basic_english"), init_token="<sos>", eos_token="<eos>", lower=True
        )
        train, valid, test = torchtext.datasets.WikiText2.splits(text, root=str(ROOT))
        assert torchtext.legacy.datasets.WikiText2 is torchtext.datasets.WikiText2
        assert torchtext.__version__.startswith("0.18.0")
    text.build_vocab(train)
    assert text.vocab.itos[:4] == ["<unk>", "<pad>", "<sos>", "<eos>"]
    tokens = train.examples[0].text
    assert tokens[:11] == [
        "<eos>",
        "=",
        "anarchism",
        "=",
        "<eos>",
        "<eos>",
        "anarchism",
        "is",
        "a",
        "political",
        "philosophy",
    ]
    lines = (ROOT / "wikitext-2/wikitext-2/wiki.train.tokens").read_text(encoding="utf-8").splitlines()
    assert len(tokens) == sum(len(get_tokenizer("basic_english")(line)) + 1 for line in lines)

    numbers = text.numericalize([train.examples[0].text])
    rows = numbers.size(0) // 5
    columns = numbers.narrow(0, 0, rows * 5).view(5, -1).t().contiguous()
    assert numbers.shape == (len(tokens), 1) and columns.shape == (rows, 5)
    assert [text.vocab.itos[i] for i in columns[:, 1]] == tokens[rows : 2 * rows]
    assert [len(part.examples) for part in (train, valid, test)] == [1, 1, 1]


def test_wikitext2_iters_and_bptt():
    train, valid, test = datasets.WikiText2.iters(batch_size=4, bptt_len=7, root=str(ROOT))
    for iterator in (train, valid, test):
        batches = list(iterator)
        assert len(batches) == len(iterator) and batches[0].text.shape == (7, 4)
        assert torch.equal(batches[0].text[1:], batches[0].target[:-1])


def test_lines_of_wikitext2():
    train, valid, test = datasets.WikiText2(root=ROOT)
    expected = (ROOT / "wikitext-2/wikitext-2/wiki.valid.tokens").read_text(encoding="utf-8").splitlines(keepends=True)
    assert list(valid) == list(valid) == expected and len(valid) == len(expected)
    assert next(train) == " \n" and next(train) == " = Anarchism = \n"
    assert list(datasets.WikiText2(root=ROOT, split="test"))[1] == " = Academy Awards = \n"
    assert isinstance(train, torch.utils.data.IterableDataset)
    with pytest.raises(TypeError, match="\\('dev',\\) of splits is not supported for dataset WikiText2"):
        datasets.WikiText2(root=ROOT, split="dev")


def test_language_modeling_dataset_and_penn_treebank(tmp_path):
    (tmp_path / "penn-treebank").mkdir()
    for name in ("train", "valid", "test"):
        (tmp_path / "penn-treebank" / f"ptb.{name}.txt").write_text(f" one {name}\n two\n")
    train, valid, test = datasets.PennTreebank.splits(data.Field(), root=str(tmp_path))
    assert train[0].text == ["one", "train", "<eos>", "two", "<eos>"] and test[0].text[1] == "test"
    path = tmp_path / "penn-treebank" / "ptb.valid.txt"
    assert datasets.LanguageModelingDataset(path, data.Field(), newline_eos=False)[0].text == ["one", "valid", "two"]


ABSENT = [
    (lambda root: datasets.WikiText2.splits(data.Field(), root=root), "wikitext-2-v1.zip", "wikitext-2"),
    (lambda root: datasets.WikiText2(root=root, split="train"), "wikitext-2-v1.zip", "WikiText2"),
    (lambda root: datasets.WikiText103(root=root), "wikitext-103-v1.zip", "WikiText103"),
    (lambda root: datasets.PennTreebank(root=root), "ptb.train.txt", "PennTreebank"),
    (lambda root: datasets.Multi30k.splits((".de", ".en"), (data.Field(),) * 2, root=root), "training.tar.gz", "multi30k"),
    (lambda root: datasets.Multi30k(root=root), "training.tar.gz", "Multi30k"),
    (lambda root: datasets.IMDB.splits(data.Field(), data.LabelField(), root=root), "aclImdb_v1.tar.gz", "imdb"),
    (lambda root: datasets.IMDB(root=root), "aclImdb_v1.tar.gz", "IMDB"),
    (lambda root: datasets.AG_NEWS(root=root), "train.csv", "AG_NEWS"),
]  # fmt: skip


@pytest.mark.parametrize(("ask", "file", "folder"), ABSENT)
def test_absent_files_without_network(no_network, tmp_path, ask, file, folder):
    with pytest.raises((RuntimeError, OSError)) as problem:
        ask(str(tmp_path))
    text = str(problem.value)
    assert f"Error downloading {file}" in text and "http" in text and str(tmp_path / folder / file) in text
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_file_missing_beside_others_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="expected .*wiki.extra.tokens.*wikitext-2-v1.zip"):
        datasets.WikiText2.splits(data.Field(), root=str(ROOT), train="wiki.extra.tokens")


def test_an_archive_is_unpacked_where_it_was_saved(no_network, tmp_path):
    (tmp_path / "wikitext-2").mkdir()
    with zipfile.ZipFile(tmp_path / "wikitext-2" / "wikitext-2-v1.zip", "w") as archive:
        for name in ("train", "valid", "test"):
            archive.writestr(f"wikitext-2/wiki.{name}.tokens", f" {name} text \n")
    with pytest.raises(FileNotFoundError):
        datasets.WikiText2.splits(data.Field(), path=str(tmp_path / "elsewhere"))
    for part, name in zip(datasets.WikiText2.splits(data.Field(), root=str(tmp_path)), ("train", "valid", "test")):
        assert part[0].text == [name, "text", "<eos>"]
    assert sorted(path.name for path in (tmp_path / "wikitext-2").iterdir()) == ["wikitext-2", "wikitext-2-v1.zip"]


def test_half_an_archive_is_not_taken_for_a_dataset(no_network, tmp_path):
    (tmp_path / "imdb").mkdir()
    with tarfile.open(tmp_path / "imdb" / "aclImdb_v1.tar.gz", "w:gz") as archive:
        for number in range(3):
            member = tarfile.TarInfo(f"aclImdb/train/pos/{number}.txt")
            member.size = 20000
            archive.addfile(member, io.BytesIO(random.Random(number).randbytes(20000)))
    path = tmp_path / "imdb" / "aclImdb_v1.tar.gz"
    path.write_bytes(path.read_bytes()[:45000])
    with pytest.raises((EOFError, tarfile.TarError, OSError)):
        datasets.IMDB.splits(data.Field(), data.LabelField(), root=str(tmp_path))
    assert [path.name for path in (tmp_path / "imdb").iterdir()] == ["aclImdb_v1.tar.gz"]


@pytest.fixture
def translations(tmp_path):
    (tmp_path / "multi30k").mkdir()
    for prefix in ("train", "val", "test2016"):
        (tmp_path / "multi30k" / f"{prefix}.de").write_text("Zwei Hunde\n\nEin Haus .\n", encoding="utf-8")
        (tmp_path / "multi30k" / f"{prefix}.en").write_text("Two dogs\nlost\nA house .\n", encoding="utf-8")
    return tmp_path


def test_multi30k_with_fields(translations):
    source, target = data.Field(), data.Field(lower=True)
    parts = datasets.Multi30k.splits(exts=(".de", ".en"), fields=(source, target), root=str(translations))
    assert len(parts) == 3 and parts[0].fields == {"src": source, "trg": target}
    assert list(parts[0].src) == [["Zwei", "Hunde"], ["Ein", "Haus", "."]]
    assert list(parts[2].trg) == [["two", "dogs"], ["a", "house", "."]]
    assert parts[0].sort_key(parts[0][1]) == 15  # 3 and 3, interleaved
    source.build_vocab(parts[0])
    target.build_vocab(parts[0])
    iterators = data.BucketIterator.splits(parts, batch_size=2, sort=True)
    assert next(iter(iterators[0])).src.shape == (3, 2)


def test_multi30k_in_pairs(translations):
    train, valid, test = datasets.Multi30k(root=translations)
    assert list(train) == [("Zwei Hunde", "Two dogs"), ("", "lost"), ("Ein Haus .", "A house .")]
    back = datasets.Multi30k(root=translations, split="valid", language_pair=("en", "de"))
    assert next(iter(back)) == ("Two dogs", "Zwei Hunde")
    with pytest.raises(ValueError, match="language_pair"):
        datasets.Multi30k(root=translations, language_pair=("fr", "en"))
    with open(translations / "multi30k" / "val.en", "a") as file:
        file.write("more\n")
    with pytest.raises(ValueError, match="got more"):
        list(valid)


def test_imdb(tmp_path):
    for split in ("train", "test"):
        for label in ("pos", "neg"):
            folder = tmp_path / "imdb" / "aclImdb" / split / label
            folder.mkdir(parents=True)
            for number in range(2):
                (folder / f"{number}_9.txt").write_text(f"A {label} film {number}", encoding="utf-8")
    text, label = data.Field(lower=True), data.LabelField()
    train, test = datasets.IMDB.splits(text, label, root=str(tmp_path))
    assert list(train.label) == ["pos", "pos", "neg", "neg"] and train[3].text == ["a", "neg", "film", "1"]
    assert train.sort_key(train[0]) == 4
    assert list(datasets.IMDB(root=tmp_path, split="test")) == [
        (1, "A neg film 0"), (1, "A neg film 1"), (2, "A pos film 0"), (2, "A pos film 1"),
    ]  # fmt: skip
    first, second = datasets.IMDB.iters(batch_size=2, root=str(tmp_path))
    assert next(iter(second)).text.shape == (4, 2) and len(first) == 2


def test_ag_news(tmp_path):
    (tmp_path / "AG_NEWS").mkdir()
    for name in ("train", "test"):
        (tmp_path / "AG_NEWS" / f"{name}.csv").write_text(f'"3","Title of {name}","Oil, ""gas"""\n"4","T","D"\n')
    train, test = datasets.AG_NEWS(root=tmp_path)
    assert list(train) == [(3, 'Title of train Oil, "gas"'), (4, "T D")] and len(test) == 2


def test_extract_archive(tmp_path):
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("folder/one.txt")
        member.size = 3
        archive.addfile(member, io.BytesIO(b"one"))
    assert utils.extract_archive(str(tmp_path / "a.tar.gz")) == [str(tmp_path / "folder/one.txt")]
    assert (tmp_path / "folder/one.txt").read_bytes() == b"one"
    (tmp_path / "b.txt.gz").write_bytes(gzip.compress(b"two"))
    assert utils.extract_archive(str(tmp_path / "b.txt.gz"), str(tmp_path / "to")) == [str(tmp_path / "to/b.txt")]
    assert (tmp_path / "to/b.txt").read_bytes() == b"two"
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        bad.writestr("../outside.txt", "x")
    with pytest.raises(RuntimeError, match="lies outside of"):
        utils.extract_archive(str(tmp_path / "bad.zip"), str(tmp_path / "to"))
    with pytest.raises(NotImplementedError, match="only support"):
        utils.extract_archive("a.rar")


def test_download_from_url(no_network, tmp_path):
    (tmp_path / "here.txt").write_bytes(b"abc")
    path = str(tmp_path / "here.txt")
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2's example
    assert utils.download_from_url("http://example.org/here.txt", root=str(tmp_path), hash_value=digest) == path
    with pytest.raises(RuntimeError, match="does not match"):
        utils.download_from_url("http://example.org/here.txt", root=str(tmp_path), hash_value="0" * 64)
    with pytest.raises(OSError, match="http://example.org/gone.txt: .*no network"):
        utils.download_from_url("http://example.org/gone.txt", root=str(tmp_path))
    with pytest.raises(ValueError, match="begins with http"):
        utils.download_from_url("file:///etc/hostname", root=str(tmp_path))


def test_a_download_is_whole_or_not_there(monkeypatch, tmp_path):
    class Answer(io.BytesIO):
        headers = {"Content-Length": "9"}

    monkeypatch.setattr(urllib.request, "urlopen", lambda *a, **k: Answer(b"abc"))
    with pytest.raises(OSError, match="expected 9 bytes, received 3"):
        utils.download_from_url("http://example.org/x", root=str(tmp_path))
    assert list(tmp_path.iterdir()) == []
    Answer.headers = {"Content-Length": "3"}
    path = utils.download_from_url("http://example.org/x", root=str(tmp_path))
    assert Path(path).read_bytes() == b"abc" and [p.name for p in tmp_path.iterdir()] == ["x"]
