"""Kernels in C for what is drawn, where there are any."""

import functools

__all__ = ["kernel", "offer"]

_offered = dict


def offer(load):
    """Called by the layer that has them: `load` gives their names and functions, at the first draw that asks."""
    global _offered
    _offered = load
    kernel.cache_clear()


@functools.cache
def kernel(name):
    """The kernel, or None: then the caller does the work."""
    return _offered().get(name)
