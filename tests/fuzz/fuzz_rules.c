/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The rule reader and the matcher: what comes before the first octet 0 is a rule file, what follows
 * is met by its rules as an MQTT packet, as two chunks of a stream and as a datagram. Finds
 * crashes, leaks and endless loops; judges nothing.
 */
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/registry.h"
#include "rules/rules.h"

static const char *variable(void *ctx, const char *name, bool port)
{
    (void)ctx;
    if (strcmp(name, "LOOP") == 0) {
        return "[$LOOP,!$LOOP]";
    }
    return port ? "[80,1000:2000]" : "[10.0.0.0/8,!10.1.0.0/16]";
}

static void hit(void *ctx, const struct tt_hit *h)
{
    *(size_t *)ctx += strlen(h->rule->msg);
}

static void message(struct tt_matcher *m, struct tt_flow *flow, const struct tt_packet *packet,
                    struct tt_bytes b)
{
    static struct tt_msg msg;
    static struct tt_field_hot hot[TT_FIELDS_MAX];
    static uint64_t state[(UINT16_MAX + 1) / 8]; /* any state_size */
    struct tt_tx tx = {0};
    for (unsigned i = 0; tt_registry_dissectors[i]; i++) {
        const struct tt_dissector *d = tt_registry_dissectors[i];
        memset(state, 0, sizeof state);
        tt_fields_hot(d, hot);
        for (unsigned k = 0; k < 2; k++) {
            tt_msg_reset(&msg, d, hot, b, (enum tt_direction)k);
            struct tt_reader r = tt_reader_over(b);
            if (d->parse(state, &r, &msg)) {
                msg.tx_role = (uint8_t)(b.n % 4);
                tt_matcher_message(m, flow, &tx, &msg, packet);
            }
        }
    }
}

static void octets(struct tt_matcher *m, struct tt_bytes b)
{
    struct tt_flow flow = {.key = {.low_port = 40000, .high_port = 1883, .protocol = 6},
                           .ip_version = 4};
    struct tt_packet packet = {.number = 1,
                               .flags = TT_PACKET_IP | TT_PACKET_TRANSPORT,
                               .protocol = 17,
                               .ip_version = 4,
                               .payload = b.p,
                               .payload_length = b.n};
    message(m, &flow, &packet, b);
    packet.number++;
    tt_matcher_stream(m, &flow, TT_TO_SERVER, (struct tt_bytes){b.p, b.n / 2}, &packet);
    packet.number++;
    tt_matcher_stream(m, &flow, TT_TO_SERVER, (struct tt_bytes){b.p + b.n / 2, b.n - b.n / 2},
                      &packet);
    packet.number++;
    tt_matcher_packet(m, &flow, TT_TO_SERVER, &packet);
    tt_matcher_packet(m, NULL, TT_TO_SERVER, &packet);
    tt_matcher_event(m, NULL, TT_TO_SERVER, "decode-event", "decoder.ipv4.trunc_pkt", &packet);
    tt_matcher_end(m, &flow);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static int fd = -1;
    static char path[64];
    if (fd < 0) {
        fd = memfd_create("rules", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    const uint8_t *cut = n ? memchr(p, 0, n) : NULL;
    size_t rules = cut ? (size_t)(cut - p) : n;
    if (ftruncate(fd, 0) != 0 || pwrite(fd, p, rules, 0) != (ssize_t)rules) {
        return 0;
    }
    const char *files[] = {path, NULL};
    struct tt_rules_options o = {.files = files, .variable = variable};
    struct tt_error e;
    struct tt_ruleset *set = tt_ruleset_new(&o, &e);
    if (!set) {
        return 0;
    }
    size_t seen = 0;
    struct tt_matcher *m = tt_matcher_new(set, hit, &seen);
    if (cut) {
        octets(m, (struct tt_bytes){cut + 1, (uint32_t)(n - rules - 1)});
    }
    tt_matcher_free(m);
    tt_ruleset_free(set);
    return 0;
}
