/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The device shard: takes samples, windows and facts in output order, finds whose they are, shows
 * samples to the models of their stream, and lets the governor decide what is told. Owns who a
 * device is; how long a stream learns and what is told is in judge.c. Knows no packets, flows or
 * threads; what it says depends on the records and their order alone.
 */
#include "device/shard.h"
#include "base/hash.h"
#include "base/registry.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct tt_counter rows[TT_SHARD_COUNTERS] = {
    [TT_SHARD_DEVICES] = {"device.known", "Devices that were seen.", "devices", 0},
    [TT_SHARD_DEVICES_FORGOTTEN] = {"device.forgotten",
                                    "Devices of few messages that made room for newer ones "
                                    "(devices.max).",
                                    "devices", 1},
    [TT_SHARD_DEVICES_REFUSED] = {"device.refused",
                                  "Messages and facts of devices that found no place in the table.",
                                  "records", 1},
    [TT_SHARD_STREAMS] = {"device.streams", "Streams (device and topic) that were seen.", "streams",
                          0},
    [TT_SHARD_STREAMS_REFUSED] = {"device.streams_refused",
                                  "Messages of streams that found no place in the table.",
                                  "messages", 1},
    [TT_SHARD_STREAMS_FOLDED] =
        {"device.streams_folded",
         "Messages of a device's 17th and further streams, which share one.", "messages", 0},
    [TT_SHARD_TEXTS_REFUSED] = {"device.texts_refused",
                                "Names that found no place; a hash is shown instead.", "texts", 0},
    [TT_SHARD_SAMPLES] = {"device.samples", "Messages that the models looked at one by one.",
                          "messages", 0},
    [TT_SHARD_BLOCKS] = {"device.blocks",
                         "Sums of messages beyond a flow's samples of a second, judged as one.",
                         "windows", 0},
    [TT_SHARD_ODD] = {"device.odd", "Verdicts of models that something is odd.", "verdicts", 0},
    [TT_SHARD_FINDINGS] = {"device.findings", "Findings that were told.", "findings", 0},
    [TT_SHARD_FOLDED] = {"device.findings_folded",
                         "Findings folded into one that was told already.", "findings", 0},
    [TT_SHARD_HELD] = {"device.findings_held",
                       "Findings held back because too many were told in a minute.", "findings", 0},
    [TT_SHARD_RECYCLED] = {"device.episodes_recycled",
                           "Alert histories that made room for newer ones.", "episodes", 0},
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
    sh->asked.options = &sh->options;
    tt_shard_set_learning(sh);
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
    sh->row_texts = calloc(1, sizeof *sh->row_texts);
    bool ok = sh->row_texts;
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
        if (sh->row_texts) {
            tt_arena_free(sh->row_texts);
        }
        free(sh->row_texts);
        free(sh);
    }
}

static int64_t bounded(int64_t time)
{
    return time < 0 ? 0 : time > TT_SHARD_TIME_MOST ? TT_SHARD_TIME_MOST : time;
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

void tt_shard_device_id(const struct tt_shard *sh, const struct tt_device *d, char id[160],
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

void tt_shard_stream_name(const struct tt_shard *sh, uint64_t hash, char out[TT_FACT_TEXT + 1])
{
    if (hash == 0) {
        out[0] = 0;
    } else if (hash == TT_STREAM_REST) {
        snprintf(out, TT_FACT_TEXT + 1, "(further streams)");
    } else {
        text_or_hash(sh, hash, out);
    }
}

static inline void see(struct tt_device *d, int64_t time)
{
    d->first = time < d->first ? time : d->first;
    d->last = time > d->last ? time : d->last;
}

/* The table is full: the newcomer that was silent for longest goes. False: there is none. */
static __attribute__((noinline)) bool forget_one(struct tt_shard *sh)
{
    struct tt_devices *all = &sh->devices;
    while (all->oldest != TT_NO_DEVICE) {
        struct tt_device *d = tt_device_at(all, all->oldest);
        bool odd = false;
        for (uint32_t i = d->stream; i != TT_NO_STREAM; i = tt_stream_at(all, i)->next) {
            odd |= tt_stream_at(all, i)->episodes != TT_EPISODE_NONE;
        }
        if (odd) {
            tt_devices_settle(all, d);
            continue;
        }
        for (uint32_t i = d->stream; i != TT_NO_STREAM; i = tt_stream_at(all, i)->next) {
            tt_texts_leave(&sh->texts, tt_stream_at(all, i)->hash);
        }
        if (d->identity) {
            tt_texts_leave(&sh->texts, d->identity);
        }
        tt_devices_forget(all, d);
        sh->values[TT_SHARD_DEVICES_FORGOTTEN]++;
        return true;
    }
    return false;
}

static struct tt_device *get_device(struct tt_shard *sh, const struct tt_device_key *k,
                                    uint16_t protocol, int64_t time)
{
    bool is_new;
    struct tt_device *d = tt_devices_get(&sh->devices, k, &is_new);
    if (!d && forget_one(sh)) {
        sh->devices.devices.refused--;
        d = tt_devices_get(&sh->devices, k, &is_new);
    }
    if (!d) {
        return NULL;
    }
    if (is_new) {
        tt_texts_use(&sh->texts, k->identity); /* finds nothing where there is none */
        d->first = d->last = time;
        d->protocol = protocol;
    }
    see(d, time);
    return d;
}

/* Does a further stream of the device go to the one that they share? */
static bool folds(const struct tt_shard *sh, const struct tt_device_key *k)
{
    const struct tt_device *d = tt_devices_find(&sh->devices, k);
    return d && d->n_streams >= TT_DEVICE_STREAMS;
}

void tt_shard_fact(struct tt_shard *sh, const struct tt_fact *f)
{
    if (f->kind == TT_FACT_STREAM) {
        if (sh->texts.used >= sh->texts.cap / 2 && folds(sh, &f->device)) {
            return; /* a device with ever new topics needs no names for them */
        }
        tt_texts_put(&sh->texts, f->hash, f->text, f->n);
        return;
    }
    struct tt_device *d = get_device(sh, &f->device, f->protocol, bounded(f->time));
    if (!d) {
        return;
    }
    if (f->kind == TT_FACT_IDENTITY) {
        if (!tt_texts_find(&sh->texts, f->hash)) {
            tt_texts_put(&sh->texts, f->hash, f->text, f->n);
            tt_texts_use(&sh->texts, f->hash);
        }
    } else if (f->kind == TT_FACT_PEER) {
        d->peer = f->address;
        d->port = f->port;
    }
}

/* ---- messages ---- */

static inline void heard(struct tt_shard *sh, struct tt_device *d)
{
    if (__builtin_expect(d->newcomer, 0)) {
        tt_devices_heard(&sh->devices, d);
    }
}

void tt_shard_fetch(const struct tt_shard *sh, const struct tt_sample *const samples[], unsigned n,
                    uint32_t hints[])
{
    tt_devices_fetch(&sh->devices, samples, n, hints);
}

/* Another than the device's newest one. */
static __attribute__((noinline)) void find_stream(struct tt_shard *sh, struct tt_device *d,
                                                  const struct tt_sample *m, uint32_t extra)
{
    bool is_new;
    uint32_t i = tt_devices_stream(&sh->devices, d, m->stream, &is_new);
    if (i == TT_NO_STREAM) {
        return;
    }
    struct tt_stream *s = tt_stream_at(&sh->devices, i);
    if (is_new) {
        s->since = m->time;
        s->episodes = TT_EPISODE_NONE;
    }
    tt_shard_judge(sh, s, m, extra);
}

static inline void judge(struct tt_shard *sh, struct tt_device *d, const struct tt_sample *m,
                         uint32_t extra)
{
    if (d->stream != TT_NO_STREAM) {
        struct tt_stream *s = tt_stream_at(&sh->devices, d->stream);
        if (s->hash == m->stream) {
            tt_shard_judge(sh, s, m, extra);
            return;
        }
    }
    find_stream(sh, d, m, extra);
}

/* A time out of bounds, or a device that was not found at first glance. */
static __attribute__((noinline)) void find_and_judge(struct tt_shard *sh, const struct tt_sample *s)
{
    struct tt_sample moved = *s;
    moved.time = bounded(s->time);
    struct tt_device *d = get_device(sh, &s->device, s->protocol, moved.time);
    if (d) {
        d->messages++;
        d->octets += s->length;
        sh->values[TT_SHARD_SAMPLES]++;
        judge(sh, d, &moved, 0);
    }
}

void tt_shard_sample(struct tt_shard *sh, const struct tt_sample *s, uint32_t hint)
{
    struct tt_device *d = tt_devices_known(&sh->devices, &s->device, hint);
    if (!d || (uint64_t)s->time > (uint64_t)TT_SHARD_TIME_MOST) {
        find_and_judge(sh, s);
        return;
    }
    see(d, s->time);
    d->messages++;
    d->octets += s->length;
    heard(sh, d);
    sh->values[TT_SHARD_SAMPLES]++;
    judge(sh, d, s, 0);
}

void tt_shard_window(struct tt_shard *sh, const struct tt_window *w)
{
    struct tt_device *d = get_device(sh, &w->device, w->protocol, bounded(w->first_time));
    if (!d) {
        return;
    }
    struct tt_sample last = {
        .device = w->device,
        .stream = w->stream,
        .packet = w->last_packet,
        .time = bounded(w->last_time),
        .protocol = w->protocol,
    };
    see(d, last.time);
    d->messages += (uint64_t)w->messages + w->others;
    d->octets += w->bytes;
    heard(sh, d);
    if (w->messages) {
        last.length = (uint32_t)(w->bytes / w->messages); /* as long as they are on average */
        sh->values[TT_SHARD_BLOCKS]++;
        judge(sh, d, &last, w->messages - 1);
    }
}

static void update_counters(struct tt_shard *sh)
{
    uint64_t *v = sh->values;
    v[TT_SHARD_DEVICES] = sh->devices.devices.used;
    v[TT_SHARD_DEVICES_REFUSED] = sh->devices.devices.refused;
    v[TT_SHARD_STREAMS] = sh->devices.streams.used;
    v[TT_SHARD_STREAMS_REFUSED] = sh->devices.streams.refused;
    v[TT_SHARD_STREAMS_FOLDED] = sh->devices.folded;
    v[TT_SHARD_TEXTS_REFUSED] = sh->texts.refused;
    v[TT_SHARD_FOLDED] = sh->governor.folded;
    v[TT_SHARD_HELD] = sh->governor.held;
    v[TT_SHARD_RECYCLED] = sh->governor.recycled;
}

void tt_shard_tick(struct tt_shard *sh, int64_t second, uint64_t packet)
{
    tt_arena_reset(sh->row_texts);
    tt_shard_tell_storm(sh, second, packet, false);
    update_counters(sh);
}

void tt_shard_end(struct tt_shard *sh, uint64_t packet)
{
    tt_arena_reset(sh->row_texts);
    tt_shard_tell_storm(sh, sh->governor.level_time / TT_SHARD_SECOND, packet, true);
    update_counters(sh);
}

struct tt_counter_set tt_shard_counters(const struct tt_shard *sh)
{
    return (struct tt_counter_set){rows, sh->values, TT_SHARD_COUNTERS};
}

/* ---- tables ---- */

static const char *keep_text(const struct tt_shard *sh, const char *text)
{
    size_t n = strlen(text) + 1;
    return memcpy(tt_arena_alloc(sh->row_texts, n), text, n);
}

uint32_t tt_shard_devices(const struct tt_shard *sh)
{
    return sh->devices.devices.used;
}

bool tt_shard_device(const struct tt_shard *sh, uint32_t i, struct tt_device_row *row)
{
    if (i >= sh->devices.devices.used) {
        return false;
    }
    const struct tt_device *d = tt_device_at(&sh->devices, i);
    char id[160], client[TT_FACT_TEXT + 1];
    tt_shard_device_id(sh, d, id, client);
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
            row->period_s = tt_shard_period(sh, s);
        }
    }
    return true;
}
