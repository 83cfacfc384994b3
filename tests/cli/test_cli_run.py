"""Programs run under `python -m penlight` as they run under `python`."""

import multiprocessing
import signal
import subprocess
import sys
import textwrap
import zipfile

import pytest
from penlight_command import penlight

SHOW = """
import sys
main = sys.modules["__main__"]
print(sys.argv, repr(sys.path[0]), __name__, globals() is vars(main), __package__, getattr(__spec__, "name", None))
print(globals().get("__file__"))
"""


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text))
    return path


def python(*arguments, cwd, stdin=None):
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, input=stdin, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("show.py", "a", "-b"),
        ("inner/show.py",),
        ("-m", "inner.show", "a"),
        ("-m", "inner", "a"),
        ("-c", SHOW, "a", "-m"),
        ("-", "a"),
        ("inner", "a"),
        ("packed.zip", "a"),
    ],
)
def test_the_program_sees_what_python_shows_it(tmp_path, arguments):
    for name in ("show.py", "inner/show.py", "inner/__init__.py", "inner/__main__.py"):
        write(tmp_path, name, "" if "__init__" in name else SHOW)
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as archive:
        archive.writestr("__main__.py", SHOW)
    stdin = SHOW if arguments[0] == "-" else None
    expected = python(*arguments, cwd=tmp_path, stdin=stdin)
    got = penlight(*arguments, cwd=tmp_path, stdin=stdin)
    assert expected.returncode == 0
    assert (got.stdout, got.stderr, got.returncode) == (expected.stdout, expected.stderr, 0)


ERRORS = {
    "chained": """
        def inner(x):
            return 1 / x
        try:
            inner(0)
        except ZeroDivisionError:
            raise ValueError("second")
        """,
    "context manager": """
        import contextlib
        @contextlib.contextmanager
        def broken():
            yield
            raise RuntimeError("on leaving")
        with broken():
            pass
        """,
    "syntax": "x = = 1\n",
    "import": "import json\nimport no_such_module_at_all\n",
    "exit code": "raise SystemExit(7)\n",
    "exit text": "import sys; sys.exit('a text')\n",
    "exit none": "import sys; sys.exit()\n",
    "interrupt": "raise KeyboardInterrupt\n",
    "own hook": """
        import sys, traceback
        def hook(kind, value, trace):
            print("hook", kind.__name__, [frame.name for frame in traceback.extract_tb(trace)], sys.last_value is value)
        sys.excepthook = hook
        def inner():
            raise LookupError("x")
        inner()
        """,
    "at exit": """
        import atexit, sys
        atexit.register(lambda: print(sys.modules["__main__"].kept))
        kept = "still there"
        """,
}


@pytest.mark.parametrize("case", ERRORS)
def test_errors_and_exit_codes_are_as_pythons(tmp_path, case):
    write(tmp_path, "program.py", ERRORS[case])
    expected = python("program.py", cwd=tmp_path)
    got = penlight("program.py", cwd=tmp_path)
    assert (got.stdout, got.stderr, got.returncode) == (expected.stdout, expected.stderr, expected.returncode)


@pytest.mark.skipif(sys.platform == "win32", reason="processes do not end by signals there")
def test_the_interrupt_ends_the_process_by_its_signal(tmp_path):
    write(tmp_path, "program.py", "raise KeyboardInterrupt\n")
    assert penlight("program.py", cwd=tmp_path).returncode == -signal.SIGINT


def test_error_in_a_module_run_by_name_shows_its_own_lines_only(tmp_path):
    write(tmp_path, "program.py", "def f():\n    raise ValueError('x')\nf()\n")
    lines = penlight("-m", "program", cwd=tmp_path).stderr.splitlines()
    assert [line.split(",")[0].strip() for line in lines if line.startswith("  File")] == [
        f'File "{tmp_path / "program.py"}"',
        f'File "{tmp_path / "program.py"}"',
    ]
    assert lines[-1] == "ValueError: x"


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["absent.py"], 2, "penlight: can't open file"),
        (["-m", "no_such_module_at_all"], 1, "penlight: No module named no_such_module_at_all"),
        (["-m", "json"], 1, "'json' is a package and cannot be directly executed"),
        (["-m"], 2, "penlight: expected an argument for -m, got nothing"),
        (["-x"], 2, "penlight: expected a script, -m, -c or -, got -x"),
        (["run"], 2, "penlight: expected a script, -m, -c or -, got nothing"),
    ],
)
def test_what_cannot_be_run_is_named(tmp_path, arguments, code, text):
    got = penlight(*arguments, cwd=tmp_path)
    assert got.returncode == code
    assert text in got.stderr
    assert "Traceback" not in got.stderr


def test_run_takes_a_script_named_like_a_command(tmp_path):
    write(tmp_path, "check", "print('the script')\n")
    assert penlight("run", "check", cwd=tmp_path).stdout == "the script\n"


def test_help_and_version(tmp_path):
    assert penlight(cwd=tmp_path).stdout.startswith("usage: penlight SCRIPT")
    assert penlight("--version", cwd=tmp_path).stdout.startswith("penlight ")


def test_safe_path_is_left_alone(tmp_path):
    if sys.version_info < (3, 11):
        pytest.skip("Python 3.10 has no -P")
    write(tmp_path, "program.py", "import sys; print(sys.argv, sys.path)\n")
    got = penlight("program.py", cwd=tmp_path, python=["-P"])
    assert got.stderr == ""
    assert str(tmp_path) not in got.stdout


def test_a_missing_import_says_so_and_shows_the_programs_line_alone(tmp_path):
    write(tmp_path, "program.py", "def f():\n    import torch.nativert\nf()\n")
    lines = penlight("program.py", cwd=tmp_path).stderr.splitlines()
    assert sum(line.startswith("  File") for line in lines) == 2
    assert lines[-1].startswith("ModuleNotFoundError: penlight does not have torch.nativert yet (PyTorch 2.13 has it)")


WORKERS = """
import multiprocessing, sys
import torch

class Own:
    pass

def work(own):
    import importlib.metadata
    return (sys.modules["torch"] is sys.modules["penlight"], type(own) is Own, torch.__version__,
            importlib.metadata.version("torch"), sys.argv[1:], own.__class__.__module__)

if __name__ == "__main__":
    with multiprocessing.get_context(sys.argv[1]).Pool(1) as pool:
        print(pool.apply(work, (Own(),)))
"""


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
@pytest.mark.parametrize("as_module", [False, True])
def test_worker_processes_see_the_alias(tmp_path, method, as_module):
    write(tmp_path, "program.py", WORKERS)
    program = ["-m", "program"] if as_module else ["program.py"]
    got = penlight(*program, method, cwd=tmp_path)
    assert got.stderr == ""
    home = "__main__" if method == "fork" else "__mp_main__"
    expected = (True, True, "2.13.0+penlight", "2.13.0", [method], home)
    assert got.stdout == f"{expected}\n"
