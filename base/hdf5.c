/* HDF5 files in memory: making, opening, sealing and ending them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/file.h"
#include "base/hdf5_file.h"
#include "base/memory.h"
#include "base/seal.h"

#include <stdarg.h>
#include <stdio.h>

enum { GROWTH = 1 << 20 }; /* [B] by which a file in memory grows */

hid_t plc_h5_memory_type(plc_h5_type type)
{
    switch (type) {
    case PLC_H5_U8:
        return H5T_NATIVE_UINT8;
    case PLC_H5_U32:
        return H5T_NATIVE_UINT32;
    case PLC_H5_I32:
        return H5T_NATIVE_INT32;
    case PLC_H5_U64:
        return H5T_NATIVE_UINT64;
    case PLC_H5_I64:
        return H5T_NATIVE_INT64;
    case PLC_H5_F32:
        return H5T_NATIVE_FLOAT;
    case PLC_H5_F64:
        return H5T_NATIVE_DOUBLE;
    }
    return H5I_INVALID_HID;
}

hid_t plc_h5_file_type(plc_h5_type type)
{
    switch (type) {
    case PLC_H5_U8:
        return H5T_STD_U8LE;
    case PLC_H5_U32:
        return H5T_STD_U32LE;
    case PLC_H5_I32:
        return H5T_STD_I32LE;
    case PLC_H5_U64:
        return H5T_STD_U64LE;
    case PLC_H5_I64:
        return H5T_STD_I64LE;
    case PLC_H5_F32:
        return H5T_IEEE_F32LE;
    case PLC_H5_F64:
        return H5T_IEEE_F64LE;
    }
    return H5I_INVALID_HID;
}

hid_t plc_h5_table_type(const plc_h5_field *fields, size_t n_fields, size_t size, bool in_memory)
{
    size_t total = 0;
    for (size_t i = 0; i < n_fields; i++)
        total += fields[i].n * H5Tget_size(plc_h5_file_type(fields[i].type));
    hid_t table = H5Tcreate(H5T_COMPOUND, in_memory ? size : total);
    size_t packed = 0;
    herr_t failed = table < 0 ? -1 : 0;
    for (size_t i = 0; failed >= 0 && i < n_fields; i++) {
        const plc_h5_field *field = &fields[i];
        hid_t element = in_memory ? plc_h5_memory_type(field->type) : plc_h5_file_type(field->type);
        hsize_t n = field->n;
        hid_t member = n == 1 ? H5Tcopy(element) : H5Tarray_create2(element, 1, &n);
        failed = H5Tinsert(table, field->name, in_memory ? field->offset : packed, member);
        packed += H5Tget_size(member);
        H5Tclose(member);
    }
    if (failed < 0 && table >= 0) {
        H5Tclose(table);
        return H5I_INVALID_HID;
    }
    return table;
}

plc_status plc_h5_status(const plc_h5 *h5)
{
    return h5->status;
}

plc_status plc_h5_fail(plc_h5 *h5, plc_status status, const char *path, const char *format, ...)
{
    if (h5->status != PLC_OK)
        return h5->status;
    char message[512];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    h5->status = status;
    return plc_fail(h5->error, status, "%s: %s: %s", h5->name, path, message);
}

static plc_h5 *start(const char *name, plc_error *error)
{
    plc_h5 *h5 = plc_array(1, sizeof *h5);
    if (!h5)
        return NULL;
    *h5 = (plc_h5){.file = H5I_INVALID_HID, .name = name, .error = error};
    H5Eget_auto2(H5E_DEFAULT, &h5->print, &h5->print_data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    return h5;
}

/* What HDF5 asks of the owner of a file's bytes. A file to be read is borrowed: HDF5 asks for
 * copies at every step from the property list to the open file and gets the bytes themselves, to
 * which it does not write. A file being made lies in h5->image, and stays there when HDF5 closes
 * it. */

static void *lend(size_t size, H5FD_file_image_op_t step, void *h5)
{
    (void)size, (void)step;
    return ((plc_h5 *)h5)->image;
}

static void *copy_nothing(void *to, const void *from, size_t size, H5FD_file_image_op_t step,
                          void *h5)
{
    (void)from, (void)size, (void)step, (void)h5;
    return to;
}

static void *grow_image(void *old, size_t size, H5FD_file_image_op_t step, void *of)
{
    plc_h5 *h5 = of;
    (void)old, (void)step;
    bool ok = !h5->borrowed && plc_array_reserve(&h5->image, &h5->capacity, size, 1);
    return ok ? h5->image : NULL;
}

static herr_t keep_image(void *old, H5FD_file_image_op_t step, void *h5)
{
    (void)old, (void)step, (void)h5;
    return 0;
}

static void *share_owner(void *h5)
{
    return h5;
}

static herr_t forget_owner(void *h5)
{
    (void)h5;
    return 0;
}

/* Access to the file in h5->image: `size` bytes, or none yet. To be closed. */
static hid_t memory_access(plc_h5 *h5, size_t size)
{
    H5FD_file_image_callbacks_t owner = {lend,        copy_nothing, grow_image, keep_image,
                                         share_owner, forget_owner, h5};
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (access < 0)
        return access;
    herr_t failed = H5Pset_fapl_core(access, GROWTH, false);
    if (failed >= 0)
        failed = H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    if (failed >= 0)
        failed = H5Pset_file_image_callbacks(access, &owner);
    if (failed >= 0 && size)
        failed = H5Pset_file_image(access, h5->image, size);
    if (failed >= 0)
        return access;
    H5Pclose(access);
    return H5I_INVALID_HID;
}

/* A name for HDF5 that no file can have, and no other file in memory: HDF5 looks both up. */
static void unique_name(const plc_h5 *h5, char name[64])
{
    snprintf(name, 64, "/dev/null/%p", (const void *)h5);
}

plc_status plc_h5_create(const char *name, plc_h5 **ret_h5, plc_error *error)
{
    plc_h5 *h5 = start(name, error);
    if (!h5)
        return plc_fail_memory(error, name);
    char unique[64];
    unique_name(h5, unique);
    hid_t access = memory_access(h5, 0);
    hid_t creation = H5Pcreate(H5P_FILE_CREATE);
    if (access >= 0 && creation >= 0 && H5Pset_userblock(creation, PLC_SEAL_SIZE) >= 0 &&
        H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) >= 0)
        h5->file = H5Fcreate(unique, H5F_ACC_TRUNC, creation, access);
    H5Pclose(access);
    H5Pclose(creation);
    if (h5->file < 0) {
        plc_h5_destroy(h5);
        return plc_fail_memory(error, name);
    }
    *ret_h5 = h5;
    return PLC_OK;
}

plc_status plc_h5_open(const char *kind, const char *name, const char *data, size_t size,
                       plc_h5 **ret_h5, plc_error *error)
{
    plc_status status = kind ? plc_seal_check(kind, name, data, size, error) : PLC_OK;
    if (status != PLC_OK)
        return status;
    plc_h5 *h5 = start(name, error);
    if (!h5)
        return plc_fail_memory(error, name);
    h5->size = size;
    h5->borrowed = true;
    memcpy(&h5->image, &data, sizeof data); /* const, HDF5's prototypes notwithstanding */
    char unique[64];
    unique_name(h5, unique);
    hid_t access = memory_access(h5, size);
    if (access >= 0) {
        h5->file = H5Fopen(unique, H5F_ACC_RDONLY, access);
        H5Pclose(access);
    }
    if (h5->file < 0) {
        plc_h5_destroy(h5);
        return plc_fail(error, PLC_INVALID, "%s: not an HDF5 file that can be read", name);
    }
    *ret_h5 = h5;
    return PLC_OK;
}

/* Closes a file that was made, which leaves its bytes behind room for a seal; false when it could
 * not be completed. */
static bool close_image(plc_h5 *h5, size_t *ret_size)
{
    ssize_t size =
        H5Fflush(h5->file, H5F_SCOPE_GLOBAL) < 0 ? -1 : H5Fget_file_image(h5->file, NULL, 0);
    herr_t failed = H5Fclose(h5->file);
    h5->file = H5I_INVALID_HID;
    *ret_size = PLC_SEAL_SIZE + (size_t)size; /* that was without the room */
    return size >= 0 && failed >= 0 && *ret_size <= h5->capacity;
}

plc_status plc_h5_finish(plc_h5 *h5, const char *kind, const char *path)
{
    if (h5->status != PLC_OK)
        return h5->status;
    size_t size = 0;
    if (!close_image(h5, &size)) {
        h5->status = PLC_NO_MEMORY;
        return plc_fail_memory(h5->error, h5->name);
    }
    plc_seal_write(kind, h5->image, size);
    h5->status = plc_file_write(path, h5->image, size, h5->error);
    return h5->status;
}

void plc_h5_destroy(plc_h5 *h5)
{
    if (!h5)
        return;
    if (h5->file >= 0)
        H5Fclose(h5->file);
    H5Eclear2(H5E_DEFAULT);
    H5Eset_auto2(H5E_DEFAULT, h5->print, h5->print_data);
    if (!h5->borrowed)
        free(h5->image);
    free(h5);
}
