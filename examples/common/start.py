"""Seeding and device choice; says how to run when there is no ``torch`` to import."""

import random

import numpy as np

try:
    import torch
except ImportError as error:
    raise SystemExit(
        "This example says `import torch`. Either run it on penlight,\n"
        "    python -m penlight path/to/example.py\n"
        f"or install PyTorch and run it as it is. ({error})"
    ) from error


def start(options):
    """Seed Python's, NumPy's and torch's generators and return the device that ``--device`` names."""
    if options.out.exists() and not options.out.is_dir():
        raise SystemExit(f"--out {options.out}: expected a folder, this is a file")
    random.seed(options.seed)
    np.random.seed(options.seed % 2**32)  # NumPy takes no larger seeds
    torch.manual_seed(options.seed)
    name = options.device
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise SystemExit(f"--device {name}: {error}") from error
    if device.type == "cuda" and not torch.cuda.is_available():
        raise SystemExit(f"--device {options.device}: no CUDA device is available; use --device cpu")
    return device
