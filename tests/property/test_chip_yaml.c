/* Chips survive being written and read back: the presets, and random chips. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"
#include "hw/chip/build.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static plc_chip *read_back(const char *text)
{
    plc_chip *chip = NULL;
    plc_error error = {.message = ""};
    cr_assert_eq(plc_chip_parse("text", text, strlen(text), &chip, &error), PLC_OK, "%s\n%s",
                 error.message, text);
    return chip;
}

static char *write(const plc_chip *chip)
{
    char *text = NULL;
    cr_assert_eq(plc_chip_to_yaml(chip, &text, NULL), PLC_OK);
    return text;
}

static void assert_same(const plc_chip *a, const plc_chip *b)
{
    cr_assert_str_eq(a->name, b->name);
    cr_assert(a->width == b->width && a->height == b->height && a->links == b->links &&
              a->wrap == b->wrap && a->cores_per_router == b->cores_per_router);
    size_t n = (size_t)a->width * a->height;
    cr_assert_arr_eq(&a->reserved, &b->reserved, sizeof a->reserved);
    cr_assert_arr_eq(a->alive, b->alive, n * sizeof *a->alive);
    cr_assert_arr_eq(a->cores, b->cores, n * sizeof *a->cores);
    cr_assert_arr_eq(a->dead_links, b->dead_links, n * sizeof *a->dead_links);
    for (unsigned i = 0; i < PLC_CHIP_N_QUANTITIES; i++) {
        const plc_quantity *p = &a->quantities[i], *q = &b->quantities[i];
        cr_assert(p->value == q->value || (isnan(p->value) && isnan(q->value)), "%s: %.17g %.17g",
                  plc_chip_quantity_key(i), p->value, q->value);
        cr_assert_eq(p->grade, q->grade);
        cr_assert_str_eq(p->source, q->source);
    }
}

static void assert_round_trip(const plc_chip *chip)
{
    char *text = write(chip);
    plc_chip *again = read_back(text);
    assert_same(chip, again);
    char *text_again = write(again);
    cr_assert_str_eq(text, text_again);
    free(text);
    free(text_again);
    plc_chip_destroy(again);
}

Test(chip_yaml, presets_survive)
{
    const char *name;
    for (size_t i = 0; (name = plc_chip_preset(i, NULL)); i++) {
        plc_chip *chip = NULL;
        cr_assert_eq(plc_chip_open(name, &chip, NULL), PLC_OK);
        assert_round_trip(chip);
        plc_chip_destroy(chip);
    }
}

/* A stream of draws. */
typedef struct draws {
    plc_random_key key;
    uint32_t n;
} draws;

static uint32_t roll(draws *dice, uint32_t below)
{
    return plc_random_below(plc_random_draw(dice->key, 0, dice->n++).word[0], below);
}

/* Text of characters that are hard on YAML. */
static void random_text(draws *dice, char *text)
{
    static const char *const pieces[] = {"a",
                                         " ",
                                         "\"",
                                         "\\",
                                         "\n",
                                         "\t",
                                         "#",
                                         ": ",
                                         "- ",
                                         "{",
                                         "}",
                                         "[",
                                         "]",
                                         ",",
                                         "'",
                                         "\x01",
                                         "\x7f",
                                         "\xc3\xb6",
                                         "\xc2\x85",
                                         "\xe2\x80\xa8",
                                         "%s",
                                         "|",
                                         ">",
                                         "&a",
                                         "*a",
                                         "\r",
                                         "\xef\xbb\xbf",
                                         "\xf0\x9f\x98\x80",
                                         "!",
                                         "~",
                                         "null",
                                         "1e3",
                                         "\xef\xbf\xbd",
                                         "\xef\xbf\xbf",
                                         "\xc2\x9f",
                                         "\xc2\xa0"};
    text[0] = 0;
    for (uint32_t n = 1 + roll(dice, 12); n; n--)
        strcat(text, pieces[roll(dice, sizeof pieces / sizeof *pieces)]);
}

static double random_value(draws *dice, const plc_chip_row *row)
{
    bool whole = row->section == PLC_CHIP_LIMITS, bounded = !isinf(row->high);
    uint32_t kind = roll(dice, 8);
    if (kind == 0 && !bounded)
        return PLC_UNBOUNDED;
    if (kind == 1 && !(bounded && whole))
        return PLC_UNKNOWN;
    double value = bounded ? row->low + (row->high - row->low) * roll(dice, 1000003) / 1000003
                           : row->low + ldexp(roll(dice, UINT32_MAX), (int)roll(dice, 60) - 20);
    if (whole)
        value = floor(value);
    else if (kind == 2)
        value = nextafter(value, row->high);
    else if (kind == 3 && row->low <= 0)
        value = ldexp(value, -1000); /* also subnormal */
    return value < row->low ? row->low : value;
}

static plc_chip *random_chip(draws *dice)
{
    char text[128];
    plc_chip *chip = NULL;
    plc_chip_shape shape = {1 + roll(dice, 9), 1 + roll(dice, 9),
                            roll(dice, 2) ? PLC_LINKS_HEXAGONAL : PLC_LINKS_RECTANGULAR,
                            roll(dice, 2), 1 + roll(dice, roll(dice, 2) ? 4 : PLC_MAX_CORES)};
    uint32_t n = shape.width * shape.height;
    random_text(dice, text);
    cr_assert_eq(plc_chip_create(text, shape, plc_numbers_ideal, &chip, NULL), PLC_OK);
    for (unsigned i = 0; i < PLC_CHIP_N_QUANTITIES; i++) {
        random_text(dice, text);
        plc_chip_set(chip, i, random_value(dice, plc_chip_quantity_row(i)),
                     PLC_GRADES[roll(dice, 10)], text, NULL);
    }
    for (uint32_t k = roll(dice, 3); k; k--)
        plc_chip_reserve(chip, roll(dice, shape.cores));
    for (uint32_t k = roll(dice, 20); k; k--) {
        plc_chip_kill_core(chip, roll(dice, n), roll(dice, shape.cores));
        plc_chip_kill_link(chip, roll(dice, n), roll(dice, PLC_N_LINKS));
        if (roll(dice, 4) == 0)
            plc_chip_kill_router(chip, roll(dice, n));
    }
    plc_chip_normalise(chip);
    return chip;
}

Test(chip_yaml, random_chips_survive)
{
    uint32_t done = 0;
    for (uint32_t i = 0; i < 500; i++) {
        draws dice = {plc_random_stream(i, 1, 0), 0};
        plc_chip *chip = random_chip(&dice);
        if (plc_chip_n_cores(chip)) {
            assert_round_trip(chip);
            done++;
        }
        plc_chip_destroy(chip);
    }
    cr_assert_gt(done, 400);
}

Test(chip_yaml, copies_are_the_same_chip)
{
    draws dice = {plc_random_stream(1, 1, 0), 0};
    plc_chip *chip = random_chip(&dice), *copy = NULL;
    cr_assert_eq(plc_chip_copy(chip, &copy, NULL), PLC_OK);
    assert_same(chip, copy);
    plc_chip_destroy(chip);
    plc_chip_destroy(copy);
}

Test(chip_yaml, dead_links_with_both_ends_named_are_the_same_chip)
{
    const char *format =
        "placode: chip/1\nname: c\ngeometry: {width: 3, height: 3, links: 6, wrap: "
        "true}\ncores: 1\ndead: {%s}\n";
    char one[256], both[256];
    snprintf(one, sizeof one, format, "links: [[0, 0, 4]]");
    snprintf(both, sizeof both, format, "one_way: [[0, 0, 4], [2, 2, 1]]");
    plc_chip *a = read_back(one), *b = read_back(both);
    assert_same(a, b);
    plc_chip_destroy(a);
    plc_chip_destroy(b);
}
