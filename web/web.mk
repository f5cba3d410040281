# The reader's side made part of the program: templates, messages, styles,
# scripts and fonts become three tables in C (base/embedded.h). Fonts and
# packages do not differ by flavour: they are made once, under build/web.

WEB       := build/web
GEN_SITE  := $(B)/gen/site
ESBUILD   := node_modules/.bin/esbuild
NODE_DONE := node_modules/.package-lock.json

THEME_FILES   := $(sort $(wildcard web/theme/*.html))
MESSAGE_FILES := $(sort $(wildcard web/messages/*.properties))

# Locked, because several flavours may be built at once in one checkout.
$(NODE_DONE): package.json package-lock.json
	@mkdir -p build
	flock build/npm.lock sh -c '[ $@ -nt package-lock.json ] || \
	    npm ci --ignore-scripts --no-audit --no-fund' && touch $@

# ---- Fonts: our subsets of the packages' faces --------------------------------

SERIF    := node_modules/@fontsource-variable/source-serif-4/files/source-serif-4
GEORGIAN := node_modules/@fontsource-variable/noto-serif-georgian/files/noto-serif-georgian
NASKH    := node_modules/@fontsource-variable/noto-naskh-arabic/files/noto-naskh-arabic

POINTS   := U+20-40,U+5B-60,U+7B-7E,U+A0,U+A3,U+A7,U+A9,U+AB,U+AD,U+B0,U+B7,U+BB,U+D7,U+2010-2015,U+2018-201E,U+2020-2022,U+2026,U+2030,U+2032-2033,U+2039-203A,U+2044,U+20AC,U+2122,U+2212
LATIN    := U+20-7E,U+A0-FF,U+131,U+152-153,U+2010-2015,U+2018-201E,U+2020-2022,U+2026,U+2030,U+2032-2033,U+2039-203A,U+2044,U+20AC,U+2122,U+2190-2193,U+2212,U+2215
CYRILLIC := U+400-45F,U+490-491,U+4B0-4B1,U+2116
MKHEDRULI := U+10D0-10FF,U+1C90-1CBA,U+1CBD-1CBF
# As Arabic, Persian, Urdu and Kurdish are written; other letters are the system's.
ARABIC   := U+60C,U+61B,U+61F,U+621-63A,U+640-655,U+660-66C,U+670,U+679,U+67E,U+686,U+688,U+691,U+695,U+698,U+6A4,U+6A9,U+6AF,U+6B5,U+6BA,U+6BE,U+6C1-6C3,U+6C6,U+6CC,U+6CE,U+6D2-6D5,U+6F0-6F9,U+200C-200F,U+FD3E-FD3F

# Fractions, and what is set in figures of a width (those are of the system's
# own face): no style asks for it.
UNUSED := frac,numr,dnom

# name, file, characters, axes
define font_rule
FONTS += $(WEB)/fonts/$(1).woff2
$(WEB)/fonts/$(1).woff2: web/web.mk $(NODE_DONE)
	@mkdir -p $$(@D)
	fonttools varLib.instancer -q --no-recalc-timestamp $(2) $(4) -o $$@.$$$$$$$$.ttf && \
	pyftsubset $$@.$$$$$$$$.ttf --unicodes=$(3) --no-hinting --desubroutinize \
	    --layout-features-=$(UNUSED) --flavor=woff2 --output-file=$$@.$$$$$$$$ && \
	rm $$@.$$$$$$$$.ttf && mv $$@.$$$$$$$$ $$@
endef
$(eval $(call font_rule,latin-text,$(SERIF)-latin-opsz-normal.woff2,$(LATIN),opsz=14 wght=400:700))
$(eval $(call font_rule,latin-display,$(SERIF)-latin-opsz-normal.woff2,$(LATIN),opsz=48 wght=600))
$(eval $(call font_rule,latin-italic,$(SERIF)-latin-opsz-italic.woff2,$(LATIN),opsz=14 wght=400))
$(eval $(call font_rule,points-text,$(SERIF)-latin-opsz-normal.woff2,$(POINTS),opsz=14 wght=400:700))
$(eval $(call font_rule,cyrillic-text,$(SERIF)-cyrillic-opsz-normal.woff2,$(CYRILLIC),opsz=14 wght=400:700))
$(eval $(call font_rule,cyrillic-italic,$(SERIF)-cyrillic-opsz-italic.woff2,$(CYRILLIC),opsz=14 wght=400))
$(eval $(call font_rule,georgian,$(GEORGIAN)-georgian-wght-normal.woff2,$(MKHEDRULI),wght=400:700))
$(eval $(call font_rule,lari,$(GEORGIAN)-latin-ext-wght-normal.woff2,U+20BE,wght=400:700))
$(eval $(call font_rule,arabic,$(NASKH)-arabic-wght-normal.woff2,$(ARABIC),wght=400:700))

# Headlines in Cyrillic have one weight, so its letters and the figures and
# points of the Latin file can be one file: one request less.
FONTS += $(WEB)/fonts/cyrillic-display.woff2
$(WEB)/fonts/cyrillic-display.woff2: web/web.mk $(NODE_DONE)
	@mkdir -p $(@D)
	for part in cyrillic:$(CYRILLIC) latin:$(POINTS); do \
	    fonttools varLib.instancer -q --no-recalc-timestamp \
	        $(SERIF)-$${part%%:*}-opsz-normal.woff2 opsz=48 wght=600 -o $@.$$$$.whole.ttf && \
	    pyftsubset $@.$$$$.whole.ttf --unicodes=$${part#*:} --no-hinting --desubroutinize \
	        --layout-features-=$(UNUSED) --output-file=$@.$$$$.$${part%%:*}.ttf || exit 1; \
	done && \
	pyftmerge --output-file=$@.$$$$.both.ttf \
	    $@.$$$$.cyrillic.ttf $@.$$$$.latin.ttf >/dev/null 2>&1 && \
	pyftsubset $@.$$$$.both.ttf --unicodes='*' --no-hinting --no-recalc-timestamp --layout-features='*' \
	    --flavor=woff2 --output-file=$@.$$$$ && \
	rm $@.$$$$.*.ttf && mv $@.$$$$ $@

# The fonts' licence (OFL-1.1) goes wherever the fonts go.
$(WEB)/fonts/licences.txt: $(NODE_DONE)
	@mkdir -p $(@D)
	for p in source-serif-4 noto-serif-georgian noto-naskh-arabic; do \
	    echo "$$p"; echo; cat node_modules/@fontsource-variable/$$p/LICENSE; echo; \
	done > $@

# hls.js (Apache-2.0) is part of player.js: its licence goes along.
$(WEB)/hls.js-licence.txt: $(NODE_DONE)
	@mkdir -p $(@D)
	cp node_modules/hls.js/LICENSE $@

# ---- Scripts and style ---------------------------------------------------------

# reader.js stands on every page; saving.js is fetched when somebody saves an
# article; live.js stands on live blogs, tv.js on channels, recording.js on
# programmes that were recorded; player.js with hls.js is fetched when somebody presses Play; sw.js is the service worker.
define script_rule
SCRIPTS += $(WEB)/$(1).js
$(WEB)/$(1).js: $(wildcard web/reader/*.js) web/web.mk $(NODE_DONE)
	@mkdir -p $$(@D)
	$(ESBUILD) web/reader/$(2).js --bundle --format=esm --minify \
	    --target=es2022 --log-level=warning --outfile=$$@.$$$$$$$$ && mv $$@.$$$$$$$$ $$@
endef
$(eval $(call script_rule,reader,main))
$(eval $(call script_rule,saving,saving))
$(eval $(call script_rule,live,live))
$(eval $(call script_rule,sw,worker))
$(eval $(call script_rule,tv,tv))
$(eval $(call script_rule,recording,recording))
$(eval $(call script_rule,player,player))

$(WEB)/style.css: web/theme/style.css $(NODE_DONE)
	@mkdir -p $(@D)
	$(ESBUILD) $< --minify --legal-comments=inline --log-level=warning \
	    --outfile=$@.$$$$ && mv $@.$$$$ $@

# ---- Tables ----------------------------------------------------------------------

EMBED := $(B)/tools/embed
$(EMBED): $(call objects,tools/embed.c) $(call archive,render) $(call archive,base)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(call pkg_libs,libbrotlienc libdeflate)

# PATH=FILE for each file, by its name alone.
embed_args = $(foreach f,$(1),$(notdir $(f))=$(f))

ASSET_FILES := $(FONTS) $(WEB)/fonts/licences.txt $(SCRIPTS) \
               $(WEB)/hls.js-licence.txt web/theme/slate.svg \
               web/theme/favicon.svg web/theme/favicon.ico

$(GEN_SITE)/web_theme.c: $(EMBED) $(THEME_FILES) $(WEB)/style.css web/web.mk
	@mkdir -p $(@D)
	$(EMBED) web_theme $(call embed_args,$(THEME_FILES) $(WEB)/style.css) > $@
$(GEN_SITE)/web_messages.c: $(EMBED) $(MESSAGE_FILES) web/web.mk
	@mkdir -p $(@D)
	$(EMBED) web_messages $(call embed_args,$(MESSAGE_FILES)) > $@
$(GEN_SITE)/web_assets.c: $(EMBED) $(ASSET_FILES) web/web.mk
	@mkdir -p $(@D)
	$(EMBED) --packed web_assets $(call embed_args,$(ASSET_FILES)) > $@

GENERATED_site := $(patsubst %,$(B)/obj/gen/site/%.o,web_theme web_messages web_assets)
