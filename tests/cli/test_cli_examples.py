"""`penlight examples` and `penlight example`, in a checkout and where the examples are an installed package."""

from pathlib import Path

import pytest
from penlight_command import penlight

from penlight.cli import examples, main

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """An installed package of examples, and penlight in a folder without any beside it."""
    for name, text in {
        "greet/hello.py": '"""Say hello.\n\nMore."""\nimport sys\nif __name__ == "__main__":\n    print(sys.argv)\n',
        "greet/__init__.py": "",
        "greet/words.py": "",
        "leave/hello.py": 'if __name__ == "__main__":\n    raise SystemExit(7)\n',
        "README.md": "",
    }.items():
        path = tmp_path / "penlight_examples" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(examples, "__file__", str(tmp_path / "site" / "penlight" / "cli" / "examples.py"))
    return tmp_path / "penlight_examples"


def test_lists_the_programs_of_the_checkout(capsys):
    assert main.main(["examples"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("mnist/cnn ") and "handwritten digits" in line for line in lines)
    assert lines[-1].endswith(str(ROOT / "examples"))
    listed = [line.partition(" ")[0] for line in lines[: lines.index("")]]
    assert all((ROOT / "examples" / f"{name}.py").exists() for name in listed)
    assert not any(name.startswith(("common/", "data/")) for name in listed)


def test_every_program_says_what_it_does():
    assert all(len(examples._summary(path)) > 20 for path in examples.programs(examples.examples_folder()).values())


def test_lists_the_installed_programs(installed, capsys):
    assert main.main(["examples"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "greet/hello  Say hello."
    assert lines[1].strip() == "leave/hello"
    assert lines[-1].endswith(str(installed))


@pytest.mark.parametrize("name", ["greet/hello", "greet/hello.py"])
def test_runs_a_program(installed, monkeypatch, name):
    calls = []
    monkeypatch.setattr(examples, "run", lambda arguments: calls.append(arguments) or 5)
    assert main.main(["example", name, "--steps", "2"]) == 5
    assert calls == [[str(installed / "greet" / "hello.py"), "--steps", "2"]]


def test_runs_a_program_of_the_checkout(tmp_path):
    done = penlight("example", "two_layer_net/tensors", "--steps", "1", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("result final_loss ")


@pytest.mark.parametrize(
    "name, hint",
    [("hello", "did you mean greet/hello or leave/hello?"), ("greet/helo", "greet/hello"), ("z", "examples`")],
)
def test_a_name_that_is_not_one_program(installed, capsys, name, hint):
    assert main.main(["example", name]) == 2
    assert hint in capsys.readouterr().err


def test_usage(installed, capsys):
    assert main.main(["example"]) == 2
    assert main.main(["example", "--help"]) == 0
    assert capsys.readouterr().out.count("usage: penlight example NAME") == 2


@pytest.mark.parametrize("arguments", [["examples"], ["example", "greet/hello"]])
def test_no_examples_anywhere(installed, capsys, monkeypatch, arguments):
    monkeypatch.setattr(examples, "INSTALLED", "nobody_has_this")
    assert main.main(arguments) == 1
    assert "nobody_has_this" in capsys.readouterr().err
