"""How many floating point operations products and convolutions take: `torch.utils.flop_counter`.

Every op of the table is a compiled function whose code is named after it, so Python's profiling hook sees each call, in
forward and in backward; without a counter nothing is paid. A node of the graph carries its place on the clock, which
says inside which modules' forward it was recorded, so backward counts for the same modules.

What is counted, and how, is PyTorch's: a multiply-add is two operations; products of matrices and convolutions count,
elementwise work does not. Differs from PyTorch: recurrent layers and attention count as the products that they are (as
there in double precision or with dropout; its fused CPU kernels count as nothing), and `autograd.grad` for some of a
product's inputs computes, and so counts, the gradients of all that require one. Backward counts for the modules that
recorded it, where PyTorch also gives the work of one branch to modules of another.

Source: https://docs.pytorch.org/docs/stable/generated/torch.utils.flop_counter.FlopCounterMode.html
"""

from __future__ import annotations

import functools
import sys
import warnings
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable
from math import prod
from types import FrameType
from typing import Any

from penlight.base.mode import tick
from penlight.engine.node import OP, ORDER
from penlight.ledger.missing import module_getattr
from penlight.nn.modules._hooks import register_module_forward_hook, register_module_forward_pre_hook
from penlight.nn.modules.module import Module
from penlight.tensor.override import PLAIN
from penlight.tensor.tensor import Tensor
from penlight.utils.module_tracker import ModuleNames

__all__ = ["FlopCounterMode", "register_flop_formula"]

_MARK = "<penlight op "
_ARRAYS = " on arrays>"
_BACKWARD = " backward>"

flop_registry: dict[str, Callable] = {}  # "aten.name" -> formula(*shapes, out_val=...)


# --- formulas on shapes ----------------------------------------------------------------------------------------------


def get_shape(value: Any) -> Any:
    """A tensor's shape; anything else as it is."""
    return value.shape if isinstance(value, Tensor) else value


def normalize_tuple(x: Any) -> tuple:
    """A tuple as it is; anything else as a tuple of it."""
    return x if isinstance(x, tuple) else (x,)


def _shapes(value: Any) -> Any:
    if isinstance(value, (list, tuple)) and not hasattr(value, "_fields") and any(isinstance(v, Tensor) for v in value):
        return type(value)(_shapes(v) for v in value)
    return get_shape(value)


def shape_wrapper(function: Callable) -> Callable:
    """A formula on shapes as one on tensors: `f(*tensors, out_val=result)` calls `function(*shapes, out_shape=shape)`."""

    @functools.wraps(function)
    def on_tensors(*args: Any, out_val: Any = None, **kwargs: Any) -> Any:
        given = {name: _shapes(value) for name, value in kwargs.items()}
        return function(*map(_shapes, args), out_shape=_shapes(out_val), **given)

    return on_tensors


def _key(target: Any) -> str:
    """The name under which ops are counted: "aten.mm" for `torch.mm`, "mm", or anything that prints as "aten.mm"."""
    name = target if isinstance(target, str) else getattr(target, "__name__", "") if callable(target) else str(target)
    name = str(target) if str(target).startswith("aten.") else name
    if not name.removeprefix("aten.").isidentifier():
        raise ValueError(
            "register_flop_formula(targets): expected each target to be a function such as torch.mm, or its name such "
            f'as "aten.mm", got {target!r} of type {type(target)}'
        )
    return name if name.startswith("aten.") else "aten." + name


def register_flop_formula(targets: Any, get_raw: bool = False) -> Callable[[Callable], Callable]:
    """Decorate a formula for how many operations an op takes.

    Args:
        targets: a function such as `torch.relu`, its name ("aten.relu"), or a list of them.
        get_raw: the formula takes tensors and `out_val`; otherwise shapes and `out_shape`.
    Raises: ValueError for a target that is no op; RuntimeError where the op has a formula already.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.utils.flop_counter.register_flop_formula.html

    >>> import penlight as torch
    >>> from penlight.utils.flop_counter import FlopCounterMode, flop_registry, register_flop_formula
    >>> @register_flop_formula(torch.relu)
    ... def relu_flop(shape, *args, out_shape=None, **kwargs):
    ...     return out_shape.numel()
    >>> with FlopCounterMode(display=False) as counter:
    ...     y = torch.ones(2, 3).relu()
    >>> counter.get_total_flops(), flop_registry.pop("aten.relu") is None
    (6, False)
    """

    def register(formula: Callable) -> Callable:
        if not get_raw:
            formula = shape_wrapper(formula)
        for target in targets if isinstance(targets, (list, tuple)) else [targets]:
            name = _key(target)
            if name in flop_registry:
                raise RuntimeError(f"duplicate registrations for {name}")
            flop_registry[name] = formula
        return formula

    return register


def mm_flop(a_shape: Any, b_shape: Any, *args: Any, out_shape: Any = None, **kwargs: Any) -> int:
    """2 n m p, for (n, m) @ (m, p)."""
    (n, m), (m2, p) = a_shape, b_shape
    if m != m2:
        raise AssertionError(f"matrix multiply: inner dimensions must match, got {m} and {m2}")
    return 2 * n * m * p


def addmm_flop(self_shape: Any, a_shape: Any, b_shape: Any, out_shape: Any = None, **kwargs: Any) -> int:
    """That of the product."""
    return mm_flop(a_shape, b_shape)


def bmm_flop(a_shape: Any, b_shape: Any, out_shape: Any = None, **kwargs: Any) -> int:
    """2 b n m p, for (b, n, m) @ (b, m, p)."""
    (b, n, m), (b2, m2, p) = a_shape, b_shape
    if (b, m) != (b2, m2):
        raise AssertionError(f"batched product: batch and inner dimensions must match, got {a_shape} and {b_shape}")
    return 2 * b * n * m * p


def baddbmm_flop(self_shape: Any, a_shape: Any, b_shape: Any, out_shape: Any = None, **kwargs: Any) -> int:
    """That of the product."""
    return bmm_flop(a_shape, b_shape)


def conv_flop_count(x_shape: Any, w_shape: Any, out_shape: Any, transposed: bool = False) -> int:
    """Two for each weight and place: of the output, or of the input where the convolution is transposed."""
    places = (x_shape if transposed else out_shape)[2:]
    return 2 * x_shape[0] * prod(places) * prod(w_shape)


def conv_flop(
    x_shape: Any, w_shape: Any, _bias: Any, _stride: Any, _padding: Any, _dilation: Any, transposed: bool, *args: Any,
    out_shape: Any = None, **kwargs: Any,
) -> int:  # fmt: skip
    """`conv_flop_count`."""
    return conv_flop_count(x_shape, w_shape, out_shape, transposed=transposed)


def _conv_backward(forward: int, need_input: Any, need_weight: Any, groups: int) -> int:
    # PyTorch's formula takes the gradient of the weight for one between all channels, whatever the groups
    return forward * (bool(need_input) + (groups if need_weight else 0))


def conv_backward_flop(
    grad_out_shape: Any, x_shape: Any, w_shape: Any, _bias: Any, _stride: Any, _padding: Any, _dilation: Any,
    transposed: bool, _output_padding: Any, _groups: int, output_mask: Any, out_shape: Any, **kwargs: Any,
) -> int:  # fmt: skip
    """As many again for each of the input and the weight that needs a gradient."""
    forward = conv_flop_count(x_shape, w_shape, grad_out_shape, transposed)
    return _conv_backward(forward, output_mask[0], output_mask[1], _groups)


def sdpa_flop_count(query_shape: Any, key_shape: Any, value_shape: Any) -> int:
    """The products q k^T and weights v. Shape: (b, h, s, d), (b, h, t, d), (b, h, t, v)."""
    b, h, s, d = query_shape
    t, v = value_shape[-2:]
    if tuple(key_shape) != (b, key_shape[1], t, d) or value_shape[0] != b:
        raise AssertionError(f"attention: shapes do not agree: {query_shape}, {key_shape} and {value_shape}")
    return 2 * b * h * s * t * (d + v)


def sdpa_flop(
    query_shape: Any, key_shape: Any, value_shape: Any, *args: Any, out_shape: Any = None, **kwargs: Any
) -> int:
    """`sdpa_flop_count`."""
    return sdpa_flop_count(query_shape, key_shape, value_shape)


def sdpa_backward_flop_count(grad_out_shape: Any, query_shape: Any, key_shape: Any, value_shape: Any) -> int:
    """The product q k^T once more, and two products for each of forward's."""
    b, h, s, d = query_shape
    t, v = value_shape[-2:]
    return 2 * b * h * s * t * (3 * d + 2 * v)


def sdpa_backward_flop(
    grad_out_shape: Any, query_shape: Any, key_shape: Any, value_shape: Any, *args: Any, out_shape: Any = None, **kwargs: Any
) -> int:  # fmt: skip
    """`sdpa_backward_flop_count`."""
    return sdpa_backward_flop_count(grad_out_shape, query_shape, key_shape, value_shape)


# --- what penlight's own ops count as: name -> arguments by name -> [(name in the counts, operations)] ------------------


def _matmul(a: dict) -> list:
    x, y = a["input"].shape, a["other"].shape
    if len(y) == 1:
        return []
    if len(y) == 2:
        return [("mm", 2 * prod(x) * y[1])]
    batch = 1
    for i in range(3, max(len(x), len(y)) + 1):
        batch *= max(x[-i] if i <= len(x) else 1, y[-i] if i <= len(y) else 1)
    return [("bmm", 2 * batch * (x[-2] if len(x) > 1 else 1) * y[-2] * y[-1])]


def _linear(a: dict) -> list:
    x, weight = a["input"], a["weight"].shape
    whole = x.is_contiguous() if isinstance(x, Tensor) else x.flags.c_contiguous
    fused = a["bias"] is not None and (whole or len(x.shape) == 2)  # which PyTorch's own layer computes by addmm
    return [("addmm" if fused else "mm", 2 * prod(x.shape) * weight[0])] if len(weight) == 2 else []


def _linear_backward(node: list, g: Any) -> list:
    """The two products; the second may be computed later, for several nodes at once."""
    input, weight, _ = node[3]
    of_input, of_weight, _ = node[2]
    count = 2 * g.size if not isinstance(g, Tensor) else 2 * g.numel()
    needed = (of_input is not None) + (of_weight is not None)
    shown = weight if weight is not None else input
    return [("mm", needed * count * shown.shape[-1])] if needed and (weight is None or weight.dim() == 2) else []


def _convolution(a: dict) -> list:
    x, w = a["input"].shape, a["weight"].shape
    sizes = zip(x[2:], w[2:], a["stride"], a["padding"], a["dilation"])
    out = [(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in sizes]
    return [("convolution", 2 * x[0] * prod(out) * prod(w))]


def _conv_transpose(a: dict) -> list:
    return [("convolution", conv_flop_count(a["input"].shape, a["weight"].shape, (), True))]


def _conv_input_grad(a: dict) -> list:
    return [("convolution_backward", conv_flop_count(a["grad"].shape, a["weight"].shape, (), True))]


def _conv_weight_grad(a: dict) -> list:
    # of a transposed convolution the names are exchanged: `grad` is the smaller of the two either way
    return [("convolution_backward", conv_flop_count(a["grad"].shape, a["shape"], (), True) * a["groups"])]


def _recurrent(a: dict) -> list:
    x, rows = a["input"].shape, sum(a["batch_sizes"])
    count = 2 * rows * (prod(a["w_ih"].shape) + prod(a["w_hh"].shape))
    found = [("mm" if a["b_ih"] is None else "addmm", count)]
    if a.get("w_hr") is not None:
        found.append(("mm", 2 * rows * prod(a["w_hr"].shape)))
    return found if prod(x) else []


def _recurrent_grad(a: dict) -> list:
    sizes, need = a["batch_sizes"], a["need"]
    states = 2 if "c0" in a else 1
    rows = sum(sizes)
    first = sizes[-1] if a["reverse"] else sizes[0]  # whose state before is h0
    of_weights = need[1 + states :]
    w_ih, w_hh = prod(a["w_ih"].shape), prod(a["w_hh"].shape)
    count = rows * w_ih * (bool(need[0]) + bool(of_weights[0])) + rows * w_hh * bool(of_weights[1])
    count += (rows if need[1] else rows - first) * w_hh
    if a.get("w_hr") is not None:
        count += rows * prod(a["w_hr"].shape) * 2
    return [("mm", 2 * count)]


_COUNTS: dict[str, Callable[[dict], list]] = {
    "mm": lambda a: [("mm", mm_flop(a["input"].shape, a["mat2"].shape))],
    "bmm": lambda a: [("bmm", bmm_flop(a["input"].shape, a["mat2"].shape))],
    "addmm": lambda a: [("addmm", mm_flop(a["mat1"].shape, a["mat2"].shape))],
    "baddbmm": lambda a: [("baddbmm", bmm_flop(a["batch1"].shape, a["batch2"].shape))],
    "_matmul": _matmul,
    "linear": _linear,
    "_convolution": _convolution,
    "_conv_transpose": _conv_transpose,
    "_conv_input_grad": _conv_input_grad,
    "_conv_weight_grad": _conv_weight_grad,
    **dict.fromkeys(("_rnn_layer", "_lstm_layer", "_gru_layer"), _recurrent),
    **dict.fromkeys(("_rnn_layer_grad", "_lstm_layer_grad", "_gru_layer_grad"), _recurrent_grad),
}


# --- the counter -----------------------------------------------------------------------------------------------------


class _Modules:
    """Which modules' forward is running, now and at any time of the clock."""

    def __init__(self) -> None:
        self.names = ModuleNames()
        self.active: list[str] = []
        self.times: list[int] = []  # rising, as the clock falls: -clock where `active` changed
        self.then: list[tuple[str, ...]] = []

    def _changed(self) -> None:
        self.times.append(-tick())
        self.then.append(tuple(self.active))

    def enter(self, module: Module, args: Any) -> None:
        self.active.append(self.names.of(module))
        self._changed()

    def leave(self, module: Module, args: Any, output: Any) -> None:
        name = self.names.of(module)
        if name in self.active:
            del self.active[len(self.active) - 1 - self.active[::-1].index(name) :]
            self._changed()

    def at(self, order: int) -> tuple[str, ...]:
        place = bisect_left(self.times, -order)
        return self.then[place - 1] if place else ()


class FlopCounterMode:
    """Count the floating point operations of a `with` block, for each module and op.

    Args:
        depth: how many levels of modules the printed table shows.
        display: print the table when the block ends.
        custom_mapping: more formulas, as `register_flop_formula` makes, by function or name.
    Works on what this thread computes. `get_flop_counts()` gives `{module: {"aten.mm": number, …}}`, where PyTorch has
    its op objects (which print as these names) for keys.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.utils.flop_counter.FlopCounterMode.html

    >>> import penlight as torch
    >>> model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
    >>> with torch.utils.flop_counter.FlopCounterMode() as counter:
    ...     y = model(torch.ones(5, 3))
    Module          FLOP    % Total
    ------------  ------  ---------
    Sequential       200    100.00%
    - aten.addmm     200    100.00%
    Sequential.0     120     60.00%
    - aten.addmm     120     60.00%
    Sequential.2      80     40.00%
    - aten.addmm      80     40.00%
    >>> counter.get_total_flops()
    200
    """

    def __init__(
        self, mods: Any = None, depth: int = 2, display: bool = True, custom_mapping: dict[Any, Any] | None = None
    ) -> None:
        if mods is not None:
            warnings.warn("mods argument is not needed anymore, you can stop passing it", stacklevel=2)
        self.depth, self.display = depth, display
        self.flop_counts: dict[str, dict[str, int]] = {}
        self._custom = {
            _key(target): formula if getattr(formula, "_get_raw", False) else shape_wrapper(formula)
            for target, formula in (custom_mapping or {}).items()
        }
        self._depths: list[Any] = []

    def __enter__(self) -> FlopCounterMode:
        self.flop_counts = defaultdict(lambda: defaultdict(int))
        self._formulas = {**flop_registry, **self._custom}
        self._modules = _Modules()
        self._counted: list[FrameType] = []  # the frame whose operations are counted: what it calls is not
        self._rules: list[tuple[FrameType, list]] = []  # backward rules that run, with their nodes
        self._handles = [
            register_module_forward_pre_hook(self._modules.enter),
            register_module_forward_hook(self._modules.leave, always_call=True),
        ]
        self._before = sys.getprofile()
        self._chained = self._before if callable(self._before) else None
        sys.setprofile(self._hook)
        return self

    def __exit__(self, *exc_info: Any) -> None:
        sys.setprofile(self._before)
        for handle in self._handles:
            handle.remove()
        del self._modules
        self._counted, self._rules = [], []
        if self.display and exc_info[:1] in ((), (None,)):
            print(self.get_table(self.depth))

    # --- seeing ops ------------------------------------------------------------------------------------------------

    def _hook(self, frame: FrameType, what: Any, argument: Any) -> None:
        if self._chained is not None:
            self._chained(frame, what, argument)
        if what != "call" and what != "return":
            return
        file = frame.f_code.co_filename
        if not file.startswith(_MARK):
            return
        if what == "return":
            self._returned(frame, file, argument)
        elif not self._counted and frame.f_code.co_name != "<module>":
            self._called(frame, file)

    def _called(self, frame: FrameType, file: str) -> None:
        values = frame.f_locals
        if file.endswith(_BACKWARD):
            if "node" in values:
                node = values["node"]
                self._rules.append((frame, node))
                if getattr(node[OP], "name", "") == "linear" and node[3] is not None:
                    self._count(_linear_backward(node, values["g"]))
                    self._counted.append(frame)
            return
        name = file[len(_MARK) : -len(_ARRAYS)] if file.endswith(_ARRAYS) else file[len(_MARK) : -1]
        if "aten." + name in self._formulas:
            if not any(_wrapped(v) for v in values.values()):
                self._counted.append(frame)
        elif name in _COUNTS and not any(_wrapped(v) for v in values.values()):
            found = _COUNTS[name](values)
            if name == "_convolution" and self._rules:  # the gradient of a transposed one, or of a gradient
                found = [("convolution_backward", n) for _, n in found] if self._of_transposed() else found
            self._count(found)
            self._counted.append(frame)

    def _of_transposed(self) -> bool:
        return getattr(self._rules[-1][1][OP], "name", "") == "_conv_transpose"

    def _returned(self, frame: FrameType, file: str, result: Any) -> None:
        if self._rules and self._rules[-1][0] is frame:
            self._rules.pop()
        if not self._counted or self._counted[-1] is not frame:
            return
        self._counted.pop()
        name = "aten." + file[len(_MARK) : -1]
        formula = self._formulas.get(name)
        if formula is not None and result is not None:
            code = frame.f_code
            given = code.co_varnames[: code.co_argcount]
            keywords = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
            values = frame.f_locals
            named = {k: values[k] for k in keywords if k != "out"}
            self._count([(name[5:], formula(*(values[n] for n in given if n != "out"), out_val=result, **named))])

    def _count(self, found: Iterable[tuple[str, int]]) -> None:
        modules = self._modules.at(self._rules[-1][1][ORDER]) if self._rules else self._modules.active
        for name, number in found:
            if number:
                for module in {"Global": 0, **dict.fromkeys(modules)}:
                    self.flop_counts[module]["aten." + name] += number

    # --- answers -----------------------------------------------------------------------------------------------------

    def get_total_flops(self) -> int:
        """The number of operations in all."""
        return sum(self.flop_counts.get("Global", {}).values())

    def get_flop_counts(self) -> dict[str, dict[str, int]]:
        """The numbers by module and op; "Global" is everything."""
        return {module: dict(counts) for module, counts in self.flop_counts.items()}

    def get_table(self, depth: int | None = None) -> str:
        """The numbers as a text table. Args: depth: how many levels of modules; by default that of the counter."""
        depth = self.depth if depth is None else depth
        total = self.get_total_flops()
        suffix = get_suffix_str(total)
        subsumed, rows = False, []
        for module in sorted(self.flop_counts):
            if module == "Global" or module.count(".") + 1 > depth:
                continue
            rows += _rows(module, self.flop_counts[module], total, suffix)
            subsumed = subsumed or sum(self.flop_counts[module].values()) >= total
        if not subsumed:
            rows = _rows("Global", self.flop_counts.get("Global", {}), total, suffix) + rows
        table = [("Module", "FLOP", "% Total"), *rows]
        widths = [max(len(table[0][i]) + 2, *(len(row[i]) for row in rows)) for i in range(3)]
        lines = [f"{a:<{widths[0]}}  {b:>{widths[1]}}  {c:>{widths[2]}}" for a, b, c in table]
        return "\n".join([lines[0], "  ".join("-" * w for w in widths), *lines[1:]])


def _wrapped(value: Any) -> bool:
    """Whether a tensor is one of a subclass, which sees the op and calls it again on what is inside."""
    return isinstance(value, Tensor) and type(value) is not Tensor and type(value) not in PLAIN


# --- the table -------------------------------------------------------------------------------------------------------

suffixes = ["", "K", "M", "B", "T"]


def get_suffix_str(number: int) -> str:
    """The unit in which a number has three to five digits before the point."""
    return suffixes[max(0, min(len(suffixes) - 1, (len(str(number)) - 2) // 3))]


def convert_num_with_suffix(number: int, suffix: str) -> str:
    """A number in a unit, with three decimals."""
    return f"{number / 1000 ** suffixes.index(suffix):.3f}{suffix}"


def convert_to_percent_str(num: int, denom: int) -> str:
    """A share in percent, with two decimals."""
    return f"{num / denom:.2%}" if denom else "0%"


def _rows(module: str, counts: dict[str, int], total: int, suffix: str) -> list[tuple[str, str, str]]:
    named = [(module, sum(counts.values())), *((f"- {name}", number) for name, number in counts.items())]
    return [
        (name, convert_num_with_suffix(n, suffix) if suffix else str(n), convert_to_percent_str(n, total))
        for name, n in named
    ]


__getattr__ = module_getattr(__name__)
