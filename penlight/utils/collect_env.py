"""A report on the installation, for bug reports."""

from __future__ import annotations

import platform
import sys

import numpy as np

from penlight.version import __version__, torch_version

__all__ = ["get_pretty_env_info", "main"]


def get_pretty_env_info() -> str:
    """Versions and platform as text."""
    lines = [
        ("penlight version", __version__),
        ("follows PyTorch", torch_version),
        ("OS", platform.platform()),
        ("Python version", f"{sys.version.split()[0]} ({platform.architecture()[0]})"),
        ("NumPy version", np.__version__),
        ("CPU", platform.processor() or platform.machine()),
        ("Is CUDA available", "False"),
    ]
    return "\n".join(f"{name}: {value}" for name, value in lines)


def main() -> None:
    """Print the report."""
    print("Collecting environment information...")
    print(get_pretty_env_info())


if __name__ == "__main__":
    main()
