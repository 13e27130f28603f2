/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The options of a message, part of coap.c alone: their values into rows, what is odd about them,
 * and what later parts of the message depend on. The usual ones take a short way.
 */
#ifndef DISSECT_PROTO_COAP_READ_H
#define DISSECT_PROTO_COAP_READ_H

#include "dissect/proto/coap_framing.h"
#include "dissect/proto/coap_path.h"

static inline uint32_t number_of(struct tt_bytes b)
{
    uint32_t v = 0;
    for (uint32_t i = 0; i < b.n && i < 4; i++) {
        v = v << 8 | b.p[i];
    }
    return v;
}

/* RFC 8613 6.1: flags, partial IV, length and kid context, kid. */
static inline bool oscore_rows(struct tt_msg *m, struct tt_bytes b, uint64_t *piv,
                               struct tt_bytes *kid)
{
    struct tt_reader r = tt_reader_over(b);
    uint8_t flags = tt_read_u8(&r);
    uint32_t n = flags & 7;
    *piv = UINT64_MAX;
    tt_put_uint(m, &r, F_OSCORE_RESERVED, (flags & 0xe0) != 0);
    tt_put_uint(m, &r, F_OSCORE_HAS_CONTEXT, flags >> 4 & 1);
    tt_put_uint(m, &r, F_OSCORE_HAS_KID, flags >> 3 & 1);
    tt_put_uint(m, &r, F_OSCORE_PIV_LENGTH, n);
    if (n) {
        struct tt_bytes v = tt_read_bytes(&r, n);
        tt_put_bytes(m, &r, F_OSCORE_PIV, v);
        *piv = 0;
        for (uint32_t i = 0; i < v.n; i++) {
            *piv = *piv << 8 | v.p[i];
        }
    }
    if (flags & 0x10) {
        uint8_t length = tt_read_u8(&r);
        tt_put_uint(m, &r, F_OSCORE_CONTEXT_LENGTH, length);
        struct tt_bytes v = tt_read_bytes(&r, length);
        tt_put_bytes(m, &r, F_OSCORE_CONTEXT, v);
    }
    if (flags & 8) {
        *kid = tt_read_rest(&r);
        tt_put_bytes(m, &r, F_OSCORE_KID, *kid);
    }
    return tt_reader_ok(&r) && flags && !(flags & 0xe0) && n < 6 && tt_reader_left(&r) == 0;
}

static inline void oscore(struct state *s, struct tt_msg *m, struct head *h, struct tt_bytes b)
{
    struct tt_reader good = tt_reader_over(b);
    struct tt_bytes kid = {NULL, 0};
    uint64_t piv = UINT64_MAX;
    h->oscore = true;
    tt_put_uint(m, &good, F_OSCORE, 1);
    if (b.n == 0) {
        return;
    }
    note(m, !oscore_rows(m, b, &piv, &kid), A_OSCORE);
    if (piv == UINT64_MAX || h->again || kid.n == 0) {
        return;
    }
    uint32_t key = mix(kid, 1) | 1;
    unsigned d = m->direction;
    note(m, s->oscore[d].key == key && (uint32_t)piv == s->oscore[d].piv, A_OSCORE_REPLAY);
    s->oscore[d].key = key;
    s->oscore[d].piv = (uint32_t)piv;
}

static inline void block_value(struct tt_msg *m, const struct tt_reader *r, struct head *h,
                               const struct option *o, struct tt_bytes b)
{
    uint32_t v = number_of(b), szx = v & 7, size = szx == 7 ? 1024 : 16u << szx;
    tt_put_uint(m, r, o->row, v >> 4);
    tt_put_uint(m, r, o->row + 1u, v >> 3 & 1);
    tt_put_uint(m, r, o->row + 2u, size);
    note(m, szx == 7 && h->datagram, A_BLOCK_SIZE);
    bool quick = o->number == 19 || o->number == 31;
    unsigned which = o->number == 23 || o->number == 31;
    if (!quick) {
        tt_put_uint(m, r, o->row + 3u, szx);
    }
    if (!h->block[which].is) {
        h->block[which].is = true;
        h->block[which].any_order = quick;
        h->block[which].num = v >> 4;
        h->block[which].more = v >> 3 & 1;
        h->block[which].szx = (uint8_t)szx;
    }
}

/* Numbers that later parts of the message depend on. */
static inline void heed(struct state *s, struct tt_msg *m, struct head *h, const struct option *o,
                        uint32_t v)
{
    switch (o->row) {
    case F_OBSERVE:
        h->observe = (int32_t)v;
        note(m, m->kind == REQUEST && (v > 1 || (h->code != GET && h->code != FETCH)),
             A_OBSERVE_PLACE);
        break;
    case F_FORMAT:
        h->format = (int32_t)(v & 0xffff);
        break;
    case F_ACCEPT:
        h->accept = (int32_t)(v & 0xffff);
        break;
    case F_SIZE1:
    case F_SIZE2:
        h->size[o->row == F_SIZE2] = v;
        break;
    case F_NO_RESPONSE:
        h->no_response = (int32_t)(v & 0xff);
        break;
    case F_MAX_MESSAGE_SIZE:
        s->message_max[m->direction] = v;
        break;
    case F_EXTENDED_TOKEN:
        s->token_max[m->direction] = (uint16_t)(v < UINT16_MAX ? v : UINT16_MAX);
        break;
    default:
        break;
    }
}

static inline void judge_text(struct tt_msg *m, struct tt_bytes b, bool segment)
{
    bool dots = (b.n == 1 && b.p[0] == '.') || (b.n == 2 && b.p[0] == '.' && b.p[1] == '.');
    note(m, dots && segment, A_DOTS);
    uint8_t all = 0;
    for (uint32_t i = 0; i < b.n; i++) {
        all |= b.p[i];
        note(m, b.p[i] == 0, A_NUL);
    }
    note(m, all & 0x80 && !tt_bytes_utf8(b), A_UTF8);
}

/* ep=NAME and the like. */
static inline void keep_argument(struct head *h, struct tt_bytes b)
{
    static const char names[N_QUERIES][8] = {"ep=", "lt=", "lwm2m=", "b=", "sms="};
    for (unsigned i = 0; i < N_QUERIES; i++) {
        uint32_t n = (uint32_t)strlen(names[i]);
        if (b.n > n && memcmp(b.p, names[i], n) == 0) {
            if (!h->arguments) {
                memset(h->query, 0, sizeof h->query);
            }
            h->arguments = true;
            h->query[i] = (struct tt_bytes){b.p + n, b.n - n};
        }
    }
}

/* The words of one message follow one another. */
static inline void keep_location(struct tt_msg *m, struct head *h, struct tt_bytes b)
{
    struct tt_bytes slash = word(m, "/", 1), segment = word(m, b.p, b.n);
    h->location.p = h->location.p ? h->location.p : slash.p;
    h->location.n += slash.n + segment.n;
}

static inline void option_value(struct state *s, struct tt_msg *m, const struct tt_reader *r,
                                struct head *h, const struct option *o, struct tt_bytes b)
{
    uint32_t v;
    switch (o->format) {
    case STRING:
        tt_put_bytes(m, r, o->row, b);
        judge_text(m, b, o->row == F_SEGMENT);
        if (o->row == F_SEGMENT) {
            add_segment(h, b, tt_reader_left(r));
        } else if (o->row == F_QUERY) {
            h->key = mix(b, h->key);
            h->queries = true;
            keep_argument(h, b);
        } else if (o->row == F_LOCATION) {
            keep_location(m, h, b);
        }
        break;
    case BINARY:
        tt_put_bytes(m, r, o->row, b);
        h->etag = o->row == F_ETAG ? mix(b, h->etag) : h->etag;
        h->key = o->row == F_REQUEST_TAG ? mix(b, h->key + 1) : h->key;
        break;
    case NOTHING:
        tt_put_uint(m, r, o->row, 1);
        break;
    case NUMBER:
        if (b.n > 4) {
            break;
        }
        v = number_of(b);
        note(m, b.n && b.p[0] == 0, A_NONMINIMAL);
        tt_put_uint(m, r, o->row, v);
        if (o->row == F_SIZE2) {
            tt_put_uint(m, r, F_SIZE2_LOW, v & 7);
        }
        heed(s, m, h, o, v);
        break;
    case BLOCK_VALUE:
        block_value(m, r, h, o, b);
        break;
    default:
        oscore(s, m, h, b);
    }
}

static inline void one_option(struct state *s, struct tt_msg *m, const struct tt_reader *r,
                              struct head *h, uint32_t number, struct tt_bytes b)
{
    const struct option *o = option_of(h->datagram ? EMPTY : h->code, number);
    bool again = o && o == h->option && !(o->flags & REPEATS);
    h->option = o;
    note(m, number > UINT16_MAX, A_OPTION_NUMBER);
    if (!o || o->flags & LATER) {
        tt_put_bytes(m, r, F_UNKNOWN, b);
    }
    if (!o) {
        tt_put_uint(m, r, F_OPT_NUMBER, number);
        tt_put_uint(m, r, F_OPT_CRITICAL, number & 1);
        tt_put_uint(m, r, F_OPT_LENGTH, b.n);
        tt_put_bytes(m, r, F_OPT_VALUE, b);
        note(m, number & 1 && number < 65000, A_OPTION_CRITICAL);
        return;
    }
    note(m, b.n < o->least || b.n > o->most, A_OPTION_LENGTH);
    note(m, again, A_OPTION_REPEATED);
    if (!again) { /* a further one counts as unknown (RFC 7252 5.4.5) */
        option_value(s, m, r, h, o, b);
    }
}

/* A segment of the path or a small number, known, as long as it may be and not again where it may
 * not: nearly all of them. False: it is for one_option. */
static inline bool usual_option(struct state *s, struct tt_msg *m, struct head *h,
                                const struct option *o, struct tt_bytes b, uint32_t left)
{
    if (b.n < o->least || b.n > o->most || m->n_values == TT_MSG_VALUES) {
        return false;
    }
    if (o->row == F_SEGMENT) {
        put_row(m, F_SEGMENT, TT_STR, (uintptr_t)b.p, b.n, (uint16_t)(b.p - m->unit.p));
        if (b.n <= 2) {
            judge_text(m, b, true);
        }
        add_segment(h, b, left);
    } else if (o->format == NUMBER && o != h->option && b.n <= 2 && o->row != F_SIZE2 &&
               (b.n == 0 || b.p[0])) {
        uint32_t v = b.n == 2 ? (uint32_t)b.p[0] << 8 | b.p[1] : b.n ? b.p[0] : 0;
        put_row(m, o->row, fields[o->row].type, v, 0, 0xffff);
        if (o->row == F_FORMAT) {
            h->format = (int32_t)v;
        } else {
            heed(s, m, h, o, v);
        }
    } else {
        return false;
    }
    h->option = o;
    return true;
}

#endif
