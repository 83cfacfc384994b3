"""Pictures of training runs and of what models do, as PNG or SVG files (by their suffix), drawn with matplotlib.

matplotlib is an optional package: without it these functions say so, write nothing and return False.
"""

import numpy as np

from common.files import write_atomically

try:
    from matplotlib import rcParams
    from matplotlib.figure import Figure
except ImportError:
    Figure = None
else:
    rcParams["svg.fonttype"] = "none"  # text stays text

RIGHT, WRONG, INK = "#1a7f37", "#cf222e", "#57606a"
DOTS_PER_INCH = 110


def draw_curves(path, curves, title, *, x_label="optimisation steps", y_label="loss", log_scale=False):
    """Lines through points: ``curves`` maps the name of each line to its list of (x, y)."""

    def draw(figure):
        axes = figure.subplots()
        for name, points in curves.items():
            axes.plot(
                *zip(*points), label=name.replace("_", " "), marker="o" if len(points) < 30 else None, markersize=3
            )
        axes.set(title=title, xlabel=x_label, ylabel=y_label, yscale="log" if log_scale else "linear")
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
        if len(curves) > 1:
            axes.legend(frameon=False)

    return _write(path, (6.4, 4), draw)


def draw_confusion(path, counts, labels, title):
    """A table of how often each class (a row) was taken for each class (a column), shaded by its share of the row.

    Args:
        counts: (classes, classes) whole numbers.
        labels: the names of the classes.
    """
    counts = np.asarray(counts)
    share = counts / np.maximum(counts.sum(1, keepdims=True), 1)

    def draw(figure):
        axes = figure.subplots()
        axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
        _name_ticks(axes, labels, labels)
        if len(labels) <= 20:
            for (row, column), count in np.ndenumerate(counts):
                if count:
                    axes.text(
                        column, row, count, ha="center", va="center", fontsize=9,
                        color="white" if share[row, column] > 0.5 else "black",
                    )  # fmt: skip
        axes.set(title=title, xlabel="taken for", ylabel="truth")

    side = max(3.6, 1.8 + 0.42 * len(labels))
    return _write(path, (side + 0.6, side), draw)


def draw_images(path, images, captions, title, *, right=None, columns=8):
    """Images in rows, each with a caption below it: green where ``right`` says so, red where it does not.

    Args:
        images: grey (H, W) or coloured (H, W, 3) arrays, uint8 or floats from 0 to 1.
        captions: a text for each image; may have two lines.
        right: a truth value for each image, or None: captions in grey.
    """
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    lines = 1 + max(caption.count("\n") for caption in captions)

    def draw(figure):
        every = figure.subplots(rows, columns, squeeze=False).ravel()
        for axes in every:
            axes.axis("off")
        for number, (axes, image, caption) in enumerate(zip(every, images, captions)):
            axes.imshow(image, cmap="gray", interpolation="nearest")
            colour = INK if right is None else RIGHT if right[number] else WRONG
            axes.set_title(caption, fontsize=9, color=colour, y=0, pad=-5, va="top")
        figure.suptitle(title)

    return _write(path, (1.15 * columns, (1.05 + 0.17 * lines) * rows + 0.4), draw)


def draw_attention(path, weights, row_words, column_words, title, *, row_label="output", column_label="input"):
    """A map of which input words each output word looks at; the weights (rows, columns) are from 0 to 1."""

    def draw(figure):
        axes = figure.subplots()
        shade = axes.imshow(np.asarray(weights, np.float64), cmap="viridis", vmin=0, vmax=1)
        axes.xaxis.tick_top()
        axes.xaxis.set_label_position("top")
        _name_ticks(axes, row_words, column_words)
        axes.set(xlabel=column_label, ylabel=row_label)
        axes.set_title(title, pad=12)
        figure.colorbar(shade, ax=axes, label="attention weight", shrink=0.8)

    return _write(path, (2.4 + 0.45 * len(column_words), 1.9 + 0.4 * len(row_words)), draw)


def _name_ticks(axes, rows, columns):
    at_top = axes.xaxis.get_ticks_position() == "top"
    axes.set_xticks(range(len(columns)), columns, rotation=45, rotation_mode="anchor", ha="left" if at_top else "right")
    axes.set_yticks(range(len(rows)), rows)


def _write(path, size, draw):
    if Figure is None:
        print(f"picture {path} not drawn: matplotlib is not installed (pip install matplotlib)", flush=True)
        return False
    figure = Figure(size, layout="constrained")
    draw(figure)
    write_atomically(path, lambda unfinished: figure.savefig(unfinished, dpi=DOTS_PER_INCH))
    return True
