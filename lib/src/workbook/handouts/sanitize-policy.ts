/**
 * What a stored output may contain. Everything else is left out: a notebook may come from somebody else, and its outputs are data.
 */

/** HTML elements that may stand in an output. None of them holds raw text, loads anything or takes input. */
export const HTML_ELEMENTS: ReadonlySet<string> = new Set(
  ("a abbr b bdi blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure hr i img ins kbd li mark ol p " +
    "pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var wbr").split(" "),
);

/** Elements that vanish together with what is in them; of any other unknown element the text stays. */
export const DROPPED_WITH_CONTENT: ReadonlySet<string> = new Set(
  ("script style template noscript iframe frame frameset noframes noembed object embed applet title textarea select option optgroup xmp plaintext " +
    "listing math audio video canvas head base meta link form input button dialog portal foreignobject").split(" "),
);

/** SVG elements that draw. No links, animation, embedded HTML or style sheets. */
export const SVG_ELEMENTS: ReadonlySet<string> = new Set(
  ("svg g path rect circle ellipse line polyline polygon text tspan defs clipPath linearGradient radialGradient stop pattern mask marker " +
    "symbol use image title desc").split(" "),
);

const SHARED_ATTRIBUTES = "id class lang dir title role hidden";

/** Attributes of HTML elements; `*` are those of every element. `style`, `href` and `src` are checked by value. */
export const HTML_ATTRIBUTES: Readonly<Record<string, ReadonlySet<string>>> = {
  "*": new Set(SHARED_ATTRIBUTES.split(" ")),
  a: new Set(["href"]),
  img: new Set(["src", "alt", "width", "height"]),
  td: new Set(["colspan", "rowspan", "headers"]),
  th: new Set(["colspan", "rowspan", "headers", "scope", "abbr"]),
  col: new Set(["span"]),
  colgroup: new Set(["span"]),
  ol: new Set(["start", "type", "reversed"]),
  details: new Set(["open"]),
};

/** Geometry and paint of SVG elements. */
export const SVG_ATTRIBUTES: ReadonlySet<string> = new Set(
  (`${SHARED_ATTRIBUTES} x y x1 x2 y1 y2 dx dy cx cy r rx ry fx fy d points width height viewBox preserveAspectRatio transform gradientTransform ` +
    "gradientUnits patternUnits patternContentUnits patternTransform clipPathUnits maskUnits maskContentUnits spreadMethod offset rotate " +
    "textLength lengthAdjust pathLength markerWidth markerHeight markerUnits orient refX refY version focusable " +
    "fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin " +
    "stroke-miterlimit opacity clip-path clip-rule mask marker-start marker-mid marker-end color display visibility overflow " +
    "font-family font-size font-style font-weight font-variant letter-spacing text-anchor text-decoration dominant-baseline " +
    "alignment-baseline baseline-shift stop-color stop-opacity shape-rendering vector-effect paint-order xml:space href xlink:href").split(" "),
);

/** Style properties that paint text and shapes and move nothing on the page. */
export const STYLE_PROPERTIES: ReadonlySet<string> = new Set(
  ("fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin " +
    "stroke-miterlimit opacity clip-path clip-rule color display visibility font font-family font-size font-style font-weight font-variant " +
    "font-variant-numeric letter-spacing text-anchor text-align text-decoration dominant-baseline alignment-baseline stop-color stop-opacity " +
    "shape-rendering vector-effect paint-order white-space text-rendering background background-color image-rendering max-width").split(" "),
);

/** Raster images carried inside the page. */
const DATA_IMAGE = /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*$/;

/** Whether an `img` or SVG `image` may show this address: only pictures carried in the page itself. */
export function isCarriedImage(address: string): boolean {
  return DATA_IMAGE.test(address);
}

/** Whether a link may lead there: the web, mail, or a place on this page. Control characters and white space inside are refused. */
export function isAllowedLink(address: string): boolean {
  return /^(?:https?:\/\/|mailto:|#)[^\s\u0000-\u0020]*$/i.test(address);
}

/** Whether a paint value refers to nothing outside the page: `url()` only to an id, no escapes, no at-rules. */
export function isLocalPaint(value: string): boolean {
  if (/[\\<>@{}]|expression|javascript:/i.test(value)) return false;
  const withoutLocal = value.replace(/url\(\s*(["']?)#[\w.:-]+\1\s*\)/gi, "");
  return !/(?:url|image|image-set|src|element|cross-fade)\s*\(/i.test(withoutLocal);
}

/** The declarations of a style attribute that are allowed, in their order. */
export function allowedStyle(style: string): string {
  return style
    .split(";")
    .map((declaration) => {
      const colon = declaration.indexOf(":");
      const property = declaration.slice(0, colon).trim().toLowerCase();
      const value = declaration.slice(colon + 1).trim();
      const quotesMatch = (value.split('"').length & 1) === 1 && (value.split("'").length & 1) === 1;
      return colon > 0 && STYLE_PROPERTIES.has(property) && value !== "" && quotesMatch && isLocalPaint(value) ? `${property}: ${value}` : "";
    })
    .filter((declaration) => declaration !== "")
    .join("; ");
}
