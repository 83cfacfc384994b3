"""`penlight info`: what this installation is made of."""

from __future__ import annotations

import argparse
import ctypes
import glob
import importlib
import importlib.metadata
import importlib.util
import os
import platform
from collections.abc import Sequence

import numpy as np

from penlight.alias import VERSIONS
from penlight.backends.native import built
from penlight.version import __version__

# Optional package -> (the module it brings, what it is for).
EXTRAS = {
    "ml_dtypes": ("ml_dtypes", "bfloat16 and float8"),
    "Pillow": ("PIL", "images"),
    "matplotlib": ("matplotlib", "plots"),
    "tqdm": ("tqdm", "progress bars"),
    "tensorboardX": ("tensorboardX", "TensorBoard logs"),
}
_THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def main(arguments: Sequence[str]) -> int:
    """Print the description."""
    argparse.ArgumentParser(prog="penlight info", description=__doc__).parse_args(arguments)
    rows = describe()
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        print(f"{name:<{width}}  {value}")
    return 0


def penlight_version() -> str:
    """Return penlight's own version, not the PyTorch release that it follows."""
    return __version__


def describe() -> list[tuple[str, str]]:
    """Return (what, value) pairs."""
    name, threads = blas()
    following = ", ".join(f"{package} {version}" for package, version in VERSIONS.items())
    rows = [
        ("penlight", penlight_version()),
        ("follows", following),
        ("Python", f"{platform.python_version()} ({platform.python_implementation()}, {platform.platform()})"),
        ("NumPy", np.__version__),
        ("BLAS", f"{name}, {threads} thread{'' if threads == '1' else 's'}"),
    ]
    rows += [(variable, os.environ[variable]) for variable in _THREAD_VARIABLES if variable in os.environ]
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    rows.append(("CPUs", f"{usable} usable of {os.cpu_count()}"))
    for package, (module, purpose) in EXTRAS.items():
        rows.append((package, f"{_package_version(package, module)} ({purpose})"))
    rows.append(("kernels", native_kernels()))
    rows.append(("CUDA", "none"))
    return rows


def _package_version(package: str, module: str) -> str:
    if importlib.util.find_spec(module) is None:
        return "absent"
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "present, of unknown version"


def blas() -> tuple[str, str]:
    """Return the name of NumPy's BLAS and its number of threads, "unknown" where it cannot be asked."""
    configuration = np.show_config(mode="dicts") or {}
    entry = configuration.get("Build Dependencies", {}).get("blas", {})
    name = f"{entry.get('name', 'unknown')} {entry.get('version', '')}".strip()
    return name, str(_openblas_threads() or "unknown")


def _openblas_threads() -> int | None:
    """Ask the OpenBLAS library in NumPy's own wheel."""
    package = os.path.dirname(np.__file__)
    folders = [os.path.join(os.path.dirname(package), "numpy.libs"), os.path.join(package, ".dylibs")]
    for path in sorted(path for folder in folders for path in glob.glob(os.path.join(folder, "*openblas*"))):
        try:
            library = ctypes.CDLL(path)
        except OSError:
            continue
        for prefix in ("scipy_openblas", "openblas"):
            for suffix in ("64_", ""):
                ask = getattr(library, f"{prefix}_get_num_threads{suffix}", None)
                if ask is not None:
                    return int(ask())
    return None


def native_kernels() -> str:
    """Say which kernels in C are used."""
    instructions = built()
    if instructions is None:
        return "none (they are built where a C compiler is found at installation)"
    return "off (PENLIGHT_NATIVE=0)" if os.environ.get("PENLIGHT_NATIVE") == "0" else f"in C, for {instructions}"
