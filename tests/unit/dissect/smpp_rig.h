/* SPDX-License-Identifier: BSD-3-Clause
 *
 * SMPP units from a few octets, for its tests.
 */
#ifndef TESTS_DISSECT_SMPP_RIG_H
#define TESTS_DISSECT_SMPP_RIG_H

#include "unit/dissect/sms_rig.h"

extern const struct tt_dissector tt_dissector_smpp;

#define RESPONSE 0x80000000u

/* A whole unit; the last 16 stay valid. */
static inline struct tt_bytes pdu(uint32_t id, uint32_t status, uint32_t sequence, const void *body,
                                  uint32_t n)
{
    static uint8_t ring[16][70100];
    static unsigned next;
    uint8_t *p = ring[next++ % 16];
    const uint32_t head[4] = {n + 16, id, status, sequence};
    for (unsigned i = 0; i < 16; i++) {
        p[i] = (uint8_t)(head[i / 4] >> (24 - 8 * (i % 4)));
    }
    assert_true(n + 16 <= sizeof ring[0]);
    memcpy(p + 16, body, n);
    return (struct tt_bytes){p, n + 16};
}
#define P(id, sequence, body)    pdu(id, 0, sequence, body, sizeof(body) - 1)
#define R(id, status, seq, body) pdu(RESPONSE | (id), status, seq, body, sizeof(body) - 1)

#define BIND(id, version) P(id, 1, "meters\0secret\0M2M\0" version "\1\1^49\0")
/* From service_type to sm_length's predecessor; esm_class, protocol_id, data_coding. */
#define HEAD(esm, pid, dcs)                                                                        \
    "\0\1\1"                                                                                       \
    "491720000042\0\1\1"                                                                           \
    "491710000001\0" esm pid "\0\0\0\1\0" dcs "\0"
#define SM(esm, pid, dcs, n, text) HEAD(esm, pid, dcs) n text

static inline struct rig *smpp_new(bool seen_start)
{
    return rig_new(&tt_dissector_smpp, seen_start);
}

/* A connection that is bound as transceiver, version 3.4. */
static inline struct rig *smpp_bound(void)
{
    struct rig *r = smpp_new(true);
    assert_true(rig_parse(r, C, BIND(9, "\x34")));
    ODD("");
    assert_true(rig_parse(r, S, R(9, 0, 1, "SMSC\0")));
    ODD("");
    return r;
}

#endif
