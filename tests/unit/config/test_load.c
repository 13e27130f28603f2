/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Configuration files: what is read, and for everything that is not, the line, the column and the
 * advice. Lines and columns are counted by hand in the texts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "unit/config/fixture.h"

static void load(const char *yaml)
{
    struct tt_error e;
    if (!tt_config_parse(c, "f", yaml, strlen(yaml), &e)) {
        fail_msg("line %u column %u: %s", e.line, e.column, e.what);
    }
}

static void refused_n(const char *yaml, size_t n, const char *want)
{
    struct tt_error e;
    char text[1024];
    struct tt_config *draft = tt_config_copy(c);
    assert_false(tt_config_parse(draft, "f", yaml, n, &e));
    tt_config_free(draft);
    tt_error_text(&e, text, sizeof text);
    assert_string_equal(text, want);
}

static void refused(const char *yaml, const char *want)
{
    refused_n(yaml, strlen(yaml), want);
}

static void reads_everything(void **state)
{
    (void)state;
    const char *key = NULL, *value = NULL;
    load("%YAML 1.1\n---\n"
         "# a comment\n"
         "eve:\n"
         "  types:\n"
         "    - mqtt\n"
         "    - alert\n"
         "  mqtt: {passwords: yes}\n"
         "  file: 'it''s'\n"
         "flow.memory: 1 mb\n"
         "flow:\n"
         "  timeout: 1h\n"
         "workers: \"8\"\n"
         "checksums: all\n"
         "vars:\n"
         "  address-groups:\n"
         "    HOME_NET: \"[192.0.2.0/24, !192.0.2.1]\"\n"
         "    a.b: [10.0.0.0/8, 172.16.0.0/12]\n"
         "    EMPTY: []\n"
         "  port-groups.MQTT: 1883\n"
         "...\n");
    assert_int_equal(tt_config_uint(c, "eve.types"), 1 | 8);
    assert_true(tt_config_bool(c, "eve.mqtt.passwords"));
    assert_string_equal(tt_config_text(c, "eve.file"), "it's");
    assert_int_equal(tt_config_uint(c, "flow.memory"), 1048576);
    assert_int_equal(tt_config_uint(c, "flow.timeout"), 3600);
    assert_int_equal(tt_config_uint(c, "workers"), 8);
    assert_int_equal(tt_config_uint(c, "checksums"), 1);
    static const char *const want[][2] = {{"HOME_NET", "[192.0.2.0/24, !192.0.2.1]"},
                                          {"EXTERNAL_NET", "any"},
                                          {"a.b", "[10.0.0.0/8,172.16.0.0/12]"},
                                          {"EMPTY", "[]"}};
    for (uint32_t i = 0; i < 4; i++) {
        assert_true(tt_config_pair(c, "vars.address-groups", i, &key, &value));
        assert_string_equal(key, want[i][0]);
        assert_string_equal(value, want[i][1]);
    }
    assert_false(tt_config_pair(c, "vars.address-groups", 4, &key, &value));
    assert_true(tt_config_pair(c, "vars.port-groups", 0, &key, &value));
    assert_string_equal(key, "MQTT");
    assert_string_equal(value, "1883");
}

static void nothing_is_a_configuration(void **state)
{
    (void)state;
    load("");
    load("# only a comment\n");
    load("---\n...\n");
    load("{}");
    load("eve:\nvars:\n  port-groups:\n  address-groups: {}\n");
    load("eve:\n  types: []\n");
    assert_int_equal(tt_config_uint(c, "eve.types"), 0);
    load("eve:\n  types: [flow]\n");
    load("eve:\n  types: ''\n");
    assert_int_equal(tt_config_uint(c, "eve.types"), 0);
    load("\xef\xbb\xbfworkers: 2\n"); /* a byte order mark */
    load("workers: 3\r\nchecksums: none\r\n");
    assert_int_equal(tt_config_uint(c, "workers"), 3);
    assert_int_equal(tt_config_uint(c, "checksums"), 2);
}

static void a_later_file_adds(void **state)
{
    (void)state;
    const char *key = NULL, *value = NULL;
    load("vars.address-groups:\n  HOME_NET: one\n  NEW: two\n");
    load("vars.address-groups:\n  NEW: three\n");
    assert_true(tt_config_pair(c, "vars.address-groups", 0, &key, &value));
    assert_string_equal(value, "one");
    assert_true(tt_config_pair(c, "vars.address-groups", 2, &key, &value));
    assert_string_equal(value, "three");
}

static void unknown_keys(void **state)
{
    (void)state;
    refused("workers: 2\neve:\n  tpyes: [flow]\n",
            "f:3:3: there is no option eve.tpyes (did you mean eve.types?)");
    refused("evve:\n  types: [flow]\n", "f:1:1: there is no option evve (did you mean eve?)");
    refused("eve:\n  workers: 1\n",
            "f:2:3: there is no option eve.workers (did you mean workers?)");
    refused("zzzzzz: 1\n",
            "f:1:1: there is no option zzzzzz (`telltale config --explain` lists all)");
    refused("'': 1\n",
            "f:1:1: there is no option without a name (`telltale config --explain` lists all)");
    refused("eve:\n  <<: {}\n",
            "f:2:3: there is no option eve.<< (`telltale config --explain` lists all)");
    refused_n("\"a\\0b\": 1\n", 10,
              "f:1:1: the key is too long or has a NUL in it (see `telltale config --explain`)");
    char text[400];
    memset(text, 'a', sizeof text);
    memcpy(text + 300, ": 1\n", 5);
    refused(text,
            "f:1:1: the key is too long or has a NUL in it (see `telltale config --explain`)");
}

static void duplicates(void **state)
{
    (void)state;
    refused("workers: 2\nchecksums: all\nworkers: 3\n",
            "f:3:1: workers is set twice (the first is on line 1)");
    refused("eve:\n  file: a\nworkers: 1\neve:\n  types: []\n",
            "f:4:1: section eve occurs twice (the first is on line 1; join them)");
    refused("eve:\n  file: a\neve.file: b\n",
            "f:3:1: eve.file is set twice (the first is on line 2)");
}

static void duplicate_pairs(void **state)
{
    (void)state;
    refused("vars:\n  address-groups:\n    A: x\n    B: y\n    A: z\n",
            "f:5:5: vars.address-groups.A is set twice (the first is on line 3)");
    refused("vars.port-groups: {A: 1}\nvars.port-groups.A: 2\n",
            "f:2:1: vars.port-groups.A is set twice (the first is on line 1)");
    refused("vars.port-groups: {A: 1}\nvars.port-groups: {B: 2}\n",
            "f:2:1: vars.port-groups is set twice (the first is on line 1)");
    refused("eve:\neve:\n", "f:2:1: section eve occurs twice (the first is on line 1; join them)");
}

static void wrong_types(void **state)
{
    (void)state;
    refused("workers: [1, 2]\n",
            "f:1:10: workers: a list cannot stand here (write a whole number, 1 to 64)");
    refused("workers:\n  a: 1\n",
            "f:2:3: workers: a map cannot stand here (write a whole number, 1 to 64)");
    refused("workers: many\n",
            "f:1:10: workers: 'many' is not valid (write a whole number, 1 to 64)");
    refused("workers: 100\n", "f:1:10: workers: 100 is too large (at most 64)");
    refused("flow:\n  timeout:   1s\n", "f:2:14: flow.timeout: 1s is too small (at least 10s)");
    refused("workers:\n", "f:1:1: workers has no value (write a whole number, 1 to 64)");
    refused("eve:\n  file: ~\n", "f:2:3: eve.file has no value (write a text)");
    refused("eve: 5\n",
            "f:1:6: eve is a section, not an option (its options stand indented below it)");
    refused("eve: [5]\n", "f:1:6: eve is a section, not a list (its options stand indented below "
                          "it, without dashes)");
    refused("eve:\n  types: [alert, 5]\n",
            "f:2:18: eve.types: '5' is not valid (write a list out of alert, anomaly, flow, mqtt)");
    refused("eve:\n  types: {alert: yes}\n", "f:2:10: eve.types: a map cannot stand here (write a "
                                             "list out of alert, anomaly, flow, mqtt)");
    refused("eve:\n  types: [[alert]]\n",
            "f:2:11: a list holds single values only (write them side by side)");
    refused("eve:\n  types: [a: b]\n",
            "f:2:11: a list holds single values only (write them side by side)");
    refused("vars:\n  address-groups: any\n",
            "f:2:19: vars.address-groups is a map of names to texts, not one value (name an entry: "
            "vars.address-groups.NAME)");
    refused(
        "vars:\n  address-groups: [any]\n",
        "f:2:19: vars.address-groups: a list cannot stand here (write a map of names to texts)");
    refused("vars.address-groups: {A: {B: c}}\n",
            "f:1:26: an entry of a map is a text or a list (not a map in turn)");
    refused("vars.address-groups: {A: [[B]]}\n",
            "f:1:27: a list holds single values only (write them side by side)");
    refused("vars.address-groups: {A: }\n",
            "f:1:23: vars.address-groups.A has no value (write a text; \"\" is an empty one)");
    refused("vars.address-groups.A:\n",
            "f:1:1: vars.address-groups.A has no value (write a text; \"\" is an empty one)");
    refused("eve.file: \"a\\0b\"\n", "f:1:11: the value has a NUL in it (leave it out)");
    refused("? [workers]\n: 1\n", "f:1:3: a key cannot be a list or a map (write KEY: VALUE)");
}

static void wrong_documents(void **state)
{
    (void)state;
    refused("workers\n", "f:1:1: the file is a single value (write KEY: VALUE)");
    refused("- workers: 1\n", "f:1:1: the file is a list (write KEY: VALUE, without the dash)");
    refused("workers: 1\n---\nworkers: 2\n",
            "f:2:1: a second document begins (one file, one document)");
    refused("workers: &a 1\n", "f:1:10: anchors (&) and aliases (*) are not supported (write the "
                               "value out, or quote a text that "
                               "begins so)");
    refused("workers: *a\n", "f:1:10: anchors (&) and aliases (*) are not supported (write the "
                             "value out, or quote a text that "
                             "begins so)");
    refused("eve: &a {}\n", "f:1:6: anchors (&) and aliases (*) are not supported (write the value "
                            "out, or quote a text that "
                            "begins so)");
    refused("workers: !!int 1\n",
            "f:1:10: tags (!) are not supported (quote a text that begins with !)");
    refused("vars.address-groups: {A: [!10.0.0.1]}\n",
            "f:1:36: this is not YAML: did not find expected whitespace or line break (quote a "
            "text that begins with !)");
}

static void not_yaml(void **state)
{
    (void)state;
    refused("eve:\n\tfile: x\n", "f:2:1: this is not YAML: found character that cannot start any "
                                 "token (YAML indents with spaces, "
                                 "never with tabs)");
    refused("eve: {file: x\n", "f:2:1: this is not YAML: did not find expected ',' or '}' (while "
                               "parsing a flow mapping on line 1)");
    refused("eve:\n  file: \"x\n", "f:3:1: this is not YAML: found unexpected end of stream (while "
                                   "scanning a quoted scalar on "
                                   "line 2)");
    refused("eve.file: b: c\n",
            "f:1:12: this is not YAML: mapping values are not allowed in this context");
    refused("workers: 1\neve: \xff\n", "f:2:6: this is not YAML: invalid leading UTF-8 octet");
    refused("workers: 1\neve: \x01\n",
            "f:2:6: this is not YAML: control characters are not allowed");
}

/* Deep nesting ends early wherever it starts. */
static void depth(void **state)
{
    (void)state;
    char text[4000];
    struct tt_error e;
    memset(text, '[', sizeof text);
    assert_false(tt_config_parse(c, "f", text, sizeof text, &e));
    memset(text, '{', sizeof text);
    assert_false(tt_config_parse(c, "f", text, sizeof text, &e));
    memcpy(text, "eve.types: ", 11);
    assert_false(tt_config_parse(c, "f", text, sizeof text, &e));
}

static void too_many_entries(void **state)
{
    (void)state;
    static char text[TT_CONFIG_PAIRS_MAX * 16];
    struct tt_error e;
    size_t n = (size_t)sprintf(text, "vars.port-groups:\n");
    for (unsigned i = 0; i < TT_CONFIG_PAIRS_MAX; i++) {
        n += (size_t)sprintf(text + n, "  a%u: b\n", i);
    }
    assert_true(tt_config_parse(c, "f", text, n, &e));
    n = (size_t)sprintf(text, "vars.port-groups.b: b\n");
    assert_false(tt_config_parse(c, "f", text, n, &e));
    assert_string_equal(e.what, "vars.port-groups has more than 4096 entries");
}

static void long_lists_of_a_pair(void **state)
{
    (void)state;
    static char text[8192];
    struct tt_error e;
    size_t n = (size_t)sprintf(text, "vars.address-groups.A: [");
    while (n < 5000) {
        n += (size_t)sprintf(text + n, "10.0.0.0/8, ");
    }
    n += (size_t)sprintf(text + n, "x]\n");
    assert_false(tt_config_parse(c, "f", text, n, &e));
    assert_string_equal(e.what, "the list is too long");
}

static void write_file(const char *path, const char *text, size_t n)
{
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    assert_int_equal(fwrite(text, 1, n, out), n);
    fclose(out);
}

static void files(void **state)
{
    (void)state;
    static char big[TT_CONFIG_FILE_MAX + 2];
    char path[] = "/tmp/telltale-test-XXXXXX", text[1024], want[200];
    struct tt_error e;
    const char *key = NULL, *value = NULL;
    close(mkstemp(path));
    static const char good[] = "workers: 5\n",
                      bad[] = "workers: 6\nvars.port-groups.A: b\nchecksums: never\n";
    write_file(path, good, sizeof good - 1);
    assert_true(tt_config_load(c, path, &e));
    assert_int_equal(tt_config_uint(c, "workers"), 5);
    write_file(path, bad, sizeof bad - 1); /* all or nothing */
    assert_false(tt_config_load(c, path, &e));
    assert_int_equal(tt_config_uint(c, "workers"), 5);
    assert_false(tt_config_pair(c, "vars.port-groups", 0, &key, &value));
    tt_error_text(&e, text, sizeof text);
    snprintf(want, sizeof want,
             "%s:3:12: checksums: 'never' is not valid (write one of auto, all, none)", path);
    assert_string_equal(text, want);
    assert_false(tt_config_load(c, path, NULL));
    memset(big, '#', sizeof big);
    write_file(path, big, TT_CONFIG_FILE_MAX);
    assert_true(tt_config_load(c, path, &e));
    write_file(path, big, TT_CONFIG_FILE_MAX + 1);
    assert_false(tt_config_load(c, path, &e));
    assert_string_equal(e.what, "the configuration is larger than 1 MiB");
    unlink(path);
    assert_false(tt_config_load(c, path, &e));
    assert_string_equal(e.what, "cannot open the configuration: No such file or directory");
    assert_false(tt_config_load(c, "/tmp", &e));
    assert_string_equal(e.what, "cannot read the configuration: Is a directory");
    assert_string_equal(e.file, "/tmp");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_everything, fresh, done),
        cmocka_unit_test_setup_teardown(nothing_is_a_configuration, fresh, done),
        cmocka_unit_test_setup_teardown(a_later_file_adds, fresh, done),
        cmocka_unit_test_setup_teardown(unknown_keys, fresh, done),
        cmocka_unit_test_setup_teardown(duplicates, fresh, done),
        cmocka_unit_test_setup_teardown(duplicate_pairs, fresh, done),
        cmocka_unit_test_setup_teardown(wrong_types, fresh, done),
        cmocka_unit_test_setup_teardown(wrong_documents, fresh, done),
        cmocka_unit_test_setup_teardown(not_yaml, fresh, done),
        cmocka_unit_test_setup_teardown(depth, fresh, done),
        cmocka_unit_test_setup_teardown(too_many_entries, fresh, done),
        cmocka_unit_test_setup_teardown(long_lists_of_a_pair, fresh, done),
        cmocka_unit_test_setup_teardown(files, fresh, done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
