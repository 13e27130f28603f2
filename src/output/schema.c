/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The JSON Schema (draft 2020-12) of the EVE lines: what dissectors declare comes from their plans,
 * what all lines share from the rows of schema_rows.c. Every object is closed, so a member that
 * nobody declared is an error. Never looks at a line.
 */
#include <stdlib.h>

#include "base/registry.h"
#include "output/eve.h"
#include "output/plan.h"
#include "output/schema.h"

#define SPAN_FIRST ((size_t)1 << 18)
#define SPAN_LAST  ((size_t)1 << 26)

#define RAW(j, literal) tt_json_raw((j), "" literal, sizeof(literal) - 1)

struct tree {
    struct tt_json *j;
    const struct tt_plan_kind *kind;
    const struct tt_field *fields;
    const struct schema_row *fixed;    /* schemas of the fixed rows; NULL = from the field's type */
    uint8_t closes[TT_PLAN_DEPTH + 1]; /* braces that end the object opened at this depth */
};

static void member(struct tt_json *j, const char *key, const char *json)
{
    tt_json_key(j, key, strlen(key));
    tt_json_value(j, json, strlen(json));
}

static void described(struct tt_json *j, const char *doc)
{
    if (doc && doc[0]) {
        TT_KEY(j, "description");
        tt_json_cstr(j, doc);
    }
}

static void names(struct tt_json *j, const struct tt_name *list)
{
    TT_KEY(j, "enum");
    tt_json_open(j, '[');
    for (const struct tt_name *n = list; n && n->name; n++) {
        bool before = false;
        for (const struct tt_name *m = list; m != n && !before; m++) {
            before = strcmp(m->name, n->name) == 0;
        }
        if (!before) {
            tt_json_cstr(j, n->name);
        }
    }
    tt_json_close(j, ']');
}

#define HEX_PATTERN "\"^([0-9a-f]{2})*(\\\\[truncated [0-9]+ additional bytes\\\\])?$\""

/* The members of a value's schema. */
static void type_schema(struct tt_json *j, const struct tt_field *f, bool in_list)
{
    bool text = f->type == TT_STR || f->type == TT_BYTES || f->type == TT_IP;
    if (f->flags & TT_SECRET && !text) {
        member(j, "type",
               f->type == TT_BOOL ? "[\"string\",\"boolean\"]" : "[\"string\",\"integer\"]");
        return;
    }
    switch (f->type) {
    case TT_BOOL:
        member(j, "type", "\"boolean\"");
        return;
    case TT_ENUM:
        member(j, "type", "\"string\"");
        if (!in_list) { /* in a list a number without a name stands as text */
            names(j, f->names);
        }
        return;
    case TT_UINT:
    case TT_FLAGS:
        member(j, "type", "\"integer\"");
        member(j, "minimum", "0");
        return;
    case TT_BYTES:
        member(j, "type", "\"string\"");
        if (!(f->flags & TT_SECRET)) {
            member(j, "pattern", HEX_PATTERN);
        }
        return;
    default:
        member(j, "type", "\"string\"");
    }
}

static void value_schema(struct tree *t, uint16_t row, bool in_list)
{
    const struct tt_field *f = &t->fields[row];
    if (t->fixed) {
        if (t->fixed[row].schema[0]) {
            tt_json_value(t->j, t->fixed[row].schema, strlen(t->fixed[row].schema));
        }
    } else {
        type_schema(t->j, f, in_list);
    }
}

static void open_object(struct tt_json *j)
{
    member(j, "type", "\"object\"");
    member(j, "additionalProperties", "false");
    TT_KEY(j, "properties");
    tt_json_open(j, '{');
}

static void node_schema(struct tree *t, const struct tt_plan_node *n)
{
    struct tt_json *j = t->j;
    tt_json_key(j, n->name, n->name_length);
    tt_json_open(j, '{');
    switch (n->shape) {
    case TT_PLAN_OBJECT:
        open_object(j);
        t->closes[n->depth] = 2;
        return;
    case TT_PLAN_OBJECTS:
        member(j, "type", "\"array\"");
        TT_KEY(j, "items");
        tt_json_open(j, '{');
        open_object(j);
        t->closes[n->depth] = 3;
        return;
    case TT_PLAN_VALUES:
        described(j, t->fields[n->row].doc);
        member(j, "type", "\"array\"");
        TT_KEY(j, "items");
        tt_json_open(j, '{');
        value_schema(t, n->row, true);
        tt_json_close(j, '}');
        break;
    default:
        described(j, t->fields[n->row].doc);
        value_schema(t, n->row, false);
    }
    tt_json_close(j, '}');
    const struct tt_plan_row *row = &t->kind->rows[n->row];
    if (!t->fixed && row->code) {
        tt_json_key(j, row->code + 2, row->code_length - 4U);
        tt_json_value(j, "{\"type\":\"integer\",\"minimum\":0}", 30);
    }
}

/* The properties of one object of the tree and of all below it; `skip` and
 * what it holds are left out. */
static void properties(struct tree *t, uint16_t top, uint16_t skip)
{
    const struct tt_plan_node *nodes = t->kind->nodes;
    unsigned depth = nodes[top].depth;
    for (uint16_t n = tt_plan_next(t->kind, top, top); n; n = tt_plan_next(t->kind, top, n)) {
        while (depth >= nodes[n].depth && depth > nodes[top].depth) {
            for (unsigned i = t->closes[depth]; i; i--) {
                tt_json_close(t->j, '}');
            }
            t->closes[depth--] = 0;
        }
        uint16_t up = n;
        while (up && up != skip) {
            up = nodes[up].parent;
        }
        bool value = nodes[n].shape == TT_PLAN_VALUE || nodes[n].shape == TT_PLAN_VALUES;
        if ((skip && up == skip) ||
            (value && t->kind->rows[nodes[n].row].render == TT_RENDER_NONE)) {
            continue;
        }
        node_schema(t, &nodes[n]);
        depth = value ? depth : nodes[n].depth;
    }
    for (; depth > nodes[top].depth; depth--) {
        for (unsigned i = t->closes[depth]; i; i--) {
            tt_json_close(t->j, '}');
        }
    }
}

static void kind_schema(struct tt_json *j, const struct tt_plan *plan, const struct tt_name *kind)
{
    struct tree t = {
        .j = j, .kind = plan->by_kind[kind->value & 255], .fields = plan->dissector->fields};
    tt_json_key(j, kind->name, strlen(kind->name));
    tt_json_open(j, '{');
    open_object(j);
    properties(&t, 1, 0);
    member(j, "truncated",
           "{\"description\":\"The body was longer than telltale buffers.\",\"const\":true}");
    member(j, "skipped_length",
           "{\"description\":\"Octets of the body that were skipped.\","
           "\"type\":\"integer\",\"minimum\":0}");
    tt_json_close(j, '}');
    tt_json_close(j, '}');
}

static void protocol_schema(struct tt_json *j, const struct tt_dissector *d)
{
    struct tt_plan *plan = tt_plan_new(d, false, NULL, 0);
    if (!plan) {
        j->full = true;
        return;
    }
    tt_json_key(j, d->name, strlen(d->name));
    tt_json_open(j, '{');
    described(j, d->doc);
    open_object(j);
    struct tree t = {.j = j, .kind = &plan->kinds[TT_PLAN_KINDS], .fields = d->fields};
    properties(&t, 0, 1);
    for (const struct tt_name *k = d->kinds; k && k->name; k++) {
        kind_schema(j, plan, k);
    }
    tt_json_close(j, '}');
    tt_json_close(j, '}');
    tt_plan_free(plan);
}

static void fixed_properties(struct tt_json *j)
{
    struct tt_field *fields = calloc(TT_FIELDS_MAX, sizeof *fields);
    unsigned n = 0;
    for (; fields && schema_rows[n].path && n < TT_FIELDS_MAX; n++) {
        fields[n] = (struct tt_field){
            .path = schema_rows[n].path, .doc = schema_rows[n].doc, .type = TT_STR};
    }
    struct tt_dissector d = {.name = "eve", .fields = fields, .n_fields = (uint8_t)n};
    struct tt_plan *plan = n ? tt_plan_new(&d, false, NULL, 0) : NULL;
    if (!plan) {
        free(fields);
        j->full = true;
        return;
    }
    struct tree t = {
        .j = j, .kind = &plan->kinds[TT_PLAN_KINDS], .fields = fields, .fixed = schema_rows};
    properties(&t, 0, 0);
    tt_plan_free(plan);
    free(fields);
}

static void event_types(struct tt_json *j)
{
    TT_KEY(j, "event_type");
    tt_json_open(j, '{');
    TT_KEY(j, "enum");
    tt_json_open(j, '[');
    for (unsigned i = 0; schema_types[i].name; i++) {
        tt_json_cstr(j, schema_types[i].name);
    }
    for (unsigned i = 0; tt_registry_dissectors[i]; i++) {
        tt_json_cstr(j, tt_registry_dissectors[i]->name);
    }
    tt_json_close(j, ']');
    tt_json_close(j, '}');
}

/* What a line of the type has in any case. */
static void condition(struct tt_json *j, const char *type, const char *then)
{
    tt_json_value(j, "", 0); /* the comma */
    RAW(j, "{\"if\":{\"properties\":{\"event_type\":{\"const\":");
    j->comma = false;
    tt_json_cstr(j, type);
    RAW(j, "}}},\"then\":{");
    tt_json_raw(j, then, strlen(then));
    RAW(j, "}}");
}

static void conditions(struct tt_json *j)
{
    TT_KEY(j, "allOf");
    tt_json_open(j, '[');
    for (unsigned i = 0; schema_types[i].name; i++) {
        condition(j, schema_types[i].name, schema_types[i].then);
    }
    for (unsigned i = 0; tt_registry_dissectors[i]; i++) {
        char then[160];
        snprintf(then, sizeof then,
                 "\"required\":[\"flow_id\",\"src_ip\",\"dest_ip\",\"proto\",\"direction\",\"%s\"]",
                 tt_registry_dissectors[i]->name);
        condition(j, tt_registry_dissectors[i]->name, then);
    }
    tt_json_close(j, ']');
}

static void write_schema(struct tt_json *j)
{
    tt_json_open(j, '{');
    member(j, "$schema", "\"https://json-schema.org/draft/2020-12/schema\"");
    member(j, "title", "\"EVE records of telltale\"");
    member(j, "type", "\"object\"");
    member(j, "required", "[\"timestamp\",\"event_type\"]");
    conditions(j);
    TT_KEY(j, "properties");
    tt_json_open(j, '{');
    event_types(j);
    fixed_properties(j);
    for (unsigned i = 0; tt_registry_dissectors[i]; i++) {
        protocol_schema(j, tt_registry_dissectors[i]);
    }
    tt_json_close(j, '}');
    member(j, "additionalProperties", "false");
    member(j, "$defs",
           "{\"counters\":{\"type\":\"object\",\"additionalProperties\":{\"anyOf\":["
           "{\"type\":\"integer\",\"minimum\":0},{\"$ref\":\"#/$defs/counters\"}]}}}");
    tt_json_close(j, '}');
}

void tt_schema_write(FILE *out)
{
    for (size_t size = SPAN_FIRST; size <= SPAN_LAST; size *= 4) {
        char *span = malloc(size);
        if (!span) {
            return;
        }
        struct tt_json j;
        tt_json_init(&j, span, size);
        write_schema(&j);
        if (!j.full) {
            fwrite(span, 1, tt_json_length(&j), out);
            fputc('\n', out);
            free(span);
            return;
        }
        free(span);
    }
}
