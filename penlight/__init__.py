"""penlight: PyTorch's eager API on NumPy. `import penlight as torch`.

Functions of the op table are compiled when first asked for, subpackages are imported when first asked for.
"""

from __future__ import annotations

import importlib as _importlib
import math as _math
import sys as _sys
import warnings as _warnings
from typing import Any as _Any

from penlight.autograd.grad_mode import (
    enable_grad,
    inference_mode,
    is_anomaly_check_nan_enabled,
    is_anomaly_enabled,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from penlight.base.allocator import keep_freed_memory as _keep_freed_memory
from penlight.base.defaults import get_default_dtype, get_num_threads, set_default_dtype, set_num_threads
from penlight.base.device import device
from penlight.base.dtypes import ALIASES as _ALIASES
from penlight.base.dtypes import DTYPES as _DTYPES
from penlight.base.dtypes import dtype
from penlight.base.formats import LAYOUTS as _LAYOUTS
from penlight.base.formats import MEMORY_FORMATS as _MEMORY_FORMATS
from penlight.base.formats import layout, memory_format
from penlight.base.promotion import can_cast, promote_types
from penlight.base.requirements import check_numpy as _check_numpy
from penlight.base.size import Size
from penlight.base.typeinfo import finfo, iinfo
from penlight.ledger.missing import module_getattr as _module_getattr
from penlight.tensor import Tensor
from penlight.tensor import public_function as _public_function
from penlight.tensor import public_names as _public_names
from penlight.tensor.create import *  # noqa: F403
from penlight.tensor.generator import *  # noqa: F403
from penlight.tensor.printing import set_printoptions
from penlight.tensor.queries import *  # noqa: F403
from penlight.tensor.random import *  # noqa: F403
from penlight.tensor.ranges import *  # noqa: F403
from penlight.version import __version__, torch_version

_check_numpy()
_keep_freed_memory()
globals().update(_DTYPES)
globals().update({_alias: _DTYPES[_name] for _alias, _name in _ALIASES.items()})
# PyTorch computes log(-1) and 1 / 0 without a word; so do NumPy's calls inside penlight (not the user's own)
_warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"penlight(\.|$)")
pi, e, inf, nan = _math.pi, _math.e, _math.inf, _math.nan
newaxis = None
torch = _sys.modules[__name__]  # as `import torch` leaves it in PyTorch's own namespace; some programs reach through it
globals().update(_MEMORY_FORMATS)
legacy_contiguous_format = _MEMORY_FORMATS["contiguous_format"]
globals().update(_LAYOUTS)

# imported when first asked for
_SUBPACKAGES = frozenset(
    "_C __config__ _dynamo _higher_order_ops _jit_internal _subclasses _tensor _tensor_str _utils accelerator amp ao "
    "autograd backends classes compiler cpu cuda distributed distributions export fft func functional futures fx hub "
    "jit library linalg masked monitor mps multiprocessing nested nn onnx optim overrides package profiler "
    "quantization quasirandom random return_types serialization signal sparse special storage testing text "
    "torch_version types utils version vision xpu".split()
)
_AUTOCAST = (
    "autocast_decrement_nesting autocast_increment_nesting clear_autocast_cache get_autocast_cpu_dtype get_autocast_dtype "
    "get_autocast_gpu_dtype is_autocast_cache_enabled is_autocast_cpu_enabled is_autocast_enabled "
    "set_autocast_cache_enabled set_autocast_cpu_dtype set_autocast_cpu_enabled set_autocast_dtype set_autocast_enabled"
)
_NATIVE = (
    "SymBool SymFloat SymInt alpha_dropout alpha_dropout_ bilinear dropout dropout_ eig embedding_bag "
    "embedding_renorm_ feature_alpha_dropout feature_alpha_dropout_ feature_dropout feature_dropout_ lstsq "
    "matrix_rank native_dropout rrelu rrelu_ solve sym_float sym_int sym_ite sym_max sym_min sym_not sym_sqrt sym_sum "
    "symeig"
)
_COMPRESSED = "sparse_bsc_tensor sparse_bsr_tensor sparse_compressed_tensor sparse_csc_tensor sparse_csr_tensor"
_CHECKS = (
    "_assert_async _check _check_index _check_is_size _check_not_implemented _check_tensor_all _check_tensor_all_with "
    "_check_type _check_value _check_with _convert_indices_from_coo_to_csr _convert_indices_from_csr_to_coo "
    "_shape_as_tensor"
)
_SPARSE = (
    "ccol_indices_copy col_indices_copy crow_indices_copy indices_copy native_norm resize_as_sparse_ row_indices_copy "
    "values_copy"
)
# name -> module that defines it, imported when first asked for
_ELSEWHERE = {
    "summary": "penlight.utils.summary",
    "save": "penlight.io", "load": "penlight.io", "as_torch": "penlight.alias", "compile": "penlight.compiler",
    "autocast": "penlight.amp", "set_default_tensor_type": "penlight.tensor.legacy",
    "UntypedStorage": "penlight.storage", "TypedStorage": "penlight.storage", "vmap": "penlight.func",
    "typename": "penlight.tensor.legacy", "is_storage": "penlight.storage", "OutOfMemoryError": "penlight.cuda.errors",
    "AcceleratorError": "penlight.cuda.errors", "svd_lowrank": "penlight.linalg.lowrank",
    "pca_lowrank": "penlight.linalg.lowrank", **dict.fromkeys(_AUTOCAST.split(), "penlight.amp.state"),
    **dict.fromkeys(_NATIVE.split(), "penlight.nn.native"), **dict.fromkeys(_CHECKS.split(), "penlight.tensor.checks"),
    **dict.fromkeys(("ScriptFunction", "ScriptModule"), "penlight.jit"),
    **dict.fromkeys(("DeviceObjType", "PyTorchFileReader", "PyTorchFileWriter", "TensorType"), "penlight._C"),
    "Future": "penlight.futures",
    **dict.fromkeys(_COMPRESSED.split(), "penlight.sparse.functions"),
    **dict.fromkeys("dsmm hsmm hspmm saddmm smm spmm sspaddmm".split(), "penlight.sparse.products"),
    **dict.fromkeys(_SPARSE.split(), "penlight.sparse.functions"),
    **dict.fromkeys("Event Stream get_device_module".split(), "penlight.streams"),
    **dict.fromkeys("cond while_loop".split(), "penlight.control_flow"),
    **dict.fromkeys("is_distributed slice_inverse".split(), "penlight.tensor.early"),
    **dict.fromkeys("fork wait".split(), "penlight.jit"), "GradScaler": "penlight.amp",
    **dict.fromkeys("Storage StorageBase".split(), "penlight.storage"), "from_file": "penlight.tensor.mapped",
    "lobpcg": "penlight.linalg.lobpcg", "to_dlpack": "penlight.utils.dlpack",
    "set_autocast_gpu_dtype": "penlight.amp.state", "set_anomaly_enabled": "penlight.autograd.anomaly_mode",
    "DisableTorchFunction": "penlight.tensor.function_mode", "DisableTorchFunctionSubclass": "penlight.tensor.subclass",
    **dict.fromkeys("compiled_with_cxx11_abi has_lapack has_mkl has_openmp has_spectral".split(), "penlight.built"),
    "sparse_coo_tensor": "penlight.sparse.create",
}  # fmt: skip
_missing = _module_getattr("torch")


def __getattr__(name: str) -> _Any:
    found = _public_function("torch", name)
    if found is None:
        if name in _SUBPACKAGES:
            try:
                return _importlib.import_module(f"penlight.{name}")
            except ModuleNotFoundError as error:
                if error.name != f"penlight.{name}":
                    raise
                return _missing(name)
        if name.startswith("_foreach_"):
            found = _importlib.import_module("penlight.tensor.foreach").foreach_function(name)
            if found is None:
                return _missing(name)
        elif name in _ELSEWHERE:
            found = getattr(_importlib.import_module(_ELSEWHERE[name]), name)
        elif name.endswith(("Tensor", "Storage")) and name[0].isupper():
            home = "penlight.storage" if name.endswith("Storage") else "penlight.tensor.legacy"
            found = _importlib.import_module(home).CLASSES.get(name)
            if found is None:
                return _missing(name)
        else:
            return _missing(name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    names = {n for n in globals() if not n.startswith("_")}
    return sorted(names | _public_names("torch") | _SUBPACKAGES | set(_ELSEWHERE))
