/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Files and folders of rules into a set: lines are joined, each rule is read by itself, so that one
 * bad rule costs one message. Of rules with the same gid and sid the highest revision stays. Owns
 * the set's memory and the order of judging.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/registry.h"
#include "rules/draft.h"

#define FILE_MAX  ((size_t)256 << 20)
#define RULES_MAX 1000000u

struct loader {
    struct tt_ruleset *set;
    const struct tt_rules_options *options;
    struct tt_error *error;
    struct keyword_index *keywords;
    struct set_cache *cache;
    struct draft *draft;
    struct tt_arena scratch;
    struct plan *plans;
    uint32_t n, cap;
    uint32_t *index; /* by hash of gid and sid: place in plans + 1 */
    uint32_t index_cap;
    char *line; /* one joined rule */
};

static uint32_t *find(struct loader *l, uint32_t gid, uint32_t sid)
{
    uint32_t i = (sid * 2654435761u ^ gid) & (l->index_cap - 1);
    for (;; i = (i + 1) & (l->index_cap - 1)) {
        uint32_t at = l->index[i];
        if (at == 0 || (l->plans[at - 1].rule.sid == sid && l->plans[at - 1].rule.gid == gid)) {
            return &l->index[i];
        }
    }
}

static bool grow(struct loader *l)
{
    uint32_t cap = l->cap ? l->cap * 2 : 1024;
    struct plan *plans = realloc(l->plans, cap * sizeof *plans);
    if (!plans) {
        return false;
    }
    l->plans = plans;
    l->cap = cap;
    free(l->index);
    l->index_cap = cap * 4;
    l->index = calloc(l->index_cap, sizeof *l->index);
    for (uint32_t i = 0; l->index && i < l->n; i++) {
        *find(l, plans[i].rule.gid, plans[i].rule.sid) = i + 1;
    }
    return l->index != NULL;
}

/* A rule that was read: new, a higher revision, or refused as a duplicate. */
static bool keep(struct loader *l, const struct plan *p, struct tt_error *error)
{
    if (l->n == RULES_MAX || (l->n == l->cap && !grow(l))) {
        tt_fail(error, "more than %u rules", l->n);
        return tt_fail_at(error, p->rule.file, p->rule.line, 1);
    }
    uint32_t *at = find(l, p->rule.gid, p->rule.sid);
    if (*at == 0) {
        l->plans[l->n] = *p;
        *at = ++l->n;
        return true;
    }
    const struct tt_rule *old = &l->plans[*at - 1].rule;
    if (old->rev >= p->rule.rev) {
        tt_fail(error, "duplicate of sid %u, revision %u at %s:%u", old->sid, old->rev, old->file,
                old->line);
        tt_fail_at(error, p->rule.file, p->rule.line, 1);
        return tt_fail_fix(error, "give it another sid, or a higher rev to replace that one");
    }
    l->plans[*at - 1] = *p;
    return true;
}

static void report(struct loader *l, const struct tt_error *e, bool rejected)
{
    l->set->counts.rejected += rejected;
    if (l->options->report) {
        l->options->report(l->options->ctx, e, rejected);
    }
}

static void reset(struct loader *l, const char *file, uint32_t line, uint32_t n)
{
    struct draft *d = l->draft;
    memset(d, 0, offsetof(struct draft, groups));
    d->set = l->set;
    d->options = l->options;
    d->keywords = l->keywords;
    d->classes = l->set->classes;
    d->cache = l->cache;
    d->scratch = &l->scratch;
    d->text = (struct slice){l->line, n};
    d->file = file;
    d->line = line;
    d->open_group = -1;
    d->plan.rule.gid = 1;
    d->plan.directions = 3;
    d->plan.protocol = -1;
    tt_arena_reset(&l->scratch);
}

static void read_rule(struct loader *l)
{
    struct tt_error e = {0};
    struct draft *d = l->draft;
    struct plan p;
    d->error = &e;
    if (!draft_read(d) || !draft_finish(d, &p) || !keep(l, &p, &e)) {
        report(l, &e, true);
        return;
    }
    if (d->why_not[0]) {
        draft_fail(d, d->why_at, "%s", d->why_not);
        report(l, &e, false);
    }
}

/* Puts the rule that starts at p (ends of its lines cut, joined at '\') into l->line; gives
 * where the next one starts. */
static const char *join(struct loader *l, const char *p, const char *end, uint32_t *line,
                        uint32_t *n, bool *too_long)
{
    struct draft *d = l->draft;
    *n = 0;
    *too_long = false;
    for (bool more = true; more && p < end;) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        const char *next = stop ? stop + 1 : end;
        struct slice s = {p, (uint32_t)((stop ? stop : end) - p)};
        while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t' || s.p[s.n - 1] == '\r')) {
            s.n--;
        }
        more = s.n && s.p[s.n - 1] == '\\';
        s.n -= more;
        if (s.n > RULE_OCTETS - *n) {
            *too_long = true;
            s.n = RULE_OCTETS - *n;
        }
        if (*n && d->n_breaks < DRAFT_BREAKS) {
            d->breaks[d->n_breaks].at = *n;
            d->breaks[d->n_breaks++].line = *line;
        }
        memcpy(l->line + *n, s.p, s.n);
        *n += s.n;
        (*line)++;
        p = next;
    }
    l->line[*n] = 0;
    return p;
}

/* A rule behind blanks is skipped by Suricata without a word; here it is at least told. */
static void skipped(struct loader *l, const char *file, uint32_t line, struct slice s)
{
    static const char *const words[] = {"alert ", "pass ", "drop ", "reject "};
    struct slice t = slice_trim(s);
    for (unsigned i = 0; i < 4 && s.n && *s.p != '#'; i++) {
        if (t.n > 20 && memcmp(t.p, words[i], strlen(words[i])) == 0) {
            struct tt_error e = {0};
            tt_fail(&e, "line begins with a blank: skipped, as Suricata does");
            tt_fail_at(&e, file, line, 1);
            tt_fail_fix(&e, "remove the blanks before \"%s\"", words[i]);
            report(l, &e, true);
        }
    }
}

static void read_text(struct loader *l, const char *file, const char *p, size_t size)
{
    const char *end = p + size;
    uint32_t line = 1;
    while (p < end) {
        if (*p == '#' || *p == ' ' || *p == '\t' || *p == '\r' || *p == '\n') {
            const char *stop = memchr(p, '\n', (size_t)(end - p));
            skipped(l, file, line, (struct slice){p, (uint32_t)((stop ? stop : end) - p)});
            p = stop ? stop + 1 : end;
            line++;
            continue;
        }
        uint32_t first = line, n = 0;
        bool too_long;
        reset(l, file, first, 0);
        p = join(l, p, end, &line, &n, &too_long);
        l->draft->text.n = n;
        if (too_long) {
            struct tt_error e = {0};
            tt_fail(&e, "rule longer than %d octets", RULE_OCTETS);
            tt_fail_at(&e, file, first, 1);
            report(l, &e, true);
        } else if (slice_trim(l->draft->text).n) {
            read_rule(l);
        }
    }
}

static bool read_file(struct loader *l, const char *path)
{
    FILE *f = fopen(path, "rb");
    struct stat st;
    if (!f || fstat(fileno(f), &st) != 0 || !S_ISREG(st.st_mode) || (size_t)st.st_size > FILE_MAX) {
        tt_fail(l->error, "cannot read the rule file: %s",
                !f || errno ? strerror(errno) : "not a file, or too large");
        if (f) {
            fclose(f);
        }
        return tt_fail_at(l->error, path, 0, 0);
    }
    char *text = malloc((size_t)st.st_size + 1);
    size_t n = text ? fread(text, 1, (size_t)st.st_size, f) : 0;
    bool good = text && !ferror(f);
    fclose(f);
    if (good) {
        const char *name = slice_copy(&l->set->arena, (struct slice){path, (uint32_t)strlen(path)});
        read_text(l, name, text, n);
        l->set->counts.files++;
    } else {
        tt_fail(l->error, "cannot read the rule file: %s", strerror(errno));
        tt_fail_at(l->error, path, 0, 0);
    }
    free(text);
    return good;
}

static int is_rules(const struct dirent *e)
{
    size_t n = strlen(e->d_name);
    return n > 6 && strcmp(e->d_name + n - 6, ".rules") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool read_folder(struct loader *l, const char *path)
{
    struct dirent **list;
    int n = scandir(path, &list, is_rules, by_name);
    bool good = n >= 0;
    if (!good) {
        tt_fail(l->error, "cannot read the folder: %s", strerror(errno));
        return tt_fail_at(l->error, path, 0, 0);
    }
    for (int i = 0; i < n; i++) {
        char name[4096];
        int used = snprintf(name, sizeof name, "%s/%s", path, list[i]->d_name);
        good = good && used > 0 && (size_t)used < sizeof name && read_file(l, name);
        free(list[i]);
    }
    free(list);
    return good;
}

static bool read_all(struct loader *l)
{
    for (const char *const *f = l->options->files; f && *f; f++) {
        struct stat st;
        bool folder = stat(*f, &st) == 0 && S_ISDIR(st.st_mode);
        errno = 0;
        if (!(folder ? read_folder(l, *f) : read_file(l, *f))) {
            return false;
        }
    }
    return true;
}

/* Evaluated ones first; pass before drop before reject before alert, then priority, then sid. */
static int by_order(const void *a, const void *b)
{
    const struct plan *x = a, *y = b;
    int64_t d = (int64_t)(x->place == 0) - (y->place == 0);
    d = d ? d : (int64_t)x->rule.action - y->rule.action;
    d = d ? d : (int64_t)x->rule.priority - y->rule.priority;
    d = d ? d : (int64_t)x->rule.sid - y->rule.sid;
    d = d ? d : (int64_t)x->rule.gid - y->rule.gid;
    return d < 0 ? -1 : d > 0;
}

static void order(struct loader *l)
{
    struct tt_ruleset *set = l->set;
    if (l->n) {
        qsort(l->plans, l->n, sizeof *l->plans, by_order);
        set->plans = realloc(l->plans, l->n * sizeof *l->plans);
        set->plans = set->plans ? set->plans : l->plans;
        l->plans = NULL;
    }
    set->n_plans = l->n;
    for (uint32_t i = 0; i < l->n; i++) {
        set->plans[i].rule.index = i;
        set->n_evaluated += set->plans[i].place != 0;
    }
    set->n_words = (set->n_evaluated + 63) / 64;
    set->counts.loaded = l->n;
    set->counts.not_evaluated = l->n - set->n_evaluated;
}

static bool prepare(struct loader *l)
{
    struct tt_ruleset *set = l->set;
    tt_arena_init(&set->arena, (size_t)1 << 20);
    tt_arena_init(&l->scratch, 65536);
    while (tt_registry_dissectors[set->n_protocols]) {
        set->n_protocols++;
    }
    size_t size = (set->n_protocols + 1) * sizeof *set->protocols;
    set->protocols = memset(tt_arena_alloc(&set->arena, size), 0, size);
    for (uint32_t i = 0; i < set->n_protocols; i++) {
        set->protocols[i].dissector = tt_registry_dissectors[i];
    }
    l->keywords = keyword_index_new(set);
    l->cache = set_cache_new();
    l->draft = calloc(1, sizeof *l->draft);
    l->line = malloc(RULE_OCTETS + 1);
    set->classes = classes_new(l->options->classification, l->options->reference, l->error);
    if (!set->classes) {
        return false;
    }
    if (!l->keywords || !l->cache || !l->draft || !l->line) {
        return tt_fail(l->error, "no memory for rules");
    }
    return true;
}

struct tt_ruleset *tt_ruleset_new(const struct tt_rules_options *options, struct tt_error *error)
{
    struct loader l = {.options = options, .error = error};
    l.set = calloc(1, sizeof *l.set);
    if (!l.set) {
        tt_fail(error, "no memory for rules");
        return NULL;
    }
    bool good = prepare(&l) && read_all(&l);
    if (good) {
        order(&l);
        good = benches_build(l.set, options, error);
    }
    free(l.plans);
    free(l.index);
    free(l.line);
    free(l.draft);
    tt_arena_free(&l.scratch);
    set_cache_free(l.cache);
    keyword_index_free(l.keywords);
    if (!good) {
        tt_ruleset_free(l.set);
        return NULL;
    }
    return l.set;
}

void tt_ruleset_free(struct tt_ruleset *set)
{
    if (!set) {
        return;
    }
    benches_free(set);
    set->regexes = regex_chain_free(set->regexes);
    classes_free(set->classes);
    free(set->plans);
    tt_arena_free(&set->arena);
    free(set);
}

struct tt_ruleset_counts tt_ruleset_counts(const struct tt_ruleset *set)
{
    return set->counts;
}

const struct tt_rule *tt_ruleset_rule(const struct tt_ruleset *set, uint32_t index)
{
    return index < set->n_plans ? &set->plans[index].rule : NULL;
}
