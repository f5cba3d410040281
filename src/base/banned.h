// SPDX-License-Identifier: Apache-2.0
/* base/banned.h: included before every file of ours by the Makefile. Calls that
 * have a safe counterpart here do not compile. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fortified and clang headers make macros of some of them. */
#undef strcpy
#undef strcat
#undef sprintf
#undef vsprintf
#undef strtok
#undef atoi
#undef atol
#undef atof
#undef gets
#undef strncpy
#undef strncat

#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol atof gets \
    strncpy strncat

#endif
