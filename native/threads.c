#include "threads.h"

#include <pthread.h>
#include <stdatomic.h>

#define MOST 64
#define SPINS 4000 /* looks at the job number before a thread goes to sleep: a few microseconds */

static pthread_mutex_t busy = PTHREAD_MUTEX_INITIALIZER; /* held by the caller of the job */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards sleeping and waking */
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static int workers; /* running threads, without the callers */

static task_fn job_function;
static void *job_data;
static long job_tasks;
static int job_helpers; /* workers that may take part */
static atomic_long next_task;
static atomic_int unfinished; /* workers still to report */
static atomic_long job_number;

static void take_tasks(int worker) {
    long task;
    while ((task = atomic_fetch_add(&next_task, 1)) < job_tasks)
        job_function(job_data, task, worker);
}

static void *work(void *argument) {
    long me = (long)argument >> 32, seen = (long)argument & 0xffffffff;
    for (;;) {
        for (int i = 0; i < SPINS && (atomic_load(&job_number) & 0xffffffff) == seen; i++)
            __asm__ volatile("" ::: "memory");
        if ((atomic_load(&job_number) & 0xffffffff) == seen) {
            pthread_mutex_lock(&lock);
            while ((atomic_load(&job_number) & 0xffffffff) == seen)
                pthread_cond_wait(&wake, &lock);
            pthread_mutex_unlock(&lock);
        }
        seen = atomic_load(&job_number) & 0xffffffff;
        if (me < job_helpers)
            take_tasks((int)me + 1);
        atomic_fetch_sub(&unfinished, 1);
    }
    return 0;
}

static void after_fork(void) { /* the child has none of the threads */
    workers = 0;
    pthread_mutex_init(&busy, 0);
    pthread_mutex_init(&lock, 0);
    pthread_cond_init(&wake, 0);
}

static void start_workers(int wanted) {
    static int watched;
    if (!watched) {
        watched = 1;
        pthread_atfork(0, 0, after_fork);
    }
    long now = atomic_load(&job_number) & 0xffffffff;
    for (; workers < wanted; workers++) {
        pthread_t thread;
        pthread_attr_t detached;
        pthread_attr_init(&detached);
        pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
        int failed = pthread_create(&thread, &detached, work, (void *)((long)workers << 32 | now));
        pthread_attr_destroy(&detached);
        if (failed)
            return;
    }
}

void run_tasks(task_fn f, void *job, long tasks, int threads) {
    int helpers = threads < MOST ? threads - 1 : MOST - 1;
    if (tasks - 1 < helpers)
        helpers = (int)tasks - 1;
    if (helpers <= 0 || pthread_mutex_trylock(&busy)) {
        for (long task = 0; task < tasks; task++)
            f(job, task, 0);
        return;
    }
    start_workers(helpers);
    job_function = f, job_data = job, job_tasks = tasks, job_helpers = helpers;
    atomic_store(&next_task, 0);
    atomic_store(&unfinished, workers);
    pthread_mutex_lock(&lock);
    atomic_fetch_add(&job_number, 1);
    pthread_cond_broadcast(&wake);
    pthread_mutex_unlock(&lock);
    take_tasks(0);
    while (atomic_load(&unfinished) > 0) /* the last tasks are running: shorter than a sleep */
        __asm__ volatile("" ::: "memory");
    pthread_mutex_unlock(&busy);
}
