/* SPDX-License-Identifier: BSD-3-Clause
 *
 * telltale rules check: loads rules as read and watch do, and says what is wrong with them.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/setup.h"

static int check(int argc, char **argv)
{
    struct tt_error e;
    struct tt_setup *s = calloc(1, sizeof *s);
    int code = TT_EXIT_USAGE;
    if (!s) {
        return code;
    }
    bool ok = tt_setup_parse(s, argc, argv, &e);
    for (uint32_t i = 0; ok && i < s->n_paths && s->n_rules < TT_RULE_FILES_MAX; i++) {
        s->rules[s->n_rules++] = s->paths[i];
    }
    if (!ok || !(s->ruleset = tt_setup_rules(s, &e))) {
        tt_complain(&e);
    } else {
        struct tt_ruleset_counts c = tt_ruleset_counts(s->ruleset);
        printf("%u files: %u rules loaded, %u rejected, %u not evaluated\n", c.files, c.loaded,
               c.rejected, c.not_evaluated);
        code = c.rejected ? TT_EXIT_USAGE : TT_EXIT_CLEAN;
    }
    tt_setup_close(s);
    free(s);
    return code;
}

static int run(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "check") == 0) {
        return check(argc - 1, argv + 1);
    }
    struct tt_error e;
    tt_fail(&e, argc > 1 ? "unknown rules command '%s'" : "rules: no command%s",
            argc > 1 ? argv[1] : "");
    tt_fail_fix(&e, "telltale rules check FILE…");
    tt_complain(&e);
    return TT_EXIT_USAGE;
}

const struct tt_command tt_command_rules = {"rules", "check rules",
                                            "check [-c CONF] [--set KEY=VALUE] FILE…", run};
