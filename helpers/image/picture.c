// SPDX-License-Identifier: Apache-2.0
#include "picture.h"

#include <vips/vips.h>

#include "base/utf8.h"
#include "credit.h"

enum {
    JPEG_QUALITY = 80,
    WEBP_QUALITY = 78,
    WEBP_EFFORT = 4,
    AVIF_QUALITY = 55,
    AVIF_EFFORT = 2,
    HEIGHT_MAX = 16383,         /* of WebP, and nobody scrolls that far */
    CREDIT_WIDTH_MIN = 640,     /* below it a packet of XMP weighs too much */
    LOOK_WIDTH = 320,           /* enough to see what is interesting */
    ORIENTATION_ON_ITS_SIDE = 5 /* Exif: from here on width is height */
};

#define SRGB "srgb"

static void unref(VipsImage **image)
{
    if (*image)
        g_object_unref(*image);
}

/* ---- Looking ---------------------------------------------------------------
 */

/* What libvips says, in one line. */
static enum err damaged(struct arena *arena, struct fault *fault)
{
    struct str said = str_from_c(vips_error_buffer());
    struct str line = credit_line(said, arena);
    vips_error_clear();
    return fault_set(fault, ERR_INVALID, "picture",
                     "The picture is damaged or not complete (%" PRI_STR
                     "); send it once more, or save it anew in another program",
                     ARG_STR(utf8_cut(line, 300)));
}

static enum err check_size(const struct image_info *info, struct fault *fault)
{
    if (info->width > IMAGE_SIDE_MAX || info->height > IMAGE_SIDE_MAX ||
        (uint64_t)info->width * info->height > IMAGE_PIXELS_MAX)
        return fault_set(fault, ERR_TOO_LONG, "picture",
                         "The picture has %u × %u pixels; at most %d million "
                         "in all and %d a side are read: make it smaller first",
                         info->width, info->height, IMAGE_PIXELS_MAX / 1000000,
                         IMAGE_SIDE_MAX);
    return ERR_OK;
}

/* HEIF's turns are made when it is loaded (ISO/IEC 23008-12 §6.5.10); its Exif
 * says nothing. */
static bool lies_on_its_side(VipsImage *image, enum image_format format)
{
    bool is_heif = format == IMAGE_HEIC || format == IMAGE_AVIF;
    return !is_heif &&
           vips_image_get_orientation(image) >= ORIENTATION_ON_ITS_SIDE;
}

static struct str blob_field(VipsImage *image, const char *name)
{
    const void *bytes = NULL;
    size_t len = 0;
    if (!vips_image_get_typeof(image, name) ||
        vips_image_get_blob(image, name, &bytes, &len))
        return STR("");
    return str_of(bytes, len);
}

/* "Nino Beridze (Nino Beridze, ASCII, 13 components, 13 bytes)" */
static struct str exif_field(VipsImage *image, const char *name)
{
    const char *text = NULL;
    if (!vips_image_get_typeof(image, name) ||
        vips_image_get_string(image, name, &text))
        return STR("");
    struct str whole = str_from_c(text);
    ptrdiff_t end = str_find(whole, STR(" ("));
    return end < 0 ? whole : str_slice(whole, 0, (size_t)end);
}

static void read_credit(VipsImage *image, struct arena *arena,
                        struct image_info *info)
{
    struct credit credit = {0};
    credit_read_iptc(blob_field(image, VIPS_META_IPTC_NAME), arena, &credit);
    credit_read_xmp(blob_field(image, VIPS_META_XMP_NAME), arena, &credit);
    if (!credit.by.len)
        credit.by = credit_line(exif_field(image, "exif-ifd0-Artist"), arena);
    if (!credit.copyright.len)
        credit.copyright =
            credit_line(exif_field(image, "exif-ifd0-Copyright"), arena);
    info->credit = credit_text(&credit, arena);
    info->copyright = credit.copyright;
    info->caption = credit.caption;
}

static enum err refuse_format(struct fault *fault)
{
    return fault_set(fault, ERR_UNSUPPORTED, "picture",
                     "The file is no picture that is read here: JPEG, PNG, "
                     "WebP, AVIF, HEIC or GIF; save it as one of them");
}

enum err picture_look(struct str bytes, struct arena *arena,
                      struct image_info *ret_info, struct fault *fault)
{
    enum image_format format = image_format_of(bytes);
    if (format == IMAGE_FORMAT_COUNT)
        return refuse_format(fault);
    DEFER(unref)
    VipsImage *image = vips_image_new_from_buffer(
        bytes.ptr, bytes.len, "", "access", VIPS_ACCESS_SEQUENTIAL, NULL);
    if (!image)
        return damaged(arena, fault);
    bool turned = lies_on_its_side(image, format);
    uint32_t width = (uint32_t)vips_image_get_width(image);
    uint32_t height = (uint32_t)vips_image_get_height(image);
    *ret_info = (struct image_info){
        .format = format,
        .width = turned ? height : width,
        .height = turned ? width : height,
        .frames = (uint32_t)vips_image_get_n_pages(image),
    };
    enum err err = check_size(ret_info, fault);
    if (!err)
        read_credit(image, arena, ret_info);
    return err;
}

/* ---- Scaling ---------------------------------------------------------------
 */

struct box {
    int x, y, width, height;
};

/* The largest box of that ratio in width × height, around the focal point. */
static struct box box_around(int width, int height,
                             const struct image_output *output, int focus_x,
                             int focus_y)
{
    struct box box = {0, 0, width, height};
    int64_t wide = (int64_t)height * output->ratio_x / output->ratio_y;
    if (wide < width)
        box.width = wide < 1 ? 1 : (int)wide;
    else
        box.height = (int)((int64_t)width * output->ratio_y / output->ratio_x);
    if (box.height < 1)
        box.height = 1;
    box.x = focus_x - box.width / 2;
    box.y = focus_y - box.height / 2;
    box.x = VIPS_CLIP(0, box.x, width - box.width);
    box.y = VIPS_CLIP(0, box.y, height - box.height);
    return box;
}

/* How wide the whole has to be for every output to be cut from it. */
static int master_width(const struct image_job *job,
                        const struct image_info *info)
{
    int width = (int)info->width, height = (int)info->height, most = 1;
    for (size_t i = 0; i < job->output_count; i++) {
        const struct image_output *output = &job->outputs[i];
        int part = width;
        if (output->ratio_x)
            part = box_around(width, height, output, 0, 0).width;
        int64_t needed = ((int64_t)output->width * width + part - 1) / part;
        if (needed > most)
            most = needed < width ? (int)needed : width;
    }
    return most;
}

/* All bands and depths, with or without alpha, to three bytes a pixel; what is
 * transparent lies on white. */
static int flatten(VipsImage *source, VipsImage **ret_image)
{
    DEFER(unref) VipsImage *rgb = NULL;
    DEFER(unref) VipsImage *flat = NULL;
    if (vips_colourspace(source, &rgb, VIPS_INTERPRETATION_sRGB, NULL))
        return -1;
    double white[] = {255, 255, 255};
    VipsArrayDouble *background = vips_array_double_new(white, 3);
    int failed = vips_image_hasalpha(rgb)
                     ? vips_flatten(rgb, &flat, "background", background, NULL)
                     : vips_copy(rgb, &flat, NULL);
    vips_area_unref(VIPS_AREA(background));
    return failed ? -1 : vips_cast_uchar(flat, ret_image, NULL);
}

static void *add_name(VipsImage *image, const char *name, GValue *value,
                      void *names)
{
    (void)image;
    (void)value;
    g_ptr_array_add(names, g_strdup(name));
    return NULL;
}

/* Where it was taken and with what is nobody's business. */
static void strip(VipsImage *image)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    vips_image_map(image, add_name, names);
    for (guint i = 0; i < names->len; i++)
        vips_image_remove(image, names->pdata[i]);
    g_ptr_array_unref(names);
}

/* Turned, in sRGB, scaled while it is decoded, in memory. */
static enum err load_master(const struct image_job *job,
                            const struct image_info *info, struct arena *arena,
                            VipsImage **ret_master, struct fault *fault)
{
    DEFER(unref) VipsImage *scaled = NULL;
    DEFER(unref) VipsImage *flat = NULL;
    if (vips_thumbnail_buffer((void *)job->picture.ptr, job->picture.len,
                              &scaled, master_width(job, info), "height",
                              VIPS_MAX_COORD, "size", VIPS_SIZE_DOWN,
                              "export_profile", SRGB, "fail_on",
                              VIPS_FAIL_ON_TRUNCATED, "option_string",
                              "[fail_on=truncated]", NULL) ||
        flatten(scaled, &flat) || !(*ret_master = vips_image_copy_memory(flat)))
        return damaged(arena, fault);
    strip(*ret_master);
    if (vips_image_get_height(*ret_master) > HEIGHT_MAX)
        return fault_set(fault, ERR_UNSUPPORTED, "picture",
                         "The picture is so narrow that it would be %d pixels "
                         "high; cut it into several",
                         vips_image_get_height(*ret_master));
    return ERR_OK;
}

struct maker {
    const struct image_job *job;
    VipsImage *master;
    int focus_x, focus_y; /* pixels of the master; -1: not looked for yet */
    struct str xmp;
};

static struct maker make_maker(const struct image_job *job, VipsImage *master)
{
    bool automatic = job->focus_x == IMAGE_FOCUS_AUTO;
    int64_t width = vips_image_get_width(master);
    int64_t height = vips_image_get_height(master);
    return (struct maker){
        .job = job,
        .master = master,
        .focus_x =
            automatic ? -1 : (int)(job->focus_x * width / IMAGE_FOCUS_MAX),
        .focus_y =
            automatic ? -1 : (int)(job->focus_y * height / IMAGE_FOCUS_MAX),
    };
}

/* The middle of what libvips finds most worth looking at. */
static int find_focus(struct maker *maker)
{
    DEFER(unref) VipsImage *small = NULL;
    DEFER(unref) VipsImage *part = NULL;
    int x = 0, y = 0;
    if (maker->focus_x >= 0)
        return 0;
    if (vips_thumbnail_image(maker->master, &small, LOOK_WIDTH, "height",
                             VIPS_MAX_COORD, "size", VIPS_SIZE_DOWN, NULL))
        return -1;
    int width = vips_image_get_width(small);
    int height = vips_image_get_height(small);
    int side = width < height ? width : height;
    if (vips_smartcrop(small, &part, side, side, "interesting",
                       VIPS_INTERESTING_ATTENTION, "attention_x", &x,
                       "attention_y", &y, NULL) ||
        vips_image_wio_input(part))
        return -1;
    maker->focus_x = x * vips_image_get_width(maker->master) / width;
    maker->focus_y = y * vips_image_get_height(maker->master) / height;
    return 0;
}

static int cut(struct maker *maker, const struct image_output *output,
               VipsImage **ret_image)
{
    if (!output->ratio_x)
        return vips_copy(maker->master, ret_image, NULL);
    if (find_focus(maker))
        return -1;
    struct box box = box_around(vips_image_get_width(maker->master),
                                vips_image_get_height(maker->master), output,
                                maker->focus_x, maker->focus_y);
    return vips_crop(maker->master, ret_image, box.x, box.y, box.width,
                     box.height, NULL);
}

/* ---- Writing ---------------------------------------------------------------
 */

static int write_jpeg(VipsImage *image, void **bytes, size_t *len)
{
    return vips_jpegsave_buffer(image, bytes, len, "Q", JPEG_QUALITY,
                                "optimize_coding", TRUE, "interlace", TRUE,
                                NULL);
}

static int write_webp(VipsImage *image, void **bytes, size_t *len)
{
    return vips_webpsave_buffer(image, bytes, len, "Q", WEBP_QUALITY, "effort",
                                WEBP_EFFORT, NULL);
}

static int write_avif(VipsImage *image, void **bytes, size_t *len)
{
    return vips_heifsave_buffer(image, bytes, len, "Q", AVIF_QUALITY, "effort",
                                AVIF_EFFORT, "compression",
                                VIPS_FOREIGN_HEIF_COMPRESSION_AV1, NULL);
}

static int (*const writers[IMAGE_FORMAT_COUNT])(VipsImage *, void **,
                                                size_t *) = {
    [IMAGE_JPEG] = write_jpeg,
    [IMAGE_WEBP] = write_webp,
    [IMAGE_AVIF] = write_avif,
};

static int scale(struct maker *maker, const struct image_output *output,
                 VipsImage **ret_image)
{
    DEFER(unref) VipsImage *part = NULL;
    DEFER(unref) VipsImage *scaled = NULL;
    if (cut(maker, output, &part) ||
        vips_thumbnail_image(part, &scaled, output->width, "height",
                             VIPS_MAX_COORD, "size", VIPS_SIZE_DOWN, NULL) ||
        !(*ret_image = vips_image_copy_memory(scaled)))
        return -1;
    if (maker->xmp.len && output->width >= CREDIT_WIDTH_MIN)
        vips_image_set_blob_copy(*ret_image, VIPS_META_XMP_NAME, maker->xmp.ptr,
                                 maker->xmp.len);
    return 0;
}

static bool is_same_size(const struct image_output *a,
                         const struct image_output *b)
{
    return a->width == b->width && a->ratio_x == b->ratio_x &&
           a->ratio_y == b->ratio_y;
}

enum err picture_make(const struct image_job *job,
                      const struct image_info *info, struct arena *arena,
                      bool (*on_made)(void *context,
                                      const struct image_rendition *made),
                      void *context, struct fault *fault)
{
    DEFER(unref) VipsImage *master = NULL;
    DEFER(unref) VipsImage *scaled = NULL;
    enum err err = load_master(job, info, arena, &master, fault);
    if (err)
        return err;
    struct maker maker = make_maker(job, master);
    maker.xmp = credit_write_xmp(info->credit, info->copyright, arena);
    for (size_t i = 0; i < job->output_count; i++) {
        const struct image_output *output = &job->outputs[i];
        void *bytes = NULL;
        size_t len = 0;
        if (!i || !is_same_size(output, &job->outputs[i - 1])) {
            unref(&scaled);
            scaled = NULL;
            if (scale(&maker, output, &scaled))
                return damaged(arena, fault);
        }
        if (writers[output->format](scaled, &bytes, &len))
            return damaged(arena, fault);
        struct image_rendition made = {
            .made = *output,
            .height = (uint32_t)vips_image_get_height(scaled),
            .bytes = str_of(bytes, len),
        };
        made.made.width = (uint16_t)vips_image_get_width(scaled);
        bool goes_on = on_made(context, &made);
        g_free(bytes);
        if (!goes_on)
            return ERR_CLOSED;
    }
    return ERR_OK;
}

/* ---- Cards -----------------------------------------------------------------
 */

static int greatest_divisor(int a, int b)
{
    return b ? greatest_divisor(b, a % b) : a;
}

static void copy_into(VipsImage *image, uint8_t *canvas, int width, int height,
                      int x, int column_width)
{
    int rows = vips_image_get_height(image);
    int columns = vips_image_get_width(image);
    if (columns > column_width)
        columns = column_width;
    for (int y = 0; y < height; y++) {
        const VipsPel *row = VIPS_IMAGE_ADDR(image, 0, y < rows ? y : rows - 1);
        memcpy(canvas + 3 * ((size_t)y * width + x), row, 3 * (size_t)columns);
    }
}

enum err picture_paste(const struct image_job *job, struct arena *arena,
                       uint8_t *canvas, int width, int height, int x,
                       int column_width)
{
    DEFER(unref) VipsImage *master = NULL;
    DEFER(unref) VipsImage *part = NULL;
    DEFER(unref) VipsImage *fitted = NULL;
    DEFER(unref) VipsImage *flat = NULL;
    int divisor = greatest_divisor(column_width, height);
    const struct image_output output = {
        .format = IMAGE_JPEG,
        .width = (uint16_t)column_width,
        .ratio_x = (uint8_t)(column_width / divisor),
        .ratio_y = (uint8_t)(height / divisor),
    };
    struct image_job own = *job;
    struct image_info info;
    own.outputs = &output;
    own.output_count = 1;
    enum err err = picture_look(job->picture, arena, &info, NULL);
    if (!err)
        err = load_master(&own, &info, arena, &master, NULL);
    if (err)
        return err;
    struct maker maker = make_maker(&own, master);
    if (cut(&maker, &output, &part) ||
        vips_thumbnail_image(part, &fitted, column_width, "height", height,
                             "size", VIPS_SIZE_FORCE, NULL) ||
        !(flat = vips_image_copy_memory(fitted)))
        return damaged(arena, NULL);
    copy_into(flat, canvas, width, height, x, column_width);
    return ERR_OK;
}

enum err picture_write_canvas(const uint8_t *canvas, int width, int height,
                              size_t max_bytes, struct arena *arena,
                              struct str *ret_jpeg, struct fault *fault)
{
    DEFER(unref) VipsImage *image = NULL;
    DEFER(unref)
    VipsImage *plain =
        vips_image_new_from_memory(canvas, 3 * (size_t)width * height, width,
                                   height, 3, VIPS_FORMAT_UCHAR);
    if (!plain || vips_copy(plain, &image, "interpretation",
                            VIPS_INTERPRETATION_sRGB, NULL))
        return damaged(arena, fault);
    for (int quality = 86; quality >= 30; quality -= 8) {
        void *bytes = NULL;
        size_t len = 0;
        if (vips_jpegsave_buffer(image, &bytes, &len, "Q", quality,
                                 "optimize_coding", TRUE, NULL))
            return damaged(arena, fault);
        if (len <= max_bytes)
            *ret_jpeg = arena_copy(arena, str_of(bytes, len));
        g_free(bytes);
        if (len <= max_bytes)
            return ERR_OK;
    }
    return fault_set(fault, ERR_TOO_LONG, "card", "the card is too large");
}

/* ---- Beginning -------------------------------------------------------------
 */

/* Liborc's compiler would want memory that can be executed, and ends the
 * program when it gets none. What libvips warns of is told in answers. */
static bool set_up_libraries(void)
{
    static const char *const environment[][2] = {
        {"ORC_CODE", "backup"}, {"VIPS_NOVECTOR", "1"}, {"VIPS_WARNING", "0"}};
    for (size_t i = 0; i < sizeof environment / sizeof *environment; i++)
        if (setenv(environment[i][0], environment[i][1], true))
            return false;
    return vips_init("broadsheet-image") == 0;
}

static bool ignore(void *context, const struct image_rendition *made)
{
    (void)context;
    (void)made;
    return true;
}

static bool make_all(struct str picture)
{
    static const struct image_output outputs[] = {
        {IMAGE_JPEG, 32, 3, 2}, {IMAGE_WEBP, 32, 3, 2}, {IMAGE_AVIF, 32, 0, 0}};
    const struct image_job job = {
        .picture = picture,
        .focus_x = IMAGE_FOCUS_AUTO,
        .focus_y = IMAGE_FOCUS_AUTO,
        .outputs = outputs,
        .output_count = sizeof outputs / sizeof *outputs,
    };
    DEFER(arena_finish) struct arena arena;
    struct image_info info;
    arena_init(&arena, 0);
    return !picture_look(picture, &arena, &info, NULL) &&
           !picture_make(&job, &info, &arena, ignore, NULL, NULL);
}

/* Tables, programs and modules are made and loaded when they are first used:
 * two small pictures go all the ways that one can go. */
static bool warm_up(void)
{
    DEFER(unref) VipsImage *noise = NULL;
    DEFER(unref) VipsImage *deep = NULL;
    DEFER(unref) VipsImage *cmyk = NULL;
    VipsImage *bands[4];
    void *png = NULL, *jpeg = NULL;
    size_t png_len = 0, jpeg_len = 0;
    if (vips_gaussnoise(&noise, 64, 64, "mean", 128.0, NULL))
        return false;
    for (int i = 0; i < 4; i++)
        bands[i] = noise;
    bool done = !vips_bandjoin(bands, &cmyk, 4, NULL) &&
                !vips_copy(cmyk, &deep, "interpretation",
                           VIPS_INTERPRETATION_RGB16, NULL) &&
                !vips_pngsave_buffer(deep, &png, &png_len, NULL) &&
                make_all(str_of(png, png_len));
    unref(&deep);
    deep = NULL;
    done = done &&
           !vips_copy(cmyk, &deep, "interpretation", VIPS_INTERPRETATION_CMYK,
                      NULL) &&
           !vips_jpegsave_buffer(deep, &jpeg, &jpeg_len, NULL) &&
           make_all(str_of(jpeg, jpeg_len));
    g_free(png);
    g_free(jpeg);
    return done;
}

/* The cache of operations would keep pictures that are done with. */
bool picture_begin(void)
{
    if (!set_up_libraries())
        return false;
    vips_block_untrusted_set(TRUE);
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    return warm_up();
}
