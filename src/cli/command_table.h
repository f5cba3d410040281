// SPDX-License-Identifier: Apache-2.0
/* cli/command_table.h: every command, each in its command_<name>.c, in the
 * order help lists them; words that begin alike stand together. */
#ifndef CLI_COMMAND_TABLE_H
#define CLI_COMMAND_TABLE_H

#include "cli/command.h"

/* clang-format off */
#define COMMANDS(X) \
    X(demo) \
    X(init) \
    X(serve) \
    X(import_ninjs) \
    X(import_wxr) \
    X(import_ghost) \
    X(import_rss) \
    X(import_views) \
    X(export_ninjs) \
    X(export_site) \
    X(article_list) \
    X(article_show) \
    X(article_new) \
    X(article_edit) \
    X(article_enclose) \
    X(article_publish) \
    X(article_schedule) \
    X(article_withdraw) \
    X(article_correct) \
    X(article_most_read) \
    X(live_start) \
    X(live_post) \
    X(live_edit) \
    X(live_pin) \
    X(live_key) \
    X(live_remove) \
    X(live_end) \
    X(live_list) \
    X(alert_set) \
    X(alert_clear) \
    X(alert_show) \
    X(channel_add) \
    X(channel_change) \
    X(channel_list) \
    X(channel_show) \
    X(channel_status) \
    X(channel_remove) \
    X(channel_key_add) \
    X(channel_key_list) \
    X(channel_key_revoke) \
    X(programme_add) \
    X(programme_list) \
    X(programme_remove) \
    X(programme_import) \
    X(programme_export) \
    X(recording_list) \
    X(recording_download) \
    X(recording_keep) \
    X(recording_remove) \
    X(clip_make) \
    X(clip_list) \
    X(clip_download) \
    X(picture_add) \
    X(picture_show) \
    X(picture_focus) \
    X(picture_portrait) \
    X(picture_list) \
    X(picture_make) \
    X(category_list) \
    X(category_add) \
    X(category_rename) \
    X(category_move) \
    X(category_remove) \
    X(language_list) \
    X(language_add) \
    X(language_remove) \
    X(language_check) \
    X(language_words) \
    X(settings_list) \
    X(settings_get) \
    X(settings_set) \
    X(settings_unset) \
    X(search) \
    X(reindex) \
    X(backup) \
    X(restore) \
    X(check) \
    X(metrics) \
    X(completion) \
    X(version) \
    X(help)
/* clang-format on */

#define X(name) extern const struct command command_##name;
COMMANDS(X)
#undef X

#endif
