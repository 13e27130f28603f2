/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The rows of every dissector that is built in can be placed in its record.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/registry.h"
#include "output/plan.h"

static void every_row_has_a_place(void **state)
{
    (void)state;
    assert_non_null(tt_registry_dissectors[0]);
    for (unsigned i = 0; tt_registry_dissectors[i]; i++) {
        char problem[256];
        struct tt_plan *p = tt_plan_new(tt_registry_dissectors[i], false, problem, sizeof problem);
        assert_non_null(p);
        assert_string_equal(problem, "");
        tt_plan_free(p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_row_has_a_place)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
