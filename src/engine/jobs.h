/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The hand-over between reader, workers and outlet: a fixed ring of jobs in
 * reading order, one lock.
 */
#ifndef ENGINE_JOBS_H
#define ENGINE_JOBS_H

#include "engine/out.h"
#include "telltale/block.h"

enum tt_part { TT_PART_OPEN, TT_PART_OFFERED, TT_PART_DONE };

struct tt_job {
    struct tt_block *block;
    struct tt_out *outs; /* one for each worker… */
    uint8_t *parts;      /* …and how far it is: enum tt_part */
    uint16_t (*dealt)[TT_BLOCK_PACKETS];
    uint32_t *n_dealt;
    bool last;       /* no block: the end of the input */
    uint64_t packet; /* with last: number after the last packet */
    int64_t time;
};

struct tt_jobs;

struct tt_jobs *tt_jobs_new(uint32_t workers, uint32_t jobs);
void tt_jobs_free(struct tt_jobs *);
struct tt_job *tt_jobs_at(struct tt_jobs *, uint32_t i); /* without threads */

/* Reader: the next free job, waiting for one; hands it to all workers. After a job with `last`
 * comes none. */
struct tt_job *tt_jobs_free_one(struct tt_jobs *);
void tt_jobs_give(struct tt_jobs *, struct tt_job *);
/* Worker: its next job, NULL after the last; its buffer is full, waits until the outlet took what
 * is in it; is through with the job. */
struct tt_job *tt_jobs_take(struct tt_jobs *, uint32_t worker);
void tt_jobs_offer(struct tt_jobs *, struct tt_job *, uint32_t worker);
void tt_jobs_done(struct tt_jobs *, struct tt_job *, uint32_t worker);
/* Outlet: the next job, NULL after the last; waits until a worker is through with it or offers what
 * it has (true: through); took what was offered; gives the job back. */
struct tt_job *tt_jobs_next(struct tt_jobs *);
bool tt_jobs_wait(struct tt_jobs *, struct tt_job *, uint32_t worker);
void tt_jobs_taken(struct tt_jobs *, struct tt_job *, uint32_t worker);
void tt_jobs_recycle(struct tt_jobs *, struct tt_job *);

#endif
