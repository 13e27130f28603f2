/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Hashing: keyed where an attacker chooses the input of a table (flow and device tables), fixed
 * where the value is an id that must be the same everywhere (streams, identities, flow ids).
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t tt_load64(const void *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* One 64×64→128 multiply folded to 64 bits (wyhash's mixing step). */
static inline uint64_t tt_mum(uint64_t a, uint64_t b)
{
    __uint128_t r = (__uint128_t)a * b;
    return (uint64_t)r ^ (uint64_t)(r >> 64);
}

/* XXH3 of n octets, seed 0 for ids, a secret for tables. */
uint64_t tt_hash_bytes(const void *p, size_t n, uint64_t seed);

/* Eight random octets from the kernel, for live tables; `read` uses a
 * constant so that runs repeat. */
uint64_t tt_hash_secret(void);

/* SHA-1 (sha1.c) and SHA-256 (libmd). */
void tt_sha1(const void *p, size_t n, uint8_t out[20]);
void tt_sha256(const void *p, size_t n, uint8_t out[32]);

/* Standard base64 with padding; out holds at least (n + 2) / 3 * 4 octets; returns that length. */
size_t tt_base64(char *out, const void *p, size_t n);

#endif
