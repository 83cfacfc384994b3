"""Whether mixed precision on a GPU is out of the question."""


def amp_definitely_not_available() -> bool:
    """True: there is no GPU."""
    return True
