/* SPDX-License-Identifier: BSD-3-Clause
 *
 * telltale schema: the JSON Schema of everything that is written, derived from the field rows.
 */
#include "cli/command.h"
#include "output/eve.h"

static int run(int argc, char **argv)
{
    (void)argv;
    if (argc > 1) {
        struct tt_error e;
        tt_fail(&e, "schema takes no arguments");
        tt_complain(&e);
        return TT_EXIT_USAGE;
    }
    tt_schema_write(stdout);
    return TT_EXIT_CLEAN;
}

const struct tt_command tt_command_schema = {"schema", "print the JSON Schema of all records", "",
                                             run};
