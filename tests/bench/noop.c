/* SPDX-License-Identifier: BSD-3-Clause
 *
 * noop FILE - libpcap's pcap_loop with a callback that counts: the least that any program which
 * reads a capture through libpcap pays for each packet. The measure of `make bench`.
 */
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>

static void count(u_char *user, const struct pcap_pkthdr *header, const u_char *octets)
{
    (void)header;
    (void)octets;
    ++*(uint64_t *)(void *)user;
}

int main(int argc, char **argv)
{
    char error[PCAP_ERRBUF_SIZE];
    pcap_t *p = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;
    if (!p) {
        fprintf(stderr, "usage: noop FILE (%s)\n", argc == 2 ? error : "no file");
        return 2;
    }
    _Alignas(8) uint64_t packets = 0;
    int result = pcap_loop(p, -1, count, (u_char *)&packets);
    pcap_close(p);
    printf("%llu\n", (unsigned long long)packets);
    return result == 0 ? 0 : 3;
}
