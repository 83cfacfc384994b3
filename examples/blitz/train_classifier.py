"""Train, save, load and judge an image classifier on 32x32 photo crops; ask it about image files.

    train_classifier.py                      # train; then judge it on the test images
    train_classifier.py predict a.png b.jpg  # what the trained classifier takes image files for

Reads any folder in CIFAR-10's Python layout: --data path/to/cifar-10-batches-py takes the real one. Writes to --out: the
weights (classifier.pth), checkpoints for --resume, and pictures of the loss, of the guesses for test images and of what
was taken for what (with matplotlib).
"""
# ruff: noqa: I001

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common.start import start  # first: it says how to run where torch is missing

import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import DataLoader, Dataset

from common.checkpoint import Run, load_saved, save_as
from common.datasets import cifar_layout
from common.images import read_image
from common.options import Commands
from common.plots import draw_confusion, draw_curves, draw_images
from common.record import Recorder

BATCH, LEARNING_RATE = 20, 3e-3
SHIFT = 4  # pixels by which a training image is moved at most, in each direction
SHOWN = 24  # test images in the picture
KIND, WEIGHTS = "photo classifier", "classifier.pth"


class Photos(Dataset):
    """Images as float32 in [-1, 1], with their labels; the conversion happens when an item is asked for.

    With ``augment``, each time as another image: mirrored or not, and moved by up to SHIFT pixels.
    """

    def __init__(self, folder, train, augment=False):
        self.images, self.labels, self.label_names = cifar_layout(folder, train)
        self.augment = augment

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        image = as_input(torch.from_numpy(self.images[index]))
        return varied(image) if self.augment else image, int(self.labels[index])


def as_input(pixels):
    """What the net reads: numbers from 0 to 255 as float32 in [-1, 1]."""
    return (pixels.to(torch.float32) / 255 - 0.5) / 0.5


def varied(image):
    """The image (3, 32, 32), by chance mirrored, and moved; what moves in at the border is a mirror image of it."""
    if torch.rand(1) < 0.5:
        image = image.flip(2)
    wide = F.pad(image, (SHIFT, SHIFT, SHIFT, SHIFT), mode="reflect")
    top, left = torch.randint(2 * SHIFT + 1, (2,)).tolist()
    return wide[:, top : top + image.shape[1], left : left + image.shape[2]]


class Net(nn.Module):
    """Three convolutions, each position's features, and their mean over the image: (B, 3, 32, 32) -> (B, 10).

    The mean makes it a net for textures: what is seen counts, where it is seen does not. GELU and average pooling are
    smooth: rounding decides no branch as with ReLU and the maximum.
    """

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 12, 5, padding=2)
        self.conv2 = nn.Conv2d(12, 24, 3, padding=1)
        self.conv3 = nn.Conv2d(24, 32, 3, padding=1)
        self.pool = nn.AvgPool2d(2, 2)
        self.scores = nn.Linear(32, 10)

    def forward(self, x):
        x = self.pool(F.gelu(self.conv1(x)))  # (B, 12, 16, 16)
        x = self.pool(F.gelu(self.conv2(x)))  # (B, 24, 8, 8)
        x = F.gelu(self.conv3(x))  # (B, 32, 8, 8)
        return self.scores(x.mean((2, 3)))


def train(options):
    device = start(options)
    recorder = Recorder(options, print_every=100)
    training_set = Photos(options.data, train=True, augment=True)
    loader = DataLoader(training_set, batch_size=BATCH, shuffle=True)
    net = Net().to(device)
    recorder.weights(net)
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.Adam(net.parameters(), lr=LEARNING_RATE)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, options.epochs * len(loader))
    run = Run("classifier", options, recorder, net=net, optimizer=optimizer, schedule=schedule)
    for _ in run.epochs():
        for images, labels in run.batches(loader):
            recorder.batch(images, labels)
            images, labels = images.to(device), labels.to(device)
            optimizer.zero_grad()
            loss = criterion(net(images), labels)
            loss.backward()
            optimizer.step()
            schedule.step()
            recorder.step(loss.item())
    save_as(KIND, options.out / WEIGHTS, labels=training_set.label_names, weights=net.state_dict())

    test_set = Photos(options.data, train=False)
    recorder.result(test_accuracy=judge(load_net(options, device)[0], test_set, options, device))
    draw_curves(options.out / "classifier_loss.png", {"loss": recorder.curves.get("loss", [])}, "Training loss")


def load_net(options, device):
    """(the trained net, the names of its labels), from their file."""
    content = load_saved(KIND, options.out / WEIGHTS)
    net = Net()
    net.load_state_dict(content["weights"])
    return net.to(device).eval(), content["labels"]


def judge(net, test_set, options, device):
    """Print each class's accuracy and draw pictures; return the overall accuracy in percent."""
    guesses = []
    with torch.no_grad():
        for images, _ in DataLoader(test_set, batch_size=100):
            guesses += net(images.to(device)).argmax(1).tolist()
    names, truths = test_set.label_names, test_set.labels.tolist()
    counts = torch.zeros(len(names), len(names), dtype=torch.int64)
    for truth, guess in zip(truths, guesses):
        counts[truth, guess] += 1
    for name, row, right in zip(names, counts, counts.diagonal().tolist()):
        if row.sum() > 0:
            print(f"class {name} accuracy {100 * right / row.sum().item():.2f}")
    accuracy = 100 * counts.trace().item() / len(truths)

    title = f"Test images: {accuracy:.1f} % of {len(truths)} recognised"
    draw_confusion(options.out / "classifier_confusion.png", counts, names, title)
    right = [guess == truth for guess, truth in zip(guesses, truths)][:SHOWN]
    captions = [
        names[guess] if guess == truth else f"{names[guess]}\n(is {names[truth]})"
        for guess, truth in zip(guesses, truths[:SHOWN])
    ]
    pictures = test_set.images[:SHOWN].transpose(0, 2, 3, 1)
    draw_images(options.out / "classifier_guesses.png", pictures, captions, "Guesses for test images", right=right)
    return accuracy


def predict(options):
    device = start(options)
    net, names = load_net(options, device)
    for path in options.images:
        pixels = torch.tensor(read_image(path, side=32)).permute(2, 0, 1)
        with torch.no_grad():
            chances = net(as_input(pixels)[None].to(device)).softmax(1)[0]
        best = chances.topk(3)
        print(
            path,
            *(f"{names[label]} {chance:.2f}" for chance, label in zip(best.values.tolist(), best.indices.tolist())),
        )


def main():
    commands = Commands(__doc__)
    commands.add(train, "train the classifier and judge it", epochs=30, data="photos10-batches-py", resumable=True)
    predicting = commands.add(predict, "print the three likeliest labels of images")
    predicting.add_argument("images", type=Path, nargs="+", help="image files of any size")
    commands.run()


if __name__ == "__main__":
    main()
