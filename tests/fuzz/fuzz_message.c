/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Every registered dissector without the engine: messages, one after the other, into parse,
 * which is what most octets reach least behind framing and probing. The first octet says which
 * dissector; then come a direction, a length in two octets, and the message, in memory of exactly
 * its size. Probes and lengths are asked about the same octets.
 */
#include <stdlib.h>
#include <string.h>

#include "base/registry.h"
#include "dissect/engine.h"
#include "fuzz/must.h"

#define STATE 16384

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct tt_msg *m)
{
    const struct tt_dissector *d = m->dissector;
    unsigned sum = 0;
    MUST(m->n_values <= TT_MSG_VALUES && m->n_made <= TT_MSG_MADE);
    MUST(d->n_anomalies >= 64 || m->anomalies >> d->n_anomalies == 0);
    for (unsigned i = 0; i < m->n_values; i++) {
        const struct tt_value *v = &m->values[i];
        MUST(v->field < d->n_fields && v->type == d->fields[v->field].type);
        if (v->type != TT_STR && v->type != TT_BYTES && v->type != TT_IP) {
            continue;
        }
        for (uint32_t k = 0; k < v->n; k++) {
            sum += v->p[k];
        }
        MUST(v->offset == 0xffff ||
             (v->p == m->unit.p + v->offset && v->n <= m->unit.n - v->offset));
    }
    __asm__ volatile("" : : "r"(sum)); /* keeps the reads */
}

static void one(struct tt_msg *m, const struct tt_dissector *d, const struct tt_field_hot *hot,
                void *state, uint8_t op, const uint8_t *p, uint32_t n)
{
    enum tt_direction to = op & 1 ? TT_TO_CLIENT : TT_TO_SERVER;
    uint8_t *copy = malloc(n ? n : 1);
    memcpy(copy, p, n);
    struct tt_bytes unit = {copy, n};
    struct tt_reader r = tt_reader_over(unit);
    if (n) {
        (void)d->probe(unit, to);
        (void)(d->probe_datagram ? d->probe_datagram(unit, to) : TT_PROBE_NO);
        (void)(d->unit_length ? d->unit_length(state, unit, 0, to) : 0);
    }
    struct tt_more *more = m->more;
    tt_msg_reset(m, d, hot, unit, to);
    m->more = more;
    if (op & 2 && d->parse_head) {
        m->truncated = true;
        d->parse_head(state, &r, m);
    } else {
        (void)d->parse(state, &r, m);
    }
    check(m);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static _Alignas(16) uint8_t state[STATE];
    static struct tt_msg m;
    static struct tt_more more;
    static uint64_t refused;
    static struct tt_field_hot hot[64][TT_FIELDS_MAX];
    unsigned n = 0;
    while (tt_registry_dissectors[n]) {
        n++;
    }
    if (!m.more) {
        size_t room = 16;
        for (unsigned i = 0; i < n; i++) {
            size_t more_size = tt_registry_dissectors[i]->more_size;
            room = more_size > room ? more_size : room;
            tt_fields_hot(tt_registry_dissectors[i], hot[i]);
        }
        MUST(tt_slab_init(&more.pieces, room, 1));
        MUST(tt_slab_init(&more.bodies, 16384, 2));
        more.refused = more.givenup = &refused;
        m.more = &more;
    }
    if (size == 0) {
        return 0;
    }
    unsigned which = (data[0] >> 2) % n;
    const struct tt_dissector *d = tt_registry_dissectors[which];
    memset(state, 0, d->state_size);
    struct tt_flow_facts facts = {.seen_start = data[0] & 1,
                                  .transport = data[0] & 2 ? TT_UDP : TT_TCP,
                                  .multicast = data[0] >> 7};
    memcpy(state, &facts, sizeof facts);
    for (data++, size--; size >= 3;) {
        uint32_t length = (uint32_t)data[1] << 8 | data[2];
        uint8_t op = data[0];
        data += 3, size -= 3;
        length = length > size ? (uint32_t)size : length;
        one(&m, d, hot[which], state, op, data, length);
        data += length, size -= length;
    }
    memcpy(&facts, state, sizeof facts);
    if (facts.more) {
        tt_slab_give(&more.pieces, facts.more - 1);
    }
    return 0;
}
