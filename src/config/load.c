/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A configuration file from the disk, all or nothing: it is applied to a copy (parse.c), which
 * takes the place of the original only when every line was good.
 */
#include <errno.h>
#include <string.h>

#include "config/value.h"

static char *read_file(const char *path, size_t *n, struct tt_error *e)
{
    FILE *in = fopen(path, "rbe");
    if (!in) {
        tt_fail(e, "cannot open the configuration: %s", strerror(errno));
        tt_fail_at(e, path, 0, 0);
        return NULL;
    }
    char *text = tt_config_alloc(TT_CONFIG_FILE_MAX + 1, 1);
    *n = fread(text, 1, TT_CONFIG_FILE_MAX + 1, in);
    bool failed = ferror(in) != 0;
    int why = errno;
    fclose(in);
    if (!failed && *n <= TT_CONFIG_FILE_MAX) {
        return text;
    }
    free(text);
    if (failed) {
        tt_fail(e, "cannot read the configuration: %s", strerror(why));
    } else {
        tt_fail(e, "the configuration is larger than 1 MiB");
    }
    tt_fail_at(e, path, 0, 0);
    return NULL;
}

bool tt_config_load(struct tt_config *c, const char *path, struct tt_error *error)
{
    size_t n = 0;
    char *text = read_file(path, &n, error);
    if (!text) {
        return false;
    }
    struct tt_config *draft = tt_config_copy(c);
    bool good = tt_config_parse(draft, path, text, n, error);
    free(text);
    if (good) {
        tt_config_take(c, draft);
    } else {
        tt_config_free(draft);
    }
    return good;
}
