/* Whole files in, whole files out. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include "base/error.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_standard(const char *path)
{
    return !path || !strcmp(path, "-");
}

/* Appends what a stream still holds, about `expected` bytes; false when memory is short. */
static bool read_stream(FILE *file, size_t expected, plc_bytes *bytes)
{
    size_t capacity = 0, got;
    do {
        size_t room = expected > bytes->size ? expected - bytes->size + 1 : 65536;
        if (!plc_array_reserve(&bytes->data, &capacity, bytes->size + room + 1, 1))
            return false;
        got = fread(bytes->data + bytes->size, 1, capacity - bytes->size - 1, file);
        bytes->size += got;
        bytes->data[bytes->size] = 0;
    } while (got && !feof(file));
    return true;
}

plc_status plc_bytes_read(const char *path, plc_bytes *ret_bytes, plc_error *error)
{
    plc_status status = PLC_OK;
    plc_bytes bytes = {0};
    struct stat info;
    FILE *file = is_standard(path) ? stdin : fopen(path, "rb");
    if (!file)
        return plc_fail(error, PLC_FAILED, "%s: %s", path, strerror(errno));
    bool regular = fstat(fileno(file), &info) == 0 && S_ISREG(info.st_mode);
    if (!read_stream(file, regular ? (size_t)info.st_size : 0, &bytes))
        status = plc_fail_memory(error, path);
    else if (ferror(file))
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

/* Writes to a name of its own and renames it; 0, or the error number with nothing left behind. */
static int write_temporary(const char *path, mode_t mode, char *temporary, const void *data,
                           size_t size)
{
    int fd = mkstemp(temporary);
    if (fd < 0)
        return errno;
    int failure = fchmod(fd, mode) ? errno : write_all(fd, data, size);
    if (close(fd) && !failure)
        failure = errno;
    if (!failure && rename(temporary, path))
        failure = errno;
    if (failure)
        unlink(temporary);
    return failure;
}

/* The same with signals held back, so that none ends the process while the temporary file is there.
 * `temporary` is a template for mkstemp(), in the folder of `path`. */
static int write_renamed(const char *path, mode_t mode, char *temporary, const void *data,
                         size_t size)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int failure = write_temporary(path, mode, temporary, data, size);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failure;
}

/* Writes in place: devices and pipes cannot be renamed over. */
static int write_in_place(const char *path, const void *data, size_t size)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    int failure = fd < 0 ? errno : write_all(fd, data, size);
    if (fd >= 0 && close(fd) && !failure)
        failure = errno;
    return failure;
}

/* The mode that a new file would get. */
static mode_t default_mode(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

plc_status plc_file_write(const char *path, const void *data, size_t size, plc_error *error)
{
    struct stat info;
    char real[PATH_MAX];
    if (is_standard(path)) {
        int failure = write_all(STDOUT_FILENO, data, size);
        return failure ? plc_fail(error, PLC_FAILED, "standard output: %s", strerror(failure))
                       : PLC_OK;
    }
    bool exists = stat(path, &info) == 0;
    const char *target =
        exists && realpath(path, real) ? real : path; /* a link stays, what it names is replaced */
    char *temporary = plc_path_beside(target, ".placode-XXXXXX");
    int failure;
    if (!temporary)
        failure = ENOMEM;
    else if (exists && !S_ISREG(info.st_mode))
        failure = write_in_place(path, data, size);
    else
        failure = write_renamed(target, exists ? info.st_mode & 0777 : default_mode(), temporary,
                                data, size);
    free(temporary);
    if (failure == ENOMEM)
        return plc_fail_memory(error, path);
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

void plc_text_add_list(plc_text *text, const char *format, va_list args)
{
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
}

void plc_text_add(plc_text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    plc_text_add_list(text, format, args);
    va_end(args);
}

void plc_text_finish(plc_text *text)
{
    free(text->data);
    *text = (plc_text){0};
}
