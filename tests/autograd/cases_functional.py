"""`autograd.functional`, `gradcheck`, `torch.func`."""

import warnings

from .cases import attempt


def _first_line(function):
    try:
        print(function())
    except Exception as error:
        print(type(error).__name__, str(error).strip().splitlines()[0])


def case_jacobian(torch):
    F = torch.autograd.functional
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    print(F.jacobian(torch.exp, x))
    print(F.jacobian(lambda a, b: a.sum(0) * b, (x, torch.tensor([5.0, 6.0]))))
    print(F.jacobian(lambda a: (a.sum(), a[0]), x))
    print(F.jacobian(lambda a, b: (a[0], a[0] * b), (x, torch.tensor([5.0, 6.0])), vectorize=True))
    print(F.jacobian(lambda a: a**2, torch.ones(2, requires_grad=True), create_graph=True).requires_grad)
    attempt(lambda: F.jacobian(lambda a: torch.ones(2), torch.ones(2)))
    attempt(lambda: F.jacobian(lambda a: torch.ones(2), torch.ones(2), strict=True))
    attempt(lambda: F.jacobian(lambda a: a.detach(), torch.ones(2), strict=True))
    attempt(lambda: F.jacobian(lambda a: 3, torch.ones(2)))
    attempt(lambda: F.jacobian(lambda a: a, 3))
    print(F.jacobian(lambda a: a**2, torch.tensor(3.0)))
    print(F.jacobian(lambda a: a**2, torch.ones(2), strategy="reverse-mode"))


def case_hessian(torch):
    F = torch.autograd.functional
    x = torch.tensor([1.0, 2.0])
    print(F.hessian(lambda a: (a**3).sum(), x))
    print(F.hessian(lambda a, b: (a * b**2).sum(), (x, x * 2)))
    attempt(lambda: F.hessian(lambda a: a**3, x))
    print(F.hessian(lambda a: a.sum(), x))
    attempt(lambda: F.hessian(lambda a: a.sum(), x, strict=True))
    h = F.hessian(lambda a: (a**3).sum(), torch.ones(2, requires_grad=True), create_graph=True)
    print(h.requires_grad)


def case_products(torch):
    F = torch.autograd.functional
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    v = torch.tensor([1.0, -1.0])
    print(F.vjp(lambda a: a.exp().sum(1), x, v))
    print(F.vjp(lambda a: a.sum(), x))
    print(F.jvp(lambda a: a.exp().sum(1), x, torch.ones(2, 2)))
    print(F.jvp(lambda a, b: (a * b, a), (x, x), (x, torch.ones(2, 2))))
    print(F.hvp(lambda a: (a**3).sum(), x, torch.ones(2, 2)))
    print(F.vhp(lambda a: (a**3).sum(), x, torch.ones(2, 2)))
    attempt(lambda: F.vjp(lambda a: a.exp(), x))
    attempt(lambda: F.vjp(lambda a: a.exp(), x, torch.ones(3)))
    attempt(lambda: F.jvp(lambda a: a.exp(), x))
    attempt(lambda: F.hvp(lambda a: a.sum(), x))
    attempt(lambda: F.vhp(lambda a: a.sum(), x, torch.ones(3)))
    attempt(lambda: F.vjp(lambda a: torch.ones(2), x, v, strict=True))
    print(F.vjp(lambda a: torch.ones(2), x, v))
    print(F.jvp(lambda a: torch.ones(2), x, x))
    print(F.hvp(lambda a: a.sum(), x, x))


def case_gradcheck(torch):
    check, check2 = torch.autograd.gradcheck, torch.autograd.gradgradcheck
    x = torch.tensor([[0.5, 1.5], [2.5, 3.5]], dtype=torch.float64, requires_grad=True)
    y = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    print(check(lambda a, b: (a * b).sin(), (x, y)), check2(lambda a, b: (a * b).sin(), (x, y)))
    print(check(torch.exp, x), check(torch.exp, (x,), fast_mode=True))
    _first_line(lambda: check(lambda a: a * a.detach(), (x,)))
    print(check(lambda a: a * a.detach(), (x,), raise_exception=False))
    _first_line(lambda: check(torch.exp, (torch.ones(2),)))
    c = torch.tensor([1 + 2j, 0.5 - 1j], dtype=torch.complex128, requires_grad=True)
    print(check(lambda z: z * z.conj(), (c,)), check(torch.exp, (c,)), check(torch.abs, (c,)), check2(torch.exp, (c,)))
    print(check(lambda a: (a, a * 2), (x,)), check(lambda a, n: a**n, (x, 2)))

    class Wrong(torch.autograd.Function):
        @staticmethod
        def forward(ctx, v):
            return v * 2

        @staticmethod
        def backward(ctx, g):
            return g * 3

    try:
        check(Wrong.apply, (y,))
    except RuntimeError as error:
        print(
            type(error).__name__,
            isinstance(error, torch.autograd.gradcheck.GradcheckError)
            if hasattr(torch.autograd.gradcheck, "GradcheckError")
            else "",
        )
        print(error)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        print(check(lambda a: a * 2, (torch.ones(2, requires_grad=True),), eps=1e-2, atol=1e-2))
    print([w.category.__name__ for w in caught], str(caught[0].message).strip() if caught else "")
    _first_line(lambda: check2(lambda a: Wrong.apply(a) * a, (y,)))


def case_func(torch):
    func = torch.func
    x = torch.tensor([1.0, 2.0])
    print(func.grad(lambda a: (a**3).sum())(x))
    print(func.grad(lambda a, b: (a * b).sum(), argnums=(0, 1))(x, x * 3))
    print(func.grad(lambda a: ((a**3).sum(), a), has_aux=True)(x))
    print(func.grad_and_value(lambda a: (a**3).sum())(x))
    print(func.grad(lambda a: func.grad(lambda b: (b**3).sum())(a).sum())(x))
    out, pull = func.vjp(lambda a: a**2, x)
    print(out, pull(torch.ones(2)))
    print(func.jvp(lambda a: a**2, (x,), (torch.ones(2),)))
    print(func.jacrev(lambda a: a**2)(x), func.jacfwd(lambda a: a**2)(x))
    print(func.hessian(lambda a: (a**3).sum())(x))
    p = {"w": torch.ones(2), "b": torch.zeros(1)}
    g = func.grad(lambda q, a: (q["w"] * a + q["b"]).sum())(p, x)
    print(sorted(g), g["w"], g["b"])
    attempt(lambda: func.grad(lambda a: a)(x))
    w = torch.ones(2, requires_grad=True)
    print(func.grad(lambda a: (a * w).sum())(x).requires_grad, w.grad)
