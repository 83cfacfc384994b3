"""Custom Functions, old style and new."""

from .cases import attempt


def case_plain(torch):
    class Mul(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y, scale=2, *, unused=None):
            ctx.save_for_backward(x, y)
            ctx.scale = scale
            print("inside", torch.is_grad_enabled(), x.requires_grad, ctx.needs_input_grad)
            return x * y * scale

        @staticmethod
        def backward(ctx, g):
            x, y = ctx.saved_tensors
            print("backward", torch.is_grad_enabled(), ctx.needs_input_grad, x.requires_grad)
            return g * y * ctx.scale, g * x * ctx.scale, None

    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = torch.tensor([3.0, 4.0])
    z = Mul.apply(x, y, 3)
    print(z, z.grad_fn, z.grad_fn.name(), z.grad_fn.next_functions)
    z.sum().backward(retain_graph=True)
    print(x.grad, y.grad)
    print(z.grad_fn.saved_tensors[0] is x, z.grad_fn.scale)
    z.sum().backward()
    attempt(lambda: z.sum().backward())
    attempt(lambda: z.grad_fn.saved_tensors)
    with torch.no_grad():
        w = Mul.apply(x, y)
        print(w.requires_grad)
    print(Mul.apply(y, y).requires_grad)
    attempt(lambda: Mul.apply(x, y, scale=3).shape)
    attempt(lambda: Mul()(x, y))
    print(Mul.__name__, isinstance(z.grad_fn, torch.autograd.graph.Node))


def case_setup_context(torch):
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(x):
            return x**3, x * 2

        @staticmethod
        def setup_context(ctx, inputs, output):
            (x,) = inputs
            ctx.save_for_backward(x, output[0])
            ctx.mark_non_differentiable(output[1])
            ctx.set_materialize_grads(False)

        @staticmethod
        def backward(ctx, g, unused):
            x, out = ctx.saved_tensors
            print(unused, out.requires_grad, out.grad_fn)
            return g * 3 * x**2

    x = torch.tensor([2.0], requires_grad=True)
    a, b = Cube.apply(x)
    print(a, b, b.requires_grad, a.grad_fn)
    a.backward()
    print(x.grad)


def case_several_outputs(torch):
    class Split(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2, "text", x * 3, None

        @staticmethod
        def backward(ctx, g, text, h, none):
            print(g, text, h, none)
            return g * 2 + h * 3

    x = torch.tensor([1.0, 2.0], requires_grad=True)
    a, text, b, none = Split.apply(x)
    print(text, none, a.grad_fn is b.grad_fn, a.output_nr, b.output_nr)
    a.sum().backward(retain_graph=True)
    print(x.grad)
    (a + b).sum().backward()
    print(x.grad)


def case_gradient_numbers(torch):
    def make(count):
        class F(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x, y):
                return x * y

            @staticmethod
            def backward(ctx, g):
                return tuple([g, g, None, None][:count]) if count < 5 else (g, g, g)

        return F

    x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    for count in (1, 2, 3, 4, 5):
        attempt(lambda count=count: make(count).apply(x, y).sum().backward())

    class Shape(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return torch.ones(3)

    attempt(lambda: Shape.apply(x).sum().backward())

    class Wide(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return torch.ones(3, 2, dtype=torch.float64)

    z = torch.ones(2, requires_grad=True)
    Wide.apply(z).sum().backward()
    print(z.grad)

    class Text(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return "text"

    attempt(lambda: Text.apply(x).sum().backward())

    class Unneeded(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, n):
            return x * n

        @staticmethod
        def backward(ctx, g):
            return g, g

    z = torch.ones(2, requires_grad=True)
    attempt(lambda: Unneeded.apply(z, 3).sum().backward())

    class Nothing(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return None

    z = torch.ones(2, requires_grad=True)
    Nothing.apply(z).sum().backward()
    print(z.grad)
    print(torch.autograd.grad(Nothing.apply(z).sum(), z, allow_unused=True))


def case_missing_methods(torch):
    class NoBackward(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

    class NoForward(torch.autograd.Function):
        @staticmethod
        def backward(ctx, g):
            return g

    x = torch.ones(2, requires_grad=True)
    attempt(lambda: NoBackward.apply(x).sum().backward())
    attempt(lambda: NoForward.apply(x))

    class Vjp(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def vjp(ctx, g):
            return g * 2

    Vjp.apply(x).sum().backward()
    print(x.grad)


def case_dirty(torch):
    class AddOne(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            x.add_(1)
            ctx.mark_dirty(x)
            return x

        @staticmethod
        def backward(ctx, g):
            return g * 5

    x = torch.ones(2, requires_grad=True)
    attempt(lambda: AddOne.apply(x))
    y = x * 1
    z = AddOne.apply(y)
    print(z is y, y, y.grad_fn, y._version)
    z.sum().backward()
    print(x.grad)
    base = x * 1
    AddOne.apply(base[:1])
    print(base)
    x.grad = None
    base.sum().backward()
    print(x.grad)


def case_input_returned(torch):
    class Same(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x

        @staticmethod
        def backward(ctx, g):
            return g * -1

    class Viewed(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.view_as(x)

        @staticmethod
        def backward(ctx, g):
            return -2 * g

    x = torch.ones(2, requires_grad=True)
    y = Same.apply(x)
    print(y is x, y.grad_fn, x.grad_fn)
    y.sum().backward()
    print(x.grad)
    Viewed.apply(x).sum().backward()
    print(x.grad)
    v = Viewed.apply(x * 1)
    attempt(lambda: v.add_(1))
    with torch.no_grad():
        print(Same.apply(x).requires_grad)


def case_saving(torch):
    class Saves(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            out = x.exp() * y
            ctx.save_for_backward(x, None, out, y)
            return out

        @staticmethod
        def backward(ctx, g):
            x, none, out, y = ctx.saved_tensors
            print(none, out)
            return g * out, g * x.exp()

    x = torch.tensor([1.0], dtype=torch.float64, requires_grad=True)
    y = torch.tensor([2.0], dtype=torch.float64, requires_grad=True)
    (g,) = torch.autograd.grad(Saves.apply(x, y), x, create_graph=True)
    print(g, torch.autograd.grad(g, [x, y]))
    w = y * 1
    out = Saves.apply(x, w)
    w.add_(1)
    attempt(lambda: out.backward())
    out = Saves.apply(x, y)
    out.mul_(2)
    attempt(lambda: out.backward())

    class Wrong(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(3)
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g

    attempt(lambda: Wrong.apply(x))


def case_double_backward(torch):
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return 3 * x**2 * g

    x = torch.tensor([2.0], dtype=torch.float64, requires_grad=True)
    value = Cube.apply(x)
    for _ in range(3):
        (value,) = torch.autograd.grad(value, x, create_graph=True)
        print(value.item())
    print(torch.autograd.gradcheck(Cube.apply, (x,)), torch.autograd.gradgradcheck(Cube.apply, (x,)))


def case_once_differentiable(torch):
    class Once(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**2

        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return 2 * x * g

    x = torch.tensor([2.0], requires_grad=True)
    print(torch.autograd.grad(Once.apply(x), x))
    (g,) = torch.autograd.grad(Once.apply(x), x, create_graph=True)
    print(g.requires_grad)
    attempt(lambda: g.backward())


def case_hooks_and_chaining(torch):
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    x = torch.ones(2, requires_grad=True)
    y = Double.apply(Double.apply(x))
    y.grad_fn.register_hook(lambda gi, go: print("hook", gi, go))
    y.grad_fn.metadata["k"] = 1
    y.sum().backward()
    print(x.grad, y.grad_fn.metadata, y.grad_fn.next_functions[0][0].name())
    h = y.register_hook(lambda g: g * 0)
    y.sum().backward()
    print(x.grad)
    h.remove()


def case_integer_outputs_and_inputs(torch):
    class Top(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, k):
            values, indices = x.sort()
            ctx.mark_non_differentiable(indices)
            ctx.save_for_backward(indices)
            ctx.size = x.shape
            return values, indices

        @staticmethod
        def backward(ctx, g, gi):
            print(gi)
            (i,) = ctx.saved_tensors
            return torch.zeros(ctx.size).scatter_(0, i, g), None

    x = torch.tensor([3.0, 1.0, 2.0], requires_grad=True)
    v, i = Top.apply(x, torch.tensor(2))
    print(v, i, i.requires_grad)
    (v * torch.arange(3.0)).sum().backward()
    print(x.grad)


def case_context_attributes(torch):
    class F(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.a = [1]
            ctx.x = x
            return x + 1

        @staticmethod
        def backward(ctx, g):
            print(ctx.a, ctx.x.shape)
            ctx.a.append(2)
            return g

    x = torch.ones(2, requires_grad=True)
    y = F.apply(x)
    y.sum().backward()
    y.sum().backward()
    print(y.grad_fn.a, x.grad)


def case_saved_hooks_apply(torch):
    class Sq(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return 2 * x * g

    x = torch.tensor([1.0, 2.0], requires_grad=True)

    def pack(t):
        print("pack", t.requires_grad)
        return t * 10

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: print("unpack") or t):
        y = Sq.apply(x)
    y.sum().backward()
    print(x.grad)


def case_nested_grad_inside_backward(torch):
    class Inner(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.sin()

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            with torch.enable_grad():
                z = x.detach().requires_grad_()
                (d,) = torch.autograd.grad(z.sin().sum(), z)
            return g * d

    x = torch.tensor([0.0, 1.0], requires_grad=True)
    Inner.apply(x).sum().backward()
    print(x.grad)
