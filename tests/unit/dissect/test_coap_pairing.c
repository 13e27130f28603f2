/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which messages of CoAP belong together, through the whole engine: each transaction is told with
 * its messages when it ends. Sequences are those of RFC 7252 and RFC 7641 where they have one.
 */
#include "unit/dissect/coap_rig.h"

#include "base/registry.h"

struct told {
    struct tt_engine *e;
    struct tt_flow flow;
    char open[64][64]; /* kinds of each transaction so far */
    char text[2048];   /* what ended: kinds, and how */
    uint64_t number;
};

static void message(void *ctx, struct tt_flow *f, struct tt_tx *tx, const struct tt_msg *m,
                    const struct tt_packet *p)
{
    struct told *t = ctx;
    (void)f, (void)p;
    char *at = t->open[tx->id % 64];
    size_t n = strlen(at);
    bool again = false;
    for (unsigned i = 0; i < m->n_values; i++) {
        again |= strcmp(m->dissector->fields[m->values[i].field].path, "*.retransmission") == 0;
    }
    snprintf(at + n, sizeof t->open[0] - n, "%s%s%s", n ? "+" : "",
             m->dissector->kinds[m->kind].name, again ? "'" : "");
}

static void transaction(void *ctx, struct tt_flow *f, struct tt_tx *tx, enum tt_tx_end end,
                        const struct tt_packet *p)
{
    struct told *t = ctx;
    (void)f, (void)p;
    char *at = t->open[tx->id % 64];
    size_t n = strlen(t->text);
    snprintf(t->text + n, sizeof t->text - n, "%s%s%s%s", n ? " " : "", at,
             end == TT_TX_UNANSWERED ? "?" : "", tx->unasked ? "!" : "");
    at[0] = 0;
}

static void anomaly(void *ctx, struct tt_flow *f, enum tt_direction d, unsigned a,
                    const struct tt_packet *p)
{
    (void)ctx, (void)f, (void)d, (void)a, (void)p;
}

static struct told *begin(uint8_t protocol)
{
    struct told *t = calloc(1, sizeof *t);
    struct tt_dissect_options o = {.max_flows = 8, .max_octets = 1 << 20};
    t->e = tt_engine_new(&o, &(struct tt_dissect_sink){t, message, transaction, anomaly});
    t->flow = (struct tt_flow){.key = {.low_port = 5683, .high_port = 40000, .protocol = protocol},
                               .flags = TT_FLOW_CLIENT_HIGH | TT_FLOW_SEEN_SYN};
    return t;
}

static void say(struct told *t, enum tt_direction d, const char *text)
{
    struct tt_packet p = {.number = ++t->number, .sport = d == C ? 40000 : 5683};
    if (t->flow.key.protocol == 17) {
        tt_engine_datagram(t->e, &t->flow, d, hex(text), &p);
    } else {
        tt_engine_octets(t->e, &t->flow, d, hex(text), &p);
    }
}

static void ends(struct told *t, const char *expected)
{
    tt_engine_end(t->e, &t->flow);
    assert_string_equal(t->text, expected);
    tt_engine_free(t->e);
    free(t);
}

static void an_answer_in_the_acknowledgement(void **state)
{
    (void)state;
    struct told *t = begin(17);
    say(t, C, "4001 7d34 bb 'temperature'");
    say(t, S, "6045 7d34 ff '22.3 C'");
    ends(t, "request+response");
}

/* RFC 7252, appendix A, figure 18 and 19: the request, and the response, are lost. */
static void sent_again(void **state)
{
    (void)state;
    struct told *t = begin(17);
    say(t, C, "4101 7d36 31 bb 'temperature'");
    say(t, C, "4101 7d36 31 bb 'temperature'");
    say(t, S, "6145 7d36 31 ff '22.3 C'");
    say(t, C, "4101 7d36 31 bb 'temperature'");
    say(t, S, "6145 7d36 31 ff '22.3 C'");
    ends(t, "request+request'+response request' response'");
}

/* RFC 7252, 5.2.2, figure 5; with the answer lost once. */
static void a_separate_response(void **state)
{
    (void)state;
    struct told *t = begin(17);
    say(t, C, "4101 7a10 73 bb 'temperature'");
    say(t, S, "6000 7a10");
    say(t, S, "4145 23bb 73 ff '22.5 C'");
    say(t, S, "4145 23bb 73 ff '22.5 C'");
    say(t, C, "6000 23bb");
    say(t, C, "6000 23bb");
    ends(t, "request+ack+response+response'+ack ack");
}

static void without_confirmation(void **state)
{
    (void)state;
    struct told *t = begin(17);
    say(t, C, "5101 7a11 74 bb 'temperature'");
    say(t, S, "5145 23bc 74 ff '22.5 C'");
    ends(t, "request+response");
}

static void ping_and_refusal(void **state)
{
    (void)state;
    struct told *t = begin(17);
    say(t, C, "4101 0001 01 b1 'a'");
    say(t, S, "7000 0001");
    say(t, C, "4000 0002");
    say(t, S, "7000 0002");
    say(t, S, "7000 0009");
    ends(t, "request+reset ping+reset reset!");
}

static void answers_out_of_order_find_their_request(void **state)
{
    (void)state;
    struct told *t = begin(17);
    for (unsigned i = 0; i < 8; i++) {
        char text[64];
        snprintf(text, sizeof text, "4101 %04x %02x b1 'a'", 0x100 + i, i);
        say(t, C, text);
    }
    for (unsigned i = 8; i-- > 0;) {
        char text[64];
        snprintf(text, sizeof text, "6145 %04x %02x ff 'x'", 0x100 + i, i);
        say(t, S, text);
    }
    say(t, S, "6145 0200 44 ff 'x'");
    ends(t, "request+response request+response request+response request+response request+response "
            "request+response request+response request+response response!");
}

/* RFC 7641, figure 2: registration, notifications, deregistration; then a refusal by reset. */
static void a_relation_goes_on(void **state)
{
    (void)state;
    struct told *t = begin(17);
    say(t, C, "4101 1633 4a 60 5b 'temperature'");
    say(t, S, "6145 1633 4a 61 09 81 0f ff '18.5 Cel'");
    say(t, S, "5145 7b50 4a 61 0c 81 0f ff '19.7 Cel'"); /* not confirmable */
    say(t, S, "4145 7b51 4a 61 10 81 0f ff '19.8 Cel'"); /* confirmable */
    say(t, C, "6000 7b51");
    say(t, S, "4145 7b52 4a 61 12 81 0f ff '20.0 Cel'"); /* not wanted any more */
    say(t, C, "7000 7b52");
    ends(t, "request+response response response+ack response+reset");
}

/* Both ends ask: a device is a server too. */
static void both_ends_ask(void **state)
{
    (void)state;
    struct told *t = begin(17);
    say(t, C, "4102 0001 01 b2 'rd' 48 'ep=meter'");
    say(t, S, "4101 0001 01 b1 '3' 01 '0'");
    say(t, C, "6145 0001 01 ff 'x'");
    say(t, S, "6141 0001 01");
    ends(t, "request+response request+response");
}

/* RFC 7252 8.1: to a group only without confirmation; who answers does so elsewhere. */
static void a_group_is_not_waited_for(void **state)
{
    (void)state;
    static const uint8_t all_nodes[4] = {224, 0, 1, 187};
    struct told *t = begin(17);
    t->flow.key.low.b[10] = t->flow.key.low.b[11] = 0xff;
    memcpy(t->flow.key.low.b + 12, all_nodes, 4);
    say(t, C, "5101 0001 01 bb '.well-known' 04 'core'");
    assert_string_equal(t->text, "request");
    ends(t, "request");
}

static void over_tcp(void **state)
{
    (void)state;
    struct told *t = begin(6);
    say(t, C, "40 e1 23 0f4240");
    say(t, S, "40 e1 23 0f4240 31 01 07 b2 'it'");
    say(t, C, "61 01 08 60 54 'temp' 02 e2 aabb");
    say(t, S, "31 45 08 61 01 ff 02 e3 aabb");
    say(t, S, "31 45 08 61 02 ff");
    say(t, C, "01 45 07");
    ends(t, "csm csm request+response ping+pong response request+response");
}

static void one_octet_at_a_time_over_tcp(void **state)
{
    (void)state;
    struct told *t = begin(6);
    static const struct {
        enum tt_direction d;
        const char *text;
    } parts[] = {{C, "40 e1 23 0f4240"},
                 {S, "40 e1 23 0f4240"},
                 {C, "51 01 08 b4 'temp'"},
                 {S, "71 45 08 ff '22.5 C'"}};
    for (unsigned i = 0; i < 4; i++) {
        struct tt_bytes b = hex(parts[i].text);
        for (uint32_t k = 0; k < b.n; k++) {
            struct tt_packet p = {.number = ++t->number};
            tt_engine_octets(t->e, &t->flow, parts[i].d, (struct tt_bytes){b.p + k, 1}, &p);
        }
    }
    ends(t, "csm csm request+response");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_in_the_acknowledgement),
        cmocka_unit_test(sent_again),
        cmocka_unit_test(a_separate_response),
        cmocka_unit_test(without_confirmation),
        cmocka_unit_test(ping_and_refusal),
        cmocka_unit_test(answers_out_of_order_find_their_request),
        cmocka_unit_test(a_relation_goes_on),
        cmocka_unit_test(both_ends_ask),
        cmocka_unit_test(a_group_is_not_waited_for),
        cmocka_unit_test(over_tcp),
        cmocka_unit_test(one_octet_at_a_time_over_tcp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
