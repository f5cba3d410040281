// SPDX-License-Identifier: Apache-2.0
#include "render/template_internal.h"

#include "render/value_internal.h"

enum { FIRST_OPS = 32, LITERAL_BYTES_MAX = TEMPLATE_BYTES_MAX };

struct compiler {
    struct theme *theme;
    struct template *template;
    struct fault *fault;
    struct tokens tokens;
    size_t ops_capacity;
    struct buf literal; /* text that is not in an instruction yet */
    struct html_context context;
    size_t dedent; /* blanks to take off the lines of a block */

    /* In an address: where it begins in literal, until a value or a section
     * in it needs the instruction. */
    bool url_pending;
    bool url_begun;
    size_t url_at;
    enum html_attr url_kind;

    uint32_t markup; /* '<' '>' '"' seen, partials, trusted values */
};

static enum err compile_range(struct compiler *compiler, size_t from,
                              size_t to);

static enum err fail(const struct compiler *compiler, const struct token *token,
                     const char *message)
{
    return template_fault(compiler->fault, compiler->template->file,
                          token->line, token->column, "%s", message);
}

static bool is_html(const struct compiler *compiler)
{
    return compiler->template->mode == TEMPLATE_HTML;
}

/* Whether lines and their indentation matter. */
static bool keeps_lines(const struct compiler *compiler)
{
    return compiler->template->mode == TEMPLATE_SPEC ||
           compiler->template->mode == TEMPLATE_TEXT;
}

/* ---- Instructions
 * ------------------------------------------------------------------ */

static uint32_t add_op(struct compiler *compiler, enum op_code code,
                       uint32_t line)
{
    struct template *template = compiler->template;
    if (template->ops_count == compiler->ops_capacity) {
        size_t capacity =
            compiler->ops_capacity ? compiler->ops_capacity * 2 : FIRST_OPS;
        struct op *ops =
            arena_array(&compiler->theme->arena, struct op, capacity);
        if (template->ops_count)
            memcpy(ops, template->ops, template->ops_count * sizeof *ops);
        template->ops = ops;
        compiler->ops_capacity = capacity;
    }
    uint32_t index = (uint32_t) template->ops_count++;
    template->ops[index] = (struct op){.code = (uint8_t)code, .line = line};
    return index;
}

static struct op *op_at(const struct compiler *compiler, uint32_t index)
{
    return &compiler->template->ops[index];
}

static void add_text(struct compiler *compiler, struct str text, uint32_t line)
{
    if (text.len == 0)
        return;
    uint32_t index = add_op(compiler, OP_TEXT, line);
    op_at(compiler, index)->text = arena_copy(&compiler->theme->arena, text);
}

/* Turns the literal text so far into instructions. In an address, what was
 * before it is parted from it by OP_URL_BEGIN. */
static void flush(struct compiler *compiler, uint32_t line)
{
    struct str text = buf_str(&compiler->literal);
    if (compiler->url_pending) {
        add_text(compiler, str_slice(text, 0, compiler->url_at), line);
        add_op(compiler, OP_URL_BEGIN, line);
        text = str_from(text, compiler->url_at);
        compiler->url_pending = false;
        compiler->url_begun = true;
    }
    add_text(compiler, text, line);
    buf_reset(&compiler->literal);
}

/* ---- Text
 * ---------------------------------------------------------------------------
 */

static void handle_event(struct compiler *compiler, enum html_event event,
                         uint32_t line)
{
    if (event == HTML_URL_BEGINS) {
        compiler->url_pending = true;
        compiler->url_begun = false;
        compiler->url_at = compiler->literal.len;
        compiler->url_kind = compiler->context.attr;
    } else if (event == HTML_URL_ENDS) {
        if (compiler->url_begun) {
            flush(compiler, line);
            add_op(compiler,
                   compiler->url_kind == ATTR_SRCSET ? OP_SRCSET_END
                                                     : OP_URL_END,
                   line);
        }
        compiler->url_pending = compiler->url_begun = false;
    }
}

static enum err html_text(struct compiler *compiler, const struct token *token)
{
    struct str text = token->text;
    while (text.len > 0) {
        enum html_event event =
            html_context_feed(&compiler->context, &text, &compiler->literal);
        if (event == HTML_BROKEN)
            return fail(compiler, token,
                        "An attribute's name ends with a section; put a "
                        "blank behind it.");
        handle_event(compiler, event, token->line);
    }
    return buf_err(&compiler->literal);
}

static size_t count_blanks(struct str text)
{
    size_t count = 0;
    while (count < text.len &&
           (text.ptr[count] == ' ' || text.ptr[count] == '\t'))
        count++;
    return count;
}

static enum err compile_text(struct compiler *compiler,
                             const struct token *token)
{
    struct str text = token->text;
    for (size_t i = 0; i < text.len; i++)
        compiler->markup += text.ptr[i] == '<' || text.ptr[i] == '>' ||
                            text.ptr[i] == '"' || text.ptr[i] == '\'';
    if (is_html(compiler))
        return html_text(compiler, token);
    if (token->line_start && compiler->dedent > 0) {
        size_t blanks = count_blanks(text);
        text = str_from(text,
                        blanks < compiler->dedent ? blanks : compiler->dedent);
    }
    buf_add(&compiler->literal, text);
    /* Where indentation matters a text holds one line at most. */
    if (keeps_lines(compiler) && str_ends_with(text, STR("\n")))
        flush(compiler, token->line);
    return buf_err(&compiler->literal);
}

/* ---- Names and values
 * ----------------------------------------------------------------- */

static enum err compile_name(struct compiler *compiler,
                             const struct token *token,
                             const struct template_name **ret_name)
{
    struct arena *arena = &compiler->theme->arena;
    struct template_name *name = arena_new(arena, struct template_name);
    name->text = token->text;
    *ret_name = name;
    if (str_eq(token->text, STR(".")))
        return ERR_OK;
    struct str rest = token->text;
    struct str part;
    size_t count = 1;
    for (size_t i = 0; i < rest.len; i++)
        count += rest.ptr[i] == '.';
    name->parts = arena_array(arena, struct name_part, count);
    while (str_split_next(&rest, '.', &part)) {
        if (part.len == 0)
            return fail(compiler, token,
                        "A name has single dots between "
                        "parts: \"a.b\".");
        name->parts[name->count++] = (struct name_part){part, value_hash(part)};
    }
    return ERR_OK;
}

static enum op_escape plain_escape(enum template_mode mode, bool raw)
{
    switch (mode) {
    case TEMPLATE_SPEC:
        return raw ? ESCAPE_NONE : ESCAPE_MUSTACHE;
    case TEMPLATE_XML:
        return ESCAPE_XML;
    case TEMPLATE_TEXT:
        return ESCAPE_NONE;
    case TEMPLATE_HTML:
        break;
    }
    return ESCAPE_HTML;
}

static enum err compile_value(struct compiler *compiler,
                              const struct token *token)
{
    bool raw = token->kind == TOKEN_RAW;
    enum op_escape escape = plain_escape(compiler->template->mode, raw);
    if (is_html(compiler)) {
        const char *refused =
            html_context_escape(&compiler->context, raw, &escape);
        if (refused)
            return fail(compiler, token, refused);
    }
    compiler->markup += escape == ESCAPE_TRUSTED;
    const struct template_name *name;
    enum err err = compile_name(compiler, token, &name);
    if (err)
        return err;
    flush(compiler, token->line);
    compiler->context.after_blank = false;
    struct op *op = op_at(compiler, add_op(compiler, OP_VALUE, token->line));
    op->escape = (uint8_t)escape;
    op->name = name;
    return ERR_OK;
}

/* ---- Sections
 * -------------------------------------------------------------------------- */

static enum err enter(struct compiler *compiler, const struct token *token)
{
    const char *refused =
        is_html(compiler) ? html_context_enter(&compiler->context) : NULL;
    return refused ? fail(compiler, token, refused) : ERR_OK;
}

/* What stands between token and its close, and OP_END. */
static enum err compile_body(struct compiler *compiler, size_t index)
{
    const struct token *token = &compiler->tokens.items[index];
    struct html_context before = compiler->context;
    enum err err = compile_range(compiler, index + 1, token->match);
    if (err)
        return err;
    const struct token *close = &compiler->tokens.items[token->match];
    flush(compiler, close->line);
    const char *refused = is_html(compiler)
                              ? html_context_join(&before, &compiler->context)
                              : NULL;
    if (refused)
        return fail(compiler, token, refused);
    add_op(compiler, OP_END, close->line);
    return ERR_OK;
}

static enum err compile_section(struct compiler *compiler, size_t index)
{
    const struct token *token = &compiler->tokens.items[index];
    const struct template_name *name;
    enum err err = enter(compiler, token);
    if (!err)
        err = compile_name(compiler, token, &name);
    if (err)
        return err;
    flush(compiler, token->line);
    uint32_t op = add_op(
        compiler, token->kind == TOKEN_SECTION ? OP_SECTION : OP_INVERTED,
        token->line);
    op_at(compiler, op)->name = name;
    err = compile_body(compiler, index);
    op_at(compiler, op)->target = (uint32_t)compiler->template->ops_count;
    return err;
}

/* ---- Partials and inheritance
 * ------------------------------------------------------------ */

static enum err find_template(const struct compiler *compiler,
                              const struct token *token,
                              const struct template **ret_template)
{
    const struct template *found =
        map_get(&compiler->theme->by_name, token->text);
    enum template_mode mode = compiler->template->mode;
    if (!found && mode != TEMPLATE_SPEC)
        return template_fault(compiler->fault, compiler->template->file,
                              token->line, token->column,
                              "There is no template \"%" PRI_STR "\"; its "
                              "name is its path in the theme, without the "
                              "ending.",
                              ARG_STR(token->text));
    if (found && found->mode != mode)
        return template_fault(compiler->fault, compiler->template->file,
                              token->line, token->column,
                              "%s escapes in another way than this file and "
                              "cannot be part of it.",
                              found->file);
    *ret_template = found;
    return ERR_OK;
}

/* A partial or a parent. */
static enum err begin_include(struct compiler *compiler,
                              const struct token *token, enum op_code code,
                              uint32_t *ret_op)
{
    const struct template *template = NULL;
    if (is_html(compiler) && !html_context_is_text(&compiler->context))
        return fail(compiler, token,
                    "Another template can stand in text only, not within a "
                    "tag, <title>, <script> or the like.");
    enum err err = find_template(compiler, token, &template);
    if (err)
        return err;
    flush(compiler, token->line);
    compiler->context.after_blank = false;
    compiler->markup++;
    *ret_op = add_op(compiler, code, token->line);
    op_at(compiler, *ret_op)->template = template;
    if (keeps_lines(compiler) && token->standalone)
        op_at(compiler, *ret_op)->indent =
            str_from(token->indent, compiler->dedent);
    return ERR_OK;
}

static enum err compile_parent(struct compiler *compiler, size_t index)
{
    const struct token *token = &compiler->tokens.items[index];
    uint32_t op;
    enum err err = begin_include(compiler, token, OP_PARENT, &op);
    /* Nothing but blocks counts between a parent's tags. */
    for (size_t i = index + 1; !err && i < token->match; i++) {
        const struct token *inner = &compiler->tokens.items[i];
        if (inner->kind == TOKEN_BLOCK)
            err = compile_range(compiler, i, inner->match + 1);
        if (inner->match > i)
            i = inner->match;
    }
    if (err)
        return err;
    flush(compiler, token->line);
    add_op(compiler, OP_END, token->line);
    op_at(compiler, op)->target = (uint32_t)compiler->template->ops_count;
    return ERR_OK;
}

/* The blanks that the lines of a block begin with: those of its first line
 * when it begins behind the tag's line, else those before the tag. */
static struct str block_indent(const struct compiler *compiler, size_t index)
{
    const struct token *token = &compiler->tokens.items[index];
    for (size_t i = index + 1; token->standalone && i < token->match; i++) {
        const struct token *inner = &compiler->tokens.items[i];
        if (inner->kind == TOKEN_TEXT && inner->line_start &&
            inner->text.len > 0)
            return str_slice(inner->text, 0, count_blanks(inner->text));
        if (inner->kind != TOKEN_TEXT)
            return inner->first ? inner->indent : STR("");
    }
    return token->first ? token->indent : STR("");
}

static bool block_place_is_fine(const struct compiler *compiler,
                                bool *ret_plain_only)
{
    const struct html_context *context = &compiler->context;
    bool in_text = context->state == HTML_TEXT;
    bool in_value = context->state == HTML_VALUE && context->attr == ATTR_PLAIN;
    *ret_plain_only = in_value || context->content == CONTENT_RCDATA;
    return in_value || (in_text && (context->content == CONTENT_NORMAL ||
                                    context->content == CONTENT_RCDATA));
}

static enum err compile_block(struct compiler *compiler, size_t index)
{
    const struct token *token = &compiler->tokens.items[index];
    bool plain_only = false;
    if (is_html(compiler) && !block_place_is_fine(compiler, &plain_only))
        return fail(compiler, token,
                    "A block can stand in text, in <title> and in a quoted "
                    "attribute that is no address.");
    enum err err = enter(compiler, token);
    if (err)
        return err;
    flush(compiler, token->line);
    uint32_t op = add_op(compiler, OP_BLOCK, token->line);
    uint32_t markup = compiler->markup;
    size_t dedent = compiler->dedent;
    op_at(compiler, op)->text = token->text;
    op_at(compiler, op)->plain_only = plain_only;
    if (keeps_lines(compiler)) {
        struct str indent = block_indent(compiler, index);
        op_at(compiler, op)->indent = str_from(indent, dedent);
        if (token->standalone && indent.len > dedent)
            compiler->dedent = indent.len;
    }
    err = compile_body(compiler, index);
    compiler->dedent = dedent;
    op_at(compiler, op)->has_markup = compiler->markup != markup;
    op_at(compiler, op)->target = (uint32_t)compiler->template->ops_count;
    return err;
}

/* ---- All of it
 * -----------------------------------------------------------------------------
 */

static enum err compile_token(struct compiler *compiler, size_t index)
{
    const struct token *token = &compiler->tokens.items[index];
    uint32_t op;
    switch (token->kind) {
    case TOKEN_TEXT:
        return compile_text(compiler, token);
    case TOKEN_VALUE:
    case TOKEN_RAW:
        return compile_value(compiler, token);
    case TOKEN_SECTION:
    case TOKEN_INVERTED:
        return compile_section(compiler, index);
    case TOKEN_PARTIAL:
        return begin_include(compiler, token, OP_PARTIAL, &op);
    case TOKEN_PARENT:
        return compile_parent(compiler, index);
    case TOKEN_BLOCK:
        return compile_block(compiler, index);
    case TOKEN_CLOSE:
    case TOKEN_NOTHING:
        break;
    }
    return ERR_OK;
}

static enum err compile_range(struct compiler *compiler, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        enum err err = compile_token(compiler, i);
        if (err)
            return err;
        if (compiler->tokens.items[i].match > i)
            i = compiler->tokens.items[i].match;
    }
    return ERR_OK;
}

static enum err compile_all(struct compiler *compiler)
{
    enum err err = compile_range(compiler, 0, compiler->tokens.count);
    if (err)
        return err;
    if (is_html(compiler) &&
        (!html_context_is_text(&compiler->context) || compiler->context.pre)) {
        const struct token *last =
            &compiler->tokens.items[compiler->tokens.count - 1];
        return fail(compiler, last,
                    "The file ends within a tag, a comment or an element such "
                    "as <pre>, <title> or <script>; close it.");
    }
    flush(compiler, 0);
    add_op(compiler, OP_END, 0);
    return ERR_OK;
}

enum err template_compile(struct theme *theme, struct template *template,
                          struct fault *fault)
{
    struct arena scratch;
    arena_init(&scratch, 0);
    struct compiler compiler = {
        .theme = theme,
        .template = template,
        .fault = fault,
    };
    buf_init(&compiler.literal, LITERAL_BYTES_MAX);
    enum err err = template_scan(template->source, template->file, &scratch,
                                 &compiler.tokens, fault);
    if (!err)
        err = compile_all(&compiler);
    buf_finish(&compiler.literal);
    arena_finish(&scratch);
    return err;
}
