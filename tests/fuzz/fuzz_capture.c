/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Capture files of any octets, in memory behind /dev/fd: formats, gzip, zstd, damage. The first
 * octet chooses whether there is a filter.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct tt_block *b)
{
    for (uint32_t i = 0; i < b->n_packets; i++) {
        const struct tt_packet *k = &b->packets[i];
        if (k->frame < b->octets || k->captured > TT_BLOCK_ROOM ||
            k->captured > (size_t)(b->octets + TT_BLOCK_ROOM - k->frame) || k->time < 0 ||
            k->length < k->captured || (i && k->number <= b->packets[i - 1].number)) {
            abort();
        }
    }
    for (uint32_t i = 0; i < b->n_ticks; i++) {
        if (b->ticks[i].index >= b->n_packets ||
            (i && b->ticks[i].second <= b->ticks[i - 1].second)) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) {
        return 0;
    }
    int fd = memfd_create("capture", 0);
    if (fd < 0 || write(fd, data + 1, size - 1) != (ssize_t)(size - 1)) {
        abort();
    }
    char path[32];
    (void)snprintf(path, sizeof path, "/dev/fd/%d", fd);
    const char *paths[] = {path, NULL};
    struct tt_source_options o = {.paths = paths, .bpf = data[0] & 1 ? "udp or vlan" : NULL};
    struct tt_error e;
    struct tt_source *s = tt_source_open(&o, &e);
    if (s) {
        struct tt_block *b = tt_block_new();
        int64_t until;
        if (data[0] & 2) {
            (void)tt_source_share(s, 30, &until);
        }
        uint64_t packets = 0;
        while (tt_source_read(s, b) != TT_SOURCE_END) {
            check(b);
            packets += b->n_packets;
        }
        uint32_t n;
        const struct tt_input *in = tt_source_inputs(s, &n);
        if (n != 1 || in[0].packets < packets) {
            abort();
        }
        tt_block_free(b);
        tt_source_close(s);
    } else if (!e.what[0]) {
        abort();
    }
    close(fd);
    return 0;
}
