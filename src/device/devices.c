/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Finding and making devices and streams. A device with an identity is the same behind any address;
 * one without is its address. Nothing is ever removed: at the cap newcomers are refused and
 * counted, so a flood of invented names cannot push out those that were learned.
 */
#include "device/devices.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

bool tt_devices_init(struct tt_devices *d, uint32_t max_devices, uint32_t max_streams,
                     uint32_t state_size, uint64_t secret)
{
    *d = (struct tt_devices){.secret = secret};
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

struct tt_device *tt_devices_get(struct tt_devices *d, const struct tt_device_key *k, bool *is_new)
{
    uint32_t at = (uint32_t)key_hash(d, k) & d->mask;
    *is_new = false;
    for (; d->index[at]; at = (at + 1) & d->mask) {
        struct tt_device *found = tt_device_at(d, d->index[at] - 1);
        if (tt_device_is(found, k)) {
            return found;
        }
    }
    uint32_t i = tt_slab_take(&d->devices);
    if (i == TT_SLAB_NONE) {
        return NULL;
    }
    d->index[at] = i + 1;
    struct tt_device *made = tt_device_at(d, i);
    *made =
        (struct tt_device){.identity = k->identity, .address = k->address, .stream = TT_NO_STREAM};
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
    s->device = (uint32_t)((size_t)((const uint8_t *)device - d->devices.base) / d->devices.piece);
    s->next = device->stream;
    device->stream = i;
    device->n_streams++; /* at most TT_DEVICE_STREAMS + 1 */
    *is_new = true;
    return i;
}
