/* Chips as YAML text, complete enough to be read back exactly. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/chip/build.h"

#include "base/error.h"
#include "base/file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One character of UTF-8 text, stepped over; U+FFFD for what is none. */
static uint32_t next_character(const unsigned char **text)
{
    const unsigned char *at = *text;
    uint32_t first = at[0];
    unsigned more = first < 0x80 ? 0 : first >> 5 == 6 ? 1 : first >> 4 == 14 ? 2 : 3;
    uint32_t value = more ? first & (0x3fu >> more) : first;
    if (more && (first < 0xc2 || first > 0xf4)) {
        ++*text;
        return 0xfffd;
    }
    for (unsigned i = 1; i <= more; i++) {
        if (at[i] >> 6 != 2) {
            *text += i;
            return 0xfffd;
        }
        value = value << 6 | (at[i] & 0x3fu);
    }
    *text += more + 1;
    return value;
}

/* True for what may stand in double quotes as it is: no controls, no line separators, no byte
 * order mark. */
static bool is_plain(uint32_t c)
{
    if (c < 0x7f)
        return c >= 0x20 && c != '"' && c != '\\';
    return c >= 0xa0 && c != 0x2028 && c != 0x2029 && c != 0xfeff && c != 0xfffe && c != 0xffff &&
           !(c >= 0xd800 && c < 0xe000) && c < 0x110000;
}

static void write_quoted(plc_text *out, const char *string)
{
    const unsigned char *at = (const unsigned char *)string;
    plc_text_add(out, "\"");
    while (*at) {
        const unsigned char *begin = at;
        uint32_t c = next_character(&at);
        if (c == 0xfffd)
            plc_text_add(out, "\\ufffd");
        else if (is_plain(c))
            plc_text_add(out, "%.*s", (int)(at - begin), (const char *)begin);
        else if (c == '"' || c == '\\')
            plc_text_add(out, "\\%c", (char)c);
        else
            plc_text_add(out, c < 0x10000 ? "\\u%04" PRIx32 : "\\U%08" PRIx32, c);
    }
    plc_text_add(out, "\"");
}

/* A number in the shortest form that reads back the same. */
static void write_value(plc_text *out, double value)
{
    char text[40];
    if (isnan(value) || isinf(value)) {
        plc_text_add(out, "%s", isnan(value) ? "unknown" : "unbounded");
        return;
    }
    if (fabs(value) < 1e15 && value == floor(value)) {
        plc_text_add(out, "%.0f", value);
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    plc_text_add(out, "%s", text);
}

static void write_section(plc_text *out, const plc_chip *chip, plc_chip_section section)
{
    plc_text_add(out, "%s:\n", plc_chip_section_key(section));
    for (unsigned i = 0; i < PLC_CHIP_N_QUANTITIES; i++) {
        const plc_chip_row *row = plc_chip_quantity_row(i);
        const plc_quantity *at = &chip->quantities[i];
        bool unsaid = plc_chip_is_optional(i) && isnan(at->value) && at->grade == 'N' &&
                      !strcmp(at->source, "not known");
        if (row->section != section || unsaid)
            continue;
        plc_text_add(out, "  %s: {value: ", row->key);
        write_value(out, at->value);
        plc_text_add(out, ", unit: %s, source: ", row->unit);
        write_quoted(out, at->source);
        plc_text_add(out, ", grade: %c}\n", at->grade);
    }
}

/* A list in the making: its opening is written before the first item, its end after the last. */
typedef struct list {
    plc_text *out;
    const char *opening;
    size_t n;
} list;

static void begin_item(list *to)
{
    if (to->n == 0)
        plc_text_add(to->out, "%s[", to->opening);
    else
        plc_text_add(to->out, to->n % 10 ? ", " : ",\n      ");
    to->n++;
}

static void end_list(list *to)
{
    if (to->n)
        plc_text_add(to->out, "]");
}

static void write_geometry(plc_text *out, const plc_chip *chip)
{
    list absent = {out, ",\n    absent: ", 0};
    plc_text_add(out, "geometry:\n  {width: %" PRIu32 ", height: %" PRIu32 ", links: %d, wrap: %s",
                 chip->width, chip->height, chip->links == PLC_LINKS_HEXAGONAL ? 6 : 4,
                 chip->wrap ? "true" : "false");
    for (uint32_t y = 0; y < chip->height; y++) {
        for (uint32_t x = 0; x < chip->width; x++) {
            if (!chip->alive[y * chip->width + x]) {
                begin_item(&absent);
                plc_text_add(out, "[%" PRIu32 ", %" PRIu32 "]", x, y);
            }
        }
    }
    end_list(&absent);
    plc_text_add(out, "}\ncores: %" PRIu32 "\n", chip->cores_per_router);
    list reserved = {out, "reserved: ", 0};
    for (uint32_t c = 0; c < chip->cores_per_router; c++) {
        if (plc_core_set_has(&chip->reserved, c)) {
            begin_item(&reserved);
            plc_text_add(out, "%" PRIu32, c);
        }
    }
    end_list(&reserved);
    plc_text_add(out, reserved.n ? "\n" : "");
}

/* True for a core that is neither usable nor reserved, on a live router. */
static bool is_dead(const plc_chip *chip, uint32_t router, uint32_t core)
{
    return chip->alive[router] && !plc_core_set_has(&chip->reserved, core) &&
           !plc_core_set_has(&chip->cores[router], core);
}

/* 0: the link is alive or another line covers it; 1: this direction only is dead; 2: this line
 * covers both. */
static int deadness(const plc_chip *chip, uint32_t router, unsigned link)
{
    if (!(chip->dead_links[router] >> link & 1))
        return 0;
    int64_t other = plc_chip_adjacent(chip, router, link);
    if (other < 0)
        return 0;
    if (!(chip->dead_links[other] >> ((link + 3) % PLC_N_LINKS) & 1))
        return 1;
    return link < 3 ? 2 : 0;
}

/* Cores, or links of one deadness, as [x, y, number]. */
static size_t write_dead_list(plc_text *out, const plc_chip *chip, const char *opening,
                              int of_links)
{
    list dead = {out, opening, 0};
    uint32_t n = of_links ? PLC_N_LINKS : chip->cores_per_router;
    for (uint32_t r = 0; r < chip->width * chip->height; r++) {
        for (uint32_t i = 0; i < n; i++) {
            if (of_links ? deadness(chip, r, i) == of_links : is_dead(chip, r, i)) {
                begin_item(&dead);
                plc_text_add(out, "[%" PRIu32 ", %" PRIu32 ", %" PRIu32 "]", r % chip->width,
                             r / chip->width, i);
            }
        }
    }
    end_list(&dead);
    return dead.n;
}

static void write_dead(plc_text *out, const plc_chip *chip)
{
    size_t n = write_dead_list(out, chip, "dead:\n  {cores: ", 0);
    n += write_dead_list(out, chip, n ? ",\n    links: " : "dead:\n  {links: ", 2);
    n += write_dead_list(out, chip, n ? ",\n    one_way: " : "dead:\n  {one_way: ", 1);
    plc_text_add(out, n ? "}\n" : "");
}

plc_status plc_chip_to_yaml(const plc_chip *chip, char **ret_text, plc_error *error)
{
    plc_text out = {0};
    plc_text_add(&out, "placode: chip/1\nname: ");
    write_quoted(&out, chip->name);
    plc_text_add(&out, "\n");
    write_geometry(&out, chip);
    plc_text_add(&out,
                 "# Grades: C source code, M measured silicon, S simulated silicon, A abstract or "
                 "datasheet,\n# L measured here, R from memory, E estimate, D by definition, U the "
                 "user's, N not known.\n");
    for (unsigned s = 0; s < PLC_CHIP_N_SECTIONS; s++)
        write_section(&out, chip, s);
    write_dead(&out, chip);
    if (out.failed) {
        plc_text_finish(&out);
        return plc_fail_memory(error, "chip as text");
    }
    *ret_text = out.data;
    return PLC_OK;
}
