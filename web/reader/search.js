// SPDX-License-Identifier: Apache-2.0
// Suggestions while somebody types a search: a combobox with a list (ARIA
// Authoring Practices 1.2, "list autocomplete with manual selection"). Without
// them the form does all there is to do.

/** @typedef {{ text: string, url: string, kind?: string }} Suggestion */

const WAIT_MS = 150;

/** @param {HTMLElement} ask */
function suggest(ask) {
  const input = /** @type {HTMLInputElement} */ (ask.querySelector("input[type=search]"));
  const list = document.createElement("ul");
  let timer = 0;
  let chosen = -1;
  /** @type {AbortController | undefined} */
  let asking;

  list.className = "options";
  list.id = "options";
  list.role = "listbox";
  list.ariaLabel = input.placeholder;
  list.hidden = true;
  ask.append(list);
  input.role = "combobox";
  input.ariaAutoComplete = "list";
  input.ariaExpanded = "false";
  input.setAttribute("aria-controls", list.id);

  const options = () => /** @type {HTMLElement[]} */ ([...list.children]);

  function close() {
    clearTimeout(timer);
    asking?.abort();
    list.hidden = true;
    input.ariaExpanded = "false";
    choose(-1);
  }

  /** @param {number} index */
  function choose(index) {
    chosen = index;
    options().forEach((option, i) => (option.ariaSelected = String(i === index)));
    const option = options()[index];
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  }

  /** @param {Suggestion[]} found */
  function show(found) {
    list.replaceChildren(
      ...found.map(({ text, url, kind }, i) => {
        const option = document.createElement("li");
        option.id = "option" + i;
        option.role = "option";
        option.dataset.url = url;
        option.append(text);
        if (kind) {
          const small = document.createElement("small");
          small.append(kind);
          option.append(" ", small);
        }
        return option;
      }),
    );
    choose(-1);
    list.hidden = !found.length;
    input.ariaExpanded = String(!!found.length);
  }

  async function look() {
    const text = input.value.trim();
    asking?.abort();
    if (text.length < 2) return close();
    const { signal } = (asking = new AbortController());
    try {
      const answer = await fetch(ask.dataset.suggest + "?q=" + encodeURIComponent(text), { signal });
      if (answer.ok) show(await answer.json());
    } catch {
      // Too late, or too many ask: the form is there.
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, WAIT_MS);
  });
  input.addEventListener("keydown", (event) => {
    const count = options().length;
    if (event.isComposing || list.hidden) return;
    if (event.key === "ArrowDown") choose(chosen + 1 < count ? chosen + 1 : -1);
    else if (event.key === "ArrowUp") choose(chosen < 0 ? count - 1 : chosen - 1);
    else if (event.key === "Enter" && chosen >= 0) location.href = options()[chosen]?.dataset.url ?? "";
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = /** @type {Element} */ (event.target).closest("li");
    if (option) location.href = option.dataset.url ?? "";
  });
}

export function suggestSearches() {
  const ask = /** @type {HTMLElement | null} */ (document.querySelector("[data-suggest]"));
  if (ask) suggest(ask);
}
