"""The notes' classifier of names: one test per block of code, on the surnames, numbers as PyTorch computes them.

Corrected where the notes cannot run: spelling, and the tick labels, which matplotlib now wants together with the ticks.
"""
# ruff: noqa: UP008, UP031 (the older idioms of the notes are part of what is tested)

import glob
import math
import os
import random
import re
import string
import time
import unicodedata

import pytest
from pytest import approx

import penlight as torch
import penlight.nn as nn

FOLDER = os.path.join(os.path.dirname(__file__), "..", "..", "examples", "data", "names")

all_letters = string.ascii_letters + " .,;'"
n_letters = len(all_letters)


def findFiles(path):
    return glob.glob(path)


def unicodeToAscii(s):
    return "".join(c for c in unicodedata.normalize("NFD", s) if unicodedata.category(c) != "Mn" and c in all_letters)


def readLines(filename):
    with open(filename, encoding="utf-8") as file:
        lines = file.read().strip().split("\n")
    return [unicodeToAscii(line) for line in lines]


category_lines = {}
all_categories = []
for filename in sorted(findFiles(os.path.join(FOLDER, "*.txt"))):
    category = os.path.splitext(os.path.basename(filename))[0]
    all_categories.append(category)
    category_lines[category] = readLines(filename)
n_categories = len(all_categories)


def letterToIndex(letter):
    return all_letters.find(letter)


def letterToTensor(letter):
    tensor = torch.zeros(1, n_letters)
    tensor[0][letterToIndex(letter)] = 1
    return tensor


def lineToTensor(line):
    tensor = torch.zeros(len(line), 1, n_letters)
    for li, letter in enumerate(line):
        tensor[li][0][letterToIndex(letter)] = 1
    return tensor


class RNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super(RNN, self).__init__()
        self.hidden_size = hidden_size
        self.i2o = nn.Linear(input_size + hidden_size, output_size)
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def initHidden(self):
        return torch.zeros(1, self.hidden_size)

    def forward(self, input, hidden):
        combined = torch.cat((input, hidden), 1)
        output = self.i2o(combined)
        output = self.softmax(output)
        hidden = self.i2h(combined)
        return output, hidden


def categoryFromOutput(output):
    top_value, top_index = output.topk(1)
    category_i = top_index[0].item()
    return all_categories[category_i], category_i


def randomChoice(items):
    return items[random.randint(0, len(items) - 1)]


def randomTrainingExample():
    category = randomChoice(all_categories)
    line = randomChoice(category_lines[category])
    category_tensor = torch.tensor([all_categories.index(category)], dtype=torch.long)
    return category, line, category_tensor, lineToTensor(line)


criterion = nn.NLLLoss()
learning_rate = 0.005


def train(rnn, category_tensor, line_tensor):
    hidden = rnn.initHidden()
    rnn.zero_grad()
    for i in range(line_tensor.size()[0]):
        output, hidden = rnn(line_tensor[i], hidden)
    loss = criterion(output, category_tensor)
    loss.backward()
    for p in rnn.parameters():
        p.data.add_(p.grad.data, alpha=-learning_rate)
    return output, loss.item()


def timeSince(since):
    now = time.time()
    s = now - since
    m = math.floor(s / 60)
    s -= m * 60
    return "%dm %ds" % (m, s)


def evaluate(rnn, line_tensor):
    hidden = rnn.initHidden()
    for i in range(line_tensor.size()[0]):
        output, hidden = rnn(line_tensor[i], hidden)
    return output


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)
    random.seed(0)


@pytest.fixture
def rnn():
    return RNN(n_letters, 128, n_categories)


def test_read_files():
    assert len(findFiles(os.path.join(FOLDER, "*.txt"))) == n_categories == 18
    assert unicodeToAscii("Ślusàrski") == "Slusarski"
    assert category_lines["Italian"][:3] == ["Abate", "Abbagnale", "Abbate"]


def test_letters_as_tensors():
    assert letterToTensor("J").nonzero().tolist() == [[0, 35]]
    assert str(lineToTensor("Jones").size()) == "torch.Size([5, 1, 57])"
    assert lineToTensor("Jones").argmax(2).flatten().tolist() == [35, 14, 13, 4, 18]


def test_network(rnn):
    output, next_hidden = rnn(lineToTensor("Albert")[0], torch.zeros(1, 128))
    assert next_hidden.shape == (1, 128)
    assert output[0].tolist() == approx(OUTPUT, rel=1e-5)
    assert categoryFromOutput(output) == GUESS


def test_random_examples():
    seen = []
    for _ in range(10):
        category, line, category_tensor, line_tensor = randomTrainingExample()
        assert category_tensor.dtype is torch.int64 and line_tensor.shape == (len(line), 1, n_letters)
        assert line in category_lines[all_categories[category_tensor.item()]]
        seen.append(category)
    assert len(set(seen)) > 3


def test_training_follows_pytorch(rnn):
    n_iters, print_every, plot_every = 200, 50, 20
    current_loss, all_losses, printed = 0, [], []
    start = time.time()
    for iter in range(1, n_iters + 1):
        category, line, category_tensor, line_tensor = randomTrainingExample()
        output, loss = train(rnn, category_tensor, line_tensor)
        current_loss += loss
        if iter % print_every == 0:
            guess, guess_i = categoryFromOutput(output)
            correct = "✓" if guess == category else "✗ (%s)" % category
            printed.append("%d %d%% (%s) %.4f %s / %s %s" % (
                iter, iter / n_iters * 100, timeSince(start), loss, line, guess, correct))  # fmt: skip
        if iter % plot_every == 0:
            all_losses.append(current_loss / plot_every)
            current_loss = 0
    assert all_losses == approx(LOSSES, rel=1e-4)
    assert [re.sub(r"\d+m \d+s", "time", line) for line in printed] == PRINTED


def test_the_old_order_of_arguments(rnn):
    """The notes put the factor first, as PyTorch still understands, with a warning."""
    criterion(evaluate(rnn, lineToTensor("Abbate")), torch.tensor([9])).backward()
    for p in rnn.parameters():
        wanted = p.detach() - learning_rate * p.grad
        with pytest.warns(UserWarning, match="This overload of add_ is deprecated"):
            p.data.add_(-learning_rate, p.grad.data)
        assert torch.allclose(p, wanted, rtol=1e-6)
    with pytest.warns(UserWarning, match="This overload of sub_ is deprecated"):
        changed = torch.ones(2, requires_grad=True).clone().sub_(2, torch.ones(2))
    assert changed.tolist() == [-1.0, -1.0]
    changed.sum().backward()


def test_confusion(rnn, tmp_path):
    confusion = torch.zeros(n_categories, n_categories)
    for _ in range(200):
        category, line, category_tensor, line_tensor = randomTrainingExample()
        guess, guess_i = categoryFromOutput(evaluate(rnn, line_tensor))
        confusion[all_categories.index(category)][guess_i] += 1
    assert confusion.sum() == 200
    assert confusion.sum(0).nonzero().flatten().tolist() == GUESSED
    for i in range(n_categories):
        confusion[i] = confusion[i] / confusion[i].sum()
    assert confusion.sum(1).tolist() == approx([1.0] * n_categories)

    figure = pytest.importorskip("matplotlib.figure")
    fig = figure.Figure()
    ax = fig.add_subplot(111)
    cax = ax.matshow(confusion.numpy())
    fig.colorbar(cax)
    ax.set_xticks(range(n_categories), all_categories, rotation=90)
    ax.set_yticks(range(n_categories), all_categories)
    fig.savefig(tmp_path / "confusion.png")
    assert (tmp_path / "confusion.png").read_bytes().startswith(b"\x89PNG")


OUTPUT = [
    -2.7784, -2.837924, -2.824295, -3.011704, -2.96762, -2.925153, -2.846656, -2.915392, -2.886937, -2.91989,
    -2.812611, -2.870693, -2.925196, -2.931025, -2.960649, -2.927466, -2.868525, -2.847951,
]  # fmt: skip
GUESS = ("Arabic", 0)
LOSSES = [2.882861, 2.870728, 2.889087, 2.895565, 2.891228, 2.902541, 2.884754, 2.887396, 2.870715, 2.877093]
PRINTED = [
    "50 25% (time) 2.8350 Zu / Japanese ✗ (Chinese)",
    "100 50% (time) 2.8442 Anziani / Irish ✗ (French)",
    "150 75% (time) 2.9313 Piwowarek / Czech ✗ (Polish)",
    "200 100% (time) 2.8774 Apanowicz / Czech ✗ (Polish)",
]
GUESSED = [0, 1, 2, 5, 6, 7, 8, 10, 12, 15, 16, 17]
