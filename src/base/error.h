/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The error of the control plane: what, where, and how to mend it. The data
 * plane has none: it counts.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct tt_error {
    char file[256]; /* path, option or "" */
    uint32_t line;  /* 1-based, 0 = none; with column for rules and configuration */
    uint32_t column;
    /* for captures: number of the packet (1-based) at which it was noticed; 0 = none */
    uint64_t packet;
    uint64_t offset; /* for captures: octet offset in the (uncompressed) file */
    bool has_offset;
    char what[384]; /* one sentence without full stop */
    char fix[256];  /* what to do, or the nearest match; "" = none */
};

/* Clears *e and sets what. Always returns false, so that `return tt_fail(e, …)`
 * reads well. e may be NULL. */
bool tt_fail(struct tt_error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds where and how to mend it to an error that tt_fail made. They return false too. */
bool tt_fail_at(struct tt_error *e, const char *file, uint32_t line, uint32_t column);
bool tt_fail_fix(struct tt_error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "file:line:column: what (fix)" or "file: packet 17, offset 4711: what (fix)". Returns
 * the length written (< cap). */
size_t tt_error_text(const struct tt_error *e, char *text, size_t cap);

/* The name of the list (ended by NULL) nearest to `word` by edit distance, or NULL when none is
 * near (distance > 1 + len/3). */
const char *tt_nearest(const char *word, const char *const *names);

/* Edit distance (Damerau, adjacent swaps count 1) of two words, each cut to 63 octets. */
unsigned tt_edit_distance(const char *a, const char *b);

#endif
