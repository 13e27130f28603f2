/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Packets and events without a message against rules: header keywords, UDP payloads, TCP payloads
 * one by one, IP-only rules at the first packet of each direction, anomalies by name.
 */
#include "base/hash.h"
#include "rules/matcher.h"

static void judge_marked(struct tt_matcher *m, struct sight *s, uint8_t ip)
{
    bool judging = m->first <= m->last && !judge_passed(s);
    for (const struct plan *p; (p = mark_next(m)) != NULL;) {
        if (judging && p->ip & ip && judge_header(p, s) && judge_tests(p, s->packet) &&
            judge_groups(p, s)) {
            judging = judge_fire(p, s);
        }
    }
}

static __attribute__((noinline)) void judge_packet(struct tt_matcher *m, struct tt_flow *flow,
                                                   enum tt_direction direction,
                                                   const struct tt_packet *packet)
{
    const struct tt_ruleset *set = m->set;
    unsigned slot = packet->protocol == 6                             ? SLOT_TCP
                    : packet->protocol == 17                          ? SLOT_UDP
                    : packet->protocol == 1 || packet->protocol == 58 ? SLOT_ICMP
                                                                      : SLOT_OTHER;
    struct sight s = {.m = m, .flow = flow, .packet = packet, .direction = direction};
    mark_list(m, &set->packet_rules[slot]);
    if (!flow || flow->packets[direction & 1] == 1) {
        mark_list(m, &set->flow_rules);
    }
    if (packet->flags & TT_PACKET_TRANSPORT && packet->payload_length && slot <= SLOT_UDP) {
        const struct bench *b =
            slot == SLOT_UDP ? &set->datagram[direction & 1] : &set->segment[direction & 1];
        s.payload = (struct tt_bytes){packet->payload, packet->payload_length};
        if (b->search) {
            mark_scan(m, b->search, s.payload);
        }
        mark_list(m, &b->listed[0]);
    }
    judge_marked(m, &s, (uint8_t)(1u << slot));
}

void tt_matcher_packet(struct tt_matcher *m, struct tt_flow *flow, enum tt_direction direction,
                       const struct tt_packet *packet)
{
    if (m->set->any_packet && packet->flags & TT_PACKET_IP) {
        judge_packet(m, flow, direction, packet);
    }
}

/* "decoder." and "stream." are the record's way of naming; rules leave them out. */
static const char *short_name(const char *keyword, const char *name)
{
    const char *dot = strchr(name, '.');
    bool prefixed = (strcmp(keyword, "decode-event") == 0 && strncmp(name, "decoder.", 8) == 0) ||
                    (strcmp(keyword, "stream-event") == 0 && strncmp(name, "stream.", 7) == 0);
    return prefixed ? dot + 1 : name;
}

static uint64_t event_hash(const char *keyword, const char *protocol, const char *name)
{
    char text[160];
    int n = snprintf(text, sizeof text, "%s:%s%s%s", keyword, protocol, *protocol ? "." : "", name);
    return tt_hash_bytes(text, n < (int)sizeof text ? (size_t)n : sizeof text - 1, 0);
}

static bool event_fits(const struct plan *p, const struct sight *s, const uint64_t names[2])
{
    const struct tt_dissector *d = s->flow ? tt_engine_dissector(s->flow) : NULL;
    if (p->protocol >= 0 && s->m->set->protocols[p->protocol].dissector != d) {
        return false;
    }
    for (unsigned i = 0; i < p->n_groups; i++) {
        const struct group *g = &p->groups[i];
        bool fits = g->type == GROUP_EVENT ? g->event == names[0] || g->event == names[1]
                                           : judge_group(g, s);
        if (!fits) {
            return false;
        }
    }
    return true;
}

void tt_matcher_event(struct tt_matcher *m, struct tt_flow *flow, enum tt_direction direction,
                      const char *keyword, const char *name, const struct tt_packet *packet)
{
    const struct rule_list *list = &m->set->event_rules;
    if (list->n == 0 || !packet) {
        return;
    }
    const struct tt_dissector *d = flow ? tt_engine_dissector(flow) : NULL;
    const char *bare = short_name(keyword, name);
    uint64_t names[2] = {event_hash(keyword, "", bare),
                         event_hash(keyword, d && !strchr(bare, '.') ? d->name : "", bare)};
    struct sight s = {.m = m, .flow = flow, .packet = packet, .direction = direction};
    bool has_ends = flow || packet->flags & TT_PACKET_IP;
    for (uint32_t i = 0; i < list->n; i++) {
        const struct plan *p = &m->set->plans[list->rules[i]];
        if (!event_fits(p, &s, names) || (!has_ends && (p->addresses[0] || p->addresses[1])) ||
            !judge_header(p, &s) || !judge_tests(p, packet)) {
            continue;
        }
        if (judge_passed(&s) || !judge_fire(p, &s)) {
            return;
        }
    }
}
