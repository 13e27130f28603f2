/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A message as members of its protocol's object, after the plan of its dissector. Values come in
 * wire order and go out in declared order: usually that is the same, otherwise a stable counting
 * sort over the rows' keys arranges them. Each object and list is opened once. Never looks into
 * octets: what a value means was the dissector's.
 */
#include "output/eve_line.h"

struct cursor {
    struct tt_json *j;
    const struct eve_escapes *escapes;
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
    j->p = (uint8_t *)eve_piece((char *)j->p, text, n);
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

/* All values of a list of objects: order[from] and those that follow with the same key.
 * Returns the index after them. */
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

/* The values' indices by key, values of one key as they came. */
static const uint16_t *sort_values(struct tt_eve *e, const struct tt_plan_kind *plan,
                                   const struct tt_msg *msg, unsigned n)
{
    uint16_t starts[TT_FIELDS_MAX + 2] = {0};
    for (unsigned i = 0; i < n; i++) {
        starts[plan->rows[msg->values[i].field].key + 1]++;
    }
    for (unsigned i = 1; i < TT_FIELDS_MAX + 2; i++) {
        starts[i] = (uint16_t)(starts[i] + starts[i - 1]);
    }
    for (unsigned i = 0; i < n; i++) {
        e->order[starts[plan->rows[msg->values[i].field].key]++] = (uint16_t)i;
    }
    return e->order;
}

/* A text behind its key. */
static inline char *put_text(struct cursor *c, char *p, const struct tt_value *v)
{
    struct tt_json *j = c->j;
    size_t room = (size_t)((char *)j->end - p);
    if (v->n <= c->limit && v->n < room / 2 - TT_PLAN_SLACK / 2 && c->escapes->copy) {
        char *after = c->escapes->copy(c->escapes, p + 1, v->p, v->n);
        if (after) {
            *p = *after = '"';
            return after + 1;
        }
    }
    j->p = (uint8_t *)p;
    j->comma = false;
    tt_json_text(j, v->p, v->n, c->limit);
    return (char *)j->p;
}

/* What most values are, in few steps: flags, numbers and texts in objects that are open or can be
 * opened, in declared order, with room to spare. Returns the index of the first value that is none
 * of that; *last: key of the one before. */
static unsigned render_plain(struct cursor *c, unsigned i, unsigned n, uint16_t *last)
{
    struct tt_json *j = c->j;
    const struct tt_plan_row *rows = c->plan->rows;
    const struct tt_value *values = c->msg->values;
    const char *end = (const char *)j->end;
    char *p = (char *)j->p;
    unsigned key = *last, at = c->at, first = !j->comma; /* no comma after a bracket */
    for (; i < n; i++) {
        const struct tt_value *v = &values[i];
        const struct tt_plan_row *row = &rows[v->field];
        if (row->key <= key || !row->plain || end - p < 4 * TT_PLAN_SLACK) {
            if (row->key == 0) {
                continue; /* not in the record */
            }
            break;
        }
        if (row->parent != at) {
            const struct tt_plan_node *node = &c->plan->nodes[row->parent];
            if (node->parent != at) {
                break;
            }
            p = eve_piece(p, node->open + first, node->open_length - first);
            at = row->parent;
            c->object |= at == 1;
            first = 1;
        }
        key = row->key;
        if (row->render == TT_RENDER_BOOL) {
            p = v->u ? eve_piece(p, row->yes + first, row->yes_length - first)
                     : eve_piece(p, row->no + first, row->no_length - first);
        } else {
            p = eve_piece(p, row->open + first, row->open_length - first);
            if (row->render == TT_RENDER_UINT) {
                p = v->u < 10 ? (*p = (char)('0' + v->u), p + 1) : eve_uint(p, v->u);
            } else {
                p = put_text(c, p, v);
                end = (const char *)j->end; /* nearer when the text was too long */
            }
        }
        first = 0;
    }
    j->p = (uint8_t *)p;
    j->comma = !first;
    c->at = (uint16_t)at;
    *last = (uint16_t)key;
    return i;
}

/* Index of the next value and key of the one before. */
struct place {
    unsigned i;
    uint16_t last;
};

/* Values in wire order (order NULL) or as sorted. False when they turn out not
 * to be in declared order. */
static bool render_values(struct cursor *c, const uint16_t *order, unsigned n, struct place from)
{
    uint16_t last = from.last;
    for (unsigned i = from.i; i < n;) {
        i = order ? i : render_plain(c, i, n, &last);
        if (i == n) {
            break;
        }
        const struct tt_value *v = &c->msg->values[order ? order[i] : i];
        const struct tt_plan_row *row = &c->plan->rows[v->field];
        if (row->key <= last && (row->key < last || !row->list)) {
            if (row->key && row->key < last) {
                return false;
            }
            i++; /* not in the record, or a second scalar: the first stays */
            continue;
        }
        last = row->key;
        if (row->list && c->plan->nodes[row->list].shape == TT_PLAN_OBJECTS) {
            i = render_list(c, order, i, n);
            continue;
        }
        move(c, row->parent);
        render(c, row, v);
        i++;
    }
    return true;
}

/* ---- openings ---- */

static inline eve_words2 words_of(const struct tt_value *v)
{
    eve_words2 w;
    _Static_assert(sizeof w == sizeof *v, "a value is two words");
    memcpy(&w, v, sizeof w);
    return w;
}

static inline const struct eve_opening *
opening_find(const struct eve_opening *o, const struct tt_plan_kind *plan, const struct tt_msg *msg)
{
    for (const struct eve_opening *end = o + EVE_OPENINGS; o < end; o++) {
        if (o->plan != plan || o->role != msg->tx_role || o->n > msg->n_values) {
            continue;
        }
        eve_words2 differs = {0, 0};
        for (unsigned i = 0; i < o->n; i += 4) { /* the table of values is longer than that */
            const struct tt_value *v = &msg->values[i];
            differs |= (words_of(v) ^ o->seen[i]) & o->mask[i];
            differs |= (words_of(v + 1) ^ o->seen[i + 1]) & o->mask[i + 1];
            differs |= (words_of(v + 2) ^ o->seen[i + 2]) & o->mask[i + 2];
            differs |= (words_of(v + 3) ^ o->seen[i + 3]) & o->mask[i + 3];
        }
        if ((differs[0] | differs[1]) == 0) {
            return o;
        }
    }
    return NULL;
}

/* How many of the first values are what an opening may have, with their masks. */
static unsigned opening_values(const struct tt_plan_kind *plan, const struct tt_msg *msg,
                               struct eve_opening *o)
{
    unsigned n = msg->n_values < EVE_OPENING_VALUES ? msg->n_values : EVE_OPENING_VALUES, i = 0;
    for (; i < n; i++) {
        const struct tt_value *v = &msg->values[i];
        const struct tt_plan_row *row = &plan->rows[v->field];
        bool small = row->render == TT_RENDER_BOOL || (row->render == TT_RENDER_UINT && v->u < 10);
        if (row->key && !(row->plain && small)) {
            break;
        }
        struct tt_value mask;
        memset(&mask, row->key ? 0xff : 0, sizeof mask);
        mask.field = 0xff;
        o->seen[i] = words_of(v);
        o->mask[i] = words_of(&mask);
    }
    memset(&o->mask[i], 0, (EVE_OPENING_VALUES - i) * sizeof o->mask[0]);
    return i;
}

/* Writes the first values and remembers how, if they are of that kind. */
static struct place opening_new(struct tt_eve *e, struct cursor *c)
{
    unsigned k = c->msg->kind % TT_PLAN_KINDS;
    struct eve_opening *o = &e->openings[k][e->next_opening[k]];
    struct place place = {0, 0};
    const uint8_t *start = c->j->p;
    unsigned n = opening_values(c->plan, c->msg, o);
    o->plan = NULL;
    place.i = render_plain(c, 0, n, &place.last);
    size_t length = (size_t)(c->j->p - start);
    if (n && place.i == n && length <= EVE_OPENING_ROOM) {
        o->plan = c->plan;
        o->role = c->msg->tx_role;
        o->n = (uint8_t)n;
        o->length = (uint8_t)length;
        o->object = c->object;
        o->comma = c->j->comma;
        o->at = c->at;
        o->last = place.last;
        memcpy(o->text, start, length);
        e->next_opening[k] = (uint8_t)((e->next_opening[k] + 1) % EVE_OPENINGS);
    }
    return place;
}

static inline struct place open_message(struct tt_eve *e, struct cursor *c)
{
    struct tt_json *j = c->j;
    if (j->comma || (size_t)(j->end - j->p) < 2 * EVE_OPENING_ROOM) {
        return (struct place){0, 0};
    }
    const struct eve_opening *o =
        opening_find(e->openings[c->msg->kind % TT_PLAN_KINDS], c->plan, c->msg);
    if (!o) {
        return opening_new(e, c);
    }
    memcpy(j->p, o->text, EVE_OPENING_ROOM / 2);
    if (o->length > EVE_OPENING_ROOM / 2) {
        memcpy(j->p + EVE_OPENING_ROOM / 2, o->text + EVE_OPENING_ROOM / 2, EVE_OPENING_ROOM / 2);
    }
    j->p += o->length;
    j->comma = o->comma;
    c->object = o->object;
    c->at = o->at;
    return (struct place){o->n, o->last};
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
    const struct tt_json before = *j;
    struct cursor c = {.j = j, .escapes = &e->escapes, .plan = plan, .msg = msg, .limit = e->limit};
    unsigned n = msg->n_values < TT_MSG_VALUES ? msg->n_values : TT_MSG_VALUES;
    if (!render_values(&c, NULL, n, open_message(e, &c))) {
        *j = before; /* once more, sorted */
        c.at = 0;
        c.object = false;
        render_values(&c, sort_values(e, plan, msg, n), n, (struct place){0, 0});
    }
    /* an empty message still shows that it was there */
    if (!c.object && (all->objects || msg->truncated)) {
        move(&c, 1);
    }
    if (c.at == 1 && !msg->truncated && j->p < j->end) { /* as close_node does */
        *j->p++ = '}';
        j->comma = true;
        return;
    }
    move(&c, 0);
}
