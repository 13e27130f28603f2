/* SPDX-License-Identifier: BSD-3-Clause
 *
 * CIMD2 (CIMD interface specification 8.0): all operations with their named parameters, the
 * checksum, user data as text. Owns the names of CIMD2's fields and oddities and, for each flow,
 * whether there is a login, which packet numbers are open and the parts of a few long messages. A
 * frame ends at its ETX, or where the next one begins.
 */
#include "dissect/proto/cimd2_text.h"

enum { STX = 2, ETX = 3, TAB = 9, HEAD = 8, FRAME_MAX = 8192 };

static bool decimal(const uint8_t *p, uint32_t n, uint32_t *v)
{
    *v = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9') {
            return false;
        }
        *v = *v * 10 + p[i] - '0';
    }
    return n > 0 && n < 10;
}

/* --- Parameters ------------------------------------------------------------------------------ */

static void heed(struct frame *f, const struct parameter *p, struct tt_bytes b, uint32_t v)
{
    switch (p->row) {
    case P_destination:
        f->to = b;
        break;
    case P_originating:
    case P_originator:
        f->from = b.n ? b : f->from;
        break;
    case P_dcs:
        f->dcs = v < 256 ? (int)v : -1;
        break;
    case P_udh:
        f->header = b;
        break;
    case P_ud:
        f->text = b;
        break;
    case P_udb:
        f->binary = b;
        break;
    case P_user:
        f->user = b;
        break;
    case P_pid:
        f->for_the_sim = b.n == 3 && memcmp(b.p, "127", 3) == 0;
        break;
    case P_error:
        f->failed = true;
        break;
    default:
        break;
    }
}

static void put_value(const struct tt_reader *r, struct tt_msg *m, struct frame *f,
                      const struct parameter *p, struct tt_bytes b)
{
    uint32_t v = 0;
    bool twice = tt_msg_has(m, p->row);
    if (p->row == P_destination && twice) {
        tt_put_bytes(m, r, F_MORE, b);
        return;
    }
    note(m, twice, A_TWICE);
    if (p->form == NUMBER) {
        note(m, !decimal(b.p, b.n, &v), A_NUMBER);
        tt_put_uint(m, r, p->row, v);
    } else if (b.n) {
        tt_put_bytes(m, r, p->row, b);
    }
    note(m, p->row == P_scts && !(b.n == 12 && decimal(b.p, 6, &v) && decimal(b.p + 6, 6, &v)),
         A_TIME);
    if (!twice) {
        heed(f, p, b, v);
    }
}

/* PPP:value, without its TAB. */
static void put_parameter(const struct tt_reader *r, struct tt_msg *m, struct frame *f,
                          struct tt_bytes b)
{
    uint32_t number = 0;
    const struct parameter *p = NULL;
    if (b.n < 4 || !decimal(b.p, 3, &number) || b.p[3] != ':') {
        note(m, true, A_PARAMETER);
        return;
    }
    struct tt_bytes value = {b.p + 4, b.n - 4};
    for (unsigned i = 0; i < N_PARAMETERS; i++) {
        p = parameters[i].number == number ? &parameters[i] : p;
    }
    tt_put_bytes(m, r, F_PARAMETER, (struct tt_bytes){b.p, 3});
    if (p) {
        tt_put_uint(m, r, F_PARAMETER_NAME, number);
        put_value(r, m, f, p, value);
    } else {
        tt_put_bytes(m, r, F_PARAMETER_VALUE, value);
        note(m, true, A_UNKNOWN);
    }
}

/* --- Every frame ----------------------------------------------------------------------------- */

static void pair(struct state *s, struct tt_msg *m, uint32_t operation, uint32_t packet)
{
    bool response = m->kind == RESPONSE;
    uint8_t *open = &s->open[response ? !m->direction : m->direction][packet / 8 % 32];
    uint8_t bit = (uint8_t)(1u << packet % 8);
    if (response) {
        *open = (uint8_t)(*open & ~bit);
        tt_msg_answer(m, packet, !m->direction, true);
        return;
    }
    note(m, *open & bit && s->facts.seen_start && !s->lost, A_IN_USE);
    *open |= bit;
    if (operation == 1) {
        note(m, (s->in || s->asked) && s->facts.seen_start && !s->lost, A_SECOND_LOGIN);
        s->asked = 1;
    }
    note(m, s->facts.seen_start && !s->lost && !s->in && !s->asked, A_LOGIN);
    tt_msg_open(m, packet);
}

static void learn(struct state *s, uint32_t operation, const struct frame *f)
{
    bool failed = f->failed;
    if (operation == 1) {
        s->account_n = (uint8_t)(f->user.n < sizeof s->account ? f->user.n : sizeof s->account);
        if (s->account_n) {
            memcpy(s->account, f->user.p, s->account_n);
        }
    }
    if (operation == 51) {
        s->in = !failed;
        s->asked = 0;
    } else if (operation == 52 && !failed) {
        s->in = 0;
    }
}

/* Two digits behind the last TAB; the sum is of all before them, STX too. They may be missing. */
static void put_sum(const struct tt_reader *r, struct tt_msg *m, const uint8_t *start,
                    struct tt_bytes digits)
{
    bool faulty = false;
    unsigned sum = 0;
    if (digits.n == 0) {
        return;
    }
    uint8_t *mark = tt_msg_make(m, 0);
    struct tt_bytes said = tt_sms_hex(m, digits, &faulty);
    uint8_t octet = said.n ? said.p[0] : 0;
    tt_msg_unmake(m, mark);
    for (const uint8_t *p = start; p < digits.p; p++) {
        sum += *p;
    }
    bool good = digits.n == 2 && !faulty && octet == (sum & 0xff);
    if (digits.n == 2 && !faulty) {
        tt_put_uint(m, r, F_SUM, octet);
    }
    tt_put_uint(m, r, F_SUM_OK, good);
    note(m, !good, A_SUM);
}

static void name(struct tt_msg *m, uint32_t operation)
{
    int16_t at = -1, other = -1;
    bool delivered = operation == 20;
    for (unsigned i = 0; i < m->n_values; i++) {
        at = m->values[i].field == (delivered ? P_originating : P_destination) ? (int16_t)i : at;
        other = m->values[i].field == P_originating ? (int16_t)i : other;
    }
    m->stream = at >= 0 ? at : other;
}

static bool frame(struct state *s, struct tt_reader *r, struct tt_msg *m, bool whole)
{
    struct tt_bytes unit = tt_read_rest(r);
    uint32_t operation = 0, packet = 0;
    struct frame f = {.dcs = -1};
    m->tx_role = TT_TX_ALONE;
    if (unit.n < HEAD || unit.p[0] != STX || !decimal(unit.p + 1, 2, &operation) ||
        unit.p[3] != ':' || !decimal(unit.p + 4, 3, &packet) || unit.p[7] != TAB) {
        return false;
    }
    bool ended = unit.p[unit.n - 1] == ETX;
    m->kind = operation >= 50 ? RESPONSE : REQUEST;
    tt_put_uint(m, r, F_OPERATION, operation);
    tt_put_uint(m, r, F_PACKET, packet);
    pair(s, m, operation, packet);
    if (!whole) {
        return false;
    }
    bool known = false;
    for (const struct tt_name *n = operations; n->name; n++) {
        known |= n->value == operation;
    }
    note(m, !known, A_OPERATION);
    note(m, packet > 255, A_PACKET);
    note(m, !ended, A_NO_ETX);
    struct tt_bytes left = {unit.p + HEAD, unit.n - HEAD - ended};
    const uint8_t *tab;
    struct tt_reader out = tt_reader_over(unit);
    while (left.n && (tab = memchr(left.p, TAB, left.n)) != NULL) {
        uint32_t n = (uint32_t)(tab - left.p);
        put_parameter(&out, m, &f, (struct tt_bytes){left.p, n});
        left = (struct tt_bytes){tab + 1, left.n - n - 1};
    }
    put_sum(&out, m, unit.p, left);
    name(m, operation);
    learn(s, operation, &f);
    bool submitted = operation == 3, delivered = operation == 20;
    if (s->account_n && (submitted || delivered)) {
        struct tt_bytes account = {(const uint8_t *)s->account, s->account_n};
        tt_put_bytes(m, &out, F_ACCOUNT, account);
    }
    if (user_data(s, &out, m, &f) && (submitted || delivered)) {
        m->sms = submitted ? TT_SMS_TO_DEVICE : TT_SMS_FROM_DEVICE;
    }
    return true;
}

static bool parse(void *state, struct tt_reader *r, struct tt_msg *m)
{
    return frame(state, r, m, true);
}

static void parse_head(void *state, struct tt_reader *r, struct tt_msg *m)
{
    (void)frame(state, r, m, false);
    note(m, true, A_TOO_LONG);
}

static void gap(void *state, enum tt_direction direction)
{
    struct state *s = state;
    (void)direction;
    memset(s->open, 0, sizeof s->open);
    s->lost = s->forget = 1;
}

static int64_t unit_length(const void *state, struct tt_bytes have, uint32_t seen,
                           enum tt_direction direction)
{
    (void)state, (void)direction;
    return tt_sms_frame_length(have, seen, FRAME_MAX);
}

/* --- Probing --------------------------------------------------------------------------------- */

static enum tt_probe probe(struct tt_bytes head, enum tt_direction direction)
{
    static const char form[HEAD + 1] = "\2dd:ddd\t";
    (void)direction;
    for (uint32_t i = 0; i < head.n && i < HEAD; i++) {
        uint8_t c = head.p[i];
        if (form[i] == 'd' ? c < '0' || c > '9' : c != (uint8_t)form[i]) {
            return TT_PROBE_NO;
        }
    }
    return head.n >= HEAD ? TT_PROBE_YES : TT_PROBE_MAYBE;
}

static const uint16_t ports[] = {9971, 0};

const struct tt_dissector tt_dissector_cimd2 = {
    .name = "cimd2",
    .doc = "CIMD2.",
    .kinds = kinds,
    .fields = fields,
    .n_fields = N_ROWS,
    .anomalies = anomalies,
    .n_anomalies = N_ODDITIES,
    .sms = sms_parts,
    .ports = ports,
    .transport = TT_TCP,
    .state_size = sizeof(struct state),
    .more_size = sizeof(struct tt_sms_places),
    .max_unit = FRAME_MAX,
    .probe = probe,
    .unit_length = unit_length,
    .parse = parse,
    .parse_head = parse_head,
    .gap = gap,
};
