/* SPDX-License-Identifier: BSD-3-Clause
 *
 * telltale read: analyses captures. No configuration, no root, no network.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/summary.h"

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

static void progress(void *ctx, uint64_t packets)
{
    (void)ctx;
    fprintf(stderr, "\r%llu packets", (unsigned long long)packets);
}

/* Damage and inputs that could not be opened; the exit code that they ask for. */
static int complain_inputs(const struct tt_source *source)
{
    uint32_t n, opened = 0;
    const struct tt_input *in = tt_source_inputs(source, &n);
    int code = TT_EXIT_CLEAN;
    for (uint32_t i = 0; i < n; i++) {
        opened += in[i].opened;
        if (!in[i].error.what[0]) {
            continue;
        }
        tt_complain(&in[i].error);
        int asks = in[i].opened      ? TT_EXIT_LOSSY
                   : in[i].in_folder ? TT_EXIT_CLEAN
                                     : TT_EXIT_UNREADABLE;
        code = asks > code ? asks : code;
    }
    return opened == 0 ? TT_EXIT_UNREADABLE : code;
}

static int analyse(struct tt_setup *s, struct tt_source *source, struct tt_error *e)
{
    struct tt_pipeline_options o;
    if (!tt_setup_pipeline(s, source, &o, e)) {
        tt_complain(e);
        return TT_EXIT_USAGE;
    }
    bool show = tt_is_terminal(STDERR_FILENO) && !s->quiet;
    o.stop = &stop;
    o.progress = show ? progress : NULL;
    struct tt_pipeline *p = tt_pipeline_new(&o);
    if (!p) {
        tt_fail(e, "not enough memory for the tables");
        tt_fail_fix(e, "lower flows.max, dissect.memory or --workers");
        tt_complain(e);
        return TT_EXIT_USAGE;
    }
    tt_pipeline_run(p);
    if (show) {
        fprintf(stderr, "\r\033[K");
    }
    int code = complain_inputs(source);
    if (!s->quiet && !s->ndjson) {
        tt_summary_print(stdout, s, p, source);
    } else if (!s->quiet && tt_summary_losses(NULL, p)) {
        fprintf(stderr, "telltale: not everything could be kept (limits were hit):\n");
        tt_summary_losses(stderr, p);
    }
    if (code == TT_EXIT_CLEAN && tt_summary_losses(NULL, p)) {
        code = TT_EXIT_LOSSY;
    }
    if (code == TT_EXIT_CLEAN && tt_outlet_failing(tt_pipeline_outlet(p))) {
        code = TT_EXIT_ALERTS;
    }
    tt_pipeline_free(p);
    return code;
}

static int prepared(struct tt_setup *s, struct tt_error *e)
{
    s->ruleset = tt_setup_rules(s, e);
    if (!s->ruleset) {
        tt_complain(e);
        return TT_EXIT_USAGE;
    }
    if (s->rules_rejected && s->rules_fatal) {
        return TT_EXIT_USAGE;
    }
    struct tt_source *source = tt_source_open(
        &(struct tt_source_options){.paths = s->paths, .bpf = s->bpf[0] ? s->bpf : NULL}, e);
    if (!source) {
        tt_complain(e);
        return strncmp(e->what, "packet filter", 13) == 0 ? TT_EXIT_USAGE : TT_EXIT_UNREADABLE;
    }
    int code = TT_EXIT_USAGE;
    if (tt_setup_outputs(s, e)) {
        code = analyse(s, source, e);
    } else {
        tt_complain(e);
    }
    tt_source_close(source);
    return code;
}

static int run(int argc, char **argv)
{
    struct tt_error e;
    struct tt_setup *s = calloc(1, sizeof *s);
    if (!s) {
        return TT_EXIT_USAGE;
    }
    int code = TT_EXIT_USAGE;
    if (!tt_setup_parse(s, argc, argv, &e)) {
        tt_complain(&e);
    } else if (s->interface) {
        tt_fail(&e, "read takes files, not an interface");
        tt_fail_fix(&e, "telltale watch -i %s", s->interface);
        tt_complain(&e);
    } else if (s->n_paths == 0) {
        tt_fail(&e, "no capture named");
        tt_fail_fix(&e, "telltale read FILE…, or - for standard input");
        tt_complain(&e);
    } else {
        struct sigaction act = {.sa_handler = on_signal};
        sigaction(SIGINT, &act, NULL);
        sigaction(SIGTERM, &act, NULL);
        code = prepared(s, &e);
    }
    int closed = tt_setup_close(s);
    free(s);
    return closed > code ? closed : code;
}

const struct tt_command tt_command_read = {
    "read",
    "analyse captures",
    "[OPTIONS] FILE…   files, folders or - (pcap, pcapng, .gz)\n"
    "  -r FILE               the same; further words are then the BPF filter\n"
    "  -S, --rules FILE      rules (file or folder; repeatable) instead of the shipped ones; "
    "--no-rules: none\n"
    "  -l, --log-dir DIR     write DIR/eve.json\n"
    "      --json FILE       write events to FILE, - for standard output\n"
    "  -c, --config FILE     configuration (YAML); telltale config --explain lists the keys\n"
    "      --set KEY=VALUE   one option\n"
    "  -k auto|all|none      checksums: auto tells a host's offload from an attacker's single "
    "wrong ones\n"
    "      --bpf FILTER      libpcap filter\n"
    "      --workers N       threads (output is the same)\n"
    "      --baseline self   learn what devices normally do on the first 30 % of the capture's "
    "time\n"
    "      --fail-on SEVERITY  exit code 1 when an alert is at or above info, low, medium, high, "
    "critical\n"
    "      --init-errors-fatal  exit code 2 when a rule is rejected\n"
    "  -q, --quiet           no tables, no progress      --no-color\n\n"
    "A terminal gets tables, a pipe gets one JSON object a line.",
    run,
};
