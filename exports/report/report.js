"use strict";
// Every plot can be saved as SVG, and the table behind it as CSV; marks say what they are. Nothing here parses HTML, nothing asks the network.
(() => {
  const save = (name, kind, content) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type: kind }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  // What begins with one of these is a formula to a spreadsheet; an apostrophe makes it text.
  const cell = (text) => `"${(/^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text).replaceAll('"', '""')}"`;
  // The one that is shown at this width, as it is without this page: as large as it was drawn, and of shapes alone.
  const picture = (figure) => {
    const shown = [...figure.querySelectorAll("svg")].find((svg) => svg.getClientRects().length) ?? figure.querySelector("svg");
    const copy = shown.cloneNode(true);
    const [, , width, height] = copy.getAttribute("viewBox").split(" ");
    copy.setAttribute("width", 2 * width);
    copy.setAttribute("height", 2 * height);
    for (const spot of copy.querySelectorAll(".spot")) spot.remove();
    const style = document.createElementNS(copy.namespaceURI, "style");
    style.textContent = document.querySelector("style").textContent.match(/@font-face \{ font-family: "Framing Sans"[^}]*\}/g).join("\n");
    copy.prepend(style);
    return new XMLSerializer().serializeToString(copy);
  };
  for (const button of document.querySelectorAll("[data-save]")) {
    button.addEventListener("click", () => {
      const figure = button.closest("figure");
      const name = figure.dataset.name.replace(/[^\w-]+/g, "-");
      if (button.dataset.save === "svg") save(`${name}.svg`, "image/svg+xml", picture(figure));
      else {
        const rows = [...figure.querySelectorAll("tr")].map((row) => [...row.cells].map((one) => cell(one.textContent)).join(","));
        save(`${name}.csv`, "text/csv", `\ufeff${rows.join("\r\n")}\r\n`);
      }
    });
  }
  // Signs of scripts that our font lacks are as wide as this machine's fonts make them: what would leave its plot is drawn closer together.
  const fit = () => {
    for (const svg of document.querySelectorAll(".plot svg")) {
      const box = svg.getBoundingClientRect();
      if (!box.width) continue;
      for (const line of svg.querySelectorAll("tspan, text:not(:has(tspan))")) {
        const { left, right, width } = line.getBoundingClientRect();
        const beyond = Math.max(box.left - left, right - box.right);
        if (beyond <= 0 || beyond >= width) continue;
        line.setAttribute("textLength", (line.getComputedTextLength() * (width - beyond)) / width);
        line.setAttribute("lengthAdjust", "spacingAndGlyphs");
      }
    }
  };
  document.fonts.ready.then(fit);
  window.addEventListener("resize", fit);
  const tip = document.getElementById("tip");
  const tell = (spot) => {
    tip.hidden = !spot;
    if (!spot) return;
    tip.textContent = spot.getAttribute("aria-label");
    const place = spot.getBoundingClientRect();
    const size = tip.getBoundingClientRect();
    const left = Math.min(Math.max(place.left + place.width / 2 - size.width / 2, 8), document.documentElement.clientWidth - size.width - 8);
    const above = place.top - size.height - 8;
    tip.style.left = `${left}px`;
    tip.style.top = `${above > 8 ? above : place.bottom + 8}px`;
  };
  for (const spot of document.querySelectorAll(".spot")) {
    spot.addEventListener("pointerenter", () => tell(spot));
    spot.addEventListener("pointerleave", () => tell(null));
    spot.addEventListener("focus", () => tell(spot));
    spot.addEventListener("blur", () => tell(null));
  }
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") tell(null); });
})();
