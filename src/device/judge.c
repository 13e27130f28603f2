/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How long a stream learns (detectors.md 4.1, life-cycle), what its models say of a sample, and
 * what becomes of that: evidence, severity, and the finding that is told when the governor lets it.
 * Owns no table.
 */
#include "device/shard.h"

#include <stdio.h>
#include <string.h>

#define LEARN_LEAST   (24 * 3600)      /* s */
#define LEARN_MOST    (14 * 24 * 3600) /* s */
#define LEARN_N       30               /* messages */
#define LEARN_PERIODS 3
#define ALERTING      600 /* s after an odd sample: nothing is learned, and another model agrees */

double tt_shard_period(const struct tt_shard *sh, const struct tt_stream *s)
{
    for (uint32_t i = 0; i < sh->n_models; i++) {
        if (sh->models[i]->period) {
            return sh->models[i]->period(s->state + sh->offset[i]);
        }
    }
    return 0;
}

/* Asked once the least time is over. */
static bool has_learned(const struct tt_shard *sh, const struct tt_stream *s, int64_t time)
{
    if (s->since < sh->learn_until) { /* --baseline self: that time was for it */
        return true;
    }
    int64_t elapsed = time - s->since; /* ns */
    if (elapsed >= LEARN_MOST * TT_SHARD_SECOND) {
        return true;
    }
    int64_t seconds = elapsed / TT_SHARD_SECOND;
    if (s->n < LEARN_N || (double)seconds < LEARN_PERIODS * tt_shard_period(sh, s)) {
        return false;
    }
    for (uint32_t i = 0; i < sh->n_models; i++) {
        const struct tt_model *m = sh->models[i];
        if (m->settled && !m->settled(s->state + sh->offset[i], s->since, time)) {
            return false;
        }
    }
    return true;
}

static __attribute__((noinline)) bool arm(const struct tt_shard *sh, struct tt_stream *s,
                                          int64_t time)
{
    if (!has_learned(sh, s, time)) {
        return false;
    }
    s->flags |= TT_STREAM_ARMED;
    tt_device_at(&sh->devices, s->device)->armed = 1;
    return true;
}

static inline bool is_learning(const struct tt_shard *sh, struct tt_stream *s, int64_t time)
{
    if (s->flags & TT_STREAM_ARMED) {
        return false;
    }
    if (time < sh->learn_until) {
        return true;
    }
    return (s->since >= sh->learn_until && time - s->since < sh->learn_least) || !arm(sh, s, time);
}

void tt_shard_set_learning(struct tt_shard *sh)
{
    const struct tt_shard_options *o = &sh->options;
    sh->learn_until = o->self ? o->learn_until : 0;
    sh->learn_least = o->learn_min_s ? o->learn_min_s : LEARN_LEAST;
    sh->learn_least *= TT_SHARD_SECOND;
    if (sh->learn_least > LEARN_MOST * TT_SHARD_SECOND) {
        sh->learn_least = LEARN_MOST * TT_SHARD_SECOND;
    }
}

/* ---- findings ---- */

static uint8_t joined_severity(const struct tt_shard *sh, const struct tt_device *d, uint32_t model,
                               uint32_t now, uint8_t severity)
{
    for (uint32_t i = 0; i < sh->n_models; i++) {
        bool agrees =
            i != model && d->fired[i] && now >= d->fired[i] && now - d->fired[i] <= ALERTING;
        if (agrees) {
            return severity < TT_CRITICAL ? severity + 1 : TT_CRITICAL;
        }
    }
    return severity;
}

static void tell(struct tt_shard *sh, struct tt_device *d, const struct tt_stream *s,
                 struct tt_episode *e, const struct tt_sample *m)
{
    struct tt_finding *f = &sh->finding;
    f->detector = sh->models[e->model]->detector;
    f->packet = m->packet;
    f->time = m->time;
    f->since = s->since;
    f->repeats = e->repeats;
    e->repeats = 0;
    f->address = m->device.address;
    f->peer = d->peer;
    f->port = d->port;
    f->protocol = d->protocol;
    f->n = s->n;
    snprintf(f->state, sizeof f->state, "armed");
    tt_shard_device_id(sh, d, f->device, f->client_id);
    tt_shard_stream_name(sh, s->hash, f->stream);
    f->n_packets = e->n_packets;
    memcpy(f->packets, e->packets, sizeof f->packets);
    tt_finding_id(f->id, f->detector->id, f->device, f->stream, e->first);
    d->findings++;
    sh->values[TT_SHARD_FINDINGS]++;
    sh->emit(sh->ctx, f);
}

void tt_shard_tell_storm(struct tt_shard *sh, int64_t second, uint64_t packet, bool at_end)
{
    uint64_t held = tt_governor_storm(&sh->governor, second, at_end);
    if (held == 0) {
        return;
    }
    struct tt_finding *f = &sh->finding;
    f->detector = &tt_detector_storm;
    f->packet = packet;
    f->time = f->since = second > TT_SHARD_TIME_MOST / TT_SHARD_SECOND ? TT_SHARD_TIME_MOST
                         : second < 0                                  ? 0
                                                                       : second * TT_SHARD_SECOND;
    f->severity = tt_detector_storm.severity;
    f->confidence = 1;
    f->observed = (double)held;
    f->observed_window_s = 60;
    snprintf(f->unit, sizeof f->unit, "findings held back");
    snprintf(f->state, sizeof f->state, "armed");
    snprintf(f->device, sizeof f->device, "sensor");
    f->protocol = UINT16_MAX;
    f->expected = 30;
    f->expected_window_s = 60;
    tt_finding_id(f->id, f->detector->id, f->device, "", f->time);
    sh->values[TT_SHARD_FINDINGS]++;
    sh->emit(sh->ctx, f);
    memset(f, 0, sizeof *f);
}

/* A model did not find the sample normal. Off the path of the usual one. */
static __attribute__((noinline)) void note(struct tt_shard *sh, struct tt_stream *s, uint32_t model,
                                           enum tt_verdict v, const struct tt_sample *m)
{
    struct tt_device *d = tt_device_at(&sh->devices, s->device);
    uint32_t stream = tt_stream_index(&sh->devices, s);
    struct tt_episode *e =
        tt_governor_note(&sh->governor, stream, (uint8_t)model, m->time, m->packet);
    if (v == TT_ODD) {
        uint32_t now = (uint32_t)(m->time / TT_SHARD_SECOND);
        s->odd = d->fired[model] = now;
        sh->values[TT_SHARD_ODD]++;
        struct tt_finding *f = &sh->finding;
        f->severity = joined_severity(sh, d, model, now, f->severity);
        if (tt_governor_ask(&sh->governor, e, m->time, f->severity) == TT_NOTICE_TELL) {
            tell(sh, d, s, e, m);
        }
    }
    memset(&sh->finding, 0, sizeof sh->finding);
}

static bool is_alerting(const struct tt_stream *s, uint32_t now)
{
    return s->odd && now >= s->odd && now - s->odd <= ALERTING;
}

void tt_shard_judge(struct tt_shard *sh, struct tt_stream *s, const struct tt_sample *m,
                    uint32_t extra)
{
    uint64_t second = (uint64_t)m->time / TT_SHARD_SECOND;
    struct tt_model_context *c = &sh->asked;
    c->sample = m;
    c->extra = extra;
    c->stamp = second << 32 | ((uint64_t)m->time - second * TT_SHARD_SECOND);
    c->learning = is_learning(sh, s, m->time);
    c->alerting = s->odd && is_alerting(s, (uint32_t)second);
    c->n = s->n;
    c->since = s->since;
    bool learned = !c->alerting;
    for (uint32_t i = 0; i < sh->n_models; i++) {
        enum tt_verdict v = sh->models[i]->sample(s->state + sh->offset[i], c, &sh->finding);
        if (v != TT_NORMAL) {
            learned = false;
            note(sh, s, i, v, m);
            c->alerting = is_alerting(s, (uint32_t)(c->stamp >> 32));
        }
    }
    if (learned) {
        uint64_t n = (uint64_t)s->n + 1 + c->extra;
        s->n = n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
    }
}
