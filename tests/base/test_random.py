"""The random stream against what PyTorch 2.13 drew, bit for bit."""

import copy
import fractions
import gzip
import importlib.util
import json
import math
import pathlib
import pickle
import sys

import numpy as np
import pytest

import penlight
from penlight.base.random import Generator, default_generator, permute, precise

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import random_cases

DATA = pathlib.Path(__file__).parent / "data" / "random.json.gz"
HAS_BFLOAT16 = importlib.util.find_spec("ml_dtypes") is not None


@pytest.fixture(scope="module")
def recorded():
    return json.loads(gzip.decompress(DATA.read_bytes()))["draws"]


def assert_as_recorded(actual, entry, name):
    actual = random_cases.bits(actual)
    if entry[2].startswith("sha256 "):
        assert random_cases.encode(actual) == entry, name
    else:
        assert_same_bits(actual, random_cases.decode(entry), name)


def assert_same_bits(actual, expected, name):
    actual, expected = random_cases.bits(actual), random_cases.bits(expected)
    assert actual.dtype == expected.dtype, name
    assert actual.shape == expected.shape, name
    assert actual.tobytes() == expected.tobytes(), (name, actual, expected)


@pytest.mark.skipif(not HAS_BFLOAT16, reason="the sequence holds bfloat16 draws: needs ml_dtypes")
@pytest.mark.parametrize("seed", random_cases.SEEDS)
def test_one_long_sequence_of_every_draw(recorded, seed):
    generator, expected = Generator().manual_seed(seed), recorded[str(seed)]
    for name, (call, *arguments) in random_cases.cases().items():
        actual = random_cases.draw(generator, call, arguments)
        assert_as_recorded(actual, expected[name], name)
        if name in random_cases.STATE_AFTER:
            state = random_cases.encode(generator.get_state_bytes(), whole=seed == random_cases.STATE_SEED)
            assert state == expected[name + " state"], name


@pytest.mark.parametrize("start", random_cases.STATE_AFTER[:-1])
def test_continues_from_a_state_that_pytorch_saved(recorded, start):
    expected = recorded[str(random_cases.STATE_SEED)]
    generator = Generator()
    generator.set_state_bytes(random_cases.decode(expected[start + " state"]))
    assert generator.initial_seed() == random_cases.STATE_SEED
    cases = random_cases.cases()
    names = list(cases)
    for name in names[names.index(start) + 1 :]:
        call, *arguments = cases[name]
        if not HAS_BFLOAT16 and "bfloat16" in arguments:
            break
        actual = random_cases.draw(generator, call, arguments)
        assert_as_recorded(actual, expected[name], name)


def test_words_are_the_engine_outputs_and_pairs_have_the_first_on_top():
    words = Generator().manual_seed(5).u32(20000)
    assert_same_bits(words, np.random.RandomState(5).randint(0, 2**32, 20000, np.uint32), "u32")
    pairs = Generator().manual_seed(5).u64(10000)
    assert_same_bits(pairs, (words[0::2].astype(np.uint64) << np.uint64(32)) | words[1::2], "u64")


def test_short_and_long_requests_share_one_stream():
    whole = Generator().manual_seed(3).u32(30000)
    generator = Generator().manual_seed(3)
    parts = [generator.u32(size) for size in (1, 0, 4095, 4096, 7, 9000, 12801)]
    assert_same_bits(np.concatenate(parts), whole, "u32")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_cached_normal_survives_other_draws(dtype):
    # The spare belongs to the generator: neither uniforms nor block normals touch it.
    generator = Generator().manual_seed(11)
    plain = Generator().manual_seed(11).standard_normal_serial(2)
    assert generator.normal((1,), np.float64)[0] == plain[0]
    generator.uniform((5,), np.float32)
    generator.normal((32,), dtype)
    assert generator.normal((1,), np.float64)[0] == plain[1]


def test_chunked_fills_equal_one_element_at_a_time():
    size = 70001
    whole = Generator().manual_seed(8)
    single = Generator().manual_seed(8)
    uniform = whole.uniform((size,), np.float32, -0.5, 0.25)
    words = single.u32(size)
    exact = (words & np.uint32(2**24 - 1)) * 2.0**-24 * 0.75 - 0.5  # exact in float64
    assert_same_bits(uniform, exact.astype(np.float32), "uniform")
    mask = whole.bernoulli((size,), 0.3)
    numbers = (single.u64(size) & np.uint64(2**53 - 1)) * 2.0**-53
    assert_same_bits(mask, numbers < 0.3, "bernoulli")
    assert_same_bits(whole.get_state_bytes(), single.get_state_bytes(), "state")


@pytest.mark.parametrize("count", [1000, 1001, 5000, 60000])
def test_randperm_equals_the_swap_loop(count):
    words = Generator().manual_seed(count).u32(count - 1).tolist()
    order = list(range(count))
    for i, word in enumerate(words):
        j = i + word % (count - i)
        order[i], order[j] = order[j], order[i]
    assert Generator().manual_seed(count).randperm(count).tolist() == order


def test_randperm_does_not_depend_on_the_order_of_assignments():
    partners = np.append(np.arange(2000) + Generator().u32(2000) % np.arange(2001, 1, -1), 2000)
    steps = np.arange(2001)
    for fast, slow in zip(permute._previous(partners, steps), permute._previous_by_sorting(partners, steps)):
        assert_same_bits(fast, slow, "previous")


def test_fma64_rounds_once():
    generator = Generator().manual_seed(2)
    a, b, c = generator.uniform((3, 500), np.float64, -2.0, 2.0)
    exact = [
        float(fractions.Fraction(x) * fractions.Fraction(y) + fractions.Fraction(z))
        for x, y, z in zip(a.tolist(), b.tolist(), c.tolist())
    ]
    assert precise.fma64(a, b, c).tolist() == exact
    assert (a * b + c).tolist() != exact


def test_exact_functions_agree_with_the_c_library():
    numbers = Generator().manual_seed(4).doubles(5000)
    assert precise.log(numbers).tolist() == [math.log(x) for x in numbers]
    assert precise.log1p(-numbers).tolist() == [math.log1p(-x) for x in numbers]
    assert precise.cos(numbers).tolist() == [math.cos(x) for x in numbers]


def test_state_right_after_seeding_and_at_the_end_of_a_block():
    generator = Generator().manual_seed(7)
    state = generator.get_state_bytes()
    assert state.dtype == np.uint8 and state.shape == (5056,)
    fresh = generator.get_state_bytes()[8:24].view(np.int32).tolist()
    assert fresh == [1, 1, 0, 0]  # left, seeded, next
    generator.u32(624)
    used_up = generator.get_state_bytes()
    assert used_up[8:24].view(np.int32).tolist() == [1, 1, 624, 0]
    other = Generator()
    other.set_state_bytes(state)
    assert_same_bits(other.get_state_bytes(), state, "fresh")
    other.u32(624)
    assert_same_bits(other.get_state_bytes(), used_up, "used up")
    assert_same_bits(other.u32(5), generator.u32(5), "next block")


@pytest.mark.parametrize(
    "duplicate",
    [Generator.clone_state, copy.deepcopy, lambda g: pickle.loads(pickle.dumps(g))],
    ids=["clone_state", "deepcopy", "pickle"],
)
def test_copies_continue_independently(duplicate):
    generator = Generator(device="cpu").manual_seed(9)
    generator.normal((3,), np.float32)  # leaves a cached normal
    twin = duplicate(generator)
    assert twin.device == "cpu" and twin.initial_seed() == 9
    expected = generator.normal((4,), np.float32)
    assert_same_bits(twin.normal((4,), np.float32), expected, "twin")


def test_seeds():
    assert Generator().initial_seed() == 67280421310721
    generator = Generator()
    assert generator.manual_seed(-3) is generator
    assert generator.initial_seed() == 2**64 - 3
    low = Generator().manual_seed(5).u32(3)
    assert_same_bits(Generator().manual_seed(5 + 2**32).u32(3), low, "low 32 bits")
    first, second = generator.seed(), generator.seed()
    assert first != second and generator.initial_seed() == second
    assert isinstance(default_generator, Generator)


@pytest.mark.parametrize("seed", [2**64, -(2**63) - 1])
def test_seed_out_of_range(seed):
    with pytest.raises(ValueError, match=r"-2\*\*63 to 2\*\*64 - 1"):
        Generator().manual_seed(seed)


@pytest.mark.parametrize("seed", [1.5, "3", None])
def test_seed_of_wrong_type(seed):
    with pytest.raises(RuntimeError, match="expected an integer"):
        Generator().manual_seed(seed)


def test_bad_states_are_refused_and_change_nothing():
    generator = Generator().manual_seed(1)
    before = generator.get_state_bytes()
    with pytest.raises(RuntimeError, match="5056 bytes, but got 100"):
        generator.set_state_bytes(before[:100])
    with pytest.raises(TypeError, match="uint8"):
        generator.set_state_bytes(before.astype(np.int64))
    broken = before.copy()
    broken[8] = 9
    with pytest.raises(RuntimeError, match="valid MT19937 state"):
        generator.set_state_bytes(broken)
    assert_same_bits(generator.get_state_bytes(), before, "state")


@pytest.mark.parametrize(
    "draw",
    [
        lambda g: g.uniform((2,), np.int64),
        lambda g: g.normal((2,), bool),
        lambda g: g.exponential((2,), np.complex64),
        lambda g: g.random((2,), np.uint32),
        lambda g: g.standard_gamma(np.ones(2, np.float16)),
    ],
)
def test_dtypes_without_a_kernel_raise(draw):
    with pytest.raises(NotImplementedError, match="expects"):
        draw(Generator())


@pytest.mark.parametrize("method", ["uniform", "normal", "exponential", "log_normal", "random"])
def test_empty_shapes_draw_nothing(method):
    generator = Generator().manual_seed(1)
    before = generator.get_state_bytes()
    assert getattr(generator, method)((0, 3), np.float32).shape == (0, 3)
    assert_same_bits(generator.get_state_bytes(), before, "state")


def test_results_are_fresh_and_writable():
    generator = Generator()
    for array in (
        generator.uniform((2, 3), np.float32),
        generator.normal((4, 8), np.float64),
        generator.randint((3,), 0, 5, np.int64),
        generator.get_state_bytes(),
    ):
        assert array.flags.writeable and array.flags.c_contiguous
        array[...] = 1


def test_numbers_are_drawn_in_the_order_of_memory():
    def turned():
        return penlight.empty(3, 2).t()

    penlight.manual_seed(0)
    assert penlight.rand(2, 3, out=turned()).t().flatten().tolist() == penlight.rand(
        6, generator=penlight.Generator().manual_seed(0)
    ).tolist()
    draws = (
        lambda out: penlight.randn(2, 3, out=out), lambda out: penlight.normal(0.0, 1.0, (2, 3), out=out),
        lambda out: penlight.normal(penlight.zeros(2, 3), 1.0, out=out),
    )  # fmt: skip
    for draw in draws:
        penlight.manual_seed(0)
        drawn = draw(turned()).clone()
        penlight.manual_seed(0)
        assert drawn.equal(turned().normal_())
    penlight.manual_seed(0)
    ones = turned().bernoulli_(penlight.full((2, 3), 0.5)).tolist()
    assert ones == [[1.0, 1.0, 1.0], [0.0, 1.0, 0.0]]  # as PyTorch's
