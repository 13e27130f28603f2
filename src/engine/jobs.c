/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A ring of jobs counted by three numbers: given by the reader, taken by each worker, written by
 * the outlet, which may begin with a job before its workers are through. Owns blocks and entry
 * buffers. One mutex: it is touched a few times for 512 packets.
 */
#include "engine/jobs.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct tt_jobs {
    struct tt_job *jobs;
    uint32_t n, workers;
    uint64_t given, written;
    uint64_t *taken;
    bool ended;
    pthread_mutex_t lock;
    pthread_cond_t moved;
};

static bool make(struct tt_job *job, uint32_t workers)
{
    job->block = tt_block_new();
    job->outs = calloc(workers, sizeof *job->outs);
    job->parts = calloc(workers, sizeof *job->parts);
    job->dealt = calloc(workers, sizeof *job->dealt);
    job->n_dealt = calloc(workers, sizeof *job->n_dealt);
    return job->block && job->outs && job->parts && job->dealt && job->n_dealt;
}

struct tt_jobs *tt_jobs_new(uint32_t workers, uint32_t n)
{
    struct tt_jobs *j = calloc(1, sizeof *j);
    if (!j) {
        return NULL;
    }
    j->workers = workers;
    j->taken = calloc(workers, sizeof *j->taken);
    j->jobs = calloc(n, sizeof *j->jobs);
    pthread_mutex_init(&j->lock, NULL);
    pthread_cond_init(&j->moved, NULL);
    bool ok = j->taken && j->jobs;
    j->n = ok ? n : 0;
    for (uint32_t i = 0; ok && i < n; i++) {
        ok = make(&j->jobs[i], workers);
    }
    if (!ok) {
        tt_jobs_free(j);
        return NULL;
    }
    return j;
}

void tt_jobs_free(struct tt_jobs *j)
{
    if (!j) {
        return;
    }
    for (uint32_t i = 0; i < j->n; i++) {
        for (uint32_t w = 0; j->jobs[i].outs && w < j->workers; w++) {
            tt_out_free(&j->jobs[i].outs[w]);
        }
        tt_block_free(j->jobs[i].block);
        free(j->jobs[i].outs);
        free(j->jobs[i].parts);
        free(j->jobs[i].dealt);
        free(j->jobs[i].n_dealt);
    }
    pthread_cond_destroy(&j->moved);
    pthread_mutex_destroy(&j->lock);
    free(j->taken);
    free(j->jobs);
    free(j);
}

struct tt_job *tt_jobs_at(struct tt_jobs *j, uint32_t i)
{
    return &j->jobs[i];
}

struct tt_job *tt_jobs_free_one(struct tt_jobs *j)
{
    pthread_mutex_lock(&j->lock);
    while (j->given - j->written == j->n) {
        pthread_cond_wait(&j->moved, &j->lock);
    }
    struct tt_job *job = &j->jobs[j->given % j->n];
    pthread_mutex_unlock(&j->lock);
    return job;
}

static void say_moved(struct tt_jobs *j)
{
    pthread_cond_broadcast(&j->moved);
    pthread_mutex_unlock(&j->lock);
}

void tt_jobs_give(struct tt_jobs *j, struct tt_job *job)
{
    pthread_mutex_lock(&j->lock);
    memset(job->parts, TT_PART_OPEN, j->workers);
    j->ended |= job->last;
    j->given++;
    say_moved(j);
}

struct tt_job *tt_jobs_take(struct tt_jobs *j, uint32_t worker)
{
    pthread_mutex_lock(&j->lock);
    while (j->taken[worker] == j->given && !j->ended) {
        pthread_cond_wait(&j->moved, &j->lock);
    }
    struct tt_job *job = j->taken[worker] == j->given ? NULL : &j->jobs[j->taken[worker]++ % j->n];
    pthread_mutex_unlock(&j->lock);
    return job;
}

static void move(struct tt_jobs *j, struct tt_job *job, uint32_t worker, enum tt_part part)
{
    pthread_mutex_lock(&j->lock);
    job->parts[worker] = (uint8_t)part;
    say_moved(j);
}

void tt_jobs_done(struct tt_jobs *j, struct tt_job *job, uint32_t worker)
{
    move(j, job, worker, TT_PART_DONE);
}

void tt_jobs_taken(struct tt_jobs *j, struct tt_job *job, uint32_t worker)
{
    move(j, job, worker, TT_PART_OPEN);
}

/* Until the part is no more what it was. */
static enum tt_part wait_for(struct tt_jobs *j, const struct tt_job *job, uint32_t worker,
                             enum tt_part was)
{
    pthread_mutex_lock(&j->lock);
    while (job->parts[worker] == was) {
        pthread_cond_wait(&j->moved, &j->lock);
    }
    enum tt_part part = (enum tt_part)job->parts[worker];
    pthread_mutex_unlock(&j->lock);
    return part;
}

void tt_jobs_offer(struct tt_jobs *j, struct tt_job *job, uint32_t worker)
{
    move(j, job, worker, TT_PART_OFFERED);
    (void)wait_for(j, job, worker, TT_PART_OFFERED);
}

bool tt_jobs_wait(struct tt_jobs *j, struct tt_job *job, uint32_t worker)
{
    return wait_for(j, job, worker, TT_PART_OPEN) == TT_PART_DONE;
}

struct tt_job *tt_jobs_next(struct tt_jobs *j)
{
    pthread_mutex_lock(&j->lock);
    while (j->written == j->given && !j->ended) {
        pthread_cond_wait(&j->moved, &j->lock);
    }
    struct tt_job *job = j->written == j->given ? NULL : &j->jobs[j->written % j->n];
    pthread_mutex_unlock(&j->lock);
    return job;
}

void tt_jobs_recycle(struct tt_jobs *j, struct tt_job *job)
{
    (void)job;
    pthread_mutex_lock(&j->lock);
    j->written++;
    say_moved(j);
}
