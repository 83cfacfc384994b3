"""Accumulation, retaining, `autograd.grad`, higher orders, the graph's objects."""

from .cases import attempt


def case_accumulate(torch):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    (x * 2).sum().backward()
    first = x.grad
    (x * 3).sum().backward()
    print(first is x.grad, first)
    x.grad = None
    g = torch.ones(2)
    x.backward(g)
    print(x.grad is g, x.grad)
    x.grad.add_(1)
    print(g)
    y = x + 0
    y.backward(g)
    print(x.grad, g)


def case_shared_gradients_are_not_stolen(torch):
    x = torch.ones(2, requires_grad=True)
    y = torch.ones(2, requires_grad=True)
    (x + y).sum().backward()
    x.grad.add_(1)
    print(x.grad, y.grad)
    a = torch.ones(2, 2, requires_grad=True)
    a.t().sum().backward()
    a.grad.mul_(3)
    print(a.grad, a.grad.is_contiguous())
    z = torch.zeros(3, requires_grad=True)
    w = torch.zeros(3, requires_grad=True)
    torch.cat([z, w]).backward(torch.arange(6.0))
    z.grad.zero_()
    print(z.grad, w.grad)


def case_free_and_retain(torch):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = (x * x).sum()
    y.backward(retain_graph=True)
    y.backward()
    print(x.grad)
    attempt(lambda: y.backward())
    attempt(lambda: torch.autograd.grad(y, x))
    attempt(lambda: y.grad_fn.next_functions[0][0]._saved_self)


def case_grad_arguments(torch):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    u = torch.tensor([1.0], requires_grad=True)
    y = x * x
    attempt(lambda: torch.autograd.grad(y.sum(), [x, u]))
    y = x * x
    print(torch.autograd.grad(y.sum(), [x, u], allow_unused=True))
    y = x * x
    print(torch.autograd.grad(y.sum(), [x, u], materialize_grads=True))
    attempt(lambda: torch.autograd.grad(y, x))
    attempt(lambda: torch.autograd.grad(y.sum(), x, allow_unused=False, materialize_grads=True))
    attempt(lambda: torch.autograd.grad(y, x, torch.ones(3)))
    attempt(lambda: torch.autograd.grad(y, x, torch.ones(2, dtype=torch.float64)))
    attempt(lambda: torch.autograd.grad(torch.ones(2).sum(), x))
    attempt(lambda: torch.autograd.grad((x * x).sum(), torch.ones(2)))
    attempt(lambda: torch.autograd.grad((x * x).sum(), []))
    y = x * x
    print(torch.autograd.grad((y, y), x, (torch.ones(2), torch.tensor([0.0, 10.0]))))
    z = x * 2
    w = z * 3
    print(torch.autograd.grad(w.sum(), z), torch.autograd.grad((x * 2).sum(), (x, x)))
    print(torch.autograd.grad(x.sum(), x), torch.autograd.grad(x, x, torch.ones(2)))
    print(x.grad)


def case_backward_arguments(torch):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    u = torch.tensor([1.0, 1.0], requires_grad=True)
    y = x * 2
    z = y * u
    z.sum().backward(inputs=[x])
    print(x.grad, u.grad)
    y = x * 2
    (y * u).sum().backward(inputs=y)
    print(y.grad)
    attempt(lambda: (x * 2).sum().backward(inputs=[]))
    attempt(lambda: torch.autograd.backward([x.sum(), u.sum()], [None]))
    attempt(lambda: torch.autograd.backward((x * 2), torch.ones(3)))
    attempt(lambda: torch.autograd.backward((x * 2), "a"))
    torch.autograd.backward([x.sum(), u.sum()])
    print(x.grad, u.grad)
    attempt(lambda: torch.ones(2).sum().backward())
    attempt(lambda: torch.ones(2).backward())
    c = torch.tensor([1 + 1j], requires_grad=True)
    attempt(lambda: c.sum().backward())
    attempt(lambda: (c * 2).backward(torch.ones(1)))


def case_higher_orders(torch):
    x = torch.tensor([0.5, 1.5], dtype=torch.float64, requires_grad=True)
    value = (x.sin() * x.exp()).sum()
    for _ in range(4):
        (g,) = torch.autograd.grad(value, x, create_graph=True)
        print(g)
        value = g.sum()
    y = (x**3).sum()
    y.backward(create_graph=True)
    print(x.grad.detach(), x.grad.requires_grad)
    x.grad.sum().backward()
    print(x.grad.detach(), x.grad.requires_grad)


def case_higher_orders_through_indexing(torch):
    x = torch.arange(6.0, dtype=torch.float64).reshape(2, 3).requires_grad_()
    a, b = torch.split(x, 1)
    parts = [
        x[0],
        x[:, 1],
        x[x > 2],
        x[[1, 0], [2, 2]],
        x.t().reshape(-1),
        a * 2,
        b.expand(2, 3),
        torch.cat([a, b], 1),
        torch.stack([x[0], x[1] ** 2]),
        x.unbind(1)[2],
        x.max(1)[0],
        x.permute(1, 0)[::2],
        x.narrow(1, 1, 2),
        x.gather(1, torch.tensor([[0], [2]])),
        x.diagonal(),
        x.flatten().cumsum(0),
        x.sort(1)[0],
    ]
    value = sum((p**3).sum() * (i + 1) for i, p in enumerate(parts))
    (g,) = torch.autograd.grad(value, x, create_graph=True)
    print(g.detach())
    (h,) = torch.autograd.grad((g * g).sum(), x, create_graph=True)
    print(h.detach())
    (k,) = torch.autograd.grad(h.sum(), x)
    print(k)


def case_grad_of_grad_with_leaf_weights(torch):
    w = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    x = torch.tensor([[0.5, -1.0]], requires_grad=True)
    y = torch.tanh(x @ w).sum()
    (gx,) = torch.autograd.grad(y, x, create_graph=True)
    penalty = (gx.norm() - 1) ** 2
    penalty.backward()
    print(w.grad, x.grad)


def case_non_leaf_grad_and_retain(torch):
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    y.retain_grad()
    y.retain_grad()
    print(y.retains_grad, x.retains_grad)
    z = y * 3
    z.sum().backward()
    print(y.grad, z.grad, y.grad.requires_grad)
    attempt(lambda: torch.ones(1).retain_grad())
    x.retain_grad()
    print(x.retains_grad)
    y = x * 2
    y.retain_grad()
    y.mul_(3)
    y.sum().backward()
    print(y.grad)
    y = x * 2
    y.retain_grad()
    y.register_hook(lambda g: g * 10)
    y.sum().backward()
    print(y.grad)
    y = x * 2
    y.retain_grad()
    y.sum().backward(retain_graph=True)
    y.sum().backward()
    print(y.grad)


def case_requires_grad_flags(torch):
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    attempt(lambda: y.requires_grad_(False))
    attempt(lambda: setattr(y, "requires_grad", False))
    print(y.requires_grad_().requires_grad, y.is_leaf)
    attempt(lambda: torch.ones(2, dtype=torch.int64).requires_grad_())
    attempt(lambda: torch.ones(2, dtype=torch.bool).requires_grad_())
    print(x.requires_grad_(False).requires_grad)
    z = (x * 2).requires_grad_()
    print(z.is_leaf, z.grad_fn, z)
    print((x.int() == 1).requires_grad, x.requires_grad_().argmax().requires_grad)
    with torch.no_grad():
        print((x * 2).requires_grad, x.requires_grad)
    v = x.view(2)
    print(v.is_leaf, v.requires_grad, v.detach().requires_grad)


def case_set_grad(torch):
    x = torch.ones(2, requires_grad=True)
    attempt(lambda: setattr(x, "grad", torch.ones(3)))
    try:
        x.grad = torch.ones(2, dtype=torch.float64)
    except RuntimeError as error:
        print(str(error)[:85])
    attempt(lambda: setattr(x, "grad", 1.0))
    attempt(lambda: setattr(x, "grad", x))
    x.grad = torch.full((2,), 5.0)
    x.sum().backward()
    print(x.grad)
    del x.grad
    print(x.grad)


def case_graph_objects(torch):
    x = torch.ones(2, 2, requires_grad=True)
    w = torch.ones(2, 2, requires_grad=True)
    y = (x * w + 1).relu()
    z = y.mean()
    print(z.grad_fn, z.grad_fn.name(), type(z.grad_fn).__name__)
    print(z.grad_fn.next_functions)
    print(z.grad_fn.next_functions[0][0].next_functions[0][0].next_functions[0][0].next_functions)
    leaf = (x + w).grad_fn.next_functions[0][0]
    print(leaf.variable is x, leaf.name(), leaf.next_functions)
    print(x.grad_fn, y.grad_fn is y.grad_fn, (x * torch.ones(2, 2)).grad_fn.next_functions)
    fn = (x * w).grad_fn
    print(fn._saved_self is x, fn._saved_other is w)
    print(x.exp().grad_fn._saved_result.shape, (x**2).grad_fn._saved_exponent)
    fn.metadata["note"] = 3
    print(fn.metadata["note"])
    attempt(lambda: fn._saved_nothing)
    print(isinstance(fn, torch.autograd.graph.Node))
    a, b = x.unbind()
    print(a.grad_fn, a.output_nr, b.output_nr, (a + b).grad_fn.next_functions)
    print(x.max(0)[0].grad_fn, x.t().grad_fn, x[0].grad_fn, x.view(-1).grad_fn, x.sum(0).grad_fn, x.clone().grad_fn)


def case_linear_in_the_graph(torch):
    import importlib

    functional = importlib.import_module(torch.__name__ + ".nn.functional")
    x = torch.ones(1, 2)
    w = torch.ones(3, 2, requires_grad=True)
    b = torch.ones(3, requires_grad=True)
    y = functional.linear(x, w, b)
    print(y.grad_fn, y.grad_fn.next_functions)
    transposed = y.grad_fn.next_functions[2][0]
    print(transposed.next_functions, transposed.next_functions[0][0].variable is w)
    print(y.grad_fn.next_functions[0][0].variable is b)
    y = functional.linear(x.requires_grad_(), w)
    print(y.grad_fn, y.grad_fn.next_functions)


def case_gradient_dtype_and_layout(torch):
    x = torch.ones(2, dtype=torch.float32, requires_grad=True)
    y = torch.ones(2, dtype=torch.float64, requires_grad=True)
    (x * y).sum().backward()
    print(x.grad.dtype, y.grad.dtype)
    h = torch.ones(2, dtype=torch.float16, requires_grad=True)
    (h.float() * 2).sum().backward()
    print(h.grad)
    c = torch.tensor([1 + 2j], requires_grad=True)
    (c.abs() ** 2).sum().backward()
    print(c.grad)
    r = torch.tensor([2.0], requires_grad=True)
    (r * (1 + 2j)).abs().sum().backward()
    print(r.grad)
    e = torch.ones(1, 2, requires_grad=True)
    e.expand(3, 2).sum().backward()
    print(e.grad, e.grad.is_contiguous())
    m = torch.ones(2, 3).t().requires_grad_()
    (m * 2).sum().backward()
    print(m.grad.stride())


def case_deep_graph(torch):
    x = torch.ones(1, requires_grad=True)
    y = x
    for _ in range(20000):
        y = y * 1
    y.backward()
    print(x.grad)
    y = x
    for _ in range(20000):
        y = y + 1
    del y
    print("freed")


def case_diamonds(torch):
    x = torch.tensor(2.0, requires_grad=True)
    y = x * x
    z = y * y + y
    w = z * y + z
    w.backward()
    print(x.grad)
    x.grad = None
    y = x
    for _ in range(30):
        y = y + y
    y.backward()
    print(x.grad)


def case_grad_modes(torch):
    x = torch.ones(2, requires_grad=True)
    with torch.no_grad():
        y = x * 2
        with torch.enable_grad():
            z = x * 2
        print(torch.is_grad_enabled())
    print(y.requires_grad, z.requires_grad, torch.is_grad_enabled())
    with torch.set_grad_enabled(False):
        print((x * 2).requires_grad)
    torch.set_grad_enabled(False)
    print((x * 2).requires_grad)
    torch.set_grad_enabled(True)

    @torch.no_grad()
    def f(v):
        return v * 2

    @torch.enable_grad()
    def h(v):
        return v * 2

    print(f(x).requires_grad, f.__name__)
    with torch.no_grad():
        print(h(x).requires_grad)
    with torch.inference_mode():
        print((x * 2).requires_grad, torch.is_inference_mode_enabled())

    @torch.no_grad()
    def generate():
        yield torch.is_grad_enabled()
        yield torch.is_grad_enabled()

    for value in generate():
        print(value, torch.is_grad_enabled())
    attempt(lambda: [None for _ in range(1) if setattr(x, "seen", torch.no_grad().__enter__())])
    torch.set_grad_enabled(True)
    try:
        with torch.no_grad():
            raise ValueError("out")
    except ValueError:
        print(torch.is_grad_enabled())


def case_threads(torch):
    import threading

    x = torch.ones(3, requires_grad=True)
    seen = []

    def work(i):
        seen.append(torch.is_grad_enabled())
        w = torch.full((3,), float(i), requires_grad=True)
        for _ in range(20):
            (w * x.detach()).sum().backward()
        seen.append(float(w.grad.sum()))

    with torch.no_grad():
        threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        print(torch.is_grad_enabled())
    print(sorted(map(str, seen)))


def case_errors_leave_the_engine_clean(torch):
    x = torch.ones(2, requires_grad=True)

    def fail(g):
        raise ValueError("from a hook")

    y = x * 2
    handle = y.register_hook(fail)
    attempt(lambda: y.sum().backward())
    print(torch.is_grad_enabled(), x.grad)
    handle.remove()
    (x * 2).sum().backward()
    print(x.grad)
    attempt(lambda: torch.autograd.grad((x * x).sum().register_hook(fail), x))
    z = (x * x).sum()
    z.register_hook(fail)
    attempt(lambda: torch.autograd.grad(z, x, create_graph=True))
    print(torch.is_grad_enabled(), torch.autograd.grad((x * x).sum(), x))


def case_deepcopy(torch):
    import copy

    x = torch.ones(2, requires_grad=True)
    x.grad = torch.ones(2)
    y = copy.deepcopy(x)
    print(y.requires_grad, y.is_leaf, y.grad, y.grad is x.grad)
    try:
        copy.deepcopy(x * 2)
    except RuntimeError as error:
        print(str(error)[:80])


def case_gradient_edge(torch):
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    edge = torch.autograd.graph.get_gradient_edge(y)
    print(edge.node, edge.output_nr)
    z = y * 3
    print(torch.autograd.grad(z.sum(), edge))
    leaf = torch.autograd.graph.get_gradient_edge(x)
    print(leaf.node.name(), torch.autograd.grad((x * 4).sum(), leaf))
    attempt(lambda: torch.autograd.graph.get_gradient_edge(torch.ones(1)))


def case_second_backward_where_nothing_was_saved(torch):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    z = (x + 1).sum()
    z.backward()
    z.backward()
    print(x.grad)
