/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A dissector's rows as JSON: the tree of objects and lists that their paths describe, and for each
 * row what a writer needs to put a value in its place without looking at a path again. Made once at
 * start, immutable afterwards.
 */
#ifndef OUTPUT_PLAN_H
#define OUTPUT_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "telltale/dissect.h"

#define TT_PLAN_DEPTH   8  /* parts of a path at most */
#define TT_PLAN_MEMBERS 64 /* rows of one list at most */
/* octets readable after each fragment: it may be copied in one fixed piece */
#define TT_PLAN_SLACK 64
#define TT_PLAN_KINDS 64 /* kinds of a dissector at most */

enum tt_plan_shape {
    TT_PLAN_OBJECT,  /* {…} */
    TT_PLAN_VALUE,   /* a scalar */
    TT_PLAN_OBJECTS, /* [{…},…] */
    TT_PLAN_VALUES,  /* [scalar,…] */
};

/* How a row's value is written. */
enum tt_plan_render {
    TT_RENDER_NONE, /* not in the record */
    TT_RENDER_REDACTED,
    TT_RENDER_BOOL,
    TT_RENDER_UINT,
    TT_RENDER_ENUM,
    TT_RENDER_TEXT,
    TT_RENDER_HEX,
    TT_RENDER_IP,
};

/* One object, list or scalar. Node 0 is the protocol's object, node 1 that of the message. */
struct tt_plan_node {
    const char *name;                   /* in the row's path, not NUL-terminated */
    const char *open;                   /* `,"name":{`, `,"name":[` or `,"name":` */
    uint16_t parent, child, last, next; /* 0 = none; children in order of first appearance */
    uint16_t row; /* scalar: its (first) row; list: its first row; else 0xffff */
    uint8_t name_length, open_length;
    uint8_t shape; /* enum tt_plan_shape */
    uint8_t depth; /* of the protocol's object: 0 */
};

struct tt_plan_row {
    const char *open;     /* `,"name":`, or "," for an element of a list of scalars */
    const char *code;     /* ENUM: `,"name_code":` */
    const char *yes, *no; /* BOOL: `,"name":true` and `,"name":false` */
    /* values are written in order of it; the members of a list share one; 0 = never written */
    uint16_t key;
    uint16_t node;   /* its own */
    uint16_t parent; /* node of the object (or list of scalars) that holds it */
    uint16_t list;   /* node of the list it is part of, 0 = none */
    uint8_t member;  /* in its list: 0 = the row that opens an element */
    uint8_t open_length, code_length, yes_length, no_length;
    uint8_t render; /* enum tt_plan_render */
    bool plain;     /* a flag, number or text of an object that is no list's element */
};

/* The rows that a message of one kind may have: "*.…", "<kind>.…", and those
 * of the protocol's object. */
struct tt_plan_kind {
    struct tt_plan_node *nodes;
    uint32_t n_nodes;
    struct tt_plan_row *rows; /* by field, TT_FIELDS_MAX + 1 of them: any octet may index */
};

struct tt_plan {
    const struct tt_dissector *dissector;
    bool objects;              /* messages have an object of their own, also empty ones */
    const char *type, *object; /* `,"event_type":"<protocol>"` and `,"<protocol>":{` */
    uint8_t type_length, object_length;
    /* the last: kinds that the dissector did not declare */
    struct tt_plan_kind kinds[TT_PLAN_KINDS + 1];
    const struct tt_plan_kind *by_kind[256];
    char *pool;
    size_t pool_used, pool_size;
};

/* Rows that share a path share a place: of scalars the first value is written. passwords:
 * SECRET rows are written as they are (MQTT with eve.mqtt.passwords). problem, when not NULL,
 * receives the first row that could not be placed ("" = none): such a row is never written.
 * NULL only when memory is refused. */
struct tt_plan *tt_plan_new(const struct tt_dissector *, bool passwords, char *problem, size_t cap);
void tt_plan_free(struct tt_plan *);

/* The node after `node` in declared order within the subtree of `top`, 0 at the
 * end; starts with node = top. */
uint16_t tt_plan_next(const struct tt_plan_kind *, uint16_t top, uint16_t node);

#endif
