/* SPDX-License-Identifier: BSD-3-Clause
 *
 * pcapng (draft-ietf-opsawg-pcapng): sections of either byte order, several interfaces with their
 * own link type and clock, enhanced, simple and the obsolete packet blocks. Everything else is
 * passed over by its length. Packets are read in place.
 */
#include "capture/input.h"

#include <stdlib.h>

#define BLOCK_SECTION   0x0a0d0d0au
#define BLOCK_INTERFACE 1u
#define BLOCK_PACKET    2u /* obsolete */
#define BLOCK_SIMPLE    3u
#define BLOCK_ENHANCED  6u
#define ORDER           0x1a2b3c4du
#define BLOCK_MIN       12u
#define SECTION_MIN     28u
#define INTERFACE_MIN   20u
#define SECTION_MAX     (128u << 10) /* of blocks that describe: options are comments and names */
#define INTERFACES_MAX  16384u
#define OPTION_TSRESOL  9u
#define OPTION_TSOFFSET 14u
#define SECOND          INT64_C(1000000000)

static int64_t load64(const uint8_t *p, bool swapped)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return (int64_t)(swapped ? __builtin_bswap64(v) : v);
}

bool tt_pcapng_open(struct tt_capture *c, const uint8_t *p, uint32_t have)
{
    if (have < 4 || tt_load32(p, false) != BLOCK_SECTION) {
        return false;
    }
    if (have < BLOCK_MIN) {
        tt_capture_damage(c, 0, "file ends inside the pcapng section header: %u octets", have);
        return false;
    }
    uint32_t order = tt_load32(p + 8, false);
    if (order != ORDER && order != __builtin_bswap32(ORDER)) {
        return false; /* a text file that begins with line ends */
    }
    c->format = TT_FORMAT_PCAPNG;
    c->need = BLOCK_MIN;
    return true;
}

/* if_tsresol: units of one second as a power of ten or (highest bit set) of two. */
static void set_resolution(struct tt_interface *f, uint8_t resolution)
{
    unsigned power = resolution & 0x7fu;
    f->multiply = 0;
    f->divide = 0;
    f->shift = 0;
    if (resolution & 0x80u) {
        f->shift = (uint8_t)power;
        f->latest = UINT64_MAX;
        return;
    }
    uint64_t scale = 1;
    for (unsigned i = power; i < 9; i++) {
        scale *= 10;
    }
    if (power <= 9) {
        f->multiply = (uint32_t)scale;
        f->latest = (uint64_t)TT_TIME_MAX / scale;
        return;
    }
    f->latest = UINT64_MAX;
    if (power > 28) {
        f->shift = 127; /* 64 bits of such units are less than a nanosecond */
        return;
    }
    for (unsigned i = 9; i < power; i++) {
        scale *= 10;
    }
    f->divide = scale;
}

static int64_t clamp(__int128 time)
{
    return time < 0 ? 0 : time > TT_TIME_MAX ? TT_TIME_MAX : (int64_t)time;
}

/* The unusual clocks: finer than nanoseconds, powers of two, with an offset, or out of range. */
static int64_t unusual_time(const struct tt_interface *f, uint64_t units)
{
    __int128 time;
    if (f->multiply) {
        time = (__int128)units * f->multiply;
    } else if (f->divide) {
        time = (__int128)(units / f->divide);
    } else if (f->shift >= 64) {
        time = (__int128)(((unsigned __int128)units * (uint64_t)SECOND) >> f->shift);
    } else {
        uint64_t second = f->shift ? units >> f->shift : units;
        uint64_t fraction = f->shift ? units & ((UINT64_C(1) << f->shift) - 1) : 0;
        time = (__int128)second * SECOND;
        time += (__int128)(((unsigned __int128)fraction * (uint64_t)SECOND) >> f->shift);
    }
    return clamp(time + f->offset_ns);
}

static inline int64_t packet_time(const struct tt_interface *f, uint32_t high, uint32_t low)
{
    uint64_t units = (uint64_t)high << 32 | low;
    if (__builtin_expect(f->multiply != 0 && f->offset_ns == 0 && units <= f->latest, 1)) {
        return (int64_t)(units * f->multiply);
    }
    return unusual_time(f, units);
}

static void set_offset(struct tt_interface *f, int64_t seconds)
{
    const int64_t most = TT_TIME_MAX / SECOND;
    seconds = seconds > most ? most : seconds < -most ? -most : seconds;
    f->offset_ns = seconds * SECOND;
}

/* A section begins: its byte order; interfaces are counted anew. False = damage. */
static bool begin_section(struct tt_capture *c, const uint8_t *p, uint32_t length, uint32_t at)
{
    if (length < SECTION_MIN) {
        tt_capture_damage(c, c->offset + at, "the section header has %u octets (at least %u)",
                          length, SECTION_MIN);
        return false;
    }
    uint16_t major = tt_load16(p + 12, c->swapped), minor = tt_load16(p + 14, c->swapped);
    if (major != 1 || (minor != 0 && minor != 2)) { /* 1.2 was written by mistake and means 1.0 */
        tt_capture_damage(c, c->offset + at, "pcapng version %u.%u is not known (only 1.0)", major,
                          minor);
        return false;
    }
    c->n_interfaces = 0;
    return true;
}

static bool interface_room(struct tt_capture *c)
{
    if (c->n_interfaces < c->interfaces_cap) {
        return true;
    }
    uint32_t cap = c->interfaces_cap * 4;
    struct tt_interface *bigger = NULL;
    if (cap <= INTERFACES_MAX) {
        bigger = realloc(c->interfaces, cap * sizeof *bigger);
    }
    if (bigger) {
        c->interfaces = bigger;
        c->interfaces_cap = cap;
    }
    return bigger != NULL;
}

static bool add_interface(struct tt_capture *c, const uint8_t *p, uint32_t length, uint32_t at)
{
    if (length < INTERFACE_MIN) {
        tt_capture_damage(c, c->offset + at, "an interface block has %u octets (at least %u)",
                          length, INTERFACE_MIN);
        return false;
    }
    if (!interface_room(c)) {
        tt_capture_damage(c, c->offset + at, "more than %u interfaces", c->n_interfaces);
        return false;
    }
    struct tt_interface *f = &c->interfaces[c->n_interfaces];
    *f = (struct tt_interface){.link_type = tt_load16(p + 8, c->swapped),
                               .snaplen = tt_load32(p + 12, c->swapped)};
    set_resolution(f, 6);
    uint32_t option = 16, end = length - 4;
    while (end - option >= 4) {
        uint16_t code = tt_load16(p + option, c->swapped),
                 n = tt_load16(p + option + 2, c->swapped);
        option += 4;
        if (n > end - option || code == 0) {
            break;
        }
        if (code == OPTION_TSRESOL && n >= 1) {
            set_resolution(f, p[option]);
        } else if (code == OPTION_TSOFFSET && n >= 8) {
            set_offset(f, load64(p + option, c->swapped));
        }
        uint32_t padded = ((uint32_t)n + 3) & ~3u;
        option = padded > end - option ? end : option + padded;
    }
    f->readable = tt_link_type_readable(f->link_type);
    if (f->readable &&
        !tt_filter_for(&c->filters, c->reading->bpf, f->link_type, &f->filter, &c->input->error)) {
        c->ended = true;
        return false;
    }
    c->readable |= f->readable;
    c->n_interfaces++;
    return true;
}

/* One packet block whole at p. False = damage. */
static inline bool add_packet(struct tt_capture *c, struct tt_block *b, uint32_t type,
                              const uint8_t *p, uint32_t length, uint32_t at)
{
    bool swapped = c->swapped;
    uint32_t header = type == BLOCK_SIMPLE ? 12 : 28;
    if (length < header + 4) {
        tt_capture_damage(c, c->offset + at, "a packet block has %u octets (at least %u)", length,
                          header + 4);
        return false;
    }
    uint32_t id = type == BLOCK_ENHANCED ? tt_load32(p + 8, swapped) : 0;
    if (type == BLOCK_PACKET) {
        id = tt_load16(p + 8, swapped);
    }
    if (id >= c->n_interfaces) {
        tt_capture_damage(c, c->offset + at, "a packet names interface %u of %u", id,
                          c->n_interfaces);
        return false;
    }
    const struct tt_interface *f = &c->interfaces[id];
    uint32_t room = length - header - 4, captured, wire;
    int64_t time = 0;
    if (type == BLOCK_SIMPLE) {
        wire = tt_load32(p + 8, swapped);
        captured = f->snaplen && f->snaplen < wire ? f->snaplen : wire;
        captured = captured > room ? room : captured;
    } else {
        captured = tt_load32(p + 20, swapped);
        wire = tt_load32(p + 24, swapped);
        time = packet_time(f, tt_load32(p + 12, swapped), tt_load32(p + 16, swapped));
    }
    if (captured > room || captured > TT_CAPTURED_MAX) {
        tt_capture_damage(c, c->offset + at,
                          "a packet announces %u captured octets in a block of %u", captured,
                          length);
        return false;
    }
    tt_capture_add(c, b, f->filter, f->link_type, p + header, captured, wire, time);
    return true;
}

/* A block header at p: its length, or 0 = damage. Sets the byte order when a section begins. */
static inline uint32_t block_length(struct tt_capture *c, const uint8_t *p, uint32_t type,
                                    uint32_t at)
{
    if (__builtin_expect(type == BLOCK_SECTION, 0)) {
        uint32_t order = tt_load32(p + 8, false);
        if (order != ORDER && order != __builtin_bswap32(ORDER)) {
            tt_capture_damage(c, c->offset + at, "the section header has no byte-order mark (%08x)",
                              order);
            return 0;
        }
        c->swapped = order != ORDER;
    }
    uint32_t length = tt_load32(p + 4, c->swapped);
    if (length < BLOCK_MIN || length % 4 != 0) {
        tt_capture_damage(c, c->offset + at, "a block of type %u announces a length of %u octets",
                          type, length);
        return 0;
    }
    return length;
}

static bool is_packet(uint32_t type)
{
    return type == BLOCK_ENHANCED || type == BLOCK_SIMPLE || type == BLOCK_PACKET;
}

/* Blocks whole in p are used; nothing but their length is needed of those that nobody reads. */
uint32_t tt_pcapng_blocks(struct tt_capture *c, struct tt_block *b, const uint8_t *p, uint32_t have)
{
    uint32_t at = 0;
    c->need = BLOCK_MIN;
    while (b->n_packets < TT_BLOCK_PACKETS) {
        uint32_t left = have - at;
        if (left < BLOCK_MIN) {
            c->need = BLOCK_MIN;
            break;
        }
        uint32_t type = tt_load32(p + at, c->swapped);
        uint32_t length = block_length(c, p + at, type, at);
        if (length == 0) {
            break;
        }
        bool packet = is_packet(type);
        if (!packet && type != BLOCK_SECTION && type != BLOCK_INTERFACE) {
            c->skip = length > left ? length - left : 0;
            at += length > left ? left : length;
            if (c->skip) {
                break;
            }
            continue;
        }
        if (length > (packet ? TT_CAPTURED_MAX + SECTION_MAX : SECTION_MAX)) {
            tt_capture_damage(c, c->offset + at,
                              "a block of type %u announces a length of %u octets", type, length);
            break;
        }
        if (length > left) {
            c->need = length;
            break;
        }
        /* libpcap does not look at the second length of a section's head, so neither is asked */
        if (type != BLOCK_SECTION && tt_load32(p + at + length - 4, c->swapped) != length) {
            tt_capture_damage(c, c->offset + at, "the two lengths of a block differ: %u and %u",
                              length, tt_load32(p + at + length - 4, c->swapped));
            break;
        }
        bool good = packet                  ? add_packet(c, b, type, p + at, length, at)
                    : type == BLOCK_SECTION ? begin_section(c, p + at, length, at)
                                            : add_interface(c, p + at, length, at);
        if (!good) {
            break;
        }
        at += length;
    }
    return at;
}
