"""What the op table's signatures do not say: shapes that fit together, and which values an argument takes.

SHAPES: op -> the shapes of its tensor arguments in order, `|` between alternatives. A letter is a size (the same letter
the same size), `*` some leading sizes, a number itself; after `:` the kind of values (`<c` are indices below size c).
ARGUMENTS: argument, or op.argument -> a list to choose from, or a function of the drawer that gives source text.
"""

from __future__ import annotations

import math

from tests.fuzz import values
from tests.fuzz.source import Source

SQUARE = "* a a:matrix"
SYMMETRIC = "* a a:symmetric"
PAIR = "*; *"
MATMUL = "a b; b c|a; a|a b; b|* a b; b c|n a b; n b c|n a b; b|a; n a b"
LINE, PLANE, SPACE = "n c l", "n c h w", "n c d h w"
CONV = "n c l; o c k; o|c l; o c k; o"

SHAPES = {
    "mm": "a b; b c", "bmm": "n a b; n b c", "mv": "a b; b", "dot": "a; a", "vdot": "a; a", "matmul": MATMUL,
    "linalg_matmul": MATMUL, "inner": "* a; a|a b; c b|; *", "outer": "a; b", "linear": "* a; b a; b|* a; a; ",
    "addmm": "a c; a b; b c|c; a b; b c|; a b; b c", "addmv": "a; a b; b|; a b; b", "addr": "a b; a; b|1; a; b",
    "baddbmm": "n a c; n a b; n b c|c; n a b; n b c", "addbmm": "a c; n a b; n b c",
    "_addbmm_in_place": "a c; n a b; n b c", "tensordot": "a b; b c|a 2; 2 c", "kron": "a b; c d|a; b c|; a",
    "linalg_multi_dot": "a b; b c; c a|a b; b a", "chain_matmul": "a b; b c; c a|a b; b a",
    "cross": "* 3; * 3|3 a; 3 a", "linalg_cross": "* 3; * 3", "bilinear": "n a; n b; o a b; o",
    "linalg_vecdot": "* a; * a|a; * a", "trace": "a b", "t": "a b|a|", "t_copy": "a b|a",
    "cov": "a b; b:count; b:positive|a; a:count; a:positive", "corrcoef": "a b|a", "cdist": "a c; b c|n a c; n b c",
    "pdist": "a b", "cosine_similarity": "* a b; * a b", "pairwise_distance": "* a; * a",
    **dict.fromkeys("linalg_det linalg_slogdet linalg_inv linalg_inv_ex linalg_eig linalg_eigvals "
        "linalg_lu_factor linalg_lu_factor_ex linalg_lu lu linalg_matrix_exp matrix_exp linalg_matrix_power "
            "matrix_power det slogdet logdet inverse linalg_cond".split(), SQUARE),
    **dict.fromkeys("linalg_eigh linalg_eigvalsh linalg_cholesky linalg_cholesky_ex cholesky cholesky_inverse "
        "linalg_ldl_factor linalg_ldl_factor_ex".split(), SYMMETRIC),
    **dict.fromkeys("linalg_svd linalg_svdvals svd linalg_qr qr geqrf linalg_pinv pinverse linalg_matrix_rank "
        "tril triu fliplr flipud rot90 linalg_matrix_norm linalg_norm nuclear_norm adjoint linalg_diagonal "
            "diagonal diagonal_copy linalg_vector_norm".split(), "* a b:matrix"),
    "linalg_solve": "* a a:matrix; * a b|* a a:matrix; a", "linalg_solve_ex": "* a a:matrix; * a b",
    "linalg_lstsq": "* a a:matrix; * a b|4 2:matrix; 4 b", "linalg_solve_triangular": "* a a:matrix; * a b",
    "triangular_solve": "a b; a a:matrix", "cholesky_solve": "a b; a a:symmetric",
    "linalg_lu_solve": "* a a:matrix; * a:one; * a b", "lu_solve": "a b; a a:matrix; a:one",
    "lu_unpack": "* a a:matrix; * a:one", "linalg_ldl_solve": "a a:symmetric; a:one; a b",
    "linalg_householder_product": "4 3:matrix; 2", "orgqr": "4 3:matrix; 3", "ormqr": "4 3:matrix; 3; 4 2",
    "linalg_tensorinv": "2 3 6:matrix", "linalg_tensorsolve": "2 3 6:matrix; 2 3", "linalg_vander": "* a",
    "vander": "a", "meshgrid": "a; b|a; b; c", "item": "|1|1 1", "is_nonzero": "|1|1 1", "glu": "* 4",
    "pixel_shuffle": "n 4 h w|4 2 2", "pixel_unshuffle": "n c 4 2", "channel_shuffle": "n 4 l",
    "native_channel_shuffle": "n 4 l", "prelu": "n c l; c|n c; 1", "embedding": "a c; *:<a", "conv1d": CONV,
    "conv2d": "n c h w; o c k j; o|c h w; o c k j; o|n 4 h w; 6 2 k j; 6", "conv3d": "n c d h w; o c k j 2; o",
    "conv_transpose1d": "n c l; c o k; o", "conv_transpose2d": "n c h w; c o k j; o|n 4 h w; 4 2 k j; 4",
    "conv_transpose3d": "1 c d h w; c o k j 2; o", "convolution": "n c h w; o c k j; o|n c l; o c k; o",
    "conv_tbc": "l n c; k c o; o",
    **{f"{kind}_pool{n}d{more}": f"{shape}|{shape[2:]}" for kind in ("max", "avg", "lp", "adaptive_avg",
        "adaptive_max") for more in ("", "_with_indices") for n, shape in ((1, LINE), (2, PLANE), (3, SPACE))},
    "max_unpool1d": "n c 2; n c 2:<4", "max_unpool2d": "n c 2 2; n c 2 2:<16",
    "max_unpool3d": "1 c 2 2 2; 1 c 2 2 2:<64", "interpolate": f"{LINE}|{PLANE}|{SPACE}",
    "upsample": f"{LINE}|{PLANE}", "fold": "n 12 4|6 4", "unfold": PLANE,
    "grid_sample": f"{PLANE}; n a b 2|{SPACE}; n a b e 3", "grid_sampler": f"{PLANE}; n a b 2",
    "grid_sampler_2d": f"{PLANE}; n a b 2", "grid_sampler_3d": f"{SPACE}; n a b e 3", "affine_grid": "2 2 3|2 3 4",
    "affine_grid_generator": "2 2 3", "batch_norm": "n c l; c; c:positive; c; c|n c; c; c:positive; c; c",
    "_torch_batch_norm": "n c l; c; c; c; c:positive", "instance_norm": "n c l; c; c:positive; c; c",
    "_torch_instance_norm": "n c l; c; c; c; c:positive", "native_batch_norm": "n c l; c; c; c; c:positive",
    "layer_norm": "* 2 3; 2 3; 2 3|* 3; 3; 3", "_torch_layer_norm": "* 2 3; 2 3; 2 3|* 3; 3; 3",
    "native_layer_norm": "* 2 3; 2 3; 2 3|* 3; 3; 3", "rms_norm": "* 2 3; 2 3|* 3; 3", "group_norm": "n 4 l; 4; 4",
    "_torch_group_norm": "n 4 l; 4; 4", "native_group_norm": "2 4 3; 4; 4", "local_response_norm": LINE,
    "norm_except_dim": "a b",
    **dict.fromkeys("mse_loss l1_loss smooth_l1_loss huber_loss poisson_nll_loss kl_div".split(), "*; *; *"),
    "nll_loss": "n c; n:<c; c:positive|n c l; n l:<c; c:positive|c; :<c",
    "cross_entropy": "n c; n:<c; c:positive|n c l; n l:<c; c:positive|c; :<c|n c; n c:unit",
    "linear_cross_entropy": "n a; c a; n:<c; c; c", "binary_cross_entropy": "*:unit; *:unit; *:unit",
    "binary_cross_entropy_with_logits": "* c; * c:unit; c; c", "_torch_bce_with_logits": "* c; * c:unit; c; c",
    "soft_margin_loss": "*; *:sign", "margin_ranking_loss": "*; *; *:sign", "hinge_embedding_loss": "*; *:sign",
    "cosine_embedding_loss": "n c; n c; n:sign|c; c; :sign", "triplet_margin_loss": "n c; n c; n c|c; c; c",
    "multi_margin_loss": "n c; n:<c; c", "multilabel_soft_margin_loss": "n c; n c:unit; c",
    "gaussian_nll_loss": "n c; n c; n c:positive", "multilabel_margin_loss": "n c; n c:<c|c; c:<c",
    "ctc_loss": "4 2 3; 2 2:label", "searchsorted": "* a:sorted; * b", "bucketize": "*; a:sorted", "histogram": "*",
    "histogramdd": "n 2", "gru_cell": "n a; n 2; 6 a; 6 2; 6; 6", "lstm_cell": "n a; 8 a; 8 2; 8; 8",
    "rnn_tanh_cell": "n a; n 2; 2 a; 2 2; 2; 2", "rnn_relu_cell": "n a; n 2; 2 a; 2 2; 2; 2",
    "view_as_complex": "* 2", "view_as_complex_copy": "* 2", "combinations": "a", "cartesian_prod": "a; b|a",
    "block_diag": "a b; c|a b; c d|", "stft": "n 12|12", "istft": "n 3 4", "fft_hfft2": "* 3 4",
    "segment_reduce": "4 c", "bincount": "a:count; a", "one_hot": "*:<3", "take": "*; *:index",
    "scaled_dot_product_attention": "n a b; n c b; n c d|n 2 a b; n 2 c b; n 2 c d", "embedding_bag": "n 3:<4; 4 c",
    "ldexp": PAIR, "isin": "*; a", "unravel_index": "*:<12", "mvlgamma": "*:large", "multigammaln": "*:large",
    "masked_fill": "*; *:bool; ", "where": "*:bool; *; *", "_where_method": "*; *:bool; *",
    "masked_select": "*; *:bool", "masked_scatter": "*; *:bool; 4 4 4", "hash_tensor": "*",
    "repeat_interleave": "a b", "normalize": "* a b", "bernoulli": "*:unit", "pad": "a b|n c h|n c h w|n c d h w",
    "constant_pad_nd": "a b|n c h", "quantile": "*", "nanquantile": "*", "cosine_similarity_": "", "lcm": PAIR,
    "multinomial": "n 4:positive", "trapezoid": "* a; * a", "cumulative_trapezoid": "* a; * a", "bilinear_": "",
    "apply_": "*", "polar": "*:positive; *",
}  # fmt: skip

SKIPPED = {
    "rnn_tanh", "rnn_relu", "gru", "lstm",  # lists of weights; live in tests/live/test_rnn_live.py
    "norm", "einsum",  # without `out`, or with the equation first, in tests/fuzz/table.py
}  # fmt: skip


INTEGERS = ("int64", "int32", "int16", "int8", "uint8", "bool")
DOMAIN = {
    **dict.fromkeys("bitwise_and bitwise_or bitwise_xor bitwise_not bitwise_left_shift bitwise_right_shift gcd "
        "lcm bincount".split(), INTEGERS),
    **dict.fromkeys("view_as_real view_as_real_copy imag istft".split(), values.COMPLEX),
    **dict.fromkeys("complex polar view_as_complex view_as_complex_copy linalg_lstsq embedding_bag embedding "
        "histogramdd".split(), values.FLOATS),
}  # fmt: skip
ALWAYS = {
    *(f"{home}{name}split" for home in ("torch.", "") for name in ("h", "v", "d", "tensor_")),
    "where.input",
    "where.other",
    "clamp.min",
    "stft.return_complex",
    "segment_reduce.lengths",
    "torch.poisson_nll_loss",
    "linalg_tensorsolve.dims",
    "hamming_window.periodic",
    "kaiser_window.periodic",
    "repeat_interleave.repeats",
    "affine_grid_generator.align_corners",
    "repeat_interleave.dim",
    "hamming_window.alpha",
    *(f"torch.{name}(out)" for name in "prod median nanmedian max min nansum sum mean std var all any".split()),
}
FREE_KEEPDIM = {
    "argmax", "argmin", "amax", "amin", "aminmax", "linalg_vector_norm", "norm", "count_nonzero", "linalg_norm",
    "linalg_matrix_norm", "all", "any",
}  # fmt: skip
NO_GRADIENT = {
    "running_mean",
    "running_var",
    "fweights",
    "aweights",
    "weight of a loss",
    "pos_weight",
    "lengths",
    "target",
}


def permutation(d):
    dims = list(range(d.ndim))
    d.rng.shuffle(dims)
    return [i - d.ndim if d.rng.random() < 0.2 else i for i in dims]


def reshaped(d):
    """A shape with the same number of elements, sometimes with -1, seldom a wrong one."""
    n, sizes = d.numel, []
    while n > 1 and len(sizes) < 4:
        f = d.rng.choice([f for f in range(1, n + 1) if n % f == 0])
        sizes.append(f)
        n //= f
    sizes += [n] if n != 1 or d.rng.random() < 0.2 else []
    if sizes and d.rng.random() < 0.4:
        sizes[d.rng.randrange(len(sizes))] = -1
    if d.rng.random() < 0.05:
        sizes.append(d.rng.choice((2, 0, -1)))
    return sizes


def expanded(d):
    sizes = [d.rng.choice((2, 3, 1)) if n == 1 else d.rng.choice((n, n, -1)) for n in d.shape]
    return [2, *sizes] if d.rng.random() < 0.3 else sizes


def summed(d):
    sizes = [1 if d.rng.random() < 0.4 else n for n in d.shape]
    return sizes[1:] if d.rng.random() < 0.3 else sizes


def some_dims(d, most=3):
    dims = permutation(d)[: d.rng.randint(1, most)]
    return tuple(dims)


def dim_or_dims(d):
    return d.rng.choice((d.dim, lambda: some_dims(d), lambda: some_dims(d), lambda: None))()


def strides(d):
    return [d.rng.randint(0, 3) for _ in d.value("size")]


def per_dim(low, high, extra=(), spatial=None):
    """One number, or one for each spatial dimension of the input."""

    def draw(d):
        n = spatial or d.spatial
        if extra and d.rng.random() < 0.15:
            return d.rng.choice(extra)
        if d.rng.random() < 0.5:
            return d.rng.randint(low, high)
        return tuple(d.rng.randint(low, high) for _ in range(n))

    return draw


def sections(d):
    n = d.length
    form = d.rng.randrange(3)
    if form == 0 or not n:
        return d.rng.randint(1, 4)
    parts = [d.rng.randint(0, n)]
    return [*parts, n - parts[0]] if form == 1 else sorted(d.rng.randint(0, n) for _ in range(d.rng.randint(1, 3)))


def split_sizes(d):
    first = d.rng.randint(0, d.length)
    return [first, d.length - first] if d.rng.random() < 0.9 else [first]


def padding(d):
    pairs = d.rng.randint(1, max(1, min(3, d.ndim)))
    return [d.rng.randint(-1 if d.rng.random() < 0.2 else 0, 2) for _ in range(2 * pairs)]


def constant_only(d):
    return d.choose("constant", "constant", "reflect", "replicate", "circular")


def fill_value(d):
    return d.number()


def bound(d):
    return d.choose(None, d.number, d.number, d.other_tensor)


def broadcast_shape(d):
    return tuple(d.rng.choice((1, 3)) for _ in range(d.rng.randint(0, 3)))


def picture_size(d):
    return tuple(d.rng.randint(1, 6) for _ in range(d.spatial)) if d.rng.random() < 0.6 else d.rng.randint(1, 6)


def place(d):
    if d.rng.random() < 0.1 or not d.length:
        return d.rng.randint(-d.length - 1, d.length)
    return d.rng.randrange(-d.length, d.length)


def quantiles(d):
    return d.choose(0.5, 0.25, 0.0, 1.0, lambda: d.tensor((2,), d.dtype, "unit"), lambda: d.tensor((), d.dtype, "unit"))


def interpolation_mode(d):
    linear = ("linear", "bilinear", "trilinear")[d.ndim - 3 if 3 <= d.ndim <= 5 else 0]
    return d.choose("nearest", "nearest-exact", "area", linear, "bicubic")


def equation(d):
    chosen = d.rng.choice("ij,jk->ik ij,jk bij,bjk->bik ii->i ii ij->ji i,j->ij ...i,...i->... ij,j->i ij,ij->".split())
    d.spec = [" ".join(part.replace("...", "*")) for part in chosen.partition("->")[0].split(",")]
    d.spec = [part.replace(". . .", "*") for part in d.spec]
    return chosen


POLYNOMIALS = [f"{before}chebyshev_polynomial_{kind}" for before in ("", "shifted_") for kind in "tuvw"]
POLYNOMIALS += ["hermite_polynomial_h", "hermite_polynomial_he", "laguerre_polynomial_l", "legendre_polynomial_p"]
ORDERS = [0, 1, 2, 3, math.inf, -math.inf, 0.5, -1, 2.0, 1.5]
ARGUMENTS = {
    "dim": lambda d: d.dim(), "dims": some_dims,
    "repeats": lambda d: [d.rng.randint(0, 3) for _ in range(max(0, d.ndim + d.rng.choice((0, 0, 1, -1))))],
    "tile.dims": lambda d: [d.rng.randint(0, 3) for _ in range(d.rng.randint(1, 3))], "permute.dims": permutation,
    "permute_copy.dims": permutation, "unsqueeze.dim": lambda d: d.rng.randint(-d.ndim - 1, d.ndim),
    "unsqueeze_copy.dim": lambda d: d.rng.randint(-d.ndim - 1, d.ndim),
    "stack.dim": lambda d: d.rng.randint(-d.ndim - 1, d.ndim),
    **{f"{name}.dim": dim_or_dims
        for name in "sum mean nansum nanmean var std var_mean std_mean any all linalg_vector_norm squeeze "
            "squeeze_copy fft_fftshift fft_ifftshift hash_tensor gradient".split()},
    **{f"{name}.dim": lambda d: tuple(permutation(d)[:2])
        for name in "linalg_matrix_norm nuclear_norm linalg_norm".split()},
    "repeat_interleave.repeats": lambda d: d.choose(0, 1, 2, 3, lambda: d.tensor((d.shape[0] if d.ndim
        else 1,), "int64", 3)), "repeat_interleave.output_size": [None],
    "roll.shifts": lambda d: d.rng.randint(-4, 4), "roll.dims": lambda d: d.dim(), "rot90.k": list(range(-3, 6)),
    "rot90.dims": lambda d: permutation(d)[:2], "shape": reshaped, "view.size": reshaped,
    "view_copy.size": reshaped, "_unsafe_view.size": reshaped, "expand.size": expanded,
    "broadcast_to.size": expanded, "expand_copy.size": expanded, "view.dtype": [None], "sum_to_size.size": summed,
    "unfold.dimension": lambda d: d.dim(), "unfold.size": [1, 2, 3, 0], "unfold.step": [1, 2, 3],
    "unfold_copy.size": [1, 2], "unfold_copy.dimension": lambda d: d.dim(), "unfold_copy.step": [1, 2],
    "unflatten.sizes": lambda d: d.choose((-1, 1), (1, -1), (2, -1), lambda: (d.length, 1)),
    "unflatten.dim": lambda d: d.dim(), "movedim.source": lambda d: d.dim(),
    "movedim.destination": lambda d: d.dim(),
    "as_strided.size": lambda d: [d.rng.randint(0, 3) for _ in range(d.rng.randint(0, 3))],
    "as_strided.stride": strides, "as_strided_copy.size": lambda d: [d.rng.randint(1, 2)],
    "as_strided_copy.stride": strides, "as_strided_scatter.size": lambda d: [2],
    "as_strided_scatter.stride": [[1], [2]], "storage_offset": [None, 0, 1], "as_strided_": "",
    "index_put.indices": lambda d: d.index_tuple(), "index": place, "start": lambda d: place(d),
    "end": lambda d: d.choose(None, place), "length": lambda d: d.rng.randint(0, max(1, d.length // 2 + 1)),
    "step": [1, 1, 2, 3], "select_scatter.index": place, "split_size_or_sections": sections,
    "split_size": [1, 2, 3], "split_sizes": split_sizes, "indices_or_sections": sections, "chunks": [1, 2, 3, 5],
    "sections": None, "indices": None, "tensor_indices_or_sections": None,
    "clamp.min": bound, "clamp.max": bound, "histc.min": [0, -2, 1.0], "histc.max": [0, 3, 2.0], "max": [0, 3],
    "min": [0, -1], "value": fill_value, "masked_fill.value": fill_value, "scatter.value": fill_value,
    "scatter.src": lambda d: d.tensor(d.ns_shape("index"), d.dtype), "scatter.reduce": ["add", "multiply"],
    "scatter_reduce.reduce": ["sum", "prod", "mean", "amax", "amin"],
    "index_reduce.reduce": ["prod", "mean", "amax", "amin"], "tensor1": lambda d: d.other_tensor(),
    "tensor2": lambda d: d.other_tensor(), "other": lambda d: d.other_tensor(),
    "where.input": lambda d: d.operand() if "out" not in d.public else d.other_tensor(), "_third": None,
    "rounding_mode": [None, "floor", "trunc"], "cov.correction": [0, 1, 2], "correction": [0, 1, 2, None, 0.5],
    "unbiased": [True, False], "keepdim": [True, False],
    "reduction": lambda d: d.choose(0, 1, 2) if d.integer_reduction else d.choose("none", "mean", "sum"),
    "size_average": None, "reduce": None, "beta": [1, 0, 2, 0.5], "alpha": [1, 0, 2, 0.5, -1],
    "diagonal": [-2, -1, 0, 1, 2], "offset": [-2, -1, 0, 1, 2], "dim1": lambda d: d.dim(),
    "dim2": lambda d: d.dim(), "dim0": lambda d: d.dim(), "upscale_factor": [2, 1], "downscale_factor": [2, 1],
    "groups": [1, 2], "threshold.threshold": [0.5, 0, -1], "lambd": [0.5, 0, 1], "approximate": ["none", "tanh"],
    "p": ORDERS, "ord": ORDERS, "linalg_matrix_norm.ord": ["fro", "nuc", 1, -1, 2, -2, math.inf, -math.inf],
    "linalg_norm.ord": [None, "fro", "nuc", 1, -1, 2, -2, math.inf, -math.inf, 0],
    "linalg_cond.p": [None, "fro", "nuc", 1, -1, 2, -2, math.inf], "mvlgamma.p": [1, 2, 3],
    "multigammaln.p": [1, 2, 3], "multi_margin_loss.p": [1, 2], "renorm.p": [1, 2, 3, 0.5], "maxnorm": [1, 2.5, 0],
    "rtol": [1e-5, 0.1, 0], "atol": [1e-8, 0.1, 0], "eps": [1e-5, 1e-3], "logit.eps": [None, 0.1, 1e-6],
    "nan": [None, 0.0, 1.5], "posinf": [None, 2.0], "neginf": [None, -2.0], "q": quantiles,
    "interpolation": ["linear", "lower", "higher", "midpoint", "nearest"],
    "k": lambda d: d.rng.randint(0, max(1, d.length)), "bins": [1, 2, 5, 10], "histogram.bins": [3, 5],
    "histogramdd.bins": [[2, 3]], "range": None, "histogram.weight": None, "density": [True, False],
    "minlength": [0, 3, 7], "decimals": [0, 1, 2, -1], "diff.n": [0, 1, 2], "prepend": [None], "append": [None],
    "dx": [1.0, 0.5, 2], "x": None, "trapezoid.x": None, "gradient.spacing": [None, 2.0, 0.5], "edge_order": [1, 2],
    "spacing": None, "n": [None, 1, 2, 3, 5], "N": [None, 1, 3], "matrix_power.n": [-2, -1, 0, 1, 2, 3, 5],
    "linalg_matrix_power.n": [-2, -1, 0, 1, 2, 3, 5], "combinations.r": [0, 1, 2, 3], "fft_fftfreq.n": [0, 1, 4, 5],
    "fft_rfftfreq.n": [1, 4, 5], "s": lambda d: d.choose(None, lambda: [d.rng.randint(1, 5) for _ in range(2)]),
    **{f"fft_{name}.dim": lambda d: d.choose(None, lambda: tuple(permutation(d)[:2]))
        for name in "fft2 fftn ifft2 ifftn rfft2 rfftn ihfft2 ihfftn irfft2 irfftn hfft2 hfftn".split()},
    "norm": [None, "forward", "backward", "ortho"], "kernel_size": per_dim(1, 3), "stride": per_dim(1, 3),
    "padding": per_dim(0, 2), **{f"conv{n}d.padding": per_dim(0, 2, ("same", "valid")) for n in (1, 2, 3)},
    **{f"lp_pool{n}d.kernel_size": [1, 2, 3] for n in (1, 2, 3)},
    **{f"lp_pool{n}d.stride": [1, 2] for n in (1, 2, 3)}, "conv_tbc.pad": [0, 1], "embedding.sparse": [False],
    "gather.sparse_grad": [False], "embedding_bag.sparse": [False],
    **{f"F.unfold.{name}": [1] for name in ("dilation", )}, "dilation": per_dim(1, 2),
    "output_padding": per_dim(0, 1),
    **{f"convolution.{name}": [[1], [1, 2], [2]] for name in ("stride", "dilation")},
    "convolution.padding": [[0], [1, 1], [1]], "convolution.output_padding": [[0], [0, 0]],
    "_torch_as_strided_in_place.size": lambda d: [d.rng.randint(0, 2) for _ in range(2)],
    "_torch_as_strided_in_place.stride": strides, "histogramdd.weight": None, "tril_indices.dtype": None,
    "triu_indices.dtype": None,
    "repeat_interleave.input": lambda d: d.choose(lambda: d._one_tensor(d.row.parameters[0]),
        lambda: d.tensor((3,), "int64", 3)), "segment_reduce.indices": None, "transposed": [False, False, True],
    "output_size": lambda d: picture_size(d), "ceil_mode": [True, False], "divisor_override": [None, 2, 3],
    "norm_type": [1, 2, 3, 2.5],
    **{f"{name}.padding": per_dim(0, 1)
        for name in "max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d".split()},
    **{f"max_unpool{n}d.{name}": [2] for n in (1, 2, 3) for name in ("kernel_size", "stride")},
    **{f"max_unpool{n}d.{name}": None for n in (1, 2, 3) for name in ("padding", "output_size")},
    "interpolate.size": lambda d: d.choose(picture_size, lambda: None),
    "scale_factor": lambda d: None if d.value("size", None) not in (None, "None") else d.choose(2, 0.5, 1.5,
        lambda: tuple(d.choose(2, 0.5, 1.3) for _ in range(d.spatial))), "interpolate.mode": interpolation_mode,
    "upsample.mode": interpolation_mode, "upsample.size": lambda d: d.choose(picture_size, lambda: None),
    "align_corners": [None, True, False], "recompute_scale_factor": [None, True], "antialias": [False, True],
    "grid_sample.mode": ["bilinear", "nearest", "bicubic"], "padding_mode": ["zeros", "border", "reflection"],
    "interpolation_mode": [0, 1, 2], "grid_sampler.padding_mode": [0, 1, 2],
    "grid_sampler_2d.padding_mode": [0, 1, 2], "grid_sampler_3d.padding_mode": [0, 1, 2],
    "grid_sampler_3d.interpolation_mode": [0, 1],
    "affine_grid.size": lambda d: (2, 1, 2, 3) if d.shape[-1] == 3 else (2, 1, 2, 3, 2),
    "affine_grid_generator.size": [(2, 1, 2, 3)], "normalized_shape": lambda d: list(d.shape[-d.weight_dims :]),
    "num_groups": [1, 2, 4], "native_group_norm.N": [2], "native_group_norm.C": [4], "native_group_norm.HxW": [3],
    "native_group_norm.group": [1, 2], "momentum": [0.1, 0.5, 0], "training": [True, False], "pad": padding,
    "pad.mode": constant_only, "pad.value": [None, 1, 0.5], "constant_pad_nd.value": [0, 1.5], "pow": [2, 1],
    "norm_except_dim.dim": [0, 1, -1], "driver": [None], "rcond": None, "tol": None, "hermitian": [False],
    "check_errors": [False], "mode": [0], "linalg_qr.mode": ["reduced", "complete", "r"], "UPLO": ["L", "U"],
    "upper": [True, False], "left": [True, True, False], "full_matrices": [True, False], "some": [True, False],
    "ind": [2], "linalg_tensorsolve.dims": [None], "tensordot.dims": [1],
    "compute_mode": ["use_mm_for_euclid_dist_if_necessary", "donot_use_mm_for_euclid_dist"],
    "cdist.p": [2.0, 1, 0, 3.5, math.inf], "pdist.p": [2, 1, 0, 3.5, math.inf], "delta": [1.0, 0.5],
    "smooth_l1_loss.beta": [1.0, 0.5, 0], "margin": [0, 1.0, 0.5], "ignore_index": [-100, 0, 1],
    "label_smoothing": [0.0, 0.1], "var": lambda d: d.tensor(d.shape, d.dtype, "positive"),
    "input_lengths": [(4, 4), (4, 3)], "target_lengths": [(2, 1), (1, 2), (2, 2)], "blank": [0],
    "zero_infinity": [False, True], "options": None, "side": [None, "left", "right"], "sorter": None,
    "searchsorted.input": lambda d: d.choose(*(() if "out" in d.public else (d.number,)),
        lambda: d.tensor((*d.shape[:-1], 2), d.dtype)),
    "bucketize.input": lambda d: d.choose(*(() if "out" in d.public else (d.number,)), lambda: d.tensor((2, 3),
        "float32")), "unravel_index.shape": [(3, 4), (12,), (2, 2, 3), 12], "num_classes": [-1, 3, 4],
    "padding_idx": [-1, 0], "nonzero_static.size": [0, 2, 5], "fill_value": [-1, 0, 7], "n_fft": [4],
    "hop_length": [None, 1, 2], "win_length": [None, 4, 3], "pad_mode": ["reflect", "constant"],
    "onesided": [None, True, False], "return_complex": [True, True, False], "stft.align_to_window": None,
    "istft.n_fft": [4], "istft.length": [None, 5], "istft.return_complex": [False], "center": [True, True, False],
    "window_length": [0, 1, 4, 5],
    **{f"{name}_window.dtype": [None, Source("torch.float64"), Source("torch.float16"),
        Source("torch.int32")] for name in ("hann", "hamming", "blackman", "bartlett", "kaiser")}, "row": [0, 2, 3],
    "col": [0, 2, 4], "layout": None, "device": None, "pin_memory": None, "requires_grad": None,
    "indexing": ["ij", "xy"], "shapes": broadcast_shape, "apply_.callable": [Source("lambda v: v")],
    "map_.callable": [Source("lambda v, w: w")], "map2_.callable": [Source("lambda v, w, u: u")],
    "memory_format": None, "result_type.tensor1": lambda d: d.operand(),
    "result_type.tensor2": lambda d: d.operand(), "segment_reduce.reduce": ["sum", "mean", "max", "min", "prod"],
    "segment_reduce.lengths": [Source("torch.tensor([1, 0, 3])")], 
    "segment_reduce.offsets": None, "axis": [0], "initial": [None, 1.0], "unsafe": [False],
    "lstm_cell.hx": lambda d: tuple(d.tensor((*d.shape[:1], 2), d.dtype) for _ in "hc"),
    "einsum.equation": equation, "full.size": broadcast_shape, "new_full.size": broadcast_shape,
    "randint.size": broadcast_shape, "to.other": lambda d: Source(f"torch.{values.draw_dtype(d.rng)}"),
    "copy_.other": lambda d: d.operand(), "eye.n": [0, 2, 3], "eye.m": [None, 0, 2, 4], "steps": [0, 1, 2, 5],
    "base": [10.0, 2, 1], "fold.output_size": [(3, 4), (3, 4), (4, 3)], "fold.kernel_size": [(2, 3)],
    "fold.dilation": [1], "fold.stride": [1], "fold.padding": [0], "local_response_norm.size": [1, 2, 3],
    "local_response_norm.k": [1.0, 2], "embedding_bag.mode": ["mean", "sum", "max"], "normalize.p": [2.0, 1, 3],
    "scale": [None, 0.5], "inplace": [False, True], "randint.low": [0, -5], "randint.high": [1, 3, 10, 2**40],
    "randperm.n": [0, 1, 5, 20], "num_samples": [1, 2, 4], "replacement": [False, True], "from_": None,
    "std": [1, 0.5], "mean": [0, 1], "dropout.p": [0.5, 0, 1, 0.3], "rrelu.lower": [0.125], "rrelu.upper": [0.3],
    "scalar_tensor.s": [0, 1, 2.5, True, 1 - 1j, math.nan], "frobenius_norm.dim": lambda d: some_dims(d, 2),
    "logspace.start": [0, 1, -1.5], "logspace.end": [0, 2, 1.5], "linspace.start": [0, 1, -1.5, 10],
    "linspace.end": [0, 2, 1.5], "arange.start": [0, 1, -1.5, 10], "arange.end": [5, 2, 11.5, 0, -3],
    "arange.step": [1, 2, 0.5, -1, 3], "out": None, "size": reshaped, "fill.value": fill_value,
    "index_fill.value": fill_value, "step_": "",
    "native_layer_norm.normalized_shape": lambda d: list(d.shape[-d.weight_dims :]), "compute_uv": [True],
    **{f"{name}.n": lambda d: d.choose(-1, 0, 1, 2, 3, 5, 7, 2.5, d.other_tensor) for name in POLYNOMIALS},
    "polygamma.n": [0, 1, 2, 3], "_polygamma_in_place.n": [0, 1, 2],
}  # fmt: skip
