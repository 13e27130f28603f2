/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Short messages over HTTP: what Kannel's sendsms, its administration, and the interfaces of common
 * providers are told and answer (sms_http.c knows them apart), receipts and messages that are
 * called back. Gets whole messages of HTTP from http.c: a head, then content without its transfer
 * coding. Parameters come from the query, a form or JSON, of which only names and plain values are
 * read. Passwords and keys are marked as secrets.
 */
#include "dissect/proto/smshttp_rows.h"

enum { PENDING = 32, PARAMETERS = 40, RECEIVERS = 100 };

struct state {
    struct tt_flow_facts facts;
    uint16_t asked, answered;
    uint32_t silent; /* bit i: request i % 32 was none of ours */
};

/* Values that matter, as they come: the first of each. */
struct call {
    struct tt_msg *m;
    struct tt_reader *r;
    struct tt_bytes value[TT_SMS_SMSC + 1]; /* by enum tt_sms_parameter */
    struct tt_bytes to[RECEIVERS];
    unsigned n_to, n_other;
    bool request, in_url;
};

static const struct tt_sms_rows header_rows = {
    F_ELEMENT, F_ELEMENT_NAME, F_ELEMENT_VALUE, F_REFERENCE,     F_PARTS,         F_PART,
    F_PORT_TO, F_PORT_FROM,    A_UDH,           A_CONCATENATION, A_CONCATENATION, A_CONCATENATION,
    F_OTA};

static void note(struct tt_msg *m, bool when, enum oddity oddity)
{
    if (when) {
        tt_msg_anomaly(m, oddity);
    }
}

/* One receiver, or several with spaces or commas between them. */
static void receivers(struct call *c, struct tt_bytes b)
{
    while (b.n) {
        uint32_t n = 0;
        while (n < b.n && b.p[n] != ' ' && b.p[n] != ',' && b.p[n] != ';') {
            n++;
        }
        note(c->m, n && c->n_to == RECEIVERS, A_MANY);
        if (n && c->n_to < RECEIVERS) {
            c->to[c->n_to++] = (struct tt_bytes){b.p, n};
        }
        n += n < b.n;
        b.p += n;
        b.n -= n;
    }
}

static void put_other(struct call *c, struct tt_bytes name, struct tt_bytes value, bool secret)
{
    if (!c->request || ++c->n_other > PARAMETERS) {
        note(c->m, c->request, A_MANY);
        return;
    }
    tt_put_bytes(c->m, c->r, F_NAME, name);
    tt_put_bytes(c->m, c->r, secret ? F_SECRET : F_VALUE, value);
}

/* A parameter, decoded. */
static void parameter(struct call *c, struct tt_bytes name, struct tt_bytes value)
{
    enum tt_sms_parameter is = tt_sms_parameter(name);
    note(c->m, is == TT_SMS_SECRET && c->in_url && value.n, A_IN_URL);
    if (is == TT_SMS_ID) {
        tt_put_bytes(c->m, c->r, F_ID, value);
    } else if (is == TT_SMS_TO && c->request) {
        receivers(c, value);
        c->value[TT_SMS_TO] = value;
    } else if (is == TT_SMS_OTHER || (c->value[is].p && c->request)) {
        put_other(c, name, value, is == TT_SMS_SECRET);
    } else if (!c->value[is].p) {
        c->value[is] = value;
    }
}

static void form(struct call *c, struct tt_bytes b)
{
    struct tt_bytes name, value;
    while (tt_http_parameter(&b, &name, &value)) {
        if (name.n) {
            parameter(c, tt_http_decode(c->m, name, true), tt_http_decode(c->m, value, true));
        }
    }
}

/* --- JSON (RFC 8259) ------------------------------------------------------------------------- */

static uint32_t hex4(const uint8_t *p)
{
    uint32_t v = 0;
    for (unsigned i = 0; i < 4; i++) {
        uint8_t c = p[i], low = c | 0x20;
        bool number = c >= '0' && c <= '9';
        if (!number && (low < 'a' || low > 'f')) {
            return UINT32_MAX;
        }
        v = v << 4 | (unsigned)(number ? c - '0' : low - 'a' + 10);
    }
    return v;
}

static uint32_t put_utf8(uint8_t *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (uint8_t)(0xc0 | c >> 6);
        out[1] = (uint8_t)(0x80 | (c & 63));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (uint8_t)(0xe0 | c >> 12);
        out[1] = (uint8_t)(0x80 | (c >> 6 & 63));
        out[2] = (uint8_t)(0x80 | (c & 63));
        return 3;
    }
    out[0] = (uint8_t)(0xf0 | c >> 18);
    out[1] = (uint8_t)(0x80 | (c >> 12 & 63));
    out[2] = (uint8_t)(0x80 | (c >> 6 & 63));
    out[3] = (uint8_t)(0x80 | (c & 63));
    return 4;
}

/* \uXXXX, or two of them, at b: *used octets of b. U+FFFD for what is none. */
static uint32_t unicode(struct tt_bytes b, uint32_t *used)
{
    uint32_t c = b.n >= 6 ? hex4(b.p + 2) : UINT32_MAX;
    *used = c == UINT32_MAX ? 2 : 6;
    if (c >= 0xd800 && c < 0xdc00 && b.n >= 12 && b.p[6] == '\\' && b.p[7] == 'u') {
        uint32_t low = hex4(b.p + 8);
        if (low >= 0xdc00 && low < 0xe000) {
            *used = 12;
            return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        }
    }
    return c == UINT32_MAX || (c >= 0xd800 && c < 0xe000) ? 0xfffd : c;
}

/* What the inside of a string says; never longer than that. */
static struct tt_bytes unescape(struct tt_msg *m, struct tt_bytes b)
{
    uint8_t *out = b.n && memchr(b.p, '\\', b.n) ? tt_msg_make(m, b.n) : NULL;
    uint32_t n = 0, used;
    if (!out) {
        return b;
    }
    for (uint32_t i = 0; i < b.n; i += used) {
        struct tt_bytes left = {b.p + i, b.n - i};
        used = 1;
        if (b.p[i] != '\\' || left.n < 2) {
            out[n++] = b.p[i];
        } else if (b.p[i + 1] == 'u') {
            uint32_t c = unicode(left, &used);
            n += used == 2 ? 0 : put_utf8(out + n, c);
        } else {
            static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
            const char *at = strchr(from, b.p[i + 1]);
            out[n++] = at && *at ? (uint8_t)to[at - from] : b.p[i + 1];
            used = 2;
        }
    }
    tt_msg_unmake(m, out + n);
    return (struct tt_bytes){out, n};
}

/* The inside of the string that begins behind p[-1] == '"'. */
static struct tt_bytes string(struct tt_reader *r)
{
    struct tt_bytes all = {r->p, tt_reader_left(r)};
    uint32_t n = 0;
    while (n < all.n && all.p[n] != '"') {
        n += all.p[n] == '\\' && all.n - n > 1 ? 2 : 1;
    }
    struct tt_bytes b = tt_read_bytes(r, n < all.n ? n : all.n);
    tt_read_skip(r, tt_reader_left(r) > 0);
    return b;
}

static void skip_space(struct tt_reader *r)
{
    while (tt_reader_left(r) && (*r->p == ' ' || *r->p == '\t' || *r->p == '\n' || *r->p == '\r')) {
        r->p++;
    }
}

/* Names and the plain values that follow them, however deep; the elements of a list have the list's
 * name. False: a string where none may be. */
static bool json(struct call *c, struct tt_bytes b)
{
    struct tt_reader in = tt_reader_over(b), *r = &in;
    struct tt_bytes name = {b.p, 0};
    while (skip_space(r), tt_reader_left(r) > 0) {
        uint8_t octet = tt_read_u8(r);
        const uint8_t *from = r->p - 1;
        if (octet == '"') {
            struct tt_bytes s = string(r);
            skip_space(r);
            if (tt_peek_u8(r, 0) == ':') {
                tt_read_skip(r, 1);
                name = unescape(c->m, s);
            } else if (name.n) {
                parameter(c, name, unescape(c->m, s));
            }
        } else if ((octet >= '0' && octet <= '9') || octet == '-' ||
                   (octet >= 'a' && octet <= 'z')) {
            while (tt_reader_left(r) && !strchr(" \t\r\n,]}", *r->p ? *r->p : 1)) {
                r->p++;
            }
            if (name.n) {
                parameter(c, name, (struct tt_bytes){from, (uint32_t)(r->p - from)});
            }
        } else if (!strchr("{}[],", octet)) {
            return false;
        }
    }
    return true;
}

static bool content(struct call *c, struct tt_bytes b, struct tt_bytes type)
{
    struct tt_reader r = tt_reader_over(b);
    skip_space(&r);
    uint8_t first = tt_peek_u8(&r, 0);
    c->in_url = false;
    if (first == '{' || first == '[') {
        return json(c, b);
    }
    if (tt_http_has(type, "urlencoded") || (type.n == 0 && c->request)) {
        form(c, b);
    } else if (tt_http_has(type, "json")) {
        return b.n == 0;
    }
    return true;
}

/* --- Request --------------------------------------------------------------------------------- */

static void put(struct call *c, enum row row, enum tt_sms_parameter of)
{
    if (c->value[of].p) {
        tt_put_bytes(c->m, c->r, row, c->value[of]);
    }
}

static int64_t put_number(struct call *c, enum row row, enum tt_sms_parameter of)
{
    uint64_t v;
    if (!c->value[of].p || !tt_http_number(c->value[of], &v)) {
        return -1;
    }
    tt_put_uint(c->m, c->r, row, v);
    return v < 1000 ? (int64_t)v : 1000;
}

/* The text, or the octets: as coding and charset of Kannel say (User's Guide, table 6-9). */
static void put_text(struct call *c)
{
    struct tt_bytes b = c->value[TT_SMS_BODY], set = c->value[TT_SMS_CHARSET];
    bool faulty = false, clipped = false;
    int64_t coding = put_number(c, F_CODING, TT_SMS_CODING);
    put(c, F_CHARSET, TT_SMS_CHARSET);
    if (!b.p) {
        return;
    }
    if (coding == 1 && !set.n) {
        tt_put_bytes(c->m, c->r, F_DATA, b);
        return;
    }
    if (tt_http_begins(set, "utf-16") || tt_http_begins(set, "ucs-2")) {
        b = tt_sms_text(c->m, TT_SMS_UCS2, b, &faulty, &clipped);
    } else if (tt_http_is(set, "iso-8859-1") || tt_http_is(set, "windows-1252") ||
               !tt_bytes_utf8(b)) {
        b = tt_sms_text(c->m, TT_SMS_LATIN1, b, &faulty, &clipped);
    }
    tt_put_bytes(c->m, c->r, F_TEXT, b);
    for (uint32_t i = 0; i < b.n; i++) {
        note(c->m, b.p[i] < 0x20 && !strchr("\t\r\n", b.p[i] ? b.p[i] : 1), A_CONTROL);
    }
}

/* As octets, or as their hexadecimal digits. */
static void put_header(struct call *c)
{
    struct tt_bytes b = c->value[TT_SMS_UDH];
    bool digits = b.n > 3 && b.n % 2 == 0, faulty = false;
    for (uint32_t i = 0; i < b.n; i++) {
        digits = digits && strchr("0123456789abcdefABCDEF", b.p[i] ? b.p[i] : 1);
    }
    if (b.n == 0) {
        return;
    }
    b = digits ? tt_sms_hex(c->m, b, &faulty) : b;
    tt_put_bytes(c->m, c->r, F_UDH, b);
    struct tt_sms_header h = tt_sms_header(b);
    note(c->m, faulty || h.faulty, A_UDH);
    tt_sms_put_elements(&header_rows, c->r, c->m, &h);
    tt_sms_put_facts(&header_rows, c->r, c->m, &h);
}

/* What is wanted; -1: nothing that has to do with messages. */
static int wanted(const struct call *c, enum tt_sms_api api, struct tt_bytes path)
{
    bool to = c->value[TT_SMS_TO].p, text = c->value[TT_SMS_BODY].p || c->value[TT_SMS_UDH].p;
    bool told = c->value[TT_SMS_STATUS].p || tt_msg_has(c->m, F_ID);
    if (api == TT_SMS_API_KANNEL_ADMIN) {
        return ADMIN;
    }
    bool back = api == TT_SMS_API_REPORT || tt_http_has(path, "inbound") ||
                tt_http_has(path, "incoming") || tt_http_has(path, "callback") ||
                tt_http_has(path, "webhook");
    if (back) {
        return text ? RECEIVE : told || to ? REPORT : -1;
    }
    if (to && (text || api != TT_SMS_API_GENERIC)) {
        return SEND;
    }
    return api == TT_SMS_API_GENERIC ? -1 : QUERY;
}

/* user of "Basic dXNlcjpwYXNz", account of ".../Accounts/AC…/Messages.json" */
static void put_account(struct call *c, struct tt_bytes target, struct tt_bytes basic)
{
    static const char mark[] = "/accounts/";
    const uint32_t n = sizeof mark - 1;
    for (uint32_t i = 0; c->value[TT_SMS_ACCOUNT].p == NULL && target.n >= n && i <= target.n - n;
         i++) {
        struct tt_bytes at = {target.p + i, target.n - i};
        if (tt_http_begins(at, mark)) {
            const uint8_t *end = memchr(at.p + n, '/', at.n - n);
            c->value[TT_SMS_ACCOUNT] =
                (struct tt_bytes){at.p + n, end ? (uint32_t)(end - at.p) - n : at.n - n};
        }
    }
    if (!c->value[TT_SMS_ACCOUNT].p && basic.n) {
        struct tt_bytes user = tt_http_base64(c->m, basic);
        const uint8_t *colon = user.n ? memchr(user.p, ':', user.n) : NULL;
        if (colon) {
            c->value[TT_SMS_ACCOUNT] = (struct tt_bytes){user.p, (uint32_t)(colon - user.p)};
        }
    }
    put(c, F_ACCOUNT, TT_SMS_ACCOUNT);
    put(c, F_PASSWORD, TT_SMS_SECRET);
}

static void put_command(struct call *c, struct tt_bytes path)
{
    uint32_t n = path.n;
    while (n && path.p[n - 1] != '/') {
        n--;
    }
    struct tt_bytes command = {path.p + n, path.n - n};
    tt_put_bytes(c->m, c->r, F_COMMAND, command);
    note(c->m, !tt_http_has(command, "status"), A_ADMIN);
}

static void put_send(struct call *c)
{
    put(c, F_FROM, TT_SMS_FROM);
    for (unsigned i = 0; i < c->n_to; i++) {
        tt_put_bytes(c->m, c->r, c->n_to == 1 ? F_TO : F_TO_SEVERAL, c->to[i]);
    }
    put_text(c);
    put_header(c);
    note(c->m, put_number(c, F_CLASS, TT_SMS_CLASS) == 0, A_FLASH);
    put_number(c, F_MWI, TT_SMS_MWI);
    note(c->m, put_number(c, F_PID, TT_SMS_PID) == 64, A_SILENT);
    put(c, F_VALIDITY, TT_SMS_VALIDITY);
    put(c, F_DEFERRED, TT_SMS_DEFERRED);
    put_number(c, F_DLR_MASK, TT_SMS_DLR_MASK);
    if (c->value[TT_SMS_DLR_URL].p) {
        tt_put_bytes(c->m, c->r, F_DLR_URL, tt_http_redact(c->m, c->value[TT_SMS_DLR_URL]));
    }
    put(c, F_SMSC, TT_SMS_SMSC);
    put(c, F_STATE, TT_SMS_STATUS);
    put(c, F_ERROR, TT_SMS_ERROR);
}

/* What the head tells. */
struct head {
    struct tt_bytes first, type, basic, body;
};

static struct head read_head(struct tt_bytes unit)
{
    struct head h = {.first = {unit.p, 0}};
    int64_t n = tt_http_head_length(unit, 0);
    uint32_t end = n > 0 ? (uint32_t)n : unit.n;
    struct tt_reader r = tt_reader_over((struct tt_bytes){unit.p, end});
    struct tt_http_line line;
    while (tt_peek_u8(&r, 0) == '\r' || tt_peek_u8(&r, 0) == '\n') {
        tt_read_skip(&r, 1);
    }
    for (bool first = true; tt_http_line(&r, &line, first); first = false) {
        h.first = first ? line.all : h.first;
        h.type = !first && tt_http_is(line.name, "content-type") ? line.value : h.type;
        if (!first && tt_http_is(line.name, "authorization") &&
            tt_http_begins(line.value, "basic ")) {
            h.basic = (struct tt_bytes){line.value.p + 6, line.value.n - 6};
        }
    }
    h.body = (struct tt_bytes){unit.p + end, unit.n - end};
    return h;
}

static bool request(struct state *s, struct call *c, const struct head *h, bool whole)
{
    struct tt_bytes line = h->first, target;
    uint32_t from = 0, to;
    while (from < line.n && line.p[from] != ' ') {
        from++;
    }
    from += from < line.n;
    for (to = from; to < line.n && line.p[to] != ' ';) {
        to++;
    }
    target = (struct tt_bytes){line.p + from, to - from};
    const uint8_t *mark = target.n ? memchr(target.p, '?', target.n) : NULL;
    uint32_t n = mark ? (uint32_t)(mark - target.p) : target.n;
    struct tt_bytes path = {target.p, n};
    enum tt_sms_api api = tt_sms_api(target, h->type);
    c->in_url = true;
    if (mark) {
        form(c, (struct tt_bytes){mark + 1, target.n - n - 1});
    }
    bool good = content(c, h->body, h->type) || !whole;
    int operation = api == TT_SMS_API_NONE ? -1 : wanted(c, api, path);
    uint32_t bit = 1u << (s->asked % PENDING);
    s->silent = operation < 0 ? s->silent | bit : s->silent & ~bit;
    tt_msg_open(c->m, (uint32_t)REQUEST << 16 | s->asked);
    s->asked++;
    if (operation < 0) {
        c->m->tx_role = TT_TX_ALONE;
        c->m->after |= TT_AFTER_SILENT;
        c->m->anomalies = 0;
        return true;
    }
    tt_put_uint(c->m, c->r, F_API, api);
    tt_put_uint(c->m, c->r, F_OPERATION, (uint64_t)operation);
    put_account(c, target, h->basic);
    put_send(c);
    if (operation == ADMIN) {
        put_command(c, path);
    }
    bool carries = c->n_to && (c->value[TT_SMS_BODY].p || c->value[TT_SMS_UDH].p);
    c->m->sms = carries && operation == SEND      ? TT_SMS_TO_DEVICE
                : carries && operation == RECEIVE ? TT_SMS_FROM_DEVICE
                                                  : TT_SMS_NO;
    return good;
}

/* --- Answer ---------------------------------------------------------------------------------- */

static bool response(struct state *s, struct call *c, const struct head *h, bool whole)
{
    struct tt_bytes line = h->first;
    uint64_t status = 0;
    uint16_t number = s->asked == s->answered ? (uint16_t)(s->answered - 1) : s->answered++;
    if (s->silent >> (number % PENDING) & 1) {
        c->m->after |= TT_AFTER_SILENT;
        return true;
    }
    tt_msg_answer(c->m, (uint32_t)REQUEST << 16 | number, !c->m->direction, true);
    if (line.n >= 12) {
        (void)tt_http_number((struct tt_bytes){line.p + 9, 3}, &status);
    }
    bool good = content(c, h->body, h->type) || !whole;
    struct tt_bytes state = c->value[TT_SMS_STATUS];
    uint64_t code = 0; /* Vonage and the like answer 200 to everything */
    bool refused = status / 100 == 2 && state.n && state.n < 4 && tt_http_number(state, &code) &&
                   code != 0 && code / 100 != 2;
    tt_put_uint(c->m, c->r, F_STATUS, status);
    tt_put_uint(c->m, c->r, F_RESULT,
                status / 100 == 2 && !refused               ? ACCEPTED
                : refused || status == 401 || status == 403 ? REFUSED
                                                            : FAILED);
    put(c, F_STATE, TT_SMS_STATUS);
    if (c->value[TT_SMS_ERROR].p || status / 100 != 2) { /* who takes a message may repeat it */
        put(c, F_ERROR, c->value[TT_SMS_ERROR].p ? TT_SMS_ERROR : TT_SMS_BODY);
    }
    if (h->body.n && (tt_http_begins(h->type, "text/") || !h->type.n) && tt_bytes_utf8(h->body)) {
        tt_put_bytes(c->m, c->r, F_REPLY, h->body);
    }
    return good;
}

static bool message(struct state *s, struct tt_reader *r, struct tt_msg *m, bool whole)
{
    struct head h = read_head(m->unit);
    struct call c = {.m = m, .r = r, .request = !tt_http_begins(h.first, "http/")};
    m->kind = c.request ? REQUEST : RESPONSE;
    return c.request ? request(s, &c, &h, whole) : response(s, &c, &h, whole);
}

static bool parse(void *state, struct tt_reader *r, struct tt_msg *m)
{
    return message(state, r, m, true);
}

static void parse_head(void *state, struct tt_reader *r, struct tt_msg *m)
{
    (void)message(state, r, m, false);
}

/* Only inside of HTTP. */
static enum tt_probe probe(struct tt_bytes b, enum tt_direction direction)
{
    (void)b, (void)direction;
    return TT_PROBE_NO;
}

const struct tt_dissector tt_dissector_smshttp = {
    .name = "smshttp",
    .doc = "Short messages over HTTP: Kannel, common providers, receipts.",
    .kinds = kinds,
    .fields = fields,
    .n_fields = N_ROWS,
    .anomalies = anomalies,
    .n_anomalies = N_ODDITIES,
    .sms = sms_parts,
    .transport = TT_TCP,
    .state_size = sizeof(struct state),
    .max_unit = 65536,
    .probe = probe,
    .parse = parse,
    .parse_head = parse_head,
};
