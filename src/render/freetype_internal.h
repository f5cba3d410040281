// SPDX-License-Identifier: Apache-2.0
/* What FreeType's headers want of the C library. Its own list of it names
 * functions that are banned here (base/banned.h); none of them is called. */
#ifndef RENDER_FREETYPE_INTERNAL_H
#define RENDER_FREETYPE_INTERNAL_H

#include <limits.h>
#include <stddef.h>

#define FT_CHAR_BIT CHAR_BIT
#define FT_USHORT_MAX USHRT_MAX
#define FT_INT_MAX INT_MAX
#define FT_INT_MIN INT_MIN
#define FT_UINT_MAX UINT_MAX
#define FT_LONG_MIN LONG_MIN
#define FT_LONG_MAX LONG_MAX
#define FT_ULONG_MAX ULONG_MAX

typedef ptrdiff_t ft_ptrdiff_t;

#endif
