/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What CIMD2 keeps for a flow, and the user data of a message, part of cimd2.c alone: the character
 * conversion of user data (chapter 8), binary user data in its data coding, user data headers, the
 * parts of a long message.
 */
#ifndef DISSECT_PROTO_CIMD2_TEXT_H
#define DISSECT_PROTO_CIMD2_TEXT_H

#include "dissect/proto/cimd2_rows.h"

struct state {
    struct tt_flow_facts facts;
    uint8_t lost, forget; /* octets were lost; what waits in the places is void */
    uint8_t asked, in;    /* a login waits for its answer; one was accepted */
    uint8_t account_n;
    char account[32]; /* of the last login that was asked for */
    uint8_t open[2][256 / 8];
};

/* One frame while it is read. */
struct frame {
    struct tt_bytes text, binary, header; /* as they were sent */
    struct tt_bytes to, from, user;
    int dcs;                  /* -1 = none */
    bool failed, for_the_sim; /* TP-PID 127 */
};

static inline void note(struct tt_msg *m, bool when, enum oddity oddity)
{
    m->anomalies |= when ? (uint64_t)1 << oddity : 0;
}

/* 8.1: two characters behind '_' stand for one septet of the GSM alphabet; -1 = none. */
static inline int combination(uint8_t a, uint8_t b)
{
    static const struct {
        char pair[3];
        uint8_t septet;
    } all[] = {{"Oa", 0},     {"L-", 1},     {"Y-", 3},     {"e`", 4},     {"e'", 5},
               {"u`", 6},     {"i`", 7},     {"o`", 8},     {"C,", 9},     {"O/", 11},
               {"o/", 12},    {"A*", 14},    {"a*", 15},    {"gd", 16},    {"--", 17},
               {"gf", 18},    {"gg", 19},    {"gl", 20},    {"go", 21},    {"gp", 22},
               {"gi", 23},    {"gs", 24},    {"gt", 25},    {"gx", 26},    {"XX", 27},
               {"AE", 28},    {"ae", 29},    {"ss", 30},    {"E'", 31},    {"qq", 0x22},
               {"ox", 0x24},  {"!!", 0x40},  {"A\"", 0x5b}, {"O\"", 0x5c}, {"N~", 0x5d},
               {"U\"", 0x5e}, {"so", 0x5f},  {"??", 0x60},  {"a\"", 0x7b}, {"o\"", 0x7c},
               {"n~", 0x7d},  {"u\"", 0x7e}, {"a`", 0x7f}};
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i].pair[0] == (char)a && all[i].pair[1] == (char)b) {
            return all[i].septet;
        }
    }
    return -1;
}

/* The text of user data: characters of ISO Latin 1 and combinations. Each becomes UTF-8 by way of
 * its own alphabet; what lies together is decoded together. */
static inline struct tt_bytes converted(struct tt_msg *m, struct tt_bytes in, bool *odd)
{
    uint32_t n = 0, room = 4 * in.n + 4;
    bool faulty = false, clipped = false;
    if (!in.n || !memchr(in.p, '_', in.n)) {
        return tt_sms_text(m, TT_SMS_LATIN1, in, odd, odd);
    }
    uint8_t *out = tt_msg_make(m, room);
    if (!out) {
        *odd = true;
        return (struct tt_bytes){in.p, 0};
    }
    for (uint32_t i = 0; i < in.n;) {
        uint8_t septets[2];
        uint32_t k = 0, used = 1;
        enum tt_sms_alphabet alphabet = TT_SMS_LATIN1;
        int c = in.p[i] == '_' && in.n - i > 2 ? combination(in.p[i + 1], in.p[i + 2]) : -1;
        *odd |= in.p[i] == '_' && c < 0;
        septets[k++] = c < 0 ? in.p[i] : (uint8_t)c;
        if (c >= 0) {
            alphabet = TT_SMS_GSM7;
            used = 3;
        }
        if (c == 27 && in.n - i > 3) { /* the extension table: a character, or a combination */
            bool more = in.p[i + 3] == '_' && in.n - i > 5;
            int d = more ? combination(in.p[i + 4], in.p[i + 5]) : -1;
            septets[k++] = d < 0 ? in.p[i + 3] : (uint8_t)d;
            used = d < 0 ? 4 : 6;
        }
        uint8_t *mark = tt_msg_make(m, 0);
        struct tt_bytes u =
            tt_sms_text(m, alphabet, (struct tt_bytes){septets, k}, &faulty, &clipped);
        memcpy(out + n, u.p, u.n);
        n += u.n;
        tt_msg_unmake(m, mark);
        i += used;
    }
    tt_msg_unmake(m, out + n);
    *odd |= faulty || clipped;
    return (struct tt_bytes){out, n};
}

static const struct tt_sms_rows header_rows = {
    F_ELEMENT,   F_ELEMENT_NAME, F_ELEMENT_VALUE, F_REFERENCE, F_PARTS,    F_PART, F_PORT_TO,
    F_PORT_FROM, A_UDH,          A_CONCATENATION, A_CONFLICT,  A_NOT_KEPT, F_OTA};

/* Text or octets of all parts, when this is the last that was missing. False: others are to
 * come. */
static inline bool put_whole(struct state *s, const struct tt_reader *r, struct tt_msg *m,
                             const struct frame *f, const struct tt_sms_header *h,
                             enum tt_sms_alphabet alphabet, struct tt_bytes body)
{
    uint32_t key = tt_sms_key(tt_sms_key(tt_sms_key_of(m, h), f->from), f->to);
    struct tt_bytes whole = {NULL, 0};
    bool odd = false;
    uint8_t ota = 0;
    if (!tt_sms_put_part(&header_rows, &s->facts, &s->forget, m, key, h, alphabet, body, &whole,
                         &ota)) {
        return m->anomalies >> A_NOT_KEPT & 1;
    }
    if (alphabet >= TT_SMS_BINARY) {
        tt_put_bytes(m, r, F_WHOLE_BINARY, whole);
        tt_sms_put_ota(&header_rows, m, ota, f->for_the_sim, whole);
    } else {
        /* of user data as text the characters are kept, TT_SMS_LATIN1 says so */
        tt_put_bytes(m, r, F_WHOLE,
                     alphabet == TT_SMS_LATIN1 ? converted(m, whole, &odd)
                                               : tt_sms_text(m, alphabet, whole, &odd, &odd));
    }
    return true;
}

/* Binary user data in its data coding; without one it is GSM's default, and 8 bits here. */
static inline bool put_binary(struct state *s, const struct tt_reader *r, struct tt_msg *m,
                              const struct frame *f, const struct tt_sms_header *h,
                              enum tt_sms_alphabet alphabet, bool joined)
{
    bool faulty = false, odd = false;
    struct tt_bytes body = tt_sms_hex(m, f->binary, &faulty);
    note(m, faulty, A_HEX);
    if (alphabet == TT_SMS_GSM7) {
        alphabet = tt_sms_guess(body);
        alphabet = alphabet == TT_SMS_LATIN1 ? TT_SMS_BINARY : alphabet;
    }
    tt_put_uint(m, r, F_ALPHABET, alphabet);
    if (alphabet == TT_SMS_PACKED) {
        unsigned before = 4 * f->header.n;
        body = tt_sms_unpack(m, body, (7 - before % 7) % 7, UINT32_MAX);
        alphabet = TT_SMS_GSM7;
    }
    if (alphabet >= TT_SMS_BINARY) {
        tt_put_bytes(m, r, F_BINARY, body);
        if (!joined) {
            tt_sms_put_ota(&header_rows, m, h->ota, f->for_the_sim, body);
        }
    } else {
        tt_put_bytes(m, r, F_TEXT_CODED, tt_sms_text(m, alphabet, body, &odd, &odd));
        note(m, odd, A_TEXT);
    }
    return !joined || put_whole(s, r, m, f, h, alphabet, body);
}

/* False: it is a part, and others are to come. */
static inline bool user_data(struct state *s, const struct tt_reader *r, struct tt_msg *m,
                             const struct frame *f)
{
    struct tt_sms_header h = {.faulty = false};
    struct tt_sms_coding coding = tt_sms_dcs(f->dcs < 0 ? 0 : (uint8_t)f->dcs);
    bool faulty = false, odd = false;
    if (f->header.n) {
        h = tt_sms_header(tt_sms_hex(m, f->header, &faulty));
        note(m, faulty, A_HEX);
        tt_sms_put_elements(&header_rows, r, m, &h);
        tt_sms_put_facts(&header_rows, r, m, &h);
    }
    bool last = true, joined = h.concatenated && h.parts > 1 && tt_sms_part_valid(h.parts, h.part);
    note(m, !coding.known, A_CODING);
    note(m, f->text.n && f->binary.n, A_BOTH);
    if (coding.class >= 0) {
        tt_put_uint(m, r, F_CLASS, (uint64_t)coding.class);
    }
    if (f->text.n) {
        tt_put_bytes(m, r, F_TEXT, converted(m, f->text, &odd));
        note(m, odd, A_TEXT);
        if (joined) {
            last = put_whole(s, r, m, f, &h, TT_SMS_LATIN1, f->text);
        }
    }
    if (f->binary.n) {
        last = put_binary(s, r, m, f, &h, coding.alphabet, joined && !f->text.n);
    }
    return last;
}

#endif
