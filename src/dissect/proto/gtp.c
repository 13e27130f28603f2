/* SPDX-License-Identifier: BSD-3-Clause
 *
 * GTP: signalling of versions 1 (3GPP TS 29.060) and 2 (TS 29.274), of the user plane (TS 29.281),
 * and the heads of version 0 and GTP' (TS 32.295). Tells who has which address, through which
 * tunnels. A user's packet (G-PDU) is opened elsewhere; here it is only told that one came. Owns
 * which requests were asked in a flow. Two messages may lie in one datagram: what parse leaves is
 * the next.
 */
#include "dissect/proto/gtp_probe.h"

enum { ASKED = 128, DEPTH = 4 };

struct state {
    struct tt_flow_facts facts;
    uint8_t asked[2]; /* requests were seen in this direction */
};

/* What was asked, in the flow's further octets; a newer request takes the place of an older one. */
struct asked {
    struct {
        uint32_t seq;
        uint8_t type, version; /* 0 = none */
        uint8_t answered, reserved;
    } of[2][ASKED];
};

/* --- Elements -------------------------------------------------------------------------------- */

/* May it come once, and came before? Nothing of it is lost then. */
static bool again(const struct tt_msg *m, const struct parts *p, struct element e)
{
    uint8_t row = e.form == ZONE       ? F_ZONE
                  : e.form == AMBR     ? F_AMBR_UP
                  : e.form == END_USER ? F_PDP_TYPE
                                       : e.row;
    bool scalar = e.row || row;
    if (p->in_bearer && (e.form == CAUSE || e.form == EBI)) {
        return false;
    }
    return scalar && tt_msg_has(m, row) && !(m->hot[row].flags & TT_HOT_LIST);
}

static void element(const struct tt_reader *r, struct tt_msg *m, struct parts *p, struct ie ie)
{
    struct element e = p->version == 1 ? parts_1[ie.type] : parts_2[ie.type];
    bool fits = ie.b.n >= e.min && (e.max == 0 || ie.b.n <= e.max);
    if (e.row == F_NSAPI && p->version == 1 && tt_msg_has(m, F_NSAPI) && !tt_msg_has(m, F_LINKED)) {
        e.row = F_LINKED; /* TS 29.060, 7.3.1: the second one */
    }
    note(m, e.form != OTHER && !fits, A_LENGTH);
    bool twice = again(m, p, e);
    if (e.form == OTHER || e.form == SECRETS || !fits || ie.b.n == 0 || twice) {
        put_other(r, m, p, ie, e.form == SECRETS || e.form == OPTIONS);
        note(m, twice && p->version == 1, A_REPEATED);
        return;
    }
    note(m, !put_value(r, m, p, e, ie), A_VALUE);
}

static void walk_1(const struct tt_reader *r, struct tt_msg *m, struct parts *p, struct tt_bytes b)
{
    struct tt_reader in = tt_reader_over(b);
    while (tt_reader_left(&in)) {
        struct ie ie = {.type = tt_read_u8(&in)};
        uint32_t n = ie.type < 128 ? fixed_1[ie.type] : 0;
        if (ie.type < 128 && n == 0) {
            note(m, true, A_UNKNOWN_FIXED);
            return;
        }
        if (ie.type >= 128) {
            /* the list of extension headers has a length of one octet (TS 29.060, 7.7.40) */
            n = ie.type == 141 ? tt_read_u8(&in) : tt_read_u16(&in);
        }
        ie.b = tt_read_bytes(&in, n);
        if (!tt_reader_ok(&in)) {
            note(m, true, A_OVERRUN);
            return;
        }
        if (ie.type >= 128 && ie.type < 147 && ie.type != 131 && ie.type != 133 && ie.type != 135 &&
            ie.type != 141) {
            tt_put_uint(m, r, F_LENGTHS_1, n);
        }
        note(m, ie.type < p->highest, A_ORDER);
        p->highest = ie.type > p->highest ? ie.type : p->highest;
        p->seen[ie.type >> 6] |= UINT64_C(1) << (ie.type & 63);
        element(r, m, p, ie);
    }
}

/* A group begins: what is in it is read next. */
static void open_group(const struct tt_reader *r, struct tt_msg *m, struct parts *p, struct ie ie,
                       struct tt_reader stack[DEPTH], unsigned *depth)
{
    if (*depth + 1 == DEPTH) {
        note(m, true, A_DEEP);
        put_other(r, m, p, ie, false);
        return;
    }
    stack[++*depth] = tt_reader_over(ie.b);
    if (ie.type == 93) {
        tt_put_uint(m, r, F_BEARER, ie.instance);
        p->bearers++;
        p->in_bearer = true;
    }
}

static void walk_2(const struct tt_reader *r, struct tt_msg *m, struct parts *p, struct tt_bytes b)
{
    struct tt_reader stack[DEPTH] = {tt_reader_over(b)};
    unsigned depth = 0, bearer_depth = 0;
    for (;;) {
        struct tt_reader *in = &stack[depth];
        if (tt_reader_left(in) == 0) {
            p->in_bearer = p->in_bearer && depth != bearer_depth;
            if (depth-- == 0) {
                return;
            }
            continue;
        }
        struct ie ie = {.type = tt_read_u8(in)};
        uint32_t n = tt_read_u16(in);
        ie.instance = tt_read_u8(in) & 15;
        if (tt_reader_ok(in)) {
            tt_put_uint(m, r, F_TYPES_2, ie.type);
            tt_put_uint(m, r, F_LENGTHS_2, n);
        }
        ie.b = tt_read_bytes(in, n);
        if (!tt_reader_ok(in)) {
            note(m, true, A_OVERRUN);
            continue;
        }
        tt_put_uint(m, r, F_INSTANCES_2, ie.instance);
        if (depth == 0) {
            p->seen[ie.type >> 6] |= UINT64_C(1) << (ie.type & 63);
        }
        if (parts_2[ie.type].form == GROUP) {
            open_group(r, m, p, ie, stack, &depth);
            bearer_depth = ie.type == 93 ? depth : bearer_depth;
        } else {
            element(r, m, p, ie);
        }
    }
}

static void judge_elements(struct tt_msg *m, const struct parts *p)
{
    const uint64_t cut = UINT64_C(1) << A_OVERRUN | UINT64_C(1) << A_UNKNOWN_FIXED;
    for (unsigned i = 0; i < sizeof required / sizeof *required; i++) {
        const struct required *q = &required[i];
        if (q->version != p->version || q->type != p->type || (m->anomalies & cut)) {
            continue;
        }
        for (const uint8_t *e = q->elements; *e; e++) {
            note(m, !(p->seen[*e >> 6] >> (*e & 63) & 1), A_MISSING);
        }
    }
}

/* --- Questions and answers ------------------------------------------------------------------- */

static uint32_t key_of(unsigned version, unsigned question, uint32_t seq)
{
    return (version == 2 ? seq : seq | 0x550000) << 8 | question;
}

static void ask(struct state *s, const struct tt_reader *r, struct tt_msg *m, unsigned version,
                uint8_t type, uint32_t seq)
{
    struct asked *asked = tt_state_more(&s->facts, m);
    uint32_t key = key_of(version, type, seq), at = seq % ASKED;
    m->kind = REQUEST;
    s->asked[m->direction] = 1;
    if (asked) {
        bool same = asked->of[m->direction][at].seq == seq &&
                    asked->of[m->direction][at].type == type &&
                    asked->of[m->direction][at].version == version;
        if (same) {
            tt_put_uint(m, r, F_RETRANSMISSION, true);
        }
        if (same && !asked->of[m->direction][at].answered) {
            tt_msg_answer(m, key, (enum tt_direction)m->direction, false);
            return;
        }
        asked->of[m->direction][at].seq = seq;
        asked->of[m->direction][at].type = type;
        asked->of[m->direction][at].version = (uint8_t)version;
        asked->of[m->direction][at].answered = 0;
    }
    tt_msg_open(m, key);
}

static void answer(struct state *s, struct tt_msg *m, unsigned version, uint8_t question,
                   uint32_t seq)
{
    struct asked *asked = tt_state_has_more(&s->facts, m);
    unsigned asker = !m->direction;
    uint32_t at = seq % ASKED;
    bool found = asked && asked->of[asker][at].type && asked->of[asker][at].seq == seq;
    m->kind = RESPONSE;
    if (question == ANY_QUESTION && !found) {
        return;
    }
    if (found && question == ANY_QUESTION) {
        question = asked->of[asker][at].type;
        version = asked->of[asker][at].version;
    }
    found = found && asked->of[asker][at].type == question;
    if (found) {
        asked->of[asker][at].answered = 1;
    }
    note(m, !found && s->asked[asker], A_UNASKED);
    tt_msg_answer(m, key_of(version, question, seq), (enum tt_direction)asker, true);
}

static void pair(struct state *s, const struct tt_reader *r, struct tt_msg *m, unsigned version,
                 uint8_t type, uint32_t seq)
{
    uint8_t question = (version == 2 ? messages_2 : messages_1)[type].question;
    if (question && question == type) {
        ask(s, r, m, version, type, seq);
    } else if (question) {
        answer(s, m, version, question, seq);
    }
}

/* --- Version 1 ------------------------------------------------------------------------------- */

/* Is the user's packet signalling of the network? */
static bool is_gtp(struct tt_bytes b)
{
    struct tt_reader in = tt_reader_over(b);
    unsigned first = tt_read_u8(&in);
    unsigned head = first >> 4 == 4 ? (first & 15) * 4u : 40, next = tt_peek_u8(&in, 8);
    if (first >> 4 == 6) {
        next = tt_peek_u8(&in, 5);
    }
    if ((first >> 4 != 4 && first >> 4 != 6) || head < 20 || next != 17) {
        return false;
    }
    tt_read_skip(&in, head - 1);
    unsigned from = tt_read_u16(&in), to = tt_read_u16(&in);
    tt_read_skip(&in, 4);
    unsigned version = tt_read_u8(&in) >> 5;
    bool port = to == 2123 || to == USER_PORT || to == 3386 || from == 2123 || from == USER_PORT;
    return tt_reader_ok(&in) && port && version <= 2;
}

static void put_extensions(const struct tt_reader *r, struct tt_msg *m, struct tt_reader *in,
                           uint8_t next)
{
    tt_put_uint(m, r, F_EXT_NEXT, next);
    while (next) {
        uint32_t n = tt_read_u8(in);
        const struct tt_name *name = extensions;
        while (name->name && name->value != next) {
            name++;
        }
        /* the two highest bits: whoever ends the tunnel must understand it (TS 29.281, 5.2.1) */
        note(m, !name->name && next >> 6 == 3, A_EXT_UNKNOWN);
        tt_put_uint(m, in, F_EXT_TYPE, next);
        tt_put_uint(m, in, F_EXT_LENGTH, n);
        if (n == 0) {
            note(m, true, tt_reader_ok(in) ? A_EXT_ZERO : A_EXT_OVERRUN);
            tt_reader_fail(in, TT_READ_INVALID);
            return;
        }
        struct tt_bytes b = tt_read_bytes(in, 4 * n - 2);
        if (next == 0x85 && b.n >= 2) {
            tt_put_uint(m, r, F_EXT_QFI, b.p[1] & 63);
        }
        next = tt_read_u8(in);
        if (!tt_reader_ok(in)) {
            note(m, true, A_EXT_OVERRUN);
            return;
        }
        tt_put_uint(m, r, F_EXT_NEXT, next);
    }
}

static bool of_users(const struct state *s, uint8_t type)
{
    bool either = type == ECHO_REQUEST || type == ECHO_RESPONSE || type == SUPPORTED_EXTENSIONS;
    return type == ERROR_INDICATION || type >= TUNNEL_STATUS ||
           (either && s->facts.port == USER_PORT);
}

static void judge_head(struct tt_msg *m, const struct parts *p, bool has_teid, uint32_t teid)
{
    const struct message *known = &(p->version == 2 ? messages_2 : messages_1)[p->type];
    bool of_path = p->type <= 7 || p->type == ERROR_INDICATION || p->type == SUPPORTED_EXTENSIONS;
    bool accepted = p->version == 2 ? p->cause >= 16 && p->cause < 64 : p->cause >> 6 == 2;
    bool response = known->question && known->question != p->type;
    note(m, !known->known, A_TYPE);
    if (p->version == 2) {
        note(m, p->type > 3 && !has_teid, A_NO_TEID);
        note(m, p->type <= 3 && has_teid, A_TEID);
    } else {
        note(m, of_path && teid, A_TEID);
    }
    note(m, has_teid && teid == 0 && known->flags & ZERO_TEID_IS_ODD && (accepted || !response),
         A_ZERO_TEID);
}

/* Which session it is about, and what becomes of it. Of other messages nobody's address is told. */
static void claim(struct tt_msg *m, const struct parts *p, uint32_t teid)
{
    enum { CREATE_1 = 16, UPDATE_1 = 18, DELETE_1 = 20 };
    enum { CREATE_2 = 32, MODIFY_2 = 34, DELETE_2 = 36, DELETE_BEARER_2 = 99 };
    const struct message *known = &(p->version == 2 ? messages_2 : messages_1)[p->type];
    uint8_t q = known->question;
    bool one = p->version == 1, response = q != p->type;
    bool accepted = one ? p->cause >> 6 == 2 : p->cause >= 16 && p->cause < 64;
    bool begins = one ? q == CREATE_1 || q == UPDATE_1 : q == CREATE_2 || q == MODIFY_2;
    bool ends = one ? q == DELETE_1 : q == DELETE_2 || q == DELETE_BEARER_2;
    bool bearer_only = !one && p->type == DELETE_BEARER_2 && !p->linked;
    if ((!begins && !ends) || bearer_only) {
        m->claim = 0;
        return;
    }
    m->claim |= response && !accepted ? TT_CLAIM_REFUSED : 0;
    m->claim |= ends && !response ? TT_CLAIM_ENDS : 0;
    if (teid) {
        tt_msg_session(m, teid, NULL);
    }
    for (unsigned i = 0; i < p->n_ends; i++) {
        tt_msg_session(m, p->ends[i].teid, p->ends[i].address);
    }
}

/* Version 1: the tunnel of signalling, and the first address, which is of signalling. */
static void find_end(const struct tt_msg *m, struct parts *p)
{
    const struct tt_value *teid = NULL, *address = NULL;
    for (unsigned i = 0; i < m->n_values; i++) {
        const struct tt_value *v = &m->values[i];
        teid = v->field == F_TEID_CONTROL ? v : teid;
        address = !address && (v->field == F_GSN4 || v->field == F_GSN6) ? v : address;
    }
    if (teid && address) {
        own_end(p, (uint32_t)teid->u, address->p);
    }
}

/* The octets that the length announces; fewer where they did not come. */
static struct tt_bytes body_of(struct tt_reader *r, struct tt_msg *m, uint32_t length)
{
    uint32_t left = tt_reader_left(r);
    note(m, length > left, A_BEYOND);
    return tt_read_bytes(r, length < left ? length : left);
}

static bool parse_1(struct state *s, struct tt_reader *r, struct tt_msg *m)
{
    unsigned flags = tt_read_u8(r);
    uint8_t type = tt_read_u8(r), next = 0;
    uint32_t length = tt_read_u16(r), teid = tt_read_u32(r), seq = 0, npdu = 0;
    struct parts p = {.version = 1, .type = type, .place = nowhere(0)};
    if (!tt_reader_ok(r)) {
        return false;
    }
    tt_put_uint(m, r, F_VERSION_1, 1);
    tt_put_uint(m, r, F_FLAGS_1, flags);
    tt_put_uint(m, r, F_PROTOCOL_TYPE, 1);
    tt_put_uint(m, r, F_PLANE, of_users(s, type) ? 'u' : 'c');
    tt_put_uint(m, r, F_TYPE_1, type);
    tt_put_uint(m, r, F_TYPE_NUMBER, type);
    tt_put_uint(m, r, F_LENGTH_1, length);
    tt_put_uint(m, r, F_TEID_1, teid);
    struct tt_reader in = tt_reader_over(body_of(r, m, length));
    if (flags & (HAS_EXTENSIONS | HAS_SEQUENCE | HAS_NPDU)) {
        seq = tt_read_u16(&in);
        if (flags & HAS_SEQUENCE) {
            tt_put_uint(m, &in, F_SEQ_1, seq);
        }
        npdu = tt_read_u8(&in);
        next = tt_read_u8(&in);
    }
    if (!tt_reader_ok(&in)) {
        return false;
    }
    if (flags & HAS_SEQUENCE) {
        pair(s, r, m, 1, type, seq);
    }
    if (flags & HAS_NPDU) {
        tt_put_uint(m, r, F_NPDU, npdu);
    }
    if (flags & HAS_EXTENSIONS) {
        put_extensions(r, m, &in, next);
    }
    note(m, flags & 8, A_FLAGS);
    note(m, !(flags & HAS_SEQUENCE) && type < TUNNEL_STATUS, A_NO_SEQUENCE);
    struct tt_bytes rest = tt_read_rest(&in);
    if (type == G_PDU) {
        tt_put_uint(m, r, F_PAYLOAD_LENGTH, rest.n);
        note(m, is_gtp(rest), A_GTP_IN_GTP);
    } else {
        walk_1(r, m, &p, rest);
        put_place(r, m, &p.place);
        judge_elements(m, &p);
        find_end(m, &p);
        claim(m, &p, teid);
    }
    judge_head(m, &p, true, teid);
    note(m, tt_reader_left(r) > 0, A_TRAILING);
    tt_read_skip(r, tt_reader_left(r));
    return true;
}

/* --- Version 2 ------------------------------------------------------------------------------- */

static bool parse_2(struct state *s, struct tt_reader *r, struct tt_msg *m)
{
    unsigned flags = tt_read_u8(r);
    uint8_t type = tt_read_u8(r);
    uint32_t length = tt_read_u16(r), teid = 0;
    struct parts p = {.version = 2, .type = type, .place = nowhere(0)};
    if (!tt_reader_ok(r)) {
        return false;
    }
    tt_put_uint(m, r, F_VERSION_2, 2);
    tt_put_uint(m, r, F_FLAGS_2, flags);
    tt_put_uint(m, r, F_PLANE, 'c');
    tt_put_uint(m, r, F_TYPE_2, type);
    tt_put_uint(m, r, F_TYPE_NUMBER, type);
    tt_put_uint(m, r, F_LENGTH_2, length);
    struct tt_reader in = tt_reader_over(body_of(r, m, length));
    if (flags & HAS_TEID) {
        teid = tt_read_u32(&in);
        tt_put_uint(m, &in, F_TEID_2, teid);
    }
    uint32_t high = tt_read_u16(&in), seq = high << 8 | tt_read_u8(&in);
    tt_read_skip(&in, 1);
    if (!tt_reader_ok(&in)) {
        tt_read_skip(r, tt_reader_left(r));
        return false;
    }
    tt_put_uint(m, r, F_SEQ_2, seq);
    pair(s, r, m, 2, type, seq);
    if (flags & PIGGYBACKED) {
        tt_put_uint(m, r, F_PIGGYBACKED, true);
    }
    note(m, flags & 3, A_FLAGS);
    walk_2(r, m, &p, tt_read_rest(&in));
    put_place(r, m, &p.place);
    judge_elements(m, &p);
    judge_head(m, &p, flags & HAS_TEID, teid);
    claim(m, &p, teid);
    bool more = flags & PIGGYBACKED && tt_peek_u8(r, 0) >> 5 == 2;
    note(m, flags & PIGGYBACKED && tt_reader_left(r) == 0, A_BEYOND);
    note(m, !more && tt_reader_left(r) > 0, A_TRAILING);
    tt_read_skip(r, more ? 0 : tt_reader_left(r));
    return true;
}

/* --- What else there is ---------------------------------------------------------------------- */

/* Version 0 (GSM 09.60, 6) and GTP' (TS 32.295, 6.1): the head. */
static bool parse_head_only(struct state *s, struct tt_reader *r, struct tt_msg *m)
{
    unsigned flags = tt_read_u8(r), version = flags >> 5;
    uint8_t type = tt_read_u8(r);
    uint32_t length = tt_read_u16(r), seq = tt_read_u16(r);
    bool prime = !(flags & PROTOCOL_TYPE), long_head = version == 0 && !(prime && flags & 1);
    if (!tt_reader_ok(r)) {
        return false;
    }
    tt_put_uint(m, r, F_VERSION_1, version);
    tt_put_uint(m, r, F_FLAGS_1, flags);
    tt_put_uint(m, r, F_PROTOCOL_TYPE, !prime);
    if (prime) {
        tt_put_uint(m, r, F_PRIME, true);
    }
    tt_put_uint(m, r, F_PLANE, type == G_PDU ? 'u' : 'c');
    tt_put_uint(m, r, F_TYPE_1, type);
    tt_put_uint(m, r, F_TYPE_NUMBER, type);
    tt_put_uint(m, r, F_LENGTH_1, length);
    tt_put_uint(m, r, F_SEQ_1, seq);
    if (long_head) {
        tt_read_skip(r, 6); /* flow label, number of the packet, spare */
        struct tt_bytes tid = tt_read_bytes(r, 8);
        if (!prime) {
            tt_put_bytes(m, r, F_TID, tid);
        }
    }
    if (!tt_reader_ok(r)) {
        return false;
    }
    if (type != G_PDU) {
        pair(s, r, m, version, type, seq);
    }
    struct parts p = {.version = 1, .type = type, .place = nowhere(0)};
    struct tt_bytes rest = body_of(r, m, length);
    note(m, !messages_1[type].known, A_TYPE);
    if (prime && rest.n && rest.p[0] < 128) {
        walk_1(r, m, &p, rest);
    }
    note(m, tt_reader_left(r) > 0, A_TRAILING);
    tt_read_skip(r, tt_reader_left(r));
    return true;
}

static bool parse(void *state, struct tt_reader *r, struct tt_msg *m)
{
    unsigned flags = tt_peek_u8(r, 0), version = flags >> 5;
    m->kind = UNPAIRED;
    m->tx_role = TT_TX_ALONE;
    note(m, ((struct state *)state)->facts.subscriber, A_GTP_IN_GTP);
    if (version == 2) {
        return parse_2(state, r, m);
    }
    if (version == 1 && flags & PROTOCOL_TYPE) {
        return parse_1(state, r, m);
    }
    if (version <= 1) {
        return parse_head_only(state, r, m);
    }
    if (tt_reader_left(r) < 8) {
        return false;
    }
    tt_put_uint(m, r, F_VERSION_1, version);
    note(m, true, A_VERSION);
    tt_read_skip(r, tt_reader_left(r));
    return true;
}

static const uint16_t ports[] = {2123, USER_PORT, 3386, 0};

const struct tt_dissector tt_dissector_gtp = {
    .name = "gtp",
    .doc = "GTP: signalling of versions 1 and 2, and of the user plane; who has which address.",
    .kinds = kinds,
    .fields = fields,
    .n_fields = N_ROWS,
    .anomalies = anomalies,
    .facts = facts,
    .n_anomalies = N_ODDITIES,
    .ports = ports,
    .transport = TT_UDP,
    .several = true,
    .state_size = sizeof(struct state),
    .more_size = sizeof(struct asked),
    .max_unit = 65535,
    .probe = probe,
    .confirm = confirm,
    .parse = parse,
};
