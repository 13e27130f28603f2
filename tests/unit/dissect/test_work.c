/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Work is bounded: in step, a unit of 8,000 octets costs at most 4 octets looked at for each octet,
 * also when they come one by one, and however it is cut the same is told. Out of step, whatever
 * comes costs at most 8 (README.md of the room), and does not hide the units behind it. Every
 * protocol of streams. What is looked at is counted in builds with -DTT_WORK; others check the
 * rest.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/registry.h"
#include "base/work.h"
#include "dissect/engine.h"

enum { UNIT = 8000, MOST = 4, JUNK = 60000, SEEK_MOST = 8, SEEK_ONCE = 4 * 2048 };
enum { SEEK_KEEPS = 16384 };

struct told {
    uint32_t messages, lengths[16];
    uint64_t anomalies, others;
};

static void on_message(void *ctx, struct tt_flow *f, struct tt_tx *tx, const struct tt_msg *m,
                       const struct tt_packet *p)
{
    struct told *t = ctx;
    (void)f, (void)tx, (void)p;
    t->lengths[t->messages++ & 15] = m->unit.n;
    t->anomalies = t->anomalies * 31 + m->anomalies;
}

static void on_transaction(void *ctx, struct tt_flow *f, struct tt_tx *tx, enum tt_tx_end end,
                           const struct tt_packet *p)
{
    (void)ctx, (void)f, (void)tx, (void)end, (void)p;
}

static void on_anomaly(void *ctx, struct tt_flow *f, enum tt_direction d, unsigned a,
                       const struct tt_packet *p)
{
    (void)f, (void)d, (void)p;
    ((struct told *)ctx)->others += 1 + a;
}

struct example {
    const char *protocol;
    const char *opening; /* a first unit: in step from then on */
    uint32_t n_opening;
    const char *head, *tail; /* of the long unit, a filler between them */
    uint32_t n_head, n_tail;
    char filler;
};

#define TEXT(s) s, sizeof(s) - 1
#define EXAMPLE(name, opening, head, tail, filler)                                                 \
    {                                                                                              \
        name, TEXT(opening), head, tail, sizeof(head) - 1, sizeof(tail) - 1, filler                \
    }

static const struct example examples[] = {
    /* 3 octets of fixed header, 7997 = 0xbd 0x3e, topic "a" */
    EXAMPLE("mqtt", "\x10\x0d\0\4MQTT\4\2\0\x3c\0\1x", "\x30\xbd\x3e\0\1a", "", 'x'),
    /* RFC 8323 3.2: code, 8000 - 4 - 269 = 0x1e2f; a payload marker and a payload */
    EXAMPLE("coap", "\x30\xe1\x22\x04\x80", "\xe0\x1e\x2f\x02\xff", "", 'x'),
    EXAMPLE("smpp",
            "\0\0\0\x26\0\0\0\2\0\0\0\0\0\0\0\1"
            "abcdefgh\0pass\0app\0\x34\0\0\0",
            "\0\0\x1f\x40\0\0\x01\x03\0\0\0\0\0\0\0\2", "", 0),
    EXAMPLE("ucp",
            "\x02"
            "00/00026/O/31/4711/0539/C3\x03",
            "\x02"
            "01/07998/O/31/",
            "/0539/00\x03", '1'),
    EXAMPLE("cimd2",
            "\x02"
            "01:001\t010:u\t011:p\t\x03",
            "\x02"
            "03:003\t021:",
            "\t\x03", '1'),
};

/* Octets looked at for the long unit and the opening after it again, in pieces of `cut`. */
static uint64_t play(const struct example *x, uint32_t cut, struct told *t)
{
    static uint8_t stream[UNIT + 64];
    uint32_t n = UNIT + x->n_opening;
    memset(stream, x->filler, UNIT);
    memcpy(stream, x->head, x->n_head);
    memcpy(stream + UNIT - x->n_tail, x->tail, x->n_tail);
    memcpy(stream + UNIT, x->opening, x->n_opening);
    struct tt_dissect_options o = {.max_flows = 4, .max_octets = 1 << 20};
    struct tt_dissect_sink sink = {t, on_message, on_transaction, on_anomaly};
    struct tt_engine *e = tt_engine_new(&o, &sink);
    const struct tt_dissector *d = tt_dissector_at((unsigned)tt_dissector_index(x->protocol));
    struct tt_flow f = {.key = {.low_port = 40000, .high_port = d->ports[0], .protocol = 6},
                        .flags = TT_FLOW_SEEN_SYN};
    memset(t, 0, sizeof *t);
    tt_engine_octets(e, &f, TT_TO_SERVER,
                     (struct tt_bytes){(const uint8_t *)x->opening, x->n_opening}, NULL);
    assert_ptr_equal(tt_engine_dissector(&f), d);
#ifdef TT_WORK
    uint64_t before = tt_work_looked;
#else
    uint64_t before = 0;
#endif
    for (uint32_t at = 0; at < n; at += cut) {
        uint32_t piece = cut < n - at ? cut : n - at;
        uint8_t *copy = malloc(piece);
        memcpy(copy, stream + at, piece);
        tt_engine_octets(e, &f, TT_TO_SERVER, (struct tt_bytes){copy, piece}, NULL);
        free(copy);
    }
#ifdef TT_WORK
    uint64_t looked = tt_work_looked - before;
#else
    uint64_t looked = before;
#endif
    tt_engine_end(e, &f);
    tt_engine_free(e);
    return looked;
}

static void a_long_unit_costs_four_octets_an_octet(void **unused)
{
    (void)unused;
    static const uint32_t cuts[] = {1, 2, 3, 5, 7, 8, 9, 100, 255, 257, 1460, UNIT - 1, UNIT};
    for (unsigned i = 0; i < sizeof examples / sizeof *examples; i++) {
        const struct example *x = &examples[i];
        struct told whole, split;
        (void)play(x, 2 * UNIT, &whole);
        assert_int_equal(whole.messages, 3);
        assert_int_equal(whole.lengths[0], x->n_opening);
        assert_int_equal(whole.lengths[1], UNIT);
        assert_int_equal(whole.lengths[2], x->n_opening);
        for (unsigned k = 0; k < sizeof cuts / sizeof *cuts; k++) {
            uint64_t looked = play(x, cuts[k], &split);
            assert_memory_equal(&split, &whole, sizeof whole);
            assert_in_range(looked, 0, MOST * (UNIT + x->n_opening));
        }
    }
}

/* STX and nothing that ends it: 8,192 octets are the longest frame of both. */
static void a_frame_without_end_costs_no_more(void **unused)
{
    (void)unused;
    static const char *const protocols[] = {"ucp", "cimd2"};
    static uint8_t octets[9000];
    memset(octets, '1', sizeof octets);
    octets[0] = 2;
    for (unsigned i = 0; i < 2; i++) {
        const struct tt_dissector *d = tt_dissector_at((unsigned)tt_dissector_index(protocols[i]));
#ifdef TT_WORK
        uint64_t before = tt_work_looked;
#endif
        for (uint32_t n = 1; n <= sizeof octets; n++) {
            uint32_t seen = n <= 8192 ? n - 1 : 0;
            assert_int_equal(d->unit_length(NULL, (struct tt_bytes){octets, n}, seen, TT_TO_SERVER),
                             n < 8192 ? 0 : -1);
            if (n == 8192) {
#ifdef TT_WORK
                assert_in_range(tt_work_looked - before, 8191, 8192);
#endif
            }
        }
    }
}

/* Octets that begin as many units as possible; none of them goes on. */
static uint32_t junk(uint8_t *out, unsigned shape)
{
    static const struct {
        const char *text;
        uint32_t n;
    } patterns[] = {
        {TEXT("\x30\xff\x10\0\1\xff")}, /* PUBLISH in PUBLISH, of 2 KiB */
        {TEXT("\x62\xff\x1f\0\1")},     /* PUBREL of 4 KiB */
        {TEXT("\x30\x7e\0\1")},
        {TEXT("\x02")}, /* STX */
        {TEXT("\x02"
              "00/00026/O/31")},
        {TEXT("0")},
        {TEXT("\xd0\0\x3f\1\2x")}, /* messages of CoAP in one another */
        {TEXT("\0\0\0\x48\0\0\0\4\0\0\0\0\0\0\0\1")},
        {TEXT("{\"t\":21.5,\"id\":\"0Ab1@PpR\"} ")},
    };
    enum { PATTERNS = sizeof patterns / sizeof *patterns };
    uint32_t x = 1 + shape;
    for (uint32_t i = 0; i < JUNK && shape < PATTERNS; i++) {
        out[i] = (uint8_t)patterns[shape].text[i % patterns[shape].n];
    }
    for (uint32_t i = 0; i < JUNK && shape >= PATTERNS; i++) {
        x = x * 1664525 + 1013904223;
        out[i] = (uint8_t)(x >> 24);
    }
    return shape <= PATTERNS;
}

/* Known, then a hole, junk, and units. */
static uint64_t resync(const struct example *x, const uint8_t *octets, uint32_t cut, struct told *t)
{
    struct tt_dissect_options o = {.max_flows = 4, .max_octets = 1 << 20};
    struct tt_dissect_sink sink = {t, on_message, on_transaction, on_anomaly};
    struct tt_engine *e = tt_engine_new(&o, &sink);
    const struct tt_dissector *d = tt_dissector_at((unsigned)tt_dissector_index(x->protocol));
    struct tt_flow f = {.key = {.low_port = 40000, .high_port = d->ports[0], .protocol = 6},
                        .flags = TT_FLOW_SEEN_SYN};
    struct tt_bytes opening = {(const uint8_t *)x->opening, x->n_opening};
    memset(t, 0, sizeof *t);
    tt_engine_octets(e, &f, TT_TO_SERVER, opening, NULL);
    f.flags |= TT_FLOW_GAP;
    tt_engine_gap(e, &f, TT_TO_SERVER, 100, NULL);
    t->messages = 0;
#ifdef TT_WORK
    uint64_t before = tt_work_looked;
#else
    uint64_t before = 0;
#endif
    for (uint32_t at = 0; at < JUNK; at += cut) {
        uint32_t piece = cut < JUNK - at ? cut : JUNK - at;
        tt_engine_octets(e, &f, TT_TO_SERVER, (struct tt_bytes){octets + at, piece}, NULL);
    }
#ifdef TT_WORK
    uint64_t looked = tt_work_looked - before;
#else
    uint64_t looked = before;
#endif
    uint32_t found = t->messages;
    for (uint32_t n = 0; n < 2 * SEEK_KEEPS; n += opening.n) {
        tt_engine_octets(e, &f, TT_TO_SERVER, opening, NULL);
    }
    if (found == 0 && t->messages == 0) { /* the junk was none of its units */
        fail_msg("%s: units behind junk are not found", x->protocol);
    }
    tt_engine_end(e, &f);
    tt_engine_free(e);
    return looked;
}

static void junk_costs_eight_octets_an_octet(void **unused)
{
    (void)unused;
    static uint8_t octets[JUNK];
    for (unsigned shape = 0; junk(octets, shape); shape++) {
        for (unsigned i = 0; i < sizeof examples / sizeof *examples; i++) {
            struct told whole, split;
            uint64_t looked = resync(&examples[i], octets, 1460, &whole);
            assert_in_range(looked, 0, SEEK_MOST * JUNK + SEEK_ONCE);
            looked = resync(&examples[i], octets, 1, &split);
            assert_in_range(looked, 0, SEEK_MOST * JUNK + SEEK_ONCE);
            assert_memory_equal(&split, &whole, sizeof whole);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_unit_costs_four_octets_an_octet),
        cmocka_unit_test(a_frame_without_end_costs_no_more),
        cmocka_unit_test(junk_costs_eight_octets_an_octet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
