"""A differential fuzzer: random programs of PyTorch's names, run by PyTorch and by penlight. See docs/fuzzing.md."""
