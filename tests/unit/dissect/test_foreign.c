/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Flows that speak nothing we know, 100,000 of each transport: random octets, texts, counters,
 * fixed headers with random bodies, the same again, echoes. On ports of nobody at most ten
 * may be taken for a protocol. Datagrams that wait for proof come before it, with their own number.
 */
#include "unit/dissect/coap_rig.h"

#include "base/registry.h"

enum { FLOWS = 100000, MOST = 10, SHAPES = 10, PARTS = 6 };

static uint64_t seed;

static uint32_t random_number(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 16);
}

static void nothing(void *ctx, struct tt_flow *f, struct tt_tx *tx, const struct tt_msg *m,
                    const struct tt_packet *p)
{
    (void)ctx, (void)f, (void)tx, (void)m, (void)p;
}

static void ended(void *ctx, struct tt_flow *f, struct tt_tx *tx, enum tt_tx_end end,
                  const struct tt_packet *p)
{
    (void)ctx, (void)f, (void)tx, (void)end, (void)p;
}

static void odd(void *ctx, struct tt_flow *f, enum tt_direction d, unsigned a,
                const struct tt_packet *p)
{
    (void)ctx, (void)f, (void)d, (void)a, (void)p;
}

/* Part `part` of a flow of this shape; the octets of the part before are in b. */
static uint32_t fill(uint8_t b[512], unsigned shape, unsigned part, uint32_t n)
{
    static const char text[] =
        "GET Put 200 OK NOTIFY * register@example.org {\"a\":1} PING AT+X\r\n";
    uint32_t size = shape == 9 ? 4 : 4 + random_number() % 200;
    if ((shape == 4 && part) || (shape == 5 && part % 2)) {
        return n; /* the same again, an echo */
    }
    for (uint32_t i = 0; i < size; i++) {
        b[i] = (uint8_t)random_number();
        if (shape == 1) {
            b[i] = (uint8_t)text[random_number() % (sizeof text - 1)];
        } else if (shape == 2) {
            b[i] = (uint8_t)(i < 4 ? i == 3 ? part : 0x41 : 0); /* a counter, zeros */
        } else if (shape == 3 && i < 2) {
            b[i] = i ? 0x45 : 0x60; /* as a response of CoAP */
        } else if (shape == 6) {
            b[i] = (uint8_t)(0x40 + random_number() % 64);
        } else if (shape == 7 && i < 4) {
            b[i] = (uint8_t)(i == 0 ? 0x40 : i == 1 ? 1 : i == 3 ? part : 0); /* as a request */
        } else if (shape == 8 && i < 12) {
            b[i] = (uint8_t)(i == 2 ? 0x01 : i == 5 ? 1 : i < 2 ? b[i] : 0); /* as DNS */
        }
    }
    return size;
}

static unsigned claimed(uint8_t protocol)
{
    struct tt_dissect_options o = {.max_flows = 8, .max_octets = 1 << 20};
    struct tt_engine *e = tt_engine_new(&o, &(struct tt_dissect_sink){NULL, nothing, ended, odd});
    unsigned claims = 0, by_shape[SHAPES] = {0};
    seed = 0x1234567;
    for (unsigned i = 0; i < FLOWS; i++) {
        struct tt_flow f = {
            .key = {.low_port = 33333, .high_port = 44444, .protocol = protocol},
            .flags = i % 3 ? TT_FLOW_SEEN_SYN : 0,
        };
        uint8_t b[512] = {0};
        uint32_t n = 4;
        for (unsigned part = 0; part < PARTS; part++) {
            enum tt_direction d = part % 2 ? TT_TO_CLIENT : TT_TO_SERVER;
            n = fill(b, i % SHAPES, part, n);
            if (protocol == 17) {
                tt_engine_datagram(e, &f, d, (struct tt_bytes){b, n}, NULL);
            } else {
                tt_engine_octets(e, &f, d, (struct tt_bytes){b, n}, NULL);
            }
        }
        tt_engine_finish(e, &f);
        claims += tt_engine_dissector(&f) != NULL;
        by_shape[i % SHAPES] += tt_engine_dissector(&f) != NULL;
        tt_engine_end(e, &f);
    }
    for (unsigned i = 0; i < SHAPES && claims > MOST; i++) {
        print_message("shape %u: %u claimed\n", i, by_shape[i]);
    }
    tt_engine_free(e);
    return claims;
}

static void datagrams_of_strangers(void **state)
{
    (void)state;
    assert_in_range(claimed(17), 0, MOST);
}

static void streams_of_strangers(void **state)
{
    (void)state;
    assert_in_range(claimed(6), 0, MOST);
}

/* The packets of the messages, and which way. */
static void log_packet(void *ctx, struct tt_flow *f, struct tt_tx *tx, const struct tt_msg *m,
                       const struct tt_packet *p)
{
    char *text = ctx;
    (void)f, (void)tx;
    snprintf(text + strlen(text), 16, "%s%u%c%u", text[0] ? " " : "", (unsigned)p->number,
             m->direction == TT_TO_SERVER ? '>' : '<', p->sport);
}

static const char *told(const char *const parts[], const enum tt_direction ways[], unsigned n)
{
    static char text[256];
    struct tt_dissect_options o = {.max_flows = 8, .max_octets = 1 << 20};
    struct tt_engine *e =
        tt_engine_new(&o, &(struct tt_dissect_sink){text, log_packet, ended, odd});
    struct tt_flow f = {.key = {.low_port = 5000, .high_port = 6000, .protocol = 17}};
    text[0] = 0;
    for (unsigned i = 0; i < n; i++) {
        struct tt_packet p = {.number = i + 1,
                              .time = i,
                              .sport = ways[i] == TT_TO_SERVER ? 5000 : 6000,
                              .dport = ways[i] == TT_TO_SERVER ? 6000 : 5000};
        tt_engine_datagram(e, &f, ways[i], hex(parts[i]), &p);
    }
    tt_engine_end(e, &f);
    tt_engine_free(e);
    return text;
}

static void the_first_datagram_is_not_lost(void **state)
{
    (void)state;
    const enum tt_direction ways[] = {C, S, C};
    const char *const answered[] = {"4101 0001 07 b1 'a'", "6145 0001 07 ff 'x'",
                                    "4101 0002 08 b1 'a'"};
    assert_string_equal(told(answered, ways, 3), "1>5000 2<6000 3>5000");
    const enum tt_direction one_way[] = {C, C, C};
    const char *const repeated[] = {"5103 0001 07 b1 'a' ff 'x'", "5103 0002 08 b1 'a' ff 'y'",
                                    "'nothing of ours'"};
    assert_string_equal(told(repeated, one_way, 2), "1>5000 2>5000");
    /* what is none at all between them does not count */
    const char *const mixed[] = {"4101 0001 07 b1 'a'", "'no'", "6145 0001 07 ff 'x'"};
    const enum tt_direction mixed_ways[] = {C, S, S};
    assert_string_equal(told(mixed, mixed_ways, 3), "1>5000 3<6000");
    assert_string_equal(told(answered, one_way, 1), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(datagrams_of_strangers),
        cmocka_unit_test(streams_of_strangers),
        cmocka_unit_test(the_first_datagram_is_not_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
