"""What the modules offer, and what they say of names they lack."""

from __future__ import annotations

import importlib

import pytest

from penlight import alias

MODULES = (
    "torchtext data data.utils data.functional data.metrics datasets datasets.text_classification functional legacy "
    "legacy.data legacy.datasets legacy.vocab nn transforms utils vocab"
)


@pytest.mark.parametrize("name", MODULES.split())
def test_unknown_names_raise(name):
    name = name if name == "torchtext" else f"torchtext.{name}"
    with alias.installed():
        module = importlib.import_module(name)
        with pytest.raises(AttributeError, match=f"module '{name}' has no attribute 'no_such_name'"):
            module.no_such_name
    assert not hasattr(module, "no_such_name")
    for offered in module.__all__:
        assert getattr(module, offered) is not None


def test_absent_modules_raise():
    with alias.installed(), pytest.raises(ModuleNotFoundError, match="No module named 'torchtext.models'"):
        import torchtext.models  # noqa: F401
