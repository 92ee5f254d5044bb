export { formatIpAddress, formatIpPrefix, maskAddress, parseIpAddress, parseIpPrefix, sameAddress, type IpAddress, type IpPrefix } from "./ip-address";
export { PrefixTable, type PrefixEntry } from "./prefix-table";
export { HASH_FUNCTIONS, digestOf, fnv1a64, keyBytes, murmur3x86128, type Digest, type HashFunction, type HashKey } from "./hash-bytes";
export { finalMix, mixDigests } from "./hash-words";
export * from "./consistent-hashing";
export { IdSpace, MAX_ID_BITS, type IdValue } from "./id-space";
export { IdTable } from "./id-table";
export { RingOrder } from "./ring-order";
