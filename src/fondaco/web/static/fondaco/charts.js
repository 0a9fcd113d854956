// Draws the charts of a page. Each chart's numbers stand in a table beside it, so a chart that cannot
// be drawn is simply left out. Expressions are interpreted (ast), so the content policy needs no eval.
"use strict";

const dark = () => {
  const theme = document.documentElement.dataset.theme;
  if (theme === "dark" || theme === "light") return theme === "dark";
  return window.matchMedia("(prefers-color-scheme: dark)").matches;
};

// A tooltip of our own, styled by our own sheet.
const tip = document.createElement("div");
tip.className = "tip";
tip.hidden = true;
document.body.append(tip);

function showTip(handler, event, item, value) {
  if (value === null || value === undefined || value === "") {
    tip.hidden = true;
    return;
  }
  tip.replaceChildren();
  if (typeof value === "object") {
    const list = document.createElement("dl");
    for (const [name, said] of Object.entries(value)) {
      const term = document.createElement("dt");
      term.textContent = name;
      const text = document.createElement("dd");
      text.textContent = said;
      list.append(term, text);
    }
    tip.append(list);
  } else {
    tip.textContent = value;
  }
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  const x = Math.min(event.clientX + 14, window.innerWidth - box.width - 8);
  const y = event.clientY + 18 + box.height > window.innerHeight ? event.clientY - box.height - 10 : event.clientY + 18;
  tip.style.left = `${Math.max(8, x)}px`;
  tip.style.top = `${Math.max(8, y)}px`;
}

async function draw(place) {
  const address = new URL(place.dataset.chart, window.location.href);
  if (dark()) address.searchParams.set("dark", "1");
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const spec = await answer.json();
    // A map is about half as high as it is wide, on a phone too.
    if (place.classList.contains("map") && typeof spec.height === "number") {
      spec.height = Math.min(spec.height, Math.round(place.clientWidth * 0.52));
    }
    await vegaEmbed(place, spec, {
      ast: true,
      renderer: "svg",
      actions: false,
      defaultStyle: false,
      tooltip: showTip,
      config: { background: "transparent" },
    });
    // The place itself is the image, with its name; the marks inside say nothing a table does not.
    place.querySelector("svg").setAttribute("aria-hidden", "true");
    place.removeAttribute("aria-busy");
    place.dataset.drawn = "yes";
  } catch (error) {
    console.error("chart not drawn", error);
    place.hidden = true;
  }
}

const places = document.querySelectorAll("[data-chart]");
places.forEach(draw);
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => places.forEach(draw));
