// SPDX-License-Identifier: Apache-2.0
// On a phone the bar of sections is wider than the screen: the one that the page
// belongs to is brought into sight.

/** The middle of a box. @param {Element} box */
const middle = (box) => {
  const { left, width } = box.getBoundingClientRect();
  return left + width / 2;
};

export function showSection() {
  const current = document.querySelector(".bar li [aria-current]");
  const list = current?.closest("ul");
  if (current && list) list.scrollLeft += middle(current) - middle(list);
}
