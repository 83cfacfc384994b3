"""`penlight coverage`: how much of PyTorch's interface is there."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence

from penlight.ledger.coverage import as_markdown, as_text, survey_all


def main(arguments: Sequence[str]) -> int:
    """Print the counts, or write them as a page."""
    parser = argparse.ArgumentParser(prog="penlight coverage", description=__doc__)
    parser.add_argument("--namespace", metavar="NAME", default="torch", help='such as "torch.nn"; lists its names')
    parser.add_argument("--write", metavar="FILE", help="write a Markdown page, such as docs/coverage.md")
    options = parser.parse_args(arguments)
    parts = survey_all(options.namespace)
    if not parts:
        print(f"penlight coverage: expected a namespace of PyTorch, got {options.namespace!r}", file=sys.stderr)
        return 2
    if options.write:
        _write(options.write, as_markdown(parts))
        print(f"wrote {options.write}")
    else:
        print(as_text(parts, names=options.namespace != "torch"), end="")
    return 0


def _write(path: str, text: str) -> None:
    """Replace the file in one step, so that no reader ever sees half of it."""
    folder = os.path.dirname(os.path.abspath(path))
    os.makedirs(folder, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=".coverage")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
