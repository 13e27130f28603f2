/* SPDX-License-Identifier: BSD-3-Clause
 *
 * pcre: compiled expressions. Internal to this room; other files only pass struct regex on.
 */
#ifndef RULES_REGEX_H
#define RULES_REGEX_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "rules/compiled.h"

struct regex {
    const struct regex *next; /* chain of the set */
    pcre2_code *code;
};

/* What one worker needs to run expressions; limits as Suricata's. */
struct regex_run {
    pcre2_match_data *result;
    pcre2_match_context *limits;
};

bool regex_run_new(struct regex_run *);
void regex_run_free(struct regex_run *);

enum regex_result { REGEX_NO, REGEX_YES, REGEX_LIMIT };

/* Searches b from octet `from`; *start and *end of the match. */
enum regex_result regex_search(const struct regex *, const struct regex_run *, struct tt_bytes b,
                               uint32_t from, uint32_t *start, uint32_t *end);

#endif
