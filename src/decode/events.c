/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The rows of decode's anomalies and counters, made from the one list in events.h. Holds no state.
 */
#include "decode/events.h"

#include "decode/decode.h"

static const struct tt_anomaly anomalies[TT_EVENTS] = {
#define X(id, name, doc) {"decoder." name, doc},
    TT_DECODE_EVENTS(X) TT_DECODE_OWN_EVENTS(X) TT_TUNNEL_OWN_EVENTS(X) TT_TUNNEL_EVENTS(X)
#undef X
};

const unsigned tt_decode_udp_sum = TT_EVENT_UDP_SUM;
_Static_assert(TT_EVENT_LAYERS < 64, "a bit for each that does not belong to tunnels");

const struct tt_counter tt_decode_counter_rows[TT_DECODE_VALUES] = {
#define X(id, name, doc, unit, loss) {name, doc, unit, loss},
    TT_DECODE_COUNTS(X)
#undef X
#define X(id, name, doc) {"decoder.event." name, doc, "packets", 0},
        TT_DECODE_EVENTS(X)
#undef X
#define X(id, name, doc) {"telltale.decode.event." name, doc, "packets", 0},
            TT_DECODE_OWN_EVENTS(X)
#undef X
#define X(id, name, doc) {"telltale.decode.event." name, doc, "packets", 0},
                TT_TUNNEL_OWN_EVENTS(X)
#undef X
#define X(id, name, doc) {"decoder.event." name, doc, "packets", 0},
                    TT_TUNNEL_EVENTS(X)
#undef X
};

const struct tt_anomaly *tt_decode_anomalies(uint32_t *n)
{
    *n = TT_EVENTS;
    return anomalies;
}
