/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The TCP options that decide whether a receiver takes a packet: timestamps and window scale (RFC
 * 7323), MD5 signatures (RFC 2385). A list that breaks off is read up to there, as Linux does.
 */
#include "stream/state.h"

enum { OPTION_END = 0, OPTION_NOP = 1, OPTION_SCALE = 3, OPTION_TIMESTAMP = 8, OPTION_MD5 = 19 };

void read_options(struct turn *t)
{
    struct tt_reader r =
        tt_reader_over((struct tt_bytes){t->packet->tcp_options, t->packet->tcp_options_length});
    while (tt_reader_left(&r)) {
        uint8_t kind = tt_read_u8(&r);
        if (kind == OPTION_END) {
            return;
        }
        if (kind == OPTION_NOP) {
            continue;
        }
        uint8_t n = tt_read_u8(&r);
        if (n < 2 || (uint32_t)n - 2 > tt_reader_left(&r)) {
            return;
        }
        struct tt_reader o = tt_read_sub(&r, n - 2u);
        if (kind == OPTION_TIMESTAMP && n == 10) {
            t->has_ts = true;
            t->ts = tt_read_u32(&o);
        } else if (kind == OPTION_SCALE && n == 3) {
            t->has_scale = true;
            t->scale = tt_read_u8(&o);
            t->scale = t->scale > 14 ? 14 : t->scale;
        } else if (kind == OPTION_MD5 && n == 18) {
            t->has_md5 = true;
        }
    }
}
