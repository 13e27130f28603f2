/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Random connections that tests/evasion/storm.py plays to the kernel's own stack: decode and stream
 * together must read, octet by octet, what the listening application read. Skipped where no kernel
 * can be played to (no root, no /dev/net/tun). By hand: test_kernel SEED NUMBER [KIND].
 */
#include "rig.h"

#include <string.h>
#include <unistd.h>

#include "decode/decode.h"
#include "telltale/block.h"

#define SERVER_PORT 1883
#define FRAME_HEAD  16 /* of a record in the capture */

static const char *args[3] = {"1", "240", ""};

struct capture {
    struct rig rig;
    struct tt_decoder *decoder;
    struct tt_block *block;
    struct tt_address client;
    bool known;
};

static uint32_t le32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* One frame on its way: decoder, direction by port, stream; a new connection begins a new flow. */
static void take(struct capture *c, const uint8_t *frame, uint32_t n, int64_t time, uint64_t number)
{
    tt_block_reset(c->block);
    struct tt_packet *k = &c->block->packets[0];
    *k = (struct tt_packet){
        .frame = frame, .captured = n, .length = n, .time = time, .number = number, .link_type = 1};
    c->block->n_packets = 1;
    tt_decode_block(c->decoder, c->block);
    if (!(k->flags & TT_PACKET_TRANSPORT) || k->protocol != 6) {
        return;
    }
    int dir = k->dport == SERVER_PORT ? TT_TO_SERVER : TT_TO_CLIENT;
    if (!rig_give(&c->rig, dir, k)) {
        uint32_t had = c->rig.n[0]; /* what waits behind a hole at the end, nobody read */
        tt_stream_end(c->rig.streams, &c->rig.flow);
        c->rig.n[0] = had;
        memset(&c->rig.flow, 0, sizeof c->rig.flow);
        (void)rig_give(&c->rig, dir, k);
    }
}

static uint8_t *file_octets(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    *n = (size_t)ftell(f);
    rewind(f);
    uint8_t *p = malloc(*n + 1);
    assert_int_equal(fread(p, 1, *n, f), *n);
    p[*n] = 0;
    fclose(f);
    return p;
}

static void replay(struct capture *c, const char *path)
{
    size_t n;
    uint8_t *p = file_octets(path, &n);
    uint64_t number = 0;
    for (size_t at = 24; at + FRAME_HEAD <= n;) {
        uint32_t length = le32(p + at + 8);
        int64_t time = (int64_t)le32(p + at) * 1000000000 + le32(p + at + 4);
        assert_true(length <= n - at - FRAME_HEAD);
        uint8_t *exact = malloc(length);
        memcpy(exact, p + at + FRAME_HEAD, length);
        take(c, exact, length, time, ++number);
        free(exact);
        at += FRAME_HEAD + length;
    }
    free(p);
}

static unsigned nibble(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a' + 10);
}

/* True when the same was read. hex: what the application read. */
static bool same_as(const struct capture *c, const char *name, const char *hex)
{
    uint32_t n = (uint32_t)strlen(hex) / 2, i = 0;
    while (i < n && i < c->rig.n[0] &&
           c->rig.read[0][i] == (nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]))) {
        i++;
    }
    if (i == n && c->rig.n[0] == n) {
        return true;
    }
    print_error("%s: the application read %u octets, the stream %u; they differ at %u\n", name, n,
                c->rig.n[0], i);
    return false;
}

static bool one_capture(const char *folder, const char *name, const char *hex)
{
    char path[512];
    struct capture c = {.block = tt_block_new()};
    struct tt_decode_options o = {.checksums = true};
    c.decoder = tt_decoder_new(&o);
    rig_open(&c.rig, (struct tt_stream_options){0});
    snprintf(path, sizeof path, "%s/%s", folder, name);
    replay(&c, path);
    bool same = same_as(&c, name, hex);
    rig_close(&c.rig);
    tt_decoder_free(c.decoder);
    tt_block_free(c.block);
    return same;
}

static void as_the_kernel(void **state)
{
    (void)state;
    char folder[256], command[800], table[300];
    const char *root = getenv("TT_ROOT"), *tmp = getenv("TT_TMP");
    snprintf(folder, sizeof folder, "%s/storm-%ld", tmp ? tmp : "/tmp", (long)getpid());
    snprintf(command, sizeof command, "python3 '%s/tests/evasion/storm.py' '%s' %s %s %s 2>&1",
             root ? root : ".", folder, args[0], args[1], args[2]);
    int code = system(command); /* NOLINT: a test runs a script of this repository */
    if (code != 0) {
        assert_int_equal(code, 3 << 8);
        skip();
    }
    snprintf(table, sizeof table, "%s/read.tsv", folder);
    size_t n;
    char *lines = (char *)file_octets(table, &n), *rest = lines;
    uint32_t all = 0, same = 0;
    for (char *name; (name = strsep(&rest, "\n")) && *name; all++) {
        char *hex = strchr(name, '\t');
        assert_non_null(hex);
        *hex++ = 0;
        same += one_capture(folder, name, hex);
    }
    free(lines);
    if (same == all) {
        snprintf(command, sizeof command, "rm -rf '%s'", folder);
        assert_int_equal(system(command), 0); /* NOLINT */
    }
    assert_true(all > 0);
    assert_int_equal(same, all);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc && i < 4; i++) {
        args[i - 1] = argv[i];
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_the_kernel)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
