/* Building the page of placode report: sections, tables, escaped text. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_REPORT_PAGE_H
#define PLC_CLI_REPORT_PAGE_H

#include "base/file.h"
#include "cli/report/number.h"

#include <stdbool.h>
#include <stdint.h>

/* A section: shown where something is drawn into it. */
typedef struct page_section {
    const char *id, *title;
    const char *how; /* to read it, in a sentence */
} page_section;

enum { PAGE_SECTIONS_MAX = 32, PAGE_ROWS_FOLDED = 24, PAGE_ROWS_MAX = 1000 };

/* A page being written. A zeroed one is empty. */
typedef struct report_page {
    plc_text body;
    const page_section *sections[PAGE_SECTIONS_MAX]; /* [n_sections] shown so far */
    size_t n_sections;
    const page_section *section;       /* at hand */
    const char *input;                 /* the name of the input at hand */
    const char *heading;               /* input named last in this section */
    size_t heading_begin, heading_end; /* where the first name is in `body` */
    unsigned n_headings;
    bool open; /* the section has begun */
} report_page;

void page_finish(report_page *self);

/* What follows belongs to a section and speaks of an input. */
void page_turn_to(report_page *self, const page_section *section, const char *input);
/* Something is about to be drawn: begins the section unless it has, and names the input. */
void page_begin(report_page *self);
/* Ends the section, if it has begun; where it spoke of one input only, its name goes. */
void page_end(report_page *self);
/* Puts the page together: head with title, list of contents and all sections. */
void page_assemble(const report_page *self, const char *title, const char *summary,
                   plc_text *ret_html);

/* Adds text from a file: escaped, all of it up to a length that nobody would read, and kept from
 * changing the direction of the text around it. */
void page_name(report_page *self, const char *name);
__attribute__((format(printf, 2, 3))) void page_add(report_page *self, const char *format, ...);
/* A sentence below what it is about. */
__attribute__((format(printf, 2, 3))) void page_note(report_page *self, const char *format, ...);

/* A table. Rows beyond PAGE_ROWS_FOLDED are folded away when `n_rows` are announced; the caller
 * writes at most PAGE_ROWS_MAX and page_table_end() says what was left out. Heads end with NULL;
 * one that begins with "#" is of a column of numbers. */
void page_table(report_page *self, const char *caption, uint64_t n_rows, const char *const *heads);
/* The same with heads that the caller adds as <th>, up to page_table_heads_end(). */
void page_table_begin(report_page *self, const char *caption, uint64_t n_rows);
void page_table_heads_end(report_page *self);
void page_table_end(report_page *self, uint64_t n_rows, const char *what);
void page_row(report_page *self);
/* A row that calls for attention. */
void page_row_wrong(report_page *self);
void page_row_end(report_page *self);
void page_cell_name(report_page *self, const char *text);
__attribute__((format(printf, 2, 3))) void page_cell(report_page *self, const char *format, ...);
void page_cell_number(report_page *self, double value, number_form form);
void page_cell_count(report_page *self, uint64_t value);
/* A bar from `from` to `to`, of 1, beside what the row says. */
void page_cell_bar(report_page *self, double from, double to);
/* "(3, 4)", or "core 2 of (3, 4)" where there is a core. */
void page_cell_place(report_page *self, uint32_t x, uint32_t y, int64_t core);

/* A list of facts: page_facts(), facts, page_facts_end(). */
void page_facts(report_page *self);
void page_fact(report_page *self, const char *label, const char *help);
void page_fact_end(report_page *self);
void page_facts_end(report_page *self);

/* "Right" or "wrong" with a sentence. */
void page_verdict(report_page *self, bool right, const char *sentence);

/* A population's name with its colour. */
void page_cell_population(report_page *self, uint32_t population, const char *name);

/* Adds the style sheet. */
void page_add_style(plc_text *html);

#endif
