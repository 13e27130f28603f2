/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Laws of reassembly that hold for any stream: however it is cut, shuffled within the caps,
 * repeated or overlapped by equal octets, what is read is what was sent, once, in order, without a
 * gap and without an event. Seeds are fixed.
 */
#include "rig.h"

struct segment {
    uint32_t at, n;
    uint64_t order;
};

struct way_plan {
    uint8_t octets[6000];
    uint32_t n, base, n_segments, given;
    struct segment segments[16384];
};

static struct way_plan plans[2];

static int by_order(const void *a, const void *b)
{
    const struct segment *x = a, *y = b;
    return x->order < y->order ? -1 : x->order > y->order;
}

static void add(struct way_plan *w, uint64_t *seed, uint32_t at, uint32_t n, uint32_t shuffle)
{
    w->segments[w->n_segments++] = (struct segment){
        at, n, ((uint64_t)at + rig_below(seed, shuffle + 1)) << 20 | w->n_segments};
}

static void cut(struct way_plan *w, uint64_t *seed, uint32_t longest, uint32_t shuffle,
                uint32_t twice, uint32_t overlap)
{
    w->n = rig_below(seed, longest == 1 ? 1500 : sizeof w->octets) + 1;
    w->n_segments = w->given = 0;
    for (uint32_t i = 0; i < w->n; i++) {
        w->octets[i] = (uint8_t)rig_random(seed);
    }
    for (uint32_t at = 0; at < w->n;) {
        uint32_t n = rig_below(seed, longest) + 1;
        n = n > w->n - at ? w->n - at : n;
        add(w, seed, at, n, shuffle);
        if (rig_below(seed, 100) < twice) {
            add(w, seed, at, n, shuffle);
        }
        if (rig_below(seed, 100) < overlap) {
            uint32_t from = at - rig_below(seed, at < 300 ? at + 1 : 300),
                     to = from + 1 + rig_below(seed, 600);
            add(w, seed, from, (to > w->n ? w->n : to) - from, shuffle);
        }
        at += n;
    }
    qsort(w->segments, w->n_segments, sizeof w->segments[0], by_order);
}

static void give_one(struct rig *r, int dir, uint32_t acked)
{
    struct way_plan *w = &plans[dir];
    struct segment *s = &w->segments[w->given++];
    rig_send(r, dir, TT_ACK | TT_PSH, w->base + s->at, acked, w->octets + s->at, s->n);
}

/* How far the receiver is: what an honest one would acknowledge. */
static uint32_t ack_of(const struct rig *r, int dir)
{
    return plans[dir].base + r->n[dir];
}

static void play(struct rig *r, uint64_t *seed, bool handshake, bool acks, bool both)
{
    if (handshake) {
        rig_handshake(r, plans[0].base, plans[1].base);
    }
    while (plans[0].given < plans[0].n_segments || (both && plans[1].given < plans[1].n_segments)) {
        int dir = both ? (int)rig_below(seed, 2) : 0;
        if (plans[dir].given == plans[dir].n_segments) {
            continue;
        }
        give_one(r, dir, both || acks ? ack_of(r, !dir) : plans[1].base);
        if (acks && rig_below(seed, 3) == 0) {
            rig_send(r, !dir, TT_ACK, plans[!dir].base + r->n[!dir], ack_of(r, dir), NULL, 0);
        }
    }
    for (int dir = 0; dir < 1 + both; dir++) {
        assert_int_equal(r->gaps[dir], 0);
        assert_int_equal(r->n[dir], plans[dir].n);
        assert_memory_equal(r->read[dir], plans[dir].octets, plans[dir].n);
    }
    assert_int_equal(rig_count(r, "tcp.overlap_diff_data"), 0);
}

struct shape {
    const char *name;
    uint32_t longest, shuffle, twice, overlap;
    int rounds;
};

static const struct shape shapes[] = {
    {"one octet each", 1, 0, 0, 0, 60},    {"one octet, shuffled", 1, 200, 10, 0, 60},
    {"random sizes", 1460, 0, 0, 0, 300},  {"shuffled", 200, 800, 0, 0, 300},
    {"duplicated", 300, 0, 60, 0, 300},    {"shuffled and duplicated", 120, 700, 50, 0, 300},
    {"overlapping", 300, 0, 20, 50, 300},  {"everything at once", 150, 900, 30, 40, 600},
    {"far apart", 700, 5000, 20, 30, 300},
};

static void law(bool handshake, bool acks, bool both, uint64_t seed)
{
    for (int policy = TT_POLICY_LINUX; policy < TT_POLICIES; policy++) {
        struct rig r;
        rig_open(&r, (struct tt_stream_options){.policy = (enum tt_stream_policy)policy});
        for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
            const struct shape *s = &shapes[i];
            /* A pick-up cannot know what came before its first packet: the
             * first segment must be first. */
            for (int round = 0; round < s->rounds / 4; round++) {
                for (int dir = 0; dir < 2; dir++) {
                    cut(&plans[dir], &seed, s->longest, handshake ? s->shuffle : 0, s->twice,
                        s->overlap);
                    plans[dir].base = (uint32_t)rig_random(&seed);
                    if (round % 3 == 0) {
                        plans[dir].base = 0u - rig_below(&seed, plans[dir].n + 1); /* wraps */
                    }
                }
                play(&r, &seed, handshake, acks, both);
                rig_reset(&r);
            }
        }
        assert_int_equal(rig_count(&r, "tcp.reassembly_memuse"), 0);
        assert_int_equal(rig_count(&r, "tcp.active_sessions"), 0);
        rig_close(&r);
    }
}

static void both_sides(void **state)
{
    (void)state;
    law(true, true, true, 1);
}

static void client_sends(void **state)
{
    (void)state;
    law(true, true, false, 2);
}

static void no_acks(void **state)
{
    (void)state;
    law(true, false, false, 3);
}

static void midstream(void **state)
{
    (void)state;
    law(false, true, true, 4);
}

static void one_side_only(void **state)
{
    (void)state;
    law(false, false, false, 5);
}

/* A SPAN port that mirrors both ways shows every packet twice: nothing may come of it. */
static void span_twice(void **state)
{
    (void)state;
    uint64_t seed = 6;
    struct rig r;
    rig_open(&r, (struct tt_stream_options){0});
    for (int round = 0; round < 200; round++) {
        uint32_t c = (uint32_t)rig_random(&seed), s = (uint32_t)rig_random(&seed), sent[2] = {c, s};
        uint8_t octets[400];
        rig_send(&r, 0, TT_SYN, c - 1, 0, NULL, 0);
        rig_send(&r, 0, TT_SYN, c - 1, 0, NULL, 0);
        rig_send(&r, 1, TT_SYN | TT_ACK, s - 1, c, NULL, 0);
        rig_send(&r, 1, TT_SYN | TT_ACK, s - 1, c, NULL, 0);
        rig_send(&r, 0, TT_ACK, c, s, NULL, 0);
        rig_send(&r, 0, TT_ACK, c, s, NULL, 0);
        uint32_t total = 0;
        for (int i = 0; i < 40; i++) {
            int dir = (int)rig_below(&seed, 2);
            uint32_t n = rig_below(&seed, sizeof octets);
            for (uint32_t k = 0; k < n; k++) {
                octets[k] = (uint8_t)rig_random(&seed);
            }
            rig_send(&r, dir, TT_ACK, sent[dir], sent[!dir], octets, n);
            rig_send(&r, dir, TT_ACK, sent[dir], sent[!dir], octets, n);
            sent[dir] += n;
            total += n;
        }
        for (int i = 0; i < 2; i++) {
            rig_send(&r, 0, TT_FIN | TT_ACK, sent[0], sent[1], NULL, 0);
        }
        for (int i = 0; i < 2; i++) {
            rig_send(&r, 1, TT_FIN | TT_ACK, sent[1], sent[0] + 1, NULL, 0);
        }
        for (int i = 0; i < 2; i++) {
            rig_send(&r, 0, TT_ACK, sent[0] + 1, sent[1] + 1, NULL, 0);
        }
        assert_int_equal(r.events, 0);
        assert_int_equal(r.n[0] + r.n[1], total);
        assert_string_equal(tt_stream_state_name(&r.flow), "closed");
        assert_int_equal(r.flow.state, TT_FLOW_CLOSED);
        rig_reset(&r);
    }
    rig_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_sides), cmocka_unit_test(client_sends),  cmocka_unit_test(no_acks),
        cmocka_unit_test(midstream),  cmocka_unit_test(one_side_only), cmocka_unit_test(span_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
