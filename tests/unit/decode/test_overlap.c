/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Overlapping fragments as the receiver's system reads them: the sequence of Novak's "Target-Based
 * Fragmentation Reassembly" (2005) with the results that its table gives (Suricata's defrag engine
 * is held to the same), and random mixtures against a receiver written down as plainly as possible.
 */
#include "unit/decode/build.h"

#include "config/value.h"
#include "decode/fragment_state.h"

#define UNITS 64u

static const struct tt_option rows[] = {
    {"stream.policy", "", "linux", tt_receiver_names, 0, 0, TT_OPTION_CHOICE},
    {"host-os-policy", "", "", NULL, 0, 0, TT_OPTION_MAP},
};
static const struct tt_option_table table = {rows, 2};
static const struct tt_option_table *const tables[] = {&table, NULL};

struct under {
    struct tt_config *config;
    struct tt_receivers *receivers;
    struct tt_decoder *d;
    struct tt_block *b;
};

static struct under under_new(const char *system)
{
    char line[80];
    struct tt_error e;
    struct under u = {.config = tt_config_from(tables)};
    snprintf(line, sizeof line, "host-os-policy.%s=[0.0.0.0/0,::/0]", system);
    assert_true(tt_config_set(u.config, line, &e));
    u.receivers = tt_receivers_new(u.config, &e);
    assert_non_null(u.receivers);
    struct tt_decode_options o = {.receivers = u.receivers};
    u.d = tt_decoder_new(&o);
    u.b = tt_block_new();
    return u;
}

static void under_free(struct under *u)
{
    tt_decoder_free(u->d);
    tt_block_free(u->b);
    tt_receivers_free(u->receivers);
    tt_config_free(u->config);
}

/* Units [from, to) of `octets` as a fragment; one letter for each unit. */
static const struct tt_packet *give(struct under *u, bool v6, uint32_t id, uint32_t from,
                                    uint32_t to, bool more, const char *units)
{
    static struct frame f;
    struct bench t = {u->d, u->b, 0};
    f.n = 0;
    if (v6) {
        put_ipv6(&f, 44, 8 + (to - from) * 8);
        put8(&f, 17);
        put8(&f, 0);
        put16(&f, from * 8 | more);
        put32(&f, id);
    } else {
        put_ipv4(&f, 17, (to - from) * 8, id, from | (more ? 0x2000 : 0), "", 0);
    }
    for (uint32_t i = from; i < to; i++) {
        for (int k = 0; k < 8; k++) {
            put8(&f, (uint8_t)units[i - from]);
        }
    }
    return decode(&t, &f, 101);
}

/* Letter, first unit, units. */
static const char novak[][3] = {
    {'A', 0, 3},  {'B', 4, 2},  {'C', 6, 3},  {'D', 10, 1}, {'E', 13, 2}, {'F', 15, 3},
    {'G', 18, 2}, {'H', 20, 2}, {'I', 22, 1}, {'J', 1, 4},  {'K', 6, 3},  {'L', 9, 3},
    {'M', 12, 3}, {'N', 16, 1}, {'O', 19, 1}, {'P', 20, 1}, {'Q', 22, 2}};

/* The octets that the sequence makes; none where the datagram is thrown away. */
static struct tt_bytes put_together(struct tt_fragments *f, struct tt_arena *arena)
{
    struct tt_bytes out = {NULL, 0};
    for (size_t j = 0; j < sizeof novak / sizeof *novak; j++) {
        uint8_t octets[64], next;
        memset(octets, novak[j][0], sizeof octets);
        struct tt_fragment in = {.key = {.version = 4},
                                 .offset = (uint32_t)novak[j][1] * 8,
                                 .more = j + 1 < sizeof novak / sizeof *novak,
                                 .data = {octets, (uint32_t)novak[j][2] * 8}};
        if (tt_fragments_add(f, &in, 0, arena, &out, &next) == TT_FRAGMENT_WHOLE) {
            return out;
        }
    }
    return out;
}

static void check_content(const struct tt_receivers *receivers, const char *read)
{
    struct tt_fragments f;
    uint64_t values[TT_DECODE_VALUES] = {0};
    struct tt_arena arena;
    tt_arena_init(&arena, 4096);
    assert_true(tt_fragments_init(&f, values, 4, 1 << 20, INT64_MAX));
    f.receivers = receivers;
    struct tt_bytes out = put_together(&f, &arena);
    assert_int_equal(out.n, read ? 192 : 0);
    for (uint32_t o = 0; o < out.n; o++) {
        assert_int_equal(out.p[o], read[o / 8]);
    }
    tt_fragments_free(&f);
    tt_arena_free(&arena);
}

static void published_table(void **state)
{
    (void)state;
    static const struct {
        const char *system, *read;
    } cases[] = {
        {"bsd", "AAAJJBCCCLLLMMMFFFGGHHIQ"},
        {"hpux10", "AAAJJBCCCLLLMMMFFFGGHHIQ"},
        {"irix", "AAAJJBCCCLLLMMMFFFGGHHIQ"},
        {"old-linux", "AAAJJBKKKLLLMMMFFFGGPHQQ"},
        {"windows", "AAAJBBCCCLLLMEEFFFGGHHIQ"},
        {"windows2k3", "AAAJBBCCCLLLMEEFFFGGHHIQ"},
        {"solaris", "AAAJBBCCCLLLMMMFFFGGHHIQ"},
        {"first", "AAAJBBCCCLDLMEEFFFGGHHIQ"},
        {"macos", "AAAJBBCCCLDLMEEFFFGGHHIQ"},
        {"hpux11", "AAAJBBCCCLDLMEEFFFGGHHIQ"},
        {"old-solaris", "AAAJBBCCCLDLMEEFFFGGHHIQ"},
        {"last", "AJJJJBKKKLLLMMMFNFGOPHQQ"},
        {"bsd-right", "AJJJBBKKKLDLMEEFNFGOPHQQ"}, /* by hand: o.from <= n.from */
        {"vista", NULL},
        {"linux", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (unsigned v6 = 0; v6 < 2; v6++) {
            struct under u = under_new(cases[i].system);
            const struct tt_packet *k = NULL;
            unsigned overlaps = 0;
            for (size_t j = 0; j < sizeof novak / sizeof *novak; j++) {
                char units[8];
                memset(units, novak[j][0], sizeof units);
                uint32_t from = (uint32_t)novak[j][1];
                k = give(&u, v6, 7, from, from + (uint32_t)novak[j][2],
                         j + 1 < sizeof novak / sizeof *novak, units);
                for (unsigned e = 0; e < k->n_events; e++) {
                    overlaps += strstr(event_of(k, e), "frag_overlap") != NULL;
                }
            }
            assert_true(overlaps > 0);
            assert_int_equal((k->flags & TT_PACKET_REASSEMBLED) != 0, cases[i].read != NULL);
            check_content(u.receivers, cases[i].read);
            under_free(&u);
        }
    }
}

struct part {
    uint32_t from, to;
    char letter;
};

/* A plain receiver: a list of parts that do not overlap, cut by the rule one after another. */
struct plain {
    struct part parts[256];
    uint32_t n;
};

static bool plain_new_wins(enum tt_fragment_rule rule, struct part o, struct part n)
{
    switch (rule) {
    case TT_OVERLAP_LAST:
        return true;
    case TT_OVERLAP_BSD:
        return o.from > n.from;
    case TT_OVERLAP_BSD_RIGHT:
        return !(o.from > n.from);
    case TT_OVERLAP_OLD_LINUX:
        return !(o.from < n.from);
    case TT_OVERLAP_WINDOWS:
        return o.from > n.from && o.to < n.to;
    case TT_OVERLAP_SOLARIS:
        return o.from > n.from && o.to <= n.to;
    default:
        return false;
    }
}

static void plain_take(struct plain *p, enum tt_fragment_rule rule, struct part n)
{
    struct plain out = {.n = 0};
    char mine[UNITS] = {0};
    memset(mine + n.from, 1, n.to - n.from);
    for (uint32_t i = 0; i < p->n; i++) {
        struct part o = p->parts[i];
        if (o.to <= n.from || n.to <= o.from) {
            out.parts[out.n++] = o;
        } else if (plain_new_wins(rule, o, n)) {
            if (o.from < n.from) {
                out.parts[out.n++] = (struct part){o.from, n.from, o.letter};
            }
            if (o.to > n.to) {
                out.parts[out.n++] = (struct part){n.to, o.to, o.letter};
            }
        } else {
            out.parts[out.n++] = o;
            for (uint32_t u = o.from; u < o.to; u++) {
                mine[u] = 0;
            }
        }
    }
    for (uint32_t u = n.from; u < n.to; u++) {
        if (mine[u]) {
            uint32_t from = u;
            while (u < n.to && mine[u]) {
                u++;
            }
            out.parts[out.n++] = (struct part){from, u, n.letter};
        }
    }
    *p = out;
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

static void as_a_plain_receiver(void **state)
{
    (void)state;
    static const char *const systems[] = {"first",     "last",    "bsd",    "bsd-right",
                                          "old-linux", "windows", "solaris"};
    uint32_t random = 3, complete = 0;
    for (size_t s = 0; s < sizeof systems / sizeof *systems; s++) {
        struct under u = under_new(systems[s]);
        struct tt_fragments f;
        uint64_t values[TT_DECODE_VALUES] = {0};
        struct tt_arena arena;
        tt_arena_init(&arena, 4096);
        assert_true(tt_fragments_init(&f, values, 4, 1 << 20, INT64_MAX));
        f.receivers = u.receivers;
        struct tt_address nobody = {{0}};
        enum tt_fragment_rule rule = tt_fragment_rule_of(tt_receivers_of(u.receivers, &nobody));
        for (uint32_t round = 0; round < 3000; round++) {
            struct plain p = {.n = 0};
            bool whole = false;
            for (uint32_t i = 0; i < 40 && !whole; i++) {
                struct part n = {.from = next_random(&random) % UNITS,
                                 .letter = (char)('a' + i % 26)};
                n.to = n.from + 1 + next_random(&random) % 12;
                n.to = n.to > UNITS ? UNITS : n.to;
                uint8_t octets[UNITS * 8], next;
                memset(octets, n.letter, sizeof octets);
                struct tt_fragment in = {.key = {.version = 4, .id = round},
                                         .offset = n.from * 8,
                                         .more = n.to < UNITS,
                                         .data = {octets, (n.to - n.from) * 8}};
                struct tt_bytes out;
                plain_take(&p, rule, n);
                uint32_t covered = 0;
                for (uint32_t k = 0; k < p.n; k++) {
                    covered += p.parts[k].to - p.parts[k].from;
                }
                enum tt_fragment_result r = tt_fragments_add(&f, &in, 0, &arena, &out, &next);
                whole = covered == UNITS;
                assert_int_equal(r, whole ? TT_FRAGMENT_WHOLE : TT_FRAGMENT_KEPT);
                for (uint32_t k = 0; whole && k < p.n; k++) {
                    for (uint32_t o = p.parts[k].from * 8; o < p.parts[k].to * 8; o++) {
                        assert_int_equal(out.p[o], p.parts[k].letter);
                    }
                }
            }
            complete += whole;
            tt_arena_reset(&arena);
        }
        tt_fragments_free(&f);
        tt_arena_free(&arena);
        under_free(&u);
    }
    assert_true(complete > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_table),
        cmocka_unit_test(as_a_plain_receiver),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
