/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Values in the data of DNS records that have a form of their own, part of dns.c alone: parameters
 * of services (RFC 9460), options of EDNS (RFC 6891, 7871, 8914), types as bits (RFC 4034).
 */
#ifndef DISSECT_PROTO_DNS_VALUES_H
#define DISSECT_PROTO_DNS_VALUES_H

#include "dissect/proto/dns_text.h"

/* A record's data: octets `in` from offset `at` of the message on. */
struct data {
    struct tt_reader in;
    uint32_t at, type;
    struct text text; /* in octets: what the data hold is made before the text is */
    struct tt_bytes name;
    uint8_t octets[TEXT_MAX];
};

static const struct tt_name svc_keys[] = {
    {0, "mandatory"}, {1, "alpn"},     {2, "no-default-alpn"}, {3, "port"},  {4, "ipv4hint"},
    {5, "ech"},       {6, "ipv6hint"}, {7, "dohpath"},         {8, "ohttp"}, {0, NULL}};
static const struct tt_name edns_options[] = {
    {1, "llq"},        {3, "nsid"},     {5, "dau"},           {6, "dhu"},
    {7, "n3u"},        {8, "subnet"},   {9, "expire"},        {10, "cookie"},
    {11, "keepalive"}, {12, "padding"}, {13, "chain"},        {14, "key-tag"},
    {15, "error"},     {18, "report"},  {19, "zone-version"}, {0, NULL}};

static inline void put_number(struct packet *p, unsigned row, uint64_t v)
{
    tt_put_uint(p->m, &p->good, row, v);
}

/* An address as 16 octets, for a row of type IP. */
static inline void put_address(struct packet *p, struct tt_bytes b)
{
    uint8_t *made = b.n == 4 ? tt_msg_make(p->m, 16) : NULL;
    if (b.n == 16) {
        tt_put_bytes(p->m, &p->good, F_AAAA, b);
    } else if (made) {
        memset(made, 0, 10);
        memset(made + 10, 0xff, 2);
        memcpy(made + 12, b.p, 4);
        tt_put_bytes(p->m, &p->good, F_A, (struct tt_bytes){made, 16});
    }
}

/* The name that comes next; it may be longer than its octets, but these must be the data's. */
static inline bool data_name(struct packet *p, struct data *d, struct tt_bytes *name)
{
    uint32_t at = d->at + tt_reader_offset(&d->in);
    uint32_t n = tt_reader_left(&d->in) ? name_at(p, at, name) : 0;
    tt_read_skip(&d->in, n);
    return n && tt_reader_ok(&d->in);
}

static inline struct tt_bytes counted(struct tt_reader *in)
{
    return tt_read_bytes(in, tt_read_u8(in));
}

/* RFC 9460, 7 and RFC 9848. */
static inline void svc_value(struct text *t, uint32_t key, struct tt_bytes value)
{
    struct tt_reader in = tt_reader_over(value);
    uint32_t size = key == 4 ? 4 : 16;
    bool first = true;
    switch (key) {
    case 0:
        for (; tt_reader_left(&in) >= 2; first = false) {
            add_text(t, first ? "" : ",");
            add_name_of(t, svc_keys, tt_read_u16(&in), "key");
        }
        return;
    case 1:
        for (; tt_reader_left(&in); first = false) {
            struct tt_bytes one = counted(&in);
            add_text(t, first ? "" : ",");
            add(t, one.p, one.n);
        }
        return;
    case 3:
        add_number(t, tt_read_u16(&in));
        return;
    case 4:
    case 6:
        for (; tt_reader_left(&in) >= size; first = false) {
            add_text(t, first ? "" : ",");
            add_address(t, tt_read_bytes(&in, size));
        }
        return;
    case 7:
        add(t, value.p, value.n);
        return;
    default:
        add_hex(t, value, "");
    }
}

static inline void parameters(struct packet *p, struct data *d)
{
    while (tt_reader_left(&d->in)) {
        uint32_t key = tt_read_u16(&d->in);
        struct tt_bytes value = tt_read_bytes(&d->in, tt_read_u16(&d->in));
        if (!tt_reader_ok(&d->in)) {
            return;
        }
        put_number(p, F_SVC_KEY, key);
        add_text(&d->text, d->text.n ? " " : "");
        add_name_of(&d->text, svc_keys, key, "key");
        if (value.n) {
            add_text(&d->text, "=");
            svc_value(&d->text, key, value);
        }
    }
}

/* RFC 7871, 6: family, prefix, scope, as many octets of the address as the prefix needs. */
static inline bool subnet(struct text *t, struct tt_bytes value)
{
    struct tt_reader in = tt_reader_over(value);
    uint32_t family = tt_read_u16(&in), bits = tt_read_u8(&in);
    uint8_t address[16] = {0};
    tt_read_skip(&in, 1);
    struct tt_bytes b = tt_read_rest(&in);
    uint32_t size = family == 1 ? 4 : 16;
    if (family < 1 || family > 2 || b.n > size || bits > 8 * size) {
        return false;
    }
    memcpy(address, b.p, b.n);
    add_address(t, (struct tt_bytes){address, size});
    add_text(t, "/");
    add_number(t, bits);
    return true;
}

static inline void edns_option(struct text *t, uint32_t code, struct tt_bytes value)
{
    if (code == 8 && subnet(t, value)) {
        return;
    }
    if (code == 15 && value.n >= 2) { /* RFC 8914 */
        add_number(t, (uint32_t)value.p[0] << 8 | value.p[1]);
        if (value.n > 2) {
            add_text(t, " ");
            add_quoted(t, (struct tt_bytes){value.p + 2, value.n - 2});
        }
    } else if (code == 12) {
        add_number(t, value.n);
    } else {
        add_hex(t, value, "");
    }
}

static inline void options(struct packet *p, struct data *d)
{
    while (tt_reader_left(&d->in)) {
        uint32_t code = tt_read_u16(&d->in);
        struct tt_bytes value = tt_read_bytes(&d->in, tt_read_u16(&d->in));
        if (!tt_reader_ok(&d->in)) {
            return;
        }
        put_number(p, F_EDNS_OPTION, code);
        add_text(&d->text, d->text.n ? " " : "");
        add_name_of(&d->text, edns_options, code, "option");
        add_text(&d->text, "=");
        edns_option(&d->text, code, value);
    }
}

/* RFC 4034, 4.1.2. */
static inline void bitmap(struct packet *p, struct data *d)
{
    bool first = true;
    while (tt_reader_left(&d->in)) {
        uint32_t window = tt_read_u8(&d->in);
        struct tt_bytes bits = counted(&d->in);
        for (uint32_t i = 0; i < bits.n * 8 && d->text.n < d->text.cap; i++) {
            if (bits.p[i / 8] & 0x80 >> i % 8) {
                put_number(p, F_BIT, window << 8 | i);
                add_text(&d->text, first ? "" : " ");
                add_name_of(&d->text, types, window << 8 | i, "TYPE");
                first = false;
            }
        }
    }
}

#endif
