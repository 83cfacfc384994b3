"""Kernels on NumPy arrays, one topic a file."""
