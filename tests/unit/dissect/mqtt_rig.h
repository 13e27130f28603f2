/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A rig for the MQTT tests: packets from a few octets, one flow's state, and questions about the
 * message that came out. Each unit is parsed from a piece of memory of exactly its size, so that a
 * sanitizer sees a read past the end.
 */
#ifndef TESTS_DISSECT_MQTT_RIG_H
#define TESTS_DISSECT_MQTT_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dissect/engine.h"

extern const struct tt_dissector tt_dissector_mqtt;

#define C TT_TO_SERVER
#define S TT_TO_CLIENT

/* A whole packet: first octet, remaining length, body. The last 16 stay valid. */
static struct tt_bytes packet(uint8_t first, const void *body, uint32_t n)
{
    static uint8_t ring[16][4096];
    static unsigned next;
    uint8_t *p = ring[next++ % 16];
    uint32_t at = 0, left = n;
    p[at++] = first;
    do {
        p[at++] = (uint8_t)((left & 127) | (left > 127 ? 128 : 0));
        left >>= 7;
    } while (left);
    assert_true(n + at <= 4096);
    memcpy(p + at, body, n);
    return (struct tt_bytes){p, at + n};
}
#define P(first, body) packet(first, body, sizeof(body) - 1)
#define RAW(octets)    ((struct tt_bytes){(const uint8_t *)(octets), sizeof(octets) - 1})

#define CONNECT_3 P(0x10, "\0\6MQIsdp\3\2\0\x3c\0\1c")
#define CONNECT_4 P(0x10, "\0\4MQTT\4\2\0\x3c\0\1c")
#define CONNECT_5 P(0x10, "\0\4MQTT\5\2\0\x3c\0\0\1c")

struct rig {
    _Alignas(16) uint8_t state[4096];
    struct tt_field_hot hot[TT_FIELDS_MAX];
    struct tt_msg m;
    struct tt_more more;
    uint64_t refused;
    uint8_t *unit;
    bool good, reader_good;
};

static void rig_free(struct rig *r)
{
    free(r->unit);
    tt_slab_free(&r->more.pieces);
    free(r);
}

/* What every message must be, whatever the octets were. */
static void rig_sane(const struct rig *r)
{
    const struct tt_dissector *d = &tt_dissector_mqtt;
    const struct tt_msg *m = &r->m;
    assert_true(m->kind < 16 && m->n_values <= TT_MSG_VALUES);
    assert_true(m->anomalies >> d->n_anomalies == 0);
    for (unsigned i = 0; i < m->n_values; i++) {
        const struct tt_value *v = &m->values[i];
        assert_true(v->field < d->n_fields && tt_msg_has(m, v->field));
        assert_int_equal(v->type, d->fields[v->field].type);
        if (v->type == TT_STR || v->type == TT_BYTES) {
            bool unit = v->p >= m->unit.p && v->p <= m->unit.p + m->unit.n && v->n <= m->unit.n &&
                        (uint32_t)(v->p - m->unit.p) <= m->unit.n - v->n;
            const uint8_t *more = r->more.pieces.base;
            bool state = v->p >= more && v->p + v->n <= more + d->more_size;
            assert_true(unit || state);
            assert_int_equal(v->offset,
                             unit && v->p - m->unit.p < 0xffff ? v->p - m->unit.p : 0xffff);
        }
    }
    int16_t marks[3] = {m->identity, m->stream, m->payload};
    uint8_t flags[3] = {TT_IDENTITY, TT_STREAM, TT_PAYLOAD};
    for (unsigned i = 0; i < 3; i++) {
        assert_true(marks[i] < (int)m->n_values);
        if (marks[i] >= 0) {
            assert_true(d->fields[m->values[marks[i]].field].flags & flags[i]);
        }
    }
}

static bool rig_parse(struct rig *r, enum tt_direction direction, struct tt_bytes unit)
{
    free(r->unit);
    r->unit = malloc(unit.n ? unit.n : 1);
    memcpy(r->unit, unit.p, unit.n);
    struct tt_bytes own = {r->unit, unit.n};
    struct tt_reader reader = tt_reader_over(own);
    tt_msg_reset(&r->m, &tt_dissector_mqtt, r->hot, own, direction);
    r->good = tt_dissector_mqtt.parse(r->state, &reader, &r->m);
    r->reader_good = tt_reader_ok(&reader);
    assert_true(r->reader_good || !r->good);
    rig_sane(r);
    return r->good;
}

/* version 0: nothing was seen yet. Otherwise that version's CONNECT was. */
static struct rig *rig_new(unsigned version, bool seen_start)
{
    struct rig *r = calloc(1, sizeof *r);
    assert_true(tt_dissector_mqtt.state_size <= sizeof r->state);
    tt_fields_hot(&tt_dissector_mqtt, r->hot);
    r->state[0] = seen_start;
    assert_true(tt_slab_init(&r->more.pieces, tt_dissector_mqtt.more_size, 1));
    r->more.refused = &r->refused;
    r->m.more = &r->more;
    if (version) {
        assert_true(rig_parse(r, C,
                              version == 3   ? CONNECT_3
                              : version == 4 ? CONNECT_4
                                             : CONNECT_5));
        assert_int_equal(r->m.anomalies, 0);
    }
    return r;
}

static const struct tt_value *rig_value(const struct rig *r, const char *path, unsigned which)
{
    for (unsigned i = 0; i < r->m.n_values; i++) {
        const struct tt_field *f = &tt_dissector_mqtt.fields[r->m.values[i].field];
        if (strcmp(f->path, path) == 0 && which-- == 0) {
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

/* All texts or numbers under a path or (with a leading '@') a tshark name, joined by '|'. */
static inline const char *rig_text(const struct rig *r, const char *path)
{
    static char out[2048];
    size_t n = 0;
    bool any = false;
    out[0] = 0;
    for (unsigned i = 0; i < r->m.n_values; i++) {
        const struct tt_value *v = &r->m.values[i];
        const struct tt_field *f = &tt_dissector_mqtt.fields[v->field];
        const char *name = path[0] == '@' ? f->tshark : f->path;
        if (!name || strcmp(name, path + (path[0] == '@')) != 0) {
            continue;
        }
        n += (size_t)snprintf(out + n, sizeof out - n, "%s", any ? "|" : "");
        if (v->type == TT_STR || v->type == TT_BYTES) {
            n += (size_t)snprintf(out + n, sizeof out - n, "%.*s", (int)v->n, (const char *)v->p);
        } else {
            n += (size_t)snprintf(out + n, sizeof out - n, "%llu", (unsigned long long)v->u);
        }
        any = true;
    }
    return any ? out : "(none)";
}

static const char *rig_anomalies(const struct rig *r)
{
    static char out[2048];
    size_t n = 0;
    out[0] = 0;
    for (unsigned i = 0; i < tt_dissector_mqtt.n_anomalies; i++) {
        if (r->m.anomalies >> i & 1) {
            n += (size_t)snprintf(out + n, sizeof out - n, "%s%s", n ? "," : "",
                                  tt_dissector_mqtt.anomalies[i].name);
        }
    }
    return out;
}

static inline bool rig_has(const struct rig *r, const char *anomaly)
{
    for (unsigned i = 0; i < tt_dissector_mqtt.n_anomalies; i++) {
        if (strcmp(tt_dissector_mqtt.anomalies[i].name, anomaly) == 0) {
            return r->m.anomalies >> i & 1;
        }
    }
    fail_msg("no anomaly row %s", anomaly);
    return false;
}

#endif
