/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Gathers lines into a block and writes it whole. Owns its descriptor. SIGPIPE is expected to be
 * ignored by the program, so that a closed pipe is an error code here.
 */
#include "output/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK (1u << 20)

struct tt_lines {
    int fd;
    bool append;
    enum tt_lines_state state;
    int error; /* errno of the failed write */
    uint64_t written, dropped;
    size_t n;
    char path[4096];
    uint8_t block[BLOCK];
};

static int open_path(const char *path, bool append)
{
    if (strcmp(path, "-") == 0) {
        return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    }
    return open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC), 0640);
}

static bool cannot_open(struct tt_error *error, const char *path, int code)
{
    tt_fail(error, "cannot write it: %s", strerror(code));
    tt_fail_at(error, path, 0, 0);
    return tt_fail_fix(error, "%s",
                       code == ENOENT   ? "make the folder first"
                       : code == EACCES ? "choose a place that you may write to"
                                        : "choose another path");
}

struct tt_lines *tt_lines_open(const char *path, bool append, struct tt_error *error)
{
    struct tt_lines *l = malloc(sizeof *l);
    size_t n = strlen(path);
    if (!l || n >= sizeof l->path) {
        tt_fail(error, l ? "path is too long: %.60s…" : "no memory to write %.60s", path);
        free(l);
        return NULL;
    }
    memset(l, 0, offsetof(struct tt_lines, block));
    memcpy(l->path, path, n);
    l->append = append;
    l->fd = open_path(path, append);
    if (l->fd < 0) {
        cannot_open(error, path, errno);
        free(l);
        return NULL;
    }
    return l;
}

static bool put(struct tt_lines *l, const uint8_t *p, size_t n)
{
    while (n) {
        ssize_t k = write(l->fd, p, n);
        if (k < 0 && errno == EINTR) {
            continue;
        }
        if (k <= 0) {
            l->error = k < 0 ? errno : EIO;
            l->state = l->error == EPIPE ? TT_LINES_CLOSED_PIPE : TT_LINES_FAILED;
            l->dropped += n;
            return false;
        }
        p += k;
        n -= (size_t)k;
        l->written += (uint64_t)k;
    }
    return true;
}

bool tt_lines_flush(struct tt_lines *l)
{
    size_t n = l->n;
    l->n = 0;
    return l->state == TT_LINES_GOOD && put(l, l->block, n);
}

bool tt_lines_write(struct tt_lines *l, const void *octets, size_t n)
{
    if (l->state != TT_LINES_GOOD) {
        l->dropped += n;
        return false;
    }
    if (n > BLOCK - l->n && !tt_lines_flush(l)) {
        l->dropped += n;
        return false;
    }
    if (n > BLOCK) {
        return put(l, octets, n);
    }
    memcpy(l->block + l->n, octets, n);
    l->n += n;
    return true;
}

bool tt_lines_reopen(struct tt_lines *l, struct tt_error *error)
{
    tt_lines_flush(l);
    int fd = open_path(l->path, true);
    if (fd < 0) {
        return cannot_open(error, l->path, errno);
    }
    close(l->fd);
    l->fd = fd;
    l->state = TT_LINES_GOOD;
    return true;
}

enum tt_lines_state tt_lines_state(const struct tt_lines *l, struct tt_error *error)
{
    if (l->state == TT_LINES_FAILED && error) {
        tt_fail(error, "writing failed after %llu octets: %s", (unsigned long long)l->written,
                strerror(l->error));
        tt_fail_at(error, l->path, 0, 0);
        tt_fail_fix(error, "%s",
                    l->error == ENOSPC ? "the disk is full: make room, or write elsewhere" : "");
    }
    return l->state;
}

uint64_t tt_lines_dropped(const struct tt_lines *l)
{
    return l->dropped;
}

void tt_lines_close(struct tt_lines *l)
{
    if (l) {
        tt_lines_flush(l);
        close(l->fd);
        free(l);
    }
}
