"""softmax, log_softmax and their relatives."""

from __future__ import annotations

from penlight.ops.table import composite, op

__all__: list[str] = []


@op(
    "_softmax(Tensor input, dim dim)",
    on="",
    half="direct",
    vjp={"input": lambda k, g, out, dim: k._softmax_grad(g, out, dim)},
)
def _softmax(xp, input, dim):
    """exp(x) / sum(exp(x)) along `dim`, shifted by the maximum."""
    if input.dtype.kind not in "fV":
        raise NotImplementedError(f"\"softmax_lastdim_kernel_impl\" not implemented for '{_legacy(input)}'")
    return xp.softmax(input, dim) if input.ndim else xp.softmax(input.reshape(1), 0).reshape(())


@op(
    "_softmax_grad(Tensor grad, Tensor soft, dim dim)",
    on="",
    half="direct",
    vjp={
        "grad": lambda k, h, soft, dim: k._softmax_grad(h, soft, dim),
        "soft": lambda k, h, grad, soft, dim: (
            h * (grad - k.sum(grad * soft, dim, True)) - grad * k.sum(h * soft, dim, True)
        ),
    },
)
def _softmax_grad(xp, grad, soft, dim):
    """soft * (grad - sum(grad * soft)) along `dim`."""
    return xp.softmax_backward(grad, soft, dim) if soft.ndim else grad * 0


@op(
    "_log_softmax(Tensor input, dim dim)",
    on="",
    half="direct",
    vjp={"input": lambda k, g, out, dim: k._log_softmax_grad(g, out, dim)},
)
def _log_softmax(xp, input, dim):
    """x - log(sum(exp(x))) along `dim`."""
    if input.dtype.kind not in "fV":
        raise NotImplementedError(f"\"log_softmax_lastdim_kernel_impl\" not implemented for '{_legacy(input)}'")
    if not input.flags.c_contiguous:
        input = xp.ascontiguousarray(input)  # as PyTorch's result, for `view`
    return xp.log_softmax(input, dim) if input.ndim else xp.log_softmax(input.reshape(1), 0).reshape(())


@op(
    "_log_softmax_grad(Tensor grad, Tensor log_soft, dim dim)",
    on="",
    half="direct",
    grad_name="LogSoftmaxBackwardDataBackward0",
    vjp={
        "grad": lambda k, h, log_soft, dim: h - k.sum(h * k.exp(log_soft), dim, True),
        "log_soft": lambda k, h, grad, log_soft, dim: -h * k.exp(log_soft) * k.sum(grad, dim, True),
    },
)
def _log_softmax_grad(xp, grad, log_soft, dim):
    """grad - exp(log_soft) * sum(grad) along `dim`."""
    return xp.log_softmax_backward(grad, log_soft, dim) if log_soft.ndim else grad * 0


_NAMES = {"int64": "Long", "int32": "Int", "int16": "Short", "int8": "Char", "uint8": "Byte", "bool": "Bool",
          "complex64": "ComplexFloat", "complex128": "ComplexDouble"}  # fmt: skip


def _legacy(input):
    return _NAMES.get(input.dtype.name, input.dtype.name)


def _cast(input, dtype):
    return input if dtype is None or input.dtype is dtype else input.to(dtype)


@composite("softmax(Tensor input, dim dim, dtype dtype=None)", out=True)
def softmax(k, input, dim, dtype):
    """exp(x) / sum(exp(x)) along `dim`.

    Shape: (*) -> (*). Raises: NotImplementedError for integers.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html

    >>> import penlight as torch
    >>> torch.softmax(torch.zeros(4), 0)
    tensor([0.2500, 0.2500, 0.2500, 0.2500])
    """
    return k._softmax(_cast(input, dtype), dim)


@composite("log_softmax(Tensor input, dim dim, dtype dtype=None)", out=True)
def log_softmax(k, input, dim, dtype):
    """x - log(sum(exp(x))) along `dim`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.log_softmax.html
    """
    return k._log_softmax(_cast(input, dtype), dim)


@composite("special_softmax(Tensor input, dim dim, *, dtype dtype=None)", on="special")
def special_softmax(k, input, dim, dtype):
    """The same as `torch.softmax`."""
    return k.softmax(input, dim, dtype)


@composite("special_log_softmax(Tensor input, dim dim, *, dtype dtype=None)", on="special")
def special_log_softmax(k, input, dim, dtype):
    """The same as `torch.log_softmax`."""
    return k.log_softmax(input, dim, dtype)
