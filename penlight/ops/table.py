"""The op table: every operator is declared once, by one decorator over its kernel.

A declaration holds the signature, the kernel over an array module `xp`, the kind, the type promotion, the gradient
rules and the docstring. The public functions, methods, in-place and `out=` forms, the recording for autograd, the
stubs and the table-driven tests are made from it.

A gradient rule is `rule(k, g, *names)`: `k` is the namespace of ops, over raw arrays in ordinary backward and over
Tensors for higher orders; the names after `(k, g)` are exactly what a node saves: a tensor argument, `out` (or an
output's name), an auxiliary value, any other argument, `<tensor>_shape` or `<tensor>_dtype`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from penlight.ops.schema import Schema

__all__ = ["COMPOSITES", "OPS", "Composite", "Op", "composite", "op", "pointwise", "underivable", "view"]

DEFAULT_HOME = "torch Tensor"


def docstring(function: Callable) -> str:
    """The docstring without its indentation."""
    import inspect  # late, for a short start-up

    return inspect.getdoc(function) or ""


class Op:
    """One row of the table. See the module's docstring; `kind` is "general", "pointwise" or "view"."""

    def __init__(
        self,
        signature: str,
        kernel: Callable,
        *,
        kind: str = "general",
        on: str = DEFAULT_HOME,
        promote: str | None = None,
        vjp: dict[str, Callable] | None = None,
        joint: Callable | None = None,
        linked: Any = False,
        outputs: str = "out",
        aux: str = "",
        returns: str | None = None,
        non_differentiable: str = "",
        grad_name: str | None = None,
        half: str = "float32",
        ufunc: str | None = None,
        fast: str = "",
        fast_if: str = "",
        dense: bool | str = False,
        inplace: bool = False,
        out: bool = False,
        aliases: str = "",
    ) -> None:
        self.signature = signature
        self.name = signature[: signature.index("(")]
        self.kernel = kernel
        self.home = kernel.__module__
        self.kind = kind
        self.on = on.split()
        self.promote = promote
        self.vjp = dict(vjp or {})
        self.joint = joint
        self.linked = linked
        self.outputs = outputs.split()
        self.aux = aux.split()
        self.returns = returns
        self.non_differentiable = set(non_differentiable.split())
        self.grad_name = grad_name or "".join(w.capitalize() for w in self.name.strip("_").split("_")) + "Backward0"
        self.half = half
        self.ufunc = ufunc
        self.fast = fast
        self.fast_if = fast_if
        self.dense = dense
        self.inplace = inplace
        self.out = out
        self.aliases = aliases.split()
        self.backward: Callable  # (node, g) -> gradients, over raw arrays; made at the first call
        self.backward_tensor: Callable  # the same over Tensors

    @cached_property
    def schema(self) -> Schema:
        return Schema.parse(self.signature)

    @property
    def doc(self) -> str:
        return docstring(self.kernel)

    def __repr__(self) -> str:
        return f"<op {self.name}>"

    @cached_property
    def saves(self) -> bool:
        """Whether nodes hold tensors or arrays, which are freed after backward."""
        import inspect  # late, for a short start-up

        kept = {p.name for p in self.schema.tensors} | {*self.outputs, *self.aux}
        return any(n in kept for _, rule in self.rules() for n in list(inspect.signature(rule).parameters)[2:])

    @property
    def differentiable(self) -> bool:
        return bool(self.vjp) or self.joint is not None

    def rules(self) -> list[tuple[str, Callable]]:
        """(argument, rule) pairs; a joint rule stands under the name ''."""
        return [("", self.joint)] if self.joint is not None else list(self.vjp.items())


class Composite:
    """A function written over the op namespace `k`; its gradients are those of the ops it calls."""

    def __init__(self, signature: str, body: Callable, on: str, inplace: bool, out: bool, aliases: str) -> None:
        self.signature = signature
        self.name = signature[: signature.index("(")]
        self.body = body
        self.home = body.__module__
        self.on = on.split()
        self.inplace = inplace
        self.out = out
        self.aliases = aliases.split()

    @cached_property
    def schema(self) -> Schema:
        return Schema.parse(self.signature)

    @property
    def doc(self) -> str:
        return docstring(self.body)

    def __repr__(self) -> str:
        return f"<composite {self.name}>"


OPS: dict[str, Op] = {}
COMPOSITES: dict[str, Composite] = {}


def _register(row: Any, table: dict) -> Any:
    for name in (row.name, *row.aliases):
        if name in OPS or name in COMPOSITES:
            raise ValueError(f"the op '{name}' is declared twice")
    table[row.name] = row
    return row


def op(signature: str, **fields: Any) -> Callable[[Callable], Op]:
    """Declare an op; decorates its kernel `kernel(xp, *arguments)`.

    on: where it is public, of "torch", "Tensor", "F", "linalg", "fft", "special" (default "torch Tensor"; "" = internal).
    promote: "arith" (PyTorch's result type), "float" (the same, integers to the default float), "compare"; None leaves
        the dtypes alone.
    vjp: {argument: rule}; joint: one rule `rule(k, g, need, *names)` giving the gradients of all tensor arguments, where
        `need` tells which are wanted and, with several differentiable outputs, `g` is a tuple with None for unused ones.
    outputs: the outputs' names; aux: names of further kernel results kept for the rules only.
    linked: in a recorded backward pass all results of the joint rule require grad when one does, as where PyTorch has
        one backward function for them; a function of what the node saves says whether they reach the inputs.
    non_differentiable: outputs or arguments without gradient (integer and boolean outputs never have one).
    half: "float32" computes float16/bfloat16 in float32 and rounds; "direct" hands them to the kernel; "factor" keeps a
        second operand without dimensions in float32, where PyTorch rounds every other number to 16 bits first.
    dense: the results are contiguous, as PyTorch's, so that `view` takes them; "columns": matrices are column-major; "channels":
        channels are last in memory where they are in an input; "planes": the same, of 4 dimensions only.
    inplace, out: whether the `f_` and `out=` forms exist. aliases: further public names.
    """
    return lambda kernel: _register(Op(signature, kernel, **fields), OPS)


def underivable(what: str) -> Callable:
    """A rule for what has no derivative in PyTorch either: it raises when it is needed."""

    def rule(k: Any, g: Any) -> Any:
        raise RuntimeError(f"derivative for {what} is not implemented")

    return rule


def pointwise(signature: str, **fields: Any) -> Callable[[Callable], Op]:
    """Declare an elementwise op: broadcasting, the gradient's sum-to-shape, `f_` and `out=` come with the kind.

    ufunc: the NumPy ufunc that is the whole kernel for the dtype kinds listed in `fast` (NumPy kind characters), where
        `fast_if`, an expression over the other arguments, holds.
    """
    fields = {"kind": "pointwise", "promote": "arith", "inplace": True, "out": True, "fast": "f", **fields}
    return op(signature, **fields)


def view(signature: str, **fields: Any) -> Callable[[Callable], Op]:
    """Declare an op whose output shares its input's memory (the kernel returns a NumPy view)."""
    return op(signature, **{"kind": "view", "half": "direct", **fields})


def composite(
    signature: str, *, on: str = DEFAULT_HOME, inplace: bool = False, out: bool = False, aliases: str = ""
) -> Callable[[Callable], Composite]:
    """Declare a function of other ops; decorates its body `body(k, *arguments)`."""
    return lambda body: _register(Composite(signature, body, on, inplace, out, aliases), COMPOSITES)
