/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The derived schema: strict JSON, closed objects, and, where python3-jsonschema is
 * there, the judgement of an independent validator over lines of every writer: good ones
 * pass, each spoiled one fails.
 */
#include "unit/output/fixture.h"

#include <unistd.h>

static char *schema;
static size_t schema_n;

static int start(void **state)
{
    (void)state;
    FILE *out = open_memstream(&schema, &schema_n);
    tt_schema_write(out);
    return fclose(out);
}

static int stop(void **state)
{
    (void)state;
    free(schema);
    return 0;
}

static void it_is_json(void **state)
{
    (void)state;
    assert_true(schema_n > 1000 && schema[schema_n - 1] == '\n');
    assert_true(json_valid(schema, schema_n - 1));
    assert_true(keys_once(schema, schema_n - 1));
}

static void rows_are_in_it(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "\"event_type\":{\"enum\":[\"alert\",\"anomaly\",\"flow\",\"identity\",\"stats\",\"sms\","
        "\"mqtt\",\"demo\"]}",
        "\"pingreq\":{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"qos\":{"
        "\"description\":\"Quality of service.\",\"type\":\"integer\",\"minimum\":0},",
        "\"topics\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"additionalProperties\":"
        "false,\"properties\":{"
        "\"topic\":{\"description\":\"Filter.\",\"type\":\"string\"},\"qos\":{\"description\":"
        "\"Wanted.\","
        "\"type\":\"integer\",\"minimum\":0}}}}",
        "\"topics\":{\"description\":\"Filter.\",\"type\":\"array\",\"items\":{\"type\":\"string\"}"
        "}",
        "\"code\":{\"description\":\"C.\",\"type\":\"string\",\"enum\":[\"GET\",\"POST\"]},"
        "\"code_code\":{\"type\":\"integer\",\"minimum\":0}",
        "\"version\":{\"description\":\"V.\",\"type\":\"integer\",\"minimum\":0}",
        "\"is\":{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"odd\":",
    };
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!strstr(schema, parts[i])) {
            fail_msg("not in the schema: %s", parts[i]);
        }
    }
    assert_null(strstr(schema, "Raw.")); /* UNRECORDED */
}

/* ---- an independent validator ---- */

static char folder[] = "/tmp/tt-schema-XXXXXX";

static void save(const char *name, const void *text, size_t n)
{
    char path[64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    assert_int_equal(fwrite(text, 1, n, out), n);
    assert_int_equal(fclose(out), 0);
}

static int judge(const char *file, const char *more)
{
    char command[512];
    snprintf(command, sizeof command,
             "python3 tests/diff/eve_schema.py %s/schema.json %s/%s %s > %s/out 2>&1", folder,
             folder, file, more, folder);
    int rc = system(command);
    return rc < 0 ? rc : rc >> 8;
}

static void traffic_lines(struct tt_eve *eve, struct tt_json *j, const struct tt_flow *f,
                          const struct tt_packet *p)
{
    static char members[8192];
    struct tt_json m;
    struct tt_tx tx = {.messages = 3, .kinds = 2, .unasked = 1};
    tt_json_init(&m, members, sizeof members);
    msg_start(&tt_mqtt, M_CONNECT);
    put_number(R_QOS, 0);
    put_text(R_CLIENT, "c\xff\"");
    put_number(R_CLEAN, 1);
    put_text(R_PASSWORD, "p");
    put_text(R_WILL_TOPIC, "w");
    put_text(R_WILL_KEY, "k");
    put_text(R_WILL_VALUE, "v");
    tt_eve_message(eve, &m, &the_msg);
    msg_start(&tt_mqtt, M_SUBSCRIBE);
    put_text(R_SUB_TOPIC, "#");
    put_number(R_SUB_QOS, 1);
    put_text(R_KEY, "k");
    the_msg.truncated = true;
    tt_eve_message(eve, &m, &the_msg);
    tt_eve_transaction(eve, j, f, p, &tx, TT_TX_UNANSWERED, members, tt_json_length(&m));
    tt_eve_flow(eve, j, f, TT_FLOW_TIMEOUT, "closed", 5, &(struct tt_flow_odd){.decode = 5}, NOON);
    tt_eve_anomaly(eve, j, f, p, TT_TO_SERVER, "applayer", "malformed_traffic", "proto_parser",
                   &tx);
    tt_eve_anomaly(eve, j, f, NULL, TT_TO_SERVER, "stream", "stream.pkt_broken_ack", NULL, NULL);
    struct tt_flow g = *f;
    g.app = (void *)(uintptr_t)&tt_demo;
    msg_start(&tt_demo, D_ANSWER);
    put_number(D_VERSION, 1);
    put_number(D_CODE, 9);
    put_octets(D_TOKEN, members, 3000);
    put_number(D_CODES, 9);
    put_number(D_KEY, 9);
    put_number(D_OPT_NUMBER, 9);
    put_number(D_OPT_ODD, 9);
    tt_json_init(&m, members, sizeof members);
    tt_eve_message(eve, &m, &the_msg);
    tt_eve_transaction(eve, j, &g, p, &tx, TT_TX_COMPLETE, members, tt_json_length(&m));
}

static void judgement_lines(struct tt_eve *eve, struct tt_json *j, const struct tt_flow *f,
                            const struct tt_packet *p)
{
    static const struct tt_pair pairs[] = {{"tag", "x"}, {0}};
    static const struct tt_rule rule = {.gid = 1,
                                        .sid = 1,
                                        .priority = 2,
                                        .msg = "m",
                                        .category = "c",
                                        .target = "src_ip",
                                        .references = pairs,
                                        .metadata = pairs};
    static const struct tt_detector detector = {.id = "d",
                                                .sid = 3000000,
                                                .title = "t",
                                                .category = "c",
                                                .why = "w",
                                                .next = "n",
                                                .principle = "availability",
                                                .attack = "T1",
                                                .goal = "g",
                                                .actor = "a,b"};
    struct tt_device_key device = {.address = v4(1, 2, 3, 4)};
    struct tt_hit hit = {.rule = &rule,
                         .flow = (struct tt_flow *)(uintptr_t)f,
                         .packet = p,
                         .octets = {(const uint8_t *)"x", 1}};
    struct tt_finding finding = {.detector = &detector,
                                 .time = NOON,
                                 .since = NOON,
                                 .n_limits = 1,
                                 .n_packets = 1,
                                 .n_nots = 1,
                                 .address = v4(1, 2, 3, 4),
                                 .peer = v4(1, 2, 3, 5),
                                 .port = 1883,
                                 .count = 4,
                                 .device = "ip:1.2.3.4",
                                 .client_id = "c",
                                 .stream = "s",
                                 .unit = "bits",
                                 .id = "tt1-abc",
                                 .observed_window_s = 1,
                                 .expected_window_s = 1,
                                 .repeats = 1,
                                 .state = "armed"};
    static const struct tt_counter rows[] = {{"decoder.pkts", "", "", 0},
                                             {"rules.loaded", "", "", 0}};
    static const uint64_t values[] = {1, 2};
    tt_eve_alert(eve, j, &hit, NULL, 0, &device, "c");
    tt_eve_finding(eve, j, &finding);
    tt_eve_stats(eve, j, NOON, 3, &(struct tt_counter_set){rows, values, 2}, 1);
}

/* Every spoiled line differs from a good one in one place. */
static void spoiled(const char *lines, const char *from, const char *to)
{
    static char line[4096], rest[4096], out[8192];
    char *at = NULL;
    const char *end = lines;
    for (const char *l = lines; *l && !at; l = end) {
        end = strchr(l, '\n') + 1;
        snprintf(line, sizeof line, "%.*s", (int)(end - l), l);
        at = strstr(line, from);
    }
    assert_non_null(at);
    snprintf(rest, sizeof rest, "%s", at + strlen(from));
    snprintf(out, sizeof out, "%.*s%s%s", (int)(at - line), line, to, rest);
    save("bad.json", out, strlen(out));
    if (judge("bad.json", "") != 1) {
        fail_msg("%s for %s was not noticed", to, from);
    }
}

static void an_independent_validator_agrees(void **state)
{
    (void)state;
    if (system("python3 -c 'import jsonschema' 2>/dev/null") != 0 ||
        access("tests/diff/eve_schema.py", R_OK) != 0) {
        print_message("skipped: no python3-jsonschema, or not run from the project's folder\n");
        return;
    }
    assert_non_null(mkdtemp(folder));
    save("schema.json", schema, schema_n);
    static char lines[65536];
    struct tt_json j;
    static const char *const inputs[] = {"a", "b"};
    struct tt_eve *eve = tt_eve_new(&(struct tt_eve_options){
        .payload = true, .community_id = true, .sensor = "s", .inputs = inputs, .n_inputs = 2});
    struct tt_flow f = make_flow(&tt_mqtt);
    struct tt_packet p = make_packet(true);
    f.tcp_flags[0] = 0xff;
    f.flags = (TT_FLOW_GAP << 0) | (TT_FLOW_GAP << 1);
    p.n_vlans = 1;
    tt_json_init(&j, lines, sizeof lines - 1);
    traffic_lines(eve, &j, &f, &p);
    judgement_lines(eve, &j, &f, &p);
    tt_eve_free(eve);
    assert_false(j.full);
    save("eve.json", lines, tt_json_length(&j));
    const char *suricata = "../shared/siem-validators/eve-suricata-8.0.6.schema.json";
    char more[128] = "";
    if (access(suricata, R_OK) == 0) {
        snprintf(more, sizeof more, "--suricata %s", suricata);
    } else {
        print_message("skipped: Suricata's schema is not there\n");
    }
    if (judge("eve.json", more) != 0) {
        char command[64];
        snprintf(command, sizeof command, "cat %s/out", folder);
        fail_msg("lines are not valid (%d)", system(command));
    }
    spoiled(lines, "\"qos\":0", "\"qos\":\"0\"");
    spoiled(lines, "\"qos\":0", "\"qos\":0,\"qos\":0");
    spoiled(lines, "\"qos\":0", "\"quality\":0");
    spoiled(lines, "\"topic\":\"#\"", "\"topic\":\"#\",\"x\":1");
    spoiled(lines, "\"truncated\":true", "\"truncated\":false");
    spoiled(lines, "+0000", "Z");
    spoiled(lines, ",\"direction\":\"to_server\"", "");
    spoiled(lines, "\"code_code\":9", "\"code\":\"9\"");
    spoiled(lines, "\"src_port\":40112", "\"src_port\":65536");
    spoiled(lines, "\"unasked\":true", "\"unasked\":true,\"score\":1");
    spoiled(lines, "\"gid\":3,", "");
    save("none.json", "", 0);
    assert_int_equal(judge("none.json", ""), 2);
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_json),
        cmocka_unit_test(rows_are_in_it),
        cmocka_unit_test(an_independent_validator_agrees),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
