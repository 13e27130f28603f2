/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Who is behind an address: messages of GTP (TS 29.060, 7.3; TS 29.274, 7.2), RADIUS (RFC 2866,
 * 5; TS 29.061, 16.4.7), MQTT (3.1.1, 3.1) and LwM2M (1.1, 6.2) go through the engine and the
 * claims into the table of identities; expected is what their specifications say of the session.
 * Then claims made by hand: order, takeover, caps.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/text.h"
#include "device/claim.h"
#include "unit/dissect/written.h"

struct bench {
    struct tt_engine *engine;
    struct tt_claims *claims;
    struct tt_identities *identities;
    struct tt_flow flow;
    uint64_t packets;
    char text[8000]; /* a line for each identity told */
};

static void told(void *ctx, const struct tt_identity *i)
{
    struct bench *b = ctx;
    const struct tt_claim *c = &i->facts;
    char v4[46] = "", v6[46] = "", changed[64] = "";
    static const char *const names[] = {"ip",     "ipv6",   "imsi", "imei",
                                        "imeisv", "msisdn", "mac",  "name"};
    static const struct tt_address none;
    if (memcmp(&c->ips[0], &none, 16) != 0) {
        tt_text_address_z(v4, c->ips[0].b);
    }
    if (memcmp(&c->ips[1], &none, 16) != 0) {
        tt_text_address_z(v6, c->ips[1].b);
    }
    for (unsigned p = 0; p < TT_PARTS; p++) {
        if (i->changed >> p & 1) {
            snprintf(changed + strlen(changed), 16, "!%s", names[p]);
        }
    }
    size_t n = strlen(b->text);
    snprintf(b->text + n, sizeof b->text - n, "%s %s%s %s/%s/%s/%.*s %lld-%lld%s\n", i->device, v4,
             v6, c->imsi, c->imei, c->msisdn, c->n_name, (const char *)c->name, (long long)i->since,
             (long long)i->until, changed);
}

static void claimed(void *ctx, const struct tt_claim *c)
{
    tt_identities_claim(((struct bench *)ctx)->identities, c);
}

static void message(void *ctx, struct tt_flow *f, struct tt_tx *tx, const struct tt_msg *m,
                    const struct tt_packet *p)
{
    (void)p;
    if (m->claim) {
        tt_claims_message(((struct bench *)ctx)->claims, f, tx, m);
    }
}

static void ended(void *ctx, struct tt_flow *f, struct tt_tx *tx, enum tt_tx_end end,
                  const struct tt_packet *p)
{
    if (tx->claim) {
        tt_claims_end(((struct bench *)ctx)->claims, f, tx, end, p);
    }
}

static void odd(void *ctx, struct tt_flow *f, enum tt_direction d, unsigned a,
                const struct tt_packet *p)
{
    (void)ctx, (void)f, (void)d, (void)a, (void)p;
}

/* 10.0.0.1 speaks to port `port` of 10.0.0.2. */
static void converse(struct bench *b, uint16_t port, uint8_t protocol)
{
    const struct tt_address low = {{[10] = 255, [11] = 255, 10, 0, 0, 1}};
    const struct tt_address high = {{[10] = 255, [11] = 255, 10, 0, 0, 2}};
    tt_engine_end(b->engine, &b->flow);
    b->flow = (struct tt_flow){.key = {.low = low,
                                       .high = high,
                                       .low_port = 4000,
                                       .high_port = port,
                                       .protocol = protocol},
                               .flags = TT_FLOW_SEEN_SYN};
}

static struct bench *bench_new(uint32_t max)
{
    struct bench *b = calloc(1, sizeof *b);
    struct tt_dissect_options o = {.max_flows = 8, .max_octets = 1 << 20};
    b->engine = tt_engine_new(&o, &(struct tt_dissect_sink){b, message, ended, odd});
    b->claims = tt_claims_new(16, claimed, b);
    b->identities = tt_identities_new(max, 0, told, b);
    assert_true(b->engine && b->claims && b->identities);
    converse(b, 2123, 17);
    return b;
}

static void bench_free(struct bench *b)
{
    tt_engine_end(b->engine, &b->flow);
    tt_engine_free(b->engine);
    tt_claims_free(b->claims);
    tt_identities_free(b->identities);
    free(b);
}

/* The n-th packet comes at n ns. */
static void say(struct bench *b, enum tt_direction d, struct tt_bytes octets)
{
    b->packets++;
    struct tt_packet p = {.number = b->packets, .time = (int64_t)b->packets};
    if (b->flow.key.protocol == 17) {
        tt_engine_datagram(b->engine, &b->flow, d, octets, &p);
    } else {
        tt_engine_octets(b->engine, &b->flow, d, octets, &p);
    }
}

#define C          TT_TO_SERVER
#define S          TT_TO_CLIENT
#define TOLD(what) (assert_string_equal(b->text, what), b->text[0] = 0)

#define SUBSCRIBER "02 62021132547698f0 "
#define NODE       "85 0004 0a000001 85 0004 0a000001 "
#define GATEWAY    "85 0004 0a000002 85 0004 0a000002 "
#define CREATE(imei)                                                                               \
    "32 10 LLLL 00000000 0001 0000 " SUBSCRIBER "10 00000011 11 00000012 14 05 80 0002 f121 " NODE \
    "86 0007 91 947101000070 87 0004 000b921f 9a 0008 " imei
#define CREATED(cause, address)                                                                    \
    "32 11 LLLL 00000012 0001 0000 01 " cause                                                      \
    "10 00000021 11 00000022 80 0006 f121 " address GATEWAY
#define IMEI  "5302990710163218"
#define OTHER "7868073021436510"
#define SUB   "imsi:262011234567890 100.64.0.2 262011234567890/"

static void gtp_version_1(void **state)
{
    struct bench *b = bench_new(0);
    say(b, C, written(CREATE(IMEI), 8));
    TOLD(""); /* not granted yet */
    say(b, S, written(CREATED("80 ", "64400002 "), 8));
    TOLD(SUB "3520997001612381/491710000007/ 2-0\n");
    /* the end names the gateway's tunnel */
    say(b, C, written("32 14 LLLL 00000022 0002 0000 13 ff 14 05", 8));
    say(b, S, written("32 15 LLLL 00000012 0002 0000 01 80", 8));
    TOLD(SUB "3520997001612381/491710000007/ 2-4\n");
    /* again, in another device */
    say(b, C,
        written("32 10 LLLL 00000000 0003 0000 " SUBSCRIBER
                "10 00000011 11 00000012 14 05 80 0002 f121 " NODE
                "86 0007 91 947101000070 87 0004 000b921f 9a 0008 " OTHER,
                8));
    say(b, S,
        written("32 11 LLLL 00000012 0003 0000 01 80 10 00000031 11 00000032 80 0006 f121 "
                "64400002 " GATEWAY,
                8));
    TOLD(SUB "8786700312345601/491710000007/ 6-0!imei\n");
    /* the gateway ends it: the node's tunnel */
    say(b, S, written("32 14 LLLL 00000012 0009 0000 13 ff 14 05", 8));
    say(b, C, written("32 15 LLLL 00000032 0009 0000 01 80", 8));
    TOLD(SUB "8786700312345601/491710000007/ 6-8\n");
    /* refused: nothing holds */
    say(b, C,
        written("32 10 LLLL 00000000 0004 0000 " SUBSCRIBER
                "10 00000011 11 00000012 14 05 80 0006 f121 64400009 " NODE "87 0004 000b921f",
                8));
    say(b, S, written("32 11 LLLL 00000012 0004 0000 01 db", 8));
    TOLD("");
    bench_free(b);
    (void)state;
}

static void gtp_version_2(void **state)
{
    struct bench *b = bench_new(0);
    say(b, C,
        written("48 20 LLLL 00000000 000001 00 01 0008 00 62021132547698f0 52 0001 00 06 "
                "57 0009 00 8a 00000051 0a000001 47 0004 00 03 'm2m' 4f 0005 00 01 00000000 "
                "5d 0005 00 49 0001 00 05",
                4));
    say(b, S,
        written("48 21 LLLL 00000051 000001 00 02 0002 00 10 00 57 0009 00 8b 00000052 0a000002 "
                "4f 0005 00 01 64400003 5d 000b 00 49 0001 00 05 02 0002 00 10 00",
                4));
    TOLD("imsi:262011234567890 100.64.0.3 262011234567890/// 2-0\n");
    /* its device is told later: Modify Bearer Request */
    say(b, C, written("48 22 LLLL 00000052 000002 00 4b 0008 00 " IMEI, 4));
    say(b, S, written("48 23 LLLL 00000051 000002 00 02 0002 00 10 00", 4));
    TOLD("imsi:262011234567890 100.64.0.3 262011234567890/3520997001612381// 4-0\n");
    /* new software in the same device: the last two digits */
    say(b, C, written("48 22 LLLL 00000052 000003 00 4b 0008 00 5302990710163219", 4));
    say(b, S, written("48 23 LLLL 00000051 000003 00 02 0002 00 10 00", 4));
    TOLD("imsi:262011234567890 100.64.0.3 262011234567890/3520997001612391// 6-0!imeisv\n");
    /* one bearer of it ends, then all */
    say(b, S, written("48 63 LLLL 00000051 000004 00 49 0001 01 06", 4));
    say(b, C, written("48 64 LLLL 00000052 000004 00 02 0002 00 10 00", 4));
    TOLD("");
    say(b, S, written("48 63 LLLL 00000051 000005 00 49 0001 00 05", 4));
    say(b, C, written("48 64 LLLL 00000052 000005 00 02 0002 00 10 00", 4));
    TOLD("imsi:262011234567890 100.64.0.3 262011234567890/3520997001612391// 6-10\n");
    bench_free(b);
    (void)state;
}

#define ACCOUNTING(id, status)                                                                     \
    "04 " id " LLLL 00112233445566778899aabbccdd00" id "2806 000000" status                        \
    "2c04 'zz' 0406 0a000001 "                                                                     \
    "0806 64400002 1f0e '491710000007' 1a17 000028af 0111 '262011234567890'"
#define ACCOUNTED(id) "05 " id " 0014 ff112233445566778899aabbccddeeff"

/* The length is of all. */
static struct tt_bytes radius(const char *text)
{
    return written(text, 0);
}

static void radius_accounting(void **state)
{
    struct bench *b = bench_new(0);
    converse(b, 1813, 17);
    say(b, C, radius(ACCOUNTING("01", "01")));
    say(b, S, radius(ACCOUNTED("01")));
    TOLD(SUB "/491710000007/ 2-0\n");
    say(b, C, radius(ACCOUNTING("02", "03"))); /* interim: nothing is new */
    say(b, S, radius(ACCOUNTED("02")));
    TOLD("");
    say(b, C, radius(ACCOUNTING("03", "02")));
    TOLD(""); /* not answered yet */
    say(b, S, radius(ACCOUNTED("03")));
    TOLD(SUB "/491710000007/ 2-6\n");
    /* a stop of a session that began before the capture */
    struct bench *late = bench_new(0);
    converse(late, 1813, 17);
    say(late, C, radius(ACCOUNTING("04", "02")));
    say(late, S, radius(ACCOUNTED("04")));
    assert_string_equal(late->text, SUB "/491710000007/ 0-2\n");
    bench_free(late);
    bench_free(b);
    (void)state;
}

#define CONNECT "10 11 0004 'MQTT' 04 02 003c 0005 'meter'"

static void mqtt_client(void **state)
{
    struct bench *b = bench_new(0);
    converse(b, 1883, 6);
    say(b, C, written(CONNECT, 0));
    say(b, S, written("20 02 00 00", 0));
    TOLD("mqtt:meter 10.0.0.1 ///meter 2-0\n");
    converse(b, 1883, 6); /* connects again: nothing is new */
    say(b, C, written(CONNECT, 0));
    say(b, S, written("20 02 00 00", 0));
    TOLD("");
    b->flow.key.low.b[15] = 9; /* from another address: refused, then let in */
    converse(b, 1883, 6);
    b->flow.key.low.b[15] = 0;
    say(b, C, written(CONNECT, 0));
    say(b, S, written("20 02 00 05", 0));
    TOLD("");
    converse(b, 1883, 6);
    b->flow.key.low.b[15] = 0;
    say(b, C, written(CONNECT, 0));
    say(b, S, written("20 02 00 00", 0));
    TOLD("mqtt:meter 10.0.0.0 ///meter 8-0!ip\n");
    bench_free(b);
    (void)state;
}

static void lwm2m_endpoint(void **state)
{
    struct bench *b = bench_new(0);
    converse(b, 5683, 17);
    say(b, C, written("41 02 0001 aa b2 'rd' 4d 0e 'ep=urn:imei:490154203237518' 04 'lt=9'", 0));
    say(b, S, written("61 41 0001 aa 82 'rd' 02 'x1'", 0));
    TOLD("coap:urn:imei:490154203237518 10.0.0.1 /490154203237518//urn:imei:490154203237518 2-0\n");
    say(b, C, written("41 04 0002 ab b2 'rd' 02 'x1'", 0));
    say(b, S, written("61 42 0002 ab", 0));
    TOLD("coap:urn:imei:490154203237518 10.0.0.1 /490154203237518//urn:imei:490154203237518 2-4\n");
    bench_free(b);
    (void)state;
}

/* ---- the table by itself ---- */

static struct tt_claim claim(int64_t time, const char *imsi, const char *imei, uint8_t last)
{
    struct tt_claim c = {.time = time, .packet = (uint64_t)time};
    snprintf(c.imsi, sizeof c.imsi, "%s", imsi);
    snprintf(c.imei, sizeof c.imei, "%s", imei);
    if (last) {
        c.ips[0] = (struct tt_address){{[10] = 255, [11] = 255, 10, 0, 0, last}};
    }
    return c;
}

static void put(struct bench *b, struct tt_claim c)
{
    tt_identities_claim(b->identities, &c);
}

static void an_address_changes_hands(void **state)
{
    struct bench *b = bench_new(0);
    put(b, claim(1, "111111", "", 7));
    put(b, claim(2, "222222", "", 7)); /* nobody ended the first */
    TOLD("imsi:111111 10.0.0.7 111111/// 1-0\n"
         "imsi:111111 10.0.0.7 111111/// 1-2\n"
         "imsi:222222 10.0.0.7 222222/// 2-0\n");
    /* two addresses of one subscriber live beside each other */
    put(b, claim(3, "222222", "", 8));
    put(b, claim(4, "222222", "", 7));
    TOLD("imsi:222222 10.0.0.8 222222/// 3-0\n");
    /* what the network says of the address is added to what a client there says of itself */
    struct tt_claim client = claim(5, "", "", 8);
    client.n_name = 2;
    client.name_kind = TT_IS_CLIENT_ID;
    memcpy(client.name, "m1", 2);
    put(b, client);
    put(b, client);
    assert_non_null(strstr(b->text, "m1 10.0.0.8 222222///m1 5-0\n"));
    assert_null(strstr(strstr(b->text, "5-0") + 3, "5-0"));
    /* another SIM behind the same client */
    b->text[0] = 0;
    put(b, claim(6, "333333", "", 8));
    client.time = 7;
    put(b, client);
    assert_non_null(strstr(b->text, "m1 10.0.0.8 333333///m1 7-0!imsi\n"));
    bench_free(b);
    (void)state;
}

static void without_address_or_name(void **state)
{
    struct bench *b = bench_new(0);
    put(b, claim(1, "111111", "", 0));
    put(b, claim(2, "", "", 7));
    struct tt_claim end = claim(3, "", "", 0);
    end.keys[0] = 99;
    end.n_keys = 1;
    end.ends = 1;
    put(b, end);
    TOLD("");
    bench_free(b);
    (void)state;
}

static uint64_t counter(const struct bench *b, const char *name)
{
    struct tt_counter_set set = tt_identities_counters(b->identities);
    for (uint32_t i = 0; i < set.n; i++) {
        if (strcmp(set.rows[i].name, name) == 0) {
            return set.values[i];
        }
    }
    fail_msg("no counter %s", name);
    return 0;
}

/* 16 places, two for each subscriber: the ninth makes the first be forgotten, which is new then. */
static void the_oldest_makes_room(void **state)
{
    struct bench *b = bench_new(16);
    char imsi[16];
    for (int i = 1; i <= 9; i++) {
        snprintf(imsi, sizeof imsi, "10000%d", i);
        put(b, claim(i, imsi, "", (uint8_t)i));
    }
    assert_int_equal(counter(b, "device.identities"), 16);
    assert_int_equal(counter(b, "device.identities_forgotten"), 2);
    b->text[0] = 0;
    put(b, claim(10, "100009", "", 9)); /* known */
    TOLD("");
    put(b, claim(11, "100001", "", 1));
    TOLD("imsi:100001 10.0.0.1 100001/// 11-0\n");
    /* far more than there is room for */
    for (int i = 0; i < 100000; i++) {
        snprintf(imsi, sizeof imsi, "2%d", 100000 + i);
        struct tt_claim c = claim(20 + i, imsi, "", (uint8_t)(1 + i % 200));
        c.keys[0] = (uint64_t)i + 1;
        c.n_keys = 1;
        put(b, c);
        b->text[0] = 0;
    }
    assert_int_equal(counter(b, "device.identities"), 16);
    bench_free(b);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gtp_version_1),           cmocka_unit_test(gtp_version_2),
        cmocka_unit_test(radius_accounting),       cmocka_unit_test(mqtt_client),
        cmocka_unit_test(lwm2m_endpoint),          cmocka_unit_test(an_address_changes_hands),
        cmocka_unit_test(without_address_or_name), cmocka_unit_test(the_oldest_makes_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
