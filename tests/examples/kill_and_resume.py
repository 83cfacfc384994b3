"""Kill a training program at random moments, resume it, and compare its files with those of an uninterrupted run.

    python tests/examples/kill_and_resume.py [--kills 10] [--seed 0] [--pytorch] PROGRAM [ARG …]

The program must understand ``--out`` and ``--resume`` (examples/common/checkpoint.py). It is killed with SIGKILL: every
other time at a random moment, every other time as soon as it has begun to write a file. After each kill, every file in
its folder must be whole, except those that are named as unfinished. When it has come to its end, all files must hold, bit
for bit, what those of an undisturbed run hold. If it gets there before all kills are done, it starts anew in another
folder. With ``--pytorch`` the program runs on the real torch of this Python instead of on penlight.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import penlight  # noqa: E402  (from the checkout; it reads the checkpoints of PyTorch as well)

UNFINISHED = ".unfinished-"  # how examples/common/files.py begins the names of files that are being written


def command(program, out, pytorch=False):
    """The command line that runs the program with its files in ``out``."""
    return [sys.executable, *([] if pytorch else ["-m", "penlight"]), *program, "--out", str(out)]


def environment():
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path}


def start(program, out, pytorch):
    with open(out.with_suffix(".log"), "ab") as log:
        return subprocess.Popen(command(program, out, pytorch), env=environment(), stdout=log, stderr=log)


def assert_ended_well(process, out):
    printed = out.with_suffix(".log").read_text(encoding="utf-8", errors="replace")
    assert process.wait() == 0, f"the program failed:\n{printed[-3000:]}"


def broken_files(folder):
    """The names of the files in a folder that are cut short, and the number of those that were looked at."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(UNFINISHED)]
    return [path.name for path in files if not is_whole(path)], len(files)


def is_whole(path):
    """Tell whether a checkpoint, a JSON file or a PNG picture is complete; other files must not be empty."""
    content = path.read_bytes()
    if path.suffix in (".pth", ".pt"):
        return zipfile.is_zipfile(path) and zipfile.ZipFile(path).testzip() is None
    if path.suffix == ".json":
        try:
            json.loads(content)
        except ValueError:
            return False
        return True
    if path.suffix == ".png":
        return content[:8] == b"\x89PNG\r\n\x1a\n" and content[-8:-4] == b"IEND"
    return len(content) > 0


def unfinished_files(folder):
    """What tells the unfinished files in a folder, if it is there, from earlier ones of the same names."""
    found = set()
    for path in folder.glob(UNFINISHED + "*"):
        try:
            status = path.stat()
        except FileNotFoundError:  # it has just been finished
            continue
        found.add((path.name, status.st_ino, status.st_mtime_ns, status.st_size))
    return found


def wait_for_a_write(process, folder, before, seconds):
    """Return True as soon as the program writes a file, False when it ends or the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        if unfinished_files(folder) - before:
            return True
        time.sleep(0.0005)
    return False


def differences(wanted, got):
    """The names of the files that only one of two folders has, or that differ."""
    names = {path.name for folder in (wanted, got) for path in folder.iterdir()}
    return sorted(name for name in names if not is_same(wanted / name, got / name))


def is_same(first, second):
    """Tell whether two files are there and hold the same; in checkpoints, all values bit for bit.

    The bytes of equal checkpoints may differ: pickle writes a text once where it is one object, twice where it is two.
    """
    if not (first.exists() and second.exists()):
        return False
    if first.read_bytes() == second.read_bytes():
        return True
    return first.suffix == ".pth" and are_same(*(penlight.load(path, weights_only=True) for path in (first, second)))


def are_same(first, second):
    """Tell whether two values from checkpoints have the same types, shapes and bits."""
    if type(first) is not type(second):
        return False
    if isinstance(first, penlight.Tensor):
        a, b = first.numpy(), second.numpy()
        return (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
    if isinstance(first, dict):
        return list(first) == list(second) and all(are_same(first[key], second[key]) for key in first)
    if isinstance(first, (list, tuple)):
        return len(first) == len(second) and all(map(are_same, first, second))
    return repr(first) == repr(second)  # a float's repr tells all its bits, and NaN from numbers


def kill_and_resume(program, folder, kills, seed=0, pytorch=False, report=print):
    """Do what the module says; return the number of kills in the middle of writing. Raises AssertionError.

    Args:
        program: the script and its arguments.
        folder: an empty one for the files of the runs.
        report: called with a line of text now and then.
    """
    generator = random.Random(seed)
    whole = folder / "whole"
    began = time.monotonic()
    process = start(program, whole, pytorch)
    wait_for_a_write(process, whole, set(), 3600)
    first_write = time.monotonic() - began
    assert_ended_well(process, whole)
    duration = time.monotonic() - began
    files = ", ".join(sorted(path.name for path in whole.iterdir()))
    report(f"undisturbed: {duration:.1f} s, first file after {first_write:.1f} s, files: {files}")

    killed = while_writing = runs = 0
    while True:
        runs += 1
        out = folder / f"killed_{runs}"
        while killed < kills:
            before = unfinished_files(out)
            process = start([*program, "--resume"], out, pytorch)
            lifetime = generator.uniform(0, 2 * (first_write + (duration - first_write) / kills))
            try:
                process.wait(lifetime)
            except subprocess.TimeoutExpired:
                if killed % 2 == 1:
                    wait_for_a_write(process, out, before, duration)
                if process.poll() is None:
                    process.kill()
                    process.wait()
                    killed += 1
                    writing = bool(unfinished_files(out) - before)
                    while_writing += writing
                    broken, count = broken_files(out)
                    assert not broken, f"broken after kill {killed}: {broken}"
                    report(f"kill {killed}{' while a file was being written' * writing}: {count} files, all whole")
                    continue
            assert_ended_well(process, out)
            break
        else:
            assert_ended_well(start([*program, "--resume"], out, pytorch), out)
        different = differences(whole, out)
        assert not different, f"different from the undisturbed run: {different}"
        report(f"run {runs} came to the same files, bit for bit")
        if killed >= kills:
            return while_writing


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="seed of the moments (printed)")
    parser.add_argument("--pytorch", action="store_true", help="run on this Python's real torch")
    parser.add_argument("program", help="the script")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="its arguments")
    options = parser.parse_args()
    print(f"seed {options.seed}")
    with tempfile.TemporaryDirectory() as folder:
        program = [options.program, *options.arguments]
        writing = kill_and_resume(program, Path(folder), options.kills, options.seed, options.pytorch)
    print(f"{options.kills} kills, {writing} of them while a file was being written: no broken file, same final files")


if __name__ == "__main__":
    main()
