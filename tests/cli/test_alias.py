"""`import torch` finds penlight while the alias is installed, and only then."""

import importlib
import importlib.metadata
import importlib.util
import itertools
import pickle
import sys
import types

import pytest

import penlight
from penlight import alias
from penlight.ledger.emulated import TorchVersion


@pytest.fixture
def installed():
    with alias.installed() as module:
        yield module


@pytest.fixture
def extra_modules(tmp_path, monkeypatch):
    """A package penlight.nn.stand_in with a module whose name one of its functions takes over."""
    nn = importlib.import_module("penlight.nn")
    folder = tmp_path / "stand_in"
    folder.mkdir()
    (folder / "__init__.py").write_text("runs = []\nfrom .thing import thing\n")
    (folder / "thing.py").write_text("from . import runs\nruns.append(1)\ndef thing(): pass\nclass Kind: pass\n")
    monkeypatch.setattr(nn, "__path__", [*nn.__path__, str(tmp_path)])
    yield
    for name in list(sys.modules):
        if ".nn.stand_in" in name:
            del sys.modules[name]
    vars(nn).pop("stand_in", None)


def test_both_names_are_one_module(installed):
    torch = importlib.import_module("torch")
    nn = importlib.import_module("torch.nn")
    assert torch is penlight is installed
    assert nn is sys.modules["penlight.nn"] is torch.nn
    assert nn.__name__ == nn.__spec__.name == "penlight.nn"


def test_a_module_runs_once_and_keeps_its_parents_names(installed, extra_modules):
    namespace = {}
    exec("import torch.nn.stand_in.thing\nfrom torch.nn.stand_in.thing import Kind", namespace)
    package = sys.modules["penlight.nn.stand_in"]
    assert package.runs == [1]
    assert isinstance(package.thing, types.FunctionType)  # the submodule's import did not take its name back
    here, there = sys.modules["penlight.nn.stand_in.thing"], sys.modules["torch.nn.stand_in.thing"]
    assert here is there
    assert here.Kind is namespace["Kind"]
    assert isinstance(pickle.loads(pickle.dumps(namespace["Kind"]())), here.Kind)


def test_importing_penlights_name_later_gives_the_same_module(installed, extra_modules):
    first = importlib.import_module("torch.nn.stand_in")
    assert importlib.import_module("penlight.nn.stand_in") is first
    assert importlib.reload(first) is first
    assert first.__spec__.name == "penlight.nn.stand_in"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("torch.nativert", "penlight does not have torch.nativert yet"),
        ("torch.no_such_module", "No module named 'torch.no_such_module' (penlight stands for torch here)"),
        ("torch.cli", "No module named 'torch.cli'"),
        ("torch.tensor", "No module named 'torch.tensor'"),
        ("torch.ops", "penlight does not have torch.ops yet"),
    ],
)
def test_unknown_and_inner_modules_are_refused(installed, name, text):
    with pytest.raises(ModuleNotFoundError) as problem:
        importlib.import_module(name)
    assert text in str(problem.value)
    assert problem.value.name == name
    assert name not in sys.modules


def test_find_spec_answers_as_for_installed_packages(installed):
    assert importlib.util.find_spec("torch") is not None
    assert importlib.util.find_spec("torch.nn") is not None
    assert importlib.util.find_spec("torch.nativert") is None
    assert importlib.util.find_spec("torch.no_such_module") is None


def test_distributions_answer_the_emulated_versions(installed):
    assert importlib.metadata.version("torch") == "2.13.0"
    assert importlib.metadata.version("TorchVision") == "0.28.0"
    assert importlib.metadata.version("torchtext") == "0.18.0"
    assert importlib.metadata.metadata("torch")["Name"] == "torch"
    assert "torch" in importlib.metadata.packages_distributions()["torch"]
    assert importlib.metadata.requires("torch") is None
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version("torchaudio")


def test_version_follows_pytorch_only_while_installed():
    own = getattr(penlight, "__version__", None)
    with alias.installed() as torch:
        assert torch.__name__ == "torch" and importlib.import_module("torchvision").__name__ == "torchvision"
        assert torch.__version__ == "2.13.0+penlight"
        assert torch.__version__ >= (2, 13)
        assert torch.__version__.split("+")[0] == "2.13.0"
    assert getattr(penlight, "__version__", None) == own and penlight.__name__ == "penlight"


def test_uninstalling_leaves_nothing():
    before = {name for name in sys.modules if name.split(".")[0] in ("torch", "torchvision", "torchtext")}
    with alias.installed():
        importlib.import_module("torch.nn")
        with alias.installed():
            pass
        assert alias.is_installed()
    assert not alias.is_installed()
    after = {name for name in sys.modules if name.split(".")[0] in ("torch", "torchvision", "torchtext")}
    assert after == before == set()
    assert not any(isinstance(finder, alias._Finder) for finder in sys.meta_path)


def test_installing_is_refused_beside_the_real_package(monkeypatch):
    real = types.ModuleType("torch")
    real.__file__ = "/somewhere/torch/__init__.py"
    monkeypatch.setitem(sys.modules, "torch", real)
    with pytest.raises(RuntimeError, match="imported already, from /somewhere/torch"):
        alias.install()
    assert not alias.is_installed()
    assert sys.modules["torch"] is real


def test_as_torch_installs_and_returns_penlight():
    try:
        assert alias.as_torch() is penlight
        assert importlib.import_module("torch") is penlight
    finally:
        alias.uninstall()


# Recorded from torch.torch_version.TorchVersion("2.13.0+cpu").
@pytest.mark.parametrize(
    ("relation", "other", "expected"),
    [
        ("__gt__", (1, 8), True),
        ("__ge__", "1.10.0a0", True),
        ("__eq__", "2.13.0", False),
        ("__ne__", "2.13.0+cpu", False),
        ("__lt__", "junk", True),
        ("__gt__", "junk", False),
        ("__eq__", "2.13.0+cpu", True),
        ("__ge__", (2, 13), True),
        ("__ge__", ["2", "13"], True),
        ("__lt__", "2.13", False),
        ("__gt__", "2.13.0rc1", True),
        ("__lt__", "2.13.0.post1", True),
        ("__gt__", "2.13.0.dev3", True),
        ("__eq__", None, False),
        ("__eq__", (2, 13, 0), False),
        ("__gt__", "2.13.0+abc", True),
        ("__lt__", "2.13.0+1", True),
    ],
)
def test_versions_compare_as_pytorchs_do(relation, other, expected):
    assert getattr(TorchVersion("2.13.0+cpu"), relation)(other) is expected


def test_versions_order_as_pep_440_says():
    ordered = "1.dev1 1a1.dev1 1a1 1b2 1rc1 1 1+a 1+a.1 1+1 1.post1.dev2 1.post1 1.0.1 1.9 1.10 2.0a0 1!0.1".split()
    versions = [TorchVersion(text) for text in ordered]
    assert sorted([*versions[5:], *versions[:5]]) == versions
    assert all(first < second for first, second in itertools.pairwise(versions))
    assert TorchVersion("2.0") == "2.0.0"
    assert hash(TorchVersion("2.0")) == hash("2.0")
    with pytest.raises(TypeError):
        TorchVersion("2.0") > 2  # noqa: B015


def test_classes_say_that_they_come_from_torch(installed):
    torch = importlib.import_module("torch")
    adam = importlib.import_module("penlight.optim.adam").Adam  # under penlight's name, and later than the alias
    assert torch.Tensor.__module__ == torch.Size.__module__ == torch.dtype.__module__ == "torch"
    assert torch.nn.Linear.__module__ == "torch.nn.modules.linear"
    assert adam.__module__ == "torch.optim.adam" and pickle.loads(pickle.dumps(adam)) is adam
    assert torch.nn.Parameter.__module__ == "torch.nn.parameter"
    assert f"{torch.tensor(0.5):.2f}" == "0.50" and repr(torch.ones(1)) == "tensor([1.])"
    alias.uninstall()
    assert torch.Tensor.__module__.startswith("penlight") and torch.nn.Linear.__module__ == "penlight.nn.modules.linear"
