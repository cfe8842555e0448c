/* HDF5 files in memory: writing arrays, tables, texts and attributes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hdf5_file.h"

#include <string.h>

void plc_h5_group(plc_h5 *h5, const char *path)
{
    if (h5->status != PLC_OK)
        return;
    hid_t group = H5I_INVALID_HID;
    hid_t creation = H5Pcreate(H5P_GROUP_CREATE);
    if (creation >= 0 &&
        H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) >= 0 &&
        H5Pset_obj_track_times(creation, false) >= 0)
        group = H5Gcreate2(h5->file, path, H5P_DEFAULT, creation, H5P_DEFAULT);
    H5Pclose(creation);
    if (group < 0)
        plc_h5_fail(h5, PLC_FAILED, path, "HDF5 could not make this group");
    else
        H5Gclose(group);
}

/* Makes a dataset and fills it. Takes `space` over. Two files of the same content have the same
 * bytes: no times are stored. */
static void write_dataset(plc_h5 *h5, const char *path, hid_t file_type, hid_t memory_type,
                          hid_t space, const void *data)
{
    herr_t failed = -1;
    hid_t dataset = H5I_INVALID_HID;
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    if (space >= 0 && creation >= 0 && H5Pset_obj_track_times(creation, false) >= 0)
        dataset = H5Dcreate2(h5->file, path, file_type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    if (dataset >= 0) {
        bool empty = H5Sget_simple_extent_npoints(space) == 0;
        failed = empty ? 0 : H5Dwrite(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data);
        H5Dclose(dataset);
    }
    H5Pclose(creation);
    H5Sclose(space);
    if (failed < 0)
        plc_h5_fail(h5, PLC_FAILED, path, "HDF5 could not make this dataset");
}

void plc_h5_write(plc_h5 *h5, const char *path, plc_h5_type type, int rank, const uint64_t *dims,
                  const void *data)
{
    if (h5->status != PLC_OK)
        return;
    hsize_t shape[2] = {dims[0], rank > 1 ? dims[1] : 0};
    write_dataset(h5, path, plc_h5_file_type(type), plc_h5_memory_type(type),
                  H5Screate_simple(rank, shape, NULL), data);
}

void plc_h5_write_table(plc_h5 *h5, const char *path, const plc_h5_field *fields, size_t n_fields,
                        size_t size, uint64_t n, const void *data)
{
    if (h5->status != PLC_OK)
        return;
    hsize_t shape = n;
    hid_t file_type = plc_h5_table_type(fields, n_fields, size, false);
    hid_t memory_type = plc_h5_table_type(fields, n_fields, size, true);
    write_dataset(h5, path, file_type, memory_type, H5Screate_simple(1, &shape, NULL), data);
    H5Tclose(file_type);
    H5Tclose(memory_type);
}

/* A string type for a text, to be closed. */
static hid_t text_type(const char *text)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type >= 0 && H5Tset_size(type, strlen(text) + 1) >= 0 &&
        H5Tset_cset(type, H5T_CSET_UTF8) >= 0)
        return type;
    H5Tclose(type);
    return H5I_INVALID_HID;
}

void plc_h5_write_text(plc_h5 *h5, const char *path, const char *text)
{
    if (h5->status != PLC_OK)
        return;
    hid_t type = text_type(text);
    write_dataset(h5, path, type, type, H5Screate(H5S_SCALAR), text);
    H5Tclose(type);
}

/* Makes an attribute and fills it. Takes `space` over. */
static void write_attribute(plc_h5 *h5, const char *path, const char *name, hid_t file_type,
                            hid_t memory_type, hid_t space, const void *data)
{
    hid_t attribute = H5Acreate_by_name(h5->file, path, name, file_type, space, H5P_DEFAULT,
                                        H5P_DEFAULT, H5P_DEFAULT);
    herr_t failed = attribute < 0 ? -1 : H5Awrite(attribute, memory_type, data);
    if (attribute >= 0)
        H5Aclose(attribute);
    H5Sclose(space);
    if (failed < 0)
        plc_h5_fail(h5, PLC_FAILED, path, "HDF5 could not make the attribute %s", name);
}

void plc_h5_set(plc_h5 *h5, const char *path, const char *attribute, plc_h5_type type, uint64_t n,
                const void *values)
{
    if (h5->status != PLC_OK)
        return;
    hsize_t shape = n;
    hid_t space = n == 1 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &shape, NULL);
    write_attribute(h5, path, attribute, plc_h5_file_type(type), plc_h5_memory_type(type), space,
                    values);
}

void plc_h5_set_text(plc_h5 *h5, const char *path, const char *attribute, const char *text)
{
    if (h5->status != PLC_OK)
        return;
    hid_t type = text_type(text);
    write_attribute(h5, path, attribute, type, type, H5Screate(H5S_SCALAR), text);
    H5Tclose(type);
}

void plc_h5_set_choice(plc_h5 *h5, const char *path, const char *attribute,
                       const char *const *names, unsigned choice)
{
    if (h5->status != PLC_OK)
        return;
    hid_t type = H5Tenum_create(H5T_STD_U8LE);
    for (uint8_t i = 0; names[i]; i++)
        H5Tenum_insert(type, names[i], &i);
    uint8_t value = (uint8_t)choice;
    write_attribute(h5, path, attribute, type, type, H5Screate(H5S_SCALAR), &value);
    H5Tclose(type);
}
