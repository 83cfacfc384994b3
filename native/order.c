/* Sorting and selecting as C++'s standard library does, with equal elements where it leaves them.
 *
 * Each element becomes a whole number that rises as it does, beside its place. Sources: D. R. Musser, "Introspective
 * sorting and selection algorithms", 1997; J. W. J. Williams, "Algorithm 232: Heapsort", 1964; R. Sedgewick,
 * "Implementing quicksort programs", 1978.
 */
#include "order.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "threads.h"

#define SHORT 16 /* ranges up to this length are left to one insertion sort */

typedef struct {
    uint64_t key;
    int64_t place;
} item;

/* --------------------------------------------------------------------------------------------------------- keys */

#define TOP ((uint64_t)1 << 63)

static uint64_t of_signed(int64_t value) { return (uint64_t)value ^ TOP; }
/* The bits of a float of `width` bits whose largest finite pattern lies below `inf`, for numbers of either sign. */
static uint64_t of_float(uint64_t bits, int width, uint64_t inf) {
    uint64_t sign = (uint64_t)1 << (width - 1), size = bits & (sign - 1);
    if (size > inf) /* NaN, the largest */
        return ~(uint64_t)0 - 1;
    return bits & sign ? TOP - size : TOP + size; /* zeros of either sign are equal */
}

long order_bytes(int dtype) {
    switch (dtype) {
    case '?': case 'b': case 'B': return 1;
    case 'h': case 'H': case 'e': return 2;
    case 'i': case 'I': case 'f': return 4;
    case 'd': return 8;
    case 'l': case 'L': return sizeof(long);
    case 'q': case 'Q': return sizeof(long long);
    default: return 0;
    }
}

#define KEYS(type, expression)                                                                                         \
    {                                                                                                                  \
        const type *from = x;                                                                                          \
        for (long i = 0; i < n; i++) {                                                                                 \
            type value = from[i];                                                                                      \
            to[i].key = flip ^ (uint64_t)(expression);                                                                 \
            to[i].place = i;                                                                                           \
        }                                                                                                              \
        break;                                                                                                         \
    }

static void read_keys(int dtype, int descending, long n, const void *x, item *to) {
    uint64_t flip = descending ? ~(uint64_t)0 : 0;
    switch (dtype) {
    case '?': case 'B': KEYS(uint8_t, value)
    case 'b': KEYS(int8_t, of_signed(value))
    case 'h': KEYS(int16_t, of_signed(value))
    case 'H': KEYS(uint16_t, value)
    case 'e': KEYS(uint16_t, of_float(value, 16, 0x7c00))
    case 'i': KEYS(int32_t, of_signed(value))
    case 'I': KEYS(uint32_t, value)
    case 'f': KEYS(uint32_t, of_float(value, 32, 0x7f800000))
    case 'd': KEYS(uint64_t, of_float(value, 64, (uint64_t)0x7ff << 52))
    case 'l': KEYS(long, of_signed(value))
    case 'L': KEYS(unsigned long, value)
    case 'q': KEYS(long long, of_signed(value))
    case 'Q': KEYS(unsigned long long, value)
    default: break;
    }
}

/* ------------------------------------------------------------------------------------------------------ sorting */

static void swap(item *a, item *b) {
    item kept = *a;
    *a = *b;
    *b = kept;
}

static void insertion_sort(item *first, item *last) {
    for (item *i = first + 1; i < last; i++) {
        item moved = *i, *j = i;
        for (; j > first && moved.key < j[-1].key; j--)
            *j = j[-1];
        *j = moved;
    }
}

/* Runs of SHORT, then twice as many with each pass; `spare` holds as many. */
static void merge_sort(item *x, item *spare, long n) {
    for (long i = 0; i < n; i += SHORT)
        insertion_sort(x + i, x + (i + SHORT < n ? i + SHORT : n));
    item *from = x, *to = spare;
    for (long width = SHORT; width < n; width *= 2) {
        for (long i = 0; i < n; i += 2 * width) {
            long middle = i + width < n ? i + width : n, end = i + 2 * width < n ? i + 2 * width : n;
            long a = i, b = middle, k = i;
            while (a < middle && b < end)
                to[k++] = from[b].key < from[a].key ? from[b++] : from[a++];
            memcpy(to + k, from + a, (middle - a) * sizeof(item));
            memcpy(to + k + (middle - a), from + b, (end - b) * sizeof(item));
        }
        item *kept = from;
        from = to;
        to = kept;
    }
    if (from != x)
        memcpy(x, from, n * sizeof(item));
}

/* The heap's order is the reverse: its root is the largest. */
static void sift(item *x, long hole, long n, item value) {
    long top = hole, child = hole;
    while (child < (n - 1) / 2) {
        child = 2 * (child + 1);
        if (x[child].key < x[child - 1].key)
            child--;
        x[hole] = x[child];
        hole = child;
    }
    if (n % 2 == 0 && child == (n - 2) / 2) {
        child = 2 * child + 1;
        x[hole] = x[child];
        hole = child;
    }
    for (long parent = (hole - 1) / 2; hole > top && x[parent].key < value.key; parent = (hole - 1) / 2) {
        x[hole] = x[parent];
        hole = parent;
    }
    x[hole] = value;
}

/* Put the smallest of first .. last before middle, as a heap. */
static void heap_select(item *first, item *middle, item *last) {
    long n = middle - first;
    for (long parent = (n - 2) / 2; n > 1 && parent >= 0; parent--)
        sift(first, parent, n, first[parent]);
    for (item *i = middle; i < last; i++)
        if (i->key < first->key) {
            item value = *i;
            *i = *first;
            sift(first, 0, n, value);
        }
}

static void partial_sort(item *first, item *middle, item *last) {
    heap_select(first, middle, last);
    for (long n = middle - first; n > 1; n--) {
        item value = first[n - 1];
        first[n - 1] = *first;
        sift(first, 0, n - 1, value);
    }
}

/* Bring the median of the second, the middle and the last element to the front; split the rest by it. */
static item *partition(item *first, item *last) {
    item *a = first + 1, *b = first + (last - first) / 2, *c = last - 1;
    if (a->key < b->key)
        swap(first, b->key < c->key ? b : a->key < c->key ? c : a);
    else
        swap(first, a->key < c->key ? a : b->key < c->key ? c : b);
    uint64_t pivot = first->key;
    item *left = first + 1, *right = last;
    for (;; left++) {
        while (left->key < pivot)
            left++;
        do
            right--;
        while (pivot < right->key);
        if (left >= right)
            return left;
        swap(left, right);
    }
}

static int log2_of(long n) {
    int result = 0;
    while (n >>= 1)
        result++;
    return result;
}

static void introsort(item *first, item *last, int depth) {
    while (last - first > SHORT) {
        if (!depth--) {
            partial_sort(first, last, last);
            return;
        }
        item *cut = partition(first, last);
        introsort(cut, last, depth);
        last = cut;
    }
}

static void sort(item *first, item *last) {
    if (first == last)
        return;
    introsort(first, last, 2 * log2_of(last - first));
    insertion_sort(first, last);
}

static void nth_element(item *first, item *nth, item *last) {
    for (int depth = 2 * log2_of(last - first); last - first > 3;) {
        if (!depth--) {
            heap_select(first, nth + 1, last);
            swap(first, nth);
            return;
        }
        item *cut = partition(first, last);
        if (cut <= nth)
            first = cut;
        else
            last = cut;
    }
    insertion_sort(first, last);
}

static void quickselect(item *x, long n, long k) {
    for (long low = 0, high = n - 1; high > low;) {
        if (high == low + 1) {
            if (x[low].key > x[high].key)
                swap(x + low, x + high);
            return;
        }
        swap(x + (low + high) / 2, x + low + 1);
        if (x[low + 1].key > x[high].key)
            swap(x + low + 1, x + high);
        if (x[low].key > x[high].key)
            swap(x + low, x + high);
        if (x[low + 1].key > x[low].key)
            swap(x + low + 1, x + low);
        long i = low + 1, j = high;
        uint64_t pivot = x[low].key;
        for (;;) {
            do
                i++;
            while (pivot > x[i].key);
            do
                j--;
            while (x[j].key > pivot);
            if (j < i)
                break;
            swap(x + i, x + j);
        }
        swap(x + low, x + j);
        if (j <= k)
            low = i;
        if (j >= k)
            high = j - 1;
    }
}

/* --------------------------------------------------------------------------------------------------------- rows */

typedef struct {
    enum order kind;
    int dtype, descending;
    long rows, n, count, results, bytes, per_task;
    const char *x;
    long long *places;
    char *values;
    item *spare;
} job;

static void order_task(void *data, long task, int worker) {
    job *j = data;
    long n = j->n, last = (task + 1) * j->per_task < j->rows ? (task + 1) * j->per_task : j->rows;
    item *items = j->spare + 2 * n * worker;
    for (long row = task * j->per_task; row < last; row++) {
        const char *x = j->x + row * n * j->bytes;
        read_keys(j->dtype, j->descending, n, x, items);
        long start = 0;
        if (j->kind == STABLE)
            merge_sort(items, items + n, n);
        else if (j->kind == SORTED)
            sort(items, items + n);
        else if (j->kind == KTH)
            quickselect(items, n, start = j->count);
        else if (j->count * 64 <= n)
            partial_sort(items, items + j->count, items + n);
        else if (j->count) {
            nth_element(items, items + j->count - 1, items + n);
            sort(items, items + j->count - 1);
        }
        long long *places = j->places + row * j->results;
        char *values = j->values + row * j->results * j->bytes;
        for (long i = 0; i < j->results; i++) {
            places[i] = items[start + i].place;
            memcpy(values + i * j->bytes, x + places[i] * j->bytes, j->bytes);
        }
    }
}

int order_rows(enum order kind, int dtype, int descending, long rows, long n, long count, const void *x, long long *places,
               void *values, int threads) {
    job j = {.kind = kind, .dtype = dtype, .descending = descending, .rows = rows, .n = n, .count = count, .x = x};
    j.results = kind == FIRST ? count : kind == KTH ? 1 : n, j.bytes = order_bytes(dtype);
    j.places = places, j.values = values, j.per_task = 4096 / (n + 1) + 1;
    if (!(j.spare = malloc((2 * n * (threads > 1 ? threads : 1) + 1) * sizeof(item))))
        return 0;
    run_tasks(order_task, &j, (rows + j.per_task - 1) / j.per_task, threads);
    free(j.spare);
    return 1;
}
