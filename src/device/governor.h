/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The alert governor (detectors.md P15): one key is detector × device × stream. The first finding
 * goes out at once, repeats are counted and told again after 1 minute, 1 hour, 24 hours; over all
 * keys no more than 30 a minute.
 */
#ifndef DEVICE_GOVERNOR_H
#define DEVICE_GOVERNOR_H

#include "device/devices.h"
#include "telltale/event.h"

#define TT_EPISODE_NONE UINT32_MAX

/* From the first odd sample of a key until a day without one. */
struct tt_episode {
    int64_t first, last;                  /* times of its first and last odd sample */
    int64_t next_notice;                  /* time from which it may be told again */
    uint64_t packets[TT_FINDING_PACKETS]; /* the last that took part, oldest first */
    uint32_t stream;
    uint32_t next;         /* of the same stream */
    uint32_t newer, older; /* by last */
    uint32_t repeats;      /* since it was told last */
    uint8_t model, n_packets;
    uint8_t told;     /* times, stops at 3 */
    uint8_t severity; /* that was told */
};

struct tt_governor {
    struct tt_slab episodes;
    struct tt_devices *devices;
    uint32_t newest, oldest;
    double level; /* of the leaky bucket */
    int64_t level_time;
    uint64_t folded, held, recycled; /* counters */
    uint64_t held_since_storm;
    int64_t storm_next; /* second from which the next summary may go out */
};

bool tt_governor_init(struct tt_governor *, struct tt_devices *, uint32_t max_episodes);
void tt_governor_free(struct tt_governor *);

/* The sample took part in what the model finds odd on this stream: the episode with it as last
 * packet. */
struct tt_episode *tt_governor_note(struct tt_governor *, uint32_t stream, uint8_t model,
                                    int64_t time, uint64_t packet);

enum tt_notice { TT_NOTICE_TELL, TT_NOTICE_FOLD, TT_NOTICE_HOLD };

/* May this finding go out now? FOLD: counted in the episode. HOLD: the bucket is full; told when
 * there is room again. After TELL the episode's repeats are what the finding says, then the caller
 * sets them to 0. */
enum tt_notice tt_governor_ask(struct tt_governor *, struct tt_episode *, int64_t time,
                               uint8_t severity);

/* Findings held back since the last summary when one is due, else 0. */
uint64_t tt_governor_storm(struct tt_governor *, int64_t second, bool at_end);

extern const struct tt_detector tt_detector_storm;

/* id: "tt1-" and 16 characters of base32 from the hash of the key and the time of the episode's
 * first packet. */
void tt_finding_id(char id[40], const char *detector, const char *device, const char *stream,
                   int64_t first);

#endif
