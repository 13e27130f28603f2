/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The parts of a judgement: does the header fit, the flow's state, the packet's headers, one
 * group; and what follows when a rule holds. Cheapest first; every search is bounded by the
 * message's table of values.
 */
#include "rules/matcher.h"
#include "rules/ranges.h"

static bool in_addresses(const struct address_set *s, const struct tt_address *a)
{
    tt_u128 v = address_number(a);
    uint32_t lo = 0, hi = s->n;
    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;
        if (v > s->r[mid].hi) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo < s->n && v >= s->r[lo].lo;
}

static bool in_ports(const struct port_set *s, uint16_t port)
{
    uint32_t lo = 0, hi = s->n;
    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;
        if (port > s->r[mid].hi) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo < s->n && port >= s->r[lo].lo;
}

struct ends {
    const struct tt_address *address[2]; /* sender, receiver */
    uint16_t port[2];
};

static bool fits(const struct plan *p, const struct ends *e, int turned)
{
    for (int side = 0; side < 2; side++) {
        int i = side ^ turned;
        if (p->ports[side] && !in_ports(p->ports[side], e->port[i])) {
            return false;
        }
        if (p->addresses[side] && !in_addresses(p->addresses[side], e->address[i])) {
            return false;
        }
    }
    return true;
}

static struct ends ends_of(const struct sight *s, enum tt_direction direction)
{
    const struct tt_flow *f = s->flow;
    if (!f) {
        bool told = s->packet->flags & TT_PACKET_TRANSPORT; /* else a receiver never saw them */
        return (struct ends){{&s->packet->src, &s->packet->dst},
                             {told ? s->packet->sport : 0, told ? s->packet->dport : 0}};
    }
    int server = direction == TT_TO_SERVER;
    struct ends e;
    e.address[!server] = tt_flow_client(f);
    e.port[!server] = tt_flow_client_port(f);
    e.address[server] = tt_flow_server(f);
    e.port[server] = tt_flow_server_port(f);
    return e;
}

bool judge_ends(const struct plan *p, const struct sight *s)
{
    enum tt_direction direction = s->direction;
    if (p->arrow == ARROW_TRANSACTION) {
        direction = s->tx ? (enum tt_direction)(s->tx->asker & 1) : TT_TO_SERVER;
    }
    struct ends e = ends_of(s, direction);
    return fits(p, &e, 0) ||
           ((p->arrow == ARROW_BOTH || (p->arrow == ARROW_ONE && s->ways == 3)) && fits(p, &e, 1));
}

static bool flags_fit(const struct test *t, uint8_t flags)
{
    uint8_t wanted = (uint8_t)t->number.a, seen = flags & t->mask;
    switch (t->mode) {
    case '+':
        return (seen & wanted) == wanted;
    case '*':
        return (seen & wanted) != 0;
    case '!':
        return (seen & wanted) == 0;
    default:
        return seen == (wanted & t->mask);
    }
}

bool judge_tests(const struct plan *p, const struct tt_packet *k)
{
    for (unsigned i = 0; i < p->n_tests; i++) {
        const struct test *t = &p->tests[i];
        bool tcp = k->protocol == 6 && k->flags & TT_PACKET_TRANSPORT, fit = false;
        switch (t->field) {
        case TEST_TTL:
            fit = number_holds(&t->number, k->ttl);
            break;
        case TEST_IP_PROTO:
            fit = number_holds(&t->number, k->protocol);
            break;
        case TEST_FLAGS:
            fit = tcp && flags_fit(t, k->tcp_flags);
            break;
        case TEST_DSIZE:
            fit = k->flags & TT_PACKET_TRANSPORT && number_holds(&t->number, k->payload_length);
            break;
        case TEST_SAMEIP:
            fit = memcmp(&k->src, &k->dst, sizeof k->src) == 0;
            break;
        case TEST_WINDOW:
            fit = tcp && number_holds(&t->number, k->window);
            break;
        case TEST_SEQ:
            fit = tcp && number_holds(&t->number, k->seq);
            break;
        default:
            fit = tcp && number_holds(&t->number, k->ack);
            break;
        }
        if (!fit) {
            return false;
        }
    }
    return true;
}

bool judge_list(const struct number *n, const struct tt_msg *msg)
{
    for (unsigned k = 0; k < msg->n_values; k++) {
        if (msg->values[k].field == n->field && number_holds(n, msg->values[k].u)) {
            return true;
        }
    }
    return false;
}

static bool buffer_group(const struct group *g, const struct sight *s)
{
    const struct tt_msg *msg = s->msg;
    uint64_t any = 0;
    for (int i = 0; i < 4; i++) {
        any |= g->fields[i] & msg->present[i];
    }
    if (!any) {
        return false;
    }
    for (unsigned k = 0; k < msg->n_values; k++) {
        const struct tt_value *v = &msg->values[k];
        if (!((g->fields[v->field >> 6] >> (v->field & 63)) & 1) ||
            (v->n == 0 && !g->accepts_empty)) {
            continue;
        }
        if (inspect_buffer(s->m, g, (struct tt_bytes){v->n ? v->p : NULL, v->n}, 0)) {
            return true;
        }
    }
    return false;
}

static bool protocol_group(const struct group *g, const struct sight *s)
{
    const struct tt_dissector *d = s->msg    ? s->msg->dissector
                                   : s->flow ? tt_engine_dissector(s->flow)
                                             : NULL;
    bool same;
    if (strcmp(g->name, "failed") == 0) {
        same = !d && s->flow && tt_engine_failed(s->flow);
    } else if (strcmp(g->name, "unknown") == 0) {
        same = !d;
    } else {
        same = d && strcmp(g->name, d->name) == 0;
    }
    /* What the flow does not speak is known only once it is known what it speaks. */
    bool told = d || (s->flow && tt_engine_failed(s->flow)) || strcmp(g->name, "unknown") == 0;
    return g->negated ? told && !same : same;
}

bool judge_group(const struct group *g, const struct sight *s)
{
    switch (g->type) {
    case GROUP_NUMBER:
        return s->msg && judge_numbers(s->m, g, s->msg);
    case GROUP_EVENT:
        return s->msg && (s->msg->anomalies & g->anomalies);
    case GROUP_PROTOCOL:
        return protocol_group(g, s);
    case GROUP_BUFFER:
        return s->msg && buffer_group(g, s);
    default:
        return inspect_buffer(s->m, g, s->payload, s->fresh);
    }
}

bool judge_groups(const struct plan *p, const struct sight *s)
{
    for (unsigned i = 0; i < p->n_groups; i++) {
        if (!judge_group(&p->groups[i], s)) {
            return false;
        }
    }
    return true;
}

static uint8_t class_of(const struct tt_packet *k)
{
    return k->protocol == 6                        ? IP_TCP
           : k->protocol == 17                     ? IP_UDP
           : k->protocol == 1 || k->protocol == 58 ? IP_ICMP
                                                   : IP_OTHER;
}

bool judge_passes(const struct sight *s)
{
    struct tt_matcher *m = s->m;
    const struct rule_list *passes = &m->set->passes;
    uint64_t asked = s->packet->number << 1 | s->direction;
    if (m->passed == s->packet->number) {
        return true;
    }
    if (passes->n == 0 || m->pass_asked == asked) {
        return false;
    }
    m->pass_asked = asked;
    for (uint32_t i = 0; i < passes->n; i++) {
        const struct plan *p = &m->set->plans[passes->rules[i]];
        if (p->ip & class_of(s->packet) && judge_header(p, s) && judge_tests(p, s->packet)) {
            m->counters[COUNT_PASSED]++;
            m->passed = s->packet->number;
            return true;
        }
    }
    return false;
}

bool judge_fire(const struct plan *p, const struct sight *s)
{
    struct tt_matcher *m = s->m;
    if (p->rule.action == TT_ACTION_PASS) {
        m->counters[COUNT_PASSED]++;
        m->passed = s->packet->number;
        return false;
    }
    if (p->rule.noalert) {
        return true;
    }
    if (m->packet != s->packet->number) {
        m->packet = s->packet->number;
        m->alerts = 0;
    }
    if (m->alerts == ALERTS_PACKET) {
        m->counters[COUNT_ALERTS_LIMITED]++;
        return true;
    }
    enum tt_direction direction = s->direction;
    if (s->ways == 3) {
        /* What fits as its question only alerts with the question's sender and receiver. */
        struct sight own = *s;
        own.ways = 0;
        direction = judge_header(p, &own) ? direction : (enum tt_direction) !direction;
    }
    m->alerts++;
    m->counters[COUNT_ALERTS]++;
    struct tt_hit hit = {
        .rule = &p->rule,
        .flow = s->flow,
        .direction = direction,
        .tx = s->msg ? s->tx : NULL,
        .msg = s->msg,
        .packet = s->packet,
        .octets = s->payload,
    };
    m->hit(m->ctx, &hit);
    return true;
}
