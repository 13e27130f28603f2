/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Inside the room: the values behind struct tt_config, and text to value and back. Other rooms use
 * config/config.h only; tests may make a configuration over tables of their own.
 */
#ifndef CONFIG_VALUE_H
#define CONFIG_VALUE_H

#include <stdlib.h>

#include "config/config.h"

#define TT_CONFIG_FILE_MAX  (1U << 20) /* octets of a configuration file */
#define TT_CONFIG_PATH_MAX  255        /* octets of a dotted path */
#define TT_CONFIG_PAIRS_MAX 4096       /* pairs of one MAP */

struct tt_pair {
    char *key, *value;
    uint32_t line; /* where the file being loaded has set it, 0 = it has not */
};

struct tt_value {
    uint64_t number; /* all but TEXT and MAP; SET: bits */
    char *text;      /* TEXT */
    struct tt_pair *pairs;
    uint32_t n_pairs;
};

/* Rows sorted by path; values[i] belongs to options[i]. */
struct tt_config {
    const struct tt_option **options;
    struct tt_value *values;
    uint32_t n;
};

/* All options of tables (ends with NULL) at their defaults. A row that contradicts itself or
 * another one aborts. */
struct tt_config *tt_config_from(const struct tt_option_table *const *tables);

/* A deep copy; frees what a configuration holds and takes over what another one holds. */
struct tt_config *tt_config_copy(const struct tt_config *c);
void tt_config_take(struct tt_config *c, struct tt_config *from);

/* Index of an option or -1. */
int64_t tt_config_find(const struct tt_config *c, const char *path);
/* Index of the MAP that a path such as "vars.address-groups.HOME_NET" goes into, *key = its part
 * after the MAP's path; or -1. */
int64_t tt_config_find_map(const struct tt_config *c, const char *path, const char **key);
/* True when options exist below the path. */
bool tt_config_is_section(const struct tt_config *c, const char *path);
/* The error for a path that is neither, with the nearest one. */
bool tt_config_unknown(const struct tt_config *c, const char *path, struct tt_error *e);

/* Text as in a file or behind --set into a value (not MAP). False: *v is unchanged, *e says what is
 * wrong, not where. */
bool tt_value_parse(struct tt_value *v, const struct tt_option *o, const char *text,
                    struct tt_error *e);
/* Adds one name to the bits of a SET. */
bool tt_value_add_name(uint64_t *bits, const struct tt_option *o, const char *name,
                       struct tt_error *e);
/* Adds or replaces a pair of a MAP; line as in struct tt_pair. */
bool tt_value_add_pair(struct tt_value *v, const struct tt_option *o, const char *key,
                       const char *text, uint32_t line, struct tt_error *e);
void tt_value_free(struct tt_value *v);

/* "a number from 1 to 64", "a duration in seconds…": what the option takes. */
const char *tt_option_wants(const struct tt_option *o, char *out, size_t cap);
/* UINT, SIZE, DURATION in the largest unit that divides it: "64kb", "10m". */
const char *tt_option_number(const struct tt_option *o, uint64_t v, char out[32]);

/* A YAML text over *c; not all or nothing (tt_config_load works on a copy). file is for errors. */
bool tt_config_parse(struct tt_config *c, const char *file, const char *yaml, size_t n,
                     struct tt_error *e);

/* These never return NULL. */
void *tt_config_alloc(size_t n, size_t size);
char *tt_config_strdup(const char *text);

#endif
