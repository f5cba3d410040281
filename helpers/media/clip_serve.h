// SPDX-License-Identifier: Apache-2.0
/* helpers/media/clip_serve.h: one clip, asked for on the standard input and
 * answered on the standard output as media/clip_wire.h says. */
#ifndef HELPERS_MEDIA_CLIP_SERVE_H
#define HELPERS_MEDIA_CLIP_SERVE_H

/* The status to end with. */
int clip_serve(void);

#endif
