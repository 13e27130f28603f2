/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Alphabets, data coding, user data header and parts of short messages. Expected: 3GPP TS 23.038
 * (6.2.1, 4), TS 23.040 (9.2.3.24), arithmetic by hand ("hellohello" packed is the example that
 * every text on the subject has).
 */
#include "unit/dissect/sms_rig.h"

#include "dissect/sms.h"

#define RAW(octets) ((struct tt_bytes){(const uint8_t *)(octets), sizeof(octets) - 1})

static struct tt_msg *message(void)
{
    return calloc(1, sizeof(struct tt_msg));
}

static void expect(int line, enum tt_sms_alphabet alphabet, struct tt_bytes in, const char *want,
                   bool odd)
{
    struct tt_msg *m = message();
    uint8_t *exact = malloc(in.n);
    memcpy(exact, in.p, in.n);
    bool faulty = false, clipped = false;
    struct tt_bytes out =
        tt_sms_text(m, alphabet, (struct tt_bytes){exact, in.n}, &faulty, &clipped);
    if (out.n != strlen(want) || memcmp(out.p, want, out.n) != 0 || faulty != odd || clipped) {
        fail_msg("line %d: '%.*s' instead of '%s'", line, (int)out.n, (const char *)out.p, want);
    }
    free(exact);
    free(m);
}
#define TEXT(alphabet, octets, want)  expect(__LINE__, alphabet, RAW(octets), want, false)
#define ODDLY(alphabet, octets, want) expect(__LINE__, alphabet, RAW(octets), want, true)

static void alphabets(void **unused)
{
    TEXT(TT_SMS_GSM7, "meter 7", "meter 7");
    TEXT(TT_SMS_GSM7, "\0\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f", "@£$¥èéùìòÇ\nØø\rÅå");
    TEXT(TT_SMS_GSM7, "\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1c\x1d\x1e\x1f",
         "Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ");
    TEXT(TT_SMS_GSM7, "\x24\x40\x5b\x5c\x5d\x5e\x5f\x60\x7b\x7c\x7d\x7e\x7f", "¤¡ÄÖÑÜ§¿äöñüà");
    TEXT(TT_SMS_GSM7,
         "\x1b\x14\x1b\x28\x1b\x29\x1b\x2f\x1b\x3c\x1b\x3d\x1b\x3e\x1b\x40\x1b\x65\x1b\x0a",
         "^{}\\[~]|€\f");
    TEXT(TT_SMS_GSM7, "\x1b\x41\x1b\x1b\x1b", "A  "); /* unknown: as without ESC; ESC: a space */
    ODDLY(TT_SMS_GSM7, "a\x80", "a\xef\xbf\xbd");
    TEXT(TT_SMS_ASCII, "a$\x7f", "a$\x7f");
    ODDLY(TT_SMS_ASCII, "a\xe9", "a\xef\xbf\xbd");
    TEXT(TT_SMS_LATIN1,
         "gr\xfc\xdf"
         "e",
         "grüße");
    TEXT(TT_SMS_UCS2, "\x04\x1f\x04\x40\x20\xac\0a", "Пр€a");
    TEXT(TT_SMS_UCS2, "\xd8\x3d\xde\x00", "\xf0\x9f\x98\x80"); /* U+1F600 */
    ODDLY(TT_SMS_UCS2, "\xd8\x3d\0a",
          "\xef\xbf\xbd"
          "a");
    ODDLY(TT_SMS_UCS2, "\0a\0", "a\xef\xbf\xbd");
    TEXT(TT_SMS_CYRILLIC, "\xb0\xef\xa1\xf0\xfd\xff", "АяЁ№§џ");
    TEXT(TT_SMS_HEBREW, "\xe0\xfa\xaa\xba", "את×÷");
    ODDLY(TT_SMS_HEBREW, "\xa1", "\xef\xbf\xbd");
    TEXT(TT_SMS_PACKED, "\xe8\x32\x9b\xfd\x46\x97\xd9\xec\x37", "hellohello");
    (void)unused;
}

static void packing(void **unused)
{
    struct tt_msg *m = message();
    /* eight septets fill seven octets; seven leave seven bits, which are no '@' */
    struct tt_bytes b = tt_sms_unpack(m, RAW("\x61\xf1\x98\x5c\x36\x9f\x01"), 0, UINT32_MAX);
    assert_int_equal(b.n, 7);
    assert_memory_equal(b.p, "abcdefg", 7);
    b = tt_sms_unpack(m, RAW("\x61\xf1\x98\x5c\x36\x9f\x01"), 0, 8);
    assert_int_equal(b.n, 8);
    assert_int_equal(b.p[7], 0);
    /* behind a header of 6 octets (48 bits) the text begins at bit 49 = 7 * 7 */
    b = tt_sms_unpack(m, RAW("\xc2\xe2\x31"), 1, UINT32_MAX);
    assert_int_equal(b.n, 3);
    assert_memory_equal(b.p, "abc", 3);
    assert_int_equal(tt_sms_unpack(m, RAW(""), 0, UINT32_MAX).n, 0);
    assert_int_equal(tt_sms_guess(RAW("hello")), TT_SMS_GSM7);
    assert_int_equal(tt_sms_guess(RAW("\xe8\x32\x9b\xfd\x46\x97\xd9\xec\x37")), TT_SMS_PACKED);
    assert_int_equal(tt_sms_guess(RAW("gr\xfc\xdf"
                                      "e aus K\xf6ln")),
                     TT_SMS_LATIN1);
    bool faulty = false;
    b = tt_sms_hex(m, RAW("4D6f"), &faulty);
    assert_true(b.n == 2 && b.p[0] == 0x4d && b.p[1] == 0x6f && !faulty);
    tt_sms_hex(m, RAW("4D6"), &faulty);
    assert_true(faulty);
    faulty = false;
    assert_int_equal(tt_sms_hex(m, RAW("4D6x41"), &faulty).n, 1);
    assert_true(faulty);
    free(m);
    (void)unused;
}

static void room(void **unused)
{
    struct tt_msg *m = message();
    static uint8_t euros[TT_MSG_MADE];
    bool faulty = false, clipped = false;
    for (unsigned i = 0; i + 1 < sizeof euros; i += 2) {
        euros[i] = 0x20;
        euros[i + 1] = 0xac;
    }
    struct tt_bytes b =
        tt_sms_text(m, TT_SMS_UCS2, (struct tt_bytes){euros, sizeof euros}, &faulty, &clipped);
    assert_true(clipped && !faulty && b.n % 3 == 0 && b.n > TT_MSG_MADE - 8);
    assert_int_equal(m->n_made, b.n);
    clipped = false;
    b = tt_sms_text(m, TT_SMS_UCS2, (struct tt_bytes){euros, 16}, &faulty, &clipped);
    assert_true(clipped && b.n <= 4);
    assert_null(tt_msg_make(m, TT_MSG_MADE));
    free(m);
    (void)unused;
}

#define CODING(f, dcs, a, c, k)                                                                    \
    do {                                                                                           \
        struct tt_sms_coding x = f(dcs);                                                           \
        assert_int_equal(x.alphabet, a);                                                           \
        assert_int_equal(x.class, c);                                                              \
        assert_int_equal(x.known, k);                                                              \
    } while (0)

static void codings(void **unused)
{
    CODING(tt_sms_smpp, 0, TT_SMS_GSM7, -1, true); /* SMPP 3.4, 5.2.19 */
    CODING(tt_sms_smpp, 1, TT_SMS_ASCII, -1, true);
    CODING(tt_sms_smpp, 2, TT_SMS_BINARY, -1, true);
    CODING(tt_sms_smpp, 3, TT_SMS_LATIN1, -1, true);
    CODING(tt_sms_smpp, 6, TT_SMS_CYRILLIC, -1, true);
    CODING(tt_sms_smpp, 7, TT_SMS_HEBREW, -1, true);
    CODING(tt_sms_smpp, 8, TT_SMS_UCS2, -1, true);
    CODING(tt_sms_smpp, 11, TT_SMS_BINARY, -1, false);
    CODING(tt_sms_smpp, 14, TT_SMS_KS_C_5601, -1, true);
    CODING(tt_sms_smpp, 0xf0, TT_SMS_GSM7, 0, true);
    CODING(tt_sms_smpp, 0xf6, TT_SMS_BINARY, 2, true);
    CODING(tt_sms_dcs, 0x00, TT_SMS_GSM7, -1, true); /* TS 23.038, 4 */
    CODING(tt_sms_dcs, 0x04, TT_SMS_BINARY, -1, true);
    CODING(tt_sms_dcs, 0x08, TT_SMS_UCS2, -1, true);
    CODING(tt_sms_dcs, 0x0c, TT_SMS_BINARY, -1, false);
    CODING(tt_sms_dcs, 0x18, TT_SMS_UCS2, 0, true);
    CODING(tt_sms_dcs, 0x20, TT_SMS_COMPRESSED, -1, true);
    CODING(tt_sms_dcs, 0x51, TT_SMS_GSM7, 1, true);
    CODING(tt_sms_dcs, 0x90, TT_SMS_BINARY, -1, false);
    CODING(tt_sms_dcs, 0xc8, TT_SMS_GSM7, -1, true);
    CODING(tt_sms_dcs, 0xe0, TT_SMS_UCS2, -1, true);
    CODING(tt_sms_dcs, 0xf8, TT_SMS_GSM7, 0, false);
    (void)unused;
}

static void headers(void **unused)
{
    struct tt_sms_header h = tt_sms_header(RAW("\5\0\3\xa7\2\1text"));
    assert_true(h.concatenated && !h.wide && !h.faulty && !h.ports);
    assert_int_equal(h.reference, 0xa7);
    assert_int_equal(h.parts, 2);
    assert_int_equal(h.part, 1);
    assert_int_equal(h.body.n, 4);
    h = tt_sms_header(RAW("\x0c\5\4\x0b\x84\x23\xf0\x08\4\1\2\3\2"));
    assert_true(h.concatenated && h.wide && h.ports && !h.faulty);
    assert_int_equal(h.destination, 2948);
    assert_int_equal(h.source, 9200);
    assert_int_equal(h.reference, 0x102);
    assert_int_equal(h.body.n, 0);
    h = tt_sms_header(RAW("\4\4\2\xf0\xf1x"));
    assert_true(h.ports && h.destination == 240 && h.source == 241 && !h.faulty);
    assert_true(tt_sms_header(RAW("")).faulty);
    assert_true(tt_sms_header(RAW("\6\0\3\1\2\1")).faulty); /* longer than the message */
    assert_true(tt_sms_header(RAW("\5\0\4\1\2\1")).faulty); /* an element past the header */
    h = tt_sms_header(RAW("\4\0\2\1\2x"));                  /* 9.2.3.24.1: three octets */
    assert_true(h.faulty && !h.concatenated && h.body.n == 1);
    assert_true(tt_sms_header(RAW("\1\0")).faulty);
    (void)unused;
}

static enum tt_sms_kept keep(struct tt_sms_places *p, struct tt_msg *m, uint32_t key, uint8_t parts,
                             uint8_t part, const char *text, struct tt_bytes *whole)
{
    struct tt_sms_header h = {.parts = parts, .part = part, .concatenated = true};
    struct tt_bytes b = {(const uint8_t *)text, (uint32_t)strlen(text)};
    return tt_sms_keep(p, m, key, &h, TT_SMS_GSM7, b, whole);
}

static void parts(void **unused)
{
    struct tt_msg *m = message();
    struct tt_sms_places p = {0};
    struct tt_bytes w = {NULL, 0};
    char long_part[200] = {0};
    assert_int_equal(keep(&p, m, 7, 3, 2, "b", &w), TT_SMS_KEPT);
    assert_int_equal(keep(&p, m, 8, 2, 1, "x", &w), TT_SMS_KEPT);
    assert_int_equal(keep(&p, m, 7, 3, 3, "cc", &w), TT_SMS_KEPT);
    assert_int_equal(keep(&p, m, 7, 3, 3, "cc", &w), TT_SMS_AGAIN);
    assert_int_equal(keep(&p, m, 7, 3, 1, "", &w), TT_SMS_WHOLE);
    assert_true(w.n == 3 && memcmp(w.p, "bcc", 3) == 0);
    assert_int_equal(keep(&p, m, 8, 2, 1, "y", &w), TT_SMS_CONFLICT);
    assert_int_equal(keep(&p, m, 8, 2, 2, "z", &w), TT_SMS_WHOLE);
    assert_true(w.n == 2 && memcmp(w.p, "yz", 2) == 0);
    /* four at a time: the one that waits for longest is given up */
    keep(&p, m, 1, 2, 1, "1", &w);
    keep(&p, m, 2, 2, 1, "2", &w);
    keep(&p, m, 3, 2, 1, "3", &w);
    keep(&p, m, 4, 2, 1, "4", &w);
    assert_int_equal(keep(&p, m, 2, 2, 2, "2", &w), TT_SMS_WHOLE);
    assert_int_equal(keep(&p, m, 1, 2, 2, "1", &w), TT_SMS_KEPT);
    /* more parts, more octets than there is room for */
    assert_int_equal(keep(&p, m, 9, TT_SMS_PARTS + 1, 1, "1", &w), TT_SMS_NOT_KEPT);
    memset(long_part, 'a', 153);
    for (uint8_t i = 1; i <= 7; i++) { /* eight of 153 are 1224 */
        assert_int_equal(keep(&p, m, 10, 8, i, long_part, &w), TT_SMS_KEPT);
    }
    long_part[153] = 'a';
    assert_int_equal(keep(&p, m, 10, 8, 8, long_part, &w), TT_SMS_NOT_KEPT);
    assert_true(tt_sms_key(0, RAW("ab")) != tt_sms_key(tt_sms_key(0, RAW("a")), RAW("b")));
    free(m);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alphabets), cmocka_unit_test(packing), cmocka_unit_test(room),
        cmocka_unit_test(codings),   cmocka_unit_test(headers), cmocka_unit_test(parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
