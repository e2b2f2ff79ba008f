// While the lake is being read, asks for the page again, and shows the newer report in place of this one.
const PAUSE = 1500; // milliseconds
const page = document.querySelector("[data-operations]");
const state = () => page.querySelector("[data-read]").dataset;
const stops = () => [...page.querySelectorAll("a, summary, [tabindex]")].filter((one) => !one.matches("[data-again]"));

function show(newer) {
  const place = stops().indexOf(document.activeElement);
  const hadFocus = page.contains(document.activeElement);
  const open = new Set([...page.querySelectorAll("details[open] > summary")].map((one) => one.textContent));
  for (const part of page.querySelectorAll("[data-part]")) {
    part.replaceChildren(...newer.querySelector(`[data-part=${part.dataset.part}]`).childNodes);
  }
  for (const one of page.querySelectorAll("summary")) if (open.has(one.textContent)) one.parentElement.open = true;
  if (hadFocus) (stops()[place] ?? document.querySelector("main")).focus({ preventScroll: true });
}

while ("reading" in state()) {
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
  if (document.hidden) continue;
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) break; // The link is there.
  const newer = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-operations]");
  const { read, reading } = newer.querySelector("[data-read]").dataset;
  if (read !== state().read || reading === undefined) show(newer);
}
