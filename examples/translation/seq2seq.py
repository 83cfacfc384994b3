"""Translate French sentences into English: encoder, decoder with attention, beam search.

    seq2seq.py                                               # train; the same as `seq2seq.py train`
    seq2seq.py translate "il n'est pas le Dieu des morts"    # with what was trained, on words of the Bible
    seq2seq.py speed                                         # this form against one sentence at a time

Training writes to --out: the weights with both vocabularies (translation.pth), the losses
(translation_loss.png) and what the decoder looked at in four test sentences (translation_attention_1.png …).
"""
# ruff: noqa: I001

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common.start import start  # first: it says how to run where torch is missing

import random
import time

import torch
from torch import nn
from torch.utils.data import DataLoader

from common.checkpoint import Run
from common.options import Commands, whole
from common.plots import draw_attention, draw_curves
from common.record import Recorder
from translation import one_by_one
from translation.bleu import corpus_bleu
from translation.corpus import Collate, Vocabulary, plain, read_pairs, split
from translation.interpreter import BEAM, Interpreter
from translation.networks import Translator

DATA = "eng-fra.txt.gz"
LEARNING_RATE, WARM_UP, LABEL_SMOOTHING, LARGEST_GRADIENT, DROPOUT = 4e-3, 0.1, 0.1, 1.0, 0.3
AT_LEAST = 2  # a word that occurs less often is unknown
SAMPLES, MAPS, TIMED = 10, 4, 64
CURVES = ("training, labels smoothed", "loss"), ("validation", "validation_loss")


def prepare(options):
    """The three parts of the data, and the vocabularies of the first."""
    parts = split(read_pairs(options.data, options.max_words, options.reverse), options.held_out, options.seed)
    return parts, [Vocabulary.of([pair[side] for pair in parts[0]], AT_LEAST) for side in (0, 1)]


def train(options):
    device = start(options)
    recorder = Recorder(options)
    (training, validation, test), languages = prepare(options)
    recorder.show(
        training_pairs=len(training), validation_pairs=len(validation), test_pairs=len(test),
        source_words=len(languages[0]), target_words=len(languages[1]),
    )  # fmt: skip
    collate = Collate(*languages)
    loader = DataLoader(training, options.batch, shuffle=True, collate_fn=collate)

    settings = {"width": options.width, "dropout": DROPOUT, "attention": options.decoder == "attention"}
    net = Translator(*map(len, languages), **settings).to(device)
    optimizer = torch.optim.Adam(net.parameters(), lr=LEARNING_RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, LEARNING_RATE, total_steps=options.epochs * len(loader), pct_start=WARM_UP
    )
    recorder.weights(net)
    recorder.watch_dropout(net.encoder.dropout)
    run = Run("translation", options, recorder, every=100, net=net, optimizer=optimizer, schedule=schedule)
    for epoch in run.epochs():
        net.train()
        for sources, lengths, targets in run.batches(loader):
            recorder.batch(sources, lengths, targets)
            loss = net.loss(sources.to(device), lengths, targets.to(device), label_smoothing=LABEL_SMOOTHING)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), LARGEST_GRADIENT)
            optimizer.step()
            schedule.step()
            recorder.step(loss.item())
        recorder.show(epoch=epoch, validation_loss=mean_loss(net, validation, collate, device))

    interpreter = Interpreter(net, settings, languages, longest=options.max_words + 2)
    interpreter.save(options.out / "translation.pth")
    title = f"Translation, {options.decoder} decoder, width {options.width}"
    draw_curves(
        options.out / "translation_loss.png",
        {label: recorder.curves.get(name, []) for label, name in CURVES},
        title,
    )
    judge(interpreter, test, options, recorder, test_loss=mean_loss(net, test, collate, device))


@torch.no_grad()
def mean_loss(net, pairs, collate, device):
    """Mean cross entropy of a word, without dropout and label smoothing."""
    net.eval()
    total = words = 0
    for sources, lengths, targets in DataLoader(pairs, 128, collate_fn=collate):
        total += net.loss(sources.to(device), lengths, targets.to(device), reduction="sum").item()
        words += int((targets != collate.padding).sum())
    return total / words


def judge(interpreter, pairs, options, recorder, **figures):
    """Print samples and BLEU, draw attention maps, and end the record."""
    sources, truths = zip(*pairs)
    greedy = [" ".join(words) for words, _ in interpreter.translate(sources, width=1)]
    best = interpreter.translate(sources)
    found = [" ".join(words) for words, _ in best]
    shown = random.Random(options.seed).sample(range(len(pairs)), min(SAMPLES, len(pairs)))
    for number in shown:
        print(f"> {sources[number]}\n= {truths[number]}\n< {found[number]}\n")
    for place, number in enumerate(shown[:MAPS], 1):
        draw_map(options.out / f"translation_attention_{place}.png", sources[number], *best[number])
    greedy_bleu, counted_by = corpus_bleu(greedy, truths)
    recorder.show(bleu_computed_by=counted_by, beam=BEAM)
    recorder.result(**figures, greedy_bleu=greedy_bleu, test_bleu=corpus_bleu(found, truths)[0])


def draw_map(path, sentence, words, weights):
    if weights is not None:
        rows = [*words, "<eos>"][: len(weights)]
        draw_attention(path, weights, rows, [*sentence.split(), "<eos>"], "What each word was translated from")


def translate(options):
    device = start(options)
    interpreter = Interpreter.load(options.out / "translation.pth", device)
    for place, text in enumerate(options.sentences, 1):
        sentence = plain(text)
        if not sentence:
            raise SystemExit(f"{text!r} has no words of the letters a to z")
        unknown = [word for word in sentence.split() if word not in interpreter.languages[0].numbers]
        print(f"> {sentence}" + (f"   (not in the vocabulary: {' '.join(unknown)})" if unknown else ""))
        for width, name in ((1, "greedy"), (options.beam, f"beam {options.beam}")):
            ((words, weights),) = interpreter.translate([sentence], width)
            print(f"< {' '.join(words)}   ({name})")
        draw_map(options.out / f"translated_{place}.png", sentence, words, weights)


def speed(options):
    """Time training steps of both forms on the same sentences, with nets of the same width and vocabulary."""
    device = start(options)
    (training, _, _), languages = prepare(options)
    pairs = random.Random(options.seed).sample(training, 2 * TIMED)
    sizes = [len(language) for language in languages]

    forms = one_by_one.Pair(*sizes, width=options.width, decoder="attention", longest=options.max_words + 1).to(device)
    single = [tuple(language.encode(side).to(device) for language, side in zip(languages, pair)) for pair in pairs]
    slow = _seconds(lambda: [forms.step(*sentence) for sentence in single[:TIMED]])

    net = Translator(*sizes, width=options.width, dropout=DROPOUT).to(device)
    optimizer = torch.optim.SGD(net.parameters(), lr=one_by_one.LEARNING_RATE)
    batches = list(DataLoader(pairs, options.batch, collate_fn=Collate(*languages)))

    def batched():
        for sources, lengths, targets in batches:
            optimizer.zero_grad()
            net.loss(sources.to(device), lengths, targets.to(device)).backward()
            optimizer.step()

    fast = _seconds(batched)
    slow, fast = 1000 * slow / TIMED, 1000 * fast / len(pairs)
    print(f"one_by_one milliseconds_per_sentence {slow:.2f}")
    print(f"batched milliseconds_per_sentence {fast:.2f} batch {options.batch}")
    print(f"result times_faster {slow / fast:.1f}")


def _seconds(work):
    """The shorter of two runs, after one that does not count."""
    work()
    times = []
    for _ in range(2):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times)


def main():
    commands = Commands(__doc__)
    training = commands.add(train, "fit the model, print samples and BLEU", epochs=6, data=DATA, resumable=True)
    training.add_argument("--decoder", choices=["attention", "plain"], default="attention")
    timing = commands.add(speed, "time batches against one sentence at a time", data=DATA)
    for parser in (training, timing):
        parser.add_argument("--max-words", type=whole(), default=12, help="leave out longer sentences (default: 12)")
        parser.add_argument(
            "--held-out", type=whole(), default=300, help="test sentences, as many for validation (default: 300)"
        )
        parser.add_argument("--width", type=whole(2), default=128, help="of embeddings and states, even (default: 128)")
        parser.add_argument("--batch", type=whole(), default=32, help="sentences a step (default: 32)")
        parser.add_argument("--reverse", action="store_true", help="from English to French")
    translating = commands.add(translate, "translate sentences with the model in --out")
    translating.add_argument("sentences", nargs="+", metavar="SENTENCE")
    translating.add_argument("--beam", type=whole(), default=BEAM, help=f"width of the beam search (default: {BEAM})")
    commands.run()


if __name__ == "__main__":
    main()
