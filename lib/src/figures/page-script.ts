/**
 * The script of the drawing page, in the language of browsers. It asks Plotly for an SVG, reads it back as a tree of plain data and answers
 * that; what may stay in it is decided elsewhere. A heat map's cells come as one picture and leave as outlines, one path per shade.
 */
export const PAGE_SCRIPT = String.raw`
"use strict";
(() => {
  // Plotly numbers its clip paths at random; a fixed start makes equal figures equal.
  function reseed() {
    let state = 20240229;
    Math.random = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 4294967296;
    };
  }

  async function loadFaces(figure) {
    const text = Array.from(new Set(JSON.stringify(figure))).join("");
    const family = figure.layout.font.family;
    for (const size of ["13px", "14px"]) await document.fonts.load("400 " + size + " " + family, text);
    await document.fonts.ready;
  }

  function readTree(element) {
    const children = [];
    for (const child of element.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) children.push(child.nodeValue);
      else if (child.nodeType === Node.ELEMENT_NODE) children.push(child.__cells || readTree(child));
    }
    return { tag: element.localName, attributes: Array.from(element.attributes, (a) => [a.name, a.value]), children };
  }

  async function splitHeatMaps(root, figure) {
    const maps = figure.data.filter((trace) => trace.type === "heatmap");
    const pictures = Array.from(root.querySelectorAll(".hm image"));
    for (let i = 0; i < pictures.length; i++) {
      if (!maps[i]) continue;
      pictures[i].__cells = await cellsOf(pictures[i], maps[i].z[0].length, maps[i].z.length);
    }
  }

  async function cellsOf(picture, columns, rows) {
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(picture.getAttribute(name)));
    const image = new Image();
    image.src = picture.getAttribute("xlink:href") || picture.getAttribute("href");
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth;
    canvas.height = image.naturalHeight;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    const outlines = new Map();
    const [w, h] = [(width / columns - 1).toFixed(2), (height / rows - 1).toFixed(2)];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const at = [(column + 0.5) / columns * canvas.width, (row + 0.5) / rows * canvas.height].map(Math.floor);
        const [r, g, b, a] = context.getImageData(at[0], at[1], 1, 1).data;
        if (a === 0) continue;
        // Shades closer than an eye can tell share one path, under the shade that came first.
        const near = Array.from(outlines.keys()).find((key) => [r, g, b].every((c, i) => Math.abs(c - key[i]) <= 3));
        const shade = near || [r, g, b];
        const corner = (x + column * width / columns + 0.5).toFixed(2) + "," + (y + row * height / rows + 0.5).toFixed(2);
        outlines.set(shade, (outlines.get(shade) || "") + "M" + corner + "h" + w + "v" + h + "h-" + w + "Z");
      }
    }
    return { tag: "g", attributes: [], children: Array.from(outlines, ([shade, d]) => ({ tag: "path", attributes: [["d", d], ["fill", "rgb(" + shade.join(",") + ")"]], children: [] })) };
  }

  window.overlayLabDraw = async (input) => {
    const figure = JSON.parse(input.figure);
    await loadFaces(figure);
    reseed();
    const text = await Plotly.toImage({ data: figure.data, layout: figure.layout, config: { staticPlot: true } }, { format: "svg", imageDataOnly: true, width: input.width, height: input.height });
    const root = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    if (root.localName !== "svg") throw new Error("Plotly answered no SVG");
    await splitHeatMaps(root, figure);
    return readTree(root);
  };

  window.overlayLabShow = async (input) => {
    document.body.style.background = input.ground;
    document.getElementById("stage").innerHTML = input.svg;
    await document.fonts.ready;
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  };
})();
`;
