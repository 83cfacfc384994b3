"""Sobol' points against PyTorch's: recorded checksums of their bytes, and literal ones; live where PyTorch is there."""

import zlib

import pytest

import penlight

# (dimension, scramble): checksums of 1 + 5 + 2 + 300 points, in float32, and 7 in float64, after a fast forward by 11
CASES = [(1, False), (7, False), (7, True), (120, True), (1111, False)]
RECORDED = [2422034896, 2878252201, 3285418549, 2045455920, 1059698713]


def checksum(torch, dimension, scramble):
    engine = torch.quasirandom.SobolEngine(dimension, scramble=scramble, seed=5)
    parts = [engine.draw(n) for n in (1, 5, 2, 300)]
    parts.append(engine.fast_forward(11).draw(7, dtype=torch.float64))
    parts.append(engine.reset().draw_base2(3))
    return zlib.crc32(b"".join(p.numpy().tobytes() for p in parts))


@pytest.mark.parametrize("case", range(len(CASES)))
def test_the_same_points_as_pytorch(case):
    assert checksum(penlight, *CASES[case]) == RECORDED[case]


def test_live():
    torch = pytest.importorskip("torch")
    assert [checksum(torch, *case) for case in CASES] == RECORDED


def test_scrambling_without_a_seed_draws_from_the_global_stream():
    penlight.manual_seed(0)
    penlight.testing.assert_close(
        penlight.quasirandom.SobolEngine(2, scramble=True).draw(2), penlight.tensor([[0.4751, 0.5925], [0.5788, 0.0371]]),
        atol=1e-4, rtol=0,
    )  # fmt: skip
    penlight.testing.assert_close(penlight.rand(2), penlight.tensor([0.2063, 0.9716]), atol=1e-4, rtol=0)


def test_refusals_and_form():
    engine = penlight.quasirandom.SobolEngine
    assert repr(engine(3, scramble=True, seed=2)) == "SobolEngine(dimension=3, scramble=True, seed=2)"
    for dimension in (0, 21202):
        with pytest.raises(ValueError, match=r"\[1, 21201\]"):
            engine(dimension)
    with pytest.raises(NotImplementedError, match="1111 dimensions"):
        engine(1112)
    points = engine(3)
    points.draw(3)
    with pytest.raises(ValueError, match="power of 2"):
        points.draw_base2(2)
    with pytest.raises(NotImplementedError, match="float32 or float64"):
        points.draw(2, dtype=penlight.float16)
