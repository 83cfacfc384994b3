"""What Module, containers, parameters and hooks answer, as (setup, expression) pairs over `nn` and `torch`."""

from __future__ import annotations

import collections
import copy
import pickle
import re
import warnings
from typing import Any

TREE = """
m = nn.Module()
m.a = nn.Linear(2, 2)
m.p = nn.Parameter(torch.ones(1))
m.register_buffer('b', torch.ones(1))
m.register_buffer('n', torch.zeros(1), persistent=False)
with torch.no_grad():
    m.a.weight.fill_(0.5)
    m.a.bias.fill_(0.25)
"""
BARE = """
class M(nn.Module):
    def __init__(self):
        pass
m = M()
"""
HOOKS = """
log = []
class Twice(nn.Module):
    def forward(self, x, scale=1.0):
        return x * 2 * scale
m = Twice()
x = torch.ones(2, requires_grad=True)
"""
FULL_STATE = "{'a.weight': torch.ones(2, 2), 'a.bias': torch.ones(2), 'p': torch.ones(1), 'b': torch.ones(1)}"

CASES: list[tuple[str, str]] = [
    *[(BARE, e) for e in (
        "setattr(m, 'a', nn.Linear(1, 1))", "setattr(m, 'a', nn.Parameter(torch.ones(1)))",
        "m.register_buffer('a', torch.ones(1))", "m.register_parameter('a', nn.Parameter(torch.ones(1)))", "m.a",
        "next(m.parameters())", "m()", "repr(m)",
    )],
    *[("m = nn.Module()", f"m.{method}({name!r}, {value})") for name in (1, "a.b", "", "training")
      for method, value in (("register_buffer", "torch.ones(1)"), ("register_parameter", "nn.Parameter(torch.ones(1))"),
                            ("add_module", "nn.Linear(1, 1)"))],
    *[("m = nn.Module()", e) for e in (
        "m(1)", "m.register_buffer('q', 3)", "m.register_parameter('q', 3)", "m.register_parameter('q', torch.ones(1))",
        "m.register_parameter('q', nn.Parameter(torch.ones(1)) * 2)", "m.add_module('q', 3)", "nn.Module(1)",
        "nn.Module(a=1)", "m.zz", "delattr(m, 'zz')", "list(m.state_dict()._metadata.items())", "m.train(3)",
    )],
    *[(TREE, e) for e in (
        "repr(m)", "setattr(m, 'a', 3)", "setattr(m, 'p', torch.ones(1))", "setattr(m, 'b', 'x')",
        "m.get_submodule('a.b')",
        "m.get_submodule('p')", "m.get_parameter('a.zz')", "m.get_parameter('b')", "m.get_buffer('zz')",
        "m.get_buffer('p')", "m.set_submodule('', nn.Linear(1, 1))", "m.set_submodule('a.b', 3)",
        "m.set_submodule('a.b', nn.Linear(1, 1), strict=True)", "m.set_submodule('q.b', nn.Linear(1, 1))",
        "(m.set_submodule('a', nn.ReLU()), repr(m))[1]", "m.to(torch.int32)",
        "[p.dtype for p in m.double().parameters()]",
        "[(k, str(v.dtype)) for k, v in m.half().state_dict().items()]", "m.load_state_dict({})",
        "m.load_state_dict({}, strict=False)", "m.load_state_dict(3)",
        "m.load_state_dict({'a.weight': torch.ones(3, 2), 'a.bias': torch.ones(2), 'p': 3, 'zz': 1, 'a.q.r': 2})",
        "m.load_state_dict({'a.weight': torch.ones(3, 2), 'a.bias': torch.ones(2), 'p': torch.ones(1), "
        "'b': torch.ones(1, 1)})",
        f"m.load_state_dict({FULL_STATE})", f"(m.load_state_dict({FULL_STATE}, assign=True), m.a.weight, m.b)",
        f"(lambda s: (m.load_state_dict(s, assign=True), m.b is s['b']))({FULL_STATE})",
        "m.state_dict()", "m.state_dict(prefix='x.', keep_vars=True)", "m.state_dict({}, 'x.', True)",
        "list(m.named_parameters())", "[n for n, _ in m.named_buffers()]",
        "[n for n, _ in m.named_modules(prefix='r')]",
        "[n for n, _ in m.named_children()]", "(setattr(m, 'c', m.a), [n for n, _ in m.named_parameters()])[1]",
        "(setattr(m, 'c', m.a), [n for n, _ in m.named_parameters(remove_duplicate=False)])[1]",
        "(setattr(m, 'p', None), m.p, list(m.state_dict()))[1:]",
        "(delattr(m, 'p'), hasattr(m, 'p'), list(m.state_dict()))[1:]",
        "(setattr(m, 'b', None), m.b, list(m.state_dict()))[1:]", "(m._parameters.pop('p'), hasattr(m, 'p'))[1]",
        "(m._parameters.__setitem__('q', m.p), m.q is m.p)[1]", "(m._modules.clear(), hasattr(m, 'a'), repr(m))[1:]",
        "(setattr(m, 'x', nn.Parameter(torch.ones(1))), setattr(m, 'x', nn.ReLU()))",
        "(setattr(m, 'a', nn.Parameter(torch.ones(1))), list(m._modules), list(m._parameters))[1:]",
        "(lambda c: (c.a.weight is m.a.weight, list(c.state_dict()), c.training, c.p))(copy.deepcopy(m.eval()))",
        "(lambda c: (list(c.state_dict()), c.a.weight, c._non_persistent_buffers_set))(pickle.loads(pickle.dumps(m)))",
        "[x.training for x in m.eval().modules()]", "m.requires_grad_(False).p.requires_grad",
        "(m.a(torch.ones(1, 2)).sum().backward(), m.zero_grad(set_to_none=False), m.a.bias.grad)[2]",
        "(m.a(torch.ones(1, 2)).sum().backward(), m.zero_grad(), m.a.bias.grad)[2]",
        "m.get_extra_state is not None", "m.apply(lambda x: None) is m",
        "(setattr(m, 'w', nn.Buffer(torch.ones(2), persistent=False)), list(m._buffers), list(m.state_dict()))[1:]",
        "'a' in dir(m) and 'p' in dir(m)", "m.b.requires_grad", "nn.Parameter(m.p.data).data_ptr() == m.p.data_ptr()",
    )],
    *[("", e) for e in (
        "nn.Parameter(torch.ones(2))", "copy.deepcopy(nn.Parameter(torch.ones(2), requires_grad=False))",
        "nn.Parameter(3)",
        "nn.Parameter(torch.ones(2, dtype=torch.int64))", "nn.Parameter()", "nn.Buffer(torch.ones(2))",
        "nn.UninitializedParameter()", "nn.UninitializedParameter().shape", "nn.UninitializedBuffer()",
        "isinstance(nn.Buffer(torch.ones(1)), nn.Buffer)", "isinstance(nn.Parameter(torch.ones(1)) + 1, nn.Parameter)",
        "type(nn.Parameter(torch.ones(1)).data).__name__", "pickle.loads(pickle.dumps(nn.Parameter(torch.ones(2))))",
        "(lambda u: (u.materialize((2, 3)), type(u).__name__, u.shape))(nn.UninitializedParameter())[1:]",
    )],
    *[("s = nn.Sequential(nn.ReLU(), nn.Tanh())\nl = nn.ModuleList([nn.ReLU(), nn.ReLU(), nn.Tanh()])", e) for e in (
        "s[5]", "s[-1]", "s[1:]", "s + 3", "s * 2", "s * 0", "s * 'a'", "s.insert(9, nn.ReLU())", "s.insert(0, 3)",
        "s.insert(1, nn.SiLU())", "s.extend([nn.ReLU()])", "(s.pop(0), s)", "s.append(3)", "s + s", "2 * s",
        "nn.Sequential(collections.OrderedDict(a=nn.ReLU())).a", "(s.__delitem__(0), s)[1]",
        "(s.__setitem__(0, nn.ELU()), s)[1]", "len(s)", "nn.Sequential(3)", "l", "l[7]", "l[0:2]", "l + [nn.ReLU()]",
        "l.extend(3)", "(l.insert(1, nn.SiLU()), l)[1]", "(l.pop(0), l)",
        "(l.__delitem__(slice(0, 2)), l)[1]", "l(1)", "nn.ModuleList([3])", "nn.ModuleList()",
    )],
    *[("d = nn.ModuleDict({'a': nn.ReLU(), 'b': nn.Tanh()})", e) for e in (
        "d", "d['z']", "d.update(3)", "d.update([3])", "d.update([(1,)])", "d.update({'b': 3})", "(d.pop('a'), d)",
        "list(d.keys())", "'a' in d", "nn.ModuleDict([['x', nn.ReLU()]])", "d(3)", "(d.clear(), len(d))[1]",
    )],
    *[("p = nn.ParameterList([torch.ones(2), nn.Parameter(torch.ones(1)), 'x'])", e) for e in (
        "p", "p[0]", "p[9]", "p[1:]", "[n for n, _ in p.named_parameters()]", "p.append(3)", "p.extend(3)", "len(p)",
        "p(1)",
        "p.extend(torch.ones(1))", "p.state_dict()", "copy.deepcopy(p)",
    )],
    *[("q = nn.ParameterDict({'a': torch.ones(2), 'b': 3})", e) for e in (
        "q", "q['a']", "q['zz']", "q | {'c': torch.ones(1)}", "q.copy()", "q.setdefault('e')", "q.popitem()",
        "q.fromkeys(['a'], 1)", "q.get('zz')", "list(q.items())", "q.update(3)", "q(1)", "list(reversed(q))",
        "q.pop('a')",
    )],
    *[(HOOKS, e) for e in (
        "(m.register_forward_pre_hook(lambda m, a: (a[0] + 1,)), m(x))[1]",
        "(m.register_forward_hook(lambda m, a, o: o + 1), m(x))[1]",
        "(m.register_forward_pre_hook(lambda m, a, k: (a, {'scale': 3.0}), with_kwargs=True), m(x))[1]",
        "(m.register_forward_pre_hook(lambda m, a, k: 3, with_kwargs=True), m(x))[1]",
        "(m.register_forward_hook(lambda m, a, k, o: o * k['scale'], with_kwargs=True), m(x, scale=2.0))[1]",
        "(m.register_forward_hook(lambda m, a, o: log.append(1)), m.register_forward_hook(lambda m, a, o: "
        "log.append(2), "
        "prepend=True), m(x), log)[3]",
        "(m.register_forward_hook(lambda m, a, o: log.append(1)).remove(), m(x), log)[2]",
        "(m.register_full_backward_hook(lambda m, i, o: log.append((i, o))), m(x).sum().backward(), log, x.grad)[2:]",
        "(m.register_full_backward_hook(lambda m, i, o: (i[0] * 10,)), m(x).sum().backward(), x.grad)[2]",
        "(m.register_full_backward_pre_hook(lambda m, o: (o[0] * 10,)), m(x).sum().backward(), x.grad)[2]",
        "(m.register_full_backward_hook(lambda m, i, o: log.append((i, o))), m(x.detach()), log)[2]",
        "(m.register_full_backward_hook(lambda m, i, o: None), m(x).grad_fn.name())[1]",
        "(m.register_backward_hook(lambda m, i, o: log.append(len(i))), m(x).sum().backward(), log)[2]",
        "m.register_backward_hook(print) and m.register_full_backward_hook(print)",
        "(m.register_full_backward_hook(lambda m, i, o: (1, 2, 3)), m(x).sum().backward())",
        "(m.register_forward_hook(lambda m, a, o: log.append(o), always_call=True), m.__setattr__('forward', "
        "lambda x: 1 / 0), "
        "m(x))",
        "(m._forward_hooks.__setitem__(5, lambda m, a, o: o + 1), m(x))[1]",
        "(m.register_state_dict_pre_hook(lambda *a: log.append(a[1:])), m.state_dict(), log)[2]",
        "(m.register_state_dict_post_hook(lambda m, s, p, l: s.update(k=1)), m.state_dict())[1]",
        "(m._register_state_dict_hook(lambda m, s, p, l: {'new': 1}), m.state_dict())[1]",
        "(m.register_load_state_dict_post_hook(lambda m, k: k.unexpected_keys.clear()), "
        "m.load_state_dict({'zz': 1}))[1]",
        "(m.register_load_state_dict_pre_hook(lambda m, s, *a: s.clear()), m.load_state_dict({'zz': 1}))[1]",
    )],
]  # fmt: skip


def answer(torch: Any, setup: str, expression: str) -> list[str]:
    """What an expression gives: its value or error as text, and the warnings."""
    torch.manual_seed(0)
    names: dict[str, Any] = {"nn": torch.nn, "torch": torch, "copy": copy, "pickle": pickle, "collections": collections}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            exec(setup, names)
            text = repr(eval(expression, names))
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
    return [_neutral(text), *sorted({_neutral(str(w.message)) for w in caught})]


def _neutral(text: str) -> str:
    text = text.replace("penlight.", "torch.")
    return re.sub(r" at 0x[0-9a-f]+", "", text)
