//! Compressed zeros without end, for an answer that is small on the way and large in memory.

/// The bits of one run of 258 zeros: a match of that length at distance 1, in the fixed Huffman code of RFC 1951.
const RUN: [u8; 13] = [1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0];
/// The bytes that a run stands for.
const RUN_BYTES: u64 = 258;

/// The head of a gzip member, and a block that begins with one zero and is aligned for [`zeros`].
pub(super) fn head() -> Vec<u8> {
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    // A block that is not the last (0), in the fixed code (1, 0); a literal zero; runs up to the end of a byte.
    let mut bits = vec![0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0];
    while !bits.len().is_multiple_of(8) {
        bits.extend(RUN);
    }
    bytes.extend(packed(&bits));
    bytes
}

/// So many times eight runs, which end with a byte.
pub(super) fn zeros(times: usize) -> Vec<u8> {
    packed(&RUN.repeat(8)).repeat(times)
}

/// The bytes that [`zeros`] stands for.
pub(super) fn zeros_bytes(times: usize) -> u64 {
    times as u64 * 8 * RUN_BYTES
}

/// Bits in the order of the stream, the first as the lowest of a byte.
fn packed(bits: &[u8]) -> Vec<u8> {
    bits.chunks(8).map(|chunk| chunk.iter().rev().fold(0, |byte, bit| byte << 1 | bit)).collect()
}
