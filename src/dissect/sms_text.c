/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Alphabets of short messages as UTF-8: GSM 7-bit default alphabet with its extension table (3GPP
 * TS 23.038, 6.2.1), packed and unpacked, UCS-2, and the ISO 8859 ones that SMPP knows. National
 * shift tables are not applied. Never writes past its room, never reads past its octets.
 */
#include "dissect/sms.h"

enum { BAD = 0xfffd, ESCAPE = 0x1b };

/* TS 23.038, 6.2.1: by septet, those that are not ASCII's */
static const uint16_t gsm_low[32] = {'@',   0xa3,  '$',   0xa5,  0xe8,  0xe9,  0xf9,  0xec,
                                     0xf2,  0xc7,  '\n',  0xd8,  0xf8,  '\r',  0xc5,  0xe5,
                                     0x394, '_',   0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8,
                                     0x3a3, 0x398, 0x39e, BAD,   0xc6,  0xe6,  0xdf,  0xc9};
static const uint16_t gsm_high[5] = {0xc4, 0xd6, 0xd1, 0xdc, 0xa7};  /* from 0x5b */
static const uint16_t gsm_small[5] = {0xe4, 0xf6, 0xf1, 0xfc, 0xe0}; /* from 0x7b */

static uint32_t gsm(uint8_t septet)
{
    return septet >= 0x80                     ? BAD
           : septet < 0x20                    ? gsm_low[septet]
           : septet == 0x24                   ? 0xa4
           : septet == 0x40                   ? 0xa1
           : septet == 0x60                   ? 0xbf
           : septet >= 0x7b                   ? gsm_small[septet - 0x7b]
           : septet >= 0x5b && septet <= 0x5f ? gsm_high[septet - 0x5b]
                                              : septet;
}

/* TS 23.038, 6.2.1.1; 0 = not in it */
static uint32_t gsm_extension(uint8_t septet)
{
    switch (septet) {
    case 0x0a:
        return '\f';
    case 0x14:
        return '^';
    case 0x28:
        return '{';
    case 0x29:
        return '}';
    case 0x2f:
        return '\\';
    case 0x3c:
        return '[';
    case 0x3d:
        return '~';
    case 0x3e:
        return ']';
    case 0x40:
        return '|';
    case 0x65:
        return 0x20ac;
    default:
        return 0;
    }
}

static uint32_t cyrillic(uint8_t c) /* ISO/IEC 8859-5 */
{
    return c <= 0xa0 || c == 0xad ? c : c == 0xf0 ? 0x2116 : c == 0xfd ? 0xa7 : 0x360u + c;
}

static uint32_t hebrew(uint8_t c) /* ISO/IEC 8859-8 */
{
    if (c >= 0xe0 && c <= 0xfa) {
        return 0x5d0u + c - 0xe0;
    }
    switch (c) {
    case 0xaa:
        return 0xd7;
    case 0xba:
        return 0xf7;
    case 0xdf:
        return 0x2017;
    case 0xfd:
        return 0x200e;
    case 0xfe:
        return 0x200f;
    default:
        return c <= 0xbe && c != 0xa1 ? c : BAD;
    }
}

/* The next character of `in` from *i on. */
static uint32_t next(enum tt_sms_alphabet alphabet, struct tt_bytes in, uint32_t *i)
{
    uint8_t c = in.p[(*i)++];
    switch (alphabet) {
    case TT_SMS_GSM7:
        if (c == ESCAPE) { /* unknown: the sign of the main table (6.2.1.1); alone: a space */
            if (*i == in.n) {
                return ' ';
            }
            uint8_t d = in.p[(*i)++];
            uint32_t u = gsm_extension(d);
            return u ? u : d == ESCAPE ? ' ' : gsm(d);
        }
        return gsm(c);
    case TT_SMS_ASCII:
        return c < 0x80 ? c : BAD;
    case TT_SMS_CYRILLIC:
        return cyrillic(c);
    case TT_SMS_HEBREW:
        return hebrew(c);
    default:
        return c;
    }
}

static uint32_t next_ucs2(struct tt_bytes in, uint32_t *i)
{
    if (in.n - *i < 2) {
        *i = in.n;
        return BAD;
    }
    uint32_t u = (uint32_t)in.p[*i] << 8 | in.p[*i + 1];
    *i += 2;
    if (u < 0xd800 || u > 0xdfff) {
        return u;
    }
    if (u < 0xdc00 && in.n - *i >= 2 && (in.p[*i] & 0xfc) == 0xdc) {
        uint32_t low = (uint32_t)(in.p[*i] & 3) << 8 | in.p[*i + 1];
        *i += 2;
        return 0x10000 + ((u & 0x3ff) << 10 | low);
    }
    return BAD;
}

static uint32_t put(uint8_t *out, uint32_t u)
{
    if (u < 0x80) {
        out[0] = (uint8_t)u;
        return 1;
    }
    if (u < 0x800) {
        out[0] = (uint8_t)(0xc0 | u >> 6);
        out[1] = (uint8_t)(0x80 | (u & 0x3f));
        return 2;
    }
    if (u < 0x10000) {
        out[0] = (uint8_t)(0xe0 | u >> 12);
        out[1] = (uint8_t)(0x80 | (u >> 6 & 0x3f));
        out[2] = (uint8_t)(0x80 | (u & 0x3f));
        return 3;
    }
    out[0] = (uint8_t)(0xf0 | u >> 18);
    out[1] = (uint8_t)(0x80 | (u >> 12 & 0x3f));
    out[2] = (uint8_t)(0x80 | (u >> 6 & 0x3f));
    out[3] = (uint8_t)(0x80 | (u & 0x3f));
    return 4;
}

/* The octets are UTF-8 already, and mean the same. */
static bool same(enum tt_sms_alphabet alphabet, struct tt_bytes in)
{
    for (uint32_t i = 0; i < in.n; i++) {
        uint8_t c = in.p[i];
        if (c >= 0x80 || (alphabet == TT_SMS_GSM7 && (c == ESCAPE || gsm(c) != c))) {
            return false;
        }
    }
    return alphabet != TT_SMS_UCS2;
}

struct tt_bytes tt_sms_text(struct tt_msg *m, enum tt_sms_alphabet alphabet, struct tt_bytes in,
                            bool *faulty, bool *clipped)
{
    if (alphabet >= TT_SMS_BINARY || in.n == 0) {
        return (struct tt_bytes){in.p, 0};
    }
    if (alphabet == TT_SMS_PACKED) {
        in = tt_sms_unpack(m, in, 0, UINT32_MAX);
        alphabet = TT_SMS_GSM7;
    }
    if (same(alphabet, in)) {
        return in;
    }
    uint32_t room = TT_MSG_MADE - (uint32_t)m->n_made, n = 0, i = 0;
    uint8_t *out = tt_msg_make(m, room);
    while (i < in.n) {
        if (room - n < 4) {
            *clipped = true;
            break;
        }
        uint32_t u = alphabet == TT_SMS_UCS2 ? next_ucs2(in, &i) : next(alphabet, in, &i);
        *faulty |= u == BAD;
        n += put(out + n, u);
    }
    tt_msg_unmake(m, out + n);
    return (struct tt_bytes){out, n};
}

static uint8_t septet_at(struct tt_bytes in, uint32_t bit)
{
    uint32_t at = bit / 8;
    unsigned pair = in.p[at] | (at + 1 < in.n ? (unsigned)in.p[at + 1] << 8 : 0);
    return (uint8_t)(pair >> bit % 8 & 0x7f);
}

struct tt_bytes tt_sms_unpack(struct tt_msg *m, struct tt_bytes in, unsigned first, uint32_t count)
{
    uint32_t bits = in.n < UINT32_MAX / 8 ? in.n * 8 : 0;
    uint32_t there = bits > first ? (bits - first) / 7 : 0, n = count < there ? count : there;
    uint32_t room = TT_MSG_MADE - (uint32_t)m->n_made;
    n = n < room ? n : room;
    uint8_t *out = tt_msg_make(m, n);
    for (uint32_t i = 0; i < n; i++) {
        out[i] = septet_at(in, first + 7 * i);
    }
    if (count == UINT32_MAX && n > 0 && (bits - first) % 7 == 0 && out[n - 1] == 0) {
        tt_msg_unmake(m, out + --n); /* filling, not '@' */
    }
    return (struct tt_bytes){out, n};
}

enum tt_sms_alphabet tt_sms_guess(struct tt_bytes in)
{
    uint32_t n = in.n < 256 ? in.n : 256;
    bool high = false, odd = false;
    for (uint32_t i = 0; i < n; i++) {
        high |= in.p[i] >= 0x80;
    }
    struct tt_bytes head = {in.p, n};
    for (uint32_t i = 0; high && i < n * 8 / 7; i++) {
        uint8_t c = septet_at(head, 7 * i);
        bool last = i + 1 == n * 8 / 7; /* may be filling */
        odd |= !(c >= 0x20 && c < 0x7b) && c != '\n' && c != '\r' && !(last && c == 0);
    }
    return !high ? TT_SMS_GSM7 : odd ? TT_SMS_LATIN1 : TT_SMS_PACKED;
}

static int digit(uint8_t c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

struct tt_bytes tt_sms_hex(struct tt_msg *m, struct tt_bytes digits, bool *faulty)
{
    uint32_t n = digits.n / 2;
    uint8_t *out = tt_msg_make(m, n);
    *faulty |= digits.n % 2 != 0 || !out;
    for (uint32_t i = 0; out && i < n; i++) {
        int high = digit(digits.p[2 * i]), low = digit(digits.p[2 * i + 1]);
        if (high < 0 || low < 0) {
            *faulty = true;
            tt_msg_unmake(m, out + i);
            n = i;
            break;
        }
        out[i] = (uint8_t)(high << 4 | low);
    }
    return (struct tt_bytes){out, out ? n : 0};
}
