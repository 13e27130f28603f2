/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Any octets as a configuration file, or as an assignment of --set. What is refused has a text and
 * changes nothing; what is taken explains itself into a file that gives the same values.
 */
#include <stdlib.h>
#include <string.h>

#include "../unit/config/rows.h"

#define EXPLAINED (4U << 20)

static size_t explain(const struct tt_config *c, char *text)
{
    FILE *out = fmemopen(text, EXPLAINED, "w");
    tt_config_explain(c, out);
    fflush(out);
    size_t n = (size_t)ftell(out);
    fclose(out);
    return n;
}

static void again(const struct tt_config *c)
{
    char *first = malloc(EXPLAINED), *second = malloc(EXPLAINED);
    struct tt_config *fresh = tt_config_from(row_tables);
    struct tt_error e;
    size_t n = explain(c, first);
    if (!tt_config_parse(fresh, "x", first, n, &e)) {
        fprintf(stderr, "line %u: %s\n%s\n", e.line, e.what, first);
        abort();
    }
    if (explain(fresh, second) != n || memcmp(first, second, n) != 0) {
        abort();
    }
    tt_config_free(fresh);
    free(first);
    free(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    if (n == 0) {
        return 0;
    }
    struct tt_config *c = tt_config_from(row_tables);
    struct tt_error e;
    char text[512];
    char *copy = malloc(n);
    memcpy(copy, p + 1, n - 1);
    copy[n - 1] = 0;
    bool good = p[0] == '=' ? tt_config_set(c, copy, &e) : tt_config_parse(c, "f", copy, n - 1, &e);
    if (!good && (!e.what[0] || tt_error_text(&e, text, sizeof text) == 0)) {
        abort();
    }
    if (good) {
        again(c);
    }
    free(copy);
    tt_config_free(c);
    return 0;
}
