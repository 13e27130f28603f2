/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Tables for the terminal, from what the pipeline counted. Decides nothing and keeps nothing.
 */
#include "cli/summary.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "output/table.h"

#define ROWS_SHOWN 25

static const char *const severity_names[] = {"info", "low", "medium", "high", "critical"};

static enum tt_cell_colour colour_of(uint8_t severity)
{
    return severity >= TT_HIGH ? TT_RED : severity == TT_MEDIUM ? TT_YELLOW : TT_PLAIN;
}

static const char *when(char out[40], int64_t ns)
{
    size_t n = tt_text_time(out, ns);
    out[n] = 0;
    out[10] = ' ';
    out[19] = 0; /* whole seconds are enough for a person */
    return out;
}

static const char *amount(char out[32], uint64_t octets)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    double v = (double)octets;
    unsigned u = 0;
    while (v >= 1024 && u < 4) {
        v /= 1024;
        u++;
    }
    snprintf(out, 32, u ? "%.1f %s" : "%.0f %s", v, units[u]);
    return out;
}

static const char *period(char out[32], double seconds)
{
    if (seconds <= 0) {
        return "-";
    }
    if (seconds < 1) {
        snprintf(out, 32, "%.2f s", seconds);
        return out;
    }
    return tt_text_duration(out, (int64_t)(seconds * 1e9));
}

static void devices(FILE *out, const struct tt_shard *shard, uint32_t width, bool colour)
{
    static const char *const headings[] = {"DEVICE",  "ADDRESS",  "PROTOCOL", ">MESSAGES",
                                           ">OCTETS", ">STREAMS", ">EVERY",   "BASELINE",
                                           ">ALERTS", "LAST SEEN"};
    struct tt_table *t = tt_table_new("Devices", headings, 10);
    struct tt_device_row d;
    char address[46], a[32], b[32], c[40];
    uint32_t i = 0;
    for (; i < ROWS_SHOWN && tt_shard_device(shard, i, &d); i++) {
        const struct tt_dissector *dis = tt_dissector_at(d.protocol);
        enum tt_cell_colour odd = d.findings ? TT_RED : TT_PLAIN;
        tt_table_cell(t, odd, "%s", d.id);
        tt_table_cell(t, TT_PLAIN, "%s", tt_text_address_z(address, d.address.b));
        tt_table_cell(t, TT_PLAIN, "%s", dis ? dis->name : "-");
        tt_table_cell(t, TT_PLAIN, "%" PRIu64, d.messages);
        tt_table_cell(t, TT_PLAIN, "%s", amount(a, d.octets));
        tt_table_cell(t, TT_PLAIN, "%u", d.streams);
        tt_table_cell(t, TT_PLAIN, "%s", period(b, d.period_s));
        tt_table_cell(t, TT_DIM, "%s", d.state);
        tt_table_cell(t, odd, "%u", d.findings);
        /* month to second: names matter more than the year */
        tt_table_cell(t, TT_DIM, "%s", when(c, d.last) + 5);
    }
    tt_table_more(t, tt_shard_devices(shard) - i);
    tt_table_print(t, out, width, colour, ROWS_SHOWN);
}

static void protocols(FILE *out, struct tt_pipeline *p, uint32_t width, bool colour)
{
    static const char *const headings[] = {"PROTOCOL", ">FLOWS", ">MESSAGES", ">TRANSACTIONS",
                                           ">OCTETS"};
    struct tt_protocol_counts counts[TT_PROTOCOLS];
    struct tt_table *t = tt_table_new("Protocols", headings, 5);
    char a[32];
    tt_pipeline_protocols(p, counts);
    for (unsigned i = 0; i < TT_PROTOCOLS && tt_dissector_at(i); i++) {
        if (counts[i].messages) {
            tt_table_cell(t, TT_PLAIN, "%s", tt_dissector_at(i)->name);
            tt_table_cell(t, TT_PLAIN, "%" PRIu64, counts[i].flows);
            tt_table_cell(t, TT_PLAIN, "%" PRIu64, counts[i].messages);
            tt_table_cell(t, TT_PLAIN, "%" PRIu64, counts[i].transactions);
            tt_table_cell(t, TT_PLAIN, "%s", amount(a, counts[i].octets));
        }
    }
    tt_table_print(t, out, width, colour, 0);
}

static void alerts(FILE *out, const struct tt_outlet *o, uint32_t width, bool colour)
{
    static const char *const headings[] = {"SEVERITY", "FIRST", ">COUNT", "DEVICE", "SID", "WHAT"};
    uint32_t n;
    const struct tt_alert_row *rows = tt_outlet_alerts(o, &n);
    struct tt_table *t = tt_table_new("Alerts", headings, 6);
    char c[40];
    for (uint32_t i = 0; i < n; i++) {
        const struct tt_alert_row *r = &rows[i];
        tt_table_cell(t, colour_of(r->severity), "%s", severity_names[r->severity % 5]);
        tt_table_cell(t, TT_DIM, "%s", when(c, r->first));
        tt_table_cell(t, TT_PLAIN, "%" PRIu64, r->count);
        tt_table_cell(t, TT_PLAIN, "%s", r->device);
        tt_table_cell(t, TT_DIM, "%u:%u", r->gid, r->sid);
        tt_table_cell(t, TT_PLAIN, "%s%s%s", r->title, r->detail[0] ? ": " : "", r->detail);
    }
    tt_table_print(t, out, width, colour, ROWS_SHOWN);
}

uint32_t tt_summary_losses(FILE *out, struct tt_pipeline *p)
{
    uint32_t n, losses = 0;
    const struct tt_counter_set *sets = tt_pipeline_counters(p, &n);
    for (uint32_t s = 0; s < n; s++) {
        for (uint32_t i = 0; i < sets[s].n; i++) {
            const struct tt_counter *row = &sets[s].rows[i];
            if (row->is_loss && sets[s].values[i]) {
                losses++;
                if (out) {
                    fprintf(out, "  %s: %" PRIu64 " %s (%s)\n", row->name, sets[s].values[i],
                            row->unit, row->doc);
                }
            }
        }
    }
    return losses;
}

static void inputs(FILE *out, const struct tt_setup *s, struct tt_pipeline *p,
                   struct tt_source *source)
{
    uint32_t n;
    const struct tt_input *in = tt_source_inputs(source, &n);
    int64_t first = 0, last = 0;
    uint64_t packets = 0;
    for (uint32_t i = 0; i < n; i++) {
        packets += in[i].packets;
        if (in[i].packets) {
            first = !first || in[i].first < first ? in[i].first : first;
            last = in[i].last > last ? in[i].last : last;
        }
    }
    char span[32], from[40];
    fprintf(out, "%" PRIu64 " packets from %u %s", packets, n,
            s->interface ? "interface"
            : n == 1     ? "file"
                         : "files");
    if (packets) {
        fprintf(out, ", %s of time from %s UTC", tt_text_duration(span, last - first),
                when(from, first));
    }
    fprintf(out, "\n");
    if (s->ruleset) {
        struct tt_ruleset_counts c = tt_ruleset_counts(s->ruleset);
        fprintf(out, "%u rules loaded", c.loaded);
        if (c.rejected || c.not_evaluated) {
            fprintf(out, ", %u rejected, %u not evaluated", c.rejected, c.not_evaluated);
        }
        fprintf(out, "; %" PRIu64 " records written\n", tt_outlet_records(tt_pipeline_outlet(p)));
    }
}

/* Every packet is in one row of the account; says so where it is not. */
static void account(FILE *out, struct tt_pipeline *p)
{
    uint32_t n;
    uint64_t sum = 0, shed = 0, read = tt_pipeline_packets(p);
    const struct tt_counter_set *sets = tt_pipeline_counters(p, &n);
    const size_t fate = strlen(TT_PACKET_FATE), below = strlen(TT_PACKET_SHED);
    fprintf(out, "Packets: ");
    for (int round = 0; round < 2; round++) {
        for (uint32_t s = 0; s < n; s++) {
            for (uint32_t i = 0; i < sets[s].n; i++) {
                const char *name = sets[s].rows[i].name;
                bool is_shed = strncmp(name, TT_PACKET_SHED, below) == 0;
                uint64_t v = sets[s].values[i];
                if (strncmp(name, TT_PACKET_FATE, fate) != 0 || v == 0 || is_shed != (round == 1)) {
                    continue;
                }
                const char *before = round && !shed ? "; shed: " : sum ? ", " : "";
                fprintf(out, "%s%" PRIu64 " %s", before, v, name + (is_shed ? below : fate));
                sum += v;
                shed += is_shed ? v : 0;
            }
        }
    }
    fprintf(out, "%s\n", sum == read ? "" : "; these do not add up to what was read");
}

void tt_summary_print(FILE *out, const struct tt_setup *s, struct tt_pipeline *p,
                      struct tt_source *source)
{
    uint32_t width = tt_terminal_width(fileno(out));
    bool colour = tt_use_colour(fileno(out), s->no_color);
    inputs(out, s, p, source);
    account(out, p);
    fprintf(out, "\n");
    devices(out, tt_outlet_shard(tt_pipeline_outlet(p)), width, colour);
    fprintf(out, "\n");
    protocols(out, p, width, colour);
    fprintf(out, "\n");
    alerts(out, tt_pipeline_outlet(p), width, colour);
    if (tt_summary_losses(NULL, p)) {
        fprintf(out,
                "\nNot everything could be kept (limits were hit; output depends on --workers):\n");
        tt_summary_losses(out, p);
    }
}
