//! Endless compressed zeros: a response that is small on the network and large in memory.

/// The bits of one run of 258 zeros: a match of length 258 at distance 1 in the fixed Huffman code of RFC
/// 1951.
const RUN: [u8; 13] = [1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0];
/// The number of decompressed bytes of a run.
const RUN_BYTES: u64 = 258;

/// The header of a gzip member and the start of a block with one zero, aligned to a byte for [`zeros`].
pub(super) fn head() -> Vec<u8> {
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    // A block that is not the last (0), with the fixed code (1, 0); a literal zero; runs up to the end of a
    // byte.
    let mut bits = vec![0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0];
    while !bits.len().is_multiple_of(8) {
        bits.extend(RUN);
    }
    bytes.extend(packed(&bits));
    bytes
}

/// `times` groups of eight runs. A group ends at a byte boundary.
pub(super) fn zeros(times: usize) -> Vec<u8> {
    packed(&RUN.repeat(8)).repeat(times)
}

/// The number of decompressed bytes of [`zeros`].
pub(super) fn zeros_bytes(times: usize) -> u64 {
    times as u64 * 8 * RUN_BYTES
}

/// Packs bits into bytes, the first bit as the lowest of a byte.
fn packed(bits: &[u8]) -> Vec<u8> {
    bits.chunks(8).map(|chunk| chunk.iter().rev().fold(0, |byte, bit| byte << 1 | bit)).collect()
}
