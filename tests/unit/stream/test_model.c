/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Overlaps with different content against receivers written down as plainly as possible: a list of
 * whole segments handled as Linux does (tcp_data_queue_ofo: queued segments overlap, the reader
 * takes the one that begins first), the list of BSD's tcp_reass (Novak and Sturges 2007: the queued
 * segment wins unless the new one begins before it), and maps of octets for first and last. After
 * every segment both must have read the same.
 */
#include "rig.h"

#define SPAN 400
#define LIST 512

struct kept {
    uint32_t seq, end;
    uint8_t octets[SPAN];
};

struct model {
    enum tt_stream_policy policy;
    uint32_t next, n;
    struct kept list[LIST];
    uint8_t map[SPAN], known[SPAN];
    uint8_t read[SPAN];
};

static void drop_at(struct model *m, uint32_t i)
{
    memmove(&m->list[i], &m->list[i + 1], (--m->n - i) * sizeof m->list[0]);
}

static void insert_at(struct model *m, uint32_t i, const struct kept *k)
{
    assert_true(m->n < LIST);
    memmove(&m->list[i + 1], &m->list[i], (m->n++ - i) * sizeof m->list[0]);
    m->list[i] = *k;
}

/* Octets are at octets[seq - k->seq]. */
static void read_on(struct model *m, const struct kept *k)
{
    for (; m->next < k->end; m->next++) {
        m->read[m->next] = k->octets[m->next - k->seq];
    }
}

static void read_queue(struct model *m)
{
    while (m->n && m->list[0].seq <= m->next) {
        read_on(m, &m->list[0]);
        drop_at(m, 0);
    }
}

static bool glue(struct model *m, uint32_t i, const struct kept *k)
{
    struct kept *left = &m->list[i];
    if (left->end != k->seq) {
        return false;
    }
    memcpy(left->octets + (left->end - left->seq), k->octets, k->end - k->seq);
    left->end = k->end;
    return true;
}

static void linux_queue(struct model *m, const struct kept *k)
{
    uint32_t i = 0;
    while (i < m->n && m->list[i].seq <= k->seq) {
        i++;
    }
    for (uint32_t j = 0; j < i; j++) {
        if (k->end <= m->list[j].end && k->seq < m->list[j].end) {
            return; /* all of it is there already */
        }
    }
    if (i && m->list[i - 1].seq == k->seq) {
        m->list[i - 1] = *k; /* reaches farther */
    } else if (!(i && glue(m, i - 1, k))) {
        insert_at(m, i++, k);
    }
    /* After gluing Linux leaves what is covered in its tree, where it can only
     * tell between later segments. */
    while (i < m->n && m->list[i].end <= k->end) {
        drop_at(m, i);
    }
}

static void bsd_queue(struct model *m, struct kept k)
{
    uint32_t i = 0, seq = k.seq;
    while (i < m->n && m->list[i].seq <= k.seq) {
        i++;
    }
    if (i && m->list[i - 1].end > k.seq) {
        uint32_t cut = m->list[i - 1].end - k.seq;
        if (m->list[i - 1].end >= k.end) {
            return;
        }
        memmove(k.octets, k.octets + cut, k.end - k.seq - cut);
        k.seq += cut;
    }
    while (i < m->n && m->list[i].seq < k.end) {
        struct kept *q = &m->list[i];
        if (q->end <= k.end) {
            drop_at(m, i);
            continue;
        }
        uint32_t cut = k.end - q->seq;
        memmove(q->octets, q->octets + cut, q->end - q->seq - cut);
        q->seq += cut;
        break;
    }
    if (!(i && k.seq == seq && glue(m, i - 1, &k))) {
        insert_at(m, i, &k);
    }
}

static void take(struct model *m, const struct kept *k)
{
    if (k->end <= m->next) {
        return;
    }
    if (m->policy == TT_POLICY_FIRST || m->policy == TT_POLICY_LAST) {
        for (uint32_t i = k->seq > m->next ? k->seq : m->next; i < k->end; i++) {
            if (!m->known[i] || m->policy == TT_POLICY_LAST) {
                m->map[i] = k->octets[i - k->seq];
                m->known[i] = 1;
            }
        }
        for (; m->next < SPAN && m->known[m->next]; m->next++) {
            m->read[m->next] = m->map[m->next];
        }
        return;
    }
    if (k->seq <= m->next) {
        read_on(m, k);
    } else if (m->policy == TT_POLICY_LINUX) {
        linux_queue(m, k);
    } else {
        bsd_queue(m, *k);
    }
    read_queue(m);
}

static void compare_with(enum tt_stream_policy policy, uint64_t seed, int rounds)
{
    static struct model m;
    struct rig r;
    rig_open(&r, (struct tt_stream_options){.policy = policy, .max_flow_segments = 1024});
    uint64_t complete = 0, different = 0;
    for (int round = 0; round < rounds; round++) {
        uint32_t base = round % 2 ? (uint32_t)rig_random(&seed) : 0u - rig_below(&seed, SPAN),
                 server = 77;
        uint32_t longest = 1 + rig_below(&seed, 60), reach = 20 + rig_below(&seed, 120);
        memset(&m, 0, sizeof m);
        m.policy = policy;
        rig_handshake(&r, base, server);
        for (int i = 0; i < 400 && m.next < SPAN; i++) {
            struct kept k;
            uint32_t from = m.next > 10 ? m.next - 10 : 0;
            k.seq = from + rig_below(&seed, reach);
            if (rig_below(&seed, 4) == 0 && m.n) {
                const struct kept *near = &m.list[rig_below(&seed, m.n)]; /* edges meet often */
                k.seq = rig_below(&seed, 2) ? near->seq : near->end;
            }
            if (rig_below(&seed, 25) == 0) {
                k.seq = m.next;
            }
            if (k.seq >= SPAN) {
                continue;
            }
            k.end = k.seq + 1 + rig_below(&seed, longest);
            k.end = k.end > SPAN ? SPAN : k.end;
            memset(k.octets, (int)('a' + i % 26), k.end - k.seq);
            rig_send(&r, 0, TT_ACK, base + k.seq, server, k.octets, k.end - k.seq);
            take(&m, &k);
            assert_int_equal(r.n[0], m.next);
            assert_memory_equal(r.read[0], m.read, m.next);
        }
        complete += m.next == SPAN;
        assert_int_equal(r.gaps[0], 0);
        different += rig_raised(&r, "stream.reassembly_overlap_different_data");
        rig_reset(&r);
    }
    assert_true(complete > (uint64_t)rounds / 4);
    assert_true(different > (uint64_t)rounds / 2);
    assert_int_equal(rig_count(&r, "tcp.reassembly_memuse"), 0);
    rig_close(&r);
}

static void as_linux(void **state)
{
    (void)state;
    compare_with(TT_POLICY_LINUX, 11, 4000);
}

static void as_first(void **state)
{
    (void)state;
    compare_with(TT_POLICY_FIRST, 12, 2000);
}

static void as_last(void **state)
{
    (void)state;
    compare_with(TT_POLICY_LAST, 13, 2000);
}

static void as_bsd(void **state)
{
    (void)state;
    compare_with(TT_POLICY_BSD, 14, 3000);
}

static void as_windows(void **state)
{
    (void)state;
    compare_with(TT_POLICY_WINDOWS, 15, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_linux), cmocka_unit_test(as_first),   cmocka_unit_test(as_last),
        cmocka_unit_test(as_bsd),   cmocka_unit_test(as_windows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
