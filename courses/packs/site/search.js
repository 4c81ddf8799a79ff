// Searches the pack's own text. The words were segmented when the pack was built (words.js), because
// Thai has no spaces; terms that are not whole words are found inside the text. Nothing is fetched,
// so that it works from a folder, a memory card or a phone.
(function () {
  "use strict";
  var form = document.querySelector(".search"), field = document.getElementById("q");
  var list = document.getElementById("results"), status = document.getElementById("found");
  if (!form || !window.PACK) { return; }
  form.hidden = false;
  var up = document.body.getAttribute("data-up");

  function normalize(text) { return text.normalize("NFC").toLowerCase(); }

  function rank(page, terms) {
    var points = 0;
    for (var i = 0; i < terms.length; i++) {
      var term = terms[i];
      if (page.low.indexOf(term) < 0) { return 0; }
      points += page.words.indexOf("\n" + term + "\n") >= 0 ? 3 : 1;
      if (normalize(page.title).indexOf(term) >= 0) { points += 5; }
    }
    return points;
  }

  // The next position in the text that does not separate a combining mark from its letter.
  function clusterStart(text, at) {
    at = Math.max(0, at);
    while (at < text.length && /[\u0e31\u0e33-\u0e3a\u0e47-\u0e4e\u0300-\u036f]/.test(text[at])) {
      at++;
    }
    return at;
  }

  function passage(page, term) {
    var at = normalize(page.text).indexOf(term), element = document.createElement("p");
    if (at < 0) { element.textContent = page.text.slice(0, 120); return element; }
    var mark = document.createElement("mark");
    mark.textContent = page.text.slice(at, at + term.length);
    element.append((at > 40 ? "…" : "") + page.text.slice(clusterStart(page.text, at - 40), at), mark,
      page.text.slice(at + term.length, clusterStart(page.text, at + term.length + 80)) + "…");
    return element;
  }

  function search() {
    var terms = normalize(field.value).split(/\s+/).filter(Boolean);
    list.textContent = "";
    status.textContent = "";
    if (!terms.length) { return; }
    var found = [];
    window.PACK.forEach(function (page) {
      page.low = page.low || normalize(page.title + "\n" + page.text);
      var points = rank(page, terms);
      if (points) { found.push([points, page]); }
    });
    found.sort(function (a, b) { return b[0] - a[0]; });
    status.textContent = found.length
      ? status.getAttribute("data-some") + " " + found.length : status.getAttribute("data-none");
    found.forEach(function (pair) {
      var item = document.createElement("li"), link = document.createElement("a");
      link.href = up + pair[1].address;
      link.textContent = pair[1].title;
      item.append(link, passage(pair[1], terms[0]));
      list.append(item);
    });
  }

  form.addEventListener("submit", function (event) { event.preventDefault(); search(); });
  field.addEventListener("input", search);
})();
