/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rules over several messages of a transaction (decisions 4): met groups are remembered, one alert
 * per rule and transaction, bounded memory with counted overflow.
 */
#define RIG_FAKE
#include "unit/rules/rig.h"

#define RULE(sid, options) "alert fake any any -> any any (" options " sid:" #sid ";)\n"

static const char *hello(struct rig *r, struct tt_tx *tx, const char *name)
{
    rig_begin(FAKE_HELLO, TT_TO_SERVER, TT_TX_OPEN, name);
    rig_text(FK_NAME, name);
    rig_uint(FK_SIZE, strlen(name));
    rig_send(r, tx);
    return rig_hits(r);
}

static const char *ack(struct rig *r, struct tt_tx *tx, enum tt_tx_role role, uint64_t code)
{
    rig_begin(FAKE_ACK, TT_TO_CLIENT, role, "ack");
    rig_uint(FK_CODE, code);
    rig_uint(FK_SIZE, 3);
    rig_send(r, tx);
    return rig_hits(r);
}

static void question_and_answer(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r,
             RULE(1, "fake.hello.name; content:\"admin\"; fake.reason:5;")
                 RULE(2, "fake.type:HELLO; fake.reason:5;")
                     RULE(3, "fake.hello.name; content:\"admin\"; fake.size:3;") RULE(
                         4, "fake.hello.name; content:\"admin\"; fake.reason:5; flow:to_server;")
                         RULE(5, "fake.reason:5;"));
    assert_string_equal(r.reports, "");
    struct tt_tx tx = {0};
    assert_string_equal(hello(&r, &tx, "the admin"), "");
    assert_int_equal(tx.n_candidates, 4);
    /* 4: the answer counts for its question's direction */
    assert_string_equal(ack(&r, &tx, TT_TX_LAST, 5), "1,2,3,4,5");
    /* another transaction knows nothing of it */
    struct tt_tx other = {0};
    assert_string_equal(ack(&r, &other, TT_TX_LAST, 5), "5");
    struct tt_tx third = {0};
    assert_string_equal(hello(&r, &third, "somebody"), "");
    assert_string_equal(ack(&r, &third, TT_TX_LAST, 5), "2,5");
    rig_close(&r);
}

/* The literal is in the answer, the number in the question that came first. */
static void answer_has_the_content(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, RULE(1, "fake.type:HELLO; fake.note.topic; content:\"alarm\";"));
    struct tt_tx tx = {0};
    hello(&r, &tx, "x");
    assert_int_equal(tx.n_candidates, 1);
    rig_begin(FAKE_NOTE, TT_TO_CLIENT, TT_TX_LAST, "alarm");
    rig_text(FK_TOPIC, "alarm");
    rig_send(&r, &tx);
    assert_string_equal(rig_hits(&r), "1");
    rig_close(&r);
}

static void once(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, RULE(1, "fake.size:>0;"));
    struct tt_tx tx = {0};
    assert_string_equal(hello(&r, &tx, "a"), "1");
    assert_string_equal(hello(&r, &tx, "a"), "");
    assert_string_equal(ack(&r, &tx, TT_TX_MORE, 0), "");
    assert_string_equal(ack(&r, &tx, TT_TX_LAST, 0), "");
    rig_close(&r);
}

/* flow: and the header fit when they fit the message or its question. */
static void directions_of_an_answer(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, RULE(1, "flow:to_server; fake.reason:5;") RULE(2, "flow:to_client; fake.reason:5;")
                     RULE(3, "flow:to_client; fake.type:HELLO;")
                         RULE(4, "flow:to_server; fake.type:HELLO; fake.reason:5;"));
    struct tt_tx tx = {.asker = TT_TO_SERVER};
    assert_string_equal(hello(&r, &tx, "x"), "");
    assert_string_equal(ack(&r, &tx, TT_TX_LAST, 5), "1,2,4");
    struct tt_tx turned = {.asker = TT_TO_CLIENT};
    assert_string_equal(ack(&r, &turned, TT_TX_OPEN, 5), "2");
    rig_close(&r);
}

/* A rule of one message kind never takes a slot. */
static void alone(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, RULE(1, "fake.type:HELLO; fake.hello.name; content:\"admin\"; fake.hello.name; "
                         "content:\"x\";"));
    struct tt_tx tx = {0};
    assert_string_equal(hello(&r, &tx, "admin"), "");
    assert_int_equal(tx.n_candidates, 0);
    assert_string_equal(hello(&r, &tx, "admin x"), "1");
    rig_close(&r);
}

static void bounds(void **state)
{
    (void)state;
    struct rig r;
    static char rules[4096];
    rules[0] = 0;
    for (int i = 0; i < 6; i++) {
        snprintf(rules + strlen(rules), 160,
                 "alert fake any any -> any any (fake.hello.name; content:\"admin\"; "
                 "fake.reason:5; sid:%d;)\n",
                 1 + i);
    }
    rig_open(&r, rules);
    struct tt_tx tx = {0};
    hello(&r, &tx, "admin");
    assert_int_equal(tx.n_candidates, 4);
    assert_int_equal(rig_counter(&r, "telltale.rules.candidates_refused"), 2);
    assert_string_equal(ack(&r, &tx, TT_TX_LAST, 5), "1,2,3,4");
    rig_close(&r);
}

/* After a reload the numbers in an old transaction mean other rules: they are forgotten. */
static void reload(void **state)
{
    (void)state;
    struct rig r, other;
    rig_open(&r, RULE(1, "fake.hello.name; content:\"admin\"; fake.reason:5;"));
    rig_open(&other, RULE(7, "fake.size:>100; fake.reason:5;") RULE(8, "fake.reason:5;"));
    struct tt_tx tx = {0};
    hello(&r, &tx, "admin");
    assert_int_equal(tx.n_candidates, 1);
    tt_matcher_use(r.m, other.set);
    assert_string_equal(ack(&r, &tx, TT_TX_LAST, 5), "8");
    rig_close(&r);
    rig_close(&other);
}

static void events(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r,
             RULE(1, "app-layer-event:fake.too_loud;")
                 RULE(2, "app-layer-event:fake.too_loud; fake.type:HELLO;") RULE(
                     3, "app-layer-event:fake.gap;") "alert tcp any any -> any any "
                                                     "(stream-event:reassembly_seq_gap; sid:4;)\n"
                                                     "alert ip any any -> any any "
                                                     "(decode-event:ipv4.trunc_pkt; sid:5;)\n");
    assert_string_equal(r.reports, "");
    rig_begin(FAKE_NOTE, TT_TO_SERVER, TT_TX_ALONE, "u");
    tt_msg_anomaly(&rig_msg, 1);
    rig_send(&r, NULL);
    assert_string_equal(rig_hits(&r), "1");
    rig_begin(FAKE_HELLO, TT_TO_SERVER, TT_TX_ALONE, "u");
    tt_msg_anomaly(&rig_msg, 1);
    rig_send(&r, NULL);
    assert_string_equal(rig_hits(&r), "1,2");
    rig_begin(FAKE_HELLO, TT_TO_SERVER, TT_TX_ALONE, "u");
    tt_msg_anomaly(&rig_msg, 0);
    rig_send(&r, NULL);
    assert_string_equal(rig_hits(&r), "");
    tt_matcher_event(r.m, &r.flow, TT_TO_SERVER, "stream-event", "stream.reassembly_seq_gap",
                     &r.packet);
    assert_string_equal(rig_hits(&r), "4");
    tt_matcher_event(r.m, NULL, TT_TO_SERVER, "decode-event", "decoder.ipv4.trunc_pkt", &r.packet);
    assert_string_equal(rig_hits(&r), "5");
    tt_matcher_event(r.m, &r.flow, TT_TO_SERVER, "decode-event", "decoder.ipv4.other", &r.packet);
    assert_string_equal(rig_hits(&r), "");
    rig_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(question_and_answer),
        cmocka_unit_test(answer_has_the_content),
        cmocka_unit_test(once),
        cmocka_unit_test(directions_of_an_answer),
        cmocka_unit_test(alone),
        cmocka_unit_test(bounds),
        cmocka_unit_test(reload),
        cmocka_unit_test(events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
