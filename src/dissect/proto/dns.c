/* SPDX-License-Identifier: BSD-3-Clause
 *
 * DNS over UDP and TCP (RFC 1035, 2181, 3596, 6891, 7766, 9460), and what uses its messages: mDNS
 * (RFC 6762) and LLMNR (RFC 4795). Owns the names of its fields and oddities and, for each flow,
 * the last questions with their numbers, so that an answer to another question, to none, or a
 * second one is told. Every message is a transaction of its own, as in Suricata. Resolves nothing,
 * and never believes a count.
 */
#include "dissect/proto/dns_probe.h"
#include "dissect/proto/dns_rdata.h"

enum { ASKED = 16 };

struct asked {
    uint32_t fold; /* of name, type and class */
    uint16_t id;
    uint8_t there, answered;
};

struct state {
    struct tt_flow_facts facts;
    struct asked asked[2][ASKED]; /* by direction of the question */
    uint16_t questions[2];        /* how many, as far as nothing was lost */
};

/* --- Header ---------------------------------------------------------------------------------- */

struct head {
    uint16_t id, flags;
    uint16_t count[4];
};

static struct head read_head(struct tt_reader *r)
{
    struct head h = {.id = tt_read_u16(r), .flags = tt_read_u16(r)};
    for (unsigned i = 0; i < 4; i++) {
        h.count[i] = tt_read_u16(r);
    }
    return h;
}

/* The head's values are the message's first: there is room, and none came before. */
static inline void put_first(struct packet *p, unsigned row, uint64_t v)
{
    tt_msg_slot_next(p->m, row)->u = v;
}

static void put_flag(struct packet *p, unsigned row, bool on)
{
    if (on) {
        put_first(p, row, 1);
    }
}

static void put_head(struct packet *p, const struct head *h)
{
    uint16_t f = h->flags;
    uint8_t octets[2] = {(uint8_t)(f >> 8), (uint8_t)f};
    struct text t = text_begin(p, 4);
    add_hex(&t, (struct tt_bytes){octets, 2}, "");
    while (t.n > 1 && t.p[0] == '0') { /* as %x writes it */
        memmove(t.p, t.p + 1, --t.n);
    }
    put_first(p, F_VERSION, 3);
    put_first(p, F_TYPE, p->response);
    put_first(p, F_ID, h->id);
    tt_put_bytes(p->m, &p->good, F_FLAGS, text_end(p, &t));
    put_flag(p, F_QR, f & 0x8000);
    put_flag(p, F_AA, f & 0x0400);
    put_flag(p, F_TC, f & 0x0200);
    put_flag(p, F_RD, f & 0x0100);
    put_flag(p, F_RA, f & 0x0080);
    put_flag(p, F_Z, f & 0x0040);
    put_first(p, F_OPCODE, opcode_of(f));
    if (p->response) {
        put_first(p, F_RCODE, f & 15);
    }
    put_first(p, F_WORD, f);
    put_first(p, F_T_QR, f >> 15);
    put_first(p, F_T_TC, f >> 9 & 1);
    put_first(p, F_T_RD, f >> 8 & 1);
    put_first(p, F_T_Z, f >> 6 & 1);
    put_first(p, F_CD, f >> 4 & 1);
    if (p->response) {
        put_first(p, F_T_AA, f >> 10 & 1);
        put_first(p, F_T_RA, f >> 7 & 1);
    }
    if (p->response || f & 0x20) {
        put_first(p, F_AD, f >> 5 & 1);
    }
    for (unsigned i = 0; i < 4; i++) {
        put_first(p, F_QUERIES + i, h->count[i]);
    }
}

static void judge_head(struct packet *p, const struct state *s, const struct head *h)
{
    struct tt_msg *m = p->m;
    unsigned opcode = opcode_of(h->flags);
    bool query = !p->response && opcode == 0, to_server = m->direction == TT_TO_SERVER;
    note(m, h->flags & 0x40, A_Z);
    note(m, opcode == 3 || opcode > 6, A_OPCODE);
    note(m, query && !p->mdns && h->flags & 0x048f, A_QUERY_FLAGS);
    note(m, h->count[0] > 1 && !p->mdns, A_QUESTIONS);
    /* messages after the first of a transfer have none (RFC 5936, 2.2.1) */
    note(m,
         p->response && opcode == 0 && !p->mdns && h->count[0] == 0 && !(h->flags & 15) &&
             s->facts.transport == TT_UDP,
         A_NO_QUESTION);
    note(m, s->facts.seen_start && p->response && to_server, A_NOT_REQUEST);
    note(m, s->facts.seen_start && !p->response && !to_server && opcode == 0, A_NOT_RESPONSE);
}

/* --- Questions and records ------------------------------------------------------------------- */

/* Eight octets with the letters among them small: bit 7 of `large` says which are capitals. */
static uint64_t small_letters(uint64_t w)
{
    uint64_t low = w & UINT64_C(0x7f7f7f7f7f7f7f7f);
    uint64_t from_a = low + UINT64_C(0x3f3f3f3f3f3f3f3f);   /* 0x80 - 'A' */
    uint64_t beyond_z = low + UINT64_C(0x2525252525252525); /* 0x7f - 'Z' */
    uint64_t large = (from_a ^ beyond_z) & ~w & UINT64_C(0x8080808080808080);
    return w | large >> 2;
}

/* A hash of the name without the case of letters. */
static uint32_t fold(uint32_t h, struct tt_bytes b)
{
    uint64_t sum = h;
    for (uint32_t at = 0; at < b.n; at += 8) {
        uint64_t w = 0;
        memcpy(&w, b.p + at, b.n - at < 8 ? b.n - at : 8);
        sum = (sum ^ small_letters(w)) * UINT64_C(0x9e3779b97f4a7c15);
        sum ^= sum >> 32;
    }
    return (uint32_t)(sum ^ b.n);
}

static bool question(struct packet *p, struct tt_reader *in, uint32_t *hash)
{
    struct tt_bytes name = {NULL, 0};
    uint32_t n = name_at(p, tt_reader_offset(in), &name);
    tt_read_skip(in, n);
    struct tt_bytes rest = tt_read_bytes(in, 4);
    if (n == 0 || rest.n == 0) {
        return false;
    }
    uint32_t type = (uint32_t)rest.p[0] << 8 | rest.p[1];
    uint32_t class = (uint32_t)rest.p[2] << 8 | rest.p[3];
    uint8_t low[3] = {rest.p[0], rest.p[1], rest.p[3]};
    *hash = fold(fold(*hash, name), (struct tt_bytes){low, 3});
    put_name(p, F_QUERY_NAME, F_QUERY_ROOT, name);
    put_number(p, F_QUERY_TYPE, type);
    if (!p->response) {
        tt_put_bytes(p->m, &p->good, F_QUERY, name);
    }
    tt_put_bytes(p->m, &p->good, F_QUERY_SHOWN, shown(p, name));
    put_number(p, F_QUERY_CLASS, p->mdns ? class & ~(uint32_t)CLASS_TOP : class);
    if (p->mdns) {
        put_number(p, F_UNICAST, class >> 15);
    }
    note(p->m, !class_known(class) || (class & CLASS_TOP && !p->mdns), A_CLASS);
    return true;
}

static void put_opt(struct packet *p, unsigned rows, struct tt_bytes name, uint32_t class,
                    uint32_t ttl)
{
    note(p->m, p->opt || name.n || rows != F_MORE_NAME, A_OPT);
    note(p->m, (ttl >> 16 & 255) != 0, A_EDNS);
    put_number(p, rows + R_NO_TTL, ttl);
    if (!p->opt) {
        put_number(p, F_UDP_SIZE, class);
        put_number(p, F_EXTENDED_RCODE, ttl >> 24);
        put_number(p, F_EDNS_VERSION, ttl >> 16 & 255);
        put_number(p, F_DO, ttl >> 15 & 1);
    }
    p->opt = true;
}

/* Numbers of SOA and SRV, and SSHFP, as objects of their own where the record has these. */
static void put_object(struct packet *p, unsigned first, uint32_t type, struct data *d)
{
    struct tt_reader in =
        tt_reader_over((struct tt_bytes){d->in.base, (uint32_t)(d->in.end - d->in.base)});
    struct data again = {.in = in, .at = d->at, .type = 0};
    struct tt_bytes name = {NULL, 0};
    if (type == TYPE_SOA) {
        for (unsigned i = 0; i < 2 && data_name(p, &again, &name); i++) {
            tt_put_bytes(p->m, &again.in, first + i, name);
        }
        for (unsigned i = 2; i < 7; i++) {
            uint32_t v = tt_read_u32(&again.in);
            tt_put_uint(p->m, &again.in, first + i, v);
        }
    } else if (type == TYPE_SRV) {
        for (unsigned i = 0; i < 3; i++) {
            uint32_t v = tt_read_u16(&again.in);
            tt_put_uint(p->m, &again.in, first + i, v);
        }
        if (data_name(p, &again, &name)) {
            tt_put_bytes(p->m, &again.in, first + 3, name);
        }
    } else {
        uint32_t algorithm = tt_read_u8(&again.in), kind = tt_read_u8(&again.in);
        struct text t = text_begin(p, TEXT_MAX);
        add_hex(&t, tt_read_rest(&again.in), ":");
        tt_put_uint(p->m, &again.in, first, algorithm);
        tt_put_uint(p->m, &again.in, first + 1, kind);
        tt_put_bytes(p->m, &again.in, first + 2, text_end(p, &t));
    }
}

/* The first row of the object that the type has in the section; 0 = its data are text. */
static unsigned object_of(unsigned rows, uint32_t type)
{
    if (rows == F_ANSWER_NAME) {
        return type == TYPE_SOA     ? F_ANSWER_MNAME
               : type == TYPE_SRV   ? F_ANSWER_PRIORITY
               : type == TYPE_SSHFP ? F_ANSWER_ALGO
                                    : 0;
    }
    return rows == F_AUTHORITY_NAME && type == TYPE_SOA ? F_AUTHORITY_MNAME : 0;
}

static void put_data(struct packet *p, unsigned rows, uint32_t type, uint32_t at, struct tt_bytes b)
{
    const char *form = form_of(type);
    struct data d = {.in = tt_reader_over(b), .at = at, .type = type};
    struct tt_bytes text = {NULL, 0};
    unsigned object = object_of(rows, type);
    if (!form || !*form) {
        tt_put_bytes(p->m, &p->good, rows + R_TEXT, b);
        return;
    }
    bool good = data_text(p, &d, form, &text);
    note(p->m, !good, A_RDATA);
    if (object && good) {
        put_object(p, object, type, &d);
    } else {
        tt_put_bytes(p->m, &p->good, rows + R_RDATA, text);
    }
}

static bool record(struct packet *p, struct tt_reader *in, unsigned rows)
{
    struct tt_bytes name = {NULL, 0};
    uint32_t n = name_at(p, tt_reader_offset(in), &name);
    tt_read_skip(in, n);
    uint32_t type = tt_read_u16(in), class = tt_read_u16(in), ttl = tt_read_u32(in);
    uint32_t length = tt_read_u16(in), at = tt_reader_offset(in);
    struct tt_bytes b = tt_read_bytes(in, length);
    if (n == 0 || !tt_reader_ok(in)) {
        return false;
    }
    /* tshark splits a service's name */
    put_name(p, rows + (type == TYPE_SRV ? R_ROOT : R_NAME), rows + R_ROOT, name);
    put_number(p, rows + R_TYPE, type);
    if (type == TYPE_OPT) {
        put_opt(p, rows, name, class, ttl);
    } else {
        put_number(p, rows + R_TTL, ttl);
        put_number(p, F_CLASS, p->mdns ? class & ~(uint32_t)CLASS_TOP : class);
        note(p->m, !class_known(class) || (class & CLASS_TOP && !p->mdns), A_CLASS);
        note(p->m, ttl >> 31, A_TTL);
    }
    if (p->mdns) {
        put_number(p, F_FLUSH, class >> 15);
    }
    if (b.n) {
        put_data(p, rows, type, at, b);
    }
    return true;
}

/* Suricata's second view of the answers: by type. */
static unsigned group_of(uint32_t type)
{
    switch (type) {
    case TYPE_A:
        return F_G_A;
    case TYPE_AAAA:
        return F_G_AAAA;
    case TYPE_CNAME:
        return F_G_CNAME;
    case TYPE_MX:
        return F_G_MX;
    case TYPE_NS:
        return F_G_NS;
    case TYPE_NULL:
        return F_G_NULL;
    case TYPE_PTR:
        return F_G_PTR;
    case TYPE_SOA:
        return F_G_MNAME;
    case TYPE_SRV:
        return F_G_PRIORITY;
    case TYPE_SSHFP:
        return F_G_ALGO;
    case TYPE_TXT:
        return F_G_TXT;
    default:
        return 0;
    }
}

static void put_grouped(struct packet *p)
{
    const struct tt_msg *m = p->m;
    unsigned n = m->n_values;
    uint64_t groups[4] = {0};
    if (!tt_msg_has(m, F_ANSWER_TYPE)) {
        return;
    }
    for (unsigned i = 0; i < n; i++) {
        unsigned g = m->values[i].field == F_ANSWER_TYPE ? group_of((uint32_t)m->values[i].u) : 0;
        groups[g >> 6] |= (uint64_t)1 << (g & 63);
    }
    for (unsigned g = F_G_A; g <= F_G_TXT; g++) {
        if (!(groups[g >> 6] >> (g & 63) & 1)) {
            continue;
        }
        uint32_t type = 0;
        for (unsigned i = 0; i < n; i++) {
            const struct tt_value v = m->values[i];
            type = v.field == F_ANSWER_TYPE ? (uint32_t)v.u : type;
            bool object = v.field >= F_ANSWER_MNAME && v.field <= F_ANSWER_FINGERPRINT;
            bool text = (v.field == F_ANSWER_RDATA || v.field == F_ANSWER_TEXT) &&
                        (g < F_G_MNAME || g == F_G_TXT);
            if (group_of(type) != g || !(text || object)) {
                continue;
            }
            /* an object's rows stand in the same order here and there */
            unsigned row = text ? g : v.field + (unsigned)F_G_MNAME - F_ANSWER_MNAME;
            if (v.type == TT_UINT) {
                put_number(p, row, v.u);
            } else {
                tt_put_bytes(p->m, &p->good, row, (struct tt_bytes){v.p, v.n});
            }
        }
    }
}
_Static_assert(F_G_PRIORITY - F_G_MNAME == F_ANSWER_PRIORITY - F_ANSWER_MNAME &&
                   F_G_ALGO - F_G_MNAME == F_ANSWER_ALGO - F_ANSWER_MNAME,
               "an object's rows");

/* --- Questions and their answers ------------------------------------------------------------- */

static void ask(struct state *s, const struct tt_msg *m, uint16_t id, uint32_t hash)
{
    struct asked *row = s->asked[m->direction];
    for (unsigned i = 0; i < ASKED; i++) {
        if (row[i].there && row[i].id == id && row[i].fold == hash) {
            row[i].answered = 0; /* asked again, so it may be answered again */
            return;
        }
    }
    uint16_t *n = &s->questions[m->direction];
    row[*n % ASKED] = (struct asked){.fold = hash, .id = id, .there = 1};
    *n = *n < UINT16_MAX - ASKED ? (uint16_t)(*n + 1) : (uint16_t)(*n % ASKED + ASKED);
}

/* Judged only while all questions of the flow are remembered. */
static void answer(struct state *s, struct tt_msg *m, uint16_t id, uint32_t hash, bool has_question)
{
    struct asked *row = s->asked[!m->direction];
    struct asked *same_id = NULL;
    uint16_t n = s->questions[!m->direction];
    for (unsigned i = 0; i < ASKED; i++) {
        if (!row[i].there || row[i].id != id) {
            continue;
        }
        same_id = &row[i];
        if (!has_question || row[i].fold == hash) {
            note(m, row[i].answered && s->facts.transport == TT_UDP, A_TWICE);
            row[i].answered = 1;
            return;
        }
    }
    note(m, same_id != NULL, A_MISMATCH);
    note(m, !same_id && n > 0 && n <= ASKED, A_UNASKED);
}

static bool parse(void *state, struct tt_reader *r, struct tt_msg *m)
{
    struct state *s = state;
    m->tx_role = TT_TX_ALONE;
    if (s->facts.transport == TT_TCP) {
        tt_read_skip(r, PREFIX);
    }
    struct tt_bytes b = {r->p, tt_reader_left(r)};
    struct tt_reader in = tt_reader_over(b);
    struct head h = read_head(&in);
    if (!tt_reader_ok(r) || !tt_reader_ok(&in)) {
        return false;
    }
    tt_read_skip(r, b.n);
    struct packet p = {.b = b, .good = tt_reader_over(b), .m = m};
    p.response = h.flags >> 15;
    p.mdns = s->facts.multicast || (h.id == 0 && s->facts.transport == TT_UDP);
    m->kind = p.response ? RESPONSE : REQUEST;
    put_head(&p, &h);
    judge_head(&p, s, &h);
    if (s->facts.transport == TT_TCP) {
        put_number(&p, F_LENGTH, b.n);
    }
    static const uint8_t sections[4] = {0, F_ANSWER_NAME, F_AUTHORITY_NAME, F_MORE_NAME};
    uint32_t hash = 2166136261u;
    bool good = true;
    for (unsigned part = 0; part < 4; part++) {
        for (unsigned i = 0; i < h.count[part] && good; i++) {
            good = tt_reader_left(&in) > 0 &&
                   (part == 0 ? question(&p, &in, &hash) : record(&p, &in, sections[part]));
        }
    }
    note(m, !good, A_COUNTS);
    note(m, good && tt_reader_left(&in) > 0, A_TRAILING);
    put_grouped(&p);
    if (!p.mdns && !p.response) {
        ask(s, m, h.id, hash);
    } else if (!p.mdns) {
        answer(s, m, h.id, hash, h.count[0] > 0);
    }
    return true;
}

static int64_t unit_length(const void *state, struct tt_bytes have, uint32_t seen,
                           enum tt_direction direction)
{
    (void)state, (void)seen, (void)direction;
    if (have.n < PREFIX) {
        return 0;
    }
    uint32_t length = (uint32_t)have.p[0] << 8 | have.p[1];
    return length < HEAD ? -1 : PREFIX + (int64_t)length;
}

/* Questions may have been among what was lost. */
static void gap(void *state, enum tt_direction direction)
{
    struct state *s = state;
    s->questions[direction] = 0;
    memset(s->asked[direction], 0, sizeof s->asked[direction]);
}

static const uint16_t ports[] = {53, 5353, 5355, 0};

const struct tt_dissector tt_dissector_dns = {
    .name = "dns",
    .doc = "DNS over UDP and TCP: questions and answers, as Suricata records them; mDNS, LLMNR.",
    .kinds = kinds,
    .fields = fields,
    .n_fields = N_ROWS,
    .anomalies = anomalies,
    .n_anomalies = N_ODDITIES,
    .ports = ports,
    .transport = TT_UDP | TT_TCP,
    .general = true,
    .state_size = sizeof(struct state),
    .max_unit = 65535 + PREFIX,
    .probe = probe,
    .probe_datagram = probe_datagram,
    .confirm = confirm,
    .unit_length = unit_length,
    .parse = parse,
    .gap = gap,
};
