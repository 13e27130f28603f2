/* SPDX-License-Identifier: BSD-3-Clause
 *
 * UCP/EMI: operations and results built by hand (the first two are Kannel's), what is read out of
 * them, what is forbidden, how frames end. Expected: EMI-UCP interface specification 4.6, ETS 300
 * 133-3, sums by arithmetic.
 */
#include "unit/dissect/sms_rig.h"

extern const struct tt_dissector tt_dissector_ucp;

/* STX, the text with a right length and sum in place of LLLLL and at its end, ETX. The last 16 stay
 * valid. */
static struct tt_bytes frame(const char *text)
{
    static uint8_t ring[16][4096];
    static unsigned next;
    uint8_t *p = ring[next++ % 16];
    size_t n = strlen(text);
    char number[8], sum[3];
    unsigned total = 0;
    p[0] = 2;
    memcpy(p + 1, text, n);
    snprintf(number, sizeof number, "%05u", (unsigned)n + 2);
    memcpy(p + 4, number, 5);
    for (size_t i = 1; i <= n; i++) {
        total += p[i];
    }
    snprintf(sum, sizeof sum, "%02X", total & 0xff);
    memcpy(p + 1 + n, sum, 2);
    p[n + 3] = 3;
    return (struct tt_bytes){p, (uint32_t)n + 4};
}
#define RAW(octets) ((struct tt_bytes){(const uint8_t *)(octets), sizeof(octets) - 1})
#define NEW(start)  rig_new(&tt_dissector_ucp, start)

static void sessions(void **unused)
{
    struct rig *r = NEW(true);
    assert_true(rig_parse(r, C,
                          RAW("\x02"
                              "00/00051/O/60/4711/6/5/1/736563726574//0100//////A2\x03")));
    ODD("");
    KIND("operation");
    NUMBER("trn", 0);
    NUMBER("length", 51);
    NAMED("kind", "operation");
    NAMED("operation", "session");
    NUMBER("checksum_ok", 1);
    IS("oadc", "4711");
    IS("oton", "6");
    IS("onpi", "5");
    IS("styp", "1");
    IS("pwd", "secret");
    IS("vers", "0100");
    assert_ptr_equal(&r->m.values[r->m.identity], rig_value(r, "oadc", 0));
    assert_true(r->d->fields[rig_value(r, "pwd", 0)->field].flags & TT_SECRET);
    assert_true(r->d->fields[rig_value(r, "pwd_hex", 0)->field].flags & TT_SECRET);
    IS("pwd_hex", "736563726574");
    assert_int_equal(r->m.tx_role, TT_TX_OPEN);
    uint32_t key = r->m.tx_key;
    assert_true(rig_parse(r, S,
                          RAW("\x02"
                              "00/00019/R/60/A//6D\x03")));
    ODD("");
    KIND("result");
    NAMED("ack", "ack");
    assert_int_equal(r->m.tx_role, TT_TX_LAST);
    assert_int_equal(r->m.tx_key, key);
    assert_int_equal(r->m.tx_asker, C);
    assert_true(rig_parse(r, C, frame("01/LLLLL/O/61/4711/6/5/4//6E6577/0100/49/1/1/39//x/")));
    ODD("");
    NAMED("operation", "list_management");
    IS("npwd", "new");
    IS("ladc", "49");
    NUMBER("opid", 39);
    IS("res2", "x");
    assert_true(rig_parse(r, S, frame("01/LLLLL/R/61/N/07/no/")));
    NAMED("ack", "nack");
    NAMED("error_code", "authentication");
    IS("sm", "no");
    ODD("");
    rig_free(r);
    (void)unused;
}

static void fifties(void **unused)
{
    struct rig *r = NEW(true);
    assert_true(rig_parse(r, C,
                          frame("02/LLLLL/O/51/0491710000001/4711/ac/1/4712/7/0539/1/99/0100/1/"
                                "2111261200/2211261200/64/////3//4D6F/1/2/0/0/1///1234/"
                                "262///r/")));
    ODD("");
    NAMED("operation", "submit");
    IS("adc", "0491710000001");
    IS("oadc", "4711");
    IS("ac", "ac");
    IS("nrq", "1");
    IS("nadc", "4712");
    IS("nt", "7");
    NUMBER("npid", 539);
    IS("lrq", "1");
    IS("lrad", "99");
    NUMBER("lpid", 100);
    IS("dd", "1");
    IS("ddt", "2111261200");
    IS("vp", "2211261200");
    IS("rpid", "64");
    NAMED("mt", "alphanumeric");
    IS("text", "Mo");
    NUMBER("mms", 1);
    NUMBER("pr", 2);
    IS("dcs", "0");
    IS("mcls", "0");
    IS("rpi", "1");
    IS("otoa", "1234");
    IS("hplmn", "262");
    IS("res5", "r");
    assert_ptr_equal(&r->m.values[r->m.stream], rig_value(r, "adc", 0));
    assert_ptr_equal(&r->m.values[r->m.payload], rig_value(r, "text", 0));
    assert_true(rig_parse(r, S, frame("02/LLLLL/R/51/A/2211261200/0491710000001:211126120001/")));
    IS("mvp", "2211261200");
    IS("sm", "0491710000001:211126120001");
    assert_true(rig_parse(r, S,
                          frame("03/LLLLL/O/53/4711/491710000001/////////////211126120001/2/108/"
                                "211126120002/3//4E6F/////////////")));
    ODD("");
    NAMED("operation", "notify");
    IS("scts", "211126120001");
    NAMED("dst", "not_delivered");
    NUMBER("rsn", 108);
    IS("dscts", "211126120002");
    assert_ptr_equal(&r->m.values[r->m.stream], rig_value(r, "oadc", 0)); /* the device */
    assert_true(rig_parse(r, C, frame("04/LLLLL/O/51/49/1/////////////////2//0815/////////////")));
    IS("text", "0815");
    NAMED("mt", "numeric");
    /* transparent: eight bits, then UCS-2 by XSer 02, with a header in XSer 01 */
    assert_true(
        rig_parse(r, C, frame("05/LLLLL/O/51/49/1/////////////////4/16/CAFE////1/////////")));
    IS("nb", "16");
    IS("binary", "cafe");
    NAMED("encoding", "binary");
    assert_true(rig_parse(
        r, C,
        frame("06/LLLLL/O/51/49/1/////////////////4/32/20AC0061//////////02010801070605040B8423F0"
              "///")));
    ODD("");
    IS("text", "€a");
    IS("xser[].type", "2|1");
    IS("xser[].length", "1|7");
    IS("xser[].data", "08|0605040B8423F0");
    NUMBER("ports.destination", 2948);
    /* a name of eight septets: 7 octets, 14 half octets */
    assert_true(
        rig_parse(r, C,
                  frame("08/LLLLL/O/51/49/0EE8329BFD4697D9/////////////////3//61////////5039"
                        "/////")));
    IS("oadc_text", "hellohel");
    ODD("");
    rig_free(r);
    (void)unused;
}

static void joined(void **unused)
{
    struct rig *r = NEW(true);
    assert_true(rig_parse(r, C,
                          frame("01/LLLLL/O/51/49/1/////////////////3//776F726C64//////////"
                                "0106050003A70202///")));
    NUMBER("concatenation.part", 2);
    IS("whole_text", "(none)");
    assert_true(rig_parse(r, C,
                          frame("02/LLLLL/O/51/49/1/////////////////3//68656C6C6F20//////////"
                                "0106050003A70201///")));
    IS("whole_text", "hello world");
    ODD("");
    r->d->gap(r->state, C);
    assert_true(rig_parse(r, C,
                          frame("03/LLLLL/O/51/49/1/////////////////3//61//////////"
                                "0106050003A70203///")));
    ODD("bad_concatenation");
    rig_free(r);
    (void)unused;
}

static void olds(void **unused)
{
    struct rig *r = NEW(true);
    assert_true(rig_parse(r, C,
                          RAW("\x02"
                              "00/00026/O/31/4711/0539/C3\x03"))); /* Kannel's */
    ODD("");
    NAMED("operation", "alert");
    NUMBER("pid", 539);
    assert_true(rig_parse(r, S,
                          RAW("\x02"
                              "00/00023/R/31/A/0000/26\x03")));
    IS("sm", "0000");
    assert_true(rig_parse(r, C, frame("01/LLLLL/O/01/49/4711//3/63616C6C/")));
    ODD("");
    NAMED("operation", "call_input");
    IS("text", "call");
    assert_true(rig_parse(r, S, frame("01/LLLLL/R/01/A/ok/")));
    IS("sm", "ok");
    assert_true(rig_parse(r, C, frame("02/LLLLL/O/02/3/49/50/51/4711//2/0815/")));
    ODD("");
    NUMBER("npl", 3);
    IS("adcs[]", "49|50|51");
    IS("oadc", "4711");
    IS("text", "0815");
    assert_true(
        rig_parse(r, C, frame("03/LLLLL/O/03/49/4711//2/NL/DE/1//1//1//1//1/2111261200/1/")));
    ODD("");
    IS("gas[]", "NL|DE");
    IS("um", "1");
    NAMED("mt", "tone");
    assert_true(rig_parse(r, C, frame("04/LLLLL/O/30/49/4711//1//0539/0//2211261200/6869/")));
    ODD("");
    NAMED("operation", "transfer");
    IS("text", "hi");
    assert_true(rig_parse(r, S, frame("04/LLLLL/R/30/A//49:2111/")));
    IS("sm", "49:2111");
    ODD("");
    rig_free(r);
    (void)unused;
}

/* One frame of a connection that was seen whole. */
static void expect(int line, enum tt_direction d, struct tt_bytes unit, bool good, const char *odd)
{
    struct rig *r = NEW(true);
    bool is = rig_parse(r, d, unit);
    if (is != good || strcmp(rig_anomalies(r), odd) != 0) {
        fail_msg("line %d: %s, '%s' instead of '%s'", line, is ? "good" : "bad", rig_anomalies(r),
                 odd);
    }
    rig_free(r);
}
#define GOOD(unit, odd) expect(__LINE__, C, unit, true, odd)

static void forbidden(void **unused)
{
    GOOD(RAW("\x02"
             "00/00026/O/31/4711/0539/C4\x03"),
         "bad_checksum");
    GOOD(RAW("\x02"
             "00/00026/O/31/4711/0539/c3\x03"),
         "bad_checksum"); /* upper case */
    GOOD(RAW("\x02"
             "00/00099/O/31/4711/0539/CD\x03"),
         "bad_length");
    GOOD(RAW("\x02"
             "00/00026/O/31/4711/0539/C3"),
         "missing_etx");
    GOOD(frame("00/LLLLL/O/99/x/"), "unknown_operation");
    GOOD(frame("00/LLLLL/O/31/4711/"), "wrong_field_count");
    GOOD(frame("00/LLLLL/O/31/4711/0539/more/"), "wrong_field_count");
    GOOD(frame("00/LLLLL/O/31/4711/5x39/"), "bad_number");
    GOOD(frame("00/LLLLL/O/31/47\x01/0539/"), "bad_octets");
    GOOD(frame("00/LLLLL/R/31/X/0000/"), "bad_answer");
    GOOD(frame("00/LLLLL/R/31/N/49/x/"), "unknown_error_code");
    GOOD(frame("00/LLLLL/O/01/49/4711//3/636/"), "bad_hexadecimal");
    GOOD(frame("00/LLLLL/O/01/49/4711//3/6X/"), "bad_hexadecimal");
    GOOD(frame("00/LLLLL/O/01/49/4711//9/"), "bad_message_type");
    GOOD(frame("00/LLLLL/O/30/49/4711//1//0539/0//22112612001/6869/"), "bad_time");
    GOOD(frame("00/LLLLL/O/51/49/1/////////////////3//61//////////0105050003///"),
         "bad_extra_service");
    GOOD(frame("00/LLLLL/O/51/49/1/////////////////3//61//////////01020500///"), "bad_udh");
    GOOD(frame("00/LLLLL/O/51/49/1/////////////////4/16/0061//////////02010C///"),
         "reserved_data_coding");
    GOOD(frame("00/LLLLL/O/53/4711/49//////////////0/000//3//61/////////////"),
         "notification_without_time");
    expect(__LINE__, C, RAW("\x02\x03"), false, "");
    expect(__LINE__, C,
           RAW("\x02"
               "0x/00026/O/31/4711/0539/C3\x03"),
           false, "");
    struct rig *r = NEW(true);
    assert_true(rig_parse(r, C, frame("05/LLLLL/O/31/4711/0539/")));
    assert_true(rig_parse(r, C, frame("05/LLLLL/O/31/4711/0539/")));
    ODD("trn_in_use");
    assert_true(rig_parse(r, S, frame("05/LLLLL/R/31/A/0000/")));
    assert_true(rig_parse(r, C, frame("05/LLLLL/O/31/4711/0539/")));
    ODD("");
    assert_true(rig_parse(r, C, frame("06/LLLLL/O/60/4711/6/5/1/6775657373//0100//////")));
    assert_true(rig_parse(r, S, frame("06/LLLLL/R/60/N/07/no/")));
    assert_true(rig_parse(r, C, frame("07/LLLLL/O/30/49/4711//1//0539/0///6869/")));
    ODD("operation_after_refusal");
    rig_free(r);
    r = NEW(false); /* joined in the middle */
    assert_true(rig_parse(r, C, frame("05/LLLLL/O/31/4711/0539/")));
    assert_true(rig_parse(r, C, frame("05/LLLLL/O/31/4711/0539/")));
    ODD("");
    rig_free(r);
    (void)unused;
}

static void framing(void **unused)
{
    const struct tt_dissector *d = &tt_dissector_ucp;
    struct tt_bytes b = RAW("\x02"
                            "00/00026/O/31/4711/0539/C3\x03"
                            "\x02"
                            "00");
    for (uint32_t n = 0; n < 28; n++) {
        assert_int_equal(d->unit_length(NULL, (struct tt_bytes){b.p, n}, n ? n - 1 : 0, C), 0);
    }
    for (uint32_t seen = 0; seen < 28; seen++) {
        assert_int_equal(d->unit_length(NULL, (struct tt_bytes){b.p, 28}, seen, C), 28);
        assert_int_equal(d->unit_length(NULL, b, seen, C), 28);
    }
    assert_int_equal(d->unit_length(NULL,
                                    RAW("\x02"
                                        "00/0\x02"
                                        "00/"),
                                    0, C),
                     5); /* no ETX */
    assert_int_equal(d->unit_length(NULL, RAW("x\x02"), 0, C), -1);
    for (uint32_t n = 1; n < 14; n++) {
        assert_int_equal(d->probe((struct tt_bytes){b.p, n}, S), TT_PROBE_MAYBE);
    }
    assert_int_equal(d->probe((struct tt_bytes){b.p, 14}, S), TT_PROBE_YES);
    assert_int_equal(d->probe(RAW("\x02"
                                  "00/00026/X/31/"),
                              C),
                     TT_PROBE_NO);
    assert_int_equal(d->probe(RAW("\x02"
                                  "01:001\t010:"),
                              C),
                     TT_PROBE_NO); /* CIMD2 */
    struct rig *r = NEW(true);
    for (uint32_t n = 0; n <= 28; n++) { /* no cut is read past its end */
        (void)rig_parse(r, C, (struct tt_bytes){b.p, n});
    }
    rig_free(r);
    (void)unused;
}

static void cuts(void **unused)
{
    const struct leg legs[] = {
        {C, frame("00/LLLLL/O/60/4711/6/5/1/736563726574//0100//////")},
        {S, frame("00/LLLLL/R/60/A//")},
        {C, frame("01/LLLLL/O/51/49/1/////////////////3//776F//////////0106050003A70202///")},
        {C, RAW("noise")},
        {C, frame("02/LLLLL/O/51/49/1/////////////////3//6865//////////0106050003A70201///")},
        {S, frame("01/LLLLL/R/51/A//49:1/")},
        {S, frame("02/LLLLL/R/51/N/04/no/")},
        {S, frame("00/LLLLL/O/52/1/49/////////////211126120000////3//61/////////////")},
        {C, frame("00/LLLLL/R/52/A///")},
    };
    const unsigned n = sizeof legs / sizeof *legs;
    const char *speaks;
    char *whole = hear(legs, n, 100000, 3700, true, &speaks);
    assert_string_equal(speaks, "ucp");
    for (uint32_t step = 1; step < 50; step += 3) {
        char *cut = hear(legs, n, step, step % 2 ? 3700 : 47111, true, &speaks);
        assert_string_equal(speaks, "ucp");
        assert_string_equal(cut, whole);
        free(cut);
    }
    free(whole);
    for (unsigned from = 1; from < n; from++) {
        free(hear(legs + from, n - from, 100000, 47111, false, &speaks));
        assert_string_equal(speaks, "ucp");
    }
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sessions), cmocka_unit_test(fifties),   cmocka_unit_test(joined),
        cmocka_unit_test(olds),     cmocka_unit_test(forbidden), cmocka_unit_test(framing),
        cmocka_unit_test(cuts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
