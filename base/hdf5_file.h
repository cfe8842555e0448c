/* What the parts of the HDF5 wrapper share: the file and HDF5's names for our types. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_BASE_HDF5_FILE_H
#define PLC_BASE_HDF5_FILE_H

#include "base/hdf5.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wundef"
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#include <hdf5.h>
#pragma GCC diagnostic pop

struct plc_h5 {
    hid_t file;
    const char *name;
    size_t size;     /* [B] of the file being read */
    char *image;     /* the file's bytes: the caller's when it is read, else owned */
    size_t capacity; /* [B] of `image` where it is owned */
    bool borrowed;
    plc_status status;
    plc_error *error;
    H5E_auto2_t print; /* HDF5's own error printing, to be restored */
    void *print_data;
};

/* The type in memory and in files; both are HDF5's own and are not closed. */
hid_t plc_h5_memory_type(plc_h5_type type);
hid_t plc_h5_file_type(plc_h5_type type);

/* A compound type of these members, to be closed; negative after a failure. */
hid_t plc_h5_table_type(const plc_h5_field *fields, size_t n_fields, size_t size, bool in_memory);

#endif
