/* HDF5 files built and read in memory: arrays, tables and attributes with checks in one place. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_BASE_HDF5_H
#define PLC_BASE_HDF5_H

#include <placode/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One file in memory. Its first failure sticks: later calls do nothing, and plc_h5_finish() or
 * plc_h5_status() reports it. HDF5 is not safe for threads: one of these at a time in a process. */
typedef struct plc_h5 plc_h5;

typedef enum plc_h5_type {
    PLC_H5_U8,
    PLC_H5_U32,
    PLC_H5_I32,
    PLC_H5_U64,
    PLC_H5_I64,
    PLC_H5_F32,
    PLC_H5_F64,
} plc_h5_type;

/* A member of the structs of a table. */
typedef struct plc_h5_field {
    const char *name;
    plc_h5_type type;
    size_t offset; /* [B] in the struct */
    size_t n;      /* 1, or the length of an array */
} plc_h5_field;

/* The length of a dimension that a reader leaves open. */
#define PLC_H5_ANY UINT64_MAX

/* An empty file; `name` stands before messages and is borrowed, as is `error`. */
plc_status plc_h5_create(const char *name, plc_h5 **ret_h5, plc_error *error);
/* Opens a file's bytes. With `kind` its seal is checked first (base/seal.h), before HDF5 sees
 * anything. The bytes are borrowed. */
plc_status plc_h5_open(const char *kind, const char *name, const char *data, size_t size,
                       plc_h5 **ret_h5, plc_error *error);
/* Seals the file as `kind` and writes it whole or not at all, unless something failed before. */
plc_status plc_h5_finish(plc_h5 *h5, const char *kind, const char *path);
void plc_h5_destroy(plc_h5 *h5);

plc_status plc_h5_status(const plc_h5 *h5);
/* Fails with "name: path: message" unless something failed before; gives the first status. */
__attribute__((format(printf, 4, 5))) plc_status
plc_h5_fail(plc_h5 *h5, plc_status status, const char *path, const char *format, ...);

/* Writing. Groups above a path must exist. */

/* A group that remembers the order in which its members are made. */
void plc_h5_group(plc_h5 *h5, const char *path);
/* An array of `rank` 1 or 2 and shape `dims`. */
void plc_h5_write(plc_h5 *h5, const char *path, plc_h5_type type, int rank, const uint64_t *dims,
                  const void *data);
/* A 1-D array of n structs of `size` bytes. */
void plc_h5_write_table(plc_h5 *h5, const char *path, const plc_h5_field *fields, size_t n_fields,
                        size_t size, uint64_t n, const void *data);
void plc_h5_write_text(plc_h5 *h5, const char *path, const char *text);
/* An attribute of a group or array: n values; one is a scalar. */
void plc_h5_set(plc_h5 *h5, const char *path, const char *attribute, plc_h5_type type, uint64_t n,
                const void *values);
void plc_h5_set_text(plc_h5 *h5, const char *path, const char *attribute, const char *text);
/* An attribute of an enumeration type with these names (NULL-terminated), numbered from 0. */
void plc_h5_set_choice(plc_h5 *h5, const char *path, const char *attribute,
                       const char *const *names, unsigned choice);

/* Reading. Whatever a file declares is compared with what was asked for, and with what a file of
 * its size can hold, before anything is allocated. */

bool plc_h5_has(plc_h5 *h5, const char *path);
bool plc_h5_has_attribute(plc_h5 *h5, const char *path, const char *attribute);
/* An array, free() it; NULL after a failure. `dims` gives the expected shape and takes the real
 * one. Whole numbers may be narrower in the file, and are converted. */
void *plc_h5_read(plc_h5 *h5, const char *path, plc_h5_type type, int rank, uint64_t *dims);
/* An array of structs, free() it; the file's must have exactly these members. */
void *plc_h5_read_table(plc_h5 *h5, const char *path, const plc_h5_field *fields, size_t n_fields,
                        size_t size, uint64_t *ret_n);
/* A text, free() it; NULL after a failure. */
char *plc_h5_read_text(plc_h5 *h5, const char *path);
/* A scalar attribute; untouched after a failure. */
void plc_h5_get(plc_h5 *h5, const char *path, const char *attribute, plc_h5_type type,
                void *ret_value);
char *plc_h5_get_text(plc_h5 *h5, const char *path, const char *attribute);
/* The name of the i-th member of a group, in the order in which they were made if the file knows,
 * else by name; free() it. NULL past the last and after a failure. */
char *plc_h5_member(plc_h5 *h5, const char *path, uint64_t i);

#endif
