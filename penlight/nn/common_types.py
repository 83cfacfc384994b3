"""The types that layers' annotations use: one number, or one for each dimension."""

from __future__ import annotations

from typing import TypeVar, Union

from penlight.tensor.tensor import Tensor

T = TypeVar("T")


def _up_to(count: int, each: object) -> object:
    return Union[each, tuple[(each,) * count]]  # type: ignore[valid-type]  # noqa: UP007


_scalar_or_tuple_any_t = Union[T, tuple[T, ...]]  # noqa: UP007
(
    _scalar_or_tuple_1_t, _scalar_or_tuple_2_t, _scalar_or_tuple_3_t, _scalar_or_tuple_4_t, _scalar_or_tuple_5_t,
    _scalar_or_tuple_6_t,
) = (_up_to(n, T) for n in range(1, 7))  # fmt: skip
_size_any_t = Union[int, tuple[int, ...]]  # noqa: UP007
_size_1_t, _size_2_t, _size_3_t, _size_4_t, _size_5_t, _size_6_t = (_up_to(n, int) for n in range(1, 7))
_size_any_opt_t = Union[int, None, tuple[Union[int, None], ...]]  # noqa: UP007
_size_2_opt_t, _size_3_opt_t = (Union[_up_to(n, Union[int, None]), None] for n in (2, 3))  # noqa: UP007
_ratio_any_t = Union[float, tuple[float, ...]]  # noqa: UP007
_ratio_2_t, _ratio_3_t = (_up_to(n, float) for n in (2, 3))
_tensor_list_t = Union[Tensor, tuple[Tensor, ...]]  # noqa: UP007
_maybe_indices_t = Union[Tensor, tuple[Tensor, Tensor]]  # noqa: UP007
