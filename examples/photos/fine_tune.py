"""Teach a net that knows ten photos to tell birds from flowers, with 40 images to learn from.

    fine_tune.py                        # pretrain if need be; train in three ways; judge on the validation images
    fine_tune.py pretrain               # only make the pretrained net, from crops of ten photos
    fine_tune.py predict a.jpg b.jpg    # bird or flower?

The three ways: *fine-tuned* starts from the pretrained weights and changes all of them; *frozen* changes the new last
layer only, the rest serves as a fixed extractor of features; *scratch* starts from random weights, to show what the
pretraining is worth. Reads any folder with train/CLASS/*.jpg and val/CLASS/*.jpg. Needs torchvision under PyTorch
(penlight brings its own), Pillow, and matplotlib for the pictures.
"""
# ruff: noqa: I001

import argparse
import math
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common.start import start  # first: it says how to run where torch is missing

import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from blitz.train_classifier import Photos
from common.checkpoint import Run, load_saved, save_as
from common.images import read_image
from common.options import SAMPLE_DATA, Commands, whole
from common.plots import draw_curves, draw_images
from common.record import Recorder
from photos.small_resnet import SmallResNet

SIDE = 64  # pixels
KIND, WEIGHTS = "net for photos", "photos.pth"
PRETRAINED_KIND, PRETRAINED = "pretrained net", "photos_pretrained.pth"
WAYS = "fine-tuned", "frozen", "scratch"
BATCH, LEARNING_RATE = 8, 5e-4
CROPS, CROPS_RATE = 20, 4e-4  # batch and learning rate of the pretraining
WARM_UP = 0.2  # share of the steps

to_input = transforms.Compose([transforms.ToTensor(), transforms.Normalize([0.5] * 3, [0.5] * 3)])
for_training = transforms.Compose(
    [transforms.RandomResizedCrop(SIDE, scale=(0.6, 1)), transforms.RandomHorizontalFlip(), to_input]
)
for_judging = transforms.Compose([transforms.Resize(SIDE), transforms.CenterCrop(SIDE), to_input])


def pretrain(options):
    """The weights of all but the last layer of a net that was trained on crops of ten photos: now, or in an earlier run."""
    path, made_with = options.out / PRETRAINED, [options.pretraining_epochs, options.seed]
    content = load_saved(PRETRAINED_KIND, path) if path.exists() else {}
    if content.get("made_with") != made_with:
        print("pretraining on crops of ten photos", flush=True)
        content = {"made_with": made_with, "weights": learn_crops(options).state_dict()}
        save_as(PRETRAINED_KIND, path, **content)
    return {name: value for name, value in content["weights"].items() if not name.startswith("fc.")}


def learn_crops(options):
    """Train a net to tell ten photos by crops of them, as ``blitz/train_classifier.py`` does."""
    device = start(options)
    options = argparse.Namespace(**vars(options))
    options.epochs, options.steps, options.trace = options.pretraining_epochs, None, None
    recorder = Recorder(options)
    crops = DataLoader(Photos(SAMPLE_DATA / "photos10-batches-py", train=True, augment=True), CROPS, shuffle=True)
    net = SmallResNet(classes=10).to(device)
    optimizer, schedule = optimize(net.parameters(), CROPS_RATE, options.epochs * len(crops))
    run = Run("photos_pretraining", options, recorder, net=net, optimizer=optimizer, schedule=schedule)
    for _ in run.epochs():
        for images, labels in run.batches(crops):
            loss = F.cross_entropy(net(images.to(device)), labels.to(device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            recorder.step(loss.item())
    return net


def optimize(parameters, rate, steps):
    """(Adam, schedule): the learning rate rises to ``rate`` for a fifth of the steps and falls to 0 along a cosine.

    Adam's first steps are as long as the rate allows, however small and accidental the gradients: hence the rise.
    """
    optimizer = torch.optim.Adam(parameters, lr=rate)

    def share(step):
        return min(1, (step + 1) / (WARM_UP * steps)) * (1 + math.cos(math.pi * step / steps)) / 2

    return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, share)


def prepared_net(way, classes, pretrained):
    """A net that is ready to be trained in one of the three ways."""
    net = SmallResNet(classes)
    if way != "scratch":
        missing, unexpected = net.load_state_dict(pretrained, strict=False)
        assert (missing, unexpected) == (["fc.weight", "fc.bias"], [])  # the new last layer
    if way == "frozen":
        for parameter in net.parameters():
            parameter.requires_grad = False
        for parameter in net.fc.parameters():
            parameter.requires_grad = True
    return net


def learn(way, net, loaders, options, recorder, device):
    """Train the net; show loss and accuracy on the validation images after each epoch; return its guesses for them."""
    training, validation = loaders
    trained = [parameter for parameter in net.parameters() if parameter.requires_grad]
    rate = LEARNING_RATE if way != "frozen" else 20 * LEARNING_RATE
    optimizer, schedule = optimize(trained, rate, options.epochs * len(training))
    run = Run(f"photos_{way}", options, recorder, net=net, optimizer=optimizer, schedule=schedule)
    for epoch in run.epochs():
        net.train()
        for images, labels in run.batches(training):
            recorder.batch(images, labels)
            loss = F.cross_entropy(net(images.to(device)), labels.to(device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            recorder.step(loss.item())
        loss, accuracy, run.kept["guesses"] = judge(net, validation, device)
        recorder.show(way, epoch=epoch, **{f"{way}_loss": loss, f"{way}_accuracy": accuracy})
    return run.kept.get("guesses")


def judge(net, loader, device):
    """(mean loss, accuracy in percent, guesses) on the images of a loader."""
    net.eval()
    losses = right = 0
    guesses = []
    with torch.no_grad():
        for images, labels in loader:
            scores, labels = net(images.to(device)), labels.to(device)
            losses += F.cross_entropy(scores, labels, reduction="sum").item()
            right += (scores.argmax(1) == labels).sum().item()
            guesses += scores.argmax(1).tolist()
    return losses / len(guesses), 100 * right / len(guesses), guesses


def train(options):
    for folder in ("train", "val"):
        if not any((options.data / folder).glob("*/*")):
            raise SystemExit(f"expected images in {options.data / folder}/CLASS/: see --data")
    pretrained = pretrain(options)
    device = start(options)
    recorder = Recorder(options, print_every=0)
    training_set = datasets.ImageFolder(str(options.data / "train"), for_training)
    validation_set = datasets.ImageFolder(str(options.data / "val"), for_judging)
    results, guesses = {}, {}
    for way in WAYS:
        torch.manual_seed(options.seed)  # the same new layer and the same batches each time
        loaders = DataLoader(training_set, BATCH, shuffle=True), DataLoader(validation_set, BATCH)
        net = prepared_net(way, len(training_set.classes), pretrained).to(device)
        learn(way, net, loaders, options, recorder, device)
        _, results[f"{way}_accuracy"], guesses[way] = judge(net, loaders[1], device)
        if way == WAYS[0]:
            save_as(KIND, options.out / WEIGHTS, classes=training_set.classes, weights=net.state_dict())
        if recorder.finished:  # --steps: the other ways are not tried
            break
    recorder.result(**results)

    curves = {way: list(enumerate((loss for _, loss in recorder.curves[f"{way}_loss"]), 1)) for way in guesses}
    draw_curves(options.out / "photos_loss.png", curves, "Loss on the validation images", x_label="epochs")
    draw_guesses(options.out / "photos_guesses.png", validation_set, guesses[WAYS[0]])


def draw_guesses(path, images, guesses):
    """Draw all images of an ImageFolder with what the net says they are."""
    captions = [
        f"{images.classes[guess]}" if guess == truth else f"{images.classes[guess]}\n(is {images.classes[truth]})"
        for guess, truth in zip(guesses, images.targets)
    ]
    right = [guess == truth for guess, truth in zip(guesses, images.targets)]
    pictures = [read_image(file, 2 * SIDE) for file, _ in images.samples]
    draw_images(path, pictures, captions, f"Validation images: {sum(right)} of {len(right)} recognised", right=right)


def predict(options):
    device = start(options)
    content = load_saved(KIND, options.out / WEIGHTS)
    net = SmallResNet(len(content["classes"]))
    net.load_state_dict(content["weights"])
    net.to(device).eval()
    for file in options.images:
        pixels = to_input(read_image(file, SIDE))[None].to(device)
        with torch.no_grad():
            chances = net(pixels).softmax(1)[0].tolist()
        print(
            file, *(f"{name} {chance:.2f}" for chance, name in sorted(zip(chances, content["classes"]), reverse=True))
        )


def main():
    commands = Commands(__doc__)
    for command, summary in ((train, "train and compare"), (pretrain, "only make the pretrained net")):
        parser = commands.add(command, summary, epochs=15, data="birds_flowers", resumable=True)
        parser.add_argument(
            "--pretraining-epochs", type=whole(), default=24, help="passes over the crops (default: 24)"
        )
    predicting = commands.add(predict, "tell what is on images")
    predicting.add_argument("images", type=Path, nargs="+", help="image files of any size")
    commands.run()


if __name__ == "__main__":
    main()
