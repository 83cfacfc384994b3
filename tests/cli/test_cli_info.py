"""`penlight info` describes this process truly."""

import os
import platform

import numpy as np

from penlight.cli import info


def test_info(capsys, monkeypatch):
    monkeypatch.setitem(info.EXTRAS, "nobody-has-this", ("nobody_has_this", "nothing"))
    assert info.main([]) == 0
    rows = dict(line.split("  ", 1) for line in capsys.readouterr().out.splitlines())
    rows = {name: value.strip() for name, value in rows.items()}
    assert rows["Python"].startswith(platform.python_version())
    assert rows["NumPy"] == np.__version__
    assert rows["nobody-has-this"] == "absent (nothing)"
    assert rows["CPUs"].endswith(f"of {os.cpu_count()}")
    assert rows["follows"].startswith("torch 2.13.0")
    assert rows["CUDA"] == "none"


def test_blas_threads_are_a_number_or_unknown():
    name, threads = info.blas()
    assert name
    assert threads == "unknown" or int(threads) >= 1
