"""What `nn.utils` makes of a module's weights, as (setup, expression) pairs: parametrizations, pruning, fusion."""

from __future__ import annotations

_SETUP = """
import importlib
fusion, prune, P, Z = [importlib.import_module(f"{torch.__name__}.nn.utils.{n}")
                       for n in ("fusion", "prune", "parametrize", "parametrizations")]
def values(t, digits=4):
    return [round(v, digits) + 0.0 for v in t.detach().flatten().tolist()]
"""
_PARAMETRIZE = (
    _SETUP
    + """
class Symmetric(nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).transpose(-1, -2)
    def right_inverse(self, a):
        return a.triu()
class Double(nn.Module):
    def forward(self, x):
        return 2 * x
class Rows(nn.Module):
    def forward(self, x):
        return x[:2]
class Sum(nn.Module):
    def forward(self, a, b):
        return a + b
    def right_inverse(self, x):
        return x * 0.25, x * 0.75
m = nn.Linear(3, 3)
kept = m.weight
"""
)
_SYMMETRIC = _PARAMETRIZE + "P.register_parametrization(m, 'weight', Symmetric())\n"
_PRUNE = (
    _SETUP
    + """
m, c = nn.Linear(4, 3), nn.Conv2d(2, 3, 2)
def state(m, name='weight'):
    hooks = [type(h).__name__ for h in m._forward_pre_hooks.values()]
    return list(m.state_dict()), values(getattr(m, name)), values(getattr(m, name + '_mask')), hooks
"""
)
_FUSE = (
    _SETUP
    + """
def norm(kind, n):
    bn = kind(n).eval()
    bn.running_mean.copy_(torch.arange(n) * 0.5); bn.running_var.copy_(torch.arange(n) + 0.5)
    bn.weight.data.copy_(torch.arange(n) * 0.1 + 1); bn.bias.data.copy_(torch.arange(n) * -0.3)
    return bn
c, t, l = nn.Conv2d(2, 3, 2).eval(), nn.ConvTranspose2d(2, 3, 2, bias=False).eval(), nn.Linear(2, 3).eval()
"""
)


def _parametrizations():
    yield from [(_SYMMETRIC, e) for e in (
        "repr(m)", "list(m.state_dict())", "[n for n, _ in m.named_modules()]", "values(m.weight)",
        "(m.parametrizations.weight.original is kept, type(m).__name__, P.type_before_parametrizations(m).__name__)",
        "(setattr(m, 'weight', torch.arange(9.).view(3, 3)), values(m.weight),"
        " values(m.parametrizations.weight.original))[1:]",
        "(P.register_parametrization(m, 'weight', Double()), values(m.weight), len(m.parametrizations.weight))[1:]",
        "(P.register_parametrization(m, 'weight', Double()), setattr(m, 'weight', m.weight))",
        "P.register_parametrization(m, 'weight', Rows())",
        "P.register_parametrization(m, 'weight', Rows(), unsafe=True).weight.shape",
        "(P.is_parametrized(m), P.is_parametrized(m, 'weight'), P.is_parametrized(m, 'bias'))",
        "(P.remove_parametrizations(m, 'weight'), repr(m), values(m.weight), m.weight is kept)[1:]",
        "(P.remove_parametrizations(m, 'weight', leave_parametrized=False), values(m.weight))[1]",
        "P.remove_parametrizations(m, 'bias')", "P.register_parametrization(m, 'foo', Double())",
        "(copy.deepcopy(m).weight.equal(m.weight), copy.deepcopy(m).parametrizations.weight.original is kept)",
        "m.load_state_dict(m.state_dict())", "(m(torch.ones(1, 3)).sum().backward(), values(kept.grad))[1]",
        "values(P.transfer_parametrizations_and_params(m, nn.Linear(3, 3)).weight)",
    )]  # fmt: skip
    yield from [(_PARAMETRIZE, e) for e in (
        "P.register_parametrization(m, 'weight', Rows())",
        "P.register_parametrization(m, 'weight', Rows(), unsafe=True).weight.shape",
        "list(P.register_parametrization(m, 'weight', Sum()).state_dict())",
        "(P.register_parametrization(m, 'weight', Sum()), values(m.parametrizations.weight.original0),"
        " m.weight.allclose(kept))[1:]",
        "(P.register_parametrization(m, 'weight', Sum()), P.remove_parametrizations(m, 'weight', False))",
        "(P.register_parametrization(m, 'weight', Sum()), P.remove_parametrizations(m, 'weight').weight.requires_grad)",
        "P.ParametrizationList([], kept)",
    )]  # fmt: skip
    for shape in ("3, 5", "5, 3", "4, 4"):
        for kind in ("matrix_exp", "cayley", "householder"):
            for base in (True, False):
                made = f"m = Z.orthogonal(nn.Linear({shape}), orthogonal_map={kind!r}, use_trivialization={base})\n"
                yield _SETUP + made, "(values(m.weight, 3), list(m.state_dict()))"
    yield _SETUP, "Z.orthogonal(nn.Linear(3, 3), orthogonal_map='other')"
    yield _SETUP, "Z.orthogonal(nn.Linear(3, 3), 'bias')"
    yield (
        _SETUP + "m = Z.orthogonal(nn.Linear(3, 3), use_trivialization=False)",
        "setattr(m, 'weight', torch.eye(3))",
    )
    yield (
        _SETUP + "m = Z.orthogonal(nn.Linear(3, 3))\nm.weight = torch.eye(3).flip(0)",
        "values(m.weight)",
    )
    for layer in ("nn.Linear(3, 4)", "nn.Conv2d(2, 3, 2)", "nn.ConvTranspose2d(2, 3, 2)"):
        yield _SETUP + f"m = Z.spectral_norm({layer})", "(list(m.state_dict()), values(m.weight), values(m.weight))"
        yield _SETUP + f"m = Z.spectral_norm({layer}).eval()", "(values(m.weight), values(m.weight))"
        for dim in (0, 1, None):
            yield (
                _SETUP + f"m = Z.weight_norm({layer}, dim={dim})",
                "(list(m.state_dict()), m.parametrizations.weight.original0.shape, values(m.weight)[:6])",
            )
    yield _SETUP, "Z.spectral_norm(nn.Linear(2, 2), dim=3)"
    yield _SETUP, "Z.spectral_norm(nn.Linear(2, 2), n_power_iterations=0)"


CASES: list[tuple[str, str]] = [
    *_parametrizations(),
    *[(_PRUNE, e) for e in (
        "state(prune.random_unstructured(m, 'weight', 0.4))", "state(prune.l1_unstructured(m, 'weight', 2))",
        "state(prune.ln_structured(m, 'weight', 0.3, 2, 0))", "state(prune.random_structured(m, 'weight', 1, 1))",
        "state(prune.ln_structured(c, 'weight', 1, float('inf'), dim=1))", "state(prune.identity(m, 'bias'), 'bias')",
        "state(prune.custom_from_mask(m, 'bias', torch.tensor([1, 0, 1])), 'bias')",
        "(prune.random_unstructured(m, 'weight', 0.4), prune.l1_unstructured(m, 'weight', 2),"
        " prune.ln_structured(m, 'weight', 0.3, 2, 0), prune.random_structured(m, 'weight', 1, 1), state(m))[-1]",
        "(prune.global_unstructured([(m, 'weight'), (c, 'weight')], prune.L1Unstructured, amount=0.5),"
        " state(m), state(c))",
        "(prune.l1_unstructured(m, 'weight', 2), m(torch.ones(1, 4)).sum().backward(), values(m.weight_orig.grad))[2]",
        "(prune.l1_unstructured(m, 'weight', 2), prune.is_pruned(m), prune.remove(m, 'weight'), list(m.state_dict()),"
        " values(m.weight), prune.is_pruned(m))[1:]",
        "state(prune.l1_unstructured(m, 'weight', 2, importance_scores=torch.arange(12.).view(3, 4)))",
        *[f"prune.l1_unstructured(m, 'weight', {amount})" for amount in ("1.2", "-1", "'a'", "13")],
        "prune.ln_structured(m, 'bias', 1, 2, 0)", "prune.ln_structured(m, 'weight', 1, 2, 5)",
        "prune.random_structured(m, 'weight', 9, 0)", "prune.remove(m, 'weight')",
        "prune.l1_unstructured(m, 'weight', 1, importance_scores=torch.ones(2))",
        "prune.l1_unstructured(m, 'other', 1)", "prune.global_unstructured(3, prune.L1Unstructured, amount=1)",
        "prune.global_unstructured([(m, 'weight')], prune.LnStructured, amount=1, n=2)",
        "values(prune.L1Unstructured(2).prune(torch.tensor([1., -5, 3, .5])))",
        "values(prune.L1Unstructured(2).prune(torch.tensor([1., -5, 3, .5]), torch.tensor([1., 0, 1, 1])))",
    )],
    *[(_FUSE, e) for e in (
        "(values(fusion.fuse_conv_bn_eval(c, norm(nn.BatchNorm2d, 3)).weight),"
        " values(fusion.fuse_conv_bn_eval(c, norm(nn.BatchNorm2d, 3)).bias))",
        "(values(fusion.fuse_conv_bn_eval(t, norm(nn.BatchNorm2d, 3), transpose=True).weight),"
        " values(fusion.fuse_conv_bn_eval(t, norm(nn.BatchNorm2d, 3), transpose=True).bias))",
        "values(nn.utils.fuse_linear_bn_eval(l, norm(nn.BatchNorm1d, 3)).bias)",
        "fusion.fuse_conv_bn_eval(c.train(), norm(nn.BatchNorm2d, 3))",
        "fusion.fuse_linear_bn_eval(l, norm(nn.BatchNorm1d, 2))",
        "(nn.utils.skip_init(nn.Linear, 3, 2).weight.shape, values(torch.rand(1)))", "nn.utils.skip_init(nn.ReLU)",
        "values(nn.utils.stateless.functional_call(nn.Linear(2, 1), {'weight': torch.ones(1, 2),"
        " 'bias': torch.zeros(1)}, torch.ones(1, 2)))",
        "nn.utils.convert_conv2d_weight_memory_format(c, torch.channels_last).weight.is_contiguous("
        "memory_format=torch.channels_last)",
    )],
]  # fmt: skip
