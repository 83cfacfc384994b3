"""The MT19937 word stream behind every draw: seeding, bulk words, and the saved state."""

import copy
import operator
import os

import numpy as np

from penlight.base.random.faster import kernel

# What an unseeded PyTorch generator starts from.
DEFAULT_SEED = 67280421310721

# The 5056 bytes of `Generator.get_state()`. "left" and "next" locate the next word in the
# block of 624; "spare" is the second half of the last serial normal pair. "head", "tail",
# "float_spare" and "float_spare_valid" belong to the layout but are never used.
STATE = np.dtype(
    [
        ("seed", "<u8"),
        ("left", "<i4"),
        ("seeded", "<i4"),
        ("next", "<u8"),
        ("words", "<u8", (624,)),
        ("head", "<f8"),
        ("spare", "<f8"),
        ("tail", "<f8"),
        ("spare_valid", "<i4"),
        ("padding", "<i4"),
        ("float_spare", "<f4"),
        ("float_spare_valid", "<i4"),
    ]
)

_ALL_32 = 2**32 - 1
_ALL_64 = 2**64 - 1
# Without the kernels in C: below this many words `random_raw` (0.4 us a call, but 8 bytes a word) beats
# `Generator.integers` (4 us a call).
_FEW_WORDS = 4096
# The attributes that hold NumPy's generator.
_STREAM = ("_bits", "_seeder", "_integers", "_raw")


class Engine:
    """One MT19937 stream of 32-bit words, plus the one cached normal that belongs to it."""

    def __init__(self):
        self.manual_seed(DEFAULT_SEED)

    def __getattr__(self, name):
        # Made at the first draw: numpy.random is a quarter of NumPy's own import time.
        if name not in _STREAM or "_seed" not in self.__dict__:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        self._bits = np.random.MT19937(0)
        # Two public faces of the same bit generator: the first for the classic 32-bit
        # seeding, the second for words in bulk.
        self._seeder = np.random.RandomState(self._bits)
        self._integers = np.random.Generator(self._bits).integers
        self._raw = self._bits.random_raw
        self._seeder.seed(self._seed & _ALL_32)
        return self.__dict__[name]

    # ---- seeding -------------------------------------------------------------------------

    def manual_seed(self, seed):
        """Restart the stream from `seed`: an integer from -2**63 to 2**64 - 1.

        Only the low 32 bits reach the engine; `initial_seed` reports all 64.
        Source: https://docs.pytorch.org/docs/stable/generated/torch.Generator.html

        Raises:
            RuntimeError: `seed` is not an integer.
            ValueError: `seed` does not fit in 64 bits.

        >>> Engine().manual_seed(0).u32(2)
        array([2357136044, 2546248239], dtype=uint32)
        """
        try:
            seed = operator.index(seed)
        except TypeError:
            raise RuntimeError(f"manual_seed expected an integer, but got {type(seed).__name__}") from None
        if not -(2**63) <= seed < 2**64:
            raise ValueError(f"manual_seed expected an integer from -2**63 to 2**64 - 1, but got {seed}")
        self._seed = seed & _ALL_64
        if "_bits" in self.__dict__:
            self._seeder.seed(self._seed & _ALL_32)
        self._untouched = None  # the words of a loaded state nothing was drawn from yet
        self.spare = None
        return self

    def seed(self):
        """Restart from a 64-bit seed of the operating system, and return it."""
        self.manual_seed(int.from_bytes(os.urandom(8), "little"))
        return self._seed

    def initial_seed(self):
        """The seed of the last `manual_seed` or `seed`, as an unsigned 64-bit integer."""
        return self._seed

    # ---- words ---------------------------------------------------------------------------

    def u32(self, count):
        """The next `count` words as a fresh uint32 array."""
        if fill := kernel("words"):
            words = np.empty(count, np.uint32)
            fill(self._bits.capsule, count, 0, 0.0, 0.0, words)
            return words
        if count < _FEW_WORDS:
            return self._raw(count).astype(np.uint32)
        return self._integers(0, _ALL_32, count, np.uint32, True)

    def u64(self, count):
        """The next `2 * count` words, paired (the first is the high half), as uint64."""
        if fill := kernel("words"):
            pairs = np.empty(count, np.uint64)
            fill(self._bits.capsule, count, 1, 0.0, 0.0, pairs)
            return pairs
        if count < _FEW_WORDS // 2:
            words = self._raw(2 * count)
            return (words[0::2] << np.uint64(32)) | words[1::2]
        return self._integers(0, _ALL_64, count, np.uint64, True)

    def singles(self, count, low, high):
        """`count` float32 numbers `low + (u32 mod 2**24) * (high - low) * 2**-24`; None without the kernels in C."""
        fill = kernel("words")
        if not fill:
            return None
        numbers = np.empty(count, np.float32)
        fill(self._bits.capsule, count, 2, low, high, numbers)
        return numbers

    def doubles(self, count):
        """`count` float64 numbers `(u64 mod 2**53) * 2**-53` in [0, 1)."""
        bits = self.u64(count)
        bits &= np.uint64(2**53 - 1)
        numbers = bits.view(np.int64).astype(np.float64)
        numbers *= 2.0**-53
        return numbers

    # ---- state ---------------------------------------------------------------------------

    def mark(self):
        """The stream's position now, for `rewind`. The cached normal is not part of it."""
        return self._bits.state

    def rewind(self, mark):
        """Return to a position that `mark` gave."""
        self._bits.state = mark

    def get_state_bytes(self):
        """The whole state as PyTorch lays it out. Shape: () -> (5056,), uint8."""
        inner = self._bits.state["state"]
        words, position = inner["key"], int(inner["pos"])
        record = np.zeros((), STATE)
        record["seed"] = self._seed
        record["seeded"] = 1
        # NumPy says 624 both for "never drawn from" and "block used up"; PyTorch tells them
        # apart by next = 0 and next = 624.
        record["left"] = 625 - position
        record["next"] = 0 if position == 624 and self._is_untouched(words) else position
        record["words"] = words
        if self.spare is not None:
            record["spare"] = self.spare
            record["spare_valid"] = 1
        return np.frombuffer(bytearray(record.tobytes()), np.uint8)

    def _is_untouched(self, words):
        start = self._untouched
        if start is None:
            start = np.random.RandomState(self._seed & _ALL_32).get_state()[1]
        return np.array_equal(words, start)

    def set_state_bytes(self, state):
        """Continue from a state that `get_state_bytes` (or PyTorch) gave.

        Raises:
            TypeError: `state` is not uint8.
            RuntimeError: wrong size, or the bytes are no valid MT19937 state.
        """
        state = np.asarray(state)
        if state.dtype != np.uint8:
            raise TypeError(f"expected a generator state of dtype uint8, but got {state.dtype}")
        if state.size != STATE.itemsize:
            raise RuntimeError(f"expected a CPU generator state of {STATE.itemsize} bytes, but got {state.size} bytes")
        record = np.frombuffer(state.tobytes(), STATE)[0]
        left, position = int(record["left"]), int(record["next"])
        fresh = left == 1 and position == 0
        if record["seeded"] != 1 or not (fresh or (left >= 1 and left + position == 625)):
            raise RuntimeError(
                "expected a valid MT19937 state (seeded = 1, left + next = 625), but got "
                f"seeded = {record['seeded']}, left = {left}, next = {position}"
            )
        words = record["words"].astype(np.uint32)
        self._bits.state = {
            "bit_generator": "MT19937",
            "state": {"key": words, "pos": 625 - left},
        }
        self._seed = int(record["seed"])
        self._untouched = words if fresh else None
        self.spare = float(record["spare"]) if record["spare_valid"] else None

    def clone_state(self):
        """A new generator, same device, that continues exactly where this one stands."""
        twin = copy.copy(self)  # keeps what callers hang on the object, such as `device`
        Engine.__init__(twin)
        twin.set_state_bytes(self.get_state_bytes())
        return twin

    def __getstate__(self):
        kept = {
            name: value
            for name, value in self.__dict__.items()
            if name not in (*_STREAM, "_untouched", "_seed", "spare")
        }
        return kept, self.get_state_bytes()

    def __setstate__(self, saved):
        kept, state = saved
        Engine.__init__(self)
        self.__dict__.update(kept)
        self.set_state_bytes(state)


class DoubleReader:
    """Doubles of an engine one at a time, drawn in bulk; `close` hands back what was not used.

    For rejection samplers, whose number of draws is known only afterwards.
    """

    def __init__(self, engine, expected):
        self._engine = engine
        self._chunk = max(16, min(int(expected), 65536))
        self._refill()

    def _refill(self):
        self._mark = self._engine.mark()
        self._numbers = self._engine.doubles(self._chunk).tolist()
        self._used = 0

    def __call__(self):
        if self._used == self._chunk:
            self._refill()
        number = self._numbers[self._used]
        self._used += 1
        return number

    def close(self):
        if self._used < self._chunk:
            self._engine.rewind(self._mark)
            if self._used:
                self._engine.u64(self._used)
