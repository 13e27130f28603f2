/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A message as members of its protocol's object, after the plan of its dissector. Values come in wire order and go out in
 * declared order: usually that is the same, otherwise a stable counting sort over the rows' keys arranges them. Each object and
 * list is opened once. Never looks into octets: what a value means was the dissector's.
 */
#include "output/eve_line.h"

struct cursor {
    struct tt_json *j;
    const struct tt_plan_kind *plan;
    const struct tt_msg *msg;
    uint32_t limit;
    uint16_t at; /* node of the object or list that is open */
    bool object; /* that of the message was opened */
};

/* A constant piece that begins with a comma, which goes where none is due. */
static inline void piece(struct tt_json *j, const char *text, size_t n)
{
    text += !j->comma;
    n -= !j->comma;
    j->comma = false;
    if ((size_t)(j->end - j->p) < TT_PLAN_SLACK) {
        tt_json_raw(j, text, n);
        return;
    }
    memcpy(j->p, text, 32);
    if (n > 32) {
        memcpy(j->p + 32, text + 32, TT_PLAN_SLACK - 32);
    }
    j->p += n;
}

static void close_node(struct cursor *c)
{
    const struct tt_plan_node *node = &c->plan->nodes[c->at];
    if (c->at == 1 && c->msg->truncated) {
        TT_KEY(c->j, "truncated");
        tt_json_bool(c->j, true);
        TT_KEY(c->j, "skipped_length");
        tt_json_uint(c->j, c->msg->skipped);
    }
    tt_json_close(c->j, node->shape == TT_PLAN_OBJECT ? '}' : ']');
    c->at = node->parent;
}

static void open_node(struct cursor *c, uint16_t target)
{
    const struct tt_plan_node *node = &c->plan->nodes[target];
    piece(c->j, node->open, node->open_length);
    c->object |= target == 1;
    c->at = target;
}

/* Closes and opens what lies between here and `target`. */
static void move(struct cursor *c, uint16_t target)
{
    const struct tt_plan_node *nodes = c->plan->nodes;
    uint16_t path[TT_PLAN_DEPTH];
    unsigned n = 0;
    uint16_t up = target;
    while (c->at != up) {
        if (nodes[up].depth >= nodes[c->at].depth) {
            path[n++] = up;
            up = nodes[up].parent;
        } else {
            close_node(c);
        }
    }
    while (n) {
        open_node(c, path[--n]);
    }
}

static void render_enum(struct cursor *c, const struct tt_plan_row *row, const struct tt_value *v)
{
    const struct tt_name *name = c->msg->dissector->fields[v->field].names;
    while (name && name->name && name->value != v->u) {
        name++;
    }
    if (name && name->name) {
        piece(c->j, row->open, row->open_length);
        tt_json_cstr(c->j, name->name);
    } else if (row->code) {
        piece(c->j, row->code, row->code_length);
        tt_json_uint(c->j, v->u);
    } else { /* in a list, where members have one type: the number as a text */
        char digits[20];
        piece(c->j, row->open, row->open_length);
        tt_json_text(c->j, digits, tt_text_uint(digits, v->u), 0);
    }
}

static void render(struct cursor *c, const struct tt_plan_row *row, const struct tt_value *v)
{
    if (row->render == TT_RENDER_ENUM) {
        render_enum(c, row, v);
        return;
    }
    piece(c->j, row->open, row->open_length);
    switch (row->render) {
    case TT_RENDER_BOOL:
        tt_json_bool(c->j, v->u != 0);
        break;
    case TT_RENDER_UINT:
        tt_json_uint(c->j, v->u);
        break;
    case TT_RENDER_TEXT:
        tt_json_text(c->j, v->p, v->n, c->limit);
        break;
    case TT_RENDER_IP:
        if (v->n == 16) {
            tt_json_address(c->j, v->p);
            break;
        }
        tt_json_hex(c->j, v->p, v->n, c->limit);
        break;
    case TT_RENDER_HEX:
        tt_json_hex(c->j, v->p, v->n, c->limit);
        break;
    default:
        tt_json_value(c->j, "\"<redacted>\"", 12);
    }
}

/* One element of a list of objects: its members in declared order. */
static void render_element(struct cursor *c, uint16_t list, uint64_t members,
                           const uint16_t slots[TT_PLAN_MEMBERS])
{
    tt_json_open(c->j, '{');
    while (members) {
        const struct tt_value *v = &c->msg->values[slots[__builtin_ctzll(members)]];
        const struct tt_plan_row *row = &c->plan->rows[v->field];
        members &= members - 1;
        move(c, row->parent);
        render(c, row, v);
    }
    move(c, list);
    tt_json_close(c->j, '}');
}

/* All values of a list of objects: order[from] and those that follow with the same key. Returns the index after them. */
static unsigned render_list(struct cursor *c, const uint16_t *order, unsigned from, unsigned n)
{
    const struct tt_plan_row *rows = c->plan->rows;
    uint16_t slots[TT_PLAN_MEMBERS];
    uint64_t members = 0;
    unsigned i = from;
    uint16_t first = order ? order[from] : (uint16_t)from;
    uint16_t list = rows[c->msg->values[first].field].list;
    move(c, list);
    for (; i < n; i++) {
        uint16_t at = order ? order[i] : (uint16_t)i;
        const struct tt_plan_row *row = &rows[c->msg->values[at].field];
        if (row->render == TT_RENDER_NONE) {
            continue;
        }
        if (row->list != list) {
            break;
        }
        uint64_t bit = (uint64_t)1 << row->member;
        /* a member that is there already means that the peer left out the one that opens */
        if (members && (row->member == 0 || members & bit)) {
            render_element(c, list, members, slots);
            members = 0;
        }
        members |= bit;
        slots[row->member] = at;
    }
    if (members) {
        render_element(c, list, members, slots);
    }
    return i;
}

/* NULL when the values are in order already. */
static const uint16_t *sort_values(struct tt_eve *e, const struct tt_plan_kind *plan,
                                   const struct tt_msg *msg, unsigned n)
{
    uint16_t last = 0;
    unsigned i = 0;
    for (; i < n; i++) {
        uint16_t key = plan->rows[msg->values[i].field].key;
        if (key && key < last) {
            break;
        }
        last = key ? key : last;
    }
    if (i == n) {
        return NULL;
    }
    uint16_t starts[TT_FIELDS_MAX + 2] = {0};
    for (i = 0; i < n; i++) {
        starts[plan->rows[msg->values[i].field].key + 1]++;
    }
    for (i = 1; i < TT_FIELDS_MAX + 2; i++) {
        starts[i] = (uint16_t)(starts[i] + starts[i - 1]);
    }
    for (i = 0; i < n; i++) {
        e->order[starts[plan->rows[msg->values[i].field].key]++] = (uint16_t)i;
    }
    return e->order;
}

void tt_eve_message(struct tt_eve *e, struct tt_json *j, const struct tt_msg *msg)
{
    const struct tt_plan *all = eve_plan(e, msg->dissector);
    if (!all) {
        j->full = true;
        j->end = j->p;
        return;
    }
    const struct tt_plan_kind *plan = all->by_kind[msg->kind];
    struct cursor c = {.j = j, .plan = plan, .msg = msg, .limit = e->limit};
    unsigned n = msg->n_values < TT_MSG_VALUES ? msg->n_values : TT_MSG_VALUES;
    const uint16_t *order = sort_values(e, plan, msg, n);
    uint16_t last = 0;
    for (unsigned i = 0; i < n && !j->full;) {
        const struct tt_value *v = &msg->values[order ? order[i] : i];
        const struct tt_plan_row *row = &plan->rows[v->field];
        if (row->render == TT_RENDER_NONE || (row->key == last && !row->list)) {
            i++; /* a second scalar: the first stays */
            continue;
        }
        last = row->key;
        if (row->list && plan->nodes[row->list].shape == TT_PLAN_OBJECTS) {
            i = render_list(&c, order, i, n);
            continue;
        }
        if (c.at != row->parent) {
            move(&c, row->parent);
        }
        render(&c, row, v);
        i++;
    }
    /* an empty message still shows that it was there */
    if (!c.object && (all->objects || msg->truncated)) {
        move(&c, 1);
    }
    move(&c, 0);
}
