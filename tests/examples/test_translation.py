"""The translation example's parts: data, attention over padding, search, BLEU, and going on after a kill."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import penlight as torch
from penlight import alias

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "examples" / "data" / "eng-fra.txt.gz"


@pytest.fixture
def translation(monkeypatch):
    """The example's modules over penlight, importable for one test."""
    monkeypatch.syspath_prepend(str(ROOT / "examples"))
    with alias.installed():
        from translation import bleu, corpus, interpreter, networks, one_by_one, search

    yield type("Modules", (), {"bleu": bleu, "corpus": corpus, "interpreter": interpreter, "networks": networks,
                               "one_by_one": one_by_one, "search": search})  # fmt: skip
    for name in [name for name in sys.modules if name.partition(".")[0] in ("common", "translation")]:
        del sys.modules[name]


def test_words_are_plain(translation):
    assert translation.corpus.plain("C'est l'œuvre d'un Été!") == "c est l oeuvre d un ete !"


def test_no_sentence_is_in_two_parts(translation):
    pairs = translation.corpus.read_pairs(DATA, 6)
    parts = translation.corpus.split(pairs, 50, seed=1)
    assert [len({target for _, target in part}) for part in parts[1:]] == [50, 50]
    for side in (0, 1):
        sentences = [{pair[side] for pair in part} for part in parts]
        assert not (sentences[0] & sentences[1] or sentences[0] & sentences[2] or sentences[1] & sentences[2])
    assert parts == translation.corpus.split(pairs, 50, seed=1) != translation.corpus.split(pairs, 50, seed=2)
    assert translation.corpus.read_pairs(DATA, 6, reverse=True)[0] == pairs[0][::-1]


def test_bad_files_are_explained(translation, tmp_path):
    with pytest.raises(SystemExit, match="is missing"):
        translation.corpus.read_pairs(tmp_path / "a.txt", 6)
    (tmp_path / "a.txt").write_text("Go.\tVa.\tCC-BY\nno tab\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="line 2: expected two columns"):
        translation.corpus.read_pairs(tmp_path / "a.txt", 6)
    (tmp_path / "a.txt").write_text("Go.\tVa.\tCC-BY\n", encoding="utf-8")
    assert translation.corpus.read_pairs(tmp_path / "a.txt", 6) == [("va .", "go .")]
    with pytest.raises(SystemExit, match="no pair of sentences"):
        translation.corpus.read_pairs(tmp_path / "a.txt", 1)


# made with sacrebleu 2.6.0, tokenize="none", one truth a sentence
@pytest.mark.parametrize(
    ("found", "truths", "score"),
    [
        (["the cat sat on the mat ."], ["the cat sat on a mat ."], 48.892302243490086),
        (["a b c d", "b a"], ["a b c d e", "a b"], 78.77400063243326),
        (["a c b d"], ["a b c d"], 22.59005009024613),
        (["a b"], ["a b"], 0),
        (["x y z w"], ["a b c d"], 0),
    ],
)
def test_bleu_is_sacrebleus(translation, found, truths, score):
    assert translation.bleu.own_bleu(found, truths) == pytest.approx(score, abs=1e-9)
    assert translation.bleu.corpus_bleu(found, truths)[0] == pytest.approx(score, abs=1e-9)


@pytest.fixture
def net(translation):
    torch.manual_seed(3)
    return translation.networks.Translator(12, 9, width=8, dropout=0.5).eval()


SENTENCES = [torch.tensor([5, 6, 7, 1]), torch.tensor([8, 1]), torch.tensor([9, 10, 1])]


def padded(translation, sentences):
    pad = translation.corpus.PAD
    sources = torch.nn.utils.rnn.pad_sequence(sentences, batch_first=True, padding_value=pad)
    return sources, torch.tensor([len(sentence) for sentence in sentences])


def test_padding_changes_nothing(translation, net):
    sources, lengths = padded(translation, SENTENCES)
    targets, _ = padded(translation, [torch.tensor([4, 5, 1]), torch.tensor([1]), torch.tensor([6, 7, 8, 4, 1])])
    together = net.loss(sources, lengths, targets, reduction="sum")
    alone = 0
    for sentence, target in zip(SENTENCES, targets):
        target = target[target != translation.corpus.PAD]
        alone += net.loss(sentence[None], torch.tensor([len(sentence)]), target[None], reduction="sum")
    assert together.item() == pytest.approx(alone.item(), rel=1e-5)
    memory, state, padding = net.encode(sources, lengths)
    _, _, weights = net.decoder(targets, state, memory, padding)
    assert torch.allclose(weights.sum(2), torch.ones(3, 5)) and not weights[1, :, 2:].any()


def log_probability(translation, net, source, words):
    """The mean log-probability a word of a sentence up to its end."""
    words = [*words[: words.index(translation.corpus.EOS)], translation.corpus.EOS]
    return -net.loss(source[None], torch.tensor([len(source)]), torch.tensor([words])).item()


def test_a_wider_search_finds_likelier_sentences(translation, net):
    with torch.no_grad():
        net.decoder.scores.bias[translation.corpus.EOS] = 0.7  # so that sentences end
    sources, lengths = padded(translation, SENTENCES)
    with torch.no_grad():
        first, weights = translation.search.greedy(net, sources, lengths, 12)
        narrow, _ = translation.search.beam(net, sources, lengths, 12, width=1)
        wide, looked_at = translation.search.beam(net, sources, lengths, 12, width=6)
    assert weights.shape == (3, first.shape[1], 4) and looked_at.shape == (3, wide.shape[1], 4)
    for source, a, b, c in zip(SENTENCES, first.tolist(), narrow.tolist(), wide.tolist()):
        end = a.index(translation.corpus.EOS) + 1
        assert a[:end] == b[:end]
        best = log_probability(translation, net, source, c)
        assert best >= log_probability(translation, net, source, a) - 1e-6


def test_unknown_words_are_copied(translation):
    corpus = translation.corpus
    language = corpus.Vocabulary(["the", "son"])
    weights = torch.tensor([[0.9, 0.1, 0.0], [0.1, 0.2, 0.7], [0.2, 0.8, 0.0]])
    numbers = [language.numbers["the"], corpus.UNKNOWN, corpus.UNKNOWN, corpus.EOS]
    assert translation.search.spell(numbers, weights, ["le", "hushim"], language) == ["the", "hushim", "hushim"]
    assert translation.search.spell(numbers, None, [], language) == ["the", "<unknown>", "<unknown>"]


def test_an_interpreter_is_saved_and_loaded(translation, net, tmp_path):
    corpus = translation.corpus
    languages = [corpus.Vocabulary([f"w{i}" for i in range(8)]), corpus.Vocabulary([f"v{i}" for i in range(5)])]
    settings = {"width": 8, "dropout": 0.5, "attention": True}
    first = translation.interpreter.Interpreter(net, settings, languages, 5)
    first.save(tmp_path / "a.pth")
    second = translation.interpreter.Interpreter.load(tmp_path / "a.pth", torch.device("cpu"))
    sentences = ["w1 w2 new", "w3"]
    for (words, weights), (again, weights_again) in zip(first.translate(sentences), second.translate(sentences)):
        assert words == again and torch.equal(weights, weights_again)
    assert second.net.decoder.scores.weight is second.net.decoder.embedding.weight
    with pytest.raises(SystemExit, match="train first"):
        translation.interpreter.Interpreter.load(tmp_path / "b.pth", torch.device("cpu"))


@pytest.mark.parametrize("decoder", ["attention", "plain"])
def test_one_pair_is_learned_word_by_word(translation, decoder):
    torch.manual_seed(0)
    model = translation.one_by_one.Pair(6, 7, width=16, decoder=decoder, longest=5)
    for optimizer in model.optimizers:
        optimizer.param_groups[0]["lr"] = 0.2
    source, target = torch.tensor([4, 5, 1]), torch.tensor([4, 6, 5, 1])
    for _ in range(60):
        loss = model.step(source, target)
    numbers, weights = model.translate(source)
    assert numbers == target.tolist() and loss < 0.5
    assert weights is None if decoder == "plain" else weights.shape == (4, 5)


SMALL = ["--width", "16", "--batch", "4", "--max-words", "5", "--held-out", "30", "--steps", "180", "--decoder"]


def test_goes_on_after_a_kill(tmp_path):
    """The weights of a run that was killed with SIGKILL and resumed are those of one that was not."""
    script = [sys.executable, "-m", "penlight", str(ROOT / "examples" / "translation" / "seq2seq.py")]

    def start(folder, *more):
        command = [*script, *SMALL, "plain", "--out", str(tmp_path / folder), *more]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    whole, cut = start("whole"), start("cut")
    checkpoint, deadline = tmp_path / "cut" / "translation_checkpoint.pth", time.monotonic() + 300
    while not checkpoint.exists() and cut.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    cut.send_signal(signal.SIGKILL)
    assert cut.wait() == -signal.SIGKILL
    resumed = start("cut", "--resume")
    printed, printed_whole = resumed.communicate(timeout=300)[0], whole.communicate(timeout=300)[0]
    assert "\nresume epoch 1 batch " in printed and printed.splitlines()[-1] == printed_whole.splitlines()[-1]
    assert (tmp_path / "cut" / "translation.pth").read_bytes() == (tmp_path / "whole" / "translation.pth").read_bytes()
