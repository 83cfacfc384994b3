"""The package's version, and the PyTorch version whose behaviour it follows."""

__version__ = "0.1.0"
torch_version = "2.13.0"
