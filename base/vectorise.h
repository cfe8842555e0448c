/* Loops compiled once for each width of vector unit; the integers they give are the same on all of
 * them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_BASE_VECTORISE_H
#define PLC_BASE_VECTORISE_H

#include <limits.h> /* tells whether this is glibc */

/* Marks a function to be compiled for several x86-64 levels and chosen at load time. Sanitizers
 * cannot run the loader's chooser, so there, and on other machines, the function is compiled once.
 */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) &&       \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define PLC_VECTORISE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define PLC_VECTORISE
#endif

/* Marks a function that is called only where __builtin_cpu_supports("avx2"). */
#ifdef __x86_64__
#define PLC_AVX2 __attribute__((target("avx2")))
#endif

#endif
