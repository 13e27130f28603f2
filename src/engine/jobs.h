/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The hand-over between reader, workers and outlet: a fixed ring of jobs in
 * reading order, one lock.
 */
#ifndef ENGINE_JOBS_H
#define ENGINE_JOBS_H

#include "engine/out.h"
#include "telltale/block.h"

struct tt_job {
    struct tt_block *block;
    struct tt_out *outs; /* one for each worker */
    uint16_t (*dealt)[TT_BLOCK_PACKETS];
    uint32_t *n_dealt;
    uint32_t left;   /* workers that are not through */
    bool last;       /* no block: the end of the input… */
    uint64_t until;  /* …for flows that began before this packet; UINT64_MAX = for all, the end */
    uint64_t packet; /* with last: number after the last packet */
    int64_t time;
};

struct tt_jobs;

struct tt_jobs *tt_jobs_new(uint32_t workers, uint32_t jobs);
void tt_jobs_free(struct tt_jobs *);
struct tt_job *tt_jobs_at(struct tt_jobs *, uint32_t i); /* without threads */

/* Reader: the next free job, waiting for one; hands it to all workers. After a job with
 * `last` come only such, up to the one until UINT64_MAX. */
struct tt_job *tt_jobs_free_one(struct tt_jobs *);
void tt_jobs_give(struct tt_jobs *, struct tt_job *);
/* Worker: its next job, NULL after the last; is through with it. */
struct tt_job *tt_jobs_take(struct tt_jobs *, uint32_t worker);
void tt_jobs_done(struct tt_jobs *, struct tt_job *);
/* Outlet: the next job that all workers are through with, NULL after the last; gives it back. */
struct tt_job *tt_jobs_finished(struct tt_jobs *);
void tt_jobs_recycle(struct tt_jobs *, struct tt_job *);

#endif
