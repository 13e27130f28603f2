/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Takes entries in (packet, origin, ordinal) order, whatever worker made them. Owns the
 * device shard, the thresholds and the counts of alerts; writes to lines that it does not
 * own. Never looks at packets.
 */
#include "engine/outlet.h"

#include <stdio.h>
#include <stdlib.h>

#include "alert/threshold.h"
#include "base/hash.h"
#include "base/text.h"
#include "device/claim.h"

/* (rule, device) pairs that the summary tells apart; the rest share the last */
#define ALERT_ROWS 4096
#define AHEAD      64 /* entries that are looked at before the first of them is taken */

struct tt_outlet {
    struct tt_outlet_options options;
    struct tt_eve *eve;
    struct tt_shard *shard;
    struct tt_thresholds *thresholds;
    struct tt_identities *identities; /* NULL: nobody wants them */
    struct tt_order order;            /* scratch for merging */
    int64_t second;
    uint64_t records, failing;
    struct tt_alert_row *rows;
    uint32_t n_rows;
    uint32_t slots[ALERT_ROWS * 2]; /* hash → row + 1 */
    uint8_t line[96u << 10];
};

static void write_line(struct tt_outlet *o, const void *p, size_t n)
{
    o->records++;
    for (struct tt_lines *const *l = o->options.lines; l && *l; l++) {
        tt_lines_write(*l, p, n);
    }
}

static struct tt_alert_row *row_of(struct tt_outlet *o, uint32_t gid, uint32_t sid,
                                   const char *device)
{
    struct {
        uint64_t device;
        uint32_t gid, sid;
    } k = {tt_hash_bytes(device, strlen(device), 0), gid, sid};
    uint64_t h = tt_hash_bytes(&k, sizeof k, 0);
    for (uint32_t i = 0;; i++) {
        uint32_t *slot = &o->slots[(h + i) % (ALERT_ROWS * 2)];
        if (*slot == 0) {
            if (o->n_rows == ALERT_ROWS) {
                return &o->rows[ALERT_ROWS - 1];
            }
            *slot = ++o->n_rows;
            struct tt_alert_row *r = &o->rows[o->n_rows - 1];
            r->gid = gid;
            r->sid = sid;
            snprintf(r->device, sizeof r->device, "%s", device);
            return r;
        }
        struct tt_alert_row *r = &o->rows[*slot - 1];
        if (r->gid == gid && r->sid == sid && strcmp(r->device, device) == 0) {
            return r;
        }
    }
}

static struct tt_alert_row *count_alert(struct tt_outlet *o, uint32_t gid, uint32_t sid,
                                        const char *device, uint8_t severity, int64_t time,
                                        uint64_t packet, const char *title)
{
    struct tt_alert_row *r = row_of(o, gid, sid, device);
    if (r->count++ == 0) {
        r->first = time;
        r->packet = packet;
        snprintf(r->title, sizeof r->title, "%s", title);
    }
    r->last = time;
    r->severity = severity > r->severity ? severity : r->severity;
    o->failing += severity >= o->options.fail_on;
    return r;
}

static void finding(void *ctx, const struct tt_finding *f)
{
    struct tt_outlet *o = ctx;
    struct tt_alert_row *r = count_alert(o, 3, f->detector->sid, f->device, f->severity, f->time,
                                         f->packet, f->detector->title);
    if (r->count == 1) {
        char window[32] = "";
        if (f->observed_window_s) {
            snprintf(window, sizeof window, " in %u s", f->observed_window_s);
        }
        snprintf(r->detail, sizeof r->detail, "%.3g %s%s, learned %.3g from %llu messages",
                 f->observed, f->unit, window, f->expected, (unsigned long long)f->n);
    }
    if (o->options.types >> TT_EVE_ALERT & 1) {
        struct tt_json j;
        tt_json_init(&j, o->line, sizeof o->line);
        tt_eve_finding(o->eve, &j, f);
        if (!j.full) {
            write_line(o, o->line, tt_json_length(&j));
        }
    }
    if (o->options.alert) {
        o->options.alert(o->options.alert_ctx, NULL, f);
    }
}

static void alert(struct tt_outlet *o, const uint8_t *p)
{
    struct tt_alert a;
    memcpy(&a, p, sizeof a);
    if (!tt_thresholds_pass(o->thresholds, &a)) {
        return;
    }
    char device[160];
    const struct tt_dissector *app = a.app ? tt_dissector_at(a.app - 1u) : NULL;
    if (app && a.client_id[0]) { /* as the device room names it */
        snprintf(device, sizeof device, "%s:%s", app->name, a.client_id);
    } else {
        tt_text_address_z(device, (a.flow_id ? a.device.address : a.src).b);
    }
    count_alert(o, a.gid, a.sid, device, a.severity, a.time, a.packet, a.title);
    if (o->options.types >> TT_EVE_ALERT & 1) {
        write_line(o, p + sizeof a, a.line);
    }
    if (o->options.alert) {
        o->options.alert(o->options.alert_ctx, &a, NULL);
    }
}

static void identity(void *ctx, const struct tt_identity *i)
{
    struct tt_outlet *o = ctx;
    struct tt_json j;
    tt_json_init(&j, o->line, sizeof o->line);
    tt_eve_identity(o->eve, &j, i);
    if (!j.full) {
        write_line(o, o->line, tt_json_length(&j));
    }
}

/* Any entry but a sample. Records are read in place: entries are aligned to 8. */
static void take(struct tt_outlet *o, const struct tt_entry *e)
{
    const uint8_t *p = (const uint8_t *)(e + 1);
    switch (e->kind) {
    case TT_ENTRY_RECORD:
        write_line(o, p, e->size);
        break;
    case TT_ENTRY_ALERT:
        alert(o, p);
        break;
    case TT_ENTRY_WINDOW:
        tt_shard_window(o->shard, (const struct tt_window *)(const void *)p);
        break;
    case TT_ENTRY_FACT:
        tt_shard_fact(o->shard, (const struct tt_fact *)(const void *)p);
        break;
    case TT_ENTRY_CLAIM:
        tt_identities_claim(o->identities, (const struct tt_claim *)(const void *)p);
        break;
    case TT_ENTRY_TICK: {
        int64_t second;
        memcpy(&second, p, sizeof second);
        if (second > o->second) { /* each worker says it */
            o->second = second;
            tt_shard_tick(o->shard, second, e->packet);
        }
        break;
    }
    default:
        break;
    }
}

/* Entries that are taken next; the samples among them. */
struct ahead {
    const struct tt_entry *entries[AHEAD];
    const struct tt_sample *samples[AHEAD];
    uint32_t n, n_samples;
};

/* The entry is no run of samples. */
static inline void look_at(struct ahead *a, const struct tt_entry *e)
{
    a->entries[a->n++] = e;
    a->samples[a->n_samples] = (const struct tt_sample *)(const void *)(e + 1);
    a->n_samples += e->kind == TT_ENTRY_SAMPLE;
}

/* Devices come in no order: what is known of the next ones is fetched while there is nothing to
 * wait for. */
static void take_all(struct tt_outlet *o, struct ahead *a)
{
    uint32_t hints[AHEAD], k = 0;
    tt_shard_fetch(o->shard, a->samples, a->n_samples, hints);
    for (uint32_t i = 0; i < a->n; i++) {
        const struct tt_entry *e = a->entries[i];
        if (e->kind == TT_ENTRY_SAMPLE) {
            tt_shard_sample(o->shard, a->samples[k], hints[k]);
            k++;
        } else {
            take(o, e);
        }
    }
    a->n = a->n_samples = 0;
}

/* Many samples in one entry. */
static void take_run(struct tt_outlet *o, const struct tt_entry *e)
{
    const struct tt_sample *next = (const struct tt_sample *)(const void *)(e + 1);
    const struct tt_sample *samples[AHEAD];
    uint32_t hints[AHEAD];
    for (size_t left = e->size / sizeof *next; left > 0;) {
        uint32_t n = left < AHEAD ? (uint32_t)left : AHEAD;
        for (uint32_t i = 0; i < n; i++) {
            samples[i] = next + i;
        }
        tt_shard_fetch(o->shard, samples, n, hints);
        for (uint32_t i = 0; i < n; i++) {
            tt_shard_sample(o->shard, next + i, hints[i]);
        }
        next += n;
        left -= n;
    }
}

static void take_in_place(struct tt_outlet *o, const struct tt_out *out)
{
    const struct tt_entry *e = (const struct tt_entry *)(const void *)out->p;
    struct ahead a = {.n = 0};
    for (uint32_t left = out->entries; left > 0; left--) {
        bool is_run = e->kind == TT_ENTRY_SAMPLE && e->size > sizeof(struct tt_sample);
        if (!is_run) {
            look_at(&a, e);
        }
        if (is_run || a.n == AHEAD) {
            take_all(o, &a);
        }
        if (is_run) {
            take_run(o, e);
        }
        e = tt_next_entry(e);
    }
    take_all(o, &a);
}

void tt_outlet_block(struct tt_outlet *o, const struct tt_out *outs, uint32_t n,
                     tt_refill_fn *refill, void *ctx)
{
    struct ahead a = {.n = 0};
    tt_order_begin(&o->order, outs, n, refill, ctx);
    for (uint32_t i; (i = tt_order_first(&o->order)) != UINT32_MAX;) {
        look_at(&a, tt_order_entry(&o->order, i));
        bool more = tt_order_step(&o->order, i);
        if (a.n == AHEAD || !more) {
            take_all(o, &a);
        }
        if (!more) {
            tt_order_more(&o->order, i);
        }
    }
    take_all(o, &a);
}

void tt_outlet_take(struct tt_outlet *o, const struct tt_out *out)
{
    if (out->unsorted) {
        tt_outlet_block(o, out, 1, NULL, NULL);
    } else {
        take_in_place(o, out);
    }
}

void tt_outlet_end(struct tt_outlet *o, uint64_t packet)
{
    if (o->options.devices) {
        tt_shard_end(o->shard, packet);
    }
}

void tt_outlet_stats(struct tt_outlet *o, int64_t time, int64_t uptime_s,
                     const struct tt_counter_set *sets, uint32_t n)
{
    if (o->options.types >> TT_EVE_STATS & 1) {
        struct tt_json j;
        tt_json_init(&j, o->line, sizeof o->line);
        tt_eve_stats(o->eve, &j, time, uptime_s, sets, n);
        if (!j.full) {
            write_line(o, o->line, tt_json_length(&j));
        }
    }
}

void tt_outlet_flush(struct tt_outlet *o)
{
    for (struct tt_lines *const *l = o->options.lines; l && *l; l++) {
        tt_lines_flush(*l);
    }
}

struct tt_outlet *tt_outlet_new(const struct tt_outlet_options *options)
{
    struct tt_outlet *o = calloc(1, sizeof *o);
    if (!o) {
        return NULL;
    }
    o->options = *options;
    o->second = INT64_MIN;
    o->eve = tt_eve_new(&options->eve);
    o->shard = tt_shard_new(&options->shard, finding, o);
    o->thresholds = tt_thresholds_new(0);
    o->rows = calloc(ALERT_ROWS, sizeof *o->rows);
    bool identities = options->types >> TT_EVE_IDENTITY & 1;
    if (identities) {
        o->identities =
            tt_identities_new(options->shard.max_devices, options->shard.secret, identity, o);
    }
    if ((identities && !o->identities) || !o->eve || !o->shard || !o->thresholds || !o->rows) {
        tt_outlet_free(o);
        return NULL;
    }
    return o;
}

void tt_outlet_free(struct tt_outlet *o)
{
    if (o) {
        tt_eve_free(o->eve);
        tt_shard_free(o->shard);
        tt_thresholds_free(o->thresholds);
        tt_identities_free(o->identities);
        tt_order_free(&o->order);
        free(o->rows);
        free(o);
    }
}

static int worse_first(const void *a, const void *b)
{
    const struct tt_alert_row *x = a, *y = b;
    if (x->severity != y->severity) {
        return x->severity > y->severity ? -1 : 1;
    }
    return x->packet < y->packet ? -1 : x->packet > y->packet;
}

const struct tt_alert_row *tt_outlet_alerts(const struct tt_outlet *o, uint32_t *n)
{
    *n = o->n_rows;
    qsort(o->rows, o->n_rows, sizeof *o->rows, worse_first);
    return o->rows;
}

uint64_t tt_outlet_failing(const struct tt_outlet *o)
{
    return o->failing;
}

uint64_t tt_outlet_records(const struct tt_outlet *o)
{
    return o->records;
}

const struct tt_shard *tt_outlet_shard(const struct tt_outlet *o)
{
    return o->shard;
}

uint32_t tt_outlet_counters(const struct tt_outlet *o, struct tt_counter_set sets[4])
{
    sets[0] = tt_thresholds_counters(o->thresholds);
    sets[1] = tt_shard_counters(o->shard);
    if (o->identities) {
        sets[2] = tt_identities_counters(o->identities);
    }
    return o->identities ? 3 : 2;
}
