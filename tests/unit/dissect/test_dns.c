/* SPDX-License-Identifier: BSD-3-Clause
 *
 * DNS: names as RFC 1035 (4.1.4) joins them, records of RFC 1035, 2782, 3403, 3596, 4034 (4.3),
 * 6891, 7871 and 9460 (appendix D, octet for octet), what is forbidden, answers that do not fit
 * their question, what is recognised and when. Other expected values by arithmetic.
 */
#include "unit/dissect/sms_rig.h"

extern const struct tt_dissector tt_dissector_dns;

static struct tt_bytes hex(const char *text)
{
    return written(text, 0);
}

static struct rig *rig_of(enum tt_transport transport, bool seen_start)
{
    struct rig *r = rig_new(&tt_dissector_dns, seen_start);
    r->state[1] = (uint8_t)transport;
    return r;
}

#define UDP()   rig_of(TT_UDP, false)
#define EXAMPLE "07 'example' 03 'com' 00 "
#define WWW     "03 'www' " EXAMPLE
#define ASK     "1234 0100 0001 0000 0000 0000 " WWW "0001 0001 "
#define ANSWER  "1234 8180 0001 0001 0000 0000 " WWW "0001 0001 "
#define A_IS    "c00c 0001 0001 00000e10 0004 c0000201 "

static void question_and_answer(void **unused)
{
    struct rig *r = UDP();
    assert_true(rig_parse(r, C, hex(ASK)));
    KIND("request");
    NUMBER("version", 3);
    NAMED("type", "request");
    NUMBER("id", 0x1234);
    IS("flags", "100");
    NUMBER("rd", 1);
    NUMBER("qr", -1);
    NUMBER("opcode", 0);
    NUMBER("rcode", -1);
    IS("queries[].rrname", "www.example.com");
    NAMED("queries[].rrtype", "A");
    IS("query[].name", "www.example.com");
    IS("query_class[]", "1");
    ODD("");
    assert_int_equal(r->m.tx_role, TT_TX_ALONE);
    assert_true(rig_parse(r, S, hex(ANSWER A_IS)));
    KIND("response");
    IS("flags", "8180");
    NUMBER("qr", 1);
    NUMBER("ra", 1);
    NUMBER("aa", -1);
    NAMED("rcode", "NOERROR");
    IS("queries[].rrname", "www.example.com");
    IS("query[].name", "(none)");
    IS("answers[].rrname", "www.example.com");
    NAMED("answers[].rrtype", "A");
    NUMBER("answers[].ttl", 3600);
    IS("answers[].rdata", "192.0.2.1");
    IS("grouped.A[]", "192.0.2.1");
    IS("names[]", "www.example.com|www.example.com");
    NUMBER("counts.answers", 1);
    ODD("");
    /* over TCP: the length stands before it */
    struct rig *t = rig_of(TT_TCP, true);
    assert_true(rig_parse(t, C, hex("0021 " ASK)));
    assert_string_equal(rig_text(t, "queries[].rrname"), "www.example.com");
    assert_int_equal(rig_number(t, "length"), 33);
    assert_string_equal(rig_anomalies(t), "");
    rig_free(t);
    rig_free(r);
    (void)unused;
}

/* The names of RFC 1035, 4.1.4, eight octets nearer to the header. */
static void compression_of_the_rfc(void **unused)
{
    struct rig *r = UDP();
    assert_true(rig_parse(r, S,
                          hex("0001 8400 0000 0004 0000 0000 "
                              "01'F'03'ISI'04'ARPA'00 000a 0001 00000000 0000 "
                              "03'FOO'c00c 000a 0001 00000000 0000 "
                              "c012 000a 0001 00000000 0000 "
                              "00 000a 0001 00000000 0000")));
    IS("answers[].rrname", "F.ISI.ARPA|FOO.F.ISI.ARPA|ARPA|");
    IS("root[]", "<Root>");
    rig_free(r);
    (void)unused;
}

#define ONE(type, n, data)                                                                         \
    "1234 8180 0001 0001 0000 0000 " EXAMPLE type " 0001 c00c " type " 0001 0000003c " n " " data

static void forms_of_data(void **unused)
{
    static const struct {
        const char *type, *text, *message;
    } cases[] = {
        {"AAAA", "2001:db8::7", ONE("001c", "0010", "20010db8000000000000000000000007")},
        {"NS", "ns.example.com", ONE("0002", "0005", "02'ns'c00c")},
        {"CNAME", "a.b", ONE("0005", "0005", "01'a'01'b'00")},
        {"PTR", "host.example.com", ONE("000c", "0007", "04'host'c00c")},
        {"MX", "mail.example.com", ONE("000f", "0009", "000a 04'mail'c00c")},
        {"TXT", "v=spf1 -all", ONE("0010", "000d", "07'v=spf1 '04'-all'")},
        {"HINFO", "\"VAX\" \"UN\\\"IX\"", ONE("000d", "000a", "03'VAX'05'UN\"IX'")},
        {"RP", "me.example.com example.com", ONE("0011", "0007", "02'me'c00c c00c")},
        /* RFC 3403 */
        {"NAPTR", "100 50 \"s\" \"http+I2L\" \"\" _http._tcp.example.com",
         ONE("0023", "001d", "0064 0032 01's'08'http+I2L'00 05'_http'04'_tcp'c00c")},
        {"CAA", "0 issue \"ca.example.net\"", ONE("0101", "0015", "00 05'issue''ca.example.net'")},
        {"URI", "10 1 \"ftp://x\"", ONE("0100", "000b", "000a 0001 'ftp://x'")},
        {"DS", "60485 5 1 2bb183af", ONE("002b", "0008", "ec45 05 01 2bb183af")},
        {"TLSA", "3 1 1 0c72", ONE("0034", "0005", "03 01 01 0c72")},
        /* RFC 4034, 4.3 */
        {"NSEC", "host.example.com A MX RRSIG NSEC TYPE1234",
         ONE("002f", "0037",
             "04'host'07'example'03'com'00 0006400100000003 041b "
             "00000000000000000000000000000000000000000000000000 0020")},
        {"NSEC3PARAM", "1 0 12 aabbccdd", ONE("0033", "0009", "01 00 000c 04 aabbccdd")},
        /* RFC 9460, D.1 and D.2 */
        {"HTTPS", "0 foo.example.com", ONE("0041", "0013", "0000 03'foo'07'example'03'com'00")},
        {"SVCB", "1 .", ONE("0040", "0003", "0001 00")},
        {"SVCB", "16 foo.example.com port=53",
         ONE("0040", "0019", "0010 03'foo'07'example'03'com'00 0003 0002 0035")},
        {"SVCB", "1 foo.example.com key667=68656c6c6f",
         ONE("0040", "001c", "0001 03'foo'07'example'03'com'00 029b 0005 'hello'")},
        {"SVCB", "1 foo.example.com ipv6hint=2001:db8::1,2001:db8::53:1",
         ONE("0040", "0037",
             "0001 03'foo'07'example'03'com'00 0006 0020 20010db8000000000000000000000001"
             "20010db8000000000000000000530001")},
        {"SVCB", "16 foo.example.org mandatory=alpn,ipv4hint alpn=h2,h3-19 ipv4hint=192.0.2.1",
         ONE("0040", "0030",
             "0010 03'foo'07'example'03'org'00 0000 0004 0001 0004 "
             "0001 0009 02'h2'05'h3-19' 0004 0004 c0000201")},
    };
    struct rig *r = UDP();
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tt_bytes b = hex(cases[i].message);
        assert_true(rig_parse(r, S, b));
        NAMED("answers[].rrtype", cases[i].type);
        IS("answers[].rdata", cases[i].text);
        ODD("");
    }
    rig_free(r);
    (void)unused;
}

static void objects(void **unused)
{
    struct rig *r = UDP();
    assert_true(
        rig_parse(r, S, hex(ONE("0021", "0018", "0001 0002 1633 04'mqtt'07'example'03'com'00"))));
    NUMBER("answers[].srv.priority", 1);
    NUMBER("answers[].srv.weight", 2);
    NUMBER("answers[].srv.port", 5683);
    IS("answers[].srv.name", "mqtt.example.com");
    IS("grouped.SRV[].name", "mqtt.example.com");
    NUMBER("grouped.SRV[].port", 5683);
    IS("answers[].rdata", "(none)");
    ODD("");
    assert_true(rig_parse(
        r, S,
        hex(ONE("0006", "0020",
                "02'ns'c00c 04'root'c00c 00000001 00000e10 00000258 00093a80 0000003c"))));
    IS("answers[].soa.mname", "ns.example.com");
    IS("answers[].soa.rname", "root.example.com");
    NUMBER("answers[].soa.serial", 1);
    NUMBER("answers[].soa.refresh", 3600);
    NUMBER("answers[].soa.retry", 600);
    NUMBER("answers[].soa.expire", 604800);
    NUMBER("answers[].soa.minimum", 60);
    NUMBER("grouped.SOA[].minimum", 60);
    ODD("");
    assert_true(rig_parse(r, S, hex(ONE("002c", "0006", "01 02 0123abcd"))));
    NUMBER("answers[].sshfp.algo", 1);
    NUMBER("answers[].sshfp.type", 2);
    IS("answers[].sshfp.fingerprint", "01:23:ab:cd");
    /* the zone's SOA says how long a refusal may be kept */
    assert_true(
        rig_parse(r, S,
                  hex("1234 8183 0001 0000 0001 0000 " WWW "0001 0001 c010 0006 0001 00000384 0020 "
                      "02'ns'c010 04'root'c010 00000001 00000e10 00000258 00093a80 0000003c")));
    NAMED("rcode", "NXDOMAIN");
    IS("authorities[].rrname", "example.com");
    NUMBER("authorities[].soa.minimum", 60);
    IS("grouped.SOA[].mname", "(none)");
    rig_free(r);
    (void)unused;
}

static void extensions(void **unused)
{
    struct rig *r = UDP();
    /* RFC 6891, 6.1.2; RFC 7871, 6: 192.0.2.0/24; a cookie of 8 octets (RFC 7873) */
    assert_true(rig_parse(r, C,
                          hex("1234 0120 0001 0000 0000 0001 " WWW "001c 0001 "
                              "00 0029 04d0 00008000 0017 0008 0007 0001 18 00 c00002 "
                              "000a 0008 0102030405060708")));
    NAMED("additionals[].rrtype", "OPT");
    NUMBER("edns.udp_size", 1232);
    NUMBER("edns.do", 1);
    NUMBER("edns.version", 0);
    IS("edns.options[]", "8|10");
    IS("additionals[].rdata", "subnet=192.0.2.0/24 cookie=0102030405060708");
    NUMBER("authenticated", 1);
    ODD("");
    /* BADVERS: upper bits 1, version 1; twice */
    assert_true(
        rig_parse(r, S,
                  hex("1234 8180 0001 0000 0000 0002 " WWW "001c 0001 00 0029 0200 01010000 0000 "
                      "00 0029 0200 00000000 0000")));
    NUMBER("edns.extended_rcode", 1);
    ODD("misplaced_opt,edns_version");
    rig_free(r);
    (void)unused;
}

static void oddities(void **unused)
{
    static const struct {
        const char *message, *names;
    } cases[] = {
        {"1234 0140 0001 0000 0000 0000 " WWW "0001 0001", "z_flag_set"},
        {"1234 1900 0001 0000 0000 0000 " WWW "0001 0001", "invalid_opcode"},
        {"1234 0580 0001 0000 0000 0000 " WWW "0001 0001", "response_flags_in_query"},
        {"1234 0100 0002 0000 0000 0000 " WWW "0001 0001 c00c 001c 0001", "several_questions"},
        {"1234 0100 0002 0000 0000 0000 " WWW "0001 0001", "bad_counts,several_questions"},
        {"1234 0100 ffff 0000 0000 0000", "bad_counts,several_questions"},
        {ASK "00", "trailing_octets"},
        {"1234 0100 0001 0000 0000 0000 c00c 0001 0001", "infinite_loop"},
        {"1234 0100 0001 0000 0000 0000 01'a'c00c 0001 0001", "infinite_loop"},
        {"1234 0100 0001 0000 0000 0000 c012 0001 0001 00", "forward_pointer,trailing_octets"},
        {"1234 0100 0001 0000 0000 0000 01'a'c002 0001 0001", "pointer_into_header"},
        {"1234 0100 0001 0000 0000 0000 41'a'00 0001 0001", "bad_label,bad_counts"},
        {"1234 0100 0001 0000 0000 0000 03'a b'00 0001 0001", "odd_name"},
        {"1234 0100 0001 0000 0000 0000 03'a.b'00 0001 0001", "odd_name"},
        {"1234 0100 0001 0000 0000 0000 01'a'00 0001 0007", "odd_class"},
        {"1234 8180 0000 0001 0000 0000 01'a'00 0001 0001 00000000 0004 c0000201",
         "response_without_question"},
        {"1234 8185 0000 0000 0000 0000", ""},
        {ANSWER "c00c 0001 0001 80000000 0004 c0000201", "negative_ttl"},
        {ANSWER "c00c 0001 0001 00000001 0003 c00002", "bad_rdata"},
        {ANSWER "c00c 0001 0001 00000001 0005 c000020101", "bad_rdata"},
        {ANSWER "c00c 0005 0001 00000001 0002 01'a'", "bad_rdata"},
        {ANSWER "c00c 0001 0001 00000001 ffff c0000201", "bad_counts"},
        {ANSWER "01'a'00 0029 0001 00000001 0000", "misplaced_opt"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig *r = UDP();
        assert_true(rig_parse(r, cases[i].message[5] == '8' ? S : C, hex(cases[i].message)));
        ODD(cases[i].names);
        rig_free(r);
    }
    struct rig *r = UDP();
    assert_false(rig_parse(r, C, hex("1234 0100 0001 0000 0000 00")));
    /* 255 octets are a name, 256 are none: 63 * 3 + 61 and 62, with lengths and the end */
    for (unsigned last = 61; last <= 62; last++) {
        uint8_t b[300] = {0x12, 0x34, 1, 0, 0, 1};
        uint32_t n = 12;
        for (unsigned i = 0; i < 4; i++) {
            uint8_t size = (uint8_t)(i < 3 ? 63 : last);
            b[n] = size;
            memset(b + n + 1, 'x', size);
            n += size + 1u;
        }
        b[n + 2] = b[n + 4] = 1;
        assert_true(rig_parse(r, C, (struct tt_bytes){b, n + 5}));
        ODD(last == 61 ? "" : "name_too_long");
        assert_int_equal(rig_value(r, "queries[].rrname", 0)->n, last == 61 ? 253 : 191);
    }
    rig_free(r);
    /* a chain of pointers, each to the one before: followed 127 times, no more */
    uint8_t chain[1200] = {0x12, 0x34, 0x81, 0x80, 0, 0, 0, 2};
    uint32_t n = 12;
    memcpy(chain + n, "\0\0\12\0\1\0\0\0\0\2\1", 11); /* root, NULL, 513 octets */
    n += 11;
    memcpy(chain + n, "\1a", 3);
    n += 3;
    for (unsigned i = 0; i < 255; i++, n += 2) {
        uint32_t to = i ? n - 2 : 23;
        chain[n] = (uint8_t)(0xc0 | to >> 8);
        chain[n + 1] = (uint8_t)to;
    }
    memcpy(chain + n, "\xc2\x0a\0\1\0\1\0\0\0\0\0\4\1\2\3\4", 16); /* 0x20a = 522: the last */
    r = UDP();
    assert_true(rig_parse(r, S, (struct tt_bytes){chain, n + 16}));
    ODD("too_many_pointers,response_without_question");
    rig_free(r);
    (void)unused;
}

static void pairs(void **unused)
{
    struct rig *r = UDP();
    assert_true(rig_parse(r, C, hex(ASK)));
    assert_true(rig_parse(r, S, hex(ANSWER A_IS)));
    ODD("");
    assert_true(rig_parse(r, S, hex(ANSWER "c00c 0001 0001 00000e10 0004 0a000001")));
    ODD("answered_twice");
    assert_true(rig_parse(r, C, hex(ASK))); /* again */
    assert_true(rig_parse(r, S, hex(ANSWER A_IS)));
    ODD("");
    assert_true(rig_parse(r, S, hex("1234 8180 0001 0000 0000 0000 04 'evil' 00 0001 0001")));
    ODD("mismatched_question");
    assert_true(rig_parse(r, S, hex("1235 8180 0001 0000 0000 0000 " WWW "0001 0001")));
    ODD("unsolicited_response");
    /* letters in another case are the same name (RFC 1035, 2.3.3) */
    assert_true(rig_parse(r, C, hex("7777 0100 0001 0000 0000 0000 03 'WwW' 00 0001 0001")));
    assert_true(rig_parse(r, S, hex("7777 8180 0001 0000 0000 0000 03 'wWw' 00 0001 0001")));
    ODD("");
    assert_true(rig_parse(r, C, hex("7778 0100 0001 0000 0000 0000 04 '@[AZ' 00 0001 0001")));
    assert_true(rig_parse(r, S, hex("7778 8180 0001 0000 0000 0000 04 '@[az' 00 0001 0001")));
    ODD("");
    assert_true(rig_parse(r, S, hex("7778 8180 0001 0000 0000 0000 04 '`[az' 00 0001 0001")));
    ODD("mismatched_question");
    rig_free(r);
    /* nothing is known of a flow that begins with an answer */
    r = UDP();
    assert_true(rig_parse(r, S, hex(ANSWER A_IS)));
    ODD("");
    rig_free(r);
    /* who may say what, where the start of the connection was seen */
    r = rig_of(TT_TCP, true);
    assert_true(rig_parse(r, C, hex("0031 " ANSWER A_IS)));
    ODD("not_request");
    assert_true(rig_parse(r, S, hex("0021 " ASK)));
    ODD("not_response");
    rig_free(r);
    /* mDNS: several questions, unicast wanted, answers without questions */
    r = UDP();
    assert_true(
        rig_parse(r, C,
                  hex("0000 0000 0002 0000 0000 0000 05'_coap'04'_udp'05'local'00 000c 8001 "
                      "c00c 0010 0001")));
    IS("queries[].rrname", "_coap._udp.local|_coap._udp.local");
    IS("unicast_wanted[]", "1|0");
    IS("query_class[]", "1|1");
    ODD("");
    assert_true(
        rig_parse(r, S,
                  hex("0000 8400 0000 0001 0000 0000 05'a b c'05'local'00 0001 8001 00000078 0004 "
                      "0a000001")));
    IS("cache_flush[]", "1");
    ODD("");
    rig_free(r);
    (void)unused;
}

static void recognised(void **unused)
{
    const enum tt_direction asks[] = {C, S};
    const char *const good[] = {ASK}, *const answered[] = {ANSWER A_IS};
    const char *const strange[] = {"1234 0140 0001 0000 0000 0000 03'a b'00 0001 0001",
                                   "1234 8140 0001 0000 0000 0000 03'a b'00 0001 0001"};
    const char *const cut[] = {"1234 0100 0001 0000 0000 0000 03'www' "};
    const char *const netbios[] = {"1234 0110 0001 0000 0000 0000 "
                                   "20'CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'00 0021 0001"};
    assert_string_equal(takes(good, asks, 1, 53), "dns");
    assert_string_equal(takes(good, asks, 1, 41053), "dns");
    assert_string_equal(takes(answered, asks, 1, 41053), "dns");
    assert_string_equal(takes(strange, asks, 1, 53), "dns");
    assert_string_equal(takes(strange, asks, 1, 41053), "");
    assert_string_equal(takes(strange, asks, 2, 41053), "dns");
    assert_string_equal(takes(cut, asks, 1, 53), "dns");
    assert_string_equal(takes(cut, asks, 1, 41053), "");
    assert_string_equal(takes(netbios, asks, 1, 41053), "");
    (void)unused;
}

/* Whole, in pieces, or an octet at a time: the same is told. */
static void streams(void **unused)
{
    const char *speaks;
    struct leg legs[] = {{C, hex("0021 " ASK "0021 " ASK)},
                         {S, hex("0031 " ANSWER A_IS "0031 " ANSWER A_IS)},
                         {C, hex("0021 " ASK)}};
    char *whole = hear(legs, 3, 4000, 41053, true, &speaks);
    assert_string_equal(speaks, "dns");
    for (uint32_t step = 1; step < 40; step += 3) {
        char *parts = hear(legs, 3, step, 41053, true, &speaks);
        assert_string_equal(speaks, "dns");
        assert_string_equal(parts, whole);
        free(parts);
    }
    free(whole);
    (void)unused;
}

/* Every cut and every changed octet is survived; the rig looks at all values. */
static void damaged(void **unused)
{
    struct rig *r = UDP();
    const char *const packets[] = {
        ANSWER A_IS,
        ONE("0023", "001d", "0064 0032 01's'08'http+I2L'00 05'_http'04'_tcp'c00c"),
        ONE("0040", "0030",
            "0010 03'foo'07'example'03'org'00 0000 0004 0001 0004 0001 0009 02'h2'05'h3-19' "
            "0004 0004 c0000201"),
        "1234 0120 0001 0000 0000 0001 " WWW "001c 0001 00 0029 04d0 00008000 0017 0008 0007 "
        "0001 18 00 c00002 000a 0008 0102030405060708",
        ONE("0006", "0020", "02'ns'c00c 04'root'c00c 00000001 00000e10 00000258 00093a80 0000003c"),
    };
    for (unsigned k = 0; k < sizeof packets / sizeof *packets; k++) {
        struct tt_bytes whole = hex(packets[k]);
        for (uint32_t i = 0; i < whole.n; i++) {
            (void)rig_parse(r, C, (struct tt_bytes){whole.p, i});
            for (unsigned v = 0; v < 256; v++) {
                uint8_t changed[512];
                memcpy(changed, whole.p, whole.n);
                changed[i] = (uint8_t)v;
                assert_true(rig_parse(r, i % 2 ? C : S, (struct tt_bytes){changed, whole.n}));
            }
        }
    }
    /* more records than a message has room for: told */
    static uint8_t many[12 + 12 * 2000] = {0, 1, 0x81, 0x80, 0, 0, 7, 0xd0};
    for (uint32_t at = 12; at + 12 <= sizeof many; at += 12) {
        memcpy(many + at, "\xc0\x0c\0\x63\0\1\0\0\0\0\0", 12);
    }
    assert_true(rig_parse(r, S, (struct tt_bytes){many, sizeof many}));
    assert_true(r->m.overflow);
    rig_free(r);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(question_and_answer),
        cmocka_unit_test(compression_of_the_rfc),
        cmocka_unit_test(forms_of_data),
        cmocka_unit_test(objects),
        cmocka_unit_test(extensions),
        cmocka_unit_test(oddities),
        cmocka_unit_test(pairs),
        cmocka_unit_test(recognised),
        cmocka_unit_test(streams),
        cmocka_unit_test(damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
