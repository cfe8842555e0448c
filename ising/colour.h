/* Proper colourings of graphs. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_ISING_COLOUR_H
#define PLC_ISING_COLOUR_H

#include "ising/adjacency.h"

/* Colours the vertices so that no two neighbours share a colour, with few colours in classes of
 * roughly equal size. The same graph always gets the same colouring.
 * colour: [n], filled with [0, *ret_n_colours). PLC_NO_MEMORY. O((n + m) log n)
 * Source: D. Brelaz, New methods to color the vertices of a graph, CACM 22(4), 1979 (DSATUR).
 * Differs: a neighbour's colour counts for a vertex's saturation only while it is not above the
 * vertex's degree, for only those can be its own; afterwards vertices move from large classes to
 * small ones. */
plc_status plc_colour(const plc_adjacency *adjacency, uint32_t *colour, uint32_t *ret_n_colours,
                      plc_error *error);

#endif
