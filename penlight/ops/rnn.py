"""Whole recurrent layers as single ops, one direction of one layer each.

Sequences come as packed rows: the rows of time 0, then those of time 1, …; `batch_sizes` says how many each time has
(they never grow, so the first rows of a time continue the first rows of the time before). A padded batch is the case
of equal sizes. States have one row per sequence.

One rule serves both orders: over raw arrays it uses the gates that forward kept; over Tensors it computes them again,
so that they have a history.
"""

from __future__ import annotations

from penlight.ops.table import op

__all__: list[str] = []


def _steps(batch_sizes, reverse):
    """(first row, count) of each time, in the order of the recurrence."""
    steps, first = [], 0
    for count in batch_sizes:
        steps.append((first, count))
        first += count
    return steps[::-1] if reverse else steps


def _sigmoid(xp, x):
    """1 / (1 + exp(-x)) = (tanh(x / 2) + 1) / 2, which cannot overflow; in place."""
    x *= x.dtype.type(0.5)
    xp.tanh(x, out=x)
    x += x.dtype.type(1)
    x *= x.dtype.type(0.5)
    return x


def _project(xp, x, weight, bias):
    out = xp.matmul(x, weight.T)
    if bias is not None:
        out += bias
    return out


def _previous(k, start, rows, batch_sizes, reverse):
    """The state before each row: `start` at a sequence's first time, else the row one step earlier. Shape: as rows."""
    parts = []
    before, held = 0, 0  # the rows of the step before
    for first, count in _steps(batch_sizes, reverse):
        known = min(count, held)
        if known < count:
            entering = start[known:count]
            parts.append(k.cat([rows[before : before + known], entering], 0) if known else entering)
        else:
            parts.append(rows[before : before + count])
        before, held = first, count
    return k.cat(parts[::-1] if reverse else parts, 0)


def _is_tensor(value):
    return hasattr(value, "requires_grad")


def _linear(k, x, weight, bias):
    out = k.mm(x, k.t(weight))
    return out if bias is None else out + bias


class _Carry:
    """The gradient that flows back through time, one row per sequence."""

    def __init__(self, k, last, rows):
        self.k, self.last, self.rows, self.value = k, last, rows, None

    def take(self, count):
        """The rows of the current time; rows not yet reached bring the gradient of the final state."""
        have = 0 if self.value is None else self.value.shape[0]
        if have >= count:
            return self.value if have == count else self.value[:count]
        if self.last is None:
            if have == 0:
                return None
            return self.k.constant_pad_nd(self.value, (0, 0, 0, count - have), 0)
        return self.last[:count] if have == 0 else self.k.cat([self.value, self.last[have:count]], 0)

    def put(self, value):
        """Set the rows after one step back; rows beyond (ended sequences, when going in reverse) stay as they are."""
        have = 0 if self.value is None else self.value.shape[0]
        count = value.shape[0]
        self.value = value if have <= count else self.k.cat([value, self.value[count:]], 0)

    def final(self):
        """The gradient of the initial state; every row has been reached."""
        return self.value


def _plus(a, b):
    return b if a is None else a if b is None else a + b


def _rows_of(k, blocks, reverse_order):
    return k.cat(blocks[::-1] if reverse_order else blocks, 0)


def _weight_grads(k, need, first, d_in, d_hidden, x, before, weight_ih):
    """Gradients of input, weights and biases from those of the two products; `first` is need's index of w_ih."""
    return (
        k.mm(d_in, weight_ih) if need[0] else None,
        k.mm(k.t(d_in), x) if need[first] else None,
        k.mm(k.t(d_hidden), before) if need[first + 1] else None,
        k.sum(d_in, (0,)) if need[first + 2] else None,
        k.sum(d_hidden, (0,)) if need[first + 3] else None,
    )


# --- plain recurrence --------------------------------------------------------------------------------------------


def _rnn_rule(k, g, need, input, h0, w_ih, w_hh, b_ih, b_hh, out, relu, batch_sizes, reverse):
    g_out, g_last = g.get(0), g.get(1)
    before = _previous(k, h0, out, batch_sizes, reverse)
    slope = (out > 0) if relu else 1 - out * out
    carry, blocks = _Carry(k, g_last, h0.shape[0]), []
    for first, count in _steps(batch_sizes, not reverse):
        d = carry.take(count)
        if g_out is not None:
            d = _plus(d, g_out[first : first + count])
        d = d * slope[first : first + count]
        blocks.append(d)
        carry.put(k.mm(d, w_hh))
    d_rows = _rows_of(k, blocks, not reverse)
    d_x, d_wi, d_wh, d_bi, d_bh = _weight_grads(k, need, 2, d_rows, d_rows, input, before, w_ih)
    return d_x, carry.final() if need[1] else None, d_wi, d_wh, d_bi, d_bh


@op(
    "_rnn_layer(Tensor input, Tensor h0, Tensor w_ih, Tensor w_hh, Tensor? b_ih, Tensor? b_hh, bool relu, any "
    "batch_sizes, "
    "bool reverse)",
    on="",
    outputs="out last",
    joint=lambda k, g, need, input, h0, w_ih, w_hh, b_ih, b_hh, out, relu, batch_sizes, reverse: _rnn_rule(
        k, g, need, input, h0, w_ih, w_hh, b_ih, b_hh, out, relu, batch_sizes, reverse
    ),
)
def _rnn_layer(xp, input, h0, w_ih, w_hh, b_ih, b_hh, relu, batch_sizes, reverse):
    """h_t = tanh(W_ih x_t + b_ih + W_hh h_(t-1) + b_hh), or relu. Shape: (rows, I), (B, H) -> (rows, H), (B, H)."""
    out = _project(xp, input, w_ih, b_ih)
    if b_hh is not None:
        out += b_hh
    h = h0.copy()
    across = xp.ascontiguousarray(w_hh.T)
    for first, count in _steps(batch_sizes, reverse):
        row = out[first : first + count]
        row += h[:count] @ across
        (xp.maximum(row, 0, out=row) if relu else xp.tanh(row, out=row))
        h[:count] = row
    return out, h


# --- LSTM --------------------------------------------------------------------------------------------------------


def _lstm_rule(k, g, need, input, h0, c0, w_ih, w_hh, b_ih, b_hh, w_hr, out, cells, gates, batch_sizes, reverse):
    g_out, g_h, g_c, g_cells = (g.get(i) for i in range(4))
    before = _previous(k, h0, out, batch_sizes, reverse)
    cells_before = _previous(k, c0, cells, batch_sizes, reverse)
    size = c0.shape[1]
    if _is_tensor(input):
        pre = _linear(k, input, w_ih, b_ih) + _linear(k, before, w_hh, b_hh)
        sigmoids, new = k.sigmoid(pre), k.tanh(pre[:, 2 * size : 3 * size])
        i, f, o = sigmoids[:, :size], sigmoids[:, size : 2 * size], sigmoids[:, 3 * size :]
    else:
        i, f, new, o = (gates[:, n * size : (n + 1) * size] for n in range(4))
    squashed = k.tanh(cells)
    # what each gate's gradient is per unit of dc, per unit of dh for the output gate
    per_cell = k.cat([new * i * (1 - i), cells_before * f * (1 - f), i * (1 - new * new)], 1)
    per_cell = k.reshape(per_cell, (per_cell.shape[0], 3, size))
    per_output = squashed * o * (1 - o)
    cell_per_output = o * (1 - squashed * squashed)
    carry_h, carry_c = _Carry(k, g_h, h0.shape[0]), _Carry(k, g_c, c0.shape[0])
    blocks, d_hidden_blocks = [], []
    for first, count in _steps(batch_sizes, not reverse):
        end = first + count
        d_h = carry_h.take(count)
        if g_out is not None:
            d_h = _plus(d_h, g_out[first:end])
        d_c = carry_c.take(count)
        if g_cells is not None:
            d_c = _plus(d_c, g_cells[first:end])
        if d_h is None:  # only a cell state's gradient has come so far
            d_h = before[first:end] * 0
        if w_hr is not None:
            d_hidden_blocks.append(d_h)
            d_h = k.mm(d_h, w_hr)
        d_c = _plus(d_c, d_h * cell_per_output[first:end])
        d_cells = k.reshape(k.reshape(d_c, (count, 1, size)) * per_cell[first:end], (count, 3 * size))
        block = k.cat([d_cells, d_h * per_output[first:end]], 1)
        blocks.append(block)
        carry_h.put(k.mm(block, w_hh))
        carry_c.put(d_c * f[first:end])
    d_rows = _rows_of(k, blocks, not reverse)
    d_x, d_wi, d_wh, d_bi, d_bh = _weight_grads(k, need, 3, d_rows, d_rows, input, before, w_ih)
    d_wr = None
    if w_hr is not None and need[7]:
        d_wr = k.mm(k.t(_rows_of(k, d_hidden_blocks, not reverse)), o * squashed)
    return (
        d_x, carry_h.final() if need[1] else None, carry_c.final() if need[2] else None, d_wi, d_wh, d_bi, d_bh, d_wr,
    )  # fmt: skip


@op(
    "_lstm_layer(Tensor input, Tensor h0, Tensor c0, Tensor w_ih, Tensor w_hh, Tensor? b_ih, Tensor? b_hh, "
    "Tensor? w_hr, "
    "any batch_sizes, bool reverse)",
    on="",
    outputs="out last last_cell cells",
    aux="gates",
    joint=lambda k, g, need, input, h0, c0, w_ih, w_hh, b_ih, b_hh, w_hr, out, cells, gates, batch_sizes, reverse: (
        _lstm_rule(k, g, need, input, h0, c0, w_ih, w_hh, b_ih, b_hh, w_hr, out, cells, gates, batch_sizes, reverse)
    ),
)
def _lstm_layer(xp, input, h0, c0, w_ih, w_hh, b_ih, b_hh, w_hr, batch_sizes, reverse):
    """c_t = f c_(t-1) + i g, h_t = o tanh(c_t), the gates i, f, g, o from W_ih x_t + W_hh h_(t-1) + biases.

    Shape: (rows, I), (B, P), (B, H) -> (rows, P), (B, P), (B, H), cells (rows, H); P is H without a projection W_hr.
    """
    gates = _project(xp, input, w_ih, b_ih)  # (rows, 4 H)
    if b_hh is not None:
        gates += b_hh
    size = c0.shape[1]
    h, c = h0.copy(), c0.copy()
    cells = xp.empty((gates.shape[0], size), gates.dtype)
    out = xp.empty((gates.shape[0], h0.shape[1]), gates.dtype)
    across = xp.ascontiguousarray(w_hh.T)
    for first, count in _steps(batch_sizes, reverse):
        end = first + count
        row = gates[first:end]
        row += h[:count] @ across
        new = xp.tanh(row[:, 2 * size : 3 * size])
        _sigmoid(xp, row)
        row[:, 2 * size : 3 * size] = new
        cell = cells[first:end]
        xp.multiply(row[:, size : 2 * size], c[:count], out=cell)
        new *= row[:, :size]
        cell += new
        c[:count] = cell
        xp.tanh(cell, out=new)
        new *= row[:, 3 * size :]
        if w_hr is not None:
            new = new @ w_hr.T
        out[first:end] = new
        h[:count] = new
    return out, h, c, cells, gates


# --- GRU ---------------------------------------------------------------------------------------------------------


def _gru_rule(k, g, need, input, h0, w_ih, w_hh, b_ih, b_hh, out, gates, batch_sizes, reverse):
    g_out, g_last = g.get(0), g.get(1)
    before = _previous(k, h0, out, batch_sizes, reverse)
    size = h0.shape[1]
    if _is_tensor(input):
        from_input, from_hidden = _linear(k, input, w_ih, b_ih), _linear(k, before, w_hh, b_hh)
        open_gates = k.sigmoid((from_input + from_hidden)[:, : 2 * size])
        r, z = open_gates[:, :size], open_gates[:, size:]
        hidden_new = from_hidden[:, 2 * size :]
        n = k.tanh(from_input[:, 2 * size :] + r * hidden_new)
    else:
        r, z, n, hidden_new = (gates[:, i * size : (i + 1) * size] for i in range(4))
    # what each gate's gradient is per unit of dh
    per_n = (1 - z) * (1 - n * n)
    per_hidden = k.cat([per_n * hidden_new * r * (1 - r), (before - n) * z * (1 - z), per_n * r], 1)
    per_hidden = k.reshape(per_hidden, (per_hidden.shape[0], 3, size))
    carry, blocks, d_blocks = _Carry(k, g_last, h0.shape[0]), [], []
    for first, count in _steps(batch_sizes, not reverse):
        end = first + count
        d = carry.take(count)
        if g_out is not None:
            d = _plus(d, g_out[first:end])
        block = k.reshape(k.reshape(d, (count, 1, size)) * per_hidden[first:end], (count, 3 * size))
        blocks.append(block)
        d_blocks.append(d)
        carry.put(d * z[first:end] + k.mm(block, w_hh))
    d_hidden = _rows_of(k, blocks, not reverse)
    d_in = k.cat([d_hidden[:, : 2 * size], _rows_of(k, d_blocks, not reverse) * per_n], 1)
    d_x, d_wi, d_wh, d_bi, d_bh = _weight_grads(k, need, 2, d_in, d_hidden, input, before, w_ih)
    return d_x, carry.final() if need[1] else None, d_wi, d_wh, d_bi, d_bh


@op(
    "_gru_layer(Tensor input, Tensor h0, Tensor w_ih, Tensor w_hh, Tensor? b_ih, Tensor? b_hh, any batch_sizes, "
    "bool reverse)",
    on="",
    outputs="out last",
    aux="gates",
    joint=lambda k, g, need, input, h0, w_ih, w_hh, b_ih, b_hh, out, gates, batch_sizes, reverse: _gru_rule(
        k, g, need, input, h0, w_ih, w_hh, b_ih, b_hh, out, gates, batch_sizes, reverse
    ),
)
def _gru_layer(xp, input, h0, w_ih, w_hh, b_ih, b_hh, batch_sizes, reverse):
    """h_t = (1 - z) n + z h_(t-1), n = tanh(x_n + r h_n), the gates r, z from W_ih x_t + W_hh h_(t-1) + biases.

    Shape: (rows, I), (B, H) -> (rows, H), (B, H).
    """
    from_input = _project(xp, input, w_ih, b_ih)  # (rows, 3 H)
    size = h0.shape[1]
    h = h0.copy()
    out = xp.empty((from_input.shape[0], size), from_input.dtype)
    gates = xp.empty((from_input.shape[0], 4 * size), from_input.dtype)  # r, z, n, W_hn h + b_hn
    across = xp.ascontiguousarray(w_hh.T)
    for first, count in _steps(batch_sizes, reverse):
        end = first + count
        state = h[:count]
        hidden = state @ across
        if b_hh is not None:
            hidden += b_hh
        row, given = gates[first:end], from_input[first:end]
        xp.add(given[:, : 2 * size], hidden[:, : 2 * size], out=row[:, : 2 * size])
        _sigmoid(xp, row[:, : 2 * size])
        row[:, 3 * size :] = hidden[:, 2 * size :]
        new = row[:, :size] * hidden[:, 2 * size :]
        new += given[:, 2 * size :]
        xp.tanh(new, out=new)
        row[:, 2 * size : 3 * size] = new
        # n + z (h - n)
        difference = state - new
        difference *= row[:, size : 2 * size]
        difference += new
        out[first:end] = difference
        h[:count] = difference
    return out, h, gates
