/* CAM scripts: what they accept, when operations come, and what the golden model says. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cam/cam.h"

#include <criterion/criterion.h>
#include <string.h>

#define HEAD "placode: cam/1\ncues: 4\nbits: 6\noperations:\n"

static void assert_refused(const char *text, const char *message)
{
    plc_cam_script script = {0};
    plc_error error = {0};
    cr_assert_eq(
        plc_cam_script_parse("s.yaml", text, strlen(text), plc_cam_gaps_published, &script, &error),
        PLC_INVALID, "%s", text);
    cr_assert_str_eq(error.message, message);
}

Test(cam_script, refuses_with_file_line_and_what_was_legal)
{
    assert_refused("placode: cam/1\ncues: 4\noperations: []\n", "s.yaml:1: missing key \"bits\"");
    assert_refused("placode: cam/1\ncues: 0\nbits: 3\noperations: []\n",
                   "s.yaml:2: cues: expected a whole number in 1..4096, got \"0\"");
    assert_refused(HEAD "  - {lern: {cue: 0, content: [1]}}\n",
                   "s.yaml:5: operation: unknown key \"lern\"; expected learn, recall_cue, "
                   "recall_content or at");
    assert_refused(HEAD "  - {at: 3}\n",
                   "s.yaml:5: operation: expected one of learn, recall_cue, recall_content");
    assert_refused(HEAD "  - {learn: {cue: 4, content: [1]}}\n",
                   "s.yaml:5: cue: expected a whole number in 0..3, got \"4\"");
    assert_refused(HEAD "  - {learn: {cue: 1, content: []}}\n",
                   "s.yaml:5: content: expected 1..6 different bits, got 0");
    assert_refused(HEAD "  - {learn: {cue: 1, content: [2, 2]}}\n",
                   "s.yaml:5: content: bit 2 stands twice");
    assert_refused(HEAD "  - {recall_cue: {cue: 1}, at: 9}\n  - {recall_cue: {cue: 1}, at: 9}\n",
                   "s.yaml:6: at: expected 10..1000000000, got 9");
    assert_refused(HEAD "  - {recall_cue: {cue: 1}, at: 1000000000}\n  - {recall_cue: {cue: 1}}\n",
                   "s.yaml:6: at: no tick is left after 1000000000, the last one");
}

Test(cam_script, places_operations_at_the_next_safe_tick)
{
    static const char text[] = HEAD "  - {learn: {cue: 1, content: [5, 2]}}\n"
                                    "  - {learn: {cue: 1, content: [3]}}\n"
                                    "  - {recall_cue: {cue: 1}}\n"
                                    "  - {recall_content: {content: [3]}}\n";
    static const uint32_t times[] = {0, 20, 40, 60};
    plc_cam_script script = {0};
    plc_error error = {0};
    cr_assert_eq(
        plc_cam_script_parse("s", text, sizeof text - 1, plc_cam_gaps_published, &script, &error),
        PLC_OK, "%s", error.message);
    cr_assert_eq(script.n_operations, 4);
    for (size_t i = 0; i < 4; i++)
        cr_assert_eq(script.operations[i].at, times[i], "operation %zu: %u", i,
                     script.operations[i].at);
    cr_assert_eq(script.content[0], 2, "bits are sorted");
    cr_assert_eq(plc_cam_script_ticks(&script), 70);
    plc_cam_script_finish(&script);
    cr_assert_eq(
        plc_cam_script_parse("s", text, sizeof text - 1, plc_cam_gaps_improved, &script, &error),
        PLC_OK);
    cr_assert_eq(script.operations[1].at, 10, "after a learn");
    cr_assert_eq(script.operations[2].at, 20);
    cr_assert_eq(script.operations[3].at, 28, "after a recall");
    plc_cam_script_finish(&script);
}

Test(cam_script, the_golden_model_replaces_and_finds)
{
    static const char text[] = HEAD "  - {learn: {cue: 1, content: [5, 2]}}\n"
                                    "  - {learn: {cue: 3, content: [0, 2]}}\n"
                                    "  - {learn: {cue: 1, content: [2, 3]}}\n"
                                    "  - {recall_content: {content: [2, 4]}}\n";
    plc_cam_script script = {0};
    plc_cam_memory memory = {0};
    cr_assert_eq(
        plc_cam_script_parse("s", text, sizeof text - 1, plc_cam_gaps_published, &script, NULL),
        PLC_OK);
    cr_assert_eq(plc_cam_memory_init(&memory, 4, 6, NULL), PLC_OK);
    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(plc_cam_memory_do(&memory, &script, &script.operations[i], NULL), PLC_OK);
    cr_assert(memory.lost.n == 1 && memory.lost.data[0] == 5);
    cr_assert(memory.bits.n == 2 && memory.bits.data[0] == 2 && memory.bits.data[1] == 3);
    cr_assert_eq(plc_cam_memory_do(&memory, &script, &script.operations[3], NULL), PLC_OK);
    cr_assert(memory.cues.n == 2 && memory.cues.data[0] == 1 && memory.cues.data[1] == 3);
    /* A wrong answer is called wrong: nothing came out. */
    plc_cam_answer nothing = {0};
    cr_assert_not(plc_cam_is_right(&memory, &script.operations[3], &nothing));
    plc_cam_memory_finish(&memory);
    plc_cam_script_finish(&script);
}
