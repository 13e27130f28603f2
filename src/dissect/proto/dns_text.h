/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names and texts of DNS, part of dns.c alone. Names are put together from labels and pointers (RFC
 * 1035, 4.1.4): a pointer must lead to before the labels that it follows, so every walk ends; how
 * many pointers are followed for a name and for a message is bounded, and so is what is written.
 */
#ifndef DISSECT_PROTO_DNS_TEXT_H
#define DISSECT_PROTO_DNS_TEXT_H

#include <arpa/inet.h>

#include "dissect/proto/dns_rows.h"

enum {
    HEAD = 12,
    NAME_MAX_OCTETS = 255,
    POINTERS_OF_NAME = 127,
    POINTERS_OF_MESSAGE = 4096,
    TEXT_MAX = 640, /* octets of a record's data as text */
    KEPT = 8,
};

/* A message as it is read: b begins with the header. */
struct packet {
    struct tt_bytes b;
    struct tt_reader good; /* never in error: what is put is put */
    struct tt_msg *m;
    uint32_t pointers, n_kept;
    struct {
        uint32_t at;
        struct tt_bytes text;
    } kept[KEPT];         /* names by where they stand: most are pointed to again */
    struct tt_bytes root; /* as tshark shows it */
    bool mdns, response, opt;
};

static inline void note(struct tt_msg *m, bool when, enum oddity oddity)
{
    m->anomalies |= when ? (uint64_t)1 << oddity : 0;
}

/* --- Text ------------------------------------------------------------------------------------ */

/* What is written behind what the message already made. */
struct text {
    uint8_t *p;
    uint32_t n, cap;
};

static inline struct text text_begin(struct packet *p, uint32_t want)
{
    uint32_t room = TT_MSG_MADE - (uint32_t)p->m->n_made;
    struct text t = {.cap = want < room ? want : room};
    t.p = tt_msg_make(p->m, t.cap);
    p->m->overflow |= t.cap < want && room < NAME_MAX_OCTETS;
    return t;
}

static inline struct tt_bytes text_end(struct packet *p, struct text *t)
{
    tt_msg_unmake(p->m, t->p + t->n);
    return (struct tt_bytes){t->p, t->n};
}

static inline void add(struct text *t, const void *octets, uint32_t n)
{
    uint32_t take = n < t->cap - t->n ? n : t->cap - t->n;
    if (t->p && take) {
        memcpy(t->p + t->n, octets, take);
        t->n += take;
    }
}

static inline void add_text(struct text *t, const char *s)
{
    add(t, s, (uint32_t)strlen(s));
}

static inline void add_number(struct text *t, uint32_t v)
{
    char digits[10];
    uint32_t n = sizeof digits;
    do {
        digits[--n] = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    add(t, digits + n, (uint32_t)sizeof digits - n);
}

static inline void add_hex(struct text *t, struct tt_bytes b, const char *between)
{
    static const char hex[] = "0123456789abcdef";
    for (uint32_t i = 0; i < b.n && t->n < t->cap; i++) {
        char two[2] = {hex[b.p[i] >> 4], hex[b.p[i] & 15]};
        add_text(t, i ? between : "");
        add(t, two, 2);
    }
}

static inline void add_quoted(struct text *t, struct tt_bytes b)
{
    add_text(t, "\"");
    for (uint32_t i = 0; i < b.n && t->n < t->cap; i++) {
        if (b.p[i] == '"' || b.p[i] == '\\') {
            add_text(t, "\\");
        }
        add(t, b.p + i, 1);
    }
    add_text(t, "\"");
}

/* 4 or 16 octets. */
static inline void add_address(struct text *t, struct tt_bytes b)
{
    char text[INET6_ADDRSTRLEN];
    if (b.n == 4) { /* most answers are: a tenth of what inet_ntop takes */
        for (unsigned i = 0; i < 4; i++) {
            add_number(t, b.p[i]);
            add(t, ".", i < 3);
        }
    } else if (inet_ntop(AF_INET6, b.p, text, sizeof text)) {
        add_text(t, text);
    }
}

static inline void add_name_of(struct text *t, const struct tt_name *names, uint32_t v,
                               const char *otherwise)
{
    while (names->name && names->value != v) {
        names++;
    }
    add_text(t, names->name ? names->name : otherwise);
    if (!names->name) {
        add_number(t, v);
    }
}

/* --- Names ----------------------------------------------------------------------------------- */

/* As RFC 1035, 2.3.1 wants labels, with the underscore of services and the asterisk; UTF-8 and
 * blanks are at home in mDNS (RFC 6763, 4.1.1). */
static inline bool odd(uint8_t c)
{
    return c <= ' ' || c == '.' || c >= 0x7f;
}

static inline void add_label(struct packet *p, struct text *t, struct tt_bytes label)
{
    bool strange = false;
    for (uint32_t i = 0; i < label.n; i++) {
        strange |= odd(label.p[i]);
    }
    note(p->m, strange && !p->mdns, A_CHARACTERS);
    if (t->n) {
        add_text(t, ".");
    }
    add(t, label.p, label.n);
}

/* Where the pointer at `at` leads, 0 = nowhere. `before`: where the labels began that it ends. */
static inline uint32_t follow(struct packet *p, uint32_t at, uint32_t before, uint32_t count)
{
    uint32_t to = (uint32_t)(p->b.p[at] & 0x3f) << 8 | p->b.p[at + 1];
    note(p->m, to < HEAD, A_HEADER);
    note(p->m, to >= before && to <= at + 1, A_LOOP);
    note(p->m, to > at + 1, A_FORWARD);
    bool many = count >= POINTERS_OF_NAME || p->pointers++ >= POINTERS_OF_MESSAGE;
    note(p->m, many, A_POINTERS);
    return to < HEAD || to >= before || many ? 0 : to;
}

/* Adds the name at `at`; returns the octets it takes there, 0 when they end before it does, or are
 * no name. */
static inline uint32_t walk(struct packet *p, uint32_t at, struct text *t)
{
    uint32_t from = at, before = at, taken = 0, wire = 1, count = 0;
    while (at < p->b.n) {
        uint8_t c = p->b.p[at];
        if (c == 0) {
            return taken ? taken : at + 1 - from;
        }
        if (c >= 0xc0) {
            if (at + 1 >= p->b.n) {
                return 0;
            }
            taken = taken ? taken : at + 2 - from;
            at = before = follow(p, at, before, count++);
            if (at == 0) {
                return taken;
            }
            continue;
        }
        if (c > 63 || c > p->b.n - at - 1) {
            note(p->m, c > 63, A_LABEL);
            return taken;
        }
        wire += c + 1u;
        if (wire <= NAME_MAX_OCTETS) {
            add_label(p, t, (struct tt_bytes){p->b.p + at + 1, c});
        } else {
            note(p->m, true, A_LONG);
            if (taken) {
                return taken;
            }
        }
        at += c + 1u;
    }
    return taken;
}

/* The name at `at` as text. */
static inline uint32_t name_at(struct packet *p, uint32_t at, struct tt_bytes *out)
{
    uint32_t stands = at;
    if (at + 1 < p->b.n && p->b.p[at] >= 0xc0) {
        stands = (uint32_t)(p->b.p[at] & 0x3f) << 8 | p->b.p[at + 1];
    }
    for (uint32_t i = 0; i < KEPT && stands < at; i++) {
        if (p->kept[i].at == stands && p->kept[i].text.p) {
            *out = p->kept[i].text;
            return 2;
        }
    }
    struct text t = text_begin(p, NAME_MAX_OCTETS);
    uint32_t taken = walk(p, at, &t);
    *out = text_end(p, &t);
    if (taken && stands <= at) {
        uint32_t slot = p->n_kept++ % KEPT;
        p->kept[slot].at = stands;
        p->kept[slot].text = *out;
    }
    return taken;
}

/* The name as tshark shows it. */
static inline struct tt_bytes shown(struct packet *p, struct tt_bytes name)
{
    if (name.n == 0 && p->root.n == 0) {
        struct text t = text_begin(p, 6);
        add_text(&t, "<Root>");
        p->root = text_end(p, &t);
    }
    return name.n ? name : p->root;
}

/* Puts a name; `root` is the row of the name that has no labels (the same: none of its own). */
static inline void put_name(struct packet *p, unsigned row, unsigned root, struct tt_bytes name)
{
    bool empty = name.n == 0 && root != row;
    tt_put_bytes(p->m, &p->good, empty ? root : row, name);
    if (empty && root != F_QUERY_ROOT) {
        tt_put_bytes(p->m, &p->good, F_SHOWN, shown(p, name));
    }
    if (p->response) {
        tt_put_bytes(p->m, &p->good, F_ANY_NAME, name);
    }
}

#endif
