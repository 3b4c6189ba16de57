// Says which texts of a picture overlap, leave it or their box, or lie under a marker that isn't theirs.
() => {
  const picture = document.querySelector("svg");
  const edge = picture.getBoundingClientRect();
  const found = [];
  const texts = [...picture.querySelectorAll("text")].map((element) => {
    const copy = element.cloneNode(true);
    for (const title of copy.querySelectorAll("title")) title.remove();
    const box = element.getBoundingClientRect();
    const isUpright = !(element.getAttribute("transform") || "").includes("rotate");
    // Ink stands between the tops of capitals and the ends of descenders; the box has the font's own room around it.
    const [above, below] = isUpright ? [box.height * 0.18, box.height * 0.16] : [0, 0];
    const aside = isUpright ? 0 : box.width * 0.16;
    return {
      element, text: copy.textContent.trim(),
      left: box.left + aside, right: box.right - aside, top: box.top + above, bottom: box.bottom - below,
    };
  }).filter((each) => each.text);
  const meet = (one, other, by) =>
    one.left < other.right - by && other.left < one.right - by && one.top < other.bottom - by && other.top < one.bottom - by;
  texts.forEach((one, count) => {
    if (one.left < edge.left || one.right > edge.right || one.top < edge.top || one.bottom > edge.bottom)
      found.push(`outside: ${one.text}`);
    for (const other of texts.slice(count + 1)) if (meet(one, other, 0.5)) found.push(`${one.text} / ${other.text}`);
  });
  for (const mark of picture.querySelectorAll(".hop .s, .num")) {
    const box = mark.getBoundingClientRect();
    const own = mark.parentElement;
    for (const each of texts) if (!own.contains(each.element) && meet(box, each, 1)) found.push(`under a marker: ${each.text}`);
  }
  for (const frame of picture.querySelectorAll("rect.card, rect.gate, rect.vpc, rect.band, rect.chip")) {
    const box = frame.getBoundingClientRect();
    for (const each of texts) {
      const middle = (each.top + each.bottom) / 2;
      const isBeside = middle > box.top && middle < box.bottom;
      if (isBeside && each.left >= box.left - 1 && each.left < box.right && each.right > box.right - 2)
        found.push(`out of ${frame.getAttribute("class")}: ${each.text}`);
      if (isBeside && each.left < box.left - 1 && each.right > box.left + 1)
        found.push(`into ${frame.getAttribute("class")}: ${each.text}`);
    }
  }
  return { texts: texts.length, found };
}
