// SPDX-License-Identifier: Apache-2.0
/* Pages for when there is nobody to print: they need no file, no script and no
 * language, only the reader's own serif. */
#include "site/printer.h"

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
    "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">" \
    "<meta name=\"viewport\" content=\"width=device-width\">" \
    "<title>" code "</title>" STYLE "</head><body><main><h1>" english \
    "</h1><p lang=\"ka\">" georgian "</p><p lang=\"ru\">" russian \
    "</p></main></body></html>\n"

struct str site_static_page(int status)
{
    switch (status) {
    case 429:
        return STR(PAGE("429", "Too many requests. Please wait a minute.",
                        "ძალიან ბევრი მოთხოვნაა. გთხოვთ, დაელოდოთ ერთ წუთს.",
                        "Слишком много запросов. Подождите минуту."));
    case 500:
        return STR(PAGE("500", "Something went wrong on our side.",
                        "ჩვენს მხარეს შეცდომა მოხდა.",
                        "На нашей стороне произошла ошибка."));
    case 503:
        return STR(PAGE("503", "We are busy. Please try again soon.",
                        "დროებით დატვირთული ვართ. სცადეთ ცოტა ხანში.",
                        "Мы перегружены. Попробуйте чуть позже."));
    default:
        return STR("");
    }
}
