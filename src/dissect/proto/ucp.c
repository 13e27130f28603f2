/* SPDX-License-Identifier: BSD-3-Clause
 *
 * UCP/EMI (ETS 300 133-3; EMI-UCP interface specification 4.6): all operations with their named
 * fields, the checksum, messages as text. Owns the names of UCP's fields and oddities and, for each
 * flow, which transaction numbers are open and the parts of a few long messages. A frame ends at
 * its ETX, or where the next one begins; what it says of its length is only compared.
 */
#include "dissect/proto/ucp_layout.h"
#include "dissect/proto/ucp_text.h"

enum { STX = 2, ETX = 3, HEAD = 14, FRAME_MAX = 8192, UNKNOWN = 59 };

/* --- Fields ---------------------------------------------------------------------------------- */

/* The next field, without its '/'. False: there is none. */
static bool next(struct frame *f, struct tt_bytes *b)
{
    uint32_t left = tt_reader_left(&f->in);
    const uint8_t *slash = left ? memchr(f->in.p, '/', left) : NULL;
    if (!slash) {
        return false;
    }
    *b = tt_read_bytes(&f->in, (uint32_t)(slash - f->in.p));
    tt_read_skip(&f->in, 1);
    return true;
}

/* Decimal; the digits before the first other sign. */
static uint32_t number(struct tt_msg *m, struct tt_bytes b)
{
    uint32_t v = 0;
    for (uint32_t i = 0; i < b.n; i++) {
        if (b.p[i] < '0' || b.p[i] > '9' || v > 100000000) {
            note(m, true, A_NUMBER);
            break;
        }
        v = v * 10 + b.p[i] - '0';
    }
    return v;
}

static void put_hex_text(const struct tt_reader *r, struct tt_msg *m, unsigned row,
                         struct tt_bytes digits)
{
    bool faulty = false, odd = false, clipped = false;
    struct tt_bytes octets = tt_sms_hex(m, digits, &faulty);
    tt_put_bytes(m, r, row, tt_sms_text(m, TT_SMS_GSM7, octets, &odd, &clipped));
    note(m, faulty, A_HEX);
    note(m, odd || clipped, A_TEXT);
}

static void judge_time(struct tt_msg *m, struct tt_bytes b)
{
    bool good = b.n == 10 || b.n == 12 || b.n == 6;
    for (uint32_t i = 0; i < b.n; i++) {
        good = good && b.p[i] >= '0' && b.p[i] <= '9';
    }
    note(m, !good, A_TIME);
}

/* Extra services: type, length, octets, each as two digits (4.6, XSer). */
static void put_services(const struct tt_reader *r, struct tt_msg *m, struct frame *f,
                         struct tt_bytes b)
{
    struct tt_reader in = tt_reader_over(b);
    while (tt_reader_left(&in)) {
        bool faulty = false;
        uint8_t *before = tt_msg_make(m, 0);
        struct tt_bytes head = tt_sms_hex(m, tt_read_bytes(&in, 4), &faulty);
        uint8_t type = head.n == 2 ? head.p[0] : 0, n = head.n == 2 ? head.p[1] : 0;
        tt_msg_unmake(m, before);
        if (faulty || head.n != 2) {
            note(m, true, A_XSER);
            return;
        }
        struct tt_bytes digits = tt_read_bytes(&in, 2u * n);
        tt_put_uint(m, r, F_XSER, type);
        if (type <= 19) {
            tt_put_uint(m, r, F_XSER_NAME, type);
        }
        tt_put_uint(m, r, F_XSER_LENGTH, n);
        note(m, !tt_reader_ok(&in), A_XSER);
        if (!tt_reader_ok(&in)) {
            return;
        }
        tt_put_bytes(m, r, F_XSER_DATA, digits);
        if (type == 1) {
            f->header = digits;
        } else if (type == 2 && n == 1) {
            struct tt_bytes dcs = tt_sms_hex(m, digits, &faulty);
            f->dcs = dcs.n == 1 ? dcs.p[0] : -1;
            tt_msg_unmake(m, before);
        }
    }
}

/* The name that an alphanumeric originator is: number of half octets, packed septets. */
static void put_originator(const struct tt_reader *r, struct tt_msg *m, struct tt_bytes otoa,
                           struct tt_bytes oadc)
{
    bool faulty = false, odd = false, clipped = false;
    if (otoa.n != 4 || memcmp(otoa.p, "5039", 4) != 0) {
        return;
    }
    struct tt_bytes octets = tt_sms_hex(m, oadc, &faulty);
    if (!faulty && octets.n > 0) {
        struct tt_bytes packed = {octets.p + 1, octets.n - 1};
        struct tt_bytes septets = tt_sms_unpack(m, packed, 0, octets.p[0] * 4u / 7);
        tt_put_bytes(m, r, F_OADC_TEXT, tt_sms_text(m, TT_SMS_GSM7, septets, &odd, &clipped));
    }
    note(m, faulty, A_HEX);
}

/* --- Operations ------------------------------------------------------------------------------ */

/* The message of the old operations depends on its type (ETS 300 133-3, MT). */
static const struct step *steps_of_type(uint8_t mt)
{
    switch (mt) {
    case '1':
        return tone;
    case '2':
        return numeric;
    case '3':
        return alphanumeric;
    case '4':
        return transparent;
    case '5':
        return standard;
    case '6':
        return in_set;
    default:
        return none;
    }
}

/* Fields with names of their values, and their characters. */
static void put_named(const struct tt_reader *r, struct tt_msg *m, unsigned row, unsigned other,
                      struct tt_bytes b)
{
    tt_put_uint(m, r, row, b.p[0]);
    tt_put_bytes(m, r, other, b);
}

/* What later frames, or later fields, depend on. */
static void heed(struct frame *f, unsigned row, struct tt_bytes b)
{
    if (row == F_RPID) {
        f->for_the_sim = b.n == 4 && memcmp(b.p, "0127", 4) == 0;
    } else if (row == F_USER) {
        f->user = b;
    }
}

static void put_field(const struct tt_reader *r, struct tt_msg *m, struct frame *f,
                      const struct step *step, struct tt_bytes b)
{
    if (b.n == 0) {
        return;
    }
    switch (step->form) {
    case NUMBER:
        tt_put_uint(m, r, step->row, number(m, b));
        break;
    case TIME:
        judge_time(m, b);
        tt_put_bytes(m, r, step->row, b);
        break;
    case IRA:
        f->tmsg = b;
        put_hex_text(r, m, step->row, b);
        break;
    case PASSWORD: /* as text, and as it is sent: what shows payloads masks by place */
        put_hex_text(r, m, step->row, b);
        tt_put_bytes(m, r, step->row + 1u, b);
        break;
    case DATA:
        f->tmsg = b;
        tt_put_bytes(m, r, step->row, b);
        break;
    case SERVICES:
        put_services(r, m, f, b);
        break;
    case TYPE:
        f->mt = b.p[0];
        put_named(r, m, F_MT, F_MT_CHAR, b);
        note(m, b.n != 1 || f->mt < '1' || f->mt > '6', A_TYPE);
        break;
    case STATUS:
        put_named(r, m, F_DST, F_DST_CHAR, b);
        break;
    default:
        tt_put_bytes(m, r, step->row, b);
        heed(f, step->row, b);
        break;
    }
}

static bool put_list(const struct tt_reader *r, struct tt_msg *m, struct frame *f,
                     const struct step *step, struct tt_bytes count)
{
    uint32_t n = number(m, count);
    struct tt_bytes b;
    tt_put_uint(m, r, F_NPL, n);
    for (; n; n--) {
        if (!next(f, &b)) {
            return false;
        }
        if (step->form == LIST_OF_NUMBERS) {
            tt_put_uint(m, r, step->row, number(m, b));
        } else if (b.n) {
            tt_put_bytes(m, r, step->row, b);
        }
    }
    return true;
}

/* Reads the fields of a list of steps; false: some are missing. */
static bool walk(const struct tt_reader *r, struct tt_msg *m, struct frame *f,
                 const struct step *step)
{
    struct tt_bytes b = {NULL, 0};
    if (!step) {
        return true;
    }
    while (step->form != END) {
        if (step->form == BODY) { /* the fields that the type wants follow */
            step = steps_of_type(f->mt);
            continue;
        }
        if (!next(f, &b)) {
            return false;
        }
        if (step->form == LIST || step->form == LIST_OF_NUMBERS) {
            if (!put_list(r, m, f, step, b)) {
                return false;
            }
        } else if (step->form == MESSAGE && f->mt == '2') {
            put_field(r, m, f, &(struct step){F_NMSG, TEXT}, b);
        } else if (step->form == MESSAGE) {
            bool text = f->mt == '3';
            put_field(r, m, f, &(struct step){text ? F_AMSG : F_TMSG, text ? IRA : DATA}, b);
        } else {
            put_field(r, m, f, step, b);
        }
        step++;
    }
    return true;
}

static bool result(const struct tt_reader *r, struct tt_msg *m, struct frame *f,
                   const struct step *steps)
{
    struct tt_bytes b = {NULL, 0};
    if (!next(f, &b)) {
        return false;
    }
    note(m, b.n != 1 || (b.p[0] != 'A' && b.p[0] != 'N'), A_ANSWER);
    if (b.n) {
        put_named(r, m, F_ACK, F_ACK_CHAR, b);
    }
    if (b.n == 0 || b.p[0] != 'N') {
        return walk(r, m, f, steps);
    }
    bool code = next(f, &b);
    if (code && b.n) {
        uint32_t v = number(m, b);
        tt_put_uint(m, r, F_EC, v);
        note(m, v == 0 || v == 29 || (v > 38 && v < 50) || v > 99, A_ERROR);
    }
    return code && walk(r, m, f, said);
}

/* Whom a message is about: its receiver; where the SMSC delivers, its originator. */
static void name(struct tt_msg *m, const struct frame *f)
{
    bool delivered = f->ot == 52 || f->ot == 53 || f->ot == 57 || f->ot == 58;
    struct tt_bytes otoa = {NULL, 0}, oadc = {NULL, 0};
    m->stream = -1;
    for (unsigned i = 0; i < m->n_values; i++) {
        const struct tt_value *v = &m->values[i];
        if (v->field == (delivered ? F_OADC : F_ADC)) {
            m->stream = (int16_t)i;
        }
        otoa = v->field == F_OTOA ? (struct tt_bytes){v->p, v->n} : otoa;
        oadc = v->field == F_OADC ? (struct tt_bytes){v->p, v->n} : oadc;
    }
    struct tt_reader r = tt_reader_over(m->unit);
    put_originator(&r, m, otoa, oadc);
}

/* --- Every frame ----------------------------------------------------------------------------- */

/* Pairs results with operations by TRN and OT; a number may be used again after its result. */
static void pair(struct state *s, struct tt_msg *m, const struct frame *f, uint32_t trn)
{
    uint32_t key = trn | (uint32_t)f->ot << 22;
    uint8_t *open = &s->open[f->result ? !m->direction : m->direction][trn / 8];
    uint8_t bit = (uint8_t)(1u << trn % 8);
    if (f->result) {
        *open = (uint8_t)(*open & ~bit);
        tt_msg_answer(m, key, !m->direction, true);
        return;
    }
    note(m, *open & bit && s->facts.seen_start && !s->lost, A_IN_USE);
    *open |= bit;
    tt_msg_open(m, key);
}

static void judge_session(struct state *s, struct tt_msg *m, const struct frame *f)
{
    bool judged = s->facts.seen_start && !s->lost, refused = tt_msg_has(m, F_EC);
    if (f->result && f->ot == 60) {
        s->refused = refused;
    } else if (f->user.n && f->ot == 60) {
        s->account_n = (uint8_t)(f->user.n < sizeof s->account ? f->user.n : sizeof s->account);
        memcpy(s->account, f->user.p, s->account_n);
    }
    note(m, judged && !f->result && s->refused && f->ot != 60 && f->ot != 31, A_REFUSED);
    note(m, !f->result && f->ot == 53 && !tt_msg_has(m, F_SCTS), A_NO_SCTS);
}

static bool decimal(const uint8_t *p, uint32_t n, uint32_t *v)
{
    *v = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9') {
            return false;
        }
        *v = *v * 10 + p[i] - '0';
    }
    return true;
}

/* TRN / LEN / O or R / OT / in the octets behind STX. */
static bool head_good(const uint8_t *p, uint32_t *trn, uint32_t *length, uint32_t *ot)
{
    return decimal(p, 2, trn) && p[2] == '/' && decimal(p + 3, 5, length) && p[8] == '/' &&
           (p[9] == 'O' || p[9] == 'R') && p[10] == '/' && decimal(p + 11, 2, ot) && p[13] == '/';
}

/* The last two characters; the sum is of all before them. */
static void judge_sum(const struct tt_reader *r, struct tt_msg *m, struct tt_bytes frame)
{
    static const uint8_t digits[] = "0123456789ABCDEF";
    unsigned sum = 0;
    for (uint32_t i = 0; i + 2 < frame.n; i++) {
        sum += frame.p[i];
    }
    const uint8_t *end = frame.p + frame.n - 2;
    bool good = end[-1] == '/' && end[0] == digits[sum >> 4 & 15] && end[1] == digits[sum & 15];
    tt_put_uint(m, r, F_SUM_OK, good);
    note(m, !good, A_SUM);
}

/* The message that the operation carries, where it carries one. */
static void content(struct state *s, const struct tt_reader *r, struct tt_msg *m, struct frame *f)
{
    bool called = f->ot == 1 || f->ot == 2, delivered = f->ot == 52;
    bool carries = !f->result && (called || delivered || f->ot == 30 || f->ot == 51);
    if (carries && s->account_n) {
        struct tt_bytes account = {(const uint8_t *)s->account, s->account_n};
        tt_put_bytes(m, r, F_ACCOUNT, account);
    }
    bool last = (f->tmsg.n == 0 && f->header.n == 0) || user_data(s, r, m, f);
    delivered |= called && m->direction == TT_TO_CLIENT;
    if (carries && last) {
        m->sms = delivered ? TT_SMS_FROM_DEVICE : TT_SMS_TO_DEVICE;
    }
}

static bool frame(struct state *s, struct tt_reader *r, struct tt_msg *m, bool whole)
{
    struct tt_bytes unit = tt_read_rest(r);
    uint32_t trn = 0, length = 0, ot = 0;
    struct frame f = {.dcs = -1};
    m->tx_role = TT_TX_ALONE;
    if (unit.n < HEAD + 2u || unit.p[0] != STX || !head_good(unit.p + 1, &trn, &length, &ot)) {
        return false;
    }
    bool ended = unit.p[unit.n - 1] == ETX;
    struct tt_bytes inside = {unit.p + 1, unit.n - 1 - ended};
    f.ot = (uint8_t)ot;
    f.result = inside.p[9] == 'R';
    m->kind = f.result;
    tt_put_uint(m, r, F_TRN, trn);
    tt_put_uint(m, r, F_LENGTH, length);
    tt_put_uint(m, r, F_KIND, inside.p[9]);
    tt_put_bytes(m, r, F_KIND_CHAR, (struct tt_bytes){inside.p + 9, 1});
    tt_put_uint(m, r, F_OT, ot);
    pair(s, m, &f, trn);
    if (!whole) {
        return false;
    }
    for (uint32_t i = 0; i < inside.n; i++) {
        note(m, inside.p[i] < 0x20 || inside.p[i] > 0x7e, A_OCTETS);
    }
    note(m, !ended, A_NO_ETX);
    note(m, length != inside.n, A_LENGTH);
    judge_sum(r, m, inside);
    /* the checksum is the last field */
    uint32_t end = inside.n;
    while (end > HEAD && inside.p[end - 1] != '/') {
        end--;
    }
    f.in = tt_reader_over((struct tt_bytes){inside.p + HEAD, end - HEAD});
    const struct layout *layout = ot < N_LAYOUTS ? &layouts[ot] : &layouts[UNKNOWN];
    bool known = layout->operation != NULL, good;
    good = f.result ? result(r, m, &f, known ? layout->result : NULL)
                    : walk(r, m, &f, known ? layout->operation : none);
    struct tt_bytes b;
    bool named = known && (layout->result || !f.result);
    note(m, !known, A_OPERATION);
    note(m, !good || (named && tt_reader_left(&f.in) > 0), A_FIELDS);
    while (next(&f, &b)) {
        if (b.n) {
            tt_put_bytes(m, r, F_REST, b);
        }
    }
    name(m, &f);
    judge_session(s, m, &f);
    content(s, r, m, &f);
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
    static const char form[HEAD + 1] = "\2dd/ddddd/x/dd";
    (void)direction;
    for (uint32_t i = 0; i < head.n && i < HEAD; i++) {
        uint8_t c = head.p[i];
        bool good = form[i] == 'd'   ? c >= '0' && c <= '9'
                    : form[i] == 'x' ? c == 'O' || c == 'R'
                                     : c == (uint8_t)form[i];
        if (!good) {
            return TT_PROBE_NO;
        }
    }
    return head.n >= HEAD ? TT_PROBE_YES : TT_PROBE_MAYBE;
}

static const uint16_t ports[] = {3700, 5000, 6000, 0};

const struct tt_dissector tt_dissector_ucp = {
    .name = "ucp",
    .doc = "UCP/EMI.",
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
