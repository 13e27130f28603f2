/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Turns the paths of a dissector's rows ("*.topics[].topic") into one tree for each kind of message
 * and into constant pieces of JSON. A path that contradicts an earlier one (a scalar that is an
 * object elsewhere, a list in a list) leaves its row out and is told to the caller: what cannot be
 * placed is never written, so that no key comes twice. Nothing here sees traffic.
 */
#include "output/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NODES_MAX 1024
#define MESSAGE   1  /* node of the message's object */
#define PART_MAX  48 /* octets of one part */

struct build {
    struct tt_plan *plan;
    struct tt_plan_kind *kind;
    const char *kind_name;
    char *problem;
    size_t cap;
};

struct part {
    const char *name;
    size_t n;
    bool list, last;
};

static void complain(struct build *b, const char *path, const char *why)
{
    if (b->problem && b->cap && !b->problem[0]) {
        snprintf(b->problem, b->cap, "%s: %s: %s", b->plan->dissector->name, path, why);
    }
}

/* `,"name<suffix>":<value>` in the pool, where equal pieces are one; TT_PLAN_SLACK
 * octets after it may be read. */
static const char *fragment(struct tt_plan *p, const char *name, size_t n, const char *suffix,
                            const char *value, uint8_t *length)
{
    char text[2 * PART_MAX + 32];
    int wrote = snprintf(text, sizeof text, ",\"%.*s%s\":%s", (int)n, name, suffix, value);
    size_t size = (size_t)wrote < sizeof text ? (size_t)wrote : sizeof text - 1;
    *length = (uint8_t)size;
    char *at = memmem(p->pool, p->pool_used, text, size);
    if (!at) {
        at = p->pool + p->pool_used;
        memcpy(at, text, size);
        p->pool_used += size;
    }
    return at;
}

static uint16_t add_node(struct build *b, uint16_t parent, const char *name, size_t n,
                         enum tt_plan_shape shape)
{
    static const char brackets[][2] = {[TT_PLAN_OBJECT] = "{",
                                       [TT_PLAN_VALUE] = "",
                                       [TT_PLAN_OBJECTS] = "[",
                                       [TT_PLAN_VALUES] = "["};
    uint16_t id = (uint16_t)b->kind->n_nodes++;
    struct tt_plan_node *node = &b->kind->nodes[id], *up = &b->kind->nodes[parent];
    *node = (struct tt_plan_node){.name = name,
                                  .name_length = (uint8_t)n,
                                  .parent = parent,
                                  .row = 0xffff,
                                  .shape = (uint8_t)shape,
                                  .depth = (uint8_t)(up->depth + 1)};
    node->open = fragment(b->plan, name, n, "", brackets[shape], &node->open_length);
    return id;
}

/* As the last child of its parent: the place in the order is that of the
 * first row which asks for it. */
static void link_node(struct tt_plan_kind *k, uint16_t id)
{
    struct tt_plan_node *up = &k->nodes[k->nodes[id].parent];
    if (up->last) {
        k->nodes[up->last].next = id;
    } else {
        up->child = id;
    }
    up->last = id;
}

static uint16_t find_child(const struct tt_plan_kind *k, uint16_t parent, const char *name,
                           size_t n)
{
    for (uint16_t c = k->nodes[parent].child; c; c = k->nodes[c].next) {
        if (k->nodes[c].name_length == n && memcmp(k->nodes[c].name, name, n) == 0) {
            return c;
        }
    }
    return 0;
}

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
    struct tt_plan_kind *k = b->kind;
    enum tt_plan_shape shape = part.list   ? part.last ? TT_PLAN_VALUES : TT_PLAN_OBJECTS
                               : part.last ? TT_PLAN_VALUE
                                           : TT_PLAN_OBJECT;
    if (part.n == 0 || part.n > PART_MAX || k->nodes[parent].depth + 1 >= TT_PLAN_DEPTH ||
        memchr(part.name, '"', part.n) || memchr(part.name, '\\', part.n) ||
        memchr(part.name, '[', part.n)) {
        complain(b, path, "not a path");
        return 0;
    }
    uint16_t id = find_child(k, parent, part.name, part.n);
    if (id == 0) {
        if (k->n_nodes >= NODES_MAX) {
            complain(b, path, "too many objects");
            return 0;
        }
        id = add_node(b, parent, part.name, part.n, shape);
        link_node(k, id);
    } else if (k->nodes[id].shape != shape) {
        complain(b, path, "a value, a list or an object elsewhere");
        return 0;
    }
    return id;
}

/* True when the path begins with "*" or a kind's name; *other: with that
 * of another kind than b's. */
static bool message_path(const struct build *b, const char *path, bool *other)
{
    size_t n = strcspn(path, ".");
    *other = false;
    if (n == 1 && *path == '*') {
        return true;
    }
    for (const struct tt_name *k = b->plan->dissector->kinds; k && k->name; k++) {
        if (strlen(k->name) == n && memcmp(k->name, path, n) == 0) {
            *other = strcmp(k->name, b->kind_name) != 0;
            return true;
        }
    }
    return false;
}

static uint8_t render_of(const struct tt_field *f, bool passwords)
{
    static const uint8_t renders[] = {
        [TT_BOOL] = TT_RENDER_BOOL,  [TT_UINT] = TT_RENDER_UINT, [TT_ENUM] = TT_RENDER_ENUM,
        [TT_FLAGS] = TT_RENDER_UINT, [TT_STR] = TT_RENDER_TEXT,  [TT_BYTES] = TT_RENDER_HEX,
        [TT_IP] = TT_RENDER_IP};
    if (f->flags & TT_SECRET && !passwords) {
        return TT_RENDER_REDACTED;
    }
    return f->type < sizeof renders ? renders[f->type] : TT_RENDER_NONE;
}

/* Parts that are added for a row that then fails stay as objects that nothing opens: harmless. */
static void place_row(struct build *b, unsigned index, bool passwords)
{
    const struct tt_field *f = &b->plan->dissector->fields[index];
    struct tt_plan_kind *k = b->kind;
    const char *at = f->path;
    uint16_t node = 0, list = 0;
    bool other, message = message_path(b, at, &other);
    if (other) {
        return;
    }
    if (message) {
        at += strcspn(at, ".");
        at += *at == '.';
        node = MESSAGE;
        if (find_child(k, 0, b->kind_name, strlen(b->kind_name)) == 0) {
            link_node(k, MESSAGE);
        }
    }
    struct part part = {.last = false};
    while (!part.last) {
        part = next_part(&at);
        if (part.list && list) {
            complain(b, f->path, "a list in a list");
            return;
        }
        node = place_part(b, f->path, node, part);
        if (node == 0) {
            return;
        }
        list = part.list ? node : list;
    }
    if (k->nodes[node].row != 0xffff &&
        b->plan->dissector->fields[k->nodes[node].row].type != f->type) {
        complain(b, f->path, "of another type elsewhere");
        return;
    }
    if (list && k->nodes[list].row == 0xffff) {
        k->nodes[list].row = (uint16_t)index;
    }
    if (k->nodes[node].row == 0xffff) {
        k->nodes[node].row = (uint16_t)index;
    }
    struct tt_plan_row *row = &k->rows[index];
    row->node = node;
    row->list = list;
    row->render = render_of(f, passwords);
    row->open = k->nodes[node].open; /* a comma first in either case */
    row->open_length = k->nodes[node].shape == TT_PLAN_VALUES ? 1 : k->nodes[node].open_length;
    row->parent = k->nodes[node].shape == TT_PLAN_VALUES ? node : k->nodes[node].parent;
    if (f->type == TT_ENUM && k->nodes[node].shape == TT_PLAN_VALUE) {
        row->code = fragment(b->plan, k->nodes[node].name, k->nodes[node].name_length, "_code", "",
                             &row->code_length);
    }
    if (row->render == TT_RENDER_BOOL && k->nodes[node].shape == TT_PLAN_VALUE) {
        row->yes = fragment(b->plan, k->nodes[node].name, k->nodes[node].name_length, "", "true",
                            &row->yes_length);
        row->no = fragment(b->plan, k->nodes[node].name, k->nodes[node].name_length, "", "false",
                           &row->no_length);
    }
}

uint16_t tt_plan_next(const struct tt_plan_kind *k, uint16_t top, uint16_t node)
{
    if (k->nodes[node].child) {
        return k->nodes[node].child;
    }
    while (node != top) {
        if (k->nodes[node].next) {
            return k->nodes[node].next;
        }
        node = k->nodes[node].parent;
    }
    return 0;
}

/* Keys in the order of the tree: whatever lies in one object is together, so it is opened once. */
static void number_rows(struct build *b)
{
    struct tt_plan_kind *k = b->kind;
    uint16_t key = 0, list = 0;
    unsigned member = 0;
    uint16_t keys[NODES_MAX] = {0};
    uint8_t members[NODES_MAX] = {0};
    for (uint16_t n = tt_plan_next(k, 0, 0); n; n = tt_plan_next(k, 0, n)) {
        const struct tt_plan_node *node = &k->nodes[n];
        if (node->row == 0xffff || node->shape == TT_PLAN_OBJECTS) {
            continue;
        }
        uint16_t in = k->rows[node->row].list;
        member = in && in == list ? member + 1 : 0;
        key = (uint16_t)(key + (member == 0));
        list = in;
        if (member >= TT_PLAN_MEMBERS) {
            complain(b, b->plan->dissector->fields[node->row].path, "too many rows in one list");
            continue;
        }
        keys[n] = key;
        members[n] = (uint8_t)member;
    }
    for (unsigned i = 0; i < b->plan->dissector->n_fields; i++) {
        struct tt_plan_row *row = &k->rows[i];
        row->key = keys[row->node];
        row->member = members[row->node];
        row->render = row->key ? row->render : TT_RENDER_NONE;
        row->plain = !row->list && (row->render == TT_RENDER_BOOL ||
                                    row->render == TT_RENDER_UINT || row->render == TT_RENDER_TEXT);
    }
}

static void leave_out(struct tt_plan_row *row)
{
    row->render = TT_RENDER_NONE;
    row->plain = false;
    row->key = 0;
}

/* Names that the writer itself puts beside a row's. */
static void check_names(struct build *b)
{
    static const char *const own[] = {"truncated", "skipped_length"};
    struct tt_plan_kind *k = b->kind;
    const struct tt_dissector *d = b->plan->dissector;
    for (unsigned i = 0; i < d->n_fields; i++) {
        struct tt_plan_row *row = &k->rows[i];
        if (row->code && find_child(k, row->parent, row->code + 2, row->code_length - 4U)) {
            complain(b, d->fields[i].path, "its _code is a row too");
            leave_out(row);
        }
        for (unsigned o = 0; o < 2; o++) {
            if (row->render && k->nodes[row->node].parent == MESSAGE &&
                find_child(k, MESSAGE, own[o], strlen(own[o])) == row->node) {
                complain(b, d->fields[i].path, "a name of the writer's own");
                leave_out(row);
            }
        }
    }
}

/* One kind's tree. */
static bool make_kind(struct build *b, const char *name, bool passwords)
{
    const struct tt_dissector *d = b->plan->dissector;
    struct tt_plan_kind *k = b->kind;
    b->kind_name = name;
    k->rows = calloc(TT_FIELDS_MAX + 1, sizeof *k->rows);
    k->nodes = calloc(NODES_MAX, sizeof *k->nodes);
    if (!k->rows || !k->nodes) {
        return false;
    }
    k->nodes[0].row = 0xffff;
    k->n_nodes = 1;
    add_node(b, 0, name, strlen(name), TT_PLAN_OBJECT);
    for (unsigned i = 0; i < d->n_fields; i++) {
        if (!(d->fields[i].flags & TT_UNRECORDED)) {
            place_row(b, i, passwords);
        }
    }
    number_rows(b);
    check_names(b);
    struct tt_plan_node *exact = realloc(k->nodes, k->n_nodes * sizeof *exact);
    k->nodes = exact ? exact : k->nodes;
    return true;
}

static size_t pool_need(const struct tt_dissector *d)
{
    size_t n = TT_PLAN_SLACK + 512;
    for (unsigned i = 0; i < d->n_fields; i++) {
        n += 4 * strlen(d->fields[i].path) + 8 * TT_PLAN_DEPTH + 64;
    }
    for (const struct tt_name *k = d->kinds; k && k->name; k++) {
        n += strlen(k->name) + 16;
    }
    return n;
}

static bool make_kinds(struct build *b, bool passwords)
{
    struct tt_plan *p = b->plan;
    b->kind = &p->kinds[TT_PLAN_KINDS];
    if (!make_kind(b, "message", passwords)) {
        return false;
    }
    for (unsigned i = 0; i < 256; i++) {
        p->by_kind[i] = b->kind;
    }
    for (const struct tt_name *k = p->dissector->kinds; k && k->name; k++) {
        size_t n = strlen(k->name);
        if (k->value >= TT_PLAN_KINDS || n == 0 || n > PART_MAX || p->kinds[k->value].rows) {
            complain(b, k->name, "not a kind");
            continue;
        }
        b->kind = &p->kinds[k->value];
        if (!make_kind(b, k->name, passwords)) {
            return false;
        }
        p->by_kind[k->value] = b->kind;
    }
    return true;
}

struct tt_plan *tt_plan_new(const struct tt_dissector *d, bool passwords, char *problem, size_t cap)
{
    struct tt_plan *p = calloc(1, sizeof *p);
    if (!p) {
        return NULL;
    }
    struct build b = {.plan = p, .kind_name = "", .problem = problem, .cap = cap};
    p->dissector = d;
    p->pool_size = pool_need(d);
    p->pool = calloc(1, p->pool_size);
    if (problem && cap) {
        problem[0] = 0;
    }
    if (!p->pool || !make_kinds(&b, passwords)) {
        tt_plan_free(p);
        return NULL;
    }
    char type[PART_MAX + 2];
    snprintf(type, sizeof type, "\"%.*s\"", PART_MAX - 1, d->name);
    p->type = fragment(p, "event_type", 10, "", type, &p->type_length);
    p->object = fragment(p, d->name, strnlen(d->name, PART_MAX), "", "{", &p->object_length);
    bool recorded = false, other;
    for (unsigned i = 0; i < d->n_fields; i++) {
        bool in = !(d->fields[i].flags & TT_UNRECORDED);
        recorded |= in;
        p->objects |= in && message_path(&b, d->fields[i].path, &other);
    }
    p->objects |= !recorded;
    return p;
}

void tt_plan_free(struct tt_plan *p)
{
    if (!p) {
        return;
    }
    for (unsigned i = 0; i <= TT_PLAN_KINDS; i++) {
        free(p->kinds[i].nodes);
        free(p->kinds[i].rows);
    }
    free(p->pool);
    free(p);
}
