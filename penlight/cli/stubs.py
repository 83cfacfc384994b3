"""`penlight stubs`: bring the type stubs beside the modules up to date."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence

from penlight.ledger.stubs import STUBS, write


def main(arguments: Sequence[str]) -> int:
    """List the stubs that are out of date, or write them; return 1 where some are out of date."""
    parser = argparse.ArgumentParser(prog="penlight stubs", description=__doc__)
    parser.add_argument("--write", action="store_true", help="replace the files in the package's folder")
    options = parser.parse_args(arguments)
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if options.write:
        for path in write(folder):
            print(f"wrote {path}")
        return 0
    stale = [path for path, make in STUBS.items() if _read(os.path.join(folder, path)) != make()]
    for path in stale:
        print(f"out of date: {path}")
    return 1 if stale else 0


def _read(path: str) -> str | None:
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        return file.read()
