/* Operations of an associative memory: what came out, and what was expected. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report/report.h"

#include <string.h>

/* A set as "{0, 5, 9}"; what should be there and is not, and the other way round, stand out. */
static void add_set(report_page *page, const char *what, const json_t *set)
{
    if (!set)
        return;
    page_add(page, "%s ", what);
    if (json_is_array(set) && json_array_size(set) == 0)
        page_add(page, "none");
    else
        report_add_value(page, set, NUMBER_PLAIN);
}

/* "cues 3; bits 0, 5, 9". */
static void add_answer(report_page *page, const json_t *word, const char *cues, const char *bits,
                       const char *lost)
{
    const json_t *a = report_list(word, cues), *b = report_list(word, bits);
    const json_t *c = report_list(word, lost);
    page_add(page, "<td>");
    add_set(page, "cues", a);
    page_add(page, "%s", a && b ? "; " : "");
    add_set(page, "bits", b);
    if (json_array_size(c)) {
        page_add(page, "; ");
        add_set(page, "forgotten", c);
    }
    page_add(page, "</td>");
}

static void add_question(report_page *page, const json_t *word)
{
    const json_t *cue = json_object_get(word, "cue"), *content = json_object_get(word, "content");
    page_add(page, "<td>");
    if (cue)
        add_set(page, "cue", cue);
    page_add(page, "%s", cue && content ? "; " : "");
    if (content)
        add_set(page, "bits", content);
    page_add(page, "</td>");
}

static void tell_word(report_page *page, const json_t *word)
{
    const bool wrong = json_is_false(json_object_get(word, "correct"));
    const char *operation = report_text(word, "operation");
    char name[64] = "?";
    if (wrong)
        page_row_wrong(page);
    else
        page_row(page);
    page_cell_number(page, report_number(word, "at"), NUMBER_COUNT);
    if (operation)
        snprintf(name, sizeof name, "%s", operation);
    for (char *c = name; *c; c++)
        *c = *c == '_' ? ' ' : *c;
    page_cell_name(page, name);
    add_question(page, word);
    add_answer(page, word, "cues", "bits", "forgotten");
    add_answer(page, word, "expected_cues", "expected_bits", "expected_forgotten");
    page_cell(page, "%s", wrong ? "<span class=\"why\">&#10007; wrong</span>" : "right");
    page_row_end(page);
}

plc_status report_draw_cam(report *self, const report_input *input, plc_error *error)
{
    static const char *const heads[] = {"#tick",    "operation", "asked", "came out",
                                        "expected", "",          NULL};
    const json_t *words = report_is_result(input, "cam") ? report_list(input->json, "words") : NULL;
    const size_t n = json_array_size(words);
    size_t wrong = 0;
    (void)error;
    for (size_t i = 0; i < n; i++)
        wrong += json_is_false(json_object_get(json_array_get(words, i), "correct"));
    if (n == 0)
        return PLC_OK;
    page_begin(&self->page);
    if (wrong && n > PAGE_ROWS_FOLDED) {
        page_table(&self->page, "Wrong operations", wrong, heads);
        for (size_t i = 0, shown = 0; i < n && shown < PAGE_ROWS_MAX; i++)
            if (json_is_false(json_object_get(json_array_get(words, i), "correct"))) {
                tell_word(&self->page, json_array_get(words, i));
                shown++;
            }
        page_table_end(&self->page, wrong, "operations");
    }
    page_table(&self->page, "Operations", n, heads);
    for (size_t i = 0; i < n && i < PAGE_ROWS_MAX; i++)
        tell_word(&self->page, json_array_get(words, i));
    page_table_end(&self->page, n, "operations");
    return PLC_OK;
}
