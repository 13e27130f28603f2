/* SPDX-License-Identifier: BSD-3-Clause
 *
 * An intern table: hash to text, in slabs of three sizes so that a usual topic takes 48 octets. The
 * first text of a hash stays while somebody uses it. Never grows beyond its cap.
 */
#include "device/texts.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

static const uint32_t piece[TT_TEXT_SIZES] = {48, 80, 144};

_Static_assert(offsetof(struct tt_text, octets) + TT_FACT_TEXT + 1 <= 144, "the longest text fits");

bool tt_texts_init(struct tt_texts *t, uint32_t cap, uint64_t secret)
{
    *t = (struct tt_texts){.cap = cap, .secret = secret};
    if (cap > (1u << 28)) {
        return false;
    }
    uint32_t size = 1024;
    while (size / 2 < cap) {
        size *= 2;
    }
    t->mask = size - 1;
    t->index = calloc(size, sizeof *t->index);
    t->uses = calloc(size, sizeof *t->uses);
    bool ok = t->index && t->uses;
    for (int i = 0; i < TT_TEXT_SIZES; i++) {
        ok = tt_slab_init(&t->slabs[i], piece[i], cap) && ok;
    }
    return ok;
}

void tt_texts_free(struct tt_texts *t)
{
    for (int i = 0; i < TT_TEXT_SIZES; i++) {
        tt_slab_free(&t->slabs[i]);
    }
    free(t->index);
    free(t->uses);
    t->index = NULL;
    t->uses = NULL;
}

static struct tt_text *text_at(const struct tt_texts *t, uint32_t ref)
{
    return tt_slab_at(&t->slabs[(ref - 1) >> 30], (ref - 1) & 0x3fffffff);
}

static uint32_t home(const struct tt_texts *t, uint64_t hash)
{
    return (uint32_t)tt_mum(hash ^ t->secret, 0x9e3779b97f4a7c15U) & t->mask;
}

/* The place of the hash in the index: of its text, or free. There is always a free one. */
static uint32_t place_of(const struct tt_texts *t, uint64_t hash)
{
    uint32_t at = home(t, hash);
    while (t->index[at] && text_at(t, t->index[at])->hash != hash) {
        at = (at + 1) & t->mask;
    }
    return at;
}

void tt_texts_put(struct tt_texts *t, uint64_t hash, const uint8_t *text, uint32_t n)
{
    uint32_t at = place_of(t, hash);
    if (t->index[at]) {
        return;
    }
    if (t->used == t->cap) {
        t->refused++;
        return;
    }
    n = n < TT_FACT_TEXT ? n : TT_FACT_TEXT;
    uint32_t size = 0;
    while (offsetof(struct tt_text, octets) + n + 1 > piece[size]) {
        size++;
    }
    uint32_t i = tt_slab_take(&t->slabs[size]);
    if (i == TT_SLAB_NONE) {
        t->refused++;
        return;
    }
    struct tt_text *x = tt_slab_at(&t->slabs[size], i);
    x->hash = hash;
    x->n = (uint8_t)n;
    for (uint32_t k = 0; k < n; k++) {
        x->octets[k] = text[k] ? (char)text[k] : '?';
    }
    x->octets[n] = 0;
    t->index[at] = (size << 30 | i) + 1;
    t->uses[at] = 0;
    t->used++;
}

const struct tt_text *tt_texts_find(const struct tt_texts *t, uint64_t hash)
{
    uint32_t ref = t->index[place_of(t, hash)];
    return ref ? text_at(t, ref) : NULL;
}

void tt_texts_use(struct tt_texts *t, uint64_t hash)
{
    uint32_t at = place_of(t, hash);
    if (t->index[at] && t->uses[at] < UINT8_MAX) {
        t->uses[at]++;
    }
}

void tt_texts_leave(struct tt_texts *t, uint64_t hash)
{
    uint32_t hole = place_of(t, hash), ref = t->index[hole];
    if (!ref || t->uses[hole] == UINT8_MAX || (t->uses[hole] && --t->uses[hole]) ||
        t->used <= t->cap / 2) {
        return; /* where there is room the name stays: who was forgotten may come again */
    }
    for (uint32_t i = (hole + 1) & t->mask; t->index[i]; i = (i + 1) & t->mask) {
        uint32_t from = home(t, text_at(t, t->index[i])->hash);
        if (((i - from) & t->mask) >= ((i - hole) & t->mask)) {
            t->index[hole] = t->index[i];
            t->uses[hole] = t->uses[i];
            hole = i;
        }
    }
    t->index[hole] = 0;
    tt_slab_give(&t->slabs[(ref - 1) >> 30], (ref - 1) & 0x3fffffff);
    t->used--;
}
