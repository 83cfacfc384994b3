"""Function transforms, parametrizations, pruning, custom functions, saved-tensor hooks, checkpointing"""
# ruff: noqa -- written as people write such programs

import copy
import functools

import torch
import torch.autograd.forward_ad as fwAD
import torch.nn as nn
import torch.nn.functional as F
from torch.func import (
    functional_call,
    grad,
    hessian,
    jacfwd,
    jacrev,
    jvp,
    linearize,
    stack_module_state,
    vjp,
    vmap,
)

torch.manual_seed(0)


class SimpleCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3, 1)
        self.conv2 = nn.Conv2d(4, 8, 3, 1)
        self.fc1 = nn.Linear(8 * 16, 16)
        self.fc2 = nn.Linear(16, 5)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.relu(self.conv2(x))
        x = F.max_pool2d(x, 2)
        x = torch.flatten(x, 1)
        return F.log_softmax(self.fc2(F.relu(self.fc1(x))), dim=1)


data, targets = torch.randn(6, 1, 12, 12), torch.randint(0, 5, (6,))
model = SimpleCNN()
params = {k: v.detach() for k, v in model.named_parameters()}
buffers = {k: v.detach() for k, v in model.named_buffers()}


def compute_loss(params, buffers, sample, target):
    return F.nll_loss(functional_call(model, (params, buffers), (sample.unsqueeze(0),)), target.unsqueeze(0))


ft = vmap(grad(compute_loss), in_dims=(None, None, 0, 0))(params, buffers, data, targets)
print({k: (tuple(v.shape), v.norm()) for k, v in ft.items()})
ref = [torch.autograd.grad(F.nll_loss(model(d[None]), t[None]), model.parameters()) for d, t in zip(data, targets)]
print([bool(torch.allclose(a, torch.stack(b), atol=1e-5)) for a, b in zip(ft.values(), zip(*ref))])
models_ = [SimpleCNN() for _ in range(3)]
P, Bf = stack_module_state(models_)
base = copy.deepcopy(models_[0]).to("meta")
fmodel = lambda p, b, x: functional_call(base, (p, b), (x,))
print(vmap(fmodel, in_dims=(0, 0, None))(P, Bf, data)[:, 0])
print(vmap(fmodel)(P, Bf, data.view(3, 2, 1, 12, 12))[:, 0, :2], [p.requires_grad for p in P.values()][:2])
W, b, x = torch.randn(4, 4), torch.randn(4), torch.randn(4)
pred = lambda w, b, x: F.linear(x, w, b).tanh()
print(jacrev(pred, argnums=2)(W, b, x), jacfwd(pred, argnums=(0, 1))(W, b, x)[1])
print(hessian(pred, argnums=2)(W, b, x)[0])
ident = torch.eye(4)
out, vf = vjp(functools.partial(pred, W, b), x)
print(vmap(vf)(ident)[0])
print(
    vmap(jacrev(pred, argnums=2), in_dims=(None, None, 0))(W, b, torch.randn(3, 4)).shape,
    jvp(lambda t: pred(W, b, t), (x,), (x,)),
)
print(
    jacrev(jacfwd(lambda x: x.sin().sum()))(x),
    torch.autograd.functional.hvp(lambda x: x.pow(3).sum(), x, torch.ones(4))[1],
    torch.autograd.functional.vhp(lambda x: x.pow(3).sum(), x, torch.ones(4))[1],
)
fnet = lambda p, x: functional_call(model, p, (x,))


def ntk(p, x1, x2):
    j1 = [
        j.flatten(2) for j in vmap(jacrev(lambda p, x: fnet(p, x.unsqueeze(0)).squeeze(0)), (None, 0))(p, x1).values()
    ]
    j2 = [
        j.flatten(2) for j in vmap(jacrev(lambda p, x: fnet(p, x.unsqueeze(0)).squeeze(0)), (None, 0))(p, x2).values()
    ]
    return torch.stack([torch.einsum("Naf,Mbf->NMab", a, c) for a, c in zip(j1, j2)]).sum(0)


K = ntk(params, data[:2], data[2:5])
print(K.shape, K[0, 0])


def ntk_vps(func, p, x1, x2):
    def get(x1, x2):
        f1, f2 = (lambda p: func(p, x.unsqueeze(0)).squeeze(0) for x in (x1, x2))
        f1 = lambda p: func(p, x1.unsqueeze(0)).squeeze(0)
        f2 = lambda p: func(p, x2.unsqueeze(0)).squeeze(0)
        o, vf = vjp(f1, p)
        return vmap(lambda v: jvp(f2, (p,), vf(v))[1])(torch.eye(o.numel()))

    return vmap(vmap(get, (None, 0)), (0, None))(x1, x2)


print(torch.allclose(ntk_vps(fnet, params, data[:2], data[2:5]), K, atol=1e-4))
with fwAD.dual_level():
    dual = fwAD.make_dual(torch.randn(3), torch.ones(3))
    o = dual.sin() * 2
    print(fwAD.unpack_dual(o).tangent, fwAD.unpack_dual(o))
    lin = nn.Linear(3, 2)
    for n, p in list(lin.named_parameters()):
        delattr(lin, n)
        setattr(lin, n, fwAD.make_dual(p.detach(), torch.ones_like(p)))
    print(fwAD.unpack_dual(lin(torch.ones(3))).tangent)
print(fwAD.unpack_dual(o).tangent)


class Fn(torch.autograd.Function):
    @staticmethod
    def forward(ctx, foo):
        r = torch.exp(foo)
        ctx.result = r
        return r

    @staticmethod
    def jvp(ctx, gI):
        gO = gI * ctx.result
        del ctx.result
        return gO


with fwAD.dual_level():
    print(fwAD.unpack_dual(Fn.apply(fwAD.make_dual(torch.zeros(2), torch.ones(2)))))


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**2

    @staticmethod
    def backward(ctx, go):
        (x,) = ctx.saved_tensors
        return go * 2 * x


x = torch.rand(3, 3, requires_grad=True, dtype=torch.double)
print(torch.autograd.gradcheck(Square.apply, x), torch.autograd.gradgradcheck(Square.apply, x))


def sinh_fwd(x):
    e, n = torch.exp(x), torch.exp(-x)
    return (e - n) / 2, e, n


class Sinh(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        o, e, n = sinh_fwd(x)
        ctx.save_for_backward(e, n)
        return o, e, n

    @staticmethod
    def backward(ctx, g, _ge, _gn):
        e, n = ctx.saved_tensors
        r = g * (e + n) / 2
        r += _ge * e
        r -= _gn * n
        return r


print(
    torch.autograd.gradcheck(lambda x: Sinh.apply(x)[0], x), torch.autograd.gradgradcheck(lambda x: Sinh.apply(x)[0], x)
)


class Cube(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        return x**3, 3 * x**2

    @staticmethod
    def setup_context(ctx, inputs, output):
        (x,) = inputs
        r, dx = output
        ctx.save_for_backward(x, dx)

    @staticmethod
    def backward(ctx, go, gdx):
        x, dx = ctx.saved_tensors
        return go * dx + gdx * 6 * x


print(
    vmap(grad(grad(lambda t: Cube.apply(t)[0])))(torch.arange(3.0)),
    jacrev(lambda t: Cube.apply(t)[0])(torch.arange(3.0)),
)
import torch.nn.utils.parametrize as parametrize


class Symmetric(nn.Module):
    def forward(self, X):
        return X.triu() + X.triu(1).transpose(-1, -2)

    def right_inverse(self, A):
        return A.triu()


class MatrixExponential(nn.Module):
    def forward(self, X):
        return torch.matrix_exp(X)


class Skew(nn.Module):
    def forward(self, X):
        A = X.triu(1)
        return A - A.transpose(-1, -2)


class Cayley(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.register_buffer("Id", torch.eye(n))

    def forward(self, X):
        return torch.linalg.solve(self.Id + X, self.Id - X)


layer = nn.Linear(3, 3)
parametrize.register_parametrization(layer, "weight", Symmetric())
A = layer.weight
print(
    torch.allclose(A, A.T),
    layer,
    layer.parametrizations,
    layer.parametrizations.weight[0],
    dict(layer.named_parameters()).keys(),
)
layer.weight = torch.ones(3, 3)
print(layer.weight)
with parametrize.cached():
    print(layer(torch.ones(1, 3)))
l2 = nn.Linear(3, 3)
parametrize.register_parametrization(l2, "weight", Skew())
parametrize.register_parametrization(l2, "weight", Cayley(3))
X = l2.weight
print(torch.dist(X.T @ X, torch.eye(3)) < 1e-5, parametrize.is_parametrized(l2, "weight"))
parametrize.remove_parametrizations(l2, "weight", leave_parametrized=True)
print(type(l2.weight), l2)
orth = nn.utils.parametrizations.orthogonal(nn.Linear(4, 3))
print(orth.weight @ orth.weight.T)
sn = nn.utils.parametrizations.spectral_norm(nn.Linear(4, 3))
print(torch.linalg.matrix_norm(sn.weight, 2))
wn = nn.utils.parametrizations.weight_norm(nn.Conv2d(2, 2, 3))
print(wn, list(wn.state_dict()))
import torch.nn.utils.prune as prune

m = nn.Sequential(nn.Conv2d(1, 6, 3), nn.ReLU(), nn.Flatten(), nn.Linear(24, 4))
prune.random_unstructured(m[0], name="weight", amount=0.3)
print(list(m[0].named_buffers())[0][1][0], len(m[0]._forward_pre_hooks))
prune.l1_unstructured(m[0], name="bias", amount=3)
prune.ln_structured(m[0], name="weight", amount=0.5, n=2, dim=0)
for h in m[0]._forward_pre_hooks.values():
    if h._tensor_name == "weight":
        print(list(map(type, h)))
print(m.state_dict().keys())
prune.remove(m[0], "weight")
prune.global_unstructured(((m[0], "weight"), (m[3], "weight")), pruning_method=prune.L1Unstructured, amount=0.2)
print("Sparsity: {:.2f}%".format(100.0 * float(torch.sum(m[3].weight == 0)) / float(m[3].weight.nelement())))


class FooB(prune.BasePruningMethod):
    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t, default_mask):
        mask = default_mask.clone()
        mask.view(-1)[::2] = 0
        return mask


FooB.apply(m[3], "bias")
print(m[3].bias_mask)
q, k, v = (torch.rand(2, 2, 5, 8) for _ in range(3))
from torch.nn.attention import SDPBackend, sdpa_kernel

print(F.scaled_dot_product_attention(q, k, v)[0, 0, 0])
with sdpa_kernel([SDPBackend.MATH, SDPBackend.EFFICIENT_ATTENTION]):
    print(F.scaled_dot_product_attention(q, k, v, is_causal=True)[1, 1, 2])
try:
    from torch.nn.attention.bias import causal_lower_right, causal_upper_left

    print(
        torch.allclose(
            F.scaled_dot_product_attention(q[:, :, :3], k, v, causal_lower_right(3, 5)),
            F.scaled_dot_product_attention(q[:, :, :3], k, v, causal_upper_left(3, 5)),
        ),
        F.scaled_dot_product_attention(q[:, :, :3], k, v, causal_lower_right(3, 5))[0, 0, 0],
    )
except ImportError as e:
    print(e)


class pack_hooks(torch.autograd.graph.saved_tensors_hooks):
    def __init__(self):
        super().__init__(
            lambda x: (print("Packing", tuple(x.shape)), x.numpy())[1] if not x.requires_grad else x,
            lambda x: torch.as_tensor(x),
        )


a = torch.ones(3, requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(
    lambda x: (print("pack", x.shape), x * 2)[1], lambda x: (print("unpack"), x / 2)[1]
):
    y = (a * a).exp().sum()
y.backward()
print(a.grad, y.grad_fn.name(), a.mul(2).grad_fn.name())
a = torch.randn(5, requires_grad=True)
y = a.pow(2)
print(y.grad_fn._saved_self.equal(a), y.grad_fn._saved_exponent, a.exp().grad_fn._saved_result.shape)
g = torch.autograd.graph.get_gradient_edge(y)
print(type(g).__name__, torch.autograd.grad(y.sum(), a)[0].shape)
from torch.utils.checkpoint import checkpoint_sequential

cm = nn.Sequential(*[nn.Sequential(nn.Linear(6, 6), nn.Dropout(0.3), nn.Tanh()) for _ in range(4)])
x = torch.randn(3, 6, requires_grad=True)
for ur in (True, False):
    torch.manual_seed(5)
    cm.zero_grad()
    o = checkpoint_sequential(cm, 2, x, use_reentrant=ur)
    o.sum().backward()
    print(o.sum(), cm[0][0].weight.grad.norm(), x.grad.norm())
t1, t2 = torch.randn(2, 3, requires_grad=True), torch.randn(2, 3)
o, f = linearize(lambda t: t.sin(), t1.detach())
print(f(t2) - t1.detach().cos() * t2)
act = {}


def hook(name):
    return lambda m, i, o: act.__setitem__(name, o.detach())


hs = [l.register_forward_hook(hook(n)) for n, l in model.named_modules() if isinstance(l, nn.Linear)]
model(data)
print({k: v.shape for k, v in act.items()})
[h.remove() for h in hs]
