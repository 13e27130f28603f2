/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The names of what the stream room notices and counts. Event names are Suricata's
 * (stream-events.rules, decode-events) where it has one for the same observation; the others are
 * ours. Rows stand in the order of enum event and enum count.
 */
#include "stream/state.h"

static const struct tt_anomaly anomalies[] = {
    [EVENT_OVERLAP] = {"stream.reassembly_overlap_different_data",
                       "octets came twice with different content"},
    [EVENT_GAP] = {"stream.reassembly_seq_gap", "octets of the stream are missing"},
    [EVENT_NO_SEGMENT] = {"stream.reassembly_no_segment",
                          "the receiver acknowledged octets that the capture does not have"},
    [EVENT_BEFORE_BASE] =
        {"stream.reassembly_segment_before_base_seq",
         "a segment lies before the start of the stream or far before its window"},
    [EVENT_INSERT_LIMIT] = {"stream.reassembly_insert_limit",
                            "a direction reached its cap of early octets: a hole was given up"},
    [EVENT_INSERT_MEMCAP] =
        {"stream.reassembly_insert_memcap",
         "all flows together reached the cap of early octets: a hole was given up"},
    [EVENT_OUT_OF_WINDOW] = {"stream.est_packet_out_of_window",
                             "a segment lies outside the window that its receiver offered"},
    [EVENT_TIMESTAMP] = {"stream.pkt_invalid_timestamp", "a segment has an older timestamp (PAWS)"},
    [EVENT_INVALID_ACK] = {"stream.pkt_invalid_ack",
                           "a packet acknowledges octets never sent, or far too old ones"},
    [EVENT_BROKEN_ACK] = {"stream.pkt_broken_ack", "a packet has no ACK flag where one must be"},
    [EVENT_CHECKSUM] =
        {"stream.pkt_invalid_checksum",
         "a packet was refused for its checksum in a direction whose sums are right"},
    [EVENT_MD5] = {"stream.pkt_unexpected_signature",
                   "a packet carries an MD5 signature that the connection did not negotiate"},
    [EVENT_URGENT] = {"stream.urgent_octet", "an urgent octet was taken out of the stream"},
    [EVENT_RST_INVALID] = {"stream.rst_invalid_ack", "a reset without the exact sequence number"},
    [EVENT_RST_INJECT] = {"stream.suspected_rst_inject",
                          "the connection went on after a reset or an end that looked valid"},
    [EVENT_FIN_WINDOW] = {"stream.fin_out_of_window", "a FIN outside the window"},
    [EVENT_FIN_FALSE] = {"stream.fin_invalid_ack", "a FIN that the stream contradicts"},
    [EVENT_AFTER_FIN] = {"stream.closewait_fin_out_of_window",
                         "octets beyond the end of the stream"},
    [EVENT_SYN_RESEND] = {"stream.est_syn_resend", "a SYN in an established connection"},
    [EVENT_SYN_RESEND_OTHER] = {"stream.est_syn_resend_diff_seq",
                                "a SYN with another number in an established connection"},
    [EVENT_SYN_TO_CLIENT] = {"stream.est_syn_toclient", "a SYN from the server"},
    [EVENT_SYN_OTHER_ISN] = {"stream.3whs_syn_resend_diff_seq_on_syn_recv",
                             "a second SYN with another number before the connection was open"},
    [EVENT_SYN_DATA] = {"stream.3whs_syn_with_data", "a SYN carries octets"},
    [EVENT_SYNACK_DIRECTION] = {"stream.3whs_synack_in_wrong_direction",
                                "a SYN-ACK from the client"},
    [EVENT_SYNACK_ACK] = {"stream.3whs_synack_with_wrong_ack",
                          "a SYN-ACK acknowledges another SYN"},
    [EVENT_SYNACK_OTHER_SEQ] = {"stream.3whs_synack_resend_with_diff_seq",
                                "a second SYN-ACK with another number"},
    [EVENT_SYNACK_RESEND] = {"stream.est_synack_resend_with_diff_seq",
                             "a SYN-ACK with other numbers in an established connection"},
    [EVENT_SYNACK_TOSERVER] = {"stream.est_synack_toserver",
                               "a SYN-ACK from the client in an established connection"},
    [EVENT_HANDSHAKE_ACK] = {"stream.3whs_right_seq_wrong_ack_evasion",
                             "the handshake is answered with a wrong acknowledgement"},
    [EVENT_FLAGS] = {"stream.pkt_invalid_flags", "a combination of flags that no sender makes"},
    [EVENT_ZERO_WINDOW] = {"stream.zero_window_data", "octets were sent into a closed window"},
    [EVENT_MIDSTREAM] = {"stream.midstream_after_gap",
                         "the stream was found again after a large loss"},
    [EVENT_FRAGMENTS] = {"stream.segment_in_fragments", "a segment came in IP fragments"},
    [EVENT_TTL] = {"stream.ttl_low",
                   "octets with a lower TTL than their sender's: they may not have arrived"},
    [EVENT_KEEPALIVE_OCTET] = {"stream.keepalive_octet",
                               "a keep-alive probe carries an octet other than 0"},
    [EVENT_SYN_AFTER_RST] = {"stream.syn_after_rst",
                             "a new connection on the ports of one that was just reset"},
    [EVENT_URGENT_AHEAD] = {"stream.urgent_ahead",
                            "an urgent pointer beyond the segment that carries it"},
};
_Static_assert(sizeof anomalies / sizeof anomalies[0] == EVENTS, "a row for each");

static const struct tt_counter rows[] = {
    [COUNT_SESSIONS] = {"tcp.sessions", "connections followed", "flows", 0},
    [COUNT_MIDSTREAM] = {"tcp.midstream_pickups", "of them without a SYN in the capture", "flows",
                         0},
    [COUNT_ACTIVE] = {"tcp.active_sessions", "connections followed now", "flows", 0},
    [COUNT_REFUSED] = {"tcp.ssn_memcap_drop", "packets of connections beyond the cap", "packets",
                       1},
    [COUNT_FAST] = {"tcp.in_order", "packets that went the short way", "packets", 0},
    [COUNT_SLOW] = {"tcp.examined", "packets that went the long way", "packets", 0},
    [COUNT_OCTETS] = {"tcp.octets", "octets delivered", "octets", 0},
    [COUNT_SEGMENTS_WAITED] = {"tcp.segments_waited", "segments that came early", "packets", 0},
    [COUNT_OCTETS_WAITING] = {"tcp.reassembly_memuse", "memory that early octets use now", "octets",
                              0},
    [COUNT_RETRANSMITTED] = {"tcp.retransmissions", "segments whose octets were there already",
                             "packets", 0},
    [COUNT_OVERLAPS] = {"tcp.overlap", "segments that overlap waiting octets", "packets", 0},
    [COUNT_OVERLAPS_DIFFERENT] = {"tcp.overlap_diff_data", "overlaps with different content",
                                  "packets", 0},
    [COUNT_GAPS] = {"tcp.reassembly_gap", "holes given up", "gaps", 0},
    [COUNT_GAP_OCTETS] = {"tcp.gap_octets", "octets in them", "octets", 0},
    [COUNT_FLOW_CAP] = {"tcp.insert_flow_cap", "holes given up by the cap of a direction", "gaps",
                        1},
    [COUNT_MEMORY_CAP] = {"tcp.segment_memcap_drop", "holes given up by the cap of all flows",
                          "gaps", 1},
    [COUNT_BAD_SUM] = {"tcp.invalid_checksum", "packets refused for their checksum", "packets", 0},
    [COUNT_IGNORED] = {"tcp.ignored", "packets that a receiver ignores", "packets", 0},
    [COUNT_OUT_OF_WINDOW] = {"tcp.out_of_window", "segments outside the window", "packets", 0},
    [COUNT_KEEPALIVE] = {"tcp.keepalives", "keep-alive probes", "packets", 0},
    [COUNT_DOUBTED] = {"tcp.doubted", "segments held until acknowledged", "packets", 0},
    [COUNT_RESYNCS] = {"tcp.resyncs", "times that a lost stream was found again", "gaps", 0},
    [COUNT_RST] = {"tcp.rst", "resets obeyed", "packets", 0},
    [COUNT_REUSED] = {"tcp.reused_ssn", "new connections on the ports of an old one", "flows", 0},
    [COUNT_NOT_TOLD] = {"tcp.events_suppressed",
                        "events of a kind that its flow has told, beyond 15 a minute", "events", 0},
    [COUNT_DOUBTED_SHED] = {"tcp.doubted_refused",
                            "segments that should wait to be acknowledged, and found no room",
                            "packets", 1},
};
_Static_assert(sizeof rows / sizeof rows[0] == COUNTS, "a row for each");

/* The first of each kind is always told, then some for each direction and minute of packet time. */
static bool worth_telling(struct turn *t, enum tt_direction dir, enum event e)
{
    uint8_t *kinds = &t->stream->events[e / 8], bit = (uint8_t)(1u << e % 8);
    struct way *w = &t->stream->way[dir];
    if (t->packet) {
        uint8_t epoch = (uint8_t)(slow_clock(t->packet) >> TOLD_EPOCH_BITS << 4);
        w->told = (w->told & 0xf0) == epoch ? w->told : epoch;
    }
    bool first = !(*kinds & bit), room = (w->told & 15) < TOLD_MOST;
    *kinds |= bit;
    w->told = (uint8_t)(w->told + room);
    return first || room;
}

void raise_event(struct turn *t, enum tt_direction dir, enum event e)
{
    uint64_t bit = (uint64_t)1 << e;
    if (t->all->raised & bit) {
        return;
    }
    t->all->raised |= bit;
    if (t->stream && !worth_telling(t, dir, e)) {
        t->all->counts[COUNT_NOT_TOLD]++;
        return;
    }
    if (t->all->sink.event) {
        t->all->sink.event(t->all->sink.ctx, t->flow, dir, e, t->packet);
    }
}

const struct tt_anomaly *tt_stream_anomalies(uint32_t *n)
{
    *n = EVENTS;
    return anomalies;
}

struct tt_counter_set tt_stream_counters(const struct tt_streams *s)
{
    return (struct tt_counter_set){.rows = rows, .values = s->counts, .n = COUNTS};
}
