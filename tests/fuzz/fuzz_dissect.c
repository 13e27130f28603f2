/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Every registered dissector behind the engine. The first octet says whether the start of the
 * connection was seen, whether it is a datagram protocol's flow, and whose port it uses; then come
 * instructions: direction, octets or a hole, a length, the octets. What a message shows must lie in
 * its unit or the flow's state, values and lists keep their limits, every transaction that begins
 * ends once, and the end gives all memory back. Each chunk lies in memory of exactly its size.
 */
#include <stdlib.h>
#include <string.h>

#include "base/registry.h"
#include "dissect/engine.h"

#define MUST(x)                                                                                    \
    do {                                                                                           \
        if (!(x)) {                                                                                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
    uint64_t messages, ended, began;
};

static void touch(const uint8_t *p, uint32_t n)
{
    unsigned sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        sum += p[i];
    }
    __asm__ volatile("" : : "r"(sum)); /* keeps the reads */
}

static void message(void *ctx, struct tt_flow *f, struct tt_tx *tx, const struct tt_msg *m,
                    const struct tt_packet *p)
{
    struct seen *s = ctx;
    const struct tt_dissector *d = tt_engine_dissector(f);
    (void)p;
    MUST(d && m->dissector == d && tx->messages > 0 && m->n_values <= TT_MSG_VALUES);
    MUST(d->n_anomalies >= 64 || m->anomalies >> d->n_anomalies == 0);
    MUST(m->truncated || m->unit.n <= d->max_unit);
    touch(m->unit.p, m->unit.n);
    for (unsigned i = 0; i < m->n_values; i++) {
        const struct tt_value *v = &m->values[i];
        MUST(v->field < d->n_fields && v->type == d->fields[v->field].type &&
             tt_msg_has(m, v->field));
        if (v->type == TT_STR || v->type == TT_BYTES || v->type == TT_IP) {
            touch(v->p, v->n);
            MUST(v->offset == 0xffff ||
                 (v->p == m->unit.p + v->offset && v->n <= m->unit.n - v->offset));
        }
    }
    MUST(m->identity < (int)m->n_values && m->stream < (int)m->n_values &&
         m->payload < (int)m->n_values);
    unsigned kinds = 0;
    while (d->kinds[kinds].name) {
        kinds++;
    }
    MUST(m->kind < kinds);
    s->messages++;
    s->began = tx->id + 1 > s->began ? tx->id + 1 : s->began;
}

static void transaction(void *ctx, struct tt_flow *f, struct tt_tx *tx, enum tt_tx_end end,
                        const struct tt_packet *p)
{
    struct seen *s = ctx;
    (void)p, (void)end;
    MUST(tx->id < tt_engine_tx_count(f));
    s->ended++;
}

static void anomaly(void *ctx, struct tt_flow *f, enum tt_direction d, unsigned a,
                    const struct tt_packet *p)
{
    uint32_t n;
    (void)ctx, (void)d, (void)p;
    (void)tt_dissect_anomalies(&n);
    MUST(a < n ||
         (tt_engine_dissector(f) && a - TT_ANOMALY_OWN < tt_engine_dissector(f)->n_anomalies));
}

static struct tt_flow flow_from(uint8_t first)
{
    unsigned n = 0;
    while (tt_registry_dissectors[n]) {
        n++;
    }
    const struct tt_dissector *d = n ? tt_registry_dissectors[(first >> 2) % n] : NULL;
    uint16_t port = first & 0x80 || !d || !d->ports || !d->ports[0] ? 33333 : d->ports[0];
    return (struct tt_flow){
        .key = {.low_port = 50000, .high_port = port, .protocol = first & 2 ? 17 : 6},
        .flags = first & 1 ? TT_FLOW_SEEN_SYN : 0};
}

static void one(struct tt_engine *e, struct tt_flow *f, uint8_t op, const uint8_t *p, uint32_t n)
{
    enum tt_direction d = op & 1 ? TT_TO_CLIENT : TT_TO_SERVER;
    if ((op & 6) == 6) {
        f->flags |= (uint16_t)(TT_FLOW_GAP << d);
        tt_engine_gap(e, f, d, op & 8 ? 0 : n, NULL);
        return;
    }
    uint8_t *copy = malloc(n ? n : 1);
    memcpy(copy, p, n);
    if (f->key.protocol == 17) {
        tt_engine_datagram(e, f, d, (struct tt_bytes){copy, n}, NULL);
    } else {
        /* op & 2: the same octets one by one */
        for (uint32_t at = 0, step = op & 2 ? 1 : n; at < n; at += step) {
            tt_engine_octets(e, f, d, (struct tt_bytes){copy + at, step}, NULL);
        }
    }
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tt_engine *e;
    static struct seen seen;
    if (!e) {
        struct tt_dissect_options o = {
            .max_flows = 64, .max_octets = 1 << 20, .max_transactions = 16};
        struct tt_dissect_sink sink = {&seen, message, transaction, anomaly};
        e = tt_engine_new(&o, &sink);
        MUST(e);
    }
    if (size == 0) {
        return 0;
    }
    memset(&seen, 0, sizeof seen);
    struct tt_flow f = flow_from(data[0]);
    uint64_t octets = 0;
    data++, size--;
    while (size >= 3) {
        uint32_t n = (uint32_t)data[1] << 8 | data[2];
        uint8_t op = data[0];
        bool hole = (op & 6) == 6;
        data += 3, size -= 3;
        n = !hole && n > size ? (uint32_t)size : n;
        one(e, &f, op, data, n);
        if (!hole) {
            data += n, size -= n;
            octets += n;
        }
    }
    tt_engine_end(e, &f);
    MUST(f.app == NULL && seen.ended == seen.began && seen.messages <= 2 * octets + 2);
    return 0;
}
