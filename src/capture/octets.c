/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Owns the file descriptor of a capture. Looks at the first octets once, to see whether gzip or
 * zstd is around the capture; they are handed out again afterwards, so that pipes work as files do.
 * Never seeks and never knows a capture format.
 */
#include "capture/octets.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SNIFF 4 /* octets that tell gzip and zstd */

static bool open_failed(const char *path, struct tt_error *e)
{
    int why = errno;
    switch (why) {
    case ENOENT:
        tt_fail(e, "no such file");
        tt_fail_fix(e, "check the path");
        break;
    case EACCES:
    case EPERM:
        tt_fail(e, "no permission to read it");
        tt_fail_fix(e, "run as a user who may, or chmod +r");
        break;
    default:
        tt_fail(e, "cannot be opened: %s", strerror(why));
        break;
    }
    return tt_fail_at(e, path, 0, 0);
}

/* Reads until SNIFF octets are there or the file ends. */
static bool read_head(struct tt_octets *o, const char *path, struct tt_error *e)
{
    while (o->n_head < SNIFF) {
        ssize_t n = read(o->fd, o->head + o->n_head, sizeof o->head - o->n_head);
        if (n == 0) {
            break;
        }
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            tt_fail(e, "cannot be read: %s", strerror(errno));
            return tt_fail_at(e, path, 0, 0);
        }
        o->n_head += (uint32_t)n;
    }
    return true;
}

/* What the first octets ask for; also a skippable frame, with which zstd files may begin. */
static bool unpacker(struct tt_octets *o)
{
    const uint8_t *h = o->head;
    if (o->n_head >= 2 && h[0] == 0x1f && h[1] == 0x8b) {
        o->gzip = tt_gzip_new();
        return o->gzip != NULL;
    }
    static const uint8_t frame[] = {0x28, 0xb5, 0x2f, 0xfd}, skippable[] = {0x2a, 0x4d, 0x18};
    if (o->n_head >= 4 && (memcmp(h, frame, sizeof frame) == 0 ||
                           (h[0] >> 4 == 5 && memcmp(h + 1, skippable, sizeof skippable) == 0))) {
        o->zstd = tt_zstd_new();
        return o->zstd != NULL;
    }
    return true;
}

bool tt_octets_open(struct tt_octets *o, const char *path, struct tt_error *e)
{
    *o = (struct tt_octets){.fd = -1};
    if (strcmp(path, "-") == 0) {
        o->fd = STDIN_FILENO;
    } else {
        o->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        o->owned = true;
    }
    if (o->fd < 0) {
        return open_failed(path, e);
    }
    struct stat st;
    /* Standard input is read once, from where it stands, whatever is behind it. */
    if (o->owned && fstat(o->fd, &st) == 0 && S_ISREG(st.st_mode)) {
        o->regular = true;
        (void)posix_fadvise(o->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    }
    if (!read_head(o, path, e)) {
        tt_octets_close(o);
        return false;
    }
    if (!unpacker(o)) {
        tt_octets_close(o);
        tt_fail(e, "no memory for unpacking");
        return tt_fail_at(e, path, 0, 0);
    }
    return true;
}

int64_t tt_octets_read_plain(struct tt_octets *o, void *to, size_t n, struct tt_error *e)
{
    if (o->head_used < o->n_head) {
        uint32_t left = o->n_head - o->head_used;
        size_t k = n < left ? n : left;
        memcpy(to, o->head + o->head_used, k);
        o->head_used += (uint32_t)k;
        return (int64_t)k;
    }
    if (o->fd < 0) {
        return TT_OCTETS_END;
    }
    ssize_t got = read(o->fd, to, n);
    if (got >= 0) {
        return got;
    }
    if (errno == EINTR) {
        return TT_OCTETS_INTERRUPTED;
    }
    tt_fail(e, "cannot be read: %s", strerror(errno));
    return TT_OCTETS_FAILED;
}

int64_t tt_octets_read(struct tt_octets *o, void *to, size_t n, struct tt_error *e)
{
    if (o->gzip) {
        return tt_gzip_read(o->gzip, o, to, n, e);
    }
    if (o->zstd) {
        return tt_zstd_read(o->zstd, o, to, n, e);
    }
    return tt_octets_read_plain(o, to, n, e);
}

void tt_octets_close(struct tt_octets *o)
{
    if (o->fd >= 0 && o->owned) {
        close(o->fd);
    }
    o->fd = -1;
    tt_gzip_free(o->gzip);
    o->gzip = NULL;
    tt_zstd_free(o->zstd);
    o->zstd = NULL;
}
