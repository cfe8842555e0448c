/* Files of routing tables: JSON, plain or gzipped. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_TABLES_FILE_H
#define PLC_CLI_TABLES_FILE_H

#include "base/file.h"
#include "hw/layout/layout.h"

/* The table of the router at (x, y), as docs/formats.md has it. */
typedef struct routing_table {
    uint32_t x, y, n;
    plc_route_entry *entries; /* [n] */
    bool *defaultable;        /* [n] */
} routing_table;

typedef struct table_list {
    uint32_t n;
    routing_table *tables; /* [n] */
} table_list;

/* Reads all tables of a file; `name` stands before every message. PLC_INVALID says which table and
 * entry, and what was legal. */
plc_status tables_parse(const char *name, const char *text, size_t size, table_list *ret_list,
                        plc_error *error);
plc_status tables_read(const char *path, table_list *ret_list, plc_error *error);
/* Writes the tables whole or not at all, gzipped if the name ends in ".gz". */
plc_status tables_write(const table_list *list, const char *path, plc_error *error);
void tables_finish(table_list *list);

/* Replaces gzipped bytes by what they hold, which may be no longer than `most`; others stay. */
plc_status gzip_unpack(const char *name, size_t most, plc_bytes *bytes, plc_error *error);
/* The same bytes for the same text, whenever it is packed. */
plc_status gzip_pack(const char *name, const char *text, size_t size, plc_bytes *ret_bytes,
                     plc_error *error);

#endif
