"""Kernels in C (the folder `native/` of the source), attached to the NumPy backend where they were built.

They are optional: without a C compiler at installation, or with PENLIGHT_NATIVE=0 in the environment, the NumPy kernels
do all the work. Each has a predicate for the calls it takes (float32, sizes where it is the faster one); the rest goes to
the NumPy kernel, which is also its oracle in the tests.
"""

from penlight.backends.native.loading import built, kernels

__all__ = ["built", "kernels"]
