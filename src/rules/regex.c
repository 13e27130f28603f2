/* SPDX-License-Identifier: BSD-3-Clause
 *
 * pcre:"/expression/flags": compiled by PCRE2 with its JIT, run with Suricata's limits (match
 * 3500, depth 1500) so that no octets from the wire can make it slow. Letters that choose an HTTP
 * buffer make the rule rest.
 */
#include "rules/regex.h"

#include "rules/draft.h"

#define MATCH_LIMIT 3500
#define DEPTH_LIMIT 1500
#define HEAP_KIB    1024

static bool read_flags(struct draft *d, struct slice flags, struct step *s, uint32_t *options)
{
    static const struct {
        char letter;
        uint32_t option;
    } letters[] = {{'i', PCRE2_CASELESS}, {'s', PCRE2_DOTALL},   {'m', PCRE2_MULTILINE},
                   {'x', PCRE2_EXTENDED}, {'A', PCRE2_ANCHORED}, {'E', PCRE2_DOLLAR_ENDONLY},
                   {'G', PCRE2_UNGREEDY}};
    for (uint32_t i = 0; i < flags.n; i++) {
        char c = flags.p[i];
        bool known = false;
        for (unsigned k = 0; k < sizeof letters / sizeof letters[0]; k++) {
            if (letters[k].letter == c) {
                *options |= letters[k].option;
                known = true;
            }
        }
        if (c == 'R') {
            s->flags |= STEP_RELATIVE;
        } else if (strchr("UIPQHDMCSYVW", c)) {
            draft_idle(d, flags.p + i, "pcre flag %c is not evaluated: needs http", c);
        } else if (!known && c != 'B' && c != 'O') {
            draft_fail(d, flags.p + i, "unknown pcre flag '%c'", c);
            return tt_fail_fix(d->error, "known are i s m x A E G R B O and http's letters");
        }
    }
    return true;
}

/* Cuts !"/expression/flags, names" into its parts. */
static bool cut(struct draft *d, struct slice v, struct slice *expression, struct slice *flags)
{
    if (!slice_unquote(&v)) {
        return draft_fail(d, v.p, "pcre with a quote at one end only");
    }
    const char *last = v.n > 1 && v.p[0] == '/' ? memrchr(v.p + 1, '/', v.n - 1) : NULL;
    if (!last) {
        draft_fail(d, v.p, "pcre without / / around the expression");
        return tt_fail_fix(d->error, "pcre:\"/expression/flags\";");
    }
    *expression = (struct slice){v.p + 1, (uint32_t)(last - v.p - 1)};
    *flags = (struct slice){last + 1, v.n - (uint32_t)(last + 1 - v.p)};
    const char *comma = memchr(flags->p, ',', flags->n);
    if (comma) {
        flags->n = (uint32_t)(comma - flags->p);
        draft_idle(d, comma, "pcre that captures variables is not evaluated");
    }
    *flags = slice_trim(*flags);
    return expression->n != 0 || draft_fail(d, v.p, "empty pcre");
}

static bool read_pcre(struct draft *d, const struct option *o)
{
    struct slice v = o->value, expression = {NULL, 0}, flags = {NULL, 0};
    struct step *s = draft_step(d, STEP_PCRE, o->name.p);
    if (!s) {
        return false;
    }
    if (*v.p == '!') {
        s->flags |= STEP_NEGATED;
        v = slice_trim((struct slice){v.p + 1, v.n - 1});
    }
    uint32_t options = 0;
    if (!cut(d, v, &expression, &flags) || !read_flags(d, flags, s, &options)) {
        return false;
    }
    int code;
    PCRE2_SIZE at;
    struct regex *r = tt_arena_alloc(&d->set->arena, sizeof *r);
    r->code = pcre2_compile((PCRE2_SPTR)expression.p, expression.n, options, &code, &at, NULL);
    if (!r->code) {
        char text[128];
        pcre2_get_error_message(code, (PCRE2_UCHAR *)text, sizeof text);
        return draft_fail(d, expression.p + (at < expression.n ? at : expression.n),
                          "expression refused: %s", text);
    }
    if (d->why_not[0]) {
        pcre2_code_free(r->code); /* only its syntax mattered */
        return true;
    }
    /* Refused by the JIT = interpreted; slower, never wrong. */
    (void)pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE);
    r->next = d->set->regexes;
    d->set->regexes = r;
    s->regex = r;
    return true;
}

const struct regex *regex_chain_free(const struct regex *r)
{
    while (r) {
        pcre2_code_free(r->code);
        r = r->next;
    }
    return NULL;
}

bool regex_run_new(struct regex_run *run)
{
    run->result = pcre2_match_data_create(1, NULL);
    run->limits = pcre2_match_context_create(NULL);
    if (!run->result || !run->limits) {
        regex_run_free(run);
        return false;
    }
    pcre2_set_match_limit(run->limits, MATCH_LIMIT);
    pcre2_set_depth_limit(run->limits, DEPTH_LIMIT);
    pcre2_set_heap_limit(run->limits, HEAP_KIB);
    return true;
}

void regex_run_free(struct regex_run *run)
{
    pcre2_match_data_free(run->result);
    pcre2_match_context_free(run->limits);
    *run = (struct regex_run){0};
}

enum regex_result regex_search(const struct regex *r, const struct regex_run *run,
                               struct tt_bytes b, uint32_t from, uint32_t *start, uint32_t *end)
{
    if (from > b.n) {
        return REGEX_NO;
    }
    /* A relative search sees only what follows, as in Suricata: ^ and look-behind do
     * not see what came before. */
    const uint8_t *p = b.n ? b.p + from : (const uint8_t *)"";
    int n = pcre2_match(r->code, p, b.n - from, 0, 0, run->result, run->limits);
    if (n < 0) {
        return n == PCRE2_ERROR_NOMATCH ? REGEX_NO : REGEX_LIMIT;
    }
    const PCRE2_SIZE *where = pcre2_get_ovector_pointer(run->result);
    /* \K in a look-ahead can put the start behind the end. */
    *end = from + (uint32_t)where[1];
    *start = where[0] <= where[1] ? from + (uint32_t)where[0] : *end;
    return REGEX_YES;
}

const struct keyword regex_keywords[] = {
    {.name = "pcre", .parse = read_pcre, .use = KEYWORD_VALUE},
    {0},
};
