// Draws the page's diagrams in the reader's colours, and anew when these change.
const drawings = [...document.querySelectorAll("pre.mermaid")].map((place) => [place, place.textContent]);
const asked = matchMedia("(prefers-color-scheme: dark)");

async function draw() {
  const chosen = document.body.dataset.theme;
  const dark = chosen === "dark" || (chosen !== "light" && asked.matches);
  mermaid.initialize({ startOnLoad: false, securityLevel: "strict", theme: dark ? "dark" : "default" });
  for (const [number, [place, text]] of drawings.entries()) {
    place.innerHTML = (await mermaid.render(`diagram-${number}`, text)).svg;
  }
}

if (drawings.length) {
  new MutationObserver(draw).observe(document.body, { attributeFilter: ["data-theme"] });
  asked.addEventListener("change", draw);
  draw();
}
