/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Prefixes to systems, longest match first: sorted by length, then by address, so that a look-up
 * is one binary search for each length in use. Built once, read by all workers, never changed.
 */
#include "config/receivers.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "config/value.h"

#define LENGTHS 129

const char *const tt_receiver_names[TT_RECEIVERS + 1] = {
    "linux",     "first",   "last",        "bsd",    "windows", "vista", "windows2k3", "bsd-right",
    "old-linux", "solaris", "old-solaris", "hpux10", "hpux11",  "irix",  "macos",      NULL};

struct prefix {
    struct tt_address address; /* bits beyond the length are 0 */
    uint8_t length, system;
};

struct tt_receivers {
    struct prefix *prefixes; /* by length, longest first */
    uint32_t n;
    uint32_t begin[LENGTHS + 1]; /* begin[i]: the first whose length is 128 - i */
    enum tt_receiver others;
};

static void cut(struct tt_address *a, unsigned length)
{
    for (unsigned i = 0; i < 16; i++) {
        unsigned keep = length >= 8 * (i + 1) ? 8 : length <= 8 * i ? 0 : length - 8 * i;
        a->b[i] &= (uint8_t)(0xff00u >> keep);
    }
}

static int by_length_and_address(const void *a, const void *b)
{
    const struct prefix *x = a, *y = b;
    return x->length != y->length ? (int)y->length - x->length
                                  : memcmp(&x->address, &y->address, sizeof x->address);
}

static bool wrong(const char *system, const char *text, size_t n, struct tt_error *e)
{
    tt_fail(e, "host-os-policy.%s: '%.*s' is no address or prefix", system, (int)(n > 80 ? 80 : n),
            text);
    return tt_fail_fix(e, "write addresses such as 10.1.0.0/16 or 2001:db8::/32");
}

/* One entry of a list: "10.0.0.0/8". */
static bool add(struct tt_receivers *r, const char *system, unsigned index, const char *text,
                size_t n, struct tt_error *e)
{
    const char *slash = memchr(text, '/', n);
    size_t head = slash ? (size_t)(slash - text) : n;
    struct prefix p = {.length = 128, .system = (uint8_t)index};
    uint64_t length;
    bool v6;
    if (!tt_parse_address(text, head, p.address.b, &v6)) {
        return wrong(system, text, n, e);
    }
    if (slash) {
        if (!tt_parse_uint(slash + 1, n - head - 1, v6 ? 128 : 32, &length)) {
            return wrong(system, text, n, e);
        }
        p.length = (uint8_t)(v6 ? length : length + 96);
    }
    if (r->n == TT_RECEIVER_PREFIXES) {
        return tt_fail(e, "host-os-policy names more than %u prefixes", TT_RECEIVER_PREFIXES);
    }
    cut(&p.address, p.length);
    r->prefixes[r->n++] = p;
    return true;
}

/* "[10.0.0.0/8, 192.168.1.1]" or one entry without brackets. */
static bool add_list(struct tt_receivers *r, const char *system, unsigned index, const char *text,
                     struct tt_error *e)
{
    static const char between[] = " \t[],\"'";
    for (text += strspn(text, between); *text; text += strspn(text, between)) {
        size_t n = strcspn(text, between);
        if (!add(r, system, index, text, n, e)) {
            return false;
        }
        text += n;
    }
    return true;
}

static bool read_systems(struct tt_receivers *r, const struct tt_config *c, struct tt_error *e)
{
    const char *system, *list;
    for (uint32_t i = 0; tt_config_pair(c, "host-os-policy", i, &system, &list); i++) {
        unsigned index = 0;
        while (index < TT_RECEIVERS && strcmp(tt_receiver_names[index], system) != 0) {
            index++;
        }
        if (index == TT_RECEIVERS) {
            const char *near = tt_nearest(system, tt_receiver_names);
            tt_fail(e, "host-os-policy: unknown system '%.80s'", system);
            return near ? tt_fail_fix(e, "did you mean '%s'?", near)
                        : tt_fail_fix(e, "telltale config --explain lists them");
        }
        if (!add_list(r, system, index, list, e)) {
            return false;
        }
    }
    return true;
}

/* Sorted; the same prefix for two systems is an error. */
static bool order(struct tt_receivers *r, struct tt_error *e)
{
    char text[46];
    qsort(r->prefixes, r->n, sizeof *r->prefixes, by_length_and_address);
    for (uint32_t i = 0, slot = 0; slot <= LENGTHS; slot++) {
        while (i < r->n && r->prefixes[i].length + slot > 128) {
            i++;
        }
        r->begin[slot] = i;
    }
    for (uint32_t i = 1; i < r->n; i++) {
        const struct prefix *a = &r->prefixes[i - 1], *b = &r->prefixes[i];
        if (by_length_and_address(a, b) == 0 && a->system != b->system) {
            return tt_fail(e, "host-os-policy: %s/%u belongs to %s and to %s",
                           tt_text_address_z(text, a->address.b), a->length,
                           tt_receiver_names[a->system], tt_receiver_names[b->system]);
        }
    }
    return true;
}

struct tt_receivers *tt_receivers_new(const struct tt_config *c, struct tt_error *e)
{
    struct tt_receivers *r = tt_config_alloc(1, sizeof *r);
    r->prefixes = tt_config_alloc(TT_RECEIVER_PREFIXES, sizeof *r->prefixes);
    r->others = (enum tt_receiver)tt_config_uint(c, "stream.policy");
    if (!read_systems(r, c, e) || !order(r, e)) {
        tt_receivers_free(r);
        return NULL;
    }
    return r;
}

void tt_receivers_free(struct tt_receivers *r)
{
    if (r) {
        free(r->prefixes);
        free(r);
    }
}

enum tt_receiver tt_receivers_of(const struct tt_receivers *r, const struct tt_address *a)
{
    if (!r) {
        return TT_RECEIVER_LINUX;
    }
    for (uint32_t slot = 0; r->n && slot < LENGTHS; slot++) {
        uint32_t from = r->begin[slot], n = r->begin[slot + 1] - from;
        if (n == 0) {
            continue;
        }
        struct prefix want = {.address = *a, .length = (uint8_t)(128 - slot)};
        cut(&want.address, want.length);
        const struct prefix *found =
            bsearch(&want, r->prefixes + from, n, sizeof want, by_length_and_address);
        if (found) {
            return (enum tt_receiver)found->system;
        }
    }
    return r->others;
}
