/* Netlists, whatever their format. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/netlist.h"

#include "base/error.h"
#include "base/memory.h"
#include "ftl/words.h"

#include <errno.h>
#include <stdio.h>

/* A file on its way into memory. */
typedef struct intake {
    struct {
        char *data;
        size_t n, capacity;
    } text;
    size_t line_begin; /* of the line at the end */
    uint64_t line;
} intake;

/* Whether the last line is longer than any of text is, and so not worth the reading of the rest. */
static bool is_too_long(intake *in, size_t from)
{
    const char *newline;
    while ((newline = memchr(in->text.data + from, '\n', in->text.n - from))) {
        from = in->line_begin = (size_t)(newline - in->text.data) + 1;
        in->line++;
    }
    bool binary = in->text.n >= 4 && !memcmp(in->text.data, "aig ", 4);
    return !binary && in->text.n - in->line_begin > PLC_NETLIST_LINE_MAX;
}

static plc_status take_in(intake *in, FILE *file, const char *path, plc_error *error)
{
    enum { CHUNK = 1 << 16 };
    size_t got = CHUNK;
    while (got == CHUNK) {
        if (!plc_reserve(&in->text, data, CHUNK + 1))
            return plc_fail_memory(error, path);
        got = fread(in->text.data + in->text.n, 1, CHUNK, file);
        in->text.n += got;
        in->text.data[in->text.n] = 0;
        if (is_too_long(in, in->text.n - got))
            return plc_fail(error, PLC_INVALID, "%s:%llu: a line of more than %d characters", path,
                            (unsigned long long)in->line, PLC_NETLIST_LINE_MAX);
    }
    return ferror(file) ? plc_fail(error, PLC_FAILED, "%s: %s", path, strerror(errno)) : PLC_OK;
}

/* A name without folders and what follows the last dot. */
static char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/'), *begin = slash ? slash + 1 : path;
    const char *dot = strrchr(begin, '.');
    size_t length = dot && dot > begin ? (size_t)(dot - begin) : strlen(begin);
    char *name = plc_array(length + 1, 1);
    if (name)
        memcpy(name, begin, length);
    return name;
}

plc_status plc_netlist_parse(const char *name, const char *text, size_t length, plc_aig **ret_aig,
                             plc_error *error)
{
    plc_words words = plc_words_text(name, text, length);
    bool aiger = length > 4 && (!memcmp(text, "aig ", 4) || !memcmp(text, "aag ", 4));
    bool blif = false;
    plc_status status = aiger ? PLC_OK : plc_words_next(&words, "(),=", error);
    if (status == PLC_OK && !aiger && !words.n)
        status =
            plc_fail(error, PLC_INVALID,
                     "%s:1: expected a netlist in BLIF, .bench or AIGER, got an empty file", name);
    if (status == PLC_OK && !aiger) {
        blif = words.data[0].at[0] == '.';
        if (!blif &&
            (words.n < 2 || !(plc_word_is(words.data[1], "=") || plc_word_is(words.data[1], "("))))
            status = plc_words_fail(&words, error,
                                    "expected a netlist in BLIF (.model), .bench (INPUT(...)) or "
                                    "AIGER (aig), got \"%.*s\"",
                                    PLC_WORD_SHOWN(words.data[0]));
    }
    plc_words_finish(&words);
    if (status != PLC_OK)
        return status;
    return aiger  ? plc_aiger_parse(name, text, length, ret_aig, error)
           : blif ? plc_blif_parse(name, text, length, ret_aig, error)
                  : plc_bench_parse(name, text, length, ret_aig, error);
}

plc_status plc_netlist_read(const char *path, plc_aig **ret_aig, plc_error *error)
{
    intake in = {.line = 1};
    plc_aig *aig = NULL;
    FILE *file = strcmp(path, "-") ? fopen(path, "rb") : stdin;
    if (!file)
        return plc_fail(error, PLC_FAILED, "%s: %s", path, strerror(errno));
    plc_status status = take_in(&in, file, path, error);
    if (file != stdin)
        fclose(file);
    if (status == PLC_OK)
        status = plc_netlist_parse(path, in.text.data, in.text.n, &aig, error);
    free(in.text.data);
    if (status != PLC_OK)
        return status;
    char *name = base_name(aig->name[0] ? aig->name : path);
    if (!name) {
        plc_aig_destroy(aig);
        return plc_fail_memory(error, path);
    }
    free(aig->name);
    aig->name = name;
    *ret_aig = aig;
    return PLC_OK;
}
