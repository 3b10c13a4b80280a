//! From bytes as uploaded to text: gzip undone within bounds, encodings told apart.
//!
//! UTF-8 with or without a byte order mark and UTF-16 with one are taken. Anything else is refused
//! with the first byte that does not fit, never guessed.

use std::borrow::Cow;
use std::io::Read;

use super::limits::Limits;
use super::unreadable::Unreadable;

const GZIP: &[u8] = &[0x1f, 0x8b];
/// Containers that are not read (yet), by their first bytes.
const OTHERS: [(&[u8], &str, &str); 5] = [
    (b"PK\x03\x04", "a zip archive", "unpack it and give the report inside"),
    (&[0x28, 0xb5, 0x2f, 0xfd], "zstandard data", "decompress it or use gzip"),
    (b"BZh", "bzip2 data", "decompress it or use gzip"),
    (&[0xfd, b'7', b'z', b'X', b'Z'], "xz data", "decompress it or use gzip"),
    (b"%PDF", "a PDF document", "export the report as JSON"),
];

/// The bytes with one layer of gzip undone, if there is one.
pub fn unpack<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Cow<'a, [u8]>, Unreadable> {
    if bytes.len() as u64 > limits.upload {
        return Err(Unreadable::TooLarge { found: bytes.len() as u64, limit: limits.upload });
    }
    let plain = if bytes.starts_with(GZIP) {
        Cow::Owned(gunzip(bytes, limits)?)
    } else {
        Cow::Borrowed(bytes)
    };
    match OTHERS.iter().find(|(magic, ..)| plain.starts_with(magic)) {
        Some((_, found, hint)) => Err(Unreadable::OtherContainer { found, hint }),
        None if plain.starts_with(GZIP) => Err(Unreadable::OtherContainer {
            found: "gzip inside gzip",
            hint: "compress it only once",
        }),
        None => Ok(plain),
    }
}

fn gunzip(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, Unreadable> {
    let by_ratio = (bytes.len() as u64).saturating_mul(limits.ratio).max(Limits::RATIO_FREE);
    let limit = limits.expanded.min(by_ratio);
    let mut expanded = Vec::new();
    let outcome = flate2::bufread::MultiGzDecoder::new(bytes)
        .take(limit.saturating_add(1))
        .read_to_end(&mut expanded);
    if expanded.len() as u64 > limit {
        return Err(Unreadable::Expands { limit, ratio: by_ratio < limits.expanded });
    }
    match outcome {
        Ok(_) => Ok(expanded),
        Err(error) => Err(Unreadable::DamagedGzip {
            expanded: expanded.len() as u64,
            reason: error.to_string(),
        }),
    }
}

/// The text of the bytes, without a byte order mark.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Unreadable> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes).map(Cow::Owned),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes).map(Cow::Owned),
        _ => {
            let rest = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
            let skipped = bytes.len() - rest.len();
            std::str::from_utf8(rest).map(Cow::Borrowed).map_err(|error| Unreadable::Encoding {
                offset: error.valid_up_to() + skipped,
                encoding: "UTF-8",
            })
        }
    }
}

fn utf16(bytes: &[u8], order: fn([u8; 2]) -> u16) -> Result<String, Unreadable> {
    let wrong = |offset| Unreadable::Encoding { offset, encoding: "UTF-16" };
    if !bytes.len().is_multiple_of(2) {
        return Err(wrong(bytes.len() + 1));
    }
    let units = bytes.chunks_exact(2).map(|pair| order([pair[0], pair[1]]));
    let mut text = String::with_capacity(bytes.len());
    let mut units_read = 0;
    for unit in char::decode_utf16(units) {
        let letter = unit.map_err(|_| wrong(2 + units_read * 2))?;
        units_read += letter.len_utf16();
        text.push(letter);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf16_in_either_order_is_read() {
        let little = [0xff, 0xfe, b'{', 0, 0x3d, 0xd8, 0x00, 0xde];
        assert_eq!(decode(&little).unwrap(), "{\u{1f600}");
        assert_eq!(decode(&[0xfe, 0xff, 0, b'{']).unwrap(), "{");
    }

    #[test]
    fn a_byte_that_is_not_text_is_named() {
        let error = decode(b"\xef\xbb\xbfab\xff").unwrap_err();
        assert_eq!(error.to_string(), "byte 5 is not UTF-8 text; save the report as UTF-8");
        let error = decode(&[0xff, 0xfe, b'{', 0, 0x00, 0xd8]).unwrap_err();
        assert_eq!(error.to_string(), "byte 4 is not UTF-16 text; save the report as UTF-8");
    }
}
