/* How much a test does. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_TESTS_SUPPORT_THOROUGH_H
#define PLC_TESTS_SUPPORT_THOROUGH_H

/* The whole of it, or a part under sanitizers, which take five to ten times as long and look for
 * faults that a part shows as well. */
#ifdef __SANITIZE_ADDRESS__
#define plc_thorough(whole, part) (part)
#else
#define plc_thorough(whole, part) (whole)
#endif

#endif
