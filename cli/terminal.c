/* What the commands say: results, messages, progress; and Ctrl-C. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* One line, whatever stands in file names and files: what is not printable ASCII or UTF-8 is shown
 * as \xNN. */
static void vlog_line(const char *format, va_list args)
{
    char line[2048];
    vsnprintf(line, sizeof line, format, args);
    fputs("placode: ", stderr);
    for (const unsigned char *at = (const unsigned char *)line; *at; at++) {
        if (*at < 0x20 || *at == 0x7f)
            fprintf(stderr, "\\x%02x", *at);
        else
            putc(*at, stderr);
    }
    putc('\n', stderr);
}

void log_line(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vlog_line(format, args);
    va_end(args);
}

int fail_usage(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vlog_line(format, args);
    va_end(args);
    return EXIT_USAGE;
}

int fail_with(plc_status status, const plc_error *error)
{
    log_line("%s", error->message);
    switch (status) {
    case PLC_OK:
        return EXIT_OK;
    case PLC_DOES_NOT_FIT:
        return EXIT_NO_FIT;
    case PLC_DIFFERS:
        return EXIT_DIFFERS;
    case PLC_STOPPED:
        return EXIT_INTERRUPTED;
    default:
        return EXIT_FAILED;
    }
}

int open_chip(const char *caller, const char *name, plc_chip **ret_chip)
{
    plc_error error = {0};
    name = name ? name : "ideal";
    plc_status status = plc_chip_open(name, ret_chip, &error);
    if (status == PLC_OK)
        return -1;
    return status == PLC_INVALID && access(name, F_OK)
               ? fail_usage("%s: --chip: %s", caller, error.message)
               : fail_with(status, &error);
}

bool engine_exists(const char *name)
{
    for (size_t i = 0; name && plc_engine_kind(i); i++)
        if (!strcmp(plc_engine_kind(i), name))
            return true;
    return !name;
}

int fail_engine(const char *caller, const char *name)
{
    char legal[128] = "";
    for (size_t i = 0; plc_engine_kind(i); i++) {
        size_t used = strlen(legal);
        snprintf(legal + used, sizeof legal - used, "%s%s", i ? ", " : "", plc_engine_kind(i));
    }
    return fail_usage("%s: --engine: expected %s, got \"%s\"", caller, legal, name);
}

json_t *json_text(const char *text)
{
    json_t *json = json_string(text);
    char ascii[1024];
    size_t n = 0;
    if (json)
        return json;
    for (; *text && n + 5 < sizeof ascii; text++)
        n += (size_t)snprintf(ascii + n, sizeof ascii - n, *text & 0x80 ? "\\x%02x" : "%c",
                              (unsigned char)*text);
    return json_string(ascii);
}

json_t *json_known(double value)
{
    return isnan(value) ? json_null() : json_real(value);
}

json_t *json_digest(uint64_t digest)
{
    return json_sprintf("0x%016" PRIx64, digest);
}

static void print_row(const char *key, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        printf("%-20s %s\n", key, json_string_value(value));
        break;
    case JSON_INTEGER:
        printf("%-20s %" JSON_INTEGER_FORMAT "\n", key, json_integer_value(value));
        break;
    case JSON_REAL:
        printf("%-20s %.6g\n", key, json_real_value(value));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        printf("%-20s %s\n", key, json_is_true(value) ? "yes" : "no");
        break;
    default:
        break; /* lists are for JSON; what is not known is left out */
    }
}

int print_result(json_t *result, bool as_json)
{
    const char *key;
    json_t *value;
    if (!result) {
        log_line("out of memory: result");
        return EXIT_FAILED;
    }
    if (as_json) {
        json_dumpf(result, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
        putchar('\n');
    } else {
        json_object_foreach(result, key, value)
        {
            print_row(key, value);
        }
    }
    json_decref(result);
    return finish_stdout();
}

int finish_stdout(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return EXIT_OK;
    log_line("standard output: %s", strerror(errno));
    return EXIT_FAILED;
}

double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void progress_begin(progress *bar, const char *what)
{
    *bar = (progress){.what = what, .begin = seconds_now(), .on = isatty(STDERR_FILENO)};
    bar->drawn = bar->begin;
}

/* "1:05" or "2:03:20". */
static void format_seconds(double seconds, char *buffer, size_t size)
{
    unsigned long s = seconds < 0 ? 0 : (unsigned long)(seconds + 0.5);
    if (s >= 3600)
        snprintf(buffer, size, "%lu:%02lu:%02lu", s / 3600, s / 60 % 60, s % 60);
    else
        snprintf(buffer, size, "%lu:%02lu", s / 60, s % 60);
}

void progress_show(progress *bar, double done)
{
    static const char full[] = "########################################";
    static const char empty[] = "........................................";
    double now = bar->on ? seconds_now() : 0;
    if (!bar->on || now - bar->drawn < 0.1)
        return;
    bar->drawn = now;
    done = fmin(fmax(done, 1e-6), 1);
    char left[24], line[256];
    format_seconds((now - bar->begin) * (1 - done) / done, left, sizeof left);
    struct winsize size = {0};
    int columns = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
    int room = columns - (int)strlen(bar->what) - (int)strlen(left) - 16;
    int width = room > 40 ? 40 : room;
    int filled = (int)(done * width);
    if (width >= 4)
        snprintf(line, sizeof line, "%s [%.*s%.*s] %3.0f%% %s left", bar->what, filled, full,
                 width - filled, empty, 100 * done, left);
    else
        snprintf(line, sizeof line, "%3.0f%% %s", 100 * done, left);
    fprintf(stderr, "\r%.*s\033[K", columns > 1 ? columns - 1 : 1, line);
    fflush(stderr);
}

void progress_end(progress *bar)
{
    if (bar->on)
        fputs("\r\033[K", stderr);
}

/* Set by Ctrl-C: the one place where a signal leaves its mark. */
static volatile sig_atomic_t interrupt_flag;

static void on_interrupt(int number)
{
    interrupt_flag = 1;
    signal(number, SIG_DFL);
}

void interrupt_catch(void)
{
    signal(SIGINT, on_interrupt);
    signal(SIGTERM, on_interrupt);
}

bool interrupted(void)
{
    return interrupt_flag;
}
