/* penlight.backends._native: kernels on C-contiguous arrays, read through the buffer protocol.
 *
 * Forms are the C structures as bytes, which Python packs once per form of a call. Sizes are checked against the buffers;
 * dtypes are the caller's care. The interpreter's lock is released meanwhile.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "conv.h"
#include "pool.h"

static const conv_kernels *conv;
static const pool_kernels *pool;
static const char *instruction_set;

/* The best set this processor has; PENLIGHT_NATIVE may name a lesser one, which tests do. */
static void choose(void) {
    const char *wanted = getenv("PENLIGHT_NATIVE");
    conv = &conv_baseline, pool = &pool_baseline, instruction_set = "baseline";
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (wanted && !strcmp(wanted, instruction_set))
        return;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        conv = &conv_avx2, pool = &pool_avx2, instruction_set = "avx2";
    if (wanted && !strcmp(wanted, instruction_set))
        return;
    if (__builtin_cpu_supports("avx512f"))
        conv = &conv_avx512, pool = &pool_avx512, instruction_set = "avx512";
#endif
    (void)wanted;
}

#define MOST 8
typedef struct {
    Py_buffer view[MOST];
    int count;
} buffers;

static void release(buffers *b) {
    while (b->count)
        PyBuffer_Release(&b->view[--b->count]);
}

/* The memory of an array (NULL for None), whose length must be `bytes` unless that is negative. */
static int take(buffers *b, PyObject *array, int writable, Py_ssize_t bytes, void *where) {
    void **pointer = where;
    *pointer = 0;
    if (array == Py_None)
        return 1;
    Py_buffer *view = &b->view[b->count];
    if (PyObject_GetBuffer(array, view, writable ? PyBUF_WRITABLE : PyBUF_SIMPLE))
        return 0;
    b->count++;
    if (bytes >= 0 && view->len != bytes) {
        PyErr_Format(PyExc_ValueError, "expected an array of %zd bytes, got one of %zd", bytes, view->len);
        return 0;
    }
    *pointer = view->buf;
    return 1;
}

static int counted(Py_ssize_t given, Py_ssize_t wanted) {
    if (given == wanted)
        return 1;
    PyErr_Format(PyExc_TypeError, "expected %zd arguments, got %zd", wanted, given);
    return 0;
}

#define FLOATS(n) ((Py_ssize_t)(n) * (Py_ssize_t)sizeof(float))

typedef struct {
    long x, w, out;
} conv_sizes;

static conv_sizes sizes_of(const conv_form *f) {
    long plane = f->size[0] * f->size[1] * f->size[2], taps = f->kernel[0] * f->kernel[1] * f->kernel[2];
    long positions = f->out[0] * f->out[1] * f->out[2];
    return (conv_sizes){f->samples * f->groups * f->channels * plane, f->groups * f->outputs * f->channels * taps,
                        f->samples * f->groups * f->outputs * positions};
}

static PyObject *correlate(PyObject *self, PyObject *const *a, Py_ssize_t n) {
    buffers b = {.count = 0};
    const conv_form *f;
    const float *x, *w, *bias;
    float *out;
    int done = -1;
    if (!counted(n, 6) || !take(&b, a[0], 0, sizeof(conv_form), &f))
        goto end;
    conv_sizes size = sizes_of(f);
    if (take(&b, a[1], 0, FLOATS(size.x), &x) && take(&b, a[2], 0, FLOATS(size.w), &w) &&
        take(&b, a[3], 0, FLOATS(f->groups * f->outputs), &bias) && take(&b, a[4], 1, FLOATS(size.out), &out)) {
        int threads = (int)PyLong_AsLong(a[5]);
        Py_BEGIN_ALLOW_THREADS done = conv->correlate(f, x, w, bias, out, threads);
        Py_END_ALLOW_THREADS
    }
end:
    release(&b);
    if (done == 0)
        return PyErr_NoMemory();
    if (done < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *weight_grad(PyObject *self, PyObject *const *a, Py_ssize_t n) {
    buffers b = {.count = 0};
    const conv_form *f;
    const float *g, *x;
    float *grad;
    int done = -1;
    if (!counted(n, 5) || !take(&b, a[0], 0, sizeof(conv_form), &f))
        goto end;
    conv_sizes size = sizes_of(f);
    if (take(&b, a[1], 0, FLOATS(size.out), &g) && take(&b, a[2], 0, FLOATS(size.x), &x) &&
        take(&b, a[3], 1, FLOATS(size.w), &grad)) {
        int threads = (int)PyLong_AsLong(a[4]);
        Py_BEGIN_ALLOW_THREADS done = conv->weight_grad(f, g, x, grad, threads);
        Py_END_ALLOW_THREADS
    }
end:
    release(&b);
    if (done == 0)
        return PyErr_NoMemory();
    if (done < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *py_max_pool(PyObject *self, PyObject *const *a, Py_ssize_t n) {
    buffers b = {.count = 0};
    const pool_form *f;
    const float *x;
    float *out;
    long long *places;
    int done = 0;
    if (!counted(n, 5) || !take(&b, a[0], 0, sizeof(pool_form), &f))
        goto end;
    long windows = f->planes * f->out[0] * f->out[1];
    if (take(&b, a[1], 0, FLOATS(f->planes * f->height * f->width), &x) && take(&b, a[2], 1, FLOATS(windows), &out) &&
        take(&b, a[3], 1, 2 * FLOATS(windows), &places)) {
        int threads = (int)PyLong_AsLong(a[4]);
        Py_BEGIN_ALLOW_THREADS pool->max_pool(f, x, out, places, threads);
        Py_END_ALLOW_THREADS done = 1;
    }
end:
    release(&b);
    if (!done)
        return NULL;
    Py_RETURN_NONE;
}

/* (planes, elements of a plane, windows of a plane, g, places, grad, threads) */
static PyObject *py_max_pool_grad(PyObject *self, PyObject *const *a, Py_ssize_t n) {
    buffers b = {.count = 0};
    const float *g;
    const long long *places;
    float *grad;
    int done = 0;
    if (!counted(n, 7))
        return NULL;
    long planes = PyLong_AsLong(a[0]), plane = PyLong_AsLong(a[1]), windows = PyLong_AsLong(a[2]);
    int threads = (int)PyLong_AsLong(a[6]);
    if (!PyErr_Occurred() && take(&b, a[3], 0, FLOATS(planes * windows), &g) &&
        take(&b, a[4], 0, 2 * FLOATS(planes * windows), &places) && take(&b, a[5], 1, FLOATS(planes * plane), &grad)) {
        Py_BEGIN_ALLOW_THREADS pool->max_pool_grad(planes, plane, windows, g, places, grad, threads);
        Py_END_ALLOW_THREADS done = 1;
    }
    release(&b);
    if (!done)
        return NULL;
    Py_RETURN_NONE;
}

/* (planes, height, width, x, out, threads) */
static PyObject *py_pair_max_pool(PyObject *self, PyObject *const *a, Py_ssize_t n) {
    buffers b = {.count = 0};
    const float *x;
    float *out;
    int done = 0;
    if (!counted(n, 6))
        return NULL;
    long planes = PyLong_AsLong(a[0]), height = PyLong_AsLong(a[1]), width = PyLong_AsLong(a[2]);
    int threads = (int)PyLong_AsLong(a[5]);
    if (!PyErr_Occurred() && take(&b, a[3], 0, FLOATS(planes * height * width), &x) &&
        take(&b, a[4], 1, FLOATS(planes * (height / 2) * (width / 2)), &out)) {
        Py_BEGIN_ALLOW_THREADS pool->pair_max_pool(planes, height, width, x, out, threads);
        Py_END_ALLOW_THREADS done = 1;
    }
    release(&b);
    if (!done)
        return NULL;
    Py_RETURN_NONE;
}

/* (planes, height, width, g, x, grad, threads) */
static PyObject *py_pair_max_pool_grad(PyObject *self, PyObject *const *a, Py_ssize_t n) {
    buffers b = {.count = 0};
    const float *g, *x;
    float *grad;
    int done = 0;
    if (!counted(n, 7))
        return NULL;
    long planes = PyLong_AsLong(a[0]), height = PyLong_AsLong(a[1]), width = PyLong_AsLong(a[2]);
    int threads = (int)PyLong_AsLong(a[6]);
    if (!PyErr_Occurred() && take(&b, a[3], 0, FLOATS(planes * (height / 2) * (width / 2)), &g) &&
        take(&b, a[4], 0, FLOATS(planes * height * width), &x) &&
        take(&b, a[5], 1, FLOATS(planes * height * width), &grad)) {
        Py_BEGIN_ALLOW_THREADS pool->pair_max_pool_grad(planes, height, width, g, x, grad, threads);
        Py_END_ALLOW_THREADS done = 1;
    }
    release(&b);
    if (!done)
        return NULL;
    Py_RETURN_NONE;
}

#define FAST(name, function) {name, (PyCFunction)(void (*)(void))function, METH_FASTCALL, NULL}
static PyMethodDef methods[] = {
    FAST("correlate", correlate),         FAST("weight_grad", weight_grad),
    FAST("max_pool", py_max_pool),        FAST("max_pool_grad", py_max_pool_grad),
    FAST("pair_max_pool", py_pair_max_pool), FAST("pair_max_pool_grad", py_pair_max_pool_grad),
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_native", "Kernels in C; see penlight.backends.native.", -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__native(void) {
    choose();
    PyObject *module = PyModule_Create(&definition);
    if (module && PyModule_AddStringConstant(module, "instruction_set", instruction_set)) {
        Py_DECREF(module);
        return NULL;
    }
    return module;
}
