/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Systems of receivers by prefix: the longest counts, for both versions of IP, and mistakes are
 * named.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "config/receivers.h"
#include "config/value.h"

static const struct tt_option rows[] = {
    {"stream.policy", "", "linux", tt_receiver_names, 0, 0, TT_OPTION_CHOICE},
    {"host-os-policy", "", "", NULL, 0, 0, TT_OPTION_MAP},
};
static const struct tt_option_table table = {rows, 2};
static const struct tt_option_table *const tables[] = {&table, NULL};

static struct tt_receivers *made(struct tt_config *c, const char *const *lines, struct tt_error *e)
{
    for (; *lines; lines++) {
        assert_true(tt_config_set(c, *lines, e));
    }
    return tt_receivers_new(c, e);
}

static enum tt_receiver at(const struct tt_receivers *r, const char *address)
{
    struct tt_address a;
    bool v6;
    assert_true(tt_parse_address(address, strlen(address), a.b, &v6));
    return tt_receivers_of(r, &a);
}

static void longest_prefix(void **state)
{
    (void)state;
    static const char *const lines[] = {"stream.policy=bsd",
                                        "host-os-policy.windows=[10.0.0.0/8, 2001:db8::/32]",
                                        "host-os-policy.linux=[10.1.0.0/16,10.1.2.3,192.168.0.7]",
                                        "host-os-policy.old-linux=10.1.2.0/24",
                                        "host-os-policy.vista=\"2001:db8:1::/48\" ::1",
                                        "host-os-policy.solaris=172.16.0.0/12",
                                        NULL};
    struct tt_config *c = tt_config_from(tables);
    struct tt_error e;
    struct tt_receivers *r = made(c, lines, &e);
    assert_non_null(r);
    assert_int_equal(at(r, "10.200.0.1"), TT_RECEIVER_WINDOWS);
    assert_int_equal(at(r, "10.1.255.1"), TT_RECEIVER_LINUX);
    assert_int_equal(at(r, "10.1.2.4"), TT_RECEIVER_OLD_LINUX);
    assert_int_equal(at(r, "10.1.2.3"), TT_RECEIVER_LINUX);
    assert_int_equal(at(r, "172.31.255.255"), TT_RECEIVER_SOLARIS);
    assert_int_equal(at(r, "172.32.0.0"), TT_RECEIVER_BSD);
    assert_int_equal(at(r, "192.168.0.6"), TT_RECEIVER_BSD);
    assert_int_equal(at(r, "192.168.0.7"), TT_RECEIVER_LINUX);
    assert_int_equal(at(r, "2001:db8:2::1"), TT_RECEIVER_WINDOWS);
    assert_int_equal(at(r, "2001:db8:1:ffff::1"), TT_RECEIVER_VISTA);
    assert_int_equal(at(r, "2001:db9::"), TT_RECEIVER_BSD);
    assert_int_equal(at(r, "::1"), TT_RECEIVER_VISTA);
    tt_receivers_free(r);
    tt_config_free(c);
}

static void everybody(void **state)
{
    (void)state;
    static const char *const lines[] = {"host-os-policy.windows=[0.0.0.0/0, ::/0]",
                                        "host-os-policy.irix=::/1", NULL};
    struct tt_config *c = tt_config_from(tables);
    struct tt_error e;
    struct tt_receivers *r = made(c, lines, &e);
    assert_non_null(r);
    assert_int_equal(at(r, "192.0.2.1"), TT_RECEIVER_WINDOWS); /* 0.0.0.0/0 is ::ffff:0:0/96 */
    assert_int_equal(at(r, "2001:db8::1"), TT_RECEIVER_IRIX);
    assert_int_equal(at(r, "fe80::1"), TT_RECEIVER_WINDOWS);
    tt_receivers_free(r);
    tt_config_free(c);
    assert_int_equal(at(NULL, "192.0.2.1"), TT_RECEIVER_LINUX);
}

static void mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *lines[3], *what;
    } cases[] = {
        {{"host-os-policy.windows=10.0.0.0/33"}, "'10.0.0.0/33'"},
        {{"host-os-policy.windows=[10.0.0.0/8,everyone]"}, "'everyone'"},
        {{"host-os-policy.windows=2001:db8::/129"}, "'2001:db8::/129'"},
        {{"host-os-policy.windows=10.0.0.0/"}, "'10.0.0.0/'"},
        {{"host-os-policy.windoze=10.0.0.0/8"}, "unknown system 'windoze'"},
        {{"host-os-policy.windows=10.0.0.0/8", "host-os-policy.linux=10.3.0.0/8"}, "10.0.0.0/104"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tt_config *c = tt_config_from(tables);
        struct tt_error e;
        char text[600];
        assert_null(made(c, cases[i].lines, &e));
        tt_error_text(&e, text, sizeof text);
        if (!strstr(text, cases[i].what)) {
            fail_msg("%zu: %s", i, text);
        }
        tt_config_free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(longest_prefix),
        cmocka_unit_test(everybody),
        cmocka_unit_test(mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
