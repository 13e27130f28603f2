/* SPDX-License-Identifier: BSD-3-Clause
 *
 * MQTT-SN: every message type built after the specification of version 1.2 (5.3 to 5.5), numbers of
 * topics, sleeping clients, forwarders, what is forbidden, pairing, what is recognised and when.
 * Expected values from the specification, or by arithmetic.
 */
#include "unit/dissect/sms_rig.h"

extern const struct tt_dissector tt_dissector_mqttsn;

#define NEW() rig_new(&tt_dissector_mqttsn, false)

static struct tt_bytes hex(const char *text)
{
    return written(text, 0);
}

#define SAYS(direction, text) assert_true(rig_parse(r, direction, hex(text)))
#define CONNECT               "0d 04 04 01 003c 'meter-1'"
#define ROLE(role, key)                                                                            \
    do {                                                                                           \
        assert_int_equal(r->m.tx_role, role);                                                      \
        assert_int_equal(r->m.tx_key, key);                                                        \
    } while (0)

static void session(void **unused)
{
    struct rig *r = NEW();
    SAYS(C, "0d 04 0c 01 003c 'meter-1'");
    KIND("connect");
    NAMED("type", "CONNECT");
    NUMBER("length", 13);
    NUMBER("will", 1);
    NUMBER("clean_session", 1);
    NUMBER("protocol_id", 1);
    NUMBER("keep_alive", 60);
    IS("client_id", "meter-1");
    ODD("");
    ROLE(TT_TX_OPEN, 4u << 16);
    assert_true(r->m.identity >= 0);
    assert_int_equal(r->m.claim, TT_CLAIM_FACTS);
    SAYS(S, "02 06");
    KIND("willtopicreq");
    ROLE(TT_TX_MORE, 4u << 16);
    assert_int_equal(r->m.tx_asker, C);
    SAYS(C, "0b 07 30 'm/1/gone'");
    IS("will_topic", "m/1/gone");
    NUMBER("qos", 1);
    NUMBER("retain", 1);
    ROLE(TT_TX_MORE, 4u << 16);
    assert_int_equal(r->m.tx_asker, C);
    SAYS(S, "02 08");
    SAYS(C, "05 09 'bye'");
    IS("will_message", "bye");
    SAYS(S, "03 05 00");
    NAMED("return_code", "accepted");
    ROLE(TT_TX_LAST, 4u << 16);
    SAYS(C, "0a 1a 00 'm/1/off'");
    KIND("willtopicupd");
    ROLE(TT_TX_OPEN, 0x1au << 16);
    SAYS(S, "03 1b 00");
    ROLE(TT_TX_LAST, 0x1au << 16);
    SAYS(C, "02 1a"); /* no topic: the will is deleted */
    ODD("");
    SAYS(C, "04 1c 'hi'");
    IS("will_message", "hi");
    SAYS(S, "03 1d 03");
    NAMED("return_code", "not_supported");
    ROLE(TT_TX_LAST, 0x1cu << 16);
    SAYS(C, "02 16");
    ROLE(TT_TX_OPEN, 0x16u << 16);
    SAYS(S, "02 17");
    ROLE(TT_TX_LAST, 0x16u << 16);
    SAYS(C, "02 18");
    ROLE(TT_TX_OPEN, 0x18u << 16);
    SAYS(S, "02 18");
    ROLE(TT_TX_LAST, 0x18u << 16);
    assert_int_equal(r->m.tx_asker, C);
    /* gateways */
    SAYS(S, "05 00 07 0384");
    KIND("advertise");
    NUMBER("gateway", 7);
    NUMBER("duration", 900);
    SAYS(C, "03 01 02");
    NUMBER("radius", 2);
    SAYS(S, "07 02 07 c0000201");
    NUMBER("gateway", 7);
    IS("gateway_address", "c0000201");
    ODD("");
    rig_free(r);
    (void)unused;
}

static void topics(void **unused)
{
    struct rig *r = NEW();
    SAYS(C, CONNECT);
    SAYS(S, "03 05 00");
    SAYS(C, "0e 0a 0000 0001 'm/1/temp'");
    KIND("register");
    IS("topic", "m/1/temp");
    NUMBER("msg_id", 1);
    ROLE(TT_TX_OPEN, 0x0au << 16 | 1);
    ODD("");
    SAYS(C, "0a 0c 00 0011 0000 'abc'"); /* not given yet */
    ODD("unknown_topic_id");
    IS("stream", "topic/00017");
    SAYS(S, "07 0b 0011 0001 00");
    ROLE(TT_TX_LAST, 0x0au << 16 | 1);
    SAYS(C, "0a 0c 00 0011 0000 'abc'");
    KIND("publish");
    NUMBER("qos", 0);
    NUMBER("topic_id", 17);
    NAMED("topic_id_type", "normal");
    IS("topic", "m/1/temp");
    IS("stream", "m/1/temp");
    IS("payload", "abc");
    ODD("");
    ROLE(TT_TX_ALONE, 0);
    assert_true(r->m.stream >= 0 && r->m.payload >= 0);
    /* refused: no number */
    SAYS(C, "0e 0a 0000 0002 'm/1/hum!'");
    SAYS(S, "07 0b 0012 0002 01");
    NAMED("return_code", "congestion");
    SAYS(C, "08 0c 20 0012 0003 'x'");
    ODD("unknown_topic_id");
    ROLE(TT_TX_OPEN, 0x0cu << 16 | 3);
    SAYS(S, "07 0d 0012 0003 02");
    NAMED("return_code", "invalid_topic_id");
    ROLE(TT_TX_LAST, 0x0cu << 16 | 3);
    assert_int_equal(r->m.tx_asker, C);
    /* by SUBSCRIBE; by the gateway */
    SAYS(C, "0a 12 20 0004 'm/cmd'");
    IS("topic", "m/cmd");
    ROLE(TT_TX_OPEN, 0x12u << 16 | 4);
    SAYS(S, "08 13 20 0021 0004 00");
    ROLE(TT_TX_LAST, 0x12u << 16 | 4);
    SAYS(S, "08 0c 00 0021 0000 '1'");
    IS("topic", "m/cmd");
    SAYS(S, "0b 0a 0022 0005 'm/all'");
    SAYS(C, "07 0b 0022 0005 00");
    SAYS(S, "08 0c 00 0022 0000 '1'");
    IS("topic", "m/all");
    ODD("");
    SAYS(S, "0b 0a 0022 0006 'm/two'");
    ODD("topic_id_moved");
    /* a filter has no number; predefined and short ones */
    SAYS(C, "08 12 00 0007 'm/#'");
    SAYS(S, "08 13 00 0000 0007 00");
    SAYS(C, "07 12 41 0008 0009");
    NAMED("topic_id_type", "predefined");
    NUMBER("topic_id", 9);
    NUMBER("qos", 2);
    SAYS(C, "09 0c 01 0009 0000 'ab'");
    IS("topic", "(none)");
    IS("stream", "topic/00009");
    ODD("");
    SAYS(C, "07 0c 02 'tp' 0000");
    IS("topic", "tp");
    IS("payload", "");
    SAYS(C, "07 14 02 000a 'tp'");
    ROLE(TT_TX_OPEN, 0x14u << 16 | 10);
    SAYS(S, "04 15 000a");
    ROLE(TT_TX_LAST, 0x14u << 16 | 10);
    /* a new session begins without numbers */
    SAYS(C, CONNECT);
    SAYS(C, "0a 0c 00 0011 0000 'abc'");
    ODD("unknown_topic_id");
    rig_free(r);
    /* joined later: the number may be right */
    r = NEW();
    SAYS(C, "0a 0c 00 0011 0000 'abc'");
    ODD("unresolved_topic_id");
    rig_free(r);
    /* more topics than are remembered */
    r = NEW();
    for (unsigned i = 1; i <= 33; i++) {
        uint8_t b[9] = {9, 0x0a, 0, (uint8_t)i, 0, 1, 'a', '/', (uint8_t)(' ' + i)};
        assert_true(rig_parse(r, S, (struct tt_bytes){b, 9}));
        if (b[8] != '+' && b[8] != '#') {
            ODD(i == 33 ? "topic_not_kept" : "");
        }
    }
    rig_free(r);
    (void)unused;
}

static void qualities(void **unused)
{
    struct rig *r = NEW();
    SAYS(C, "08 0c 60 0001 0000 'x'"); /* QoS -1 */
    NUMBER("qos", 3);
    ODD("unconnected_publish,unresolved_topic_id");
    SAYS(C, "08 0c c2 'aa' 0007 'x'");
    NUMBER("dup", 1);
    NUMBER("qos", 2);
    ROLE(TT_TX_OPEN, 0x0cu << 16 | 7);
    SAYS(S, "04 0f 0007");
    KIND("pubrec");
    ROLE(TT_TX_MORE, 0x0cu << 16 | 7);
    assert_int_equal(r->m.tx_asker, C);
    SAYS(C, "04 10 0007");
    ROLE(TT_TX_MORE, 0x0cu << 16 | 7);
    assert_int_equal(r->m.tx_asker, C);
    SAYS(S, "04 0e 0007");
    KIND("pubcomp");
    ROLE(TT_TX_LAST, 0x0cu << 16 | 7);
    rig_free(r);
    (void)unused;
}

static void sleep_and_leave(void **unused)
{
    struct rig *r = NEW();
    SAYS(C, CONNECT);
    SAYS(S, "03 05 00");
    SAYS(C, "04 18 0e10");
    NUMBER("sleep", 3600);
    SAYS(S, "02 18");
    SAYS(C, "07 0c 02 'tp' 0000");
    ODD("message_while_asleep");
    SAYS(S, "07 0c 02 'tp' 0000");
    ODD("publish_to_sleeper");
    SAYS(C, "09 16 'meter-1'");
    IS("client_id", "meter-1");
    SAYS(S, "07 0c 02 'tp' 0000");
    ODD("");
    SAYS(S, "02 17");
    SAYS(S, "07 0c 02 'tp' 0000");
    ODD("publish_to_sleeper");
    SAYS(C, "0d 04 00 01 003c 'meter-1'");
    SAYS(S, "03 05 00");
    SAYS(C, "02 18");
    SAYS(C, "07 0c 02 'tp' 0000");
    ODD("unintroduced_message");
    SAYS(C, "07 0c 62 'tp' 0000"); /* needs no connection */
    ODD("unconnected_publish");
    SAYS(C, CONNECT);
    SAYS(S, "03 05 01");
    assert_int_equal(r->m.claim, TT_CLAIM_REFUSED);
    SAYS(C, "0e 0a 0000 0001 'm/1/temp'");
    ODD("unintroduced_message");
    /* the gateway ends it: nobody answers */
    SAYS(C, CONNECT);
    SAYS(S, "03 05 00");
    SAYS(S, "02 18");
    assert_int_equal(r->m.tx_role, TT_TX_ALONE);
    rig_free(r);
    (void)unused;
}

static void forwarders(void **unused)
{
    struct rig *r = NEW();
    SAYS(C, "05 fe 01 000a " CONNECT);
    KIND("connect");
    NUMBER("forwarder.radius", 1);
    IS("forwarder.node", "000a");
    assert_int_equal(r->m.claim, 0); /* its address is the forwarder's */
    NUMBER("length", 13);
    IS("forwarder_lengths[]", "5");
    IS("client_id", "meter-1");
    ODD("");
    uint32_t key = r->m.tx_key;
    SAYS(S, "05 fe 01 000a 03 05 00");
    assert_int_equal(r->m.tx_key, key);
    SAYS(C, "05 fe 01 000b " CONNECT);
    assert_true(r->m.tx_key != key);
    /* each has numbers of its own */
    SAYS(S, "05 fe 01 000a 09 0a 0001 0001 'a/b'");
    SAYS(S, "05 fe 01 000b 09 0a 0001 0001 'c/d'");
    SAYS(C, "05 fe 01 000a 08 0c 00 0001 0000 'x'");
    IS("topic", "a/b");
    SAYS(C, "05 fe 01 000b 08 0c 00 0001 0000 'x'");
    IS("topic", "c/d");
    SAYS(C, "05 fe 02 0001 05 fe 01 000a 02 16");
    KIND("pingreq");
    IS("forwarder_types[]", "254|254");
    assert_false(rig_parse(r, C, hex("03fe01 03fe01 03fe01 03fe01 03fe01 0216")));
    ODD("nested_encapsulation");
    assert_false(rig_parse(r, C, hex("05 fe 01 00")));
    assert_false(rig_parse(r, C, hex("05 fe 01 000a")));
    rig_free(r);
    (void)unused;
}

static void oddities(void **unused)
{
    static const struct {
        const char *message, *names;
        bool good;
    } cases[] = {
        {"00", "", false},
        {"02", "", false},
        {"01 00 03", "", false},
        {"01 0003 16", "", false},
        {"01 0004 16", "nonminimal_length", true},
        {"03 16", "bad_length", true},
        {"02 16 00", "bad_length", true},
        {"02 03", "reserved_type", true},
        {"02 11", "reserved_type", true},
        {"02 3f", "reserved_type", true},
        {"02 ff", "reserved_type", true},
        {"06 12 63 0001 23", "invalid_qos_level,reserved_topic_type", false},
        {"07 12 60 0001 'ab'", "invalid_qos_level", true},
        {"0d 04 84 01 003c 'meter-1'", "unexpected_flags", true},
        {"0d 04 04 02 003c 'meter-1'", "bad_protocol_id", true},
        {"06 04 04 01 003c", "client_id_empty", true},
        {"1e 04 04 01 003c '012345678901234567890123'", "client_id_too_long", true},
        {"08 04 04 01 003c ff41", "invalid_utf8", true},
        {"03 05 04", "unknown_code", true},
        {"09 0a 0000 0001 'a/#'", "wildcard_in_topic", true},
        {"06 0a 0000 0001", "empty_topic", true},
        {"09 0a 0000 0000 'a/b'", "missing_msg_id", true},
        {"07 0c 22 'ab' 0000", "missing_msg_id", true},
        {"03 17 00", "trailing_octets", true},
        {"04 05 00 00", "trailing_octets", true},
        {"02 05", "unknown_code", false},
        {"06 0c 00 0001 00", "", false},
        {"03 18 00", "", false},
        {"05 12 00 0001", "empty_topic", true},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig *r = NEW();
        assert_int_equal(rig_parse(r, C, hex(cases[i].message)), cases[i].good);
        if (cases[i].good) {
            ODD(cases[i].names);
        }
        rig_free(r);
    }
    /* three octets of length where they are needed */
    struct rig *r = NEW();
    uint8_t b[300] = {1, 1, 44, 0x0c, 2, 't', 'p', 0, 0};
    assert_true(rig_parse(r, C, (struct tt_bytes){b, 300}));
    NUMBER("length", 300);
    assert_int_equal(rig_value(r, "payload", 0)->n, 291);
    ODD("");
    rig_free(r);
    (void)unused;
}

static void recognised(void **unused)
{
    const enum tt_direction asks[] = {C, S}, one_way[] = {C, C};
    const char *const connects[] = {CONNECT, "03 05 00"};
    const char *const will[] = {CONNECT, "02 06"};
    const char *const wrong[] = {"09 0a 0000 0001 'a/b'", "07 0b 0001 0002 00"};
    const char *const right[] = {"09 0a 0000 0001 'a/b'", "07 0b 0001 0001 00"};
    const char *const two[] = {"08 0c 61 0009 0000 'x'", "09 0c 61 0009 0000 'xy'"};
    const char *const again[] = {"08 0c 61 0009 0000 'x'", "08 0c 61 0009 0000 'x'"};
    const char *const others[] = {"08 0c 61 0009 0000 'x'", "08 0c 61 0008 0000 'x'"};
    const char *const behind[] = {"05 fe 01 000a " CONNECT, "05 fe 01 000a 03 05 00"};
    assert_string_equal(takes(connects, asks, 1, 1885), "mqttsn");
    assert_string_equal(takes(connects, asks, 1, 41885), "");
    assert_string_equal(takes(connects, asks, 2, 41885), "mqttsn");
    assert_string_equal(takes(will, asks, 2, 41885), "mqttsn");
    assert_string_equal(takes(wrong, asks, 2, 41885), "");
    assert_string_equal(takes(right, asks, 2, 41885), "mqttsn");
    assert_string_equal(takes(two, one_way, 2, 41885), "mqttsn");
    assert_string_equal(takes(again, one_way, 2, 41885), "");
    assert_string_equal(takes(others, one_way, 2, 41885), "");
    assert_string_equal(takes(behind, asks, 2, 41885), "mqttsn");
    (void)unused;
}

/* Every cut and every changed octet is survived; the rig looks at all values. */
static void damaged(void **unused)
{
    struct rig *r = NEW();
    const char *const messages[] = {
        CONNECT,
        "0e 0a 0000 0001 'm/1/temp'",
        "0a 0c 20 0011 0005 'abc'",
        "0a 12 20 0004 'm/cmd'",
        "05 fe 01 000a 0b 07 30 'm/1/gone'",
        "08 13 20 0021 0004 00",
        "01 000a 0c 00 0011 0000 'x'",
    };
    for (unsigned k = 0; k < sizeof messages / sizeof *messages; k++) {
        struct tt_bytes whole = hex(messages[k]);
        for (uint32_t i = 0; i < whole.n; i++) {
            (void)rig_parse(r, C, (struct tt_bytes){whole.p, i});
            for (unsigned v = 0; v < 256; v++) {
                uint8_t changed[64];
                memcpy(changed, whole.p, whole.n);
                changed[i] = (uint8_t)v;
                (void)rig_parse(r, v % 2 ? C : S, (struct tt_bytes){changed, whole.n});
            }
        }
    }
    rig_free(r);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(session),    cmocka_unit_test(topics),
        cmocka_unit_test(qualities),  cmocka_unit_test(sleep_and_leave),
        cmocka_unit_test(forwarders), cmocka_unit_test(oddities),
        cmocka_unit_test(recognised), cmocka_unit_test(damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
