/* SPDX-License-Identifier: BSD-3-Clause
 *
 * threshold and detection_filter of rules, judged in output order (one thread), so that verdicts
 * are the same for any number of workers. Time is packet time.
 */
#ifndef ALERT_THRESHOLD_H
#define ALERT_THRESHOLD_H

#include "base/counter.h"
#include "telltale/event.h"

struct tt_thresholds;

struct tt_thresholds *tt_thresholds_new(uint32_t max_entries /* 0 = 65536 */);
void tt_thresholds_free(struct tt_thresholds *);
/* True: the alert is to be written. */
bool tt_thresholds_pass(struct tt_thresholds *, const struct tt_alert *);
struct tt_counter_set tt_thresholds_counters(const struct tt_thresholds *);

#endif
