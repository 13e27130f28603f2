/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The device shard fed with arbitrary samples, windows and facts, as a damaged or hostile bus
 * would; and payload shapes, whose fast count must equal the table's. Nothing may crash, every
 * finding must be whole, and small tables must hold.
 */
#include "device/device.h"
#include "device/shape.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool ok)
{
    if (!ok) {
        abort();
    }
}

static void finding(void *ctx, const struct tt_finding *f)
{
    (void)ctx;
    need(f->detector && f->severity <= TT_CRITICAL);
    need(isfinite(f->confidence) && f->confidence >= 0 && f->confidence <= 1);
    need(isfinite(f->observed) && isfinite(f->expected));
    need(memchr(f->device, 0, sizeof f->device) && memchr(f->client_id, 0, sizeof f->client_id));
    need(memchr(f->stream, 0, sizeof f->stream) && memchr(f->unit, 0, sizeof f->unit) &&
         memchr(f->id, 0, sizeof f->id));
    need(f->n_limits <= TT_FINDING_LIMITS && f->n_packets <= TT_FINDING_PACKETS &&
         f->n_nots <= TT_FINDING_NOTS);
    for (unsigned i = 0; i < f->n_nots; i++) {
        need(memchr(f->nots[i], 0, sizeof f->nots[i]) != NULL);
    }
}

static void shapes(const uint8_t *p, uint32_t n)
{
    struct tt_sample s = {0};
    tt_payload_shape((struct tt_bytes){p, n}, &s);
    need(s.format <= TT_FORMAT_BINARY && s.length == n);
    if (n) {
        uint16_t classes[TT_BYTE_CLASSES];
        uint32_t looked = n < TT_SHAPE_OCTETS ? n : TT_SHAPE_OCTETS, sum = 0;
        tt_shape_count_table(p, looked, classes);
        need(memcmp(classes, s.classes, sizeof classes) == 0);
        for (int i = 0; i < TT_BYTE_CLASSES; i++) {
            sum += classes[i];
        }
        need(sum == looked);
    }
}

static void tell(struct tt_shard *sh, const struct tt_sample *m)
{
    uint32_t hint;
    tt_shard_fetch(sh, &m, 1, &hint);
    tt_shard_sample(sh, m, m->packet & 1 ? hint : 0);
}

/* Takes n octets of the input into *to; what is missing stays as it is. */
static void take(const uint8_t **p, const uint8_t *end, void *to, size_t n)
{
    size_t left = (size_t)(end - *p);
    n = n < left ? n : left;
    memcpy(to, *p, n);
    *p += n;
}

/* Samples and a window made from few octets: close to what workers send, so that models get past
 * learning. */
static void usual(struct tt_shard *sh, const uint8_t x[4], int64_t *time, uint64_t *packet)
{
    struct tt_sample m = {.stream = x[0] >> 4, .length = x[1], .protocol = x[0] & 1};
    m.device.address.b[15] = x[0] & 3;
    m.device.identity = x[0] >> 2 & 3;
    m.time = *time += (int64_t)(x[2] + 1) * 1000000 << (x[3] & 15);
    m.classes[x[1] >> 5] = x[2];
    m.classes[TT_CLASS_DIGIT] = 8;
    for (unsigned i = 0; i < 1 + (x[1] & 15U); i++) {
        m.packet = ++*packet;
        tell(sh, &m);
    }
    if (x[1] & 16) {
        struct tt_window w = {
            .device = m.device, .stream = m.stream, .messages = x[3], .others = 1};
        w.first_packet = w.last_packet = *packet;
        w.first_time = w.last_time = *time;
        tt_shard_window(sh, &w);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *p = data, *end = data + size;
    shapes(data, (uint32_t)size);
    struct tt_shard_options o = {.max_devices = 8, .max_streams = 16, .self = true};
    struct tt_shard *sh = tt_shard_new(&o, finding, NULL);
    need(sh != NULL);
    int64_t time = 1750000000000000000LL;
    uint64_t packet = 0;
    while (p < end) {
        uint8_t op = *p++;
        if (op < 128) {
            uint8_t x[4] = {0};
            take(&p, end, x, sizeof x);
            usual(sh, x, &time, &packet);
        } else if (op < 144) {
            struct tt_sample m;
            memset(&m, op, sizeof m);
            take(&p, end, &m, sizeof m);
            tell(sh, &m);
        } else if (op < 160) {
            struct tt_window w;
            memset(&w, op, sizeof w);
            take(&p, end, &w, sizeof w);
            tt_shard_window(sh, &w);
        } else if (op < 192) {
            struct tt_fact f;
            memset(&f, op, sizeof f);
            take(&p, end, &f, sizeof f);
            tt_shard_fact(sh, &f);
        } else {
            int64_t second = op < 224 ? time / 1000000000 : INT64_MIN;
            take(&p, end, &second, op < 224 ? 0 : sizeof second);
            tt_shard_tick(sh, second, packet);
        }
    }
    tt_shard_end(sh, packet);
    struct tt_device_row row;
    uint32_t n = 0;
    while (tt_shard_device(sh, n, &row)) {
        need(strlen(row.id) < 160 && isfinite(row.period_s));
        n++;
    }
    need(n <= 8);
    tt_shard_free(sh);
    return 0;
}
