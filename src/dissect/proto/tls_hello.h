/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Hellos of client and server (RFC 5246, 7.4.1; RFC 8446, 4.1; SSLv2), their extensions, and the
 * fingerprints that are made from them: JA3 and JA3S (MD5 of the numbers in decimal, without those
 * of RFC 8701), JA4 (FoxIO). Part of tls.c alone.
 */
#ifndef DISSECT_PROTO_TLS_HELLO_H
#define DISSECT_PROTO_TLS_HELLO_H

#include <md5.h>
#include <sha2.h>

#include "dissect/proto/tls_state.h"
#include "dissect/proto/tls_suites.h"

#define EXTENSIONS_MAX 256 /* of a hello that count for its fingerprint */
#define SUITES_MAX     256 /* likewise */

struct hello {
    uint16_t version, best; /* as it says; the best one of supported_versions, 0 = none */
    struct tt_bytes session, suites, groups, formats, signatures, alpn;
    uint16_t extensions[EXTENSIONS_MAX];
    uint32_t n_extensions;
    uint16_t suite, group; /* the server's */
    bool server, sni, psk, retry;
};

static inline uint16_t pair_at(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

/* Values kept free so that no one relies on the list (RFC 8701). */
static inline bool is_grease(uint16_t v)
{
    return (v & 0x0f0f) == 0x0a0a && v >> 8 == (v & 0xff);
}

/* --- Fingerprints ---------------------------------------------------------------------------- */

/* Text in the message's room, as long as there is some. */
struct text {
    char *p;
    uint32_t n, room;
};

static inline void text_put(struct text *t, const char *p, uint32_t n)
{
    if (n <= t->room - t->n) {
        memcpy(t->p + t->n, p, n);
        t->n += n;
    } else {
        t->room = t->n; /* nothing behind a hole */
    }
}

static inline void text_number(struct text *t, uint32_t v)
{
    char digits[10];
    uint32_t n = sizeof digits;
    do {
        digits[--n] = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    text_put(t, digits + n, (uint32_t)sizeof digits - n);
}

static inline void text_hex(struct text *t, const uint8_t *p, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const char two[2] = {"0123456789abcdef"[p[i] >> 4], "0123456789abcdef"[p[i] & 15]};
        text_put(t, two, 2);
    }
}

/* Numbers of `width` octets, joined by '-'. */
static inline void text_numbers(struct text *t, struct tt_bytes b, uint32_t width)
{
    bool first = true;
    for (uint32_t i = 0; i + width <= b.n; i += width) {
        uint16_t v = width == 2 ? pair_at(b.p + i) : b.p[i];
        if (width == 2 && is_grease(v)) {
            continue;
        }
        text_put(t, "-", !first);
        text_number(t, v);
        first = false;
    }
}

static inline void text_extensions(struct text *t, const struct hello *h)
{
    bool first = true;
    for (uint32_t i = 0; i < h->n_extensions; i++) {
        if (!is_grease(h->extensions[i])) {
            text_put(t, "-", !first);
            text_number(t, h->extensions[i]);
            first = false;
        }
    }
}

/* JA3 or JA3S; *hash: its MD5 as 32 digits. Empty where there is no room. */
static inline struct text ja3(struct turn *turn, const struct hello *h, char hash[32])
{
    struct tt_msg *m = turn->m;
    uint32_t left = TT_MSG_MADE - (uint32_t)m->n_made, room = left < 6144 ? left : 6144;
    struct text t = {(char *)tt_msg_make(m, room), 0, room};
    if (!t.p) {
        return (struct text){NULL, 0, 0};
    }
    text_number(&t, h->version);
    text_put(&t, ",", 1);
    if (h->server) {
        text_number(&t, h->suite);
        text_put(&t, ",", 1);
        text_extensions(&t, h);
    } else {
        text_numbers(&t, h->suites, 2);
        text_put(&t, ",", 1);
        text_extensions(&t, h);
        text_put(&t, ",", 1);
        text_numbers(&t, h->groups, 2);
        text_put(&t, ",", 1);
        text_numbers(&t, h->formats, 1);
    }
    if (t.n == t.room) {
        t.n = 0; /* perhaps cut: not one */
    }
    tt_msg_unmake(m, (const uint8_t *)t.p + t.n);
    MD5_CTX md5;
    uint8_t digest[16];
    MD5Init(&md5);
    MD5Update(&md5, (const uint8_t *)t.p, t.n);
    MD5Final(digest, &md5);
    text_hex(&(struct text){hash, 0, 32}, digest, 16);
    return t;
}

static inline void sort_pairs(uint16_t *v, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        uint16_t x = v[i];
        uint32_t k = i;
        for (; k && v[k - 1] > x; k--) {
            v[k] = v[k - 1];
        }
        v[k] = x;
    }
}

/* "a,b,…[_c,d,…]" in hexadecimal → the first 12 digits of its SHA-256. */
static inline void ja4_digest(struct text *out, const uint16_t *v, uint32_t n,
                              struct tt_bytes behind)
{
    SHA2_CTX sha;
    uint8_t digest[SHA256_DIGEST_LENGTH];
    SHA256Init(&sha);
    for (uint32_t i = 0, k = 0; i < n + behind.n / 2; i++) {
        uint16_t x = i < n ? v[i] : pair_at(behind.p + 2 * (i - n));
        char five[5];
        struct text t = {five, 0, 5};
        if (i >= n && is_grease(x)) {
            continue;
        }
        if (i) {
            text_put(&t, i >= n && k == 0 ? "_" : ",", 1);
        }
        k += i >= n;
        uint8_t two[2] = {(uint8_t)(x >> 8), (uint8_t)x};
        text_hex(&t, two, 2);
        SHA256Update(&sha, (const uint8_t *)five, t.n);
    }
    SHA256Final(digest, &sha);
    if (n == 0 && behind.n < 2) {
        text_put(out, "000000000000", 12);
    } else {
        text_hex(out, digest, 6);
    }
}

static inline void ja4_count(struct text *t, uint32_t n)
{
    n = n < 99 ? n : 99;
    const char two[2] = {(char)('0' + n / 10), (char)('0' + n % 10)};
    text_put(t, two, 2);
}

static inline void ja4_alpn(struct text *t, struct tt_bytes alpn)
{
    uint32_t n = alpn.n ? alpn.p[0] : 0;
    if (n == 0 || n >= alpn.n) {
        text_put(t, "00", 2);
        return;
    }
    uint8_t ends[2] = {alpn.p[1], alpn.p[n]};
    bool plain = true;
    for (unsigned i = 0; i < 2; i++) {
        uint8_t c = ends[i] | 0x20;
        plain = plain && ((c >= 'a' && c <= 'z') || (ends[i] >= '0' && ends[i] <= '9'));
    }
    const char hex[] = "0123456789abcdef";
    const char two[2] = {plain ? (char)ends[0] : hex[ends[0] >> 4],
                         plain ? (char)ends[1] : hex[ends[1] & 15]};
    text_put(t, two, 2);
}

static inline const char *ja4_version(uint16_t v)
{
    switch (v) {
    case 0x0304:
        return "13";
    case 0x0303:
        return "12";
    case 0x0302:
        return "11";
    case 0x0301:
        return "10";
    case 0x0300:
        return "s3";
    case 0x0002:
        return "s2";
    case 0xfeff:
        return "d1";
    case 0xfefd:
        return "d2";
    case 0xfefc:
        return "d3";
    default:
        return "00";
    }
}

/* JA4: 36 characters into out. False: more suites than are counted. */
static inline bool ja4(const struct turn *turn, const struct hello *h, char out[36])
{
    uint16_t suites[SUITES_MAX], rest[EXTENSIONS_MAX];
    uint32_t n = 0, n_rest = 0, all = 0;
    struct text t = {out, 0, 36};
    for (uint32_t i = 0; i + 2 <= h->suites.n && n < SUITES_MAX; i += 2) {
        suites[n] = pair_at(h->suites.p + i);
        n += !is_grease(suites[n]);
    }
    for (uint32_t i = 0; i < h->n_extensions; i++) {
        uint16_t x = h->extensions[i];
        rest[n_rest] = x;
        n_rest += !is_grease(x) && x != X_SNI && x != X_ALPN;
        all += !is_grease(x);
    }
    if (n == SUITES_MAX) {
        return false;
    }
    sort_pairs(suites, n);
    sort_pairs(rest, n_rest);
    text_put(&t, turn->dtls ? "d" : "t", 1);
    text_put(&t, ja4_version(h->best ? h->best : h->version), 2);
    text_put(&t, h->sni ? "d" : "i", 1);
    ja4_count(&t, n);
    ja4_count(&t, all);
    ja4_alpn(&t, h->alpn);
    text_put(&t, "_", 1);
    ja4_digest(&t, suites, n, (struct tt_bytes){NULL, 0});
    text_put(&t, "_", 1);
    if (n_rest) {
        ja4_digest(&t, rest, n_rest, h->signatures);
    } else {
        text_put(&t, "000000000000", 12);
    }
    return true;
}

#endif
