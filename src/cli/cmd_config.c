/* SPDX-License-Identifier: BSD-3-Clause
 *
 * telltale config: every option with its type, default, bounds and present value, as YAML that
 * loads again; checks a file.
 */
#include "cli/command.h"
#include "config/receivers.h"

static bool apply_config(void *ctx, const char *v, struct tt_error *e)
{
    return tt_config_load(ctx, v, e);
}

static bool apply_set(void *ctx, const char *v, struct tt_error *e)
{
    return tt_config_set(ctx, v, e);
}

static bool apply_explain(void *ctx, const char *v, struct tt_error *e)
{
    (void)ctx, (void)v, (void)e;
    return true;
}

static bool word(void *ctx, const char *v, struct tt_error *e)
{
    (void)ctx;
    tt_fail(e, "unexpected '%s'", v);
    return tt_fail_fix(e, "telltale config -c FILE");
}

static int run(int argc, char **argv)
{
    static const struct tt_flag flags[] = {{'c', "config", "FILE", apply_config},
                                           {0, "set", "KEY=VALUE", apply_set},
                                           {0, "explain", NULL, apply_explain},
                                           {0, NULL, NULL, NULL}};
    struct tt_error e;
    struct tt_config *c = tt_config_new();
    int code = TT_EXIT_USAGE;
    struct tt_receivers *receivers = NULL;
    if (c && tt_flags_parse(argc, argv, flags, word, c, &e) &&
        (receivers = tt_receivers_new(c, &e)) != NULL) {
        tt_config_explain(c, stdout);
        code = TT_EXIT_CLEAN;
    } else if (c) {
        tt_complain(&e);
    }
    tt_receivers_free(receivers);
    tt_config_free(c);
    return code;
}

const struct tt_command tt_command_config = {"config",
                                             "explain every option, check a configuration file",
                                             "[--explain] [-c FILE] [--set KEY=VALUE]", run};
