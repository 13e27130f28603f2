/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What workers hand to the outlet and what is written in the end. Entries are flat: a header and
 * `size` octets; the order of all output is (packet, origin, ordinal), so it is the same for any
 * number of workers (design: decisions 2).
 */
#ifndef TELLTALE_EVENT_H
#define TELLTALE_EVENT_H

#include "telltale/dissect.h"
#include "telltale/packet.h"
#include "telltale/window.h"

enum tt_entry_kind {
    TT_ENTRY_RECORD, /* an EVE line, complete with newline */
    TT_ENTRY_ALERT,  /* struct tt_alert, then its EVE line */
    TT_ENTRY_SAMPLE, /* struct tt_sample, one or more in output order */
    TT_ENTRY_WINDOW, /* struct tt_window */
    TT_ENTRY_FACT,   /* struct tt_fact */
    TT_ENTRY_CLAIM,  /* struct tt_claim */
    TT_ENTRY_TICK,   /* int64_t second: windows up to here are complete */
};

#define TT_ORIGIN_PACKET UINT64_MAX
#define TT_ORIGIN_WINDOW (UINT64_C(1) << 63)

struct tt_entry {
    /* number of the packet that made it, or of the first packet at or after the timer's expiry */
    uint64_t packet;
    /* first_packet of the flow for what a timer wrote (sorted before the packet's own), TT_ORIGIN_
     * WINDOW | that of a window (behind the flows); else TT_ORIGIN_PACKET */
    uint64_t origin;
    uint32_t ordinal; /* within packet and origin */
    uint32_t size;    /* octets that follow, padded to 8 */
    uint16_t kind;    /* enum tt_entry_kind */
    uint16_t type;    /* enum tt_eve_type of a record */
    uint32_t reserved;
};

enum tt_eve_type {
    TT_EVE_ALERT,
    TT_EVE_ANOMALY,
    TT_EVE_FLOW,
    TT_EVE_STATS,
    TT_EVE_DEVICE,
    TT_EVE_SMS,      /* whole short messages, whatever carried them */
    TT_EVE_IDENTITY, /* who is behind an address */
    TT_EVE_PROTOCOL, /* transactions: TT_EVE_PROTOCOL + index of the dissector */
};

enum tt_severity { TT_INFO, TT_LOW, TT_MEDIUM, TT_HIGH, TT_CRITICAL };

/* threshold: of a rule (siem.md 5.4); judged by the outlet in order of packets. */
enum tt_threshold_type {
    TT_THRESHOLD_NONE,
    TT_THRESHOLD_LIMIT,
    TT_THRESHOLD_THRESHOLD,
    TT_THRESHOLD_BOTH,
    TT_THRESHOLD_BACKOFF,
    TT_THRESHOLD_DETECTION /* detection_filter */
};
enum tt_track { TT_TRACK_SRC, TT_TRACK_DST, TT_TRACK_BOTH, TT_TRACK_RULE, TT_TRACK_FLOW };

struct tt_threshold {
    uint8_t type;  /* enum tt_threshold_type */
    uint8_t track; /* enum tt_track */
    uint16_t reserved;
    uint32_t count, seconds; /* seconds: multiplier for BACKOFF */
};

/* A rule's alert as the outlet sees it. src and dst are those of the matching packet. */
struct tt_alert {
    int64_t time;
    uint64_t packet, flow_id;
    struct tt_address src, dst;
    uint16_t sport, dport;
    uint8_t protocol, severity /* enum tt_severity */, direction;
    uint8_t app; /* index of the dissector + 1, 0 = none */
    uint32_t gid, sid, rev, count /* pcap_cnt */;
    struct tt_threshold threshold;
    struct tt_device_key device; /* of the flow's client */
    /* start of the identity shown on the flow, NUL-terminated, "" = none */
    char client_id[72];
    char title[120]; /* msg, cut, NUL-terminated */
    uint32_t line;   /* octets of the EVE line that follows */
    uint32_t padding;
};

/* What a model of the device shard found; flat, so it may cross a ring.
 * Texts are NUL-terminated. */
#define TT_FINDING_LIMITS  8
#define TT_FINDING_PACKETS 16
#define TT_FINDING_NOTS    4

struct tt_detector {      /* declared once, in the file of the model (detectors.md 4.4) */
    const char *id;       /* "dev.rate-envelope" */
    uint32_t sid;         /* 3000000…3000999, gid 3, stable */
    const char *title;    /* one sentence: the alert's signature */
    const char *doc;      /* what it watches and how, two or three sentences with the formula */
    const char *why;      /* why it matters */
    const char *next;     /* what to do next, one sentence */
    const char *category; /* EVE alert.category */
    /* comma-separated: confidentiality, integrity, availability, authentication */
    const char *principle;
    const char *attack; /* comma-separated ATT&CK technique ids */
    const char *goal;   /* prevent, intercept, manipulate */
    const char *actor;  /* comma-separated, may be "" */
    uint8_t severity;   /* base, enum tt_severity */
};

struct tt_finding {
    const struct tt_detector *detector; /* static data of this program */
    uint64_t packet;                    /* that completed it: orders the output */
    int64_t time, since;                /* of it; since when the baseline learned */
    uint8_t severity;                   /* enum tt_severity after adjustments */
    uint8_t n_limits, n_packets, n_nots;
    uint32_t repeats;  /* alerts of the same key folded into this one (alert governor) */
    double confidence; /* 0…1 */
    struct tt_address address, peer;
    uint16_t port, protocol /* dissector index */;
    uint32_t count;   /* pcap_cnt of packet where known, else 0 */
    char device[160]; /* stable id: "mqtt:<client id>" or "ip:<address>" */
    char client_id[TT_FACT_TEXT + 1];
    char stream[TT_FACT_TEXT + 1]; /* topic, URI…, "" */
    double observed, expected;
    char unit[24];                                 /* "messages", "bits"… */
    uint32_t observed_window_s, expected_window_s; /* 0 = not over a window */
    uint64_t n;                                    /* messages learned */
    char state[16];                                /* "armed", "learning" */
    struct {
        uint32_t window_s;
        double limit, seen;
    } limits[TT_FINDING_LIMITS];
    uint64_t packets[TT_FINDING_PACKETS]; /* the last ones that took part */
    char nots[TT_FINDING_NOTS][96];       /* explanations that were looked at and rejected */
    /* "tt1-" + base32 of the hash of (detector, device, stream, time of the first packet) */
    char id[40];
};

#endif
