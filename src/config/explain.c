/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The configuration as YAML with its own documentation: what `telltale config --explain` shows is a
 * file that loads again and gives the same values.
 */
#include <string.h>

#include "config/value.h"

#define INDENT(depth) (int)(2 * (depth)), ""

/* YAML 1.1 section 5.7: double quotes with escapes take any text; UTF-8 stays as it is. */
static void quoted(FILE *out, const char *text)
{
    fputc('"', out);
    for (const char *p = text; *p; p++) {
        unsigned char b = (unsigned char)*p;
        if (b == '"' || b == '\\') {
            fprintf(out, "\\%c", b);
        } else if (b < 0x20 || b == 0x7f) {
            fprintf(out, "\\x%02x", b);
        } else if (b == 0xc2 && (unsigned char)p[1] < 0xa0) {
            fprintf(out, "\\x%02x", (unsigned char)*++p); /* U+0080..U+009F */
        } else {
            fputc(b, out);
        }
    }
    fputc('"', out);
}

static void names_of(FILE *out, const struct tt_option *o, uint64_t bits)
{
    const char *comma = "";
    fputc('[', out);
    for (uint32_t i = 0; o->names[i]; i++) {
        if (bits >> i & 1) {
            fprintf(out, "%s%s", comma, o->names[i]);
            comma = ", ";
        }
    }
    fputc(']', out);
}

static void map_of(FILE *out, const struct tt_value *v, uint32_t depth)
{
    if (v->n_pairs == 0) {
        fputs(" {}", out);
    }
    for (uint32_t i = 0; i < v->n_pairs; i++) {
        fprintf(out, "\n%*s", INDENT(depth + 1));
        quoted(out, v->pairs[i].key);
        fputs(": ", out);
        quoted(out, v->pairs[i].value);
    }
}

static void value_of(FILE *out, const struct tt_option *o, const struct tt_value *v, uint32_t depth)
{
    char number[32];
    if (o->type != TT_OPTION_MAP) {
        fputc(' ', out);
    }
    switch (o->type) {
    case TT_OPTION_BOOL:
        fputs(v->number ? "yes" : "no", out);
        break;
    case TT_OPTION_UINT:
    case TT_OPTION_SIZE:
    case TT_OPTION_DURATION:
        fputs(tt_option_number(o, v->number, number), out);
        break;
    case TT_OPTION_CHOICE:
        fputs(o->names[v->number], out);
        break;
    case TT_OPTION_SET:
        names_of(out, o, v->number);
        break;
    case TT_OPTION_TEXT:
        quoted(out, v->text);
        break;
    case TT_OPTION_MAP:
        map_of(out, v, depth);
        break;
    }
    fputc('\n', out);
}

/* A doc string may have several lines; each stays a comment. */
static void comment(FILE *out, uint32_t depth, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");
        fprintf(out, "%*s# %.*s\n", INDENT(depth), (int)n, text);
        text += n + (text[n] == '\n');
    }
}

/* Prints the section lines that path needs after the one before; returns the offset of its last
 * part and its depth. */
static size_t sections(FILE *out, const char *before, const char *path, uint32_t *depth)
{
    size_t at = 0;
    bool same = true;
    for (*depth = 0;; ++*depth) {
        size_t n = strcspn(path + at, ".");
        if (path[at + n] == 0) {
            return at;
        }
        same = same && strncmp(before, path, at + n + 1) == 0;
        if (!same) {
            fprintf(out, "%s%*s%.*s:\n", *depth == 0 ? "\n" : "", INDENT(*depth), (int)n,
                    path + at);
        }
        at += n + 1;
    }
}

void tt_config_explain(const struct tt_config *c, FILE *out)
{
    const char *before = "";
    fputs("# All options of telltale with their present values.\n", out);
    for (uint32_t i = 0; i < c->n; i++) {
        const struct tt_option *o = c->options[i];
        uint32_t depth = 0;
        size_t last = sections(out, before, o->path, &depth);
        char wants[4096];
        comment(out, depth, o->doc ? o->doc : "");
        fprintf(out, "%*s# %s; default ", INDENT(depth), tt_option_wants(o, wants, sizeof wants));
        const char *fallback = o->fallback ? o->fallback : "";
        for (const char *p = *fallback ? fallback : "empty"; *p; p++) {
            fputc((unsigned char)*p < 0x20 ? ' ' : *p, out);
        }
        fprintf(out, "\n%*s%s:", INDENT(depth), o->path + last);
        value_of(out, o, &c->values[i], depth);
        before = o->path;
    }
}
