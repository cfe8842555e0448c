/* The placode command. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <placode/placode.h>
#include <stdio.h>

int main(void)
{
    puts(plc_version());
    return 0;
}
