"""Pruning: a parameter is replaced by itself times a mask of zeros and ones.

`name` becomes `name_orig` (the parameter) and `name_mask` (a buffer); a forward pre-hook sets the attribute `name` to
their product. Methods applied one after the other are collected in a `PruningContainer`, each on what is still there.
"""

from __future__ import annotations

import numbers
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

from penlight.nn.modules.module import Module
from penlight.tensor.install import tensor_ops as ops
from penlight.tensor.random import rand, rand_like
from penlight.tensor.tensor import Tensor

__all__ = [
    "BasePruningMethod", "CustomFromMask", "Identity", "L1Unstructured", "LnStructured", "PruningContainer",
    "RandomStructured", "RandomUnstructured", "custom_from_mask", "global_unstructured", "identity", "is_pruned",
    "l1_unstructured", "ln_structured", "random_structured", "random_unstructured", "remove",
]  # fmt: skip


class BasePruningMethod(ABC):
    """A way to choose what to prune. A subclass says its `PRUNING_TYPE` and computes a mask.

    PRUNING_TYPE: "unstructured" (any entries), "structured" (whole slices along `dim`) or "global".
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.prune.BasePruningMethod.html
    """

    _tensor_name: str
    PRUNING_TYPE: str

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self._tensor_name, self.apply_mask(module))

    @abstractmethod
    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask for the scores `t`, keeping the zeros that `default_mask` has. Shape: as t."""

    def apply_mask(self, module: Module) -> Tensor:
        """The parameter times its mask."""
        mask = getattr(module, self._tensor_name + "_mask")
        original = getattr(module, self._tensor_name + "_orig")
        return mask.to(dtype=original.dtype) * original

    @classmethod
    def apply(
        cls, module: Module, name: str, *args: Any, importance_scores: Tensor | None = None, **kwargs: Any
    ) -> BasePruningMethod:
        """Prune `module.name` by this method; arguments are the constructor's.

        importance_scores: judged in the parameter's place, of its shape.
        """
        method: Any = cls(*args, **kwargs)
        method._tensor_name = name
        key, present = _hook_of(module, name)
        if present is not None:
            del module._forward_pre_hooks[key]
            container = present if isinstance(present, PruningContainer) else PruningContainer(present)
            container.add_pruning_method(method)
            method = container
        current = getattr(module, name)
        if importance_scores is None:
            scores = current
        elif importance_scores.shape != current.shape:
            raise AssertionError(
                f"importance_scores should have the same shape as parameter {name} of {module}, got "
                f"{importance_scores.shape} vs {current.shape}"
            )
        else:
            scores = importance_scores
        if present is None:
            original = module._parameters[name]
            mask = method.compute_mask(scores, default_mask=_ones(current))
            del module._parameters[name]
            module.register_parameter(name + "_orig", original)
            module.register_buffer(name + "_mask", mask)
        else:
            before = getattr(module, name + "_mask").detach().clone()
            module.register_buffer(name + "_mask", method.compute_mask(scores, default_mask=before))
        setattr(module, name, method.apply_mask(module))
        module.register_forward_pre_hook(method)
        return method

    def prune(self, t: Tensor, default_mask: Tensor | None = None, importance_scores: Tensor | None = None) -> Tensor:
        """A pruned copy of a tensor, outside any module."""
        scores = t if importance_scores is None else importance_scores
        if scores.shape != t.shape:
            raise AssertionError(
                f"importance_scores should have the same shape as tensor t, got {scores.shape} vs {t.shape}"
            )
        default_mask = _ones(t) if default_mask is None else default_mask
        return t * self.compute_mask(scores, default_mask=default_mask)

    def remove(self, module: Module) -> None:
        """Make the pruned value the parameter, for good."""
        name = self._tensor_name
        pruned = self.apply_mask(module)
        if hasattr(module, name):
            delattr(module, name)
        original = module._parameters[name + "_orig"]
        original.data = pruned.data
        del module._parameters[name + "_orig"]
        del module._buffers[name + "_mask"]
        setattr(module, name, original)


def _ones(t: Tensor) -> Tensor:
    return t.detach().new_ones(t.shape)


def _hook_of(module: Module, name: str) -> tuple[Any, BasePruningMethod | None]:
    """(key, hook) of the pruning of a parameter, or (None, None)."""
    for key, hook in module._forward_pre_hooks.items():
        if isinstance(hook, BasePruningMethod) and hook._tensor_name == name:
            return key, hook
    return None, None


class PruningContainer(BasePruningMethod):
    """The methods applied to one parameter, in order; a new one judges what the others have left."""

    def __init__(self, *args: Any) -> None:
        self._pruning_methods: tuple = ()
        if len(args) == 1:
            self._tensor_name = args[0]._tensor_name
        for method in args:
            self.add_pruning_method(method)

    def add_pruning_method(self, method: BasePruningMethod | None) -> None:
        """Append a method for the same tensor."""
        if not isinstance(method, BasePruningMethod) and method is not None:
            raise TypeError(f"{type(method)} is not a BasePruningMethod subclass")
        if method is not None and self._tensor_name != method._tensor_name:
            raise ValueError(
                "Can only add pruning methods acting on the parameter named "
                f"'{self._tensor_name}' to PruningContainer {self}. Found '{method._tensor_name}'"
            )
        self._pruning_methods += (method,)

    def __len__(self) -> int:
        return len(self._pruning_methods)

    def __iter__(self) -> Any:
        return iter(self._pruning_methods)

    def __getitem__(self, index: int) -> Any:
        return self._pruning_methods[index]

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """`default_mask` with the newest method's zeros added, chosen among the entries that are still kept."""
        method = self._pruning_methods[-1]
        mask = default_mask.to(dtype=t.dtype)
        where: Any
        if method.PRUNING_TYPE == "unstructured":
            where = mask == 1
        elif method.PRUNING_TYPE == "structured":
            if not hasattr(method, "dim"):
                raise AttributeError("Pruning methods of PRUNING_TYPE 'structured' need to have the attribute `dim`.")
            dim = method.dim % t.dim()
            kept = mask.sum(dim=[d for d in range(t.dim()) if d != dim]) != 0
            where = (slice(None),) * dim + (kept,)
        elif method.PRUNING_TYPE == "global":
            where = (slice(None),) * t.dim()
        else:
            raise ValueError(f"Unrecognized PRUNING_TYPE {method.PRUNING_TYPE}")
        result = mask.clone()
        result[where] = method.compute_mask(t[where], default_mask=mask[where]).to(dtype=mask.dtype)
        return result


class Identity(BasePruningMethod):
    """Prunes nothing: the parameter gets a mask of ones."""

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        return default_mask

    @classmethod
    def apply(cls, module: Module, name: str) -> BasePruningMethod:  # type: ignore[override]
        """Prune `module.name` by this method."""
        return super().apply(module, name)


class _Amount(BasePruningMethod):
    """A method that prunes `amount` units: a fraction in [0, 1], or a number."""

    def __init__(self, amount: float) -> None:
        if not isinstance(amount, numbers.Real):
            raise TypeError(f"Invalid type for amount: {amount}. Must be int or float.")
        if amount < 0 or not isinstance(amount, numbers.Integral) and amount > 1.0:
            raise ValueError(f"amount={amount} should either be a float in the range [0, 1] or a non-negative integer")
        self.amount = amount

    def count(self, units: int) -> int:
        """How many of so many units to prune."""
        if not isinstance(self.amount, numbers.Integral):
            return round(self.amount * units)
        count = int(self.amount)
        if count > units:
            raise ValueError(f"amount={count} should be smaller than the number of parameters to prune={units}")
        return count


class _Unstructured(_Amount):
    PRUNING_TYPE = "unstructured"

    def scores(self, t: Tensor) -> Tensor:
        """The entries with the lowest scores go."""
        raise NotImplementedError

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        count = self.count(t.nelement())
        mask = default_mask.clone()
        if count:
            lowest = self.scores(t).view(-1).topk(count, largest=False)
            mask.view(-1)[lowest.indices] = 0
        return mask


class RandomUnstructured(_Unstructured):
    """Prunes entries at random."""

    def scores(self, t: Tensor) -> Tensor:
        return -rand_like(t)  # PyTorch prunes the largest draws

    @classmethod
    def apply(cls, module: Module, name: str, amount: float) -> BasePruningMethod:  # type: ignore[override]
        """Prune `module.name` by this method."""
        return super().apply(module, name, amount)


class L1Unstructured(_Unstructured):
    """Prunes the entries nearest to zero."""

    def scores(self, t: Tensor) -> Tensor:
        return ops.abs(t.detach().contiguous())

    @classmethod
    def apply(
        cls, module: Module, name: str, amount: float, importance_scores: Tensor | None = None
    ) -> BasePruningMethod:  # type: ignore[override]
        """Prune `module.name` by this method."""
        return super().apply(module, name, amount, importance_scores=importance_scores)


class _Structured(_Amount):
    PRUNING_TYPE = "structured"

    def __init__(self, amount: float, dim: int = -1) -> None:
        super().__init__(amount)
        self.dim = dim

    def kept(self, t: Tensor, slices: int, pruned: int) -> Tensor:
        """Which slices along `dim` stay, as booleans. Shape: (slices,)."""
        raise NotImplementedError

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        if t.dim() <= 1:
            raise ValueError(
                "Structured pruning can only be applied to multidimensional tensors. Found tensor of shape "
                f"{t.shape} with {t.dim()} dims"
            )
        if not -t.dim() <= self.dim < t.dim():
            raise IndexError(f"Invalid index {self.dim} for tensor of size {t.shape}")
        slices = t.shape[self.dim]
        pruned = self.count(slices)
        if not pruned:
            return default_mask
        shape = [1] * t.dim()
        shape[self.dim] = slices
        kept = self.kept(t.detach(), slices, pruned).view(shape).expand(t.shape)
        return kept.to(dtype=default_mask.dtype) * default_mask


class RandomStructured(_Structured):
    """Prunes whole slices along a dimension, at random."""

    def kept(self, t: Tensor, slices: int, pruned: int) -> Tensor:
        chance = rand(slices)
        return chance > chance.kthvalue(pruned).values

    @classmethod
    def apply(cls, module: Module, name: str, amount: float, dim: int = -1) -> BasePruningMethod:  # type: ignore[override]
        """Prune `module.name` by this method."""
        return super().apply(module, name, amount, dim)


class LnStructured(_Structured):
    """Prunes the slices along a dimension whose n-norms are the smallest."""

    def __init__(self, amount: float, n: Any, dim: int = -1) -> None:
        super().__init__(amount, dim)
        self.n = n

    def kept(self, t: Tensor, slices: int, pruned: int) -> Tensor:
        others = [d for d in range(t.dim()) if d != self.dim % t.dim()]
        largest = t.norm(p=self.n, dim=others).topk(slices - pruned, largest=True)
        kept = t.new_zeros(slices)
        kept[largest.indices] = 1
        return kept

    @classmethod
    def apply(
        cls, module: Module, name: str, amount: float, n: Any, dim: int, importance_scores: Tensor | None = None
    ) -> BasePruningMethod:  # type: ignore[override]
        """Prune `module.name` by this method."""
        return super().apply(module, name, amount, n, dim, importance_scores=importance_scores)


class CustomFromMask(BasePruningMethod):
    """Prunes where a given mask is 0."""

    PRUNING_TYPE = "global"

    def __init__(self, mask: Tensor) -> None:
        self.mask = mask

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        if default_mask.shape != self.mask.shape:
            raise AssertionError(f"mask of shape {self.mask.shape} does not fit a tensor of shape {default_mask.shape}")
        return default_mask * self.mask.to(dtype=default_mask.dtype)

    @classmethod
    def apply(cls, module: Module, name: str, mask: Tensor) -> BasePruningMethod:  # type: ignore[override]
        """Prune `module.name` by this method."""
        return super().apply(module, name, mask)


def identity(module: Module, name: str) -> Module:
    """Give a parameter a mask of ones; returns the module."""
    Identity.apply(module, name)
    return module


def random_unstructured(module: Module, name: str, amount: float) -> Module:
    """Prune entries of a parameter at random."""
    RandomUnstructured.apply(module, name, amount)
    return module


def l1_unstructured(module: Module, name: str, amount: float, importance_scores: Tensor | None = None) -> Module:
    """Prune a parameter's entries of the smallest absolute value.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.prune.l1_unstructured.html

    >>> import penlight as torch
    >>> layer = torch.nn.utils.prune.l1_unstructured(torch.nn.Linear(4, 3), "weight", amount=0.25)
    >>> int((layer.weight == 0).sum())
    3
    """
    L1Unstructured.apply(module, name, amount=amount, importance_scores=importance_scores)
    return module


def random_structured(module: Module, name: str, amount: float, dim: int) -> Module:
    """Prune slices along `dim` at random."""
    RandomStructured.apply(module, name, amount, dim)
    return module


def ln_structured(
    module: Module, name: str, amount: float, n: Any, dim: int, importance_scores: Tensor | None = None
) -> Module:
    """Prune the slices along `dim` of the smallest n-norm."""
    LnStructured.apply(module, name, amount, n, dim, importance_scores=importance_scores)
    return module


def custom_from_mask(module: Module, name: str, mask: Tensor) -> Module:
    """Prune where a mask is 0."""
    CustomFromMask.apply(module, name, mask)
    return module


def global_unstructured(
    parameters: Any, pruning_method: type, importance_scores: dict | None = None, **kwargs: Any
) -> None:
    """Prune pairs (module, name) together, as if all their entries were one vector.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.prune.global_unstructured.html
    """
    if not isinstance(parameters, Iterable):
        raise TypeError("global_unstructured(): parameters is not an Iterable")
    importance_scores = {} if importance_scores is None else importance_scores
    if not isinstance(importance_scores, dict):
        raise TypeError("global_unstructured(): importance_scores must be of type dict")
    pairs = list(parameters)
    values = [getattr(module, name) for module, name in pairs]
    scores = ops.cat([importance_scores.get(p, v).detach().reshape(-1) for p, v in zip(pairs, values)])
    masks = [getattr(module, name + "_mask", _ones(v)) for (module, name), v in zip(pairs, values)]
    container = PruningContainer()
    container._tensor_name = "temp"
    method = pruning_method(**kwargs)
    method._tensor_name = "temp"
    container.add_pruning_method(method)
    if method.PRUNING_TYPE != "unstructured":
        raise TypeError(
            'Only "unstructured" PRUNING_TYPE supported for the `pruning_method`. Found method '
            f"{pruning_method} of type {method.PRUNING_TYPE}"
        )
    final = container.compute_mask(scores, ops.cat([m.reshape(-1) for m in masks]))
    start = 0
    for (module, name), value in zip(pairs, values):
        end = start + value.numel()
        custom_from_mask(module, name, final[start:end].view(value.shape))
        start = end


def remove(module: Module, name: str) -> Module:
    """Make the pruning of a parameter permanent: `name` is a plain parameter again.

    Raises: ValueError where it was not pruned.
    """
    key, hook = _hook_of(module, name)
    if hook is None:
        raise ValueError(f"Parameter '{name}' of module {module} has to be pruned before pruning can be removed")
    hook.remove(module)
    del module._forward_pre_hooks[key]
    return module


def is_pruned(module: Module) -> bool:
    """Whether a parameter of the module or of one below it is pruned."""
    return any(
        isinstance(hook, BasePruningMethod) for part in module.modules() for hook in part._forward_pre_hooks.values()
    )
