"""Einstein summation: parsed here, contracted two operands at a time by batched matrix products."""

from __future__ import annotations

import math
import string

from penlight.ops.table import composite

__all__: list[str] = []

ELLIPSIS = "..."


def _labels(text, operand):
    """The labels of one operand's subscripts, `...` as ELLIPSIS."""
    labels, i = [], 0
    while i < len(text):
        character = text[i]
        if character == " ":
            i += 1
        elif character == ".":
            if text[i : i + 3] != "..." or ELLIPSIS in labels:
                where = "the output" if operand is None else f"operand {operand}"
                if ELLIPSIS in labels:
                    raise RuntimeError(f"einsum(): found '.' for {where} for which an ellipsis was already found")
                raise RuntimeError(f"einsum(): found '.' for {where} that is not part of any ellipsis")
            labels.append(ELLIPSIS)
            i += 3
        elif character in string.ascii_letters:
            labels.append(character)
            i += 1
        else:
            raise RuntimeError(
                f"einsum(): invalid subscript given at index {i} in the equation string, subscripts must be in [a-zA-Z]"
            )
    return labels


def _parse(equation, count):
    """(labels of each operand, labels of the output or None)."""
    left, arrow, right = equation.partition("->")
    terms = left.split(",")
    if len(terms) > count:
        raise RuntimeError("einsum(): fewer operands were provided than specified in the equation")
    if len(terms) < count:
        raise RuntimeError("einsum(): more operands were provided than specified in the equation")
    return [_labels(t, i) for i, t in enumerate(terms)], _labels(right, None) if arrow else None


def _from_lists(args):
    """The form einsum(operand, [0, 1], operand, [1, 2], [0, 2])."""

    def letters(values):
        found = []
        for v in values:
            if v is Ellipsis:
                found.append(ELLIPSIS)
            elif not isinstance(v, int):
                raise TypeError(f"einsum(): expected subscripts that are ints or ..., but got {v!r} of type {type(v).__name__}")
            elif not 0 <= v < 52:
                raise ValueError(f"einsum(): expected subscripts in the range [0, 52), but got {v}")
            else:
                found.append(string.ascii_letters[v])
        return found

    operands = list(args[0 : len(args) // 2 * 2 : 2])
    terms = [letters(v) for v in args[1::2]]
    return operands, terms, letters(args[-1]) if len(args) % 2 else None


def _name_dimensions(operands, terms):
    """Give ellipsis dimensions labels of their own, counted from the right: ("...", 1) is the last one."""
    named, widest = [], 0
    for i, (operand, labels) in enumerate(zip(operands, terms)):
        hidden = operand.ndim - (len(labels) - (ELLIPSIS in labels))
        if hidden < 0:
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({len(labels) - (ELLIPSIS in labels)}) is more than the "
                f"number of dimensions ({operand.ndim}) for operand {i}"
            )
        if hidden and ELLIPSIS not in labels:
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({len(labels)}) does not match the number of "
                f"dimensions ({operand.ndim}) for operand {i} and no ellipsis was given"
            )
        widest = max(widest, hidden)
        full = []
        for label in labels:
            full += [(ELLIPSIS, n) for n in range(hidden, 0, -1)] if label == ELLIPSIS else [label]
        named.append(full)
    return named, [(ELLIPSIS, n) for n in range(widest, 0, -1)]


def _output_labels(named, hidden, output):
    used = [label for labels in named for label in labels]
    if output is None:
        letters = {label for label in used if isinstance(label, str)}
        return hidden + sorted(label for label in letters if used.count(label) == 1)
    full = []
    for label in output:
        if label == ELLIPSIS:
            full += hidden
        elif label in full:
            raise RuntimeError(f"einsum(): output subscript {label} appears more than once in the output")
        elif label not in used:
            raise RuntimeError(
                f"einsum(): output subscript {label} does not appear in the equation for any input operand"
            )
        else:
            full.append(label)
    return full


def _diagonals(k, operand, labels, position):
    """Take the diagonal of repeated labels."""
    labels = list(labels)
    for label in dict.fromkeys(labels):
        while labels.count(label) > 1:
            first = labels.index(label)
            second = labels.index(label, first + 1)
            a, b = operand.shape[first], operand.shape[second]
            if a != b:
                raise RuntimeError(
                    f"einsum(): subscript {label} is repeated for operand {position} but the sizes don't match, {b} != {a}"
                )
            operand = k.diagonal(operand, 0, first, second)  # the diagonal becomes the last dimension
            labels = [v for i, v in enumerate(labels) if i not in (first, second)] + [label]
    return operand, labels


def _sum_out(k, operand, labels, wanted):
    drop = tuple(i for i, label in enumerate(labels) if label not in wanted)
    if drop:
        operand = k._sum_dims(operand, drop)
    return operand, [label for label in labels if label in wanted]


def _arrange(k, operand, labels, order):
    places = [labels.index(label) for label in order]
    return operand if places == list(range(len(places))) else k.permute(operand, tuple(places))


def _without_ones(k, operand, labels, other, other_labels):
    """Drop dimensions of length 1 that the other operand has longer: they broadcast."""
    drop = [
        i
        for i, v in enumerate(labels)
        if v in other_labels and operand.shape[i] == 1 != other.shape[other_labels.index(v)]
    ]
    if drop:
        operand = k.reshape(operand, tuple(n for i, n in enumerate(operand.shape) if i not in drop))
        labels = [v for i, v in enumerate(labels) if i not in drop]
    return operand, labels


def _contract(k, a, a_labels, b, b_labels, wanted):
    """One operand of two; labels that nobody wants later are summed."""
    a, a_labels = _without_ones(k, a, a_labels, b, b_labels)
    b, b_labels = _without_ones(k, b, b_labels, a, a_labels)
    a, a_labels = _sum_out(k, a, a_labels, {*wanted, *b_labels})
    b, b_labels = _sum_out(k, b, b_labels, {*wanted, *a_labels})
    shared = [v for v in a_labels if v in b_labels]
    batch = [v for v in shared if v in wanted]
    joint = [v for v in shared if v not in wanted]
    left = [v for v in a_labels if v not in shared]
    right = [v for v in b_labels if v not in shared]
    size = {v: a.shape[i] for i, v in enumerate(a_labels)} | {v: b.shape[i] for i, v in enumerate(b_labels)}

    def count(labels):
        return math.prod([size[v] for v in labels])

    result_labels = batch + left + right
    shape = tuple(size[v] for v in result_labels)
    if not joint:  # no sum: an outer product, never through BLAS
        one = (1,) * len(right)
        a = k.reshape(_arrange(k, a, a_labels, batch + left), tuple(size[v] for v in batch + left) + one)
        b = k.reshape(
            _arrange(k, b, b_labels, batch + right),
            tuple(size[v] for v in batch) + (1,) * len(left) + tuple(size[v] for v in right),
        )
        if a.dtype is not b.dtype and a.dtype != b.dtype:
            raise RuntimeError(f"expected scalar type {_legacy(a)} but found {_legacy(b)}")
        return a * b, result_labels
    a = _arrange(k, a, a_labels, batch + left + joint)
    b = _arrange(k, b, b_labels, batch + joint + right)
    if batch:
        a = k.reshape(a, (count(batch), count(left), count(joint)))
        b = k.reshape(b, (count(batch), count(joint), count(right)))
        return k.reshape(k.bmm(a, b), shape), result_labels
    a, b = k.reshape(a, (count(left), count(joint))), k.reshape(b, (count(joint), count(right)))
    return k.reshape(k.mm(a, b), shape), result_labels


def _legacy(value):
    return getattr(value.dtype, "legacy", value.dtype)


def _check_operands(operands):
    for i, operand in enumerate(operands):
        if not hasattr(operand, "_a"):
            raise TypeError(f"einsum(): expected Tensor as element {i} of the operands, but got {type(operand).__name__}")


@composite("einsum(*any args)", on="torch")
def einsum(k, args):
    """Sums of products over labelled dimensions: einsum("ij,jk->ik", a, b) is a @ b.

    Also einsum(a, [0, 1], b, [1, 2], [0, 2]); `...` stands for dimensions that broadcast.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.einsum.html

    >>> import penlight as torch
    >>> torch.einsum("ii->", torch.ones(3, 3))
    tensor(3.)
    """
    if len(args) < 2:
        raise ValueError(
            "einsum(): must specify the equation string and at least one operand, or at least one operand and its "
            "subscripts list"
        )
    if isinstance(args[0], str):
        operands = args[1:]
        if len(operands) == 1 and isinstance(operands[0], (tuple, list)):
            operands = operands[0]
        operands = list(operands)
        _check_operands(operands)
        terms, output = _parse(args[0], len(operands))
    else:
        if not isinstance(args[1], (tuple, list)):
            raise TypeError(f"einsum(): argument 'equation' (position 1) must be str, not {type(args[0]).__name__}")
        operands, terms, output = _from_lists(args)
        _check_operands(operands)
    named, hidden = _name_dimensions(operands, terms)
    output = _output_labels(named, hidden, output)
    for i, operand in enumerate(operands):
        operands[i], named[i] = _diagonals(k, operand, named[i], i)
    size: dict = {}
    for i, (operand, labels) in enumerate(zip(operands, named)):
        for label, n in zip(labels, operand.shape):
            if size.get(label, 1) == 1:
                size[label] = n
            elif n not in (1, size[label]):
                name = label if isinstance(label, str) else "..."
                raise RuntimeError(
                    f"einsum(): subscript {name} has size {n} for operand {i} which does not broadcast with previously "
                    f"seen size {size[label]}"
                )
    result, labels = operands[0], named[0]
    for i in range(1, len(operands)):
        wanted = {*output, *(v for later in named[i + 1 :] for v in later)}
        result, labels = _contract(k, result, labels, operands[i], named[i], wanted)
    result, labels = _sum_out(k, result, labels, set(output))
    return _arrange(k, result, labels, output)
