/* SPDX-License-Identifier: BSD-3-Clause
 *
 * XXH3 (compiled in from Debian's header), SHA-256 of libmd, base64 (RFC 4648 section 4),
 * and the secret that keys tables against chosen input. Owns no state.
 */
#include "base/hash.h"

#include <sys/types.h>

#include <sha2.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t tt_hash_bytes(const void *p, size_t n, uint64_t seed)
{
    return XXH3_64bits_withSeed(n ? p : "", n, seed);
}

uint64_t tt_hash_secret(void)
{
    uint64_t v = 0;
    if (getrandom(&v, sizeof v, 0) == (ssize_t)sizeof v) {
        return v;
    }
    /* A kernel without getrandom(2): weaker, but not the same for everybody. */
    struct timespec now = {0, 0};
    clock_gettime(CLOCK_REALTIME, &now);
    return tt_mum((uint64_t)now.tv_nsec ^ 0x9e3779b97f4a7c15U,
                  (uint64_t)now.tv_sec ^ ((uint64_t)getpid() << 40) ^ 0xd1b54a32d192ed03U);
}

void tt_sha256(const void *p, size_t n, uint8_t out[32])
{
    SHA2_CTX state;
    SHA256Init(&state);
    SHA256Update(&state, n ? p : "", n);
    SHA256Final(out, &state);
}

size_t tt_base64(char *out, const void *p, size_t n)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint8_t *s = p;
    char *o = out;
    for (; n >= 3; n -= 3, s += 3, o += 4) {
        uint32_t v = (uint32_t)s[0] << 16 | (uint32_t)s[1] << 8 | s[2];
        o[0] = digit[v >> 18];
        o[1] = digit[v >> 12 & 63];
        o[2] = digit[v >> 6 & 63];
        o[3] = digit[v & 63];
    }
    if (n) {
        uint32_t v = (uint32_t)s[0] << 16 | (n == 2 ? (uint32_t)s[1] << 8 : 0);
        o[0] = digit[v >> 18];
        o[1] = digit[v >> 12 & 63];
        o[2] = n == 2 ? digit[v >> 6 & 63] : '=';
        o[3] = '=';
        o += 4;
    }
    return (size_t)(o - out);
}
