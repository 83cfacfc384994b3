"""`ScriptModule`: a module whose methods run as they are."""

from __future__ import annotations

from penlight.nn import Module

__all__ = ["ScriptModule"]


class ScriptModule(Module):
    """A Module to subclass, with methods decorated by `script_method`; nothing is compiled.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.jit.ScriptModule.html
    """

    def save(self, f: object, **kwargs: object) -> None:
        """Raises NotImplementedError: there is no TorchScript archive."""
        raise NotImplementedError(
            "penlight does not write TorchScript archives: save `module.state_dict()` with torch.save instead"
        )
