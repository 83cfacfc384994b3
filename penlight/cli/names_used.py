"""Find which names of torch, torchvision and torchtext a program uses, from its syntax tree alone."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

PACKAGES = ("torch", "torchvision", "torchtext")

# What a program catches when it expects that a name may not be there.
_EXPECTED = {"ImportError", "ModuleNotFoundError", "AttributeError", "NotImplementedError", "Exception"}


@dataclass(frozen=True)
class Use:
    """One place where a name is written."""

    name: str  # "torch.nn.Linear"; a method of an unknown object is ".numpy"
    line: int
    guarded: bool  # inside try/except or `if hasattr(...)`: the program copes without it
    imported: bool = False  # by an import statement: nothing is called yet


@dataclass
class _Scope:
    """The names that a module or function binds: to a torch name, or (None) to something else."""

    names: dict[str, str | None] = field(default_factory=dict)


@dataclass
class Program:
    """What one source text uses."""

    uses: list[Use] = field(default_factory=list)
    calls: list[Use] = field(default_factory=list)  # method calls on objects of unknown type
    defined: set[str] = field(default_factory=set)  # names of its own functions and methods


def is_torch(name: str) -> bool:
    return name.split(".")[0] in PACKAGES


def names_used(tree: ast.Module, star: Callable[[str], Iterable[str]]) -> Program:
    """Collect the uses in a module. `star(namespace)` answers what `from namespace import *` brings."""
    finder = _Finder(star)
    finder.enter(tree.body)
    finder.walk(tree.body)
    return finder.program


class _Finder(ast.NodeVisitor):
    def __init__(self, star: Callable[[str], Iterable[str]]):
        self.program = Program()
        self._star = star
        self._scopes: list[_Scope] = []
        self._guards = 0
        self._guarded_names: list[str] = []  # by `if hasattr(..., name)`

    # Scopes: what a name means is settled before the statements are walked.

    def enter(self, body: list[ast.stmt], arguments: Iterable[str] = ()) -> None:
        scope = _Scope(dict.fromkeys(arguments))
        self._scopes.append(scope)
        outside: set[str] = set()
        for node in _own_nodes(body):
            if isinstance(node, ast.Import):
                for item in node.names:
                    bound = item.asname or item.name.split(".")[0]
                    scope.names[bound] = item.name if item.asname else bound
            elif isinstance(node, ast.ImportFrom):
                self._bind_from(scope, node)
            elif isinstance(node, (ast.Global, ast.Nonlocal)):
                outside.update(node.names)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                # `torch = None` after a failed import leaves the import's meaning in force.
                scope.names.setdefault(node.id, None)
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                scope.names.setdefault(node.name, None)
        for name in outside:
            scope.names.pop(name, None)
        for statement in body:  # `nn = torch.nn` is an import in other words
            if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
                target, meant = statement.targets[0], self._resolve(statement.value)
                if isinstance(target, ast.Name) and meant is not None and scope.names.get(target.id) is None:
                    scope.names[target.id] = meant

    def _bind_from(self, scope: _Scope, node: ast.ImportFrom) -> None:
        module = "" if node.level else node.module or ""
        for item in node.names:
            if item.name != "*":
                scope.names[item.asname or item.name] = f"{module}.{item.name}" if module else None
            elif is_torch(module):
                for name in self._star(module):
                    scope.names.setdefault(name, f"{module}.{name}")

    def _meaning(self, name: str) -> str | None:
        for scope in reversed(self._scopes):
            if name in scope.names:
                return scope.names[name]
        return None

    def _resolve(self, node: ast.AST) -> str | None:
        """Return the full torch name that an expression spells, None for anything else."""
        members: list[str] = []
        while isinstance(node, ast.Attribute):
            members.append(node.attr)
            node = node.value
        base = self._meaning(node.id) if isinstance(node, ast.Name) else None
        return ".".join([base, *reversed(members)]) if base and is_torch(base) else None

    # Statements

    def walk(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)

    def _add(self, name: str, node: ast.AST, imported: bool = False) -> None:
        guarded = self._guards > 0 or any(part in self._guarded_names for part in name.split("."))
        self.program.uses.append(Use(name, getattr(node, "lineno", 0), guarded, imported))

    def visit_Import(self, node: ast.Import) -> None:
        for item in node.names:
            if is_torch(item.name):
                self._add(item.name, node, imported=True)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = "" if node.level else node.module or ""
        if is_torch(module):
            for item in node.names:
                self._add(module if item.name == "*" else f"{module}.{item.name}", node, imported=True)

    def visit_Try(self, node: ast.Try) -> None:
        guards = any(_catches(handler) for handler in node.handlers)
        self._guards += guards
        self.walk(node.body)
        self._guards -= guards
        self.walk([*node.handlers, *node.orelse, *node.finalbody])

    visit_TryStar = visit_Try

    def visit_If(self, node: ast.If | ast.IfExp) -> None:
        self.visit(node.test)
        body = node.body if isinstance(node.body, list) else [node.body]
        orelse = node.orelse if isinstance(node.orelse, list) else [node.orelse]
        if _is_constant_false(node.test):
            self.walk(orelse)
            return
        # `if not hasattr(torch, "x")` guards its else part.
        test, guarded, other = node.test, body, orelse
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            test, guarded, other = test.operand, orelse, body
        tested = _tested_names(test)
        self._guarded_names += tested
        self.walk(guarded)
        del self._guarded_names[len(self._guarded_names) - len(tested) :]
        self.walk(other)

    visit_IfExp = visit_If

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        tested = _tested_names(node)  # `hasattr(torch, "compile") and torch.compile(...)`
        self._guarded_names += tested
        self.generic_visit(node)
        del self._guarded_names[len(self._guarded_names) - len(tested) :]

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.program.defined.add(node.name)
        self.walk(node.decorator_list)
        self.visit(node.args)  # defaults and annotations
        if node.returns:
            self.visit(node.returns)
        self.enter(node.body, _argument_names(node.args))
        self.walk(node.body)
        self._scopes.pop()

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.visit(node.args)
        self._scopes.append(_Scope(dict.fromkeys(_argument_names(node.args))))
        self.visit(node.body)
        self._scopes.pop()

    # Expressions

    def visit_Name(self, node: ast.Name) -> None:
        name = self._resolve(node)
        if name is not None and isinstance(node.ctx, ast.Load):
            self._add(name, node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        name = self._resolve(node)
        if name is None:
            self.visit(node.value)
        elif isinstance(node.ctx, ast.Load):
            self._add(name, node)
        else:  # what is assigned need not be there before; its owner must
            self._add(name.rpartition(".")[0], node)

    def visit_Call(self, node: ast.Call) -> None:
        function = node.func
        if isinstance(function, ast.Attribute):
            self._add_call(function)
        if isinstance(function, ast.Name) and function.id == "getattr" and len(node.args) == 2:
            owner, member = self._resolve(node.args[0]), node.args[1]
            if owner and isinstance(member, ast.Constant) and isinstance(member.value, str):
                self._add(f"{owner}.{member.value}", node)
        self.generic_visit(node)

    def _add_call(self, function: ast.Attribute) -> None:
        if self._resolve(function) is None and self._may_be_tensor(function.value):
            guarded = self._guards > 0 or function.attr in self._guarded_names
            # In a chain over several lines, the line of the member itself.
            line = function.end_lineno or function.lineno
            self.program.calls.append(Use(f".{function.attr}", line, guarded))

    def _may_be_tensor(self, node: ast.AST) -> bool:
        """Tell whether a receiver may hold a tensor: not a literal, `self`, `super()` or another package."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super":
            return False
        if isinstance(node, (ast.Constant, ast.JoinedStr, ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp)):
            return False
        inner = node
        while isinstance(inner, (ast.Attribute, ast.Subscript, ast.Call)):
            inner = inner.func if isinstance(inner, ast.Call) else inner.value
        if isinstance(inner, ast.Name):
            meaning = self._meaning(inner.id)
            if meaning is not None and not is_torch(meaning):
                return False  # np.x(...).method(): another package's object
            return not (isinstance(node, ast.Name) and node.id in ("self", "cls"))
        return True


def _own_nodes(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Yield the nodes of a body, not those inside the functions and classes that it defines."""
    waiting: list[ast.AST] = list(reversed(body))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            waiting.extend(reversed(list(ast.iter_child_nodes(node))))


def _argument_names(arguments: ast.arguments) -> list[str]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return [argument.arg for argument in every if argument is not None]


def _catches(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(kind, ast.Name) and kind.id in _EXPECTED for kind in kinds)


def _is_constant_false(test: ast.AST) -> bool:
    if isinstance(test, ast.Constant):
        return not test.value
    name = test.attr if isinstance(test, ast.Attribute) else test.id if isinstance(test, ast.Name) else ""
    return name == "TYPE_CHECKING"


def _tested_names(test: ast.AST) -> list[str]:
    """Return the names that `hasattr(owner, "name")` asks for, anywhere in a test that is not negated."""
    found = []
    for node in ast.walk(test):
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "hasattr":
            found += [str(part.value) for part in node.args[1:] if isinstance(part, ast.Constant)]
    return found
