/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Community ID v1 against the vectors of the specification's baseline.
 */
#include "base/community.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static const struct {
    const char *src, *dst;
    uint8_t proto;
    uint16_t sport, dport, seed;
    const char *id;
    bool one_way; /* the other direction has another id */
} vectors[] = {
    {"128.232.110.120", "66.35.250.204", 6, 34855, 80, 0, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=", false},
    {"128.232.110.120", "66.35.250.204", 6, 34855, 80, 1, "1:3V71V58M3Ksw/yuFALMcW0LAHvc=", false},
    {"192.168.1.52", "8.8.8.8", 17, 54585, 53, 0, "1:d/FP5EW3wiY1vCndhwleRRKHowQ=", false},
    {"192.168.170.8", "192.168.170.56", 132, 7, 80, 0, "1:jQgCxbku+pNGw8WPbEc/TS/uTpQ=", false},
    {"10.1.24.2", "10.1.12.1", 46, 0, 0, 0, "1:1NP7rSLuFWEvcrtO4TJjQHUpLkw=", false},
    /* RSVP has no ports */
    {"10.1.24.2", "10.1.12.1", 46, 5, 9, 0, "1:1NP7rSLuFWEvcrtO4TJjQHUpLkw=", false},
    {"10.0.0.1", "10.0.0.1", 6, 1883, 50000, 0, "1:pCnZl9GRSLEurvXfHTff3RuKwxI=", false},
    {"10.0.0.1", "10.0.0.2", 1, 3, 1, 0, "1:gkoOC4ouXvyYq0Ek/WqwbLoqcxM=", true},
    {"10.0.0.2", "10.0.0.1", 1, 3, 1, 0, "1:JHjlyD5IJJjl3wHWOMj46lLWZag=", true},
};

static void id(char out[32], const char *src, const char *dst, uint8_t proto, uint16_t sport,
               uint16_t dport, uint16_t seed)
{
    uint8_t a[16], b[16];
    bool v6 = false;
    assert_true(tt_parse_address(src, strlen(src), a, &v6));
    assert_true(tt_parse_address(dst, strlen(dst), b, &v6));
    memset(out, '#', 32);
    assert_int_equal(tt_community_id(out, a, b, !v6, proto, sport, dport, seed), 30);
    assert_int_equal(strlen(out), 30);
}

static void baseline(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        char there[32], back[32];
        id(there, vectors[i].src, vectors[i].dst, vectors[i].proto, vectors[i].sport,
           vectors[i].dport, vectors[i].seed);
        assert_string_equal(there, vectors[i].id);
        if (!vectors[i].one_way) {
            id(back, vectors[i].dst, vectors[i].src, vectors[i].proto, vectors[i].dport,
               vectors[i].sport, vectors[i].seed);
            assert_string_equal(back, vectors[i].id);
        }
    }
}

static void icmp_pairs(void **state)
{
    (void)state;
    char text[32];
    id(text, "192.168.0.89", "192.168.0.1", 1, 8, 0, 0);
    assert_string_equal(text, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=");
    id(text, "192.168.0.1", "192.168.0.89", 1, 0, 0, 0); /* the reply */
    assert_string_equal(text, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=");
    id(text, "fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", 58, 135, 0, 0);
    assert_string_equal(text, "1:dGHyGvjMfljg6Bppwm3bg0LO8TY=");
    id(text, "fe80::260:97ff:fe07:69ea", "fe80::200:86ff:fe05:80da", 58, 136, 0, 0);
    assert_string_equal(text, "1:dGHyGvjMfljg6Bppwm3bg0LO8TY=");
}

/* The specification's table of counterparts: a question and its answer share the id, whatever their
 * codes. */
static void icmp_table(void **state)
{
    (void)state;
    static const uint16_t pairs[][3] = {{1, 0, 8},      {1, 9, 10},     {1, 13, 14},
                                        {1, 15, 16},    {1, 17, 18},    {58, 128, 129},
                                        {58, 130, 131}, {58, 133, 134}, {58, 135, 136},
                                        {58, 139, 140}, {58, 144, 145}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char there[32], back[32];
        id(there, "10.0.0.1", "10.0.0.2", (uint8_t)pairs[i][0], pairs[i][1], 0, 0);
        id(back, "10.0.0.2", "10.0.0.1", (uint8_t)pairs[i][0], pairs[i][2], 5, 0);
        assert_string_equal(there, back);
    }
    char one[32], other[32];
    id(one, "10.0.0.1", "10.0.0.2", 1, 128, 0, 0); /* a v6 type means nothing in v4 */
    id(other, "10.0.0.2", "10.0.0.1", 1, 129, 0, 0);
    assert_string_not_equal(one, other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(baseline),
        cmocka_unit_test(icmp_pairs),
        cmocka_unit_test(icmp_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
