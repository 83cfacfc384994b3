"""What stands in the place of an array where there is none: shape and dtype, and errors for whatever reads elements."""

from __future__ import annotations

from typing import Any

__all__ = ["NoElements", "Unreadable"]


class Unreadable(RuntimeError):
    """Values were asked for where only shape and dtype are known: inside a function transform, or in a sparse tensor."""


class NoElements:
    """Whatever would read or compute with elements goes to `_refused`, which a subclass gives and which raises."""

    shape: tuple

    def _refused(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    def _refuse(self, *args: Any, **kwargs: Any) -> Any:
        return self._refused(*args, **kwargs)

    __array__ = __array_ufunc__ = __array_function__ = __getitem__ = __setitem__ = __iter__ = __bool__ = _refuse
    __int__ = __float__ = __index__ = __complex__ = __contains__ = __eq__ = __ne__ = _refuse  # type: ignore
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __neg__ = __invert__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __and__ = __or__ = __matmul__ = __pow__ = _refuse
    __hash__ = object.__hash__

    def __len__(self) -> int:
        return self.shape[0]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._refused()
