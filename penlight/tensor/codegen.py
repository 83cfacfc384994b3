"""Source text of the functions made from the op table.

Each op's public function and its two backward functions are written out and compiled once: no argument is interpreted
at run time, tracebacks show a plain signature, and `inspect.signature` is exact. `print(source_of("exp"))` shows one.
"""

from __future__ import annotations

import functools
from typing import Any

from penlight.ops.schema import Parameter
from penlight.ops.table import Op

__all__ = ["backward_source", "differentiable_arguments", "forward_source", "raw_source", "saved_names", "signature_source"]

INDENT = "    "


# dim= written in PyTorch's Python layer, which knows no axis=
_NO_AXIS = {"norm", "split", "unflatten", "tensor_split", "unique", "unique_consecutive", "nuclear_norm"}


def takes_axis(op: Any) -> bool:
    """Whether NumPy's spellings stand for `input`, `other`, `dim` and `keepdim`, as in PyTorch's own parser."""
    names = {p.name for p in op.schema.parameters}
    return (
        "dim" in names
        and op.name not in _NO_AXIS
        and bool({"torch", "Tensor", "linalg", "fft", "special"} & set(op.on))
        and not any(p.variadic for p in op.schema.parameters)
    )


def _read_numpy_names(op: Any, lines: list[str]) -> None:
    for p in op.schema.parameters:
        if p.variadic:  # permute(dims=(1, 0)) as well as permute(1, 0)
            lines += ["if named:", f"    {p.name} = _named_variadic('{op.name}', '{p.name}', {p.name}, named)"]
    if not takes_axis(op):
        return
    given = ", ".join(f"{p.name}={p.name}" for p in op.schema.parameters) + (", out=out" if op.out else "")
    lines += ["if numpy_names:", f"    return _numpy_call(_self, dict({given}), numpy_names)"]
    required = [p.name for p in op.schema.parameters if p.default is None and not p.keyword_only]
    if "dim" in required:
        everything = ", ".join(f"{n}={n}" for n in required)
        lines += [f"if {required[-1]} is _MISSING:", f"    raise _missing_argument('{op.name}', dict({everything}))"]


def signature_source(op: Any, numpy_names: bool = True) -> str:
    """The public function's argument list, `out=` included; the last one catches `axis=`."""
    parts, bare_star = [], False
    numpy_names = numpy_names and takes_axis(op)
    missing = None  # `dim` may come as `axis`, `input` as `x`: they and the required arguments after it are tested in the body
    for p in op.schema.parameters:
        if p.variadic:
            parts.append("*" + p.name)
            bare_star = True
            continue
        if p.keyword_only and not bare_star:
            parts.append("*old" if has_old_order(op) else "*")
            bare_star = True
        if numpy_names and p.name in ("input", "dim"):
            missing = "_MISSING"
        default = p.default if p.default is not None else None if p.keyword_only else missing
        parts.append(p.name + (f"={default}" if default is not None else ""))
    if op.out:
        parts += [] if bare_star else ["*"]
        parts.append("out=None")
    if numpy_names:
        parts.append("**numpy_names")
    if any(p.variadic for p in op.schema.parameters):
        parts.append("**named")
    return ", ".join(parts)


_OF_NUMBERS = ("add", "sub", "mul", "div", "true_divide", "floor_divide")


def has_old_order(op: Any) -> bool:
    """Whether PyTorch still reads numbers before tensors in its calls: add(input, alpha, other)."""
    return isinstance(op, Op) and op.name != "rsub" and any(p.name == "alpha" and p.keyword_only for p in op.schema.statics)


@functools.cache
def rule_names(rule: Any) -> list[str]:
    import inspect  # late, for a short start-up

    names = list(inspect.signature(rule).parameters)
    return names[2:]


@functools.cache
def saved_names(op: Op) -> list[str]:
    """What a node of this op holds, in order: the union of what its rules name, then the fits of pointwise ops."""
    names: list[str] = []
    for _, rule in op.rules():
        for name in rule_names(rule):
            if name not in names and not (op.joint is not None and name == "need"):
                names.append(name)
    if op.kind == "pointwise":
        names += [f"fit_{argument}" for argument in op.vjp]
    return names


def differentiable_arguments(op: Op) -> list[Parameter]:
    if op.joint is not None:
        return [p for p in op.schema.tensors if p.name not in op.non_differentiable]
    return [p for p in op.schema.tensors if p.name in op.vjp]


def _plain_test(name: str) -> str:
    return f"({name}.__class__ is _Tensor or {name}.__class__ in _PLAIN)"


def _read_arguments(op: Any, lines: list[str], arrays: bool = True) -> None:
    tensors = op.schema.tensors
    everything = ", ".join(p.name for p in op.schema.parameters if not p.keyword_only and not p.variadic)
    variadic = "".join(f"*{p.name}, " for p in op.schema.parameters if p.variadic)
    keywords = ", ".join(f"{p.name}={p.name}" for p in op.schema.parameters if p.keyword_only)
    if op.out:
        keywords += (", " if keywords else "") + "**({} if out is None else {'out': out})"
    others = ", ".join(p.name for p in tensors)
    redirect = f"return _override(_self, ({everything + ', ' if everything else ''}{variadic}), dict({keywords}))"
    for position, p in enumerate(tensors, 1):
        n = p.name
        if p.type == "Tensor":
            lines += [
                f"if {n}.__class__ is not _Tensor and {n}.__class__ not in _PLAIN:",
                f"    if _overridden(({others},)):",
                f"        {redirect}",
                f"    if not isinstance({n}, _Tensor):",
                f"        raise _type_error('{op.name}', '{n}', {position}, {n})",
            ]
            if arrays:
                lines.append(f"a_{n} = {n}._a")
        elif p.type == "Tensor?":
            lines += [
                f"if {n} is None:",
                f"    a_{n} = None",
                "else:",
                f"    if {n}.__class__ is not _Tensor and {n}.__class__ not in _PLAIN:",
                f"        if _overridden(({others},)):",
                f"            {redirect}",
                f"        if not isinstance({n}, _Tensor):",
                f"            raise _type_error('{op.name}', '{n}', {position}, {n})",
                f"    a_{n} = {n}._a",
            ]
        elif p.type == "Tensor|Number":
            alone = _number_alone(op, n, tensors)
            usual = [] if alone else [f"elif {n}.__class__ is float or {n}.__class__ is int:", f"    a_{n} = {n}"]
            lines += [
                f"if {_plain_test(n)}:",
                f"    a_{n} = {n}._a",
                *usual,
                "else:",
                f"    if _overridden(({others},)):",
                f"        {redirect}",
                f"    if isinstance({n}, _Tensor):",
                f"        a_{n} = {n}._a",
                f"    elif isinstance({n}, _NUMBERS):",
                f"        a_{n} = {n} = _number({n})",
                *alone,
                "    else:",
                f"        raise _type_error('{op.name}', '{n}', {position}, {n}, 'Tensor or Number')",
            ]
        elif p.type == "Tensors":
            lines += [
                f"if {n}.__class__ is list:",
                f"    {n} = tuple({n})",
                f"elif {n}.__class__ is not tuple:",
                f"    {n} = _tensor_list('{op.name}', '{n}', {position}, {n})",
                f"for v in {n}:",
                "    if v.__class__ is not _Tensor and v.__class__ not in _PLAIN:",
                f"        {n} = _tensor_list('{op.name}', '{n}', {position}, {n})",
                f"        if _overridden(({others},)):",
                f"            {redirect}",
                "        break",
            ]
            if isinstance(op, Op):
                lines.append(f"a_{n} = [v._a for v in {n}]")
        else:
            raise ValueError(f"{op.name}: unknown tensor type {p.type!r}")


def _number_alone(op: Any, name: str, tensors: list[Parameter]) -> list[str]:
    """The lines that make a tensor of the first number, for the ops that PyTorch lets take two numbers."""
    if name != tensors[0].name or op.name not in _OF_NUMBERS:
        return []
    return [f"        if isinstance({tensors[1].name}, _NUMBERS):", f"            {name} = _tensor({name})"] + [
        f"            a_{name} = {name}._a"
    ]


# When a value is read more closely; the types are those of `ops/schema.py`.
_UNUSUAL = {
    "int": "{0}.__class__ is not int",
    "size": "{0}.__class__ is not int",
    "float": "{0}.__class__ is not float and {0}.__class__ is not int",
    "number": "{0}.__class__ is not float and {0}.__class__ is not int",
    "real": "{0}.__class__ is not float and {0}.__class__ is not int",
    "bool": "{0} is not False and {0} is not True",
    "str": "{0}.__class__ is not str",
    "ints1": "{0}.__class__ is not int",
}
_OTHER = {"": "", "Tensor": " and not hasattr({0}, '_a')", "str": " and {0}.__class__ is not str"}
_READ = {
    "dim": "_dimension({0}, {ndim}, '{0}')",
    "dims": "_dimensions({0}, {ndim}, '{0}')",
    "dtype": "_read_dtype({0})",
    "ints": "_items({0}, '{0}', '{op}', {place})",
    "ints1": "_items_or_int({0}, '{0}', '{op}', {place})",
}


def _read_statics(op: Any, lines: list[str]) -> None:
    first = next((p.name for p in op.schema.tensors if p.type == "Tensor"), None)
    ndim = f"a_{first}.ndim" if first else "0"
    for place, p in enumerate(op.schema.parameters, 1):
        kind = p.type.rstrip("?")
        if p.is_tensor:
            continue
        if p.variadic:
            lines.append(f"if len({p.name}) == 1 and isinstance({p.name}[0], (tuple, list)):")
            lines.append(f"    {p.name} = tuple({p.name}[0])")
            if p.name in ("dims", "repeats"):
                lines.append(f"elif len({p.name}) == 1 and {p.name}[0].__class__ is not int:")
                lines.append(f"    _check_single('{p.name}', {p.name}[0])")
            if op.schema.tensors:
                # a keyword may stand for them, as in x.view(dtype=...)
                keywords = "".join(f" and {o.name} is None" for o in op.schema.parameters if o.keyword_only)
                lines.append(f"elif not {p.name}{keywords}:")
                lines.append(f"    raise _type_error('{op.name}', '{p.name}', {place}, _MISSING, 'ints')")
            continue
        kind, _, other = kind.partition("|")
        if other != "any" and (kind in _READ or kind in _UNUSUAL and (op.on or op.name[0] != "_")):
            read = _READ.get(kind, f"_read('{kind}', {{0}}, '{{0}}', '{{op}}', {{place}})")
            test = _UNUSUAL.get(kind, "") + _OTHER[other]
            if p.default == "_MISSING":
                lines += [f"if {p.name} is _MISSING:", f"    {p.name} = None", ("elif " + test if test else "else") + ":"]
                lines[-1] = lines[-1].format(p.name)
                lines.append(f"    {p.name} = {read.format(p.name, op=op.name, place=place, ndim=ndim)}")
                continue
            if p.type.endswith("?") or p.default == "None" or kind == "dtype":
                test = "{0} is not None" + (" and " + test if test else "")
            indent = ""
            if test:
                lines.append(f"if {test.format(p.name)}:")
                indent = INDENT
            lines.append(f"{indent}{p.name} = {read.format(p.name, op=op.name, place=place, ndim=ndim)}")


def _kernel_arguments(op: Op) -> str:
    return ", ".join((f"a_{p.name}" if p.is_tensor else p.name) for p in op.schema.parameters)


def forward_source(op: Op) -> str:
    """The public function: read arguments, promote, run the kernel, wrap, record."""
    lines: list[str] = []
    _read_numpy_names(op, lines)
    if has_old_order(op):
        given = ", ".join(p.name for p in op.schema.tensors)
        keywords = ", ".join(f"{p.name}={p.name}" for p in op.schema.statics) + ", out=out" * op.out
        lines += ["if old:", f"    return _old_order(_self, ({given}, *old), dict({keywords}))"]
    if op.kind == "pointwise" and op.ufunc and op.fast and len(op.schema.tensors) <= 2:
        _pointwise_front(op, lines)
    _read_arguments(op, lines)
    _read_statics(op, lines)
    arguments = _kernel_arguments(op)
    tensors = op.schema.tensors
    if op.kind == "pointwise":
        _pointwise_call(op, lines, arguments)
    else:
        if op.promote == "float":
            n = tensors[0].name
            lines += [f"if a_{n}.dtype.kind not in 'fcV':", f"    {n} = _to_float({n})", f"    a_{n} = {n}._a"]
        elif op.promote == "arith":
            names = ", ".join(p.name for p in tensors)
            arrays = ", ".join(f"a_{p.name}" for p in tensors)
            lines.append(f"{names}, = _promote_tensors(({names},))")
            lines += [f"a_{p.name} = {p.name}._a" for p in tensors] if arrays else []
        call = f"_kernel(_xp, {arguments})"
        first = next((p for p in tensors if p.type in ("Tensor", "Tensors")), None)
        if op.half == "float32" and first is not None:
            probe = f"a_{first.name}" if first.type == "Tensor" else f"a_{first.name}[0]"
            guard = f"{probe}.dtype.itemsize == 2 and {probe}.dtype.kind in 'fV'"
            if first.type == "Tensors":
                guard = f"a_{first.name} and {guard}"
            lines.append(f"r = _in_float32(_kernel, {arguments}) if {guard} else {call}")
        else:
            lines.append(f"r = {call}")
    _wrap_and_record(op, lines)
    body = "\n".join(INDENT + line for line in lines)
    return f"def {op.name}({signature_source(op)}):\n{body}\n"


def _pointwise_front(op: Op, lines: list[str]) -> None:
    """The short way, for plain tensors of one dtype (or a Python number as the second operand)."""
    tensors = [p.name for p in op.schema.tensors]
    plain = " and ".join(_plain_test(n) for n in tensors)
    free = " and out is None" if op.out else ""
    extra = f" and {op.fast_if}" if op.fast_if else ""
    first = tensors[0]
    same = "".join(f" and {first}._a.dtype is {n}._a.dtype" for n in tensors[1:])
    arguments = ", ".join(f"{n}._a" for n in tensors)
    ways = [(op.fast, arguments)]
    if has_old_order(op):  # PyTorch multiplies by alpha in any case, so that one infinite part makes the other one NaN
        ways.append(("c", f"{arguments} * (1 + 0j)"))
    for kinds, operands in ways:
        lines += [
            f"if {plain}{free}{extra}{same} and {first}._a.dtype.kind in '{kinds}':",
            "    try:",
            f"        r = _ufunc({operands})",
            "    except ValueError:",
            f"        raise _broadcast_error({arguments}) from None" if len(tensors) == 2 else "        raise",
            *(INDENT + line for line in _front_result(op, tensors)),
        ]
    if len(tensors) == 2 and op.schema.tensors[1].type == "Tensor|Number" and "f" in op.fast:
        n = tensors[1]
        lines += [
            f"if ({n}.__class__ is float or {n}.__class__ is int) and {_plain_test(first)}{free}{extra}"
            f" and {first}._a.dtype.char in 'fd':",
            f"    r = _ufunc({first}._a, {n})",
            *(INDENT + line for line in _front_result(op, tensors[:1])),
        ]


def _front_result(op: Op, tensors: list[str]) -> list[str]:
    """Wrap `r` and record it; `tensors` are the operands that are tensors."""
    out = [
        "t = _new(_Tensor)",
        "t._a = o_out = r if r.__class__ is _ndarray else _asarray(r)",
    ]
    differentiable = [p.name for p in differentiable_arguments(op)]
    active = [n for n in differentiable if n in tensors]
    if active:
        out += [f"n_{n} = {n}._node" for n in active]
        out += [f"n_{n} = None" for n in differentiable if n not in tensors]
        saved = ""
        for name in saved_names(op):
            if name.startswith("fit_"):
                n = name[4:]
                saved += (
                    f"None if {n}._a.shape == r.shape else ({n}._a.shape, {n}._a.dtype), "
                    if n in tensors and len(tensors) > 1
                    else "None, "
                )
            elif name in [p.name for p in op.schema.tensors] and name not in tensors:
                saved += f"{name}, "
            else:
                saved += _saved_source(op, name) + ", "
        edges = "".join(f"n_{n}, " for n in differentiable)
        wanted = " or ".join(f"n_{n} is not None" for n in active)
        out += [
            f"if ({wanted}) and _mode.grad:",
            f"    t._node = node = [_tick(), _OP, ({edges}), ({saved}), None]",
            "    if not _mode.fast: _slow_record(node, (t,))",
        ]
    return [*out, "return t"]


def _pointwise_call(op: Op, lines: list[str], arguments: str) -> None:
    tensors = op.schema.tensors
    names = ", ".join(p.name for p in tensors)
    arrays = ", ".join(f"a_{p.name}" for p in tensors)
    arguments = arguments.replace("alpha", "alpha if cast is None or alpha == 1 else _as_element(_xp, alpha, cast)")
    lines += [
        f"({arrays},), cast = _promote_arrays('{op.promote}', '{op.half}', ({names},))",
        f"r = _kernel(_xp, {arguments})",
        "if cast is not None and r.dtype is not cast and r.dtype.kind != 'b':",
        "    r = _xp.halved(r, cast)",
    ]


def _wrap_and_record(op: Op, lines: list[str]) -> None:
    # o_<name>: a result's array; t_<name>: the Tensor on it
    outputs = op.outputs
    results = [f"o_{name}" for name in outputs + op.aux]
    several = len(outputs) > 1
    if len(results) == 1:
        lines.append(f"{results[0]} = r if r.__class__ is _ndarray else _asarray(r)")
    else:
        lines.append(f"{', '.join(results)} = r")
        lines += [f"if o_{o}.__class__ is not _ndarray: o_{o} = _asarray(o_{o})" for o in outputs]
    for o in outputs if op.dense else ():
        if op.dense in ("channels", "planes"):
            sources = [f"a_{p.name}" for p in op.schema.parameters if p.type == "Tensor"]
            plain = " and ".join(f"{a}.flags.c_contiguous" for a in sources)
            size = "> 3" if op.dense == "channels" else "== 4"
            lines.append(f"if o_{o}.ndim {size} and not ({plain}): o_{o} = _like_channels(o_{o}, {', '.join(sources)})")
            continue
        if op.dense == "columns":
            like = f"ndim == a_{op.schema.tensors[0].name}.ndim"
            order = "ascontiguousarray(o_{0}.swapaxes(-1, -2)).swapaxes(-1, -2)"
            lines.append(f"if o_{o}.{like}: o_{o} = _xp.{order.format(o)}")
        otherwise = "el" * (op.dense == "columns")
        lines.append(f"{otherwise}if o_{o}.ndim and not o_{o}.flags.c_contiguous: o_{o} = _xp.ascontiguousarray(o_{o})")
    for o in outputs:
        if op.kind == "view":
            maker = "windows" if op.name in ("unfold", "_as_strided") else "view"
            lines.append(f"t_{o} = _{maker}_of({op.schema.tensors[0].name}, o_{o})")
        else:
            lines += [f"t_{o} = _new(_Tensor)", f"t_{o}._a = o_{o}"]
    differentiable = differentiable_arguments(op)
    if differentiable:
        _record(op, differentiable, lines)
    if op.out:
        names = ", ".join(p.name for p in op.schema.tensors)
        produced = f"({', '.join('t_' + o for o in outputs)},)" if several else f"t_{outputs[0]}"
        produced = f"_returns({produced})" if several and op.returns else produced
        lines += ["if out is not None:", f"    return _write_out('{op.name}', out, {produced}, ({names},))"]
    if not several:
        lines.append(f"return t_{outputs[0]}")
    else:
        values = ", ".join(f"t_{o}" for o in outputs)
        lines.append(f"return _returns(({values}))" if op.returns else f"return ({values})")


def _record(op: Op, differentiable: list[Parameter], lines: list[str]) -> None:
    edges = []
    for p in differentiable:
        n = p.name
        if p.type == "Tensor":
            lines.append(f"n_{n} = {n}._node")
        elif p.type == "Tensors":
            lines.append(f"n_{n} = tuple([v._node for v in {n}])")
        elif p.type == "Tensor?":
            lines.append(f"n_{n} = None if {n} is None else {n}._node")
        else:
            lines.append(
                f"n_{n} = {n}._node if a_{n}.__class__ is _ndarray and {n}.__class__ not in _NUMBER_SET else None"
            )
        edges.append(f"*n_{n}" if p.type == "Tensors" else f"n_{n}")
    tests = [
        f"n_{p.name}.count(None) < len(n_{p.name})" if p.type == "Tensors" else f"n_{p.name} is not None"
        for p in differentiable
    ]
    live = [o for o in op.outputs if o not in op.non_differentiable]
    condition = " or ".join(tests)
    condition = f"({condition})" if len(tests) > 1 else condition
    lines.append(f"if {condition} and _mode.grad:")
    saved = "".join(_saved_source(op, name) + ", " for name in saved_names(op))
    edge_tuple = f"({', '.join(edges)},)"
    if op.kind == "pointwise":
        # with operands of other dtypes NumPy may widen what a rule computes, so its result is fitted in any case
        same = [
            f"({p.name}.__class__ in _NUMBER_SET or {p.name}._a.dtype is o_{op.outputs[0]}.dtype)"
            for p in op.schema.tensors
        ]
        lines.append(f"    same = {' and '.join(same)}")
    lines.append(f"    node = [_tick(), _OP, {edge_tuple}, ({saved}), None]")
    if len(live) == 1:
        lines.append(f"    t_{live[0]}._node = node")
    else:
        lines += [f"    t_{o}._node = [_tick(), _PORT, (node,), {op.outputs.index(o)}, None]" for o in live]
    lines += ["    if not _mode.fast:", f"        _slow_record(node, (t_{live[0]},))"]


def _saved_source(op: Op, name: str) -> str:
    by_name = {p.name: p for p in op.schema.parameters}
    if name in op.outputs or name in op.aux:
        return f"t_{name}" if name in op.non_differentiable else f"o_{name}"  # a tensor knows whether it was changed
    if name in by_name:
        p = by_name[name]
        if not p.is_tensor or p.type == "Tensors":
            return name
        users = {argument for argument, rule in op.rules() if name in rule_names(rule)}
        if "" in users or len(op.vjp) == 1:
            return name
        return f"({name} if {' or '.join(f'n_{u} is not None' for u in sorted(users))} else None)"
    if name.startswith("fit_"):
        n = name[4:]
        out = f"o_{op.outputs[0]}"
        p = by_name[n]
        probe = f"None if same and {n}._a.shape == {out}.shape else ({n}._a.shape, {n}._a.dtype)"
        if p.type == "Tensor":
            return probe
        return f"None if n_{n} is None else {probe}"
    for suffix, expression in (("_shape", "{0}._a.shape"), ("_dtype", "{0}._a.dtype")):
        n = name[: -len(suffix)]
        if name.endswith(suffix) and n in by_name:
            if by_name[n].type == "Tensors":
                return f"[{expression.format('v')} for v in {n}]"
            if by_name[n].type == "Tensor":
                return expression.format(n)
            return f"None if {n}.__class__ in _NUMBER_SET or {n} is None else {expression.format(n)}"
    raise ValueError(f"{op.name}: a rule asks for '{name}', which is no argument, output or auxiliary value")


def raw_source(op: Op) -> str:
    """The op over raw arrays, as rules call it: no reading of arguments, no promotion, auxiliary results dropped."""
    parts, bare_star = [], False
    for p in op.schema.parameters:
        if p.keyword_only and not bare_star:
            parts.append("*")
            bare_star = True
        parts.append(p.name + (f"={p.default.replace('_MISSING', 'None')}" if p.default is not None else ""))
    arguments = ", ".join(p.name for p in op.schema.parameters)
    first = next((p for p in op.schema.tensors), None)
    lines = [f"r = _kernel(_xp, {arguments})"]
    if op.half == "float32" and op.kind != "pointwise" and first is not None and first.type == "Tensor":
        guard = f"{first.name}.dtype.itemsize == 2 and {first.name}.dtype.kind in 'fV'"
        lines = [f"r = _in_float32(_kernel, {arguments}) if {guard} else _kernel(_xp, {arguments})"]
    if op.aux:
        lines.append(f"r = r[0] if {len(op.outputs)} == 1 else r[:{len(op.outputs)}]")
    lines.append("return r")
    body = "\n".join(INDENT + line for line in lines)
    return f"def {op.name}({', '.join(parts)}):\n{body}\n"


def backward_source(op: Op, on_tensors: bool, half: bool = False) -> str:
    """`backward(node, g)`: unpack what was saved, check versions, apply the rules; `half`: in float16 and bfloat16."""
    by_name = {p.name: p for p in op.schema.parameters}
    clash = {"g", "node", "k", *op.outputs, *op.aux} & by_name.keys()
    if clash:
        raise ValueError(f"{op.name}: an argument and a result (or the gradient) share the name {sorted(clash)}")
    names = saved_names(op)
    differentiable = differentiable_arguments(op)
    apart = op.joint is None and op.kind != "view" and op.name != "cast" and len(_live(op)) == 1 and not on_tensors
    lines = ["if g.dtype.itemsize == 2:", "    return _in_half(node, g)"] if apart and not half else []
    if names:
        lines += ["s = node[3]", "if s is None:", "    raise _RuntimeError(_FREED)", f"{', '.join(names)}, = s"]
    if any(n in op.outputs and n not in op.non_differentiable for n in names):
        lines += ["if node[4] is not None:", "    _check_output(node)"]
    for n in names:
        p = by_name.get(n)
        if p is not None and p.is_tensor:
            lines += _unpack_source(p, on_tensors)
        elif n in op.outputs and n in op.non_differentiable:
            lines += [f"if {n}._v is not None:", f"    _check_saved(node, {n})"]
            if not on_tensors:
                lines.append(f"{n} = {n}._a")
        elif on_tensors and n in op.outputs:
            lines.append(f"{n} = _output(node, {n}, {op.outputs.index(n)}, {len(_live(op)) > 1})")
        elif on_tensors and n in op.aux:
            lines.append(f"{n} = _constant({n})")
    if op.joint is not None:
        arguments = "".join(f", {n}" for n in rule_names(op.joint) if n != "need")
        needs = "_needs(node), " if "need" in rule_names(op.joint) else ""
        lines.append(f"results = _joint(_k, g, {needs}{arguments.lstrip(', ')})")
        lines += _narrowed(op, on_tensors)
        return _function("backward", lines)
    if half:
        lines += [f"{n} = _narrowed({n})" for n in ("g", *names)]
    lines.append("edges = node[2]")
    results = []
    for i, p in enumerate(differentiable):
        rule = op.vjp[p.name]
        call = f"_rule_{p.name}(_k, g" + "".join(f", {n}" for n in rule_names(rule)) + ")"
        lines += [f"if edges[{i}] is None:", f"    d_{p.name} = None", "else:", f"    d_{p.name} = {call}"]
        if op.kind == "pointwise":
            lines += [f"    if fit_{p.name} is not None:", f"        d_{p.name} = _fit(d_{p.name}, fit_{p.name})"]
        results.append(f"d_{p.name}")
    lines.append(f"results = ({', '.join(results)},)")
    lines += ["return _plain(results, g)" if half else "return results"] if apart else _narrowed(op, on_tensors)
    return _function("backward", lines)


def _narrowed(op: Op, on_tensors: bool) -> list[str]:
    """Return the gradients; those of a float16 or bfloat16 one stay so, whatever NumPy widened in the rule."""
    if on_tensors or op.name == "cast":
        return ["return results"]
    return [
        "if g.__class__ is dict or g.dtype.itemsize == 2:",
        "    return _narrow(results, g)",
        "return results",
    ]


def _live(op: Op) -> list[str]:
    return [o for o in op.outputs if o not in op.non_differentiable]


def _unpack_source(p: Parameter, on_tensors: bool) -> list[str]:
    n = p.name
    if p.type == "Tensors":
        check = [f"for v in {n}:", "    if v._v is not None: _check_saved(node, v)"]
        return check if on_tensors else [*check, f"{n} = [v._a for v in {n}]"]
    inside = [f"if {n}._v is not None: _check_saved(node, {n})"]
    if not on_tensors:
        inside.append(f"{n} = {n}._a")
    guard = f"if {n} is not None:" if p.type != "Tensor|Number" else f"if {n}.__class__ not in _NUMBER_SET:"
    return [guard, *(INDENT + line for line in inside)]


def _function(name: str, lines: list[str]) -> str:
    return f"def {name}(node, g):\n" + "\n".join(INDENT + line for line in lines) + "\n"
