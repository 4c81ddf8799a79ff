/* The editor's form of a curriculum: adds up the minutes of steps and sessions while they are
   typed, keeps the session selects of handouts up to date, and gives new sessions unique keys.
   Translated strings come from data attributes; without JavaScript the server does the same when
   the page is saved. */
(() => {
  const MINUTES = /^sessions-(\d+)-minutes$/;

  function start(strings) {
    const form = strings.closest("form");
    const format = (name, values) =>
      strings.dataset[name].replace(/\{(\w+)\}/g, (_all, key) => values[key]);
    const formatMinutes = (minutes) =>
      minutes < 60 ? format("minutes", { minutes })
        : format("hours", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
    const field = (name) => form.elements.namedItem(name);
    const amount = (input) => Math.max(0, parseInt(input?.value, 10) || 0);

    // The sessions in the form that are not deleted, in the order shown.
    function sessions() {
      return [...form.querySelectorAll('input[name^="sessions-"][name$="-minutes"]')]
        .map((input) => ({ input, number: input.name.match(MINUTES)?.[1] }))
        .filter(({ number }) => number !== undefined && field(`sessions-${number}-DELETE`)?.value !== "1")
        .sort((one, other) => amount(field(`sessions-${one.number}-ORDER`)) - amount(field(`sessions-${other.number}-ORDER`)));
    }

    function plannedMinutes(number) {
      const steps = form.querySelectorAll(`input[name^="sessions-${number}-steps-"][name$="-value-minutes"]`);
      return [...steps].reduce((sum, input) => {
        const deleted = field(input.name.replace(/-value-minutes$/, "-deleted"));
        return deleted?.value ? sum : sum + amount(input);
      }, 0);
    }

    function outputAfter(element, name) {
      let output = element.parentElement.querySelector(`[data-sum="${name}"]`);
      if (!output) {
        output = document.createElement("output");
        output.dataset.sum = name;
        output.className = "minutes-sum";
        element.after(output);
      }
      return output;
    }

    function show(output, text, tone) {
      if (output.textContent === text) return;
      output.textContent = text;
      output.classList.toggle("minutes-sum--wrong", tone === "wrong");
      output.classList.toggle("minutes-sum--right", tone === "right");
    }

    function addUp(found) {
      let total = 0;
      for (const { input, number } of found) {
        const minutes = amount(input), steps = plannedMinutes(number), over = steps - minutes;
        total += minutes;
        const parts = [format("planned", { planned: formatMinutes(steps), minutes: formatMinutes(minutes) })];
        if (over > 0) parts.push(format("over", { over: formatMinutes(over) }));
        if (over < 0) parts.push(format("under", { over: formatMinutes(-over) }));
        show(outputAfter(input, "steps"), parts.join(" · "), over ? "wrong" : "right");
      }
      const list = document.getElementById("id_sessions-FORMS");
      if (list) show(outputAfter(list, "total"), format("total", { minutes: formatMinutes(total) }));
    }

    function ensureUniqueKeys(found) {
      const seen = new Set();
      for (const { number } of found) {
        const key = form.querySelector(`input[data-row-key][name="sessions-${number}-key"]`);
        if (!key) continue;
        if (seen.has(key.value)) key.value = newKey();
        seen.add(key.value);
      }
    }

    // crypto.randomUUID needs https.
    function newKey() {
      const bytes = crypto.getRandomValues(new Uint8Array(16));
      bytes[6] = (bytes[6] & 15) | 64;
      bytes[8] = (bytes[8] & 63) | 128;
      const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    }

    function updateSessionSelects(found) {
      const offered = found.map(({ number }, place) => [
        field(`sessions-${number}-key`)?.value,
        `${place + 1}. ${field(`sessions-${number}-title`)?.value ?? ""}`,
      ]);
      for (const select of form.querySelectorAll("select[data-session-select]")) {
        const chosen = select.value;
        const options = [["", strings.dataset.whole], ...offered];
        if (!options.some(([key]) => key === chosen)) options.push([chosen, strings.dataset.deleted]);
        const now = [...select.options].map((option) => `${option.value} ${option.text}`).join("\n");
        if (now === options.map((pair) => pair.join(" ")).join("\n")) continue;
        select.replaceChildren(...options.map(([key, text]) => new Option(text, key, false, key === chosen)));
      }
    }

    let timer;
    function update() {
      timer = undefined;
      const found = sessions();
      ensureUniqueKeys(found);
      addUp(found);
      updateSessionSelects(found);
    }
    const scheduleUpdate = () => { timer ??= setTimeout(update, 60); };
    form.addEventListener("input", scheduleUpdate);
    form.addEventListener("change", scheduleUpdate);
    form.addEventListener("click", scheduleUpdate);
    new MutationObserver(scheduleUpdate).observe(form, { childList: true, subtree: true });
    update();
  }

  document.addEventListener("DOMContentLoaded", () => {
    const strings = document.querySelector("[data-course-form]");
    if (strings?.closest("form")) start(strings);
  });
})();
