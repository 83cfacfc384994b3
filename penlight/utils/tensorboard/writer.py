"""The writers of TensorBoard's logs, as in `torch.utils.tensorboard.writer`."""

from __future__ import annotations

import os
import socket
import time
import weakref
from datetime import datetime
from typing import Any

from penlight.utils.tensorboard import embedding
from penlight.utils.tensorboard.arrays import figure_to_image, make_np
from penlight.utils.tensorboard.graph import graph
from penlight.utils.tensorboard.protocol import Event, SessionLog, TaggedRunMetadata
from penlight.utils.tensorboard.records import EventFile
from penlight.utils.tensorboard.summary import (
    audio,
    custom_scalars,
    histogram,
    histogram_raw,
    hparams,
    image,
    image_boxes,
    mesh,
    pr_curve,
    pr_curve_raw,
    scalar,
    tensor_proto,
    text,
    video,
)

__all__ = ["FileWriter", "SummaryWriter"]


class FileWriter:
    """Write events to one new event file in a folder.

    Args: max_queue: how many events may wait to be flushed. flush_secs: how long they may wait. filename_suffix: put
    behind the file's name.
    """

    def __init__(self, log_dir: Any, max_queue: int = 10, flush_secs: float = 120, filename_suffix: str = ""):
        self._log_dir = str(log_dir)
        self._options = (max_queue, flush_secs, filename_suffix)
        self._open()

    def _open(self) -> None:
        self.event_writer: EventFile | None = EventFile(self._log_dir, *self._options)
        # Also when the program ends without close().
        self._close_file = weakref.finalize(self, self.event_writer.close)

    def get_logdir(self) -> str:
        """The folder."""
        return self._log_dir

    def add_event(self, event: Any, step: Any = None, walltime: float | None = None) -> None:
        """Append an event, at `walltime` in seconds since 1970, by default now.

        Raises: ValueError after `close`.
        """
        if self.event_writer is None:
            raise ValueError("this FileWriter is closed: make another, or call reopen()")
        event.wall_time = time.time() if walltime is None else walltime
        if step is not None:
            event.step = int(step)  # tensors and NumPy's integers too
        self.event_writer.write(event)

    def add_summary(self, summary: Any, global_step: Any = None, walltime: float | None = None) -> None:
        """Append a summary."""
        self.add_event(Event(summary=summary), global_step, walltime)

    def add_graph(self, graph_profile: tuple, walltime: float | None = None) -> None:
        """Append a graph, (GraphDef, serialized RunMetadata)."""
        self.add_event(Event(graph_def=graph_profile[0].SerializeToString()), None, walltime)
        metadata = TaggedRunMetadata(tag="step1", run_metadata=graph_profile[1])
        self.add_event(Event(tagged_run_metadata=metadata), None, walltime)

    def add_onnx_graph(self, graph: Any, walltime: float | None = None) -> None:
        """Append a GraphDef."""
        self.add_event(Event(graph_def=graph.SerializeToString()), None, walltime)

    def flush(self) -> None:
        """Make all events readable for others."""
        if self.event_writer is not None:
            self.event_writer.flush()

    def close(self) -> None:
        """Flush and close the file."""
        self._close_file()
        self.event_writer = None

    def reopen(self) -> None:
        """Start another file after `close`."""
        if self.event_writer is None:
            self._open()


def _default_bins() -> list[float]:
    """Bins whose limits grow by a tenth from 1e-12 to 1e20, on both sides of 0."""
    limits, limit = [], 1e-12
    while limit < 1e20:
        limits.append(limit)
        limit *= 1.1
    return [-x for x in reversed(limits)] + [0.0] + limits


class SummaryWriter:
    """Write logs that TensorBoard shows to an event file in `log_dir`.

    Args:
        log_dir: the folder, by default runs/CURRENT_DATETIME_HOSTNAME followed by `comment`.
        purge_step: what was logged by an earlier run at this step and after it is hidden.
        max_queue: how many events may wait to be flushed. flush_secs: how long they may wait.
        filename_suffix: put behind the file's name.

    All methods take `global_step`, the place on the horizontal axis, and `walltime`, seconds since 1970 instead of now.
    Differs from PyTorch: folders are local.
    Source: https://docs.pytorch.org/docs/stable/tensorboard.html

    >>> import tempfile
    >>> with SummaryWriter(tempfile.mkdtemp()) as writer:
    ...     writer.add_scalar("loss/train", 0.5, global_step=1)
    """

    def __init__(
        self, log_dir: Any = None, comment: str = "", purge_step: int | None = None, max_queue: int = 10,
        flush_secs: float = 120, filename_suffix: str = "",
    ) -> None:  # fmt: skip
        if not log_dir:
            moment = datetime.now().strftime("%b%d_%H-%M-%S")
            log_dir = os.path.join("runs", f"{moment}_{socket.gethostname()}{comment}")
        self.log_dir, self.purge_step = log_dir, purge_step
        self.max_queue, self.flush_secs, self.filename_suffix = max_queue, flush_secs, filename_suffix
        self.file_writer: FileWriter | None = None
        self.all_writers: dict[str, FileWriter] | None = None
        self._get_file_writer()
        self.default_bins = _default_bins()

    def _new_file(self, folder: Any) -> FileWriter:
        return FileWriter(folder, self.max_queue, self.flush_secs, self.filename_suffix)

    def _get_file_writer(self) -> FileWriter:
        """The writer of the main file; a new one after `close`."""
        if self.file_writer is None:
            self.file_writer = self._new_file(self.log_dir)
            self.all_writers = {self.file_writer.get_logdir(): self.file_writer}
            if self.purge_step is not None:
                step, self.purge_step = self.purge_step, None
                self.file_writer.add_event(Event(step=step, file_version="brain.Event:2"))
                self.file_writer.add_event(Event(step=step, session_log=SessionLog(status=SessionLog.START)))
        return self.file_writer

    def _add(self, summary: Any, global_step: Any = None, walltime: float | None = None) -> None:
        self._get_file_writer().add_summary(summary, global_step, walltime)

    def get_logdir(self) -> Any:
        """The folder of the event files."""
        return self.log_dir

    def add_hparams(
        self, hparam_dict: Any, metric_dict: Any, hparam_domain_discrete: Any = None, run_name: str | None = None,
        global_step: Any = None,
    ) -> None:  # fmt: skip
        """Log hyperparameters (numbers, texts) and the metrics they led to, as a run of its own in a subfolder.

        Args: hparam_domain_discrete: name -> list of possible values. run_name: the subfolder, by default the time.
        Raises: TypeError unless both are dictionaries; ValueError for other kinds of values.
        """
        if type(hparam_dict) is not dict or type(metric_dict) is not dict:
            raise TypeError(
                f"hparam_dict and metric_dict should be dictionary. Got {type(hparam_dict)}, {type(metric_dict)}"
            )
        messages = hparams(hparam_dict, metric_dict, hparam_domain_discrete)
        folder = os.path.join(self._get_file_writer().get_logdir(), run_name or str(time.time()))
        with SummaryWriter(log_dir=folder) as run:
            for message in messages:
                run._add(message, global_step)
            for tag, value in metric_dict.items():
                run.add_scalar(tag, value, global_step)

    def add_scalar(
        self, tag: str, scalar_value: Any, global_step: Any = None, walltime: float | None = None,
        new_style: bool = False, double_precision: bool = False,
    ) -> None:  # fmt: skip
        """Log a number or a tensor of one element.

        Args: new_style: as a tensor, which loads faster. double_precision: of the new style, in float64.
        Raises: AssertionError for more than one element.
        """
        self._add(scalar(tag, scalar_value, None, new_style, double_precision), global_step, walltime)

    def add_scalars(
        self, main_tag: str, tag_scalar_dict: dict, global_step: Any = None, walltime: float | None = None
    ) -> None:
        """Log several numbers in one chart: each name gets an event file in a subfolder of its own."""
        moment = time.time() if walltime is None else walltime
        folder = self._get_file_writer().get_logdir()
        writers = self.all_writers or {}
        for tag, value in tag_scalar_dict.items():
            place = f"{folder}/{main_tag.replace('/', '_')}_{tag}"
            if place not in writers:
                writers[place] = self._new_file(place)
            writers[place].add_summary(scalar(main_tag, value), global_step, moment)

    def add_tensor(self, tag: str, tensor: Any, global_step: Any = None, walltime: float | None = None) -> None:
        """Log a whole tensor. Raises: ValueError for a dtype without a TensorBoard type."""
        self._add(tensor_proto(tag, tensor), global_step, walltime)

    def add_histogram(
        self, tag: str, values: Any, global_step: Any = None, bins: Any = "tensorflow", walltime: float | None = None,
        max_bins: int | None = None,
    ) -> None:  # fmt: skip
        """Log the distribution of a tensor's values.

        Args: bins: "tensorflow" for limits that grow by a tenth, or what `numpy.histogram` takes.
        Raises: ValueError for no values.
        """
        if isinstance(bins, str) and bins == "tensorflow":
            bins = self.default_bins
        self._add(histogram(tag, values, bins, max_bins=max_bins), global_step, walltime)

    def add_histogram_raw(
        self, tag: str, min: Any, max: Any, num: Any, sum: Any, sum_squares: Any, bucket_limits: Any,
        bucket_counts: Any, global_step: Any = None, walltime: float | None = None,
    ) -> None:  # fmt: skip
        """Log a histogram from its statistics, the right limits of its buckets, and their counts.

        Raises: ValueError when limits and counts differ in number.
        """
        if len(bucket_limits) != len(bucket_counts):
            raise ValueError(
                "len(bucket_limits) != len(bucket_counts), see the document. "
                f"Got {len(bucket_limits)} limits and {len(bucket_counts)} counts"
            )
        message = histogram_raw(tag, min, max, num, sum, sum_squares, bucket_limits, bucket_counts)
        self._add(message, global_step, walltime)

    def add_image(
        self, tag: str, img_tensor: Any, global_step: Any = None, walltime: float | None = None,
        dataformats: str = "CHW",
    ) -> None:  # fmt: skip
        """Log an image: uint8, or numbers in [0, 1]; its layout is CHW, HWC, HW or the like. Needs Pillow.

        Raises: AssertionError for a shape that does not fit the layout.
        """
        self._add(image(tag, img_tensor, dataformats=dataformats), global_step, walltime)

    def add_images(
        self, tag: str, img_tensor: Any, global_step: Any = None, walltime: float | None = None,
        dataformats: str = "NCHW",
    ) -> None:  # fmt: skip
        """Log images (N, 1 or 3, H, W) in a grid, eight in a row."""
        self._add(image(tag, img_tensor, dataformats=dataformats), global_step, walltime)

    def add_image_with_boxes(
        self, tag: str, img_tensor: Any, box_tensor: Any, global_step: Any = None, walltime: float | None = None,
        rescale: float = 1, dataformats: str = "CHW", labels: Any = None,
    ) -> None:  # fmt: skip
        """Log an image with boxes (N, 4) of (left, top, right, bottom) in pixels drawn on it.

        Args: rescale: factor of the size. labels: a text for each box; left out when their number is another.
        """
        if labels is not None:
            labels = [labels] if isinstance(labels, str) else labels
            labels = labels if len(labels) == box_tensor.shape[0] else None
        message = image_boxes(tag, img_tensor, box_tensor, rescale=rescale, dataformats=dataformats, labels=labels)
        self._add(message, global_step, walltime)

    def add_figure(
        self, tag: str, figure: Any, global_step: Any = None, close: bool = True, walltime: float | None = None
    ) -> None:
        """Log a matplotlib figure, or a list of figures of one size, and `close` it. Needs matplotlib and Pillow."""
        layout = "NCHW" if isinstance(figure, list) else "CHW"
        self.add_image(tag, figure_to_image(figure, close), global_step, walltime, dataformats=layout)

    def add_video(
        self, tag: str, vid_tensor: Any, global_step: Any = None, fps: float = 4, walltime: float | None = None
    ) -> None:
        """Log videos (N, T, C, H, W), uint8 or in [0, 1], side by side as an animated GIF.

        Needs Pillow, where PyTorch needs moviepy.
        """
        self._add(video(tag, vid_tensor, fps), global_step, walltime)

    def add_audio(
        self, tag: str, snd_tensor: Any, global_step: Any = None, sample_rate: int = 44100,
        walltime: float | None = None,
    ) -> None:  # fmt: skip
        """Log sound: samples (1, L) in [-1, 1]."""
        self._add(audio(tag, snd_tensor, sample_rate=sample_rate), global_step, walltime)

    def add_text(self, tag: str, text_string: str, global_step: Any = None, walltime: float | None = None) -> None:
        """Log a text, which TensorBoard shows as Markdown."""
        self._add(text(tag, text_string), global_step, walltime)

    def add_onnx_graph(self, prototxt: Any) -> None:
        """Raises NotImplementedError: penlight reads no ONNX files; `add_graph` logs a model."""
        raise NotImplementedError(
            f"penlight has no ONNX reader, so {prototxt!r} cannot be logged; add_graph(model, input) logs a model's graph"
        )

    def add_graph(
        self, model: Any, input_to_model: Any = None, verbose: bool = False, use_strict_trace: bool = True
    ) -> None:
        """Run a module on an input, or a tuple of inputs, and log the graph of what it calls.

        Differs from PyTorch: the nodes are the calls of the Python API, not TorchScript's.

        Args: verbose: print the nodes as well.
        """
        self._get_file_writer().add_graph(graph(model, input_to_model, verbose, use_strict_trace))

    @staticmethod
    def _encode(rawstr: str) -> str:
        """The name of a folder for a tag."""
        return rawstr.replace("%", "%25").replace("/", "%2f").replace("\\", "%5c")

    def add_embedding(
        self, mat: Any, metadata: Any = None, label_img: Any = None, global_step: Any = None, tag: str = "default",
        metadata_header: Any = None,
    ) -> None:  # fmt: skip
        """Log vectors (N, D) for the projector.

        Args: metadata: a label for each vector, or with `metadata_header` a row of columns. label_img: an image for
        each, (N, C, H, W).
        Raises: AssertionError for other numbers of vectors, labels and images; NotADirectoryError when a file is in
        the way.
        """
        vectors = make_np(mat)
        if vectors.ndim != 2:
            raise AssertionError("mat should be 2D, where mat.size(0) is the number of data points")
        for name, others in (("labels", metadata), ("images", label_img)):
            if others is not None and len(others) != len(vectors):
                raise AssertionError(f"#{name} should equal with #data points. Got {len(others)} and {len(vectors)}")
        step = 0 if global_step is None else global_step
        inner = f"{step:0>5}/{self._encode(tag)}"
        root = self._get_file_writer().get_logdir()
        folder = os.path.join(root, *inner.split("/"))
        if os.path.isdir(folder):
            print("warning: Embedding dir exists, did you set global_step for add_embedding()?")
        elif os.path.exists(folder):
            raise NotADirectoryError(f"Path: `{folder}` exists, but is a file. Cannot proceed.")
        os.makedirs(folder, exist_ok=True)
        if metadata is not None:
            embedding.write_labels(metadata, folder, metadata_header)
        if label_img is not None:
            embedding.write_images(label_img, folder)
        embedding.write_vectors(vectors, folder)
        size = None if label_img is None else (label_img.shape[3], label_img.shape[2])
        self._projector_config = getattr(self, "_projector_config", "") + embedding.describe(
            tag, step, inner, metadata is not None, size
        )
        embedding.write_file(os.path.join(root, "projector_config.pbtxt"), self._projector_config.encode())

    def add_pr_curve(
        self, tag: str, labels: Any, predictions: Any, global_step: Any = None, num_thresholds: int = 127,
        weights: Any = None, walltime: float | None = None,
    ) -> None:  # fmt: skip
        """Log the precision-recall curve of labels (0 or 1) and predictions in [0, 1]."""
        message = pr_curve(tag, make_np(labels), make_np(predictions), num_thresholds, weights)
        self._add(message, global_step, walltime)

    def add_pr_curve_raw(
        self, tag: str, true_positive_counts: Any, false_positive_counts: Any, true_negative_counts: Any,
        false_negative_counts: Any, precision: Any, recall: Any, global_step: Any = None, num_thresholds: int = 127,
        weights: Any = None, walltime: float | None = None,
    ) -> None:  # fmt: skip
        """Log a precision-recall curve from its rows, each of `num_thresholds` numbers."""
        rows = (true_positive_counts, false_positive_counts, true_negative_counts, false_negative_counts)
        message = pr_curve_raw(tag, *rows, precision, recall, num_thresholds, weights)
        self._add(message, global_step, walltime)

    def add_custom_scalars_multilinechart(self, tags: Any, category: str = "default", title: str = "untitled") -> None:
        """Put the scalars of several tags into one chart."""
        self.add_custom_scalars({category: {title: ["Multiline", tags]}})

    def add_custom_scalars_marginchart(self, tags: Any, category: str = "default", title: str = "untitled") -> None:
        """Draw a scalar with its margins. Args: tags: of the value, the lower and the upper limit."""
        self.add_custom_scalars({category: {title: ["Margin", tags]}})

    def add_custom_scalars(self, layout: Any) -> None:
        """Lay the page of custom scalars out: {category: {title: ["Multiline" or "Margin", tags]}}. Call it once."""
        self._add(custom_scalars(layout))

    def add_mesh(
        self, tag: str, vertices: Any, colors: Any = None, faces: Any = None, config_dict: Any = None,
        global_step: Any = None, walltime: float | None = None,
    ) -> None:  # fmt: skip
        """Log a mesh or point cloud: vertices (B, N, 3), colours (B, N, 3) from 0 to 255, faces (B, M, 3)."""
        self._add(mesh(tag, vertices, colors, faces, config_dict), global_step, walltime)

    def flush(self) -> None:
        """Make everything logged so far readable for others."""
        for writer in (self.all_writers or {}).values():
            writer.flush()

    def close(self) -> None:
        """Flush and close the files; logging after it starts new ones."""
        for writer in (self.all_writers or {}).values():
            writer.close()
        self.file_writer = self.all_writers = None

    def __enter__(self) -> SummaryWriter:
        return self

    def __exit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        self.close()
