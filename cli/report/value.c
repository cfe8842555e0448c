/* Values of JSON as text and as tables. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report/report.h"

#include <math.h>
#include <string.h>

enum { LIST_SHOWN = 24 };

static void add_items(report_page *page, const json_t *list, number_form form)
{
    const size_t n = json_array_size(list);
    char text[NUMBER_TEXT];
    for (size_t i = 0; i < n && i < LIST_SHOWN; i++) {
        page_add(page, "%s", i ? ", " : "");
        report_add_value(page, json_array_get(list, i), form);
    }
    if (n == 0)
        page_add(page, "none");
    if (n > LIST_SHOWN)
        page_add(page, ", and %s more", number_count(n - LIST_SHOWN, text));
}

static void add_members(report_page *page, const json_t *object)
{
    const char *key;
    json_t *value;
    bool first = true;
    void *at = json_object_iter((json_t *)(uintptr_t)object);
    for (; at; at = json_object_iter_next((json_t *)(uintptr_t)object, at)) {
        key = json_object_iter_key(at);
        value = json_object_iter_value(at);
        const report_key *row = report_find_key(key);
        page_add(page, "%s", first ? "" : ", ");
        page_name(page, row ? row->label : key);
        page_add(page, " ");
        report_add_value(page, value, row ? row->form : NUMBER_COUNT);
        first = false;
    }
}

void report_add_value(report_page *page, const json_t *value, number_form form)
{
    char text[NUMBER_TEXT];
    switch (json_typeof(value)) {
    case JSON_INTEGER:
        if (form == NUMBER_PLAIN)
            page_add(page, "%lld", (long long)json_integer_value(value));
        else if (form == NUMBER_COUNT && json_integer_value(value) >= 0)
            page_add(page, "%s", number_count((uint64_t)json_integer_value(value), text));
        else
            page_add(page, "%s", number_text(json_number_value(value), form, text));
        break;
    case JSON_REAL:
        page_add(page, "%s", number_text(json_real_value(value), form, text));
        break;
    case JSON_STRING:
        page_name(page, json_string_value(value));
        break;
    case JSON_NULL:
        page_add(page, "not known");
        break;
    case JSON_ARRAY:
        add_items(page, value, form);
        break;
    case JSON_OBJECT:
        add_members(page, value);
        break;
    default:
        page_add(page, "%s", json_is_true(value) ? "yes" : "no");
    }
}

static void add_head(report_page *page, const json_t *first)
{
    for (void *at = json_object_iter((json_t *)(uintptr_t)first); at;
         at = json_object_iter_next((json_t *)(uintptr_t)first, at)) {
        const report_key *row = report_find_key(json_object_iter_key(at));
        page_add(page, "<th scope=\"col\"%s>",
                 json_is_number(json_object_iter_value(at)) ? " class=\"n\"" : "");
        page_name(page, row ? row->label : json_object_iter_key(at));
        page_add(page, "</th>");
    }
}

static void add_row(report_page *page, const json_t *first, const json_t *item)
{
    for (void *at = json_object_iter((json_t *)(uintptr_t)first); at;
         at = json_object_iter_next((json_t *)(uintptr_t)first, at)) {
        const char *key = json_object_iter_key(at);
        const report_key *row = report_find_key(key);
        const json_t *value = json_object_get(item, key);
        page_add(page, "<td%s>", json_is_number(value) ? " class=\"n\"" : "");
        if (value)
            report_add_value(page, value, row ? row->form : NUMBER_COUNT);
        page_add(page, "</td>");
    }
    page_row_end(page);
}

void report_tell_list(report_page *page, const char *caption, const json_t *list, const char *what)
{
    const size_t n = json_array_size(list);
    const json_t *first = json_array_get(list, 0);
    if (!json_is_object(first))
        return;
    page_begin(page);
    page_table_begin(page, caption, n);
    add_head(page, first);
    page_table_heads_end(page);
    for (size_t i = 0; i < n && i < PAGE_ROWS_MAX; i++) {
        page_row(page);
        add_row(page, first, json_array_get(list, i));
    }
    page_table_end(page, n, what);
}
