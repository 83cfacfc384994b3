"""Recurrent layers and cells."""

from __future__ import annotations

import math
import numbers
import warnings
from typing import Any

import numpy as np

from penlight.base.dims import read
from penlight.nn import init
from penlight.nn.modules.module import Module
from penlight.nn.parameter import Parameter
from penlight.nn.utils.rnn import PackedSequence
from penlight.tensor.create import empty
from penlight.tensor.install import tensor_ops as ops
from penlight.tensor.tensor import Tensor

__all__ = ["GRU", "GRUCell", "LSTM", "LSTMCell", "RNN", "RNNBase", "RNNCell", "RNNCellBase"]


def apply_permutation(tensor: Tensor, permutation: Tensor, dim: int = 1) -> Tensor:
    """The tensor's slices along `dim` in another order."""
    return tensor.index_select(dim, permutation)


class RNNBase(Module):
    """What RNN, LSTM and GRU share. Shape: (T, B, I), (B, T, I) with batch_first, (T, I), or a PackedSequence.

    Weights of layer n: weight_ih_ln (gates * H, I), weight_hh_ln (gates * H, H), bias_ih_ln, bias_hh_ln; with the
    suffix _reverse for the other direction; weight_hr_ln (proj_size, H) with projections.
    """

    __constants__ = [
        "mode", "input_size", "hidden_size", "num_layers", "bias", "batch_first", "dropout", "bidirectional",
        "proj_size",
    ]  # fmt: skip

    def __init__(
        self, mode: str, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True,
        batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, proj_size: int = 0,
        device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        for name, value, kind in (("num_layers", num_layers, "size"), ("bidirectional", bidirectional, "bool")):
            if kind == "bool" or value.__class__ is not int:
                read(kind, value, name, mode)
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        self._check_options(dropout)
        gates = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}.get(mode)
        if gates is None:
            raise ValueError("Unrecognized RNN mode: " + mode)
        made = {"device": device, "dtype": dtype}
        self._all_weights: list[list[str]] = []
        kept = proj_size or hidden_size
        for layer in range(num_layers):
            width = input_size if layer == 0 else kept * self._directions
            for direction in range(self._directions):
                suffix = f"_l{layer}" + ("_reverse" if direction else "")
                shapes: dict[str, tuple] = {
                    "weight_ih": (gates * hidden_size, width), "weight_hh": (gates * hidden_size, kept),
                }  # fmt: skip
                if bias:
                    shapes.update(bias_ih=(gates * hidden_size,), bias_hh=(gates * hidden_size,))
                if proj_size > 0:
                    shapes["weight_hr"] = (proj_size, hidden_size)
                for name, shape in shapes.items():
                    setattr(self, name + suffix, Parameter(empty(shape, **made)))
                self._all_weights.append([name + suffix for name in shapes])
        self._flat_weights_names = [name for names in self._all_weights for name in names]
        self._init_flat_weights()
        self.reset_parameters()

    @property
    def _directions(self) -> int:
        return 2 if self.bidirectional else 1

    def _check_options(self, dropout: Any) -> None:
        if not isinstance(dropout, numbers.Number) or not 0 <= dropout <= 1 or isinstance(dropout, bool):  # type: ignore[operator]
            raise ValueError(
                "dropout should be a number in range [0, 1] representing the probability of an element being zeroed"
            )
        if dropout > 0 and self.num_layers == 1:  # type: ignore[operator]
            warnings.warn(
                "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects "
                f"num_layers greater than 1, but got dropout={dropout} and num_layers={self.num_layers}",
                stacklevel=4,
            )
        for name in ("input_size", "hidden_size"):
            value = getattr(self, name)
            if not isinstance(value, int):
                raise TypeError(f"{name} should be of type int, got: {type(value).__name__}")
        for name in ("bias", "batch_first"):
            if not isinstance(getattr(self, name), bool):
                raise TypeError(f"{name} should be of type bool, got: {type(getattr(self, name)).__name__}")
        if self.input_size <= 0:
            raise ValueError("input_size must be greater than zero")
        if self.hidden_size <= 0:
            raise ValueError("hidden_size must be greater than zero")
        if self.num_layers <= 0:
            raise ValueError("num_layers must be greater than zero")
        if self.proj_size < 0:
            raise ValueError("proj_size should be a positive integer or zero to disable projections")
        if self.proj_size >= self.hidden_size:
            raise ValueError("proj_size has to be smaller than hidden_size")

    def reset_parameters(self) -> None:
        """Draw all parameters from ±1 / sqrt(hidden_size)."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def _init_flat_weights(self) -> None:
        """List the weights in the order in which the functions take them."""
        self._flat_weights = [getattr(self, name, None) for name in self._flat_weights_names]

    def __setattr__(self, name: str, value: Any) -> None:
        own = self.__dict__
        if name in own.get("_flat_weights_names", ()) and "_flat_weights" in own:
            own["_flat_weights"][own["_flat_weights_names"].index(name)] = value
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        super().__delattr__(name)
        if name in self._flat_weights_names:
            self._flat_weights[self._flat_weights_names.index(name)] = None

    def _apply(self, fn: Any, recurse: bool = True) -> Any:
        result = super()._apply(fn, recurse)
        self._init_flat_weights()
        return result

    @property
    def all_weights(self) -> list:
        """The parameters, one list per layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    def flatten_parameters(self) -> None:
        """Does nothing: only GPU kernels want the weights in one piece."""

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}"
        for name, default in (
            ("proj_size", 0), ("num_layers", 1), ("bias", True), ("batch_first", False), ("dropout", 0),
            ("bidirectional", False),
        ):  # fmt: skip
            if getattr(self, name) != default:
                text += f", {name}={getattr(self, name)}"
        return text

    def __setstate__(self, state: dict) -> None:
        super().__setstate__(state)
        own = self.__dict__
        own.setdefault("proj_size", 0)
        if "all_weights" in own:  # how old versions called it
            own["_all_weights"] = own.pop("all_weights")
        self._flat_weights_names = [name for names in self._all_weights for name in names]
        self._init_flat_weights()

    # --- checks ------------------------------------------------------------------------------------------------

    def check_input(self, input: Tensor, batch_sizes: Any) -> None:
        """Raise for an input of the wrong dtype, dimensions or size."""
        weight = getattr(self, self._all_weights[0][0])
        if input.dtype is not weight.dtype:
            raise ValueError(
                f"RNN input dtype ({input.dtype!r}) does not match weight dtype ({weight.dtype!r}). Convert input: "
                f"input.to({weight.dtype!r}), or convert model: model.to({input.dtype!r})"
            )
        expected = 2 if batch_sizes is not None else 3
        if input.dim() != expected:
            raise RuntimeError(f"input must have {expected} dimensions, got {input.dim()}")
        if self.input_size != input.size(-1):
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.size(-1)}"
            )

    def get_expected_hidden_size(self, input: Tensor, batch_sizes: Any) -> tuple:
        """(layers * directions, B, H), or proj_size in the place of H."""
        if batch_sizes is not None:
            batch = int(batch_sizes[0])
        else:
            batch = input.size(0) if self.batch_first else input.size(1)
        return (self.num_layers * self._directions, batch, self.proj_size or self.hidden_size)

    def check_hidden_size(
        self, hx: Tensor, expected_hidden_size: tuple, msg: str = "Expected hidden size {}, got {}"
    ) -> None:
        """Raise for a state of the wrong shape."""
        if tuple(hx.size()) != tuple(expected_hidden_size):
            raise RuntimeError(msg.format(tuple(expected_hidden_size), list(hx.size())))

    def check_forward_args(self, input: Tensor, hidden: Any, batch_sizes: Any) -> None:
        """Raise for an input or a state of the wrong shape."""
        self.check_input(input, batch_sizes)
        self.check_hidden_size(hidden, self.get_expected_hidden_size(input, batch_sizes))

    def permute_hidden(self, hx: Any, permutation: Any) -> Any:
        """The state's sequences in another order."""
        return hx if permutation is None else apply_permutation(hx, permutation)

    # --- the computation ---------------------------------------------------------------------------------------

    def _weights(self) -> list:
        own = self.__dict__
        if "parametrizations" in own["_modules"]:  # some are computed anew
            self._init_flat_weights()
            return self._flat_weights
        for name, weight in zip(own["_flat_weights_names"], own["_flat_weights"]):
            if own.get(name) is not weight and name in own["_parameters"]:  # replaced behind our back
                self._init_flat_weights()
                break
        return self._flat_weights

    def _compute(self, input: Tensor, hx: Any, batch_sizes: Any) -> tuple:
        options = self.bias, self.num_layers, self.dropout, self.training, self.bidirectional
        function = getattr(ops, self.mode.lower())
        if batch_sizes is None:
            return function(input, hx, self._weights(), *options, self.batch_first)
        return function(input, batch_sizes, hx, self._weights(), *options)

    def _zeros(self, input: Tensor, batch: int, size: int) -> Tensor:
        zeros = Tensor._wrap(np.zeros((self.num_layers * self._directions, batch, size), input._a.dtype))
        return zeros.to("meta") if input.is_meta else zeros


class _OneState(RNNBase):
    """Recurrences whose state is one tensor."""

    def forward(self, input: Any, hx: Any = None) -> Any:
        name = type(self).__name__
        if isinstance(input, PackedSequence):
            data, sizes, sorted_indices, unsorted_indices = input
            if hx is None:
                state = self._zeros(data, *self.get_expected_hidden_size(data, sizes)[1:])
            else:
                state = self.permute_hidden(hx, sorted_indices)
            self.check_forward_args(data, state, sizes)
            out, last = self._compute(data, state, sizes)
            packed = PackedSequence(out, sizes, sorted_indices, unsorted_indices)
            return packed, self.permute_hidden(last, unsorted_indices)
        if input.dim() not in (2, 3):
            kind = " tensor" if self.mode.startswith("RNN") else ""
            raise ValueError(f"{name}: Expected input to be 2D or 3D, got {input.dim()}D{kind} instead")
        batched = input.dim() == 3
        if not batched:
            input = input.unsqueeze(0 if self.batch_first else 1)
        if hx is not None:
            if hx.dim() != (3 if batched else 2):
                words = "batched 3-D" if batched else "unbatched 2-D"
                raise RuntimeError(
                    f"For {words} input, hx should also be {3 if batched else 2}-D but got {hx.dim()}-D tensor"
                )
            hx = hx if batched else hx.unsqueeze(1)
        else:
            hx = self._zeros(input, *self.get_expected_hidden_size(input, None)[1:])
        self.check_forward_args(input, hx, None)
        out, last = self._compute(input, hx, None)
        if not batched:
            return out.squeeze(0 if self.batch_first else 1), last.squeeze(1)
        return out, last


class RNN(_OneState):
    """h_t = tanh(W_ih x_t + b_ih + W_hh h_(t-1) + b_hh), or relu, in layers. Returns all outputs and the final states.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.RNN.html
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "proj_size" in kwargs:
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        if len(args) > 3:
            nonlinearity = args[3]
            args = args[:3] + args[4:]
        else:
            nonlinearity = kwargs.pop("nonlinearity", "tanh")
        modes = {"tanh": "RNN_TANH", "relu": "RNN_RELU"}
        if not isinstance(nonlinearity, str) or nonlinearity not in modes:
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        super().__init__(modes[nonlinearity], *args, **kwargs)
        self.nonlinearity = nonlinearity


class GRU(_OneState):
    """Gated recurrent units, in layers. Returns all outputs and the final states.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "proj_size" in kwargs:
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        super().__init__("GRU", *args, **kwargs)


class LSTM(RNNBase):
    """Long short-term memory, in layers. Returns all outputs and the final (h, c).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html

    >>> import penlight as torch
    >>> out, (h, c) = torch.nn.LSTM(4, 3, num_layers=2)(torch.ones(5, 1, 4))
    >>> out.shape, h.shape
    (torch.Size([5, 1, 3]), torch.Size([2, 1, 3]))
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("LSTM", *args, **kwargs)

    def get_expected_cell_size(self, input: Tensor, batch_sizes: Any) -> tuple:
        """(layers * directions, B, H)."""
        layers, batch, _ = self.get_expected_hidden_size(input, batch_sizes)
        return (layers, batch, self.hidden_size)

    def check_forward_args(self, input: Tensor, hidden: tuple, batch_sizes: Any) -> None:
        """Raise for inputs or states of the wrong shape."""
        self.check_input(input, batch_sizes)
        expected = self.get_expected_hidden_size(input, batch_sizes)
        self.check_hidden_size(hidden[0], expected, "Expected hidden[0] size {}, got {}")
        expected = self.get_expected_cell_size(input, batch_sizes)
        self.check_hidden_size(hidden[1], expected, "Expected hidden[1] size {}, got {}")

    def permute_hidden(self, hx: Any, permutation: Any) -> Any:
        if permutation is None:
            return hx
        return apply_permutation(hx[0], permutation), apply_permutation(hx[1], permutation)

    def _start(self, input: Tensor, batch_sizes: Any) -> tuple:
        _, batch, size = self.get_expected_hidden_size(input, batch_sizes)
        return self._zeros(input, batch, size), self._zeros(input, batch, self.hidden_size)

    def forward(self, input: Any, hx: Any = None) -> Any:
        if isinstance(input, PackedSequence):
            data, sizes, sorted_indices, unsorted_indices = input
            states = self._start(data, sizes) if hx is None else self.permute_hidden(hx, sorted_indices)
            self.check_forward_args(data, states, sizes)
            out, *last = self._compute(data, tuple(states), sizes)
            final = self.permute_hidden(tuple(last), unsorted_indices)
            return PackedSequence(out, sizes, sorted_indices, unsorted_indices), final
        if input.dim() not in (2, 3):
            raise ValueError(f"LSTM: Expected input to be 2D or 3D, got {input.dim()}D instead")
        batched = input.dim() == 3
        if not batched:
            input = input.unsqueeze(0 if self.batch_first else 1)
        if hx is not None:
            wanted = 3 if batched else 2
            if hx[0].dim() != wanted or hx[1].dim() != wanted:
                words = "batched 3-D" if batched else "unbatched 2-D"
                raise RuntimeError(
                    f"For {words} input, hx and cx should also be {wanted}-D but got ({hx[0].dim()}-D, "
                    f"{hx[1].dim()}-D) tensors"
                )
            hx = hx if batched else (hx[0].unsqueeze(1), hx[1].unsqueeze(1))
        else:
            hx = self._start(input, None)
        self.check_forward_args(input, hx, None)
        out, *last = self._compute(input, tuple(hx), None)
        if not batched:
            return out.squeeze(0 if self.batch_first else 1), tuple(s.squeeze(1) for s in last)
        return out, tuple(last)


class RNNCellBase(Module):
    """What the cells share: one step. Shape: (B, I) or (I), states (B, H) or (H)."""

    __constants__ = ["input_size", "hidden_size", "bias"]
    bias_ih: Any
    bias_hh: Any

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool, num_chunks: int, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        made = {"device": device, "dtype": dtype}
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        self.weight_ih = Parameter(empty((num_chunks * hidden_size, input_size), **made))
        self.weight_hh = Parameter(empty((num_chunks * hidden_size, hidden_size), **made))
        for name in ("bias_ih", "bias_hh"):
            self.register_parameter(name, Parameter(empty(num_chunks * hidden_size, **made)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all parameters from ±1 / sqrt(hidden_size)."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}"
        if self.bias is not True:
            text += f", bias={self.bias}"
        nonlinearity = getattr(self, "nonlinearity", "tanh")
        return text + (f", nonlinearity={nonlinearity}" if nonlinearity != "tanh" else "")

    def _read(self, input: Tensor, states: Any, labels: tuple) -> tuple[Tensor, list, bool]:
        """The input and the states with a batch dimension, and whether the input had one."""
        name = type(self).__name__
        if input.dim() not in (1, 2):
            raise ValueError(f"{name}: Expected input to be 1D or 2D, got {input.dim()}D instead")
        for state, label in zip(states or (), labels):
            if state.dim() not in (1, 2):
                raise ValueError(f"{name}: Expected {label} to be 1D or 2D, got {state.dim()}D instead")
        batched = input.dim() == 2
        if not batched:
            input = input.unsqueeze(0)
        if states is None:
            zeros = Tensor._wrap(np.zeros((input.size(0), self.hidden_size), input._a.dtype)).to(input.device)
            return input, [zeros] * len(labels), batched
        return input, [s if batched else s.unsqueeze(0) for s in states], batched

    def _weights(self) -> tuple:
        return self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh


class RNNCell(RNNCellBase):
    """One step of RNN.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.RNNCell.html
    """

    __constants__ = ["input_size", "hidden_size", "bias", "nonlinearity"]

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, nonlinearity: str = "tanh", device: Any = None,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(input_size, hidden_size, bias, num_chunks=1, device=device, dtype=dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Any, hx: Any = None) -> Any:
        x, (h,), batched = self._read(input, None if hx is None else (hx,), ("hidden",))
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        last = (ops.rnn_relu_cell if self.nonlinearity == "relu" else ops.rnn_tanh_cell)(x, h, *self._weights())
        return last if batched else last.squeeze(0)


class LSTMCell(RNNCellBase):
    """One step of LSTM. Returns (h, c).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTMCell.html
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, num_chunks=4, device=device, dtype=dtype)

    def forward(self, input: Any, hx: Any = None) -> Any:
        if hx is not None and not isinstance(hx, (tuple, list)):
            kind = type(hx).__name__
            raise TypeError(f"lstm_cell(): argument 'hx' (position 2) must be tuple of Tensors, not {kind}")
        x, states, batched = self._read(input, hx, ("hx[0]", "hx[1]"))
        last, cell = ops.lstm_cell(x, states, *self._weights())
        return (last, cell) if batched else (last.squeeze(0), cell.squeeze(0))


class GRUCell(RNNCellBase):
    """One step of GRU.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.GRUCell.html
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, num_chunks=3, device=device, dtype=dtype)

    def forward(self, input: Any, hx: Any = None) -> Any:
        x, (h,), batched = self._read(input, None if hx is None else (hx,), ("hidden",))
        last = ops.gru_cell(x, h, *self._weights())
        return last if batched else last.squeeze(0)
