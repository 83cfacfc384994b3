"""Tell which of 18 languages a surname is from, reading it letter by letter.

    python -m penlight examples/names/classify.py                          train, and write pictures to --out
    python -m penlight examples/names/classify.py predict Satoshi Jackson  the likeliest languages of names
    python -m penlight examples/names/classify.py baseline                 logistic regression on runs of letters

`train --net gru` (the default) reads batches of names with gated units in both directions, and adds the scores of the
logistic regression; `--net rnn` is the plain recurrent net that reads one name at a time. All are judged by the same
tenth of the names, held out by --seed; the recipe was chosen by --fold, without a look at them. Writes to --out: the
net (names_classifier.pth), names_confusion.png and names_losses.png.
"""
# ruff: noqa: I001

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common.start import start  # first: it says how to run where torch is missing

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader

from common.checkpoint import Run, load_saved, save_as
from common.options import Commands
from common.plots import draw_confusion, draw_curves
from common.record import Recorder
from names.data import FOLDS, fold, read_names, split
from names.networks import GRUClassifier, PlainRNNClassifier
from names.ngrams import NGramClassifier, known_runs

KIND, SAVED = "name classifier", "names_classifier.pth"


@dataclass
class Recipe:
    """How a net is made and trained."""

    net: type
    epochs: int
    batch: int
    optimizer: type
    learning_rate: float
    weight_decay: float = 0.0
    print_every: int = 100

    def optimize(self, net, steps):
        """(optimiser, learning rate schedule) of a training of so many steps: up for a tenth of them, then down."""
        optimizer = self.optimizer(net.parameters(), lr=self.learning_rate, weight_decay=self.weight_decay)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, self.learning_rate, steps, pct_start=0.1, cycle_momentum=False
        )
        return optimizer, schedule


RECIPES = {
    "gru": Recipe(GRUClassifier, 8, 128, torch.optim.AdamW, 4e-3, 0.1),
    "rnn": Recipe(PlainRNNClassifier, 3, 1, torch.optim.SGD, 5e-3, print_every=5000),
    "ngrams": Recipe(NGramClassifier, 5, 256, torch.optim.AdamW, 0.02, 0.1),
}


def batches(net, names, batch, shuffle=False):
    """A loader of (names as the arguments of the net, the numbers of their languages)."""

    def collate(items):
        encoded, languages = zip(*items)
        return net.collate(encoded), torch.tensor(languages)

    return DataLoader([(net.encode(name), language) for name, language in names], batch, shuffle, collate_fn=collate)


def scores_of(net, names, device):
    """What the net says to names as a loader, or ``net.collate``, hands them out."""
    return net(*(part.to(device) for part in names))


def judge(net, loader, device):
    """(scores, languages) of all names of a loader."""
    net.eval()
    with torch.no_grad():
        scores, languages = zip(*[(scores_of(net, names, device), languages) for names, languages in loader])
    return torch.cat(scores).cpu(), torch.cat(languages)


def figures(scores, languages):
    """Mean loss, and the percentage of names whose language is the likeliest one, or among the three likeliest."""
    right = scores.topk(3, 1).indices == languages.unsqueeze(1)  # (N, 3)
    return {
        "test_loss": F.cross_entropy(scores, languages).item(),
        "test_accuracy": 100 * right[:, 0].float().mean().item(),
        "top3_accuracy": 100 * right.any(1).float().mean().item(),
    }


def fit(options, kind):
    """Train a net of a kind and print how well it does on the held-out names: (what to save, recorder, judgement)."""
    device = start(options)
    recipe = RECIPES[kind]
    options.epochs = options.epochs or recipe.epochs
    recorder = Recorder(options, recipe.print_every)
    languages, names = read_names(options.data)
    training, held_out = split(names, options.seed)
    if options.fold is not None:
        training, held_out = fold(training, options.fold)
    known = known_runs(name for name, _ in training)
    net = recipe.net(known, len(languages)).to(device)
    loader = batches(net, training, recipe.batch, shuffle=True)
    test_loader = batches(net, held_out, 1 if recipe.batch == 1 else 256)
    optimizer, schedule = recipe.optimize(net, options.epochs * len(loader))
    recorder.weights(net)
    if kind == "gru":
        recorder.watch_dropout(net.dropout)

    run = Run(f"names_{kind}", options, recorder, every=2 * recipe.print_every, net=net, optimizer=optimizer,
              schedule=schedule)  # fmt: skip
    for epoch in run.epochs():
        net.train()
        for x, y in run.batches(loader):
            recorder.batch(*(part.data for part in x), y)
            loss = F.cross_entropy(scores_of(net, x, device), y.to(device))
            recorder.step(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        recorder.show(epoch=epoch, **figures(*judge(net, test_loader, device)))
    content = {"net": kind, "languages": languages, "runs": known, "weights": net.state_dict()}
    return content, recorder, judge(net, test_loader, device)


def train(options):
    content, recorder, (scores, truth) = fit(options, options.net)
    languages = content["languages"]
    save_as(KIND, options.out / SAVED, **content)
    result = figures(scores, truth)

    counts = torch.zeros(len(languages), len(languages), dtype=torch.int64)
    counts.index_put_((truth, scores.argmax(1)), torch.tensor(1), accumulate=True)
    for language, row, right in zip(languages, counts, counts.diagonal().tolist()):
        print(f"language {language} accuracy {100 * right / int(row.sum()):.2f} names {int(row.sum())}")
    title = f"{len(truth)} held-out names, {result['test_accuracy']:.1f} % right"
    draw_confusion(options.out / "names_confusion.png", counts, languages, title)
    curves = {name: recorder.curves[key] for key, name in (("loss", "training"), ("test_loss", "held out"))
              if key in recorder.curves}  # fmt: skip
    draw_curves(options.out / "names_losses.png", curves, "Cross-entropy of the language", y_label="nats")
    recorder.result(**result)


def baseline(options):
    _, recorder, judged = fit(options, "ngrams")
    recorder.result(**figures(*judged))


def predict(options):
    start(options)
    content = load_saved(KIND, options.out / SAVED)
    net = RECIPES[content["net"]].net(content["runs"], len(content["languages"]))
    net.load_state_dict(content["weights"])
    net.eval()
    for name in options.name:
        with torch.no_grad():
            shares, best = scores_of(net, net.collate([net.encode(name)]), "cpu")[0].softmax(0).topk(3)
        words = [f"{content['languages'][i]} {share:.2f}" for share, i in zip(shares.tolist(), best.tolist())]
        print(f"name {name}", *words)


def main():
    commands = Commands(__doc__)
    training = commands.add(train, "fit a net", data="names", epochs=12, resumable=True)
    training.set_defaults(epochs=None)  # each net has its own
    training.add_argument("--net", choices=("gru", "rnn"), default="gru", help="gated or plain (default: gru)")
    predicting = commands.add(predict, "print the three likeliest languages of names, with probabilities")
    predicting.add_argument("name", nargs="+")
    fitting = commands.add(
        baseline, "fit a logistic regression on runs of letters", data="names", epochs=5, resumable=True
    )
    for parser in (training, fitting):
        parser.add_argument(
            "--fold", type=int, choices=range(FOLDS), help="judge by a fifth of the training names instead"
        )
    commands.run()


if __name__ == "__main__":
    main()
