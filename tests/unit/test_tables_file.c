/* Files of routing tables: what is read, what is refused, what comes back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/tables_file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char good[] =
    "[{\"x\": 1, \"y\": 2, \"entries\": ["
    "{\"key\": 4096, \"mask\": 4294963200, \"defaultable\": true, \"spinnaker_route\": 8},"
    "{\"key\": 0, \"mask\": 4294967295, \"spinnaker_route\": 4294967233}]},"
    " {\"x\": 0, \"y\": 0, \"entries\": []}]";

static void expect_good(const table_list *list)
{
    cr_assert(list->n == 2 && list->tables[0].x == 1 && list->tables[0].y == 2);
    cr_assert(list->tables[0].n == 2 && list->tables[1].n == 0);
    const plc_route_entry *entries = list->tables[0].entries;
    cr_assert(entries[0].key == 4096 && entries[0].mask == 0xfffff000 && entries[0].links == 8);
    cr_assert(entries[1].links == 1 && entries[1].cores.word[0] == 0x3ffffff);
    cr_assert(list->tables[0].defaultable[0] && !list->tables[0].defaultable[1]);
}

Test(tables_file, reads_tables)
{
    table_list list = {0};
    plc_error error = {0};
    cr_assert_eq(tables_parse("t", good, strlen(good), &list, &error), PLC_OK, "%s", error.message);
    expect_good(&list);
    tables_finish(&list);
}

Test(tables_file, says_what_is_wrong_and_where)
{
#define ENTRY(text) "[{\"x\":0,\"y\":0,\"entries\":[{" text "}]}]"
    static const char *const cases[][2] = {
        {"", "t:1: unexpected token near end of file"},
        {"{}", "t: expected a list of tables, got an object"},
        {"[3]", "t: tables[0]: expected an object with x, y, entries, got 3"},
        {"[{\"z\":0}]", "t: tables[0]: unknown key \"z\"; expected x, y, entries"},
        {"[{\"x\":0,\"y\":65536}]",
         "t: tables[0]: y: expected a whole number in 0..65535, got 65536"},
        {"[{\"x\":0,\"y\":0}]", "t: tables[0]: entries: expected a list, got nothing"},
        {ENTRY("\"key\":-1"),
         "t: tables[0]: entries[0]: key: expected a whole number in 0..4294967295, got -1"},
        {ENTRY("\"key\":1,\"mask\":1.5"),
         "t: tables[0]: entries[0]: mask: expected a whole number in 0..4294967295, got a real"},
        {ENTRY("\"key\":1,\"mask\":2,\"spinnaker_route\":1"),
         "t: tables[0]: entries[0]: key 0x00000001 has bits outside its mask 0x00000002"},
        {ENTRY("\"key\":1,\"mask\":1,\"spinnaker_route\":1,\"defaultable\":1"),
         "t: tables[0]: entries[0]: defaultable: expected true or false, got 1"},
        {ENTRY("\"key\":1,\"key\":1"), "t:1: duplicate object key near '\"key\"'"},
    };
#undef ENTRY
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        table_list list = {0};
        plc_error error = {0};
        cr_expect_eq(tables_parse("t", cases[i][0], strlen(cases[i][0]), &list, &error),
                     PLC_INVALID, "case %zu", i);
        cr_expect_str_eq(error.message, cases[i][1]);
    }
}

/* Writes the tables to a file of that name and reads them back. */
static void round_trip(const char *ending, bool gzipped)
{
    char path[64];
    table_list list = {0}, again = {0};
    plc_error error = {0};
    plc_bytes bytes = {0};
    snprintf(path, sizeof path, "/tmp/placode-tables-%ld%s", (long)getpid(), ending);
    cr_assert_eq(tables_parse("t", good, strlen(good), &list, &error), PLC_OK);
    cr_assert_eq(tables_write(&list, path, &error), PLC_OK, "%s", error.message);
    cr_assert_eq(plc_bytes_read(path, &bytes, &error), PLC_OK);
    cr_assert_eq(bytes.data[0] == '\x1f', gzipped);
    plc_bytes_finish(&bytes);
    cr_assert_eq(tables_read(path, &again, &error), PLC_OK, "%s", error.message);
    expect_good(&again);
    tables_finish(&list);
    tables_finish(&again);
    unlink(path);
}

Test(tables_file, what_is_written_is_read_back)
{
    round_trip(".json", false);
    round_trip(".json.gz", true);
}

Test(tables_file, a_gzip_file_must_be_whole_and_not_too_long)
{
    plc_bytes packed = {0};
    plc_error error = {0};
    char text[5000] = "";
    memset(text, ' ', sizeof text - 1);
    cr_assert_eq(gzip_pack("t", text, strlen(text), &packed, &error), PLC_OK);
    cr_expect_eq(gzip_unpack("t", 4998, &packed, &error), PLC_INVALID);
    cr_expect_str_eq(error.message, "t: expected at most 4998 bytes when unpacked");
    packed.size -= 3;
    cr_expect_eq(gzip_unpack("t", 4999, &packed, &error), PLC_INVALID);
    cr_expect_str_eq(error.message, "t: not a whole gzip file: it is cut short");
    packed.size += 3;
    cr_assert_eq(gzip_unpack("t", 4999, &packed, &error), PLC_OK, "%s", error.message);
    cr_expect(packed.size == 4999 && !strcmp(packed.data, text));
    plc_bytes_finish(&packed);
}
