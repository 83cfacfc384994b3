"""`torch.ops.aten`: PyTorch's operators under their inner names, `torch.ops.aten.add.Tensor(a, b)`.

Each is the public function of that name (in `torch`, on Tensor, in `nn.functional`), or one of those below where the
inner operator has other arguments. Names without a counterpart raise AttributeError. Overloads of one operator are one
function here, which tells its arguments apart itself; operators have no schema objects.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from typing import Any

from penlight.base import dtypes
from penlight.ops.namespaces import OpNamespace
from penlight.tensor import Tensor
from penlight.tensor import tensor_ops as ops

__all__ = ["OpOverload", "OpOverloadPacket", "aten"]

# Overloads that some operator has. Which operator has which is not recorded: an unknown one raises.
_OVERLOADS = frozenset(
    "default Tensor Scalar out Scalar_out Tensor_out Tensor_Tensor Tensor_Scalar Scalar_Tensor Tensor_Tensor_out dim dim_int "
    "dim_IntList IntList_out dim_max dim_min int int_out self other correction correction_names Scalar_mode Tensor_mode "
    "ScalarOpt_dim ScalarOpt_dim_dtype start start_step start_out size sizes SymInt dims from from_out low low_generator "
    "generator float float_out p vec values stable stable_out values_stable unary_out source Source value value_reduce "
    "reduce dim_values padding Tensor_float Scalar_Tensor_out dtype dtype_layout device prim_Device List ScalarList "
    "ScalarTensor grad_input names memory_format".split()
)

_LISTS = frozenset(
    "broadcast_tensors chunk dsplit hsplit meshgrid split split_with_sizes tensor_split unbind unsafe_chunk unsafe_split "
    "vsplit".split()
)


def _slice(input: Tensor, dim: int = 0, start: Any = None, end: Any = None, step: int = 1) -> Tensor:
    return input[(slice(None),) * (dim % input.ndim) + (slice(start, end, step),)]


def _index(input: Tensor, indices: Any) -> Tensor:
    return input[tuple(slice(None) if i is None else i for i in indices)]


def _softmax_of(name: str) -> Callable:
    def function(input: Tensor, dim: int, half_to_float: bool) -> Tensor:
        if half_to_float:
            raise RuntimeError(f"{name} with half to float conversion is not supported on CPU")
        return getattr(ops, name)(input, dim)

    return function


def _copy(input: Tensor, src: Tensor, non_blocking: bool = False) -> Tensor:
    return src.expand(input.shape).to(input.dtype).clone()


def _to_copy(
    input: Tensor, *, dtype: Any = None, layout: Any = None, device: Any = None, pin_memory: Any = None,
    non_blocking: bool = False, memory_format: Any = None,
) -> Tensor:  # fmt: skip
    return input.to(device=device, dtype=input.dtype if dtype is None else dtypes.of(dtype), copy=True)


def _convolution(input: Tensor, weight: Tensor, bias: Any, *settings: Any) -> Tensor:
    return ops.convolution(input, weight, bias, *settings[:6])  # without the flags that choose kernels


def _refuse(name: str) -> Callable:
    def function(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"penlight does not have torch.ops.aten.{name}: it is one of PyTorch's kernels")

    return function


_KERNELS = (
    "_scaled_dot_product_cudnn_attention _scaled_dot_product_cudnn_attention_backward "
    "_scaled_dot_product_efficient_attention _scaled_dot_product_efficient_attention_backward "
    "_scaled_dot_product_flash_attention _scaled_dot_product_flash_attention_backward _sparse_addmm _sparse_mm_reduce_impl"
)
_OWN: dict[str, Callable] = {
    **{name: _refuse(name) for name in _KERNELS.split()}, "_convolution": _convolution,
    "_local_scalar_dense": lambda input: input.item(), "_pin_memory": lambda input, device=None: input.pin_memory(),
    "_softmax": _softmax_of("softmax"), "_log_softmax": _softmax_of("log_softmax"), "_to_copy": _to_copy,
    "_unsafe_view": lambda input, size: input.view(size), "alias": lambda input: input.view_as(input), "copy": _copy,
    "index": _index, "lift_fresh": lambda input: input, "slice": _slice, "sym_numel": lambda input: input.numel(),
    "sym_size": lambda input, dim=None: input.shape if dim is None else input.shape[dim],
    "sym_stride": lambda input, dim=None: input.stride() if dim is None else input.stride(dim),
}  # fmt: skip


def _found(name: str) -> Callable | None:
    """The function behind an operator, None where there is none."""
    if name in _OWN:
        return _OWN[name]
    torch = importlib.import_module("penlight")
    places = [torch, Tensor, torch.nn.functional]
    for prefix in ("linalg", "special", "fft"):
        if name.startswith(prefix + "_"):
            places.insert(0, getattr(torch, prefix))
            name = name if hasattr(torch, name) else name.removeprefix(prefix + "_")
    for place in places:
        function = getattr(place, name, None)
        if callable(function) and not isinstance(function, type) and not hasattr(function, "__penlight_missing__"):
            return function
    return None


class OpOverloadPacket:
    """`torch.ops.aten.add`: an operator; its attributes are its overloads."""

    def __init__(self, name: str, function: Callable) -> None:
        self.__name__, self._qualified_op_name, self._function = name, f"aten::{name}", function
        self.__module__ = "torch.ops.aten"

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        if "self" in kwargs:
            args, kwargs = (kwargs["self"], *args), {k: v for k, v in kwargs.items() if k != "self"}
        result = self._function(*args, **kwargs)
        if not isinstance(result, tuple):
            return result
        return list(result) if self.__name__ in _LISTS or self.__name__.startswith("_foreach_") else tuple(result)

    def __getattr__(self, name: str) -> Any:
        if name not in _OVERLOADS:
            raise AttributeError(
                f"The underlying op of '{self.__dict__.get('_qualified_op_name')}' has no overload name '{name}'"
            )
        found = self.__dict__[name] = OpOverload(self, name)
        return found

    def __repr__(self) -> str:
        return f"<OpOverloadPacket(op='aten.{self.__name__}')>"


class OpOverload:
    """`torch.ops.aten.add.Tensor`: an operator for some kinds of arguments."""

    namespace = "aten"

    def __init__(self, packet: OpOverloadPacket, overload: str) -> None:
        self.overloadpacket, self._overloadname = packet, overload
        self.__name__, self.__module__ = f"{packet.__name__}.{overload}", "torch._ops.aten"

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        return self.overloadpacket(*args, **kwargs)

    def name(self) -> str:
        """The qualified name, without the overload where it is the default."""
        plain = self.overloadpacket._qualified_op_name
        return plain if self._overloadname == "default" else f"{plain}.{self._overloadname}"

    def __repr__(self) -> str:
        return f"<OpOverload(op='aten.{self.overloadpacket.__name__}', overload='{self._overloadname}')>"

    __str__ = lambda self: f"aten.{self.__name__}"


@cache
def _packet(name: str) -> OpOverloadPacket | None:
    function = None if name.startswith("__") else _found(name)
    return None if function is None else OpOverloadPacket(name, function)


class _Aten(OpNamespace):
    def __getattr__(self, name: str) -> Any:
        packet = _packet(name)
        return super().__getattr__(name) if packet is None else packet


aten = _Aten("aten")
