"""The recorded names, the errors that they word, and the coverage report."""

import copy
import importlib
import inspect
import os
import pickle
import re
import sys
import types

import pytest

from penlight.cli import coverage as command
from penlight.ledger import coverage, recorded, resolve, scope
from penlight.ledger.missing import module_getattr, placeholder, placeholder_module


@pytest.fixture
def module(monkeypatch):
    """A penlight module without any names of its own."""
    made = types.ModuleType("penlight.nativert")
    monkeypatch.setitem(sys.modules, made.__name__, made)
    monkeypatch.setitem(recorded.groups(), "torch.nativert", {"known": "function", "Known": "class", "flag": "value"})
    made.__getattr__ = module_getattr(made.__name__)
    return made


def test_the_file_is_small_and_names_what_everybody_uses():
    path = os.path.join(os.path.dirname(recorded.__file__), "names.tsv")
    assert os.path.getsize(path) <= 150_000
    expected = (
        "torch.nn.Linear torch.Tensor.backward torch.nn.functional.relu torch.optim.Adam torch.cat torch.nan "
        "torch.backends.cudnn.benchmark torch.utils.data.DataLoader torch.linalg.norm torch.Tensor.__add__"
    )
    for name in expected.split():
        namespace, _, short_name = name.rpartition(".")
        assert recorded.kind_of(namespace, short_name), name
    assert recorded.kind_of("torch", "os") is None
    assert recorded.kind_of("torch.nn.functional", "Optional") is None


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("penlight", "torch"),
        ("penlight.nn.functional", "torch.nn.functional"),
        ("penlight.vision", "torchvision"),
        ("penlight.vision.ops", "torchvision.ops"),
        ("penlight.visionary", "torch.visionary"),
        ("penlight.text.data", "torchtext.data"),
    ],
)
def test_module_names_translate_both_ways(here, there):
    assert recorded.torch_name(here) == there
    assert recorded.penlight_name(there) == here
    assert recorded.penlight_name("torchaudio") is None


def test_a_missing_name_is_told_from_an_unknown_one(module):
    with pytest.raises(AttributeError) as problem:
        module.known
    assert str(problem.value) == (
        "penlight does not have torch.nativert.known yet (PyTorch 2.13 has it); "
        "see docs/coverage.md or run `penlight coverage`"
    )
    with pytest.raises(AttributeError) as problem:
        module.unknown
    assert str(problem.value) == "module 'torch.nativert' has no attribute 'unknown'"
    assert problem.value.name == "unknown"
    assert not hasattr(module, "known")
    assert getattr(module, "unknown", 3) == 3


def test_the_error_travels_as_an_attribute_error(module):
    with pytest.raises(AttributeError) as problem:
        module.known
    again = pickle.loads(pickle.dumps(problem.value))
    assert type(again) is AttributeError
    assert str(again) == str(problem.value)


def test_from_imports_say_it_as_an_import_error(module):
    with pytest.raises(ImportError, match=r"penlight does not have torch\.nativert\.known yet"):
        exec("from penlight.nativert import known")
    with pytest.raises(ImportError, match="cannot import name 'unknown'"):
        exec("from penlight.nativert import unknown")


def test_asking_does_not_read_the_names(module, monkeypatch):
    monkeypatch.setattr(recorded, "groups", lambda: pytest.fail("the names were read"))
    assert not hasattr(module, "known")
    assert not hasattr(module, "__wrapped__")


def test_inspect_and_copy_work_on_such_a_module(module):
    assert inspect.unwrap(module) is module
    assert inspect.getmodule(module) is module
    assert dict(inspect.getmembers(module))["__name__"] == "penlight.nativert"
    with pytest.raises(TypeError, match="pickle"):  # as for any module
        copy.copy(module)


def test_lazy_submodules_load_when_asked_for():
    getattr_ = module_getattr("penlight.ledger", lazy=["resolve"])
    assert getattr_("resolve") is resolve


def test_placeholders_raise_when_used_and_not_before():
    made = placeholder("torch.nativert.Runner", "there is no runtime")
    assert made.__penlight_missing__ is True
    assert not isinstance(3, made)
    annotation = made[int] | None
    assert annotation is not None

    class Own(made):
        def __init__(self):
            pytest.fail("an instance was made")

    for use in (made, Own, lambda: made(1, a=2)):
        with pytest.raises(
            NotImplementedError, match=r"penlight does not have torch\.nativert\.Runner: there is no run"
        ):
            use()


def test_placeholder_modules_import_and_refuse(monkeypatch):
    monkeypatch.delitem(sys.modules, "penlight.onnx", raising=False)
    made = placeholder_module("torch.onnx", "there is no exporter", is_in_onnx_export=lambda: False)
    try:
        assert importlib.import_module("penlight.onnx") is made
        assert made.is_in_onnx_export() is False
        assert made.export is made.export
        assert pickle.loads(pickle.dumps(made.export)) is made.export
        with pytest.raises(
            NotImplementedError, match=r"penlight does not have torch\.onnx\.export: there is no exporter"
        ):
            made.export(None, (), "file")
        with pytest.raises(AttributeError, match=r"module 'torch\.onnx' has no attribute 'unknown'"):
            made.unknown
        assert resolve.look_up("torch.onnx.export").state == "raises"
        assert resolve.look_up("torch.onnx.is_in_onnx_export").state == "supported"
    finally:
        monkeypatch.delitem(sys.modules, "penlight.onnx", raising=False)
        vars(sys.modules["penlight"]).pop("onnx", None)


class Kinds:
    """What a survey meets."""

    there = staticmethod(lambda: None)
    refused = placeholder("torch.nativert.refused")
    not_callable = 3
    stray_module = os
    constant = None

    @property
    def refusing(self):
        raise NotImplementedError


@pytest.mark.parametrize(
    ("name", "kind", "state"),
    [
        ("there", "function", "supported"),
        ("refused", "function", "raises"),
        ("refusing", "value", "raises"),
        ("not_callable", "function", "missing"),
        ("stray_module", "module", "missing"),
        ("constant", "value", "supported"),
        ("absent", "value", "missing"),
    ],
)
def test_states(name, kind, state):
    assert resolve.state_of(Kinds(), name, kind) == state


def test_coverage_counts_and_is_deterministic(module, monkeypatch, tmp_path, capsys):
    module.known = lambda: None
    module.Known = placeholder("torch.nativert.Known")
    part = coverage.survey("torch.nativert")
    assert (part.supported, part.raises, part.missing) == (["known"], ["Known"], ["flag"])
    assert (part.total, part.share) == (3, "33%")

    target = tmp_path / "docs" / "coverage.md"
    assert command.main(["--namespace", "torch.nativert", "--write", str(target)]) == 0
    first = target.read_text()
    assert "| torch.nativert | 3 | 1 | 1 | 1 | 33% | 0 |" in first
    assert "Raises: `Known`" in first
    assert "Missing: `flag`" in first
    assert command.main(["--namespace", "torch.nativert", "--write", str(target)]) == 0
    assert target.read_text() == first
    assert [path.name for path in target.parent.iterdir()] == ["coverage.md"]

    capsys.readouterr()
    assert command.main(["--namespace", "torch.nativert"]) == 0
    assert "torch.nativert: missing\n  flag\n" in capsys.readouterr().out
    assert command.main(["--namespace", "torch.no_such"]) == 2


def test_a_namespace_that_penlight_lacks_is_missing_as_a_whole(monkeypatch):
    monkeypatch.setitem(recorded.groups(), "torch.nativert", {"known": "function"})
    assert coverage.survey("torch.nativert").missing == ["known"]


def test_every_rule_of_what_is_out_of_scope_means_a_recorded_name():
    for where, what, reason in scope.RULES:
        namespaces = [name for name in recorded.groups() if re.fullmatch(where, name)]
        assert namespaces and reason, where
        for alternative in scope_alternatives(what):
            found = [n for space in namespaces for n in recorded.groups()[space] if re.fullmatch(alternative, n)]
            assert found, f"{where}: no name of PyTorch's is {alternative}"


def scope_alternatives(pattern):
    """The parts between the bars that stand outside of brackets."""
    parts, depth = [""], 0
    for letter in pattern:
        depth += (letter == "(") - (letter == ")")
        if letter == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def test_what_is_out_of_scope_counts_apart_unless_penlight_has_it(monkeypatch):
    monkeypatch.setitem(recorded.groups(), "torch", {"cudnn_convolution": "function", "add": "function"})
    part = coverage.survey("torch")
    assert (part.supported, part.out, part.total, part.share) == (["add"], ["cudnn_convolution"], 1, "100%")
    monkeypatch.setattr(scope, "_COMPILED", ((re.compile("torch"), re.compile("add"), "reason"),))
    assert coverage.survey("torch").supported == ["add"]
    page = coverage.as_markdown([coverage.Coverage("torch", out=["add"])])
    assert "Out of scope: `add`" in page and "- reason: 1 names, such as `torch.add`" in page


def test_looking_a_name_up_says_which_part_is_missing():
    assert resolve.look_up("torch.Tensor").state == "supported"
    assert resolve.look_up("torch.Tensor.no_such_method").state == "supported"  # instances might have it
    found = resolve.look_up("torch.nativert.backends.more")
    assert (found.state, found.name) == ("missing", "torch.nativert")
    assert resolve.look_up("torchaudio.load").state == "missing"


def test_a_submodule_that_needs_something_absent_is_not_called_missing(tmp_path, monkeypatch):
    package = sys.modules["penlight.ledger"]
    (tmp_path / "needy.py").write_text("import a_module_that_nobody_has")
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    with pytest.raises(ModuleNotFoundError, match="a_module_that_nobody_has"):
        resolve.member(package, "needy")
    assert resolve.member(package, "no_such_module") is resolve._ABSENT
