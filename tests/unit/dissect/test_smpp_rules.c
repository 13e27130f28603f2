/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What SMPP forbids: each violation by a unit that commits it and nothing else, and what may not
 * be said of a connection whose start was not seen. Expected: SMPP 3.4 and 5.0, sections in [].
 */
#include "unit/dissect/smpp_rig.h"

/* One unit on a connection that is bound (mode 1 receiver, 2 transmitter, 9 both), or not (0). */
static void expect(int line, unsigned mode, enum tt_direction direction, struct tt_bytes unit,
                   bool good, const char *anomalies)
{
    uint8_t *octets = malloc(unit.n);
    struct tt_bytes own = {memcpy(octets, unit.p, unit.n), unit.n};
    struct rig *r = smpp_new(true);
    if (mode) {
        assert_true(rig_parse(r, C, BIND(mode, "\x34")));
        assert_true(rig_parse(r, S, pdu(RESPONSE | mode, 0, 1, "S\0", 2)));
    }
    bool is = rig_parse(r, direction, own);
    if (is != good || strcmp(rig_anomalies(r), anomalies) != 0) {
        fail_msg("line %d: %s, '%s' instead of '%s'", line, is ? "good" : "bad", rig_anomalies(r),
                 anomalies);
    }
    free(octets);
    rig_free(r);
}
#define GOOD(mode, direction, unit, anomalies)                                                     \
    expect(__LINE__, mode, direction, unit, true, anomalies)
#define BAD(mode, direction, unit, anomalies)                                                      \
    expect(__LINE__, mode, direction, unit, false, anomalies)
#define PLAIN SM("\0", "\0", "\0", "\1", "x")

static void header(void **unused)
{
    GOOD(9, C, P(0x7777, 2, ""), "unknown_command"); /* [5.1.2.1] */
    GOOD(9, S, R(0x7777, 0, 2, ""), "unknown_command");
    GOOD(9, S, R(0x0b, 0, 2, ""), "");                   /* no such response, but a name for it */
    GOOD(9, S, R(0x15, 0x300, 2, ""), "unknown_status"); /* [5.1.3] */
    GOOD(9, S, R(0x15, 0x450, 2, ""), "");
    GOOD(9, C, pdu(0x15, 1, 2, "", 0), "status_in_request"); /* [3.2] */
    GOOD(9, C, P(0x15, 0, ""), "sequence_out_of_range");     /* [5.1.4] */
    GOOD(9, C, P(0x15, 0x80000000u, ""), "sequence_out_of_range");
    GOOD(9, C, P(0x15, 2, "x"), "trailing_octets");
    GOOD(9, S, R(6, 0, 2, "x"), "trailing_octets");
    GOOD(9, S, pdu(RESPONSE, 3, 2, "x", 1), "trailing_octets");
    GOOD(9, S, R(4, 0, 2, ""), "missing_body"); /* [4.4.2] */
    GOOD(9, S, R(4, 8, 2, ""), "");
    BAD(9, C, P(4, 2, ""), "unterminated_string,missing_body");
    (void)unused;
}

static void binding(void **unused)
{
    GOOD(0, C, P(4, 1, PLAIN), "unbound_operation"); /* [2.3] */
    GOOD(0, S, P(5, 1, PLAIN), "unbound_operation");
    GOOD(0, C, P(0x15, 1, ""), "");
    GOOD(0, S, P(0xb, 1, "S\0p\0"), "");
    GOOD(9, C, BIND(9, "\x34"), "second_bind"); /* [5.1.3: ESME_RALYBND] */
    GOOD(1, C, P(4, 2, PLAIN), "wrong_bind_mode");
    GOOD(2, S, P(5, 2, PLAIN), "wrong_bind_mode");
    GOOD(2, C, P(4, 2, PLAIN), "");
    GOOD(1, S, P(5, 2, PLAIN), "");
    GOOD(9, S, P(4, 2, PLAIN), "wrong_direction");
    GOOD(9, C, P(5, 2, PLAIN), "wrong_direction");
    GOOD(9, C, P(0xb, 2, "S\0p\0"), "wrong_direction"); /* [4.1.7] */
    GOOD(0, C, BIND(9, "\x35"), "unknown_version");
    /* refused, and gone on */
    struct rig *r = smpp_new(true);
    assert_true(rig_parse(r, C, BIND(2, "\x34")));
    assert_true(rig_parse(r, C, P(4, 2, PLAIN)));
    ODD(""); /* the answer may be on its way */
    assert_true(rig_parse(r, S, R(2, 14, 1, "")));
    assert_true(rig_parse(r, C, P(4, 3, PLAIN)));
    ODD("unbound_operation");
    rig_free(r);
    (void)unused;
}

static void pairs(void **unused)
{
    struct rig *r = smpp_bound();
    assert_true(rig_parse(r, C, P(4, 2, PLAIN)));
    assert_true(rig_parse(r, C, P(4, 2, PLAIN)));
    ODD("sequence_in_use"); /* [5.1.4] */
    assert_true(rig_parse(r, S, R(3, 8, 2, "")));
    ODD("response_mismatch");
    assert_true(rig_parse(r, C, P(4, 3, PLAIN)));
    assert_true(rig_parse(r, S, P(0x15, 3, ""))); /* each side counts by itself */
    ODD("");
    assert_true(rig_parse(r, S, R(4, 0, 3, "a\0")));
    ODD("");
    rig_free(r);
    (void)unused;
}

static void strings(void **unused)
{
    GOOD(0, C, P(9, 1, "a system that is long\0p\0\0\x34\0\0\0"), "string_too_long"); /* [4.1.1] */
    GOOD(0, C, P(9, 1, "s\0password9\0\0\x34\0\0\0"), "string_too_long");
    GOOD(0, C, P(9, 1, "s\0password\0\0\x34\0\0\0"), "");
    BAD(0, C, P(9, 1, "s\0p\0\0\x34\0\0x"), "unterminated_string");
    GOOD(0, C, P(9, 1, "s\x7f\0p\0\0\x34\0\0\0"), "string_not_ascii");
    BAD(0, C, P(9, 1, "s\0p\0\0\x34\0\0\0x"), "tlv_past_end");
    GOOD(0, C, P(9, 1, "s\0p\0\0\x34\7\0\0"), "unknown_ton_npi");
    GOOD(0, C, P(9, 1, "s\0p\0\0\x34\1\2\0"), "unknown_ton_npi");
    (void)unused;
}

#define WITH(body) P(4, 2, body)
static void messages(void **unused)
{
    GOOD(9, C,
         WITH("\0\0\0"
              "1\0\0\0"
              "2\0\0\0\5\0\0\0\0\0\0\1x"),
         "priority_out_of_range");
    GOOD(9, C,
         WITH("\0\0\0"
              "1\0\0\0"
              "2\0\0\0\0"
              "261121\0\0\0\0\0\0\1x"),
         "bad_time");
    GOOD(9, C,
         WITH("\0\0\0"
              "1\0\0\0"
              "2\0\0\0\0"
              "000001000000000R\0\0\0\0\0\0\1x"),
         "");
    GOOD(9, C,
         WITH("\0\0\0"
              "1\0\0\0"
              "2\0\0\0\0\0\0\xe0\0\0\0\1x"),
         "reserved_bits");
    GOOD(9, C,
         WITH("\0\0\0"
              "1\0\0\0"
              "2\0\0\0\0\0\0\0\2\0\0\1x"),
         "reserved_bits");
    GOOD(9, C, P(4, 2, SM("\x0c", "\0", "\0", "\1", "x")), "reserved_bits"); /* [5.2.12] */
    GOOD(9, C, P(4, 2, SM("\0", "\0", "\x0b", "\1", "x")), "reserved_data_coding");
    BAD(9, C, P(4, 2, SM("\0", "\0", "\0", "\x02", "x")), "sm_length_past_end");
    GOOD(9, C, P(4, 2, SM("\0", "\0", "\0", "\1", "x\4\x24\0\1y")), "both_payloads");
    GOOD(9, C, P(4, 2, SM("\x40", "\0", "\0", "\4", "\6\0\3\1")), "bad_udh");
    GOOD(9, C, P(4, 2, SM("\0", "\0", "\x08", "\3", "\0a\0")), "bad_text");
    GOOD(9, C, P(4, 2, SM("\0", "\0", "\1", "\1", "\xe9")), "bad_text");
    BAD(9, C,
        P(0x21, 2,
          "\0\0\0"
          "1\0\1\3x"),
        "bad_destination_flag");
    GOOD(9, C,
         P(0x21, 2,
           "\0\0\0"
           "1\0\0\0\0\0\0\0\0\0\0\0\1x"),
         "no_destination");
    GOOD(9, C,
         P(0x111, 2,
           "\0\0\0"
           "1\0\0\0\0\0\0\0\0"),
         "tlv_missing");
    static char body[400];
    const size_t n = sizeof HEAD("\0", "\0", "\0") - 1;
    memcpy(body, HEAD("\0", "\0", "\0"), n);
    memset(body + n, 'x', sizeof body - n);
    body[n] = (char)255;
    GOOD(9, C, pdu(4, 0, 2, body, (uint32_t)n + 256), "sm_length_over"); /* [5.2.21] */
    body[n] = (char)254;
    GOOD(9, C, pdu(4, 0, 2, body, (uint32_t)n + 255), "");
    static uint8_t large[60000];
    memset(large, 0xe4, sizeof large);
    memcpy(large, HEAD("\0", "\0", "\3"), n);
    memcpy(large + n, "\0\4\x24\xe0\0", 5);
    GOOD(9, C, pdu(4, 0, 2, large, (uint32_t)n + 5 + 0xe000), "text_clipped");
    (void)unused;
}

static void parameters(void **unused)
{
    BAD(9, C, P(4, 2, SM("\0", "\0", "\0", "\1", "x\2\4\0\x09xx")), "tlv_past_end");
    BAD(9, C, P(4, 2, SM("\0", "\0", "\0", "\1", "x\2\4\0")), "tlv_past_end");
    GOOD(9, C, P(4, 2, SM("\0", "\0", "\0", "\1", "x\2\4\0\1x")), "tlv_size");
    GOOD(9, C, P(4, 2, SM("\0", "\0", "\0", "\1", "x\2\4\0\2\0\1\2\4\0\2\0\1")), "tlv_repeated");
    GOOD(9, C, P(4, 2, SM("\0", "\0", "\0", "\1", "x\0\1\0\0")), "tlv_reserved");
    GOOD(9, C, P(4, 2, SM("\0", "\0", "\0", "\1", "x\x14\0\0\1v")), "");
    GOOD(9, C, P(4, 2, SM("\0", "\0", "\0", "\1", "x\0\x1d\0\1x")), "unterminated_string");
    GOOD(9, C, P(4, 2, SM("\0", "\0", "\0", "\1", "x\x13\x0c\0\0")), "");
    (void)unused;
}

/* Joined in the middle, or after a loss, nothing is said of what may have been before. */
static void unseen(void **unused)
{
    struct rig *r = smpp_new(false);
    assert_true(rig_parse(r, C, P(4, 1, PLAIN)));
    ODD("");
    assert_true(rig_parse(r, S, P(5, 1, PLAIN)));
    ODD("");
    assert_true(rig_parse(r, C, P(4, 1, PLAIN)));
    ODD("");
    assert_true(rig_parse(r, C, BIND(9, "\x34")));
    assert_true(rig_parse(r, C, BIND(9, "\x34")));
    ODD("");
    rig_free(r);
    r = smpp_new(true);
    r->d->gap(r->state, C);
    assert_true(rig_parse(r, C, P(4, 1, PLAIN)));
    ODD("");
    rig_free(r);
    (void)unused;
}

/* A unit that is too long to be kept: its head tells the fixed fields. */
static void heads(void **unused)
{
    struct rig *r = smpp_bound();
    struct tt_bytes b = P(4, 2, SM("\0", "\0", "\0", "\0", "\4\x24\xff\xff"));
    struct tt_reader reader = tt_reader_over(b);
    tt_msg_reset(&r->m, r->d, r->hot, b, C);
    r->m.truncated = true;
    r->d->parse_head(r->state, &reader, &r->m);
    ODD("unit_too_long");
    IS("destination.addr", "491710000001");
    IS("tlv[].tag", "(none)");
    assert_int_equal(r->m.tx_role, TT_TX_OPEN);
    rig_free(r);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header),  cmocka_unit_test(binding),  cmocka_unit_test(pairs),
        cmocka_unit_test(strings), cmocka_unit_test(messages), cmocka_unit_test(parameters),
        cmocka_unit_test(unseen),  cmocka_unit_test(heads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
