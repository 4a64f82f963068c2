"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const PAGE = 200;
  const state = { search: "", label: "", voice: "", sort: "density", down: true, shown: PAGE, open: null };

  // Strings of articles only ever become text nodes and attributes: nothing here parses HTML.
  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };
  const wanted = (span) => (!state.label || span[2] === state.label) && (!state.voice || span[4] === state.voice);

  for (const article of data.articles) {
    article.found = [article.title, article.outlet, article.text].join("\n").toLowerCase();
    article.title = article.title || article.id;
    article.outlet = article.outlet || "";
  }

  const select = () => {
    const found = data.articles.filter((article) => article.found.includes(state.search));
    for (const article of found) {
      const hits = article.spans.filter(wanted);
      // As in the plot: what an article quotes from others is not its own, unless quotations are asked for.
      const own = state.voice ? hits : hits.filter((span) => span[4] !== "quoted");
      article.hits = hits.length;
      article.density = article.words ? (1000 * own.length) / article.words : 0;
    }
    const kept = state.label || state.voice ? found.filter((article) => article.hits) : found;
    const key = { title: (a) => a.title, outlet: (a) => a.outlet, spans: (a) => a.hits, density: (a) => a.density }[state.sort];
    const sign = state.down ? -1 : 1;
    return kept.sort((a, b) => (key(a) < key(b) ? -sign : key(a) > key(b) ? sign : 0));
  };

  const list = () => {
    const kept = select();
    byId("count").textContent = kept.length + (kept.length === 1 ? " article" : " articles");
    const rows = kept.slice(0, state.shown).map((article) => {
      const row = element("tr", {},
        element("td", {}, element("button", { type: "button" }, article.title)),
        element("td", {}, article.outlet),
        element("td", {}, String(article.hits)),
        element("td", {}, article.density.toFixed(1)));
      if (article === state.open) row.setAttribute("aria-current", "true");
      row.addEventListener("click", () => open(article, true));
      return row;
    });
    document.querySelector("#table tbody").replaceChildren(...rows);
    byId("more").hidden = kept.length <= state.shown;
    for (const button of document.querySelectorAll("[data-sort]")) {
      const sorted = button.dataset.sort === state.sort ? (state.down ? "descending" : "ascending") : "none";
      button.closest("th").setAttribute("aria-sort", sorted);
    }
    return kept;
  };

  const highlight = (article) => {
    // Offsets are code points, as Label Studio counts them; JavaScript's own strings count UTF-16 units.
    const points = Array.from(article.text);
    const slice = (start, end) => points.slice(start, end).join("");
    const spans = article.spans.filter(wanted);
    const edges = [...new Set([0, points.length, ...spans.flatMap((span) => [span[0], span[1]])])].sort((a, b) => a - b);
    const body = element("div", { class: "text" });
    for (let i = 0; i + 1 < edges.length; i += 1) {
      const here = spans.filter((span) => span[0] <= edges[i] && span[1] >= edges[i + 1]);
      const text = slice(edges[i], edges[i + 1]);
      if (!here.length) { body.append(text); continue; }
      const tip = here.map((span) => `${span[2]} · ${data.measure} ${span[3]} · ${span[4]}. ${(data.labels[span[2]] || {}).definition || ""}`).join(" | ");
      const mark = element("mark", { "data-tip": tip, tabindex: "0", class: here.every((span) => span[4] === "quoted") ? "quoted" : "own" }, text);
      mark.style.setProperty("--mark", (data.labels[here[0][2]] || {}).colour || "#888888");
      mark.setAttribute("aria-label", `${text} (${tip})`);
      body.append(mark);
    }
    return body;
  };

  const open = (article, focus) => {
    state.open = article;
    const about = [article.outlet, article.published, `${article.words} words`].filter(Boolean).join(" · ");
    const answers = article.answers.map(([name, share]) => `${name} ${share}`).join(", ");
    byId("article").replaceChildren(
      element("h3", {}, article.title),
      element("p", { class: "about" }, about + (answers ? ` · ${data.questions}: ${answers}` : "")),
      highlight(article));
    list();
    if (focus) byId("article").focus({ preventScroll: true });
  };

  const change = () => {
    state.shown = PAGE;
    const kept = list();
    const next = kept.includes(state.open) ? state.open : kept[0];
    if (next) open(next, false);
    else byId("article").replaceChildren(element("p", { class: "about" }, "No article matches."));
  };
  byId("search").addEventListener("input", (event) => { state.search = event.target.value.toLowerCase(); change(); });
  byId("label").addEventListener("change", (event) => { state.label = event.target.value; change(); });
  byId("voice").addEventListener("change", (event) => { state.voice = event.target.value; change(); });
  byId("more").addEventListener("click", () => { state.shown += PAGE; list(); });
  for (const button of document.querySelectorAll("[data-sort]")) {
    button.addEventListener("click", () => {
      const column = button.dataset.sort;
      state.down = state.sort === column ? !state.down : column === "spans" || column === "density";
      state.sort = column;
      list();
    });
  }
  change();
})();
