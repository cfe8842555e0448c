/* Whole files in, whole files out. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include "base/error.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_standard(const char *path)
{
    return !path || !strcmp(path, "-");
}

plc_status plc_bytes_read(const char *path, plc_bytes *ret_bytes, plc_error *error)
{
    plc_status status = PLC_OK;
    plc_bytes bytes = {0};
    size_t capacity = 0;
    FILE *file = is_standard(path) ? stdin : fopen(path, "rb");
    if (!file)
        return plc_fail(error, PLC_FAILED, "%s: %s", path, strerror(errno));
    struct stat info;
    size_t expected =
        fstat(fileno(file), &info) == 0 && S_ISREG(info.st_mode) ? (size_t)info.st_size : 0;
    for (;;) {
        size_t room = expected > bytes.size ? expected - bytes.size : 65536;
        if (!plc_array_reserve(&bytes.data, &capacity, bytes.size + room + 1, 1)) {
            status = plc_fail_memory(error, path);
            break;
        }
        size_t got = fread(bytes.data + bytes.size, 1, capacity - bytes.size - 1, file);
        bytes.size += got;
        bytes.data[bytes.size] = 0;
        if (got == 0)
            break;
    }
    if (status == PLC_OK && ferror(file))
        status = plc_fail(error, PLC_FAILED, "%s: %s", path, strerror(errno));
    if (file != stdin)
        fclose(file);
    if (status == PLC_OK)
        *ret_bytes = bytes;
    else
        free(bytes.data);
    return status;
}

void plc_bytes_finish(plc_bytes *bytes)
{
    free(bytes->data);
    *bytes = (plc_bytes){0};
}

/* Writes all bytes to a descriptor; 0, or the error number. */
static int write_all(int fd, const char *data, size_t size)
{
    while (size) {
        ssize_t n = write(fd, data, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno;
        data += n;
        size -= (size_t)n;
    }
    return 0;
}

/* Writes to a name of its own beside `path` and renames it; 0, or the error number with nothing
 * left behind. */
static int write_renamed(const char *path, mode_t mode, const char *temporary, const void *data,
                         size_t size)
{
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return errno;
    int failure = write_all(fd, data, size);
    if (close(fd) && !failure)
        failure = errno;
    if (!failure && rename(temporary, path))
        failure = errno;
    if (failure)
        unlink(temporary);
    return failure;
}

plc_status plc_file_write(const char *path, const void *data, size_t size, plc_error *error)
{
    int failure;
    if (is_standard(path)) {
        path = "standard output";
        failure = write_all(STDOUT_FILENO, data, size);
        return failure ? plc_fail(error, PLC_FAILED, "%s: %s", path, strerror(failure)) : PLC_OK;
    }
    struct stat info;
    bool exists = stat(path, &info) == 0;
    if (exists && !S_ISREG(info.st_mode)) {
        int fd = open(path, O_WRONLY | O_CLOEXEC);
        failure = fd < 0 ? errno : write_all(fd, data, size);
        if (fd >= 0 && close(fd) && !failure)
            failure = errno;
    } else {
        size_t length = strlen(path) + 32;
        char *temporary = plc_array(length, 1);
        if (!temporary)
            return plc_fail_memory(error, path);
        snprintf(temporary, length, "%s.%ld.tmp", path, (long)getpid());
        failure = write_renamed(path, exists ? info.st_mode & 0777 : 0666, temporary, data, size);
        free(temporary);
    }
    return failure ? plc_fail(error, PLC_FAILED, "%s: %s", path, strerror(failure)) : PLC_OK;
}

char *plc_path_beside(const char *beside, const char *path)
{
    const char *slash = beside ? strrchr(beside, '/') : NULL;
    if (path[0] == '/' || !slash)
        return plc_string_copy(path);
    size_t folder = (size_t)(slash - beside) + 1;
    char *joined = plc_array(folder + strlen(path) + 1, 1);
    if (joined) {
        memcpy(joined, beside, folder);
        strcpy(joined + folder, path);
    }
    return joined;
}

void plc_text_add(plc_text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    if (length < 0 || !plc_reserve(text, data, (size_t)length + 1)) {
        text->failed = 1;
    } else {
        vsnprintf(text->data + text->n, (size_t)length + 1, format, again);
        text->n += (size_t)length;
    }
    va_end(again);
    va_end(args);
}

void plc_text_finish(plc_text *text)
{
    free(text->data);
    *text = (plc_text){0};
}
