/* In the editor's form of a curriculum: adds up the minutes of steps and sessions while they are
   typed, offers every session to the handouts, and gives new sessions a key of their own. The
   words come from the server; without this script the server says the same after a save. */
(() => {
  const MINUTES = /^sessions-(\d+)-minutes$/;

  function start(words) {
    const form = words.closest("form");
    const say = (name, values) =>
      words.dataset[name].replace(/\{(\w+)\}/g, (_all, key) => values[key]);
    const inWords = (minutes) =>
      minutes < 60 ? say("minutes", { minutes })
        : say("hours", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
    const field = (name) => form.elements.namedItem(name);
    const amount = (input) => Math.max(0, parseInt(input?.value, 10) || 0);

    // Sessions that stand in the form, in the order they are seen in.
    function sessions() {
      return [...form.querySelectorAll('input[name^="sessions-"][name$="-minutes"]')]
        .map((input) => ({ input, number: input.name.match(MINUTES)?.[1] }))
        .filter(({ number }) => number !== undefined && field(`sessions-${number}-DELETE`)?.value !== "1")
        .sort((one, other) => amount(field(`sessions-${one.number}-ORDER`)) - amount(field(`sessions-${other.number}-ORDER`)));
    }

    function planned(number) {
      const steps = form.querySelectorAll(`input[name^="sessions-${number}-steps-"][name$="-value-minutes"]`);
      return [...steps].reduce((sum, input) => {
        const deleted = field(input.name.replace(/-value-minutes$/, "-deleted"));
        return deleted?.value ? sum : sum + amount(input);
      }, 0);
    }

    function place(after, name) {
      let shown = after.parentElement.querySelector(`[data-sum="${name}"]`);
      if (!shown) {
        shown = document.createElement("output");
        shown.dataset.sum = name;
        shown.className = "minutes-sum";
        after.after(shown);
      }
      return shown;
    }

    function set(shown, text, tone) {
      if (shown.textContent === text) return;
      shown.textContent = text;
      shown.classList.toggle("minutes-sum--wrong", tone === "wrong");
      shown.classList.toggle("minutes-sum--right", tone === "right");
    }

    function addUp(found) {
      let total = 0;
      for (const { input, number } of found) {
        const minutes = amount(input), steps = planned(number), over = steps - minutes;
        total += minutes;
        const parts = [say("planned", { planned: inWords(steps), minutes: inWords(minutes) })];
        if (over > 0) parts.push(say("over", { over: inWords(over) }));
        if (over < 0) parts.push(say("under", { over: inWords(-over) }));
        set(place(input, "steps"), parts.join(" · "), over ? "wrong" : "right");
      }
      const list = document.getElementById("id_sessions-FORMS");
      if (list) set(place(list, "total"), say("total", { minutes: inWords(total) }));
    }

    function giveKeys(found) {
      const seen = new Set();
      for (const { number } of found) {
        const key = form.querySelector(`input[data-row-key][name="sessions-${number}-key"]`);
        if (!key) continue;
        if (seen.has(key.value)) key.value = newKey();
        seen.add(key.value);
      }
    }

    // crypto.randomUUID is there on https only.
    function newKey() {
      const bytes = crypto.getRandomValues(new Uint8Array(16));
      bytes[6] = (bytes[6] & 15) | 64;
      bytes[8] = (bytes[8] & 63) | 128;
      const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    }

    function offerSessions(found) {
      const offered = found.map(({ number }, place) => [
        field(`sessions-${number}-key`)?.value,
        `${place + 1}. ${field(`sessions-${number}-title`)?.value ?? ""}`,
      ]);
      for (const select of form.querySelectorAll("select[data-session-select]")) {
        const chosen = select.value;
        const options = [["", words.dataset.whole], ...offered];
        if (!options.some(([key]) => key === chosen)) options.push([chosen, words.dataset.deleted]);
        const now = [...select.options].map((option) => `${option.value} ${option.text}`).join("\n");
        if (now === options.map((pair) => pair.join(" ")).join("\n")) continue;
        select.replaceChildren(...options.map(([key, text]) => new Option(text, key, false, key === chosen)));
      }
    }

    let due;
    function look() {
      due = undefined;
      const found = sessions();
      giveKeys(found);
      addUp(found);
      offerSessions(found);
    }
    const soon = () => { due ??= setTimeout(look, 60); };
    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
    form.addEventListener("click", soon);
    new MutationObserver(soon).observe(form, { childList: true, subtree: true });
    look();
  }

  document.addEventListener("DOMContentLoaded", () => {
    const words = document.querySelector("[data-course-form]");
    if (words?.closest("form")) start(words);
  });
})();
