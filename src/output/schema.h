/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Private to schema*.c: the members of EVE lines that no dissector declares.
 */
#ifndef OUTPUT_SCHEMA_H
#define OUTPUT_SCHEMA_H

struct schema_row {
    const char *path; /* as in struct tt_field, from the line's object */
    const char *doc;
    const char *schema; /* members of its JSON Schema: `"type":"string"` */
};

struct schema_type {
    const char *name; /* event_type */
    /* members of the schema that such a line must match too: `"required":["alert"]` */
    const char *then;
};

extern const struct schema_row schema_rows[];   /* ends with path NULL */
extern const struct schema_type schema_types[]; /* ends with name NULL */

#endif
