/* Gzipped files, as a whole in memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/tables_file.h"

#include "base/error.h"
#include "base/memory.h"

#define ZLIB_CONST /* next_in points to const */
#include <zlib.h>

/* Window and header: the largest window, a gzip header. */
enum { GZIP_WINDOW = MAX_WBITS + 16, CHUNK = 1 << 16 };

/* zlib counts in unsigned int. */
static uInt clip(size_t size)
{
    return size < UINT_MAX ? (uInt)size : UINT_MAX;
}

/* Runs the stream from `packed` to its end, through as many members as there are. */
static plc_status inflate_all(const char *name, size_t most, z_stream *z, const plc_bytes *packed,
                              plc_bytes *bytes, plc_error *error)
{
    size_t capacity = 0, taken = 0;
    int result = Z_OK;
    while (result != Z_STREAM_END || taken < packed->size) {
        if (result == Z_STREAM_END && inflateReset(z) != Z_OK)
            return plc_fail_memory(error, name);
        if (!plc_array_reserve(&bytes->data, &capacity, bytes->size + CHUNK + 1, 1))
            return plc_fail_memory(error, name);
        size_t room = capacity - bytes->size - 1;
        z->next_in = (const Bytef *)packed->data + taken;
        z->avail_in = clip(packed->size - taken);
        z->next_out = (Bytef *)bytes->data + bytes->size;
        z->avail_out = clip(room);
        uInt in = z->avail_in, out = z->avail_out;
        result = inflate(z, Z_NO_FLUSH);
        taken += in - z->avail_in;
        bytes->size += out - z->avail_out;
        if (bytes->size > most)
            return plc_fail(error, PLC_INVALID, "%s: expected at most %zu bytes when unpacked",
                            name, most);
        if (result == Z_MEM_ERROR)
            return plc_fail_memory(error, name);
        if (result != Z_OK && result != Z_STREAM_END)
            return plc_fail(error, PLC_INVALID, "%s: not a whole gzip file: %s", name,
                            z->msg ? z->msg : "it is cut short");
    }
    bytes->data[bytes->size] = 0;
    return PLC_OK;
}

plc_status gzip_unpack(const char *name, size_t most, plc_bytes *bytes, plc_error *error)
{
    z_stream z = {0};
    plc_bytes unpacked = {0};
    if (bytes->size < 2 || bytes->data[0] != '\x1f' || bytes->data[1] != '\x8b')
        return PLC_OK;
    if (inflateInit2(&z, GZIP_WINDOW) != Z_OK)
        return plc_fail_memory(error, name);
    plc_status status = inflate_all(name, most, &z, bytes, &unpacked, error);
    inflateEnd(&z);
    if (status != PLC_OK) {
        plc_bytes_finish(&unpacked);
        return status;
    }
    plc_bytes_finish(bytes);
    *bytes = unpacked;
    return PLC_OK;
}

plc_status gzip_pack(const char *name, const char *text, size_t size, plc_bytes *ret_bytes,
                     plc_error *error)
{
    z_stream z = {0};
    if (size >= UINT_MAX / 2)
        return plc_fail(error, PLC_FAILED, "%s: too large to be gzipped", name);
    if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        return plc_fail_memory(error, name);
    size_t most = deflateBound(&z, size);
    plc_bytes packed = {.data = plc_array(most + 1, 1)};
    z.next_in = (const Bytef *)text;
    z.avail_in = (uInt)size;
    z.next_out = (Bytef *)packed.data;
    z.avail_out = (uInt)most;
    bool done = packed.data && deflate(&z, Z_FINISH) == Z_STREAM_END;
    packed.size = z.total_out;
    deflateEnd(&z);
    if (!done) {
        free(packed.data);
        return plc_fail_memory(error, name);
    }
    *ret_bytes = packed;
    return PLC_OK;
}
