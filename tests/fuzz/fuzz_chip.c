/* Fuzzing of chip files: what is accepted, written and read again is written the same. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <placode/chip.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    plc_error error;
    plc_chip *chip = NULL, *again = NULL;
    char *text = NULL, *text_again = NULL;
    if (plc_chip_parse("fuzz", (const char *)data, size, &chip, &error) != PLC_OK)
        return 0;
    if (plc_chip_to_yaml(chip, &text, &error) != PLC_OK ||
        plc_chip_parse("again", text, strlen(text), &again, &error) != PLC_OK ||
        plc_chip_to_yaml(again, &text_again, &error) != PLC_OK || strcmp(text, text_again) != 0)
        abort();
    free(text);
    free(text_again);
    plc_chip_destroy(chip);
    plc_chip_destroy(again);
    return 0;
}
