// SPDX-License-Identifier: Apache-2.0
/* The machine that runs a template's instructions. */
#include <assert.h>

#include "render/escape.h"
#include "render/template_internal.h"
#include "render/value_internal.h"
#include "render/value_json.h"

enum { RUN_DEPTH_MAX = TEMPLATE_CONTEXTS_MAX + 4 * TEMPLATE_DEPTH_MAX };

/* The blocks that a {{<parent}} brings. Those of outer win, and within such a
 * block only those outside of it count. */
struct overrides {
    const struct overrides *outer;
    const struct template *template;
    uint32_t first; /* its first OP_BLOCK */
};

struct machine {
    struct buf *out;
    struct fault *fault;
    const struct template *template; /* that is running */
    const struct overrides *overrides;
    const struct value *contexts[TEMPLATE_CONTEXTS_MAX];
    size_t contexts_count;
    size_t steps;
    unsigned run_depth;
    unsigned template_depth;
    size_t url_start; /* of the address that is being written */
    struct buf indent;
    bool at_line_start;
};

static enum err run(struct machine *machine, uint32_t at);

static enum err too_much(const struct machine *machine, const char *what)
{
    return fault_set(machine->fault, ERR_TOO_LONG, machine->template->file,
                     "The template %s was stopped: %s.",
                     machine->template->file, what);
}

/* ---- Names
 * ------------------------------------------------------------------------- */

static const struct value *look_up(const struct machine *machine,
                                   const struct template_name *name)
{
    if (name->count == 0)
        return machine->contexts[machine->contexts_count - 1];
    const struct name_part *part = name->parts;
    const struct value *value = NULL;
    for (size_t i = machine->contexts_count; i-- > 0 && !value;)
        value = value_get_hashed(machine->contexts[i], part->text, part->hash);
    for (uint32_t i = 1; i < name->count && value; i++)
        value =
            value_get_hashed(value, name->parts[i].text, name->parts[i].hash);
    return value;
}

/* ---- Writing
 * ------------------------------------------------------------------------ */

static void write_escaped(struct buf *out, const struct value *value,
                          enum op_escape escape)
{
    switch (escape) {
    case ESCAPE_NONE:
        buf_add(out, value->text);
        return;
    case ESCAPE_TRUSTED:
        if (value->kind == VALUE_HTML)
            buf_add(out, value->text);
        else
            escape_html(out, value->text);
        return;
    case ESCAPE_HTML:
        escape_html(out, value->text);
        return;
    case ESCAPE_MUSTACHE:
        escape_mustache(out, value->text);
        return;
    case ESCAPE_XML:
        escape_xml(out, value->text);
        return;
    case ESCAPE_URL_COMPONENT:
        escape_url_component(out, value->text);
        return;
    case ESCAPE_JSON_TEXT:
        escape_json(out, value->text);
        return;
    case ESCAPE_JSON_VALUE:
        break; /* not by text */
    }
}

static void write_value(struct buf *out, const struct value *value,
                        enum op_escape escape)
{
    if (escape == ESCAPE_JSON_VALUE) {
        value_write_json(out, value);
        return;
    }
    switch (value_kind(value)) {
    case VALUE_BOOL:
        buf_add_c(out, value->truth ? "true" : "false");
        return;
    case VALUE_INT:
        buf_add_i64(out, value->number);
        return;
    case VALUE_STR:
    case VALUE_HTML:
        write_escaped(out, value, escape);
        return;
    case VALUE_NULL:
    case VALUE_LIST:
    case VALUE_OBJECT:
        return;
    }
}

/* A line of the template begins with the indentation of what includes it. */
static void begin_line(struct machine *machine)
{
    if (machine->at_line_start && machine->indent.len)
        buf_add(machine->out, buf_str(&machine->indent));
    machine->at_line_start = false;
}

static void write_text(struct machine *machine, struct str text)
{
    begin_line(machine);
    buf_add(machine->out, text);
    machine->at_line_start = text.ptr[text.len - 1] == '\n';
}

static void end_url(struct machine *machine, bool srcset)
{
    struct buf *out = machine->out;
    struct str url = str_from(buf_str(out), machine->url_start);
    if (srcset ? escape_srcset_is_safe(url) : escape_url_is_safe(url))
        return;
    out->len = machine->url_start;
    if (!srcset)
        buf_add_char(out, '#');
}

/* ---- Sections and templates
 * ----------------------------------------------------------- */

static enum err run_in(struct machine *machine, const struct value *context,
                       uint32_t at)
{
    if (machine->contexts_count == TEMPLATE_CONTEXTS_MAX)
        return too_much(machine, "sections are nested too deep");
    machine->contexts[machine->contexts_count++] = context;
    enum err err = run(machine, at);
    machine->contexts_count--;
    return err;
}

static enum err run_section(struct machine *machine, const struct op *op,
                            uint32_t at)
{
    const struct value *value = look_up(machine, op->name);
    if (!value_is_true(value))
        return ERR_OK;
    if (value->kind != VALUE_LIST)
        return run_in(machine, value, at + 1);
    for (uint32_t i = 0; i < value->count; i++) {
        enum err err = run_in(machine, value->items[i], at + 1);
        if (err)
            return err;
    }
    return ERR_OK;
}

/* Runs from at in template, its lines indented by indent more. */
static enum err run_template(struct machine *machine,
                             const struct template *template,
                             const struct overrides *overrides, uint32_t at,
                             struct str indent)
{
    if (!template)
        return ERR_OK;
    if (machine->template_depth == TEMPLATE_DEPTH_MAX)
        return too_much(machine, "templates include each other too deep");
    const struct template *outer_template = machine->template;
    const struct overrides *outer_overrides = machine->overrides;
    size_t indent_len = machine->indent.len;
    machine->template = template;
    machine->overrides = overrides;
    machine->template_depth++;
    buf_add(&machine->indent, indent);
    enum err err = buf_err(&machine->indent);
    if (!err)
        err = run(machine, at);
    machine->indent.len = indent_len;
    machine->template_depth--;
    machine->template = outer_template;
    machine->overrides = outer_overrides;
    return err;
}

static enum err run_parent(struct machine *machine, const struct op *op,
                           uint32_t at)
{
    const struct overrides overrides = {
        .outer = machine->overrides,
        .template = machine->template,
        .first = at + 1,
    };
    return run_template(machine, op->template, &overrides, 0, op->indent);
}

/* The block called name among those that overrides brings, or 0. */
static uint32_t find_block(const struct overrides *overrides, struct str name)
{
    const struct op *ops = overrides->template->ops;
    for (uint32_t at = overrides->first; ops[at].code == OP_BLOCK;
         at = ops[at].target)
        if (str_eq(ops[at].text, name))
            return at;
    return 0;
}

static enum err run_block(struct machine *machine, const struct op *op,
                          uint32_t at)
{
    const struct template *template = machine->template;
    const struct overrides *within = machine->overrides;
    uint32_t body = at;
    for (const struct overrides *overrides = machine->overrides; overrides;
         overrides = overrides->outer) {
        uint32_t found = find_block(overrides, op->text);
        if (!found)
            continue;
        template = overrides->template;
        within = overrides->outer;
        body = found;
    }
    return run_template(machine, template, within, body + 1, op->indent);
}

/* One instruction; *at becomes the next. */
static enum err step(struct machine *machine, const struct op *op, uint32_t *at)
{
    uint32_t here = *at;
    *at = here + 1;
    switch ((enum op_code)op->code) {
    case OP_TEXT:
        write_text(machine, op->text);
        return ERR_OK;
    case OP_VALUE:
        begin_line(machine);
        write_value(machine->out, look_up(machine, op->name),
                    (enum op_escape)op->escape);
        return ERR_OK;
    case OP_SECTION:
        *at = op->target;
        return run_section(machine, op, here);
    case OP_INVERTED:
        *at = op->target;
        return value_is_true(look_up(machine, op->name))
                   ? ERR_OK
                   : run(machine, here + 1);
    case OP_PARTIAL:
        return run_template(machine, op->template, machine->overrides, 0,
                            op->indent);
    case OP_PARENT:
        *at = op->target;
        return run_parent(machine, op, here);
    case OP_BLOCK:
        *at = op->target;
        return run_block(machine, op, here);
    case OP_URL_BEGIN:
        machine->url_start = machine->out->len;
        return ERR_OK;
    case OP_URL_END:
    case OP_SRCSET_END:
        end_url(machine, op->code == OP_SRCSET_END);
        return ERR_OK;
    case OP_END:
        break;
    }
    return ERR_OK;
}

/* From at to the OP_END that belongs to it. */
static enum err run(struct machine *machine, uint32_t at)
{
    const struct op *ops = machine->template->ops;
    enum err err = ERR_OK;
    if (machine->run_depth == RUN_DEPTH_MAX)
        return too_much(machine, "sections and blocks are nested too deep");
    machine->run_depth++;
    while (!err && ops[at].code != OP_END) {
        if (++machine->steps > TEMPLATE_STEPS_MAX)
            err = too_much(machine, "it takes too many steps; show less on "
                                    "one page");
        else
            err = step(machine, &ops[at], &at);
        if (!err && buf_err(machine->out))
            err = too_much(machine, "the page is too long");
    }
    machine->run_depth--;
    return err;
}

enum err template_render(const struct theme *theme, struct str name,
                         const struct value *data, struct buf *out,
                         struct fault *fault)
{
    assert(theme);
    assert(out);
    const struct template *template = map_get(&theme->by_name, name);
    if (!template)
        return fault_set(fault, ERR_NOT_FOUND, "template",
                         "The theme has no template \"%" PRI_STR "\".",
                         ARG_STR(name));
    if (buf_err(out))
        return buf_err(out);
    size_t len = out->len;
    struct machine machine = {
        .out = out,
        .fault = fault,
        .template = template,
        .contexts = {data},
        .contexts_count = 1,
        .at_line_start = true,
    };
    buf_init(&machine.indent, TEMPLATE_BYTES_MAX);
    enum err err = run(&machine, 0);
    buf_finish(&machine.indent);
    if (err) {
        out->len = len;
        out->err = ERR_OK;
    }
    return err;
}
