# Written by `penlight stubs --write`; not to be edited.
from builtins import bool as _bool, bytes as _bytes, complex as _complex, dict as _dict, float as _float, int as _int, list as _list, object as _object, set as _set, slice as _slice, str as _str, tuple as _tuple, type as _type
from collections.abc import Callable as _Callable, Iterator as _Iterator, Sequence as _Sequence
from typing import Any as _Any, overload as _overload

import numpy as _np

_Number = _float | _complex

from penlight import Tensor
from penlight import return_types as _return_types
from penlight.tensor.generator import Generator as _Generator
from penlight.base.size import Size as _Size
from penlight.base.device import device as _device
from penlight.base.dtypes import dtype as _dtype
from penlight.base.formats import layout as _layout
from penlight.base.formats import memory_format as _memory_format

from penlight.tensor.tensor import Tensor as Tensor

def adaptive_avg_pool1d(input: Tensor, output_size: _Any) -> Tensor:
    """Means over parts that divide each size into `output_size`."""
def adaptive_avg_pool2d(input: Tensor, output_size: _Any) -> Tensor:
    """Means over parts that divide each size into `output_size`."""
def adaptive_avg_pool3d(input: Tensor, output_size: _Any) -> Tensor:
    """Means over parts that divide each size into `output_size`."""
def adaptive_max_pool1d(input: Tensor, output_size: _Any, return_indices: _bool = False) -> _Any:
    """Maxima over parts that divide each size into `output_size`."""
def adaptive_max_pool1d_with_indices(input: Tensor, output_size: _Any, return_indices: _bool = False) -> _tuple[Tensor, Tensor]:
    """`adaptive_max_pool1d` and the flat positions of the maxima."""
def adaptive_max_pool2d(input: Tensor, output_size: _Any, return_indices: _bool = False) -> _Any:
    """Maxima over parts that divide each size into `output_size`."""
def adaptive_max_pool2d_with_indices(input: Tensor, output_size: _Any, return_indices: _bool = False) -> _tuple[Tensor, Tensor]:
    """`adaptive_max_pool2d` and the flat positions of the maxima."""
def adaptive_max_pool3d(input: Tensor, output_size: _Any, return_indices: _bool = False) -> _Any:
    """Maxima over parts that divide each size into `output_size`."""
def adaptive_max_pool3d_with_indices(input: Tensor, output_size: _Any, return_indices: _bool = False) -> _tuple[Tensor, Tensor]:
    """`adaptive_max_pool3d` and the flat positions of the maxima."""
def affine_grid(theta: Tensor, size: _Any, align_corners: _bool | None = None) -> Tensor:
    """The grid of places that affine maps give, for `grid_sample`. Shape: (N, 2, 3) -> (N, H, W, 2); …"""
def alpha_dropout(input: Tensor, p: _float = 0.5, training: _bool = False, inplace: _bool = False) -> Tensor:
    """Dropout that keeps mean and variance through SELU. Source: Klambauer et al., 2017."""
def assert_int_or_pair(arg: _Any, arg_name: _str, message: _str) -> None:
    """Raise unless `arg` is an int or has two elements."""
def avg_pool1d(input: Tensor, kernel_size: _int | _Sequence[_int], stride: _int | _Sequence[_int] | None = None, padding: _int | _Sequence[_int] = 0, ceil_mode: _bool = False, count_include_pad: _bool = True) -> Tensor:
    """The mean of each window. Shape: (N, C, L) or (C, L) -> (N, C, L')."""
def avg_pool2d(input: Tensor, kernel_size: _int | _Sequence[_int], stride: _int | _Sequence[_int] | None = None, padding: _int | _Sequence[_int] = 0, ceil_mode: _bool = False, count_include_pad: _bool = True, divisor_override: _int | None = None, *, out: _Any = None) -> Tensor:
    """The mean of each window. Shape: (N, C, H, W) or (C, H, W) -> (N, C, H', W')."""
def avg_pool3d(input: Tensor, kernel_size: _int | _Sequence[_int], stride: _int | _Sequence[_int] | None = None, padding: _int | _Sequence[_int] = 0, ceil_mode: _bool = False, count_include_pad: _bool = True, divisor_override: _int | None = None, *, out: _Any = None) -> Tensor:
    """The mean of each window. Shape: (N, C, D, H, W) or (C, D, H, W) -> (N, C, D', H', W')."""
def batch_norm(input: Tensor, running_mean: Tensor | None, running_var: Tensor | None, weight: Tensor | None = None, bias: Tensor | None = None, training: _bool = False, momentum: _float = 0.1, eps: _float = 1e-05) -> Tensor:
    """(x - mean) / sqrt(var + eps) * weight + bias per channel, with the batch's or the running …"""
def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: _Any = None) -> Tensor:
    """x1^T W_k x2 + b_k. Shape: (*, I), (*, J), (O, I, J) -> (*, O)."""
def binary_cross_entropy(input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: _Any = None, reduce: _Any = None, reduction: _str = 'mean') -> Tensor:
    """-(t log p + (1 - t) log(1 - p)) of probabilities."""
def binary_cross_entropy_with_logits(input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: _Any = None, reduce: _Any = None, reduction: _str = 'mean', pos_weight: Tensor | None = None) -> Tensor:
    """Binary cross-entropy of logits, computed stably."""
def celu(input: Tensor, alpha: _float = 1.0, inplace: _bool = False) -> Tensor:
    """x where positive, alpha * (exp(x / alpha) - 1) elsewhere."""
def celu_(input: Tensor, alpha: _float = 1.0) -> Tensor:
    """`celu` in place."""
def channel_shuffle(input: Tensor, groups: _int) -> Tensor:
    """Channels of `groups` groups interleaved. Shape: (B, C, *) -> (B, C, *)."""
def conv1d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _Any = 1, padding: _Any = 0, dilation: _Any = 1, groups: _int = 1) -> Tensor:
    """1-d convolution (cross-correlation). Shape: (N, C, L) or (C, L), (O, C / groups, K) -> (N, O, …"""
def conv2d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _Any = 1, padding: _Any = 0, dilation: _Any = 1, groups: _int = 1) -> Tensor:
    """2-d convolution (cross-correlation). Shape: (N, C, H, W) or (C, H, W), (O, C / groups, K, L) -> …"""
def conv3d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _Any = 1, padding: _Any = 0, dilation: _Any = 1, groups: _int = 1) -> Tensor:
    """3-d convolution (cross-correlation). Shape: (N, C, D, H, W), (O, C / groups, …) -> (N, O, D', …"""
def conv_tbc(input: Tensor, weight: Tensor, bias: Tensor, pad: _int = 0) -> Tensor:
    """Convolution over time. Shape: (T, B, C), (width, C, O), (O) -> (T', B, O)."""
def conv_transpose1d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _Any = 1, padding: _Any = 0, output_padding: _Any = 0, groups: _int = 1, dilation: _Any = 1) -> Tensor:
    """The transpose (gradient) of a 1-d convolution. Shape: (N, C, L), (C, O / groups, K) -> (N, O, …"""
def conv_transpose2d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _Any = 1, padding: _Any = 0, output_padding: _Any = 0, groups: _int = 1, dilation: _Any = 1) -> Tensor:
    """The transpose (gradient) of a 2-d convolution. Shape: (N, C, H, W), (C, O / groups, K, L) -> …"""
def conv_transpose3d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: _Any = 1, padding: _Any = 0, output_padding: _Any = 0, groups: _int = 1, dilation: _Any = 1) -> Tensor:
    """The transpose (gradient) of a 3-d convolution."""
def cosine_embedding_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: _float = 0, size_average: _Any = None, reduce: _Any = None, reduction: _str = 'mean') -> Tensor:
    """1 - cos for targets 1, max(0, cos - margin) for -1."""
def cosine_similarity(x1: Tensor, x2: Tensor, dim: _int = 1, eps: _float = 1e-08, *, axis: _Any = ...) -> Tensor:
    """x1 . x2 / (max(|x1|, eps) max(|x2|, eps)) along `dim`, with broadcasting."""
def cross_entropy(input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: _Any = None, ignore_index: _int = -100, reduce: _Any = None, reduction: _str = 'mean', label_smoothing: _float = 0.0) -> Tensor:
    """Cross-entropy of logits with class indices, or with class probabilities of the input's shape."""
def ctc_loss(log_probs: Tensor, targets: Tensor, input_lengths: _Any, target_lengths: _Any, blank: _int = 0, reduction: _str = 'mean', zero_infinity: _bool = False) -> Tensor:
    """The CTC loss of log-probabilities. Shape: (T, N, C) or (T, C), targets (N, S) or (sum of …"""
def dropout(input: Tensor, p: _float = 0.5, training: _bool = True, inplace: _bool = False) -> Tensor:
    """In training, each element is 0 with probability p and divided by 1 - p otherwise. Shape: (*) -> …"""
def dropout1d(input: Tensor, p: _float = 0.5, training: _bool = True, inplace: _bool = False) -> Tensor:
    """Dropout of whole channels. Shape: (N, C, L) or (C, L)."""
def dropout2d(input: Tensor, p: _float = 0.5, training: _bool = True, inplace: _bool = False) -> Tensor:
    """Dropout of whole channels. Shape: (N, C, H, W), or (N, C, L) with a warning."""
def dropout3d(input: Tensor, p: _float = 0.5, training: _bool = True, inplace: _bool = False) -> Tensor:
    """Dropout of whole channels. Shape: (N, C, D, H, W) or (C, D, H, W)."""
def elu(input: Tensor, alpha: _float = 1.0, inplace: _bool = False) -> Tensor:
    """x where positive, alpha * (exp(x) - 1) elsewhere."""
def elu_(input: Tensor, alpha: _float = 1.0) -> Tensor:
    """`elu` in place."""
def embedding(input: Tensor, weight: Tensor, padding_idx: _int | None = None, max_norm: _float | None = None, norm_type: _float = 2.0, scale_grad_by_freq: _bool = False, sparse: _bool = False) -> Tensor:
    """weight[i] for each index. Shape: (*), (V, D) -> (*, D)."""
def embedding_bag(input: Tensor, weight: Tensor, offsets: Tensor | None = None, max_norm: _float | None = None, norm_type: _float = 2, scale_grad_by_freq: _bool = False, mode: _str = 'mean', sparse: _bool = False, per_sample_weights: _Any = None, include_last_offset: _bool = False, padding_idx: _int | None = None) -> Tensor:
    """Sums, means or maxima of bags of rows. Shape: (B, N), or (N) with `offsets` (B) -> (B, D)."""
def feature_alpha_dropout(input: Tensor, p: _float = 0.5, training: _bool = False, inplace: _bool = False) -> Tensor:
    """`alpha_dropout` of whole channels. Shape: (N, C, *)."""
def fold(input: Tensor, output_size: _Any, kernel_size: _Any, dilation: _Any = 1, padding: _Any = 0, stride: _Any = 1) -> Tensor:
    """Columns summed back into an image. Shape: (N, C * kernel, windows) -> (N, C, *output_size)."""
def fractional_max_pool2d(input: Tensor, kernel_size: _Any, output_size: _Any = None, output_ratio: _Any = None, return_indices: _bool = False, _random_samples: _Any = None) -> _Any:
    """Maxima of windows at random steps. Shape: (N, C, H, W) or (C, H, W). Source: Graham, 2014."""
def fractional_max_pool2d_with_indices(input: Tensor, kernel_size: _Any, output_size: _Any = None, output_ratio: _Any = None, return_indices: _bool = False, _random_samples: _Any = None) -> _tuple:
    """`fractional_max_pool2d` and the flat positions of the maxima in each plane."""
def fractional_max_pool3d(input: Tensor, kernel_size: _Any, output_size: _Any = None, output_ratio: _Any = None, return_indices: _bool = False, _random_samples: _Any = None) -> _Any:
    """Maxima of windows at random steps. Shape: (N, C, D, H, W) or (C, D, H, W). Source: Graham, 2014."""
def fractional_max_pool3d_with_indices(input: Tensor, kernel_size: _Any, output_size: _Any = None, output_ratio: _Any = None, return_indices: _bool = False, _random_samples: _Any = None) -> _tuple:
    """`fractional_max_pool3d` and the flat positions of the maxima in each volume."""
def gaussian_nll_loss(input: Tensor, target: Tensor, var: _Any, full: _bool = False, eps: _Any = 1e-06, reduction: _str = 'mean') -> Tensor:
    """0.5 (log var + (x - t)**2 / var), the variance kept above `eps`."""
def gelu(input: Tensor, *, approximate: _str = 'none', out: _Any = None) -> Tensor:
    """input * Phi(input), Phi the normal distribution function; or its tanh approximation with …"""
def gelu_(input: Tensor, *, approximate: _str = 'none') -> Tensor:
    """`gelu` in place."""
def glu(input: Tensor, dim: _int = -1) -> Tensor:
    """The first half of a dimension times the sigmoid of the second."""
def grid_sample(input: Tensor, grid: Tensor, mode: _str = 'bilinear', padding_mode: _str = 'zeros', align_corners: _bool | None = None) -> Tensor:
    """`input` interpolated at the places of `grid`, whose coordinates (x first) run from -1 to 1 over …"""
def group_norm(input: Tensor, num_groups: _int, weight: Tensor | None = None, bias: Tensor | None = None, eps: _float = 1e-05) -> Tensor:
    """(x - mean) / sqrt(var + eps) over groups of channels, then weight and bias per channel."""
def grouped_mm(mat_a: Tensor, mat_b: Tensor, *, offs: Tensor | None = None, bias: Tensor | None = None, out_dtype: _Any = None) -> Tensor:
    """The products of groups: matrices of a batch, or parts of one matrix that end at `offs`."""
def gumbel_softmax(logits: Tensor, tau: _float = 1, hard: _bool = False, eps: _float = 1e-10, dim: _int = -1) -> Tensor:
    """A sample of the Gumbel-Softmax distribution; `hard` gives one-hot values with the soft sample's …"""
def hardshrink(input: Tensor, lambd: _Number = 0.5, *, out: _Any = None) -> Tensor:
    """The input, but 0 where |input| <= lambd."""
def hardsigmoid(input: Tensor, inplace: _bool = False) -> Tensor:
    """x / 6 + 1 / 2, limited to [0, 1]."""
def hardswish(input: Tensor, inplace: _bool = False) -> Tensor:
    """x * hardsigmoid(x)."""
def hardtanh(input: Tensor, min_val: _float = -1.0, max_val: _float = 1.0, inplace: _bool = False) -> Tensor:
    """x limited to [min_val, max_val]."""
def hardtanh_(input: Tensor, min_val: _float = -1.0, max_val: _float = 1.0) -> Tensor:
    """`hardtanh` in place."""
def hinge_embedding_loss(input: Tensor, target: Tensor, margin: _float = 1.0, size_average: _Any = None, reduce: _Any = None, reduction: _str = 'mean') -> Tensor:
    """x where the target is 1, max(0, margin - x) where it is -1."""
def huber_loss(input: Tensor, target: Tensor, reduction: _str = 'mean', delta: _float = 1.0, weight: Tensor | None = None) -> Tensor:
    """Squared below `delta`, linear above."""
def instance_norm(input: Tensor, running_mean: Tensor | None = None, running_var: Tensor | None = None, weight: Tensor | None = None, bias: Tensor | None = None, use_input_stats: _bool = True, momentum: _float = 0.1, eps: _float = 1e-05) -> Tensor:
    """Batch normalisation of each sample by itself. Shape: (N, C, *) -> (N, C, *)."""
def interpolate(input: Tensor, size: _Any = None, scale_factor: _Any = None, mode: _str = 'nearest', align_corners: _Any = None, recompute_scale_factor: _Any = None, antialias: _bool = False) -> Tensor:
    """Resample a batch to another size. Shape: (N, C, *in) -> (N, C, *out)."""
def kl_div(input: Tensor, target: Tensor, size_average: _Any = None, reduce: _Any = None, reduction: _str = 'mean', log_target: _bool = False) -> Tensor:
    """target * (log target - input), with input given as log-probabilities."""
def l1_loss(input: Tensor, target: Tensor, size_average: _Any = None, reduce: _Any = None, reduction: _str = 'mean', weight: Tensor | None = None) -> Tensor:
    """The mean (or sum) of |input - target|."""
def layer_norm(input: Tensor, normalized_shape: _Sequence[_int], weight: Tensor | None = None, bias: Tensor | None = None, eps: _float = 1e-05) -> Tensor:
    """(x - mean) / sqrt(var + eps) * weight + bias over the last dimensions."""
def leaky_relu(input: Tensor, negative_slope: _float = 0.01, inplace: _bool = False) -> Tensor:
    """x where positive, negative_slope * x elsewhere."""
def leaky_relu_(input: Tensor, negative_slope: _float = 0.01) -> Tensor:
    """`leaky_relu` in place."""
def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None, *, out: _Any = None) -> Tensor:
    """input @ weight.T + bias. Shape: (*, in), (out, in), (out) -> (*, out)."""
def linear_cross_entropy(input: Tensor, linear_weight: Tensor, target: Tensor, *, linear_bias: Tensor | None = None, weight: Tensor | None = None, reduction: _str = 'mean', ignore_index: _Any = None, label_smoothing: _float = 0.0, options: _Any = None) -> Tensor:
    """cross_entropy(linear(input, linear_weight), target); `options`, which would save memory, change …"""
def local_response_norm(input: Tensor, size: _int, alpha: _float = 0.0001, beta: _float = 0.75, k: _float = 1.0) -> Tensor:
    """x / (k + alpha * mean of x^2 over `size` neighbouring channels)^beta. Shape: (N, C, *)."""
def log_softmax(input: Tensor, dim: _int | None = None, _stacklevel: _int = 3, dtype: _Any = None) -> Tensor:
    """log(softmax(x)) along `dim`, computed stably."""
def logsigmoid(input: Tensor, *, out: _Any = None) -> Tensor:
    """log(sigmoid(input)) = min(0, input) - log(1 + exp(-|input|))."""
def lp_pool1d(input: Tensor, norm_type: _Number, kernel_size: _Any, stride: _Any = None, ceil_mode: _bool = False) -> Tensor:
    """(sum of x ** p over each window) ** (1 / p)."""
def lp_pool2d(input: Tensor, norm_type: _Number, kernel_size: _Any, stride: _Any = None, ceil_mode: _bool = False) -> Tensor:
    """(sum of x ** p over each window) ** (1 / p)."""
def lp_pool3d(input: Tensor, norm_type: _Number, kernel_size: _Any, stride: _Any = None, ceil_mode: _bool = False) -> Tensor:
    """(sum of x ** p over each window) ** (1 / p)."""
def margin_ranking_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: _float = 0, size_average: _Any = None, reduce: _Any = None, reduction: _str = 'mean') -> Tensor:
    """max(0, -t (x1 - x2) + margin)."""
def max_pool1d(input: Tensor, kernel_size: _int | _Sequence[_int], stride: _int | _Sequence[_int] | None = None, padding: _int | _Sequence[_int] = 0, dilation: _int | _Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> _Any:
    """The maximum of each window. Shape: (N, C, L) or (C, L) -> the same with smaller sizes."""
def max_pool1d_with_indices(input: Tensor, kernel_size: _int | _Sequence[_int], stride: _int | _Sequence[_int] | None = None, padding: _int | _Sequence[_int] = 0, dilation: _int | _Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> _tuple[Tensor, Tensor]:
    """`max_pool1d` and the flat positions of the maxima in each plane."""
def max_pool2d(input: Tensor, kernel_size: _int | _Sequence[_int], stride: _int | _Sequence[_int] | None = None, padding: _int | _Sequence[_int] = 0, dilation: _int | _Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> _Any:
    """The maximum of each window. Shape: (N, C, H, W) or (C, H, W) -> the same with smaller sizes."""
def max_pool2d_with_indices(input: Tensor, kernel_size: _int | _Sequence[_int], stride: _int | _Sequence[_int] | None = None, padding: _int | _Sequence[_int] = 0, dilation: _int | _Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> _tuple[Tensor, Tensor]:
    """`max_pool2d` and the flat positions of the maxima in each plane."""
def max_pool3d(input: Tensor, kernel_size: _int | _Sequence[_int], stride: _int | _Sequence[_int] | None = None, padding: _int | _Sequence[_int] = 0, dilation: _int | _Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> _Any:
    """The maximum of each window. Shape: (N, C, D, H, W) or (C, D, H, W) -> the same with smaller …"""
def max_pool3d_with_indices(input: Tensor, kernel_size: _int | _Sequence[_int], stride: _int | _Sequence[_int] | None = None, padding: _int | _Sequence[_int] = 0, dilation: _int | _Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> _tuple[Tensor, Tensor]:
    """`max_pool3d` and the flat positions of the maxima in each plane."""
def max_unpool1d(input: Tensor, indices: Tensor, kernel_size: _Any, stride: _Any = None, padding: _Any = 0, output_size: _Any = None) -> Tensor:
    """Put maxima back to their positions, zeros elsewhere."""
def max_unpool2d(input: Tensor, indices: Tensor, kernel_size: _Any, stride: _Any = None, padding: _Any = 0, output_size: _Any = None) -> Tensor:
    """Put maxima back to their positions, zeros elsewhere."""
def max_unpool3d(input: Tensor, indices: Tensor, kernel_size: _Any, stride: _Any = None, padding: _Any = 0, output_size: _Any = None) -> Tensor:
    """Put maxima back to their positions, zeros elsewhere."""
def mish(input: Tensor, inplace: _bool = False) -> Tensor:
    """x * tanh(softplus(x))."""
def mse_loss(input: Tensor, target: Tensor, size_average: _Any = None, reduce: _Any = None, reduction: _str = 'mean', weight: Tensor | None = None) -> Tensor:
    """The mean (or sum) of (input - target) ** 2."""
def multi_head_attention_forward(query: Tensor, key: Tensor, value: Tensor, embed_dim_to_check: _int, num_heads: _int, in_proj_weight: _Any, in_proj_bias: _Any, bias_k: _Any, bias_v: _Any, add_zero_attn: _bool, dropout_p: _float, out_proj_weight: Tensor, out_proj_bias: _Any, training: _bool = True, key_padding_mask: _Any = None, need_weights: _bool = True, attn_mask: _Any = None, use_separate_proj_weight: _bool = False, q_proj_weight: _Any = None, k_proj_weight: _Any = None, v_proj_weight: _Any = None, static_k: _Any = None, static_v: _Any = None, average_attn_weights: _bool = True, is_causal: _bool = False) -> _tuple[Tensor, Tensor | None]:
    """Multi-head attention. Shape: (L, B, E), (S, B, E), (S, B, E) -> (L, B, E), (B, L, S) or (B, …"""
def multi_margin_loss(input: Tensor, target: Tensor, p: _Number = 1, margin: _Number = 1.0, weight: Tensor | None = None, size_average: _Any = None, reduce: _Any = None, reduction: _str = 'mean') -> Tensor:
    """The multi-class hinge loss."""
def multilabel_margin_loss(input: Tensor, target: Tensor, size_average: _Any = None, reduce: _Any = None, reduction: _str = 'mean') -> Tensor:
    """The mean of max(0, 1 - (x[y] - x[i])) over labels y (up to the first -1) and classes i that are …"""
def multilabel_soft_margin_loss(input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: _Any = None, reduce: _Any = None, reduction: _str = 'mean') -> Tensor:
    """Binary cross-entropy of logits, averaged over the classes."""
def native_channel_shuffle(input: Tensor, groups: _int) -> Tensor:
    """`torch.channel_shuffle`."""
def nll_loss(input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: _Any = None, ignore_index: _int = -100, reduce: _Any = None, reduction: _str = 'mean') -> Tensor:
    """-input at the target class: the loss of log-probabilities. Shape: (N, C, ...), (N, ...) -> ()."""
def normalize(input: Tensor, p: _float = 2.0, dim: _Any = 1, eps: _float = 1e-12, out: _Any = None) -> Tensor:
    """x / max(||x||_p, eps) along `dim`."""
def one_hot(input: Tensor, num_classes: _int = -1) -> Tensor:
    """Vectors with 1 at the class and 0 elsewhere. Shape: (*) -> (*, num_classes)."""
def pad(input: Tensor, pad: _Sequence[_int], mode: _str = 'constant', value: _float | None = None) -> Tensor:
    """A border around the last dimensions: `pad` is (left, right, top, bottom, …), negative widths …"""
def pairwise_distance(x1: Tensor, x2: Tensor, p: _float = 2.0, eps: _float = 1e-06, keepdim: _bool = False) -> Tensor:
    """The p-norm of x1 - x2 + eps over the last dimension."""
def pdist(input: Tensor, p: _float = 2) -> Tensor:
    """p-norm distances between all pairs of different rows. Shape: (n, m) -> (n (n - 1) / 2)."""
def pixel_shuffle(input: Tensor, upscale_factor: _int) -> Tensor:
    """Channels spread over r x r blocks of pixels. Shape: (*, C r^2, H, W) -> (*, C, H r, W r)."""
def pixel_unshuffle(input: Tensor, downscale_factor: _int) -> Tensor:
    """r x r blocks of pixels gathered into channels. Shape: (*, C, H r, W r) -> (*, C r^2, H, W)."""
def poisson_nll_loss(input: Tensor, target: Tensor, log_input: _bool = True, full: _bool = False, size_average: _Any = None, eps: _float = 1e-08, reduce: _Any = None, reduction: _str = 'mean') -> Tensor:
    """exp(x) - t x (or x - t log(x + eps)), with Stirling's term if `full`."""
def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """input where positive, weight * input elsewhere; one weight, or one per channel (dimension 1)."""
def relu(input: Tensor, inplace: _bool = False) -> Tensor:
    """max(x, 0), elementwise."""
def relu6(input: Tensor, inplace: _bool = False) -> Tensor:
    """x limited to [0, 6]."""
def relu_(input: Tensor) -> Tensor:
    """`relu` in place."""
def rms_norm(input: Tensor, normalized_shape: _Sequence[_int], weight: Tensor | None = None, eps: _float | None = None) -> Tensor:
    """x / sqrt(mean(x**2) + eps) * weight over the last dimensions; eps None is the dtype's epsilon."""
def rrelu(input: Tensor, lower: _float = 0.125, upper: _float = 0.3333333333333333, training: _bool = False, inplace: _bool = False) -> Tensor:
    """Leaky ReLU; slopes are drawn from [lower, upper] in training, else their mean. Source: Xu et …"""
def rrelu_(input: Tensor, lower: _float = 0.125, upper: _float = 0.3333333333333333, training: _bool = False) -> Tensor:
    """`rrelu` in place."""
def scaled_dot_product_attention(query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None, dropout_p: _float = 0.0, is_causal: _bool = False, scale: _float | None = None, enable_gqa: _bool = False) -> Tensor:
    """softmax(q k^T * scale + mask) v. Shape: (*, L, E), (*, S, E), (*, S, V) -> (*, L, V)."""
def selu(input: Tensor, inplace: _bool = False) -> Tensor:
    """scale * (x where positive, alpha * (exp(x) - 1) elsewhere). Source: Klambauer et al., 2017."""
def selu_(input: Tensor) -> Tensor:
    """`selu` in place."""
def sigmoid(input: Tensor) -> Tensor:
    """1 / (1 + exp(-x))."""
def silu(input: Tensor, inplace: _bool = False) -> Tensor:
    """x * sigmoid(x)."""
def smooth_l1_loss(input: Tensor, target: Tensor, size_average: _Any = None, reduce: _Any = None, reduction: _str = 'mean', beta: _float = 1.0) -> Tensor:
    """Squared below `beta`, absolute above."""
def soft_margin_loss(input: Tensor, target: Tensor, size_average: _Any = None, reduce: _Any = None, reduction: _str = 'mean') -> Tensor:
    """log(1 + exp(-t x)) for targets 1 and -1."""
def softmax(input: Tensor, dim: _int | None = None, _stacklevel: _int = 3, dtype: _Any = None) -> Tensor:
    """exp(x) / sum(exp(x)) along `dim`."""
def softmin(input: Tensor, dim: _int | None = None, _stacklevel: _int = 3, dtype: _Any = None) -> Tensor:
    """softmax(-x) along `dim`."""
def softplus(input: Tensor, beta: _Number = 1, threshold: _Number = 20, *, out: _Any = None) -> Tensor:
    """log(1 + exp(beta * input)) / beta; the input itself where beta * input > threshold."""
def softshrink(input: Tensor, lambd: _Number = 0.5, *, out: _Any = None) -> Tensor:
    """The input moved toward 0 by lambd, and 0 where |input| <= lambd."""
def softsign(input: Tensor) -> Tensor:
    """input / (1 + |input|)."""
def tanh(input: Tensor) -> Tensor:
    """tanh(x)."""
def tanhshrink(input: Tensor) -> Tensor:
    """input - tanh(input)."""
def threshold(input: Tensor, threshold: _float, value: _float, inplace: _bool = False) -> Tensor:
    """x where x > threshold, else value."""
def threshold_(input: Tensor, threshold: _float, value: _float) -> Tensor:
    """`threshold` in place."""
def triplet_margin_loss(anchor: Tensor, positive: Tensor, negative: Tensor, margin: _float = 1.0, p: _float = 2, eps: _float = 1e-06, swap: _bool = False, size_average: _Any = None, reduce: _Any = None, reduction: _str = 'mean') -> Tensor:
    """max(0, d(a, p) - d(a, n) + margin)."""
def triplet_margin_with_distance_loss(anchor: Tensor, positive: Tensor, negative: Tensor, *, distance_function: _Any = None, margin: _float = 1.0, swap: _bool = False, reduction: _str = 'mean') -> Tensor:
    """max(0, d(anchor, positive) - d(anchor, negative) + margin) for any distance d."""
def unfold(input: Tensor, kernel_size: _Any, dilation: _Any = 1, padding: _Any = 0, stride: _Any = 1) -> Tensor:
    """The windows of an image as columns. Shape: (N, C, H, W) or (C, H, W) -> (N, C * kernel, …"""
def upsample(input: Tensor, size: _Any = None, scale_factor: _Any = None, mode: _str = 'nearest', align_corners: _Any = None) -> Tensor:
    """`interpolate` by its old name."""
def upsample_bilinear(input: Tensor, size: _Any = None, scale_factor: _Any = None) -> Tensor:
    """Deprecated in PyTorch: `interpolate` with mode "bilinear" and aligned corners."""
def upsample_nearest(input: Tensor, size: _Any = None, scale_factor: _Any = None) -> Tensor:
    """Deprecated in PyTorch: `interpolate` with mode "nearest"."""
