"""The notes' generator of names: one test per block of code, on the surnames, numbers as PyTorch computes them.

Corrected where the notes cannot run or learn: the end symbol is a letter of its own, and the update goes downhill.
"""
# ruff: noqa: UP008, UP031 (the older idioms of the notes are part of what is tested)

import math
import random
import re
import string
import time
import unicodedata
from pathlib import Path

import pytest
from pytest import approx

import penlight as torch
import penlight.nn as nn

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "data" / "names"

all_letters = string.ascii_letters + " .,;'-"
n_letters = len(all_letters) + 1  # and the end symbol


def readLines(path):
    apart = unicodedata.normalize("NFD", path.read_text(encoding="utf-8"))
    return ["".join(c for c in line if c in all_letters) for line in apart.strip().split("\n")]


category_lines = {path.stem: readLines(path) for path in sorted(FOLDER.glob("*.txt"))}
all_categories = list(category_lines)
n_categories = len(all_categories)


class RNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super(RNN, self).__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(n_categories + input_size + hidden_size, hidden_size)
        self.i2o = nn.Linear(n_categories + input_size + hidden_size, output_size)
        self.o2o = nn.Linear(hidden_size + output_size, output_size)
        self.dropout = nn.Dropout(0.1)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, category, input, hidden):
        input_combined = torch.cat((category, input, hidden), 1)
        hidden = self.i2h(input_combined)
        output = self.i2o(input_combined)
        output_combined = torch.cat((hidden, output), 1)
        output = self.o2o(output_combined)
        output = self.dropout(output)
        output = self.softmax(output)
        return output, hidden

    def initHidden(self):
        return torch.zeros(1, self.hidden_size)


def randomChoice(items):
    return items[random.randint(0, len(items) - 1)]


def randomTrainingPair():
    category = randomChoice(all_categories)
    return category, randomChoice(category_lines[category])


def categoryTensor(category):
    li = all_categories.index(category)
    tensor = torch.zeros(1, n_categories)
    tensor[0][li] = 1
    return tensor


def inputTensor(line):
    tensor = torch.zeros(len(line), 1, n_letters)
    for li in range(len(line)):
        tensor[li][0][all_letters.find(line[li])] = 1
    return tensor


def targetTensor(line):
    letter_indexes = [all_letters.find(line[li]) for li in range(1, len(line))]
    letter_indexes.append(n_letters - 1)
    return torch.LongTensor(letter_indexes)


def randomTrainingExample():
    category, line = randomTrainingPair()
    return categoryTensor(category), inputTensor(line), targetTensor(line)


criterion = nn.NLLLoss()
learning_rate = 0.0005


def train(rnn, category_tensor, input_line_tensor, target_line_tensor):
    target_line_tensor.unsqueeze_(-1)
    hidden = rnn.initHidden()
    rnn.zero_grad()
    loss = 0
    for i in range(input_line_tensor.size(0)):
        output, hidden = rnn(category_tensor, input_line_tensor[i], hidden)
        loss += criterion(output, target_line_tensor[i])
    loss.backward()
    for p in rnn.parameters():
        p.data.add_(p.grad.data, alpha=-learning_rate)
    return output, loss.item() / input_line_tensor.size(0)


def timeSince(since):
    now = time.time()
    s = now - since
    m = math.floor(s / 60)
    s -= m * 60
    return "%dm %ds" % (m, s)


max_length = 20


def sample(rnn, category, start_letter="A"):
    with torch.no_grad():
        category_tensor = categoryTensor(category)
        input = inputTensor(start_letter)
        hidden = rnn.initHidden()
        output_name = start_letter
        for _ in range(max_length):
            output, hidden = rnn(category_tensor, input[0], hidden)
            topv, topi = output.topk(1)
            topi = topi[0][0]
            if topi == n_letters - 1:
                break
            else:
                letter = all_letters[topi]
                output_name += letter
            input = inputTensor(letter)
        return output_name


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)
    random.seed(0)


@pytest.fixture
def rnn():
    return RNN(n_letters, 128, n_letters)


def test_network(rnn):
    output, hidden = rnn(categoryTensor("Irish"), inputTensor("O'")[0], rnn.initHidden())
    assert output.shape == (1, n_letters) and hidden.shape == (1, 128)
    assert output.exp().sum().item() == approx(1, rel=1e-6)
    assert output[0, :5].tolist() == approx(OUTPUT, rel=1e-5)


def test_random_pairs():
    pairs = [randomTrainingPair() for _ in range(10)]
    assert all(line in category_lines[category] for category, line in pairs)
    assert len({category for category, _ in pairs}) > 3


def test_tensors_of_a_name():
    assert categoryTensor("Arabic").tolist() == [[1.0] + [0.0] * 17]
    assert inputTensor("Bo").nonzero().tolist() == [[0, 0, 27], [1, 0, 14]]
    assert targetTensor("Bo").tolist() == [14, 58] and targetTensor("Bo").dtype is torch.int64
    category, letters, targets = randomTrainingExample()
    assert len(letters) == len(targets)


def test_training_follows_pytorch(rnn):
    n_iters, plot_every = 100, 20
    all_losses, total_loss, start = [], 0, time.time()
    for iter in range(1, n_iters + 1):
        output, loss = train(rnn, *randomTrainingExample())
        total_loss += loss
        if iter % plot_every == 0:
            all_losses.append(total_loss / plot_every)
            total_loss = 0
    line = "%s (%d %d%%) %.4f" % (timeSince(start - 83), iter, iter / n_iters * 100, loss)
    assert re.fullmatch(r"1m [2-5]\ds \(100 100%\) [234]\.\d{4}", line)
    assert all_losses == approx(LOSSES, rel=1e-4)


def test_plot(tmp_path):
    figure = pytest.importorskip("matplotlib.figure").Figure()
    figure.add_subplot().plot(LOSSES)
    figure.savefig(tmp_path / "losses.png")
    assert (tmp_path / "losses.png").read_bytes().startswith(b"\x89PNG")


def test_sampling(rnn):
    rnn.eval()
    names = [sample(rnn, *pair) for pair in zip(["Russian"] * 3 + ["German"] * 3, "RUSGER")]
    assert names == NAMES


OUTPUT = [-4.044622, -4.175062, -4.215519, -4.084547, -4.063509]
LOSSES = [4.08277, 4.07734, 4.071378, 4.060938, 4.055379]
NAMES = [
    "RzxZZZZZZZZZZZZZZZZZZ", "UZZZZZZZZZZZZZZZZZZZZ", "SzZZZZZZZZZZZZZZZZZZZ", "GAAAAAAAAAAAAAAAAAAAA", "E AAAAAAAAAAAAAAAAAAA",
    "RkAx,AAAAAAAAAAAAAAAA",
]  # fmt: skip
