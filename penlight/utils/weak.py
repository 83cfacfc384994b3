"""Weak references to tensors, and dicts whose keys are objects that it does not keep alive, told apart by identity.

`weakref.WeakKeyDictionary` compares keys by `==`, which for tensors is elementwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any
from weakref import ref

from penlight.ledger.missing import module_getattr
from penlight.tensor.tensor import Tensor

__all__ = ["TensorWeakRef", "WeakIdKeyDictionary", "WeakIdRef", "WeakTensorKeyDictionary"]


class WeakIdRef(ref):
    """A weak reference that equals others to the same object, and hashes by its identity."""

    __slots__ = ("_id",)

    def __new__(cls, key: Any, callback: Any = None) -> Any:
        self = ref.__new__(cls, key, callback)
        self._id = id(key)
        return self

    def __init__(self, key: Any, callback: Any = None) -> None:
        super().__init__(key, callback)

    def __hash__(self) -> int:
        return self._id

    def __eq__(self, other: Any) -> bool:
        mine, its = self(), other() if isinstance(other, ref) else None
        return self is other if mine is None or its is None else mine is its


class WeakIdKeyDictionary(MutableMapping):
    """A dict with weak keys that are told apart by identity; an entry goes when its key does.

    >>> import penlight as torch
    >>> names, t = torch.utils.weak.WeakTensorKeyDictionary(), torch.ones(2)
    >>> names[t] = "ones"
    >>> names[t], torch.ones(2) in names
    ('ones', False)
    >>> del t
    >>> len(names)
    0
    """

    def __init__(self, dict: Any = None, ref_type: type = WeakIdRef) -> None:
        self.data: dict[Any, Any] = {}
        self.ref_type = ref_type
        holder, data = ref(self), self.data

        def remove(gone: Any) -> None:
            if holder() is not None:
                data.pop(gone, None)

        self._remove = remove
        if dict is not None:
            self.update(dict)

    def __getitem__(self, key: Any) -> Any:
        return self.data[self.ref_type(key)]

    def __setitem__(self, key: Any, value: Any) -> None:
        self.data[self.ref_type(key, self._remove)] = value

    def __delitem__(self, key: Any) -> None:
        del self.data[self.ref_type(key)]

    def __iter__(self) -> Iterator[Any]:
        for held in list(self.data):
            key = held()
            if key is not None:
                yield key

    def __len__(self) -> int:
        return len(self.data)

    def __contains__(self, key: Any) -> bool:
        try:
            return self.ref_type(key) in self.data
        except TypeError:  # no weak reference to it can be made
            return False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {id(self):#x}>"

    def keyrefs(self) -> list[Any]:
        """The references to the keys."""
        return list(self.data)

    def copy(self) -> WeakIdKeyDictionary:
        """Another one with the same entries."""
        return WeakIdKeyDictionary(self, self.ref_type)

    __copy__ = copy

    def __or__(self, other: Any) -> Any:
        return self._joined(self, other) if isinstance(other, Mapping) else NotImplemented

    def __ror__(self, other: Any) -> Any:
        return self._joined(other, self) if isinstance(other, Mapping) else NotImplemented

    def __ior__(self, other: Any) -> Any:
        self.update(other)
        return self

    @staticmethod
    def _joined(*parts: Iterable) -> WeakIdKeyDictionary:
        made = WeakIdKeyDictionary()
        for part in parts:
            made.update(part)
        return made


WeakTensorKeyDictionary = WeakIdKeyDictionary


class TensorWeakRef:
    """A weak reference to a tensor: a call gives it, or None."""

    __slots__ = ("ref",)

    def __init__(self, tensor: Tensor) -> None:
        if not isinstance(tensor, Tensor):
            raise AssertionError(f"expected torch.Tensor, got {type(tensor)}.")
        self.ref = ref(tensor)

    def __call__(self) -> Tensor | None:
        return self.ref()


__getattr__ = module_getattr(__name__)
