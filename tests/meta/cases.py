"""Expressions on meta tensors, and how what they give is written down for comparison."""

from __future__ import annotations

import copy
import io
import json
import pickle
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("expected.json")

# m: (2, 3), g: the same with requires_grad, s: (3, 3), i: (4,) int64, b: (2, 3) bool, x: (2, 3, 8, 8), c: (2, 3) on the CPU,
# F: nn.functional, nn, torch, D: {"device": "meta"}
EXPRESSIONS = """
m; g; m + m; m + 1; 1 - m; m + torch.tensor(1.0); m * 2j; m.int() + m; m > 0; g * 2; g.exp().sum(); m + c
torch.add(c, m); m.add_(1); m.mul_(m); g.add_(1); m.add_(torch.empty(4, **D)); m.copy_(c); m.copy_(m); c.copy_(m)
m.zero_(); m.t(); m.T.contiguous(); m.view(6); m.view(3, 2); m.view(4); m.reshape(-1); m.expand(4, 2, 3)
m.transpose(0, 1) * 2; m.unsqueeze(0); m.squeeze(); m[0]; m[:, 1:]; m[0, 0]; m[None]; m[i]; m[b]
m[torch.tensor([0, 1])]; m.unbind(); m.split(1); m.chunk(2, 1); torch.cat([m, m]); torch.cat([m, c])
torch.stack([m, m], 1); m.repeat(2, 2); m.flip(0); m.roll(1, 0); m.tril(); m.sum(0); m.mean(); m.max(); m.max(1)
m.argmax(); m.std(0, keepdim=True); m.sort(1); m.topk(2)[0]; m.cumsum(0); m.softmax(1); m.any(); m.all(0); m.norm()
m.var_mean(1); m.median(1)[0]; m.logsumexp(0); m.prod(1); m.amax((0, 1)); m.kthvalue(1)[0]; m @ m.t(); m @ m
torch.mm(s, s); torch.bmm(x[:, 0], x[:, 1]); torch.addmm(s, s, s); torch.einsum("ij,kj->ik", m, m); s @ s[0]
torch.linalg.inv(s).shape; torch.linalg.cholesky(s).shape; torch.linalg.solve(s, s).shape; torch.linalg.det(s)
torch.linalg.svd(m, False)[1]; torch.linalg.qr(s)[0].shape; torch.linalg.eigh(s)[0]; torch.fft.fft(m)
torch.fft.rfft(m); m.to(torch.complex64).real; m.nonzero(); torch.unique(m); m.masked_select(b); torch.equal(m, m)
torch.allclose(m, m); i.bincount(); torch.where(b); b.sum(); torch.where(b, m, m); torch.where(b, m, 0.0)
m.masked_fill(b, 1); m.gather(1, i[:2, None]); m.scatter(1, i[:2, None], 1.0); m.index_select(0, i)
m.index_add(0, i[:2], m); m.take(i); i.repeat_interleave(2); m.repeat_interleave(2, 1); m.item(); m[0, 0].item()
m.tolist(); m.numpy(); bool(m); bool(m[0, 0]); int(i[0]); m.cpu(); m.to("cpu"); 3 in m; list(range(i[0])); len(m)
m.numel(); m.element_size(); m.nbytes; m.stride(); m.is_contiguous(); m.t().is_contiguous(); m.data_ptr(); m.is_meta
m.device; m.type(); m.dtype; m.is_cpu; m.get_device(); m.storage_offset(); m.dim(); m.size(1); m.is_leaf
g.requires_grad; m.grad; m.half(); m.to(torch.float64); g.double(); m.to("meta") is m; c.to("meta"); c.t().to("meta")
m.to(c); c.to(m); m.type(torch.half); m.float() is m; m.bool(); m.clone(); m.detach(); g.detach(); g.data
m.t().clone(); m.requires_grad_(); c.to("meta", torch.half); torch.zeros(2, 3, **D)
torch.ones((2,), dtype=torch.int8, **D); torch.full((2,), 7, **D); torch.full((2,), 7.0, **D); torch.rand(2, **D)
torch.randn(2, dtype=torch.int64, **D); torch.randint(5, (3,), **D); torch.randperm(4, **D); torch.eye(3, **D)
torch.arange(5, **D); torch.arange(0, 1, 0.25, **D); torch.linspace(0, 1, 5, **D); torch.logspace(0, 1, 5, **D)
torch.empty(0, **D); torch.tensor([1, 2], **D); torch.tensor(m); torch.tensor([[1.5]], requires_grad=True, **D)
torch.as_tensor([1.0], **D); torch.empty_strided((2, 3), (1, 2), **D); torch.empty_permuted((2, 3, 4), (2, 0, 1), **D)
torch.scalar_tensor(3, **D); torch.zeros_like(m); torch.ones_like(m, device="cpu"); torch.zeros_like(c, **D)
torch.empty_like(m.t(), device="cpu").stride(); torch.full_like(m, 3, device="cpu"); torch.full_like(c, 3, **D)
torch.rand_like(m); torch.rand_like(c, **D).shape; m.new_zeros(3); m.new_ones(2, dtype=torch.int32)
c.new_zeros(3, **D); c.new_full((2,), 1, **D); m.new_full((2,), 1); m.new_empty(2, device="cpu").device
m.new_tensor([1.0, 2.0]); c.new_tensor([1.0], **D); torch.zeros(-1, **D); torch.zeros(2, device="meta", dtype="x")
torch.normal(m, 1.0); torch.bernoulli(m); torch.multinomial(m, 2).shape; m.normal_(); m.uniform_(); g.uniform_()
torch.poisson(m); F.linear(m, s); F.linear(m, torch.empty(4, 5, **D)); F.relu(g); F.gelu(m); F.dropout(m)
F.dropout(m, inplace=True) is m; F.conv2d(x, torch.empty(4, 3, 3, 3, **D), padding=1); F.max_pool2d(x, 2)
F.adaptive_avg_pool2d(x, 1); F.interpolate(x, scale_factor=2); F.embedding(i, m); F.embedding(torch.tensor([0]), m)
F.cross_entropy(s, i[:3]); F.mse_loss(m, m); F.layer_norm(m, (3,)); F.pad(m, (1, 1))
F.scaled_dot_product_attention(x, x, x, is_causal=True); F.scaled_dot_product_attention(x, x, x, dropout_p=0.1)
F.one_hot(i, 5); F.one_hot(i); F.batch_norm(x, s[0], s[0]); F.group_norm(x, 3); F.softmax(m, -1); F.log_softmax(g, 1)
F.unfold(x, 2); F.rrelu(m, training=True); F.embedding_bag(i[None], m); F.glu(x); F.cosine_similarity(m, m)
F.normalize(m); F.grid_sample(x, torch.empty(2, 4, 4, 2, **D)); nn.Linear(3, 4, **D)(g); nn.Linear(3, 4, **D).weight
nn.LSTM(3, 4, **D)(m)[0]; nn.GRU(8, 4, batch_first=True, **D)(x[:, 0])[1]
nn.TransformerEncoderLayer(8, 2, **D)(x[0]).shape; nn.BatchNorm2d(3, **D)(x).shape; nn.Embedding(5, 3, **D)(i)
nn.Conv2d(3, 4, 3, **D)(x); nn.MultiheadAttention(8, 2, **D)(x[0], x[0], x[0])[1]
nn.ConvTranspose2d(3, 4, 3, **D)(x).stride(); nn.LayerNorm(3, **D).weight; nn.Linear(3, 4, **D).to("cpu")
nn.Linear(3, 4, **D).to_empty(device="cpu").weight.device; nn.Linear(3, 4).to("meta").bias
nn.Linear(3, 4, **D).half().weight; nn.Linear(3, 4, **D).to("meta", torch.half).weight; nn.Parameter(m)
nn.Parameter(m, False); isinstance(nn.Parameter(m), nn.Parameter); isinstance(m, nn.Parameter)
nn.init.kaiming_uniform_(m); nn.init.orthogonal_(m); nn.init.trunc_normal_(m); nn.init.eye_(m); nn.init.dirac_(x)
nn.init.sparse_(m, 0.5); nn.init.xavier_normal_(i); nn.init.ones_(g); nn.init.dirac_(m)
nn.Linear(3, 4).load_state_dict(nn.Linear(3, 4, **D).state_dict()); nn.Linear(3, 4, **D).state_dict()["weight"]
type(m) is type(nn.Parameter(m)); isinstance(m, torch.Tensor); m.share_memory_(); m.unsqueeze_(0); m.t_()
m.resize_(4); m.squeeze_(0); copy.deepcopy(g); copy.deepcopy(nn.Linear(3, 4, **D)).weight
pickle.loads(pickle.dumps(m.t())); saved(nn.Linear(3, 4, **D).state_dict())["bias"]; saved(nn.Parameter(m))
saved(g.detach().requires_grad_()); saved(c, map_location="meta"); saved({"a": m.t()})["a"]
saved(m, map_location="cpu"); inside(lambda: torch.zeros(2)); inside(lambda: nn.Linear(3, 4).weight)
inside(lambda: torch.get_default_device()); inside(lambda: c + 1); inside(lambda: torch.zeros(2, device="cpu"))
inside(lambda: torch.zeros_like(c)); inside(lambda: torch.tensor([1.0])); torch.zeros(2)
inside(lambda: inside(lambda: torch.ones(2), "cpu")); inside(lambda: torch.hann_window(4))
inside(lambda: torch.tril_indices(3, 3)); inside(lambda: c.new_zeros(2)); inside(lambda: torch.as_tensor(c))
inside(lambda: torch.randperm(3)); torch.get_default_device(); inside(lambda: nn.BatchNorm1d(3).num_batches_tracked)
inside(lambda: torch.from_numpy(c.numpy())); inside(lambda: torch.arange(3)); torch.where(m > 0)
torch.broadcast_tensors(m, m[0]); torch.meshgrid(i, i, indexing="ij"); torch.clamp(m, 0); torch.lerp(m, m, 0.5)
torch.outer(i, i); torch.cdist(m, m); torch.histc(m, 5); torch.cross(s, s, dim=1); torch.tensordot(m, m, 2)
torch.searchsorted(s, s); torch.bucketize(m, s[0]); torch.diag(s); torch.trace(s); torch.kron(m, m); torch.isnan(m)
torch.logical_not(b); m.permute(1, 0).stride(); x.to(memory_format=torch.channels_last).stride()
x.permute(0, 2, 3, 1).contiguous().stride(); (x * 2).stride()
"""


def expressions() -> list[str]:
    return [e for line in EXPRESSIONS.strip().split("\n") for e in line.split("; ")]


def recorded() -> dict[str, str]:
    return json.loads(DATA.read_text(encoding="utf-8"))


def described(value: Any) -> str:
    """Device, dtype, sizes, strides and place in the graph of tensors; other values as they print."""
    if hasattr(value, "requires_grad") and hasattr(value, "stride"):
        where = value.device.type
        graph = value.grad_fn.name() if value.grad_fn is not None else str(value.requires_grad)
        kind = type(value).__name__
        return f"{kind} {where} {str(value.dtype)[6:]} {tuple(value.shape)} {value.stride()} {graph}"
    if isinstance(value, (tuple, list)):
        return f"({', '.join(map(described, value))})"
    return repr(value)


def shown(torch: Any, expression: str) -> str:
    """What an expression gives, or the name of what it raises with the message's first words for meta tensors' own."""

    def saved(value: Any, **options: Any) -> Any:
        file = io.BytesIO()
        torch.save(value, file)
        return torch.load(io.BytesIO(file.getvalue()), **options)

    def inside(function: Any, device: str = "meta") -> Any:
        with torch.device(device):
            return function()

    D = {"device": "meta"}
    names = {
        "torch": torch, "nn": torch.nn, "F": torch.nn.functional, "D": D, "copy": copy, "pickle": pickle, "saved": saved,
        "inside": inside, "m": torch.empty(2, 3, **D), "g": torch.empty(2, 3, requires_grad=True, **D),
        "s": torch.empty(3, 3, **D), "i": torch.empty(4, dtype=torch.int64, **D),
        "b": torch.empty(2, 3, dtype=torch.bool, **D), "x": torch.empty(2, 3, 8, 8, **D), "c": torch.zeros(2, 3),
    }  # fmt: skip
    try:
        return described(eval(expression, names))
    except Exception as error:
        text = str(error)
        own = (
            "Cannot copy out of",
            "Tensor.item() cannot",
            "Tensor on device",
            "can't convert meta",
            "Please use torch.nn",
        )
        return f"{type(error).__name__}: {next((t for t in own if t in text), '')}"
