/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The texts of HTTP/1 (RFC 9110, 9112) and of forms (URL Living Standard 5.1): lines, lists,
 * parameters, percent coding. Looks at each octet once or twice; knows no message.
 */
#include "dissect/http.h"

#include "base/work.h"

#define EMPTY_LINES 8 /* octets of empty lines before a head */

int64_t tt_http_head_length(struct tt_bytes have, uint32_t seen)
{
    uint32_t look = have.n < TT_HTTP_HEAD ? have.n : TT_HTTP_HEAD, begin = 0;
    while (begin < look && (have.p[begin] == '\r' || have.p[begin] == '\n')) {
        if (++begin > EMPTY_LINES) {
            return -1;
        }
    }
    uint32_t at = seen > begin ? seen : begin;
    while (at < look) {
        const uint8_t *lf = memchr(have.p + at, '\n', look - at);
        uint32_t end = lf ? (uint32_t)(lf - have.p) : look;
        TT_LOOKED(end - at);
        if (!lf) {
            break;
        }
        at = end + 1;
        /* the line before ended at LF: this one is empty */
        uint32_t before = have.p[end - 1] == '\r' ? end - 1 : end;
        if (before > begin && have.p[before - 1] == '\n') {
            return at;
        }
    }
    return look == TT_HTTP_HEAD ? -1 : 0;
}

int64_t tt_http_line_length(struct tt_bytes have, uint32_t seen, uint32_t most)
{
    uint32_t look = have.n < most ? have.n : most, at = seen < look ? seen : look;
    const uint8_t *lf = at < look ? memchr(have.p + at, '\n', look - at) : NULL;
    TT_LOOKED((lf ? (uint32_t)(lf - have.p) : look) - at);
    return lf ? lf - have.p + 1 : look == most ? -1 : 0;
}

/* A line without its end. */
static struct tt_bytes take_line(struct tt_reader *r, bool *bare)
{
    struct tt_bytes b = {r->p, tt_reader_left(r)};
    const uint8_t *lf = b.n ? memchr(b.p, '\n', b.n) : NULL;
    uint32_t n = lf ? (uint32_t)(lf - b.p) : b.n;
    tt_read_skip(r, n + (lf != NULL));
    bool cr = n && b.p[n - 1] == '\r';
    *bare |= lf && !cr;
    return (struct tt_bytes){b.p, n - cr};
}

static bool stray(struct tt_bytes b)
{
    return b.n && (memchr(b.p, '\r', b.n) || memchr(b.p, 0, b.n));
}

bool tt_http_line(struct tt_reader *r, struct tt_http_line *out, bool first)
{
    *out = (struct tt_http_line){.colon = false};
    if (tt_reader_left(r) == 0) {
        return false;
    }
    struct tt_bytes b = take_line(r, &out->bare_lf);
    out->all = b;
    if (b.n == 0) {
        return false;
    }
    out->stray_cr = stray(b);
    while (!first && (tt_peek_u8(r, 0) == ' ' || tt_peek_u8(r, 0) == '\t')) {
        struct tt_bytes more = take_line(r, &out->bare_lf);
        out->folded = true;
        out->stray_cr |= stray(more);
        out->all.n = (uint32_t)(more.p + more.n - b.p);
    }
    b = out->all;
    const uint8_t *colon = memchr(b.p, ':', b.n);
    out->colon = colon != NULL;
    uint32_t n = colon ? (uint32_t)(colon - b.p) : b.n;
    out->name = tt_http_trim((struct tt_bytes){b.p, n});
    out->spaced = colon && out->name.n != n;
    if (colon) {
        out->value = tt_http_trim((struct tt_bytes){colon + 1, b.n - n - 1});
    }
    return true;
}

bool tt_http_parameter(struct tt_bytes *left, struct tt_bytes *name, struct tt_bytes *value)
{
    if (left->n == 0) {
        return false;
    }
    const uint8_t *end = memchr(left->p, '&', left->n);
    uint32_t n = end ? (uint32_t)(end - left->p) : left->n;
    const uint8_t *is = memchr(left->p, '=', n);
    uint32_t k = is ? (uint32_t)(is - left->p) : n;
    *name = (struct tt_bytes){left->p, k};
    *value = is ? (struct tt_bytes){is + 1, n - k - 1} : (struct tt_bytes){left->p + n, 0};
    left->p += n + (end != NULL);
    left->n -= n + (end != NULL);
    return true;
}

static int digit(uint8_t c)
{
    return c >= '0' && c <= '9'                     ? c - '0'
           : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                    : -1;
}

struct tt_bytes tt_http_decode(struct tt_msg *m, struct tt_bytes b, bool plus)
{
    bool coded = b.n && (memchr(b.p, '%', b.n) || (plus && memchr(b.p, '+', b.n)));
    uint8_t *out = coded ? tt_msg_make(m, b.n) : NULL;
    uint32_t n = 0;
    if (!out) {
        return b;
    }
    for (uint32_t i = 0; i < b.n; i++) {
        uint8_t c = b.p[i];
        if (c == '%' && b.n - i > 2 && digit(b.p[i + 1]) >= 0 && digit(b.p[i + 2]) >= 0) {
            c = (uint8_t)(digit(b.p[i + 1]) << 4 | digit(b.p[i + 2]));
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        out[n++] = c;
    }
    tt_msg_unmake(m, out + n);
    return (struct tt_bytes){out, n};
}

static int sextet(uint8_t c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

struct tt_bytes tt_http_base64(struct tt_msg *m, struct tt_bytes b)
{
    while (b.n && b.p[b.n - 1] == '=') {
        b.n--;
    }
    uint8_t *out = b.n ? tt_msg_make(m, b.n) : NULL;
    uint32_t n = 0, bits = 0;
    for (uint32_t i = 0; out && i < b.n; i++) {
        int v = sextet(b.p[i]);
        if (v < 0) {
            n = 0;
            break;
        }
        bits = bits << 6 | (uint32_t)v;
        if (i % 4) {
            out[n++] = (uint8_t)(bits >> (6 - 2 * (i % 4)));
        }
    }
    if (out) {
        tt_msg_unmake(m, out + n);
    }
    return (struct tt_bytes){n ? out : b.p, n};
}

static uint32_t put(uint8_t *out, uint32_t at, const void *p, uint32_t n)
{
    if (n) {
        memcpy(out + at, p, n);
    }
    return at + n;
}

struct tt_bytes tt_http_redact(struct tt_msg *m, struct tt_bytes b)
{
    static const char mark[] = "<redacted>";
    const uint8_t *query = b.n ? memchr(b.p, '?', b.n) : NULL;
    struct tt_bytes left =
        query ? (struct tt_bytes){query + 1, b.n - (uint32_t)(query + 1 - b.p)} : b;
    struct tt_bytes rest = left, name, value;
    uint32_t secrets = 0;
    while (tt_http_parameter(&rest, &name, &value)) {
        secrets += tt_http_secret(name) && value.n;
    }
    if (secrets == 0) {
        return b;
    }
    uint8_t *out = tt_msg_make(m, b.n + secrets * (uint32_t)(sizeof mark - 1));
    if (!out) {
        return (struct tt_bytes){b.p, 0};
    }
    uint32_t n = put(out, 0, b.p, (uint32_t)(left.p - b.p));
    while (tt_http_parameter(&left, &name, &value)) {
        bool hide = tt_http_secret(name) && value.n;
        n = put(out, n, name.p, (uint32_t)(value.p - name.p)); /* with its = */
        n = hide ? put(out, n, mark, sizeof mark - 1) : put(out, n, value.p, value.n);
        n = put(out, n, "&", left.n || left.p[-1] == '&');
    }
    tt_msg_unmake(m, out + n);
    return (struct tt_bytes){out, n};
}

static inline uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

/* Octets of `word` that b begins with all of; 0 = it does not. */
static inline uint32_t begins(struct tt_bytes b, const char *word)
{
    uint32_t i = 0;
    while (i < b.n && word[i] && lower(b.p[i]) == (uint8_t)word[i]) {
        i++;
    }
    return word[i] ? 0 : i;
}

bool tt_http_is(struct tt_bytes b, const char *word)
{
    return b.n && begins(b, word) == b.n;
}

bool tt_http_begins(struct tt_bytes b, const char *word)
{
    return begins(b, word) > 0;
}

bool tt_http_has(struct tt_bytes b, const char *word)
{
    for (; b.n; b.p++, b.n--) {
        if (lower(*b.p) == (uint8_t)*word && begins(b, word)) {
            return true;
        }
    }
    return false;
}

bool tt_http_lists(struct tt_bytes b, const char *word)
{
    while (b.n) {
        const uint8_t *end = memchr(b.p, ',', b.n);
        uint32_t n = end ? (uint32_t)(end - b.p) : b.n;
        const uint8_t *stop = memchr(b.p, ';', n);
        struct tt_bytes one = {b.p, stop ? (uint32_t)(stop - b.p) : n};
        if (tt_http_is(tt_http_trim(one), word)) {
            return true;
        }
        b.p += n + (end != NULL);
        b.n -= n + (end != NULL);
    }
    return false;
}

bool tt_http_secret(struct tt_bytes name)
{
    static const char *const words[] = {"passw",     "pwd",    "secret",     "signature", "token",
                                        "api_key",   "apikey", "api-key",    "auth",      "api_id",
                                        "accesskey", "x-key",  "access_key", NULL};
    for (struct tt_bytes b = name; b.n; b.p++, b.n--) {
        uint8_t c = *b.p | 0x20;
        bool may = c == 'p' || c == 's' || c == 't' || c == 'a' || c == 'x';
        for (unsigned i = 0; may && words[i]; i++) {
            if ((uint8_t)words[i][0] == c && begins(b, words[i])) {
                return true;
            }
        }
    }
    return tt_http_is(name, "pass") || tt_http_is(name, "pw") || tt_http_is(name, "sig") ||
           tt_http_is(name, "key") || tt_http_is(name, "pin");
}

struct tt_bytes tt_http_trim(struct tt_bytes b)
{
    while (b.n && (b.p[0] == ' ' || b.p[0] == '\t')) {
        b.p++;
        b.n--;
    }
    while (b.n && (b.p[b.n - 1] == ' ' || b.p[b.n - 1] == '\t')) {
        b.n--;
    }
    return b;
}

bool tt_http_number(struct tt_bytes b, uint64_t *out)
{
    uint64_t v = 0;
    for (uint32_t i = 0; i < b.n; i++) {
        if (b.p[i] < '0' || b.p[i] > '9' || v > (UINT64_MAX >> 5)) {
            return false;
        }
        v = v * 10 + (uint64_t)(b.p[i] - '0');
    }
    *out = v;
    return b.n > 0;
}
