/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Data of Diameter AVPs, part of diameter.c alone: RFC 6733, 4.2 and 4.3; digits, networks and
 * places of 3GPP (TS 29.272, 7.3; TS 29.061, 16.4.7.2). Data that are not of their type are left
 * out, and noted.
 */
#ifndef DISSECT_PROTO_DIAMETER_VALUES_H
#define DISSECT_PROTO_DIAMETER_VALUES_H

#include <arpa/inet.h>

#include "dissect/proto/diameter_rows.h"

static inline void note(struct tt_msg *m, bool when, enum oddity oddity)
{
    m->anomalies |= when ? (uint64_t)1 << oddity : 0;
}

static inline uint64_t number_of(struct tt_bytes b)
{
    uint64_t v = 0;
    for (uint32_t i = 0; i < b.n && i < 8; i++) {
        v = v << 8 | b.p[i];
    }
    return v;
}

static inline bool put_ip(const struct tt_reader *r, struct tt_msg *m, unsigned row,
                          struct tt_bytes b)
{
    uint8_t v4[16] = {[10] = 0xff, [11] = 0xff};
    if (b.n == 4) {
        memcpy(v4 + 12, b.p, 4);
        tt_put_copy(m, r, row, v4, sizeof v4);
    } else if (b.n == 16) {
        tt_put_bytes(m, r, row, b);
    }
    return b.n == 4 || b.n == 16;
}

/* Family, address (RFC 6733, 4.3.1). */
static inline bool put_address(const struct tt_reader *r, struct tt_msg *m, unsigned row,
                               struct tt_bytes b)
{
    bool four = b.n == 6 && b.p[0] == 0 && b.p[1] == 1;
    bool six = b.n == 18 && b.p[0] == 0 && b.p[1] == 2;
    if (four || six) {
        put_ip(r, m, six && row == F_HOST ? F_HOST6 : row, (struct tt_bytes){b.p + 2, b.n - 2});
    }
    return four || six || (b.n > 2 && (b.p[0] || b.p[1] > 2));
}

/* Reserved octet, length of the prefix in bits, as many octets as it needs (RFC 3162, 2.3). */
static inline bool put_prefix(const struct tt_reader *r, struct tt_msg *m, unsigned row,
                              struct tt_bytes b)
{
    uint8_t address[16] = {0};
    char text[INET6_ADDRSTRLEN + 4];
    if (b.n < 2 || b.n > 18 || b.p[1] > 128) {
        return false;
    }
    unsigned bits = b.p[1];
    memcpy(address, b.p + 2, b.n - 2);
    if (!inet_ntop(AF_INET6, address, text, sizeof text)) {
        return false;
    }
    size_t n = strlen(text);
    text[n++] = '/';
    for (unsigned unit = bits > 99 ? 100 : bits > 9 ? 10 : 1; unit; unit /= 10) {
        text[n++] = (char)('0' + bits / unit % 10);
    }
    tt_put_copy(m, r, row, text, (uint32_t)n);
    return (bits + 7) / 8 <= b.n - 2;
}

static inline void put_digits(char *p, unsigned v, unsigned n)
{
    for (unsigned i = n; i--; v /= 10) {
        p[i] = (char)('0' + v % 10);
    }
}

/* Seconds since 1900 (RFC 6733, 4.3.1), as text of RFC 3339; those of before 1968 are of after
 * 2036. */
static inline bool put_date(const struct tt_reader *r, struct tt_msg *m, unsigned row,
                            struct tt_bytes b)
{
    char iso[] = "2026-01-01T00:00:00Z";
    if (b.n != 4) {
        return false;
    }
    uint64_t ntp = number_of(b), seconds = ntp + (ntp >> 31 ? 0 : UINT64_C(1) << 32) - 2208988800u;
    /* days since 1 March 0000: the day that leap years add is a year's last */
    uint32_t days = (uint32_t)(seconds / 86400) + 719468, second = (uint32_t)(seconds % 86400);
    uint32_t era = days / 146097, of_era = days % 146097;
    uint32_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    uint32_t of_year = of_era - (365 * years + years / 4 - years / 100);
    uint32_t month = (5 * of_year + 2) / 153, day = of_year - (153 * month + 2) / 5 + 1;
    month = month < 10 ? month + 3 : month - 9;
    put_digits(iso, years + era * 400 + (month < 3), 4);
    put_digits(iso + 5, month, 2);
    put_digits(iso + 8, day, 2);
    put_digits(iso + 11, second / 3600, 2);
    put_digits(iso + 14, second / 60 % 60, 2);
    put_digits(iso + 17, second % 60, 2);
    tt_put_copy(m, r, row, iso, sizeof iso - 1);
    return true;
}

static inline bool all_digits(struct tt_bytes b, uint32_t least, uint32_t most)
{
    bool good = b.n >= least && b.n <= most;
    for (uint32_t i = 0; i < b.n; i++) {
        good = good && b.p[i] >= '0' && b.p[i] <= '9';
    }
    return good;
}

/* Digits, two in an octet, the lower half first, filled up with 15. */
static inline bool put_tbcd(const struct tt_reader *r, struct tt_msg *m, unsigned row,
                            struct tt_bytes b)
{
    static const char digits[] = "0123456789*#abc";
    char text[32];
    uint32_t n = 0;
    if (b.n == 0 || b.n > sizeof text / 2) {
        return false;
    }
    for (uint32_t i = 0; i < 2 * b.n; i++) {
        unsigned v = i % 2 ? b.p[i / 2] >> 4 : b.p[i / 2] & 15;
        if (v == 15) {
            if (i + 1 < 2 * b.n) {
                return false;
            }
            break;
        }
        text[n++] = digits[v];
    }
    tt_put_copy(m, r, row, text, n);
    return true;
}

/* Digits of a network: country 3, network 2 or 3. */
static inline bool put_network(const struct tt_reader *r, struct tt_msg *m, unsigned country,
                               unsigned network, struct tt_bytes b)
{
    if (b.n != 3) {
        return false;
    }
    uint8_t nibbles[6] = {b.p[0] & 15, b.p[0] >> 4, b.p[1] & 15,
                          b.p[2] & 15, b.p[2] >> 4, b.p[1] >> 4};
    unsigned n = nibbles[5] == 15 ? 5 : 6;
    for (unsigned i = 0; i < n; i++) {
        if (nibbles[i] > 9) {
            return false;
        }
        nibbles[i] = (uint8_t)('0' + nibbles[i]);
    }
    if (!tt_msg_has(m, country)) {
        tt_put_copy(m, r, country, nibbles, 3);
        tt_put_copy(m, r, network, nibbles + 3, n - 3);
    }
    return true;
}

static inline bool put_location(const struct tt_reader *r, struct tt_msg *m, struct tt_bytes b)
{
    struct tt_reader in = tt_reader_over(b);
    unsigned type = tt_read_u8(&in);
    bool lte = type >= 128 && type <= 134, five = type == 136 || type == 137;
    if (!tt_reader_ok(&in) || tt_msg_has(m, F_PLACE_TYPE)) {
        return tt_reader_ok(&in);
    }
    tt_put_uint(m, r, F_PLACE_TYPE, type);
    if (type > 2 && !lte && !five && type != 135) {
        return true;
    }
    if (!put_network(r, m, F_MCC, F_MNC, tt_read_bytes(&in, 3))) {
        return false;
    }
    if (type <= 2) {
        uint16_t area = tt_read_u16(&in);
        tt_put_uint(m, &in, F_LAC, area);
        unsigned v = type == 2 ? tt_read_u8(&in) : tt_read_u16(&in);
        tt_put_uint(m, &in, type == 2 ? F_RAC : type == 1 ? F_SAC : F_CI, v);
    }
    bool area = type == 128 || type == 130 || type == 132 || type == 134;
    if (area || five) {
        uint32_t high = five ? tt_read_u8(&in) : 0;
        uint32_t tac = high << 16 | tt_read_u16(&in);
        tt_put_uint(m, &in, F_TAC, tac);
    }
    if (type == 130 || type == 137) {
        put_network(r, m, F_MCC, F_MNC, tt_read_bytes(&in, 3));
    }
    if (type == 129 || type == 130) {
        uint32_t eci = tt_read_u32(&in) & 0xfffffff;
        tt_put_uint(m, &in, F_ECI, eci);
    } else if (type == 135 || type == 137) {
        uint64_t high = tt_read_u8(&in) & 15, nci = high << 32 | tt_read_u32(&in);
        tt_put_uint(m, &in, F_CI, nci);
    }
    return tt_reader_ok(&in);
}

/* Puts the data of an AVP that has a row; false: they are not of its type. */
static inline bool put_value(const struct tt_reader *r, struct tt_msg *m, unsigned row,
                             enum form form, struct tt_bytes b)
{
    switch (form) {
    case NUMBER:
    case NAMED:
        if (b.n == 4) {
            tt_put_uint(m, r, row, number_of(b));
        }
        return b.n == 4;
    case LONG:
        if (b.n == 8) {
            tt_put_uint(m, r, row, number_of(b));
        }
        return b.n == 8;
    case OCTET_NAMED: /* tables call it an integer */
        if (b.n == 1 || b.n == 4) {
            tt_put_uint(m, r, row, number_of(b));
        }
        return b.n == 1 || b.n == 4;
    case IP4:
        return b.n == 4 && put_ip(r, m, row, b);
    case ADDRESS:
        return put_address(r, m, row, b);
    case PREFIX6:
        return put_prefix(r, m, row, b);
    case DATE:
        return put_date(r, m, row, b);
    case TBCD:
        tt_put_bytes(m, r, F_MSISDN_OCTETS, b);
        return put_tbcd(r, m, row, b);
    case NETWORK:
        tt_put_bytes(m, r, row, b);
        return put_network(r, m, F_VISITED_MCC, F_VISITED_MNC, b);
    case LOCATION:
        tt_put_bytes(m, r, row, b);
        return put_location(r, m, b);
    case IMSI:
        note(m, !all_digits(b, 6, 15), A_IMSI);
        tt_put_bytes(m, r, row, b);
        return true;
    case IMEI:
        note(m, !all_digits(b, 14, 16), A_IMEI);
        tt_put_bytes(m, r, row, b);
        return true;
    case TEXT:
        tt_put_bytes(m, r, row, b);
        return tt_bytes_utf8(b);
    default:
        tt_put_bytes(m, r, row, b);
        return true;
    }
}

#endif
