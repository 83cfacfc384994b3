"""Names of PyTorch's that penlight leaves out for good, by rule, with the reason.

They are parts of PyTorch that stand on its C++ and compiler stack or on other hardware. They count apart in
the coverage; a name that penlight does have counts as supported, whatever the rules say.
"""

from __future__ import annotations

import re

__all__ = ["RULES", "out_of_scope"]

SCRIPT = "TorchScript's compiler, its types and its files: penlight runs the Python itself"
QUANTISED = "quantised tensors, their kernels and observers"
VENDOR = "kernels of one vendor's library or device, called by name"
DISPATCH = "the C++ dispatcher, its keys and its schemas"
BITS = "dtypes of less than a byte or without arithmetic, which PyTorch only stores"
BUILD = "how the C++ library was built and is loaded"
SYMBOLIC = "symbolic shapes of torch.export and torch.compile"
STRAY = "PyTorch's own imports, visible in the module but no part of it"

# (pattern of the namespace, pattern of the name, reason)
RULES: tuple[tuple[str, str, str], ...] = (
    (
        "torch",
        r"AVG|SUM|AggregationType|AliasDb|Argument(Spec)?|CompleteArgumentSpec|BenchmarkConfig|BenchmarkExecutionStats"
        r"|Block|CallStack|Capsule|Code|CompilationUnit|ConcreteModule\w+|DeepCopyMemoTable|\w+StorageContext"
        r"|ErrorReport|ExecutionPlan|FatalError|FileCheck|Gradient|Graph|GraphExecutorState|IODescriptor|JITException"
        r"|LiteScriptModule|LockingLogger|NoopLogger|Node|OperatorInfo|PyTorchFile(Reader|Writer)|Script(?!Module$)\w+"
        r"|StaticModule|ThroughputBenchmark|TracingState|Use|Value|(Buffer|Module|Parameter)Dict|Type|\w+Type"
        r"|import_ir_module\w*|parse_(ir|schema|type_comment)|merge_type_from_type_comment|unify_type_list|nativert",
        SCRIPT,
    ),
    (
        "torch|torch.Tensor",
        r"\w*quantize[rd]?\w*|Q(U?)Int\w+Storage|q_\w+|qscheme|per_(channel|tensor)_\w+|choose_qparams_optimized|int_repr"
        r"|fused_moving_avg_obs_fake_quant",
        QUANTISED,
    ),
    (
        "torch",
        r"(cudnn|miopen|mkldnn|fbgemm)_\w+|batch_norm_(backward_|gather_|update_)?(elemt|reduce|stats\w*)|mtia"
        r"|\w*autocast_(ipu|xla)_\w+|is_vulkan_available|profiler_allow_cudagraph\w+",
        VENDOR,
    ),
    ("torch.Tensor", r"to_mkldnn|ipu|mtia|__cuda_array_interface__|__dlpack_c_exchange_api__", VENDOR),
    ("torch.nn.functional", r"scaled_(grouped_)?mm|ScalingType|SwizzleType", VENDOR),
    ("torch.sparse", r"semi_structured", VENDOR),
    ("torch", r"DispatchKey(Set)?|ExcludeDispatchKeyGuard|FunctionSchema|Tag", DISPATCH),
    ("torch.Tensor", r"__torch_dispatch__", DISPATCH),
    ("torch.overrides", r"enable_reentrant_dispatch", DISPATCH),
    ("torch", r"bit|bits\w+|u?int[1-7]|float4_e2m1fn_x2", BITS),
    (
        "torch",
        r"USE_GLOBAL_DEPS|USE_RTLD_GLOBAL_WITH_LIBTORCH|contrib|cpp|numa|init_num_threads"
        r"|prepare_multiprocessing_environment|get_file_path",
        BUILD,
    ),
    ("torch", r"sym_(constrain_range\w*|fresh_size)|Sym(Bool|Float|Int)", SYMBOLIC),
    ("torch.Tensor", r"index", "first-class dimensions of functorch"),
    ("torch.fft", r"Tensor", STRAY),
    ("torch", r"classproperty|thread_safe_generator", STRAY),
)  # fmt: skip

_COMPILED = tuple((re.compile(namespace), re.compile(name), reason) for namespace, name, reason in RULES)


def out_of_scope(namespace: str, name: str) -> str | None:
    """The reason why a name is left out for good, None when it is not.

    >>> out_of_scope("torch", "cudnn_convolution")
    "kernels of one vendor's library or device, called by name"
    """
    for where, what, reason in _COMPILED:
        if where.fullmatch(namespace) and what.fullmatch(name):
            return reason
    return None
