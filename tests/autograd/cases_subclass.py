"""Subclasses of Tensor and `__torch_function__`."""

from .cases import attempt


def case_default(torch):
    class Sub(torch.Tensor):
        pass

    x = torch.ones(2, 2).as_subclass(Sub)
    x.note = "kept"
    for r in (
        x + 1,
        1 + x,
        x.add(1),
        torch.add(x, 1),
        torch.cat([x, torch.ones(2, 2)]),
        x[0],
        x.t(),
        x.T,
        x.clone(),
        x.detach(),
        x.to(torch.float64),
        x.float(),
        x.sum(),
        x.max(0)[0],
        x.view(-1),
        torch.exp(x),
        x.data,
        -x,
        x == 1,
        x.new_zeros(2),
        torch.zeros_like(x),
        x.unbind()[0],
        torch.ones(2, 2) + x,
        x.contiguous(),
        x.cpu(),
        x.double(),
        x.copy_(torch.zeros(2, 2)),
        x.fill_(1),
        x.requires_grad_(False),
        x.numpy(),
        x.tolist(),
        x.shape,
        x.sum().item(),
        x.split(1)[0],
        x.type_as(torch.ones(1)),
        x @ x,
        abs(x),
    ):
        print(type(r).__name__, hasattr(r, "note"))
    x += 1
    print(type(x).__name__, x.note, x)
    print(type(torch.nn.functional.relu(x)).__name__, isinstance(x, torch.Tensor))
    print(type(Sub(torch.ones(2))).__name__, type(Sub([1.0, 2.0])).__name__, Sub([1.0, 2.0]))
    print(repr(x.sum()))


def case_autograd_through_a_subclass(torch):
    class Sub(torch.Tensor):
        pass

    x = torch.ones(2).as_subclass(Sub).requires_grad_()
    y = (x * 3).sum()
    print(type(y).__name__, y.requires_grad, y.is_leaf)
    y.backward()
    print(type(x.grad).__name__, x.grad)
    w = torch.ones(2, requires_grad=True)
    s = w.as_subclass(Sub)
    print(s.requires_grad, type(s).__name__)
    (s * 2).sum().backward()
    print(w.grad)


def case_two_subclasses(torch):
    class A(torch.Tensor):
        pass

    class B(torch.Tensor):
        pass

    class A2(A):
        pass

    a, b, a2 = (torch.ones(2).as_subclass(c) for c in (A, B, A2))
    print(type(a + a2).__name__, type(a2 + a).__name__)
    try:
        print(type(a + b).__name__)
    except TypeError:
        print("TypeError")


def case_logging(torch):
    class Logged(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            print(func.__name__, [t.__name__ for t in types], len(args) + len(kwargs or {}))
            return super().__torch_function__(func, types, args, kwargs or {})

    x = torch.ones(2, 2).as_subclass(Logged)
    torch.add(x, 1, alpha=2)
    torch.sum(x, dim=0)
    x.sum(0)
    torch.cat([x, x], dim=1)
    torch.stack((torch.ones(2, 2), x))
    x.clone()
    x.detach()
    x.to(torch.float64)
    torch.exp(x)
    x.mul_(2)
    torch.where(x > 0, x, x)


def case_function_identity(torch):
    seen = []

    class Logged(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            seen.append(func)
            return super().__torch_function__(func, types, args, kwargs or {})

    x = torch.ones(2, 2).as_subclass(Logged)
    torch.add(x, 1)
    torch.cat([x])
    torch.mean(x)
    print(seen[0] is torch.add, seen[1] is torch.cat, seen[2] is torch.mean)
    x.add(1)
    print(seen[-1] in (torch.Tensor.add, torch.add))


def case_diagonal_wrapper(torch):
    table = {}

    def implements(function):
        def register(f):
            table[function] = f
            return f

        return register

    class Scaled:
        def __init__(self, n, value):
            self.n, self.value = n, value

        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            if func not in table or not all(issubclass(t, (torch.Tensor, Scaled)) for t in types):
                return NotImplemented
            return table[func](*args, **(kwargs or {}))

    @implements(torch.mean)
    def mean(d):
        return d.value / d.n

    @implements(torch.add)
    def add(a, b):
        return "added"

    d = Scaled(4, 2)
    print(torch.mean(d), torch.add(d, 1), torch.add(torch.ones(2), d))
    try:
        torch.mul(d, 1)
    except TypeError as error:
        print(str(error).partition(";")[0])


def case_parameters_are_plain(torch):
    class Mine(torch.nn.Parameter):
        pass

    x = Mine(torch.ones(2))
    print(type(x + 1).__name__, type(x.detach()).__name__, type(torch.exp(x)).__name__, type(x.clone()).__name__)


def case_make_subclass(torch):
    class P(torch.Tensor):
        @staticmethod
        def __new__(cls, data, requires_grad=False):
            return torch.Tensor._make_subclass(cls, data, requires_grad)

    x = torch.ones(2)
    p = P(x, True)
    print(type(p).__name__, p.requires_grad, p.is_leaf, p.data_ptr() == x.data_ptr())
    (p * 2).sum().backward()
    print(p.grad, type(p.grad).__name__)
    q = torch.Tensor._make_subclass(P, x)
    print(q.requires_grad, q)


def case_extra_state(torch):
    class Meta(torch.Tensor):
        @staticmethod
        def __new__(cls, x, tag, *args, **kwargs):
            return super().__new__(cls, x)

        def __init__(self, x, tag):
            self.tag = tag

        def clone(self, *args, **kwargs):
            return Meta(super().clone(*args, **kwargs), self.tag)

    m = Meta(torch.ones(2), "t")
    print(type(m).__name__, m.tag, m.clone().tag, hasattr(m + 1, "tag"))
    attempt(lambda: type(m.to(torch.float64)).__name__)


def case_torch_function_mode(torch):
    class Count(torch.overrides.TorchFunctionMode):
        def __init__(self):
            super().__init__()
            self.seen = []

        def __torch_function__(self, func, types, args=(), kwargs=None):
            self.seen.append(func.__name__)
            return func(*args, **(kwargs or {}))

    attempt(lambda: torch.overrides.has_torch_function((torch.ones(1),)))

    class Sub(torch.Tensor):
        pass

    attempt(lambda: torch.overrides.has_torch_function((torch.ones(1).as_subclass(Sub),)))
