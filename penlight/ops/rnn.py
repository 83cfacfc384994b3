"""Whole recurrent layers as single ops, one direction of one layer each.

Sequences come as packed rows: the rows of time 0, then those of time 1, …; `batch_sizes` says how many each time has
(they never grow, so the first rows of a time continue the first rows of the time before). A padded batch is the case
of equal sizes and may come as (T, B, *); then the output does. States have one row per sequence.

Ordinary backward is a kernel that uses what forward kept; a backward pass that is itself recorded computes the layer
again step by step, so that everything has a history. Complex numbers take the step-by-step form from the start.
"""

from __future__ import annotations

from functools import lru_cache

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


def _across(xp, w_hh, batch_sizes):
    """W_hh^T; laid out anew where enough products with it follow to pay for the copy."""
    if batch_sizes[0] > 1 and len(batch_sizes) > 2:
        return xp.ascontiguousarray(w_hh.T)
    return w_hh.T


def _uneven(batch_sizes):
    return batch_sizes[0] != batch_sizes[-1]


def _state_rows(xp, start, rows, batch_sizes, reverse):
    """Rows for the states before and after each step. Equal batches share one buffer, so that nothing is copied."""
    width, d = start.shape[1], start.dtype
    if _uneven(batch_sizes):
        return xp.empty((rows, width), d), xp.empty((rows, width), d)
    batch = batch_sizes[0]
    whole = xp.empty((rows + batch, width), d)
    if reverse:
        whole[rows:] = start
        return whole[batch:], whole[:rows]
    whole[:batch] = start
    return whole[:rows], whole[batch:]


def _times(array, batch_sizes, reverse):
    """Views of the rows of each time, in the order of the recurrence."""
    if _uneven(batch_sizes):
        views, first = [], 0
        for count in batch_sizes:
            views.append(array[first : first + count])
            first += count
    else:
        views = list(array.reshape(len(batch_sizes), batch_sizes[0], array.shape[1]))
    if reverse:
        views.reverse()
    return views


def _carried(xp, g_last, shape, d):
    """The gradient that flows back through time, one row per sequence; it starts as the final state's."""
    return xp.zeros(shape, d) if g_last is None else xp.array(g_last, dtype=d, order="C")


def _each(g_out, batch_sizes, reverse):
    return [None] * len(batch_sizes) if g_out is None else _times(_flat(g_out), batch_sizes, reverse)


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
    across = _across(xp, w_hh, batch_sizes)
    state = h0.copy() if _uneven(batch_sizes) else None
    dot, add, tanh, maximum = xp.dot, xp.add, xp.tanh, xp.maximum
    arrays = [_times(a, batch_sizes, reverse) for a in (from_input, before, after)]
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
    if relu:
        rows = (after > 0).astype(after.dtype)  # the slope; becomes the gradient of the sum under it
    else:
        rows = after * after
        xp.subtract(1, rows, out=rows)
    carry = _carried(xp, g_last, h0.shape, h0.dtype)
    dot, add, multiply = xp.dot, xp.add, xp.multiply
    for g, row in zip(_each(g_out, batch_sizes, not reverse), _times(rows, batch_sizes, not reverse)):
        d = carry[: len(row)]
        if g is not None:
            add(d, g, out=d)
        multiply(row, d, out=row)
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


@lru_cache(maxsize=32)
def _gate_scales(xp, size, char):
    """a, b with gate = a tanh(a x) + b, by 1 / (1 + exp(-x)) = tanh(x / 2) / 2 + 1 / 2, which cannot overflow.

    For the order i, f, g, o, where g is a plain tanh.
    """
    factor, offset = xp.full(4 * size, 0.5, char), xp.full(4 * size, 0.5, char)
    factor[2 * size : 3 * size] = 1
    offset[2 * size : 3 * size] = 0
    return factor, offset


def _columns(array, size, batch_sizes, reverse):
    """The times of each gate: a list of views for each block of `size` columns."""
    return [_times(array[:, at : at + size], batch_sizes, reverse) for at in range(0, array.shape[1], size)]


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
    across = _across(xp, w_hh, batch_sizes)
    factor, offset = _gate_scales(xp, size, d.char)
    squashed = xp.empty((rows, size), d)
    spare = xp.empty((batch_sizes[0], size), d)
    products = xp.empty((batch_sizes[0], 4 * size), d)
    state, cell_state = (h0.copy(), c0.copy()) if _uneven(batch_sizes) else (None, None)
    arrays = [_times(a, batch_sizes, reverse) for a in (gates, before, after, cells_before, cells, squashed)]
    dot, add, multiply, tanh = xp.dot, xp.add, xp.multiply, xp.tanh
    for gate, i, f, n, o, old, new, c_old, c_new, t in zip(
        arrays[0], *_columns(gates, size, batch_sizes, reverse), *arrays[1:]
    ):
        part, inner = products, spare
        if state is not None:
            count = len(old)
            old[...], c_old[...] = state[:count], cell_state[:count]
            part, inner = products[:count], spare[:count]
        dot(old, across, out=part)
        add(gate, part, out=gate)
        multiply(gate, factor, out=gate)
        tanh(gate, out=gate)
        multiply(gate, factor, out=gate)
        add(gate, offset, out=gate)
        multiply(f, c_old, out=c_new)
        multiply(i, n, out=inner)
        add(c_new, inner, out=c_new)
        tanh(c_new, out=t)
        if w_hr is None:
            multiply(o, t, out=new)
        else:
            multiply(o, t, out=inner)
            dot(inner, w_hr.T, out=new)
        if state is not None:
            state[:count], cell_state[:count] = new, c_new
    if state is None:
        state, cell_state = arrays[2][-1].copy(), arrays[4][-1].copy()
    return _shaped(after, given_input), state, cell_state, gates, before, cells_before, squashed


def _slopes(xp, gates):
    """s (1 - s), the slope of the sigmoid at which it has the value s."""
    out = gates * gates
    return xp.subtract(gates, out, out=out)


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
    size, d = c0.shape[1], input.dtype
    i, f, n, o = (gates[:, at * size : (at + 1) * size] for at in range(4))
    # d_rows is first each gate's gradient per unit of dc (of dh for the output gate), then the gradient itself
    d_rows = _slopes(xp, gates)
    d_i, d_f, d_n, d_o = (d_rows[:, at * size : (at + 1) * size] for at in range(4))
    d_i *= n
    d_f *= cells_before
    xp.multiply(n, n, out=d_n)
    xp.subtract(1, d_n, out=d_n)
    d_n *= i
    d_o *= squashed
    cell_per_output = squashed * squashed
    xp.subtract(1, cell_per_output, out=cell_per_output)
    cell_per_output *= o
    carry = _carried(xp, g_last, h0.shape, d)
    carry_cell = _carried(xp, g_cell, c0.shape, d)
    spare = xp.empty(c0.shape, d)
    d_outs = [] if w_hr is not None else None
    dot, add, multiply = xp.dot, xp.add, xp.multiply
    back = not reverse
    for g, row, q, forget, d_output in zip(
        _each(g_out, batch_sizes, back),
        *(_times(a, batch_sizes, back) for a in (d_rows, cell_per_output, f, d_o)),
    ):
        count = len(row)
        d_h, d_c, inner = carry[:count], carry_cell[:count], spare[:count]
        if g is not None:
            add(d_h, g, out=d_h)
        through = d_h
        if d_outs is not None:
            d_outs.append(d_h.copy())
            through = dot(d_h, w_hr)
        multiply(through, q, out=inner)
        add(d_c, inner, out=d_c)
        by_gate = row.reshape(count, 4, size)[:, :3]
        multiply(by_gate, d_c[:, None], out=by_gate)
        multiply(d_output, through, out=d_output)
        multiply(d_c, forget, out=d_c)
        dot(row, w_hh, out=d_h)
    d_x, *others = _weight_grads(xp, (need[0], *need[3:7]), d_rows, d_rows, input, before, w_ih)
    d_wr = None
    if need[7]:
        d_wr = product(xp, xp.concatenate(d_outs if reverse else d_outs[::-1]).T, o * squashed)
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
    across = _across(xp, w_hh, batch_sizes)
    hidden_new = xp.empty((rows, size), d)  # W_hn h + b_hn
    products = xp.empty((batch_sizes[0], 3 * size), d)
    spare = xp.empty((batch_sizes[0], size), d)
    if b_hh is not None:
        gates[:, : 2 * size] += b_hh[: 2 * size]
    new_bias = None if b_hh is None else b_hh[2 * size :]
    state = h0.copy() if _uneven(batch_sizes) else None
    r, z, n = _columns(gates, size, batch_sizes, reverse)
    opened = _times(gates[:, : 2 * size], batch_sizes, reverse)
    arrays = [_times(a, batch_sizes, reverse) for a in (before, after, hidden_new)]
    dot, add, multiply, tanh, subtract = xp.dot, xp.add, xp.multiply, xp.tanh, xp.subtract
    to_open, to_new = products[:, : 2 * size], products[:, 2 * size :]
    for rz, reset, update, fresh, old, new, hidden in zip(opened, r, z, n, *arrays):
        part, part_open, part_new, inner = products, to_open, to_new, spare
        if state is not None:
            count = len(old)
            old[...] = state[:count]
            part, part_open, part_new, inner = (a[:count] for a in (products, to_open, to_new, spare))
        dot(old, across, out=part)
        add(rz, part_open, out=rz)
        multiply(rz, 0.5, out=rz)  # 1 / (1 + exp(-x)) = tanh(x / 2) / 2 + 1 / 2, which cannot overflow
        tanh(rz, out=rz)
        multiply(rz, 0.5, out=rz)
        add(rz, 0.5, out=rz)
        if new_bias is None:
            hidden[...] = part_new
        else:
            add(part_new, new_bias, out=hidden)
        multiply(reset, hidden, out=inner)
        add(fresh, inner, out=fresh)
        tanh(fresh, out=fresh)
        subtract(old, fresh, out=new)  # n + z (h - n)
        multiply(new, update, out=new)
        add(new, fresh, out=new)
        if state is not None:
            state[:count] = new
    return _shaped(after, given_input), arrays[1][-1].copy() if state is None else state, gates, hidden_new, before


@op(
    "_gru_layer_grad(Tensor input, Tensor? g_out, Tensor? g_last, Tensor h0, Tensor w_ih, Tensor w_hh, any gates, "
    "any hidden_new, any before, any batch_sizes, bool reverse, any need)",
    on="",
    outputs="for_input for_h0 for_w_ih for_w_hh for_b_ih for_b_hh",
)
def _gru_layer_grad(xp, input, g_out, g_last, h0, w_ih, w_hh, gates, hidden_new, before, batch_sizes, reverse, need):
    """The gradients of `_gru_layer`."""
    rows, size = before.shape
    r, z, n = (gates[:, at * size : (at + 1) * size] for at in range(3))
    # d_hidden is first each gate's gradient per unit of dh, then the gradient itself; so is d_new for n's sum
    d_hidden = xp.empty((rows, 3 * size), gates.dtype)
    d_r, d_z, d_n = (d_hidden[:, at * size : (at + 1) * size] for at in range(3))
    d_new = n * n
    xp.subtract(1, d_new, out=d_new)
    keep = xp.subtract(1, z, out=d_n)  # d_n's columns serve as room
    d_new *= keep
    xp.multiply(keep, z, out=d_z)
    d_z *= xp.subtract(before, n, out=d_r)
    xp.multiply(r, d_new, out=d_n)
    xp.subtract(1, r, out=d_r)
    d_r *= d_n
    d_r *= hidden_new
    carry = _carried(xp, g_last, h0.shape, h0.dtype)
    spare = xp.empty(h0.shape, h0.dtype)
    dot, add, multiply = xp.dot, xp.add, xp.multiply
    back = not reverse
    for g, row, fresh, update in zip(
        _each(g_out, batch_sizes, back), *(_times(a, batch_sizes, back) for a in (d_hidden, d_new, z))
    ):
        count = len(row)
        d, inner = carry[:count], spare[:count]
        if g is not None:
            add(d, g, out=d)
        by_gate = row.reshape(count, 3, size)
        multiply(by_gate, d[:, None], out=by_gate)
        multiply(fresh, d, out=fresh)
        multiply(d, update, out=inner)
        dot(row, w_hh, out=d)
        add(d, inner, out=d)
    d_in = d_hidden
    if need[0] or need[2] or need[4]:
        d_in = d_hidden.copy()
        d_in[:, 2 * size :] = d_new
    d_x, *others = _weight_grads(xp, (need[0], *need[2:]), d_in, d_hidden, input, before, w_ih)
    return d_x, carry if need[1] else None, *others
