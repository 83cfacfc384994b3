"""The steps of LSTM and GRU layers, one direction of one layer, forward and backward.

Sequences come as packed rows: the rows of time 0, then those of time 1, …; `batch_sizes` says how many each time has
(they never grow, so the first rows of a time continue the first rows of the time before). Matrices that are named as
results are filled in place.
"""

from functools import lru_cache

import numpy as np


def uneven(batch_sizes) -> bool:
    return batch_sizes[0] != batch_sizes[-1]


def times(array, batch_sizes, reverse: bool) -> list:
    """Views of the rows of each time, in the order of the recurrence."""
    if uneven(batch_sizes):
        views, first = [], 0
        for count in batch_sizes:
            views.append(array[first : first + count])
            first += count
    else:
        views = list(array.reshape(len(batch_sizes), batch_sizes[0], array.shape[1]))
    if reverse:
        views.reverse()
    return views


def each(g, batch_sizes, reverse: bool) -> list:
    """`times` of a gradient; None for each where there is none."""
    return [None] * len(batch_sizes) if g is None else times(g, batch_sizes, reverse)


def across(w_hh, batch_sizes):
    """W_hh^T; laid out anew where enough products with it follow to pay for the copy."""
    if batch_sizes[0] > 1 and len(batch_sizes) > 2:
        return np.ascontiguousarray(w_hh.T)
    return w_hh.T


@lru_cache(maxsize=32)
def _gate_scales(size: int, char: str):
    """a, b with gate = a tanh(a x) + b, by 1 / (1 + exp(-x)) = tanh(x / 2) / 2 + 1 / 2, which cannot overflow.

    For the order i, f, g, o, where g is a plain tanh.
    """
    factor, offset = np.full(4 * size, 0.5, char), np.full(4 * size, 0.5, char)
    factor[2 * size : 3 * size] = 1
    offset[2 * size : 3 * size] = 0
    return factor, offset


def _columns(array, size: int, batch_sizes, reverse: bool) -> list:
    """The times of each gate: a list of views for each block of `size` columns."""
    return [times(array[:, at : at + size], batch_sizes, reverse) for at in range(0, array.shape[1], size)]


def lstm_steps(w_hh, w_hr, h0, c0, batch_sizes, reverse, gates, before, after, cells_before, cells, squashed):
    """c_t = f c_(t-1) + i g, h_t = o tanh(c_t) (times W_hr^T, if given); returns (last h, last c).

    gates: (rows, 4 H), comes as the sums without W_hh h, becomes the gates i, f, g, o.
    before, after (rows, P), cells_before, cells (rows, H): the states around each step. Of equal batches, the first rows
    of `before` and `cells_before` are filled already, and `after` and `cells` are the same memory one step on.
    squashed: tanh(c_t).
    """
    size, d = c0.shape[1], gates.dtype
    wide = across(w_hh, batch_sizes)
    factor, offset = _gate_scales(size, d.char)
    spare = np.empty((batch_sizes[0], size), d)
    products = np.empty((batch_sizes[0], 4 * size), d)
    state, cell_state = (h0.copy(), c0.copy()) if uneven(batch_sizes) else (None, None)
    arrays = [times(a, batch_sizes, reverse) for a in (gates, before, after, cells_before, cells, squashed)]
    dot, add, multiply, tanh = np.dot, np.add, np.multiply, np.tanh
    for gate, i, f, n, o, old, new, c_old, c_new, t in zip(
        arrays[0], *_columns(gates, size, batch_sizes, reverse), *arrays[1:]
    ):
        part, inner = products, spare
        if state is not None:
            count = len(old)
            old[...], c_old[...] = state[:count], cell_state[:count]
            part, inner = products[:count], spare[:count]
        dot(old, wide, out=part)
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
        return arrays[2][-1].copy(), arrays[4][-1].copy()
    return state, cell_state


def _slopes(gates):
    """s (1 - s), the slope of the sigmoid at which it has the value s."""
    out = gates * gates
    return np.subtract(gates, out, out=out)


def lstm_steps_backward(w_hh, w_hr, g, carry, carry_cell, gates, cells_before, squashed, batch_sizes, reverse):
    """The gradients of the gates' sums (rows, 4 H), and with W_hr those of h_t, a list in the order of computation.

    g: (rows, P) or None. carry (B, P), carry_cell (B, H): the gradients of the last states; become those of the first.
    """
    size = squashed.shape[1]
    i, f, n, o = (gates[:, at * size : (at + 1) * size] for at in range(4))
    # d_rows is first each gate's gradient per unit of dc (of dh for the output gate), then the gradient itself
    d_rows = _slopes(gates)
    d_i, d_f, d_n, d_o = (d_rows[:, at * size : (at + 1) * size] for at in range(4))
    d_i *= n
    d_f *= cells_before
    np.multiply(n, n, out=d_n)
    np.subtract(1, d_n, out=d_n)
    d_n *= i
    d_o *= squashed
    cell_per_output = squashed * squashed
    np.subtract(1, cell_per_output, out=cell_per_output)
    cell_per_output *= o
    spare = np.empty(carry_cell.shape, gates.dtype)
    d_outs: list | None = [] if w_hr is not None else None
    dot, add, multiply = np.dot, np.add, np.multiply
    back = not reverse
    for given, row, q, forget, d_output in zip(
        each(g, batch_sizes, back), *(times(a, batch_sizes, back) for a in (d_rows, cell_per_output, f, d_o))
    ):
        count = len(row)
        d_h, d_c, inner = carry[:count], carry_cell[:count], spare[:count]
        if given is not None:
            add(d_h, given, out=d_h)
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
    return d_rows, d_outs


def gru_steps(w_hh, bias, h0, batch_sizes, reverse, gates, before, after, hidden_new):
    """h_t = (1 - z) n + z h_(t-1), n = tanh(x_n + r hidden_new), hidden_new = W_hn h_(t-1) + bias; returns the last h.

    gates: (rows, 3 H), comes as the sums without W_hh h, becomes r, z, n. The other matrices (rows, H); `before` and
    `after` as in `lstm_steps`.
    """
    size, d = h0.shape[1], gates.dtype
    wide = across(w_hh, batch_sizes)
    products = np.empty((batch_sizes[0], 3 * size), d)
    spare = np.empty((batch_sizes[0], size), d)
    state = h0.copy() if uneven(batch_sizes) else None
    r, z, n = _columns(gates, size, batch_sizes, reverse)
    opened = times(gates[:, : 2 * size], batch_sizes, reverse)
    arrays = [times(a, batch_sizes, reverse) for a in (before, after, hidden_new)]
    dot, add, multiply, tanh, subtract = np.dot, np.add, np.multiply, np.tanh, np.subtract
    to_open, to_new = products[:, : 2 * size], products[:, 2 * size :]
    for rz, reset, update, fresh, old, new, hidden in zip(opened, r, z, n, *arrays):
        part, part_open, part_new, inner = products, to_open, to_new, spare
        if state is not None:
            count = len(old)
            old[...] = state[:count]
            part, part_open, part_new, inner = (a[:count] for a in (products, to_open, to_new, spare))
        dot(old, wide, out=part)
        add(rz, part_open, out=rz)
        multiply(rz, 0.5, out=rz)  # 1 / (1 + exp(-x)) = tanh(x / 2) / 2 + 1 / 2, which cannot overflow
        tanh(rz, out=rz)
        multiply(rz, 0.5, out=rz)
        add(rz, 0.5, out=rz)
        if bias is None:
            hidden[...] = part_new
        else:
            add(part_new, bias, out=hidden)
        multiply(reset, hidden, out=inner)
        add(fresh, inner, out=fresh)
        tanh(fresh, out=fresh)
        subtract(old, fresh, out=new)  # n + z (h - n)
        multiply(new, update, out=new)
        add(new, fresh, out=new)
        if state is not None:
            state[:count] = new
    return arrays[1][-1].copy() if state is None else state


def gru_steps_backward(w_hh, g, carry, gates, hidden_new, before, batch_sizes, reverse):
    """The gradients of W_hh h's three parts (rows, 3 H), and of n's sum (rows, H); `g` and `carry` as for an LSTM."""
    rows, size = before.shape
    r, z, n = (gates[:, at * size : (at + 1) * size] for at in range(3))
    # d_hidden is first each gate's gradient per unit of dh, then the gradient itself; so is d_new for n's sum
    d_hidden = np.empty((rows, 3 * size), gates.dtype)
    d_r, d_z, d_n = (d_hidden[:, at * size : (at + 1) * size] for at in range(3))
    d_new = n * n
    np.subtract(1, d_new, out=d_new)
    keep = np.subtract(1, z, out=d_n)  # d_n's columns serve as room
    d_new *= keep
    np.multiply(keep, z, out=d_z)
    d_z *= np.subtract(before, n, out=d_r)
    np.multiply(r, d_new, out=d_n)
    np.subtract(1, r, out=d_r)
    d_r *= d_n
    d_r *= hidden_new
    spare = np.empty(carry.shape, carry.dtype)
    dot, add, multiply = np.dot, np.add, np.multiply
    back = not reverse
    for given, row, fresh, update in zip(
        each(g, batch_sizes, back), *(times(a, batch_sizes, back) for a in (d_hidden, d_new, z))
    ):
        count = len(row)
        d, inner = carry[:count], spare[:count]
        if given is not None:
            add(d, given, out=d)
        by_gate = row.reshape(count, 3, size)
        multiply(by_gate, d[:, None], out=by_gate)
        multiply(fresh, d, out=fresh)
        multiply(d, update, out=inner)
        dot(row, w_hh, out=d)
        add(d, inner, out=d)
    return d_hidden, d_new
