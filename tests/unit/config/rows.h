/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Option rows of every type for the tests of the room.
 */
#ifndef TESTS_UNIT_CONFIG_ROWS_H
#define TESTS_UNIT_CONFIG_ROWS_H

#include "config/value.h"

static const char *const row_types[] = {"alert", "anomaly", "flow", "mqtt", NULL};
static const char *const row_sums[] = {"auto", "all", "none", NULL};

static const struct tt_option eve_rows[] = {
    {"eve.types", "Event types that are written", "alert, flow", row_types, 0, 0, TT_OPTION_SET},
    {"eve.mqtt.passwords", "Write passwords", "no", NULL, 0, 0, TT_OPTION_BOOL},
    {"eve.file", "Name of the file", "eve.json", NULL, 0, 0, TT_OPTION_TEXT},
};
static const struct tt_option other_rows[] = {
    {"workers", "Threads\nthat look at packets", "1", NULL, 1, 64, TT_OPTION_UINT},
    {"flow.memory", "Memory for flows", "64mb", NULL, 4096, 0, TT_OPTION_SIZE},
    {"flow.timeout", "Silence that ends a flow", "10m", NULL, 10, 86400, TT_OPTION_DURATION},
    {"checksums", "Wrong checksums", "auto", row_sums, 0, 0, TT_OPTION_CHOICE},
    {"vars.address-groups", "Addresses by name", "{HOME_NET: '[10.0.0.0/8]', EXTERNAL_NET: any}",
     NULL, 0, 0, TT_OPTION_MAP},
    {"vars.port-groups", "Ports by name", NULL, NULL, 0, 0, TT_OPTION_MAP},
};
static const struct tt_option_table eve_table = {eve_rows, sizeof eve_rows / sizeof *eve_rows};
static const struct tt_option_table other_table = {other_rows,
                                                   sizeof other_rows / sizeof *other_rows};
static const struct tt_option_table *const row_tables[] = {&eve_table, &other_table, NULL};

#endif
