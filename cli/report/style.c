/* The style sheet of placode report: one column of cards, light and dark, on paper too. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/picture.h"
#include "cli/report/page.h"

/* A population's colour on dark: as it is, and as it has to be under the filter of the map to look
 * so: 1 - H(colour), clipped, with H the matrix of hue-rotate(180deg), which undoes itself. Source:
 * W3C, Filter Effects Module Level 1, section on hue-rotate. */
typedef struct dark_colour {
    const char *shown, *filtered;
} dark_colour;

static const dark_colour dark_colours[PICTURE_POPULATIONS + 1] = {
    {"#5b8cff", "#4677ea"}, {"#81c864", "#1d6400"}, {"#e0703a", "#d76731"}, {"#ff9c96", "#9d3a34"},
    {"#a5d6ed", "#0a3b52"}, {"#b98fbd", "#815785"}, {"#e7c8a3", "#4e2f0a"}, {"#4fa377", "#32865a"},
    {"#3db6ce", "#007991"}, {"#a4b252", "#536100"}, {"#7d8fc4", "#5e70a5"}, {"#c9c5f5", "#353161"},
    {"#8b949e", "#646d77"}}; /* the last: all further populations */

/* Text and marks keep a contrast of 4.5:1 with what they stand on, in both themes. The map is
 * turned to dark by a filter: lightness is inverted and hues stay, so that its scales go on running
 * away from the background. */
static const char *const style =
    ":root{color-scheme:light dark;--page:#f3f5f7;--card:#fff;--text:#1d2329;--soft:#57606a;"
    "--line:#d5dae0;--bar:#06788a;--track:#e9ecef;--bad:#b4232c;--good:#1a7035;"
    "--wrong:#fdecec;--link:#0a5c9c}\n"
    "@media screen and (prefers-color-scheme:dark){:root{--page:#0c1014;--card:#151b21;"
    "--text:#e3e8ed;--soft:#9aa5b1;--line:#313a44;--bar:#39b3c6;--track:#252d36;"
    "--bad:#ff8a80;--good:#5fce82;--wrong:#3a1d20;--link:#7cbcf5}"
    ".map svg{filter:invert(1) hue-rotate(180deg)}"
    ".map svg>rect:first-of-type,.raster svg>rect:first-of-type{fill:none}"
    ".raster [fill=\"#24292f\"]{fill:var(--text)}.raster [fill=\"#57606a\"]{fill:var(--soft)}"
    ".raster rect[fill=\"#f6f8fa\"]{fill:#1d252d}.raster [fill=\"#cf222e\"]{fill:var(--bad)}"
    ".raster [stroke=\"#cf222e\"]{stroke:var(--bad)}}\n"
    "*{box-sizing:border-box}\n"
    "html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}\n"
    "body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"
    "'Segoe UI',Roboto,'Helvetica Neue','DejaVu Sans',sans-serif}\n"
    "header,main,footer{max-width:1320px;margin:0 auto;padding:0 20px}\n"
    "header{padding-top:28px}\n"
    "h1{font-size:26px;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere}\n"
    "h2{font-size:19px;margin:0}\n"
    "h3{font-size:15px;margin:20px 0 8px;overflow-wrap:anywhere}\n"
    "h3 span{color:var(--soft);font-weight:400}\n"
    "h4{font-size:14px;margin:0 0 2px;font-weight:600}\n"
    "p{margin:0 0 10px}\n"
    ".how,.note,.lead{color:var(--soft)}\n"
    ".how{margin-bottom:14px;max-width:90ch}\n"
    ".note{font-size:13.5px;margin:8px 0 12px;max-width:100ch;overflow-wrap:anywhere}\n"
    "nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:6px 16px;padding:12px 0 0;margin:0}\n"
    "a{color:var(--link)}\n"
    "section{background:var(--card);border:1px solid var(--line);border-radius:10px;"
    "padding:20px 22px;margin:18px 0}\n"
    "footer{color:var(--soft);font-size:13px;padding-bottom:28px}\n"
    ".key{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:10px;"
    "margin:16px 0 4px}\n"
    ".key div{background:var(--card);border:1px solid var(--line);border-radius:10px;"
    "padding:10px 14px;min-width:0}\n"
    ".key b{display:block;font-size:21px;line-height:1.3;font-weight:600;"
    "overflow-wrap:anywhere}\n"
    ".key span{color:var(--soft);font-size:13px}\n"
    ".facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(255px,100%),1fr));gap:0 "
    "28px;"
    "margin:0 0 8px}\n"
    ".facts div{display:flex;justify-content:space-between;gap:12px;border-bottom:1px solid "
    "var(--line);padding:4px 0;min-width:0}\n"
    ".facts dt{color:var(--soft);flex:1;min-width:0}\n"
    ".facts dd{margin:0;text-align:right;overflow-wrap:anywhere;max-width:72%;"
    "font-variant-numeric:tabular-nums}\n"
    ".facts code{white-space:nowrap}\n"
    ".scroll{overflow-x:auto;margin:6px 0 10px}\n"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:14px}\n"
    "caption{text-align:left;font-weight:600;padding:6px 0 4px;white-space:nowrap}\n"
    "th,td{padding:4px 18px 4px 0;text-align:left;vertical-align:top;"
    "border-bottom:1px solid var(--line)}\n"
    "th{color:var(--soft);font-weight:600;white-space:nowrap}\n"
    "td.at{white-space:nowrap}\n"
    "td{max-width:60ch;overflow-wrap:break-word}\n"
    "td.n,th.n{text-align:right;white-space:nowrap}\n"
    "td.bar{width:220px;min-width:120px;vertical-align:middle}\n"
    "td.bar i{display:block;height:11px;background:var(--bar);border-radius:2px;min-width:1px}\n"
    "tr.wrong td{background:var(--wrong)}\n"
    "tr.wrong .why{color:var(--bad);font-weight:600}\n"
    ".sum td{font-weight:600}\n"
    ".verdict{font-weight:600;overflow-wrap:anywhere}\n"
    ".right{color:var(--good)}\n"
    ".bad{color:var(--bad)}\n"
    ".strip{fill:var(--track)}\n"
    ".swatch{display:inline-block;width:11px;height:11px;border-radius:2px;margin-right:7px}\n"
    "code,pre{font:13px/1.45 ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace}\n"
    "pre{overflow-x:auto;margin:8px 0}\n"
    "details{margin:8px 0}\n"
    "summary{cursor:pointer;font-weight:600}\n"
    "figure{margin:0}\n"
    ".map,.raster,.wide{overflow-x:auto}\n"
    ".map svg,.raster svg{display:block;width:100%;height:auto;min-width:640px;max-width:1200px;"
    "margin:0 auto}\n"
    ".wide svg{display:block;width:100%;height:auto;min-width:700px;max-width:1100px}\n"
    ".charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(270px,100%),1fr));"
    "gap:18px 26px;margin:6px 0 14px}\n"
    ".charts svg{display:block;width:100%;height:auto;max-width:560px}\n"
    ".pair{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(460px,100%),1fr));"
    "gap:6px 40px}\n"
    ".charts table,.pair table{width:100%}\n"
    ".charts td.bar,.pair td.bar{width:35%;min-width:60px}\n"
    ".pair>figure svg{display:block;width:100%;height:auto;max-width:370px}\n"
    ".wide svg.chart{font-size:13px}\n"
    ".charts p,.pair figure p{font-size:13.5px;color:var(--soft);margin:0}\n"
    "svg.chart{font-size:13px;fill:var(--soft)}\n"
    ".chart .b{fill:var(--bar)}\n"
    ".chart .g{stroke:var(--line);fill:none}\n"
    ".chart .l{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:5 3;fill:none}\n"
    ".chart .k{stroke:var(--bar);stroke-width:1.6;fill:none;stroke-linejoin:round}\n"
    ".chart .o{stroke:var(--bar);stroke-width:1.2;fill:none;opacity:.45;stroke-linejoin:round}\n"
    ".chart .t{fill:var(--bad)}\n"
    "@media (max-width:560px){header,main,footer{padding-left:12px;padding-right:12px}"
    "section{padding:16px 14px}.key{grid-template-columns:repeat(2,1fr)}h1{font-size:22px}}\n"
    "@media print{body{background:#fff;font-size:12px}section{break-inside:auto;border:0;"
    "padding:0}nav{display:none}figure,.charts>figure,tr{break-inside:avoid}"
    ".map svg,.raster svg,.wide svg{min-width:0}.scroll,.map,.raster,.wide{overflow:visible}"
    "details::details-content{content-visibility:visible;display:block}}\n";

void page_add_style(plc_text *html)
{
    plc_text_add(html, "%s:root{", style);
    for (uint32_t p = 0; p <= PICTURE_POPULATIONS; p++)
        plc_text_add(html, "--p%u:%s;", p, picture_population_colour(p));
    plc_text_add(html, "}\n@media screen and (prefers-color-scheme:dark){:root{");
    for (uint32_t p = 0; p <= PICTURE_POPULATIONS; p++)
        plc_text_add(html, "--p%u:%s;", p, dark_colours[p].shown);
    plc_text_add(html, "}\n");
    for (uint32_t p = 0; p <= PICTURE_POPULATIONS; p++) {
        const char *colour = picture_population_colour(p);
        plc_text_add(html,
                     ".raster [fill=\"%s\"]{fill:var(--p%u)}.raster [stroke=\"%s\"]{stroke:"
                     "var(--p%u)}",
                     colour, p, colour, p);
        if (p < PICTURE_POPULATIONS)
            plc_text_add(html, ".map [fill=\"%s\"]{fill:%s}\n", colour, dark_colours[p].filtered);
    }
    plc_text_add(html, "}\n");
}

void page_cell_population(report_page *self, uint32_t population, const char *name)
{
    page_add(self, "<td><i class=\"swatch\" style=\"background:var(--p%u)\"></i>",
             population < PICTURE_POPULATIONS ? population : PICTURE_POPULATIONS);
    page_name(self, name);
    page_add(self, "</td>");
}
