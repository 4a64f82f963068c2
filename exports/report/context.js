// Spans with a word, each in its sentence: a concordance. Strings of articles only ever become text nodes.
(async () => {
  const { index, read, element, title, show, known, readAddress } = await reader;
  const byId = (id) => document.getElementById(id);
  if (!byId("word")) return;
  const MOST = 200;
  const AROUND = 48;
  const letters = /[\p{L}\p{N}]+/gu;
  let turn = 0;

  const words = (text) => text.toLowerCase().match(letters) ?? [];
  const has = (text, wanted) => ` ${words(text).join(" ")} `.includes(` ${wanted.join(" ")} `);

  const find = async (wanted, outlet, label) => {
    const lines = [];
    for (let i = 0; i < index.ids.length; i += 1) {
      if (outlet !== "" && index.outlet[i] !== Number(outlet)) continue;
      const article = await read(i);
      if (!article) continue;
      let points = null;
      for (const [start, end, kind, share] of article.spans) {
        if (label !== "" && kind !== Number(label)) continue;
        points ??= Array.from(article.text);
        const span = points.slice(start, end).join("");
        if (!has(span, wanted)) continue;
        const flat = (from, to) => points.slice(Math.max(from, 0), to).join("").replace(/\s+/g, " ");
        // Whole words: what is cut at the outer end goes.
        const before = start > AROUND ? flat(start - AROUND, start).replace(/^\S*\s/, "… ") : flat(0, start);
        const after = end + AROUND < points.length ? flat(end, end + AROUND).replace(/\s\S*$/, " …") : flat(end, points.length);
        lines.push({ i, start, share, span, before, after });
      }
    }
    return lines;
  };

  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const orders = {
    after: (a, b) => compare(words(a.after).join(" "), words(b.after).join(" ")),
    before: (a, b) => compare(words(a.before).reverse().join(" "), words(b.before).reverse().join(" ")),
    outlet: (a, b) => compare(index.outlets[index.outlet[a.i]], index.outlets[index.outlet[b.i]]),
    share: (a, b) => b.share - a.share,
  };

  const list = async () => {
    const mine = (turn += 1);
    const wanted = words(byId("word").value);
    const lines = wanted.length ? await find(wanted, byId("word-outlet").value, byId("word-label").value) : [];
    if (mine !== turn) return;
    lines.sort(orders[byId("word-order").value]);
    byId("lines").closest("table").hidden = !lines.length;
    byId("word-count").textContent = wanted.length ? `${lines.length} ${lines.length === 1 ? "span" : "spans"}${lines.length > MOST ? `, the first ${MOST} of which are listed` : ""}` : "";
    byId("lines").replaceChildren(...lines.slice(0, MOST).map((line) => {
      const button = element("button", { type: "button", title: title(line.i) }, line.span);
      button.addEventListener("click", async () => { byId("articles").scrollIntoView(); await show(line.i, line.start); });
      return element("tr", {}, element("td", {}, line.before), element("td", {}, button), element("td", {}, line.after), element("td", {}, index.outlets[index.outlet[line.i]]));
    }));
  };

  index.outlets.forEach((name, number) => byId("word-outlet").append(element("option", { value: number }, name)));
  byId("word").addEventListener("input", list);
  for (const id of ["word-outlet", "word-label", "word-order"]) byId(id).addEventListener("change", list);
  byId("word").form.addEventListener("submit", (event) => event.preventDefault());

  // A word leads here: #context?word=...&outlet=...
  const follow = () => {
    const asked = readAddress("context");
    if (!asked) return;
    byId("word").value = asked.get("word") ?? "";
    for (const id of ["outlet", "label"]) byId(`word-${id}`).value = asked.has(id) ? known[id](asked.get(id)) : "";
    list();
    byId("context").scrollIntoView();
  };
  window.addEventListener("hashchange", follow);
  follow();
})();
