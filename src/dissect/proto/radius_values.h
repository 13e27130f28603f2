/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Values of RADIUS attributes, part of radius.c alone: numbers, addresses, prefixes, times (RFC
 * 2865, 5; RFC 3162, 2; RFC 2868, 3), location and time zone (3GPP TS 29.061, 16.4.7; TS 29.274,
 * 8.21; TS 23.040, 9.2.3.11). A value that is not of its type is left out, and noted.
 */
#ifndef DISSECT_PROTO_RADIUS_VALUES_H
#define DISSECT_PROTO_RADIUS_VALUES_H

#include <arpa/inet.h>

#include "dissect/proto/radius_rows.h"

static inline void note(struct tt_msg *m, bool when, enum oddity oddity)
{
    m->anomalies |= when ? (uint64_t)1 << oddity : 0;
}

static inline bool put_address(const struct tt_reader *r, struct tt_msg *m, unsigned row,
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

static inline uint64_t number_of(struct tt_bytes b)
{
    uint64_t v = 0;
    for (uint32_t i = 0; i < b.n; i++) {
        v = v << 8 | b.p[i];
    }
    return v;
}

/* Four octets; what else can be read as a number is put, too. */
static inline bool put_number(const struct tt_reader *r, struct tt_msg *m, unsigned row,
                              struct tt_bytes b)
{
    if (b.n == 8 || (b.n && b.n <= 4)) {
        tt_put_uint(m, r, row, number_of(b));
    }
    return b.n == 4;
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
    tt_put_bytes(m, r, row == F_PREFIX ? F_PREFIX_RAW : F_DELEGATED_RAW, b);
    return (bits + 7) / 8 <= b.n - 2;
}

static inline char *digits(char *p, unsigned v, unsigned n)
{
    for (unsigned i = n; i--; v /= 10) {
        p[i] = (char)('0' + v % 10);
    }
    return p + n;
}

/* Seconds since 1970, as text of RFC 3339, and as tshark writes it. */
static inline void put_date(const struct tt_reader *r, struct tt_msg *m, uint32_t seconds)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    /* days since 1 March 0000: the day that leap years add is a year's last */
    uint32_t days = seconds / 86400 + 719468, second = seconds % 86400;
    uint32_t era = days / 146097, of_era = days % 146097;
    uint32_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    uint32_t of_year = of_era - (365 * years + years / 4 - years / 100);
    uint32_t month = (5 * of_year + 2) / 153, day = of_year - (153 * month + 2) / 5 + 1;
    char iso[] = "2026-01-01T00:00:00Z", show[40] = "Jan", *p = show + 4, clock[] = "00:00:00";
    month = month < 10 ? month + 3 : month - 9;
    years += era * 400 + (month < 3);
    digits(clock, second / 3600, 2);
    digits(clock + 3, second / 60 % 60, 2);
    digits(clock + 6, second % 60, 2);
    digits(iso, years, 4);
    digits(iso + 5, month, 2);
    digits(iso + 8, day, 2);
    memcpy(iso + 11, clock, 8);
    tt_put_copy(m, r, F_TIMESTAMP, iso, 20);
    memcpy(show, names + 3 * (month - 1), 3);
    show[3] = ' ';
    *p = ' ';
    p = digits(p + (day < 10), day, day < 10 ? 1 : 2);
    *p++ = ',';
    *p++ = ' ';
    p = digits(p, years, 4);
    *p++ = ' ';
    memcpy(p, clock, 8);
    memcpy(p + 8, ".000000000 UTC", 14);
    tt_put_copy(m, r, F_TIMESTAMP_TEXT, show, (uint32_t)(p + 22 - show));
}

/* Digits of a network: country 3, network 2 or 3. The first of a location is put. */
static inline bool put_network(const struct tt_reader *r, struct tt_msg *m, struct tt_reader *in)
{
    struct tt_bytes b = tt_read_bytes(in, 3);
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
    if (!tt_msg_has(m, F_MCC)) {
        tt_put_copy(m, r, F_MCC, nibbles, 3);
        tt_put_copy(m, r, F_MNC, nibbles + 3, n - 3);
    }
    return true;
}

static inline bool put_location(const struct tt_reader *r, struct tt_msg *m, struct tt_bytes b)
{
    struct tt_reader in = tt_reader_over(b);
    unsigned type = tt_read_u8(&in);
    bool lte = type >= 128 && type <= 134, five = type == 136 || type == 137 || type == 139;
    if (!tt_reader_ok(&in) || tt_msg_has(m, F_PLACE)) {
        return tt_reader_ok(&in);
    }
    tt_put_uint(m, r, F_PLACE, type);
    tt_put_bytes(m, r, F_PLACE_RAW, b);
    if ((type > 2 && !lte && !five && type != 135) || !put_network(r, m, &in)) {
        return type > 2 && !lte && !five && type != 135;
    }
    if (type <= 2) {
        tt_put_uint(m, &in, F_LAC, tt_read_u16(&in));
        unsigned v = type == 2 ? tt_read_u8(&in) : tt_read_u16(&in);
        tt_put_uint(m, &in, type == 2 ? F_RAC : type == 1 ? F_SAC : F_CI, v);
    }
    bool area = type == 128 || type == 130 || type == 132 || type == 134;
    if (area || five) {
        uint32_t high = five ? tt_read_u8(&in) : 0;
        tt_put_uint(m, &in, F_TAC, high << 16 | tt_read_u16(&in));
    }
    if (type == 130 || type == 137) {
        put_network(r, m, &in);
    }
    if (type == 129 || type == 130) {
        tt_put_uint(m, &in, F_ECI, tt_read_u32(&in) & 0xfffffff);
    } else if (type == 135 || type == 137) {
        uint64_t high = tt_read_u8(&in) & 15;
        tt_put_uint(m, &in, F_CI, high << 32 | tt_read_u32(&in));
    }
    return tt_reader_ok(&in);
}

/* Quarters of an hour with their digits swapped, a sign; hours of daylight saving. */
static inline bool put_zone(const struct tt_reader *r, struct tt_msg *m, struct tt_bytes b)
{
    if (b.n != 2) {
        return false;
    }
    unsigned quarters = (b.p[0] & 7u) * 10 + (b.p[0] >> 4);
    char text[] = "+00:00";
    text[0] = b.p[0] & 8 ? '-' : '+';
    digits(text + 1, quarters / 4, 2);
    digits(text + 4, quarters % 4 * 15, 2);
    tt_put_copy(m, r, F_ZONE, text, 6);
    tt_put_uint(m, r, F_DST, b.p[1] & 3);
    tt_put_bytes(m, r, F_ZONE_RAW, b);
    return b.p[0] >> 4 <= 9 && (b.p[1] & 3) != 3;
}

/* First fragment of an EAP packet (RFC 3748, 4). */
static inline bool put_eap(const struct tt_reader *r, struct tt_msg *m, struct tt_bytes b)
{
    struct tt_reader in = tt_reader_over(b);
    unsigned code = tt_read_u8(&in), id = tt_read_u8(&in), length = tt_read_u16(&in);
    if (!tt_reader_ok(&in) || length < 4) {
        return false;
    }
    tt_put_uint(m, r, F_EAP_CODE, code);
    tt_put_uint(m, r, F_EAP_ID, id);
    if ((code == 1 || code == 2) && tt_reader_left(&in)) {
        unsigned type = tt_read_u8(&in);
        tt_put_uint(m, r, F_EAP_TYPE, type);
        if (code == 2 && type == 1 && tt_reader_left(&in)) {
            tt_put_bytes(m, r, F_EAP_IDENTITY, tt_read_rest(&in));
        }
    }
    return code >= 1 && code <= 6;
}

static inline bool put_tagged(const struct tt_reader *r, struct tt_msg *m, struct attribute a,
                              struct tt_bytes b)
{
    bool tag = b.n && b.p[0] <= 0x1f;
    struct tt_bytes value = {tag ? b.p + 1 : b.p, b.n - tag};
    if (a.form == TAG_TEXT) {
        tt_put_bytes(m, r, a.row, value);
        return b.n > 0;
    }
    if (b.n == 4) {
        tt_put_uint(m, r, a.row, number_of(value));
    }
    return b.n == 4;
}

/* False: it is not of its type. */
static inline bool put_value(const struct tt_reader *r, struct tt_msg *m, struct attribute a,
                             struct tt_bytes b)
{
    switch ((enum form)a.form) {
    case NUMBER:
    case NAMED:
        return put_number(r, m, a.row, b);
    case OCTET:
    case OCTET_NAMED:
        return put_number(r, m, a.row, b) || b.n == 1;
    case IP4:
        return b.n == 4 && put_address(r, m, a.row, b);
    case IP6:
        return b.n == 16 && put_address(r, m, a.row, b);
    case IP6S:
        for (uint32_t i = 0; i + 16 <= b.n; i += 16) {
            put_address(r, m, a.row, (struct tt_bytes){b.p + i, 16});
        }
        return b.n && b.n % 16 == 0;
    case PREFIX6:
        return put_prefix(r, m, a.row, b);
    case DATE:
        if (b.n == 4) {
            put_date(r, m, (uint32_t)number_of(b));
        }
        return b.n == 4;
    case TAG_TEXT:
    case TAG_NAMED:
    case TAG_NUMBER:
        return put_tagged(r, m, a, b);
    case VLAN:
        tt_put_uint(m, r, a.row, number_of(b) & 0xfff);
        return b.n == 4 && (b.p[0] == '1' || b.p[0] == '2');
    case VLAN_NAME:
        tt_put_bytes(m, r, a.row, b.n ? (struct tt_bytes){b.p + 1, b.n - 1} : b);
        return b.n > 1 && (b.p[0] == '1' || b.p[0] == '2');
    case LOCATION:
        return put_location(r, m, b);
    case ZONE:
        return put_zone(r, m, b);
    default: /* text, octets */
        tt_put_bytes(m, r, a.row, b);
        note(m, b.n == 0, A_EMPTY);
        return true;
    }
}

#endif
