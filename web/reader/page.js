// SPDX-License-Identifier: Apache-2.0

/**
 * Another page of this site as a document; its scripts do not run. By
 * XMLHttpRequest, because its parser is not a sink for Trusted Types.
 * @param {string} url
 * @returns {Promise<Document>}
 */
export function fetchPage(url) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", url);
    request.responseType = "document";
    request.onload = () =>
      request.status === 200 && request.response
        ? resolve(request.response)
        : reject(new Error(String(request.status)));
    request.onerror = () => reject(new Error("network"));
    request.send();
  });
}
