"use strict";
// Every plot can be saved as SVG, and the table behind it as CSV. Nothing here parses HTML, nothing asks the network.
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
  for (const button of document.querySelectorAll("[data-save]")) {
    button.addEventListener("click", () => {
      const figure = button.closest("figure");
      const name = figure.dataset.name.replace(/[^\w-]+/g, "-");
      if (button.dataset.save === "svg") {
        save(`${name}.svg`, "image/svg+xml", new XMLSerializer().serializeToString(figure.querySelector("svg")));
      } else {
        const rows = [...figure.querySelectorAll("tr")].map((row) => [...row.cells].map((one) => cell(one.textContent)).join(","));
        save(`${name}.csv`, "text/csv", `\ufeff${rows.join("\r\n")}\r\n`);
      }
    });
  }
})();
