"""Choose what the `penlight` command does."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

from penlight.cli.run import run

USAGE = """\
usage: penlight SCRIPT [ARG ...]            run a program that says `import torch`, on penlight
       penlight -m MODULE [ARG ...]         the same for a module
       penlight -c CODE [ARG ...]           the same for a piece of code
       penlight - [ARG ...]                 the same for standard input
       penlight run [-m MODULE | -c CODE | - | SCRIPT] [ARG ...]
                                            the same, for a script that is named like a command
       penlight check FILE_OR_FOLDER ...    list what programs use and penlight lacks, without running them
       penlight coverage [--namespace NAME] [--write FILE]
                                            count PyTorch's names that penlight has, has not, or only refuses
       penlight examples                    list the example programs
       penlight example NAME [ARG ...]      run one of them
       penlight info                        describe penlight, Python, NumPy and the machine
       penlight --version | --help
"""

# Command -> the module and its function of the arguments that does it; loaded only when it is chosen.
COMMANDS = {
    "check": ("penlight.cli.check", "main"),
    "coverage": ("penlight.cli.coverage", "main"),
    "example": ("penlight.cli.examples", "run_example"),
    "examples": ("penlight.cli.examples", "main"),
    "info": ("penlight.cli.info", "main"),
    "stubs": ("penlight.cli.stubs", "main"),  # for whoever develops penlight; not in the usage text
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    rest = list(sys.argv[1:] if arguments is None else arguments)
    first = rest[0] if rest else "--help"
    if first in ("-h", "--help"):
        print(USAGE, end="")
        return 0
    if first in ("-V", "--version"):
        print(f"penlight {importlib.import_module('penlight.cli.info').penlight_version()}")
        return 0
    if first in COMMANDS:
        module, function = COMMANDS[first]
        return getattr(importlib.import_module(module), function)(rest[1:])
    if first == "run":
        rest = rest[1:]
    if not rest or (rest[0].startswith("-") and rest[0] not in ("-", "-m", "-c")):
        given = rest[0] if rest else "nothing"
        print(f"penlight: expected a script, -m, -c or -, got {given}\n{USAGE}", file=sys.stderr, end="")
        return 2
    return run(rest)
