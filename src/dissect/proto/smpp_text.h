/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The user data of a message, part of smpp.c alone: its header, its text, the parts of a long one
 * put together, and delivery receipts (3.4, appendix B).
 */
#ifndef DISSECT_PROTO_SMPP_TEXT_H
#define DISSECT_PROTO_SMPP_TEXT_H

#include "dissect/proto/smpp_state.h"

enum { FOR_THE_SIM = 127 /* protocol_id */ };

/* What a message's fields say of its user data. */
struct letter {
    struct tt_bytes data, from, to;
    bool short_message, payload; /* which of the two it came in, when it is not empty */
    bool coded;                  /* data_coding is there */
    uint8_t esm_class, coding, protocol;
    uint16_t reference; /* sar_* parameters; seen: bit for each of the three */
    uint8_t parts, part, seen;
    bool receipt; /* parameters that a receipt has, or its text */
    bool whole;   /* nothing more of it is to come */
};

static inline uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

/* Where a word begins in text, at the start or behind a space; text.n = nowhere. */
static inline uint32_t find_word(struct tt_bytes text, const char *word)
{
    uint32_t n = (uint32_t)strlen(word);
    for (uint32_t i = 0; text.n >= n && i <= text.n - n; i++) {
        uint32_t k = 0;
        if (i > 0 && text.p[i - 1] != ' ') {
            continue;
        }
        while (k < n && lower(text.p[i + k]) == (uint8_t)word[k]) {
            k++;
        }
        if (k == n) {
            return i;
        }
    }
    return text.n;
}

/* Each value ends where the next word begins; the last runs to the end. */
static inline bool receipt(const struct tt_reader *r, struct tt_msg *m, struct tt_bytes text,
                           bool told)
{
    static const struct {
        uint8_t row;
        char word[14];
    } words[] = {{F_R_ID, "id:"},          {F_R_SUB, "sub:"},
                 {F_R_DLVRD, "dlvrd:"},    {F_R_SUBMIT, "submit date:"},
                 {F_R_DONE, "done date:"}, {F_R_STATE, "stat:"},
                 {F_R_ERROR, "err:"},      {F_R_TEXT, "text:"}};
    enum { N = sizeof words / sizeof *words };
    uint32_t at[N], end = find_word(text, "text:");
    struct tt_bytes head = {text.p, end};
    for (unsigned i = 0; i < N; i++) {
        at[i] = i + 1 < N ? find_word(head, words[i].word) : end;
        at[i] = i + 1 < N && at[i] == head.n ? text.n : at[i];
    }
    bool id = at[0] < text.n, state = at[5] < text.n;
    if (told ? !id && !state : !id || !state) {
        return false;
    }
    for (unsigned i = 0; i < N; i++) {
        uint32_t stop = i + 1 < N ? end : text.n;
        for (unsigned k = 0; k < N; k++) {
            stop = at[k] > at[i] && at[k] < stop ? at[k] : stop;
        }
        if (at[i] < text.n) {
            uint32_t from = at[i] + (uint32_t)strlen(words[i].word);
            while (stop > from && text.p[stop - 1] == ' ') {
                stop--;
            }
            tt_put_bytes(m, r, words[i].row, (struct tt_bytes){text.p + from, stop - from});
        }
    }
    return true;
}

static const struct tt_sms_rows header_rows = {
    F_ELEMENT,   F_ELEMENT_NAME, F_ELEMENT_VALUE, F_REFERENCE, F_PARTS,    F_PART, F_PORT_TO,
    F_PORT_FROM, A_UDH,          A_CONCATENATION, A_CONFLICT,  A_NOT_KEPT, F_OTA};

/* Text or octets of all parts, when this is the last that was missing. False: others are to
 * come. */
static inline bool put_whole(struct state *s, const struct tt_reader *r, struct tt_msg *m,
                             const struct letter *l, const struct tt_sms_header *h,
                             enum tt_sms_alphabet alphabet, struct tt_bytes body)
{
    struct tt_bytes whole = {NULL, 0};
    bool faulty = false, clipped = false;
    uint8_t ota = 0;
    uint32_t key = tt_sms_key(tt_sms_key(tt_sms_key_of(m, h), l->from), l->to);
    if (!tt_sms_put_part(&header_rows, &s->facts, &s->forget, m, key, h, alphabet, body, &whole,
                         &ota)) {
        return m->anomalies >> A_NOT_KEPT & 1;
    }
    if (alphabet < TT_SMS_BINARY) {
        tt_put_bytes(m, r, F_WHOLE, tt_sms_text(m, alphabet, whole, &faulty, &clipped));
        note(m, clipped, A_CLIPPED);
    } else {
        tt_put_bytes(m, r, F_WHOLE_BINARY, whole);
        tt_sms_put_ota(&header_rows, m, ota, l->protocol == FOR_THE_SIM, whole);
    }
    return true;
}

/* tshark shows the text where the coding leaves no doubt about the alphabet. */
static inline bool beyond_doubt(const struct letter *l, enum tt_sms_alphabet alphabet)
{
    return l->coded && (l->coding == 1 || l->coding == 3 || l->coding == 8 || l->coding >= 0xf0) &&
           alphabet < TT_SMS_BINARY;
}

static inline void user_data(struct state *s, const struct tt_reader *r, struct tt_msg *m,
                             struct letter *l)
{
    struct tt_sms_header h = {.body = l->data};
    struct tt_sms_coding coding = tt_sms_smpp(l->coding);
    unsigned type = l->esm_class >> 2 & 15, kind = m->kind / 2;
    bool told = (type == 1 || type == 8) && (kind == CMD_deliver_sm || kind == CMD_data_sm);
    if (l->esm_class & 0x40) {
        h = tt_sms_header(l->data);
        tt_sms_put_elements(&header_rows, r, m, &h);
    }
    if (l->seen == 7 && !h.concatenated) {
        h.concatenated = h.wide = true;
        h.reference = l->reference;
        h.parts = l->parts;
        h.part = l->part;
    }
    tt_sms_put_facts(&header_rows, r, m, &h);
    note(m, !coding.known, A_CODING);
    struct tt_bytes body = h.body;
    enum tt_sms_alphabet alphabet = coding.alphabet;
    bool faulty = false, clipped = false, found = false;
    if (alphabet == TT_SMS_GSM7) {
        alphabet = tt_sms_guess(body);
    }
    if (alphabet == TT_SMS_PACKED) {
        /* behind a header the text begins at the next whole septet */
        unsigned before = 8 * (unsigned)(l->data.n - body.n);
        body = tt_sms_unpack(m, body, (7 - before % 7) % 7, UINT32_MAX);
    }
    tt_put_uint(m, r, F_ALPHABET, alphabet);
    if (coding.class >= 0) {
        tt_put_uint(m, r, F_CLASS, (uint64_t)coding.class);
    }
    alphabet = alphabet == TT_SMS_PACKED ? TT_SMS_GSM7 : alphabet;
    if (alphabet < TT_SMS_BINARY && body.n) {
        struct tt_bytes text = tt_sms_text(m, alphabet, body, &faulty, &clipped);
        tt_put_bytes(m, r, beyond_doubt(l, alphabet) ? F_TEXT_NAMED : F_TEXT, text);
        note(m, faulty, A_TEXT);
        note(m, clipped, A_CLIPPED);
        found = (told || kind == CMD_deliver_sm) && receipt(r, m, text, told);
    } else if (body.n) {
        tt_put_bytes(m, r, F_BINARY, body);
    }
    if (body.n && h.concatenated && h.parts > 1 && tt_sms_part_valid(h.parts, h.part)) {
        l->whole = put_whole(s, r, m, l, &h, alphabet, body);
    } else if (alphabet >= TT_SMS_BINARY) {
        tt_sms_put_ota(&header_rows, m, h.ota, l->protocol == FOR_THE_SIM, body);
    }
    l->receipt |= found;
    note(m, told && !l->receipt, A_RECEIPT);
}

#endif
