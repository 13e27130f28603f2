/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Certificates (X.509, RFC 5280) by a walk over their DER (X.690): definite lengths only, a fixed
 * depth, nothing is kept. Reads names, validity, number, key and signature algorithm; proves
 * nothing. Part of tls.c alone.
 */
#ifndef DISSECT_PROTO_TLS_X509_H
#define DISSECT_PROTO_TLS_X509_H

#include <sha1.h>

#include "dissect/proto/tls_hello.h"

enum { SEQUENCE = 0x30, SET = 0x31, OBJECT = 6, INTEGER = 2, BITS = 3, UTC = 23, GENERALIZED = 24 };

/* One value: its tag and what it holds. False in *r when lengths do not fit. */
static inline struct tt_bytes der(struct tt_reader *r, uint8_t *tag)
{
    *tag = tt_read_u8(r);
    uint32_t n = tt_read_u8(r);
    if (n > 0x84 || n == 0x80 || (*tag & 31) == 31) {
        tt_reader_fail(r, TT_READ_INVALID);
    } else if (n > 0x80) {
        uint32_t octets = n & 0x7f;
        for (n = 0; octets; octets--) {
            n = n << 8 | tt_read_u8(r);
        }
    }
    return tt_read_bytes(r, n);
}

/* The next value, which must have this tag. */
static inline struct tt_bytes der_of(struct tt_reader *r, uint8_t tag)
{
    uint8_t got;
    struct tt_bytes b = der(r, &got);
    if (got != tag) {
        tt_reader_fail(r, TT_READ_INVALID);
    }
    return b;
}

/* An object identifier's octets against a number of ours. */
struct oid {
    const char *octets;
    uint8_t n, value;
};
#define OID(octets, value)                                                                         \
    {                                                                                              \
        octets, sizeof(octets) - 1, value                                                          \
    }

static inline const struct oid *oid_find(const struct oid *list, uint32_t n, struct tt_bytes b)
{
    for (uint32_t i = 0; i < n; i++) {
        if (b.n == list[i].n && memcmp(b.p, list[i].octets, b.n) == 0) {
            return &list[i];
        }
    }
    return NULL;
}
#define FIND(list, b) oid_find(list, sizeof(list) / sizeof *(list), b)

static const struct oid key_types[] = {
    OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", RSA_KEY),
    OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a", RSA_PSS_KEY),
    OID("\x2a\x86\x48\xce\x38\x04\x01", DSA_KEY),
    OID("\x2a\x86\x48\xce\x3d\x02\x01", EC_KEY),
    OID("\x2b\x65\x6e", X25519_KEY),
    OID("\x2b\x65\x6f", X448_KEY),
    OID("\x2b\x65\x70", ED25519),
    OID("\x2b\x65\x71", ED448),
    OID("\x60\x86\x48\x01\x65\x03\x04\x03\x11", ML_DSA_44),
    OID("\x60\x86\x48\x01\x65\x03\x04\x03\x12", ML_DSA_65),
    OID("\x60\x86\x48\x01\x65\x03\x04\x03\x13", ML_DSA_87),
    OID("\x2a\x85\x03\x07\x01\x01\x01\x01", GOST_KEY),
};

static const struct oid signature_types[] = {
    OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x02", MD2_RSA),
    OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x03", MD4_RSA),
    OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04", MD5_RSA),
    OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05", SHA1_RSA),
    OID("\x2b\x0e\x03\x02\x1d", SHA1_RSA),
    OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0e", SHA224_RSA),
    OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", SHA256_RSA),
    OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c", SHA384_RSA),
    OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d", SHA512_RSA),
    OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a", RSA_PSS),
    OID("\x2a\x86\x48\xce\x38\x04\x03", SHA1_DSA),
    OID("\x60\x86\x48\x01\x65\x03\x04\x03\x01", SHA224_DSA),
    OID("\x60\x86\x48\x01\x65\x03\x04\x03\x02", SHA256_DSA),
    OID("\x2a\x86\x48\xce\x3d\x04\x01", SHA1_ECDSA),
    OID("\x2a\x86\x48\xce\x3d\x04\x03\x01", SHA224_ECDSA),
    OID("\x2a\x86\x48\xce\x3d\x04\x03\x02", SHA256_ECDSA),
    OID("\x2a\x86\x48\xce\x3d\x04\x03\x03", SHA384_ECDSA),
    OID("\x2a\x86\x48\xce\x3d\x04\x03\x04", SHA512_ECDSA),
    OID("\x2b\x65\x70", S_ED25519),
    OID("\x2b\x65\x71", S_ED448),
    OID("\x60\x86\x48\x01\x65\x03\x04\x03\x11", S_ML_DSA_44),
    OID("\x60\x86\x48\x01\x65\x03\x04\x03\x12", S_ML_DSA_65),
    OID("\x60\x86\x48\x01\x65\x03\x04\x03\x13", S_ML_DSA_87),
};

/* Curves with their bits. */
static const struct {
    const char *octets;
    uint8_t n;
    uint16_t bits;
} curves[] = {
    {"\x2a\x86\x48\xce\x3d\x03\x01\x01", 8, 192},
    {"\x2a\x86\x48\xce\x3d\x03\x01\x07", 8, 256},
    {"\x2b\x81\x04\x00\x21", 5, 224},
    {"\x2b\x81\x04\x00\x22", 5, 384},
    {"\x2b\x81\x04\x00\x23", 5, 521},
    {"\x2b\x81\x04\x00\x0a", 5, 256},
    {"\x2b\x81\x04\x00\x08", 5, 160},
    {"\x2b\x81\x04\x00\x1f", 5, 192},
};

/* Attribute types of names with the letters that they are written with (RFC 4514, 3; RFC 4519). */
static const struct {
    const char *octets;
    uint8_t n;
    const char *name;
} attributes[] = {
    {"\x55\x04\x03", 3, "CN"},
    {"\x55\x04\x04", 3, "SN"},
    {"\x55\x04\x05", 3, "serialNumber"},
    {"\x55\x04\x06", 3, "C"},
    {"\x55\x04\x07", 3, "L"},
    {"\x55\x04\x08", 3, "ST"},
    {"\x55\x04\x09", 3, "STREET"},
    {"\x55\x04\x0a", 3, "O"},
    {"\x55\x04\x0b", 3, "OU"},
    {"\x55\x04\x0c", 3, "title"},
    {"\x55\x04\x0f", 3, "businessCategory"},
    {"\x55\x04\x11", 3, "postalCode"},
    {"\x55\x04\x2a", 3, "GN"},
    {"\x55\x04\x2e", 3, "dnQualifier"},
    {"\x55\x04\x61", 3, "organizationIdentifier"},
    {"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", 9, "emailAddress"},
    {"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", 10, "DC"},
    {"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01", 10, "UID"},
};

/* What is told of a certificate: rows, and what it teaches. */
struct certificate_rows {
    uint8_t subject, issuer, serial, fingerprint, from, to;
};

struct certificate {
    struct tt_bytes serial, issuer, subject;
    int64_t from, to; /* s since 1970; 0 = not readable */
    char from_text[20], to_text[20];
    uint32_t bits;
    uint8_t key, signature; /* enum algorithm, signature; 0 = another */
    struct tt_bytes names;  /* the list in subjectAltName */
};

/* --- Texts ----------------------------------------------------------------------------------- */

static inline void oid_text(struct text *t, struct tt_bytes b)
{
    uint32_t v = 0;
    bool first = true;
    for (uint32_t i = 0; i < b.n; i++) {
        v = v << 7 | (b.p[i] & 0x7f);
        if (b.p[i] & 0x80) {
            continue;
        }
        if (first) {
            text_number(t, v < 80 ? v / 40 : 2);
            text_put(t, ".", 1);
            text_number(t, v < 80 ? v % 40 : v - 80);
        } else {
            text_put(t, ".", 1);
            text_number(t, v);
        }
        first = false;
        v = 0;
    }
}

/* A string's octets as UTF-8: BMPString is UCS-2, the older ones are Latin-1 where they are not
 * well-formed. */
static inline void string_text(struct text *t, uint8_t tag, struct tt_bytes b)
{
    bool wide = tag == 30;
    if (!wide && tt_bytes_utf8(b)) {
        text_put(t, (const char *)b.p, b.n);
        return;
    }
    for (uint32_t i = 0; i + wide < b.n; i += 1u + wide) {
        uint32_t c = wide ? pair_at(b.p + i) : b.p[i];
        char out[3];
        uint32_t n = 0;
        if (c >= 0x800) {
            out[n++] = (char)(0xe0 | c >> 12);
            out[n++] = (char)(0x80 | (c >> 6 & 63));
        } else if (c >= 0x80) {
            out[n++] = (char)(0xc0 | c >> 6);
        }
        out[n] = (char)(c < 0x80 ? c : 0x80 | (c & 63));
        text_put(t, out, n + 1);
    }
}

/* "C=DE, O=Example, CN=host", in the order in which it was sent. False: not a name. */
static inline bool name_text(struct text *t, struct tt_bytes name)
{
    struct tt_reader r = tt_reader_over(name);
    for (unsigned n = 0; tt_reader_left(&r); n++) {
        struct tt_reader set = tt_reader_over(der_of(&r, SET));
        for (unsigned k = 0; tt_reader_left(&set); k++) {
            struct tt_reader pair = tt_reader_over(der_of(&set, SEQUENCE));
            struct tt_bytes type = der_of(&pair, OBJECT);
            uint8_t tag;
            struct tt_bytes value = der(&pair, &tag);
            if (!tt_reader_ok(&set) || !tt_reader_ok(&pair)) {
                return false;
            }
            const char *letters = NULL;
            for (unsigned i = 0; i < sizeof attributes / sizeof *attributes; i++) {
                if (type.n == attributes[i].n && !memcmp(type.p, attributes[i].octets, type.n)) {
                    letters = attributes[i].name;
                }
            }
            text_put(t, k ? " + " : ", ", n || k ? k ? 3 : 2 : 0);
            if (letters) {
                text_put(t, letters, (uint32_t)strlen(letters));
            } else {
                oid_text(t, type);
            }
            text_put(t, "=", 1);
            string_text(t, tag, value);
        }
    }
    return tt_reader_ok(&r);
}

/* Days since 1970-01-01 of a date in the Gregorian calendar. */
static inline int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = year / 400, in_era = year - era * 400;
    int64_t in_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

/* UTCTime or GeneralizedTime, with seconds and Z (RFC 5280, 4.1.2.5): "2026-11-22T04:30:00". */
static inline int64_t time_of(struct tt_reader *r, char text[20])
{
    uint8_t tag, d[14];
    struct tt_bytes b = der(r, &tag);
    uint32_t n = tag == UTC ? 12 : 14;
    text[0] = 0;
    if (!tt_reader_ok(r) || (tag != UTC && tag != GENERALIZED) || b.n < n) {
        return 0;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (b.p[i] < '0' || b.p[i] > '9') {
            return 0;
        }
        d[i + 14 - n] = (uint8_t)(b.p[i] - '0');
    }
    if (tag == UTC) { /* below 50 is after 2000 */
        d[0] = d[2] < 5 ? 2 : 1;
        d[1] = d[2] < 5 ? 0 : 9;
    }
    static const uint8_t places[19] = {0,   1, 2, 3,   '-', 4,  5,   '-', 6, 7,
                                       'T', 8, 9, ':', 10,  11, ':', 12,  13};
    for (uint32_t i = 0; i < 19; i++) {
        text[i] = (char)(places[i] < 14 ? '0' + d[places[i]] : places[i]);
    }
    text[19] = 0;
    int64_t days =
        days_of(d[0] * 1000 + d[1] * 100 + d[2] * 10 + d[3], d[4] * 10 + d[5], d[6] * 10 + d[7]);
    return ((days * 24 + d[8] * 10 + d[9]) * 60 + d[10] * 10 + d[11]) * 60 + d[12] * 10 + d[13];
}

#endif
