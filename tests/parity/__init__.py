"""Parity with PyTorch's own operator database: a live runner, and a recorded subset that needs no PyTorch."""
