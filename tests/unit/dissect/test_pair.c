/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Questions and answers: who answers whom, what is never answered, what nobody asked,
 * and how many may be open.
 */
#include "unit/dissect/fake.h"

const struct tt_dissector *const tt_registry_dissectors[] = {&fake_tcp, NULL};

static struct told told;
static struct tt_engine *e;
static struct tt_flow f;

static void begin(bool start, struct tt_dissect_options o)
{
    e = engine_of(&told, o);
    f = flow_of(6, 7000, start);
}

static void send(enum tt_direction d, unsigned kind, unsigned id)
{
    uint8_t unit[64];
    uint32_t n = fake_unit(unit, kind, id, 3);
    tt_engine_octets(e, &f, d, (struct tt_bytes){unit, n}, NULL);
}

static void finish(void)
{
    tt_engine_end(e, &f);
    tt_engine_free(e);
}

static void an_answer_completes_its_question(void **state)
{
    (void)state;
    begin(true, (struct tt_dissect_options){0});
    send(TT_TO_SERVER, ASK, 1);
    send(TT_TO_SERVER, ASK, 2);
    assert_int_equal(told.complete, 0);
    send(TT_TO_CLIENT, ANSWER, 2);
    assert_int_equal(told.last_tx, 1);
    assert_int_equal(told.complete, 1);
    send(TT_TO_CLIENT, PART, 1);
    assert_int_equal(told.last_tx, 0);
    assert_int_equal(told.complete, 1);
    send(TT_TO_CLIENT, ANSWER, 1);
    assert_int_equal(told.last_tx, 0);
    assert_int_equal(told.complete, 2);
    assert_int_equal(told_count(&told, "id 1 body 3/"), 3);
    /* the third message of the first transaction */
    assert_int_equal(told_count(&told, " tx 0/3 "), 1);
    finish();
    assert_int_equal(told.unanswered, 0);
    assert_int_equal(told_count(&told, "unasked"), 0);
}

/* The same number from both sides is two transactions. */
static void each_side_has_its_own_numbers(void **state)
{
    (void)state;
    begin(true, (struct tt_dissect_options){0});
    send(TT_TO_SERVER, ASK, 7);
    send(TT_TO_CLIENT, ASK, 7);
    send(TT_TO_SERVER, ANSWER, 7);
    assert_int_equal(told.last_tx, 1);
    send(TT_TO_CLIENT, ANSWER, 7);
    assert_int_equal(told.last_tx, 0);
    finish();
    assert_int_equal(told.complete, 2);
    assert_int_equal(told.unanswered, 0);
}

static void alone_is_complete_at_once(void **state)
{
    (void)state;
    begin(true, (struct tt_dissect_options){0});
    send(TT_TO_SERVER, ASK, 1);
    send(TT_TO_SERVER, NOTE, 1);
    assert_int_equal(told.complete, 1);
    assert_int_equal(told.last_tx, 1);
    assert_int_equal(tt_engine_tx_count(&f), 2);
    finish();
    assert_int_equal(told.unanswered, 1);
}

static void a_number_that_is_used_again_ends_the_old_question(void **state)
{
    (void)state;
    begin(true, (struct tt_dissect_options){0});
    send(TT_TO_SERVER, ASK, 5);
    send(TT_TO_SERVER, ASK, 5);
    assert_int_equal(told_count(&told, "transaction 0 unanswered\n"), 1);
    send(TT_TO_CLIENT, ANSWER, 5);
    assert_int_equal(told_count(&told, "transaction 1 complete\n"), 1);
    finish();
}

static void an_answer_that_nobody_asked_for(void **state)
{
    (void)state;
    begin(true, (struct tt_dissect_options){0});
    send(TT_TO_SERVER, ASK, 1);
    send(TT_TO_CLIENT, ANSWER, 9);
    assert_int_equal(told.own[FAKE_MISSING_ASK], 1);
    assert_int_equal(told_count(&told, "id 9 body 3/"), 1);
    assert_int_equal(told_count(&told, " unasked"), 1);
    assert_int_equal(told.complete, 1);
    /* One that goes on opens a transaction, and its last message completes it. */
    send(TT_TO_CLIENT, PART, 10);
    assert_int_equal(told.complete, 1);
    send(TT_TO_CLIENT, ANSWER, 10);
    assert_int_equal(told.complete, 2);
    assert_int_equal(told.own[FAKE_MISSING_ASK], 2);
    assert_int_equal(engine_count_of(e, "telltale.dissect.unasked"), 2);
    finish();
}

/* Without the start, or after a hole, the question may simply not be in the capture. */
static void no_blame_where_octets_are_missing(void **state)
{
    (void)state;
    begin(false, (struct tt_dissect_options){0});
    send(TT_TO_SERVER, ASK, 1);
    send(TT_TO_CLIENT, ANSWER, 9);
    assert_int_equal(told.own[FAKE_MISSING_ASK], 0);
    assert_int_equal(told_count(&told, " unasked"), 1);
    finish();
    begin(true, (struct tt_dissect_options){0});
    send(TT_TO_SERVER, ASK, 1);
    f.flags |= TT_FLOW_GAP; /* as the stream room sets it, to the server */
    tt_engine_gap(e, &f, TT_TO_SERVER, 10, NULL);
    send(TT_TO_CLIENT, ANSWER, 9);
    assert_int_equal(told.own[FAKE_MISSING_ASK], 0);
    finish();
}

/* 64 may be open; the 65th ends the oldest. */
static void the_oldest_of_65_is_given_up(void **state)
{
    (void)state;
    begin(true, (struct tt_dissect_options){0});
    for (unsigned i = 0; i < 64; i++) {
        send(TT_TO_SERVER, ASK, i);
    }
    assert_int_equal(told.unanswered, 0);
    send(TT_TO_SERVER, ASK, 64);
    assert_int_equal(told.unanswered, 1);
    assert_int_equal(told_count(&told, "transaction 0 unanswered\n"), 1);
    assert_int_equal(told_count(&told, "too_many_transactions"), 1);
    assert_int_equal(engine_count_of(e, "telltale.dissect.transactions_dropped"), 1);
    send(TT_TO_CLIENT, ANSWER, 0);
    assert_int_equal(told_count(&told, " unasked"), 1);
    for (unsigned i = 64; i > 0; i--) {
        send(TT_TO_CLIENT, ANSWER, i);
    }
    assert_int_equal(told_count(&told, " unasked"), 1);
    assert_int_equal(told.complete, 65);
    finish();
    assert_int_equal(told.unanswered, 1);
}

static void the_end_of_the_flow_ends_them_in_order(void **state)
{
    (void)state;
    begin(true, (struct tt_dissect_options){.max_transactions = 3});
    for (unsigned i = 0; i < 5; i++) {
        send(TT_TO_SERVER, ASK, i);
    }
    assert_int_equal(told.unanswered, 2);
    size_t before = told.n;
    finish();
    assert_string_equal(
        told.text + before,
        "transaction 2 unanswered\ntransaction 3 unanswered\ntransaction 4 unanswered\n");
}

/* No room for open transactions in the whole engine: messages are still told, each by
 * itself, and it is counted. */
static void when_the_engine_has_no_room(void **state)
{
    (void)state;
    begin(true, (struct tt_dissect_options){.max_flows = 4});
    for (unsigned i = 0; i < 10; i++) {
        send(TT_TO_SERVER, ASK, i);
    }
    assert_int_equal(told.messages, 10);
    assert_int_equal(told.complete, 6);
    assert_int_equal(engine_count_of(e, "telltale.dissect.transactions_dropped"), 6);
    finish();
    assert_int_equal(told.unanswered, 4);
}

/* Every transaction that began ends exactly once, whatever comes. */
static void every_transaction_ends_once(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 20; seed++) {
        uint32_t x = seed;
        begin(seed % 2, (struct tt_dissect_options){.max_transactions = 8});
        send(TT_TO_SERVER, ASK, 0);
        for (unsigned i = 0; i < 500; i++) {
            send(any(&x, 2) ? TT_TO_SERVER : TT_TO_CLIENT, any(&x, FAKE_KINDS), any(&x, 20));
        }
        uint64_t begun = tt_engine_tx_count(&f);
        tt_engine_end(e, &f);
        assert_int_equal(told.complete + told.unanswered, begun);
        assert_int_equal(engine_count_of(e, "telltale.dissect.transactions"), begun);
        assert_int_equal(engine_count_of(e, "telltale.dissect.unanswered"), told.unanswered);
        tt_engine_free(e);
    }
}

static int release(void **state)
{
    (void)state;
    free(told.text);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_completes_its_question),
        cmocka_unit_test(each_side_has_its_own_numbers),
        cmocka_unit_test(alone_is_complete_at_once),
        cmocka_unit_test(a_number_that_is_used_again_ends_the_old_question),
        cmocka_unit_test(an_answer_that_nobody_asked_for),
        cmocka_unit_test(no_blame_where_octets_are_missing),
        cmocka_unit_test(the_oldest_of_65_is_given_up),
        cmocka_unit_test(the_end_of_the_flow_ends_them_in_order),
        cmocka_unit_test(when_the_engine_has_no_room),
        cmocka_unit_test(every_transaction_ends_once),
    };
    return cmocka_run_group_tests_name("pairing", tests, NULL, release);
}
