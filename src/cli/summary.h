/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a person reads at the end: inputs, devices, protocols, alerts, and what could not be seen.
 */
#ifndef CLI_SUMMARY_H
#define CLI_SUMMARY_H

#include <stdio.h>

#include "cli/setup.h"

void tt_summary_print(FILE *out, const struct tt_setup *, struct tt_pipeline *, struct tt_source *);

/* The counters whose value means that output may be incomplete, one line each; returns how
 * many. NULL: only counts. */
uint32_t tt_summary_losses(FILE *out, struct tt_pipeline *);

#endif
