"""Memory: windows that overlap, geometry in place under views, `out=` on inputs, memory shared with NumPy."""

import numpy as np

from .cases import attempt


def case_windows_change_in_turn(torch):
    for call in (
        lambda v: v.add_(1), lambda v: v.mul_(v.clone()), lambda v: v.pow_(2), lambda v: v.sub_(v), lambda v: v.neg_(),
        lambda v: v.addcmul_(v.clone(), v.clone(), value=2), lambda v: v.clamp_(2, 4), lambda v: v.fill_(3),
        lambda v: v.copy_(v.clone()), lambda v: v.masked_fill_(v > 2, 9), lambda v: v.cumsum_(0), lambda v: v.cumprod_(1),
        lambda v: v.scatter_(0, torch.zeros(v.shape, dtype=torch.int64), v.clone()), lambda v: v.eq_(2),
        lambda v: v.index_add_(0, torch.tensor([0]), v[:1].clone()), lambda v: torch.nn.functional.relu_(v),
        lambda v: v.index_copy_(0, torch.tensor([0]), v[1:2].clone()),
    ):  # fmt: skip
        for dtype in (torch.float32, torch.int64):
            for shape, stride in (((4, 3), (1, 1)), ((2, 3), (1, 2)), ((3, 2), (2, 1)), ((2, 2, 2), (1, 1, 2))):
                base = torch.arange(1, 9).to(dtype)
                call(base.as_strided(shape, stride))
                print(base)
    x = torch.arange(1.0, 6).requires_grad_()
    y = x * 1
    y.unfold(0, 3, 1).mul_(2)
    print(y)


def case_geometry_in_place_under_views(torch):
    changes = (
        lambda t: t.t_(), lambda t: t.transpose_(0, 1), lambda t: t.unsqueeze_(0), lambda t: t.squeeze_(),
        lambda t: t.as_strided_((2, 2), (1, 2)), lambda t: t.as_strided_((2,), (2,), 1),
    )  # fmt: skip
    for change in changes:
        for of_view in (False, True):
            w = torch.arange(6.0).reshape(2, 3).requires_grad_()
            x = w * 1
            v, u = x[:, 1:], x.view(-1)
            change(v if of_view else x)
            v.mul_(2)
            x.add_(1)
            u.mul_(3)
            x[0].mul_(2)
            for t in (x, v, u):
                print(t.detach(), t.stride(), t.storage_offset(), t._version)
                weights = torch.arange(1.0, t.numel() + 1).reshape(t.shape)
                try:
                    print(torch.autograd.grad((t * weights).sum(), w, retain_graph=True)[0])
                except RuntimeError:
                    print("outside of its base")


def case_detached_base(torch):
    w = torch.ones(2, 3, requires_grad=True)
    x = w * 1
    v = x[:, 1:]
    x.detach_()
    attempt(lambda: v.mul_(2))
    print(x.requires_grad, v.requires_grad)
    (v * 2).sum().backward()
    print(w.grad)


def case_resize_moves_the_family(torch):
    y = torch.arange(12.0).reshape(4, 3)
    x = y[1:3]
    v = x[:, 1:]
    x.resize_(3, 4)
    print(x.storage_offset(), x.reshape(-1)[:9])
    v.mul_(10)
    print(y, x.reshape(-1)[:9], v)
    v.resize_(2, 2)
    print(v._version)


def case_strides_of_single_dimensions(torch):
    x = torch.arange(6.0).reshape(2, 3)
    for t in (x.t()[:, 1:], x[:, 1:].unsqueeze(0), x.t().unsqueeze(2), x.t()[:, 1:].unsqueeze(0), x[:1].t(), x[None]):
        print(t.shape, t.stride())


def case_out_on_inputs(torch):
    for call in (
        lambda x, o: torch.where(x > 1, x, x, out=o), lambda x, o: torch.cumsum(x, 0, out=o), lambda x, o: torch.sqrt(x, out=o),
        lambda x, o: torch.sort(x, 0, out=(o, torch.zeros(x.shape, dtype=torch.int64))), lambda x, o: torch.clamp(x, 1, out=o),
        lambda x, o: torch.cat([x], out=o), lambda x, o: torch.addmm(x, x.clone(), x.clone(), out=o),
        lambda x, o: torch.lerp(x, x, 0.5, out=o), lambda x, o: torch.logcumsumexp(x, 0, out=o),
        lambda x, o: torch.index_add(x.clone(), 0, torch.tensor([0, 1]), x, out=o),
    ):  # fmt: skip
        for part in (False, True):
            memory = torch.arange(1.0, 7)
            x = memory[:4].view(2, 2)
            try:
                call(x, memory[1:5].view(2, 2) if part else x)
                print(memory)
            except RuntimeError as error:
                print(str(error)[:60])
    for call in (torch.zeros, torch.ones):
        memory = torch.arange(3.0)
        print(call((2, 3), out=memory.expand(2, 3)), memory)


def case_arrays(torch):
    a = np.arange(6.0)
    for make in (torch.tensor, torch.from_numpy, torch.as_tensor):
        for wrong in (a[::-1], a.astype(">f8"), np.zeros(3, [("a", "i1"), ("b", "i4")])["b"]):
            try:
                make(wrong)
            except ValueError as error:
                print(str(error)[:20])
    x = torch.arange(3.0)
    print(x == np.arange(3.0), x == np.array(1.0), np.arange(3.0) == x, x == np.array(["a"]))
    print(np.ones(3) / (x + 1), np.isnan(x), np.asarray(x, "f8").dtype)
    shared = np.from_dlpack(x)
    shared[0] = 7
    torch.from_dlpack(torch.utils.dlpack.to_dlpack(x))[1] = 8
    torch.from_dlpack(x.numpy())[2] = 9
    print(x)
    for wrong in (
        lambda: torch.from_dlpack([1]), lambda: torch.frombuffer(a[::2], dtype=torch.float64),
        lambda: np.asarray(x, "f8", copy=False), lambda: x.__dlpack__(stream=1),
    ):  # fmt: skip
        try:
            wrong()
        except (AssertionError, RuntimeError, ValueError) as error:
            print(type(error).__name__)


def case_channels_stay_last(torch):
    f = torch.nn.functional
    x = torch.ones(2, 4, 8, 8).contiguous(memory_format=torch.channels_last)
    y = torch.ones(2, 4, 4, 6, 6).contiguous(memory_format=torch.channels_last_3d)
    for t in (
        f.conv2d(x, torch.ones(4, 4, 3, 3)), f.conv2d(x[:, :, 1:], torch.ones(4, 1, 3, 3), groups=4), x.sum(1, keepdim=True),
        f.conv2d(torch.ones(x.shape), x[:, :, :2, :2]), f.conv_transpose2d(x, torch.ones(4, 2, 3, 3)), f.max_pool2d(x[:, :2], 2),
        f.max_pool2d(x, 3, 2, 1), f.avg_pool2d(x, 2), f.adaptive_avg_pool2d(x, 2), f.adaptive_max_pool2d(x, 2),
        f.batch_norm(x, None, None, training=True), f.group_norm(x, 2), f.pad(x, (1, 1, 1, 1)),
        f.pad(x, (1, 1, 0, 0), "circular"), f.pad(x, (1, 1, 1, 1), "reflect"), f.interpolate(x, scale_factor=2),
        f.conv3d(y, torch.ones(4, 4, 3, 3, 3)), f.max_pool3d(y, 2),
        f.avg_pool3d(y, 2), f.adaptive_avg_pool3d(y, 2), f.interpolate(y, scale_factor=2),
    ):  # fmt: skip
        print(t.shape, t.stride())


def case_convolutions_save_no_bias(torch):
    w, b = torch.ones(3, 2, 2, 2, requires_grad=True), torch.ones(3, requires_grad=True)
    saved = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: (saved.append(t.shape), t)[1], lambda t: t):
        y = torch.nn.functional.conv2d(torch.ones(1, 2, 4, 4), w, b)
    with torch.no_grad():
        b.add_(1)
    print(saved, [g.sum() for g in torch.autograd.grad(y.sum(), (w, b))])
