/* SPDX-License-Identifier: BSD-3-Clause
 *
 * CIMD2: requests and responses built by hand, what is read out of them, what is forbidden, how
 * frames end. Expected: CIMD interface specification 8.0 (5: parameters, 8: characters), sums by
 * arithmetic; the first two frames are Kannel's.
 */
#include "unit/dissect/sms_rig.h"

extern const struct tt_dissector tt_dissector_cimd2;

/* STX, the text ('|' stands for TAB) with its sum, ETX. The last 16 stay valid. */
static struct tt_bytes frame(const char *text)
{
    static uint8_t ring[16][4096];
    static unsigned next;
    uint8_t *p = ring[next++ % 16];
    uint32_t n = 0;
    unsigned total = 0;
    char sum[3];
    p[n++] = 2;
    for (; *text; text++) {
        p[n++] = *text == '|' ? 9 : (uint8_t)*text;
    }
    for (uint32_t i = 0; i < n; i++) {
        total += p[i];
    }
    snprintf(sum, sizeof sum, "%02X", total & 0xff);
    memcpy(p + n, sum, 2);
    p[n + 2] = 3;
    return (struct tt_bytes){p, n + 3};
}
#define RAW(octets) ((struct tt_bytes){(const uint8_t *)(octets), sizeof(octets) - 1})
#define NEW(start)  rig_new(&tt_dissector_cimd2, start)

static struct rig *logged_in(void)
{
    struct rig *r = NEW(true);
    assert_true(rig_parse(r, C, frame("01:001|010:foo|011:bar|")));
    ODD("");
    assert_true(rig_parse(r, S, frame("51:001|")));
    ODD("");
    return r;
}

static void logins(void **unused)
{
    struct rig *r = NEW(true);
    assert_true(rig_parse(r, C,
                          RAW("\x02"
                              "01:001\t010:foo\t011:bar\t59\x03")));
    ODD("");
    KIND("request");
    NAMED("operation", "login");
    NUMBER("packet", 1);
    IS("user", "foo");
    IS("password", "bar");
    NUMBER("checksum", 0x59);
    NUMBER("checksum_ok", 1);
    IS("parameters[].number", "010|011");
    assert_true(r->d->fields[rig_value(r, "password", 0)->field].flags & TT_SECRET);
    assert_ptr_equal(&r->m.values[r->m.identity], rig_value(r, "user", 0));
    assert_int_equal(r->m.tx_role, TT_TX_OPEN);
    assert_int_equal(r->m.tx_key, 1);
    assert_true(rig_parse(r, S,
                          RAW("\x02"
                              "51:001\t3C\x03")));
    ODD("");
    KIND("response");
    NAMED("operation", "login_resp");
    assert_int_equal(r->m.tx_role, TT_TX_LAST);
    assert_true(rig_parse(r, C, frame("01:003|010:foo|011:bar|012:a|019:9|")));
    ODD("second_login");
    IS("subaddress", "a");
    IS("window", "9");
    rig_free(r);
    r = NEW(true);
    assert_true(rig_parse(r, C, frame("03:001|021:49|033:x|")));
    ODD("not_logged_in");
    assert_true(rig_parse(r, C, frame("01:003|010:foo|011:no|")));
    assert_true(rig_parse(r, S, frame("51:003|900:100|901:invalid login|")));
    ODD("");
    NAMED("error_code", "invalid_login");
    IS("error_text", "invalid login");
    assert_true(rig_parse(r, C, frame("40:005|")));
    ODD("not_logged_in");
    rig_free(r);
    r = NEW(false);
    assert_true(rig_parse(r, C, frame("03:001|021:49|033:x|")));
    ODD("");
    rig_free(r);
    (void)unused;
}

static void messages(void **unused)
{
    struct rig *r = logged_in();
    assert_true(rig_parse(r, C,
                          frame("03:003|021:+4917|021:+4918|023:4711|027:METER|052:64|055:1|056:14|"
                                "050:10|053:5|058:1|044:0|067:2|064:1|065:s|030:16|033:hello|")));
    ODD("");
    NAMED("operation", "submit");
    IS("destination", "+4917");
    IS("destinations[]", "+4918");
    IS("originating", "4711");
    IS("originator", "METER");
    IS("protocol_id", "64");
    IS("reply_path", "1");
    IS("status_report", "14");
    NUMBER("dcs", 16);
    NAMED("class", "flash");
    IS("text", "hello");
    assert_ptr_equal(&r->m.values[r->m.stream], rig_value(r, "destination", 0));
    assert_ptr_equal(&r->m.values[r->m.payload], rig_value(r, "text", 0));
    assert_true(rig_parse(r, S, frame("53:003|021:+4917|060:261121201818|")));
    IS("timestamp", "261121201818");
    assert_true(rig_parse(
        r, S, frame("20:000|021:7535|023:2912|060:261121201817|026:26201|028:49|033:on|")));
    ODD("");
    NAMED("operation", "deliver");
    IS("imsi", "26201");
    IS("visited_msc", "49");
    assert_ptr_equal(&r->m.values[r->m.stream], rig_value(r, "originating", 0));
    assert_int_equal(r->m.tx_asker, S);
    assert_true(rig_parse(r, C, frame("70:000|")));
    NAMED("operation", "deliver_resp");
    assert_true(
        rig_parse(r, S, frame("23:002|021:49|060:261121201817|061:3|062:29|063:261121201820|")));
    ODD("");
    NAMED("status", "failed");
    NUMBER("status_error", 29);
    IS("discharge_time", "261121201820");
    rig_free(r);
    (void)unused;
}

static void texts(void **unused)
{
    struct rig *r = logged_in();
    assert_true(rig_parse(r, C, frame("03:003|021:1|033:a_Oa_L-_--_gd_XX(_XXe_ss_E'_qq|")));
    ODD("");
    IS("text", "a@£_Δ{€ßÉ\"");
    assert_true(rig_parse(r, C,
                          frame("03:005|021:1|033:gr\xfc\xdf"
                                "e @|"))); /* an 8 bit link */
    ODD("");
    IS("text", "grüße @");
    assert_true(rig_parse(r, C, frame("03:007|021:1|033:a_zz_|")));
    ODD("bad_text");
    assert_true(rig_parse(r, C, frame("03:009|021:1|030:8|034:041F20AC|")));
    ODD("");
    IS("text", "П€");
    NAMED("encoding", "ucs2");
    assert_true(rig_parse(r, C, frame("03:011|021:1|030:4|032:0605040B8423F0|034:0106|")));
    IS("binary", "0106");
    NUMBER("ports.destination", 2948);
    IS("udh[].name", "5");
    ODD("");
    assert_true(rig_parse(r, C, frame("03:013|021:1|032:050003030202|033:wor_Oad|")));
    IS("whole_text", "(none)");
    assert_true(rig_parse(r, C, frame("03:015|021:1|032:050003030201|033:hello |")));
    IS("whole_text", "hello wor@d");
    ODD("");
    rig_free(r);
    (void)unused;
}

static void expect(int line, struct tt_bytes unit, bool good, const char *odd)
{
    struct rig *r = logged_in();
    bool is = rig_parse(r, C, unit);
    if (is != good || strcmp(rig_anomalies(r), odd) != 0) {
        fail_msg("line %d: %s, '%s' instead of '%s'", line, is ? "good" : "bad", rig_anomalies(r),
                 odd);
    }
    rig_free(r);
}
#define GOOD(unit, odd) expect(__LINE__, unit, true, odd)

static void forbidden(void **unused)
{
    GOOD(RAW("\x02"
             "40:003\t3C\x03"),
         "");
    GOOD(RAW("\x02"
             "40:003\t\x03"),
         ""); /* the sum may be missing */
    GOOD(RAW("\x02"
             "40:003\t3D\x03"),
         "bad_checksum");
    GOOD(RAW("\x02"
             "40:003\tx\x03"),
         "bad_checksum");
    GOOD(RAW("\x02"
             "40:003\t3C"),
         "missing_etx");
    GOOD(frame("41:003|"), "unknown_operation");
    GOOD(frame("40:256|"), "bad_packet_number");
    GOOD(frame("03:003|021:1|999:x|"), "unknown_parameter");
    GOOD(frame("03:003|021:1|33:x|"), "bad_parameter");
    GOOD(frame("03:003||"), "bad_parameter");
    GOOD(frame("03:003|021:1|033:x|033:y|"), "repeated_parameter");
    GOOD(frame("03:003|021:1|030:x|033:y|"), "bad_number");
    GOOD(frame("03:003|021:1|034:0g|"), "bad_hexadecimal");
    GOOD(frame("03:003|021:1|033:x|030:4|034:00|"), "text_and_binary");
    GOOD(frame("03:003|021:1|032:01|033:x|"), "bad_udh");
    GOOD(frame("03:003|021:1|032:050003010203|033:x|"), "bad_concatenation");
    GOOD(frame("03:003|021:1|032:050003011401|033:x|"), "concatenation_not_kept");
    GOOD(frame("03:003|021:1|030:12|034:00|"), "reserved_data_coding");
    GOOD(frame("53:003|060:26112|"), "bad_time");
    expect(__LINE__, RAW("\x02\x03"), false, "");
    expect(__LINE__,
           RAW("\x02"
               "4x:003\t3C\x03"),
           false, "");
    struct rig *r = logged_in();
    assert_true(rig_parse(r, C, frame("40:003|")));
    assert_true(rig_parse(r, C, frame("40:003|")));
    ODD("packet_number_in_use");
    assert_true(rig_parse(r, S, frame("90:003|")));
    assert_true(rig_parse(r, C, frame("40:003|")));
    ODD("");
    rig_free(r);
    (void)unused;
}

static void framing(void **unused)
{
    const struct tt_dissector *d = &tt_dissector_cimd2;
    struct tt_bytes b = RAW("\x02"
                            "40:003\t3C\x03"
                            "\x02"
                            "40");
    for (uint32_t n = 0; n < 11; n++) {
        assert_int_equal(d->unit_length(NULL, (struct tt_bytes){b.p, n}, n ? n - 1 : 0, C), 0);
    }
    for (uint32_t seen = 0; seen < 11; seen++) {
        assert_int_equal(d->unit_length(NULL, b, seen, C), 11);
    }
    assert_int_equal(d->unit_length(NULL,
                                    RAW("\x02"
                                        "40:\x02"
                                        "4"),
                                    0, C),
                     4);
    assert_int_equal(d->unit_length(NULL, RAW("x\x02"), 0, C), -1);
    for (uint32_t n = 1; n < 8; n++) {
        assert_int_equal(d->probe((struct tt_bytes){b.p, n}, S), TT_PROBE_MAYBE);
    }
    assert_int_equal(d->probe((struct tt_bytes){b.p, 8}, S), TT_PROBE_YES);
    assert_int_equal(d->probe(RAW("\x02"
                                  "00/00026"),
                              C),
                     TT_PROBE_NO); /* UCP */
    struct rig *r = NEW(true);
    for (uint32_t n = 0; n <= 11; n++) { /* no cut is read past its end */
        (void)rig_parse(r, C, (struct tt_bytes){b.p, n});
    }
    rig_free(r);
    (void)unused;
}

static void cuts(void **unused)
{
    const struct leg legs[] = {
        {C, frame("01:001|010:foo|011:bar|")},
        {S, frame("51:001|")},
        {C, frame("03:003|021:1|032:050003030202|033:wor_Oad|")},
        {C, frame("03:005|021:1|032:050003030201|033:hello |")},
        {S, frame("53:003|021:1|060:261121201818|")},
        {S, frame("53:005|900:300|901:no|")},
        {S, frame("20:000|021:7|023:8|060:261121201817|033:on|")},
        {C, frame("70:000|")},
    };
    const unsigned n = sizeof legs / sizeof *legs;
    const char *speaks;
    char *whole = hear(legs, n, 100000, 9971, true, &speaks);
    assert_string_equal(speaks, "cimd2");
    for (uint32_t step = 1; step < 40; step += 3) {
        char *cut = hear(legs, n, step, step % 2 ? 9971 : 47111, true, &speaks);
        assert_string_equal(speaks, "cimd2");
        assert_string_equal(cut, whole);
        free(cut);
    }
    free(whole);
    for (unsigned from = 1; from < n; from++) {
        free(hear(legs + from, n - from, 100000, 47111, false, &speaks));
        assert_string_equal(speaks, "cimd2");
    }
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logins),    cmocka_unit_test(messages), cmocka_unit_test(texts),
        cmocka_unit_test(forbidden), cmocka_unit_test(framing),  cmocka_unit_test(cuts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
