/* The parts of the picture of a layout: what is measured, where it is drawn, colours and text. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLC_CLI_PICTURE_H
#define PLC_CLI_PICTURE_H

#include "base/file.h"
#include "hw/layout/layout.h"
#include "mapper/place_graph.h"

/* How much of a router there is room to show. */
typedef enum picture_detail {
    PICTURE_CELLS,   /* one coloured cell a router, nothing else */
    PICTURE_ROUTERS, /* and links, and what a router holds as its tooltip */
    PICTURE_CORES,   /* each core as a square */
} picture_detail;

/* What is drawn. */
typedef enum picture_subject {
    PICTURE_NETWORK, /* all of a layout */
    PICTURE_SLICES,  /* a layout of which only cores and slices are known */
    PICTURE_PACKETS, /* a hypergraph: the load of a core is not neurons but the packets that its
                        vertex sends and receives in a tick */
} picture_subject;

/* Lengths are in pixels of the drawing, x to the right and y downwards. */
typedef struct picture {
    const plc_layout *layout;
    plc_text svg; /* everything but the head, which needs the height */

    uint32_t *core_begin; /* [routers + 1] into layout->cores */
    uint64_t *neurons;    /* [routers] neurons of a router */
    uint64_t *traffic;    /* [routers * PLC_N_LINKS] packets that leave by a link in a tick in which
                             every neuron spikes once */
    uint64_t traffic_max; /* of a link as drawn */
    uint64_t core_full;   /* [neurons] a core with the last colour of the scale */
    uint64_t router_full; /* [neurons] and such a router */
    uint64_t table_full;  /* [entries] a full bar */
    picture_subject subject;
    bool core_bounded, table_bounded; /* full is the chip's limit, not the fullest there is */

    picture_detail detail;
    bool hexagonal;
    bool striped;                      /* cores show their populations */
    bool lanes;                        /* the two directions of a link are drawn apart, as arrows */
    bool links, wraps, dead_links;     /* there are such links, */
    bool absent, idle, dead, reserved; /* dead routers, cores not in use, and so on */
    double width, height;              /* of the picture so far */
    double mesh_height;
    double left, top;      /* centre of router (0, 0) */
    double pitch;          /* from router to router */
    double half;           /* from the centre of a tile to the middle of its sides */
    uint32_t columns;      /* cores are drawn in rows of so many */
    double cell;           /* from core to core */
    double side;           /* of a core */
    double head, foot;     /* from the top of a tile to its cores, and from them to its bottom */
    double grid_x, grid_y; /* first core's corner, from the centre of its tile */
} picture;

enum {
    PICTURE_MARGIN = 28,
    PICTURE_NUMBER = 32,      /* room for any number as text */
    PICTURE_COLOUR = 8,       /* room for "#rrggbb" */
    PICTURE_POPULATIONS = 12, /* populations with a colour of their own */
};

/* Adds the packets that leave by each link in a tick in which every neuron spikes once to `traffic`
 * [routers * PLC_N_LINKS]. O(slices x links of their trees) */
plc_status picture_measure_traffic(const plc_layout *layout, uint64_t *traffic, plc_error *error);

/* Draws a layout; plc_text_finish() the result. Where `traffic` [routers * PLC_N_LINKS] is NULL,
 * the packets of a network are walked. */
plc_status picture_draw(const plc_layout *layout, picture_subject subject, const uint64_t *traffic,
                        plc_text *ret_svg, plc_error *error);

/* Draws into a file. `traffic` is NULL for networks and given for hypergraphs. */
plc_status picture_make(const plc_layout *layout, const uint64_t *traffic, const char *path,
                        plc_error *error);

/* Draws a placed hypergraph: cores coloured by the packets of their vertices. */
plc_status picture_write_graph(const plc_hypergraph *graph, const plc_graph_layout *placed,
                               const plc_chip *chip, const char *path, plc_error *error);

/* Decides on sizes and detail; `top` counts from the top of the mesh. */
void picture_scale_mesh(picture *self);
/* Place of mesh coordinates from that of (0, 0), [pitch]. Hexagonal meshes are sheared so that all
 * six links are equally long: the one that goes to (1, 1) rises at 60 degrees. */
void picture_place(const picture *self, double x, double y, double *ret_x, double *ret_y);
/* Centre of a router's tile. */
void picture_centre(const picture *self, uint32_t router, double *ret_x, double *ret_y);

void picture_draw_links(picture *self);
void picture_draw_routers(picture *self);
/* The cores of a router whose tile's centre is (x, y). */
void picture_draw_cores(picture *self, uint32_t router, double x, double y);
/* Title and numbers at the head of the picture; moves `height`. */
void picture_draw_title(picture *self);
/* Scales, marks and populations at the foot; moves `height`. */
void picture_draw_legend(picture *self);

/* Scales from 0 to 1. */
typedef enum picture_scale {
    PICTURE_LOAD,
    PICTURE_TRAFFIC,
    PICTURE_N_SCALES,
} picture_scale;

/* The colour of `share` in [0, 1]. */
void picture_colour(picture_scale scale, double share, char ret_colour[PICTURE_COLOUR]);
/* The colour of a population, grey beyond the first PICTURE_POPULATIONS. */
const char *picture_population_colour(uint32_t population);
/* Definitions of the gradients and patterns that drawings refer to. */
void picture_add_definitions(plc_text *svg);

/* part / whole in [0, 1], 0 of nothing. */
double picture_share(uint64_t part, uint64_t whole);
/* "1,234,567". */
const char *picture_number(uint64_t number, char buffer[PICTURE_NUMBER]);
/* Adds text, escaped for XML; more than so many columns lose their middle, since names tend to
 * differ at the end. */
void picture_add_text(plc_text *svg, const char *text, size_t columns);
/* Columns of text, at least: signs of East Asian scripts and the like count twice. */
size_t picture_columns(const char *text);
/* An upper estimate of the width of text in a font of this size. */
double picture_text_width(size_t columns, double size);

#endif
