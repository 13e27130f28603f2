/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A rig for the tests of SMPP, UCP and CIMD2: one flow's state of a dissector, and questions about
 * the message that came out. Each unit is parsed from a piece of memory of exactly its size, so
 * that a sanitizer sees a read past the end.
 */
#ifndef TESTS_DISSECT_SMS_RIG_H
#define TESTS_DISSECT_SMS_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dissect/engine.h"
#include "unit/dissect/written.h"

#define C TT_TO_SERVER
#define S TT_TO_CLIENT

struct rig {
    const struct tt_dissector *d;
    _Alignas(16) uint8_t state[4096];
    struct tt_field_hot hot[TT_FIELDS_MAX];
    struct tt_msg m;
    struct tt_more more;
    uint64_t refused;
    uint8_t *unit;
};

static inline struct rig *rig_new(const struct tt_dissector *d, bool seen_start)
{
    struct rig *r = calloc(1, sizeof *r);
    assert_true(d->state_size <= sizeof r->state);
    tt_fields_hot(d, r->hot);
    r->d = d;
    r->state[0] = seen_start;
    assert_true(tt_slab_init(&r->more.pieces, d->more_size ? d->more_size : 16, 1));
    r->more.refused = &r->refused;
    r->m.more = &r->more;
    return r;
}

static inline void rig_free(struct rig *r)
{
    tt_slab_free(&r->more.pieces);
    free(r->unit);
    free(r);
}

/* What every message must be, whatever the octets were. */
static inline void rig_sane(const struct rig *r)
{
    const struct tt_msg *m = &r->m;
    assert_true(m->n_values <= TT_MSG_VALUES && m->n_made <= TT_MSG_MADE);
    assert_true(m->anomalies >> r->d->n_anomalies == 0);
    for (unsigned i = 0; i < m->n_values; i++) {
        const struct tt_value *v = &m->values[i];
        assert_true(v->field < r->d->n_fields && tt_msg_has(m, v->field));
        assert_int_equal(v->type, r->d->fields[v->field].type);
        if (v->type == TT_STR || v->type == TT_BYTES) {
            bool unit = v->p >= m->unit.p && v->p <= m->unit.p + m->unit.n &&
                        v->n <= m->unit.n - (uint32_t)(v->p - m->unit.p);
            bool made = v->p >= m->made && v->p <= m->made + m->n_made &&
                        v->n <= (uint32_t)(m->made + m->n_made - v->p);
            bool kept = v->p >= r->state && v->p + v->n <= r->state + r->d->state_size;
            assert_true(unit || made || kept || v->n == 0);
        }
    }
}

static inline bool rig_parse(struct rig *r, enum tt_direction direction, struct tt_bytes unit)
{
    uint8_t *copy = malloc(unit.n ? unit.n : 1);
    memcpy(copy, unit.p, unit.n);
    free(r->unit);
    r->unit = copy;
    struct tt_bytes own = {copy, unit.n};
    struct tt_reader reader = tt_reader_over(own);
    tt_msg_reset(&r->m, r->d, r->hot, own, direction);
    bool good = r->d->parse(r->state, &reader, &r->m);
    assert_true(tt_reader_ok(&reader) || !good);
    rig_sane(r);
    return good;
}

static inline const struct tt_value *rig_value(const struct rig *r, const char *path,
                                               unsigned which)
{
    for (unsigned i = 0; i < r->m.n_values; i++) {
        const struct tt_field *f = &r->d->fields[r->m.values[i].field];
        const char *own = f->path + (strncmp(f->path, "*.", 2) == 0 ? 2 : 0);
        if (strcmp(own, path) == 0 && which-- == 0) {
            return &r->m.values[i];
        }
    }
    return NULL;
}

/* The number under a path, -1 when there is none. */
static inline int64_t rig_number(const struct rig *r, const char *path)
{
    const struct tt_value *v = rig_value(r, path, 0);
    return v ? (int64_t)v->u : -1;
}

/* All texts or numbers under a path, joined by '|'; octets of BYTES as hexadecimal digits. */
static inline const char *rig_text(const struct rig *r, const char *path)
{
    static char out[8192];
    size_t n = 0;
    const struct tt_value *v;
    out[0] = 0;
    for (unsigned i = 0; (v = rig_value(r, path, i)) != NULL; i++) {
        n += (size_t)snprintf(out + n, sizeof out - n, "%s", i ? "|" : "");
        if (v->type == TT_STR) {
            n += (size_t)snprintf(out + n, sizeof out - n, "%.*s", (int)v->n, (const char *)v->p);
        } else if (v->type == TT_BYTES) {
            for (uint32_t k = 0; k < v->n; k++) {
                n += (size_t)snprintf(out + n, sizeof out - n, "%02x", v->p[k]);
            }
        } else {
            n += (size_t)snprintf(out + n, sizeof out - n, "%llu", (unsigned long long)v->u);
        }
    }
    return rig_value(r, path, 0) ? out : "(none)";
}

static inline const char *rig_name(const struct rig *r, const char *path)
{
    const struct tt_value *v = rig_value(r, path, 0);
    const struct tt_name *n = v ? r->d->fields[v->field].names : NULL;
    while (n && n->name && n->value != v->u) {
        n++;
    }
    return n && n->name ? n->name : "(none)";
}

static inline const char *rig_kind(const struct rig *r)
{
    return r->d->kinds[r->m.kind].name;
}

static inline const char *rig_anomalies(const struct rig *r)
{
    static char out[2048];
    size_t n = 0;
    out[0] = 0;
    for (unsigned i = 0; i < r->d->n_anomalies; i++) {
        if (r->m.anomalies >> i & 1) {
            n += (size_t)snprintf(out + n, sizeof out - n, "%s%s", n ? "," : "",
                                  r->d->anomalies[i].name);
        }
    }
    return out;
}

#define IS(path, text)  assert_string_equal(rig_text(r, path), text)
#define NAMED(path, n)  assert_string_equal(rig_name(r, path), n)
#define NUMBER(path, n) assert_int_equal(rig_number(r, path), n)
#define ODD(names)      assert_string_equal(rig_anomalies(r), names)
#define KIND(name)      assert_string_equal(rig_kind(r), name)

/* Everything that one message after another shows must not depend on how the stream was cut: the
 * values of all messages of an engine, as text. */
struct heard {
    char *text;
    size_t n, cap;
};

static inline void heard_message(void *ctx, struct tt_flow *f, struct tt_tx *tx,
                                 const struct tt_msg *m, const struct tt_packet *p)
{
    struct heard *h = ctx;
    (void)f, (void)p;
    if (h->cap - h->n < 400000) {
        h->cap = h->cap * 2 + 800000;
        h->text = realloc(h->text, h->cap);
        assert_non_null(h->text);
    }
    h->n += (size_t)sprintf(h->text + h->n, "%u tx %llu %llx:", m->kind, (unsigned long long)tx->id,
                            (unsigned long long)m->anomalies);
    for (unsigned i = 0; i < m->n_values; i++) {
        const struct tt_value *v = &m->values[i];
        h->n += (size_t)sprintf(h->text + h->n, " %u=", v->field);
        if (v->type == TT_STR || v->type == TT_BYTES || v->type == TT_IP) {
            for (uint32_t k = 0; k < v->n; k++) {
                h->n += (size_t)sprintf(h->text + h->n, "%02x", v->p[k]);
            }
        } else {
            h->n += (size_t)sprintf(h->text + h->n, "%llu", (unsigned long long)v->u);
        }
    }
    h->n += (size_t)sprintf(h->text + h->n, "\n");
}

static inline void heard_transaction(void *ctx, struct tt_flow *f, struct tt_tx *tx,
                                     enum tt_tx_end end, const struct tt_packet *p)
{
    struct heard *h = ctx;
    (void)f, (void)p;
    if (h->cap - h->n > 64) {
        h->n += (size_t)sprintf(h->text + h->n, "end %llu %d\n", (unsigned long long)tx->id, end);
    }
}

static inline void heard_anomaly(void *ctx, struct tt_flow *f, enum tt_direction d, unsigned a,
                                 const struct tt_packet *p)
{
    struct heard *h = ctx;
    (void)f, (void)p;
    if (h->cap - h->n > 64) {
        h->n += (size_t)sprintf(h->text + h->n, "anomaly %d %u\n", d, a);
    }
}

struct leg {
    enum tt_direction direction;
    struct tt_bytes octets;
};

/* What an engine with the real registry tells of the legs of a conversation, in pieces of `step`
 * octets; "speaks" is the name of the protocol that it found, "" = none. */
static inline char *hear(const struct leg *legs, unsigned n, uint32_t step, uint16_t port,
                         bool start, const char **speaks)
{
    struct heard h = {malloc(800000), 0, 800000};
    struct tt_dissect_sink sink = {&h, heard_message, heard_transaction, heard_anomaly};
    struct tt_engine *e = tt_engine_new(&(struct tt_dissect_options){.max_flows = 16}, &sink);
    struct tt_flow f = {.key = {.low_port = 40000, .high_port = port, .protocol = 6},
                        .flags = start ? TT_FLOW_SEEN_SYN : 0};
    assert_non_null(e);
    h.text[0] = 0;
    for (unsigned i = 0; i < n; i++) {
        for (uint32_t at = 0; at < legs[i].octets.n; at += step) {
            uint32_t left = legs[i].octets.n - at, take = left < step ? left : step;
            uint8_t *copy = malloc(take);
            memcpy(copy, legs[i].octets.p + at, take);
            tt_engine_octets(e, &f, legs[i].direction, (struct tt_bytes){copy, take}, NULL);
            free(copy);
        }
    }
    *speaks = tt_engine_dissector(&f) ? tt_engine_dissector(&f)->name : "";
    tt_engine_end(e, &f);
    tt_engine_free(e);
    return h.text;
}

/* Who takes a UDP flow to the port that has these datagrams; "" = nobody. */
static inline const char *takes(const char *const parts[], const enum tt_direction ways[],
                                unsigned n, uint16_t port)
{
    struct heard h = {malloc(800000), 0, 800000};
    struct tt_dissect_sink sink = {&h, heard_message, heard_transaction, heard_anomaly};
    struct tt_engine *e = tt_engine_new(&(struct tt_dissect_options){.max_flows = 4}, &sink);
    struct tt_flow f = {.key = {.low_port = 40000, .high_port = port, .protocol = 17}};
    for (unsigned i = 0; i < n; i++) {
        tt_engine_datagram(e, &f, ways[i], written(parts[i], 0), NULL);
    }
    const char *name = tt_engine_dissector(&f) ? tt_engine_dissector(&f)->name : "";
    tt_engine_end(e, &f);
    tt_engine_free(e);
    free(h.text);
    return name;
}

#endif
