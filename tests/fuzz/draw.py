"""Draws the arguments of an op from its signature in the op table and the hints; the result is source text."""

from __future__ import annotations

import contextlib
import math
from types import FunctionType

from tests.fuzz import hints, values
from tests.fuzz.source import Source, text

KINDS = {"bool": "bool", "i": "int64", "count": "int64", "index": "int64", "label": "int64"}
BY_NAME = {"mask": "bool", "condition": "bool", "index": "index", "indices": "index"}
FINITE = {  # files of ops where inf - inf and overflow depend on the order of sums
    "matmul", "matrices", "conv", "fft", "stft", "loss", "losses", "norms", "norm", "grid", "resample", "rnn_functions",
    "rnn_steps", "distance", "einsum", "pool", "products", "differences", "statistics", "fold", "linalg_factors",
    "linalg_functions", "linalg_lu", "linalg_solve", "linalg_spectral", "native", "ctc", "polynomials",
}  # fmt: skip
FINITE_FUNCTIONS = {"bilinear", "normalize", "scaled_dot_product_attention", "local_response_norm", "fold", "embedding_bag"}
OPTIONAL = 0.3  # how often an optional argument is given


class Drawer:
    """Draws one call's arguments. `case` names new tensors; tensors are real (PyTorch's) while a case is drawn."""

    def __init__(self, case, row, first=None, public=""):
        self.case, self.rng, self.row, self.given, self.public = case, case.rng, row, first, public
        self.first = None  # the first tensor argument, as PyTorch's tensor
        self.drawn: dict = {}
        self.sizes: dict[str, int] = {}
        spec = hints.SHAPES.get(row.name)
        self.spec = [part.strip() for part in self.rng.choice(spec.split("|")).split(";")] if spec else []
        self.leading = tuple(self.rng.randint(1, 3) for _ in range(self.rng.choice((0, 1, 1, 2))))
        self.exact = self.rng.random() < 0.93
        if any(":one" in part for part in self.spec):  # PyTorch crashes where pivots do not fit
            self.exact, self.given = True, None
        self.floating = row.floating and self.rng.random() < 0.9
        self.own_dtype = values.draw_dtype(self.rng)
        domain = hints.DOMAIN.get(row.name) if self.rng.random() < 0.9 else None
        self.domain = domain or (values.FLOATS + values.COMPLEX if self.floating else values.DTYPES)
        while self.own_dtype not in self.domain:
            self.own_dtype = values.draw_dtype(self.rng)

    # --- what hints ask ----------------------------------------------------------------------------------------------

    @property
    def shape(self):
        return tuple(self.first.shape) if self.first is not None else ()

    @property
    def ndim(self):
        return len(self.shape)

    @property
    def numel(self):
        return math.prod(self.shape)

    @property
    def dtype(self):
        """The dtype that most arguments have."""
        return str(self.first.dtype)[6:] if self.first is not None and self.given is not None else self.own_dtype

    @property
    def integer_reduction(self):
        return self.public.startswith("torch.") and "functional" not in self.public and self.rng.random() < 0.7

    @property
    def spatial(self):
        name = self.row.name
        for n in "123":
            if f"{n}d" in name:
                return int(n)
        return max(1, min(3, self.ndim - 2))

    @property
    def length(self):
        """The size along the dimension that was drawn."""
        dim = next((self.drawn[n] for n in ("dim", "dimension", "axis") if n in self.drawn), self.default_dim)
        try:
            return self.shape[int(dim)]
        except (ValueError, IndexError, TypeError):
            return 1

    @property
    def default_dim(self):
        p = next((p for p in self.row.parameters if p.name in ("dim", "dimension", "axis")), None)
        return p.default if p is not None and p.default else "0"

    @property
    def weight_dims(self):
        return 2 if self.spec and self.spec[0].endswith("2 3") else 1

    def value(self, name, default=()):
        return self.drawn.get(name, default)

    def ns_shape(self, name):
        tensor = self.case.namespace.get(str(self.drawn.get(name)))
        return tuple(tensor.shape) if hasattr(tensor, "shape") else self.shape

    def choose(self, *options):
        """One of the options; a function gives its value (it may take the drawer)."""
        chosen = self.rng.choice(options)
        if not callable(chosen):
            return chosen
        return chosen(self) if isinstance(chosen, FunctionType) and chosen.__code__.co_argcount else chosen()

    def dim(self):
        if self.rng.random() < 0.03:
            return self.rng.choice((self.ndim, -self.ndim - 1, 7))
        return self.rng.randrange(-self.ndim, self.ndim) if self.ndim else self.rng.choice((0, -1))

    def number(self):
        if self.rng.random() < 0.06:
            return self.rng.choice((math.nan, math.inf, -math.inf, 2j, 1 - 1j, 300, 2**40, -1e30, -0.0))
        return self.rng.choice((0, 1, 2, -1, 3, 0.5, -1.5, 2.0, 0.1, True, False, 1.0, -3))

    def tensor(self, shape, dtype, kind=None, grad=True):
        kind = self.case.kind if kind is None else kind
        finite = self.row.module in FINITE or self.row.name in FINITE_FUNCTIONS
        kind = "rough" if kind == "special" and finite else kind
        strided = 0.3 if grad and kind != "sorted" else 0  # statistics and losses' weights are read as they lie
        return self.case.new_tensor(shape, dtype, kind, grad, strided)

    def other_tensor(self):
        return self.tensor(values.broadcast_partner(self.rng, self.shape), self.other_dtype())

    def operand(self):
        return self.number() if self.rng.random() < 0.3 else self.other_tensor()

    def other_dtype(self):
        mixed = self.rng.random() < (0.03 if self.row.floating else 0.2)
        return values.draw_dtype(self.rng) if mixed or self.dtype not in values.DTYPES else self.dtype

    def index_tuple(self):
        count = self.rng.randint(1, max(1, min(2, self.ndim)))
        if self.rng.random() < 0.2:
            return Source(f"({self.tensor(self.shape, 'bool')},)")
        n = self.rng.randint(1, 3)
        names = [self.tensor((n,), "int64", self.shape[i] if i < self.ndim else 1) for i in range(count)]
        return Source(f"({', '.join(names)},)")

    # --- tensors -----------------------------------------------------------------------------------------------------

    def _sized(self, tokens):
        shape: list[int] = []
        for token in tokens:
            if token == "*":
                shape += self.leading
            elif token.isdigit():
                shape.append(int(token))
            else:
                if token not in self.sizes:
                    low, high = (3, 5) if token in "hwl" else (2, 3) if token == "d" else (1, 3)
                    empty = self.rng.random() < 0.02
                    self.sizes[token] = 0 if empty else self.rng.randint(low, high)
                shape.append(self.sizes[token])
        if not self.exact and shape and self.rng.random() < 0.5:
            change = self.rng.randrange(len(shape))
            if self.rng.random() < 0.3:
                del shape[change]
            else:
                shape[change] = self.rng.choice((1, shape[change] + 1, 0))
        return tuple(shape)

    def _one_tensor(self, p):
        if self.first is None and self.given is not None and self._fits():
            self.spec = self.spec[1:]
            return self.given
        kind = BY_NAME.get(p.name)
        if (
            self.spec
            and (part := self.spec.pop(0) if len(self.spec) > 1 or self.first is None else self.spec.pop()) is not None
        ):
            sizes, _, spec_kind = part.partition(":")
            shape, kind = self._sized(sizes.split()), spec_kind or kind
        elif kind == "index" and self.first is not None:
            return self._index()
        elif self.first is None:
            shape = values.draw_shape(self.rng)
        elif p.name in ("source", "src") and "index" in self.drawn:
            shape = self._source_shape()
        elif p.name == "src":
            shape = self._scattered_shape()
        else:
            shape = values.broadcast_partner(self.rng, self.shape)
        plain = p.name in hints.NO_GRADIENT or (p.name == "weight" and self.row.module in ("loss", "losses"))
        return self._of_kind(shape, kind, not plain or self.rng.random() < 0.03)

    def _fits(self):
        """Whether the earlier result that is offered has the shape and dtype which this op asks for."""
        offered = self.case.namespace[self.given]
        if self.spec and self.spec[0].endswith(":sorted"):
            self.given = None
            return False
        if str(offered.dtype)[6:] not in self.domain and self.rng.random() < 0.97:
            self.given = None
        elif self.spec:
            tokens, shape = self.spec[0].partition(":")[0].split(), list(offered.shape)
            if "*" in tokens:
                count = len(shape) - len(tokens) + 1
                at = tokens.index("*")
                self.leading = tuple(shape[at : at + count]) if count >= 0 else ()
                shape[at : at + max(0, count)] = []
                tokens.remove("*")
            if len(tokens) != len(shape) or any(t.isdigit() and int(t) != n for t, n in zip(tokens, shape)):
                self.given = None
            else:
                self.sizes.update((t, n) for t, n in zip(tokens, shape) if not t.isdigit())
        return self.given is not None

    def _of_kind(self, shape, kind, grad):
        if kind and kind.startswith("<"):
            high = kind[1:]
            below = int(high) if high.isdigit() else self.sizes.get(high, 3)
            return self.tensor(shape, self.rng.choice(("int64",) * 8 + ("int32",)), below)
        if kind == "index":
            return self.tensor(shape, "int64", self.numel)
        if kind == "one":
            return Source(f"torch.full({shape}, {self.sizes.get('a', 1)}, dtype=torch.int32)")
        if kind == "label":
            return Source("torch.tensor([[1, 2], [2, 1]])") if self.exact else self.tensor(shape, "int64", 3)
        if kind == "large":
            return self.tensor(shape, self.rng.choice(values.FLOATS), "positive")
        if kind in KINDS:
            dtype = values.draw_dtype(self.rng) if self.rng.random() < 0.02 else KINDS[kind]
            return self.tensor(shape, dtype, "positive" if kind == "count" else None)
        if kind in ("matrix", "symmetric") and self.rng.random() < 0.15:
            kind = None
        dtype = self.own_dtype if self.first is None else self.other_dtype()
        return self.tensor(shape, dtype, kind, grad)

    def _index(self):
        """Indices as index_select, gather, take and their kin take them."""
        name = self.row.name
        n = self.length
        if name in ("take", "put"):
            return self.tensor(values.draw_shape(self.rng, 2), "int64", self.numel)
        if name.startswith("index_") or not self.ndim:
            return self.tensor((self.rng.randint(0, 4),) if self.ndim or self.rng.random() < 0.5 else (), "int64", n)
        shape = [self.rng.randint(min(1, s), s) for s in self.shape]
        with contextlib.suppress(IndexError, ValueError):
            shape[int(self.drawn.get("dim", 0))] = self.rng.randint(1, 4)
        return self.tensor(shape, "int64", n)

    def _source_shape(self):
        index = self.ns_shape("index")
        if not self.row.name.startswith("index_"):
            return index
        shape = list(self.shape)
        with contextlib.suppress(IndexError, ValueError, KeyError):
            shape[int(self.drawn["dim"])] = index[0] if index else 1
        return shape

    def _scattered_shape(self):
        """The shape of what select_scatter and its kin put in: what the view would have."""
        view = {"select_scatter": "select", "slice_scatter": None, "diagonal_scatter": "diagonal"}.get(self.row.name)
        if view == "diagonal":
            return tuple(self.first.diagonal().shape) if self.ndim > 1 else self.shape
        return self.shape[1:] if view else self.shape

    # --- everything --------------------------------------------------------------------------------------------------

    def _by_type(self, p):
        kind = p.type.rstrip("?").removesuffix("|any")
        own = f"{self.row.name}.{p.name}"
        if (
            kind.endswith("Number")
            and own not in hints.ARGUMENTS
            and self.first is not None
            and self.rng.random() < 0.35
        ):
            return self.number()
        if kind == "bool" and not isinstance(hints.ARGUMENTS.get(own), list):
            return None if hints.ARGUMENTS.get(p.name, 0) is None else self._bool()
        if kind == "Tensors" or (p.variadic and p.name in ("tensors", "matrices")):
            return self._tensors(p)
        if kind.startswith("Tensor") and own not in hints.ARGUMENTS:
            return self._one_tensor(p)
        hint = hints.ARGUMENTS.get(own, hints.ARGUMENTS.get(p.name, KeyError))
        if hint is KeyError:
            draw = getattr(self, f"_{kind}", None)
            if draw is None:
                raise KeyError(f"no hint for {self.row.name}.{p.name} ({p.type})")
            return draw()
        if hint is None:
            return None
        return self.rng.choice(hint) if isinstance(hint, list) else hint(self)

    def _dim(self):
        return self.dim()

    def _dims(self):
        return self.dim() if self.rng.random() < 0.5 else hints.some_dims(self) if self.rng.random() < 0.9 else ()

    def _int(self):
        return self.rng.choice((0, 1, 2, 3, -1))

    def _number(self):
        return self.number()

    def _float(self):
        return self.rng.choice((0.5, 1.0, 0.1, 2.0, 0, 1))

    def _bool(self):
        return self.rng.random() < 0.5

    def _dtype(self):
        return Source(f"torch.{values.draw_dtype(self.rng)}")

    def _tensors(self, p):
        count = self.rng.randint(1, 3)
        names = [self._remember(self._one_tensor(p)) for _ in range(max(count, len(self.spec)))]
        return Source(", ".join(names) if p.variadic else f"[{', '.join(names)}]")

    def _remember(self, value):
        if self.first is None and isinstance(value, Source):
            found = self.case.namespace.get(str(value))
            self.first = found if hasattr(found, "shape") else None
        return value

    def arguments(self):
        """[(parameter, source)], in the signature's order."""
        result = []
        for p in self.row.parameters:
            if p.default is not None and (self.rng.random() > self.chance(p) or self._excluded(p)):
                continue
            value = self._remember(self._by_type(p))
            if value is None and p.default is not None:
                continue
            if not p.type.startswith("Tensor"):
                self.drawn[p.name] = value
            elif p.name == "index":
                self.drawn["index"] = value
            result.append((p, text(value)))
        return result

    def _excluded(self, p):
        """What PyTorch's overloads do not take together."""
        drawn, names = self.drawn, [q.name for q in self.row.parameters]
        if p.name in ("keepdim", "other") and "dim" in names:
            return ("dim" in drawn) == (p.name == "other") and self.row.name not in hints.FREE_KEEPDIM
        if p.name == "correction":
            return "unbiased" in drawn or "dim" not in drawn
        if p.name == "unbiased" and "out" in self.public:
            return True
        if p.name == "return_indices":
            return self.public.startswith("torch.max") or self.public.startswith("torch.ad") or "with" in self.public
        return p.name in ("value", "reduce") and self.row.name == "scatter" and ("src" in drawn) == (p.name == "value")

    def chance(self, p):
        """How often an optional argument is given."""
        if f"{self.row.name}.{p.name}" in hints.ALWAYS or self.public in hints.ALWAYS:
            return 1
        return (
            0.7 if p.name in ("dim", "size", "scale_factor", "end", "return_complex", "n") or p.is_tensor else OPTIONAL
        )
