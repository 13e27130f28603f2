/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The configuration over the rows that the build found. Apart from config.c, so that a test with
 * rows of its own does not pull in every room.
 */
#include "base/registry.h"
#include "config/value.h"

struct tt_config *tt_config_new(void)
{
    return tt_config_from(tt_registry_options);
}
