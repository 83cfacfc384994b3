"""Random permutations."""

import numpy as np

from penlight.base.random.faster import kernel

# Below this a plain swap loop is faster than the array method (measured: about equal at 1000).
_FEW = 1000
# From here on PyTorch spends 64 bits a draw.
_HUGE = (2**32 - 1) // 20


def randperm(engine, count):
    """A random order of 0 .. count-1, int64. Shape: () -> (count,).

    For i = 0 .. n-2, places i and j = i + word mod (n - i) swap.

    >>> from penlight.base.random import Generator
    >>> Generator().manual_seed(0).randperm(5)
    array([4, 0, 1, 3, 2])
    """
    if count < 2:
        return np.arange(count, dtype=np.int64)
    swap = kernel("shuffle")
    if swap and count < _HUGE:
        order = np.empty(count, np.int64)
        swap(count, engine.u32(count - 1), order)
        return order
    steps = np.arange(count - 1, dtype=np.int64)
    if count < _HUGE:
        left = np.arange(count, 1, -1, dtype=np.uint32)
        partners = (engine.u32(count - 1) % left).astype(np.int64)
    else:
        left = np.arange(count, 1, -1, dtype=np.uint64)
        partners = (engine.u64(count - 1) % left).view(np.int64)
    partners += steps
    if count < _FEW:
        order = list(range(count))
        for i, j in enumerate(partners.tolist()):
            order[i], order[j] = order[j], order[i]
        return np.array(order, np.int64)
    return _swapped(partners, count)


def _swapped(partners, count):
    """The swaps (i, partners[i]), partners[i] >= i, applied in order to 0 .. count-1, at once.

    Before step i, only steps with partner i have touched place i. So what stands there then,
    before[i], is before[i'] of the latest step i' < i with partner i, or i itself without
    one. The result at i is what stands at j = partners[i]: before[i'] of the latest i' < i
    with the same partner j, or j itself. Chains of "latest step" are followed by doubling.
    """
    partners = np.append(partners, count - 1)  # a last swap with itself changes nothing
    steps = np.arange(count, dtype=np.int64)
    earlier, latest = _previous(partners, steps)
    # The latest step with partner i other than step i itself.
    origin = np.where(latest == steps, earlier, latest)
    origin = np.where(origin < 0, steps, origin)
    pending = steps
    while pending.size:
        once = origin.take(pending)
        twice = origin.take(once)
        origin[pending] = twice
        pending = pending.compress(once != twice)
    # The end of a chain is a place nothing was swapped into: it still holds its own index.
    return np.where(earlier < 0, partners, origin.take(earlier, mode="wrap"))


def _previous(partners, steps):
    """(earlier, latest): per step the latest earlier one with the same partner; per place
    the latest step with it as partner; -1 for none.

    Round by round, the latest step of each partner is taken off. Assignment with repeated
    indices keeps the last value, which NumPy does but does not promise: so it is checked,
    and a stable sort does the same slowly.
    """
    earlier = np.full(steps.size, -1, np.int64)
    latest = np.full(steps.size, -1, np.int64)
    working = np.full(steps.size, -1, np.int64)
    left, places, successors = steps, partners, None
    while left.size:
        working[places] = left
        winners = working.take(places)
        below = left < winners
        won = left == winners
        if not (below | won).all():
            return _previous_by_sorting(partners, steps)
        # (take and compress are four times faster than indexing with a mask)
        target, keys = (latest, places) if successors is None else (earlier, successors)
        target[keys.compress(won)] = left.compress(won)
        rest = np.flatnonzero(below)
        left, places, successors = left.take(rest), places.take(rest), winners.take(rest)
    return earlier, latest


def _previous_by_sorting(partners, steps):
    """What `_previous` returns, whatever the order of assignments."""
    earlier = np.full(steps.size, -1, np.int64)
    latest = np.full(steps.size, -1, np.int64)
    order = np.argsort(partners, kind="stable")  # equal partners in order of step
    places = partners[order]
    same = places[1:] == places[:-1]
    earlier[order[1:][same]] = order[:-1][same]
    last = np.append(~same, True)
    latest[places[last]] = order[last]
    return earlier, latest
