/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Options about the packet and the flow: flow, flags, ttl, dsize and their kin, events and the
 * application protocol. What they demand of headers that decode does not hand on (ICMP types, IP
 * options, fragments) lets a rule rest; see names.c.
 */
#include "base/hash.h"
#include "rules/draft.h"

static bool read_flow(struct draft *d, const struct option *o)
{
    struct slice rest = o->value, part;
    if (d->has_flow) {
        return draft_fail(d, o->name.p, "a second flow in one rule");
    }
    d->has_flow = true;
    while (slice_next(&rest, ',', &part)) {
        if (slice_is(part, "to_server") || slice_is(part, "from_client")) {
            d->plan.directions &= 1u << TT_TO_SERVER;
        } else if (slice_is(part, "to_client") || slice_is(part, "from_server")) {
            d->plan.directions &= 1u << TT_TO_CLIENT;
        } else if (slice_is(part, "established")) {
            d->plan.state = 1;
        } else if (slice_is(part, "not_established")) {
            d->plan.state = 2;
        } else if (slice_is(part, "only_stream")) {
            d->plan.stream_only = true;
        } else if (slice_is(part, "no_stream")) {
            d->plan.packet_only = true;
        } else if (slice_is(part, "only_frag") || slice_is(part, "no_frag")) {
            draft_idle(d, part.p, "flow:%.*s is not evaluated", SLICE(part));
        } else if (!slice_is(part, "stateless")) {
            draft_fail(d, part.p, "unknown flow condition \"%.*s\"", SLICE(part));
            return tt_fail_fix(d->error, "known are to_server, to_client, from_server, "
                                         "from_client, established, not_established, stateless, "
                                         "only_stream, no_stream");
        }
    }
    if (d->plan.directions == 0) {
        return draft_fail(d, o->value.p, "flow both to_server and to_client never matches");
    }
    return true;
}

static struct test *add_test(struct draft *d, const struct option *o, enum test_field field)
{
    if (d->plan.n_tests == RULE_TESTS) {
        draft_fail(d, o->name.p, "more than %d header conditions in one rule", RULE_TESTS);
        return NULL;
    }
    struct test *t = &d->tests[d->plan.n_tests++];
    *t = (struct test){.field = (uint8_t)field};
    return t;
}

static bool number_test(struct draft *d, const struct option *o, enum test_field field,
                        uint64_t max)
{
    struct test *t = add_test(d, o, field);
    return t && number_read(d, o->value, max, &t->number);
}

static bool read_ttl(struct draft *d, const struct option *o)
{
    return number_test(d, o, TEST_TTL, 255);
}

static bool read_dsize(struct draft *d, const struct option *o)
{
    d->plan.packet_only = true;
    return number_test(d, o, TEST_DSIZE, 65535);
}

static bool read_window(struct draft *d, const struct option *o)
{
    return number_test(d, o, TEST_WINDOW, 65535);
}

static bool read_seq(struct draft *d, const struct option *o)
{
    return number_test(d, o, TEST_SEQ, UINT32_MAX);
}

static bool read_ack(struct draft *d, const struct option *o)
{
    return number_test(d, o, TEST_ACK, UINT32_MAX);
}

static bool read_sameip(struct draft *d, const struct option *o)
{
    return add_test(d, o, TEST_SAMEIP) != NULL;
}

static bool read_ip_proto(struct draft *d, const struct option *o)
{
    static const struct tt_name names[] = {
        {1, "icmp"}, {2, "igmp"}, {6, "tcp"},   {17, "udp"},   {41, "ipv6"}, {47, "gre"},
        {50, "esp"}, {51, "ah"},  {89, "ospf"}, {132, "sctp"}, {0, NULL},
    };
    struct test *t = add_test(d, o, TEST_IP_PROTO);
    struct slice s = o->value;
    bool negated = s.n && *s.p == '!';
    if (!t) {
        return false;
    }
    if (negated) {
        s = slice_trim((struct slice){s.p + 1, s.n - 1});
    }
    for (const struct tt_name *n = names; n->name; n++) {
        if (slice_is(s, n->name)) {
            t->number = (struct number){.op = negated ? NUM_NE : NUM_EQ, .a = n->value};
            return true;
        }
    }
    return number_read(d, o->value, 255, &t->number);
}

static bool flag_letters(struct draft *d, struct slice s, uint8_t *flags)
{
    static const struct {
        char letter;
        uint8_t flag;
    } letters[] = {{'F', TT_FIN}, {'S', TT_SYN}, {'R', TT_RST}, {'P', TT_PSH},
                   {'A', TT_ACK}, {'U', TT_URG}, {'E', TT_ECE}, {'C', TT_CWR},
                   {'1', TT_CWR}, {'2', TT_ECE}, {'0', 0}};
    *flags = 0;
    for (uint32_t i = 0; i < s.n; i++) {
        unsigned k = 0;
        char c = s.p[i] >= 'a' && s.p[i] <= 'z' ? (char)(s.p[i] - 32) : s.p[i];
        while (k < sizeof letters / sizeof letters[0] && letters[k].letter != c) {
            k++;
        }
        if (k == sizeof letters / sizeof letters[0]) {
            draft_fail(d, s.p + i, "'%c' is not a TCP flag", s.p[i]);
            return tt_fail_fix(d->error, "write letters of FSRPAUEC or 0");
        }
        *flags |= letters[k].flag;
    }
    return true;
}

static bool read_flags(struct draft *d, const struct option *o)
{
    struct test *t = add_test(d, o, TEST_FLAGS);
    struct slice rest = o->value, part;
    uint8_t ignored = 0, flags;
    if (!t || !slice_next(&rest, ',', &part)) {
        return false;
    }
    if (part.n && strchr("+*!", *part.p)) {
        t->mode = *part.p;
        part.p++;
        part.n--;
    } else if (part.n > 1 && strchr("+*", part.p[part.n - 1])) {
        t->mode = part.p[part.n - 1];
        part.n--;
    }
    if (part.n == 0) {
        return draft_fail(d, o->value.p, "flags without a flag");
    }
    if (!flag_letters(d, part, &flags)) {
        return false;
    }
    if (slice_next(&rest, ',', &part) && !flag_letters(d, part, &ignored)) {
        return false;
    }
    t->number.a = flags;
    t->mask = (uint8_t)~ignored;
    d->plan.packet_only = true;
    return true;
}

/* ---- events and protocols ---- */

static bool is_engine_event(const char *name)
{
    for (const char *const *n = names_events; *n; n++) {
        if (strcmp(*n, name) == 0) {
            return true;
        }
    }
    return false;
}

/* What the protocol engine raises for all protocols: <protocol>.gap and its kin. */
static bool is_engine_row(struct slice name)
{
    uint32_t n;
    const struct tt_anomaly *rows = tt_dissect_anomalies(&n);
    for (uint32_t i = 0; i < n; i++) {
        if (slice_is(name, rows[i].name)) {
            return true;
        }
    }
    return false;
}

/* Bits of the dissector's anomaly rows; the protocol by its name before the dot. */
static bool app_event(struct draft *d, struct slice value, struct group *g)
{
    const char *dot = memchr(value.p, '.', value.n);
    if (!dot) {
        return is_engine_event(g->name);
    }
    struct slice proto = {value.p, (uint32_t)(dot - value.p)};
    struct slice name = {dot + 1, value.n - proto.n - 1};
    for (uint32_t i = 0; i < d->set->n_protocols; i++) {
        const struct tt_dissector *p = d->set->protocols[i].dissector;
        if (!slice_is(proto, p->name)) {
            continue;
        }
        for (unsigned k = 0; k < p->n_anomalies; k++) {
            if (slice_is(name, p->anomalies[k].name)) {
                g->anomalies |= (uint64_t)1 << (k & 63);
            }
        }
        if (g->anomalies && d->plan.protocol >= 0 && d->plan.protocol != (int16_t)i) {
            return false;
        }
        if (g->anomalies) {
            d->plan.protocol = (int16_t)i;
        }
        return g->anomalies != 0 || is_engine_row(name) || is_engine_event(g->name);
    }
    for (const struct tt_pair *p = names_protocols; p->key; p++) {
        if (slice_is(proto, p->key)) {
            return draft_idle(d, value.p, "event of %s is not evaluated: needs %s", p->key,
                              p->value);
        }
    }
    return false;
}

static bool unknown_event(struct draft *d, struct slice value, const char *name)
{
    const char *names[512];
    static const char *const none[] = {NULL};
    char(*texts)[96] = tt_arena_alloc(d->scratch, sizeof *texts * 512);
    unsigned n = 0;
    for (uint32_t i = 0; i < d->set->n_protocols; i++) {
        const struct tt_dissector *p = d->set->protocols[i].dissector;
        for (unsigned k = 0; k < p->n_anomalies && n < 400; k++) {
            snprintf(texts[n], sizeof texts[n], "%s.%s", p->name, p->anomalies[k].name);
            names[n] = texts[n];
            n++;
        }
    }
    for (const char *const *e = names_events; *e && n < 511; e++) {
        names[n++] = *e;
    }
    names[n] = NULL;
    draft_fail(d, value.p, "unknown event \"%s\"", name);
    const char *near = tt_nearest(name, n ? names : none);
    return near ? tt_fail_fix(d->error, "did you mean \"%s\"?", near) : false;
}

static bool read_event(struct draft *d, const struct option *o)
{
    struct group *g = draft_group(d, GROUP_EVENT, o->name.p);
    char key[160];
    if (!g) {
        return false;
    }
    g->name = slice_copy(&d->set->arena, o->value);
    int n = snprintf(key, sizeof key, "%.*s:%.*s", SLICE(o->name), SLICE(o->value));
    g->event = tt_hash_bytes(key, n < (int)sizeof key ? (size_t)n : sizeof key - 1, 0);
    if (slice_is(o->name, "app-layer-event")) {
        return app_event(d, o->value, g) || unknown_event(d, o->value, g->name);
    }
    return true;
}

static bool read_app_protocol(struct draft *d, const struct option *o)
{
    struct slice rest = o->value, s;
    struct group *g = draft_group(d, GROUP_PROTOCOL, o->name.p);
    if (!g || !slice_next(&rest, ',', &s)) {
        return false;
    }
    if (rest.p) {
        draft_idle(d, rest.p, "app-layer-protocol with a mode is not evaluated");
    }
    g->negated = s.n && *s.p == '!';
    if (g->negated) {
        s = slice_trim((struct slice){s.p + 1, s.n - 1});
    }
    g->name = slice_copy(&d->set->arena, s);
    for (uint32_t i = 0; i < d->set->n_protocols; i++) {
        if (slice_is(s, d->set->protocols[i].dissector->name)) {
            g->name = d->set->protocols[i].dissector->name;
            return true;
        }
    }
    if (slice_is(s, "failed") || slice_is(s, "unknown")) {
        return true;
    }
    for (const struct tt_pair *p = names_protocols; p->key; p++) {
        if (slice_is(s, p->key)) {
            return draft_idle(d, s.p, "app-layer-protocol:%s is not evaluated: needs %s", p->key,
                              p->value);
        }
    }
    return draft_fail(d, s.p, "unknown protocol \"%.*s\"", SLICE(s));
}

/* Bits in rules that set or ask what another rule left; a rule that only sets
 * them alerts all the same. */
static bool read_flowbits(struct draft *d, const struct option *o)
{
    struct slice rest = o->value, part;
    if (!slice_next(&rest, ',', &part)) {
        return false;
    }
    if (slice_is(part, "noalert")) {
        d->plan.rule.noalert = true;
        return draft_idle(d, o->name.p, "flowbits are not evaluated: the rule only sets them");
    }
    if (slice_is(part, "set") || slice_is(part, "unset") || slice_is(part, "toggle")) {
        return rest.p != NULL || draft_fail(d, o->value.p, "flowbits without a name");
    }
    if (slice_is(part, "isset") || slice_is(part, "isnotset")) {
        return draft_idle(d, o->name.p, "flowbits:%.*s is not evaluated", SLICE(part));
    }
    draft_fail(d, part.p, "unknown flowbits command \"%.*s\"", SLICE(part));
    return tt_fail_fix(d->error, "known are set, unset, isset, isnotset, toggle, noalert");
}

const struct keyword header_keywords[] = {
    {.name = "flow", .parse = read_flow, .use = KEYWORD_VALUE},
    {.name = "ttl", .parse = read_ttl, .use = KEYWORD_VALUE},
    {.name = "dsize", .parse = read_dsize, .use = KEYWORD_VALUE},
    {.name = "window", .parse = read_window, .use = KEYWORD_VALUE},
    {.name = "tcp.window", .parse = read_window, .use = KEYWORD_VALUE},
    {.name = "seq", .parse = read_seq, .use = KEYWORD_VALUE},
    {.name = "tcp.seq", .parse = read_seq, .use = KEYWORD_VALUE},
    {.name = "ack", .parse = read_ack, .use = KEYWORD_VALUE},
    {.name = "tcp.ack", .parse = read_ack, .use = KEYWORD_VALUE},
    {.name = "sameip", .parse = read_sameip, .use = KEYWORD_BARE},
    {.name = "ip_proto", .parse = read_ip_proto, .use = KEYWORD_VALUE},
    {.name = "flags", .parse = read_flags, .use = KEYWORD_VALUE},
    {.name = "tcp.flags", .parse = read_flags, .use = KEYWORD_VALUE},
    {.name = "app-layer-event", .parse = read_event, .use = KEYWORD_VALUE},
    {.name = "decode-event", .parse = read_event, .use = KEYWORD_VALUE},
    {.name = "stream-event", .parse = read_event, .use = KEYWORD_VALUE},
    {.name = "app-layer-protocol", .parse = read_app_protocol, .use = KEYWORD_VALUE},
    {.name = "flowbits", .parse = read_flowbits, .use = KEYWORD_VALUE},
    {0},
};
