/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the tests of the rule room share: rules from a text, reports and hits written down, a flow,
 * a packet, and a small protocol of its own ("fake") so that no test leans on a real dissector. A
 * program that defines RIG_FAKE replaces the registry.
 */
#ifndef TESTS_RULES_RIG_H
#define TESTS_RULES_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/registry.h"
#include "base/text.h"
#include "rules/rules.h"

#define RIG_HITS 64

struct rig {
    struct tt_ruleset *set;
    struct tt_matcher *m;
    char reports[3072]; /* one line each: "R line:column what (fix)" or "I …" */
    uint32_t sids[RIG_HITS];
    struct tt_hit last;
    unsigned n;
    struct tt_flow flow;
    struct tt_packet packet;
    char path[64];
};

static const char *rig_variable(void *ctx, const char *name, bool port)
{
    (void)ctx;
    static const struct {
        const char *name, *value;
        bool port;
    } vars[] = {{"HOME_NET", "[192.168.0.0/16,10.0.0.0/8,2001:db8::/32]", false},
                {"EXTERNAL_NET", "!$HOME_NET", false},
                {"BROKER", "192.168.1.10", false},
                {"LOOP", "[$LOOP]", false},
                {"MQTT_PORTS", "[1883,8883]", true}};
    for (unsigned i = 0; i < sizeof vars / sizeof vars[0]; i++) {
        if (vars[i].port == port && strcmp(name, vars[i].name) == 0) {
            return vars[i].value;
        }
    }
    return NULL;
}

static void rig_report(void *ctx, const struct tt_error *e, bool rejected)
{
    struct rig *r = ctx;
    size_t n = strlen(r->reports);
    snprintf(r->reports + n, sizeof r->reports - n, "%c %u:%u %s%s%s%s\n", rejected ? 'R' : 'I',
             e->line, e->column, e->what, e->fix[0] ? " (" : "", e->fix, e->fix[0] ? ")" : "");
}

static void rig_hit(void *ctx, const struct tt_hit *h)
{
    struct rig *r = ctx;
    r->last = *h;
    if (r->n < RIG_HITS) {
        r->sids[r->n++] = h->rule->sid;
    }
}

static void rig_address(struct tt_address *a, const char *text)
{
    bool v6;
    assert_true(tt_parse_address(text, strlen(text), a->b, &v6));
}

static void rig_open(struct rig *r, const char *rules)
{
    struct tt_error e;
    memset(r, 0, sizeof *r);
    strcpy(r->path, "/tmp/tt-rules-XXXXXX");
    int fd = mkstemp(r->path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, rules, strlen(rules)), strlen(rules));
    close(fd);
    const char *files[] = {r->path, NULL};
    struct tt_rules_options o = {
        .files = files, .variable = rig_variable, .ctx = r, .report = rig_report};
    r->set = tt_ruleset_new(&o, &e);
    unlink(r->path);
    assert_non_null(r->set);
    r->m = tt_matcher_new(r->set, rig_hit, r);
    assert_non_null(r->m);
    /* client 10.0.0.5:40000, server 192.168.1.10:1883 */
    rig_address(&r->flow.key.low, "10.0.0.5");
    rig_address(&r->flow.key.high, "192.168.1.10");
    r->flow.key.low_port = 40000;
    r->flow.key.high_port = 1883;
    r->flow.key.protocol = 6;
    r->flow.ip_version = 4;
    r->flow.state = TT_FLOW_ESTABLISHED;
    r->packet.number = 1;
    r->packet.flags = TT_PACKET_IP | TT_PACKET_TRANSPORT;
    r->packet.ip_version = 4;
    r->packet.protocol = 6;
    r->packet.ttl = 64;
    r->packet.src = r->flow.key.low;
    r->packet.dst = r->flow.key.high;
    r->packet.sport = 40000;
    r->packet.dport = 1883;
}

static void rig_close(struct rig *r)
{
    tt_matcher_free(r->m);
    tt_ruleset_free(r->set);
}

/* Hits since the last call as "1,2,3". */
static inline const char *rig_hits(struct rig *r)
{
    static char text[512];
    size_t n = 0;
    text[0] = 0;
    for (unsigned i = 0; i < r->n; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%u", i ? "," : "", r->sids[i]);
    }
    r->n = 0;
    return text;
}

static inline uint64_t rig_counter(const struct rig *r, const char *name)
{
    struct tt_counter_set s = tt_matcher_counters(r->m);
    for (uint32_t i = 0; i < s.n; i++) {
        if (strcmp(s.rows[i].name, name) == 0) {
            return s.values[i];
        }
    }
    fail_msg("no counter %s", name);
    return 0;
}

#ifdef RIG_FAKE
enum { FAKE_HELLO = 1, FAKE_ACK, FAKE_NOTE, FAKE_PING };
enum {
    FK_TYPE,
    FK_FLAGS,
    FK_URGENT,
    FK_NAME,
    FK_TOPIC,
    FK_BODY,
    FK_TAG,
    FK_CODE,
    FK_CODE_2,
    FK_SIZE,
    FK_N
};

static const struct tt_name fake_kinds[] = {
    {FAKE_HELLO, "hello"}, {FAKE_ACK, "ack"}, {FAKE_NOTE, "note"}, {FAKE_PING, "ping"}, {0, NULL}};
static const struct tt_name fake_types[] = {
    {FAKE_HELLO, "HELLO"}, {FAKE_ACK, "ACK"}, {FAKE_NOTE, "NOTE"}, {FAKE_PING, "PING"}, {0, NULL}};
static const struct tt_name fake_flags[] = {{8, "dup"}, {1, "keep"}, {0, NULL}};
static const struct tt_field fake_fields[FK_N] = {
    [FK_TYPE] = {"type", "Type.", fake_types, NULL, NULL, TT_ENUM, 0, TT_UNRECORDED},
    [FK_FLAGS] = {"flags", "Flags.", fake_flags, NULL, NULL, TT_FLAGS, 0, TT_UNRECORDED},
    [FK_URGENT] = {"*.urgent", "Urgent.", NULL, NULL, NULL, TT_BOOL, 0, 0},
    [FK_NAME] = {"hello.name", "Name.", NULL, NULL, NULL, TT_STR, 0, TT_IDENTITY},
    [FK_TOPIC] = {"note.topic", "Topic.", NULL, NULL, NULL, TT_STR, 0, TT_STREAM},
    [FK_BODY] = {"note.message", "Body.", NULL, "fake.body", NULL, TT_BYTES, 0, TT_PAYLOAD},
    [FK_TAG] = {"note.tags[]", "Tags.", NULL, NULL, NULL, TT_STR, 0, 0},
    [FK_CODE] = {"ack.code", "Code.", NULL, "fake.reason", NULL, TT_UINT, 0, 0},
    [FK_CODE_2] = {"note.code", "Code.", NULL, "fake.reason", NULL, TT_UINT, 0, 0},
    [FK_SIZE] = {"*.size", "Size.", NULL, NULL, NULL, TT_UINT, 0, 0},
};
static const struct tt_anomaly fake_anomalies[] = {{"malformed_traffic", "Bad."},
                                                   {"too_loud", "Loud."}};
static const uint16_t fake_ports[] = {0};

static enum tt_probe fake_probe(struct tt_bytes b, enum tt_direction d)
{
    (void)b;
    (void)d;
    return TT_PROBE_NO;
}

static bool fake_parse(void *state, struct tt_reader *r, struct tt_msg *m)
{
    (void)state;
    (void)r;
    (void)m;
    return false;
}

static int64_t fake_length(const void *state, struct tt_bytes b, uint32_t seen, enum tt_direction d)
{
    (void)state;
    (void)seen;
    (void)d;
    return b.n;
}

static const struct tt_dissector fake = {.name = "fake",
                                         .doc = "Of the tests.",
                                         .kinds = fake_kinds,
                                         .fields = fake_fields,
                                         .n_fields = FK_N,
                                         .anomalies = fake_anomalies,
                                         .n_anomalies = 2,
                                         .ports = fake_ports,
                                         .transport = TT_TCP | TT_UDP,
                                         .state_size = 16,
                                         .max_unit = 65536,
                                         .probe = fake_probe,
                                         .unit_length = fake_length,
                                         .parse = fake_parse};

const struct tt_dissector *const tt_registry_dissectors[] = {&fake, NULL};
const struct tt_command *const tt_registry_commands[] = {NULL};
const struct tt_option_table *const tt_registry_options[] = {NULL};
const struct tt_model *const tt_registry_models[] = {NULL};

static struct tt_field_hot rig_hot[TT_FIELDS_MAX];
static struct tt_msg rig_msg;
static struct tt_reader rig_reader;

/* Begins a message whose unit is the text; values are views into it. */
static struct tt_msg *rig_begin(unsigned kind, enum tt_direction d, enum tt_tx_role role,
                                const char *unit)
{
    struct tt_bytes b = {(const uint8_t *)unit, (uint32_t)strlen(unit)};
    tt_fields_hot(&fake, rig_hot);
    tt_msg_reset(&rig_msg, &fake, rig_hot, b, d);
    rig_reader = tt_reader_over(b);
    rig_msg.kind = (uint8_t)kind;
    rig_msg.tx_role = (uint8_t)role;
    tt_put_uint(&rig_msg, &rig_reader, FK_TYPE, kind);
    return &rig_msg;
}

static inline void rig_uint(unsigned field, uint64_t v)
{
    tt_put_uint(&rig_msg, &rig_reader, field, v);
}

/* The part of the unit that reads `text`; one that is not in it stands outside the unit. */
static inline void rig_text(unsigned field, const char *text)
{
    const char *at = strstr((const char *)rig_msg.unit.p, text);
    struct tt_bytes b = {(const uint8_t *)(at ? at : text), (uint32_t)strlen(text)};
    tt_put_bytes(&rig_msg, &rig_reader, field, b);
}

static inline void rig_send(struct rig *r, struct tt_tx *tx)
{
    struct tt_tx own = {0};
    tt_matcher_message(r->m, &r->flow, tx ? tx : &own, &rig_msg, &r->packet);
    r->packet.number++;
}

/* A note of its own: topic, body. */
static inline const char *rig_note(struct rig *r, const char *topic, const char *body)
{
    static char unit[70000];
    snprintf(unit, sizeof unit, "<%s|%s>", topic, body);
    rig_begin(FAKE_NOTE, TT_TO_SERVER, TT_TX_ALONE, unit);
    rig_text(FK_TOPIC, topic);
    struct tt_bytes b = {rig_msg.unit.p + strlen(topic) + 2, (uint32_t)strlen(body)};
    tt_put_bytes(&rig_msg, &rig_reader, FK_BODY, b);
    rig_send(r, NULL);
    return rig_hits(r);
}
#endif

#endif
