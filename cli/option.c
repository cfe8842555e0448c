/* Parsing options from tables of rows. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

#include "base/scan.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { OPTIONS_MAX = 40, HELP = 256 };

static int print_help(const command *self, const option_row *rows)
{
    printf("usage: placode %s %s\n\n%s\n\n", self->name, self->arguments, self->summary);
    for (const option_row *row = rows; row->name; row++) {
        char left[40];
        snprintf(left, sizeof left, "%s%s%s%s", row->name[1] ? "--" : "-", row->name,
                 row->argument ? " " : "", row->argument ? row->argument : "");
        printf("  %-20s %s\n", left, row->help);
    }
    printf("  %-20s %s\n\nexample: %s\n", "--help", "this text", self->example);
    return finish_stdout();
}

/* A number as people write them: 100, 1e8, 0.5. Whole ones written out are read exactly. */
static bool parse_number(const option_row *row, const char *text, double *ret_value)
{
    double value;
    int64_t whole;
    if (row->kind != OPTION_REAL && plc_parse_int(text, strlen(text), &whole)) {
        if (whole > (int64_t)SEED_MAX || whole < -(int64_t)SEED_MAX)
            return false; /* no option goes so far, and a double would round it */
        value = (double)whole;
    } else if (!plc_parse_real(text, strlen(text), &value)) {
        return false;
    }
    if (value < row->low || value > row->high || (row->kind != OPTION_REAL && value != rint(value)))
        return false;
    *ret_value = value;
    return true;
}

static int set_option(const command *self, const option_row *row, const char *text)
{
    double value = 0;
    bool number =
        row->kind == OPTION_WHOLE || row->kind == OPTION_SIGNED || row->kind == OPTION_REAL;
    if (number && !parse_number(row, text, &value))
        return fail_usage("%s: --%s: expected a %snumber in %.15g..%.15g, got \"%s\"", self->name,
                          row->name, row->kind == OPTION_REAL ? "" : "whole ", row->low, row->high,
                          text);
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)row->target = true;
        break;
    case OPTION_TEXT:
        *(const char **)row->target = text;
        break;
    case OPTION_WHOLE:
        *(uint64_t *)row->target = (uint64_t)value;
        break;
    case OPTION_SIGNED:
        *(int64_t *)row->target = (int64_t)value;
        break;
    case OPTION_REAL:
        *(double *)row->target = value;
        break;
    }
    if (row->given)
        *row->given = true;
    return -1;
}

/* The tables that getopt_long() wants. */
static void make_tables(const option_row *rows, struct option *longs, char *shorts)
{
    size_t n = 0, m = 0;
    shorts[m++] = ':'; /* tell a missing argument from an unknown option */
    for (; rows[n].name; n++) {
        int has_argument = rows[n].argument ? required_argument : no_argument;
        longs[n] = (struct option){rows[n].name, has_argument, NULL, (int)(HELP + 1 + n)};
        if (!rows[n].name[1]) {
            shorts[m++] = rows[n].name[0];
            if (has_argument)
                shorts[m++] = ':';
        }
    }
    shorts[m++] = 'h';
    longs[n] = (struct option){"help", no_argument, NULL, HELP};
    longs[n + 1] = (struct option){0};
    shorts[m] = 0;
}

static const option_row *find_row(const option_row *rows, int code)
{
    if (code > HELP)
        return &rows[code - HELP - 1];
    for (const option_row *row = rows; row->name; row++)
        if (!row->name[1] && row->name[0] == code)
            return row;
    return NULL;
}

/* What getopt_long() did not like: `code` is '?' or ':', `word` the last word it looked at. */
static int fail_option(const command *self, const option_row *rows, int code, const char *word)
{
    char letter[3] = {'-', 0, 0};
    if (optopt > 0 && optopt < HELP) { /* a letter, perhaps inside a cluster */
        letter[1] = (char)optopt;
        word = letter;
    }
    if (code == ':')
        return fail_usage("%s: %s needs an argument", self->name, word);
    if (optopt == HELP || (optopt > HELP && !rows[optopt - HELP - 1].argument))
        return fail_usage("%s: %s: the option takes no argument", self->name, word);
    return fail_usage("%s: unknown option \"%s\"; `placode %s --help` lists them", self->name, word,
                      self->name);
}

int options_parse(const command *self, const option_row *rows, int argc, char **argv,
                  const char **positional, int n_min, int n_max, int *ret_n)
{
    struct option longs[OPTIONS_MAX + 2];
    char shorts[2 * OPTIONS_MAX + 3];
    int code;
    make_tables(rows, longs, shorts);
    opterr = 0;
    optind = 1;
    while ((code = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
        if (code == HELP || code == 'h')
            return print_help(self, rows);
        if (code == '?' || code == ':')
            return fail_option(self, rows, code, argv[optind - 1]);
        int exit_status = set_option(self, find_row(rows, code), optarg);
        if (exit_status >= 0)
            return exit_status;
    }
    int n = argc - optind;
    if (n < n_min || n > n_max)
        return fail_usage("%s: expected `placode %s %s`", self->name, self->name, self->arguments);
    for (int i = 0; i < n; i++)
        positional[i] = argv[optind + i];
    if (ret_n)
        *ret_n = n;
    return -1;
}
