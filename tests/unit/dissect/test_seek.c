/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where units start. The law: what is told of a flow depends on its octets, its holes and who
 * spoke when, never on the segments; tried on random talks with rubbish and holes, on ports
 * of the protocol and on others, from the beginning and joined later. Then each proof by itself.
 */
#include "unit/dissect/fake.h"

const struct tt_dissector *const tt_registry_dissectors[] = {&fake_tcp, NULL};

enum { BLOCKS = 40 };
static struct told whole, split;
static uint8_t octets[BLOCKS][4096];
/* What one side says before the other speaks again; lost: a hole comes first. */
static struct {
    uint32_t n, lost;
    enum tt_direction d;
} blocks[BLOCKS];
static unsigned n_blocks;

static void talk(struct told *t, uint16_t port, bool start, uint32_t most, uint32_t seed)
{
    struct tt_engine *e = engine_of(t, (struct tt_dissect_options){0});
    struct tt_flow f = flow_of(6, port, start);
    for (unsigned i = 0; i < n_blocks; i++) {
        enum tt_direction d = blocks[i].d;
        if (blocks[i].lost) {
            f.flags |= (uint16_t)(TT_FLOW_GAP << d);
            tt_engine_gap(e, &f, d, blocks[i].lost, NULL);
        }
        for (uint32_t at = 0; at < blocks[i].n;) {
            uint32_t take = most ? 1 + any(&seed, most) : blocks[i].n;
            take = take > blocks[i].n - at ? blocks[i].n - at : take;
            uint8_t *copy = malloc(take);
            memcpy(copy, octets[i] + at, take);
            tt_engine_octets(e, &f, d, (struct tt_bytes){copy, take}, NULL);
            free(copy);
            at += take;
        }
    }
    tell(t, "speaks %s\n", tt_engine_dissector(&f) ? tt_engine_dissector(&f)->name : "nothing");
    tt_engine_end(e, &f);
    assert_null(f.app);
    tt_engine_free(e);
}

static void say(enum tt_direction d, uint32_t lost)
{
    assert_true(n_blocks < BLOCKS);
    blocks[n_blocks].d = d;
    blocks[n_blocks].n = 0;
    blocks[n_blocks++].lost = lost;
}

static void unit(unsigned kind, unsigned id, uint32_t body)
{
    blocks[n_blocks - 1].n +=
        fake_unit(octets[n_blocks - 1] + blocks[n_blocks - 1].n, kind, id, body);
}

static void rubbish(uint8_t octet, uint32_t n)
{
    memset(octets[n_blocks - 1] + blocks[n_blocks - 1].n, octet, n);
    blocks[n_blocks - 1].n += n;
}

static void random_talk(uint32_t x)
{
    n_blocks = 0;
    unsigned n = 2 + any(&x, BLOCKS - 2);
    for (unsigned i = 0; i < n; i++) {
        enum tt_direction d = any(&x, 2);
        say(d, any(&x, 4) ? 0 : 1 + any(&x, 50));
        for (unsigned units = any(&x, 5); units > 0; units--) {
            unsigned kind = any(&x, FAKE_KINDS), id = any(&x, 8);
            unit(kind, id, any(&x, 300));
        }
        uint32_t *length = &blocks[i].n, cut = any(&x, 3) ? 0 : any(&x, 30);
        if (any(&x, 4) == 0) { /* 0x5a: the first octet of a unit */
            uint8_t octet = any(&x, 2) ? 0x5a : (uint8_t)any(&x, 256);
            rubbish(octet, 1 + any(&x, 40));
        }
        *length -= cut < *length ? cut : 0; /* the rest comes later, or never */
    }
}

static void segments_tell_nothing(void **state)
{
    (void)state;
    static const uint32_t most[] = {1, 2, 3, 7, 50, 700};
    unsigned spoken = 0, resynchronised = 0;
    for (uint32_t seed = 1; seed <= 400; seed++) {
        random_talk(seed);
        for (unsigned how = 0; how < 4; how++) {
            talk(&whole, how & 1 ? 7000 : 12345, how & 2, 0, 0);
            spoken += whole.messages > 0;
            resynchronised += told_count(&whole, "resynchronised");
            for (unsigned i = 0; i < sizeof most / sizeof most[0]; i++) {
                talk(&split, how & 1 ? 7000 : 12345, how & 2, most[i], seed);
                if (strcmp(whole.text, split.text) != 0) {
                    size_t at = 0;
                    while (whole.text[at] == split.text[at]) {
                        at++;
                    }
                    at = at > 300 ? at - 300 : 0;
                    fail_msg("seed %u, way %u, pieces of %u:\n%.700s\nagainst\n%.700s", seed, how,
                             most[i], whole.text + at, split.text + at);
                }
            }
        }
    }
    assert_true(spoken > 800 && resynchronised > 400); /* the talks say something */
}

static void begin(void)
{
    n_blocks = 0;
    say(TT_TO_SERVER, 0);
}

/* A hole ends in the middle of a unit; what follows is found behind it. */
static void anywhere_after_a_hole(void **state)
{
    (void)state;
    begin();
    unit(ASK, 1, 10);
    say(TT_TO_SERVER, 100);
    rubbish(0xee, 333);
    for (unsigned i = 2; i < 5; i++) {
        unit(NOTE, i, 20);
    }
    for (uint32_t most = 0; most < 3; most++) {
        talk(&whole, 7000, true, most, 5);
        assert_int_equal(whole.messages, 4);
        assert_int_equal(told_count(&whole, "resynchronised"), 1);
    }
    blocks[1].n -= FAKE_HEAD + 20; /* two are no proof there… */
    talk(&whole, 7000, true, 1, 5);
    assert_int_equal(whole.messages, 3); /* … until the stream ends with them */
    blocks[1].n -= FAKE_HEAD + 20;
    talk(&whole, 7000, true, 1, 5);
    assert_int_equal(whole.messages, 1);
}

/* Right after a hole, and where the other side has spoken, one unit is enough. */
static void marks_want_less(void **state)
{
    (void)state;
    for (unsigned turn = 0; turn < 2; turn++) {
        begin();
        unit(ASK, 1, 10);
        say(TT_TO_SERVER, 100);
        if (turn) {
            rubbish(0xee, 70);
            say(TT_TO_CLIENT, 0);
            unit(ANSWER, 1, 0);
            say(TT_TO_SERVER, 0);
        }
        unit(NOTE, 2, 20);
        rubbish(0x5a, 1); /* not the end of a unit */
        talk(&whole, 7000, true, 1, 5);
        assert_int_equal(told_count(&whole, "id 2 body 20/"), 1);
        assert_int_equal(told_count(&whole, "resynchronised"), 1);
    }
}

/* What is no unit is passed over octet by octet: the units behind it are found. */
static void behind_octets_that_are_none(void **state)
{
    (void)state;
    begin();
    unit(ASK, 1, 10);
    rubbish(0, 5000 - 4096);
    for (unsigned i = 2; i < 5; i++) {
        unit(NOTE, i, 20);
    }
    talk(&whole, 7000, true, 0, 5);
    assert_int_equal(whole.messages, 4);
    assert_int_equal(told_count(&whole, "lost_synchronisation"), 1);
    assert_int_equal(told_count(&whole, "resynchronised"), 1);
}

/* A start that announces more than is kept does not hide the units behind it. */
static void a_false_start_hides_nothing(void **state)
{
    (void)state;
    static const uint8_t claim[] = {0x5a, NOTE, 0x00, 0x3a, 0x00};
    begin();
    unit(ASK, 1, 10);
    say(TT_TO_SERVER, 100);
    memcpy(octets[1], claim, sizeof claim);
    blocks[1].n = sizeof claim;
    for (unsigned i = 2; i < 6; i++) {
        unit(NOTE, i, 20);
    }
    say(TT_TO_CLIENT, 0); /* before the claimed length is there */
    unit(ANSWER, 1, 0);
    talk(&whole, 7000, true, 0, 5);
    const char *found = strstr(whole.text, "id 2 body 20/"), *answer = strstr(whole.text, "answer");
    assert_true(found && answer && found < answer);
}

static int release(void **state)
{
    (void)state;
    free(whole.text);
    free(split.text);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_tell_nothing),
        cmocka_unit_test(anywhere_after_a_hole),
        cmocka_unit_test(marks_want_less),
        cmocka_unit_test(behind_octets_that_are_none),
        cmocka_unit_test(a_false_start_hides_nothing),
    };
    return cmocka_run_group_tests_name("where units start", tests, NULL, release);
}
