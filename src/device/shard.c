/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The device shard: takes windows and facts, merges what belongs to one interval, replays its
 * samples in packet order into the models of each stream, and lets the governor decide what is
 * told. Owns who a device is, and how long a stream learns (detectors.md 4.1, life-cycle). Knows no
 * packets, flows or threads; what it says depends on the windows alone, not on how the messages
 * were spread over them.
 */
#include "base/hash.h"
#include "base/registry.h"
#include "base/text.h"
#include "device/device.h"
#include "device/devices.h"
#include "device/governor.h"
#include "device/merge.h"
#include "device/texts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND        1000000000LL
#define TIME_MOST     (4000000000LL * SECOND) /* year 2096: seconds stay within 32 bits */
#define LEARN_LEAST   (24 * 3600)             /* s */
#define LEARN_MOST    (14 * 24 * 3600)        /* s */
#define LEARN_N       30                      /* messages */
#define LEARN_PERIODS 3
#define ALERTING                                                                                   \
    600 /* s after an odd sample in which nothing is learned, and in which two models agree */
#define MAX_WINDOWS (1u << 20)

enum {
    DEVICES,
    DEVICES_REFUSED,
    STREAMS,
    STREAMS_REFUSED,
    STREAMS_FOLDED,
    TEXTS_REFUSED,
    WINDOWS,
    WINDOWS_LOST,
    SAMPLES,
    ODD,
    FINDINGS,
    FOLDED,
    HELD,
    RECYCLED,
    N_COUNTERS
};

static const struct tt_counter rows[N_COUNTERS] = {
    [DEVICES] = {"device.known", "Devices that were seen.", "devices", 0},
    [DEVICES_REFUSED] = {"device.refused",
                         "Messages and facts of devices that found no place in the table.",
                         "records", 1},
    [STREAMS] = {"device.streams", "Streams (device and topic) that were seen.", "streams", 0},
    [STREAMS_REFUSED] = {"device.streams_refused",
                         "Windows of streams that found no place in the table.", "windows", 1},
    [STREAMS_FOLDED] = {"device.streams_folded",
                        "Windows of a device's 17th and further streams, which share one.",
                        "windows", 0},
    [TEXTS_REFUSED] = {"device.texts_refused",
                       "Names that found no place; a hash is shown instead.", "texts", 0},
    [WINDOWS] = {"device.windows_merged",
                 "Windows after merging, one for each stream and interval.", "windows", 0},
    [WINDOWS_LOST] = {"device.windows_lost", "Windows beyond what one interval may hold.",
                      "windows", 1},
    [SAMPLES] = {"device.samples", "Messages that the models looked at one by one.", "messages", 0},
    [ODD] = {"device.odd", "Verdicts of models that something is odd.", "verdicts", 0},
    [FINDINGS] = {"device.findings", "Findings that were told.", "findings", 0},
    [FOLDED] = {"device.findings_folded", "Findings folded into one that was told already.",
                "findings", 0},
    [HELD] = {"device.findings_held", "Findings held back because too many were told in a minute.",
              "findings", 0},
    [RECYCLED] = {"device.episodes_recycled", "Alert histories that made room for newer ones.",
                  "episodes", 0},
};

struct tt_shard {
    struct tt_shard_options options;
    tt_finding_fn *emit;
    void *ctx;
    struct tt_devices devices;
    struct tt_texts texts;
    struct tt_governor governor;
    struct tt_merge *merge;
    const struct tt_model *models[TT_MODELS_MAX];
    uint32_t offset[TT_MODELS_MAX]; /* of each model's octets in a stream's state */
    uint32_t n_models;
    uint16_t n_protocols;
    struct tt_finding finding;  /* kept zeroed between verdicts */
    struct tt_arena *row_texts; /* of tt_shard_device, until the next tick */
    uint64_t values[N_COUNTERS];
};

/* ---- life ---- */

static void place_models(struct tt_shard *sh, uint32_t *state_size)
{
    uint32_t at = 0;
    for (int i = 0; tt_registry_models[i] && sh->n_models < TT_MODELS_MAX; i++) {
        sh->offset[sh->n_models] = at;
        sh->models[sh->n_models++] = tt_registry_models[i];
        at += (tt_registry_models[i]->state_size + 7U) & ~7U;
    }
    *state_size = at;
}

struct tt_shard *tt_shard_new(const struct tt_shard_options *o, tt_finding_fn *emit, void *ctx)
{
    struct tt_shard *sh = calloc(1, sizeof *sh);
    if (!sh) {
        return NULL;
    }
    sh->options = *o;
    sh->emit = emit;
    sh->ctx = ctx;
    uint32_t state_size, devices = o->max_devices ? o->max_devices : 100000;
    uint32_t most = UINT32_MAX / 32;
    devices = devices < most ? devices : most;
    uint32_t streams = o->max_streams ? o->max_streams : 4 * devices;
    streams = streams < most ? streams : most;
    uint32_t episodes = streams / 8 > 1024 ? streams / 8 : 1024;
    place_models(sh, &state_size);
    while (tt_registry_dissectors[sh->n_protocols]) {
        sh->n_protocols++;
    }
    sh->merge = tt_merge_new(MAX_WINDOWS, o->secret);
    sh->row_texts = calloc(1, sizeof *sh->row_texts);
    bool ok = sh->merge && sh->row_texts;
    ok = tt_devices_init(&sh->devices, devices, streams, state_size, o->secret) && ok;
    ok = tt_texts_init(&sh->texts, devices + streams, o->secret) && ok;
    ok = tt_governor_init(&sh->governor, &sh->devices, episodes) && ok;
    if (!ok) {
        tt_shard_free(sh);
        return NULL;
    }
    tt_arena_init(sh->row_texts, 0);
    return sh;
}

void tt_shard_free(struct tt_shard *sh)
{
    if (sh) {
        tt_devices_free(&sh->devices);
        tt_texts_free(&sh->texts);
        tt_governor_free(&sh->governor);
        tt_merge_free(sh->merge);
        if (sh->row_texts) {
            tt_arena_free(sh->row_texts);
        }
        free(sh->row_texts);
        free(sh);
    }
}

static int64_t bounded(int64_t time)
{
    return time < 0 ? 0 : time > TIME_MOST ? TIME_MOST : time;
}

/* ---- who ---- */

static const char *protocol_name(const struct tt_shard *sh, uint16_t protocol)
{
    return protocol < sh->n_protocols ? tt_registry_dissectors[protocol]->name : "device";
}

/* The text behind a hash, or "#" and the hash itself when the text found no place or was never
 * seen. */
static void text_or_hash(const struct tt_shard *sh, uint64_t hash, char out[TT_FACT_TEXT + 1])
{
    const struct tt_text *x = tt_texts_find(&sh->texts, hash);
    if (x) {
        memcpy(out, x->octets, x->n + 1U);
    } else {
        snprintf(out, TT_FACT_TEXT + 1, "#%016llx", (unsigned long long)hash);
    }
}

static void device_id(const struct tt_shard *sh, const struct tt_device *d, char id[160],
                      char client[TT_FACT_TEXT + 1])
{
    client[0] = 0;
    if (d->identity) {
        text_or_hash(sh, d->identity, client);
        snprintf(id, 160, "%.24s:%s", protocol_name(sh, d->protocol), client);
    } else {
        char address[46];
        snprintf(id, 160, "ip:%s", tt_text_address_z(address, d->address.b));
    }
}

static void stream_name(const struct tt_shard *sh, uint64_t hash, char out[TT_FACT_TEXT + 1])
{
    if (hash == 0) {
        out[0] = 0;
    } else if (hash == TT_STREAM_REST) {
        snprintf(out, TT_FACT_TEXT + 1, "(further streams)");
    } else {
        text_or_hash(sh, hash, out);
    }
}

static struct tt_device *get_device(struct tt_shard *sh, const struct tt_device_key *k,
                                    uint16_t protocol, int64_t time)
{
    bool is_new;
    struct tt_device *d = tt_devices_get(&sh->devices, k, &is_new);
    if (!d) {
        return NULL;
    }
    if (is_new) {
        d->first = d->last = time;
        d->protocol = protocol;
    }
    d->first = time < d->first ? time : d->first;
    d->last = time > d->last ? time : d->last;
    return d;
}

void tt_shard_fact(struct tt_shard *sh, const struct tt_fact *f)
{
    if (f->kind == TT_FACT_STREAM) {
        tt_texts_put(&sh->texts, f->hash, f->text, f->n);
        return;
    }
    struct tt_device *d = get_device(sh, &f->device, f->protocol, bounded(f->time));
    if (!d) {
        return;
    }
    if (f->kind == TT_FACT_IDENTITY) {
        tt_texts_put(&sh->texts, f->hash, f->text, f->n);
    } else if (f->kind == TT_FACT_PEER) {
        d->peer = f->address;
        d->port = f->port;
    }
}

/* ---- life-cycle of a stream ---- */

static double stream_period(const struct tt_shard *sh, const struct tt_stream *s)
{
    for (uint32_t i = 0; i < sh->n_models; i++) {
        if (sh->models[i]->period) {
            return sh->models[i]->period(s->state + sh->offset[i]);
        }
    }
    return 0;
}

static bool has_learned(const struct tt_shard *sh, const struct tt_stream *s, int64_t time)
{
    if (sh->options.self) {
        return time >= sh->options.learn_until;
    }
    int64_t elapsed = (time - s->since) / SECOND;
    int64_t least = sh->options.learn_min_s ? sh->options.learn_min_s : LEARN_LEAST;
    if (elapsed >= LEARN_MOST) {
        return true;
    }
    if (elapsed < least || s->n < LEARN_N ||
        (double)elapsed < LEARN_PERIODS * stream_period(sh, s)) {
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

static bool is_learning(const struct tt_shard *sh, struct tt_device *d, struct tt_stream *s,
                        int64_t time)
{
    if (s->flags & TT_STREAM_ARMED) {
        return false;
    }
    if (!has_learned(sh, s, time)) {
        return true;
    }
    s->flags |= TT_STREAM_ARMED;
    d->armed = 1;
    return false;
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
                 struct tt_episode *e, const struct tt_window *w, const struct tt_sample *m)
{
    struct tt_finding *f = &sh->finding;
    f->detector = sh->models[e->model]->detector;
    f->packet = m->packet;
    f->time = m->time;
    f->since = s->since;
    f->repeats = e->repeats;
    e->repeats = 0;
    f->address = w->device.address;
    f->peer = d->peer;
    f->port = d->port;
    f->protocol = d->protocol;
    f->n = s->n;
    snprintf(f->state, sizeof f->state, "armed");
    device_id(sh, d, f->device, f->client_id);
    stream_name(sh, s->hash, f->stream);
    f->n_packets = e->n_packets;
    memcpy(f->packets, e->packets, sizeof f->packets);
    tt_finding_id(f->id, f->detector->id, f->device, f->stream, e->first);
    d->findings++;
    sh->values[FINDINGS]++;
    sh->emit(sh->ctx, f);
}

static void tell_storm(struct tt_shard *sh, int64_t second, uint64_t packet, bool at_end)
{
    uint64_t held = tt_governor_storm(&sh->governor, second, at_end);
    if (held == 0) {
        return;
    }
    struct tt_finding *f = &sh->finding;
    f->detector = &tt_detector_storm;
    f->packet = packet;
    f->time = f->since = second > TIME_MOST / SECOND ? TIME_MOST : second < 0 ? 0 : second * SECOND;
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
    sh->values[FINDINGS]++;
    sh->emit(sh->ctx, f);
    memset(f, 0, sizeof *f);
}

/* ---- replay ---- */

static void judge(struct tt_shard *sh, struct tt_device *d, uint32_t stream,
                  const struct tt_window *w, const struct tt_sample *m, uint32_t extra)
{
    struct tt_stream *s = tt_stream_at(&sh->devices, stream);
    uint32_t now = (uint32_t)(m->time / SECOND);
    struct tt_model_context c = {
        .time = m->time,
        .packet = m->packet,
        .learning = is_learning(sh, d, s, m->time),
        .n = s->n,
        .since = s->since,
        .options = &sh->options,
    };
    bool learned = true;
    for (uint32_t i = 0; i < sh->n_models; i++) {
        c.alerting = s->odd && now >= s->odd && now - s->odd <= ALERTING;
        enum tt_verdict v =
            sh->models[i]->sample(s->state + sh->offset[i], &c, m, extra, &sh->finding);
        if (v == TT_NORMAL) {
            learned = learned && !c.alerting;
            continue;
        }
        learned = false;
        struct tt_episode *e =
            tt_governor_note(&sh->governor, stream, (uint8_t)i, m->time, m->packet);
        if (v == TT_ODD) {
            s->odd = d->fired[i] = now;
            sh->values[ODD]++;
            struct tt_finding *f = &sh->finding;
            f->severity = joined_severity(sh, d, i, now, f->severity);
            if (tt_governor_ask(&sh->governor, e, m->time, f->severity) == TT_NOTICE_TELL) {
                tell(sh, d, s, e, w, m);
            }
        }
        memset(&sh->finding, 0, sizeof sh->finding);
    }
    if (learned) {
        s->n = s->n > UINT32_MAX - 1 - extra ? UINT32_MAX : s->n + 1 + extra;
    }
}

static void book(struct tt_device *d, const struct tt_window *w)
{
    int64_t last = bounded(w->last_time);
    d->messages += (uint64_t)w->messages + w->others;
    d->octets += w->bytes;
    d->last = last > d->last ? last : d->last;
}

static void replay(struct tt_shard *sh, const struct tt_replay_step *step)
{
    const struct tt_window *w = tt_merge_window(sh->merge, step->window);
    struct tt_device *d = get_device(sh, &w->device, w->protocol, bounded(w->first_time));
    if (!d) {
        return;
    }
    if (step->first) {
        book(d, w);
    }
    if (step->sample == TT_REPLAY_NO_SAMPLE) {
        return;
    }
    struct tt_sample m = w->samples[step->sample];
    m.time = bounded(m.time);
    bool is_new;
    uint32_t stream = tt_devices_stream(&sh->devices, d, w->stream, &is_new);
    if (stream == TT_NO_STREAM) {
        return;
    }
    if (is_new) {
        tt_stream_at(&sh->devices, stream)->since = m.time;
        tt_stream_at(&sh->devices, stream)->episodes = TT_EPISODE_NONE;
    }
    bool is_last = step->sample + 1U == w->n_samples;
    uint32_t extra = is_last && w->messages > w->n_samples ? w->messages - w->n_samples : 0;
    sh->values[SAMPLES]++;
    judge(sh, d, stream, w, &m, extra);
}

static void update_counters(struct tt_shard *sh)
{
    uint64_t *v = sh->values;
    v[DEVICES] = sh->devices.devices.used;
    v[DEVICES_REFUSED] = sh->devices.devices.refused;
    v[STREAMS] = sh->devices.streams.used;
    v[STREAMS_REFUSED] = sh->devices.streams.refused;
    v[STREAMS_FOLDED] = sh->devices.folded;
    v[TEXTS_REFUSED] = sh->texts.refused;
    v[FOLDED] = sh->governor.folded;
    v[HELD] = sh->governor.held;
    v[RECYCLED] = sh->governor.recycled;
}

static void replay_interval(struct tt_shard *sh)
{
    uint32_t n;
    const struct tt_replay_step *steps = tt_merge_steps(sh->merge, &n);
    for (uint32_t i = 0; i < n; i++) {
        sh->values[WINDOWS] += steps[i].first;
        replay(sh, &steps[i]);
    }
    tt_merge_clear(sh->merge);
}

void tt_shard_window(struct tt_shard *sh, const struct tt_window *w)
{
    if (w->n_samples > TT_WINDOW_SAMPLES || !tt_merge_add(sh->merge, w)) {
        sh->values[WINDOWS_LOST]++;
    }
}

void tt_shard_tick(struct tt_shard *sh, int64_t second, uint64_t packet)
{
    tt_arena_reset(sh->row_texts);
    replay_interval(sh);
    tell_storm(sh, second, packet, false);
    update_counters(sh);
}

void tt_shard_end(struct tt_shard *sh, uint64_t packet)
{
    tt_arena_reset(sh->row_texts);
    replay_interval(sh);
    tell_storm(sh, sh->governor.level_time / SECOND, packet, true);
    update_counters(sh);
}

struct tt_counter_set tt_shard_counters(const struct tt_shard *sh)
{
    return (struct tt_counter_set){rows, sh->values, N_COUNTERS};
}

/* ---- tables ---- */

static const char *keep_text(const struct tt_shard *sh, const char *text)
{
    size_t n = strlen(text) + 1;
    return memcpy(tt_arena_alloc(sh->row_texts, n), text, n);
}

bool tt_shard_device(const struct tt_shard *sh, uint32_t i, struct tt_device_row *row)
{
    if (i >= sh->devices.devices.used) {
        return false;
    }
    const struct tt_device *d = tt_device_at(&sh->devices, i);
    char id[160], client[TT_FACT_TEXT + 1];
    device_id(sh, d, id, client);
    *row = (struct tt_device_row){
        .id = keep_text(sh, id),
        .client_id = keep_text(sh, client),
        .address = d->address,
        .protocol = d->protocol,
        .messages = d->messages,
        .octets = d->octets,
        .first = d->first,
        .last = d->last,
        .streams = d->n_streams,
        .findings = d->findings,
        .state = d->armed ? "armed" : "learning",
        .peer = d->peer,
        .port = d->port,
    };
    uint32_t most = 0;
    for (uint32_t at = d->stream; at != TT_NO_STREAM; at = tt_stream_at(&sh->devices, at)->next) {
        const struct tt_stream *s = tt_stream_at(&sh->devices, at);
        if (s->n > most) {
            most = s->n;
            row->period_s = stream_period(sh, s);
        }
    }
    return true;
}
