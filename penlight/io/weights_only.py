"""The unpickler of `weights_only=True`: an interpreter of the opcodes torch.save writes, over a table of names.

Nothing is imported by name, nothing outside the table is called, and nesting costs no Python stack.
"""

from __future__ import annotations

import struct
from collections import Counter, OrderedDict
from typing import Any

from penlight.io.errors import CheckpointEndError, CheckpointError, ForbiddenContentError
from penlight.io.names import BLOCKED_MODULES, PYTHON_3_MODULES, PYTHON_3_NAMES
from penlight.io.rebuild import Rebuilder, check_key

__all__ = ["globals_in", "load_weights_only"]

_ADVICE = (
    "This file can still be loaded, to do so there are two ways; take them only if you trust the file's source. "
    "(1) torch.load with weights_only=False, which can run any code the file contains. "
)
_LONGEST_NAME = 512
_DICTS = (dict, OrderedDict, Counter)


def _refuse(what: str) -> ForbiddenContentError:
    return ForbiddenContentError(f"Weights only load failed. WeightsUnpickler error: {what}")


def read_name(data: Any, start: int) -> tuple[str, str, int]:
    """Read GLOBAL's two lines: (module, name, position after them), in Python 3's spelling."""
    lines = bytes(data[start : start + 2 * _LONGEST_NAME]).split(b"\n", 2)
    if len(lines) < 3:
        if start + 2 * _LONGEST_NAME >= len(data):
            raise CheckpointEndError("checkpoint: the pickle ends inside a name")
        raise _refuse(f"a name of more than {_LONGEST_NAME} characters")
    module, name = lines[0].decode("utf-8"), lines[1].decode("utf-8")
    module = PYTHON_3_MODULES.get(module, module)
    module, name = PYTHON_3_NAMES.get((module, name), (module, name))
    return module, name, start + len(lines[0]) + len(lines[1]) + 2


def _resolve(module: str, name: str, rebuilder: Rebuilder, allowed: dict[str, Any]) -> Any:
    full_name = f"{module}.{name}"
    if module.partition(".")[0] in BLOCKED_MODULES:
        raise _refuse(
            f"Trying to load unsupported GLOBAL {full_name} whose module {module} is blocked: with weights_only=True a file "
            "may hold data, not calls"
        )
    if full_name in allowed:
        return allowed[full_name]
    found = rebuilder.names.get(full_name)
    if found is not None:
        return found
    lacking = rebuilder.refusal(full_name)
    if lacking is not None:
        raise CheckpointError(f"checkpoint: the file uses {full_name}; penlight does not have {lacking}")
    raise ForbiddenContentError(
        f"Weights only load failed. {_ADVICE}(2) Keep weights_only=True and allow this one name.\n"
        f"\tWeightsUnpickler error: Unsupported global: GLOBAL {full_name} was not an allowed global by default. "
        f"Please use `torch.serialization.add_safe_globals([{full_name}])` or the `torch.serialization.safe_globals("
        f"[{full_name}])` context manager to allowlist this global if you trust this class/function."
    )


def load_weights_only(
    data: Any, start: int, rebuilder: Rebuilder, persistent: Any, allowed: dict[str, Any]
) -> tuple[Any, int]:
    """Return (the object pickled at `data[start:]`, the position after it).

    Args: data, bytes or memoryview; rebuilder, the table of names; persistent, called with a storage's id; allowed,
        the user's additions by name.
    Raises: ForbiddenContentError for what the table lacks and for damaged pickles, CheckpointEndError for short ones.
    """
    machine = _Machine(data, start, rebuilder, persistent, allowed)
    try:
        return machine.run()
    except (CheckpointError, ImportError, MemoryError):
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RuntimeError, struct.error) as error:
        if machine.position >= len(data):
            raise CheckpointEndError(f"checkpoint: the pickle ends after {len(data)} bytes, too early") from error
        raise _refuse(
            f"the pickle is damaged near byte {machine.position} ({type(error).__name__}: {error})"
        ) from error


class _Machine:
    """One run: the stack, the marks on it, the memo, and the position in the data."""

    def __init__(self, data: Any, start: int, rebuilder: Rebuilder, persistent: Any, allowed: dict[str, Any]) -> None:
        self.data = data
        self.position = start
        self.rebuilder = rebuilder
        self.persistent = persistent
        self.allowed = allowed
        self.allowed_ids = {id(value) for value in allowed.values()}

    def run(self) -> tuple[Any, int]:
        data, size = self.data, len(self.data)
        unpack_from = struct.unpack_from
        reduce, call_of = self._reduce, self.rebuilder.call_of
        stack: list[Any] = []
        marks: list[int] = []
        memo: dict[int, Any] = {}
        push = stack.append
        i = self.position
        while True:
            if i >= size:
                self.position = i
                raise CheckpointEndError(f"checkpoint: the pickle ends after {size} bytes without STOP")
            self.position = i
            op = data[i]
            i += 1
            if op == 0x71:  # BINPUT
                memo[data[i]] = stack[-1]
                i += 1
            elif op == 0x68:  # BINGET
                push(memo[data[i]])
                i += 1
            elif op == 0x4B:  # BININT1
                push(data[i])
                i += 1
            elif op == 0x72:  # LONG_BINPUT
                memo[unpack_from("<I", data, i)[0]] = stack[-1]
                i += 4
            elif op == 0x6A:  # LONG_BINGET
                push(memo[unpack_from("<I", data, i)[0]])
                i += 4
            elif op == 0x58:  # BINUNICODE
                (length,) = unpack_from("<I", data, i)
                i += 4
                if i + length > size:
                    raise CheckpointEndError(f"checkpoint: the pickle ends inside a string of {length} bytes")
                push(str(data[i : i + length], "utf-8", "surrogatepass"))
                i += length
            elif op == 0x52:  # REDUCE
                arguments = stack.pop()
                call = call_of(stack[-1])
                if call is None or type(arguments) is not tuple:
                    stack[-1] = reduce(stack[-1], arguments)
                else:
                    stack[-1] = call(*arguments)
            elif op == 0x28:  # MARK
                marks.append(len(stack))
            elif op == 0x74:  # TUPLE
                mark = marks.pop()
                made = tuple(stack[mark:])
                del stack[mark:]
                push(made)
            elif op == 0x85:  # TUPLE1
                stack[-1] = (stack[-1],)
            elif op == 0x86:  # TUPLE2
                stack[-2:] = [(stack[-2], stack[-1])]
            elif op == 0x87:  # TUPLE3
                stack[-3:] = [(stack[-3], stack[-2], stack[-1])]
            elif op == 0x51:  # BINPERSID
                stack[-1] = self.persistent(stack[-1])
            elif op == 0x89:  # NEWFALSE
                push(False)
            elif op == 0x29:  # EMPTY_TUPLE
                push(())
            elif op == 0x63:  # GLOBAL
                module, name, i = read_name(data, i)
                push(_resolve(module, name, self.rebuilder, self.allowed))
            elif op == 0x88:  # NEWTRUE
                push(True)
            elif op == 0x4E:  # NONE
                push(None)
            elif op == 0x7D:  # EMPTY_DICT
                push({})
            elif op == 0x5D:  # EMPTY_LIST
                push([])
            elif op == 0x8F:  # EMPTY_SET
                push(set())
            elif op == 0x73:  # SETITEM
                value = stack.pop()
                key = check_key(stack.pop())
                self._is_dict(stack[-1])[key] = value
            elif op == 0x75:  # SETITEMS
                mark = marks.pop()
                target = self._is_dict(stack[mark - 1])
                if mark < 1 or (len(stack) - mark) % 2:
                    raise _refuse("SETITEMS without a dict or with a key that has no value")
                for k in range(mark, len(stack), 2):
                    target[check_key(stack[k])] = stack[k + 1]
                del stack[mark:]
            elif op == 0x61:  # APPEND
                value = stack.pop()
                self._is_list(stack[-1]).append(value)
            elif op == 0x65:  # APPENDS
                mark = marks.pop()
                if mark < 1:
                    raise _refuse("APPENDS without a list")
                self._is_list(stack[mark - 1]).extend(stack[mark:])
                del stack[mark:]
            elif op == 0x4A:  # BININT
                push(unpack_from("<i", data, i)[0])
                i += 4
            elif op == 0x4D:  # BININT2
                push(unpack_from("<H", data, i)[0])
                i += 2
            elif op == 0x47:  # BINFLOAT
                push(unpack_from(">d", data, i)[0])
                i += 8
            elif op == 0x8A:  # LONG1
                length = data[i]
                i += 1
                if i + length > size:
                    raise CheckpointEndError("checkpoint: the pickle ends inside an integer")
                push(int.from_bytes(bytes(data[i : i + length]), "little", signed=True))
                i += length
            elif op == 0x55:  # SHORT_BINSTRING, Python 2's str
                length = data[i]
                i += 1
                if i + length > size:
                    raise CheckpointEndError("checkpoint: the pickle ends inside a string")
                push(str(data[i : i + length], "utf-8", "surrogatepass"))
                i += length
            elif op == 0x81:  # NEWOBJ
                arguments = stack.pop()
                stack[-1] = self._new(stack[-1], arguments)
            elif op == 0x62:  # BUILD
                state = stack.pop()
                self._build(stack[-1], state)
            elif op == 0x80:  # PROTO
                if data[i] != 2:
                    raise _refuse(f"the pickle has protocol {data[i]}; torch.save writes protocol 2")
                i += 1
            elif op == 0x2E:  # STOP
                if len(stack) != 1 or marks:
                    raise _refuse("the pickle stops with something left over")
                return stack.pop(), i
            else:
                raise _refuse(f"Unsupported operand {op}: torch.save does not write this opcode")

    @staticmethod
    def _is_dict(target: Any) -> Any:
        if type(target) not in _DICTS:
            raise _refuse(f"Can only SETITEM for dict, OrderedDict, Counter, but got {type(target)}")
        return target

    @staticmethod
    def _is_list(target: Any) -> Any:
        if type(target) is not list:
            raise _refuse(f"Can only append to lists, but got {type(target)}")
        return target

    def _reduce(self, function: Any, arguments: Any) -> Any:
        if id(function) not in self.allowed_ids:
            raise _refuse(f"Trying to call reduce for unrecognized function {_short(function)}")
        if type(arguments) is not tuple:
            raise _refuse(f"REDUCE needs a tuple of arguments, but got {type(arguments)}")
        return function(*arguments)

    def _new(self, kind: Any, arguments: Any) -> Any:
        if type(arguments) is not tuple:
            raise _refuse(f"NEWOBJ needs a tuple of arguments, but got {type(arguments)}")
        if kind in (OrderedDict, Counter, set) and not arguments:
            return kind()
        if id(kind) in self.allowed_ids and isinstance(kind, type):
            return kind.__new__(kind, *arguments)
        raise _refuse(f"Trying to create new object for unrecognized class {_short(kind)}")

    def _build(self, target: Any, state: Any) -> None:
        kind = type(target)
        if kind is OrderedDict:
            # an attribute such as `items` would replace a method
            if type(state) is not dict or any(type(k) is not str or hasattr(OrderedDict, k) for k in state):
                raise _refuse("BUILD of an OrderedDict takes a dict of attributes, such as _metadata")
            target.__dict__.update(state)
        elif isinstance(target, self.rebuilder.codec.tensor_class):
            if type(state) is not dict or any(type(k) is not str for k in state):
                raise _refuse("BUILD of a tensor takes a dict of attributes")
            self.rebuilder.codec.set_attributes(target, state)
        elif id(kind) in self.allowed_ids:
            set_state(target, state)
        else:
            raise _refuse(
                "Can only build Tensor, Parameter, OrderedDict or types allowlisted via `add_safe_globals`, but got "
                f"{kind}"
            )


def set_state(target: Any, state: Any) -> None:
    """Give an object the state its class pickled, as pickle does."""
    own = getattr(target, "__setstate__", None)
    if own is not None:
        own(state)
        return
    slots = None
    if type(state) is tuple and len(state) == 2:
        state, slots = state
    if state:
        target.__dict__.update(state)
    for name, value in (slots or {}).items():
        setattr(target, name, value)


def _short(value: Any) -> str:
    return f"{getattr(value, '__module__', '')}.{value.__qualname__}" if isinstance(value, type) else repr(value)[:80]


def globals_in(data: bytes, start: int = 0) -> list[tuple[str, str]]:
    """Return the (module, name) of every GLOBAL in a protocol-2 pickle, without running it; in order, each once."""
    found: dict[tuple[str, str], None] = {}
    i = start
    while i < len(data):
        op = data[i]
        i += 1
        if op == 0x63:
            module, name, i = read_name(data, i)
            found[module, name] = None
        elif op in _OPERAND_BYTES:
            i += _OPERAND_BYTES[op]
        elif op == 0x58:
            i += 4 + struct.unpack_from("<I", data, i)[0]
        elif op in (0x55, 0x8A):
            i += 1 + data[i]
        elif op == 0x2E:
            return list(found)
        elif op not in _BARE:
            raise _refuse(f"Unsupported operand {op}: torch.save does not write this opcode")
    raise CheckpointEndError("checkpoint: the pickle ends without STOP")


_OPERAND_BYTES = {0x71: 1, 0x68: 1, 0x4B: 1, 0x80: 1, 0x4D: 2, 0x72: 4, 0x6A: 4, 0x4A: 4, 0x47: 8}
_BARE = frozenset(b"Rt(Q)N}]sua eb\x85\x86\x87\x88\x89\x8f\x81") - {0x20}
