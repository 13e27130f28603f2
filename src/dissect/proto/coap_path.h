/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Values and texts that a message makes itself, part of coap.c alone: its path, the name of its
 * stream, words. They lie in the message.
 */
#ifndef DISSECT_PROTO_COAP_PATH_H
#define DISSECT_PROTO_COAP_PATH_H

#include "dissect/proto/coap_state.h"

/* A value, where there is room, of a row that is not there yet or is a list's. The caller says
 * whether it is stream or payload. */
static inline void put_row(struct tt_msg *m, enum row row, uint8_t type, uint64_t u, uint32_t n,
                           uint16_t offset)
{
    uint32_t at = m->n_values;
    m->values[at] =
        (struct tt_value){.u = u, .n = n, .field = (uint8_t)row, .type = type, .offset = offset};
    m->n_values = (uint16_t)(at + 1);
    m->present[row >> 6] |= (uint64_t)1 << (row & 63);
}

static inline struct tt_bytes of_text(const char *text)
{
    return (struct tt_bytes){(const uint8_t *)text, text ? (uint32_t)strlen(text) : 0};
}

/* One more segment of the path; behind it are `after` octets of the unit. */
static inline void add_segment(struct head *h, struct tt_bytes b, uint32_t after)
{
    uint32_t room = PATH_MAX_OCTETS - h->path_n;
    if (room == 0) {
        h->long_path = true;
        return;
    }
    char *at = h->text + PATH_AT + h->path_n;
    *at = '/';
    uint32_t n = b.n < room - 1 ? b.n : room - 1;
    if (n <= SLACK && b.n + after >= SLACK) {
        memcpy(at + 1, b.p, SLACK); /* what is too much is overwritten, or not looked at */
    } else if (n) {
        memcpy(at + 1, b.p, n);
    }
    h->path_n += n + 1;
    h->long_path |= n < b.n;
}

/* An octet of the path is NUL or not ASCII. What stands before the path is blank. */
static inline bool path_unsound(const struct head *h)
{
    const uint64_t low = 0x0101010101010101u, high = low << 7;
    const uint8_t *p = (const uint8_t *)h->text + PATH_AT, *last = p + h->path_n - 8;
    uint64_t w, bad = 0;
    for (; p < last; p += 8) {
        w = eight(p);
        bad |= w | (w - low);
    }
    w = eight(last);
    return ((bad | w | (w - low)) & high) != 0;
}

static inline struct tt_bytes path_text(const struct head *h)
{
    return (struct tt_bytes){(const uint8_t *)h->text + PATH_AT, h->path_n};
}

/* "GET /a/b": the method stands before the path. */
static inline struct tt_bytes stream_text(const struct head *h, unsigned method)
{
    static const char words[][PATH_AT + 1] = {"        ", "    GET ", "   POST ", "    PUT ",
                                              " DELETE ", "  FETCH ", "  PATCH ", " iPATCH "};
    static const uint8_t octets[] = {1, 4, 5, 4, 7, 6, 6, 7};
    unsigned i = method <= IPATCH ? method : 0;
    memcpy(h->text, words[i], PATH_AT);
    return (struct tt_bytes){(const uint8_t *)h->text + PATH_AT - octets[i], h->path_n + octets[i]};
}

/* A text of the message's own; empty when there is no room left. Words that are made one after the
 * other lie together. */
static inline struct tt_bytes word(struct tt_msg *m, const void *p, uint32_t n)
{
    uint8_t *at = tt_msg_make(m, n);
    if (!at) {
        note(m, true, A_TEXTS);
        return (struct tt_bytes){NULL, 0};
    }
    if (n) {
        memcpy(at, p, n);
    }
    return (struct tt_bytes){at, n};
}

#endif
