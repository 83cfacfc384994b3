"""Functions applied one after another.

Source: https://torchtext.readthedocs.io/en/latest/data.html (0.8)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["Pipeline"]


class Pipeline:
    """Functions applied in turn, to each token of a list or to one value.

    Args: convert_token: the first function, the identity by default.
    Raises: ValueError for what is not callable.

    >>> Pipeline(str.lower).add_after(len)(["A", "bc"])
    [1, 2]
    """

    def __init__(self, convert_token: Callable | None = None):
        if convert_token is not None and not callable(convert_token):
            raise ValueError(f"Pipeline input convert_token {convert_token} is not None or callable")
        self.convert_token = (lambda x: x) if convert_token is None else convert_token
        self.pipes: list[Pipeline] = [self]

    def __call__(self, x: Any, *args: Any) -> Any:
        for pipe in self.pipes:
            x = pipe.call(x, *args)
        return x

    def call(self, x: Any, *args: Any) -> Any:
        """Apply this pipeline's own function alone."""
        if isinstance(x, list):
            return [self.convert_token(token, *args) for token in x]
        return self.convert_token(x, *args)

    def add_before(self, pipeline: Pipeline | Callable) -> Pipeline:
        """Put another pipeline or function first."""
        other = pipeline if isinstance(pipeline, Pipeline) else Pipeline(pipeline)
        self.pipes = [*other.pipes, *self.pipes]
        return self

    def add_after(self, pipeline: Pipeline | Callable) -> Pipeline:
        """Put another pipeline or function last."""
        other = pipeline if isinstance(pipeline, Pipeline) else Pipeline(pipeline)
        self.pipes = [*self.pipes, *other.pipes]
        return self
