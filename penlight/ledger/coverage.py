"""Count PyTorch's names: which ones penlight has, which ones only refuse, which ones are missing."""

from __future__ import annotations

from dataclasses import dataclass, field

from .recorded import VERSION, groups
from .resolve import MISSING, RAISES, SUPPORTED, load, state_of
from .scope import out_of_scope

OUT = "out"


@dataclass
class Coverage:
    """The names of one namespace, sorted, by state."""

    namespace: str
    supported: list[str] = field(default_factory=list)
    raises: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    out: list[str] = field(default_factory=list)  # left out for good, by the rules of `scope.py`

    @property
    def total(self) -> int:
        """The names that count: all but those out of scope."""
        return len(self.supported) + len(self.raises) + len(self.missing)

    @property
    def share(self) -> str:
        """Whole per cent supported, rounded down: 100% means all of them."""
        return f"{100 * len(self.supported) // self.total}%" if self.total else "-"


def survey(namespace: str) -> Coverage:
    """Compare one namespace's recorded names with penlight."""
    found = Coverage(namespace)
    owner = load(namespace)
    for name, kind in sorted(groups()[namespace].items()):
        state = MISSING if owner is None else state_of(owner, name, kind)
        if state != SUPPORTED and out_of_scope(namespace, name):
            state = OUT
        getattr(found, state).append(name)
    return found


def survey_all(prefix: str = "torch") -> list[Coverage]:
    """Compare every namespace that is `prefix` or below it."""
    chosen = sorted(name for name in groups() if name == prefix or name.startswith(prefix + "."))
    return [survey(name) for name in chosen]


def total(parts: list[Coverage]) -> Coverage:
    """Add the namespaces up. A name that several namespaces show counts in each."""
    summed = Coverage("all")
    for part in parts:
        for state in (SUPPORTED, RAISES, MISSING, OUT):
            getattr(summed, state).extend(f"{part.namespace}.{name}" for name in getattr(part, state))
    return summed


_TITLES = {RAISES: "raises", MISSING: "missing", OUT: "out of scope"}


def as_text(parts: list[Coverage], names: bool = False) -> str:
    """Lay the counts out as a plain table; with `names`, list what raises and what is missing."""
    width = max([len(part.namespace) for part in parts] + [9])
    lines = [f"{'namespace':<{width}}  names  supported  raises  missing  share  out of scope"]
    for part in [*parts, total(parts)] if len(parts) > 1 else parts:
        counts = f"{part.total:5}  {len(part.supported):9}  {len(part.raises):6}  {len(part.missing):7}"
        lines.append(f"{part.namespace:<{width}}  {counts}  {part.share:>5}  {len(part.out):12}")
    if names:
        for part in parts:
            for state in (RAISES, MISSING, OUT):
                chosen = getattr(part, state)
                if chosen:
                    lines += ["", f"{part.namespace}: {_TITLES[state]}", *(f"  {name}" for name in chosen)]
    return "\n".join(lines) + "\n"


def as_markdown(parts: list[Coverage]) -> str:
    """Write the page docs/coverage.md. The same penlight gives the same text."""
    lines = [
        "# Coverage",
        "",
        f"Which public names of PyTorch {VERSION} penlight has.",
        "Written by `penlight coverage --write docs/coverage.md`.",
        "",
        "- *supported*: the name is there. An argument that penlight lacks still raises.",
        "- *raises*: it can be imported and named; using it raises NotImplementedError saying what is missing.",
        "- *missing*: asking for it raises AttributeError (ImportError in `from … import …`).",
        "- *out of scope*: left out for good; these do not count in the share. The reasons stand at the end.",
        "",
        "A submodule counts as a name of its package. A name that several namespaces show counts in each.",
        "",
        "| namespace | names | supported | raises | missing | share | out of scope |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for part in [*parts, total(parts)]:
        counts = f"{part.total} | {len(part.supported)} | {len(part.raises)} | {len(part.missing)}"
        lines.append(f"| {part.namespace} | {counts} | {part.share} | {len(part.out)} |")
    for part in parts:
        if part.raises or part.missing or part.out:
            lines += ["", f"## {part.namespace}"]
            for state in (RAISES, MISSING, OUT):
                chosen = getattr(part, state)
                if chosen:
                    lines += ["", f"{_TITLES[state].capitalize()}: {', '.join(f'`{name}`' for name in chosen)}"]
    reasons: dict[str, list[str]] = {}
    for part in parts:
        for name in part.out:
            reasons.setdefault(out_of_scope(part.namespace, name) or "", []).append(f"`{part.namespace}.{name}`")
    if reasons:
        lines += ["", "## Out of scope", ""]
        lines += [
            f"- {reason}: {len(names)} names, such as {', '.join(names[:3])}" for reason, names in reasons.items()
        ]
    return "\n".join(lines) + "\n"
