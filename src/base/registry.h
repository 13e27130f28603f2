/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What registers by its file name. The arrays are generated from the folders when building
 * (contrib/build/registry.sh), in alphabetical order, and end with NULL. The types are declared by
 * the rooms that own them.
 */
#ifndef BASE_REGISTRY_H
#define BASE_REGISTRY_H

struct tt_dissector;
struct tt_command;
struct tt_option_table;
struct tt_model;

extern const struct tt_dissector *const tt_registry_dissectors[];
extern const struct tt_command *const tt_registry_commands[];
extern const struct tt_option_table *const tt_registry_options[];
extern const struct tt_model *const tt_registry_models[];

#endif
