/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Threads and blocks. The reader fills and decodes a block, deals its packets by the hash of
 * their address pair (fragments were put together and tunnels opened before, so a conversation
 * stays with one worker), and hands the job to all; the outlet takes jobs in reading order, as
 * soon as every worker is through with one or has a buffer full of it. A job is 512 packets, so
 * one lock for all hand-overs costs nothing. Reading blocks when every job is under way: nothing
 * is dropped.
 */
#include "engine/pipeline.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "engine/jobs.h"

#define SETS_MAX 16
#define AHEAD    4 /* blocks beyond one for each worker: read, dealt, written */

struct tt_pipeline {
    struct tt_pipeline_options options;
    struct tt_decoder *decoder;
    struct tt_worker *workers[TT_WORKERS_MAX];
    struct tt_outlet *outlet;
    struct tt_jobs *jobs;
    uint64_t packets;
    int64_t first, now; /* packet time */
    int64_t stats_at;
    struct tt_counter_set sets[SETS_MAX];
    uint64_t *sums[SETS_MAX];
};

struct tt_pipeline *tt_pipeline_new(const struct tt_pipeline_options *options)
{
    struct tt_pipeline *p = calloc(1, sizeof *p);
    if (!p) {
        return NULL;
    }
    p->options = *options;
    p->first = p->now = INT64_MIN;
    p->decoder = tt_decoder_new(&options->decode);
    p->outlet = tt_outlet_new(&options->outlet);
    bool ok = p->decoder && p->outlet;
    for (uint32_t i = 0; ok && i < options->workers; i++) {
        ok = (p->workers[i] = tt_worker_new(&options->worker)) != NULL;
    }
    p->jobs =
        ok ? tt_jobs_new(options->workers, options->workers == 1 ? 1 : options->workers + AHEAD)
           : NULL;
    if (!p->jobs) {
        tt_pipeline_free(p);
        return NULL;
    }
    return p;
}

void tt_pipeline_free(struct tt_pipeline *p)
{
    if (!p) {
        return;
    }
    tt_decoder_free(p->decoder);
    tt_outlet_free(p->outlet);
    for (uint32_t i = 0; i < TT_WORKERS_MAX; i++) {
        tt_worker_free(p->workers[i]);
    }
    tt_jobs_free(p->jobs);
    for (uint32_t i = 0; i < SETS_MAX; i++) {
        free(p->sums[i]);
    }
    free(p);
}

static bool stopping(const struct tt_pipeline *p)
{
    return p->options.stop && *p->options.stop;
}

/* Next block with packets, decoded; false at the end. Idle live sources give an empty block. */
static bool fill(struct tt_pipeline *p, struct tt_block *b)
{
    enum tt_source_result r = stopping(p) ? TT_SOURCE_END : tt_source_read(p->options.source, b);
    if (r == TT_SOURCE_END) {
        return false;
    }
    if (r == TT_SOURCE_IDLE) {
        b->n_packets = b->n_ticks = 0;
        return true;
    }
    tt_decode_block(p->decoder, b);
    p->packets = b->packets[b->n_packets - 1].number;
    int64_t now = tt_decode_now(p->decoder);
    p->first = p->first == INT64_MIN ? b->packets[0].time : p->first;
    p->now = now > p->now ? now : p->now;
    return true;
}

static void stats(struct tt_pipeline *p)
{
    uint32_t n;
    const struct tt_counter_set *sets = tt_pipeline_counters(p, &n);
    int64_t now = p->now == INT64_MIN ? 0 : p->now;
    tt_outlet_stats(p->outlet, now, p->first == INT64_MIN ? 0 : (now - p->first) / 1000000000, sets,
                    n);
}

static void hand_over(void *ctx, struct tt_out *out)
{
    tt_outlet_take(((struct tt_pipeline *)ctx)->outlet, out);
    tt_out_reset(out);
}

/* Live: the clock goes on without packets, files are flushed, statistics are
 * due, rules may have changed. */
static void between_blocks(struct tt_pipeline *p, const struct tt_block *b, struct tt_out *out)
{
    const struct tt_pipeline_options *o = &p->options;
    if (b->n_packets == 0) {
        struct timespec ts;
        clock_gettime(CLOCK_REALTIME, &ts);
        if (ts.tv_sec > p->now / 1000000000 + 1) {
            p->now = (int64_t)ts.tv_sec * 1000000000;
            tt_worker_tick(p->workers[0], ts.tv_sec, p->packets + 1, out);
            hand_over(p, out);
        }
        tt_outlet_flush(p->outlet);
    }
    if (o->stats_interval && p->now / 1000000000 >= p->stats_at) {
        if (p->stats_at) {
            stats(p);
        }
        p->stats_at = p->now / 1000000000 + o->stats_interval;
    }
    if (o->reload && *o->reload) {
        *o->reload = 0;
        const struct tt_ruleset *rules = o->on_reload(o->ctx);
        if (rules) {
            tt_worker_use(p->workers[0], rules);
        }
    }
}

static void run_alone(struct tt_pipeline *p)
{
    struct tt_job *job = tt_jobs_at(p->jobs, 0);
    struct tt_out *out = &job->outs[0];
    *out = (struct tt_out){.full = hand_over, .ctx = p, .limit = TT_OUT_ALONE, .alone = true};
    uint32_t blocks = 0;
    while (fill(p, job->block)) {
        if (job->block->n_packets) {
            tt_worker_block(p->workers[0], job->block, NULL, job->block->n_packets, out);
            hand_over(p, out);
        }
        if (p->options.live) {
            between_blocks(p, job->block, out);
        }
        if (p->options.progress && (++blocks & 255) == 0) {
            p->options.progress(p->options.ctx, p->packets);
        }
    }
    tt_worker_end(p->workers[0], p->packets + 1, p->now, out);
    hand_over(p, out);
}

struct worker_thread {
    struct tt_pipeline *pipeline;
    uint32_t index;
    struct tt_job *job; /* under way */
    pthread_t thread;
};

static void offer(void *ctx, struct tt_out *out)
{
    (void)out;
    struct worker_thread *t = ctx;
    tt_jobs_offer(t->pipeline->jobs, t->job, t->index);
}

static void *work(void *arg)
{
    struct worker_thread *t = arg;
    struct tt_worker *w = t->pipeline->workers[t->index];
    struct tt_job *job;
    while ((job = tt_jobs_take(t->pipeline->jobs, t->index)) != NULL) {
        struct tt_out *out = &job->outs[t->index];
        out->full = offer;
        out->ctx = t;
        out->limit = TT_OUT_SHARED;
        t->job = job;
        if (job->last) {
            tt_worker_end(w, job->packet, job->time, out);
        } else {
            tt_worker_block(w, job->block, job->dealt[t->index], job->n_dealt[t->index], out);
        }
        tt_jobs_done(t->pipeline->jobs, job, t->index);
    }
    return NULL;
}

/* The job that is written. */
struct writing {
    struct tt_jobs *jobs;
    struct tt_job *job;
    bool all[TT_WORKERS_MAX]; /* no more than what is in the worker's buffer comes */
};

static bool refill(void *ctx, uint32_t i)
{
    struct writing *w = ctx;
    tt_out_reset(&w->job->outs[i]);
    if (w->all[i]) {
        return false;
    }
    tt_jobs_taken(w->jobs, w->job, i);
    w->all[i] = tt_jobs_wait(w->jobs, w->job, i);
    return w->job->outs[i].entries > 0;
}

static void *write_out(void *arg)
{
    struct tt_pipeline *p = arg;
    struct writing w = {.jobs = p->jobs};
    while ((w.job = tt_jobs_next(p->jobs)) != NULL) {
        for (uint32_t i = 0; i < p->options.workers; i++) {
            w.all[i] = tt_jobs_wait(p->jobs, w.job, i);
        }
        tt_outlet_block(p->outlet, w.job->outs, p->options.workers, refill, &w);
        tt_jobs_recycle(p->jobs, w.job);
    }
    return NULL;
}

static void deal(const struct tt_pipeline *p, struct tt_job *job, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        job->n_dealt[i] = 0;
    }
    for (uint32_t i = 0; i < job->block->n_packets; i++) {
        const struct tt_packet *k = &job->block->packets[i];
        bool has_pair = k->flags & (TT_PACKET_IP | TT_PACKET_NAMES_FLOW);
        uint32_t w = has_pair ? tt_flow_pair_hash(k, p->options.worker.flows.secret) % n : 0;
        job->dealt[w][job->n_dealt[w]++] = (uint16_t)i;
    }
}

static void run_threads(struct tt_pipeline *p)
{
    struct worker_thread threads[TT_WORKERS_MAX];
    pthread_t outlet;
    const uint32_t n = p->options.workers;
    for (uint32_t i = 0; i < n; i++) {
        threads[i] = (struct worker_thread){.pipeline = p, .index = i};
        if (pthread_create(&threads[i].thread, NULL, work, &threads[i]) != 0) {
            abort();
        }
    }
    if (pthread_create(&outlet, NULL, write_out, p) != 0) {
        abort();
    }
    uint32_t blocks = 0;
    struct tt_job *job = tt_jobs_free_one(p->jobs);
    while (fill(p, job->block)) {
        deal(p, job, n);
        tt_jobs_give(p->jobs, job);
        job = tt_jobs_free_one(p->jobs);
        if (p->options.progress && (++blocks & 255) == 0) {
            p->options.progress(p->options.ctx, p->packets);
        }
    }
    job->last = true;
    job->packet = p->packets + 1;
    job->time = p->now;
    tt_jobs_give(p->jobs, job);
    for (uint32_t i = 0; i < n; i++) {
        pthread_join(threads[i].thread, NULL);
    }
    pthread_join(outlet, NULL);
}

void tt_pipeline_run(struct tt_pipeline *p)
{
    if (p->options.workers <= 1) {
        run_alone(p);
    } else {
        run_threads(p);
    }
    tt_outlet_end(p->outlet, p->packets + 1);
    stats(p);
    tt_outlet_flush(p->outlet);
}

uint64_t tt_pipeline_packets(const struct tt_pipeline *p)
{
    return p->packets;
}

const struct tt_outlet *tt_pipeline_outlet(const struct tt_pipeline *p)
{
    return p->outlet;
}

void tt_pipeline_protocols(const struct tt_pipeline *p, struct tt_protocol_counts out[TT_PROTOCOLS])
{
    memset(out, 0, TT_PROTOCOLS * sizeof *out);
    for (uint32_t w = 0; w < p->options.workers; w++) {
        const struct tt_protocol_counts *c = tt_worker_protocols(p->workers[w]);
        for (unsigned i = 0; i < TT_PROTOCOLS; i++) {
            out[i].flows += c[i].flows;
            out[i].messages += c[i].messages;
            out[i].transactions += c[i].transactions;
            out[i].octets += c[i].octets;
        }
    }
}

const struct tt_counter_set *tt_pipeline_counters(struct tt_pipeline *p, uint32_t *n)
{
    struct tt_counter_set sets[TT_COUNTER_SETS];
    uint32_t k = 0;
    for (uint32_t w = 0; w < p->options.workers; w++) {
        uint32_t m = tt_worker_counters(p->workers[w], sets);
        for (uint32_t s = 0; s < m && s < SETS_MAX - 4; s++) {
            if (!p->sums[s] && !(p->sums[s] = calloc(sets[s].n + 1, sizeof *p->sums[s]))) {
                abort();
            }
            for (uint32_t i = 0; i < sets[s].n; i++) {
                p->sums[s][i] = (w ? p->sums[s][i] : 0) + sets[s].values[i];
            }
            p->sets[s] = (struct tt_counter_set){sets[s].rows, p->sums[s], sets[s].n};
        }
        k = m;
    }
    p->sets[k++] = tt_decode_counters(p->decoder);
    k += tt_outlet_counters(p->outlet, &p->sets[k]);
    *n = k;
    return p->sets;
}
