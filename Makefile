# Broadsheet: one Makefile. `make help` lists what it can do.
#
#   FLAVOUR  release (default), asan, tsan, fuzz, coverage
#   CC       gcc (default) or clang-14; fuzz always uses clang-14
#   WERROR=1 makes warnings errors, as CI does
#   PREFIX, DESTDIR  for `make install`

FLAVOUR ?= release
PREFIX  ?= /usr/local
DESTDIR ?=
B       := build/$(FLAVOUR)

VERSION := $(shell cat VERSION)

# ---- Layers, lowest first; what each may use of ours and of the system -----

LAYERS := base net store render media link content edge playout site newsroom exchange cli

BELOW_base     :=
BELOW_net      := base
BELOW_store    := base
BELOW_render   := base
BELOW_media    := base
BELOW_link     := net base
BELOW_content  := store render base
BELOW_edge     := link media net base
BELOW_playout  := link media net base
BELOW_site     := content link net store render base
BELOW_newsroom := content net store render base
BELOW_exchange := content store render base
BELOW_cli      := edge playout site newsroom exchange content link media net store render base

PKG_base    := libcrypto jansson
PKG_net     := libcurl
PKG_store   := sqlite3 icu-uc
PKG_render  := jansson icu-uc icu-i18n libbrotlienc libdeflate freetype2
PKG_media   := jansson
PKG_link    := libdeflate
PKG_content := jansson
PKG_site    := jansson
PKG_newsroom := jansson
PKG_exchange := jansson expat libzstd libsodium
PKG_playout := jansson libdeflate
PKG_edge    := libseccomp libdeflate
PKG_cli     := jansson libseccomp
# Of the helper programs: the newspaper itself links none of it.
PKG_helper_html  := gumbo jansson libseccomp
PKG_helper_image := vips expat freetype2 harfbuzz icu-uc libseccomp
PKG_helper_ingest := libseccomp srt libssl
PKG_helper_media := jansson libavcodec libavfilter libavutil libswscale libswresample libseccomp
PACKAGES    := $(sort $(foreach l,$(LAYERS) helper_html helper_image helper_ingest helper_media,$(PKG_$(l))))
# The layers that a helper is made of, where they are others than these.
LAYERS_helper := render base
LAYERS_helper_ingest := media net base
LAYERS_helper_media := media base
helper_layers = $(or $(LAYERS_helper_$(1)),$(LAYERS_helper))

# ---- Flags ------------------------------------------------------------------

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion \
        -Wvla -Wformat=2 -Wmissing-prototypes -Wstrict-prototypes \
        $(if $(WERROR),-Werror)
HARDEN := -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fPIE
LINK_HARDEN := -pie -Wl,-z,relro,-z,now

FLAGS_release  := -O2 -g $(HARDEN)
FLAGS_asan     := -O1 -g1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
FLAGS_tsan     := -O1 -g1 -fno-omit-frame-pointer -fsanitize=thread
FLAGS_fuzz     := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
FLAGS_coverage := -O0 -g --coverage
LINK_release   := $(LINK_HARDEN)
LINK_asan      := -fsanitize=address,undefined -fuse-ld=gold
LINK_tsan      := -fsanitize=thread -fuse-ld=gold
LINK_fuzz      := -fsanitize=address,undefined
LINK_coverage  := --coverage

ifeq ($(FLAVOUR),fuzz)
CC := clang-14
endif
ifeq ($(origin CC),default)
CC := gcc
endif

CPPFLAGS += -D_GNU_SOURCE -Isrc -I$(B)/gen -include src/base/banned.h \
            -DBROADSHEET_VERSION='"$(VERSION)"'
CFLAGS_ALL := -std=gnu17 $(FLAGS_$(FLAVOUR)) $(WARN) -pthread $(CFLAGS)
LDFLAGS_ALL := $(LINK_$(FLAVOUR)) -pthread -Wl,--as-needed $(LDFLAGS)

PKG_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
ifneq ($(.SHELLSTATUS),0)
# When something is compiled, so that what installs them can be made.
PKG_CFLAGS = $(error libraries are missing: 'tools/install-deps' installs them, and 'make demo' runs it)
endif
# Snowball's library has no file for pkg-config.
pkg_libs = $(if $(strip $(1)),$(shell pkg-config --libs $(1))) \
           $(if $(filter sqlite3,$(1)),-lstemmer) -lm

# ---- What there is to build ---------------------------------------------------

sources  = $(sort $(wildcard src/$(1)/*.c))
objects  = $(patsubst %.c,$(B)/obj/%.o,$(1))
archive  = $(B)/lib/$(1).a
# A layer's archive and those below it, in link order, and their packages.
archives = $(foreach l,$(1) $(BELOW_$(1)),$(call archive,$(l)))
packages = $(sort $(foreach l,$(1) $(BELOW_$(1)),$(PKG_$(l))))

BROADSHEET := $(B)/bin/broadsheet
HELPERS    := $(patsubst helpers/%,$(B)/bin/broadsheet-%,$(patsubst %/,%,$(sort $(dir $(wildcard helpers/*/*.c)))))
UNIT_TESTS := $(patsubst tests/unit/%.c,$(B)/tests/%,$(sort $(wildcard tests/unit/*/test_*.c)))
FUZZERS    := $(patsubst fuzz/%.c,$(B)/fuzz/%,$(sort $(wildcard fuzz/fuzz_*.c)))
BENCHES    := $(patsubst bench/%.c,$(B)/bench/%,$(sort $(wildcard bench/*.c)))
TOOLS      := $(patsubst tools/%.c,$(B)/tools/%,$(sort $(wildcard tools/*.c)))

.PHONY: all
all: $(BROADSHEET) $(HELPERS)

.SUFFIXES:
.SECONDARY:
.DELETE_ON_ERROR:

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(B)/obj/gen/%.o: $(B)/gen/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

define layer_rules
$(call archive,$(1)): $(call objects,$(call sources,$(1))) $(GENERATED_$(1))
	@mkdir -p $$(@D)
	@rm -f $$@
	ar rcs $$@ $$^
endef

-include web/web.mk

$(foreach l,$(LAYERS),$(eval $(call layer_rules,$(l))))

$(BROADSHEET): $(call archives,cli)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ -Wl,--start-group $^ -Wl,--end-group $(call pkg_libs,$(call packages,cli))

define helper_rules
$(B)/bin/broadsheet-$(1): $(call objects,$(sort $(wildcard helpers/*.c helpers/$(1)/*.c))) $(foreach l,$(call helper_layers,$(1)),$(call archive,$(l)))
	@mkdir -p $$(@D)
	$$(CC) $$(LDFLAGS_ALL) -o $$@ -Wl,--start-group $$^ -Wl,--end-group \
	    $$(call pkg_libs,$$(PKG_helper_$(1)) $(foreach l,$(call helper_layers,$(1)),$$(PKG_$(l))))
endef
$(foreach h,$(patsubst $(B)/bin/broadsheet-%,%,$(HELPERS)),$(eval $(call helper_rules,$(h))))

# A unit test links its layer and those below, so a layer is built alone.
# What stands beside the tests and is none is linked into each of them.
test_helpers = $(call objects,$(filter-out tests/unit/$(1)/test_%.c,$(sort $(wildcard tests/unit/$(1)/*.c))))
define unit_rules
$(B)/tests/$(1)/%: $(B)/obj/tests/unit/$(1)/%.o $(call test_helpers,$(1)) $(call archives,$(1))
	@mkdir -p $$(@D)
	$$(CC) $$(LDFLAGS_ALL) -o $$@ $$^ $$(call pkg_libs,$(call packages,$(1)) cmocka)
endef
$(foreach l,$(LAYERS),$(eval $(call unit_rules,$(l))))
# This one plays with the program.
$(B)/tests/media/test_media_program: | $(B)/bin/broadsheet-media

# Every fuzz target is built twice: with libFuzzer in the fuzz flavour, and
# with a main that replays files in the others (tests/replay.c).
$(B)/fuzz/%: $(B)/obj/fuzz/%.o $(if $(filter fuzz,$(FLAVOUR)),,$(B)/obj/tests/replay.o) $(call archives,cli) $(call archive,media)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) $(if $(filter fuzz,$(FLAVOUR)),-fsanitize=fuzzer) -o $@ \
	    $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group \
	    $(call pkg_libs,$(call packages,cli) gumbo)

# This one takes the inside of a helper program in.
$(B)/fuzz/fuzz_html: $(call objects,$(filter-out %/main.c,$(wildcard helpers/html/*.c)))

# What makes up articles and readers for several of them.
GENERATE := $(call objects,$(sort $(wildcard bench/generate/*.c)))
$(B)/obj/bench/%.o: CPPFLAGS += -Ibench

$(B)/bench/%: $(B)/obj/bench/%.o $(GENERATE) $(call archives,cli)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $< $(GENERATE) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(call pkg_libs,$(call packages,cli))

.PHONY: unit-tests fuzzers benches
unit-tests: $(UNIT_TESTS)
fuzzers: $(FUZZERS)
benches: $(BENCHES)

# One layer at a time: `make test-net` builds and runs the tests of src/net.
$(foreach l,$(LAYERS),test-$(l)): test-%: FORCE
	$(MAKE) $(filter $(B)/tests/$*/%,$(UNIT_TESTS))
	tools/run-tests $(filter $(B)/tests/$*/%,$(UNIT_TESTS))

.PHONY: FORCE
FORCE:

# ---- The pictures of the sample newspaper ------------------------------------

DRAW     := $(B)/tools/draw-pictures
PICTURES := build/demo/pictures

$(DRAW): $(call objects,$(sort $(wildcard tools/draw-pictures.c tools/draw/*.c))) $(call archive,base)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(call pkg_libs,cairo libwebp libcrypto)

$(B)/obj/tools/%.o: CPPFLAGS += $(shell pkg-config --cflags cairo libwebp 2>/dev/null)

$(PICTURES)/.drawn: $(DRAW)
	@mkdir -p $(@D)
	$(DRAW) $(@D)
	@touch $@

# ---- What people type --------------------------------------------------------

.PHONY: help demo check check-web audit bench fuzz format install clean

help:
	@echo "make            build ($(FLAVOUR))"
	@echo "make demo       install what is missing, build, serve a sample newspaper"
	@echo "make check      install what is missing, build, run every test"
	@echo "make check-web  only the tests in a browser: what a reader sees, and what it weighs"
	@echo "make audit      Lighthouse over the sample newspaper, ROUNDS=5"
	@echo "make test-net   build and run the tests of one layer (src/net)"
	@echo "make bench      measure, side by side with nginx"
	@echo "make fuzz       fuzz every parser for SECONDS=$(SECONDS) each"
	@echo "make install    PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)"

LISTEN ?= 127.0.0.1:8080

demo:
	tools/install-deps
	$(MAKE) all $(PICTURES)/.drawn
	$(BROADSHEET) demo --listen $(LISTEN)

# Unit tests run three times: as released, with ASan and UBSan (as corpora do), and
# what has threads with TSan; scripts drive the released program, those that
# send it what it should refuse also drive the ASan build.
SCRIPTS  := $(sort $(wildcard tests/source/* tests/cli/* tests/http/*.mjs tests/crash/*.mjs tests/live/*.mjs tests/browser/*.mjs))
# Those that mostly wait for clocks or pictures would take as long again and find nothing new.
ASAN_SCRIPTS := $(filter-out %/languages.mjs %/machines.mjs %/metrics.mjs %/picture-publishing.mjs %/schedule.mjs %/views.mjs %/websub.mjs,$(sort $(wildcard tests/http/*.mjs))) tests/live/origin.mjs
# Those that feed a program in real time run once, with ASan.
RELEASE_TESTS := $(filter-out %/test_media_program %/test_ingest,$(UNIT_TESTS))
THREADED := base net link content edge site
in = $(patsubst $(B)/%,build/$(1)/%,$(2))

check:
	tools/install-deps --check
	$(MAKE) check-all

# What readers get, in Chromium: a part of check.
check-web:
	tools/install-deps --check
	$(MAKE) FLAVOUR=release all $(PICTURES)/.drawn
	tools/run-tests $(filter tests/browser/%,$(SCRIPTS))

# Lighthouse is large and its figures depend on the machine: apart from all else.
audit:
	tools/install-deps --check
	$(MAKE) all $(PICTURES)/.drawn
	@mkdir -p build/audit
	cp tests/audit/package.json tests/audit/package-lock.json build/audit/
	cd build/audit && npm ci --ignore-scripts --no-audit --no-fund
	tests/audit/audit.mjs

.PHONY: check-all check-build
check-build:
	$(MAKE) FLAVOUR=release all unit-tests benches $(PICTURES)/.drawn
	$(MAKE) FLAVOUR=asan all unit-tests fuzzers
	$(MAKE) FLAVOUR=tsan $(foreach l,$(THREADED),$(call in,tsan,$(filter $(B)/tests/$(l)/%,$(UNIT_TESTS))))

# Television first beside what leaves it time: it sheds what it has no time for.
# Whichever column has done its scripts takes programs.
check-all: check-build
	tools/run-tests $(filter-out tests/browser/% tests/crash/% tests/live/%,$(SCRIPTS)) $(addprefix asan:,$(ASAN_SCRIPTS)) \
	    $(filter tests/browser/%,$(SCRIPTS)) -- \
	    $(filter tests/live/%,$(SCRIPTS)) $(filter tests/crash/%,$(SCRIPTS)) ++ \
	    $(call in,release,$(RELEASE_TESTS)) $(call in,asan,$(UNIT_TESTS)) $(call in,asan,$(FUZZERS)) \
	    $(foreach l,$(THREADED),$(call in,tsan,$(filter $(B)/tests/$(l)/%,$(UNIT_TESTS))))

bench:
	tools/install-deps --bench
	$(MAKE) all benches $(PICTURES)/.drawn
	bench/run
	bench/archive

SECONDS ?= 60
fuzz:
	tools/install-deps --bench
	$(MAKE) FLAVOUR=fuzz fuzzers
	tools/run-fuzzers $(SECONDS) $(call in,fuzz,$(FUZZERS))

# For tests/source/rules, which asks clang about every file.
.PHONY: print-flags
print-flags:
	@: $(info $(CPPFLAGS) -Ibench $(PKG_CFLAGS) -std=gnu17 $(WARN))

SOURCES_ALL = $(shell git ls-files '*.c' '*.h')
format:
	clang-format-14 -i $(SOURCES_ALL)

SHARE := $(DESTDIR)$(PREFIX)/share
install: all $(PICTURES)/.drawn
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/libexec/broadsheet $(SHARE)/man/man1 $(SHARE)/broadsheet/demo/pictures
	install -m 755 $(BROADSHEET) $(DESTDIR)$(PREFIX)/bin/
	install -m 755 $(HELPERS) $(DESTDIR)$(PREFIX)/libexec/broadsheet/
	install -m 644 docs/man/*.1 $(SHARE)/man/man1/
	cp -R demo/. $(SHARE)/broadsheet/demo/
	install -m 644 $(PICTURES)/*.webp $(SHARE)/broadsheet/demo/pictures/

clean:
	rm -rf build

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
