"""A progress bar on the terminal where tqdm is installed; otherwise nothing."""

import sys

try:
    from tqdm import tqdm
except ImportError:
    tqdm = None


def progress(batches, description):
    """Iterate over ``batches`` and show how far it is, if tqdm is there and a person watches."""
    if tqdm is None or not sys.stderr.isatty():
        return batches
    return tqdm(batches, desc=description, leave=False)
