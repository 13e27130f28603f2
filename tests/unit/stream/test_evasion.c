/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Single insertions, resets and disturbances, as rows of packets, and what a Linux receiver reads
 * of them: expected octets follow RFC 9293 3.10.7, RFC 5961, RFC 7323 and what real Linux
 * receivers read in the evasion matrix of the design. Client octets are numbered from 1000, those
 * of the server from 5000.
 */
#include "rig.h"

#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* rows end where the rest is 0 */

#define C 1000u
#define S 5000u

enum {
    A = TT_ACK,
    F = TT_FIN | TT_ACK,
    R = TT_RST,
    RA = TT_RST | TT_ACK,
    Y = TT_SYN,
    YA = TT_SYN | TT_ACK
};

enum extra { TS = 1, MD5 = 2, BAD = 4, URGENT = 8, FOUR = 16, CLOSED_WINDOW = 32 /* windows */ };

struct row {
    int dir;
    uint8_t flags;
    int32_t seq, ack; /* from the first octet of each side */
    const char *octets;
    int extra;
    uint32_t ts;
    uint16_t urgent;
    uint32_t missing;
};

struct evasion {
    const char *name;
    const char *read[2]; /* '#' is a gap */
    const char *event;   /* that must be raised; "" = none may be; NULL = any */
    const char *state;
    struct row rows[16];
    bool no_handshake, timestamps, at_end, reused;
};

static const struct evasion cases[] = {
    {"plain",
     {"GET a", "OK"},
     "",
     "established",
     {{0, A, 0, 0, "GET"}, {1, A, 0, 3, "OK"}, {0, A, 3, 2, " a"}}},
    {"040 in order retransmission with other data",
     {"GOOD!"},
     "stream.reassembly_overlap_different_data",
     NULL,
     {{0, A, 0, 0, "GOOD"}, {0, A, 0, 0, "EVIL"}, {0, A, 4, 0, "!"}}},
    {"040 split in two",
     {"GOOD!"},
     "stream.reassembly_overlap_different_data",
     NULL,
     {{0, A, 0, 0, "GO"},
      {0, A, 2, 0, "OD"},
      {0, A, 0, 0, "EV"},
      {0, A, 2, 0, "IL"},
      {0, A, 4, 0, "!"}}},
    {"042 early tail twice, hole filled last",
     {"xGOOD"},
     "stream.reassembly_overlap_different_data",
     NULL,
     {{0, A, 1, 0, "GOOD"}, {0, A, 1, 0, "EVIL"}, {0, A, 0, 0, "x"}}},
    {"044 starts before and covers",
     {"xxEVIL"},
     "stream.reassembly_overlap_different_data",
     NULL,
     {{0, A, 3, 0, "OO"}, {0, A, 2, 0, "EVIL"}, {0, A, 0, 0, "xx"}}},
    {"045 starts inside and ends after",
     {"xGOODIL"},
     "stream.reassembly_overlap_different_data",
     NULL,
     {{0, A, 1, 0, "GOOD"}, {0, A, 3, 0, "EVIL"}, {0, A, 0, 0, "x"}}},
    {"046 hole filler overlaps queued data",
     {"EVILOOD"},
     "stream.reassembly_overlap_different_data",
     NULL,
     {{0, A, 3, 0, "GOOD"}, {0, A, 0, 0, "EVIL"}}},
    {"050 bad checksum",
     {"GOOD"},
     "stream.pkt_invalid_checksum",
     NULL,
     {{0, A, 0, 0, "EVIL", BAD}, {0, A, 0, 0, "GOOD"}}},
    {"051 no flags",
     {"GOOD"},
     "stream.pkt_broken_ack",
     NULL,
     {{0, 0, 0, 0, "EVIL"}, {0, A, 0, 0, "GOOD"}}},
    {"052 no ACK flag",
     {"GOOD"},
     "stream.pkt_broken_ack",
     NULL,
     {{0, TT_PSH, 0, 0, "EVIL"}, {0, A, 0, 0, "GOOD"}}},
    {"053 old timestamp",
     {"GOOD"},
     "stream.pkt_invalid_timestamp",
     NULL,
     {{0, A, 0, 0, "EVIL", TS, 50}, {0, A, 0, 0, "GOOD", TS, 101}},
     .timestamps = true},
    {"053 a tick back is tolerated",
     {"GOOD"},
     "",
     NULL,
     {{0, A, 0, 0, "GOOD", TS, 99}},
     .timestamps = true},
    {"053 a refused packet does not set the mark",
     {"GOODBYE"},
     "stream.pkt_invalid_ack",
     NULL,
     {{0, A, 0, 9999, "EVIL", TS, 900000},
      {0, A, 0, 0, "GOOD", TS, 101},
      {0, A, 4, 0, "BYE", TS, 102}},
     .timestamps = true},
    {"053 nor does one from before the window",
     {"GOODBYE"},
     NULL,
     NULL,
     {{0, A, 0, 0, "GOOD", TS, 101},
      {1, A, 0, 4, "", TS, 7},
      {0, A, -50, 0, "EVIL", TS, 900000},
      {0, A, 4, 0, "BYE", TS, 102}},
     .timestamps = true},
    {"053 no timestamps agreed: any will do",
     {"GOOD"},
     "",
     NULL,
     {{0, A, 0, 0, "GO", TS, 900}, {0, A, 2, 0, "OD", TS, 5}}},
    {"054 MD5 option",
     {"GOOD"},
     "stream.pkt_unexpected_signature",
     NULL,
     {{0, A, 0, 0, "EVIL", MD5}, {0, A, 0, 0, "GOOD"}}},
    {"057 acknowledgement of the future",
     {"GOOD"},
     "stream.pkt_invalid_ack",
     NULL,
     {{0, A, 0, 9999, "EVIL"}, {0, A, 0, 0, "GOOD"}}},
    {"057 then longer",
     {"GOODBYE"},
     "stream.pkt_invalid_ack",
     NULL,
     {{0, A, 0, 9999, "EVIL"}, {0, A, 0, 0, "GO"}, {0, A, 2, 0, "ODBYE"}, {1, A, 0, 7, ""}}},
    {"the capture lost what it acknowledges",
     {"ANSWER", "#MORE"},
     "stream.pkt_invalid_ack",
     NULL,
     {{0, A, 0, 4, "ANSWER"}, {1, A, 4, 6, "MORE"}, {0, A, 6, 8, ""}}},
    {"the capture lost packets of both sides: what was doubted was read",
     {"LAST"},
     "stream.pkt_invalid_ack",
     NULL,
     {{0, A, 0, 4, "LAST"}, {1, A, 4, 7, ""}}},
    {"an acknowledgement of less than what is doubted proves nothing",
     {"GOOD"},
     "stream.pkt_invalid_ack",
     NULL,
     {{0, A, 0, 9999, "EVILEVIL"}, {1, A, 0, 2, ""}, {0, A, 0, 0, "GOOD"}}},
    {"too old acknowledgement",
     {"GOOD", "x"},
     "stream.pkt_invalid_ack",
     NULL,
     {{1, A, 0, 0, "x"}, {0, A, 0, 1, ""}, {0, A, 0, -9000000, "EVIL"}, {0, A, 0, 1, "GOOD"}}},
    {"058 SYN flag in the window",
     {"GOOD"},
     "stream.est_syn_resend_diff_seq",
     NULL,
     {{0, Y, 0, 0, "EVIL"}, {0, A, 0, 0, "GOOD"}}},
    {"059 old data before the window",
     {"GOOD"},
     "stream.reassembly_segment_before_base_seq",
     NULL,
     {{0, A, -100, 0, "EVIL"}, {0, A, 0, 0, "GOOD"}}},
    {"beyond the window",
     {"GOOD"},
     "stream.est_packet_out_of_window",
     NULL,
     {{0, A, 9000000, 0, "EVIL"}, {0, A, 0, 0, "GOOD"}}},
    {"060 keep-alive with a garbage octet",
     {"GOODBYE"},
     "",
     NULL,
     {{0, A, 0, 0, "GOOD"},
      {1, A, 0, 4, ""},
      {0, A, 3, 0, "X"},
      {0, A, 3, 0, ""},
      {0, A, 4, 0, "BYE"}}},
    {"zero window probe",
     {"GOODBYE"},
     "",
     NULL,
     {{0, Y, -1, 0, ""},
      {1, YA, -1, 0, "", FOUR},
      {0, A, 0, 0, "GOOD"},
      {1, A, 0, 4, "", CLOSED_WINDOW},
      {0, A, 4, 0, "B"},
      {1, A, 0, 4, "", CLOSED_WINDOW},
      {1, A, 0, 4, ""},
      {0, A, 4, 0, "BYE"}},
     .no_handshake = true},
    {"octets into a closed window, then others",
     {"GOODBYE"},
     "stream.zero_window_data",
     NULL,
     {{0, Y, -1, 0, ""},
      {1, YA, -1, 0, "", FOUR},
      {0, A, 0, 0, "GOOD"},
      {1, A, 0, 4, "", CLOSED_WINDOW},
      {0, A, 4, 0, "EVI"},
      {1, A, 0, 4, ""},
      {0, A, 4, 0, "BYE"}},
     .no_handshake = true},
    {"the capture missed that the window opened",
     {"GOODBYE"},
     NULL,
     NULL,
     {{0, Y, -1, 0, ""},
      {1, YA, -1, 0, "", FOUR},
      {0, A, 0, 0, "GOOD"},
      {1, A, 0, 4, "", CLOSED_WINDOW},
      {0, A, 4, 0, "BYE"},
      {1, A, 0, 7, ""}},
     .no_handshake = true},
    {"070 reset with bad checksum",
     {"GOODBYE"},
     "stream.pkt_invalid_checksum",
     "established",
     {{0, A, 0, 0, "GOOD"}, {0, R, 4, 0, "", BAD}, {0, A, 4, 0, "BYE"}}},
    {"071 reset out of window",
     {"GOODBYE"},
     "stream.rst_invalid_ack",
     "established",
     {{0, A, 0, 0, "GOOD"}, {0, R, 90000000, 0, ""}, {0, A, 4, 0, "BYE"}}},
    {"072 reset in the window, not exact",
     {"GOODBYE"},
     "stream.rst_invalid_ack",
     "established",
     {{0, A, 0, 0, "GOOD"}, {0, R, 5, 0, ""}, {0, A, 4, 0, "BYE"}}},
    {"073 reset with MD5",
     {"GOODBYE"},
     "stream.pkt_unexpected_signature",
     "established",
     {{0, A, 0, 0, "GOOD"}, {0, R, 4, 0, "", MD5}, {0, A, 4, 0, "BYE"}}},
    {"074 FIN out of window",
     {"GOODBYE"},
     "stream.fin_out_of_window",
     "established",
     {{0, A, 0, 0, "GOOD"}, {0, F, 90000000, 0, ""}, {0, A, 4, 0, "BYE"}}},
    {"075 FIN without ACK",
     {"GOODBYE"},
     "stream.pkt_broken_ack",
     "established",
     {{0, A, 0, 0, "GOOD"}, {0, TT_FIN, 4, 0, ""}, {0, A, 4, 0, "BYE"}}},
    {"076 SYN in established",
     {"GOODBYE"},
     "stream.est_syn_resend_diff_seq",
     "established",
     {{0, A, 0, 0, "GOOD"}, {0, Y, 77777, 0, ""}, {1, A, 0, 4, ""}, {0, A, 4, 0, "BYE"}}},
    {"077 SYN-ACK from the client",
     {"GOODBYE"},
     "stream.est_synack_toserver",
     "established",
     {{0, A, 0, 0, "GOOD"}, {0, YA, 777, 0, ""}, {0, A, 4, 0, "BYE"}}},
    {"exact reset", {"GOOD"}, "", "closed", {{0, A, 0, 0, "GOOD"}, {0, R, 4, 0, ""}}},
    {"079 new connection on the same ports",
     {"GOOD"},
     "",
     "closed",
     {{0, A, 0, 0, "GOOD"}, {0, RA, 4, 0, ""}, {0, Y, 900000, 0, ""}},
     .reused = true},
    {"reset that the receiver never saw",
     {"GOODBYE"},
     "stream.suspected_rst_inject",
     "established",
     {{0, A, 0, 0, "GOOD"}, {0, R, 4, 0, ""}, {0, A, 4, 0, "BYE"}, {1, A, 0, 7, ""}}},
    {"octets after a reset that was obeyed",
     {"GOOD"},
     NULL,
     "closed",
     {{0, A, 0, 0, "GOOD"}, {1, A, 0, 4, ""}, {0, R, 4, 0, ""}, {0, A, 4, 0, "EVIL"}},
     .at_end = true},
    {"080 FIN before the missing data",
     {"GOODBYE"},
     "",
     "fin_wait1",
     {{0, A, 0, 0, "GOOD"}, {0, F, 7, 0, ""}, {0, A, 4, 0, "BYE"}}},
    {"FIN that the receiver never saw",
     {"GOODBYE"},
     "stream.fin_invalid_ack",
     "established",
     {{0, A, 0, 0, "GOOD"},
      {1, A, 0, 4, ""},
      {0, F, 4, 0, ""},
      {0, A, 4, 0, "BYE"},
      {1, A, 0, 7, ""}}},
    {"octets after a FIN",
     {"GOOD"},
     "stream.closewait_fin_out_of_window",
     "fin_wait2",
     {{0, F, 0, 0, "GOOD"}, {1, A, 0, 5, ""}, {0, A, 5, 0, "EVIL"}},
     .at_end = true},
    {"close by the client",
     {"GOOD", "OK"},
     "",
     "closed",
     {{0, F, 0, 0, "GOOD"}, {1, F, 0, 5, "OK"}, {0, A, 5, 3, ""}}},
    {"close by the server, unfinished",
     {"GOOD"},
     "",
     "close_wait",
     {{0, A, 0, 0, "GOOD"}, {1, F, 0, 4, ""}, {0, A, 4, 1, ""}}},
    {"close by the server",
     {"GOOD"},
     "",
     "last_ack",
     {{0, A, 0, 0, "GOOD"}, {1, F, 0, 4, ""}, {0, F, 4, 1, ""}}},
    {"090 two SYNs, the first is answered",
     {"GOOD"},
     "stream.3whs_syn_resend_diff_seq_on_syn_recv",
     "established",
     {{0, Y, -1, 0, ""},
      {0, Y, 7000, 0, ""},
      {1, YA, -1, 0, ""},
      {0, A, 0, 0, ""},
      {0, A, 0, 0, "GOOD"}},
     .no_handshake = true},
    {"090 two SYNs, the second is answered",
     {"GOOD"},
     "stream.3whs_syn_resend_diff_seq_on_syn_recv",
     "established",
     {{0, Y, 7000, 0, ""}, {0, Y, -1, 0, ""}, {1, YA, -1, 0, ""}, {0, A, 0, 0, "GOOD"}},
     .no_handshake = true},
    {"091 data in the SYN is not acknowledged",
     {"GOOD"},
     "stream.3whs_syn_with_data",
     "established",
     {{0, Y, -1, 0, "EVIL"}, {1, YA, -1, 0, ""}, {0, A, 0, 0, ""}, {0, A, 0, 0, "GOOD"}},
     .no_handshake = true},
    {"fast open: data in the SYN is acknowledged",
     {"GOODBYE"},
     "stream.3whs_syn_with_data",
     "established",
     {{0, Y, -1, 0, "GOOD"}, {1, YA, -1, 4, ""}, {0, A, 4, 0, ""}, {0, A, 4, 0, "BYE"}},
     .no_handshake = true},
    {"092 data on the final ACK",
     {"GOOD"},
     "",
     "established",
     {{0, Y, -1, 0, ""}, {1, YA, -1, 0, ""}, {0, A, 0, 0, "GOOD"}},
     .no_handshake = true},
    {"094 a wrong handshake ACK first",
     {"GOOD"},
     "stream.3whs_right_seq_wrong_ack_evasion",
     "established",
     {{0, Y, -1, 0, ""}, {1, YA, -1, 0, ""}, {0, A, 0, 333, "EVIL"}, {0, A, 0, 0, "GOOD"}},
     .no_handshake = true},
    {"a second SYN-ACK is the one that was taken",
     {"GOOD", "OK"},
     "stream.3whs_synack_resend_with_diff_seq",
     "established",
     {{0, Y, -1, 0, ""},
      {1, YA, 700, 0, ""},
      {1, YA, -1, 0, ""},
      {0, A, 0, 0, "GOOD"},
      {1, A, 0, 4, "OK"}},
     .no_handshake = true},
    {"a SYN-ACK for another SYN",
     {"GOOD"},
     "stream.3whs_synack_with_wrong_ack",
     "established",
     {{0, Y, -1, 0, ""}, {1, YA, 700, 55, ""}, {1, YA, -1, 0, ""}, {0, A, 0, 0, "GOOD"}},
     .no_handshake = true},
    {"refused connection",
     {""},
     "",
     "closed",
     {{0, Y, -1, 0, ""}, {1, RA, 0, 0, ""}},
     .no_handshake = true},
    {"refusal of something else",
     {""},
     "stream.rst_invalid_ack",
     "syn_sent",
     {{0, Y, -1, 0, ""}, {1, RA, 0, 77, ""}},
     .no_handshake = true},
    {"096 window 1", {"GOOD"}, NULL, "established", {{0, A, 0, 0, "GOOD", 0}}},
    {"100 urgent octet is not in the stream",
     {"GOOD"},
     "stream.urgent_octet",
     NULL,
     {{0, A, 0, 0, "GO"}, {0, A | TT_URG, 2, 0, "X", URGENT, 0, 1}, {0, A, 3, 0, "OD"}}},
    {"100 inside a segment",
     {"GOOD"},
     "stream.urgent_octet",
     NULL,
     {{0, A | TT_URG, 0, 0, "GOXOD", URGENT, 0, 3}}},
    {"101 pointer 0 names the first octet",
     {"01bcdefg"},
     "stream.urgent_octet",
     NULL,
     {{0, A, 0, 0, "01"}, {0, A | TT_URG, 2, 0, "abcde", 0, 0, 0}, {0, A, 7, 0, "fg"}}},
    {"102 pointer beyond the segment",
     {"01abcdefghjk"},
     "stream.urgent_octet",
     NULL,
     {{0, A, 0, 0, "01"}, {0, A | TT_URG, 2, 0, "abcde", 0, 0, 9}, {0, A, 7, 0, "fghijk"}}},
    {"urgent pointer of a segment without octets",
     {"abde"},
     "stream.urgent_octet",
     NULL,
     {{0, A | TT_URG, 0, 0, "", 0, 0, 3}, {0, A, 0, 0, "abcde"}}},
    {"urgent in an early segment",
     {"abcdefhijk"},
     "stream.urgent_octet",
     NULL,
     {{0, A | TT_URG, 5, 0, "fghij", 0, 0, 2}, {0, A, 0, 0, "abcde"}, {0, A, 10, 0, "k"}}},
    {"a very old acknowledgement that the receiver took",
     {"abEV"},
     "stream.reassembly_overlap_different_data",
     NULL,
     {{0, A, 0, 0, "ab"}, {0, A, 2, -9000000, "EV"}, {1, A, 0, 4, ""}, {0, A, 2, 0, "GO"}}},
    {"early FIN with octets, others begin inside",
     {"abcde"},
     "stream.closewait_fin_out_of_window",
     "fin_wait1",
     {{0, A, 0, 0, "ab"},
      {0, F, 4, 0, "e"},
      {0, A, 5, 0, "FGH"},
      {0, A, 2, 0, "cd"},
      {0, A, 8, 0, "ij"}}},
    {"early FIN with octets, others take their place",
     {"abcdEFGHij"},
     "stream.fin_invalid_ack",
     "established",
     {{0, A, 0, 0, "ab"},
      {0, F, 4, 0, "e"},
      {0, A, 4, 0, "EFGH"},
      {0, A, 2, 0, "cd"},
      {0, A, 8, 0, "ij"}}},
    {"reset at the end of the early octets",
     {"ab"},
     "",
     "closed",
     {{0, A, 0, 0, "ab"}, {0, A, 5, 0, "f"}, {0, R, 6, 0, ""}}},
    {"110 mid-stream",
     {"GOOD", "OK"},
     "",
     "established",
     {{0, A, 0, 0, "GOOD"}, {1, A, 0, 4, "OK"}, {0, A, 4, 2, ""}},
     .no_handshake = true},
    {"110 mid-stream, the other side is placed by the acknowledgement",
     {"GOOD", "#OK"},
     "stream.reassembly_no_segment",
     "established",
     {{0, A, 0, 0, "GO"}, {1, A, 3, 2, "OK"}, {0, A, 2, 5, "OD"}},
     .no_handshake = true},
    {"111 client side only",
     {"GOODBYE"},
     "",
     "established",
     {{0, A, 0, 0, "GOOD"}, {0, A, 4, 50, ""}, {0, A, 4, 900, "BYE"}},
     .no_handshake = true},
    {"111 client side only, with its SYN",
     {"GOODBYE"},
     "",
     "established",
     {{0, Y, -1, 0, ""}, {0, A, 0, 0, ""}, {0, A, 0, 0, "GOOD"}, {0, A, 4, 800, "BYE"}},
     .no_handshake = true},
    {"113 the capture lost a segment",
     {"GOOD#BYE"},
     "stream.reassembly_no_segment",
     NULL,
     {{0, A, 0, 0, "GOOD"}, {0, A, 14, 0, "BYE"}, {1, A, 0, 17, ""}}},
    {"113 without an acknowledgement the hole stays open",
     {"GOOD"},
     "",
     NULL,
     {{0, A, 0, 0, "GOOD"}, {0, A, 14, 0, "BYE"}}},
    {"113 until the flow ends",
     {"GOOD#BYE"},
     NULL,
     NULL,
     {{0, A, 0, 0, "GOOD"}, {0, A, 14, 0, "BYE"}},
     .at_end = true},
    {"114 snap length",
     {"GOOD#BYE"},
     "stream.reassembly_seq_gap",
     NULL,
     {{0, A, 0, 0, "GOOD", 0, 0, 0, 6}, {0, A, 10, 0, "BYE"}}},
    {"114 snap length, early",
     {"GOOD#BYE"},
     "stream.reassembly_seq_gap",
     NULL,
     {{0, A, 2, 0, "OD", 0, 0, 0, 6}, {0, A, 10, 0, "BYE"}, {0, A, 0, 0, "GO"}}},
    {"114 the other copy was not cut",
     {"GOODdayBYE"},
     "",
     NULL,
     {{0, A, 2, 0, "OD", 0, 0, 0, 3},
      {0, A, 4, 0, "day"},
      {0, A, 7, 0, "BYE"},
      {0, A, 0, 0, "GO"}}},
};

static void give_row(struct rig *r, const struct row *w)
{
    static uint8_t options[32];
    uint32_t base[2] = {C, S}, n = 0;
    uint32_t ack = w->flags & TT_ACK ? base[!w->dir] + (uint32_t)w->ack : 0;
    struct tt_packet p = rig_packet(r, w->flags, base[w->dir] + (uint32_t)w->seq, ack, w->octets,
                                    (uint32_t)strlen(w->octets));
    if (w->extra & TS) {
        options[n++] = 1, options[n++] = 1, options[n++] = 8, options[n++] = 10;
        for (int i = 0; i < 4; i++) {
            options[n++] = (uint8_t)(w->ts >> (24 - 8 * i));
        }
        memset(options + n, 0, 4);
        n += 4;
    }
    if (w->extra & MD5) {
        options[n++] = 19, options[n++] = 18;
        memset(options + n, 0x55, 16);
        n += 16;
        options[n++] = 1, options[n++] = 1;
    }
    p.tcp_options = options;
    p.tcp_options_length = (uint8_t)n;
    p.urgent = w->urgent;
    p.payload_missing = w->missing;
    if (w->extra & (CLOSED_WINDOW | FOUR)) {
        p.window = w->extra & FOUR ? 4 : 0;
    }
    if (w->extra & BAD) {
        p.flags |= TT_PACKET_BAD_SUM;
    }
    rig_give(r, w->dir, &p);
}

static void small_handshake(struct rig *r, bool timestamps)
{
    struct row rows[3] = {{0, Y, -1, 0, ""}, {1, YA, -1, 0, ""}, {0, A, 0, 0, ""}};
    for (int i = 0; i < 3; i++) {
        rows[i].extra = timestamps ? TS : 0;
        rows[i].ts = 100;
        give_row(r, &rows[i]);
    }
}

static bool run_case(const struct evasion *e)
{
    struct rig r;
    bool good = true;
    rig_open(&r, (struct tt_stream_options){0});
    if (!e->no_handshake) {
        small_handshake(&r, e->timestamps);
    }
    for (size_t i = 0; i < sizeof e->rows / sizeof e->rows[0] && e->rows[i].octets; i++) {
        give_row(&r, &e->rows[i]);
    }
    const char *state = tt_stream_state_name(&r.flow);
    if (e->at_end) {
        tt_stream_end(r.streams, &r.flow);
    }
    for (int dir = 0; dir < 2; dir++) {
        const char *want = e->read[dir] ? e->read[dir] : "";
        if (r.n[dir] != strlen(want) || memcmp(r.read[dir], want, r.n[dir]) != 0) {
            print_error("%s: direction %d: \"%.*s\", not \"%s\"\n", e->name, dir, (int)r.n[dir],
                        r.read[dir], want);
            good = false;
        }
    }
    if (e->event && *e->event && !rig_raised(&r, e->event)) {
        print_error("%s: no %s\n", e->name, e->event);
        good = false;
    }
    if (e->event && !*e->event && r.events) {
        print_error("%s: events %llx\n", e->name, (unsigned long long)r.events);
        good = false;
    }
    if (e->state && strcmp(e->state, state) != 0) {
        print_error("%s: state %s, not %s\n", e->name, state, e->state);
        good = false;
    }
    if (r.closed_over != e->reused) {
        print_error("%s: new connection: %d\n", e->name, r.closed_over);
        good = false;
    }
    rig_close(&r);
    return good;
}

static void rows_of_packets(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        wrong += !run_case(&cases[i]);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_of_packets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
