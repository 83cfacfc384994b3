"""Forward mode: `autograd.forward_ad`, `func.jvp`, and what is made of them."""

from tests.autograd.cases import attempt


def _inputs(torch):
    return torch.arange(6.0).reshape(2, 3) / 3, torch.ones(2, 3)


def case_dual(torch):
    fw = torch.autograd.forward_ad
    x, v = _inputs(torch)
    attempt(lambda: fw.make_dual(x, v))
    print(fw.unpack_dual(x))
    with fw.dual_level():
        d = fw.make_dual(x, v)
        print(d, d.requires_grad, d.is_leaf, fw.unpack_dual(d.sin().sum(1)), fw.unpack_dual(x))
        with torch.no_grad():
            print(fw.unpack_dual(d * 2).tangent)
        with torch.inference_mode():
            print(fw.unpack_dual(d * 2).tangent)
        print(fw.unpack_dual(d.detach()).tangent, fw.unpack_dual(d > 0).tangent, d[0, 1].item(), bool(d[0, 1] > 0))
        with fw._set_fwd_grad_enabled(False):
            print(d * 2)
        attempt(lambda: fw.make_dual(d, v))
        attempt(lambda: fw.make_dual(x, torch.ones(2)))
        attempt(lambda: fw.make_dual(torch.ones(2).long(), torch.ones(2)))
        attempt(fw.enter_dual_level)
        kept = d * 3
    print(kept, kept + 1, kept.numpy().shape)
    attempt(fw.exit_dual_level)


def case_in_place(torch):
    fw = torch.autograd.forward_ad
    x, v = _inputs(torch)
    with fw.dual_level():
        d = fw.make_dual(x.clone(), v.clone())
        w = d.clone()
        part = w[0]
        part.mul_(3)
        w[:, 1] = 0
        w[1] += d[0]
        z, q = torch.zeros(3), torch.zeros(2, 3)
        z += d[0]
        q[1] = d[1]
        q[0:1].add_(1)
        for t in (w, part, z, q):
            print(fw.unpack_dual(t))


def case_module(torch):
    fw = torch.autograd.forward_ad
    x, _ = _inputs(torch)
    net = torch.nn.Linear(3, 2)
    with torch.no_grad():
        net.weight.copy_(torch.arange(6.0).reshape(2, 3))
        net.bias.zero_()
    with fw.dual_level():
        for name, p in list(net.named_parameters()):
            delattr(net, name)
            setattr(net, name, fw.make_dual(p.detach(), torch.ones_like(p)))
        print(fw.unpack_dual(net(x)).tangent)


def case_hessian_vector(torch):
    fw = torch.autograd.forward_ad
    x, v = _inputs(torch)
    y = x[0].clone().requires_grad_()
    with fw.dual_level():
        d = fw.make_dual(y, v[0])
        (g,) = torch.autograd.grad((d**3).sum(), d, create_graph=True)
        print(fw.unpack_dual(g).tangent.detach())
        print(torch.autograd.grad(fw.unpack_dual((d**3).sum()).tangent, y))


def case_jvp(torch):
    func = torch.func
    x, v = _inputs(torch)
    p, t = x[0], v[0]
    print(func.jvp(torch.sin, (p,), (t,)), func.jvp(lambda a: (a, a.sum()), (p,), (t,), has_aux=True))
    print(func.jvp(lambda a: torch.ones(2), (p,), (t,)))
    print(func.jvp(lambda a: func.jvp(lambda b: b**3, (a,), (t,))[1], (p,), (t,)))
    print(func.grad(lambda a: func.jvp(lambda b: (b**3).sum(), (a,), (t,))[1])(p))
    value, push = func.linearize(lambda a: (a**3, a.sum()), p)
    print(value, push(t))
    attempt(lambda: func.jvp(torch.sin, p, t))
    attempt(lambda: func.jvp(torch.sin, (p,), t))
    attempt(lambda: func.jvp(torch.sin, (), ()))
    attempt(lambda: func.jvp(torch.sin, (p,), (t, t)))
    attempt(lambda: func.jvp(torch.sin, (p,), (torch.zeros(2),)))
    attempt(lambda: func.jvp(lambda a: 3, (p,), (t,)))
    attempt(lambda: func.jvp(lambda a: torch.ones(2), (p,), (t,), strict=True))
    attempt(lambda: func.jacfwd(torch.sin, randomness="some")(p))
    attempt(lambda: func.jacrev(torch.sin, chunk_size=0)(p))


def case_parameters_of_the_function(torch):
    """Results of jvp can be differentiated by what the function closes over."""
    x, v = _inputs(torch)
    w = x[:2].clone().requires_grad_()
    b = torch.zeros(2, requires_grad=True)
    for f in (lambda a: torch.nn.functional.linear(a, w, b), lambda a: torch.addmm(b, a[None], w.T).tanh()):
        y, dy = torch.func.jvp(f, (x[0],), (v[0],))
        print(y.requires_grad, dy.requires_grad, torch.autograd.grad(y.sum() + dy.square().sum(), (w, b)))


def case_functional(torch):
    F = torch.autograd.functional
    x, v = _inputs(torch)
    f = lambda a: a.sin().sum(1)
    for options in ({"vectorize": True}, {"vectorize": True, "strategy": "forward-mode"}):
        print(F.jacobian(f, x, **options))
    attempt(lambda: F.jacobian(f, x, vectorize=True, strict=True))
    attempt(lambda: F.jacobian(f, x, vectorize=True, strict=True, strategy="forward-mode"))
    print(F.jacobian(lambda a, b: (a * b, a.sum()), (x, v), vectorize=True))
    print(F.hessian(lambda a: (a**3).sum(), x[0], vectorize=True))
    print(F.hessian(lambda a: (a**3).sum(), x[0], vectorize=True, outer_jacobian_strategy="forward-mode").detach())


def case_gradcheck(torch):
    check = torch.autograd.gradcheck
    x = torch.linspace(0.1, 2, 6, dtype=torch.float64).reshape(2, 3).requires_grad_()
    print(check(lambda a: a.softmax(1).prod(0), x, check_forward_ad=True, check_batched_grad=True))
    print(check(torch.tanh, x, check_forward_ad=True, check_batched_forward_grad=True, check_backward_ad=False))
    print(torch.autograd.gradgradcheck(lambda a: a.sin() * a, x, check_fwd_over_rev=True))


def case_pytree(torch):
    from collections import OrderedDict, namedtuple

    tree = torch.utils._pytree
    pair = namedtuple("pair", "a b")
    for value in (1, (1, [2, {"k": 3}]), OrderedDict(b=1, a=2), pair(1, 2), None, torch.Size([1, 2])):
        leaves, spec = tree.tree_flatten(value)
        print(leaves, spec if value.__class__ is not pair else "", spec.num_leaves, tree.tree_unflatten(leaves, spec))
    print(tree.tree_map(lambda a, b: a + b, (1, [2]), (3, [4])), tree.tree_map_only(int, lambda a: -a, (1, "a")))
    print(tree.tree_leaves({"a": 1, "b": (2, 3)}), tree.tree_all(lambda a: a > 0, (1, 2)), tree.tree_structure((1,)))
    print(tree.tree_map_with_path(lambda k, a: (tree.keystr(k), a), {"a": (1, 2)}))
    attempt(lambda: tree.tree_unflatten([1], tree.tree_structure((1, 2))))
    attempt(lambda: tree.tree_map(lambda a, b: a + b, (1, 2), (3,)))


def case_saved_tensors(torch):
    from importlib import import_module

    checkpoints = import_module(torch.__name__ + ".utils.checkpoint")
    graph = torch.autograd.graph
    x = torch.ones(2, requires_grad=True)
    with graph.allow_mutation_on_saved_tensors():
        y = x * 2
        z = y.sin()
        y.mul_(3)
        z.sum().backward()
        kept = (x * 3).sin().sum()
    print(x.grad, y.detach())
    try:
        kept.backward()
    except AssertionError as error:
        print(str(error)[:70])
    calls = []

    def step(a):
        calls.append("in")
        b = a.sin().cos()
        calls.append("out")
        return b

    checkpoints.checkpoint(step, x, use_reentrant=False).sum().backward()
    with checkpoints.set_checkpoint_early_stop(False):
        checkpoints.checkpoint(step, x, use_reentrant=False).sum().backward()
    print(calls, x.grad)
    attempt(lambda: checkpoints.checkpoint(step, x, use_reentrant=False, determinism_check="some"))
