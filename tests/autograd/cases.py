"""What the recorded cases share: running one, and showing how an attempt ended."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from typing import Any


def attempt(function: Any) -> None:
    """Print what a call returns, or the exception it raises."""
    try:
        print(function())
    except Exception as error:
        print(f"{type(error).__name__}: {error}")


def cases_of(module: Any) -> dict[str, Any]:
    """A module's case functions by name: each takes the package that plays PyTorch."""
    part = module.__name__.rpartition("cases_")[2]
    return {f"{part}.{n[5:]}": f for n, f in vars(module).items() if n.startswith("case_")}


def run(case: Any, torch: Any) -> str:
    """What a case prints, addresses left out."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            case(torch)
        except Exception as error:
            print(f"stopped by {type(error).__name__}: {error}")
    return re.sub(r"0x[0-9a-f]+", "0x", out.getvalue())
