// SPDX-License-Identifier: Apache-2.0
/* tools/embed.c: writes files into a C source as one table of base/embedded.h.
 *
 *     embed NAME [PATH=FILE]... > out.c
 *
 * The table is `const struct embedded_files NAME`, sorted as given. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int write_bytes(const char *file, size_t index)
{
    FILE *in = fopen(file, "rb");
    if (!in) {
        perror(file);
        return 1;
    }
    printf("static const unsigned char file_%zu[] = {", index);
    size_t count = 0;
    for (int c; (c = getc(in)) != EOF; count++)
        printf("%s%d,", count % 20 ? "" : "\n", c);
    printf("%s};\n", count ? "" : "0"); /* C has no empty array */
    int failed = ferror(in);
    fclose(in);
    if (failed)
        perror(file);
    return failed;
}

static int usage(void)
{
    fprintf(stderr, "usage: embed NAME [PATH=FILE]...\n");
    return 2;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return usage();
    printf("/* Made by tools/embed.c. */\n"
           "#include \"base/embedded.h\"\n"
           "extern const struct embedded_files %s;\n",
           argv[1]);
    for (int i = 2; i < argc; i++) {
        const char *equals = strchr(argv[i], '=');
        if (!equals)
            return usage();
        if (write_bytes(equals + 1, (size_t)i))
            return 1;
    }
    printf("static const struct embedded_file files[] = {\n");
    for (int i = 2; i < argc; i++) {
        int path = (int)(strchr(argv[i], '=') - argv[i]);
        printf("    {\"%.*s\", {(const char *)file_%d, sizeof(file_%d)}},\n",
               path, argv[i], i, i);
    }
    printf("};\nconst struct embedded_files %s = {files, %d};\n", argv[1],
           argc - 2);
    return fflush(stdout) || ferror(stdout);
}
