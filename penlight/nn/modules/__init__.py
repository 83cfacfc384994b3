"""`torch.nn.modules`: the layers, imported when they are first asked for."""

from penlight.nn._names import lazy_names

__all__, __getattr__, __dir__ = lazy_names(__name__, "penlight.nn.modules")
