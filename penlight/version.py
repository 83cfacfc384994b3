"""The package's version, the PyTorch version whose behaviour it follows, and what `torch.version` answers.

Source: https://docs.pytorch.org/docs/stable/torch.html (torch.version)
"""

__version__ = "0.1.0"
torch_version = "2.13.0"

# Built for no accelerator, and from no PyTorch checkout.
debug = False
cuda = None
hip = None
rocm = None
xpu = None
git_version = "Unknown"
