"""In-place changes: leaves, views, versions, detach and data."""

from .cases import attempt


def case_leaves(torch):
    x = torch.ones(2, requires_grad=True)
    attempt(lambda: x.add_(1))
    attempt(lambda: x.zero_())
    attempt(lambda: x.copy_(torch.zeros(2)))
    attempt(lambda: x[0].add_(1))
    attempt(lambda: x.view(2).mul_(2))
    attempt(lambda: x.__setitem__(0, 1.0))
    attempt(lambda: x.requires_grad_().fill_(3))
    with torch.no_grad():
        x.add_(1)
        x[0] = 7
        x.view(2).mul_(2)
    print(x, x._version)
    (x * 2).sum().backward()
    with torch.no_grad():
        x -= 0.5 * x.grad
        x.grad.zero_()
    print(x, x.grad)
    y = torch.zeros(2)
    y += x
    print(y.requires_grad, y.grad_fn, y.is_leaf)
    y.sum().backward()
    print(x.grad)


def case_non_leaf(torch):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x * 1
    y.mul_(3)
    y.add_(x)
    y.pow_(2)
    print(y.grad_fn, y._version)
    y.sum().backward()
    print(x.grad)
    y = x * 1
    y.zero_()
    y.add_(x)
    y.sum().backward()
    print(x.grad)
    y = x * 1
    y.fill_(2)
    print(y.requires_grad, y.is_leaf)
    y = x * 1
    y.copy_(x * 4)
    y.exp_()
    y.sum().backward()
    print(x.grad)


def case_view_changes(torch):
    x = torch.arange(6.0).reshape(2, 3).requires_grad_()
    base = x * 1
    row = base[0]
    column = base[:, 1]
    row.mul_(10)
    print(base.grad_fn, row.grad_fn, column)
    (base.sum() + column.sum() * 100).backward()
    print(x.grad)


def case_chained_views(torch):
    x = torch.arange(6.0).reshape(2, 3).requires_grad_()
    base = x.clone()
    part = base.t()[1:].view_as(base.t()[1:])
    part[0].mul_(2)
    part[1] += x[0, :2]
    flat = base.view(-1)
    flat[::2] *= 5
    print(base, part.is_leaf)
    (part * torch.arange(4.0).reshape(2, 2)).sum().backward(retain_graph=True)
    print(x.grad)
    base.pow(2).sum().backward()
    print(x.grad)


def case_views_made_before_and_after(torch):
    x = torch.ones(4, requires_grad=True)
    base = x * 2
    before = base[:2]
    inner = before[1:]
    base.mul_(3)
    print(before, inner, before.grad_fn is None)
    after = base[2:]
    after.mul_(7)
    (inner.sum() * 100 + base.sum()).backward()
    print(x.grad)


def case_view_of_constant_gets_history(torch):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    out = torch.zeros(4)
    out[:2] = x
    out[2:].copy_(x * 3)
    print(out.requires_grad, out.grad_fn)
    (out * torch.tensor([1.0, 2.0, 3.0, 4.0])).sum().backward()
    print(x.grad)
    buffer = torch.zeros(2, 3)
    for i in range(3):
        buffer[:, i] = x * i
    buffer.sum().backward()
    print(x.grad)


def case_setitem_with_indices(torch):
    x = torch.arange(4.0, requires_grad=True)
    v = torch.tensor([10.0, 20.0], requires_grad=True)
    y = x * 1
    y[[0, 2]] = v
    y[torch.tensor([False, True, False, False])] = 5
    y[-1:] = v[0] * 2
    print(y)
    (y * torch.tensor([1.0, 2.0, 3.0, 4.0])).sum().backward()
    print(x.grad, v.grad)
    m = torch.zeros(2, 2)
    m[0] = v
    m[1, 1] = v.sum()
    m.sum().backward()
    print(v.grad)


def case_strided_base(torch):
    x = torch.arange(6.0).reshape(2, 3).requires_grad_()
    base = (x * 1).t()
    base[0].mul_(4)
    print(base, base.grad_fn)
    base.pow(2).sum().backward()
    print(x.grad)


def case_second_order_through_rebased_views(torch):
    x = torch.arange(1.0, 7.0, dtype=torch.float64).reshape(2, 3).requires_grad_()
    y = x**3
    y[0].mul_(x[1])
    y[:, 1] = x[:, 0] ** 2
    (g,) = torch.autograd.grad((y**2).sum(), x, create_graph=True)
    print(g.detach())
    (h,) = torch.autograd.grad(g.sum(), x)
    print(h)
    z = (x**2).t()
    z[1] *= 3
    (g,) = torch.autograd.grad((z**2).sum(), x, create_graph=True)
    print(torch.autograd.grad(g.sum(), x))


def case_multi_output_views(torch):
    x = torch.ones(4, 2, requires_grad=True)
    base = x * 1
    for views in (base.chunk(2), base.split(1), base.unbind(), base.split([1, 3])):
        attempt(lambda views=views: views[0].add_(1))
    attempt(lambda: base.unbind()[1].view(2).mul_(2))
    with torch.no_grad():
        base.unbind()[0].mul_(2)
    print(base[0])
    for v in torch.ones(2, 2).unbind():
        v.add_(1)
        print(v)


def case_no_grad_views(torch):
    x = torch.ones(4, requires_grad=True)
    base = x * 1
    with torch.no_grad():
        v = base[:2]
    attempt(lambda: v.add_(1))
    with torch.no_grad():
        v.add_(1)
        w = x[:2]
    print(base)
    attempt(lambda: w.add_(1))
    with torch.no_grad():
        z = x.view(2, 2)
        z.mul_(2)
    print(x)
    plain = torch.ones(3)
    with torch.no_grad():
        p = plain[:2]
    p.add_(1)
    print(plain)


def case_versions(torch):
    x = torch.ones(2, 2, requires_grad=True)
    y = x * 2
    z = y * y
    y.add_(1)
    attempt(lambda: z.sum().backward())
    y = x.exp()
    y.mul_(2)
    attempt(lambda: y.sum().backward())
    y = x * 2
    z = y * y
    y[0, 0] = 1
    y += 1
    attempt(lambda: z.sum().backward())
    w = torch.ones(2, 2)
    z = x * w
    w.add_(1)
    w.add_(1)
    attempt(lambda: z.sum().backward())
    w = torch.ones(2, 2, dtype=torch.float64)
    z = x.double() * w.t()
    w.add_(1)
    attempt(lambda: z.sum().backward())
    w = torch.ones(2, 2)
    z = x * w.unbind()[0]
    w.add_(1)
    attempt(lambda: z.sum().backward())
    y = x * 2
    z = y.sigmoid()
    z[0] = 0
    attempt(lambda: z.sum().backward())
    y = x * 2
    z = (y.view(-1) ** 2).sum()
    y.zero_()
    attempt(lambda: z.backward())
    with torch.no_grad():
        z = x.sum() * x.sum()
    z = x * x
    with torch.no_grad():
        x.add_(1)
    attempt(lambda: z.sum().backward())
    index = torch.tensor([0, 1])
    z = x[index]
    index.add_(0)
    attempt(lambda: z.sum().backward())


def case_versions_where_nothing_is_needed(torch):
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    z = y + 3
    y.add_(1)
    z.sum().backward()
    print(x.grad)
    y = x * 2
    y.mul_(5)
    y.sum().backward()
    print(x.grad)
    z = x * 2
    r = z.relu()
    z.add_(1)
    r.sum().backward()
    print(x.grad)


def case_detach_and_data(torch):
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    d = y.detach()
    z = y * y
    d.add_(1)
    print(y._version, d._version, d.requires_grad, y)
    attempt(lambda: z.sum().backward())
    y = x * 2
    z = y * y
    y.data.add_(1)
    print(y._version, y)
    z.sum().backward()
    print(x.grad)
    x.data = torch.full((2,), 5.0)
    print(x, x.requires_grad, x.is_leaf)
    x.data -= 1
    x.data[0] = 0
    print(x)
    attempt(lambda: setattr(x, "data", torch.ones(2, dtype=torch.int64)))
    x.data = torch.zeros(3)
    print(x.shape, x.data.requires_grad)
    x = torch.ones(3, requires_grad=True)
    y = x * 2
    print(y.detach_() is y, y.requires_grad, y.grad_fn, y.is_leaf)
    base = x * 2
    v = base[:1]
    try:
        v.detach_()
    except RuntimeError as error:
        print(str(error)[:35])
    e = x.detach()
    e.requires_grad_()
    print(x.requires_grad, e.requires_grad, e.is_leaf)


def case_resize_and_set(torch):
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    attempt(lambda: y.resize_(3))
    attempt(lambda: x.resize_(3))
    attempt(lambda: y.detach().resize_(1).shape)
    attempt(lambda: x.set_(torch.ones(3)))
    z = torch.ones(2)
    z.set_(torch.zeros(3))
    print(z)


def case_inplace_type_errors(torch):
    attempt(lambda: torch.ones(2, dtype=torch.int64).add_(1.5))
    attempt(lambda: torch.ones(2).add_(torch.ones(3, 2)))
    attempt(lambda: torch.ones(1).expand(3).add_(1))
    attempt(lambda: torch.ones(2, dtype=torch.int64).div_(2))
    x = torch.ones(2, requires_grad=True)
    y = (x * 1).double()
    y.add_(x)
    print(y.dtype, y.grad_fn)
    y.sum().backward()
    print(x.grad)


def case_out_argument(torch):
    x = torch.ones(2, requires_grad=True)
    attempt(lambda: torch.add(x, x, out=torch.zeros(2)))
    attempt(lambda: torch.add(torch.ones(2), 1, out=x))
    with torch.no_grad():
        out = torch.zeros(2)
        torch.add(x, x, out=out)
        print(out)


def case_random_and_masked(torch):
    x = torch.ones(3, requires_grad=True)
    y = x * 2
    y.masked_fill_(torch.tensor([True, False, False]), 9.0)
    y.clamp_(max=5)
    y.sum().backward()
    print(y.detach(), x.grad)
    y = x * 2
    y.normal_()
    print(y.requires_grad, y.sum().backward(), x.grad)
    attempt(lambda: x.uniform_())
    attempt(lambda: x.normal_())
    y = torch.zeros(3).index_add_(0, torch.tensor([0, 0, 2]), x)
    y.pow(2).sum().backward()
    print(y, x.grad)
    y = torch.zeros(3).scatter_(0, torch.tensor([2, 1, 0]), x * torch.arange(3.0))
    y.pow(2).sum().backward()
    print(x.grad)


def case_shape_changes_in_place(torch):
    x = torch.ones(2, 3, requires_grad=True)
    y = x * torch.arange(3.0)
    y.t_()
    y.unsqueeze_(0)
    print(y.shape, y.is_leaf)
    (y[0, 1] * 5).sum().backward()
    print(x.grad)
    attempt(lambda: x.t_())


def case_base_attribute(torch):
    x = torch.ones(2, 3)
    v = x[0]
    w = v[1:]
    print(v._base is x, w._base is x, x._base, v._is_view(), x._is_view(), x.detach()._base is None)
    print((x * 2)[0]._base is None, x.view(-1)._base is x, x.clone()._base, x.data._base)


def case_data_keeps_the_version(torch):
    x = torch.ones(2, requires_grad=True)
    y = (x * x).sum()
    x.data -= 1
    x.data = torch.full((2,), 5.0)
    print(x, x._version)
    y.backward()
    print(x.grad)
