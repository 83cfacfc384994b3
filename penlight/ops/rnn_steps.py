"""Recurrent layers written step by step over ops: where every intermediate value needs a history.

That is in backward passes which are themselves recorded, and for complex numbers. `rnn.py` has the fused kernels and
says how sequences are laid out.
"""

from __future__ import annotations

__all__ = ["recorded_gru", "recorded_lstm", "recorded_rnn", "unrolled_gru", "unrolled_lstm", "unrolled_rnn"]


def _steps(batch_sizes, reverse):
    """(first row, count) of each time, in the order of the recurrence."""
    steps, first = [], 0
    for count in batch_sizes:
        steps.append((first, count))
        first += count
    return steps[::-1] if reverse else steps


def _unrolled(k, cell, rows, states, batch_sizes, reverse):
    """A layer as single ops: (the states after each step as rows, the final states)."""
    blocks = []
    for first, count in _steps(batch_sizes, reverse):
        new = cell(rows[first : first + count], *(s[:count] for s in states))
        blocks.append(new)
        states = [n if n.shape == s.shape else k.cat([n, s[count:]], 0) for n, s in zip(new, states)]
    if reverse:
        blocks.reverse()
    return [k.cat(list(parts), 0) for parts in zip(*blocks)], states


def _linear(k, x, weight, bias):
    out = k.mm(x, k.t(weight))
    return out if bias is None else out + bias


def _previous(k, start, rows, batch_sizes, reverse):
    """The state before each row: `start` at a sequence's first time, else the row one step earlier. Shape: as rows."""
    parts = []
    before, held = 0, 0  # the rows of the step before
    for first, count in _steps(batch_sizes, reverse):
        known = min(count, held)
        parts.append(k.cat([rows[before : before + known], start[known:count]], 0))
        before, held = first, count
    return k.cat(parts[::-1] if reverse else parts, 0)


class _Carry:
    """The gradient that flows back through time as a tensor, one row per sequence."""

    def __init__(self, k, last, start):
        self.k, self.value = k, start.new_zeros(start.shape) if last is None else last

    def take(self, g_out, first, count):
        """The rows of the current time, with the gradient of the output."""
        d = self.value[:count]
        return d if g_out is None else d + g_out[first : first + count]

    def put(self, value):
        """Set the rows after one step back; the others stay as they are."""
        count = value.shape[0]
        self.value = value if count == self.value.shape[0] else self.k.cat([value, self.value[count:]], 0)


def _in_order(k, blocks, reverse):
    """Blocks that were made going back through time, as rows."""
    return k.cat(blocks if reverse else blocks[::-1], 0)


def _flat(k, a):
    """(T, B, *) as rows; rows as they are."""
    return k.reshape(a, (a.shape[0] * a.shape[1], a.shape[2])) if a is not None and len(a.shape) == 3 else a


def _recorded_grads(k, need, d_in, d_hidden, input, before, w_ih):
    rows = _flat(k, input)
    return (
        k.reshape(k.mm(d_in, w_ih), input.shape) if need[0] else None,
        k.mm(k.t(d_in), rows) if need[1] else None,
        k.mm(k.t(d_hidden), before) if need[2] else None,
        k.sum(d_in, (0,)) if need[3] else None,
        k.sum(d_hidden, (0,)) if need[4] else None,
    )


# --- plain recurrence ------------------------------------------------------------------------------------------------


def unrolled_rnn(k, input, h0, w_ih, w_hh, b_ih, b_hh, relu, batch_sizes, reverse):
    """`_rnn_layer` as single ops: ([out], [last])."""

    def cell(x, h):
        pre = x + _linear(k, h, w_hh, b_hh)
        return (k.relu(pre) if relu else k.tanh(pre),)

    return _unrolled(k, cell, _linear(k, _flat(k, input), w_ih, b_ih), [h0], batch_sizes, reverse)


def recorded_rnn(k, g_out, g_last, need, input, h0, w_ih, w_hh, b_ih, b_hh, relu, batch_sizes, reverse):
    """The gradients of `_rnn_layer`, with a history."""
    g_out = _flat(k, g_out)
    (out,), _ = unrolled_rnn(k, input, h0, w_ih, w_hh, b_ih, b_hh, relu, batch_sizes, reverse)
    before = _previous(k, h0, out, batch_sizes, reverse)
    slope = (out <= 0) if relu else 1 - out * out
    carry, blocks = _Carry(k, g_last, h0), []
    for first, count in _steps(batch_sizes, not reverse):
        d, by = carry.take(g_out, first, count), slope[first : first + count]
        d = k.masked_fill(d, by, 0) if relu else d * by
        blocks.append(d)
        carry.put(k.mm(d, w_hh))
    d_rows = _in_order(k, blocks, reverse)
    d_x, *others = _recorded_grads(k, (need[0], *need[2:]), d_rows, d_rows, input, before, w_ih)
    return d_x, carry.value if need[1] else None, *others


# --- LSTM ------------------------------------------------------------------------------------------------------------


def unrolled_lstm(k, input, h0, c0, w_ih, w_hh, b_ih, b_hh, w_hr, batch_sizes, reverse):
    """`_lstm_layer` as single ops: ([out, cells], [last, last_cell])."""
    size = c0.shape[1]

    def cell(x, h, c):
        pre = x + _linear(k, h, w_hh, b_hh)
        i, f, n, o = (pre[:, at * size : (at + 1) * size] for at in range(4))
        c = k.sigmoid(f) * c + k.sigmoid(i) * k.tanh(n)
        h = k.sigmoid(o) * k.tanh(c)
        return h if w_hr is None else k.mm(h, k.t(w_hr)), c

    return _unrolled(k, cell, _linear(k, _flat(k, input), w_ih, b_ih), [h0, c0], batch_sizes, reverse)


def recorded_lstm(k, g_out, g_last, g_cell, need, input, h0, c0, w_ih, w_hh, b_ih, b_hh, w_hr, batch_sizes, reverse):
    """The gradients of `_lstm_layer`, with a history."""
    g_out = _flat(k, g_out)
    size = c0.shape[1]
    (out, cells), _ = unrolled_lstm(k, input, h0, c0, w_ih, w_hh, b_ih, b_hh, w_hr, batch_sizes, reverse)
    before = _previous(k, h0, out, batch_sizes, reverse)
    cells_before = _previous(k, c0, cells, batch_sizes, reverse)
    pre = _linear(k, _flat(k, input), w_ih, b_ih) + _linear(k, before, w_hh, b_hh)
    opened, new = k.sigmoid(pre), k.tanh(pre[:, 2 * size : 3 * size])
    i, f, o = opened[:, :size], opened[:, size : 2 * size], opened[:, 3 * size :]
    squashed = k.tanh(cells)
    # what each gate's gradient is per unit of dc; per unit of dh for the output gate
    per_cell = k.cat([new * i * (1 - i), cells_before * f * (1 - f), i * (1 - new * new)], 1)
    per_output = squashed * o * (1 - o)
    cell_per_output = o * (1 - squashed * squashed)
    carry, carry_cell = _Carry(k, g_last, h0), _Carry(k, g_cell, c0)
    blocks, d_outs = [], []
    for first, count in _steps(batch_sizes, not reverse):
        end = first + count
        d_h, d_c = carry.take(g_out, first, count), carry_cell.take(None, first, count)
        d_outs.append(d_h)
        if w_hr is not None:
            d_h = k.mm(d_h, w_hr)
        d_c = d_c + d_h * cell_per_output[first:end]
        block = k.cat([k.cat([d_c, d_c, d_c], 1) * per_cell[first:end], d_h * per_output[first:end]], 1)
        blocks.append(block)
        carry.put(k.mm(block, w_hh))
        carry_cell.put(d_c * f[first:end])
    d_rows = _in_order(k, blocks, reverse)
    d_x, *others = _recorded_grads(k, (need[0], *need[3:7]), d_rows, d_rows, input, before, w_ih)
    d_wr = k.mm(k.t(_in_order(k, d_outs, reverse)), o * squashed) if need[7] else None
    return d_x, carry.value if need[1] else None, carry_cell.value if need[2] else None, *others, d_wr


# --- GRU -------------------------------------------------------------------------------------------------------------


def unrolled_gru(k, input, h0, w_ih, w_hh, b_ih, b_hh, batch_sizes, reverse):
    """`_gru_layer` as single ops: ([out], [last])."""
    size = h0.shape[1]

    def cell(x, h):
        hidden = _linear(k, h, w_hh, b_hh)
        opened = k.sigmoid((x + hidden)[:, : 2 * size])
        n = k.tanh(x[:, 2 * size :] + opened[:, :size] * hidden[:, 2 * size :])
        return (n + opened[:, size:] * (h - n),)

    return _unrolled(k, cell, _linear(k, _flat(k, input), w_ih, b_ih), [h0], batch_sizes, reverse)


def recorded_gru(k, g_out, g_last, need, input, h0, w_ih, w_hh, b_ih, b_hh, batch_sizes, reverse):
    """The gradients of `_gru_layer`, with a history."""
    g_out = _flat(k, g_out)
    size = h0.shape[1]
    (out,), _ = unrolled_gru(k, input, h0, w_ih, w_hh, b_ih, b_hh, batch_sizes, reverse)
    before = _previous(k, h0, out, batch_sizes, reverse)
    from_input, from_hidden = _linear(k, _flat(k, input), w_ih, b_ih), _linear(k, before, w_hh, b_hh)
    opened = k.sigmoid((from_input + from_hidden)[:, : 2 * size])
    r, z = opened[:, :size], opened[:, size:]
    hidden_new = from_hidden[:, 2 * size :]
    n = k.tanh(from_input[:, 2 * size :] + r * hidden_new)
    per_n = (1 - z) * (1 - n * n)  # what each gate's gradient is per unit of dh
    per_hidden = k.cat([per_n * hidden_new * r * (1 - r), (before - n) * z * (1 - z), per_n * r], 1)
    carry, blocks, d_outs = _Carry(k, g_last, h0), [], []
    for first, count in _steps(batch_sizes, not reverse):
        d = carry.take(g_out, first, count)
        block = k.cat([d, d, d], 1) * per_hidden[first : first + count]
        blocks.append(block)
        d_outs.append(d)
        carry.put(d * z[first : first + count] + k.mm(block, w_hh))
    d_hidden = _in_order(k, blocks, reverse)
    d_in = k.cat([d_hidden[:, : 2 * size], _in_order(k, d_outs, reverse) * per_n], 1)
    d_x, *others = _recorded_grads(k, (need[0], *need[2:]), d_in, d_hidden, input, before, w_ih)
    return d_x, carry.value if need[1] else None, *others
