"""`torch.sparse`: sparse tensors in coordinate form.

Source: https://docs.pytorch.org/docs/stable/sparse.html
"""

from penlight.ledger.missing import module_getattr
from penlight.sparse import elementwise
from penlight.sparse.create import check_sparse_tensor_invariants
from penlight.sparse.functions import (
    CLASSES as _CLASSES,
)
from penlight.sparse.functions import (
    SparseSemiStructuredTensor,
    SparseSemiStructuredTensorCUSPARSELT,
    SparseSemiStructuredTensorCUTLASS,
    as_sparse_gradcheck,
    sampled_addmm,
    spdiags,
    to_sparse_semi_structured,
)
from penlight.sparse.products import sparse_addmm as addmm
from penlight.sparse.products import sparse_mm as mm
from penlight.sparse.reduce import log_softmax, softmax
from penlight.sparse.reduce import sparse_sum as sum

__all__ = [
    "addmm", "as_sparse_gradcheck", "check_sparse_tensor_invariants", "log_softmax", "mm", "sampled_addmm", "softmax",
    "spdiags", "sum", "SparseSemiStructuredTensor", "SparseSemiStructuredTensorCUSPARSELT",
    "SparseSemiStructuredTensorCUTLASS", "to_sparse_semi_structured",
]  # fmt: skip

globals().update(_CLASSES)
__getattr__ = module_getattr(__name__)
