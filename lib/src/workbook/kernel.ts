/**
 * The Jupyter kernel: tslab's own message server with the parts replaced that lose errors. tslab answers every request after a
 * failure with a word no front end knows, so that the rest of a notebook is skipped in silence; it sends no error messages and no
 * execution counts; and it drops rejected promises. Here each request is answered as the protocol (5.3) says.
 */
import { JupyterHandlerImpl, ZmqServer } from "tslab/dist/jupyter";
import type { CellEngine, CellError } from "./cell-engine";
import { missingAwait, resultData, settle } from "./cell-result";

/** A message as tslab's server hands it over. */
interface Message {
  readonly content: ExecuteRequest;
  createReply(): Reply;
}
interface Reply {
  readonly header: { msg_type: string };
  content: unknown;
  signAndSend(key: string, socket: unknown): void;
}
interface ExecuteRequest {
  readonly code: string;
  readonly silent?: boolean;
  readonly store_history?: boolean;
  readonly stop_on_error?: boolean;
}
interface Job {
  readonly message: Message;
  readonly socket: unknown;
  readonly finished: () => void;
}

/** How long requests that were sent together with a failing one may take to arrive; they are answered "aborted". */
const BURST_MS = 40;

/** The message server with honest answers to execute requests. */
export class KernelServer extends ZmqServer {
  private readonly queue: Job[] = [];
  private running = false;
  private count = 0;
  private parent: Message | null = null;
  private executions = 0;
  private readonly strays: CellError[] = [];

  constructor(
    private readonly engine: CellEngine,
    connectionFile: string,
  ) {
    super(new JupyterHandlerImpl(engine.executor, false), connectionFile);
  }

  /** Called by the server for each execute request; resolves when it has been answered. */
  override handleExecute(socket: unknown, message: unknown): Promise<void> {
    return new Promise((resolve) => {
      this.queue.push({ socket, message: message as Message, finished: resolve });
      if (!this.running) void this.work();
    });
  }

  /** A rejected promise or a late throw: fails the running cell, or is shown below the last one. */
  report(error: CellError): void {
    if (this.running) this.strays.push(error);
    else this.publishError(error);
  }

  /** Shows content in the output of the cell that runs or ran last. */
  display(content: { readonly data: unknown; readonly metadata?: unknown; readonly transient?: unknown }, update = false): void {
    this.publish(update ? "update_display_data" : "display_data", { metadata: {}, transient: {}, ...content });
  }

  /** Sends text that a cell printed. */
  stream(name: "stdout" | "stderr", text: string): void {
    // The server's own remark on optional messages of a front end does not belong into a cell.
    if (name === "stderr" && /^unknown msg_type: \w+\n$/.test(text)) return;
    this.publish("stream", { name, text });
  }

  private async work(): Promise<void> {
    this.running = true;
    for (let job = this.queue.shift(); job; job = this.queue.shift()) {
      const error = await this.execute(job.message);
      if (error && job.message.content.stop_on_error !== false) {
        // What was sent together with the failing request is on its way; it must not run. What is sent after the answer runs.
        await new Promise((resolve) => setTimeout(resolve, BURST_MS));
      }
      const burst = error && job.message.content.stop_on_error !== false ? this.queue.splice(0) : [];
      this.finish(job, error ? { status: "error", ename: error.name, evalue: error.message, traceback: error.traceback } : { status: "ok", user_expressions: {} });
      for (const aborted of burst) this.finish(aborted, { status: "aborted" });
    }
    this.running = false;
  }

  /** Runs one request and sends what it shows; answers with its error, or `null`. */
  private async execute(message: Message): Promise<CellError | null> {
    const { code, silent = false, store_history = true } = message.content;
    // What failed since the last answer belongs below the cell that ran then.
    for (const late of this.strays.splice(0)) this.publishError(late);
    this.parent = message;
    if (!silent && store_history) this.count += 1;
    if (!silent) this.publish("execute_input", { code, execution_count: this.count });
    this.executions += 1;
    // The name is unique even when one cell runs twice under one count.
    const result = await this.engine.execute(code, silent || !store_history ? `${this.count}-${this.executions}` : String(this.count));
    await settle();
    const error = result.ok ? this.strays.shift() ?? missingAwait(result.value) : result.error;
    if (error) this.publishError(error);
    else if (result.ok && result.value !== undefined && !silent) this.publish("execute_result", { data: resultData(result.value), metadata: {}, execution_count: this.count });
    return error;
  }

  private finish(job: Job, content: object): void {
    const reply = job.message.createReply();
    reply.header.msg_type = "execute_reply";
    reply.content = { execution_count: this.count, payload: [], ...content };
    reply.signAndSend(this.connInfo.key, job.socket);
    job.finished();
  }

  private publishError(error: CellError): void {
    const hint = error.hint ? [`Hint: ${error.hint}`] : [];
    this.publish("error", { ename: error.name, evalue: error.message, traceback: [...error.traceback, ...hint] });
  }

  private publish(type: string, content: object): void {
    if (this.parent === null) return;
    const reply = this.parent.createReply();
    reply.header.msg_type = type;
    reply.content = content;
    reply.signAndSend(this.connInfo.key, this.iopub);
  }
}
