/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Values that elements of GTP hold, part of gtp.c alone: digits, names, networks, places, time
 * zones, configuration options (3GPP TS 29.060, 7.7; TS 29.274, 8.3 to 8.22; TS 23.003, 9.1; TS
 * 24.008, 10.5.6.3; TS 23.040, 9.2.3.11).
 */
#ifndef DISSECT_PROTO_GTP_VALUES_H
#define DISSECT_PROTO_GTP_VALUES_H

#include "dissect/proto/gtp_rows.h"

static inline void note(struct tt_msg *m, bool when, enum oddity oddity)
{
    m->anomalies |= when ? (uint64_t)1 << oddity : 0;
}

static inline uint64_t number_of(struct tt_bytes b)
{
    uint64_t v = 0;
    for (uint32_t i = 0; i < b.n; i++) {
        v = v << 8 | b.p[i];
    }
    return v;
}

static inline void put_ip4(const struct tt_reader *r, struct tt_msg *m, unsigned row,
                           const uint8_t *p)
{
    uint8_t v4[16] = {[10] = 0xff, [11] = 0xff};
    memcpy(v4 + 12, p, 4);
    tt_put_copy(m, r, row, v4, sizeof v4);
}

/* An address of 4 or 16 octets. */
static inline bool put_address(const struct tt_reader *r, struct tt_msg *m, unsigned row4,
                               unsigned row6, struct tt_bytes b)
{
    if (b.n == 4) {
        put_ip4(r, m, row4, b.p);
    } else if (b.n == 16) {
        tt_put_bytes(m, r, row6, b);
    }
    return b.n == 4 || b.n == 16;
}

/* Digits, the low half of an octet first, up to the filler; not good: others, digits behind it. */
static inline uint32_t digits_of(struct tt_bytes b, char out[40], bool *good)
{
    uint32_t n = 0, filler = 0;
    *good = b.n <= 20;
    for (uint32_t i = 0; i < 2 * b.n && i < 40; i++) {
        uint8_t v = (uint8_t)(b.p[i / 2] >> (i % 2 * 4)) & 15;
        filler += v == 15;
        if (filler) {
            *good = *good && v == 15;
            continue;
        }
        *good = *good && v <= 9;
        out[n++] = v <= 9 ? (char)('0' + v) : '?';
    }
    return n;
}

static inline void put_digits(const struct tt_reader *r, struct tt_msg *m, unsigned row,
                              struct tt_bytes b, uint32_t min, uint32_t max, enum oddity bad)
{
    char text[40] = {0}; /* without digits nothing is filled */
    bool good;
    uint32_t n = digits_of(b, text, &good);
    tt_put_copy(m, r, row, text, n);
    note(m, !good || n < min || n > max, bad);
}

/* Labels behind their lengths, as text with dots between; or text as it is, which some send. */
static inline bool put_labels(const struct tt_reader *r, struct tt_msg *m, unsigned row,
                              struct tt_bytes b)
{
    struct tt_reader in = tt_reader_over(b);
    if (b.n && b.p[0] > 63) {
        tt_put_bytes(m, r, row, b);
        return false;
    }
    uint8_t *made = tt_msg_make(m, b.n);
    bool good = b.n > 0 && b.n <= 256;
    uint32_t n = 0;
    if (!made) {
        m->overflow = true;
        return true;
    }
    while (tt_reader_left(&in)) {
        uint32_t size = tt_read_u8(&in), left = tt_reader_left(&in);
        good = good && size && size <= 63 && size <= left;
        struct tt_bytes label = tt_read_bytes(&in, size < left ? size : left);
        if (n) {
            made[n++] = '.';
        }
        memcpy(made + n, label.p, label.n);
        n += label.n;
        for (uint32_t i = 0; i < label.n; i++) {
            good = good && label.p[i] > 0x20 && label.p[i] < 0x7f;
        }
    }
    tt_msg_unmake(m, made + n);
    tt_put_bytes(m, r, row, (struct tt_bytes){made, n});
    return good;
}

/* Country and network: six halves of octets, the fourth 15 where the network has two digits. */
static inline uint32_t network_of(struct tt_reader *in, uint8_t out[6])
{
    struct tt_bytes b = tt_read_bytes(in, 3);
    if (b.n != 3) {
        return 0;
    }
    const uint8_t v[6] = {b.p[0] & 15, b.p[0] >> 4, b.p[1] & 15,
                          b.p[2] & 15, b.p[2] >> 4, b.p[1] >> 4};
    uint32_t n = v[5] == 15 ? 5 : 6;
    for (uint32_t i = 0; i < n; i++) {
        if (v[i] > 9) {
            return 0;
        }
        out[i] = (uint8_t)('0' + v[i]);
    }
    return n;
}

static inline void visit(struct tt_msg *m, struct place *place, struct tt_reader *in)
{
    uint8_t text[6];
    uint32_t n = network_of(in, text);
    note(m, n == 0 && tt_reader_ok(in), A_PLMN);
    if (n && !place->n_mnc) {
        memcpy(place->mcc, text, 3);
        memcpy(place->mnc, text + 3, n - 3);
        place->n_mnc = (uint8_t)(n - 3);
    }
}

static inline struct place nowhere(uint8_t rank)
{
    struct place p = {.rank = rank};
    p.lac = p.rac = p.sac = p.tac = p.cell = NOWHERE;
    return p;
}

/* The place of the higher rank is kept; of equals the first. */
static inline void take_place(struct parts *p, const struct place *place)
{
    if (place->rank > p->place.rank) {
        p->place = *place;
    }
}

static inline void put_place(const struct tt_reader *r, struct tt_msg *m, const struct place *p)
{
    const uint64_t values[] = {p->lac, p->rac, p->sac, p->tac, p->cell};
    static const uint8_t rows[] = {F_LAC, F_RAC, F_SAC, F_TAC, F_CELL};
    if (p->rank && p->n_mnc) {
        tt_put_copy(m, r, F_MCC, p->mcc, 3);
        tt_put_copy(m, r, F_MNC, p->mnc, p->n_mnc);
    }
    for (unsigned i = 0; p->rank && i < sizeof rows; i++) {
        if (values[i] != NOWHERE) {
            tt_put_uint(m, r, rows[i], values[i]);
        }
    }
}

/* Version 1: routing area, or a location of one kind. */
static inline bool read_area(struct tt_msg *m, struct parts *parts, struct tt_bytes b, bool own)
{
    struct tt_reader in = tt_reader_over(b);
    struct place place = nowhere(own ? 2 : 1);
    unsigned kind = own ? tt_read_u8(&in) : 2;
    visit(m, &place, &in);
    place.lac = tt_read_u16(&in);
    tt_put_uint(m, &in, F_LACS, place.lac);
    if (kind == 2) {
        place.rac = tt_read_u8(&in);
    } else {
        uint64_t v = tt_read_u16(&in);
        place.cell = kind == 0 ? v : NOWHERE;
        place.sac = kind == 1 ? v : NOWHERE;
        if (kind == 0) {
            tt_put_uint(m, &in, F_CIS, v);
        }
    }
    if (tt_reader_ok(&in) && kind <= 2) {
        take_place(parts, &place);
    }
    return tt_reader_ok(&in) && kind <= 2;
}

/* Version 2: flags, then what they announce, in their order (TS 29.274, 8.21). */
static inline bool read_places(struct tt_msg *m, struct parts *parts, struct tt_bytes b)
{
    struct tt_reader in = tt_reader_over(b);
    struct place place = nowhere(2);
    unsigned flags = tt_read_u8(&in);
    for (unsigned bit = 0; bit < 8; bit++) {
        if (!(flags >> bit & 1)) {
            continue;
        }
        visit(m, &place, &in);
        if (bit == 3) {
            place.tac = tt_read_u16(&in);
            tt_put_uint(m, &in, F_TACS, place.tac);
        } else if (bit == 4) {
            place.cell = tt_read_u32(&in) & 0xfffffff;
            tt_put_uint(m, &in, F_ECIS, place.cell);
        } else if (bit >= 6) {
            tt_read_skip(&in, 3); /* macro eNodeB, extended macro eNodeB */
        } else {
            place.lac = tt_read_u16(&in);
            if (bit < 3) {
                uint64_t v = tt_read_u16(&in);
                place.cell = bit == 0 ? v : place.cell;
                place.sac = bit == 1 ? v : place.sac;
                place.rac = bit == 2 ? v >> 8 : place.rac;
            }
        }
    }
    if (tt_reader_ok(&in)) {
        take_place(parts, &place);
    }
    return tt_reader_ok(&in) && flags;
}

/* Quarters of an hour with their digits swapped, a sign; hours of daylight saving. */
static inline bool put_zone(const struct tt_reader *r, struct tt_msg *m, struct tt_bytes b)
{
    char text[] = "+00:00";
    if (b.n < 2) {
        return false;
    }
    unsigned quarters = (b.p[0] & 7u) * 10 + (b.p[0] >> 4), minutes = quarters % 4 * 15;
    text[0] = b.p[0] & 8 ? '-' : '+';
    text[1] = (char)('0' + quarters / 40 % 10);
    text[2] = (char)('0' + quarters / 4 % 10);
    text[4] = (char)('0' + minutes / 10);
    text[5] = (char)('0' + minutes % 10);
    tt_put_copy(m, r, F_ZONE, text, 6);
    tt_put_uint(m, r, F_DST, b.p[1] & 3);
    return b.p[0] >> 4 <= 9;
}

/* Name of the user and name servers; passwords are passed over. */
static inline bool put_options(const struct tt_reader *r, struct tt_msg *m, struct tt_bytes b)
{
    enum { PAP = 0xc023, DNS4 = 13, DNS6 = 3 };
    struct tt_reader in = tt_reader_over(b.n ? (struct tt_bytes){b.p + 1, b.n - 1} : b);
    while (tt_reader_left(&in)) {
        unsigned id = tt_read_u16(&in), n = tt_read_u8(&in);
        struct tt_bytes v = tt_read_bytes(&in, n);
        if (!tt_reader_ok(&in)) {
            return false;
        }
        if (id == DNS4 && v.n == 4) {
            put_ip4(r, m, F_PCO_DNS, v.p);
        } else if (id == DNS6 && v.n == 16) {
            tt_put_bytes(m, r, F_PCO_DNS6, v);
        } else if (id == PAP && v.n > 5 && v.p[0] == 1 && v.p[4] <= v.n - 5 &&
                   !tt_msg_has(m, F_PCO_USER)) {
            tt_put_bytes(m, r, F_PCO_USER, (struct tt_bytes){v.p + 5, v.p[4]});
        }
    }
    return tt_reader_ok(&in);
}

/* An end of the control plane of who sends this. */
static inline void own_end(struct parts *p, uint32_t teid, const uint8_t *address)
{
    if (teid && p->n_ends < sizeof p->ends / sizeof *p->ends) {
        p->ends[p->n_ends].teid = teid;
        p->ends[p->n_ends++].address = address;
    }
}

#endif
