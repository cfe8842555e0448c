/* Lines of netlists, as words. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_FTL_WORDS_H
#define PLC_FTL_WORDS_H

#include <placode/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct plc_word {
    const char *at;
    uint32_t length;
} plc_word;

/* A cursor over lines; zero what is not set by plc_words_text(). */
typedef struct plc_words {
    const char *name; /* for messages */
    const char *at, *end;
    uint64_t line;      /* from 1, of the first line of what is in `data` */
    uint64_t next_line; /* of what is at `at` */
    plc_word *data;     /* [n] */
    size_t n, capacity;
} plc_words;

plc_words plc_words_text(const char *name, const char *text, size_t length);
void plc_words_finish(plc_words *words);

/* Reads the words of the next line that has some; lines that end with a backslash go on. Comments
 * begin with '#'. Each character of `single` is a word of its own. n = 0 at the end of the text. */
plc_status plc_words_next(plc_words *words, const char *single, plc_error *error);

bool plc_word_is(plc_word word, const char *text);
/* The same whatever the case of letters; `text` is in capitals. */
bool plc_word_is_any_case(plc_word word, const char *text);
/* "name:line: message". */
__attribute__((format(printf, 3, 4))) plc_status
plc_words_fail(const plc_words *words, plc_error *error, const char *format, ...);

/* For "%.*s": what a message shows of a word, which has no more of it than is printable. */
#define PLC_WORD_SHOWN(word) plc_word_shown(word), (word).at
int plc_word_shown(plc_word word);

#endif
