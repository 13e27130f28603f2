/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A rule's header: action, protocol, source, direction, destination. Tokens end at a blank (0x20),
 * lists in [ ] may hold blanks (siem.md 5.1). Lists themselves are read by ranges.c.
 */
#include "rules/ranges.h"

static const struct {
    const char *name;
    enum tt_action action;
} actions[] = {
    {"alert", TT_ACTION_ALERT},       {"pass", TT_ACTION_PASS},
    {"drop", TT_ACTION_DROP},         {"reject", TT_ACTION_REJECT},
    {"rejectsrc", TT_ACTION_REJECT},  {"rejectdst", TT_ACTION_REJECT},
    {"rejectboth", TT_ACTION_REJECT},
};

static const struct {
    const char *name;
    uint8_t ip;
    bool packet, stream;
} transports[] = {
    {"ip", IP_TCP | IP_UDP | IP_ICMP | IP_OTHER, false, false},
    {"any", IP_TCP | IP_UDP | IP_ICMP | IP_OTHER, false, false},
    {"pkthdr", IP_TCP | IP_UDP | IP_ICMP | IP_OTHER, true, false},
    {"ipv4", IP_TCP | IP_UDP | IP_ICMP | IP_OTHER | IP_V4_ONLY, false, false},
    {"ip4", IP_TCP | IP_UDP | IP_ICMP | IP_OTHER | IP_V4_ONLY, false, false},
    {"ipv6", IP_TCP | IP_UDP | IP_ICMP | IP_OTHER | IP_V6_ONLY, false, false},
    {"ip6", IP_TCP | IP_UDP | IP_ICMP | IP_OTHER | IP_V6_ONLY, false, false},
    {"tcp", IP_TCP, false, false},
    {"tcp-pkt", IP_TCP, true, false},
    {"tcp-stream", IP_TCP, false, true},
    {"udp", IP_UDP, false, false},
    {"icmp", IP_ICMP, false, false},
    {"icmpv4", IP_ICMP | IP_V4_ONLY, false, false},
    {"icmpv6", IP_ICMP | IP_V6_ONLY, false, false},
};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define NAMES    256

static bool token(struct slice *rest, struct slice *out)
{
    *rest = slice_trim(*rest);
    uint32_t depth = 0, i = 0;
    for (; i < rest->n && (rest->p[i] != ' ' || depth); i++) {
        depth += rest->p[i] == '[';
        depth -= rest->p[i] == ']' && depth;
    }
    *out = (struct slice){rest->p, i};
    rest->p += i;
    rest->n -= i;
    return i != 0;
}

static bool read_action(struct draft *d, struct slice s)
{
    const char *names[COUNT(actions) + 1];
    char word[32];
    for (unsigned i = 0; i < COUNT(actions); i++) {
        if (slice_is(s, actions[i].name)) {
            d->plan.rule.action = (uint8_t)actions[i].action;
            return true;
        }
        names[i] = actions[i].name;
    }
    if (slice_is(s, "config")) {
        d->plan.rule.action = TT_ACTION_ALERT;
        return draft_idle(d, s.p, "action \"config\" is not evaluated");
    }
    names[COUNT(actions)] = NULL;
    snprintf(word, sizeof word, "%.*s", SLICE(s));
    draft_fail(d, s.p, "unknown action \"%s\"", word);
    const char *near = tt_nearest(word, names);
    return near ? tt_fail_fix(d->error, "did you mean \"%s\"?", near) : false;
}

static bool unknown_protocol(struct draft *d, struct slice s)
{
    const char *names[NAMES];
    unsigned n = 0;
    char word[32];
    for (unsigned i = 0; i < COUNT(transports); i++) {
        names[n++] = transports[i].name;
    }
    for (uint32_t i = 0; i < d->set->n_protocols && n < NAMES - 1; i++) {
        names[n++] = d->set->protocols[i].dissector->name;
    }
    for (const struct tt_pair *p = names_protocols; p->key && n < NAMES - 1; p++) {
        names[n++] = p->key;
    }
    names[n] = NULL;
    snprintf(word, sizeof word, "%.*s", SLICE(s));
    draft_fail(d, s.p, "unknown protocol \"%s\"", word);
    const char *near = tt_nearest(word, names);
    return near ? tt_fail_fix(d->error, "did you mean \"%s\"?", near) : false;
}

static bool read_protocol(struct draft *d, struct slice s)
{
    const char *colon = memchr(s.p, ':', s.n);
    if (colon) {
        draft_idle(d, colon, "hooks (\"%.*s\") are not evaluated", SLICE(s));
        s.n = (uint32_t)(colon - s.p);
    }
    d->header_protocol = s;
    for (unsigned i = 0; i < COUNT(transports); i++) {
        if (slice_is(s, transports[i].name)) {
            d->plan.ip = transports[i].ip;
            d->plan.packet_only = transports[i].packet;
            d->plan.stream_only = transports[i].stream;
            return true;
        }
    }
    for (uint32_t i = 0; i < d->set->n_protocols; i++) {
        const struct tt_dissector *p = d->set->protocols[i].dissector;
        if (slice_is(s, p->name)) {
            d->plan.protocol = (int16_t)i;
            d->plan.ip = (uint8_t)((p->transport & TT_TCP ? IP_TCP : 0) |
                                   (p->transport & TT_UDP ? IP_UDP : 0));
            return true;
        }
    }
    for (const struct tt_pair *p = names_protocols; p->key; p++) {
        if (slice_is(s, p->key)) {
            return draft_idle(d, s.p, "protocol %s is not evaluated: needs %s", p->key, p->value);
        }
    }
    return unknown_protocol(d, s);
}

static bool read_arrow(struct draft *d, struct slice s)
{
    if (slice_is(s, "->")) {
        d->plan.arrow = ARROW_ONE;
    } else if (slice_is(s, "<>")) {
        d->plan.arrow = ARROW_BOTH;
    } else if (slice_is(s, "=>")) {
        d->plan.arrow = ARROW_TRANSACTION;
    } else {
        draft_fail(d, s.p, "\"%.*s\" is not a direction", SLICE(s));
        return tt_fail_fix(d->error, "write ->, <> or =>");
    }
    return true;
}

static bool read_side(struct draft *d, struct slice address, struct slice port, int side)
{
    const void *set;
    if (!ranges_read(d, address, false, &set)) {
        return false;
    }
    d->plan.addresses[side] = set;
    if (!ranges_read(d, port, true, &set)) {
        return false;
    }
    d->plan.ports[side] = set;
    return true;
}

bool header_read(struct draft *d, struct slice header)
{
    static const char *const parts[] = {"action",          "protocol",  "source address",
                                        "source port",     "direction", "destination address",
                                        "destination port"};
    struct slice t[7], rest = header;
    for (unsigned i = 0; i < COUNT(t); i++) {
        if (!token(&rest, &t[i])) {
            draft_fail(d, rest.p, "header without %s", parts[i]);
            return tt_fail_fix(d->error, "action protocol address port -> address port (options)");
        }
    }
    struct slice more;
    if (token(&rest, &more)) {
        return draft_fail(d, more.p, "unexpected \"%.*s\" before the options", SLICE(more));
    }
    return read_action(d, t[0]) && read_protocol(d, t[1]) && read_side(d, t[2], t[3], 0) &&
           read_arrow(d, t[4]) && read_side(d, t[5], t[6], 1);
}
