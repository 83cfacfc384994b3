"""PyTorch's CPU random stream, bit for bit, in NumPy: `Generator` and `default_generator`."""

from penlight.base.random.generator import Generator, default_generator

__all__ = ["Generator", "default_generator"]
