"""`penlight.summary`: a model's layers with their output shapes, parameters, operations and memory.

The arguments and totals are those that torchinfo's users know; PyTorch has no such function.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from penlight.autograd.grad_mode import no_grad
from penlight.base.dtypes import dtype as DType
from penlight.nn.modules._hooks import register_module_forward_hook, register_module_forward_pre_hook
from penlight.nn.modules.module import Module
from penlight.nn.parameter import is_lazy
from penlight.tensor.create import zeros
from penlight.tensor.generator import Generator, get_rng_state, set_rng_state
from penlight.tensor.random import rand
from penlight.tensor.tensor import Tensor
from penlight.utils.flop_counter import FlopCounterMode

__all__ = ["Layer", "ModelSummary", "summary"]


def _tensors(value: Any) -> list[Tensor]:
    """The tensors in a structure, in order."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [t for part in value for t in _tensors(part)] if isinstance(value, (list, tuple)) else []


def _bytes(tensors: Iterable[Tensor]) -> int:
    return sum(t.numel() * t.element_size() for t in tensors)


class Layer:
    """A module as one parent called it: one row of the table.

    Attributes: name: its path from the module that called it; calls: how often; input_shape, output_shape: of the last
    call's first tensors (None: not called, or no tensor); params, trainable_params: in it and in what it holds, each
    parameter once; mult_adds, output_bytes: of all calls; shared: it has its row elsewhere already; layers: what it
    called.
    """

    def __init__(self, module: Module, name: str, depth: int) -> None:
        self.module, self.name, self.depth = module, name, depth
        self.calls, self.flops, self.output_bytes = 0, 0, 0
        self.input_shape: list[int] | None = None
        self.output_shape: list[int] | None = None
        self.layers: list[Layer] = []
        self.shared = False

    @cached_property
    def _counts(self) -> tuple[int, int]:
        known = [p for p in self.module.parameters() if not is_lazy(p)]
        return sum(p.numel() for p in known), sum(p.numel() for p in known if p.requires_grad)

    class_name = property(lambda self: type(self.module).__name__)
    params = property(lambda self: self._counts[0])
    trainable_params = property(lambda self: self._counts[1])

    @property
    def mult_adds(self) -> int:
        """Multiplications with an addition, in products and convolutions."""
        return self.flops // 2

    def __repr__(self) -> str:
        return f"Layer({self.name!r}, {self.class_name}, output_shape={self.output_shape}, params={self.params})"


class _Watch:
    """Builds the rows while the model runs."""

    def __init__(self, model: Module) -> None:
        self.root = Layer(model, "", 0)
        self.names = {id(m): n for n, m in model.named_modules()}
        self.seen: set[int] = {id(model)}
        self.open: list[tuple[Layer, int]] = []
        self.counter = FlopCounterMode(display=False)

    def __enter__(self) -> _Watch:
        self.counter.__enter__()
        self.handles = [
            register_module_forward_pre_hook(self.enter),
            register_module_forward_hook(self.leave, always_call=True),
        ]
        return self

    def __exit__(self, *exc_info: Any) -> None:
        for handle in self.handles:
            handle.remove()
        self.counter.__exit__(*exc_info)

    def _row(self, module: Module) -> Layer:
        if not self.open:
            return self.root if module is self.root.module else Layer(module, "", 0)
        parent = self.open[-1][0]
        for layer in parent.layers:
            if layer.module is module:
                return layer
        above, name = self.names.get(id(parent.module), ""), self.names.get(id(module), type(module).__name__)
        inside = name.removeprefix(above + ".") if above else name
        layer = Layer(module, inside, parent.depth + 1)
        layer.shared = id(module) in self.seen
        self.seen.add(id(module))
        parent.layers.append(layer)
        return layer

    def enter(self, module: Module, args: Any) -> None:
        layer = self._row(module)
        given = _tensors(args)
        layer.calls += 1
        layer.input_shape = list(given[0].shape) if given else None
        self.open.append((layer, self.counter.get_total_flops()))

    def leave(self, module: Module, args: Any, output: Any) -> None:
        layer, before = self.open.pop()
        made = _tensors(output)
        layer.output_shape = list(made[0].shape) if made else None
        layer.output_bytes += _bytes(made)
        layer.flops += self.counter.get_total_flops() - before


def _add_uncalled(layer: Layer, seen: set[int]) -> None:
    """Rows for parts with parameters that the forward pass did not reach."""
    for inner in layer.layers:
        _add_uncalled(inner, seen)

    def look(holder: Module, above: str) -> None:
        for name, child in holder.named_children():
            if id(child) in seen:
                continue
            if any(id(part) in seen for part in child.modules()):  # a container of parts that were called
                look(child, f"{above}{name}.")
            elif any(True for _ in child.parameters()):
                seen.update(id(part) for part in child.modules())
                layer.layers.append(Layer(child, above + name, layer.depth + 1))

    look(layer.module, "")


def _structure(layer: Layer, seen: set[int]) -> None:
    """The rows of a model that is not run: its children."""
    for name, child in layer.module.named_children():
        inner = Layer(child, name, layer.depth + 1)
        inner.shared = id(child) in seen
        seen.add(id(child))
        layer.layers.append(inner)
        if not inner.shared:
            _structure(inner, seen)


class ModelSummary:
    """What `summary` found; `str` is its table.

    Attributes: total_params, trainable_params, total_param_bytes; after a run also total_mult_adds, total_flops,
    total_input (bytes), total_output_bytes (of the outputs of the innermost layers with parameters,
    and of a gradient each), output (what the model returned), and `layers`, all rows from the top.
    """

    def __init__(self, root: Layer, depth: int, ran: bool, total_input: int = 0, output: Any = None) -> None:
        self.root, self.depth, self.ran = root, depth, ran
        self.total_params, self.trainable_params = root.params, root.trainable_params
        self.total_param_bytes = _bytes(p for p in root.module.parameters() if not is_lazy(p))
        self.total_flops, self.total_mult_adds = root.flops, root.mult_adds
        self.total_input, self.output = total_input, output
        own = [row for row in self.layers if row.params and not any(inner.calls for inner in row.layers)]
        self.total_output_bytes = 2 * sum(row.output_bytes for row in own)

    @property
    def layers(self) -> list[Layer]:
        """All rows, in order."""
        found: list[Layer] = []
        waiting = [self.root]
        while waiting:
            row = waiting.pop()
            found.append(row)
            waiting += reversed(row.layers)
        return found

    def __repr__(self) -> str:
        return f"<ModelSummary of {self.root.class_name}: {self.total_params:,} parameters>"

    def _cells(self, row: Layer) -> list[str]:
        label = "  " * row.depth + (f"{row.name}: " if row.name else "") + row.class_name
        label += f" x{row.calls}" if row.calls > 1 else ""
        params = "shared" if row.shared else f"{row.params:,}" if row.params else "--"
        if not self.ran:
            return [label, params]
        shape = "not called" if not row.calls else str(row.output_shape) if row.output_shape is not None else "--"
        return [label, shape, params, f"{row.mult_adds:,}" if row.mult_adds else "--"]

    def __str__(self) -> str:
        head = ["layer", "output shape", "parameters", "mult-adds"] if self.ran else ["layer", "parameters"]
        rows = [self._cells(row) for row in self.layers if row.depth <= self.depth]
        widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
        left = 2 if self.ran else 1

        def line(cells: list[str]) -> str:
            texts = [c.ljust(w) if i < left else c.rjust(w) for i, (c, w) in enumerate(zip(cells, widths))]
            return "  ".join(texts).rstrip()

        rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
        frozen = self.total_params - self.trainable_params
        lines = [line(head), rule, *map(line, rows), rule]
        lines.append(f"parameters: {self.total_params:,} ({self.trainable_params:,} trainable, {frozen:,} frozen)")
        if self.ran:
            lines.append(f"mult-adds: {self.total_mult_adds:,}, FLOPs: {self.total_flops:,}")
            sizes = (self.total_input, self.total_output_bytes, self.total_param_bytes)
            shown = [f"{size / 1e6:.2f}" for size in (*sizes, sum(sizes))]
            lines.append(
                f"MB: input {shown[0]}, forward and backward {shown[1]}, parameters {shown[2]}, together {shown[3]}"
            )
        else:
            lines.append(f"MB: parameters {self.total_param_bytes / 1e6:.2f}")
        return "\n".join(lines)


def _sizes(input_size: Any, batch_dim: int | None) -> list[list[int]]:
    def one(size: Any) -> bool:
        return isinstance(size, Sequence) and not isinstance(size, str) and all(isinstance(n, int) for n in size)

    sizes = [input_size] if one(input_size) else input_size
    if not isinstance(sizes, Sequence) or isinstance(sizes, str) or not all(one(size) for size in sizes):
        raise TypeError(
            f"input_size: expected a tuple of sizes such as (1, 3, 32, 32), or a list of them, one for each input, got "
            f"{input_size!r}"
        )
    made = [list(size) for size in sizes]
    if batch_dim is not None:
        for size in made:
            size.insert(batch_dim if batch_dim >= 0 else len(size) + 1 + batch_dim, 1)
    return made


def _made(size: list[int], dtype: DType | None, device: Any, generator: Generator) -> Tensor:
    if dtype is not None and not dtype.is_floating_point and not dtype.is_complex:
        return zeros(size, dtype=dtype, device=device)
    return rand(size, generator=generator, dtype=dtype, device=device)


def summary(
    model: Module,
    input_size: Any = None,
    input_data: Any = None,
    batch_dim: int | None = None,
    depth: int = 3,
    device: Any = None,
    dtypes: Sequence[DType] | None = None,
    mode: str = "eval",
    verbose: int = 1,
    **kwargs: Any,
) -> ModelSummary:
    """Show a model's layers: output shapes, parameters, multiply-adds, memory. Runs it once, without gradients.

    The model is left as it was: modes of its parts, buffers, hooks, lazy parameters, and the random stream.
    A layer that is called several times by the same module has one row; one that is used elsewhere again is "shared",
    and its parameters count once. Multiply-adds are what `FlopCounterMode` counts: those of products and convolutions.

    Args:
        input_size: shapes of the inputs, which get random numbers (zeros where `dtypes` says integers).
        input_data: the inputs themselves: a tensor, a list or tuple of arguments, or a dict of named ones.
        batch_dim: add a batch of one to each input size, as this dimension.
        depth: how many levels below the model are shown; the figures of a row hold what is below it.
        mode: "eval", "train" or "same", in which it runs.
        verbose: 0: do not print.
        kwargs: further arguments of the forward pass.
    Without inputs the model is not run: the rows have parameters only.
    Raises: RuntimeError for both kinds of inputs; TypeError for what is no model, or no sizes.

    >>> import penlight as torch
    >>> net = torch.nn.Sequential(torch.nn.Conv2d(1, 6, 5), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(96, 10))
    >>> found = torch.summary(net, (2, 1, 8, 8))
    layer         output shape  parameters  mult-adds
    -------------------------------------------------
    Sequential    [2, 10]            1,126      6,720
      0: Conv2d   [2, 6, 4, 4]         156      4,800
      1: ReLU     [2, 6, 4, 4]          --         --
      2: Flatten  [2, 96]               --         --
      3: Linear   [2, 10]              970      1,920
    -------------------------------------------------
    parameters: 1,126 (1,126 trainable, 0 frozen)
    mult-adds: 6,720, FLOPs: 13,440
    MB: input 0.00, forward and backward 0.00, parameters 0.00, together 0.01
    >>> found.total_params
    1126
    """
    if not isinstance(model, Module):
        raise TypeError(f"summary: expected a torch.nn.Module, got {type(model).__name__}")
    if input_size is not None and input_data is not None:
        raise RuntimeError("summary: give input_size or input_data, not both")
    if mode not in ("eval", "train", "same"):
        raise ValueError(f'summary: expected mode "eval", "train" or "same", got {mode!r}')
    if input_size is None and input_data is None and not kwargs:
        root = Layer(model, "", 0)
        _structure(root, {id(model)})
        found = ModelSummary(root, depth, ran=False)
    else:
        found = _run(model, input_size, input_data, batch_dim, depth, device, dtypes, mode, kwargs)
    if verbose:
        print(found)
    return found


def _run(
    model: Module, input_size: Any, input_data: Any, batch_dim: Any, depth: int, device: Any, dtypes: Any, mode: str,
    kwargs: dict[str, Any],
) -> ModelSummary:  # fmt: skip
    named = dict(kwargs)
    if input_size is not None:
        sizes = _sizes(input_size, batch_dim)
        first = next((p.dtype for p in model.parameters() if not is_lazy(p) and p.is_floating_point()), None)
        kinds = list(dtypes) if dtypes is not None else [first] * len(sizes)
        if len(kinds) != len(sizes):
            raise ValueError(f"summary: expected a dtype for each of the {len(sizes)} input sizes, got {len(kinds)}")
        generator = Generator().manual_seed(0)
        inputs: tuple = tuple(_made(s, d, device, generator) for s, d in zip(sizes, kinds))
    elif isinstance(input_data, dict):
        inputs, named = (), {**input_data, **kwargs}
    else:
        inputs = (
            tuple(input_data) if isinstance(input_data, (list, tuple)) else () if input_data is None else (input_data,)
        )
    if any(is_lazy(t) for t in (*model.parameters(), *model.buffers())):
        model = copy.deepcopy(model)  # running it gives its parameters shapes
    modes = [(m, m.training) for m in model.modules()]
    buffers = [
        (m, name, held, held.detach().clone())
        for m in model.modules()
        for name, held in m._buffers.items()
        if held is not None and not is_lazy(held)
    ]
    state = get_rng_state()
    watch = _Watch(model)
    try:
        if mode != "same":
            model.train(mode == "train")
        with no_grad(), watch:
            output = model(*inputs, **named)
    finally:
        for module, training in modes:
            module.training = training
        with no_grad():
            for module, name, held, before in buffers:
                module._buffers[name] = held
                held.copy_(before)
        set_rng_state(state)
    _add_uncalled(watch.root, watch.seen)
    return ModelSummary(watch.root, depth, ran=True, total_input=_bytes(_tensors([inputs, named])), output=output)
