/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A rig for HTTP and what it carries: one connection through the engine with the real dissectors;
 * everything that is told becomes a line of text. Octets come whole or one by one, from memory of
 * exactly their size.
 */
#ifndef TESTS_DISSECT_HTTP_RIG_H
#define TESTS_DISSECT_HTTP_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dissect/engine.h"

#define C TT_TO_SERVER
#define S TT_TO_CLIENT

struct rig {
    struct tt_engine *e;
    struct tt_flow f;
    uint32_t each; /* octets of a segment, 0 = as they are given */
    size_t n;
    char text[1 << 18];
};

static void say(struct rig *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct rig *r, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int n = vsnprintf(r->text + r->n, sizeof r->text - r->n, format, list);
    va_end(list);
    r->n += (size_t)n;
    assert_true(r->n < sizeof r->text - 1);
}

static void say_value(struct rig *r, const struct tt_field *f, const struct tt_value *v)
{
    say(r, " %s=", f->path);
    if (f->flags & TT_SECRET) {
        say(r, "#");
    }
    if (f->type == TT_STR) {
        say(r, "%.*s", (int)v->n, (const char *)v->p);
    } else if (f->type == TT_BYTES) {
        for (uint32_t i = 0; i < v->n; i++) {
            say(r, "%02x", v->p[i]);
        }
    } else {
        const struct tt_name *name = f->type == TT_ENUM ? f->names : NULL;
        while (name && name->name && name->value != v->u) {
            name++;
        }
        if (name && name->name) {
            say(r, "%s", name->name);
        } else {
            say(r, "%llu", (unsigned long long)v->u);
        }
    }
}

static void on_message(void *ctx, struct tt_flow *f, struct tt_tx *tx, const struct tt_msg *m,
                       const struct tt_packet *p)
{
    struct rig *r = ctx;
    const struct tt_dissector *d = m->dissector, *carrier = tt_engine_carrier(f);
    (void)p;
    assert_ptr_equal(d, tt_engine_dissector(f));
    say(r, "%s%s%s %s tx %llu%s", carrier ? carrier->name : "", carrier ? "/" : "", d->name,
        d->kinds[m->kind].name, (unsigned long long)tx->id, m->truncated ? " truncated" : "");
    for (unsigned i = 0; i < m->n_values; i++) {
        say_value(r, &d->fields[m->values[i].field], &m->values[i]);
    }
    for (unsigned i = 0; i < d->n_anomalies; i++) {
        if (m->anomalies >> i & 1) {
            say(r, " !%s", d->anomalies[i].name);
        }
    }
    say(r, "\n");
}

static void on_end(void *ctx, struct tt_flow *f, struct tt_tx *tx, enum tt_tx_end end,
                   const struct tt_packet *p)
{
    (void)p;
    say(ctx, "end %s %llu%s%s\n", tt_engine_dissector(f)->name, (unsigned long long)tx->id,
        end == TT_TX_UNANSWERED ? " unanswered" : "", tx->unasked ? " unasked" : "");
}

static void on_anomaly(void *ctx, struct tt_flow *f, enum tt_direction d, unsigned anomaly,
                       const struct tt_packet *p)
{
    uint32_t n;
    const struct tt_anomaly *rows = tt_dissect_anomalies(&n);
    (void)d, (void)p;
    if (anomaly >= TT_ANOMALY_OWN) {
        rows = tt_engine_dissector(f)->anomalies;
        anomaly -= TT_ANOMALY_OWN;
    }
    say(ctx, "anomaly %s\n", rows[anomaly].name);
}

static struct rig *rig_new(uint32_t each, bool seen_start)
{
    struct rig *r = calloc(1, sizeof *r);
    struct tt_dissect_sink sink = {r, on_message, on_end, on_anomaly};
    r->e =
        tt_engine_new(&(struct tt_dissect_options){.max_flows = 64, .max_octets = 1 << 22}, &sink);
    r->each = each;
    r->f.key.protocol = 6;
    r->f.key.low_port = 40000;
    r->f.key.high_port = 8080;
    r->f.flags = seen_start ? TT_FLOW_SEEN_SYN : 0;
    return r;
}

static void rig_send(struct rig *r, enum tt_direction d, const void *octets, size_t n)
{
    const uint8_t *p = octets;
    for (size_t k; n; p += k, n -= k) {
        k = r->each && r->each < n ? r->each : n;
        uint8_t *copy = malloc(k);
        memcpy(copy, p, k);
        tt_engine_octets(r->e, &r->f, d, (struct tt_bytes){copy, (uint32_t)k}, NULL);
        free(copy);
    }
}
#define SEND(r, d, text) rig_send(r, d, text, sizeof(text) - 1)

static unsigned rig_count(const struct rig *r, const char *what)
{
    unsigned n = 0;
    for (const char *at = r->text; (at = strstr(at, what)) != NULL; at++) {
        n++;
    }
    return n;
}

static void rig_end(struct rig *r)
{
    tt_engine_end(r->e, &r->f);
}

static void rig_free(struct rig *r)
{
    tt_engine_free(r->e);
    free(r);
}

#define TELLS(r, what)  rig_tells(r, what, 1, __LINE__)
#define SILENT(r, what) rig_tells(r, what, 0, __LINE__)
static void rig_tells(const struct rig *r, const char *what, unsigned times, int line)
{
    unsigned n = rig_count(r, what);
    if (n != times) {
        fprintf(stderr, "line %d: `%s` %u times, not %u, in\n%s", line, what, n, times, r->text);
    }
    assert_int_equal(n, times);
}

#endif
