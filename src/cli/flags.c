/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Command lines: flags from a table, errors with the nearest name, and what is known of the
 * terminal. Keeps nothing.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/command.h"

#define FLAGS_MAX 64

void tt_complain(const struct tt_error *e)
{
    char text[1400];
    tt_error_text(e, text, sizeof text);
    fprintf(stderr, "telltale: %s\n", text);
}

static bool unknown(const struct tt_flag *flags, const char *given, struct tt_error *e)
{
    const char *names[FLAGS_MAX + 1];
    unsigned n = 0;
    for (const struct tt_flag *f = flags; f->name && n < FLAGS_MAX; f++) {
        names[n++] = f->name;
    }
    names[n] = NULL;
    char word[64];
    snprintf(word, sizeof word, "%s", given + (given[1] == '-' ? 2 : 1));
    word[strcspn(word, "=")] = 0;
    const char *near = given[1] == '-' ? tt_nearest(word, names) : NULL;
    tt_fail(e, "unknown option %s", given);
    return near ? tt_fail_fix(e, "did you mean --%s?", near)
                : tt_fail_fix(e, "--help lists the options");
}

static const struct tt_flag *find(const struct tt_flag *flags, const char *arg, const char **value)
{
    *value = NULL;
    for (const struct tt_flag *f = flags; f->name; f++) {
        size_t n = strlen(f->name);
        if (arg[1] == '-' && strncmp(arg + 2, f->name, n) == 0 &&
            (arg[2 + n] == 0 || arg[2 + n] == '=')) {
            *value = arg[2 + n] ? arg + 3 + n : NULL;
            return f;
        }
        if (arg[1] != '-' && f->letter && arg[1] == f->letter && (f->argument || !arg[2])) {
            *value = arg[2] ? arg + 2 : NULL;
            return f;
        }
    }
    return NULL;
}

bool tt_flags_parse(int argc, char **argv, const struct tt_flag *flags,
                    bool (*word)(void *ctx, const char *value, struct tt_error *e), void *ctx,
                    struct tt_error *e)
{
    bool only_words = false;
    for (int i = 1; i < argc; i++) {
        const char *arg = argv[i], *value;
        if (only_words || arg[0] != '-' || !arg[1]) {
            if (!word(ctx, arg, e)) {
                return false;
            }
            continue;
        }
        if (strcmp(arg, "--") == 0) {
            only_words = true;
            continue;
        }
        const struct tt_flag *f = find(flags, arg, &value);
        if (!f) {
            return unknown(flags, arg, e);
        }
        if (f->argument && !value) {
            if (i + 1 == argc) {
                tt_fail(e, "option %s needs a value", arg);
                return tt_fail_fix(e, "--%s %s", f->name, f->argument);
            }
            value = argv[++i];
        } else if (!f->argument && value) {
            return tt_fail(e, "option --%s takes no value", f->name);
        }
        if (!f->apply(ctx, value, e)) {
            return false;
        }
    }
    return true;
}

bool tt_is_terminal(int fd)
{
    return isatty(fd) == 1;
}

bool tt_use_colour(int fd, bool no_color)
{
    const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
    return !no_color && !(none && *none) && tt_is_terminal(fd) &&
           !(term && strcmp(term, "dumb") == 0);
}

uint32_t tt_terminal_width(int fd)
{
    struct winsize size;
    if (!tt_is_terminal(fd)) {
        return 0;
    }
    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40 ? size.ws_col : 100;
}
