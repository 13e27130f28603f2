/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Messages as the tests write them.
 */
#ifndef TESTS_DISSECT_WRITTEN_H
#define TESTS_DISSECT_WRITTEN_H

#include <stdbool.h>
#include <stdlib.h>

#include "telltale/reader.h"

/* Octets from hexadecimal digits (blanks between them) and texts in single quotes. LLLL, the third
 * and fourth octet = octets behind the head of `head` octets. The last 16 stay valid. */
static inline struct tt_bytes written(const char *text, uint32_t head)
{
    static uint8_t ring[16][5000];
    static unsigned next;
    uint8_t *p = ring[next++ % 16];
    uint32_t n = 0;
    bool length = false;
    for (; *text; text++) {
        if (*text == '\'') {
            for (text++; *text != '\''; text++) {
                p[n++] = (uint8_t)*text;
            }
        } else if (*text == 'L') {
            n++;
            length = true;
            text++;
        } else if (*text != ' ') {
            char two[3] = {text[0], text[1], 0};
            p[n++] = (uint8_t)strtoul(two, NULL, 16);
            text++;
        }
    }
    if (length) {
        p[2] = (uint8_t)((n - head) >> 8);
        p[3] = (uint8_t)(n - head);
    }
    return (struct tt_bytes){p, n};
}

#endif
