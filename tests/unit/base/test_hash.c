/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Hashes against published vectors: FIPS 180-4 examples, RFC 4648 section 10, XXH3's own for
 * nothing and "abc".
 */
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <sys/types.h>

#include <sha1.h>

#include <cmocka.h>

static void expect_hex(const uint8_t *p, size_t n, const char *want)
{
    char text[80];
    for (size_t i = 0; i < n; i++) {
        sprintf(text + 2 * i, "%02x", p[i]);
    }
    assert_string_equal(text, want);
}

static void sha(void **state)
{
    (void)state;
    uint8_t out[32];
    tt_sha1("abc", 3, out);
    expect_hex(out, 20, "a9993e364706816aba3e25717850c26c9cd0d89d");
    tt_sha1(NULL, 0, out);
    expect_hex(out, 20, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    tt_sha1("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, out); /* two blocks */
    expect_hex(out, 20, "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    tt_sha256("abc", 3, out);
    expect_hex(out, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    tt_sha256(NULL, 0, out);
    expect_hex(out, 32, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* Of any length, as libmd has it. */
static void sha1_of_any_length(void **state)
{
    (void)state;
    uint8_t text[300], out[20], expected[20];
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (uint8_t)(i * 37 + i / 7);
    }
    for (size_t n = 0; n <= sizeof text; n++) {
        SHA1_CTX libmd;
        SHA1Init(&libmd);
        SHA1Update(&libmd, text, n);
        SHA1Final(expected, &libmd);
        tt_sha1(text, n, out);
        assert_memory_equal(out, expected, sizeof out);
    }
}

static void xxh3(void **state)
{
    (void)state;
    assert_true(tt_hash_bytes(NULL, 0, 0) == UINT64_C(0x2d06800538d394c2));
    assert_true(tt_hash_bytes("abc", 3, 0) == UINT64_C(0x78af5f94892f3950));
    uint8_t text[300];
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (uint8_t)i;
    }
    for (size_t n = 0; n < sizeof text; n++) {
        assert_true(tt_hash_bytes(text, n, 1) != tt_hash_bytes(text, n, 2));
        assert_true(tt_hash_bytes(text, n, 1) == tt_hash_bytes(text, n, 1));
    }
}

static void secrets_differ(void **state)
{
    (void)state;
    assert_true(tt_hash_secret() != tt_hash_secret());
}

static void mum(void **state)
{
    (void)state;
    assert_true(tt_mum(3, 5) == 15);
    /* (2^64 - 1)^2 = (2^64 - 2) * 2^64 + 1 */
    assert_true(tt_mum(UINT64_MAX, UINT64_MAX) == ((UINT64_MAX - 1) ^ 1));
}

static void base64(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"},
                                           {"\xfb\xff\xbf", "+/+/"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char out[16] = "###############";
        size_t n = strlen(pairs[i][1]);
        assert_int_equal(tt_base64(out, pairs[i][0], strlen(pairs[i][0])), n);
        assert_memory_equal(out, pairs[i][1], n);
        assert_int_equal(out[n], '#');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha),  cmocka_unit_test(sha1_of_any_length),
        cmocka_unit_test(xxh3), cmocka_unit_test(secrets_differ),
        cmocka_unit_test(mum),  cmocka_unit_test(base64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
