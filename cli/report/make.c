/* Puts the page of placode report together from its sections. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/memory.h"
#include "cli/report/report.h"

#include <stdio.h>

/* A section and who draws it. */
typedef struct section {
    page_section about;
    report_draw *draw;
} section;

static const section sections[] = {
    {{"facts", "What ran", "The facts of each file; hover over a word for what it means."},
     report_draw_facts},
    {{"mappings", "Mappings side by side",
      "What each layout costs, in a tick in which every neuron spikes once; less is better."},
     report_draw_mappings},
    {{"runs", "Runs side by side",
      "Runs with one letter have the same digest: the same spikes, to the last bit. Time and "
      "energy "
      "may differ, and spikes only where the network, the seed or the length of the run does."},
     report_draw_runs},
    {{"checks", "Checks", "What was proved, compared or judged, and how it ended."},
     report_draw_checks},
    {{"map", "Chip map",
      "Each square is a core, the darker (on dark paper: the brighter) the fuller; lines are "
      "links, "
      "the thicker the busier. Hover over a core for what is on it."},
     report_draw_map},
    {{"loads", "Loads of cores",
      "How many cores hold how much of what they have a limit of, and the fullest ones; a dashed "
      "line is the limit, where it is near."},
     report_draw_loads},
    {{"tables", "Routing tables", "How many entries the routers need, and the fullest ones."},
     report_draw_tables},
    {{"links", "Links",
      "How many links carry how many packets in a tick in which every neuron spikes once, and the "
      "busiest ones."},
     report_draw_links},
    {{"slices", "Populations and slices",
      "Where neurons are: a slice is a range of a population on one core, with the keys of its "
      "packets."},
     report_draw_slices},
    {{"spikes", "Spikes",
      "Each mark is a spike, each row a neuron, time runs to the right; where there are very many, "
      "the strength of the colour says how many. Below, all populations together."},
     report_draw_spikes},
    {{"activity", "Spikes over time",
      "A strip is a population, the strength of its colour how many spikes it had; below, all "
      "populations together. For single spikes, give the file of <code>run --spikes</code> too."},
     report_draw_activity},
    {{"operations", "Operations of the memory",
      "What each operation asked, what came out, and what the golden model expects."},
     report_draw_cam},
    {{"time", "Time on the chip",
      "How long ticks took, what was done last in them, and whether that was in time."},
     report_draw_time},
    {{"path", "Where the time went",
      "Bars run from the start to the end of the whole; long ones are what it waited for."},
     report_draw_path},
    {{"energy", "Energy",
      "Events times the chip's joules for one, and time times its watts; the last column says how "
      "far to trust each figure (M measured, C read in code, E estimated, N not known)."},
     report_draw_energy},
    {{"curve", "Solutions over time", "Each step is a better solution than all before it."},
     report_draw_curve},
    {{"statistics", "Statistics of the runs",
      "How often runs were how good, and what it takes to reach the target."},
     report_draw_statistics},
    {{"ftl", "Threshold cells", "How many cells have how many inputs, and lie how deep."},
     report_draw_ftl},
    {{"chip", "The chip", "Its numbers, and where each is from."}, report_draw_chip},
    {{"lists", "Lists", "In the order in which they were made."}, report_draw_lists},
};
enum { N_SECTIONS = sizeof sections / sizeof *sections };
_Static_assert((int)N_SECTIONS <= (int)PAGE_SECTIONS_MAX, "a page has room for all sections");

/* Files of one name from different folders get numbers; false when memory is short. */
static bool number_names(report *self)
{
    for (size_t i = 0; i < self->n; i++) {
        unsigned n = 1;
        for (size_t k = i + 1; k < self->n; k++) {
            char *name = self->inputs[k].name;
            const size_t room = strlen(name) + 16;
            if (strcmp(name, self->inputs[i].name) != 0)
                continue;
            char *numbered = plc_array(room, 1);
            if (!numbered)
                return false;
            snprintf(numbered, room, "%s (%u)", name, ++n);
            self->inputs[k].name = numbered;
            free(name);
        }
    }
    return true;
}

static void add_title(const report *self, plc_text *title)
{
    for (size_t i = 0; i < self->n; i++)
        plc_text_add(title, "%s%s", i ? ", " : "", self->inputs[i].name);
}

plc_status report_make(report *self, plc_text *ret_html, plc_error *error)
{
    report_page summary = {0};
    plc_text title = {0}, html = {0};
    plc_status status = number_names(self) ? PLC_OK : plc_fail_memory(error, "a report");
    for (size_t s = 0; status == PLC_OK && s < N_SECTIONS; s++) {
        for (size_t i = 0; status == PLC_OK && i < self->n; i++) {
            page_turn_to(&self->page, &sections[s].about, self->inputs[i].name);
            status = sections[s].draw(self, &self->inputs[i], error);
        }
        page_end(&self->page);
    }
    if (status == PLC_OK) {
        report_add_summary(self, &summary);
        add_title(self, &title);
        page_assemble(&self->page, title.data ? title.data : "", summary.body.data, &html);
        if (html.failed || title.failed || summary.body.failed)
            status = plc_fail_memory(error, "a report");
    }
    page_finish(&summary);
    plc_text_finish(&title);
    if (status == PLC_OK)
        *ret_html = html;
    else
        plc_text_finish(&html);
    return status;
}
