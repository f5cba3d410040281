// SPDX-License-Identifier: Apache-2.0
#include "exchange/backup_archive.h"

#include <assert.h>
#include <errno.h>
#include <unistd.h>

#include "base/new_file.h"
#include "exchange/pack.h"
#include "store/blob.h"

enum {
    STEP_BYTES = 64 * 1024,
    SUM_DIGITS = DIGEST_HEX_BYTES - 1,
    LINE_BYTES_MAX = SUM_DIGITS + 2 + TAR_NAME_BYTES_MAX + 1,

    /* Of a line's own digest: enough to know it again. */
    LINE_DIGITS = 32,
    LINES_BYTES_MAX = 1 << 30, /* 32 million files */
};

static const char zeros[TAR_BLOCK_BYTES];

/* "<digest>  <name>\n", as sha256sum writes it. */
static size_t format_line(char target[LINE_BYTES_MAX + 1], const char *digest,
                          const char *name)
{
    int len = snprintf(target, LINE_BYTES_MAX + 1, "%s  %s\n", digest, name);
    assert(len > 0 && len <= LINE_BYTES_MAX);
    return (size_t)len;
}

/* ---- Writing ---------------------------------------------------------------
 */

enum err archive_write_begin(struct archive_writer *writer,
                             struct pack_writer *pack, const char *folder,
                             struct fault *fault)
{
    int fd;
    *writer = (struct archive_writer){.pack = pack};
    enum err err = file_without_name(folder, &fd, fault);
    if (err)
        return err;
    writer->sums = fdopen(fd, "w+");
    if (writer->sums)
        return ERR_OK;
    close(fd);
    return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
}

void archive_writer_finish(struct archive_writer *writer)
{
    if (writer->sums)
        fclose(writer->sums);
    digest_end(&writer->digest);
    *writer = (struct archive_writer){.pack = NULL};
}

static enum err write_head(struct archive_writer *writer,
                           const struct tar_file *file, struct fault *fault)
{
    DEFER(buf_finish) struct buf head;
    buf_init(&head, TAR_EXTENDED_BYTES_MAX + 4 * TAR_BLOCK_BYTES);
    enum err err = tar_write_head(&head, file);
    if (err)
        return fault_set(fault, err, file->name, "%s: %s", file->name,
                         err_sentence(err));
    digest_begin(&writer->digest);
    return pack_write(writer->pack, buf_str(&head), fault);
}

static enum err write_content(struct archive_writer *writer, struct str bytes,
                              struct fault *fault)
{
    digest_add(&writer->digest, bytes);
    return pack_write(writer->pack, bytes, fault);
}

static enum err end_file(struct archive_writer *writer,
                         const struct tar_file *file,
                         char digest[DIGEST_HEX_BYTES], struct fault *fault)
{
    char line[LINE_BYTES_MAX + 1];
    digest_write_hex(&writer->digest, digest);
    size_t len = format_line(line, digest, file->name);
    if (fwrite(line, 1, len, writer->sums) != len)
        return fault_set(fault, err_from_errno(errno), NULL,
                         "the list of sums cannot be written: %s",
                         strerror(errno));
    return pack_write(writer->pack, str_of(zeros, tar_padding(file->size)),
                      fault);
}

enum err archive_write_bytes(struct archive_writer *writer, const char *name,
                             struct str bytes, int64_t modified_s,
                             struct fault *fault)
{
    char digest[DIGEST_HEX_BYTES];
    struct tar_file file = {.size = (int64_t)bytes.len,
                            .modified_s = modified_s};
    snprintf(file.name, sizeof file.name, "%s", name);
    enum err err = write_head(writer, &file, fault);
    if (!err)
        err = write_content(writer, bytes, fault);
    return err ? err : end_file(writer, &file, digest, fault);
}

static enum err copy_content(struct archive_writer *writer,
                             const struct tar_file *file, int fd,
                             struct fault *fault)
{
    char step[STEP_BYTES];
    for (int64_t left = file->size; left;) {
        size_t want = left < STEP_BYTES ? (size_t)left : STEP_BYTES;
        ssize_t got = read(fd, step, want);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return fault_set(
                fault, ERR_IO, file->name, "cannot read %s: %s", file->name,
                got ? strerror(errno) : "it became shorter meanwhile");
        enum err err = write_content(writer, str_of(step, (size_t)got), fault);
        if (err)
            return err;
        left -= got;
    }
    return ERR_OK;
}

enum err archive_write_fd(struct archive_writer *writer,
                          const struct tar_file *file, int fd,
                          char digest[DIGEST_HEX_BYTES], struct fault *fault)
{
    enum err err = write_head(writer, file, fault);
    if (!err)
        err = copy_content(writer, file, fd, fault);
    return err ? err : end_file(writer, file, digest, fault);
}

enum err archive_write_end(struct archive_writer *writer, struct fault *fault)
{
    char digest[DIGEST_HEX_BYTES];
    struct tar_file file = {.name = ARCHIVE_NAME_SUMS};
    file.size = ftello(writer->sums);
    if (fflush(writer->sums) || file.size < 0 ||
        lseek(fileno(writer->sums), 0, SEEK_SET) < 0)
        return fault_set(fault, err_from_errno(errno), NULL,
                         "the list of sums cannot be written: %s",
                         strerror(errno));
    enum err err =
        archive_write_fd(writer, &file, fileno(writer->sums), digest, fault);
    for (int i = 0; !err && i < 2; i++)
        err = pack_write(writer->pack, str_of(zeros, sizeof zeros), fault);
    return err;
}

/* ---- What may stand in it --------------------------------------------------
 */

/* A path below the theme's folder that leads nowhere else. */
static bool is_theme_path(struct str path)
{
    struct str part;
    while (str_split_next(&path, '/', &part)) {
        if (part.len == 0 || part.ptr[0] == '.')
            return false;
    }
    return true;
}

/* "ab/cdef….webp" */
static bool is_blob_path(struct str path)
{
    struct blob blob;
    char name[BLOB_NAME_BYTES];
    if (path.len < 4 || path.len > BLOB_NAME_BYTES || path.ptr[2] != '/')
        return false;
    snprintf(name, sizeof name, "%.2s%.*s", path.ptr,
             ARG_STR(str_from(path, 3)));
    return blob_parse(str_from_c(name), &blob) == ERR_OK;
}

static enum archive_part part_of(struct str name)
{
    static const struct {
        struct str name;
        enum archive_part part;
    } parts[] = {
        {STR_INIT(ARCHIVE_NAME_INFO), ARCHIVE_INFO},
        {STR_INIT(ARCHIVE_NAME_DATABASE), ARCHIVE_DATABASE},
        {STR_INIT(ARCHIVE_NAME_MISSING), ARCHIVE_MISSING},
        {STR_INIT(ARCHIVE_NAME_SUMS), ARCHIVE_SUMS},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (str_eq(name, parts[i].name))
            return parts[i].part;
    }
    struct str blobs = STR(ARCHIVE_NAME_BLOBS), theme = STR(ARCHIVE_NAME_THEME);
    if (str_starts_with(name, blobs) && is_blob_path(str_from(name, blobs.len)))
        return ARCHIVE_BLOB;
    if (str_starts_with(name, theme) &&
        is_theme_path(str_from(name, theme.len)))
        return ARCHIVE_THEME;
    return ARCHIVE_PARTS;
}

/* Parts follow one another; files of one part are sorted, none is there twice;
 * the first two must be there. */
static bool may_follow(const struct archive_reader *reader,
                       enum archive_part part, struct str name)
{
    bool is_first = reader->lines.len == 0;
    if (is_first || part == ARCHIVE_INFO)
        return is_first && part == ARCHIVE_INFO;
    if (reader->part == ARCHIVE_INFO || part == ARCHIVE_DATABASE)
        return reader->part == ARCHIVE_INFO && part == ARCHIVE_DATABASE;
    if (part != reader->part)
        return part > reader->part;
    bool many = part == ARCHIVE_BLOB || part == ARCHIVE_THEME;
    return many && str_compare(str_from_c(reader->file.name), name) < 0;
}

/* ---- Reading ---------------------------------------------------------------
 */

void archive_read_begin(struct archive_reader *reader,
                        struct archive_input input)
{
    *reader = (struct archive_reader){.input = input};
    buf_init(&reader->lines, LINES_BYTES_MAX);
}

void archive_reader_finish(struct archive_reader *reader)
{
    digest_end(&reader->digest);
    buf_finish(&reader->lines);
}

static enum err damaged(const char *name, const char *what, struct fault *fault)
{
    return fault_set(fault, ERR_CORRUPT, name, "it is damaged at %s: %s", name,
                     what);
}

/* What went wrong below, with the place where. */
static enum err at_file(const struct archive_reader *reader, enum err err,
                        struct fault *fault)
{
    if (err != ERR_CORRUPT || !fault)
        return err;
    struct fault cause = *fault;
    const char *name = reader->file.name;
    return fault_set(fault, err, name, "it is damaged %s %s: %s",
                     reader->open ? "within" : "behind",
                     *name ? name : "its beginning", cause.message);
}

static enum err read_whole(struct archive_reader *reader, void *target,
                           size_t len, struct fault *fault)
{
    for (size_t done = 0; done < len;) {
        size_t got;
        enum err err =
            reader->input.read(reader->input.context, (char *)target + done,
                               len - done, &got, fault);
        if (!err && got == 0)
            err = fault_set(fault, ERR_CORRUPT, NULL,
                            "it is cut off: its end is missing");
        if (err)
            return at_file(reader, err, fault);
        done += got;
    }
    return ERR_OK;
}

static enum err read_extended(struct archive_reader *reader, int64_t size,
                              struct fault *fault)
{
    char bytes[TAR_EXTENDED_BYTES_MAX + TAR_BLOCK_BYTES];
    size_t len = (size_t)size;
    enum err err = read_whole(reader, bytes, len + tar_padding(size), fault);
    if (!err)
        err = at_file(
            reader, tar_read_extended(&reader->tar, str_of(bytes, len), fault),
            fault);
    return err;
}

/* The next head, extended ones worked in. *ret_end: there is none. */
static enum err read_head(struct archive_reader *reader,
                          struct tar_file *ret_file, bool *ret_end,
                          struct fault *fault)
{
    for (;;) {
        char block[TAR_BLOCK_BYTES];
        enum tar_block kind;
        enum err err = read_whole(reader, block, sizeof block, fault);
        if (!err)
            err = at_file(reader,
                          tar_read_block(&reader->tar,
                                         str_of(block, sizeof block), &kind,
                                         ret_file, fault),
                          fault);
        if (!err && kind == TAR_EXTENDED)
            err = read_extended(reader, ret_file->size, fault);
        if (err || kind != TAR_EXTENDED) {
            *ret_end = !err && kind == TAR_END;
            return err;
        }
    }
}

enum err archive_read(struct archive_reader *reader, void *target,
                      size_t capacity, size_t *ret_len, struct fault *fault)
{
    assert(reader->open);
    size_t len = 0;
    if (reader->left) {
        size_t want =
            reader->left < (int64_t)capacity ? (size_t)reader->left : capacity;
        enum err err = read_whole(reader, target, want, fault);
        if (err)
            return err;
        len = want;
        digest_add(&reader->digest, str_of(target, len));
        reader->left -= (int64_t)len;
    }
    if (len == 0)
        digest_write_hex(&reader->digest, reader->digest_hex);
    *ret_len = len;
    return ERR_OK;
}

/* Notes the file that was read: its line in SHA256SUMS by its digest. */
static enum err close_file(struct archive_reader *reader, struct fault *fault)
{
    char line[LINE_BYTES_MAX + 1], digest[DIGEST_HEX_BYTES];
    char padding[TAR_BLOCK_BYTES];
    assert(reader->left == 0);
    size_t len = format_line(line, reader->digest_hex, reader->file.name);
    digest_hex(str_of(line, len), digest);
    buf_add(&reader->lines, str_of(digest, LINE_DIGITS));
    enum err err = buf_err(&reader->lines);
    if (err)
        return fault_set(fault, err, NULL, "it has too many files");
    err = read_whole(reader, padding, tar_padding(reader->file.size), fault);
    reader->open = false;
    return err;
}

/* ---- SHA256SUMS ------------------------------------------------------------
 */

struct sums {
    struct archive_reader *reader;
    size_t line;
    char text[LINE_BYTES_MAX + 1];
    size_t len;
};

static enum err compare_line(struct sums *sums, struct fault *fault)
{
    struct buf *lines = &sums->reader->lines;
    char digest[DIGEST_HEX_BYTES];
    struct str text = str_of(sums->text, sums->len);
    size_t at = sums->line++ * LINE_DIGITS;
    digest_hex(text, digest);
    if (at < lines->len && memcmp(lines->ptr + at, digest, LINE_DIGITS) == 0)
        return ERR_OK;
    struct str name =
        str_slice(str_from(text, SUM_DIGITS + 2), 0,
                  text.len > SUM_DIGITS + 2 ? text.len - SUM_DIGITS - 3 : 0);
    sums->text[name.len ? text.len - 1 : 0] = '\0';
    return damaged(name.len ? name.ptr : ARCHIVE_NAME_SUMS,
                   "its bytes are not those that were backed up, or a file is "
                   "missing before it",
                   fault);
}

static enum err take_sums(struct sums *sums, struct str bytes,
                          struct fault *fault)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if (sums->len == LINE_BYTES_MAX)
            return damaged(ARCHIVE_NAME_SUMS, "a line is too long", fault);
        sums->text[sums->len++] = bytes.ptr[i];
        if (bytes.ptr[i] != '\n')
            continue;
        enum err err = compare_line(sums, fault);
        if (err)
            return err;
        sums->len = 0;
    }
    return ERR_OK;
}

/* Nothing but zeros, so that nothing hides behind the end. */
static enum err check_end(struct archive_reader *reader, struct fault *fault)
{
    char step[TAR_BLOCK_BYTES];
    for (size_t len = 1; len;) {
        enum err err = reader->input.read(reader->input.context, step,
                                          sizeof step, &len, fault);
        if (err)
            return at_file(reader, err, fault);
        for (size_t i = 0; i < len; i++) {
            if (step[i])
                return damaged(ARCHIVE_NAME_SUMS, "something follows it",
                               fault);
        }
    }
    return ERR_OK;
}

static enum err compare_sums(struct archive_reader *reader, struct fault *fault)
{
    struct sums sums = {.reader = reader};
    char step[STEP_BYTES];
    for (size_t len = 1; len;) {
        enum err err = archive_read(reader, step, sizeof step, &len, fault);
        if (!err)
            err = take_sums(&sums, str_of(step, len), fault);
        if (err)
            return err;
    }
    if (sums.len || sums.line * LINE_DIGITS != reader->lines.len)
        return damaged(ARCHIVE_NAME_SUMS, "lines are missing", fault);
    struct tar_file none;
    bool end = false;
    enum err err = close_file(reader, fault);
    if (!err)
        err = read_head(reader, &none, &end, fault);
    if (!err && !end)
        err = damaged(ARCHIVE_NAME_SUMS, "a file follows it", fault);
    return err ? err : check_end(reader, fault);
}

enum err archive_next(struct archive_reader *reader, struct fault *fault)
{
    struct tar_file file;
    bool end = false;
    enum err err = reader->open ? close_file(reader, fault) : ERR_OK;
    if (!err)
        err = read_head(reader, &file, &end, fault);
    if (err)
        return err;
    if (end)
        return damaged(reader->lines.len ? reader->file.name : "its beginning",
                       "what should follow is missing", fault);
    struct str name = str_from_c(file.name);
    enum archive_part part = part_of(name);
    if (part == ARCHIVE_PARTS || !may_follow(reader, part, name))
        return damaged(file.name,
                       part == ARCHIVE_PARTS
                           ? "a backup has no file of that name"
                           : "the file does not belong in this place",
                       fault);
    reader->file = file;
    reader->part = part;
    reader->left = file.size;
    reader->open = true;
    digest_begin(&reader->digest);
    if (part != ARCHIVE_SUMS)
        return ERR_OK;
    err = compare_sums(reader, fault);
    return err ? err : ERR_NOT_FOUND;
}
