/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The program: finds the subcommand and hands it its arguments. The only
 * place that ends the process.
 */
#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/registry.h"
#include "cli/command.h"

static const struct tt_command *find(const char *name)
{
    for (unsigned i = 0; tt_registry_commands[i]; i++) {
        if (strcmp(tt_registry_commands[i]->name, name) == 0) {
            return tt_registry_commands[i];
        }
    }
    return NULL;
}

static int help(FILE *out)
{
    fprintf(out,
            "telltale %s - sees what machines say to each other, and notices when one stops being "
            "itself\n\n"
            "usage: telltale COMMAND [ARGUMENTS]     telltale COMMAND --help\n"
            "       telltale -r FILE [-S RULES] [-l DIR]     as `telltale read`\n\n",
            TT_VERSION);
    for (unsigned i = 0; tt_registry_commands[i]; i++) {
        fprintf(out, "  %-10s %s\n", tt_registry_commands[i]->name, tt_registry_commands[i]->doc);
    }
    fprintf(out, "\nexit codes: 0 clean, 1 alerts at or above --fail-on, 2 usage, configuration or "
                 "rule error,\n"
                 "            3 input unreadable, 4 completed but lossy (damage, full disk, a "
                 "limit was hit)\n");
    return out == stdout ? TT_EXIT_CLEAN : TT_EXIT_USAGE;
}

static int unknown(const char *name)
{
    const char *names[64];
    unsigned n = 0;
    while (n < 63 && tt_registry_commands[n]) {
        names[n] = tt_registry_commands[n]->name;
        n++;
    }
    names[n] = NULL;
    struct tt_error e;
    const char *near = tt_nearest(name, names);
    tt_fail(&e, "unknown command '%s'", name);
    if (near) {
        tt_fail_fix(&e, "did you mean '%s'?", near);
    } else {
        tt_fail_fix(&e,
                    "telltale --help lists the commands; to analyse a capture: telltale read FILE");
    }
    tt_complain(&e);
    return TT_EXIT_USAGE;
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        return help(stderr);
    }
    const char *first = argv[1];
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0 || strcmp(first, "help") == 0) {
        return help(stdout);
    }
    if (strcmp(first, "--version") == 0 || strcmp(first, "-V") == 0) {
        printf("telltale %s\n", TT_VERSION);
        return TT_EXIT_CLEAN;
    }
    bool habit = first[0] == '-'; /* Suricata's command line: no subcommand */
    bool live = false;
    for (int i = 1; habit && i < argc; i++) {
        live |= strncmp(argv[i], "-i", 2) == 0;
    }
    const struct tt_command *c = find(habit ? (live ? "watch" : "read") : first);
    if (!c) {
        return unknown(first);
    }
    int shift = habit ? 0 : 1;
    for (int i = 1 + shift; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || (strcmp(argv[i], "-h") == 0 && i == 1 + shift)) {
            printf("telltale %s - %s\n\nusage: telltale %s %s\n", c->name, c->doc, c->name,
                   c->usage);
            return TT_EXIT_CLEAN;
        }
        if (strcmp(argv[i], "--") == 0) {
            break;
        }
    }
    return c->run(argc - shift, argv + shift);
}

/* A closed pipe is the reader's right; anything else that stdout could not take is a loss. */
static int with_output(int code)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout)) {
        return code;
    }
    int why = errno;
    struct pollfd out = {.fd = STDOUT_FILENO};
    if (why == EPIPE || (poll(&out, 1, 0) == 1 && (out.revents & POLLERR))) {
        return code;
    }
    struct tt_error e;
    tt_fail(&e, "standard output could not take everything%s%s", why ? ": " : "",
            why ? strerror(why) : "");
    tt_fail_fix(&e, "free space there, or write somewhere else");
    tt_complain(&e);
    return code == TT_EXIT_CLEAN || code == TT_EXIT_ALERTS ? TT_EXIT_LOSSY : code;
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    signal(SIGPIPE, SIG_IGN);
    return with_output(run(argc, argv));
}
