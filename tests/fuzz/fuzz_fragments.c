/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reassembly of fragments beside a plain one: the first octet chooses the receiver's system, each
 * following pair is a fragment of one datagram (first unit; units, more, content), or time that
 * passes. The plain one knows for each unit of 8 octets its content and the run it belongs to, and
 * has the published table in its own words. Both must give the same answer to each fragment and
 * the same octets in the end.
 */
#include <stdlib.h>
#include <string.h>

#include "config/value.h"
#include "decode/fragment_state.h"
#include "fuzz/must.h"

#define UNITS   160u
#define SECOND  1000000000ll
#define TIMEOUT (30 * SECOND)

struct unit {
    uint32_t run; /* 0 = not there */
    uint8_t content;
};

struct plain {
    enum tt_fragment_rule rule;
    struct unit units[UNITS];
    uint32_t end, total, runs;
    int64_t since; /* -1 = nothing is there */
};

/* Novak, "Target-Based Fragmentation Reassembly" (2005), and RFC 5722 for those that came later. */
static enum tt_fragment_rule published(const char *system)
{
    static const struct {
        const char *names;
        enum tt_fragment_rule rule;
    } rows[] = {
        {" linux ", TT_OVERLAP_LINUX},
        {" vista ", TT_OVERLAP_DISCARD},
        {" first old-solaris hpux11 macos ", TT_OVERLAP_FIRST},
        {" last ", TT_OVERLAP_LAST},
        {" bsd hpux10 irix ", TT_OVERLAP_BSD},
        {" bsd-right ", TT_OVERLAP_BSD_RIGHT},
        {" old-linux ", TT_OVERLAP_OLD_LINUX},
        {" windows windows2k3 ", TT_OVERLAP_WINDOWS},
        {" solaris ", TT_OVERLAP_SOLARIS},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *at = rows[i].names;
        for (size_t n = strlen(system); (at = strstr(at, system)) != NULL; at++) {
            if (at[-1] == ' ' && at[n] == ' ') {
                return rows[i].rule;
            }
        }
    }
    abort();
}

static void forget(struct plain *p)
{
    memset(p->units, 0, sizeof p->units);
    p->end = p->total = p->runs = 0;
    p->since = -1;
}

static bool fresh_wins(const struct plain *p, uint32_t at, uint32_t from, uint32_t to)
{
    uint32_t first = at, behind = at + 1;
    while (first > 0 && p->units[first - 1].run == p->units[at].run) {
        first--;
    }
    while (behind < UNITS && p->units[behind].run == p->units[at].run) {
        behind++;
    }
    switch (p->rule) {
    case TT_OVERLAP_LAST:
        return true;
    case TT_OVERLAP_BSD:
        return first > from;
    case TT_OVERLAP_BSD_RIGHT:
        return first <= from;
    case TT_OVERLAP_OLD_LINUX:
        return first >= from;
    case TT_OVERLAP_WINDOWS:
        return first > from && behind < to;
    case TT_OVERLAP_SOLARIS:
        return first > from && behind <= to;
    default:
        return false;
    }
}

/* Cuts the runs that the new one goes through: what is left behind it is a run of its own. */
static void lay_over(struct plain *p, uint32_t from, uint32_t to, uint8_t content)
{
    bool wins[UNITS];
    for (uint32_t u = from; u < to; u++) {
        wins[u] = !p->units[u].run || fresh_wins(p, u, from, to);
    }
    uint32_t rest = to < UNITS && wins[to - 1] ? p->units[to].run : 0;
    if (rest && rest == p->units[to - 1].run) {
        p->runs++;
        for (uint32_t u = to; u < UNITS && p->units[u].run == rest; u++) {
            p->units[u].run = p->runs;
        }
    }
    for (uint32_t u = from; u < to; u++) {
        if (wins[u]) {
            p->runs += u == from || !wins[u - 1];
            p->units[u] = (struct unit){p->runs, content};
        }
    }
}

static enum tt_fragment_result plain_take(struct plain *p, uint32_t from, uint32_t to, bool more,
                                          uint8_t content, int64_t now)
{
    uint32_t there = 0, same = 0, one_run = 0, covered = 0;
    if (p->since >= 0 && now - p->since > TIMEOUT) {
        forget(p);
    }
    p->since = p->since < 0 ? now : p->since;
    if (more ? p->total && to > p->total : to < p->end || (p->total && to != p->total)) {
        forget(p);
        return TT_FRAGMENT_OVERLAP;
    }
    p->total = more ? p->total : to;
    for (uint32_t u = from; u < to; u++) {
        there += p->units[u].run != 0;
        same += p->units[u].run && p->units[u].content == content;
        one_run += p->units[u].run && p->units[u].run == p->units[from].run;
    }
    if (there && p->rule <= TT_OVERLAP_DISCARD) {
        if (p->rule == TT_OVERLAP_DISCARD || one_run < to - from) {
            forget(p);
            return TT_FRAGMENT_OVERLAP;
        }
        return same == to - from ? TT_FRAGMENT_AGAIN : TT_FRAGMENT_DIFFERENT;
    }
    if (p->rule > TT_OVERLAP_DISCARD) {
        lay_over(p, from, to, content);
    } else {
        uint32_t run = p->end && from == p->end ? p->units[from - 1].run : ++p->runs;
        for (uint32_t u = from; u < to; u++) {
            p->units[u] = (struct unit){run, content};
        }
    }
    p->end = to > p->end ? to : p->end;
    for (uint32_t u = 0; u < p->total; u++) {
        covered += p->units[u].run != 0;
    }
    return p->total && covered == p->total ? TT_FRAGMENT_WHOLE : TT_FRAGMENT_KEPT;
}

static void compare(struct plain *p, struct tt_bytes out)
{
    MUST(out.n == p->total * 8);
    for (uint32_t i = 0; i < out.n; i++) {
        MUST(out.p[i] == p->units[i / 8].content);
    }
    forget(p);
}

static const struct tt_option rows[] = {
    {"stream.policy", "", "linux", tt_receiver_names, 0, 0, TT_OPTION_CHOICE},
    {"host-os-policy", "", "", NULL, 0, 0, TT_OPTION_MAP},
};
static const struct tt_option_table table = {rows, 2};
static const struct tt_option_table *const tables[] = {&table, NULL};

static struct tt_receivers *everybody_runs(unsigned system)
{
    char line[64];
    struct tt_error e;
    struct tt_config *c = tt_config_from(tables);
    snprintf(line, sizeof line, "stream.policy=%s", tt_receiver_names[system]);
    MUST(tt_config_set(c, line, &e));
    struct tt_receivers *r = tt_receivers_new(c, &e);
    MUST(r);
    tt_config_free(c);
    return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
    static struct plain p;
    struct tt_fragments f;
    struct tt_arena arena;
    uint64_t values[TT_DECODE_VALUES] = {0};
    int64_t now = 0;
    if (n < 3) {
        return 0;
    }
    unsigned system = in[0] % TT_RECEIVERS;
    struct tt_receivers *receivers = everybody_runs(system);
    tt_arena_init(&arena, 1 << 16);
    MUST(tt_fragments_init(&f, values, 2, 1, TIMEOUT));
    f.receivers = receivers;
    forget(&p);
    p.rule = published(tt_receiver_names[system]);
    for (size_t i = 1; i + 1 < n; i += 2) {
        uint32_t from = in[i] % UNITS, to = from + 1 + (in[i + 1] & 15u);
        bool more = !(in[i + 1] & 128);
        uint8_t octets[128], content = (uint8_t)(i + in[i + 1]), next;
        struct tt_bytes out;
        to = to > UNITS ? UNITS : to;
        now += in[i] >= UNITS ? 20 * SECOND : 0;
        memset(octets, content, sizeof octets);
        struct tt_fragment one = {.key = {.version = 4},
                                  .offset = from * 8,
                                  .more = more,
                                  .data = {octets, (to - from) * 8}};
        enum tt_fragment_result want = plain_take(&p, from, to, more, content, now);
        MUST(tt_fragments_add(&f, &one, now, &arena, &out, &next) == want);
        if (want == TT_FRAGMENT_WHOLE) {
            compare(&p, out);
        }
        MUST(f.datagrams.used == (p.since >= 0));
    }
    tt_fragments_free(&f);
    tt_arena_free(&arena);
    tt_receivers_free(receivers);
    return 0;
}
