/* SPDX-License-Identifier: BSD-3-Clause
 *
 * JSON appender over a fixed span. It cannot produce invalid JSON or invalid UTF-8: keys are our
 * own constants, texts from the wire are escaped (control characters \u00XX; octets that are not
 * well-formed UTF-8 become the text \xHH, as Suricata writes them). When the span is full it sets
 * `full`, writes nothing more, and the caller drops the record whole.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct tt_json {
    uint8_t *start, *p, *end;
    bool full;
    bool comma; /* the next member or element needs a comma first */
};

void tt_json_init(struct tt_json *j, void *span, size_t n);

static inline size_t tt_json_length(const struct tt_json *j)
{
    return (size_t)(j->p - j->start);
}

/* n octets as they are (constant fragments). */
static inline void tt_json_raw(struct tt_json *j, const void *p, size_t n)
{
    if (n > (size_t)(j->end - j->p)) {
        j->full = true;
        j->end = j->p; /* nothing shorter slips in afterwards */
        return;
    }
    memcpy(j->p, p, n);
    j->p += n;
}

/* `{` or `[` and their ends. Inside an object call tt_json_key before each value. */
void tt_json_open(struct tt_json *j, char bracket);
void tt_json_close(struct tt_json *j, char bracket);

/* "key": with the comma before it. The key is ours: plain ASCII, not escaped. Inline: a constant
 * key becomes a few moves. */
static inline void tt_json_key(struct tt_json *j, const char *key, size_t n)
{
    if (n + 4 > (size_t)(j->end - j->p)) {
        j->full = true;
        j->end = j->p;
        return;
    }
    uint8_t *p = j->p;
    *p = ',';
    p += j->comma;
    *p = '"';
    memcpy(p + 1, key, n);
    p += n + 1;
    p[0] = '"';
    p[1] = ':';
    j->p = p + 2;
    j->comma = false;
}
#define TT_KEY(j, literal) tt_json_key((j), "" literal, sizeof(literal) - 1)

void tt_json_uint(struct tt_json *j, uint64_t v);
void tt_json_int(struct tt_json *j, int64_t v);
/* fixed notation; not finite = null */
void tt_json_double(struct tt_json *j, double v, int decimals);
void tt_json_bool(struct tt_json *j, bool v);
void tt_json_null(struct tt_json *j);
/* Text from the wire. Above `limit` octets (0 = no limit) the first `limit` are
 * followed by Suricata's `[truncated N additional bytes]`; a UTF-8 sequence that the
 * limit falls into is left out whole. */
void tt_json_text(struct tt_json *j, const void *text, size_t n, size_t limit);
void tt_json_cstr(struct tt_json *j, const char *text);
/* Lower-case hexadecimal; above `limit` octets (0 = no limit) the same mark follows. */
void tt_json_hex(struct tt_json *j, const void *octets, size_t n, size_t limit);
/* Base64 with padding as a string. */
void tt_json_base64(struct tt_json *j, const void *octets, size_t n);
/* A value that is JSON already. */
void tt_json_value(struct tt_json *j, const void *json, size_t n);
/* 2026-11-21T14:02:11.204518+0000 as a string (UTC, microseconds). */
void tt_json_time(struct tt_json *j, int64_t ns);
/* The same for one writer's stream of times: the date of the last second is kept in
 * *cache (zeroed at first). */
struct tt_time_cache;
void tt_json_time_cached(struct tt_json *j, struct tt_time_cache *cache, int64_t ns);
/* An address (16 octets, IPv4-mapped as dotted quad, IPv6 in full as Suricata does) as a string. */
void tt_json_address(struct tt_json *j, const uint8_t address[16]);

#endif
