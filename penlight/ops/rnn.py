"""Whole recurrent layers as single ops, one direction of one layer each.

Sequences come as packed rows: the rows of time 0, then those of time 1, …; `batch_sizes` says how many each time has
(they never grow, so the first rows of a time continue the first rows of the time before). A padded batch is the case
of equal sizes and may come as (T, B, *); then the output does. States have one row per sequence.

Ordinary backward is a kernel that uses what forward kept; a backward pass that is itself recorded computes the layer
again step by step, so that everything has a history. Complex numbers take the step-by-step form from the start.
"""

from __future__ import annotations

from penlight.base.dtypes import from_numpy
from penlight.ops.matmul import product
from penlight.ops.rnn_steps import recorded_gru, recorded_lstm, recorded_rnn
from penlight.ops.table import op

__all__: list[str] = []


# --- what the kernels share ------------------------------------------------------------------------------------------


def _flat(a):
    """(T, B, *) as rows; rows as they are."""
    return a.reshape(a.shape[0] * a.shape[1], a.shape[2]) if a is not None and a.ndim == 3 else a


def _shaped(out, input):
    """Rows in the leading shape of the input; a copy, since forward's rows stay as they are for backward."""
    return out.copy() if input.ndim == 2 else out.reshape(*input.shape[:2], out.shape[1]).copy()


def _check(input, states, weights, blocks, batch_sizes):
    """The dtypes and sizes of a layer's arguments must agree; `blocks` is the number of gates."""
    d = input.dtype
    w_ih, w_hh = weights[:2]
    for a, w in ((input, w_ih), *((s, w_hh) for s in states), *((input, w) for w in weights)):
        if w is not None and a.dtype is not w.dtype:
            raise RuntimeError(
                "mat1 and mat2 must have the same dtype, but got "
                f"{from_numpy(a.dtype).legacy} and {from_numpy(w.dtype).legacy}"
            )
    if d.kind != "f":
        raise RuntimeError(f"a recurrent layer needs floating point or complex tensors, but got {from_numpy(d).legacy}")
    for a, w in ((input, w_ih), (states[0], w_hh)):
        if a.shape[1] != w.shape[1]:
            raise RuntimeError(
                f"mat1 and mat2 shapes cannot be multiplied ({a.shape[0]}x{a.shape[1]} and {w.shape[1]}x{w.shape[0]})"
            )
    size = blocks * states[-1].shape[1]
    if len(w_ih) != size or len(w_hh) != size or any(b is not None and b.shape != (size,) for b in weights[2:4]):
        raise RuntimeError(
            f"Expected weights and biases with {size} rows ({blocks} for each of {states[-1].shape[1]} hidden values), "
            f"but got {[None if w is None else list(w.shape) for w in weights[:4]]}"
        )
    if any(len(s) != batch_sizes[0] for s in states):
        raise RuntimeError(f"Expected hidden states of batch size {batch_sizes[0]}, but got {[len(s) for s in states]}")
    if sum(batch_sizes) != len(input):
        raise RuntimeError(f"Expected batch sizes that add up to {len(input)} rows of data, but got {sum(batch_sizes)}")


def _project(xp, input, weight, bias):
    """All times' products with W_ih at once. Shape: (rows, I) -> (rows, gates * H)."""
    out = product(xp, input, weight.T)
    if bias is not None:
        out += bias
    return out


def _sum_of(b_ih, b_hh):
    return b_hh if b_ih is None else b_ih if b_hh is None else b_ih + b_hh


def _state_rows(xp, start, rows, batch_sizes, reverse):
    """Rows for the states before and after each step. Equal batches share one buffer, so that nothing is copied."""
    width, d = start.shape[1], start.dtype
    if xp.uneven(batch_sizes):
        return xp.empty((rows, width), d), xp.empty((rows, width), d)
    batch = batch_sizes[0]
    whole = xp.empty((rows + batch, width), d)
    if reverse:
        whole[rows:] = start
        return whole[batch:], whole[:rows]
    whole[:batch] = start
    return whole[:rows], whole[batch:]


def _carried(xp, g_last, start):
    """The gradient that flows back through time, one row per sequence; it begins as the final state's."""
    return xp.zeros(start.shape, start.dtype) if g_last is None else xp.array(g_last, dtype=start.dtype, order="C")


def _weight_grads(xp, need, d_in, d_hidden, input, before, w_ih):
    """Gradients of input, W_ih, W_hh and biases, one product each; `need` in this order."""
    d_bias = None
    if need[3] or (need[4] and d_in is d_hidden):
        d_bias = xp.add.reduce(d_in, 0)
    if not need[4]:
        d_hidden_bias = None
    elif d_in is d_hidden:
        d_hidden_bias = d_bias.copy() if need[3] else d_bias
    else:
        d_hidden_bias = xp.add.reduce(d_hidden, 0)
    return (
        product(xp, d_in, w_ih).reshape(input.shape) if need[0] else None,
        product(xp, d_in.T, _flat(input)) if need[1] else None,
        product(xp, d_hidden.T, before) if need[2] else None,
        d_bias if need[3] else None,
        d_hidden_bias,
    )


def _shown_name(record):
    """What grad_fn shows: the name of the op that ends PyTorch's composition of the layer."""
    return record[3][-1] if record[3] is not None else "StackBackward0"


# --- plain recurrence ------------------------------------------------------------------------------------------------


def _rnn_rule(k, g, need, input, h0, w_ih, w_hh, b_ih, b_hh, before, after, relu, batch_sizes, reverse, shown):
    g_out, g_last = g.get(0), g.get(1)
    if not k.recorded:
        return k._rnn_layer_grad(input, g_out, g_last, h0, w_ih, w_hh, before, after, relu, batch_sizes, reverse, need)
    return recorded_rnn(k, g_out, g_last, need, input, h0, w_ih, w_hh, b_ih, b_hh, relu, batch_sizes, reverse)


@op(
    "_rnn_layer(Tensor input, Tensor h0, Tensor w_ih, Tensor w_hh, Tensor? b_ih, Tensor? b_hh, bool relu, "
    "any batch_sizes, bool reverse, str shown)",
    on="",
    outputs="out last",
    aux="before after",
    grad_name=_shown_name,
    linked=True,
    joint=_rnn_rule,
)
def _rnn_layer(xp, input, h0, w_ih, w_hh, b_ih, b_hh, relu, batch_sizes, reverse, shown):
    """h_t = tanh(W_ih x_t + b_ih + W_hh h_(t-1) + b_hh), or relu. Shape: (rows, I), (B, H) -> (rows, H), (B, H)."""
    given_input, input = input, _flat(input)
    _check(input, (h0,), (w_ih, w_hh, b_ih, b_hh), 1, batch_sizes)
    from_input = _project(xp, input, w_ih, _sum_of(b_ih, b_hh))
    before, after = _state_rows(xp, h0, input.shape[0], batch_sizes, reverse)
    across = xp.across(w_hh, batch_sizes)
    state = h0.copy() if xp.uneven(batch_sizes) else None
    dot, add, tanh, maximum = xp.dot, xp.add, xp.tanh, xp.maximum
    arrays = [xp.times(a, batch_sizes, reverse) for a in (from_input, before, after)]
    for given, old, new in zip(*arrays):
        if state is not None:
            old[...] = state[: len(old)]
        dot(old, across, out=new)
        add(new, given, out=new)
        if relu:
            maximum(new, 0, out=new)
        else:
            tanh(new, out=new)
        if state is not None:
            state[: len(new)] = new
    return _shaped(after, given_input), arrays[2][-1].copy() if state is None else state, before, after


@op(
    "_rnn_layer_grad(Tensor input, Tensor? g_out, Tensor? g_last, Tensor h0, Tensor w_ih, Tensor w_hh, any before, "
    "any after, bool relu, any batch_sizes, bool reverse, any need)",
    on="",
    outputs="for_input for_h0 for_w_ih for_w_hh for_b_ih for_b_hh",
)
def _rnn_layer_grad(xp, input, g_out, g_last, h0, w_ih, w_hh, before, after, relu, batch_sizes, reverse, need):
    """The gradients of `_rnn_layer`."""
    rows = xp.empty_like(after) if relu else 1 - after * after  # the slope; becomes the gradient of the sum under it
    stopped = xp.times(after <= 0, batch_sizes, not reverse) if relu else None
    carry = _carried(xp, g_last, h0)
    dot, add, multiply = xp.dot, xp.add, xp.multiply
    given = xp.each(_flat(g_out), batch_sizes, not reverse)
    for i, (g, row) in enumerate(zip(given, xp.times(rows, batch_sizes, not reverse))):
        d = carry[: len(row)]
        if g is not None:
            add(d, g, out=d)
        if stopped is None:
            multiply(row, d, out=row)
        else:  # chosen, as infinity times 0 is NaN
            row[...] = d
            row[stopped[i]] = 0
        dot(row, w_hh, out=d)
    d_x, *others = _weight_grads(xp, (need[0], *need[2:]), rows, rows, input, before, w_ih)
    return d_x, carry if need[1] else None, *others


# --- LSTM ------------------------------------------------------------------------------------------------------------


def _lstm_rule(
    k, g, need, input, h0, c0, w_ih, w_hh, b_ih, b_hh, w_hr, gates, before, cells_before, squashed, batch_sizes,
    reverse, shown,
):  # fmt: skip
    g_out, g_last, g_cell = g.get(0), g.get(1), g.get(2)
    if not k.recorded:
        return k._lstm_layer_grad(
            input, g_out, g_last, g_cell, h0, c0, w_ih, w_hh, w_hr, gates, before, cells_before, squashed,
            batch_sizes, reverse, need,
        )  # fmt: skip
    return recorded_lstm(
        k, g_out, g_last, g_cell, need, input, h0, c0, w_ih, w_hh, b_ih, b_hh, w_hr, batch_sizes, reverse
    )


@op(
    "_lstm_layer(Tensor input, Tensor h0, Tensor c0, Tensor w_ih, Tensor w_hh, Tensor? b_ih, Tensor? b_hh, "
    "Tensor? w_hr, any batch_sizes, bool reverse, str shown)",
    on="",
    outputs="out last last_cell",
    aux="gates before cells_before squashed",
    grad_name=_shown_name,
    joint=_lstm_rule,
)
def _lstm_layer(xp, input, h0, c0, w_ih, w_hh, b_ih, b_hh, w_hr, batch_sizes, reverse, shown):
    """c_t = f c_(t-1) + i g, h_t = o tanh(c_t), the gates i, f, g, o from W_ih x_t + W_hh h_(t-1) + biases.

    Shape: (rows, I), (B, P), (B, H) -> (rows, P), (B, P), (B, H); P is H without a projection W_hr.
    """
    given_input, input = input, _flat(input)
    _check(input, (h0, c0), (w_ih, w_hh, b_ih, b_hh, w_hr), 4, batch_sizes)
    gates = _project(xp, input, w_ih, _sum_of(b_ih, b_hh))  # (rows, 4 H)
    rows, size, d = input.shape[0], c0.shape[1], input.dtype
    before, after = _state_rows(xp, h0, rows, batch_sizes, reverse)
    cells_before, cells = _state_rows(xp, c0, rows, batch_sizes, reverse)
    squashed = xp.empty((rows, size), d)
    last, last_cell = xp.lstm_steps(
        w_hh, w_hr, h0, c0, batch_sizes, reverse, gates, before, after, cells_before, cells, squashed
    )
    return _shaped(after, given_input), last, last_cell, gates, before, cells_before, squashed


@op(
    "_lstm_layer_grad(Tensor input, Tensor? g_out, Tensor? g_last, Tensor? g_cell, Tensor h0, Tensor c0, Tensor w_ih, "
    "Tensor w_hh, Tensor? w_hr, any gates, any before, any cells_before, any squashed, any batch_sizes, "
    "bool reverse, any need)",
    on="",
    outputs="for_input for_h0 for_c0 for_w_ih for_w_hh for_b_ih for_b_hh for_w_hr",
)
def _lstm_layer_grad(
    xp, input, g_out, g_last, g_cell, h0, c0, w_ih, w_hh, w_hr, gates, before, cells_before, squashed, batch_sizes,
    reverse, need,
):  # fmt: skip
    """The gradients of `_lstm_layer`."""
    carry, carry_cell = _carried(xp, g_last, h0), _carried(xp, g_cell, c0)
    d_rows, d_outs = xp.lstm_steps_backward(
        w_hh, w_hr, _flat(g_out), carry, carry_cell, gates, cells_before, squashed, batch_sizes, reverse
    )
    d_x, *others = _weight_grads(xp, (need[0], *need[3:7]), d_rows, d_rows, input, before, w_ih)
    d_wr = None
    if need[7]:
        outs = gates[:, 3 * c0.shape[1] :] * squashed
        d_wr = product(xp, xp.concatenate(d_outs if reverse else d_outs[::-1]).T, outs)
    return d_x, carry if need[1] else None, carry_cell if need[2] else None, *others, d_wr


# --- GRU -------------------------------------------------------------------------------------------------------------


def _gru_rule(k, g, need, input, h0, w_ih, w_hh, b_ih, b_hh, gates, hidden_new, before, batch_sizes, reverse, shown):
    g_out, g_last = g.get(0), g.get(1)
    if not k.recorded:
        return k._gru_layer_grad(
            input, g_out, g_last, h0, w_ih, w_hh, gates, hidden_new, before, batch_sizes, reverse, need
        )
    return recorded_gru(k, g_out, g_last, need, input, h0, w_ih, w_hh, b_ih, b_hh, batch_sizes, reverse)


@op(
    "_gru_layer(Tensor input, Tensor h0, Tensor w_ih, Tensor w_hh, Tensor? b_ih, Tensor? b_hh, any batch_sizes, "
    "bool reverse, str shown)",
    on="",
    outputs="out last",
    aux="gates hidden_new before",
    grad_name=_shown_name,
    joint=_gru_rule,
)
def _gru_layer(xp, input, h0, w_ih, w_hh, b_ih, b_hh, batch_sizes, reverse, shown):
    """h_t = (1 - z) n + z h_(t-1), n = tanh(x_n + r h_n), the gates r, z from W_ih x_t + W_hh h_(t-1) + biases.

    Shape: (rows, I), (B, H) -> (rows, H), (B, H).
    """
    given_input, input = input, _flat(input)
    _check(input, (h0,), (w_ih, w_hh, b_ih, b_hh), 3, batch_sizes)
    gates = _project(xp, input, w_ih, b_ih)  # (rows, 3 H); becomes r, z, n
    rows, size, d = input.shape[0], h0.shape[1], input.dtype
    before, after = _state_rows(xp, h0, rows, batch_sizes, reverse)
    hidden_new = xp.empty((rows, size), d)  # W_hn h + b_hn
    if b_hh is not None:
        gates[:, : 2 * size] += b_hh[: 2 * size]
    bias = None if b_hh is None else b_hh[2 * size :]
    last = xp.gru_steps(w_hh, bias, h0, batch_sizes, reverse, gates, before, after, hidden_new)
    return _shaped(after, given_input), last, gates, hidden_new, before


@op(
    "_gru_layer_grad(Tensor input, Tensor? g_out, Tensor? g_last, Tensor h0, Tensor w_ih, Tensor w_hh, any gates, "
    "any hidden_new, any before, any batch_sizes, bool reverse, any need)",
    on="",
    outputs="for_input for_h0 for_w_ih for_w_hh for_b_ih for_b_hh",
)
def _gru_layer_grad(xp, input, g_out, g_last, h0, w_ih, w_hh, gates, hidden_new, before, batch_sizes, reverse, need):
    """The gradients of `_gru_layer`."""
    carry = _carried(xp, g_last, h0)
    d_hidden, d_new = xp.gru_steps_backward(w_hh, _flat(g_out), carry, gates, hidden_new, before, batch_sizes, reverse)
    d_in = d_hidden
    if need[0] or need[2] or need[4]:
        d_in = d_hidden.copy()
        d_in[:, 2 * h0.shape[1] :] = d_new
    d_x, *others = _weight_grads(xp, (need[0], *need[2:]), d_in, d_hidden, input, before, w_ih)
    return d_x, carry if need[1] else None, *others
