/* SPDX-License-Identifier: BSD-3-Clause
 *
 * From a command line and a configuration to the pipeline's options. Opens outputs and loads
 * rules; analyses nothing.
 */
#include "cli/setup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/text.h"

/* `read` repeats itself: the table's key is fixed */
#define READ_SECRET UINT64_C(0x74656c6c74616c65)

static const char *const severities[] = {"info", "low", "medium", "high", "critical", NULL};

static bool add_path(struct tt_setup *s, const char *v, struct tt_error *e)
{
    if (s->n_paths == TT_PATHS_MAX) {
        return tt_fail(e, "more than %u inputs", TT_PATHS_MAX);
    }
    s->paths[s->n_paths++] = v;
    return true;
}

static bool apply_r(void *ctx, const char *v, struct tt_error *e)
{
    ((struct tt_setup *)ctx)->has_r = true;
    return add_path(ctx, v, e);
}

static bool add_bpf(void *ctx, const char *v, struct tt_error *e)
{
    struct tt_setup *s = ctx;
    size_t n = strlen(s->bpf);
    if (n + strlen(v) + 2 > sizeof s->bpf) {
        return tt_fail(e, "the BPF filter is longer than %zu octets", sizeof s->bpf - 2);
    }
    snprintf(s->bpf + n, sizeof s->bpf - n, "%s%s", n ? " " : "", v);
    return true;
}

static bool word(void *ctx, const char *v, struct tt_error *e)
{
    struct tt_setup *s = ctx;
    return s->has_r || s->interface ? add_bpf(s, v, e) : add_path(s, v, e);
}

static bool apply_rules(void *ctx, const char *v, struct tt_error *e)
{
    struct tt_setup *s = ctx;
    if (s->n_rules == TT_RULE_FILES_MAX) {
        return tt_fail(e, "more than %u rule files", TT_RULE_FILES_MAX);
    }
    s->rules[s->n_rules++] = v;
    return true;
}

static bool apply_folder(void *ctx, const char *v, struct tt_error *e)
{
    (void)e;
    ((struct tt_setup *)ctx)->folder = v;
    return true;
}

static bool apply_json(void *ctx, const char *v, struct tt_error *e)
{
    (void)e;
    ((struct tt_setup *)ctx)->json = v;
    return true;
}

static bool apply_interface(void *ctx, const char *v, struct tt_error *e)
{
    (void)e;
    ((struct tt_setup *)ctx)->interface = v;
    return true;
}

static bool apply_config(void *ctx, const char *v, struct tt_error *e)
{
    return tt_config_load(((struct tt_setup *)ctx)->config, v, e);
}

static bool apply_set(void *ctx, const char *v, struct tt_error *e)
{
    return tt_config_set(((struct tt_setup *)ctx)->config, v, e);
}

static bool apply_checksums(void *ctx, const char *v, struct tt_error *e)
{
    char assignment[64];
    snprintf(assignment, sizeof assignment, "stream.checksums=%s", v);
    if (tt_config_set(((struct tt_setup *)ctx)->config, assignment, e)) {
        return true;
    }
    tt_fail(e, "option -k: unknown mode '%s'", v);
    return tt_fail_fix(e, "auto, all or none");
}

static bool apply_workers(void *ctx, const char *v, struct tt_error *e)
{
    uint64_t n;
    if (!tt_parse_uint(v, strlen(v), TT_WORKERS_MAX, &n) || n == 0) {
        tt_fail(e, "option --workers: '%s' is not a number of workers", v);
        return tt_fail_fix(e, "1 to %u", TT_WORKERS_MAX);
    }
    ((struct tt_setup *)ctx)->workers = (uint32_t)n;
    return true;
}

static bool apply_baseline(void *ctx, const char *v, struct tt_error *e)
{
    if (strcmp(v, "self") != 0) {
        tt_fail(e, "option --baseline: '%s' is not known", v);
        return tt_fail_fix(e, "self: learn on the first 30 %% of the capture's time");
    }
    ((struct tt_setup *)ctx)->baseline_self = true;
    return true;
}

static bool apply_fail_on(void *ctx, const char *v, struct tt_error *e)
{
    for (uint8_t i = 0; severities[i]; i++) {
        if (strcmp(v, severities[i]) == 0) {
            ((struct tt_setup *)ctx)->fail_on = i;
            return true;
        }
    }
    tt_fail(e, "option --fail-on: unknown severity '%s'", v);
    return tt_fail_fix(e, "info, low, medium, high or critical");
}

static bool apply_quiet(void *ctx, const char *v, struct tt_error *e)
{
    (void)v, (void)e;
    ((struct tt_setup *)ctx)->quiet = true;
    return true;
}

static bool apply_no_color(void *ctx, const char *v, struct tt_error *e)
{
    (void)v, (void)e;
    ((struct tt_setup *)ctx)->no_color = true;
    return true;
}

static bool apply_no_rules(void *ctx, const char *v, struct tt_error *e)
{
    (void)v, (void)e;
    ((struct tt_setup *)ctx)->own_rules_only = true;
    return true;
}

static bool apply_fatal(void *ctx, const char *v, struct tt_error *e)
{
    (void)v, (void)e;
    ((struct tt_setup *)ctx)->rules_fatal = true;
    return true;
}

static const struct tt_flag flags[] = {
    {'r', "read", "FILE", apply_r},
    {'S', "rules", "FILE", apply_rules},
    {'s', "more-rules", "FILE", apply_rules},
    {'l', "log-dir", "DIR", apply_folder},
    {'c', "config", "FILE", apply_config},
    {'k', "checksums", "auto|all|none", apply_checksums},
    {0, "set", "KEY=VALUE", apply_set},
    {0, "json", "FILE", apply_json},
    {'i', "interface", "NAME", apply_interface},
    {0, "bpf", "FILTER", add_bpf},
    {0, "workers", "N", apply_workers},
    {0, "baseline", "self", apply_baseline},
    {0, "fail-on", "SEVERITY", apply_fail_on},
    {'q', "quiet", NULL, apply_quiet},
    {0, "no-color", NULL, apply_no_color},
    {0, "no-rules", NULL, apply_no_rules},
    {0, "init-errors-fatal", NULL, apply_fatal},
    {0, NULL, NULL, NULL},
};

bool tt_setup_parse(struct tt_setup *s, int argc, char **argv, struct tt_error *e)
{
    s->fail_on = 255;
    s->workers = 1;
    s->config = tt_config_new();
    return tt_flags_parse(argc, argv, flags, word, s, e);
}

/* Suricata's defaults, so that rules written for it load. */
static const struct {
    const char *name, *value;
    bool port;
} default_groups[] = {
    {"HOME_NET", "[192.168.0.0/16,10.0.0.0/8,172.16.0.0/12]", false},
    {"EXTERNAL_NET", "!$HOME_NET", false},
    {"HTTP_SERVERS", "$HOME_NET", false},
    {"SMTP_SERVERS", "$HOME_NET", false},
    {"SQL_SERVERS", "$HOME_NET", false},
    {"DNS_SERVERS", "$HOME_NET", false},
    {"TELNET_SERVERS", "$HOME_NET", false},
    {"AIM_SERVERS", "$EXTERNAL_NET", false},
    {"DC_SERVERS", "$HOME_NET", false},
    {"DNP3_SERVER", "$HOME_NET", false},
    {"DNP3_CLIENT", "$HOME_NET", false},
    {"MODBUS_CLIENT", "$HOME_NET", false},
    {"MODBUS_SERVER", "$HOME_NET", false},
    {"ENIP_CLIENT", "$HOME_NET", false},
    {"ENIP_SERVER", "$HOME_NET", false},
    {"HTTP_PORTS", "80", true},
    {"SHELLCODE_PORTS", "!80", true},
    {"ORACLE_PORTS", "1521", true},
    {"SSH_PORTS", "22", true},
    {"DNP3_PORTS", "20000", true},
    {"MODBUS_PORTS", "502", true},
    {"FILE_DATA_PORTS", "[$HTTP_PORTS,110,143]", true},
    {"FTP_PORTS", "21", true},
    {"GENEVE_PORTS", "6081", true},
    {"VXLAN_PORTS", "4789", true},
    {"TEREDO_PORTS", "3544", true},
    {"SIP_PORTS", "[5060,5061]", true},
};

static const char *variable(void *ctx, const char *name, bool port)
{
    const struct tt_setup *s = ctx;
    const char *key, *value, *path = port ? "vars.port-groups" : "vars.address-groups";
    for (uint32_t i = 0; tt_config_pair(s->config, path, i, &key, &value); i++) {
        if (strcmp(key, name) == 0) {
            return value;
        }
    }
    for (size_t i = 0; i < sizeof default_groups / sizeof *default_groups; i++) {
        if (default_groups[i].port == port && strcmp(default_groups[i].name, name) == 0) {
            return default_groups[i].value;
        }
    }
    return NULL;
}

static void report(void *ctx, const struct tt_error *e, bool rejected)
{
    struct tt_setup *s = ctx;
    s->rules_rejected += rejected;
    if (rejected || !s->rules_quiet) {
        char text[1400];
        tt_error_text(e, text, sizeof text);
        fprintf(stderr, "telltale: rule %s: %s\n", rejected ? "rejected" : "not evaluated", text);
    }
}

/* The rules that come with the program: in the source tree or installed.
 * NULL when there are none. */
static const char *shipped_rules(char *path, size_t n)
{
    char self[3072];
    ssize_t k = readlink("/proc/self/exe", self, sizeof self - 1);
    struct stat st;
    if (k > 0) {
        self[k] = 0;
        char *slash = strrchr(self, '/');
        if (slash) {
            *slash = 0;
            snprintf(path, n, "%s/../rules/mqtt.rules", self);
            if (stat(path, &st) == 0) {
                snprintf(path, n, "%s/../rules", self);
                return path;
            }
            snprintf(path, n, "%s/../share/telltale/rules", self);
            if (stat(path, &st) == 0) {
                return path;
            }
        }
    }
    return NULL;
}

static const char *or_null(const char *text)
{
    return text && *text ? text : NULL;
}

struct tt_ruleset *tt_setup_rules(struct tt_setup *s, struct tt_error *e)
{
    char path[4096];
    const char *const shipped[] = {shipped_rules(path, sizeof path), NULL};
    const char *const none[] = {NULL};
    struct tt_rules_options o = {
        .files = s->n_rules          ? s->rules
                 : s->own_rules_only ? none
                                     : shipped,
        .variable = variable,
        .ctx = s,
        .classification = or_null(tt_config_text(s->config, "rules.classification")),
        .reference = or_null(tt_config_text(s->config, "rules.reference")),
        .report = report,
    };
    s->rules_rejected = 0;
    return tt_ruleset_new(&o, e);
}

static bool add_lines(struct tt_setup *s, const char *path, struct tt_error *e)
{
    struct tt_lines *l = tt_lines_open(path, false, e);
    if (!l) {
        return false;
    }
    s->lines[s->n_lines++] = l;
    return true;
}

bool tt_setup_outputs(struct tt_setup *s, struct tt_error *e)
{
    if (s->folder) {
        char path[4096];
        if (mkdir(s->folder, 0750) != 0 && errno != EEXIST) {
            tt_fail(e, "folder cannot be made: %s", strerror(errno));
            tt_fail_at(e, s->folder, 0, 0);
            return tt_fail_fix(e, "choose a place that you may write to");
        }
        snprintf(path, sizeof path, "%s/eve.json", s->folder);
        if (!add_lines(s, path, e)) {
            return false;
        }
    }
    if (s->json && !add_lines(s, s->json, e)) {
        return false;
    }
    s->ndjson = s->json && strcmp(s->json, "-") == 0;
    if (!s->json && !s->folder && !s->quiet && !tt_is_terminal(STDOUT_FILENO)) {
        s->ndjson = true;
        return add_lines(s, "-", e);
    }
    return true;
}

static bool types(const struct tt_setup *s, uint64_t *out, struct tt_error *e)
{
    const char *list = tt_config_text(s->config, "eve.types");
    *out = 0;
    if (strcmp(list, "all") == 0) {
        *out = ~(UINT64_C(1) << TT_EVE_STATS | UINT64_C(1) << TT_EVE_DEVICE);
        return true;
    }
    while (*list) {
        char name[64];
        size_t n = strcspn(list, ",");
        while (n && *list == ' ') {
            list++;
            n--;
        }
        snprintf(name, sizeof name, "%.*s", (int)n, list);
        int type = tt_eve_type(name);
        if (n && type < 0) {
            const char *names[TT_EVE_TYPES_MAX];
            tt_eve_type_names(names);
            const char *near = tt_nearest(name, names);
            tt_fail(e, "eve.types: unknown event type '%s'", name);
            return near ? tt_fail_fix(e, "did you mean '%s'?", near)
                        : tt_fail_fix(e, "telltale config --explain lists them");
        }
        if (n) {
            *out |= UINT64_C(1) << type;
        }
        list += n + (list[n] == ',');
    }
    return true;
}

/* of all workers: members of transactions that are not complete yet */
#define RECORD_OCTETS (UINT64_C(32) << 20)

/* A worker's part of a limit that they share. */
static uint64_t share(const struct tt_setup *s, const char *option)
{
    return (tt_config_uint(s->config, option) + s->workers - 1) / s->workers;
}

static void limits(const struct tt_setup *s, struct tt_pipeline_options *o)
{
    const struct tt_config *c = s->config;
    struct tt_worker_options *w = &o->worker;
    o->decode = (struct tt_decode_options){
        .checksums = tt_config_uint(c, "stream.checksums") != TT_CHECKSUM_NONE,
        .max_datagrams = (uint32_t)tt_config_uint(c, "fragments.max"),
        .max_octets = (uint32_t)tt_config_uint(c, "fragments.memory"),
        .timeout = (uint32_t)tt_config_uint(c, "fragments.timeout"),
        .receivers = s->receivers,
        .tunnels = &s->tunnels,
    };
    w->flows = (struct tt_flow_options){
        .max_flows = (uint32_t)share(s, "flows.max"),
        .secret = s->interface ? tt_hash_secret() : READ_SECRET,
        .tcp_new = (uint32_t)tt_config_uint(c, "flows.tcp-new"),
        .tcp_established = (uint32_t)tt_config_uint(c, "flows.tcp-established"),
        .tcp_closed = (uint32_t)tt_config_uint(c, "flows.tcp-closed"),
        .udp_new = (uint32_t)tt_config_uint(c, "flows.udp-new"),
        .udp_established = (uint32_t)tt_config_uint(c, "flows.udp-established"),
    };
    w->streams = (struct tt_stream_options){
        .max_streams = w->flows.max_flows,
        .max_octets = share(s, "stream.memory"),
        .max_flow_octets = (uint32_t)tt_config_uint(c, "stream.flow-memory"),
        .receivers = s->receivers,
        .checksums = (enum tt_checksum_mode)tt_config_uint(c, "stream.checksums"),
    };
    w->ndpi.enabled = tt_config_bool(c, "ndpi.enabled");
    w->ndpi.options = (struct tt_ndpi_options){
        .max_flows = w->flows.max_flows,
        .open = (uint32_t)share(s, "ndpi.flows"),
        .budget = (uint32_t)share(s, "ndpi.packets"),
    };
    w->record_octets = RECORD_OCTETS / s->workers;
    w->dissect = (struct tt_dissect_options){
        .max_flows = w->flows.max_flows,
        .max_octets = share(s, "dissect.memory"),
        .max_transactions = (uint32_t)tt_config_uint(c, "dissect.transactions"),
    };
}

static bool tunnels(const struct tt_config *c, struct tt_tunnel_options *o, struct tt_error *e)
{
    o->open = (uint32_t)tt_config_uint(c, "tunnels.open");
    o->depth = (uint32_t)tt_config_uint(c, "tunnels.depth");
    o->together = !tt_config_bool(c, "tunnels.separate");
    const struct {
        const char *name;
        uint16_t *ports;
    } rows[] = {{"tunnels.vxlan-ports", o->vxlan},
                {"tunnels.geneve-ports", o->geneve},
                {"tunnels.gtp-u-ports", o->gtp_u}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!tt_tunnel_ports_parse(rows[i].name, tt_config_text(c, rows[i].name), rows[i].ports,
                                   e)) {
            return false;
        }
    }
    return true;
}

/* --baseline self: 30 % of the capture's time is for learning. */
static bool learning(const struct tt_setup *s, struct tt_source *source, struct tt_shard_options *o)
{
    o->max_devices = (uint32_t)tt_config_uint(s->config, "devices.max");
    o->secret = s->interface ? tt_hash_secret() : READ_SECRET;
    o->self = s->baseline_self && tt_source_share(source, 30, &o->learn_until);
    return true;
}

bool tt_setup_pipeline(struct tt_setup *s, struct tt_source *source, struct tt_pipeline_options *o,
                       struct tt_error *e)
{
    const struct tt_config *c = s->config;
    uint32_t n;
    const struct tt_input *inputs = tt_source_inputs(source, &n);
    s->input_names = calloc(n + 1, sizeof *s->input_names);
    for (uint32_t i = 0; s->input_names && i < n; i++) {
        s->input_names[i] = inputs[i].name;
    }
    *o = (struct tt_pipeline_options){
        .source = source, .workers = s->workers, .live = s->interface != NULL};
    uint64_t wanted;
    s->receivers = tt_receivers_new(c, e);
    if (!s->receivers || !tunnels(c, &s->tunnels, e) || !types(s, &wanted, e)) {
        return false;
    }
    wanted = s->n_lines ? wanted : 0;
    limits(s, o);
    struct tt_eve_options eve = {
        .inputs = s->input_names,
        .n_inputs = n,
        .live = s->interface != NULL,
        .passwords = tt_config_bool(c, "eve.mqtt.passwords"),
        .string_limit = (uint32_t)tt_config_uint(c, "eve.string-limit"),
        .community_id = tt_config_bool(c, "eve.community-id"),
        .community_seed = (uint16_t)tt_config_uint(c, "eve.community-id-seed"),
        .payload = tt_config_bool(c, "eve.payload"),
        .sensor = or_null(tt_config_text(c, "eve.sensor")),
    };
    o->worker.rules = s->ruleset;
    o->worker.types = wanted;
    o->worker.devices = tt_config_bool(c, "devices.enabled");
    o->worker.eve = eve;
    o->outlet = (struct tt_outlet_options){.lines = s->lines,
                                           .types = wanted,
                                           .eve = eve,
                                           .devices = o->worker.devices,
                                           .fail_on = s->fail_on};
    return learning(s, source, &o->outlet.shard);
}

int tt_setup_close(struct tt_setup *s)
{
    int code = 0;
    for (uint32_t i = 0; i < s->n_lines; i++) {
        struct tt_error e;
        tt_lines_flush(s->lines[i]);
        if (tt_lines_state(s->lines[i], &e) == TT_LINES_FAILED) {
            tt_complain(&e);
            code = TT_EXIT_LOSSY;
        }
        tt_lines_close(s->lines[i]);
    }
    s->n_lines = 0;
    tt_ruleset_free(s->ruleset);
    tt_receivers_free(s->receivers);
    tt_config_free(s->config);
    free(s->input_names);
    return code;
}
