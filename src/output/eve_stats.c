/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Counters as nested objects: "defrag.ipv4.timeouts" stands in defrag, ipv4. What Suricata 8's
 * schema knows goes into `stats`, which it keeps closed; everything else into `telltale.stats`,
 * without the "telltale." that its name may begin with.
 */
#include <stdlib.h>

#include "output/eve_line.h"

#define STATS_DEPTH 8

/* Groups whose names change little and are Suricata's already, or are made of its
 * names (decoder.event.…). */
static const char *const open_groups[] = {"app_layer",  "decoder",  "exception_policy",
                                          "file_store", "firewall", "flow_bypassed",
                                          "ftp",        "host",     "http",
                                          "ippair",     "ips",      "memcap",
                                          "pcap_log",   "stream"};

/* Members of the groups in which telltale counts more than Suricata does. */
static const char *const known[] = {"capture.errors",
                                    "capture.kernel_drops",
                                    "capture.kernel_ifdrops",
                                    "capture.kernel_packets",
                                    "defrag.ipv4.fragments",
                                    "defrag.ipv4.reassembled",
                                    "defrag.ipv4.timeouts",
                                    "defrag.ipv6.fragments",
                                    "defrag.ipv6.reassembled",
                                    "defrag.ipv6.timeouts",
                                    "defrag.max_frags_reached",
                                    "defrag.max_trackers_reached",
                                    "defrag.memuse",
                                    "detect.alert",
                                    "detect.alert_queue_overflow",
                                    "detect.alerts_suppressed",
                                    "flow.active",
                                    "flow.icmpv4",
                                    "flow.icmpv6",
                                    "flow.memcap",
                                    "flow.memuse",
                                    "flow.spare",
                                    "flow.tcp",
                                    "flow.tcp_reuse",
                                    "flow.total",
                                    "flow.udp",
                                    "tcp.ack_unseen_data",
                                    "tcp.active_sessions",
                                    "tcp.insert_data_normal_fail",
                                    "tcp.insert_data_overlap_fail",
                                    "tcp.insert_list_fail",
                                    "tcp.invalid_checksum",
                                    "tcp.memuse",
                                    "tcp.midstream_pickups",
                                    "tcp.no_flow",
                                    "tcp.overlap",
                                    "tcp.overlap_diff_data",
                                    "tcp.pseudo",
                                    "tcp.reassembly_gap",
                                    "tcp.reassembly_memuse",
                                    "tcp.rst",
                                    "tcp.segment_memcap_drop",
                                    "tcp.sessions",
                                    "tcp.ssn_memcap_drop",
                                    "tcp.stream_depth_reached",
                                    "tcp.syn",
                                    "tcp.synack",
                                    "tcp.urg"};

static bool is_suricatas(const char *name)
{
    size_t n = strcspn(name, ".");
    for (unsigned i = 0; name[n] && i < sizeof open_groups / sizeof *open_groups; i++) {
        if (strlen(open_groups[i]) == n && memcmp(open_groups[i], name, n) == 0) {
            return true;
        }
    }
    for (unsigned i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* By parts: "a.b" stands before "a-c", so that a group is together. */
static int by_name(const void *left, const void *right)
{
    const struct eve_stat *a = left, *b = right;
    if (a->own != b->own) {
        return a->own - b->own;
    }
    const unsigned char *x = (const unsigned char *)a->name, *y = (const unsigned char *)b->name;
    while (*x && *x == *y) {
        x++;
        y++;
    }
    int cx = *x == '.' ? 1 : *x, cy = *y == '.' ? 1 : *y;
    return cx - cy;
}

static uint32_t gather(struct tt_eve *e, const struct tt_counter_set *sets, uint32_t n)
{
    uint32_t total = 0;
    for (uint32_t i = 0; i < n; i++) {
        total += sets[i].n;
    }
    if (total > e->stats_cap) {
        struct eve_stat *more = realloc(e->stats, total * sizeof *more);
        if (!more) {
            return 0;
        }
        e->stats = more;
        e->stats_cap = total;
    }
    uint32_t used = 0;
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < sets[i].n; k++) {
            const char *name = sets[i].rows[k].name;
            bool own = !is_suricatas(name);
            /* where it stands says that */
            name += own && strncmp(name, "telltale.", 9) == 0 ? 9 : 0;
            e->stats[used++] = (struct eve_stat){name, sets[i].values[k], own};
        }
    }
    if (used) {
        qsort(e->stats, used, sizeof *e->stats, by_name);
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < used; i++) { /* two rooms with one name: the sum */
        if (kept && by_name(&e->stats[kept - 1], &e->stats[i]) == 0) {
            e->stats[kept - 1].value += e->stats[i].value;
        } else {
            e->stats[kept++] = e->stats[i];
        }
    }
    return kept;
}

/* Groups of `a` that `b` lies in too; a is a group itself when it has a value and members. */
static unsigned shared_parts(const char *a, bool group, const char *b)
{
    unsigned n = 0;
    for (; *a && *a == *b; a++, b++) {
        n += *a == '.';
    }
    return n + (group && *a == 0 && *b == '.');
}

static unsigned parts(const char *name)
{
    unsigned n = 0;
    for (; *name; name++) {
        n += *name == '.';
    }
    return n;
}

static void members(struct tt_json *j, const struct eve_stat *s, uint32_t n)
{
    unsigned depth = 0;
    const char *previous = "";
    bool inside = false;
    for (uint32_t i = 0; i < n; i++) {
        const char *name = s[i].name;
        size_t length = strlen(name);
        unsigned keep = shared_parts(previous, inside, name);
        /* "a" beside "a.b": the value of the group itself becomes its member "total" */
        bool group =
            i + 1 < n && strncmp(s[i + 1].name, name, length) == 0 && s[i + 1].name[length] == '.';
        if (parts(name) + group > STATS_DEPTH) {
            continue;
        }
        while (depth > keep) {
            tt_json_close(j, '}');
            depth--;
        }
        const char *at = name;
        for (unsigned k = 0; k < keep; k++) {
            at = strchr(at, '.') + 1;
        }
        for (const char *dot; (dot = strchr(at, '.')) != NULL; at = dot + 1) {
            tt_json_key(j, at, (size_t)(dot - at));
            tt_json_open(j, '{');
            depth++;
        }
        tt_json_key(j, at, strlen(at));
        if (group) {
            tt_json_open(j, '{');
            depth++;
            TT_KEY(j, "total");
        }
        tt_json_uint(j, s[i].value);
        previous = name;
        inside = group;
    }
    while (depth--) {
        tt_json_close(j, '}');
    }
}

void tt_eve_stats(struct tt_eve *e, struct tt_json *j, int64_t time, int64_t uptime_s,
                  const struct tt_counter_set *sets, uint32_t n)
{
    uint32_t used = gather(e, sets, n), own = 0;
    while (own < used && !e->stats[own].own) {
        own++;
    }
    struct eve_head h = {.time = time, EVE_HEAD_TYPE(stats), .input = UINT32_MAX};
    eve_head(e, j, &h);
    TT_KEY(j, "stats");
    tt_json_open(j, '{');
    TT_KEY(j, "uptime");
    tt_json_int(j, uptime_s);
    members(j, e->stats, own);
    tt_json_close(j, '}');
    if (own < used) {
        TT_KEY(j, "telltale");
        tt_json_open(j, '{');
        TT_KEY(j, "stats");
        tt_json_open(j, '{');
        members(j, e->stats + own, used - own);
        tt_json_close(j, '}');
        tt_json_close(j, '}');
    }
    eve_end(j);
}
