/* SPDX-License-Identifier: BSD-3-Clause
 *
 * measure PROGRAM ARGUMENTS… - runs it with its output thrown away and prints what it cost: CPU µs
 * of the program and of the kernel for it, and its largest resident memory in KiB (getrusage(2)).
 * Ends as the program did.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static long long microseconds(const struct timeval *t)
{
    return (long long)t->tv_sec * 1000000 + t->tv_usec;
}

int main(int argc, char **argv)
{
    int status, null = open("/dev/null", O_WRONLY);
    struct rusage used;
    pid_t child = argc > 1 ? fork() : -1;
    if (child == 0) {
        dup2(null, STDOUT_FILENO);
        execvp(argv[1], argv + 1);
        perror(argv[1]);
        return 127;
    }
    if (child < 0 || wait4(child, &status, 0, &used) != child) {
        fprintf(stderr, "usage: measure PROGRAM ARGUMENTS…\n");
        return 2;
    }
    printf("%lld %lld %ld\n", microseconds(&used.ru_utime), microseconds(&used.ru_stime),
           used.ru_maxrss);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
