/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A subcommand: one file cmd_<name>.c that defines struct tt_command
 * tt_command_<name>. Only main.c exits.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

enum tt_exit {
    TT_EXIT_CLEAN = 0,
    TT_EXIT_ALERTS = 1,
    TT_EXIT_USAGE = 2,
    TT_EXIT_UNREADABLE = 3,
    TT_EXIT_LOSSY = 4
};

struct tt_command {
    const char *name;
    const char *doc;                   /* one line */
    const char *usage;                 /* arguments and options, several lines */
    int (*run)(int argc, char **argv); /* argv[0] is the command's name; returns enum tt_exit */
};

/* "telltale: error text" on stderr. */
void tt_complain(const struct tt_error *e);

/* One flag of a command line. apply: value is NULL for flags without one; false sets *e. */
struct tt_flag {
    char letter;          /* 0 = none */
    const char *name;     /* without -- */
    const char *argument; /* NULL = takes none */
    bool (*apply)(void *ctx, const char *value, struct tt_error *e);
};

/* Calls apply for each flag and `word` for everything else ("--" ends flags; -xVALUE,
 * --name=VALUE and separate values work). An unknown flag is an error with the nearest name.
 * flags end with name NULL. */
bool tt_flags_parse(int argc, char **argv, const struct tt_flag *flags,
                    bool (*word)(void *ctx, const char *value, struct tt_error *e), void *ctx,
                    struct tt_error *e);

/* Is stream a terminal, and may colour be used there (NO_COLOR, TERM=dumb)? */
bool tt_is_terminal(int fd);
bool tt_use_colour(int fd, bool no_color);
uint32_t tt_terminal_width(int fd); /* 0 = not a terminal */

#endif
