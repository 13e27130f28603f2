/* SPDX-License-Identifier: BSD-3-Clause
 *
 * telltale watch: a live sensor on one interface, one worker. SIGHUP loads the rules again (a bad
 * file leaves the old ones running) and opens the output again; SIGTERM and SIGINT end it cleanly;
 * what the kernel dropped is told.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/summary.h"

static volatile sig_atomic_t stop, reload;

static void on_stop(int number)
{
    (void)number;
    stop = 1;
}

static void on_hangup(int number)
{
    (void)number;
    reload = 1;
}

struct watch {
    struct tt_setup *setup;
    struct tt_ruleset *old; /* freed at the next reload: the worker has left it by then */
};

static const struct tt_ruleset *load_again(void *ctx)
{
    struct watch *w = ctx;
    struct tt_setup *s = w->setup;
    struct tt_error e;
    for (uint32_t i = 0; i < s->n_lines; i++) {
        if (strcmp(s->json ? s->json : "", "-") != 0 && !s->ndjson &&
            !tt_lines_reopen(s->lines[i], &e)) {
            tt_complain(&e);
        }
    }
    struct tt_ruleset *fresh = tt_setup_rules(s, &e);
    if (!fresh) {
        tt_complain(&e);
        fprintf(stderr, "telltale: the old rules stay in force\n");
        return NULL;
    }
    tt_ruleset_free(w->old);
    w->old = s->ruleset;
    s->ruleset = fresh;
    struct tt_ruleset_counts c = tt_ruleset_counts(fresh);
    fprintf(stderr, "telltale: rules loaded again: %u loaded, %u rejected, %u not evaluated\n",
            c.loaded, c.rejected, c.not_evaluated);
    return fresh;
}

static void tell_drops(struct tt_source *source, uint64_t packets)
{
    struct tt_source_drops d;
    tt_source_drops(source, &d);
    fprintf(stderr,
            "telltale: %llu packets analysed; dropped: %llu by the kernel (ring full), %llu by the "
            "interface\n",
            (unsigned long long)packets, (unsigned long long)d.kernel,
            (unsigned long long)d.interface);
}

static int sense(struct watch *w, struct tt_source *source, struct tt_error *e)
{
    struct tt_setup *s = w->setup;
    struct tt_pipeline_options o;
    if (!tt_setup_outputs(s, e) || !tt_setup_pipeline(s, source, &o, e)) {
        tt_complain(e);
        return TT_EXIT_USAGE;
    }
    o.stop = &stop;
    o.reload = &reload;
    o.on_reload = load_again;
    o.ctx = w;
    o.stats_interval = (uint32_t)tt_config_uint(s->config, "stats.interval");
    struct tt_pipeline *p = tt_pipeline_new(&o);
    if (!p) {
        tt_fail(e, "not enough memory for the tables");
        tt_complain(e);
        return TT_EXIT_USAGE;
    }
    fprintf(stderr, "telltale: watching %s\n", s->interface);
    tt_pipeline_run(p);
    tell_drops(source, tt_pipeline_packets(p));
    uint32_t n;
    const struct tt_input *in = tt_source_inputs(source, &n);
    int code = TT_EXIT_CLEAN;
    if (n && in[0].error.what[0]) {
        tt_complain(&in[0].error);
        code = TT_EXIT_LOSSY;
    }
    if (!s->quiet && !s->ndjson) {
        tt_summary_print(stdout, s, p, source);
    }
    tt_pipeline_free(p);
    return code;
}

static int run(int argc, char **argv)
{
    struct tt_error e;
    struct tt_setup *s = calloc(1, sizeof *s);
    struct watch w = {.setup = s};
    int code = TT_EXIT_USAGE;
    if (!s) {
        return code;
    }
    struct sigaction on = {.sa_handler = on_stop},
                     hup = {.sa_handler = on_hangup, .sa_flags = SA_RESTART};
    sigaction(SIGINT, &on, NULL);
    sigaction(SIGTERM, &on, NULL);
    sigaction(SIGHUP, &hup, NULL);
    if (!tt_setup_parse(s, argc, argv, &e)) {
        tt_complain(&e);
    } else if (!s->interface || s->n_paths || s->workers != 1 || s->baseline_self) {
        tt_fail(&e, "%s",
                !s->interface ? "no interface named"
                : s->n_paths  ? "watch takes an interface, not files"
                : s->baseline_self
                    ? "--baseline self is for captures: a live sensor learns as it goes"
                    : "watch has one worker");
        tt_fail_fix(&e, "telltale watch -i NAME");
        tt_complain(&e);
    } else if (!(s->ruleset = tt_setup_rules(s, &e)) || (s->rules_rejected && s->rules_fatal)) {
        if (!s->ruleset) {
            tt_complain(&e);
        }
    } else {
        struct tt_source_options so = {
            .interface = s->interface,
            .bpf = s->bpf[0] ? s->bpf : NULL,
            .snaplen = (uint32_t)tt_config_uint(s->config, "capture.snaplen"),
            .ring_octets = (uint32_t)tt_config_uint(s->config, "capture.ring")};
        struct tt_source *source = tt_source_open(&so, &e);
        if (source) {
            code = sense(&w, source, &e);
            tt_source_close(source);
        } else {
            tt_complain(&e);
            code = TT_EXIT_UNREADABLE;
        }
    }
    tt_ruleset_free(w.old);
    int closed = tt_setup_close(s);
    free(s);
    return closed > code ? closed : code;
}

const struct tt_command tt_command_watch = {
    "watch",
    "live sensor on an interface",
    "-i NAME [OPTIONS] [BPF FILTER]\n"
    "  -S, -l, --json, -c, --set, -k, --bpf, --quiet as for `telltale read`\n"
    "  SIGHUP loads rules again and opens DIR/eve.json again; SIGTERM ends cleanly",
    run,
};
