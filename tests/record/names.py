"""Record PyTorch's public names, one group per namespace, into penlight/ledger/names.tsv.

Run with an interpreter that has PyTorch 2.13 (and tensorboard, for torch.utils.tensorboard):

    python tests/record/names.py

A name counts as public when it has no leading underscore and
- stands in the namespace's `__all__`, or
- is defined below that namespace, or
- is a submodule, or
- in a namespace without `__all__`: belongs to torch and is no left-over of an import or of the type machinery.

Each line of the file is `namespace<TAB>kind<TAB>names`; the kind is class, function, module or value.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
import tempfile
import types
import warnings
from pathlib import Path

import torch

TARGET = Path(__file__).resolve().parents[2] / "penlight" / "ledger" / "names.tsv"

NAMESPACES = """
torch torch.accelerator torch.amp torch.amp.autocast_mode torch.amp.grad_scaler torch.ao.nn torch.ao.pruning
torch.ao.quantization torch.autograd torch.autograd.anomaly_mode torch.autograd.forward_ad torch.autograd.function
torch.autograd.functional torch.autograd.grad_mode torch.autograd.gradcheck torch.autograd.graph
torch.autograd.profiler torch.autograd.variable torch.backends torch.backends.cpu torch.backends.cuda
torch.backends.cudnn torch.backends.cusparselt torch.backends.mha torch.backends.mkl torch.backends.mkldnn
torch.backends.mps torch.backends.nnpack torch.backends.openmp torch.backends.opt_einsum torch.backends.quantized
torch.backends.xeon torch.backends.xnnpack torch.compiler torch.cpu torch.cpu.amp torch.cuda torch.cuda.amp
torch.cuda.comm torch.cuda.memory torch.cuda.nvtx torch.cuda.profiler torch.cuda.random torch.cuda.tunable
torch.distributed torch.distributed.algorithms torch.distributed.autograd torch.distributed.checkpoint
torch.distributed.device_mesh torch.distributed.elastic torch.distributed.fsdp torch.distributed.nn
torch.distributed.optim torch.distributed.pipelining torch.distributed.rpc torch.distributed.tensor
torch.distributions torch.distributions.constraint_registry torch.distributions.constraints torch.distributions.kl
torch.distributions.transforms torch.distributions.utils torch.export torch.fft torch.func torch.functional
torch.futures torch.fx torch.fx.experimental torch.hub torch.jit torch.library torch.linalg torch.masked torch.monitor
torch.mps torch.mps.event torch.mps.profiler torch.mtia torch.multiprocessing torch.nested torch.nn
torch.nn.attention torch.nn.attention.flex_attention torch.nn.functional torch.nn.init torch.nn.intrinsic
torch.nn.modules torch.nn.parallel torch.nn.parameter torch.nn.qat torch.nn.quantized torch.nn.utils
torch.nn.utils.fusion torch.nn.utils.parametrizations torch.nn.utils.parametrize torch.nn.utils.prune
torch.nn.utils.rnn torch.nn.utils.stateless torch.onnx torch.optim torch.optim.lr_scheduler torch.optim.swa_utils
torch.overrides torch.package torch.profiler torch.quantization torch.quasirandom torch.random torch.return_types
torch.serialization torch.signal torch.signal.windows torch.sparse torch.special torch.storage torch.testing
torch.torch_version torch.types torch.utils torch.utils.benchmark torch.utils.bundled_inputs torch.utils.checkpoint
torch.utils.collect_env torch.utils.cpp_extension torch.utils.data torch.utils.data.dataloader
torch.utils.data.dataset torch.utils.data.distributed torch.utils.data.sampler torch.utils.deterministic
torch.utils.dlpack torch.utils.flop_counter torch.utils.hooks torch.utils.mobile_optimizer torch.utils.model_zoo
torch.utils.module_tracker torch.utils.tensorboard torch.version torch.xpu
""".split()

# Classes whose members are part of the interface that programs use.
CLASSES = """
torch.Tensor torch.Generator torch.Size torch.device torch.dtype torch.finfo torch.iinfo torch.UntypedStorage
torch.autograd.Function torch.autograd.function.FunctionCtx torch.distributions.Distribution torch.nn.Module
torch.nn.ModuleDict torch.nn.ModuleList torch.nn.ParameterDict torch.nn.ParameterList torch.nn.Sequential
torch.nn.utils.rnn.PackedSequence torch.optim.Optimizer torch.optim.lr_scheduler.LRScheduler
torch.utils.data.DataLoader torch.utils.data.Dataset torch.utils.tensorboard.SummaryWriter
""".split()

# Documented, or in use in public programs, though none of the rules finds them.
ALSO = """
torch.cuda.OutOfMemoryError torch.distributed.autograd.backward torch.distributed.autograd.get_gradients
torch.hub.HASH_REGEX torch.jit.Final torch.jit.is_scripting torch.sparse.spdiags torch.utils.dlpack.to_dlpack
""".split()

# What an import or the type machinery left behind in a namespace: nobody's interface.
LEFT_OVER = {
    "torch._jit_internal",
    "torch.overrides",
    "torch._prims_common",
    "torch._prims_common.wrappers",
    "torch._linalg_utils",
    "torch._namedtensor_internals",
    "torch._library.infer_schema",
}
LEFT_OVER_NAMES = {
    "TYPE_CHECKING", "Tensor", "torch", "nn", "has_torch_function", "has_torch_function_unary",
    "has_torch_function_variadic", "reproducibility_notes", "sparse_support_notes", "tf32_notes",
    "parse_kwargs", "merge_dicts", "common_args", "DType", "LoggerBase", "PRIVATE_OPS",
    "ContextProp", "GenericModule", "PropModule", "CudnnModule", "MkldnnModule", "OptEinsumModule", "QuantizedEngine",
    "XNNPACKEngine",
}  # fmt: skip


OF_EVERY_CLASS = {"__dict__", "__module__", "__weakref__", "__annotations__"}


def kind_of(value: object) -> str:
    if isinstance(value, types.ModuleType):
        return "module"
    if isinstance(value, type):
        return "class"
    return "function" if callable(value) else "value"


def submodules(module: types.ModuleType) -> set[str]:
    path = getattr(module, "__path__", ())
    return {found.name for found in pkgutil.iter_modules(path) if not found.name.startswith("_")}


def is_public(namespace: str, module: types.ModuleType, name: str, value: object) -> bool:
    if isinstance(value, types.ModuleType):
        return value.__name__ == f"{namespace}.{name}" or (namespace == "torch" and name in ("ops", "classes"))
    home = str(getattr(value, "__module__", None) or "")
    if home == namespace or home.startswith(namespace + "."):
        return name not in LEFT_OVER_NAMES or (namespace == "torch" and name == "Tensor")
    if hasattr(module, "__all__") and namespace != "torch":
        return False
    if name in LEFT_OVER_NAMES or home in LEFT_OVER:
        return False
    if home:
        return home == "torch" or home.startswith("torch.")
    if type(value).__module__.startswith("torch"):
        return True
    builtin_function = isinstance(value, (types.BuiltinFunctionType, types.MethodDescriptorType))
    return builtin_function or isinstance(value, (bool, int, float, str, type(None)))


def hidden_members(module: types.ModuleType) -> set[str]:
    """Members of a module whose class stands before the true module (torch.backends.cudnn): dir() shows none."""
    if type(module) is types.ModuleType or not hasattr(module, "m"):
        return set()
    return (set(dir(module.m)) | set(dir(type(module)))) - set(dir(types.ModuleType)) - {"m"}


def module_names(namespace: str) -> dict[str, str]:
    module = importlib.import_module(namespace)
    names = dict.fromkeys(submodules(module), "module")
    listed = set(getattr(module, "__all__", ()))
    listed |= {name.rpartition(".")[2] for name in ALSO if name.rpartition(".")[0] == namespace}
    for name in sorted(set(dir(module)) | listed | hidden_members(module)):
        if name.startswith("_") or not name.isidentifier():
            continue
        try:
            value = getattr(module, name)
        except (AttributeError, RuntimeError, ImportError):
            continue  # listed in __all__, yet not there in this build
        if name in listed or is_public(namespace, module, name, value):
            names[name] = kind_of(value)
    return names


def class_names(path: str) -> dict[str, str]:
    module, _, name = path.rpartition(".")
    cls = getattr(importlib.import_module(module), name)
    names = {}
    for member in dir(cls):
        dunder = member.startswith("__")
        if dunder and (hasattr(object, member) or member in OF_EVERY_CLASS):
            continue
        if path != "torch.nn.Module" and issubclass(cls, torch.nn.Module) and hasattr(torch.nn.Module, member):
            continue  # said once, for Module
        if member.startswith("_") and not (dunder and path == "torch.Tensor"):
            continue
        value = getattr(cls, member, None)
        names[member] = "value" if kind_of(value) == "module" else kind_of(value)
    return names


def lines() -> list[str]:
    text = [
        f"# The public names of PyTorch {torch.__version__.split('+')[0]}, written by tests/record/names.py.",
        "# namespace<TAB>kind<TAB>names",
    ]
    for namespace in sorted(NAMESPACES + CLASSES):
        names = class_names(namespace) if namespace in CLASSES else module_names(namespace)
        for kind in ("class", "function", "module", "value"):
            chosen = sorted(name for name, its_kind in names.items() if its_kind == kind)
            if chosen:
                text.append(f"{namespace}\t{kind}\t{' '.join(chosen)}")
    return text


def main() -> int:
    warnings.simplefilter("ignore")
    content = "\n".join(lines()) + "\n"
    descriptor, temporary = tempfile.mkstemp(dir=TARGET.parent, prefix=TARGET.name)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
        file.write(content)
    os.chmod(temporary, 0o644)
    os.replace(temporary, TARGET)
    print(f"{TARGET}: {len(content)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
