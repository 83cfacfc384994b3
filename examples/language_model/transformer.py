"""Train a Transformer that continues English text, and judge it beside a trigram model.

    transformer.py                               one pass over the text: not yet as good as the trigram model
    transformer.py --epochs 8 --width 128 --dropout 0.2 --rate 2e-3 --decay 0.8       less than half an hour
    transformer.py sample --prompt "the war"     continue a text with the trained network

Reads WikiText's three files (wiki.train.tokens, wiki.valid.tokens, wiki.test.tokens), gzipped or not: --data takes the
real WikiText-2. Perplexity is exp of the mean loss over all words but the first, the same for both models. The sample
in the repository is not WikiText-2: it has a fifth of its words, so published figures do not compare.

Writes to --out: the weights with the vocabulary (language_model.pth), a checkpoint, and the curves as PNG files
(language_model_loss.png, language_model_perplexity.png) where matplotlib is installed.
"""
# ruff: noqa: I001

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common.start import start  # first: it says how to run where torch is missing

import functools
import math

import torch
import torch.nn.functional as F

from common.checkpoint import Run, load_saved, save_as
from common.options import Commands, number, whole
from common.plots import draw_curves
from common.record import Recorder
from language_model.model import TransformerLM
from language_model.sampling import as_prose, continue_text, greedy, nucleus, top_k
from language_model.text import END, UNKNOWN, Corpus, Pieces, Vocabulary, columns, windows
from language_model.trigram import Trigram

HEADS, LAYERS, LONGEST = 4, 2, 256
WEIGHT_DECAY, CLIP = 0.1, 0.5
KIND, WEIGHTS = "language model", "language_model.pth"


def train(options):
    device = start(options)
    recorder = Recorder(options, print_every=50)
    corpus = Corpus(options.data, options.limit)
    words = len(corpus.vocabulary)
    trigram = Trigram(corpus.train.numpy(), words)
    by_trigram = {
        split: torch.from_numpy(trigram.chances(getattr(corpus, split).numpy())) for split in ("valid", "test")
    }
    recorder.show(train_words=len(corpus.train), vocabulary=words)

    settings = {
        "words": words, "width": options.width, "heads": HEADS, "hidden": 2 * options.width, "layers": LAYERS,
        "dropout": options.dropout, "longest": max(LONGEST, 2 * options.rows),
    }  # fmt: skip
    net = TransformerLM(**settings)
    net.begin_with_frequencies(corpus.train)
    net.to(device)
    optimizer = torch.optim.AdamW(net.parameters(), lr=options.rate, betas=(0.9, 0.98), weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, options.decay_steps, gamma=options.decay)
    recorder.weights(net)
    recorder.watch_dropout(net.position.dropout)
    run = Run("language_model", options, recorder, every=100, model=net, optimizer=optimizer, schedule=schedule)

    text = columns(corpus.train, options.columns).to(device)
    for epoch in run.epochs():
        net.train()
        for inputs, targets in run.batches(Pieces(text, options.rows)):
            recorder.batch(inputs, targets)
            optimizer.zero_grad()
            loss = F.cross_entropy(net(inputs).flatten(0, 1), targets.flatten())
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), CLIP)
            optimizer.step()
            schedule.step()
            recorder.step(loss.item())
        run.kept["valid"] = compare("valid", chances(net, corpus.valid, options, device), by_trigram["valid"])
        recorder.show(epoch=epoch, **run.kept["valid"])
    test = compare("test", chances(net, corpus.test, options, device), by_trigram["test"])

    words = corpus.vocabulary.words
    save_as(KIND, options.out / WEIGHTS, settings=settings, vocabulary=words, weights=net.state_dict())
    draw(recorder.curves, options.out)
    for name, choose in (("greedy", greedy), ("nucleus", functools.partial(nucleus, share=0.9))):
        print(f"sample {name}:", continuation(net, corpus.vocabulary, "in the", 40, choose))
    recorder.result(**run.kept["valid"], **test)


def chances(net, stream, options, device):
    """P of each word of a stream but the first, predicted from ``rows`` or more words before: (N - 1,) float64."""
    net.eval()
    found = []
    with torch.no_grad():
        for inputs, targets, first in windows(stream, 2 * options.rows, options.rows, max(1, options.columns // 2)):
            scores = net(inputs.to(device))[first:].flatten(0, 1)
            losses = F.cross_entropy(scores, targets.to(device).flatten(), reduction="none")
            found.append(losses.view(targets.shape).t().flatten().cpu())  # window after window
    return torch.exp(-torch.cat(found).double())


def compare(split, ours, theirs):
    """The perplexities by the Transformer's chances of the words, by the trigram model's, and by the mean of both."""
    every = {"": ours, "trigram_": theirs, "both_": (ours + theirs) / 2}
    return {f"{name}{split}_perplexity": math.exp(-torch.log(p).mean().item()) for name, p in every.items()}


def draw(curves, folder):
    """The loss and the perplexities as pictures."""
    if "loss" in curves:
        draw_curves(folder / "language_model_loss.png", {"loss": curves["loss"]}, "Training loss (per word)")
    found = {
        label: curves[f"{name}valid_perplexity"]
        for label, name in (("Transformer", ""), ("trigram", "trigram_"), ("mean of both", "both_"))
    }
    if len(found["Transformer"]) > 1:  # epochs
        draw_curves(
            folder / "language_model_perplexity.png", found, "Perplexity of held-out text", y_label="perplexity"
        )


def sample(options):
    device = start(options)
    content = load_saved(KIND, options.out / WEIGHTS)
    net = TransformerLM(**content["settings"]).to(device)
    net.load_state_dict(content["weights"])
    choose = {
        "greedy": greedy,
        "top-k": functools.partial(top_k, count=options.top, temperature=options.temperature),
        "nucleus": functools.partial(nucleus, share=options.share, temperature=options.temperature),
    }[options.method]
    if options.temperature == 0:
        choose = greedy
    vocabulary = Vocabulary(content["vocabulary"])
    unknown = [word for word in options.prompt.lower().split() if word not in content["vocabulary"]]
    if unknown:
        print(f"not in the vocabulary: {' '.join(unknown)}", flush=True)
    for _ in range(options.count):
        print(continuation(net, vocabulary, options.prompt, options.words, choose))


def continuation(net, vocabulary, prompt, count, choose):
    """A prompt in lower case and so many more words, as prose; the unknown word is never chosen."""
    numbers = vocabulary.encode([END, *prompt.lower().split()]).tolist()
    numbers = continue_text(net, numbers, count, choose, net.longest, vocabulary.encode([UNKNOWN]).tolist())
    return as_prose([vocabulary.words[number] for number in numbers[1:]])


def main():
    commands = Commands(__doc__)
    training = commands.add(train, "fit the network and judge it", epochs=1, data="wikitext-gensim", resumable=True)
    for name, kind, default, meaning in (
        ("width", whole(HEADS), 64, "channels of the network"),
        ("dropout", number(1), 0.1, "share of the values that dropout clears"),
        ("rate", number(), 4e-3, "learning rate"),
        ("decay", number(), 0.25, "factor of the learning rate after --decay-steps"),
        ("decay-steps", whole(), 556, "see --decay; by default about an epoch"),
        ("rows", whole(), 35, "words of a piece of text"),
        ("columns", whole(), 20, "pieces side by side"),
    ):
        training.add_argument(f"--{name}", type=kind, default=default, help=f"{meaning} (default: {default})")
    training.add_argument("--limit", type=whole(), help="use only so many words of each file")
    sampling = commands.add(sample, "continue a text with the trained network")
    sampling.add_argument("--prompt", default="in the", help="the beginning, with spaces around punctuation marks")
    sampling.add_argument("--method", choices=("greedy", "top-k", "nucleus"), default="nucleus")
    sampling.add_argument("--words", type=whole(), default=60, help="how many words to add (default: 60)")
    sampling.add_argument("--count", type=whole(), default=1, help="how many continuations (default: 1)")
    sampling.add_argument("--top", type=whole(), default=40, help="top-k: words to choose from (default: 40)")
    sampling.add_argument("--share", type=number(1), default=0.9, help="nucleus: their probability (default: 0.9)")
    sampling.add_argument("--temperature", type=number(), default=1.0, help="below 1: likelier words (default: 1)")
    commands.run()


if __name__ == "__main__":
    main()
