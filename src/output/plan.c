/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Turns the paths of a dissector's rows ("*.topics[].topic") into a tree and into constant pieces of JSON. A path that
 * contradicts an earlier one (the same name twice, a scalar that is an object elsewhere, a list in a list) leaves its row out
 * and is told to the caller: what cannot be placed is never written, so that no key comes twice. Nothing here sees traffic.
 */
#include "output/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NODES_MAX 1024
#define STAR      1

struct build {
    struct tt_plan *plan;
    char *problem;
    size_t cap;
};

static void complain(struct build *b, const char *path, const char *why)
{
    if (b->problem && b->cap && !b->problem[0]) {
        snprintf(b->problem, b->cap, "%s: %s: %s", b->plan->dissector->name, path, why);
    }
}

/* `,"name":` and a bracket (0 = none) in the pool; the octets after it may be read (TT_PLAN_SLACK). */
static const char *fragment(struct tt_plan *p, const char *name, size_t n, const char *suffix,
                            char bracket, uint8_t *length)
{
    char *at = p->pool + p->pool_used;
    int wrote = snprintf(at, p->pool_size - p->pool_used, ",\"%.*s%s\":", (int)n, name, suffix);
    if (bracket) {
        at[wrote++] = bracket;
    }
    p->pool_used += (size_t)wrote + 1;
    *length = (uint8_t)wrote;
    return at;
}

static uint16_t add_node(struct tt_plan *p, uint16_t parent, const char *name, size_t n,
                         enum tt_plan_shape shape)
{
    static const char brackets[] = {
        [TT_PLAN_OBJECT] = '{', [TT_PLAN_VALUE] = 0, [TT_PLAN_OBJECTS] = '[', [TT_PLAN_VALUES] = '['};
    uint16_t id = (uint16_t)p->n_nodes++;
    struct tt_plan_node *node = &p->nodes[id], *up = &p->nodes[parent];
    *node = (struct tt_plan_node){.name = name,
                                  .name_length = (uint8_t)n,
                                  .parent = parent,
                                  .row = 0xffff,
                                  .shape = (uint8_t)shape,
                                  .depth = (uint8_t)(up->depth + 1)};
    node->open = fragment(p, name, n, "", brackets[shape], &node->open_length);
    if (up->last) {
        p->nodes[up->last].next = id;
    } else {
        up->child = id;
    }
    up->last = id;
    return id;
}

static uint16_t find_child(const struct tt_plan *p, uint16_t parent, const char *name, size_t n)
{
    for (uint16_t c = p->nodes[parent].child; c; c = p->nodes[c].next) {
        if (p->nodes[c].name_length == n && memcmp(p->nodes[c].name, name, n) == 0) {
            return c;
        }
    }
    return 0;
}

/* The object "*", linked below the protocol's object when the first row asks for it: that is its place in the order. */
static uint16_t star_node(struct tt_plan *p)
{
    if (!p->star) {
        p->star = true;
        if (p->nodes[0].last) {
            p->nodes[p->nodes[0].last].next = STAR;
        } else {
            p->nodes[0].child = STAR;
        }
        p->nodes[0].last = STAR;
    }
    return STAR;
}

struct part {
    const char *name;
    size_t n;
    bool list, last;
};

static struct part next_part(const char **at)
{
    struct part part = {.name = *at};
    size_t n = strcspn(*at, ".");
    part.last = (*at)[n] == 0;
    *at += n + !part.last;
    part.list = n > 2 && memcmp(part.name + n - 2, "[]", 2) == 0;
    part.n = part.list ? n - 2 : n;
    return part;
}

/* The node of one part below `parent`; 0 and a complaint when it contradicts what is there. */
static uint16_t place_part(struct build *b, const char *path, uint16_t parent, struct part part)
{
    struct tt_plan *p = b->plan;
    enum tt_plan_shape shape = part.list ? part.last ? TT_PLAN_VALUES : TT_PLAN_OBJECTS
                               : part.last ? TT_PLAN_VALUE
                                           : TT_PLAN_OBJECT;
    if (part.n == 0 || part.n > 48 || p->nodes[parent].depth + 1 >= TT_PLAN_DEPTH ||
        memchr(part.name, '"', part.n) || memchr(part.name, '\\', part.n) ||
        memchr(part.name, '[', part.n)) {
        complain(b, path, "not a path");
        return 0;
    }
    uint16_t id = find_child(p, parent, part.name, part.n);
    if (id == 0) {
        if (p->n_nodes >= NODES_MAX) {
            complain(b, path, "too many objects");
            return 0;
        }
        return add_node(p, parent, part.name, part.n, shape);
    }
    if (part.last) {
        complain(b, path, "two rows with one path");
        return 0;
    }
    if (p->nodes[id].shape != shape) {
        complain(b, path, "both a value and an object");
        return 0;
    }
    return id;
}

/* Parts that are added for a row that then fails stay as objects that nothing opens: harmless. */
static void place_row(struct build *b, unsigned index)
{
    struct tt_plan *p = b->plan;
    const struct tt_field *f = &p->dissector->fields[index];
    struct tt_plan_row *row = &p->rows[index];
    const char *at = f->path;
    uint16_t node = 0, list = 0;
    if (strncmp(at, "*.", 2) == 0) {
        node = star_node(p);
        at += 2;
    }
    while (true) {
        struct part part = next_part(&at);
        if (part.list && list) {
            complain(b, f->path, "a list in a list");
            return;
        }
        node = place_part(b, f->path, node, part);
        if (node == 0) {
            return;
        }
        if (part.list) {
            list = node;
        }
        if (part.last) {
            break;
        }
    }
    if (list && p->nodes[list].row == 0xffff) {
        p->nodes[list].row = (uint16_t)index;
    }
    p->nodes[node].row = (uint16_t)index;
    row->list = list;
    row->parent = p->nodes[node].shape == TT_PLAN_VALUES ? node : p->nodes[node].parent;
    if (p->nodes[node].shape == TT_PLAN_VALUES) {
        row->open = fragment(p, "", 0, "", 0, &row->open_length);
        row->open_length = 1; /* only the comma */
    } else {
        row->open = p->nodes[node].open;
        row->open_length = p->nodes[node].open_length;
    }
    static const uint8_t renders[] = {
        [TT_BOOL] = TT_RENDER_BOOL, [TT_UINT] = TT_RENDER_UINT,  [TT_ENUM] = TT_RENDER_ENUM,
        [TT_FLAGS] = TT_RENDER_UINT, [TT_STR] = TT_RENDER_TEXT, [TT_BYTES] = TT_RENDER_HEX,
        [TT_IP] = TT_RENDER_IP};
    row->render = f->type < sizeof renders ? renders[f->type] : TT_RENDER_NONE;
    if (f->type == TT_ENUM && p->nodes[node].shape == TT_PLAN_VALUE) {
        row->code = fragment(p, p->nodes[node].name, p->nodes[node].name_length, "_code", 0,
                             &row->code_length);
    }
}

uint16_t tt_plan_next(const struct tt_plan *p, uint16_t top, uint16_t node)
{
    if (p->nodes[node].child) {
        return p->nodes[node].child;
    }
    while (node != top) {
        if (p->nodes[node].next) {
            return p->nodes[node].next;
        }
        node = p->nodes[node].parent;
    }
    return 0;
}

/* Keys in the order of the tree: whatever lies in one object is together, so it is opened once. */
static void number_rows(struct build *b)
{
    struct tt_plan *p = b->plan;
    uint16_t key = 0, list = 0;
    uint8_t member = 0;
    for (uint16_t n = tt_plan_next(p, 0, 0); n; n = tt_plan_next(p, 0, n)) {
        const struct tt_plan_node *node = &p->nodes[n];
        if (node->row == 0xffff || node->shape == TT_PLAN_OBJECTS) {
            continue;
        }
        struct tt_plan_row *row = &p->rows[node->row];
        if (row->list == 0 || row->list != list) {
            key++;
            member = 0;
            list = row->list;
        } else if (++member == TT_PLAN_MEMBERS) {
            complain(b, p->dissector->fields[node->row].path, "too many rows in one list");
            member = TT_PLAN_MEMBERS - 1;
            row->render = TT_RENDER_NONE;
        }
        row->key = key;
        row->member = member;
    }
}

/* Names that the writer itself puts beside a row's. */
static void check_names(struct build *b)
{
    struct tt_plan *p = b->plan;
    for (unsigned i = 0; i < p->dissector->n_fields; i++) {
        const struct tt_plan_row *row = &p->rows[i];
        if (row->code && find_child(p, row->parent, row->code + 2, row->code_length - 4U)) {
            complain(b, p->dissector->fields[i].path, "its _code is a row too");
            p->rows[i].render = TT_RENDER_NONE;
        }
    }
    uint16_t taken = find_child(p, STAR, "truncated", 9);
    taken = taken ? taken : find_child(p, STAR, "skipped_length", 14);
    if (taken && p->nodes[taken].row != 0xffff) {
        complain(b, p->dissector->fields[p->nodes[taken].row].path, "a name of the writer's own");
        p->rows[p->nodes[taken].row].render = TT_RENDER_NONE;
    }
}

static void name_kinds(struct build *b)
{
    struct tt_plan *p = b->plan;
    for (const struct tt_name *k = p->dissector->kinds; k && k->name; k++) {
        size_t n = strlen(k->name);
        if (k->value >= TT_PLAN_KINDS || n == 0 || n > 48) {
            complain(b, k->name, "not a kind");
            continue;
        }
        if (find_child(p, 0, k->name, n)) {
            complain(b, k->name, "a kind and a row");
            continue;
        }
        p->kinds[k->value] = fragment(p, k->name, n, "", '{', &p->kind_lengths[k->value]);
    }
    for (unsigned i = 0; i < TT_PLAN_KINDS; i++) {
        if (!p->kinds[i]) { /* a dissector that names a kind it has not declared still makes JSON */
            p->kinds[i] = fragment(p, "message", 7, "", '{', &p->kind_lengths[i]);
        }
    }
}

static size_t pool_need(const struct tt_dissector *d)
{
    size_t n = TT_PLAN_SLACK + TT_PLAN_KINDS * 16;
    for (unsigned i = 0; i < d->n_fields; i++) {
        n += 2 * strlen(d->fields[i].path) + 8 * TT_PLAN_DEPTH + 32;
    }
    for (const struct tt_name *k = d->kinds; k && k->name; k++) {
        n += strlen(k->name) + 16;
    }
    return n;
}

struct tt_plan *tt_plan_new(const struct tt_dissector *d, bool passwords, char *problem, size_t cap)
{
    struct tt_plan *p = calloc(1, sizeof *p);
    if (!p) {
        return NULL;
    }
    struct build b = {.plan = p, .problem = problem, .cap = cap};
    p->dissector = d;
    p->pool_size = pool_need(d);
    p->pool = calloc(1, p->pool_size);
    p->nodes = calloc(NODES_MAX, sizeof *p->nodes);
    if (problem && cap) {
        problem[0] = 0;
    }
    if (!p->pool || !p->nodes) {
        tt_plan_free(p);
        return NULL;
    }
    p->n_nodes = 2;
    p->nodes[0].row = 0xffff;
    p->nodes[STAR] = (struct tt_plan_node){.name = "*", .name_length = 1, .row = 0xffff, .depth = 1};
    for (unsigned i = 0; i < d->n_fields; i++) {
        if (!(d->fields[i].flags & TT_UNRECORDED)) {
            place_row(&b, i);
            if (d->fields[i].flags & TT_SECRET && p->rows[i].render && !passwords) {
                p->rows[i].render = TT_RENDER_REDACTED;
            }
        }
    }
    number_rows(&b);
    check_names(&b);
    name_kinds(&b);
    return p;
}

void tt_plan_free(struct tt_plan *p)
{
    if (p) {
        free(p->nodes);
        free(p->pool);
        free(p);
    }
}
