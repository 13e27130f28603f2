/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Defaults, --set, values by path, and that a configuration explains itself into a file that loads
 * again.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "unit/config/fixture.h"

static void set(const char *assignment)
{
    struct tt_error e;
    assert_true(tt_config_set(c, assignment, &e));
}

static void refused(const char *assignment, const char *want)
{
    struct tt_error e;
    char text[1024];
    assert_false(tt_config_set(c, assignment, &e));
    tt_error_text(&e, text, sizeof text);
    assert_string_equal(text, want);
    assert_false(tt_config_set(c, assignment, NULL));
}

static void defaults(void **state)
{
    (void)state;
    const char *key = NULL, *value = NULL;
    assert_int_equal(tt_config_uint(c, "eve.types"), 1 | 4);
    assert_false(tt_config_bool(c, "eve.mqtt.passwords"));
    assert_string_equal(tt_config_text(c, "eve.file"), "eve.json");
    assert_int_equal(tt_config_uint(c, "workers"), 1);
    assert_int_equal(tt_config_uint(c, "flow.memory"), 67108864);
    assert_int_equal(tt_config_uint(c, "flow.timeout"), 600);
    assert_int_equal(tt_config_uint(c, "checksums"), 0);
    assert_true(tt_config_pair(c, "vars.address-groups", 0, &key, &value));
    assert_string_equal(key, "HOME_NET");
    assert_string_equal(value, "[10.0.0.0/8]");
    assert_true(tt_config_pair(c, "vars.address-groups", 1, &key, &value));
    assert_string_equal(key, "EXTERNAL_NET");
    assert_string_equal(value, "any");
    assert_false(tt_config_pair(c, "vars.address-groups", 2, &key, &value));
    assert_false(tt_config_pair(c, "vars.port-groups", 0, &key, &value));
}

static void no_options_at_all(void **state)
{
    (void)state;
    static const struct tt_option_table *const none[] = {NULL};
    struct tt_config *empty = tt_config_from(none);
    struct tt_error e;
    assert_false(tt_config_set(empty, "a=b", &e));
    FILE *out = fopen("/dev/null", "w");
    assert_non_null(out);
    tt_config_explain(empty, out);
    fclose(out);
    tt_config_free(empty);
    tt_config_free(NULL);
}

static void booleans(void **state)
{
    (void)state;
    static const char *const yes[] = {"yes", "true", "on", "1", "Yes", "TRUE"};
    static const char *const no[] = {"no", "false", "off", "0", "No"};
    char text[64];
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        set("eve.mqtt.passwords=no");
        snprintf(text, sizeof text, "eve.mqtt.passwords=%s", yes[i]);
        set(text);
        assert_true(tt_config_bool(c, "eve.mqtt.passwords"));
    }
    for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
        set("eve.mqtt.passwords=yes");
        snprintf(text, sizeof text, "eve.mqtt.passwords=%s", no[i]);
        set(text);
        assert_false(tt_config_bool(c, "eve.mqtt.passwords"));
    }
    refused("eve.mqtt.passwords=maybe",
            "--set: eve.mqtt.passwords: 'maybe' is not valid (write yes or no)");
    refused("eve.mqtt.passwords=", "--set: eve.mqtt.passwords: '' is not valid (write yes or no)");
}

static void numbers(void **state)
{
    (void)state;
    set("workers=64");
    assert_int_equal(tt_config_uint(c, "workers"), 64);
    refused("workers=65", "--set: workers: 65 is too large (at most 64)");
    refused("workers=0", "--set: workers: 0 is too small (at least 1)");
    refused("workers=99999999999999999999",
            "--set: workers: 99999999999999999999 is too large (at most 64)");
    refused("workers=-1", "--set: workers: '-1' is not valid (write a whole number, 1 to 64)");
    refused("workers=1.5", "--set: workers: '1.5' is not valid (write a whole number, 1 to 64)");
    refused("workers=2k", "--set: workers: '2k' is not valid (write a whole number, 1 to 64)");
    refused("workers= 2", "--set: workers: ' 2' is not valid (write a whole number, 1 to 64)");
    refused("workers=2 ", "--set: workers: '2 ' is not valid (write a whole number, 1 to 64)");
    assert_int_equal(tt_config_uint(c, "workers"), 64);
}

static void sizes_and_durations(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t size;
    } sizes[] = {
        {"4096", 4096},      {"4096b", 4096},    {"4kb", 4096},
        {"4 KB", 4096},      {"5KiB", 5120},     {"16mb", 16777216},
        {"1GB", 1073741824}, {"1g", 1073741824}, {"17179869183gb", UINT64_C(18446744072635809792)}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char text[64];
        snprintf(text, sizeof text, "flow.memory=%s", sizes[i].text);
        set(text);
        assert_true(tt_config_uint(c, "flow.memory") == sizes[i].size);
    }
    refused("flow.memory=17179869184gb",
            "--set: flow.memory: 17179869184gb is too large (at most 18446744073709551615)");
    refused("flow.memory=4095", "--set: flow.memory: 4095 is too small (at least 4kb)");
    refused("flow.memory=4x", "--set: flow.memory: '4x' is not valid (write a size in octets such "
                              "as 512, 64kb, 16mb or 1gb, at least 4kb)");
    refused("flow.memory=kb", "--set: flow.memory: 'kb' is not valid (write a size in octets such "
                              "as 512, 64kb, 16mb or 1gb, at least 4kb)");
    set("flow.timeout=90");
    assert_int_equal(tt_config_uint(c, "flow.timeout"), 90);
    set("flow.timeout=91s");
    assert_int_equal(tt_config_uint(c, "flow.timeout"), 91);
    set("flow.timeout=10m");
    assert_int_equal(tt_config_uint(c, "flow.timeout"), 600);
    set("flow.timeout=24h");
    assert_int_equal(tt_config_uint(c, "flow.timeout"), 86400);
    set("flow.timeout=1d");
    assert_int_equal(tt_config_uint(c, "flow.timeout"), 86400);
    refused("flow.timeout=7d", "--set: flow.timeout: 7d is too large (at most 1d)");
    refused("flow.timeout=9s", "--set: flow.timeout: 9s is too small (at least 10s)");
    refused("flow.timeout=10mb", "--set: flow.timeout: '10mb' is not valid (write seconds such as "
                                 "90, or 90s, 10m, 24h, 7d, 10s to 1d)");
}

static void choices_and_sets(void **state)
{
    (void)state;
    set("checksums=none");
    assert_int_equal(tt_config_uint(c, "checksums"), 2);
    refused("checksums=nonne", "--set: checksums: 'nonne' is not valid (did you mean none?)");
    refused("checksums=sometimes",
            "--set: checksums: 'sometimes' is not valid (write one of auto, all, none)");
    set("eve.types=mqtt");
    assert_int_equal(tt_config_uint(c, "eve.types"), 8);
    set("eve.types=anomaly , mqtt,mqtt");
    assert_int_equal(tt_config_uint(c, "eve.types"), 10);
    set("eve.types=[alert,flow]");
    assert_int_equal(tt_config_uint(c, "eve.types"), 5);
    refused("eve.types=alert,mqqt", "--set: eve.types: 'mqqt' is not valid (did you mean mqtt?)");
    refused("eve.types=alert,",
            "--set: eve.types: '' is not valid (write a list out of alert, anomaly, flow, mqtt)");
    refused("eve.types=,",
            "--set: eve.types: '' is not valid (write a list out of alert, anomaly, flow, mqtt)");
    assert_int_equal(tt_config_uint(c, "eve.types"), 5);
    set("eve.types=");
    assert_int_equal(tt_config_uint(c, "eve.types"), 0);
    set("eve.types=flow");
    set("eve.types=[]");
    assert_int_equal(tt_config_uint(c, "eve.types"), 0);
}

static void texts_and_maps(void **state)
{
    (void)state;
    const char *key = NULL, *value = NULL;
    set("eve.file=a=b c");
    assert_string_equal(tt_config_text(c, "eve.file"), "a=b c");
    set("eve.file=");
    assert_string_equal(tt_config_text(c, "eve.file"), "");
    refused("eve.file=\xff", "--set: eve.file: the text is not UTF-8");
    set("vars.address-groups.HOME_NET=192.0.2.0/24");
    set("vars.address-groups.M.2.M=any");
    assert_true(tt_config_pair(c, "vars.address-groups", 0, &key, &value));
    assert_string_equal(value, "192.0.2.0/24");
    assert_true(tt_config_pair(c, "vars.address-groups", 2, &key, &value));
    assert_string_equal(key, "M.2.M");
    refused("vars.address-groups=x",
            "--set: vars.address-groups is a map of names to texts, not one value (name an entry: "
            "vars.address-groups.NAME)");
    refused("vars.address-groups.=x",
            "--set: vars.address-groups: an entry has no name (name it: vars.address-groups.NAME)");
    refused("vars.address-groups.\xff=x", "--set: vars.address-groups: the text is not UTF-8");
}

static void unknown_paths(void **state)
{
    (void)state;
    refused("eve.tpyes=1", "--set: there is no option eve.tpyes (did you mean eve.types?)");
    refused("evve.types=1", "--set: there is no option evve.types (did you mean eve.types?)");
    refused("eve.mqt.passwords=1",
            "--set: there is no option eve.mqt.passwords (did you mean eve.mqtt.passwords?)");
    refused("passwords=1",
            "--set: there is no option passwords (did you mean eve.mqtt.passwords?)");
    refused("worker=1", "--set: there is no option worker (did you mean workers?)");
    refused("eve.types.alert=1",
            "--set: there is no option eve.types.alert (did you mean eve.types?)");
    refused("zzzzzz=1", "--set: there is no option zzzzzz (`telltale config --explain` lists all)");
    refused("=1",
            "--set: there is no option without a name (`telltale config --explain` lists all)");
    refused("eve=1",
            "--set: eve is a section, not an option (name an option below it: eve.NAME=VALUE)");
    refused("workers", "--set: 'workers' sets nothing (write KEY=VALUE)");
    refused("", "--set: '' sets nothing (write KEY=VALUE)");
    char text[400];
    memset(text, 'a', sizeof text);
    memcpy(text + 390, "=1", 3);
    refused(text, "--set: there is no option with so long a name");
    memcpy(text + 200, "=1", 3);
    assert_false(tt_config_set(c, text, NULL));
}

static void explained(char *text, size_t cap)
{
    FILE *out = fmemopen(text, cap, "w");
    assert_non_null(out);
    tt_config_explain(c, out);
    fclose(out);
}

static void explains_itself(void **state)
{
    (void)state;
    char text[4096];
    explained(text, sizeof text);
    assert_string_equal(
        text, "# All options of telltale with their present values.\n"
              "# Wrong checksums\n"
              "# one of auto, all, none; default auto\n"
              "checksums: auto\n"
              "\n"
              "eve:\n"
              "  # Name of the file\n"
              "  # a text; default eve.json\n"
              "  file: \"eve.json\"\n"
              "  mqtt:\n"
              "    # Write passwords\n"
              "    # yes or no; default no\n"
              "    passwords: no\n"
              "  # Event types that are written\n"
              "  # a list out of alert, anomaly, flow, mqtt; default alert, flow\n"
              "  types: [alert, flow]\n"
              "\n"
              "flow:\n"
              "  # Memory for flows\n"
              "  # a size in octets such as 512, 64kb, 16mb or 1gb, at least 4kb; default 64mb\n"
              "  memory: 64mb\n"
              "  # Silence that ends a flow\n"
              "  # seconds such as 90, or 90s, 10m, 24h, 7d, 10s to 1d; default 10m\n"
              "  timeout: 10m\n"
              "\n"
              "vars:\n"
              "  # Addresses by name\n"
              "  # a map of names to texts; default {HOME_NET: '[10.0.0.0/8]', EXTERNAL_NET: any}\n"
              "  address-groups:\n"
              "    \"HOME_NET\": \"[10.0.0.0/8]\"\n"
              "    \"EXTERNAL_NET\": \"any\"\n"
              "  # Ports by name\n"
              "  # a map of names to texts; default empty\n"
              "  port-groups: {}\n"
              "# Threads\n"
              "# that look at packets\n"
              "# a whole number, 1 to 64; default 1\n"
              "workers: 1\n");
}

static void an_explanation_loads_again(void **state)
{
    (void)state;
    char first[8192], second[8192];
    struct tt_error e;
    set("eve.file=a \"b\" \\ \t\n\x01\x7f\xc2\x85\xc3\xa9 # no: comment");
    set("eve.types=");
    set("flow.memory=4097");
    set("flow.timeout=61");
    set("vars.port-groups.- a: [x]=!b");
    set("vars.address-groups.HOME_NET=");
    explained(first, sizeof first);
    tt_config_free(c);
    fresh(NULL);
    if (!tt_config_parse(c, "x", first, strlen(first), &e)) {
        fail_msg("%s line %u", e.what, e.line);
    }
    explained(second, sizeof second);
    assert_string_equal(first, second);
    assert_string_equal(tt_config_text(c, "eve.file"),
                        "a \"b\" \\ \t\n\x01\x7f\xc2\x85\xc3\xa9 # no: comment");
}

/* The child must die by abort(3). */
static void aborts(void (*act)(void))
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        fclose(stderr);
        act();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void read_undeclared(void)
{
    tt_config_uint(c, "no.such");
}

static void read_other_type(void)
{
    tt_config_bool(c, "workers");
}

static void twice(void)
{
    static const struct tt_option_table *const tables[] = {&eve_table, &eve_table, NULL};
    tt_config_from(tables);
}

static void option_and_section(void)
{
    static const struct tt_option rows[] = {{"eve", "", "1", NULL, 0, 0, TT_OPTION_UINT}};
    static const struct tt_option_table table = {rows, 1};
    static const struct tt_option_table *const tables[] = {&eve_table, &table, NULL};
    tt_config_from(tables);
}

static void bad_default(void)
{
    static const struct tt_option rows[] = {{"x", "", "5", NULL, 6, 0, TT_OPTION_UINT}};
    static const struct tt_option_table table = {rows, 1};
    static const struct tt_option_table *const tables[] = {&table, NULL};
    tt_config_from(tables);
}

static void broken_rows_abort(void **state)
{
    (void)state;
    aborts(read_undeclared);
    aborts(read_other_type);
    aborts(twice);
    aborts(option_and_section);
    aborts(bad_default);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(defaults, fresh, done),
        cmocka_unit_test(no_options_at_all),
        cmocka_unit_test_setup_teardown(booleans, fresh, done),
        cmocka_unit_test_setup_teardown(numbers, fresh, done),
        cmocka_unit_test_setup_teardown(sizes_and_durations, fresh, done),
        cmocka_unit_test_setup_teardown(choices_and_sets, fresh, done),
        cmocka_unit_test_setup_teardown(texts_and_maps, fresh, done),
        cmocka_unit_test_setup_teardown(unknown_paths, fresh, done),
        cmocka_unit_test_setup_teardown(explains_itself, fresh, done),
        cmocka_unit_test_setup_teardown(an_explanation_loads_again, fresh, done),
        cmocka_unit_test_setup_teardown(broken_rows_abort, fresh, done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
