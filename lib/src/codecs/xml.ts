/**
 * Reads XML from files of strangers: well-formed documents only, no document type declarations and so no entities of the
 * file's own (which could blow up or fetch something), limited depth. The parsing itself is the package `saxes`, a strict, tested XML 1.0
 * parser; this module turns its events and errors into ours.
 */
import { SaxesParser } from "saxes";
import { OverlayLabError, ParseError } from "../errors";
import type { TextPlace, TextSource } from "./text-source";

/** Deepest nesting of elements accepted. */
const MAX_DEPTH = 64;
/** Longest text or attribute value accepted, in characters. */
const MAX_VALUE_LENGTH = 1024 * 1024;

/** An element's start. Names are without namespace prefix. */
export interface XmlElement extends TextPlace {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** What happens on the way through a document. Handlers may throw a {@link ParseError}. */
export interface XmlHandler {
  open(element: XmlElement): void;
  /** All character data between two tags, entities replaced. */
  text(text: string, place: TextPlace): void;
  close(name: string, place: TextPlace): void;
}

/**
 * Reads a document from start to end.
 *
 * @param source the file
 * @param handler called for each start tag, text and end tag, in order
 * @throws ParseError when the document is not well-formed, has a document type declaration, or is nested too deeply
 */
export function readXml(source: TextSource, handler: XmlHandler): void {
  const parser = new SaxesParser({ xmlns: true, position: true, fragment: false });
  const here = (): TextPlace => ({ line: parser.line, offset: Math.min(parser.position, source.text.length) });
  let depth = 0;
  parser.on("error", (error) => {
    // The parser's own message starts with its idea of the position; ours is said once, in our form.
    throw source.error(here(), "not well-formed XML", error.message.replace(/^[^ ]*:?\d+:\d+: /, ""), "a well-formed XML document");
  });
  parser.on("doctype", (doctype) => {
    throw source.error(here(), "document type declarations are not accepted", doctype.trim(), "XML without <!DOCTYPE>");
  });
  parser.on("opentag", (tag) => {
    depth += 1;
    if (depth > MAX_DEPTH) throw source.error(here(), "elements nested too deeply", depth, `at most ${MAX_DEPTH} levels`);
    const attributes = new Map<string, string>();
    for (const attribute of Object.values(tag.attributes)) {
      checkLength(source, here(), attribute.value);
      attributes.set(attribute.name, attribute.value);
    }
    handler.open({ name: tag.local, attributes, ...here() });
  });
  parser.on("text", (text) => {
    checkLength(source, here(), text);
    handler.text(text, here());
  });
  parser.on("cdata", (text) => {
    checkLength(source, here(), text);
    handler.text(text, here());
  });
  parser.on("closetag", (tag) => {
    depth -= 1;
    handler.close(tag.local, here());
  });
  try {
    parser.write(source.text).close();
  } catch (error) {
    if (error instanceof OverlayLabError) throw error;
    throw new ParseError({ what: "cannot read XML", got: String(error), expected: "a well-formed XML document", where: `${source.file}, line ${parser.line}`, offset: here().offset });
  }
}

function checkLength(source: TextSource, place: TextPlace, value: string): void {
  if (value.length > MAX_VALUE_LENGTH) throw source.error(place, "text too long", value.length, `at most ${MAX_VALUE_LENGTH} characters`);
}
