/** `ro-crate-metadata.json`: the export as an RO-Crate 1.2 with a Process Run Crate action (which program made which file from what). */
import type { InputFile } from "./provenance";
import type { Manifest, OutputFile } from "./manifest";

const SPECIFICATION = "https://w3id.org/ro/crate/1.2";
const PROFILE = "https://w3id.org/ro/wfrun/process/0.5";
const LICENCE = "https://spdx.org/licenses/MIT";

type Entity = Readonly<Record<string, unknown>>;

/**
 * Writes the crate's JSON-LD by hand; a few fixed kinds of entity need no library.
 *
 * @param manifest the manifest of the export
 * @param files every file of the export but the crate itself and SHA256SUMS, in order
 */
export function roCrate(manifest: Manifest, files: readonly OutputFile[]): object {
  const graph: Entity[] = [
    { "@id": "ro-crate-metadata.json", "@type": "CreativeWork", conformsTo: { "@id": SPECIFICATION }, about: { "@id": "./" } },
    rootDataset(manifest, files),
    { "@id": PROFILE, "@type": "CreativeWork", name: "Process Run Crate", version: "0.5" },
    { "@id": LICENCE, "@type": "CreativeWork", name: "MIT License" },
    softwareApplication(manifest),
    createAction(manifest, files),
    ...parameterValues(manifest),
    ...manifest.inputs.map((input, index) => fileEntity(inputId(index), input.path, input)),
    ...files.map((file) => fileEntity(file.path, file.path, file)),
  ];
  return { "@context": [`${SPECIFICATION}/context`, { sha256: "https://schema.org/sha256" }], "@graph": graph };
}

function rootDataset(manifest: Manifest, files: readonly OutputFile[]): Entity {
  return {
    "@id": "./",
    "@type": "Dataset",
    conformsTo: { "@id": PROFILE },
    name: manifest.experiment,
    description: manifest.question,
    ...(manifest.date === null ? {} : { datePublished: manifest.date }),
    license: { "@id": LICENCE },
    hasPart: files.map((file) => ({ "@id": file.path })),
    mentions: { "@id": "#run" },
  };
}

function softwareApplication(manifest: Manifest): Entity {
  return {
    "@id": "#overlay-lab",
    "@type": "SoftwareApplication",
    name: "Overlay Lab",
    version: manifest.versions["overlay-lab"] ?? "unknown",
    identifier: manifest.commit ?? manifest.codeVersion,
    softwareRequirements: Object.entries(manifest.versions).map(([name, version]) => `${name} ${version}`),
  };
}

function createAction(manifest: Manifest, files: readonly OutputFile[]): Entity {
  return {
    "@id": "#run",
    "@type": "CreateAction",
    name: `Run of the experiment ${manifest.experiment}`,
    description: manifest.command,
    instrument: { "@id": "#overlay-lab" },
    object: [...manifest.inputs.map((_, index) => ({ "@id": inputId(index) })), ...parameterValues(manifest).map((value) => ({ "@id": value["@id"] }))],
    result: files.map((file) => ({ "@id": file.path })),
    actionStatus: { "@id": "http://schema.org/CompletedActionStatus" },
  };
}

function parameterValues(manifest: Manifest): Entity[] {
  const values = { ...manifest.parameters, seed: manifest.seed, mode: manifest.mode, replications: manifest.replications };
  return Object.entries(values).map(([name, value]) => ({ "@id": `#parameter-${encodeURIComponent(name)}`, "@type": "PropertyValue", name, value }));
}

/** Inputs are not part of the crate: their ids are names within it, not paths. */
function inputId(index: number): string {
  return `#input-${index + 1}`;
}

function fileEntity(id: string, name: string, file: OutputFile | InputFile): Entity {
  const formats: Record<string, string> = { csv: "text/csv", jsonl: "application/jsonl", json: "application/json", svg: "image/svg+xml", md: "text/markdown", txt: "text/plain" };
  const format = formats[name.slice(name.lastIndexOf(".") + 1)];
  return { "@id": id, "@type": "File", name, contentSize: String(file.bytes), sha256: file.sha256, ...(format === undefined ? {} : { encodingFormat: format }) };
}
