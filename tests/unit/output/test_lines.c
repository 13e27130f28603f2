/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lines into files and pipes: blocks, rotation, a full disk (/dev/full), a reader who went
 * away, places that cannot be.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "output/lines.h"

static char folder[] = "/tmp/telltale-lines.XXXXXX";
static char path[64], other[64];

static int setup(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN); /* as the program does */
    if (!mkdtemp(folder)) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/a", folder);
    snprintf(other, sizeof other, "%s/b", folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    unlink(path);
    unlink(other);
    return rmdir(folder);
}

static size_t content(const char *file, char *out, size_t cap)
{
    int fd = open(file, O_RDONLY);
    assert_true(fd >= 0);
    size_t n = 0;
    ssize_t k;
    while (n < cap && (k = read(fd, out + n, cap - n)) > 0) {
        n += (size_t)k;
    }
    close(fd);
    return n;
}

static struct tt_lines *open_or_fail(const char *file, bool append)
{
    struct tt_error error = {0};
    struct tt_lines *l = tt_lines_open(file, append, &error);
    if (!l) {
        fail_msg("%s: %s", file, error.what);
    }
    return l;
}

static void lines_come_in_blocks(void **state)
{
    (void)state;
    char text[64];
    struct tt_lines *l = open_or_fail(path, false);
    assert_true(tt_lines_write(l, "one\n", 4));
    /* not before the block is full or flushed */
    assert_int_equal(content(path, text, sizeof text), 0);
    assert_true(tt_lines_flush(l));
    assert_int_equal(content(path, text, sizeof text), 4);
    assert_true(tt_lines_write(l, "two\n", 4));
    tt_lines_close(l);
    assert_int_equal(content(path, text, sizeof text), 8);
    assert_memory_equal(text, "one\ntwo\n", 8);
}

static void truncates_or_appends(void **state)
{
    (void)state;
    char text[64];
    for (unsigned i = 0; i < 3; i++) {
        struct tt_lines *l = open_or_fail(path, i == 2);
        tt_lines_write(l, "x\n", 2);
        tt_lines_close(l);
        assert_int_equal(content(path, text, sizeof text), i == 2 ? 4 : 2);
    }
    struct stat s;
    assert_int_equal(stat(path, &s), 0);
    assert_int_equal(s.st_mode & 0007, 0); /* records are not for everybody */
}

/* Pieces that fit, that just fill a block of 1 MiB, and one that is larger than a
 * block: order and octets stay. */
static void large_and_small_in_order(void **state)
{
    (void)state;
    enum { MIB = 1 << 20 };
    static const size_t sizes[] = {10, MIB - 10, 1, MIB, 5, MIB + 1, 3, 3 * MIB, 7};
    size_t total = 0;
    char *piece = malloc(3 * MIB), *back;
    struct tt_lines *l = open_or_fail(path, false);
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        memset(piece, 'a' + (int)i, sizes[i]);
        assert_true(tt_lines_write(l, piece, sizes[i]));
        total += sizes[i];
    }
    tt_lines_close(l);
    back = malloc(total + 1);
    assert_int_equal(content(path, back, total + 1), total);
    size_t at = 0;
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (size_t k = 0; k < sizes[i]; k++, at++) {
            if (back[at] != 'a' + (char)i) {
                fail_msg("octet %zu is %c", at, back[at]);
            }
        }
    }
    free(piece);
    free(back);
}

static void rotation(void **state)
{
    (void)state;
    char text[64];
    struct tt_error error = {0};
    struct tt_lines *l = open_or_fail(path, false);
    tt_lines_write(l, "old\n", 4);
    assert_int_equal(rename(path, other), 0);
    assert_true(tt_lines_reopen(l, &error));
    tt_lines_write(l, "new\n", 4);
    tt_lines_close(l);
    assert_int_equal(content(other, text, sizeof text), 4);
    assert_memory_equal(text, "old\n", 4);
    assert_int_equal(content(path, text, sizeof text), 4);
    assert_memory_equal(text, "new\n", 4);
    /* Without a rotation nothing that was written is lost. */
    l = open_or_fail(path, false);
    tt_lines_write(l, "1\n", 2);
    assert_true(tt_lines_reopen(l, &error));
    tt_lines_write(l, "2\n", 2);
    tt_lines_close(l);
    assert_int_equal(content(path, text, sizeof text), 4);
}

static void a_full_disk_is_told(void **state)
{
    (void)state;
    struct tt_error error = {0};
    struct tt_lines *l = open_or_fail("/dev/full", false);
    assert_true(tt_lines_write(l, "x\n", 2));
    assert_int_equal(tt_lines_state(l, NULL), TT_LINES_GOOD);
    assert_false(tt_lines_flush(l));
    assert_int_equal(tt_lines_state(l, &error), TT_LINES_FAILED);
    assert_non_null(strstr(error.what, strerror(ENOSPC)));
    assert_string_equal(error.file, "/dev/full");
    assert_non_null(strstr(error.fix, "disk is full"));
    assert_int_equal(tt_lines_dropped(l), 2);
    assert_false(tt_lines_write(l, "y\n", 2)); /* counted, not tried again */
    assert_false(tt_lines_flush(l));
    assert_int_equal(tt_lines_dropped(l), 4);
    tt_lines_close(l);
    /* A block that fills up fails too, and so does a piece larger than a block. */
    char *piece = calloc(1, (1 << 20) + 1);
    l = open_or_fail("/dev/full", false);
    assert_true(tt_lines_write(l, piece, 1 << 20));
    assert_false(tt_lines_write(l, "z\n", 2));
    assert_int_equal(tt_lines_dropped(l), (1 << 20) + 2);
    tt_lines_close(l);
    l = open_or_fail("/dev/full", false);
    assert_false(tt_lines_write(l, piece, (1 << 20) + 1));
    assert_int_equal(tt_lines_dropped(l), (1 << 20) + 1);
    tt_lines_close(l);
    free(piece);
}

static void a_reader_who_went_away(void **state)
{
    (void)state;
    int ends[2];
    char name[32];
    struct tt_error error = {0};
    assert_int_equal(pipe(ends), 0);
    snprintf(name, sizeof name, "/dev/fd/%d", ends[1]);
    struct tt_lines *l = open_or_fail(name, true);
    tt_lines_write(l, "x\n", 2);
    assert_true(tt_lines_flush(l));
    close(ends[0]);
    tt_lines_write(l, "y\n", 2);
    assert_false(tt_lines_flush(l));
    assert_int_equal(tt_lines_state(l, &error), TT_LINES_CLOSED_PIPE);
    assert_string_equal(error.what, ""); /* the reader has what it wanted: no error */
    assert_false(tt_lines_write(l, "z\n", 2));
    tt_lines_close(l);
    close(ends[1]);
}

static void standard_output_stays_open(void **state)
{
    (void)state;
    char text[16];
    int saved = dup(STDOUT_FILENO), fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    fflush(stdout);
    dup2(fd, STDOUT_FILENO);
    struct tt_lines *l = open_or_fail("-", false);
    tt_lines_write(l, "to stdout\n", 10);
    tt_lines_close(l);
    bool open_still = fcntl(STDOUT_FILENO, F_GETFD) >= 0;
    dup2(saved, STDOUT_FILENO);
    close(saved);
    close(fd);
    assert_true(open_still);
    assert_int_equal(content(path, text, sizeof text), 10);
}

static void places_that_cannot_be(void **state)
{
    (void)state;
    struct tt_error error = {0};
    char deep[80], *longest = malloc(5000);
    snprintf(deep, sizeof deep, "%s/none/x", folder);
    assert_null(tt_lines_open(deep, false, &error));
    assert_non_null(strstr(error.what, strerror(ENOENT)));
    assert_string_equal(error.file, deep);
    assert_non_null(strstr(error.fix, "folder"));
    assert_null(tt_lines_open(folder, false, &error));
    assert_non_null(strstr(error.what, strerror(EISDIR)));
    memset(longest, 'a', 4999);
    longest[4999] = 0;
    assert_null(tt_lines_open(longest, false, &error));
    assert_non_null(strstr(error.what, "too long"));
    free(longest);
    /* A reopening that fails says so and keeps writing to the old file. */
    snprintf(deep, sizeof deep, "%s/d", folder);
    char file[96], text[8];
    snprintf(file, sizeof file, "%s/x", deep);
    assert_int_equal(mkdir(deep, 0700), 0);
    struct tt_lines *l = open_or_fail(file, false);
    assert_int_equal(rename(file, path), 0);
    assert_int_equal(rmdir(deep), 0);
    assert_false(tt_lines_reopen(l, &error));
    assert_true(tt_lines_write(l, "on\n", 3));
    tt_lines_close(l);
    assert_int_equal(content(path, text, sizeof text), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_come_in_blocks),       cmocka_unit_test(truncates_or_appends),
        cmocka_unit_test(large_and_small_in_order),   cmocka_unit_test(rotation),
        cmocka_unit_test(a_full_disk_is_told),        cmocka_unit_test(a_reader_who_went_away),
        cmocka_unit_test(standard_output_stays_open), cmocka_unit_test(places_that_cannot_be),
    };
    return cmocka_run_group_tests_name("lines", tests, setup, teardown);
}
