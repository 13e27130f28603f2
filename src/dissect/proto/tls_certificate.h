/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The certificate that server or client shows first: what it says of itself, and what is weak about
 * it. Part of tls.c alone.
 */
#ifndef DISSECT_PROTO_TLS_CERTIFICATE_H
#define DISSECT_PROTO_TLS_CERTIFICATE_H

#include "dissect/proto/tls_x509.h"

/* Bits of an unsigned INTEGER. */
static inline uint32_t bits_of(struct tt_bytes b)
{
    while (b.n && b.p[0] == 0) {
        b = (struct tt_bytes){b.p + 1, b.n - 1};
    }
    return b.n ? 8 * b.n - (uint32_t)(__builtin_clz(b.p[0]) - 24) : 0;
}

static inline void public_key(struct certificate *c, struct tt_bytes b)
{
    struct tt_reader r = tt_reader_over(b), algorithm = tt_reader_over(der_of(&r, SEQUENCE));
    struct tt_bytes key = der_of(&r, BITS), type = der_of(&algorithm, OBJECT);
    const struct oid *known = FIND(key_types, type);
    uint8_t tag;
    c->key = known ? known->value : KEY_NONE;
    if (c->key == EC_KEY) {
        struct tt_bytes curve = der(&algorithm, &tag);
        for (unsigned i = 0; i < sizeof curves / sizeof *curves; i++) {
            if (curve.n == curves[i].n && memcmp(curve.p, curves[i].octets, curve.n) == 0) {
                c->bits = curves[i].bits;
            }
        }
    } else if ((c->key == RSA_KEY || c->key == RSA_PSS_KEY) && key.n > 1) {
        struct tt_reader in = tt_reader_over((struct tt_bytes){key.p + 1, key.n - 1});
        struct tt_reader pair = tt_reader_over(der_of(&in, SEQUENCE));
        c->bits = bits_of(der_of(&pair, INTEGER));
    } else if (c->key == DSA_KEY) {
        struct tt_reader group = tt_reader_over(der_of(&algorithm, SEQUENCE));
        c->bits = bits_of(der_of(&group, INTEGER));
    } else if (c->key == ED25519 || c->key == X25519_KEY) {
        c->bits = 256;
    } else if (c->key == ED448 || c->key == X448_KEY) {
        c->bits = c->key == ED448 ? 456 : 448;
    }
}

/* The list of names among the extensions (RFC 5280, 4.2.1.6). */
static inline void alternative_names(struct certificate *c, struct tt_bytes b)
{
    struct tt_reader all = tt_reader_over(b), r = tt_reader_over(der_of(&all, SEQUENCE));
    while (tt_reader_left(&r)) {
        struct tt_reader one = tt_reader_over(der_of(&r, SEQUENCE));
        struct tt_bytes type = der_of(&one, OBJECT);
        uint8_t tag;
        struct tt_bytes value = der(&one, &tag);
        if (tag == 1) { /* critical */
            value = der(&one, &tag);
        }
        if (tt_reader_ok(&one) && tag == 4 && type.n == 3 && !memcmp(type.p, "\x55\x1d\x11", 3)) {
            struct tt_reader in = tt_reader_over(value);
            c->names = der_of(&in, SEQUENCE);
        }
    }
}

/* False: it cannot be read. */
static inline bool certificate_read(struct certificate *c, struct tt_bytes b)
{
    struct tt_reader all = tt_reader_over(b), outer = tt_reader_over(der_of(&all, SEQUENCE));
    struct tt_reader r = tt_reader_over(der_of(&outer, SEQUENCE));
    uint8_t tag;
    memset(c, 0, sizeof *c);
    c->serial = der(&r, &tag);
    if (tag == 0xa0) { /* the version */
        c->serial = der(&r, &tag);
    }
    struct tt_reader algorithm = tt_reader_over(der_of(&r, SEQUENCE));
    struct tt_bytes type = der_of(&algorithm, OBJECT);
    const struct oid *known = FIND(signature_types, type);
    c->signature = known ? known->value : S_NONE;
    c->issuer = der_of(&r, SEQUENCE);
    struct tt_reader validity = tt_reader_over(der_of(&r, SEQUENCE));
    c->from = time_of(&validity, c->from_text);
    c->to = time_of(&validity, c->to_text);
    c->subject = der_of(&r, SEQUENCE);
    public_key(c, der_of(&r, SEQUENCE));
    while (tt_reader_left(&r)) {
        struct tt_bytes value = der(&r, &tag);
        if (tt_reader_ok(&r) && tag == 0xa3) {
            alternative_names(c, value);
        }
    }
    return tt_reader_ok(&r) && tt_reader_ok(&outer) && tt_reader_ok(&all) && tag != 0;
}

/* --- Telling --------------------------------------------------------------------------------- */

static inline void put_name(struct turn *t, unsigned row, struct tt_bytes name)
{
    uint32_t left = TT_MSG_MADE - (uint32_t)t->m->n_made, room = left < 1024 ? left : 1024;
    struct text text = {(char *)tt_msg_make(t->m, room), 0, room};
    if (!text.p) {
        return;
    }
    bool good = name_text(&text, name);
    note(t->m, !good, A_CERTIFICATE);
    tt_msg_unmake(t->m, (const uint8_t *)text.p + text.n);
    tt_put_bytes(t->m, t->r, row, (struct tt_bytes){(const uint8_t *)text.p, text.n});
}

/* Octets as "0A:FF", or "0a:ff". */
static inline void put_colons(struct turn *t, unsigned row, struct tt_bytes b, bool upper)
{
    const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    char text[3 * 64];
    uint32_t n = 0;
    for (uint32_t i = 0; i < b.n && i < 64; i++) {
        text[n++] = digits[b.p[i] >> 4];
        text[n++] = digits[b.p[i] & 15];
        text[n++] = ':';
    }
    put_text(t, row, text, n ? n - 1 : 0);
}

static inline void put_names(struct turn *t, struct tt_bytes names)
{
    struct tt_reader r = tt_reader_over(names);
    while (tt_reader_left(&r)) {
        uint8_t tag;
        struct tt_bytes b = der(&r, &tag);
        if (!tt_reader_ok(&r)) {
            note(t->m, true, A_CERTIFICATE);
            return;
        }
        char text[64];
        struct text out = {text, 0, sizeof text};
        if (tag == 0x87 && b.n == 4) {
            for (uint32_t i = 0; i < 4; i++) {
                text_put(&out, ".", i != 0);
                text_number(&out, b.p[i]);
            }
            put_text(t, F_SAN, text, out.n);
        } else if (tag == 0x87 && b.n == 16) {
            for (uint32_t i = 0; i < 16; i += 2) {
                text_put(&out, ":", i != 0);
                text_hex(&out, b.p + i, 2);
            }
            put_text(t, F_SAN, text, out.n);
        } else if (tag == 0x81 || tag == 0x82 || tag == 0x86) { /* mail, DNS, URI */
            put_text(t, F_SAN, (const char *)b.p, b.n);
        }
    }
}

static inline void put_certificate(struct turn *t, const struct certificate *c, struct tt_bytes b,
                                   const struct certificate_rows *rows)
{
    SHA1_CTX sha;
    uint8_t digest[SHA1_DIGEST_LENGTH];
    SHA1Init(&sha);
    SHA1Update(&sha, b.p, b.n);
    SHA1Final(digest, &sha);
    put_name(t, rows->subject, c->subject);
    put_name(t, rows->issuer, c->issuer);
    put_colons(t, rows->serial, c->serial, true);
    put_colons(t, rows->fingerprint, (struct tt_bytes){digest, sizeof digest}, false);
    put_text(t, rows->from, c->from_text, (uint32_t)strlen(c->from_text));
    put_text(t, rows->to, c->to_text, (uint32_t)strlen(c->to_text));
}

/* What is weak about the server's. Short: NIST SP 800-131A. */
static inline void judge_certificate(struct turn *t, const struct certificate *c)
{
    struct state *s = t->s;
    bool rsa = c->key == RSA_KEY || c->key == RSA_PSS_KEY || c->key == DSA_KEY;
    bool own_issuer = c->subject.n && tt_bytes_equal(c->subject, c->issuer);
    int64_t now = t->m->time / 1000000000;
    judge(s, c->bits && (rsa ? c->bits < 2048 : c->key == EC_KEY && c->bits < 224), SHORT_KEY);
    judge(s, c->signature >= MD2_RSA && c->signature <= MD5_RSA, MD5_USED);
    judge(s, c->signature == SHA1_RSA || c->signature == SHA1_DSA || c->signature == SHA1_ECDSA,
          SHA1_SIGNATURE);
    judge(s, own_issuer, SELF_SIGNED);
    judge(s, now && c->to && now > c->to, EXPIRED);
    judge(s, now && c->from && now < c->from, NOT_YET_VALID);
}

/* Certificate (RFC 5246, 7.4.2). The chain behind the first one is only counted. */
static inline void certificates(struct turn *t, struct tt_reader *r)
{
    static const struct certificate_rows of_server = {F_SUBJECT,     F_ISSUER,     F_SERIAL,
                                                      F_FINGERPRINT, F_NOT_BEFORE, F_NOT_AFTER};
    static const struct certificate_rows of_client = {F_CLIENT_SUBJECT,    F_CLIENT_ISSUER,
                                                      F_CLIENT_SERIAL,     F_CLIENT_FINGERPRINT,
                                                      F_CLIENT_NOT_BEFORE, F_CLIENT_NOT_AFTER};
    bool client = t->d == TT_TO_SERVER;
    uint32_t n = (uint32_t)tt_read_u8(r) << 16, count = 0;
    n |= tt_read_u16(r);
    note(t->m, !tt_reader_ok(r) || (!t->cut && n != tt_reader_left(r)), A_HANDSHAKE);
    struct tt_bytes first = {NULL, 0};
    while (tt_reader_left(r) >= 3) {
        uint32_t length = (uint32_t)tt_read_u8(r) << 16;
        length |= tt_read_u16(r);
        if (length > tt_reader_left(r)) {
            note(t->m, !t->cut, A_HANDSHAKE);
            count++;
            break;
        }
        struct tt_bytes b = tt_read_bytes(r, length);
        first = count++ ? first : b;
    }
    if (client && count == 0) {
        return; /* it has none (RFC 5246, 7.4.6) */
    }
    if (!tell(t, client ? P_CLIENT_CERTIFICATE : P_CERTIFICATE)) {
        return;
    }
    struct certificate c;
    bool good = first.n && certificate_read(&c, first);
    note(t->m, !good && (first.n || !t->cut), A_CERTIFICATE);
    if (client) {
        put(t, F_CLIENT_CERT, true);
    } else if (!t->cut) {
        put(t, F_CHAIN, count);
    }
    if (!good) {
        return;
    }
    put_certificate(t, &c, first, client ? &of_client : &of_server);
    if (client) {
        return;
    }
    put_names(t, c.names);
    if (c.key) {
        put(t, F_KEY, c.key);
    }
    if (c.bits) {
        put(t, F_KEY_BITS, c.bits);
    }
    if (c.signature) {
        put(t, F_SIGNATURE, c.signature);
    }
    judge_certificate(t, &c);
}

#endif
