"""Tables of measurements.

Source: https://docs.pytorch.org/docs/stable/benchmark_utils.html
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from enum import Enum
from typing import Any

from penlight.utils.benchmark.common import Measurement, ordered_unique, select_unit, trim_sigfig, unit_to_english

__all__ = ["Colorize", "Compare"]

_BEST, _GOOD, _BAD, _VERY_BAD = "\033[92m\033[1m", "\033[34m\033[1m", "\033[2m\033[91m", "\033[31m\033[1m"
_END = "\033[0m\033[0m"


class Colorize(Enum):
    """Among what a table looks for the fastest."""

    NONE = "none"
    COLUMNWISE = "columnwise"
    ROWWISE = "rowwise"


class _Column:
    """The measurements of one description, one for each row (or None)."""

    def __init__(self, cells: list[Measurement | None], scale: float, trim: bool, warn: bool) -> None:
        self.cells, self.scale, self.trim = cells, scale, trim
        known = [m for m in cells if m is not None]
        self.warn = warn and any(m.has_warnings for m in known)
        digits = [math.ceil(math.log10(m.median / scale)) for m in known]
        spare = min(m.significant_figures - d for m, d in zip(known, digits))
        self.decimals = max(min(spare, 1), 0) if trim else 1
        self.width = max(digits) + self.decimals + (1 if self.decimals else 0)

    def text(self, row: int) -> str:
        m = self.cells[row]
        if m is None:
            return ""
        value = m.median / self.scale
        text = f"{trim_sigfig(value, m.significant_figures) if self.trim else value:>{self.width}.{self.decimals}f}"
        if self.warn:
            text += f" (! {m.iqr / m.median * 100:.0f}%)" if m.has_warnings else " " * 7
        return text


def _colour(text: str, value: float, best: float) -> str:
    """A cell in the colour of its ratio to the fastest; 100 ns more are no difference."""
    ratio = value / best
    if ratio <= 1.01 or value <= best + 100e-9:
        return _BEST + text + _END
    if ratio <= 1.1:
        return _GOOD + text + _END
    return (_VERY_BAD if ratio >= 5 else _BAD) + text + _END if ratio >= 2 else text


class Compare:
    """A table of measurements: a row for each sub-label (or statement), a column for each description.

    There is a table for each label, and a part of it for each number of threads and environment.
    Source: https://docs.pytorch.org/docs/stable/benchmark_utils.html#torch.utils.benchmark.Compare

    >>> from penlight.utils.benchmark import Compare, Measurement, TaskSpec
    >>> times = {"numpy": 2e-6, "penlight": 3e-6}
    >>> made = [Measurement(1, [t], TaskSpec("add", "", label="sums", description=d)) for d, t in times.items()]
    >>> Compare(made).print()
    [------------ sums ------------]
               |  numpy  |  penlight
    1 threads: ---------------------
          add  |   2.0   |    3.0
    <BLANKLINE>
    Times are in microseconds (us).
    <BLANKLINE>
    """

    def __init__(self, results: list[Measurement]) -> None:
        self._results: list[Measurement] = []
        self.extend_results(results)
        self._trim = self._warn = False
        self._colorize = Colorize.NONE

    def extend_results(self, results: Iterable[Measurement]) -> None:
        """Add measurements."""
        results = list(results)
        for result in results:
            if not isinstance(result, Measurement):
                raise ValueError(f"Expected an instance of `Measurement`, got {type(result)} instead.")
        self._results.extend(results)

    def trim_significant_figures(self) -> None:
        """Show no more digits than can be trusted."""
        self._trim = True

    def colorize(self, rowwise: bool = False) -> None:
        """Colour by the ratio to the fastest of the column (or of the row)."""
        self._colorize = Colorize.ROWWISE if rowwise else Colorize.COLUMNWISE

    def highlight_warnings(self) -> None:
        """Mark what scatters."""
        self._warn = True

    def print(self) -> None:
        """Print the tables."""
        print(str(self))

    def __str__(self) -> str:
        results = Measurement.merge(self._results)
        labels: dict[Any, list[Measurement]] = {}
        for m in results:
            labels.setdefault(m.label, []).append(m)
        return "\n".join(self._table(group) for group in labels.values())

    def _table(self, results: list[Measurement]) -> str:
        unit, scale = select_unit(min(m.median for m in results))
        rows = ordered_unique((m.num_threads, m.task_spec.env, m.as_row_name) for m in results)
        rows.sort(key=lambda row: (row[0], row[1] or ""))
        names = ordered_unique(m.description for m in results)
        cells = {((m.num_threads, m.task_spec.env, m.as_row_name), m.description): m for m in results}
        columns = [_Column([cells.get((r, n)) for r in rows], scale, self._trim, self._warn) for n in names]

        environments = [f"({env})  " if env else "" for _, env, _ in rows]
        indent = max(4, *map(len, environments))
        texts = [["", *(n or "" for n in names)]]
        for i, (threads, env, name) in enumerate(rows):
            shown = environments[i] if i == 0 or rows[i - 1][:2] != (threads, env) else ""
            texts.append([f"  {shown:<{indent}}{name}", *(c.text(i) for c in columns)])
        widths = [max(len(row[i]) for row in texts) for i in range(len(texts[0]))]
        lines = []
        for i, row in enumerate(texts):
            padded = [row[0].ljust(widths[0]), *(text.center(w) for text, w in zip(row[1:], widths[1:]))]
            if i and self._colorize is not Colorize.NONE:
                self._paint(padded, columns, i - 1, [r[0] == rows[i - 1][0] for r in rows])
            lines.append("  |  ".join(padded))
        whole = len(lines[0])
        label = results[0].label or ""
        shown_lines = [f"[{f' {label} '.center(whole - 2, '-')}]", lines[0]]
        for i, (row, line) in enumerate(zip(rows, lines[1:])):
            if i == 0 or rows[i - 1][0] != row[0]:
                shown_lines.append(f"{row[0]} threads: ".ljust(whole, "-"))
            shown_lines.append(line)
        shown_lines += ["", f"Times are in {unit_to_english(unit)}s ({unit}).", ""]
        if any(c.warn for c in columns):
            note = "(! XX%) Measurement has high variance, where XX is the IQR / median * 100."
            shown_lines.insert(-1, note)
        return "\n".join(shown_lines)

    def _paint(self, padded: list[str], columns: list[_Column], row: int, alike: list[bool]) -> None:
        across = [c.cells[row].median for c in columns if c.cells[row] is not None]
        for j, column in enumerate(columns):
            m = column.cells[row]
            if m is not None:
                along = [other.median for other, also in zip(column.cells, alike) if also and other is not None]
                best = min(across if self._colorize is Colorize.ROWWISE else along)
                padded[j + 1] = _colour(padded[j + 1], m.median, best)
