"""The training loop's bookkeeping: where it is, when it stops, and checkpoints from which it goes on bit for bit.

A killed run that is started again with ``--resume`` ends with the same weights as one that was never killed: a
checkpoint holds the state of everything that changes, the random generators included, and replaces its predecessor in
one step, so that there is always a whole one.
"""

import pickle
import random

import numpy as np
import torch

from common.files import write_atomically
from common.progress import progress

# What may differ between a run and the one that goes on from its checkpoint.
_FREE_OPTIONS = {"command", "data", "device", "logdir", "out", "resume", "steps", "trace"}


class Run:
    """Leads through epochs and batches, saves checkpoints on the way, and starts at the last one after ``--resume``.

    >>> run = Run("classifier", options, recorder, model=net, optimizer=optimizer, schedule=schedule)
    >>> for epoch in run.epochs():
    ...     for images, labels in run.batches(loader):
    ...         ...  # one optimisation step, and recorder.step(loss)

    Args:
        name: the checkpoint is the file NAME_checkpoint.pth in ``options.out``.
        options: the parsed command line.
        recorder: counts the steps, and says when those asked for with ``--steps`` are made.
        every: a checkpoint is saved after so many batches, and after each epoch.
        parts: whatever changes in training and has ``state_dict()`` and ``load_state_dict()``; ready to train.

    Attributes:
        kept: a dictionary of numbers, texts, tensors and lists, tuples and dictionaries of them, that the program
            keeps from step to step beside the parts: a hidden state, the best loss so far.
    """

    def __init__(self, name, options, recorder, *, every=50, **parts):
        self.path = options.out / f"{name}_checkpoint.pth"
        self.kind = f"state of the training {name}"
        self.settings = {key: str(value) for key, value in vars(options).items() if key not in _FREE_OPTIONS}
        self.recorder = recorder
        self.every = every
        self.parts = {"recorder": recorder, **parts}
        self.last_epoch = options.epochs or 1
        self.epoch = 1
        self.done = 0  # batches of this epoch that are done
        self.epoch_start = random_states()
        self.kept = {}
        if getattr(options, "resume", False):
            self._resume()

    def epochs(self):
        """Yield the numbers of the epochs that are still to be begun or finished, from 1; then save."""
        while self.epoch <= self.last_epoch and not self.recorder.finished:
            yield self.epoch
            if self.recorder.finished:
                return
            self.epoch += 1
            self.done = 0
            self.save()

    def batches(self, loader):
        """Yield the batches of this epoch that are still to be done, from a DataLoader or any other iterable.

        In an epoch that is taken up in its middle, the loader draws its order again from the random state at the
        epoch's start, the batches that are done are skipped, and the random state of the checkpoint is put back.
        """
        now = random_states()
        if self.done == 0:
            self.epoch_start = now
        set_random_states(self.epoch_start)
        batches = iter(progress(loader, f"epoch {self.epoch}"))
        for _ in range(self.done):
            next(batches)
        if self.done:
            set_random_states(now)
        for batch in batches:
            yield batch
            self.done += 1
            if self.recorder.finished:
                return
            if self.done % self.every == 0:
                self.save()

    def save(self):
        """Replace the checkpoint by one of this moment."""
        content = {
            "epoch": self.epoch,
            "done": self.done,
            "kept": self.kept,
            "epoch_start": self.epoch_start,
            "random_states": random_states(),
            "parts": {name: part.state_dict() for name, part in self.parts.items()},
        }
        save_as(self.kind, self.path, settings=self.settings, **content)

    def _resume(self):
        if not self.path.exists():
            print(f"resume no checkpoint {self.path}: starting anew", flush=True)
            return
        content = load_saved(self.kind, self.path)
        if content["settings"] != self.settings:
            made = content["settings"]
            other = [key for key in sorted({*made, *self.settings}) if made.get(key) != self.settings.get(key)]
            raise SystemExit(
                f"{self.path} was made with {', '.join(f'{key} {made.get(key)}' for key in other)}, "
                f"this run has {', '.join(f'{key} {self.settings.get(key)}' for key in other)}: "
                "give the same options to go on, another --out or no --resume to start anew"
            )
        try:
            for name, part in self.parts.items():
                part.load_state_dict(content["parts"][name])
        except (KeyError, RuntimeError, ValueError) as error:  # the settings are equal, so it is the data
            raise SystemExit(f"{self.path} is from a training on other data: see --data, --resume. {error}") from error
        self.epoch, self.done, self.kept = content["epoch"], content["done"], content["kept"]
        self.epoch_start = content["epoch_start"]
        set_random_states(content["random_states"])
        print(f"resume epoch {self.epoch} batch {self.done} step {self.recorder.steps}", flush=True)


def save_as(kind, path, **content):
    """Write a dictionary in one step; ``kind`` says what it is, as in "name classifier"."""

    def write(unfinished):
        with open(unfinished, "wb") as file:
            torch.save({"kind": kind, **content}, file)

    write_atomically(path, write)


def load_saved(kind, path):
    """The dictionary that ``save_as`` wrote as the same kind.

    Raises:
        SystemExit: there is no such file, it is broken, or of another kind.
    """
    if not path.is_file():
        raise SystemExit(f"{path} is missing: train first, or give the folder with {path.name} to --out")
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, EOFError, RuntimeError, ValueError, pickle.UnpicklingError) as error:
        raise SystemExit(f"{path} cannot be read: train anew, or give another --out. {error}") from error
    found = content.get("kind") if isinstance(content, dict) else None
    if found != kind:
        held = f"the {found}" if isinstance(found, str) else "something else"
        raise SystemExit(f"{path} holds {held}, expected the {kind}: give the folder with that to --out")
    return content


def random_states():
    """The states of Python's, NumPy's and torch's generators, in types that ``torch.load`` accepts."""
    numbers = np.random.get_state()
    return {
        "python": random.getstate(),
        "numpy": (numbers[0], numbers[1].tolist(), *numbers[2:]),
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }


def set_random_states(states):
    """Put back what ``random_states`` returned."""
    random.setstate(states["python"])
    np.random.set_state(states["numpy"])
    torch.set_rng_state(states["torch"])
    if states["cuda"] and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(states["cuda"])
