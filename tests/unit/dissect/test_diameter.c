/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Diameter: messages built after RFC 6733 (3, 4.1), RFC 8506 and 3GPP TS 29.272 and 29.061, groups,
 * identities, what is forbidden, pairing, framing and what is recognised. Expected values from the
 * specifications, or by arithmetic.
 */
#include "unit/dissect/sms_rig.h"

extern const struct tt_dissector tt_dissector_diameter;

#define V_3GPP 10415

static struct rig *rig_of(bool seen_start)
{
    struct rig *r = rig_new(&tt_dissector_diameter, seen_start);
    r->state[1] = TT_TCP;
    return r;
}

/* A message as it is built. */
static uint8_t b[8192];
static uint32_t n;

static void put(uint64_t v, unsigned octets)
{
    while (octets--) {
        b[n++] = (uint8_t)(v >> 8 * octets);
    }
}

static void begin(unsigned flags, uint32_t command, uint32_t application, uint32_t hop)
{
    n = 0;
    put(1, 1);
    put(0, 3);
    put(flags, 1);
    put(command, 3);
    put(application, 4);
    put(hop, 4);
    put(0x01020304, 4);
}

static uint32_t open_avp(uint32_t code, uint32_t vendor, unsigned flags)
{
    uint32_t at = n;
    put(code, 4);
    put(flags | (vendor ? 0x80 : 0), 1);
    put(0, 3);
    if (vendor) {
        put(vendor, 4);
    }
    return at;
}

static void close_avp(uint32_t at)
{
    uint32_t length = n - at;
    for (unsigned i = 0; i < 3; i++) {
        b[at + 5 + i] = (uint8_t)(length >> 8 * (2 - i));
    }
    while (n % 4) {
        b[n++] = 0;
    }
}

static void octets(uint32_t code, uint32_t vendor, const void *p, uint32_t size)
{
    uint32_t at = open_avp(code, vendor, 0x40);
    memcpy(b + n, p, size);
    n += size;
    close_avp(at);
}

static void text(uint32_t code, uint32_t vendor, const char *s)
{
    octets(code, vendor, s, (uint32_t)strlen(s));
}

static void number(uint32_t code, uint32_t vendor, uint32_t v)
{
    uint32_t at = open_avp(code, vendor, 0x40);
    put(v, 4);
    close_avp(at);
}

static struct tt_bytes finished(void)
{
    b[1] = (uint8_t)(n >> 16);
    b[2] = (uint8_t)(n >> 8);
    b[3] = (uint8_t)n;
    return (struct tt_bytes){b, n};
}

static void origin(void)
{
    text(264, 0, "pgw.example");
    text(296, 0, "example");
}

static void capabilities(void **unused)
{
    struct rig *r = rig_of(true);
    begin(0x80, 257, 0, 0x11223344);
    origin();
    octets(257, 0, "\0\1\300\0\2\1", 6);
    number(266, 0, 0);
    text(269, 0, "x");
    number(258, 0, 16777251);
    uint32_t group = open_avp(260, 0, 0x40);
    number(266, 0, V_3GPP);
    number(258, 0, 16777238);
    close_avp(group);
    assert_true(rig_parse(r, C, finished()));
    KIND("request");
    NAMED("command", "capabilities_exchange");
    NUMBER("request", 1);
    NAMED("application", "base");
    NUMBER("hop_by_hop", 0x11223344);
    NUMBER("end_to_end", 0x01020304);
    IS("origin_host", "pgw.example");
    IS("origin_realm", "example");
    IS("product", "x");
    IS("vendors[]", "0|10415");
    IS("auth_applications[]", "16777251|16777238");
    IS("avp_codes[]", "264|296|257|266|269|258|260|266|258");
    /* 8 + 11, 8 + 7, 8 + 6, 12, 9, 12, 8 + 12 + 12, 12, 12 */
    IS("avp_lengths[]", "19|15|14|12|9|12|32|12|12");
    ODD("");
    assert_int_equal(r->m.tx_role, TT_TX_OPEN);
    assert_int_equal(r->m.tx_key, 0x11223344);
    begin(0, 257, 0, 0x11223344);
    number(268, 0, 2001);
    origin();
    assert_true(rig_parse(r, S, finished()));
    KIND("answer");
    NAMED("result_code", "success");
    ODD("");
    assert_int_equal(r->m.tx_role, TT_TX_LAST);
    assert_int_equal(r->m.tx_key, 0x11223344);
    assert_int_equal(r->m.tx_asker, C);
    rig_free(r);
    (void)unused;
}

/* S6a: Update-Location (TS 29.272, 7.2.3 and 7.2.4). */
static void location_update(void **unused)
{
    struct rig *r = rig_of(false);
    begin(0xc0, 316, 16777251, 7);
    text(263, 0, "mme;1;7");
    origin();
    text(1, 0, "262011234567890");
    uint32_t group = open_avp(1401, V_3GPP, 0x40);
    text(1402, V_3GPP, "35209900176148");
    text(1403, V_3GPP, "23");
    close_avp(group);
    number(1032, V_3GPP, 1005);
    octets(1407, V_3GPP, "\142\362\20", 3); /* 262 01 */
    number(1405, V_3GPP, 34);
    assert_true(rig_parse(r, C, finished()));
    NAMED("command", "update_location");
    NAMED("application", "s6a");
    IS("session_id", "mme;1;7");
    IS("user", "262011234567890");
    IS("imsi", "262011234567890");
    IS("imei", "35209900176148");
    IS("software_version", "23");
    NAMED("rat", "nb_iot");
    IS("visited_network.mcc", "262");
    IS("visited_network.mnc", "01");
    NUMBER("ulr_flags", 34);
    ODD("");
    begin(0x40, 316, 16777251, 7);
    text(263, 0, "mme;1;7");
    origin();
    number(268, 0, 2001);
    group = open_avp(1400, V_3GPP, 0x40);
    octets(701, V_3GPP, "\224\161\1\0\0\160", 6); /* 491710000007 */
    uint32_t inner = open_avp(1429, V_3GPP, 0x40), most = open_avp(1430, V_3GPP, 0x40);
    text(493, 0, "meters.m2m");
    close_avp(most);
    close_avp(inner);
    close_avp(group);
    octets(1450, V_3GPP, "0123456789abcdef0123456789abcdef", 32);
    assert_true(rig_parse(r, S, finished()));
    IS("msisdn", "491710000007");
    IS("services[]", "meters.m2m");
    assert_true(r->d->fields[rig_value(r, "avps[].secret", 0)->field].flags & TT_SECRET);
    ODD("");
    /* refused */
    begin(0x40, 316, 16777251, 8);
    origin();
    group = open_avp(297, 0, 0x40);
    number(266, 0, V_3GPP);
    number(298, 0, 5420);
    close_avp(group);
    assert_true(rig_parse(r, S, finished()));
    NAMED("experimental_result_code", "unknown_eps_subscription");
    ODD("");
    rig_free(r);
    (void)unused;
}

/* Gx and Gy: Credit-Control (RFC 8506; TS 29.212; TS 29.061, 16.4.7.2). */
static void credit_control(void **unused)
{
    struct rig *r = rig_of(false);
    begin(0xc0, 272, 16777238, 9);
    text(263, 0, "pgw;1");
    origin();
    number(416, 0, 1);
    number(415, 0, 0);
    uint32_t group = open_avp(443, 0, 0x40);
    text(444, 0, "262011234567890"); /* the type may come behind the name */
    number(450, 0, 1);
    close_avp(group);
    group = open_avp(443, 0, 0x40);
    number(450, 0, 0);
    text(444, 0, "491710000007");
    close_avp(group);
    octets(8, 0, "\144\100\0\7", 4);
    octets(97, 0, "\0\100\40\1\15\270\0\0\0\1", 10); /* 2001:db8:0:1::/64 */
    text(30, 0, "meters.m2m");
    group = open_avp(458, 0, 0x40);
    number(459, 0, 0);
    text(460, 0, "3520990017614823");
    close_avp(group);
    number(1027, V_3GPP, 5);
    octets(21, V_3GPP, "\6", 1);
    octets(22, V_3GPP, "\202\142\362\20\1\55\142\362\20\1\242\263\301", 13);
    assert_true(rig_parse(r, C, finished()));
    NAMED("cc_request_type", "initial");
    NUMBER("cc_request_number", 0);
    IS("imsi", "262011234567890");
    IS("msisdn", "491710000007");
    IS("subscriptions[].type", "1|0");
    IS("subscriptions[].data", "262011234567890|491710000007");
    IS("framed_ipv6_prefix", "2001:db8:0:1::/64");
    const uint8_t v4[16] = {[10] = 0xff, [11] = 0xff, [12] = 100, [13] = 64, [15] = 7};
    assert_memory_equal(rig_value(r, "framed_ip", 0)->p, v4, 16);
    IS("apn", "meters.m2m");
    IS("imei", "3520990017614823");
    NAMED("equipment.type", "imeisv");
    NAMED("ip_can_type", "eps");
    NAMED("radio", "eutran");
    NAMED("location.type", "tai_and_ecgi");
    IS("location.mcc", "262");
    IS("location.mnc", "01");
    NUMBER("location.tac", 301);
    NUMBER("location.cell", 0x1a2b3c1);
    ODD("");
    /* volumes; a result of one service beside that of the message; IMEI as TBCD */
    begin(0x40, 272, 4, 10);
    text(263, 0, "pgw;1");
    number(268, 0, 2001);
    origin();
    group = open_avp(456, 0, 0x40);
    number(268, 0, 4012);
    number(432, 0, 7);
    uint32_t used = open_avp(446, 0, 0x40), most = open_avp(412, 0, 0x40);
    put(UINT64_C(5000000000), 8);
    close_avp(most);
    close_avp(used);
    close_avp(group);
    group = open_avp(458, 0, 0x40);
    number(459, 0, 0);
    octets(460, 0, "\123\2\231\0\161\26\204\62", 8); /* 35 20 99 00 17 61 48 23 */
    close_avp(group);
    octets(55, 0, "\203\252\176\200", 4); /* 2208988800: 1970 */
    assert_true(rig_parse(r, S, finished()));
    NAMED("result_code", "success");
    NAMED("service_results[]", "credit_limit_reached");
    IS("rating_groups[]", "7");
    IS("bytes_in[]", "5000000000");
    IS("imei", "3520990017614823");
    IS("event_timestamp", "1970-01-01T00:00:00Z");
    ODD("");
    rig_free(r);
    (void)unused;
}

static void oddities(void **unused)
{
    struct rig *r = rig_of(false);
    assert_false(rig_parse(r, C, (struct tt_bytes){b, 19}));
    struct {
        unsigned flags;
        uint32_t command, application;
        const char *names;
    } heads[] = {
        {0x88, 280, 0, "reserved_flags"},           {0xa0, 280, 0, "error_in_request"},
        {0x10, 280, 0, "retransmission_in_answer"}, {0x80, 999, 0, "unknown_command"},
        {0x80, 280, 77, "unknown_application"},     {0x20, 280, 0, "error_flag_mismatch"},
    };
    for (unsigned i = 0; i < sizeof heads / sizeof *heads; i++) {
        begin(heads[i].flags, heads[i].command, heads[i].application, i);
        origin();
        if (!(heads[i].flags & 0x80)) {
            number(268, 0, 2001);
        }
        assert_true(rig_parse(r, C, finished()));
        ODD(heads[i].names);
    }
    begin(0, 280, 0, 100);
    origin();
    number(268, 0, 3002); /* of the protocol, without the flag */
    assert_true(rig_parse(r, C, finished()));
    ODD("error_flag_mismatch");
    begin(0, 280, 0, 100);
    assert_true(rig_parse(r, C, finished()));
    ODD("missing_result_code,missing_origin");
    /* AVPs: 7 octets long; running past the end; of nobody; reserved flags; padding */
    static const struct {
        const char *octets, *names;
    } avps[] = {
        {"\0\0\1\15\100\0\0\7", "avp_too_short"},
        {"\0\0\1\15\100\0\0\0", "avp_too_short"},
        {"\0\0\1\15\300\0\0\11", "avp_too_short"},
        {"\0\0\1\15\100\0\0\11", "avp_overrun"},
        {"\0\0\1\15\100\377\377\377", "avp_overrun"},
        {"\0\1\377\377\100\0\0\10", "unknown_mandatory_avp"},
        {"\0\1\377\377\0\0\0\10", ""},
        {"\0\0\1\15\101\0\0\10", "reserved_avp_flags"},
        {"\0\0\1\1\100\0\0\10", "bad_avp_value"},  /* Host-IP-Address, empty */
        {"\0\0\1\12\100\0\0\10", "bad_avp_value"}, /* Vendor-Id, empty */
    };
    for (unsigned i = 0; i < sizeof avps / sizeof *avps; i++) {
        begin(0x80, 280, 0, 200 + i);
        origin();
        memcpy(b + n, avps[i].octets, 8);
        n += 8;
        assert_true(rig_parse(r, C, finished()));
        ODD(avps[i].names);
    }
    begin(0x80, 280, 0, 300);
    origin();
    text(269, 0, "x");
    b[n - 1] = 1;
    assert_true(rig_parse(r, C, finished()));
    ODD("nonzero_padding");
    begin(0x80, 280, 0, 301);
    origin();
    text(263, 0, "late");
    b[n++] = 0;
    b[n++] = 0;
    assert_true(rig_parse(r, C, finished()));
    ODD("bad_length,avp_overrun,session_id_not_first");
    begin(0xc0, 316, 16777251, 302);
    origin();
    text(1, 0, "x@example");
    text(1402, V_3GPP, "12");
    assert_true(rig_parse(r, C, finished()));
    ODD("bad_imsi,bad_imei");
    /* groups: seven may lie in one another, an eighth is not opened */
    for (unsigned depth = 7; depth <= 8; depth++) {
        uint32_t at[8];
        begin(0x80, 280, 0, 400 + depth);
        origin();
        for (unsigned i = 0; i < depth; i++) {
            at[i] = open_avp(279, 0, 0x40);
        }
        text(493, 0, "deep");
        for (unsigned i = depth; i-- > 0;) {
            close_avp(at[i]);
        }
        text(269, 0, "behind");
        assert_true(rig_parse(r, C, finished()));
        IS("services[]", depth == 7 ? "deep" : "(none)");
        IS("product", "behind");
        ODD(depth == 7 ? "" : "grouped_too_deep");
    }
    /* a group's member may not run past the group; what follows is still told */
    begin(0x80, 280, 0, 500);
    origin();
    uint32_t group = open_avp(260, 0, 0x40);
    put(266, 4);
    put(0x400000ff, 4);
    close_avp(group);
    text(269, 0, "behind");
    assert_true(rig_parse(r, C, finished()));
    IS("product", "behind");
    ODD("avp_overrun");
    rig_free(r);
    (void)unused;
}

static void pairs(void **unused)
{
    struct rig *r = rig_of(true);
    begin(0x80, 280, 0, 1);
    origin();
    assert_true(rig_parse(r, C, finished()));
    ODD("unintroduced_message");
    assert_true(rig_parse(r, C, finished()));
    ODD("hop_by_hop_in_use");
    begin(0x90, 280, 0, 1);
    origin();
    assert_true(rig_parse(r, C, finished()));
    NUMBER("retransmission", 1);
    ODD("");
    begin(0, 257, 0, 1);
    origin();
    number(268, 0, 2001);
    assert_true(rig_parse(r, S, finished()));
    ODD("mismatched_answer");
    assert_true(rig_parse(r, S, finished()));
    ODD("answer_without_request");
    r->d->gap(r->state, C);
    assert_true(rig_parse(r, S, finished()));
    ODD("");
    rig_free(r);
    (void)unused;
}

/* Whole, in pieces, or an octet at a time: the same is told. */
static void streams(void **unused)
{
    static uint8_t asks[600], answers[600];
    const char *speaks;
    uint32_t asked = 0, answered = 0;
    for (uint32_t i = 0; i < 3; i++) {
        begin(0x80, i ? 280 : 257, 0, i);
        origin();
        memcpy(asks + asked, finished().p, n);
        asked += n;
        begin(0, i ? 280 : 257, 0, i);
        origin();
        number(268, 0, 2001);
        memcpy(answers + answered, finished().p, n);
        answered += n;
    }
    struct leg legs[] = {{C, {asks, asked}}, {S, {answers, answered}}};
    char *whole = hear(legs, 2, 4000, 43868, true, &speaks);
    assert_string_equal(speaks, "diameter");
    for (uint32_t step = 1; step < 90; step += 4) {
        char *parts = hear(legs, 2, step, 43868, true, &speaks);
        assert_string_equal(speaks, "diameter");
        assert_string_equal(parts, whole);
        free(parts);
    }
    free(whole);
    /* other octets are not taken for it */
    const uint8_t *p = asks;
    assert_int_equal(tt_dissector_diameter.probe((struct tt_bytes){p, 28}, C), TT_PROBE_YES);
    assert_int_equal(tt_dissector_diameter.probe((struct tt_bytes){p, 12}, C), TT_PROBE_MAYBE);
    assert_int_equal(tt_dissector_diameter.probe((struct tt_bytes){p + 1, 28}, C), TT_PROBE_NO);
    assert_int_equal(tt_dissector_diameter.unit_length(NULL, (struct tt_bytes){p, 3}, 0, C), 0);
    assert_int_equal(tt_dissector_diameter.unit_length(NULL, (struct tt_bytes){p, 4}, 0, C),
                     asked / 3);
    assert_int_equal(tt_dissector_diameter.unit_length(NULL, (struct tt_bytes){p + 1, 4}, 0, C),
                     -1);
    (void)unused;
}

/* Every cut and every changed octet is survived; the rig looks at all values. */
static void damaged(void **unused)
{
    struct rig *r = rig_of(false);
    uint8_t changed[600];
    begin(0xc0, 272, 16777238, 9);
    text(263, 0, "pgw;1");
    uint32_t group = open_avp(443, 0, 0x40);
    number(450, 0, 1);
    text(444, 0, "262011234567890");
    close_avp(group);
    group = open_avp(458, 0, 0x40);
    number(459, 0, 0);
    octets(460, 0, "\123\2\231\0\161\26\204\62", 8);
    close_avp(group);
    octets(22, V_3GPP, "\202\142\362\20\1\55\142\362\20\1\242\263\301", 13);
    octets(701, V_3GPP, "\224\161\1\0\0\160", 6);
    octets(97, 0, "\0\100\40\1\15\270\0\0\0\1", 10);
    struct tt_bytes whole = finished();
    assert_true(whole.n <= sizeof changed);
    for (uint32_t i = 0; i < whole.n; i++) {
        (void)rig_parse(r, C, (struct tt_bytes){whole.p, i});
        for (unsigned v = 0; v < 256; v++) {
            memcpy(changed, whole.p, whole.n);
            changed[i] = (uint8_t)v;
            assert_true(rig_parse(r, C, (struct tt_bytes){changed, whole.n}));
        }
    }
    rig_free(r);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capabilities),   cmocka_unit_test(location_update),
        cmocka_unit_test(credit_control), cmocka_unit_test(oddities),
        cmocka_unit_test(pairs),          cmocka_unit_test(streams),
        cmocka_unit_test(damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
