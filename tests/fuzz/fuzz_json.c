/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Any octets as texts, limits and span lengths: what comes out is valid JSON by an independent
 * checker, or the span is full; nothing is written behind it. Seeds: any text.
 */
#include <stdlib.h>

#include "../unit/base/json_check.h"
#include "base/json.h"
#include "base/text.h"

static uint64_t take(const uint8_t **p, size_t *n, size_t octets)
{
    uint64_t v = 0;
    for (; octets && *n; octets--, (*n)--) {
        v = v << 8 | *(*p)++;
    }
    return v;
}

static void one(struct tt_json *j, unsigned kind, const uint8_t *p, size_t n, uint64_t number)
{
    uint8_t address[16] = {0};
    double d = 0;
    memcpy(address, p, n < 16 ? n : 16);
    memcpy(&d, &number, sizeof d);
    switch (kind % 10) {
    case 0:
        tt_json_hex(j, p, n, number % 70);
        break;
    case 1:
        tt_json_base64(j, p, n);
        break;
    case 2:
        tt_json_uint(j, number);
        break;
    case 3:
        tt_json_int(j, (int64_t)number);
        break;
    case 4:
        tt_json_double(j, d, (int)(number % 12));
        break;
    case 5:
        tt_json_time(j, (int64_t)number);
        break;
    case 6:
        tt_json_address(j, address);
        break;
    default:
        tt_json_text(j, p, n, number % 70);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    size_t size = take(&p, &n, 2) % 4096;
    /* exact, so that the sanitizer sees one octet too many */
    uint8_t *span = malloc(size ? size : 1);
    struct tt_json j;
    tt_json_init(&j, span, size);
    tt_json_open(&j, '{');
    while (n) {
        unsigned kind = (unsigned)take(&p, &n, 1);
        uint64_t number = take(&p, &n, kind & 0x80 ? 8 : 1);
        size_t length = take(&p, &n, 1);
        length = length < n ? length : n;
        TT_KEY(&j, "key");
        one(&j, kind, p, length, number);
        p += length;
        n -= length;
    }
    tt_json_close(&j, '}');
    if (!j.full && !json_valid(span, tt_json_length(&j))) {
        abort();
    }
    if (tt_json_length(&j) > size) {
        abort();
    }
    free(span);
    return 0;
}
