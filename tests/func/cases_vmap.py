"""`torch.vmap`, and `torch.func` through it."""

from tests.autograd.cases import attempt


def _inputs(torch):
    torch.manual_seed(0)
    return torch.arange(6.0).reshape(2, 3) / 3, torch.ones(3)


def case_arguments(torch):
    x, v = _inputs(torch)
    f = torch.vmap
    print(f(torch.dot)(x, x), f(torch.dot, in_dims=(0, None))(x, v), f(lambda a: a * 2, in_dims=1, out_dims=1)(x))
    print(f(lambda d: d["a"] + d["b"], in_dims=({"a": 0, "b": None},))({"a": x, "b": v}))
    print(f(lambda a: (a, {"s": a.sum()}), out_dims=(1, {"s": 0}))(x))
    print(f(lambda a: a.sum(), chunk_size=1)(x), f(lambda a, scale=1: a * scale)(x, scale=3))
    print(f(lambda a: v)(x), f(lambda a: v, out_dims=None)(x), f(lambda a: a * 2)(torch.zeros(0, 3)).shape)
    print(f(f(torch.mul, in_dims=(0, None)), in_dims=(None, 0))(v, v * 2))


def case_bad_arguments(torch):
    x, v = _inputs(torch)
    f, same = torch.vmap, lambda a: a
    same.__name__ = "same"
    for options in ({"in_dims": (0, 1)}, {"in_dims": 3}, {"in_dims": None}, {"in_dims": ([0],)}, {"in_dims": "a"},
                    {"in_dims": (1.5,)}, {"out_dims": 5}, {"out_dims": (0, 1)}, {"out_dims": "a"}, {"out_dims": None},
                    {"randomness": "some"}, {"chunk_size": 0}):  # fmt: skip
        attempt(lambda options=options: f(same, **options)(x))
    attempt(lambda: f(same)(3))
    attempt(lambda: f(same)())
    attempt(lambda: f(torch.add)(x, v))
    for result in (3, None, "a"):
        attempt(lambda result=result: f(lambda a: result)(x))


def case_values_are_hidden(torch):
    x, _ = _inputs(torch)
    f = torch.vmap
    attempt(lambda: f(lambda a: a if a.sum() > 0 else -a)(x))
    attempt(lambda: f(lambda a: a.sum().item())(x))
    attempt(lambda: f(lambda a: float(a[0]))(x))
    attempt(lambda: f(lambda a: a.data)(x))
    attempt(lambda: f(lambda a: a.nonzero())(x))
    attempt(lambda: f(lambda a: a[a > 0])(x))
    attempt(lambda: f(lambda a: a.masked_select(a > 0))(x))
    attempt(lambda: f(lambda a: torch.allclose(a, a))(x))
    attempt(lambda: f(lambda a: torch.zeros(3).copy_(a))(x))
    attempt(lambda: f(lambda a: a.sum().backward())(x))
    attempt(lambda: torch.func.grad(lambda a: (a.sum().backward(), a.sum())[1])(x))
    f(f(lambda a: print(a)))(x)
    f(lambda a: print(a.shape, a.dtype, a.ndim, len(a), a.numel(), a.is_contiguous(), a.stride(), a[0].shape))(x)


def case_in_place(torch):
    x, _ = _inputs(torch)

    def shifted(a):
        z = torch.zeros_like(a)
        z[0] = a[1]
        z[1:] += a[1:]
        return z

    print(torch.vmap(shifted)(x), torch.vmap(lambda a: a.clone().mul_(2).add_(a.sum()))(x))
    print(torch.vmap(torch.func.grad(lambda a: shifted(a * a).sum()))(x))
    y = x.clone()
    torch.vmap(lambda a: a.mul_(2))(y)
    print(y, torch.vmap(lambda a: a.new_zeros(2).fill_(a[0]))(x))


def case_indexing(torch):
    x, _ = _inputs(torch)
    f = torch.vmap
    i = torch.tensor([[0, 2], [1, 1]])
    table = torch.arange(12.0).reshape(4, 3)
    print(
        f(lambda a, j: a[j])(x, i), f(lambda a: a[[2, 0]])(x), f(lambda j: table[j, 1])(i), f(lambda a: a[None, 1:])(x)
    )
    print(f(lambda a, j: a[:, j])(x.reshape(2, 1, 3), i).shape, f(lambda j: table[:, j % 3])(i).shape)
    print(f(lambda a, j: a.gather(0, j))(x, i), f(lambda a, j: a.scatter_add(0, j, j * 1.0))(x, i))
    print(f(lambda a, j: a.index_select(0, j))(x, i), f(lambda j: torch.nn.functional.embedding(j, table))(i).shape)
    grid = torch.arange(24.0).reshape(2, 3, 4)
    print(f(lambda a, j: a[j[0], j])(grid, i))


def case_random(torch):
    x, _ = _inputs(torch)
    F = torch.nn.functional
    drawing = {
        "randn": lambda a: a + torch.randn(3), "rand": lambda a: torch.rand((2,)), "dropout": lambda a: F.dropout(a + 1),
        "randint": lambda a: torch.randint(0, 9, (2,)), "bernoulli": lambda a: torch.bernoulli(a.sigmoid()),
        "like": lambda a: torch.randn_like(a), "normal_": lambda a: torch.zeros_like(a).normal_(),
        "alpha": lambda a: F.alpha_dropout(a, training=True), "randperm": lambda a: torch.randperm(1),
    }  # fmt: skip
    for name, function in drawing.items():
        for flag in ("error", "same", "different"):
            torch.manual_seed(1)
            print(name, flag)
            if flag != "same" or name not in ("normal_", "bernoulli"):  # PyTorch refuses these
                attempt(lambda function=function, flag=flag: torch.vmap(function, randomness=flag)(x))
    print(torch.vmap(lambda a: F.dropout(a, training=False))(x))


def case_nested(torch):
    x, v = _inputs(torch)
    func = torch.func
    f, cube = torch.vmap, lambda a: (a**3).sum()
    print(f(func.grad(cube))(x), f(func.hessian(cube))(x), f(func.jacrev(torch.sin))(x))
    print(f(func.jacfwd(lambda a: a.cumsum(0)))(x))
    print(
        func.grad(lambda a: f(lambda r: (r * a).sum())(x).sum())(v), f(func.vjp(lambda a: a**2, x[0])[1])(torch.eye(3))
    )
    print(f(f(func.grad(torch.mul), in_dims=(0, None)))(x, x[:, 0]))
    print(f(lambda r: func.jvp(func.grad(cube), (r,), (v,))[1])(x))
    inner = lambda w, r: ((w * r) ** 2).mean()
    step = lambda w, r: ((w - 0.1 * func.grad(inner)(w, r)) ** 2).sum()
    print(f(func.grad(step), in_dims=(None, 0))(v, x))
    print(func.jacrev(lambda p: {"o": p["a"] * p["b"], "s": p["a"].sum()})({"a": x[0], "b": v}))
    print(func.jacfwd(lambda a: (a**2, a.sum()), has_aux=True)(x[0]), func.jacrev(lambda a: a**2, chunk_size=2)(x[0]))
    y = x[0].clone().requires_grad_()
    print(torch.autograd.grad(y**2, y, torch.eye(3), is_grads_batched=True))


def case_per_sample_gradients(torch):
    torch.manual_seed(0)
    nn, func = torch.nn, torch.func
    net = nn.Sequential(
        nn.Conv2d(1, 2, 3), nn.GroupNorm(1, 2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8, 3)
    )
    images, labels = torch.randn(4, 1, 6, 6), torch.tensor([0, 2, 1, 0])
    given = {n: p.detach() for n, p in net.named_parameters()}

    def loss(p, image, label):
        out = func.functional_call(net, p, (image.unsqueeze(0),))
        return nn.functional.cross_entropy(out, label.unsqueeze(0))

    slopes = torch.vmap(func.grad(loss), in_dims=(None, 0, 0))(given, images, labels)
    for i in range(4):
        net.zero_grad()
        nn.functional.cross_entropy(net(images[i : i + 1]), labels[i : i + 1]).backward()
        print([torch.allclose(p.grad, slopes[n][i], atol=1e-6) for n, p in net.named_parameters()])
    print({n: list(s.shape) for n, s in slopes.items()})


def case_ensemble(torch):
    torch.manual_seed(0)
    nn, func = torch.nn, torch.func
    models = [nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4), nn.Tanh(), nn.Linear(4, 2)) for _ in range(3)]
    params, buffers = func.stack_module_state(models)
    x, _ = _inputs(torch)

    def run(p, b, data):
        return func.functional_call(models[0], (p, b), (data,))

    out = torch.vmap(run, in_dims=(0, 0, None))(params, buffers, x)
    print(torch.allclose(out, torch.stack([m(x) for m in models]), atol=1e-6), out.shape)
    each = torch.vmap(run)(params, buffers, torch.stack([x, x + 1, x + 2]))
    print(torch.allclose(each[1], models[1](x + 1), atol=1e-6))
    out.sum().backward()
    print({n: list(p.grad.shape) for n, p in params.items()})
    net = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3))
    attempt(lambda: torch.vmap(net)(torch.randn(2, 4, 3)))
    func.replace_all_batch_norm_modules_(net)
    print(torch.vmap(net)(torch.randn(2, 4, 3)).shape, net[1].running_mean)


def case_custom_function(torch):
    x, v = _inputs(torch)
    func = torch.func

    class Cube(torch.autograd.Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(a):
            return a**3, 3 * a**2

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(inputs[0], output[1])
            ctx.save_for_forward(inputs[0], output[1])

        @staticmethod
        def backward(ctx, g, h):
            a, slope = ctx.saved_tensors
            return g * slope + h * 6 * a

        @staticmethod
        def jvp(ctx, t):
            a, slope = ctx.saved_tensors
            return t * slope, t * 6 * a

    class Product(torch.autograd.Function):
        @staticmethod
        def forward(a, b):
            return a * b

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(*inputs)

        @staticmethod
        def backward(ctx, g):
            a, b = ctx.saved_tensors
            return g * b, g * a

        @staticmethod
        def vmap(info, in_dims, a, b):
            print(info, in_dims)
            return Product.apply(a, b.unsqueeze(0) if in_dims[1] is None else b), 0

    class Old(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    class NoRule(Product):
        vmap = torch.autograd.Function.vmap

    first = lambda a: Cube.apply(a)[0]
    print(torch.vmap(Cube.apply)(x), torch.vmap(func.grad(lambda a: first(a).sum()))(x))
    print(func.jvp(first, (x[0],), (v,)), func.jacrev(first)(x[0]), func.jacfwd(first)(x[0]))
    print(torch.vmap(Product.apply, in_dims=(0, None))(x, v))
    print(torch.vmap(func.grad(lambda a, b: Product.apply(a, b).sum()), in_dims=(0, None))(x, v))
    attempt(lambda: torch.vmap(NoRule.apply)(x, x))
    attempt(lambda: func.grad(lambda a: Old.apply(a).sum())(x))
    attempt(lambda: func.jvp(lambda a: Product.apply(a, a), (x,), (x,)))


def case_custom_function_of_numpy_arrays(torch):
    x, v = _inputs(torch)
    func = torch.func

    class Power(torch.autograd.Function):
        @staticmethod
        def forward(a, power=3):
            return torch.from_numpy(a.detach().numpy() ** power)

        @staticmethod
        def setup_context(ctx, inputs, output):
            a, ctx.power = inputs
            ctx.save_for_backward(a)
            ctx.save_for_forward(a)

        @staticmethod
        def backward(ctx, g):
            return g * ctx.power * Power.apply(*ctx.saved_tensors, ctx.power - 1), None

        @staticmethod
        def vmap(info, in_dims, a, power):
            return Power.apply(a, power), in_dims[0]

        @staticmethod
        def jvp(ctx, t, _):
            return t * ctx.power * Power.apply(*ctx.saved_tensors, ctx.power - 1)

    loss = lambda a: Power.apply(a).sin().sum()
    print(Power.apply(x), torch.vmap(Power.apply)(x), func.jvp(loss, (v,), (v,)))
    print(torch.vmap(lambda a: func.jvp(loss, (a,), (v,)))(x), torch.vmap(func.jacfwd(loss))(x))
    print(func.hessian(loss)(v) + 0, torch.vmap(func.hessian(loss))(x) + 0, torch.vmap(func.grad(loss))(x))
