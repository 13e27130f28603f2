/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A protocol made for tests, and a log of all that the engine tells about it. Unit: 0x5a,
 * kind, three octets of length of what follows, two octets of id, body. ASK opens a
 * transaction, PART continues it, ANSWER completes it, NOTE stands alone. The test defines
 * tt_registry_dissectors itself.
 */
#ifndef UNIT_DISSECT_FAKE_H
#define UNIT_DISSECT_FAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/registry.h"
#include "dissect/engine.h"

enum { ASK, ANSWER, PART, NOTE, FAKE_KINDS };
enum { FAKE_MALFORMED, FAKE_MISSING_ASK };
enum { FAKE_ID, FAKE_BODY };
enum { FAKE_HEAD = 7, FAKE_MAX = 6000 };

struct fake_state {
    struct tt_flow_facts facts;
    uint32_t units, gaps;
};

static inline enum tt_probe fake_probe(struct tt_bytes b, enum tt_direction d)
{
    (void)d;
    if (b.n == 0 || b.p[0] != 0x5a || (b.n > 1 && b.p[1] >= FAKE_KINDS)) {
        return TT_PROBE_NO;
    }
    /* an ASK is proof, others are not */
    return b.n >= FAKE_HEAD && b.p[1] == ASK ? TT_PROBE_YES : TT_PROBE_MAYBE;
}

static inline int64_t fake_length(const void *state, struct tt_bytes b, uint32_t seen,
                                  enum tt_direction d)
{
    (void)state;
    (void)seen;
    (void)d;
    if (b.n && b.p[0] != 0x5a) {
        return -1;
    }
    if (b.n < 5) {
        return 0;
    }
    return 5 + (b.p[2] << 16 | b.p[3] << 8 | b.p[4]);
}

static inline bool fake_read(struct tt_reader *r, struct tt_msg *m)
{
    tt_read_u8(r);
    m->kind = tt_read_u8(r) % FAKE_KINDS;
    tt_read_skip(r, 3);
    uint32_t id = tt_read_u16(r);
    tt_put_uint(m, r, FAKE_ID, id);
    uint32_t key = (uint32_t)ASK << 16 | id;
    enum tt_direction other = m->direction == TT_TO_SERVER ? TT_TO_CLIENT : TT_TO_SERVER;
    if (m->kind == ASK) {
        tt_msg_open(m, key);
    } else if (m->kind != NOTE) {
        tt_msg_answer(m, key, other, m->kind == ANSWER);
    }
    return tt_reader_ok(r);
}

static inline bool fake_parse(void *state, struct tt_reader *r, struct tt_msg *m)
{
    ((struct fake_state *)state)->units++;
    bool good = fake_read(r, m);
    tt_put_bytes(m, r, FAKE_BODY, tt_read_rest(r));
    return good;
}

static inline void fake_parse_head(void *state, struct tt_reader *r, struct tt_msg *m)
{
    ((struct fake_state *)state)->units++;
    fake_read(r, m);
}

static inline void fake_gap(void *state, enum tt_direction d)
{
    (void)d;
    ((struct fake_state *)state)->gaps++;
}

static const struct tt_name fake_kinds[] = {
    {ASK, "ask"}, {ANSWER, "answer"}, {PART, "part"}, {NOTE, "note"}, {0, NULL}};
static const struct tt_field fake_fields[] = {
    [FAKE_ID] = {.path = "id", .doc = "Number of the question.", .type = TT_UINT},
    [FAKE_BODY] = {.path = "body", .doc = "What follows.", .type = TT_BYTES},
};
static const struct tt_anomaly fake_anomalies[] = {
    [FAKE_MALFORMED] = {"malformed_traffic", "not a unit"},
    [FAKE_MISSING_ASK] = {"missing_ask", "an answer without its question"},
};
static const uint16_t fake_ports[] = {7000, 0};
static const struct tt_dissector fake_tcp = {
    .name = "fake",
    .doc = "A protocol for tests.",
    .kinds = fake_kinds,
    .fields = fake_fields,
    .n_fields = 2,
    .anomalies = fake_anomalies,
    .n_anomalies = 2,
    .ports = fake_ports,
    .transport = TT_TCP,
    .state_size = sizeof(struct fake_state),
    .max_unit = FAKE_MAX,
    .probe = fake_probe,
    .unit_length = fake_length,
    .parse = fake_parse,
    .parse_head = fake_parse_head,
    .gap = fake_gap,
};

/* The log: one line for each thing that the engine told. */
struct told {
    char *text;
    size_t n, cap;
    uint32_t messages, anomalies[16], own[16], complete, unanswered;
    uint64_t last_tx;
};

static inline void __attribute__((format(printf, 2, 3)))
tell(struct told *t, const char *format, ...)
{
    va_list args;
    if (t->cap - t->n < 512) {
        t->cap = t->cap ? t->cap * 2 : 65536;
        t->text = realloc(t->text, t->cap);
        assert_non_null(t->text);
    }
    va_start(args, format);
    t->n += (size_t)vsnprintf(t->text + t->n, 512, format, args);
    va_end(args);
}

static inline void told_message(void *ctx, struct tt_flow *f, struct tt_tx *tx,
                                const struct tt_msg *m, const struct tt_packet *p)
{
    struct told *t = ctx;
    (void)f;
    (void)p;
    uint32_t sum = 0;
    const struct tt_value *body = NULL;
    for (unsigned i = 0; i < m->n_values; i++) {
        body = m->values[i].field == FAKE_BODY ? &m->values[i] : body;
    }
    for (uint32_t i = 0; body && i < body->n; i++) {
        sum = sum * 31 + body->p[i];
    }
    tell(t, "message %d %s id %llu body %u/%08x unit %u tx %llu/%u anomalies %llx%s", m->direction,
         fake_kinds[m->kind & 3].name, m->n_values ? (unsigned long long)m->values[0].u : 0,
         body ? body->n : 0, sum, m->unit.n, (unsigned long long)tx->id, tx->messages,
         (unsigned long long)m->anomalies, tx->unasked ? " unasked" : "");
    if (m->truncated) {
        tell(t, " truncated %u", m->skipped);
    }
    tell(t, "\n");
    t->messages++;
    t->last_tx = tx->id;
    for (unsigned i = 0; i < 16; i++) {
        t->own[i] += (m->anomalies >> i) & 1;
    }
}

static inline void told_transaction(void *ctx, struct tt_flow *f, struct tt_tx *tx,
                                    enum tt_tx_end end, const struct tt_packet *p)
{
    struct told *t = ctx;
    (void)f;
    (void)p;
    tell(t, "transaction %llu %s\n", (unsigned long long)tx->id,
         end == TT_TX_COMPLETE ? "complete" : "unanswered");
    if (end == TT_TX_COMPLETE) {
        t->complete++;
    } else {
        t->unanswered++;
    }
}

static inline void told_anomaly(void *ctx, struct tt_flow *f, enum tt_direction d, unsigned anomaly,
                                const struct tt_packet *p)
{
    struct told *t = ctx;
    (void)f;
    (void)p;
    uint32_t n;
    const struct tt_anomaly *rows = tt_dissect_anomalies(&n);
    if (anomaly >= TT_ANOMALY_OWN) {
        tell(t, "anomaly %d own %u\n", d, anomaly - TT_ANOMALY_OWN);
        t->own[(anomaly - TT_ANOMALY_OWN) & 15]++;
    } else {
        assert_true(anomaly < n);
        tell(t, "anomaly %d %s\n", d, rows[anomaly].name);
    }
}

static inline unsigned told_count(const struct told *t, const char *line)
{
    unsigned n = 0;
    for (const char *p = t->text; p && (p = strstr(p, line)); p += strlen(line)) {
        n++;
    }
    return n;
}

static inline struct tt_engine *engine_of(struct told *t, struct tt_dissect_options o)
{
    free(t->text);
    memset(t, 0, sizeof *t);
    struct tt_dissect_sink sink = {t, told_message, told_transaction, told_anomaly};
    o.max_flows = o.max_flows ? o.max_flows : 1024;
    struct tt_engine *e = tt_engine_new(&o, &sink);
    assert_non_null(e);
    tell(t, "%s", "");
    return e;
}

static inline struct tt_flow flow_of(uint8_t protocol, uint16_t server_port, bool start)
{
    struct tt_flow f = {.key = {.low_port = 40000, .high_port = server_port, .protocol = protocol},
                        .flags = start ? TT_FLOW_SEEN_SYN : 0};
    return f;
}

static inline uint64_t engine_count_of(const struct tt_engine *e, const char *name)
{
    struct tt_counter_set set = tt_engine_counters(e);
    for (uint32_t i = 0; i < set.n; i++) {
        if (strcmp(set.rows[i].name, name) == 0) {
            return set.values[i];
        }
    }
    fail_msg("no counter %s", name);
    return 0;
}

/* Writes a unit with a body of n octets made from id; returns its length. */
static inline uint32_t fake_unit(uint8_t *out, unsigned kind, unsigned id, uint32_t n)
{
    uint32_t length = n + 2;
    const uint8_t head[FAKE_HEAD] = {0x5a,
                                     (uint8_t)kind,
                                     (uint8_t)(length >> 16),
                                     (uint8_t)(length >> 8),
                                     (uint8_t)length,
                                     (uint8_t)(id >> 8),
                                     (uint8_t)id};
    memcpy(out, head, FAKE_HEAD);
    for (uint32_t i = 0; i < n; i++) {
        out[FAKE_HEAD + i] = (uint8_t)(id * 7 + i * 13);
    }
    return FAKE_HEAD + n;
}

static inline uint32_t any(uint32_t *x, uint32_t below)
{
    *x = *x * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)(*x >> 4) * below >> 28);
}

#endif
