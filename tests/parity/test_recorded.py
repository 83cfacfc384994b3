"""Recorded samples of PyTorch's operator database give PyTorch's results and gradients."""

from __future__ import annotations

import copy
import warnings

import pytest

import penlight

from .replay import load, replay

SAMPLES, FLAT = load()


ABSENT = "penlight does not have "  # how an error for a missing name or feature begins

# Where penlight knowingly gives something else; strict, so that a change is noticed.
DIFFERS = {
    "special.bessel_j0": "PyTorch rounds x - pi / 4, which costs digits at large x; here all agree with mpmath",
    "special.bessel_y1": "PyTorch rounds x - 3 pi / 4, which costs digits at large x; here all agree with mpmath",
    "as_strided_scatter": "the gradient of what is overwritten is zero here, by central differences too",
    "matrix_exp": "PyTorch's bfloat16 result is nan where the value is finite",
    "nn.functional.grid_sample": "bfloat16 is computed in float32 here, and rounded between steps there",
}


@pytest.mark.parametrize("operator", SAMPLES)
def test_operator(operator, request):
    if operator in DIFFERS:
        request.applymarker(pytest.mark.xfail(reason=DIFFERS[operator], strict=True))
    wrong = []
    for index, sample in enumerate(SAMPLES[operator]):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                found = replay(penlight, sample, FLAT)
            except Exception as error:
                if str(error).startswith(ABSENT):
                    pytest.skip(str(error).partition(";")[0])  # docs/coverage.md lists it
                found = [f"{type(error).__name__}: {error}"]
        wrong += [f"sample {index} ({sample['path']}, {sample['dtype']}): {text}" for text in found[:2]]
    assert not wrong, "\n".join(wrong)


def test_a_wrong_record_is_seen():
    """The judgement is not empty: the same sample with another expectation fails."""
    sample = next(s for s in SAMPLES["add"] if s["dtype"] == "float64" and s["want"]["shape"])
    assert replay(penlight, sample, FLAT) == []
    values = {**FLAT, "float64": FLAT["float64"].copy()}
    changed = copy.deepcopy(sample)
    values["float64"][sample["want"]["at"]] += 1e-3
    assert "elements" in replay(penlight, changed, values)[0]
    changed["want"]["shape"] = [*sample["want"]["shape"], 1]
    assert "want float64" in replay(penlight, changed, FLAT)[0]
