/* In the editor: refreshes the suggested lessons while a page is being written. Lessons that were
   answered or are being answered stay in place. Without this script the list is that of the last
   save. */
(() => {
  const DELAY = 1200; // milliseconds after the last key
  const MAX_LENGTH = 4000; // characters

  function textOf(form) {
    const fields = form.querySelectorAll("textarea, input[type=text]");
    return [...fields]
      .filter((field) => !/^(lesson-|slug$|seo_|search_|comments-|comment_)/.test(field.name))
      .map((field) => field.value).filter(Boolean).join("\n").slice(0, MAX_LENGTH);
  }

  function isTouched(item) {
    return item.querySelector("input:checked") || item.contains(document.activeElement)
      || [...item.querySelectorAll("textarea")].some((area) => area.value);
  }

  async function refresh(panel, form) {
    const body = new FormData();
    body.set("text", textOf(form));
    body.set("page", panel.dataset.page);
    body.set("model", panel.dataset.model);
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    const response = await fetch(panel.dataset.address, {
      method: "POST", body, headers: { "X-CSRFToken": token },
    });
    if (!response.ok) return;
    const fresh = document.createElement("div");
    fresh.innerHTML = await response.text();
    const list = panel.querySelector("[data-lesson-suggestions-list]");
    const before = [...list.querySelectorAll("[data-lesson]")];
    const known = new Set(before.map((item) => item.dataset.lesson));
    const kept = before.filter(isTouched);
    const keptIds = new Set(kept.map((item) => item.dataset.lesson));
    const items = [...fresh.querySelectorAll("[data-lesson]")]
      .filter((item) => !keptIds.has(item.dataset.lesson));
    if (!kept.length) list.replaceChildren(...fresh.children);
    else {
      before.filter((item) => !keptIds.has(item.dataset.lesson)).forEach((item) => item.remove());
      list.querySelector("ul").append(...items);
    }
    const status = panel.querySelector("[data-lesson-suggestions-status]");
    const isNew = items.some((item) => !known.has(item.dataset.lesson));
    status.textContent = isNew ? status.dataset.added : "";
  }

  document.addEventListener("DOMContentLoaded", () => {
    const panel = document.querySelector("[data-lesson-suggestions]");
    const form = panel?.closest("form");
    if (!form) return;
    let timer, last = textOf(form);
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const text = textOf(form);
        if (text === last) return;
        last = text;
        refresh(panel, form).catch(() => {});
      }, DELAY);
    });
  });
})();
