// The list of articles and the one that is open. What it promises is what other parts of the page need of it.
const reader = (async () => {
  const settings = JSON.parse(document.getElementById("settings").textContent);
  const byId = (id) => document.getElementById(id);
  const VOICES = settings.voices;
  const QUOTED = VOICES.indexOf("quoted");
  const UNCLEAR = VOICES.indexOf("unclear");
  const SHOWN = 50;

  const unpack = async (packed) => {
    const bytes = Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
  };
  // Strings of articles only ever become text nodes and attributes: nothing here parses HTML.
  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };

  const index = await unpack(byId("index").textContent);
  const packed = [...document.querySelectorAll("script.page")];
  const pages = new Map();
  const page = (number) => {
    if (!pages.has(number)) pages.set(number, unpack(packed[number].textContent));
    return pages.get(number);
  };
  const read = async (i) => (index.places[i] < 0 ? null : (await page(Math.floor(index.places[i] / index.page)))[index.places[i] % index.page]);

  const size = index.ids.length;
  const title = (i) => index.titles[i] || index.ids[i];
  const heads = index.ids.map((id, i) => [title(i), index.outlets[index.outlet[i]], id].join("\n").toLowerCase());
  const state = { search: "", outlet: "", label: "", voice: "", target: "", month: "", answer: "", order: "density", readable: false, first: 0, open: -1 };
  let kept = [];
  const hits = new Int32Array(size);
  const quoted = new Int32Array(size);
  const unclear = new Int32Array(size);
  const headline = new Int32Array(size);
  const density = new Float64Array(size);
  let turn = 0;

  const wanted = (span) => (state.label === "" || span[2] === Number(state.label)) && (state.voice === "" || span[4] === Number(state.voice))
    && (state.target === "" || !span[7] || span[7][settings.target] === state.target);

  const count = () => {
    hits.fill(0);
    quoted.fill(0);
    unclear.fill(0);
    headline.fill(0);
    density.fill(0);
    const add = (i, label, voice, number) => {
      if (!wanted([0, 0, label, 0, voice])) return;
      hits[i] += number;
      // As in the plots: what an article quotes from others is not its own, nor is what nobody can tell, unless that is asked for.
      if ((voice !== QUOTED && voice !== UNCLEAR) || state.voice !== "") density[i] += number;
      else (voice === QUOTED ? quoted : unclear)[i] += number;
    };
    if (state.target !== "") for (const row of index.targets[state.target]) add(...row);
    else index.counts.forEach((byVoice, label) => byVoice.forEach((counts, voice) => counts.forEach((number, i) => { if (number) add(i, label, voice, number); })));
    // A headline is a text of its own, which no figure of the text knows of. Whom its spans are about is not counted.
    if (state.target === "") for (const [i, label, voice, number] of index.headlines) if (wanted([0, 0, label, 0, voice])) headline[i] += number;
    for (let i = 0; i < size; i += 1) density[i] = index.words[i] ? (1000 * density[i]) / index.words[i] : 0;
  };

  const answered = (i) => {
    const [question, value] = JSON.parse(state.answer);
    return index.answers[question][i].includes(value);
  };

  const inText = async () => {
    const found = new Set();
    if (!state.search) return found;
    for (let i = 0; i < size; i += 1) {
      const article = await read(i);
      if (article && article.text.toLowerCase().includes(state.search)) found.add(i);
    }
    return found;
  };

  const select = async () => {
    const mine = (turn += 1);
    const texts = await inText();
    // Somebody has typed on meanwhile.
    if (mine !== turn) return;
    count();
    kept = [];
    for (let i = 0; i < size; i += 1) {
      if (state.search && !heads[i].includes(state.search) && !texts.has(i)) continue;
      if (state.outlet !== "" && index.outlet[i] !== Number(state.outlet)) continue;
      if ((state.label !== "" || state.voice !== "" || state.target !== "") && !hits[i] && !headline[i]) continue;
      if (state.readable && index.places[i] < 0) continue;
      if (state.month !== "" && !index.published[i]?.startsWith(state.month)) continue;
      if (state.answer !== "" && !answered(i)) continue;
      kept.push(i);
    }
    const text = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
    const orders = {
      density: (a, b) => density[b] - density[a],
      spans: (a, b) => hits[b] - hits[a],
      title: (a, b) => text(title(a), title(b)),
      published: (a, b) => text(index.published[b] || "", index.published[a] || ""),
    };
    kept.sort(orders[state.order]);
    state.first = 0;
    list();
    const next = kept.includes(state.open) ? state.open : kept.find((i) => index.places[i] >= 0) ?? kept[0] ?? -1;
    await open(next, false);
  };

  const about = (i) => [index.outlets[index.outlet[i]], index.published[i]].filter(Boolean).join(" · ");

  const tally = (i) => {
    const own = hits[i] - quoted[i] - unclear[i];
    const more = [[quoted[i], "in quotations"], [unclear[i], "of unclear voice"], [headline[i], "in the headline"]].filter(([number]) => number).map(([number, where]) => `; ${number} more ${where}`);
    return `${own} ${own === 1 ? "span" : "spans"}, ${density[i].toFixed(1)} per 1,000 words${more.join("")}`;
  };

  const list = () => {
    byId("count").textContent = `${kept.length.toLocaleString("en")} ${kept.length === 1 ? "article" : "articles"}`;
    byId("list").replaceChildren(...kept.slice(state.first, state.first + SHOWN).map((i) => {
      const button = element("button", { type: "button" },
        element("span", { class: "title" }, title(i)),
        element("span", { class: "about" }, `${about(i)} · ${tally(i)}${index.places[i] < 0 ? " · no text here" : ""}`));
      if (i === state.open) button.setAttribute("aria-current", "true");
      button.addEventListener("click", () => open(i, true));
      return element("li", {}, button);
    }));
    byId("list").start = state.first + 1;
    byId("back").disabled = state.first === 0;
    byId("on").disabled = state.first + SHOWN >= kept.length;
    byId("place").textContent = kept.length ? `${state.first + 1} to ${Math.min(state.first + SHOWN, kept.length)}` : "";
  };

  const explain = (spans) => {
    const parts = spans.flatMap(([, , label, share, voice, reasons, speaker, said]) => {
      const about = settings.labels[label];
      const swatch = element("span", { class: "swatch" });
      swatch.style.background = about.colour;
      return [
        element("p", {}, swatch, element("strong", {}, about.name), ` · ${settings.measure} ${share} · voice: ${VOICES[voice]}${speaker ? ` (${speaker})` : ""}`),
        ...(Object.keys(said).length ? [element("p", {}, Object.entries(said).map(([name, value]) => `${name}: ${value}`).join(" · "))] : []),
        element("p", { class: "about" }, about.definition),
        ...(reasons.length ? [element("p", {}, "Flagged because of:"), element("ul", {}, ...reasons.map((reason) => element("li", {}, reason)))] : []),
      ];
    });
    byId("why").replaceChildren(...parts);
    byId("why").hidden = false;
    byId("why").scrollIntoView({ block: "nearest" });
  };

  const highlight = (whole, marked, body) => {
    // Offsets are code points, as Label Studio counts them; JavaScript's own strings count UTF-16 units.
    const points = Array.from(whole);
    const spans = marked.filter(wanted);
    const edges = [...new Set([0, points.length, ...spans.flatMap((span) => [span[0], span[1]])])].sort((a, b) => a - b);
    for (let i = 0; i + 1 < edges.length; i += 1) {
      const here = spans.filter((span) => span[0] <= edges[i] && span[1] >= edges[i + 1]);
      const text = points.slice(edges[i], edges[i + 1]).join("");
      if (!here.length) { body.append(text); continue; }
      const voice = [QUOTED, UNCLEAR].find((one) => here.every((span) => span[4] === one)) ?? -1;
      const said = voice < 0 ? "" : VOICES[voice];
      const names = here.map((span) => settings.labels[span[2]].name).join(", ");
      const mark = element("span", { role: "button", tabindex: "0", class: `mark ${said}`.trim(), title: names, "data-starts": here.map((span) => span[0]).join(" ") },
        text, element("span", { class: "unseen" }, ` (${names}${said ? `, ${said}` : ""})`));
      mark.style.setProperty("--label", settings.labels[here[0][2]].colour);
      mark.addEventListener("click", () => explain(here));
      mark.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); explain(here); }
      });
      body.append(mark);
    }
    return body;
  };

  const open = async (i, focus) => {
    state.open = i;
    byId("why").hidden = true;
    const article = i < 0 ? null : await read(i);
    // Another was opened meanwhile.
    if (state.open !== i) return;
    const parts = [];
    if (i < 0) parts.push(element("p", { class: "about" }, "No article matches."));
    else {
      parts.push(highlight(title(i), article ? article.headline : [], element("h3")), element("p", { class: "about" }, `${about(i)} · ${index.words[i]} words · id ${index.ids[i]}`));
      if (!article) parts.push(element("p", {}, `Its text is not in this file. With the scores at hand, framing trace SCORES --article ${JSON.stringify(index.ids[i])} shows its spans and why each was flagged.`));
      else {
        for (const [question, answers] of Object.entries(article.answers)) {
          if (answers.length) parts.push(element("p", { class: "about" }, `${question}: ${answers.map(([name, share, decided]) => `${name.replaceAll("_", " ")} ${share}${decided ? " (decided)" : ""}`).join(", ")}`));
        }
        parts.push(highlight(article.text, article.spans, element("div", { class: "text" })));
      }
    }
    byId("article").replaceChildren(...parts);
    list();
    if (focus) {
      byId("article").focus({ preventScroll: true });
      const sheet = byId("article").getBoundingClientRect();
      if (sheet.top < 0 || sheet.top > window.innerHeight - 120) byId("article").scrollIntoView();
    }
  };

  // The article, at the span that begins there.
  const show = async (i, start) => {
    await open(i, true);
    const mark = byId("article").querySelector(`.text .mark[data-starts~="${start}"]`);
    mark?.scrollIntoView({ block: "center" });
    mark?.click();
    mark?.focus({ preventScroll: true });
  };

  index.outlets.forEach((name, number) => byId("outlet").append(element("option", { value: number }, name)));
  const on = (id, event, key, value) => byId(id)?.addEventListener(event, (happened) => { state[key] = value(happened.target); select(); });
  on("search", "input", "search", (target) => target.value.trim().toLowerCase());
  Object.keys(index.targets).forEach((name) => byId("target")?.append(element("option", { value: name }, name)));
  const months = [...new Set(index.published.map((when) => /^\d{4}-\d{2}/.exec(when ?? "")?.[0]).filter(Boolean))].sort();
  months.forEach((month) => byId("month").append(element("option", { value: month }, month)));
  byId("of-month").hidden = !months.length;
  for (const [question, values] of Object.entries(settings.questions)) {
    if (!Object.hasOwn(index.answers, question)) continue;
    values.forEach((value, number) => byId("answer").append(element("option", { value: JSON.stringify([question, number]) }, `${question}: ${value}`.replaceAll("_", " "))));
  }
  if (byId("of-answer")) byId("of-answer").hidden = byId("answer").options.length < 2;
  for (const id of ["outlet", "month", "label", "voice", "target", "answer", "order"]) on(id, "change", id, (target) => target.value);
  on("readable", "change", "readable", (target) => target.checked);
  byId("search").form.addEventListener("submit", (event) => event.preventDefault());
  byId("back").addEventListener("click", () => { state.first -= SHOWN; list(); });
  byId("on").addEventListener("click", () => { state.first += SHOWN; list(); });

  // A figure leads to the articles behind it: #articles?outlet=...&target=..., or to one: #articles?id=...
  const known = {
    outlet: (name) => String(index.outlets.indexOf(name)),
    label: (name) => String(settings.labels.findIndex((label) => label.name === name)),
    answer: (name) => {
      const question = Object.keys(settings.questions).find((one) => name.startsWith(`${one}:`));
      return JSON.stringify([question, settings.questions[question]?.indexOf(name.slice(question.length + 1))]);
    },
  };
  // What the address asks of a part of the page; null if it asks nothing of it.
  const readAddress = (part) => {
    const [asked, query] = window.location.hash.slice(1).split("?");
    return asked === part && query !== undefined ? new URLSearchParams(query) : null;
  };
  const follow = async () => {
    const asked = readAddress("articles");
    if (!asked) return;
    for (const id of ["outlet", "month", "label", "voice", "target", "answer"]) {
      const value = asked.get(id);
      const there = value === null || !byId(id) ? "" : (known[id]?.(value) ?? value);
      if (byId(id)) byId(id).value = there;
      // What the page does not know is asked for in vain, and everything is shown.
      state[id] = byId(id)?.value ?? "";
      if (byId(id) && byId(id).selectedIndex < 0) byId(id).value = "";
    }
    state.search = byId("search").value = "";
    await select();
    const one = index.ids.indexOf(asked.get("id"));
    if (one >= 0) await open(one, false);
    byId("articles").scrollIntoView();
    byId("article").focus({ preventScroll: true });
  };
  window.addEventListener("hashchange", follow);
  await select();
  await follow();
  document.documentElement.dataset.ready = "true";
  return { index, settings, read, element, title, show, known, readAddress };
})();
