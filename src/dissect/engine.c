/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The engine's life, its anomalies and counters, and the three doors: octets, gap, datagram. The
 * registry of dissectors is generated from the folder proto/; everything that depends on their
 * rows is prepared here once.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/registry.h"
#include "dissect/app.h"

#define MORE_SHARE 8 /* one flow in so many may keep further octets */
#define BODY_SHARE 8 /* bodies in several units take so much of the octets for unfinished units */
#define BODY_HEAD  16

struct tt_app tt_app_failed = {.dissector = 0xff};

static const struct tt_anomaly anomaly_rows[A_COUNT] = {
    [A_GAP] = {"gap", "octets of the stream are missing in the capture"},
    [A_OVERSIZED] = {"oversized_unit",
                     "a unit announces more octets than the limit, whether they come or not"},
    [A_TRUNCATED] = {"truncated_unit",
                     "a unit longer than the limit was passed over; only its head was read"},
    [A_TOO_MANY_TX] = {"too_many_transactions",
                       "more open transactions than the limit: the oldest was given up"},
    [A_LOST_SYNC] = {"lost_synchronisation", "the octets are not units of the protocol any more"},
    [A_RESYNC] = {"resynchronised", "units are recognised again after a loss"},
    [A_REPEATED] = {"repeated_field", "a field that may come once came twice: the first was kept"},
    [A_TOO_MANY_VALUES] = {"too_many_values", "a message has more values than the limit"},
    [A_UNFINISHED] = {"unfinished_unit", "the flow ended inside a unit"},
};

static const struct tt_counter counter_rows[C_COUNT] = {
    [C_MESSAGES] = {"telltale.dissect.messages", "messages", "messages", 0},
    [C_TX] = {"telltale.dissect.transactions", "transactions", "transactions", 0},
    [C_UNANSWERED] = {"telltale.dissect.unanswered", "transactions that ended without their answer",
                      "transactions", 0},
    [C_UNASKED] = {"telltale.dissect.unasked", "answers without a question", "messages", 0},
    [C_TX_DROPPED] = {"telltale.dissect.transactions_dropped",
                      "transactions given up or not kept open: limit reached", "transactions", 1},
    [C_TRUNCATED] = {"telltale.dissect.truncated", "units longer than the limit", "units", 0},
    [C_LOST_SYNC] = {"telltale.dissect.lost_synchronisation", "streams that stopped to be units",
                     "times", 0},
    [C_RESYNC] = {"telltale.dissect.resynchronised", "streams that were recognised again", "times",
                  0},
    [C_GAPS] = {"telltale.dissect.gaps", "holes in dissected streams", "times", 0},
    [C_MALFORMED] = {"telltale.dissect.malformed", "units that contradict themselves", "units", 0},
    [C_APP_REFUSED] = {"telltale.dissect.flows_refused",
                       "flows not dissected: dissect.flows reached", "flows", 1},
    [C_CARRY_REFUSED] = {"telltale.dissect.octets_refused",
                         "unfinished units dropped: dissect.memory reached", "units", 1},
    [C_MORE_REFUSED] = {"telltale.dissect.state_refused",
                        "topics of aliases not kept: an eighth of dissect.flows keep some",
                        "topics", 1},
    [C_BODIES_GIVEN_UP] = {"telltale.dissect.bodies_given_up",
                           "bodies in several units given up for newer ones: an eighth of "
                           "dissect.memory is for them",
                           "bodies", 1},
    [C_FAILED] = {"telltale.dissect.unknown", "flows in which no protocol was recognised", "flows",
                  0},
    [C_UNSYNCED_OCTETS] = {"telltale.dissect.unsynchronised",
                           "octets passed over while not in step", "octets", 0},
    [C_STARTS_GIVEN_UP] = {"telltale.dissect.starts_given_up",
                           "places that may begin a unit, given up: too much was to be looked at",
                           "places", 0},
};

const struct tt_anomaly *tt_dissect_anomalies(uint32_t *n)
{
    *n = A_COUNT;
    return anomaly_rows;
}

struct tt_counter_set tt_engine_counters(const struct tt_engine *e)
{
    return (struct tt_counter_set){counter_rows, e->counters, C_COUNT};
}

static void prepare(struct dissector_hot *h, const struct tt_dissector *d)
{
    h->d = d;
    tt_fields_hot(d, h->fields);
    for (const struct tt_name *k = d->kinds; k->name; k++) {
        char name[64];
        snprintf(name, sizeof name, "missing_%s", k->name);
        for (unsigned i = 0; i < d->n_anomalies && i < 64; i++) {
            if (strcmp(d->anomalies[i].name, name) == 0) {
                h->missing[k->value & 63] = (uint8_t)(i + 1);
            }
        }
    }
}

/* What may a unit of dissector i begin with? Asked once for each octet, and each two. */
static void prepare_first(struct tt_engine *e, unsigned i)
{
    const struct tt_dissector *d = e->dissectors[i].d;
    if (!(d->transport & TT_TCP)) {
        return;
    }
    e->later |= (uint64_t)d->later << i;
    for (unsigned c = 0; c < 512; c++) {
        enum tt_direction to = (enum tt_direction)(c >> 8);
        uint8_t octets[2] = {(uint8_t)c, 0};
        if (d->probe((struct tt_bytes){octets, 1}, to) == TT_PROBE_NO) {
            continue;
        }
        e->first[to][octets[0]] |= UINT64_C(1) << i;
        e->of_streams |= UINT64_C(1) << i; /* not of what is only found inside of others */
        for (unsigned next = 0; next < 256; next++) {
            unsigned two = (c & 255) << 8 | next;
            octets[1] = (uint8_t)next;
            if (d->probe((struct tt_bytes){octets, 2}, to) != TT_PROBE_NO) {
                e->second[i][to][two >> 6] |= UINT64_C(1) << (two & 63);
            }
        }
    }
}

struct tt_engine *tt_engine_new(const struct tt_dissect_options *options,
                                const struct tt_dissect_sink *sink)
{
    struct tt_engine *e = calloc(1, sizeof *e);
    if (!e) {
        return NULL;
    }
    e->sink = *sink;
    e->options = *options;
    e->options.max_flows = options->max_flows ? options->max_flows : 1u << 17;
    e->options.max_octets = options->max_octets ? options->max_octets : UINT64_C(64) << 20;
    e->options.max_transactions = options->max_transactions ? options->max_transactions : 64;
    while (tt_registry_dissectors[e->n_dissectors] && e->n_dissectors < DISSECTORS_MAX) {
        e->n_dissectors++;
    }
    e->dissectors = calloc(e->n_dissectors + 1, sizeof *e->dissectors);
    e->second = calloc(e->n_dissectors + 1, sizeof *e->second);
    size_t state = 0, more = 16, body = 16;
    for (unsigned i = 0; e->dissectors && e->second && i < e->n_dissectors; i++) {
        prepare(&e->dissectors[i], tt_registry_dissectors[i]);
        prepare_first(e, i);
        const struct tt_dissector *d = e->dissectors[i].d;
        state = d->state_size > state ? d->state_size : state;
        more = d->more_size > more ? d->more_size : more;
        body = d->body_size > body ? d->body_size : body;
    }
    size_t app = (sizeof(struct tt_app) + state + 63) & ~(size_t)63,
           tx = (sizeof(struct tx_piece) + 15) & ~(size_t)15;
    e->scratch = calloc(1, state + 16);
    bool ok =
        e->dissectors && e->second && e->scratch &&
        tt_slab_init(&e->apps, app, e->options.max_flows) &&
        tt_slab_init(&e->txs, tx, e->options.max_flows) &&
        tt_slab_init(&e->seeks, (sizeof(struct seek) + 15) & ~(size_t)15, e->options.max_flows) &&
        tt_slab_init(&e->more.pieces, more, e->options.max_flows / MORE_SHARE + 1);
    body = (body + BODY_HEAD + 63) & ~(size_t)63;
    ok = ok && tt_slab_init(&e->more.bodies, body,
                            (uint32_t)(e->options.max_octets / BODY_SHARE / body) + 1);
    e->more.refused = &e->counters[C_MORE_REFUSED];
    e->more.givenup = &e->counters[C_BODIES_GIVEN_UP];
    e->msg.more = &e->more;
    for (unsigned i = 0; ok && i < CARRY_CLASSES; i++) {
        ok = tt_slab_init(&e->carries[i], tt_carry_classes[i],
                          (uint32_t)(e->options.max_octets / tt_carry_classes[i]) + 1);
        tt_slab_sparse(&e->carries[i]);
    }
    if (!ok) {
        tt_engine_free(e);
        return NULL;
    }
    return e;
}

void tt_engine_free(struct tt_engine *e)
{
    if (!e) {
        return;
    }
    tt_slab_free(&e->apps);
    tt_slab_free(&e->txs);
    tt_slab_free(&e->seeks);
    tt_slab_free(&e->more.pieces);
    tt_slab_free(&e->more.bodies);
    for (unsigned i = 0; i < CARRY_CLASSES; i++) {
        tt_slab_free(&e->carries[i]);
    }
    free(e->scratch);
    free(e->second);
    free(e->dissectors);
    free(e);
}

static bool known(const struct tt_flow *f)
{
    return f->app && tt_app_known(f->app);
}

static __attribute__((noinline)) void begin(struct tt_engine *e, struct tt_flow *f,
                                            enum tt_direction d, struct tt_bytes b,
                                            const struct tt_packet *p)
{
    if (b.n && tt_probe_app(e, f)) {
        tt_frame_octets(e, f, d, b, p);
    }
}

void tt_engine_octets(struct tt_engine *e, struct tt_flow *f, enum tt_direction d,
                      struct tt_bytes b, const struct tt_packet *p)
{
    if (__builtin_expect(!f->app, 0)) {
        begin(e, f, d, b, p);
    } else if (b.n && f->app != &tt_app_failed) {
        tt_frame_octets(e, f, d, b, p);
    }
}

void tt_engine_fetch(const struct tt_flow *f)
{
    const struct tt_app *a = f->app;
    if (a) {
        const uint8_t *start = (const uint8_t *)a;
        __builtin_prefetch(start);
        __builtin_prefetch(start + 64);
        __builtin_prefetch(a->state);
        __builtin_prefetch(a->state + 64);
    }
}

void tt_engine_gap(struct tt_engine *e, struct tt_flow *f, enum tt_direction d, uint32_t n,
                   const struct tt_packet *p)
{
    struct tt_app *a = f->app;
    if (!a || a == &tt_app_failed) {
        return;
    }
    if (!tt_app_settled(a, d)) {
        tt_seek_boundary(e, f, d, p);
    }
    if (!tt_app_settled(a, d)) {
        tt_seek_drop(e, &a->side[d]);
        a->side[d].marked = true;
    }
    if (known(f)) {
        tt_frame_gap(e, f, d, n, p);
    }
}

void tt_engine_datagram(struct tt_engine *e, struct tt_flow *f, enum tt_direction d,
                        struct tt_bytes b, const struct tt_packet *p)
{
    if (b.n && f->app != &tt_app_failed && (known(f) || tt_probe_datagram(e, f, d, b, p))) {
        tt_pair_datagram(e, f, d, b, p);
    }
}

static void finish(struct tt_engine *e, struct tt_flow *f)
{
    for (unsigned d = 0; d < 2 && f->app != &tt_app_failed; d++) {
        tt_nest_end(e, f, (enum tt_direction)d);
        tt_seek_boundary(e, f, (enum tt_direction)d, NULL);
    }
    if (known(f)) {
        tt_frame_end(e, f, TT_TO_SERVER);
        tt_frame_end(e, f, TT_TO_CLIENT);
        tt_pair_end(e, f);
    }
}

static struct tt_app *innermost(struct tt_app *a)
{
    while (a && a->inner && a->inner != &tt_app_failed) {
        a = a->inner;
    }
    return a;
}

void tt_engine_finish(struct tt_engine *e, struct tt_flow *f)
{
    struct tt_app *outermost = f->app;
    for (struct tt_app *a = innermost(outermost), *outer; a; a = outer) {
        outer = a->outer;
        f->app = a;
        finish(e, f);
        if (outer) {
            outer->inner = f->app;
        } else {
            outermost = f->app;
        }
    }
    f->app = outermost;
}

void tt_engine_end(struct tt_engine *e, struct tt_flow *f)
{
    tt_engine_finish(e, f);
    for (struct tt_app *a = f->app, *inner; a && a != &tt_app_failed; a = inner) {
        const struct tt_flow_facts *facts = (const struct tt_flow_facts *)(const void *)a->state;
        inner = a->inner;
        if (a->dissector != 0xff && facts->more) {
            tt_slab_give(&e->more.pieces, facts->more - 1);
        }
        tt_probe_free_app(e, a);
    }
    f->app = NULL;
}

const struct tt_dissector *tt_engine_dissector(const struct tt_flow *f)
{
    return known(f) ? tt_registry_dissectors[f->app->dissector] : NULL;
}

const struct tt_dissector *tt_engine_carrier(const struct tt_flow *f)
{
    const struct tt_app *outer = known(f) ? f->app->outer : NULL;
    return outer && tt_app_known(outer) ? tt_registry_dissectors[outer->dissector] : NULL;
}

const struct tt_dissector *tt_engine_innermost(const struct tt_flow *f)
{
    bool all = known(f) &&
               (f->app->side[0].skip == TT_BEHIND_ALL || f->app->side[1].skip == TT_BEHIND_ALL);
    const struct tt_app *a = f->app;
    while (all && a->inner && tt_app_known(a->inner)) {
        a = a->inner;
    }
    return all ? tt_registry_dissectors[a->dissector] : tt_engine_dissector(f);
}

int tt_engine_protocol(const struct tt_flow *f)
{
    return known(f) ? f->app->dissector : -1;
}

bool tt_engine_failed(const struct tt_flow *f)
{
    return f->app == &tt_app_failed;
}

struct tt_flow_device *tt_engine_device(const struct tt_flow *f)
{
    return known(f) ? &f->app->device : NULL;
}

uint64_t tt_engine_tx_count(const struct tt_flow *f)
{
    uint64_t n = 0;
    for (const struct tt_app *a = known(f) ? f->app : NULL; a && a != &tt_app_failed;
         a = a->inner) {
        n += a->n_tx;
    }
    return n;
}

int tt_dissector_index(const char *name)
{
    for (int i = 0; tt_registry_dissectors[i]; i++) {
        if (strcmp(tt_registry_dissectors[i]->name, name) == 0) {
            return i;
        }
    }
    return -1;
}

const struct tt_dissector *tt_dissector_at(unsigned index)
{
    return tt_registry_dissectors[index];
}
