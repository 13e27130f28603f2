/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Diameter over TCP (RFC 6733) with S6a (3GPP TS 29.272), Gx (TS 29.212), Gy and Ro (RFC 8506, TS
 * 32.299): which subscriber, in which device, under which address. Owns the names of its fields and
 * oddities and, for each flow, the requests that are not answered yet. Over SCTP it is not seen:
 * telltale decodes no SCTP. What stands in groups is told as if it stood alone; groups are walked
 * by a stack of fixed depth.
 */
#include "dissect/proto/diameter_values.h"

enum {
    HEAD = 20,
    AVP_HEAD = 8,
    FLAG_REQUEST = 0x80,
    FLAG_PROXIABLE = 0x40,
    FLAG_ERROR = 0x20,
    FLAG_AGAIN = 0x10,
    AVP_VENDOR = 0x80,
    AVP_MANDATORY = 0x40,
    DEPTH = 8,
    ASKED = 64,
    CAPABILITIES = 257,
    MAX_UNIT = 256 * 1024,
};

struct state {
    struct tt_flow_facts facts;
    uint8_t begun;   /* a message was seen */
    uint8_t lost[2]; /* requests of this direction may have been missed */
};

/* Requests by hop-by-hop identifier, in the flow's further octets. */
struct asked {
    struct {
        uint32_t hop, command;
        uint8_t there;
    } of[2][ASKED];
    uint8_t next[2];
};

/* A group, or the message: where it ends, and what two of its members mean together. */
struct group {
    const uint8_t *end;
    struct tt_bytes subscription, equipment;
    uint32_t code, vendor;
    int64_t subscription_type, equipment_type;
};

struct walk {
    struct tt_reader r;
    struct tt_msg *m;
    struct group groups[DEPTH];
    uint32_t application, count;
    unsigned depth;
};

/* --- AVPs ------------------------------------------------------------------------------------ */

struct avp {
    uint32_t code, vendor, flags;
    struct tt_bytes data;
};

struct attribute {
    uint8_t row, form;
};

#define KEY(vendor, code) ((uint64_t)(vendor) << 32 | (code))

static struct attribute attribute_of(uint32_t vendor, uint32_t code)
{
    switch (KEY(vendor, code)) {
#define ROW_OF(vendor, code, row, form, path, tshark, names, flags, doc)                           \
    case KEY(vendor, code):                                                                        \
        return (struct attribute){F_##row, form};
        AVPS(ROW_OF)
#undef ROW_OF
#define GROUP_OF(vendor, code) case KEY(vendor, code):
        GROUPS(GROUP_OF)
#undef GROUP_OF
        return (struct attribute){0, GROUP};
    case KEY(0, 450):
        return (struct attribute){0, SUBSCRIPTION_TYPE};
    case KEY(0, 444):
        return (struct attribute){0, SUBSCRIPTION};
    case KEY(0, 459):
        return (struct attribute){0, EQUIPMENT_TYPE};
    case KEY(0, 460):
        return (struct attribute){0, EQUIPMENT};
    case KEY(0, 2): /* passwords, and what lets one guess them */
    case KEY(0, 3):
    case KEY(0, 60):
    case KEY(0, 462):
    case KEY(VENDOR_3GPP, 609): /* vectors of authentication */
    case KEY(VENDOR_3GPP, 610):
    case KEY(VENDOR_3GPP, 625):
    case KEY(VENDOR_3GPP, 626):
    case KEY(VENDOR_3GPP, 1447):
    case KEY(VENDOR_3GPP, 1448):
    case KEY(VENDOR_3GPP, 1449):
    case KEY(VENDOR_3GPP, 1450):
    case KEY(VENDOR_3GPP, 1453):
    case KEY(VENDOR_3GPP, 1454):
        return (struct attribute){0, SECRET};
    default:
        return (struct attribute){0, OTHER};
    }
}

static void put_other(struct walk *w, const struct avp *a, bool hidden)
{
    tt_put_uint(w->m, &w->r, F_OTHER, a->code);
    if (a->vendor) {
        tt_put_uint(w->m, &w->r, F_OTHER_VENDOR, a->vendor);
    }
    tt_put_bytes(w->m, &w->r, hidden ? F_OTHER_SECRET : F_OTHER_VALUE, a->data);
}

static void put_attribute(struct walk *w, const struct avp *a, struct attribute at)
{
    at.row = at.row == F_RESULT && w->depth ? F_RESULT_MORE : at.row; /* of one service */
    bool list = w->m->hot[at.row].flags & TT_HOT_LIST;
    if (tt_msg_has(w->m, at.row) && !list) {
        w->m->repeated |= w->depth == 0;
        put_other(w, a, false); /* nothing is lost */
        return;
    }
    note(w->m, !put_value(&w->r, w->m, at.row, (enum form)at.form, a->data), A_VALUE);
    bool subscriber = a->vendor == 0 && a->code == 1 && w->application == APPLICATION_S6A;
    if (subscriber) { /* TS 29.272, 5.2.1.1.1: the user's name is the IMSI */
        note(w->m, !all_digits(a->data, 6, 15), A_IMSI);
        tt_put_bytes(w->m, &w->r, F_IMSI, a->data);
    }
}

/* RFC 8506, 8.46 and 8.49; what they are is told by the type beside them. */
static void put_group(struct walk *w, const struct group *g)
{
    struct tt_bytes b = g->subscription;
    if (g->subscription_type >= 0) {
        tt_put_uint(w->m, &w->r, F_SUBSCRIPTION_TYPE, (uint64_t)g->subscription_type);
    }
    if (b.p) {
        tt_put_bytes(w->m, &w->r, F_SUBSCRIPTION, b);
    }
    if (b.p && g->subscription_type == 1 && !tt_msg_has(w->m, F_IMSI_SUBSCRIPTION)) {
        note(w->m, !all_digits(b, 6, 15), A_IMSI);
        tt_put_bytes(w->m, &w->r, F_IMSI_SUBSCRIPTION, b);
    } else if (b.p && g->subscription_type == 0 && !tt_msg_has(w->m, F_MSISDN)) {
        tt_put_bytes(w->m, &w->r, F_MSISDN, b);
    }
    b = g->equipment;
    if (b.p && !tt_msg_has(w->m, F_EQUIPMENT)) {
        bool text = all_digits(b, 14, 16), imei = g->equipment_type == 0;
        if (g->equipment_type >= 0) {
            tt_put_uint(w->m, &w->r, F_EQUIPMENT_TYPE, (uint64_t)g->equipment_type);
        }
        tt_put_bytes(w->m, &w->r, F_EQUIPMENT, b);
        if (imei && text) {
            tt_put_bytes(w->m, &w->r, F_IMEI_EQUIPMENT, b);
        } else if (imei) {
            note(w->m, b.n != 8 || !put_tbcd(&w->r, w->m, F_IMEI_EQUIPMENT, b), A_IMEI);
        }
    }
}

static void open_group(struct walk *w, const struct avp *a)
{
    if (w->depth + 1 == DEPTH) {
        note(w->m, true, A_DEEP);
        put_other(w, a, false);
        return;
    }
    w->r.p = a->data.p; /* its members come next */
    w->r.end = w->groups[w->depth].end;
    w->groups[++w->depth] = (struct group){.end = a->data.p + a->data.n,
                                           .code = a->code,
                                           .vendor = a->vendor,
                                           .subscription_type = -1,
                                           .equipment_type = -1};
    w->r.end = w->groups[w->depth].end;
}

static void member(struct walk *w, const struct avp *a, enum form form)
{
    struct group *g = &w->groups[w->depth];
    switch (form) {
    case SUBSCRIPTION_TYPE:
        note(w->m, a->data.n != 4, A_VALUE);
        g->subscription_type = (int64_t)number_of(a->data);
        break;
    case SUBSCRIPTION:
        g->subscription = a->data;
        break;
    case EQUIPMENT_TYPE:
        note(w->m, a->data.n != 4, A_VALUE);
        g->equipment_type = (int64_t)number_of(a->data);
        break;
    default:
        g->equipment = a->data;
    }
}

static void judge_avp(struct walk *w, const struct avp *a, bool known)
{
    note(w->m, a->flags & 0x1f, A_AVP_FLAGS);
    note(w->m, !known && a->flags & AVP_MANDATORY && !assigned(a->vendor, a->code),
         A_UNKNOWN_MANDATORY);
    note(w->m, a->vendor == 0 && a->code == 263 && w->depth == 0 && w->count > 1, A_LATE_SESSION);
}

/* The next AVP of the innermost group; false: there is none that can be read. */
static bool read_avp(struct walk *w, struct avp *a)
{
    struct tt_reader *r = &w->r;
    uint32_t start = tt_reader_left(r);
    *a = (struct avp){.code = tt_read_u32(r)};
    uint32_t word = tt_read_u32(r), length = word & 0xffffff;
    a->flags = word >> 24;
    uint32_t head = a->flags & AVP_VENDOR ? AVP_HEAD + 4 : AVP_HEAD;
    if (!tt_reader_ok(r)) {
        note(w->m, true, A_OVERRUN);
        return false;
    }
    tt_put_uint(w->m, r, F_AVP, a->code);
    tt_put_uint(w->m, r, F_AVP_LENGTH, length);
    if (length < head) {
        note(w->m, true, A_SHORT);
        return false;
    }
    if (head > AVP_HEAD) {
        a->vendor = tt_read_u32(r);
        tt_put_uint(w->m, r, F_AVP_VENDOR, a->vendor);
    }
    a->data = tt_read_bytes(r, length - head);
    if (!tt_reader_ok(r)) {
        note(w->m, true, A_OVERRUN);
        return false;
    }
    uint32_t left = tt_reader_left(r);
    uint32_t used = (start - left) & 3, padding = used ? 4 - used : 0;
    struct tt_bytes fill = tt_read_bytes(r, padding < left ? padding : left);
    note(w->m, fill.n < padding && w->depth == 0, A_OVERRUN);
    note(w->m, number_of(fill) != 0, A_PADDING);
    return true;
}

/* All AVPs; a group's members come between it and what follows it. */
static void avps(struct walk *w)
{
    const uint8_t *after[DEPTH];
    for (unsigned i = 0; i < DEPTH; i++) {
        after[i] = w->r.end;
    }
    for (;;) {
        if (tt_reader_left(&w->r) == 0) {
            if (w->depth == 0) {
                return;
            }
            put_group(w, &w->groups[w->depth]);
            w->r.p = after[w->depth--];
            w->r.end = w->groups[w->depth].end;
            continue;
        }
        struct avp a;
        if (!read_avp(w, &a)) { /* what is behind cannot be told; go on behind the group */
            w->r.error = TT_READ_OK;
            w->r.p = w->r.end;
            continue;
        }
        w->count += w->depth == 0;
        struct attribute at = attribute_of(a.vendor, a.code);
        judge_avp(w, &a, at.form != OTHER);
        if (at.form == GROUP) {
            const uint8_t *next = w->r.p;
            unsigned depth = w->depth;
            open_group(w, &a);
            after[w->depth] = w->depth > depth ? next : after[w->depth];
        } else if (at.form == OTHER || at.form == SECRET) {
            put_other(w, &a, at.form == SECRET);
        } else if (at.form >= SUBSCRIPTION_TYPE) {
            member(w, &a, (enum form)at.form);
        } else {
            put_attribute(w, &a, at);
        }
    }
}

/* --- Messages -------------------------------------------------------------------------------- */

static void ask(struct state *s, struct tt_msg *m, uint32_t hop, uint32_t command, bool again)
{
    struct asked *t = tt_state_more(&s->facts, m);
    unsigned d = m->direction;
    tt_msg_open(m, hop);
    if (!t) {
        s->lost[d] = true;
        return;
    }
    unsigned slot = t->next[d];
    for (unsigned i = 0; i < ASKED; i++) {
        if (t->of[d][i].there && t->of[d][i].hop == hop) {
            note(m, !again, A_IN_USE);
            slot = i;
        }
    }
    if (slot == t->next[d]) {
        s->lost[d] |= t->of[d][slot].there; /* the oldest gives way, answered or not */
        t->next[d] = (uint8_t)((slot + 1) % ASKED);
    }
    t->of[d][slot].hop = hop;
    t->of[d][slot].command = command;
    t->of[d][slot].there = true;
}

static void answer(struct state *s, struct tt_msg *m, uint32_t hop, uint32_t command)
{
    struct asked *t = tt_state_has_more(&s->facts, m);
    unsigned d = !m->direction;
    tt_msg_answer(m, hop, (enum tt_direction)d, true);
    for (unsigned i = 0; t && i < ASKED; i++) {
        if (t->of[d][i].there && t->of[d][i].hop == hop) {
            note(m, t->of[d][i].command != command, A_MISMATCH);
            t->of[d][i].there = false;
            return;
        }
    }
    note(m, s->facts.seen_start && !s->lost[d], A_UNASKED);
}

static uint64_t value_of(const struct tt_msg *m, unsigned row)
{
    for (unsigned i = 0; i < m->n_values && tt_msg_has(m, row); i++) {
        if (m->values[i].field == row) {
            return m->values[i].u;
        }
    }
    return 0;
}

static void judge(struct state *s, struct tt_msg *m, uint8_t flags, uint32_t command)
{
    bool request = flags & FLAG_REQUEST, error = flags & FLAG_ERROR;
    uint64_t result = value_of(m, F_RESULT);
    note(m, flags & 15, A_FLAGS);
    note(m, request && error, A_ERROR_REQUEST);
    note(m, !request && flags & FLAG_AGAIN, A_AGAIN_ANSWER);
    note(m, !named(commands, command), A_COMMAND);
    note(m, !request && !tt_msg_has(m, F_RESULT) && !tt_msg_has(m, F_EXPERIMENTAL), A_NO_RESULT);
    note(m, !tt_msg_has(m, F_ORIGIN) || !tt_msg_has(m, F_ORIGIN_REALM), A_NO_ORIGIN);
    note(m, !request && result && error != (result / 1000 == 3), A_ERROR_BIT);
    note(m, s->facts.seen_start && !s->begun && command != CAPABILITIES, A_UNINTRODUCED);
    s->begun = true;
}

static const struct tt_field_says facts[] = {
    {F_IMSI, TT_IS_IMSI},       {F_IMSI_SUBSCRIPTION, TT_IS_IMSI},
    {F_IMSI_3GPP, TT_IS_IMSI},  {F_IMEI_TEXT, TT_IS_IMEI},
    {F_IMEISV, TT_IS_IMEI},     {F_IMEI_EQUIPMENT, TT_IS_IMEI},
    {F_MSISDN, TT_IS_MSISDN},   {F_FRAMED, TT_IS_IP},
    {F_SESSION, TT_IS_SESSION}, {0, TT_NO_FACT},
};

/* Credit control says who has which address, and when not any more (RFC 8506, 3.1 and 8.3). */
static void claim(struct tt_msg *m, uint32_t command)
{
    enum { CREDIT_CONTROL = 272, SESSION_TERMINATION = 275, TERMINATION = 3, EVENT = 4 };
    uint64_t type = value_of(m, F_REQUEST_TYPE), result = value_of(m, F_RESULT);
    if ((command != CREDIT_CONTROL && command != SESSION_TERMINATION) || type == EVENT) {
        m->claim = 0;
    } else if (m->kind == ANSWER) {
        m->claim |= result / 1000 == 2 ? 0 : TT_CLAIM_REFUSED;
    } else if (command == SESSION_TERMINATION || type == TERMINATION) {
        m->claim |= TT_CLAIM_ENDS;
    }
}

static bool parse(void *state, struct tt_reader *r, struct tt_msg *m)
{
    struct state *s = state;
    struct tt_bytes all = {r->p, tt_reader_left(r)};
    uint32_t first = tt_read_u32(r), second = tt_read_u32(r), application = tt_read_u32(r);
    uint32_t hop = tt_read_u32(r), end = tt_read_u32(r), command = second & 0xffffff;
    uint8_t flags = (uint8_t)(second >> 24);
    m->tx_role = TT_TX_ALONE;
    if (!tt_reader_ok(r)) {
        return false;
    }
    m->kind = flags & FLAG_REQUEST ? REQUEST : ANSWER;
    tt_put_uint(m, r, F_VERSION, first >> 24);
    tt_put_uint(m, r, F_LENGTH, first & 0xffffff);
    tt_put_uint(m, r, F_FLAGS, flags);
    tt_put_uint(m, r, F_COMMAND, command);
    tt_put_uint(m, r, F_IS_REQUEST, flags >> 7);
    tt_put_uint(m, r, F_PROXIABLE, flags >> 6 & 1);
    tt_put_uint(m, r, F_ERROR, flags >> 5 & 1);
    tt_put_uint(m, r, F_AGAIN, flags >> 4 & 1);
    tt_put_uint(m, r, F_APPLICATION, application);
    tt_put_uint(m, r, F_HOP, hop);
    tt_put_uint(m, r, F_END, end);
    note(m, first >> 24 != 1, A_VERSION);
    note(m, first & 3, A_LENGTH);
    note(m, !named(applications, application), A_APPLICATION);
    struct walk w = {.r = *r, .m = m, .application = application};
    w.groups[0] =
        (struct group){.end = all.p + all.n, .subscription_type = -1, .equipment_type = -1};
    avps(&w);
    put_group(&w, &w.groups[0]);
    tt_read_skip(r, tt_reader_left(r));
    if (flags & FLAG_REQUEST) {
        ask(s, m, hop, command, flags & FLAG_AGAIN);
    } else {
        answer(s, m, hop, command);
    }
    judge(s, m, flags, command);
    claim(m, command);
    return true;
}

/* Of a message that is too long: its header, and the AVPs that are there. */
static void parse_head(void *state, struct tt_reader *r, struct tt_msg *m)
{
    (void)parse(state, r, m);
    m->anomalies &=
        ~((uint64_t)1 << A_OVERRUN | (uint64_t)1 << A_NO_RESULT | (uint64_t)1 << A_NO_ORIGIN);
}

/* --- Recognising ----------------------------------------------------------------------------- */

static uint32_t word_at(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static enum tt_probe probe(struct tt_bytes b, enum tt_direction direction)
{
    (void)direction;
    bool version = b.n < 1 || b.p[0] == 1, reserved = b.n >= 5 && b.p[4] & 15;
    uint32_t length = b.n < 4 ? HEAD : word_at(b.p) & 0xffffff;
    if (!version || reserved || length < HEAD || length & 3 || length > MAX_UNIT) {
        return TT_PROBE_NO;
    }
    if (b.n < HEAD + AVP_HEAD) {
        return length == HEAD && b.n >= HEAD ? TT_PROBE_NO : TT_PROBE_MAYBE;
    }
    uint32_t command = word_at(b.p + 4) & 0xffffff, first = word_at(b.p + HEAD);
    uint32_t avp = word_at(b.p + HEAD + 4), size = avp & 0xffffff;
    bool request = b.p[4] & FLAG_REQUEST, avp_good = size >= AVP_HEAD && size <= length - HEAD;
    if (!avp_good || avp >> 24 & 0x1f || (request && b.p[4] & FLAG_ERROR)) {
        return TT_PROBE_NO;
    }
    bool sure = named(commands, command) && named(applications, word_at(b.p + 8)) &&
                (avp >> 24 & AVP_VENDOR || assigned(0, first));
    return sure ? TT_PROBE_YES : TT_PROBE_MAYBE;
}

static int64_t unit_length(const void *state, struct tt_bytes have, uint32_t seen,
                           enum tt_direction direction)
{
    (void)state, (void)seen, (void)direction;
    if (have.n < 4) {
        return have.n && have.p[0] != 1 ? -1 : 0;
    }
    uint32_t length = word_at(have.p) & 0xffffff;
    return have.p[0] != 1 || length < HEAD ? -1 : (int64_t)length;
}

static void gap(void *state, enum tt_direction direction)
{
    struct state *s = state;
    s->lost[direction] = true;
    s->begun = true;
}

static const uint16_t ports[] = {3868, 0};

const struct tt_dissector tt_dissector_diameter = {
    .name = "diameter",
    .doc = "Diameter over TCP: who has which address; S6a, Gx, Gy and other applications.",
    .kinds = kinds,
    .fields = fields,
    .n_fields = N_ROWS,
    .anomalies = anomalies,
    .facts = facts,
    .n_anomalies = N_ODDITIES,
    .ports = ports,
    .transport = TT_TCP,
    .state_size = sizeof(struct state),
    .more_size = sizeof(struct asked),
    .max_unit = MAX_UNIT,
    .probe = probe,
    .unit_length = unit_length,
    .parse = parse,
    .parse_head = parse_head,
    .gap = gap,
};
