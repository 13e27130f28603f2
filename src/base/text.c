/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Numbers, times, addresses and UTF-8 without the C library's formatting: no locale, no time zone,
 * no allocation. Addresses are written after RFC 5952, UTF-8 is judged after RFC 3629, dates are
 * those of the proleptic Gregorian calendar.
 */
#include "base/text.h"

#include <arpa/inet.h>
#include <string.h>

static const char pairs[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
    "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
    "8081828384858687888990919293949596979899";

static void two(char *out, uint32_t v)
{
    memcpy(out, pairs + 2 * (size_t)v, 2);
}

/* Decimal digits of v: a bit of the binary logarithm times log10(2) is right or one too small. */
static size_t digits_of(uint64_t v)
{
    static const uint64_t tens[20] = {0,
                                      10,
                                      100,
                                      1000,
                                      10000,
                                      100000,
                                      1000000,
                                      10000000,
                                      100000000,
                                      1000000000,
                                      10000000000,
                                      100000000000,
                                      1000000000000,
                                      10000000000000,
                                      100000000000000,
                                      1000000000000000,
                                      10000000000000000,
                                      100000000000000000,
                                      1000000000000000000,
                                      10000000000000000000U};
    size_t guess = (size_t)(64 - __builtin_clzll(v | 1)) * 1233 >> 12;
    return guess + (v >= tens[guess]);
}

size_t tt_text_uint(char out[20], uint64_t v)
{
    if (v < 10) {
        out[0] = (char)('0' + v);
        return 1;
    }
    size_t n = digits_of(v);
    char *at = out + n;
    while (v >= 10000) {
        uint32_t four = (uint32_t)(v % 10000);
        v /= 10000;
        at -= 4;
        two(at, four / 100);
        two(at + 2, four % 100);
    }
    uint32_t left = (uint32_t)v;
    if (left >= 100) {
        at -= 2;
        two(at, left % 100);
        left /= 100;
    }
    if (left >= 10) {
        two(at - 2, left);
    } else {
        at[-1] = (char)('0' + left);
    }
    return n;
}

static size_t quad(char *out, const uint8_t *b)
{
    size_t n = 0;
    for (int i = 0; i < 4; i++) {
        uint32_t v = b[i];
        if (i) {
            out[n++] = '.';
        }
        if (v >= 100) {
            out[n++] = (char)('0' + v / 100);
            v %= 100;
            two(out + n, v);
            n += 2;
        } else if (v >= 10) {
            two(out + n, v);
            n += 2;
        } else {
            out[n++] = (char)('0' + v);
        }
    }
    return n;
}

static size_t group(char *out, uint32_t v)
{
    static const char digit[] = "0123456789abcdef";
    size_t n = 0;
    for (int shift = 12; shift >= 0; shift -= 4) {
        if (n || shift == 0 || v >> shift) {
            out[n++] = digit[v >> shift & 15];
        }
    }
    return n;
}

size_t tt_text_address(char out[46], const uint8_t address[16])
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (memcmp(address, mapped, sizeof mapped) == 0) {
        return quad(out, address + 12);
    }
    uint32_t groups[8];
    /* section 4.2.2: a single zero group is not shortened; 4.2.3: the first longest run is */
    int gap = 8, gap_length = 1;
    for (int i = 0, run = 0; i < 8; i++) {
        groups[i] = (uint32_t)address[2 * i] << 8 | address[2 * i + 1];
        run = groups[i] ? 0 : run + 1;
        if (run > gap_length) {
            gap_length = run;
            gap = i + 1 - run;
        }
    }
    size_t n = 0;
    for (int i = 0; i < 8; i++) {
        if (i == gap) {
            out[n++] = ':';
            i += gap_length - 1;
            if (i == 7) {
                out[n++] = ':';
            }
            continue;
        }
        if (i) {
            out[n++] = ':';
        }
        n += group(out + n, groups[i]);
    }
    return n;
}

size_t tt_text_address_full(char out[46], const uint8_t address[16])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    static const char digits[16] = "0123456789abcdef";
    if (memcmp(address, mapped, sizeof mapped) == 0) {
        return tt_text_address(out, address);
    }
    char *p = out;
    for (unsigned i = 0; i < 16; i++) {
        if (i && i % 2 == 0) {
            *p++ = ':';
        }
        *p++ = digits[address[i] >> 4];
        *p++ = digits[address[i] & 15];
    }
    return (size_t)(p - out);
}

const char *tt_text_address_z(char *out, const uint8_t address[16])
{
    out[tt_text_address(out, address)] = 0; /* at most 39 octets are written */
    return out;
}

/* Year, month and day of a day number (1970-01-01 = 0), counted in years that begin on the first of
 * March. */
static void civil(int64_t day, uint32_t *year, uint32_t *month, uint32_t *mday)
{
    const uint32_t century4 = 146097; /* days in 400 years */
    /* since 0000-03-01; |ns| < 2^63 keeps the years in 1677..2262 */
    uint32_t d = (uint32_t)(day + 719468);
    uint32_t cycle = d / century4, of_cycle = d % century4;
    uint32_t y = (of_cycle - of_cycle / 1460 + of_cycle / 36524 - of_cycle / 146096) / 365;
    uint32_t of_year = of_cycle - (365 * y + y / 4 - y / 100);
    uint32_t m = (5 * of_year + 2) / 153; /* 0 = March */
    *mday = of_year - (153 * m + 2) / 5 + 1;
    *month = m < 10 ? m + 3 : m - 9;
    *year = y + 400 * cycle + (*month <= 2);
}

static void second_text(char out[20], int64_t second)
{
    int64_t day = second / 86400;
    int64_t left = second % 86400;
    if (left < 0) {
        left += 86400;
        day--;
    }
    uint32_t s = (uint32_t)left, year = 0, month = 0, mday = 0;
    civil(day, &year, &month, &mday);
    two(out, year / 100);
    two(out + 2, year % 100);
    out[4] = '-';
    two(out + 5, month);
    out[7] = '-';
    two(out + 8, mday);
    out[10] = 'T';
    two(out + 11, s / 3600);
    out[13] = ':';
    two(out + 14, s / 60 % 60);
    out[16] = ':';
    two(out + 17, s % 60);
    out[19] = '.';
}

size_t tt_text_time_cached(char out[32], struct tt_time_cache *cache, int64_t ns)
{
    int64_t second = ns / 1000000000, left = ns % 1000000000;
    if (left < 0) {
        left += 1000000000;
        second--;
    }
    if (!cache->set || cache->second != second) {
        second_text(cache->text, second);
        cache->second = second;
        cache->set = true;
    }
    uint32_t micros = (uint32_t)left / 1000;
    memcpy(out, cache->text, 20);
    two(out + 20, micros / 10000);
    two(out + 22, micros / 100 % 100);
    two(out + 24, micros % 100);
    memcpy(out + 26, "+0000", 5);
    return 31;
}

size_t tt_text_time(char out[32], int64_t ns)
{
    struct tt_time_cache none = {0};
    return tt_text_time_cached(out, &none, ns);
}

bool tt_parse_address(const char *text, size_t n, uint8_t address[16], bool *v6)
{
    char z[INET6_ADDRSTRLEN];
    if (n == 0 || n >= sizeof z || memchr(text, 0, n)) {
        return false;
    }
    memcpy(z, text, n);
    z[n] = 0;
    *v6 = memchr(z, ':', n) != NULL;
    if (*v6) {
        return inet_pton(AF_INET6, z, address) == 1;
    }
    uint8_t b[4];
    if (inet_pton(AF_INET, z, b) != 1) {
        return false;
    }
    memset(address, 0, 10);
    memset(address + 10, 0xff, 2);
    memcpy(address + 12, b, 4);
    return true;
}

bool tt_parse_uint(const char *text, size_t n, uint64_t max, uint64_t *out)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        uint64_t d = (uint64_t)(text[i] - '0');
        if (v > max / 10 || d > max - v * 10) {
            return false;
        }
        v = v * 10 + d;
    }
    if (n == 0) {
        return false;
    }
    *out = v;
    return true;
}

static bool tail(uint8_t b)
{
    return (b & 0xc0) == 0x80;
}

unsigned tt_utf8_length(const uint8_t *p, size_t n)
{
    uint8_t a = p[0];
    if (a < 0x80) {
        return 1;
    }
    if (a < 0xc2 || a > 0xf4 || n < 2) {
        return 0;
    }
    if (a < 0xe0) {
        return tail(p[1]) ? 2 : 0;
    }
    /* RFC 3629 section 4: only the second octet is narrowed by the first */
    uint8_t low = a == 0xe0 ? 0xa0 : a == 0xf0 ? 0x90 : 0x80;
    uint8_t high = a == 0xed ? 0x9f : a == 0xf4 ? 0x8f : 0xbf;
    if (p[1] < low || p[1] > high || n < 3 || !tail(p[2])) {
        return 0;
    }
    if (a < 0xf0) {
        return 3;
    }
    return n >= 4 && tail(p[3]) ? 4 : 0;
}

bool tt_utf8_valid(const uint8_t *p, size_t n)
{
    while (n) {
        if (n >= 8) {
            uint64_t v;
            memcpy(&v, p, 8);
            /* eight octets of 0x01..0x7f: no high bit, and none borrows when 1 is taken away */
            if (!((v | (v - 0x0101010101010101U)) & 0x8080808080808080U)) {
                p += 8;
                n -= 8;
                continue;
            }
        }
        unsigned length = tt_utf8_length(p, n);
        if (length == 0 || *p == 0) {
            return false;
        }
        p += length;
        n -= length;
    }
    return true;
}

static char *put_uint(char *out, uint64_t v)
{
    return out + tt_text_uint(out, v);
}

static char *put(char *out, const char *word)
{
    size_t n = strlen(word);
    memcpy(out, word, n);
    return out + n;
}

const char *tt_text_duration(char *out, int64_t ns)
{
    static const struct {
        uint64_t ns;
        const char *name;
    } units[] = {
        {86400000000000, " d"}, {3600000000000, " h"}, {60000000000, " min"}, {1000000000, " s"}};
    uint64_t v = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
    char *p = out;
    if (ns < 0) {
        *p++ = '-';
    }
    if (v >= units[2].ns) {
        size_t i = v >= units[0].ns ? 0 : v >= units[1].ns ? 1 : 2;
        p = put(put_uint(p, v / units[i].ns), units[i].name);
        uint64_t rest = v % units[i].ns / units[i + 1].ns;
        if (rest) {
            *p++ = ' ';
            p = put(put_uint(p, rest), units[i + 1].name);
        }
    } else if (v >= units[3].ns || v == 0) {
        uint64_t tenth = v % units[3].ns / 100000000;
        p = put_uint(p, v / units[3].ns);
        if (tenth) {
            *p++ = '.';
            p = put_uint(p, tenth);
        }
        p = put(p, " s");
    } else if (v >= 1000000) {
        p = put(put_uint(p, v / 1000000), " ms");
    } else if (v >= 1000) {
        p = put(put_uint(p, v / 1000), " us");
    } else {
        p = put(put_uint(p, v), " ns");
    }
    *p = 0;
    return out;
}
