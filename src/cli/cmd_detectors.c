/* SPDX-License-Identifier: BSD-3-Clause
 *
 * telltale detectors: what is watched for, from the rows beside the models.
 */
#include <string.h>

#include "base/registry.h"
#include "cli/command.h"
#include "device/device.h"
#include "output/table.h"

static void card(const struct tt_detector *d)
{
    printf("%s  (3:%u)\n  %s\n\n  what   %s\n  why    %s\n  next   %s\n  principle %s   ATT&CK %s  "
           " goal %s\n",
           d->id, d->sid, d->title, d->doc, d->why, d->next, d->principle, d->attack, d->goal);
}

static int one(const char *id)
{
    const char *names[64];
    unsigned n = 0;
    for (unsigned i = 0; tt_registry_models[i] && n < 63; i++) {
        if (strcmp(tt_registry_models[i]->detector->id, id) == 0) {
            card(tt_registry_models[i]->detector);
            return TT_EXIT_CLEAN;
        }
        names[n++] = tt_registry_models[i]->detector->id;
    }
    names[n] = NULL;
    struct tt_error e;
    const char *near = tt_nearest(id, names);
    tt_fail(&e, "unknown detector '%s'", id);
    if (near) {
        tt_fail_fix(&e, "did you mean %s?", near);
    }
    tt_complain(&e);
    return TT_EXIT_USAGE;
}

static int run(int argc, char **argv)
{
    static const char *const headings[] = {"DETECTOR", "SID", "SEVERITY", "TITLE"};
    static const char *const severities[] = {"info", "low", "medium", "high", "critical"};
    if (argc > 1) {
        return one(argv[1]);
    }
    struct tt_table *t = tt_table_new(NULL, headings, 4);
    for (unsigned i = 0; tt_registry_models[i]; i++) {
        const struct tt_detector *d = tt_registry_models[i]->detector;
        tt_table_cell(t, TT_PLAIN, "%s", d->id);
        tt_table_cell(t, TT_DIM, "3:%u", d->sid);
        tt_table_cell(t, TT_PLAIN, "%s", severities[d->severity % 5]);
        tt_table_cell(t, TT_PLAIN, "%s", d->title);
    }
    tt_table_print(t, stdout, tt_terminal_width(1), tt_use_colour(1, false), 0);
    return TT_EXIT_CLEAN;
}

const struct tt_command tt_command_detectors = {"detectors", "what is watched for, and why", "[ID]",
                                                run};
