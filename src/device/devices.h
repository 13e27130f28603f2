/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The shard's tables: devices, and the streams of each with the octets that the models keep. Only
 * the shard's own files include this.
 */
#ifndef DEVICE_DEVICES_H
#define DEVICE_DEVICES_H

#include "base/arena.h"
#include "telltale/window.h"

#include <string.h>

#define TT_DEVICE_STREAMS 16 /* of one device that are told apart */
#define TT_MODELS_MAX     4
#define TT_STREAM_REST    1 /* hash of the stream that all further ones share */
#define TT_NO_STREAM      UINT32_MAX
#define TT_NO_DEVICE      UINT32_MAX
#define TT_DEVICE_KNOWN   8  /* messages after which a device is a newcomer no more */
#define TT_NEWCOMERS      16 /* one place in so many is for newcomers to a full table */

struct tt_device {
    uint64_t identity; /* 0 = known by its address only */
    struct tt_address address, peer;
    uint64_t messages, octets;
    int64_t first, last;
    uint32_t stream; /* first of its list */
    uint32_t findings;
    uint32_t fired[TT_MODELS_MAX]; /* second of the last odd sample by model, 0 = never */
    uint16_t protocol, port;
    uint8_t n_streams;
    uint8_t armed; /* one of its streams is */
    uint8_t newcomer;
    uint32_t older, newer; /* newcomer: its neighbours among them */
};

enum { TT_STREAM_ARMED = 1 };

struct tt_stream {
    uint64_t hash;
    int64_t since;
    uint32_t n; /* messages that were learned */
    uint32_t next, device;
    uint32_t episodes; /* governor's list, TT_EPISODE_NONE = none */
    uint32_t odd;      /* second of the last odd sample by any model, 0 = never */
    uint32_t flags;
    uint8_t state[]; /* of the models, one after the other */
};

struct tt_devices {
    struct tt_slab devices, streams;
    uint32_t *index; /* device + 1, 0 = free */
    uint32_t mask;
    uint64_t secret;
    /* streams beyond TT_DEVICE_STREAMS of a device: times that one was asked for */
    uint64_t folded;
    uint32_t oldest, newest; /* newcomers, by when they spoke last */
    uint32_t n_newcomers, max_newcomers;
};

/* state_size: octets of all models together. */
bool tt_devices_init(struct tt_devices *, uint32_t max_devices, uint32_t max_streams,
                     uint32_t state_size, uint64_t secret);
void tt_devices_free(struct tt_devices *);
/* Brings what is known of the senders of n <= TT_DEVICES_FETCH samples near, with their first
 * streams; hints for tt_devices_known. */
#define TT_DEVICES_FETCH 64
void tt_devices_fetch(const struct tt_devices *, const struct tt_sample *const samples[],
                      unsigned n, uint32_t hints[]);

/* NULL = not known. */
struct tt_device *tt_devices_find(const struct tt_devices *, const struct tt_device_key *);
/* Finds or makes; NULL at the cap (counted by the slab). A new one is zeroed but for its key. */
struct tt_device *tt_devices_get(struct tt_devices *, const struct tt_device_key *, bool *is_new);
static inline uint32_t tt_device_index(const struct tt_devices *d, const struct tt_device *device)
{
    return (uint32_t)((size_t)((const uint8_t *)device - d->devices.base) / d->devices.piece);
}

/* A device that is not made room for again: it spoke often enough, or was found odd. */
void tt_devices_settle(struct tt_devices *, struct tt_device *);
/* A newcomer spoke: it is the last to make room, or known now. */
void tt_devices_heard(struct tt_devices *, struct tt_device *);
/* Forgets a newcomer and its streams. */
void tt_devices_forget(struct tt_devices *, struct tt_device *);
/* Index of the device's stream, made if need be; TT_NO_STREAM at the cap (counted by the slab). */
uint32_t tt_devices_stream(struct tt_devices *, struct tt_device *, uint64_t hash, bool *is_new);

static inline struct tt_device *tt_device_at(const struct tt_devices *d, uint32_t i)
{
    return tt_slab_at(&d->devices, i);
}

static inline uint32_t tt_stream_index(const struct tt_devices *d, const struct tt_stream *s)
{
    return (uint32_t)((size_t)((const uint8_t *)s - d->streams.base) / d->streams.piece);
}

static inline bool tt_device_is(const struct tt_device *d, const struct tt_device_key *k)
{
    return d->identity == k->identity &&
           (k->identity || memcmp(&d->address, &k->address, sizeof d->address) == 0);
}

/* The device that a hint stands for if it is the one of the key, else NULL: not known, or not found
 * at first glance. */
static inline struct tt_device *tt_devices_known(const struct tt_devices *d,
                                                 const struct tt_device_key *k, uint32_t hint)
{
    struct tt_device *at = hint ? tt_device_at(d, hint - 1) : NULL;
    return at && tt_device_is(at, k) ? at : NULL;
}

static inline struct tt_stream *tt_stream_at(const struct tt_devices *d, uint32_t i)
{
    return tt_slab_at(&d->streams, i);
}

#endif
