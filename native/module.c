/* penlight.backends._kernels: kernels on C-contiguous arrays, read through the buffer protocol.
 *
 * Forms are the C structures as bytes, which Python packs once per form of a call. Sizes are checked against the buffers;
 * dtypes are the caller's care. The interpreter's lock is released meanwhile.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

#include "conv.h"
#include "draws.h"
#include "elements.h"
#include "fused.h"
#include "halves.h"
#include "order.h"
#include "places.h"
#include "pool.h"
#include "recurrent.h"
#include "rows.h"
#include "scan.h"
#include "steps.h"

#define REVISION 10 /* of the calls; penlight/backends/native/loading.py has the same, and takes no other */

static const conv_kernels *conv;
static const pool_kernels *pool;
static const row_kernels *rows;
static const recurrent_kernels *recurrent;
static const draw_kernels *draws;
static const fused_kernels *multiply_add;
static const half_kernels *halves;
static const element_kernels *elements;
static const step_kernels *steps;
static const char *instruction_set;

#define TAKE(set)                                                                                                      \
    conv = &conv_##set, pool = &pool_##set, rows = &rows_##set, recurrent = &recurrent_##set, draws = &draws_##set,    \
    multiply_add = &fused_##set, halves = &halves_##set, steps = &steps_##set, elements = &elements_##set,        \
    instruction_set = #set

/* The best set this processor has; PENLIGHT_NATIVE may name a lesser one, which tests do. */
static void choose(void) {
    const char *wanted = getenv("PENLIGHT_NATIVE");
    TAKE(baseline);
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (wanted && !strcmp(wanted, instruction_set))
        return;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        TAKE(avx2);
    if (wanted && !strcmp(wanted, instruction_set))
        return;
    if (__builtin_cpu_supports("avx512f"))
        TAKE(avx512);
#endif
    (void)wanted;
}

#define MOST 12

typedef struct {
    Py_buffer view[MOST];
    int count;
    PyObject *const *arguments;
    Py_ssize_t left;
    int failed;
} call;

static PyObject *finish(call *c) {
    while (c->count)
        PyBuffer_Release(&c->view[--c->count]);
    if (!c->failed && c->left) {
        PyErr_Format(PyExc_TypeError, "%zd arguments too many", c->left);
        c->failed = 1;
    }
    if (c->failed)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *next(call *c) {
    if (!c->failed && !c->left) {
        PyErr_SetString(PyExc_TypeError, "too few arguments");
        c->failed = 1;
    }
    if (c->failed)
        return NULL;
    c->left--;
    return *c->arguments++;
}

static long number(call *c) {
    PyObject *given = next(c);
    long value = given ? PyLong_AsLong(given) : 0;
    if (given && value == -1 && PyErr_Occurred())
        c->failed = 1;
    return value;
}

static float real(call *c) {
    PyObject *given = next(c);
    double value = given ? PyFloat_AsDouble(given) : 0;
    if (given && value == -1 && PyErr_Occurred())
        c->failed = 1;
    return (float)value;
}

/* The memory of an array of so many elements of so many bytes; NULL for None where allowed, and after a failure. */
static void *memory(call *c, int writable, int optional, Py_ssize_t elements, Py_ssize_t bytes) {
    PyObject *array = next(c);
    if (!array || (optional && array == Py_None))
        return NULL;
    Py_buffer *view = &c->view[c->count];
    if (PyObject_GetBuffer(array, view, writable ? PyBUF_WRITABLE : PyBUF_SIMPLE)) {
        c->failed = 1;
        return NULL;
    }
    c->count++;
    if (view->len != elements * bytes) {
        PyErr_Format(PyExc_ValueError, "expected an array of %zd bytes, got one of %zd", elements * bytes, view->len);
        c->failed = 1;
        return NULL;
    }
    return view->buf;
}
#define INPUT(n) memory(&c, 0, 0, n, sizeof(float))
#define OUTPUT(n) memory(&c, 1, 0, n, sizeof(float))
#define MAYBE(n) memory(&c, 0, 1, n, sizeof(float))
#define MAYBE_OUTPUT(n) memory(&c, 1, 1, n, sizeof(float))
#define FORM(type) memory(&c, 0, 0, 1, sizeof(type))

/* RUN(statement): without the interpreter's lock, if all arguments were as they should be; then return. */
#define ENTRY(name) static PyObject *py_##name(PyObject *self, PyObject *const *given, Py_ssize_t count)
#define BEGIN call c = {.arguments = given, .left = count};
#define RUN(statement)                                                                                                 \
    if (!c.failed && !c.left) {                                                                                        \
        Py_BEGIN_ALLOW_THREADS statement;                                                                              \
        Py_END_ALLOW_THREADS                                                                                           \
    }                                                                                                                  \
    return finish(&c);
/* The same for a function that returns 0 where memory is short. */
#define TRY(expression)                                                                                                \
    if (!c.failed && !c.left) {                                                                                        \
        int done;                                                                                                      \
        Py_BEGIN_ALLOW_THREADS done = expression;                                                                      \
        Py_END_ALLOW_THREADS if (!done) {                                                                              \
            PyErr_NoMemory();                                                                                          \
            c.failed = 1;                                                                                              \
        }                                                                                                              \
    }                                                                                                                  \
    return finish(&c);

static long product3(const long *n) { return n[0] * n[1] * n[2]; }
static long inputs(const conv_form *f) { return f ? f->samples * f->groups * f->channels * product3(f->size) : 0; }
static long weights(const conv_form *f) { return f ? f->groups * f->outputs * f->channels * product3(f->kernel) : 0; }
static long results(const conv_form *f) { return f ? f->samples * f->groups * f->outputs * product3(f->out) : 0; }

ENTRY(correlate) { /* form, x, w, bias or None, out, threads */
    BEGIN const conv_form *f = FORM(conv_form);
    const float *x = INPUT(inputs(f)), *w = INPUT(weights(f)), *bias = MAYBE(f ? f->groups * f->outputs : 0);
    float *out = OUTPUT(results(f));
    int threads = (int)number(&c);
    TRY(conv->correlate(f, x, w, bias, out, threads))
}

ENTRY(weight_grad) { /* form, g, x, grad, threads */
    BEGIN const conv_form *f = FORM(conv_form);
    const float *g = INPUT(results(f)), *x = INPUT(inputs(f));
    float *grad = OUTPUT(weights(f));
    int threads = (int)number(&c);
    TRY(conv->weight_grad(f, g, x, grad, threads))
}

ENTRY(max_pool) { /* form, x, out, places or None, threads */
    BEGIN const pool_form *f = FORM(pool_form);
    const float *x = INPUT(f ? f->planes * f->height * f->width : 0);
    long windows = f ? f->planes * f->out[0] * f->out[1] : 0;
    float *out = OUTPUT(windows);
    long long *places = memory(&c, 1, 1, windows, sizeof(long long));
    int threads = (int)number(&c);
    TRY(pool->max_pool(f, x, out, places, threads))
}

ENTRY(max_pool_grad) { /* planes, elements of a plane, windows of a plane, g, places, grad, threads */
    BEGIN long planes = number(&c), plane = number(&c), windows = number(&c);
    const float *g = INPUT(planes * windows);
    const long long *places = memory(&c, 0, 0, planes * windows, sizeof(long long));
    float *grad = OUTPUT(planes * plane);
    int threads = (int)number(&c);
    RUN(pool->max_pool_grad(planes, plane, windows, g, places, grad, threads))
}

ENTRY(pair_max_pool) { /* planes, height, width, x, out, threads */
    BEGIN long planes = number(&c), height = number(&c), width = number(&c);
    const float *x = INPUT(planes * height * width);
    float *out = OUTPUT(planes * (height / 2) * (width / 2));
    int threads = (int)number(&c);
    RUN(pool->pair_max_pool(planes, height, width, x, out, threads))
}

ENTRY(pair_max_pool_grad) { /* planes, height, width, g, x, grad, threads */
    BEGIN long planes = number(&c), height = number(&c), width = number(&c);
    const float *g = INPUT(planes * (height / 2) * (width / 2)), *x = INPUT(planes * height * width);
    float *grad = OUTPUT(planes * height * width);
    int threads = (int)number(&c);
    RUN(pool->pair_max_pool_grad(planes, height, width, g, x, grad, threads))
}

ENTRY(each) { /* kind, three numbers or None, elements, x, out, threads */
    BEGIN long kind = number(&c);
    const float *numbers = MAYBE(3);
    long n = number(&c);
    const float *x = INPUT(n);
    float *out = OUTPUT(n);
    int threads = (int)number(&c);
    if (kind == ELU && !numbers && !c.failed) {
        PyErr_SetString(PyExc_ValueError, "each: numbers are missing");
        c.failed = 1;
    }
    RUN(elements->each((enum each)kind, n, numbers, x, out, threads))
}

ENTRY(pairs) { /* kind, three numbers or None, elements, x, y, out, threads */
    BEGIN long kind = number(&c);
    const float *numbers = MAYBE(3);
    long n = number(&c);
    const float *x = INPUT(n), *y = INPUT(n);
    float *out = OUTPUT(n);
    int threads = (int)number(&c);
    if (kind == HUBER && !numbers && !c.failed) {
        PyErr_SetString(PyExc_ValueError, "pairs: numbers are missing");
        c.failed = 1;
    }
    RUN(elements->pairs((enum pairs)kind, n, numbers, x, y, out, threads))
}

ENTRY(softmax) { /* logarithm, rows, length, x, out, threads */
    BEGIN long logarithm = number(&c), height = number(&c), length = number(&c);
    const float *x = INPUT(height * length);
    float *out = OUTPUT(height * length);
    int threads = (int)number(&c);
    RUN(rows->softmax((int)logarithm, height, length, x, out, threads))
}

ENTRY(softmax_grad) { /* logarithm, rows, length, g, y, grad, threads */
    BEGIN long logarithm = number(&c), height = number(&c), length = number(&c);
    const float *g = INPUT(height * length), *y = INPUT(height * length);
    float *out = OUTPUT(height * length);
    int threads = (int)number(&c);
    RUN(rows->softmax_grad((int)logarithm, height, length, g, y, out, threads))
}

ENTRY(softmax_columns) { /* logarithm, samples, length, inner, g or None, x (with g, the result), out, threads */
    BEGIN long logarithm = number(&c), samples = number(&c), length = number(&c), inner = number(&c);
    long n = samples * length * inner;
    const float *g = MAYBE(n), *x = INPUT(n);
    float *out = OUTPUT(n);
    int threads = (int)number(&c);
    RUN(rows->softmax_columns((int)logarithm, samples, length, inner, g, x, out, threads))
}

ENTRY(sums) { /* samples, length, inner, x, out, threads */
    BEGIN long samples = number(&c), length = number(&c), inner = number(&c);
    const float *x = INPUT(samples * length * inner);
    float *out = OUTPUT(samples * inner);
    int threads = (int)number(&c);
    RUN(rows->sums(samples, length, inner, x, out, threads))
}

ENTRY(layer_norm) { /* rows, length, eps, x, weight or None, bias or None, out, mean, inverse, threads */
    BEGIN long height = number(&c), length = number(&c);
    float eps = real(&c);
    const float *x = INPUT(height * length), *weight = MAYBE(length), *bias = MAYBE(length);
    float *out = OUTPUT(height * length), *mean = OUTPUT(height), *inverse = OUTPUT(height);
    int threads = (int)number(&c);
    RUN(rows->layer_norm(height, length, eps, x, weight, bias, out, mean, inverse, threads))
}

ENTRY(layer_norm_grad) { /* rows, length, g, x, weight, mean, inverse, three gradients, threads; four may be None */
    BEGIN long height = number(&c), length = number(&c);
    const float *g = INPUT(height * length), *x = INPUT(height * length), *weight = MAYBE(length);
    const float *mean = INPUT(height), *inverse = INPUT(height);
    float *grad = MAYBE_OUTPUT(height * length), *weight_grad = MAYBE_OUTPUT(length), *bias_grad = MAYBE_OUTPUT(length);
    int threads = (int)number(&c);
    TRY(rows->layer_norm_grad(height, length, g, x, weight, mean, inverse, grad, weight_grad, bias_grad, threads))
}

ENTRY(channel_statistics) { /* samples, channels, length, x, mean, variance, threads */
    BEGIN long samples = number(&c), channels = number(&c), length = number(&c);
    const float *x = INPUT(samples * channels * length);
    float *mean = OUTPUT(channels), *variance = OUTPUT(channels);
    int threads = (int)number(&c);
    RUN(rows->channel_statistics(samples, channels, length, x, mean, variance, threads))
}

ENTRY(channel_scale) { /* samples, channels, length, x, mean, scale, shift or None, out, threads */
    BEGIN long samples = number(&c), channels = number(&c), length = number(&c);
    const float *x = INPUT(samples * channels * length), *mean = INPUT(channels), *scale = INPUT(channels);
    const float *shift = MAYBE(channels);
    float *out = OUTPUT(samples * channels * length);
    int threads = (int)number(&c);
    RUN(rows->channel_scale(samples, channels, length, x, mean, scale, shift, out, threads))
}

ENTRY(channel_sums) { /* samples, channels, length, g, x, mean, total, dot (float64), threads */
    BEGIN long samples = number(&c), channels = number(&c), length = number(&c);
    const float *g = INPUT(samples * channels * length), *x = INPUT(samples * channels * length);
    const float *mean = INPUT(channels);
    double *total = memory(&c, 1, 0, channels, sizeof(double)), *dot = memory(&c, 1, 0, channels, sizeof(double));
    int threads = (int)number(&c);
    RUN(rows->channel_sums(samples, channels, length, g, x, mean, total, dot, threads))
}

ENTRY(channel_grad) { /* samples, channels, length, g, x, mean, slope, shift, scale, grad, threads */
    BEGIN long samples = number(&c), channels = number(&c), length = number(&c);
    const float *g = INPUT(samples * channels * length), *x = INPUT(samples * channels * length);
    const float *mean = INPUT(channels), *slope = INPUT(channels), *shift = INPUT(channels), *scale = INPUT(channels);
    float *grad = OUTPUT(samples * channels * length);
    int threads = (int)number(&c);
    RUN(rows->channel_grad(samples, channels, length, g, x, mean, slope, shift, scale, grad, threads))
}

ENTRY(lstm) { /* times, batch, size, reverse, w, gates, before, after, cells_before, cells, squashed, threads */
    BEGIN long times = number(&c), batch = number(&c), size = number(&c), reverse = number(&c), n = times * batch * size;
    const float *w = INPUT(4 * size * size);
    float *gates = OUTPUT(4 * n);
    const float *before = INPUT(n);
    float *after = OUTPUT(n);
    const float *cells_before = INPUT(n);
    float *cells = OUTPUT(n), *squashed = OUTPUT(n);
    int threads = (int)number(&c);
    TRY(recurrent->lstm(times, batch, size, reverse != 0, w, gates, before, after, cells_before, cells, squashed, threads))
}

ENTRY(lstm_grad) { /* times, batch, size, reverse, w, g or None, gates, cells_before, squashed, carry, carry_cell, d_rows, threads */
    BEGIN long times = number(&c), batch = number(&c), size = number(&c), reverse = number(&c), n = times * batch * size;
    const float *w = INPUT(4 * size * size), *g = MAYBE(n), *gates = INPUT(4 * n);
    const float *cells_before = INPUT(n), *squashed = INPUT(n);
    float *carry = OUTPUT(batch * size), *carry_cell = OUTPUT(batch * size), *d_rows = OUTPUT(4 * n);
    int threads = (int)number(&c);
    TRY(recurrent->lstm_grad(times, batch, size, reverse != 0, w, g, gates, cells_before, squashed, carry, carry_cell, d_rows,
                             threads))
}

ENTRY(gru) { /* times, batch, size, reverse, w, bias or None, gates, before, after, hidden, threads */
    BEGIN long times = number(&c), batch = number(&c), size = number(&c), reverse = number(&c), n = times * batch * size;
    const float *w = INPUT(3 * size * size), *bias = MAYBE(size);
    float *gates = OUTPUT(3 * n);
    const float *before = INPUT(n);
    float *after = OUTPUT(n), *hidden = OUTPUT(n);
    int threads = (int)number(&c);
    TRY(recurrent->gru(times, batch, size, reverse != 0, w, bias, gates, before, after, hidden, threads))
}

ENTRY(gru_grad) { /* times, batch, size, reverse, w, g or None, gates, hidden, before, carry, d_hidden, d_new, threads */
    BEGIN long times = number(&c), batch = number(&c), size = number(&c), reverse = number(&c), n = times * batch * size;
    const float *w = INPUT(3 * size * size), *g = MAYBE(n), *gates = INPUT(3 * n), *hidden = INPUT(n);
    const float *before = INPUT(n);
    float *carry = OUTPUT(batch * size), *d_hidden = OUTPUT(3 * n), *d_new = OUTPUT(n);
    int threads = (int)number(&c);
    TRY(recurrent->gru_grad(times, batch, size, reverse != 0, w, g, gates, hidden, before, carry, d_hidden, d_new, threads))
}

static void shuffle(long n, const unsigned *words, long long *out) {
    for (long i = 0; i < n; i++)
        out[i] = i;
    for (long i = 0; i + 1 < n; i++) {
        long j = i + words[i] % (unsigned)(n - i);
        long long kept = out[i];
        out[i] = out[j];
        out[j] = kept;
    }
}

ENTRY(normals) { /* words (uint32), mean, deviation, out; a multiple of 16 of each */
    BEGIN long n = number(&c);
    const unsigned *words = memory(&c, 0, 0, n, sizeof(unsigned));
    float mean = real(&c), deviation = real(&c), *out = OUTPUT(n);
    RUN(draws->normals(n / 16, words, mean, deviation, out))
}

/* What the capsule of a NumPy bit generator holds; from numpy/random/bitgen.h, part of NumPy's C API. */
typedef struct {
    void *state;
    uint64_t (*next_uint64)(void *);
    uint32_t (*next_uint32)(void *);
    double (*next_double)(void *);
    uint64_t (*next_raw)(void *);
} bit_generator;

/* The interpreter's lock is kept: two threads may draw from one generator. */
ENTRY(words) { /* capsule of a 32-bit generator, n, kind, low, high, out: n words (0), pairs as uint64 (1), float32 from low to high (2) */
    BEGIN PyObject *capsule = next(&c);
    bit_generator *source = capsule ? PyCapsule_GetPointer(capsule, "BitGenerator") : NULL;
    c.failed |= !source;
    long n = number(&c), kind = number(&c);
    float low = real(&c), high = real(&c);
    double step = (double)(high - low) * 5.9604644775390625e-8; /* 2^-24 */
    void *out = memory(&c, 1, 0, n, kind == 1 ? 8 : 4);
    if (!c.failed && !c.left)
        for (long i = 0; i < n; i++) {
            uint64_t word = source->next_uint32(source->state);
            if (kind == 0)
                ((uint32_t *)out)[i] = (uint32_t)word;
            else if (kind == 1)
                ((uint64_t *)out)[i] = word << 32 | source->next_uint32(source->state);
            else {
                float value = (float)((double)(word & 0xffffff) * step + low);
                ((float *)out)[i] = value == high ? low : value;
            }
        }
    return finish(&c);
}

ENTRY(shuffle) { /* n, words (uint32), out: 0 .. n-1, of which place i and place i + words[i] mod (n - i) swap, i rising */
    BEGIN long n = number(&c);
    const unsigned *words = memory(&c, 0, 0, n ? n - 1 : 0, sizeof(unsigned));
    long long *out = memory(&c, 1, 0, n, sizeof(long long));
    RUN(shuffle(n, words, out))
}

ENTRY(order) { /* kind, dtype's character, descending, rows, n, count, x, places, values, threads */
    BEGIN long kind = number(&c), dtype = number(&c), descending = number(&c), rows = number(&c), n = number(&c);
    long most = number(&c), bytes = order_bytes((int)dtype);
    if (!c.failed && (!bytes || kind < STABLE || kind > KTH || most < 0 || most > n)) {
        PyErr_SetString(PyExc_ValueError, "order: no such kind, dtype or count");
        c.failed = 1;
    }
    long results = kind == FIRST ? most : kind == KTH ? 1 : n;
    const void *x = memory(&c, 0, 0, rows * n, bytes);
    long long *places = memory(&c, 1, 0, rows * results, sizeof(long long));
    void *values = memory(&c, 1, 0, rows * results, bytes);
    int threads = (int)number(&c);
    TRY(order_rows((enum order)kind, (int)dtype, descending != 0, rows, n, most, x, places, values, threads))
}

ENTRY(running) { /* multiply, outer, n, inner, x, out, threads */
    BEGIN long multiply = number(&c), outer = number(&c), n = number(&c), inner = number(&c);
    const float *x = INPUT(outer * n * inner);
    float *out = OUTPUT(outer * n * inner);
    int threads = (int)number(&c);
    TRY(running(multiply != 0, outer, n, inner, x, out, threads))
}

ENTRY(fused) { /* kind, n, scale, a, b, c or None, out */
    BEGIN long kind = number(&c), n = number(&c);
    float scale = real(&c);
    const float *a = INPUT(n), *b = INPUT(n), *factor = MAYBE(n);
    float *out = OUTPUT(n);
    if (kind == ADD_PRODUCT && !factor && !c.failed) {
        PyErr_SetString(PyExc_ValueError, "fused: a product of one factor");
        c.failed = 1;
    }
    RUN(multiply_add->fused((enum fused)kind, n, scale, a, b, factor, out))
}

ENTRY(convert) { /* kind, n, x, out, threads */
    BEGIN long kind = number(&c), n = number(&c);
    int narrows = kind == FLOAT_TO_HALF || kind == FLOAT_TO_BFLOAT;
    const void *x = memory(&c, 0, 0, n, narrows ? 4 : 2);
    void *out = memory(&c, 1, 0, n, narrows ? 2 : 4);
    int threads = (int)number(&c);
    RUN(halves->convert((enum halves)kind, n, x, out, threads))
}

ENTRY(at_places) { /* form, index, table, rows, threads: whether all places are inside; False may leave results half done */
    BEGIN const places_form *f = FORM(places_form);
    long bytes = f ? places_bytes(f) : 0, rows = f ? f->outer * f->m * f->inner : 0;
    if (f && !bytes) {
        PyErr_SetString(PyExc_ValueError, "at_places: no such type");
        c.failed = 1;
    }
    const long long *index = memory(&c, 0, 0, f && f->shared ? f->m : rows, sizeof(long long));
    void *table = memory(&c, f && f->kind != GATHER, 0, f ? f->outer * f->n * f->inner : 0, bytes);
    void *values = memory(&c, f && f->kind == GATHER, 0, rows, bytes);
    int threads = (int)number(&c), inside = 0;
    if (!c.failed && !c.left) {
        Py_BEGIN_ALLOW_THREADS inside = at_places(f, index, table, values, threads);
        Py_END_ALLOW_THREADS
    }
    PyObject *none = finish(&c);
    Py_XDECREF(none);
    return none ? PyBool_FromLong(inside) : NULL;
}

ENTRY(adam) { /* form, n, p, g, m, v, largest or None, threads */
    BEGIN const adam_form *f = FORM(adam_form);
    long n = number(&c);
    float *p = OUTPUT(n);
    const float *g = INPUT(n);
    float *m = OUTPUT(n), *v = OUTPUT(n), *largest = MAYBE_OUTPUT(n);
    int threads = (int)number(&c);
    RUN(steps->adam(f, n, p, g, m, v, largest, threads))
}

ENTRY(sgd) { /* form, n, p, g, buffer or None, threads */
    BEGIN const sgd_form *f = FORM(sgd_form);
    long n = number(&c);
    float *p = OUTPUT(n);
    const float *g = INPUT(n);
    float *buffer = MAYBE_OUTPUT(n);
    int threads = (int)number(&c);
    RUN(steps->sgd(f, n, p, g, buffer, threads))
}

#define METHOD(name) {#name, (PyCFunction)(void (*)(void))py_##name, METH_FASTCALL, NULL}
static PyMethodDef methods[] = {
    METHOD(correlate),          METHOD(weight_grad),   METHOD(max_pool),     METHOD(max_pool_grad),
    METHOD(pair_max_pool),      METHOD(pair_max_pool_grad), METHOD(each),    METHOD(softmax),
    METHOD(softmax_grad),       METHOD(layer_norm),    METHOD(layer_norm_grad), METHOD(channel_statistics),
    METHOD(channel_scale),      METHOD(channel_sums),  METHOD(channel_grad), METHOD(lstm),
    METHOD(lstm_grad),          METHOD(gru),           METHOD(gru_grad),     METHOD(normals),
    METHOD(shuffle),            METHOD(order),         METHOD(words),        METHOD(running),       METHOD(fused),
    METHOD(convert),           METHOD(at_places),     METHOD(adam),         METHOD(sgd),          METHOD(pairs),        METHOD(softmax_columns),  METHOD(sums),
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_kernels", "Kernels in C; see penlight.backends.native.", -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__kernels(void) {
    choose();
    PyObject *module = PyModule_Create(&definition);
    if (module && (PyModule_AddStringConstant(module, "instruction_set", instruction_set) ||
                   PyModule_AddIntConstant(module, "revision", REVISION))) {
        Py_DECREF(module);
        return NULL;
    }
    return module;
}
