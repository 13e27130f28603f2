/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The table of values of one message. Owns the rules that every dissector relies on: a value is
 * kept only while its reader is good, a scalar that comes twice keeps the first, and the table has
 * a cap. Never looks at octets.
 */
#include "dissect/app.h"
#include "telltale/body.h"

void tt_fields_hot(const struct tt_dissector *d, struct tt_field_hot out[TT_FIELDS_MAX])
{
    memset(out, 0, TT_FIELDS_MAX * sizeof *out);
    for (unsigned i = 0; i < d->n_fields; i++) {
        bool list = strstr(d->fields[i].path, "[]") != NULL;
        out[i].type = d->fields[i].type;
        unsigned flags = d->fields[i].flags & ~(unsigned)(TT_TSHARK_NAME | TT_TSHARK_HEX);
        flags |= list ? TT_HOT_LIST : 0;
        out[i].flags = (uint8_t)flags;
    }
    for (const struct tt_field_says *f = d->facts; f && f->fact; f++) {
        out[f->field].flags |= TT_HOT_FACT;
    }
}

void tt_msg_reset(struct tt_msg *m, const struct tt_dissector *d, const struct tt_field_hot *hot,
                  struct tt_bytes unit, enum tt_direction direction)
{
    tt_msg_clear(m, d, hot, unit, direction);
}

struct tt_value *tt_msg_slot_again(struct tt_msg *m, unsigned field)
{
    bool there = tt_msg_has(m, field), list = (m->hot[field].flags & TT_HOT_LIST) != 0;
    if (there && !list) {
        m->repeated = true;
        return NULL;
    }
    if (m->n_values == TT_MSG_VALUES) {
        m->overflow = true;
        return NULL;
    }
    return tt_msg_slot_next(m, field); /* a list's further value */
}

void *tt_state_has_more(const struct tt_flow_facts *facts, const struct tt_msg *m)
{
    return facts->more && m->more ? tt_slab_at(&m->more->pieces, facts->more - 1) : NULL;
}

/* Each place begins with its ticket, 0 = nobody's. */
enum { BODY_HEAD = 16 };

static uint8_t *body_place(const struct tt_more *more, uint32_t ticket)
{
    return tt_slab_at(&more->bodies, ticket % more->bodies.cap);
}

void *tt_body_at(const struct tt_msg *m, uint32_t ticket)
{
    uint32_t says = 0;
    if (ticket == 0 || !m->more || m->more->bodies.cap == 0) {
        return NULL;
    }
    uint8_t *p = body_place(m->more, ticket);
    memcpy(&says, p, sizeof says);
    return says == ticket ? p + BODY_HEAD : NULL;
}

void *tt_body_take(struct tt_msg *m, uint32_t *ticket)
{
    struct tt_more *more = m->more;
    uint32_t before;
    *ticket = 0;
    if (!more || more->bodies.cap == 0) {
        return NULL;
    }
    more->ticket += more->ticket == UINT32_MAX ? 2 : 1;
    uint8_t *p = body_place(more, more->ticket);
    memcpy(&before, p, sizeof before);
    *more->givenup += before != 0;
    memcpy(p, &more->ticket, sizeof more->ticket);
    *ticket = more->ticket;
    return p + BODY_HEAD;
}

void tt_body_give(struct tt_msg *m, uint32_t *ticket)
{
    uint8_t *p = tt_body_at(m, *ticket);
    if (p) {
        memset(p - BODY_HEAD, 0, sizeof *ticket);
    }
    *ticket = 0;
}

void *tt_state_more(struct tt_flow_facts *facts, const struct tt_msg *m)
{
    if (facts->more == 0 && m->more) {
        uint32_t i = tt_slab_take(&m->more->pieces);
        if (i == TT_SLAB_NONE) {
            ++*m->more->refused;
            return NULL;
        }
        memset(tt_slab_at(&m->more->pieces, i), 0, m->dissector->more_size);
        facts->more = i + 1;
    }
    return tt_state_has_more(facts, m);
}

void tt_state_less(struct tt_flow_facts *facts, const struct tt_msg *m)
{
    if (facts->more && m->more) {
        tt_slab_give(&m->more->pieces, facts->more - 1);
        facts->more = 0;
    }
}

void tt_put_copy(struct tt_msg *m, const struct tt_reader *r, unsigned field, const void *p,
                 uint32_t n)
{
    uint8_t *made = tt_msg_make(m, n);
    if (!made) {
        m->overflow = true;
        return;
    }
    memcpy(made, p, n);
    tt_put_bytes(m, r, field, (struct tt_bytes){made, n});
}
