/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Turns the paths of the command line into the list of files to read. Folders are read one level
 * deep, their regular files sorted by name (octets, no locale). Opens no file.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "capture/input.h"

/* Takes name over; false when there is no memory. */
static bool add(struct tt_paths *p, char *name, bool in_folder)
{
    if (p->n == p->cap) {
        uint32_t cap = p->cap ? p->cap * 2 : 16;
        struct tt_path *row = realloc(p->row, cap * sizeof *row);
        if (!row) {
            free(name);
            return false;
        }
        p->row = row;
        p->cap = cap;
    }
    if (name) {
        p->row[p->n++] = (struct tt_path){name, in_folder};
    }
    return name != NULL;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct tt_path *)a)->name, ((const struct tt_path *)b)->name);
}

static bool add_folder(struct tt_paths *p, const char *path, struct tt_error *e)
{
    DIR *folder = opendir(path);
    if (!folder) {
        tt_fail(e, "folder cannot be read: %s", strerror(errno));
        return tt_fail_at(e, path, 0, 0);
    }
    uint32_t before = p->n;
    size_t length = strlen(path);
    const char *slash = length && path[length - 1] == '/' ? "" : "/";
    bool good = true;
    const struct dirent *entry;
    while (good && (entry = readdir(folder)) != NULL) {
        char *name = NULL;
        if (asprintf(&name, "%s%s%s", path, slash, entry->d_name) < 0) {
            good = false;
            break;
        }
        struct stat st;
        if (stat(name, &st) != 0 || !S_ISREG(st.st_mode)) {
            free(name);
            continue;
        }
        good = add(p, name, true);
    }
    closedir(folder);
    if (!good) {
        return tt_fail(e, "no memory");
    }
    if (p->n == before) {
        tt_fail(e, "folder holds no file");
        return tt_fail_at(e, path, 0, 0);
    }
    qsort(p->row + before, p->n - before, sizeof *p->row, by_name);
    return true;
}

bool tt_paths_expand(struct tt_paths *p, const char *const *given, struct tt_error *e)
{
    for (; given && *given; given++) {
        struct stat st;
        if (strcmp(*given, "-") != 0 && stat(*given, &st) == 0 && S_ISDIR(st.st_mode)) {
            if (!add_folder(p, *given, e)) {
                return false;
            }
        } else if (!add(p, strdup(*given), false)) {
            return tt_fail(e, "no memory");
        }
    }
    if (p->n == 0) {
        tt_fail(e, "no capture is named");
        return tt_fail_fix(e, "name files, folders or - for standard input");
    }
    return true;
}

void tt_paths_free(struct tt_paths *p)
{
    for (uint32_t i = 0; i < p->n; i++) {
        free(p->row[i].name);
    }
    free(p->row);
    *p = (struct tt_paths){0};
}
