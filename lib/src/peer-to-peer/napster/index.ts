export { napsterMessageBytes, type NapsterMessage, type RegistryResult } from "./messages";
export { checkPeerOptions, checkRegistryOptions, NAPSTER_PEER_DEFAULTS, REGISTRY_DEFAULTS, type NapsterObserver, type NapsterPeerOptions, type RegistryOptions, type SearchOutcome } from "./options";
export { NapsterPeer, retryWaitUs } from "./peer";
export { meanRegistryWaitUs, NapsterRegistry, RegistryIndex } from "./registry";
export { matchesQuery, SharedFolder, wordsOf, type SharedFile } from "./shared-files";
