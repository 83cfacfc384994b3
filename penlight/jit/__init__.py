"""`torch.jit`: scripted and traced functions run as they are; there is no TorchScript.

Source: https://docs.pytorch.org/docs/stable/jit.html
"""

from penlight.jit import annotations
from penlight.jit.eager import (
    Attribute,
    Error,
    Final,
    Future,
    ScriptWarning,
    TracerWarning,
    TracingCheckError,
    annotate,
    enable_onednn_fusion,
    export,
    fork,
    freeze,
    fuser,
    ignore,
    interface,
    is_scripting,
    is_tracing,
    isinstance,
    load,
    onednn_fusion_enabled,
    optimize_for_inference,
    optimized_execution,
    save,
    script,
    script_if_tracing,
    script_method,
    set_fusion_strategy,
    strict_fusion,
    trace,
    trace_module,
    unused,
    wait,
)
from penlight.jit.eager import _overload as _overload
from penlight.jit.eager import _overload_method as _overload_method
from penlight.jit.modules import ScriptModule
from penlight.ledger.missing import module_getattr, placeholder

__all__ = [
    "Attribute", "CompilationUnit", "Error", "Final", "Future", "RecursiveScriptModule", "ScriptFunction",
    "ScriptModule",
    "ScriptWarning", "TracedModule", "TracerWarning", "TracingCheckError", "annotate", "annotations",
    "enable_onednn_fusion", "export", "fork", "freeze", "fuser", "ignore", "interface", "is_scripting", "is_tracing",
    "isinstance", "load", "onednn_fusion_enabled", "optimize_for_inference", "optimized_execution", "save", "script",
    "script_if_tracing", "script_method", "set_fusion_strategy", "strict_fusion", "trace", "trace_module",
    "unused", "wait",
]  # fmt: skip

_REASON = "functions and modules run as they are, there is no TorchScript"
ScriptFunction = placeholder("torch.jit.ScriptFunction", _REASON)
RecursiveScriptModule = placeholder("torch.jit.RecursiveScriptModule", _REASON)
TracedModule = placeholder("torch.jit.TracedModule", _REASON)
CompilationUnit = placeholder("torch.jit.CompilationUnit", _REASON)
_get_trace_graph = placeholder("torch.jit._get_trace_graph", _REASON)
__getattr__ = module_getattr(__name__)
