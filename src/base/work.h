/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Counts the octets of packets that are looked at, in test builds (-DTT_WORK) only: harnesses
 * compare them with the octets received, so that nothing is read again and again. Elsewhere it is
 * nothing at all.
 */
#ifndef BASE_WORK_H
#define BASE_WORK_H

#include <stdint.h>

#ifdef TT_WORK
extern _Thread_local uint64_t tt_work_looked;
#define TT_LOOKED(n) ((void)(tt_work_looked += (uint64_t)(n)))
#else
#define TT_LOOKED(n) ((void)0)
#endif

#endif
