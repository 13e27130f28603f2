/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Every registered dissector behind the engine. The first octet says whether the start of the
 * connection was seen, whether it is a datagram protocol's flow, and whose port it uses; then come
 * instructions: direction, octets or a hole, a length, the octets. What a message shows must lie in
 * its unit or the flow's state, values and lists keep their limits, every transaction that begins
 * ends once, and the end gives all memory back. Each chunk lies in memory of exactly its size.
 * However the octets are cut, the engine tells the same: as they are, one by one, and in pieces.
 *
 * TT_FUZZ_PROTOCOL=NAME: all flows are to NAME's port, over its transport.
 */
#include <stdlib.h>
#include <string.h>

#include "base/registry.h"
#include "base/work.h"
#include "dissect/app.h"
#include "fuzz/must.h"

/* Octets looked at. In step: 4 for each octet received, headers and all. Besides, while a start is
 * looked for (src/dissect/README.md): 5 for each octet, which is carried, grows with its piece and
 * is moved (3); at first 2048 of each kind and direction, and what the beginning is asked; and for
 * each mark 128, which its segment's headers have room for. A unit that never ends is shown when
 * the flow does. A protocol inside of another one gets the octets once more. */
#define WORK    4
#define SEGMENT 54
#define SEEK    (5 + 3)
#define FIRST   (4 * 2048)
#define ASKED   (2 * 1024) /* by each dissector */
#define HEAD    4096

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct tt_dissector *only;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *name = getenv("TT_FUZZ_PROTOCOL");
    (void)argc, (void)argv;
    for (unsigned i = 0; name && tt_registry_dissectors[i]; i++) {
        if (strcmp(tt_registry_dissectors[i]->name, name) == 0) {
            only = tt_registry_dissectors[i];
        }
    }
    MUST(!name || only);
    return 0;
}

struct seen {
    uint64_t messages, ended, began;
    uint64_t told; /* hash of everything that was told, in order */
};

static void mix(struct seen *s, uint64_t v)
{
    s->told = (s->told ^ v) * UINT64_C(0x9e3779b97f4a7c15);
    s->told ^= s->told >> 29;
}

static void mix_octets(struct seen *s, const uint8_t *p, uint32_t n)
{
    mix(s, n);
    for (uint32_t i = 0; i < n; i++) {
        mix(s, p[i]);
    }
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
    mix(s, (uint64_t)m->direction << 8 | m->kind);
    mix(s, (uint64_t)m->skipped << 1 | m->truncated);
    mix(s, m->anomalies);
    mix(s, tx->id);
    mix_octets(s, m->unit.p, m->unit.n);
    for (unsigned i = 0; i < m->n_values; i++) {
        const struct tt_value *v = &m->values[i];
        MUST(v->field < d->n_fields && v->type == d->fields[v->field].type &&
             tt_msg_has(m, v->field));
        mix(s, v->field);
        if (v->type != TT_STR && v->type != TT_BYTES && v->type != TT_IP) {
            mix(s, v->u);
        } else {
            mix_octets(s, v->p, v->n);
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
    /* ids are those of one protocol, and there may be several */
    s->began += tx->messages == 1 && m->tx_role != TT_TX_NONE;
}

static void transaction(void *ctx, struct tt_flow *f, struct tt_tx *tx, enum tt_tx_end end,
                        const struct tt_packet *p)
{
    struct seen *s = ctx;
    (void)p;
    MUST(tx->id < tt_engine_tx_count(f));
    mix(s, tx->id << 8 | end);
    s->ended++;
}

static void anomaly(void *ctx, struct tt_flow *f, enum tt_direction d, unsigned a,
                    const struct tt_packet *p)
{
    uint32_t n;
    (void)p;
    mix(ctx, (uint64_t)a << 1 | d);
    (void)tt_dissect_anomalies(&n);
    MUST(a < n ||
         (tt_engine_dissector(f) && a - TT_ANOMALY_OWN < tt_engine_dissector(f)->n_anomalies));
}

static unsigned dissectors(void)
{
    unsigned n = 0;
    while (tt_registry_dissectors[n]) {
        n++;
    }
    return n;
}

static struct tt_flow flow_from(uint8_t first)
{
    unsigned n = dissectors();
    const struct tt_dissector *d = n ? tt_registry_dissectors[(first >> 2) % n] : NULL;
    if (only) {
        bool datagrams = only->transport == TT_UDP || (only->transport & TT_UDP && first & 2);
        return (struct tt_flow){.key = {.low_port = 50000,
                                        .high_port = only->ports ? only->ports[0] : 80,
                                        .protocol = datagrams ? 17 : 6},
                                .flags = first & 1 ? TT_FLOW_SEEN_SYN : 0};
    }
    uint16_t port = first & 0x80 || !d || !d->ports || !d->ports[0] ? 33333 : d->ports[0];
    return (struct tt_flow){
        .key = {.low_port = 50000, .high_port = port, .protocol = first & 2 ? 17 : 6},
        .flags = first & 1 ? TT_FLOW_SEEN_SYN : 0};
}

/* cut: 0 = as it is, 1 = octet by octet, else pieces of 1 to cut octets.
 * Returns how many pieces that were. */
static uint32_t one(struct tt_engine *e, struct tt_flow *f, uint8_t op, const uint8_t *p,
                    uint32_t n, uint32_t cut)
{
    enum tt_direction d = op & 1 ? TT_TO_CLIENT : TT_TO_SERVER;
    if ((op & 6) == 6) {
        f->flags |= (uint16_t)(TT_FLOW_GAP << d);
        tt_engine_gap(e, f, d, op & 8 ? 0 : n, NULL);
        return 0;
    }
    uint32_t at = 0, random = n, pieces = 0;
    do {
        random = random * 1664525 + 1013904223;
        uint32_t step = cut && f->key.protocol == 6 ? 1 + (random >> 16) % cut : n;
        step = step < n - at ? step : n - at;
        uint8_t *copy = malloc(step ? step : 1);
        memcpy(copy, p + at, step);
        if (f->key.protocol == 17) {
            tt_engine_datagram(e, f, d, (struct tt_bytes){copy, step}, NULL);
        } else {
            tt_engine_octets(e, f, d, (struct tt_bytes){copy, step}, NULL);
        }
        free(copy);
        at += step;
        pieces++;
    } while (at < n);
    return pieces;
}

/* How many protocols are inside of one another, if those are more than `deep`. */
static uint64_t deeper(const struct tt_flow *f, uint64_t deep)
{
    uint64_t n = 0;
    for (const struct tt_app *a = f->app; a; a = a == &tt_app_failed ? NULL : a->inner) {
        n++;
    }
    return n > deep ? n : deep;
}

static struct seen play(struct tt_engine *e, struct seen *seen, const uint8_t *data, size_t size,
                        uint32_t cut)
{
    memset(seen, 0, sizeof *seen);
    struct tt_flow f = flow_from(data[0]);
    uint64_t octets = 0, chunks = 0, looked = tt_work_looked, deep = 1;
    data++, size--;
    while (size >= 3) {
        uint32_t n = (uint32_t)data[1] << 8 | data[2];
        uint8_t op = data[0];
        bool hole = (op & 6) == 6;
        data += 3, size -= 3;
        n = !hole && n > size ? (uint32_t)size : n;
        uint32_t n_chunks = one(e, &f, op, data, n, cut);
        deep = deeper(&f, deep);
        if (!hole) {
            data += n, size -= n;
            octets += n;
            chunks += n_chunks;
        }
    }
    tt_engine_end(e, &f);
    /* On the wire a segment of one octet is 55. */
    looked = tt_work_looked - looked;
    uint64_t once = HEAD + FIRST + ASKED * dissectors();
    MUST(looked <= WORK * chunks * SEGMENT + deep * ((WORK + SEEK) * octets + once));
    MUST(f.app == NULL && seen->ended == seen->began && seen->messages <= 2 * octets + 2);
    return *seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tt_engine *e;
    static struct seen seen;
    if (!e) {
        struct tt_dissect_options o = {
            .max_flows = 64, .max_octets = 16 << 20, .max_transactions = 16};
        struct tt_dissect_sink sink = {&seen, message, transaction, anomaly};
        e = tt_engine_new(&o, &sink);
        MUST(e);
    }
    if (size == 0) {
        return 0;
    }
    static const uint32_t cuts[] = {1, 40, 3000};
    struct seen whole = play(e, &seen, data, size, 0);
    for (unsigned i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        struct seen split = play(e, &seen, data, size, cuts[i]);
        MUST(split.told == whole.told && split.messages == whole.messages);
    }
    return 0;
}
