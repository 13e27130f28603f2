/* SPDX-License-Identifier: BSD-3-Clause
 *
 * All keywords by name: those of the language, those that the dissectors' field rows make, and
 * those that are only known. A row's keyword is row->keyword or <protocol>.<path without "*." and
 * "[]">; several rows may share one, and a row with an own keyword can also be called by its path
 * as long as nothing else is.
 */
#include <stdlib.h>
#include <strings.h>

#include "base/hash.h"
#include "base/registry.h"
#include "rules/draft.h"

#define SLOTS 4096 /* power of two; at most half are used */

struct keyword_index {
    struct tt_arena arena;
    const struct keyword *slots[SLOTS];
    const char *names[SLOTS / 2 + 1]; /* for the nearest match; ends with NULL */
    uint32_t n;
};

static uint64_t slot_of(const char *p, size_t n)
{
    char word[64];
    n = n < sizeof word ? n : sizeof word;
    for (size_t i = 0; i < n; i++) {
        word[i] = (char)lower((uint8_t)p[i]);
    }
    return tt_hash_bytes(word, n, 0) & (SLOTS - 1);
}

const struct keyword *keyword_find(const struct keyword_index *x, struct slice name)
{
    for (uint64_t i = slot_of(name.p, name.n);; i = (i + 1) & (SLOTS - 1)) {
        if (!x->slots[i] || slice_is(name, x->slots[i]->name)) {
            return x->slots[i];
        }
    }
}

static void add(struct keyword_index *x, const struct keyword *k)
{
    uint64_t i = slot_of(k->name, strlen(k->name));
    if (x->n >= SLOTS / 2) {
        return;
    }
    for (; x->slots[i]; i = (i + 1) & (SLOTS - 1)) {
        if (strcasecmp(x->slots[i]->name, k->name) == 0) {
            return; /* the first one wins: language, rows, known names */
        }
    }
    x->slots[i] = k;
    x->names[x->n++] = k->name;
}

/* ---- rows ---- */

/* "<protocol>.<path>" without the parts that only lay out the record. */
static void path_name(char *out, size_t cap, const struct tt_dissector *p, const struct tt_field *f)
{
    size_t n = (size_t)snprintf(out, cap, "%s.", p->name);
    const char *s = f->path;
    if (strncmp(s, "*.", 2) == 0) {
        s += 2;
    }
    for (; *s && n + 1 < cap; s++) {
        if (*s != '[' && *s != ']') {
            out[n++] = *s;
        }
    }
    out[n < cap ? n : cap - 1] = 0;
}

uint64_t row_kinds(const struct tt_dissector *p, const struct tt_field *f)
{
    size_t n = strcspn(f->path, ".[");
    for (const struct tt_name *k = p->kinds; f->path[n] && k && k->name; k++) {
        if (strlen(k->name) == n && strncmp(k->name, f->path, n) == 0) {
            return (uint64_t)1 << (k->value & 63);
        }
    }
    return ALL_KINDS;
}

static bool row_is_buffer(const struct tt_field *f)
{
    return f->type == TT_STR || f->type == TT_BYTES || f->type == TT_IP;
}

static struct keyword *row_keyword(struct keyword_index *x, const char *name, int protocol,
                                   const struct tt_field *f)
{
    struct slice s = {name, (uint32_t)strlen(name)};
    const struct keyword *old = keyword_find(x, s);
    if (old) {
        return old->derived && old->derived->protocol == protocol ? (struct keyword *)(uintptr_t)old
                                                                  : NULL;
    }
    struct keyword *k = tt_arena_alloc(&x->arena, sizeof *k);
    struct derived *r = tt_arena_alloc(&x->arena, sizeof *r);
    *r = (struct derived){.protocol = (int16_t)protocol, .is_buffer = row_is_buffer(f)};
    *k = (struct keyword){.name = slice_copy(&x->arena, s),
                          .use = r->is_buffer ? KEYWORD_BARE : KEYWORD_VALUE,
                          .derived = r};
    add(x, k);
    return k;
}

static void add_row(struct keyword_index *x, const char *name, int protocol,
                    const struct tt_dissector *p, unsigned row)
{
    const struct tt_field *f = &p->fields[row];
    struct keyword *k = row_keyword(x, name, protocol, f);
    struct derived *r = k ? (struct derived *)(uintptr_t)k->derived : NULL;
    if (!r || r->is_buffer != row_is_buffer(f) ||
        r->n_fields == sizeof r->fields / sizeof r->fields[0]) {
        return;
    }
    r->fields[r->n_fields++] = (uint8_t)row;
    r->kinds |= row_kinds(p, f);
}

/* pass 0: rows with an own keyword; 1: recorded rows by path; 2: the rest and second
 * names, where the name is free. */
static void add_rows(struct keyword_index *x, const struct tt_dissector *p, int protocol, int pass)
{
    char name[128];
    for (unsigned i = 0; i < p->n_fields; i++) {
        const struct tt_field *f = &p->fields[i];
        bool unrecorded = f->flags & TT_UNRECORDED;
        path_name(name, sizeof name, p, f);
        struct slice s = {name, (uint32_t)strlen(name)};
        bool by_path = pass == 1 ? !f->keyword && !unrecorded
                                 : pass == 2 && (f->keyword || unrecorded) && !keyword_find(x, s);
        if (pass == 0 && f->keyword) {
            add_row(x, f->keyword, protocol, p, i);
        } else if (by_path) {
            add_row(x, name, protocol, p, i);
        }
    }
}

static void add_names(struct keyword_index *x, const struct tt_pair *names)
{
    for (; names->key; names++) {
        struct keyword *k = tt_arena_alloc(&x->arena, sizeof *k);
        *k = (struct keyword){.name = names->key, .needs = names->value};
        add(x, k);
    }
}

/* Other names of what rows give. */
static void add_older(struct keyword_index *x)
{
    for (const struct tt_pair *p = names_older; p->key; p++) {
        struct slice s = {p->value, (uint32_t)strlen(p->value)};
        const struct keyword *k = keyword_find(x, s);
        if (k) {
            struct keyword *older = tt_arena_alloc(&x->arena, sizeof *older);
            *older = *k;
            older->name = p->key;
            add(x, older);
        }
    }
}

struct keyword_index *keyword_index_new(struct tt_ruleset *set)
{
    static const struct keyword *const own[] = {meta_keywords, content_keywords, byte_keywords,
                                                regex_keywords, header_keywords};
    struct keyword_index *x = calloc(1, sizeof *x);
    if (!x) {
        return NULL;
    }
    tt_arena_init(&x->arena, 65536);
    for (unsigned i = 0; i < sizeof own / sizeof own[0]; i++) {
        for (const struct keyword *k = own[i]; k->name; k++) {
            add(x, k);
        }
    }
    for (int pass = 0; pass < 3; pass++) {
        for (uint32_t i = 0; i < set->n_protocols; i++) {
            add_rows(x, set->protocols[i].dissector, (int)i, pass);
        }
    }
    add_older(x);
    add_names(x, names_keywords);
    return x;
}

void keyword_index_free(struct keyword_index *x)
{
    if (x) {
        tt_arena_free(&x->arena);
        free(x);
    }
}

const struct keyword *keyword_at(const struct keyword_index *x, uint32_t i)
{
    return i < x->n ? keyword_find(x, (struct slice){x->names[i], (uint32_t)strlen(x->names[i])})
                    : NULL;
}

const char *keyword_nearest(const struct keyword_index *x, struct slice name)
{
    char word[64];
    snprintf(word, sizeof word, "%.*s", SLICE(name));
    return tt_nearest(word, x->names);
}
