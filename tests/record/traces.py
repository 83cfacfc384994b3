"""Record what the examples compute under real PyTorch: losses, fingerprints, accuracies, printed text.

    python tests/record/traces.py [name …]

Run with a Python that has PyTorch. Writes tests/examples/data/NAME.json:

- ``losses``: of the first 200 steps, with PyTorch's default CPU kernels, one thread;
- ``agreed_steps``: for so many first steps, runs with PyTorch's other CPU kernels (ATEN_CPU_CAPABILITY=default, avx2;
  MKL_CBWR=COMPATIBLE) and with two threads have the same losses to 3e-5 relative, a third of what the tests allow. The
  recipes are chosen so that this is all steps: where PyTorch does not reproduce itself, nothing else can be compared;
- ``fingerprints``: SHA-256 of initial weights, first batches and dropout masks;
- ``result``: the figures of merit of that short run; ``other_results``: those of these other runs;
- ``full_result``: the figures of merit without --steps and the like; ``other_full_results``: the same with other kernels;
- ``pillow``: the version of Pillow that read the images, for an example whose pixels depend on it;
- ``output``: the printed text of the examples that only print.
"""

import json
import os
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "examples" / "data"
STEPS = ["--steps", "200"]
# Options that make a short run.
LIMITS = {"--steps", "--pretraining-epochs", "--limit", "--epochs", "--width", "--rows", "--columns", "--max-words"}
LIMITS |= {"--held-out", "--batch"}
OTHER_KERNELS = (
    {"ATEN_CPU_CAPABILITY": "default"},
    {"ATEN_CPU_CAPABILITY": "avx2"},
    {"MKL_CBWR": "COMPATIBLE"},  # another order of summation in matrix products
)
TWO_THREADS = {"OMP_NUM_THREADS": "2", "OMP_WAIT_POLICY": "passive"}  # waiting threads shall not spin

# name: (script below examples/, arguments of the short run that the tests repeat)
TRAINED = {
    "two_layer_net_numpy_by_hand": ("two_layer_net/numpy_by_hand.py", STEPS),
    "two_layer_net_tensors": ("two_layer_net/tensors.py", STEPS),
    "two_layer_net_autograd": ("two_layer_net/autograd.py", STEPS),
    "two_layer_net_custom_function": ("two_layer_net/custom_function.py", STEPS),
    "two_layer_net_sequential": ("two_layer_net/module_and_optim.py", STEPS),
    "two_layer_net_module": ("two_layer_net/module_and_optim.py", ["--form", "module", *STEPS]),
    "two_layer_net_dynamic_net": ("two_layer_net/dynamic_net.py", STEPS),
    "blitz_train_classifier": ("blitz/train_classifier.py", STEPS),
    "mnist_from_scratch": ("mnist/from_scratch.py", STEPS),
    "mnist_with_module": ("mnist/with_module.py", STEPS),
    "mnist_with_module_linear": ("mnist/with_module.py", ["--layer", "linear", *STEPS]),
    "mnist_with_optim": ("mnist/with_optim.py", STEPS),
    "mnist_with_loader": ("mnist/with_loader.py", STEPS),
    "mnist_fit": ("mnist/fit.py", STEPS),
    "mnist_small_cnn": ("mnist/small_cnn.py", STEPS),
    "mnist_sequential_lambda": ("mnist/sequential_lambda.py", STEPS),
    "mnist_wrapped_loader": ("mnist/wrapped_loader.py", STEPS),
    "mnist_cnn": ("mnist/cnn.py", STEPS),
    "language_model": (
        "language_model/transformer.py",
        ["--limit", "4000", "--epochs", "5", "--width", "16", "--rows", "10", "--columns", "8", *STEPS],
    ),
    "translation_seq2seq": (
        "translation/seq2seq.py",
        ["--width", "32", "--batch", "8", "--max-words", "6", "--held-out", "40", *STEPS],
    ),
    "translation_one_by_one": (
        "translation/one_by_one.py",
        ["--width", "32", "--max-words", "7", "--epochs", "8", *STEPS],
    ),
    "names_classify": ("names/classify.py", STEPS),
    "names_classify_plain": ("names/classify.py", ["train", "--net", "rnn", *STEPS]),
    "names_generate": ("names/generate.py", STEPS),
    "names_generate_plain": ("names/generate.py", ["train", "--net", "rnn", *STEPS]),
    "photos_fine_tune": ("photos/fine_tune.py", ["--pretraining-epochs", "1", *STEPS]),
}
PIXELS = {"photos_fine_tune"}  # what is read depends on Pillow: its version is recorded
PRINTED = {
    "blitz_tensors": "blitz/tensors.py",
    "blitz_autograd_tour": "blitz/autograd_tour.py",
    "blitz_network": "blitz/network.py",
}


def run(script, arguments, folder, **environment):
    """(trace or None, printed text) of one run of an example."""
    folder = Path(tempfile.mkdtemp(dir=folder))  # nothing is left from another run
    trace = folder / "trace.json"
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / script), *arguments, "--trace", str(trace), "--out", str(folder)],
        env={**os.environ, "OMP_NUM_THREADS": "1", **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{script} failed:\n{done.stderr}")
    return (json.loads(trace.read_text(encoding="utf-8")) if trace.exists() else None), done.stdout


def without_limits(arguments):
    """The arguments of the full run: without the options that shorten it and their numbers."""
    return [word for before, word in zip(["", *arguments], arguments) if not {before, word} & LIMITS]


def agreed_steps(first, second, relative=3e-5):
    """Number of leading losses of two runs that are equal to a relative difference."""
    for step, (a, b) in enumerate(zip(first, second)):
        if abs(a - b) > relative * abs(a):
            return step
    return len(first)


def record(name, folder):
    if name in PRINTED:
        return {"script": PRINTED[name], "output": run(PRINTED[name], [], folder)[1].splitlines()}
    script, arguments = TRAINED[name]
    trace, _ = run(script, arguments, folder)
    others = [run(script, arguments, folder, **setting)[0] for setting in (*OTHER_KERNELS, TWO_THREADS)]
    to_the_end = without_limits(arguments)
    full, *other_full = [run(script, to_the_end, folder, **setting)[0] for setting in ({}, *OTHER_KERNELS)]
    return {
        "script": script,
        "arguments": arguments,
        "agreed_steps": min(agreed_steps(trace["losses"], other["losses"]) for other in others),
        "result": trace["result"],
        "other_results": [other["result"] for other in others],
        **({"pillow": version("pillow")} if name in PIXELS else {}),
        "full_result": full["result"],
        "other_full_results": [other["result"] for other in other_full],
        "fingerprints": trace["fingerprints"],
        "losses": [float(f"{loss:.9g}") for loss in trace["losses"]],
    }


def main(names):
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in names or [*TRAINED, *PRINTED]:
            content = record(name, Path(folder))
            text = json.dumps(content, indent=1, ensure_ascii=False)
            if "losses" in content:  # one number a line would be two hundred lines
                head, _ = text.split('"losses": [')
                text = f'{head}"losses": {json.dumps(content["losses"])}\n}}'
            unfinished = FOLDER / f"{name}.json.part"
            unfinished.write_text(text + "\n", encoding="utf-8")
            os.replace(unfinished, FOLDER / f"{name}.json")
            print(name, {key: content[key] for key in content if key in ("agreed_steps", "result", "full_result")})


if __name__ == "__main__":
    main(sys.argv[1:])
