"""Conjugate views: what they share with the tensor they view, changes on either side, and their place in the graph."""

import copy
import io

from .cases import attempt


def _numbers(torch):
    x = torch.complex(torch.arange(1.0, 10).reshape(3, 3) / 4, 1 - torch.arange(9.0).reshape(3, 3) / 8)
    x[0, 1] = 0.5 + 2j
    return x


_VIEWS = {
    "conj": lambda x: x.conj(), "mH": lambda x: x.mH, "H": lambda x: x.H, "adjoint": lambda x: x.adjoint(),
    "row": lambda x: x.conj()[1:], "column": lambda x: x[:, 1:].conj(), "imag": lambda x: x.conj().imag,
    "real": lambda x: x.conj().real, "detached": lambda x: x.conj().detach(), "data": lambda x: x.conj().data,
    "diagonal": lambda x: x.mH.diagonal(), "twice": lambda x: x.conj().conj(), "transposed twice": lambda x: x.mH.mH,
    "row's imag": lambda x: x[1].conj().imag, "imag's conj": lambda x: x.imag.conj(), "last of split": lambda x: x.mH.split(2)[1],
    "flat": lambda x: x.conj().view(-1), "expanded": lambda x: x[0].conj().expand(2, 3), "number": lambda x: x[1, 1].conj(),
    "nothing": lambda x: x[:0].conj(), "as_strided": lambda x: x[1].conj().as_strided((2, 2), (1, 1)),
}  # fmt: skip


def _shown(torch, t):
    t = t.detach().resolve_conj().resolve_neg()
    print(torch.view_as_real(t).tolist() if t.is_complex() else t.tolist())


def _rounded(torch, t):
    print([f"{abs(v) and v:.4g}" for v in torch.view_as_real(t.resolve_conj()).flatten().tolist()])


def case_place_in_memory(torch):
    for name, view in _VIEWS.items():
        x = _numbers(torch)
        y = view(x)
        print(name, y.shape, y.stride(), y.storage_offset(), y.is_conj(), y.is_neg(), y.is_contiguous(), y.dtype, y.numel())
        print(y._base is x, y._is_view(), y.untyped_storage().data_ptr() == x.untyped_storage().data_ptr())
        print(not y.numel() or y.data_ptr() - x.data_ptr() == y.storage_offset() * y.element_size(), y.is_set_to(x))
        print(y.clone().is_conj(), y.contiguous().is_conj(), (y + 1).is_conj(), y.resolve_conj() is y, y.resolve_neg() is y)
        print(y)


def case_changes_are_seen_on_both_sides(torch):
    def set_data(x, y):
        x.data.mul_(2)

    def set_numpy(x, y):
        x.numpy()[...] = 5 - 1j

    def set_storage(x, y):
        x.untyped_storage().fill_(0)

    changes = (
        lambda x, y: x.mul_(2j), lambda x, y: x[1].fill_(3 + 1j), lambda x, y: x.imag.fill_(7.0), set_data, set_numpy,
        set_storage, lambda x, y: y.mul_(2), lambda x, y: y.fill_(4), lambda x, y: y.zero_(),
        lambda x, y: y.copy_(y.clone() + 1),
        lambda x, y: y.__setitem__(0, 6), lambda x, y: y.__setitem__(..., 2), lambda x, y: y.add_(y), lambda x, y: x.t_(),
        lambda x, y: y.neg_().add_(1), lambda x, y: y.clone().normal_(), lambda x, y: torch.add(y, 1, out=y),
        lambda x, y: torch.neg(y.clone(), out=y), lambda x, y: y.masked_fill_(y == y, 9),
        lambda x, y: y.index_fill_(0, torch.tensor([0]), 2),
        lambda x, y: y.swapaxes_(0, -1).add_(1), lambda x, y: y.square_(), lambda x, y: y.data.mul_(3),
        lambda x, y: y.detach().mul_(3),
        lambda x, y: y.unsqueeze_(0).mul_(2), lambda x, y: y[..., :1].add_(1),
    )  # fmt: skip
    for name, view in _VIEWS.items():
        if name == "nothing":
            continue
        for number, change in enumerate(changes):
            x = _numbers(torch)
            y = view(x)
            before = y._version
            try:
                change(x, y)
            except (RuntimeError, IndexError) as error:
                print(name, number, type(error).__name__)
            else:
                print(name, number, y._version - before)
                _shown(torch, x)
            _shown(torch, y)


def case_gradients(torch):
    ways = (
        lambda x, y: y, lambda x, y: y.mul_(2j), lambda x, y: x.mul_(2j), lambda x, y: y[:1].mul_(3),
        lambda x, y: x[0].fill_(1),
        lambda x, y: y.copy_(x.detach().clone()), lambda x, y: y.imag.mul_(2), lambda x, y: y.real.fill_(2),
        lambda x, y: y.conj().mul_(1j),
        lambda x, y: x.imag.mul_(2), lambda x, y: torch.view_as_real(x).mul_(2),
        lambda x, y: y.__setitem__(0, x[1].detach().clone()),
        lambda x, y: (y.mul_(2), x.add_(1), y.conj().mul_(1j), y.exp_()), lambda x, y: y.mH.add_(1j), lambda x, y: y * y,
    )  # fmt: skip
    weights = torch.complex(torch.arange(1.0, 10).reshape(3, 3), torch.arange(9.0).reshape(3, 3))
    for view in (lambda x: x.conj(), lambda x: x.mH):
        for number, way in enumerate(ways):
            w = _numbers(torch).requires_grad_()
            x = w * (1 + 1j)
            y = view(x)
            result = way(x, y)
            for t in (x, y, result if isinstance(result, torch.Tensor) and result.is_complex() else x):
                if t.shape != weights.shape:
                    continue
                print(number, t.is_conj(), t.requires_grad)
                _rounded(torch, torch.autograd.grad((t * weights).abs().sum(), w, retain_graph=True)[0])
    w = _numbers(torch).requires_grad_()
    attempt(lambda: w.conj().mul_(2))
    (w.conj() * w).real.sum().backward()
    _rounded(torch, w.grad)
    y = w.detach().conj().requires_grad_()
    (y * weights).abs().sum().backward()
    print(y.is_leaf, y.is_conj())
    _rounded(torch, y.grad)
    _rounded(torch, torch.autograd.functional.hvp(lambda t: (t.conj() * t * t.mH).real.sum(), w.detach(), weights)[1])


def case_changed_after_it_was_saved(torch):
    for change in (lambda x, y: x.mul_(2), lambda x, y: y.mul_(2), lambda x, y: x[0].zero_(), lambda x, y: y.imag.zero_()):
        w = _numbers(torch).requires_grad_()
        x = _numbers(torch)
        y = x.conj()
        z = w * y
        change(x, y)
        try:
            z.abs().sum().backward()
        except RuntimeError as error:
            print(str(error)[:92], "is at version 2; expected version 1" in str(error))
    w = _numbers(torch).requires_grad_()
    y = (w * 1).unbind(0)[0].conj()
    attempt(lambda: y.mul_(2))
    with torch.no_grad():
        y = (w * 1).conj()
    attempt(lambda: y.mul_(2))
    _shown(torch, y)


def case_refused(torch):
    y = _numbers(torch).conj()
    for call in (
        lambda: y.numpy(), lambda: y.imag.numpy(), lambda: torch.view_as_real(y), lambda: y.view(torch.float32),
        lambda: y.imag.view(torch.int32), lambda: y.__array__(),
    ):  # fmt: skip
        try:
            call()
        except RuntimeError as error:
            print(str(error)[:60] if "numpy" in str(error) else "RuntimeError")
    print(y.numpy(force=True).shape, y.resolve_conj().numpy().shape)
    try:
        y.__dlpack__()
    except BufferError as error:
        print(error)
    with torch.inference_mode():
        marked = torch.ones(2, dtype=torch.complex64).conj()
    print(marked.is_inference())
    try:
        marked.mul_(2)
    except RuntimeError as error:
        print(str(error)[:70])


def case_copies_and_files(torch):
    x = _numbers(torch)
    y = x.mH
    x.tag = y.tag = "kept"
    for t in (copy.deepcopy(y), copy.copy(y), torch.nn.Parameter(y), torch.as_tensor(y), torch.asarray(y), y.to(torch.complex64)):
        print(t.requires_grad)
        _shown(torch, t)
    a, b = copy.deepcopy([x, y])
    _shown(torch, b)
    file = io.BytesIO()
    torch.save({"x": x, "y": y, "part": y[1:], "i": x.clone().conj().imag}, file)
    file.seek(0)
    read = torch.load(file, weights_only=True)
    print({name: (t.is_conj(), t.is_neg(), t.stride(), t.storage_offset(), t._base) for name, t in read.items()})
    read["x"].mul_(2)
    read["part"].add_(1)
    read["i"].add_(1)
    for t in read.values():
        _shown(torch, t)
