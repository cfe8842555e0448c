/* Whole files in, whole files out. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_BASE_FILE_H
#define PLC_BASE_FILE_H

#include <placode/status.h>
#include <stdarg.h>
#include <stddef.h>

/* A file's bytes. A zeroed one is empty. */
typedef struct plc_bytes {
    char *data; /* [size + 1], the last one 0 */
    size_t size;
} plc_bytes;

/* Reads a file of any kind (pipes too). "-" is standard input. */
plc_status plc_bytes_read(const char *path, plc_bytes *ret_bytes, plc_error *error);
void plc_bytes_finish(plc_bytes *bytes);

/* Writes a file whole or not at all: to a temporary name in the same folder, then renamed; a
 * symbolic link is followed. NULL or
 * "-" is standard output. Devices and pipes are written in place. */
plc_status plc_file_write(const char *path, const void *data, size_t size, plc_error *error);

/* `path` taken from the folder of the file `beside` unless it is absolute; free() the result. NULL
 * when memory is short. */
char *plc_path_beside(const char *beside, const char *path);

/* Text that grows; once an append fails it stays `failed`. A zeroed one is empty. */
typedef struct plc_text {
    char *data;
    size_t n, capacity;
    int failed;
} plc_text;

__attribute__((format(printf, 2, 3))) void plc_text_add(plc_text *text, const char *format, ...);
/* The same with arguments as a list. */
__attribute__((format(printf, 2, 0))) void plc_text_add_list(plc_text *text, const char *format,
                                                             va_list args);
void plc_text_finish(plc_text *text);

#endif
