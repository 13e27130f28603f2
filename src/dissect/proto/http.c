/* SPDX-License-Identifier: BSD-3-Clause
 *
 * HTTP/1.0 and 1.1 (RFC 9110, 9112). A head is a unit; so is content of a known length (its first
 * 16 KiB, the rest is passed over), the line before each chunk and what follows the last one. An
 * answer belongs to the oldest request that has none. What comes after an upgrade to WebSocket
 * (RFC 6455), or through a tunnel (CONNECT), is another protocol's; so is what a gateway for short
 * messages is told. Never decodes content.
 */
#include <sha1.h>

#include "dissect/proto/http_head.h"
#include "dissect/sms.h"

enum { PIPELINE = 32, BODY_MAX = 16384, CHUNK_LINE = 4096, HOLD_MAX = 65536, HOLDS = 2 };
enum phase { HEAD, BODY, CHUNK, CHUNK_END, TRAILER };
/* What is remembered of a request until its answer. */
enum { Q_HEAD = 1, Q_CONNECT = 2, Q_WEBSOCKET = 4, Q_GATEWAY = 8, Q_CONTINUED = 16, Q_HELD = 32 };

struct state {
    struct tt_flow_facts facts;
    uint8_t phase[2];   /* by direction: what comes next */
    uint8_t gateway[2]; /* the content goes to a gateway for short messages */
    uint8_t held;       /* direction + 1 whose octets wait for an answer, 0 = none */
    uint8_t holds;      /* so often did they */
    uint8_t lost;       /* octets were lost: what answers what is not judged */
    uint8_t asker;      /* direction of the requests */
    uint16_t asked, answered;
    uint16_t answering; /* number of the request that the answer at hand is of */
    uint8_t queue[PIPELINE];
    uint64_t left[2], content[2]; /* octets of the content: still to come, in all */
    uint8_t accept[SHA1_DIGEST_LENGTH];
};
_Static_assert(sizeof(struct state) <= 192, "one for each flow");

extern const struct tt_dissector tt_dissector_smshttp, tt_dissector_websocket;

static void inner(struct tt_msg *m, const struct tt_dissector *d, struct tt_bytes b, uint8_t how)
{
    m->after |= TT_AFTER_INNER;
    m->inner = (struct tt_inner){.dissector = d, .octets = b, .how = how};
}

static void behind(struct tt_msg *m, uint64_t n)
{
    m->after |= TT_AFTER_BEHIND;
    m->behind = n;
}

/* --- First line ------------------------------------------------------------------------------ */

static struct tt_bytes take_word(struct tt_bytes *line)
{
    *line = tt_http_trim(*line);
    uint32_t n = 0;
    while (n < line->n && line->p[n] != ' ' && line->p[n] != '\t') {
        n++;
    }
    struct tt_bytes word = {line->p, n};
    *line = tt_http_trim((struct tt_bytes){line->p + n, line->n - n});
    return word;
}

static void first_line(struct head *h, struct tt_bytes line)
{
    h->line = line;
    h->request = !tt_http_begins(line, "http/");
    struct tt_bytes first = take_word(&line);
    if (!h->request) {
        struct tt_bytes code = take_word(&line);
        uint64_t status = 0;
        h->protocol = first;
        h->phrase = line;
        note(h->m, !tt_http_number(code, &status) || status < 100 || status > 599, A_STATUS);
        h->status = status < 1000 ? (uint16_t)status : 0;
        tt_put_bytes(h->m, h->r, F_STAT_CODE, code);
    } else {
        uint32_t n = line.n;
        while (n && line.p[n - 1] != ' ' && line.p[n - 1] != '\t') {
            n--;
        }
        struct tt_bytes last = {line.p + n, line.n - n};
        bool told = tt_http_begins(last, "http/");
        h->method = first;
        h->target = tt_http_trim((struct tt_bytes){line.p, told ? n : line.n});
        h->protocol = told ? last : (struct tt_bytes){line.p + line.n, 0};
        note(h->m, !told, A_PROTOCOL);
    }
    h->old = !tt_http_begins(h->protocol, "http/1.") || tt_http_is(h->protocol, "http/1.0");
}

/* --- Request --------------------------------------------------------------------------------- */

static struct tt_bytes lower(struct tt_msg *m, struct tt_bytes b)
{
    bool upper = false;
    for (uint32_t i = 0; i < b.n; i++) {
        upper |= b.p[i] >= 'A' && b.p[i] <= 'Z';
    }
    uint8_t *out = upper ? tt_msg_make(m, b.n) : NULL;
    if (!out) {
        return b;
    }
    for (uint32_t i = 0; i < b.n; i++) {
        out[i] = b.p[i] >= 'A' && b.p[i] <= 'Z' ? b.p[i] | 0x20 : b.p[i];
    }
    return (struct tt_bytes){out, b.n};
}

/* host, [address] or either with :port */
static void put_host(struct head *h, struct tt_bytes host)
{
    uint32_t n = host.p ? host.n : 0;
    uint64_t port = 0;
    while (n && host.p[n - 1] >= '0' && host.p[n - 1] <= '9') {
        n--;
    }
    bool told = n && n < host.n && host.p[n - 1] == ':';
    if (told && tt_http_number((struct tt_bytes){host.p + n, host.n - n}, &port)) {
        tt_put_uint(h->m, h->r, F_PORT, port);
    }
    host.n = told ? n - 1 : host.n;
    if (host.n) {
        put_once(h, F_HOSTNAME, lower(h->m, host));
    }
}

/* The host of http://host/path, which goes before Host (RFC 9112 3.2.2). */
static struct tt_bytes authority(struct tt_bytes target)
{
    const uint8_t *at = target.n ? memchr(target.p, ':', target.n) : NULL;
    uint32_t from = at ? (uint32_t)(at - target.p) + 3 : 0;
    if (!at || target.p[0] == '/' || from > target.n || at[1] != '/' || at[2] != '/') {
        return (struct tt_bytes){NULL, 0};
    }
    struct tt_bytes b = {target.p + from, 0};
    while (from + b.n < target.n && !strchr("/?#", target.p[from + b.n])) {
        b.n++;
    }
    return b;
}

static void put_target(struct head *h)
{
    struct tt_msg *m = h->m;
    struct tt_bytes shown = tt_http_redact(m, h->target), named = authority(h->target);
    bool secret = shown.p != h->target.p || shown.n != h->target.n;
    note(m, named.n && h->host.p && !tt_bytes_equal(lower(m, named), lower(m, h->host)), A_HOST);
    note(m, !h->host.p && !h->old, A_NO_HOST);
    put_host(h, named.n ? named : h->host);
    tt_put_bytes(m, h->r, F_URL, shown);
    tt_put_bytes(m, h->r, F_METHOD, h->method);
    if (h->protocol.n) {
        tt_put_bytes(m, h->r, F_PROTOCOL, h->protocol);
    }
    tt_put_bytes(m, h->r, F_URI, tt_http_decode(m, h->target, false));
    tt_put_bytes(m, h->r, secret ? F_URI_HIDDEN : F_URI_RAW, h->target);
    tt_put_bytes(m, h->r, F_REQUEST_LINE, h->line);
}

/* What the server has to answer to the key (RFC 6455 4.2.2). */
static void expect_accept(struct state *s, struct tt_bytes key)
{
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    SHA1_CTX c;
    SHA1Init(&c);
    SHA1Update(&c, key.p, key.n);
    SHA1Update(&c, (const uint8_t *)guid, sizeof guid - 1);
    SHA1Final(s->accept, &c);
}

/* Remembers the request until it is answered. */
static void ask(struct state *s, struct head *h, uint8_t flags)
{
    struct tt_msg *m = h->m;
    if ((uint16_t)(s->asked - s->answered) >= PIPELINE) {
        note(m, true, A_PIPELINE);
        s->answered++;
    }
    if (flags & (Q_WEBSOCKET | Q_CONNECT) && s->held == 0 && s->holds < HOLDS &&
        s->facts.seen_start && !s->lost) {
        flags |= Q_HELD;
        s->held = (uint8_t)(m->direction + 1);
        s->holds++;
    }
    s->asker = m->direction;
    s->queue[s->asked % PIPELINE] = flags;
    tt_msg_open(m, (uint32_t)REQUEST << 16 | s->asked);
    s->asked++;
}

/* The content that follows the head: how it is framed. `none`: whatever the head says. */
static void frame_content(struct state *s, struct head *h, bool none, bool gateway)
{
    struct tt_msg *m = h->m;
    unsigned d = m->direction;
    note(m, h->has_length && h->coded, A_BOTH);
    note(m, h->chunked && h->old && !h->request, A_OLD_CHUNKED);
    note(m, h->coded && !h->chunked && h->request, A_REQUEST_CODING);
    s->phase[d] = HEAD;
    s->content[d] = 0;
    s->gateway[d] = gateway;
    uint64_t all = none || h->coded ? 0 : h->has_length ? h->length : 0;
    bool open = !none && !h->request && !h->chunked && (h->coded || !h->has_length);
    s->left[d] = all;
    if (!none && h->chunked) {
        s->phase[d] = CHUNK;
    } else if (all) {
        s->phase[d] = BODY;
    } else if (open) {
        behind(m, TT_BEHIND_ALL);
    }
    if (gateway) {
        bool more = s->phase[d] != HEAD;
        inner(m, &tt_dissector_smshttp, m->unit, more ? TT_INNER_PART : TT_INNER_LAST);
    }
}

static void request(struct state *s, struct head *h)
{
    struct tt_msg *m = h->m;
    m->kind = REQUEST;
    put_target(h);
    bool websocket = tt_http_lists(h->upgrade, "websocket") && h->upgrades && h->key.n;
    bool gateway = tt_sms_api(h->target, h->type) != TT_SMS_API_NONE;
    uint8_t flags = (uint8_t)((tt_http_is(h->method, "head") ? Q_HEAD : 0) |
                              (tt_http_is(h->method, "connect") ? Q_CONNECT : 0) |
                              (websocket ? Q_WEBSOCKET : 0) | (gateway ? Q_GATEWAY : 0));
    if (websocket) {
        expect_accept(s, h->key);
    }
    ask(s, h, flags);
    frame_content(s, h, false, gateway);
}

/* --- Answer ---------------------------------------------------------------------------------- */

/* base64 of these octets */
static bool accept_fits(struct tt_msg *m, struct tt_bytes text,
                        const uint8_t octets[SHA1_DIGEST_LENGTH])
{
    return tt_bytes_equal(tt_http_base64(m, text), (struct tt_bytes){octets, SHA1_DIGEST_LENGTH});
}

/* The connection is another protocol's from here on. */
static void hand_over(struct state *s, struct head *h, uint8_t asked, bool known)
{
    struct tt_msg *m = h->m;
    bool websocket = known && asked & Q_WEBSOCKET && tt_http_lists(h->upgrade, "websocket");
    m->after |= TT_AFTER_ALL;
    if (websocket) {
        note(m, !accept_fits(m, h->accept, s->accept), A_ACCEPT);
        inner(m, &tt_dissector_websocket, m->unit, TT_INNER_STREAM);
    } else if (known && asked & Q_CONNECT) {
        inner(m, NULL, (struct tt_bytes){m->unit.p, 0}, TT_INNER_STREAM);
    }
}

static void response(struct state *s, struct head *h)
{
    struct tt_msg *m = h->m;
    bool known = s->asked != s->answered && m->direction != s->asker;
    bool between = h->status / 100 == 1 && h->status != 101;
    uint8_t *slot = &s->queue[s->answered % PIPELINE], asked = known ? *slot : 0;
    uint64_t length = h->has_length ? h->length : 0;
    m->kind = RESPONSE;
    tt_put_uint(m, h->r, F_STATUS, h->status);
    tt_put_bytes(m, h->r, F_RESPONSE_PROTOCOL, h->protocol);
    tt_put_bytes(m, h->r, F_STAT_MSG, h->phrase);
    tt_put_bytes(m, h->r, F_RESPONSE_LINE, h->line);
    note(m, !known && !s->lost && s->facts.seen_start, A_UNMATCHED);
    note(m, h->status == 100 && asked & Q_CONTINUED, A_CONTINUED);
    s->answering = known ? s->answered : (uint16_t)(s->answered - 1);
    if (between) {
        *slot |= known ? Q_CONTINUED : 0;
    } else if (known) {
        s->answered++;
    }
    bool tunnel = asked & Q_CONNECT && h->status / 100 == 2, over = tunnel || h->status == 101;
    bool none = between || over || asked & Q_HEAD || h->status == 204 || h->status == 304;
    frame_content(s, h, none, known && asked & Q_GATEWAY && !between);
    bool last = !between && s->phase[m->direction] == HEAD;
    tt_msg_answer(m, (uint32_t)REQUEST << 16 | s->answering, !m->direction, last);
    if (last && !(m->after & TT_AFTER_BEHIND)) {
        tt_put_uint(m, h->r, F_LENGTH, none ? 0 : length);
    }
    if (!between && asked & Q_HELD) {
        s->held = 0;
        m->after |= TT_AFTER_WAKE;
    }
    if (over) {
        hand_over(s, h, asked, known);
    }
}

/* --- Units ----------------------------------------------------------------------------------- */

static bool head(struct state *s, struct tt_reader *r, struct tt_msg *m)
{
    struct head h = {.m = m, .r = r};
    uint32_t from = 0;
    while (from < m->unit.n && (m->unit.p[from] == '\r' || m->unit.p[from] == '\n')) {
        from++;
    }
    struct tt_http_line line;
    struct tt_reader lines = tt_reader_over(m->unit);
    tt_read_skip(&lines, from);
    if (!tt_http_line(&lines, &line, true)) {
        return false;
    }
    const uint8_t *end = m->unit.p + m->unit.n;
    bool alone = m->unit.n > 1 && end[-2] != '\r';
    alone |= m->unit.n > 3 && end[-3] == '\n' && end[-4] != '\r';
    note(m, line.bare_lf || alone, A_BARE_LF);
    first_line(&h, line.all);
    uint32_t first = tt_reader_offset(&lines);
    headers(&h, first);
    tt_put_bytes(m, r, h.request ? F_REQUEST_HEADER : F_RESPONSE_HEADER,
                 (struct tt_bytes){m->unit.p + first, m->unit.n - first});
    bool turned = m->direction != (h.request ? TT_TO_SERVER : TT_TO_CLIENT);
    note(m, turned && s->facts.seen_start, A_DIRECTION);
    if (h.request) {
        request(s, &h);
    } else {
        response(s, &h);
    }
    return true;
}

/* A part of the message at hand; `last`: nothing of it follows. */
static void belongs(struct state *s, struct tt_msg *m, bool last)
{
    bool asks = m->direction == s->asker;
    uint16_t number = asks ? (uint16_t)(s->asked - 1) : s->answering;
    if (asks && s->asked == s->answered) { /* it was answered before it was complete */
        m->after |= TT_AFTER_SILENT;
        return;
    }
    tt_msg_answer(m, (uint32_t)REQUEST << 16 | number, s->asker, last && !asks);
}

static void put_length(const struct state *s, struct tt_reader *r, struct tt_msg *m, uint64_t n)
{
    if (m->direction != s->asker) {
        tt_put_uint(m, r, F_LENGTH, n);
    }
}

static bool body(struct state *s, struct tt_reader *r, struct tt_msg *m)
{
    unsigned d = m->direction;
    bool asks = d == s->asker;
    uint64_t rest = s->left[d] - m->unit.n;
    m->kind = asks ? REQUEST_BODY : RESPONSE_BODY;
    belongs(s, m, true);
    put_length(s, r, m, s->left[d]);
    tt_put_bytes(m, r, asks ? F_REQUEST_BODY : F_RESPONSE_BODY, m->unit);
    if (s->gateway[d]) {
        inner(m, &tt_dissector_smshttp, m->unit, TT_INNER_LAST);
    }
    if (rest) {
        behind(m, rest);
    }
    s->phase[d] = HEAD;
    s->left[d] = 0;
    return true;
}

/* The line before a chunk (RFC 9112 7.1). */
static bool chunk(struct state *s, struct tt_msg *m)
{
    unsigned d = m->direction;
    bool asks = d == s->asker, ends = false, good = false;
    uint64_t n = 0;
    m->after |= TT_AFTER_SILENT;
    for (uint32_t i = 0; i < m->unit.n && !ends; i++) {
        uint8_t c = m->unit.p[i], low = c | 0x20;
        bool number = c >= '0' && c <= '9', letter = low >= 'a' && low <= 'f';
        ends = !number && !letter;
        if (!ends) {
            good = n < UINT64_C(1) << 56;
            n = n << 4 | (unsigned)(number ? c - '0' : low - 'a' + 10);
        }
        note(m, c == ';', asks ? A_REQUEST_EXTENSION : A_RESPONSE_EXTENSION);
        good = good && (!ends || c == '\r' || c == '\n' || c == ';' || c == ' ' || c == '\t');
    }
    note(m, m->unit.n > 1 && m->unit.p[m->unit.n - 2] != '\r', A_BARE_LF);
    note(m, !good, asks ? A_REQUEST_CHUNK : A_RESPONSE_CHUNK);
    n = good ? n : 0;
    s->phase[d] = n ? CHUNK_END : TRAILER;
    s->content[d] += n;
    if (n) {
        behind(m, n);
    }
    if (n && s->gateway[d]) {
        inner(m, &tt_dissector_smshttp, (struct tt_bytes){m->unit.p, 0}, TT_INNER_PART);
    }
    return true;
}

static bool trailer(struct state *s, struct tt_reader *r, struct tt_msg *m)
{
    unsigned d = m->direction;
    m->kind = d == s->asker ? REQUEST_END : RESPONSE_END;
    belongs(s, m, true);
    put_length(s, r, m, s->content[d]);
    if (s->gateway[d]) {
        inner(m, &tt_dissector_smshttp, (struct tt_bytes){m->unit.p, 0}, TT_INNER_LAST);
    }
    s->phase[d] = HEAD;
    return true;
}

static bool parse(void *state, struct tt_reader *r, struct tt_msg *m)
{
    struct state *s = state;
    m->tx_role = TT_TX_ALONE;
    switch (s->phase[m->direction]) {
    case BODY:
        return body(s, r, m);
    case CHUNK:
        return chunk(s, m);
    case CHUNK_END:
        m->after |= TT_AFTER_SILENT;
        s->phase[m->direction] = CHUNK;
        return true;
    case TRAILER:
        return trailer(s, r, m);
    default:
        return head(s, r, m);
    }
}

static void gap(void *state, enum tt_direction d)
{
    struct state *s = state;
    s->phase[d] = HEAD;
    s->held = 0;
    s->lost = 1;
    s->answered = s->asked;
}

/* --- Framing and probing --------------------------------------------------------------------- */

static bool is_token(uint8_t c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
           (c && strchr("!#$%&'*+-.^_`|~", c));
}

/* May a head begin so? Of a first word longer than 8 octets no more is looked at. */
static bool begins_head(struct tt_bytes b)
{
    uint32_t n = b.n < 8 ? b.n : 8, i = 0;
    while (i < n && (b.p[i] == '\r' || b.p[i] == '\n')) {
        i++;
    }
    for (uint32_t first = i; i < n; i++) {
        if (b.p[i] == ' ' || b.p[i] == '\t' || b.p[i] == '/') {
            return i > first;
        }
        if (!is_token(b.p[i])) {
            return false;
        }
    }
    return true;
}

static int64_t chunk_end(struct tt_bytes have)
{
    if (have.p[0] == '\r') {
        return have.n < 2 ? 0 : have.p[1] == '\n' ? 2 : -1;
    }
    return have.p[0] == '\n' ? 1 : -1;
}

static int64_t unit_length(const void *state, struct tt_bytes have, uint32_t seen,
                           enum tt_direction d)
{
    const struct state *s = state;
    if (have.n == 0) {
        return 0;
    }
    switch (s->phase[d]) {
    case BODY:
        return s->left[d] < BODY_MAX ? (int64_t)s->left[d] : BODY_MAX;
    case CHUNK:
        return tt_http_line_length(have, seen, CHUNK_LINE);
    case CHUNK_END:
        return chunk_end(have);
    case TRAILER:
        if (have.p[0] == '\r' || have.p[0] == '\n') {
            return chunk_end(have);
        }
        return tt_http_head_length(have, seen);
    default:
        if (s->held == (unsigned)d + 1) {
            return have.n > HOLD_MAX ? -1 : 0;
        }
        if (seen < 8 && !begins_head(have)) {
            return -1;
        }
        return tt_http_head_length(have, seen);
    }
}

/* "GET /", "CONNECT a", "OPTIONS *", "GET http:" and the like; "HTTP/1.1 200" */
static enum tt_probe probe_request(struct tt_bytes b)
{
    static const char *const methods[] = {
        "GET ",     "POST ",        "PUT ",          "HEAD ",   "DELETE ",    "OPTIONS ", "PATCH ",
        "CONNECT ", "TRACE ",       "SUBSCRIBE ",    "NOTIFY ", "PROPFIND ",  "REPORT ",  "MKCOL ",
        "LOCK ",    "UNLOCK ",      "UNSUBSCRIBE ",  "SEARCH ", "PROPPATCH ", "COPY ",    "MOVE ",
        "PURGE ",   "RPC_IN_DATA ", "RPC_OUT_DATA ", "MERGE "};
    for (unsigned i = 0; i < sizeof methods / sizeof *methods; i++) {
        uint32_t n = (uint32_t)strlen(methods[i]), k = b.n < n ? b.n : n;
        if (memcmp(b.p, methods[i], k) != 0) {
            continue;
        }
        if (b.n <= n) {
            return TT_PROBE_MAYBE;
        }
        struct tt_bytes to = {b.p + n, b.n - n};
        bool host = methods[i][0] == 'C' && methods[i][3] == 'N' && is_token(to.p[0]);
        if (to.p[0] == '/' || host || (to.p[0] == '*' && methods[i][0] == 'O')) {
            return TT_PROBE_YES;
        }
        k = to.n < 5 ? to.n : 5;
        return memcmp(to.p, "http:", k) != 0 ? TT_PROBE_NO : k == 5 ? TT_PROBE_YES : TT_PROBE_MAYBE;
    }
    return TT_PROBE_NO;
}

static enum tt_probe probe(struct tt_bytes b, enum tt_direction direction)
{
    static const char form[] = "HTTP/1.N NNN"; /* N: a digit */
    (void)direction;                           /* of a flow that is joined later it is a guess */
    for (uint32_t i = 0; i < b.n && i < sizeof form - 1; i++) {
        bool digit = b.p[i] >= '0' && b.p[i] <= '9';
        if (form[i] == 'N' ? !digit : b.p[i] != (uint8_t)form[i]) {
            return probe_request(b);
        }
    }
    return b.n >= sizeof form - 1 ? TT_PROBE_YES : TT_PROBE_MAYBE;
}

static const uint16_t ports[] = {80, 8080, 8000, 8008, 3128, 13013, 13000, 9001, 8083, 0};

const struct tt_dissector tt_dissector_http = {
    .name = "http",
    .doc = "HTTP/1.0 and 1.1.",
    .kinds = kinds,
    .fields = fields,
    .n_fields = N_ROWS,
    .anomalies = anomalies,
    .n_anomalies = N_ODDITIES,
    .ports = ports,
    .transport = TT_TCP,
    .general = true,
    .state_size = sizeof(struct state),
    .max_unit = TT_HTTP_HEAD,
    .probe = probe,
    .unit_length = unit_length,
    .parse = parse,
    .gap = gap,
};
