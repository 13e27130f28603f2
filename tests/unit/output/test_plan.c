/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Plans: what a path may be, and where a row's value goes. Contradictions are told, never written.
 */
#include "unit/output/fixture.h"

#include "output/plan.h"

static const char *problem_of(const struct tt_field *fields, unsigned n)
{
    static char text[256];
    struct tt_dissector d = {
        .name = "x", .kinds = demo_kinds, .fields = fields, .n_fields = (uint8_t)n};
    struct tt_plan *p = tt_plan_new(&d, false, text, sizeof text);
    assert_non_null(p);
    tt_plan_free(p);
    return text;
}

#define PATHS(...)                                                                                 \
    ({                                                                                             \
        const char *const paths[] = {__VA_ARGS__};                                                 \
        struct tt_field fields[sizeof paths / sizeof *paths];                                      \
        for (unsigned i = 0; i < sizeof paths / sizeof *paths; i++) {                              \
            fields[i] = (struct tt_field){.path = paths[i], .doc = "", .type = TT_UINT};           \
        }                                                                                          \
        problem_of(fields, sizeof paths / sizeof *paths);                                          \
    })

static void good_paths(void **state)
{
    (void)state;
    char text[256];
    for (unsigned i = 0; tt_registry_dissectors[i]; i++) {
        struct tt_plan *p = tt_plan_new(tt_registry_dissectors[i], false, text, sizeof text);
        assert_string_equal(text, "");
        tt_plan_free(p);
    }
    /* one name, two shapes: of different kinds they never meet */
    assert_string_equal(PATHS("request.topics[].topic", "answer.topics[]"), "");
    assert_string_equal(PATHS("*.qos", "*.qos"), "");
}

static void contradictions_are_told(void **state)
{
    (void)state;
    assert_string_equal(PATHS("*.a", "*.a.b"), "x: *.a.b: a value, a list or an object elsewhere");
    assert_string_equal(PATHS("*.a[].b", "*.a[]"),
                        "x: *.a[]: a value, a list or an object elsewhere");
    assert_string_equal(PATHS("request.topics[].topic", "*.topics[]"),
                        "x: *.topics[]: a value, a list or an object elsewhere");
    assert_string_equal(PATHS("*.a[].b[]"), "x: *.a[].b[]: a list in a list");
    assert_string_equal(PATHS("*"), "x: *: not a path");
    assert_string_equal(PATHS("request"), "x: request: not a path");
    assert_string_equal(PATHS("*.a..b"), "x: *.a..b: not a path");
    assert_string_equal(PATHS("*.a\"b"), "x: *.a\"b: not a path");
    assert_string_equal(PATHS("*.a.b.c.d.e.f.g"), "x: *.a.b.c.d.e.f.g: not a path");
    assert_string_equal(PATHS("*.truncated"), "x: *.truncated: a name of the writer's own");
    const struct tt_field code[] = {{.path = "*.code", .type = TT_ENUM}, {.path = "*.code_code"}};
    assert_string_equal(problem_of(code, 2), "x: *.code: its _code is a row too");
}

/* request.b belongs to one object with *.a and *.c, although version stands between them */
static void objects_are_together(void **state)
{
    (void)state;
    static const struct tt_field fields[] = {{.path = "*.a"},
                                             {.path = "version"},
                                             {.path = "request.b.x"},
                                             {.path = "*.c"},
                                             {.path = "*.b.y"}};
    struct tt_dissector d = {.name = "x", .kinds = demo_kinds, .fields = fields, .n_fields = 5};
    struct tt_plan *p = tt_plan_new(&d, false, NULL, 0);
    const struct tt_plan_row *request = p->by_kind[D_REQUEST]->rows,
                             *answer = p->by_kind[D_ANSWER]->rows;
    static const uint16_t want[5] = {1, 5, 2, 4, 3}, other[5] = {1, 4, 0, 2, 3};
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(request[i].key, want[i]);
        assert_int_equal(answer[i].key, other[i]);
    }
    assert_int_equal(answer[2].render, TT_RENDER_NONE);
    assert_ptr_equal(p->by_kind[63], p->by_kind[200]); /* kinds that nobody declared */
    tt_plan_free(p);
}

static void secrets_are_hidden_unless_asked_for(void **state)
{
    (void)state;
    struct tt_plan *p = tt_plan_new(&tt_mqtt, false, NULL, 0);
    assert_int_equal(p->by_kind[M_CONNECT]->rows[R_PASSWORD].render, TT_RENDER_REDACTED);
    assert_int_equal(p->by_kind[M_CONNECT]->rows[R_RAW].render, TT_RENDER_NONE);
    tt_plan_free(p);
    p = tt_plan_new(&tt_mqtt, true, NULL, 0);
    assert_int_equal(p->by_kind[M_CONNECT]->rows[R_PASSWORD].render, TT_RENDER_TEXT);
    tt_plan_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_paths),
        cmocka_unit_test(contradictions_are_told),
        cmocka_unit_test(objects_are_together),
        cmocka_unit_test(secrets_are_hidden_unless_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
