/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The sieve before Hyperscan (performance.md 3: a search is dear, and almost none finds anything).
 * Of each literal the rarest step + 3 octets are chosen; wherever they stand in a message, one of
 * the places at a multiple of step is the start of four octets of theirs. All such fours are in the
 * table, letters of either case as one. A bit that is set by chance costs a search, never a match.
 * One sieve for each database; none for short literals,
 * which would be looked for at each place, nor for so many that most messages would pass.
 */
#include "rules/draft.h"

#define WINDOW     4
#define STEP_LEAST 3
#define STEP_MOST  8
#define LITERALS   256 /* at most: with more every fifth message of 100 octets would pass */

/* The place of a window: letters fold to lower case (other octets may fold
 * together too). */
static inline uint32_t window(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v | 0x20202020;
}

static inline uint32_t word_of(uint32_t v)
{
    return v * 0x9e3779b1U >> (32 - SIEVE_BITS);
}

/* The lowest bit tells; what is above it does not count. */
static inline uint32_t bit_at(const uint32_t *words, const uint8_t *p)
{
    uint32_t v = window(p);
    return words[word_of(v)] >> (v & 31);
}

bool sieve_lets(const struct sieve *s, struct tt_bytes b)
{
    if (b.n < WINDOW) {
        return false;
    }
    const uint32_t *words = s->words;
    const size_t step = s->step;
    const uint8_t *p = b.p;
    size_t left = b.n - WINDOW; /* from p to the last place */
    uint32_t seen = 0;
    for (; left >= 4 * step; left -= 4 * step, p += 4 * step) {
        seen |= bit_at(words, p);
        seen |= bit_at(words, p + step);
        seen |= bit_at(words, p + 2 * step);
        seen |= bit_at(words, p + 3 * step);
    }
    for (; left >= step; left -= step, p += step) {
        seen |= bit_at(words, p);
    }
    return (seen | bit_at(words, p)) & 1;
}

/* What many messages have: a window out of it lets them all pass. */
static const char *const everyday[] = {
    "\"status\":\"",    "\"state\":\"",   "\"timestamp\":", "\"time\":\"",   "\"value\":\"",
    "\"temperature\":", "\"humidity\":",  "\"pressure\":",  "\"device\":\"", "\"sensor\":\"",
    "\"type\":\"",      "\"name\":\"",    "/telemetry/",    "/sensors/",     "/devices/",
    "\":true,\"",       "\":false,\"",    "\":null,\"",     "/status/",      "/state/",
    "\"data\":{\"",     "\"message\":\"", "\"id\":\"",      "http://",       "https://www.",
};

static bool is_everyday(const uint8_t *p)
{
    uint32_t v = window(p);
    const uint8_t *colon = memmem(p, WINDOW, "\":", 2);
    if (colon && (colon > p || p[2] != '"')) { /* but for the first letter of a text */
        return true;
    }
    for (unsigned i = 0; i < sizeof everyday / sizeof everyday[0]; i++) {
        size_t n = strlen(everyday[i]);
        for (size_t k = 0; k + WINDOW <= n; k++) {
            if (window((const uint8_t *)everyday[i] + k) == v) {
                return true;
            }
        }
    }
    return false;
}

/* The n octets of a literal that the sieve shall know: those with the fewest everyday windows, then
 * the rarest. *plain: how many everyday windows there are. */
static const uint8_t *rarest(struct tt_bytes literal, uint32_t n, unsigned *plain)
{
    const uint8_t *found = literal.p;
    unsigned best = 0;
    *plain = UINT32_MAX;
    for (uint32_t i = 0; i + n <= literal.n; i++) {
        unsigned score = literal_score(literal.p + i, n), here = 0;
        for (uint32_t k = 0; k + WINDOW <= n; k++) {
            here += is_everyday(literal.p + i + k);
        }
        if (here < *plain || (here == *plain && score > best)) {
            *plain = here;
            best = score;
            found = literal.p + i;
        }
    }
    return found;
}

static struct tt_bytes literal_at(const struct tt_ruleset *set, const struct prefilter *s,
                                  uint32_t i)
{
    return plan_literal(&set->plans[s->owners[i].rules[0]]);
}

/* The step that costs least for 100 octets: 8 instructions at each place, and 700 for a search
 * where an everyday window stands at one. */
static uint32_t step_of(const struct tt_ruleset *set, const struct prefilter *s)
{
    uint32_t most = s->shortest - (WINDOW - 1), best = STEP_LEAST;
    unsigned least = UINT32_MAX;
    for (uint32_t step = STEP_LEAST; step <= most && step <= STEP_MOST; step++) {
        unsigned all = 0, plain;
        for (uint32_t i = 0; i < s->n_patterns; i++) {
            rarest(literal_at(set, s, i), step + WINDOW - 1, &plain);
            all += plain < 64 ? plain : 64;
        }
        unsigned cost = (800 + 700 * all) / step;
        if (cost <= least) {
            least = cost;
            best = step;
        }
    }
    return best;
}

const struct sieve *sieve_new(struct tt_ruleset *set, const struct prefilter *from)
{
    if (from->shortest < WINDOW - 1 + STEP_LEAST || from->n_patterns > LITERALS) {
        return NULL;
    }
    struct sieve *s = tt_arena_alloc(&set->arena, sizeof *s);
    memset(s, 0, sizeof *s);
    s->step = step_of(set, from);
    for (uint32_t i = 0; i < from->n_patterns; i++) {
        unsigned plain;
        const uint8_t *p = rarest(literal_at(set, from, i), s->step + WINDOW - 1, &plain);
        for (uint32_t k = 0; k < s->step; k++) {
            uint32_t v = window(p + k);
            s->words[word_of(v)] |= 1U << (v & 31);
        }
    }
    return s;
}
