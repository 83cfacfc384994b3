"""Hooks on tensors and nodes, saved-tensor hooks, anomaly mode."""

import warnings

from .cases import attempt


def case_tensor_hooks(torch):
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    first = y.register_hook(lambda g: print("first", g, g.requires_grad))
    y.register_hook(lambda g: g * 2)
    y.register_hook(lambda g: print("last", g))
    x.register_hook(lambda g: g + 1)
    y.sum().backward(retain_graph=True)
    print(x.grad)
    first.remove()
    first.remove()
    (y * 3).sum().backward()
    print(x.grad)
    attempt(lambda: torch.ones(2).register_hook(print))
    z = x * 2
    z.register_hook(lambda g: torch.ones(3))
    attempt(lambda: z.sum().backward())
    z = x * 2
    z.register_hook(lambda g: "no")
    attempt(lambda: z.sum().backward())
    with (x * 2).register_hook(print) as handle:
        print(type(handle).__name__)


def case_leaf_hooks_and_accumulation(torch):
    x = torch.ones(2, requires_grad=True)
    x.register_hook(lambda g: print("sum of all uses", g))
    (x * 2 + x * 3).sum().backward()
    y = torch.ones(2, requires_grad=True)
    h = y.register_post_accumulate_grad_hook(lambda t: print("accumulated", t is y, t.grad))
    (y * 2).sum().backward()
    (y * 2).sum().backward()
    h.remove()
    (y * 2).sum().backward()
    print(y.grad)
    attempt(lambda: (y * 2).register_post_accumulate_grad_hook(print))
    attempt(lambda: torch.ones(1).register_post_accumulate_grad_hook(print))
    z = torch.ones(2, requires_grad=True)

    def clear(t):
        t.grad = None

    z.register_post_accumulate_grad_hook(clear)
    z.sum().backward()
    print(z.grad)


def case_hook_in_place_on_the_gradient(torch):
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    kept = []
    y.register_hook(lambda g: kept.append(g))
    y.sum().backward()
    print(kept, x.grad)


def case_hooks_with_grad(torch):
    x = torch.ones(2, requires_grad=True)
    x.register_hook(lambda g: g * 10)
    y = x * 2
    y.register_hook(lambda g: g * 3)
    print(torch.autograd.grad(y.sum(), x), torch.autograd.grad((x * 2).sum(), [x]))
    y = x * 2
    y.register_hook(lambda g: g * 3)
    print(torch.autograd.grad(y.sum(), y))
    y = x * 2
    y.register_hook(lambda g: print("recorded", g.requires_grad) or g * x)
    (g,) = torch.autograd.grad((y * y).sum(), x, create_graph=True)
    print(g, torch.autograd.grad(g.sum(), x))


def case_node_hooks(torch):
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    z = y * 3
    z.grad_fn.register_prehook(lambda gs: print("pre", gs) or (gs[0] * 2,))
    h = z.grad_fn.register_hook(lambda gi, go: print("post", gi, go) or (gi[0] + 1, None))
    y.grad_fn.register_hook(lambda gi, go: print("inner", gi, go))
    z.sum().backward(retain_graph=True)
    print(x.grad)
    h.remove()
    z.sum().backward()
    print(x.grad)
    leaf = (x + 1).grad_fn.next_functions[0][0]
    leaf.register_hook(lambda gi, go: print("leaf", gi, go))
    leaf.register_prehook(lambda gs: (gs[0] * 7,))
    x.grad = None
    (x + 1).sum().backward()
    print(x.grad)
    a, b = (x * 2).unbind()
    a.grad_fn.register_hook(lambda gi, go: print("unbind", gi, go))
    a.grad_fn.register_prehook(lambda gs: print("unbind pre", gs))
    (a + b).backward()
    w = x * 2
    w.grad_fn.register_hook(lambda gi, go: (gi[0],))
    attempt(lambda: w.sum().backward())


def case_hooks_after_in_place(torch):
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    y.register_hook(lambda g: print("before", g))
    y.mul_(5)
    y.register_hook(lambda g: print("after", g))
    y.sum().backward()
    print(x.grad)


def case_saved_tensors_hooks(torch):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    packed = []

    def pack(t):
        packed.append(t)
        return len(packed) - 1

    def unpack(i):
        print("unpack", i)
        return packed[i]

    with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
        y = x * x
        z = y.exp()
    print(len(packed), packed[0] is x, packed[2])
    z.sum().backward()
    print(x.grad)

    with torch.autograd.graph.saved_tensors_hooks(lambda t: t * 2, lambda t: t):
        y = x * x
    x.grad = None
    y.sum().backward()
    print(x.grad)
    with torch.autograd.graph.save_on_cpu():
        y = (x * x).sum()
    print(torch.autograd.grad(y, x))
    with torch.autograd.graph.disable_saved_tensors_hooks("not here"):
        attempt(lambda: torch.autograd.graph.saved_tensors_hooks(pack, unpack).__enter__())
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t.numpy(force=True), lambda a: torch.from_numpy(a)):
        y = (x.sin() * x).sum()
    print(torch.autograd.grad(y, x))
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: "x"):
        y = x.sin().sum()
    attempt(lambda: torch.autograd.grad(y, x))


def case_saved_tensors_hooks_second_order(torch):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t.detach(), lambda t: t):
        y = (x**3).exp().sum()
        (g,) = torch.autograd.grad(y, x, create_graph=True)
    print(g, torch.autograd.grad(g.sum(), x))
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t):
        y = x.sin().sum()
    y.backward(retain_graph=True)
    y.backward()
    attempt(lambda: y.backward())
    print(x.grad)


def case_multi_grad_hook(torch):
    x = torch.ones(2, requires_grad=True)
    y = torch.ones(2, requires_grad=True)
    z = torch.ones(2, requires_grad=True)
    h = torch.autograd.graph.register_multi_grad_hook((x, y, z), lambda gs: print("all", gs))
    (x * y).sum().backward()
    h.remove()
    (x * y).sum().backward()
    h = torch.autograd.graph.register_multi_grad_hook((x, y), lambda g: print("any", g), mode="any")
    (x * y).sum().backward()
    attempt(lambda: torch.autograd.graph.register_multi_grad_hook((x, y), print, mode="some"))


def case_increment_version(torch):
    x = torch.ones(2)
    torch.autograd.graph.increment_version(x)
    print(x._version)
    torch.autograd.graph.increment_version([x, x])
    print(x._version)


def case_anomaly(torch):
    x = torch.zeros(2, requires_grad=True)

    def messages(function):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            attempt(function)
        for w in caught:
            text = str(w.message)
            if "Anomaly Detection has been enabled" in text:
                print("slow warning")
            elif w.category is UserWarning:
                print(text.splitlines()[0], "the_user_line" in text, w.category.__name__)

    def nan():
        with torch.autograd.detect_anomaly():
            y = torch.sqrt(x)
            the_user_line = y * 0
            the_user_line.sum().backward()

    messages(nan)
    print(torch.is_anomaly_enabled() if hasattr(torch, "is_anomaly_enabled") else None)

    def saved():
        with torch.autograd.detect_anomaly():
            w = x * 1
            the_user_line = w * w
            w.add_(1)
            the_user_line.sum().backward()

    messages(saved)

    def unchecked():
        with torch.autograd.detect_anomaly(check_nan=False):
            (torch.sqrt(x) * 0).sum().backward()
        print(x.grad)

    messages(unchecked)

    class Bad(torch.autograd.Function):
        @staticmethod
        def forward(ctx, v):
            return v.clone()

        @staticmethod
        def backward(ctx, g):
            raise RuntimeError("broken on purpose")

    def custom():
        with torch.autograd.set_detect_anomaly(True):
            the_user_line = Bad.apply(x)
            the_user_line.sum().backward()

    messages(custom)
    print(torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled())


def case_leaves_run_as_soon_as_they_are_complete(torch):
    called = []

    def leaf(name, *size):
        p = torch.ones(*size, requires_grad=True)
        p.register_hook(lambda g: called.append(name))
        p.register_post_accumulate_grad_hook(lambda p: called.append(name + "!"))
        return p

    x, w, b, unused = leaf("x", 2, 2), leaf("w", 2, 2), leaf("b", 2), leaf("unused", 2)
    for make in (
        lambda: torch.nn.functional.linear(x, w, b),
        lambda: x * w + x,
        lambda: (x @ w) @ x,
        lambda: (x.exp() + w.sin()).relu() * b,
        lambda: torch.nn.functional.layer_norm(x, (2,), b, b),
        lambda: x,
    ):
        out = make()
        if out is not x:
            out.register_hook(lambda g: called.append("out"))
        out.sum().backward()
        print(called)
        called.clear()
    layer = torch.nn.Linear(2, 2)
    layer.register_full_backward_hook(lambda *a: called.append("layer"))
    layer.bias.register_hook(lambda g: called.append("bias"))
    (layer(x).sum() + unused.sum() * 0).backward()
    print(called)
    print(torch.autograd.grad((x * w).sum(), [w])[0])


def case_what_hooks_may_not_return(torch):
    layer, x = torch.nn.Linear(2, 2), torch.ones(3, 2, requires_grad=True)
    for answer in (3, (1, 2), (torch.ones(2),), torch.ones(3, 2), None):
        handle = layer.register_full_backward_hook(lambda *a, answer=answer: answer)
        try:
            print(layer(x).sum().backward())
        except Exception as error:
            print(type(error).__name__)
        handle.remove()
    handle = x.register_post_accumulate_grad_hook(lambda t: 3)
    try:
        (x * 2).sum().backward()
    except TypeError:
        print("TypeError")
    handle.remove()
