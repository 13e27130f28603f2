/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Options: each room declares its rows in its own options.c (struct tt_option_table
 * tt_options_<room>, found by the build). Config file key, --set, default, bounds, error text with
 * line and column and `telltale config --explain` are derived from them.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

enum tt_option_type {
    TT_OPTION_BOOL,     /* yes no true false on off 1 0 */
    TT_OPTION_UINT,     /* decimal, with min and max */
    TT_OPTION_SIZE,     /* octets: 512, 64kb, 16mb, 1gb (powers of 1024) */
    TT_OPTION_DURATION, /* seconds: 90, 90s, 10m, 24h, 7d */
    TT_OPTION_CHOICE,   /* one of names */
    TT_OPTION_SET,      /* comma-separated or YAML list of names: bit i = names[i]; at most 64 */
    TT_OPTION_TEXT,
    /* YAML map of text to text (vars.address-groups); --set parent.key=value adds one */
    TT_OPTION_MAP,
};

struct tt_option {
    const char *path; /* "eve.types": the key in the file and for --set */
    const char *doc;
    const char *fallback;     /* default, in the syntax of the file */
    const char *const *names; /* CHOICE, SET; ends with NULL */
    uint64_t min, max;        /* UINT, SIZE, DURATION; max 0 = no bound */
    enum tt_option_type type;
};

struct tt_option_table {
    const struct tt_option *rows;
    uint32_t n;
};

struct tt_config;

/* All options at their defaults. */
struct tt_config *tt_config_new(void);
void tt_config_free(struct tt_config *);

/* Reads a YAML file over what is set. False: *error names file, line and column, the option and the
 * nearest name; nothing is changed then (all or nothing). */
bool tt_config_load(struct tt_config *, const char *path, struct tt_error *error);

/* "key=value" of --set. */
bool tt_config_set(struct tt_config *, const char *assignment, struct tt_error *error);

/* Values by path. The path must be a declared option of that type (a broken invariant aborts: it
 * is a programming error). */
bool tt_config_bool(const struct tt_config *, const char *path);
/* UINT, SIZE, DURATION (s), CHOICE (index), SET (bits) */
uint64_t tt_config_uint(const struct tt_config *, const char *path);
const char *tt_config_text(const struct tt_config *, const char *path);
/* Pair i of a MAP, false when there is none; in order of first mention. */
bool tt_config_pair(const struct tt_config *, const char *path, uint32_t i, const char **key,
                    const char **value);

/* Every option with type, default, bounds, present value and doc, sorted by path;
 * as YAML that loads again. */
void tt_config_explain(const struct tt_config *, FILE *out);

#endif
