"""Batches: their order, their sizes, and going on where an iteration was."""

from __future__ import annotations

import random

import pytest

from penlight.text import data
from penlight.text.data import BPTTIterator, BucketIterator, Iterator, RandomShuffler, interleave_keys


def numbers(count: int, length=lambda i: i):
    fields = [("n", data.RawField()), ("size", data.RawField())]
    made = data.Dataset([data.Example.fromlist([i, length(i)], fields) for i in range(count)], fields)
    made.sort_key = lambda example: example.size
    return made


def order(iterator) -> list[list[int]]:
    return [list(batch.n) for batch in iterator]


def test_batch_by_count_and_by_size():
    assert list(data.batch(range(5), 2)) == [[0, 1], [2, 3], [4]]
    measure = lambda new, count, so_far: so_far + new
    assert list(data.batch([1, 2, 3, 9, 1], 3, measure)) == [[1, 2], [3], [9], [1]]


def test_pool_sorts_within_chunks_of_a_hundred_batches():
    values = list(range(250))[::-1]
    made = list(data.pool(values, 1, key=lambda x: x, sort_within_batch=True))
    assert [x for (x,) in made] == [*range(150, 250), *range(50, 150), *range(50)]
    assert [x for (x,) in data.pool(values, 1, key=lambda x: x)] == values


def test_interleave_keys():
    assert interleave_keys(0b101, 0b011) == 0b100111
    assert interleave_keys(1, 0) == 2 and interleave_keys(0, 1) == 1
    assert sorted([(3, 1), (1, 1), (2, 9)], key=lambda p: interleave_keys(*p)) == [(1, 1), (3, 1), (2, 9)]


def test_random_shuffler_leaves_the_programs_draws_alone():
    random.seed(1)
    shuffler = RandomShuffler()
    expected = random.sample(range(6), 6)
    random.seed(1)
    assert shuffler(range(6)) == expected
    assert random.sample(range(6), 6) == expected
    state = shuffler.random_state
    second = shuffler(range(6))
    shuffler.random_state = state
    assert shuffler(range(6)) == second
    assert RandomShuffler(state)(range(6)) == second


def test_order_without_training_is_sorted_and_with_it_shuffled():
    dataset = numbers(5, length=lambda i: -i)
    assert order(Iterator(dataset, 2, train=False)) == [[3, 4], [1, 2], [0]]  # sorted, then each batch longest first
    assert order(Iterator(dataset, 2, train=False, sort_within_batch=False)) == [[4, 3], [2, 1], [0]]
    assert order(Iterator(dataset, 2, train=False, sort=False)) == [[0, 1], [2, 3], [4]]
    random.seed(0)
    iterator = Iterator(dataset, 2)
    expected = random.sample(range(5), 5)
    assert order(iterator) == [expected[:2], expected[2:4], expected[4:]]
    assert len(iterator) == 3 and iterator.iterations == 3
    assert sorted(sum(order(iterator), [])) == [0, 1, 2, 3, 4]


def test_sorting_needs_a_key():
    dataset = numbers(3)
    dataset.sort_key = None
    with pytest.raises(TypeError, match="pass sort_key"):
        next(iter(Iterator(dataset, 2, train=False)))


def test_splits_train_on_the_first_dataset():
    train, test = BucketIterator.splits((numbers(4), numbers(2)), batch_sizes=(3, 2), sort_key=lambda e: e.size)
    assert (train.train, train.shuffle, train.sort, train.batch_size) == (True, True, False, 3)
    assert (test.train, test.shuffle, test.sort, test.batch_size) == (False, False, True, 2)
    assert order(test) == [[1, 0]]
    (only,) = Iterator.splits((numbers(4),), batch_size=4)
    assert only.batch_size == 4


def test_bucket_iterator_gathers_like_lengths_when_it_sorts_within_batches():
    iterator = BucketIterator(numbers(20), 4, sort_within_batch=True)
    made = order(iterator)
    assert all(batch == sorted(batch, reverse=True) for batch in made)
    assert sorted(made) == [[3, 2, 1, 0], [7, 6, 5, 4], [11, 10, 9, 8], [15, 14, 13, 12], [19, 18, 17, 16]]
    assert order(BucketIterator(numbers(4), 2, shuffle=False)) == [[0, 1], [2, 3]]  # as torchtext: not sorted


def test_repeat_goes_on_and_counts_epochs():
    iterator = Iterator(numbers(3), 2, repeat=True, shuffle=False)
    batches = iter(iterator)
    assert [list(next(batches).n) for _ in range(5)] == [[0, 1], [2], [0, 1], [2], [0, 1]]
    assert (iterator.iterations, iterator.epoch) == (5, 2)


def test_an_iteration_goes_on_from_its_state():
    iterator = BucketIterator(numbers(9), 2, sort_within_batch=True)
    whole, batches, state = [], iter(iterator), None
    for position, batch in enumerate(batches):
        whole.append(batch.n)
        if position == 1:
            state = iterator.state_dict()
    random.seed(99)
    other = BucketIterator(numbers(9), 2, sort_within_batch=True)
    other.load_state_dict(state)
    assert order(other) == whole[2:] and len(whole) == 5
    assert len(order(other)) == 5  # the next epoch is whole


def test_the_size_may_be_a_function():
    iterator = Iterator(numbers(4), 3, batch_size_fn=lambda new, count, so_far: so_far + new.size, shuffle=False)
    assert order(iterator) == [[0, 1, 2], [3]]
    with pytest.raises(NotImplementedError):
        len(iterator)


def test_a_number_as_device_is_warned_of():
    with pytest.warns(UserWarning, match="torch.device or a string"):
        assert str(Iterator(numbers(1), 1, device=-1).device) == "cpu"


@pytest.mark.parametrize("batch_first", [False, True])
def test_bptt_iterator(batch_first):
    field = data.Field(batch_first=batch_first)
    fields = [("text", field)]
    dataset = data.Dataset([data.Example.fromlist([list("abcdefghijk")], fields)], fields)
    field.build_vocab(dataset)  # a is 2 … k is 12, padding is 1
    iterator = BPTTIterator(dataset, batch_size=2, bptt_len=3)
    made = [(batch.text, batch.target) for batch in iterator]
    expected = [
        ([[2, 8], [3, 9], [4, 10]], [[3, 9], [4, 10], [5, 11]]),
        ([[5, 11], [6, 12]], [[6, 12], [7, 1]]),
    ]
    found = [tuple((t.t() if batch_first else t).tolist() for t in pair) for pair in made]
    assert found == expected and len(iterator) == 2
