/* HDF5 files in memory: reading arrays, tables, texts and attributes, each checked before use. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/hdf5_file.h"
#include "base/memory.h"

enum { MOST_COMPRESSED = 1032 }; /* deflate, the usual filter, shrinks no further than this */

bool plc_h5_has(plc_h5 *h5, const char *path)
{
    if (h5->status != PLC_OK)
        return false;
    /* H5Lexists() wants every group on the way to exist: ask for each in turn. */
    char *part = plc_string_copy(path);
    if (!part) {
        h5->status = plc_fail_memory(h5->error, h5->name);
        return false;
    }
    bool found = true;
    for (char *at = part; found && at;) {
        at = strchr(at + 1, '/');
        if (at)
            *at = 0;
        found = H5Lexists(h5->file, part, H5P_DEFAULT) > 0;
        if (at)
            *at = '/';
    }
    found = found && H5Oexists_by_name(h5->file, path, H5P_DEFAULT) > 0;
    free(part);
    return found;
}

bool plc_h5_has_attribute(plc_h5 *h5, const char *path, const char *attribute)
{
    return h5->status == PLC_OK && H5Aexists_by_name(h5->file, path, attribute, H5P_DEFAULT) > 0;
}

/* Whether values of a type in the file can be taken as `wanted` without loss of kind. */
static bool is_readable(hid_t in_file, plc_h5_type wanted)
{
    H5T_class_t class = H5Tget_class(in_file);
    if (wanted == PLC_H5_F32 || wanted == PLC_H5_F64)
        return class == H5T_FLOAT || class == H5T_INTEGER;
    return class == H5T_INTEGER && H5Tget_size(in_file) <= H5Tget_size(plc_h5_memory_type(wanted));
}

/* An open dataset with its type and space. */
typedef struct plc_h5_dataset {
    hid_t dataset, type, space;
} plc_h5_dataset;

static void close_dataset(plc_h5_dataset *open)
{
    if (open->space >= 0)
        H5Sclose(open->space);
    if (open->type >= 0)
        H5Tclose(open->type);
    if (open->dataset >= 0)
        H5Dclose(open->dataset);
}

/* Opens a dataset of the given rank (0: scalar) and shape. Fails, with nothing open, unless it is
 * so. */
static bool open_dataset(plc_h5 *h5, const char *path, int rank, uint64_t *dims,
                         plc_h5_dataset *ret_open)
{
    if (!plc_h5_has(h5, path)) {
        plc_h5_fail(h5, PLC_INVALID, path, "missing");
        return false;
    }
    plc_h5_dataset open = {H5Dopen2(h5->file, path, H5P_DEFAULT), H5I_INVALID_HID, H5I_INVALID_HID};
    if (open.dataset >= 0) {
        open.type = H5Dget_type(open.dataset);
        open.space = H5Dget_space(open.dataset);
    }
    hsize_t shape[2] = {0};
    if (open.type < 0 || open.space < 0)
        plc_h5_fail(h5, PLC_INVALID, path, "not a dataset that can be read");
    else if (H5Sget_simple_extent_ndims(open.space) != rank ||
             (rank && H5Sget_simple_extent_dims(open.space, shape, NULL) != rank))
        plc_h5_fail(h5, PLC_INVALID, path, "expected %d dimensions, got %d", rank,
                    H5Sget_simple_extent_ndims(open.space));
    for (int i = 0; i < rank && h5->status == PLC_OK; i++) {
        if (dims[i] != PLC_H5_ANY && dims[i] != shape[i])
            plc_h5_fail(h5, PLC_INVALID, path, "expected length %llu in dimension %d, got %llu",
                        (unsigned long long)dims[i], i, (unsigned long long)shape[i]);
        else
            dims[i] = shape[i];
    }
    if (h5->status != PLC_OK) {
        close_dataset(&open);
        return false;
    }
    *ret_open = open;
    return true;
}

/* Room for rows x columns elements, if the file can hold so many. */
static void *allocate(plc_h5 *h5, const char *path, uint64_t rows, uint64_t columns, size_t size,
                      size_t size_in_file)
{
    uint64_t limit = (uint64_t)h5->size * MOST_COMPRESSED / (size_in_file ? size_in_file : 1);
    if (columns && rows > limit / columns) {
        plc_h5_fail(h5, PLC_INVALID, path, "%llu x %llu elements are more than the file can hold",
                    (unsigned long long)rows, (unsigned long long)columns);
        return NULL;
    }
    uint64_t n = rows * columns;
    void *data = n > SIZE_MAX / size ? NULL : plc_array((size_t)n, size);
    if (!data)
        h5->status = plc_fail_memory(h5->error, h5->name);
    return data;
}

/* Reads all of an open dataset into newly allocated memory. */
static void *read_all(plc_h5 *h5, const char *path, const plc_h5_dataset *open, int rank,
                      const uint64_t *dims, hid_t memory_type)
{
    uint64_t rows = rank > 0 ? dims[0] : 1, columns = rank > 1 ? dims[1] : 1;
    void *data =
        allocate(h5, path, rows, columns, H5Tget_size(memory_type), H5Tget_size(open->type));
    if (data && rows && columns &&
        H5Dread(open->dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) < 0) {
        plc_h5_fail(h5, PLC_INVALID, path, "HDF5 could not read this dataset");
        free(data);
        data = NULL;
    }
    return data;
}

void *plc_h5_read(plc_h5 *h5, const char *path, plc_h5_type type, int rank, uint64_t *dims)
{
    plc_h5_dataset open;
    if (!open_dataset(h5, path, rank, dims, &open))
        return NULL;
    void *data = NULL;
    if (!is_readable(open.type, type))
        plc_h5_fail(h5, PLC_INVALID, path, "unexpected type of element");
    else
        data = read_all(h5, path, &open, rank, dims, plc_h5_memory_type(type));
    close_dataset(&open);
    return data;
}

void *plc_h5_read_table(plc_h5 *h5, const char *path, const plc_h5_field *fields, size_t n_fields,
                        size_t size, uint64_t *ret_n)
{
    plc_h5_dataset open;
    uint64_t n = PLC_H5_ANY;
    if (!open_dataset(h5, path, 1, &n, &open))
        return NULL;
    hid_t expected = plc_h5_table_type(fields, n_fields, size, false);
    hid_t memory_type = plc_h5_table_type(fields, n_fields, size, true);
    void *data = NULL;
    if (expected < 0 || memory_type < 0)
        h5->status = plc_fail_memory(h5->error, h5->name);
    else if (H5Tequal(open.type, expected) <= 0)
        plc_h5_fail(h5, PLC_INVALID, path, "its columns are not those of version 1");
    else
        data = read_all(h5, path, &open, 1, &n, memory_type);
    H5Tclose(expected);
    H5Tclose(memory_type);
    close_dataset(&open);
    if (data)
        *ret_n = n;
    return data;
}

/* Whether a type in the file is a string of a fixed length that the file can hold. */
static bool is_text(const plc_h5 *h5, hid_t type)
{
    return H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0 &&
           H5Tget_size(type) <= h5->size;
}

char *plc_h5_read_text(plc_h5 *h5, const char *path)
{
    plc_h5_dataset open;
    if (!open_dataset(h5, path, 0, NULL, &open))
        return NULL;
    char *text = NULL;
    if (!is_text(h5, open.type))
        plc_h5_fail(h5, PLC_INVALID, path, "expected a text");
    else if (!(text = plc_array(H5Tget_size(open.type) + 1, 1)))
        h5->status = plc_fail_memory(h5->error, h5->name);
    else if (H5Dread(open.dataset, open.type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) < 0)
        plc_h5_fail(h5, PLC_INVALID, path, "HDF5 could not read this text");
    close_dataset(&open);
    if (h5->status != PLC_OK) {
        free(text);
        text = NULL;
    }
    return text;
}

/* Opens a scalar attribute and its type; fails with nothing open. */
static bool open_attribute(plc_h5 *h5, const char *path, const char *name, hid_t *ret_attribute,
                           hid_t *ret_type)
{
    if (h5->status != PLC_OK)
        return false;
    hid_t attribute = H5Aopen_by_name(h5->file, path, name, H5P_DEFAULT, H5P_DEFAULT);
    if (attribute < 0) {
        plc_h5_fail(h5, PLC_INVALID, path, "attribute %s: missing", name);
        return false;
    }
    hid_t space = H5Aget_space(attribute);
    bool scalar = space >= 0 && H5Sget_simple_extent_npoints(space) == 1;
    hid_t type = H5Aget_type(attribute);
    if (space >= 0)
        H5Sclose(space);
    if (!scalar || type < 0) {
        plc_h5_fail(h5, PLC_INVALID, path, "attribute %s: expected one value", name);
        if (type >= 0)
            H5Tclose(type);
        H5Aclose(attribute);
        return false;
    }
    *ret_attribute = attribute;
    *ret_type = type;
    return true;
}

void plc_h5_get(plc_h5 *h5, const char *path, const char *attribute, plc_h5_type type,
                void *ret_value)
{
    hid_t open, in_file;
    if (!open_attribute(h5, path, attribute, &open, &in_file))
        return;
    if (!is_readable(in_file, type))
        plc_h5_fail(h5, PLC_INVALID, path, "attribute %s: unexpected type", attribute);
    else if (H5Aread(open, plc_h5_memory_type(type), ret_value) < 0)
        plc_h5_fail(h5, PLC_INVALID, path, "attribute %s: HDF5 could not read it", attribute);
    H5Tclose(in_file);
    H5Aclose(open);
}

char *plc_h5_get_text(plc_h5 *h5, const char *path, const char *attribute)
{
    hid_t open, in_file;
    if (!open_attribute(h5, path, attribute, &open, &in_file))
        return NULL;
    char *text = NULL;
    if (!is_text(h5, in_file))
        plc_h5_fail(h5, PLC_INVALID, path, "attribute %s: expected a text", attribute);
    else if (!(text = plc_array(H5Tget_size(in_file) + 1, 1)))
        h5->status = plc_fail_memory(h5->error, h5->name);
    else if (H5Aread(open, in_file, text) < 0)
        plc_h5_fail(h5, PLC_INVALID, path, "attribute %s: HDF5 could not read it", attribute);
    H5Tclose(in_file);
    H5Aclose(open);
    if (h5->status != PLC_OK) {
        free(text);
        text = NULL;
    }
    return text;
}

char *plc_h5_member(plc_h5 *h5, const char *path, uint64_t i)
{
    if (h5->status != PLC_OK)
        return NULL;
    H5G_info_t info;
    if (!plc_h5_has(h5, path) || H5Gget_info_by_name(h5->file, path, &info, H5P_DEFAULT) < 0) {
        plc_h5_fail(h5, PLC_INVALID, path, "expected a group");
        return NULL;
    }
    if (i >= info.nlinks)
        return NULL;
    /* By the order of making where the file keeps one; asking fails where it does not. */
    H5_index_t index = H5_INDEX_CRT_ORDER;
    ssize_t length =
        H5Lget_name_by_idx(h5->file, path, index, H5_ITER_INC, i, NULL, 0, H5P_DEFAULT);
    if (length < 0) {
        index = H5_INDEX_NAME;
        length = H5Lget_name_by_idx(h5->file, path, index, H5_ITER_INC, i, NULL, 0, H5P_DEFAULT);
    }
    char *name = length < 0 ? NULL : plc_array((size_t)length + 1, 1);
    if (name && H5Lget_name_by_idx(h5->file, path, index, H5_ITER_INC, i, name, (size_t)length + 1,
                                   H5P_DEFAULT) == length)
        return name;
    if (length >= 0 && !name)
        plc_h5_fail(h5, PLC_NO_MEMORY, path, "out of memory");
    else
        plc_h5_fail(h5, PLC_INVALID, path, "its members cannot be listed");
    free(name);
    return NULL;
}
