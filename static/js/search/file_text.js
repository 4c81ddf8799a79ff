/* Shows editors the state of a file's text for search, polling until it was extracted: on the file's
   own page, below each file just uploaded, below a file chosen for a page. The server renders it. */
(() => {
  const address = document.currentScript.dataset.address; // of file 0
  const INTERVAL = 1000; // milliseconds
  const MAX_REQUESTS = 90;

  async function showStatus(place, file) {
    place.dataset.textOf = file;
    for (let request = 0; request < MAX_REQUESTS; request++) {
      const response = await fetch(address.replace("/0/", `/${file}/`));
      if (!response.ok || place.dataset.textOf !== file || !place.isConnected) return;
      place.innerHTML = await response.text();
      if (response.status !== 202) return; // 202: it is still being extracted
      await new Promise((done) => setTimeout(done, INTERVAL));
    }
  }

  function placeAfter(element) {
    const next = element.nextElementSibling;
    if (next?.dataset.textOf !== undefined) return next;
    const place = document.createElement("div");
    place.setAttribute("role", "status");
    place.dataset.textOf = "";
    element.after(place);
    return place;
  }

  function update(changed) {
    const chooser = changed.closest(".document-chooser");
    if (chooser) {
      const file = document.getElementById(chooser.id.replace(/-chooser$/, ""))?.value ?? "";
      const place = placeAfter(chooser);
      if (place.dataset.textOf === file) return;
      if (file) showStatus(place, file);
      else { place.dataset.textOf = ""; place.innerHTML = ""; }
    }
    for (const form of changed.querySelectorAll('form[action*="/documents/multiple/"]')) {
      const file = form.getAttribute("action").match(/\/multiple\/(\d+)\/$/)?.[1];
      if (file && !form.nextElementSibling?.dataset.textOf) showStatus(placeAfter(form), file);
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const place of document.querySelectorAll("[data-text-of][data-waiting]"))
      showStatus(place, place.dataset.textOf);
    new MutationObserver((changes) => {
      const targets = new Set(changes.map((change) => change.target));
      // The field's value is set after the title, whose change is observed.
      setTimeout(() => targets.forEach((target) => target.isConnected && update(target)));
    }).observe(document.body, { childList: true, subtree: true });
  });
})();
