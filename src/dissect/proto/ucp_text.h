/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What UCP keeps for a flow, and the user data of a message, part of ucp.c alone: transparent data
 * in the coding of the extra services, user data headers, the parts of a long message.
 */
#ifndef DISSECT_PROTO_UCP_TEXT_H
#define DISSECT_PROTO_UCP_TEXT_H

#include "dissect/proto/ucp_rows.h"

enum { NUMBERS = 100 };

struct state {
    struct tt_flow_facts facts;
    uint8_t lost, forget; /* octets were lost; what waits in the places is void */
    uint8_t refused;      /* the last session was refused */
    uint8_t account_n;
    char account[16]; /* of the last session that was asked for */
    uint8_t open[2][(NUMBERS + 7) / 8];
};

/* One frame while it is read. */
struct frame {
    struct tt_reader in; /* the fields, from behind OT to before the checksum */
    uint8_t ot;
    uint8_t mt;
    bool result, for_the_sim;     /* RPID 127 */
    struct tt_bytes tmsg, header; /* transparent data; user data header of XSer 01, hexadecimal */
    struct tt_bytes user;         /* who opens a session */
    int dcs;                      /* of XSer 02; -1 = none */
};

static inline void note(struct tt_msg *m, bool when, enum oddity oddity)
{
    m->anomalies |= when ? (uint64_t)1 << oddity : 0;
}

static const struct tt_sms_rows header_rows = {
    F_ELEMENT,   F_ELEMENT_NAME, F_ELEMENT_VALUE, F_REFERENCE, F_PARTS,    F_PART, F_PORT_TO,
    F_PORT_FROM, A_UDH,          A_CONCATENATION, A_CONFLICT,  A_NOT_KEPT, F_OTA};

/* Text or octets of all parts, when this is the last that was missing. False: others are to
 * come. */
static inline bool put_whole(struct state *s, const struct tt_reader *r, struct tt_msg *m,
                             const struct tt_sms_header *h, enum tt_sms_alphabet alphabet,
                             struct tt_bytes body, bool for_the_sim)
{
    uint32_t key = tt_sms_key_of(m, h);
    for (unsigned i = 0; i < m->n_values; i++) {
        if (m->values[i].field == F_ADC || m->values[i].field == F_OADC) {
            key = tt_sms_key(key, (struct tt_bytes){m->values[i].p, m->values[i].n});
        }
    }
    struct tt_bytes whole = {NULL, 0};
    bool faulty = false, clipped = false;
    uint8_t ota = 0;
    if (!tt_sms_put_part(&header_rows, &s->facts, &s->forget, m, key, h, alphabet, body, &whole,
                         &ota)) {
        return m->anomalies >> A_NOT_KEPT & 1;
    }
    if (alphabet < TT_SMS_BINARY) {
        tt_put_bytes(m, r, F_WHOLE, tt_sms_text(m, alphabet, whole, &faulty, &clipped));
    } else {
        tt_put_bytes(m, r, F_WHOLE_BINARY, whole);
        tt_sms_put_ota(&header_rows, m, ota, for_the_sim, whole);
    }
    return true;
}

/* The last text that was put: of an alphanumeric message, decoded. */
static inline struct tt_bytes hex_of(const struct frame *f, struct tt_msg *m)
{
    bool faulty = false;
    struct tt_bytes b = tt_sms_hex(m, f->tmsg, &faulty);
    note(m, faulty, A_HEX);
    return b;
}

/* False: it is a part, and others are to come. MT 4 carries octets in the data coding of XSer 02
 * (without one: 8 bits); MT 3 is one septet in each octet and was put already. A header comes in
 * XSer 01 for both. */
static inline bool user_data(struct state *s, const struct tt_reader *r, struct tt_msg *m,
                             struct frame *f)
{
    struct tt_sms_header h = {.faulty = false};
    bool faulty = false, clipped = false;
    if (f->header.n) {
        struct tt_bytes header = tt_sms_hex(m, f->header, &faulty);
        h = tt_sms_header(header);
        note(m, faulty, A_HEX);
        tt_sms_put_elements(&header_rows, r, m, &h);
        tt_sms_put_facts(&header_rows, r, m, &h);
    }
    if (f->mt != '3' && f->mt != '4') {
        return true;
    }
    struct tt_sms_coding coding = tt_sms_dcs(f->dcs < 0 ? (f->mt == '4' ? 4 : 0) : (uint8_t)f->dcs);
    struct tt_bytes body = hex_of(f, m);
    enum tt_sms_alphabet alphabet = f->mt == '3' ? TT_SMS_GSM7 : coding.alphabet;
    note(m, !coding.known, A_CODING);
    if (f->mt == '4' && alphabet == TT_SMS_GSM7) {
        /* behind a header the text begins at the next whole septet (TS 23.040, 9.2.3.24) */
        unsigned before = 4 * f->header.n;
        tt_put_uint(m, r, F_ALPHABET, TT_SMS_PACKED);
        body = tt_sms_unpack(m, body, (7 - before % 7) % 7, UINT32_MAX);
    } else {
        tt_put_uint(m, r, F_ALPHABET, alphabet);
    }
    if (coding.class >= 0) {
        tt_put_uint(m, r, F_CLASS, (uint64_t)coding.class);
    }
    bool joined = h.concatenated && h.parts > 1 && tt_sms_part_valid(h.parts, h.part);
    if (alphabet >= TT_SMS_BINARY) {
        tt_put_bytes(m, r, F_BINARY, body);
        if (!joined) {
            tt_sms_put_ota(&header_rows, m, h.ota, f->for_the_sim, body);
        }
    } else if (f->mt == '4') {
        tt_put_bytes(m, r, F_TEXT, tt_sms_text(m, alphabet, body, &faulty, &clipped));
        note(m, faulty || clipped, A_TEXT);
    }
    return !joined || put_whole(s, r, m, &h, alphabet, body, f->for_the_sim);
}

#endif
