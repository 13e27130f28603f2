/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Suricata's rule language over the fields that dissectors declare: loading with exact errors, and
 * matching on transactions. Patterns go to few Hyperscan databases (one for each protocol and
 * direction, block mode); rules without content never touch it.
 */
#ifndef RULES_RULES_H
#define RULES_RULES_H

#include "base/counter.h"
#include "base/error.h"
#include "dissect/engine.h"
#include "telltale/event.h"

enum tt_action { TT_ACTION_PASS, TT_ACTION_DROP, TT_ACTION_REJECT, TT_ACTION_ALERT };

struct tt_pair {
    const char *key, *value;
};

/* What a writer needs of a rule; lives as long as the set. */
struct tt_rule {
    uint32_t gid, sid, rev;
    uint32_t index; /* in the set */
    uint8_t action; /* enum tt_action */
    /* enum tt_severity, from priority and metadata signature_severity (siem.md 0) */
    uint8_t severity;
    uint8_t priority; /* 1 highest … 255: EVE alert.severity */
    bool noalert;
    const char *msg;                  /* "" when the rule has none */
    const char *classtype, *category; /* category: long text of the class, "" */
    const struct tt_pair *references; /* expanded URL in value; ends with key NULL */
    const struct tt_pair *metadata;   /* in order; keys may repeat; ends with key NULL */
    const char *target;               /* "src_ip", "dest_ip" or NULL */
    const char *text;                 /* the rule as written, one line */
    const char *file;
    uint32_t line;
    struct tt_threshold threshold;
};

struct tt_rules_options {
    const char *const *files; /* rule files or folders (*.rules in them), ended by NULL */
    /* Address and port groups: value of $NAME; NULL when it is not defined. Defaults for the usual
     * ones ($HOME_NET any…) are the caller's. */
    const char *(*variable)(void *ctx, const char *name, bool port);
    void *ctx;
    const char *classification; /* path of a classification.config or NULL = built-in table */
    const char *reference;      /* path of a reference.config or NULL = built-in table */
    /* Each rule that was rejected or is loaded but not evaluated (fatal false):
     * file:line:column, what, nearest match. */
    void (*report)(void *ctx, const struct tt_error *, bool rejected);
};

struct tt_ruleset;

/* NULL only when a file cannot be read at all (*error) or memory for the databases is refused;
 * single bad rules are reported and the others load. Immutable afterwards: workers share it. */
struct tt_ruleset *tt_ruleset_new(const struct tt_rules_options *, struct tt_error *error);
void tt_ruleset_free(struct tt_ruleset *);

struct tt_ruleset_counts {
    uint32_t files, loaded, rejected, not_evaluated;
};
struct tt_ruleset_counts tt_ruleset_counts(const struct tt_ruleset *);
/* NULL at the end */
const struct tt_rule *tt_ruleset_rule(const struct tt_ruleset *, uint32_t index);

/* Where a rule hit. tx and msg are NULL for packet, stream and datagram rules. */
struct tt_hit {
    const struct tt_rule *rule;
    struct tt_flow *flow; /* NULL for a packet without flow */
    /* Of the alert: the message's, or its question's where the rule fits only that. */
    enum tt_direction direction;
    const struct tt_tx *tx;
    const struct tt_msg *msg;
    const struct tt_packet *packet;
    struct tt_bytes octets; /* what was scanned, for payload_printable; may be empty */
};

struct tt_matcher; /* one per worker: scratch memory, counters */

struct tt_matcher *tt_matcher_new(const struct tt_ruleset *,
                                  void (*hit)(void *ctx, const struct tt_hit *), void *ctx);
void tt_matcher_free(struct tt_matcher *);
/* After a reload: the matcher goes on with another set. */
void tt_matcher_use(struct tt_matcher *, const struct tt_ruleset *);

/* Each message of a transaction; conditions may be met by different
 * messages of it (decisions 4). */
void tt_matcher_message(struct tt_matcher *, struct tt_flow *, struct tt_tx *,
                        const struct tt_msg *, const struct tt_packet *);
/* Has the set rules that need tt_matcher_stream, tt_matcher_packet?
 * Without, the calls do nothing. */
bool tt_matcher_wants_streams(const struct tt_matcher *);
bool tt_matcher_wants_packets(const struct tt_matcher *);
/* Octets of a TCP stream as delivered; carries 512 octets between chunks for rules of
 * protocol tcp. True cheap when no such rule exists. */
void tt_matcher_stream(struct tt_matcher *, struct tt_flow *, enum tt_direction, struct tt_bytes,
                       const struct tt_packet *);
/* Each decoded packet: rules of udp, tcp-pkt, ip, icmp with or without content, header
 * keywords. flow may be NULL. */
void tt_matcher_packet(struct tt_matcher *, struct tt_flow *, enum tt_direction,
                       const struct tt_packet *);
/* An anomaly without a message, by its full name: app-layer-event ("mqtt.missing_publish",
 * "applayer_…"), stream-event, decode-event. */
void tt_matcher_event(struct tt_matcher *, struct tt_flow *, enum tt_direction, const char *keyword,
                      const char *name, const struct tt_packet *);
/* The flow ends: forget what was carried for it. */
void tt_matcher_end(struct tt_matcher *, const struct tt_flow *);

struct tt_counter_set tt_matcher_counters(const struct tt_matcher *);

#endif
