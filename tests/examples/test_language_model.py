"""The language model example: its data, its trigram model, its sampling, and a run that is killed."""

import gzip
import itertools
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from kill_and_resume import kill_and_resume

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "examples" / "language_model" / "transformer.py"
DATA = ROOT / "examples" / "data" / "wikitext-gensim"
SMALL = ["--epochs", "2", "--width", "16", "--rows", "20", "--columns", "10"]


@pytest.fixture
def program(monkeypatch):
    """The modules of the example over penlight, importable for one test."""
    import penlight

    monkeypatch.syspath_prepend(str(ROOT / "examples"))
    monkeypatch.setitem(sys.modules, "torch", penlight)
    monkeypatch.setitem(sys.modules, "torch.nn", penlight.nn)
    import language_model.sampling
    import language_model.text
    import language_model.trigram

    yield language_model
    for name in [name for name in sys.modules if name.split(".")[0] in ("common", "language_model")]:
        del sys.modules[name]


def test_the_sample_data(program):
    corpus = program.text.Corpus(DATA)
    assert (len(corpus.train), len(corpus.valid), len(corpus.test)) == (389347, 67057, 51159)
    assert len(corpus.vocabulary) == 10278 and corpus.vocabulary.words[:4] == ["<unk>", "the", ",", "."]
    assert [corpus.vocabulary.words[i] for i in corpus.train[:5].tolist()] == [
        "=",
        "anarchism",
        "=",
        "<eos>",
        "anarchism",
    ]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
def test_reading(program, tmp_path, packed):
    content = " \n = A B = \n x\u2028y <unk> .\n".encode()
    name = "wiki.train.tokens"
    (tmp_path / (name + ".gz" * packed)).write_bytes(gzip.compress(content) if packed else content)
    words = program.text.read_words(tmp_path, "train")
    assert words == ["=", "a", "b", "=", "<eos>", "x", "y", "<unk>", ".", "<eos>"]
    vocabulary = program.text.Vocabulary.of(words)
    assert vocabulary.words == ["<unk>", "<eos>", "=", ".", "a", "b", "x", "y"]
    assert vocabulary.encode(["b", "z", "<unk>"]).tolist() == [5, 0, 0]
    with pytest.raises(SystemExit, match="--data"):
        program.text.read_words(tmp_path, "test")


@pytest.mark.parametrize(
    ("total", "length", "stride", "count"), [*itertools.product((2, 7, 20, 41), (4, 6), (2, 3), (1, 3))]
)
def test_windows_hold_every_word_but_the_first_once(program, total, length, stride, count):
    import torch

    stream = torch.arange(total)
    seen = []
    for inputs, targets, first in program.text.windows(stream, length, stride, count):
        assert (inputs[first:] + 1).equal(targets) and len(inputs) <= length and inputs.shape[1] <= count
        assert first == (0 if not seen else length - stride)
        seen += targets.t().flatten().tolist()
    assert seen == [*range(1, total)]


def test_pieces_and_columns(program):
    import torch

    text = program.text.columns(torch.arange(23), 2)
    assert text[:, 1].tolist() == [*range(11, 22)]
    torch.manual_seed(0)
    for _ in range(4):
        inputs, targets = zip(*program.text.Pieces(text, 4))
        first = int(inputs[0][0, 0])
        assert 0 <= first < 4 and [len(piece) for piece in inputs[:-1]] == [4] * (len(inputs) - 1)
        assert torch.cat(inputs)[:, 0].tolist() == [*range(first, 10)] and torch.cat(targets).equal(
            torch.cat(inputs) + 1
        )


def kneser_ney(stream, words, context, word, grams):
    """Straight from the definition, with sets of n-grams instead of sorted arrays."""
    if grams == 0:
        return 1 / words
    trigrams, bigrams = [*zip(stream, stream[1:], stream[2:])], [*zip(stream, stream[1:])]
    before = {3: trigrams, 2: {*trigrams, (None, *bigrams[0])}, 1: {*bigrams}}[grams]
    seen = trigrams if grams == 3 else [gram[1:] for gram in before]  # once for each different word before it
    counts = {gram: seen.count(gram) for gram in seen}
    once, twice = (sum(count == n for count in counts.values()) for n in (1, 2))
    discount = once / (once + 2 * twice) if once else 0.5
    context = tuple(context[len(context) - grams + 1 :]) if grams > 1 else ()
    below = kneser_ney(stream, words, context, word, grams - 1)
    following = {gram: count for gram, count in counts.items() if gram[:-1] == context}
    if not following:
        return below
    total = sum(following.values())
    own = max(following.get((*context, word), 0) - discount, 0)
    return (own + discount * len(following) * below) / total


def test_trigram_is_kneser_ney(program):
    draw = np.random.default_rng(0)
    stream = np.concatenate([np.arange(20), (draw.random(300) ** 3 * 20).astype(np.int64)])
    model = program.trigram.Trigram(stream, 20)
    text = np.array([1, 0, 5, 19, 3, 0, 0, 1])
    expected = [
        kneser_ney(stream.tolist(), 20, text[max(i - 2, 0) : i].tolist(), text[i], min(i + 1, 3)) for i in range(1, 8)
    ]
    np.testing.assert_allclose(model.chances(text), expected, rtol=1e-12)
    pairs = [model.chances(np.array([2, 4, word]))[1] for word in range(20)]
    assert sum(pairs) == pytest.approx(1, abs=1e-12)


def test_sampling(program):
    import torch

    torch.manual_seed(0)
    scores = torch.log(torch.tensor([0.5, 0.05, 0.3, 0.15]))
    sampling = program.sampling
    assert sampling.greedy(scores) == 0
    assert {sampling.top_k(scores, 2) for _ in range(50)} == {0, 2}
    assert {sampling.top_k(scores, 9) for _ in range(200)} == {0, 1, 2, 3}
    assert {sampling.nucleus(scores, 0.9) for _ in range(100)} == {0, 2, 3}
    assert {sampling.nucleus(scores, 0.5) for _ in range(20)} == {0} == {sampling.nucleus(scores, 0.0)}
    drawn = [sampling.nucleus(scores, 1.0, temperature=0.5) for _ in range(2000)]
    assert np.mean(np.array(drawn) == 0) == pytest.approx(0.25 / (0.25 + 0.0025 + 0.09 + 0.0225), abs=0.04)


def test_prose(program):
    words = "a well @-@ known man ( born 1 @,@ 990 ) did n't say : \" it 's 5 @.@ 5 % \" . <eos> = End =".split()
    assert program.sampling.as_prose(words) == "a well-known man (born 1,990) didn't say: \" it's 5.5% \". \n = End ="


def run(arguments, folder, wanted=0):
    done = subprocess.run(
        [sys.executable, "-m", "penlight", str(SCRIPT), *arguments, "--out", str(folder)],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == wanted, done.stdout[-2000:] + done.stderr[-3000:]
    return done.stdout + done.stderr


def test_killed_resumed_and_sampled(tmp_path):
    text = gzip.decompress((DATA / "wiki.valid.tokens.gz").read_bytes())
    (tmp_path / "data").mkdir()
    for split, start in (("train", 0), ("valid", 15000), ("test", 20000)):
        (tmp_path / "data" / f"wiki.{split}.tokens").write_bytes(
            text[start : start + (12000 if split == "train" else 3000)]
        )
    reports = []
    kill_and_resume(
        [str(SCRIPT), *SMALL, "--data", str(tmp_path / "data")], tmp_path, kills=1, seed=3, report=reports.append
    )
    assert reports[-1].endswith("bit for bit")
    folder = tmp_path / "whole"
    printed = (tmp_path / "whole.log").read_text(encoding="utf-8").splitlines()
    result = dict(zip(printed[-1].split()[1::2], map(float, printed[-1].split()[2::2])))
    assert result["trigram_test_perplexity"] < result["test_perplexity"] < 1000 and math.isfinite(
        result["valid_perplexity"]
    )
    greedy = run(["sample", "--prompt", "The state", "--method", "greedy", "--words", "5", "--count", "2"], folder)
    first, second = (greedy[: len(greedy) // 2], greedy[len(greedy) // 2 :])
    assert first == second and first.startswith("the state ")
    assert "train first" in run(["sample"], tmp_path / "empty", wanted=1)
