"""Nested containers taken apart into leaves and put together again: what `torch.utils._pytree` offers."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

__all__ = [
    "GetAttrKey", "LeafSpec", "MappingKey", "SequenceKey", "TreeSpec", "broadcast", "keystr", "register_pytree_node",
    "tree_all", "tree_all_only", "tree_any", "tree_any_only", "tree_flatten", "tree_flatten_with_path", "tree_is_leaf",
    "tree_iter", "tree_leaves", "tree_leaves_with_path", "tree_map", "tree_map_", "tree_map_only", "tree_map_only_",
    "tree_map_with_path", "tree_structure", "tree_unflatten", "treespec_pprint",
]  # fmt: skip


class SequenceKey(NamedTuple):
    """A step into a tuple or list."""

    idx: int

    def __str__(self) -> str:
        return f"[{self.idx!r}]"


class MappingKey(NamedTuple):
    """A step into a dict."""

    key: Any

    def __str__(self) -> str:
        return f"[{self.key!r}]"


class GetAttrKey(NamedTuple):
    """A step to a named field."""

    name: str

    def __str__(self) -> str:
        return f".{self.name}"


class _Kind(NamedTuple):
    """One kind of container."""

    name: str
    flatten: Callable[[Any], tuple[list, Any]]  # (children, context)
    unflatten: Callable[[Any, Any], Any]  # (children, context)
    keys: Callable[[Any], list]
    flatten_fn = property(lambda self: self.flatten)
    unflatten_fn = property(lambda self: self.unflatten)


def _indices(value: Any) -> list:
    return [SequenceKey(i) for i in range(len(value))]


def _mapping(cls: type) -> _Kind:
    return _Kind(
        cls.__name__,
        lambda d: (list(d.values()), list(d)),
        lambda values, keys: cls(zip(keys, values)),
        lambda d: [MappingKey(key) for key in d],
    )


_KINDS: dict[Any, _Kind] = {
    tuple: _Kind("tuple", lambda v: (list(v), None), lambda values, _: tuple(values), _indices),
    list: _Kind("list", lambda v: (list(v), None), lambda values, _: list(values), _indices),
    dict: _mapping(dict),
    OrderedDict: _mapping(OrderedDict),
    defaultdict: _Kind(
        "defaultdict",
        lambda d: (list(d.values()), [d.default_factory, list(d)]),
        lambda values, context: defaultdict(context[0], zip(context[1], values)),
        lambda d: [MappingKey(key) for key in d],
    ),
    deque: _Kind("deque", lambda d: (list(d), d.maxlen), lambda values, length: deque(values, maxlen=length), _indices),
}
_NAMED = _KINDS[namedtuple] = _Kind(  # keyed by the function, as in PyTorch
    "namedtuple",
    lambda v: (list(v), type(v)),
    lambda values, cls: cls(*values),
    lambda v: [GetAttrKey(name) for name in v._fields],
)


def _sequence_kind(cls: type) -> _Kind:
    """Size and the result types of ops: tuples that are built from one sequence."""
    return _Kind(
        cls.__name__,
        lambda v: (list(v), None),
        lambda values, _: tuple(values) if cls.__name__ == "Size" else cls(values),
        _indices,
    )


def _kind(value: Any) -> _Kind | None:
    cls = type(value)
    kind = _KINDS.get(cls)
    if kind is None and isinstance(value, tuple):
        if hasattr(cls, "_fields"):
            return _NAMED
        if hasattr(cls, "n_sequence_fields") or cls.__name__ == "Size":
            kind = _KINDS[cls] = _sequence_kind(cls)
    return kind


def _get_node_type(value: Any) -> Any:
    """The key under which a value's kind is registered."""
    return namedtuple if _kind(value) is _NAMED else type(value)


class TreeSpec:
    """The containers of a tree, with places for its leaves."""

    def __init__(self, type: Any, context: Any, children_specs: list[TreeSpec]) -> None:
        self._kind: _Kind | None = None if type is None else _KINDS[type]
        self.type, self.context, self._children = type, context, children_specs
        self.num_leaves = 1 if type is None else sum(c.num_leaves for c in children_specs)
        self.num_nodes = 1 + sum(c.num_nodes for c in children_specs)
        self.num_children = len(children_specs)

    def is_leaf(self) -> bool:
        """Whether the tree is a leaf only."""
        return self._kind is None

    def children(self) -> list[TreeSpec]:
        """The specs of the parts."""
        return list(self._children)

    def child(self, index: int) -> TreeSpec:
        """One part's spec."""
        return self._children[index]

    def unflatten(self, leaves: Any) -> Any:
        """The tree with other leaves."""
        leaves = list(leaves)
        if len(leaves) != self.num_leaves:
            raise ValueError(
                f"treespec.unflatten(leaves): `leaves` has length {len(leaves)} but the spec refers to a pytree that "
                f"holds {self.num_leaves} items ({self})."
            )
        return self._build(iter(leaves))

    def _build(self, leaves: Iterator) -> Any:
        if self._kind is None:
            return next(leaves)
        return self._kind.unflatten([c._build(leaves) for c in self._children], self.context)

    def flatten_up_to(self, tree: Any) -> list:
        """What stands in `tree` at the places of this spec's leaves."""
        if self._kind is None:
            return [tree]
        kind = _kind(tree)
        if kind is None or _get_node_type(tree) is not self.type:
            raise ValueError(f"Node type mismatch; expected {self.type!r}, but got {type(tree)!r}.")
        parts, context = kind.flatten(tree)
        if len(parts) != len(self._children):
            raise ValueError(f"Node arity mismatch; expected {len(self._children)}, but got {len(parts)}.")
        if isinstance(tree, dict):
            if set(tree) != set(self._keys()):
                raise ValueError(f"Node keys mismatch; expected {self._keys()}, but got {list(tree)}.")
            parts = [tree[key] for key in self._keys()]
        return [leaf for c, part in zip(self._children, parts) for leaf in c.flatten_up_to(part)]

    def _keys(self) -> list:
        return self.context[1] if self.type is defaultdict else self.context

    def __eq__(self, other: Any) -> bool:
        if not isinstance(other, TreeSpec):
            return NotImplemented
        return (self.type, self.context, self._children) == (other.type, other.context, other._children)

    def __hash__(self) -> int:
        return hash((self.type, self.num_nodes))

    def __repr__(self, indent: int = 0) -> str:
        if self._kind is None:
            return "*"
        parts = ",\n".join(" " * (indent + 2) * (i > 0) + c.__repr__(indent + 2) for i, c in enumerate(self._children))
        return f"TreeSpec({self._kind.name}, {self.context}, [{parts}])"


class LeafSpec(TreeSpec):
    """The spec of a tree that is one leaf."""

    def __init__(self) -> None:
        super().__init__(None, None, [])


def register_pytree_node(
    cls: type, flatten_fn: Callable, unflatten_fn: Callable, *, serialized_type_name: Any = None,
    to_dumpable_context: Any = None, from_dumpable_context: Any = None, flatten_with_keys_fn: Any = None,
) -> None:  # fmt: skip
    """Make instances of a class containers: `flatten_fn(x) -> (children, context)`, `unflatten_fn(children, context)`."""
    if cls in _KINDS:
        raise ValueError(f"{cls} is already registered as pytree node.")
    keys = _count if flatten_with_keys_fn is None else lambda v: [key for key, _ in flatten_with_keys_fn(v)[0]]
    _KINDS[cls] = _Kind(cls.__name__, flatten_fn, unflatten_fn, keys)


def _count(value: Any) -> list:
    return [SequenceKey(i) for i in range(len(list(_kind(value).flatten(value)[0])))]  # type: ignore[union-attr]


def tree_flatten(tree: Any, is_leaf: Callable | None = None) -> tuple[list, TreeSpec]:
    """(leaves in order, the containers around them). None is a leaf.

    >>> from penlight.utils._pytree import tree_flatten
    >>> tree_flatten({"a": 1, "b": (2, 3)})[0]
    [1, 2, 3]
    """
    leaves: list = []

    def take(node: Any) -> TreeSpec:
        kind = None if is_leaf is not None and is_leaf(node) else _kind(node)
        if kind is None:
            leaves.append(node)
            return LeafSpec()
        children, context = kind.flatten(node)
        return TreeSpec(_get_node_type(node), context, [take(child) for child in children])

    return leaves, take(tree)


def tree_unflatten(leaves: Any, treespec: TreeSpec) -> Any:
    """The containers of `treespec` around other leaves."""
    if not isinstance(treespec, TreeSpec):
        raise TypeError(f"tree_unflatten(leaves, treespec): expected a TreeSpec, got {type(treespec)}")
    return treespec.unflatten(leaves)


def tree_leaves(tree: Any, is_leaf: Callable | None = None) -> list:
    """The leaves in order."""
    return tree_flatten(tree, is_leaf)[0]


def tree_iter(tree: Any, is_leaf: Callable | None = None) -> Iterator:
    """An iterator over the leaves."""
    return iter(tree_leaves(tree, is_leaf))


def tree_structure(tree: Any, is_leaf: Callable | None = None) -> TreeSpec:
    """The containers without the leaves."""
    return tree_flatten(tree, is_leaf)[1]


def tree_is_leaf(tree: Any, is_leaf: Callable | None = None) -> bool:
    """Whether a value is no container."""
    return is_leaf is not None and is_leaf(tree) or _kind(tree) is None


def tree_map(func: Callable, tree: Any, *rests: Any, is_leaf: Callable | None = None) -> Any:
    """The same containers around `func(leaf, …)`, with the leaves of further trees of the same form as arguments.

    >>> from penlight.utils._pytree import tree_map
    >>> tree_map(lambda x: x + 1, (1, [2]))
    (2, [3])
    """
    leaves, spec = tree_flatten(tree, is_leaf)
    return spec.unflatten([func(*values) for values in zip(leaves, *[spec.flatten_up_to(r) for r in rests])])


def tree_map_(func: Callable, tree: Any, *rests: Any, is_leaf: Callable | None = None) -> Any:
    """Call `func` on every leaf, for its effect; returns the tree."""
    tree_map(func, tree, *rests, is_leaf=is_leaf)
    return tree


def _chosen(condition: Any) -> Callable[[Any], bool]:
    if isinstance(condition, (type, tuple)):
        return lambda value: isinstance(value, condition)
    return condition


def tree_map_only(types: Any, func: Callable, tree: Any, is_leaf: Callable | None = None) -> Any:
    """`tree_map` for the leaves of some types (or that a predicate chooses); others stay."""
    chosen = _chosen(types)
    return tree_map(lambda v: func(v) if chosen(v) else v, tree, is_leaf=is_leaf)


def tree_map_only_(types: Any, func: Callable, tree: Any, is_leaf: Callable | None = None) -> Any:
    """`tree_map_only` for its effect; returns the tree."""
    tree_map_only(types, func, tree, is_leaf)
    return tree


def tree_all(pred: Callable, tree: Any, is_leaf: Callable | None = None) -> bool:
    """Whether a predicate holds for all leaves."""
    return all(map(pred, tree_iter(tree, is_leaf)))


def tree_any(pred: Callable, tree: Any, is_leaf: Callable | None = None) -> bool:
    """Whether a predicate holds for a leaf."""
    return any(map(pred, tree_iter(tree, is_leaf)))


def tree_all_only(types: Any, pred: Callable, tree: Any, is_leaf: Callable | None = None) -> bool:
    """`tree_all` over the leaves of some types."""
    chosen = _chosen(types)
    return all(pred(v) for v in tree_iter(tree, is_leaf) if chosen(v))


def tree_any_only(types: Any, pred: Callable, tree: Any, is_leaf: Callable | None = None) -> bool:
    """`tree_any` over the leaves of some types."""
    chosen = _chosen(types)
    return any(pred(v) for v in tree_iter(tree, is_leaf) if chosen(v))


def tree_flatten_with_path(tree: Any, is_leaf: Callable | None = None) -> tuple[list, TreeSpec]:
    """`tree_flatten` with (path, leaf) pairs; a path is a tuple of keys."""
    found: list = []

    def walk(node: Any, path: tuple) -> None:
        kind = None if is_leaf is not None and is_leaf(node) else _kind(node)
        if kind is None:
            found.append((path, node))
            return
        for key, child in zip(kind.keys(node), kind.flatten(node)[0]):
            walk(child, (*path, key))

    walk(tree, ())
    return found, tree_structure(tree, is_leaf)


def tree_leaves_with_path(tree: Any, is_leaf: Callable | None = None) -> list:
    """The (path, leaf) pairs in order."""
    return tree_flatten_with_path(tree, is_leaf)[0]


def tree_map_with_path(func: Callable, tree: Any, *rests: Any, is_leaf: Callable | None = None) -> Any:
    """`tree_map` with the path as the function's first argument."""
    pairs, spec = tree_flatten_with_path(tree, is_leaf)
    columns = [spec.flatten_up_to(r) for r in rests]
    return spec.unflatten([func(*pair, *others) for pair, *others in zip(pairs, *columns)])


def keystr(kp: tuple) -> str:
    """A path as Python would spell it: `['a'][0]`."""
    return "".join(map(str, kp))


def treespec_pprint(treespec: TreeSpec) -> str:
    """The containers as Python would print them, with `*` at the leaves."""
    star = type("_Star", (), {"__repr__": lambda self: "*"})()
    return repr(treespec.unflatten([star] * treespec.num_leaves))


def broadcast(tree: Any, spec: TreeSpec) -> list | None:
    """One value per leaf of `spec` from a tree that may be coarser; None where the two do not fit."""
    kind = _kind(tree)
    if kind is None:
        return [tree] * spec.num_leaves
    if spec.is_leaf() or _get_node_type(tree) is not spec.type:
        return None
    parts, context = kind.flatten(tree)
    if len(parts) != spec.num_children or context != spec.context:
        return None
    found: list = []
    for part, child in zip(parts, spec.children()):
        values = broadcast(part, child)
        if values is None:
            return None
        found += values
    return found
