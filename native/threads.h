/* A small pool of threads: tasks 0 .. n-1 of one job, dealt out as threads become free.
 *
 * One job at a time; a caller who finds the pool busy, or asks for one thread, does its tasks itself. After a fork the
 * child starts a pool of its own.
 */
#ifndef PENLIGHT_THREADS_H
#define PENLIGHT_THREADS_H

typedef void (*task_fn)(void *job, long task, int worker); /* worker: 0 .. threads - 1 */

/* Run f(job, 0, .) .. f(job, tasks - 1, .) on at most `threads` threads, the caller's included; returns when all are done. */
void run_tasks(task_fn f, void *job, long tasks, int threads);

#endif
