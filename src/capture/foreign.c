/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names what a file is when it is no capture, from its first octets, so that the message can say
 * what to do. A guess for people: nothing else depends on it.
 */
#include "capture/input.h"

struct kind {
    const char *magic;
    uint16_t n, at;
    const char *name, *fix;
};

#define MAGIC(text) "" text, sizeof(text) - 1

static const struct kind kinds[] = {
    {MAGIC("\x7f"
           "ELF"),
     0, "an ELF program", ""},
    {MAGIC("\x28\xb5\x2f\xfd"), 0, "compressed with zstd once more",
     "unpack it first: zstd -d FILE"},
    {MAGIC("\xfd"
           "7zXZ"),
     0, "compressed with xz", "unpack it first: xz -d FILE"},
    {MAGIC("BZh"), 0, "compressed with bzip2", "unpack it first: bzip2 -d FILE"},
    {MAGIC("\x04\x22\x4d\x18"), 0, "compressed with lz4", "unpack it first: lz4 -d FILE"},
    {MAGIC("\x1f\x8b"), 0, "compressed with gzip once more", "unpack it first: gzip -d FILE"},
    {MAGIC("\x1f\x9d"), 0, "compressed with compress", "unpack it first: gzip -d FILE"},
    {MAGIC("PK\x03\x04"), 0, "a ZIP archive", "unpack it first: unzip FILE"},
    {MAGIC("7z\xbc\xaf\x27\x1c"), 0, "a 7z archive", "unpack it first: 7z x FILE"},
    {MAGIC("Rar!"), 0, "a RAR archive", "unpack it first"},
    {MAGIC("ustar"), 257, "a tar archive", "unpack it first: tar xf FILE"},
    {MAGIC("snoop\0\0\0"), 0, "a capture in snoop format", "convert it: editcap FILE new.pcapng"},
    {MAGIC("GMBU"), 0, "a capture of Microsoft Network Monitor",
     "convert it: editcap FILE new.pcapng"},
    {MAGIC("RTSS"), 0, "a capture of Microsoft Network Monitor",
     "convert it: editcap FILE new.pcapng"},
    {MAGIC("TRSNIFF data"), 0, "a capture in Sniffer format",
     "convert it: editcap FILE new.pcapng"},
    {MAGIC("XCP\0"), 0, "a capture in NetXRay format", "convert it: editcap FILE new.pcapng"},
    {MAGIC("%PDF"), 0, "a PDF document", ""},
    {MAGIC("\x89PNG"), 0, "a PNG image", ""},
    {MAGIC("\xff\xd8\xff"), 0, "a JPEG image", ""},
    {MAGIC("GIF8"), 0, "a GIF image", ""},
    {MAGIC("SQLite format 3"), 0, "an SQLite database", ""},
};

static bool is_text(const uint8_t *p, uint32_t n)
{
    uint32_t look = n > 256 ? 256 : n;
    for (uint32_t i = 0; i < look; i++) {
        if ((p[i] < 0x20 && p[i] != '\t' && p[i] != '\n' && p[i] != '\r' && p[i] != '\f' &&
             p[i] != 0x1b) ||
            p[i] == 0x7f) {
            return false;
        }
    }
    return true;
}

const char *tt_foreign_name(const uint8_t *p, uint32_t n, const char **fix)
{
    *fix = "telltale reads pcap and pcapng, also inside gzip or zstd";
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const struct kind *k = &kinds[i];
        uint32_t at = k->at;
        if (at < n && k->n <= n - at && memcmp(p + at, k->magic, k->n) == 0) {
            if (k->fix[0]) {
                *fix = k->fix;
            }
            return k->name;
        }
    }
    if (!is_text(p, n)) {
        return NULL;
    }
    while (n && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) {
        p++;
        n--;
    }
    if (n && (*p == '{' || *p == '[')) {
        return "text (JSON)";
    }
    return n && *p == '<' ? "text (XML or HTML)" : "text";
}
