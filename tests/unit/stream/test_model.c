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
    uint32_t i = 0;
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
    insert_at(m, i, &k);
}

/* Old Linux and Solaris: a run that another one was cut out of stays two runs. */
static bool cut_wins(enum tt_stream_policy policy, const struct kept *o, const struct kept *n)
{
    if (policy == TT_POLICY_SOLARIS) {
        return n->end > o->end || (n->end == o->end && n->seq <= o->seq);
    }
    return n->seq < o->seq || (n->seq == o->seq && n->end >= o->end);
}

static struct kept part_of(const struct kept *k, uint32_t from, uint32_t to)
{
    struct kept out = {.seq = from, .end = to};
    memcpy(out.octets, k->octets + (from - k->seq), to - from);
    return out;
}

static void cut_queue(struct model *m, const struct kept *k)
{
    static struct model out;
    uint8_t mine[SPAN] = {0};
    memset(mine + k->seq, 1, k->end - k->seq);
    out.n = 0;
    for (uint32_t i = 0; i < m->n; i++) {
        const struct kept *o = &m->list[i];
        if (o->end <= k->seq || k->end <= o->seq) {
            out.list[out.n++] = *o;
        } else if (cut_wins(m->policy, o, k)) {
            if (o->seq < k->seq) {
                out.list[out.n++] = part_of(o, o->seq, k->seq);
            }
            if (o->end > k->end) {
                out.list[out.n++] = part_of(o, k->end, o->end);
            }
        } else {
            out.list[out.n++] = *o;
            memset(mine + o->seq, 0, o->end - o->seq);
        }
    }
    for (uint32_t at = k->seq, to; at < k->end; at = to + 1) {
        for (to = at; to < k->end && mine[to]; to++) {
        }
        if (to > at) {
            out.list[out.n++] = part_of(k, at, to);
        }
    }
    m->n = 0;
    for (uint32_t i = 0; i < out.n; i++) { /* sorted */
        uint32_t j = 0;
        while (j < m->n && m->list[j].seq < out.list[i].seq) {
            j++;
        }
        insert_at(m, j, &out.list[i]);
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
    if (k->seq <= m->next && m->policy == TT_POLICY_SOLARIS) {
        struct kept rest = part_of(k, m->next, k->end); /* in order is no better than early */
        cut_queue(m, &rest);
    } else if (k->seq <= m->next) {
        read_on(m, k);
    } else if (m->policy == TT_POLICY_LINUX) {
        linux_queue(m, k);
    } else if (m->policy != TT_POLICY_BSD) {
        cut_queue(m, k);
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

/* Octets with their owners, cut by the rule one after another. */
static void as_old_linux(void **state)
{
    (void)state;
    compare_with(TT_POLICY_OLD_LINUX, 15, 2000);
}

static void as_solaris(void **state)
{
    (void)state;
    compare_with(TT_POLICY_SOLARIS, 16, 2000);
}

/* The sequence of Novak and Sturges with the results of their table, to which Suricata's stream
 * engine is held too. (Linux's row is that of kernels that glued nothing.) */
static void published_table(void **state)
{
    (void)state;
    static const char segments[][3] = {
        {'A', 1, 3},  {'B', 5, 2},  {'C', 7, 3},  {'D', 11, 1}, {'E', 14, 2}, {'F', 16, 3},
        {'G', 19, 2}, {'H', 21, 2}, {'I', 23, 1}, {'J', 2, 4},  {'K', 7, 3},  {'L', 10, 3},
        {'M', 13, 3}, {'N', 17, 1}, {'O', 20, 1}, {'P', 21, 1}, {'Q', 23, 2}, {'0', 0, 1}};
    static const struct {
        enum tt_receiver system;
        const char *read;
    } cases[] = {
        {TT_RECEIVER_BSD, "0AAAJJBCCCLLLMMMFFFGGHHIQ"},
        {TT_RECEIVER_WINDOWS, "0AAAJJBCCCLLLMMMFFFGGHHIQ"},
        {TT_RECEIVER_WINDOWS2K3, "0AAAJJBCCCLLLMMMFFFGGHHIQ"},
        {TT_RECEIVER_MACOS, "0AAAJJBCCCLLLMMMFFFGGHHIQ"},
        {TT_RECEIVER_IRIX, "0AAAJJBCCCLLLMMMFFFGGHHIQ"},
        {TT_RECEIVER_HPUX10, "0AAAJJBCCCLLLMMMFFFGGHHIQ"},
        {TT_RECEIVER_VISTA, "0AAAJBBCCCLDLMEEFFFGGHHIQ"},
        {TT_RECEIVER_FIRST, "0AAAJBBCCCLDLMEEFFFGGHHIQ"},
        {TT_RECEIVER_OLD_LINUX, "0AAAJJBKKKLLLMMMFFFGGHHQQ"},
        {TT_RECEIVER_SOLARIS, "0AJJJBBKKKLLLMMMFFFGGHHQQ"},
        {TT_RECEIVER_HPUX11, "0AJJJBBKKKLLLMMMFFFGGHHQQ"},
        {TT_RECEIVER_LAST, "0AJJJJBKKKLLLMMMFNFGOPHQQ"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig r;
        rig_open(&r, (struct tt_stream_options){.policy = tt_stream_policy_of(cases[i].system)});
        rig_handshake(&r, 5000, 77);
        for (size_t j = 0; j < sizeof segments / sizeof *segments; j++) {
            char octets[8];
            memset(octets, segments[j][0], sizeof octets);
            rig_send(&r, 0, TT_ACK, 5000 + (uint32_t)segments[j][1], 77, octets,
                     (uint32_t)segments[j][2]);
        }
        assert_int_equal(r.n[0], 25);
        assert_memory_equal(r.read[0], cases[i].read, 25);
        assert_true(rig_raised(&r, "stream.reassembly_overlap_different_data"));
        rig_close(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_linux),        cmocka_unit_test(as_first),
        cmocka_unit_test(as_last),         cmocka_unit_test(as_bsd),
        cmocka_unit_test(as_old_linux),    cmocka_unit_test(as_solaris),
        cmocka_unit_test(published_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
