"""Which modules' forward or backward is running: `torch.utils.module_tracker`.

Source: https://docs.pytorch.org/docs/stable/module_tracker.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from penlight.ledger.missing import module_getattr
from penlight.nn.modules._hooks import register_module_forward_hook, register_module_forward_pre_hook
from penlight.nn.modules.module import Module
from penlight.tensor.backward import running_pass
from penlight.tensor.tensor import Tensor

__all__ = ["ModuleNames", "ModuleTracker"]


class ModuleNames:
    """Names of modules: the class of the first one that was called, and the path from it."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._kept: list[Module] = []  # so that no id is used again

    def of(self, module: Module) -> str:
        """The module's name, made when it or what holds it is first asked for."""
        if id(module) not in self._names:
            root = type(module).__name__
            for name, part in module.named_modules():
                self._kept.append(part)
                self._names.setdefault(id(part), f"{root}.{name}" if name else root)
        return self._names[id(module)]


def _current_pass() -> Any:
    """What stands for the running backward pass; None outside of one."""
    try:
        return running_pass()[0]
    except AssertionError:
        return None


def _first_tensors(value: Any) -> list[Tensor]:
    values = value if isinstance(value, (tuple, list)) else [value]
    return [t for t in values if isinstance(t, Tensor) and t.requires_grad]


class ModuleTracker:
    """In a `with` block, `parents` has the names of the modules whose forward or backward is running.

    "Global" is always there. In backward a module is there from when the first gradient of its output is known until
    one of its input is; `is_bw` says whether a backward pass is running.

    >>> import penlight as torch
    >>> class Show(torch.nn.Module):
    ...     def forward(self, x):
    ...         print(sorted(tracker.parents), tracker.is_bw)
    ...         return x
    >>> net = torch.nn.Sequential(torch.nn.Linear(2, 2), Show())
    >>> with torch.utils.module_tracker.ModuleTracker() as tracker:
    ...     y = net(torch.ones(1, 2))
    ['Global', 'Sequential', 'Sequential.1'] False
    """

    def __init__(self) -> None:
        self._names = ModuleNames()
        self._forward: list[str] = []
        self._backward: set[str] = set()
        self._pass: Any = None
        self._handles: list = []

    @property
    def is_bw(self) -> bool:
        """Whether a backward pass is running in this thread."""
        return _current_pass() is not None

    @property
    def parents(self) -> set[str]:
        """The names of the running modules."""
        if not self.is_bw:
            return {"Global", *self._forward}
        return {"Global", *self._forward, *self._of_this_pass()}

    def _of_this_pass(self) -> set[str]:
        current = _current_pass()
        if current is not self._pass:
            self._pass, self._backward = current, set()
        return self._backward

    def _on_gradient(self, change: Callable[[set, str], None], name: str) -> Callable[[Tensor], None]:
        def hook(gradient: Tensor) -> None:
            change(self._of_this_pass(), name)

        return hook

    def _enter(self, module: Module, args: Any) -> None:
        name = self._names.of(module)
        self._forward.append(name)
        for t in _first_tensors(args):
            self._handles.append(t.register_hook(self._on_gradient(set.discard, name)))

    def _leave(self, module: Module, args: Any, output: Any) -> None:
        name = self._names.of(module)
        if name in self._forward:
            del self._forward[len(self._forward) - 1 - self._forward[::-1].index(name) :]
        for t in _first_tensors(output):
            self._handles.append(t.register_hook(self._on_gradient(set.add, name)))

    def __enter__(self) -> ModuleTracker:
        self._handles = [
            register_module_forward_pre_hook(self._enter),
            register_module_forward_hook(self._leave, always_call=True),
        ]
        return self

    def __exit__(self, *exc_info: Any) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles, self._forward, self._backward, self._pass = [], [], set(), None


__getattr__ = module_getattr(__name__)
