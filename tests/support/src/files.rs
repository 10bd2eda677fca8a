//! Searches files for texts that must not be there.

use std::fs;
use std::path::{Path, PathBuf};

/// All files below a folder that contain this text in UTF-8 or UTF-16.
pub fn files_with(folder: &Path, text: &str) -> Vec<PathBuf> {
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.is_symlink() {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.is_file() && holds(&path, [text.as_bytes(), &wide]) {
                found.push(path);
            }
        }
    }
    found
}

fn holds(path: &Path, texts: [&[u8]; 2]) -> bool {
    let bytes = fs::read(path).unwrap_or_default();
    texts.iter().any(|text| bytes.windows(text.len()).any(|window| window == *text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_wherever_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let deep = folder.path().join("a/b");
        fs::create_dir_all(&deep).expect("folders");
        fs::write(deep.join("narrow"), b"\0\0key-123\0").expect("a file");
        let wide: Vec<u8> = "key-123".encode_utf16().flat_map(u16::to_le_bytes).collect();
        fs::write(folder.path().join("wide"), wide).expect("a file");
        fs::write(folder.path().join("other"), "key-12 3").expect("a file");
        let mut found = files_with(folder.path(), "key-123");
        found.sort();
        assert_eq!(found, [deep.join("narrow"), folder.path().join("wide")]);
    }
}
