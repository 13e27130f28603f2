/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What `read` and `watch` share: flags, configuration, rules, outputs, and the
 * pipeline's options made of them.
 */
#ifndef CLI_SETUP_H
#define CLI_SETUP_H

#include "cli/command.h"
#include "config/config.h"
#include "engine/pipeline.h"

#define TT_PATHS_MAX      4096
#define TT_RULE_FILES_MAX 64
#define TT_LINES_MAX      4

struct tt_setup {
    /* from the command line */
    const char *paths[TT_PATHS_MAX + 1];
    const char *rules[TT_RULE_FILES_MAX + 1];
    uint32_t n_paths, n_rules;
    const char *folder;    /* -l */
    const char *json;      /* --json */
    const char *interface; /* -i */
    char bpf[4096];        /* --bpf or trailing words */
    bool has_r;            /* -r was given: words are the BPF filter */
    bool baseline_self;
    bool rules_fatal; /* --init-errors-fatal */
    bool quiet, no_color, own_rules_only;
    uint8_t fail_on; /* enum tt_severity; 255 = never */
    uint32_t workers;
    /* made of it */
    struct tt_config *config;
    struct tt_receivers *receivers;
    struct tt_tunnel_options tunnels;
    struct tt_ruleset *ruleset;
    struct tt_lines *lines[TT_LINES_MAX + 1];
    uint32_t n_lines;
    bool ndjson; /* events go to standard output */
    uint32_t rules_rejected;
    bool rules_quiet;
    const char **input_names;
};

/* False: *e says why, exit code 2. */
bool tt_setup_parse(struct tt_setup *, int argc, char **argv, struct tt_error *e);
/* Rules named on the command line, else those beside the program; complains
 * about bad ones on stderr. */
struct tt_ruleset *tt_setup_rules(struct tt_setup *, struct tt_error *e);
bool tt_setup_outputs(struct tt_setup *, struct tt_error *e);
/* Everything but source, stop and callbacks. False: *e. */
bool tt_setup_pipeline(struct tt_setup *, struct tt_source *, struct tt_pipeline_options *,
                       struct tt_error *e);
/* Flushes outputs and tells what went wrong there: 0 or TT_EXIT_LOSSY. A
 * closed pipe is not an error. */
int tt_setup_close(struct tt_setup *);

#endif
