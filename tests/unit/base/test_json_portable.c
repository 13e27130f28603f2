/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The same tests over the appender without SSE2, as other processors compile it.
 */
#define TT_JSON_PORTABLE
#include "base/json.c"

#include "unit/base/test_json.c"
