"""Freed memory stays in the process where malloc is glibc's; the environment can say otherwise."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

COUNT = """
import resource, numpy, penlight
for _ in range(40):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    a = numpy.ones(1 << 20); b = a + a; c = b * a; del a, b, c
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(**environment: str) -> int:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("MALLOC_", "GLIBC_", "PENLIGHT_"))}
    done = subprocess.run(
        [sys.executable, "-c", COUNT], env=clean | environment, capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="malloc is not glibc's")
def test_large_arrays_need_no_fresh_pages():
    assert faults() < 100
    assert faults(PENLIGHT_KEEP_MEMORY="0") > 1000
