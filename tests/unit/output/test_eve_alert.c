/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Alerts of rules (order and names of Suricata 8's alert) and of detectors (the sample of the
 * records' design): lines by hand, secrets in payloads, bounds.
 */
#include <math.h>

#include "unit/output/fixture.h"

static char span[1 << 18];
static struct tt_json j;
static struct tt_eve *eve;

static void use(const struct tt_eve_options *o)
{
    tt_eve_free(eve);
    eve = tt_eve_new(o);
    assert_non_null(eve);
    tt_json_init(&j, span, sizeof span);
}

static int fresh(void **state)
{
    (void)state;
    use(&(struct tt_eve_options){0});
    return 0;
}

static int stop(void **state)
{
    (void)state;
    tt_eve_free(eve);
    eve = NULL;
    return 0;
}

static void expect(const char *want)
{
    assert_line(&j, want);
    tt_json_init(&j, span, sizeof span);
}

static const struct tt_pair references[] = {
    {"url", "https://example.org/1"}, {"cve", "https://cve.example/2"}, {0}};
static const struct tt_pair metadata[] = {
    {"mitre_technique_id", "T0814"}, {"tag", "a \"b\""}, {"mitre_technique_id", "T0836"}, {0}};
static const struct tt_rule rule = {.gid = 1,
                                    .sid = 1000001,
                                    .rev = 3,
                                    .severity = TT_HIGH,
                                    .priority = 1,
                                    .action = TT_ACTION_DROP,
                                    .msg = "MQTT \"door\" opened",
                                    .category = "Misc Attack",
                                    .references = references,
                                    .metadata = metadata};
static const struct tt_rule bare = {
    .gid = 1, .sid = 7, .rev = 0, .priority = 3, .msg = "", .category = "", .target = "dest_ip"};

#define TUPLE(count)                                                                               \
    "{\"timestamp\":\"2026-11-21T14:02:11.204518+0000\",\"flow_id\":1399," count                   \
    "\"event_type\":\"alert\",\"src_ip\":\"10.64.3.17\",\"src_port\":40112,\"dest_ip\":\"198.51."  \
    "100.7\","                                                                                     \
    "\"dest_port\":1883,\"proto\":\"TCP\",\"ip_v\":4,\"pkt_src\":\"wire/pcap\","

/* The id is a hash: its shape is checked, then it is replaced so that the rest can be compared. */
static void blank_id(void)
{
    span[tt_json_length(&j)] = 0;
    char *id = strstr(span, "\"id\":\"tt1-");
    assert_non_null(id);
    assert_int_equal(strspn(id + 10, "abcdefghijklmnopqrstuvwxyz234567"), 13);
    memset(id + 10, 'x', 13);
}

static void an_alert_of_a_rule(void **state)
{
    (void)state;
    struct tt_flow f = make_flow(&tt_mqtt);
    struct tt_packet p = make_packet(true);
    struct tt_tx tx = {.id = 9};
    struct tt_device_key device = {.address = v4(10, 64, 3, 17)};
    struct tt_hit hit = {.rule = &rule, .flow = &f, .tx = &tx, .packet = &p};
    static const char members[] = "\"publish\":{\"qos\":0}";
    tt_eve_alert(eve, &j, &hit, members, sizeof members - 1, &device, "meter-0417");
    blank_id();
    expect(TUPLE("\"pcap_cnt\":88273,") "\"tx_id\":9,\"alert\":{\"action\":\"allowed\",\"gid\":1,"
                                        "\"signature_id\":1000001,\"rev\":3,"
                                        "\"signature\":\"MQTT \\\"door\\\" "
                                        "opened\",\"category\":\"Misc Attack\",\"severity\":1,"
                                        "\"references\":[\"https://example.org/1\",\"https://"
                                        "cve.example/2\"],"
                                        "\"metadata\":{\"mitre_technique_id\":[\"T0814\",\"T0836\"]"
                                        ",\"tag\":[\"a \\\"b\\\"\"]}},"
                                        "\"mqtt\":{\"publish\":{\"qos\":0}},\"app_proto\":\"mqtt\","
                                        "\"direction\":\"to_server\","
                                        "\"flow\":{\"pkts_toserver\":7,\"pkts_toclient\":5,\"bytes_"
                                        "toserver\":700,\"bytes_toclient\":512,"
                                        "\"start\":\"2026-11-21T14:02:08.204518+0000\",\"src_ip\":"
                                        "\"10.64.3.17\",\"dest_ip\":\"198.51.100.7\","
                                        "\"src_port\":40112,\"dest_port\":1883},"
                                        "\"telltale\":{\"id\":\"tt1-xxxxxxxxxxxxx\",\"kind\":"
                                        "\"rule\",\"severity\":\"high\","
                                        "\"device\":{\"ip\":\"10.64.3.17\",\"client_id\":\"meter-"
                                        "0417\"},\"packets\":[88273]}}");
}

static void an_alert_of_a_packet(void **state)
{
    (void)state;
    struct tt_packet p = make_packet(false);
    struct tt_hit hit = {.rule = &bare, .packet = &p};
    tt_eve_alert(eve, &j, &hit, NULL, 0, NULL, NULL);
    blank_id();
    expect("{\"timestamp\":\"2026-11-21T14:02:11.204518+0000\",\"pcap_cnt\":88273,\"event_type\":"
           "\"alert\","
           "\"src_ip\":\"198.51.100.7\",\"src_port\":1883,\"dest_ip\":\"10.64.3.17\",\"dest_port\":"
           "40112,"
           "\"proto\":\"TCP\",\"ip_v\":4,\"pkt_src\":\"wire/pcap\","
           "\"alert\":{\"action\":\"allowed\",\"gid\":1,\"signature_id\":7,\"rev\":0,\"signature\":"
           "\"\",\"category\":\"\","
           "\"severity\":3,\"source\":{\"ip\":\"198.51.100.7\",\"port\":1883},\"target\":{\"ip\":"
           "\"10.64.3.17\","
           "\"port\":40112}},\"telltale\":{\"id\":\"tt1-xxxxxxxxxxxxx\",\"kind\":\"rule\","
           "\"severity\":\"info\","
           "\"packets\":[88273]}}");
}

static const char *has(const char *text)
{
    span[tt_json_length(&j)] = 0;
    return strstr(span, text);
}

static void payloads(void **state)
{
    (void)state;
    static const uint8_t unit[] = "\x10\0a\"hunter2\n\xff-hunter2";
    struct tt_flow f = make_flow(&tt_mqtt);
    struct tt_packet p = make_packet(true);
    struct tt_hit hit = {
        .rule = &bare, .flow = &f, .packet = &p, .octets = {unit, sizeof unit - 1}};
    use(&(struct tt_eve_options){.payload = true});
    p.payload = unit;
    p.payload_length = sizeof unit - 1;
    tt_eve_alert(eve, &j, &hit, NULL, 0, NULL, NULL);
    /* base64 of the octets above, by base64(1) */
    assert_non_null(
        has("\"payload\":\"EABhImh1bnRlcjIK/"
            "y1odW50ZXIy\",\"payload_printable\":\"..a\\\"hunter2\\n.-hunter2\",\"stream\":0,"));
    assert_line(&j, NULL);

    msg_start(&tt_mqtt, M_CONNECT);
    put_octets(R_PASSWORD, unit + 4, 7);
    hit.msg = &the_msg;
    p.payload = NULL;
    p.payload_length = 0;
    tt_json_init(&j, span, sizeof span);
    tt_eve_alert(eve, &j, &hit, NULL, 0, NULL, NULL);
    assert_non_null(has("\"payload_printable\":\"..a\\\"*******\\n.-*******\",\"stream\":1,"));
    assert_null(has("aHVudGVyMg")); /* hunter2 in base64 */
    assert_null(has("h1bnRlcjIK"));

    /* a copy that ends inside the secret */
    hit.octets.n = 8;
    tt_json_init(&j, span, sizeof span);
    tt_eve_alert(eve, &j, &hit, NULL, 0, NULL, NULL);
    assert_non_null(has("\"payload_printable\":\"..a\\\"****\""));

    use(&(struct tt_eve_options){.payload = true, .passwords = true});
    tt_eve_alert(eve, &j, &hit, NULL, 0, NULL, NULL);
    assert_non_null(has("\"payload_printable\":\"..a\\\"hunt\""));

    static uint8_t big[70000];
    hit.octets = (struct tt_bytes){big, sizeof big};
    tt_json_init(&j, span, sizeof span);
    tt_eve_alert(eve, &j, &hit, NULL, 0, NULL, NULL);
    assert_line(&j, NULL);
    assert_in_range(tt_json_length(&j), 4096 + 5461, 4096 + 5464 + 2000);
}

static void ids_tell_alerts_apart(void **state)
{
    (void)state;
    struct tt_flow f = make_flow(&tt_mqtt);
    struct tt_packet p = make_packet(true);
    struct tt_tx tx[2] = {{.id = 0}, {.id = 1}};
    struct tt_hit hits[] = {{.rule = &bare, .flow = &f, .packet = &p},
                            {.rule = &rule, .flow = &f, .packet = &p},
                            {.rule = &bare, .flow = &f, .packet = &p, .tx = &tx[0]},
                            {.rule = &bare, .flow = &f, .packet = &p, .tx = &tx[1]},
                            {.rule = &bare, .flow = &f, .packet = &p, .direction = TT_TO_CLIENT}};
    char ids[5][18];
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 5; i++) {
            tt_json_init(&j, span, sizeof span);
            tt_eve_alert(eve, &j, &hits[i], NULL, 0, NULL, NULL);
            const char *id = has("\"tt1-") + 1;
            if (round) {
                assert_memory_equal(ids[i], id, 17);
            }
            memcpy(ids[i], id, 17);
            for (int k = 0; k < i; k++) {
                assert_memory_not_equal(ids[i], ids[k], 17);
            }
        }
    }
}

static const struct tt_detector detector = {.id = "dev.rate-envelope",
                                            .sid = 3000101,
                                            .title = "Device sends far faster than it ever has",
                                            .doc = "",
                                            .why = "A flood drains the battery.",
                                            .next = "Ask who changed it.",
                                            .category = "Device behaviour",
                                            .principle = "availability,integrity",
                                            .attack = "T0814, T1498.001",
                                            .goal = "manipulate",
                                            .actor = "fraud",
                                            .severity = TT_HIGH};

static struct tt_finding make_finding(void)
{
    struct tt_finding f = {
        .detector = &detector,
        .packet = 88273,
        .time = NOON,
        .since = NOON - 3600000000000,
        .severity = TT_HIGH,
        .n_limits = 2,
        .n_packets = 2,
        .n_nots = 2,
        .confidence = 0.98,
        .address = v4(10, 64, 3, 17),
        .peer = v4(198, 51, 100, 7),
        .port = 1883,
        .count = 273,
        .device = "mqtt:meter-0417",
        .client_id = "meter-0417",
        .stream = "meters/0417/up",
        .observed = 61,
        .expected = 2.5,
        .unit = "messages",
        .observed_window_s = 60,
        .expected_window_s = 60,
        .n = 218,
        .state = "armed",
        .limits = {{64, 5, 61}, {512, 6, 61.25}},
        .packets = {88213, 88273},
        .nots = {"catch-up burst: last gap was 1.0 periods", "fleet-wide: 1 of 118"},
        .id = "tt1-k3abc"};
    return f;
}

static void a_finding(void **state)
{
    (void)state;
    struct tt_finding f = make_finding();
    tt_eve_finding(eve, &j, &f);
    expect("{\"timestamp\":\"2026-11-21T14:02:11.204518+0000\",\"pcap_cnt\":273,\"event_type\":"
           "\"alert\","
           "\"src_ip\":\"10.64.3.17\",\"dest_ip\":\"198.51.100.7\",\"proto\":\"TCP\",\"ip_v\":4,"
           "\"dest_port\":1883,"
           "\"alert\":{\"action\":\"allowed\",\"gid\":3,\"signature_id\":3000101,\"rev\":1,"
           "\"signature\":\"Device sends far faster than it ever has\",\"category\":\"Device "
           "behaviour\",\"severity\":1,"
           "\"metadata\":{\"detector\":[\"dev.rate-envelope\"],\"mitre_technique_id\":[\"T0814\","
           "\"T1498.001\"],"
           "\"principle\":[\"availability\",\"integrity\"]}},\"app_proto\":\"mqtt\","
           "\"telltale\":{\"id\":\"tt1-k3abc\",\"kind\":\"behaviour\",\"severity\":\"high\","
           "\"confidence\":0.98,"
           "\"device\":{\"id\":\"mqtt:meter-0417\",\"ip\":\"10.64.3.17\",\"client_id\":\"meter-"
           "0417\"},"
           "\"stream\":\"meters/0417/"
           "up\",\"observed\":{\"value\":61,\"unit\":\"messages\",\"window_s\":60},"
           "\"expected\":{\"value\":2.500,\"unit\":\"messages\",\"window_s\":60,\"n\":218,"
           "\"since\":\"2026-11-21T13:02:11.204518+0000\",\"state\":\"armed\"},"
           "\"limits\":[{\"window_s\":64,\"limit\":5,\"seen\":61},{\"window_s\":512,\"limit\":6,"
           "\"seen\":61.250}],"
           "\"not\":[\"catch-up burst: last gap was 1.0 periods\",\"fleet-wide: 1 of "
           "118\"],\"packets\":[88213,88273],"
           "\"goal\":\"manipulate\",\"actor\":[\"fraud\"],\"why\":\"A flood drains the battery.\","
           "\"next\":\"Ask who changed it.\"}}");
    /* as little as there can be, and numbers that are none */
    f = (struct tt_finding){.detector = &detector,
                            .time = NOON,
                            .severity = TT_INFO,
                            .observed = NAN,
                            .expected = -INFINITY,
                            .confidence = NAN,
                            .protocol = 0xffff,
                            .repeats = 3,
                            .address = {{0x20, 1, 0xd, 0xb8, [15] = 9}}};
    tt_eve_finding(eve, &j, &f);
    expect("{\"timestamp\":\"2026-11-21T14:02:11.204518+0000\",\"event_type\":\"alert\",\"src_ip\":"
           "\"2001:0db8:0000:0000:0000:0000:0000:0009\",\"ip_v\":6,"
           "\"alert\":{\"action\":\"allowed\",\"gid\":3,\"signature_id\":3000101,\"rev\":1,"
           "\"signature\":\"Device sends far faster than it ever has\",\"category\":\"Device "
           "behaviour\",\"severity\":3,"
           "\"metadata\":{\"detector\":[\"dev.rate-envelope\"],\"mitre_technique_id\":[\"T0814\","
           "\"T1498.001\"],"
           "\"principle\":[\"availability\",\"integrity\"]}},"
           "\"telltale\":{\"kind\":\"behaviour\",\"severity\":\"info\",\"device\":{\"ip\":\"2001:"
           "0db8:0000:"
           "0000:0000:0000:0000:0009\"},"
           "\"observed\":{},\"expected\":{\"n\":0},\"repeats\":3,\"goal\":\"manipulate\",\"actor\":"
           "[\"fraud\"],"
           "\"why\":\"A flood drains the battery.\",\"next\":\"Ask who changed it.\"}}");
}

/* 300 metadata pairs, texts of 64 KiB: a line has a size that no rule exceeds. */
static void bounded(void **state)
{
    (void)state;
    static struct tt_pair many[301];
    static char keys[300][8], text[65537];
    memset(text, '\1', sizeof text - 1);
    for (unsigned i = 0; i < 300; i++) {
        snprintf(keys[i], sizeof keys[i], "k%u", i);
        many[i] = (struct tt_pair){keys[i], text};
    }
    struct tt_rule big = {.gid = 1,
                          .sid = 1,
                          .priority = 255,
                          .msg = text,
                          .category = text,
                          .references = many,
                          .metadata = many,
                          .severity = 200};
    struct tt_flow f = make_flow(&tt_mqtt);
    struct tt_packet p = make_packet(true);
    struct tt_device_key device = {.address = v4(1, 2, 3, 4)};
    struct tt_hit hit = {.rule = &big, .flow = &f, .packet = &p};
    static char wide[1 << 20];
    tt_json_init(&j, wide, sizeof wide);
    tt_eve_alert(eve, &j, &hit, NULL, 0, &device, text);
    assert_line(&j, NULL);
    /* 64 references of 1024 octets, 64 values of 256, each octet as \u0001,
     * and what stands around them */
    assert_in_range(tt_json_length(&j), 64 * 1280 * 6, 64 * 1280 * 6 + 40000);
}

static void every_span(void **state)
{
    (void)state;
    struct tt_flow f = make_flow(&tt_mqtt);
    struct tt_packet p = make_packet(true);
    struct tt_hit hit = {
        .rule = &rule, .flow = &f, .packet = &p, .octets = {(const uint8_t *)"abcdefg", 7}};
    struct tt_finding finding = make_finding();
    use(&(struct tt_eve_options){.payload = true});
    size_t n = 0;
    for (bool full = true; full || n < 2200; n++) {
        assert_true(n < 4000);
        uint8_t *exact = malloc(n ? n : 1);
        tt_json_init(&j, exact, n);
        tt_eve_alert(eve, &j, &hit, NULL, 0, NULL, NULL);
        full = j.full;
        if (!full) {
            assert_line(&j, NULL);
        }
        tt_json_init(&j, exact, n);
        tt_eve_finding(eve, &j, &finding);
        full |= j.full;
        if (!j.full) {
            assert_line(&j, NULL);
        }
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_alert_of_a_rule, fresh, stop),
        cmocka_unit_test_setup_teardown(an_alert_of_a_packet, fresh, stop),
        cmocka_unit_test_setup_teardown(payloads, fresh, stop),
        cmocka_unit_test_setup_teardown(ids_tell_alerts_apart, fresh, stop),
        cmocka_unit_test_setup_teardown(a_finding, fresh, stop),
        cmocka_unit_test_setup_teardown(bounded, fresh, stop),
        cmocka_unit_test_setup_teardown(every_span, fresh, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
