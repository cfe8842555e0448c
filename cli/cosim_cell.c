/* A user's neuron cell in lockstep with the C kernel that it has to equal. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "cli/cosim.h"
#include "rtl-models/cells/lockstep.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { CHUNK = 1 << 14, NAME_MAX_LENGTH = COSIM_NAME - 1 };

/* ---- the result ---- */

/* A number of a field: negative ones with their sign. */
static json_t *json_value(const plc_contract_field *field, const uint32_t *words)
{
    uint64_t value = plc_contract_value(field, words);
    return field->is_signed || value <= INT64_MAX ? json_integer((json_int_t)value)
                                                  : json_sprintf("%" PRIu64, value);
}

/* {port: {field: value}} of the inputs. */
static json_t *describe_inputs(const plc_lockstep *lockstep)
{
    const plc_contract_field *field = lockstep->contract->inputs;
    json_t *all = json_object();
    for (uint32_t at = 0; field->port; at += plc_contract_slot(field), field++) {
        json_t *value = json_value(field, lockstep->in + at);
        if (!strcmp(field->port, field->name)) {
            json_object_set_new(all, field->port, value);
            continue;
        }
        json_t *port = json_object_get(all, field->port);
        if (!port) {
            port = json_object();
            json_object_set_new(all, field->port, port);
        }
        json_object_set_new(port, field->name, value);
    }
    return all;
}

static uint32_t offset_of(const plc_lockstep *lockstep)
{
    const plc_contract_field *outputs = lockstep->contract->outputs;
    return plc_contract_offset(outputs, (size_t)(lockstep->differs - outputs));
}

json_t *cosim_cell_difference(const plc_lockstep *lockstep)
{
    const plc_contract_field *field = lockstep->differs;
    if (!field)
        return json_null();
    uint32_t at = offset_of(lockstep);
    return json_pack("{s:I, s:s, s:s, s:o, s:o, s:o}", "cycle", (json_int_t)lockstep->cycle, "port",
                     field->port, "field", field->name, "expected",
                     json_value(field, lockstep->expected + at), "got",
                     json_value(field, lockstep->found + at), "stimuli", describe_inputs(lockstep));
}

static void print_value(const char *what, const plc_contract_field *field, const uint32_t *words)
{
    uint64_t value = plc_contract_value(field, words);
    uint64_t mask = UINT64_MAX >> (64 - field->bits);
    if (field->is_signed)
        printf("  %-18s %" PRId64, what, (int64_t)value);
    else
        printf("  %-18s %" PRIu64, what, value);
    printf("  0x%0*" PRIx64 "\n", (int)(field->bits + 3) / 4, value & mask);
}

void cosim_cell_print(const plc_lockstep *lockstep)
{
    const plc_contract *contract = lockstep->contract;
    uint32_t at = offset_of(lockstep);
    print_value("expected", lockstep->differs, lockstep->expected + at);
    print_value("got", lockstep->differs, lockstep->found + at);
    printf("stimuli\n");
    at = 0;
    for (const plc_contract_field *field = contract->inputs; field->port; field++) {
        print_value(field->name, field, lockstep->in + at);
        at += plc_contract_slot(field);
    }
}

static int report(const cosim_cell *task, const char *top, const plc_lockstep *lockstep,
                  double seconds)
{
    uint64_t done = lockstep->cycle + (lockstep->differs != NULL);
    json_t *result =
        json_pack("{s:o, s:o, s:s, s:s, s:I, s:I, s:i, s:o, s:I, s:I, s:f, s:f}", "cell",
                  json_text(task->path), "top", json_text(top), "model", task->model, "kernel",
                  lockstep->contract->kernel, "ticks", (json_int_t)done, "compared",
                  (json_int_t)lockstep->compared, "mismatches", lockstep->differs != NULL,
                  "first_mismatch", cosim_cell_difference(lockstep), "assertions",
                  (json_int_t)plc_cell_failures(lockstep->cell), "seed", (json_int_t)task->seed,
                  "seconds", seconds, "cycles_per_s", seconds > 0 ? (double)done / seconds : 0.0);
    int exit_status = print_result(result, task->as_json);
    if (lockstep->differs && !task->as_json && exit_status == EXIT_OK) {
        printf("first difference     cycle %" PRIu64 ", %s of %s\n", lockstep->cycle,
               lockstep->differs->name, lockstep->differs->port);
        cosim_cell_print(lockstep);
        exit_status = finish_stdout();
    }
    return exit_status;
}

/* ---- the run ---- */

static plc_status run_cycles(plc_lockstep *lockstep, uint64_t n, plc_error *error)
{
    progress bar;
    plc_status status = PLC_OK;
    progress_begin(&bar, "cosim");
    for (uint64_t done = 0; done < n && status == PLC_OK && !lockstep->differs && !interrupted();) {
        uint64_t chunk = n - done < CHUNK ? n - done : CHUNK;
        status = plc_lockstep_run(lockstep, chunk, error);
        done += chunk;
        if (plc_cell_failures(lockstep->cell))
            break;
        progress_show(&bar, (double)done / (double)n);
    }
    progress_end(&bar);
    return status;
}

static int run_cell(const cosim_cell *task, const char *top, const plc_contract *contract,
                    plc_cell *cell)
{
    plc_lockstep lockstep;
    plc_error error = {0};
    plc_lockstep_init(&lockstep, contract, cell, task->seed);
    double begin = seconds_now();
    plc_status status = run_cycles(&lockstep, task->n_cycles, &error);
    if (status != PLC_OK)
        plc_error_add(&error, "; cycle %" PRIu64, lockstep.cycle);
    int exit_status = status == PLC_OK ? report(task, top, &lockstep, seconds_now() - begin)
                                       : fail_with(status, &error);
    if (exit_status != EXIT_OK)
        return exit_status;
    if (plc_cell_failures(cell)) {
        plc_fail(&error, PLC_FAILED, "%s: cycle %" PRIu64 ": %.*s", task->path, lockstep.cycle,
                 (int)strcspn(plc_cell_said(cell), "\n"), plc_cell_said(cell));
        return fail_with(PLC_FAILED, &error);
    }
    return lockstep.differs ? EXIT_DIFFERS : interrupted() ? EXIT_INTERRUPTED : EXIT_OK;
}

/* The module: as given, or the file's name up to its dot. */
static bool find_top(const cosim_cell *task, char *ret_top)
{
    const char *slash = strrchr(task->path, '/');
    const char *begin = slash ? slash + 1 : task->path;
    const char *dot = strrchr(begin, '.');
    size_t length = dot ? (size_t)(dot - begin) : strlen(begin);
    if (task->top) {
        begin = task->top;
        length = strlen(begin);
    }
    if (length > NAME_MAX_LENGTH)
        return false;
    memcpy(ret_top, begin, length);
    ret_top[length] = 0;
    return plc_cell_is_name(ret_top);
}

static bool has_ending(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && (!strcmp(dot, ".sv") || !strcmp(dot, ".v") || !strcmp(dot, ".f"));
}

int cosim_cell_open(const cosim_cell *task, char *ret_top, const plc_contract **ret_contract,
                    plc_cell **ret_cell)
{
    plc_error error = {0};
    if (!(*ret_contract = plc_contract_find(task->model)))
        return fail_usage(
            "cosim: --model: expected lif, onoff, threshold, stdp, random or annealer, "
            "got \"%s\"",
            task->model);
    if (!has_ending(task->path))
        return fail_usage("cosim: --user-rtl: expected a file .sv, .v or .f, got \"%s\"",
                          task->path);
    if (!find_top(task, ret_top))
        return fail_usage("cosim: --top: expected the name of a module, letters, digits and _, "
                          "got \"%s\"",
                          task->top ? task->top : task->path);
    const plc_cell_source source = {.path = task->path, .top = ret_top, .cache = task->cache};
    interrupt_catch();
    plc_status status = plc_cell_create(&source, *ret_contract, ret_cell, &error);
    return interrupted() ? EXIT_INTERRUPTED : status == PLC_OK ? -1 : fail_with(status, &error);
}

int cosim_cell_run(const cosim_cell *task)
{
    char top[COSIM_NAME] = "";
    const plc_contract *contract;
    plc_cell *cell = NULL;
    int exit_status = cosim_cell_open(task, top, &contract, &cell);
    if (exit_status < 0)
        exit_status = run_cell(task, top, contract, cell);
    plc_cell_destroy(cell);
    return exit_status;
}
