/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A case of the evasion tests as rows of packets, and what gives them to the reassembler and holds
 * against each other what it read and what it should. Client octets are numbered from 1000, those
 * of the server from 5000.
 */
#ifndef TESTS_UNIT_STREAM_EVASION_H
#define TESTS_UNIT_STREAM_EVASION_H

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

static bool run_case(const struct evasion *e, uint64_t *fired)
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
    *fired |= r.events;
    rig_close(&r);
    return good;
}

#endif
