"""`torch.utils._pytree`: nested containers, taken apart and put together."""

from typing import Any

from penlight.ledger.missing import module_getattr
from penlight.transforms import pytree
from penlight.transforms.pytree import (
    GetAttrKey,
    LeafSpec,
    MappingKey,
    SequenceKey,
    TreeSpec,
    keystr,
    register_pytree_node,
    tree_all,
    tree_all_only,
    tree_any,
    tree_any_only,
    tree_flatten,
    tree_flatten_with_path,
    tree_is_leaf,
    tree_iter,
    tree_leaves,
    tree_leaves_with_path,
    tree_map,
    tree_map_,
    tree_map_only,
    tree_map_only_,
    tree_map_with_path,
    tree_structure,
    tree_unflatten,
    treespec_pprint,
)

SUPPORTED_NODES = pytree._KINDS
PyTree = Context = Any
_dict_flatten, _dict_unflatten = SUPPORTED_NODES[dict].flatten, SUPPORTED_NODES[dict].unflatten
_get_node_type, _register_pytree_node = pytree._get_node_type, pytree.register_pytree_node


def _dict_flatten_with_keys(d: dict) -> tuple[list, Any]:
    values, context = _dict_flatten(d)
    return list(zip(SUPPORTED_NODES[dict].keys(d), values)), context


__getattr__ = module_getattr(__name__)

__all__ = [
    "GetAttrKey", "LeafSpec", "MappingKey", "SequenceKey", "TreeSpec", "keystr", "register_pytree_node", "tree_all",
    "tree_all_only", "tree_any", "tree_any_only", "tree_flatten", "tree_flatten_with_path", "tree_is_leaf", "tree_iter",
    "tree_leaves", "tree_leaves_with_path", "tree_map", "tree_map_", "tree_map_only", "tree_map_only_",
    "tree_map_with_path", "tree_structure", "tree_unflatten", "treespec_pprint",
]  # fmt: skip
