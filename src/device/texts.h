/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The texts behind hashes (identities, stream names): each kept once, given back when the last
 * device that has it is forgotten.
 */
#ifndef DEVICE_TEXTS_H
#define DEVICE_TEXTS_H

#include "base/arena.h"
#include "telltale/window.h"

struct tt_text {
    uint64_t hash;
    uint8_t n;
    char octets[]; /* n of them, then NUL */
};

#define TT_TEXT_SIZES 3

struct tt_texts {
    struct tt_slab slabs[TT_TEXT_SIZES];
    uint32_t *index; /* size << 30 | piece, plus 1; 0 = free */
    uint8_t *uses;   /* beside it: devices and streams of that name, 255 = too many to count */
    uint32_t mask, cap, used;
    uint64_t secret, refused;
};

bool tt_texts_init(struct tt_texts *, uint32_t cap, uint64_t secret);
void tt_texts_free(struct tt_texts *);
/* Keeps the text unless there is one for the hash. An octet 0 becomes '?'. Refused (and counted) at
 * the cap. */
void tt_texts_put(struct tt_texts *, uint64_t hash, const uint8_t *text, uint32_t n);
const struct tt_text *tt_texts_find(const struct tt_texts *, uint64_t hash);
/* One more device or stream is called so; one fewer: with the last one the text goes. */
void tt_texts_use(struct tt_texts *, uint64_t hash);
void tt_texts_leave(struct tt_texts *, uint64_t hash);

#endif
