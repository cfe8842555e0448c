/* The form of layout files, shared by their writer and their reader. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_HW_LAYOUT_FILE_H
#define PLC_HW_LAYOUT_FILE_H

#include "base/hdf5.h"
#include "hw/layout/layout.h"

/* The kind in the seal (base/seal.h). */
#define PLC_LAYOUT_KIND "LAYOUT"

/* A table of the file: its name and its columns. */
typedef struct plc_layout_table {
    const char *path;
    const plc_h5_field *fields;
    size_t n_fields;
    size_t size; /* [B] of a struct */
} plc_layout_table;

extern const plc_layout_table plc_slice_table, plc_core_table, plc_key_table, plc_route_table;

/* The path of a population, or of a member of it; `member` may be "". */
void plc_population_path(char path[64], uint32_t population, const char *member);

/* Reads a layout from the bytes of its file; `name` stands for the path in messages. */
plc_status plc_layout_parse(const char *name, const char *data, size_t size,
                            plc_layout **ret_layout, plc_error *error);

#endif
