/* Netlists, whatever their format. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/netlist.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "ftl/words.h"

/* The file's name without folders and what follows the last dot. */
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
    plc_bytes bytes = {0};
    plc_aig *aig = NULL;
    plc_status status = plc_bytes_read(path, &bytes, error);
    if (status == PLC_OK)
        status = plc_netlist_parse(path, bytes.data, bytes.size, &aig, error);
    plc_bytes_finish(&bytes);
    if (status != PLC_OK)
        return status;
    if (!aig->name[0]) {
        free(aig->name);
        aig->name = base_name(path);
        if (!aig->name) {
            plc_aig_destroy(aig);
            return plc_fail_memory(error, path);
        }
    }
    *ret_aig = aig;
    return PLC_OK;
}
