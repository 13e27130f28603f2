/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A configuration made of the rows for each test.
 */
#ifndef TESTS_UNIT_CONFIG_FIXTURE_H
#define TESTS_UNIT_CONFIG_FIXTURE_H

#include "config/config.h"
#include "unit/config/rows.h"

static struct tt_config *c;

static int fresh(void **state)
{
    (void)state;
    c = tt_config_from(row_tables);
    return 0;
}

static int done(void **state)
{
    (void)state;
    tt_config_free(c);
    return 0;
}

#endif
