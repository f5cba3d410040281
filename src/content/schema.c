// SPDX-License-Identifier: Apache-2.0
#include "content/schema_internal.h"

/* What was released is never changed here: a change is one more migration.
 * WITHOUT ROWID: rows that are hardly more than their key stand in the key's
 * tree alone, and writing one writes one place less. */

static const char sections_sql[] =
    "CREATE TABLE setting ("
    " name TEXT NOT NULL,"
    " language TEXT NOT NULL," /* '' holds in every language */
    " value TEXT NOT NULL,"
    " PRIMARY KEY (name, language));"

    "CREATE TABLE language ("
    " code TEXT PRIMARY KEY,"
    " name TEXT NOT NULL,"
    " rtl BIGINT NOT NULL,"
    " position BIGINT NOT NULL);"

    "CREATE TABLE category ("
    " id TEXT PRIMARY KEY,"
    " parent_id TEXT REFERENCES category (id),"
    " position BIGINT NOT NULL);"
    "CREATE INDEX category_parent ON category (parent_id);"

    "CREATE TABLE category_name ("
    " category_id TEXT NOT NULL REFERENCES category (id) ON DELETE CASCADE,"
    " language TEXT NOT NULL REFERENCES language (code),"
    " slug TEXT NOT NULL,"
    " path TEXT NOT NULL," /* slugs from the root */
    " name TEXT NOT NULL,"
    " description TEXT NOT NULL,"
    " PRIMARY KEY (category_id, language),"
    " UNIQUE (language, path));";

static const char media_sql[] =
    "CREATE TABLE medium ("
    " id TEXT PRIMARY KEY,"
    " blob TEXT NOT NULL,"
    " mime TEXT NOT NULL,"
    " width BIGINT NOT NULL,"
    " height BIGINT NOT NULL,"
    " size_bytes BIGINT NOT NULL,"
    " focus_x BIGINT NOT NULL,"
    " focus_y BIGINT NOT NULL,"
    " alt TEXT NOT NULL,"
    " caption TEXT NOT NULL,"
    " credit TEXT NOT NULL,"
    " filename TEXT NOT NULL,"
    " created_us BIGINT NOT NULL);"
    "CREATE INDEX medium_blob ON medium (blob);"

    "CREATE TABLE rendition ("
    " medium_id TEXT NOT NULL REFERENCES medium (id) ON DELETE CASCADE,"
    " blob TEXT NOT NULL,"
    " mime TEXT NOT NULL,"
    " width BIGINT NOT NULL,"
    " height BIGINT NOT NULL,"
    " size_bytes BIGINT NOT NULL,"
    " PRIMARY KEY (medium_id, blob));"
    "CREATE INDEX rendition_blob ON rendition (blob);"

    /* Blobs that may have to leave the public folder. */
    "CREATE TABLE media_hiding (blob TEXT PRIMARY KEY);"

    "CREATE TABLE person ("
    " id TEXT PRIMARY KEY,"
    " slug TEXT NOT NULL UNIQUE,"
    " picture_id TEXT REFERENCES medium (id));"
    "CREATE INDEX person_picture ON person (picture_id);"

    "CREATE TABLE person_name ("
    " person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,"
    " language TEXT NOT NULL," /* '' holds in every language */
    " name TEXT NOT NULL,"
    " role TEXT NOT NULL,"
    " bio TEXT NOT NULL,"
    " PRIMARY KEY (person_id, language));"

    "CREATE TABLE tag ("
    " id TEXT PRIMARY KEY,"
    " language TEXT NOT NULL REFERENCES language (code),"
    " slug TEXT NOT NULL,"
    " name TEXT NOT NULL,"
    " UNIQUE (language, slug));"
    "CREATE INDEX tag_name ON tag (language, name);";

/* What lists show, and where the article stands. The text itself is in its
 * revisions. */
static const char articles_sql[] =
    "CREATE TABLE article ("
    " id TEXT PRIMARY KEY,"
    " story_id TEXT NOT NULL,"
    " language TEXT NOT NULL REFERENCES language (code),"
    " state TEXT NOT NULL,"
    " revision BIGINT NOT NULL,"
    " live_revision BIGINT NOT NULL," /* 0: readers see none */
    " created_us BIGINT NOT NULL,"
    " saved_us BIGINT NOT NULL,"
    " published_us BIGINT NOT NULL," /* of these, 0 is never */
    " updated_us BIGINT NOT NULL,"
    " scheduled_us BIGINT NOT NULL,"
    " withdrawn_us BIGINT NOT NULL,"
    " withdrawn_reason TEXT NOT NULL,"
    " withdrawn_target TEXT NOT NULL,"
    " slug TEXT NOT NULL,"
    " headline TEXT NOT NULL,"
    " kicker TEXT NOT NULL,"
    " standfirst TEXT NOT NULL,"
    " byline TEXT NOT NULL,"
    " source TEXT NOT NULL,"
    " weight TEXT NOT NULL,"
    " opinion BIGINT NOT NULL,"
    " live BIGINT NOT NULL,"
    " sponsored BIGINT NOT NULL,"
    " corrected BIGINT NOT NULL,"
    " picture_id TEXT REFERENCES medium (id),"
    " picture_alt TEXT NOT NULL);"
    "CREATE INDEX article_story ON article (story_id);"
    "CREATE INDEX article_language ON article (language, id);"
    "CREATE INDEX article_state ON article (state, id);"
    "CREATE INDEX article_picture ON article (picture_id);"
    "CREATE INDEX article_due ON article (scheduled_us)"
    " WHERE state = 'scheduled';"

    "CREATE TABLE revision ("
    " article_id TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,"
    " number BIGINT NOT NULL,"
    " time_us BIGINT NOT NULL,"
    " actor TEXT NOT NULL,"
    " note TEXT NOT NULL,"
    " headline TEXT NOT NULL,"
    " content TEXT NOT NULL," /* JSON, see article_json.c */
    " body TEXT NOT NULL,"    /* JSON, see render/document.h */
    " PRIMARY KEY (article_id, number));"

    "CREATE TABLE article_category ("
    " article_id TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,"
    " position BIGINT NOT NULL," /* 0 is the main one */
    " category_id TEXT NOT NULL REFERENCES category (id),"
    " PRIMARY KEY (article_id, position)) WITHOUT ROWID;"
    "CREATE INDEX article_category_category ON article_category (category_id);"

    "CREATE TABLE article_tag ("
    " article_id TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,"
    " position BIGINT NOT NULL,"
    " tag_id TEXT NOT NULL REFERENCES tag (id) ON DELETE CASCADE,"
    " PRIMARY KEY (article_id, position)) WITHOUT ROWID;"
    "CREATE INDEX article_tag_tag ON article_tag (tag_id);"

    "CREATE TABLE article_byline ("
    " article_id TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,"
    " position BIGINT NOT NULL,"
    " person_id TEXT REFERENCES person (id),"
    " name TEXT NOT NULL,"
    " role TEXT NOT NULL,"
    " PRIMARY KEY (article_id, position)) WITHOUT ROWID;"
    "CREATE INDEX article_byline_person ON article_byline (person_id);"

    "CREATE TABLE article_medium ("
    " article_id TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,"
    " medium_id TEXT NOT NULL REFERENCES medium (id),"
    " PRIMARY KEY (article_id, medium_id)) WITHOUT ROWID;"
    "CREATE INDEX article_medium_medium ON article_medium (medium_id);"

    "CREATE TABLE correction ("
    " article_id TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,"
    " time_us BIGINT NOT NULL,"
    " text TEXT NOT NULL,"
    " PRIMARY KEY (article_id, time_us, text));";

/* Each list of readers is one range of listing_order, see shelf.c. Only
 * published articles stand there. */
static const char lists_sql[] =
    "CREATE TABLE listing ("
    " article_id TEXT NOT NULL REFERENCES article (id) ON DELETE CASCADE,"
    " shelf TEXT NOT NULL,"
    " published_us BIGINT NOT NULL,"
    " PRIMARY KEY (article_id, shelf)) WITHOUT ROWID;"
    "CREATE INDEX listing_order ON listing (shelf, published_us, article_id);"

    "CREATE TABLE view_count ("
    " article_id TEXT PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,"
    " views BIGINT NOT NULL);"

    "CREATE TABLE redirect ("
    " path TEXT PRIMARY KEY,"
    " target TEXT NOT NULL,"
    " created_us BIGINT NOT NULL);"
    "CREATE INDEX redirect_target ON redirect (target);"

    "CREATE TABLE menu_item ("
    " language TEXT NOT NULL REFERENCES language (code),"
    " menu TEXT NOT NULL,"
    " position BIGINT NOT NULL,"
    " category_id TEXT REFERENCES category (id) ON DELETE CASCADE,"
    " label TEXT NOT NULL,"
    " target TEXT NOT NULL,"
    " PRIMARY KEY (language, menu, position));"
    "CREATE INDEX menu_item_category ON menu_item (category_id);"

    "CREATE TABLE change ("
    " seq BIGINT PRIMARY KEY,"
    " time_us BIGINT NOT NULL,"
    " actor TEXT NOT NULL,"
    " key TEXT NOT NULL,"
    " kind TEXT NOT NULL) WITHOUT ROWID;"

    "CREATE TABLE follower ("
    " name TEXT PRIMARY KEY,"
    " seq BIGINT NOT NULL,"
    " time_us BIGINT NOT NULL);";

/* See sitemap.h. An archive that is there already is cut as it would have been:
 * 2000 articles is SITEMAP_CHUNK_ARTICLES. */
static const char sitemap_sql[] =
    "CREATE TABLE sitemap_chunk ("
    " language TEXT NOT NULL REFERENCES language (code) ON DELETE CASCADE,"
    " first_us BIGINT NOT NULL," /* it begins with this key … */
    " first_id TEXT NOT NULL,"
    " month TEXT NOT NULL,"
    " part BIGINT NOT NULL," /* … and is called by these two */
    " articles BIGINT NOT NULL,"
    " changed_us BIGINT NOT NULL,"
    " PRIMARY KEY (language, first_us, first_id),"
    " UNIQUE (language, month, part));"

    "INSERT INTO sitemap_chunk (language, first_us, first_id, month, part,"
    " articles, changed_us)"
    " SELECT language,"
    "  CASE part WHEN 1 THEN"
    "   CAST(strftime('%s', month || '-01') AS INTEGER) * 1000000"
    "   ELSE published_us END,"
    "  CASE part WHEN 1 THEN '' ELSE article_id END,"
    "  month, part, count, MAX(saved, published_us)"
    " FROM ("
    "  SELECT language, month, (place - 1) / 2000 + 1 AS part, MIN(place),"
    "   published_us, article_id, COUNT(*) AS count, MAX(saved_us) AS saved"
    "  FROM ("
    "   SELECT article.language, listing.published_us, article_id, saved_us,"
    "    strftime('%Y-%m', listing.published_us / 1000000, 'unixepoch')"
    "     AS month,"
    "    ROW_NUMBER() OVER (PARTITION BY shelf, strftime('%Y-%m',"
    "     listing.published_us / 1000000, 'unixepoch')"
    "     ORDER BY listing.published_us, article_id) AS place"
    "   FROM listing JOIN article ON article.id = article_id"
    "   WHERE shelf >= 'l:' AND shelf < 'l;')"
    "  GROUP BY language, month, (place - 1) / 2000);";

/* Times at which something happens by itself, and what went wrong then. */
static const char schedule_sql[] =
    "ALTER TABLE article ADD embargo_us BIGINT NOT NULL DEFAULT 0;"
    "ALTER TABLE article ADD embargo_reason TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE article ADD expires_us BIGINT NOT NULL DEFAULT 0;"
    "ALTER TABLE article ADD expired BIGINT NOT NULL DEFAULT 0;"
    "ALTER TABLE article ADD due_problem TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE article ADD due_tries BIGINT NOT NULL DEFAULT 0;"
    "ALTER TABLE article ADD due_retry_us BIGINT NOT NULL DEFAULT 0;"
    "DROP INDEX article_due;"
    /* The state leads, so that they fit better than article_state does. */
    "CREATE INDEX article_due ON article (state, scheduled_us, id)"
    " WHERE scheduled_us > 0;"
    "CREATE INDEX article_expiry ON article (state, expires_us, id)"
    " WHERE expires_us > 0;";

/* What came from where, see import_item.h. */
static const char imports_sql[] = "CREATE TABLE import_item ("
                                  " source TEXT NOT NULL,"
                                  " kind TEXT NOT NULL,"
                                  " foreign_id TEXT NOT NULL,"
                                  " local_id TEXT NOT NULL,"
                                  " digest TEXT NOT NULL,"
                                  " revision BIGINT NOT NULL,"
                                  " state TEXT NOT NULL,"
                                  " PRIMARY KEY (source, kind, foreign_id))"
                                  " WITHOUT ROWID;";

/* What was read by hour, and the sums of it by period (views.h). Without
 * references: what is left of a deleted article runs out by itself. */
static const char views_sql[] =
    "CREATE TABLE view_hour ("
    " hour BIGINT NOT NULL," /* since 1970 */
    " article_id TEXT NOT NULL,"
    " views BIGINT NOT NULL,"
    " PRIMARY KEY (hour, article_id));"

    "CREATE TABLE view_sum ("
    " article_id TEXT NOT NULL,"
    " period BIGINT NOT NULL,"
    " language TEXT NOT NULL,"
    " views BIGINT NOT NULL,"
    " PRIMARY KEY (article_id, period));"
    "CREATE INDEX view_sum_order"
    " ON view_sum (period, language, views, article_id);"

    /* Up to which bucket a period's sums are rid of what left it. */
    "CREATE TABLE view_period ("
    " period BIGINT PRIMARY KEY,"
    " hour BIGINT NOT NULL,"
    " article_id TEXT NOT NULL);"

    /* The last batch of each edge, so that one that comes again is known. */
    "CREATE TABLE view_edge ("
    " edge BIGINT PRIMARY KEY,"
    " number BIGINT NOT NULL,"
    " time_us BIGINT NOT NULL);";

/* See search_internal.h. The full-text tables are made by search_index.c, one
 * for each language; those who are published by now wait to be indexed. */
static const char search_sql[] =
    "CREATE TABLE search_document ("
    " document INTEGER PRIMARY KEY,"
    " article_id TEXT NOT NULL UNIQUE REFERENCES article (id),"
    " language TEXT NOT NULL,"
    " revision BIGINT NOT NULL,"
    " names TEXT NOT NULL,"
    " counted BIGINT NOT NULL);" /* its words are in search_word */
    "CREATE INDEX search_document_uncounted ON search_document (document)"
    " WHERE counted = 0;"

    "CREATE TABLE search_pending (article_id TEXT PRIMARY KEY);"
    "INSERT INTO search_pending SELECT id FROM article"
    " WHERE state = 'published';"

    "CREATE TABLE search_word ("
    " language TEXT NOT NULL,"
    " word TEXT NOT NULL,"
    " documents BIGINT NOT NULL,"
    " PRIMARY KEY (language, word)) WITHOUT ROWID;";

/* See websub.h. */
static const char websub_sql[] =
    "CREATE TABLE websub_ask ("
    " callback TEXT NOT NULL,"
    " path TEXT NOT NULL,"
    " secret TEXT NOT NULL,"
    " unsubscribe BIGINT NOT NULL,"
    " lease_s BIGINT NOT NULL,"
    " asked_us BIGINT NOT NULL,"
    " tries BIGINT NOT NULL,"
    " retry_us BIGINT NOT NULL,"
    " PRIMARY KEY (callback, path));"

    "CREATE TABLE websub_topic ("
    " path TEXT PRIMARY KEY,"
    " digest TEXT NOT NULL,"
    " seq BIGINT NOT NULL);"

    "CREATE TABLE websub_subscription ("
    " callback TEXT NOT NULL,"
    " path TEXT NOT NULL REFERENCES websub_topic (path),"
    " secret TEXT NOT NULL,"
    " lease_us BIGINT NOT NULL," /* until then */
    " created_us BIGINT NOT NULL,"
    " delivered_seq BIGINT NOT NULL,"
    " tries BIGINT NOT NULL,"
    " retry_us BIGINT NOT NULL,"
    " PRIMARY KEY (callback, path));"
    "CREATE INDEX websub_subscription_path"
    " ON websub_subscription (path, delivered_seq);"
    "CREATE INDEX websub_subscription_lease ON websub_subscription (lease_us);";

/* See live.h. */
static const char live_sql[] =
    "CREATE TABLE live_blog ("
    " article_id TEXT PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,"
    " seq BIGINT NOT NULL,"
    " started_us BIGINT NOT NULL,"
    " ended_us BIGINT NOT NULL," /* 0 while it runs */
    " changed_us BIGINT NOT NULL);"

    "CREATE TABLE live_post ("
    " id TEXT PRIMARY KEY,"
    " article_id TEXT NOT NULL REFERENCES live_blog (article_id)"
    "  ON DELETE CASCADE,"
    " time_us BIGINT NOT NULL,"
    " headline TEXT NOT NULL,"
    " body TEXT NOT NULL," /* JSON, see render/document.h */
    " key_event BIGINT NOT NULL,"
    " pinned BIGINT NOT NULL,"
    " correction TEXT NOT NULL,"
    " corrected_us BIGINT NOT NULL," /* of these, 0 is never */
    " removed_reason TEXT NOT NULL,"
    " removed_us BIGINT NOT NULL,"
    " edited_us BIGINT NOT NULL,"
    " revision BIGINT NOT NULL,"
    " indexed BIGINT NOT NULL," /* the revision in the search index, or 0 */
    " seq BIGINT NOT NULL,"
    " first_seq BIGINT NOT NULL);"
    "CREATE INDEX live_post_order ON live_post (article_id, time_us, id);"
    "CREATE INDEX live_post_seq ON live_post (article_id, seq);"

    "CREATE TABLE live_post_revision ("
    " post_id TEXT NOT NULL REFERENCES live_post (id) ON DELETE CASCADE,"
    " number BIGINT NOT NULL,"
    " time_us BIGINT NOT NULL,"
    " actor TEXT NOT NULL,"
    " headline TEXT NOT NULL,"
    " body TEXT NOT NULL,"
    " PRIMARY KEY (post_id, number));"

    "CREATE TABLE live_post_byline ("
    " post_id TEXT NOT NULL REFERENCES live_post (id) ON DELETE CASCADE,"
    " position BIGINT NOT NULL,"
    " person_id TEXT REFERENCES person (id),"
    " name TEXT NOT NULL,"
    " role TEXT NOT NULL,"
    " PRIMARY KEY (post_id, position));"
    "CREATE INDEX live_post_byline_person ON live_post_byline (person_id);"

    "CREATE TABLE live_post_medium ("
    " post_id TEXT NOT NULL REFERENCES live_post (id) ON DELETE CASCADE,"
    " medium_id TEXT NOT NULL REFERENCES medium (id),"
    " PRIMARY KEY (post_id, medium_id));"
    "CREATE INDEX live_post_medium_medium ON live_post_medium (medium_id);";

/* Renditions that are made here (media.h). What is there already was shown to
 * readers; its focal point was put in the middle for want of a better one. */
static const char renditions_sql[] =
    "ALTER TABLE medium ADD made BIGINT NOT NULL DEFAULT 0;"
    "ALTER TABLE medium ADD original_shown BIGINT NOT NULL DEFAULT 0;"
    "ALTER TABLE medium ADD problem TEXT NOT NULL DEFAULT '';"
    "UPDATE medium SET original_shown = 1,"
    " made = CASE WHEN mime LIKE 'image/%' THEN 0 ELSE 3 END;"
    "UPDATE medium SET focus_x = -1, focus_y = -1"
    " WHERE focus_x = 500 AND focus_y = 500;"
    "CREATE INDEX medium_to_make ON medium (id) WHERE made = 0;"
    "ALTER TABLE rendition ADD ratio TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE rendition ADD made BIGINT NOT NULL DEFAULT 0;";

/* See alert.h. */
static const char alert_sql[] =
    "CREATE TABLE alert ("
    " language TEXT PRIMARY KEY REFERENCES language (code) ON DELETE CASCADE,"
    " id TEXT NOT NULL,"
    " label TEXT NOT NULL,"
    " text TEXT NOT NULL,"
    " url TEXT NOT NULL,"
    " set_us BIGINT NOT NULL,"
    " until_us BIGINT NOT NULL);"; /* 0: it stays */

/* See withdrawn_list.h. */
static const char withdrawn_sql[] =
    "CREATE INDEX article_withdrawn ON article (language, withdrawn_us)"
    " WHERE withdrawn_us > 0;";

/* See channel.h and programme.h. */
static const char channels_sql[] =
    "CREATE TABLE channel ("
    " id TEXT PRIMARY KEY,"
    " name TEXT NOT NULL UNIQUE,"
    " title TEXT NOT NULL,"
    " dvr_seconds BIGINT NOT NULL,"
    " ladder BIGINT NOT NULL," /* bits of enum channel_rendition */
    " created_us BIGINT NOT NULL,"
    " air_us BIGINT NOT NULL);" /* since then on the air; 0: it is not */

    "CREATE TABLE stream_key ("
    " id TEXT PRIMARY KEY,"
    " channel_id TEXT NOT NULL REFERENCES channel (id) ON DELETE CASCADE,"
    " label TEXT NOT NULL,"
    " sha256 TEXT NOT NULL UNIQUE,"
    " priority BIGINT NOT NULL,"
    " from_us BIGINT NOT NULL," /* of these, 0 is no limit */
    " until_us BIGINT NOT NULL,"
    " created_us BIGINT NOT NULL,"
    " revoked_us BIGINT NOT NULL);" /* 0 while it is good */
    "CREATE INDEX stream_key_channel ON stream_key (channel_id);"

    "CREATE TABLE programme ("
    " id TEXT PRIMARY KEY,"
    " channel_id TEXT NOT NULL REFERENCES channel (id) ON DELETE CASCADE,"
    " start_us BIGINT NOT NULL,"
    " end_us BIGINT NOT NULL,"
    " title TEXT NOT NULL,"
    " description TEXT NOT NULL,"
    " category TEXT NOT NULL,"
    " language TEXT NOT NULL," /* "": not said */
    " repeat BIGINT NOT NULL);"
    "CREATE UNIQUE INDEX programme_start ON programme (channel_id, start_us);"
    "CREATE INDEX programme_end ON programme (channel_id, end_us);";

/* See recording.h. Programmes before it are kept as their channels say. */
static const char recordings_sql[] =
    "ALTER TABLE channel ADD COLUMN keep_days BIGINT NOT NULL DEFAULT 7;"
    "ALTER TABLE channel ADD COLUMN keep_bytes BIGINT NOT NULL"
    " DEFAULT 53687091200;"
    "ALTER TABLE programme ADD COLUMN keep_days BIGINT NOT NULL DEFAULT 0;"

    "CREATE TABLE recording ("
    " id TEXT PRIMARY KEY,"      /* the programme's */
    " channel_id TEXT NOT NULL," /* which may be gone */
    " channel TEXT NOT NULL,"    /* its name then */
    " start_us BIGINT NOT NULL," /* of the programme, as all to repeat is */
    " end_us BIGINT NOT NULL,"
    " title TEXT NOT NULL,"
    " description TEXT NOT NULL,"
    " category TEXT NOT NULL,"
    " language TEXT NOT NULL,"
    " repeat BIGINT NOT NULL,"
    " state BIGINT NOT NULL," /* enum recording_state */
    " until_us BIGINT NOT NULL,"
    " keep_bytes BIGINT NOT NULL," /* the channel's */
    " media_start_us BIGINT NOT NULL DEFAULT 0,"
    " duration_us BIGINT NOT NULL DEFAULT 0,"
    " bytes BIGINT NOT NULL DEFAULT 0,"
    " width BIGINT NOT NULL DEFAULT 0,"
    " height BIGINT NOT NULL DEFAULT 0);"
    "CREATE INDEX recording_state ON recording (state, start_us);"
    "CREATE INDEX recording_channel ON recording (channel_id, start_us);";

/* See channel.h. */
static const char past_sql[] =
    "ALTER TABLE channel ADD COLUMN past_us BIGINT NOT NULL DEFAULT 0;";

/* See MEDIA_PLAN. */
static const char plan_sql[] =
    "ALTER TABLE medium ADD plan BIGINT NOT NULL DEFAULT 0;"
    "CREATE INDEX medium_plan ON medium (plan) WHERE made = 1;";

/* See enum stream_key_role. */
static const char key_roles_sql[] =
    "ALTER TABLE stream_key ADD COLUMN role TEXT NOT NULL DEFAULT 'feed';";
/* See channel.h. */
static const char passphrase_sql[] =
    "ALTER TABLE stream_key ADD COLUMN passphrase TEXT NOT NULL DEFAULT '';";

/* See channel.h. */
static const char pull_sql[] =
    "ALTER TABLE channel ADD COLUMN pull TEXT NOT NULL DEFAULT '';";

/* See hiding.h: the log's entry, and when. */
static const char hiding_sql[] =
    "ALTER TABLE media_hiding ADD COLUMN seq BIGINT NOT NULL DEFAULT 0;"
    "ALTER TABLE media_hiding ADD COLUMN at_us BIGINT NOT NULL DEFAULT 0;"
    "CREATE INDEX media_hiding_at ON media_hiding (at_us);";

/* See channel.h. */
static const char captions_sql[] =
    "ALTER TABLE channel ADD COLUMN captions TEXT NOT NULL DEFAULT '';";

/* See import_link.h. */
static const char import_links_sql[] =
    "CREATE TABLE import_link ("
    " path TEXT NOT NULL,"
    " article_id TEXT NOT NULL,"
    " host TEXT NOT NULL,"
    " source TEXT NOT NULL," /* these two: the article's import_item */
    " foreign_id TEXT NOT NULL,"
    " PRIMARY KEY (path, article_id, host)) WITHOUT ROWID;"

    "CREATE TABLE import_due ("
    " article_id TEXT NOT NULL,"
    " host TEXT NOT NULL,"
    " source TEXT NOT NULL,"
    " foreign_id TEXT NOT NULL,"
    " PRIMARY KEY (article_id, host)) WITHOUT ROWID;";

const struct migration schema_migrations[] = {
    {1, "settings, languages and sections", sections_sql},
    {2, "media, people and tags", media_sql},
    {3, "articles and their revisions", articles_sql},
    {4, "lists, addresses and the log", lists_sql},
    {5, "chunks of the sitemap", sitemap_sql},
    {6, "embargo and expiry", schedule_sql},
    {7, "what was imported from where", imports_sql},
    {8, "views by hour, day and week", views_sql},
    {9, "search", search_sql},
    {10, "subscribers of feeds", websub_sql},
    {11, "live blogs", live_sql},
    {12, "breaking news", alert_sql},
    {13, "renditions that are made here", renditions_sql},
    {14, "what was taken back lately", withdrawn_sql},
    {15, "television: channels, stream keys, programmes", channels_sql},
    {16, "recordings of programmes", recordings_sql},
    {17, "since when viewers may go back", past_sql},
    {18, "by which plan pictures were made", plan_sql},
    {19, "keys of captioners", key_roles_sql},
    {20, "passphrases of stream keys", passphrase_sql},
    {21, "broadcasts that are fetched", pull_sql},
    {22, "when files are hidden", hiding_sql},
    {23, "languages of captions", captions_sql},
    {24, "links to what is still to be imported", import_links_sql},
};

const size_t schema_migration_count =
    sizeof schema_migrations / sizeof *schema_migrations;
