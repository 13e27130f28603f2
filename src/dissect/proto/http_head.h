/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The head of a message, part of http.c alone: what its lines say, and how much content follows
 * (RFC 9112 6). http-parser reads it as a strict receiver does; where it refuses, lines are read
 * one by one, so that what a lenient receiver sees is told, too.
 */
#ifndef DISSECT_PROTO_HTTP_HEAD_H
#define DISSECT_PROTO_HTTP_HEAD_H

#include <http_parser.h>

#include "dissect/http.h"
#include "dissect/proto/http_rows.h"

enum { HEADERS_MAX = 100 };

struct head {
    struct tt_msg *m;
    struct tt_reader *r; /* good as long as the head is read */
    struct tt_bytes name, value;
    struct tt_bytes line, method, target, protocol, phrase;
    struct tt_bytes host, type, key, accept, upgrade, auth;
    uint64_t length;
    unsigned n;
    uint16_t status;
    bool request, valued, has_length, chunked, coded, expects, upgrades, old;
};

static inline void note(struct tt_msg *m, bool when, enum oddity oddity)
{
    if (when) {
        tt_msg_anomaly(m, oddity);
    }
}

/* Of the two that belong together, that of the request comes first. */
static inline void note_of(const struct head *h, bool when, enum oddity request,
                           enum oddity response)
{
    note(h->m, when, h->request ? request : response);
}

static void put_once(struct head *h, enum row row, struct tt_bytes value)
{
    if (!tt_msg_has(h->m, row)) {
        tt_put_bytes(h->m, h->r, row, value);
    }
}

static const struct known *known_of(struct tt_bytes name)
{
    for (unsigned i = 0; name.n && i < sizeof field_names / sizeof *field_names; i++) {
        if (field_names[i].n == name.n && (name.p[0] | 0x20) == field_names[i].name[0] &&
            tt_http_is(name, field_names[i].name)) {
            return &field_names[i];
        }
    }
    return NULL;
}

static bool is_secret(struct tt_bytes name)
{
    return tt_http_secret(name) || tt_http_has(name, "cookie");
}

static struct tt_bytes safe(struct head *h, struct tt_bytes value)
{
    return value.n && memchr(value.p, '?', value.n) ? tt_http_redact(h->m, value) : value;
}

/* Content-Length: a number, or the same number several times (RFC 9110 8.6). */
static void content_length(struct head *h, struct tt_bytes value)
{
    uint64_t first = 0, each;
    bool good = value.n > 0;
    for (bool more = false; value.n; more = true) {
        const uint8_t *end = memchr(value.p, ',', value.n);
        uint32_t n = end ? (uint32_t)(end - value.p) : value.n;
        bool number = tt_http_number(tt_http_trim((struct tt_bytes){value.p, n}), &each);
        good = good && number && (!more || each == first);
        first = more ? first : number ? each : 0;
        value.p += n + (end != NULL);
        value.n -= n + (end != NULL);
        note_of(h, more, A_REQUEST_TWICE, A_RESPONSE_TWICE);
    }
    note_of(h, !good, A_REQUEST_LENGTH, A_RESPONSE_LENGTH);
    note_of(h, h->has_length, A_REQUEST_TWICE, A_RESPONSE_TWICE);
    h->length = h->has_length ? h->length : first; /* the first of them counts */
    h->has_length |= good;
}

static void transfer_encoding(struct head *h, struct tt_bytes value)
{
    static const char *const known[] = {"chunked",  "gzip",   "deflate",
                                        "compress", "x-gzip", "identity"};
    h->coded = true;
    while (value.n) {
        const uint8_t *end = memchr(value.p, ',', value.n);
        uint32_t n = end ? (uint32_t)(end - value.p) : value.n;
        struct tt_bytes one = tt_http_trim((struct tt_bytes){value.p, n});
        bool good = false;
        for (unsigned i = 0; i < sizeof known / sizeof *known; i++) {
            good |= tt_http_is(one, known[i]);
        }
        note_of(h, !good || h->chunked, A_REQUEST_CODING, A_RESPONSE_CODING);
        h->chunked = tt_http_is(one, "chunked");
        value.p += n + (end != NULL);
        value.n -= n + (end != NULL);
    }
}

/* What else a field means here. */
static void heed(struct head *h, enum meaning meaning, struct tt_bytes value)
{
    switch (meaning) {
    case HOST:
        note(h->m, h->host.p != NULL, A_HOST);
        h->host = value;
        break;
    case LENGTH:
        content_length(h, value);
        break;
    case TRANSFER:
        transfer_encoding(h, value);
        break;
    case TYPE:
        h->type = value;
        break;
    case EXPECT:
        h->expects = tt_http_is(value, "100-continue");
        break;
    case UPGRADE:
        h->upgrade = value;
        break;
    case OPTIONS:
        h->upgrades |= tt_http_lists(value, "upgrade");
        break;
    case KEY:
        h->key = value;
        break;
    case ACCEPT:
        h->accept = value;
        break;
    default:
        break;
    }
}

static void one_header(struct head *h, struct tt_bytes name, struct tt_bytes value)
{
    const struct known *k = known_of(name);
    bool secret = k ? k->secret : is_secret(name);
    uint8_t row = !k ? N_ROWS : h->request ? k->request : k->response;
    if (++h->n > HEADERS_MAX) {
        note_of(h, true, A_MANY_REQUEST, A_MANY_RESPONSE);
    } else {
        tt_put_bytes(h->m, h->r, h->request ? F_REQUEST_NAME : F_RESPONSE_NAME, name);
        tt_put_bytes(h->m, h->r,
                     h->request ? secret ? F_REQUEST_SECRET : F_REQUEST_VALUE
                     : secret   ? F_RESPONSE_SECRET
                                : F_RESPONSE_VALUE,
                     secret ? value : safe(h, value));
    }
    if (row == F_SET_COOKIE) {
        tt_put_bytes(h->m, h->r, row, value);
    } else if (row != N_ROWS) {
        put_once(h, row, row == F_REFER || row == F_REDIRECT ? safe(h, value) : value);
    }
    if (k) {
        heed(h, k->meaning, value);
    }
}

/* --- http-parser ----------------------------------------------------------------------------- */

static void flush_header(struct head *h)
{
    if (h->valued) {
        one_header(h, h->name, tt_http_trim(h->value));
    }
    h->valued = false;
}

static int on_name(http_parser *p, const char *at, size_t n)
{
    struct head *h = p->data;
    const uint8_t *name = (const uint8_t *)at;
    flush_header(h);
    h->name = tt_http_trim((struct tt_bytes){name, (uint32_t)n});
    note(h->m, h->name.n != n, A_SPACED);
    note(h->m, name - h->m->unit.p > 1 && name[-2] != '\r', A_BARE_LF);
    return 0;
}

static int on_value(http_parser *p, const char *at, size_t n)
{
    struct head *h = p->data;
    const uint8_t *value = (const uint8_t *)at;
    if (h->valued) { /* the field goes on in a further line */
        note_of(h, true, A_REQUEST_FOLDED, A_RESPONSE_FOLDED);
        h->value.n = (uint32_t)(value + n - h->value.p);
    } else {
        h->value = (struct tt_bytes){value, (uint32_t)n};
    }
    h->valued = true;
    return 0;
}

static int on_complete(http_parser *p)
{
    flush_header(p->data);
    return 2; /* what follows is not read here */
}

static bool valid_line(const http_parser *p)
{
    return p->http_errno == HPE_OK || p->http_errno == HPE_UNEXPECTED_CONTENT_LENGTH ||
           p->http_errno == HPE_INVALID_CONTENT_LENGTH ||
           p->http_errno == HPE_INVALID_TRANSFER_ENCODING;
}

/* Line by line, from offset `from`. */
static void lenient(struct head *h, uint32_t from)
{
    struct tt_http_line line;
    struct tt_reader r = tt_reader_over(h->m->unit);
    tt_read_skip(&r, from);
    while (tt_http_line(&r, &line, false)) {
        note(h->m, line.bare_lf, A_BARE_LF);
        note(h->m, line.stray_cr, A_STRAY_CR);
        note(h->m, line.spaced, A_SPACED);
        note_of(h, line.folded, A_REQUEST_FOLDED, A_RESPONSE_FOLDED);
        note_of(h, !line.colon, A_REQUEST_COLON, A_RESPONSE_COLON);
        if (line.colon) {
            one_header(h, line.name, line.value);
        }
    }
}

/* The fields, from the line behind the first one. */
static void headers(struct head *h, uint32_t first)
{
    static const http_parser_settings settings = {.on_header_field = on_name,
                                                  .on_header_value = on_value,
                                                  .on_headers_complete = on_complete};
    struct tt_bytes unit = h->m->unit;
    http_parser p;
    http_parser_init(&p, h->request ? HTTP_REQUEST : HTTP_RESPONSE);
    p.data = h;
    p.allow_chunked_length = 1;
    size_t at = http_parser_execute(&p, &settings, (const char *)unit.p, unit.n);
    if (p.http_errno == HPE_OK) {
        flush_header(h);
        return;
    }
    uint32_t from = at < unit.n ? (uint32_t)at : unit.n;
    while (from > first && unit.p[from - 1] != '\n') {
        from--;
    }
    if (from <= first) {
        from = first;
        note_of(h, !valid_line(&p), A_REQUEST_LINE, A_RESPONSE_LINE);
    } else {
        note_of(h, !valid_line(&p), A_REQUEST_HEADER, A_RESPONSE_HEADER);
    }
    h->valued = h->valued && h->value.p < unit.p + from;
    flush_header(h);
    lenient(h, from);
}

#endif
