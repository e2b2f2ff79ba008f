// Draws the specifications that figures have in data-spec. Sets data-ready on the document when all are there.
const root = document.documentElement;
const options = {
  ast: true,
  renderer: "svg",
  actions: false,
  defaultStyle: false,
  tooltip: { disableDefaultStyle: true, id: "chart-tooltip" },
  formatLocale: {
    decimal: root.dataset.point,
    thousands: root.dataset.thousands,
    grouping: [3],
    currency: ["", ""],
    percent: "\u202f%",
    minus: "\u2212",
  },
};

async function draw(figure) {
  const loading = figure.querySelector("[data-loading]");
  const drawing = document.createElement("div");
  figure.append(drawing);
  try {
    await window.vegaEmbed(drawing, JSON.parse(figure.dataset.spec), options);
    loading.remove();
    figure.dataset.drawn = "";
  } catch (error) {
    drawing.remove();
    loading.textContent = "The chart couldn't be drawn; the table below has its numbers.";
    console.error(error);
  }
}

await Promise.all([...document.querySelectorAll("figure[data-spec]")].map(draw));
root.dataset.ready = "";
