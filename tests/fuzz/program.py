"""A random program of one to five calls, drawn while PyTorch runs it, so that later steps know what they get."""

from __future__ import annotations

import contextlib
import math
import random
import types
from bisect import bisect
from functools import cache
from zlib import crc32

import torch

from tests.fuzz import hints, values
from tests.fuzz.crashes import crashes
from tests.fuzz.draw import FINITE, Drawer
from tests.fuzz.source import Source, text
from tests.fuzz.table import callables

NAMES = {"nan": math.nan, "inf": math.inf}
BINARY = ("+", "-", "*", "/", "//", "%", "**", "@", "&", "|", "^", "<", ">", "<=", ">=", "==", "!=", "<<", ">>")
AUGMENTED = ("+=", "-=", "*=", "/=", "//=", "%=", "**=", "&=", "|=", "^=", "<<=", ">>=")
PLAIN_OUT = 0.9  # how often the inputs of an `out=` form require no gradient
_TABLE: list = []


def table():
    if not _TABLE:
        for row in callables():
            row.forms = [form for form in row.forms if _exists(*form)]
            if row.forms:
                _TABLE.append(row)
    return _TABLE


@cache
def ring():
    """(place, row) on a circle, every row at eight places that depend on its name alone.

    A draw takes the next row, so that another op in the table changes few of the programs that a seed stands for.
    """
    return sorted((crc32(f"{row.name} {i}".encode()) / 2**32, n) for n, row in enumerate(table()) for i in range(8))


def _exists(form, public):
    """Whether PyTorch has it; penlight's extra names are its own affair."""
    if public == "polygamma" and form == "m":  # its receiver is the second argument
        return False
    at = torch.Tensor if form in "mp" else torch
    for part in public.removeprefix("torch.").split("."):
        at = getattr(at, part, None)
    return at is not None


class Stopped(Exception):
    """A statement raised, or would crash: the program ends there."""


class Case:
    """Draws one program. `statements` is its source, `namespace` what PyTorch made of it, `error` what it raised."""

    def __init__(self, seed: str, only: str = ""):
        self.seed, self.rng = seed, random.Random(seed)
        self.statements: list[str] = []
        self.codes: list[types.CodeType] = []
        self.namespace: dict = {"torch": torch, **NAMES}
        self.error: BaseException | None = None
        self.tensors: list[str] = []
        self.ops: list[str] = []
        self.count = 0
        self.plain = False  # whether new tensors stay without gradient
        rng = self.rng
        self.kind = rng.choices(("plain", "rough", "special", "positive", "unit"), (45, 30, 12, 7, 6))[0]
        self.grads = rng.random() < 0.5
        self.rows = [row for row in table() if row.name == only] if only else table()
        with contextlib.suppress(Stopped):
            self._draw(1 if rng.random() < 0.6 else rng.randint(2, 5))

    # --- statements --------------------------------------------------------------------------------------------------

    def do(self, statement: str, name: str = ""):
        if crashes(statement, self.namespace):
            raise Stopped
        code = compile(statement, f"<statement {len(self.statements)}>", "exec")
        self.statements.append(statement)
        self.codes.append(code)
        try:
            exec(code, self.namespace)
        except Exception as error:
            self.error = error
            raise Stopped from error
        made = self.namespace.get(name)
        if isinstance(made, torch.Tensor) and made.numel() < 2000 and made.layout is torch.strided:
            self.tensors.append(name)
        elif isinstance(made, (tuple, list)):
            for i, item in enumerate(made[:3]):
                if isinstance(item, torch.Tensor) and name[0] == "r" and self.rng.random() < 0.5:
                    self.do(f"{name}_{i} = {name}[{i}]", f"{name}_{i}")

    def fresh(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count}"

    def new_tensor(self, shape, dtype, kind, grad=True, strided=0.3) -> Source:
        """A statement that makes a tensor; its name."""
        made = values.tensor_text(self.rng, shape, dtype, kind, strided)
        if (
            self.grads
            and grad
            and not self.plain
            and dtype in values.FLOATS + values.COMPLEX
            and self.rng.random() < 0.6
        ):
            made += ".requires_grad_()"
        name = self.fresh("x")
        self.do(f"{name} = {made}", name)
        return Source(name)

    def of(self, name):
        return self.namespace[name]

    # --- steps -------------------------------------------------------------------------------------------------------

    def _draw(self, steps: int):
        for step in range(steps):
            chance = self.rng.random()
            if chance < 0.06:
                self._operator(step)
            elif chance < 0.14:
                self._index(step)
            else:
                self._call(step)
        if self.grads:
            self._gradient()

    def _some_tensor(self, step):
        """An earlier result, or a new tensor."""
        if step and self.tensors and self.rng.random() < 0.85:
            return Source(self.tensors[-1] if self.rng.random() < 0.7 else self.rng.choice(self.tensors))
        return self.new_tensor(values.draw_shape(self.rng), values.draw_dtype(self.rng), self.kind)

    def _row(self):
        if len(self.rows) == 1:
            return self.rows[0]
        places = ring()
        return self.rows[places[bisect(places, (self.rng.random(),)) % len(places)][1]]

    def _call(self, step):
        row = self._row()
        first = Source(self.tensors[-1]) if step and self.tensors and self.rng.random() < 0.7 else None
        if first and row.module in FINITE and not torch.isfinite(self.of(first)).all():
            first = None  # LAPACK crashes there
        form, public = self.rng.choice(row.forms)
        self.plain = form == "o" and self.rng.random() < PLAIN_OUT
        drawer = Drawer(self, row, first, public if form != "o" else f"{public}(out)")
        arguments = drawer.arguments()
        self.plain = False
        self.ops.append(public)
        if row.random:
            self.do("torch.manual_seed(0)")
        if form in "mp" or (form == "f" and public.endswith("_")):
            arguments = self._with_receiver(arguments, public)
        parts, positional = [], not any(p.name == "stable" for p, _ in arguments)
        for p, source in arguments[form in "mp" :]:
            index = row.parameters.index(p)
            given_all_before = positional and index == len(parts) + (form in "mp")
            free = p.default is None or public in hints.ALWAYS or self.rng.random() < 0.5
            positional = given_all_before and not p.keyword_only and free
            if p.variadic:
                parts.append(self._variadic(p, source, form == "m"))
                positional = False
            else:
                parts.append(source if positional else f"{p.name}={source}")
        name = self.fresh("r")
        if form == "p":
            return self.do(f"{name} = {arguments[0][1]}.{public}", name)
        if form == "m":
            return self.do(f"{name} = {arguments[0][1]}.{public}({', '.join(parts)})", name)
        self.do(f"{name} = {public}({', '.join(parts)})", name)
        if form == "o":
            self._out(name, public, parts)

    def _variadic(self, p, source, method):
        """`*size` arguments stand in one sequence or by themselves."""
        if method and source[0] in "[(" and p.name not in ("tensors", "matrices") and self.rng.random() < 0.5:
            return source[1:-1].rstrip(",") or source
        return source

    def _with_receiver(self, arguments, public):
        """The receiver of a method is a tensor; one that is changed in place is seldom a leaf that requires grad."""
        (p, source), *rest = arguments
        if not isinstance(self.namespace.get(source), torch.Tensor):
            source = self.new_tensor((2,), "float32", self.kind)
        if public.endswith("_") and not public.endswith("__"):
            source = self._changeable(source)
        return [(p, source), *rest]

    def _changeable(self, source):
        tensor = self.of(source)
        if tensor.requires_grad and tensor.is_leaf and self.rng.random() < 0.9:
            name = self.fresh("y")
            self.do(f"{name} = {source}.clone()", name)
            source = name
        if tensor.dim() and self.rng.random() < 0.25:
            name = self.fresh("v")
            views = (
                "[1:]",
                "[::2]",
                ".transpose(0, -1)",
                ".unsqueeze(0)",
                ".detach()",
                ".view(-1)",
                "[0]",
                "[..., 0]",
                ".T",
            )
            view = self.rng.choice(views)
            self.do(f"{name} = {source}{view}", name)
            source = name
        return source

    def _out(self, name, public, parts):
        """The `out=` form, after the function told which shapes and dtypes it gives."""
        made = self.of(name)
        several = isinstance(made, (tuple, list))
        if several and not made:
            return
        outs = []
        for item in made if several else [made]:
            if not isinstance(item, torch.Tensor):
                return
            shape, dtype = tuple(item.shape), str(item.dtype)
            chance = self.rng.random()
            if chance < 0.15:
                shape = (0,)
            elif chance < 0.22:
                shape = values.draw_shape(self.rng)
            elif chance < 0.4:
                dtype = f"torch.{values.draw_dtype(self.rng)}"
            out = self.fresh("o")
            view = ".mT" if len(shape) > 1 and chance > 0.9 else ""
            shape = (*shape[:-2], shape[-1], shape[-2]) if view else shape
            self.do(f"{out} = torch.zeros({text(shape)}, dtype={dtype}){view}", out)
            outs.append(out)
        target = self.fresh("r")
        parts = [*parts, "out=" + (f"({', '.join(outs)},)" if several else outs[0])]
        self.do(f"{target} = {public}({', '.join(parts)})", target)

    def _operator(self, step):
        left = self._some_tensor(step)
        tensor = self.of(left)
        chance = self.rng.random()
        name = self.fresh("r")
        if chance < 0.12:
            return self.do(f"{name} = {self.rng.choice(('-', '~', '+', 'abs'))}({left})", name)
        drawer = Drawer(self, table()[0])
        drawer.first = tensor
        right = text(drawer.operand())
        if chance < 0.35:
            left = self._changeable(left)
            return self.do(f"{left} {self.rng.choice(AUGMENTED)} {right}")
        sides = (left, right) if chance < 0.75 else (right, left)
        self.do(f"{name} = ({sides[0]}) {self.rng.choice(BINARY)} {sides[1]}", name)

    def _index_text(self, tensor):
        parts, used = [], 0
        for _ in range(self.rng.randint(1, max(1, tensor.dim()))):
            n = tensor.shape[used] if used < tensor.dim() else 0
            form = self.rng.randrange(10)
            if form < 3:
                bounds = [self.rng.choice(("", str(self.rng.randint(-n - 1, n + 1)))) for _ in range(2)]
                parts.append(":".join(bounds) + self.rng.choice(("", "", ":2", ":1", ":3")))
            elif form < 5:
                parts.append(str(self.rng.randint(-n, n - 1) if n and self.rng.random() < 0.95 else n))
            elif form == 5:
                parts.append("None")
                continue
            elif form == 6 and "..." not in parts:
                parts.append("...")
                used = max(used, tensor.dim() - 1)
                continue
            elif form == 7:
                k = self.rng.randint(1, min(2, max(1, tensor.dim() - used)))
                parts.append(self.new_tensor(tuple(tensor.shape[used : used + k]), "bool", None))
                used += k
                continue
            elif form == 8:
                shape = self.rng.choice(((), (1,), (2,), (2, 2), (0,)))
                parts.append(self.new_tensor(shape, self.rng.choice(("int64", "int64", "int32", "uint8")), n))
            else:
                parts.append(str([self.rng.randint(-n, n - 1) if n else 0 for _ in range(self.rng.randint(1, 3))]))
            used += 1
        return ", ".join(parts)

    def _index(self, step):
        source = self._some_tensor(step)
        index = self._index_text(self.of(source))
        name = self.fresh("r")
        if self.rng.random() < 0.55:
            return self.do(f"{name} = {source}[{index}]", name)
        source = self._changeable(source)
        index = self._index_text(self.of(source))
        drawer = Drawer(self, table()[0])
        if self.rng.random() < 0.5:
            value = text(drawer.number())
        else:
            try:
                drawer.first = self.of(source)[eval(f"self_index[{index}]", {**self.namespace, "self_index": _Index()})]
            except Exception:
                drawer.first = self.of(source)
            value = drawer.other_tensor()
        self.do(f"{source}[{index}] {self.rng.choice(('=', '=', '=', '+=', '*='))} {value}")

    # --- gradients ---------------------------------------------------------------------------------------------------

    def _weights(self, name):
        tensor = self.of(name)
        flat = f"torch.arange(1, {tensor.numel() + 1})" if tensor.numel() else "torch.zeros(0)"
        made = f"{flat}.reshape({text(tuple(tensor.shape))}).to({tensor.dtype})"
        return f"{made} * (1 - 0.5j)" if tensor.is_complex() else made

    def _gradient(self):
        names = [n for n in self.tensors if self.of(n).requires_grad]
        try:
            inputs = [n for n in names if self.of(n).is_leaf]
        except RuntimeError:  # one of several views at once whose base has changed: it cannot even be asked
            return
        results = [n for n in names if n not in inputs]
        if not inputs or not results:
            return
        result = results[-1] if self.rng.random() < 0.7 else self.rng.choice(results)
        twice = self.rng.random() < 0.2
        name = self.fresh("g")
        more = ", create_graph=True" if twice else ""
        listed = f"[{', '.join(inputs)}]"
        self.do(
            f"{name} = torch.autograd.grad({result}, {listed}, {self._weights(result)}, allow_unused=True{more})", name
        )
        if twice:
            for i, g in enumerate(self.of(name)):
                if g is not None and g.requires_grad:
                    self.do(f"{name}_{i} = {name}[{i}]", f"{name}_{i}")
                    weights = self._weights(f"{name}_{i}")
                    second = self.fresh("h")
                    self.do(
                        f"{second} = torch.autograd.grad({name}_{i}, {listed}, {weights}, allow_unused=True)", second
                    )
                    return


class _Index:
    def __getitem__(self, index):
        return index
