/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The shard's side of identities: which subscriber, device or client holds which address, from when
 * to when. Owns bindings (a subscriber and its address; a client's name) and what was last known of
 * a subscriber. Told is what is new: a binding, a change of its facts, its end; never each message.
 * What the network says of an address is added to what a client there says of itself. Knows no
 * packets, flows or threads; the same claims in the same order give the same.
 */
#include "base/arena.h"
#include "base/hash.h"
#include "base/registry.h"
#include "device/claim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_MAX 100000u
#define MOST        (1u << 24)
#define LINE        8 /* keys of a line */
#define NONE        UINT32_MAX

enum { KNOWN, FORGOTTEN, LINKS_LOST, TOLD, NAMELESS, N_COUNTERS };

static const struct tt_counter counter_rows[N_COUNTERS] = {
    [KNOWN] = {"device.identities", "Bindings of identities and addresses that are known.",
               "bindings", 0},
    [FORGOTTEN] = {"device.identities_forgotten",
                   "Bindings that made room for newer ones (devices.max).", "bindings", 1},
    [LINKS_LOST] = {"device.identity_links_lost",
                    "Sessions and addresses of bindings that made room for newer ones.", "keys", 1},
    [TOLD] = {"device.identities_told", "Identity events.", "events", 0},
    [NAMELESS] = {"device.claims_nameless",
                  "Claims about a session that did not begin in the capture.", "claims", 0},
};

struct row {
    uint64_t key;
    uint32_t next; /* of the same place in the index */
    uint32_t older, newer;
    uint32_t generation; /* of the slot: what links to an older one links to nobody */
    int64_t since;
    bool live;
    uint8_t network; /* said by the network, not by the client itself */
    struct tt_claim facts;
};

/* From the hash of a session or of an address to a row. */
struct link {
    uint64_t key;
    uint32_t row, generation;
};

struct tt_identities {
    struct tt_slab slab;
    uint32_t *index;
    uint32_t mask;
    uint32_t oldest, newest;
    struct link *links;
    uint64_t link_mask;
    uint64_t secret;
    tt_identity_fn *tell;
    void *ctx;
    uint64_t values[N_COUNTERS];
};

/* ---- tables ---- */

struct tt_identities *tt_identities_new(uint32_t max, uint64_t secret, tt_identity_fn *tell,
                                        void *ctx)
{
    struct tt_identities *t = calloc(1, sizeof *t);
    uint32_t size = 1024;
    if (!t) {
        return NULL;
    }
    max = max ? max : DEFAULT_MAX;
    max = max < MOST ? max : MOST;
    while (size < max) {
        size *= 2;
    }
    t->mask = size - 1;
    t->link_mask = size - 1;
    t->oldest = t->newest = NONE;
    t->secret = secret;
    t->tell = tell;
    t->ctx = ctx;
    t->index = malloc(size * sizeof *t->index);
    t->links = calloc((size_t)size * LINE, sizeof *t->links);
    bool ok = tt_slab_init(&t->slab, (sizeof(struct row) + 15) & ~(size_t)15, max);
    if (!ok || !t->index || !t->links) {
        tt_identities_free(t);
        return NULL;
    }
    memset(t->index, 0xff, size * sizeof *t->index);
    return t;
}

void tt_identities_free(struct tt_identities *t)
{
    if (t) {
        tt_slab_free(&t->slab);
        free(t->index);
        free(t->links);
        free(t);
    }
}

static struct row *row_at(const struct tt_identities *t, uint32_t i)
{
    return tt_slab_at(&t->slab, i);
}

static uint32_t place_of(const struct tt_identities *t, uint64_t key)
{
    return (uint32_t)tt_mum(key ^ t->secret, 0x9e3779b97f4a7c15U) & t->mask;
}

static uint32_t find(const struct tt_identities *t, uint64_t key)
{
    uint32_t i = t->index[place_of(t, key)];
    while (i != NONE && row_at(t, i)->key != key) {
        i = row_at(t, i)->next;
    }
    return i;
}

static void leave_order(struct tt_identities *t, uint32_t i)
{
    struct row *r = row_at(t, i);
    *(r->older == NONE ? &t->oldest : &row_at(t, r->older)->newer) = r->newer;
    *(r->newer == NONE ? &t->newest : &row_at(t, r->newer)->older) = r->older;
}

static void enter_order(struct tt_identities *t, uint32_t i)
{
    struct row *r = row_at(t, i);
    r->older = t->newest;
    r->newer = NONE;
    *(t->newest == NONE ? &t->oldest : &row_at(t, t->newest)->newer) = i;
    t->newest = i;
}

static void forget_oldest(struct tt_identities *t)
{
    uint32_t i = t->oldest, *at = &t->index[place_of(t, row_at(t, i)->key)];
    while (*at != i) {
        at = &row_at(t, *at)->next;
    }
    *at = row_at(t, i)->next;
    leave_order(t, i);
    row_at(t, i)->generation++;
    tt_slab_give(&t->slab, i);
    t->values[FORGOTTEN]++;
}

/* The row of the key, heard of now; made where there is none. */
static uint32_t get(struct tt_identities *t, uint64_t key, bool *is_new)
{
    uint32_t i = find(t, key);
    *is_new = i == NONE;
    if (i != NONE) {
        leave_order(t, i);
        enter_order(t, i);
        return i;
    }
    if (t->slab.used == t->slab.cap) {
        forget_oldest(t);
    }
    i = tt_slab_take(&t->slab);
    struct row *r = row_at(t, i);
    uint32_t *at = &t->index[place_of(t, key)], generation = r->generation;
    *r = (struct row){.key = key, .next = *at, .generation = generation};
    *at = i;
    enter_order(t, i);
    t->values[KNOWN] = t->slab.used;
    return i;
}

static struct link *line_of(const struct tt_identities *t, uint64_t key)
{
    return t->links + (tt_mum(key ^ t->secret, 0xa0761d6478bd642fU) & t->link_mask) * LINE;
}

static uint32_t linked(const struct tt_identities *t, uint64_t key)
{
    const struct link *line = line_of(t, key);
    for (int i = 0; i < LINE; i++) {
        if (line[i].key == key && row_at(t, line[i].row)->generation == line[i].generation) {
            return line[i].row;
        }
    }
    return NONE;
}

/* The newest of a line stands first; the last one goes. */
static void link_to(struct tt_identities *t, uint64_t key, uint32_t row)
{
    struct link *line = line_of(t, key);
    int at = 0;
    while (at < LINE - 1 && line[at].key && line[at].key != key) {
        at++;
    }
    t->values[LINKS_LOST] += line[at].key && line[at].key != key &&
                             row_at(t, line[at].row)->generation == line[at].generation &&
                             row_at(t, line[at].row)->live;
    memmove(line + 1, line, (size_t)at * sizeof *line);
    line[0] = (struct link){key, row, row_at(t, row)->generation};
}

/* ---- names ---- */

static bool is_set(const struct tt_address *a)
{
    static const struct tt_address none;
    return memcmp(a, &none, sizeof none) != 0;
}

static const char *protocol_name(const struct tt_claim *c)
{
    for (uint16_t i = 0; tt_registry_dissectors[i]; i++) {
        if (i == c->protocol) {
            return tt_registry_dissectors[i]->name;
        }
    }
    return "device";
}

/* "imsi:…", as the strongest name that is known; "" = none. */
static void subject_of(const struct tt_claim *c, char out[32 + TT_CLAIM_NAME])
{
    const size_t cap = 32 + TT_CLAIM_NAME;
    out[0] = 0;
    if (c->n_name) {
        snprintf(out, cap, "%.24s:%.*s", protocol_name(c), c->n_name, (const char *)c->name);
    } else if (c->imsi[0]) {
        snprintf(out, cap, "imsi:%s", c->imsi);
    } else if (c->imei[0]) {
        snprintf(out, cap, "imei:%.14s", c->imei);
    } else if (c->msisdn[0]) {
        snprintf(out, cap, "msisdn:%s", c->msisdn);
    } else if (c->has_mac) {
        snprintf(out, cap, "mac:%02x:%02x:%02x:%02x:%02x:%02x", c->mac[0], c->mac[1], c->mac[2],
                 c->mac[3], c->mac[4], c->mac[5]);
    }
}

static uint64_t address_key(const struct tt_address *a)
{
    return tt_hash_bytes(a, sizeof *a, 0x6970) | 1;
}

/* ---- facts ---- */

static bool differs(const char *was, const char *is)
{
    return was[0] && is[0] && strcmp(was, is) != 0;
}

/* Parts of `is` that `was` had another value of. A signalled IMEI has no check digit: 14 digits
 * name the device, the last two of 16 its software (TS 23.003, 6.2). */
static uint32_t changes(const struct tt_claim *was, const struct tt_claim *is)
{
    uint32_t changed = 0;
    for (unsigned i = 0; i < 2; i++) {
        bool other = is_set(&was->ips[i]) && is_set(&is->ips[i]) &&
                     memcmp(&was->ips[i], &is->ips[i], sizeof is->ips[i]) != 0;
        changed |= other ? 1u << (TT_PART_IP + i) : 0;
    }
    bool both = was->imei[0] && is->imei[0], device = both && memcmp(was->imei, is->imei, 14) != 0;
    bool software = both && !device && strlen(was->imei) == 16 && strlen(is->imei) == 16 &&
                    memcmp(was->imei + 14, is->imei + 14, 2) != 0;
    changed |= device ? 1u << TT_PART_IMEI : software ? 1u << TT_PART_IMEISV : 0;
    changed |= differs(was->imsi, is->imsi) ? 1u << TT_PART_IMSI : 0;
    changed |= differs(was->msisdn, is->msisdn) ? 1u << TT_PART_MSISDN : 0;
    bool mac = was->has_mac && is->has_mac && memcmp(was->mac, is->mac, 6) != 0;
    bool name = was->n_name && is->n_name &&
                (was->n_name != is->n_name || memcmp(was->name, is->name, is->n_name) != 0);
    changed |= mac ? 1u << TT_PART_MAC : 0;
    changed |= name ? 1u << TT_PART_NAME : 0;
    return changed;
}

/* Does `is` tell something that `was` has not? */
static bool adds(const struct tt_claim *was, const struct tt_claim *is)
{
    bool more = false;
    for (unsigned i = 0; i < 2; i++) {
        more |= !is_set(&was->ips[i]) && is_set(&is->ips[i]);
    }
    more |= (!was->imsi[0] && is->imsi[0]) || (!was->imei[0] && is->imei[0]);
    more |= (!was->msisdn[0] && is->msisdn[0]) || (!was->has_mac && is->has_mac);
    return more || (!was->n_name && is->n_name);
}

/* What `from` tells takes the place of what `to` has; with `only_gaps` just what `to` has not. */
static void merge(struct tt_claim *to, const struct tt_claim *from, bool only_gaps)
{
    for (unsigned i = 0; i < 2; i++) {
        if (is_set(&from->ips[i]) && !(only_gaps && is_set(&to->ips[i]))) {
            to->ips[i] = from->ips[i];
        }
    }
    if (from->imsi[0] && !(only_gaps && to->imsi[0])) {
        memcpy(to->imsi, from->imsi, sizeof to->imsi);
    }
    if (from->imei[0] && !(only_gaps && to->imei[0])) {
        memcpy(to->imei, from->imei, sizeof to->imei);
    }
    if (from->msisdn[0] && !(only_gaps && to->msisdn[0])) {
        memcpy(to->msisdn, from->msisdn, sizeof to->msisdn);
    }
    if (from->has_mac && !(only_gaps && to->has_mac)) {
        memcpy(to->mac, from->mac, sizeof to->mac);
        to->has_mac = 1;
    }
    if (from->n_name && !(only_gaps && to->n_name)) {
        memcpy(to->name, from->name, sizeof to->name);
        to->n_name = from->n_name;
        to->name_kind = from->name_kind;
        to->protocol = from->protocol;
    }
}

static void say(struct tt_identities *t, const struct tt_claim *by, const struct tt_claim *facts,
                int64_t since, int64_t until, uint32_t changed)
{
    struct tt_identity i = {
        .claim = by, .facts = *facts, .since = since, .until = until, .changed = changed};
    subject_of(facts, i.device);
    t->values[TOLD]++;
    t->tell(t->ctx, &i);
}

/* ---- claims ---- */

static void end_row(struct tt_identities *t, struct row *r, const struct tt_claim *by)
{
    r->live = false;
    say(t, by, &r->facts, r->since, by->time, 0);
}

/* The row that a session or an address is of. */
static uint32_t by_keys(const struct tt_identities *t, const struct tt_claim *c)
{
    uint32_t i = NONE;
    for (unsigned k = 0; k < c->n_keys && i == NONE; k++) {
        i = linked(t, c->keys[k]);
    }
    return i;
}

/* A subscriber has a binding for each address, a client that names itself one in all. */
static uint64_t binding_key(const struct tt_claim *c, const char *subject)
{
    uint64_t key = tt_hash_bytes(subject, strlen(subject), 0x7375626a);
    const struct tt_address *a = is_set(&c->ips[0]) ? &c->ips[0] : &c->ips[1];
    return c->n_name ? key : key ^ address_key(a) * 3;
}

static void ended(struct tt_identities *t, const struct tt_claim *c, const char *subject)
{
    uint32_t i = by_keys(t, c);
    if (i == NONE && subject[0] && (is_set(&c->ips[0]) || is_set(&c->ips[1]))) {
        i = find(t, binding_key(c, subject));
        if (i == NONE) { /* it began before the capture */
            say(t, c, c, 0, c->time, 0);
            return;
        }
    }
    if (i == NONE) {
        t->values[NAMELESS]++;
    } else if (row_at(t, i)->live) {
        end_row(t, row_at(t, i), c);
    }
}

/* The address has another subscriber from now on. */
static void take_over(struct tt_identities *t, const struct tt_claim *c, uint32_t winner)
{
    for (unsigned k = 0; k < 2; k++) {
        uint32_t i = is_set(&c->ips[k]) ? linked(t, address_key(&c->ips[k])) : NONE;
        struct row *r = i == NONE ? NULL : row_at(t, i);
        if (r && i != winner && r->live &&
            memcmp(&r->facts.ips[k], &c->ips[k], sizeof c->ips[k]) == 0) {
            end_row(t, r, c);
        }
    }
}

/* What the network said of the address. */
static void add_network(const struct tt_identities *t, struct tt_claim *c)
{
    for (unsigned k = 0; k < 2; k++) {
        uint32_t i = is_set(&c->ips[k]) ? linked(t, address_key(&c->ips[k])) : NONE;
        const struct row *r = i == NONE ? NULL : row_at(t, i);
        if (r && r->live && memcmp(&r->facts.ips[k], &c->ips[k], sizeof c->ips[k]) == 0) {
            merge(c, &r->facts, true);
        }
    }
}

/* What was last known of the subscriber, whatever its address is: its changes. */
static uint32_t changes_of_subject(struct tt_identities *t, const struct tt_claim *c,
                                   const char *subject)
{
    bool is_new;
    uint64_t key = tt_hash_bytes(subject, strlen(subject), 0x7375626b);
    struct row *r = row_at(t, get(t, key, &is_new));
    uint32_t changed = changes(&r->facts, c);
    merge(&r->facts, c, false);
    return changed & ~(1u << TT_PART_IP | 1u << TT_PART_IPV6);
}

static void holds(struct tt_identities *t, const struct tt_claim *said, const char *subject,
                  uint32_t i, bool is_new)
{
    struct tt_claim c = *said;
    struct row *r = row_at(t, i);
    uint32_t changed = 0;
    bool network = r->network;
    if (network) {
        changed = changes_of_subject(t, &c, subject);
        r = row_at(t, i);
    } else { /* a client is where it speaks from, and nowhere else */
        memset(is_set(&c.ips[0]) ? &r->facts.ips[1] : &r->facts.ips[0], 0, sizeof c.ips[0]);
        add_network(t, &c);
    }
    changed |= is_new ? 0 : changes(&r->facts, &c);
    bool news = !r->live || changed || adds(&r->facts, &c);
    merge(&r->facts, &c, false);
    for (unsigned k = 0; k < c.n_keys; k++) {
        link_to(t, c.keys[k], i);
    }
    if (network) {
        take_over(t, &c, i);
        for (unsigned k = 0; k < 2; k++) {
            if (is_set(&c.ips[k])) {
                link_to(t, address_key(&c.ips[k]), i);
            }
        }
    }
    if (news) {
        r->since = c.time;
        r->live = true;
        r->facts.protocol = c.protocol;
        say(t, said, &r->facts, r->since, 0, changed);
    }
}

void tt_identities_claim(struct tt_identities *t, const struct tt_claim *c)
{
    char subject[32 + TT_CLAIM_NAME];
    subject_of(c, subject);
    if (c->ends) {
        ended(t, c, subject);
        return;
    }
    bool address = is_set(&c->ips[0]) || is_set(&c->ips[1]), is_new = false;
    uint32_t i = NONE;
    if (subject[0] && address) {
        i = get(t, binding_key(c, subject), &is_new);
        struct row *r = row_at(t, i);
        r->network = is_new ? c->n_name == 0 : r->network;
    } else {
        i = by_keys(t, c); /* a session is told more of */
        if (i == NONE || !row_at(t, i)->live) {
            t->values[NAMELESS]++;
            return;
        }
        subject_of(&row_at(t, i)->facts, subject);
    }
    holds(t, c, subject, i, is_new);
}

struct tt_counter_set tt_identities_counters(const struct tt_identities *t)
{
    return (struct tt_counter_set){counter_rows, t->values, N_COUNTERS};
}
