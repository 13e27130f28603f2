/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Has a message the numbers of one that its screen was asked about before? On the way of each
 * message, hence inline. Internal to this room.
 */
#ifndef RULES_GLANCE_H
#define RULES_GLANCE_H

#include "rules/matcher.h"

_Static_assert(offsetof(struct tt_msg, direction) == offsetof(struct tt_msg, kind) + 3,
               "kind, role, asker and direction are four octets in a row");
_Static_assert(sizeof(struct tt_value) == sizeof(glance_words), "a value is two words");

/* What a message's place in its transaction says; never 0. */
static inline uint64_t glance_tag(const struct tt_tx *tx, const struct tt_msg *msg)
{
    uint32_t four;
    memcpy(&four, &msg->kind, sizeof four);
    return (uint64_t)(tx ? 2u + (tx->asker & 1) : 1u) << 32 | four;
}

static inline bool glance_fits(const struct glance *g, uint64_t tag, const struct tt_msg *msg)
{
    if (g->tag != tag || (msg->present[0] & g->fields.of[0]) != g->present[0] ||
        g->most >= msg->n_values) {
        return false;
    }
    for (uint32_t i = 1; i < g->fields.n_words; i++) {
        if ((msg->present[i] & g->fields.of[i]) != g->present[i]) {
            return false;
        }
    }
    glance_words differs = {0, 0};
    for (const struct glance_value *v = g->seen, *end = v + g->n; v < end; v++) {
        glance_words now;
        memcpy(&now, &msg->values[v->place], sizeof now);
        differs |= now ^ v->words;
    }
    return (differs[0] | differs[1]) == 0;
}

/* NULL: none of those that are kept. */
static inline const struct glance *glance_find(const struct tt_matcher *m, const struct screen *s,
                                               const struct tt_tx *tx, const struct tt_msg *msg)
{
    uint64_t tag = glance_tag(tx, msg);
    const struct glance *g = m->glances[s->glances - 1].of;
    for (const struct glance *end = g + GLANCES; g < end; g++) {
        if (glance_fits(g, tag, msg)) {
            return g;
        }
    }
    return NULL;
}

#endif
