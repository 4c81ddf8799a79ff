/* Tells editors what search could read in a file, as soon as it was read: on the file's own page,
   below each file just uploaded, below a file chosen for a page. The words come from the server. */
(() => {
  const address = document.currentScript.dataset.address; // of file 0
  const EVERY = 1000; // milliseconds
  const LONGEST = 90; // questions

  async function tell(place, file) {
    place.dataset.textOf = file;
    for (let asked = 0; asked < LONGEST; asked++) {
      const answer = await fetch(address.replace("/0/", `/${file}/`));
      if (!answer.ok || place.dataset.textOf !== file || !place.isConnected) return;
      place.innerHTML = await answer.text();
      if (answer.status !== 202) return; // 202: it is still being read
      await new Promise((done) => setTimeout(done, EVERY));
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

  function lookAt(changed) {
    const chooser = changed.closest(".document-chooser");
    if (chooser) {
      const file = document.getElementById(chooser.id.replace(/-chooser$/, ""))?.value ?? "";
      const place = placeAfter(chooser);
      if (place.dataset.textOf === file) return;
      if (file) tell(place, file);
      else { place.dataset.textOf = ""; place.innerHTML = ""; }
    }
    for (const form of changed.querySelectorAll('form[action*="/documents/multiple/"]')) {
      const file = form.getAttribute("action").match(/\/multiple\/(\d+)\/$/)?.[1];
      if (file && !form.nextElementSibling?.dataset.textOf) tell(placeAfter(form), file);
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const place of document.querySelectorAll("[data-text-of][data-waiting]"))
      tell(place, place.dataset.textOf);
    new MutationObserver((changes) => {
      const targets = new Set(changes.map((change) => change.target));
      // The field's value is set beside the title that is seen to change.
      setTimeout(() => targets.forEach((target) => target.isConnected && lookAt(target)));
    }).observe(document.body, { childList: true, subtree: true });
  });
})();
