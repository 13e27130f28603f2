/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rules/KEYWORDS.md is what the rows say, word for word. After a change of rows: TT_WRITE=1
 * build/unit/rules/test_keywords.
 */
#include "rules/draft.h"
#include "unit/rules/rig.h"

static char page[262144];

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
    size_t n = strlen(page);
    va_list args;
    va_start(args, format);
    vsnprintf(page + n, sizeof page - n, format, args);
    va_end(args);
}

static const char *kind_of(const struct tt_field *f)
{
    static const char *const kinds[] = {
        [TT_BOOL] = "yes or no", [TT_UINT] = "number", [TT_ENUM] = "name or number",
        [TT_FLAGS] = "flags",    [TT_STR] = "buffer",  [TT_BYTES] = "buffer",
        [TT_IP] = "buffer",
    };
    return kinds[f->type];
}

static void names(const struct tt_field *f)
{
    for (const struct tt_name *n = f->names; n && n->name; n++) {
        say("%s%s", n == f->names ? " " : ", ", n->name);
    }
}

/* One line for each keyword, in the order of the rows. */
static void protocol(const struct keyword_index *x, const struct tt_dissector *p, int index)
{
    say("\n## %s\n\n%s\n\n| keyword | takes | meaning |\n|---|---|---|\n", p->name, p->doc);
    for (unsigned i = 0; i < p->n_fields; i++) {
        uint32_t at = 0;
        for (const struct keyword *k; (k = keyword_at(x, at)) != NULL; at++) {
            if (k->derived && k->derived->protocol == index && k->derived->fields[0] == i) {
                say("| `%s` | %s | %s", k->name, kind_of(&p->fields[i]), p->fields[i].doc);
                names(&p->fields[i]);
                say(" |\n");
            }
        }
    }
    say("\n### Events: `app-layer-event:%s.NAME`\n\n| name | meaning |\n|---|---|\n", p->name);
    for (unsigned i = 0; i < p->n_anomalies; i++) {
        say("| `%s` | %s |\n", p->anomalies[i].name, p->anomalies[i].doc);
    }
}

static void keywords(void **state)
{
    (void)state;
    static char have[sizeof page];
    struct rig r;
    rig_open(&r, "");
    struct keyword_index *x = keyword_index_new(r.set);
    assert_non_null(x);
    say("# Keywords of rules\n\nMade from the tables of the program by "
        "tests/unit/rules/test_keywords.c; do not edit. A buffer is "
        "followed by\ncontents; numbers take `N !N >N >=N <N <=N a-b &mask=value`; flags "
        "`name,!name`.\n\n"
        "The language itself:");
    uint32_t at = 0;
    for (const struct keyword *k; (k = keyword_at(x, at)) != NULL; at++) {
        if (k->parse) {
            say(" `%s`", k->name);
        }
    }
    say("\n");
    for (uint32_t i = 0; i < r.set->n_protocols; i++) {
        protocol(x, r.set->protocols[i].dissector, (int)i);
    }
    say("\n## Read, not judged yet\n\nRules with these load and rest; the list says what they "
        "need.\n\n| needs | keywords |\n|---|---|\n");
    for (const struct tt_pair *n = names_keywords; n->key; n++) {
        const struct tt_pair *first = names_keywords;
        while (strcmp(first->value, n->value) != 0) {
            first++;
        }
        if (first != n) {
            continue;
        }
        say("| %s |", n->value);
        for (const struct tt_pair *m = n; m->key; m++) {
            if (strcmp(m->value, n->value) == 0) {
                say(" `%s`", m->key);
            }
        }
        say(" |\n");
    }
    keyword_index_free(x);
    rig_close(&r);
    if (getenv("TT_WRITE")) {
        FILE *f = fopen("rules/KEYWORDS.md", "w");
        assert_non_null(f);
        fputs(page, f);
        fclose(f);
    }
    FILE *f = fopen("rules/KEYWORDS.md", "r");
    assert_non_null(f);
    have[fread(have, 1, sizeof have - 1, f)] = 0;
    fclose(f);
    if (strcmp(have, page) != 0) {
        fail_msg("rules/KEYWORDS.md is not what the rows say: TT_WRITE=1 "
                 "build/unit/rules/test_keywords");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(keywords)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
