/** The public types are readable by the compiler inside tslab, TypeScript 5.0.4, as a notebook cell resolves them. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import * as ts from "@tslab/typescript-for-tslab";

const ROOT = process.cwd();

function complaintsOf(source: string): string[] {
  const file = join(ROOT, "cell.ts");
  const options: ts.CompilerOptions = { strict: true, noEmit: true, target: ts.ScriptTarget.ES2020, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Node10, lib: ["lib.es2022.d.ts", "lib.dom.d.ts"], types: [], skipLibCheck: false };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, target, ...rest) => (name === file ? ts.createSourceFile(name, source, target) : getSourceFile.call(host, name, target, ...rest));
  return ts.getPreEmitDiagnostics(ts.createProgram([file], options, host)).map((found) => `${found.file?.fileName.replace(ROOT, ".") ?? ""}: ${ts.flattenDiagnosticMessageText(found.messageText, " ")}`);
}

test("the compiler is 5.0.4", () => assert.equal(ts.version, "5.0.4"));

test("everything that the package exports compiles without skipping its own declarations", () => {
  assert.deepEqual(complaintsOf('import * as lab from "overlay-lab";\nexport const bound: number = lab.peerToPeerBound(lab.identicalPeers({ fileBits: 8, peers: 2, uploadBps: 1, serverUploadBps: 1, downloadBps: 1 })).seconds;'), []);
});

test("a wrong use is a type error that names the field", () => {
  assert.match(complaintsOf('import { identicalPeers } from "overlay-lab";\nidenticalPeers({ fileBits: "8", peers: 2, uploadBps: 1, serverUploadBps: 1, downloadBps: 1 });').join(), /'string' is not assignable to type 'number'/);
});
