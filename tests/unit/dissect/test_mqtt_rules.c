/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What MQTT forbids: each violation by a packet that commits it and nothing else, each property in
 * each packet, each reason code in each packet, and what may not be said of a connection whose
 * start was not seen. Expected: MQTT 3.1, 3.1.1 (OASIS 2014), 5.0 (OASIS 2019), sections in [].
 */
#include "unit/dissect/mqtt_rig.h"

/* One packet behind the CONNECT of a version (0: first packet of a connection seen whole). */
static void expect(int line, unsigned version, enum tt_direction direction, struct tt_bytes unit,
                   bool good, const char *anomalies)
{
    uint8_t octets[4096];
    struct tt_bytes own = {memcpy(octets, unit.p, unit.n), unit.n};
    struct rig *r = rig_new(version, true);
    bool is = rig_parse(r, direction, own);
    if (is != good || strcmp(rig_anomalies(r), anomalies) != 0) {
        fail_msg("line %d: %s, '%s' instead of '%s'", line, is ? "good" : "bad", rig_anomalies(r),
                 anomalies);
    }
    rig_free(r);
}
#define GOOD(version, direction, unit, anomalies)                                                  \
    expect(__LINE__, version, direction, unit, true, anomalies)
#define BAD(version, direction, unit, anomalies)                                                   \
    expect(__LINE__, version, direction, unit, false, anomalies)

static void fixed_header(void **unused)
{
    GOOD(4, C, RAW("\0\0"), "unassigned_msg_type");        /* [2.2.1] */
    GOOD(4, C, P(0x36, "\0\1t\0\1"), "invalid_qos_level"); /* [3.3.1.2] */
    GOOD(4, C, P(0x38, "\0\1t"), "bad_fixed_flags");       /* DUP with QoS 0 [3.3.1.1] */
    GOOD(4, C, RAW("\xc1\0"), "bad_fixed_flags");          /* [2.2.2] */
    GOOD(4, C, P(0x80, "\0\1\0\1a\0"), "bad_fixed_flags");
    GOOD(4, C, P(0x8a, "\0\1\0\1a\0"), "bad_fixed_flags");
    GOOD(5, C, P(0x60, "\0\1"), "bad_fixed_flags");
    GOOD(3, C, P(0x6a, "\0\1"), "");
    GOOD(3, C, P(0x60, "\0\1"), "bad_fixed_flags");
    GOOD(3, C, RAW("\xc1\0"), ""); /* 3.1: not looked at */
    BAD(4, C, RAW("\x30\xff\xff\xff\xff\1\0\1t"), "overlong_remaining_length"); /* [2.2.3] */
    GOOD(4, C, RAW("\xc0\x80\0"), "");
    GOOD(5, C, RAW("\xc0\x80\0"), "nonminimal_length"); /* 5: [1.5.5] */
    GOOD(4, C, RAW("\xc0\1x"), "trailing_octets");
    BAD(4, C, RAW("\xc0\1"), "");
    BAD(4, C, RAW("\xc0\0x"), "");
    GOOD(4, C, P(0x40, "\0\1\0"), "trailing_octets");
    GOOD(4, S, P(0xb0, "\0\1\0"), "trailing_octets");
    (void)unused;
}

static void direction(void **unused)
{
    GOOD(4, C, P(0x20, "\0\0"), "wrong_direction"); /* CVE-2021-28166 */
    GOOD(4, C, P(0x90, "\0\1\0"), "wrong_direction");
    GOOD(4, C, P(0xb0, "\0\1"), "wrong_direction");
    GOOD(4, C, RAW("\xd0\0"), "wrong_direction");
    GOOD(4, S, P(0x82, "\0\1\0\1a\0"), "wrong_direction");
    GOOD(4, S, P(0xa2, "\0\1\0\1a"), "wrong_direction");
    GOOD(4, S, RAW("\xc0\0"), "wrong_direction");
    GOOD(4, S, RAW("\xe0\0"), "wrong_direction"); /* [3.14] client only */
    GOOD(5, S, RAW("\xe0\0"), "");
    GOOD(4, C, P(0xf0, "\0"), "auth_before_v5");
    GOOD(0, C, RAW("\xc0\0"), "unintroduced_message"); /* [3.1.0-1] */
    GOOD(0, S, P(0x30, "\0\1t"), "unintroduced_message");
    GOOD(4, C, CONNECT_4, "double_connect"); /* [3.1.0-2] */
    /* a packet of the wrong side teaches nothing */
    struct rig *r = rig_new(4, true);
    assert_true(rig_parse(r, S, CONNECT_5));
    assert_string_equal(rig_anomalies(r), "double_connect,wrong_direction");
    assert_true(rig_parse(r, C, P(0x30, "\0\1t\0")));
    assert_int_equal(rig_value(r, "publish.message", 0)->n, 1);
    rig_free(r);
    (void)unused;
}

static void connects(void **unused)
{
    GOOD(0, C, P(0x10, "\0\4MQTT\4\3\0\x3c\0\1c"), "connect_flags_reserved"); /* [3.1.2-3] */
    GOOD(0, C, P(0x10, "\0\6MQIsdp\3\3\0\x3c\0\1c"), "");
    GOOD(0, C, P(0x10, "\0\4MQTT\4\x22\0\x3c\0\1c"), "will_flags_inconsistent"); /* [3.1.2-15] */
    GOOD(0, C, P(0x10, "\0\4MQTT\5\x0a\0\x3c\0\0\1c"), "will_flags_inconsistent");
    GOOD(0, C, P(0x10, "\0\4MQTT\4\x1e\0\x3c\0\1c\0\1w\0\0"), "invalid_qos_level"); /* [3.1.2-14] */
    /* [3.1.2-22] */
    GOOD(0, C, P(0x10, "\0\4MQTT\4\x42\0\x3c\0\1c\0\1p"), "password_without_username");
    GOOD(0, C, P(0x10, "\0\4MQTT\5\x42\0\x3c\0\0\1c\0\1p"), "");
    GOOD(0, C, P(0x10, "\0\4MQTX\4\2\0\x3c\0\1c"), "unknown_protocol_name");
    GOOD(0, C, P(0x10, "\0\4MQTT\6\2\0\x3c\0\1c"), "unknown_protocol_level");
    GOOD(0, C, P(0x10, "\0\4MQTT\3\2\0\x3c\0\1c"), "unknown_protocol_level");
    GOOD(0, C, P(0x10, "\0\6MQIsdp\4\2\0\x3c\0\1c"), "unknown_protocol_level");
    GOOD(0, C, P(0x10, "\0\4MQTT\x84\2\0\x3c\0\1c"), "");
    GOOD(0, C, P(0x10, "\0\4MQTT\4\0\0\x3c\0\0"), "empty_client_id"); /* [3.1.3-8] */
    GOOD(0, C, P(0x10, "\0\4MQTT\4\2\0\x3c\0\0"), "");
    GOOD(0, C, P(0x10, "\0\4MQTT\5\0\0\x3c\0\0\0"), "");
    GOOD(0, C, P(0x10, "\0\6MQIsdp\3\2\0\x3c\0\0"), "empty_client_id");
    GOOD(0, C,
         P(0x10, "\0\6MQIsdp\3\2\0\x3c\0\x18"
                 "123456789012345678901234"),
         "client_id_length");
    GOOD(0, C, P(0x10, "\0\4MQTT\4\x06\0\x3c\0\1c\0\3w/+\0\0"), "wildcard_in_topic");
    GOOD(0, C, P(0x10, "\0\4MQTT\4\x06\0\x3c\0\1c\0\0\0\0"), "empty_topic");
    GOOD(0, C, P(0x10, "\0\4MQTT\5\x06\0\x3c\0\0\1c\2\1\1\0\1w\0\1\xff"), "payload_format");
    GOOD(0, C, P(0x10, "\0\4MQTT\4\2\0\x3c\0\1cx"), "trailing_octets");
    BAD(0, C, P(0x10, "\0\4MQTT\4\x82\0\x3c\0\1c"), "");
    BAD(0, C, P(0x10, "\0\4MQTT\4\2\0\x3c\0\2c"), "");
    BAD(0, C, P(0x10, ""), "");
    GOOD(4, S, P(0x20, "\2\0"), "connack_flags_reserved");     /* [3.2.2.1] */
    GOOD(4, S, P(0x20, "\1\5"), "session_present_with_error"); /* [3.2.2-4] */
    GOOD(3, S, P(0x20, "\3\5"), "");
    GOOD(4, S, P(0x20, "\0\6"), "reserved_return_code");
    GOOD(5, S, P(0x20, "\0\1"), ""); /* a 3.1.1 server refuses version 5 in its own form */
    GOOD(5, S, P(0x20, "\0\1\0"), "reserved_return_code");
    GOOD(4, S, P(0x20, "\0\0\0"), "trailing_octets");
    BAD(4, S, P(0x20, "\0"), "");
    (void)unused;
}

static void texts(void **unused)
{
    static const char *const bad[] = {"\xff",
                                      "\xc0\xaf",
                                      "\xc1\xbf",
                                      "\xe0\x9f\xbf",
                                      "\xed\xa0\x80",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\x80",
                                      "\xc3",
                                      "\xe2\x82",
                                      "\xf0\x9f\x98",
                                      "\xe2\x28\xa1"};
    static const char *const good[] = {
        "\xc2\x80",         "\xdf\xbf",
        "\xe0\xa0\x80",     "\xed\x9f\xbf",
        "\xee\x80\x80",     "\xf0\x90\x80\x80",
        "\xf4\x8f\xbf\xbf", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"};
    for (unsigned set = 0; set < 2; set++) {
        for (size_t i = 0; i < (set ? sizeof good : sizeof bad) / sizeof *good; i++) {
            const char *text = set ? good[i] : bad[i];
            for (size_t before = 0; before < 20;
                 before++) { /* around the eight octets that are looked at together */
                char body[64] = {0};
                memset(body + 2, 'a', sizeof body - 2);
                memcpy(body + 2 + before, text, strlen(text));
                body[1] = (char)(before + strlen(text));
                GOOD(4, C, packet(0x30, body, (uint32_t)body[1] + 2), set ? "" : "invalid_utf8");
            }
        }
    }
    for (char before = 0; before < 20; before++) {
        for (char after = 0; after < 10; after++) {
            char body[64] = {0, (char)(before + 1 + after)};
            memset(body + 2, 'a', sizeof body - 2);
            body[2 + before] = 0;
            GOOD(4, C, packet(0x30, body, 3u + before + after), "nul_in_string"); /* [1.5.3-2] */
            body[2 + before] = '#';
            /* [3.3.2-2] */
            GOOD(4, C, packet(0x30, body, 3u + before + after), "wildcard_in_topic");
            body[2 + before] = '+';
            GOOD(4, C, packet(0x30, body, 3u + before + after), "wildcard_in_topic");
            for (const char *c = "*\"$%,-\1\x7f/"; *c;
                 c++) { /* neighbours of the two, and what is merely odd */
                body[2 + before] = *c;
                GOOD(4, C, packet(0x30, body, 3u + before + after), "");
            }
        }
    }
    /* user name; the password is octets */
    GOOD(0, C, P(0x10, "\0\4MQTT\4\xc2\0\x3c\0\1c\0\1\xff\0\1\xff"), "invalid_utf8");
    GOOD(4, C, P(0x82, "\0\1\0\1\xff\0"), "invalid_utf8");
    (void)unused;
}

static void topics(void **unused)
{
    GOOD(4, C, P(0x30, "\0\0"), "empty_topic"); /* [4.7.3-1] */
    GOOD(5, C, P(0x30, "\0\0\0"), "empty_topic");
#define FILTER(version, filter, anomalies)                                                         \
    do {                                                                                           \
        char body[300] = {0, 1, 0};                                                                \
        unsigned at = version == 5 ? 3 : 2;                                                        \
        body[at + 1] = sizeof(filter) - 1;                                                         \
        memcpy(body + at + 2, filter, sizeof(filter) - 1);                                         \
        GOOD(version, C, packet(0x82, body, at + 2 + sizeof(filter)), anomalies);                  \
        GOOD(version, C, packet(0xa2, body, at + 1 + sizeof(filter)), anomalies);                  \
    } while (0)
    FILTER(4, "#", "");
    FILTER(4, "+", "");
    FILTER(4, "/+/", "");
    FILTER(4, "+/+/#", "");
    FILTER(4, "$SYS/#", "");
    FILTER(4, "a/#/b", "misplaced_wildcard"); /* [4.7.1-2] */
    FILTER(4, "a#", "misplaced_wildcard");
    FILTER(4, "#/", "misplaced_wildcard");
    FILTER(4, "a+", "misplaced_wildcard"); /* [4.7.1-3] */
    FILTER(4, "+a/b", "misplaced_wildcard");
    FILTER(4, "", "empty_topic");
    FILTER(4, "$share//x", "");
    FILTER(5, "$share/g/x", ""); /* 5: [4.8.2] */
    FILTER(5, "$share//x", "bad_shared_subscription");
    FILTER(5, "$share/g", "bad_shared_subscription");
    FILTER(5, "$share/g/", "bad_shared_subscription");
    FILTER(5, "$share/+/x", "bad_shared_subscription");
    char deep[256] = {0, (char)200};
    memset(deep + 2, '/', 200);
    GOOD(4, C, packet(0x30, deep, 202), "topic_too_deep");
    deep[1] = (char)199;
    GOOD(4, C, packet(0x30, deep, 201), "");
    (void)unused;
}

static void lists(void **unused)
{
    GOOD(4, C, P(0x82, "\0\1"), "empty_list"); /* [3.8.3-3] */
    GOOD(5, C, P(0xa2, "\0\1\0"), "empty_list");
    GOOD(4, S, P(0x90, "\0\1"), "empty_list"); /* CVE-2024-10525 */
    GOOD(5, S, P(0xb0, "\0\1\0"), "empty_list");
    GOOD(4, C, P(0x82, "\0\1\0\1a\3"), "invalid_qos_level"); /* [3.8.3-4] */
    GOOD(4, C, P(0x82, "\0\1\0\1a\4"), "bad_subscription_options");
    GOOD(5, C, P(0x82, "\0\1\0\0\1a\x2c"), "");
    GOOD(5, C, P(0x82, "\0\1\0\0\1a\x30"), "bad_subscription_options"); /* 5: [3.8.3.1] */
    GOOD(5, C, P(0x82, "\0\1\0\0\1a\x40"), "bad_subscription_options");
    GOOD(5, C, P(0x82, "\0\1\0\0\x0a$share/g/x\4"), "bad_subscription_options"); /* [3.8.3-4] */
    GOOD(4, S, P(0x90, "\0\1\3"), "reserved_return_code");
    GOOD(3, S, P(0x90, "\0\1\x80"), "reserved_return_code");
    BAD(4, C, P(0x82, "\0\1\0\1a"), "");
    BAD(4, C, P(0xa2, "\0\1\0\2a"), "");
    BAD(4, C, P(0x82, "\0"), "missing_msg_id");
    BAD(4, C, P(0x32, "\0\1t\0"), "missing_msg_id");
    BAD(4, C, P(0x40, "\0"), "missing_msg_id");
    BAD(4, S, P(0x90, ""), "missing_msg_id");
    GOOD(4, C, P(0x82, "\0\0\0\1a\0"), "packet_id_zero"); /* [2.3.1-1] */
    GOOD(4, C, P(0x32, "\0\1t\0\0"), "packet_id_zero");
    GOOD(4, C, P(0x40, "\0\0"), "packet_id_zero");
    (void)unused;
}

static void ids(void **unused)
{
    struct rig *r = rig_new(4, true);
#define STEP(direction, unit, anomalies)                                                           \
    do {                                                                                           \
        rig_parse(r, direction, unit);                                                             \
        assert_string_equal(rig_anomalies(r), anomalies);                                          \
    } while (0)
    STEP(C, P(0x82, "\0\1\0\1a\0\0\1b\0"), "");
    STEP(C, P(0x32, "\0\1t\0\1"), "packet_id_in_use"); /* [2.3.1-2] */
    STEP(S, P(0x40, "\0\1"), "");
    STEP(C, P(0x82, "\0\2\0\1a\0\0\1b\0"), "");
    STEP(S, P(0x90, "\0\2\0"), "wrong_code_count"); /* [3.8.4-5] */
    STEP(C, P(0x32, "\0\1t\0\2"), "");
    STEP(C, P(0x3a, "\0\1t\0\2"), ""); /* sent again */
    STEP(S, P(0x32, "\0\1t\0\2"), ""); /* the server's ids are its own */
    STEP(S, P(0x40, "\0\2"), "");
    STEP(C, P(0x32, "\0\1t\0\2"), "");
    STEP(C, P(0x34, "\0\1t\0\3"), "");
    STEP(S, P(0x50, "\0\3"), "");
    STEP(C, P(0x34, "\0\1t\0\3"), "packet_id_in_use"); /* until PUBCOMP */
    STEP(C, P(0x62, "\0\3"), "");
    STEP(S, P(0x70, "\0\3"), "");
    STEP(C, P(0x34, "\0\1t\0\3"), "");
    tt_dissector_mqtt.gap(r->state, S);
    STEP(C, P(0x34, "\0\1t\0\3"), ""); /* the answer may be in the gap */
    rig_free(r);
    r = rig_new(5, true);
    STEP(C, P(0xa2, "\0\1\0\0\1a\0\1b"), "");
    STEP(S, P(0xb0, "\0\1\0\0"), "wrong_code_count");
    STEP(C, P(0x34, "\0\1t\0\3\0"), "");
    STEP(S, P(0x50, "\0\3\x80"), "");
    STEP(C, P(0x34, "\0\1t\0\3\0"), ""); /* refused: the id is free */
    rig_free(r);
    (void)unused;
}

/* QoS 3 waits for no answer. */
static void qos_3(void **unused)
{
    struct rig *r = rig_new(4, true);
    STEP(C, P(0x36, "\0\1t\0\1"), "invalid_qos_level");
    assert_int_equal(r->m.tx_role, TT_TX_ALONE);
    assert_string_equal(rig_text(r, "*.message_id"), "1");
    STEP(C, P(0x32, "\0\1t\0\1"), "");
    rig_free(r);
    (void)unused;
}

/* What both ends agreed on in CONNECT and CONNACK. */
static void agreed(void **unused)
{
    struct rig *r = rig_new(5, true);
    STEP(C, P(0x30, "\0\1t\3\x23\0\1"), ""); /* before CONNACK nobody knows the maximum */
    STEP(S, P(0x20, "\0\0\x08\x22\0\2\x27\0\0\0\x0a"), "");
    STEP(C, P(0x30, "\0\1t\3\x23\0\2"), "");
    STEP(C, P(0x30, "\0\1t\3\x23\0\3"), "topic_alias_over_maximum"); /* [3.3.2-8] */
    STEP(C, P(0x30, "\0\1t\3\x23\0\0"), "topic_alias_zero");
    STEP(C, P(0x30, "\0\1t\3\x23\0\1xx"), "packet_too_large"); /* 11 octets [3.2.2-15] */
    STEP(C, P(0x30, "\0\1t\3\x23\0\1x"), "");
    STEP(S, P(0x30, "\0\1t\3\x23\0\1"), "topic_alias_over_maximum"); /* CONNECT without: 0 */
    STEP(C, P(0xe0, "\0\5\x11\0\0\0\1"), "property_value"); /* none at CONNECT [3.14.2.2.2] */
    STEP(S, P(0xe0, "\0\5\x11\0\0\0\0"), "property_not_allowed");
    STEP(S, P(0xe0, "\4"), "reserved_return_code");            /* "with will": a client's */
    STEP(C, P(0x30, "\0\1t\2\x0b\1"), "property_not_allowed"); /* [3.3.4-6] */
    rig_free(r);
    r = rig_new(0, true);
    STEP(C, P(0x10, "\0\4MQTT\5\2\0\x3c\5\x11\0\0\0\1\0\1c"), "");
    STEP(C, P(0xe0, "\0\5\x11\0\0\0\2"), "");
    rig_free(r);
    (void)unused;
}

/* Joined later: nothing is said about what happened before, nor about who is the client. */
static void joined_later(void **unused)
{
    struct rig *r = rig_new(0, false);
    STEP(C, RAW("\xc0\0"), "");
    STEP(C, RAW("\xd0\0"), "");
    STEP(S, P(0x82, "\0\1\0\1a\0"), "");
    STEP(S, P(0x82, "\0\1\0\1a\0"), "");
    STEP(C, P(0x90, "\0\1\0\0"), "");
    STEP(C, P(0x40, "\0\1\0\3\x1f\0\0"), "");
    STEP(C, P(0x30, "\0\0\3\x23\0\1"), "topic_alias_unresolved");
    rig_free(r);
    r = rig_new(0, true);
    tt_dissector_mqtt.gap(r->state, C);
    STEP(C, RAW("\xc0\0"), "");
    rig_free(r);
    (void)unused;
}

/* 5: Table 2-4. W: will properties. */
enum {
    W = 1 << 0,
    CONN = 1 << 1,
    CACK = 1 << 2,
    PUB = 1 << 3,
    ACK = 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7,
    SUB = 1 << 8,
    SACK = 1 << 9,
    UNSUB = 1 << 10,
    UACK = 1 << 11,
    DISC = 1 << 14,
    AUTH = 1 << 15
};
static const struct {
    uint8_t id;
    unsigned where;
    uint8_t n;
    const char *value;
    const char *path, *shown;
} table[] = {
    {0x01, PUB | W, 1, "\1", "payload_format_indicator", "1"},
    {0x02, PUB | W, 4, "\0\0\1\0", "message_expiry_interval", "256"},
    {0x03, PUB | W, 3, "\0\1t", "content_type", "t"},
    {0x08, PUB | W, 3, "\0\1r", "response_topic", "r"},
    {0x09, PUB | W, 3, "\0\1d", "correlation_data", "d"},
    {0x0b, PUB | SUB, 2, "\xff\x7f", "subscription_identifier", "16383"},
    {0x11, CONN | CACK | DISC, 4, "\0\0\0\0", "session_expiry_interval", "0"},
    {0x12, CACK, 3, "\0\1c", "assigned_client_identifier", "c"},
    {0x13, CACK, 2, "\1\0", "server_keep_alive", "256"},
    {0x15, CONN | CACK | AUTH, 3, "\0\1m", "authentication_method", "m"},
    {0x16, CONN | CACK | AUTH, 3, "\0\1d", "authentication_data", "d"},
    {0x17, CONN, 1, "\1", "request_problem_information", "1"},
    {0x18, W, 4, "\0\0\0\7", "will_delay_interval", "7"},
    {0x19, CONN, 1, "\1", "request_response_information", "1"},
    {0x1a, CACK, 3, "\0\1i", "response_information", "i"},
    {0x1c, CACK | DISC, 3, "\0\1s", "server_reference", "s"},
    {0x1f, CACK | ACK | SACK | UACK | DISC | AUTH, 3, "\0\1w", "reason_string", "w"},
    {0x21, CONN | CACK, 2, "\0\7", "receive_maximum", "7"},
    {0x22, CONN | CACK, 2, "\0\7", "topic_alias_maximum", "7"},
    {0x23, PUB, 2, "\0\1", "topic_alias", "1"},
    {0x24, CACK, 1, "\1", "maximum_qos", "1"},
    {0x25, CACK, 1, "\1", "retain_available", "1"},
    {0x26, 0xffff, 6, "\0\1k\0\1v", "user_properties[].value", "v"},
    {0x27, CONN | CACK, 4, "\0\0\1\0", "maximum_packet_size", "256"},
    {0x28, CACK, 1, "\1", "wildcard_subscription_available", "1"},
    {0x29, CACK, 1, "\1", "subscription_identifier_available", "1"},
    {0x2a, CACK, 1, "\1", "shared_subscription_available", "1"},
};

/* What stands before and behind the properties in each packet of version 5. */
static const struct {
    unsigned place;
    uint8_t first;
    enum tt_direction direction;
    uint8_t n_before, n_after;
    const char *before, *after;
} places[] = {
    {0, 0x10, C, 14, 6, "\0\4MQTT\5\6\0\x3c\0\0\1c", "\0\1w\0\1m"},
    {1, 0x10, C, 10, 3, "\0\4MQTT\5\2\0\x3c", "\0\1c"},
    {2, 0x20, S, 2, 0, "\0\0", ""},
    {3, 0x30, S, 3, 1, "\0\1t", "x"},
    {4, 0x40, C, 3, 0, "\0\1\0", ""},
    {5, 0x50, C, 3, 0, "\0\1\0", ""},
    {6, 0x62, C, 3, 0, "\0\1\0", ""},
    {7, 0x70, C, 3, 0, "\0\1\0", ""},
    {8, 0x82, C, 2, 4, "\0\1", "\0\1a\0"},
    {9, 0x90, S, 2, 1, "\0\1", "\0"},
    {10, 0xa2, C, 2, 3, "\0\1", "\0\1a"},
    {11, 0xb0, S, 2, 1, "\0\1", "\0"},
    {14, 0xe0, C, 1, 0, "\0", ""},
    {15, 0xf0, C, 1, 0, "\x18", ""},
};

/* The packet of a place with one property, times over. */
static struct tt_bytes with(size_t place, uint8_t id, const char *value, unsigned n, unsigned times)
{
    char body[1024];
    unsigned at = places[place].n_before;
    memcpy(body, places[place].before, at);
    body[at++] = (char)(times * (n + 1));
    for (unsigned i = 0; i < times; i++) {
        body[at++] = (char)id;
        memcpy(body + at, value, n);
        at += n;
    }
    memcpy(body + at, places[place].after, places[place].n_after);
    return packet(places[place].first, body, at + places[place].n_after);
}

static void every_property(void **unused)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
            unsigned place = places[k].place;
            bool allowed = table[i].where >> place & 1,
                 again = table[i].id == 0x26 || (table[i].id == 0x0b && place == 3);
            struct rig *r = rig_new(place < 2 ? 0 : 5, false);
            assert_true(rig_parse(r, places[k].direction,
                                  with(k, table[i].id, table[i].value, table[i].n, 1)));
            bool data = table[i].id == 0x16; /* alone: [3.1.2.11.10] */
            const char *expected = allowed ? data ? "auth_data_without_method" : ""
                                   : data  ? "property_not_allowed,auth_data_without_method"
                                           : "property_not_allowed";
            if (strcmp(rig_anomalies(r), expected) != 0) {
                fail_msg("property %02x in packet %u: %s", table[i].id, place, rig_anomalies(r));
            }
            char path[80];
            snprintf(path, sizeof path, "%s.%s", place ? "*.properties" : "connect.will.properties",
                     table[i].path);
            assert_string_equal(rig_text(r, path), allowed || place ? table[i].shown : "(none)");
            rig_free(r);
            r = rig_new(place < 2 ? 0 : 5, false);
            assert_true(rig_parse(r, places[k].direction,
                                  with(k, table[i].id, table[i].value, table[i].n, 2)));
            assert_int_equal(rig_has(r, "repeated_property"), !again);
            rig_free(r);
        }
    }
    (void)unused;
}

static void property_values(void **unused)
{
    static const struct {
        uint8_t id, n;
        const char *value;
        size_t place;
    } wrong[] = {{0x01, 1, "\2", 3}, {0x0b, 1, "\0", 8},       {0x17, 1, "\2", 1},
                 {0x19, 1, "\2", 1}, {0x21, 2, "\0\0", 1},     {0x24, 1, "\2", 2},
                 {0x25, 1, "\2", 2}, {0x27, 4, "\0\0\0\0", 2}, {0x28, 1, "\xff", 2},
                 {0x29, 1, "\2", 2}, {0x2a, 1, "\2", 2}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct rig *r = rig_new(wrong[i].place == 1 ? 0 : 5, false);
        assert_true(rig_parse(r, places[wrong[i].place].direction,
                              with(wrong[i].place, wrong[i].id, wrong[i].value, wrong[i].n, 1)));
        assert_string_equal(rig_anomalies(r), "property_value");
        rig_free(r);
    }
    static const uint8_t defined[] = {1,    2,    3,    8,    9,    0x0b, 0x11, 0x12, 0x13,
                                      0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1c, 0x1f, 0x21,
                                      0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a};
    for (unsigned id = 0; id < 128; id++) {
        struct rig *r = rig_new(5, false);
        rig_parse(r, S, with(3, (uint8_t)id, "\0\0\0\0\0\0\0", 7, 1));
        if (!memchr(defined, (int)id, sizeof defined)) {
            assert_string_equal(rig_anomalies(r), "unknown_property");
            assert_string_equal(rig_text(r, "publish.message"), "x");
        }
        rig_free(r);
    }
    GOOD(5, C, P(0x30, "\0\1t\3\3\0\5x"), "property_length");
    GOOD(5, C, P(0x30, "\0\1t\1\2x"), "property_length");
    GOOD(5, C, P(0x30, "\0\1t\3\x89\0\0x"), "nonminimal_length,property_length");
    BAD(5, C, P(0x30, "\0\1t\5\1\1x"), "");
    BAD(5, C, P(0x30, "\0\1t"), "");
    GOOD(5, C, P(0x30, "\0\1t\x80\0x"), "nonminimal_length");
    GOOD(5, C, P(0x30, "\0\1t\4\3\0\1\xff"), "invalid_utf8");
    GOOD(5, C, P(0x30, "\0\1t\4\x08\0\1#"), "wildcard_in_topic"); /* [3.3.2-14] */
    GOOD(5, C, P(0x30, "\0\1t\2\1\1\xff"), "payload_format");
    GOOD(5, C, P(0x30, "\0\1t\2\1\0\xff"), "");
    GOOD(5, C, with(3, 0x26, "\0\0\0\0", 4, 24), "");
    char many[700] = {0, 1, 't', (char)(5 * 65 % 128 | 128), 5 * 65 / 128};
    for (unsigned i = 0; i < 65; i++) {
        many[5 + 5 * i] = 0x26;
    }
    GOOD(5, C, packet(0x30, many, 5 + 5 * 65), "too_many_properties"); /* CVE-2021-41039 */
    (void)unused;
}

/* 5: 3.2.2.2, 3.4.2.1 to 3.7.2.1, 3.9.3, 3.11.3, 3.14.2.1, 3.15.2.1; 8c in DISCONNECT: 2.4. */
static void every_code(void **unused)
{
    static const struct {
        uint8_t first;
        enum tt_direction direction;
        const char *before;
        uint8_t n, n_codes;
        const char *codes, *after;
    } kinds[] = {
        {0x20, S, "\0", 1, 22,
         "\0\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8c\x90\x95\x97\x99\x9a\x9b\x9c\x9d\x9f",
         "\0"},
        {0x40, C, "\0\1", 2, 9, "\0\x10\x80\x83\x87\x90\x91\x97\x99", ""},
        {0x50, C, "\0\1", 2, 9, "\0\x10\x80\x83\x87\x90\x91\x97\x99", ""},
        {0x62, C, "\0\1", 2, 2, "\0\x92", ""},
        {0x70, C, "\0\1", 2, 2, "\0\x92", ""},
        {0x90, S, "\0\1\0", 3, 12, "\0\1\2\x80\x83\x87\x8f\x91\x97\x9e\xa1\xa2", ""},
        {0xb0, S, "\0\1\0", 3, 7, "\0\x11\x80\x83\x87\x8f\x91", ""},
        {0xe0, C, "", 0, 30,
         "\0\4\x80\x81\x82\x83\x87\x89\x8b\x8c\x8d\x8e\x8f\x90\x93\x94\x95\x96\x97\x98\x99\x9a\x9b"
         "\x9c\x9d\x9e\x9f\xa0\xa1\xa2",
         ""},
        {0xf0, S, "", 0, 3, "\0\x18\x19", ""},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        for (unsigned code = 0; code < 256; code++) {
            uint8_t body[8];
            memcpy(body, kinds[i].before, kinds[i].n);
            body[kinds[i].n] = (uint8_t)code;
            uint32_t n = kinds[i].n + 1u;
            if (kinds[i].first == 0x20) {
                body[n++] = 0;
            }
            bool known = memchr(kinds[i].codes, (int)code, kinds[i].n_codes);
            GOOD(5, kinds[i].direction, packet(kinds[i].first, body, n),
                 known ? "" : "reserved_return_code");
        }
    }
    (void)unused;
}

/* The rows themselves: all there, named once each, in the engine's limits. */
static void rows(void **unused)
{
    const struct tt_dissector *d = &tt_dissector_mqtt;
    assert_string_equal(d->anomalies[0].name, "malformed_traffic");
    assert_true(d->n_anomalies <= 64 && d->state_size <= 2560);
    for (unsigned i = 0; i < d->n_anomalies; i++) {
        assert_non_null(d->anomalies[i].name);
        assert_non_null(d->anomalies[i].doc);
        for (unsigned k = 0; k < i; k++) {
            assert_string_not_equal(d->anomalies[i].name, d->anomalies[k].name);
        }
    }
    for (unsigned i = 0; i < d->n_fields; i++) {
        const struct tt_field *f = &d->fields[i];
        assert_non_null(f->path);
        assert_non_null(f->doc);
        assert_int_equal(f->type == TT_ENUM || f->type == TT_FLAGS, f->names != NULL);
        /* two rows of one path: same type and keyword, other tshark name */
        for (unsigned k = 0; k < i; k++) {
            const struct tt_field *g = &d->fields[k];
            if (strcmp(f->path, g->path) == 0) {
                assert_int_equal(f->type, g->type);
                assert_true((!f->keyword && !g->keyword) || strcmp(f->keyword, g->keyword) == 0);
                assert_true(!f->tshark || !g->tshark || strcmp(f->tshark, g->tshark) != 0);
            }
        }
    }
    static const char *const suricata[] = {
        "malformed_traffic",   "missing_connect",     "missing_publish",       "missing_subscribe",
        "missing_unsubscribe", "double_connect",      "unintroduced_message",  "invalid_qos_level",
        "missing_msg_id",      "unassigned_msg_type", "too_many_transactions", "too_many_messages",
        "too_many_properties"};
    for (unsigned i = 0; i < 13; i++) {
        assert_string_equal(d->anomalies[i].name, suricata[i]);
    }
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed_header),
        cmocka_unit_test(direction),
        cmocka_unit_test(connects),
        cmocka_unit_test(texts),
        cmocka_unit_test(topics),
        cmocka_unit_test(lists),
        cmocka_unit_test(ids),
        cmocka_unit_test(agreed),
        cmocka_unit_test(joined_later),
        cmocka_unit_test(every_property),
        cmocka_unit_test(property_values),
        cmocka_unit_test(every_code),
        cmocka_unit_test(rows),
        cmocka_unit_test(qos_3),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
