/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A rig for the CoAP tests: messages from hexadecimal text, one flow's state, questions about the
 * message that came out, and the whole engine with a log of transactions. Each unit is parsed from
 * a piece of memory of exactly its size.
 */
#ifndef TESTS_DISSECT_COAP_RIG_H
#define TESTS_DISSECT_COAP_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dissect/engine.h"

extern const struct tt_dissector tt_dissector_coap;

#define C TT_TO_SERVER
#define S TT_TO_CLIENT

/* Octets from hexadecimal digits (blanks between them) and texts in single quotes. The last 16 stay
 * valid. */
static inline struct tt_bytes hex(const char *text)
{
    static uint8_t ring[16][2048];
    static unsigned next;
    uint8_t *p = ring[next++ % 16];
    uint32_t n = 0;
    for (; *text; text++) {
        assert_true(n < 2048);
        if (*text == '\'') {
            for (text++; *text != '\''; text++) {
                p[n++] = (uint8_t)*text;
            }
        } else if (*text != ' ') {
            char two[3] = {text[0], text[1], 0};
            p[n++] = (uint8_t)strtoul(two, NULL, 16);
            text++;
        }
    }
    return (struct tt_bytes){p, n};
}

struct rig {
    _Alignas(16) uint8_t state[1024];
    struct tt_more more;
    uint64_t refused, givenup;
    struct tt_field_hot hot[TT_FIELDS_MAX];
    struct tt_msg m;
    uint8_t *unit;
    bool good;
};

static inline struct rig *rig_new(uint8_t transport)
{
    struct rig *r = calloc(1, sizeof *r);
    assert_true(tt_dissector_coap.state_size <= sizeof r->state);
    tt_fields_hot(&tt_dissector_coap, r->hot);
    struct tt_flow_facts facts = {.seen_start = 1, .transport = transport};
    memcpy(r->state, &facts, sizeof facts);
    assert_true(tt_slab_init(&r->more.pieces, tt_dissector_coap.more_size, 1));
    r->more.refused = &r->refused;
    assert_true(tt_slab_init(&r->more.bodies, 16 + tt_dissector_coap.body_size, 3));
    r->more.givenup = &r->givenup;
    r->m.more = &r->more;
    return r;
}

static inline void rig_free(struct rig *r)
{
    tt_slab_free(&r->more.pieces);
    tt_slab_free(&r->more.bodies);
    free(r->unit);
    free(r);
}

/* What every message must be, whatever the octets were. */
static inline void rig_sane(const struct rig *r)
{
    const struct tt_dissector *d = &tt_dissector_coap;
    const struct tt_msg *m = &r->m;
    assert_true(m->kind < 10 && m->n_values <= TT_MSG_VALUES);
    assert_true(m->anomalies >> d->n_anomalies == 0);
    assert_false(m->repeated);
    for (unsigned i = 0; i < m->n_values; i++) {
        const struct tt_value *v = &m->values[i];
        assert_true(v->field < d->n_fields && tt_msg_has(m, v->field));
        assert_int_equal(v->type, d->fields[v->field].type);
        bool text = v->type == TT_STR || v->type == TT_BYTES;
        if (text && v->offset != 0xffff) {
            assert_true(v->p == m->unit.p + v->offset && v->n <= m->unit.n - v->offset);
        }
    }
}

static inline bool rig_parse(struct rig *r, enum tt_direction direction, struct tt_bytes unit)
{
    free(r->unit);
    r->unit = malloc(unit.n ? unit.n : 1);
    memcpy(r->unit, unit.p, unit.n);
    struct tt_bytes own = {r->unit, unit.n};
    struct tt_reader reader = tt_reader_over(own);
    tt_msg_reset(&r->m, &tt_dissector_coap, r->hot, own, direction);
    r->good = tt_dissector_coap.parse(r->state, &reader, &r->m);
    rig_sane(r);
    return r->good;
}

/* All values under a path or (with a leading '@') a tshark name, joined by '|': texts as they are,
 * octets in hexadecimal, numbers in decimal. */
static inline const char *rig_text(const struct rig *r, const char *path)
{
    static char out[4096];
    size_t n = 0;
    bool any = false;
    out[0] = 0;
    for (unsigned i = 0; i < r->m.n_values; i++) {
        const struct tt_value *v = &r->m.values[i];
        const struct tt_field *f = &tt_dissector_coap.fields[v->field];
        const char *name = path[0] == '@' ? f->tshark : f->path;
        if (!name || strcmp(name, path + (path[0] == '@')) != 0) {
            continue;
        }
        n += (size_t)snprintf(out + n, sizeof out - n, "%s", any ? "|" : "");
        any = true;
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
    return any ? out : "(none)";
}

static inline const char *rig_anomalies(const struct rig *r)
{
    static char out[1024];
    size_t n = 0;
    out[0] = 0;
    for (unsigned i = 0; i < tt_dissector_coap.n_anomalies; i++) {
        if (r->m.anomalies >> i & 1) {
            n += (size_t)snprintf(out + n, sizeof out - n, "%s%s", n ? "," : "",
                                  tt_dissector_coap.anomalies[i].name);
        }
    }
    return out;
}

static inline const char *rig_kind(const struct rig *r)
{
    return tt_dissector_coap.kinds[r->m.kind].name;
}

#define IS(rig, path, expected)    assert_string_equal(rig_text(rig, path), expected)
#define ODD(rig, expected)         assert_string_equal(rig_anomalies(rig), expected)
#define GOES(rig, from, text)      assert_true(rig_parse(rig, from, hex(text)))
#define NAMED(rig, from, text, as) (GOES(rig, from, text), assert_string_equal(rig_kind(rig), as))

#endif
