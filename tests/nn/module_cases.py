"""Layers with inputs, as expressions over `nn` and `torch`, and what is observed of them."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

SEED = 7


def floats(torch: Any, *shape: int) -> Any:
    """The same numbers whatever `torch` is."""
    size = int(np.prod(shape))
    return torch.tensor((np.cos(np.arange(size) * 1.7 + len(shape)) * 1.5).astype(np.float32).reshape(shape).tolist())


def words(torch: Any, high: int, *shape: int) -> Any:
    return torch.tensor(((np.arange(int(np.prod(shape))) * 7 + 3) % high).reshape(shape).tolist())


# (constructor, arguments of the call)
CASES: list[tuple[str, str]] = [
    ("nn.Linear(5, 3)", "f(4, 5)"),
    ("nn.Linear(5, 3, bias=False)", "f(2, 4, 5)"),
    ("nn.Bilinear(3, 4, 2)", "f(5, 3), f(5, 4)"),
    ("nn.Identity(1, a=2)", "f(3)"),
    ("nn.Flatten()", "f(2, 3, 4)"),
    ("nn.Unflatten(1, (2, 3))", "f(2, 6)"),
    ("nn.LazyLinear(3)", "f(2, 5)"),
    ("nn.LazyConv2d(3, 2)", "f(1, 2, 4, 4)"),
    ("nn.LazyConvTranspose1d(2, 3)", "f(1, 2, 4)"),
    ("nn.LazyBatchNorm1d()", "f(4, 3)"),
    ("nn.Conv1d(4, 6, 3)", "f(2, 4, 9)"),
    ("nn.Conv1d(4, 6, 3, stride=2, padding=1, dilation=2, groups=2, bias=False)", "f(2, 4, 11)"),
    ("nn.Conv2d(3, 4, 3)", "f(2, 3, 7, 6)"),
    ("nn.Conv2d(3, 4, (2, 3), stride=(1, 2), padding=(1, 0))", "f(3, 7, 6)"),
    ("nn.Conv2d(4, 4, 3, padding='same', padding_mode='reflect')", "f(1, 4, 5, 5)"),
    ("nn.Conv2d(4, 4, 4, padding='same')", "f(1, 4, 5, 5)"),
    ("nn.Conv2d(4, 4, 3, padding=1, padding_mode='circular', groups=4)", "f(1, 4, 5, 5)"),
    ("nn.Conv3d(2, 3, 2)", "f(1, 2, 4, 3, 3)"),
    ("nn.ConvTranspose1d(3, 4, 3, stride=2, output_padding=1)", "f(2, 3, 5)"),
    ("nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, groups=2)", "f(2, 4, 4, 4), [7, 8]"),
    ("nn.ConvTranspose3d(2, 2, 2)", "f(1, 2, 2, 3, 3)"),
    ("nn.MaxPool1d(3, 2, 1)", "f(2, 3, 9)"),
    ("nn.MaxPool2d(2)", "f(2, 3, 6, 5)"),
    ("nn.MaxPool2d(3, 2, 1, ceil_mode=True)", "f(2, 3, 6, 5)"),
    ("nn.MaxPool3d(2)", "f(1, 2, 4, 4, 4)"),
    ("nn.AvgPool1d(2)", "f(2, 3, 8)"),
    ("nn.AvgPool2d(3, 2, 1, count_include_pad=False)", "f(2, 3, 6, 6)"),
    ("nn.AvgPool3d(2)", "f(1, 2, 4, 4, 4)"),
    ("nn.AdaptiveAvgPool1d(3)", "f(2, 3, 7)"),
    ("nn.AdaptiveAvgPool2d((2, None))", "f(2, 3, 5, 4)"),
    ("nn.AdaptiveMaxPool2d(2)", "f(2, 3, 5, 4)"),
    ("nn.LPPool2d(2, 2)", "f(1, 2, 4, 4)"),
    ("nn.FractionalMaxPool2d(2, output_size=3)", "f(2, 2, 7, 7)"),
    ("nn.FractionalMaxPool3d(2, output_size=(3, 4, 3))", "f(1, 2, 7, 8, 6)"),
    ("nn.BatchNorm1d(3)", "f(5, 3)"),
    ("nn.BatchNorm1d(3, momentum=None)", "f(5, 3, 2)"),
    ("nn.BatchNorm2d(3, affine=False)", "f(2, 3, 4, 4)"),
    ("nn.BatchNorm2d(3).eval()", "f(2, 3, 4, 4)"),
    ("nn.BatchNorm2d(3, track_running_stats=False).eval()", "f(2, 3, 4, 4)"),
    ("nn.BatchNorm3d(2, bias=False)", "f(2, 2, 3, 3, 3)"),
    ("nn.InstanceNorm1d(3)", "f(2, 3, 5)"),
    ("nn.InstanceNorm2d(3, affine=True, track_running_stats=True)", "f(2, 3, 4, 4)"),
    ("nn.LayerNorm(6)", "f(4, 6)"),
    ("nn.LayerNorm([4, 6], bias=False)", "f(2, 4, 6)"),
    ("nn.GroupNorm(2, 4)", "f(2, 4, 5)"),
    ("nn.RMSNorm(6)", "f(4, 6)"),
    ("nn.LocalResponseNorm(2)", "f(2, 4, 3, 3)"),
    ("nn.CrossMapLRN2d(3, alpha=0.1)", "f(2, 4, 3, 3)"),
    ("nn.Embedding(10, 4)", "w(10, 2, 3)"),
    ("nn.Embedding(10, 4, padding_idx=3)", "w(10, 7)"),
    ("nn.Embedding(10, 4, max_norm=1.0)", "w(10, 7)"),
    ("nn.Embedding(10, 4, scale_grad_by_freq=True)", "w(3, 7)"),
    ("nn.EmbeddingBag(10, 4)", "w(10, 3, 2)"),
    ("nn.EmbeddingBag(10, 4, mode='sum', padding_idx=3)", "w(10, 7), torch.tensor([0, 2, 2, 5])"),
    ("nn.EmbeddingBag(10, 4, mode='max')", "w(10, 7), torch.tensor([0, 2, 2, 5])"),
    ("nn.EmbeddingBag(10, 4, mode='sum', include_last_offset=True)",
     "w(10, 7), torch.tensor([0, 2, 7]), f(7)"),
    ("nn.Dropout(0.4)", "f(5, 6)"),
    ("nn.Dropout(0.4).eval()", "f(5, 6)"),
    ("nn.Dropout1d(0.4)", "f(3, 4, 2)"),
    ("nn.Dropout2d(0.4)", "f(3, 4, 2, 2)"),
    ("nn.Dropout3d(0.4)", "f(3, 4, 2, 2, 2)"),
    ("nn.AlphaDropout(0.4)", "f(5, 6)"),
    ("nn.FeatureAlphaDropout(0.4)", "f(3, 4, 2)"),
    ("nn.RReLU()", "f(5, 6)"),
    ("nn.RReLU().eval()", "f(5, 6)"),
    ("nn.PReLU(4)", "f(3, 4)"),
    ("nn.Softmax2d()", "f(2, 3, 2, 2)"),
    ("nn.PixelShuffle(2)", "f(1, 8, 2, 3)"),
    ("nn.PixelUnshuffle(2)", "f(1, 2, 4, 6)"),
    ("nn.ChannelShuffle(2)", "f(1, 4, 2, 2)"),
    ("nn.Upsample(scale_factor=2)", "f(1, 2, 3, 3)"),
    ("nn.Upsample(size=5, mode='bilinear', align_corners=True)", "f(1, 2, 3, 3)"),
    ("nn.UpsamplingBilinear2d(scale_factor=2)", "f(1, 2, 3, 3)"),
    ("nn.Fold((4, 5), 2)", "f(1, 8, 12)"),
    ("nn.Unfold((2, 3), padding=1, stride=2)", "f(1, 2, 5, 5)"),
    ("nn.PairwiseDistance()", "f(3, 4), f(3, 4) * 0.5"),
    ("nn.CosineSimilarity()", "f(3, 4), f(3, 4).flip(0)"),
    ("nn.AdaptiveLogSoftmaxWithLoss(8, 12, [3, 6])", "f(6, 8), w(12, 6)"),
    ("nn.RNN(4, 3)", "f(5, 2, 4)"),
    ("nn.RNN(4, 3, 2, nonlinearity='relu', batch_first=True, bidirectional=True)", "f(2, 5, 4)"),
    ("nn.LSTM(4, 3)", "f(5, 2, 4)"),
    ("nn.LSTM(4, 3, 2, bias=False, dropout=0.5)", "f(5, 2, 4)"),
    ("nn.LSTM(4, 5, 2, bidirectional=True, proj_size=2)", "f(5, 2, 4), (f(4, 2, 2), f(4, 2, 5))"),
    ("nn.LSTM(4, 3)", "f(5, 4)"),
    ("nn.LSTM(4, 3, bidirectional=True)", "pack(f(5, 3, 4), torch.tensor([5, 3, 1]))"),
    ("nn.LSTM(4, 3, 2)", "pack(f(5, 3, 4), torch.tensor([1, 5, 4]), enforce_sorted=False), (f(2, 3, 3), f(2, 3, 3))"),
    ("nn.GRU(4, 3, 2, bidirectional=True)", "f(5, 2, 4), f(4, 2, 3)"),
    ("nn.GRU(4, 3, bidirectional=True)", "pack(f(5, 3, 4), torch.tensor([5, 3, 1]))"),
    ("nn.RNN(4, 3, bidirectional=True)", "pack(f(5, 3, 4), torch.tensor([5, 3, 1]))"),
    ("nn.RNNCell(4, 3)", "f(2, 4)"),
    ("nn.RNNCell(4, 3, nonlinearity='relu')", "f(2, 4), f(2, 3)"),
    ("nn.LSTMCell(4, 3)", "f(2, 4), (f(2, 3), f(2, 3))"),
    ("nn.GRUCell(4, 3, bias=False)", "f(2, 4), f(2, 3)"),
    ("nn.GRUCell(4, 3)", "f(4)"),
    ("nn.MultiheadAttention(8, 2)", "f(3, 2, 8), f(3, 2, 8), f(3, 2, 8)"),
    ("nn.MultiheadAttention(8, 2, dropout=0.3, batch_first=True)", "f(2, 3, 8), f(2, 3, 8), f(2, 3, 8)"),
    ("nn.MultiheadAttention(8, 2, add_bias_kv=True, add_zero_attn=True, kdim=5, vdim=6)",
     "f(3, 2, 8), f(4, 2, 5), f(4, 2, 6), torch.tensor([[False] * 4, [False, False, True, True]])"),
    ("nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0)", "f(3, 2, 8)"),
    ("nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, norm_first=True, activation='gelu')", "f(2, 3, 8)"),
    ("nn.TransformerDecoderLayer(8, 2, 16)", "f(3, 2, 8), f(4, 2, 8)"),
    ("nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2)",
     "f(2, 3, 8), nn.Transformer.generate_square_subsequent_mask(3)"),
    ("nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2).eval().requires_grad_(False)",
     "f(2, 3, 8), None, torch.tensor([[False] * 3, [False, True, True]])"),
    ("nn.Transformer(8, 2, 1, 1, 16)", "f(3, 2, 8), f(4, 2, 8)"),
    ("nn.utils.weight_norm(nn.Linear(4, 3))", "f(2, 4)"),
    ("nn.utils.weight_norm(nn.Conv1d(2, 3, 2), dim=None)", "f(2, 2, 5)"),
    ("nn.utils.remove_weight_norm(nn.utils.weight_norm(nn.Linear(4, 3)))", "f(2, 4)"),
    ("nn.utils.spectral_norm(nn.Linear(4, 3))", "f(2, 4)"),
    ("nn.utils.spectral_norm(nn.ConvTranspose2d(2, 3, 2), n_power_iterations=2)", "f(1, 2, 3, 3)"),
    ("nn.CrossEntropyLoss(label_smoothing=0.1)", "f(3, 4), w(4, 3)"),
    ("nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 0.5]), ignore_index=1)", "f(4, 3, 2), w(3, 4, 2)"),
    ("nn.CrossEntropyLoss(ignore_index=1)", "f(4, 3), w(3, 4)"),
    ("nn.NLLLoss(reduction='sum')", "f(3, 4).log_softmax(1), w(4, 3)"),
    ("nn.MSELoss()", "f(3, 4), f(3, 4) * 0.5"),
    ("nn.L1Loss(size_average=False)", "f(3, 4), f(3, 4) * 0.5"),
    ("nn.SmoothL1Loss(beta=0.5)", "f(3, 4), f(3, 4) * 0.5"),
    ("nn.HuberLoss(delta=0.5)", "f(3, 4), f(3, 4) * 0.5"),
    ("nn.BCELoss()", "f(3, 4).sigmoid(), f(3, 4).abs().clamp(max=1)"),
    ("nn.BCEWithLogitsLoss(pos_weight=torch.tensor([1.0, 2.0, 3.0, 4.0]))", "f(3, 4), f(3, 4).abs().clamp(max=1)"),
    ("nn.KLDivLoss(reduction='batchmean')", "f(3, 4).log_softmax(1), f(3, 4).softmax(1)"),
    ("nn.PoissonNLLLoss(full=True)", "f(3, 4), f(3, 4).abs() * 3"),
    ("nn.GaussianNLLLoss()", "f(3, 4), f(3, 4) * 0.5, f(3, 4).abs()"),
    ("nn.HingeEmbeddingLoss()", "f(3, 4), f(3, 4).sign()"),
    ("nn.MarginRankingLoss(margin=0.3)", "f(5), f(5).flip(0), f(5).sign()"),
    ("nn.CosineEmbeddingLoss(margin=0.1)", "f(3, 4), f(3, 4).flip(0), torch.tensor([1, -1, 1])"),
    ("nn.TripletMarginLoss(swap=True)", "f(3, 4), f(3, 4).flip(0), f(3, 4) * 0.5"),
    ("nn.TripletMarginWithDistanceLoss()", "f(3, 4), f(3, 4).flip(0), f(3, 4) * 0.5"),
    ("nn.SoftMarginLoss()", "f(3, 4), (f(3, 4) > 0).long() * 2 - 1"),
    ("nn.MultiMarginLoss(p=2)", "f(3, 4), w(4, 3)"),
    ("nn.MultiLabelMarginLoss()", "f(2, 4), torch.tensor([[3, 0, -1, 1], [1, -1, 0, 2]])"),
    ("nn.MultiLabelSoftMarginLoss()", "f(3, 4), (f(3, 4) > 0).float()"),
    ("nn.CTCLoss()", "f(6, 2, 5).log_softmax(2), torch.tensor([[1, 2, 2], [3, 4, 1]]), torch.tensor([6, 5]), "
     "torch.tensor([3, 2])"),
]  # fmt: skip
CASES += [
    (f"nn.{layer}", "f(3, 6)")
    for layer in (
        "CELU(0.5)", "ELU(0.5)", "GELU()", "GELU('tanh')", "GLU()", "Hardshrink()", "Hardsigmoid()", "Hardswish()",
        "Hardtanh(-0.5, 0.7)", "LeakyReLU(0.2)", "LogSigmoid()", "LogSoftmax(1)", "Mish()", "ReLU()", "ReLU6()",
        "SELU()",
        "SiLU()", "Sigmoid()", "Softmax(1)", "Softmin(1)", "Softplus(2)", "Softshrink()", "Softsign()", "Tanh()",
        "Tanhshrink()", "Threshold(0.1, 2)",
    )
] + [
    (f"nn.{layer}", f"f({sizes})")
    for layer, sizes in (
        ("ZeroPad1d(1)", "1, 2, 3"), ("ZeroPad2d((1, 2, 0, 1))", "1, 2, 3, 3"), ("ConstantPad3d(1, 2.5)",
        "1, 2, 2, 2, 2"),
        ("ReflectionPad1d(2)", "1, 2, 4"), ("ReflectionPad2d(1)", "1, 2, 3, 3"), ("ReplicationPad2d(1)", "1, 2, 3, 3"),
        ("ReplicationPad3d(1)", "1, 2, 2, 2, 2"), ("CircularPad1d(1)", "1, 2, 4"), ("CircularPad2d(1)", "1, 2, 3, 3"),
    )
]  # fmt: skip


def _flat(value: Any, into: list) -> list:
    if hasattr(value, "detach"):
        into.append(value)
    elif isinstance(value, (tuple, list)):
        for item in value:
            _flat(item, into)
    return into


def _leaves(value: Any, into: list, torch: Any) -> Any:
    """The arguments with floating point tensors that require gradients."""
    if hasattr(value, "detach"):
        if value.is_floating_point():
            value = value.detach().clone().requires_grad_(True)
            into.append(value)
        return value
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(_leaves(value[0], into, torch), *value[1:])
    if isinstance(value, tuple):
        return tuple(_leaves(item, into, torch) for item in value)
    return value


def _array(tensor: Any) -> np.ndarray:
    return np.array(tensor.detach().tolist())


def observe(torch: Any, constructor: str, arguments: str) -> dict[str, Any]:
    """Build the layer from a seed, call it, go backward; arrays by name, and texts."""
    nn = torch.nn
    names = {
        "nn": nn, "torch": torch, "f": lambda *s: floats(torch, *s), "w": lambda *s: words(torch, *s),
        "pack": nn.utils.rnn.pack_padded_sequence,
    }  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.manual_seed(SEED)
        layer = eval(constructor, names)
        seen: dict[str, Any] = {"repr": repr(layer)}
        initial = layer.state_dict()
        lazy = "Lazy" in constructor
        seen["keys"] = list(initial)
        if not lazy:
            seen.update({f"initial {k}": _array(v) for k, v in initial.items()})
        leaves: list = []
        values = _leaves(eval(f"({arguments},)", names), leaves, torch)
        outputs = _flat(layer(*values), [])
        for i, out in enumerate(outputs):
            seen[f"output {i}"] = _array(out)
        total = sum(
            (out * floats(torch, *out.shape) if out.dim() else out).sum() for out in outputs if out.grad_fn is not None
        )
        # PyTorch's own gradient of CrossMapLRN2d is not that of its forward (it fails PyTorch's gradcheck)
        if not isinstance(total, int) and "CrossMapLRN2d" not in constructor:
            total.backward()
            for i, leaf in enumerate(leaves):
                if leaf.grad is not None:
                    seen[f"gradient of input {i}"] = _array(leaf.grad)
            for name, parameter in layer.named_parameters():
                seen[f"gradient of {name}"] = None if parameter.grad is None else _array(parameter.grad)
        seen.update({f"then {name}": _array(buffer) for name, buffer in layer.named_buffers()})
        if lazy:
            seen.update({f"then {name}": _array(p) for name, p in layer.named_parameters()})
        return seen


def differences(expected: dict[str, Any], found: dict[str, Any], tolerance: float = 1e-5) -> list[str]:
    """What differs. Initial values must be equal to the bit; the rest up to float32 rounding in another order."""
    problems = [f"missing: {k}" for k in expected if k not in found] + [
        f"extra: {k}" for k in found if k not in expected
    ]
    for key, value in expected.items():
        other = found.get(key)
        if isinstance(value, np.ndarray) and isinstance(other, np.ndarray):
            if value.shape != other.shape:
                problems.append(f"{key}: shape {other.shape}, expected {value.shape}")
            elif key.startswith("initial"):
                if not np.array_equal(value, other):
                    problems.append(f"{key}: differs by {np.abs(value - other).max()}")
            elif not np.allclose(value, other, rtol=tolerance, atol=tolerance, equal_nan=True):
                problems.append(f"{key}: differs by {np.abs(value - other).max()}")
        elif key in found and (isinstance(value, np.ndarray) or isinstance(other, np.ndarray) or value != other):
            problems.append(f"{key}: {other!r}, expected {value!r}")
    return problems
