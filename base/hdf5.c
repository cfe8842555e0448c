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

/* Access to a file in memory: `image` or an empty one. To be closed. */
static hid_t memory_access(const char *image, size_t size)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (access < 0)
        return access;
    herr_t failed = H5Pset_fapl_core(access, GROWTH, false);
    if (failed >= 0)
        failed = H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    if (failed >= 0 && image) {
        /* HDF5 copies the image and does not write to it, its prototype notwithstanding. */
        void *bytes;
        memcpy(&bytes, &image, sizeof bytes);
        failed = H5Pset_file_image(access, bytes, size);
    }
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
    hid_t access = memory_access(NULL, 0);
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
    char unique[64];
    unique_name(h5, unique);
    hid_t access = memory_access(data, size);
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

/* The file's bytes behind room for a seal; NULL after a failure. */
static char *image_of(plc_h5 *h5, size_t *ret_size)
{
    ssize_t size =
        H5Fflush(h5->file, H5F_SCOPE_GLOBAL) < 0 ? -1 : H5Fget_file_image(h5->file, NULL, 0);
    char *image = size < 0 ? NULL : plc_array(PLC_SEAL_SIZE + (size_t)size, 1);
    if (image && H5Fget_file_image(h5->file, image + PLC_SEAL_SIZE, (size_t)size) != size) {
        free(image);
        image = NULL;
    }
    if (image)
        *ret_size = PLC_SEAL_SIZE + (size_t)size;
    return image;
}

plc_status plc_h5_finish(plc_h5 *h5, const char *kind, const char *path)
{
    if (h5->status != PLC_OK)
        return h5->status;
    size_t size = 0;
    char *image = image_of(h5, &size);
    if (!image) {
        h5->status = PLC_NO_MEMORY;
        return plc_fail_memory(h5->error, h5->name);
    }
    H5Fclose(h5->file); /* its memory is not needed while the file is written */
    h5->file = H5I_INVALID_HID;
    plc_seal_write(kind, image, size);
    h5->status = plc_file_write(path, image, size, h5->error);
    free(image);
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
    free(h5);
}
