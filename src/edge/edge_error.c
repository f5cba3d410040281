// SPDX-License-Identifier: Apache-2.0
/* Pages for when there is nobody to print: they need no file, no script and no
 * language, only the reader's own serif. Nothing of them depends on the
 * request, so nothing can be injected. */
#include <assert.h>

#include "edge/edge_internal.h"

#define STYLE \
    "<style>:root{color-scheme:light " \
    "dark;--p:#fbf9f4;--i:#1a1814;--s:#57524a}" \
    "@media(prefers-color-scheme:dark){" \
    ":root{--p:#141311;--i:#ece7dc;--s:#ada698}}" \
    "body{margin:12vh auto;max-width:36rem;padding:0 " \
    "1rem;background:var(--p);" \
    "color:var(--i);font:1.125rem/1.5 Georgia,'Noto Serif',serif}" \
    "main{border-top:4px solid;padding-top:.75rem}" \
    "h1{font-size:2rem;line-height:1.15;margin:0 0 1rem}" \
    "p{margin:.4rem 0;color:var(--s)}</style>"

#define PAGE(code, english, georgian, russian) \
    STR_INIT("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">" \
             "<meta name=\"viewport\" content=\"width=device-width\">" \
             "<title>" code "</title>" STYLE "</head><body><main><h1>" english \
             "</h1><p lang=\"ka\">" georgian "</p><p lang=\"ru\">" russian \
             "</p></main></body></html>\n")

#define COMMON \
    "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n" \
    "Content-Security-Policy: default-src 'none'; style-src " \
    "'unsafe-inline'\r\n"

static const struct {
    int status;
    struct str fields;
    struct str page;
} errors[] = {
    {400, STR_INIT(COMMON),
     PAGE("400", "This address cannot be understood.",
          "ეს მისამართი გაუგებარია.", "Этот адрес непонятен.")},
    {404, STR_INIT(COMMON),
     PAGE("404", "There is no such page.", "ასეთი გვერდი არ არსებობს.",
          "Такой страницы нет.")},
    {405, STR_INIT("Allow: GET, HEAD\r\n" COMMON),
     PAGE("405", "Pages can only be read.",
          "გვერდების მხოლოდ წაკითხვა შეიძლება.",
          "Страницы можно только читать.")},
    {414, STR_INIT(COMMON),
     PAGE("414", "This address is too long.", "მისამართი ზედმეტად გრძელია.",
          "Этот адрес слишком длинный.")},
    {429, STR_INIT("Retry-After: 10\r\n" COMMON),
     PAGE("429", "So many searches at once? Please try again soon.",
          "ამდენი ძიება ერთად? სცადეთ ცოტა ხანში.",
          "Слишком много поисков подряд. Попробуйте чуть позже.")},
    {500, STR_INIT(COMMON),
     PAGE("500", "Something went wrong on our side.",
          "ჩვენს მხარეს შეცდომა მოხდა.", "На нашей стороне произошла ошибка.")},
    {503, STR_INIT("Retry-After: 5\r\n" COMMON),
     PAGE("503", "We are busy. Please try again soon.",
          "დროებით დატვირთული ვართ. სცადეთ ცოტა ხანში.",
          "Мы перегружены. Попробуйте чуть позже.")},
    {504, STR_INIT("Retry-After: 5\r\n" COMMON),
     PAGE("504", "The newsroom does not answer. Please try again soon.",
          "რედაქცია არ პასუხობს. სცადეთ ცოტა ხანში.",
          "Редакция не отвечает. Попробуйте чуть позже.")},
};

void edge_answer_error(struct http_exchange *exchange, int status)
{
    size_t i = 0;
    while (errors[i].status != status) {
        i++;
        assert(i < sizeof errors / sizeof *errors);
    }
    http_answer(exchange, &(struct http_answer){
                              .status = status,
                              .content_type = STR("text/html; charset=utf-8"),
                              .fields = errors[i].fields,
                              .body = errors[i].page,
                          });
}
