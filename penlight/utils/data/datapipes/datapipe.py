"""What data pipes share: pipes are datasets that wrap pipes, and functions registered by name are their methods.

Source: https://docs.pytorch.org/data/0.9/torchdata.datapipes.iter.html
"""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from penlight.utils.data.dataset import Dataset, IterableDataset

__all__ = [
    "DataChunk", "IterDataPipe", "MapDataPipe", "described", "functional_datapipe", "guaranteed_datapipes_determinism",
    "non_deterministic",
]  # fmt: skip

T_co = TypeVar("T_co", covariant=True)
_THROWN = "thrown by __iter__ of"


class _Pipe:
    """Registered functions as methods, short names, and hooks for pickling."""

    functions: dict[str, Callable]
    getstate_hook: Callable | None = None
    reduce_ex_hook: Callable | None = None
    str_hook: Callable | None = None
    repr_hook: Callable | None = None

    def __getattr__(self, name: str) -> Any:
        if name in type(self).functions:
            return functools.partial(type(self).functions[name], self)
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    @classmethod
    def register_function(cls, function_name: str, function: Callable) -> None:
        """Make a function of a pipe a method of all pipes of this kind."""
        cls.functions[function_name] = function

    @classmethod
    def register_datapipe_as_function(
        cls, function_name: str, cls_to_register: Any, enable_df_api_tracing: bool = False
    ) -> None:
        """Make a class of pipes a method, which puts one behind the pipe that it is called on."""
        if function_name in cls.functions:
            raise Exception(f"Unable to add DataPipe function name {function_name} as it is already taken")

        @functools.wraps(cls_to_register.__init__)
        def made(source: Any, *args: Any, **kwargs: Any) -> Any:
            return cls_to_register(source, *args, **kwargs)

        made.__doc__ = cls_to_register.__doc__
        cls.functions[function_name] = made

    @classmethod
    def set_getstate_hook(cls, hook_fn: Callable | None) -> None:
        """What pickling calls with a pipe's `__dict__`; one at a time."""
        if cls.getstate_hook is not None and hook_fn is not None:
            raise RuntimeError("Attempt to override existing getstate_hook")
        cls.getstate_hook = hook_fn

    @classmethod
    def set_reduce_ex_hook(cls, hook_fn: Callable | None) -> None:
        """What pickling calls instead of `__reduce_ex__`; one at a time."""
        if cls.reduce_ex_hook is not None and hook_fn is not None:
            raise RuntimeError("Attempt to override existing reduce_ex_hook")
        cls.reduce_ex_hook = hook_fn

    def __getstate__(self) -> Any:
        hook = type(self).getstate_hook
        return hook(self.__dict__) if hook is not None else self.__dict__

    def __reduce_ex__(self, *args: Any, **kwargs: Any) -> Any:
        hook = type(self).reduce_ex_hook
        if hook is not None:
            try:
                return hook(self)
            except NotImplementedError:
                pass
        return super().__reduce_ex__(*args, **kwargs)

    def __str__(self) -> str:
        hook = type(self).str_hook
        return hook(self) if hook is not None else type(self).__qualname__

    def __repr__(self) -> str:
        hook = type(self).repr_hook
        return hook(self) if hook is not None else type(self).__qualname__

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *type(self).functions]


def described(pipe: Any) -> str:
    """The class and the arguments that the pipe keeps under their names."""
    held = vars(pipe)
    names = sorted(n for n in inspect.signature(type(pipe).__init__).parameters if n in held)
    texts = [
        f"{n}={v.__name__ if isinstance(v, types.FunctionType) else str(v) if isinstance(v, _Pipe) else repr(v)}"
        for n, v in ((n, held[n]) for n in names)
    ]
    return f"{type(pipe).__qualname__}({', '.join(texts)})"


class _OnlyIterator:
    """A pipe's iterator, which ends to be valid when the pipe makes another one."""

    def __init__(self, pipe: Any, iterator: Iterator) -> None:
        self._pipe, self._iterator, self._number = pipe, iterator, pipe._valid_iterator_id

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        pipe = self._pipe
        if self._number != pipe._valid_iterator_id:
            raise RuntimeError(
                "This iterator has been invalidated because another iterator has been created from the same "
                f"IterDataPipe: {described(pipe)}\nThis may be caused by multiple references to the same IterDataPipe. "
                "We recommend using `.fork()` if that is necessary."
            )
        try:
            found = next(self._iterator)
        except StopIteration:
            raise
        except Exception as error:
            if error.args and isinstance(error.args[0], str) and _THROWN not in error.args[0]:
                told = f"{error.args[0]}\nThis exception is {_THROWN} {described(pipe)}"
                error.args = (told, *error.args[1:])
            raise
        pipe._number_of_samples_yielded += 1
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._iterator, name)


def _single(function: Callable) -> Callable:
    """`__iter__` that resets the pipe and leaves one valid iterator."""

    @functools.wraps(function)
    def __iter__(self: Any) -> Iterator:
        self._valid_iterator_id += 1
        self._number_of_samples_yielded = 0
        self.reset()
        return _OnlyIterator(self, iter(function(self)))

    return __iter__


class IterDataPipe(_Pipe, IterableDataset[T_co]):
    """A stream that may wrap other streams: subclasses implement `__iter__`, and `reset()` if they hold state.

    A pipe has one valid iterator: a new one starts from the beginning and invalidates the one before.
    Functional forms are methods: `pipe.map(f).batch(3)`. Subclass and decorate by `functional_datapipe` to add one.

    >>> from penlight.utils.data.datapipes.iter import IterableWrapper
    >>> list(IterableWrapper(range(5)).filter(bool).batch(3))
    [[1, 2, 3], [4]]
    """

    functions: dict[str, Callable] = {}
    _valid_iterator_id = -1
    _number_of_samples_yielded = 0
    _counts_iterators = True  # a child of a fork does so itself

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__iter__" in cls.__dict__ and cls._counts_iterators:
            cls.__iter__ = _single(cls.__dict__["__iter__"])  # type: ignore[method-assign]

    def reset(self) -> None:
        """Called before each iteration; subclasses set their state back."""


class MapDataPipe(_Pipe, Dataset[T_co]):
    """A mapping from keys to samples that may wrap others: subclasses implement `__getitem__` and mostly `__len__`.

    >>> from penlight.utils.data.datapipes.map import SequenceWrapper
    >>> SequenceWrapper("abcd").batch(3)[0]
    ['a', 'b', 'c']
    """

    functions: dict[str, Callable] = {}


class DataChunk(list):
    """A batch: a list that knows how it was made."""

    def __init__(self, items: Iterable[Any]) -> None:
        items = list(items)
        super().__init__(items)
        self.items = items

    def as_str(self, indent: str = "") -> str:
        """The items as text behind `indent`."""
        return indent + "[" + ", ".join(str(i) for i in iter(self)) + "]"

    def raw_iterator(self) -> Iterator[Any]:
        """The items themselves."""
        yield from self.items


class functional_datapipe:
    """A class decorator that makes the class a method of all pipes of its kind.

    >>> from penlight.utils.data import IterDataPipe, functional_datapipe
    >>> from penlight.utils.data.datapipes.iter import IterableWrapper
    >>> @functional_datapipe("twice_of_the_example")
    ... class Twice(IterDataPipe):
    ...     def __init__(self, source):
    ...         self.source = source
    ...     def __iter__(self):
    ...         for x in self.source:
    ...             yield from (x, x)
    >>> list(IterableWrapper("ab").twice_of_the_example())
    ['a', 'a', 'b', 'b']
    """

    def __init__(self, name: str, enable_df_api_tracing: bool = False) -> None:
        self.name = name

    def __call__(self, cls: Any) -> Any:
        if issubclass(cls, IterDataPipe):
            IterDataPipe.register_datapipe_as_function(self.name, cls)
        elif issubclass(cls, MapDataPipe):
            MapDataPipe.register_datapipe_as_function(self.name, cls)
        return cls


class guaranteed_datapipes_determinism:
    """While it holds, pipes that are marked by `non_deterministic` cannot be made."""

    held = False

    def __init__(self) -> None:
        self._before = guaranteed_datapipes_determinism.held
        guaranteed_datapipes_determinism.held = True

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc_info: Any) -> None:
        guaranteed_datapipes_determinism.held = self._before


class non_deterministic:
    """Mark a class of pipes whose order changes from run to run; of a function of its arguments, if that says so."""

    def __init__(self, arg: Any) -> None:
        if isinstance(arg, type):
            if not issubclass(arg, IterDataPipe):
                raise TypeError(
                    f"Only `IterDataPipe` can be decorated with `non_deterministic`, but {arg.__name__} is found"
                )
        elif not callable(arg):
            raise TypeError(f"{arg} can not be decorated by non_deterministic")
        self._arg = arg

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if isinstance(self._arg, type):
            self._refuse(self._arg)
            return self._arg(*args, **kwargs)
        cls, decides = args[0], self._arg
        if not (isinstance(cls, type) and issubclass(cls, IterDataPipe)):
            raise TypeError(f"Only `IterDataPipe` can be decorated, but {getattr(cls, '__name__', cls)} is found")

        @functools.wraps(cls)
        def made(*args: Any, **kwargs: Any) -> Any:
            answer = decides(*args, **kwargs)
            if not isinstance(answer, bool):
                raise TypeError(
                    "deterministic_fn of `non_deterministic` decorator is required to return a boolean value, but "
                    f"{type(answer)} is found"
                )
            if answer:
                self._refuse(cls)
            return cls(*args, **kwargs)

        return made

    @staticmethod
    def _refuse(cls: type) -> None:
        if guaranteed_datapipes_determinism.held:
            raise TypeError(
                f"{cls.__name__} is non-deterministic, but you set 'guaranteed_datapipes_determinism'. You can turn off "
                "determinism for this DataPipe if that is acceptable for your application"
            )
