//! From bytes as uploaded to text: one layer of packing undone within bounds, encodings told
//! apart.
//!
//! gzip, zstandard and a zip archive with one report in it are undone; nothing inside them is
//! unpacked again. UTF-8 with or without a byte order mark and UTF-16 with one are taken. Anything
//! else is refused with the first byte that does not fit, never guessed.

use std::borrow::Cow;
use std::io::{Cursor, Read};

use ruzstd::decoding::StreamingDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use zip::ZipArchive;

use super::limits::Limits;
use super::unreadable::Unreadable;
use super::vocabulary::one_line;

/// Undoes one kind of packing.
type Undo = fn(&[u8], &Limits) -> Result<Vec<u8>, Unreadable>;

/// Packings that are undone, by their first bytes.
const PACKINGS: [(&[u8], &str, Undo); 4] = [
    (&[0x1f, 0x8b], "gzip", gunzip),
    (&[0x28, 0xb5, 0x2f, 0xfd], "zstandard", unzstd),
    // A frame without data, with which parallel compressors begin.
    (&[0x50, 0x2a, 0x4d, 0x18], "zstandard", unzstd),
    (b"PK\x03\x04", "a zip archive", unzip),
];
/// Containers that are not read, by their first bytes.
const OTHERS: [(&[u8], &str, &str); 5] = [
    (b"PK\x05\x06", "an empty zip archive", "put the report into it"),
    (b"BZh", "bzip2 data", "decompress it or use gzip"),
    (&[0xfd, b'7', b'z', b'X', b'Z'], "xz data", "decompress it or use gzip"),
    (b"%PDF", "a PDF document", "export the report as JSON"),
    (&[0xd0, 0xcf, 0x11, 0xe0], "an old Office document", "save the sheet as CSV"),
];
/// Endings of names that reports have, to tell them from what lies beside them in an archive.
const ENDINGS: [&str; 9] =
    ["json", "jsonl", "ndjson", "sarif", "xml", "nessus", "csv", "spdx", "txt"];
/// How the entry of a member in a zip archive's directory begins (APPNOTE.TXT, 4.3.12).
const ENTRY: &[u8] = b"PK\x01\x02";
/// Names that are told where there are several, and the bytes of each.
const NAMES: (usize, usize) = (6, 80);

/// The bytes with one layer of packing undone, if there is one.
pub fn unpack<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Cow<'a, [u8]>, Unreadable> {
    if bytes.len() as u64 > limits.upload {
        return Err(Unreadable::TooLarge { found: bytes.len() as u64, limit: limits.upload });
    }
    let packing = |bytes: &[u8]| PACKINGS.into_iter().find(|(magic, ..)| bytes.starts_with(magic));
    let plain = match packing(bytes) {
        Some((_, outer, undo)) => {
            let plain = undo(bytes, limits)?;
            if let Some((_, inner, _)) = packing(&plain) {
                return Err(Unreadable::Nested { outer, inner });
            }
            Cow::Owned(plain)
        }
        None => Cow::Borrowed(bytes),
    };
    match OTHERS.iter().find(|(magic, ..)| plain.starts_with(magic)) {
        Some((_, found, hint)) => Err(Unreadable::OtherContainer { found, hint }),
        None => Ok(plain),
    }
}

fn gunzip(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, Unreadable> {
    let bounds = Bounds::of(bytes, limits);
    let mut expanded = Vec::new();
    bounds.expand("gzip data", flate2::bufread::MultiGzDecoder::new(bytes), &mut expanded)?;
    Ok(expanded)
}

/// Several frames may follow one another, and some hold no data (RFC 8878, 3.1).
fn unzstd(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, Unreadable> {
    let bounds = Bounds::of(bytes, limits);
    let (mut rest, mut expanded) = (bytes, Vec::new());
    while !rest.is_empty() {
        match StreamingDecoder::new(&mut rest) {
            Ok(decoder) => bounds.expand("zstandard data", decoder, &mut expanded)?,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) => {
                rest = rest.get(length as usize..).unwrap_or_default();
            }
            Err(error) => return Err(damaged("zstandard data", &expanded, &error)),
        }
    }
    Ok(expanded)
}

fn unzip(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, Unreadable> {
    let entries = bytes.windows(ENTRY.len()).filter(|window| *window == ENTRY);
    if entries.take(limits.members + 1).count() > limits.members {
        return Err(Unreadable::TooManyMembers { limit: limits.members });
    }
    let refused = |error: zip::result::ZipError| damaged("zip archive", &[], &error);
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(refused)?;
    let names: Result<Vec<String>, _> =
        archive.file_names().map(|name| name.map(Cow::into_owned)).collect();
    let names = names.map_err(refused)?;
    if names.iter().any(|name| name == "xl/workbook.xml") {
        let hint = "save the sheet as CSV";
        return Err(Unreadable::OtherContainer { found: "a spreadsheet (XLSX)", hint });
    }
    let member = archive.by_index(only_report(&names)?).map_err(refused)?;
    let mut expanded = Vec::new();
    Bounds::of(bytes, limits).expand("zip archive", member, &mut expanded)?;
    Ok(expanded)
}

/// The place of the one file of an archive, or of the one among several whose name ends as those
/// of reports do.
fn only_report(names: &[String]) -> Result<usize, Unreadable> {
    let last_part = |name: &str| name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let hidden = |name: &str| last_part(name).starts_with('.') || name.starts_with("__MACOSX/");
    let is_file = |name: &str| !name.ends_with('/') && !hidden(name);
    let files: Vec<usize> = (0..names.len()).filter(|place| is_file(&names[*place])).collect();
    let is_report = |place: &usize| {
        let ending = names[*place].rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
    };
    let reports: Vec<usize> = files.iter().copied().filter(is_report).collect();
    let told = |places: &[usize]| told(places.iter().map(|place| names[*place].as_str()));
    match (files.as_slice(), reports.as_slice()) {
        ([only], _) | (_, [only]) => Ok(*only),
        (files, []) => Err(Unreadable::NoReport { names: told(files) }),
        (_, reports) => {
            Err(Unreadable::SeveralReports { found: reports.len(), names: told(reports) })
        }
    }
}

/// The first names, each on one line and not too long.
fn told<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let (count, length) = NAMES;
    let mut told = Vec::new();
    for (place, name) in names.take(count + 1).enumerate() {
        told.push(if place < count { one_line(name, length).0 } else { "…".to_owned() });
    }
    told.join(", ")
}

/// How far packed bytes may expand.
struct Bounds {
    limit: u64,
    by_ratio: bool,
}

impl Bounds {
    fn of(packed: &[u8], limits: &Limits) -> Bounds {
        let by_ratio = (packed.len() as u64).saturating_mul(limits.ratio).max(Limits::RATIO_FREE);
        Bounds { limit: limits.expanded.min(by_ratio), by_ratio: by_ratio < limits.expanded }
    }

    /// Adds what the reader gives, and stops at the limit.
    fn expand(
        &self,
        container: &'static str,
        reader: impl Read,
        expanded: &mut Vec<u8>,
    ) -> Result<(), Unreadable> {
        let room = self.limit.saturating_sub(expanded.len() as u64);
        let outcome = reader.take(room.saturating_add(1)).read_to_end(expanded);
        if expanded.len() as u64 > self.limit {
            return Err(Unreadable::Expands { limit: self.limit, ratio: self.by_ratio });
        }
        outcome.map(|_| ()).map_err(|error| damaged(container, expanded, &error))
    }
}

fn damaged(container: &'static str, expanded: &[u8], error: &dyn std::error::Error) -> Unreadable {
    let reason = one_line(&error.to_string(), 200).0;
    Unreadable::Damaged { container, expanded: expanded.len() as u64, reason }
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
