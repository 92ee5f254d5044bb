/**
 * How files move: directly between the two servents, over HTTP. The one who wants a file sends GET to the holder. If the holder is behind a firewall no answer comes;
 * then a PUSH goes back along the way of the query hit, the holder opens the connection itself with GIV, and GET is sent on that one (specification, "Firewalled servents").
 */
import { GNUTELLA_PORT, type GnutellaPayload } from "../../codecs";
import type { ProcessContext } from "../../simulation/contract";
import { addressOfNode, gnutellaMessageBytes, type GnutellaMessage } from "./messages";
import type { GnutellaObserver, GnutellaOptions } from "./options";
import { SELF } from "./route-table";
import type { Download, ServentState } from "./servent-state";

type Context = ProcessContext<GnutellaMessage>;
type TransferMessage = Extract<GnutellaMessage, { readonly fileName: string }>;

/** A file that a query hit named. */
export interface FoundFile {
  readonly holder: number;
  readonly serventId: string;
  readonly fileIndex: number;
  readonly fileName: string;
}

/** The transfers of one servent. */
export class Transfers {
  /** Nodes to which this servent has opened a connection after a PUSH: they may send GET on it. */
  private readonly opened = new Set<number>();

  constructor(
    private readonly state: ServentState,
    private readonly options: GnutellaOptions,
    private readonly observer: GnutellaObserver,
    private readonly isFirewalled: boolean,
    private readonly sendPush: (context: Context, to: number, payload: GnutellaPayload) => void,
  ) {}

  start(context: Context, file: FoundFile): void {
    const download: Download = { key: this.state.nextDownload, from: file.holder, serventId: file.serventId, fileIndex: file.fileIndex, fileName: file.fileName, stage: "get" };
    this.state.nextDownload += 1;
    this.request(context, download);
  }

  receive(context: Context, from: number, message: TransferMessage): void {
    if (message.kind === "get") return this.onGet(context, from, message);
    const download = [...this.state.downloads.values()].find((each) => each.from === from && each.fileName === message.fileName);
    // Answers to nothing: a duplicate, or too late.
    if (download === undefined) return;
    if (message.kind === "giv") return this.request(context, { ...download, stage: "push" });
    this.end(context, download);
    if (message.kind === "no-file") return this.observer.downloadFailed?.(context.nowUs, this.state.node, from, message.fileName, "no-such-file");
    if (this.options.shareDownloads) this.state.folder.add({ name: message.fileName, sizeBytes: message.sizeBytes });
    this.observer.downloaded?.(context.nowUs, this.state.node, from, message.fileName, download.stage === "push");
  }

  /** This servent has been asked to open a connection to a node, -1 for an address that is nobody's. */
  onPush(context: Context, to: number, fileIndex: number): void {
    const file = this.state.folder.files[fileIndex];
    if (to < 0 || to === this.state.node || file === undefined) return;
    this.opened.add(to);
    this.send(context, to, { kind: "giv", fileIndex, fileName: file.name, serventId: this.state.serventId });
  }

  /** No answer: first a PUSH is tried, then it is over. */
  timeout(context: Context, key: number): void {
    const download = this.state.downloads.get(key);
    if (download === undefined) return;
    const to = this.state.holders.get(download.serventId, context.nowUs);
    const hasRoute = to !== undefined && to !== SELF && this.state.neighbours.has(to);
    if (download.stage === "get" && hasRoute) {
      this.state.downloads.set(key, { ...download, stage: "push" });
      context.setTimer("download", this.options.downloadTimeoutUs, key);
      this.sendPush(context, to, { kind: "push", serventId: download.serventId, fileIndex: download.fileIndex, ip: addressOfNode(this.state.node), port: GNUTELLA_PORT });
      return;
    }
    this.end(context, download);
    this.observer.downloadFailed?.(context.nowUs, this.state.node, download.from, download.fileName, download.stage === "get" ? "no-route-for-push" : "no-answer");
  }

  private request(context: Context, download: Download): void {
    this.state.downloads.set(download.key, download);
    context.setTimer("download", this.options.downloadTimeoutUs, download.key);
    this.send(context, download.from, { kind: "get", fileIndex: download.fileIndex, fileName: download.fileName });
  }

  private onGet(context: Context, from: number, message: TransferMessage): void {
    // A firewall lets nobody in whom this servent has not called itself.
    if (this.isFirewalled && !this.opened.has(from)) return;
    const file = this.state.folder.files[message.fileIndex];
    if (file === undefined || file.name !== message.fileName) return this.send(context, from, { ...message, kind: "no-file" });
    this.send(context, from, { kind: "file", fileIndex: message.fileIndex, fileName: file.name, sizeBytes: file.sizeBytes });
  }

  private end(context: Context, download: Download): void {
    this.state.downloads.delete(download.key);
    context.cancelTimer("download", download.key);
  }

  private send(context: Context, to: number, message: GnutellaMessage): void {
    context.send(to, message, gnutellaMessageBytes(message));
  }
}
