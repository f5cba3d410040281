#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Checks the sample newspaper against what demo/README.md promises: that the
// index and the files name one another, that every category, tag, author,
// picture and link exists, that ages make sense and that bodies hold only the
// elements listed there.
//
//   tools/demo-check.mjs [DEMO] [DRAW-PICTURES]
//
// DEMO is the folder (default: demo). Given the program that draws the
// pictures, their names are checked against its list. Exit code 1 and one line
// for each mistake, or 0 and a count.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder = 'demo', drawPictures] = process.argv.slice(2);
const readJson = (path) => JSON.parse(readFileSync(join(folder, path), 'utf8'));
const site = readJson('site.json');
const index = readJson('demo.json');
const base = site.base;

const WEIGHTS = new Set(['lead', 'major', 'standard', 'brief']);
const ELEMENTS = new Set(
    ('p h2 h3 ul ol li hr em strong br sub sup blockquote footer aside cite ' +
        'table thead tbody tr th td figure img figcaption a iframe').split(' '),
);
const SIZES = { 1280: 854, 800: 534, 480: 320 };

const languages = site.languages.map((language) => language.code);
const categories = new Map();
for (const top of site.categories) {
    categories.set(top.slug, top);
    for (const child of top.children ?? [])
        categories.set(`${top.slug}/${child.slug}`, child);
}
const tags = new Map(site.tags.map((tag) => [tag.slug, tag]));
const people = new Map(site.people.map((person) => [person.slug, person]));
const pictures = drawPictures
    ? new Set(execFileSync(drawPictures, ['--list'], { encoding: 'utf8' }).trim().split('\n'))
    : null;
const uris = new Set(index.articles.map((entry) =>
    `${base}${entry.file.split('/')[1]}/${entry.story}`));

let mistakes = 0;
const expect = (holds, where, what) => {
    if (holds) return;
    mistakes++;
    console.error(`${where}: ${what}`);
};

/** Minutes of an age such as P2DT3H15M, or NaN. */
function ageMinutes(age) {
    const parts = /^P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(age ?? '');
    if (!parts) return NaN;
    const [days, hours, minutes] = parts.slice(1).map((part) => Number(part ?? 0));
    return (days * 24 + hours) * 60 + minutes;
}

function checkTexts(where, texts) {
    for (const language of languages)
        expect(texts?.[language]?.trim(), where, `no text in ${language}`);
}

function checkSite() {
    for (const member of ['name', 'tagline', 'description', 'place'])
        checkTexts(`site.json ${member}`, site[member]);
    for (const [path, category] of categories) {
        checkTexts(`category ${path}`, category.name);
        checkTexts(`category ${path}`, category.description);
    }
    for (const [slug, tag] of tags) checkTexts(`tag ${slug}`, tag.name);
    for (const [slug, person] of people)
        for (const member of ['name', 'role', 'bio'])
            checkTexts(`${slug}, ${member}`, person[member]);
    for (const entry of Object.values(site.menus).flat())
        expect(categories.has(entry.category), 'menus', `no category ${entry.category}`);
}

function checkEntry(entry) {
    const where = entry.file;
    const age = ageMinutes(entry.age);
    const laterThan = (later) => ageMinutes(later) < age;
    expect(/^articles\/[a-z]{2}\/[a-z0-9-]+\.json$/.test(where), where, 'is not a path of an article');
    expect(where.endsWith(`/${entry.story}.json`), where, `is not named after its story ${entry.story}`);
    expect(age >= 0, where, `age ${entry.age} is not understood`);
    expect(WEIGHTS.has(entry.weight), where, `no weight ${entry.weight}`);
    expect(Number.isInteger(entry.views), where, 'has no count of views');
    for (const path of [entry.category, ...(entry.also ?? [])])
        expect(categories.has(path), where, `no category ${path}`);
    if (entry.updated) expect(laterThan(entry.updated), where, 'updated before it was published');
    for (const [note, text] of [[entry.correction, 'text'], [entry.withdrawn, 'reason']])
        if (note) expect(laterThan(note.age) && note[text], where, `a note without ${text}, or too early`);
    if (entry.live) checkLive(entry);
}

function checkLive(entry) {
    const where = entry.live.file;
    const age = ageMinutes(entry.age);
    const { posts } = readJson(where);
    const ended = entry.live.ended ? ageMinutes(entry.live.ended) : 0;
    expect(where === entry.file.replace(/^articles/, 'live'), where, 'is not called as its article');
    expect(ended >= 0 && ended < age, where, 'ended before it began');
    expect(posts.filter((post) => post.pinned).length <= 1, where, 'has several pinned posts');
    for (const [i, post] of posts.entries()) {
        const at = ageMinutes(post.age);
        expect(at <= age && at >= ended, where, `post ${i} lies outside of it`);
        expect(i === 0 || at <= ageMinutes(posts[i - 1].age), where, `post ${i} is not in order`);
        expect(post.text || post.body, where, `post ${i} says nothing`);
        for (const { slug } of post.bylines) expect(people.has(slug), where, `nobody is called ${slug}`);
        for (const [note, text] of [[post.correction, 'text'], [post.removed, 'reason']])
            if (note) expect(ageMinutes(note.age) < at && note[text], where, `post ${i}: a note without ${text}, or too early`);
    }
}

function checkBody(where, item) {
    const [body] = item.bodies;
    const html = body.value;
    expect(item.bodies.length === 1 && body.role === 'main', where, 'wants one body, role main');
    const open = [];
    for (const [, end, name] of html.matchAll(/<(\/?)([a-z0-9]+)[^>]*>/g)) {
        expect(ELEMENTS.has(name), where, `element ${name} is not in the list`);
        if (['hr', 'br', 'img'].includes(name)) continue;
        if (!end) open.push(name);
        else expect(open.pop() === name, where, `</${name}> closes something else`);
    }
    expect(open.length === 0, where, `not closed: ${open}`);
    for (const [, href] of html.matchAll(/<a href="([^"]*)"/g))
        expect(uris.has(href), where, `links to ${href}, which is not there`);
    for (const [, next] of html.matchAll(/<iframe src="https:\/\/[^"]+" title="[^"]+"><\/iframe>\s*(<\w+)?/g))
        expect(next === '<figure', where, 'an iframe has no figure behind it');
    const sources = new Set((item.associations ?? []).map((picture) => picture.renditions[0].href));
    for (const [, source] of html.matchAll(/<img src="([^"]*)"/g))
        expect(sources.has(source), where, `shows ${source}, which is not associated`);
}

function checkPicture(where, picture) {
    const name = picture.uri.slice(`${base}pictures/`.length);
    expect(picture.uri === `${base}pictures/${name}`, where, `picture ${picture.uri} is elsewhere`);
    if (pictures) expect(pictures.has(name), where, `nobody draws ${name}`);
    expect(picture.by, where, `${name} has no credit`);
    expect(picture.descriptions.some((text) => text.role === 'alt' && text.value.length > 20),
        where, `${name} has no alternative text`);
    for (const rendition of picture.renditions) {
        const width = rendition.width;
        expect(rendition.href === `${base}pictures/${name}-${width}.webp` &&
            SIZES[width] === rendition.height, where, `rendition ${rendition.href} is wrong`);
    }
}

function checkItem(entry) {
    const where = entry.file;
    const item = readJson(entry.file);
    const language = where.split('/')[1];
    expect(item.uri === `${base}${language}/${entry.story}`, where, `uri ${item.uri}`);
    expect(item.language === language, where, `language ${item.language}`);
    expect(item.headlines[0].role === 'main' && item.headlines[0].value, where, 'no headline');
    expect(item.by, where, 'no byline');
    const paths = item.subjects.filter((subject) => subject.rel === 'category').map((subject) => subject.literal);
    expect(`${paths}` === `${[entry.category, ...(entry.also ?? [])]}`, where, `categories ${paths} differ from the index`);
    for (const subject of item.subjects) {
        const known = subject.rel === 'category' ? categories : tags;
        expect(known.get(subject.literal)?.name[language] === subject.name, where, `subject ${subject.literal} is not “${subject.name}”`);
    }
    for (const person of item.people ?? [])
        expect(people.get(person.literal)?.name[language] === person.name, where, `${person.literal} is not “${person.name}”`);
    checkBody(where, item);
    for (const picture of item.associations ?? []) checkPicture(where, picture);
}

function checkCompleteness() {
    const listed = new Set(index.articles.map((entry) => entry.file));
    expect(listed.size === index.articles.length, 'demo.json', 'names a file twice');
    for (const language of languages) {
        for (const file of readdirSync(join(folder, 'articles', language)))
            expect(listed.has(`articles/${language}/${file}`), file, 'is not in demo.json');
        const leads = index.articles.filter((entry) =>
            entry.weight === 'lead' && entry.file.startsWith(`articles/${language}/`));
        expect(leads.length === 1, 'demo.json', `${leads.length} leads in ${language}`);
    }
}

checkSite();
checkCompleteness();
for (const entry of index.articles) {
    checkEntry(entry);
    checkItem(entry);
}
if (mistakes === 0) console.log(`${index.articles.length} articles in ${languages.length} languages`);
process.exit(mistakes ? 1 : 0);
