/* SPDX-License-Identifier: BSD-3-Clause
 *
 * TLS: the trace of RFC 8448 (3), the published examples of JA3 and JA4, a certificate as openssl
 * prints it, messages over several records, what is weak, what is forbidden, framing and
 * recognising. Other expected values by arithmetic from RFC 5246 and 8446.
 */
#include "unit/dissect/tls_rig.h"

#define NEW()         rig_new(&tt_dissector_tls, true)
#define TAKE(d, text) assert_true(rig_parse(r, d, octets(text)))

static void trace_of_the_rfc(void **unused)
{
    struct rig *r = NEW();
    TAKE(C, trace_client);
    KIND("client_hello");
    IS("sni", "server");
    IS("ja3.string",
       "771,4865-4867-4866,0-65281-10-35-51-43-13-45-28,29-23-24-25-256-257-258-259-260,");
    IS("hello_suite[]", "4865|4867|4866");
    IS("supported_version[]", "772");
    ODD("");
    assert_int_equal(r->m.tx_role, TT_TX_OPEN);
    uint32_t key = r->m.tx_key;
    TAKE(S, trace_server);
    KIND("server_hello");
    NAMED("version", "TLS 1.3");
    IS("cipher", "TLS_AES_128_GCM_SHA256");
    NUMBER("cipher_code", 0x1301);
    NAMED("group", "x25519");
    IS("ja3s.string", "771,4865,51-43");
    ODD("");
    assert_int_equal(r->m.tx_role, TT_TX_MORE);
    assert_int_equal(r->m.tx_key, key);
    TAKE(S, "14 0303 0001 01");
    assert_int_equal(r->m.tx_role, TT_TX_NONE);
    TAKE(S, "17 0303 0100"); /* all but its header is passed over */
    KIND("record");
    IS("record_type[]", "(none)"); /* hidden */
    TAKE(C, "17 0303 0035");
    KIND("end");
    assert_int_equal(r->m.tx_role, TT_TX_LAST);
    NAMED("posture", "ok");
    IS("reasons[]", "(none)");
    TAKE(C, "17 0303 0043");
    assert_int_equal(r->m.tx_role, TT_TX_NONE);
    rig_free(r);
    (void)unused;
}

/* The second example has no extensions at all; the first as if of the same client. */
static void examples_of_ja3(void **unused)
{
    struct rig *r = NEW();
    TAKE(C, HANDSHAKE_OF("01", "0301" R32 "00 <2 0004 0005 000a 0009 0064 0062 0003 0006 0013 0012"
                               "0063 > 0100"));
    IS("ja3.string", "769,4-5-10-9-100-98-3-6-19-18-99,,,");
    IS("ja3.hash", "de350869b8c85de67a350c8d186f11e6");
    rig_free(r);
    r = NEW();
    TAKE(C, CLIENT("0301", "", "002f 0035 0005 000a c009 c00a c013 c014 0032 0038 0013 0004",
                   "0000<2<2 00<2'a'>>> 000a<2<2 0017 0018 0019>> 000b<2<1 00>>"));
    IS("ja3.string", "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0");
    IS("ja3.hash", "ada70206e40642a3e4461f35503241d5");
    rig_free(r);
    (void)unused;
}

/* FoxIO's technical description of JA4: with values of RFC 8701 among the others. */
static void example_of_ja4(void **unused)
{
    struct rig *r = NEW();
    TAKE(C,
         CLIENT("0303", "",
                "0a0a 1301 1302 1303 c02b c02f c02c c030 cca9 cca8 c013 c014 009c 009d 002f 0035",
                "1a1a0000 001b<2> 0000<2<2 00<2'a'>>> 0033<2> 0010<2<2<1'h2'><1'http/1.1'>>>"
                "4469<2> 0017<2> 002d<2> 000d<2<2 0403 0804 0401 0503 0805 0501 0806 0601>>"
                "0005<2> 0023<2> 0012<2> 002b<2<1 2a2a 0304 0303>> ff01<2> 000b<2<1 00>>"
                "000a<2<2 001d 0017>> 0015<2>"));
    IS("ja4", "t13d1516h2_8daaf6152771_e5627efa2ab1");
    IS("client_alpns[]", "h2|http/1.1");
    rig_free(r);
    (void)unused;
}

static void certificate(void **unused)
{
    struct rig *r = NEW();
    r->m.time = INT64_C(1795323083) * 1000000000; /* 2026-11-22T04:51:23Z */
    TAKE(C, CLIENT("0303", "", "c02b", "000d0004 00020403"));
    TAKE(S, SERVER("0303", "", "c02b", "0010<2<2<1'mqtt'>>>"));
    NAMED("version", "TLS 1.2");
    IS("alpn", "mqtt");
    IS("cipher", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    TAKE(S, HANDSHAKE_OF("0b", "<3<3" CERTIFICATE_OF_METER ">>"));
    KIND("server_certificate");
    IS("subject", "C=DE, O=Z\xc3\xa4hler AG, CN=meter.example");
    IS("issuerdn", "C=DE, O=Z\xc3\xa4hler AG, CN=meter.example");
    IS("serial", "00:FE:01");
    IS("fingerprint", "53:0b:9b:68:6c:98:99:1e:27:9c:3e:34:b2:a7:ab:e4:57:73:ff:4a");
    IS("notbefore", "2026-11-22T04:51:22");
    IS("notafter", "2027-11-22T04:51:22");
    IS("subjectaltname[]", "meter.example|192.0.2.1");
    NAMED("key.type", "ec");
    NUMBER("key.bits", 256);
    NAMED("signature", "sha256_ecdsa");
    NUMBER("chain_length", 1);
    ODD("");
    TAKE(S, HANDSHAKE_OF("0c", "03 0017 <1 04>"));
    NAMED("group", "secp256r1");
    TAKE(C, HANDSHAKE_OF("0b", "<3<3" CERTIFICATE_OF_METER ">>"));
    NUMBER("client_certificate", 1);
    IS("client.subject", "C=DE, O=Z\xc3\xa4hler AG, CN=meter.example");
    TAKE(C, RECORD_OF("14", "01"));
    assert_int_equal(r->m.tx_role, TT_TX_NONE);
    TAKE(C, RECORD_OF("16", R32)); /* encrypted: only its header is looked at */
    ODD("");
    TAKE(S, RECORD_OF("14", "01"));
    assert_int_equal(r->m.tx_role, TT_TX_LAST);
    NAMED("posture", "weak");
    NUMBER("reasons[]", 15);
    NAMED("reasons[]", "self_signed");
    rig_free(r);
    (void)unused;
}

/* The same, looked at before and after it is valid; 1795323082 is its first second. */
static void validity(void **unused)
{
    static const struct {
        int64_t time;
        const char *reason;
    } cases[] = {{1795323081, "not_yet_valid"},
                 {1795323082, "self_signed"},
                 {1826859082, "self_signed"},
                 {1826859083, "expired"}};
    for (unsigned i = 0; i < 4; i++) {
        struct rig *r = NEW();
        r->m.time = cases[i].time * 1000000000;
        TAKE(S, SERVER("0303", "", "c02b", ""));
        TAKE(S, HANDSHAKE_OF("0b", "<3<3" CERTIFICATE_OF_METER ">>"));
        TAKE(C, RECORD_OF("14", "01"));
        TAKE(S, RECORD_OF("14", "01"));
        NAMED("reasons[]", cases[i].reason);
        rig_free(r);
    }
    (void)unused;
}

static void judged(const char *version, const char *suite, const char *posture, const char *reasons)
{
    struct rig *r = NEW();
    char text[400];
    snprintf(text, sizeof text, "16 0301 <2 02 <3 %s" R32 "00 %s 00>>", version, suite);
    TAKE(S, text);
    TAKE(C, RECORD_OF("14", "01"));
    TAKE(S, RECORD_OF("14", "01"));
    NAMED("posture", posture);
    IS("reasons[]", reasons);
    rig_free(r);
}

/* Numbers of reasons: as in the rows. */
static void postures(void **unused)
{
    judged("0303", "c02f", "ok", "(none)");
    judged("0303", "c0a8", "weak", "12"); /* PSK_WITH_AES_128_CCM_8 */
    judged("0303", "009c", "weak", "12"); /* RSA_WITH_AES_128_GCM_SHA256 */
    judged("0302", "c013", "obsolete", "0");
    judged("0300", "0004", "obsolete", "0|4|7|12"); /* RSA_WITH_RC4_128_MD5 */
    judged("0303", "0003", "obsolete", "2|4|7|12"); /* RSA_EXPORT_WITH_RC4_40_MD5 */
    judged("0303", "0034", "obsolete", "3");        /* DH_anon_WITH_AES_128_CBC_SHA */
    judged("0303", "c012", "weak", "8");            /* ECDHE_RSA_WITH_3DES_EDE_CBC_SHA */
    judged("0303", "003b", "obsolete", "1|12");     /* RSA_WITH_NULL_SHA256 */
    judged("0301", "0009", "obsolete", "0|6|12");   /* RSA_WITH_DES_CBC_SHA */
    (void)unused;
}

static void keys_shared_before(void **unused)
{
    struct rig *r = NEW();
    TAKE(C, CLIENT("0303", "", "00ae c037", ""));
    TAKE(S, SERVER("0303", "", "c037", "")); /* ECDHE_PSK_WITH_AES_128_CBC_SHA256 */
    TAKE(S, HANDSHAKE_OF("0c", "<2'hint'> 03 001d <1 05>"));
    IS("psk_identity_hint", "hint");
    NAMED("group", "x25519");
    TAKE(C, HANDSHAKE_OF("10", "<2'meter-7'> <1 05>"));
    IS("psk_identity", "meter-7");
    assert_true(r->m.identity >= 0);
    rig_free(r);
    r = NEW(); /* TLS 1.3: from elsewhere without an age, of an earlier session with one */
    TAKE(C,
         CLIENT("0303", "", "1301", "002b<2<1 0304>> 0029<2<2<2'meter-8'> 00000000> <2<1 00>>>"));
    IS("psk_identity", "meter-8");
    TAKE(S, SERVER("0303", "", "1301", "002b<2 0304> 0029<2 0000>"));
    IS("session_resumed", "(none)");
    rig_free(r);
    r = NEW();
    TAKE(C, CLIENT("0303", "", "1301", "002b<2<1 0304>> 0029<2<2<2'ticket'> 00000001> <2<1 00>>>"));
    IS("psk_identity", "(none)");
    TAKE(S, SERVER("0303", "", "1301", "002b<2 0304> 0029<2 0000>"));
    NUMBER("session_resumed", 1);
    rig_free(r);
    r = NEW(); /* TLS 1.2: the session that the client named */
    TAKE(C, CLIENT("0303", "0102", "c02f", ""));
    TAKE(S, SERVER("0303", "0102", "c02f", ""));
    NUMBER("session_resumed", 1);
    TAKE(S, RECORD_OF("14", "01"));
    TAKE(C, RECORD_OF("14", "01"));
    assert_int_equal(r->m.tx_role, TT_TX_LAST);
    rig_free(r);
    (void)unused;
}

/* RFC 8446, 4.1.4: the random of a HelloRetryRequest is the SHA-256 of its name. */
static void hello_again(void **unused)
{
    struct rig *r = NEW();
    TAKE(C, trace_client);
    TAKE(S,
         HANDSHAKE_OF("02", "0303 cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
                            "00 1301 00 <2 002b<2 0304> 0033<2 0017>>"));
    KIND("hello_again");
    NUMBER("retry", 1);
    IS("version", "(none)");
    TAKE(C, trace_client);
    IS("sni", "(none)"); /* told once, but shown */
    IS("hello_sni[]", "server");
    assert_int_equal(r->m.tx_role, TT_TX_NONE);
    TAKE(S, trace_server);
    NAMED("version", "TLS 1.3");
    rig_free(r);
    (void)unused;
}

/* One message over three records, of which the first has not even its header. */
static void message_in_parts(void **unused)
{
    struct rig *r = NEW();
    struct tt_bytes whole = octets("02 <3 0303" R32 "00 c02f 00>");
    uint32_t cuts[] = {0, 2, 20, whole.n};
    for (unsigned i = 0; i < 3; i++) {
        uint8_t record[100] = {0x16, 3, 3, 0, (uint8_t)(cuts[i + 1] - cuts[i])};
        memcpy(record + 5, whole.p + cuts[i], cuts[i + 1] - cuts[i]);
        assert_true(rig_parse(r, S, (struct tt_bytes){record, 5 + cuts[i + 1] - cuts[i]}));
        assert_string_equal(rig_kind(r), i < 2 ? "record" : "server_hello");
    }
    NAMED("version", "TLS 1.2");
    IS("handshake_type[]", "2");
    ODD("");
    assert_int_equal(r->more.pieces.used, 0); /* given back */
    rig_free(r);
    (void)unused;
}

static void long_message(void **unused)
{
    /* A certificate, and a chain behind it that is longer than what is kept. */
    static uint8_t record[20000];
    struct rig *r = NEW();
    struct tt_bytes first = octets("<3" CERTIFICATE_OF_METER ">");
    uint32_t chain = 12000, body = 3 + first.n + 3 + chain;
    uint8_t *p = record;
    const uint8_t head[] = {0x16,
                            3,
                            3,
                            0x20,
                            0,
                            11,
                            0,
                            (uint8_t)(body >> 8),
                            (uint8_t)body,
                            0,
                            (uint8_t)((body - 3) >> 8),
                            (uint8_t)(body - 3)};
    memcpy(p, head, sizeof head);
    memcpy(p + sizeof head, first.p, first.n);
    p[sizeof head + first.n + 1] = (uint8_t)(chain >> 8);
    p[sizeof head + first.n + 2] = (uint8_t)chain;
    TAKE(S, SERVER("0303", "", "c02b", ""));
    assert_true(rig_parse(r, S, (struct tt_bytes){record, 5 + 0x2000}));
    KIND("record");
    uint32_t left = 4 + body - 0x2000;
    uint8_t next[6000] = {0x16, 3, 3, (uint8_t)(left >> 8), (uint8_t)left};
    assert_true(rig_parse(r, S, (struct tt_bytes){next, 5 + left}));
    KIND("server_certificate");
    IS("serial", "00:FE:01");
    IS("chain_length", "(none)");
    ODD("handshake_message_cut");
    rig_free(r);
    (void)unused;
}

static void violations(void **unused)
{
    struct rig *r = NEW();
    TAKE(C, CLIENT("0303", "", "c02b00", ""));
    ODD("invalid_cipher_suites");
    TAKE(C, CLIENT("0303", "", "c02b", "0000<2<2 00<2>>>"));
    ODD("invalid_sni");
    TAKE(C, CLIENT("0303", "", "c02b", "0010<2<2<1>>>"));
    ODD("invalid_extension");
    TAKE(C, CLIENT("0303", "", "c02b", "0017<2> 0017<2>"));
    ODD("repeated_extension");
    TAKE(C, HANDSHAKE_OF("01", "0303" R32 "<1 00>"));
    ODD("invalid_handshake_message");
    TAKE(S, RECORD_OF("15", "0302"));
    ODD("error_message_encountered");
    TAKE(S, RECORD_OF("14", "02"));
    ODD("invalid_change_cipher_spec");
    rig_free(r);
    r = NEW();
    TAKE(C, CLIENT("0303", "", "c02b", ""));
    TAKE(S, SERVER("0303", "", "c02b", ""));
    TAKE(C, "18 0302 0003 01 4000"); /* as the first of them asked */
    ODD("invalid_heartbeat_message,overflow_heartbeat_message");
    TAKE(C, "18 0303 0017 01 0004");
    ODD("");
    TAKE(S, HANDSHAKE_OF("0b", "<3<3 30 82 ffff>>"));
    ODD("certificate_invalid");
    TAKE(C, RECORD_OF("15", "0230"));
    KIND("failure");
    NAMED("alert.description", "unknown_ca");
    NAMED("alert.level", "fatal");
    NAMED("alert.by", "client");
    NAMED("posture", "ok");
    assert_int_equal(r->m.tx_role, TT_TX_LAST);
    rig_free(r);
    (void)unused;
}

/* Who opened the flow is not known: the hellos tell who is the server. */
static void sides(void **unused)
{
    struct rig *r = rig_new(&tt_dissector_tls, false);
    TAKE(C, SERVER("0303", "", "c02b", ""));
    assert_int_equal(r->m.tx_asker, S);
    TAKE(C, HANDSHAKE_OF("0b", "<3<3" CERTIFICATE_OF_METER ">>"));
    KIND("server_certificate");
    rig_free(r);
    (void)unused;
}

/* RFC 6101, E.1. */
static void hello_of_ssl2(void **unused)
{
    struct rig *r = NEW();
    TAKE(C, "80 1c 01 0002 0003 0000 0010 010080"
            "000102030405060708090a0b0c0d0e0f");
    assert_int_equal(r->m.tx_role, TT_TX_OPEN);
    TAKE(S, "80 0e 04 00 01 0002 0000 0003 0000 010080");
    NAMED("version", "SSLv2");
    NAMED("posture", "obsolete");
    assert_int_equal(r->m.tx_role, TT_TX_LAST);
    rig_free(r);
    (void)unused;
}

#define LENGTH(text, passed) assert_true(d->unit_length(state, octets(text), 0, C) == (passed))

static void lengths(void **unused)
{
    static const uint8_t state[256];
    const struct tt_dissector *d = &tt_dissector_tls;
    LENGTH("16 0303 00", 0);
    LENGTH("16 0303 0040 01", TT_UNIT_PASS(5 + 64, 0));
    LENGTH("17 0303 4001", TT_UNIT_PASS(5, 16385));
    LENGTH("18 0303 0064 01", TT_UNIT_PASS(5 + 3, 97));
    LENGTH("17 0303 4801", -1); /* RFC 5246, 6.2.3: 2^14 + 2048 */
    LENGTH("17 0203 0001", -1);
    LENGTH("80 1c 01 0002 0003 0000 0010 0100", 30);
    (void)unused;
}

static void recognised(void **unused)
{
    const struct tt_dissector *d = &tt_dissector_tls;
    assert_int_equal(d->probe(octets(trace_client), C), TT_PROBE_YES);
    assert_int_equal(d->probe(octets("16 0301 0040 01 00003c 0303"), C), TT_PROBE_YES);
    assert_int_equal(d->probe(octets("16 0301 0040"), C), TT_PROBE_MAYBE);
    assert_int_equal(d->probe(octets("17 0303 0040"), C), TT_PROBE_MAYBE);
    assert_int_equal(d->probe(octets("14 0303 0002"), C), TT_PROBE_NO);
    assert_int_equal(d->probe(octets("10 0303"), C), TT_PROBE_NO);
    (void)unused;
}

/* From hello to the end: whatever the pieces, also behind another protocol's octets. */
static void however_it_is_cut(void **unused)
{
    const struct leg legs[] = {
        {S, octets("'220 ready' 0d0a")},
        {C, octets("'STARTTLS' 0d0a")},
        {C, octets(trace_client)},
        {S, octets(trace_server)},
        {S, octets("14 0303 0001 01 17 0303 <2" R32 R32 "> 17 0303 <2" R32 ">")},
        {C, octets("17 0303 <2" R32 "> 17 0303 <2" R32 R32 R32 ">")},
    };
    const char *speaks;
    for (unsigned from = 0; from < 3; from += 2) {
        char *whole = hear(legs + from, 6 - from, 100000, 9999, true, &speaks);
        assert_string_equal(speaks, "tls");
        assert_non_null(strstr(whole, "end 0 0\n"));
        assert_null(strstr(whole, "anomaly"));
        for (uint32_t step = 1; step < 40; step += 3) {
            char *cut = hear(legs + from, 6 - from, step, 9999, true, &speaks);
            assert_string_equal(cut, whole);
            free(cut);
        }
        free(whole);
    }
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trace_of_the_rfc),
        cmocka_unit_test(examples_of_ja3),
        cmocka_unit_test(example_of_ja4),
        cmocka_unit_test(certificate),
        cmocka_unit_test(validity),
        cmocka_unit_test(postures),
        cmocka_unit_test(keys_shared_before),
        cmocka_unit_test(hello_again),
        cmocka_unit_test(message_in_parts),
        cmocka_unit_test(long_message),
        cmocka_unit_test(violations),
        cmocka_unit_test(hello_of_ssl2),
        cmocka_unit_test(lengths),
        cmocka_unit_test(recognised),
        cmocka_unit_test(however_it_is_cut),
        cmocka_unit_test(sides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
