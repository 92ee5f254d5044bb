/**
 * A database copied to many sites and kept alike by epidemics: an update is mailed to all, told as a rumour, and whatever got lost is found by anti-entropy.
 * Tanenbaum & van Steen 4.5 (epidemic protocols). Paper: Demers et al., "Epidemic algorithms for replicated database maintenance", PODC 1987: direct mail (1.2), anti-entropy with
 * checksums and recent updates (1.3), rumour mongering with feedback or blind, counter or coin, push or pull (1.4), death certificates, dormant and woken (2).
 *
 * Each site acts once a period, not all in the same instant; what a source learns from feedback counts at the end of its period, as in the paper's cycles.
 * Deviations: partners are drawn from all sites with equal chance; messages may be lost, and then nothing is learnt from them.
 * Not modelled: spatial distributions of partners. The synchronous model of the paper's tables is {@link spreadRumour}.
 * Checked by test/peer-to-peer/gossip/replicated-database.test.ts and test/scenarios/gossip.test.ts.
 */
import { ParameterError, checkChoice, checkNumber } from "../../errors";
import type { Process, ProcessContext } from "../../simulation";
import { HOUR, SECOND_US } from "../../units";
import { RUMOUR_POLICY_DEFAULTS, checkRumourPolicy, losesInterest, type RumourPolicy } from "./rumour-cycles";
import { ReplicaStore, compareStamps, entryBytes, type CertificateParameters, type UpdateEntry, type UpdateStamp } from "./replica-store";

/** Parameters of a replicated database. */
export interface ReplicatedDatabaseParameters {
  /** Whether the site of an update mails it to every other site at once (default false). */
  readonly directMail: boolean;
  /** How rumours are told; null: not at all (default: push, feedback, counter, k = 2). */
  readonly rumour: RumourPolicy | null;
  /** Time between two rounds of rumour mongering of a site, > 0 (default 1 s). */
  readonly rumourPeriodUs: number;
  /** How differences are resolved; "none" for no anti-entropy (default "push-pull"). */
  readonly antiEntropy: "push" | "pull" | "push-pull" | "none";
  /** Time between two exchanges of a site, > 0 (default 60 s: it is the dear backup). */
  readonly antiEntropyPeriodUs: number;
  /** tau: age of the updates exchanged before checksums are compared (section 1.3), >= 0; -1: no checksums, whole lists of stamps each time (default 120 s). */
  readonly recentUs: number;
  /** Death certificates (default: kept 1 day at every site, dormant 30 days). */
  readonly certificates: CertificateParameters;
  /** r: sites at which a death certificate sleeps, drawn from its stamp, >= 0 (default 4). */
  readonly retentionSites: number;
}

/** Defaults of {@link ReplicatedDatabaseParameters}. */
export const REPLICATED_DATABASE_DEFAULTS: ReplicatedDatabaseParameters = Object.freeze({
  directMail: false, rumour: Object.freeze({ ...RUMOUR_POLICY_DEFAULTS, k: 2 }), rumourPeriodUs: SECOND_US, antiEntropy: "push-pull", antiEntropyPeriodUs: 60 * SECOND_US,
  recentUs: 120 * SECOND_US, certificates: Object.freeze({ keepUs: 24 * HOUR * SECOND_US, dormantUs: 30 * 24 * HOUR * SECOND_US }), retentionSites: 4,
});

/** Where an item stands in a list of stamps: key, time, site, and when its certificate was woken. */
export interface KeyStamp extends UpdateStamp {
  readonly key: string;
  readonly activatedUs: number;
}

/** Messages of a replicated database. */
export type DatabaseMessage =
  | { readonly kind: "mail"; readonly entries: readonly UpdateEntry[] }
  | { readonly kind: "rumours"; readonly entries: readonly UpdateEntry[] }
  | { readonly kind: "ask-rumours" }
  /** For each rumour received, whether it was news. */
  | { readonly kind: "feedback"; readonly news: readonly (readonly [key: string, useful: boolean])[] }
  /** Begins an exchange with checksums; the answer has `answer` true. */
  | { readonly kind: "summary"; readonly checksum: number; readonly recent: readonly UpdateEntry[]; readonly answer: boolean }
  | { readonly kind: "stamps"; readonly stamps: readonly KeyStamp[] }
  /** What the receiver of stamps has newer, and what it lacks. */
  | { readonly kind: "difference"; readonly entries: readonly UpdateEntry[]; readonly wanted: readonly string[] };

const HEADER_BYTES = 20 + 20 + 4;
const CHECKSUM_BYTES = 8;
const STAMP_BYTES = 14;

/** Size of a message on the wire: IPv4 and TCP headers, a type, and its contents. */
export function databaseMessageBytes(message: DatabaseMessage): number {
  const entries = (list: readonly UpdateEntry[]) => list.reduce((sum, entry) => sum + entryBytes(entry), 0);
  switch (message.kind) {
    case "ask-rumours": return HEADER_BYTES;
    case "feedback": return HEADER_BYTES + message.news.length;
    case "summary": return HEADER_BYTES + CHECKSUM_BYTES + entries(message.recent);
    case "stamps": return HEADER_BYTES + message.stamps.reduce((sum, stamp) => sum + stamp.key.length + STAMP_BYTES, 0);
    case "difference": return HEADER_BYTES + entries(message.entries) + message.wanted.reduce((sum, key) => sum + key.length + 1, 0);
    default: return HEADER_BYTES + entries(message.entries);
  }
}

/** Checks and completes parameters. @throws ParameterError naming the first that is out of range */
export function checkReplicatedDatabase(parameters: Partial<ReplicatedDatabaseParameters> = {}): ReplicatedDatabaseParameters {
  const full = { ...REPLICATED_DATABASE_DEFAULTS, ...parameters };
  const time = (name: string, value: number, min = 1) => checkNumber(name, value, { min, max: Number.MAX_SAFE_INTEGER, integer: true, unit: "µs" });
  if (typeof full.directMail !== "boolean") throw new ParameterError({ what: "bad value for directMail", got: full.directMail, expected: "true or false", where: "parameter directMail" });
  if (full.rumour !== null) checkRumourPolicy(full.rumour);
  time("rumourPeriodUs", full.rumourPeriodUs);
  checkChoice("antiEntropy", full.antiEntropy, ["push", "pull", "push-pull", "none"]);
  time("antiEntropyPeriodUs", full.antiEntropyPeriodUs);
  time("recentUs", full.recentUs, -1);
  if (typeof full.certificates !== "object" || full.certificates === null) throw new ParameterError({ what: "bad value for certificates", got: full.certificates, expected: "keepUs and dormantUs", where: "parameter certificates" });
  if (full.certificates.keepUs !== Infinity) time("certificates.keepUs", full.certificates.keepUs);
  time("certificates.dormantUs", full.certificates.dormantUs, 0);
  checkNumber("retentionSites", full.retentionSites, { min: 0, integer: true });
  return full;
}

/** One site. Its store outlives a crash if the same one is given to the next incarnation, as a disk would. */
export class DatabaseSite implements Process<DatabaseMessage> {
  readonly parameters: ReplicatedDatabaseParameters;
  /** Rumours that this site still tells, with what counted against each. */
  private readonly hot = new Map<string, UpdateStamp>();
  private readonly counters: Record<string, number> = Object.create(null) as Record<string, number>;
  /** What this period's feedback said of each rumour: true if somebody was told something new. */
  private readonly told = new Map<string, boolean>();

  /**
   * @param sites number of sites, those of the simulation, >= 2
   * @param store the copy; a fresh one if absent
   * @throws ParameterError when a parameter is out of range
   */
  constructor(private readonly sites: number, parameters: Partial<ReplicatedDatabaseParameters> = {}, readonly store: ReplicaStore = new ReplicaStore()) {
    checkNumber("sites", sites, { min: 2, integer: true });
    this.parameters = checkReplicatedDatabase(parameters);
  }

  /** Keys of the rumours that this site still tells. */
  get rumours(): readonly string[] {
    return [...this.hot.keys()];
  }

  onStart(context: ProcessContext<DatabaseMessage>): void {
    const { rumour, rumourPeriodUs, antiEntropy, antiEntropyPeriodUs } = this.parameters;
    const phase = (periodUs: number) => context.random("phase").integer(Math.min(periodUs, 4294967295));
    if (rumour !== null) context.setTimer("rumour", phase(rumourPeriodUs));
    if (antiEntropy !== "none") context.setTimer("anti-entropy", phase(antiEntropyPeriodUs));
  }

  /** Makes an update at this site, or a deletion with `value` null. */
  update(context: ProcessContext<DatabaseMessage>, key: string, value: string | null): void {
    // A second update in the same microsecond must be newer than the first, or it would be taken for the same.
    const timeUs = Math.max(context.nowUs, (this.store.get(key)?.stamp.timeUs ?? -1) + 1);
    const entry: UpdateEntry = { key, value, stamp: { timeUs, site: context.self }, activatedUs: context.nowUs };
    this.take(context, entry);
    if (!this.parameters.directMail) return;
    for (let site = 0; site < this.sites; site++) if (site !== context.self) this.send(context, site, { kind: "mail", entries: [entry] });
  }

  onMessage(context: ProcessContext<DatabaseMessage>, from: number, message: DatabaseMessage): void {
    switch (message.kind) {
      case "mail": return message.entries.forEach((entry) => void this.take(context, entry));
      case "rumours": return this.onRumours(context, from, message.entries);
      case "ask-rumours": return this.tellRumours(context, from);
      case "feedback": return message.news.forEach(([key, useful]) => void this.told.set(key, useful || this.told.get(key) === true));
      case "summary": return this.onSummary(context, from, message);
      case "stamps": return this.onStamps(context, from, message.stamps);
      case "difference": return this.onDifference(context, from, message.entries, message.wanted);
    }
  }

  onTimer(context: ProcessContext<DatabaseMessage>, name: string): void {
    this.store.expire(context.nowUs, this.parameters.certificates, (entry) => this.isRetentionSite(context.self, entry));
    if (name === "rumour") this.rumourRound(context);
    else this.antiEntropyRound(context);
  }

  view(): unknown {
    return { items: this.store.all().map(({ key, value }) => [key, value]), rumours: this.rumours };
  }

  private rumourRound(context: ProcessContext<DatabaseMessage>): void {
    const policy = this.parameters.rumour;
    if (policy === null) return;
    context.setTimer("rumour", this.parameters.rumourPeriodUs);
    this.closeRound(context, policy);
    const partner = this.partner(context);
    if (policy.direction !== "pull" && this.hot.size > 0) this.tellRumours(context, partner);
    if (policy.direction !== "push") this.send(context, partner, { kind: "ask-rumours" });
  }

  /** The source's decision, rumour by rumour, on what the last period told it. */
  private closeRound(context: ProcessContext<DatabaseMessage>, policy: RumourPolicy): void {
    for (const [key, useful] of this.told) {
      if (this.hot.has(key) && losesInterest(policy, this.counters, key, useful, context.random("interest"))) this.cool(key);
    }
    this.told.clear();
  }

  private tellRumours(context: ProcessContext<DatabaseMessage>, to: number): void {
    const entries = [...this.hot.keys()].map((key) => this.store.get(key)).filter((entry): entry is UpdateEntry => entry !== undefined);
    if (entries.length === 0) return;
    this.send(context, to, { kind: "rumours", entries });
    // Blind: that it was told counts, whatever it did.
    if (this.parameters.rumour?.response === "blind") for (const { key } of entries) this.told.set(key, false);
  }

  private onRumours(context: ProcessContext<DatabaseMessage>, from: number, entries: readonly UpdateEntry[]): void {
    const news = entries.map((entry) => [entry.key, this.take(context, entry)] as const);
    if (this.parameters.rumour?.response === "feedback") this.send(context, from, { kind: "feedback", news });
  }

  /** Section 1.3: ResolveDifference with one random partner. */
  private antiEntropyRound(context: ProcessContext<DatabaseMessage>): void {
    const { recentUs, antiEntropyPeriodUs } = this.parameters;
    context.setTimer("anti-entropy", antiEntropyPeriodUs);
    const partner = this.partner(context);
    if (recentUs === -1) return this.send(context, partner, { kind: "stamps", stamps: this.stamps() });
    this.send(context, partner, { kind: "summary", checksum: this.store.checksum, recent: this.recentToSend(context), answer: false });
  }

  private onSummary(context: ProcessContext<DatabaseMessage>, from: number, message: Extract<DatabaseMessage, { kind: "summary" }>): void {
    for (const entry of message.recent) this.take(context, entry);
    if (!message.answer) return this.send(context, from, { kind: "summary", checksum: this.store.checksum, recent: this.recentToSend(context, true), answer: true });
    // Both have the other's recent updates now; only if they still differ are whole lists compared.
    if (message.checksum !== this.store.checksum) this.send(context, from, { kind: "stamps", stamps: this.stamps() });
  }

  /** Push: the one that began sends its recent updates. Pull: the one that answers does. Push-pull: both. */
  private recentToSend(context: ProcessContext<DatabaseMessage>, answering = false): UpdateEntry[] {
    const { antiEntropy, recentUs } = this.parameters;
    const silent = answering ? "push" : "pull";
    return antiEntropy === silent ? [] : this.store.recent(context.nowUs, recentUs);
  }

  private onStamps(context: ProcessContext<DatabaseMessage>, from: number, stamps: readonly KeyStamp[]): void {
    const theirs = new Map(stamps.map((stamp) => [stamp.key, stamp]));
    const { antiEntropy } = this.parameters;
    const isNewer = (a: UpdateStamp & { readonly activatedUs: number }, b: UpdateStamp & { readonly activatedUs: number }) => {
      const order = compareStamps(a, b);
      return order > 0 || (order === 0 && a.activatedUs > b.activatedUs);
    };
    const ours = new Map(this.stamps().map((stamp) => [stamp.key, stamp]));
    const newer = antiEntropy === "push" ? [] : this.store.all().filter(({ key }) => !theirs.has(key) || isNewer(ours.get(key) as KeyStamp, theirs.get(key) as KeyStamp));
    const wanted = antiEntropy === "pull" ? [] : stamps.filter((stamp) => !ours.has(stamp.key) || isNewer(stamp, ours.get(stamp.key) as KeyStamp)).map(({ key }) => key);
    if (newer.length + wanted.length > 0) this.send(context, from, { kind: "difference", entries: newer, wanted });
  }

  private onDifference(context: ProcessContext<DatabaseMessage>, from: number, entries: readonly UpdateEntry[], wanted: readonly string[]): void {
    for (const entry of entries) this.take(context, entry);
    const asked = wanted.map((key) => this.store.get(key)).filter((entry): entry is UpdateEntry => entry !== undefined);
    if (asked.length > 0) this.send(context, from, { kind: "mail", entries: asked });
  }

  /** Takes a version in; what is new here becomes a hot rumour. @returns whether it was new */
  private take(context: ProcessContext<DatabaseMessage>, entry: UpdateEntry): boolean {
    const outcome = this.store.merge(entry, context.nowUs);
    if (outcome === "known") return false;
    if (this.parameters.rumour !== null) {
      this.hot.set(entry.key, entry.stamp);
      this.counters[entry.key] = 0;
      // Feedback still under way is about the version before.
      this.told.delete(entry.key);
    }
    return true;
  }

  private cool(key: string): void {
    this.hot.delete(key);
    delete this.counters[key];
  }

  private stamps(): KeyStamp[] {
    return this.store.all().map(({ key, stamp, activatedUs }) => ({ key, timeUs: stamp.timeUs, site: stamp.site, activatedUs }));
  }

  /** The r sites after the deleting one, in the order of numbers: every site can tell without asking. */
  private isRetentionSite(self: number, entry: UpdateEntry): boolean {
    return (self - entry.stamp.site + this.sites) % this.sites < this.parameters.retentionSites;
  }

  private partner(context: ProcessContext<DatabaseMessage>): number {
    const draw = context.random("partner").integer(this.sites - 1);
    return draw >= context.self ? draw + 1 : draw;
  }

  private send(context: ProcessContext<DatabaseMessage>, to: number, message: DatabaseMessage): void {
    context.send(to, message, databaseMessageBytes(message));
  }
}
