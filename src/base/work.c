/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The number of octets looked at by a thread, where the build counts them. Owns that number and
 * decides nothing.
 */
#include "base/work.h"

#ifdef TT_WORK
_Thread_local uint64_t tt_work_looked;
#endif
