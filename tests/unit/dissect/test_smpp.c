/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Every command of SMPP, built by hand: what is read out of it, which transaction it belongs to,
 * how long it is, how it is recognised. Expected values: SMPP 3.3, 3.4 and 5.0.
 */
#include "unit/dissect/smpp_rig.h"

#define TX(role, asker, key)                                                                       \
    do {                                                                                           \
        assert_int_equal(r->m.tx_role, role);                                                      \
        assert_int_equal(r->m.tx_asker, asker);                                                    \
        assert_int_equal(r->m.tx_key, key);                                                        \
    } while (0)

static void binds(void **unused)
{
    struct rig *r = smpp_new(true);
    assert_true(rig_parse(r, C, BIND(9, "\x34")));
    ODD("");
    KIND("bind_transceiver");
    NUMBER("length", 41);
    NAMED("command", "bind_transceiver");
    NUMBER("sequence", 1);
    IS("system_id", "meters");
    IS("password", "secret");
    IS("system_type", "M2M");
    NAMED("interface_version", "3.4");
    NAMED("address.ton", "international");
    NAMED("address.npi", "e164");
    IS("address.range", "^49");
    IS("status", "(none)");
    assert_true(r->d->fields[rig_value(r, "password", 0)->field].flags & TT_SECRET);
    assert_ptr_equal(&r->m.values[r->m.identity], rig_value(r, "system_id", 0));
    TX(TT_TX_OPEN, C, 1);
    assert_true(rig_parse(r, S, R(9, 0, 1, "SMSC\0\x02\x10\0\1\x34")));
    ODD("");
    KIND("bind_transceiver_resp");
    NAMED("status", "ok");
    IS("system_id", "SMSC");
    NUMBER("sc_interface_version", 0x34);
    NAMED("tlv[].name", "sc_interface_version");
    assert_int_equal(r->m.identity, -1);
    TX(TT_TX_LAST, C, 1);
    assert_true(rig_parse(r, C, P(6, 2, "")));
    KIND("unbind");
    assert_true(rig_parse(r, S, R(6, 0, 2, "")));
    ODD("");
    /* a refusal says nothing, or who refuses */
    assert_true(rig_parse(r, C, BIND(1, "\x33")));
    KIND("bind_receiver");
    assert_true(rig_parse(r, S, R(1, 14, 1, "")));
    NAMED("status", "invalid_password");
    assert_true(rig_parse(r, C, BIND(2, "\x50")));
    NAMED("interface_version", "5.0");
    assert_true(rig_parse(r, S, R(2, 15, 1, "SMSC\0")));
    IS("system_id", "SMSC");
    ODD("");
    assert_true(rig_parse(r, S, P(0xb, 9, "SMSC\0pw\0")));
    KIND("outbind");
    IS("password", "pw");
    assert_int_equal(r->m.tx_role, TT_TX_ALONE);
    assert_int_equal(r->m.identity, -1);
    rig_free(r);
    (void)unused;
}

static void submit(void **unused)
{
    struct rig *r = smpp_bound();
    assert_true(rig_parse(r, C,
                          P(4, 0x12345,
                            "CMT\0\1\1"
                            "491720000042\0\5\0METER\0\x43\x40\3"
                            "261121090000000+\0\0\x1d\1\xf1\2\5hello")));
    ODD("bad_udh"); /* esm_class says header, 'h' is no length */
    KIND("submit_sm");
    IS("service_type", "CMT");
    NAMED("source.ton", "international");
    NAMED("source.npi", "e164");
    IS("source.addr", "491720000042");
    NAMED("destination.ton", "alphanumeric");
    NAMED("destination.npi", "unknown");
    IS("destination.addr", "METER");
    NAMED("esm_class.mode", "store_and_forward");
    NAMED("esm_class.type", "default");
    NAMED("esm_class.features", "udhi");
    NUMBER("protocol_id", 0x40);
    NUMBER("priority", 3);
    IS("schedule_delivery_time", "261121090000000+");
    IS("validity_period", "(none)");
    NAMED("registered_delivery.receipt", "always");
    NAMED("registered_delivery.acknowledgement", "both");
    NUMBER("registered_delivery.intermediate", 1);
    NUMBER("replace_if_present", 1);
    NUMBER("data_coding", 0xf1);
    NUMBER("sm_default_msg_id", 2);
    NUMBER("sm_length", 5);
    IS("short_message", "68656c6c6f");
    NAMED("class", "equipment");
    assert_string_equal(rig_text(r, "destination.addr"), "METER");
    assert_ptr_equal(&r->m.values[r->m.stream], rig_value(r, "destination.addr", 0));
    TX(TT_TX_OPEN, C, 0x2345 | 1 << 22);
    assert_true(rig_parse(r, S, R(4, 0, 0x12345, "3ea\0")));
    ODD("");
    IS("message_id", "3ea");
    TX(TT_TX_LAST, C, 0x2345 | 1 << 22);
    assert_true(rig_parse(r, C, P(4, 3, SM("\0", "\0", "\0", "\7", "meter 7"))));
    IS("text", "meter 7");
    NAMED("encoding", "gsm7");
    assert_ptr_equal(&r->m.values[r->m.payload], rig_value(r, "text", 0));
    assert_true(rig_parse(r, S, R(4, 0x58, 3, "")));
    NAMED("status", "throttled");
    /* who is spoken of when the SMSC delivers is the sender */
    assert_true(rig_parse(r, S, P(5, 1, SM("\0", "\0", "\x08", "\4", "\x20\xac\0a"))));
    KIND("deliver_sm");
    IS("text", "€a");
    assert_ptr_equal(&r->m.values[r->m.stream], rig_value(r, "source.addr", 0));
    TX(TT_TX_OPEN, S, 1);
    assert_true(rig_parse(r, C, R(5, 0, 1, "\0")));
    ODD("");
    TX(TT_TX_LAST, S, 1);
    rig_free(r);
    (void)unused;
}

static void texts(void **unused)
{
    struct rig *r = smpp_bound();
    assert_true(rig_parse(r, C, P(4, 2, SM("\0", "\0", "\1", "\3", "a$b"))));
    IS("text", "a$b");
    assert_true(rig_parse(r, C, P(4, 3, SM("\0", "\0", "\3", "\2", "\xfc\xdf"))));
    IS("text", "üß");
    NAMED("encoding", "latin1");
    assert_true(rig_parse(r, C, P(4, 4, SM("\0", "\0", "\4", "\3", "\0\xff\x80"))));
    IS("text", "(none)");
    IS("binary", "00ff80");
    assert_ptr_equal(&r->m.values[r->m.payload], rig_value(r, "binary", 0));
    assert_true(rig_parse(
        r, C, P(4, 5, SM("\0", "\0", "\0", "\x09", "\xe8\x32\x9b\xfd\x46\x97\xd9\xec\x37"))));
    IS("text", "hellohello");
    NAMED("encoding", "gsm7_packed");
    assert_true(rig_parse(r, C, P(4, 6, SM("\x40", "\0", "\xf6", "\5", "\2\x70\0\xca\xfe"))));
    NAMED("udh[].name", "sim_command_packet");
    NAMED("class", "sim");
    IS("binary", "cafe");
    assert_true(
        rig_parse(r, C, P(4, 7, SM("\x40", "\0", "\4", "\x09", "\6\5\4\x0b\x84\x23\xf0\1\6"))));
    NUMBER("ports.destination", 2948);
    NUMBER("ports.source", 9200);
    IS("udh[].value", "0b8423f0");
    IS("binary", "0106");
    ODD("");
    /* packed behind a header of six octets: one bit of filling (TS 23.040, 9.2.3.24) */
    assert_true(rig_parse(
        r, C, P(4, 8, SM("\x40", "\0", "\0", "\x0d", "\5\0\3\1\2\1\xd0\x65\x36\xfb\x8d\x2e\xb3"))));
    NAMED("encoding", "gsm7_packed");
    IS("text", "hellohe");
    assert_true(rig_parse(r, C, P(4, 9, SM("\0", "\0", "\0", "\0", "\x04\x24\0\6zzzzzz"))));
    IS("text", "zzzzzz");
    IS("message_payload", "7a7a7a7a7a7a");
    ODD("");
    rig_free(r);
    (void)unused;
}

static void concatenation(void **unused)
{
    struct rig *r = smpp_bound();
    assert_true(rig_parse(r, C, P(4, 2, SM("\x40", "\0", "\0", "\x0b", "\5\0\3\xa7\2\2world"))));
    NUMBER("concatenation.reference", 0xa7);
    NUMBER("concatenation.parts", 2);
    NUMBER("concatenation.part", 2);
    IS("text", "world");
    IS("whole_text", "(none)");
    assert_true(rig_parse(r, C, P(4, 3, SM("\x40", "\0", "\0", "\x0c", "\5\0\3\xa7\2\1hello "))));
    IS("text", "hello ");
    IS("whole_text", "hello world");
    /* sixteen bits, and half an euro sign in each part */
    assert_true(rig_parse(r, C, P(4, 4, SM("\x40", "\0", "\x08", "\x09", "\6\x08\4\1\2\2\1\0a"))));
    NUMBER("concatenation.reference", 0x102);
    assert_true(
        rig_parse(r, C, P(4, 5, SM("\x40", "\0", "\x08", "\x09", "\6\x08\4\1\2\2\2\x20\xac"))));
    IS("whole_text", "a€");
    /* sar_* parameters */
    assert_true(rig_parse(r, C,
                          P(4, 6,
                            SM("\0", "\0", "\1", "\2",
                               "ab\x02\x0c\0\2\0\7\x02\x0e\0\1\2"
                               "\x02\x0f\0\1\1"))));
    NUMBER("concatenation.reference", 7);
    NUMBER("sar_msg_ref_num", 7);
    assert_true(rig_parse(r, C,
                          P(4, 7,
                            SM("\0", "\0", "\1", "\2",
                               "cd\x02\x0c\0\2\0\7\x02\x0e\0\1\2"
                               "\x02\x0f\0\1\2"))));
    IS("whole_text", "abcd");
    ODD("");
    /* the same part with other text; no part 0, none beyond the last */
    assert_true(rig_parse(r, C, P(4, 8, SM("\x40", "\0", "\0", "\7", "\5\0\3\1\2\1a"))));
    assert_true(rig_parse(r, C, P(4, 9, SM("\x40", "\0", "\0", "\7", "\5\0\3\1\2\1b"))));
    ODD("concatenation_conflict");
    assert_true(rig_parse(r, C, P(4, 10, SM("\x40", "\0", "\0", "\7", "\5\0\3\1\2\0a"))));
    ODD("bad_concatenation");
    assert_true(rig_parse(r, C, P(4, 11, SM("\x40", "\0", "\0", "\7", "\5\0\3\1\2\3a"))));
    ODD("bad_concatenation");
    assert_true(rig_parse(r, C, P(4, 12, SM("\x40", "\0", "\0", "\7", "\5\0\3\5\x09\3a"))));
    ODD("concatenation_not_kept");
    /* octets were lost: what waited is forgotten */
    assert_true(rig_parse(r, C, P(4, 13, SM("\x40", "\0", "\0", "\7", "\5\0\3\2\2\1a"))));
    r->d->gap(r->state, C);
    assert_true(rig_parse(r, C, P(4, 14, SM("\x40", "\0", "\0", "\7", "\5\0\3\2\2\2b"))));
    IS("whole_text", "(none)");
    rig_free(r);
    (void)unused;
}

static void receipts(void **unused)
{
    /* SMPP 3.4, appendix B */
    static const char text[] = "id:3ea sub:001 dlvrd:001 submit date:2611210900 done "
                               "date:2611210901 stat:DELIVRD err:000 text:id: x";
    struct rig *r = smpp_bound();
    char body[300];
    size_t n = sizeof HEAD("\4", "\0", "\0") - 1;
    memcpy(body, HEAD("\4", "\0", "\0"), n);
    body[n++] = sizeof text - 1;
    memcpy(body + n, text, sizeof text - 1);
    n += sizeof text - 1;
    assert_true(rig_parse(r, S, pdu(5, 0, 1, body, (uint32_t)n)));
    ODD("");
    NAMED("esm_class.type", "delivery_receipt");
    IS("receipt.id", "3ea");
    IS("receipt.submitted", "001");
    IS("receipt.delivered", "001");
    IS("receipt.submit_date", "2611210900");
    IS("receipt.done_date", "2611210901");
    IS("receipt.state", "DELIVRD");
    IS("receipt.error", "000");
    IS("receipt.text", "id: x");
    /* by parameters alone */
    assert_true(rig_parse(r, S,
                          P(5, 2,
                            SM("\4", "\0", "\0", "\1",
                               "x\0\x1e\0\4"
                               "3ea\0\4\x27\0\1\2"))));
    ODD("");
    IS("receipted_message_id", "3ea");
    NAMED("message_state", "delivered");
    IS("receipt.id", "(none)");
    assert_true(rig_parse(r, S, P(5, 3, SM("\4", "\0", "\0", "\1", "x"))));
    ODD("bad_receipt");
    /* a text that speaks of an id is none */
    assert_true(rig_parse(r, S, P(5, 4, SM("\0", "\0", "\0", "\x09", "my id: 12"))));
    IS("receipt.id", "(none)");
    ODD("");
    rig_free(r);
    (void)unused;
}

static void others(void **unused)
{
    struct rig *r = smpp_bound();
    assert_true(rig_parse(r, C,
                          P(3, 2,
                            "3ea\0\1\1"
                            "49\0")));
    KIND("query_sm");
    IS("message_id", "3ea");
    IS("source.addr", "49");
    assert_true(rig_parse(r, S,
                          R(3, 0, 2,
                            "3ea\0"
                            "261121090100000+\0\2\x11")));
    IS("final_date", "261121090100000+");
    NAMED("message_state", "delivered");
    NUMBER("error_code", 17);
    assert_true(rig_parse(r, C,
                          P(7, 3,
                            "3ea\0\1\1"
                            "49\0\0\0\1\2\3new")));
    KIND("replace_sm");
    IS("text", "new");
    NUMBER("sm_default_msg_id", 2);
    assert_true(rig_parse(r, C,
                          P(8, 4,
                            "\0"
                            "3ea\0\1\1"
                            "49\0\2\1"
                            "50\0")));
    KIND("cancel_sm");
    NAMED("destination.ton", "national");
    IS("destination.addr", "50");
    assert_true(rig_parse(r, C,
                          P(0x21, 5,
                            "\0\1\1"
                            "49\0\3\1\1\1"
                            "50\0\2fleet\0\1\2\3"
                            "51\0"
                            "\0\0\0\0\0\0\0\1\0\2ab")));
    KIND("submit_multi");
    IS("destinations[].flag", "1|2|1");
    IS("destinations[].addr", "50|51");
    IS("destinations[].list", "fleet");
    IS("text", "ab");
    ODD("");
    assert_true(rig_parse(r, S,
                          R(0x21, 0, 5,
                            "3f8\0\1\1\1"
                            "51\0\0\0\0\x0b")));
    IS("failed[].addr", "51");
    NAMED("failed[].status", "invalid_destination_address");
    assert_true(rig_parse(r, S,
                          P(0x102, 1,
                            "\1\1"
                            "49\0\0\1"
                            "4711\0\4\x22\0\1\0")));
    KIND("alert_notification");
    IS("esme.addr", "4711");
    NUMBER("ms_availability_status", 0);
    assert_int_equal(r->m.tx_role, TT_TX_ALONE);
    assert_true(rig_parse(r, C,
                          P(0x103, 6,
                            "\0\1\1"
                            "49\0\1\1"
                            "50\0\0\1\1\4\x24\0\4data")));
    KIND("data_sm");
    IS("text", "data");
    ODD("");
    assert_true(rig_parse(r, C,
                          P(0x111, 7,
                            "\0\0\0"
                            "4711\0\0\0\0\0\0\1\0\6\6\0\7\0Berlin"
                            "\6\1\0\3\1\0\x10\6\4\0\2\0\1\6\5\0\3\x08\0\1"
                            "\4\x24\0\5flood")));
    KIND("broadcast_sm");
    ODD("");
    NUMBER("broadcast_rep_num", 1); /* two octets: 5.0, 4.8.4.13 */
    NUMBER("broadcast_content.type", 0x10);
    NUMBER("broadcast_interval.unit", 8);
    NUMBER("broadcast_interval.value", 1);
    IS("text", "flood");
    assert_true(rig_parse(r, C,
                          P(0x112, 8,
                            "b1\0\0\0"
                            "4711\0")));
    KIND("query_broadcast_sm");
    assert_true(rig_parse(r, C,
                          P(0x113, 9,
                            "\0"
                            "b1\0\0\0"
                            "4711\0")));
    KIND("cancel_broadcast_sm");
    assert_true(rig_parse(r, C, P(0x15, 10, "")));
    assert_true(rig_parse(r, S, R(0x15, 0, 10, "")));
    KIND("enquire_link_resp");
    ODD("");
    rig_free(r);
    (void)unused;
}

static void old_and_foreign(void **unused)
{
    struct rig *r = smpp_bound();
    assert_true(rig_parse(r, C, P(0x22, 2, "queue\0")));
    KIND("param_retrieve");
    IS("param_name", "queue");
    assert_true(rig_parse(r, S, R(0x22, 0, 2, "17\0")));
    IS("param_value", "17");
    assert_true(rig_parse(r, C,
                          P(0x23, 3,
                            "\1\1"
                            "49\0\5")));
    NUMBER("count", 5);
    assert_true(rig_parse(r, S, R(0x23, 0, 3, "\2a\0b\0")));
    IS("message_ids[]", "a|b");
    assert_true(rig_parse(r, C,
                          P(0x01000001, 4,
                            "\2smsc\0"
                            "49\0"
                            "50\0\1id\0\0\0\0\5\0\0\0\7")));
    KIND("auth_acc");
    IS("msc.addr", "(none)");
    NUMBER("service_id", 7);
    assert_true(rig_parse(r, C,
                          P(0x01000001, 5,
                            "\3smsc\0\1\1msc\0"
                            "49\0"
                            "50\0\1id\0\0\0\0\5\0\0\0\7")));
    IS("msc.addr", "msc");
    assert_true(rig_parse(r, S, R(0x01000001, 0, 5, "\0\0\0\2\1")));
    NUMBER("operation_result", 2);
    NUMBER("notify_mode", 1);
    ODD("");
    assert_true(rig_parse(r, C, P(0x10210, 6, "??"))); /* a vendor's */
    KIND("request");
    ODD("");
    assert_true(rig_parse(r, C, P(0x77, 7, "")));
    KIND("request");
    ODD("unknown_command");
    assert_true(rig_parse(r, S, pdu(RESPONSE, 3, 7, "", 0)));
    KIND("generic_nack");
    NAMED("status", "invalid_command_id");
    TX(TT_TX_LAST, C, 7);
    assert_true(rig_parse(r, S, pdu(RESPONSE, 2, 0, "", 0)));
    assert_int_equal(r->m.tx_role, TT_TX_ALONE);
    ODD("");
    rig_free(r);
    (void)unused;
}

static void lengths(void **unused)
{
    const struct tt_dissector *d = &tt_dissector_smpp;
    struct tt_bytes b = P(0x15, 1, "");
    for (uint32_t n = 0; n < 4; n++) {
        assert_int_equal(d->unit_length(NULL, (struct tt_bytes){b.p, n}, 0, C), 0);
    }
    assert_int_equal(d->unit_length(NULL, (struct tt_bytes){b.p, 4}, 0, C), 16);
    static const uint8_t shorter[] = {0, 0, 0, 15}, longer[] = {0, 16, 0, 1}, high[] = {1};
    assert_int_equal(d->unit_length(NULL, (struct tt_bytes){shorter, 4}, 0, C), -1);
    assert_int_equal(d->unit_length(NULL, (struct tt_bytes){longer, 4}, 0, C), -1);
    assert_int_equal(d->unit_length(NULL, (struct tt_bytes){high, 1}, 0, C), -1);
    /* no cut of a unit is read past its end, none is good */
    struct rig *r = smpp_bound();
    b = P(0x103, 6,
          "\0\1\1"
          "49\0\1\1"
          "50\0\0\1\1\4\x24\0\4data");
    for (uint32_t n = 0; n < b.n; n++) {
        bool good = rig_parse(r, C, (struct tt_bytes){b.p, n});
        assert_true(good == (n == b.n - 8)); /* without its parameter it is whole */
    }
    rig_free(r);
    (void)unused;
}

static void probing(void **unused)
{
    const struct tt_bytes yes[] = {BIND(1, "\x34"),
                                   BIND(2, "\x33"),
                                   BIND(9, "\x50"),
                                   P(0x15, 77, ""),
                                   R(0x15, 0, 77, ""),
                                   P(6, 3, ""),
                                   P(4, 3, SM("\0", "\0", "\0", "\7", "meter 7")),
                                   R(4, 0, 3, "3ea\0"),
                                   R(4, 0x58, 3, ""),
                                   pdu(RESPONSE, 3, 0, "", 0),
                                   P(0xb, 1, "S\0p\0"),
                                   R(9, 14, 1, "")};
    for (unsigned i = 0; i < sizeof yes / sizeof *yes; i++) {
        for (uint32_t n = 1; n < 16; n++) {
            assert_int_equal(tt_dissector_smpp.probe((struct tt_bytes){yes[i].p, n}, C),
                             TT_PROBE_MAYBE);
        }
        assert_int_equal(tt_dissector_smpp.probe(yes[i], C), TT_PROBE_YES);
        assert_int_equal(tt_dissector_smpp.probe(yes[i], S), TT_PROBE_YES);
    }
    const struct tt_bytes no[] = {
        P(0x77, 1, ""), /* no command */
        pdu(4, 8, 1, SM("\0", "\0", "\0", "\1", "x"), sizeof SM("\0", "\0", "\0", "\1", "x") - 1),
        P(0x15, 0, ""),  /* sequence 0 */
        P(0x15, 1, "x"), /* a body that it does not have */
        P(1, 1, "no end"),
        P(1, 1, "\xff\0\0\0\0\0\0\0"),
        R(4, 0x300, 1, ""),                     /* no status */
        P(1, 0x96b63, "afka-client\0\0\1\0\0"), /* a Kafka request: length, 0, 1, 0, text */
    };
    for (unsigned i = 0; i < sizeof no / sizeof *no; i++) {
        assert_int_equal(tt_dissector_smpp.probe(no[i], C), TT_PROBE_NO);
    }
    (void)unused;
}

/* A conversation tells the same however it is cut; it is found on any port, from its middle too. */
static void cuts(void **unused)
{
    const struct leg legs[] = {
        {C, BIND(9, "\x34")},
        {S, R(9, 0, 1, "SMSC\0")},
        {C, P(4, 2, SM("\x40", "\0", "\0", "\x0b", "\5\0\3\xa7\2\2world"))},
        {C, P(4, 3, SM("\x40", "\0", "\x08", "\x0c", "\5\0\3\xa7\2\1hello "))},
        {S, R(4, 0, 2, "a\0")},
        {S, P(5, 1, SM("\0", "\0", "\0", "\4", "pong"))},
        {C, R(5, 0, 1, "\0")},
        {C, P(0x15, 4, "")},
        {S, R(0x15, 0, 4, "")},
    };
    const unsigned n = sizeof legs / sizeof *legs;
    const char *speaks;
    char *whole = hear(legs, n, 100000, 2775, true, &speaks);
    assert_string_equal(speaks, "smpp");
    assert_non_null(strstr(whole, "end 4 0"));
    for (uint32_t step = 1; step < 40; step++) {
        char *cut = hear(legs, n, step, step % 2 ? 2775 : 47111, true, &speaks);
        assert_string_equal(speaks, "smpp");
        assert_string_equal(cut, whole);
        free(cut);
    }
    free(whole);
    for (unsigned from = 1; from < n; from++) {
        free(hear(legs + from, n - from, 100000, 47111, false, &speaks));
        assert_string_equal(speaks, "smpp");
    }
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(binds),           cmocka_unit_test(submit),
        cmocka_unit_test(texts),           cmocka_unit_test(concatenation),
        cmocka_unit_test(receipts),        cmocka_unit_test(others),
        cmocka_unit_test(old_and_foreign), cmocka_unit_test(lengths),
        cmocka_unit_test(probing),         cmocka_unit_test(cuts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
