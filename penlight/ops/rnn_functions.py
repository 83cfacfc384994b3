"""The recurrent functions of the torch namespace: stacks of layers, and single steps."""

from __future__ import annotations

from penlight.ops.rnn_steps import unrolled_gru, unrolled_lstm, unrolled_rnn
from penlight.ops.table import composite

__all__: list[str] = []

_REST = "any hx, any params, any has_biases, any num_layers, any dropout, any train, any bidirectional, any batch_first"


def _rnn(k, relu, rows, states, weights, batch_sizes, reverse, shown):
    if rows.is_complex():
        (out,), last = unrolled_rnn(k, rows, *states, *weights[:4], relu, batch_sizes, reverse)
        return out, *last
    return k._rnn_layer(rows, *states, *weights[:4], relu, batch_sizes, reverse, shown)


def _tanh_layer(k, *arguments):
    return _rnn(k, False, *arguments)


def _relu_layer(k, *arguments):
    return _rnn(k, True, *arguments)


def _gru(k, rows, states, weights, batch_sizes, reverse, shown):
    if rows.is_complex():
        (out,), last = unrolled_gru(k, rows, *states, *weights[:4], batch_sizes, reverse)
        return out, *last
    return k._gru_layer(rows, *states, *weights[:4], batch_sizes, reverse, shown)


def _lstm(k, rows, states, weights, batch_sizes, reverse, shown):
    if rows.is_complex():
        (out, _), last = unrolled_lstm(k, rows, *states, *weights, batch_sizes, reverse)
        return out, *last
    return k._lstm_layer(rows, *states, *weights, batch_sizes, reverse, shown)


# --- stacks of layers ------------------------------------------------------------------------------------------------


def _dropped(k, x, p):
    """Dropout with the default generator: the mask is drawn in the shape of the packed or time-major output."""
    if not 0 <= p <= 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {p}")
    if p == 1:
        return x * 0.0
    mask = x.new_empty(x.shape).bernoulli_(1 - p)
    return x * mask.mul_(1 / (1 - p))


def _stacked(k, layer, x, states, params, has_biases, num_layers, dropout, train, bidirectional, batch_sizes, shown):
    """All layers over (T, B, I) or packed rows: (out, final states)."""
    directions = 2 if bidirectional else 1
    cells = num_layers * directions
    projected = len(states) == 2 and states[0].shape[-1] != states[1].shape[-1]
    each = (4 if has_biases else 2) + projected
    if len(params) != cells * each:
        raise RuntimeError("got an incorrect number of RNN parameters")
    if any(len(s.shape) != 3 for s in states):
        raise RuntimeError(f"Expected hidden states of 3 dimensions, but got {[list(s.shape) for s in states]}")
    if any(s.shape[0] < cells for s in states):
        raise RuntimeError("Expected more hidden states in stacked_rnn")
    if any(s.shape[0] > cells for s in states):
        raise RuntimeError(f"Expected {cells} hidden states, but got {max(s.shape[0] for s in states)}")
    lasts = []
    for at in range(0, cells, directions):
        outs = []
        for d in range(directions):
            weights = list(params[(at + d) * each : (at + d + 1) * each])
            if not has_biases:
                weights[2:2] = [None, None]
            if not projected:
                weights.append(None)
            initial = [k.select(s, 0, at + d) for s in states]
            out, *last = layer(k, x, initial, weights, batch_sizes, d == 1, shown)
            outs.append(out)
            lasts.append(last)
        x = outs[0] if directions == 1 else k.cat(outs, -1)
        if dropout != 0 and train and at + directions < cells:
            x = _dropped(k, x, dropout)
    return x, *(k.stack(list(parts), 0) for parts in zip(*lasts))


def _run(k, layer, name, two, input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first):
    """Read one of the two argument lists: a padded batch, or data, batch_sizes, hx, params, … of a packed one."""
    shown = "StackBackward0"
    packed = not isinstance(has_biases, (bool, int))
    if packed:
        batch_sizes, hx, params, has_biases, num_layers, dropout, train, bidirectional = (
            hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first,
        )  # fmt: skip
    states = hx if two else (hx,)
    if (
        not isinstance(states, (tuple, list))
        or not isinstance(params, (tuple, list))
        or any(not hasattr(s, "new_empty") for s in states)
        or (packed and not hasattr(batch_sizes, "new_empty"))
    ):
        kind = "tuple of Tensors" if two else "Tensor"
        raise TypeError(
            f"{name}() received an invalid combination of arguments - expected one of:\n"
            f" * (Tensor data, Tensor batch_sizes, {kind} hx, tuple of Tensors params, bool has_biases, "
            "int num_layers, float dropout, bool train, bool bidirectional)\n"
            f" * (Tensor input, {kind} hx, tuple of Tensors params, bool has_biases, int num_layers, float dropout, "
            "bool train, bool bidirectional, bool batch_first)"
        )
    for i, p in enumerate(params):
        if not hasattr(p, "new_empty"):
            at = 3 if packed else 2
            raise TypeError(f"expected Tensor as element {i} in argument {at}, but got {type(p).__name__}")
    if two and len(states) != 2:
        raise RuntimeError("lstm expects two hidden states")
    options = has_biases, num_layers, dropout, train, bidirectional
    if packed:
        if len(input.shape) != 2:
            raise RuntimeError(f"Expected packed data of 2 dimensions, but got shape {list(input.shape)}")
        return _stacked(k, layer, input, states, params, *options, tuple(batch_sizes.tolist()), "CatBackward0")
    single = len(input.shape) == 2 and all(len(s.shape) == 2 for s in states)
    if single:  # one sequence by itself
        input, states, batch_first = k.unsqueeze(input, 1), [k.unsqueeze(s, 1) for s in states], False
    if len(input.shape) != 3:
        raise RuntimeError(f"Expected input of 3 dimensions, but got shape {list(input.shape)}")
    x = k.transpose(input, 0, 1) if batch_first else input
    length, batch = x.shape[:2]
    if length == 0:
        raise RuntimeError("Expected sequence length to be larger than 0 in RNN")
    if two and x.dtype.itemsize == 4 and states[0].shape == states[1].shape:
        shown = "MkldnnRnnLayerBackward0"
    complex_rows = x.is_complex()
    if complex_rows:
        x = k.reshape(x, (length * batch, x.shape[2]))
    out, *last = _stacked(k, layer, x, states, params, *options, (batch,) * length, shown)
    if complex_rows:
        out = k.reshape(out, (length, batch, out.shape[-1]))
    if batch_first:
        out = k.transpose(out, 0, 1)
    return (k.squeeze(out, 1), *(k.squeeze(s, 1) for s in last)) if single else (out, *last)


@composite(f"rnn_tanh(Tensor input, {_REST})", on="torch")
def rnn_tanh(k, *arguments):
    """The output and final states of a stack of tanh layers: what nn.RNN computes.

    Also called as rnn_tanh(data, batch_sizes, hx, params, has_biases, num_layers, dropout, train, bidirectional) for
    packed sequences; params are w_ih, w_hh, b_ih, b_hh for each layer and direction.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.RNN.html
    """
    return _run(k, _tanh_layer, "rnn_tanh", False, *arguments)


@composite(f"rnn_relu(Tensor input, {_REST})", on="torch")
def rnn_relu(k, *arguments):
    """The output and final states of a stack of relu layers; see rnn_tanh.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.RNN.html
    """
    return _run(k, _relu_layer, "rnn_relu", False, *arguments)


@composite(f"gru(Tensor input, {_REST})", on="torch")
def gru(k, *arguments):
    """The output and final states of a stack of GRU layers; arguments as rnn_tanh's.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html
    """
    return _run(k, _gru, "gru", False, *arguments)


@composite(f"lstm(Tensor input, {_REST})", on="torch")
def lstm(k, *arguments):
    """The output and final h and c of a stack of LSTM layers; arguments as rnn_tanh's, with hx = (h, c).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
    """
    return _run(k, _lstm, "lstm", True, *arguments)


# --- single steps ----------------------------------------------------------------------------------------------------


def _check_step(input, states, w_ih, w_hh):
    if len(input.shape) != 2:
        raise IndexError(f"Expected input of 2 dimensions, but got shape {list(input.shape)}")
    batch, size = input.shape
    for w in (w_ih, w_hh):
        if len(w.shape) < 2:
            raise IndexError(f"Dimension out of range: expected a weight of 2 dimensions, but got shape {list(w.shape)}")
    if size != w_ih.shape[1]:
        raise RuntimeError(f"input has inconsistent input_size: got {size} expected {w_ih.shape[1]}")
    if w_ih.shape[0] != w_hh.shape[0]:
        raise RuntimeError(f"Expected weights of as many rows, but got {list(w_ih.shape)} and {list(w_hh.shape)}")
    for i, s in enumerate(states):
        if len(s.shape) and s.shape[0] != batch:
            raise RuntimeError(f"Input batch size {batch} doesn't match hidden{i} batch size {s.shape[0]}")
        if len(s.shape) > 1 and s.shape[1] != w_hh.shape[1]:
            raise RuntimeError(f"hidden{i} has inconsistent hidden_size: got {s.shape[1]}, expected {w_hh.shape[1]}")
        if len(s.shape) != 2:
            raise IndexError(f"Expected hidden states of 2 dimensions, but got shape {list(s.shape)}")


def _step(k, layer, shown, input, states, *weights):
    _check_step(input, states, *weights[:2])
    return layer(k, input, states, (*weights, None), (input.shape[0],), False, shown)[1:]


_WEIGHTS = "Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None"


@composite(f"rnn_tanh_cell(Tensor input, Tensor hx, {_WEIGHTS})", on="torch")
def rnn_tanh_cell(k, input, hx, w_ih, w_hh, b_ih, b_hh):
    """tanh(W_ih x + b_ih + W_hh h + b_hh). Shape: (B, I), (B, H) -> (B, H).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.RNNCell.html

    >>> import penlight as torch
    >>> torch.rnn_tanh_cell(torch.ones(1, 2), torch.zeros(1, 1), torch.ones(1, 2), torch.ones(1, 1))
    tensor([[0.9640]])
    """
    return _step(k, _tanh_layer, "TanhBackward0", input, (hx,), w_ih, w_hh, b_ih, b_hh)[0]


@composite(f"rnn_relu_cell(Tensor input, Tensor hx, {_WEIGHTS})", on="torch")
def rnn_relu_cell(k, input, hx, w_ih, w_hh, b_ih, b_hh):
    """relu(W_ih x + b_ih + W_hh h + b_hh). Shape: (B, I), (B, H) -> (B, H).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.RNNCell.html
    """
    return _step(k, _relu_layer, "ReluBackward0", input, (hx,), w_ih, w_hh, b_ih, b_hh)[0]


@composite(f"gru_cell(Tensor input, Tensor hx, {_WEIGHTS})", on="torch")
def gru_cell(k, input, hx, w_ih, w_hh, b_ih, b_hh):
    """One GRU step. Shape: (B, I), (B, H) -> (B, H).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.GRUCell.html
    """
    return _step(k, _gru, "AddBackward0", input, (hx,), w_ih, w_hh, b_ih, b_hh)[0]


@composite(f"lstm_cell(Tensor input, any hx, {_WEIGHTS})", on="torch")
def lstm_cell(k, input, hx, w_ih, w_hh, b_ih, b_hh):
    """One LSTM step. Shape: (B, I), ((B, H), (B, H)) -> (B, H), (B, H).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTMCell.html
    """
    if not isinstance(hx, (tuple, list)):
        raise TypeError(f"lstm_cell(): argument 'hx' (position 2) must be tuple of Tensors, not {type(hx).__name__}")
    if len(hx) != 2:
        raise RuntimeError("lstm_cell expects two hidden states")
    return tuple(_step(k, _lstm, "MulBackward0", input, tuple(hx), w_ih, w_hh, b_ih, b_hh))
