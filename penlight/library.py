"""`torch.library`: operators of one's own, run eagerly: kernels in Python, gradients, lookup as `torch.ops.NAMESPACE.NAME`.

Source: https://docs.pytorch.org/docs/stable/library.html

>>> import penlight as torch
>>> @torch.library.custom_op("demo::double", mutates_args=())
... def double(x: torch.Tensor) -> torch.Tensor:
...     return x * 2
>>> double.register_autograd(lambda ctx, g: g * 2)
>>> x = torch.ones(1, requires_grad=True)
>>> torch.ops.demo.double(x).backward(); x.grad
tensor([2.])
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from penlight._library import Schema, infer_schema, read_schema
from penlight.autograd.function import Function
from penlight.autograd.grad_mode import no_grad
from penlight.ledger.absent import mark_absent
from penlight.ops.namespaces import namespace
from penlight.tensor.tensor import Tensor
from penlight.transforms.pytree import tree_flatten, tree_leaves

__all__ = [
    "CustomOpDef", "Library", "custom_op", "define", "fallthrough_kernel", "impl", "infer_schema", "register_autograd",
    "register_fake", "register_kernel",
]  # fmt: skip

_PLAIN, _WITH_GRADIENT = ("CPU", "CompositeExplicitAutograd"), ("Autograd", "AutogradCPU", "CompositeImplicitAutograd")


class CustomOpDef:
    """An operator: called like a function; `register_kernel`, `register_autograd` and `register_fake` complete it."""

    def __init__(self, name: str, schema: Schema) -> None:
        self._qualname, self._schema = name, schema
        self._namespace, self._name = name.split("::")
        self._kernels: dict[str, Callable] = {}
        self._fake: Callable | None = None
        self._backward: Callable | None = None
        self._setup_context: Callable | None = None
        self._may_alias = True
        title = f"GeneratedBackwardFor_{self._namespace}_{self._name}_default"
        self._function: Any = type(title, (_Recorded,), {})
        setattr(namespace(self._namespace), self._name, self)

    def __repr__(self) -> str:
        return f"<CustomOpDef({self._qualname})>"

    @property
    def default(self) -> CustomOpDef:
        """The operator itself: it has one overload."""
        return self

    _opoverload = default

    def overloads(self) -> list[str]:
        """The names of the overloads."""
        return ["default"]

    def name(self) -> str:
        """ "namespace::name"."""
        return self._qualname

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        values = self._schema.bind(args, kwargs)
        kernel = next((self._kernels[key] for key in _WITH_GRADIENT if key in self._kernels), None)
        if kernel is not None:
            return kernel(*args, **kwargs)
        leaves, spec = tree_flatten(list(values.values()))
        if not any(isinstance(v, Tensor) and v.requires_grad for v in leaves):
            with no_grad():
                return self._run(values)
        found: list = []
        result = self._function.apply(self, spec, found, *leaves)
        return found[0].unflatten(result if isinstance(result, tuple) else (result,))

    def _run(self, values: dict[str, Any]) -> Any:
        kernel = next((self._kernels[key] for key in _PLAIN if key in self._kernels), None)
        if kernel is None:
            raise NotImplementedError(
                f"{self._qualname}: no kernel for the CPU was registered, got {list(self._kernels)}"
            )
        kinds = self._schema.signature.parameters
        only = {name: v for name, v in values.items() if kinds[name].kind is kinds[name].KEYWORD_ONLY}
        result = kernel(*[v for name, v in values.items() if name not in only], **only)
        if not self._may_alias:
            self._check_alias(tree_leaves(list(values.values())), tree_leaves(result))
        return result

    def _check_alias(self, inputs: list, results: list) -> None:
        before = [v for v in inputs if isinstance(v, Tensor)]
        for result in results:
            if isinstance(result, Tensor):
                if any(result is v or np.may_share_memory(result._a, v._a) for v in before):
                    raise RuntimeError(
                        f"{self._name}: The output of this custom operator must not be an input, another output or a view "
                        "of one; return a clone"
                    )
                before.append(result)

    def register_kernel(self, device_types: Any, fn: Callable | None = None, /) -> Callable:
        """Take a function as the kernel for devices; only "cpu" (or None, for all) is ever run."""
        if fn is None:
            return lambda f: self.register_kernel(device_types, f)
        wanted = [device_types] if device_types is None or isinstance(device_types, str) else device_types
        for kind in wanted:
            self._kernels["CompositeExplicitAutograd" if kind in (None, "default") else kind.upper()] = fn
        return fn

    def register_fake(self, fn: Callable, /) -> Callable:
        """Keep the function that computes shapes only; nothing here runs on shapes alone."""
        self._fake = fn
        return fn

    def register_autograd(self, backward: Callable, /, *, setup_context: Callable | None = None) -> None:
        """Take `backward(ctx, *grads)`, one gradient per argument, and `setup_context(ctx, inputs, output)`.

        Raises: RuntimeError for an operator that changes its arguments.
        """
        if "!" in self._schema.text:
            raise RuntimeError(
                f"Cannot register autograd formula for non-functional operator {self._qualname} with schema "
                f"{self._schema.text}. Please create a functional operator and register an autograd formula for that."
            )
        self._backward, self._setup_context = backward, setup_context


class _Recorded(Function):
    """An operator's call, with the gradient registered for it."""

    @staticmethod
    def forward(ctx: Any, op: CustomOpDef, spec: Any, found: list, *leaves: Any) -> Any:
        values = dict(zip(op._schema.types, spec.unflatten(leaves)))
        result = op._run(values)
        ctx._op, ctx._spec = op, spec
        needed = ctx.needs_input_grad
        ctx.needs_input_grad = tuple(spec.unflatten(needed[3:]))
        if op._setup_context is not None:
            kinds = op._schema.signature.parameters
            only = {name: v for name, v in values.items() if kinds[name].kind is kinds[name].KEYWORD_ONLY}
            inputs = tuple(v for name, v in values.items() if name not in only)
            named: dict = {"keyword_only_inputs": only} if only else {}
            op._setup_context(ctx=ctx, inputs=inputs, output=result, **named)
        changed = [v for v, kind in zip(values.values(), op._schema.types.values()) if "!" in kind]
        if changed:
            ctx.mark_dirty(*tree_leaves(changed))
        results, structure = tree_flatten(result)
        found.append(structure)
        return tuple(results)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        op = ctx._op
        if op._backward is None:
            raise RuntimeError(
                f"Trying to backward through {op._namespace}.{op._name}.default but no autograd formula was registered. "
                "Please use register_autograd to add one."
            )
        found = op._backward(ctx, *grads)
        found = found if isinstance(found, tuple) else (found,)
        leaves: list = [None, None, None]
        for value, part in zip(found, ctx._spec.children()):
            leaves += [value] if part.is_leaf() else [None] * part.num_leaves if value is None else list(value)
        return tuple(leaves) + (None,) * (3 + ctx._spec.num_leaves - len(leaves))


def _check_name(name: str) -> None:
    if not re.fullmatch(r"\w+::\w+", name):
        raise ValueError(f"expected an operator's name such as mylib::myop, got {name!r}")


def custom_op(
    name: str, fn: Callable | None = None, /, *, mutates_args: str | Iterable[str],
    device_types: str | Sequence[str] | None = None, schema: str | None = None, tags: Any = None,
) -> Any:  # fmt: skip
    """Make an operator of an annotated function; also as a decorator.

    Args:
        name: "namespace::name".
        mutates_args: names of the arguments that the function changes in place, or "unknown".
        schema: "(Tensor x) -> Tensor", in place of the annotations.

    Raises:
        ValueError: annotations are missing, or have no word in schemas.
        RuntimeError: when called: an argument is no tensor where one is declared, or a result shares an input's memory.
    Source: https://docs.pytorch.org/docs/stable/library.html#torch.library.custom_op
    """
    if fn is None:
        return lambda f: custom_op(
            name, f, mutates_args=mutates_args, device_types=device_types, schema=schema, tags=tags
        )
    _check_name(name)
    text = infer_schema(fn, mutates_args=mutates_args) if schema is None else schema
    op = CustomOpDef(name, read_schema(name, text[text.index("(") :]))
    op._may_alias = False
    op.register_kernel(device_types, fn)
    op.__doc__ = fn.__doc__
    return op


def _find(op: Any) -> CustomOpDef:
    if isinstance(op, CustomOpDef):
        return op
    home, _, name = str(op).partition("::")
    found = getattr(namespace(home), name.partition(".")[0], None)
    if not isinstance(found, CustomOpDef):
        raise RuntimeError(f"expected an operator that the program has declared, found none named {op}")
    return found


def register_fake(op: Any, func: Callable | None = None, /, *, lib: Any = None, **options: Any) -> Any:
    """Keep the function that computes an operator's shapes only; nothing here runs on shapes alone."""
    return (lambda f: _find(op).register_fake(f)) if func is None else _find(op).register_fake(func)


def register_kernel(op: Any, device_types: Any, func: Callable | None = None, /, *, lib: Any = None) -> Any:
    """Take a function as an operator's kernel for devices; also as a decorator."""
    return _find(op).register_kernel(device_types, func)


def register_autograd(
    op: Any, backward: Callable, /, *, setup_context: Callable | None = None, lib: Any = None
) -> None:
    """Give an operator its gradient: `backward(ctx, *grads)` and `setup_context(ctx, inputs, output)`."""
    _find(op).register_autograd(backward, setup_context=setup_context)


class Library:
    """A namespace of operators that a program declares ("DEF", "FRAGMENT") or completes ("IMPL").

    >>> lib = Library("demo2", "DEF"); lib.define("add_one(Tensor x) -> Tensor")
    'add_one'
    >>> lib.impl("add_one", lambda x: x + 1, "CPU"); __import__("penlight").ops.demo2.add_one(Tensor([1.0]))
    tensor([2.])
    """

    def __init__(self, ns: str, kind: str, dispatch_key: str = "") -> None:
        if kind not in ("DEF", "FRAGMENT", "IMPL"):
            raise ValueError(f"Unsupported kind: {kind}")
        self.ns, self.kind, self.dispatch_key = ns, kind, dispatch_key

    def define(self, schema: str, alias_analysis: str = "", *, tags: Any = ()) -> str:
        """Declare `name(Tensor x) -> Tensor`; returns the name."""
        name = schema[: schema.index("(")].strip()
        CustomOpDef(f"{self.ns}::{name}", read_schema(f"{self.ns}::{name}", schema[schema.index("(") :]))
        return name

    def impl(self, op_name: Any, fn: Callable, dispatch_key: str = "", **options: Any) -> None:
        """Take a function as kernel: for "CPU" or "CompositeExplicitAutograd" without gradients, for
        "CompositeImplicitAutograd" or "Autograd" with its own."""
        name = op_name.name() if isinstance(op_name, CustomOpDef) else str(op_name)
        op = _find(name if "::" in name else f"{self.ns}::{name}")
        op._kernels[dispatch_key or self.dispatch_key or "CompositeImplicitAutograd"] = fn


def define(qualname: str, schema: str, *, lib: Any = None, tags: Any = ()) -> None:
    """Declare an operator: `define("mylib::f", "(Tensor x) -> Tensor")`."""
    _check_name(qualname)
    CustomOpDef(qualname, read_schema(qualname, schema))


def impl(qualname: Any, types: Any, func: Any = None, *, lib: Any = None) -> Any:
    """Decorate the kernel of a declared operator: `impl("mylib::f", "cpu")`, `impl(library, "f", "CPU")`."""
    if isinstance(qualname, Library):
        return lambda f: qualname.impl(types, f, func or "") or f
    if func is None:
        return lambda f: impl(qualname, types, f) or f
    _find(qualname).register_kernel(types, func)


def fallthrough_kernel() -> None:
    """Raises NotImplementedError: it marks a place, and is not to be called."""
    raise NotImplementedError("fallthrough_kernel() should never be called.")


mark_absent(__name__, "operators run eagerly in Python; custom_op, register_autograd, define and impl are there")
