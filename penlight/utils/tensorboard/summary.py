"""The messages of each kind of log, as in `torch.utils.tensorboard.summary`."""

from __future__ import annotations

import io
import json
import wave
from typing import Any

import numpy as np

from penlight.base.dtypes import DTYPES
from penlight.tensor.tensor import Tensor
from penlight.utils.tensorboard.arrays import as_bytes, gif, make_np, optional, png, to_hwc, video_frames
from penlight.utils.tensorboard.protocol import (
    HistogramProto,
    Summary,
    SummaryMetadata,
    TensorProto,
    TensorShapeProto,
    hparams_api,
    hparams_data,
    layout_data,
    mesh_data,
    pr_curve_data,
    text_data,
)

__all__ = [
    "audio", "compute_curve", "custom_scalars", "draw_boxes", "histogram", "histogram_raw", "hparams", "image",
    "image_boxes", "make_histogram", "make_image", "make_video", "mesh", "pr_curve", "pr_curve_raw", "scalar",
    "tensor_proto", "text", "video",
]  # fmt: skip

_MOST_THRESHOLDS = 127  # what fits into one byte of the plugin's data


def _summary(tag: str, **content: Any) -> Any:
    return Summary(value=[Summary.Value(tag=tag, **content)])


def _for_plugin(name: str, message: Any = None, **others: Any) -> Any:
    content = b"" if message is None else message.SerializeToString()
    data = SummaryMetadata.PluginData(plugin_name=name, content=content)
    return SummaryMetadata(plugin_data=data, **others)


def _shape(sizes: Any) -> Any:
    return TensorShapeProto(dim=[TensorShapeProto.Dim(size=size) for size in sizes])


def _floats(data: np.ndarray) -> Any:
    return TensorProto(dtype="DT_FLOAT", float_val=data.reshape(-1).tolist(), tensor_shape=_shape(data.shape))


_KINDS = (  # (types, what TensorBoard calls the type, the field that holds it)
    ((bool, int, float), "DATA_TYPE_FLOAT64", "number_value"), (str, "DATA_TYPE_STRING", "string_value"),
)  # fmt: skip


def hparams(hparam_dict: Any = None, metric_dict: Any = None, hparam_domain_discrete: Any = None) -> tuple:
    """The experiment, the start and the end of a session with hyperparameters.

    Args: hparam_domain_discrete: name -> list of the values that it can have.
    Raises: TypeError for what is no dictionary or a domain of other types; ValueError for a value that is neither
    number, text nor tensor.
    """
    for name, value in (("hparam_dict", hparam_dict), ("metric_dict", metric_dict)):
        if not isinstance(value, dict):
            raise TypeError(f"parameter: {name} should be a dictionary, nothing logged. Got {type(value)}")
    domains = hparam_domain_discrete or {}
    if not isinstance(domains, dict):
        raise TypeError("parameter: hparam_domain_discrete should be a dictionary, nothing logged.")
    for name, domain in domains.items():
        wanted = type(hparam_dict.get(name))
        if name not in hparam_dict or not isinstance(domain, list) or not all(isinstance(d, wanted) for d in domain):
            raise TypeError(
                f"parameter: hparam_domain_discrete[{name}] should be a list of same type as hparam_dict[{name}]."
            )
    infos, start = [], hparams_data.SessionStartInfo()
    for name, value in hparam_dict.items():
        if value is None:
            continue
        if isinstance(value, Tensor):
            value = float(make_np(value).reshape(-1)[0])
        kind = next((others for types, *others in _KINDS if isinstance(value, types)), None)
        if kind is None:
            raise ValueError(f"value should be one of int, float, str, bool, or torch.Tensor, got {type(value)}")
        type_name, field = kind
        setattr(start.hparams[name], field, value)
        info = hparams_api.HParamInfo(name=name, type=hparams_api.DataType.Value(type_name))
        for choice in domains.get(name, ()):
            info.domain_discrete.values.add(**{field: choice})
        infos.append(info)
    metrics = [hparams_api.MetricInfo(name=hparams_api.MetricName(tag=tag)) for tag in metric_dict]
    experiment = hparams_api.Experiment(hparam_infos=infos, metric_infos=metrics)
    end = hparams_data.SessionEndInfo(status=hparams_api.Status.Value("STATUS_SUCCESS"))

    def wrap(tag: str, **content: Any) -> Any:
        data = hparams_data.HParamsPluginData(version=0, **content)
        return _summary(f"_hparams_/{tag}", metadata=_for_plugin("hparams", data))

    return (
        wrap("experiment", experiment=experiment),
        wrap("session_start_info", session_start_info=start),
        wrap("session_end_info", session_end_info=end),
    )


def scalar(
    name: str, tensor: Any, collections: Any = None, new_style: bool = False, double_precision: bool = False
) -> Any:
    """One number, in float32; `new_style` as a tensor, which can be `double_precision`.

    Raises: AssertionError for more than one element.
    """
    value = make_np(tensor).squeeze()
    if value.ndim != 0:
        raise AssertionError(
            f"Tensor should contain one element (0 dimensions). Was given size: {value.size} and {value.ndim} dimensions."
        )
    number = float(value)
    if not new_style:
        return _summary(name, simple_value=number)
    if double_precision:
        proto = TensorProto(dtype="DT_DOUBLE", double_val=[number])
    else:
        proto = TensorProto(dtype="DT_FLOAT", float_val=[number])
    return _summary(name, tensor=proto, metadata=_for_plugin("scalars"))


_TENSOR_FIELDS = {
    "float16": ("DT_HALF", "half_val"), "bfloat16": ("DT_BFLOAT16", "half_val"), "float32": ("DT_FLOAT", "float_val"),
    "float64": ("DT_DOUBLE", "double_val"), "int8": ("DT_INT8", "int_val"), "uint8": ("DT_UINT8", "int_val"),
    "int16": ("DT_INT16", "int_val"), "int32": ("DT_INT32", "int_val"), "int64": ("DT_INT64", "int64_val"),
    "bool": ("DT_BOOL", "bool_val"), "complex64": ("DT_COMPLEX64", "scomplex_val"),
    "complex128": ("DT_COMPLEX128", "dcomplex_val"),
}  # fmt: skip


def tensor_proto(tag: str, tensor: Tensor) -> Any:
    """A tensor of any shape.

    Differs from PyTorch 2.13, whose float16, bfloat16 and uint8 tensors TensorBoard reads back as other numbers: here
    they are in the fields and bits that TensorBoard expects.

    Raises: ValueError for other dtypes and for 2 GB or more.
    """
    if tensor.numel() * tensor.element_size() >= 1 << 31:
        raise ValueError("tensor is bigger than protocol buffer's hard limit of 2GB in size")
    name = tensor.dtype.name
    if name not in _TENSOR_FIELDS:
        raise ValueError(f"{tag} has unsupported tensor dtype {tensor.dtype}")
    dtype, field = _TENSOR_FIELDS[name]
    if field == "half_val":  # 16 bits each, read as a natural number
        values = tensor.detach().reshape(-1).view(DTYPES["int16"]).numpy().view(np.uint16)
    else:
        values = tensor.detach().numpy().reshape(-1)
    if values.dtype.kind == "c":
        values = values.view(values.real.dtype)
    proto = TensorProto(dtype=dtype, tensor_shape=_shape(tensor.shape), **{field: values.tolist()})
    return _summary(tag, metadata=_for_plugin("tensor"), tensor=proto)


def histogram_raw(
    name: str, min: Any, max: Any, num: Any, sum: Any, sum_squares: Any, bucket_limits: Any, bucket_counts: Any
) -> Any:
    """A histogram from its buckets and statistics."""
    proto = HistogramProto(
        min=min, max=max, num=num, sum=sum, sum_squares=sum_squares, bucket_limit=bucket_limits, bucket=bucket_counts
    )
    return _summary(name, histo=proto)


def histogram(name: str, values: Any, bins: Any, max_bins: int | None = None) -> Any:
    """The histogram of all values, of NumPy's `bins`."""
    return _summary(name, histo=make_histogram(make_np(values).astype(float), bins, max_bins))


def make_histogram(values: np.ndarray, bins: Any, max_bins: int | None = None) -> Any:
    """Count the values, join bins until there are about `max_bins`, and drop the empty ones at both ends.

    Raises: ValueError for no values, or none within the bins.
    """
    if values.size == 0:
        raise ValueError("The input has no element.")
    values = values.reshape(-1)
    counts, limits = np.histogram(values, bins=bins)
    if max_bins is not None and len(counts) > max_bins:
        together = len(counts) // max_bins
        # A last group that is not full makes one more group's worth of empty bins, as in PyTorch.
        missing = len(counts) % together and together - len(counts) % together
        counts = np.pad(counts, (0, missing)).reshape(-1, together).sum(axis=-1)
        limits = np.append(limits[:-1:together], limits[-1])
    filled = np.flatnonzero(counts)
    if filled.size == 0:
        raise ValueError("The histogram is empty: no value lies within the bins.")
    # TensorBoard wants the right limits of the buckets: an empty bucket in front gives the left limit of the first.
    first, last = int(filled[0]), int(filled[-1])
    counts = np.insert(counts[first : last + 1], 0, 0)
    limits = limits[first : last + 2]
    return HistogramProto(
        min=values.min(), max=values.max(), num=len(values), sum=values.sum(), sum_squares=values.dot(values),
        bucket_limit=limits.tolist(), bucket=counts.tolist(),
    )  # fmt: skip


def image(tag: str, tensor: Any, rescale: float = 1, dataformats: str = "NCHW") -> Any:
    """An image, or images in a grid: bytes, or numbers in [0, 1]."""
    return _summary(tag, image=make_image(as_bytes(to_hwc(make_np(tensor), dataformats)), rescale=rescale))


def image_boxes(
    tag: str, tensor_image: Any, tensor_boxes: Any, rescale: float = 1, dataformats: str = "CHW", labels: Any = None
) -> Any:
    """An image with boxes (N, 4) of (left, top, right, bottom) in pixels, and perhaps a label each."""
    pixels = as_bytes(to_hwc(make_np(tensor_image), dataformats))
    return _summary(tag, image=make_image(pixels, rescale=rescale, rois=make_np(tensor_boxes), labels=labels))


def draw_boxes(disp_image: Any, boxes: np.ndarray, labels: Any = None) -> Any:
    """Draw red boxes, and labels on red at their lower left corners, on a Pillow image."""
    font = optional("PIL.ImageFont", "Pillow", "images").load_default()
    draw = optional("PIL.ImageDraw", "Pillow", "images").Draw(disp_image)
    for number, (left, top, right, bottom) in enumerate(boxes.tolist()):
        corners = [(left, top), (left, bottom), (right, bottom), (right, top), (left, top)]
        draw.line(corners, width=2, fill="Red")
        if labels is not None and labels[number]:
            x0, y0, x1, y1 = font.getbbox(labels[number])
            margin = np.ceil(0.05 * (y1 - y0))
            draw.rectangle([(left, bottom - (y1 - y0) - 2 * margin), (left + x1 - x0, bottom)], fill="Red")
            draw.text((left + margin, bottom - (y1 - y0) - margin), labels[number], fill="black", font=font)
    return disp_image


def make_image(tensor: np.ndarray, rescale: float = 1, rois: Any = None, labels: Any = None) -> Any:
    """Bytes (H, W, C) as a PNG, with boxes, resized by `rescale`."""
    pil = optional("PIL.Image", "Pillow", "images")
    height, width, channels = tensor.shape
    picture = pil.fromarray(np.ascontiguousarray(tensor))
    if rois is not None:
        picture = draw_boxes(picture, rois, labels=labels)
    picture = picture.resize((int(width * rescale), int(height * rescale)), pil.Resampling.LANCZOS)
    return Summary.Image(height=height, width=width, colorspace=channels, encoded_image_string=png(picture))


def video(tag: str, tensor: Any, fps: float = 4) -> Any:
    """Videos (N, T, C, H, W), bytes or in [0, 1], side by side as an animated GIF."""
    return _summary(tag, image=make_video(video_frames(make_np(tensor)), fps))


def make_video(tensor: np.ndarray, fps: float) -> Any:
    """Frames (T, H, W, C) of bytes as an animated GIF. Needs Pillow, where PyTorch needs moviepy."""
    _, height, width, channels = tensor.shape
    return Summary.Image(height=height, width=width, colorspace=channels, encoded_image_string=gif(tensor, fps))


def audio(tag: str, tensor: Any, sample_rate: int = 44100) -> Any:
    """Samples (L,) or (1, L) in [-1, 1] as 16-bit sound.

    Raises: AssertionError for more dimensions.
    """
    samples = make_np(tensor).squeeze()
    if abs(samples).max() > 1:
        print("warning: audio amplitude out of range, auto clipped.")
        samples = samples.clip(-1, 1)
    if samples.ndim != 1:
        raise AssertionError("input tensor should be 1 dimensional.")
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(sample_rate)
        sound.writeframes((samples * 32767).astype("<i2").tobytes())
    content = Summary.Audio(
        sample_rate=sample_rate, num_channels=1, length_frames=len(samples), encoded_audio_string=file.getvalue(),
        content_type="audio/wav",
    )  # fmt: skip
    return _summary(tag, audio=content)


def custom_scalars(layout: Any) -> Any:
    """The layout of the page of custom scalars: {category: {title: ["Multiline" or "Margin", tags]}}.

    Raises: AssertionError for a margin chart without exactly 3 tags.
    """
    page = layout_data.Layout()
    for name, charts in layout.items():
        category = page.category.add(title=name)
        for title, (kind, tags, *_) in charts.items():
            chart = category.chart.add(title=title)
            if kind == "Margin":
                if len(tags) != 3:
                    raise AssertionError(f"Expected 3 tags (value, lower, upper), got {len(tags)}.")
                chart.margin.series.add(value=tags[0], lower=tags[1], upper=tags[2])
            else:
                chart.multiline.tag.extend(tags)
    proto = TensorProto(dtype="DT_STRING", string_val=[page.SerializeToString()], tensor_shape=TensorShapeProto())
    return _summary("custom_scalars__config__", tensor=proto, metadata=_for_plugin("custom_scalars"))


def text(tag: str, text: str) -> Any:
    """A text, which TensorBoard reads as Markdown."""
    proto = TensorProto(dtype="DT_STRING", string_val=[text.encode()], tensor_shape=_shape([1]))
    metadata = _for_plugin("text", text_data.TextPluginData(version=0))
    return _summary(f"{tag}/text_summary", metadata=metadata, tensor=proto)


def pr_curve_raw(
    tag: str, tp: Any, fp: Any, tn: Any, fn: Any, precision: Any, recall: Any, num_thresholds: int = 127,
    weights: Any = None,
) -> Any:  # fmt: skip
    """A precision-recall curve from its six rows, each of `num_thresholds` (at most 127) numbers."""
    return _pr_curve(tag, np.stack((tp, fp, tn, fn, precision, recall)), num_thresholds)


def _pr_curve(tag: str, data: np.ndarray, num_thresholds: int) -> Any:
    message = pr_curve_data.PrCurvePluginData(version=0, num_thresholds=min(num_thresholds, _MOST_THRESHOLDS))
    return _summary(tag, metadata=_for_plugin("pr_curves", message), tensor=_floats(data))


def pr_curve(tag: str, labels: Any, predictions: Any, num_thresholds: int = 127, weights: Any = None) -> Any:
    """The precision-recall curve of labels (0 or 1) and predictions in [0, 1]."""
    thresholds = min(num_thresholds, _MOST_THRESHOLDS)
    return _pr_curve(tag, compute_curve(labels, predictions, thresholds, weights), thresholds)


def compute_curve(
    labels: np.ndarray, predictions: np.ndarray, num_thresholds: int | None = None, weights: Any = None
) -> np.ndarray:
    """Rows (6, num_thresholds): true and false positives, true and false negatives, precision, recall.

    >>> compute_curve(np.array([0, 1, 1]), np.array([0.1, 0.4, 0.9]), 3)[0]
    array([2., 1., 0.])
    """
    count = _MOST_THRESHOLDS if num_thresholds is None else num_thresholds
    buckets = np.floor(predictions * (count - 1)).astype(np.int32)
    positive = labels.astype(np.float64)
    weight = 1.0 if weights is None else weights

    def at_least(share: np.ndarray) -> np.ndarray:  # how much of it lies at or above each threshold
        counts, _ = np.histogram(buckets, bins=count, range=(0, count - 1), weights=share)
        return np.cumsum(counts[::-1])[::-1]

    tp, fp = at_least(positive * weight), at_least((1.0 - positive) * weight)
    fn, tn = tp[0] - tp, fp[0] - fp
    return np.stack((tp, fp, tn, fn, tp / np.maximum(1e-7, tp + fp), tp / np.maximum(1e-7, tp + fn)))


def mesh(
    tag: str, vertices: Any, colors: Any, faces: Any, config_dict: Any, display_name: str | None = None,
    description: str | None = None,
) -> Any:  # fmt: skip
    """A mesh or point cloud: vertices (B, N, 3), colours (B, N, 3) from 0 to 255, faces (B, M, 3) of vertex numbers."""
    data = mesh_data.MeshPluginData
    parts = [(vertices, data.VERTEX), (faces, data.FACE), (colors, data.COLOR)]
    present = [(np.asarray(make_np(part)), kind) for part, kind in parts if part is not None]
    config = "{}" if config_dict is None else json.dumps(config_dict, sort_keys=True)
    summary = Summary()
    for array, kind in present:
        if array.ndim != 3:
            raise ValueError(f"expected vertices, colors and faces of shape (B, N, 3), got {array.shape}")
        message = data(version=0, name=tag, content_type=kind, shape=array.shape, json_config=config)
        metadata = _for_plugin("mesh", message, display_name=display_name, summary_description=description)
        # Field 7, the bits of the parts that are present, which tensorboardX's message lacks.
        metadata.plugin_data.content += bytes([7 << 3, sum(1 << k for _, k in present)])
        name = f"{tag}_{data.ContentType.Name(kind)}"
        summary.value.add(tag=name, tensor=_floats(array), metadata=metadata)
    return summary
