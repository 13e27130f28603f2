/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The writer's state: what options and dissectors make of it at start.
 */
#include "output/eve.h"

#include <stdlib.h>

#include "base/registry.h"
#include "output/eve_line.h"

#define HEAD_FIXED 512 /* all constant keys, numbers, addresses and times of a head */

static char *fragment(const char *key, const char *text, uint32_t *n)
{
    size_t cap = strlen(text) * 6 + 64;
    char *out = malloc(cap);
    if (!out) {
        return NULL;
    }
    struct tt_json j;
    tt_json_init(&j, out, cap);
    j.comma = true;
    tt_json_key(&j, key, strlen(key));
    tt_json_text(&j, text, strlen(text), 0);
    *n = (uint32_t)tt_json_length(&j);
    return out;
}

static bool name_inputs(struct tt_eve *e, const struct tt_eve_options *o)
{
    /* one file needs no name: the caller knows it, and captures that were
     * moved give the same output */
    if (!o->inputs || (!o->live && o->n_inputs < 2)) {
        return true;
    }
    e->inputs = calloc(o->n_inputs + 1U, sizeof *e->inputs);
    if (!e->inputs) {
        return false;
    }
    e->n_inputs = o->n_inputs;
    uint32_t longest = 0;
    for (uint32_t i = 0; i < o->n_inputs; i++) {
        if (o->inputs[i]) {
            e->inputs[i].text =
                fragment(o->live ? "in_iface" : "pcap_filename", o->inputs[i], &e->inputs[i].n);
            if (!e->inputs[i].text) {
                return false;
            }
            longest = e->inputs[i].n > longest ? e->inputs[i].n : longest;
        }
    }
    e->head_room += longest;
    return true;
}

static bool make_plans(struct tt_eve *e, bool passwords)
{
    while (tt_registry_dissectors[e->n_plans]) {
        e->n_plans++;
    }
    e->plans = calloc(e->n_plans + 1U, sizeof(*e->plans));
    if (!e->plans) {
        return false;
    }
    for (uint32_t i = 0; i < e->n_plans; i++) {
        const struct tt_dissector *d = tt_registry_dissectors[i];
        e->plans[i] = tt_plan_new(d, passwords && strcmp(d->name, "mqtt") == 0, NULL, 0);
        if (!e->plans[i]) {
            return false;
        }
    }
    return true;
}

struct tt_eve *tt_eve_new(const struct tt_eve_options *o)
{
    struct tt_eve *e = aligned_alloc(_Alignof(struct tt_eve), sizeof *e);
    if (!e) {
        return NULL;
    }
    memset(e, 0, sizeof *e);
    eve_escapes_init(&e->escapes);
    e->live = o->live;
    e->payload = o->payload;
    e->community = o->community_id;
    e->seed = o->community_seed;
    e->limit = o->string_limit ? o->string_limit : EVE_TEXT_LIMIT;
    e->flows = o->flows;
    e->head_room = HEAD_FIXED;
    e->second = (uint64_t)INT64_MIN;
    for (unsigned i = 0; i < 256; i++) {
        char text[20];
        e->quad_n[i] = (uint8_t)(tt_text_uint(text, i) + 1);
        memcpy(e->quads[i], text, e->quad_n[i] - 1U);
        e->quads[i][e->quad_n[i] - 1] = '.';
    }
    bool ok = true;
    if (o->sensor) {
        e->host = fragment("host", o->sensor, &e->host_n);
        e->head_room += e->host_n;
        ok = e->host != NULL;
    }
    e->named = o->sensor || o->inputs;
    if (!ok || !name_inputs(e, o) || !make_plans(e, o->passwords)) {
        tt_eve_free(e);
        return NULL;
    }
    return e;
}

void tt_eve_free(struct tt_eve *e)
{
    if (!e) {
        return;
    }
    for (uint32_t i = 0; i < e->n_inputs; i++) {
        free(e->inputs[i].text);
    }
    for (uint32_t i = 0; e->plans && i < e->n_plans; i++) {
        tt_plan_free(e->plans[i]);
    }
    free(e->inputs);
    free(e->plans);
    free(e->host);
    free(e->stats);
    free(e);
}

const struct tt_plan *eve_plan_search(struct tt_eve *e, const struct tt_dissector *d)
{
    for (uint32_t i = 0; i < e->n_plans; i++) {
        if (e->plans[i]->dissector == d) {
            e->last = e->plans[i];
            return e->last;
        }
    }
    return NULL;
}

/* ---- types ---- */

static const char *const own_types[TT_EVE_PROTOCOL] = {"alert",  "anomaly", "flow",    "stats",
                                                       "device", "sms",     "identity"};

unsigned tt_eve_type_names(const char *names[TT_EVE_TYPES_MAX])
{
    unsigned n = 0;
    for (; n < TT_EVE_PROTOCOL; n++) {
        names[n] = own_types[n];
    }
    for (unsigned i = 0; n < TT_EVE_TYPES_MAX - 1 && tt_registry_dissectors[i]; i++) {
        names[n++] = tt_registry_dissectors[i]->name;
    }
    names[n] = NULL;
    return n;
}

int tt_eve_type(const char *name)
{
    const char *names[TT_EVE_TYPES_MAX];
    unsigned n = tt_eve_type_names(names);
    for (unsigned i = 0; i < n; i++) {
        if (strcmp(names[i], name) == 0) {
            return (int)i;
        }
    }
    return -1;
}
