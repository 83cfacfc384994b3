"""`torch.optim.adamw`, where old code looks for AdamW."""

from penlight.optim.adam import AdamW

__all__ = ["AdamW"]
