/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the application behind one direction of a connection reads, written down as plainly as it
 * can be: a map of octets, each with its content and the run that it belongs to. Where a new
 * segment [n] meets a waiting run [o], both by begin and end, the table of Novak and Sturges
 * ("Target-Based TCP Stream Reassembly", 2007) says for each octet whose it is. Linux since 4.9 is
 * no such table: a list of whole segments, as its tcp_data_queue_ofo keeps them. Shares nothing
 * with src/stream.
 */
#ifndef FUZZ_PLAIN_RECEIVER_H
#define FUZZ_PLAIN_RECEIVER_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define SPAN     3000u
#define SEGMENTS 200u /* that may come */

enum plain_rule { PLAIN_LINUX, PLAIN_FIRST, PLAIN_LAST, PLAIN_BSD, PLAIN_OLD_LINUX, PLAIN_SOLARIS };

/* The systems of host-os-policy by name; false: an unknown one. */
static inline bool plain_rule_of(const char *system, enum plain_rule *rule)
{
    static const struct {
        const char *names;
        enum plain_rule rule;
    } rows[] = {
        {" linux ", PLAIN_LINUX},
        {" first vista ", PLAIN_FIRST},
        {" last ", PLAIN_LAST},
        {" bsd bsd-right windows windows2k3 hpux10 irix macos ", PLAIN_BSD},
        {" old-linux ", PLAIN_OLD_LINUX},
        {" solaris old-solaris hpux11 ", PLAIN_SOLARIS},
    };
    size_t n = strlen(system);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (const char *at = rows[i].names; (at = strstr(at, system)) != NULL; at++) {
            if (at[-1] == ' ' && at[n] == ' ') {
                *rule = rows[i].rule;
                return true;
            }
        }
    }
    return false;
}

struct plain_receiver {
    enum plain_rule rule;
    uint32_t next;
    uint32_t run[SPAN]; /* 0 = did not come */
    uint8_t content[SPAN];
    uint32_t runs;
    uint8_t read[SPAN];
    uint32_t n_read, lost;
    uint32_t n;
    /* Linux: what waits, sorted; content of each octet of a segment, whoever else has it */
    struct {
        uint32_t from, to;
        uint8_t content[SPAN];
    } list[SEGMENTS];
};

/* Is the octet there, waiting? */
static inline bool plain_has(const struct plain_receiver *p, uint32_t at)
{
    for (uint32_t i = 0; i < p->n; i++) {
        if (p->list[i].from <= at && at < p->list[i].to) {
            return true;
        }
    }
    return p->run[at] != 0;
}

static inline bool plain_waits(const struct plain_receiver *p)
{
    for (uint32_t i = p->next; p->rule != PLAIN_LINUX && i < SPAN; i++) {
        if (p->run[i]) {
            return true;
        }
    }
    return p->n > 0;
}

static inline void plain_drop(struct plain_receiver *p, uint32_t i)
{
    memmove(&p->list[i], &p->list[i + 1], (--p->n - i) * sizeof p->list[0]);
}

static inline void plain_read(struct plain_receiver *p)
{
    while (p->rule != PLAIN_LINUX && p->next < SPAN && p->run[p->next]) {
        p->read[p->n_read++] = p->content[p->next++];
    }
    while (p->n && p->list[0].from <= p->next) {
        for (; p->next < p->list[0].to; p->next++) {
            p->read[p->n_read++] = p->list[0].content[p->next];
        }
        plain_drop(p, 0);
    }
}

/* Is the octet at `at`, which waits, the new segment's now? */
static inline bool plain_new_wins(const struct plain_receiver *p, uint32_t at, uint32_t from,
                                  uint32_t to)
{
    uint32_t begin = at, end = at + 1;
    while (begin > 0 && p->run[begin - 1] == p->run[at]) {
        begin--;
    }
    while (end < SPAN && p->run[end] == p->run[at]) {
        end++;
    }
    begin = begin < p->next ? p->next : begin;
    switch (p->rule) {
    case PLAIN_LAST:
        return true;
    case PLAIN_BSD:
        return from < begin;
    case PLAIN_OLD_LINUX:
        return from < begin || (from == begin && to >= end);
    case PLAIN_SOLARIS:
        return to > end || (to == end && from <= begin);
    default:
        return false;
    }
}

static inline void plain_map(struct plain_receiver *p, uint32_t from, uint32_t to, uint8_t content)
{
    static bool wins[SPAN];
    for (uint32_t i = from; i < to; i++) {
        wins[i] = !p->run[i] || plain_new_wins(p, i, from, to);
    }
    /* what is left of a run behind the new segment is a run of its own */
    uint32_t cut = to < SPAN && wins[to - 1] ? p->run[to - 1] : 0;
    if (cut && p->run[to] == cut) {
        p->runs++;
        for (uint32_t i = to; i < SPAN && p->run[i] == cut; i++) {
            p->run[i] = p->runs;
        }
    }
    for (uint32_t i = from; i < to; i++) {
        if (wins[i]) {
            p->runs += i == from || !wins[i - 1];
            p->run[i] = p->runs;
            p->content[i] = content;
        }
    }
}

static inline void plain_list(struct plain_receiver *p, uint32_t from, uint32_t to, uint8_t content)
{
    uint32_t i = 0;
    while (i < p->n && p->list[i].from <= from) {
        i++;
    }
    for (uint32_t k = 0; k < i; k++) {
        if (to <= p->list[k].to && from < p->list[k].to) {
            return; /* all of it is there */
        }
    }
    bool same = i && p->list[i - 1].from == from; /* it reaches farther: takes its place */
    bool glued = !same && i && p->list[i - 1].to == from;
    if (!same && !glued) {
        memmove(&p->list[i + 1], &p->list[i], (p->n++ - i) * sizeof p->list[0]);
        p->list[i].from = from;
        i++;
    }
    memset(p->list[i - 1].content + from, content, to - from);
    p->list[i - 1].to = to;
    while (i < p->n && p->list[i].to <= to) {
        plain_drop(p, i);
    }
}

/* A segment with `content` in all its octets. */
static inline void plain_take(struct plain_receiver *p, uint32_t from, uint32_t to, uint8_t content)
{
    if (to <= p->next) {
        return;
    }
    from = from < p->next ? p->next : from;
    if (p->rule != PLAIN_LINUX) {
        plain_map(p, from, to, content);
    } else if (from > p->next) {
        plain_list(p, from, to, content);
    } else {
        while (p->next < to) {
            p->read[p->n_read++] = content;
            p->next++;
        }
    }
    plain_read(p);
}

/* What is missing before the next octets that wait, at most up to `to`, will not come any more. */
static inline void plain_give_up(struct plain_receiver *p, uint32_t to)
{
    while (p->next < to &&
           (p->rule == PLAIN_LINUX ? !p->n || p->list[0].from > p->next : !p->run[p->next])) {
        p->next++;
        p->lost++;
    }
    plain_read(p);
}

#endif
