/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Data of DNS records, part of dns.c alone: each type's data as one text, after the form that its
 * row in TYPES gives, and the pieces that tshark shows. Data that are not of their type's form are
 * shown as far as they are, and noted.
 */
#ifndef DISSECT_PROTO_DNS_RDATA_H
#define DISSECT_PROTO_DNS_RDATA_H

#include "dissect/proto/dns_values.h"

/* The row of a name, number or text in a record's data that tshark shows; 0 = none. */
static inline unsigned shown_as(uint32_t type, unsigned place)
{
    switch (type) {
    case TYPE_NS:
        return F_NS;
    case TYPE_CNAME:
        return F_CNAME;
    case TYPE_PTR:
        return F_PTR;
    case TYPE_DNAME:
        return F_DNAME;
    case TYPE_MX:
        return F_PREFERENCE + place;
    case TYPE_SOA:
        return F_T_MNAME + place;
    case TYPE_SRV:
        return F_T_PRIORITY + place;
    case TYPE_NAPTR:
        return F_ORDER + place;
    case TYPE_SVCB:
    case TYPE_HTTPS:
        return place < 2 ? F_SVC_PRIORITY + place : 0;
    default:
        return 0;
    }
}

static inline void one_number(struct packet *p, struct data *d, unsigned size, unsigned row)
{
    uint32_t v = size == 1   ? tt_read_u8(&d->in)
                 : size == 2 ? tt_read_u16(&d->in)
                             : tt_read_u32(&d->in);
    if (tt_reader_ok(&d->in)) {
        add_number(&d->text, v);
        if (row) {
            put_number(p, row, v);
        }
    }
}

static inline void one_name(struct packet *p, struct data *d, unsigned row)
{
    struct tt_bytes name = {NULL, 0};
    if (!data_name(p, d, &name)) {
        tt_reader_fail(&d->in, TT_READ_INVALID);
        return;
    }
    d->name = name;
    add(&d->text, name.n ? name.p : (const uint8_t *)".", name.n ? name.n : 1);
    if (row) {
        tt_put_bytes(p->m, &p->good, row, shown(p, name));
    }
    if (p->response) {
        tt_put_bytes(p->m, &p->good, F_ANY_NAME, name);
    }
}

static inline void one_text(struct packet *p, struct data *d, char form, unsigned row)
{
    struct tt_bytes b = form == 'q' ? tt_read_rest(&d->in) : counted(&d->in);
    if (!tt_reader_ok(&d->in)) {
        return;
    }
    if (form == 'k' || form == 'S') {
        add(&d->text, b.p, b.n);
    } else if (form == 'N') {
        add_hex(&d->text, b, "");
    } else {
        add_quoted(&d->text, b);
    }
    if (row) {
        tt_put_bytes(p->m, &p->good, row, b);
    }
}

static inline void one_address(struct packet *p, struct data *d, uint32_t size)
{
    struct tt_bytes b = tt_read_bytes(&d->in, size);
    if (b.n) {
        add_address(&d->text, b);
    }
    if (b.n && (d->type == TYPE_A || d->type == TYPE_AAAA)) {
        put_address(p, b);
    }
}

/* One piece of the data, by its letter. */
static inline void piece(struct packet *p, struct data *d, char form, unsigned place)
{
    unsigned row = shown_as(d->type, place);
    switch (form) {
    case 'a':
        one_address(p, d, 4);
        break;
    case '6':
        one_address(p, d, 16);
        break;
    case 'n':
        one_name(p, d, row);
        break;
    case 'b':
        one_number(p, d, 1, row);
        break;
    case 'w':
        one_number(p, d, 2, row);
        break;
    case 'l':
        one_number(p, d, 4, row);
        break;
    case 'S':
        do {
            one_text(p, d, form, d->type == TYPE_TXT ? F_TXT : 0);
        } while (tt_reader_left(&d->in));
        break;
    case 't':
        add_name_of(&d->text, types, tt_read_u16(&d->in), "TYPE");
        break;
    case 'm':
        bitmap(p, d);
        break;
    case 'p':
        parameters(p, d);
        break;
    case 'o':
        options(p, d);
        break;
    case 'x':
        add_hex(&d->text, tt_read_rest(&d->in), "");
        break;
    default:
        one_text(p, d, form, row);
    }
}

/* The data as text. False: they are not of their type's form. Of MX it is the exchange alone, as
 * Suricata has it. */
static inline bool data_text(struct packet *p, struct data *d, const char *form,
                             struct tt_bytes *out)
{
    d->text = (struct text){d->octets, 0, TEXT_MAX};
    for (unsigned i = 0; form[i] && tt_reader_ok(&d->in); i++) {
        if (d->text.n && form[i] != 'p') {
            add_text(&d->text, " ");
        }
        piece(p, d, form[i], i);
    }
    if (strcmp(form, "n") == 0 || d->type == TYPE_MX) {
        *out = d->name;
    } else {
        struct text made = text_begin(p, d->text.n);
        add(&made, d->octets, d->text.n);
        *out = text_end(p, &made);
    }
    return tt_reader_ok(&d->in) && tt_reader_left(&d->in) == 0;
}

#endif
