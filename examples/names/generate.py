"""Invent surnames of a language, letter by letter, from 18 languages' real ones.

    python -m penlight examples/names/generate.py                      train, write pictures to --out, invent some
    python -m penlight examples/names/generate.py sample Russian RUS   a name for each first letter

`train --net gru` (the default) learns from batches of names with gated units; `--net rnn` is the plain recurrent net,
one name at a time. Both are judged by the nats per letter, the end of the name included, of the tenth of the names that
is held out by --seed. Writes to --out: the net (names_generator.pth) and names_generator_losses.png.
"""
# ruff: noqa: I001

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common.start import start  # first: it says how to run where torch is missing

import torch
import torch.nn.functional as F
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader

from common.checkpoint import Run, load_saved, save_as
from common.options import Commands, number
from common.plots import draw_curves
from common.record import Recorder
from names.data import EDGE, LETTERS, encode, read_names, split
from names.networks import GRUWriter, PlainRNNWriter

NETS = {"gru": GRUWriter, "rnn": PlainRNNWriter}
EPOCHS = {"gru": 12, "rnn": 2}
KIND, SAVED = "name generator", "names_generator.pth"
LONGEST = 20  # letters of an invented name
NOTHING = -100  # a target after the end of a name; the loss passes over it
SHOWN = (("Russian", "RUS"), ("German", "GER"), ("Spanish", "SPA"), ("Chinese", "CHI"))


def collate(items):
    """(letters (T, B), the letter after each (T, B), languages (B)) of a list of (letters, language)."""
    names, languages = zip(*items)
    letters = pad_sequence([name[:-1] for name in names], padding_value=EDGE)
    return letters, pad_sequence([name[1:] for name in names], padding_value=NOTHING), torch.tensor(languages)


def batches(names, batch, shuffle=False):
    """A loader of what ``collate`` returns."""
    edge = torch.tensor([EDGE])
    return DataLoader([(torch.cat((edge, encode(name), edge)), language) for name, language in names], batch, shuffle,
                      collate_fn=collate)  # fmt: skip


def letter_loss(net, letters, targets, languages, reduction="mean"):
    """Cross-entropy of the letter after each letter, in nats."""
    scores, _ = net(letters, languages)
    return F.cross_entropy(scores.flatten(0, 1), targets.flatten(), ignore_index=NOTHING, reduction=reduction)


def judge(net, loader, device):
    """Nats per letter over all names of a loader."""
    net.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for letters, targets, languages in loader:
            total += letter_loss(net, letters.to(device), targets.to(device), languages.to(device), "sum").item()
            count += int((targets != NOTHING).sum())
    return total / count


def invent(net, language, first, temperature, device):
    """A name that begins with the letters ``first``.

    Args:
        language: its number.
        temperature: scores are divided by it before a letter is drawn; 0 takes the likeliest letter.
    """
    net.eval()
    languages, state, name = torch.tensor([language], device=device), None, first
    given = torch.cat((torch.tensor([EDGE]), encode(first))) if first else torch.tensor([EDGE])
    letters = given.unsqueeze(1)  # (T, 1)
    with torch.no_grad():
        while len(name) < LONGEST:
            scores, state = net(letters.to(device), languages, state)
            scores = scores[-1, 0].cpu()
            if temperature == 0:
                letter = int(scores.argmax())
            else:
                letter = int(torch.multinomial((scores / temperature).softmax(0), 1))
            if letter == EDGE:
                break
            name += LETTERS[letter]
            letters = torch.tensor([[letter]])
    return name


def train(options):
    device = start(options)
    options.epochs = options.epochs or EPOCHS[options.net]
    recorder = Recorder(options, print_every=100 if options.net == "gru" else 5000)
    languages, names = read_names(options.data)
    training, held_out = split(names, options.seed)
    net = NETS[options.net](len(languages)).to(device)
    if options.net == "gru":
        loader = batches(training, 64, shuffle=True)
        optimizer = torch.optim.AdamW(net.parameters(), lr=5e-3, weight_decay=0)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, options.epochs * len(loader))
    else:
        loader = batches(training, 1, shuffle=True)
        optimizer = torch.optim.SGD(net.parameters(), lr=4e-3)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, options.epochs * len(loader))
    test_loader = batches(held_out, 256)
    recorder.weights(net)
    recorder.watch_dropout(net.dropout)

    run = Run(f"names_writer_{options.net}", options, recorder, every=2 * recorder.print_every, net=net,
              optimizer=optimizer, schedule=schedule)  # fmt: skip
    for epoch in run.epochs():
        net.train()
        for letters, targets, language in run.batches(loader):
            recorder.batch(letters, targets, language)
            loss = letter_loss(net, letters.to(device), targets.to(device), language.to(device))
            recorder.step(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        recorder.show(epoch=epoch, test_loss=judge(net, test_loader, device))

    save_as(KIND, options.out / SAVED, net=options.net, languages=languages, weights=net.state_dict())
    result = judge(net, test_loader, device)
    curves = {name: recorder.curves[key] for key, name in (("loss", "training"), ("test_loss", "held out"))
              if key in recorder.curves}  # fmt: skip
    draw_curves(options.out / "names_generator_losses.png", curves, "Cross-entropy of the next letter", y_label="nats")
    for language, letters in SHOWN:
        if language in languages:
            number = languages.index(language)
            print("names", language, *(invent(net, number, letter, 0.5, device) for letter in letters))
    recorder.result(nats_per_letter_loss=result)


def sample(options):
    device = start(options)
    content = load_saved(KIND, options.out / SAVED)
    numbers = {language.lower(): number for number, language in enumerate(content["languages"])}
    language = numbers.get(options.language.lower())
    if language is None:
        raise SystemExit(f"expected one of the languages {', '.join(content['languages'])}, got {options.language}")
    net = NETS[content["net"]](len(content["languages"]))
    net.load_state_dict(content["weights"])
    net.to(device)
    for first in options.letters or [""]:
        print(invent(net, language, first, options.temperature, device))


def main():
    commands = Commands(__doc__)
    training = commands.add(train, "fit a net", data="names", epochs=12, resumable=True)
    training.set_defaults(epochs=None)  # each net has its own
    training.add_argument("--net", choices=tuple(NETS), default="gru", help="gated or plain (default: gru)")
    sampling = commands.add(sample, "print an invented name for each first letter")
    sampling.add_argument("language", help="such as Russian")
    sampling.add_argument("letters", nargs="?", help="first letters, such as RUS (default: one name, any letter)")
    sampling.add_argument(
        "--temperature", type=number(), default=0.5, help="0 takes the likeliest letters (default: 0.5)"
    )
    commands.run()


if __name__ == "__main__":
    main()
