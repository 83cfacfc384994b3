"""The command line that every example understands."""

import argparse
import math
import sys
from pathlib import Path

SAMPLE_DATA = Path(__file__).resolve().parents[1] / "data"


def read_options(description, *, epochs=None, steps=None, data=None, resumable=False):
    """Parse the shared command line; the arguments are those of ``option_parser``."""
    return option_parser(description, epochs=epochs, steps=steps, data=data, resumable=resumable).parse_args()


def option_parser(description, *, epochs=None, steps=None, data=None, resumable=False):
    """The parser of the shared command line, for a script that adds an option of its own.

    Args:
        description: the script's docstring, shown by ``--help``.
        epochs, steps: defaults; ``steps=None`` means no limit besides the epochs.
        data: name of the folder or file below ``examples/data`` that is read by default.
        resumable: the program keeps its state in a ``common.checkpoint.Run``, so it understands ``--resume``.
    """
    return add_training_options(
        _parser(description),
        epochs=epochs, steps=steps, data=data, resumable=resumable,
    )  # fmt: skip


def add_training_options(parser, *, epochs=None, steps=None, data=None, resumable=False):
    """Give a parser, or a sub-command's, the options of a program that trains; return the parser."""
    _add_shared_options(parser, data)
    parser.add_argument(
        "--epochs",
        type=whole(),
        default=epochs,
        help=f"passes over the training data (default: {epochs})" if epochs else "not used here",
    )
    parser.add_argument(
        "--steps",
        type=whole(),
        default=steps,
        help=f"stop after so many optimisation steps (default: {steps or 'no limit'})",
    )
    parser.add_argument("--trace", type=Path, help="write losses and fingerprints to this JSON file")
    parser.add_argument("--logdir", type=Path, help="write a TensorBoard log to this folder")
    if resumable:
        parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out, if there is one")
    return parser


class Commands:
    """The sub-commands of a program, each a function of the parsed options; the first one is the default.

    >>> commands = Commands("What the program does.")
    >>> training = commands.add(train, "fit the model", epochs=3, data="names", resumable=True)
    >>> predicting = commands.add(predict, "print the likeliest labels")
    >>> predicting.add_argument("name", nargs="+")
    >>> commands.run()

    A command that is added with ``epochs`` or ``steps`` takes the options of training, another one only ``--data`` (if
    it has a default), ``--seed``, ``--device`` and ``--out``. The command is named like the function.
    """

    def __init__(self, description):
        self.parser = _parser(description)
        self.parser.epilog = "COMMAND --help lists a command's options; those of the first need no COMMAND before them."
        self.parsers = self.parser.add_subparsers(required=True, metavar="COMMAND")
        self.default = None

    def add(self, function, summary, *, epochs=None, steps=None, data=None, resumable=False):
        """Add a command; return its parser, which may be given further arguments."""
        if self.default is None:
            self.default = function.__name__
            summary += " (done where no command is named)"
        parser = self.parsers.add_parser(function.__name__, help=summary, description=summary)
        parser.set_defaults(command=function)
        if epochs or steps:
            return add_training_options(parser, epochs=epochs, steps=steps, data=data, resumable=resumable)
        return _add_shared_options(parser, data)

    def run(self, arguments=None):
        """Parse the command line and call the command's function with the options; return what it returns."""
        arguments = sys.argv[1:] if arguments is None else arguments
        if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help")):
            arguments = [self.default, *arguments]
        options = self.parser.parse_args(arguments)
        return options.command(options)


def _add_shared_options(parser, data):
    if data:
        parser.add_argument(
            "--data",
            type=Path,
            default=SAMPLE_DATA / data,
            help="folder or file with the data (default: the sample in the repository)",
        )
    else:
        parser.add_argument("--data", type=Path, help="not used here")
    parser.add_argument("--seed", type=int, default=0, help="seed of all random numbers (default: 0)")
    parser.add_argument("--device", default="cpu", help="cpu, cuda, cuda:1 … or auto (default: cpu)")
    parser.add_argument("--out", type=Path, default=Path("output"), help="folder for written files (default: output)")
    return parser


def _parser(description):
    return argparse.ArgumentParser(
        description=description.strip(), formatter_class=argparse.RawDescriptionHelpFormatter
    )


def whole(multiple_of=1):
    """The type of an option whose value is a positive multiple of a number."""

    def parse(text):
        if not text.isdecimal() or int(text) < 1 or int(text) % multiple_of:
            wanted = "a whole number of at least 1" if multiple_of == 1 else f"a positive multiple of {multiple_of}"
            raise argparse.ArgumentTypeError(f"expected {wanted}, got {text}")
        return int(text)

    return parse


def number(highest=math.inf):
    """The type of an option whose value is a number from 0 to ``highest``."""

    def parse(text):
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not 0 <= value <= highest:
            wanted = "of at least 0" if highest == math.inf else f"from 0 to {highest}"
            raise argparse.ArgumentTypeError(f"expected a number {wanted}, got {text}")
        return value

    return parse
