"""Files that are there as a whole or not at all."""

import os


def write_atomically(path, write):
    """Call ``write`` with the path of an unfinished file beside ``path``, which then becomes ``path`` in one step.

    The unfinished file has the suffix of ``path``, for writers that choose the format by it. Whoever is killed while
    writing leaves it behind; the next write replaces it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".unfinished-{path.name}")
    write(unfinished)
    with open(unfinished, "rb+") as file:
        os.fsync(file.fileno())  # the content reaches the disk before the name does: it also survives a power cut
    os.replace(unfinished, path)
