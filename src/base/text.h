/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Numbers, times and addresses as text and back. Nothing depends on the locale or the time zone.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Each writes at most the named number of octets, no NUL, and returns how many. */
size_t tt_text_uint(char out[20], uint64_t v);
/* RFC 5952; IPv4-mapped as dotted quad */
size_t tt_text_address(char out[46], const uint8_t address[16]);
/* As Suricata writes addresses in EVE: all eight groups of IPv6 in full, so
 * that records of both join. */
size_t tt_text_address_full(char out[46], const uint8_t address[16]);
size_t tt_text_time(char out[32], int64_t ns); /* 2026-11-21T14:02:11.204518+0000 */

/* The same; the text of the second is computed only when it differs from the last one.
 * *cache is zeroed at first. */
struct tt_time_cache {
    int64_t second;
    char text[20]; /* 2026-11-21T14:02:11. */
    bool set;
};
size_t tt_text_time_cached(char out[32], struct tt_time_cache *cache, int64_t ns);

/* NUL-terminated into a buffer of at least 46 octets; returns it. */
const char *tt_text_address_z(char *out, const uint8_t address[16]);

/* "192.0.2.1" or "2001:db8::1" (n octets of text) into 16 octets. *v6 says how it was written: with
 * colons (also "::ffff:192.0.2.1"), so that a prefix length that follows counts from the first of
 * 16 octets, else from the 13th. */
bool tt_parse_address(const char *text, size_t n, uint8_t address[16], bool *v6);

/* Decimal without sign, at most `max`; false on anything else. */
bool tt_parse_uint(const char *text, size_t n, uint64_t max, uint64_t *out);

/* Length of the well-formed UTF-8 sequence at p (1-4 octets; RFC 3629: no overlong form, no
 * surrogate, at most U+10FFFF), 0 when there is none. n > 0. U+0000 is well-formed here. */
unsigned tt_utf8_length(const uint8_t *p, size_t n);

/* Well-formed UTF-8 without U+0000 and surrogates (MQTT 1.5.4 / RFC 3629). */
bool tt_utf8_valid(const uint8_t *p, size_t n);

/* "3 min 20 s", "5 d 4 h", "2.5 s", "40 ms": the two largest units, rounded towards zero; into a
 * buffer of 32; returns it. */
const char *tt_text_duration(char *out, int64_t ns);

#endif
