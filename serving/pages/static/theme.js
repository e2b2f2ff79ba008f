// Light or dark: the system's, unless the reader has chosen. Loaded before the page is painted.
const kept = (() => {
  try { return localStorage.getItem("theme"); } catch { return null; }
})();
if (kept === "light" || kept === "dark") document.documentElement.dataset.theme = kept;

addEventListener("DOMContentLoaded", () => {
  const root = document.documentElement;
  root.dataset.script = "";
  // Pages with charts are ready when these are drawn (charts.js).
  if (!document.querySelector("figure[data-spec]")) root.dataset.ready = "";
  for (const button of document.querySelectorAll("[data-theme-toggle]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
      const next = (root.dataset.theme || system) === "dark" ? "light" : "dark";
      root.dataset.theme = next;
      try { localStorage.setItem("theme", next); } catch { /* It holds for this page. */ }
    });
  }
  // A filter that is changed is applied; without scripts there is a button.
  for (const form of document.querySelectorAll("form.filters")) {
    form.addEventListener("submit", () => {
      for (const field of form.elements) if (field.name && field.value === "") field.disabled = true;
    });
    form.addEventListener("change", () => form.requestSubmit());
  }
});
addEventListener("pageshow", () => {
  // After the back button, the form is that of the address, not as it was left.
  for (const field of document.querySelectorAll("form.filters :disabled")) field.disabled = false;
  for (const form of document.querySelectorAll("form.filters")) form.reset();
});
