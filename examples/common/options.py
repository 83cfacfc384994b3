"""The command line that every example understands."""

import argparse
from pathlib import Path

SAMPLE_DATA = Path(__file__).resolve().parents[1] / "data"


def read_options(description, *, epochs=None, steps=None, data=None):
    """Parse the shared command line; the arguments are those of ``option_parser``."""
    return option_parser(description, epochs=epochs, steps=steps, data=data).parse_args()


def option_parser(description, *, epochs=None, steps=None, data=None):
    """The parser of the shared command line, for a script that adds an option of its own.

    Args:
        description: the script's docstring; its first line is shown by ``--help``.
        epochs, steps: defaults; ``steps=None`` means no limit besides the epochs.
        data: name of the folder below ``examples/data`` that is read by default.
    """
    parser = argparse.ArgumentParser(description=description.strip().splitlines()[0])
    parser.add_argument(
        "--data", type=Path, default=SAMPLE_DATA / data if data else None,
        help="folder with the data files (default: the sample in the repository)" if data else "not used here",
    )
    parser.add_argument(
        "--epochs", type=_positive, default=epochs,
        help=f"passes over the training data (default: {epochs})" if epochs else "not used here",
    )
    parser.add_argument("--seed", type=int, default=0, help="seed of all random numbers (default: 0)")
    parser.add_argument("--device", default="cpu", help="cpu, cuda, cuda:1 … or auto (default: cpu)")
    parser.add_argument("--out", type=Path, default=Path("output"), help="folder for written files (default: output)")
    parser.add_argument(
        "--steps", type=_positive, default=steps,
        help=f"stop after so many optimisation steps (default: {steps or 'no limit'})",
    )
    parser.add_argument("--trace", type=Path, help="write losses and fingerprints to this JSON file")
    return parser


def _positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a number of at least 1, got {number}")
    return number
