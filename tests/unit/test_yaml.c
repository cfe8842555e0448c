/* YAML documents: positions, ranges, keys. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/yaml.h"

#include <criterion/criterion.h>
#include <string.h>

static plc_yaml *parse(const char *text)
{
    plc_yaml *yaml = NULL;
    plc_error error;
    cr_assert_eq(plc_yaml_parse("f.yaml", text, strlen(text), &yaml, &error), PLC_OK, "%s",
                 error.message);
    return yaml;
}

Test(yaml, reads_typed_values)
{
    plc_yaml *yaml = parse("a: 12\nb: 2.5\nc: true\nd: [x, y]\n");
    plc_yaml_node root = plc_yaml_root(yaml);
    int64_t a;
    double b;
    bool c;
    const char *d;
    cr_assert_eq(plc_yaml_int(plc_yaml_find(root, "a"), "a", 0, 20, &a, NULL), PLC_OK);
    cr_assert_eq(plc_yaml_real(plc_yaml_find(root, "b"), "b", 0, 20, &b, NULL), PLC_OK);
    cr_assert_eq(plc_yaml_bool(plc_yaml_find(root, "c"), "c", &c, NULL), PLC_OK);
    cr_assert_eq(plc_yaml_string(plc_yaml_item(plc_yaml_find(root, "d"), 1), "d", &d, NULL),
                 PLC_OK);
    cr_assert(a == 12 && b == 2.5 && c && !strcmp(d, "y"));
    cr_assert_eq(plc_yaml_get_kind(plc_yaml_find(root, "e")), PLC_YAML_ABSENT);
    plc_yaml_destroy(yaml);
}

Test(yaml, names_file_line_and_legal_values)
{
    static const char *const keys[] = {"name", "size", NULL};
    plc_yaml *yaml = parse("name: x\nsiez: 3\n");
    plc_error error;
    cr_assert_eq(plc_yaml_expect_keys(plc_yaml_root(yaml), "population", keys, &error),
                 PLC_INVALID);
    cr_assert_str_eq(error.message,
                     "f.yaml:2: population: unknown key \"siez\"; expected name or size");
    int64_t value;
    plc_yaml_int(plc_yaml_find(plc_yaml_root(yaml), "siez"), "size", 4, 9, &value, &error);
    cr_assert_str_eq(error.message, "f.yaml:2: size: expected a whole number in 4..9, got \"3\"");
    plc_yaml_destroy(yaml);
}

Test(yaml, refuses_keys_that_stand_twice)
{
    static const char *const keys[] = {"a", NULL};
    plc_yaml *yaml = parse("a: 1\na: 2\n");
    plc_error error;
    cr_assert_eq(plc_yaml_expect_keys(plc_yaml_root(yaml), "root", keys, &error), PLC_INVALID);
    cr_assert_str_eq(error.message, "f.yaml:2: root: key \"a\" stands twice");
    plc_yaml_destroy(yaml);
}

Test(yaml, refuses_what_is_not_one_document)
{
    plc_yaml *yaml = NULL;
    const char *bad[] = {"",         "a: [1, 2",      "a: 1\n---\nb: 2\n",
                         "\t- x: {", "a: *nowhere\n", "\xff\xfe\xff"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert_eq(plc_yaml_parse("f", bad[i], strlen(bad[i]), &yaml, NULL), PLC_INVALID,
                     "case %zu", i);
}

Test(yaml, finds_nothing_in_what_is_no_mapping)
{
    plc_yaml *yaml = parse("[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n");
    plc_error error;
    plc_yaml_node node;
    cr_assert_eq(plc_yaml_get_kind(plc_yaml_find(plc_yaml_root(yaml), "a")), PLC_YAML_ABSENT);
    cr_assert_eq(plc_yaml_require(plc_yaml_root(yaml), "a", &node, &error), PLC_INVALID);
    cr_assert_str_eq(error.message, "f.yaml:1: missing key \"a\"");
    plc_yaml_destroy(yaml);
}

/* Both would cost far more than the size of the file suggests. */
Test(yaml, refuses_deep_lists_and_many_aliases)
{
    plc_yaml *yaml = NULL;
    plc_error error;
    char deep[256], aliases[8192] = "a: &x 1\nb: [";
    memset(deep, '[', 100);
    deep[100] = 0;
    cr_assert_eq(plc_yaml_parse("f", deep, strlen(deep), &yaml, &error), PLC_INVALID);
    cr_assert_str_eq(error.message, "f:1: expected lists at most 64 deep");
    for (int i = 0; i < 1001; i++)
        strcat(aliases, "*x, ");
    strcat(aliases, "1]\n");
    cr_assert_eq(plc_yaml_parse("f", aliases, strlen(aliases), &yaml, &error), PLC_INVALID);
    cr_assert_str_eq(error.message, "f:2: expected at most 1000 aliases");
}
