/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Finding and making devices and streams. A device with an identity is the same behind any address;
 * one without is its address. The last of a table's worth of devices are newcomers until they spoke
 * a few times: only they ever make room for others, so a flood of invented names cannot push out
 * those that were learned, and a new device among the flood has time to be known.
 */
#include "device/devices.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

bool tt_devices_init(struct tt_devices *d, uint32_t max_devices, uint32_t max_streams,
                     uint32_t state_size, uint64_t secret)
{
    *d = (struct tt_devices){.secret = secret, .oldest = TT_NO_DEVICE, .newest = TT_NO_DEVICE};
    d->max_newcomers = max_devices / TT_NEWCOMERS + 1;
    if (max_devices > (1u << 28)) {
        return false;
    }
    uint32_t size = 1024;
    while (size / 2 < max_devices) {
        size *= 2;
    }
    d->mask = size - 1;
    d->index = calloc(size, sizeof *d->index);
    return tt_slab_init(&d->devices, sizeof(struct tt_device), max_devices) &&
           tt_slab_init(&d->streams, sizeof(struct tt_stream) + state_size, max_streams) &&
           d->index;
}

void tt_devices_free(struct tt_devices *d)
{
    tt_slab_free(&d->devices);
    tt_slab_free(&d->streams);
    free(d->index);
    d->index = NULL;
}

static uint64_t key_hash(const struct tt_devices *d, const struct tt_device_key *k)
{
    if (k->identity) {
        return tt_mum(k->identity ^ d->secret, 0x9e3779b97f4a7c15U);
    }
    return tt_mum(tt_load64(k->address.b) ^ d->secret ^ 0xa0761d6478bd642fU,
                  tt_load64(k->address.b + 8) ^ 0xd1b54a32d192ed03U);
}

void tt_devices_settle(struct tt_devices *d, struct tt_device *device)
{
    if (device->newcomer) {
        *(device->older == TT_NO_DEVICE ? &d->oldest : &tt_device_at(d, device->older)->newer) =
            device->newer;
        *(device->newer == TT_NO_DEVICE ? &d->newest : &tt_device_at(d, device->newer)->older) =
            device->older;
        d->n_newcomers--;
        device->newcomer = 0;
    }
}

static void link_newest(struct tt_devices *d, struct tt_device *device)
{
    uint32_t i = tt_device_index(d, device);
    device->newcomer = 1;
    device->older = d->newest;
    device->newer = TT_NO_DEVICE;
    *(d->newest == TT_NO_DEVICE ? &d->oldest : &tt_device_at(d, d->newest)->newer) = i;
    d->newest = i;
    d->n_newcomers++;
}

static void add_newcomer(struct tt_devices *d, struct tt_device *device)
{
    if (d->n_newcomers == d->max_newcomers) {
        tt_devices_settle(d, tt_device_at(d, d->oldest)); /* the table was not full so far */
    }
    link_newest(d, device);
}

void tt_devices_heard(struct tt_devices *d, struct tt_device *device)
{
    tt_devices_settle(d, device);
    if (device->messages < TT_DEVICE_KNOWN) {
        link_newest(d, device);
    }
}

static uint32_t home(const struct tt_devices *d, const struct tt_device *device)
{
    struct tt_device_key k = {.address = device->address, .identity = device->identity};
    return (uint32_t)key_hash(d, &k) & d->mask;
}

/* Linear probing: what follows moves up where the hole would hide it. */
static void unlink_index(struct tt_devices *d, uint32_t at)
{
    uint32_t hole = at;
    for (uint32_t i = (at + 1) & d->mask; d->index[i]; i = (i + 1) & d->mask) {
        uint32_t from = home(d, tt_device_at(d, d->index[i] - 1));
        if (((i - from) & d->mask) >= ((i - hole) & d->mask)) {
            d->index[hole] = d->index[i];
            hole = i;
        }
    }
    d->index[hole] = 0;
}

void tt_devices_forget(struct tt_devices *d, struct tt_device *device)
{
    uint32_t i = tt_device_index(d, device), at = home(d, device);
    while (d->index[at] != i + 1) {
        at = (at + 1) & d->mask;
    }
    unlink_index(d, at);
    for (uint32_t s = device->stream; s != TT_NO_STREAM;) {
        uint32_t next = tt_stream_at(d, s)->next;
        tt_slab_give(&d->streams, s);
        s = next;
    }
    tt_devices_settle(d, device);
    tt_slab_give(&d->devices, i);
}

/* The place of a key in the index: of its device, or free. */
static uint32_t place_of(const struct tt_devices *d, const struct tt_device_key *k)
{
    uint32_t at = (uint32_t)key_hash(d, k) & d->mask;
    while (d->index[at] && !tt_device_is(tt_device_at(d, d->index[at] - 1), k)) {
        at = (at + 1) & d->mask;
    }
    return at;
}

struct tt_device *tt_devices_find(const struct tt_devices *d, const struct tt_device_key *k)
{
    uint32_t at = place_of(d, k);
    return d->index[at] ? tt_device_at(d, d->index[at] - 1) : NULL;
}

struct tt_device *tt_devices_get(struct tt_devices *d, const struct tt_device_key *k, bool *is_new)
{
    uint32_t at = place_of(d, k);
    *is_new = false;
    if (d->index[at]) {
        return tt_device_at(d, d->index[at] - 1);
    }
    uint32_t i = tt_slab_take(&d->devices);
    if (i == TT_SLAB_NONE) {
        return NULL;
    }
    d->index[at] = i + 1;
    struct tt_device *made = tt_device_at(d, i);
    *made =
        (struct tt_device){.identity = k->identity, .address = k->address, .stream = TT_NO_STREAM};
    add_newcomer(d, made);
    *is_new = true;
    return made;
}

void tt_devices_fetch(const struct tt_devices *d, const struct tt_sample *const samples[],
                      unsigned n, uint32_t hints[])
{
    for (unsigned i = 0; i < n; i++) {
        hints[i] = (uint32_t)key_hash(d, &samples[i]->device) & d->mask;
        __builtin_prefetch(&d->index[hints[i]]);
    }
    for (unsigned i = 0; i < n; i++) {
        hints[i] = d->index[hints[i]];
        if (hints[i]) {
            const uint8_t *device = (const uint8_t *)tt_device_at(d, hints[i] - 1);
            __builtin_prefetch(device);
            __builtin_prefetch(device + sizeof(struct tt_device) - 1);
        }
    }
    size_t last = d->streams.piece - 1;
    for (unsigned i = 0; i < n; i++) {
        uint32_t stream = hints[i] ? tt_device_at(d, hints[i] - 1)->stream : TT_NO_STREAM;
        if (stream != TT_NO_STREAM) {
            const uint8_t *at = (const uint8_t *)tt_stream_at(d, stream);
            __builtin_prefetch(at);
            __builtin_prefetch(at + 64);
            __builtin_prefetch(at + 128);
            __builtin_prefetch(at + last);
        }
    }
}

static uint32_t find_stream(const struct tt_devices *d, const struct tt_device *device,
                            uint64_t hash)
{
    uint32_t i = device->stream;
    while (i != TT_NO_STREAM && tt_stream_at(d, i)->hash != hash) {
        i = tt_stream_at(d, i)->next;
    }
    return i;
}

uint32_t tt_devices_stream(struct tt_devices *d, struct tt_device *device, uint64_t hash,
                           bool *is_new)
{
    *is_new = false;
    uint32_t i = find_stream(d, device, hash);
    if (i != TT_NO_STREAM) {
        return i;
    }
    if (device->n_streams >= TT_DEVICE_STREAMS) {
        d->folded++;
        hash = TT_STREAM_REST;
        i = find_stream(d, device, hash);
        if (i != TT_NO_STREAM) {
            return i;
        }
    }
    i = tt_slab_take(&d->streams);
    if (i == TT_SLAB_NONE) {
        return TT_NO_STREAM;
    }
    struct tt_stream *s = tt_stream_at(d, i);
    memset(s, 0, d->streams.piece);
    s->hash = hash;
    s->device = tt_device_index(d, device);
    s->next = device->stream;
    device->stream = i;
    device->n_streams++; /* at most TT_DEVICE_STREAMS + 1 */
    *is_new = true;
    return i;
}
