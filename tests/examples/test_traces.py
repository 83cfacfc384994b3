"""Every example, run under penlight, against what real PyTorch recorded for the same seed.

The recordings are made by tests/record/traces.py, which describes their fields. Set PENLIGHT_FULL_EXAMPLES=1 to run the
trained examples to their end (some minutes).
"""

import json
import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RECORDED = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "data").glob("*.json"))
}
TRAINED = sorted(name for name, recorded in RECORDED.items() if "losses" in recorded)
PRINTED = sorted(name for name, recorded in RECORDED.items() if "output" in recorded)

LOSS_TOLERANCE = 1e-4  # relative: float32 rounding (6e-8) amplified by up to 200 updates
ACCURACY_TOLERANCE = 0.5  # percentage points
FULL_TOLERANCES = {"loss": 5e-3, "bleu": 5e-2}  # relative, of full runs: up to 3,400 updates amplify rounding
# Options that make a short run.
LIMITS = {"--steps", "--pretraining-epochs", "--limit", "--epochs", "--width", "--rows", "--columns", "--max-words"}
LIMITS |= {"--held-out", "--batch"}


def run(script, arguments, folder):
    """Printed text of an example under penlight; its files go to ``folder``."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-m", "penlight", str(ROOT / "examples" / script), *arguments, "--out", str(folder)],
        env={**os.environ, "PYTHONPATH": path}, cwd=folder, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{script} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def pillow():
    """The version of Pillow, or None."""
    try:
        return version("pillow")
    except PackageNotFoundError:
        return None


def assert_same_figures(got, runs, tolerances=None):
    """Within the tolerance of one of PyTorch's own runs, or between them: they differ by the choice of CPU kernels."""
    for name, value in got.items():
        figures = [run[name] for run in runs]
        relative = (tolerances or {}).get(name.rpartition("_")[2], LOSS_TOLERANCE)
        allowed = ACCURACY_TOLERANCE if "accuracy" in name else relative * abs(figures[0])
        assert min(figures) - allowed <= value <= max(figures) + allowed, f"{name}: {value}, PyTorch {figures}"


def test_every_example_is_recorded():
    scripts = {
        path.relative_to(ROOT / "examples").as_posix()
        for path in (ROOT / "examples").glob("*/*.py")
        if "__main__" in path.read_text(encoding="utf-8")
    }
    assert scripts == {recorded["script"] for name, recorded in RECORDED.items() if name in TRAINED + PRINTED}


@pytest.mark.parametrize("name", TRAINED)
def test_same_seed_same_training(name, tmp_path):
    recorded = RECORDED[name]
    if recorded.get("pillow", found := pillow()) != found:
        pytest.skip(f"recorded with Pillow {recorded['pillow']}, which scales images otherwise than {found} does")
    trace_file = tmp_path / "trace.json"
    run(recorded["script"], [*recorded["arguments"], "--trace", str(trace_file)], tmp_path)
    trace = json.loads(trace_file.read_text(encoding="utf-8"))

    assert trace["fingerprints"] == recorded["fingerprints"]
    # PyTorch's own runs agree all the way
    assert len(trace["losses"]) == len(recorded["losses"]) == recorded["agreed_steps"] == 200
    for step, (loss, wanted) in enumerate(zip(trace["losses"], recorded["losses"])):
        assert loss == pytest.approx(wanted, rel=LOSS_TOLERANCE), f"first difference at step {step + 1}"
    assert trace["result"].keys() == recorded["result"].keys()
    assert_same_figures(trace["result"], [recorded["result"], *recorded["other_results"]])


@pytest.mark.parametrize("name", PRINTED)
def test_same_printed_text(name, tmp_path):
    assert run(RECORDED[name]["script"], [], tmp_path).splitlines() == RECORDED[name]["output"]


def test_classifier_writes_weights_and_pictures_and_predicts(tmp_path):
    pytest.importorskip("PIL")
    output = run("blitz/train_classifier.py", ["--steps", "2"], tmp_path)
    assert output.splitlines()[-1].startswith("result test_accuracy ")
    assert (tmp_path / "classifier.pth").read_bytes().startswith(b"PK")
    for name in ("loss", "confusion", "guesses"):
        picture = tmp_path / f"classifier_{name}.png"
        if picture.exists():  # where matplotlib is
            assert picture.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
        else:
            assert f"picture {picture} not drawn: matplotlib is not installed" in output
    photo = ROOT / "examples" / "data" / "birds_flowers" / "val" / "birds" / "duck.jpg"
    words = run("blitz/train_classifier.py", ["predict", str(photo)], tmp_path).split()
    assert words[0] == str(photo) and len(words) == 7 and 0 < float(words[2]) <= 1


def test_photos_are_told_apart_by_saved_weights(tmp_path):
    pytest.importorskip("PIL")
    photo = ROOT / "examples" / "data" / "birds_flowers" / "val" / "birds" / "duck.jpg"
    with pytest.raises(AssertionError, match="train first"):
        run("photos/fine_tune.py", ["predict", str(photo)], tmp_path)
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); import torch; from photos.small_resnet import SmallResNet\n"
        "torch.save({'kind': 'net for photos', 'classes': ['birds', 'flowers'], 'weights': SmallResNet(2).state_dict()},"
        " 'photos.pth')"
    )
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    subprocess.run(
        [sys.executable, "-m", "penlight", "-c", program, str(ROOT / "examples")],
        env={**os.environ, "PYTHONPATH": path}, cwd=tmp_path, check=True,
    )  # fmt: skip
    words = run("photos/fine_tune.py", ["predict", str(photo)], tmp_path).split()
    chances = dict(zip(words[1::2], map(float, words[2::2])))
    assert words[0] == str(photo) and chances.keys() == {"birds", "flowers"}
    assert sum(chances.values()) == pytest.approx(1, abs=0.011)


@pytest.mark.parametrize("script", ["two_layer_net/tensors.py", "mnist/cnn.py"])
def test_says_how_to_run_where_there_is_no_torch(script):
    program = "import runpy, sys; sys.modules['torch'] = None; runpy.run_path(sys.argv[1], run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", program, str(ROOT / "examples" / script)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "python -m penlight path/to/example.py" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.skipif("PENLIGHT_FULL_EXAMPLES" not in os.environ, reason="minutes: set PENLIGHT_FULL_EXAMPLES=1")
@pytest.mark.parametrize("name", [name for name in TRAINED if "full_result" in RECORDED[name]])
def test_full_run_ends_as_in_pytorch(name, tmp_path):
    recorded = RECORDED[name]
    given = recorded["arguments"]
    arguments = [word for before, word in zip(["", *given], given) if not {before, word} & LIMITS]
    run(recorded["script"], [*arguments, "--trace", str(tmp_path / "trace.json")], tmp_path)
    result = json.loads((tmp_path / "trace.json").read_text(encoding="utf-8"))["result"]
    runs = [recorded["full_result"], *recorded["other_full_results"]]
    if "final_loss" not in result:
        assert_same_figures(result, runs, FULL_TOLERANCES)
    else:  # of losses near 1e-5 that began at 1e7 only the order of magnitude is reproducible
        assert result["final_loss"] < 10 * max(run["final_loss"] for run in runs)
