"""What can be called: the op table's rows, and functions that are not in it, in the same notation."""

from __future__ import annotations

from penlight.ops import catalog
from penlight.ops.schema import Parameter, Schema
from penlight.ops.table import COMPOSITES, OPS
from tests.fuzz import hints

EXTRA = """
F|elu(Tensor input, number alpha=1.0, bool inplace=False)
F|leaky_relu(Tensor input, number negative_slope=0.01, bool inplace=False)
F|hardtanh(Tensor input, number min_val=-1.0, number max_val=1.0, bool inplace=False)
F|relu6(Tensor input, bool inplace=False)
F|hardsigmoid(Tensor input, bool inplace=False)
F|hardswish(Tensor input, bool inplace=False)
F|mish(Tensor input, bool inplace=False)
F|silu(Tensor input, bool inplace=False)
F|softmin(Tensor input, dim dim, *, dtype dtype=None)
F|softmax(Tensor input, dim dim, *, dtype dtype=None)
F|log_softmax(Tensor input, dim dim, *, dtype dtype=None)
F|normalize(Tensor input, p p=2.0, dim dim=1, float eps=1e-12)
F|local_response_norm(Tensor input, int size, number alpha=0.0001, number beta=0.75, number k=1.0)
F|unfold(Tensor input, any kernel_size, any dilation=1, any padding=0, any stride=1)
F|fold(Tensor input, any output_size, any kernel_size, any dilation=1, any padding=0, any stride=1)
F|scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, *, bool is_causal=False, number scale=None)
F|bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias=None)
F|embedding_bag(Tensor input, Tensor weight, *, str mode='mean')
torch|arange(number start, number end, number step=1, *, dtype dtype=None)
torch|linspace(number start, number end, int steps, *, dtype dtype=None)
torch|logspace(number start, number end, int steps, number base=10.0, *, dtype dtype=None)
torch|full(any size, number fill_value, *, dtype dtype=None)
torch|eye(int n, int m=None, *, dtype dtype=None)
torch|full_like(Tensor input, number fill_value, *, dtype dtype=None)
torch|zeros_like(Tensor input, *, dtype dtype=None)
torch|scalar_tensor(number s, *, dtype dtype=None)
torch|promote_types(dtype type1, dtype type2)
torch|can_cast(dtype type1, dtype type2)
torch|einsum(any equation, *any tensors)
torch Tensor|norm(Tensor input, any p='fro', any dim=None, bool keepdim=False, *, dtype dtype=None)
Tensor|to(Tensor input, any other)
Tensor|type_as(Tensor input, Tensor other)
Tensor|float(Tensor input)
Tensor|double(Tensor input)
Tensor|half(Tensor input)
Tensor|bfloat16(Tensor input)
Tensor|long(Tensor input)
Tensor|int(Tensor input)
Tensor|byte(Tensor input)
Tensor|bool(Tensor input)
Tensor|cfloat(Tensor input)
Tensor|fill_(Tensor input, any value)
Tensor|zero_(Tensor input)
Tensor|copy_(Tensor input, any other)
Tensor|fill_diagonal_(Tensor input, number fill_value, bool wrap=False)
Tensor|new_full(Tensor input, any size, number fill_value, *, dtype dtype=None)
Tensor|item(Tensor input)
Tensor|tolist(Tensor input)
Tensor|stride(Tensor input)
Tensor|is_contiguous(Tensor input)
Tensor|detach(Tensor input)
Tensor|t_(Tensor input)
Tensor|transpose_(Tensor input, dim dim0, dim dim1)
Tensor|unsqueeze_(Tensor input, any dim)
Tensor|squeeze_(Tensor input, any dim=None)
property|T(Tensor input)
property|H(Tensor input)
property|mT(Tensor input)
property|mH(Tensor input)
?torch Tensor|bernoulli(Tensor input)
?torch Tensor|multinomial(Tensor input, int num_samples, bool replacement=False)
?torch|randint(int low, int high, any size, *, dtype dtype=None)
?torch|randperm(int n, *, dtype dtype=None)
?torch|rand_like(Tensor input, *, dtype dtype=None)
?torch|randn_like(Tensor input, *, dtype dtype=None)
?F|dropout(Tensor input, float p=0.5)
?F|rrelu(Tensor input, float lower=0.125, float upper=0.3, bool training=False)
?Tensor|normal_(Tensor input, number mean=0, number std=1)
?Tensor|uniform_(Tensor input, number from_=0, number to=1)
"""
FLOATING_HOMES = {"F", "linalg", "fft", "special"}
FLOATING_FILES = {
    "activation", "trigonometry", "conv", "pool", "loss", "losses", "norms", "resample", "grid", "rnn_functions", "stft",
    "distance", "softmax", "linalg_factors", "linalg_functions", "linalg_lu", "linalg_solve", "linalg_spectral", "native",
    "special", "bessel", "incomplete_gamma",
}  # fmt: skip
PREFIXES = {
    "torch": "torch.", "F": "torch.nn.functional.", "linalg": "torch.linalg.", "fft": "torch.fft.", "special": "torch.special.",
}  # fmt: skip


class Callable:
    """One function with its forms: ("f", "torch.exp"), ("m", "exp"), ("m", "exp_"), ("o", "torch.exp"), ("p", "mT")."""

    def __init__(self, name, signature, on, inplace=False, out=False, aliases=(), module="", random=False):
        self.name = name
        self.parameters: tuple[Parameter, ...] = Schema.parse(signature).parameters
        self.floating = module in FLOATING_FILES or not {"torch", "Tensor"} & set(on)
        self.module, self.random = module, random
        self.forms: list[tuple[str, str]] = []
        for home in on:
            home, _, public = home.partition(":")
            self._add(home, public or name, inplace and not public, out, aliases)

    def _add(self, home, public, inplace, out, aliases):
        for prefix in ("linalg_", "fft_", "special_"):
            if home == prefix[:-1]:
                public = public.removeprefix(prefix)
        if home == "Tensor":
            self.forms += [("m", n) for n in (public, *aliases)]
            if inplace:
                self.forms += [("m", f"{public}_")]
        elif home == "property":
            self.forms.append(("p", public))
        else:
            self.forms += [("f", PREFIXES[home] + n) for n in (public, *aliases)]
            if out:
                self.forms.append(("o", PREFIXES[home] + public))


def callables() -> list[Callable]:
    """Every public row of the op table, then the others."""
    catalog.load_all()
    found = []
    for row in (*OPS.values(), *COMPOSITES.values()):
        if row.on and row.name not in hints.SKIPPED:
            module = row.home.rpartition(".")[2]
            found.append(Callable(row.name, row.signature, row.on, row.inplace, row.out, row.aliases, module))
    for line in EXTRA.strip().splitlines():
        on, _, signature = line.partition("|")
        name = signature[: signature.index("(")]
        found.append(Callable(name, signature, on.lstrip("?").split(), random=on.startswith("?")))
    return found
