/* The order of the elements of rows, of every real dtype. */
#ifndef PENLIGHT_ORDER_H
#define PENLIGHT_ORDER_H

/* STABLE: equal elements in the order in which they stand. SORTED: as C++'s std::sort leaves them (introsort). FIRST: the
 * first `count`, as std::partial_sort leaves them, or, from a 64th of the row on, std::nth_element and std::sort of the
 * `count - 1` before it. KTH: the one at `count`, found by quickselect with the median of three. */
enum order { STABLE, SORTED, FIRST, KTH };

/* NaN counts as the largest number. `dtype` is NumPy's character. Writes `results` places and values a row, of n, count
 * or 1; returns 0 where memory is short. */
int order_rows(enum order kind, int dtype, int descending, long rows, long n, long count, const void *x, long long *places,
               void *values, int threads);
/* Bytes of an element, 0 for a dtype that has no order here. */
long order_bytes(int dtype);

#endif
