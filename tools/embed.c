// SPDX-License-Identifier: Apache-2.0
/* tools/embed.c: writes files into a C source as one table of base/embedded.h.
 *
 *     embed [--packed] NAME [PATH=FILE]... > out.c
 *
 * The table is `const struct embedded_files NAME`, sorted as given. --packed:
 * each file compressed as well, where that pays, as hard as can be: the program
 * would take a second for it each time it begins. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/compress.h"

enum { FILE_BYTES_MAX = 64 << 20 };

static int read_file(const char *file, struct buf *bytes)
{
    FILE *in = fopen(file, "rb");
    char part[65536];
    size_t got;
    buf_reset(bytes);
    if (in)
        while ((got = fread(part, 1, sizeof part, in)) > 0)
            buf_add(bytes, str_of(part, got));
    if (!in || ferror(in) || buf_err(bytes))
        perror(file);
    return !in || ferror(in) | fclose(in) || buf_err(bytes);
}

static void write_bytes(const char *kind, int index, struct str bytes)
{
    printf("static const unsigned char %s_%d[] = {", kind, index);
    for (size_t i = 0; i < bytes.len; i++)
        printf("%s%d,", i % 20 ? "" : "\n", (unsigned char)bytes.ptr[i]);
    printf("%s};\n", bytes.len ? "" : "0"); /* C has no empty array */
}

static const struct {
    const char *name; /* as in struct embedded_file */
    enum err (*compress)(struct str, enum compress_effort, struct buf *);
} codings[] = {{"gzip", compress_gzip}, {"br", compress_brotli}};

enum { CODINGS = sizeof codings / sizeof *codings };

/* A coding that does not pay is left out. */
static int write_packed(int index, struct str bytes, size_t lengths[CODINGS],
                        struct buf *packed)
{
    for (size_t i = 0; i < CODINGS; i++) {
        buf_reset(packed);
        if (codings[i].compress(bytes, COMPRESS_ASSET, packed))
            return 1;
        if (!compress_pays(bytes.len, packed->len))
            continue;
        lengths[i] = packed->len;
        write_bytes(codings[i].name, index, buf_str(packed));
    }
    return 0;
}

static int usage(void)
{
    fprintf(stderr, "usage: embed [--packed] NAME [PATH=FILE]...\n");
    return 2;
}

struct file {
    int path_len;
    size_t len, packed_lens[CODINGS]; /* 0: is not there */
};

static void write_entry(const char *path, int index, const struct file *file)
{
    printf("    {.path = \"%.*s\", .bytes = {(const char *)bytes_%d, %zu}",
           file->path_len, path, index, file->len);
    for (size_t i = 0; i < CODINGS; i++)
        if (file->packed_lens[i])
            printf(", .%s = {(const char *)%s_%d, %zu}", codings[i].name,
                   codings[i].name, index, file->packed_lens[i]);
    printf("},\n");
}

/* args: PATH=FILE, each. */
static int write_table(const char *name, char **args, int count, int is_packed)
{
    struct file *files = calloc((size_t)count + 1, sizeof *files);
    struct buf bytes, packed;
    int failed = !files;
    buf_init(&bytes, FILE_BYTES_MAX);
    buf_init(&packed, FILE_BYTES_MAX);
    printf("/* Made by tools/embed.c. */\n"
           "#include \"base/embedded.h\"\n"
           "extern const struct embedded_files %s;\n",
           name);
    for (int i = 0; !failed && i < count; i++) {
        const char *equals = strchr(args[i], '=');
        failed = equals ? read_file(equals + 1, &bytes) : usage();
        if (failed)
            break;
        files[i] = (struct file){(int)(equals - args[i]), bytes.len, {0}};
        write_bytes("bytes", i, buf_str(&bytes));
        if (is_packed)
            failed =
                write_packed(i, buf_str(&bytes), files[i].packed_lens, &packed);
    }
    printf("static const struct embedded_file files[] = {\n");
    for (int i = 0; !failed && i < count; i++)
        write_entry(args[i], i, &files[i]);
    printf("};\nconst struct embedded_files %s = {files, %d};\n", name, count);
    buf_finish(&packed);
    buf_finish(&bytes);
    free(files);
    return failed || fflush(stdout) || ferror(stdout);
}

int main(int argc, char **argv)
{
    int is_packed = argc > 1 && strcmp(argv[1], "--packed") == 0;
    if (argc < 2 + is_packed)
        return usage();
    return write_table(argv[1 + is_packed], argv + 2 + is_packed,
                       argc - 2 - is_packed, is_packed);
}
