"""The DataLoader's inner parts, under PyTorch's names where scripts look for them."""

from penlight.utils.data._utils import collate, fetch, worker

__all__ = ["collate", "fetch", "worker"]
