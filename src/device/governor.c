/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which findings go out, and when (detectors.md P15). Owns the episodes: a bounded set, the one
 * that was quiet for longest makes room. Packet time only. Never looks at what a finding says
 * beyond its severity.
 */
#include "device/governor.h"

#include "base/hash.h"

#include <string.h>

#define SECOND      1000000000LL
#define EPISODE_END (24 * 3600 * SECOND)
#define FORGET      (3600 * SECOND) /* suspects that came to nothing */
#define BUCKET      30.0
#define LEAK        (30.0 / 60.0) /* in a second */
#define STORM_PAUSE 60

static const int64_t pause_after[] = {60 * SECOND, 3600 * SECOND, 24 * 3600 * SECOND};

const struct tt_detector tt_detector_storm = {
    .id = "self.alert-storm",
    .sid = 3000190,
    .title = "More behaviour alerts than the sensor may send: some were held back",
    .doc = "Over all devices at most 30 behaviour alerts a minute go out. What is above is held "
           "back and counted; each device that stays odd is told as soon as there is room.",
    .why = "Many devices became odd at once. That is an attack on the fleet, an update that "
           "changed its behaviour, or a baseline that does not fit; one by one these alerts would "
           "bury the cause.",
    .next = "Look for what the alerts of this minute have in common (topic, firmware, server, "
            "network) before looking at single devices.",
    .category = "Sensor health",
    .principle = "availability",
    .attack = "T0814",
    .goal = "prevent",
    .actor = "",
    .severity = TT_HIGH,
};

bool tt_governor_init(struct tt_governor *g, struct tt_devices *devices, uint32_t max_episodes)
{
    *g = (struct tt_governor){
        .devices = devices, .newest = TT_EPISODE_NONE, .oldest = TT_EPISODE_NONE};
    return tt_slab_init(&g->episodes, sizeof(struct tt_episode), max_episodes);
}

void tt_governor_free(struct tt_governor *g)
{
    tt_slab_free(&g->episodes);
}

static struct tt_episode *at(const struct tt_governor *g, uint32_t i)
{
    return tt_slab_at(&g->episodes, i);
}

static void unlink_age(struct tt_governor *g, struct tt_episode *e)
{
    *(e->newer == TT_EPISODE_NONE ? &g->newest : &at(g, e->newer)->older) = e->older;
    *(e->older == TT_EPISODE_NONE ? &g->oldest : &at(g, e->older)->newer) = e->newer;
}

static void link_newest(struct tt_governor *g, struct tt_episode *e, uint32_t i)
{
    e->newer = TT_EPISODE_NONE;
    e->older = g->newest;
    *(g->newest == TT_EPISODE_NONE ? &g->oldest : &at(g, g->newest)->newer) = i;
    g->newest = i;
}

/* The episode that was quiet for longest leaves its stream and is made anew. */
static uint32_t recycle(struct tt_governor *g)
{
    uint32_t i = g->oldest;
    struct tt_episode *e = at(g, i);
    uint32_t *link = &tt_stream_at(g->devices, e->stream)->episodes;
    while (*link != i) {
        link = &at(g, *link)->next;
    }
    *link = e->next;
    unlink_age(g, e);
    g->recycled++;
    return i;
}

static uint32_t find(const struct tt_governor *g, const struct tt_stream *s, uint8_t model)
{
    uint32_t i = s->episodes;
    while (i != TT_EPISODE_NONE && at(g, i)->model != model) {
        i = at(g, i)->next;
    }
    return i;
}

static uint32_t make(struct tt_governor *g, struct tt_stream *s, uint32_t stream, uint8_t model,
                     int64_t time)
{
    uint32_t i = tt_slab_take(&g->episodes);
    if (i == TT_SLAB_NONE) {
        i = recycle(g);
    }
    *at(g, i) = (struct tt_episode){
        .first = time, .last = time, .stream = stream, .model = model, .next = s->episodes};
    s->episodes = i;
    link_newest(g, at(g, i), i);
    return i;
}

struct tt_episode *tt_governor_note(struct tt_governor *g, uint32_t stream, uint8_t model,
                                    int64_t time, uint64_t packet)
{
    struct tt_stream *s = tt_stream_at(g->devices, stream);
    uint32_t i = find(g, s, model);
    if (i == TT_EPISODE_NONE) {
        i = make(g, s, stream, model, time);
    }
    struct tt_episode *e = at(g, i);
    if (time - e->last > (e->told ? EPISODE_END : FORGET)) {
        e->first = time;
        e->repeats = 0;
        e->n_packets = e->told = e->severity = 0;
    }
    e->last = time > e->last ? time : e->last;
    unlink_age(g, e);
    link_newest(g, e, i);
    if (e->n_packets == TT_FINDING_PACKETS) {
        memmove(e->packets, e->packets + 1, (TT_FINDING_PACKETS - 1) * sizeof e->packets[0]);
        e->n_packets--;
    }
    if (e->n_packets == 0 || e->packets[e->n_packets - 1] != packet) {
        e->packets[e->n_packets++] = packet;
    }
    return e;
}

static bool pour(struct tt_governor *g, int64_t time)
{
    if (time > g->level_time) {
        double leaked = (double)(time - g->level_time) / (double)SECOND * LEAK;
        g->level = leaked < g->level ? g->level - leaked : 0;
        g->level_time = time;
    }
    if (g->level > BUCKET - 1) {
        return false;
    }
    g->level += 1;
    return true;
}

enum tt_notice tt_governor_ask(struct tt_governor *g, struct tt_episode *e, int64_t time,
                               uint8_t severity)
{
    if (e->told && time < e->next_notice && severity <= e->severity) {
        e->repeats++;
        g->folded++;
        return TT_NOTICE_FOLD;
    }
    if (!pour(g, time)) {
        e->repeats++;
        g->held++;
        g->held_since_storm++;
        return TT_NOTICE_HOLD;
    }
    e->next_notice = time + pause_after[e->told < 2 ? e->told : 2];
    e->told = (uint8_t)(e->told < 3 ? e->told + 1 : 3);
    e->severity = severity > e->severity ? severity : e->severity;
    return TT_NOTICE_TELL;
}

uint64_t tt_governor_storm(struct tt_governor *g, int64_t second, bool at_end)
{
    if (g->held_since_storm == 0 || (second < g->storm_next && !at_end)) {
        return 0;
    }
    uint64_t n = g->held_since_storm;
    g->held_since_storm = 0;
    g->storm_next = second > INT64_MAX - STORM_PAUSE ? second : second + STORM_PAUSE;
    return n;
}

void tt_finding_id(char id[40], const char *detector, const char *device, const char *stream,
                   int64_t first)
{
    /* RFC 4648 section 6, in lower case */
    static const char digit[] = "abcdefghijklmnopqrstuvwxyz234567";
    uint8_t key[512], hash[32];
    size_t n = 0;
    const char *const parts[] = {detector, device, stream};
    for (int i = 0; i < 3; i++) {
        size_t length = strnlen(parts[i], 160);
        memcpy(key + n, parts[i], length);
        n += length;
        key[n++] = 0;
    }
    for (int i = 0; i < 8; i++) {
        key[n++] = (uint8_t)((uint64_t)first >> (56 - 8 * i));
    }
    tt_sha256(key, n, hash);
    memcpy(id, "tt1-", 4);
    for (unsigned i = 0; i < 16; i++) { /* 80 bits: two groups of 40 */
        unsigned bit = i * 5;
        unsigned two = (unsigned)hash[bit / 8] << 8 | hash[bit / 8 + 1];
        id[4 + i] = digit[two >> (11 - bit % 8) & 31];
    }
    id[20] = 0;
}
