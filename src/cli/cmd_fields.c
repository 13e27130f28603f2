/* SPDX-License-Identifier: BSD-3-Clause
 *
 * telltale fields: flat export, one row for each message in frame order, one column for each field;
 * values joined by '|'. With --names tshark a column is headed by tshark's field name and holds
 * what its PDML `show` holds, so that two tables can be held against each other cell by cell.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/setup.h"

#define COLUMNS_MAX 256
/* three characters for each octet of the longest unit; memory is touched as used */
#define CELL_ROOM (4u << 20)

struct fields {
    const char *protocol;
    const char *wanted[COLUMNS_MAX]; /* -e */
    uint32_t n_wanted;
    bool tshark, csv;
    const char *paths[TT_PATHS_MAX + 1];
    uint32_t n_paths;
    const struct tt_dissector *dissector;
    uint8_t column_of[TT_FIELDS_MAX]; /* field → column + 1, 0 = none */
    const char *columns[COLUMNS_MAX];
    uint32_t n_columns;
    uint32_t used[COLUMNS_MAX], values[COLUMNS_MAX]; /* octets of a cell, values in it */
    char *cells;                                     /* CELL_ROOM for each column */
};

static bool apply_protocol(void *ctx, const char *v, struct tt_error *e)
{
    struct fields *f = ctx;
    int i = tt_dissector_index(v);
    if (i < 0) {
        tt_fail(e, "unknown protocol '%s'", v);
        return tt_fail_fix(e, "telltale fields -p %s",
                           tt_dissector_at(0) ? tt_dissector_at(0)->name : "?");
    }
    f->protocol = v;
    f->dissector = tt_dissector_at((unsigned)i);
    return true;
}

static bool apply_field(void *ctx, const char *v, struct tt_error *e)
{
    struct fields *f = ctx;
    if (f->n_wanted == COLUMNS_MAX) {
        return tt_fail(e, "more than %d fields", COLUMNS_MAX);
    }
    f->wanted[f->n_wanted++] = v;
    return true;
}

static bool apply_names(void *ctx, const char *v, struct tt_error *e)
{
    ((struct fields *)ctx)->tshark = strcmp(v, "tshark") == 0;
    if (strcmp(v, "tshark") != 0 && strcmp(v, "telltale") != 0) {
        tt_fail(e, "option --names: unknown '%s'", v);
        return tt_fail_fix(e, "telltale or tshark");
    }
    return true;
}

static bool apply_format(void *ctx, const char *v, struct tt_error *e)
{
    ((struct fields *)ctx)->csv = strcmp(v, "csv") == 0;
    if (strcmp(v, "tsv") != 0 && strcmp(v, "csv") != 0) {
        tt_fail(e, "option -o: unknown format '%s'", v);
        return tt_fail_fix(e, "tsv or csv");
    }
    return true;
}

static bool word(void *ctx, const char *v, struct tt_error *e)
{
    struct fields *f = ctx;
    if (f->n_paths == TT_PATHS_MAX) {
        return tt_fail(e, "more than %u inputs", TT_PATHS_MAX);
    }
    f->paths[f->n_paths++] = v;
    return true;
}

static const char *name_of(const struct fields *f, const struct tt_field *row)
{
    return f->tshark ? row->tshark : row->path;
}

static bool plan(struct fields *f, struct tt_error *e)
{
    for (uint32_t i = 0; i < f->dissector->n_fields; i++) {
        const char *name = name_of(f, &f->dissector->fields[i]);
        uint32_t c = 0;
        if (!name ||
            (!f->tshark && (f->dissector->fields[i].flags & TT_UNRECORDED) && !f->n_wanted)) {
            continue;
        }
        bool wanted = f->n_wanted == 0;
        for (uint32_t k = 0; k < f->n_wanted; k++) {
            wanted |= strcmp(f->wanted[k], name) == 0;
        }
        while (c < f->n_columns && strcmp(f->columns[c], name) != 0) {
            c++;
        }
        if (wanted && c < COLUMNS_MAX - 1) {
            f->columns[c] = name;
            f->n_columns += c == f->n_columns;
            f->column_of[i] = (uint8_t)(c + 1);
        }
    }
    for (uint32_t k = 0; k < f->n_wanted; k++) {
        const char *names[TT_FIELDS_MAX + 1];
        uint32_t n = 0;
        bool known = false;
        for (uint32_t i = 0; i < f->dissector->n_fields; i++) {
            const char *name = name_of(f, &f->dissector->fields[i]);
            if (name) {
                names[n++] = name;
                known |= strcmp(name, f->wanted[k]) == 0;
            }
        }
        names[n] = NULL;
        if (!known) {
            const char *near = tt_nearest(f->wanted[k], names);
            tt_fail(e, "%s has no field '%s'", f->protocol, f->wanted[k]);
            return near ? tt_fail_fix(e, "did you mean %s?", near) : false;
        }
    }
    f->cells = malloc((size_t)f->n_columns * CELL_ROOM + 1);
    return f->cells || tt_fail(e, "not enough memory");
}

static void add(struct fields *f, uint32_t column, const char *text, size_t n)
{
    char *cell = f->cells + (size_t)column * CELL_ROOM;
    uint32_t *used = &f->used[column];
    for (size_t i = 0; i < n && *used < CELL_ROOM; i++) {
        char c = text[i];
        cell[(*used)++] = c == '\t' || c == '\n' || c == '\r' ? ' ' : c;
    }
}

static const char *enum_name(const struct tt_field *row, uint64_t v)
{
    for (const struct tt_name *k = row->names; k && k->name; k++) {
        if (k->value == v) {
            return k->name;
        }
    }
    return NULL;
}

static void add_number(struct fields *f, uint32_t column, const struct tt_field *row, uint64_t v)
{
    char text[40];
    bool named = !f->tshark || row->flags & TT_TSHARK_NAME;
    const char *name = row->type == TT_ENUM && named ? enum_name(row, v) : NULL;
    if (!name && f->tshark && row->flags & TT_TSHARK_NAME) {
        add(f, column, text, (size_t)snprintf(text, sizeof text, "Unknown Type %" PRIu64, v));
        return;
    }
    if (name) {
        add(f, column, name, strlen(name));
        return;
    }
    int n = snprintf(text, sizeof text,
                     f->tshark && (row->flags & TT_TSHARK_HEX) ? "0x%08" PRIx64 : "%" PRIu64, v);
    add(f, column, text, (size_t)n);
}

/* Octets of the longest ill-formed start at p that one U+FFFD stands for (Unicode 3.9, maximal
 * subpart); 0 = well formed, *n octets. */
static size_t ill_formed(const uint8_t *p, size_t left, size_t *n)
{
    size_t want = p[0] < 0x80                   ? 1
                  : p[0] >= 0xc2 && p[0] < 0xe0 ? 2
                  : (p[0] & 0xf0) == 0xe0       ? 3
                  : p[0] >= 0xf0 && p[0] < 0xf5 ? 4
                                                : 0;
    size_t k = 1;
    for (; k < want && k < left; k++) {
        uint8_t low = 0x80, high = 0xbf;
        if (k == 1) {
            low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : low;
            high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : high;
        }
        if (p[k] < low || p[k] > high) {
            break;
        }
    }
    *n = want;
    return k == want ? 0 : k;
}

/* As tshark shows text: octets that are not UTF-8 as U+FFFD, control characters as
 * \x1f, nothing after a NUL. */
static void add_text(struct fields *f, uint32_t column, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t k, bad = ill_formed(p + i, n - i, &k);
        bool blank = p[i] == '\t' || p[i] == '\n' || p[i] == '\r';
        if (bad) {
            add(f, column, "\xef\xbf\xbd", 3);
            k = bad;
        } else if (p[i] == 0 && f->tshark) {
            return;
        } else if ((p[i] < 0x20 && !blank) || p[i] == 0x7f) {
            char text[8];
            int m = snprintf(text, sizeof text, "\\x%x", p[i]);
            add(f, column, text, (size_t)m);
        } else {
            add(f, column, (const char *)p + i, k);
        }
        i += k;
    }
}

static void add_value(struct fields *f, const struct tt_value *v)
{
    const struct tt_field *row = &f->dissector->fields[v->field];
    uint32_t column = f->column_of[v->field];
    if (column-- == 0) {
        return;
    }
    if (f->values[column]++) {
        add(f, column, "|", 1);
    }
    if ((row->flags & TT_SECRET) && !f->tshark) {
        add(f, column, "<redacted>", 10);
    } else if (v->type == TT_STR) {
        bool quoted = f->tshark && (row->flags & TT_TSHARK_HEX);
        add(f, column, "'", quoted);
        add_text(f, column, v->p, v->n);
        add(f, column, "'", quoted);
    } else if (v->type == TT_BYTES) {
        for (uint32_t i = 0; i < v->n; i++) {
            char hex[4];
            snprintf(hex, sizeof hex, "%s%02x", i ? ":" : "", v->p[i]);
            add(f, column, hex, strlen(hex));
        }
    } else if (v->type == TT_IP) {
        char text[46];
        add(f, column, text, tt_text_address(text, v->p));
    } else {
        add_number(f, column, row, v->u);
    }
}

static void print_cell(const struct fields *f, const char *p, size_t n)
{
    bool quote = f->csv && (memchr(p, ',', n) || memchr(p, '"', n));
    if (!quote) {
        fwrite(p, 1, n, stdout);
        return;
    }
    putchar('"');
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '"') {
            putchar('"');
        }
        putchar(p[i]);
    }
    putchar('"');
}

static void message(void *ctx, const struct tt_flow *flow, const struct tt_msg *m,
                    const struct tt_packet *p)
{
    struct fields *f = ctx;
    if (m->dissector != f->dissector || !p) {
        return;
    }
    bool to_server = m->direction == TT_TO_SERVER;
    const struct tt_address *src = to_server ? tt_flow_client(flow) : tt_flow_server(flow);
    const struct tt_address *dst = to_server ? tt_flow_server(flow) : tt_flow_client(flow);
    char a[46], b[46], sep = f->csv ? ',' : '\t';
    uint16_t cport = tt_flow_client_port(flow), sport = tt_flow_server_port(flow);
    printf("%u%c%s%c%s%c%u%c%u", p->count, sep, tt_text_address_z(a, src->b), sep,
           tt_text_address_z(b, dst->b), sep, to_server ? cport : sport, sep,
           to_server ? sport : cport);
    memset(f->used, 0, f->n_columns * sizeof *f->used);
    memset(f->values, 0, f->n_columns * sizeof *f->values);
    for (uint32_t i = 0; i < m->n_values; i++) {
        add_value(f, &m->values[i]);
    }
    for (uint32_t c = 0; c < f->n_columns; c++) {
        putchar(sep);
        print_cell(f, f->cells + (size_t)c * CELL_ROOM, f->used[c]);
    }
    putchar('\n');
}

static bool has_port(const uint16_t *ports, uint16_t port)
{
    for (; ports && *ports; ports++) {
        if (*ports == port) {
            return true;
        }
    }
    return false;
}

/* Whoever asks for the messages of a protocol that carries others wants those, not what they
 * carry: its tunnels stay closed. */
static void leave_closed(const struct tt_dissector *d, struct tt_tunnel_options *o)
{
    const struct {
        const uint16_t *ports;
        uint32_t bit;
    } rows[] = {{o->gtp_u, TT_OPEN_GTP_U}, {o->vxlan, TT_OPEN_VXLAN}, {o->geneve, TT_OPEN_GENEVE}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (const uint16_t *p = rows[i].ports; *p; p++) {
            o->open &= has_port(d->ports, *p) ? ~rows[i].bit : UINT32_MAX;
        }
    }
}

static int export(struct fields *f, struct tt_setup *s, struct tt_error *e)
{
    struct tt_pipeline_options o;
    struct tt_source *source = tt_source_open(&(struct tt_source_options){.paths = f->paths}, e);
    if (!source || !tt_setup_pipeline(s, source, &o, e)) {
        tt_complain(e);
        tt_source_close(source);
        return TT_EXIT_UNREADABLE;
    }
    leave_closed(f->dissector, &s->tunnels);
    o.worker.types = 0;
    o.worker.devices = o.outlet.devices = false;
    o.worker.tap = message;
    o.worker.tap_ctx = f;
    struct tt_pipeline *p = tt_pipeline_new(&o);
    int code = TT_EXIT_CLEAN;
    if (!p) {
        tt_fail(e, "not enough memory for the tables");
        tt_complain(e);
        tt_source_close(source);
        return TT_EXIT_USAGE;
    }
    printf("frame%csrc%cdst%csport%cdport", f->csv ? ',' : '\t', f->csv ? ',' : '\t',
           f->csv ? ',' : '\t', f->csv ? ',' : '\t');
    for (uint32_t c = 0; c < f->n_columns; c++) {
        printf("%c%s", f->csv ? ',' : '\t', f->columns[c]);
    }
    putchar('\n');
    tt_pipeline_run(p);
    uint32_t n;
    const struct tt_input *in = tt_source_inputs(source, &n);
    for (uint32_t i = 0; i < n; i++) {
        if (in[i].error.what[0]) {
            tt_complain(&in[i].error);
            code = in[i].opened ? TT_EXIT_LOSSY : TT_EXIT_UNREADABLE;
        }
    }
    tt_pipeline_free(p);
    tt_source_close(source);
    return code;
}

static int run(int argc, char **argv)
{
    static const struct tt_flag flags[] = {{'p', "protocol", "PROTO", apply_protocol},
                                           {'e', "field", "PATH", apply_field},
                                           {0, "names", "telltale|tshark", apply_names},
                                           {'o', "output", "tsv|csv", apply_format},
                                           {0, NULL, NULL, NULL}};
    struct tt_error e;
    struct fields *f = calloc(1, sizeof *f);
    struct tt_setup *s = calloc(1, sizeof *s);
    int code = TT_EXIT_USAGE;
    if (f && s && tt_flags_parse(argc, argv, flags, word, f, &e)) {
        s->config = tt_config_new();
        s->workers = 1;
        if (!f->protocol || !f->n_paths) {
            tt_fail(&e, "%s", f->protocol ? "no capture named" : "no protocol named");
            tt_fail_fix(&e, "telltale fields -p mqtt FILE");
            tt_complain(&e);
        } else if (!plan(f, &e)) {
            tt_complain(&e);
        } else {
            code = export(f, s, &e);
        }
    } else if (f && s) {
        tt_complain(&e);
    }
    if (s) {
        tt_setup_close(s);
    }
    if (f) {
        free(f->cells);
    }
    free(f);
    free(s);
    return code;
}

const struct tt_command tt_command_fields = {
    "fields",
    "flat export of a protocol's fields",
    "-p PROTO [-e PATH]… [--names telltale|tshark] [-o tsv|csv] FILE…\n"
    "  one row for each message, in frame order; several values are joined by |",
    run,
};
