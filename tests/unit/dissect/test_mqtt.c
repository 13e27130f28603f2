/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Every packet type of MQTT 3.1, 3.1.1 and 5, built by hand: what is read out of it, which
 * transaction it belongs to, how long it is, how it is recognised, and that no cut of it is read
 * past its end. Expected values: the three specifications.
 */
#include "unit/dissect/mqtt_rig.h"

#define IS(path, text)  assert_string_equal(rig_text(r, path), text)
#define NUMBER(path, n) assert_int_equal(rig_number(r, path), n)
#define CLEAN()         assert_string_equal(rig_anomalies(r), "")
#define TX(role, asker, key)                                                                       \
    do {                                                                                           \
        assert_int_equal(r->m.tx_role, role);                                                      \
        assert_int_equal(r->m.tx_asker, asker);                                                    \
        assert_int_equal(r->m.tx_key, key);                                                        \
    } while (0)

static void connect_311(void **unused)
{
    struct rig *r = rig_new(0, true);
    /* user, password, will retain, will QoS 1, will, clean = ee */
    assert_true(rig_parse(r, C, P(0x10, "\0\4MQTT\4\xee\0\x3c\0\2me\0\3w/t\0\3bye\0\1u\0\2pw")));
    CLEAN();
    assert_string_equal(tt_dissector_mqtt.kinds[r->m.kind].name, "connect");
    NUMBER("type", 1);
    NUMBER("flags", 0x10);
    NUMBER("length", 31);
    NUMBER("protocol_version", 4);
    IS("*.qos", "0");
    IS("*.retain", "0");
    IS("*.dup", "0");
    IS("connect.protocol_string", "MQTT");
    NUMBER("connect.protocol_version", 4);
    NUMBER("connect.keep_alive", 60);
    IS("connect.client_id", "me");
    NUMBER("connect.flags.username", 1);
    NUMBER("connect.flags.password", 1);
    NUMBER("connect.flags.will_retain", 1);
    NUMBER("connect.flags.will", 1);
    NUMBER("connect.flags.clean_session", 1);
    NUMBER("connect.flags_octet", 0xee);
    NUMBER("connect.will_qos", 1);
    IS("connect.will.topic", "w/t");
    IS("connect.will.message", "bye");
    IS("connect.username", "u");
    IS("connect.password", "pw");
    assert_string_equal(rig_text(r, "@mqtt.qos"), "(none)"); /* tshark has it in PUBLISH only */
    assert_int_equal(r->m.values[r->m.identity].field, rig_value(r, "connect.client_id", 0)->field);
    TX(TT_TX_OPEN, C, 1 << 16);
    assert_true(rig_parse(r, S, P(0x20, "\1\0")));
    CLEAN();
    NUMBER("connack.session_present", 1);
    NUMBER("connack.return_code", 0);
    IS("@mqtt.conack.val", "0");
    IS("@mqtt.connack.reason_code", "(none)");
    NUMBER("protocol_version", 4);
    TX(TT_TX_LAST, C, 1 << 16);
    rig_free(r);
    (void)unused;
}

static void connect_31(void **unused)
{
    struct rig *r = rig_new(0, true);
    /* 3.1: the length wins over the user name flag; bit 7 of the level is a bridge's */
    assert_true(rig_parse(r, C, P(0x10, "\0\6MQIsdp\x83\xc2\0\0\0\1c")));
    CLEAN();
    NUMBER("connect.protocol_version", 0x83);
    NUMBER("protocol_version", 3);
    NUMBER("connect.flags.username", 1);
    IS("connect.username", "(none)");
    /* SUBSCRIBE may be sent again, and its QoS bits have a meaning: tshark shows them */
    assert_true(rig_parse(r, C, P(0x8a, "\0\1\0\1a\1")));
    CLEAN();
    IS("@mqtt.qos", "1");
    IS("@mqtt.dupflag", "1");
    IS("@mqtt.retain", "(none)");
    assert_true(rig_parse(r, S, P(0x20, "\1\0")));
    CLEAN(); /* the first octet is "not used" */
    IS("@mqtt.conack.flags", "(none)");
    rig_free(r);
    (void)unused;
}

static void connect_5(void **unused)
{
    struct rig *r = rig_new(0, true);
    static const char body[] = "\0\4MQTT\5\xc6\0\x3c"
                               "\x17\x11\0\0\0\x0a\x21\0\x14\x22\0\5\x27\0\0\x10\0\x26\0\1k\0\1v"
                               "\0\2me"
                               "\x14\1\1\2\0\0\0\7\3\0\1t\x08\0\1r\x18\0\0\0\3"
                               "\0\1w\0\1m\0\1u\0\1p";
    assert_true(rig_parse(r, C, packet(0x10, body, sizeof body - 1)));
    CLEAN();
    NUMBER("protocol_version", 5);
    NUMBER("*.properties.session_expiry_interval", 10);
    NUMBER("*.properties.receive_maximum", 20);
    NUMBER("*.properties.topic_alias_maximum", 5);
    NUMBER("*.properties.maximum_packet_size", 4096);
    IS("*.properties.user_properties[].key", "k");
    IS("*.properties.user_properties[].value", "v");
    NUMBER("connect.will.properties.payload_format_indicator", 1);
    NUMBER("connect.will.properties.message_expiry_interval", 7);
    IS("connect.will.properties.content_type", "t");
    IS("connect.will.properties.response_topic", "r");
    NUMBER("connect.will.properties.will_delay_interval", 3);
    IS("*.properties.content_type", "(none)");
    IS("connect.client_id", "me");
    IS("@mqtt.prop_number", "10|20|5|4096|1|7|3");
    assert_true(rig_parse(r, S, P(0x20, "\0\0\x05\x12\0\2id")));
    CLEAN();
    IS("*.properties.assigned_client_identifier", "id");
    assert_int_equal(r->m.values[r->m.identity].n, 2);
    IS("@mqtt.connack.reason_code", "0");
    assert_true(rig_parse(r, C, P(0xe0, "\x04\x00")));
    CLEAN();
    IS("@mqtt.disconnect.reason_code", "4");
    rig_free(r);
    (void)unused;
}

static void publish(void **unused)
{
    for (unsigned version = 3; version < 5; version++) {
        struct rig *r = rig_new(version, true);
        assert_true(rig_parse(r, C, P(0x31, "\0\3a/bhello")));
        CLEAN();
        IS("@mqtt.qos", "0");
        IS("@mqtt.retain", "1");
        IS("@mqtt.dupflag", "0");
        IS("publish.topic", "a/b");
        IS("publish.message", "hello");
        IS("*.message_id", "(none)");
        assert_int_equal(r->m.values[r->m.stream].n, 3);
        assert_int_equal(r->m.values[r->m.payload].n, 5);
        assert_int_equal(r->m.tx_role, TT_TX_ALONE);
        NUMBER("protocol_version", version);
        assert_true(rig_parse(r, S, P(0x3b, "\0\1t\x12\x34")));
        CLEAN();
        IS("*.qos", "1");
        IS("*.dup", "1");
        NUMBER("*.message_id", 0x1234);
        IS("publish.message", "");
        TX(TT_TX_OPEN, S, 3 << 16 | 0x1234);
        assert_true(rig_parse(r, C, P(0x40, "\x12\x34")));
        CLEAN();
        TX(TT_TX_LAST, S, 3 << 16 | 0x1234);
        IS("*.reason_code", "(none)");
        rig_free(r);
    }
    (void)unused;
}

static void publish_qos2(void **unused)
{
    struct rig *r = rig_new(5, true);
    assert_true(rig_parse(r, C, P(0x34, "\0\1t\0\7\0x")));
    CLEAN();
    TX(TT_TX_OPEN, C, 3 << 16 | 7);
    assert_true(rig_parse(r, S, P(0x50, "\0\7")));
    CLEAN();
    TX(TT_TX_MORE, C, 3 << 16 | 7);
    NUMBER("*.reason_code", 0); /* implied (3.5.2.1) */
    IS("@mqtt.pubrec.reason_code", "(none)");
    assert_true(rig_parse(r, C, P(0x62, "\0\7\x92")));
    CLEAN();
    TX(TT_TX_MORE, C, 3 << 16 | 7);
    IS("@mqtt.pubrel.reason_code", "146");
    assert_true(rig_parse(r, S, P(0x70, "\0\7\0\6\x1f\0\3why")));
    CLEAN();
    TX(TT_TX_LAST, C, 3 << 16 | 7);
    IS("*.properties.reason_string", "why");
    assert_true(rig_parse(r, S, P(0x50, "\0\7\x80")));
    TX(TT_TX_LAST, C, 3 << 16 | 7); /* 4.3.3: refused */
    rig_free(r);
    (void)unused;
}

static void publish_5(void **unused)
{
    struct rig *r = rig_new(5, true);
    static const char body[] =
        "\0\1t\x19\1\1\2\0\0\0\7\x03\0\1c\x08\0\1r\x09\0\2\0\xff\x0b\x80\1\x0b\2payload";
    assert_true(rig_parse(r, S, packet(0x30, body, sizeof body - 1)));
    CLEAN();
    NUMBER("*.properties.payload_format_indicator", 1);
    NUMBER("*.properties.message_expiry_interval", 7);
    IS("*.properties.content_type", "c");
    IS("*.properties.response_topic", "r");
    assert_int_equal(rig_value(r, "*.properties.correlation_data", 0)->n, 2);
    NUMBER("*.properties.subscription_identifier", 128);
    IS("publish.subscription_identifiers[]", "2");
    IS("publish.message", "payload");
    assert_false(r->m.repeated);
    rig_free(r);
    (void)unused;
}

static void subscribe(void **unused)
{
    struct rig *r = rig_new(4, true);
    assert_true(rig_parse(r, C, P(0x82, "\0\5\0\3a/#\1\0\1+\2")));
    CLEAN();
    NUMBER("*.message_id", 5);
    IS("subscribe.topics[].topic", "a/#|+");
    IS("subscribe.topics[].qos", "1|2");
    IS("@mqtt.sub.qos", "1|2");
    IS("@mqtt.topic", "a/#|+");
    TX(TT_TX_OPEN, C, 8 << 16 | 5);
    assert_true(rig_parse(r, S, P(0x90, "\0\5\1\x80")));
    CLEAN();
    IS("suback.qos_granted[]", "1|128");
    IS("@mqtt.suback.qos", "1|128");
    TX(TT_TX_LAST, C, 8 << 16 | 5);
    assert_true(rig_parse(r, C, P(0xa2, "\0\6\0\3a/#\0\1+")));
    CLEAN();
    IS("unsubscribe.topics[]", "a/#|+");
    TX(TT_TX_OPEN, C, 10 << 16 | 6);
    assert_true(rig_parse(r, S, P(0xb0, "\0\6")));
    CLEAN();
    TX(TT_TX_LAST, C, 10 << 16 | 6);
    rig_free(r);

    r = rig_new(5, true);
    assert_true(rig_parse(r, C, P(0x82, "\0\5\2\x0b\7\0\x0b$share/g/a/\x29\0\1b\x02")));
    CLEAN();
    NUMBER("*.properties.subscription_identifier", 7);
    IS("subscribe.topics[].qos", "1|2");
    IS("@mqtt.subscription_options", "41|2");
    IS("@mqtt.sub.qos", "(none)");
    assert_true(rig_parse(r, S, P(0x90, "\0\5\0\2\x87")));
    CLEAN();
    IS("@mqtt.suback.reason_code", "2|135");
    IS("suback.qos_granted[]", "2|135");
    assert_true(rig_parse(r, C, P(0xa2, "\0\6\0\0\1b")));
    CLEAN();
    assert_true(rig_parse(r, S, P(0xb0, "\0\6\0\x11")));
    CLEAN();
    IS("unsuback.reason_codes[]", "17");
    rig_free(r);
    (void)unused;
}

static void short_ones(void **unused)
{
    struct rig *r = rig_new(5, true);
    assert_true(rig_parse(r, C, RAW("\xc0\0")));
    CLEAN();
    IS("type", "12");
    assert_true(rig_parse(r, S, RAW("\xd0\0")));
    CLEAN();
    assert_int_equal(r->m.tx_role, TT_TX_ALONE);
    assert_true(rig_parse(r, S, P(0xf0, "\x18\x09\x15\0\1m\x16\0\2ab")));
    CLEAN();
    NUMBER("*.reason_code", 0x18);
    IS("*.properties.authentication_data", "ab");
    assert_true(rig_parse(r, C, RAW("\xf0\0")));
    CLEAN();
    NUMBER("*.reason_code", 0);
    assert_true(rig_parse(r, S, P(0xe0, "\x8e")));
    CLEAN();
    IS("@mqtt.disconnect.reason_code", "142");
    assert_true(rig_parse(r, C, RAW("\xe0\0")));
    CLEAN();
    NUMBER("*.reason_code", 0);
    IS("@mqtt.disconnect.reason_code", "(none)");
    rig_free(r);
    (void)unused;
}

/* Joined later: read as 3.1.1 until something can only be version 5. */
static void unknown_version(void **unused)
{
    struct rig *r = rig_new(0, false);
    assert_true(rig_parse(r, C, P(0x82, "\0\1\0\1a\1")));
    CLEAN();
    IS("subscribe.topics[].topic", "a");
    IS("protocol_version", "(none)");
    assert_true(rig_parse(r, S, P(0x90, "\0\1\1")));
    CLEAN();
    IS("@mqtt.suback.reason_code", "1"); /* as tshark 4.0 without a CONNECT */
    assert_true(rig_parse(r, C, P(0x30, "\0\1a\0x")));
    assert_int_equal(rig_value(r, "publish.message", 0)->n, 2);
    assert_true(rig_parse(r, C, P(0x82, "\0\1\2\x0b\1\0\1a\1")));
    CLEAN();
    IS("subscribe.topics[].topic", "a");
    assert_true(rig_parse(r, C, P(0x30, "\0\1a\0x")));
    IS("publish.message", "x");
    rig_free(r);
    r = rig_new(0, false);
    assert_true(rig_parse(r, S, P(0x40, "\0\1\x10")));
    CLEAN();
    assert_true(rig_parse(r, C, P(0x30, "\0\1a\0x")));
    IS("publish.message", "x");
    assert_true(rig_parse(r, C, P(0x82, "\0\1\0\1a\1"))); /* a guess is given up again */
    CLEAN();
    IS("subscribe.topics[].topic", "a");
    rig_free(r);
    (void)unused;
}

static void aliases(void **unused)
{
    struct rig *r = rig_new(5, true);
    assert_true(rig_parse(r, S, P(0x20, "\0\0\3\x22\0\x0c"))); /* up to 12 from the client */
    assert_true(rig_parse(r, C, P(0x30, "\0\3a/b\3\x23\0\1x")));
    assert_true(rig_parse(r, C, P(0x30, "\0\0\3\x23\0\1y")));
    CLEAN();
    IS("publish.topic", "a/b");
    IS("publish.message", "y");
    assert_int_equal(r->m.values[r->m.stream].n, 3);
    assert_true(rig_parse(r, C, P(0x30, "\0\1c\3\x23\0\1x"))); /* set anew */
    assert_true(rig_parse(r, C, P(0x30, "\0\0\3\x23\0\1y")));
    IS("publish.topic", "c");
    assert_true(rig_parse(r, C, P(0x30, "\0\0\3\x23\0\2y")));
    assert_string_equal(rig_anomalies(r), "topic_alias_unknown");
    IS("publish.topic", "");
    assert_int_equal(r->m.stream, -1);
    for (char i = 2; i <= 12; i++) { /* more than are kept */
        char body[] = {0, 1, 't', 3, 0x23, 0, i, 'x'};
        assert_true(rig_parse(r, C, packet(0x30, body, sizeof body)));
        CLEAN();
    }
    assert_true(rig_parse(r, C, P(0x30, "\0\0\3\x23\0\x0cy")));
    assert_string_equal(rig_anomalies(r), "topic_alias_unresolved");
    assert_true(rig_parse(r, C, P(0x30, "\0\0\3\x23\0\1y")));
    IS("publish.topic", "c");
    tt_dissector_mqtt.gap(r->state, C);
    assert_true(rig_parse(r, C, P(0x30, "\0\0\3\x23\0\1y")));
    assert_string_equal(rig_anomalies(r), "topic_alias_unresolved");
    rig_free(r);
    (void)unused;
}

/* A topic that is longer than the state keeps; the other direction has its own aliases. */
static void alias_long(void **unused)
{
    struct rig *r = rig_new(5, true);
    assert_true(rig_parse(r, S, P(0x20, "\0\0\3\x22\0\x0c")));
    char body[206] = {0, (char)200};
    memset(body + 2, 't', 200);
    memcpy(body + 202, "\3\x23\0\1", 4);
    assert_true(rig_parse(r, C, packet(0x30, body, sizeof body)));
    CLEAN();
    assert_true(rig_parse(r, C, P(0x30, "\0\0\3\x23\0\1y")));
    assert_string_equal(rig_anomalies(r), "topic_alias_unresolved");
    rig_free(r);
    r = rig_new(0, true);
    assert_true(rig_parse(r, C, P(0x10, "\0\4MQTT\5\2\0\x3c\3\x22\0\1\0\1c")));
    assert_true(rig_parse(r, S, P(0x30, "\0\1s\3\x23\0\1x")));
    CLEAN();
    assert_true(rig_parse(r, C, P(0x30, "\0\0\3\x23\0\1y")));
    assert_string_equal(rig_anomalies(r), "topic_alias_unknown");
    rig_free(r);
    (void)unused;
}

static void lengths(void **unused)
{
#define LENGTH(octets) tt_dissector_mqtt.unit_length(NULL, RAW(octets), 0, C)
    assert_int_equal(LENGTH(""), 0);
    assert_int_equal(LENGTH("\x30"), 0);
    assert_int_equal(LENGTH("\x30\x80"), 0);
    assert_int_equal(LENGTH("\xc0\0"), 2);
    assert_int_equal(LENGTH("\x30\x7f"), 129);
    assert_int_equal(LENGTH("\x30\x80\1"), 131);
    assert_int_equal(LENGTH("\x30\xff\xff\xff\x7f"), 268435460); /* 1 + 4 + 268435455 */
    assert_int_equal(LENGTH("\x30\xff\xff\xff\xff"), -1);
    assert_int_equal(LENGTH("\x30\x80\x80\x80\0"), 5); /* legal before version 5 */
    (void)unused;
}

static void probing(void **unused)
{
#define PROBE(octets, direction) tt_dissector_mqtt.probe(RAW(octets), direction)
    assert_int_equal(PROBE("\x10\x0d\0\4MQTT\4\2\0\x3c\0\1c", C), TT_PROBE_YES);
    assert_int_equal(PROBE("\x10\x0f\0\6MQIsdp\3", C), TT_PROBE_YES);
    assert_int_equal(PROBE("\x10\x8d\x80\x80\0\0\4MQTT\4", C), TT_PROBE_YES);
    assert_int_equal(PROBE("\x10", C), TT_PROBE_MAYBE);
    assert_int_equal(PROBE("\x10\x0d\0\4MQ", C), TT_PROBE_MAYBE);
    /* too short, but the start of a CONNECT */
    assert_int_equal(PROBE("\x10\x0b", C), TT_PROBE_MAYBE);
    assert_int_equal(PROBE("\x10\x0b\0", C), TT_PROBE_MAYBE);
    assert_int_equal(PROBE("\x10\x0b\0\4MQTT\4", C), TT_PROBE_MAYBE);
    assert_int_equal(PROBE("\x10\x0d\0\4MQT?\4", C), TT_PROBE_NO);
    /* the server may accept */
    assert_int_equal(PROBE("\x10\x0d\0\4MQTX\4\2\0\x3c\0\1c", C), TT_PROBE_MAYBE);
    assert_int_equal(PROBE("\x20\2\0\0", S), TT_PROBE_MAYBE);
    assert_int_equal(PROBE("\x20\2\2\0", S), TT_PROBE_NO);
    assert_int_equal(PROBE("\x20\2\0\x50", S), TT_PROBE_NO);
    assert_int_equal(PROBE("\xc0\0", C), TT_PROBE_MAYBE);
    assert_int_equal(PROBE("\xc0\0\xc0\0\xc0\0", C), TT_PROBE_YES);
    assert_int_equal(PROBE("\x30\7\0\3a/bxx\x30\7\0\3a/bxx\x30\7\0\3a/bxx", C), TT_PROBE_YES);
    assert_int_equal(PROBE("\x30\7\0\3a/bxx\x30\7\0\x13/bxx", C), TT_PROBE_NO);
    assert_int_equal(PROBE("GET / HTTP/1.1\r\n\r\n", C), TT_PROBE_NO);
    assert_int_equal(PROBE("POST / HTTP/1.1\r\n\r\n", C), TT_PROBE_NO);
    assert_int_equal(PROBE("HTTP/1.1 200 OK\r\n", S), TT_PROBE_NO);
    assert_int_equal(PROBE("SSH-2.0-OpenSSH_9.2p1\r\n", S), TT_PROBE_NO);
    assert_int_equal(PROBE("220 mail ESMTP\r\n", S), TT_PROBE_NO);
    assert_int_equal(PROBE("\x16\3\1\2\0\1\0\1\xfc\3\3", C), TT_PROBE_NO);           /* TLS hello */
    assert_int_equal(PROBE("\x30\x0c\2\1\1\x60\7\2\1\3\4\0\x80\0", C), TT_PROBE_NO); /* LDAP bind */
    assert_int_equal(PROBE("\0\0\0\x2f\0\0\0\2\0\0\0\0\0\0\0\1", C), TT_PROBE_NO);   /* SMPP bind */
    assert_int_equal(PROBE("\2"
                           "01/00045/O/30/",
                           C),
                     TT_PROBE_NO); /* UCP */
    (void)unused;
}

static const struct sample {
    unsigned version;
    enum tt_direction direction;
    uint8_t first;
    const char *body;
    uint32_t n;
} samples[] = {
#define SAMPLE(version, direction, first, body)                                                    \
    {                                                                                              \
        version, direction, first, body, sizeof(body) - 1                                          \
    }
    SAMPLE(0, C, 0x10, "\0\6MQIsdp\3\xce\0\x3c\0\1c\0\1w\0\1m\0\1u\0\1p"),
    SAMPLE(0, C, 0x10, "\0\4MQTT\4\xee\0\x3c\0\1c\0\1w\0\1m\0\1u\0\1p"),
    SAMPLE(0, C, 0x10,
           "\0\4MQTT\5\xce\0\x3c\x0c\x11\0\0\0\1\x26\0\1k\0\1v\0\1c\2\1\1\0\1w\0\1m\0\1u\0\1p"),
    SAMPLE(4, S, 0x20, "\0\0"),
    SAMPLE(5, S, 0x20, "\0\0\x0e\x12\0\2id\x13\0\1\x15\0\1m\x24\1"),
    SAMPLE(4, C, 0x32, "\0\3a/b\0\1payload"),
    SAMPLE(5, C, 0x32, "\0\3a/b\0\1\x12\1\1\2\0\0\0\1\3\0\1t\x09\0\1b\x23\0\1payload"),
    SAMPLE(5, C, 0x40, "\0\1\x10\7\x1f\0\4none"),
    SAMPLE(5, C, 0x62, "\0\1\x92\7\x26\0\1k\0\1v"),
    SAMPLE(3, C, 0x82, "\0\1\0\1a\0\0\1b\1"),
    SAMPLE(5, C, 0x82, "\0\1\2\x0b\1\0\1a\0\0\1b\1"),
    SAMPLE(5, S, 0x90, "\0\1\7\x26\0\1k\0\1v\1\2"),
    SAMPLE(5, C, 0xa2, "\0\1\0\0\1a\0\1b"),
    SAMPLE(5, S, 0xb0, "\0\1\0\0\x11"),
    SAMPLE(5, C, 0xe0, "\0\5\x11\0\0\0\0"),
    SAMPLE(5, C, 0xf0, "\x18\x08\x15\0\1m\x16\0\1b"),
    SAMPLE(0, C, 0x82, "\0\1\2\x0b\1\0\1a\0\0\1b\1"),
};

/* Cut at every octet, with the old and with a true remaining length, and with every octet changed:
 * never past the end (memory of exact size), never a value that is not there, never true after the
 * reader failed (rig_parse checks). */
static void cut_everywhere(void **unused)
{
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        const struct sample *s = &samples[i];
        uint8_t octets[256];
        struct tt_bytes whole = packet(s->first, s->body, s->n);
        whole.p = memcpy(octets, whole.p, whole.n);
        struct rig *r = rig_new(s->version, s->version != 0);
        assert_true(rig_parse(r, s->direction, whole));
        CLEAN();
        rig_free(r);
        for (uint32_t n = 0; n < whole.n; n++) {
            r = rig_new(s->version, s->version != 0);
            assert_false(rig_parse(r, s->direction, (struct tt_bytes){whole.p, n}));
            rig_free(r);
        }
        for (uint32_t n = 0; n < s->n; n++) {
            r = rig_new(s->version, s->version != 0);
            rig_parse(r, s->direction, packet(s->first, s->body, n));
            struct tt_bytes head = {whole.p, n};
            struct tt_reader reader = tt_reader_over(head);
            tt_msg_reset(&r->m, &tt_dissector_mqtt, r->hot, head, s->direction);
            tt_dissector_mqtt.parse_head(r->state, &reader, &r->m);
            rig_sane(r);
            tt_dissector_mqtt.probe(head, s->direction);
            rig_free(r);
        }
        for (uint32_t n = 0; n < s->n * 256; n++) {
            char changed[256];
            memcpy(changed, s->body, s->n);
            changed[n / 256] = (char)(n % 256);
            r = rig_new(s->version, s->version != 0);
            rig_parse(r, s->direction, packet(s->first, changed, s->n));
            rig_free(r);
        }
    }
    (void)unused;
}

/* The head of a packet that is too long to be kept: what stands before the
 * payload, and nothing of it. */
static void heads(void **unused)
{
    struct rig *r = rig_new(4, true);
    static const uint8_t octets[] = "\x33\x80\x80\x80\1\0\3a/b\0\7payload goes on";
    struct tt_bytes head = {octets, sizeof octets - 1};
    struct tt_reader reader = tt_reader_over(head);
    tt_msg_reset(&r->m, &tt_dissector_mqtt, r->hot, head, C);
    tt_dissector_mqtt.parse_head(r->state, &reader, &r->m);
    assert_int_equal(r->m.kind, 3);
    NUMBER("length", 2097152);
    IS("@mqtt.qos", "1");
    IS("@mqtt.retain", "1");
    IS("publish.topic", "a/b");
    NUMBER("*.message_id", 7);
    IS("publish.message", "(none)");
    assert_int_equal(r->m.payload, -1);
    TX(TT_TX_OPEN, C, 3 << 16 | 7);
    CLEAN();
    rig_free(r);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connect_311),     cmocka_unit_test(connect_31),
        cmocka_unit_test(connect_5),       cmocka_unit_test(publish),
        cmocka_unit_test(publish_qos2),    cmocka_unit_test(publish_5),
        cmocka_unit_test(subscribe),       cmocka_unit_test(short_ones),
        cmocka_unit_test(unknown_version), cmocka_unit_test(aliases),
        cmocka_unit_test(alias_long),      cmocka_unit_test(lengths),
        cmocka_unit_test(probing),         cmocka_unit_test(cut_everywhere),
        cmocka_unit_test(heads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
