/* Colours, numbers and text of pictures. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/picture.h"

#include <stdio.h>

/* Stops of equal distance, computed in OKLCH (Ottosson 2020, "A perceptual color space for image
 * processing"): lightness falls evenly, so the scales also read in grey and without red and green.
 * Load: lightness 0.93 to 0.28 while the hue turns from 105 to 300 degrees. Traffic: one hue,
 * orange, lightness 0.88 to 0.38. */
enum { N_STOPS = 9 };
static const char *const scale_names[PICTURE_N_SCALES] = {"load", "traffic"};
static const uint32_t scale_stops[PICTURE_N_SCALES][N_STOPS] = {
    {0xf7ed6c, 0xaee072, 0x59cf86, 0x01b39a, 0x06939c, 0x047596, 0x035497, 0x2c2d8a, 0x370165},
    {0xe7d3c4, 0xe3ba9d, 0xdf9f77, 0xda8252, 0xd46429, 0xc54804, 0xae3402, 0x981f00, 0x800600},
};

/* Far from each other and from white for all kinds of colour vision, the first ones most. */
static const char *const population_colours[PICTURE_POPULATIONS] = {
    "#1a48bc", "#88cf3b", "#6b1900", "#df7f7a", "#a5d6ed", "#836686",
    "#e7c8a3", "#385f47", "#497ef7", "#697b1a", "#2a3a5a", "#9c99c2"};

void picture_colour(picture_scale scale, double share, char ret_colour[PICTURE_COLOUR])
{
    double at = share <= 0 ? 0 : share >= 1 ? N_STOPS - 1 : share * (N_STOPS - 1);
    unsigned stop = at >= N_STOPS - 1 ? N_STOPS - 2 : (unsigned)at;
    unsigned rgb[3];
    for (unsigned i = 0; i < 3; i++) {
        unsigned shift = 16 - 8 * i;
        double from = scale_stops[scale][stop] >> shift & 0xff;
        double to = scale_stops[scale][stop + 1] >> shift & 0xff;
        rgb[i] = (unsigned)(from + (to - from) * (at - stop) + 0.5);
    }
    snprintf(ret_colour, PICTURE_COLOUR, "#%02x%02x%02x", rgb[0] & 0xff, rgb[1] & 0xff,
             rgb[2] & 0xff);
}

const char *picture_population_colour(uint32_t population)
{
    return population < PICTURE_POPULATIONS ? population_colours[population] : "#b4b8bd";
}

void picture_add_definitions(plc_text *svg)
{
    plc_text_add(svg, "<defs>\n");
    for (unsigned scale = 0; scale < PICTURE_N_SCALES; scale++) {
        plc_text_add(svg, "<linearGradient id=\"plc-%s\">", scale_names[scale]);
        for (unsigned stop = 0; stop < N_STOPS; stop++) {
            char colour[PICTURE_COLOUR];
            double share = (double)stop / (N_STOPS - 1);
            picture_colour((picture_scale)scale, share, colour);
            plc_text_add(svg, "<stop offset=\"%.3f\" stop-color=\"%s\"/>", share, colour);
        }
        plc_text_add(svg, "</linearGradient>\n");
    }
    plc_text_add(svg, "<pattern id=\"plc-dead\" width=\"4\" height=\"4\" "
                      "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
                      "<rect width=\"4\" height=\"4\" fill=\"#fff\"/>"
                      "<rect width=\"1.5\" height=\"4\" fill=\"#5b626b\"/></pattern>\n</defs>\n");
}

double picture_share(uint64_t part, uint64_t whole)
{
    return whole ? (double)part / (double)whole : 0;
}

const char *picture_number(uint64_t number, char buffer[PICTURE_NUMBER])
{
    char digits[PICTURE_NUMBER];
    int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number), at = 0;
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            buffer[at++] = ',';
        buffer[at++] = digits[i];
    }
    buffer[at] = 0;
    return buffer;
}

/* Reads one sign of UTF-8 from *text, which moves on; anything malformed, and what XML 1.0 does
 * not allow, is U+FFFD. */
static uint32_t next_sign(const char **text)
{
    const uint32_t replacement = 0xfffd;
    uint32_t byte = (unsigned char)*(*text)++;
    if (byte < 0x80)
        return byte >= 0x20 || byte == '\t' || byte == '\n' ? byte : replacement;
    unsigned more = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
    if (byte < 0xc2 || byte > 0xf4)
        return replacement;
    uint32_t sign = byte & (0x3fu >> more);
    for (unsigned i = 0; i < more; i++) {
        if (((unsigned char)**text & 0xc0) != 0x80)
            return replacement;
        sign = sign << 6 | ((unsigned char)*(*text)++ & 0x3f);
    }
    bool overlong = sign < (more == 3 ? 0x10000u : more == 2 ? 0x800u : 0x80u);
    bool surrogate = sign >= 0xd800 && sign < 0xe000;
    bool beyond = sign > 0x10ffff || sign == 0xfffe || sign == 0xffff;
    return overlong || surrogate || beyond ? replacement : sign;
}

static void add_sign(plc_text *svg, uint32_t sign)
{
    if (sign == '&')
        plc_text_add(svg, "&amp;");
    else if (sign == '<')
        plc_text_add(svg, "&lt;");
    else if (sign == '>')
        plc_text_add(svg, "&gt;");
    else if (sign < 0x80 && sign != '"' && sign != '\'')
        plc_text_add(svg, "%c", (int)sign);
    else
        plc_text_add(svg, "&#%u;", sign);
}

static size_t sign_columns(uint32_t sign)
{
    return sign >= 0x1100 ? 2 : 1;
}

size_t picture_columns(const char *text)
{
    size_t columns = 0;
    while (*text)
        columns += sign_columns(next_sign(&text));
    return columns;
}

/* Adds the signs that fit; *text moves behind them. */
static void add_signs(plc_text *svg, const char **text, size_t columns)
{
    while (**text) {
        const char *next = *text;
        uint32_t sign = next_sign(&next);
        if (sign_columns(sign) > columns)
            return;
        columns -= sign_columns(sign);
        add_sign(svg, sign);
        *text = next;
    }
}

void picture_add_text(plc_text *svg, const char *text, size_t columns)
{
    size_t left = picture_columns(text); /* of what is still to be added */
    if (left > columns) {
        size_t tail = columns ? (columns - 1) / 2 : 0;
        add_signs(svg, &text, columns ? columns - 1 - tail : 0);
        plc_text_add(svg, "&#8230;");
        for (left = picture_columns(text); left > tail;)
            left -= sign_columns(next_sign(&text));
    }
    add_signs(svg, &text, left);
}

double picture_text_width(size_t columns, double size)
{
    return 0.64 * size * (double)columns;
}
