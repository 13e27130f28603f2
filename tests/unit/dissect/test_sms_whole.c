/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which messages of the carriers are whole short messages, and what the security header of a packet
 * for the SIM says in the open. The secured packets are pySim's test vectors (tests/unittests/
 * test_ota.py: AES and 3DES keys, SPI 0619, TAR B00011) and the layout of TS 102 225 5.1.
 */
#include "smpp_rig.h"

#define SUBMIT  4u
#define DELIVER 5u
#define DATA    0x103u

static void who_sends_what(void **state)
{
    (void)state;
    struct rig *r = smpp_bound();
    assert_true(rig_parse(r, C, P(SUBMIT, 2, SM("\0", "\0", "\1", "\5", "hello"))));
    assert_int_equal(r->m.sms, TT_SMS_TO_DEVICE);
    IS("account", "meters");
    assert_true(rig_parse(r, S, P(DELIVER, 1, SM("\0", "\0", "\1", "\5", "hello"))));
    assert_int_equal(r->m.sms, TT_SMS_FROM_DEVICE);
    /* a receipt, by its type and by its text alone */
    assert_true(rig_parse(r, S, P(DELIVER, 2, SM("\4", "\0", "\1", "\x11", "id:7 stat:DELIVRD"))));
    assert_int_equal(r->m.sms, TT_SMS_NO);
    assert_true(rig_parse(r, S, P(DELIVER, 3, SM("\0", "\0", "\1", "\x11", "id:7 stat:DELIVRD"))));
    assert_int_equal(r->m.sms, TT_SMS_NO);
    /* its answer, and what carries nothing */
    assert_true(rig_parse(r, C, R(DELIVER, 0, 3, "\0")));
    assert_int_equal(r->m.sms, TT_SMS_NO);
    assert_true(rig_parse(r, C, P(0x15, 9, "")));
    assert_int_equal(r->m.sms, TT_SMS_NO);
    /* silent: nothing to read, and yet a message */
    assert_true(rig_parse(r, C, P(SUBMIT, 4, SM("\0", "\x40", "\0", "\0", ""))));
    assert_int_equal(r->m.sms, TT_SMS_TO_DEVICE);
    rig_free(r);
}

static void parts_are_one(void **state)
{
    (void)state;
    struct rig *r = smpp_bound();
    assert_true(
        rig_parse(r, C, P(SUBMIT, 2, SM("\x40", "\0", "\1", "\x0a", "\5\0\3\7\2\2") "rest")));
    assert_int_equal(r->m.sms, TT_SMS_NO);
    assert_true(
        rig_parse(r, C, P(SUBMIT, 3, SM("\x40", "\0", "\1", "\x0a", "\5\0\3\7\2\1") "the ")));
    assert_int_equal(r->m.sms, TT_SMS_TO_DEVICE);
    IS("whole_text", "the rest");
    NUMBER("concatenation.parts", 2);
    /* more parts than are put together: each is told by itself */
    assert_true(
        rig_parse(r, C, P(SUBMIT, 4, SM("\x40", "\0", "\1", "\x0a", "\5\0\3\x08\x20\1") "some")));
    assert_int_equal(r->m.sms, TT_SMS_TO_DEVICE);
    ODD("concatenation_not_kept");
    rig_free(r);
}

#define AES                                                                                        \
    "\x00\x28\x15\x06\x19\x22\x22\xb0\x00\x11\xe8\x7c\xce\xeb\xb2\xd9\x30\x83\x01\x1c\xe2\x94\xf9" \
    "\x3f\xc4\xd8\xde\x80\xda\x1a\xba\xe8\xc3\x7c\xa3\xe7\x2e\xc4\x43\x2e\x50\x58"
#define DES                                                                                        \
    "\x00\x20\x15\x06\x19\x35\x35\xb0\x00\x11\xae\x73\x32\x56\x91\x8d\x05\x0b\x87\xc9\x4f\xbf\xe1" \
    "\x2e\x4d\xc4\x02\xf2\x62\xc4\x1c\xf6\x7f\x2f"

static void secured_packets(void **state)
{
    (void)state;
    struct rig *r = smpp_bound();
    assert_true(rig_parse(r, C, P(SUBMIT, 2, SM("\x40", "\x7f", "\xf6", "\x2d", "\2\x70\0") AES)));
    assert_int_equal(r->m.sms, TT_SMS_TO_DEVICE);
    NAMED("ota.packet", "command");
    IS("ota.spi", "0619");
    IS("ota.tar", "b00011");
    NAMED("ota.integrity", "cc");
    NAMED("ota.counter", "none");
    NUMBER("ota.ciphered", 1);
    NUMBER("ota.secured", 1);
    NUMBER("ota.kic", 0x22);
    NUMBER("ota.kid", 0x22);
    IS("ota.cntr", "(none)"); /* it is encrypted */
    assert_true(rig_parse(r, C, P(SUBMIT, 3, SM("\x40", "\x7f", "\xf6", "\x25", "\2\x70\0") DES)));
    NUMBER("ota.kic", 0x35);
    /* only the protocol identifier says so; the header is there though nobody announces it */
    assert_true(rig_parse(r, C, P(SUBMIT, 4, SM("\0", "\x7f", "\xf6", "\x22", DES))));
    IS("ota.tar", "b00011");
    assert_true(rig_parse(r, C, P(SUBMIT, 5, SM("\0", "\x7f", "\xf6", "\x25", "\2\x70\0") DES)));
    IS("ota.tar", "b00011");
    /* in the open, for the SIM's browser: nothing proves it, the counter must rise */
    assert_true(rig_parse(r, C,
                          P(SUBMIT, 6,
                            SM("\x40", "\x7f", "\xf6", "\x15", "\2\x70\0") "\x00\x10\x0d\x10\x00"
                                                                           "\x00\x00\x50\x53\x48"
                                                                           "\x00\x00\x00\x01\x02"
                                                                           "\x00\xaa\xbb")));
    NAMED("ota.integrity", "none");
    NAMED("ota.counter", "higher");
    NUMBER("ota.secured", 0);
    NUMBER("ota.cntr", 0x0102);
    IS("ota.tar", "505348");
    rig_free(r);
}

static void answers_and_what_is_none(void **state)
{
    (void)state;
    struct rig *r = smpp_bound();
    assert_true(rig_parse(r, S,
                          P(DELIVER, 2,
                            SM("\x40", "\x7f", "\xf6", "\x10", "\2\x71\0") "\x00\x0b\x0a\xb0\x00"
                                                                           "\x11\x00\x00\x00\x00"
                                                                           "\x07\x00\x09")));
    NAMED("ota.packet", "response");
    NAMED("ota.status", "tar_unknown");
    NUMBER("ota.cntr", 7);
    /* neither element nor identifier; lengths that do not fit */
    assert_true(rig_parse(r, C, P(SUBMIT, 3, SM("\0", "\0", "\xf6", "\x22", DES))));
    IS("ota.packet", "(none)");
    assert_true(
        rig_parse(r, C, P(SUBMIT, 4, SM("\0", "\x7f", "\xf6", "\x04", "\x00\x02\x0d\x00"))));
    IS("ota.packet", "(none)");
    assert_true(rig_parse(
        r, C,
        P(SUBMIT, 5, SM("\x40", "\x7f", "\xf6", "\x09", "\2\x70\0") "\x00\x28\x15\x06\x19\x22")));
    IS("ota.packet", "(none)");
    rig_free(r);
}

static void a_packet_in_parts(void **state)
{
    (void)state;
    struct rig *r = smpp_bound();
    static const char packet[] = AES;
    char first[] =
        SM("\x40", "\x7f", "\xf6", "\x1c", "\7\x00\3\x09\2\1\x70\0") "01234567890123456789";
    char second[] = SM("\x40", "\x7f", "\xf6", "\x1c", "\5\x00\3\x09\2\2") "0123456789012345678901";
    memcpy(first + sizeof first - 1 - 20, packet, 20);
    memcpy(second + sizeof second - 1 - 22, packet + 20, 22);
    assert_true(rig_parse(r, C, P(SUBMIT, 2, first)));
    assert_int_equal(r->m.sms, TT_SMS_NO);
    IS("ota.packet", "(none)");
    assert_true(rig_parse(r, C, P(SUBMIT, 3, second)));
    assert_int_equal(r->m.sms, TT_SMS_TO_DEVICE);
    IS("ota.tar", "b00011");
    assert_int_equal(strlen(rig_text(r, "whole_binary")), 84);
    rig_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_sends_what),    cmocka_unit_test(parts_are_one),
        cmocka_unit_test(secured_packets),   cmocka_unit_test(answers_and_what_is_none),
        cmocka_unit_test(a_packet_in_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
