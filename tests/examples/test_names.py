"""The names examples on a few names: what they print and write, and that a run that is cut off goes on bit for bit."""

import sys
from pathlib import Path

import pytest

from penlight import alias

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def names(monkeypatch, tmp_path):
    """function(program, *arguments) that runs classify or generate on 24 names each of three languages."""
    monkeypatch.syspath_prepend(str(ROOT / "examples"))
    folder = tmp_path / "data"
    folder.mkdir()
    for language in ("Japanese", "Russian", "Welsh"):
        lines = (ROOT / "examples" / "data" / "names" / f"{language}.txt").read_text(encoding="utf-8").splitlines()
        (folder / f"{language}.txt").write_text("\n".join(lines[::8][:24]), encoding="utf-8")
    with alias.installed():
        import names.classify
        import names.data
        import names.generate
        import names.ngrams
    monkeypatch.setattr("common.files.os.fsync", lambda file: None)  # takes seconds on a busy disk

    def run(program, *arguments, out="out"):
        arguments = [*arguments, "--out", str(tmp_path / out)]
        if arguments[0] not in ("predict", "sample"):
            arguments += ["--data", str(folder)]
        monkeypatch.setattr(sys, "argv", ["program", *arguments])
        with alias.installed():
            getattr(names, program).main()

    run.modules = names
    yield run
    for name in [name for name in sys.modules if name.split(".")[0] in ("common", "names")]:
        del sys.modules[name]


class CutOff(Exception):
    """Ends a program as a kill would: nothing is written afterwards."""


@pytest.fixture
def cut(names, monkeypatch):
    """function(program, step): the program is cut off, without a word, when it has made so many steps."""

    def cut_at(program, step):
        class Cut(getattr(names.modules, program).Recorder):
            def step(self, loss):
                super().step(loss)
                if self.steps == step:
                    raise CutOff

        monkeypatch.setattr(getattr(names.modules, program), "Recorder", Cut)

    return cut_at


def test_names_are_read_in_ascii(names, tmp_path):
    data = names.modules.data
    assert data.to_ascii("Ślusàrski") == "Slusarski" and data.to_ascii("Wałęsa-Groß 1") == "Walesa-Gross "
    assert [data.LETTERS[i] for i in data.encode("Bø")] == ["B", "o"]
    with pytest.raises(SystemExit, match="at least one of the characters"):
        data.encode("???")
    languages, lists = data.read_names(ROOT / "examples" / "data" / "names")
    assert len(languages) == 18 and sum(map(len, lists)) == 19864
    training, held_out = data.split(lists, 0)
    assert len(training) == 17879 and len(held_out) == 1985 and not set(training) & set(held_out)
    assert data.split(lists, 0)[1] == held_out != data.split(lists, 1)[1]
    fifths = [data.fold(training, number)[1] for number in range(data.FOLDS)]
    assert sorted(sum(fifths, [])) == sorted(training) and not set(fifths[1]) & set(data.fold(training, 1)[0])
    assert names.modules.ngrams.known_runs(["Al", "Bel", "Al"]) == names.modules.ngrams.runs("Al")
    assert names.modules.ngrams.runs("Al")[4:] == ["^A", "Al", "l$", "^Al", "Al$", "^Al$"]
    with pytest.raises(SystemExit, match="expected files LANGUAGE.txt"):
        data.read_names(tmp_path)


@pytest.mark.parametrize(("program", "net", "saved"), [
    ("classify", "gru", "names_classifier.pth"), ("classify", "rnn", "names_classifier.pth"),
    ("generate", "gru", "names_generator.pth"), ("generate", "rnn", "names_generator.pth"),
])  # fmt: skip
def test_goes_on_bit_for_bit(names, cut, program, net, saved, tmp_path, capsys, monkeypatch):
    arguments = ["--net", net, "--epochs", "2"]
    for function in ("draw_curves", "draw_confusion"):
        monkeypatch.setattr(getattr(names.modules, program), function, lambda *picture, **more: None, raising=False)
    names(program, *arguments, out="whole")
    whole = getattr(names.modules, program).Recorder
    # in the second of two epochs, of 66 names in batches of 128, 64 and 1
    cut(program, 80 if net == "rnn" else 2 if program == "classify" else 3)
    with pytest.raises(CutOff):
        names(program, *arguments, out="cut")
    assert not (tmp_path / "cut" / saved).exists()
    monkeypatch.setattr(getattr(names.modules, program), "Recorder", whole)
    capsys.readouterr()
    names(program, *arguments, "--resume", out="cut")
    assert "resume epoch 2 batch 0" in capsys.readouterr().out
    assert (tmp_path / "whole" / saved).read_bytes() == (tmp_path / "cut" / saved).read_bytes()


def test_classifier_predicts(names, tmp_path, capsys):
    with pytest.raises(SystemExit, match="train first"):
        names("classify", "predict", "Satoshi")
    names("classify", "--epochs", "2")
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith("result test_loss ") and lines[-2].startswith("language Welsh accuracy ")
    assert lines[-2].endswith(" names 2")
    names("classify", "predict", "Satoshi", "Ó Briain")
    words = [line.replace("Ó Briain", "O'Brien").split() for line in capsys.readouterr().out.splitlines()]
    assert [row[:2] for row in words] == [["name", "Satoshi"], ["name", "O'Brien"]]
    for row in words:
        shares = [float(word) for word in row[3::2]]
        assert sorted(row[2::2]) == ["Japanese", "Russian", "Welsh"] and shares == sorted(shares, reverse=True)
        assert sum(shares) == pytest.approx(1, abs=0.02)  # of shares with two digits
    if "matplotlib" in sys.modules:
        for name in ("names_confusion.png", "names_losses.png"):
            assert (tmp_path / "out" / name).read_bytes().startswith(b"\x89PNG")
    with pytest.raises(SystemExit, match="at least one of the characters .* got '!!'"):
        names("classify", "predict", "!!")
    names("classify", "baseline", "--epochs", "2", "--fold", "1")
    assert "top3_accuracy" in capsys.readouterr().out.splitlines()[-1]


def test_generator_samples(names, tmp_path, capsys):
    names("generate", "--epochs", "2")
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith("result nats_per_letter_loss ") and lines[-2].startswith("names Russian R")
    for temperature in ("0.5", "0"):
        names("generate", "sample", "Russian", "RUS", "--temperature", temperature)
        assert [name[0] for name in capsys.readouterr().out.split()] == ["R", "U", "S"]
    names("generate", "sample", "Welsh")
    assert len(capsys.readouterr().out.splitlines()) == 1
    with pytest.raises(SystemExit, match="expected one of the languages Japanese, Russian, Welsh, got Klingon"):
        names("generate", "sample", "Klingon")
    names("generate", "sample", "welsh", "x")
    assert capsys.readouterr().out.startswith("x")
    with pytest.raises(SystemExit):
        names("generate", "sample", "Welsh", "--temperature", "-1")
    assert "--temperature: expected a number of at least 0, got -1" in capsys.readouterr().err
    (tmp_path / "out" / "names_generator.pth").rename(tmp_path / "out" / "names_classifier.pth")
    with pytest.raises(SystemExit, match="holds the name generator, expected the name classifier"):
        names("classify", "predict", "Satoshi")
