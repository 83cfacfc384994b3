"""`penlight examples` lists the example programs; `penlight example NAME …` runs one of them."""

from __future__ import annotations

import argparse
import ast
import difflib
import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec

from penlight.cli.run import run

INSTALLED = "penlight_examples"  # the package that holds the examples where penlight is installed


def main(arguments: Sequence[str]) -> int:
    """List the programs with the first line of what they say about themselves."""
    argparse.ArgumentParser(prog="penlight examples", description="List the example programs.").parse_args(arguments)
    folder = examples_folder()
    if folder is None:
        return _none_installed()
    names = programs(folder)
    width = max(map(len, names))
    for name, path in names.items():
        print(f"{name:<{width}}  {_summary(path)}")
    print(
        f"\nRun one with `penlight example NAME`; `penlight example NAME --help` lists its options. They are in {folder}"
    )
    return 0


def run_example(arguments: Sequence[str]) -> int:
    """Run the program that the first argument names; the others are its own."""
    folder = examples_folder()
    if folder is None:
        return _none_installed()
    if not arguments or arguments[0] in ("-h", "--help"):
        print("usage: penlight example NAME [ARG ...]     (`penlight examples` lists the names)")
        return 0 if arguments else 2
    name, names = arguments[0].removesuffix(".py"), programs(folder)
    found = [full for full in names if name in (full, full.rpartition("/")[2])]
    if len(found) != 1:
        close = found or difflib.get_close_matches(name, [*names, *(full.rpartition("/")[2] for full in names)])
        hint = f"; did you mean {' or '.join(close)}?" if close else "; `penlight examples` lists the names"
        print(f"penlight: expected the name of one example, got {arguments[0]!r}{hint}", file=sys.stderr)
        return 2
    return run([names[found[0]], *arguments[1:]])


def examples_folder() -> str | None:
    """Return the folder with the examples: that of the checkout penlight is run from, or the installed package."""
    beside = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "examples")
    if os.path.isfile(os.path.join(beside, "common", "start.py")):
        return beside
    spec = find_spec(INSTALLED)
    places = list(spec.submodule_search_locations or []) if spec else []
    return places[0] if places else None


def programs(folder: str) -> dict[str, str]:
    """Return {"mnist/cnn": path} of every program below the folder, in the order of the names."""
    found = {}
    for topic in sorted(os.listdir(folder)):
        place = os.path.join(folder, topic)
        for file in sorted(os.listdir(place)) if os.path.isdir(place) else []:
            path = os.path.join(place, file)
            if file.endswith(".py") and '__name__ == "__main__"' in _text(path):
                found[f"{topic}/{file[:-3]}"] = path
    return found


def _summary(path: str) -> str:
    return (ast.get_docstring(ast.parse(_text(path))) or "").partition("\n")[0]


def _text(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def _none_installed() -> int:
    print(
        f"penlight: expected the examples beside the package or as the package {INSTALLED}, found neither",
        file=sys.stderr,
    )
    return 1
