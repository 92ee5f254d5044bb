/**
 * Paths and hosts of URLs in one form, so that a rule about a path cannot be walked around by spelling it differently: the syntax-based
 * normalisation of RFC 3986, section 6.2.2 (case of percent-escapes, escapes of unreserved characters, dot segments) and 6.2.3 (an empty path is "/").
 * What servers are known to read in different ways is a fault, not normalised. Tests: test/codecs/uri-path.test.ts
 */

/** A path in normal form, or why it has none. */
export type NormalPath = { readonly path: string } | { readonly fault: string };

/** `pchar` and "/" of RFC 3986, section 3.3. */
const PATH = /^\/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*$/;
/** RFC 3986, section 3.4. */
const QUERY = /^(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*$/;
/** `reg-name` of RFC 3986, section 3.2.2, or an address in brackets. */
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+)$/;

/** Whether a query (without "?") has only the characters that RFC 3986 allows, with whole percent-escapes. */
export function isQuery(query: string): boolean {
  return QUERY.test(query);
}

/**
 * The normal form of an absolute path.
 *
 * @param path as it stands in a URL, without query; the empty path is "/"
 * @returns the path with dot segments taken out (RFC 3986, section 5.2.4) and escapes in normal form; or a fault: a character or escape that RFC 3986 does not
 *   allow, an escaped control character (section 7.3 warns of them), a dot segment behind an escaped slash or backslash or with parameters,
 *   which some servers obey and some do not, or ".." after an empty segment, which some take to name the empty one and some the one before
 */
export function normalPath(path: string): NormalPath {
  if (path === "") return { path: "/" };
  if (!PATH.test(path)) return { fault: "a path of the characters of RFC 3986, section 3.3, with two hexadecimal digits after each %" };
  const plain = unescapeUnreserved(path);
  if (/%(?:[01][0-9A-F]|7F)/.test(plain)) return { fault: "a path without escaped control characters (RFC 3986, section 7.3)" };
  const kept: string[] = [];
  const segments = plain.slice(1).split("/");
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (/%2F|%5C/.test(segment) && segment.split(/%2F|%5C/).some((part) => part === "." || part === "..")) return { fault: "no dot segment behind an escaped slash or backslash" };
    if (/^\.\.?;/.test(segment)) return { fault: "no parameters on a dot segment" };
    if (segment === "..") {
      if (kept.pop() === "") return { fault: 'no ".." after an empty segment' };
    } else if (segment !== ".") kept.push(segment);
    if (isLast && (segment === "." || segment === "..")) kept.push("");
  }
  return { path: `/${kept.join("/")}` };
}

/**
 * The normal form of a host (RFC 3986, sections 3.2.2 and 6.2.2.1): lower case, escapes of unreserved characters undone, without the dot that a full domain name may end with.
 * @returns `null` for what is no host, the empty one among them
 */
export function normalHost(host: string): string | null {
  if (!HOST.test(host)) return null;
  const plain = unescapeUnreserved(host.toLowerCase()).toLowerCase().replace(/\.$/, "");
  return plain === "" ? null : plain;
}

/** RFC 3986, sections 6.2.2.1 and 6.2.2.2. */
function unescapeUnreserved(text: string): string {
  return text.replace(/%[0-9A-Fa-f]{2}/g, (escape) => {
    const character = String.fromCharCode(parseInt(escape.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : escape.toUpperCase();
  });
}
