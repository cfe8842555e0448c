/* Status codes and error messages shared by every call of the library. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLACODE_STATUS_H
#define PLACODE_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#define PLC_API
#else
#define PLC_API __attribute__((visibility("default")))
#endif

/* What a call came to. Out-parameters named ret_x are written on PLC_OK only. */
typedef enum plc_status {
    PLC_OK = 0,
    PLC_FAILED,       /* the outside world refused: a file, a disk */
    PLC_INVALID,      /* the input is malformed; the message says where and what was legal */
    PLC_NO_MEMORY,    /* an allocation failed; nothing was lost */
    PLC_DOES_NOT_FIT, /* the network is well formed but larger than the chip; the message has the
                         numbers */
    PLC_DIFFERS,      /* two things that had to be equal are not */
    PLC_STOPPED,      /* a callback asked to stop; what was done until then is valid */
} plc_status;

/* Room for one line of explanation, in the caller's memory. */
typedef struct plc_error {
    plc_status status;
    char message[1024]; /* "net.yaml:14: projections[2]: delay: expected 1..15, got 16", without
                           newline */
} plc_error;

/* The name of a status, for logs: "ok", "failed", "invalid", ... Never NULL. */
PLC_API const char *plc_status_name(plc_status status);

#ifdef __cplusplus
}
#endif

#endif
