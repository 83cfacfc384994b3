"""The steps of LSTM and GRU layers in C. What a call takes is in penlight/backends/numpy/recurrent.py."""

from __future__ import annotations

from typing import Any

import numpy as np

from penlight.backends.native.loading import FLOAT, available, contiguous, floats, kernels
from penlight.backends.numpy.recurrent import uneven
from penlight.base.defaults import defaults

__all__ = ["KERNELS", "TABLE"]


def _form(state, batch_sizes, reverse) -> tuple[int, int, int, int]:
    return len(batch_sizes), batch_sizes[0], state.shape[1], bool(reverse)


def _last(after, batch_sizes, reverse):
    batch = batch_sizes[0]
    return (after[:batch] if reverse else after[-batch:]).copy()


def lstm_steps(w_hh, w_hr, h0, c0, batch_sizes, reverse, gates, before, after, cells_before, cells, squashed):
    arrays = gates, before, after, cells_before, cells, squashed
    kernels.lstm(*_form(c0, batch_sizes, reverse), contiguous(w_hh), *arrays, defaults.num_threads)
    return _last(after, batch_sizes, reverse), _last(cells, batch_sizes, reverse)


def lstm_steps_backward(w_hh, w_hr, g, carry, carry_cell, gates, cells_before, squashed, batch_sizes, reverse):
    d_rows = np.empty(gates.shape, FLOAT)
    g = None if g is None else contiguous(g)
    arrays = contiguous(w_hh), g, gates, cells_before, squashed, carry, carry_cell, d_rows
    kernels.lstm_grad(*_form(carry, batch_sizes, reverse), *arrays, defaults.num_threads)
    return d_rows, None


def gru_steps(w_hh, bias, h0, batch_sizes, reverse, gates, before, after, hidden_new):
    bias = None if bias is None else contiguous(bias)
    arrays = contiguous(w_hh), bias, gates, before, after, hidden_new
    kernels.gru(*_form(h0, batch_sizes, reverse), *arrays, defaults.num_threads)
    return _last(after, batch_sizes, reverse)


def gru_steps_backward(w_hh, g, carry, gates, hidden_new, before, batch_sizes, reverse):
    d_hidden, d_new = np.empty(gates.shape, FLOAT), np.empty(before.shape, FLOAT)
    g = None if g is None else contiguous(g)
    arrays = contiguous(w_hh), g, gates, hidden_new, before, carry, d_hidden, d_new
    kernels.gru_grad(*_form(carry, batch_sizes, reverse), *arrays, defaults.num_threads)
    return d_hidden, d_new


def _even(batch_sizes, *arrays: Any) -> bool:
    gates = arrays[0]
    return floats(*arrays) and not uneven(batch_sizes) and gates.size > 0 and gates.flags.c_contiguous


TABLE = {
    "lstm_steps": (
        lstm_steps,
        lambda w_hh, w_hr, h0, c0, batch_sizes, reverse, gates, *_: w_hr is None and _even(batch_sizes, gates, w_hh),
    ),
    "lstm_steps_backward": (
        lstm_steps_backward,
        lambda w_hh, w_hr, g, carry, carry_cell, gates, cells_before, squashed, batch_sizes, reverse: (
            w_hr is None and _even(batch_sizes, gates, w_hh, g)
        ),
    ),
    "gru_steps": (
        gru_steps,
        lambda w_hh, bias, h0, batch_sizes, reverse, gates, *_: _even(batch_sizes, gates, w_hh, bias),
    ),
    "gru_steps_backward": (
        gru_steps_backward,
        lambda w_hh, g, carry, gates, hidden_new, before, batch_sizes, reverse: _even(batch_sizes, gates, w_hh, g),
    ),
}
KERNELS = available(TABLE)
