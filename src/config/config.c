/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The configuration: option rows of all rooms sorted by path, their values, --set, and reading by
 * path. Never opens a file (load.c does) and never changes a value half: what fails leaves
 * everything as it was.
 */
#include "config/config.h"

#include <stdarg.h>
#include <string.h>

#include "config/value.h"

/* A broken invariant: an option row or a reader of one is wrong, which no input can cause. */
static void wrong(const char *path, const char *why)
{
    fprintf(stderr, "telltale: option %s: %s\n", path, why);
    abort();
}

static int by_path(const void *a, const void *b)
{
    return strcmp((*(const struct tt_option *const *)a)->path,
                  (*(const struct tt_option *const *)b)->path);
}

static void check_rows(const struct tt_config *c)
{
    for (uint32_t i = 0; i < c->n; i++) {
        const struct tt_option *o = c->options[i];
        size_t n = strlen(o->path), names = 0;
        bool named = o->type == TT_OPTION_CHOICE || o->type == TT_OPTION_SET;
        if (n == 0 || n > TT_CONFIG_PATH_MAX / 2) {
            wrong(o->path, "the path is empty or too long");
        }
        if (i && strcmp(c->options[i - 1]->path, o->path) == 0) {
            wrong(o->path, "is declared twice");
        }
        if (tt_config_is_section(c, o->path)) {
            wrong(o->path, "is an option and a section");
        }
        while (named && o->names && o->names[names]) {
            names++;
        }
        if (named && (names == 0 || (o->type == TT_OPTION_SET && names > 64))) {
            wrong(o->path, "needs names, a set at most 64");
        }
    }
}

static void set_default(struct tt_config *c, uint32_t i)
{
    const struct tt_option *o = c->options[i];
    const char *text = o->fallback ? o->fallback : "";
    struct tt_error e;
    bool done = true;
    if (o->type != TT_OPTION_MAP) {
        done = tt_value_parse(&c->values[i], o, text, &e);
    } else if (*text) {
        /* a map is written as in the file: given its path, it is a small file */
        size_t n = strlen(o->path) + strlen(text) + 3;
        char *yaml = tt_config_alloc(n, 1);
        snprintf(yaml, n, "%s: %s", o->path, text);
        done = tt_config_parse(c, "default", yaml, strlen(yaml), &e);
        free(yaml);
    }
    if (!done) {
        wrong(o->path, e.what);
    }
}

struct tt_config *tt_config_from(const struct tt_option_table *const *tables)
{
    struct tt_config *c = tt_config_alloc(1, sizeof *c);
    size_t n = 0;
    for (const struct tt_option_table *const *t = tables; *t; t++) {
        n += (*t)->n;
    }
    c->options = tt_config_alloc(n, sizeof *c->options);
    c->values = tt_config_alloc(n, sizeof *c->values);
    for (const struct tt_option_table *const *t = tables; *t; t++) {
        for (uint32_t i = 0; i < (*t)->n; i++) {
            c->options[c->n++] = &(*t)->rows[i];
        }
    }
    qsort(c->options, c->n, sizeof *c->options, by_path);
    check_rows(c);
    for (uint32_t i = 0; i < c->n; i++) {
        set_default(c, i);
    }
    return c;
}

void tt_config_free(struct tt_config *c)
{
    if (!c) {
        return;
    }
    for (uint32_t i = 0; i < c->n; i++) {
        tt_value_free(&c->values[i]);
    }
    free(c->values);
    free(c->options);
    free(c);
}

struct tt_config *tt_config_copy(const struct tt_config *c)
{
    struct tt_config *d = tt_config_alloc(1, sizeof *d);
    d->n = c->n;
    d->options = tt_config_alloc(c->n, sizeof *d->options);
    d->values = tt_config_alloc(c->n, sizeof *d->values);
    for (uint32_t i = 0; i < c->n; i++) {
        const struct tt_value *v = &c->values[i];
        struct tt_value *w = &d->values[i];
        d->options[i] = c->options[i];
        w->number = v->number;
        w->text = v->text ? tt_config_strdup(v->text) : NULL;
        for (uint32_t k = 0; k < v->n_pairs; k++) {
            tt_value_add_pair(w, c->options[i], v->pairs[k].key, v->pairs[k].value, 0, NULL);
        }
    }
    return d;
}

void tt_config_take(struct tt_config *c, struct tt_config *from)
{
    struct tt_config old = *c;
    *c = *from;
    *from = old;
    tt_config_free(from);
}

int64_t tt_config_find(const struct tt_config *c, const char *path)
{
    struct tt_option wanted = {.path = path};
    const struct tt_option *key = &wanted;
    const struct tt_option **at = bsearch(&key, c->options, c->n, sizeof *c->options, by_path);
    return at ? at - c->options : -1;
}

int64_t tt_config_find_map(const struct tt_config *c, const char *path, const char **key)
{
    for (uint32_t i = 0; i < c->n; i++) {
        size_t n = strlen(c->options[i]->path);
        if (c->options[i]->type == TT_OPTION_MAP && strncmp(path, c->options[i]->path, n) == 0 &&
            path[n] == '.') {
            *key = path + n + 1;
            return i;
        }
    }
    return -1;
}

bool tt_config_is_section(const struct tt_config *c, const char *path)
{
    size_t n = strlen(path);
    for (uint32_t i = 0; i < c->n; i++) {
        if (strncmp(c->options[i]->path, path, n) == 0 && c->options[i]->path[n] == '.') {
            return true;
        }
    }
    return false;
}

static const char *last_part(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot ? dot + 1 : path;
}

/* The path, cut at its first unknown part, with that part corrected; or an option that is near as a
 * whole; or one of that name. */
static bool suggest(const struct tt_config *c, const char *path, char *out, size_t cap)
{
    char part[TT_CONFIG_PATH_MAX + 1];
    size_t known = 0, next = 0;
    for (;; known = next) { /* known: octets of the parts that are sections, with their dots */
        next = known + strcspn(path + known, ".") + 1;
        snprintf(part, sizeof part, "%.*s", (int)(next - 1), path);
        if (path[next - 1] != '.' || !tt_config_is_section(c, part)) {
            break;
        }
    }
    const char *word = part + (known < strlen(part) ? known : strlen(part));
    unsigned least = 2 + (unsigned)strlen(word) / 3;
    bool found = false;
    for (uint32_t i = 0; i < c->n && *word; i++) {
        const char *row = c->options[i]->path;
        if (strncmp(row, path, known) != 0) {
            continue;
        }
        char name[TT_CONFIG_PATH_MAX + 1];
        size_t length = strcspn(row + known, ".");
        snprintf(name, sizeof name, "%.*s", (int)length, row + known);
        unsigned d = tt_edit_distance(word, name);
        if (d < least) {
            least = d;
            found = true;
            snprintf(out, cap, "%.*s%s", (int)(known + length), row, path + next - 1);
            if (tt_config_find(c, out) < 0) {
                snprintf(out, cap, "%.*s", (int)(known + length), row);
            }
        }
    }
    for (uint32_t i = 0; i < c->n && !found; i++) {
        const char *row = c->options[i]->path;
        if (tt_edit_distance(path, row) <= 2 || strcmp(last_part(path), last_part(row)) == 0) {
            snprintf(out, cap, "%s", row);
            found = true;
        }
    }
    return found;
}

bool tt_config_unknown(const struct tt_config *c, const char *path, struct tt_error *e)
{
    char near[TT_CONFIG_PATH_MAX + 1];
    tt_fail(e, "there is no option %.100s", *path ? path : "without a name");
    if (strlen(path) <= TT_CONFIG_PATH_MAX && suggest(c, path, near, sizeof near)) {
        return tt_fail_fix(e, "did you mean %.200s?", near);
    }
    return tt_fail_fix(e, "`telltale config --explain` lists all");
}

static bool assign(struct tt_config *c, const char *path, const char *value, struct tt_error *e)
{
    const char *key = NULL;
    int64_t i = tt_config_find(c, path), m = tt_config_find_map(c, path, &key);
    if (i >= 0) {
        return tt_value_parse(&c->values[i], c->options[i], value, e);
    }
    if (m >= 0) {
        return tt_value_add_pair(&c->values[m], c->options[m], key, value, 0, e);
    }
    if (tt_config_is_section(c, path)) {
        tt_fail(e, "%.100s is a section, not an option", path);
        return tt_fail_fix(e, "name an option below it: %.100s.NAME=VALUE", path);
    }
    return tt_config_unknown(c, path, e);
}

bool tt_config_set(struct tt_config *c, const char *assignment, struct tt_error *error)
{
    char path[TT_CONFIG_PATH_MAX + 1];
    const char *equals = strchr(assignment, '=');
    size_t n = equals ? (size_t)(equals - assignment) : strlen(assignment);
    bool done = false;
    if (!equals) {
        tt_fail(error, "'%.100s' sets nothing", assignment);
        tt_fail_fix(error, "write KEY=VALUE");
    } else if (n >= sizeof path) {
        tt_fail(error, "there is no option with so long a name");
    } else {
        memcpy(path, assignment, n);
        path[n] = 0;
        done = assign(c, path, equals + 1, error);
    }
    return done || tt_fail_at(error, "--set", 0, 0);
}

static const struct tt_value *value(const struct tt_config *c, const char *path, uint32_t types)
{
    int64_t i = tt_config_find(c, path);
    if (i < 0 || !(types >> c->options[i]->type & 1)) {
        wrong(path, i < 0 ? "is read but not declared" : "is read as another type than declared");
    }
    return &c->values[i];
}

bool tt_config_bool(const struct tt_config *c, const char *path)
{
    return value(c, path, 1U << TT_OPTION_BOOL)->number != 0;
}

uint64_t tt_config_uint(const struct tt_config *c, const char *path)
{
    return value(c, path,
                 1U << TT_OPTION_UINT | 1U << TT_OPTION_SIZE | 1U << TT_OPTION_DURATION |
                     1U << TT_OPTION_CHOICE | 1U << TT_OPTION_SET)
        ->number;
}

const char *tt_config_text(const struct tt_config *c, const char *path)
{
    return value(c, path, 1U << TT_OPTION_TEXT)->text;
}

bool tt_config_pair(const struct tt_config *c, const char *path, uint32_t i, const char **key,
                    const char **text)
{
    const struct tt_value *v = value(c, path, 1U << TT_OPTION_MAP);
    if (i >= v->n_pairs) {
        return false;
    }
    *key = v->pairs[i].key;
    *text = v->pairs[i].value;
    return true;
}
