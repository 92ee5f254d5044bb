export { BOOK_HOSTS, bookGroup, bookHostsUnderlay, type BookDelays, type BookGroupOptions } from "./book-hosts";
export { packetCost, sendOneEach } from "./delivered-cost";
export { simulateGroup, upMembers, type Group, type GroupSpec, type LinkEvent } from "./group-world";
export { GroupGuard, forwardingLoops, meshLinks, meshParts, type ForwardingLoop } from "./mesh-state";
export { PacketLog, type PacketRecord } from "./packet-log";
