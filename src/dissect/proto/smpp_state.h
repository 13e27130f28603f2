/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What SMPP keeps for a flow, part of smpp.c alone: who is bound how, a few open requests, parts of
 * long messages. What both ends must know of each other is judged only when the capture holds the
 * start of the connection and nothing was lost.
 */
#ifndef DISSECT_PROTO_SMPP_STATE_H
#define DISSECT_PROTO_SMPP_STATE_H

#include "dissect/proto/smpp_rows.h"

enum { PENDING = 8, RECEIVER = 1, TRANSMITTER = 2 };

struct state {
    struct tt_flow_facts facts;
    uint8_t bound, asked; /* RECEIVER, TRANSMITTER: as accepted, as wanted and not answered yet */
    uint8_t known, esme;  /* a bind was seen, from this direction */
    uint8_t version;      /* interface version of the bind */
    uint8_t lost, forget; /* octets were lost; what waits in the places is void */
    uint8_t account_n;
    char account[16]; /* system_id of the bind */
    struct pending {
        uint32_t sequence;
        uint8_t command; /* its index + 1; 0 = free */
    } pending[2][PENDING];
};
_Static_assert(sizeof(struct state) <= 256, "one for each flow");

static inline void note(struct tt_msg *m, bool when, enum oddity oddity)
{
    m->anomalies |= when ? (uint64_t)1 << oddity : 0;
}

static inline bool judged(const struct state *s)
{
    return s->facts.seen_start && !s->lost;
}

/* --- Requests and responses ------------------------------------------------------------------ */

/* Pairs by sequence number alone: generic_nack does not name the command. */
static inline uint32_t key_of(uint32_t sequence)
{
    return (sequence & 0xffff) | (sequence >> 16 & 0x3ff) << 22;
}

static inline void ask(struct state *s, struct tt_msg *m, unsigned command, uint32_t sequence)
{
    struct pending *p = &s->pending[m->direction][sequence % PENDING];
    note(m, p->command && p->sequence == sequence && judged(s), A_IN_USE);
    *p = (struct pending){sequence, (uint8_t)(command + 1)};
    tt_msg_open(m, key_of(sequence));
}

static inline void answer(struct state *s, struct tt_msg *m, unsigned command, uint32_t sequence)
{
    struct pending *p = &s->pending[!m->direction][sequence % PENDING];
    if (m->kind == KIND_NACK && sequence == 0) {
        return; /* what it refuses could not be read */
    }
    if (p->command && p->sequence == sequence) {
        note(m, m->kind != KIND_NACK && p->command != command + 1 && judged(s), A_MISMATCH);
        p->command = 0;
    }
    tt_msg_answer(m, key_of(sequence), !m->direction, true);
}

/* --- Binds ----------------------------------------------------------------------------------- */

static inline uint8_t mode_of(unsigned command)
{
    return command == CMD_bind_receiver      ? RECEIVER
           : command == CMD_bind_transmitter ? TRANSMITTER
           : command == CMD_bind_transceiver ? RECEIVER | TRANSMITTER
                                             : 0;
}

#define CMD(name) (1u << CMD_##name)
/* Commands that need no bind, and those that only one side sends. */
#define FREE                                                                                       \
    (CMD(bind_receiver) | CMD(bind_transmitter) | CMD(bind_transceiver) | CMD(outbind) |           \
     CMD(enquire_link) | CMD(unbind) | CMD(auth_acc) | CMD(sm_result_notify) | 1u << OTHER)
#define FROM_ESME                                                                                  \
    (CMD(bind_receiver) | CMD(bind_transmitter) | CMD(bind_transceiver) | CMD(query_sm) |          \
     CMD(submit_sm) | CMD(submit_multi) | CMD(replace_sm) | CMD(cancel_sm) | CMD(broadcast_sm) |   \
     CMD(query_broadcast_sm) | CMD(cancel_broadcast_sm) | CMD(param_retrieve) |                    \
     CMD(query_last_msgs) | CMD(query_msg_details))
#define FROM_SMSC (CMD(deliver_sm) | CMD(alert_notification) | CMD(outbind))

/* May this request come here and now (3.4, 2.3)? */
static inline void judge_request(const struct state *s, struct tt_msg *m, unsigned command)
{
    uint32_t bit = 1u << command;
    if (!judged(s)) {
        return;
    }
    note(m, !s->bound && !s->asked && !(bit & FREE), A_UNBOUND);
    if (s->known) {
        bool esme = m->direction == s->esme;
        note(m, bit & (esme ? FROM_SMSC : FROM_ESME), A_DIRECTION);
        uint32_t receives = FROM_SMSC & ~CMD(outbind);
        note(m, s->bound == RECEIVER && esme && bit & FROM_ESME & ~FREE, A_MODE);
        note(m, s->bound == TRANSMITTER && !esme && bit & receives, A_MODE);
    }
}

static inline void learn_request(struct state *s, struct tt_msg *m, unsigned command)
{
    uint8_t mode = mode_of(command);
    if (mode) {
        note(m, (s->bound || s->asked) && judged(s), A_SECOND_BIND);
        s->asked = mode;
        s->known = 1;
        s->esme = m->direction;
    }
}

static inline void learn_response(struct state *s, const struct tt_msg *m, unsigned command,
                                  uint32_t status)
{
    uint8_t mode = mode_of(command);
    if (mode) {
        s->bound = status == 0 ? mode : s->bound;
        s->asked = 0;
        s->known = 1;
        s->esme = !m->direction;
    } else if (command == CMD_unbind && status == 0) {
        s->bound = 0;
    }
}

#endif
