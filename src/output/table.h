/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Aligned tables for a person: columns as wide as their widest cell, shortened to the terminal's
 * width (longest column first), UTF-8 aware, control characters shown as '?', colour only where
 * asked. No data of its own.
 */
#ifndef OUTPUT_TABLE_H
#define OUTPUT_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct tt_table;

enum tt_cell_colour { TT_PLAIN, TT_RED, TT_YELLOW, TT_GREEN, TT_DIM };

/* headings: array of n texts; one that starts with '>' is right-aligned (the '>' is not shown). */
struct tt_table *tt_table_new(const char *title, const char *const *headings, uint32_t n);
/* Adds a cell; after n of them the row is complete. */
void tt_table_cell(struct tt_table *, enum tt_cell_colour, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* So many rows more than were added: they are only counted. */
void tt_table_more(struct tt_table *, uint32_t rows);
/* Prints and frees. width 0 = as wide as needed; at most max_rows rows (0 =
 * all), then "… and N more". */
void tt_table_print(struct tt_table *, FILE *out, uint32_t width, bool colour, uint32_t max_rows);

#endif
