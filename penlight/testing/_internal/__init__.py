"""What third-party test suites take from PyTorch's inner test helpers."""
