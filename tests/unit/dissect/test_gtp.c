/* SPDX-License-Identifier: BSD-3-Clause
 *
 * GTP: messages built after TS 29.060 (7.3, 7.7), TS 29.274 (5.1, 7.2, 8) and TS 29.281 (5, 7),
 * what they forbid, questions and answers, what is recognised and when. Expected values by hand.
 */
#include "unit/dissect/sms_rig.h"

extern const struct tt_dissector tt_dissector_gtp;

#define NEW() rig_new(&tt_dissector_gtp, true)

#define V1(text) written(text, 8)
#define V2(text) written(text, 4)

/* Is the address under the path the one of these digits? */
static bool is_address(const struct rig *r, const char *path, unsigned which, const char *digits)
{
    const struct tt_value *v = rig_value(r, path, which);
    struct tt_bytes want = written(digits, 0);
    return v && v->n == want.n && memcmp(v->p, want.p, want.n) == 0;
}

#define ADDRESS(path, which, text) assert_true(is_address(r, path, which, text))
#define IP4                        "0000 0000 0000 0000 0000 ffff "

/* Create PDP Context Request: IMSI 262011234567890, RAI 262-01 5 7, recovery 9, selection by the
 * device, TEIDs, NSAPI 5, normal charging, IPv4 wanted, APN m2m.lab, two nodes, +491710000007,
 * quality, GERAN, cell 1337 of area 5, +02:00, IMEISV. */
#define CREATE_1                                                                                   \
    "32 10 LLLL 00000000 2401 0000 02 62021132547698f0 03 62f210 0005 07 0e 09 0f fd "             \
    "10 00000011 11 00000012 14 05 1a 0800 80 0002 f121 83 0008 03 'm2m' 03 'lab' "                \
    "85 0004 0a4d0001 85 0004 0a4d0003 86 0007 91 947101000070 87 0004 000b921f 97 0001 02 "       \
    "98 0008 00 62f210 0005 0539 99 0002 80 00 9a 0008 5302990710163218"
#define CREATED_1                                                                                  \
    "32 11 LLLL 00000012 2401 0000 01 80 08 fe 0e 04 10 00000021 11 00000022 7f 0000002a "         \
    "80 0006 f121 64400002 84 000f 80 000d 04 08080808 0003 04 09090909 "                          \
    "85 0004 0a4d0002 85 0004 0a4d0004 87 0004 000b921f"

static void context_is_created(void **state)
{
    struct rig *r = NEW();
    assert_true(rig_parse(r, C, V1(CREATE_1)));
    ODD("");
    KIND("request");
    NUMBER("version", 1);
    NAMED("plane", "c");
    NAMED("type", "create_pdp_context_request");
    NUMBER("type_number", 16);
    NUMBER("teid", 0);
    NUMBER("seq", 0x2401);
    IS("imsi", "262011234567890");
    IS("imei", "3520997001612381"); /* halves turned round */
    IS("msisdn", "491710000007");
    IS("apn", "m2m.lab");
    assert_null(rig_value(r, "address", 0)); /* one is wanted */
    NAMED("pdp_type", "ipv4");
    NAMED("rat", "geran");
    IS("location.mcc", "262");
    IS("location.mnc", "01");
    NUMBER("location.lac", 5);
    NUMBER("location.cell", 1337);
    NUMBER("location.rac", -1); /* of the routing area, which is less exact */
    NUMBER("teid_data", 0x11);
    NUMBER("teid_control", 0x12);
    NUMBER("nsapi", 5);
    NUMBER("recovery", 9);
    NAMED("selection_mode", "by_device");
    NUMBER("charging_characteristics", 2048);
    IS("timezone", "+02:00");
    ADDRESS("gsn[]", 0, IP4 "0a4d0001");
    ADDRESS("gsn[]", 1, IP4 "0a4d0003");
    assert_int_equal(r->m.tx_role, TT_TX_OPEN);
    uint32_t key = r->m.tx_key;
    assert_true(rig_parse(r, S, V1(CREATED_1)));
    ODD("");
    KIND("response");
    NAMED("cause", "request_accepted");
    ADDRESS("address", 0, IP4 "64400002");
    ADDRESS("pco.dns[]", 0, IP4 "08080808");
    assert_null(rig_value(r, "pco.dns[]", 1)); /* 4 octets are none of IPv6 */
    NUMBER("charging_id", 42);
    NUMBER("reordering", 0);
    assert_int_equal(r->m.tx_role, TT_TX_LAST);
    assert_int_equal(r->m.tx_key, key);
    assert_int_equal(r->m.tx_asker, C);
    rig_free(r);
    (void)state;
}

#define CREATE_2                                                                                   \
    "48 20 LLLL 00000000 4b5462 00 01 0008 00 62021132547698f0 4b 0008 00 5302990710163218 "       \
    "4c 0006 00 947101000070 56 000d 00 18 62f210 012d 62f210 01a2b3c4 53 0003 00 62f210 "         \
    "52 0001 00 08 57 0009 00 8a 35529204 0a4d0001 57 0009 01 87 00000000 0a4d0009 "               \
    "47 0009 00 03 'm2m' 04 'gprs' 80 0001 00 00 63 0001 00 03 "                                   \
    "4f 0016 00 03 40 20010db8000000000000000000000001 00000000 7f 0001 00 00 "                    \
    "48 0008 00 00000400 00000800 5d 001f 00 49 0001 00 05 "                                       \
    "50 0016 00 7c 09 0000000001 0000000002 0000000003 0000000004 03 0001 00 07"
#define CREATED_2                                                                                  \
    "48 21 LLLL 35529204 4b5462 00 02 0002 00 10 00 57 0009 00 8b 35529206 0a4d0002 "              \
    "57 0009 01 87 35529208 0a4d0009 4f 0005 00 01 21171701 7f 0001 00 00 "                        \
    "5d 0020 00 49 0001 00 05 02 0002 00 10 00 57 0009 00 81 35529207 0a4d0002 "                   \
    "5e 0004 00 0000002a"

static void session_is_created(void **state)
{
    struct rig *r = NEW();
    assert_true(rig_parse(r, C, V2(CREATE_2)));
    ODD("");
    KIND("request");
    NUMBER("version", 2);
    NAMED("type", "create_session_request");
    NUMBER("seq", 0x4b5462);
    IS("imsi", "262011234567890");
    IS("imei", "3520997001612381");
    IS("msisdn", "491710000007");
    IS("apn", "m2m.gprs");
    NAMED("rat", "nb_iot");
    IS("serving_network", "26201");
    IS("location.mcc", "262");
    IS("location.mnc", "01");
    NUMBER("location.tac", 301);
    NUMBER("location.cell", 0x1a2b3c4);
    IS("fteid[].teid", "894603780|0");
    NAMED("fteid[].interface", "s11_mme_gtp_c");
    ADDRESS("fteid[].ip", 0, IP4 "0a4d0001");
    ADDRESS("fteid[].ip", 1, IP4 "0a4d0009");
    IS("fteid[].instance", "1"); /* 0 is not told */
    ADDRESS("address", 0, IP4 "00000000");
    ADDRESS("address_ipv6", 0, "20010db8000000000000000000000001");
    NUMBER("address_ipv6_prefix", 64);
    NUMBER("ambr.up", 1024);
    NUMBER("ambr.down", 2048);
    NUMBER("bearers[].ebi", 5);
    NUMBER("bearers[].qci", 9);
    NUMBER("bearers[].priority", 15);
    NUMBER("bearers[].gbr_down", 4);
    NUMBER("recovery", 7); /* behind the group */
    uint32_t key = r->m.tx_key;
    assert_true(rig_parse(r, S, V2(CREATED_2)));
    ODD("");
    NAMED("cause", "request_accepted");
    ADDRESS("address", 0, IP4 "21171701");
    IS("fteid[].teid", "894603782|894603784|894603783");
    IS("fteid[].bearer", "0");
    NAMED("bearers[].cause", "request_accepted");
    NUMBER("bearers[].charging_id", 42);
    assert_int_equal(r->m.tx_role, TT_TX_LAST);
    assert_int_equal(r->m.tx_key, key);
    rig_free(r);
    (void)state;
}

static void questions_and_answers(void **state)
{
    struct rig *r = NEW();
    assert_true(rig_parse(r, C, V1("32 01 LLLL 00000000 0007 0000")));
    assert_int_equal(r->m.tx_role, TT_TX_OPEN);
    uint32_t key = r->m.tx_key;
    assert_true(rig_parse(r, C, V1("32 01 LLLL 00000000 0007 0000"))); /* once more */
    assert_int_equal(r->m.tx_role, TT_TX_MORE);
    assert_int_equal(r->m.tx_key, key);
    NUMBER("retransmission", 1);
    assert_true(rig_parse(r, S, V1("32 02 LLLL 00000000 0007 0000 0e 01")));
    assert_int_equal(r->m.tx_role, TT_TX_LAST);
    assert_int_equal(r->m.tx_key, key);
    ODD("");
    /* the same number after its answer is a new question */
    assert_true(rig_parse(r, C, V1("32 01 LLLL 00000000 0007 0000")));
    assert_int_equal(r->m.tx_role, TT_TX_OPEN);
    /* nobody asked */
    assert_true(rig_parse(r, S, V1("32 02 LLLL 00000000 0008 0000 0e 01")));
    ODD("response_without_request");
    /* the other side has not asked at all: its questions may have been before the capture */
    assert_true(rig_parse(r, C, V1("32 02 LLLL 00000000 0008 0000 0e 01")));
    ODD("");
    /* version 2 to who knows only version 1: the answer to any question */
    assert_true(rig_parse(r, C, V2("40 01 LLLL 000009 00 03 0001 00 05")));
    key = r->m.tx_key;
    assert_true(rig_parse(r, S, V1("32 03 LLLL 00000000 0009 0000")));
    assert_int_equal(r->m.tx_role, TT_TX_LAST);
    assert_int_equal(r->m.tx_key, key);
    /* the gateway asks, too */
    assert_true(rig_parse(r, S, V2("48 63 LLLL 00000001 000001 00 49 0001 00 05")));
    NAMED("type", "delete_bearer_request");
    assert_int_equal(r->m.tx_asker, S);
    assert_true(rig_parse(r, C, V2("48 64 LLLL 00000002 000001 00 02 0002 00 10 00")));
    assert_int_equal(r->m.tx_asker, S);
    assert_int_equal(r->m.tx_role, TT_TX_LAST);
    rig_free(r);
    (void)state;
}

static void user_plane(void **state)
{
    struct rig *r = NEW();
    assert_true(
        rig_parse(r, C, V1("30 ff LLLL 12345678 45000014 00000000 40ff0000 0a000001 08080808")));
    ODD("");
    KIND("message");
    NAMED("plane", "u");
    NAMED("type", "g_pdu");
    NUMBER("teid", 0x12345678);
    NUMBER("payload_length", 20);
    NUMBER("seq", -1);
    /* PDU session container with flow 9, then a number of PDCP */
    assert_true(rig_parse(r, C, V1("36 ff LLLL 00000001 0003 00 85 01 00 09 c0 01 1234 00 60")));
    IS("extension_types[]", "133|192|0");
    NAMED("extensions[].type", "pdu_session_container");
    IS("extensions[].qfi", "9");
    NUMBER("payload_length", 1);
    NUMBER("seq", 3);
    ODD("");
    assert_true(rig_parse(r, C, V1("32 1a LLLL 00000000 0001 0000 10 00000005 85 0004 0a4d0001")));
    NAMED("type", "error_indication");
    NUMBER("teid_data", 5);
    ODD("");
    assert_true(rig_parse(r, C, V1("32 1f LLLL 00000000 0001 0000 8d 02 85 c0")));
    IS("supported_extensions[]", "133|192");
    ODD("");
    assert_true(rig_parse(r, C, V1("30 fe LLLL 00000005")));
    NAMED("type", "end_marker");
    ODD("");
    rig_free(r);
    (void)state;
}

/* A user's packet to port 2123, of IPv4 and IPv6. */
static void gtp_in_gtp(void **state)
{
    struct rig *r = NEW();
    assert_true(rig_parse(
        r, C,
        V1("30 ff LLLL 00000001 45000028 00000000 40110000 0a000001 0a4d0002 084b084b 0014 0000"
           "32 01 0004 00000000 0001 0000")));
    ODD("gtp_in_gtp");
    assert_true(rig_parse(r, C,
                          V1("30 ff LLLL 00000001 60000000 0014 11 40"
                             "20010db8000000000000000000000001 20010db8000000000000000000000002"
                             "084b084b 0014 0000 32 01 0004 00000000 0001 0000")));
    ODD("gtp_in_gtp");
    /* DNS */
    assert_true(rig_parse(
        r, C,
        V1("30 ff LLLL 00000001 45000028 00000000 40110000 0a000001 0a4d0002 04000035 0014 0000"
           "32 01 0004 00000000 0001 0000")));
    ODD("");
    rig_free(r);
    (void)state;
}

struct oddity {
    const char *octets, *odd;
    bool two, good;
};

static void violations(void **state)
{
    static const struct oddity cases[] = {
        {"32 10", "malformed_traffic", false, false},
        {"32 01 0009 00000000 0001 0000", "length_beyond_datagram", false, true},
        {"32 01 0004 00000000 0001 0000 ff", "trailing_octets", false, true},
        {"3a 01 LLLL 00000000 0001 0000", "bad_flags", false, true},
        {"30 10 LLLL 00000000", "missing_sequence_number,missing_mandatory_ie", false, true},
        {"32 01 LLLL 00000009 0001 0000", "unexpected_teid", false, true},
        {"32 14 LLLL 00000000 0001 0000 14 05", "zero_teid", false, true},
        {"32 15 LLLL 00000000 0001 0000 01 c0", "", false, true}, /* not there: TS 29.060, 6 */
        {"32 15 LLLL 00000000 0001 0000 01 80", "zero_teid", false, true},
        {"34 ff LLLL 00000001 0000 00 85 00 00000000 00", "extension_header_of_length_zero", false,
         true},
        {"34 ff LLLL 00000001 0000 00 85 09 0000", "extension_header_overrun", false, true},
        {"34 ff LLLL 00000001 0000 00 c9 01 0000 00", "unknown_extension_header", false, true},
        {"34 ff LLLL 00000001 0000 00 09 01 0000 00", "", false, true}, /* need not be known */
        {"32 20 LLLL 00000000 0001 0000 02 620211", "ie_overrun", false, true},
        {"32 20 LLLL 00000000 0001 0000 06 00", "unknown_fixed_ie", false, true},
        {"32 20 LLLL 00000000 0001 0000 02 62021132547698f0 97 0002 0101", "bad_ie_length", false,
         true},
        {"32 20 LLLL 00000000 0001 0000 97 0001 01 02 62021132547698f0", "ie_out_of_order", false,
         true},
        {"32 20 LLLL 00000000 0001 0000", "missing_mandatory_ie", false, true},
        {"32 20 LLLL 00000000 0001 0000 02 ffffffffffffffff", "bad_imsi", false, true},
        {"32 20 LLLL 00000000 0001 0000 02 6202113254f698f0", "bad_imsi", false, true},
        {"32 20 LLLL 00000000 0001 0000 02 620211325476982a", "bad_imsi", false, true}, /* 16 */
        {"32 20 LLLL 00000000 0001 0000 02 62021132547698f0 02 62021132547698f0", "repeated_ie",
         false, true},
        {"32 20 LLLL 00000000 0001 0000 02 62021132547698f0 83 0004 09 'abc'", "bad_apn", false,
         true},
        {"32 20 LLLL 00000000 0001 0000 02 62021132547698f0 9a 0008 53f2ffffffffffff", "bad_imei",
         false, true},
        {"32 20 LLLL 00000000 0001 0000 02 62021132547698f0 86 0002 91 b1", "bad_msisdn", false,
         true},
        {"32 20 LLLL 00000000 0001 0000 02 62021132547698f0 98 0008 00 6bf210 0005 0539",
         "bad_network", false, true},
        {"32 20 LLLL 00000000 0001 0000 02 62021132547698f0 80 0006 f157 64400002", "bad_ie_value",
         false, true},
        {"32 09 LLLL 00000000 0001 0000", "unknown_type", false, true},
        {"72 09 0004 00000000 0001 0000", "unknown_version", false, true},
        {"40 24 LLLL 000001 00 49 0001 00 05", "missing_teid", true, true},
        {"48 24 LLLL 00000000 000001 00 49 0001 00 05", "zero_teid", true, true},
        {"48 01 LLLL 00000001 000001 00 03 0001 00 05", "unexpected_teid", true, true},
        {"40 01 LLLL 000001 00", "missing_mandatory_ie", true, true},
        {"40 01 LLLL 000001 00 03 0002 00 05", "ie_overrun", true, true},
        {"40 01 0003 000001 00", "malformed_traffic", true, false},
        {"43 01 LLLL 000001 00 03 0001 00 05", "bad_flags", true, true},
        {"48 a4 LLLL 00000001 000001 00 01 0008 00 6202113254f698f0", "bad_imsi", true, true},
        {"48 24 LLLL 00000001 000001 00 57 0005 00 8a 00000001", "bad_ie_value", true, true},
        {"48 24 LLLL 00000001 000001 00 5d 0010 00 5d 000c 00 5d 0008 00 5d 0004 00 49000100",
         "ie_too_deep", true, true},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig *r = NEW();
        bool good = rig_parse(r, C, written(cases[i].octets, cases[i].two ? 4 : 8));
        if (good != cases[i].good || (good && strcmp(rig_anomalies(r), cases[i].odd) != 0)) {
            fail_msg("%s: %d %s", cases[i].octets, good, rig_anomalies(r));
        }
        rig_free(r);
    }
    (void)state;
}

static void keys_are_not_told(void **state)
{
    struct rig *r = NEW();
    /* MM context; PAP with a password; both stay with the octets that are redacted */
    assert_true(rig_parse(r, C,
                          V1("32 33 LLLL 00000001 0001 0000 01 80 81 0004 deadbeef"
                             "84 000e 80 c023 0a 01 01 000a 02 'me' 02 'xy'")));
    IS("pco.user", "me");
    IS("ies[].secret", "deadbeef");
    assert_true(r->d->fields[rig_value(r, "ies[].secret", 0)->field].flags & TT_SECRET);
    assert_true(
        rig_parse(r, C, V2("48 83 LLLL 00000001 000001 00 02 0002 00 10 00 6b 0004 00 deadbeef")));
    IS("ies[].secret", "deadbeef");
    NAMED("ies[].type", "mm_context_eps");
    rig_free(r);
    (void)state;
}

static void other_heads(void **state)
{
    struct rig *r = NEW();
    /* version 0: 20 octets */
    assert_true(rig_parse(r, C, written("1e 01 0000 0007 0000 ff ffffff 0000000000000000", 0)));
    NUMBER("version", 0);
    NAMED("type", "echo_request");
    NUMBER("seq", 7);
    ODD("");
    /* GTP' of version 2's head of 6 octets: data record transfer */
    assert_true(rig_parse(r, C, written("2e f0 0002 0009 7e 01", 0)));
    NUMBER("prime", 1);
    NAMED("type", "data_record_transfer_request");
    NUMBER("seq", 9);
    ODD("");
    rig_free(r);
    (void)state;
}

static enum tt_probe asked(struct tt_bytes b)
{
    return tt_dissector_gtp.probe(b, C);
}

static void recognised(void **state)
{
    (void)state;
    assert_int_equal(asked(V1(CREATE_1)), TT_PROBE_YES);
    assert_int_equal(asked(V2(CREATE_2)), TT_PROBE_YES);
    struct tt_bytes echo = V1("32 01 LLLL 00000000 0007 0000"),
                    answer = V1("32 02 LLLL 00000000 0007 0000 0e 01"),
                    other = V1("32 02 LLLL 00000000 0008 0000 0e 01"),
                    next = V1("32 01 LLLL 00000000 0008 0000");
    assert_int_equal(asked(echo), TT_PROBE_MAYBE);
    assert_int_equal(asked(answer), TT_PROBE_MAYBE);
    assert_true(tt_dissector_gtp.confirm(echo, C, answer, S));
    assert_false(tt_dissector_gtp.confirm(echo, C, other, S));
    assert_false(tt_dissector_gtp.confirm(echo, C, answer, C));
    assert_true(tt_dissector_gtp.confirm(echo, C, next, C));
    assert_false(tt_dissector_gtp.confirm(echo, C, echo, C));
    struct tt_bytes packet = V1("30 ff LLLL 12345678 45000014 00000000 40ff0000 0a000001 08080808");
    assert_int_equal(asked(packet), TT_PROBE_MAYBE);
    assert_int_equal(asked(V1("30 ff LLLL 12345678 45000015 00000000 40ff0000 0a000001 08080808")),
                     TT_PROBE_PORT);
    assert_true(tt_dissector_gtp.confirm(packet, C, packet, C));
    assert_int_equal(asked(written("32 01 0009 00000000 0007 0000", 0)), TT_PROBE_PORT);
    assert_int_equal(asked(written("32 90 0004 00000000 0007 0000", 0)), TT_PROBE_NO);
    assert_int_equal(asked(written("ff", 0)), TT_PROBE_NO);
    assert_int_equal(asked(written("'GET / HTTP/1.1'", 0)), TT_PROBE_NO);
}

/* The types of the messages that a datagram to a port gives. */
struct types {
    char text[200];
};

static void log_type(void *ctx, struct tt_flow *f, struct tt_tx *tx, const struct tt_msg *m,
                     const struct tt_packet *p)
{
    struct types *t = ctx;
    (void)f, (void)tx, (void)p;
    for (unsigned i = 0; i < m->n_values; i++) {
        if (strcmp(m->dissector->fields[m->values[i].field].path, "*.type_number") == 0) {
            snprintf(t->text + strlen(t->text), 8, "%u ", (unsigned)m->values[i].u);
        }
    }
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

static const char *told(uint16_t port, unsigned n, const struct leg *legs)
{
    static struct types t;
    struct tt_dissect_options o = {.max_flows = 8, .max_octets = 1 << 20};
    struct tt_engine *e = tt_engine_new(&o, &(struct tt_dissect_sink){&t, log_type, ended, odd});
    struct tt_flow f = {.key = {.low_port = 40000, .high_port = port, .protocol = 17}};
    t.text[0] = 0;
    for (unsigned i = 0; i < n; i++) {
        tt_engine_datagram(e, &f, legs[i].direction, legs[i].octets, NULL);
    }
    tt_engine_end(e, &f);
    tt_engine_free(e);
    return t.text;
}

static void two_messages_in_a_datagram(void **state)
{
    (void)state;
    /* Create Session Response with Create Bearer Request behind it (TS 29.274, 5.5.1) */
    struct leg two = {C, written("58 21 000e 00000001 000001 00 02 0002 00 10 00"
                                 "48 5f 0011 00000001 000002 00 49 0001 00 05 5d 0000 00",
                                 0)};
    assert_string_equal(told(2123, 1, &two), "33 95 ");
    struct leg three[] = {{C, V1("32 01 LLLL 00000000 0007 0000")},
                          {S, V1("32 02 LLLL 00000000 0007 0000 0e 01")}};
    assert_string_equal(told(2123, 2, three), "1 2 ");
    assert_string_equal(told(50000, 2, three), "1 2 "); /* proven by the answer */
    assert_string_equal(told(50000, 1, three), "");
    struct leg create = {C, V2(CREATE_2)};
    assert_string_equal(told(50000, 1, &create), "32 ");
    /* what is announced behind it does not come, or is none */
    struct leg lone = {C, written("50 01 0009 000001 00 03 0001 00 05", 0)};
    assert_string_equal(told(2123, 1, &lone), "1 ");
    struct leg junk = {C, written("50 01 0009 000001 00 03 0001 00 05 00 01", 0)};
    assert_string_equal(told(2123, 1, &junk), "1 ");
}

/* Whatever the octets are: nothing is read past their end, what is told is sane (rig_sane). */
static void any_octets(void **state)
{
    const struct tt_bytes seeds[] = {V1(CREATE_1), V1(CREATED_1), V2(CREATE_2), V2(CREATED_2)};
    struct rig *r = NEW();
    uint32_t seed = 7;
    for (unsigned i = 0; i < 20000; i++) {
        uint8_t b[400];
        const struct tt_bytes *s = &seeds[i % 4];
        memcpy(b, s->p, s->n);
        for (unsigned k = 0; k < 1 + i % 3; k++) {
            seed = seed * 1664525 + 1013904223;
            b[(seed >> 16) % s->n] = (uint8_t)(seed >> 8);
        }
        uint32_t n = i % 5 ? s->n : (seed >> 4) % (s->n + 1);
        (void)rig_parse(r, i & 1 ? C : S, (struct tt_bytes){b, n});
    }
    rig_free(r);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(context_is_created),
        cmocka_unit_test(session_is_created),
        cmocka_unit_test(questions_and_answers),
        cmocka_unit_test(user_plane),
        cmocka_unit_test(gtp_in_gtp),
        cmocka_unit_test(violations),
        cmocka_unit_test(keys_are_not_told),
        cmocka_unit_test(other_heads),
        cmocka_unit_test(recognised),
        cmocka_unit_test(two_messages_in_a_datagram),
        cmocka_unit_test(any_octets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
