/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where lines go: a file or a descriptor, gathered into blocks of 1 MiB, one write(2) for
 * each. A closed pipe ends it quietly, a full disk is remembered with its error; nothing here
 * exits or retries for ever.
 */
#ifndef OUTPUT_LINES_H
#define OUTPUT_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct tt_lines;

/* path: created or emptied (append: false), its folder must exist; "-" is standard output. NULL and
 * *error when it cannot be. */
struct tt_lines *tt_lines_open(const char *path, bool append, struct tt_error *error);
/* False once writing has failed (tt_lines_failed says how); further lines
 * are counted and dropped. */
bool tt_lines_write(struct tt_lines *, const void *octets, size_t n);
bool tt_lines_flush(struct tt_lines *);
/* Opens the path again (after rotation): what was gathered goes to the old file. */
bool tt_lines_reopen(struct tt_lines *, struct tt_error *error);

enum tt_lines_state { TT_LINES_GOOD, TT_LINES_CLOSED_PIPE, TT_LINES_FAILED };
enum tt_lines_state tt_lines_state(const struct tt_lines *, struct tt_error *error);
uint64_t tt_lines_dropped(const struct tt_lines *); /* octets */
/* Flushes, closes, frees; the state before that is lost, so ask first (after a flush). */
void tt_lines_close(struct tt_lines *);

#endif
