/* Building the page of placode report: sections, tables, escaped text. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report/page.h"

#include "cli/picture.h"

#include <math.h>
#include <placode/placode.h>
#include <stdarg.h>
#include <string.h>

enum { NAME_COLUMNS = 400 };

void page_finish(report_page *self)
{
    plc_text_finish(&self->body);
}

void page_turn_to(report_page *self, const page_section *section, const char *input)
{
    if (self->section != section)
        self->heading = NULL;
    self->section = section;
    self->input = input;
}

void page_begin(report_page *self)
{
    if (!self->open) {
        self->open = true;
        if (self->n_sections < PAGE_SECTIONS_MAX)
            self->sections[self->n_sections++] = self->section;
        page_add(self,
                 "<section id=\"%s\" aria-labelledby=\"h-%s\">\n<h2 id=\"h-%s\">%s</h2>\n"
                 "<p class=\"how\">%s</p>\n",
                 self->section->id, self->section->id, self->section->id, self->section->title,
                 self->section->how);
    }
    if (self->input && self->heading != self->input) {
        const size_t begin = self->body.n;
        page_add(self, "<h3>");
        page_name(self, self->input);
        page_add(self, "</h3>\n");
        if (self->n_headings++ == 0) {
            self->heading_begin = begin;
            self->heading_end = self->body.n;
        }
    }
    self->heading = self->input;
}

void page_end(report_page *self)
{
    const size_t begin = self->heading_begin, end = self->heading_end;
    if (self->n_headings == 1 && !self->body.failed) {
        memmove(self->body.data + begin, self->body.data + end, self->body.n - end + 1);
        self->body.n -= end - begin;
    }
    if (self->open)
        page_add(self, "</section>\n");
    self->open = false;
    self->section = NULL;
    self->heading = NULL;
    self->n_headings = 0;
}

void page_assemble(const report_page *self, const char *title, const char *summary,
                   plc_text *ret_html)
{
    plc_text_add(ret_html,
                 "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                 "<meta name=\"color-scheme\" content=\"light dark\">\n"
                 "<meta name=\"generator\" content=\"placode %s\">\n<title>Placode: ",
                 plc_version());
    picture_add_text(ret_html, title, NAME_COLUMNS);
    plc_text_add(ret_html, "</title>\n<style>\n");
    page_add_style(ret_html);
    plc_text_add(ret_html, "</style>\n</head>\n<body>\n<header>\n<h1>");
    picture_add_text(ret_html, title, NAME_COLUMNS);
    plc_text_add(ret_html, "</h1>\n%s<nav aria-label=\"Sections\"><ul>\n", summary);
    for (size_t i = 0; i < self->n_sections; i++)
        plc_text_add(ret_html, "<li><a href=\"#%s\">%s</a></li>\n", self->sections[i]->id,
                     self->sections[i]->title);
    plc_text_add(ret_html,
                 "</ul></nav>\n</header>\n<main>\n%s</main>\n<footer>placode report %s</footer>\n"
                 "</body>\n</html>\n",
                 self->body.data ? self->body.data : "", plc_version());
    ret_html->failed |= self->body.failed;
}

void page_name(report_page *self, const char *name)
{
    plc_text_add(&self->body, "<bdi>");
    picture_add_text(&self->body, name, NAME_COLUMNS);
    plc_text_add(&self->body, "</bdi>");
}

void page_add(report_page *self, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    plc_text_add_list(&self->body, format, args);
    va_end(args);
}

void page_note(report_page *self, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    plc_text_add(&self->body, "<p class=\"note\">");
    plc_text_add_list(&self->body, format, args);
    plc_text_add(&self->body, "</p>\n");
    va_end(args);
}

void page_table_begin(report_page *self, const char *caption, uint64_t n_rows)
{
    char text[NUMBER_TEXT];
    if (n_rows > PAGE_ROWS_FOLDED)
        page_add(self, "<details><summary>%s: %s rows</summary>\n", caption,
                 number_count(n_rows, text));
    page_add(self,
             "<div class=\"scroll\" role=\"group\" aria-label=\"%s\" tabindex=\"0\"><table>\n"
             "<caption>%s</caption>\n<thead><tr>",
             caption, caption);
}

void page_table_heads_end(report_page *self)
{
    page_add(self, "</tr></thead>\n<tbody>\n");
}

void page_table(report_page *self, const char *caption, uint64_t n_rows, const char *const *heads)
{
    page_table_begin(self, caption, n_rows);
    for (; *heads; heads++)
        page_add(self, "<th scope=\"col\"%s>%s</th>", **heads == '#' ? " class=\"n\"" : "",
                 *heads + (**heads == '#'));
    page_table_heads_end(self);
}

void page_table_end(report_page *self, uint64_t n_rows, const char *what)
{
    char text[NUMBER_TEXT];
    page_add(self, "</tbody></table></div>\n");
    if (n_rows > PAGE_ROWS_MAX)
        page_note(self, "and %s more %s, not shown", number_count(n_rows - PAGE_ROWS_MAX, text),
                  what);
    if (n_rows > PAGE_ROWS_FOLDED)
        page_add(self, "</details>\n");
}

void page_row(report_page *self)
{
    plc_text_add(&self->body, "<tr>");
}

void page_row_wrong(report_page *self)
{
    plc_text_add(&self->body, "<tr class=\"wrong\">");
}

void page_row_end(report_page *self)
{
    plc_text_add(&self->body, "</tr>\n");
}

void page_cell_name(report_page *self, const char *text)
{
    plc_text_add(&self->body, "<td>");
    page_name(self, text);
    plc_text_add(&self->body, "</td>");
}

void page_cell(report_page *self, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    plc_text_add(&self->body, "<td>");
    plc_text_add_list(&self->body, format, args);
    plc_text_add(&self->body, "</td>");
    va_end(args);
}

void page_cell_number(report_page *self, double value, number_form form)
{
    char text[NUMBER_TEXT];
    if (isnan(value))
        plc_text_add(&self->body, "<td class=\"n\" title=\"not known\">&#8211;</td>");
    else
        plc_text_add(&self->body, "<td class=\"n\">%s</td>", number_text(value, form, text));
}

void page_cell_count(report_page *self, uint64_t value)
{
    char text[NUMBER_TEXT];
    plc_text_add(&self->body, "<td class=\"n\">%s</td>", number_count(value, text));
}

void page_cell_bar(report_page *self, double from, double to)
{
    from = from > 0 ? from < 1 ? from : 1 : 0;
    to = to > from ? to < 1 ? to : 1 : from;
    plc_text_add(&self->body, "<td class=\"bar\">");
    if (to > from)
        plc_text_add(&self->body, "<i style=\"margin-left:%.2f%%;width:%.2f%%\"></i>", 100 * from,
                     100 * (to - from));
    plc_text_add(&self->body, "</td>");
}

void page_cell_place(report_page *self, uint32_t x, uint32_t y, int64_t core)
{
    if (core < 0)
        plc_text_add(&self->body, "<td class=\"at\">(%u, %u)</td>", x, y);
    else
        plc_text_add(&self->body, "<td class=\"at\">core %lld of (%u, %u)</td>", (long long)core, x,
                     y);
}

void page_facts(report_page *self)
{
    plc_text_add(&self->body, "<dl class=\"facts\">\n");
}

void page_fact(report_page *self, const char *label, const char *help)
{
    plc_text_add(&self->body, "<div><dt");
    if (help && *help) {
        plc_text_add(&self->body, " title=\"");
        picture_add_text(&self->body, help, NAME_COLUMNS);
        plc_text_add(&self->body, "\"");
    }
    plc_text_add(&self->body, ">");
    picture_add_text(&self->body, label, NAME_COLUMNS);
    plc_text_add(&self->body, "</dt><dd>");
}

void page_fact_end(report_page *self)
{
    plc_text_add(&self->body, "</dd></div>\n");
}

void page_facts_end(report_page *self)
{
    plc_text_add(&self->body, "</dl>\n");
}

void page_verdict(report_page *self, bool right, const char *sentence)
{
    page_add(self, "<p class=\"verdict %s\">%s %s</p>\n", right ? "right" : "bad",
             right ? "&#10003;" : "&#10007;", sentence);
}
