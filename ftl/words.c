/* Lines of netlists, as words. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "ftl/words.h"

#include "base/error.h"
#include "base/memory.h"
#include "ftl/netlist.h"

#include <stdarg.h>
#include <stdio.h>

enum { SHOWN = 60 };

plc_words plc_words_text(const char *name, const char *text, size_t length)
{
    return (plc_words){.name = name, .at = text, .end = text + length, .line = 1, .next_line = 1};
}

void plc_words_finish(plc_words *words)
{
    free(words->data);
    words->data = NULL;
}

plc_status plc_words_fail(const plc_words *words, plc_error *error, const char *format, ...)
{
    char message[512];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return plc_fail(error, PLC_INVALID, "%s:%llu: %s", words->name, (unsigned long long)words->line,
                    message);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

/* Whether a line, without its comment, goes on in the next one; then its backslash is cut off. */
static bool is_continued(const char *begin, const char **end)
{
    const char *last = *end;
    while (last > begin && is_blank(last[-1]))
        last--;
    if (last == begin || last[-1] != '\\')
        return false;
    *end = last - 1;
    return true;
}

static plc_status add_words(plc_words *words, const char *at, const char *end, const char *single,
                            plc_error *error)
{
    while (at < end) {
        if (is_blank(*at)) {
            at++;
            continue;
        }
        const char *begin = at++;
        if (!strchr(single, *begin))
            while (at < end && !is_blank(*at) && !strchr(single, *at))
                at++;
        if (*begin == 0 || memchr(begin, 0, (size_t)(at - begin)))
            return plc_words_fail(words, error, "expected text, got a byte 0");
        if (!plc_reserve(words, data, 1))
            return plc_fail_memory(error, words->name);
        words->data[words->n++] = (plc_word){begin, (uint32_t)(at - begin)};
    }
    return PLC_OK;
}

plc_status plc_words_next(plc_words *words, const char *single, plc_error *error)
{
    words->n = 0;
    bool continued = false;
    while (words->at < words->end && (words->n == 0 || continued)) {
        size_t rest = (size_t)(words->end - words->at);
        size_t limit = rest < PLC_NETLIST_LINE_MAX ? rest : PLC_NETLIST_LINE_MAX;
        if (!continued)
            words->line = words->next_line;
        const char *newline = memchr(words->at, '\n', limit);
        if (!newline && limit < rest)
            return plc_words_fail(words, error, "a line of more than %d characters",
                                  PLC_NETLIST_LINE_MAX);
        const char *begin = words->at, *end = newline ? newline : words->end;
        const char *comment = memchr(begin, '#', (size_t)(end - begin));
        words->at = newline ? newline + 1 : words->end;
        words->next_line++;
        if (comment)
            end = comment;
        continued = is_continued(begin, &end);
        plc_status status = add_words(words, begin, end, single, error);
        if (status != PLC_OK)
            return status;
    }
    return PLC_OK;
}

bool plc_word_is(plc_word word, const char *text)
{
    return word.length == strlen(text) && !memcmp(word.at, text, word.length);
}

bool plc_word_is_any_case(plc_word word, const char *text)
{
    if (word.length != strlen(text))
        return false;
    for (uint32_t i = 0; i < word.length; i++) {
        char c = word.at[i];
        if ((c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c) != text[i])
            return false;
    }
    return true;
}

int plc_word_shown(plc_word word)
{
    uint32_t n = word.length < SHOWN ? word.length : SHOWN;
    for (uint32_t i = 0; i < n; i++)
        if ((uint8_t)word.at[i] < 0x20 || (uint8_t)word.at[i] >= 0x7f)
            return (int)i;
    return (int)n;
}
